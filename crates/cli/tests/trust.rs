//! The trust store through the command line: what an officer does at the end of a long day.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{ANTIN, Place, Ran};
use serde_json::Value;

/// `antin trust ...` on the store `store`.
fn trust(place: &Place, line: &str) -> Ran {
    let words = line.split_whitespace().map(str::to_owned);
    let fixed = ["--store", "store"].map(str::to_owned);
    let with_store = !line.starts_with("diff");
    let all: Vec<String> = std::iter::once("trust".to_owned())
        .chain(words)
        .chain(fixed.into_iter().filter(|_| with_store))
        .collect();
    place.run(all)
}

fn foreign_data() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    if folder.join("masterlists").is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no foreign data");
    None
}

#[test]
fn a_test_authority_is_kept_apart_and_serves_only_whoever_asks_for_it() {
    let place = Place::with_a_card();
    let imported = trust(&place, "import pki/trust --operator lan --json")
        .exits(0)
        .json();
    assert_eq!(
        (
            &imported["schema"],
            &imported["certificates"],
            &imported["skipped"]
        ),
        (&"antin.trust-import/1".into(), &1.into(), &0.into())
    );
    assert_eq!(imported["notes"][0]["code"], "test-certificate");
    let verify = "verify --card card.chip --can-file can --store store";
    place
        .run(verify.split(' '))
        .exits(12)
        .says("test authorities only");
    let words = format!("{verify} --allow-test-anchors");
    place.run(words.split(' ')).exits(0);
    // The same by the variable, without any option.
    let out = Command::new(ANTIN)
        .args([
            "verify",
            "--card",
            "card.chip",
            "--can-file",
            "can",
            "--allow-test-anchors",
        ])
        .current_dir(place.path(""))
        .env("ANTIN_TRUST_STORE", place.path("store"))
        .env_remove("ANTIN_TRUST")
        .output()
        .unwrap();
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

#[test]
fn why_names_who_added_an_authority_when_and_from_which_file() {
    let place = Place::with_keys_and_records();
    trust(&place, "import pki/trust --operator lan@counter-1").exits(0);
    let why = trust(&place, "why VN --json").exits(0).json();
    let chain = &why["chains"][0];
    assert_eq!(
        (&chain["end"], &chain["steps"][0]["kind"]),
        (&"operator".into(), &"csca".into())
    );
    let source = &chain["steps"][0]["sources"][0];
    assert_eq!(
        (&source["by"], &source["vouched_by"]),
        (&"lan@counter-1".into(), &"operator".into())
    );
    assert_eq!(source["file_sha256"].as_str().unwrap().len(), 64);
    trust(&place, "why VN")
        .exits(0)
        .prints("by lan@counter-1")
        .prints("= a person of this station decided to believe it");
    trust(&place, "why VN --lang vi")
        .exits(0)
        .prints("một người của trạm này đã quyết định tin");
    trust(&place, "why FR").exits(2).says("U111");
}

#[test]
fn an_entry_is_listed_shown_removed_and_stays_out_when_distrusted() {
    let place = Place::with_keys_and_records();
    trust(&place, "import pki/trust").exits(0);
    let list = trust(&place, "list --json").exits(0).json();
    assert_eq!(
        (&list["countries"][0]["country"], &list["countries"][0]["csca"]),
        (&"VN".into(), &1.into())
    );
    assert_eq!(list["countries"][0]["test"], 1);
    let shown = trust(&place, "show vn --json").exits(0).json();
    let sha256 = shown["entries"][0]["sha256"].as_str().unwrap().to_owned();
    trust(&place, "remove VN").exits(2).says("U116");
    trust(&place, &format!("remove {}", &sha256[..16])).exits(0);
    trust(&place, "list").exits(0);
    trust(&place, &format!("show {sha256}")).exits(2).says("U111");
    trust(&place, "import pki/trust").exits(0);
    trust(&place, &format!("remove {sha256} --distrust stolen")).exits(0);
    trust(&place, "import pki/trust")
        .exits(6)
        .says("M411")
        .says("distrusted");
    // Its documents fail: they are not merely unknown.
    trust(&place, &format!("show {sha256}"))
        .exits(0)
        .prints("KNOWN TO BE BAD");
    place.issue("card.chip").exits(0);
    place.write("can", common::can_of(&place.record()));
    place
        .run("verify --card card.chip --can-file can --store store --allow-test-anchors".split(' '))
        .exits(10)
        .prints("the CSCA is listed as not to be trusted");
}

#[test]
fn a_key_that_is_known_to_be_bad_is_refused_in_every_certificate() {
    let place = Place::with_keys_and_records();
    trust(&place, "import pki/trust").exits(0);
    let shown = trust(&place, "show VN --json").exits(0).json();
    let sha256 = shown["entries"][0]["sha256"].as_str().unwrap().to_owned();
    trust(&place, &format!("remove {sha256} --distrust-key")).exits(2);
    let words = format!("remove {sha256} --distrust stolen --distrust-key --json");
    let removed = trust(&place, &words).exits(0).json();
    assert_eq!(removed["keys_distrusted"], true);
    trust(&place, "import pki/trust").exits(6).says("distrusted");
    trust(&place, "list").exits(0).prints("KNOWN TO BE BAD");
}

#[test]
fn a_folder_and_a_store_at_once_are_refused_instead_of_one_being_ignored() {
    let place = Place::with_keys_and_records();
    trust(&place, "import pki/trust").exits(0);
    for command in ["verify dump", "doctor"] {
        let words = format!("{command} --trust pki/trust --store store");
        place.run(words.split(' ')).exits(2).says("U103").says("not both");
    }
}

#[test]
fn the_doctor_looks_at_the_store_that_a_verification_would_read() {
    let place = Place::with_keys_and_records();
    let trust_of = |words: &str| -> serde_json::Value {
        let all = format!("doctor --json {words}");
        let findings = place.run(all.split_whitespace()).json();
        let mut rows = findings["findings"].as_array().unwrap().iter();
        rows.find(|row| row["what"] == "trust").unwrap().clone()
    };
    trust(&place, "import pki/trust").exits(0);
    let found = trust_of("--store store");
    // Test authorities count for nobody who does not ask for them.
    assert_eq!(found["state"], "warning", "{found}");
    let advice = found["advice"].as_str().unwrap();
    assert!(advice.contains("antin trust import"), "{advice}");
    assert_eq!(trust_of("--trust pki/trust")["state"], "good");
    let missing = trust_of("--store nowhere");
    assert_eq!(missing["state"], "problem", "{missing}");
    place.write("store/store.json", "{}");
    let damaged = trust_of("--store store");
    assert_eq!(damaged["state"], "problem");
    let advice = damaged["advice"].as_str().unwrap();
    assert!(advice.contains("bring the folder back"), "{advice}");
}

#[test]
fn what_is_exported_in_any_form_comes_in_again_the_same() {
    let place = Place::with_keys_and_records();
    trust(&place, "import pki").exits(0);
    for (format, to) in [
        ("pem", "out.pem"),
        ("der", "out"),
        ("ldif", "out.ldif"),
        ("zip", "out.zip"),
    ] {
        trust(&place, &format!("export --to {to} --format {format}")).exits(0);
        let same = place
            .run(["trust", "diff", "store", to, "--json"])
            .exits(0)
            .json();
        assert_eq!(same["only_first"], Value::Array(Vec::new()), "{format}");
        assert_eq!(same["only_second"], Value::Array(Vec::new()), "{format}");
        assert!(same["both"].as_u64() >= Some(2), "{format}: {same}");
        place
            .run(["trust", "import", to, "--store", &format!("store-{format}")])
            .exits(0);
        trust(&place, &format!("export --to {to} --format {format}"))
            .exits(2)
            .says("U104");
    }
    for name in place.list("out") {
        assert_eq!(name.len(), 64 + ".cer".len(), "{name}");
    }
}

#[test]
fn the_mistakes_of_a_long_day_are_named() {
    let place = Place::with_keys_and_records();
    let key = place
        .list("pki")
        .into_iter()
        .find(|name| name.contains("ds-key"))
        .map(|name| format!("pki/{name}"))
        .unwrap();
    place.write("page.ml", "<!DOCTYPE html><html>Download</html>");
    place.write("empty", "");
    place.write("photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]);
    let cases = [
        ("import page.ml".to_owned(), 6, "M411", "a web page"),
        ("import empty".to_owned(), 6, "M411", "an empty file"),
        ("import photo.jpg".to_owned(), 6, "M411", "a picture"),
        (format!("import {key}"), 6, "M411", "a private key"),
        ("import nowhere.ml".to_owned(), 2, "U102", "nowhere.ml"),
        (
            "import pki/trust --root page.ml".to_owned(),
            2,
            "U114",
            "one, PEM or DER",
        ),
        ("list".to_owned(), 2, "U115", "antin trust import"),
    ];
    for (line, exit, id, words) in cases {
        trust(&place, &line).exits(exit).says(id).says(words);
        assert!(
            !place.path("store/store.json").exists(),
            "{line}: nothing is stored"
        );
    }
    trust(&place, "import pki/trust").exits(0);
    trust(&place, "import pki/trust")
        .exits(0)
        .prints("imported before");
    trust(&place, "show 12").exits(2).says("U111");
    place
        .run([
            "trust",
            "import",
            "pki/trust",
            "--store",
            "store",
            "--operator",
            "a\u{1b}[31m",
        ])
        .exits(2)
        .says("U103");
}

/// Two hundred certificates take long enough for several imports to meet.
#[test]
fn imports_at_the_same_time_lose_nothing() {
    let place = Place::empty();
    for country in ["VN", "DE", "FR", "JP", "AU", "BR"] {
        place
            .run(["pki", "demo", "--out", country, "--country", country])
            .exits(0);
    }
    let started: Vec<_> = ["VN", "DE", "FR", "JP", "AU", "BR"]
        .iter()
        .map(|country| {
            Command::new(ANTIN)
                .args(["trust", "import", country, "--store", "store"])
                .current_dir(place.path(""))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut one in started {
        assert!(one.wait().unwrap().success());
    }
    let list = trust(&place, "list --json").exits(0).json();
    assert_eq!(
        (list["countries"].as_array().unwrap().len(), &list["generation"]),
        (6, &6.into())
    );
}

#[test]
fn an_import_that_is_killed_leaves_the_old_store_or_the_new_one() {
    let Some(data) = foreign_data() else { return };
    let place = Place::with_keys_and_records();
    trust(&place, "import pki/trust").exits(0);
    let (mut old, mut new) = (0, 0);
    for wait in (0..12).map(|step| step * 60) {
        let mut import = Command::new(ANTIN)
            .args(["trust", "import", "--store", "store", "--root"])
            .arg(data.join("certs/csca/DE_ROOT_CA_CSCA07.cer"))
            .arg(data.join("masterlists/DE_ML_2026-05-28.ml"))
            .current_dir(place.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = import.kill();
        import.wait().unwrap();
        let list = trust(&place, "list --json").exits(0).json();
        match list["entries"].as_u64().unwrap() {
            1 => old += 1,
            590 => new += 1,
            other => panic!("half-imported: {other} entries"),
        }
    }
    println!("{old} times the old store, {new} times the new one");
    assert!(old > 0);
}

#[test]
fn the_german_list_is_imported_and_explains_viet_nam() {
    let Some(data) = foreign_data() else { return };
    let place = Place::empty();
    let list = data.join("masterlists/DE_ML_2026-05-28.ml");
    let root = data.join("certs/csca/DE_ROOT_CA_CSCA07.cer");
    let (list, root) = (list.to_str().unwrap(), root.to_str().unwrap());
    trust(&place, &format!("import {list}"))
        .exits(2)
        .says("U110")
        .says("csca-germany");
    let wrong = data.join("certs/csca/VN_CSCA_ePassport_2022.cer");
    trust(
        &place,
        &format!("import {list} --root {}", wrong.to_str().unwrap()),
    )
    .exits(6)
    .says("M412");
    let imported = trust(&place, &format!("import {list} --root {root} --json"))
        .exits(0)
        .json();
    assert_eq!(
        (&imported["certificates"], &imported["skipped"]),
        (&588.into(), &0.into())
    );
    assert!(imported["notes"].is_array());
    let by = |word: &str| {
        let entries = imported["entries"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["verified_by"] == word)
            .count()
    };
    assert_eq!((by("self"), by("other"), by("none")), (375, 199, 14));
    let why = trust(&place, "why VN --json").exits(0).json();
    let steps = why["chains"][0]["steps"].as_array().unwrap();
    assert_eq!(
        (&steps[0]["country"], &steps[1]["country"]),
        (&"VN".into(), &"DE".into())
    );
    assert_eq!(why["chains"][0]["end"], "operator");
    let sods = std::fs::read_dir(data.join("sod/real")).unwrap();
    for sod in sods.map(|entry| entry.unwrap().path()) {
        let folder = place.path("document");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&sod, folder.join("EF_SOD.bin")).unwrap();
        let report = place
            .run(["verify", "document", "--store", "store", "--json"])
            .json();
        let trusted = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["id"] == "csca-trust");
        assert_eq!(trusted.unwrap()["result"], "successful", "{}", sod.display());
    }
}
