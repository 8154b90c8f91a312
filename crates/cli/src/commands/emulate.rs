//! `antin emulate`: be the chip of a card file behind a virtual reader, until Ctrl-C.

use std::time::Duration;

use antin::profile::patch::Patch;
use antin::store::read_bounded;
use antin::transport::vpcd::{CardSide, Ended, Event, Session};
use antin::wire::Loopback;
use antin::{Profile, SoftCard, Transport};
use serde_json::json;

use super::{Outcome, profile};
use crate::args::{EmulateArgs, TraceArgs};
use crate::card::{check_address, traced};
use crate::door;
use crate::failure::{Exit, Failure, Id};
use crate::interrupt;
use crate::output::Output;

/// How long the virtual reader may take to accept the card.
const CONNECT: Duration = Duration::from_secs(5);

/// No patch is larger.
const MAX_PATCH_BYTES: u64 = 256 * 1024;

/// Serves until the user stops it or the reader goes away.
pub fn run(args: &EmulateArgs, out: &Output) -> Outcome {
    check_address("--vpcd", &args.vpcd, &args.vpcd)?;
    let blank = args.blank.as_deref().map(profile::load).transpose()?;
    let mut card = open(args, blank.as_ref(), out)?;
    if let Some(path) = &args.patch {
        let patch = patch(path)?;
        announce(&patch, &card, out);
        card.misbehave(&patch);
    }
    let session = Session::connect(&args.vpcd, CONNECT).map_err(|error| {
        Failure::new(Id::E105)
            .fact("address", &args.vpcd)
            .fact("detail", error)
    })?;
    let mut emulated = Emulated {
        card,
        delay: Duration::ZERO,
        lost: None,
        trace: args.trace,
    };
    let mut was_in = false;
    let ended = session
        .serve_with(&mut emulated, &interrupt::flag(), |event| {
            was_in |= event == Event::Inserted;
            tell(event, args, out);
        })
        .map_err(|error| {
            Failure::new(Id::E105)
                .fact("address", &args.vpcd)
                .fact("detail", error)
        })?;
    if let Some(failure) = emulated.lost {
        return Err(failure);
    }
    // A reader that goes after it has talked to the card is simply done.
    if !was_in && ended != Ended::Stopped {
        return Err(Failure::new(Id::E105)
            .fact("address", &args.vpcd)
            .fact("detail", words(ended)));
    }
    if ended == Ended::ReaderClosed {
        out.note(out.texts.text("emulate-reader-closed"));
    }
    if !out.is_text() {
        out.object(&json!({"schema": "antin.emulate/1", "ended": words(ended)}));
    }
    Ok(Exit::Done as u8)
}

/// Says what the chip will do wrong, and which part of it cannot happen on this card.
fn announce(patch: &Patch, card: &SoftCard, out: &Output) {
    out.event(&json!({"ev": "patched", "patch": patch.name}));
    out.note(out.texts.with("emulate-errs", &[("patch", &patch.name)]));
    for change in &patch.files {
        if card.state().file(change.file).is_none() {
            let lacking = out
                .texts
                .with("emulate-no-such-file", &[("file", &change.file.to_string())]);
            out.note(format!("{}: {lacking}", out.texts.text("warning")));
        }
    }
}

fn open(args: &EmulateArgs, blank: Option<&Profile>, out: &Output) -> Result<SoftCard, Failure> {
    match blank {
        Some(profile) if !args.card.exists() => {
            let keys = door::keys(&args.door, profile, out)?;
            keys.blank(profile, &args.card)
        }
        _ => Ok(SoftCard::open(&args.card)?),
    }
}

/// Reads a fault patch.
///
/// # Errors
/// `M402` with every fault of the file, named with its line.
fn patch(path: &std::path::Path) -> Result<Patch, Failure> {
    let bytes = read_bounded(path, MAX_PATCH_BYTES)?;
    let origin = path.display().to_string();
    let fault = |detail: &str| Failure::new(Id::M402).fact("file", &origin).faults(detail);
    let text = String::from_utf8(bytes).map_err(|_| fault("not UTF-8"))?;
    let faults: Vec<String> = Patch::faults_of(&text, &origin)
        .iter()
        .map(ToString::to_string)
        .collect();
    if !faults.is_empty() {
        return Err(fault(&faults.join("\n")));
    }
    Patch::parse(&text, &origin).map_err(|error| fault(&error.to_string()))
}

fn words(ended: Ended) -> &'static str {
    match ended {
        Ended::Stopped => "stopped",
        Ended::ReaderClosed => "reader closed",
        Ended::CardLeft => "card left",
        _ => "ended",
    }
}

fn tell(event: Event, args: &EmulateArgs, out: &Output) {
    let address = args.vpcd.as_str();
    match event {
        Event::Inserted => {
            out.event(&json!({"ev": "inserted", "address": address}));
            out.note(out.texts.with("emulate-inserted", &[("address", address)]));
        }
        Event::Queued => {
            out.event(&json!({"ev": "queued", "address": address}));
            out.note(out.texts.text("emulate-queued"));
        }
        _ => {}
    }
}

/// The card as the virtual reader sees it.
struct Emulated {
    card: SoftCard,
    delay: Duration,
    lost: Option<Failure>,
    trace: TraceArgs,
}

impl CardSide for Emulated {
    fn atr(&self) -> Vec<u8> {
        self.card.atr().to_vec()
    }

    fn power_on(&mut self) {
        self.card.reset();
    }

    fn power_off(&mut self) {
        self.card.reset();
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let (answer, delay) = match self.card.answer(command) {
            Ok(answer) => answer,
            // The state could not be kept, so the card leaves without an answer that would promise it.
            Err(error) => {
                self.lost = Some(error.into());
                return Vec::new();
            }
        };
        self.delay = delay;
        // What was just said once more, past the writer of traces.
        let said = Loopback::new(|_: &[u8]| answer.clone());
        let _ = traced(said, self.trace).transmit(command);
        answer
    }

    fn delay(&mut self) -> Duration {
        std::mem::take(&mut self.delay)
    }
}
