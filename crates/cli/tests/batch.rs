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
    place
        .run([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--trust",
            "pki/trust",
            "--save",
            "all/visit.antin",
        ])
        .exits(0);
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

#[test]
fn a_batch_that_was_ended_goes_on_where_it_stopped() {
    let place = place();
    let kept: Vec<&str> = BATCH
        .iter()
        .copied()
        .chain(["--results", "done.jsonl", "--json"])
        .collect();
    assert_eq!(place.run(&kept).exits(10).json()["resumed"], 0);
    let text = place.text("done.jsonl");
    assert_eq!(text.lines().count(), 3);
    // The last line was being written when the power went.
    place.write("done.jsonl", &text.as_bytes()[..text.len() - 20]);
    let again = place.run(&kept).exits(10).json();
    assert_eq!((&again["resumed"], &again["total"]), (&2.into(), &3.into()));
    assert_eq!(place.text("done.jsonl").lines().count(), 3);
    place
        .run(kept.iter().chain(&["--policy", "lab"]))
        .exits(6)
        .says("M434");
    place.write("done.jsonl", "rubbish\n");
    place.run(&kept).exits(6).says("M434");
}

#[test]
fn a_folder_without_documents_is_an_empty_batch() {
    let place = Place::empty();
    std::fs::create_dir(place.path("none")).unwrap();
    let empty = place.run(["verify", "--batch", "none", "--json"]).exits(0).json();
    assert_eq!(empty["documents"], 0);
    place.run(["verify", "--batch", "nowhere"]).exits(2).says("U102");
}

#[test]
fn the_report_is_written_as_page_and_as_xml_and_never_over_another() {
    let place = Place::with_a_card();
    let verify = [
        "verify",
        "--card",
        "card.chip",
        "--can-file",
        "can",
        "--trust",
        "pki/trust",
        "--html",
        "r.html",
    ];
    place
        .run(verify.iter().chain(&["--xml", "r.xml", "--lang", "vi"]))
        .exits(0);
    let page = place.text("r.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("lang=\"vi\""));
    assert!(!page.contains("<script"));
    assert!(
        place
            .text("r.xml")
            .contains("<app:Verdict>authentic</app:Verdict>")
    );
    place.run(verify).exits(2).says("U104");
}
