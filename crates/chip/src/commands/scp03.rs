//! The door to personalization: a blank that is no development blank takes commands through SCP03 alone.

use antin_profile::{Scp03Challenge, Scp03Mode, Scp03Rule};
use antin_protocol::personalization::iso7816_9::LifeCycle;
use antin_protocol::scp03::chip::{self, Challenge, Channel, Initialized, Offer};
use antin_protocol::scp03::{
    self, EXTERNAL_AUTHENTICATE, INITIALIZE_UPDATE, Mode, PROTECTED, ResponseProtection, SecurityLevel,
};
use antin_wire::apdu::{Command, Response, StatusWord};

use crate::chip::Chip;
use crate::session::Scp03;

/// Length in bytes of the key diversification data: two zeros and the serial number.
const DIVERSIFICATION_LEN: usize = 10;

/// Answers the commands of SCP03 and all that come through an open channel; `None` for every other command, which a
/// channel does not survive.
pub(crate) fn answer(card: &mut Chip, command: &Command) -> Option<Response> {
    let begun = core::mem::replace(&mut card.session.scp03, Scp03::Closed);
    card.state.door()?;
    let outcome = match (begun, command.cla(), command.ins()) {
        (_, scp03::CLASS, INITIALIZE_UPDATE) => initialize(card, command),
        (Scp03::Initialized(initialized), class, EXTERNAL_AUTHENTICATE)
            if class == scp03::CLASS | PROTECTED =>
        {
            authenticate(card, initialized, command)
        }
        (Scp03::Open(channel), ..) => serve(card, channel, command),
        (_, class, _) if class & 0x7F & !PROTECTED == 0 && class & PROTECTED != 0 => {
            Err(StatusWord::SECURITY_NOT_SATISFIED)
        }
        _ => return None,
    };
    Some(outcome.unwrap_or_else(|status| {
        card.session.close();
        Response::status(status)
    }))
}

/// INITIALIZE UPDATE: each begins with a number that no other had.
fn initialize(card: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let rule = card.state.scp03_rule();
    let aid = card.state.profile().application.aid;
    let diversification = diversification(card.state.serial());
    let door = card.state.door_mut().ok_or(StatusWord::INS)?;
    if door.failures >= rule.tries {
        return Err(StatusWord::BLOCKED);
    }
    let next = door.sequence.checked_add(1).filter(|next| *next < 1 << 24);
    door.sequence = next.ok_or(StatusWord::BLOCKED)?;
    let [_, sequence @ ..] = door.sequence.to_be_bytes();
    let keys = door.keys.clone();
    card.dirty = true;
    let offer = Offer {
        keys: &keys,
        diversification,
        mode: mode(rule),
        challenge: match rule.challenge {
            Scp03Challenge::Random => Challenge::Random,
            Scp03Challenge::PseudoRandom => Challenge::PseudoRandom {
                sequence,
                aid: aid.as_bytes(),
            },
        },
        responses: ResponseProtection::RMacREnc,
        least: SecurityLevel::from_byte(rule.security_level).unwrap_or(SecurityLevel::All),
    };
    let (response, initialized) = chip::initialize(command, &offer, &mut *card.rng)?;
    card.session.scp03 = Scp03::Initialized(initialized);
    Ok(response)
}

/// EXTERNAL AUTHENTICATE: counts what is wrong.
fn authenticate(
    card: &mut Chip,
    initialized: Initialized,
    command: &Command,
) -> Result<Response, StatusWord> {
    let outcome = initialized.authenticate(command);
    let door = card.state.door_mut().ok_or(StatusWord::INS)?;
    match outcome {
        Ok((response, channel)) => {
            door.failures = 0;
            card.dirty = true;
            card.session.scp03 = Scp03::Open(channel);
            Ok(response)
        }
        Err(status) => {
            if status == StatusWord::AUTH_FAILED {
                door.failures = door.failures.saturating_add(1);
                card.dirty = true;
            }
            Err(status)
        }
    }
}

/// A command through the channel. The channel ends with activation, and with everything that closes the session.
fn serve(card: &mut Chip, mut channel: Channel, outer: &Command) -> Result<Response, StatusWord> {
    if outer.data().len() > card.state.profile().limits.max_command {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let inner = channel.open(outer)?;
    let room = card.response_limit(outer);
    let limit = scp03::max_plain(mode(card.state.scp03_rule()), room);
    card.session.scp03 = Scp03::Serving;
    let response = card.personalize(&inner, limit);
    let goes_on = card.session.is_personalizing() && card.state.life_cycle() == LifeCycle::Creation;
    let protected = channel.protect(&response);
    card.session.scp03 = if goes_on {
        Scp03::Open(channel)
    } else {
        Scp03::Closed
    };
    Ok(protected)
}

fn mode(rule: Scp03Rule) -> Mode {
    match rule.mode {
        Scp03Mode::S8 => Mode::S8,
        Scp03Mode::S16 => Mode::S16,
    }
}

fn diversification(serial: [u8; 8]) -> [u8; DIVERSIFICATION_LEN] {
    let mut data = [0; DIVERSIFICATION_LEN];
    data.iter_mut()
        .skip(2)
        .zip(serial)
        .for_each(|(out, byte)| *out = byte);
    data
}
