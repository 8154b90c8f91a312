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

use std::process::Command;

use antin::protocol::personalization::iso7816_9::LifeCycle;
use antin::{CardState, ElementaryFile};
use common::softhsm::{self, PIN};
use common::{Place, Ran, Running};
use serde_json::{Value, json};

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
        place.run(
            ["issue", "--allow-test-keys", "--record", &record]
                .into_iter()
                .chain(to),
        )
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

/// A software token with a key set, and a blank that takes the same keys from a file.
struct TokenDesk {
    place: Place,
    driver: &'static str,
}

impl TokenDesk {
    /// `None`, said loudly, where SoftHSM is not installed; `ANTIN_STRICT=1` makes that a failure.
    fn open() -> Option<Self> {
        let driver = softhsm::driver()?;
        let place = Place::with_keys_and_records();
        softhsm::make_token(&place, "Blank keys");
        let desk = Self { place, driver };
        for (name, key, id) in [("enc", ENC, "01"), ("mac", MAC, "02")] {
            desk.import(&format!("batch7-{name}"), key, id);
        }
        let set = format!(
            "schema = \"antin.scp03-keys/1\"\nversion = 48\nenc = \"{ENC}\"\nmac = \"{MAC}\"\ndek = \"{ENC}\"\n"
        );
        desk.place.secret("keys.toml", &set);
        Some(desk)
    }

    fn import(&self, label: &str, key: &str, id: &str) {
        self.place.write("key", hex::decode(key).unwrap());
        let file = self.place.path("key");
        let import = [
            "--import",
            file.to_str().unwrap(),
            "--aes",
            "--token",
            "Blank keys",
        ];
        let named = ["--label", label, "--id", id, "--pin", PIN];
        softhsm::manage(&self.place, import.into_iter().chain(named));
    }

    fn uri(&self, path: &str, pin: &str) -> String {
        let pin = self.place.path(pin);
        format!(
            "pkcs11:{path}?module-path={}&pin-source=file:{}",
            self.driver,
            pin.display()
        )
    }

    fn issue(&self, keys: &str) -> Command {
        let record = self.place.record_name();
        let mut command = self.place.command();
        softhsm::with_tokens(&self.place, &mut command)
            .args([
                "issue",
                "--profile",
                "vn-cccd-2021",
                "--signer",
                "pki",
                "--record",
                &record,
            ])
            .args(["--perso-keys", keys]);
        command
    }

    /// What an issue says that ends before it looks for a card.
    fn refused(&self, keys: &str) -> Ran {
        common::finish(self.issue(keys).args(["--to-file", "none.chip"]))
    }
}

#[test]
fn a_blank_is_written_with_keys_that_never_leave_their_token() {
    let Some(desk) = TokenDesk::open() else { return };
    let keys = desk.uri("token=Blank%20keys;object=batch7", "pin");
    let mut issue = desk.issue(&keys);
    let mut reader = Running::start(issue.args(["--allow-test-keys", "--vpcd-listen", "0", "--jsonl"]));
    reader.hear(1);
    let first: Value = serde_json::from_str(reader.heard()).expect("an event");
    let address = first["address"].as_str().expect("an address").to_owned();
    let mut emulate = desk.place.command();
    emulate
        .args([
            "emulate",
            "--blank",
            "vn-cccd-2021",
            "--card",
            "blank.chip",
            "--jsonl",
        ])
        .args(["--perso-keys", "keys.toml", "--vpcd", &address]);
    let card = Running::start(&mut emulate);
    let issued = reader.end().exits(0);
    card.end();
    assert_eq!(issued.json()["read_back"], "authentic");
    assert!(!issued.out.contains(PIN) && !issued.err.contains(PIN));
    let card = CardState::from_bytes(&desk.place.bytes("blank.chip")).unwrap();
    assert_eq!(card.life_cycle(), LifeCycle::Operational);
}

#[test]
fn what_a_token_lacks_is_told_apart_before_any_card_is_touched() {
    let Some(desk) = TokenDesk::open() else { return };
    let right = "token=Blank%20keys;object=batch7";
    desk.place.secret("wrong-pin", "999999");
    desk.refused(&desk.uri(right, "wrong-pin")).exits(4).says("A210");
    desk.refused(&desk.uri("token=Other;object=batch7", "pin"))
        .exits(3)
        .says("E110")
        .says("Blank keys");
    desk.refused(&desk.uri("token=Blank%20keys;object=batch8", "pin"))
        .exits(6)
        .says("M409")
        .says("batch8-enc");
    desk.refused("pkcs11:object=k?module-path=/nowhere/driver.so")
        .exits(3)
        .says("E109");
    desk.refused(&desk.uri(&format!("{right};slot-id=1"), "pin"))
        .exits(2)
        .says("U108")
        .says("slot-id");
    let shown = format!("pkcs11:{right}?module-path={}&pin-value={PIN}", desk.driver);
    let refused = desk.refused(&shown).exits(2).says("U101");
    assert!(!refused.err.contains(PIN), "the PIN is not repeated");
    let asked = format!("pkcs11:{right}?module-path={}", desk.driver);
    desk.refused(&asked).exits(2).says("U105");
    desk.place.write("open-pin", PIN);
    desk.refused(&desk.uri(right, "open-pin")).exits(6).says("M407");
    // The keys stay in the token, so a software card cannot be made with them.
    let mut allowed = desk.issue(&desk.uri(right, "pin"));
    common::finish(allowed.args(["--allow-test-keys", "--to-file", "none.chip"]))
        .exits(2)
        .says("U103");
    assert!(!desk.place.path("none.chip").exists());
}

#[test]
fn the_test_keys_are_recognised_in_a_token_too() {
    let Some(desk) = TokenDesk::open() else { return };
    for (name, id) in [("enc", "03"), ("mac", "04")] {
        desk.import(&format!("trial-{name}"), "404142434445464748494a4b4c4d4e4f", id);
    }
    let keys = desk.uri("token=Blank%20keys;object=trial", "pin");
    desk.refused(&keys).exits(2).says("U107");
    let mut allowed = desk.issue(&keys);
    common::finish(allowed.args(["--allow-test-keys", "--to-file", "none.chip"]))
        .exits(2)
        .says("U103");
}

/// Secrets of these tests alone.
const ENC: &str = "a1a2a3a4a5a6a7a8a9aaabacadaeafa0";
const MAC: &str = "b1b2b3b4b5b6b7b8b9babbbcbdbebfb0";
