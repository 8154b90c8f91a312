//! A card that slips after the terminal has proved its rights is read to its end, and no other card in its place.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod common;

use std::sync::{Arc, Mutex};

use antin::wire::ins;
use antin::{
    CheckId, CheckResult, Document, ElementaryFile, Event, Files, LinkError, OpenCard, Opening, Policy,
    Profile, Reason, SoftCard, TerminalKeys, Transport, Verdict,
};
use common::Station;
use common::terminals::{authority, protected, terminal, trust};

/// Short commands and a DG3 of many of them.
fn long_fingers() -> Station {
    let content = format!("638203E8{}", "5A".repeat(1000));
    let changes = format!(
        "chip.quirks = [\"no-extended\"]\n\
         [[file]]\nname = \"DG3\"\ncontent = \"{content}\"\n"
    );
    Station::new(Profile::with_overrides(&protected(""), &changes).unwrap(), 7)
}

fn inspection_system(station: &Station) -> TerminalKeys {
    let trust = trust(station);
    terminal(
        trust.certificate.holder(),
        &authority(&trust),
        "read-dg3",
        "2026-12-31",
        "2026-02-01",
    )
}

/// A card that slips out at one command, and is put back or exchanged.
struct Slips<'a> {
    card: &'a mut SoftCard,
    other: Option<SoftCard>,
    at: Option<usize>,
    out: bool,
    commands: Vec<Vec<u8>>,
}

impl<'a> Slips<'a> {
    fn at(card: &'a mut SoftCard, at: Option<usize>) -> Self {
        card.reset();
        Self {
            card,
            other: None,
            at,
            out: false,
            commands: Vec::new(),
        }
    }
}

impl Transport for Slips<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let number = self.commands.len();
        self.commands.push(command.to_vec());
        self.out |= self.at == Some(number);
        if self.out {
            return Err(LinkError::CardLost);
        }
        self.card.transmit(command)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        (self.out, self.at) = (false, None);
        self.card.reset();
        if let Some(other) = self.other.take() {
            *self.card = other;
        }
        Ok(())
    }
}

/// The document, and the bytes of DG3 that were there after each answer.
fn read(transport: impl Transport, station: &Station) -> (Document, Vec<usize>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let opening = Opening::new()
        .terminal(inspection_system(station))
        .on_event(move |event| {
            if let Event::File { name, done, .. } = event
                && name == "DG3"
            {
                ears.lock().unwrap().push(*done);
            }
        });
    let mut card = OpenCard::open_with(transport, &station.image.access_key(), opening).unwrap();
    let document = card.read(Files::ALL).unwrap();
    let done = heard.lock().unwrap().clone();
    (document, done)
}

fn result(document: &Document, id: CheckId) -> (CheckResult, Option<Reason>) {
    let mut rows = document.session().checks.iter().filter(|check| check.id == id);
    rows.next().map(|row| (row.result, row.reason)).expect("a row")
}

#[test]
fn a_card_that_slips_after_the_terminal_was_believed_goes_on_at_its_byte() {
    let station = long_fingers();
    let mut card = station.issued();
    let mut whole = Slips::at(&mut card, None);
    let (document, _) = read(&mut whole, &station);
    let fingers = document.file(ElementaryFile::DG3).unwrap().to_vec();
    let commands = whole.commands;
    let verify = |command: &Vec<u8>| command[1] == ins::PERFORM_SECURITY_OPERATION;
    let first = commands.iter().position(verify).unwrap();
    assert!(commands.len() > first + 8, "there is something to slip from");
    for at in first..commands.len() {
        let (document, done) = read(Slips::at(&mut card, Some(at)), &station);
        assert_eq!(document.file(ElementaryFile::DG3), Some(&fingers[..]), "at {at}");
        assert_eq!(
            result(&document, CheckId::TerminalAuthentication).0,
            CheckResult::Successful,
            "at {at}"
        );
        assert!(done.is_sorted(), "no byte twice: {done:?}");
        let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
        let rows: Vec<_> = report.rows(CheckId::SecureMessaging).collect();
        assert!(
            rows[0].remark.as_ref().is_some_and(|text| text.contains("once")),
            "at {at}: {rows:?}"
        );
        assert_ne!(report.verdict, Verdict::Failed, "at {at}: {:#?}", report.checks);
    }
}

#[test]
fn another_card_in_its_place_is_shown_no_certificate() {
    let station = long_fingers();
    let mut card = station.issued();
    let mut whole = Slips::at(&mut card, None);
    read(&mut whole, &station);
    let last = whole.commands.len() - 1;
    let twin = Station {
        image: station.image_made_anew(7),
        ..station.clone()
    };
    let mut slips = Slips::at(&mut card, Some(last));
    slips.other = Some(twin.issued());
    let key_of_both = twin.image.mrz_key();
    let opening = Opening::new().terminal(inspection_system(&station));
    let document = OpenCard::open_with(&mut slips, &key_of_both, opening)
        .unwrap()
        .read(Files::ALL)
        .unwrap();
    assert_eq!(
        result(&document, CheckId::SecureMessaging),
        (CheckResult::Failed, Some(Reason::ChipChanged))
    );
    let certificates = |commands: &[Vec<u8>]| {
        let shown = commands.iter();
        shown
            .filter(|command| command[1] == ins::PERFORM_SECURITY_OPERATION)
            .count()
    };
    assert_eq!(certificates(&slips.commands[last..]), 0);
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!(report.verdict, Verdict::Failed);
}
