use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::picture::PictureProblem;
use crate::testing::cast;

fn vietnam() -> Profile {
    Profile::builtin("vn-cccd-2021").unwrap()
}

fn passport() -> Profile {
    Profile::builtin("icao-passport").unwrap()
}

fn good() -> Value {
    json!({
        "schema": "antin.record/1",
        "number": "999185000017",
        "document_number": "T99900017",
        "full_name": "Nguyễn Thị Mẫu",
        "birth": "19/02/1985",
        "sex": "Nữ",
        "residence": "Số 0 Đường Mẫu, Phường Mẫu, Hà Nội",
        "issued": "01/07/2025",
        "expires": "19/02/2045",
        "father": "Nguyễn Văn Mẫu",
        "spouses": ["Trần Văn Thử"],
        "portrait": "mau.jpg",
    })
}

fn with(changes: &[(&str, Value)]) -> Vec<u8> {
    let mut record = good();
    for (field, value) in changes {
        record[*field] = value.clone();
    }
    serde_json::to_vec(&record).unwrap()
}

fn read_as(json: &[u8], profile: &Profile) -> Result<CitizenRecord, RecordProblems> {
    CitizenRecord::from_json(json, profile, &mut |_| Ok(cast()[0].portrait.clone()))
}

/// Reads a card record with a good portrait.
fn read(changes: &[(&str, Value)]) -> Result<CitizenRecord, RecordProblems> {
    read_as(&with(changes), &vietnam())
}

/// The faults of a card record as lines.
fn faults(changes: &[(&str, Value)]) -> String {
    read(changes).expect_err("the record has faults").to_string()
}

#[test]
fn a_good_record_is_read_with_every_field() {
    let record = read(&[]).unwrap();
    assert_eq!(record.full_name(), "Nguyễn Thị Mẫu");
    assert_eq!(
        (record.name.surname.as_str(), record.name.given.as_str()),
        ("Nguyễn", "Thị Mẫu")
    );
    assert_eq!(record.number(), Some("999185000017"));
    assert_eq!(record.birth().printed(), "19/02/1985");
    assert_eq!(record.sex(), Sex::Female);
    assert_eq!(record.expiry(), Expiry::On(Date::new(2045, 2, 19).unwrap()));
    assert_eq!(record.portrait().unwrap().width(), 413);
    assert_eq!(record.warnings(), []);
    assert!(read_as(&with(&[]), &passport()).is_ok());
}

#[test]
fn one_answer_names_every_fault_with_its_field() {
    let json = with(&[
        ("number", json!("99918500001")),
        ("full_name", json!("Nguyễn Thị 李 № 5")),
        ("birth", json!("30/02/1985")),
        ("sex", json!("X")),
        ("issued", json!("2025-07-01")),
        ("lifelong", json!("yes")),
        ("spouses", json!(["Trần Văn Thử", 7, ""])),
        ("old_number", json!("12345678")),
        (
            "extra_fields",
            json!([{ "number": 16, "text": "x" }, { "number": 17 }]),
        ),
        ("favourite_colour", json!("green")),
    ]);
    let problems = CitizenRecord::from_json(&json, &vietnam(), &mut |_| Ok(b"GIF89a".to_vec())).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "favourite_colour: is not a field of a record\n\
         number: must be 12 digits\n\
         full_name: holds '№' (position 14), which has no form in the machine readable zone\n\
         birth: is a day that the calendar does not have\n\
         sex: must be one of Nam, Nữ, M, F\n\
         issued: is not a date like 19/02/1985\n\
         lifelong: must be true or false\n\
         spouses[1]: must be a text in quotes\n\
         spouses[1]: is empty\n\
         old_number: must be 9 digits\n\
         extra_fields[1]: must be an object with number and text\n\
         extra_fields[0]: must have a number from 17 to 127\n\
         portrait: is neither JPEG nor JPEG 2000"
    );
}

#[test]
fn nothing_given_names_everything_that_a_card_needs() {
    let problems = CitizenRecord::from_json(b"{}", &vietnam(), &mut |_| Ok(Vec::new())).unwrap_err();
    let missing: Vec<&str> = problems
        .list()
        .iter()
        .filter(|p| p.problem == Problem::Missing)
        .map(|p| p.field.as_str())
        .collect();
    assert_eq!(
        missing,
        [
            "number",
            "full_name",
            "birth",
            "sex",
            "issued",
            "expires",
            "portrait"
        ]
    );
    assert_eq!(problems.list().len(), missing.len() + 1, "and the schema");
}

#[test]
fn a_passport_needs_a_document_number_and_an_expiry() {
    let json = with(&[
        ("document_number", Value::Null),
        ("expires", Value::Null),
        ("lifelong", json!(true)),
    ]);
    let problems = read_as(&json, &passport()).unwrap_err().to_string();
    assert_eq!(
        problems,
        "document_number: is missing\nlifelong: must be one of false (a passport expires)"
    );
}

#[test]
fn texts_are_brought_to_normal_form_c() {
    let record = read(&[(
        "full_name",
        json!("  Nguye\u{302}\u{303}n Thi\u{323} Ma\u{302}\u{303}u "),
    )])
    .unwrap();
    assert_eq!(record.full_name(), "Nguyễn Thị Mẫu");
}

#[test]
fn a_birth_may_be_known_in_part() {
    for (text, birth) in [
        ("02/1985", Birth::Month(1985, 2)),
        ("1985", Birth::Year(1985)),
        ("19/02/1985", Birth::Day(Date::new(1985, 2, 19).unwrap())),
    ] {
        assert_eq!(read(&[("birth", json!(text))]).unwrap().birth(), birth);
    }
    for text in ["13/1985", "00/1985"] {
        assert_eq!(
            faults(&[("birth", json!(text))]),
            "birth: is a day that the calendar does not have"
        );
    }
    for text in ["1985/02", "198", "19-02-1985", "+985", "1/2/1985"] {
        assert_eq!(
            faults(&[("birth", json!(text))]),
            "birth: is not a date like 19/02/1985",
            "{text}"
        );
    }
    assert_eq!(
        faults(&[("birth", json!("1899"))]),
        "birth: lies outside 1900 to 2099"
    );
}

#[test]
fn dates_in_the_wrong_order_are_refused() {
    assert_eq!(
        faults(&[("expires", json!("30/06/2025"))]),
        "expires: lies before issued"
    );
    assert_eq!(
        faults(&[("birth", json!("02/07/2025")), ("sex", json!("Nữ"))]),
        "issued: lies before birth"
    );
    assert_eq!(
        faults(&[("lifelong", json!(true))]),
        "lifelong: cannot stand beside expires"
    );
    assert_eq!(
        faults(&[("expires", json!("19/02/2145"))]),
        "expires: lies outside 2000 to 2099"
    );
}

#[test]
fn a_name_needs_letters() {
    assert_eq!(
        faults(&[("full_name", json!("' '"))]),
        "full_name: has no form in the machine readable zone"
    );
    assert_eq!(faults(&[("full_name", json!("   "))]), "full_name: is missing");
    assert_eq!(
        faults(&[("full_name", json!("Mẫu\u{7}"))]),
        "full_name: holds a control character at position 4"
    );
    let long = "Mẫu ".repeat(100);
    assert_eq!(
        faults(&[("full_name", json!(long))]),
        "full_name: is longer than 240 bytes of UTF-8"
    );
}

#[test]
fn a_number_that_tells_something_else_is_a_warning_only() {
    let record = read(&[("number", json!("999086000017"))]).unwrap();
    assert_eq!(
        record.warnings(),
        [Warning::NumberAgainstBirth, Warning::NumberAgainstSex]
    );
}

#[test]
fn long_entries_are_warned_of_and_kept_whole() {
    let residence = "Đường Mẫu ".repeat(12);
    let record = read(&[("residence", json!(residence))]).unwrap();
    let len = residence.trim().len();
    assert_eq!(
        record.warnings(),
        [Warning::LongEntry {
            field: "residence".to_owned(),
            len
        }]
    );
    assert_eq!(record.residence.as_deref(), Some(residence.trim()));
}

#[test]
fn a_field_given_twice_is_refused() {
    let json = String::from_utf8(with(&[]))
        .unwrap()
        .replacen('{', "{\"sex\":\"Nam\",", 1);
    assert_eq!(
        read_as(json.as_bytes(), &vietnam()).unwrap_err().to_string(),
        "sex: is given twice"
    );
}

#[test]
fn a_portrait_that_cannot_be_had_or_read_is_a_fault_of_its_field() {
    let load = |answer: Result<Vec<u8>, String>| {
        let mut answer = Some(answer);
        CitizenRecord::from_json(&with(&[]), &vietnam(), &mut |path| {
            assert_eq!(path, "mau.jpg");
            answer.take().expect("the portrait is loaded once")
        })
        .unwrap_err()
    };
    assert_eq!(
        load(Err("no such file".to_owned())).to_string(),
        "portrait: cannot be read: no such file"
    );
    let problem = PictureProblem::TooLarge {
        len: 40_000,
        limit: crate::picture::MAX_PICTURE_BYTES,
    };
    assert_eq!(
        load(Ok(vec![0xFF; 40_000])).list()[0].problem,
        Problem::Picture(problem)
    );
}

#[test]
fn a_file_that_is_no_record_is_refused_as_a_whole() {
    let read = |json: &[u8]| read_as(json, &vietnam()).unwrap_err().to_string();
    assert_eq!(read(b"{\n  \"number\": }"), "(file): not JSON: line 2, column 13");
    assert_eq!(read(b"[]"), "(file): not JSON: line 1, column 0");
    assert_eq!(
        read(&vec![b' '; MAX_FILE_BYTES + 1]),
        "(file): larger than 65536 bytes"
    );
    assert!(
        read(&with(&[("schema", json!("antin.record/2"))])).contains("schema: must be \"antin.record/1\"")
    );
    assert!(read("[".repeat(60_000).as_bytes()).starts_with("(file): not JSON"));
}

#[test]
fn no_message_and_no_debug_text_shows_a_value() {
    let record = read(&[]).unwrap();
    let file = RecordFile {
        full_name: Some("Nguyễn Thị Mẫu".to_owned()),
        ..RecordFile::default()
    };
    for text in [
        format!("{record:?}"),
        format!("{file:?}"),
        faults(&[("number", json!("0011850000170"))]),
    ] {
        assert!(!text.contains("Mẫu") && !text.contains("85000017"), "{text}");
    }
}

#[test]
fn a_record_cut_off_anywhere_is_no_record() {
    let json = with(&[]);
    for len in 0..json.len() {
        assert!(CitizenRecord::from_json(&json[..len], &vietnam(), &mut |_| Err(String::new())).is_err());
    }
}

#[test]
fn the_text_of_a_record_file_is_read_again_as_the_same() {
    for citizen in cast() {
        let mut found = Vec::new();
        let again = json::read(citizen.record.to_json().as_bytes(), &mut found).unwrap();
        assert_eq!(found, []);
        assert!(again == citizen.record);
    }
}

#[test]
fn every_field_of_the_schema_can_be_read() {
    let mut record = serde_json::Map::new();
    for field in json::FIELDS {
        let value = match field {
            "schema" => json!(SCHEMA),
            "lifelong" => json!(true),
            "spouses" => json!(["a"]),
            "extra_fields" => json!([{ "number": 17, "text": "a" }]),
            _ => json!("a"),
        };
        record.insert(field.to_owned(), value);
    }
    let mut found = Vec::new();
    let read = json::read(&serde_json::to_vec(&record).unwrap(), &mut found).unwrap();
    assert_eq!(found, []);
    assert_eq!(serde_json::to_value(&read).unwrap(), Value::Object(record));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(json in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = CitizenRecord::from_json(&json, &vietnam(), &mut |_| Err(String::new()));
    }

    #[test]
    fn no_text_in_any_field_makes_the_checks_panic(field in 0..json::FIELDS.len(), text in "\\PC{0,40}") {
        let _ = read(&[(json::FIELDS[field], json!(text))]);
    }
}
