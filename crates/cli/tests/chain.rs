//! The whole chain by files, and every exit code that files alone can bring about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::{Place, Running, can_of};

#[test]
fn a_citizen_becomes_a_card_and_the_card_proves_itself_offline() {
    let place = Place::with_keys_and_records();
    let issued = place.issue("card.chip").exits(0).prints("authentic");
    assert!(!issued.err.contains("error"));
    assert!(
        !place.path("card.journal").exists(),
        "the journal of a finished card is cleared away"
    );
    place.write("can", can_of(&place.record()));

    let by_can = place
        .verify("card.chip")
        .exits(0)
        .prints("AUTHENTIC")
        .prints("PACE-GM (CAN)");
    assert!(!by_can.out.contains("Hương"), "nobody asked for the holder");
    place
        .verify_with(&["--holder"])
        .exits(0)
        .prints("Đỗ Thị Hương Mơ");

    let read = place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    assert_eq!(read.out.lines().count(), place.list("dump").len());
    let expected = [
        "Datagroup1.bin",
        "Datagroup13.bin",
        "Datagroup14.bin",
        "Datagroup15.bin",
        "Datagroup2.bin",
        "EF_COM.bin",
        "EF_CardAccess.bin",
        "EF_SOD.bin",
    ];
    assert_eq!(place.list("dump"), expected);

    place.write("mrz", common::mrz_of(&place.bytes("dump/Datagroup1.bin")));
    place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--mrz-file",
            "mrz",
            "--trust",
            "pki/trust",
        ])
        .exits(0)
        .prints("PACE-GM (MRZ)");

    place
        .run(["verify", "dump", "--trust", "pki/trust"])
        .exits(13)
        .prints("CHIP UNPROVEN");
    place
        .run(["verify", "dump", "--trust", "pki/trust", "--policy", "lab"])
        .exits(0);
    place
        .run(["verify", "dump"])
        .exits(12)
        .prints("UNKNOWN ISSUER")
        .says("no trusted country certificate");
}

#[test]
fn json_says_the_same_as_the_text() {
    let place = Place::with_a_card();
    let report = place.verify_with(&["--json"]).exits(0).json();
    assert_eq!(report["schema"], "antin.report/1");
    assert_eq!(report["verdict"], "authentic");
    assert_eq!(report["exit"], 0);
    assert!(report.get("holder").is_none());

    let events = place.verify_with(&["--jsonl"]).exits(0).json_lines();
    let (last, events) = events.split_last().unwrap();
    assert_eq!(last["schema"], "antin.report/1", "the last line is the result");
    assert!(
        events.iter().all(|event| event["ev"].is_string()),
        "every other line is an event"
    );
    assert!(
        events
            .iter()
            .any(|event| event["ev"] == "file" && event["name"] == "DG2")
    );
    assert!(
        events
            .iter()
            .any(|event| event["ev"] == "check" && event["check"]["id"] == "access")
    );

    for (arguments, schema) in [
        (vec!["profile", "list"], "antin.profiles/1"),
        (vec!["profile", "show", "vn-cccd-2021"], "antin.profile-text/1"),
        (vec!["explain"], "antin.explain/1"),
        (vec!["explain", "dg-hash"], "antin.explain/1"),
        (vec!["schema"], "antin.schemas/1"),
        (vec!["doctor"], "antin.doctor/1"),
        (vec!["inspect", "mrz"], "antin.inspect/1"),
        (vec!["pki", "demo", "--out", "pki2"], "antin.pki/1"),
        (vec!["record", "demo", "--out", "rec2"], "antin.records/1"),
        (
            vec!["record", "check", &place.record_name()],
            "antin.record-check/1",
        ),
        (
            vec!["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"],
            "antin.read/1",
        ),
    ] {
        let ran = place.run(arguments.iter().chain(&["--json"]));
        assert_eq!(
            ran.out.lines().count(),
            1,
            "{arguments:?} prints one object:\n{}",
            ran.out
        );
        assert_eq!(ran.json()["schema"], schema, "{arguments:?}");
    }
    let issued = place.run([
        "issue",
        "--allow-test-keys",
        "--profile",
        "vn-cccd-2021",
        "--signer",
        "pki",
        "--record",
        &place.record_name(),
        "--to-file",
        "b.chip",
        "--jsonl",
    ]);
    let issued = issued.exits(0).json_lines();
    let (last, events) = issued.split_last().unwrap();
    assert_eq!(last["schema"], "antin.issue/1");
    assert_eq!(last["read_back"], "authentic");
    assert!(events.iter().any(|event| event["ev"] == "step"));
}

#[test]
fn errors_are_json_too_when_json_was_asked_for() {
    let place = Place::empty();
    let typo = place.run(["verfy", "--json"]).exits(2).says("verify").json();
    assert_eq!((&typo["id"], &typo["exit"]), (&"U100".into(), &2.into()));
    let missing = place.run(["inspect", "nothing", "--json"]).exits(2).json();
    assert_eq!(missing["schema"], "antin.error/1");
    assert_eq!(missing["id"], "U102");
    assert_eq!(missing["facts"]["file"], "nothing");
}

#[test]
fn wrong_use_exits_2_and_says_the_right_way() {
    let place = Place::with_a_card();
    place
        .run(["verify", "--card", "card.chip", "--can", "123456"])
        .exits(2)
        .says("U101")
        .says("--can-file");
    place
        .run(["read", "--card", "card.chip", "--mrz=IDVNM", "--to", "x"])
        .exits(2)
        .says("U101")
        .says("--mrz-file");
    place.run(["verify", "--card", "card.chip"]).exits(2).says("U105");
    place
        .run(["verify", "--card", "no.chip", "--can-file", "can"])
        .exits(2)
        .says("U102")
        .says("no such file");
    place
        .run(["verify", "--card", "card.chip", "--can-file", "nothing"])
        .exits(2)
        .says("U102");
    place.run(["verify", "nowhere"]).exits(2).says("U102");
    place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--policy",
            "soft",
        ])
        .exits(2)
        .says("counter, border, lab");
    place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--at",
            "noon",
        ])
        .exits(2)
        .says("2026-12-31T12:00:00Z");
    place
        .run(["profile", "show", "vn"])
        .exits(2)
        .says("vn-cccd-2021, icao-passport");
    place.run(["schema", "raport"]).exits(2).says("antin.report/1");
    place.run(["explain", "Z999"]).exits(2).says("U103");
    place
        .run(["record", "demo", "--count", "0", "--out", "none"])
        .exits(2);
    place.run(["frobnicate"]).exits(2);
    place.run::<[&str; 0]>([]).exits(2).says("Usage");
}

#[test]
fn what_exists_is_never_overwritten() {
    let place = Place::with_a_card();
    let before = place.bytes("card.chip");
    place.issue("card.chip").exits(2).says("U104");
    assert_eq!(place.bytes("card.chip"), before);
    let key = place.bytes("pki/ds-key.pem");
    place.run(["pki", "demo", "--out", "pki"]).exits(2).says("U104");
    assert_eq!(place.bytes("pki/ds-key.pem"), key);
    place
        .run(["record", "demo", "--seed", "1", "--out", "rec"])
        .exits(2)
        .says("U104");
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "rec"])
        .exits(2)
        .says("U104");
    place.write("old.antin", "precious");
    place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--save",
            "old.antin",
        ])
        .exits(2)
        .says("U104");
    assert_eq!(place.text("old.antin"), "precious");
}

#[test]
fn without_a_service_a_reader_is_not_looked_for_in_vain() {
    let place = Place::with_a_card();
    place.run(["readers"]).exits(3).says("E101");
    place.run(["verify", "--can-file", "can"]).exits(3).says("E101");
    place
        .run(["read", "--can-file", "can", "--to", "dump"])
        .exits(3)
        .says("E101");
    place
        .run(["emulate", "--card", "card.chip", "--vpcd", "127.0.0.1:1"])
        .exits(3)
        .says("E105")
        .says("127.0.0.1:1");
    let doctor = place.run(["doctor"]).exits(3);
    assert!(doctor.out.contains("pcscd"));
}

#[test]
fn a_refused_secret_exits_4_and_is_not_tried_again() {
    let place = Place::with_a_card();
    place.write("wrong", "000000");
    let refused = place.run(["verify", "--card", "card.chip", "--can-file", "wrong", "--trace"]);
    let refused = refused.exits(4).says("A201").says("6300");
    assert_eq!(refused.err.matches("MANAGE SECURITY ENVIRONMENT").count(), 1);
    assert!(!refused.err.contains("000000"), "the secret is in no message");
    // Somebody else's zone, from the standard's own example.
    let other =
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n";
    place.write("other-mrz", other);
    place
        .run(["verify", "--card", "card.chip", "--mrz-file", "other-mrz"])
        .exits(4)
        .says("A202");
}

#[test]
fn a_secret_that_is_none_is_not_sent_to_the_card() {
    let place = Place::with_a_card();
    for (secret, option) in [
        ("12345", "--can-file"),
        ("12345A", "--can-file"),
        ("IDVNM", "--mrz-file"),
        ("", "--mrz-file"),
    ] {
        place.write("secret", secret);
        let ran = place
            .run(["verify", "--card", "card.chip", option, "secret", "--trace"])
            .exits(6)
            .says("A204");
        assert!(!ran.err.contains("> 00"), "nothing was sent");
    }
}

#[test]
fn a_secret_may_come_through_standard_input() {
    let place = Place::with_a_card();
    let can = place.bytes("can");
    let verify = [
        "verify",
        "--card",
        "card.chip",
        "--can-file",
        "-",
        "--trust",
        "pki/trust",
    ];
    place.run_with_input(&can, verify).exits(0);
}

#[test]
fn a_changed_file_exits_10() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    let mut dg1 = place.bytes("dump/Datagroup1.bin");
    dg1[75] ^= 1;
    place.write("dump/Datagroup1.bin", dg1);
    place
        .run(["verify", "dump", "--trust", "pki/trust"])
        .exits(10)
        .prints("FAILED")
        .prints("DG1");
}

#[test]
fn a_copy_without_its_keys_exits_11() {
    let place = Place::with_a_card();
    let mut copy = antin::CardState::from_bytes(&place.bytes("card.chip")).unwrap();
    copy.dangerous_remove_private_keys();
    place.write("copy.chip", copy.to_bytes());
    place.verify("copy.chip").exits(11).prints("FAILED");
}

#[test]
fn what_cannot_be_decided_exits_14_and_a_mere_refusal_15() {
    let place = Place::with_a_card();
    place
        .verify_with(&["--policy", "border"])
        .exits(14)
        .prints("INCONCLUSIVE");
    let expired = place.verify_with(&["--at", "2036-01-01T00:00:00Z"]).exits(15);
    expired.prints("AUTHENTIC").prints("not accepted");
}

#[test]
fn a_signer_that_is_missing_or_does_not_fit_exits_22_and_spoils_no_card() {
    let place = Place::with_keys_and_records();
    let issue = |profile: &str, signer: &str| {
        let ran = place.run([
            "issue",
            "--allow-test-keys",
            "--profile",
            profile,
            "--signer",
            signer,
            "--record",
            &place.record_name(),
            "--to-file",
            "x.chip",
        ]);
        assert!(!place.path("x.chip").exists(), "no card was begun");
        assert!(!place.path("x.journal").exists(), "no journal was begun");
        ran
    };
    issue("vn-cccd-2021", "rec").exits(22).says("S601");
    place.run(["pki", "demo", "--out", "other"]).exits(0);
    std::fs::copy(place.path("other/ds-key.pem"), place.path("pki/ds-key.pem")).unwrap();
    issue("vn-cccd-2021", "pki").exits(22).says("S602");
    issue("icao-passport", "other")
        .exits(22)
        .says("S602")
        .says("issuer-country");
    issue("vn-cccd-2021", "nowhere").exits(2).says("U102");
}

#[test]
fn evidence_is_kept_and_judged_again_without_the_chip() {
    let place = Place::with_a_card();
    place
        .verify_with(&["--save", "visit.antin"])
        .exits(0)
        .says("visit.antin");
    place
        .run(["verify", "visit.antin", "--trust", "pki/trust"])
        .exits(13)
        .prints("CHIP UNPROVEN");
    place
        .run(["inspect", "visit.antin"])
        .exits(0)
        .prints("antin.evidence/2");
}

/// The server chooses, the station reads, the server looks at the file alone.
#[test]
fn a_server_that_chose_the_challenge_believes_the_evidence_and_no_older_one() {
    let place = Place::with_a_card();
    let trust = ["--trust", "pki/trust"];
    let visit = [
        "verify",
        "--card",
        "card.chip",
        "--can-file",
        "can",
        "--save",
        "visit.antin",
    ];
    place
        .run(
            visit
                .iter()
                .chain(&trust)
                .chain(&["--challenge", "0011223344556677"]),
        )
        .exits(0);
    let server = ["verify", "visit.antin", "--challenge"];
    place
        .run(server.iter().chain(&["0011223344556677"]).chain(&trust))
        .exits(0)
        .prints("AUTHENTIC");
    place
        .run(server.iter().chain(&["0011223344556678"]).chain(&trust))
        .exits(13)
        .prints("another challenge");
    place
        .run(["verify", "pki", "--challenge", "0011223344556677"])
        .exits(2)
        .says("U130");
    let text = place.text("visit.antin");
    place.write(
        "visit.antin",
        text.replacen("\"accepted\":true", "\"accepted\":fals", 1),
    );
    place.run(["verify", "visit.antin"]).exits(6).says("M431");
}

#[test]
fn a_station_signs_its_evidence_and_is_believed_by_name_alone() {
    let place = Place::with_a_card();
    place
        .verify_with(&["--save", "visit.antin", "--station-key", "pki/ds-key.pem"])
        .exits(0);
    // It vouches for the time of the visit: nobody chooses that.
    place
        .verify_with(&[
            "--save",
            "earlier.antin",
            "--station-key",
            "pki/ds-key.pem",
            "--at",
            "2020-01-01T00:00:00Z",
        ])
        .exits(2)
        .says("--at");
    assert!(!place.path("earlier.antin").exists());
    let again = ["verify", "visit.antin", "--trust", "pki/trust"];
    place.run(again).exits(13).says("--station");
    place
        .run(again.iter().chain(&["--station", "pki/ds.pem"]))
        .exits(0)
        .prints("PACE");
    place
        .run(again.iter().chain(&["--station", "pki/trust/csca.pem"]))
        .exits(6)
        .says("M432");
    place
        .run(again.iter().chain(&["--station", "can"]))
        .exits(6)
        .says("M433");
    // Somewhere else another authority is trusted. That of the station is a test authority, which a file makes count for
    // nobody who did not ask for such.
    place.run(["pki", "demo", "--out", "other"]).exits(0);
    let elsewhere = [
        "verify",
        "visit.antin",
        "--trust",
        "other/trust",
        "--station",
        "pki/ds.pem",
    ];
    place.run(elsewhere).exits(12).says("another verdict: authentic");
    place
        .run(elsewhere.iter().chain(&["--allow-test-anchors"]))
        .exits(0);
    // With a challenge it vouches only for the answer to it.
    place
        .run(
            again
                .iter()
                .chain(&["--station", "pki/ds.pem", "--challenge", "0011223344556677"]),
        )
        .exits(13)
        .prints("another challenge");
}

#[test]
fn what_is_printed_is_held_against_the_chip() {
    let place = Place::with_a_card();
    place.write("qr", "999999999999||Ai Khác|01012000|Nam|Hà Nội|01012024");
    place
        .verify_with(&["--qr-file", "qr"])
        .exits(0)
        .prints("contradicts the chip");
    place.write("page", "I<VNM9990000000999000000000<<0".repeat(3));
    place
        .verify_with(&["--page-mrz", "page"])
        .exits(10)
        .prints("FAILED");
}

#[test]
fn a_trace_shows_no_data_unless_secrets_are_asked_for() {
    let place = Place::with_a_card();
    let plain = place.verify_with(&["--trace"]).exits(0).says("READ BINARY");
    assert!(
        plain.err.lines().all(|line| line.len() < 100),
        "headers and lengths only"
    );
    let whole = place.verify_with(&["--trace-secrets"]).exits(0);
    assert!(whole.err.lines().any(|line| line.len() > 1000), "every byte");
}

#[test]
fn an_interrupted_issue_names_the_cards_state_and_goes_on() {
    let place = Place::with_keys_and_records();
    let record = place.record_name();
    let issue = [
        "issue",
        "--allow-test-keys",
        "--profile",
        "vn-cccd-2021",
        "--signer",
        "pki",
        "--record",
        &record,
        "--to-file",
        "card.chip",
        "--jsonl",
    ];
    let mut attempts = 0;
    let interrupted = loop {
        attempts += 1;
        assert!(attempts < 20, "the issue is never caught under way");
        for name in ["card.chip", "card.journal"] {
            let _ = std::fs::remove_file(place.path(name));
        }
        let mut running = Running::start(place.command().args(issue));
        running.hear(8);
        running.signal("INT");
        let ran = running.end();
        // It may have been faster than the signal.
        if ran.exit != 0 {
            break ran;
        }
    };
    let interrupted = interrupted
        .exits(130)
        .says("X130")
        .says("half-written")
        .says("card.journal");
    assert_eq!(interrupted.json()["facts"]["state"], "half-written");
    place.run(issue).exits(0).says("going on");
    place.write("can", can_of(&place.record()));
    place.verify("card.chip").exits(0);
}

#[test]
fn an_issue_killed_at_any_step_leaves_a_whole_card_file_and_goes_on() {
    let place = Place::with_keys_and_records();
    let record = place.record_name();
    place.write("can", can_of(&place.record()));
    for lines in [0, 1, 2, 5, 9, 17, 30, 44, 52, 54] {
        let card = format!("card-{lines}.chip");
        let issue = [
            "issue",
            "--allow-test-keys",
            "--profile",
            "vn-cccd-2021",
            "--signer",
            "pki",
            "--record",
            &record,
            "--to-file",
            &card,
            "--jsonl",
        ];
        let mut running = Running::start(place.command().args(issue));
        running.hear(lines);
        running.signal("KILL");
        let killed = running.end();
        if place.path(&card).exists() {
            antin::CardState::from_bytes(&place.bytes(&card)).expect("a card file is whole at any moment");
        }
        if killed.exit != 0 {
            place.run(issue).exits(0);
        }
        place.verify(&card).exits(0);
    }
    let left: Vec<String> = place
        .list(".")
        .into_iter()
        .filter(|name| name.contains("journal"))
        .collect();
    assert!(left.is_empty(), "finished cards leave no journals: {left:?}");
}

#[test]
fn a_reader_of_the_output_may_go_away() {
    let place = Place::empty();
    for command in [
        "explain",
        "--help",
        "schema report",
        "completions bash",
        "man",
        "profile show vn-cccd-2021",
    ] {
        let line = format!("'{}' {command} | head -n 1", common::ANTIN);
        let mut shell = std::process::Command::new("sh");
        place.settle(shell.args(["-c", &line]));
        let ran = common::finish(&mut shell).exits(0);
        assert_eq!(ran.err, "", "{command}");
    }
}

#[test]
fn inspect_tells_what_any_file_is_and_shows_no_key() {
    let place = Place::with_a_card();
    place
        .run(["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"])
        .exits(0);
    let portrait = place.record()["portrait"].as_str().unwrap().to_owned();
    for (file, kind) in [
        ("dump/EF_SOD.bin", "EF.SOD"),
        ("dump/EF_COM.bin", "EF.COM"),
        ("dump/EF_CardAccess.bin", "EF.CardAccess"),
        ("dump/Datagroup1.bin", "DG1"),
        ("dump/Datagroup2.bin", "DG2"),
        ("dump/Datagroup13.bin", "DG13"),
        ("dump/Datagroup14.bin", "DG14"),
        ("dump/Datagroup15.bin", "DG15"),
        ("pki/ds.pem", "certificate"),
        ("mrz", "MRZ"),
        ("card.chip", "antin.chip/1"),
        (&place.record_name(), "antin.record/1"),
        (&format!("rec/{portrait}"), "picture"),
        ("pki/ds-key.pem", "private key"),
    ] {
        place.run(["inspect", file]).exits(0).prints(kind);
    }
    let key = place.run(["inspect", "pki/ds-key.pem"]);
    let body: String = place
        .text("pki/ds-key.pem")
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    assert!(!key.out.contains(&body[..20]));
}

#[test]
fn the_language_is_chosen_by_option_variable_or_locale() {
    let place = Place::empty();
    place
        .run(["explain", "A201", "--lang", "vi"])
        .exits(0)
        .prints("nguyên nhân");
    common::finish(
        place
            .command()
            .arg("explain")
            .arg("A201")
            .env("LANG", "vi_VN.UTF-8"),
    )
    .exits(0)
    .prints("nguyên nhân");
    common::finish(place.command().arg("--help").env("ANTIN_LANG", "vi"))
        .exits(0)
        .prints("Mã thoát");
    place
        .run(["inspect", "nothing", "--lang=vi"])
        .exits(2)
        .says("gợi ý");
}

#[test]
fn completions_and_manual_pages_are_made() {
    let place = Place::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        place.run(["completions", shell]).exits(0).prints("antin");
    }
    place.run(["man", "pages"]).exits(0);
    assert!(place.list("pages").contains(&"antin-verify.1".to_owned()));
    place.run(["man"]).exits(0).prints(".TH antin 1");
    place
        .run(["--version"])
        .exits(0)
        .prints(concat!("antin ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_schema_is_a_schema_and_a_report_has_its_fields() {
    let place = Place::with_a_card();
    let names = place.run(["schema"]).exits(0).out;
    for name in names.lines() {
        let schema: serde_json::Value =
            serde_json::from_str(&place.run(["schema", name]).exits(0).out).unwrap();
        // One shape, or one for each thing that a command says.
        assert!(schema["type"] == "object" || schema["anyOf"].is_array(), "{name}");
    }
    let schema: serde_json::Value =
        serde_json::from_str(&place.run(["schema", "antin.report/1"]).exits(0).out).unwrap();
    let report = place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--holder",
            "--json",
        ])
        .exits(12)
        .json();
    for field in report.as_object().unwrap().keys() {
        assert!(
            schema["properties"].get(field).is_some(),
            "the schema knows {field}"
        );
    }
    for field in schema["required"].as_array().unwrap() {
        assert!(
            report.get(field.as_str().unwrap()).is_some(),
            "the report has {field}"
        );
    }
}
