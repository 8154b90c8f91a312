//! `antin verify --batch DIR`: everything under a folder, on all cores, a line for each document.

mod line;
mod results;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use antin::batch::{self, Options, Outcome as Found, Work};
use antin::trust::time::DAY;
use antin::{Policy, UnixTime, store};
use serde::Serialize;

use super::Outcome;
use crate::args::VerifyArgs;
use crate::failure::{Failure, Id};
use crate::interrupt;
use crate::output::Output;
use crate::shown::shown;

pub use line::{Line, SCHEMA as ENTRY_SCHEMA};

use line::below;
use results::{Done, Results};

/// The name of the summary's JSON form.
pub const SCHEMA: &str = "antin.batch/1";

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
    /// Of these, how many were in the results file already, with the same content and on the same basis.
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

/// Judges everything under the folder, as of `at` or else as of now; the exit code is that of the document that counts most.
pub fn run(root: &Path, args: &VerifyArgs, policy: &Policy, at: Option<UnixTime>, out: &Output) -> Outcome {
    let started = Instant::now();
    let trust = super::trust_store(args)?;
    let station = args.station.as_deref().map(store::load_station).transpose()?;
    let documents = documents(root, out)?;
    super::warn_of_no_trust(&trust, out);
    let (mut results, done) = match args.results.as_deref() {
        Some(path) => {
            let (results, done) = Results::open(path, policy)?;
            (Some(results), done)
        }
        None => (None, Done::default()),
    };
    let basis_at = |at| Options {
        trust: &trust,
        policy,
        at,
        station: station.as_ref(),
    };
    let options = basis_at(at.unwrap_or_else(|| begun(&done, antin::now(), &basis_at)));
    let basis = hex::encode(options.basis());
    let known: HashMap<PathBuf, [u8; 32]> = documents
        .iter()
        .filter_map(|path| {
            Some((
                path.clone(),
                done.lines.get(&below(root, path))?.content_on(&basis)?,
            ))
        })
        .collect();
    interrupt::watch();
    let stop = interrupt::flag();
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok());
    let jobs = jobs.unwrap_or(NonZeroUsize::MIN);
    let work = Work {
        jobs,
        stop: &stop,
        known: &known,
    };
    let bar = out.progress_in_steps(documents.len() as u64);
    let (mut broken, mut resumed) = (None, Vec::new());
    let mut tally = batch::run(&documents, &options, &work, &mut |entry| {
        bar.inc(1);
        let path = below(root, &entry.path);
        if let Found::Known = entry.outcome {
            resumed.push(path);
            return;
        }
        let line = Line::of(path, entry, &options, &basis);
        if let Some(Err(failure)) = results.as_mut().map(|results| results.keep(&line)) {
            // What cannot be kept would be judged again and again: better to stop.
            broken.get_or_insert(failure);
            stop.store(true, Ordering::SeqCst);
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
    for earlier in resumed.iter().filter_map(|path| done.lines.get(path)) {
        match earlier.verdict {
            Some(verdict) => tally.count(verdict.as_str(), earlier.accepted, earlier.exit),
            None => tally.count_error(),
        }
    }
    let verdicts = tally.verdicts.iter();
    let summary = Batch {
        schema: SCHEMA,
        tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
        folder: root.display().to_string(),
        policy: policy.name.to_string(),
        at: options.at,
        jobs: jobs.get(),
        documents: documents.len(),
        total: tally.total(),
        resumed: resumed.len(),
        verdicts: verdicts
            .map(|(verdict, count)| ((*verdict).to_owned(), *count))
            .collect(),
        accepted: tally.accepted,
        errors: tally.errors,
        interrupted: tally.interrupted,
        seconds: started.elapsed().as_secs_f64(),
        exit: tally.exit(),
    };
    print(&summary, out);
    Ok(summary.exit)
}

/// The documents under the folder; what else lies there is told.
fn documents(root: &Path, out: &Output) -> Result<Vec<PathBuf>, Failure> {
    let under = batch::find(root)?;
    if under.documents.is_empty() {
        return Err(Failure::new(Id::U131)
            .fact("file", root.display())
            .said("form", "batch-form"));
    }
    if let Some(first) = &under.first_skipped {
        let first = below(root, first);
        let facts = [
            ("number", under.skipped.to_string()),
            ("first", shown(&first).into_owned()),
        ];
        let facts: Vec<(&str, &str)> = facts
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        out.note(out.texts.with("batch-skipped", &facts));
    }
    Ok(under.documents)
}

/// As of when a batch goes on that names no moment: that of the last line, if everything else is the same and less than a
/// day has passed. Later it is another batch: documents expire, and revocation lists too.
fn begun<'a>(done: &Done, now: UnixTime, basis_at: &impl Fn(UnixTime) -> Options<'a>) -> UnixTime {
    let last = done.last.as_ref();
    let recent = last.filter(|(at, _)| (0..DAY).contains(&now.0.saturating_sub(at.0)));
    recent
        .filter(|(at, basis)| hex::encode(basis_at(*at).basis()) == *basis)
        .map_or(now, |(at, _)| *at)
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
