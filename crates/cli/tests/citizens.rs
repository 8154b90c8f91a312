//! The fictional citizens of `antin record demo`: the same for a seed, with portraits, hard cases among them, and a card
//! for every one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::{Place, can_of};
use serde_json::Value;

fn records(place: &Place, folder: &str) -> Vec<(String, Value)> {
    let names = place
        .list(folder)
        .into_iter()
        .filter(|name| name.ends_with(".json"));
    names
        .map(|name| {
            (
                name.clone(),
                serde_json::from_str(&place.text(&format!("{folder}/{name}"))).unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_seed_gives_the_same_citizens_and_another_seed_others() {
    let place = Place::empty();
    for (seed, folder) in [("7", "a"), ("7", "b"), ("8", "c")] {
        place
            .run(["record", "demo", "--seed", seed, "--count", "3", "--out", folder])
            .exits(0);
    }
    assert_eq!(place.list("a"), place.list("b"));
    for name in place.list("a").iter().filter(|name| name.ends_with(".jpg")) {
        assert_eq!(
            place.bytes(&format!("a/{name}")),
            place.bytes(&format!("b/{name}")),
            "{name}"
        );
    }
    let numbers = |folder: &str| -> Vec<Value> {
        records(&place, folder)
            .into_iter()
            .map(|(_, record)| record["number"].clone())
            .collect()
    };
    assert_eq!(numbers("a"), numbers("b"));
    assert_ne!(numbers("a"), numbers("c"));
}

#[test]
fn thirty_citizens_have_portraits_hard_cases_and_cards_that_are_authentic() {
    let place = Place::empty();
    place.run(["pki", "demo", "--out", "pki"]).exits(0);
    let written = place
        .run(["record", "demo", "--seed", "1", "--count", "30", "--out", "rec"])
        .exits(0);
    assert_eq!(written.out.lines().count(), 30);
    let citizens = records(&place, "rec");
    assert_eq!(citizens.len(), 30);
    has_the_hard_cases(&citizens);
    for (name, record) in &citizens {
        let portrait = place.bytes(&format!("rec/{}", record["portrait"].as_str().unwrap()));
        assert!(
            (12_000..=20_480).contains(&portrait.len()),
            "{name}: a portrait of {} bytes",
            portrait.len()
        );
        assert!(
            portrait.starts_with(&[0xFF, 0xD8, 0xFF]) && portrait.ends_with(&[0xFF, 0xD9]),
            "{name}: JPEG"
        );
        let file = format!("rec/{name}");
        place
            .run([
                "issue",
                "--allow-test-keys",
                "--profile",
                "vn-cccd-2021",
                "--signer",
                "pki",
                "--record",
                &file,
                "--to-file",
                "card.chip",
            ])
            .exits(0);
        place.write("can", can_of(record));
        let report = place.verify_with(&["--holder", "--json"]).exits(0).json();
        assert_eq!(report["verdict"], "authentic", "{name}");
        assert_eq!(report["holder"]["full_name"], record["full_name"], "{name}");
        assert_eq!(report["holder"]["personal_number"], record["number"], "{name}");
        std::fs::remove_file(place.path("card.chip")).unwrap();
    }
}

fn has_the_hard_cases(citizens: &[(String, Value)]) {
    let any = |what: &str, is: &dyn Fn(&Value) -> bool| {
        assert!(citizens.iter().any(|(_, record)| is(record)), "nobody {what}");
    };
    fn text<'a>(record: &'a Value, field: &str) -> &'a str {
        record[field].as_str().unwrap_or_default()
    }
    any("has a letter without decomposition", &|record| {
        text(record, "full_name").contains(['Đ', 'đ'])
    });
    any("has one name only", &|record| {
        !text(record, "full_name").contains(' ')
    });
    any("has a name too long for the MRZ", &|record| {
        text(record, "full_name").chars().count() >= 40
    });
    any("has an apostrophe", &|record| {
        text(record, "full_name").contains(['\'', '’'])
    });
    any("is older than a hundred", &|record| {
        text(record, "birth")
            .rsplit('/')
            .next()
            .is_some_and(|year| year.parse().is_ok_and(|year: u32| year <= 1926))
    });
    any("has no older card", &|record| {
        text(record, "old_number").is_empty()
    });
    any("has no parents on record", &|record| {
        text(record, "father").is_empty() && text(record, "mother").is_empty()
    });
    any("has two spouses", &|record| {
        record["spouses"]
            .as_array()
            .is_some_and(|spouses| spouses.len() == 2)
    });
    any("lives far away", &|record| text(record, "residence").len() > 127);
}
