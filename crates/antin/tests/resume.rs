//! A reading that is broken off goes on at the same byte with the same chip, and with no other.

#![allow(clippy::indexing_slicing)]

mod common;

use std::sync::{Arc, Mutex};

use antin::reader::{Error, Notice};
use antin::wire::ins;
use antin::{
    AccessKey, CheckId, CheckResult, Document, Event, Files, LinkError, OpenCard, Policy, Reason, Report,
    SoftCard, Transport, Verdict,
};
use common::{Counting, Station, profile};

/// What happens to the session at the n-th command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    /// The chip ends it with this status word and forgets the session.
    Bare(u16),
    /// The card slips out and is put back when asked for.
    Slips,
    /// It never comes back.
    Gone,
}

/// A card to which something happens, once or again and again.
struct Unlucky<'a> {
    card: &'a mut SoftCard,
    /// Another card that takes its place when it is put back.
    other: Option<SoftCard>,
    mishap: Mishap,
    at: Vec<usize>,
    seen: usize,
    out: bool,
    commands: Vec<Vec<u8>>,
}

impl<'a> Unlucky<'a> {
    fn new(card: &'a mut SoftCard, mishap: Mishap, at: &[usize]) -> Self {
        Self {
            card,
            other: None,
            mishap,
            at: at.to_vec(),
            seen: 0,
            out: false,
            commands: Vec::new(),
        }
    }
}

impl Transport for Unlucky<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        if self.out {
            return Err(LinkError::CardLost);
        }
        let number = self.seen;
        self.seen += 1;
        self.commands.push(command.to_vec());
        if !self.at.contains(&number) {
            return self.card.transmit(command);
        }
        match self.mishap {
            Mishap::Bare(sw) => {
                // What no session survives: the chip sees a command that was tampered with.
                self.card.transmit(&[0x0C, ins::READ_BINARY, 0, 0, 1, 0, 0])?;
                Ok(sw.to_be_bytes().to_vec())
            }
            Mishap::Slips | Mishap::Gone => {
                self.out = true;
                Err(LinkError::CardLost)
            }
        }
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        if self.mishap == Mishap::Gone {
            return Err(LinkError::CardLost);
        }
        self.out = false;
        self.card.reset();
        if let Some(other) = self.other.take() {
            *self.card = other;
        }
        Ok(())
    }
}

struct Reading {
    document: Result<Document, Error>,
    notices: Vec<Notice>,
    progress: Vec<(String, usize)>,
}

fn read(transport: impl Transport, key: &AccessKey) -> Reading {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let opened = OpenCard::open(transport, key);
    let document = opened.and_then(|card| {
        card.on_event(move |event| ears.lock().expect("one thread").push(event.clone()))
            .read(Files::PUBLIC)
    });
    let events = heard.lock().expect("one thread").clone();
    let notices = events.iter().filter_map(|event| match event {
        Event::Notice { code } => Some(*code),
        _ => None,
    });
    let progress = events.iter().filter_map(|event| match event {
        Event::File { name, done, .. } => Some((name.clone(), *done)),
        _ => None,
    });
    Reading {
        document,
        notices: notices.collect(),
        progress: progress.collect(),
    }
}

/// Short commands, so that there are many places to be interrupted at.
fn station(seed: u64) -> Station {
    let short = [
        ("extended = true", "extended = false"),
        ("max-command = 65535", "max-command = 255"),
        ("max-response = 65536", "max-response = 256"),
    ];
    Station::new(profile("icao-passport", &short), seed)
}

fn judge(station: &Station, document: &Document) -> Report {
    document.verify(&station.trust, &Policy::COUNTER, station.at)
}

/// The commands of an undisturbed reading, and the first under secure messaging.
fn undisturbed(station: &Station, card: &mut SoftCard) -> (usize, usize) {
    let mut whole = Counting::new(card);
    OpenCard::open(&mut whole, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let commands = whole.commands;
    whole.inner.reset();
    let first = commands.iter().position(|command| command[0] == 0x0C);
    (commands.len(), first.expect("a session"))
}

#[test]
fn a_session_lost_anywhere_is_resumed_and_the_card_is_authentic() {
    let station = station(61);
    let mut card = station.issued();
    let (commands, session) = undisturbed(&station, &mut card);
    let proofs = commands - 6;
    let mishaps = [
        Mishap::Bare(0x6988),
        Mishap::Bare(0x6987),
        Mishap::Bare(0x6982),
        Mishap::Slips,
    ];
    for (number, mishap) in mishaps.into_iter().enumerate() {
        for at in (session + 1 + number..proofs).step_by(5) {
            card.reset();
            let reading = read(
                Unlucky::new(&mut card, mishap, &[at]),
                &station.image.access_key(),
            );
            let document = reading.document.expect("it reads");
            let report = judge(&station, &document);
            assert_eq!(
                report.verdict,
                Verdict::Authentic,
                "{mishap:?} at {at}: {:#?}",
                report.checks
            );
            assert_eq!(
                reading.notices,
                [Notice::SessionLost, Notice::Resumed],
                "{mishap:?} at {at}"
            );
            let row = report.rows(CheckId::SecureMessaging).next().expect("a row");
            assert!(
                row.remark.as_ref().is_some_and(|text| text.contains("once")),
                "{row:?}"
            );
        }
    }
}

#[test]
fn reading_goes_on_at_the_byte_where_it_stopped() {
    let station = station(62);
    let mut card = station.issued();
    let (commands, _) = undisturbed(&station, &mut card);
    let at = commands - 30;
    for mishap in [Mishap::Bare(0x6988), Mishap::Slips] {
        card.reset();
        let mut unlucky = Unlucky::new(&mut card, mishap, &[at]);
        let reading = read(&mut unlucky, &station.image.access_key());
        // Access again, EF.COM and EF.SOD again, one SELECT: far from the whole of the portrait.
        assert!(
            unlucky.commands.len() < commands + 35,
            "{} commands",
            unlucky.commands.len()
        );
        let done: Vec<usize> = reading
            .progress
            .iter()
            .filter(|(name, _)| name == "DG2")
            .map(|(_, done)| *done)
            .collect();
        assert!(
            done.windows(2).all(|pair| pair[0] <= pair[1]),
            "no byte twice: {done:?}"
        );
        let report = judge(&station, &reading.document.expect("it reads"));
        assert_eq!(report.verdict, Verdict::Authentic, "{mishap:?}");
    }
}

#[test]
fn a_card_that_slips_while_it_proves_itself_proves_itself_again() {
    let station = station(63);
    let mut card = station.issued();
    let (commands, _) = undisturbed(&station, &mut card);
    for at in commands - 4..commands {
        card.reset();
        let reading = read(
            Unlucky::new(&mut card, Mishap::Slips, &[at]),
            &station.image.access_key(),
        );
        let report = judge(&station, &reading.document.expect("it reads"));
        assert_eq!(
            report.verdict,
            Verdict::Authentic,
            "at {at}: {:#?}",
            report.checks
        );
    }
}

#[test]
fn another_card_in_its_place_is_found_out_and_named() {
    let station = station(64);
    let mut card = station.issued();
    let (commands, _) = undisturbed(&station, &mut card);
    // The same person with the same passwords, but another document.
    let twin = Station {
        image: station.image_made_anew(64),
        ..station.clone()
    };
    let same_key = twin.image.mrz_key();
    let mut unlucky = Unlucky::new(&mut card, Mishap::Slips, &[commands - 30]);
    unlucky.other = Some(twin.issued());
    let reading = read(unlucky, &same_key);
    let report = judge(&station, &reading.document.expect("what was read stays"));
    assert_eq!(report.verdict, Verdict::Failed);
    let row = report.rows(CheckId::SecureMessaging).next().expect("a row");
    assert_eq!(
        (row.result, row.reason),
        (CheckResult::Failed, Some(Reason::ChipChanged))
    );
    assert!(
        row.evidence
            .as_deref()
            .is_some_and(|text| text.contains("EF.SOD")),
        "{row:?}"
    );
}

#[test]
fn a_card_that_does_not_know_the_password_is_asked_once() {
    let station = station(65);
    let mut card = station.issued();
    let (commands, _) = undisturbed(&station, &mut card);
    let stranger = self::station(66);
    let mut unlucky = Unlucky::new(&mut card, Mishap::Slips, &[commands - 30]);
    unlucky.other = Some(stranger.issued());
    let reading = read(&mut unlucky, &station.image.access_key());
    let report = judge(&station, &reading.document.expect("what was read stays"));
    let row = report.rows(CheckId::SecureMessaging).next().expect("a row");
    assert_eq!(row.reason, Some(Reason::ChipChanged));
    let choices = unlucky
        .commands
        .iter()
        .filter(|command| command.starts_with(&[0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4]))
        .count();
    assert_eq!(choices, 2, "the password was sent twice in all");
}

#[test]
fn a_card_that_is_gone_leaves_what_was_read() {
    let station = station(67);
    let mut card = station.issued();
    let (commands, _) = undisturbed(&station, &mut card);
    let reading = read(
        Unlucky::new(&mut card, Mishap::Gone, &[commands - 30]),
        &station.image.access_key(),
    );
    let document = reading.document.expect("what was read stays");
    assert!(matches!(document.broken_off(), Some(Error::CardLost { .. })));
    assert_eq!(judge(&station, &document).verdict, Verdict::Inconclusive);
}

#[test]
fn a_chip_that_ends_every_session_comes_to_an_end() {
    let station = station(68);
    let mut card = station.issued();
    let every: Vec<usize> = (0..2_000).filter(|number| number % 25 == 24).collect();
    for mishap in [Mishap::Bare(0x6988), Mishap::Slips] {
        card.reset();
        let mut unlucky = Unlucky::new(&mut card, mishap, &every);
        let reading = read(&mut unlucky, &station.image.access_key());
        assert!(
            unlucky.commands.len() < 600,
            "{} commands",
            unlucky.commands.len()
        );
        let resumed = reading
            .notices
            .iter()
            .filter(|code| **code == Notice::SessionLost)
            .count();
        assert_eq!(resumed, 6, "{mishap:?}");
        // It gave up in the end, and what it has is no document that anybody believes.
        if let Ok(document) = reading.document {
            let report = judge(&station, &document);
            assert_ne!(report.verdict, Verdict::Authentic, "{mishap:?}");
        }
    }
}

#[test]
fn a_breach_is_never_resumed() {
    /// Flips a bit of one protected answer.
    struct Flips<'a>(&'a mut SoftCard, usize);
    impl Transport for Flips<'_> {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
            let mut answer = self.0.transmit(command)?;
            if command[0] == 0x0C {
                self.1 += 1;
                if self.1 == 20 {
                    answer[8] ^= 1;
                }
            }
            Ok(answer)
        }
        fn reconnect(&mut self) -> Result<(), LinkError> {
            panic!("nobody may ask for that");
        }
    }
    let station = station(69);
    let mut card = station.issued();
    let reading = read(Flips(&mut card, 0), &station.image.access_key());
    assert_eq!(reading.notices, []);
    let report = judge(&station, &reading.document.expect("a fact"));
    assert_eq!(report.verdict, Verdict::Failed);
}
