//! `SubjectPublicKeyInfo` and PKCS #8 of both kinds of keys.

use der::Decode;
use pkcs8::PrivateKeyInfoRef;
use spki::SubjectPublicKeyInfoRef;

use super::{DhForm, DhPrivateKey, DhPublicKey, PrivateKey, PublicKey};
use crate::{Error, ParameterForm, SecretBytes};

/// How a key states its domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// A key on an elliptic curve, named or explicit.
    Ec(ParameterForm),
    /// A Diffie-Hellman key, PKCS #3 or X9.42.
    Dh(DhForm),
}

impl PublicKey {
    /// Encodes the key as DER in the form that Chip Authentication version 1 demands of DG14: explicit parameters of a
    /// curve (TR-03110-3 §A.2.1.2), PKCS #3 for Diffie-Hellman (TR-03110-3 §A.4.1.2).
    pub fn to_spki_der(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.to_spki_der(ParameterForm::Explicit),
            Self::Dh(key) => key.to_spki_der(DhForm::Pkcs3),
        }
    }

    /// Decodes a key from DER, and says how it stated its domain parameters.
    ///
    /// # Errors
    /// [`Error::AlgorithmUnknown`] if the key is neither for elliptic curves nor for Diffie-Hellman, else as
    /// [`crate::PublicKey::from_spki_der`] and [`DhPublicKey::from_spki_der`].
    pub fn from_spki_der(der: &[u8]) -> Result<(Self, KeyForm), Error> {
        if der.len() > MAX_LEN {
            return Err(Error::Malformed { what: "public key" });
        }
        let info = SubjectPublicKeyInfoRef::from_der(der);
        match info.ok().and_then(|info| DhForm::from_oid(&info.algorithm.oid)) {
            Some(_) => {
                let (key, form) = DhPublicKey::from_spki_der(der)?;
                Ok((Self::Dh(key), KeyForm::Dh(form)))
            }
            None => {
                let (key, form) = crate::PublicKey::from_spki_der(der)?;
                Ok((Self::Ec(key), KeyForm::Ec(form)))
            }
        }
    }
}

impl PrivateKey {
    /// Encodes the key as PKCS #8, unencrypted: a curve by its name, a Diffie-Hellman group as X9.42 does.
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        match self {
            Self::Ec(key) => key.to_pkcs8_der(),
            Self::Dh(key) => key.to_pkcs8_der(DhForm::X942),
        }
    }

    /// Decodes a key from PKCS #8, unencrypted.
    ///
    /// # Errors
    /// [`Error::AlgorithmUnknown`] if the key is neither for elliptic curves nor for Diffie-Hellman, else as
    /// [`crate::PrivateKey::from_pkcs8_der`] and [`DhPrivateKey::from_pkcs8_der`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(Error::Malformed { what: "private key" });
        }
        let info = PrivateKeyInfoRef::from_der(der);
        match info.ok().and_then(|info| DhForm::from_oid(&info.algorithm.oid)) {
            Some(_) => Ok(Self::Dh(DhPrivateKey::from_pkcs8_der(der)?.0)),
            None => crate::PrivateKey::from_pkcs8_der(der).map(Self::Ec),
        }
    }
}

/// More than four numbers of 2048 bits take.
const MAX_LEN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Curve;
    use crate::agreement::{DhGroup, Group};

    #[test]
    fn keys_of_both_kinds_come_back_from_der() {
        let groups = DhGroup::ALL.map(Group::Dh);
        for group in groups.into_iter().chain(Curve::ALL.map(Group::Ec)) {
            let key = PrivateKey::from_be_bytes(group, &[7; 19]).unwrap();
            let (public, form) = PublicKey::from_spki_der(&key.public().to_spki_der()).unwrap();
            assert_eq!(public, key.public());
            match group {
                Group::Ec(_) => assert_eq!(form, KeyForm::Ec(ParameterForm::Explicit)),
                Group::Dh(_) => assert_eq!(form, KeyForm::Dh(DhForm::Pkcs3)),
            }
            let back = PrivateKey::from_pkcs8_der(key.to_pkcs8_der().expose()).unwrap();
            assert!(back.to_be_bytes().ct_eq(key.to_be_bytes().expose()));
        }
        assert!(PublicKey::from_spki_der(&[]).is_err());
        assert!(PrivateKey::from_pkcs8_der(&[]).is_err());
    }
}
