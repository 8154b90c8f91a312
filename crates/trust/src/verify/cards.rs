//! Whether the document itself was reported lost, stolen or revoked.

use antin_lds::ElementaryFile;

use super::chain::aged;
use super::content::Content;
use super::signer::Signer;
use crate::checks::{Check, CheckId, Reason};
use crate::session::ReadFiles;
use crate::store::{CardKey, TrustStore};
use crate::time::UnixTime;

const ID: CheckId = CheckId::CardRevocation;

/// Asks by EF.SOD as it is and by signer and document number, which stay the same where a signature is written otherwise.
pub(super) fn revocation(
    store: &TrustStore,
    files: &ReadFiles,
    content: &Content,
    signer: &Signer<'_>,
    now: UnixTime,
) -> Check {
    let Some(cards) = store.revoked_cards() else {
        return Check::undetermined(ID, Reason::NoCardList);
    };
    let Some(sod) = files.bytes(ElementaryFile::Sod) else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    let by_number = content
        .document_number()
        .zip(signer.certificate.as_ref())
        .map(|(number, certificate)| CardKey::of_number(certificate, &number));
    let keys = [Some(CardKey::of_sod(sod)), by_number];
    let answers: Option<Vec<bool>> = keys.iter().flatten().map(|key| cards.contains(key)).collect();
    match answers {
        None => Check::undetermined(ID, Reason::NoCardList).remark("a filter of a kind that is not known"),
        Some(answers) if answers.contains(&true) => Check::failed(ID, Reason::CardRevoked),
        Some(_) => aged(Check::successful(ID), store, now),
    }
}
