//! Policies from files: the built-in ones say what the code says, and a file asks more, hardly ever less.

#![allow(clippy::unwrap_used, clippy::panic)]

use antin_trust::policy::MAX_POLICY_BYTES;
use antin_trust::{
    Acceptance, Access, BacFallback, Check, CheckId, CheckResult, Error, Finding, Need, Policy, Reason,
    Stance, Verdict, acceptance,
};
use proptest::prelude::*;

const HEAD: &str = "schema = \"antin.policy/1\"\nname = \"bank\"\n";

fn policy(rest: &str) -> Result<Policy, Error> {
    Policy::parse(&format!("{HEAD}{rest}"))
}

/// Line and words of the fault.
fn fault(rest: &str) -> (usize, String) {
    match policy(rest) {
        Err(Error::PolicyText { line, problem }) => (line, problem),
        other => panic!("{rest:?}: {other:?}"),
    }
}

#[test]
fn the_built_in_files_say_exactly_what_the_built_in_policies_say() {
    for builtin in Policy::ALL {
        let text = Policy::builtin_text(&builtin.name).unwrap();
        assert_eq!(Policy::parse(text).unwrap(), builtin, "{}", builtin.name);
    }
    assert_eq!(Policy::builtin_text("nobody"), None);
}

#[test]
fn the_built_in_files_spell_out_the_weight_of_the_checks_they_name() {
    for builtin in Policy::ALL {
        let text = Policy::builtin_text(&builtin.name).unwrap();
        for need in Need::ALL {
            let (_, list) = text.split_once(&format!("\n{} = [", need.as_str())).unwrap();
            let (list, _) = list.split_once(']').unwrap();
            for name in list.split('"').skip(1).step_by(2) {
                let id = CheckId::ALL.into_iter().find(|id| id.as_str() == name).unwrap();
                assert_eq!(builtin.need(id), need, "{} {name}", builtin.name);
            }
        }
    }
}

#[test]
fn a_policy_without_words_asks_what_the_counter_asks() {
    let bank = policy("").unwrap();
    assert_eq!(bank.name, "bank");
    for id in CheckId::ALL {
        assert_eq!(bank.need(id), Policy::COUNTER.need(id));
        assert_eq!(bank.refuses(id), Policy::COUNTER.refuses(id));
    }
    assert_eq!(bank.bac_fallback, BacFallback::Refused);
}

#[test]
fn a_policy_asks_more_of_a_check() {
    let bank = policy("[checks]\nmandatory = [\"active-authentication\"]\noptional = [\"qr\"]").unwrap();
    assert_eq!(bank.need(CheckId::ActiveAuthentication), Need::Needed);
    assert_eq!(bank.need(CheckId::Qr), Need::MustNotFail);
}

#[test]
fn a_policy_cannot_wave_a_forgery_through() {
    for id in CheckId::ALL {
        for (need, list) in [
            (Need::Noted, "evaluatory"),
            (Need::MustNotFail, "optional"),
            (Need::Needed, "mandatory"),
        ] {
            let read = policy(&format!("[checks]\n{list} = [\"{id}\"]"));
            assert_eq!(read.is_ok(), need >= Policy::least(id), "{id} {list}");
        }
    }
    let (line, problem) = fault("[checks]\noptional = [\n  \"qr\",\n  \"sod-signature\",\n]");
    assert_eq!(
        (line, problem.as_str()),
        (6, "checks: `sod-signature` must be mandatory at least")
    );
}

#[test]
fn a_slip_of_the_pen_is_named_with_its_line() {
    for (rest, line, said) in [
        ("titel = \"x\"", 3, "titel"),
        (
            "[findings]\nchip-unproven = \"refuse\"\nexpired = \"accept\"",
            5,
            "expired",
        ),
        ("[findings]\nchip-unproven = \"maybe\"", 4, "maybe"),
        ("[checks]\nmandatory = [\"sod\"]", 4, "sod"),
        ("[checks]\nmandatory = [\"qr\", \"qr\"]", 4, "stands twice"),
        (
            "[checks]\nmandatory = [\"qr\"]\n\noptional = [\"qr\"]",
            6,
            "stands twice",
        ),
        ("[checks]\nneeded = []", 4, "needed"),
        ("name = \"twice\"", 3, "duplicate"),
        ("title = ", 3, ""),
    ] {
        let (at, problem) = fault(rest);
        assert_eq!(at, line, "{rest}: {problem}");
        assert!(problem.contains(said), "{rest}: {problem}");
    }
}

#[test]
fn a_policy_does_not_borrow_a_built_in_name() {
    let text = Policy::builtin_text("counter")
        .unwrap()
        .replace("\"refuse\"", "\"accept\"");
    assert!(matches!(
        Policy::parse(&text),
        Err(Error::PolicyText { line: 3, .. })
    ));
}

#[test]
fn names_and_schema_have_their_form() {
    for name in ["", "Bank", "a b", "ngân-hàng", "a\\nb"] {
        let text = format!("schema = \"antin.policy/1\"\nname = \"{name}\"\n");
        assert!(
            matches!(Policy::parse(&text), Err(Error::PolicyText { line: 2, .. })),
            "{name:?}"
        );
    }
    let text = "schema = \"antin.policy/2\"\nname = \"bank\"\n";
    assert!(matches!(
        Policy::parse(text),
        Err(Error::PolicyText { line: 1, .. })
    ));
    let long = format!("{HEAD}#{}", "x".repeat(MAX_POLICY_BYTES));
    assert!(matches!(Policy::parse(&long), Err(Error::TooComplex { .. })));
}

#[test]
fn a_missing_list_of_revoked_signers_is_refused_where_the_policy_says_so() {
    let strict = policy("[findings]\nmissing-crl = \"refuse\"").unwrap();
    let row = Check::undetermined(CheckId::Revocation, Reason::NoCrl);
    let judged = |policy: &Policy, row: &Check| {
        acceptance(
            std::slice::from_ref(row),
            Verdict::Authentic,
            &Access::default(),
            policy,
        )
    };
    assert_eq!(judged(&Policy::COUNTER, &row), Acceptance::Accepted);
    assert_eq!(judged(&strict, &row), Acceptance::Refused);
    let known = Check::new(CheckId::Revocation, CheckResult::Successful);
    assert_eq!(judged(&strict, &known), Acceptance::Accepted);
}

#[test]
fn a_finding_has_one_word_in_policies_and_reports_and_is_refused_by_it_alone() {
    for finding in Finding::ALL {
        let lines = Finding::ALL.map(|it| {
            let word = if it == finding { "refuse" } else { "accept" };
            format!("{it} = \"{word}\"\n")
        });
        let policy = policy(&format!("[findings]\n{}", lines.concat())).unwrap();
        let refused = Finding::ALL.map(|it| (it, policy.stance(it) == Stance::Refuse));
        assert_eq!(refused, Finding::ALL.map(|it| (it, it == finding)));
        assert_eq!(serde_json::to_value(finding).unwrap(), finding.as_str());
    }
}

#[test]
fn every_finding_is_heard() {
    let words = "[findings]\nchip-unproven = \"accept\"\nexpired-document = \"accept\"\nforeign-document-type = \"accept\"\n\
                 weak-algorithms = \"accept\"\nsigner-version = \"refuse\"\nmissing-crl = \"refuse\"\nbac-fallback = \"accept\"";
    let bank = policy(words).unwrap();
    let heard = [
        bank.chip_unproven,
        bank.expired_document,
        bank.foreign_document_type,
        bank.weak_algorithms,
    ];
    assert_eq!(heard, [Stance::Accept; 4]);
    assert_eq!(
        (bank.signer_version, bank.missing_crl, bank.bac_fallback),
        (Stance::Refuse, Stance::Refuse, BacFallback::Allowed)
    );
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,400}") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn any_change_of_one_letter_reads_as_a_policy_or_names_a_line(at in 0usize..1800, with in any::<char>()) {
        let text = Policy::builtin_text("border").unwrap();
        let at = at % text.chars().count();
        let changed: String = text.chars().enumerate().map(|(i, c)| if i == at { with } else { c }).collect();
        match Policy::parse(&changed) {
            Ok(policy) => for id in CheckId::ALL { prop_assert!(policy.need(id) >= Policy::least(id)) },
            Err(Error::PolicyText { line, .. }) => prop_assert!((1..=changed.lines().count() + 1).contains(&line)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn a_file_cut_off_is_no_panic(end in 0usize..1800) {
        let text = Policy::builtin_text("lab").unwrap();
        let cut: String = text.chars().take(end).collect();
        let _ = Policy::parse(&cut);
    }
}
