//! What each instruction does, once secure messaging and chaining are off.

mod access;
pub(crate) mod jmrtd;
mod password;
pub(crate) mod proof;
mod read;
pub(crate) mod scp03;
mod select;
pub(crate) mod terminal;
mod write;

pub(crate) use password::REFERENCE_PUK;

use core::time::Duration;

use antin_protocol::personalization::iso7816_9::LifeCycle;
use antin_wire::apdu::{Command, Response, StatusWord};

use crate::chip::Chip;

/// Class bit: more pieces follow.
pub(crate) const CHAINED: u8 = 0x10;
/// Class bits: secure messaging with authenticated header.
pub(crate) const SECURE: u8 = 0x0C;

/// PERFORM SECURITY OPERATION.
pub(crate) const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
/// RESET RETRY COUNTER.
const RESET_RETRY_COUNTER: u8 = 0x2C;
/// MANAGE SECURITY ENVIRONMENT.
pub(crate) const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
/// ACTIVATE FILE.
const ACTIVATE: u8 = 0x44;
/// EXTERNAL AUTHENTICATE.
pub(crate) const EXTERNAL_AUTHENTICATE: u8 = 0x82;
/// GET CHALLENGE.
pub(crate) const GET_CHALLENGE: u8 = 0x84;
/// GENERAL AUTHENTICATE.
pub(crate) const GENERAL_AUTHENTICATE: u8 = 0x86;
/// INTERNAL AUTHENTICATE.
const INTERNAL_AUTHENTICATE: u8 = 0x88;
/// SELECT.
pub(crate) const SELECT: u8 = 0xA4;
/// READ BINARY.
const READ_BINARY: u8 = 0xB0;
/// READ BINARY with data objects.
const READ_BINARY_ODD: u8 = 0xB1;
/// GET RESPONSE.
pub(crate) const GET_RESPONSE: u8 = 0xC0;
/// GET DATA.
const GET_DATA: u8 = 0xCA;
/// UPDATE BINARY.
const UPDATE_BINARY: u8 = 0xD6;
/// UPDATE BINARY with data objects.
const UPDATE_BINARY_ODD: u8 = 0xD7;
/// PUT DATA with data objects.
const PUT_DATA: u8 = 0xDB;
/// CREATE FILE.
const CREATE_FILE: u8 = 0xE0;
/// DELETE FILE.
const DELETE_FILE: u8 = 0xE4;

/// An answer, and what the host has to know beside it.
pub(crate) struct Answer {
    pub response: Response,
    pub effects: Effects,
}

/// What a command did beside answering.
#[derive(Default)]
pub(crate) struct Effects {
    /// How long the answer waits.
    pub delay: Option<Duration>,
    /// Whether the lasting state changed.
    pub changed: bool,
}

/// Carries out a command whose answer body may have `limit` bytes.
pub(crate) fn answer(chip: &mut Chip, command: &Command, limit: usize) -> Answer {
    let mut effects = Effects::default();
    let outcome = dispatch(chip, command, limit, &mut effects);
    // A refusal carries no data, whatever led to it.
    Answer {
        response: outcome.unwrap_or_else(Response::status),
        effects,
    }
}

fn dispatch(
    chip: &mut Chip,
    command: &Command,
    limit: usize,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    // A protocol that is interrupted by another command starts again from its beginning.
    let interrupted = access::take_unfinished(chip);
    match command.ins() {
        SELECT => select::select(chip, command),
        READ_BINARY => read::even(chip, command, limit),
        READ_BINARY_ODD => read::odd(chip, command, limit),
        GET_CHALLENGE if chip.session.is_open() => terminal::challenge(chip, command),
        GET_CHALLENGE => access::get_challenge(chip, command),
        EXTERNAL_AUTHENTICATE if chip.session.is_open() => terminal::authenticate(chip, command),
        PERFORM_SECURITY_OPERATION => terminal::verify_certificate(chip, command, effects),
        RESET_RETRY_COUNTER => password::reset_retry_counter(chip, command, effects),
        EXTERNAL_AUTHENTICATE => access::external_authenticate(chip, command, interrupted, effects),
        MANAGE_SECURITY_ENVIRONMENT => access::manage_security_environment(chip, command),
        GENERAL_AUTHENTICATE => access::general_authenticate(chip, command, interrupted, effects),
        INTERNAL_AUTHENTICATE => proof::internal_authenticate(chip, command),
        CREATE_FILE | UPDATE_BINARY | jmrtd::PUT_DATA if jmrtd::speaks(&chip.state) => {
            jmrtd::write(chip, command, effects)
        }
        GET_DATA if jmrtd::speaks(&chip.state) => Err(StatusWord::INS),
        GET_DATA => write::get_data(chip, command),
        CREATE_FILE | DELETE_FILE | UPDATE_BINARY | UPDATE_BINARY_ODD | PUT_DATA | ACTIVATE => {
            write::write(chip, command, effects)
        }
        _ => Err(StatusWord::INS),
    }
}

/// Refuses everything that only a blank does.
fn needs_creation(chip: &Chip) -> Result<(), StatusWord> {
    match chip.state.life_cycle() {
        LifeCycle::Creation => Ok(()),
        LifeCycle::Operational => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
    }
}

/// The command that wrote a key, from its body.
pub(crate) fn put_data_command(body: Vec<u8>) -> Command {
    Command::new(0x00, PUT_DATA, 0x3F, 0xFF)
        .with_data(body)
        .sensitive()
}
