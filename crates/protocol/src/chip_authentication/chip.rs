//! The chip's side of Chip Authentication.

use antin_crypto::{PrivateKey, PublicKey, Suite};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::ObjectIdentifier,
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::math;
use crate::{
    general_authenticate::{self, Chain},
    sm::{self, Ssc},
};

/// A static key and what it may be used for.
#[derive(Clone, Debug)]
pub struct StaticKey {
    /// The key's number, where DG14 gives one.
    pub key_id: Option<u32>,
    /// The ciphers it is offered for.
    pub suites: Vec<Suite>,
    /// The key itself.
    pub private: PrivateKey,
}

/// Answers MSE:Set AT: finds protocol and key.
///
/// # Errors
/// `6A80` for a malformed command or a protocol not offered, `6A88` for a key the chip does not have (or one left unnamed
/// where there are several); `6E00`, `6D00`, `6A86`, `6700` for another shape.
pub fn select(command: &Command, keys: &[StaticKey]) -> Result<(Response, Selected), StatusWord> {
    crate::expect_header(command, math::MSE_SET_AT)?;
    if command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut reader = tlv::Reader::new(command.data());
    let protocol = reader.expect(mse::MECHANISM).map_err(malformed)?;
    let key_id = optional_key_id(&mut reader)?;
    reader.finish().map_err(malformed)?;
    let suite = ObjectIdentifier::from_bytes(protocol.value)
        .ok()
        .and_then(|oid| math::suite_of(&oid))
        .ok_or(StatusWord::INCORRECT_PARAMETERS)?;
    let private = choose(keys, suite, key_id)?.private.clone();
    Ok((Response::status(StatusWord::OK), Selected { suite, private }))
}

/// Protocol and key are chosen.
#[must_use]
#[derive(Debug)]
pub struct Selected {
    suite: Suite,
    private: PrivateKey,
}

impl Selected {
    /// Answers GENERAL AUTHENTICATE. The answer still goes through the old channel; the new one begins with the next
    /// command.
    ///
    /// # Errors
    /// `6A80` for a malformed message or a key that is no point of the curve, `6985` for a message of another protocol,
    /// `6700` and its like for another shape.
    pub fn agree(self, command: &Command) -> Result<(Response, sm::chip::Channel), StatusWord> {
        let point = general_authenticate::expect(command, Chain::Last, Some(authentication::CA_PUBLIC_KEY))?;
        let channel = channel(self.suite, &self.private, point)?;
        Ok((general_authenticate::answer(None), channel))
    }
}

/// Answers MSE:Set KAT (3DES only). The answer still goes through the old channel; the new one begins with the next
/// command.
///
/// # Errors
/// `6A80` for a malformed command or a key that is no point of the curve, `6A88` for a static key the chip does not have;
/// `6E00`, `6D00`, `6A86`, `6700` for another shape.
pub fn key_agreement(
    command: &Command,
    keys: &[StaticKey],
) -> Result<(Response, sm::chip::Channel), StatusWord> {
    crate::expect_header(command, math::MSE_SET_KAT)?;
    if command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut reader = tlv::Reader::new(command.data());
    let point = reader.expect(mse::EPHEMERAL_PUBLIC_KEY).map_err(malformed)?;
    let key_id = optional_key_id(&mut reader)?;
    reader.finish().map_err(malformed)?;
    let key = choose(keys, Suite::Tdes, key_id)?;
    Ok((
        Response::status(StatusWord::OK),
        channel(Suite::Tdes, &key.private, point.value)?,
    ))
}

fn channel(suite: Suite, private: &PrivateKey, point: &[u8]) -> Result<sm::chip::Channel, StatusWord> {
    let wrong = |_| StatusWord::INCORRECT_PARAMETERS;
    let their = PublicKey::from_sec1(private.curve(), point).map_err(wrong)?;
    let keys = math::session(suite, private, &their).map_err(wrong)?;
    Ok(sm::chip::Channel::new(keys, Ssc::zero(suite)))
}

/// Finds the one key that fits: by number where the terminal names one, else the only one there is.
fn choose<'a>(
    keys: &'a [StaticKey],
    suite: Suite,
    key_id: Option<&[u8]>,
) -> Result<&'a StaticKey, StatusWord> {
    let mut of_suite = keys.iter().filter(|key| key.suites.contains(&suite)).peekable();
    if of_suite.peek().is_none() {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    let mut fitting = of_suite.filter(|key| match (key_id, key.key_id) {
        (None, _) => true,
        (Some(asked), Some(own)) => math::key_id_bytes(own) == asked,
        (Some(_), None) => false,
    });
    let chosen = fitting.next().ok_or(StatusWord::REF_DATA_NOT_FOUND)?;
    if fitting.next().is_some() {
        return Err(StatusWord::REF_DATA_NOT_FOUND);
    }
    Ok(chosen)
}

fn optional_key_id<'a>(reader: &mut tlv::Reader<'a>) -> Result<Option<&'a [u8]>, StatusWord> {
    Ok(reader
        .optional(mse::PRIVATE_KEY_REFERENCE)
        .map_err(malformed)?
        .map(|object| object.value))
}

fn malformed(_: antin_wire::Malformed) -> StatusWord {
    StatusWord::INCORRECT_PARAMETERS
}
