//! The terminal's end of a secure channel.

use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{self, tags},
};

use super::{
    Keys, Ssc,
    math::{self, Parity},
};
use crate::Error;

/// Wraps commands and unwraps answers. One answer is due after each command; the first fault closes the channel.
#[derive(Debug)]
pub struct Channel {
    keys: Keys,
    ssc: Ssc,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    AwaitAnswer(Parity),
    Closed,
}

impl Channel {
    /// Begins with fresh session keys and the counter's first value.
    #[must_use]
    pub const fn new(keys: Keys, ssc: Ssc) -> Self {
        Self {
            keys,
            ssc,
            state: State::Ready,
        }
    }

    /// Wraps a command.
    ///
    /// A command that asks for more than 256 bytes, or is extended already, comes out extended.
    ///
    /// # Errors
    /// [`Error::Closed`] after any fault; [`Error::Misuse`] when an answer is still due, when the command is protected
    /// already, or is too long to be protected; [`Error::Unsupported`] when the counter is used up.
    pub fn protect(&mut self, command: &Command) -> Result<Command, Error> {
        match self.state {
            State::Ready => {}
            State::AwaitAnswer(_) => {
                return Err(Error::Misuse {
                    what: "the last answer is still due",
                });
            }
            State::Closed => return Err(Error::Closed),
        }
        if command.cla() & math::CLA_PROTECTED != 0 {
            return Err(Error::Misuse {
                what: "the command is protected already",
            });
        }
        if command.data().len() > MAX_PLAIN_COMMAND {
            return Err(Error::Misuse {
                what: "the command is too long to be protected",
            });
        }
        let ssc = self.count()?;
        let parity = Parity::of(command.ins());
        let header = [
            command.cla() | math::CLA_PROTECTED,
            command.ins(),
            command.p1(),
            command.p2(),
        ];
        let mut body = math::encrypt(&self.keys, &ssc, parity, command.data());
        body.extend(expected_length(command.le()));
        let covered = [math::header_block(self.keys.suite(), header), body.clone()].concat();
        body.extend(tlv::object(tags::sm::MAC, &math::mac(&self.keys, &ssc, &covered)));
        self.ssc = ssc;
        self.state = State::AwaitAnswer(parity);
        Ok(wrap(command, header, body))
    }

    /// Unwraps the answer to the last command. A status word that came protected is no error, whatever it says.
    ///
    /// # Errors
    /// Each one closes the channel: [`Error::Breach`] for data in plain, an unprotected success, a missing, misplaced or
    /// crooked object or a wrong MAC; [`Error::Refused`] for a bare error status word, with which a chip ends a
    /// channel; [`Error::Closed`] after that; [`Error::Misuse`] when no answer is due.
    pub fn open(&mut self, response: &Response) -> Result<Response, Error> {
        let parity = match self.state {
            State::AwaitAnswer(parity) => parity,
            State::Ready => {
                return Err(Error::Misuse {
                    what: "no answer is due",
                });
            }
            State::Closed => return Err(Error::Closed),
        };
        self.state = State::Closed;
        let ssc = self.count()?;
        let plain = unwrap(&self.keys, &ssc, parity, response)?;
        self.ssc = ssc;
        self.state = State::Ready;
        Ok(plain)
    }

    /// Returns the session keys.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Returns the counter as it stands after the last message.
    #[must_use]
    pub const fn ssc(&self) -> &Ssc {
        &self.ssc
    }

    /// Says whether the channel still carries anything.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    fn count(&mut self) -> Result<Ssc, Error> {
        self.ssc.next().ok_or_else(|| {
            self.state = State::Closed;
            Error::Unsupported {
                what: "more messages than the send sequence counter can count",
            }
        })
    }
}

/// The object `97`: one byte up to 256, two bytes above, zero standing for the largest of each.
fn expected_length(le: Option<u32>) -> Vec<u8> {
    let Some(le) = le else { return Vec::new() };
    let [_, _, high, low] = le.to_be_bytes();
    if le <= 256 {
        tlv::object(tags::sm::LE, &[low])
    } else {
        tlv::object(tags::sm::LE, &[high, low])
    }
}

fn wrap(plain: &Command, [cla, ins, p1, p2]: [u8; 4], body: Vec<u8>) -> Command {
    let long = plain.is_extended() || body.len() > MAX_SHORT_DATA;
    let command = Command::new(cla, ins, p1, p2).with_data(body);
    if long {
        command.with_le(65_536).extended()
    } else {
        command.with_le(256)
    }
}

fn unwrap(keys: &Keys, ssc: &Ssc, parity: Parity, response: &Response) -> Result<Response, Error> {
    if response.data.is_empty() {
        return Err(bare(response.sw));
    }
    let objects = math::objects(&response.data, parity, tags::sm::STATUS)
        .ok_or(breach("unknown, repeated or misplaced data objects"))?;
    let mac = objects.mac.ok_or(breach("no MAC"))?;
    if !math::mac_fits(keys, ssc, objects.covered, mac.value) {
        return Err(breach("wrong MAC"));
    }
    let status = objects.middle.ok_or(breach("no protected status word"))?;
    let status = <[u8; 2]>::try_from(status.value).map_err(|_| breach("a status word of wrong length"))?;
    let sw = StatusWord(u16::from_be_bytes(status));
    if sw != response.sw {
        return Err(breach("protected and plain status word differ"));
    }
    let data = match objects.data {
        None => Vec::new(),
        Some(data) => math::decrypt(keys, ssc, parity, data.value).ok_or(breach("unreadable cryptogram"))?,
    };
    Ok(Response { data, sw })
}

/// An answer without any object: an error ends the channel, a success is one that anybody could have sent.
fn bare(sw: StatusWord) -> Error {
    if sw.is_ok() || sw.more_bytes().is_some() {
        return breach("a success without protection");
    }
    Error::Refused { step: STEP, sw }
}

const fn breach(what: &'static str) -> Error {
    Error::Breach { step: STEP, what }
}

const STEP: &str = "secure messaging";

/// The most bytes a short command carries.
const MAX_SHORT_DATA: usize = 255;
/// The most plain bytes whose protected form still fits an extended command: 65535 less objects `87`, `97`, `8E`.
const MAX_PLAIN_COMMAND: usize = 65_000;
