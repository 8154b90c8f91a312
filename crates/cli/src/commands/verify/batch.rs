//! `antin verify --batch DIR`: everything under a folder, on all cores, a line for each document.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use antin::batch::{self, Entry, Options};
use antin::{CheckResult, Policy, Report, UnixTime, Verdict, store};
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::args::VerifyArgs;
use crate::failure::{Failure, Id};
use crate::interrupt;
use crate::output::Output;
use crate::shown::shown;

/// The name of the summary's JSON form.
pub const SCHEMA: &str = "antin.batch/1";
/// The name of the line of one document.
pub const ENTRY_SCHEMA: &str = "antin.batch-entry/1";

/// No line of a results file is longer, in bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// What came of a batch.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Batch {
    schema: &'static str,
    /// Name and version of the program.
    tool: String,
    /// The folder.
    folder: String,
    /// The policy's name.
    policy: String,
    /// As of when the documents were judged, UTC.
    at: UnixTime,
    /// How many were judged at the same time.
    jobs: usize,
    /// Documents found.
    documents: usize,
    /// Documents judged, now or before.
    total: usize,
    /// Of these, how many were in the results file already.
    resumed: usize,
    /// How many have each verdict.
    verdicts: std::collections::BTreeMap<String, usize>,
    /// How many the policy accepts.
    accepted: usize,
    /// How many could not be read.
    errors: usize,
    /// Whether it was stopped before its end.
    interrupted: bool,
    /// Seconds that it took.
    seconds: f64,
    /// The exit code of the program.
    exit: u8,
}

/// What came of one document.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Line {
    schema: String,
    /// Its path below the folder.
    path: String,
    /// The policy's name.
    policy: String,
    /// The verdict; none for a document that cannot be read.
    verdict: Option<Verdict>,
    /// The rule that gave it.
    reason: Option<String>,
    /// Whether the policy accepts it.
    accepted: bool,
    /// The exit code that it would have alone.
    exit: u8,
    /// The rows that failed, each with its subject.
    failed: Vec<String>,
    /// Why it cannot be read: an error id.
    error: Option<String>,
}

/// Judges everything under the folder; the exit code is that of the document that counts most.
pub fn run(root: &Path, args: &VerifyArgs, policy: &Policy, at: UnixTime, out: &Output) -> Outcome {
    let started = Instant::now();
    let trust = super::trust_store(args)?;
    let station = args.station.as_deref().map(store::load_station).transpose()?;
    let found = batch::documents(root)?;
    let (mut results, done) = match args.results.as_deref() {
        Some(path) => {
            let (results, done) = Results::open(path, policy)?;
            (Some(results), done)
        }
        None => (None, Done::new()),
    };
    let documents = found.len();
    let (before, left): (Vec<PathBuf>, Vec<PathBuf>) = found
        .into_iter()
        .partition(|path| done.contains_key(&below(root, path)));
    interrupt::watch();
    let stop = interrupt::flag();
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok());
    let jobs = jobs.unwrap_or(NonZeroUsize::MIN);
    let options = Options {
        trust: &trust,
        policy,
        at,
        station: station.as_ref(),
        jobs,
        stop: &stop,
    };
    let bar = out.progress_in_steps(left.len() as u64);
    let mut broken = None;
    let mut fresh = batch::run(&left, &options, &mut |entry| {
        let line = Line::of(root, entry, policy);
        bar.inc(1);
        if let Some(Err(failure)) = results.as_mut().map(|results| results.keep(&line)) {
            // What cannot be kept would be judged again and again: better to stop.
            broken.get_or_insert(failure);
            stop.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        out.event(&line);
        if line.exit != 0 {
            out.line(line.render());
        }
    });
    bar.finish_and_clear();
    if let Some(failure) = broken {
        return Err(failure);
    }
    for earlier in before.iter().filter_map(|path| done.get(&below(root, path))) {
        match earlier.verdict {
            Some(verdict) => fresh.count(verdict.as_str(), earlier.accepted, earlier.exit),
            None => fresh.count_error(),
        }
    }
    let summary = Batch {
        schema: SCHEMA,
        tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
        folder: root.display().to_string(),
        policy: policy.name.to_string(),
        at,
        jobs: jobs.get(),
        documents,
        total: fresh.total,
        resumed: before.len(),
        verdicts: fresh
            .verdicts
            .iter()
            .map(|(verdict, count)| ((*verdict).to_owned(), *count))
            .collect(),
        accepted: fresh.accepted,
        errors: fresh.errors,
        interrupted: fresh.interrupted,
        seconds: started.elapsed().as_secs_f64(),
        exit: fresh.exit(),
    };
    print(&summary, out);
    Ok(summary.exit)
}

fn print(summary: &Batch, out: &Output) {
    if !out.is_text() {
        return out.object(summary);
    }
    for (verdict, count) in &summary.verdicts {
        out.line(format!(
            "{count:>8}  {}",
            out.texts.text(&format!("verdict-{verdict}"))
        ));
    }
    if summary.errors > 0 {
        out.line(format!(
            "{:>8}  {}",
            summary.errors,
            out.texts.text("batch-unreadable")
        ));
    }
    let facts = [
        ("total", summary.total.to_string()),
        ("documents", summary.documents.to_string()),
        ("accepted", summary.accepted.to_string()),
        ("seconds", format!("{:.1}", summary.seconds)),
    ];
    let facts: Vec<(&str, &str)> = facts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    out.line(out.texts.with("batch-total", &facts));
    if summary.interrupted {
        out.note(out.texts.text("batch-interrupted"));
    }
}

/// The path below the folder, with `/` on every system.
fn below(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    match parts.is_empty() {
        true => ".".to_owned(),
        false => parts.join("/"),
    }
}

impl Line {
    fn of(root: &Path, entry: &Entry, policy: &Policy) -> Self {
        let path = below(root, &entry.path);
        let policy = policy.name.to_string();
        match &entry.outcome {
            Ok(report) => Self {
                schema: ENTRY_SCHEMA.to_owned(),
                path,
                policy,
                verdict: Some(report.verdict),
                reason: Some(report.reason().to_string()),
                accepted: report.accepted,
                exit: report.exit,
                failed: failed(report),
                error: None,
            },
            Err(error) => {
                let failure = Failure::from(error.clone());
                Self {
                    schema: ENTRY_SCHEMA.to_owned(),
                    path,
                    policy,
                    verdict: None,
                    reason: None,
                    accepted: false,
                    exit: failure.id.exit() as u8,
                    failed: Vec::new(),
                    error: Some(failure.id.code().to_owned()),
                }
            }
        }
    }

    fn render(&self) -> String {
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
    .collect()
}

/// What an earlier run left behind, by path.
type Done = HashMap<String, Earlier>;

/// What was found of a document before.
#[derive(Clone, Copy, Debug)]
struct Earlier {
    verdict: Option<Verdict>,
    accepted: bool,
    exit: u8,
}

/// The file with a line for each document.
struct Results {
    file: File,
    path: PathBuf,
}

impl Results {
    /// Opens the file, or makes it. A last line that was cut off is cut away: its document is judged again.
    /// Results under another policy are none of this batch.
    fn open(path: &Path, policy: &Policy) -> Result<(Self, Done), Failure> {
        let wrong = |error: std::io::Error| {
            Failure::new(Id::X002)
                .fact("file", path.display())
                .fact("detail", crate::convert::words(error.kind()))
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(wrong)?;
        let (done, whole) = read(&file, path, policy)?;
        file.set_len(whole).map_err(wrong)?;
        let path = path.to_owned();
        Ok((Self { file, path }, done))
    }

    fn keep(&mut self, line: &Line) -> Result<(), Failure> {
        let wrong = |detail: String| {
            Failure::new(Id::X002)
                .fact("file", self.path.display())
                .fact("detail", detail)
        };
        let mut text = serde_json::to_string(line).map_err(|error| wrong(error.to_string()))?;
        text.push('\n');
        // One write a line: whoever ends the program leaves whole lines behind, and at most one that is cut off.
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| wrong(error.kind().to_string()))
    }
}

/// The documents in the file, and how many bytes of it are whole lines.
fn read(file: &File, path: &Path, policy: &Policy) -> Result<(Done, u64), Failure> {
    let fault = |detail: String| {
        Failure::new(Id::M434)
            .fact("file", path.display())
            .fact("detail", detail)
    };
    let mut reader = BufReader::new(file);
    let (mut done, mut whole, mut number) = (Done::new(), 0, 0);
    loop {
        let mut line = Vec::new();
        let length = reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| fault(error.kind().to_string()))?;
        if length == 0 || (!line.ends_with(b"\n") && (length as u64) < MAX_LINE) {
            return Ok((done, whole));
        }
        number += 1;
        let entry: Line =
            serde_json::from_slice(&line).map_err(|error| fault(format!("line {number}: {error}")))?;
        if entry.schema != ENTRY_SCHEMA {
            return Err(fault(format!("line {number}: schema {}", entry.schema)));
        }
        whole += length as u64;
        if entry.policy != policy.name {
            return Err(fault(format!("line {number}: policy {}", entry.policy)));
        }
        let earlier = Earlier {
            verdict: entry.verdict,
            accepted: entry.accepted,
            exit: entry.exit,
        };
        done.insert(entry.path, earlier);
    }
}
