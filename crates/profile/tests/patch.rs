//! Fault patches: what is read, and how a slip of the pen is named.
#![allow(clippy::indexing_slicing)] // a test may stop at what it does not expect

use std::time::Duration;

use antin_profile::patch::{
    Action, ContentChange, Edit, KeyFault, Layer, MacFault, Omission, Patch, Place, Step,
};
use antin_wire::apdu::StatusWord;

fn patch(body: &str) -> Patch {
    let text = format!("schema = \"antin.patch/1\"\nname = \"test\"\n{body}");
    Patch::parse(&text, "test").unwrap_or_else(|fault| panic!("{fault}"))
}

fn fault(body: &str) -> String {
    let text = format!("schema = \"antin.patch/1\"\nname = \"test\"\n{body}");
    let faults = Patch::faults_of(&text, "test");
    assert!(!faults.is_empty(), "{body}");
    faults[0].to_string()
}

#[test]
fn every_action_is_read() {
    let patch = patch(
        r#"
        title = "all of them"
        [[fault]]
        at = "pace.nonce"
        after = 1
        times = 2
        hear = "00A4"
        ignore = true
        random = "00"
        status = "6300"
        edit = [{ object = "7C 80", rename = "90" }, { layer = "wire", at = -2, xor = "01" }]
        oversize = 300
        public = "p-1"
        mac = "truncated"
        bare = true
        keep-old-keys = true
        replay = 1
        delay-ms = 20
        hang = true
        tear = "after"
        swap-card = true
        [[fault]]
        at = "read DG2"
        endless = "nothing"
        [[fault]]
        apdu = 7
        endless = "same"
        [[file]]
        name = "DG2"
        edit = { truncate = 5 }
        [[file]]
        name = "EF.SOD"
        remove = true
        [[key]]
        of = "chip-authentication"
        is = "other"
        "#,
    );
    let first = &patch.faults[0];
    assert_eq!(first.trigger.step, Step::PaceNonce);
    assert_eq!((first.trigger.after, first.trigger.times), (1, Some(2)));
    assert_eq!(first.actions.len(), 16);
    assert!(first.actions.contains(&Action::Status(StatusWord(0x6300))));
    assert!(first.actions.contains(&Action::Mac(MacFault::Truncated)));
    assert!(first.actions.contains(&Action::Delay(Duration::from_millis(20))));
    assert!(
        first
            .actions
            .contains(&Action::Edit(Layer::Wire, Edit::Xor(Place::End(2), vec![1])))
    );
    assert_eq!(patch.faults[1].trigger.times, None, "endless is for ever");
    assert_eq!(patch.faults[2].trigger.apdu, Some(7));
    assert_eq!(patch.files.len(), 2);
    assert_eq!(patch.files[1].change, ContentChange::Remove);
    assert_eq!(patch.keys[0].is, KeyFault::Other);
    assert!(patch.changes_content());
}

#[test]
fn a_slip_of_the_pen_is_named_with_its_place() {
    let found = fault("[[fault]]\nat = \"pace.nonse\"\nhang = true\n");
    assert!(found.starts_with("test:4:6: fault.at: `pace.nonse`"), "{found}");
    for (body, said) in [
        ("[[fault]]\nat = \"aa\"\n", "an action"),
        ("[[fault]]\nhang = true\n", "when it happens"),
        ("[[fault]]\nat = \"aa\"\nstatus = \"63\"\n", "four hex digits"),
        ("[[fault]]\nat = \"aa\"\nrandom = \"0\"\n", "hex digits"),
        ("[[fault]]\nat = \"aa\"\nedit = {}\n", "exactly one of"),
        (
            "[[fault]]\nat = \"aa\"\nedit = { xor = \"01\", set = \"\" }\n",
            "exactly one of",
        ),
        (
            "[[fault]]\nat = \"aa\"\nedit = { remove = true }\n",
            "need object",
        ),
        ("[[fault]]\nat = \"aa\"\nedit = { colour = 3 }\n", "colour"),
        (
            "[[fault]]\nat = \"aa\"\nedit = { object = \"\", remove = true }\n",
            "no tag",
        ),
        ("[[fault]]\nat = \"aa\"\nfly = true\n", "fly"),
        ("[[fault]]\nat = \"aa\"\nhang = true\napdu = 0\n", "count from 1"),
        (
            "[[fault]]\nat = \"aa\"\nhang = true\ntimes = 2\nalways = true\n",
            "either times or always",
        ),
        ("[[fault]]\nat = \"aa\"\ndelay-ms = 3600001\n", "hang"),
        ("[[file]]\nname = \"DG17\"\nremove = true\n", "DG17"),
        ("[[file]]\nname = \"DG1\"\n", "either edit or remove"),
        (
            "[[key]]\nof = \"the-front-door\"\nis = \"other\"\n",
            "the-front-door",
        ),
        ("= 3", ""),
    ] {
        let found = fault(body);
        assert!(found.contains(said), "{body}: {found}");
    }
}

#[test]
fn schema_and_name_are_checked() {
    let wrong = Patch::faults_of("schema = \"antin.patch/2\"\nname = \"No Name\"\n", "test");
    assert_eq!(wrong.len(), 3, "and nothing goes wrong: {wrong:?}");
}

#[test]
fn a_patch_in_which_nothing_goes_wrong_is_refused() {
    assert!(fault("").contains("what goes wrong"));
}

/// `BacMac` as a patch spells it: `bac-mac`.
fn spelled(omission: Omission) -> String {
    let mut name = String::new();
    for letter in format!("{omission:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[test]
fn every_check_that_can_be_left_out_is_read_and_stands_in_the_readme() {
    let readme = include_str!("../../../card-profiles/README.md");
    for omission in Omission::ALL {
        let name = spelled(omission);
        let read = patch(&format!("omit = [\"{name}\"]\n"));
        assert_eq!(read.omissions, [omission]);
        assert!(!read.changes_content());
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
    let text = "schema = \"antin.patch/1\"\nname = \"test\"\nomit = [\"tokens\"]\n";
    assert_eq!(
        Patch::faults_of(text, "test").len(),
        1,
        "a check that nobody knows"
    );
}
