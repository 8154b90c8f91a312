//! Certificates of a TEST authority, written by hand so that every field can be wrong.

use antin_crypto::Hash;
use antin_wire::oids::{self, ObjectIdentifier};

use super::der;
use super::keys::Key;

/// The organisation in every name.
const ORGANISATION: &str = "TEST - NOT FOR ISSUANCE";

/// One extension.
#[derive(Clone)]
pub struct Extension {
    pub id: ObjectIdentifier,
    pub critical: bool,
    pub value: Vec<u8>,
}

/// A certificate before it is signed.
#[derive(Clone)]
pub struct Draft {
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    /// DER of the two times.
    pub not_before: Vec<u8>,
    pub not_after: Vec<u8>,
    pub spki: Vec<u8>,
    pub extensions: Vec<Extension>,
}

/// A signed certificate with what it was made of.
#[derive(Clone)]
pub struct Certificate {
    pub draft: Draft,
    pub der: Vec<u8>,
}

impl Certificate {
    /// The two letters of the subject's country, which stands first in every name here.
    fn country(&self) -> Vec<u8> {
        let at = self
            .draft
            .subject
            .windows(5)
            .position(|part| part.starts_with(&[0x06, 0x03, 0x55, 0x04, 0x06]));
        let value = at.and_then(|at| self.draft.subject.get(at + 7..at + 9));
        value.expect("a country").to_vec()
    }
}

/// `C=.., O=TEST - NOT FOR ISSUANCE, CN=..`
pub fn name(country: &[u8], common: &str) -> Vec<u8> {
    name_with(der::PRINTABLE, country, common)
}

/// The same with any type of string for the country.
pub fn name_with(kind: u32, country: &[u8], common: &str) -> Vec<u8> {
    let attribute = |id: &ObjectIdentifier, kind: u32, value: &[u8]| {
        der::set(&[&der::sequence(&[&der::oid(id), &der::object(kind, value)])])
    };
    der::sequence(&[
        &attribute(&oids::COUNTRY_NAME, kind, country),
        &attribute(&oids::ORGANIZATION_NAME, der::PRINTABLE, ORGANISATION.as_bytes()),
        &attribute(&oids::COMMON_NAME, der::PRINTABLE, common.as_bytes()),
    ])
}

/// SHA-1 over the bits of the public key (RFC 5280 §4.2.1.2).
pub fn key_identifier(spki: &[u8]) -> Vec<u8> {
    let mut parts = antin_wire::tlv::Reader::new(spki);
    let whole = parts.next().expect("DER").expect("a key");
    let mut inside = whole.children();
    let _algorithm = inside.next().expect("DER").expect("an algorithm");
    let bits = inside.next().expect("DER").expect("the bits of the key");
    Hash::Sha1.digest(bits.value.get(1..).unwrap_or_default())
}

impl Extension {
    pub fn key_usage(bits: u8) -> Self {
        let unused = u8::try_from(bits.trailing_zeros().min(7)).expect("below eight");
        Self {
            id: oids::KEY_USAGE,
            critical: true,
            value: der::object(0x03, &[unused, bits]),
        }
    }

    fn plain(id: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self {
            id,
            critical: false,
            value,
        }
    }

    pub fn authority_key(identifier: &[u8]) -> Self {
        let value = der::sequence(&[&der::object(0x80, identifier)]);
        Self::plain(oids::AUTHORITY_KEY_IDENTIFIER, value)
    }

    pub fn subject_key(identifier: &[u8]) -> Self {
        Self::plain(oids::SUBJECT_KEY_IDENTIFIER, der::octets(identifier))
    }

    pub fn usage_period(from: &str, until: &str) -> Self {
        let end = |n: u32, day: &str| der::object(0x80 | n, der::generalized(day).as_bytes());
        let value = der::sequence(&[&end(0, from), &end(1, until)]);
        Self::plain(oids::PRIVATE_KEY_USAGE_PERIOD, value)
    }

    fn authority() -> Self {
        Self {
            id: oids::BASIC_CONSTRAINTS,
            critical: true,
            value: der::sequence(&[&der::boolean(true), &der::integer(&[0])]),
        }
    }

    fn document_types(kinds: &[&str]) -> Self {
        let mut members: Vec<Vec<u8>> = kinds
            .iter()
            .map(|kind| der::object(der::PRINTABLE, kind.as_bytes()))
            .collect();
        members.sort();
        let value = der::sequence(&[&der::integer(&[0]), &der::object(der::SET, &members.concat())]);
        Self::plain(oids::DOCUMENT_TYPE_LIST, value)
    }

    fn alternative_names(code: &str) -> [Self; 2] {
        let locality = der::object(der::PRINTABLE, code.as_bytes());
        let attribute = der::set(&[&der::sequence(&[&der::oid(&oids::LOCALITY_NAME), &locality])]);
        let names = der::sequence(&[
            &der::object(0x81, b"csca-ut@example.org"),
            &der::context(4, &[&der::sequence(&[&attribute])]),
        ]);
        [
            Self::plain(oids::SUBJECT_ALT_NAME, names.clone()),
            Self::plain(oids::ISSUER_ALT_NAME, names),
        ]
    }

    fn revocation_lists() -> Self {
        let uri = der::object(0x86, b"https://pki.example.org/TEST-UT.crl");
        let point = der::sequence(&[&der::context(0, &[&der::context(0, &[&uri])])]);
        Self::plain(oids::CRL_DISTRIBUTION_POINTS, der::sequence(&[&point]))
    }

    fn to_der(&self) -> Vec<u8> {
        let critical = if self.critical {
            der::boolean(true)
        } else {
            Vec::new()
        };
        der::sequence(&[&der::oid(&self.id), &critical, &der::octets(&self.value)])
    }
}

impl Draft {
    /// A CSCA of Utopia with this key, valid from 2024 to 2046, signing until 2029.
    pub fn csca(key: &Key, common: &str) -> Self {
        Self::csca_of(key, "UT", "UTO", common)
    }

    /// The same of another country, by its two letters and its code in machine readable zones.
    pub fn csca_of(key: &Key, country: &str, code: &str, common: &str) -> Self {
        let name = name(country.as_bytes(), common);
        let identifier = key_identifier(&key.spki());
        let mut extensions = vec![
            Extension::authority_key(&identifier),
            Extension::subject_key(&identifier),
            Extension::key_usage(0x06),
            Extension::usage_period("2024-01-01", "2028-12-31"),
            Extension::authority(),
        ];
        extensions.extend(Extension::alternative_names(code));
        extensions.push(Extension::revocation_lists());
        Self {
            serial: vec![0x40, 0x01],
            issuer: name.clone(),
            subject: name,
            not_before: der::time("2024-01-01"),
            not_after: der::time("2046-01-01"),
            spki: key.spki(),
            extensions,
        }
    }

    /// A document signer under this CSCA, valid from 2026 to 2044, signing until March 2026.
    pub fn signer(key: &Key, csca: &Certificate) -> Self {
        Self::signer_of(key.spki(), csca)
    }

    /// The same for a public key that need not be one.
    pub fn signer_of(spki: Vec<u8>, csca: &Certificate) -> Self {
        let identifier = key_identifier(&spki);
        let mut extensions = vec![
            Extension::authority_key(&key_identifier(&csca.draft.spki)),
            Extension::subject_key(&identifier),
            Extension::key_usage(0x80),
            Extension::usage_period("2026-01-01", "2026-03-31"),
            Extension::document_types(&["P", "ID"]),
        ];
        let code = if csca.country() == b"VN" { "VNM" } else { "UTO" };
        extensions.extend(Extension::alternative_names(code));
        extensions.push(Extension::revocation_lists());
        Self {
            serial: vec![0x41, 0x01],
            issuer: csca.draft.subject.clone(),
            subject: name(&csca.country(), "TEST DS 01"),
            not_before: der::time("2026-01-01"),
            not_after: der::time("2044-06-01"),
            spki,
            extensions,
        }
    }

    pub fn remove(&mut self, id: &ObjectIdentifier) {
        self.extensions.retain(|extension| extension.id != *id);
    }

    /// The part that is signed, which states this algorithm.
    pub fn tbs(&self, algorithm: &[u8]) -> Vec<u8> {
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Extension::to_der).collect();
        der::sequence(&[
            &der::context(0, &[&der::integer(&[2])]),
            &der::integer(&self.serial),
            algorithm,
            &self.issuer,
            &der::sequence(&[&self.not_before, &self.not_after]),
            &self.subject,
            &self.spki,
            &der::context(3, &[&der::sequence(&[&extensions])]),
        ])
    }

    /// The certificate, signed by this key.
    pub fn sign(self, key: &Key) -> Certificate {
        let signature = key.sign(&self.tbs(&key.algorithm()));
        self.with_signature(&key.algorithm(), &key.algorithm(), &signature)
    }

    /// The certificate with any signature, and two statements of the algorithm that may differ.
    pub fn with_signature(self, inner: &[u8], outer: &[u8], signature: &[u8]) -> Certificate {
        let der = der::sequence(&[&self.tbs(inner), outer, &der::bits(signature)]);
        Certificate { draft: self, der }
    }
}
