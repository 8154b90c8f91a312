//! Lists that authorities publish, made by hand so that every part can be wrong.

use antin_crypto::{ObjectIdentifier, ParameterForm, Signer, VerifyingKey};
use antin_trust::Certificate;
use antin_trust::pki::{self, DemoPki, DsOptions, Extension};
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};

use super::forge::{Forge, attribute, integer, oid, signer_info};
use super::{now, rng};

const SEQUENCE: Tag = Tag(0x30);
const SET: Tag = Tag(0x31);
const BITS: Tag = Tag(0x03);
const OCTETS: Tag = Tag(0x04);
const UTC_TIME: Tag = Tag(0x17);

/// A signer of lists under the PKI's CSCA, with the key of its document signer.
pub fn list_signer(pki: &DemoPki, purpose: Option<&ObjectIdentifier>) -> Certificate {
    let options = DsOptions::new("TEST LIST SIGNER", now().plus_days(-1));
    let mut template = pki::document_signer_template(
        &options,
        &VerifyingKey::ec(pki.ds_key.public(), ParameterForm::Named),
        &pki.csca,
        &mut rng(11),
    )
    .unwrap();
    template.remove(&oids::DOCUMENT_TYPE_LIST);
    template.extensions.extend(purpose.map(|purpose| Extension {
        id: oids::EXT_KEY_USAGE,
        critical: true,
        value: constructed(SEQUENCE, &[oid(purpose)]),
    }));
    template.sign(&pki.csca_signer()).unwrap()
}

/// A list of this type with this content, signed by the holder of the certificate.
pub fn signed_list(
    kind: &ObjectIdentifier,
    content: Vec<u8>,
    signer: &dyn Signer,
    certificate: &Certificate,
) -> Forge {
    let digest = antin_crypto::Hash::Sha256.digest(&content);
    let attributes = [
        attribute(&oids::CONTENT_TYPE, oid(kind)),
        attribute(&oids::SIGNING_TIME, object(UTC_TIME, b"261120120000Z")),
        attribute(&oids::MESSAGE_DIGEST, object(OCTETS, &digest)),
    ];
    let signers = vec![signer_info(signer, certificate, Some(&attributes), &content)];
    Forge {
        content_type: *kind,
        signers,
        ..Forge::over(content, signer, certificate)
    }
}

/// The content of a master list.
pub fn master_list(members: &[Vec<u8>]) -> Vec<u8> {
    constructed(SEQUENCE, &[integer(&[0]), constructed(SET, members)])
}

/// One entry of a revocation list.
pub fn entry(serial: &[u8], date: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![integer(serial), object(UTC_TIME, date.as_bytes())];
    if !extensions.is_empty() {
        parts.push(constructed(SEQUENCE, extensions));
    }
    constructed(SEQUENCE, &parts)
}

/// An extension of a revocation list or an entry.
pub fn extension(id: &ObjectIdentifier, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(id)];
    if critical {
        parts.push(object(Tag(0x01), &[0xFF]));
    }
    parts.push(object(OCTETS, value));
    constructed(SEQUENCE, &parts)
}

/// A revocation list before it is signed.
#[derive(Clone)]
pub struct Crl {
    pub issuer: Vec<u8>,
    pub entries: Vec<Vec<u8>>,
    pub extensions: Vec<Vec<u8>>,
}

impl Crl {
    /// List number 7 of the authority.
    pub fn of(csca: &Certificate, entries: Vec<Vec<u8>>) -> Self {
        let key = csca.subject_key_identifier().unwrap();
        let authority = constructed(SEQUENCE, &[object(Tag(0x80), key)]);
        Self {
            issuer: csca.subject().as_der().to_vec(),
            entries,
            extensions: vec![
                extension(&oids::AUTHORITY_KEY_IDENTIFIER, false, &authority),
                extension(&oids::CRL_NUMBER, false, &integer(&[7])),
            ],
        }
    }

    pub fn sign(&self, signer: &dyn Signer) -> Vec<u8> {
        let algorithm = signer.algorithm().to_der();
        let mut parts = vec![
            integer(&[1]),
            algorithm.clone(),
            self.issuer.clone(),
            object(UTC_TIME, b"261101000000Z"),
            object(UTC_TIME, b"270201000000Z"),
        ];
        if !self.entries.is_empty() {
            parts.push(constructed(SEQUENCE, &self.entries));
        }
        if !self.extensions.is_empty() {
            parts.push(constructed(Tag(0xA0), &[constructed(SEQUENCE, &self.extensions)]));
        }
        let tbs = constructed(SEQUENCE, &parts);
        let signature = signer.sign(&tbs).unwrap();
        let bits = object(BITS, &[&[0], signature.as_slice()].concat());
        constructed(SEQUENCE, &[tbs, algorithm, bits])
    }
}
