//! `verify --batch`, and the report as files.
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

const BATCH: [&str; 7] = ["verify", "--batch", "all", "--trust", "pki/trust", "--jobs", "2"];

/// Two dumps of a card, one of them forged, and its evidence.
fn place() -> Place {
    let place = Place::with_a_card();
    for folder in ["all/one", "all/two"] {
        let read = ["read", "--card", "card.chip", "--can-file", "can", "--to", folder];
        std::fs::create_dir_all(place.path(folder)).unwrap();
        place.run(read).exits(0);
    }
    let dg2 = "all/two/Datagroup2.bin";
    let mut bytes = place.bytes(dg2);
    *bytes.last_mut().unwrap() ^= 1;
    place.write(dg2, &bytes);
    place.verify_with(&["--save", "all/visit.antin"]).exits(0);
    place
}

#[test]
fn a_batch_tells_each_document_and_sums_up() {
    let place = place();
    place
        .run(BATCH)
        .exits(10)
        .prints("visit.antin")
        .prints("dg-hash DG2")
        .prints("3 of 3");
    let lines = place.run(BATCH.iter().chain(&["--jsonl"])).exits(10).json_lines();
    let (summary, entries) = lines.split_last().unwrap();
    assert_eq!(summary["schema"], "antin.batch/1");
    assert_eq!(
        (&summary["total"], &summary["verdicts"]["failed"]),
        (&3.into(), &1.into())
    );
    assert_eq!(entries.len(), 3);
    let forged = entries.iter().find(|line| line["path"] == "two").unwrap();
    assert_eq!(
        (&forged["verdict"], &forged["exit"]),
        (&"failed".into(), &10.into())
    );
}

/// The batch is as of another day; what a believed station saw is judged as of its visit, and the line says so.
#[test]
fn a_line_says_as_of_when_its_document_was_judged() {
    let place = place();
    std::fs::remove_file(place.path("all/visit.antin")).unwrap();
    place
        .verify_with(&["--save", "all/visit.antin", "--station-key", "pki/ds-key.pem"])
        .exits(0);
    let saved: serde_json::Value = place
        .text("all/visit.antin")
        .lines()
        .nth(1)
        .map(|line| serde_json::from_str(line).unwrap())
        .unwrap();
    let asked = [
        "--at",
        "2030-01-01T00:00:00Z",
        "--station",
        "pki/ds.pem",
        "--jsonl",
    ];
    let lines = place.run(BATCH.iter().chain(&asked)).exits(10).json_lines();
    let line = |path: &str| lines.iter().find(|line| line["path"] == path).unwrap();
    assert_eq!(line("visit.antin")["judged_at"], saved["saved"]);
    assert_eq!(line("visit.antin")["at"], "2030-01-01T00:00:00Z");
    assert_eq!(line("one")["judged_at"], "2030-01-01T00:00:00Z");
}

/// The batch with its results kept in `done.jsonl`: the summary.
fn kept(place: &Place, more: &[&str]) -> common::Ran {
    let results = ["--results", "done.jsonl", "--json"];
    place.run(BATCH.iter().chain(&results).chain(more))
}

fn resumed(place: &Place, more: &[&str]) -> u64 {
    let summary = kept(place, more).exits(10).json();
    assert_eq!(summary["total"], 3);
    summary["resumed"].as_u64().unwrap()
}

#[test]
fn a_batch_that_was_ended_goes_on_where_it_stopped() {
    let place = place();
    let first = kept(&place, &[]).exits(10).json();
    assert_eq!(first["resumed"], 0);
    let text = place.text("done.jsonl");
    assert_eq!(text.lines().count(), 3);
    // The last line was being written when the power went.
    place.write("done.jsonl", &text.as_bytes()[..text.len() - 20]);
    let again = kept(&place, &[]).exits(10).json();
    assert_eq!((&again["resumed"], &again["total"]), (&2.into(), &3.into()));
    // It goes on as of the moment at which it began, so that its lines can be compared.
    assert_eq!(again["at"], first["at"]);
    assert_eq!(place.text("done.jsonl").lines().count(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.path("done.jsonl"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    kept(&place, &["--policy", "lab"]).exits(6).says("M434");
}

#[test]
fn a_line_stands_only_for_what_was_judged_and_only_on_the_same_basis() {
    let place = place();
    assert_eq!(resumed(&place, &[]), 0);
    assert_eq!(resumed(&place, &[]), 3);
    // Another document under the name of one that was good.
    let dg1 = place.bytes("all/two/Datagroup2.bin");
    place.write("all/one/Datagroup2.bin", dg1);
    assert_eq!(resumed(&place, &[]), 2);
    // Others are believed, another station, as of another day.
    for more in [
        ["--allow-test-anchors"].as_slice(),
        &["--station", "pki/ds.pem"],
        &["--at", "2030-01-01"],
    ] {
        assert_eq!(kept(&place, more).exits(10).json()["resumed"], 0, "{more:?}");
    }
    assert_eq!(resumed(&place, &["--at", "2030-01-01"]), 3);
    // A policy of the same name that asks for more.
    let policy = place.run(["policy", "show", "counter"]).exits(0).out;
    let policy = policy.replace("\"counter\"", "\"mine\"");
    place.write("my.toml", &policy);
    place.write("done.jsonl", "");
    assert_eq!(resumed(&place, &["--policy", "my.toml"]), 0);
    assert_eq!(resumed(&place, &["--policy", "my.toml"]), 3);
    place.write(
        "my.toml",
        policy.replace("# crl-max-age-days", "crl-max-age-days"),
    );
    assert_eq!(resumed(&place, &["--policy", "my.toml"]), 0);
}

/// Yesterday's batch is another one: documents have expired since, and lists of revoked signers too.
#[test]
fn a_batch_without_a_moment_goes_on_for_a_day() {
    let place = place();
    let then = |hours: i64| antin::UnixTime(antin::now().0 - hours * 3600).to_string();
    for (hours, lines) in [(30, 0), (20, 3)] {
        place.write("done.jsonl", "");
        assert_eq!(resumed(&place, &["--at", &then(hours)]), 0);
        assert_eq!(resumed(&place, &[]), lines);
    }
}

#[test]
fn a_file_that_is_no_results_file_is_left_as_it_is() {
    let place = place();
    kept(&place, &[]).exits(10);
    let ours = place.text("done.jsonl");
    let contradiction = ours.replace("\"exit\":10", "\"exit\":0");
    assert_ne!(contradiction, ours);
    let pardon = ours.replace("\"accepted\":false", "\"accepted\":true");
    for foreign in [
        "a note without a line feed",
        "rubbish\n",
        "{\"schema\":\"antin.report/1\"}",
        &contradiction,
        &pardon,
        &format!("{ours}and a note"),
    ] {
        place.write("done.jsonl", foreign);
        kept(&place, &[]).exits(6).says("M434");
        assert_eq!(place.text("done.jsonl"), foreign);
    }
}

#[test]
fn the_report_is_written_as_page_and_as_xml_and_never_over_another() {
    let place = Place::with_a_card();
    place
        .verify_with(&["--html", "r.html", "--xml", "r.xml", "--lang", "vi"])
        .exits(0);
    let page = place.text("r.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("lang=\"vi\""));
    assert!(!page.contains("<script"));
    assert!(
        place
            .text("r.xml")
            .contains("<app:Verdict>authentic</app:Verdict>")
    );
    place.verify_with(&["--html", "r.html"]).exits(2).says("U104");
}

#[test]
fn a_folder_without_a_document_is_no_batch_and_the_error_says_what_is_looked_for() {
    let place = Place::with_a_card();
    std::fs::create_dir_all(place.path("nob")).unwrap();
    std::fs::copy(place.path("card.chip"), place.path("nob/card.chip")).unwrap();
    place
        .run(["verify", "--batch", "nob", "--trust", "pki/trust"])
        .exits(2)
        .says("U131")
        .says("EF_SOD.bin")
        .says("--card FILE");
    std::fs::create_dir(place.path("none")).unwrap();
    place.run(["verify", "--batch", "none"]).exits(2).says("U131");
    place.run(["verify", "--batch", "nowhere"]).exits(2).says("U102");
}

#[test]
fn a_batch_tells_what_it_passed_over_and_that_nobody_is_trusted() {
    let place = place();
    assert!(!place.run(BATCH).exits(10).err.contains("passed over"));
    place.write("all/notes.txt", "no document");
    place.run(BATCH).exits(10).says("1 passed over").says("notes.txt");
    place
        .run(["verify", "--batch", "all"])
        .exits(10)
        .says("no trusted country certificate");
}
