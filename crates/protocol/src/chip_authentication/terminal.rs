//! The terminal's side of Chip Authentication. All commands travel inside the channel that stands already.

use antin_crypto::{CryptoRng, PrivateKey, Suite};
use antin_wire::{
    apdu::{Command, Response},
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{Offer, math};
use crate::{
    Error,
    general_authenticate::{self, Chain},
    sm::{self, Ssc},
};

/// The first command, and who waits for its answer.
#[derive(Debug)]
pub enum Start {
    /// 3DES: everything in one command, MSE:Set KAT (ICAO 9303-11 §6.2).
    KeyAgreementTemplate(Command, AwaitAgreement),
    /// AES: MSE:Set AT, then GENERAL AUTHENTICATE (ICAO 9303-11 §6.2).
    AuthenticationTemplate(Command, AwaitSelection),
}

/// Begins in the way that fits the cipher. Draws the ephemeral key.
///
/// # Errors
/// [`Error::Crypto`] when no secret can be agreed with the chip's static key.
pub fn start(offer: &Offer, rng: &mut dyn CryptoRng) -> Result<Start, Error> {
    if offer.suite != Suite::Tdes {
        let (command, next) = start_with_authentication_template(offer, rng)?;
        return Ok(Start::AuthenticationTemplate(command, next));
    }
    let (own, keys) = agree(offer, rng)?;
    let mut body = tlv::object(mse::EPHEMERAL_PUBLIC_KEY, own.public().as_sec1());
    body.extend(key_id_object(offer));
    let command = crate::with_header(math::MSE_SET_KAT).with_data(body);
    Ok(Start::KeyAgreementTemplate(
        command,
        AwaitAgreement {
            keys,
            answer: Answer::Nothing,
        },
    ))
}

/// Begins with MSE:Set AT whatever the cipher: some chips take it for 3DES too. Draws the ephemeral key.
///
/// # Errors
/// [`Error::Crypto`] when no secret can be agreed with the chip's static key.
pub fn start_with_authentication_template(
    offer: &Offer,
    rng: &mut dyn CryptoRng,
) -> Result<(Command, AwaitSelection), Error> {
    let (own, keys) = agree(offer, rng)?;
    let mut body = tlv::object(mse::MECHANISM, offer.oid.as_bytes());
    body.extend(key_id_object(offer));
    Ok((
        crate::with_header(math::MSE_SET_AT).with_data(body),
        AwaitSelection { own, keys },
    ))
}

/// MSE:Set AT is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitSelection {
    own: PrivateKey,
    keys: sm::Keys,
}

impl AwaitSelection {
    /// Sends the ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Breach`] when the answer carries data.
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitAgreement), Error> {
        crate::accepted_without_data("Chip Authentication: select protocol and key", response)?;
        let public = self.own.public();
        let object = (authentication::CA_PUBLIC_KEY, public.as_sec1());
        let command = general_authenticate::command(Chain::Last, Some(object));
        Ok((
            command,
            AwaitAgreement {
                keys: self.keys,
                answer: Answer::EmptyTemplate,
            },
        ))
    }
}

/// The ephemeral key is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitAgreement {
    keys: sm::Keys,
    answer: Answer,
}

/// What the chip says when it has agreed.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Nothing,
    EmptyTemplate,
}

impl AwaitAgreement {
    /// Opens the new channel, which replaces the old one from the next command on. The chip is proven genuine only when
    /// the first exchange through it succeeds.
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Breach`] when the answer carries anything but what it should.
    pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> {
        const STEP: &str = "Chip Authentication: key agreement";
        match self.answer {
            Answer::Nothing => crate::accepted_without_data(STEP, response)?,
            Answer::EmptyTemplate => general_authenticate::accept_empty(STEP, response)?,
        }
        let ssc = Ssc::zero(self.keys.suite());
        Ok(sm::terminal::Channel::new(self.keys, ssc))
    }
}

fn agree(offer: &Offer, rng: &mut dyn CryptoRng) -> Result<(PrivateKey, sm::Keys), Error> {
    let own = PrivateKey::generate(offer.key.curve(), rng);
    let keys = math::session(offer.suite, &own, &offer.key)?;
    Ok((own, keys))
}

fn key_id_object(offer: &Offer) -> Vec<u8> {
    offer
        .key_id
        .map(|id| tlv::object(mse::PRIVATE_KEY_REFERENCE, &math::key_id_bytes(id)))
        .unwrap_or_default()
}
