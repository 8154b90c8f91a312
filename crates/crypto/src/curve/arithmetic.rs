//! Computing on the curves: one generic implementation, reached through byte strings.
//!
//! Scalars and points of the generic algorithms are `Copy` and are not wiped by themselves, so the ones that hold
//! secrets live in [`Zeroizing`] from the moment they are made. What the arithmetic leaves on the stack in between
//! is out of our reach.

use core::marker::PhantomData;

use ecdsa::{EcdsaCurve, Signature, hazmat};
use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::group::Group as _;
use elliptic_curve::ops::Invert;
use elliptic_curve::point::AffineCoordinates;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{AffinePoint, FieldBytes, FieldBytesSize, NonZeroScalar, ProjectivePoint, Scalar};
use primeorder::{PrimeCurveParams, PrimeFieldExt};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

use super::Curve;
use super::weierstrass::{
    p160r1::BrainpoolP160r1, p160t1::BrainpoolP160t1, p192::NistP192, p192r1::BrainpoolP192r1,
    p192t1::BrainpoolP192t1, p224::NistP224, p224r1::BrainpoolP224r1, p224t1::BrainpoolP224t1,
    p256r1::BrainpoolP256r1, p256t1::BrainpoolP256t1, p320r1::BrainpoolP320r1, p320t1::BrainpoolP320t1,
    p384r1::BrainpoolP384r1, p384t1::BrainpoolP384t1, p512r1::BrainpoolP512r1, p512t1::BrainpoolP512t1,
};
use crate::{Hash, SecretBytes};

/// What can be computed on a curve. Scalars are big-endian and have exactly `order_len` bytes, points are
/// uncompressed, results that are `None` come from scalars out of range, bytes that are no point, or infinity.
pub(crate) trait Arithmetic: Sync {
    /// Whether the bytes are a point of the curve other than infinity.
    fn is_point(&self, point: &[u8]) -> bool;

    /// The public point of a private scalar.
    fn public(&self, scalar: &[u8]) -> Option<Vec<u8>>;

    /// The scalar times the point, in constant time.
    fn multiply(&self, scalar: &[u8], point: &[u8]) -> Option<SecretBytes>;

    /// The nonce, a number of any length, times the generator, plus the scalar times the point, in constant time.
    fn map(&self, nonce: &[u8], scalar: &[u8], point: &[u8]) -> Option<SecretBytes>;

    /// The point that a number of any length is encoded as, ICAO 9303-11 appendix B.2, in constant time. Meaningless
    /// unless the prime is 3 modulo 4.
    fn encode(&self, number: &[u8]) -> Option<SecretBytes>;

    /// The first scalar divided by the second, modulo the order, in constant time.
    fn divide(&self, dividend: &[u8], divisor: &[u8]) -> Option<SecretBytes>;

    /// An ECDSA signature r || s of a message digest with the nonce of RFC 6979 §3.2.
    fn sign(&self, scalar: &[u8], hash: Hash, digest: &[u8]) -> Option<Vec<u8>>;

    /// Whether r || s is an ECDSA signature of the message digest; false for r or s zero or not below the order.
    fn verify(&self, point: &[u8], digest: &[u8], plain_signature: &[u8]) -> bool;
}

/// The arithmetic of a curve.
pub(super) fn of(curve: Curve) -> &'static dyn Arithmetic {
    match curve {
        Curve::P192 => &On::<NistP192>(PhantomData),
        Curve::P224 => &On::<NistP224>(PhantomData),
        Curve::P256 => &On::<p256::NistP256>(PhantomData),
        Curve::P384 => &On::<p384::NistP384>(PhantomData),
        Curve::P521 => &On::<p521::NistP521>(PhantomData),
        Curve::BrainpoolP192r1 => &On::<BrainpoolP192r1>(PhantomData),
        Curve::BrainpoolP224r1 => &On::<BrainpoolP224r1>(PhantomData),
        Curve::BrainpoolP256r1 => &On::<BrainpoolP256r1>(PhantomData),
        Curve::BrainpoolP320r1 => &On::<BrainpoolP320r1>(PhantomData),
        Curve::BrainpoolP384r1 => &On::<BrainpoolP384r1>(PhantomData),
        Curve::BrainpoolP512r1 => &On::<BrainpoolP512r1>(PhantomData),
        Curve::BrainpoolP160r1 => &On::<BrainpoolP160r1>(PhantomData),
        Curve::BrainpoolP160t1 => &On::<BrainpoolP160t1>(PhantomData),
        Curve::BrainpoolP192t1 => &On::<BrainpoolP192t1>(PhantomData),
        Curve::BrainpoolP224t1 => &On::<BrainpoolP224t1>(PhantomData),
        Curve::BrainpoolP256t1 => &On::<BrainpoolP256t1>(PhantomData),
        Curve::BrainpoolP320t1 => &On::<BrainpoolP320t1>(PhantomData),
        Curve::BrainpoolP384t1 => &On::<BrainpoolP384t1>(PhantomData),
        Curve::BrainpoolP512t1 => &On::<BrainpoolP512t1>(PhantomData),
    }
}

struct On<C>(PhantomData<fn() -> C>);

impl<C> Arithmetic for On<C>
where
    C: EcdsaCurve + PrimeCurveParams,
    FieldBytesSize<C>: ModulusSize,
    C::FieldElement: PrimeField<Repr = FieldBytes<C>> + Zeroize,
{
    fn is_point(&self, point: &[u8]) -> bool {
        self.point(point).is_some()
    }

    fn public(&self, scalar: &[u8]) -> Option<Vec<u8>> {
        let scalar = self.scalar(scalar)?;
        let point = ProjectivePoint::<C>::mul_by_generator(&scalar).to_affine();
        Some(point.to_sec1_point(false).as_bytes().to_vec())
    }

    fn multiply(&self, scalar: &[u8], point: &[u8]) -> Option<SecretBytes> {
        let scalar = self.scalar(scalar)?;
        self.emit(Zeroizing::new(self.point(point)? * **scalar))
    }

    fn map(&self, nonce: &[u8], scalar: &[u8], point: &[u8]) -> Option<SecretBytes> {
        let nonce = Zeroizing::new(reduced::<Scalar<C>>(nonce));
        let scalar = self.scalar(scalar)?;
        let shared = Zeroizing::new(self.point(point)? * **scalar);
        let offset = Zeroizing::new(ProjectivePoint::<C>::mul_by_generator(&nonce));
        self.emit(Zeroizing::new(*offset + *shared))
    }

    fn encode(&self, number: &[u8]) -> Option<SecretBytes> {
        let (a, b) = (C::EQUATION_A, C::EQUATION_B);
        let one = C::FieldElement::ONE;
        // The names and steps of appendix B.2.
        let t = Zeroizing::new(reduced::<C::FieldElement>(number));
        let alpha = Zeroizing::new(-t.square());
        let sum = Zeroizing::new(*alpha + alpha.square());
        // As an exponentiation to p - 2 has it, the inverse of zero is zero.
        let inverse = Zeroizing::new(Field::invert(&(a * *sum)).unwrap_or(C::FieldElement::ZERO));
        let x2 = Zeroizing::new(-b * (one + *sum) * *inverse);
        let x3 = Zeroizing::new(*alpha * *x2);
        let h2 = Zeroizing::new(x2.square() * *x2 + a * *x2 + b);
        // In place of A its product with h2, which but for the sign of y3 is this root. The exponent is no secret.
        let root = Zeroizing::new(h2.pow_vartime(quarter::<C::FieldElement>()));
        let is_square = root.square().ct_eq(&h2);
        let y3 = Zeroizing::new(-(t.square() * *t * *root));
        let x = Zeroizing::new(C::FieldElement::conditional_select(&x3, &x2, is_square));
        let y = Zeroizing::new(C::FieldElement::conditional_select(&y3, &root, is_square));
        let (x, y) = (Zeroizing::new(x.to_be_repr()), Zeroizing::new(y.to_be_repr()));
        let point: Option<AffinePoint<C>> = AffinePoint::<C>::from_coordinates(&x, &y).into();
        self.emit(Zeroizing::new(point?.into()))
    }

    fn divide(&self, dividend: &[u8], divisor: &[u8]) -> Option<SecretBytes> {
        let (dividend, divisor) = (self.scalar(dividend)?, self.scalar(divisor)?);
        let inverse = Zeroizing::new(Invert::invert(&*divisor));
        let quotient = Zeroizing::new(**dividend * **inverse);
        let encoded = Zeroizing::new(quotient.to_repr());
        Some(SecretBytes::new(encoded.to_vec()))
    }

    fn sign(&self, scalar: &[u8], hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
        let scalar = self.scalar(scalar)?;
        let digest = self.leftmost(digest);
        let (signature, _) = match hash {
            Hash::Sha1 => hazmat::sign_prehashed_rfc6979::<C, Sha1>(&scalar, digest, &[]),
            Hash::Sha224 => hazmat::sign_prehashed_rfc6979::<C, Sha224>(&scalar, digest, &[]),
            Hash::Sha256 => hazmat::sign_prehashed_rfc6979::<C, Sha256>(&scalar, digest, &[]),
            Hash::Sha384 => hazmat::sign_prehashed_rfc6979::<C, Sha384>(&scalar, digest, &[]),
            Hash::Sha512 => hazmat::sign_prehashed_rfc6979::<C, Sha512>(&scalar, digest, &[]),
        };
        Some(signature.to_vec())
    }

    fn verify(&self, point: &[u8], digest: &[u8], plain_signature: &[u8]) -> bool {
        let Some(point) = self.point(point) else {
            return false;
        };
        let Ok(signature) = Signature::<C>::from_slice(plain_signature) else {
            return false;
        };
        hazmat::verify_prehashed(&point, self.leftmost(digest), &signature).is_ok()
    }
}

impl<C> On<C>
where
    C: EcdsaCurve + PrimeCurveParams,
    FieldBytesSize<C>: ModulusSize,
    C::FieldElement: PrimeField<Repr = FieldBytes<C>> + Zeroize,
{
    fn scalar(&self, bytes: &[u8]) -> Option<Zeroizing<NonZeroScalar<C>>> {
        let bytes = Zeroizing::new(FieldBytes::<C>::try_from(bytes).ok()?);
        Option::from(NonZeroScalar::from_repr(*bytes)).map(Zeroizing::new)
    }

    fn point(&self, sec1: &[u8]) -> Option<ProjectivePoint<C>> {
        let point = ProjectivePoint::<C>::from(AffinePoint::<C>::from_sec1_bytes(sec1).ok()?);
        (!bool::from(point.is_identity())).then_some(point)
    }

    fn emit(&self, point: Zeroizing<ProjectivePoint<C>>) -> Option<SecretBytes> {
        if point.is_identity().into() {
            return None;
        }
        let affine = Zeroizing::new(point.to_affine());
        let encoded = Zeroizing::new(affine.to_sec1_point(false));
        Some(SecretBytes::new(encoded.as_bytes().to_vec()))
    }

    /// The leftmost bits of a digest, at most as many as the order has (FIPS 186-5 §6.4.1).
    ///
    /// Whole bytes will do: the orders of our curves have eight bits in their first byte, but for P-521, which no
    /// digest is as long as. A shorter digest stays as short as it is: RFC 6979 §2.3.2 counts its bits.
    fn leftmost<'a>(&self, digest: &'a [u8]) -> &'a [u8] {
        digest.get(..FieldBytes::<C>::default().len()).unwrap_or(digest)
    }
}

/// A big-endian number of any length modulo the order of the field, in constant time.
fn reduced<F: PrimeField>(number: &[u8]) -> F {
    let half = F::from(1 << 32);
    let shift = half * half;
    number.rchunks(8).rev().fold(F::ZERO, |sum, chunk| {
        let word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        sum * shift + F::from(word)
    })
}

/// (p + 1) / 4 as words, the least significant first, for the p of a field that is 3 modulo 4.
fn quarter<F: PrimeFieldExt>() -> Vec<u64> {
    // p - 1 shifted by two bits loses its last two, 10: one less than the quarter.
    let below = (-F::ONE).to_be_repr();
    let mut words: Vec<u64> = below
        .as_ref()
        .rchunks(8)
        .map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)))
        .collect();
    let mut high = 0;
    for word in words.iter_mut().rev() {
        let low = *word & 0b11;
        *word = *word >> 2 | high << 62;
        high = low;
    }
    for word in &mut words {
        let carried;
        (*word, carried) = word.overflowing_add(1);
        if !carried {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_domain_parameters_describes_the_arithmetic() {
        for curve in Curve::ALL {
            let (domain, arithmetic) = (curve.domain(), curve.arithmetic());
            let mut one = vec![0; curve.order_len()];
            one[curve.order_len() - 1] = 1;
            assert_eq!(arithmetic.public(&one).as_deref(), Some(domain.g), "{curve:?}");
            assert_eq!(arithmetic.public(domain.n), None, "the order is no private key");
            // (n - 1) G = -G: the same x, and the two y add up to p.
            let mut last = domain.n.to_vec();
            last[curve.order_len() - 1] -= 1;
            let opposite = arithmetic.public(&last).unwrap();
            assert_eq!(opposite[1..=curve.field_len()], domain.g[1..=curve.field_len()]);
            assert_eq!(
                sum(
                    &opposite[1 + curve.field_len()..],
                    &domain.g[1 + curve.field_len()..]
                ),
                domain.p
            );
            assert!(
                domain.n[0] & 0x80 != 0 || curve.order_len() > Hash::Sha512.digest(b"").len(),
                "the order fills its first byte, or no digest is as long"
            );
        }
    }

    #[test]
    fn infinity_and_foreign_points_are_no_points() {
        for curve in Curve::ALL {
            let arithmetic = curve.arithmetic();
            assert!(arithmetic.is_point(curve.domain().g));
            assert!(!arithmetic.is_point(&[0]));
            assert!(!arithmetic.is_point(&[]));
            assert!(!arithmetic.is_point(&vec![0; curve.point_len()]));
            for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
                assert!(!arithmetic.is_point(other.domain().g), "{curve:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_mapping_to_infinity_has_no_result() {
        for curve in Curve::ALL {
            let (domain, arithmetic) = (curve.domain(), curve.arithmetic());
            let mut one = vec![0; curve.order_len()];
            one[curve.order_len() - 1] = 1;
            let mut last = domain.n.to_vec();
            last[curve.order_len() - 1] -= 1;
            assert!(arithmetic.map(&one, &last, domain.g).is_none(), "G + (n - 1) G");
            assert!(arithmetic.map(&one, &one, domain.g).is_some());
        }
    }

    fn sum(left: &[u8], right: &[u8]) -> Vec<u8> {
        let mut carry = 0;
        let mut bytes: Vec<u8> = left
            .iter()
            .zip(right)
            .rev()
            .map(|(a, b)| {
                let digit = u16::from(*a) + u16::from(*b) + carry;
                carry = digit >> 8;
                digit.to_le_bytes()[0]
            })
            .collect();
        bytes.reverse();
        bytes
    }
}
