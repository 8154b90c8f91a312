//! The tree of BSI TR-03135-1 says what the verdict says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use antin_trust::tr03135::{Group, Node, tree};
use antin_trust::{CheckResult, Policy, Report, TrustStore, Verdict, verify};
use common::{Card, counter, judge, now, pki, proven, session, trusting};

fn result(report: &Report, group: Group) -> CheckResult {
    fn find<'n>(node: &'n Node<'n>, group: Group) -> Option<CheckResult> {
        match node.group == group {
            true => Some(node.result),
            false => node.nodes.iter().find_map(|below| find(below, group)),
        }
    }
    find(&tree(report), group).unwrap()
}

fn rows(node: &Node<'_>) -> usize {
    node.checks.len() + node.nodes.iter().map(rows).sum::<usize>()
}

#[test]
fn an_authentic_document_is_successful_as_a_whole() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &trusting(&pki));
    assert_eq!(report.verdict, Verdict::Authentic);
    for group in [
        Group::Document,
        Group::Electronic,
        Group::ChipAuthenticity,
        Group::IssuerCertificates,
    ] {
        assert_eq!(result(&report, group), CheckResult::Successful, "{group:?}");
    }
    assert_eq!(
        rows(&tree(&report)),
        report.checks.len(),
        "every row stands in the tree once"
    );
}

#[test]
fn what_is_not_authentic_is_never_successful_as_a_whole() {
    let (pki, files) = (pki(1), Card::new().signed_files(&pki(1)));
    let unknown = counter(&files, &TrustStore::new());
    assert_eq!(result(&unknown, Group::Document), CheckResult::Undetermined);
    let unproven = judge(&files, &session(&[]), &trusting(&pki));
    assert_eq!(unproven.verdict, Verdict::ChipUnproven);
    assert_eq!(result(&unproven, Group::Document), CheckResult::Undetermined);
    let mut card = Card::new();
    card.replace(13, common::dg13("999185000018", "Nguyễn Thị Mẫu", "19/02/2035"));
    let failed = counter(&card.signed_files(&pki), &trusting(&pki));
    assert_eq!(failed.verdict, Verdict::Failed);
    assert_eq!(result(&failed, Group::Document), CheckResult::Failed);
}

#[test]
fn an_expired_document_fails_the_combined_checks_where_the_policy_minds() {
    let pki = pki(1);
    let files = Card::new().signed_files(&pki);
    let late = antin_trust::UnixTime::parse("2035-03-01T12:00:00Z").unwrap();
    for policy in [Policy::COUNTER, Policy::LAB] {
        let report = verify(&files, &proven(), &trusting(&pki), late, &policy);
        assert_eq!(report.verdict, Verdict::Authentic, "{}", common::summary(&report));
        let expected = match policy.name.as_ref() {
            "lab" => CheckResult::Successful,
            _ => CheckResult::Failed,
        };
        assert_eq!(result(&report, Group::Document), expected, "{}", policy.name);
        assert_eq!(result(&report, Group::Expiration), CheckResult::Failed);
    }
    assert!(now() < late);
}
