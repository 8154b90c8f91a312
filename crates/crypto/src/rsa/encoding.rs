//! RSA keys as `SubjectPublicKeyInfo` and as PKCS #8.

use antin_wire::oids;
use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::scheme::Restriction;
use super::{PrivateKey, PublicKey};
use crate::curve::without_zeros;
use crate::key::pem;
use crate::{Error, SecretBytes};

impl PublicKey {
    /// Encodes the key as DER with the algorithm `rsaEncryption`, or `id-RSASSA-PSS` if the key is for PSS only.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE {
    ///     algorithm         SEQUENCE { rsaEncryption, NULL },
    ///     subjectPublicKey  BIT STRING }   -- an RSAPublicKey
    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
    /// ```
    pub fn to_spki_der(&self) -> Vec<u8> {
        self.encode_spki()
            .expect("a key of ours is short and well formed")
    }

    fn encode_spki(&self) -> der::Result<Vec<u8>> {
        let algorithm = self.restriction().to_algorithm_der();
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
            subject_public_key: BitStringRef::from_bytes(&self.to_pkcs1_der())?,
        }
        .to_der()
    }

    /// Encodes modulus and exponent as `RSAPublicKey`, DER.
    pub fn to_pkcs1_der(&self) -> Vec<u8> {
        let encode = || {
            RsaPublicKey {
                modulus: UintRef::new(self.modulus())?,
                exponent: UintRef::new(self.exponent())?,
            }
            .to_der()
        };
        encode().expect("two short numbers can be encoded")
    }

    /// Decodes a key from DER. The algorithm is `rsaEncryption`, or `id-RSASSA-PSS`: then the key verifies nothing but
    /// PSS, with the parameters that it states.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one `SubjectPublicKeyInfo`; [`Error::AlgorithmUnknown`] if the
    /// key is not for RSA or demands an algorithm that is not implemented; [`Error::BadRsaKey`] as
    /// [`PublicKey::from_components`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(PUBLIC_MALFORMED);
        }
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| PUBLIC_MALFORMED)?;
        let restriction = Restriction::from_algorithm(&info.algorithm)?;
        let inner = info.subject_public_key.as_bytes().ok_or(PUBLIC_MALFORMED)?;
        let inner = RsaPublicKey::from_der(inner).map_err(|_| PUBLIC_MALFORMED)?;
        Self::restricted(inner.modulus.as_bytes(), inner.exponent.as_bytes(), restriction)
    }
}

impl PrivateKey {
    /// Encodes the key as PKCS #8 `OneAsymmetricKey`, unencrypted, with the `RSAPrivateKey` of RFC 8017 §A.1.2 inside.
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        self.encode_pkcs8()
            .expect("a key of ours is short and well formed")
    }

    fn encode_pkcs8(&self) -> der::Result<SecretBytes> {
        let (p, q) = self.factors();
        let public = self.public_ref();
        let inner = RsaPrivateKey {
            version: 0,
            modulus: UintRef::new(public.modulus())?,
            public_exponent: UintRef::new(public.exponent())?,
            private_exponent: UintRef::new(self.exponent().expose())?,
            prime1: UintRef::new(p.prime.expose())?,
            prime2: UintRef::new(q.prime.expose())?,
            exponent1: UintRef::new(p.exponent.expose())?,
            exponent2: UintRef::new(q.exponent.expose())?,
            coefficient: UintRef::new(self.inverse().expose())?,
        };
        let inner = Zeroizing::new(inner.to_der()?);
        let outer = PrivateKeyInfoRef::new(ALGORITHM, OctetStringRef::new(&inner)?);
        Ok(SecretBytes::new(outer.to_der()?))
    }

    /// Encodes the key as PEM with the label `PRIVATE KEY`.
    pub fn to_pkcs8_pem(&self) -> SecretBytes {
        pem::encode(LABEL, &self.to_pkcs8_der())
    }

    /// Decodes a key from PEM with the label `PRIVATE KEY`. An encrypted key is refused.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the text is not PEM of that label, else as [`PrivateKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, Error> {
        Self::from_pkcs8_der(pem::decode(text, LABEL, PRIVATE_MALFORMED)?.expose())
    }

    /// Decodes a key of two primes from PKCS #8.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one unencrypted key of two primes, or if its numbers contradict
    /// each other; [`Error::AlgorithmUnknown`] if the key is not for RSA; [`Error::BadRsaKey`] if the numbers make no key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(PRIVATE_MALFORMED);
        }
        let outer = PrivateKeyInfoRef::from_der(der).map_err(|_| PRIVATE_MALFORMED)?;
        if outer.algorithm.oid != oids::RSA_ENCRYPTION {
            return Err(Error::AlgorithmUnknown {
                oid: outer.algorithm.oid,
            });
        }
        Restriction::from_algorithm(&outer.algorithm)?;
        let inner = RsaPrivateKey::from_der(outer.private_key.as_bytes()).map_err(|_| PRIVATE_MALFORMED)?;
        let secret = |number: &UintRef<'_>| SecretBytes::new(number.as_bytes().to_vec());
        let key = Self::from_primes(
            &secret(&inner.prime1),
            &secret(&inner.prime2),
            inner.public_exponent.as_bytes(),
        )?;
        if inner.version != 0 || !key.agrees_with(&inner) {
            return Err(PRIVATE_MALFORMED);
        }
        Ok(key)
    }

    /// Whether the numbers that follow from the primes are the stated ones. The private exponent may be any that works.
    fn agrees_with(&self, stated: &RsaPrivateKey<'_>) -> bool {
        let (p, q) = self.factors();
        let same = |ours: &[u8], theirs: &UintRef<'_>| without_zeros(ours) == theirs.as_bytes();
        same(self.public_ref().modulus(), &stated.modulus)
            && same(p.exponent.expose(), &stated.exponent1)
            && same(q.exponent.expose(), &stated.exponent2)
            && same(self.inverse().expose(), &stated.coefficient)
            && self.works_with(stated.private_exponent.as_bytes())
    }
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// ```text
/// RSAPrivateKey ::= SEQUENCE {
///     version           INTEGER { two-prime(0), multi(1) },
///     modulus           INTEGER,  -- n
///     publicExponent    INTEGER,  -- e
///     privateExponent   INTEGER,  -- d
///     prime1            INTEGER,  -- p
///     prime2            INTEGER,  -- q
///     exponent1         INTEGER,  -- d mod (p-1)
///     exponent2         INTEGER,  -- d mod (q-1)
///     coefficient       INTEGER } -- (inverse of q) mod p
/// ```
#[derive(Sequence)]
struct RsaPrivateKey<'a> {
    version: u8,
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
    private_exponent: UintRef<'a>,
    prime1: UintRef<'a>,
    prime2: UintRef<'a>,
    exponent1: UintRef<'a>,
    exponent2: UintRef<'a>,
    coefficient: UintRef<'a>,
}

const ALGORITHM: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: oids::RSA_ENCRYPTION,
    parameters: Some(AnyRef::NULL),
};

const PUBLIC_MALFORMED: Error = Error::Malformed { what: "public key" };

const PRIVATE_MALFORMED: Error = Error::Malformed { what: "private key" };

/// More than the nine numbers of a private key of 8192 bits take.
const MAX_LEN: usize = 8192;

/// The label of an unencrypted PKCS #8 key in PEM.
const LABEL: &str = "PRIVATE KEY";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;
    use crate::rsa::{Scheme, testing};

    #[test]
    fn keys_come_back_as_they_went() {
        let key = testing::key();
        let public = key.public();
        assert_eq!(
            PublicKey::from_spki_der(&public.to_spki_der()),
            Ok(public.clone())
        );
        let back = PrivateKey::from_pkcs8_der(key.to_pkcs8_der().expose()).unwrap();
        assert_eq!(back.public(), public);
        assert!(back.to_pkcs8_der().ct_eq(key.to_pkcs8_der().expose()));
        let text = String::from_utf8(key.to_pkcs8_pem().expose().to_vec()).unwrap();
        let back = PrivateKey::from_pkcs8_pem(&text).unwrap();
        assert!(back.to_pkcs8_der().ct_eq(key.to_pkcs8_der().expose()));
    }

    #[test]
    fn every_truncation_and_any_trailing_byte_is_refused() {
        let public = testing::key().public().to_spki_der();
        let private = testing::key().to_pkcs8_der();
        for len in 0..public.len() {
            assert_eq!(PublicKey::from_spki_der(&public[..len]), Err(PUBLIC_MALFORMED));
        }
        for len in 0..private.len() {
            let cut = PrivateKey::from_pkcs8_der(&private.expose()[..len]);
            assert_eq!(cut.unwrap_err(), PRIVATE_MALFORMED);
        }
        assert_eq!(
            PublicKey::from_spki_der(&[&public[..], &[0]].concat()),
            Err(PUBLIC_MALFORMED)
        );
        let longer = PrivateKey::from_pkcs8_der(&[private.expose(), &[0]].concat());
        assert_eq!(longer.unwrap_err(), PRIVATE_MALFORMED);
        let oversized = vec![0x30; MAX_LEN + 1];
        assert_eq!(PublicKey::from_spki_der(&oversized), Err(PUBLIC_MALFORMED));
        assert_eq!(
            PrivateKey::from_pkcs8_der(&oversized).unwrap_err(),
            PRIVATE_MALFORMED
        );
    }

    #[test]
    fn a_private_key_whose_numbers_contradict_each_other_is_refused() {
        let key = testing::key();
        let (p, q) = key.factors();
        let der = key.to_pkcs8_der();
        let public = key.public();
        let numbers = [
            public.modulus(),
            key.exponent().expose(),
            p.prime.expose(),
            p.exponent.expose(),
            q.exponent.expose(),
            key.inverse().expose(),
        ];
        for (index, number) in numbers.into_iter().enumerate() {
            let number = without_zeros(number);
            let at = der
                .expose()
                .windows(number.len())
                .position(|window| window == number)
                .unwrap();
            let mut changed = der.expose().to_vec();
            changed[at + number.len() - 1] ^= 2;
            assert!(PrivateKey::from_pkcs8_der(&changed).is_err(), "{index}");
        }
    }

    #[test]
    fn keys_of_another_kind_are_refused_by_name() {
        let ec = crate::PrivateKey::from_be_bytes(crate::Curve::P256, &[7]).unwrap();
        let oid = oids::EC_PUBLIC_KEY;
        let unknown = Error::AlgorithmUnknown { oid };
        let public = ec.public().to_spki_der(crate::ParameterForm::Named);
        assert_eq!(PublicKey::from_spki_der(&public), Err(unknown.clone()));
        let private = PrivateKey::from_pkcs8_der(ec.to_pkcs8_der().expose());
        assert_eq!(private.unwrap_err(), unknown);
    }

    #[test]
    fn a_key_for_pss_verifies_nothing_else() {
        let key = testing::key();
        let mut rng = crate::scripted::ScriptedRng::dangerous_new(vec![0x31; 1024]);
        // id-RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes; and without parameters.
        let parameters = "3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d0609608648016503040201\
                          0500a203020120";
        for (parameters, hash_matters) in [(parameters, true), ("", false)] {
            let algorithm = [
                hex::decode("06092a864886f70d01010a").unwrap(),
                hex::decode(parameters).unwrap(),
            ]
            .concat();
            let plain = key.public().to_spki_der();
            // 30 81 9F, 30 0D ..., 03 81 8D ...
            let bit_string = &plain[3 + 15..];
            let mut inner = vec![0x30, u8::try_from(algorithm.len()).unwrap()];
            inner.extend_from_slice(&algorithm);
            inner.extend_from_slice(bit_string);
            let mut der = vec![0x30, 0x81, u8::try_from(inner.len()).unwrap()];
            der.extend_from_slice(&inner);
            let restricted = PublicKey::from_spki_der(&der).unwrap();
            assert_ne!(restricted, key.public());
            let mut answer = |scheme| {
                let signature = key.sign(scheme, b"m", &mut rng).unwrap();
                restricted.verify(scheme, b"m", &signature).is_ok()
            };
            assert!(answer(Scheme::pss(Hash::Sha256)));
            assert!(!answer(Scheme::Pkcs1v15(Hash::Sha256)));
            assert_eq!(answer(Scheme::pss(Hash::Sha384)), !hash_matters);
        }
    }
}
