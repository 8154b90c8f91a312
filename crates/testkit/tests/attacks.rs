//! The corpus of attacks is what the generator makes, and its expectations are those of the catalogue.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/attacks")
}

/// With `ANTIN_BLESS=1` the corpus is written anew.
#[test]
fn the_corpus_is_what_the_generator_makes() {
    let bless = std::env::var_os("ANTIN_BLESS").is_some();
    let made = antin_testkit::attacks::files();
    let mut stale = Vec::new();
    for (path, text) in &made {
        let path = corpus().join(path);
        if std::fs::read_to_string(&path).ok().as_ref() == Some(text) {
            continue;
        }
        if bless {
            std::fs::write(&path, text).expect("the corpus can be written");
        } else {
            stale.push(path);
        }
    }
    let known: BTreeSet<PathBuf> = made.iter().map(|(path, _)| corpus().join(path)).collect();
    for folder in ["cases", "cards"] {
        for entry in std::fs::read_dir(corpus().join(folder)).expect("the folder") {
            let path = entry.expect("a file").path();
            if !known.contains(&path) && bless {
                std::fs::remove_file(&path).expect("the corpus can be written");
            } else if !known.contains(&path) {
                stale.push(path);
            }
        }
    }
    assert!(stale.is_empty(), "bless these with ANTIN_BLESS=1: {stale:#?}");
}

/// The catalogue itself lies beside the project; the rows are compared where it is there.
#[test]
fn the_expectations_are_those_of_the_catalogue() {
    let catalogue = antin_testkit::foreign_data().map(|data| data.join("../reference/attacks.csv"));
    let Some(text) = catalogue.and_then(|path| std::fs::read_to_string(path).ok()) else {
        println!("SKIPPED: no catalogue of attacks");
        return;
    };
    let rows = rows(&text);
    let (head, rows) = rows.split_first().expect("a head");
    let column = |name: &str| head.iter().position(|known| known == name).expect("a column");
    let expected = std::fs::read_to_string(corpus().join("expected.toml")).expect("the expectations");
    let expected: toml::Table = toml::from_str(&expected).expect("TOML");
    let cases = expected
        .get("case")
        .and_then(toml::Value::as_array)
        .expect("cases");
    assert_eq!(cases.len(), rows.len());
    for (case, row) in cases.iter().zip(rows) {
        for (key, name) in [
            ("id", "id"),
            ("layer", "layer"),
            ("attack", "attack"),
            ("expected", "expected_verdict"),
            ("check", "deciding_check"),
            ("priority", "priority"),
        ] {
            let ours = case.get(key).and_then(toml::Value::as_str);
            assert_eq!(
                ours,
                row.get(column(name)).map(String::as_str),
                "{name} of {row:?}"
            );
        }
    }
}

/// What a reading must come to is one of the things that the row says.
#[test]
fn no_reading_is_expected_to_come_to_something_that_its_row_does_not_say() {
    let expected = std::fs::read_to_string(corpus().join("expected.toml")).expect("the expectations");
    let expected: toml::Table = toml::from_str(&expected).expect("TOML");
    let text =
        |table: &toml::Value, key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    for case in expected
        .get("case")
        .and_then(toml::Value::as_array)
        .expect("cases")
    {
        let row = text(case, "expected").expect("a row says what is expected");
        let readings = case.get("reading").and_then(toml::Value::as_array);
        for reading in readings.into_iter().flatten() {
            let exit = reading
                .get("exit")
                .and_then(toml::Value::as_integer)
                .expect("an exit");
            let (said, named) = match text(reading, "says") {
                Some(part) => (row.contains(&part), part),
                None => (true, row.clone()),
            };
            assert!(said, "{row:?} does not say {named:?}");
            if text(reading, "says").is_some() {
                assert!(named.contains(&format!("({exit})")), "{named:?} is not {exit}");
            }
        }
    }
}

/// Comma separated values: fields in quotes may hold commas, and quotes twice.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(fields).collect()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = fields.last_mut().expect("a field");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                last.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => last.push(other),
        }
    }
    fields
}
