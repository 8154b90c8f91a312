//! PIN and PUK at a chip that counts: what is sent, what is not, and what the reader says about it.

#![allow(clippy::indexing_slicing)]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use antin::lds::security_infos::{SecurityInfo, SecurityInfos};
use antin::protocol::pace::chip::{self, Card, Lookup};
use antin::protocol::password::{Can, Password, Pin};
use antin::protocol::sm::chip::Channel;
use antin::reader::access::{self, AccessFacts, AccessPolicy};
use antin::reader::link::Link;
use antin::reader::{Error, Opened, PasswordState};
use antin::trust::PasswordKind;
use antin::wire::apdu::{Command, Response, StatusWord};
use antin::wire::{Loopback, ins, oids};
use antin::{AccessKey, OpenCard, SoftCard, SystemRng};
use common::{Counting as Counted, Station, profile};

const PIN: &str = "123456";
const PUK: &str = "9876543210";
const CAN: &str = "500540";

/// A chip with a PIN and its counter, as TR-03110-3 §B.14.1 describes it; it does PACE and nothing else.
#[derive(Debug)]
struct Counting {
    tries: u8,
    deactivated: bool,
    opened_by_can: bool,
    step: Step,
    channel: Option<Channel>,
    /// How often a password was really tried.
    tokens: usize,
}

#[derive(Debug)]
enum Step {
    Ready,
    Nonce(chip::AwaitNonceRequest),
    Mapping(chip::AwaitMapping),
    Agreement(chip::AwaitKeyAgreement),
    Token(chip::AwaitToken),
}

fn infos() -> Vec<SecurityInfo> {
    vec![SecurityInfo::pace(
        oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128,
        2,
        Some(13),
    )]
}

impl Counting {
    fn new(tries: u8) -> Self {
        Self {
            tries,
            deactivated: false,
            opened_by_can: false,
            step: Step::Ready,
            channel: None,
            tokens: 0,
        }
    }

    fn lookup(&self, reference: u8) -> Lookup {
        let pin = || Password::Pin(Pin::parse(PIN).expect("digits"));
        let unusable = |warning: u16, refusal| Lookup::Unusable {
            warning: StatusWord(warning),
            refusal,
        };
        match (reference, self.tries) {
            (2, _) => Lookup::Usable(Password::Can(Can::parse(CAN).expect("digits"))),
            (3, _) if self.deactivated => unusable(0x6283, StatusWord::REF_DATA_UNUSABLE),
            (3, 0) => unusable(0x63C0, StatusWord::BLOCKED),
            (3, 1) if !self.opened_by_can => unusable(0x63C1, StatusWord::CONDITIONS_NOT_SATISFIED),
            (3, 3) => Lookup::Usable(pin()),
            (3, tries) => Lookup::Warned(pin(), StatusWord::with_tries_left(tries)),
            _ => Lookup::Absent,
        }
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let command = Command::parse(bytes).expect("the reader sends well-formed commands");
        let Some(mut channel) = self.channel.take().filter(|_| command.cla() & 0x0C != 0) else {
            return self.plain(&command).unwrap_or_else(Response::status).to_bytes();
        };
        let inner = channel.open(&command).expect("the reader protects its commands");
        let response = self.plain(&inner).unwrap_or_else(Response::status);
        let protected = channel.protect(&response).to_bytes();
        // The inner run of PACE brings keys of its own.
        self.channel.get_or_insert(channel);
        protected
    }

    fn plain(&mut self, command: &Command) -> Result<Response, StatusWord> {
        match command.ins() {
            ins::READ_BINARY if command.p1() == 0x9C => {
                Ok(Response::ok(SecurityInfos::from_infos(infos()).emit()))
            }
            ins::MANAGE_SECURITY_ENVIRONMENT => {
                let offered = infos();
                let card = Card {
                    offered: &offered,
                    passwords: &|reference| self.lookup(reference),
                    static_keys: &[],
                    trust_points: &chip::no_trust_points,
                };
                let (response, next) = chip::Ready::select(&card, command)?;
                self.step = Step::Nonce(next);
                Ok(response)
            }
            ins::GENERAL_AUTHENTICATE => self.pace(command),
            _ => Err(StatusWord::FILE_NOT_FOUND),
        }
    }

    fn pace(&mut self, command: &Command) -> Result<Response, StatusWord> {
        let rng = &mut SystemRng;
        let (response, next) = match std::mem::replace(&mut self.step, Step::Ready) {
            Step::Ready => return Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            Step::Nonce(step) => step
                .step(command, rng)
                .map(|(r, next)| (r, Step::Mapping(next)))?,
            Step::Mapping(step) => step
                .step(command, rng)
                .map(|(r, next)| (r, Step::Agreement(next)))?,
            Step::Agreement(step) => step.step(command, rng).map(|(r, next)| (r, Step::Token(next)))?,
            Step::Token(step) => return self.token(step, command),
        };
        self.step = next;
        Ok(response)
    }

    fn token(&mut self, step: chip::AwaitToken, command: &Command) -> Result<Response, StatusWord> {
        let counted = step.reference() == 3;
        self.tokens += 1;
        match step.step(command) {
            Ok((response, channel, _)) => {
                self.opened_by_can = !counted;
                if counted {
                    self.tries = 3;
                }
                self.channel = Some(channel);
                Ok(response)
            }
            Err(_) if counted => {
                self.tries -= 1;
                Err(StatusWord::with_tries_left(self.tries))
            }
            Err(status) => Err(status),
        }
    }
}

fn open(card: &Rc<RefCell<Counting>>, key: &AccessKey) -> (Result<Opened, Error>, AccessFacts) {
    let chip = Rc::clone(card);
    let mut link = Link::new(Loopback::new(move |bytes: &[u8]| chip.borrow_mut().answer(bytes)));
    let mut facts = AccessFacts::default();
    let opened = access::open(
        &mut link,
        key,
        AccessPolicy::default(),
        &mut facts,
        &mut |_| {},
        &mut SystemRng,
    );
    (opened, facts)
}

fn card(tries: u8) -> Rc<RefCell<Counting>> {
    Rc::new(RefCell::new(Counting::new(tries)))
}

fn pin(digits: &str) -> AccessKey {
    AccessKey::pin(digits).expect("digits")
}

#[test]
fn the_right_pin_opens_and_tries_left_are_told() {
    for (tries, told) in [(3, None), (2, Some(2))] {
        let card = card(tries);
        let (opened, facts) = open(&card, &pin(PIN));
        assert!(opened.is_ok(), "{opened:?}");
        assert_eq!(facts.password, Some(PasswordKind::Pin));
        assert_eq!(facts.pace.expect("a run of PACE").tries_left, told);
        assert_eq!(card.borrow().tries, 3, "the counter is whole again");
    }
}

#[test]
fn a_wrong_pin_is_sent_once_and_the_chip_says_how_many_tries_are_left() {
    let card = card(3);
    let (opened, _) = open(&card, &pin("654321"));
    assert!(
        matches!(
            opened,
            Err(Error::AccessRefused {
                password: PasswordKind::Pin,
                tries_left: Some(2),
                ..
            })
        ),
        "{opened:?}"
    );
    assert_eq!(card.borrow().tokens, 1);
}

#[test]
fn the_last_try_is_never_used_up_and_nothing_is_sent_to_a_blocked_pin() {
    for (tries, deactivated, expected) in [
        (1, false, PasswordState::Suspended),
        (0, false, PasswordState::Blocked),
        (3, true, PasswordState::Deactivated),
    ] {
        let card = card(tries);
        card.borrow_mut().deactivated = deactivated;
        let (opened, _) = open(&card, &pin(PIN));
        match opened {
            Err(Error::PasswordUnusable { state, .. }) => assert_eq!(state, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
        assert_eq!(card.borrow().tokens, 0, "{expected:?}");
        assert_eq!(card.borrow().tries, tries);
    }
}

#[test]
fn a_suspended_pin_is_resumed_by_the_can() {
    let card = card(1);
    let key = pin(PIN).resumed_by_can(CAN).expect("six digits");
    let (opened, facts) = open(&card, &key);
    assert!(opened.is_ok(), "{opened:?}");
    assert_eq!(facts.password, Some(PasswordKind::Pin));
    assert_eq!((card.borrow().tokens, card.borrow().tries), (2, 3));
}

#[test]
fn a_wrong_can_leaves_a_suspended_pin_its_last_try() {
    let card = card(1);
    let key = pin(PIN).resumed_by_can("000000").expect("six digits");
    let (opened, _) = open(&card, &key);
    assert!(
        matches!(
            opened,
            Err(Error::AccessRefused {
                password: PasswordKind::Can,
                ..
            })
        ),
        "{opened:?}"
    );
    assert_eq!(card.borrow().tries, 1);
}

#[test]
fn the_can_is_not_sent_where_the_pin_is_not_suspended() {
    let card = card(3);
    let key = pin(PIN).resumed_by_can(CAN).expect("six digits");
    assert!(open(&card, &key).0.is_ok());
    assert_eq!(card.borrow().tokens, 1);
}

#[test]
fn a_password_that_the_chip_does_not_have_is_named() {
    let card = card(3);
    let (opened, _) = open(&card, &AccessKey::puk("1234567890").expect("digits"));
    assert!(
        matches!(
            opened,
            Err(Error::KeyNotUsable {
                given: PasswordKind::Puk,
                ..
            })
        ),
        "{opened:?}"
    );
    assert!(AccessKey::pin("12").is_err());
    assert!(AccessKey::puk("12a4").is_err());
}

/// Our own chip with a PIN of three tries and a PUK, finished.
fn issued_with_a_pin() -> (SoftCard, String) {
    let passwords = "passwords = [\"mrz\", \"can\"]";
    let secrets = format!("[pin]\nvalue = \"{PIN}\"\ntries = 3\n\n[puk]\nvalue = \"{PUK}\"\n\n[sod]");
    let changes = [
        (passwords, "passwords = [\"mrz\", \"can\", \"pin\", \"puk\"]"),
        ("[sod]", secrets.as_str()),
    ];
    let station = Station::new(profile("vn-cccd-2021", &changes), 7);
    let can = station
        .image
        .keys()
        .can
        .as_ref()
        .expect("a CAN")
        .expose()
        .to_vec();
    let can = String::from_utf8(can).expect("digits");
    (station.issued(), can)
}

/// Lays the card down and opens it; says how often PACE was begun in plain.
fn opened_at(card: &mut SoftCard, key: &AccessKey) -> (Result<(), Error>, usize) {
    card.reset();
    let mut counted = Counted::new(card);
    let opened = OpenCard::open(&mut counted, key).map(drop);
    let begins = (0x00, ins::MANAGE_SECURITY_ENVIRONMENT);
    let started = counted
        .headers()
        .iter()
        .filter(|header| **header == begins)
        .count();
    (opened, started)
}

#[test]
fn the_puk_gives_a_blocked_pin_its_tries_back_and_the_pin_opens_the_card() {
    let (mut card, can) = issued_with_a_pin();
    let wrong = AccessKey::pin("654321").expect("digits");
    for left in [2, 1] {
        let (refused, _) = opened_at(&mut card, &wrong);
        assert!(
            matches!(refused, Err(Error::AccessRefused { tries_left: Some(tries), .. }) if tries == left),
            "{refused:?}"
        );
    }
    let last = wrong.resumed_by_can(&can).expect("six digits");
    let (refused, _) = opened_at(&mut card, &last);
    assert!(
        matches!(
            refused,
            Err(Error::AccessRefused {
                tries_left: Some(0),
                ..
            })
        ),
        "{refused:?}"
    );
    let (blocked, _) = opened_at(&mut card, &pin(PIN));
    assert!(
        matches!(
            blocked,
            Err(Error::PasswordUnusable {
                state: PasswordState::Blocked,
                ..
            })
        ),
        "{blocked:?}"
    );
    assert_eq!(card.state().pin_failures(), 3);

    let stranger = pin(PIN).unblocked_by_puk("1111111111").expect("digits");
    let (refused, _) = opened_at(&mut card, &stranger);
    assert!(
        matches!(
            refused,
            Err(Error::AccessRefused {
                password: PasswordKind::Puk,
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(card.state().pin_failures(), 3, "still blocked");

    let both = pin(PIN).unblocked_by_puk(PUK).expect("digits");
    let (opened, _) = opened_at(&mut card, &both);
    assert_eq!(opened, Ok(()));
    assert_eq!(card.state().pin_failures(), 0);
    assert_eq!(opened_at(&mut card, &pin(PIN)), (Ok(()), 1), "by itself again");
}

#[test]
fn the_puk_is_not_sent_where_the_pin_can_be_used() {
    let (mut card, _) = issued_with_a_pin();
    let both = pin(PIN).unblocked_by_puk(PUK).expect("digits");
    assert_eq!(opened_at(&mut card, &both), (Ok(()), 1), "one run of PACE");
    let wrong = AccessKey::pin("654321").expect("digits");
    let (refused, started) = opened_at(&mut card, &wrong.unblocked_by_puk(PUK).expect("digits"));
    assert!(matches!(refused, Err(Error::AccessRefused { .. })), "{refused:?}");
    assert_eq!(
        started, 1,
        "a refused PIN is not tried again with the help of the PUK"
    );
}
