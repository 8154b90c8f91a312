//! The verdict over every combination of what the rows can say, against tables written by another hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::HashSet;

use antin_trust::verdict::verdict_exit;
use antin_trust::{
    Acceptance, Check, CheckId, CheckResult, Facts, Policy, Reason, Verdict, VerdictReason, exit, verdict,
};

const RULES: &str = include_str!("../../../test-vectors/verdict/rules.csv");
const ROWS: &str = include_str!("../../../test-vectors/verdict/rows.csv");

/// The lines of a table, without comments and heading.
fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split(',').collect())
}

fn facts(bits: [bool; 7]) -> Facts {
    let [
        needed_failed,
        proof_failed,
        no_anchor,
        needed_open,
        proof_open,
        proof_successful,
        proof_unasked,
    ] = bits;
    Facts {
        needed_failed,
        proof_failed,
        no_anchor,
        needed_open,
        proof_open,
        proof_successful,
        proof_unasked,
    }
}

fn named(facts: Facts) -> Vec<&'static str> {
    let all = [
        (facts.needed_failed, "needed_failed"),
        (facts.proof_failed, "proof_failed"),
        (facts.no_anchor, "no_anchor"),
        (facts.needed_open, "needed_open"),
        (facts.proof_open, "proof_open"),
        (facts.proof_successful, "proof_successful"),
        (facts.proof_unasked, "proof_unasked"),
    ];
    all.into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| name)
        .collect()
}

#[test]
fn every_combination_of_facts_has_the_verdict_of_the_table() {
    let mut seen = HashSet::new();
    for line in lines(RULES) {
        let bits: Vec<bool> = line[..7].iter().map(|bit| *bit == "1").collect();
        let facts = facts(bits.try_into().unwrap());
        let (found, reason) = facts.verdict();
        let code = verdict_exit(found, reason).to_string();
        assert_eq!([found.as_str(), reason.as_str(), &code], line[7..], "{facts:?}");
        seen.insert(facts);
    }
    assert_eq!(seen.len(), 128);
}

#[test]
fn every_row_adds_the_facts_of_the_table() {
    for line in lines(ROWS) {
        let [kind, result, needed, reason, expected] = line.try_into().unwrap();
        let result = CheckResult::ALL
            .into_iter()
            .find(|known| known.as_str() == result)
            .unwrap();
        for id in CheckId::ALL.into_iter().filter(|id| kind_of(*id) == kind) {
            for reason in reasons(reason) {
                let check = Check {
                    needed: needed == "1",
                    reason,
                    ..Check::new(id, result)
                };
                assert_eq!(
                    named(Facts::of(std::slice::from_ref(&check))).join(" "),
                    expected,
                    "{check:?}"
                );
            }
        }
    }
}

fn kind_of(id: CheckId) -> &'static str {
    match id {
        CheckId::ChipAuthentication | CheckId::ActiveAuthentication | CheckId::PaceCam => "proof",
        CheckId::CscaTrust => "csca-trust",
        _ => "other",
    }
}

/// The codes that a word of the table stands for.
fn reasons(word: &str) -> Vec<Option<Reason>> {
    const TELLING: [Reason; 4] = [
        Reason::NoAnchor,
        Reason::NotPerformed,
        Reason::KeyNotBound,
        Reason::KeyCompromised,
    ];
    let codes = Reason::ALL.iter().copied();
    match word {
        "none" => vec![None],
        "other" => codes.filter(|code| !TELLING.contains(code)).map(Some).collect(),
        code => codes.filter(|known| known.as_str() == code).map(Some).collect(),
    }
}

/// Any two rows together give the facts of both: order and company change nothing.
#[test]
fn facts_of_several_rows_are_the_union_of_their_facts() {
    let rows: Vec<Check> = CheckId::ALL
        .into_iter()
        .flat_map(|id| {
            CheckResult::ALL
                .into_iter()
                .map(move |result| Check::new(id, result))
        })
        .flat_map(|check| {
            [
                Check {
                    needed: false,
                    ..check.clone()
                },
                Check {
                    needed: true,
                    ..check
                },
            ]
        })
        .collect();
    for first in &rows {
        for second in &rows {
            let both = Facts::of(&[first.clone(), second.clone()]);
            let union: HashSet<_> = named(Facts::of(std::slice::from_ref(first)))
                .into_iter()
                .chain(named(Facts::of(std::slice::from_ref(second))))
                .collect();
            assert_eq!(named(both).into_iter().collect::<HashSet<_>>(), union);
        }
    }
}

#[test]
fn the_exit_code_follows_acceptance() {
    let pairs = lines(RULES).map(|line| (line[7], line[8]));
    for (name, rule) in pairs.collect::<HashSet<_>>() {
        let found = Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
            .unwrap();
        let reason = REASONS
            .into_iter()
            .find(|reason| reason.as_str() == rule)
            .unwrap();
        assert_eq!(exit(found, reason, Acceptance::Accepted), 0);
        assert_eq!(exit(found, reason, Acceptance::Refused), 15);
        assert_eq!(
            exit(found, reason, Acceptance::NotAccepted),
            verdict_exit(found, reason)
        );
    }
}

const REASONS: [VerdictReason; 7] = [
    VerdictReason::DataFailed,
    VerdictReason::ChipFailed,
    VerdictReason::NoAnchor,
    VerdictReason::Undecided,
    VerdictReason::ChipProven,
    VerdictReason::NoProofOffered,
    VerdictReason::ProofNotPerformed,
];

#[test]
fn no_rows_at_all_prove_nothing() {
    assert_eq!(verdict(&[]).0, Verdict::ChipUnproven);
}

#[test]
fn only_what_is_authentic_is_accepted_unless_a_policy_says_otherwise_by_name() {
    for policy in Policy::ALL {
        for verdict in Verdict::ALL {
            let expected =
                verdict == Verdict::Authentic || (policy.name == "lab" && verdict == Verdict::ChipUnproven);
            assert_eq!(policy.accepts(verdict), expected, "{} {verdict}", policy.name);
        }
        assert_eq!(Policy::by_name(&policy.name), Some(policy));
    }
    assert_eq!(Policy::by_name("nobody"), None);
}

#[test]
fn words_are_the_same_in_code_and_json() {
    for id in CheckId::ALL {
        assert_eq!(serde_json::to_value(id).unwrap(), id.as_str());
    }
    for result in CheckResult::ALL {
        assert_eq!(serde_json::to_value(result).unwrap(), result.as_str());
    }
    for verdict in Verdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
    }
    for reason in REASONS {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}
