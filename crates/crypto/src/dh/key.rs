//! Diffie-Hellman keys.

use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::DhGroup;
use crate::curve::without_zeros;
use crate::modular::Element;
use crate::{Error, Hash, SecretBytes};

/// An element of the subgroup other than one: a public key that may be computed with.
///
/// The check, full public key validation of RFC 2631 §2.1.5, is made once, when the bytes come in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DhPublicKey {
    group: DhGroup,
    value: Vec<u8>,
}

impl DhPublicKey {
    /// Takes a public value as a big-endian number.
    ///
    /// TR-03110-3 §D.3.2 writes it without leading zeros, PKCS #3 users often with the length of the prime; both are
    /// taken, anything longer than the prime is not.
    ///
    /// # Errors
    /// [`Error::BadPublicValue`] unless `1 < y < p - 1` and `y^q = 1 mod p`.
    pub fn from_be_bytes(group: DhGroup, value: &[u8]) -> Result<Self, Error> {
        let bad = Error::BadPublicValue { group: group.name() };
        if value.len() > group.prime_len() || group.parameters().validated(value).is_none() {
            return Err(bad);
        }
        Ok(Self {
            group,
            value: without_zeros(value).to_vec(),
        })
    }

    /// Takes an element of the group that our own arithmetic has just produced.
    pub(super) fn computed(group: DhGroup, element: &Element) -> Self {
        let value = group.parameters().field.bytes(element);
        Self {
            group,
            value: without_zeros(value.expose()).to_vec(),
        }
    }

    /// The group.
    pub fn group(&self) -> DhGroup {
        self.group
    }

    /// The public value as an unsigned integer of TR-03110-3 §D.3.2: big-endian, without leading zeros.
    pub fn as_be_bytes(&self) -> &[u8] {
        &self.value
    }

    /// The compressed public key of TR-03110-3 §A.2.2.3: the SHA-1 hash of the public value.
    pub fn compressed(&self) -> Vec<u8> {
        Hash::Sha1.digest(&self.value)
    }

    pub(super) fn element(&self) -> Element {
        let element = self.group.parameters().field.element(&self.value);
        element.expect("the value was found to be below the prime when the key was made")
    }
}

/// A private key: a number from 1 to the order of its group less one, and the public key that belongs to it.
///
/// It is overwritten when dropped; `Debug` shows the group only.
#[derive(Clone)]
pub struct DhPrivateKey {
    exponent: SecretBytes,
    public: DhPublicKey,
}

impl DhPrivateKey {
    /// Draws a key.
    ///
    /// Takes exactly [`DhGroup::order_len`] bytes from `rng` as a big-endian number and draws again if that is zero or
    /// not below the order, so that every key is equally likely and the keys of worked examples can be fed in.
    ///
    /// # Panics
    /// If 256 draws in a row are out of range, which a generator that is not broken does less than once in 2^128 keys.
    pub fn generate(group: DhGroup, rng: &mut dyn CryptoRng) -> Self {
        for _ in 0..MAX_DRAWS {
            let mut drawn = Zeroizing::new(vec![0; group.order_len()]);
            rng.fill_bytes(&mut drawn);
            let below = group.parameters().exponents.element(&drawn);
            if let Some(key) = below.and_then(|number| Self::of(group, &number)) {
                return key;
            }
        }
        panic!("the random generator does not generate random numbers");
    }

    /// Takes a private key as a big-endian number, at most as long as the prime. Whoever knows the prime only, as users of
    /// PKCS #3 do, draws numbers of its length: they stand for their remainder modulo the order.
    ///
    /// # Errors
    /// [`Error::BadScalar`] if the number is longer than the prime, or a multiple of the order.
    pub fn from_be_bytes(group: DhGroup, number: &[u8]) -> Result<Self, Error> {
        let out_of_range = Error::BadScalar { curve: group.name() };
        if number.len() > group.prime_len() {
            return Err(out_of_range);
        }
        let residue = group.parameters().exponents.reduce(number);
        Self::of(group, &residue).ok_or(out_of_range)
    }

    /// The key with this number, unless it is zero.
    fn of(group: DhGroup, number: &Element) -> Option<Self> {
        let parameters = group.parameters();
        if parameters.exponents.is_zero(number) {
            return None;
        }
        let exponent = parameters.exponents.bytes(number);
        let public = parameters.field.pow(&parameters.generator, exponent.expose());
        Some(Self {
            exponent,
            public: DhPublicKey::computed(group, &public),
        })
    }

    /// The number, [`DhGroup::order_len`] bytes big-endian, for whoever stores the key.
    pub fn to_be_bytes(&self) -> SecretBytes {
        self.exponent.clone()
    }

    /// The group.
    pub fn group(&self) -> DhGroup {
        self.public.group()
    }

    /// The public key.
    pub fn public(&self) -> DhPublicKey {
        self.public.clone()
    }

    /// Agrees on a secret with the owner of `their`: `y^x mod p`, with the full length of the prime, leading zeros kept
    /// (RFC 2631 §2.1.2).
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different groups.
    pub fn agree(&self, their: &DhPublicKey) -> Result<SecretBytes, Error> {
        let shared = self.power_of(their)?;
        Ok(self.group().parameters().field.bytes(&shared))
    }

    /// The other's public value to the power of this key.
    pub(super) fn power_of(&self, their: &DhPublicKey) -> Result<Element, Error> {
        self.same_group(their.group())?;
        Ok(self.raise(&their.element()))
    }

    /// Any element to the power of this key.
    pub(super) fn raise(&self, base: &Element) -> Element {
        self.group().parameters().field.pow(base, self.exponent.expose())
    }

    pub(super) fn same_group(&self, other: DhGroup) -> Result<(), Error> {
        if self.group() != other {
            return Err(Error::CurveMismatch {
                left: self.group().name(),
                right: other.name(),
            });
        }
        Ok(())
    }
}

impl fmt::Debug for DhPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DhPrivateKey({})", self.group().name())
    }
}

/// A draw is in range with a probability of one half or more: every order fills its first byte.
const MAX_DRAWS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modular::integer;
    use crate::scripted::ScriptedRng;

    #[test]
    fn values_outside_of_the_subgroup_are_refused() {
        for group in DhGroup::ALL {
            let bad = Err(Error::BadPublicValue { group: group.name() });
            let p = group.p();
            let mut below = p.to_vec();
            *below.last_mut().unwrap() -= 1;
            let larger = [&[1], p].concat();
            let zeros = vec![0; group.prime_len()];
            // Two has another order than q modulo each of the primes.
            for value in [&[][..], &[0], &[1], &[2], &below, p, &larger, &zeros, group.q()] {
                assert_eq!(
                    DhPublicKey::from_be_bytes(group, value),
                    bad,
                    "{group:?} {value:02x?}"
                );
            }
            assert!(DhPublicKey::from_be_bytes(group, group.g()).is_ok());
        }
    }

    #[test]
    fn public_values_lose_their_leading_zeros_and_shared_secrets_keep_them() {
        let group = DhGroup::Modp1024Sub160;
        let short = (1..=u16::MAX)
            .map(|n| DhPrivateKey::from_be_bytes(group, &n.to_be_bytes()).unwrap())
            .find(|key| key.public.value.len() < group.prime_len())
            .unwrap();
        let value = short.public();
        let padded = [&[0], value.as_be_bytes()].concat();
        assert_eq!(DhPublicKey::from_be_bytes(group, &padded), Ok(value.clone()));
        assert!(DhPublicKey::from_be_bytes(group, &[&[0], &padded[..]].concat()).is_err());
        let one = DhPrivateKey::from_be_bytes(group, &[1]).unwrap();
        assert!(one.agree(&value).unwrap().ct_eq(&padded));
        assert_eq!(value.compressed(), Hash::Sha1.digest(value.as_be_bytes()));
    }

    #[test]
    fn private_keys_out_of_range_are_refused_and_drawn_again() {
        for group in DhGroup::ALL {
            let out_of_range = Error::BadScalar { curve: group.name() };
            let (q, zero) = (group.q(), vec![0; group.order_len()]);
            for number in [q, &zero, &[], &[0xFF; 257]] {
                assert_eq!(
                    DhPrivateKey::from_be_bytes(group, number).unwrap_err(),
                    out_of_range
                );
            }
            let mut last = q.to_vec();
            *last.last_mut().unwrap() -= 1;
            let mut above = q.to_vec();
            *above.last_mut().unwrap() += 1;
            let one = DhPrivateKey::from_be_bytes(group, &above).unwrap();
            assert_eq!(one.public().as_be_bytes(), group.g(), "q + 1 stands for 1");
            let mut rng = ScriptedRng::dangerous_new([q, &zero, &above, &last].concat());
            let key = DhPrivateKey::generate(group, &mut rng);
            assert!(key.to_be_bytes().ct_eq(&last));
            // The public key is the inverse of the generator.
            let field = &group.parameters().field;
            let product = field.mul(&key.public().element(), &group.parameters().generator);
            assert!(field.is_one(&product));
            assert_eq!(format!("{key:?}"), format!("DhPrivateKey({})", group.name()));
        }
    }

    #[test]
    fn keys_of_different_groups_do_not_mix() {
        let key = |group| DhPrivateKey::from_be_bytes(group, &[5]).unwrap();
        let their = key(DhGroup::Modp2048Sub256).public();
        assert_eq!(
            key(DhGroup::Modp2048Sub224).agree(&their).unwrap_err(),
            Error::CurveMismatch {
                left: "modp2048-224",
                right: "modp2048-256"
            }
        );
    }

    #[test]
    fn an_exponent_may_be_longer_or_shorter_than_a_word() {
        let field = &DhGroup::Modp1024Sub160.parameters().field;
        let two = field.element(&[2]).unwrap();
        assert!(field.is_one(&field.pow(&two, &[])));
        let nine = field.pow(&two, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(
            *nine.retrieve().to_be_bytes_trimmed_vartime(),
            [2, 0],
            "{:?}",
            integer(&[2, 0])
        );
    }
}
