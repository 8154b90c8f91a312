//! PIN and PUK, challenges and chips that err: what the command does with them, from its options to its exit code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

mod common;

use common::{Place, Ran};
use serde_json::Value;

fn verify(place: &Place, options: &str) -> Ran {
    let line = format!("verify --card card.chip --trust pki/trust --policy lab {options}");
    place.run(line.split_whitespace())
}

#[test]
fn a_wrong_pin_is_tried_once_and_the_tries_left_are_said_in_words() {
    let place = Place::with_a_pin();
    place.write("wrong", "654321");
    let refused = verify(&place, "--pin-file wrong --trace")
        .exits(4)
        .says("A206")
        .says("tries left: 2");
    assert!(!refused.err.contains("fact-"), "{}", refused.err);
    assert_eq!(refused.err.matches("MANAGE SECURITY ENVIRONMENT").count(), 1);
    verify(&place, "--pin-file wrong --lang vi")
        .exits(4)
        .says("số lần thử còn lại: 1");
    verify(&place, "--pin-file pin").exits(4).says("A207");
    verify(&place, "--pin-file pin --can-file can").exits(0);
}

#[test]
fn the_last_wrong_try_is_called_what_it_is_and_the_puk_helps() {
    let place = Place::with_a_pin();
    place.write("wrong", "654321");
    for _ in 0..2 {
        verify(&place, "--pin-file wrong").exits(4);
    }
    let blocked = verify(&place, "--pin-file wrong --can-file can")
        .exits(4)
        .says("A208")
        .says("the PIN is blocked now");
    assert!(!blocked.err.contains("before the last one"), "{}", blocked.err);
    verify(&place, "--pin-file pin").exits(4).says("A207");
    verify(&place, "--pin-file pin --puk-file puk").exits(0);
    verify(&place, "--pin-file pin").exits(0);
}

#[test]
fn the_pin_opens_a_card_in_a_virtual_reader_too() {
    let place = Place::with_a_pin();
    place.write("wrong", "654321");
    let (reader, address) = place.listening([
        "verify",
        "--pin-file",
        "wrong",
        "--trust",
        "pki/trust",
        "--policy",
        "lab",
    ]);
    let card = place.plug_in(&address, &["card.chip"]);
    let refused = reader.end().exits(4).json();
    assert_eq!(
        (&refused["id"], &refused["facts"]["tries-left"]),
        (&"A206".into(), &"2".into())
    );
    let ended = card.end().exits(0);
    assert_eq!(ended.json()["ended"], "reader closed");
    let objects = ended.json_lines();
    let schemas = objects.iter().filter(|object| !object["schema"].is_null());
    assert_eq!(schemas.count(), 1, "one result: {objects:?}");
    // The card file remembers the failure.
    let (reader, address) = place.listening([
        "verify",
        "--pin-file",
        "pin",
        "--trust",
        "pki/trust",
        "--policy",
        "lab",
    ]);
    let card = place.plug_in(&address, &["card.chip"]);
    assert_eq!(reader.end().exits(0).json()["verdict"], "authentic");
    card.end().exits(0);
}

#[test]
fn a_challenge_from_outside_is_the_one_in_the_report() {
    let place = Place::with_a_card();
    place.write("challenge", [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);
    for challenge in ["0123456789abcdef", "challenge"] {
        let verified = verify(&place, &format!("--can-file can --json --challenge {challenge}")).exits(0);
        assert!(
            verified.out.to_lowercase().contains("0123456789abcdef"),
            "{challenge}: {}",
            verified.out
        );
    }
    verify(&place, "--can-file can --challenge nofile")
        .exits(2)
        .says("U102")
        .says("no such file");
    verify(&place, "--can-file can --challenge 0123")
        .exits(2)
        .says("U103")
        .says("option: --challenge");
}

#[test]
fn options_that_a_stored_reading_cannot_follow_are_refused() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    for (option, said) in [
        // Evidence answers a challenge, a folder of files does not.
        (["--challenge", "0123456789abcdef"], "U130"),
        (["--can-file", "can"], "U132"),
        (["--pin-file", "can"], "U132"),
    ] {
        place
            .run(["verify", "dump", "--trust", "pki/trust"].iter().chain(&option))
            .exits(2)
            .says(said);
    }
}

#[test]
fn secrets_on_the_command_line_and_two_on_one_stream_are_refused() {
    let place = Place::with_a_card();
    for option in ["--can", "--mrz", "--pin", "--puk"] {
        verify(&place, &format!("{option} 123456"))
            .exits(2)
            .says("U101")
            .says("--pin-file");
    }
    verify(&place, "--can-file - --pin-file -")
        .exits(2)
        .says("standard input holds one secret");
    place.write("short", "12");
    verify(&place, "--pin-file short")
        .exits(6)
        .says("a PIN or PUK has 4 to 16 digits");
    verify(&place, "--pin-file can")
        .exits(4)
        .says("A203")
        .says("the chip takes: another password");
}

/// A chip that does what a patch says, in a virtual reader; what both sides end with.
fn erring(place: &Place, patch: &str) -> (Ran, Ran) {
    place.write("patch.toml", format!("schema = \"antin.patch/1\"\n{patch}"));
    let (reader, address) = place.listening([
        "verify",
        "--can-file",
        "can",
        "--trust",
        "pki/trust",
        "--policy",
        "lab",
    ]);
    let card = place.plug_in(&address, &["card.chip", "--patch", "patch.toml"]);
    (reader.end(), card.end())
}

#[test]
fn a_chip_that_errs_says_so_and_is_found_out() {
    let place = Place::with_a_card();
    let token =
        "name = \"wrong-token\"\n[[fault]]\nat = \"pace.token\"\nedit = { object = \"7C 86\", xor = \"01\" }";
    let (read, card) = erring(&place, token);
    assert_ne!(read.exit, 0, "{}", read.out);
    let card = card.exits(0).says("this chip errs: wrong-token");
    assert_eq!(card.json_lines()[0]["patch"], "wrong-token");
    let missing = "name = \"no-dg9\"\n[[file]]\nname = \"DG9\"\nremove = true";
    let (read, card) = erring(&place, missing);
    read.exits(0);
    card.exits(0)
        .says("the patch changes DG9, which this card does not have");
    place.verify("card.chip").exits(0);
}

#[test]
fn a_patch_in_which_nothing_goes_wrong_is_refused() {
    let place = Place::with_a_card();
    place.write("patch.toml", "schema = \"antin.patch/1\"\nname = \"nothing\"\n");
    place
        .run(["emulate", "--card", "card.chip", "--patch", "patch.toml"])
        .exits(6)
        .says("M402")
        .says("what goes wrong");
}

#[test]
fn a_wrong_address_is_a_wrong_value_and_an_empty_reader_is_no_card_laid_askew() {
    let place = Place::with_a_card();
    for port in ["99999", "abc", "127.0.0.1:", ":1"] {
        place
            .run([
                "verify",
                "--can-file",
                "can",
                "--wait",
                "0",
                "--vpcd-listen",
                port,
            ])
            .exits(2)
            .says("option: --vpcd-listen");
    }
    place
        .run(["emulate", "--card", "card.chip", "--vpcd", "foo"])
        .exits(2)
        .says("option: --vpcd");
    let alone: Value = place
        .run("verify --can-file can --wait 0 --vpcd-listen 0 --json".split(' '))
        .exits(3)
        .says("antin emulate")
        .json();
    assert_eq!(alone["id"], "E108");
}

#[test]
fn a_card_of_another_kind_is_no_travel_document() {
    let place = Place::with_a_card();
    let no_application =
        "name = \"other\"\n[[fault]]\nat = \"select application\"\nstatus = \"6A82\"\nalways = true";
    let (read, card) = erring(&place, no_application);
    read.exits(4).says("A209").says("not a travel document");
    card.exits(0);
}

#[test]
fn keys_for_a_blank_without_a_channel_are_not_passed_over() {
    let place = Place::with_keys_and_records();
    place.write("keys.json", "{}");
    place
        .run(
            "emulate --card b.chip --blank jmrtd-applet --perso-keys keys.json --vpcd 127.0.0.1:1".split(' '),
        )
        .exits(2)
        .says("no secure channel");
    assert!(!place.path("b.chip").exists());
}
