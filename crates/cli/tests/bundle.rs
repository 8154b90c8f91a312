//! Trust bundles through the command line: an officer makes them, a counter without a network follows them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::{Place, Ran};
use serde_json::Value;

/// An officer's store and a counter's in one folder, with a card of the authority that the officer believes.
struct Office {
    place: Place,
}

impl Office {
    fn new() -> Self {
        let office = Self {
            place: Place::with_a_card(),
        };
        office.secret("pw", "a long password of the office\n");
        office
            .run("trust import pki --store officer --operator lan")
            .exits(0);
        office
    }

    /// With the first bundle at the counter.
    fn following() -> Self {
        let office = Self::new();
        office.make("1", "--serial 1 --country VN").exits(0);
        office.apply("1.bundle --root signer/01.pem").exits(0);
        office
    }

    fn run(&self, line: &str) -> Ran {
        self.place.run(line.split_whitespace())
    }

    fn secret(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.place.write(name, content);
        std::fs::set_permissions(self.place.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn make(&self, name: &str, options: &str) -> Ran {
        self.run(&format!(
            "trust bundle make --store officer --signer signer --signer-password-file pw --out {name}.bundle {options}"
        ))
    }

    fn apply(&self, options: &str) -> Ran {
        self.run(&format!(
            "trust bundle apply {options} --store counter --operator minh@counter-2"
        ))
    }

    /// What the counter's store holds, byte by byte.
    fn counter(&self) -> Vec<u8> {
        self.place.bytes("counter/store.json")
    }

    fn verify(&self, options: &str) -> Ran {
        self.run(&format!(
            "verify --card card.chip --can-file can --store counter --allow-test-anchors --json {options}"
        ))
    }

    fn number(&self) -> String {
        self.place.record()["number"].as_str().unwrap().to_owned()
    }

    /// Moves a moment of the bundle that the counter follows into the past, as if time had gone by.
    fn later(&self, moments: &[&str]) {
        let mut head: Value = serde_json::from_slice(&self.counter()).unwrap();
        for moment in moments {
            head["bundle"][moment] = "2026-01-02T00:00:00Z".into();
        }
        self.place.write("counter/store.json", head.to_string());
    }
}

fn row<'r>(report: &'r Value, id: &str) -> &'r Value {
    let rows = report["checks"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id).unwrap()
}

#[test]
fn a_counter_that_follows_bundles_knows_who_made_them_and_verifies_without_anything_else() {
    let office = Office::new();
    let made = office
        .make("1", "--serial 20261122 --country VN --json")
        .exits(0)
        .json();
    assert_eq!(
        (
            &made["schema"],
            &made["serial"],
            &made["new_signer"],
            &made["root"]
        ),
        (
            &"antin.trust-bundle-make/1".into(),
            &20_261_122.into(),
            &true.into(),
            &"signer/01.pem".into()
        )
    );
    assert_eq!(
        (&made["store_entries"], &made["left_behind"]),
        (&2.into(), &0.into())
    );
    let seen = office.run("trust bundle verify 1.bundle --root signer/01.pem --json");
    let seen = seen.exits(0).json();
    assert_eq!(
        (&seen["schema"], &seen["age"], &seen["sha256"]),
        (
            &"antin.trust-bundle-verify/1".into(),
            &"fresh".into(),
            &made["sha256"]
        )
    );
    let applied = office
        .apply("1.bundle --root signer/01.pem --json")
        .exits(0)
        .json();
    assert_eq!(
        (
            &applied["schema"],
            &applied["known"],
            &applied["previous"],
            &applied["added"]
        ),
        (
            &"antin.trust-bundle-apply/1".into(),
            &false.into(),
            &Value::Null,
            &2.into()
        )
    );
    let report = office.verify("").exits(0).json();
    assert_eq!(row(&report, "card-revocation")["reason"], "no-card-list");
    let why = office.run("trust why VN --store counter --json").exits(0).json();
    let source = &why["chains"][0]["steps"][0]["sources"][0];
    assert_eq!(
        (
            &why["chains"][0]["end"],
            &source["bundle"],
            &source["by"],
            &source["file"]
        ),
        (
            &"bundle".into(),
            &20_261_122.into(),
            &"minh@counter-2".into(),
            &"1.bundle".into()
        )
    );
    assert!(
        source["bundle_signer"]
            .as_str()
            .unwrap()
            .contains("Trust Bundle Signer 01")
    );
    office
        .run("trust why VN --store counter")
        .exits(0)
        .prints("trust bundle 20261122 vouches for it, signed by C=VN");
    office
        .run("trust list --store counter")
        .exits(0)
        .prints("follows trust bundle 20261122")
        .prints("less than a day old");
    office
        .run("trust list --store counter --lang vi")
        .exits(0)
        .prints("theo gói tin cậy 20261122");
    let same = office.run("trust diff counter 1.bundle --json").exits(0).json();
    assert_eq!(
        (&same["only_first"], &same["only_second"], &same["both"]),
        (&Value::Array(Vec::new()), &Value::Array(Vec::new()), &2.into())
    );
    // The store remembers whom it follows.
    office
        .run("trust bundle verify 1.bundle --store counter")
        .exits(0);
    let again = office.apply("1.bundle --json").exits(0).json();
    assert_eq!(again["known"], true);
}

#[test]
fn a_bundle_can_be_checked_with_openssl() {
    let office = Office::new();
    office.make("1", "--serial 1 --country VN").exits(0);
    let openssl = std::process::Command::new("openssl")
        .args([
            "cms", "-verify", "-inform", "DER", "-in", "1.bundle", "-binary", "-out", "content",
        ])
        .args([
            "-certfile",
            "signer/01.pem",
            "-CAfile",
            "signer/01.pem",
            "-purpose",
            "any",
        ])
        .current_dir(office.place.path(""))
        .stdin(Stdio::null())
        .output();
    let Ok(openssl) = openssl else {
        println!("SKIPPED: no openssl");
        return;
    };
    assert!(
        openssl.status.success(),
        "{}",
        String::from_utf8_lossy(&openssl.stderr)
    );
    let content = office.place.bytes("content");
    assert!(
        content
            .windows(23)
            .any(|some| some == b"antin.trust-bundle/1\x02\x01\x01")
    );
}

#[test]
fn a_revoked_card_is_refused_by_policy_at_a_counter_that_follows_the_bundle() {
    let office = Office::following();
    office
        .place
        .write("lost", format!("# lost today\nVN {}\n", office.number()));
    let made = office
        .make("2", "--previous 1.bundle --revoked-cards lost --json")
        .exits(0)
        .json();
    assert_eq!(
        (
            &made["serial"],
            &made["revoked_cards"]["cards"],
            &made["new_signer"]
        ),
        (&2.into(), &1.into(), &false.into())
    );
    office
        .apply("2.bundle")
        .exits(0)
        .prints("bundle 2 took the place of 1");
    let report = office.verify("").exits(15).json();
    assert_eq!(
        (&report["verdict"], &row(&report, "card-revocation")["reason"]),
        (&"authentic".into(), &"card-revoked".into())
    );
    assert_eq!(report["refused_by"], serde_json::json!(["revoked-card"]));
    // By EF.SOD; the number stands on no list then.
    let sod = office.verify("").exits(15).json();
    let files = sod["files"].as_array().unwrap();
    let sod = files
        .iter()
        .find(|file| file["name"].as_str().unwrap().contains("SOD"))
        .unwrap();
    office
        .place
        .write("lost", format!("sod:{}\n", sod["sha256"].as_str().unwrap()));
    office
        .make("3", "--previous 2.bundle --revoked-cards lost")
        .exits(0)
        .prints("1 by EF.SOD alone")
        .prints("1 keys of the previous bundle are not on the list any more");
    office.apply("3.bundle").exits(0);
    office.verify("").exits(15);
    // Found again: the list is there, and empty.
    office.place.write("lost", "");
    office
        .make("4", "--previous 3.bundle --revoked-cards lost")
        .exits(0);
    office
        .apply("4.bundle")
        .exits(0)
        .prints("1 keys of the previous bundle are not on the list any more");
    let report = office.verify("").exits(0).json();
    assert_eq!(row(&report, "card-revocation")["result"], "successful");
}

#[test]
fn a_bundle_that_forgot_the_list_of_revoked_cards_is_refused_at_the_counter() {
    let office = Office::following();
    office.place.write("lost", format!("VN {}\n", office.number()));
    office
        .make("2", "--previous 1.bundle --revoked-cards lost")
        .exits(0);
    let compared = office.run("trust diff 1.bundle 2.bundle --json").exits(0).json();
    let cards = &compared["revoked_cards"];
    assert_eq!(
        (&cards["only_first"], &cards["both"]),
        (&0.into(), &0.into()),
        "{compared}"
    );
    assert!(cards["only_second"].as_u64() > Some(0));
    office
        .run("trust diff 1.bundle 2.bundle")
        .exits(0)
        .prints("keys of revoked cards: only in the first: 0");
    office.apply("2.bundle").exits(0);
    let same = office.run("trust diff counter 2.bundle --json").exits(0).json();
    assert_eq!(same["revoked_cards"]["only_first"], 0);
    assert_eq!(same["revoked_cards"]["both"], cards["only_second"]);
    // Numbered by hand, and so without the bundle before and its cards.
    office.make("3", "--serial 3").exits(0);
    let before = office.counter();
    office
        .apply("3.bundle")
        .exits(6)
        .says("M418")
        .says("--allow-fewer-revoked-cards");
    assert_eq!(office.counter(), before);
    office.verify("").exits(15);
    let forced = office
        .apply("3.bundle --allow-fewer-revoked-cards --json")
        .exits(0)
        .json();
    assert_eq!(forced["revoked_cards_gone"], cards["only_second"]);
    office.verify("").exits(0);
    office
        .run("trust why VN --store counter")
        .exits(0)
        .prints("--allow-fewer-revoked-cards");
}

#[test]
fn a_list_of_revoked_cards_that_would_miss_a_card_makes_no_bundle() {
    let office = Office::new();
    office
        .place
        .write("lost", "VN 001099012345\n\nFR 12AB34567 ds:0011223344\n");
    office
        .make("1", "--serial 1 --country VN --revoked-cards lost")
        .exits(6)
        .says("M419")
        .says("line: 3");
    assert!(!office.place.path("1.bundle").exists() && !office.place.path("signer").exists());
    // Nor does one that would forget the cards of the bundle before.
    office.place.write("lost", "VN 001099012345\n");
    office
        .make("1", "--serial 1 --country VN --revoked-cards lost")
        .exits(0);
    office
        .make("2", "--previous 1.bundle")
        .exits(2)
        .says("U119")
        .says("revoked cards");
    office
        .make("2", "--previous 1.bundle --revoked-cards lost")
        .exits(0);
}

#[test]
fn what_rests_on_a_bundle_that_grew_old_is_undetermined_and_the_store_says_so() {
    let office = Office::following();
    office.later(&["created"]);
    let report = office.verify("").exits(0).json();
    let remark = row(&report, "csca-trust")["remark"].as_str().unwrap();
    assert!(remark.contains("days old"), "soon to be refreshed: {remark}");
    for moments in [
        &["created", "soft_refresh"][..],
        &["created", "soft_refresh", "hard_expiry"],
    ] {
        office.later(moments);
        let report = office.verify("").exits(14).json();
        assert_eq!(
            (&report["verdict"], &row(&report, "csca-trust")["reason"]),
            (&"inconclusive".into(), &"trust-stale".into())
        );
        office
            .run("trust list --store counter")
            .exits(0)
            .prints("undetermined");
        let doctor = office.run("doctor --trust counter");
        assert!(doctor.out.contains("undetermined"), "{}", doctor.out);
        let list = office.run("trust list --store counter --json").exits(0).json();
        let age = if moments.len() == 2 { "stale" } else { "expired" };
        assert_eq!(list["bundle"]["age"], age);
    }
    // What would be made of it is stale, and would look fresh.
    office
        .run("trust bundle make --store counter --signer signer --signer-password-file pw --serial 9 --out 9.bundle")
        .exits(2)
        .says("U119");
    // A newer bundle heals it.
    office.make("2", "--previous 1.bundle").exits(0);
    office.apply("2.bundle").exits(0);
    office.verify("").exits(0);
}

#[test]
fn an_older_bundle_another_issuer_and_damaged_files_change_nothing() {
    let office = Office::following();
    office.make("2", "--previous 1.bundle").exits(0);
    office.apply("2.bundle").exits(0);
    office.run("trust import pki --store others --test").exits(0);
    office
        .run("trust bundle make --store others --signer theirs --country FR --signer-password-file pw --serial 9 --out theirs.bundle")
        .exits(0);
    let whole = office.place.bytes("2.bundle");
    let before = office.counter();
    office.place.write("cut.bundle", &whole[..whole.len() - 100]);
    let mut changed = whole.clone();
    changed[300] ^= 0x20;
    office.place.write("changed.bundle", changed);
    office.place.write("text.bundle", "a page about bundles");
    let cases = [
        ("1.bundle", 6, "M418", "serial 1 is lower than the installed 2"),
        ("theirs.bundle", 6, "M416", "C=FR"),
        ("theirs.bundle --root theirs/01.pem", 2, "U118", "C=VN"),
        ("cut.bundle", 6, "M415", "malformed"),
        ("changed.bundle", 6, "M41", ""),
        ("text.bundle", 6, "M415", "malformed"),
        ("nowhere.bundle", 2, "U102", "nowhere.bundle"),
    ];
    for (line, exit, id, words) in cases {
        office.apply(line).exits(exit).says(id).says(words);
        assert_eq!(office.counter(), before, "{line}");
    }
    // A store that follows nobody yet takes nothing without a root.
    office
        .run("trust bundle apply 2.bundle --store new")
        .exits(2)
        .says("U117")
        .says("Trust Bundle Signer 01");
    assert!(!office.place.path("new").exists(), "no folder with a lock in it");
    office
        .run("trust import 2.bundle --store counter")
        .exits(6)
        .says("M411")
        .says("antin trust bundle apply");
    assert_eq!(office.counter(), before);
    // Said aloud, another issuer is followed, and that stays on record.
    office
        .apply("theirs.bundle --root theirs/01.pem --allow-other-issuer")
        .exits(0);
    let why = office.run("trust why VN --store counter").exits(0);
    why.prints("--allow-other-issuer");
}

#[test]
fn a_serial_number_only_grows_at_the_makers_too() {
    let office = Office::new();
    office
        .make("1", "--country VN")
        .exits(2)
        .says("U119")
        .says("--previous BUNDLE");
    office.make("1", "--serial 5").exits(2).says("--country CC");
    office.make("1", "--serial 5 --country VN").exits(0);
    office.make("1", "--serial 6").exits(2).says("U104");
    office
        .make("2", "--serial 5 --previous 1.bundle")
        .exits(2)
        .says("U119");
    office
        .make("2", "--serial 6 --soft-days 9 --hard-days 8")
        .exits(2)
        .says("U103");
    let next = office.make("2", "--previous 1.bundle --json").exits(0).json();
    assert_eq!(next["serial"], 6);
    office.secret("wrong", "another long password\n");
    office
        .run("trust bundle make --store officer --signer signer --signer-password-file wrong --serial 7 --out 7.bundle")
        .exits(22)
        .says("S610");
}

#[test]
fn a_delta_carries_what_changed_to_whoever_has_the_bundle_before() {
    let office = Office::following();
    office.place.write("lost", format!("VN {}\n", office.number()));
    let delta = office
        .make("2", "--previous 1.bundle --delta --revoked-cards lost --json")
        .exits(0)
        .json();
    let carried: Vec<&str> = delta["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["carried"] == true)
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert_eq!((carried, &delta["base"]), (vec!["revoked-cards"], &1.into()));
    office
        .run("trust bundle apply 2.bundle --root signer/01.pem --store new")
        .exits(6)
        .says("M418");
    office.apply("2.bundle").exits(0);
    office.verify("").exits(15);
}

#[test]
fn a_counter_whose_power_goes_while_it_applies_a_bundle_has_the_old_one_or_the_new_one() {
    let office = Office::following();
    // Cards enough for the writing to take a while.
    let cards: String = (0..60_000_u32)
        .map(|number| format!("sod:{number:08x}{:056}\n", 0))
        .collect();
    office.place.write("lost", cards);
    office
        .make("2", "--previous 1.bundle --revoked-cards lost")
        .exits(0);
    let mut seen = [0, 0];
    for milliseconds in [0, 5, 15, 30, 50, 80, 120, 180, 260, 400] {
        let mut apply = office
            .place
            .command()
            .args(["trust", "bundle", "apply", "2.bundle", "--store", "counter"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        apply.kill().unwrap();
        apply.wait().unwrap();
        let list = office.run("trust list --store counter --json").exits(0).json();
        let (serial, cards) = (&list["bundle"]["serial"], &list["bundle"]["revoked_cards"]);
        match serial.as_u64() {
            Some(1) => assert_eq!(cards, &Value::Null),
            Some(2) => assert_eq!(cards.as_u64(), Some(60_000)),
            _ => panic!("{list}"),
        }
        seen[usize::from(serial == 2)] += 1;
        office.verify("").exits(0);
    }
    assert!(seen[0] > 0, "{seen:?}");
    office.apply("2.bundle").exits(0);
    let list = office.run("trust list --store counter --json").exits(0).json();
    assert_eq!(list["bundle"]["serial"], 2);
}
