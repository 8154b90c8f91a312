//! Chips that lie, play for time or die: every reading ends, soon, with a named result.

#![allow(clippy::indexing_slicing)]

mod common;

use std::collections::VecDeque;

use antin::protocol::bac;
use antin::protocol::sm::chip::Channel;
use antin::reader::{Error, Method};
use antin::trust::AccessMethod;
use antin::wire::apdu::{Command, Response, StatusWord};
use antin::wire::{Loopback, ins};
use antin::{
    AccessKey, CheckId, CheckResult, Document, ElementaryFile, FileState, Files, LinkError, OpenCard, Policy,
    SoftCard, SystemRng, Transport, TrustStore, Verdict,
};
use common::{Counting, Cut, Pulled, Station, profile};

/// More than any of these conversations may take.
const BOUND: usize = 2_000;

const MRZ: &str = "L898902C<369080619406236";

/// A chip that plays BAC by the rules and then answers inside the session whatever it likes.
struct Liar<F> {
    keys: bac::Keys,
    waiting: Option<bac::chip::Challenged>,
    channel: Option<Channel>,
    lie: F,
}

/// What a liar answers inside the session.
enum Lie {
    Protected(Response),
    Bare(Vec<u8>),
    Silence,
}

impl<F: FnMut(&Command) -> Lie> Liar<F> {
    fn new(lie: F) -> Counting<Self> {
        Counting::new(Self {
            keys: bac::Keys::from_mrz_information(MRZ),
            waiting: None,
            channel: None,
            lie,
        })
    }

    fn plain(&mut self, command: &Command) -> Response {
        if command.ins() == ins::GET_CHALLENGE {
            let (response, waiting) =
                bac::chip::challenge(command, &mut SystemRng).expect("the reader asks rightly");
            self.waiting = Some(waiting);
            return response;
        }
        if let (ins::EXTERNAL_AUTHENTICATE, Some(waiting)) = (command.ins(), self.waiting.take()) {
            let (response, channel) = waiting
                .authenticate(command, &self.keys, &mut SystemRng)
                .expect("the reader knows the MRZ");
            self.channel = Some(channel);
            return response;
        }
        let application = command.ins() == ins::SELECT && command.p1() == 0x04;
        Response::status(if application {
            StatusWord::OK
        } else {
            StatusWord::FILE_NOT_FOUND
        })
    }
}

impl<F: FnMut(&Command) -> Lie> Transport for Liar<F> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let command = Command::parse(command)?;
        if command.cla() != 0x0C {
            return Ok(self.plain(&command).to_bytes());
        }
        let channel = self.channel.as_mut().expect("the reader has a session");
        let plain = channel.open(&command).expect("the reader protects its commands");
        match (self.lie)(&plain) {
            Lie::Protected(response) => Ok(channel.protect(&response).to_bytes()),
            Lie::Bare(bytes) => Ok(bytes),
            Lie::Silence => Err(LinkError::CardLost),
        }
    }
}

/// Reads a lying chip: the document and the number of commands, which is bounded.
fn read<F: FnMut(&Command) -> Lie>(lie: F) -> (Result<Document, Error>, usize) {
    let mut chip = Liar::new(lie);
    let mut card = OpenCard::open(&mut chip, &AccessKey::mrz_information(MRZ)).expect("BAC works");
    let document = card.read(Files::PUBLIC);
    drop(card);
    assert!(chip.commands.len() < BOUND, "{} commands", chip.commands.len());
    (document, chip.commands.len())
}

fn verdict(document: &Document) -> Verdict {
    document
        .verify(&TrustStore::new(), &Policy::COUNTER, antin::now())
        .verdict
}

fn result(document: &Document, id: CheckId) -> Option<CheckResult> {
    let report = document.verify(&TrustStore::new(), &Policy::COUNTER, antin::now());
    report.rows(id).next().map(|row| row.result)
}

#[test]
fn success_without_data_for_ever() {
    let (document, commands) = read(|_| Lie::Protected(Response::status(StatusWord::OK)));
    let document = document.expect("the link is fine");
    assert!(matches!(
        document.files().state(ElementaryFile::Com),
        Some(FileState::Malformed { .. })
    ));
    assert_ne!(verdict(&document), Verdict::Authentic);
    assert!(commands < 60, "{commands} commands");
}

#[test]
fn one_byte_at_a_time() {
    let header = [0x60, 0x82, 0x40, 0x00];
    let (document, _) = read(move |command| {
        let at = if command.p1() & 0x80 != 0 {
            0
        } else {
            usize::from(command.p2())
        };
        Lie::Protected(Response::ok(vec![header.get(at).copied().unwrap_or(0)]))
    });
    let document = document.expect("the link is fine");
    assert!(matches!(
        document.files().state(ElementaryFile::Com),
        Some(FileState::Malformed { .. })
    ));
    assert_ne!(verdict(&document), Verdict::Authentic);
}

#[test]
fn more_data_than_asked_for() {
    let (document, _) = read(|_| Lie::Protected(Response::ok(vec![0x60; 60_000])));
    let document = document.expect("a breach is a fact, not an error");
    assert_eq!(
        result(&document, CheckId::SecureMessaging),
        Some(CheckResult::Failed)
    );
    assert_eq!(verdict(&document), Verdict::Failed);
}

#[test]
fn a_file_that_announces_gigabytes() {
    for header in [
        vec![0x60, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 0x00],
        vec![0x60, 0x83, 0xFF, 0xFF, 0xFF],
    ] {
        let (document, commands) = read(move |_| Lie::Protected(Response::ok(header.clone())));
        let document = document.expect("the link is fine");
        assert!(matches!(
            document.files().state(ElementaryFile::Com),
            Some(FileState::Malformed { .. })
        ));
        assert!(commands < 60, "{commands} commands");
    }
}

#[test]
fn a_file_that_is_shorter_than_it_announces() {
    let (document, commands) = read(|command| {
        Lie::Protected(if command.p1() & 0x80 != 0 {
            Response::ok(vec![0x60, 0x20, 0x5F])
        } else {
            Response::status(StatusWord::WRONG_OFFSET)
        })
    });
    let document = document.expect("the link is fine");
    assert_eq!(document.file(ElementaryFile::Com), Some(&[0x60, 0x20, 0x5F][..]));
    assert_ne!(verdict(&document), Verdict::Authentic);
    assert!(commands < 60, "{commands} commands");
}

#[test]
fn indefinite_lengths_and_nonsense_headers() {
    for header in [
        vec![0x60, 0x80, 0, 0],
        vec![0x60, 0x85, 1, 1, 1, 1, 1],
        vec![0xFF; 9],
        vec![0x7F; 3],
        vec![0x60],
    ] {
        let (document, _) = read(move |_| Lie::Protected(Response::ok(header.clone())));
        assert_ne!(verdict(&document.expect("the link is fine")), Verdict::Authentic);
    }
}

#[test]
fn plain_data_inside_the_session() {
    let (document, _) = read(|_| Lie::Bare([&[0x60, 0x02, 0x5C, 0x00][..], &[0x90, 0x00]].concat()));
    let document = document.expect("a breach is a fact, not an error");
    assert_eq!(
        result(&document, CheckId::SecureMessaging),
        Some(CheckResult::Failed)
    );
    assert_eq!(verdict(&document), Verdict::Failed);
}

#[test]
fn a_bare_9000_inside_the_session() {
    let (document, _) = read(|_| Lie::Bare(vec![0x90, 0x00]));
    let document = document.expect("a breach is a fact, not an error");
    assert_eq!(verdict(&document), Verdict::Failed);
}

#[test]
fn a_session_ended_by_the_chip_is_inconclusive_and_not_forged() {
    let (document, _) = read(|_| Lie::Bare(vec![0x69, 0x88]));
    let document = document.expect("an answer is an answer");
    assert_eq!(
        result(&document, CheckId::SecureMessaging),
        Some(CheckResult::Aborted)
    );
    assert_eq!(verdict(&document), Verdict::Inconclusive);
}

#[test]
fn a_wrong_mac() {
    let mut answers = VecDeque::from([Response::ok(vec![0x60, 0x00])]);
    let (document, _) = read(move |_| match answers.pop_front() {
        Some(response) => Lie::Protected(response),
        None => Lie::Bare(hex::decode("990290008E0801020304050607089000").expect("hex")),
    });
    let document = document.expect("a breach is a fact, not an error");
    assert_eq!(
        result(&document, CheckId::SecureMessaging),
        Some(CheckResult::Failed)
    );
    assert_eq!(verdict(&document), Verdict::Failed);
}

#[test]
fn every_status_word_for_ever() {
    for sw in (0x6000..=0x6FFF_u16)
        .step_by(7)
        .chain([0x6100, 0x61FF, 0x6C00, 0x6CFF, 0x6700, 0x6B00, 0x0000, 0xFFFF])
    {
        let (document, _) = read(move |_| Lie::Protected(Response::status(StatusWord(sw))));
        if let Ok(document) = document {
            assert_ne!(verdict(&document), Verdict::Authentic, "{sw:04X}");
        }
    }
}

#[test]
fn a_card_lost_before_the_first_file_is_an_error() {
    let (document, _) = read(|_| Lie::Silence);
    assert!(matches!(document, Err(Error::CardLost { .. })), "{document:?}");
}

#[test]
fn plain_liars_end_too() {
    let answers: [Vec<u8>; 9] = [
        vec![],
        vec![0x90],
        vec![0x90, 0x00],
        vec![0x61, 0x00],
        vec![0x6C, 0x00],
        vec![0x67, 0x00],
        vec![0x69, 0x82],
        [vec![0x31; 70_000], vec![0x90, 0x00]].concat(),
        [vec![0x31; 65_536], vec![0x90, 0x00]].concat(),
    ];
    for answer in answers {
        for key in [
            AccessKey::can("123456").expect("six digits"),
            AccessKey::mrz_information(MRZ),
        ] {
            let mut chip = Counting::new(Loopback::new(|_: &[u8]| answer.clone()));
            // An error or a closed card are both fine; going on for ever is not.
            if let Ok(mut card) = OpenCard::open(&mut chip, &key) {
                let document = card.read(Files::PUBLIC).expect("a closed card reads no files");
                assert_ne!(verdict(&document), Verdict::Authentic);
            }
            assert!(
                chip.commands.len() < BOUND,
                "{} commands to {} bytes",
                chip.commands.len(),
                answer.len()
            );
        }
    }
}

#[test]
fn a_card_pulled_at_every_command_of_a_reading_is_lost_and_says_so() {
    let station = Station::new(profile("icao-passport", &[]), 31);
    let key = station.image.access_key();
    let mut whole = Counting::new(station.issued());
    OpenCard::open(&mut whole, &key)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let mut card = whole.inner;
    for at in 0..whole.commands.len() {
        card.reset();
        let outcome = pulled(&mut card, &key, at);
        match outcome {
            Err(error) => assert!(
                matches!(error, Error::CardLost { .. }),
                "pulled at {at}: {error:?}"
            ),
            Ok(document) => {
                let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
                assert_ne!(report.verdict, Verdict::Authentic, "pulled at {at}");
                assert_ne!(
                    report.verdict,
                    Verdict::Failed,
                    "pulled at {at}: {:#?}",
                    report.checks
                );
            }
        }
    }
}

fn pulled(card: &mut SoftCard, key: &AccessKey, at: usize) -> Result<Document, Error> {
    let mut link = Pulled::new(card, at, Cut::AfterTheCardActed);
    OpenCard::open(&mut link, key)?.read(Files::PUBLIC)
}

/// A chip that understands extended length until the session begins.
struct TwoFaced<'a>(&'a mut SoftCard);

impl Transport for TwoFaced<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let extended = command.first() == Some(&0x0C) && command.get(4) == Some(&0);
        if extended {
            Ok(vec![0x67, 0x00])
        } else {
            self.0.transmit(command)
        }
    }
}

#[test]
fn extended_length_refused_inside_the_session_costs_a_second_access_and_no_file() {
    let station = Station::new(profile("icao-passport", &[]), 32);
    let mut card = station.issued();
    let mut chip = Counting::new(TwoFaced(&mut card));
    let mut open = OpenCard::open(&mut chip, &station.image.access_key()).expect("it opens");
    assert!(open.access().extended);
    let document = open.read(Files::PUBLIC).expect("it reads");
    assert!(!open.access().extended);
    drop(open);
    assert_eq!(
        document
            .verify(&station.trust, &Policy::COUNTER, station.at)
            .verdict,
        Verdict::Authentic
    );
    assert!(
        chip.count(0x86) <= 4 + 4 + 2,
        "two runs of PACE and Chip Authentication"
    );
}

/// A chip that refuses extended length in its first session, and then announces no PACE any more.
struct Downgrading<'a> {
    card: &'a mut SoftCard,
    hides: bool,
}

impl Transport for Downgrading<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        if command.first() == Some(&0x0C) && command.get(4) == Some(&0) {
            self.hides = true;
            return Ok(vec![0x67, 0x00]);
        }
        let by_short_id = command.starts_with(&[0x00, ins::READ_BINARY, 0x9C]);
        let by_id = command.starts_with(&[0x00, ins::SELECT, 0x02, 0x0C, 0x02, 0x01, 0x1C]);
        if self.hides && (by_short_id || by_id) {
            return Ok(StatusWord::FILE_NOT_FOUND.0.to_be_bytes().to_vec());
        }
        self.card.transmit(command)
    }
}

#[test]
fn a_second_access_goes_the_way_of_the_first_and_no_weaker_one() {
    let station = Station::new(profile("icao-passport", &[]), 33);
    let mut card = station.issued();
    let mut chip = Downgrading {
        card: &mut card,
        hides: false,
    };
    let mut open = OpenCard::open(&mut chip, &station.image.mrz_key()).expect("it opens");
    let document = open.read(Files::PUBLIC).expect("it reads");
    assert!(matches!(open.access().method, Some(Method::Pace(_))));
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!(report.access.method, AccessMethod::Pace);
    assert!(!report.access.downgrade);
    assert_eq!(report.verdict, Verdict::Authentic, "{:#?}", report.checks);
}

/// A chip that ends the session with a bare status word instead of its n-th answer.
struct EndsAt<'a> {
    card: &'a mut SoftCard,
    left: usize,
}

impl Transport for EndsAt<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let answer = self.card.transmit(command)?;
        if self.left == 0 {
            return Ok(StatusWord::SECURITY_NOT_SATISFIED.0.to_be_bytes().to_vec());
        }
        self.left -= 1;
        Ok(answer)
    }
}

#[test]
fn a_session_that_ended_before_the_proof_makes_no_copy() {
    let station = Station::new(profile("icao-passport", &[]), 34);
    let key = station.image.access_key();
    let mut whole = Counting::new(station.issued());
    let read = OpenCard::open(&mut whole, &key)
        .expect("it opens")
        .read(Files::PUBLIC);
    read.expect("it reads");
    let mut card = whole.inner;
    card.reset();
    let is_proof =
        |bytes: &Vec<u8>| bytes[0] == 0x0C && matches!(bytes[1], ins::INTERNAL_AUTHENTICATE | 0x22);
    let proof = whole
        .commands
        .iter()
        .position(is_proof)
        .expect("it proves itself");
    let mut chip = EndsAt {
        card: &mut card,
        left: proof - 1,
    };
    let document = OpenCard::open(&mut chip, &key)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!(report.verdict, Verdict::Inconclusive, "{:#?}", report.checks);
}
