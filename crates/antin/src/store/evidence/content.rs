//! The content of an evidence file: its second line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use antin_lds::ElementaryFile;
use antin_trust::{
    Access as ChipAccess, ActiveAnswer, Certificate, Check, FileState, Page, ReadFiles, Report, UnixTime,
    Verdict,
};
use antin_wire::apdu::StatusWord;
use serde::{Deserialize, Serialize};

use super::trust::{MAX_CERTIFICATES, MAX_LISTS};
use super::{EVIDENCE_SCHEMA, Evidence, TrustUsed, was_read, wrong};
use crate::error::Error;

/// Every field in the order in which it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    schema: String,
    tool: String,
    saved: UnixTime,
    judged: Judged,
    access: ChipAccess,
    apdus: Option<u64>,
    /// Golden Reader Tool name to content in hex.
    files: BTreeMap<String, String>,
    /// Files that the chip did not give.
    unread: Vec<Unread>,
    checks: Vec<Check>,
    chip_proofs: Vec<Check>,
    active: Vec<Answer>,
    page: PageText,
    trust: Trust,
}

/// What the station made of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The policy's name.
    pub policy: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the policy accepted the document.
    pub accepted: bool,
    /// The exit code.
    pub exit: u8,
    /// As of when.
    pub at: UnixTime,
}

impl Judged {
    pub(super) fn of(report: &Report) -> Self {
        Self {
            policy: report.policy.clone(),
            verdict: report.verdict,
            accepted: report.accepted,
            exit: report.exit,
            at: report.at,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unread {
    file: String,
    state: State,
    status: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Refused,
    Missing,
    Malformed,
    Lost,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    challenge: String,
    answer: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageText {
    mrz: Option<String>,
    qr: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trust {
    /// Each DER in hex.
    authorities: Vec<String>,
    links: Vec<String>,
    crls: Vec<String>,
    /// SHA-256 fingerprints of those among the authorities that stood in a test set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    test_authorities: Vec<String>,
    /// Each CMS in hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deviations: Vec<String>,
}

/// Writes the second line, with its line feed.
pub(super) fn line(evidence: &Evidence, report: &Report) -> Vec<u8> {
    let read = evidence
        .files
        .iter()
        .filter_map(|(file, state)| Some((file.file_name(), hex::encode(was_read(state)?))));
    let content = Content {
        schema: EVIDENCE_SCHEMA.to_owned(),
        tool: report.tool.clone(),
        saved: evidence.saved,
        judged: Judged::of(report),
        access: evidence.access.clone(),
        apdus: evidence.apdus,
        files: read.collect(),
        unread: evidence.files.iter().filter_map(unread).collect(),
        checks: evidence.checks.clone(),
        chip_proofs: evidence.chip_proofs.clone(),
        active: evidence.answers.iter().map(Answer::of).collect(),
        page: PageText {
            mrz: evidence.page.mrz.clone(),
            qr: evidence.page.qr.clone(),
        },
        trust: Trust {
            authorities: evidence.trust.authorities.iter().map(in_hex).collect(),
            links: evidence.trust.links.iter().map(in_hex).collect(),
            crls: evidence.trust.crls.iter().map(hex::encode).collect(),
            test_authorities: evidence.trust.tests.iter().map(hex::encode).collect(),
            deviations: evidence.trust.deviations.iter().map(hex::encode).collect(),
        },
    };
    emit(&content)
}

fn emit(content: &Content) -> Vec<u8> {
    let mut line = serde_json::to_vec(content).expect("names and texts can be written as JSON");
    line.push(b'\n');
    line
}

/// Reads the second line.
pub(super) fn parse(line: &[u8], path: &Path) -> Result<Evidence, Error> {
    let content: Content = serde_json::from_slice(line).map_err(|problem| wrong(path, problem))?;
    if content.schema != EVIDENCE_SCHEMA {
        return Err(wrong(path, format!("schema {}", content.schema)));
    }
    // One content has one form: a field that nobody knows, deep inside, or another spelling would not be written again.
    if emit(&content) != line {
        return Err(wrong(path, "not in the form in which it is written"));
    }
    let trust = &content.trust;
    let certificates = [&trust.authorities, &trust.links, &trust.test_authorities];
    let lists = [&trust.crls, &trust.deviations];
    if certificates.iter().any(|kind| kind.len() > MAX_CERTIFICATES)
        || lists.iter().any(|kind| kind.len() > MAX_LISTS)
    {
        return Err(wrong(path, "too many certificates or lists"));
    }
    let mut files = read_files(&content.files, path)?;
    for unread in &content.unread {
        let file = named(&unread.file, path)?;
        if files.state(file).is_some() {
            return Err(wrong(path, format!("{} is there twice", unread.file)));
        }
        files.insert(file, unread.state(path)?);
    }
    let answers: Result<_, _> = content.active.iter().map(|answer| answer.read(path)).collect();
    let certificates = |list: &[String]| {
        let parse =
            |text: &String| Certificate::parse(&bytes(text, path)?).map_err(|problem| wrong(path, problem));
        list.iter().map(parse).collect::<Result<Vec<_>, _>>()
    };
    let lists = |list: &[String]| -> Result<Vec<Vec<u8>>, Error> {
        list.iter().map(|text| bytes(text, path)).collect()
    };
    let fingerprint = |text: &String| {
        let digest = bytes(text, path)?.try_into();
        digest.map_err(|_| wrong(path, "a fingerprint has 32 bytes"))
    };
    let tests: Result<BTreeSet<[u8; 32]>, Error> = trust.test_authorities.iter().map(fingerprint).collect();
    let trust = TrustUsed {
        authorities: certificates(&trust.authorities)?,
        tests: tests?,
        links: certificates(&trust.links)?,
        crls: lists(&trust.crls)?,
        deviations: lists(&trust.deviations)?,
    };
    let known: BTreeSet<[u8; 32]> = trust.authorities.iter().map(Certificate::fingerprint).collect();
    if trust.tests.len() != content.trust.test_authorities.len() || !trust.tests.is_subset(&known) {
        return Err(wrong(
            path,
            "a test authority stands there twice, or is no authority",
        ));
    }
    Ok(Evidence {
        content: line.to_vec(),
        saved: content.saved,
        judged: Some(content.judged),
        files,
        access: content.access,
        apdus: content.apdus,
        checks: content.checks,
        chip_proofs: content.chip_proofs,
        answers: answers?,
        page: Page {
            mrz: content.page.mrz,
            qr: content.page.qr,
        },
        trust,
        seal: None,
    })
}

fn in_hex(certificate: &Certificate) -> String {
    hex::encode(certificate.as_der())
}

/// Files by their names in the Golden Reader Tool.
pub(super) fn read_files(named_files: &BTreeMap<String, String>, path: &Path) -> Result<ReadFiles, Error> {
    let mut files = ReadFiles::new();
    for (name, content) in named_files {
        files.insert(named(name, path)?, FileState::Read(bytes(content, path)?));
    }
    Ok(files)
}

fn named(name: &str, path: &Path) -> Result<ElementaryFile, Error> {
    ElementaryFile::from_file_name(name).ok_or_else(|| wrong(path, "unknown file name"))
}

fn bytes(text: &str, path: &Path) -> Result<Vec<u8>, Error> {
    hex::decode(text).map_err(|problem| wrong(path, problem))
}

fn unread((file, state): (ElementaryFile, &FileState)) -> Option<Unread> {
    let (state, status) = match state {
        FileState::Read(_) => return None,
        FileState::Refused(status) => (State::Refused, Some(*status)),
        FileState::Missing(status) => (State::Missing, Some(*status)),
        FileState::Malformed { .. } => (State::Malformed, None),
        FileState::Lost => (State::Lost, None),
    };
    Some(Unread {
        file: file.file_name(),
        state,
        status: status.map(|status| format!("{:04X}", status.0)),
    })
}

impl Unread {
    fn state(&self, path: &Path) -> Result<FileState, Error> {
        let status = self.status.as_deref().map(|text| u16::from_str_radix(text, 16));
        match (self.state, status) {
            (State::Refused, Some(Ok(status))) => Ok(FileState::Refused(StatusWord(status))),
            (State::Missing, Some(Ok(status))) => Ok(FileState::Missing(StatusWord(status))),
            (State::Malformed, None) => Ok(FileState::Malformed {
                what: "as the evidence says",
            }),
            (State::Lost, None) => Ok(FileState::Lost),
            _ => Err(wrong(path, format!("{}: state and status word", self.file))),
        }
    }
}

impl Answer {
    fn of(answer: &ActiveAnswer) -> Self {
        Self {
            challenge: hex::encode(answer.challenge),
            answer: hex::encode(&answer.answer),
        }
    }

    fn read(&self, path: &Path) -> Result<ActiveAnswer, Error> {
        let challenge = bytes(&self.challenge, path)?;
        Ok(ActiveAnswer {
            challenge: challenge
                .try_into()
                .map_err(|_| wrong(path, "a challenge has eight bytes"))?,
            answer: bytes(&self.answer, path)?,
        })
    }
}
