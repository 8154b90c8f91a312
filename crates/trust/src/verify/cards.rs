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

/// Asks by EF.SOD as it is and by signer and number, which stay the same where a signature is written otherwise.
pub(super) fn revocation(
    store: &TrustStore,
    files: &ReadFiles,
    content: &Content,
    signer: &Signer<'_>,
    now: UnixTime,
) -> Check {
    let filters = store.revoked_cards();
    if filters.is_empty() {
        return Check::undetermined(ID, Reason::NoCardList);
    }
    let Some(sod) = files.bytes(ElementaryFile::Sod) else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    let numbered = content.card_number().zip(signer.certificate.as_ref());
    let by_signer = numbered
        .as_ref()
        .map(|(number, certificate)| CardKey::of_number(certificate, number));
    let by_country = numbered.as_ref().and_then(|(number, certificate)| {
        let letters = certificate.subject().country().letters()?;
        Some(CardKey::of_country(&letters, number))
    });
    let keys = [Some(CardKey::of_sod(sod)), by_signer, by_country];
    let answers: Vec<Option<bool>> = filters
        .iter()
        .flat_map(|cards| keys.iter().flatten().map(|key| cards.contains(key)))
        .collect();
    if answers.contains(&Some(true)) {
        // One filter that knows the card is enough, whatever the others are.
        Check::failed(ID, Reason::CardRevoked)
    } else if answers.contains(&None) {
        Check::undetermined(ID, Reason::NoCardList).remark("a filter of a kind that is not known")
    } else {
        aged(Check::successful(ID), store, now)
    }
}
