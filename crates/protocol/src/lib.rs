//! Who says what when between a terminal and a chip, both roles of every protocol.
//!
//! Each protocol has its folder: `math` holds what both roles compute, `terminal` what a reader says, `chip` what a card
//! answers. Steps are typestates: a step consumes its state and returns the next command (or response) together with the
//! next state, so a message cannot be sent out of order and a secure channel cannot exist without its keys. Nothing here
//! does IO, reads a clock or draws randomness of its own: randomness is the last argument of the steps that need it.
//!
//! | module | chapter of ICAO 9303-11 |
//! |---|---|
//! | [`password`], [`bac`] | §4.3 Basic Access Control |
//! | [`pace`] | §4.4 Password Authenticated Connection Establishment |
//! | [`active_authentication`] | §6.1 Active Authentication |
//! | [`chip_authentication`] | §6.2 Chip Authentication |
//! | [`terminal_authentication`] | §7.1 Terminal Authentication |
//! | [`sm`] | §9.8 Secure Messaging |
//! | [`files`], [`personalization`] | ISO 7816-4 and 7816-9 commands on files |
//! | [`scp03`] | none: GlobalPlatform, Amendment D |
#![forbid(unsafe_code)]

pub mod active_authentication;
pub mod bac;
pub mod chip_authentication;
mod domain_parameters;
mod error;
pub mod files;
mod general_authenticate;
pub mod pace;
pub mod password;
pub mod personalization;
pub mod scp03;
pub mod sm;
pub mod terminal_authentication;

#[cfg(test)]
mod testing;

pub use error::Error;

use antin_crypto::agreement::PublicKey;
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::ObjectIdentifier,
    tlv::{self, tags},
};

/// The data of an answer that says yes.
fn accepted<'a>(step: &'static str, response: &'a Response) -> Result<&'a [u8], Error> {
    if response.sw != StatusWord::OK {
        return Err(Error::Refused {
            step,
            sw: response.sw,
        });
    }
    Ok(&response.data)
}

/// An answer that says yes and nothing else.
fn accepted_without_data(step: &'static str, response: &Response) -> Result<(), Error> {
    if !accepted(step, response)?.is_empty() {
        return Err(Error::Breach {
            step,
            what: "data where none belong",
        });
    }
    Ok(())
}

/// A command that begins with this header.
fn with_header([cla, ins, p1, p2]: [u8; 4]) -> Command {
    Command::new(cla, ins, p1, p2)
}

/// A command's header, byte for byte.
fn expect_header(command: &Command, [cla, ins, p1, p2]: [u8; 4]) -> Result<(), StatusWord> {
    match command.header() {
        [found, ..] if found != cla => Err(StatusWord::CLA),
        [_, found, ..] if found != ins => Err(StatusWord::INS),
        [_, _, found @ ..] if found != [p1, p2] => Err(StatusWord::WRONG_P1P2),
        _ => Ok(()),
    }
}

/// `7F49 { 06 protocol, 86 point | 84 value }`: a public key whose domain parameters both sides know (TR-03110-3 §D.3).
fn public_key_object(protocol: &ObjectIdentifier, key: &PublicKey) -> Vec<u8> {
    let tag = match key {
        PublicKey::Ec(_) => tags::EC_POINT,
        PublicKey::Dh(_) => tags::DH_PUBLIC_VALUE,
    };
    tlv::constructed(
        tags::PUBLIC_KEY,
        &[
            tlv::object(tags::OBJECT_IDENTIFIER, protocol.as_bytes()),
            tlv::object(tag, key.as_wire()),
        ],
    )
}
