//! Computing on the curves: one generic implementation, reached through byte strings.
//!
//! Scalars and points of the generic algorithms are `Copy` and are not wiped by themselves, so the ones that hold
//! secrets live in [`Zeroizing`] from the moment they are made. What the arithmetic leaves on the stack in between
//! is out of our reach.

use core::marker::PhantomData;

use ecdsa::{EcdsaCurve, Signature, hazmat};
use elliptic_curve::group::{Curve as _, Group as _};
use elliptic_curve::ops::Reduce;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, NonZeroScalar, ProjectivePoint, Scalar,
};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::Curve;
use super::weierstrass::{
    p192::NistP192, p192r1::BrainpoolP192r1, p224::NistP224, p224r1::BrainpoolP224r1,
    p256r1::BrainpoolP256r1, p320r1::BrainpoolP320r1, p384r1::BrainpoolP384r1, p512r1::BrainpoolP512r1,
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

    /// The nonce times the generator, plus the scalar times the point, in constant time. The nonce is at most
    /// `order_len` bytes long.
    fn map(&self, nonce: &[u8], scalar: &[u8], point: &[u8]) -> Option<SecretBytes>;

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
    }
}

struct On<C>(PhantomData<fn() -> C>);

impl<C> Arithmetic for On<C>
where
    C: EcdsaCurve + CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
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
        let nonce = self.reduced(nonce)?;
        let scalar = self.scalar(scalar)?;
        let shared = Zeroizing::new(self.point(point)? * **scalar);
        let offset = Zeroizing::new(ProjectivePoint::<C>::mul_by_generator(&nonce));
        self.emit(Zeroizing::new(*offset + *shared))
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
    C: EcdsaCurve + CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    fn scalar(&self, bytes: &[u8]) -> Option<Zeroizing<NonZeroScalar<C>>> {
        let bytes = Zeroizing::new(FieldBytes::<C>::try_from(bytes).ok()?);
        Option::from(NonZeroScalar::from_repr(*bytes)).map(Zeroizing::new)
    }

    /// A number of up to `order_len` bytes, modulo the order.
    fn reduced(&self, bytes: &[u8]) -> Option<Zeroizing<Scalar<C>>> {
        let mut wide = Zeroizing::new(FieldBytes::<C>::default());
        let start = wide.len().checked_sub(bytes.len())?;
        wide.get_mut(start..)?.copy_from_slice(bytes);
        Some(Zeroizing::new(<Scalar<C> as Reduce<FieldBytes<C>>>::reduce(
            &wide,
        )))
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
            assert!(
                arithmetic
                    .map(&vec![1; curve.order_len() + 1], &one, domain.g)
                    .is_none(),
                "a nonce that is too long"
            );
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
