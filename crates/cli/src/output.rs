//! Where words go: the result to standard output, progress and advice to standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{Global, When};
use crate::failure::Failure;
use crate::i18n::{Lang, Texts};

/// What standard output carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Text,
    /// One JSON object.
    Json,
    /// A stream of JSON events, one a line, the last one the result.
    JsonLines,
}

/// The colour of a word; never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Proven.
    Good,
    /// Wrong.
    Bad,
    /// Undecided.
    Doubt,
    /// Less important.
    Dim,
    /// Important.
    Strong,
}

/// Where words go, in which language.
pub struct Output {
    /// The texts for people.
    pub texts: Texts,
    format: Format,
    quiet: bool,
}

impl Output {
    /// Output as the global options ask.
    pub fn new(global: &Global) -> Self {
        match global.color {
            When::Auto => {}
            When::Always => anstream::ColorChoice::Always.write_global(),
            When::Never => anstream::ColorChoice::Never.write_global(),
        }
        let format = match (global.json, global.jsonl) {
            (true, _) => Format::Json,
            (false, true) => Format::JsonLines,
            (false, false) => Format::Text,
        };
        let lang = global.lang.unwrap_or_else(Lang::from_environment);
        Self {
            texts: Texts::new(lang),
            format,
            quiet: global.quiet,
        }
    }

    /// What standard output carries.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether standard error carries errors only.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether people read the result.
    pub fn is_text(&self) -> bool {
        self.format == Format::Text
    }

    /// A line of the result for people; nothing when JSON was asked for.
    pub fn line(&self, line: impl AsRef<str>) {
        if self.is_text() {
            put(&mut anstream::stdout(), line.as_ref());
        }
    }

    /// The result as one JSON object: pretty on a terminal, one line otherwise and always with `--jsonl`.
    pub fn object(&self, object: &impl serde::Serialize) {
        let pretty = self.format == Format::Json && std::io::stdout().is_terminal();
        let text = if pretty {
            serde_json::to_string_pretty(object)
        } else {
            serde_json::to_string(object)
        };
        match text {
            Ok(text) => put(&mut anstream::stdout(), &text),
            Err(error) => put(&mut anstream::stderr(), &format!("error[X001]: {error}")),
        }
    }

    /// A result that is JSON in every format.
    pub fn document(&self, document: &impl serde::Serialize) {
        match serde_json::to_string_pretty(document) {
            Ok(text) => put(&mut anstream::stdout(), &text),
            Err(error) => put(&mut anstream::stderr(), &format!("error[X001]: {error}")),
        }
    }

    /// An event of the `--jsonl` stream.
    pub fn event(&self, event: &impl serde::Serialize) {
        if self.format == Format::JsonLines {
            self.object(event);
        }
    }

    /// Progress or advice on standard error.
    pub fn note(&self, line: impl AsRef<str>) {
        if !self.quiet {
            put(&mut anstream::stderr(), line.as_ref());
        }
    }

    /// An error: text on standard error; with JSON also the object on standard output.
    pub fn failure(&self, failure: &Failure) {
        put(&mut anstream::stderr(), &failure.render(&self.texts));
        if !self.is_text() {
            self.object(&failure.to_json(&self.texts));
        }
    }

    /// A progress bar of `total` bytes on standard error if it is a terminal; hidden otherwise.
    pub fn progress(&self, total: u64) -> ProgressBar {
        if self.quiet || !std::io::stderr().is_terminal() {
            return ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        }
        bar("  {msg:18} {bar:30} {bytes:>10} / {total_bytes}", total)
    }

    /// The same for `total` steps.
    pub fn progress_in_steps(&self, total: u64) -> ProgressBar {
        let bytes = self.progress(total);
        if bytes.is_hidden() {
            bytes
        } else {
            bar("  {bar:30} {pos:>3} / {len}  {msg}", total)
        }
    }
}

fn bar(template: &str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr()).with_style(style)
}

/// One event of the `--jsonl` stream, for listeners that outlive a borrow of [`Output`].
pub fn json_line(event: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string(event) {
        put(&mut anstream::stdout(), &text);
    }
}

/// One line of advice on standard error, likewise.
pub fn advice(line: &str) {
    put(&mut anstream::stderr(), line);
}

/// A word in its tone; the streams strip the colour where it is not wanted.
pub fn paint(tone: Tone, word: &str) -> String {
    let style = match tone {
        Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())).bold(),
        Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())).bold(),
        Tone::Doubt => Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Strong => Style::new().bold(),
    };
    format!("{style}{word}{style:#}")
}

/// A reader that went away (`antin … | head`) is no error of ours.
fn put(stream: &mut impl Write, line: &str) {
    let _ = writeln!(stream, "{line}");
}
