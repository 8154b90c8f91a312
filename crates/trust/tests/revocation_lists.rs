//! Revocation lists: what they say, when they must not be used, and what they cost.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::PureRust;
use antin_trust::crl::{CertificateList, RevocationReason, Unusable};
use antin_trust::{Error, Reason, UnixTime};
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};
use common::lists::{Crl, entry, extension};
use common::pki;
use proptest::prelude::*;

fn list(entries: Vec<Vec<u8>>) -> CertificateList {
    let pki = pki(1);
    CertificateList::parse(&Crl::of(&pki.csca, entries).sign(&pki.csca_signer())).unwrap()
}

fn reason(code: u8) -> Vec<u8> {
    extension(&oids::CRL_REASONS, false, &object(Tag(0x0A), &[code]))
}

#[test]
fn a_list_tells_whom_it_revokes_and_since_when() {
    let list = list(vec![
        entry(&[9], "261001000000Z", &[]),
        entry(&[0x80, 1], "261002000000Z", &[reason(1)]),
    ]);
    assert_eq!((list.len(), list.version()), (2, 2));
    assert_eq!(list.number(), Some([7].as_slice()));
    assert_eq!(list.this_update(), UnixTime::parse("2026-11-01").unwrap());
    assert_eq!(list.next_update(), UnixTime::parse("2027-02-01"));
    let found = list.revoked(&[0x80, 1]).unwrap();
    assert_eq!(found.reason, RevocationReason::KeyCompromise);
    assert_eq!(found.date, UnixTime::parse("2026-10-02").unwrap());
    assert_eq!(list.revoked(&[9]).unwrap().reason, RevocationReason::Unspecified);
    for other in [&[8][..], &[0, 9], &[9, 0], &[]] {
        assert_eq!(list.revoked(other), None, "{other:02x?}");
    }
    assert_eq!(list.unusable(), None);
}

#[test]
fn an_empty_list_revokes_nobody() {
    let list = list(vec![]);
    assert!(list.is_empty());
    assert_eq!(list.revoked(&[1]), None);
}

#[test]
fn of_two_entries_for_a_number_the_earlier_counts() {
    let list = list(vec![
        entry(&[5], "261005000000Z", &[]),
        entry(&[5], "261003000000Z", &[reason(4)]),
    ]);
    let found = list.revoked(&[5]).unwrap();
    assert_eq!(
        (found.date, found.reason),
        (
            UnixTime::parse("2026-10-03").unwrap(),
            RevocationReason::Superseded
        )
    );
}

#[test]
fn a_list_is_the_word_of_the_authority_that_it_names() {
    let (ours, theirs) = (pki(1), pki(2));
    let crl = Crl::of(&ours.csca, vec![entry(&[5], "261005000000Z", &[])]);
    let good = CertificateList::parse(&crl.sign(&ours.csca_signer())).unwrap();
    assert_eq!(good.judge(&ours.csca, &PureRust), Ok(()));
    assert_eq!(good.verify_signed_by(&ours.csca, &PureRust), Ok(()));
    let refused = |result: Result<(), Error>| match result {
        Err(Error::NotTrusted { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(good.judge(&theirs.csca, &PureRust)),
        Reason::FieldMismatch
    );
    let forged = CertificateList::parse(&crl.sign(&theirs.csca_signer())).unwrap();
    assert_eq!(
        refused(forged.judge(&ours.csca, &PureRust)),
        Reason::SignatureWrong
    );
    // A document signer may not revoke its siblings.
    let key = ours.ds.subject_key_identifier().unwrap();
    let mut usurped = Crl::of(&ours.csca, vec![]);
    usurped.issuer = ours.ds.subject().as_der().to_vec();
    let authority = constructed(Tag(0x30), &[object(Tag(0x80), key)]);
    usurped.extensions[0] = extension(&oids::AUTHORITY_KEY_IDENTIFIER, false, &authority);
    let usurped = CertificateList::parse(&usurped.sign(&ours.ds_signer())).unwrap();
    assert_eq!(
        refused(usurped.judge(&ours.ds, &PureRust)),
        Reason::KeyUsageMissing
    );
}

#[test]
fn lists_that_do_not_speak_for_their_issuer_as_a_whole_are_marked() {
    let pki = pki(1);
    let unusable = |entries: Vec<Vec<u8>>, added: Vec<u8>| {
        let mut crl = Crl::of(&pki.csca, entries);
        crl.extensions.push(added);
        let list = CertificateList::parse(&crl.sign(&pki.csca_signer())).unwrap();
        assert!(list.judge(&pki.csca, &PureRust).is_err());
        list.unusable().cloned().unwrap()
    };
    let scope = |n: u32| constructed(Tag(0x30), &[object(Tag(n), &[0xFF])]);
    let point = |n| extension(&oids::ISSUING_DISTRIBUTION_POINT, true, &scope(n));
    assert_eq!(unusable(vec![], point(0x84)), Unusable::Indirect);
    assert_eq!(unusable(vec![], point(0x81)), Unusable::Partial);
    let delta = extension(&oids::DELTA_CRL_INDICATOR, true, &[2, 1, 1]);
    assert_eq!(unusable(vec![], delta), Unusable::Delta);
    let strange = oids::EXT_KEY_USAGE;
    assert_eq!(
        unusable(vec![], extension(&strange, true, &[5, 0])),
        Unusable::CriticalExtension(strange)
    );
    let number = extension(&oids::CRL_NUMBER, false, &[2, 1, 9]);
    assert_eq!(unusable(vec![], number), Unusable::Broken(oids::CRL_NUMBER));
    let harmless = || extension(&oids::ISSUER_ALT_NAME, false, &[0x30, 0]);
    let of_another = extension(&oids::CERTIFICATE_ISSUER, true, &[0x30, 0]);
    assert_eq!(
        unusable(vec![entry(&[1], "261005000000Z", &[of_another])], harmless()),
        Unusable::Indirect
    );
    let critical = extension(&strange, true, &[5, 0]);
    assert_eq!(
        unusable(vec![entry(&[1], "261005000000Z", &[critical])], harmless()),
        Unusable::CriticalExtension(strange)
    );
}

#[test]
fn a_list_cut_or_prolonged_is_refused() {
    let pki = pki(1);
    let whole = Crl::of(&pki.csca, vec![entry(&[5], "261005000000Z", &[reason(1)])]).sign(&pki.csca_signer());
    for len in 0..whole.len() {
        assert!(CertificateList::parse(&whole[..len]).is_err(), "{len}");
    }
    assert!(CertificateList::parse(&[whole.clone(), vec![0]].concat()).is_err());
    let mut oversized = whole;
    oversized[1] = 0x84;
    assert!(CertificateList::parse(&oversized).is_err());
}

/// Reading takes one pass and asking a handful of comparisons: both stay far below a second even without optimisation.
#[test]
fn a_hundred_thousand_entries_are_read_and_asked() {
    let pki = pki(1);
    let entries = (0..100_000u32)
        .map(|n| {
            let serial = n.wrapping_mul(2_654_435_761).to_be_bytes();
            entry(&[&[0x40], serial.as_slice()].concat(), "261005000000Z", &[])
        })
        .collect();
    let list = Crl::of(&pki.csca, entries).sign(&pki.csca_signer());
    let start = std::time::Instant::now();
    let list = CertificateList::parse(&list).unwrap();
    println!("read in {:?}", start.elapsed());
    let start = std::time::Instant::now();
    for n in 0..1000u32 {
        let serial = n.wrapping_mul(2_654_435_761).to_be_bytes();
        assert!(list.revoked(&[&[0x40], serial.as_slice()].concat()).is_some());
        assert!(list.revoked(&[&[0x41], serial.as_slice()].concat()).is_none());
    }
    println!("2,000 questions in {:?}", start.elapsed());
    assert_eq!(list.len(), 100_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_listed_is_found_and_nobody_else(
        serials in proptest::collection::btree_set(proptest::collection::vec(1u8..=255, 1..24), 0..40),
        other in proptest::collection::vec(1u8..=255, 1..24),
    ) {
        let entries = serials.iter().rev().map(|serial| entry(serial, "261005000000Z", &[])).collect();
        let list = list(entries);
        for serial in &serials {
            prop_assert_eq!(&list.revoked(serial).unwrap().serial, serial);
        }
        prop_assert_eq!(list.revoked(&other).is_some(), serials.contains(&other));
    }

    #[test]
    fn a_changed_byte_ends_in_an_answer(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let pki = pki(1);
        let mut bytes = Crl::of(&pki.csca, vec![entry(&[5], "261005000000Z", &[reason(1)])]).sign(&pki.csca_signer());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(list) = CertificateList::parse(&bytes) {
            let _ = (list.revoked(&[5]), list.judge(&pki.csca, &PureRust));
        }
    }
}
