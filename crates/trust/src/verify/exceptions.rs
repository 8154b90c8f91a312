//! What the issuer has owned up to, laid over the rows: only below a signature and a chain that hold, and never over the
//! signature, the chain, the hashes or a chip proof themselves.

use super::content::Content;
use super::origin::letters;
use super::rows::Rows;
use super::signer::Signer;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::store::{Effect, Exception, Subject, TrustStore};

/// Changes the rows by the exceptions that cover this document.
pub(super) fn apply(store: &TrustStore, content: &Content, signer: &Signer<'_>, rows: &mut Rows) {
    for exception in covering(store, content, signer) {
        match &exception.effect {
            Effect::Tolerate { check, subject } => rows.amend(*check, |row| {
                let named = subject.is_none() || row.subject == *subject;
                if named { tolerated(row, exception) } else { row }
            }),
            Effect::Note { check } => rows.amend(*check, |row| noted(row, exception)),
            Effect::KeyCompromised { check } => rows.amend(*check, |row| compromised(row, exception)),
            // Judged where EF.SOD and its signer are.
            Effect::ContentTypeData | Effect::Revoked => {}
        }
    }
}

/// The exceptions that cover this document; none without a signer that is vouched for.
pub(super) fn covering<'s>(
    store: &'s TrustStore,
    content: &Content,
    signer: &Signer<'_>,
) -> impl Iterator<Item = &'s Exception> {
    let exceptions = if signer.chain == Some(CheckResult::Successful) {
        store.exceptions()
    } else {
        &[]
    };
    let known = (!exceptions.is_empty()).then(|| Known::of(content, signer));
    exceptions.iter().filter(move |exception| {
        known
            .as_ref()
            .is_some_and(|known| exception.documents.cover(&known.subject()))
    })
}

/// What the document says of itself.
struct Known {
    country: Option<String>,
    signer: Option<crate::certificate::Certificate>,
    document_type: Option<String>,
    number: Option<String>,
    issued: Option<crate::time::UnixTime>,
}

impl Known {
    fn of(content: &Content, signer: &Signer<'_>) -> Self {
        Self {
            country: signer
                .anchor
                .and_then(letters)
                .map(|pair| pair.into_iter().map(char::from).collect()),
            signer: signer.certificate.clone(),
            document_type: content.document_code(),
            number: content.document_number(),
            issued: super::national::issue_date(content),
        }
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            country: self.country.as_deref(),
            signer: self.signer.as_ref(),
            document_type: self.document_type.as_deref(),
            number: self.number.as_deref(),
            issued: self.issued,
        }
    }
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
        CheckId::DocumentType => matches!(reason, Reason::DocumentTypeNotAllowed),
        _ => false,
    }
}

fn tolerated(row: Check, exception: &Exception) -> Check {
    let form = row.reason.is_some_and(|reason| is_form(row.id, reason));
    match row.result {
        CheckResult::Failed if form => {
            let what = row.reason.map_or("", Reason::as_str);
            let remark = format!("{what}, tolerated by {}", exception.source);
            Check {
                result: CheckResult::Successful,
                reason: None,
                ..row
            }
            .remark(remark)
        }
        CheckResult::Failed => row.remark(format!(
            "{} knows of a fault here, which is not tolerated",
            exception.source
        )),
        _ => row,
    }
}

fn noted(row: Check, exception: &Exception) -> Check {
    row.remark(exception.source.clone())
}

/// The key may be in other hands: what it proves counts neither way.
fn compromised(row: Check, exception: &Exception) -> Check {
    match row.result {
        CheckResult::Successful => Check {
            result: CheckResult::Undetermined,
            reason: Some(Reason::KeyCompromised),
            ..row
        }
        .remark(exception.source.clone()),
        _ => row,
    }
}
