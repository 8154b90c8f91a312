//! `SubjectPublicKeyInfo` and PKCS #8 of both kinds of keys.

use antin_wire::oids;
use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Decode, Encode};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{DhForm, DhPrivateKey, DhPublicKey, Group, PrivateKey, PublicKey};
use crate::{Error, ParameterForm, SecretBytes};

/// How a key states its domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// A key on an elliptic curve, named or explicit.
    Ec(ParameterForm),
    /// A Diffie-Hellman key, PKCS #3 or X9.42.
    Dh(DhForm),
    /// A key of either kind that names its domain parameters by their standardised number (TR-03110-3 §A.2.1.1).
    Standardized,
}

impl PublicKey {
    /// Encodes the key as DER with the standardised number of its domain parameters (TR-03110-3 §A.2.1.1), as EF.CardSecurity
    /// has it. `None` for a group without a number.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE {
    ///     algorithm         SEQUENCE { standardizedDomainParameters, INTEGER },
    ///     subjectPublicKey  BIT STRING }   -- the uncompressed point, or an INTEGER, the public value
    /// ```
    pub fn to_standardized_spki_der(&self) -> Option<Vec<u8>> {
        let number = self.group().standardized_id()?;
        Some(
            self.encode_standardized(number)
                .expect("a key of ours is short and well formed"),
        )
    }

    fn encode_standardized(&self, number: u8) -> der::Result<Vec<u8>> {
        let parameters = UintRef::new(&[number])?.to_der()?;
        let value = match self {
            Self::Ec(key) => key.as_sec1().to_vec(),
            Self::Dh(key) => UintRef::new(key.as_be_bytes())?.to_der()?,
        };
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: oids::STANDARDIZED_DOMAIN_PARAMETERS,
                parameters: Some(AnyRef::from_der(&parameters)?),
            },
            subject_public_key: BitStringRef::from_bytes(&value)?,
        }
        .to_der()
    }

    /// Decodes a key whose domain parameters are a number.
    fn from_standardized(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, Error> {
        let parameters = info.algorithm.parameters.ok_or(MALFORMED)?;
        let number = parameters.decode_as::<u64>().map_err(|_| MALFORMED)?;
        let group = u8::try_from(number).ok().and_then(Group::from_standardized_id);
        let group = group.ok_or(Error::CurveUnknown {
            oid: Some(info.algorithm.oid),
        })?;
        let key = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
        match group {
            Group::Ec(_) => Self::decode(group, key),
            Group::Dh(_) => {
                let value = UintRef::from_der(key).map_err(|_| MALFORMED)?;
                Self::decode(group, value.as_bytes())
            }
        }
    }

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
    /// [`Error::AlgorithmUnknown`] if the key is neither for elliptic curves nor for Diffie-Hellman, [`Error::CurveUnknown`]
    /// with the name `standardizedDomainParameters` for a number that is reserved, else as
    /// [`crate::PublicKey::from_spki_der`] and [`DhPublicKey::from_spki_der`].
    pub fn from_spki_der(der: &[u8]) -> Result<(Self, KeyForm), Error> {
        if der.len() > MAX_LEN {
            return Err(MALFORMED);
        }
        let info = SubjectPublicKeyInfoRef::from_der(der);
        if let Ok(info) = &info
            && info.algorithm.oid == oids::STANDARDIZED_DOMAIN_PARAMETERS
        {
            return Ok((Self::from_standardized(info)?, KeyForm::Standardized));
        }
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

const MALFORMED: Error = Error::Malformed { what: "public key" };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Curve;
    use crate::agreement::{DhGroup, Group};

    #[test]
    fn keys_of_both_kinds_come_back_from_der() {
        let groups = DhGroup::ALL.map(Group::Dh);
        for group in groups.into_iter().chain(Curve::STANDARDIZED.map(Group::Ec)) {
            let key = PrivateKey::from_be_bytes(group, &[7; 19]).unwrap();
            let (public, form) = PublicKey::from_spki_der(&key.public().to_spki_der()).unwrap();
            assert_eq!(public, key.public());
            match group {
                Group::Ec(_) => assert_eq!(form, KeyForm::Ec(ParameterForm::Explicit)),
                Group::Dh(_) => assert_eq!(form, KeyForm::Dh(DhForm::Pkcs3)),
            }
            let numbered = key.public().to_standardized_spki_der().unwrap();
            assert_eq!(
                PublicKey::from_spki_der(&numbered),
                Ok((key.public(), KeyForm::Standardized))
            );
            for len in 0..numbered.len() {
                assert!(PublicKey::from_spki_der(&numbered[..len]).is_err());
            }
            assert!(PublicKey::from_spki_der(&[&numbered[..], &[0]].concat()).is_err());
            let back = PrivateKey::from_pkcs8_der(key.to_pkcs8_der().expose()).unwrap();
            assert!(back.to_be_bytes().ct_eq(key.to_be_bytes().expose()));
        }
        // SEQUENCE { SEQUENCE { standardizedDomainParameters, 19 }, BIT STRING of one byte }
        let reserved = [
            0x30, 0x12, 0x30, 0x0C, 0x06, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02, 0x02, 0x01, 0x13,
            0x03, 0x02, 0x00, 0x04,
        ];
        assert_eq!(
            PublicKey::from_spki_der(&reserved),
            Err(Error::CurveUnknown {
                oid: Some(antin_wire::oids::STANDARDIZED_DOMAIN_PARAMETERS)
            })
        );
        assert!(PublicKey::from_spki_der(&[]).is_err());
        assert!(PrivateKey::from_pkcs8_der(&[]).is_err());
    }
}
