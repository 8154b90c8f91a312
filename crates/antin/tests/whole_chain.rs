//! Issue, read and verify in memory: both built-in cards, every way in.

#![allow(clippy::indexing_slicing)]

mod common;

use antin::lds::mrz::{Mrz, mrz_information};
use antin::reader::{AccessPolicy, Error, Probe};
use antin::store::{Evidence, Witness};
use antin::trust::{AccessMethod, BacFallback};
use antin::{
    AccessKey, CheckId, CheckResult, ElementaryFile, Files, OpenCard, Opening, Policy, Profile, Reason,
    Report, Verdict,
};
use common::{Counting, Station, profile};

const NO_PACE: (&str, &str) = (
    "[[access.pace]]\nmapping = \"generic\"\ncipher = \"aes-128\"\ncurve = \"P-256\"\nparameter = 12\npasswords = [\"mrz\", \"can\"]\n",
    "",
);

fn read(station: &Station, key: &AccessKey) -> Report {
    let mut card = station.issued();
    let document = OpenCard::open(&mut card, key)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    assert_eq!(document.broken_off(), None);
    document.verify(&station.trust, &Policy::COUNTER, station.at)
}

fn assert_authentic(report: &Report) {
    let bad: Vec<_> = report
        .checks
        .iter()
        .filter(|check| check.needed && check.result != CheckResult::Successful)
        .collect();
    assert_eq!(report.verdict, Verdict::Authentic, "{bad:#?}");
}

#[test]
fn a_vietnamese_card_is_authentic_when_opened_with_its_can() {
    let station = Station::new(profile("vn-cccd-2021", &[]), 1);
    let report = read(&station, &station.image.access_key());
    assert_authentic(&report);
    assert_eq!(report.access.method, AccessMethod::Pace);
    assert_eq!(report.access.cipher.as_deref(), Some("aes-128"));
    assert!(report.apdus.is_some_and(|apdus| apdus > 0));
    assert!(report.timing.contains_key("access") && report.timing.contains_key("read"));
}

#[test]
fn a_vietnamese_card_is_authentic_when_opened_with_its_mrz() {
    let station = Station::new(profile("vn-cccd-2021", &[]), 2);
    assert_authentic(&read(&station, &station.image.mrz_key()));
}

#[test]
fn a_passport_is_authentic_with_can_and_with_mrz() {
    let station = Station::new(profile("icao-passport", &[]), 3);
    assert_authentic(&read(&station, &station.image.access_key()));
    assert_authentic(&read(&station, &station.image.mrz_key()));
}

#[test]
fn the_printed_mrz_opens_the_passport() {
    let station = Station::new(profile("icao-passport", &[]), 4);
    let (_, dg1) = station
        .image
        .files()
        .iter()
        .find(|(file, _)| *file == ElementaryFile::DG1)
        .expect("DG1");
    let text = String::from_utf8(dg1[5..].to_vec()).expect("an MRZ is ASCII");
    let mrz = Mrz::parse(&text).expect("a right MRZ");
    assert_eq!(mrz_information(&mrz).len(), 24);
    assert_authentic(&read(
        &station,
        &AccessKey::mrz(&text).expect("its check digits are right"),
    ));
}

#[test]
fn a_chip_without_pace_is_opened_by_bac_and_that_is_no_downgrade() {
    let station = Station::new(
        profile(
            "icao-passport",
            &[NO_PACE, ("can = \"random\"", "can = \"none\"")],
        ),
        5,
    );
    let report = read(&station, &station.image.mrz_key());
    assert_eq!(report.access.method, AccessMethod::Bac);
    assert!(!report.access.downgrade);
    assert_eq!(report.access.cipher.as_deref(), Some("3des"));
    assert_authentic(&report);
}

#[test]
fn a_can_cannot_open_a_chip_that_does_only_bac_and_is_not_sent() {
    let station = Station::new(
        profile(
            "icao-passport",
            &[NO_PACE, ("can = \"random\"", "can = \"none\"")],
        ),
        5,
    );
    let mut card = Counting::new(station.issued());
    let refused =
        OpenCard::open(&mut card, &AccessKey::can("123456").expect("six digits")).expect_err("no BAC by CAN");
    assert!(
        matches!(refused, Error::KeyNotUsable { offered: "BAC", .. }),
        "{refused:?}"
    );
    assert_eq!(
        card.count(0x82) + card.count(0x86),
        0,
        "no password went over the link"
    );
}

#[test]
fn a_wrong_can_is_sent_once_and_by_one_way_only() {
    let station = Station::new(profile("vn-cccd-2021", &[]), 6);
    let mut card = Counting::new(station.issued());
    let wrong = AccessKey::can(
        if station
            .image
            .keys()
            .can
            .as_ref()
            .is_some_and(|can| can.ct_eq(b"000000"))
        {
            "000001"
        } else {
            "000000"
        },
    );
    let refused = OpenCard::open(&mut card, &wrong.expect("six digits")).expect_err("a wrong CAN");
    assert!(matches!(refused, Error::AccessRefused { .. }), "{refused:?}");
    assert_eq!(card.count(0x86), 4, "one run of PACE");
    assert_eq!(card.count(0x82), 0, "no BAC after it");
}

#[test]
fn a_wrong_mrz_is_not_tried_by_bac_even_where_the_policy_allows_bac() {
    let station = Station::new(profile("icao-passport", &[]), 7);
    let mut card = Counting::new(station.issued());
    let policy = AccessPolicy {
        bac_fallback: BacFallback::Allowed,
        extended: Probe::Try,
    };
    let wrong = AccessKey::mrz_information("L898902C<369080619406236");
    let refused =
        OpenCard::open_with(&mut card, &wrong, Opening::new().policy(policy)).expect_err("a wrong MRZ");
    assert!(matches!(refused, Error::AccessRefused { .. }), "{refused:?}");
    assert_eq!(card.count(0x82), 0, "the refused MRZ is not tried by BAC");
}

#[test]
fn a_folder_of_files_has_no_chip_to_prove() {
    let station = Station::new(profile("icao-passport", &[]), 8);
    let mut card = station.issued();
    let key = station.image.access_key();
    let document = OpenCard::open(&mut card, &key)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let folder = tempfile::tempdir().expect("a folder");
    let names = antin::store::write_dump(folder.path(), document.files()).expect("it is written");
    assert!(names.contains(&"EF_SOD.bin".to_owned()) && names.contains(&"Datagroup1.bin".to_owned()));
    let report =
        antin::verify_folder(folder.path(), &station.trust, &Policy::COUNTER, station.at).expect("a report");
    assert_eq!(report.verdict, Verdict::ChipUnproven);
    let reasons: Vec<_> = report.checks.iter().filter_map(|check| check.reason).collect();
    assert!(reasons.contains(&Reason::NotPerformed), "{reasons:?}");
}

#[test]
fn an_evidence_file_verifies_like_a_folder_because_nobody_signed_it() {
    let station = Station::new(profile("icao-passport", &[]), 9);
    let mut card = station.issued();
    let key = station.image.access_key();
    let document = OpenCard::open(&mut card, &key)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.antin");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    let evidence = Evidence::of(&document, &report, &station.trust, station.at);
    evidence.save(&path).expect("it is saved");
    let loaded = Evidence::load(&path).expect("it is loaded");
    assert_eq!(loaded, evidence);
    let loaded = loaded.document(Witness::Nobody);
    assert_eq!(loaded.files(), document.files());
    assert_eq!(
        loaded
            .verify(&station.trust, &Policy::COUNTER, station.at)
            .verdict,
        Verdict::ChipUnproven
    );
}

#[test]
fn a_card_of_an_unknown_issuer_is_not_called_forged() {
    let station = Station::new(profile("icao-passport", &[]), 10);
    let mut card = station.issued();
    let document = OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let report = document.verify(&antin::TrustStore::new(), &Policy::COUNTER, station.at);
    assert_eq!(report.verdict, Verdict::UnknownIssuer);
}

#[test]
fn a_clone_without_the_private_keys_fails_its_proofs_and_nothing_else() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        let station = Station::new(profile(name, &[]), 11);
        let mut state = station.issued().into_state();
        state.dangerous_remove_private_keys();
        let mut card = antin::SoftCard::from_state(state);
        let document = OpenCard::open(&mut card, &station.image.access_key())
            .expect("it opens")
            .read(Files::PUBLIC)
            .expect("it reads");
        let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
        assert_eq!(
            (report.verdict, report.exit),
            (Verdict::Failed, 11),
            "{name}: {:#?}",
            report.checks
        );
        let failed: Vec<_> = report
            .checks
            .iter()
            .filter(|check| check.result == CheckResult::Failed)
            .map(|check| check.id)
            .collect();
        assert!(
            failed.contains(&CheckId::ChipAuthentication),
            "{name}: {failed:?}"
        );
        assert!(failed.iter().all(|id| id.is_chip_proof()), "{name}: {failed:?}");
    }
}

#[test]
fn a_clone_with_keys_of_its_own_fails_its_proofs() {
    let station = Station::new(profile("icao-passport", &[]), 12);
    let mut state = station.issued().into_state();
    state.dangerous_renew_private_keys(&mut antin::SystemRng);
    let mut card = antin::SoftCard::from_state(state);
    let document = OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!((report.verdict, report.exit), (Verdict::Failed, 11));
    for id in [CheckId::ChipAuthentication, CheckId::ActiveAuthentication] {
        let row = report.rows(id).next().expect("a row");
        assert_eq!(
            (row.result, row.reason),
            (CheckResult::Failed, Some(Reason::ProofFailed)),
            "{id}"
        );
    }
}

#[test]
fn a_signer_with_explicit_parameters_is_verified_too() {
    let station = Station::with_explicit_parameters(profile("icao-passport", &[]), 13);
    assert_authentic(&read(&station, &station.image.access_key()));
}

#[test]
fn a_chip_without_extended_length_is_read_with_short_commands() {
    let short = [
        ("extended = true", "extended = false"),
        ("max-command = 65535", "max-command = 255"),
        ("max-response = 65536", "max-response = 256"),
    ];
    let station = Station::new(profile("icao-passport", &short), 15);
    let mut card = Counting::new(station.issued());
    let mut chip = OpenCard::open(&mut card, &station.image.access_key()).expect("it opens");
    assert!(!chip.access().extended);
    let document = chip.read(Files::PUBLIC).expect("it reads");
    assert_authentic(&document.verify(&station.trust, &Policy::COUNTER, station.at));
    drop(chip);
    assert!(
        card.commands
            .iter()
            .filter(|command| command[0] == 0x0C)
            .all(|command| command[4] != 0)
    );
}

#[test]
fn a_card_left_in_its_application_is_opened_all_the_same() {
    let station = Station::new(profile("icao-passport", &[]), 16);
    let mut card = station.issued();
    for _ in 0..2 {
        let document = OpenCard::open(&mut card, &station.image.access_key())
            .expect("it opens")
            .read(Files::PUBLIC)
            .expect("it reads");
        assert_authentic(&document.verify(&station.trust, &Policy::COUNTER, station.at));
    }
}

#[test]
fn every_built_in_profile_issues_cards_that_verify() {
    for profile in Profile::builtins() {
        let name = profile.name.clone();
        let station = Station::new(profile, 21);
        let report = read(&station, &station.image.access_key());
        assert_eq!(report.verdict, Verdict::Authentic, "{name}: {:#?}", report.checks);
    }
}
