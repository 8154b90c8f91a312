//! The card on a reader, or in a file: opened, read, and remembered by its kind.

use std::path::Path;

use antin::reader::access::AccessPolicy;
use antin::reader::{Challenge, Dialect};
use antin::store::{self, DialectCache};
use antin::trust::cv::Date;
use antin::trust::{BacFallback, Page};
use antin::{Document, Event, Files, OpenCard, Opening, Policy, TerminalKeys};

use crate::args::{CardSource, KeySource, TraceArgs, VerifyArgs};
use crate::card::{self, Interruptible};
use crate::failure::{Failure, Id};
use crate::key::{self, Asked};
use crate::output::Output;
use crate::{interrupt, progress};

/// Opens the card and reads its files; progress goes to standard error, events to the JSON stream.
///
/// # Errors
/// Whatever keeps the conversation from coming to an end: no reader, key refused, card lost.
pub fn read(
    source: &CardSource,
    secret: &KeySource,
    trace: TraceArgs,
    policy: &Policy,
    terminal_folder: Option<&Path>,
    out: &Output,
) -> Result<Document, Failure> {
    let terminal = terminal(terminal_folder)?;
    let wanted = wanted(terminal.as_ref());
    read_with(opening(terminal), source, secret, trace, policy, wanted, out)
}

/// Reads the card as `antin verify` was asked to.
///
/// # Errors
/// As [`read`]; `U103` for a challenge that is none.
pub fn visited(args: &VerifyArgs, policy: &Policy, out: &Output) -> Result<Document, Failure> {
    let challenge = args.challenge.as_deref().map(challenge).transpose()?;
    let terminal = terminal(args.terminal.as_deref())?;
    let wanted = wanted(terminal.as_ref());
    let challenge = challenge.map_or(Challenge::Drawn, Challenge::Given);
    let opening = opening(terminal).challenge(challenge);
    read_with(opening, &args.source, &args.key, args.trace, policy, wanted, out)
}

/// What the reader proves its rights with.
fn terminal(folder: Option<&Path>) -> Result<Option<TerminalKeys>, Failure> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let now = antin::now();
    let today = Date::from_time(now).ok_or_else(|| Failure::new(Id::U103).fact("value", now))?;
    let keys = store::load_terminal(folder, today).map_err(|error| {
        let failure = Failure::from(error);
        // The same words of the library, about another folder than that of the anchors.
        match failure.id {
            Id::M405 => Failure {
                id: Id::M408,
                ..failure
            },
            _ => failure,
        }
    })?;
    Ok(Some(keys))
}

fn opening(terminal: Option<TerminalKeys>) -> Opening {
    match terminal {
        Some(keys) => Opening::new().terminal(keys),
        None => Opening::new(),
    }
}

/// Only a reader that can prove its rights asks for what needs them.
fn wanted(terminal: Option<&TerminalKeys>) -> Files {
    match terminal {
        Some(_) => Files::ALL,
        None => Files::PUBLIC,
    }
}

fn read_with(
    opening: Opening,
    source: &CardSource,
    secret: &KeySource,
    trace: TraceArgs,
    policy: &Policy,
    wanted: Files,
    out: &Output,
) -> Result<Document, Failure> {
    let Asked { key, mrz } = key::ask(secret, out)?;
    // From here on there are points at which to stop; at the prompt Ctrl-C simply ends the program.
    interrupt::watch();
    let card = card::connect(source, out)?;
    let mut memory = Memory::of(source, card.atr(), out);
    let card = card::traced(Interruptible::new(card), trace);
    let fallback = if secret.allow_bac_fallback {
        BacFallback::Allowed
    } else {
        policy.bac_fallback
    };
    let mut access: AccessPolicy = antin::access_policy(policy);
    access.bac_fallback = fallback;
    let mut listener = progress::Listener::new(out);
    let opening = opening
        .policy(access)
        .dialect(memory.dialect())
        .clock(antin::stopwatch())
        .on_event(move |event: &Event| listener.hear(event));
    let mut card = OpenCard::open_with(card, &key, opening)?;
    let document = card.read(wanted)?;
    if document.broken_off().is_none() {
        memory.keep(card.dialect(), out);
    }
    if let Some(error) = document.broken_off() {
        // What was read is judged all the same; the report says which rows were aborted.
        out.note(Failure::from(error.clone()).render(&out.texts));
    }
    let page = Page {
        mrz: mrz.map(|text| text.to_string()),
        qr: None,
    };
    Ok(document.with_page(page))
}

/// Eight bytes: typed as hex digits, or in a file, as they are or as digits.
///
/// # Errors
/// `U103`, `U102`.
pub fn challenge(text: &str) -> Result<[u8; 8], Failure> {
    let digits = |text: &str| {
        let bytes = hex::decode(text.trim()).ok()?;
        <[u8; 8]>::try_from(bytes).ok()
    };
    let wrong = || {
        Failure::new(Id::U103)
            .fact("option", "--challenge")
            .fact("value", text)
            .fact("form", "16 x 0-9 A-F, FILE")
    };
    if let Some(challenge) = digits(text) {
        return Ok(challenge);
    }
    let path = Path::new(text);
    // Digits, though not sixteen, were hardly meant as the name of a file.
    if !path.exists() && text.chars().all(|one| one.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let bytes = store::read_bounded(path, 64)?;
    let as_digits = std::str::from_utf8(&bytes).ok().and_then(digits);
    as_digits
        .or_else(|| <[u8; 8]>::try_from(bytes).ok())
        .ok_or_else(wrong)
}

/// What is remembered about the kind of the card at hand.
struct Memory {
    cache: Option<DialectCache>,
    atr: Vec<u8>,
}

impl Memory {
    fn of(source: &CardSource, atr: &[u8], out: &Output) -> Self {
        let cache = if source.no_cache {
            None
        } else {
            DialectCache::of_user()
        };
        if let Some((cache, problem)) = cache.as_ref().and_then(|cache| Some((cache, cache.problem()?))) {
            out.note(out.texts.with(
                "dialects-ignored",
                &[("file", &cache.path().display().to_string()), ("detail", problem)],
            ));
        }
        Self {
            cache,
            atr: atr.to_vec(),
        }
    }

    fn dialect(&self) -> Dialect {
        let known = self.cache.as_ref().map(|cache| cache.find(&self.atr));
        known.unwrap_or_default()
    }

    /// What was learnt makes the next card faster; that it could not be kept is no reason to fail this one.
    fn keep(&mut self, dialect: Dialect, out: &Output) {
        if let Some(Err(error)) = self.cache.as_mut().map(|cache| cache.keep(&self.atr, dialect)) {
            out.note(format!("{}: {error}", out.texts.text("warning")));
        }
    }
}
