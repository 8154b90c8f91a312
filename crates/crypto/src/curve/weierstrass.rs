//! The Brainpool curves of RFC 5639 and the two smallest NIST curves, from the building blocks of `primefield` and
//! `primeorder`: Montgomery arithmetic in constant time, complete addition formulas, and a table of multiples of the
//! generator that is built once, on first use.
//!
//! Why not the ready-made crates: without such a table they sign about four times slower.

/// Defines a module with one curve type and everything that the generic algorithms ask of it.
///
/// `$field_residue` and `$order_residue` need only be quadratic non-residues modulo p and n: they serve square roots,
/// not discrete logarithms.
macro_rules! short_weierstrass {
    (
        $(#[$doc:meta])*
        mod $module:ident, $curve:ident, constants: $constants:ident, oid: $oid:expr, digest: $digest:ty,
        uint: $uint:ident, bytes: $bytes:ident, formulas: $formulas:ident,
        field_residue: $field_residue:expr, order_residue: $order_residue:expr
    ) => {
        $(#[$doc])*
        pub(super) mod $module {
            use ::elliptic_curve::{
                Curve, CurveArithmetic, FieldBytes, PrimeCurve, PrimeCurveArithmetic,
                array::typenum::Unsigned,
                bigint::{$uint as Uint, Odd},
                consts::$bytes as Bytes,
                ff::PrimeField,
                hazmat::FieldArithmetic,
                ops::{BatchInvert, Reduce},
                pkcs8::{AssociatedOid, ObjectIdentifier},
                point::PointCompression,
                scalar::{FromUintUnchecked, IsHigh},
                subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, CtOption},
            };
            use ::primeorder::{
                BasepointTable, PrimeCurveParams, PrimeCurveWithBasepointTable, mul_backend,
                point_arithmetic, wnaf,
            };

            use super::super::hex::{self, $constants as CONSTANTS};

            /// The prime and the order with as many digits as the integer type has, which may be more than their own.
            const P: &str = hex::text(&hex::padded::<{ 2 * Uint::BYTES }>(CONSTANTS.p));
            const N: &str = hex::text(&hex::padded::<{ 2 * Uint::BYTES }>(CONSTANTS.n));

            /// The curve, as a type for the generic algorithms.
            #[derive(Copy, Clone, Debug, Default, Eq, PartialEq, PartialOrd, Ord)]
            pub struct $curve;

            impl Curve for $curve {
                type FieldBytesSize = Bytes;
                type Uint = Uint;
                const ORDER: Odd<Uint> = Odd::<Uint>::from_be_hex(N);
            }

            impl PrimeCurve for $curve {}

            impl PointCompression for $curve {
                const COMPRESS_POINTS: bool = false;
            }

            impl AssociatedOid for $curve {
                const OID: ObjectIdentifier = $oid;
            }

            mod field {
                use super::*;

                primefield::monty_field_params! {
                    name: FieldParams,
                    modulus: P,
                    uint: Uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $field_residue,
                    doc: "The field of the curve."
                }
                primefield::monty_field_element! {
                    name: FieldElement, params: FieldParams, uint: Uint, doc: "An element of the curve's field."
                }
                primefield::monty_field_arithmetic! { name: FieldElement, params: FieldParams, uint: Uint }

                impl BatchInvert for FieldElement {}
            }

            mod scalar {
                use super::*;

                primefield::monty_field_params! {
                    name: ScalarParams,
                    modulus: N,
                    uint: Uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $order_residue,
                    doc: "The integers modulo the order of the generator."
                }
                primefield::monty_field_element! {
                    name: Scalar, params: ScalarParams, uint: Uint, doc: "An integer modulo the order."
                }
                primefield::monty_field_arithmetic! { name: Scalar, params: ScalarParams, uint: Uint }
                ::elliptic_curve::scalar_impls!($curve, Scalar);
                wnaf::impl_wnaf_size_for_scalar!(Scalar);

                impl Reduce<Uint> for Scalar {
                    fn reduce(wide: &Uint) -> Self {
                        Self(primefield::MontyFieldElement::<ScalarParams, { ScalarParams::LIMBS }>::from_uint_reduced(
                            wide,
                        ))
                    }
                }

                impl Reduce<FieldBytes<$curve>> for Scalar {
                    fn reduce(bytes: &FieldBytes<$curve>) -> Self {
                        <Self as Reduce<Uint>>::reduce(&::elliptic_curve::field::bytes_to_uint::<$curve>(bytes))
                    }
                }

                impl AsRef<Scalar> for Scalar {
                    fn as_ref(&self) -> &Scalar {
                        self
                    }
                }

                impl FromUintUnchecked for Scalar {
                    type Uint = Uint;

                    fn from_uint_unchecked(uint: Uint) -> Self {
                        Self::from_uint_unchecked(uint)
                    }
                }

                impl IsHigh for Scalar {
                    fn is_high(&self) -> Choice {
                        const HALF_ORDER: Uint = <$curve as Curve>::ORDER.as_ref().shr_vartime(1);
                        self.to_canonical().ct_gt(&HALF_ORDER)
                    }
                }
            }

            use field::FieldElement;
            use scalar::Scalar;

            type AffinePoint = primeorder::AffinePoint<$curve>;
            type ProjectivePoint = primeorder::ProjectivePoint<$curve>;

            impl CurveArithmetic for $curve {
                type AffinePoint = AffinePoint;
                type ProjectivePoint = ProjectivePoint;
                type Scalar = Scalar;
            }

            impl FieldArithmetic for $curve {
                type FieldElement = FieldElement;
            }

            impl PrimeCurveArithmetic for $curve {
                type CurveGroup = ProjectivePoint;
            }

            impl PrimeCurveParams for $curve {
                type PointArithmetic = point_arithmetic::$formulas;
                type Backend = mul_backend::PrecomputedTables<WINDOWS>;
                const EQUATION_A: FieldElement = FieldElement::from_hex_vartime(CONSTANTS.a);
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime(CONSTANTS.b);
                const GENERATOR: (FieldElement, FieldElement) =
                    (FieldElement::from_hex_vartime(CONSTANTS.gx), FieldElement::from_hex_vartime(CONSTANTS.gy));
            }

            /// One window of the table for each byte of a scalar, and one for the carry.
            const WINDOWS: usize = 1 + <Bytes as Unsigned>::USIZE;
            static TABLE: BasepointTable<ProjectivePoint, WINDOWS> = BasepointTable::new();

            impl PrimeCurveWithBasepointTable<WINDOWS> for $curve {
                const BASEPOINT_TABLE: &'static BasepointTable<ProjectivePoint, WINDOWS> = &TABLE;
            }

            impl ::ecdsa::EcdsaCurve for $curve {
                const NORMALIZE_S: bool = false;
            }

            impl ::ecdsa::DigestAlgorithm for $curve {
                type Digest = $digest;
            }
        }
    };
}

short_weierstrass! {
    /// NIST P-192, SP 800-186 §3.2.1.1.
    mod p192, NistP192, constants: P192,
    oid: ::antin_wire::oids::SECP192R1, digest: sha2::Sha224,
    uint: U192, bytes: U24, formulas: EquationAIsMinusThree, field_residue: 11, order_residue: 3
}

short_weierstrass! {
    /// NIST P-224, SP 800-186 §3.2.1.2.
    mod p224, NistP224, constants: P224,
    oid: ::antin_wire::oids::SECP224R1, digest: sha2::Sha224,
    uint: U256, bytes: U28, formulas: EquationAIsMinusThree, field_residue: 11, order_residue: 2
}

short_weierstrass! {
    /// brainpoolP192r1, RFC 5639 §3.2.
    mod p192r1, BrainpoolP192r1, constants: BRAINPOOL_P192R1,
    oid: ::antin_wire::oids::BRAINPOOL_P192R1, digest: sha2::Sha224,
    uint: U192, bytes: U24, formulas: EquationAIsGeneric, field_residue: 3, order_residue: 7
}

short_weierstrass! {
    /// brainpoolP224r1, RFC 5639 §3.3.
    mod p224r1, BrainpoolP224r1, constants: BRAINPOOL_P224R1,
    oid: ::antin_wire::oids::BRAINPOOL_P224R1, digest: sha2::Sha224,
    uint: U256, bytes: U28, formulas: EquationAIsGeneric, field_residue: 3, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP256r1, RFC 5639 §3.4.
    mod p256r1, BrainpoolP256r1, constants: BRAINPOOL_P256R1,
    oid: ::antin_wire::oids::BRAINPOOL_P256R1, digest: sha2::Sha256,
    uint: U256, bytes: U32, formulas: EquationAIsGeneric, field_residue: 11, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP320r1, RFC 5639 §3.5.
    mod p320r1, BrainpoolP320r1, constants: BRAINPOOL_P320R1,
    oid: ::antin_wire::oids::BRAINPOOL_P320R1, digest: sha2::Sha384,
    uint: U384, bytes: U40, formulas: EquationAIsGeneric, field_residue: 5, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP384r1, RFC 5639 §3.6.
    mod p384r1, BrainpoolP384r1, constants: BRAINPOOL_P384R1,
    oid: ::antin_wire::oids::BRAINPOOL_P384R1, digest: sha2::Sha384,
    uint: U384, bytes: U48, formulas: EquationAIsGeneric, field_residue: 3, order_residue: 2
}

short_weierstrass! {
    /// brainpoolP512r1, RFC 5639 §3.7.
    mod p512r1, BrainpoolP512r1, constants: BRAINPOOL_P512R1,
    oid: ::antin_wire::oids::BRAINPOOL_P512R1, digest: sha2::Sha512,
    uint: U512, bytes: U64, formulas: EquationAIsGeneric, field_residue: 2, order_residue: 7
}

short_weierstrass! {
    /// brainpoolP160r1, RFC 5639 §3.1.
    mod p160r1, BrainpoolP160r1, constants: BRAINPOOL_P160R1,
    oid: ::antin_wire::oids::BRAINPOOL_P160R1, digest: sha2::Sha224,
    uint: U192, bytes: U20, formulas: EquationAIsGeneric, field_residue: 3, order_residue: 5
}

short_weierstrass! {
    /// brainpoolP160t1, RFC 5639 §3.1.
    mod p160t1, BrainpoolP160t1, constants: BRAINPOOL_P160T1,
    oid: ::antin_wire::oids::BRAINPOOL_P160T1, digest: sha2::Sha224,
    uint: U192, bytes: U20, formulas: EquationAIsMinusThree, field_residue: 3, order_residue: 5
}

short_weierstrass! {
    /// brainpoolP192t1, RFC 5639 §3.2.
    mod p192t1, BrainpoolP192t1, constants: BRAINPOOL_P192T1,
    oid: ::antin_wire::oids::BRAINPOOL_P192T1, digest: sha2::Sha224,
    uint: U192, bytes: U24, formulas: EquationAIsMinusThree, field_residue: 3, order_residue: 7
}

short_weierstrass! {
    /// brainpoolP224t1, RFC 5639 §3.3.
    mod p224t1, BrainpoolP224t1, constants: BRAINPOOL_P224T1,
    oid: ::antin_wire::oids::BRAINPOOL_P224T1, digest: sha2::Sha224,
    uint: U256, bytes: U28, formulas: EquationAIsMinusThree, field_residue: 3, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP256t1, RFC 5639 §3.4.
    mod p256t1, BrainpoolP256t1, constants: BRAINPOOL_P256T1,
    oid: ::antin_wire::oids::BRAINPOOL_P256T1, digest: sha2::Sha256,
    uint: U256, bytes: U32, formulas: EquationAIsMinusThree, field_residue: 11, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP320t1, RFC 5639 §3.5.
    mod p320t1, BrainpoolP320t1, constants: BRAINPOOL_P320T1,
    oid: ::antin_wire::oids::BRAINPOOL_P320T1, digest: sha2::Sha384,
    uint: U384, bytes: U40, formulas: EquationAIsMinusThree, field_residue: 5, order_residue: 3
}

short_weierstrass! {
    /// brainpoolP384t1, RFC 5639 §3.6.
    mod p384t1, BrainpoolP384t1, constants: BRAINPOOL_P384T1,
    oid: ::antin_wire::oids::BRAINPOOL_P384T1, digest: sha2::Sha384,
    uint: U384, bytes: U48, formulas: EquationAIsMinusThree, field_residue: 2, order_residue: 2
}

short_weierstrass! {
    /// brainpoolP512t1, RFC 5639 §3.7.
    mod p512t1, BrainpoolP512t1, constants: BRAINPOOL_P512T1,
    oid: ::antin_wire::oids::BRAINPOOL_P512T1, digest: sha2::Sha512,
    uint: U512, bytes: U64, formulas: EquationAIsMinusThree, field_residue: 2, order_residue: 7
}
