//! `antin bench`: how fast this machine issues and verifies, beside what the same cryptography costs without us.

mod apdus;
mod clock;
mod pcsc;
#[cfg(feature = "aws-lc")]
mod raw;
mod work;

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use super::demo::stage::{self, Stage};
use crate::args::BenchArgs;
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};
use clock::Race;
use work::Work;

/// The name of the JSON form of a measurement.
pub const SCHEMA: &str = "antin.bench/1";

/// One measurement, `antin.bench/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bench {
    /// `antin.bench/1`.
    pub schema: String,
    /// Name and version of the program.
    pub tool: String,
    /// What signs and verifies: `aws-lc-rs` or `pure-rust`.
    pub backend: String,
    /// The processor's name, how many there are, and the system.
    pub machine: String,
    /// The same hashes, signatures and verifications over the same bytes by aws-lc-rs alone, in this run, cards per
    /// second on one core; `null` in a build without it.
    pub raw_per_second: Option<Raw>,
    /// How many commands a reading takes after the chip was opened, counted at the chip, for a passport with EF.COM
    /// of 24 bytes, DG1 of 93, DG2 of 15,000 and EF.SOD of about 1,980.
    pub apdus: Apdus,
    /// Encoding, hashing, signing and the self-check of a card, in memory.
    pub issue: Speed,
    /// Passive authentication of a card, in memory.
    pub verify: Speed,
    /// Through a private pcscd and a virtual reader; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcsc: Option<Pcsc>,
}

/// The cost of the cryptography alone, cards per second on one core.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Raw {
    /// The hashes, one P-256 signature and its verification.
    pub issue: f64,
    /// The hashes and two P-256 verifications: the document signer's certificate and EF.SOD.
    pub verify: f64,
}

/// Commands for the same reading in three ways.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Apdus {
    /// Short commands under AES.
    pub short_aes: usize,
    /// Short commands under 3DES.
    pub short_3des: usize,
    /// Extended length, which the reader finds out by itself.
    pub extended: usize,
}

/// The speed of one kind of work.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Speed {
    /// Cards per second on one core.
    pub per_second: f64,
    /// How many times as long as the cryptography alone; `null` where that was not measured.
    pub ratio_to_raw: Option<f64>,
}

/// What goes through PC/SC.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Pcsc {
    /// Commands answered per second, one after the other.
    pub apdu_per_second: f64,
    /// From connecting to the verdict, chip proofs included: the median, in milliseconds.
    pub verify_ms: f64,
}

/// Measures and prints.
pub fn run(args: &BenchArgs, out: &Output) -> Outcome {
    let time = Duration::try_from_secs_f64(args.seconds)
        .map_err(|_| Failure::new(Id::U103).fact("value", args.seconds))?;
    if !args.pcsc {
        return measure(time, None, out);
    }
    match Stage::surrounding()? {
        Some(stage) => measure(time, Some(&stage), out),
        None => stage::run_inside_a_lab(),
    }
}

fn measure(time: Duration, stage: Option<&Stage>, out: &Output) -> Outcome {
    out.note(out.texts.text("bench-wait"));
    let work = Work::prepare()?;
    let (issue, verify) = races(&work, time)?;
    let raw = issue.raw_per_second().zip(verify.raw_per_second());
    let bench = Bench {
        schema: SCHEMA.to_owned(),
        tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
        backend: antin::crypto::BACKEND.to_owned(),
        machine: machine(),
        raw_per_second: raw.map(|(issue, verify)| Raw { issue, verify }),
        apdus: apdus::count()?,
        issue: issue.speed(),
        verify: verify.speed(),
        pcsc: stage.map(|stage| pcsc::measure(stage, &work, time)).transpose()?,
    };
    if out.is_text() {
        show(&bench, out)
    } else {
        out.object(&bench)
    }
    Ok(Exit::Done as u8)
}

#[cfg(feature = "aws-lc")]
fn races(work: &Work, time: Duration) -> Result<(Race, Race), Failure> {
    let raw = raw::Raw::of(work)?;
    let signer = work.signer()?;
    Ok((
        clock::race(time, &mut || work.issue(&signer), &mut || raw.issue())?,
        clock::race(time, &mut || work.verify(), &mut || raw.verify())?,
    ))
}

#[cfg(not(feature = "aws-lc"))]
fn races(work: &Work, time: Duration) -> Result<(Race, Race), Failure> {
    let signer = work.signer()?;
    Ok((
        clock::alone(time, &mut || work.issue(&signer))?,
        clock::alone(time, &mut || work.verify())?,
    ))
}

fn show(bench: &Bench, out: &Output) {
    out.line(format!("{}  ·  {}", bench.machine, bench.backend));
    let raw = |of: fn(&Raw) -> f64| bench.raw_per_second.as_ref().map(of);
    let rows = [
        ("issue", bench.issue, raw(|raw| raw.issue)),
        ("verify", bench.verify, raw(|raw| raw.verify)),
    ];
    for (name, speed, raw) in rows {
        let label = out.texts.text(&format!("bench-{name}"));
        let rate = out
            .texts
            .with("bench-cards", &[("count", &whole(speed.per_second))]);
        let beside = match (raw, speed.ratio_to_raw) {
            (Some(raw), Some(ratio)) => {
                let ratio = format!("{ratio:.2}");
                out.texts
                    .with("bench-raw", &[("count", &whole(raw)), ("ratio", &ratio)])
            }
            _ => out.texts.text("bench-no-raw"),
        };
        line(&label, &rate, &beside, out);
    }
    let Apdus {
        short_aes,
        short_3des,
        extended,
    } = bench.apdus;
    let counts = [
        ("aes", short_aes.to_string()),
        ("des", short_3des.to_string()),
        ("extended", extended.to_string()),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    line(
        &out.texts.text("bench-apdus"),
        &out.texts.with("bench-apdu-counts", &counts),
        "",
        out,
    );
    if let Some(pcsc) = &bench.pcsc {
        let rate = out
            .texts
            .with("bench-commands", &[("count", &whole(pcsc.apdu_per_second))]);
        let whole_verify = out
            .texts
            .with("bench-verify-ms", &[("ms", &format!("{:.1}", pcsc.verify_ms))]);
        line("PC/SC", &rate, &whole_verify, out);
    }
}

fn line(label: &str, result: &str, beside: &str, out: &Output) {
    let pad = 12usize.saturating_sub(label.chars().count());
    let gap = 26usize.saturating_sub(result.chars().count());
    let line = format!(
        "  {label}{:pad$} {}{:gap$} {}",
        "",
        paint(Tone::Strong, result),
        "",
        paint(Tone::Dim, beside)
    );
    out.line(if beside.is_empty() {
        format!("  {label}{:pad$} {}", "", paint(Tone::Strong, result))
    } else {
        line
    });
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

/// Figures mean little without the machine they were measured on.
fn machine() -> String {
    let described = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = described
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{model}, {processors} CPUs, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// A failure that only a fault of ours can cause.
fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::new(Id::X001).fact("detail", error)
}
