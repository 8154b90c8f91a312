//! Ways to write a card other than the usual one: foreign blanks, and doors with keys of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use antin::protocol::personalization::iso7816_9::LifeCycle;
use antin::{CardState, ElementaryFile};
use common::Place;
use serde_json::json;

#[test]
fn a_foreign_blank_becomes_a_passport_that_proves_itself_by_rsa() {
    let place = Place::with_keys_and_records();
    // The signer is of the country that the profile names.
    place
        .run(["pki", "demo", "--country", "UT", "--out", "utopia"])
        .exits(0);
    let record = place.record_name();
    let issue = |card: &str| {
        let to = [
            "--profile",
            "jmrtd-applet",
            "--signer",
            "utopia",
            "--to-file",
            card,
        ];
        place.run(["issue", "--record", &record].into_iter().chain(to))
    };
    issue("passport.chip").exits(0).prints("authentic");
    let card = CardState::from_bytes(&place.bytes("passport.chip")).unwrap();
    assert_eq!(card.life_cycle(), LifeCycle::Operational);
    let dg1 = card.file(ElementaryFile::DG1).expect("it was written");
    place.write("mrz", common::mrz_of_passport(dg1));
    let verify = ["verify", "--mrz-file", "mrz", "--trust", "utopia/trust", "--card"];
    let verify = |card| place.run(verify.into_iter().chain([card, "--json"]));
    let report = verify("passport.chip").exits(0).json();
    assert_eq!(
        (&report["verdict"], &report["access"]["method"]),
        (&json!("authentic"), &json!("bac"))
    );
    let active = report["checks"].as_array().unwrap().iter();
    let mut active = active.filter(|check| check["id"] == "active-authentication");
    assert_eq!(active.next().unwrap()["result"], "successful");
    issue("passport.chip").exits(2).says("U104");
}
