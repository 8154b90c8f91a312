//! PACE: what of EF.CardAccess is used, and one run with one password.

use antin_lds::card_access::EfCardAccess;
use antin_protocol::Error as ProtocolError;
use antin_protocol::pace::terminal::DomainReference;
use antin_protocol::pace::{self, Choice, Unsupported};
use antin_protocol::password::{Password, REFERENCE_PIN};
use antin_protocol::sm::terminal::Channel;
use antin_trust::{PasswordKind, Reason};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::{Transport, ins, oids};
use rand_core::CryptoRng;

use super::{AccessFacts, PaceRun, password_refused};
use crate::dialect::{Dialect, Tag84};
use crate::error::{Error, PasswordState};
use crate::event::Phase;
use crate::key::AccessKey;
use crate::link::Link;
use crate::session::{LongCommands, in_chain};
use crate::version_two;

/// What of EF.CardAccess is used.
///
/// # Errors
/// [`Error::Unsupported`] for a file that announces nothing usable, or that is there and cannot be understood: somebody
/// on the way may have spoilt it, so that PACE is as good as announced.
pub(super) fn choose(card_access: Option<&[u8]>) -> Result<Option<Choice>, Error> {
    match card_access.map(EfCardAccess::parse) {
        None => Ok(None),
        Some(Ok(card_access)) => {
            pace::choose(card_access.infos().iter()).map_err(|unsupported| Error::Unsupported {
                what: named(&unsupported),
                reason: match unsupported {
                    Unsupported::DomainParameters(_) => Reason::CurveUnknown,
                    _ => Reason::AlgorithmUnsupported,
                },
            })
        }
        Some(Err(error)) => Err(Error::Unsupported {
            what: format!("EF.CardAccess cannot be understood: {error}"),
            reason: Reason::Malformed,
        }),
    }
}

/// Why nothing of it can be used; identifiers that a standard names go by that name.
fn named(unsupported: &Unsupported) -> String {
    let name = match unsupported {
        Unsupported::Variant(oid) | Unsupported::KeyAgreement { oid, .. } => oids::name(oid),
        _ => None,
    };
    match name {
        Some(name) => format!("{unsupported} ({name})"),
        None => unsupported.to_string(),
    }
}

/// Carries a command to the chip and brings its answer.
type Exchange<'a> = &'a mut dyn FnMut(&Command) -> Result<Response, Error>;

/// PACE with the password of `key`; a suspended PIN gets its last try inside a session that the CAN opened, a suspended
/// or blocked one its tries back inside a session that the PUK opened.
pub(super) fn run_pace<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    choice: &Choice,
    facts: &mut AccessFacts,
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let long_commands = LongCommands::of(facts);
    let announces = version_two::announced(facts.card_access.as_deref()).is_some();
    let rights = facts.rights.clone().filter(|_| announces);
    let dialect = &mut facts.dialect;
    let most = long_commands.most(None);
    let mut plain =
        |command: &Command| in_chain(command, most, &mut |part| link.exchange(Phase::Access, part));
    let mut attempt = Attempt {
        password: key.password().clone(),
        kind: key.kind(),
        last_try: LastTry::Kept,
        rights,
    };
    let opened = match pace_with(&mut plain, &attempt, choice, dialect, rng) {
        Err(Error::PasswordUnusable { password, state, sw }) => {
            let help = Help::of(key, state).ok_or(Error::PasswordUnusable { password, state, sw })?;
            let (mut outer, _) = pace_with(&mut plain, &help.attempt, choice, dialect, rng)?;
            let most = long_commands.most(Some(outer.keys().suite()));
            let mut protected = |command: &Command| {
                let protected = outer.protect(command).map_err(Error::from_protocol)?;
                let answer = link.exchange_protected(Phase::Access, &protected)?;
                outer.open(&answer).map_err(Error::from_protocol)
            };
            let mut inside = |command: &Command| in_chain(command, most, &mut protected);
            match help.then {
                Then::LastTry => attempt.last_try = LastTry::Taken,
                Then::Unblock => unblock_pin(&mut inside)?,
            }
            pace_with(&mut inside, &attempt, choice, dialect, rng)
        }
        opened => opened,
    };
    let (channel, run) = opened?;
    facts.pace = Some(run);
    Ok(channel)
}

/// Another password that makes a PIN usable again.
struct Help {
    attempt: Attempt,
    then: Then,
}

/// What follows once the other password has opened a session.
enum Then {
    /// The last try may be used up (TR-03110-2 §3.3).
    LastTry,
    /// The PIN gets its tries back (TR-03110-2 §3.3).
    Unblock,
}

impl Help {
    fn of(key: &AccessKey, state: PasswordState) -> Option<Self> {
        let suspended = state == PasswordState::Suspended;
        let can = key.resumed_by().filter(|_| suspended);
        let puk = || {
            key.unblocked_by()
                .filter(|_| suspended || state == PasswordState::Blocked)
        };
        let (password, kind, then) = match can {
            Some(can) => (can, PasswordKind::Can, Then::LastTry),
            None => (puk()?, PasswordKind::Puk, Then::Unblock),
        };
        Some(Self {
            attempt: Attempt {
                password,
                kind,
                last_try: LastTry::Kept,
                rights: None,
            },
            then,
        })
    }
}

/// RESET RETRY COUNTER of the PIN without a new one.
fn unblock_pin(exchange: Exchange<'_>) -> Result<(), Error> {
    let answer = exchange(&Command::new(
        0x00,
        ins::RESET_RETRY_COUNTER,
        UNBLOCK,
        REFERENCE_PIN,
    ))?;
    match answer.sw.is_ok() {
        true => Ok(()),
        false => Err(Error::Status {
            step: "RESET RETRY COUNTER",
            sw: answer.sw,
        }),
    }
}

/// RESET RETRY COUNTER, P1: neither an old nor a new number in the data.
const UNBLOCK: u8 = 0x03;

/// One password, about to be tried.
struct Attempt {
    password: Password,
    kind: PasswordKind,
    last_try: LastTry,
    /// The rights that version 2 of Terminal Authentication will prove.
    rights: Option<Vec<u8>>,
}

/// Whether the last try of a counted password may be used up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastTry {
    /// Never by itself.
    Kept,
    /// The chip allows it, because the CAN came first.
    Taken,
}

/// PACE, ICAO 9303-11 §4.4: one line to send and one to go on for each of its exchanges.
fn pace_with(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    dialect: &mut Dialect,
    rng: &mut dyn CryptoRng,
) -> Result<(Channel, PaceRun), Error> {
    let (command, state) = select_pace(exchange, attempt, choice, dialect)?;
    let tries_left = state.tries_left();
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (channel, outcome) = state
        .accept(&answer)
        .map_err(|error| password_refused(error, attempt.kind))?;
    Ok((channel, PaceRun { tries_left, outcome }))
}

/// MSE:Set AT. The domain parameters are named when the chip offers several, or insists.
///
/// No password is used in this step, so a chip that refuses one form gets the other.
fn select_pace(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    dialect: &mut Dialect,
) -> Result<(Command, pace::terminal::AwaitNonce), Error> {
    let usual = match choice.domain {
        DomainReference::Send => Tag84::Sent,
        DomainReference::Omit => Tag84::Omitted,
    };
    let first = dialect.tag_84.unwrap_or(usual);
    let refused = match mse(exchange, attempt, choice, first)? {
        Ok(next) => return Ok(next),
        Err(refused) => refused,
    };
    let second = first.other();
    if FORM_REFUSED.contains(&refused) {
        if let Ok(next) = mse(exchange, attempt, choice, second)? {
            dialect.tag_84 = Some(second);
            return Ok(next);
        }
        // Neither helps: what was remembered is as wrong as anything.
        dialect.tag_84 = None;
    }
    if let Some(state) = PasswordState::of(refused) {
        return Err(Error::PasswordUnusable {
            password: attempt.kind,
            state,
            sw: refused,
        });
    }
    if refused == StatusWord::REF_DATA_NOT_FOUND {
        return Err(Error::KeyNotUsable {
            given: attempt.kind,
            offered: "PACE with another password",
        });
    }
    Err(Error::Status {
        step: "PACE: MSE:Set AT",
        sw: refused,
    })
}

type AfterMse = (Command, pace::terminal::AwaitNonce);

fn mse(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    form: Tag84,
) -> Result<Result<AfterMse, StatusWord>, Error> {
    // Explicit domain parameters may have no number that could be sent.
    let form = match choice.parameters.parameter_id {
        Some(_) => form,
        None => Tag84::Omitted,
    };
    let (parameters, password) = (&choice.parameters, &attempt.password);
    let started = match &attempt.rights {
        None => pace::terminal::start(parameters, password, form.reference()),
        Some(rights) => {
            pace::terminal::start_for_terminal_authentication(parameters, password, form.reference(), rights)
        }
    };
    let (command, state) = started.map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let next = match attempt.last_try {
        LastTry::Kept => state.accept(&answer),
        LastTry::Taken => state.accept_last_try(&answer),
    };
    match next {
        Ok(next) => Ok(Ok(next)),
        Err(ProtocolError::Refused { sw, .. }) => Ok(Err(sw)),
        Err(error) => Err(Error::from_protocol(error)),
    }
}

/// How chips refuse the form of MSE:Set AT: with or without data object 84.
const FORM_REFUSED: [StatusWord; 5] = [
    StatusWord::INCORRECT_PARAMETERS,
    StatusWord::LENGTH_INCONSISTENT_WITH_P1P2,
    StatusWord::REF_DATA_NOT_FOUND,
    StatusWord::WRONG_LENGTH,
    StatusWord::AUTH_FAILED,
];
