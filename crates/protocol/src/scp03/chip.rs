//! The side that is personalized.

use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response, StatusWord};

use super::math::{Cryptograms, Session, pseudo_random_challenge};
use super::{
    CLASS, DIVERSIFICATION_LEN, EXTERNAL_AUTHENTICATE, IDENTIFIER, INITIALIZE_UPDATE, Mode, PROTECTED,
    PSEUDO_RANDOM, ResponseProtection, S16_BIT, SecurityLevel, StaticKeys,
};

/// Where the card challenge comes from.
#[derive(Clone, Copy, Debug)]
pub enum Challenge<'a> {
    /// The random number generator.
    Random,
    /// The sequence counter and the selected application, so that a script can be prepared without the card. The chip
    /// must never use one number twice.
    PseudoRandom {
        /// The sequence counter of this attempt, three bytes.
        sequence: [u8; 3],
        /// Identifier of the selected application.
        aid: &'a [u8],
    },
}

/// What a chip is and offers.
#[derive(Clone, Copy)]
pub struct Offer<'a> {
    /// Its static keys.
    pub keys: &'a dyn StaticKeys,
    /// What the owner of a master key derives the static keys from.
    pub diversification: [u8; DIVERSIFICATION_LEN],
    /// The length of challenges and codes.
    pub mode: Mode,
    /// Where its challenge comes from.
    pub challenge: Challenge<'a>,
    /// How it protects answers.
    pub responses: ResponseProtection,
    /// What a session must have at least.
    pub least: SecurityLevel,
}

impl Offer<'_> {
    /// The parameter `i`.
    fn parameter(&self) -> u8 {
        let challenge = match self.challenge {
            Challenge::Random => 0,
            Challenge::PseudoRandom { .. } => PSEUDO_RANDOM,
        };
        let mode = match self.mode {
            Mode::S8 => 0,
            Mode::S16 => S16_BIT,
        };
        self.responses.bits() | challenge | mode
    }
}

/// Answers INITIALIZE UPDATE. Draws the card challenge (8 bytes, 16 in S16 mode) where it is random.
///
/// # Errors
/// `6E00`, `6D00`, `6A86` for another header, `6A88` for keys of another version, `6700` for a challenge of another
/// length, `6F00` when the keys cannot be used.
pub fn initialize(
    command: &Command,
    offer: &Offer<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<(Response, Initialized), StatusWord> {
    crate::expect_header(command, [CLASS, INITIALIZE_UPDATE, command.p1(), 0x00])?;
    let version = offer.keys.version();
    if command.p1() != 0 && command.p1() != version {
        return Err(StatusWord::REF_DATA_NOT_FOUND);
    }
    let len = offer.mode.len_bytes();
    if command.data().len() != len || command.le().is_none() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let card_challenge = match offer.challenge {
        Challenge::Random => {
            let mut challenge = vec![0; len];
            rng.fill_bytes(&mut challenge);
            challenge
        }
        Challenge::PseudoRandom { sequence, aid } => {
            pseudo_random_challenge(offer.keys, offer.mode, sequence, aid).map_err(|_| StatusWord::UNKNOWN)?
        }
    };
    let (session, cryptograms) = Session::derive(offer.keys, offer.mode, command.data(), &card_challenge)
        .map_err(|_| StatusWord::UNKNOWN)?;
    let mut answer = offer.diversification.to_vec();
    answer.extend([version, IDENTIFIER, offer.parameter()]);
    answer.extend_from_slice(&card_challenge);
    answer.extend_from_slice(cryptograms.card.expose());
    if let Challenge::PseudoRandom { sequence, .. } = offer.challenge {
        answer.extend(sequence);
    }
    let next = Initialized {
        session,
        cryptograms,
        responses: offer.responses,
        least: offer.least,
    };
    Ok((Response::ok(answer), next))
}

/// The card cryptogram is out; it serves for one attempt only.
#[must_use]
#[derive(Debug)]
pub struct Initialized {
    session: Session,
    cryptograms: Cryptograms,
    responses: ResponseProtection,
    least: SecurityLevel,
}

impl Initialized {
    /// Answers EXTERNAL AUTHENTICATE: believes the terminal, or not.
    ///
    /// # Errors
    /// `6300` for a wrong cryptogram or C-MAC, which the chip must count; `6A86` for a level that it does not offer,
    /// `6982` for one that is too low; `6E00`, `6D00`, `6700` for a command of another shape.
    pub fn authenticate(mut self, command: &Command) -> Result<(Response, Channel), StatusWord> {
        let header = [CLASS | PROTECTED, EXTERNAL_AUTHENTICATE, command.p1(), 0x00];
        crate::expect_header(command, header)?;
        if command.data().len() != 2 * self.session.mode().len_bytes() || command.le().is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let sent = self.session.take_c_mac(command).ok_or(StatusWord::AUTH_FAILED)?;
        if !self.cryptograms.host.ct_eq(&sent) {
            return Err(StatusWord::AUTH_FAILED);
        }
        let level = SecurityLevel::from_byte(command.p1())
            .filter(|level| self.responses.allows(*level))
            .ok_or(StatusWord::WRONG_P1P2)?;
        if !level.covers(self.least) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        self.session.set_level(level);
        Ok((Response::ok(Vec::new()), Channel(self.session)))
    }
}

/// An open channel. After an error of [`Channel::open`] the caller must drop it.
#[derive(Debug)]
pub struct Channel(Session);

impl Channel {
    /// What protects it.
    #[must_use]
    pub fn level(&self) -> SecurityLevel {
        self.0.level()
    }

    /// Takes the protection off a command.
    ///
    /// # Errors
    /// `6982` for a command without C-MAC or with a wrong one, `6A80` for encrypted data that is none.
    pub fn open(&mut self, command: &Command) -> Result<Command, StatusWord> {
        self.0.open(command)
    }

    /// Protects the answer to the last command.
    #[must_use]
    pub fn protect(&self, answer: &Response) -> Response {
        self.0
            .protect_answer(answer)
            .unwrap_or_else(|_| Response::status(StatusWord::UNKNOWN))
    }
}
