//! The chip's side of Terminal Authentication.

use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::ObjectIdentifier;
use antin_wire::tlv::{self, Tag, tags::mse};

use super::math::{self, Binding, CHALLENGE_LEN, ChipIdentifier};
use crate::expect_header;

/// Who believes certificates: the chip's trust points and what this session has presented.
pub trait Judge {
    /// Tells whether a certificate may be verified with the key of that name: a trust point's, or the one that was
    /// imported last.
    fn knows(&self, reference: &[u8]) -> bool;

    /// Verifies a certificate (body and signature) with that key and imports it. On an error nothing has changed.
    ///
    /// # Errors
    /// The status word to answer.
    fn import(&mut self, issuer: &[u8], content: &[u8]) -> Result<(), StatusWord>;

    /// Tells whether the certificate imported last is a terminal's of that name, and, where one is named, its key of
    /// that algorithm.
    fn is_terminal(&self, holder: &[u8], algorithm: Option<&ObjectIdentifier>) -> bool;

    /// Verifies a signature with the key of that terminal.
    fn has_signed(&self, holder: &[u8], message: &[u8], signature: &[u8]) -> bool;
}

/// What the chip knows of the session around the protocol.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// How it was opened: by document number (BAC) or by its ephemeral key (PACE).
    pub chip: ChipIdentifier,
    /// The terminal's ephemeral key of a Chip Authentication that has been (version 1); `None` before one.
    pub authenticated_key: Option<Vec<u8>>,
}

/// The protocol's state within one session: dropped with it.
#[derive(Debug, Default)]
pub struct Session {
    issuer: Option<Vec<u8>>,
    terminal: Option<Selected>,
    challenge: Option<[u8; CHALLENGE_LEN]>,
    done: Option<Authenticated>,
}

#[derive(Debug)]
struct Selected {
    holder: Vec<u8>,
    /// The ephemeral key and auxiliary data that version 2 announces; `None` in version 1.
    announced: Option<(Vec<u8>, Option<Vec<u8>>)>,
}

/// A terminal that has proven its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// The name of its key.
    pub holder: Vec<u8>,
    /// What the signature was bound to: in version 2 the Chip Authentication that follows must use this ephemeral key.
    pub binding: Binding,
}

impl Session {
    /// The terminal that has proven its key in this session.
    #[must_use]
    pub const fn authenticated(&self) -> Option<&Authenticated> {
        self.done.as_ref()
    }

    /// Answers MSE:Set DST.
    ///
    /// # Errors
    /// `6A80` for a malformed command, `6A88` for a key that the chip does not have; `6E00`, `6D00`, `6A86`, `6700` for
    /// another shape.
    pub fn set_reference(&mut self, command: &Command, judge: &dyn Judge) -> Result<Response, StatusWord> {
        self.issuer = None;
        expect_header(command, math::MSE_SET_DST)?;
        without_le(command)?;
        let [reference] = objects(command.data(), [mse::PUBLIC_KEY_REFERENCE])?;
        let reference = reference.ok_or(StatusWord::INCORRECT_PARAMETERS)?;
        if !judge.knows(reference) {
            return Err(StatusWord::REF_DATA_NOT_FOUND);
        }
        self.issuer = Some(reference.to_vec());
        Ok(Response::status(StatusWord::OK))
    }

    /// Answers PSO:Verify Certificate. The name of the key serves for one certificate.
    ///
    /// # Errors
    /// `6985` when no key was named before, what the judge says; `6E00`, `6D00`, `6A86`, `6700` for another shape.
    pub fn verify_certificate(
        &mut self,
        command: &Command,
        judge: &mut dyn Judge,
    ) -> Result<Response, StatusWord> {
        expect_header(command, math::VERIFY_CERTIFICATE)?;
        without_le(command)?;
        let issuer = self.issuer.take().ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        judge.import(&issuer, command.data())?;
        // Whatever was selected before has another key now.
        self.terminal = None;
        Ok(Response::status(StatusWord::OK))
    }

    /// Answers MSE:Set AT: version 2 where an ephemeral key is announced, version 1 otherwise.
    ///
    /// # Errors
    /// `6A80` for a malformed command, `6A88` for a key that is not the terminal's imported last; `6E00`, `6D00`,
    /// `6A86`, `6700` for another shape.
    pub fn select(&mut self, command: &Command, judge: &dyn Judge) -> Result<Response, StatusWord> {
        self.terminal = None;
        expect_header(command, math::MSE_SET_AT)?;
        without_le(command)?;
        let [algorithm, holder, auxiliary, ephemeral] = objects(
            command.data(),
            [
                mse::MECHANISM,
                mse::PUBLIC_KEY_REFERENCE,
                mse::AUXILIARY_DATA,
                mse::EPHEMERAL_PUBLIC_KEY,
            ],
        )?;
        let holder = holder.ok_or(StatusWord::INCORRECT_PARAMETERS)?;
        let algorithm = algorithm
            .map(ObjectIdentifier::from_bytes)
            .transpose()
            .map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
        // Version 2 names all three; version 1 may name the algorithm, and signs nothing else.
        let complete = match (ephemeral, auxiliary) {
            (Some(_), _) => algorithm.is_some(),
            (None, auxiliary) => auxiliary.is_none(),
        };
        if !complete {
            return Err(StatusWord::INCORRECT_PARAMETERS);
        }
        if !judge.is_terminal(holder, algorithm.as_ref()) {
            return Err(StatusWord::REF_DATA_NOT_FOUND);
        }
        self.terminal = Some(Selected {
            holder: holder.to_vec(),
            announced: ephemeral.map(|key| (key.to_vec(), auxiliary.map(<[u8]>::to_vec))),
        });
        Ok(Response::status(StatusWord::OK))
    }

    /// Answers GET CHALLENGE. Draws eight bytes. The challenge stays until it is used or replaced.
    ///
    /// # Errors
    /// `6700` unless exactly eight bytes are asked for; `6E00`, `6D00`, `6A86` for another shape.
    pub fn challenge(&mut self, command: &Command, rng: &mut dyn CryptoRng) -> Result<Response, StatusWord> {
        expect_header(command, math::GET_CHALLENGE)?;
        if !command.data().is_empty() || command.le() != Some(8) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let mut challenge = [0; CHALLENGE_LEN];
        rng.fill_bytes(&mut challenge);
        self.challenge = Some(challenge);
        Ok(Response::ok(challenge.to_vec()))
    }

    /// Answers EXTERNAL AUTHENTICATE. A challenge serves for one signature, a session for one terminal.
    ///
    /// # Errors
    /// `6300` for a wrong signature; `6982` when a terminal has proven itself already, or in version 1 before Chip
    /// Authentication; `6985` without a selected key or a challenge; `6E00`, `6D00`, `6A86`, `6700` for another shape.
    pub fn authenticate(
        &mut self,
        command: &Command,
        around: &Surroundings,
        judge: &dyn Judge,
    ) -> Result<Response, StatusWord> {
        expect_header(command, math::EXTERNAL_AUTHENTICATE)?;
        without_le(command)?;
        let challenge = self.challenge.take();
        if self.done.is_some() {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        let selected = self
            .terminal
            .as_ref()
            .ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let challenge = challenge.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let binding = match (&selected.announced, &around.authenticated_key) {
            (Some((ephemeral, auxiliary)), _) => Binding::V2 {
                ephemeral: ephemeral.clone(),
                auxiliary: auxiliary.clone(),
            },
            (None, Some(ephemeral)) => Binding::V1 {
                ephemeral: ephemeral.clone(),
            },
            (None, None) => return Err(StatusWord::SECURITY_NOT_SATISFIED),
        };
        let message = math::message(&around.chip, &challenge, &binding);
        if !judge.has_signed(&selected.holder, &message, command.data()) {
            return Err(StatusWord::AUTH_FAILED);
        }
        self.done = Some(Authenticated {
            holder: selected.holder.clone(),
            binding,
        });
        Ok(Response::status(StatusWord::OK))
    }
}

fn without_le(command: &Command) -> Result<(), StatusWord> {
    match command.le() {
        None => Ok(()),
        Some(_) => Err(StatusWord::WRONG_LENGTH),
    }
}

/// The values of the given objects, each at most once and nothing else, "in any order" (TR-03110-3 §B.14).
fn objects<const N: usize>(data: &[u8], known: [Tag; N]) -> Result<[Option<&[u8]>; N], StatusWord> {
    let mut found = [None; N];
    let mut reader = tlv::Reader::new(data);
    while let Some(object) = reader.next().map_err(|_| StatusWord::INCORRECT_PARAMETERS)? {
        let slot = known
            .iter()
            .zip(&mut found)
            .find(|(tag, slot)| **tag == object.tag && slot.is_none());
        let (_, slot) = slot.ok_or(StatusWord::INCORRECT_PARAMETERS)?;
        *slot = Some(object.value);
    }
    Ok(found)
}
