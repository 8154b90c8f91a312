//! Rights of terminals on the command line: a country's authority, its verifier and its inspection system, the card that
//! trusts that country, and what each of them opens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{Place, Ran, Running};
use serde_json::Value;

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// A country with its authority, and the first citizen's passport that trusts it in `card.chip`, its MRZ in `mrz`.
fn country() -> Place {
    let place = Place::empty();
    for line in [
        "pki demo --country UT --out pki",
        "record demo --seed 1 --count 1 --out rec",
        "cvca create --chr UTCVCATEST00001 --key cvca.pem --out cvca.cvcert",
        "dv request --chr UTDVTEST00001 --authority UTCVCATEST00001 --key dv.pem --out dv.cvreq",
        "dv sign dv.cvreq --by cvca.cvcert --by-key cvca.pem --out dv.cvcert",
    ] {
        place.run(words(line)).exits(0);
    }
    let record = place.record_name();
    let issue = format!(
        "issue --profile eac-passport --cvca cvca.cvcert --record {record} --signer pki --allow-test-keys --to-file card.chip"
    );
    place.run(words(&issue)).exits(0);
    let zone = format!("record check {record} --profile eac-passport --mrz-to mrz");
    place.run(words(&zone)).exits(0);
    place.run(words(&zone)).exits(2).says("U104");
    place
}

/// A folder with everything that an inspection system with these rights shows.
fn inspection_system(place: &Place, folder: &str, rights: &str) {
    std::fs::create_dir(place.path(folder)).unwrap();
    let create = format!(
        "is create --chr UTISTEST00001 --key {folder}/is.pem {rights} --by dv.cvcert --by-key dv.pem --out {folder}/is.cvcert"
    );
    place.run(words(&create)).exits(0);
    std::fs::copy(place.path("dv.cvcert"), place.path(format!("{folder}/dv.cvcert"))).unwrap();
}

const VERIFY: &str = "verify --card card.chip --mrz-file mrz --trust pki/trust --policy lab";

fn verify(place: &Place, more: &str) -> Ran {
    place.run(words(&format!("{VERIFY} {more} --json")))
}

/// Result and reason of a row; of a data group where one is named.
fn row<'a>(report: &'a Value, id: &str, subject: Option<&str>) -> (&'a str, &'a str) {
    let rows = report["checks"].as_array().unwrap().iter();
    let mut rows =
        rows.filter(|row| row["id"] == id && subject.is_none_or(|subject| row["subject"] == subject));
    let row = rows.next().unwrap_or_else(|| panic!("no row {id}: {report}"));
    let text = |field: &str| row[field].as_str().unwrap_or_default();
    (text("result"), text("reason"))
}

#[test]
fn a_terminal_opens_what_its_certificate_grants_and_no_more() {
    let place = country();
    inspection_system(&place, "both", "");
    inspection_system(&place, "fingers", "--rights read-dg3");
    for (folder, dg4) in [
        ("both", ("successful", "")),
        ("fingers", ("undetermined", "access-rights-missing")),
    ] {
        let report = verify(&place, &format!("--terminal {folder}")).exits(0).json();
        assert_eq!(report["verdict"], "authentic", "{report}");
        assert_eq!(
            row(&report, "terminal-authentication", None).0,
            "successful",
            "{folder}"
        );
        assert_eq!(
            row(&report, "dg-hash", Some("DG3")),
            ("successful", ""),
            "{folder}"
        );
        assert_eq!(row(&report, "dg-hash", Some("DG4")), dg4, "{folder}");
        let read = format!("read --card card.chip --mrz-file mrz --terminal {folder} --to files-{folder}");
        place.run(words(&read)).exits(0);
        let files = place.list(&format!("files-{folder}"));
        assert!(
            files.contains(&"Datagroup3.bin".to_owned()),
            "{folder}: {files:?}"
        );
        assert_eq!(
            files.contains(&"Datagroup4.bin".to_owned()),
            folder == "both",
            "{files:?}"
        );
    }
}

#[test]
fn without_a_terminal_the_report_names_the_certificate_that_would_open_them() {
    let place = country();
    let report = verify(&place, "").json();
    assert_eq!(
        row(&report, "terminal-authentication", None),
        ("undetermined", "access-rights-missing")
    );
    assert!(report.to_string().contains("UTCVCATEST00001"), "{report}");
    assert_ne!(row(&report, "dg-hash", Some("DG3")).0, "successful");
}

#[test]
fn a_terminal_of_another_country_opens_nothing() {
    let (place, abroad) = (country(), country());
    inspection_system(&abroad, "both", "");
    let folder = abroad.path("both");
    let report = verify(&place, &format!("--terminal {}", folder.display())).json();
    assert_ne!(row(&report, "terminal-authentication", None).0, "successful");
    assert_ne!(row(&report, "dg-hash", Some("DG3")).0, "successful");
}

#[test]
fn an_emulated_card_believes_the_terminal_too() {
    let place = country();
    inspection_system(&place, "both", "");
    let mut command = place.command();
    command.args(words(
        "verify --mrz-file mrz --trust pki/trust --policy lab --terminal both --vpcd-listen 0 --jsonl",
    ));
    let mut reader = Running::start(&mut command);
    reader.hear(1);
    let first: Value = serde_json::from_str(reader.heard()).expect("an event");
    let address = first["address"].as_str().expect("an address").to_owned();
    let mut command = place.command();
    command.args(words(&format!(
        "emulate --vpcd {address} --jsonl --card card.chip"
    )));
    let card = Running::start(&mut command);
    let report = reader.end().exits(0).json();
    assert_eq!(row(&report, "dg-hash", Some("DG3")).0, "successful", "{report}");
    assert_eq!(row(&report, "dg-hash", Some("DG4")).0, "successful", "{report}");
    card.end();
}

#[test]
fn a_folder_without_certificates_and_a_key_that_others_may_read_are_refused_before_the_card_is_asked() {
    let place = country();
    std::fs::create_dir(place.path("empty")).unwrap();
    verify(&place, "--terminal empty").exits(6).says("M408");
    verify(&place, "--terminal nowhere").exits(2).says("U102");
    inspection_system(&place, "both", "");
    place.write("both/torn.cvcert", b"\x7F\x21\x03\x01");
    verify(&place, "--terminal both").exits(6).says("M408");
    std::fs::remove_file(place.path("both/torn.cvcert")).unwrap();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(place.path("both/is.pem"), open).unwrap();
    verify(&place, "--terminal both").exits(6).says("M407");
}

#[test]
fn keys_that_others_may_read_sign_neither_certificates_nor_cards() {
    let place = country();
    let open = || std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(place.path("cvca.pem"), open()).unwrap();
    place
        .run(words(
            "dv sign dv.cvreq --by cvca.cvcert --by-key cvca.pem --out dv2.cvcert",
        ))
        .exits(6)
        .says("M407");
    assert!(!place.path("dv2.cvcert").exists());
    std::fs::set_permissions(place.path("pki/ds-key.pem"), open()).unwrap();
    let record = place.record_name();
    let issue = format!(
        "issue --profile icao-passport --record {record} --signer pki --allow-test-keys --to-file y.chip"
    );
    place.run(words(&issue)).exits(6).says("M407");
    assert!(!place.path("y.chip").exists());
}

#[test]
fn only_a_country_s_own_authority_is_put_into_a_card_that_asks_for_one() {
    let place = country();
    let record = place.record_name();
    let issue = |profile: &str, cvca: &str| {
        let line = format!(
            "issue --profile {profile} --cvca {cvca} --record {record} --signer pki --allow-test-keys --to-file x.chip"
        );
        let ran = place.run(words(&line));
        assert!(!place.path("x.chip").exists(), "no card was begun");
        ran
    };
    issue("icao-passport", "cvca.cvcert")
        .exits(2)
        .says("terminal-authentication");
    issue("eac-passport", "dv.cvcert")
        .exits(6)
        .says("M403")
        .says("UTDVTEST00001");
    issue("eac-passport", "mrz").exits(6).says("M403");
}

#[test]
fn a_pin_is_asked_for_at_a_terminal_alone_and_never_taken_from_an_argument() {
    let place = country();
    for what in ["--ask-pin", "--ask-puk"] {
        let line = format!("verify --card card.chip {what} --trust pki/trust");
        place.run(words(&line)).exits(2).says("U105").says("--pin-file");
    }
    for what in ["--pin 123456", "--puk 1234567890"] {
        let line = format!("verify --card card.chip {what} --trust pki/trust");
        place.run(words(&line)).exits(2).says("U101");
    }
    place
        .run(words(
            "verify --card card.chip --ask-pin --pin-file mrz --trust pki/trust",
        ))
        .exits(2);
}
