//! EF.CardAccess, which nobody signs, against EF.CardSecurity, which repeats it under a signature.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, PrivateKey, agreement};
use antin_lds::{Dg14, EfCardAccess, ElementaryFile, SecurityInfo, SecurityInfos};
use antin_trust::sod::SodSigner;
use antin_trust::{CheckId, CheckResult, FileState, Reason, card_security};
use antin_wire::oids;
use common::{Card, counter, now, pki, row, trusting};

const MISMATCH: (CheckResult, Option<Reason>) = (CheckResult::Failed, Some(Reason::CardAccessMismatch));

fn generic() -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13))
}

fn mapping() -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128, 2, Some(13))
}

fn key() -> SecurityInfo {
    let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut common::rng(60)).public();
    let spki = agreement::PublicKey::Ec(key).to_standardized_spki_der().unwrap();
    SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, spki, Some(13))
}

/// The row on EF.CardAccess of a card whose EF.CardAccess and DG14 say `open`, and EF.CardSecurity `signed`.
fn result(open: &[SecurityInfo], signed: &[SecurityInfo]) -> (CheckResult, Option<Reason>) {
    let pki = pki(1);
    let mut card = Card::new();
    card.card_access = EfCardAccess::build(open.to_vec()).as_bytes().to_vec();
    card.replace(14, Dg14::build(open.to_vec()).as_bytes().to_vec());
    let key = pki.ds_signer();
    let signer = SodSigner::new(&key, &pki.ds, pki.options.ds_hash).unwrap();
    let file = card_security::sign(&SecurityInfos::from_infos(signed.to_vec()), &signer, now()).unwrap();
    let mut files = card.signed_files(&pki);
    files.insert(ElementaryFile::CardSecurity, FileState::Read(file));
    row(&counter(&files, &trusting(&pki)), CheckId::CardAccess, None)
}

#[test]
fn a_file_that_repeats_it_and_says_more_fits() {
    let fits = (CheckResult::Successful, None);
    assert_eq!(result(&[mapping()], &[mapping(), key()]), fits);
    assert_eq!(result(&[mapping()], &[mapping(), generic(), key()]), fits);
    assert_eq!(result(&[generic()], &[generic()]), fits);
}

/// ICAO 9303-10 §3.11.4.
#[test]
fn a_file_that_lacks_one_of_its_entries_or_has_it_otherwise_does_not_fit() {
    assert_eq!(result(&[mapping(), generic()], &[mapping(), key()]), MISMATCH);
    let otherwise = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(12));
    assert_eq!(result(&[generic()], &[otherwise]), MISMATCH);
}

#[test]
fn a_file_without_a_key_does_not_fit_a_mapping_that_needs_one() {
    assert_eq!(result(&[mapping()], &[mapping()]), MISMATCH);
}

/// TR-03110-3 §A.1.2.2.
#[test]
fn what_is_for_privileged_terminals_need_not_be_repeated() {
    let der = [
        &[0x30, 0x0C, 0x06, 0x08][..],
        oids::ID_PT.as_bytes(),
        &[0x31, 0x00],
    ]
    .concat();
    let privileged = SecurityInfos::parse(&[&[0x31, 0x0E][..], &der].concat()).unwrap();
    let privileged = privileged.iter().next().unwrap().clone();
    assert_eq!(
        result(&[generic(), privileged], &[generic()]).0,
        CheckResult::Successful
    );
}
