//! An EF.SOD that says something wrong under a signature that fits.

use antin::crypto::{Hash, ecdsa_der_to_plain};
use antin::profile::patch::{Applied, Edit, ObjectChange, Part};
use antin::wire::oids;
use antin::wire::tlv::{self, Tag, tags};

use crate::error::Error;
use crate::issuer::Issuer;

/// The tag around EF.SOD.
const FILE: Tag = Tag(0x77);

/// `eContent`, the certificate, the signed attributes and the signature in EF.SOD (RFC 5652 §5.1).
const CONTENT: &[(u32, usize)] = &[
    (0x77, 1),
    (0x30, 1),
    (0xA0, 1),
    (0x30, 1),
    (0x30, 1),
    (0xA0, 1),
    (0x04, 1),
];
const CERTIFICATE: &[(u32, usize)] = &[(0x77, 1), (0x30, 1), (0xA0, 1), (0x30, 1), (0xA0, 1), (0x30, 1)];
const ATTRIBUTES: &[(u32, usize)] = &[
    (0x77, 1),
    (0x30, 1),
    (0xA0, 1),
    (0x30, 1),
    (0x31, 2),
    (0x30, 1),
    (0xA0, 1),
];
const SIGNATURE: &[(u32, usize)] = &[
    (0x77, 1),
    (0x30, 1),
    (0xA0, 1),
    (0x30, 1),
    (0x31, 2),
    (0x30, 1),
    (0x04, 1),
];

const ALGORITHM: &[(u32, usize)] = &[
    (0x77, 1),
    (0x30, 1),
    (0xA0, 1),
    (0x30, 1),
    (0x31, 2),
    (0x30, 1),
    (0x30, 3),
];
const SIGNER_INFO: &[(u32, usize)] = &[(0x77, 1), (0x30, 1), (0xA0, 1), (0x30, 1), (0x31, 2), (0x30, 1)];

/// `[0]`, the key identifier in the place of issuer and serial number (RFC 5652 §5.3).
const KEY_IDENTIFIER: Tag = Tag(0x80);

/// The value of messageDigest, which our signer writes as the third attribute, and the parts of a certificate.
const DIGEST: &[(u32, usize)] = &[(0x30, 3), (0x31, 1), (0x04, 1)];
const TO_BE_SIGNED: &[(u32, usize)] = &[(0x30, 1), (0x30, 1)];
const CERTIFICATE_SIGNATURE: &[(u32, usize)] = &[(0x30, 1), (0x03, 1)];

/// What is changed before it is signed.
#[derive(Default)]
pub(crate) struct Changes {
    /// Another LDS security object in the place of the one that was signed.
    pub other: Option<Vec<u8>>,
    /// Of the LDS security object.
    pub list: Vec<Edit>,
    /// Of the signed attributes, from the SET on.
    pub attributes: Vec<Edit>,
    /// Of the certificate of the signer, from its tbsCertificate on; the CSCA signs it anew.
    pub signer: Vec<Edit>,
    /// EF.SOD names the certificate of the signer by its key identifier, and not by issuer and serial number.
    pub named_by_key: bool,
    /// The signature is written plain, `r || s`, with this hash.
    pub plain: Option<Hash>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.other.is_none()
            && !self.named_by_key
            && self.plain.is_none()
            && [&self.list, &self.attributes, &self.signer]
                .iter()
                .all(|edits| edits.is_empty())
    }
}

/// Changes what EF.SOD says, and signs it anew.
pub(crate) fn sign_again(
    sod: &mut Vec<u8>,
    changes: &Changes,
    issuer: &Issuer,
    hash: Hash,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    if !changes.signer.is_empty() {
        let mut certificate = tlv::object(Tag(0x30), &value(sod, CERTIFICATE)?);
        let mut signed = tlv::object(Tag(0x30), &value(&certificate, TO_BE_SIGNED)?);
        edit(&mut signed, &changes.signer)?;
        let inner = tlv::parse_one(&signed).map_err(unfit)?.value.to_vec();
        set(&mut certificate, TO_BE_SIGNED, inner)?;
        let signature = issuer.authority().sign(&signed).map_err(unfit)?;
        set(
            &mut certificate,
            CERTIFICATE_SIGNATURE,
            [vec![0], signature].concat(),
        )?;
        let inner = tlv::parse_one(&certificate).map_err(unfit)?.value.to_vec();
        set(sod, CERTIFICATE, inner)?;
    }
    if changes.named_by_key {
        let identifier = issuer.ds.subject_key_identifier();
        let identifier =
            identifier.ok_or_else(|| Error::Card("the signer has no key identifier".to_owned()))?;
        rename_signer(sod, &tlv::object(KEY_IDENTIFIER, identifier))?;
    }
    let mut list = match &changes.other {
        Some(other) => other.clone(),
        None => value(sod, CONTENT)?,
    };
    edit(&mut list, &changes.list)?;
    let mut attributes = value(sod, ATTRIBUTES)?;
    set(&mut attributes, DIGEST, hash.digest(&list))?;
    // What is signed is a SET OF; what is stored carries [0] in its place.
    let mut signed = tlv::object(Tag(0x31), &attributes);
    edit(&mut signed, &changes.attributes)?;
    let mut signature = issuer.signer().sign(&signed).map_err(unfit)?;
    if let Some(hash) = changes.plain {
        let curve = issuer.signer().public_key().curve();
        let curve = curve.ok_or_else(|| Error::Card("no signature on a curve".to_owned()))?;
        signature = ecdsa_der_to_plain(&signature, curve).map_err(unfit)?;
        set(
            sod,
            ALGORITHM,
            tlv::object(tags::OBJECT_IDENTIFIER, plain_oid(hash).as_bytes()),
        )?;
    }
    set(sod, CONTENT, list)?;
    set(
        sod,
        ATTRIBUTES,
        tlv::parse_one(&signed).map_err(unfit)?.value.to_vec(),
    )?;
    set(sod, SIGNATURE, signature)
}

/// Puts another `sid` into SignerInfo, which no signature covers.
fn rename_signer(sod: &mut Vec<u8>, name: &[u8]) -> Result<(), Error> {
    let info = value(sod, SIGNER_INFO)?;
    let mut reader = tlv::Reader::new(&info);
    let mut parts = Vec::new();
    while let Some(part) = reader.next().map_err(unfit)? {
        parts.push(part.raw);
    }
    // Version, then the name.
    *parts
        .get_mut(1)
        .ok_or_else(|| Error::Card("no SignerInfo".to_owned()))? = name;
    set(sod, SIGNER_INFO, parts.concat())
}

/// The same for EF.CardSecurity, which has no tag of a file around it; `edits` are those of its SecurityInfos.
pub(crate) fn sign_card_security_again(
    file: &mut Vec<u8>,
    edits: Vec<Edit>,
    issuer: &Issuer,
    hash: Hash,
) -> Result<(), Error> {
    let mut wrapped = tlv::object(FILE, file);
    let changes = Changes {
        list: edits,
        ..Changes::default()
    };
    sign_again(&mut wrapped, &changes, issuer, hash)?;
    *file = tlv::parse_one(&wrapped).map_err(unfit)?.value.to_vec();
    Ok(())
}

const fn plain_oid(hash: Hash) -> oids::ObjectIdentifier {
    match hash {
        Hash::Sha1 => oids::ECDSA_PLAIN_SHA1,
        Hash::Sha224 => oids::ECDSA_PLAIN_SHA224,
        Hash::Sha256 => oids::ECDSA_PLAIN_SHA256,
        Hash::Sha384 => oids::ECDSA_PLAIN_SHA384,
        Hash::Sha512 => oids::ECDSA_PLAIN_SHA512,
    }
}

fn edit(bytes: &mut Vec<u8>, edits: &[Edit]) -> Result<(), Error> {
    for edit in edits {
        if edit.apply(bytes) == Applied::NotFound {
            return Err(Error::Card("EF.SOD has no place for the edit".to_owned()));
        }
    }
    Ok(())
}

fn value(bytes: &[u8], path: &[(u32, usize)]) -> Result<Vec<u8>, Error> {
    let Some(((tag, nth), rest)) = path.split_first() else {
        return Ok(bytes.to_vec());
    };
    let mut reader = tlv::Reader::new(bytes);
    let mut seen = 0;
    while let Some(object) = reader.next().map_err(unfit)? {
        seen += usize::from(object.tag.0 == *tag);
        if object.tag.0 == *tag && seen == *nth {
            return value(object.value, rest);
        }
    }
    Err(Error::Card(format!("no object {tag:X}")))
}

fn set(bytes: &mut Vec<u8>, path: &[(u32, usize)], value: Vec<u8>) -> Result<(), Error> {
    let part = |(tag, nth): &(u32, usize)| Part {
        tag: Tag(*tag),
        nth: Some(*nth),
    };
    let change = ObjectChange::Value(Box::new(Edit::Set(value)));
    edit(bytes, &[Edit::Object(path.iter().map(part).collect(), change)])
}

fn unfit(error: impl std::fmt::Display) -> Error {
    Error::Card(error.to_string())
}
