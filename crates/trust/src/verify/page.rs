//! What is printed on the document, against the chip: the machine readable zone and the QR code.
//!
//! The evidence names the first field that differs, never its value.

use core::ops::Range;

use antin_lds::mrz::Mrz;
use antin_lds::{Date, VietnamDg13, nfc};

use super::content::Content;
use crate::checks::{Check, CheckId, Reason};
use crate::session::Page;

/// No zone is longer, in characters: three lines of 30 and their line feeds.
const MAX_MRZ: usize = 200;

/// No QR code holds more (ISO/IEC 18004, version 40-L, alphanumeric).
const MAX_QR: usize = 4296;

/// The printed zone against DG1 (BSI TR-03135-1 §5.7.2): every field must match but the optional data, whose difference
/// alone leaves the check undetermined; an unknown part of the date of birth agrees with everything.
pub(super) fn mrz(page: &Page, content: &Content) -> Option<Check> {
    const ID: CheckId = CheckId::MrzPage;
    let printed = page.mrz.as_deref()?;
    let Some(dg1) = content.dg1.as_ref() else {
        return Some(Check::undetermined(ID, Reason::FileNotRead));
    };
    let printed: String = printed
        .chars()
        .take(MAX_MRZ)
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let Some(fields) = fields(printed.len()).filter(|_| printed.is_ascii()) else {
        let seen = format!("{} characters on the page", printed.chars().count());
        return Some(Check::undetermined(ID, Reason::Malformed).evidence(seen));
    };
    let stored = dg1.text();
    if stored.len() != printed.len() {
        return Some(Check::failed(ID, Reason::FieldMismatch).evidence("format"));
    }
    let differing: Vec<Field> = fields
        .iter()
        .filter(|(field, columns)| differs(*field, columns, &printed, stored))
        .map(|(field, _)| meant(*field, fields, stored))
        .collect();
    let telling = differing.iter().find(|field| !field.is_derived());
    Some(match telling {
        Some(Field::Optional) if differing.iter().all(|field| field.is_weak()) => {
            Check::undetermined(ID, Reason::FieldMismatch).evidence(Field::Optional.name())
        }
        Some(_) => {
            let first = differing.iter().find(|field| !field.is_weak());
            let named = first.map_or(Field::Optional, |field| *field);
            Check::failed(ID, Reason::FieldMismatch).evidence(named.name())
        }
        // Check digits alone, or those of a date with unknown parts.
        None if differing.is_empty() || has_unknown_birth(fields, &printed, stored) => Check::successful(ID),
        None => Check::failed(ID, Reason::FieldMismatch).evidence("check digit"),
    })
}

/// The parts of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Code,
    Issuer,
    Number,
    Birth,
    Sex,
    Expiry,
    Nationality,
    Name,
    Optional,
    /// The check digit of one field.
    Digit,
    /// The check digit over several fields.
    Composite,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Code => "document code",
            Self::Issuer => "issuing state",
            Self::Number => "document number",
            Self::Birth => "date of birth",
            Self::Sex => "sex",
            Self::Expiry => "date of expiry",
            Self::Nationality => "nationality",
            Self::Name => "name",
            Self::Optional => "optional data",
            Self::Digit | Self::Composite => "check digit",
        }
    }

    /// It follows from other fields.
    const fn is_derived(self) -> bool {
        matches!(self, Self::Digit | Self::Composite)
    }

    /// Its difference alone fails nothing.
    const fn is_weak(self) -> bool {
        matches!(self, Self::Optional | Self::Digit | Self::Composite)
    }
}

type Fields = &'static [(Field, Range<usize>)];

/// ICAO 9303-5 §4.2.2 (TD1), 9303-6 §4.2.2 (TD2), 9303-4 §4.2.2 (TD3).
fn fields(length: usize) -> Option<Fields> {
    use Field::*;
    const TD1: Fields = &[
        (Code, 0..2),
        (Issuer, 2..5),
        (Number, 5..14),
        (Digit, 14..15),
        (Optional, 15..30),
        (Birth, 30..36),
        (Digit, 36..37),
        (Sex, 37..38),
        (Expiry, 38..44),
        (Digit, 44..45),
        (Nationality, 45..48),
        (Optional, 48..59),
        (Composite, 59..60),
        (Name, 60..90),
    ];
    const TD2: Fields = &[
        (Code, 0..2),
        (Issuer, 2..5),
        (Name, 5..36),
        (Number, 36..45),
        (Digit, 45..46),
        (Nationality, 46..49),
        (Birth, 49..55),
        (Digit, 55..56),
        (Sex, 56..57),
        (Expiry, 57..63),
        (Digit, 63..64),
        (Optional, 64..71),
        (Composite, 71..72),
    ];
    const TD3: Fields = &[
        (Code, 0..2),
        (Issuer, 2..5),
        (Name, 5..44),
        (Number, 44..53),
        (Digit, 53..54),
        (Nationality, 54..57),
        (Birth, 57..63),
        (Digit, 63..64),
        (Sex, 64..65),
        (Expiry, 65..71),
        (Digit, 71..72),
        (Optional, 72..86),
        (Digit, 86..87),
        (Composite, 87..88),
    ];
    match length {
        90 => Some(TD1),
        72 => Some(TD2),
        88 => Some(TD3),
        _ => None,
    }
}

fn differs(field: Field, columns: &Range<usize>, printed: &str, stored: &str) -> bool {
    let (Some(mine), Some(theirs)) = (printed.get(columns.clone()), stored.get(columns.clone())) else {
        return true;
    };
    match field {
        Field::Birth => mine
            .bytes()
            .zip(theirs.bytes())
            .any(|(mine, theirs)| mine != theirs && mine != b'<' && theirs != b'<'),
        _ => mine != theirs,
    }
}

/// The number of a document that is too long for its field goes on in the optional data (ICAO 9303-5 §4.2.2.1, note j), and
/// the optional data of a Vietnamese card are its number.
fn meant(field: Field, fields: Fields, stored: &str) -> Field {
    if field != Field::Optional {
        return field;
    }
    let behind_number = fields
        .iter()
        .skip_while(|(field, _)| *field != Field::Number)
        .nth(1)
        .and_then(|(_, columns)| stored.get(columns.clone()));
    let national = stored.len() == 90 && stored.get(2..5) == Some("VNM");
    if behind_number == Some("<") || national {
        Field::Number
    } else {
        Field::Optional
    }
}

fn has_unknown_birth(fields: Fields, printed: &str, stored: &str) -> bool {
    let birth = fields.iter().find(|(field, _)| *field == Field::Birth);
    birth.is_some_and(|(_, columns)| {
        [printed, stored]
            .iter()
            .any(|text| text.get(columns.clone()).is_some_and(|date| date.contains('<')))
    })
}

/// The QR code of a Vietnamese card against DG1 and DG13. Nobody signed it, so a difference is a remark and fails nothing.
pub(super) fn qr(page: &Page, content: &Content) -> Option<Check> {
    const ID: CheckId = CheckId::Qr;
    let text = page.qr.as_deref()?;
    if content.issuer().as_deref() != Some("VNM") {
        return Some(
            Check::not_supported(ID, Reason::NotOffered).remark("no QR code of this issuer is known"),
        );
    }
    // Before it is taken apart: every second byte could be the end of a field.
    if text.len() > MAX_QR {
        return Some(Check::undetermined(ID, Reason::Malformed));
    }
    let fields: Vec<&str> = text.trim_end_matches(['\r', '\n']).split('|').collect();
    let &[number, _, name, birth, ..] = fields.as_slice() else {
        return Some(Check::undetermined(ID, Reason::Malformed));
    };
    // Seven fields in 2021, eleven in 2024.
    if !matches!(fields.len(), 7 | 11) {
        let seen = format!("{} fields", fields.len());
        return Some(Check::undetermined(ID, Reason::Malformed).evidence(seen));
    }
    let mrz = content.dg1.as_ref().and_then(|dg1| dg1.mrz().ok());
    let dg13 = content.dg13.as_ref();
    let agreements = [
        ("ID number", same_number(number, mrz, dg13)),
        ("name", same_name(name, dg13)),
        ("date of birth", same_birth(birth, mrz, dg13)),
    ];
    let differing: Vec<&str> = agreements
        .into_iter()
        .filter(|(_, agree)| !agree)
        .map(|(field, _)| field)
        .collect();
    Some(if differing.is_empty() {
        Check::successful(ID)
    } else {
        let fields = differing.join(", ");
        let mut check = Check::successful(ID)
            .remark(format!(
                "the QR code, which nobody signed, contradicts the chip: {fields}"
            ))
            .evidence(fields);
        check.reason = Some(Reason::FieldMismatch);
        check
    })
}

fn same_number(number: &str, mrz: Option<&Mrz>, dg13: Option<&VietnamDg13>) -> bool {
    let zone = match mrz {
        Some(Mrz::Td1(td1)) => td1.vietnamese_number(),
        Some(Mrz::Td3(_)) | None => None,
    };
    let national = dg13.and_then(VietnamDg13::id_number);
    [zone, national]
        .into_iter()
        .flatten()
        .all(|known| known == number)
}

fn same_name(name: &str, dg13: Option<&VietnamDg13>) -> bool {
    let plain = |text: &str| {
        let words: Vec<String> = nfc(text).split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    let national = dg13.and_then(VietnamDg13::full_name);
    national.is_none_or(|known| plain(known) == plain(name))
}

/// `ddMMyyyy`.
fn same_birth(birth: &str, mrz: Option<&Mrz>, dg13: Option<&VietnamDg13>) -> bool {
    let written = match (birth.get(..2), birth.get(2..4), birth.get(4..)) {
        (Some(day), Some(month), Some(year)) => format!("{day}/{month}/{year}"),
        _ => return false,
    };
    let Ok(date) = Date::from_dd_mm_yyyy(&written) else {
        return false;
    };
    let national = dg13.and_then(VietnamDg13::date_of_birth);
    mrz.is_none_or(|mrz| super::national::same_day(mrz.birth(), &date.to_dd_mm_yyyy()))
        && national.is_none_or(|known| Date::from_dd_mm_yyyy(known).is_ok_and(|known| known == date))
}
