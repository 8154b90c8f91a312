//! Makes EF.SOD by hand, so that every part of it can be wrong.

use antin_crypto::{Hash, ObjectIdentifier, Signer};
use antin_lds::LdsSecurityObject;
use antin_trust::Certificate;
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};

const SEQUENCE: Tag = Tag(0x30);
const SET: Tag = Tag(0x31);
const OID: Tag = Tag(0x06);
const INTEGER: Tag = Tag(0x02);
const OCTETS: Tag = Tag(0x04);
const CONTEXT_0: Tag = Tag(0xA0);
const EF_SOD: Tag = Tag(0x77);

/// The parts of an EF.SOD.
#[derive(Clone)]
pub struct Forge {
    pub version: u8,
    pub digest_algorithms: Vec<ObjectIdentifier>,
    pub content_type: ObjectIdentifier,
    pub content: Vec<u8>,
    pub certificates: Vec<Vec<u8>>,
    pub signers: Vec<Vec<u8>>,
}

pub fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    object(OID, oid.as_bytes())
}

pub fn algorithm(identifier: &ObjectIdentifier) -> Vec<u8> {
    constructed(SEQUENCE, &[oid(identifier)])
}

pub fn attribute(kind: &ObjectIdentifier, value: Vec<u8>) -> Vec<u8> {
    constructed(SEQUENCE, &[oid(kind), constructed(SET, &[value])])
}

pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    if padded.first().is_none_or(|first| first & 0x80 != 0) {
        padded.insert(0, 0);
    }
    object(INTEGER, &padded)
}

/// A list of hashes, honest or not: numbers may be wrong or occur twice.
pub fn hash_list(hashes: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = hashes
        .iter()
        .map(|(number, hash)| constructed(SEQUENCE, &[object(INTEGER, &[*number]), object(OCTETS, hash)]))
        .collect();
    constructed(
        SEQUENCE,
        &[
            object(INTEGER, &[0]),
            algorithm(&Hash::Sha256.oid()),
            constructed(SEQUENCE, &entries),
        ],
    )
}

pub fn honest_hashes(groups: &[(u8, &[u8])]) -> Vec<(u8, Vec<u8>)> {
    groups
        .iter()
        .map(|(number, bytes)| (*number, Hash::Sha256.digest(bytes)))
        .collect()
}

/// The attributes an honest signer signs.
pub fn attributes(content_type: &ObjectIdentifier, digest: &[u8]) -> Vec<Vec<u8>> {
    vec![
        attribute(&oids::CONTENT_TYPE, oid(content_type)),
        attribute(&oids::MESSAGE_DIGEST, object(OCTETS, digest)),
    ]
}

/// A SignerInfo over these attributes, or over the content when there are none.
pub fn signer_info(
    signer: &dyn Signer,
    certificate: &Certificate,
    attributes: Option<&[Vec<u8>]>,
    content: &[u8],
) -> Vec<u8> {
    let message = attributes.map_or_else(|| content.to_vec(), |attributes| constructed(SET, attributes));
    let signature = signer.sign(&message).unwrap();
    signer_info_with(
        &signer.algorithm().to_der(),
        &Hash::Sha256.oid(),
        certificate,
        attributes,
        &signature,
    )
}

pub fn signer_info_with(
    signature_algorithm: &[u8],
    digest_algorithm: &ObjectIdentifier,
    certificate: &Certificate,
    attributes: Option<&[Vec<u8>]>,
    signature: &[u8],
) -> Vec<u8> {
    let sid = constructed(
        SEQUENCE,
        &[
            certificate.issuer().as_der().to_vec(),
            integer(certificate.serial()),
        ],
    );
    let mut parts = vec![object(INTEGER, &[1]), sid, algorithm(digest_algorithm)];
    parts.extend(attributes.map(|attributes| constructed(CONTEXT_0, attributes)));
    parts.extend([signature_algorithm.to_vec(), object(OCTETS, signature)]);
    constructed(SEQUENCE, &parts)
}

impl Forge {
    /// An honest EF.SOD.
    pub fn honest(groups: &[(u8, &[u8])], signer: &dyn Signer, certificate: &Certificate) -> Self {
        let hashes = honest_hashes(groups);
        let content = LdsSecurityObject::build(Hash::Sha256.oid(), &hashes, None)
            .unwrap()
            .as_bytes()
            .to_vec();
        Self::over(content, signer, certificate)
    }

    /// An honest signature over any content.
    pub fn over(content: Vec<u8>, signer: &dyn Signer, certificate: &Certificate) -> Self {
        let attributes = attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&content));
        let signers = vec![signer_info(signer, certificate, Some(&attributes), &content)];
        Self {
            version: 3,
            digest_algorithms: vec![Hash::Sha256.oid()],
            content_type: oids::LDS_SECURITY_OBJECT,
            content,
            certificates: vec![certificate.as_der().to_vec()],
            signers,
        }
    }

    /// One signer, over these attributes or else over the content as it is now.
    pub fn sign_again(
        &mut self,
        signer: &dyn Signer,
        certificate: &Certificate,
        attributes: Option<&[Vec<u8>]>,
    ) {
        self.signers = vec![signer_info(signer, certificate, attributes, &self.content)];
    }

    pub fn cms(&self) -> Vec<u8> {
        let encapsulated = constructed(
            SEQUENCE,
            &[
                oid(&self.content_type),
                constructed(CONTEXT_0, &[object(OCTETS, &self.content)]),
            ],
        );
        let data = constructed(
            SEQUENCE,
            &[
                object(INTEGER, &[self.version]),
                constructed(
                    SET,
                    &self.digest_algorithms.iter().map(algorithm).collect::<Vec<_>>(),
                ),
                encapsulated,
                constructed(CONTEXT_0, &self.certificates),
                constructed(SET, &self.signers),
            ],
        );
        constructed(
            SEQUENCE,
            &[oid(&oids::ID_SIGNED_DATA), constructed(CONTEXT_0, &[data])],
        )
    }

    pub fn file(&self) -> Vec<u8> {
        constructed(EF_SOD, &[self.cms()])
    }
}
