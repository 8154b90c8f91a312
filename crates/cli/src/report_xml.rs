//! A report as XML in the shape of the log of BSI TR-03135-1 §6.2: its namespaces and its hierarchy of checks.
//!
//! The schemas (XSD) of the guideline were not at hand: the names of the elements below the namespaces are ours, after the
//! headings of its sections, and nothing here was validated against them. The page holds no personal data.

use antin::trust::tr03135::{Group, Leaf, Mode, Node, tree};
use antin::trust::{AccessMethod, PasswordKind};
use antin::{Check, CheckId, CheckResult, Report};

use crate::report_html::escaped;

/// The report as an XML document.
pub fn document(report: &Report) -> String {
    let tree = tree(report);
    let mut xml = Writer::default();
    xml.text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    xml.text += "<!-- In the shape of BSI TR-03135-1 version 2.5; not validated against its schemas. -->\n";
    xml.open("ct:Transaction", &NAMESPACES);
    xml.leaf("ct:Time", &report.at.to_string());
    xml.leaf("ct:Software", &report.tool);
    xml.open("dc:DocumentCheck", &[("section", tree.group.section())]);
    xml.leaf("dc:Result", tree.result.as_str());
    for node in &tree.nodes {
        group(node, report, &mut xml);
    }
    xml.close("dc:DocumentCheck");
    xml.open("app:Antin", &[]);
    xml.leaf("app:Verdict", report.verdict.as_str());
    xml.leaf("app:Policy", &report.policy);
    xml.leaf("app:Accepted", if report.accepted { "true" } else { "false" });
    xml.leaf("app:Exit", &report.exit.to_string());
    xml.close("app:Antin");
    xml.close("ct:Transaction");
    xml.text
}

/// TR-03135-1, table 6.1; what the guideline does not name stands in a namespace of our own.
const NAMESPACES: [(&str, &str); 5] = [
    ("xmlns:ct", "http://trdoccheck.bsi.bund.de/ct/4"),
    ("xmlns:dc", "http://trdoccheck.bsi.bund.de/dc/4"),
    ("xmlns:dce", "http://trdoccheck.bsi.bund.de/dce/4"),
    ("xmlns:dcc", "http://trdoccheck.bsi.bund.de/dcc/4"),
    ("xmlns:app", "urn:antin:report:1"),
];

fn group(node: &Node<'_>, report: &Report, xml: &mut Writer) {
    let (space, name) = (space(node.group), name(node.group));
    let element = format!("{space}:{name}");
    xml.open(&element, &[("section", node.group.section())]);
    xml.leaf(&format!("{space}:Result"), node.result.as_str());
    if node.group == Group::BacOrPace {
        access(report, xml);
    }
    for leaf in &node.checks {
        check(leaf, space, xml);
    }
    for below in &node.nodes {
        group(below, report, xml);
    }
    xml.close(&element);
}

/// TR-03135-1 §5.6.3.1.2: mode and algorithms are logged.
fn access(report: &Report, xml: &mut Writer) {
    let access = &report.access;
    let protocol = match access.method {
        AccessMethod::None => "none",
        AccessMethod::Open => "plain",
        AccessMethod::Bac => "BAC",
        AccessMethod::Pace => "PACE",
    };
    let password = access.password.map(|password| match password {
        PasswordKind::Mrz => "MRZ",
        PasswordKind::Can => "CAN",
        PasswordKind::Pin => "PIN",
        PasswordKind::Puk => "PUK",
    });
    xml.leaf("dce:Protocol", protocol);
    xml.optional("dce:Password", password);
    xml.optional("dce:Mapping", access.mapping.as_deref());
    xml.optional("dce:Cipher", access.cipher.as_deref());
    if access.downgrade {
        xml.leaf("dce:Downgrade", "true");
    }
}

fn check(leaf: &Leaf<'_>, space: &str, xml: &mut Writer) {
    let check = leaf.check;
    let mode = match leaf.mode {
        Mode::Counted => "mandatory",
        Mode::Evaluatory => "evaluatory",
    };
    let element = format!("{space}:Check");
    let named = |name: &str| format!("{space}:{name}");
    xml.open(&element, &[("id", check.id.as_str()), ("mode", mode)]);
    xml.leaf(&named("Result"), check.result.as_str());
    xml.optional(&named("Status"), status(check));
    xml.optional(&named("Subject"), check.subject.as_deref());
    xml.optional(&named("ErrorCode"), error_code(check).as_deref());
    xml.optional(&named("Reason"), check.reason.map(antin::Reason::as_str));
    xml.optional(&named("Evidence"), check.evidence.as_deref());
    xml.optional(&named("Remark"), check.remark.as_deref());
    xml.leaf(&named("Clause"), &check.clause);
    xml.close(&element);
}

/// Two checks have words of their own: the trust status (table 5.38) and the integrity of a data group (table 5.42).
fn status(check: &Check) -> Option<&'static str> {
    use antin::Reason;
    Some(match (check.id, check.result) {
        (_, CheckResult::Aborted) => return None,
        (CheckId::CscaTrust, CheckResult::Successful) => "trusted",
        (CheckId::CscaTrust, CheckResult::Failed) => "not trusted",
        (CheckId::CscaTrust, _) => "undetermined",
        (CheckId::DgHash, CheckResult::Successful) => "identical",
        (CheckId::DgHash, CheckResult::Failed) => "not identical",
        (CheckId::DgHash, CheckResult::Undetermined) => match check.reason {
            Some(Reason::FileNotRead | Reason::AccessRightsMissing) => "present",
            _ => "non conformance",
        },
        (CheckId::DgHash, CheckResult::NotSupported) => "not present",
        _ => return None,
    })
}

/// TR-03135-1 §5.3: vendors number from 1000; no code where nothing is wrong.
fn error_code(check: &Check) -> Option<String> {
    if matches!(check.result, CheckResult::Successful | CheckResult::NotSupported) {
        return None;
    }
    let reason = check.reason?.as_str();
    let place = CODES.iter().position(|known| *known == reason);
    Some(
        place
            .map_or(FIRST_CODE - 1, |place| FIRST_CODE + place)
            .to_string(),
    )
}

const FIRST_CODE: usize = 1001;

/// The code of a reason is its place here: new ones are added at the end. 1000 is one that is not here yet.
const CODES: &[&str] = &[
    "not-performed",
    "link-lost",
    "chip-changed",
    "protocol-breach",
    "key-refused",
    "chip-error",
    "pace-fallback",
    "not-offered",
    "algorithm-unsupported",
    "algorithm-refused",
    "curve-unknown",
    "bad-public-key",
    "access-rights-missing",
    "file-missing",
    "file-not-read",
    "file-malformed",
    "malformed",
    "hash-mismatch",
    "hash-list-malformed",
    "not-listed",
    "signature-wrong",
    "message-digest-wrong",
    "content-type-wrong",
    "signed-attributes-missing",
    "signer-count",
    "cms-version",
    "algorithm-mismatch",
    "signer-certificate-missing",
    "no-anchor",
    "distrusted",
    "issuer-not-ca",
    "not-yet-valid",
    "expired",
    "outside-usage-period",
    "date-unknown",
    "key-usage-missing",
    "critical-extension-unknown",
    "signer-is-ca",
    "certificate-profile",
    "revoked",
    "no-crl",
    "weak-algorithm",
    "country-mismatch",
    "country-malformed",
    "country-unknown",
    "document-type-not-allowed",
    "com-mismatch",
    "card-access-mismatch",
    "key-not-bound",
    "proof-failed",
    "check-digit-wrong",
    "field-mismatch",
    "trust-stale",
    "crl-stale",
    "key-compromised",
    "no-card-list",
    "card-revoked",
];

const fn space(group: Group) -> &'static str {
    match group {
        Group::Document => "dc",
        Group::Combined | Group::Expiration | Group::BiographicData => "dcc",
        Group::Application => "app",
        _ => "dce",
    }
}

/// After the headings of the guideline's sections.
const fn name(group: Group) -> &'static str {
    match group {
        Group::Document => "DocumentCheck",
        Group::Electronic => "ElectronicChecks",
        Group::ChipAccess => "ChipAccess",
        Group::BacOrPace => "BacOrPace",
        Group::Terminal => "TerminalAuthentication",
        Group::ChipContent => "ChipContent",
        Group::ChipAuthenticity => "ChipAuthenticity",
        Group::SecurityObjects => "SecurityObjects",
        Group::IssuerCertificates => "IssuerCertificates",
        Group::ContentIntegrity => "ContentIntegrity",
        Group::IssuingState => "IssuingState",
        Group::Combined => "CombinedChecks",
        Group::Expiration => "Expiration",
        Group::BiographicData => "BiographicData",
        Group::Application => "ApplicationSpecificChecks",
    }
}

/// Elements under each other, one a line.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let attributes: String = attributes
            .iter()
            .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value)))
            .collect();
        self.line(&format!("<{name}{attributes}>"));
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{name}>"));
    }

    fn leaf(&mut self, name: &str, value: &str) {
        self.line(&format!("<{name}>{}</{name}>", escaped(value)));
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.leaf(name, value);
        }
    }

    fn line(&mut self, line: &str) {
        self.text += &"  ".repeat(self.depth);
        self.text += line;
        self.text.push('\n');
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
mod tests {
    use super::*;

    const REPORT: &str = include_str!("../tests/golden/report.json");

    #[test]
    fn a_report_full_of_hostile_texts_is_one_well_formed_document_without_the_holder() {
        let report: Report = serde_json::from_str(REPORT).unwrap();
        let xml = document(&report);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/report.xml");
        if std::env::var_os("ANTIN_BLESS").is_some() {
            std::fs::write(path, &xml).unwrap();
        }
        assert_eq!(
            xml,
            std::fs::read_to_string(path).unwrap_or_default(),
            "ANTIN_BLESS=1 renews it"
        );
        assert!(
            !xml.contains("850219") && !xml.contains("onerror"),
            "no personal data"
        );
        let mut open = Vec::new();
        for tag in xml.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
            match (tag.strip_prefix('/'), tag.chars().next()) {
                (Some(end), _) => assert_eq!(open.pop(), Some(end)),
                (None, Some('?' | '!')) => {}
                (None, _) => open.push(tag.split(' ').next().unwrap()),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    /// Another's judgement.
    #[test]
    fn xmllint_finds_it_well_formed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/report.xml");
        match std::process::Command::new("xmllint")
            .args(["--noout", path])
            .status()
        {
            Ok(status) => assert!(status.success()),
            Err(_) => {
                assert!(
                    std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
                    "ANTIN_STRICT: xmllint is not installed"
                );
                println!("SKIPPED: xmllint is not installed");
            }
        }
    }

    #[test]
    fn every_reason_has_its_code() {
        let missing: Vec<&str> = antin::Reason::ALL
            .iter()
            .map(|reason| reason.as_str())
            .filter(|reason| !CODES.contains(reason))
            .collect();
        assert!(missing.is_empty(), "add at the end of CODES: {missing:?}");
    }
}
