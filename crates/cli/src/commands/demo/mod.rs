//! `antin demo`: issue a card, be the chip, read it, prove it; then tell its forgeries apart.

mod gallery;
pub(super) mod stage;
mod story;

use std::time::Instant;

use antin::{Report, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use crate::args::DemoArgs;
use crate::failure::{Failure, Id};
use crate::i18n::Texts;
use crate::output::{Output, Tone, paint};
use crate::report_text;
use stage::Stage;

/// The name of the JSON form of a demo.
pub const SCHEMA: &str = "antin.demo/1";

/// One demo, `antin.demo/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Demo {
    /// `antin.demo/1`.
    pub schema: String,
    /// Name and version of the program.
    pub tool: String,
    /// `memory` or `pcsc`.
    pub mode: String,
    /// The seed that chose the citizen and the place of each change.
    pub seed: u64,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// The verdict on the genuine card.
    pub verdict: Verdict,
    /// The broken cards, and how each was told apart.
    pub gallery: Vec<gallery::Exhibit>,
    /// Milliseconds in all.
    pub ms: f64,
}

/// One step of the demo.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Step {
    /// A stable name: `pki`, `person`, `image`, `write`, `lock`, `read`, `verify`.
    pub name: String,
    /// What came of it, in words.
    pub detail: String,
    /// Milliseconds.
    pub ms: f64,
    /// The figures of `detail`, for a text in another language; JSON says it in English.
    #[serde(skip)]
    pub figures: Vec<(&'static str, String)>,
}

impl Step {
    /// What came of it, in the language of `texts`.
    fn told(&self, texts: &Texts) -> String {
        let figures: Vec<(&str, &str)> = self
            .figures
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        texts
            .find(&format!("demo-did-{}", self.name), &figures)
            .unwrap_or_else(|| self.detail.clone())
    }
}

/// Runs the demo, in memory or through a private PC/SC service.
pub fn run(args: &DemoArgs, out: &Output) -> Outcome {
    if !args.pcsc {
        return perform(args, &Stage::memory(), out);
    }
    match Stage::surrounding()? {
        Some(stage) => perform(args, &stage, out),
        None => stage::run_inside_a_lab(),
    }
}

fn perform(args: &DemoArgs, stage: &Stage, out: &Output) -> Outcome {
    let started = Instant::now();
    out.line(out.texts.text("demo-intro"));
    out.line(out.texts.text("demo-nothing-leaves"));
    out.line("");
    let mut steps = Vec::new();
    let mut tell = |step: Step| {
        out.event(
            &serde_json::json!({"ev": "step", "name": step.name, "detail": step.detail, "ms": step.ms}),
        );
        let label = out.texts.text(&format!("demo-step-{}", step.name));
        out.line(format!(
            " {}  {label:14} {:44} {:>7.1} ms",
            steps.len() + 1,
            step.told(&out.texts),
            step.ms
        ));
        steps.push(step);
    };
    let cast = story::Cast::assemble(args.seed, &mut tell)?;
    let card = story::issue(&cast, stage, &mut tell)?;
    let report = story::verify(&cast, &card, stage, &mut tell)?;
    act_two(&report, out);
    if let Some(folder) = &args.keep {
        story::keep(&cast, &card, folder)?;
    }
    let exhibits = gallery::show(&cast, &card, stage, args.seed, out)?;
    let demo = Demo {
        schema: SCHEMA.to_owned(),
        tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
        mode: stage.name().to_owned(),
        seed: args.seed,
        steps,
        verdict: report.verdict,
        gallery: exhibits,
        ms: started.elapsed().as_secs_f64() * 1000.0,
    };
    finish(&demo, &report, out)
}

/// What the verifier sees, and its verdict in a box.
fn act_two(report: &Report, out: &Output) {
    out.line("");
    out.line(format!(" {}", out.texts.text("demo-other-side")));
    out.line(format!("   {}", report_text::headline(report)));
    for row in report_text::highlights(report, &out.texts) {
        out.line(format!("  {row}"));
    }
    let code = report.verdict.as_str();
    let (_, tone) = report_text::verdict_mark(report.verdict);
    let word = out.texts.text(&format!("verdict-{code}"));
    let about = out.texts.text(&format!("verdict-{code}-about"));
    let text = format!("{word}  ·  {about}");
    let width = text.chars().count() + 4;
    out.line("");
    out.line(format!("   ┌{}┐", "─".repeat(width)));
    out.line(format!("   │  {}  │", paint(tone, &text)));
    out.line(format!("   └{}┘", "─".repeat(width)));
}

fn finish(demo: &Demo, report: &Report, out: &Output) -> Outcome {
    let missed: Vec<&str> = demo
        .gallery
        .iter()
        .filter(|it| !it.told_apart)
        .map(|it| it.name.as_str())
        .collect();
    let seconds = format!("{:.1}", demo.ms / 1000.0);
    out.line("");
    if missed.is_empty() {
        let count = demo.gallery.len().to_string();
        out.line(format!(
            " {}",
            out.texts
                .with("demo-done", &[("count", &count), ("seconds", &seconds)])
        ));
        out.line(out.texts.text("demo-next"));
    }
    if !out.is_text() {
        out.object(demo);
    }
    if missed.is_empty() && report.verdict == Verdict::Authentic {
        return Ok(report.exit);
    }
    Err(Failure::new(Id::X001)
        .fact("verdict", report.verdict.as_str())
        .fact("detail", missed.join(", ")))
}

/// A line of the gallery for people.
fn exhibit_line(exhibit: &gallery::Exhibit, out: &Output) -> String {
    let (mark, tone) = report_text::verdict_mark(exhibit.verdict);
    let what = out.texts.text(&format!("gallery-{}", exhibit.name));
    let word = out.texts.text(&format!("verdict-{}", exhibit.verdict.as_str()));
    let verdict = paint(
        if exhibit.told_apart { tone } else { Tone::Bad },
        &format!("{mark} {word}"),
    );
    let pad = 16usize.saturating_sub(word.chars().count());
    format!(
        "   {what:40} {verdict}{:pad$} {:>2}  {}",
        "", exhibit.exit, exhibit.reason
    )
}
