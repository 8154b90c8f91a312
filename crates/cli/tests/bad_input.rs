//! Bad input: one message with every fault, the right exit code, and nothing written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::Place;
use serde_json::json;

/// Issues with a record of `rec/` and asks that nothing was left behind.
fn issue_refused(place: &Place, record: &str) -> common::Ran {
    let record = format!("rec/{record}");
    let ran = place.run([
        "issue",
        "--allow-test-keys",
        "--profile",
        "vn-cccd-2021",
        "--signer",
        "pki",
        "--record",
        &record,
        "--to-file",
        "x.chip",
    ]);
    for name in ["x.chip", "x.chip.lock", "x.journal"] {
        assert!(!place.path(name).exists(), "{name} was written\n{}", ran.err);
    }
    ran
}

#[test]
fn every_fault_of_a_record_stands_in_one_message_with_its_field() {
    let place = Place::with_keys_and_records();
    place.write("rec/no-picture.jpg", "this is no picture");
    let faults = [
        ("number", json!("12")),
        ("birth", json!("31/02/1995")),
        ("sex", json!("?")),
        ("full_name", json!("Nguyễn \u{0001} An")),
        ("portrait", json!("no-picture.jpg")),
    ];
    place.changed_record("bad.json", &faults);
    let refused = issue_refused(&place, "bad.json")
        .exits(6)
        .says("M401")
        .says("nothing was written");
    for (field, _) in &faults {
        assert!(
            refused.err.contains(&format!("    {field}: ")),
            "{field} is named in\n{}",
            refused.err
        );
    }
    let checked = place
        .run(["record", "check", "rec/bad.json", "--json"])
        .exits(6)
        .json();
    let listed = checked["faults"].as_array().unwrap();
    assert!(listed.len() >= faults.len());
    for (field, _) in &faults {
        let named = |fault: &serde_json::Value| fault.as_str().unwrap().starts_with(&format!("{field}: "));
        assert!(listed.iter().any(named), "{field} in {listed:?}");
    }
}

#[test]
fn a_portrait_must_be_a_picture_in_the_records_folder() {
    let place = Place::with_keys_and_records();
    place.write("outside.jpg", "x");
    let cut = {
        let name = place.record()["portrait"].as_str().unwrap().to_owned();
        let bytes = place.bytes(&format!("rec/{name}"));
        bytes[..bytes.len() / 2].to_vec()
    };
    place.write("rec/cut.jpg", cut);
    place.write("rec/empty.jpg", "");
    for portrait in [
        "missing.jpg",
        "empty.jpg",
        "cut.jpg",
        ".",
        "../outside.jpg",
        "/etc/passwd",
    ] {
        place.changed_record("bad.json", &[("portrait", json!(portrait))]);
        issue_refused(&place, "bad.json").exits(6).says("portrait: ");
    }
}

#[test]
fn a_record_that_is_no_record_is_refused_whole() {
    let place = Place::with_keys_and_records();
    let whole = place.text(&place.record_name());
    let unknown = whole.replacen('{', "{\"hat\": \"red\",", 1);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let huge = format!("{{\"full_name\": \"{}\"}}", "a".repeat(3_000_000));
    for (what, content) in [
        ("empty", String::new()),
        ("cut short", whole[..whole.len() / 2].to_owned()),
        ("two records", format!("{whole}{whole}")),
        ("unknown field", unknown),
        ("an array", "[1,2,3]".to_owned()),
        ("deep nesting", nested),
        ("huge", huge),
    ] {
        place.write("rec/bad.json", content);
        let ran = issue_refused(&place, "bad.json");
        assert_eq!(ran.exit, 6, "{what}: {}", ran.err);
        assert!(ran.err.len() < 2_000, "{what}: a short message");
    }
    place.write("rec/bad.json", [0xFF, 0xFE, 0x00]);
    issue_refused(&place, "bad.json").exits(6);
}

#[test]
fn a_profiles_wrong_line_is_named() {
    let place = Place::empty();
    let good = place.run(["profile", "show", "vn-cccd-2021"]).exits(0).out;
    place.write("good.toml", &good);
    place.run(["profile", "check", "good.toml"]).exits(0);
    let line = 1 + good.lines().position(|line| line.starts_with("curve =")).unwrap();
    for (what, bad) in [
        (
            "a value nobody knows",
            good.replacen("brainpoolP256r1", "curve25519", 1),
        ),
        ("a misspelt field", good.replacen("curve =", "kurve =", 1)),
        ("no TOML", good.replacen("curve =", "curve ==", 1)),
    ] {
        place.write("bad.toml", bad);
        let ran = place.run(["profile", "check", "bad.toml"]);
        assert_eq!(ran.exit, 6, "{what}: {}", ran.err);
        assert!(
            ran.err.contains(&format!("bad.toml:{line}")),
            "{what} in line {line}:\n{}",
            ran.err
        );
    }
    place.write("bad.toml", [0xFF, 0xFE]);
    place.run(["profile", "check", "bad.toml"]).exits(6).says("M402");
    place.write("bad.toml", vec![b'#'; 1_000_000]);
    place.run(["profile", "check", "bad.toml"]).exits(6);
}

#[test]
fn a_file_that_breaks_the_standard_is_not_signed_though_the_profile_states_it() {
    let place = Place::with_keys_and_records();
    let good = place.run(["profile", "show", "vn-cccd-2021"]).exits(0).out;
    // Five faces, and none there.
    let stated = good.replacen(
        "name = \"DG2\"",
        "name = \"DG2\"\ncontent = \"75067F6103020105\"",
        1,
    );
    assert_ne!(stated, good);
    place.write("stated.toml", stated);
    place.run(["profile", "check", "stated.toml"]).exits(0);
    let refused = place.run([
        "issue",
        "--allow-test-keys",
        "--profile",
        "stated.toml",
        "--signer",
        "pki",
        "--record",
        &place.record_name(),
        "--to-file",
        "x.chip",
    ]);
    refused.exits(6).says("M440").says("dg-structure DG2");
    assert!(!place.path("x.chip").exists(), "no card was begun");
}

#[test]
fn a_damaged_card_file_is_refused_and_left_alone() {
    let place = Place::with_a_card();
    let good = place.bytes("card.chip");
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 1;
    for (what, bad) in [
        ("one bit changed", changed),
        ("cut short", good[..good.len() - 1].to_vec()),
        ("a byte too many", [good.as_slice(), b"x"].concat()),
        ("empty", Vec::new()),
        ("something else", b"rubbish".to_vec()),
        ("huge", vec![b' '; 20_000_000]),
    ] {
        place.write("bad.chip", &bad);
        for arguments in [
            vec!["verify", "--card", "bad.chip", "--can-file", "can"],
            vec!["read", "--card", "bad.chip", "--can-file", "can", "--to", "dump"],
            vec!["emulate", "--card", "bad.chip"],
        ] {
            let ran = place.run(&arguments);
            assert_eq!(ran.exit, 6, "{what}, {arguments:?}: {}", ran.err);
        }
        assert_eq!(place.issue("bad.chip").exit, 6, "{what}");
        assert_eq!(place.bytes("bad.chip"), bad, "{what}: the file is untouched");
        assert!(
            !place.path("dump").exists() && !place.path("bad.journal").exists(),
            "{what}"
        );
    }
}

#[test]
fn a_journal_that_cannot_be_used_stops_everything_before_the_card() {
    let place = Place::with_keys_and_records();
    for content in [
        "rubbish\n",
        "{}\n",
        "{\"schema\":\"antin.journal/1\"}\n",
        "\u{0}\u{0}\n",
    ] {
        place.write("card.journal", content);
        place
            .issue("card.chip")
            .exits(6)
            .says("M406")
            .says("card.journal");
        assert!(!place.path("card.chip").exists(), "no blank was made");
        assert_eq!(place.text("card.journal"), content, "the journal is untouched");
    }
}

#[test]
fn a_journal_without_its_card_asks_for_the_card() {
    let place = Place::with_keys_and_records();
    let record = place.record_name();
    let issue = |card: &str| {
        place.run([
            "issue",
            "--allow-test-keys",
            "--profile",
            "vn-cccd-2021",
            "--signer",
            "pki",
            "--record",
            &record,
            "--to-file",
            card,
            "--journal",
            "j",
        ])
    };
    issue("card.chip").exits(0);
    issue("card.chip").exits(0).prints("authentic");
    issue("other.chip").exits(6).says("M406").says("other.chip");
    assert!(!place.path("other.chip").exists());
}

#[test]
fn rubbish_in_the_trust_folder_is_named() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    let csca = place.bytes("pki/trust/csca.pem");
    for (name, content) in [
        ("rubbish.cer", b"rubbish".to_vec()),
        ("rubbish.pem", b"rubbish".to_vec()),
        ("cut.pem", csca[..csca.len() / 2].to_vec()),
        ("signer.pem", place.bytes("pki/ds.pem")),
        ("empty.der", Vec::new()),
        ("huge.der", vec![0x30; 9_000_000]),
    ] {
        place.write(&format!("pki/trust/{name}"), content);
        let ran = place.run(["verify", "dump", "--trust", "pki/trust"]);
        assert_eq!(ran.exit, 6, "{name}: {}", ran.err);
        assert!(ran.err.contains(name), "{name} is named:\n{}", ran.err);
        std::fs::remove_file(place.path(format!("pki/trust/{name}"))).unwrap();
    }
    place.write("pki/trust/README", "Other files are left alone.");
    place.run(["verify", "dump", "--trust", "pki/trust"]).exits(13);
    place
        .run(["verify", "dump", "--trust", "rec"])
        .exits(6)
        .says("M405");
    place
        .run(["verify", "dump", "--trust", "nowhere"])
        .exits(2)
        .says("U102");
}

#[test]
fn a_dump_with_damaged_files_is_judged_not_crashed_on() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    for name in place.list("dump") {
        let file = format!("dump/{name}");
        let good = place.bytes(&file);
        for bad in [
            good[..good.len() / 2].to_vec(),
            [good.as_slice(), &[1]].concat(),
            Vec::new(),
            vec![0xFF; 300],
        ] {
            place.write(&file, bad);
            let ran = place.run(["verify", "dump", "--trust", "pki/trust"]);
            assert!(
                [10, 12, 13, 14].contains(&ran.exit),
                "{name}: exit {}\n{}",
                ran.exit,
                ran.err
            );
            assert!(ran.exit != 13 || name == "EF_CardAccess.bin", "{name} is noticed");
        }
        place.write(&file, good);
    }
    place.run(["verify", "rec"]).exits(6).says("M403");
}

#[test]
fn inspect_refuses_what_it_cannot_read_and_never_crashes() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    for name in place.list("dump") {
        let good = place.bytes(&format!("dump/{name}"));
        for cut in [0, 1, 2, good.len() / 2, good.len() - 1] {
            let ran = place.run_with_input(&good[..cut], ["inspect", "-"]);
            assert_eq!(ran.exit, 6, "{name} cut at {cut}: {}", ran.out);
        }
        let ran = place.run_with_input(&[good.as_slice(), &[0x01]].concat(), ["inspect", "-"]);
        assert_eq!(ran.exit, 6, "{name} with a byte too many: {}", ran.out);
    }
    place
        .run_with_input(&vec![0x30; 10_000_000], ["inspect", "-"])
        .exits(6);
    place
        .run_with_input(&[0x30, 0x80].repeat(10_000), ["inspect", "-"])
        .exits(6);
    place.run(["inspect", "."]).exits(2).says("U102");
}

#[test]
fn evidence_that_is_none_is_refused() {
    let place = Place::empty();
    for content in ["", "rubbish", "{}", "{\"schema\":\"antin.evidence/2\"}", "[[[[[["] {
        place.write("bad.antin", content);
        place.run(["verify", "bad.antin"]).exits(6).says("M403");
    }
}

#[test]
fn what_is_neither_files_nor_evidence_is_told_where_it_goes() {
    let place = Place::with_a_card();
    place
        .run(["verify", "card.chip", "--can-file", "can"])
        .exits(2)
        .says("U132")
        .says("antin verify --card FILE");
    place
        .run(["verify", "card.chip"])
        .exits(6)
        .says("expected: a folder of files")
        .says("--card");
    place
        .run(["verify", ".", "--at", "yesterday"])
        .exits(2)
        .says("--at")
        .says("expected: 2026-");
}
