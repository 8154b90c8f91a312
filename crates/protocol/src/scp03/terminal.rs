//! The side that personalizes.

use antin_crypto::{CryptoRng, SecretBytes};
use antin_wire::Cursor;
use antin_wire::apdu::{Command, Response};

use super::math::Session;
use super::{
    CLASS, DIVERSIFICATION_LEN, EXTERNAL_AUTHENTICATE, IDENTIFIER, INITIALIZE_UPDATE, Mode, PROTECTED,
    PSEUDO_RANDOM, ResponseProtection, S16_BIT, SEQUENCE_LEN, SecurityLevel, StaticKeys,
};
use crate::Error;

/// Asks the chip for its challenge under the keys of this version. Draws the host challenge (8 bytes, 16 in S16 mode).
pub fn start(key_version: u8, mode: Mode, rng: &mut dyn CryptoRng) -> (Command, AwaitUpdate) {
    let mut host_challenge = vec![0; mode.len_bytes()];
    rng.fill_bytes(&mut host_challenge);
    let command = Command::new(CLASS, INITIALIZE_UPDATE, key_version, 0x00)
        .with_data(host_challenge.clone())
        .with_le(256);
    let next = AwaitUpdate {
        key_version,
        mode,
        host_challenge,
    };
    (command, next)
}

/// INITIALIZE UPDATE is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitUpdate {
    key_version: u8,
    mode: Mode,
    host_challenge: Vec<u8>,
}

impl AwaitUpdate {
    /// Checks the chip's cryptogram and proves knowledge of the keys.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] when the chip's cryptogram is wrong: it has other keys, and nothing must be
    /// sent to it, because its count of failures may block it for ever; [`Error::Unsupported`] when it does not offer the
    /// level; [`Error::Malformed`]; [`Error::Crypto`] from the token.
    pub fn accept(
        self,
        response: &Response,
        keys: &dyn StaticKeys,
        level: SecurityLevel,
    ) -> Result<(Command, AwaitAuthentication), Error> {
        const STEP: &str = "SCP03: initialize update";
        let breach = |what| Error::Breach { step: STEP, what };
        let len = self.mode.len_bytes();
        let mut answer = Cursor::new(crate::accepted(STEP, response)?);
        answer
            .field("key diversification data")
            .take(DIVERSIFICATION_LEN)?;
        let [version, identifier, i] = answer.field("key information").array()?;
        let card_challenge = answer.field("card challenge").take(len)?;
        let card_cryptogram = answer.field("card cryptogram").take(len)?;
        if i & PSEUDO_RANDOM != 0 && !answer.is_empty() {
            answer.field("sequence counter").take(SEQUENCE_LEN)?;
        }
        answer.finish()?;
        if identifier != IDENTIFIER {
            return Err(Error::Unsupported {
                what: "a secure channel other than SCP03",
            });
        }
        if self.key_version != 0 && version != self.key_version {
            return Err(breach("keys of another version"));
        }
        let offered = ResponseProtection::from_bits(i).filter(|_| i & !(0x70 | S16_BIT) == 0);
        if !offered.ok_or(breach("an unknown parameter i"))?.allows(level) {
            return Err(Error::Unsupported {
                what: "the chip does not protect its answers as asked",
            });
        }
        let (mut session, cryptograms) =
            Session::derive(keys, self.mode, &self.host_challenge, card_challenge)?;
        if !cryptograms.card.ct_eq(card_cryptogram) {
            return Err(breach("wrong card cryptogram: the chip has other keys"));
        }
        let command = external_authenticate(&mut session, level, &cryptograms.host)?;
        Ok((command, AwaitAuthentication { session, level }))
    }
}

fn external_authenticate(
    session: &mut Session,
    level: SecurityLevel,
    host_cryptogram: &SecretBytes,
) -> Result<Command, Error> {
    let command = Command::new(CLASS | PROTECTED, EXTERNAL_AUTHENTICATE, level.to_byte(), 0x00);
    session.add_c_mac(&command, host_cryptogram.expose().to_vec())
}

/// EXTERNAL AUTHENTICATE is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitAuthentication {
    session: Session,
    level: SecurityLevel,
}

impl AwaitAuthentication {
    /// Takes the chip's consent; the channel is open.
    ///
    /// # Errors
    /// [`Error::Refused`] when the chip does not believe the cryptogram: do not send another by yourself.
    pub fn accept(self, response: &Response) -> Result<Channel, Error> {
        crate::accepted_without_data("SCP03: external authenticate", response)?;
        let mut session = self.session;
        session.set_level(self.level);
        Ok(Channel(Some(session)))
    }
}

/// An open channel; after one wrong answer it carries nothing any more.
#[derive(Debug)]
pub struct Channel(Option<Session>);

impl Channel {
    /// Protects a command.
    ///
    /// # Errors
    /// [`Error::Closed`] after a wrong answer, [`Error::Misuse`] for a command that gets too long.
    pub fn protect(&mut self, command: &Command) -> Result<Command, Error> {
        self.0.as_mut().ok_or(Error::Closed)?.protect(command)
    }

    /// Takes the protection off the answer to the last command.
    ///
    /// # Errors
    /// [`Error::Breach`] when its R-MAC is wrong or missing, or data stands beside an error; [`Error::Closed`].
    pub fn open(&mut self, answer: &Response) -> Result<Response, Error> {
        let opened = self.0.as_ref().ok_or(Error::Closed)?.open_answer(answer);
        if let Ok(Some(answer)) = opened {
            return Ok(answer);
        }
        self.0 = None;
        Err(Error::Breach {
            step: "SCP03",
            what: "an answer without its R-MAC",
        })
    }
}
