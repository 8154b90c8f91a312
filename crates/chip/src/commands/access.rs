//! Opening the card: BAC and PACE, and the choice of a key for Chip Authentication.

use antin_profile::{PasswordKind, Quirk};
use antin_protocol::pace::chip::{Card, Ready, no_trust_points};
use antin_protocol::password::{Password, REFERENCE_CAN, REFERENCE_MRZ};
use antin_protocol::{bac, sm};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv::{self, tags};

use super::{Effects, proof};
use crate::chip::Chip;
use crate::session::{Access, Open, OpenedBy, Pace};
use crate::state::{CardState, Directory};

/// MSE:Set AT for PACE.
const SET_AT_PACE: [u8; 2] = [0xC1, 0xA4];
/// MSE:Set AT for Chip Authentication.
const SET_AT_CHIP: [u8; 2] = [0x41, 0xA4];
/// MSE:Set KAT for Chip Authentication with 3DES.
const SET_KAT: [u8; 2] = [0x41, 0xA6];

/// A protocol that the terminal has begun and not ended.
pub(super) enum Unfinished {
    Nothing,
    Bac(bac::chip::Challenged),
    Pace(Pace),
}

/// Takes an unfinished protocol out of the session: the command at hand continues it, or it is over.
pub(super) fn take_unfinished(chip: &mut Chip) -> Unfinished {
    match core::mem::replace(&mut chip.session.access, Access::Plain) {
        Access::Plain => Unfinished::Nothing,
        Access::Bac(challenged) => Unfinished::Bac(challenged),
        Access::Pace(pace) => Unfinished::Pace(pace),
        Access::Open(open) => {
            chip.session.access = Access::Open(open);
            Unfinished::Nothing
        }
    }
}

/// GET CHALLENGE begins BAC.
pub(super) fn get_challenge(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    if !chip.state.profile().access.bac {
        return Err(StatusWord::INS);
    }
    if chip.session.is_open() || chip.session.directory != Directory::Application {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    let (response, challenged) = bac::chip::challenge(command, &mut *chip.rng)?;
    chip.session.access = Access::Bac(challenged);
    Ok(response)
}

/// EXTERNAL AUTHENTICATE ends BAC.
pub(super) fn external_authenticate(
    chip: &mut Chip,
    command: &Command,
    unfinished: Unfinished,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    if !chip.state.profile().access.bac {
        return Err(StatusWord::INS);
    }
    let Unfinished::Bac(challenged) = unfinished else {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    };
    let keys = chip
        .state
        .mrz()
        .and_then(|mrz| Password::Mrz(mrz.clone()).bac_keys());
    let keys = keys.ok_or(StatusWord::REF_DATA_NOT_FOUND)?;
    let outcome = challenged.authenticate(command, &keys, &mut *chip.rng);
    opened(chip, outcome, OpenedBy::Bac, effects)
}

/// MANAGE SECURITY ENVIRONMENT begins PACE, or Chip Authentication inside a session.
pub(super) fn manage_security_environment(
    chip: &mut Chip,
    command: &Command,
) -> Result<Response, StatusWord> {
    match [command.p1(), command.p2()] {
        SET_AT_PACE => begin_pace(chip, command),
        SET_AT_CHIP => proof::select_key(chip, command),
        SET_KAT => proof::key_agreement(chip, command),
        _ => Err(StatusWord::WRONG_P1P2),
    }
}

fn begin_pace(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let offered = chip.state.profile().pace_infos();
    if offered.is_empty() {
        return Err(StatusWord::WRONG_P1P2);
    }
    if chip.session.is_open() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    named_parameters(chip, command)?;
    let state = &chip.state;
    let card = Card {
        offered: &offered,
        passwords: &|reference| password(state, reference).into(),
        static_keys: &[],
        trust_points: &no_trust_points,
    };
    let (response, next) = Ready::select(&card, command).map_err(|status| pace_refusal(chip, status))?;
    chip.session.access = Access::Pace(Pace::Nonce(next));
    Ok(response)
}

/// The habits around data object 84 of MSE:Set AT.
fn named_parameters(chip: &Chip, command: &Command) -> Result<(), StatusWord> {
    let mut objects = tlv::Reader::new(command.data());
    let mut named = false;
    while let Ok(Some(object)) = objects.next() {
        named |= object.tag == tags::mse::PRIVATE_KEY_REFERENCE;
    }
    let refused = match named {
        true if chip.has_habit(Quirk::RejectsTag84) => StatusWord::INCORRECT_PARAMETERS,
        false if chip.has_habit(Quirk::NeedsTag84) => StatusWord::LENGTH_INCONSISTENT_WITH_P1P2,
        _ => return Ok(()),
    };
    Err(pace_refusal(chip, refused))
}

/// How the chip says no inside PACE.
fn pace_refusal(chip: &Chip, status: StatusWord) -> StatusWord {
    if chip.has_habit(Quirk::Pace6300) {
        StatusWord::AUTH_FAILED
    } else {
        status
    }
}

/// The password that a terminal means, where the profile takes it and the card has it.
fn password(state: &CardState, reference: u8) -> Option<Password> {
    let takes = |kind| {
        state
            .profile()
            .access
            .pace
            .iter()
            .any(|rule| rule.passwords.contains(&kind))
    };
    match reference {
        REFERENCE_MRZ if takes(PasswordKind::Mrz) => state.mrz().cloned().map(Password::Mrz),
        REFERENCE_CAN if takes(PasswordKind::Can) => state.can().cloned().map(Password::Can),
        _ => None,
    }
}

/// GENERAL AUTHENTICATE goes on with PACE, or proves the chip inside a session.
pub(super) fn general_authenticate(
    chip: &mut Chip,
    command: &Command,
    unfinished: Unfinished,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    if chip.session.is_open() {
        return proof::agree(chip, command);
    }
    let Unfinished::Pace(step) = unfinished else {
        return Err(pace_refusal(chip, StatusWord::CONDITIONS_NOT_SATISFIED));
    };
    pace_step(chip, command, step, effects).map_err(|status| pace_refusal(chip, status))
}

fn pace_step(
    chip: &mut Chip,
    command: &Command,
    step: Pace,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let rng = &mut *chip.rng;
    let (response, next) = match step {
        Pace::Nonce(step) => step
            .step(command, rng)
            .map(|(response, next)| (response, Pace::Mapping(next)))?,
        Pace::Mapping(step) => step
            .step(command, rng)
            .map(|(response, next)| (response, Pace::KeyAgreement(next)))?,
        Pace::KeyAgreement(step) => step
            .step(command, rng)
            .map(|(response, next)| (response, Pace::Token(next)))?,
        Pace::Token(step) => {
            let outcome = step.step(command);
            return opened(
                chip,
                outcome.map(|(response, channel, _)| (response, channel)),
                OpenedBy::Pace,
                effects,
            );
        }
    };
    chip.session.access = Access::Pace(next);
    Ok(response)
}

/// Ends BAC or PACE: opens the card, or counts the wrong password and slows down.
///
/// The right password waits as long as the failures before it ask for, too: pulling the card to skip the wait of
/// a refusal gains nothing.
fn opened(
    chip: &mut Chip,
    outcome: Result<(Response, sm::chip::Channel), StatusWord>,
    by: OpenedBy,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let rule = chip.state.profile().wrong_password;
    match outcome {
        Ok((response, channel)) => {
            effects.delay = Some(rule.delay.after(chip.state.failures()));
            effects.changed |= chip.state.forget_failures();
            chip.session.access = Access::Open(Open::new(channel, by));
            Ok(response)
        }
        Err(StatusWord::AUTH_FAILED) => {
            chip.state.count_failure();
            effects.changed = true;
            effects.delay = Some(rule.delay.after(chip.state.failures()));
            Err(rule.status)
        }
        Err(status) => Err(status),
    }
}
