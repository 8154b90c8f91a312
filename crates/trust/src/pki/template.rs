//! A certificate before it is signed.

use antin_crypto::{CryptoRng, Hash, ObjectIdentifier, PureRust, Signer, VerifyingKey};
use antin_wire::oids::{
    AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, COMMON_NAME, COUNTRY_NAME, CRL_DISTRIBUTION_POINTS,
    DOCUMENT_TYPE_LIST, EXT_KEY_USAGE, ISSUER_ALT_NAME, KEY_USAGE, LOCALITY_NAME, NAME_CHANGE,
    ORGANIZATION_NAME, PRIVATE_KEY_USAGE_PERIOD, SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER,
};

use crate::asn1::{NULL, PRINTABLE_STRING, SET, explicit, implicit, write};
use crate::certificate::Certificate;
use crate::countries;
use crate::error::Error;
use crate::pki::TEST_ORGANISATION;
use crate::time::UnixTime;

/// Octets of a serial number: random, positive, well below the 20 that are allowed.
const SERIAL_BYTES: usize = 16;

/// All that a certificate states; nothing in it is checked until [`sign`](Self::sign), so that tests can state wrong
/// things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// DER of the subject's name.
    pub subject: Vec<u8>,
    /// First second of the validity.
    pub not_before: UnixTime,
    /// Last second of the validity.
    pub not_after: UnixTime,
    /// SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    /// In this order.
    pub extensions: Vec<Extension>,
}

/// One extension of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// What it is.
    pub id: ObjectIdentifier,
    /// Whether whoever does not understand it must refuse the certificate.
    pub critical: bool,
    /// DER of its content.
    pub value: Vec<u8>,
}

impl Template {
    /// The certificate, signed. The signature is verified before it is returned.
    ///
    /// # Errors
    /// The signer's, and [`Error::SelfCheck`].
    pub fn sign(&self, signer: &dyn Signer) -> Result<Certificate, Error> {
        let algorithm = signer.algorithm().to_der();
        let tbs = self.tbs(&algorithm);
        let signature = signer.sign(&tbs)?;
        antin_crypto::Verifier::verify(
            &PureRust,
            signer.algorithm(),
            signer.public_key(),
            &tbs,
            &signature,
        )
        .map_err(|_| Error::SelfCheck {
            what: "certificate signature",
        })?;
        Certificate::parse(&write::sequence(&[&tbs, &algorithm, &write::bits(&signature)]))
    }

    /// The part that is signed, with the given AlgorithmIdentifier.
    #[must_use]
    pub fn tbs(&self, algorithm: &[u8]) -> Vec<u8> {
        let extensions: Vec<Vec<u8>> = self.extensions.iter().map(Extension::to_der).collect();
        let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
        write::sequence(&[
            &write::object(explicit(0), &[&write::unsigned(&[2])]),
            &write::unsigned(&self.serial),
            algorithm,
            &self.issuer,
            &write::sequence(&[&write::time(self.not_before), &write::time(self.not_after)]),
            &self.subject,
            &self.spki,
            &write::object(explicit(3), &[&write::sequence(&extensions)]),
        ])
    }

    /// Removes an extension.
    pub fn remove(&mut self, id: &ObjectIdentifier) {
        self.extensions.retain(|extension| extension.id != *id);
    }
}

impl Extension {
    fn new(id: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Self {
        Self { id, critical, value }
    }

    fn to_der(&self) -> Vec<u8> {
        let value = write::octets(&self.value);
        if self.critical {
            write::sequence(&[&write::oid(&self.id), &write::boolean(true), &value])
        } else {
            write::sequence(&[&write::oid(&self.id), &value])
        }
    }

    /// Key usage, critical. The bits are those of the first octet.
    #[must_use]
    pub fn key_usage(bits: u8) -> Self {
        let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap_or(7);
        Self::new(
            KEY_USAGE,
            true,
            write::object(crate::asn1::BIT_STRING, &[&[unused, bits]]),
        )
    }

    /// Basic constraints of an authority with nothing but signers below it, critical.
    #[must_use]
    pub fn authority() -> Self {
        let value = write::sequence(&[&write::boolean(true), &write::unsigned(&[0])]);
        Self::new(BASIC_CONSTRAINTS, true, value)
    }

    pub(crate) fn subject_key(key: &VerifyingKey) -> Self {
        Self::subject_key_of(&key_identifier(key))
    }

    pub(crate) fn subject_key_of(identifier: &[u8]) -> Self {
        Self::new(SUBJECT_KEY_IDENTIFIER, false, write::octets(identifier))
    }

    /// What the key is for beside its usage, critical (ICAO 9303-12 §7.1.1.3).
    #[must_use]
    pub fn extended_key_usage(purposes: &[ObjectIdentifier]) -> Self {
        let purposes: Vec<Vec<u8>> = purposes.iter().map(write::oid).collect();
        let purposes: Vec<&[u8]> = purposes.iter().map(Vec::as_slice).collect();
        Self::new(EXT_KEY_USAGE, true, write::sequence(&purposes))
    }

    /// Says that the authority had another name before: NULL (ICAO 9303-12 §7.1.1.5).
    #[must_use]
    pub fn name_change() -> Self {
        Self::new(NAME_CHANGE, false, write::object(NULL, &[]))
    }

    pub(crate) fn subject_alternative_names(names: Vec<u8>) -> Self {
        Self::new(SUBJECT_ALT_NAME, false, names)
    }

    pub(crate) fn issuer_alternative_names(names: Vec<u8>) -> Self {
        Self::new(ISSUER_ALT_NAME, false, names)
    }

    pub(crate) fn crl_places(points: Vec<u8>) -> Self {
        Self::new(CRL_DISTRIBUTION_POINTS, false, points)
    }

    pub(crate) fn authority_key(identifier: &[u8]) -> Self {
        let value = write::sequence(&[&write::object(implicit(0), &[identifier])]);
        Self::new(AUTHORITY_KEY_IDENTIFIER, false, value)
    }

    pub(crate) fn usage_period(from: UnixTime, until: UnixTime) -> Self {
        let end = |n, at| write::object(implicit(n), &[write::generalized(at).as_bytes()]);
        Self::new(
            PRIVATE_KEY_USAGE_PERIOD,
            false,
            write::sequence(&[&end(0, from), &end(1, until)]),
        )
    }

    /// The document types a signer may sign: `SEQUENCE { version 0, SET OF PrintableString }`.
    #[must_use]
    pub fn document_types(types: &[String]) -> Self {
        let mut members: Vec<Vec<u8>> = types
            .iter()
            .map(|kind| write::object(PRINTABLE_STRING, &[kind.as_bytes()]))
            .collect();
        members.sort();
        let members: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
        let value = write::sequence(&[&write::unsigned(&[0]), &write::object(SET, &members)]);
        Self::new(DOCUMENT_TYPE_LIST, false, value)
    }

    /// Where to reach the authority: a mail address and, as ICAO 9303-12 asks, its country code as in the MRZ.
    pub(crate) fn alternative_names(country: &str) -> [Self; 2] {
        let mail = format!("csca-{}@example.org", country.to_ascii_lowercase());
        let code = countries::mrz_code(country).unwrap_or(country);
        let directory = write::sequence(&[&attribute(LOCALITY_NAME, code)]);
        let names = write::sequence(&[
            &write::object(implicit(1), &[mail.as_bytes()]),
            &write::object(explicit(4), &[&directory]),
        ]);
        [
            Self::new(SUBJECT_ALT_NAME, false, names.clone()),
            Self::new(ISSUER_ALT_NAME, false, names),
        ]
    }

    pub(crate) fn revocation_lists(country: &str) -> Self {
        let uri = format!("https://pki.example.org/TEST-{country}.crl");
        let full_name = write::object(explicit(0), &[&write::object(implicit(6), &[uri.as_bytes()])]);
        let point = write::sequence(&[&write::object(explicit(0), &[&full_name])]);
        Self::new(CRL_DISTRIBUTION_POINTS, false, write::sequence(&[&point]))
    }
}

/// SHA-1 over the public key (RFC 5280 §4.2.1.2, method 1): an identifier, no proof.
pub(crate) fn key_identifier(key: &VerifyingKey) -> Vec<u8> {
    Hash::Sha1.digest(&key.subject_public_key())
}

/// `C=.., O=TEST - NOT FOR ISSUANCE, CN=..`
pub(crate) fn test_name(country: &str, common_name: &str) -> Vec<u8> {
    write::sequence(&[
        &attribute(COUNTRY_NAME, country),
        &attribute(ORGANIZATION_NAME, TEST_ORGANISATION),
        &attribute(COMMON_NAME, common_name),
    ])
}

fn attribute(kind: ObjectIdentifier, value: &str) -> Vec<u8> {
    let value = write::object(PRINTABLE_STRING, &[value.as_bytes()]);
    write::object(SET, &[&write::sequence(&[&write::oid(&kind), &value])])
}

/// A random serial number of 16 octets, positive and never zero.
pub fn random_serial(rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut serial = vec![0; SERIAL_BYTES];
    rng.fill_bytes(&mut serial);
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    serial
}

/// Letters, digits and the few marks of a PrintableString.
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte))
}
