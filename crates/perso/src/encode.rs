//! From the checked record to the files of the card.

mod security;
mod specimen;

use antin_lds::dg13::VietnamFields;
use antin_lds::mrz::{Mrz, Sex, Td1, Td1Fields, Td3, Td3Fields, VietnamTd1};
use antin_lds::{DataGroup, Dg1, Dg2, EfCom, ElementaryFile, FaceImage, MrzDate, VietnamDg13};
use antin_profile::{DocumentKind, Profile};

use crate::record::{Birth, CitizenRecord, Expiry};
use crate::{Error, KeySet};

pub use security::card_security_infos;

/// Encodes every file of the profile but those that are signed, in the order of the profile.
///
/// EF.SOD is signed above (`antin_trust::sod::sign`) over the data groups returned here, EF.CardSecurity over
/// [`card_security_infos`]; both join them for the plan.
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
        ElementaryFile::Com | ElementaryFile::Sod | ElementaryFile::CardSecurity => return Ok(None),
        ElementaryFile::CardAccess => return Ok(profile.card_access()),
        ElementaryFile::DG1 => Ok(Dg1::build(&mrz(record, profile)?).as_bytes().to_vec()),
        ElementaryFile::DG2 => match record.portrait() {
            Some(portrait) => FaceImage::from_picture(portrait.as_bytes().to_vec())
                .and_then(|face| Dg2::build(&[face]))
                .map(Dg2::into_bytes),
            None => return Ok(None),
        },
        ElementaryFile::DG13 => VietnamDg13::build(&fields(record)).map(|dg13| dg13.as_bytes().to_vec()),
        ElementaryFile::DG3 => Ok(specimen::fingers()),
        ElementaryFile::DG4 => Ok(specimen::irises()),
        ElementaryFile::DataGroup(DataGroup::DG11) => Ok(specimen::personal_details(record)),
        ElementaryFile::DataGroup(DataGroup::DG12) => Ok(specimen::document_details()),
        ElementaryFile::DG14 => Ok(security::dg14(profile, keys)?.as_bytes().to_vec()),
        ElementaryFile::DG15 => match security::dg15(profile, keys)? {
            Some(dg15) => dg15.map(|dg15| dg15.as_bytes().to_vec()),
            None => return Ok(None),
        },
        ElementaryFile::AtrInfo => security::atr_info(profile),
        ElementaryFile::Dir => security::dir(profile),
        ElementaryFile::Cvca => match &keys.terminal_authentication {
            Some(trust) => Ok(trust.ef_cvca().as_bytes().to_vec()),
            None => {
                return Err(Error::KeyMissing {
                    key: "trust point of Terminal Authentication",
                });
            }
        },
        ElementaryFile::DataGroup(_) => {
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

#[cfg(test)]
mod tests;
