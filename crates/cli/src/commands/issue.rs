//! `antin issue`: a citizen's record onto a card, resumable, proven by reading the finished card back.

use std::path::{Path, PathBuf};

use antin::perso::run::Event;
use antin::perso::{KeySet, TerminalTrust};
use antin::profile::DocumentKind;
use antin::protocol::personalization::iso7816_9::LifeCycle;
use antin::store::{FileJournal, read_bounded};
use antin::trust::cv::{CvCertificate, Date};
use antin::{
    CardImage, CheckResult, Document, FileState, Issued, Journal as _, Policy, Profile, ReadFiles, SoftCard,
    SystemRng, Transport, TrustStore, UnixTime, Verdict,
};
use indicatif::ProgressBar;
use serde_json::json;

use super::{Outcome, profile, record};
use crate::args::{IssueArgs, TraceArgs};
use crate::card::{self, Interruptible};
use crate::desk::Desk;
use crate::door::{self, Keys};
use crate::failure::{Exit, Failure, Id};
use crate::output::{Format, Output, Tone, paint};

/// Issues one card.
pub fn run(args: &IssueArgs, out: &Output) -> Outcome {
    let profile = profile::load(&args.profile)?;
    let keys = door::keys(&args.door, &profile, out)?;
    let at = antin::now();
    // The code that the machine readable zone begins with.
    let code = match profile.document {
        DocumentKind::Td3 => "P",
        DocumentKind::Td1 | DocumentKind::Td1Vietnam => "ID",
    };
    let desk = Desk::open(args, code, at, out)?;
    let record = record::load(&args.record, &profile, out)?;
    let mut secrets = KeySet::generate(&profile, &record, &mut SystemRng).map_err(antin::Error::from)?;
    if let Some(path) = &args.cvca {
        secrets.terminal_authentication = Some(authority(path, &profile, at)?);
    }
    let image = CardImage::with_keys(
        &profile,
        &record,
        secrets,
        desk.key.signer(),
        &desk.certificate,
        at,
    )
    .map_err(|error| desk.explain(error))?;
    let trust = desk.trust;
    rehearse(&image, &trust, at, &args.signer)?;
    let (path, kept) = journal_path(args);
    // Looked at before any card is: a journal that cannot be used must leave nothing behind.
    let mut journal = FileJournal::open(&path).map_err(|error| {
        Failure::new(Id::M406)
            .fact("journal", path.display())
            .fact("detail", error)
    })?;
    let begun = journal.entries().is_ok_and(|entries| !entries.is_empty());
    let mut job = Job {
        image,
        trust,
        at,
        keys: &keys,
        journal: &mut journal,
        trace: args.trace,
        out,
    };
    let written = match &args.to_file {
        Some(file) => soft_card(file, &profile, &keys, begun).and_then(|mut card| job.write(&mut card)),
        None => card::wait_on_reader(
            args.reader.as_deref(),
            args.vpcd_listen.as_deref(),
            args.wait,
            out,
        )
        .and_then(|mut card| job.write(&mut card)),
    };
    let issued = match written {
        Ok(issued) => issued,
        Err(failure) if journal.entries().is_ok_and(|entries| entries.is_empty()) => {
            // Nothing was begun, so there is nothing to go on with.
            let _ = std::fs::remove_file(&path);
            return Err(failure);
        }
        Err(failure) => return Err(failure.fact("journal", path.display())),
    };
    if !kept {
        // The journal of a finished card would stand in the way of the record's next card.
        let _ = std::fs::remove_file(&path);
    }
    report(&issued, out);
    Ok(Exit::Done as u8)
}

/// One card's work.
struct Job<'a> {
    image: CardImage,
    trust: TrustStore,
    at: UnixTime,
    keys: &'a Keys,
    journal: &'a mut FileJournal,
    trace: TraceArgs,
    out: &'a Output,
}

impl Job<'_> {
    fn write<T: Transport>(&mut self, transport: &mut T) -> Result<Issued, Failure> {
        let bar = self.out.progress_in_steps(0);
        let mut hear = |event: Event| tell(&event, &bar, self.out);
        let mut transport = card::traced(Interruptible::new(transport), self.trace);
        let result = antin::issue(
            &mut transport,
            &self.image,
            &self.trust,
            self.at,
            &self.keys.door(),
            self.journal,
            &mut hear,
        );
        bar.finish_and_clear();
        result.map_err(|error| self.keys.explain(error.into()))
    }
}

fn tell(event: &Event, bar: &ProgressBar, out: &Output) {
    out.event(event);
    match event {
        Event::Step { step, of, what } => {
            bar.set_length(*of as u64);
            bar.set_position(*step as u64);
            bar.set_message(what.chars().take(38).collect::<String>());
        }
        Event::Identified {
            development_blank: true,
            ..
        } if out.format() == Format::Text => {
            out.note(out.texts.text("issue-development-blank"));
        }
        Event::Resumed { .. } | Event::Restarted => out.note(out.texts.text("issue-resumed")),
        _ => {}
    }
}

fn report(issued: &Issued, out: &Output) {
    if out.is_text() {
        let files = issued.receipt.files.len();
        let bytes: usize = issued.receipt.files.iter().map(|file| file.bytes).sum();
        out.line(paint(
            Tone::Good,
            &format!("✓ {}", out.texts.text("issue-finished")),
        ));
        out.line(format!(
            "  {}: {}",
            out.texts.text("issue-serial"),
            issued.receipt.serial
        ));
        out.line(format!("  {}: {files}, {bytes} B", out.texts.text("issue-files")));
        out.line(format!(
            "  {}: {}",
            out.texts.text("issue-read-back"),
            issued.report.verdict.as_str()
        ));
    } else {
        out.object(&json!({
            "schema": "antin.issue/1", "receipt": issued.receipt, "read_back": issued.report.verdict,
        }));
    }
}

/// The card file: new, or one that an earlier try left half-written. A finished card is never overwritten.
fn soft_card(file: &Path, profile: &Profile, keys: &Keys, begun: bool) -> Result<SoftCard, Failure> {
    if !file.exists() {
        // A journal without its card: a new blank would be another card.
        let missing = || Failure::new(Id::M406).fact("missing", file.display());
        return if begun {
            Err(missing())
        } else {
            keys.blank(profile, file)
        };
    }
    let card = SoftCard::open(file)?;
    // A finished card may still lack the journal's last line: the run then only has to read it back.
    if card.state().life_cycle() == LifeCycle::Creation || begun {
        return Ok(card);
    }
    Err(Failure::new(Id::U104).fact("file", file.display()))
}

/// Verifies what is about to be written: a card must not be spoiled to learn that its signer does not fit.
fn rehearse(image: &CardImage, trust: &TrustStore, at: UnixTime, signer: &Path) -> Result<(), Failure> {
    let mut files = ReadFiles::new();
    for (file, bytes) in image.files() {
        files.insert(*file, FileState::Read(bytes.clone()));
    }
    let report = Document::from_files(files).verify(trust, &Policy::COUNTER, at);
    // No chip has been asked for a proof yet, so this is the best verdict there is.
    if report.verdict == Verdict::ChipUnproven {
        return Ok(());
    }
    let wrong = report
        .checks
        .iter()
        .filter(|check| check.needed && check.result != CheckResult::Successful);
    let rows: Vec<String> = wrong
        .map(|check| {
            let reason = check.reason.map_or("", |reason| reason.as_str());
            let parts = [
                check.id.as_str(),
                check.result.as_str(),
                reason,
                check.evidence.as_deref().unwrap_or_default(),
            ];
            parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        })
        .collect();
    let failure = Failure::new(Id::S602)
        .fact("file", signer.display())
        .fact("verdict", report.verdict.as_str());
    Err(failure.faults(&rows.join("\n")))
}

/// Where the journal lies, and whether the user named it and so keeps it.
fn journal_path(args: &IssueArgs) -> (PathBuf, bool) {
    match (&args.journal, &args.to_file) {
        (Some(path), _) => (path.clone(), true),
        (None, Some(card)) => (card.with_extension("journal"), false),
        (None, None) => (args.record.with_extension("journal"), false),
    }
}

/// The authority over terminals that the card is to trust.
fn authority(path: &Path, profile: &Profile, at: UnixTime) -> Result<TerminalTrust, Failure> {
    let fault = |id: Id, detail: &dyn std::fmt::Display| {
        Failure::new(id)
            .fact("file", path.display())
            .fact("detail", detail)
    };
    if profile.terminal_authentication.is_none() {
        let what = format!(
            "--cvca: the profile {} has no [terminal-authentication]",
            profile.name
        );
        return Err(Failure::new(Id::U103).fact("value", what));
    }
    let bytes = read_bounded(path, MAX_CERTIFICATE_BYTES)?;
    let certificate = CvCertificate::parse(&bytes).map_err(|error| fault(Id::M403, &error))?;
    let today = Date::from_time(at).ok_or_else(|| Failure::new(Id::U103).fact("value", at))?;
    TerminalTrust::of_authority(certificate, today).map_err(|error| fault(Id::M403, &error))
}

/// Certificates of terminals are far shorter.
const MAX_CERTIFICATE_BYTES: u64 = 16 * 1024;
