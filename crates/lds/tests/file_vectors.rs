//! The files of a chip against `test-vectors/lds/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

mod common;

use antin_lds::dg13::{Dg13Value, VietnamFields};
use antin_lds::{Dg1, Dg14, EfCardAccess, EfCom, Error, SecurityInfo, SecurityInfos, VietnamDg13};
use antin_wire::oids;
use common::{assert_refused, bytes, cases, text};

#[test]
fn ef_com_is_read_written_and_refused_as_the_vectors_say() {
    for case in cases("lds/com.toml") {
        let (title, input) = (text(&case, "title"), bytes(&case));
        let parsed = EfCom::parse(&input);
        if case.contains_key("refused") {
            assert_refused(&case, parsed);
            continue;
        }
        let (com, expect) = (parsed.expect(title), case["expect"].as_table().unwrap());
        let groups: Vec<_> = com.data_groups().collect();
        let numbers: Vec<i64> = groups.iter().map(|group| i64::from(group.number())).collect();
        let expected: Vec<i64> = expect["data_groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_integer().unwrap())
            .collect();
        assert_eq!(numbers, expected, "{title}");
        assert_eq!(com.lds_version(), text(expect, "lds_version"), "{title}");
        assert_eq!(com.unicode_version(), text(expect, "unicode_version"), "{title}");
        assert_eq!(com.as_bytes(), input, "{title}");
        assert_eq!(
            EfCom::build(com.lds_version(), com.unicode_version(), &groups),
            Ok(com),
            "{title}"
        );
    }
}

#[test]
fn dg1_is_read_written_and_refused_as_the_vectors_say() {
    for case in cases("lds/dg1.toml") {
        let (title, input) = (text(&case, "title"), bytes(&case));
        let parsed = Dg1::parse(&input);
        if case.contains_key("refused") {
            assert_refused(&case, parsed);
            continue;
        }
        let dg1 = parsed.expect(title);
        assert_eq!(dg1.text(), text(&case, "expect"), "{title}");
        assert_eq!(dg1.as_bytes(), input, "{title}");
        match dg1.mrz() {
            Ok(mrz) => {
                assert_eq!(text(&case, "mrz"), "correct", "{title}");
                assert_eq!(Dg1::build(mrz), dg1, "{title}");
            }
            Err(error) => assert_eq!(error.to_string(), text(&case, "mrz"), "{title}"),
        }
    }
}

#[test]
fn security_infos_are_read_written_and_refused_as_the_vectors_say() {
    for case in cases("lds/security-infos.toml") {
        let (title, input) = (text(&case, "title"), bytes(&case));
        let parsed = security_infos(text(&case, "file"), &input);
        if case.contains_key("refused") {
            assert_refused(&case, parsed);
            continue;
        }
        let (infos, raw) = parsed.expect(title);
        assert_eq!(raw, input, "{title}");
        let expected: Vec<&str> = case["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_str().unwrap())
            .collect();
        assert_eq!(
            infos.iter().map(describe).collect::<Vec<_>>(),
            expected,
            "{title}"
        );
        // Written again from their values, in DER order: the same bytes if they were in that order.
        let written = SecurityInfos::from_infos(infos.iter().cloned());
        let sorted = text(&case, "sorted") == "yes";
        assert_eq!(written == infos, sorted, "{title}");
        assert_eq!(written.len(), infos.len(), "{title}");
        if sorted {
            assert_eq!(build(text(&case, "file"), &infos), input, "{title}");
        }
    }
}

fn security_infos(file: &str, input: &[u8]) -> Result<(SecurityInfos, Vec<u8>), Error> {
    match file {
        "DG14" => Dg14::parse(input).map(|dg14| (dg14.infos().clone(), dg14.as_bytes().to_vec())),
        _ => EfCardAccess::parse(input).map(|file| (file.infos().clone(), file.as_bytes().to_vec())),
    }
}

fn build(file: &str, infos: &SecurityInfos) -> Vec<u8> {
    // Handed over in the opposite order, so that sorting has something to do.
    let mut infos: Vec<SecurityInfo> = infos.iter().cloned().collect();
    infos.reverse();
    match file {
        "DG14" => Dg14::build(infos).as_bytes().to_vec(),
        _ => EfCardAccess::build(infos).as_bytes().to_vec(),
    }
}

fn describe(info: &SecurityInfo) -> String {
    let oid = info.oid();
    let name = oids::name(&oid).map_or_else(|| oid.to_string(), str::to_owned);
    let optional = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    match info {
        SecurityInfo::Pace {
            version,
            parameter_id,
            ..
        } => {
            format!(
                "{name} {version} {}",
                optional(parameter_id.map(|id| id.to_string()))
            )
        }
        SecurityInfo::ChipAuthentication { version, key_id, .. } => {
            format!("{name} {version} {}", optional(key_id.map(|id| id.to_string())))
        }
        SecurityInfo::ChipAuthenticationPublicKey { spki_der, key_id, .. } => {
            format!(
                "{name} {} {}",
                hex::encode_upper(spki_der),
                optional(key_id.map(|id| id.to_string()))
            )
        }
        SecurityInfo::TerminalAuthentication { version, ef_cvca, .. } => {
            format!(
                "{name} {version} {}",
                optional(ef_cvca.map(|file| hex::encode_upper(file.to_der())))
            )
        }
        SecurityInfo::ActiveAuthentication {
            version,
            signature_algorithm,
        } => {
            format!("{name} {version} {signature_algorithm}")
        }
        other => format!("{name} {}", hex::encode_upper(other.to_der())),
    }
}

#[test]
fn vietnamese_dg13_is_read_written_and_refused_as_the_vectors_say() {
    for case in cases("lds/dg13-vietnam.toml") {
        let (title, input) = (text(&case, "title"), bytes(&case));
        let parsed = VietnamDg13::parse(&input);
        if case.contains_key("refused") {
            assert_refused(&case, parsed);
            continue;
        }
        let dg13 = parsed.expect(title);
        let expected: Vec<&str> = case["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_str().unwrap())
            .collect();
        let found: Vec<String> = dg13
            .fields()
            .iter()
            .map(|field| match &field.value {
                Dg13Value::Empty => format!("{} empty", field.number),
                Dg13Value::Text(text) => format!("{} text {text}", field.number),
                Dg13Value::Names(names) => format!("{} names {}", field.number, names.join("; ")),
                Dg13Value::Other(bytes) => format!("{} other {}", field.number, hex::encode_upper(bytes)),
                _ => panic!("a value this test does not know"),
            })
            .collect();
        assert_eq!(found, expected, "{title}");
        assert_eq!(dg13.as_bytes(), input, "{title}");
        let written = VietnamDg13::build(&fields_of(&dg13)).unwrap();
        assert_eq!(
            written.as_bytes() == input,
            text(&case, "written") == "yes",
            "{title}: written again"
        );
    }
}

fn fields_of(dg13: &VietnamDg13) -> VietnamFields {
    let text = |number| dg13.text(number).unwrap_or_default().to_owned();
    VietnamFields {
        id_number: text(1),
        full_name: text(2),
        date_of_birth: text(3),
        sex: text(4),
        nationality: text(5),
        ethnicity: text(6),
        religion: text(7),
        place_of_origin: text(8),
        place_of_residence: text(9),
        features: text(10),
        date_of_issue: text(11),
        date_of_expiry: text(12),
        father: dg13.father().unwrap_or_default().to_owned(),
        mother: dg13.mother().unwrap_or_default().to_owned(),
        spouses: dg13.spouses().into_iter().map(str::to_owned).collect(),
        old_number: text(15),
        chip_code: text(16),
        extra: Vec::new(),
    }
}
