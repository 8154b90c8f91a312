//! The files that say what the chip can do and hold its public keys.

use antin_crypto::{Hash, agreement};
use antin_lds::atr_info::EfAtrInfo;
use antin_lds::ef_dir::{Application, EfDir};
use antin_lds::{Dg14, Dg15, ElementaryFile, SecurityInfo, SecurityInfos};
use antin_profile::{ActiveAuthentication, ChipAuthentication, ChipAuthenticationVersion, Profile};
use antin_protocol::personalization::iso7816_9::ActiveKey;
use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{self, Tag, tags};

use crate::{Error, KeySet};

/// DG14: everything that EF.CardAccess announces, which only here is signed, the keys of Chip Authentication and of Chip
/// Authentication Mapping, and what else is done after access.
pub(super) fn dg14(profile: &Profile, keys: &KeySet) -> Result<Dg14, Error> {
    let mut infos = announced(profile)?;
    for (rule, key) in chip_keys(profile, keys, ChipAuthenticationVersion::One) {
        infos.extend(rule.info());
        infos.push(public_key(rule, &key?.public()));
    }
    // EF.CardSecurity names no document; that its key is the key of this one stands here.
    for (rule, key) in chip_keys(profile, keys, ChipAuthenticationVersion::Two) {
        if is_told_apart(profile, rule) {
            infos.push(public_key(rule, &key?.public()));
        }
    }
    infos.extend(mapping_key(profile, keys)?);
    infos.extend(profile.terminal_authentication_info());
    if let Some(ActiveAuthentication::Ecdsa { hash, .. }) = &profile.active_authentication {
        infos.push(SecurityInfo::active_authentication(plain_ecdsa_oid(*hash)));
    }
    Ok(Dg14::build(distinct(infos)))
}

/// What EF.CardSecurity says before it is signed, where the profile has that file: everything that EF.CardAccess
/// announces, the key of Chip Authentication Mapping, the keys of Chip Authentication version 2.
///
/// # Errors
/// [`Error::KeyMissing`] when the keys were made for another profile, [`Error::Encoding`] when EF.CardAccess of the
/// profile cannot be read.
pub fn card_security_infos(profile: &Profile, keys: &KeySet) -> Result<Option<SecurityInfos>, Error> {
    if profile.file(ElementaryFile::CardSecurity).is_none() {
        return Ok(None);
    }
    let mut infos = announced(profile)?;
    for (rule, key) in chip_keys(profile, keys, ChipAuthenticationVersion::Two) {
        infos.extend(rule.info());
        infos.push(public_key(rule, &key?.public()));
    }
    infos.extend(mapping_key(profile, keys)?);
    Ok(Some(SecurityInfos::from_infos(distinct(infos))))
}

/// The key of Chip Authentication Mapping, with the number of its domain parameters (ICAO 9303-11 §9.2.11 wants it in DG14
/// as well as in EF.CardSecurity, which names no document).
fn mapping_key(profile: &Profile, keys: &KeySet) -> Result<Option<SecurityInfo>, Error> {
    let Some(curve) = profile.mapping_curve() else {
        return Ok(None);
    };
    let key = keys.mapping.as_ref().filter(|key| key.curve() == curve);
    let key = key.ok_or(Error::KeyMissing {
        key: "key of Chip Authentication Mapping",
    })?;
    let shared = profile
        .mapping_shares_key()
        .and_then(|at| profile.chip_authentication.get(at));
    Ok(Some(match shared {
        Some(rule) => public_key(rule, &agreement::PublicKey::Ec(key.public())),
        None => SecurityInfo::chip_authentication_public_key(
            oids::ID_PK_ECDH,
            agreement::PublicKey::Ec(key.public()).to_spki_der(),
            agreement::Group::Ec(curve).standardized_id().map(u32::from),
        ),
    }))
}

/// DG15: the key of Active Authentication, where the profile has one.
pub(super) fn dg15(
    profile: &Profile,
    keys: &KeySet,
) -> Result<Option<Result<Dg15, antin_lds::Error>>, Error> {
    let Some(rule) = &profile.active_authentication else {
        return Ok(None);
    };
    let key = keys.active_authentication.as_ref().ok_or(Error::KeyMissing {
        key: "Active Authentication key",
    })?;
    let spki = match (rule, key) {
        (ActiveAuthentication::Ecdsa { key_form, .. }, ActiveKey::Ec(key)) => {
            key.public().to_spki_der(*key_form)
        }
        (ActiveAuthentication::Rsa { .. }, ActiveKey::Rsa(key)) => key.public().to_spki_der(),
        (ActiveAuthentication::Ecdsa { .. } | ActiveAuthentication::Rsa { .. }, _) => {
            return Err(Error::KeyMissing {
                key: "Active Authentication key",
            });
        }
    };
    Ok(Some(Dg15::build(&spki)))
}

/// EF.ATR/INFO: card capabilities and extended length information (ISO 7816-4 §12.1.1.9, §12.7.1).
pub(super) fn atr_info(profile: &Profile) -> Result<Vec<u8>, antin_lds::Error> {
    let limits = &profile.limits;
    let chaining = if limits.chaining { CHAINING } else { 0 };
    let extended = if limits.extended {
        EXTENDED | LENGTHS_STATED
    } else {
        0
    };
    let mut objects = vec![(
        CAPABILITIES,
        vec![SELECTION, DATA_UNIT_ONE_BYTE, chaining | extended],
    )];
    if limits.extended {
        let lengths = [
            integer(limits.max_command.saturating_add(COMMAND_OVERHEAD)),
            integer(limits.max_response.saturating_add(STATUS_WORD_LEN)),
        ];
        objects.push((EXTENDED_LENGTHS, lengths.concat()));
    }
    Ok(EfAtrInfo::build(&objects)?.as_bytes().to_vec())
}

/// EF.DIR: the one application.
pub(super) fn dir(profile: &Profile) -> Result<Vec<u8>, antin_lds::Error> {
    let application = Application {
        aid: profile.application.aid,
        label: None,
    };
    Ok(EfDir::build(&[application])?.as_bytes().to_vec())
}

/// What EF.CardAccess announces; without that file, what it would.
fn announced(profile: &Profile) -> Result<Vec<SecurityInfo>, Error> {
    let Some(card_access) = profile.card_access() else {
        return Ok(profile.card_access_infos());
    };
    let infos = SecurityInfos::parse(&card_access).map_err(|problem| Error::Encoding {
        file: ElementaryFile::CardAccess.to_string(),
        problem,
    })?;
    Ok(infos.iter().cloned().collect())
}

/// Whether nobody takes a key of version 2 for one of version 1, which terminals look for in the same file.
fn is_told_apart(profile: &Profile, second: &ChipAuthentication) -> bool {
    let mut rules = profile.chip_authentication.iter();
    rules.all(|rule| {
        let numbered = rule.key_id.is_some() && second.key_id.is_some();
        rule.version == ChipAuthenticationVersion::Two || numbered && rule.key_id != second.key_id
    })
}

/// The rules of one version, each with its key.
fn chip_keys<'a>(
    profile: &'a Profile,
    keys: &'a KeySet,
    version: ChipAuthenticationVersion,
) -> impl Iterator<Item = (&'a ChipAuthentication, Result<&'a agreement::PrivateKey, Error>)> {
    let rules = profile.chip_authentication.iter().enumerate();
    rules
        .filter(move |(_, rule)| rule.version == version)
        .map(|(at, rule)| {
            let key = keys
                .chip_authentication
                .get(at)
                .filter(|key| key.group() == rule.group);
            (
                rule,
                key.ok_or(Error::KeyMissing {
                    key: "Chip Authentication key",
                }),
            )
        })
}

fn public_key(rule: &ChipAuthentication, key: &agreement::PublicKey) -> SecurityInfo {
    SecurityInfo::chip_authentication_public_key(
        rule.key_oid(),
        rule.spki_der(key),
        rule.key_id.map(u32::from),
    )
}

/// Each entry once, at its first place.
fn distinct(infos: Vec<SecurityInfo>) -> Vec<SecurityInfo> {
    let mut kept: Vec<SecurityInfo> = Vec::with_capacity(infos.len());
    for info in infos {
        if !kept.contains(&info) {
            kept.push(info);
        }
    }
    kept
}

/// ECDSA whose signature is r and s one after the other.
fn plain_ecdsa_oid(hash: Hash) -> ObjectIdentifier {
    match hash {
        Hash::Sha1 => oids::ECDSA_PLAIN_SHA1,
        Hash::Sha224 => oids::ECDSA_PLAIN_SHA224,
        Hash::Sha256 => oids::ECDSA_PLAIN_SHA256,
        Hash::Sha384 => oids::ECDSA_PLAIN_SHA384,
        Hash::Sha512 => oids::ECDSA_PLAIN_SHA512,
    }
}

/// A positive INTEGER.
fn integer(number: usize) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes
        .iter()
        .take(bytes.len() - 1)
        .zip(bytes.iter().skip(1))
        .take_while(|(byte, next)| **byte == 0 && **next & 0x80 == 0)
        .count();
    tlv::object(tags::INTEGER, bytes.get(zeros..).unwrap_or(&bytes))
}

const CAPABILITIES: Tag = Tag(0x47);
const EXTENDED_LENGTHS: Tag = Tag(0x7F66);
/// First byte of the card capabilities: selection by name, by file identifier, by short identifier.
const SELECTION: u8 = 0x94;
/// Second byte: a data unit is one byte.
const DATA_UNIT_ONE_BYTE: u8 = 0x01;
/// Third byte: command chaining.
const CHAINING: u8 = 0x80;
/// Third byte: extended length.
const EXTENDED: u8 = 0x40;
/// Third byte: extended length information stands in EF.ATR/INFO.
const LENGTHS_STATED: u8 = 0x20;
/// Header, Lc and Le of an extended command.
const COMMAND_OVERHEAD: usize = 9;
const STATUS_WORD_LEN: usize = 2;
