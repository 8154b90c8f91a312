//! Every contradiction in a profile is found, and named where it stands.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

use antin_profile::{Problem, Profile};

const VIETNAM: &str = include_str!("../../../card-profiles/vn-cccd-2021.toml");
const PASSPORT: &str = include_str!("../../../card-profiles/icao-passport.toml");

/// A slip of the pen, the field that is named, the text that stands at the named place, and words of the message.
struct Slip {
    right: &'static str,
    wrong: &'static str,
    field: &'static str,
    at: &'static str,
    says: &'static str,
}

const fn slip(
    right: &'static str,
    wrong: &'static str,
    field: &'static str,
    at: &'static str,
    says: &'static str,
) -> Slip {
    Slip {
        right,
        wrong,
        field,
        at,
        says,
    }
}

const SLIPS: &[Slip] = &[
    slip(
        "antin.profile/1",
        "antin.profile/2",
        "schema",
        "\"antin.profile/2\"",
        "antin.profile/1",
    ),
    slip(
        "name = \"vn-cccd-2021\"",
        "name = \"VN CCCD\"",
        "name",
        "\"VN CCCD\"",
        "lower case",
    ),
    slip(
        "title = \"Vietnam: chip identity card, 2021\"",
        "title = \" \"",
        "title",
        "\" \"",
        "a name",
    ),
    slip("\"VNM\"", "\"vnm\"", "country", "\"vnm\"", "capital"),
    slip("\"VNM\"", "\"UTO\"", "document", "\"td1-vietnam\"", "VNM"),
    slip(
        "\"td1-vietnam\"",
        "\"td3\"",
        "passwords.can",
        "\"last-six",
        "personal number",
    ),
    slip("312E3051\"", "312E3052\"", "chip.atr", "\"3B9F", "check byte"),
    slip(
        "312E3051\"",
        "312E30\"",
        "chip.atr",
        "\"3B9F",
        "as long as it announces",
    ),
    slip("atr = \"3B", "atr = \"XY", "chip.atr", "\"XY9F", "hex digits"),
    slip(
        "\"A0000002471001\"",
        "\"A000\"",
        "chip.application",
        "\"A000\"",
        "5 to 16",
    ),
    slip(
        "\"mf-select-6d00\",",
        "\"mf-select-6d00\", \"mf-select-6d00\",",
        "chip.quirks",
        "\"mf-select-6d00\",\n",
        "listed twice",
    ),
    slip(
        "max-command = 2048",
        "max-command = 70000",
        "limits.max-command",
        "70000",
        "65535",
    ),
    slip(
        "extended = true",
        "extended = false",
        "limits.max-command",
        "2048",
        "255",
    ),
    slip(
        "parameter = 13",
        "parameter = 12",
        "access.pace.parameter",
        "12",
        "is 13, not 12",
    ),
    slip(
        "curve = \"brainpoolP256r1\"\nparameter",
        "curve = \"P-257\"\nparameter",
        "access.pace.curve",
        "\"P-257\"",
        "P-256,",
    ),
    slip(
        "passwords = [\"mrz\", \"can\"]",
        "passwords = []",
        "access.pace.passwords",
        "[]",
        "missing",
    ),
    slip(
        "can = \"last-six-of-number\"",
        "can = \"none\"",
        "access.pace.passwords",
        "[\"mrz\"",
        "no CAN",
    ),
    slip(
        "status = \"6300\"",
        "status = \"9000\"",
        "wrong-password.status",
        "\"9000\"",
        "63xx",
    ),
    slip(
        "first-delay-ms = 250",
        "first-delay-ms = 9000",
        "wrong-password.first-delay-ms",
        "9000",
        "longer",
    ),
    slip(
        "longest-delay-ms = 8000",
        "longest-delay-ms = 99999",
        "wrong-password.longest-delay-ms",
        "99999",
        "60000",
    ),
    slip(
        "[sod]\nhash = \"sha-256\"",
        "[sod]\nhash = \"md5\"",
        "sod.hash",
        "\"md5\"",
        "sha-256",
    ),
    slip(
        "lds-version = \"0107\"",
        "lds-version = \"1.7\"",
        "com.lds-version",
        "\"1.7\"",
        "4 digits",
    ),
    slip(
        "[1, 2, 3, 13, 15, 14]",
        "[1, 2, 3, 13, 15, 14, 17]",
        "com.data-groups",
        "17]",
        "1 to 16",
    ),
    slip(
        "[1, 2, 3, 13, 15, 14]",
        "[1, 2, 3, 13, 15, 14, 1]",
        "com.data-groups",
        "1]",
        "twice",
    ),
    slip(
        "[1, 2, 3, 13, 15, 14]",
        "[1, 2, 3, 13, 15, 14, 11]",
        "com.data-groups",
        "11]",
        "no [[file]] named DG11",
    ),
    slip(
        "[1, 2, 3, 13, 15, 14]",
        "[1, 2, 3, 15, 14]",
        "file.name",
        "\"DG13\"",
        "does not list it",
    ),
    slip(
        "name = \"DG13\"",
        "name = \"DG17\"",
        "file.name",
        "\"DG17\"",
        "DG1 to DG16",
    ),
    slip(
        "name = \"EF.SOD\"",
        "name = \"DG11\"",
        "file",
        "[[file]]",
        "missing the file EF.SOD",
    ),
    slip(
        "name = \"DG3\"",
        "name = \"DG2\"",
        "file.name",
        "\"DG2\"\nfid = \"0103\"",
        "twice",
    ),
    slip(
        "fid = \"0103\"",
        "fid = \"0102\"",
        "file.fid",
        "\"0102\"\nsfi = 0x03",
        "DG2 has the same",
    ),
    slip(
        "fid = \"0103\"",
        "fid = \"3F00\"",
        "file.fid",
        "\"3F00\"",
        "reserved",
    ),
    slip(
        "fid = \"0103\"",
        "fid = \"103\"",
        "file.fid",
        "\"103\"",
        "four hex digits",
    ),
    slip(
        "sfi = 0x03",
        "sfi = 0x02",
        "file.sfi",
        "0x02\n#",
        "DG2 has the same",
    ),
    slip("sfi = 0x03", "sfi = 31", "file.sfi", "31", "1 to 30"),
    slip("sfi = 0x03", "sfi = 0", "file.sfi", "0\n", "1 to 30"),
    slip(
        "max-size = 4096",
        "max-size = 262145",
        "file.max-size",
        "262145",
        "262144",
    ),
    slip(
        "max-size = 4096",
        "max-size = 0",
        "file.max-size",
        "0\n",
        "262144",
    ),
    slip(
        "max-size = 54",
        "max-size = 53",
        "file.content",
        "\"3134",
        "more than max-size",
    ),
    slip("\"63067F61", "\"64067F61", "file.content", "\"6406", "tag 64"),
    slip(
        "\"63067F61",
        "\"63077F61",
        "file.content",
        "\"6307",
        "not one data object",
    ),
    slip(
        "02010202010D\"",
        "02010202010C\"",
        "file.content",
        "\"3134",
        "does not announce PACE with parameter 13",
    ),
    slip(
        "read = \"always\"",
        "read = \"access-control\"",
        "access.pace",
        "[access]",
        "everybody",
    ),
    slip(
        "name = \"DG15\"",
        "name = \"DG16\"",
        "active-authentication",
        "[active-authentication]",
        "DG15",
    ),
];

/// The text from the place that a fault names.
fn at(text: &str, line: usize, column: usize) -> &str {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let skip: usize = text[start..].chars().take(column - 1).map(char::len_utf8).sum();
    &text[start + skip..]
}

#[test]
fn every_slip_is_named_with_its_place() {
    for slip in SLIPS {
        assert!(
            VIETNAM.contains(slip.right),
            "the profile no longer holds {}",
            slip.right
        );
        let text = VIETNAM.replacen(slip.right, slip.wrong, 1);
        let faults = Profile::faults(&text, "x.toml");
        let fault = faults.iter().find(|fault| fault.field == slip.field);
        let fault = fault.unwrap_or_else(|| panic!("{} -> {}: {faults:?}", slip.right, slip.wrong));
        assert!(
            fault.to_string().contains(slip.says),
            "{} -> {}: {fault}",
            slip.right,
            slip.wrong
        );
        let there = at(&text, fault.line, fault.column);
        assert!(
            there.starts_with(slip.at),
            "{}: {fault} points at {:.20}",
            slip.wrong,
            there
        );
    }
}

#[test]
fn an_unknown_key_is_refused_where_it_stands() {
    for (section, text) in [("", "colour = 1\n"), ("[limits]\n", "[limits]\nexended = true\n")] {
        let wrong = if section.is_empty() {
            format!("{text}{VIETNAM}")
        } else {
            VIETNAM.replacen(section, text, 1)
        };
        let fault = Profile::parse(&wrong, "x.toml").unwrap_err();
        assert!(fault.to_string().contains("unknown field"), "{fault}");
        let there = at(&wrong, fault.line, fault.column);
        assert!(
            there.starts_with("colour") || there.starts_with("exended"),
            "{fault} points at {:.20}",
            there
        );
    }
}

#[test]
fn text_that_is_no_toml_is_refused_with_its_line() {
    let fault = Profile::parse("schema = \"antin.profile/1\"\nname = \n", "broken.toml").unwrap_err();
    assert_eq!((fault.line, fault.origin.as_str()), (2, "broken.toml"));
    assert!(matches!(fault.problem, Problem::Syntax(_)));
    assert!(fault.to_string().starts_with("broken.toml:2:"), "{fault}");
}

#[test]
fn all_faults_are_listed_in_the_order_of_the_text() {
    let text = PASSPORT
        .replace("\"UTO\"", "\"uto\"")
        .replace("sfi = 0x0E", "sfi = 99")
        .replace("parameter = 12", "parameter = 13");
    let fields: Vec<_> = Profile::faults(&text, "x")
        .into_iter()
        .map(|fault| fault.field)
        .collect();
    assert_eq!(fields, ["country", "access.pace.parameter", "file.sfi"]);
}

#[test]
fn no_cut_of_a_profile_makes_the_reader_panic() {
    for length in (0..VIETNAM.len())
        .filter(|length| VIETNAM.is_char_boundary(*length))
        .step_by(7)
    {
        let _ = Profile::faults(&VIETNAM[..length], "cut");
    }
}
