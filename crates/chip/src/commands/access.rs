//! Opening the card: BAC and PACE, and the choice of a key for Chip Authentication.

use antin_crypto::PrivateKey;
use antin_profile::{Quirk, TerminalAuthenticationVersion};
use antin_protocol::pace::chip::{AwaitToken, Card, Ready};
use antin_protocol::password::{Password, REFERENCE_MRZ};
use antin_protocol::personalization::iso7816_9::KeyObject;
use antin_protocol::{bac, sm};
use antin_trust::cv::Authorization;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv::{self, tags};

use super::{Effects, password, proof, terminal};
use crate::chip::Chip;
use crate::session::{Access, Open, OpenedBy, Pace};
use crate::state::{CardState, Directory};

/// MSE:Set AT for PACE.
const SET_AT_PACE: [u8; 2] = [0xC1, 0xA4];
/// MSE:Set AT for Chip Authentication.
const SET_AT_CHIP: [u8; 2] = [0x41, 0xA4];
/// MSE:Set KAT for Chip Authentication with 3DES.
const SET_KAT: [u8; 2] = [0x41, 0xA6];

/// MSE:Set DST for the certificates of Terminal Authentication.
const SET_DST: [u8; 2] = [0x81, 0xB6];
/// MSE:Set AT for Terminal Authentication.
const SET_AT_TERMINAL: [u8; 2] = [0x81, 0xA4];

/// A protocol that the terminal has begun and not ended.
pub(super) enum Unfinished {
    Nothing,
    Bac(bac::chip::Challenged),
    Pace(Box<Pace>),
}

/// Takes an unfinished protocol out of the session: the command at hand continues it, or it is over.
pub(super) fn take_unfinished(chip: &mut Chip) -> Unfinished {
    match core::mem::replace(&mut chip.session.access, Access::Plain) {
        Access::Plain => Unfinished::Nothing,
        Access::Bac(challenged) => Unfinished::Bac(challenged),
        Access::Pace(pace) => Unfinished::Pace(pace),
        Access::Open(mut open) => {
            let pace = open.pace.take();
            chip.session.access = Access::Open(open);
            pace.map_or(Unfinished::Nothing, |pace| Unfinished::Pace(Box::new(pace)))
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
    opened_by_bac(chip, outcome, effects)
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
        SET_DST => terminal::set_reference(chip, command),
        SET_AT_TERMINAL => terminal::select_key(chip, command),
        _ => Err(StatusWord::WRONG_P1P2),
    }
}

fn begin_pace(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let offered = chip.state.profile().pace_infos();
    if offered.is_empty() {
        return Err(StatusWord::WRONG_P1P2);
    }
    // A second run inside a session is for cards with a PIN only, which the CAN resumes.
    if chip.session.is_open() && chip.state.profile().pin.is_none() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    named_parameters(chip, command)?;
    let (state, session) = (&chip.state, &chip.session);
    let static_keys: Vec<PrivateKey> = state
        .keys()
        .iter()
        .filter_map(|key| match key {
            KeyObject::ChipAuthenticationMapping { key } => Some(key.clone()),
            _ => None,
        })
        .collect();
    let card = Card {
        offered: &offered,
        passwords: &|reference| password::lookup(state, session, reference),
        static_keys: &static_keys,
        trust_points: &|chat| match chat.map(Authorization::from_bytes) {
            Some(Err(_)) => Err(StatusWord::INCORRECT_PARAMETERS),
            Some(Ok(_)) | None => Ok(references(state)),
        },
    };
    let (response, next) = Ready::select(&card, command).map_err(|status| pace_refusal(chip, status))?;
    keep(chip, Pace::Nonce(next));
    Ok(response)
}

/// The names of the trust points, which version 2 of Terminal Authentication learns at the end of PACE.
fn references(state: &CardState) -> Vec<Vec<u8>> {
    let second = state
        .profile()
        .terminal_authentication
        .as_ref()
        .is_some_and(|rule| rule.version == TerminalAuthenticationVersion::Two);
    let points = state.trust_points().filter(|_| second);
    points.map_or(Vec::new(), |points| {
        points
            .references()
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect()
    })
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

/// GENERAL AUTHENTICATE goes on with PACE, or proves the chip inside a session.
pub(super) fn general_authenticate(
    chip: &mut Chip,
    command: &Command,
    unfinished: Unfinished,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let Unfinished::Pace(step) = unfinished else {
        if chip.session.is_open() {
            return proof::agree(chip, command);
        }
        return Err(pace_refusal(chip, StatusWord::CONDITIONS_NOT_SATISFIED));
    };
    pace_step(chip, command, *step, effects).map_err(|status| pace_refusal(chip, status))
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
        Pace::Token(step) => return opened_by_pace(chip, step, command, effects),
    };
    keep(chip, next);
    Ok(response)
}

/// Puts the next step of PACE where the next command finds it.
fn keep(chip: &mut Chip, next: Pace) {
    match &mut chip.session.access {
        Access::Open(open) => open.pace = Some(next),
        access => *access = Access::Pace(Box::new(next)),
    }
}

/// Ends PACE: opens the card, or counts the wrong password.
///
/// Inside a session the answer still goes under the old keys; what the terminal had proved is gone.
fn opened_by_pace(
    chip: &mut Chip,
    step: AwaitToken,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let reference = step.reference();
    let mapping = step.proves_chip();
    match step.step(command) {
        Ok((response, channel, outcome)) => {
            password::right(chip, reference, effects);
            let by = OpenedBy::Pace(reference);
            let old = core::mem::replace(&mut chip.session.access, Access::Plain);
            let mut open = match old {
                Access::Open(old) => {
                    let mut open = Open::new(old.channel, by);
                    open.next = Some(channel);
                    open
                }
                Access::Plain | Access::Bac(_) | Access::Pace(_) => Open::new(channel, by),
            };
            open.announced = outcome
                .chat
                .and_then(|chat| Authorization::from_bytes(&chat).ok());
            open.own_key = outcome.chip_ephemeral_compressed;
            open.terminal_key = mapping.then_some(outcome.terminal_ephemeral_compressed);
            chip.session.access = Access::Open(Box::new(open));
            Ok(response)
        }
        Err(StatusWord::AUTH_FAILED) => Err(password::wrong(chip, reference, effects)),
        Err(status) => Err(status),
    }
}

/// Ends BAC: opens the card, or counts the wrong password and slows down.
fn opened_by_bac(
    chip: &mut Chip,
    outcome: Result<(Response, sm::chip::Channel), StatusWord>,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    match outcome {
        Ok((response, channel)) => {
            password::right(chip, REFERENCE_MRZ, effects);
            chip.session.access = Access::Open(Box::new(Open::new(channel, OpenedBy::Bac)));
            Ok(response)
        }
        Err(StatusWord::AUTH_FAILED) => Err(password::wrong(chip, REFERENCE_MRZ, effects)),
        Err(status) => Err(status),
    }
}
