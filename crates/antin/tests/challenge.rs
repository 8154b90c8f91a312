//! A challenge that somebody else chose: the answer is kept for whoever chose it, and decides nothing here.
#![allow(clippy::indexing_slicing)] // helpers of tests

mod common;

use antin::profile::Profile;
use antin::profile::patch::Patch;
use antin::reader::Challenge;
use antin::{Check, CheckId, CheckResult, Files, OpenCard, Opening, Policy, Verdict};
use common::{Station, profile};

const GIVEN: [u8; 8] = *b"of them!";

/// Reads a chip whose only proof is Active Authentication, with the fault, by the challenge.
fn read(fault: Option<&str>, challenge: Challenge) -> (Verdict, Check, usize) {
    let alone = "remove = [\"chip-authentication\"]";
    let card = Profile::with_overrides(&profile("icao-passport", &[]), alone).expect("a right profile");
    let station = Station::new(card, 71);
    let mut card = station.issued();
    card.faulty_mut().listen();
    if let Some(fault) = fault {
        let text = format!("schema = \"antin.patch/1\"\nname = \"answer\"\n{fault}");
        card.misbehave(&Patch::parse(&text, "patch").expect("a right patch"));
    }
    let opening = Opening::new().challenge(challenge);
    let document = OpenCard::open_with(&mut card, &station.image.access_key(), opening)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    let row = report
        .checks
        .iter()
        .find(|check| check.id == CheckId::ActiveAuthentication);
    let asked = card
        .faulty_mut()
        .heard()
        .iter()
        .filter(|heard| heard.command.ins() == 0x88)
        .count();
    (report.verdict, row.expect("a row for the proof").clone(), asked)
}

#[test]
fn the_answer_to_a_given_challenge_is_kept_and_a_drawn_one_decides() {
    let (verdict, row, asked) = read(None, Challenge::Given(GIVEN));
    assert_eq!(
        (verdict, row.result, asked),
        (Verdict::Authentic, CheckResult::Successful, 2)
    );
    let evidence = row.evidence.expect("what was asked and answered");
    assert!(evidence.contains("6F66207468656D21"), "{evidence}");
    let (verdict, row, asked) = read(None, Challenge::Drawn);
    assert_eq!(
        (verdict, row.result, asked),
        (Verdict::Authentic, CheckResult::Successful, 1)
    );
}

/// A clone with an answer that the genuine chip gave yesterday, to a challenge that could be foreseen.
#[test]
fn a_clone_that_knows_the_answer_to_the_given_challenge_alone_fails() {
    let clone = "[[fault]]\nat = \"aa\"\nafter = 1\nedit = { layer = \"answer\", at = -1, xor = \"01\" }";
    let (verdict, row, asked) = read(Some(clone), Challenge::Given(GIVEN));
    assert_eq!(
        (verdict, row.result, asked),
        (Verdict::Failed, CheckResult::Failed, 2)
    );
}
