//! What an operator should look at, though the card can be issued.

use antin_lds::mrz::transliterate;

use super::problems::Warning;
use super::{CitizenRecord, Sex};

/// What an operator should look at.
pub(super) fn warnings(r: &CitizenRecord) -> Vec<Warning> {
    let mut out = Vec::new();
    if let Some((born, sex)) = r.number.as_deref().and_then(told_by_number) {
        if born != r.birth.year() {
            out.push(Warning::NumberAgainstBirth);
        }
        if r.sex != sex {
            out.push(Warning::NumberAgainstSex);
        }
    }
    let letters = |part: &str| transliterate::name(part).map_or(0, |form| form.len());
    if letters(&r.name.surname) + letters(&r.name.given) + 2 > MRZ_NAME {
        out.push(Warning::NameCut);
    }
    let parents = r.father.as_ref().map_or(0, String::len) + r.mother.as_ref().map_or(0, String::len);
    let long = [
        ("full_name", r.name.full.len()),
        (
            "place_of_origin",
            r.place_of_origin.as_ref().map_or(0, String::len),
        ),
        ("residence", r.residence.as_ref().map_or(0, String::len)),
        (
            "identification_features",
            r.identification_features.as_ref().map_or(0, String::len),
        ),
        // Two names, each in a sequence and a string of its own.
        ("father, mother", parents + 6),
        ("spouses", r.spouses.iter().map(|s| s.len() + 2).sum()),
    ];
    for (field, len) in long {
        if len > SHORT_ENTRY {
            out.push(Warning::LongEntry {
                field: field.to_owned(),
                len,
            });
        }
    }
    for (n, text) in &r.extra_fields {
        if text.len() > SHORT_ENTRY {
            out.push(Warning::LongEntry {
                field: format!("extra_fields {n}"),
                len: text.len(),
            });
        }
    }
    out
}

/// Year of birth and sex as a citizen number tells them: century and sex in the fourth digit, year in the next two.
fn told_by_number(number: &str) -> Option<(u16, Sex)> {
    let digit = |i: usize| Some(u16::from(number.as_bytes().get(i)?.checked_sub(b'0')?));
    let code = digit(3)?;
    let sex = if code.is_multiple_of(2) {
        Sex::Male
    } else {
        Sex::Female
    };
    Some(((19 + code / 2) * 100 + digit(4)? * 10 + digit(5)?, sex))
}

/// Most bytes of text in an entry of data group 13 whose length still takes one byte: 127 less number and header.
const SHORT_ENTRY: usize = 122;
/// Characters of the name in the machine readable zone of a card; a passport has nine more.
const MRZ_NAME: usize = 30;
