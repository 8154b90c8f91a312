//! A private PC/SC service with the demo card in it, and the rule of what to do where a tool is missing.
#![allow(dead_code, reason = "not every test needs all of it")]

pub mod peer;

use std::env;
use std::ffi::CString;
use std::io::{self, Write};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use antin::SoftCard;
use antin::transport::lab::{self, Lab, Slot};
use antin::transport::vpcd::{CardSide, Session};

/// Long enough for a reader to see a card come.
pub const LONG: Duration = Duration::from_secs(10);

/// Says loudly that a test was skipped and why; under `ANTIN_STRICT=1` that is a failure.
pub fn skipped(why: &str) {
    assert_ne!(env::var("ANTIN_STRICT").as_deref(), Ok("1"), "{why}");
    // Past the test harness, which keeps what a passing test prints to itself.
    io::stdout()
        .write_all(format!("SKIPPED: {why}\n").as_bytes())
        .expect("standard output");
}

/// Whether a tool of others can be run.
pub fn is_there(tool: &str, argument: &str) -> bool {
    let there = Command::new(tool).arg(argument).output().is_ok();
    if !there {
        skipped(&format!("{tool} is missing"));
    }
    there
}

/// A private service with one reader, where it can be had.
pub fn start() -> Option<Lab> {
    if let Err(missing) = Lab::availability() {
        skipped(&missing.to_string());
        return None;
    }
    Some(Lab::start(1).expect("a private service"))
}

/// Runs `body` in a process of its own, in the environment of a private service: this test binary, asked for this
/// test alone. Libraries that know nothing of us find the service through that environment only.
pub fn in_lab(test: &str, body: impl FnOnce(&Slot)) {
    if let Some(slots) = lab::surrounding() {
        return body(slots.first().expect("one reader"));
    }
    let Some(lab) = start() else { return };
    let me = env::current_exe().expect("this test");
    let status = lab
        .command(me)
        .args([test, "--exact", "--nocapture"])
        .status()
        .expect("it runs");
    assert!(
        status.success(),
        "inside the lab: {status}; the service says: {}",
        lab.log()
    );
}

/// The software card as a virtual reader sees it.
struct Emulated {
    card: SoftCard,
    delay: Duration,
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
        let (answer, delay) = self.card.answer(command).expect("a card in memory");
        self.delay = delay;
        answer
    }

    fn delay(&mut self) -> Duration {
        std::mem::take(&mut self.delay)
    }
}

/// A card in a reader; dropped, it is pulled.
pub struct Inserted {
    stop: Arc<AtomicBool>,
    stay: Option<JoinHandle<()>>,
}

/// Lays a card on the reader.
pub fn insert(slot: &Slot, card: SoftCard) -> Inserted {
    let session = Session::connect(&slot.address(), LONG).expect("the reader listens");
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let stay = thread::spawn(move || {
        let mut emulated = Emulated {
            card,
            delay: Duration::ZERO,
        };
        session
            .serve_with(&mut emulated, &flag, |_| {})
            .expect("the reader speaks in frames");
    });
    Inserted {
        stop,
        stay: Some(stay),
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.stay.take().map(JoinHandle::join);
        assert!(
            thread::panicking() || matches!(ended, Some(Ok(()))),
            "the card has died"
        );
    }
}

/// Connects to the card in the reader, as any program would, once the reader has seen it.
pub fn connect(slot: &Slot) -> pcsc::Card {
    let context = pcsc::Context::establish(pcsc::Scope::User).expect("the private service");
    let reader = CString::new(slot.reader.as_str()).expect("a plain name");
    let started = Instant::now();
    loop {
        match context.connect(&reader, pcsc::ShareMode::Shared, pcsc::Protocols::ANY) {
            Ok(card) => return card,
            Err(error) => assert!(started.elapsed() < LONG, "{error}"),
        }
        thread::sleep(Duration::from_millis(50));
    }
}
