//! EF.SOD written by hand, so that every part of it can be wrong.

use antin_crypto::Hash;
use antin_wire::oids::{self, ObjectIdentifier};

use super::certificate::Certificate;
use super::der;
use super::keys::Key;

/// The parts of a SignedData.
#[derive(Clone)]
pub struct Sod {
    pub version: u8,
    /// DER of each digest algorithm.
    pub digests: Vec<Vec<u8>>,
    pub content_type: ObjectIdentifier,
    pub content: Vec<u8>,
    pub certificates: Vec<Vec<u8>>,
    pub signers: Vec<Vec<u8>>,
}

/// The parts of a SignerInfo.
#[derive(Clone)]
pub struct SignerInfo {
    pub version: u8,
    pub sid: Vec<u8>,
    pub digest: Vec<u8>,
    pub attributes: Option<Vec<Vec<u8>>>,
    pub algorithm: Vec<u8>,
    pub signature: Vec<u8>,
}

/// A list of hashes in DER, honest or not: numbers may be wrong or occur twice.
pub fn hash_list(algorithm: &[u8], hashes: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<u8> = hashes
        .iter()
        .flat_map(|(number, hash)| der::sequence(&[&der::object(0x02, &[*number]), &der::octets(hash)]))
        .collect();
    der::sequence(&[&der::integer(&[0]), algorithm, &der::sequence(&[&entries])])
}

/// The hashes of data groups.
pub fn hashes(groups: &[(u8, Vec<u8>)], hash: Hash) -> Vec<(u8, Vec<u8>)> {
    groups
        .iter()
        .map(|(number, bytes)| (*number, hash.digest(bytes)))
        .collect()
}

pub fn attribute(kind: &ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::oid(kind), &der::set(&[value])])
}

/// What an honest signer signs on 2026-01-15.
pub fn attributes(kind: &ObjectIdentifier, digest: &[u8]) -> Vec<Vec<u8>> {
    attributes_on(kind, digest, "2026-01-15")
}

/// The same on another day.
pub fn attributes_on(kind: &ObjectIdentifier, digest: &[u8], day: &str) -> Vec<Vec<u8>> {
    vec![
        attribute(&oids::CONTENT_TYPE, &der::oid(kind)),
        attribute(&oids::SIGNING_TIME, &der::time(day)),
        attribute(&oids::MESSAGE_DIGEST, &der::octets(digest)),
    ]
}

impl SignerInfo {
    /// A signer who signs these attributes, or else the content.
    pub fn new(
        key: &Key,
        certificate: &Certificate,
        attributes: Option<Vec<Vec<u8>>>,
        content: &[u8],
    ) -> Self {
        let message = match &attributes {
            Some(attributes) => der::object(der::SET, &attributes.concat()),
            None => content.to_vec(),
        };
        Self {
            version: 1,
            sid: issuer_and_serial(certificate),
            digest: der::algorithm(&key.hash().oid()),
            attributes,
            algorithm: key.algorithm(),
            signature: key.sign(&message),
        }
    }

    pub fn to_der(&self) -> Vec<u8> {
        let attributes = self
            .attributes
            .as_ref()
            .map(|attributes| der::context(0, &[&attributes.concat()]))
            .unwrap_or_default();
        der::sequence(&[
            &der::integer(&[self.version]),
            &self.sid,
            &self.digest,
            &attributes,
            &self.algorithm,
            &der::octets(&self.signature),
        ])
    }
}

pub fn issuer_and_serial(certificate: &Certificate) -> Vec<u8> {
    der::sequence(&[
        &certificate.draft.issuer,
        &der::integer(&certificate.draft.serial),
    ])
}

impl Sod {
    /// An honest EF.SOD over these data groups.
    pub fn honest(groups: &[(u8, Vec<u8>)], key: &Key, certificate: &Certificate) -> Self {
        let hash = key.hash();
        let list = hash_list(&der::algorithm(&hash.oid()), &hashes(groups, hash));
        Self::over(&oids::LDS_SECURITY_OBJECT, list, key, certificate)
    }

    /// An honest signature over any content.
    pub fn over(kind: &ObjectIdentifier, content: Vec<u8>, key: &Key, certificate: &Certificate) -> Self {
        let attributes = attributes(kind, &key.hash().digest(&content));
        let signer = SignerInfo::new(key, certificate, Some(attributes), &content);
        Self {
            version: 3,
            digests: vec![der::algorithm(&key.hash().oid())],
            content_type: *kind,
            content,
            certificates: vec![certificate.der.clone()],
            signers: vec![signer.to_der()],
        }
    }

    /// The SignedData in its ContentInfo.
    pub fn cms(&self) -> Vec<u8> {
        let encapsulated = der::sequence(&[
            &der::oid(&self.content_type),
            &der::context(0, &[&der::octets(&self.content)]),
        ]);
        let data = der::sequence(&[
            &der::integer(&[self.version]),
            &der::object(der::SET, &self.digests.concat()),
            &encapsulated,
            &der::context(0, &[&self.certificates.concat()]),
            &der::object(der::SET, &self.signers.concat()),
        ]);
        der::sequence(&[&der::oid(&oids::ID_SIGNED_DATA), &der::context(0, &[&data])])
    }

    /// The whole file.
    pub fn file(&self) -> Vec<u8> {
        der::object(0x77, &self.cms())
    }
}
