//! The machine readable zone, the national data, and what both say of the holder.

use antin_lds::mrz::{Mrz, MrzProblem, Sex, transliterate};
use antin_lds::{Date, MrzDate, VietnamDg13};

use super::content::{Content, Expiry};
use crate::checks::{Check, CheckId, Reason};
use crate::report::Holder;
use crate::time::UnixTime;

/// The check digits of the zone in DG1.
pub(super) fn mrz_digits(content: &Content) -> Check {
    const ID: CheckId = CheckId::MrzDigits;
    let Some(dg1) = &content.dg1 else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    match dg1.mrz() {
        Ok(_) => Check::successful(ID),
        Err(fault) if fault.is_check_digit() => {
            Check::failed(ID, Reason::CheckDigitWrong).evidence(fault.field.to_string())
        }
        // TD2, two lines of 36 characters, is not read here.
        Err(fault) if matches!(fault.problem, MrzProblem::UnknownFormat { found: 72 }) => {
            Check::undetermined(ID, Reason::Malformed).evidence(fault.problem.to_string())
        }
        Err(fault) => Check::failed(ID, Reason::Malformed).evidence(fault.field.to_string()),
    }
}

/// The document's own expiry; a matter of policy, never of authenticity.
pub(super) fn document_expiry(content: &Content, now: UnixTime) -> Check {
    const ID: CheckId = CheckId::DocumentExpiry;
    match &content.expiry {
        Expiry::At(end) if now > *end => Check::failed(ID, Reason::Expired).evidence(day(*end)),
        // The zone has two digits of the year, and no document is valid for so long.
        Expiry::At(end) if *end > now.plus_days(LONGEST_VALIDITY_DAYS) => Check::successful(ID)
            .evidence(day(*end))
            .remark("the century is uncertain"),
        Expiry::At(end) => Check::successful(ID).evidence(day(*end)),
        Expiry::Never => Check::successful(ID).remark("no expiry date"),
        Expiry::Unknown => Check::undetermined(ID, Reason::DateUnknown),
    }
}

/// A date that lies further ahead is more likely one of the last century.
const LONGEST_VALIDITY_DAYS: i64 = 25 * 366;

fn day(at: UnixTime) -> String {
    at.to_string().chars().take(10).collect()
}

/// The date of issue in the national data, first second of the day.
pub(super) fn issue_date(content: &Content) -> Option<UnixTime> {
    let date = Date::from_dd_mm_yyyy(content.dg13.as_ref()?.date_of_issue()?).ok()?;
    UnixTime::from_date(i32::from(date.year()), date.month(), date.day())
}

/// DG1 against the Vietnamese DG13, field by field; the evidence names the first field that differs, never its value.
pub(super) fn dg1_dg13(content: &Content) -> Check {
    const ID: CheckId = CheckId::Dg1Dg13;
    let Some(dg13) = &content.dg13 else {
        return Check::not_supported(ID, Reason::NotOffered);
    };
    let Some(mrz) = content.dg1.as_ref().and_then(|dg1| dg1.mrz().ok()) else {
        return Check::undetermined(ID, Reason::Malformed).evidence("DG1");
    };
    match first_difference(mrz, dg13) {
        Some(field) => Check::failed(ID, Reason::FieldMismatch).evidence(field),
        None => Check::successful(ID),
    }
}

/// A field that one side lacks differs from nothing.
fn first_difference(mrz: &Mrz, dg13: &VietnamDg13) -> Option<&'static str> {
    let number = match mrz {
        Mrz::Td1(td1) => td1.vietnamese_number(),
        Mrz::Td3(_) => None,
    };
    let agreements = [
        (
            "ID number",
            both(number, dg13.id_number(), |mine, theirs| mine == theirs),
        ),
        (
            "date of birth",
            both(Some(mrz.birth()), dg13.date_of_birth(), same_day),
        ),
        (
            "date of expiry",
            both(Some(mrz.expiry()), dg13.date_of_expiry(), same_expiry),
        ),
        ("sex", both(Some(mrz.sex()), dg13.sex(), same_sex)),
        ("name", both(Some(mrz), dg13.full_name(), same_name)),
    ];
    agreements
        .into_iter()
        .find(|(_, agree)| !agree)
        .map(|(field, _)| field)
}

fn both<T>(mine: Option<T>, theirs: Option<&str>, same: impl Fn(T, &str) -> bool) -> bool {
    match (mine, theirs.filter(|text| !text.is_empty())) {
        (Some(mine), Some(theirs)) => same(mine, theirs),
        (None, _) | (_, None) => true,
    }
}

/// Unknown parts of the zone's date agree with everything; a text that is no date is the national form of "unknown".
pub(super) fn same_day(mine: MrzDate, theirs: &str) -> bool {
    let Ok(date) = Date::from_dd_mm_yyyy(theirs) else {
        return true;
    };
    let theirs = date.to_mrz();
    let agree = |mine: Option<u8>, theirs: Option<u8>| mine.is_none() || mine == theirs;
    agree(mine.year_of_century(), theirs.year_of_century())
        && agree(mine.month(), theirs.month())
        && agree(mine.day(), theirs.day())
}

/// A lifelong card says so in words and carries 991231 in the zone.
fn same_expiry(mine: MrzDate, theirs: &str) -> bool {
    match Date::from_dd_mm_yyyy(theirs) {
        Ok(_) => same_day(mine, theirs),
        Err(_) => mine == MrzDate::LIFELONG_VIETNAM,
    }
}

fn same_sex(mine: Sex, theirs: &str) -> bool {
    let mine = mine.to_char();
    match transliterate::name(theirs).as_deref() {
        Ok("NAM") => mine == 'M',
        Ok("NU") => mine == 'F',
        _ => true,
    }
}

/// The zone's name is transliterated and may be cut: what is left must be the beginning of the national name.
fn same_name(mine: &Mrz, theirs: &str) -> bool {
    let Ok(full) = transliterate::name(theirs) else {
        return true;
    };
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
    let mine = letters(mine.surname()) + &letters(mine.given());
    let full = letters(&full);
    full == mine || (mine.len() >= CUT_NAME_LETTERS && full.starts_with(&mine))
}

/// A cut name fills the field of 30 characters, up to a few fillers between its mrz.
const CUT_NAME_LETTERS: usize = 15;

/// What the document says of its holder; `None` without a readable zone.
pub(super) fn holder(content: &Content) -> Option<Holder> {
    let mrz = content.dg1.as_ref()?.mrz().ok()?;
    let national = |field: Option<&str>| field.filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Holder {
        document_number: mrz.document_number().to_owned(),
        surname: mrz.surname().to_owned(),
        given_names: mrz.given().to_owned(),
        full_name: national(content.dg13.as_ref().and_then(VietnamDg13::full_name)),
        personal_number: national(content.dg13.as_ref().and_then(VietnamDg13::id_number)),
        birth: mrz.birth().as_str().to_owned(),
        sex: mrz.sex().to_char().to_string(),
        nationality: mrz.nationality().to_owned(),
        issuer: mrz.issuer().to_owned(),
        expiry: mrz.expiry().as_str().to_owned(),
    })
}
