//! Which passwords PACE takes, how wrong ones are counted, and how a PIN is suspended, blocked and unblocked
//! (TR-03110-2 §3.3, TR-03110-3 §B.1 and §B.14).

use antin_crypto::SecretBytes;
use antin_profile::{PasswordKind, SuspendRule};
use antin_protocol::pace::chip::Lookup;
use antin_protocol::password::{Password, Pin, Puk, REFERENCE_CAN, REFERENCE_MRZ};
use antin_protocol::personalization::iso7816_9::KeyObject;
use antin_wire::apdu::{Command, Response, StatusWord};

use super::Effects;
use crate::chip::Chip;
use crate::session::{OpenedBy, Session};
use crate::state::CardState;

/// Reference of the PIN in MSE:Set AT and RESET RETRY COUNTER.
pub(crate) const REFERENCE_PIN: u8 = 0x03;
/// Reference of the PUK in MSE:Set AT.
pub(crate) const REFERENCE_PUK: u8 = 0x04;

/// RESET RETRY COUNTER without a new PIN.
const UNBLOCK: u8 = 0x03;

/// The password that a terminal means, where the profile takes it and the card has it.
pub(super) fn lookup(state: &CardState, session: &Session, reference: u8) -> Lookup {
    let profile = state.profile();
    match reference {
        REFERENCE_MRZ if profile.takes(PasswordKind::Mrz) => state.mrz().cloned().map(Password::Mrz).into(),
        REFERENCE_CAN if profile.takes(PasswordKind::Can) => state.can().cloned().map(Password::Can).into(),
        REFERENCE_PIN if profile.takes(PasswordKind::Pin) => pin(state, session),
        REFERENCE_PUK if profile.takes(PasswordKind::Puk) => digits(state, REFERENCE_PUK)
            .and_then(|digits| Puk::parse(digits).ok())
            .map(Password::Puk)
            .into(),
        _ => Lookup::Absent,
    }
}

fn pin(state: &CardState, session: &Session) -> Lookup {
    let found = digits(state, REFERENCE_PIN).and_then(|digits| Pin::parse(digits).ok());
    let (Some(pin), Some(rule)) = (found.map(Password::Pin), &state.profile().pin) else {
        return Lookup::Absent;
    };
    let left = tries_left(state);
    let warning = StatusWord::with_tries_left(left);
    match left {
        0 => Lookup::Unusable {
            warning,
            refusal: StatusWord::BLOCKED,
        },
        1 if rule.suspend == SuspendRule::AtLastTry && !session.opened_by(OpenedBy::Pace(REFERENCE_CAN)) => {
            Lookup::Unusable {
                warning,
                refusal: StatusWord::CONDITIONS_NOT_SATISFIED,
            }
        }
        left if left == rule.tries => Lookup::Usable(pin),
        _ => Lookup::Warned(pin, warning),
    }
}

/// Tries that the PIN has left.
fn tries_left(state: &CardState) -> u8 {
    let tries = state.profile().pin.as_ref().map_or(0, |rule| rule.tries);
    tries.saturating_sub(state.pin_failures())
}

fn digits(state: &CardState, reference: u8) -> Option<&str> {
    let secret = state.keys().iter().find_map(|key| match key {
        KeyObject::Pin(digits) if reference == REFERENCE_PIN => Some(digits),
        KeyObject::Puk(digits) if reference == REFERENCE_PUK => Some(digits),
        _ => None,
    });
    core::str::from_utf8(secret.map(SecretBytes::expose)?).ok()
}

/// Counts a wrong password, with the answer that says so.
pub(super) fn wrong(chip: &mut Chip, reference: u8, effects: &mut Effects) -> StatusWord {
    effects.changed = true;
    if reference == REFERENCE_PIN {
        chip.state.count_pin_failure();
        return StatusWord::with_tries_left(tries_left(&chip.state));
    }
    let rule = chip.state.profile().wrong_password;
    let failures = if reference == REFERENCE_PUK {
        chip.state.count_puk_failure();
        chip.state.puk_failures()
    } else {
        chip.state.count_failure();
        chip.state.failures()
    };
    effects.delay = Some(rule.delay.after(failures));
    rule.status
}

/// Forgets the wrong tries of a password that was right.
///
/// The right password waits as long as the failures before it ask for, too: pulling the card to skip the wait of
/// a refusal gains nothing.
pub(super) fn right(chip: &mut Chip, reference: u8, effects: &mut Effects) {
    if reference == REFERENCE_PIN {
        effects.changed |= chip.state.forget_pin_failures();
        return;
    }
    let rule = chip.state.profile().wrong_password;
    if reference == REFERENCE_PUK {
        effects.delay = Some(rule.delay.after(chip.state.puk_failures()));
        effects.changed |= chip.state.forget_puk_failures();
    } else {
        effects.delay = Some(rule.delay.after(chip.state.failures()));
        effects.changed |= chip.state.forget_failures();
    }
}

/// RESET RETRY COUNTER of the PIN, in a session that the PUK has opened.
pub(super) fn reset_retry_counter(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    if chip.state.profile().pin.is_none() {
        return Err(StatusWord::INS);
    }
    if (command.p1(), command.p2()) != (UNBLOCK, REFERENCE_PIN) {
        return Err(StatusWord::WRONG_P1P2);
    }
    if !command.data().is_empty() || command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    if !chip.session.opened_by(OpenedBy::Pace(REFERENCE_PUK)) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    effects.changed |= chip.state.forget_pin_failures();
    Ok(Response::ok(Vec::new()))
}
