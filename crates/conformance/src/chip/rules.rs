//! What must hold of a file that was read whole: the layer of test plans that is about data and not about commands.

use antin::crypto::agreement;
use antin::lds::atr_info::{Ability, EfAtrInfo};
use antin::lds::{
    DataGroup, Date, Dg1, Dg3, Dg14, EfCardAccess, EfCom, ElementaryFile, LdsSecurityObject, MrzDate,
    SecurityInfo,
};
use antin::profile::ActiveAuthentication;
use antin::protocol::chip_authentication::Offer;
use antin::trust::lint::{self, Profile, Rule, Weight};
use antin::trust::sod::SignedSod;
use antin::wire::tlv::{self, tags};

use crate::stage::Issued;

type Verdict = Result<(), String>;

/// A rule of one file on one card.
type Check = fn(&[u8], &Issued) -> Verdict;

/// Every rule under its name.
const ALL: &[(&str, Check)] = &[
    ("length", length),
    ("com-lds-version", com_lds_version),
    ("com-unicode-version", com_unicode_version),
    ("com-tags-of-the-files", com_tags),
    ("zone-sex", zone_sex),
    ("zone-expiry", zone_expiry),
    ("zone-optional-data", zone_optional_data),
    ("zone-composite-digit", zone_composite_digit),
    ("sod-encoding", sod_encoding),
    ("sod-values", sod_values),
    ("sod-signer", sod_signer),
    ("sod-hash-list", sod_hash_list),
    ("sod-signer-certificate", sod_signer_certificate),
    ("infos-of-chip-authentication", infos_of_chip_authentication),
    ("chip-authentication-keys", chip_authentication_keys),
    ("chip-authentication-protocols", chip_authentication_protocols),
    ("pace-as-in-card-access", pace_as_in_card_access),
    ("active-authentication-algorithm", active_authentication_algorithm),
    ("terminal-authentication-version", terminal_authentication_version),
    ("fingers", fingers),
    ("listed-tags", listed_tags),
    ("holder-name", holder_name),
    ("issuing-authority", issuing_authority),
    ("atr-info-objects", atr_info_objects),
    ("atr-info-buffer-sizes", atr_info_buffer_sizes),
    ("atr-info-chaining", atr_info_chaining),
];

/// Whether there is a rule of that name.
pub(super) fn is_known(name: &str) -> bool {
    ALL.iter().any(|(known, _)| *known == name)
}

/// Holds a file against the rule of that name.
pub(super) fn hold(name: &str, file: &[u8], issued: &Issued) -> Verdict {
    let found = ALL.iter().find(|(known, _)| *known == name);
    let (_, check) = found.ok_or_else(|| format!("{name:?} is no rule"))?;
    check(file, issued).map_err(|problem| format!("{name}: {problem}"))
}

/// Templates of fingers with their records, as far as readers look into them.
fn fingers(file: &[u8], _issued: &Issued) -> Verdict {
    let read = Dg3::parse(file).map_err(text)?;
    demand(!read.fingers().is_empty(), "there are none")
}

/// DG11 and DG12 begin with a list of the tags that follow.
fn listed_tags(file: &[u8], _issued: &Issued) -> Verdict {
    let mut parts = tlv::parse_one(file).map_err(text)?.children();
    let list = parts.expect(tags::TAG_LIST).map_err(text)?;
    let mut present = Vec::new();
    while let Some(part) = parts.next().map_err(text)? {
        let tag = part.tag.0.to_be_bytes();
        present.extend(tag.into_iter().skip_while(|byte| *byte == 0));
    }
    demand(
        list.value == present,
        "the list is not that of the objects behind it",
    )
}

/// The text under a tag of DG11 or DG12.
fn field(file: &[u8], tag: u32) -> Verdict {
    let mut parts = tlv::parse_one(file).map_err(text)?.children();
    while let Some(part) = parts.next().map_err(text)? {
        if part.tag.0 == tag {
            let words = std::str::from_utf8(part.value).map_err(text)?;
            return demand(!words.trim().is_empty(), "it is empty");
        }
    }
    Err("it is not there".to_owned())
}

fn holder_name(file: &[u8], _issued: &Issued) -> Verdict {
    field(file, 0x5F0E)
}

fn issuing_authority(file: &[u8], _issued: &Issued) -> Verdict {
    field(file, 0x5F19)
}

/// EF.ATR/INFO is a list of objects, and no object of its own.
fn atr_info(file: &[u8]) -> Result<EfAtrInfo, String> {
    EfAtrInfo::parse(file).map_err(text)
}

fn atr_info_objects(file: &[u8], _issued: &Issued) -> Verdict {
    demand(!atr_info(file)?.as_bytes().is_empty(), "there are none")
}

fn atr_info_buffer_sizes(file: &[u8], _issued: &Issued) -> Verdict {
    let sizes = atr_info(file)?.extended_length().ok_or("there are none")?;
    demand(
        sizes.max_command_len > 0 && sizes.max_response_len > 0,
        "one of them is zero",
    )
}

fn atr_info_chaining(file: &[u8], _issued: &Issued) -> Verdict {
    demand(
        atr_info(file)?.chaining() != Ability::Unsaid,
        "nothing is said about chains of commands",
    )
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn demand(holds: bool, problem: &str) -> Verdict {
    if holds { Ok(()) } else { Err(problem.to_owned()) }
}

/// One object that fills the file, its length in the shortest form.
fn length(file: &[u8], _issued: &Issued) -> Verdict {
    let object = tlv::parse_one(file).map_err(text)?;
    demand(
        tlv::object(object.tag, object.value) == file,
        "the length is not in its shortest form",
    )
}

/// Versions 1.7 and 1.8.
fn com_lds_version(file: &[u8], _issued: &Issued) -> Verdict {
    let com = EfCom::parse(file).map_err(text)?;
    demand(["0107", "0108"].contains(&com.lds_version()), com.lds_version())
}

fn com_unicode_version(file: &[u8], _issued: &Issued) -> Verdict {
    let com = EfCom::parse(file).map_err(text)?;
    demand(com.unicode_version() == "040000", com.unicode_version())
}

fn com_tags(file: &[u8], issued: &Issued) -> Verdict {
    let com = EfCom::parse(file).map_err(text)?;
    let listed: Vec<DataGroup> = com.data_groups().collect();
    demand(
        listed == groups_of(issued),
        "the list is not that of the data groups on the card",
    )
}

fn groups_of(issued: &Issued) -> Vec<DataGroup> {
    DataGroup::all()
        .filter(|group| issued.state.file(ElementaryFile::DataGroup(*group)).is_some())
        .collect()
}

/// The zone of a passport: two lines of 44 characters.
fn zone(file: &[u8]) -> Result<String, String> {
    let dg1 = Dg1::parse(file).map_err(text)?;
    let zone = dg1.text().to_owned();
    demand(zone.len() == 88 && zone.is_ascii(), "no zone of a passport")?;
    Ok(zone)
}

fn part(zone: &str, from: usize, to: usize) -> &str {
    zone.get(44 + from..44 + to).unwrap_or_default()
}

fn zone_sex(file: &[u8], _issued: &Issued) -> Verdict {
    let zone = zone(file)?;
    demand(
        ["F", "M", "<"].contains(&part(&zone, 20, 21)),
        part(&zone, 20, 21),
    )
}

fn zone_expiry(file: &[u8], _issued: &Issued) -> Verdict {
    let zone = zone(file)?;
    let date = MrzDate::parse(part(&zone, 21, 27)).map_err(text)?;
    let whole: Option<Date> = date.expiry();
    demand(whole.is_some(), "no day of a calendar")
}

fn zone_optional_data(file: &[u8], _issued: &Issued) -> Verdict {
    let zone = zone(file)?;
    let data = part(&zone, 28, 42);
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
    demand(data.bytes().all(letter), data)?;
    let digit = part(&zone, 42, 43);
    let empty = data.bytes().all(|byte| byte == b'<');
    demand(
        digit == check_digit(data) || empty && digit == "<",
        "its check digit is wrong",
    )
}

fn zone_composite_digit(file: &[u8], _issued: &Issued) -> Verdict {
    let zone = zone(file)?;
    let parts = [part(&zone, 0, 10), part(&zone, 13, 20), part(&zone, 21, 43)].concat();
    demand(part(&zone, 43, 44) == check_digit(&parts), "it is wrong")
}

/// ICAO 9303-3 §4.9: weights 7, 3, 1.
fn check_digit(text: &str) -> String {
    let value = |byte: u8| char::from(byte).to_digit(36).unwrap_or(0);
    let weights = [7, 3, 1].into_iter().cycle();
    let sum: u32 = text
        .bytes()
        .zip(weights)
        .map(|(byte, weight)| value(byte) * weight)
        .sum();
    (sum % 10).to_string()
}

fn signed(file: &[u8]) -> Result<SignedSod, String> {
    SignedSod::parse(file).map_err(text)
}

/// Nothing that the standard demands of EF.SOD, or of one of its certificates, is broken that `about` picks.
fn unbroken(file: &[u8], of: Profile, about: impl Fn(Rule) -> bool) -> Verdict {
    let lints = lint::security_object(&signed(file)?);
    demand(
        lints.iter().any(|lint| lint.profile == of),
        "there is nothing to look at",
    )?;
    let broken: Vec<String> = lints
        .iter()
        .filter(|lint| lint.profile == of)
        .flat_map(|lint| &lint.findings)
        .filter(|finding| finding.weight == Weight::Must && about(finding.rule))
        .map(|finding| format!("{} ({})", finding.rule, finding.clause))
        .collect();
    demand(broken.is_empty(), &broken.join(", "))
}

fn sod_encoding(file: &[u8], _issued: &Issued) -> Verdict {
    unbroken(file, Profile::SecurityObject, |rule| rule == Rule::NotDer)
}

fn sod_values(file: &[u8], _issued: &Issued) -> Verdict {
    unbroken(file, Profile::SecurityObject, |rule| {
        matches!(
            rule,
            Rule::VersionWrong
                | Rule::HashNotAllowed
                | Rule::ContentMissing
                | Rule::ContentTypeWrong
                | Rule::SignerCertificateMissing
        )
    })
}

fn sod_signer(file: &[u8], _issued: &Issued) -> Verdict {
    demand(signed(file)?.signers().len() == 1, "not exactly one signer")?;
    unbroken(file, Profile::SecurityObject, |rule| {
        matches!(
            rule,
            Rule::SignerVersion | Rule::SignedAttributesMissing | Rule::HashNotAllowed
        )
    })
}

fn sod_hash_list(file: &[u8], issued: &Issued) -> Verdict {
    unbroken(file, Profile::SecurityObject, |rule| {
        matches!(
            rule,
            Rule::LdsObjectMalformed | Rule::HashListSize | Rule::HashNotAllowed
        )
    })?;
    let sod = signed(file)?;
    let list = LdsSecurityObject::parse(sod.content().ok_or("no content")?).map_err(text)?;
    let listed: Vec<DataGroup> = list.data_groups().collect();
    demand(
        listed == groups_of(issued),
        "the list is not that of the data groups on the card",
    )
}

fn sod_signer_certificate(file: &[u8], _issued: &Issued) -> Verdict {
    unbroken(file, Profile::DocumentSigner, |_| true)
}

fn infos(file: &[u8]) -> Result<Vec<SecurityInfo>, String> {
    let dg14 = Dg14::parse(file).map_err(text)?;
    Ok(dg14.infos().iter().cloned().collect())
}

/// A key, and what is needed to use it.
fn infos_of_chip_authentication(file: &[u8], _issued: &Issued) -> Verdict {
    let dg14 = Dg14::parse(file).map_err(text)?;
    let offer = Offer::from_infos(dg14.infos()).map_err(text)?;
    demand(offer.is_some(), "there is no key with a protocol")
}

fn chip_authentication_keys(file: &[u8], _issued: &Issued) -> Verdict {
    let mut count = 0;
    for info in infos(file)? {
        if let SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } = info {
            agreement::PublicKey::from_spki_der(&spki_der).map_err(text)?;
            count += 1;
        }
    }
    demand(count > 0, "there is no key")
}

/// Version 1 before eMRTDs had others, and each names a key that is there.
fn chip_authentication_protocols(file: &[u8], _issued: &Issued) -> Verdict {
    let infos = infos(file)?;
    let keys: Vec<Option<u32>> = infos
        .iter()
        .filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey { key_id, .. } => Some(*key_id),
            _ => None,
        })
        .collect();
    let mut count = 0;
    for info in &infos {
        if let SecurityInfo::ChipAuthentication { version, key_id, .. } = info {
            demand((1..=3).contains(version), "another version than 1 to 3")?;
            demand(keys.contains(key_id), "it is about a key that is not there")?;
            count += 1;
        }
    }
    demand(count > 0, "there is none")
}

/// What EF.CardAccess says in plain, DG14 says under the signature.
fn pace_as_in_card_access(file: &[u8], issued: &Issued) -> Verdict {
    let access = issued.state.file(ElementaryFile::CardAccess);
    let access = EfCardAccess::parse(access.ok_or("the card has no EF.CardAccess")?).map_err(text)?;
    let pace = |info: &&SecurityInfo| matches!(info, SecurityInfo::Pace { .. });
    let signed = infos(file)?;
    let plain: Vec<&SecurityInfo> = access.infos().iter().filter(pace).collect();
    let mut here: Vec<&SecurityInfo> = signed.iter().filter(pace).collect();
    here.retain(|info| plain.contains(info));
    demand(
        !plain.is_empty() && here.len() == plain.len(),
        "DG14 lacks a PACEInfo of EF.CardAccess",
    )?;
    demand(
        signed.iter().filter(pace).count() == plain.len(),
        "EF.CardAccess lacks a PACEInfo of DG14",
    )
}

/// With ECDSA the algorithm is stated.
fn active_authentication_algorithm(file: &[u8], issued: &Issued) -> Verdict {
    let ecdsa = matches!(
        issued.profile.active_authentication,
        Some(ActiveAuthentication::Ecdsa { .. })
    );
    demand(ecdsa, "the card has no Active Authentication by ECDSA")?;
    let states = |info: &SecurityInfo| matches!(info, SecurityInfo::ActiveAuthentication { version: 1, .. });
    demand(
        infos(file)?.iter().any(states),
        "DG14 does not state the algorithm",
    )
}

fn terminal_authentication_version(file: &[u8], _issued: &Issued) -> Verdict {
    let states =
        |info: &SecurityInfo| matches!(info, SecurityInfo::TerminalAuthentication { version: 1 | 2, .. });
    demand(infos(file)?.iter().any(states), "DG14 does not announce it")
}
