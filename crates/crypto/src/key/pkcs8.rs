//! PKCS#8 `OneAsymmetricKey`, RFC 5958, unencrypted, with the `ECPrivateKey` of RFC 5915 inside.

use antin_wire::oids;
use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::{Decode, Encode, Sequence};
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::parameters::{self, Cofactor};
use super::{ParameterForm, PrivateKey, PublicKey, pem};
use crate::{Curve, Error, SecretBytes};

impl PrivateKey {
    /// Encodes the key as DER, the curve by its name and the public key with it.
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        let parameters = parameters::encode(self.curve(), ParameterForm::Named);
        self.encode_pkcs8(&parameters)
            .expect("a key and parameters of ours are short and well formed")
    }

    fn encode_pkcs8(&self, parameters: &[u8]) -> der::Result<SecretBytes> {
        let scalar = self.to_be_bytes();
        let inner = EcPrivateKey {
            version: 1,
            scalar: OctetStringRef::new(scalar.expose())?,
            parameters: None,
            public: Some(BitStringRef::from_bytes(self.public_ref().as_sec1())?),
        };
        let inner = Zeroizing::new(inner.to_der()?);
        let algorithm = AlgorithmIdentifierRef {
            oid: oids::EC_PUBLIC_KEY,
            parameters: Some(AnyRef::from_der(parameters)?),
        };
        let outer = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner)?);
        Ok(SecretBytes::new(outer.to_der()?))
    }

    /// Encodes the key as PEM with the label `PRIVATE KEY`.
    pub fn to_pkcs8_pem(&self) -> SecretBytes {
        pem::encode(LABEL, &self.to_pkcs8_der())
    }

    /// Decodes a key from DER; the curve may be named or explicit.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one unencrypted key, or if the public key or the parameters
    /// that it repeats contradict it; [`Error::AlgorithmUnknown`] and [`Error::CurveUnknown`] as for public keys;
    /// [`Error::BadScalar`] if the private number is out of range.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(MALFORMED);
        }
        let outer = PrivateKeyInfoRef::from_der(der).map_err(|_| MALFORMED)?;
        let (curve, _) = parameters::decode(
            outer.algorithm.oid,
            outer.algorithm.parameters,
            Cofactor::Optional,
        )?;
        let inner = EcPrivateKey::from_der(outer.private_key.as_bytes()).map_err(|_| MALFORMED)?;
        inner.check_curve(curve)?;
        let key = Self::from_be_bytes(curve, inner.scalar.as_bytes())?;
        for stated in [outer.public_key, inner.public].into_iter().flatten() {
            if stated.as_bytes().map(|point| PublicKey::from_sec1(curve, point)) != Some(Ok(key.public())) {
                return Err(MALFORMED);
            }
        }
        Ok(key)
    }

    /// Decodes a key from PEM with the label `PRIVATE KEY`. An encrypted key is refused.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the text is not PEM of that label, else as [`PrivateKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, Error> {
        Self::from_pkcs8_der(pem::decode(text, LABEL, MALFORMED)?.expose())
    }
}

/// ```text
/// ECPrivateKey ::= SEQUENCE {
///     version        INTEGER { ecPrivkeyVer1(1) },
///     privateKey     OCTET STRING,
///     parameters [0] ECParameters OPTIONAL,
///     publicKey  [1] BIT STRING OPTIONAL }
/// ```
#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    scalar: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public: Option<BitStringRef<'a>>,
}

impl EcPrivateKey<'_> {
    fn check_curve(&self, curve: Curve) -> Result<(), Error> {
        let repeated = match self.parameters {
            Some(_) => parameters::decode(oids::EC_PUBLIC_KEY, self.parameters, Cofactor::Optional)?.0,
            None => curve,
        };
        if self.version != 1 || repeated != curve {
            return Err(MALFORMED);
        }
        Ok(())
    }
}

const LABEL: &str = "PRIVATE KEY";

const MALFORMED: Error = Error::Malformed { what: "private key" };

/// More than a key with explicit parameters, stated twice, and a few attributes take.
const MAX_LEN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(curve: Curve) -> PrivateKey {
        PrivateKey::from_be_bytes(curve, &[7; 20]).unwrap()
    }

    #[test]
    fn keys_come_back_from_der_and_pem() {
        for curve in Curve::ALL {
            let der = key(curve).to_pkcs8_der();
            let back = PrivateKey::from_pkcs8_der(der.expose()).unwrap();
            assert!(back.to_be_bytes().ct_eq(key(curve).to_be_bytes().expose()));
            assert_eq!(back.public(), key(curve).public());
            let text = String::from_utf8(key(curve).to_pkcs8_pem().expose().to_vec()).unwrap();
            assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
            assert_eq!(
                PrivateKey::from_pkcs8_pem(&text).unwrap().public(),
                key(curve).public()
            );
        }
    }

    #[test]
    fn every_truncation_and_any_trailing_byte_is_refused() {
        for curve in Curve::ALL {
            let der = key(curve).to_pkcs8_der();
            for len in 0..der.len() {
                assert!(
                    PrivateKey::from_pkcs8_der(&der.expose()[..len]).is_err(),
                    "{len} bytes"
                );
            }
            let longer = [der.expose(), &[0]].concat();
            assert_eq!(PrivateKey::from_pkcs8_der(&longer).unwrap_err(), MALFORMED);
        }
    }

    #[test]
    fn a_public_key_that_belongs_to_another_is_refused() {
        for curve in Curve::ALL {
            let mut der = key(curve).to_pkcs8_der().expose().to_vec();
            let scalar = [7; 20];
            let at = der.windows(20).position(|window| window == scalar).unwrap();
            der[at + 19] ^= 1;
            assert_eq!(PrivateKey::from_pkcs8_der(&der).unwrap_err(), MALFORMED);
        }
    }

    #[test]
    fn other_labels_and_oversized_input_are_refused() {
        let text = String::from_utf8(key(Curve::P256).to_pkcs8_pem().expose().to_vec()).unwrap();
        let encrypted = text.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        assert_eq!(PrivateKey::from_pkcs8_pem(&encrypted).unwrap_err(), MALFORMED);
        assert_eq!(PrivateKey::from_pkcs8_pem("").unwrap_err(), MALFORMED);
        assert_eq!(
            PrivateKey::from_pkcs8_pem(&"A".repeat(20_000)).unwrap_err(),
            MALFORMED
        );
        assert_eq!(
            PrivateKey::from_pkcs8_der(&[0x30; MAX_LEN + 1]).unwrap_err(),
            MALFORMED
        );
    }
}
