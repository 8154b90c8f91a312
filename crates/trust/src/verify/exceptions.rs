//! What the issuer has owned up to, laid over the rows: only below a signature and a chain that hold, and never over the
//! signature, the chain, the hashes or a chip proof themselves.

use super::content::Content;
use super::origin::letters;
use super::rows::Rows;
use super::signer::Signer;
use crate::certificate::Certificate;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::store::{Effect, Subject, TrustStore};

/// Changes the rows by the exceptions that cover this document.
pub(super) fn apply(store: &TrustStore, content: &Content, signer: &Signer<'_>, rows: &mut Rows) {
    let Some(certificate) = signer
        .certificate
        .as_ref()
        .filter(|_| signer.chain == Some(CheckResult::Successful))
    else {
        return;
    };
    for (source, effect) in covering(store, content, certificate, signer.anchor) {
        match effect {
            Effect::Tolerate { check, subject } => rows.amend(check, |row| {
                let named = subject.is_none() || row.subject == subject;
                if named { tolerated(row, &source) } else { row }
            }),
            Effect::Note { check } => rows.amend(check, |row| row.remark(source.clone())),
            Effect::KeyCompromised { check } => rows.amend(check, |row| compromised(row, &source)),
            Effect::ProofUnreliable { check } => {
                let other = rows.has_proof_beside(check);
                rows.amend(check, |row| unreliable(row, other, &source));
            }
            // Judged where EF.SOD and its signer are.
            Effect::ContentTypeData | Effect::Revoked => {}
        }
    }
}

/// What is known of documents like this one. The caller has made sure that a trusted authority vouches for the signer.
pub(super) fn covering(
    store: &TrustStore,
    content: &Content,
    signer: &Certificate,
    anchor: Option<&Certificate>,
) -> Vec<(String, Effect)> {
    if !store.has_exceptions() {
        return Vec::new();
    }
    let country: Option<String> = anchor
        .and_then(letters)
        .map(|pair| pair.into_iter().map(char::from).collect());
    store.effects(&Subject {
        country: country.as_deref(),
        signer,
        document_type: content.document_code().as_deref(),
        number: content.document_number().as_deref(),
        issued: super::national::issue_date(content),
    })
}

/// Failures of form: none of them helps whoever has not got the signer's key.
const fn is_form(id: CheckId, reason: Reason) -> bool {
    match id {
        CheckId::MrzDigits => matches!(reason, Reason::CheckDigitWrong),
        CheckId::ComSod => matches!(reason, Reason::ComMismatch),
        CheckId::DgStructure => matches!(reason, Reason::Malformed),
        CheckId::Dg1Dg13 => matches!(reason, Reason::FieldMismatch),
        CheckId::DsProfile => matches!(
            reason,
            Reason::CertificateProfile | Reason::AlgorithmMismatch | Reason::CriticalExtensionUnknown
        ),
        CheckId::DsUsagePeriod => matches!(reason, Reason::OutsideUsagePeriod),
        CheckId::DsValidity | CheckId::CscaValidity => {
            matches!(reason, Reason::Expired | Reason::NotYetValid)
        }
        CheckId::DocumentType => matches!(reason, Reason::DocumentTypeNotAllowed),
        _ => false,
    }
}

fn tolerated(row: Check, source: &str) -> Check {
    let form = row.reason.is_some_and(|reason| is_form(row.id, reason));
    match row.result {
        CheckResult::Failed if form => {
            let what = row.reason.map_or("", Reason::as_str);
            let remark = format!("{what}, tolerated by {source}");
            Check {
                result: CheckResult::Successful,
                reason: None,
                ..row
            }
            .remark(remark)
        }
        CheckResult::Failed => row.remark(format!("{source} knows of a fault here, which is not tolerated")),
        _ => row,
    }
}

/// The key may be in other hands: what it proves counts neither way.
fn compromised(row: Check, source: &str) -> Check {
    match row.result {
        CheckResult::Successful => Check {
            result: CheckResult::Undetermined,
            reason: Some(Reason::KeyCompromised),
            ..row
        }
        .remark(source),
        _ => row,
    }
}

/// The proof of a genuine chip fails too, and so does that of a copy: beside another proof it counts neither way, alone it
/// leaves the matter open.
fn unreliable(row: Check, other: Option<CheckId>, source: &str) -> Check {
    match (row.result, other) {
        (CheckResult::Failed | CheckResult::Undetermined | CheckResult::Aborted, Some(_)) => Check {
            result: CheckResult::NotSupported,
            ..row
        }
        .remark(format!("known to fail: {source}")),
        (CheckResult::Failed, None) => Check {
            result: CheckResult::Undetermined,
            ..row
        }
        .remark(format!("known to fail: {source}")),
        _ => row,
    }
}
