//! Whole conversations made of bytes from outside: a list of commands to a chip, a list of answers to the reader.
//!
//! ```text
//! chip     card  flags  { length(2) command }*      length 0: the card is powered off and on
//! reader   mode         { length(2) answer }*
//! ```

use std::sync::LazyLock;

use antin::{
    AccessKey, CardState, Chip, Door, Files, LinkError, MemoryJournal, Policy, Profile, SoftCard, Transport,
    TrustStore,
};
use antin_protocol::bac;
use antin_protocol::scp03::KeySet;
use antin_protocol::sm;
use antin_reader::Opening;
use antin_reader::link::MAX_APDUS;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ins;
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::card::DemoCard;

/// Most commands or answers of one conversation.
const MAX_ENTRIES: usize = 64;

/// Longest answer of a card: 65,536 bytes and the status word.
const MAX_ANSWER_BYTES: usize = 65_538;

/// The profiles whose chips are talked to.
pub const PROFILES: [&str; 3] = ["vn-cccd-2021", "icao-passport", "jmrtd-applet"];

/// A chip in one of the states of its life.
struct Card {
    state: CardState,
    /// What opens it by Basic Access Control, once it is finished.
    access: Option<bac::Keys>,
}

/// Every profile: a development blank, a blank behind SCP03 where the profile has one, half written, finished.
static CARDS: LazyLock<Vec<Card>> = LazyLock::new(|| PROFILES.into_iter().flat_map(lives).collect());

fn lives(name: &str) -> Vec<Card> {
    let profile = Profile::builtin(name).expect("built in");
    let mut states = vec![CardState::development_blank(&profile, SERIAL)];
    if matches!(
        profile.perso.secure_channel,
        antin::profile::SecureChannel::Scp03(_)
    ) {
        states.push(CardState::blank(&profile, SERIAL, KeySet::dangerous_test_keys()));
    }
    let demo = DemoCard::of(name);
    states.push(half_written(&demo));
    let mut cards: Vec<Card> = states
        .into_iter()
        .map(|state| Card { state, access: None })
        .collect();
    let information = demo.image.keys().mrz_information.expose();
    let information = String::from_utf8_lossy(information).into_owned();
    cards.push(Card {
        state: demo.state,
        access: Some(bac::Keys::from_mrz_information(&information)),
    });
    cards
}

fn half_written(demo: &DemoCard) -> CardState {
    let mut card = SoftCard::development_blank(&demo.profile);
    let mut torn = Torn {
        card: &mut card,
        left: 30,
    };
    antin::issue(
        &mut torn,
        &demo.image,
        &demo.trust,
        demo.at,
        &Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
    )
    .expect_err("the card is pulled");
    card.into_state()
}

/// A card that is pulled after some commands.
struct Torn<'a> {
    card: &'a mut SoftCard,
    left: usize,
}

impl Transport for Torn<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.left = self.left.checked_sub(1).ok_or(LinkError::CardLost)?;
        self.card.transmit(command)
    }
}

/// How many cards [`chip`] chooses among.
pub fn cards() -> usize {
    CARDS.len()
}

/// Flag of [`chip`]: a finished card is opened first, and commands go through the session as long as it holds.
pub const IN_SESSION: u8 = 0x01;
/// Flag of [`chip`]: what the card keeps in the end must be a card again.
pub const KEPT: u8 = 0x02;

/// Sends a list of commands to one of the chips.
///
/// # Panics
/// If the chip does not answer as a card must, or keeps what is no card.
pub fn chip(bytes: &[u8]) {
    let &[number, flags, ref list @ ..] = bytes else {
        return;
    };
    let Some(card) = CARDS.get(usize::from(number) % CARDS.len()) else {
        return;
    };
    let mut chip = Chip::from_state(card.state.clone(), Box::new(rng(number)));
    let mut channel = None;
    if let Some(keys) = card.access.as_ref().filter(|_| flags & IN_SESSION != 0) {
        channel = Some(open(&mut chip, keys));
    }
    for command in entries(list) {
        if command.is_empty() {
            chip.reset();
            channel = None;
            continue;
        }
        match (&mut channel, Command::parse(command)) {
            (Some(session), Ok(plain)) if session.is_open() => {
                let Ok(outer) = session.protect(&plain) else {
                    continue;
                };
                let Ok(outer) = outer.to_bytes() else { continue };
                let answer = Response::parse(&answered(&mut chip, &outer)).expect("an answer");
                // Bare: the chip has ended the session, as it must after a breach.
                let _ = session.open(&answer);
            }
            _ => drop(answered(&mut chip, command)),
        }
    }
    if flags & KEPT != 0 {
        let kept = chip.into_state().to_bytes();
        CardState::from_bytes(&kept).expect("a card keeps a card");
    }
}

fn answered(chip: &mut Chip, command: &[u8]) -> Vec<u8> {
    let answer = chip.process(command);
    assert!(
        (2..=MAX_ANSWER_BYTES).contains(&answer.len()),
        "{} bytes are no answer",
        answer.len()
    );
    answer
}

/// Selects the application and opens it by Basic Access Control.
fn open(chip: &mut Chip, keys: &bac::Keys) -> sm::terminal::Channel {
    let mut send = |command: &Command| {
        let bytes = command.to_bytes().expect("a short command");
        Response::parse(&chip.process(&bytes)).expect("an answer")
    };
    let application = Command::new(0x00, ins::SELECT, 0x04, 0x0C).with_data(APPLICATION);
    assert_eq!(send(&application).sw, StatusWord::OK);
    let (command, waiting) = bac::terminal::start();
    let (command, waiting) = waiting
        .accept(&send(&command), keys, &mut rng(3))
        .expect("a challenge");
    waiting.accept(&send(&command)).expect("the right MRZ")
}

/// Lets the reader open, read and judge a card whose answers come from a list. The conversation is bounded, and nobody
/// becomes authentic.
///
/// # Panics
/// If it is not, or if somebody does.
pub fn reader(bytes: &[u8]) {
    let Some((mode, list)) = bytes.split_first() else {
        return;
    };
    let mut card = Puppet {
        lines: entries(list),
        after: match mode % 3 {
            0 => After::Silence,
            1 => After::Again,
            _ => After::Session(Box::default()),
        },
        last: Vec::new(),
        commands: 0,
    };
    let key = AccessKey::mrz_information(MRZ);
    if let Ok(mut card) = Opening::new().open(&mut card, &key, Box::new(rng(1)))
        && let Ok(document) = card.read(Files::PUBLIC)
    {
        let report = document.verify(&TrustStore::new(), &Policy::COUNTER, NOW);
        assert_ne!(report.verdict, antin::Verdict::Authentic);
    }
    assert!(card.commands <= MAX_APDUS, "{} commands", card.commands);
}

/// A card that says what it was told to.
struct Puppet<'a> {
    lines: std::vec::IntoIter<&'a [u8]>,
    after: After,
    last: Vec<u8>,
    commands: u32,
}

/// What a puppet does beside its lines.
enum After {
    /// It is gone when they end.
    Silence,
    /// It says the last one for ever.
    Again,
    /// It plays Basic Access Control by the rules and says its lines inside the session; it is gone when they end.
    Session(Box<Honest>),
}

/// The chip's side of Basic Access Control.
#[derive(Default)]
struct Honest {
    waiting: Option<bac::chip::Challenged>,
    channel: Option<sm::chip::Channel>,
}

impl Transport for Puppet<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.commands += 1;
        let next = self.lines.next();
        match &mut self.after {
            After::Silence => next.map(<[u8]>::to_vec).ok_or(LinkError::CardLost),
            After::Again => {
                if let Some(next) = next {
                    self.last = next.to_vec();
                }
                Ok(self.last.clone())
            }
            After::Session(honest) => {
                let command = Command::parse(command).expect("the reader sends commands");
                if command.cla() != 0x0C {
                    return Ok(honest.access(&command).to_bytes());
                }
                let next = next.ok_or(LinkError::CardLost)?;
                let (Some(channel), Ok(answer)) = (&mut honest.channel, Response::parse(next)) else {
                    return Ok(next.to_vec());
                };
                channel.open(&command).expect("the reader protects its commands");
                Ok(channel.protect(&answer).to_bytes())
            }
        }
    }
}

impl Honest {
    fn access(&mut self, command: &Command) -> Response {
        if command.ins() == ins::GET_CHALLENGE
            && let Ok((response, waiting)) = bac::chip::challenge(command, &mut rng(5))
        {
            self.waiting = Some(waiting);
            return response;
        }
        let keys = bac::Keys::from_mrz_information(MRZ);
        if let Some(waiting) = self.waiting.take()
            && let Ok((response, channel)) = waiting.authenticate(command, &keys, &mut rng(6))
        {
            self.channel = Some(channel);
            return response;
        }
        Response::status(if command.ins() == ins::SELECT && command.p1() == 0x04 {
            StatusWord::OK
        } else {
            StatusWord::FILE_NOT_FOUND
        })
    }
}

/// Cuts a list; a length that says more than there is takes the rest.
fn entries(mut list: &[u8]) -> std::vec::IntoIter<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = list.split_first_chunk() {
        if found.len() == MAX_ENTRIES {
            break;
        }
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (entry, rest) = rest.split_at(length);
        found.push(entry);
        list = rest;
    }
    found.into_iter()
}

/// Writes a list as [`chip`] and [`reader`] read it, behind what they begin with.
///
/// # Panics
/// If an entry is longer than 65,535 bytes.
pub fn list(head: &[u8], entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    for entry in entries {
        let length = u16::try_from(entry.len()).expect("a short entry");
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(u64::from(seed))
}

const SERIAL: [u8; 8] = [7; 8];
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// The MRZ information of the worked example of ICAO 9303-11 appendix D.
const MRZ: &str = "L898902C<369080619406236";
/// 2026-01-01.
const NOW: antin::UnixTime = antin::UnixTime(1_767_225_600);
