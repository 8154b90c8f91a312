//! From the checked record to the files of the card.

use antin_crypto::{Hash, PrivateKey, Suite};
use antin_lds::dg13::VietnamFields;
use antin_lds::mrz::{Mrz, Sex, Td1, Td1Fields, Td3, Td3Fields, VietnamTd1};
use antin_lds::{
    DataGroup, Dg1, Dg2, Dg14, Dg15, EfCom, ElementaryFile, FaceImage, MrzDate, SecurityInfo, SecurityInfos,
    VietnamDg13,
};
use antin_profile::{DocumentKind, Profile};
use antin_wire::oids::{self, ObjectIdentifier};

use crate::record::{Birth, CitizenRecord, Expiry};
use crate::{Error, KeySet};

/// Encodes every file of the profile but EF.SOD, in the order of the profile.
///
/// EF.SOD is signed above (`antin_trust::sod::sign`) over the data groups returned here, and joins them for the plan.
///
/// # Errors
/// [`Error::RecordLacks`] and [`Error::KeyMissing`] when record or keys were made for another profile,
/// [`Error::Encoding`] when a value has no encoding.
pub fn data_groups(
    record: &CitizenRecord,
    profile: &Profile,
    keys: &KeySet,
) -> Result<Vec<(ElementaryFile, Vec<u8>)>, Error> {
    let mut files: Vec<(ElementaryFile, Vec<u8>)> = Vec::new();
    for rule in &profile.files {
        let content = match &rule.content {
            Some(content) => Some(content.clone()),
            None => file(rule.file, record, profile, keys)?,
        };
        files.extend(content.map(|content| (rule.file, content)));
    }
    if profile
        .file(ElementaryFile::Com)
        .is_some_and(|rule| rule.content.is_none())
    {
        let com = com(profile, &files)?;
        let before = profile
            .files
            .iter()
            .take_while(|rule| rule.file != ElementaryFile::Com);
        let at = before
            .filter(|rule| files.iter().any(|(file, _)| *file == rule.file))
            .count();
        files.insert(at, (ElementaryFile::Com, com));
    }
    Ok(files)
}

/// Builds the machine readable zone.
///
/// # Errors
/// [`Error::RecordLacks`] when the record was checked against another profile, [`Error::Encoding`] when a value has no
/// place in the zone.
pub fn mrz(record: &CitizenRecord, profile: &Profile) -> Result<Mrz, Error> {
    let birth = birth(record.birth)?;
    let expiry = match record.expiry {
        Expiry::On(date) => date.to_mrz(),
        Expiry::Lifelong => MrzDate::LIFELONG_VIETNAM,
    };
    let (surname, given) = (record.name.surname.as_str(), record.name.given.as_str());
    let (issuer, nationality) = (profile.country.as_str(), record.nationality_code.as_str());
    let sex = record.sex;
    let document_number = || {
        record.document_number().ok_or(Error::RecordLacks {
            field: "document_number",
        })
    };
    let mrz = match profile.document {
        DocumentKind::Td1Vietnam => {
            let id_number = record.number().ok_or(Error::RecordLacks { field: "number" })?;
            let full_name = record.full_name();
            Td1::vietnam(&VietnamTd1 {
                id_number,
                full_name,
                birth,
                sex,
                expiry,
            })
            .map(Mrz::from)
        }
        DocumentKind::Td1 => Td1::build(&Td1Fields {
            document_code: "ID",
            issuer,
            document_number: document_number()?,
            optional_1: "",
            birth,
            sex,
            expiry,
            nationality,
            optional_2: "",
            surname,
            given,
        })
        .map(Mrz::from),
        DocumentKind::Td3 => Td3::build(&Td3Fields {
            document_code: "P",
            issuer,
            document_number: document_number()?,
            nationality,
            birth,
            sex,
            expiry,
            optional: "",
            surname,
            given,
        })
        .map(Mrz::from),
    };
    mrz.map_err(|problem| Error::Encoding {
        file: "machine readable zone".to_owned(),
        problem: problem.into(),
    })
}

/// The content of one file; `None` for a file that this card does not have, or that is made elsewhere.
fn file(
    file: ElementaryFile,
    record: &CitizenRecord,
    profile: &Profile,
    keys: &KeySet,
) -> Result<Option<Vec<u8>>, Error> {
    let encoded = match file {
        ElementaryFile::Com | ElementaryFile::Sod => return Ok(None),
        ElementaryFile::CardAccess => return Ok(profile.card_access()),
        ElementaryFile::DG1 => Ok(Dg1::build(&mrz(record, profile)?).as_bytes().to_vec()),
        ElementaryFile::DG2 => match record.portrait() {
            Some(portrait) => FaceImage::from_picture(portrait.as_bytes().to_vec())
                .and_then(|face| Dg2::build(&[face]))
                .map(Dg2::into_bytes),
            None => return Ok(None),
        },
        ElementaryFile::DG13 => VietnamDg13::build(&fields(record)).map(|dg13| dg13.as_bytes().to_vec()),
        ElementaryFile::DG14 => Ok(dg14(profile, keys)?.as_bytes().to_vec()),
        ElementaryFile::DG15 => {
            let Some(rule) = &profile.active_authentication else {
                return Ok(None);
            };
            let key = active_authentication_key(keys)?;
            Dg15::build(&key.public().to_spki_der(rule.key_form)).map(|dg15| dg15.as_bytes().to_vec())
        }
        ElementaryFile::CardSecurity
        | ElementaryFile::AtrInfo
        | ElementaryFile::Dir
        | ElementaryFile::Cvca
        | ElementaryFile::DataGroup(_) => {
            return Err(Error::Unsupported {
                what: "a file of the profile",
            });
        }
    };
    encoded.map(Some).map_err(|problem| Error::Encoding {
        file: file.to_string(),
        problem,
    })
}

/// EF.COM: the data groups that this card has, in the order of the profile.
fn com(profile: &Profile, files: &[(ElementaryFile, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let groups: Vec<DataGroup> = profile
        .com
        .data_groups
        .iter()
        .filter_map(|number| DataGroup::new(*number))
        .filter(|group| {
            files
                .iter()
                .any(|(file, _)| *file == ElementaryFile::DataGroup(*group))
        })
        .collect();
    EfCom::build(&profile.com.lds_version, &profile.com.unicode_version, &groups)
        .map(|com| com.as_bytes().to_vec())
        .map_err(|problem| Error::Encoding {
            file: ElementaryFile::Com.to_string(),
            problem,
        })
}

/// DG14: everything that EF.CardAccess announces, which only here is signed, and the keys.
fn dg14(profile: &Profile, keys: &KeySet) -> Result<Dg14, Error> {
    let mut infos: Vec<SecurityInfo> = match profile.card_access() {
        Some(card_access) => SecurityInfos::parse(&card_access)
            .map_err(|problem| Error::Encoding {
                file: ElementaryFile::CardAccess.to_string(),
                problem,
            })?
            .iter()
            .cloned()
            .collect(),
        None => Vec::new(),
    };
    if let Some(rule) = &profile.chip_authentication {
        let key = keys.chip_authentication.as_ref();
        let key = key.ok_or(Error::KeyMissing {
            key: "Chip Authentication key",
        })?;
        let key_id = rule.key_id.map(u32::from);
        let offer = SecurityInfo::chip_authentication(chip_authentication_oid(rule.cipher), 1, key_id);
        if !infos.contains(&offer) {
            infos.push(offer);
        }
        let spki = key.public().to_spki_der(rule.key_form);
        infos.push(SecurityInfo::chip_authentication_public_key(
            oids::ID_PK_ECDH,
            spki,
            key_id,
        ));
    }
    if let Some(rule) = &profile.active_authentication {
        infos.push(SecurityInfo::active_authentication(plain_ecdsa_oid(rule.hash)));
    }
    Ok(Dg14::build(infos))
}

/// DG13: everything that is printed, as it is printed.
fn fields(record: &CitizenRecord) -> VietnamFields {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    VietnamFields {
        id_number: text(&record.number),
        full_name: record.full_name().to_owned(),
        date_of_birth: record.birth.printed(),
        sex: match record.sex {
            Sex::Male => "Nam".to_owned(),
            Sex::Female => "Nữ".to_owned(),
            Sex::Unspecified => String::new(),
        },
        nationality: record
            .nationality
            .clone()
            .unwrap_or_else(|| "Việt Nam".to_owned()),
        ethnicity: text(&record.ethnicity),
        religion: text(&record.religion),
        place_of_origin: text(&record.place_of_origin),
        place_of_residence: text(&record.residence),
        features: text(&record.identification_features),
        date_of_issue: record.issued.map(|date| date.to_dd_mm_yyyy()).unwrap_or_default(),
        date_of_expiry: match record.expiry {
            Expiry::On(date) => date.to_dd_mm_yyyy(),
            Expiry::Lifelong => "Không thời hạn".to_owned(),
        },
        father: text(&record.father),
        mother: text(&record.mother),
        spouses: record.spouses.clone(),
        old_number: text(&record.old_number),
        chip_code: text(&record.field16),
        extra: record
            .extra_fields
            .iter()
            .map(|(number, text)| (u32::from(*number), text.clone()))
            .collect(),
    }
}

/// The date of birth in the machine readable zone: `<<` for what is not known.
fn birth(birth: Birth) -> Result<MrzDate, Error> {
    let text = match birth {
        Birth::Day(date) => return Ok(date.to_mrz()),
        Birth::Month(year, month) => format!("{:02}{month:02}<<", year % 100),
        Birth::Year(year) => format!("{:02}<<<<", year % 100),
    };
    MrzDate::parse(&text).map_err(|problem| Error::Encoding {
        file: "machine readable zone".to_owned(),
        problem: problem.into(),
    })
}

/// The Active Authentication key that the profile asks for.
fn active_authentication_key(keys: &KeySet) -> Result<&PrivateKey, Error> {
    keys.active_authentication.as_ref().ok_or(Error::KeyMissing {
        key: "Active Authentication key",
    })
}

/// Chip Authentication over elliptic curves with this cipher.
fn chip_authentication_oid(cipher: Suite) -> ObjectIdentifier {
    match cipher {
        Suite::Tdes => oids::ID_CA_ECDH_3DES_CBC_CBC,
        Suite::Aes128 => oids::ID_CA_ECDH_AES_CBC_CMAC_128,
        Suite::Aes192 => oids::ID_CA_ECDH_AES_CBC_CMAC_192,
        Suite::Aes256 => oids::ID_CA_ECDH_AES_CBC_CMAC_256,
    }
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

#[cfg(test)]
mod tests;
