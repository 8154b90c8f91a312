//! What both roles compute: session keys, cryptograms, protection of commands and answers.

use antin_crypto::symmetric::{BlockKey, CMAC_LEN, MacKey, pad, unpad};
use antin_crypto::{SecretBytes, ct_eq};
use antin_wire::apdu::{Command, Response, StatusWord};

use super::{KeyName, Mode, PROTECTED, SecurityLevel, StaticKeys};
use crate::Error;

/// Derivation constants of Amendment D.
const CARD_CRYPTOGRAM: u8 = 0x00;
const HOST_CRYPTOGRAM: u8 = 0x01;
const CARD_CHALLENGE: u8 = 0x02;
const S_ENC: u8 = 0x04;
const S_MAC: u8 = 0x06;
const S_RMAC: u8 = 0x07;

/// Block length of AES in bytes.
const BLOCK: usize = 16;
/// Marks the counter of an answer in its first byte.
const ANSWER: u8 = 0x80;

/// Returns the most bytes that fit `room` bytes once they are padded, encrypted and followed by an authentication code.
#[must_use]
pub const fn max_plain(mode: Mode, room: usize) -> usize {
    let blocks = room.saturating_sub(mode.len_bytes()) / BLOCK;
    (blocks * BLOCK).saturating_sub(1)
}

/// CMAC under a key, in memory or in a token.
type Prf<'a> = dyn Fn(&[u8]) -> Result<[u8; CMAC_LEN], Error> + 'a;

/// The key derivation of Amendment D: counter mode over CMAC.
fn derive(constant: u8, len: usize, context: &[u8], prf: &Prf<'_>) -> Result<SecretBytes, Error> {
    let bits = u16::try_from(len * 8).map_err(|_| Error::Misuse {
        what: "a derived key of more than 8191 bytes",
    })?;
    let mut derived = Vec::with_capacity(len.next_multiple_of(CMAC_LEN));
    for counter in (1..=u8::MAX).take(len.div_ceil(CMAC_LEN)) {
        let mut input = vec![0; 11];
        input.extend([constant, 0x00]);
        input.extend(bits.to_be_bytes());
        input.push(counter);
        input.extend_from_slice(context);
        derived.extend(prf(&input)?);
    }
    derived.truncate(len);
    Ok(SecretBytes::new(derived))
}

/// The card challenge that follows from the sequence counter and the application.
pub(super) fn pseudo_random_challenge(
    keys: &dyn StaticKeys,
    mode: Mode,
    sequence: [u8; 3],
    aid: &[u8],
) -> Result<Vec<u8>, Error> {
    let context = [&sequence, aid].concat();
    let prf = |message: &[u8]| keys.cmac(KeyName::Enc, message);
    Ok(derive(CARD_CHALLENGE, mode.len_bytes(), &context, &prf)?
        .expose()
        .to_vec())
}

/// The keys and counters of a session. `Debug` shows mode and level only.
pub(super) struct Session {
    mode: Mode,
    level: SecurityLevel,
    enc: BlockKey,
    mac: MacKey,
    rmac: MacKey,
    chaining: [u8; CMAC_LEN],
    commands: u128,
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Session({:?}, {:?})", self.mode, self.level)
    }
}

/// The proofs of both sides.
#[derive(Debug)]
pub(super) struct Cryptograms {
    pub(super) card: SecretBytes,
    pub(super) host: SecretBytes,
}

impl Session {
    /// Derives the session from both challenges.
    pub(super) fn derive(
        keys: &dyn StaticKeys,
        mode: Mode,
        host_challenge: &[u8],
        card_challenge: &[u8],
    ) -> Result<(Self, Cryptograms), Error> {
        let context = [host_challenge, card_challenge].concat();
        let suite = keys.suite();
        let session_key = |name, constant| {
            derive(constant, suite.key_len(), &context, &|message| {
                keys.cmac(name, message)
            })
        };
        let enc = BlockKey::new(suite, &session_key(KeyName::Enc, S_ENC)?)?;
        let mac = MacKey::new(suite, &session_key(KeyName::Mac, S_MAC)?)?;
        let rmac = MacKey::new(suite, &session_key(KeyName::Mac, S_RMAC)?)?;
        let cryptogram = |constant| {
            derive(constant, mode.len_bytes(), &context, &|message| {
                Ok(mac.cmac(message)?)
            })
        };
        let cryptograms = Cryptograms {
            card: cryptogram(CARD_CRYPTOGRAM)?,
            host: cryptogram(HOST_CRYPTOGRAM)?,
        };
        let session = Self {
            mode,
            level: SecurityLevel::None,
            enc,
            mac,
            rmac,
            chaining: [0; CMAC_LEN],
            commands: 0,
        };
        Ok((session, cryptograms))
    }

    pub(super) fn set_level(&mut self, level: SecurityLevel) {
        self.level = level;
    }

    pub(super) fn level(&self) -> SecurityLevel {
        self.level
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// The C-MAC of a command whose class byte is already that of a protected one; it becomes the chaining value.
    fn c_mac(&mut self, command: &Command, data: &[u8]) -> Result<[u8; CMAC_LEN], Error> {
        let lc = data.len() + self.mode.len_bytes();
        let mut input = Vec::with_capacity(lc + 32);
        input.extend(self.chaining);
        input.extend(command.header());
        // Lc as it goes over the wire: one byte, or three.
        match u8::try_from(lc) {
            Ok(lc) if !command.is_extended() => input.push(lc),
            _ => {
                let [high, low] = u16::try_from(lc)
                    .map_err(|_| Error::Misuse {
                        what: "a command of more than 65535 bytes",
                    })?
                    .to_be_bytes();
                input.extend([0x00, high, low]);
            }
        }
        input.extend_from_slice(data);
        self.chaining = self.mac.cmac(&input)?;
        Ok(self.chaining)
    }

    /// Adds the C-MAC to a command.
    pub(super) fn add_c_mac(&mut self, command: &Command, data: Vec<u8>) -> Result<Command, Error> {
        let len = self.mode.len_bytes();
        let class = command.cla() & 0xF0 | PROTECTED;
        let mut outer = command.clone().with_cla(class);
        if command.is_extended() || data.len() + len > usize::from(u8::MAX) {
            outer = outer.with_data(vec![0]).extended();
        }
        let code = self.c_mac(&outer, &data)?;
        let mut body = data;
        body.extend(code.iter().take(len));
        Ok(outer.with_data(body))
    }

    /// Takes the C-MAC off a command; `None` when it is wrong.
    pub(super) fn take_c_mac(&mut self, outer: &Command) -> Option<Vec<u8>> {
        let at = outer.data().len().checked_sub(self.mode.len_bytes())?;
        let (data, sent) = outer.data().split_at_checked(at)?;
        let code = self.c_mac(outer, data).ok()?;
        ct_eq(code.get(..sent.len())?, sent).then(|| data.to_vec())
    }

    /// Protects a command as the level says.
    pub(super) fn protect(&mut self, command: &Command) -> Result<Command, Error> {
        self.commands = self.commands.saturating_add(1);
        if !self.level.has_c_mac() {
            return Ok(command.clone());
        }
        let mut data = command.data().to_vec();
        if self.level.has_c_enc() && !data.is_empty() {
            data = self.enc.encrypt_cbc(&self.icv(0)?, &pad(&data, BLOCK))?;
        }
        self.add_c_mac(command, data)
    }

    /// Takes the protection off a command.
    pub(super) fn open(&mut self, outer: &Command) -> Result<Command, StatusWord> {
        self.commands = self.commands.saturating_add(1);
        if !self.level.has_c_mac() {
            return Ok(outer.clone());
        }
        if outer.cla() & PROTECTED == 0 {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        let mut data = self.take_c_mac(outer).ok_or(StatusWord::SECURITY_NOT_SATISFIED)?;
        if self.level.has_c_enc() && !data.is_empty() {
            // The data is authenticated, so it may be said that it is malformed.
            let padded = self
                .icv(0)
                .and_then(|icv| Ok(self.enc.decrypt_cbc(&icv, &data)?))
                .map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
            let padded = SecretBytes::new(padded);
            data = unpad(padded.expose())
                .ok_or(StatusWord::INCORRECT_PARAMETERS)?
                .to_vec();
        }
        let inner = outer.clone().with_cla(outer.cla() & !PROTECTED).with_data(data);
        Ok(if self.level.has_c_enc() {
            inner.sensitive()
        } else {
            inner
        })
    }

    /// Protects an answer; an error status word goes alone and as it is.
    pub(super) fn protect_answer(&self, answer: &Response) -> Result<Response, Error> {
        if !self.level.has_r_mac() {
            return Ok(answer.clone());
        }
        if !is_protected(answer.sw) {
            return Ok(Response::status(answer.sw));
        }
        let mut data = answer.data.clone();
        if self.level.has_r_enc() && !data.is_empty() {
            data = self.enc.encrypt_cbc(&self.icv(ANSWER)?, &pad(&data, BLOCK))?;
        }
        let code = self.r_mac(&data, answer.sw)?;
        data.extend(code.iter().take(self.mode.len_bytes()));
        Ok(Response::new(data, answer.sw))
    }

    /// Takes the protection off an answer; `None` when the R-MAC is wrong or missing.
    pub(super) fn open_answer(&self, answer: &Response) -> Result<Option<Response>, Error> {
        if !self.level.has_r_mac() {
            return Ok(Some(answer.clone()));
        }
        if !is_protected(answer.sw) {
            // Nothing vouches for data beside an error.
            return Ok(answer.data.is_empty().then(|| answer.clone()));
        }
        let Some((data, sent)) = answer
            .data
            .len()
            .checked_sub(self.mode.len_bytes())
            .and_then(|at| answer.data.split_at_checked(at))
        else {
            return Ok(None);
        };
        let code = self.r_mac(data, answer.sw)?;
        if !ct_eq(code.get(..sent.len()).unwrap_or_default(), sent) {
            return Ok(None);
        }
        if !self.level.has_r_enc() || data.is_empty() {
            return Ok(Some(Response::new(data.to_vec(), answer.sw)));
        }
        let padded = self.enc.decrypt_cbc(&self.icv(ANSWER)?, data)?;
        Ok(unpad(&padded).map(|data| Response::new(data.to_vec(), answer.sw)))
    }

    fn r_mac(&self, data: &[u8], sw: StatusWord) -> Result<[u8; CMAC_LEN], Error> {
        let input = [&self.chaining[..], data, &sw.0.to_be_bytes()].concat();
        Ok(self.rmac.cmac(&input)?)
    }

    /// The initial value of an encryption: the encrypted counter of commands.
    fn icv(&self, mark: u8) -> Result<Vec<u8>, Error> {
        let [_, rest @ ..] = self.commands.to_be_bytes();
        let mut block = vec![mark];
        block.extend(rest);
        Ok(self.enc.encrypt_block(&block)?)
    }
}

/// Success and warnings are protected, errors are not.
fn is_protected(sw: StatusWord) -> bool {
    sw.is_ok() || matches!(sw.sw1(), 0x62 | 0x63)
}
