//! Signed lists: master lists, defect lists, deviation lists.

use std::collections::BTreeSet;

use antin_crypto::fastest_verifier;
use antin_trust::Certificate;
use antin_trust::defect_list::DefectList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::master_list::MasterList;
use antin_trust::store::Anchor;

use super::super::input::{Input, Object};
use super::super::model::{Fingerprint, Format, Import, Kind, Realm, Source, Voucher};
use super::super::problem::TrustProblem;
use super::key::{KeyState, key_state};
use super::report::{NoteCode, SkipReason, VerifiedBy};
use super::signatures::{Verified, verified};
use super::take::{Taken, Taking};
use super::word::{
    MAX_ROOTS, Word, list_format, not_older, of_same_authority, pinned_roots, signer_country, word,
};
use super::{Force, fingerprint};
use crate::error::Error;

/// Takes what a master list names.
///
/// # Errors
/// Why the list is not believed.
pub(super) fn master_list(taking: &mut Taking<'_>, input: &Input, object: &Object) -> Result<(), Error> {
    let list = MasterList::parse(&object.bytes).map_err(|fault| unreadable(input, &fault))?;
    let roots = pinned_roots(taking);
    let word = word(taking, input, list.signed_data(), &roots, |roots, at| {
        list.verify(roots, at, fastest_verifier())
    })?;
    let word = not_older(taking, input, object, word)?;
    let file = record(taking, input, object, &word);
    notes_about(taking, input, &word);
    beside(taking, input, file, &word);
    for skipped in list.skipped() {
        let index = u32::try_from(skipped.index).unwrap_or(u32::MAX);
        let reason = skipped.reason.to_string();
        taking.skip(
            &input.name,
            index,
            Some(&skipped.der),
            SkipReason::Unreadable,
            reason,
        );
    }
    let checked = verified(list.certificates(), &taking.authorities);
    let broken: BTreeSet<usize> = list.skipped().iter().map(|skipped| skipped.index).collect();
    let places = (0..).filter(|index| !broken.contains(index));
    let mut listed = BTreeSet::new();
    for ((certificate, checked), index) in list.certificates().iter().zip(checked).zip(places) {
        listed.insert(fingerprint(certificate));
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        listed_certificate(taking, input, file, index, certificate, checked, &word);
    }
    if word.forced.is_empty() {
        withdraw(taking, input, file, &listed, &word);
    }
    Ok(())
}

/// Takes one certificate of a master list.
fn listed_certificate(
    taking: &mut Taking<'_>,
    input: &Input,
    file: usize,
    index: u32,
    certificate: &Certificate,
    checked: Verified,
    word: &Word,
) {
    let own = fingerprint(certificate);
    let object = Some((index, own));
    let subject = certificate.subject().to_string();
    let der = Some(certificate.as_der());
    if taking.distrusts(certificate) {
        return taking.skip(&input.name, index, der, SkipReason::Distrusted, subject);
    }
    match key_state(certificate) {
        KeyState::Good => {}
        KeyState::Unsupported(why) => taking.note(NoteCode::KeyUnsupported, &input.name, object, why),
        KeyState::Unusable(why) => {
            return taking.skip(&input.name, index, der, SkipReason::KeyUnusable, why);
        }
    }
    if !certificate.is_ca() {
        // Nothing that it signed may be believed (RFC 5280 §4.2.1.9), whoever lists it. Of the real ones each has a twin
        // with the same key that says what it is.
        taking.note(NoteCode::NotAnAuthority, &input.name, object, subject.clone());
    }
    if checked.by == VerifiedBy::None {
        if signed_itself_wrongly(certificate) {
            return taking.skip(&input.name, index, der, SkipReason::SelfSignatureWrong, subject);
        }
        taking.note(NoteCode::NotVerified, &input.name, object, subject.clone());
    }
    // A link that leads to another authority is a step to it; one that leads nowhere is vouched for by the list alone.
    let kind = match checked.by {
        VerifiedBy::Other if !certificate.names_issuer(certificate) => Kind::Link,
        _ => Kind::Csca,
    };
    let realm = match Anchor::is_test(certificate) {
        true => Realm::Test,
        false => taking.options.realm,
    };
    if realm != taking.options.realm {
        taking.note(NoteCode::TestCertificate, &input.name, object, subject.clone());
    }
    taking.put(
        file,
        Taken {
            index,
            kind,
            realm,
            der: certificate.as_der(),
            by: word.voucher(),
            country: certificate.subject().country().letters(),
            subject,
            verified_by: checked.by,
            issuer: checked.issuer,
        },
    );
    taking.authorities.add(certificate);
}

/// It names its own key as the one that signed, and the signature is not of that key.
fn signed_itself_wrongly(certificate: &Certificate) -> bool {
    let names_own_key = certificate.authority_key_identifier().is_some()
        && certificate.authority_key_identifier() == certificate.subject_key_identifier();
    let wrong = || {
        matches!(
            certificate.verify_signed_by(certificate, fastest_verifier()),
            Err(antin_trust::Error::Crypto(antin_crypto::Error::BadSignature))
        )
    };
    names_own_key && wrong()
}

/// Takes a defect list: a pinned authority's word about documents of every country.
///
/// # Errors
/// Why the list is not believed.
pub(super) fn defect_list(taking: &mut Taking<'_>, input: &Input, object: &Object) -> Result<(), Error> {
    let list = DefectList::parse(&object.bytes).map_err(|fault| unreadable(input, &fault))?;
    let roots = pinned_roots(taking);
    let word = word(taking, input, list.signed_data(), &roots, |roots, at| {
        list.verify(roots, at, fastest_verifier())
    })?;
    signed_list(taking, input, object, Kind::DefectList, word)
}

/// Takes a deviation list: an issuer's word about its own documents.
///
/// # Errors
/// Why the list is not believed.
pub(super) fn deviation_list(taking: &mut Taking<'_>, input: &Input, object: &Object) -> Result<(), Error> {
    let list = DeviationList::parse(&object.bytes).map_err(|fault| unreadable(input, &fault))?;
    let country = signer_country(list.signed_data());
    let mut roots = taking.options.roots.clone();
    roots.extend(authorities_of(taking, country.as_deref()));
    roots.truncate(MAX_ROOTS);
    let word = word(taking, input, list.signed_data(), &roots, |roots, at| {
        list.verify(roots, at, fastest_verifier())
    })?;
    signed_list(taking, input, object, Kind::DeviationList, word)
}

/// The country's authorities in the realm of this import: a list of an issuer is traced to them, never to a mere link.
fn authorities_of(taking: &Taking<'_>, country: Option<&str>) -> Vec<Certificate> {
    let realm = taking.options.realm;
    let ours = taking
        .contents
        .of_kind(Kind::Csca)
        .filter(|(_, entry)| entry.realm == realm);
    ours.filter_map(|(_, entry)| Certificate::parse(&entry.der).ok())
        .filter(|certificate| certificate.subject().country().letters().as_deref() == country)
        .filter(|certificate| !taking.distrusts(certificate))
        .collect()
}

/// Stores a list as a whole; an older one of the same authority goes.
fn signed_list(
    taking: &mut Taking<'_>,
    input: &Input,
    object: &Object,
    kind: Kind,
    word: Word,
) -> Result<(), Error> {
    let word = not_older(taking, input, object, word)?;
    let file = record(taking, input, object, &word);
    notes_about(taking, input, &word);
    beside(taking, input, file, &word);
    let own = Fingerprint::of(&object.bytes);
    let by = word.voucher();
    let older: Vec<Fingerprint> = taking
        .contents
        .of_kind(kind)
        .filter(|(sha256, entry)| {
            let replaced = |source: &Source| {
                let import = taking.contents.import(source.import);
                let signed_at = import.and_then(|import| import.signed_at);
                source.by == by && signed_at <= word.signed_at
            };
            **sha256 != own && entry.sources.iter().any(replaced)
        })
        .map(|(sha256, _)| *sha256)
        .collect();
    if word.forced.is_empty() {
        for old in older {
            taking.remove(&old);
            taking.note(NoteCode::Replaced, &input.name, Some((object.index, old)), "");
        }
    }
    let realm = taking.options.realm;
    taking.put(
        file,
        Taken {
            index: object.index,
            kind,
            realm,
            der: &object.bytes,
            by,
            country: word.country.clone(),
            subject: kind.as_str().to_owned(),
            verified_by: match word.signature {
                Some(_) => VerifiedBy::Other,
                None => VerifiedBy::None,
            },
            issuer: word.root().map(fingerprint),
        },
    );
    Ok(())
}

fn unreadable(input: &Input, fault: &antin_trust::Error) -> Error {
    TrustProblem::ListRefused {
        path: input.path.clone(),
        what: fault.to_string(),
    }
    .into()
}

/// A row of its own for a signed list, also within a collection.
fn record(taking: &mut Taking<'_>, input: &Input, object: &Object, word: &Word) -> usize {
    let (sha256, bytes) = match input.format {
        Format::Der => (input.sha256, input.bytes),
        _ => (
            Fingerprint::of(&object.bytes),
            u64::try_from(object.bytes.len()).unwrap_or(u64::MAX),
        ),
    };
    taking.source(Import {
        id: 0,
        at: taking.options.at,
        by: taking.options.by.clone(),
        file: input.name.clone(),
        sha256,
        bytes,
        format: list_format(object),
        realm: taking.options.realm,
        country: word.country.clone(),
        signed_at: word.signed_at,
        root: word.root().map(fingerprint),
        forced: word
            .forced
            .iter()
            .map(|force| force.as_str().to_owned())
            .collect(),
    })
}

fn notes_about(taking: &mut Taking<'_>, input: &Input, word: &Word) {
    for force in &word.forced {
        let code = match force {
            Force::UnverifiedList => NoteCode::UnverifiedList,
            Force::OlderList => NoteCode::OlderList,
            Force::CollectionAnchors => continue,
        };
        taking.note(code, &input.name, None, "");
    }
    if let Some(signature) = &word.signature {
        let until = signature.signer.not_after();
        if until < taking.options.at {
            taking.note(NoteCode::SignerExpired, &input.name, None, until.to_string());
        }
    }
}

/// The signer of a list, and its root if it is given now: a chain that `why` can show.
fn beside(taking: &mut Taking<'_>, input: &Input, file: usize, word: &Word) {
    let Some(signature) = &word.signature else {
        return;
    };
    if let Some(root) = word.root().filter(|root| taking.options.roots.contains(root)) {
        if taking.put_root(file, root) {
            let object = Some((0, fingerprint(root)));
            taking.note(
                NoteCode::RootPinned,
                &input.name,
                object,
                root.subject().to_string(),
            );
        }
        taking.authorities.add(root);
    }
    taking.put_beside(file, Kind::ListSigner, &signature.signer, word.voucher());
}

/// What only older lists of this authority named, and this one does not, has lost its word.
fn withdraw(
    taking: &mut Taking<'_>,
    input: &Input,
    file: usize,
    listed: &BTreeSet<Fingerprint>,
    word: &Word,
) {
    let own = taking.import_if_recorded(file);
    let earlier: BTreeSet<u32> =
        of_same_authority(taking.contents, word, Format::MasterList, taking.options.realm)
            .map(|import| import.id)
            .filter(|id| Some(*id) != own)
            .collect();
    let mut gone = Vec::new();
    let bad = taking.contents.distrust();
    for (sha256, entry) in &mut taking.contents.entries {
        let authority = matches!(entry.kind, Kind::Csca | Kind::Link);
        // What is known to be bad stays, so that its documents fail.
        let bad = |der: &[u8]| Certificate::parse(der).is_ok_and(|certificate| bad.covers(&certificate));
        if !authority || listed.contains(sha256) || bad(&entry.der) {
            continue;
        }
        let of_older =
            |by: &Voucher, import: u32| matches!(by, Voucher::Root(_)) && earlier.contains(&import);
        if entry
            .sources
            .iter()
            .any(|source| of_older(&source.by, source.import))
        {
            entry
                .sources
                .retain(|source| !of_older(&source.by, source.import));
            if entry.sources.is_empty() {
                gone.push(*sha256);
            }
        }
    }
    for sha256 in gone {
        taking.remove(&sha256);
        taking.note(NoteCode::Withdrawn, &input.name, Some((0, sha256)), "");
    }
}
