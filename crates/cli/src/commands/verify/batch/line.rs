//! One line of a batch: what came of one document, and on what basis.

use std::fmt::Write;
use std::path::Path;

use antin::batch::{Entry, Options, Outcome};
use antin::trust::verdict::can_stand_together;
use antin::{CheckResult, Report, UnixTime, Verdict};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Id};
use crate::shown::shown;

/// The name of the line of one document.
pub const SCHEMA: &str = "antin.batch-entry/1";

/// The most failed rows that a line names.
const MAX_FAILED: usize = 64;
/// The most letters of one of them.
const MAX_FAILED_LETTERS: usize = 200;

/// What came of one document. In a results file the last line of a path counts.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Line {
    schema: String,
    /// Its path below the folder, with `/` on every system; what is not UTF-8 in a name is `\xNN`, and `\` then `\\`.
    pub path: String,
    /// The policy's name.
    pub policy: String,
    /// The verdict; none for a document that cannot be read.
    pub verdict: Option<Verdict>,
    /// The rule that gave it.
    reason: Option<String>,
    /// Whether the policy accepts it.
    pub accepted: bool,
    /// The exit code that it would have alone.
    pub exit: u8,
    /// The rows that failed, each with its subject; 64 at most.
    failed: Vec<String>,
    /// Why it cannot be read: an error id.
    error: Option<String>,
    /// SHA-256 of its content in hex: of the line `evidence` and a line with the SHA-256 of the file, or of the line
    /// `folder` and the list that `sha256sum` prints of its files.
    #[serde(default)]
    sha256: Option<String>,
    /// SHA-256 in hex over the program's version, policy, trust, station and moment by which it was judged.
    #[serde(default)]
    pub basis: Option<String>,
    /// As of when the batch judges, UTC.
    #[serde(default)]
    pub at: Option<UnixTime>,
    /// As of when this document was judged: evidence of a believed station as of its visit; none for one that cannot be read.
    #[serde(default)]
    judged_at: Option<UnixTime>,
}

impl Line {
    /// What came of a document; one that is known has its line already.
    pub fn of(path: String, entry: &Entry, options: &Options<'_>, basis: &str) -> Self {
        let line = Self {
            schema: SCHEMA.to_owned(),
            path,
            policy: options.policy.name.to_string(),
            verdict: None,
            reason: None,
            accepted: false,
            exit: 0,
            failed: Vec::new(),
            error: None,
            sha256: entry.sha256.map(hex::encode),
            basis: Some(basis.to_owned()),
            at: Some(options.at),
            judged_at: None,
        };
        match &entry.outcome {
            Outcome::Judged(report) => Self {
                verdict: Some(report.verdict),
                reason: Some(report.reason().to_string()),
                accepted: report.accepted,
                exit: report.exit,
                failed: failed(report),
                judged_at: Some(report.at),
                ..line
            },
            Outcome::Unreadable(error) => {
                let failure = Failure::from(error.clone());
                Self {
                    exit: failure.id.exit() as u8,
                    error: Some(failure.id.code().to_owned()),
                    ..line
                }
            }
            Outcome::Known => line,
        }
    }

    /// What cannot be in a line that was written here.
    pub fn fault(&self) -> Option<String> {
        if self.schema != SCHEMA {
            return Some(format!("schema {}", self.schema));
        }
        let fits = match (self.verdict, &self.error) {
            (Some(verdict), None) => can_stand_together(verdict, self.accepted, self.exit),
            (None, Some(error)) => {
                let known = Id::ALL.iter().find(|id| id.code() == error);
                !self.accepted && known.is_some_and(|id| id.exit() as u8 == self.exit)
            }
            _ => false,
        };
        (!fits).then(|| "verdict, accepted and exit disagree".to_owned())
    }

    /// The content that was judged, if it was judged on this basis.
    pub fn content_on(&self, basis: &str) -> Option<[u8; 32]> {
        let same = self.basis.as_deref() == Some(basis);
        let digest = self.sha256.as_deref().filter(|_| same)?;
        hex::decode(digest).ok()?.try_into().ok()
    }

    /// The line for people.
    pub fn render(&self) -> String {
        let what = match (self.verdict, &self.error) {
            (Some(verdict), _) => verdict.to_string(),
            (None, Some(error)) => format!("error {error}"),
            (None, None) => "?".to_owned(),
        };
        let line = format!(
            "{:>3}  {what:15}  {}  {}",
            self.exit,
            self.path,
            self.failed.join(", ")
        );
        shown(line.trim_end()).into_owned()
    }
}

fn failed(report: &Report) -> Vec<String> {
    let rows = report
        .checks
        .iter()
        .filter(|check| check.result == CheckResult::Failed);
    rows.map(|check| match &check.subject {
        Some(subject) => format!("{} {subject}", check.id),
        None => check.id.to_string(),
    })
    // Rows of evidence are as long as whoever wrote it likes.
    .map(|row| row.chars().take(MAX_FAILED_LETTERS).collect())
    .take(MAX_FAILED)
    .collect()
}

/// The path below the folder. No two paths have the same: names that are not UTF-8 are spelt out.
pub fn below(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> = relative
        .iter()
        .map(|part| spelt(part.as_encoded_bytes()))
        .collect();
    match parts.is_empty() {
        true => ".".to_owned(),
        false => parts.join("/"),
    }
}

fn spelt(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text += &chunk.valid().replace('\\', "\\\\");
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn no_two_names_are_spelt_alike() {
        use std::collections::BTreeSet;
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let names: [&[u8]; 7] = [
            b"a\xff",
            b"a\xfe",
            "a\u{fffd}".as_bytes(),
            b"a\\xff",
            b"a\\\\xff",
            b"a",
            b"a\xc3",
        ];
        let root = Path::new("root");
        let spelt: BTreeSet<String> = names
            .iter()
            .map(|name| below(root, &root.join("x").join(OsStr::from_bytes(name))))
            .collect();
        assert_eq!(spelt.len(), names.len(), "{spelt:?}");
        assert!(spelt.contains("x/a\\xff"));
        assert_eq!(below(root, &root.join("một/hai")), "một/hai");
        assert_eq!(below(root, root), ".");
    }

    fn line(verdict: Option<Verdict>, accepted: bool, exit: u8, error: Option<&str>) -> Line {
        Line {
            schema: SCHEMA.to_owned(),
            path: "a".to_owned(),
            policy: "counter".to_owned(),
            verdict,
            reason: None,
            accepted,
            exit,
            failed: Vec::new(),
            error: error.map(ToOwned::to_owned),
            sha256: Some("00".repeat(32)),
            basis: Some("b".to_owned()),
            at: None,
            judged_at: None,
        }
    }

    #[test]
    fn a_line_that_contradicts_itself_is_noticed() {
        assert_eq!(line(Some(Verdict::Authentic), true, 0, None).fault(), None);
        assert_eq!(line(None, false, 6, Some("M431")).fault(), None);
        for wrong in [
            line(Some(Verdict::Failed), true, 0, None),
            line(Some(Verdict::Failed), false, 0, None),
            line(Some(Verdict::Authentic), false, 0, None),
            line(Some(Verdict::Authentic), true, 99, None),
            line(None, false, 0, Some("M431")),
            line(None, true, 6, Some("M431")),
            line(None, false, 6, Some("M999")),
            line(None, false, 6, None),
            line(Some(Verdict::Authentic), true, 0, Some("M431")),
        ] {
            assert!(wrong.fault().is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn a_line_stands_for_its_content_on_its_own_basis_alone() {
        let mut line = line(Some(Verdict::Authentic), true, 0, None);
        assert_eq!(line.content_on("b"), Some([0; 32]));
        assert_eq!(line.content_on("c"), None);
        line.sha256 = None;
        assert_eq!(line.content_on("b"), None);
    }
}
