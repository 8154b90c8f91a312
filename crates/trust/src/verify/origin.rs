//! Whether the signer may speak for this country and this type of document.

use super::content::Content;
use super::signer::Signer;
use crate::certificate::{Certificate, Country};
use crate::checks::{Check, CheckId, Reason};
use crate::countries;
use crate::time::UnixTime;

/// DG1, the signer and its authority must name the same country.
pub(super) fn issuer_country(content: &Content, signer: &Signer<'_>) -> Check {
    const ID: CheckId = CheckId::IssuerCountry;
    let Some(certificate) = &signer.certificate else {
        return Check::undetermined(ID, Reason::SignerCertificateMissing);
    };
    let Some(ds) = letters(certificate) else {
        return Check::failed(ID, Reason::CountryMalformed).evidence("signer");
    };
    let Some(anchor) = signer.anchor else {
        return Check::undetermined(ID, Reason::NoAnchor);
    };
    let Some(csca) = letters(anchor) else {
        return Check::failed(ID, Reason::CountryMalformed).evidence("CSCA");
    };
    let Some(dg1) = content.issuer() else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    let text = |pair: [u8; 2]| pair.iter().copied().map(char::from).collect::<String>();
    let evidence = format!("DG1 {dg1}, signer {}, CSCA {}", text(ds), text(csca));
    let check = if ds != csca {
        Check::failed(ID, Reason::CountryMismatch)
    } else {
        match countries::matches(&dg1, ds) {
            Some(true) => Check::successful(ID),
            Some(false) => Check::failed(ID, Reason::CountryMismatch),
            None => Check::undetermined(ID, Reason::CountryUnknown),
        }
    };
    check.evidence(evidence)
}

pub(super) fn letters(certificate: &Certificate) -> Option<[u8; 2]> {
    match certificate.subject().country() {
        Country::Letters(letters) => Some(letters),
        Country::Malformed | Country::Absent => None,
    }
}

/// The signer's list of document types against the document code of DG1. A listed `P` covers `P` with any second
/// letter; a listed code of two letters covers itself.
pub(super) fn document_type(content: &Content, signer: &Signer<'_>) -> Check {
    const ID: CheckId = CheckId::DocumentType;
    let Some(certificate) = &signer.certificate else {
        return Check::undetermined(ID, Reason::SignerCertificateMissing);
    };
    let issued = signer.signed_at.or_else(|| super::national::issue_date(content));
    let Some(allowed) = certificate.document_types() else {
        let check = Check::not_supported(ID, Reason::NotOffered);
        return match content
            .document_code()
            .and_then(|code| unknown_code(&code, issued))
        {
            Some(remark) => check.remark(remark),
            None => check,
        };
    };
    let Some(code) = content.document_code() else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    let covers = |listed: &String| {
        let listed = listed.trim_end_matches('<');
        listed == code || (listed.len() == 1 && code.starts_with(listed))
    };
    let check = if allowed.iter().any(covers) {
        Check::successful(ID)
    } else {
        Check::failed(ID, Reason::DocumentTypeNotAllowed)
    };
    let check = check.evidence(format!("{code}, allowed: {}", allowed.join(" ")));
    match unknown_code(&code, issued) {
        Some(remark) => check.remark(remark),
        None => check,
    }
}

/// The second letters of passports: ordinary, emergency, diplomatic, official, refugee, alien, stateless, laissez-passer and
/// military ones (ICAO 9303-4 §4.4), and single sheets (ICAO 9303-8).
const PASSPORTS: &[u8] = b"PEDORTSLMU";

/// ICAO 9303-4 §4.4: a second letter on passports issued from this day on is one of the table.
const HARMONIZED_FROM: (i32, u8, u8) = (2026, 1, 1);
/// ICAO 9303-4 §4.4: passports issued from this day on have one.
const MANDATORY_FROM: (i32, u8, u8) = (2028, 1, 1);

/// What is wrong with a document code. Passports begin with P, official documents with A, C or I, visas with V (ICAO 9303-4 to
/// 9303-7). Before 2026 the second letter was every issuer's own; when a document was issued is what its signer says, and
/// where nobody says, an old one is supposed.
fn unknown_code(code: &str, issued: Option<UnixTime>) -> Option<String> {
    let since = |(year, month, day)| {
        let day = UnixTime::from_date(year, month, day);
        issued.zip(day).is_some_and(|(issued, day)| issued >= day)
    };
    match code.as_bytes() {
        [b'P'] if since(MANDATORY_FROM) => Some(format!("document code {code} has no second letter")),
        [b'P', letter] if !PASSPORTS.contains(letter) && since(HARMONIZED_FROM) => {
            Some(format!("document code {code} is in no table"))
        }
        [b'P' | b'A' | b'C' | b'I' | b'V', ..] => None,
        _ => Some(format!("document code {code} is in no table")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_letter_of_a_passport_is_judged_by_the_day_of_its_issue() {
        let on = |year, month, day| UnixTime::from_date(year, month, day);
        let (old, new, later) = (on(2025, 12, 31), on(2026, 1, 1), on(2028, 1, 1));
        for letter in "PEDORTSLMU".chars() {
            assert_eq!(unknown_code(&format!("P{letter}"), later), None);
        }
        for (code, issued, remark) in [
            ("P", new, None),
            ("P", later, Some("document code P has no second letter")),
            ("PQ", old, None),
            ("PQ", None, None),
            ("PQ", new, Some("document code PQ is in no table")),
            ("ID", later, None),
            ("XX", old, Some("document code XX is in no table")),
            ("", None, Some("document code  is in no table")),
        ] {
            assert_eq!(unknown_code(code, issued).as_deref(), remark, "{code} {issued:?}");
        }
    }
}
