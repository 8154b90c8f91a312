//! Whether the signer may speak for this country and this type of document.

use super::content::Content;
use super::signer::Signer;
use crate::certificate::{Certificate, Country};
use crate::checks::{Check, CheckId, Reason};
use crate::countries;

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
    let Some(allowed) = certificate.document_types() else {
        let check = Check::not_supported(ID, Reason::NotOffered);
        return match content.document_code().filter(|code| !is_known(code)) {
            Some(code) => check.remark(format!("document code {code} is in no table")),
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
    match is_known(&code) {
        true => check,
        false => check.remark(format!("document code {code} is in no table")),
    }
}

/// Passports begin with P, official documents with A, C or I, visas with V (ICAO 9303-4 to 9303-7). The second letter of
/// passports is being assigned anew by 2028: until then every issuer's own is taken.
fn is_known(code: &str) -> bool {
    matches!(code.as_bytes().first(), Some(b'P' | b'A' | b'C' | b'I' | b'V'))
}
