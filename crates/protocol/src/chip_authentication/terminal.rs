//! The terminal's side of Chip Authentication. All commands travel inside the channel that stands already.

use antin_crypto::{
    CryptoRng, SecretBytes, Suite,
    agreement::{Group, PrivateKey, PublicKey},
    ct_eq,
};
use antin_wire::{
    apdu::{Command, Response},
    oids::ObjectIdentifier,
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{Offer, Version, math};
use crate::{
    Error,
    general_authenticate::{self, Chain},
    sm::{self, Ssc},
};

/// The terminal's ephemeral key. Version 1 draws it when it begins; in version 2 Terminal Authentication announces it
/// before.
#[derive(Debug)]
pub struct Ephemeral {
    private: PrivateKey,
    public: PublicKey,
}

impl Ephemeral {
    /// Draws a key for the group of the chip's static key.
    pub fn generate(group: Group, rng: &mut dyn CryptoRng) -> Self {
        let private = PrivateKey::generate(group, rng);
        let public = private.public();
        Self { private, public }
    }

    /// `Comp()` of the public key (TR-03110-3 §A.2.2.3): what Terminal Authentication signs.
    #[must_use]
    pub fn compressed(&self) -> Vec<u8> {
        self.public.compressed()
    }
}

/// The first command, and who waits for its answer.
#[derive(Debug)]
pub enum Start {
    /// 3DES: everything in one command, MSE:Set KAT (ICAO 9303-11 §6.2).
    KeyAgreementTemplate(Command, AwaitAgreement),
    /// AES and version 2: MSE:Set AT, then GENERAL AUTHENTICATE (ICAO 9303-11 §6.2).
    AuthenticationTemplate(Command, AwaitSelection),
}

/// Begins in the way that fits version and cipher. Draws the ephemeral key.
///
/// # Errors
/// [`Error::Crypto`] when no secret can be agreed with the chip's static key.
pub fn start(offer: &Offer, rng: &mut dyn CryptoRng) -> Result<Start, Error> {
    start_with(offer, Ephemeral::generate(offer.key.group(), rng))
}

/// Begins in the way that fits version and cipher, with the ephemeral key that was announced before.
///
/// # Errors
/// [`Error::Crypto`] when no secret can be agreed with the chip's static key, which is also of another group than the
/// ephemeral key.
pub fn start_with(offer: &Offer, ephemeral: Ephemeral) -> Result<Start, Error> {
    if (offer.version, offer.suite) != (Version::One, Suite::Tdes) {
        let (command, next) = authentication_template(offer, ephemeral)?;
        return Ok(Start::AuthenticationTemplate(command, next));
    }
    let next = agree(offer, ephemeral, Answer::Nothing)?;
    let mut body = tlv::object(mse::EPHEMERAL_PUBLIC_KEY, next.ephemeral.as_wire());
    body.extend(key_id_object(offer));
    let command = crate::with_header(math::MSE_SET_KAT).with_data(body);
    Ok(Start::KeyAgreementTemplate(command, next))
}

/// Begins with MSE:Set AT whatever the cipher: version 1 may do so for 3DES too (TR-03110-3 §B.2), and some chips want it.
/// Draws the ephemeral key.
///
/// # Errors
/// [`Error::Crypto`] when no secret can be agreed with the chip's static key.
pub fn start_with_authentication_template(
    offer: &Offer,
    rng: &mut dyn CryptoRng,
) -> Result<(Command, AwaitSelection), Error> {
    authentication_template(offer, Ephemeral::generate(offer.key.group(), rng))
}

fn authentication_template(offer: &Offer, ephemeral: Ephemeral) -> Result<(Command, AwaitSelection), Error> {
    let answer = match offer.version {
        Version::One => Answer::EmptyTemplate,
        Version::Two => Answer::NonceAndToken,
    };
    let next = agree(offer, ephemeral, answer)?;
    let mut body = tlv::object(mse::MECHANISM, offer.oid.as_bytes());
    body.extend(key_id_object(offer));
    Ok((
        crate::with_header(math::MSE_SET_AT).with_data(body),
        AwaitSelection { next },
    ))
}

/// MSE:Set AT is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitSelection {
    next: AwaitAgreement,
}

impl AwaitSelection {
    /// Sends the ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Breach`] when the answer carries data.
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitAgreement), Error> {
        crate::accepted_without_data("Chip Authentication: select protocol and key", response)?;
        let object = (authentication::CA_PUBLIC_KEY, self.next.ephemeral.as_wire());
        let command = general_authenticate::command(Chain::Last, Some(object));
        Ok((command, self.next))
    }
}

/// The ephemeral key is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitAgreement {
    protocol: ObjectIdentifier,
    suite: Suite,
    shared: SecretBytes,
    ephemeral: PublicKey,
    answer: Answer,
}

/// What the chip says when it has agreed.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Nothing,
    EmptyTemplate,
    NonceAndToken,
}

impl AwaitAgreement {
    /// `Comp()` of the terminal's ephemeral key (TR-03110-3 §A.2.2.3): what Terminal Authentication version 1 signs after
    /// this.
    #[must_use]
    pub fn ephemeral_compressed(&self) -> Vec<u8> {
        self.ephemeral.compressed()
    }

    /// Opens the new channel, which replaces the old one from the next command on. In version 1 the chip is proven
    /// genuine only when the first exchange through it succeeds.
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Breach`] when the answer carries anything but what it should, a wrong token in
    /// version 2 included.
    pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> {
        const STEP: &str = "Chip Authentication: key agreement";
        let keys = match self.answer {
            Answer::Nothing => {
                crate::accepted_without_data(STEP, response)?;
                self.session(&[])
            }
            Answer::EmptyTemplate => {
                general_authenticate::accept_empty(STEP, response)?;
                self.session(&[])
            }
            Answer::NonceAndToken => {
                let mut objects = general_authenticate::accept_objects(STEP, response)?;
                let nonce = objects.expect(authentication::CA_NONCE)?.value;
                let token = objects.expect(authentication::CA_TOKEN)?.value;
                objects.finish()?;
                if nonce.len() != math::NONCE_LEN {
                    return Err(Error::Breach {
                        step: STEP,
                        what: "a nonce that is not eight bytes long",
                    });
                }
                let keys = self.session(nonce);
                if !ct_eq(token, &math::token(&keys, &self.protocol, &self.ephemeral)) {
                    return Err(Error::Breach {
                        step: STEP,
                        what: "wrong authentication token",
                    });
                }
                keys
            }
        };
        let ssc = Ssc::zero(keys.suite());
        Ok(sm::terminal::Channel::new(keys, ssc))
    }

    fn session(&self, nonce: &[u8]) -> sm::Keys {
        math::session(self.suite, &self.shared, nonce)
    }
}

fn agree(offer: &Offer, ephemeral: Ephemeral, answer: Answer) -> Result<AwaitAgreement, Error> {
    let shared = ephemeral.private.agree(&offer.key)?;
    Ok(AwaitAgreement {
        protocol: offer.oid,
        suite: offer.suite,
        shared,
        ephemeral: ephemeral.public,
        answer,
    })
}

fn key_id_object(offer: &Offer) -> Vec<u8> {
    offer
        .key_id
        .map(|id| tlv::object(mse::PRIVATE_KEY_REFERENCE, &math::key_id_bytes(id)))
        .unwrap_or_default()
}
