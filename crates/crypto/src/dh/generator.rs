//! The mappings of PACE over Diffie-Hellman groups.

use core::fmt;

use super::{DhGroup, DhPrivateKey, DhPublicKey};
use crate::modular::Element;
use crate::{Error, SecretBytes, Suite, pace};

/// The mapped generator of one run of PACE.
///
/// It is overwritten when dropped; `Debug` shows the group only.
pub struct Generator {
    group: DhGroup,
    element: Element,
}

impl Generator {
    /// The generic mapping `g' = g^s * h` of ICAO 9303-11 §4.4.3.3.1: `own` is the private key drawn for the mapping, `their`
    /// the other side's public key for it.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different groups, [`Error::BadLength`] if the nonce is longer than
    /// the prime, [`Error::Infinity`] if the result is one and thus no generator.
    pub fn generic(own: &DhPrivateKey, their: &DhPublicKey, nonce: &SecretBytes) -> Result<Self, Error> {
        let group = own.group();
        if nonce.len() > group.prime_len() {
            return Err(Error::BadLength {
                what: "nonce",
                found: nonce.len(),
            });
        }
        let parameters = group.parameters();
        let offset = parameters.field.pow(&parameters.generator, nonce.expose());
        Self::new(group, parameters.field.mul(&offset, &own.power_of(their)?))
    }

    /// The integrated mapping `g' = R(s,t)^((p-1)/q) mod p` of ICAO 9303-11 §4.4.3.3.2: `nonce_s` is the chip's secret
    /// nonce, `nonce_t` the terminal's public one.
    ///
    /// # Errors
    /// [`Error::BadLength`] if a nonce has not the length that the cipher demands ([`pace::integrated`]),
    /// [`Error::Infinity`] if the result is no generator.
    pub fn integrated(
        group: DhGroup,
        suite: Suite,
        nonce_s: &SecretBytes,
        nonce_t: &[u8],
    ) -> Result<Self, Error> {
        let number = pace::integrated::pseudo_random(suite, nonce_s, nonce_t, 8 * group.prime_len())?;
        let parameters = group.parameters();
        let residue = parameters.field.reduce(number.expose());
        let mapped = parameters.field.pow(&residue, &parameters.cofactor);
        if parameters.field.is_zero(&mapped) {
            return Err(Error::Infinity);
        }
        Self::new(group, mapped)
    }

    fn new(group: DhGroup, element: Element) -> Result<Self, Error> {
        if group.parameters().field.is_one(&element) {
            return Err(Error::Infinity);
        }
        Ok(Self { group, element })
    }

    /// The group.
    pub fn group(&self) -> DhGroup {
        self.group
    }

    /// The mapped generator with the full length of the prime; it is as secret as the nonce.
    pub fn to_be_bytes(&self) -> SecretBytes {
        self.group.parameters().field.bytes(&self.element)
    }

    /// The public key of `own` with respect to this generator.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the key is of another group.
    pub fn public(&self, own: &DhPrivateKey) -> Result<DhPublicKey, Error> {
        own.same_group(self.group)?;
        Ok(DhPublicKey::computed(self.group, &own.raise(&self.element)))
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generator({})", self.group.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: DhGroup, byte: u8) -> DhPrivateKey {
        DhPrivateKey::from_be_bytes(group, &vec![byte; group.order_len()]).unwrap()
    }

    #[test]
    fn both_sides_map_to_the_same_generator_and_agree() {
        for group in DhGroup::ALL {
            let nonce = SecretBytes::new(vec![0xFF; 16]);
            let (terminal, chip) = (key(group, 1), key(group, 2));
            let left = Generator::generic(&terminal, &chip.public(), &nonce).unwrap();
            let right = Generator::generic(&chip, &terminal.public(), &nonce).unwrap();
            assert!(left.to_be_bytes().ct_eq(right.to_be_bytes().expose()));
            let (a, b) = (key(group, 3), key(group, 4));
            let shared = a.agree(&right.public(&b).unwrap()).unwrap();
            assert!(b.agree(&left.public(&a).unwrap()).unwrap().ct_eq(shared.expose()));
            // What comes out passes for a public key at the other side.
            let public = left.public(&a).unwrap();
            assert_eq!(
                DhPublicKey::from_be_bytes(group, public.as_be_bytes()),
                Ok(public)
            );
            assert_eq!(format!("{left:?}"), format!("Generator({})", group.name()));
        }
    }

    #[test]
    fn a_mapping_to_one_is_no_generator() {
        for group in DhGroup::ALL {
            // g^(q-1) * g^1
            let mut last = group.q().to_vec();
            *last.last_mut().unwrap() -= 1;
            let own = DhPrivateKey::from_be_bytes(group, &last).unwrap();
            let their = DhPrivateKey::from_be_bytes(group, &[1]).unwrap().public();
            let nonce = |byte| SecretBytes::new(vec![0, byte]);
            assert_eq!(
                Generator::generic(&own, &their, &nonce(1)).unwrap_err(),
                Error::Infinity
            );
            assert!(Generator::generic(&own, &their, &nonce(2)).is_ok());
        }
    }

    #[test]
    fn nonces_are_bounded() {
        let group = DhGroup::Modp1024Sub160;
        let long = SecretBytes::new(vec![1; 129]);
        assert_eq!(
            Generator::generic(&key(group, 1), &key(group, 2).public(), &long).unwrap_err(),
            Error::BadLength {
                what: "nonce",
                found: 129
            }
        );
    }

    #[test]
    fn two_nonces_map_to_one_element_of_the_subgroup() {
        for group in DhGroup::ALL {
            for suite in Suite::ALL {
                let s = SecretBytes::new(vec![3; pace::integrated::nonce_s_len(suite)]);
                let t = vec![5; pace::integrated::nonce_t_len(suite)];
                let map = |s: &SecretBytes, t: &[u8]| {
                    let generator = Generator::integrated(group, suite, s, t).unwrap();
                    generator.to_be_bytes().expose().to_vec()
                };
                let mapped = map(&s, &t);
                assert!(
                    DhPublicKey::from_be_bytes(group, &mapped).is_ok(),
                    "{group:?} {suite:?}"
                );
                assert_eq!(map(&s, &t), mapped);
                assert_ne!(map(&s, &vec![6; t.len()]), mapped);
                assert_ne!(map(&SecretBytes::new(vec![4; s.len()]), &t), mapped);
                assert!(Generator::integrated(group, suite, &s, &t[1..]).is_err());
            }
        }
    }
}
