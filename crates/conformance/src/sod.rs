//! An EF.SOD that says something wrong under a signature that fits.

use antin::DemoPki;
use antin::crypto::{Hash, Signer};
use antin::profile::patch::{Applied, Edit, ObjectChange, Part};
use antin::wire::tlv::{self, Tag};

use crate::error::Error;

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
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.other.is_none() && self.list.is_empty() && self.attributes.is_empty() && self.signer.is_empty()
    }
}

/// Changes what EF.SOD says, and signs it anew.
pub(crate) fn sign_again(
    sod: &mut Vec<u8>,
    changes: &Changes,
    pki: &DemoPki,
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
        let signature = pki.csca_signer().sign(&signed).map_err(unfit)?;
        set(
            &mut certificate,
            CERTIFICATE_SIGNATURE,
            [vec![0], signature].concat(),
        )?;
        let inner = tlv::parse_one(&certificate).map_err(unfit)?.value.to_vec();
        set(sod, CERTIFICATE, inner)?;
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
    let signature = pki.ds_signer().sign(&signed).map_err(unfit)?;
    set(sod, CONTENT, list)?;
    set(
        sod,
        ATTRIBUTES,
        tlv::parse_one(&signed).map_err(unfit)?.value.to_vec(),
    )?;
    set(sod, SIGNATURE, signature)
}

/// The same for EF.CardSecurity, which has no tag of a file around it; `edits` are those of its SecurityInfos.
pub(crate) fn sign_card_security_again(
    file: &mut Vec<u8>,
    edits: Vec<Edit>,
    pki: &DemoPki,
    hash: Hash,
) -> Result<(), Error> {
    let mut wrapped = tlv::object(FILE, file);
    let changes = Changes {
        list: edits,
        ..Changes::default()
    };
    sign_again(&mut wrapped, &changes, pki, hash)?;
    *file = tlv::parse_one(&wrapped).map_err(unfit)?.value.to_vec();
    Ok(())
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
