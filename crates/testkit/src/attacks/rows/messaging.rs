//! Attacks on secure messaging and BAC.

use crate::attacks::case::{Case, Reading};

pub fn cases() -> Vec<Case> {
    vec![
        plain(),
        checksums(),
        objects(),
        padding(),
        counter(),
        bac_answers(),
        reflection(),
    ]
}

/// Readings of this card, each with one fault.
fn each(id: &'static str, card: &'static str, faults: &[(&str, &str)]) -> Case {
    let mut case = Case::new(id).twin(Reading::of(card, "as it was issued"));
    for (name, fault) in faults {
        case = case.attack(Reading::of(card, name).patch(&format!("fault = [{{ {fault} }}]")));
    }
    case
}

/// SM-01.
fn plain() -> Case {
    each(
        "SM-01",
        "passport",
        &[
            ("a file in plain", "at = \"read DG1\", only = \"sm\", bare = true"),
            (
                "a file in plain, for ever",
                "at = \"read DG1\", bare = true, always = true",
            ),
            (
                "9000 in plain",
                "at = \"read DG1\", only = \"sm\", edit = { set = \"\" }, bare = true",
            ),
            (
                "6987 in plain",
                "at = \"read DG1\", status = \"6987\", bare = true, always = true",
            ),
            (
                "6988 in plain",
                "at = \"read DG1\", status = \"6988\", bare = true, always = true",
            ),
        ],
    )
}

/// SM-03.
fn checksums() -> Case {
    each(
        "SM-03",
        "passport",
        &[
            (
                "a wrong checksum",
                "at = \"read DG1\", only = \"sm\", mac = \"wrong\"",
            ),
            (
                "no checksum",
                "at = \"read DG1\", only = \"sm\", mac = \"missing\"",
            ),
            (
                "a checksum of seven bytes",
                "at = \"read DG1\", only = \"sm\", mac = \"truncated\"",
            ),
            (
                "a checksum of zeros",
                "at = \"read DG1\", only = \"sm\", mac = \"zero\"",
            ),
            (
                "a checksum of nine bytes",
                "at = \"read DG1\", only = \"sm\", edit = { layer = \"wire\", object = \"8E\", append = \"00\" }",
            ),
        ],
    )
}

/// SM-05.
fn objects() -> Case {
    let sealed =
        |edit: &str| format!("at = \"read DG1\", only = \"sm\", edit = {{ layer = \"sealed\", {edit} }}");
    each(
        "SM-05",
        "passport",
        &[
            ("two cryptograms", &sealed("object = \"87\", twice = true")),
            ("two status words", &sealed("object = \"99\", twice = true")),
            ("the status word first", &sealed("reverse = true")),
            (
                "an unknown object",
                &sealed("object = \"99\", after = \"8A0101\""),
            ),
            ("no status word", &sealed("object = \"99\", remove = true")),
        ],
    )
}

/// SM-06: the checksum fits, what is inside does not.
fn padding() -> Case {
    let sealed = |edit: &str| {
        format!("at = \"read DG1\", only = \"sm\", edit = {{ layer = \"sealed\", object = \"87\", {edit} }}")
    };
    each(
        "SM-06",
        "passport",
        &[
            ("another padding indicator", &sealed("at = 0, overwrite = \"02\"")),
            ("no padding indicator", &sealed("at = 0, overwrite = \"00\"")),
            ("padding that was changed", &sealed("xor = \"01\"")),
            ("a cryptogram of no whole blocks", &sealed("drop = 1")),
            ("a cryptogram of no block", &sealed("set = \"01\"")),
            ("an empty cryptogram", &sealed("set = \"\"")),
        ],
    )
}

/// SM-08: both sides draw ones, so that the counter starts at its end.
fn counter() -> Case {
    let ones = "fault = [{ at = \"bac.challenge\", random = \"FF\" }]";
    Case::new("SM-08")
        .twin(Reading::of("bac", "as it was issued"))
        .attack(
            Reading::of("bac", "a counter at its end")
                .set("reader-draws", "\"FF\"")
                .patch(ones),
        )
}

/// SM-10.
fn bac_answers() -> Case {
    let edit = |edit: &str| format!("at = \"bac.authenticate\", edit = {{ {edit} }}");
    each(
        "SM-10",
        "bac",
        &[
            ("an answer of 36 bytes", &edit("drop = 4")),
            ("an answer of 44 bytes", &edit("append = \"00000000\"")),
            (
                "an answer of zeros",
                &edit(&format!("set = \"{}\"", "00".repeat(40))),
            ),
            ("an empty answer", &edit("set = \"\"")),
            ("a wrong checksum", &edit("xor = \"01\"")),
        ],
    )
}

/// SM-11.
fn reflection() -> Case {
    each(
        "SM-11",
        "bac",
        &[
            (
                "another number in the place of ours",
                "at = \"bac.authenticate\", edit = { layer = \"sealed\", at = 8, xor = \"01\" }",
            ),
            (
                "another number in the place of its own",
                "at = \"bac.authenticate\", edit = { layer = \"sealed\", at = 0, xor = \"01\" }",
            ),
            ("our own cryptogram", "at = \"bac.authenticate\", echo = true"),
        ],
    )
}
