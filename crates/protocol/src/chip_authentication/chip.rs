//! The chip's side of Chip Authentication.

use antin_crypto::{
    CryptoRng, Suite,
    agreement::{PrivateKey, PublicKey},
    ct_eq,
};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::ObjectIdentifier,
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{
    Version,
    math::{self, Kind},
};
use crate::{
    general_authenticate::{self, Chain},
    sm::{self, Ssc},
};

/// A static key and what it may be used for.
#[derive(Clone, Debug)]
pub struct StaticKey {
    /// The key's number, where the chip announces one.
    pub key_id: Option<u32>,
    /// The version that it is offered for.
    pub version: Version,
    /// The ciphers it is offered for.
    pub suites: Vec<Suite>,
    /// The key itself.
    pub private: PrivateKey,
}

/// Answers MSE:Set AT: finds protocol and key. Which keys are to be had at this point of the session is for the caller
/// to say: version 1 and 2 are not told apart by the command.
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
    let protocol =
        ObjectIdentifier::from_bytes(protocol.value).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    let (kind, suite) = math::variant_of(&protocol).ok_or(StatusWord::INCORRECT_PARAMETERS)?;
    let fits = |key: &StaticKey| Kind::of(&key.private) == kind && key.suites.contains(&suite);
    let key = choose(keys, fits, key_id)?;
    let selected = Selected {
        protocol,
        suite,
        version: key.version,
        private: key.private.clone(),
    };
    Ok((Response::status(StatusWord::OK), selected))
}

/// Protocol and key are chosen.
#[must_use]
#[derive(Debug)]
pub struct Selected {
    protocol: ObjectIdentifier,
    suite: Suite,
    version: Version,
    private: PrivateKey,
}

/// What an agreement leaves behind, beside the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The version that was spoken.
    pub version: Version,
    /// `Comp()` of the terminal's ephemeral key: what Terminal Authentication version 1 signs (TR-03110-3 §A.2.2.3).
    pub terminal_ephemeral_compressed: Vec<u8>,
}

impl Selected {
    /// Returns the version of the selected key.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Answers GENERAL AUTHENTICATE. The answer still goes through the old channel; the new one begins with the next
    /// command. Draws the nonce of version 2.
    ///
    /// `announced` is the compressed ephemeral key that Terminal Authentication version 2 was about; version 1 has no
    /// use for it.
    ///
    /// # Errors
    /// `6A80` for a malformed message, or a key that is not of the group; `6982` in version 2 when no Terminal
    /// Authentication announced a key, `6300` when it announced another one; `6985` for a message of another protocol,
    /// `6700` and its like for another shape.
    pub fn agree(
        self,
        command: &Command,
        announced: Option<&[u8]>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, sm::chip::Channel, Outcome), StatusWord> {
        let key = general_authenticate::expect(command, Chain::Last, Some(authentication::CA_PUBLIC_KEY))?;
        let their = key_of(&self.private, key)?;
        let mut nonce = Vec::new();
        if self.version == Version::Two {
            let announced = announced.ok_or(StatusWord::SECURITY_NOT_SATISFIED)?;
            if !ct_eq(announced, &their.compressed()) {
                return Err(StatusWord::AUTH_FAILED);
            }
            nonce.resize(math::NONCE_LEN, 0);
            rng.fill_bytes(&mut nonce);
        }
        let keys = session(self.suite, &self.private, &their, &nonce)?;
        let answer = match self.version {
            Version::One => general_authenticate::answer(None),
            Version::Two => general_authenticate::answer_with(&[
                (authentication::CA_NONCE, &nonce),
                (
                    authentication::CA_TOKEN,
                    &math::token(&keys, &self.protocol, &their),
                ),
            ]),
        };
        Ok((answer, channel(keys), outcome(self.version, &their)))
    }
}

/// Answers MSE:Set KAT (version 1 with 3DES only). The answer still goes through the old channel; the new one begins with
/// the next command.
///
/// # Errors
/// `6A80` for a malformed command or a key that is not of the group, `6A88` for a static key the chip does not have;
/// `6E00`, `6D00`, `6A86`, `6700` for another shape.
pub fn key_agreement(
    command: &Command,
    keys: &[StaticKey],
) -> Result<(Response, sm::chip::Channel, Outcome), StatusWord> {
    crate::expect_header(command, math::MSE_SET_KAT)?;
    if command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut reader = tlv::Reader::new(command.data());
    let public = reader.expect(mse::EPHEMERAL_PUBLIC_KEY).map_err(malformed)?;
    let key_id = optional_key_id(&mut reader)?;
    reader.finish().map_err(malformed)?;
    let fits = |key: &StaticKey| key.version == Version::One && key.suites.contains(&Suite::Tdes);
    let key = choose(keys, fits, key_id)?;
    let their = key_of(&key.private, public.value)?;
    let keys = session(Suite::Tdes, &key.private, &their, &[])?;
    Ok((
        Response::status(StatusWord::OK),
        channel(keys),
        outcome(Version::One, &their),
    ))
}

fn key_of(private: &PrivateKey, key: &[u8]) -> Result<PublicKey, StatusWord> {
    PublicKey::decode(private.group(), key).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
}

fn session(
    suite: Suite,
    private: &PrivateKey,
    their: &PublicKey,
    nonce: &[u8],
) -> Result<sm::Keys, StatusWord> {
    let shared = private
        .agree(their)
        .map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    Ok(math::session(suite, &shared, nonce))
}

fn channel(keys: sm::Keys) -> sm::chip::Channel {
    let ssc = Ssc::zero(keys.suite());
    sm::chip::Channel::new(keys, ssc)
}

fn outcome(version: Version, their: &PublicKey) -> Outcome {
    Outcome {
        version,
        terminal_ephemeral_compressed: their.compressed(),
    }
}

/// Finds the one key that fits: by number where the terminal names one, else the only one there is.
fn choose<'a>(
    keys: &'a [StaticKey],
    fits: impl Fn(&StaticKey) -> bool,
    key_id: Option<&[u8]>,
) -> Result<&'a StaticKey, StatusWord> {
    let mut of_protocol = keys.iter().filter(|key| fits(key)).peekable();
    if of_protocol.peek().is_none() {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    let mut fitting = of_protocol.filter(|key| match (key_id, key.key_id) {
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
