//! Diffie-Hellman keys as `SubjectPublicKeyInfo` and as PKCS #8.

use antin_wire::oids::{self, ObjectIdentifier};
use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::{DhGroup, DhPrivateKey, DhPublicKey};
use crate::modular::{Element, Modulus};
use crate::{Error, SecretBytes};

/// How a key states its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DhForm {
    /// `dhKeyAgreement` of PKCS #3, prime and generator; what Chip Authentication version 1 demands (TR-03110-3 §A.4.1.2).
    Pkcs3,
    /// `dhpublicnumber` of X9.42, RFC 3279 §2.3.3: prime, generator and order.
    X942,
}

impl DhForm {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Pkcs3, Self::X942];

    /// The object identifier of the algorithm.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Pkcs3 => oids::DH_KEY_AGREEMENT,
            Self::X942 => oids::DH_PUBLIC_NUMBER,
        }
    }

    /// The form with that algorithm identifier.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.oid() == *oid)
    }
}

impl DhPublicKey {
    /// Encodes the key as DER.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE {
    ///     algorithm         SEQUENCE { dhKeyAgreement | dhpublicnumber, parameters },
    ///     subjectPublicKey  BIT STRING }   -- an INTEGER, the public value
    /// ```
    pub fn to_spki_der(&self, form: DhForm) -> Vec<u8> {
        self.encode_spki(form)
            .expect("a key and parameters of ours are short and well formed")
    }

    fn encode_spki(&self, form: DhForm) -> der::Result<Vec<u8>> {
        let value = UintRef::new(self.as_be_bytes())?.to_der()?;
        let parameters = encode_parameters(self.group(), form)?;
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: form.oid(),
                parameters: Some(AnyRef::from_der(&parameters)?),
            },
            subject_public_key: BitStringRef::from_bytes(&value)?,
        }
        .to_der()
    }

    /// Decodes a key from DER, and says how it stated its group.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one `SubjectPublicKeyInfo`; [`Error::AlgorithmUnknown`] if the
    /// key is not for Diffie-Hellman; [`Error::GroupUnknown`] if its parameters are not exactly those of one of
    /// [`DhGroup::ALL`]; [`Error::BadPublicValue`] if the value is not in the subgroup.
    pub fn from_spki_der(der: &[u8]) -> Result<(Self, DhForm), Error> {
        if der.len() > MAX_LEN {
            return Err(PUBLIC_MALFORMED);
        }
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| PUBLIC_MALFORMED)?;
        let (group, form) = decode_parameters(&info.algorithm)?;
        let value = info.subject_public_key.as_bytes().ok_or(PUBLIC_MALFORMED)?;
        let value = UintRef::from_der(value).map_err(|_| PUBLIC_MALFORMED)?;
        Ok((Self::from_be_bytes(group, value.as_bytes())?, form))
    }
}

impl DhPrivateKey {
    /// Encodes the key as PKCS #8 `OneAsymmetricKey`, unencrypted; the private key inside is an INTEGER.
    pub fn to_pkcs8_der(&self, form: DhForm) -> SecretBytes {
        self.encode_pkcs8(form)
            .expect("a key and parameters of ours are short and well formed")
    }

    fn encode_pkcs8(&self, form: DhForm) -> der::Result<SecretBytes> {
        let number = self.to_be_bytes();
        let number = Zeroizing::new(UintRef::new(number.expose())?.to_der()?);
        let parameters = encode_parameters(self.group(), form)?;
        let algorithm = AlgorithmIdentifierRef {
            oid: form.oid(),
            parameters: Some(AnyRef::from_der(&parameters)?),
        };
        let outer = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&number)?);
        Ok(SecretBytes::new(outer.to_der()?))
    }

    /// Decodes a key from PKCS #8, and says how it stated its group.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one unencrypted key, or if the public key beside it contradicts
    /// it; [`Error::AlgorithmUnknown`] and [`Error::GroupUnknown`] as for public keys; [`Error::BadScalar`] if the
    /// private number is out of range, as [`DhPrivateKey::from_be_bytes`] says.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<(Self, DhForm), Error> {
        if der.len() > MAX_LEN {
            return Err(PRIVATE_MALFORMED);
        }
        let outer = PrivateKeyInfoRef::from_der(der).map_err(|_| PRIVATE_MALFORMED)?;
        let (group, form) = decode_parameters(&outer.algorithm)?;
        let number = UintRef::from_der(outer.private_key.as_bytes()).map_err(|_| PRIVATE_MALFORMED)?;
        let key = Self::from_be_bytes(group, number.as_bytes())?;
        if let Some(stated) = outer.public_key {
            let value = stated.as_bytes().and_then(|der| UintRef::from_der(der).ok());
            if value.map(|value| value.as_bytes() == key.public().as_be_bytes()) != Some(true) {
                return Err(PRIVATE_MALFORMED);
            }
        }
        Ok((key, form))
    }
}

fn encode_parameters(group: DhGroup, form: DhForm) -> der::Result<Vec<u8>> {
    let (prime, base) = (UintRef::new(group.p())?, UintRef::new(group.g())?);
    match form {
        DhForm::Pkcs3 => Pkcs3Parameters {
            prime,
            base,
            private_len: None,
        }
        .to_der(),
        DhForm::X942 => X942Parameters {
            prime,
            base,
            order: UintRef::new(group.q())?,
            cofactor: None,
            validation: None,
        }
        .to_der(),
    }
}

fn decode_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(DhGroup, DhForm), Error> {
    let form = DhForm::from_oid(&algorithm.oid).ok_or(Error::AlgorithmUnknown { oid: algorithm.oid })?;
    let parameters = algorithm.parameters.ok_or(Error::GroupUnknown)?;
    let (group, prime, base) = match form {
        DhForm::Pkcs3 => {
            let stated = parameters.decode_as::<Pkcs3Parameters<'_>>();
            let stated = stated.map_err(|_| PARAMETERS_MALFORMED)?;
            let (prime, base) = (stated.prime.as_bytes(), stated.base.as_bytes());
            (DhGroup::match_explicit(prime, base, None), prime, base)
        }
        DhForm::X942 => {
            let stated = parameters.decode_as::<X942Parameters<'_>>();
            let stated = stated.map_err(|_| PARAMETERS_MALFORMED)?;
            let (prime, base) = (stated.prime.as_bytes(), stated.base.as_bytes());
            let order = stated.order.as_bytes();
            (DhGroup::match_explicit(prime, base, Some(order)), prime, base)
        }
    };
    let group = group.ok_or_else(|| foreign(prime, base))?;
    Ok((group, form))
}

/// Whether foreign parameters can be those of a group at all: nobody keeps a private key where there is none. The test of
/// Fermat proves most composite numbers and accuses no prime; what it lets pass is unknown all the same.
fn foreign(prime: &[u8], base: &[u8]) -> Error {
    const COMPOSITE: Error = Error::NoGroup {
        what: "the modulus is no prime",
    };
    let Some(modulus) = Modulus::public(prime) else {
        return COMPOSITE;
    };
    if modulus.bits() > MAX_FOREIGN_BITS {
        return Error::GroupUnknown;
    }
    let Some(before) = modulus.negated(&[1]) else {
        return COMPOSITE;
    };
    let generates = |base: &Element| {
        !modulus.is_zero(base) && !modulus.is_one(base) && modulus.bytes(base).expose() != before.expose()
    };
    if !modulus.element(base).is_some_and(|base| generates(&base)) {
        return Error::NoGroup {
            what: "the generator generates nothing",
        };
    }
    let witness = modulus.reduce(&[2]);
    match modulus.is_one(&modulus.pow_public(&witness, before.expose())) {
        true => Error::GroupUnknown,
        false => COMPOSITE,
    }
}

/// Longer moduli of foreign groups are not looked at: that would take too long.
const MAX_FOREIGN_BITS: u32 = 4096;

/// ```text
/// DHParameter ::= SEQUENCE {
///     prime              INTEGER,
///     base               INTEGER,
///     privateValueLength INTEGER OPTIONAL }
/// ```
#[derive(Sequence)]
struct Pkcs3Parameters<'a> {
    prime: UintRef<'a>,
    base: UintRef<'a>,
    /// Advice to whoever draws a key; has no influence on any computation.
    #[asn1(optional = "true")]
    private_len: Option<UintRef<'a>>,
}

/// ```text
/// DomainParameters ::= SEQUENCE {
///     p               INTEGER,
///     g               INTEGER,
///     q               INTEGER,
///     j               INTEGER OPTIONAL,
///     validationParms ValidationParms OPTIONAL }
/// ```
/// Neither the cofactor nor the seed of the making has influence on any computation.
#[derive(Sequence)]
struct X942Parameters<'a> {
    prime: UintRef<'a>,
    base: UintRef<'a>,
    order: UintRef<'a>,
    #[asn1(optional = "true")]
    cofactor: Option<UintRef<'a>>,
    #[asn1(optional = "true")]
    validation: Option<ValidationParameters<'a>>,
}

/// `ValidationParms ::= SEQUENCE { seed BIT STRING, pgenCounter INTEGER }`
#[derive(Sequence)]
struct ValidationParameters<'a> {
    seed: BitStringRef<'a>,
    counter: UintRef<'a>,
}

const PUBLIC_MALFORMED: Error = Error::Malformed { what: "public key" };

const PRIVATE_MALFORMED: Error = Error::Malformed { what: "private key" };

const PARAMETERS_MALFORMED: Error = Error::Malformed {
    what: "diffie-hellman parameters",
};

/// More than four numbers of 2048 bits and a seed take.
const MAX_LEN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: DhGroup) -> DhPrivateKey {
        DhPrivateKey::from_be_bytes(group, &vec![0x2A; group.order_len()]).unwrap()
    }

    #[test]
    fn keys_come_back_as_they_went() {
        for group in DhGroup::ALL {
            for form in DhForm::ALL {
                let public = key(group).public();
                let der = public.to_spki_der(form);
                assert_eq!(DhPublicKey::from_spki_der(&der), Ok((public, form)));
                let der = key(group).to_pkcs8_der(form);
                let (back, found) = DhPrivateKey::from_pkcs8_der(der.expose()).unwrap();
                assert!(back.to_be_bytes().ct_eq(key(group).to_be_bytes().expose()));
                assert_eq!(found, form);
            }
        }
    }

    #[test]
    fn every_truncation_and_any_trailing_byte_is_refused() {
        for form in DhForm::ALL {
            let key = key(DhGroup::Modp1024Sub160);
            let public = key.public().to_spki_der(form);
            let private = key.to_pkcs8_der(form);
            for len in 0..public.len() {
                assert_eq!(DhPublicKey::from_spki_der(&public[..len]), Err(PUBLIC_MALFORMED));
            }
            for len in 0..private.len() {
                let cut = DhPrivateKey::from_pkcs8_der(&private.expose()[..len]);
                assert_eq!(cut.unwrap_err(), PRIVATE_MALFORMED);
            }
            let longer = [&public[..], &[0]].concat();
            assert_eq!(DhPublicKey::from_spki_der(&longer), Err(PUBLIC_MALFORMED));
            let longer = [private.expose(), &[0]].concat();
            assert_eq!(
                DhPrivateKey::from_pkcs8_der(&longer).unwrap_err(),
                PRIVATE_MALFORMED
            );
        }
        let oversized = vec![0x30; MAX_LEN + 1];
        assert_eq!(DhPublicKey::from_spki_der(&oversized), Err(PUBLIC_MALFORMED));
        assert_eq!(
            DhPrivateKey::from_pkcs8_der(&oversized).unwrap_err(),
            PRIVATE_MALFORMED
        );
    }

    #[test]
    fn parameters_that_differ_in_one_bit_are_an_unknown_group() {
        for group in DhGroup::ALL {
            let der = key(group).public().to_spki_der(DhForm::X942);
            for number in [group.p(), group.g(), group.q()] {
                let at = der
                    .windows(number.len())
                    .position(|window| window == number)
                    .unwrap();
                let mut changed = der.clone();
                changed[at + number.len() - 1] ^= 2;
                let refused = DhPublicKey::from_spki_der(&changed);
                if number == group.p() {
                    assert!(matches!(refused, Err(Error::NoGroup { .. })), "{group:?}");
                } else {
                    assert_eq!(refused, Err(Error::GroupUnknown));
                }
            }
        }
    }

    #[test]
    fn a_value_outside_of_the_subgroup_and_keys_of_another_kind_are_refused_by_name() {
        let group = DhGroup::Modp2048Sub256;
        let mut der = key(group).public().to_spki_der(DhForm::Pkcs3);
        *der.last_mut().unwrap() ^= 1;
        assert_eq!(
            DhPublicKey::from_spki_der(&der),
            Err(Error::BadPublicValue { group: group.name() })
        );
        let rsa = hex::decode("3013300d06092a864886f70d010101050003020030").unwrap();
        let oid = oids::RSA_ENCRYPTION;
        assert_eq!(
            DhPublicKey::from_spki_der(&rsa),
            Err(Error::AlgorithmUnknown { oid })
        );
    }
}
