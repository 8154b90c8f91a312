//! The chip's end of a secure channel.

use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{self, tags},
};

use super::{
    Keys, Ssc,
    math::{self, Parity},
};

/// Unwraps commands and wraps answers.
///
/// When [`Channel::open`] refuses, the chip sends that status word bare and drops the channel.
#[derive(Debug)]
pub struct Channel {
    keys: Keys,
    ssc: Ssc,
    parity: Parity,
}

impl Channel {
    /// Begins with fresh session keys and the counter's first value.
    #[must_use]
    pub const fn new(keys: Keys, ssc: Ssc) -> Self {
        Self {
            keys,
            ssc,
            parity: Parity::Even,
        }
    }

    /// Unwraps a command.
    ///
    /// # Errors
    /// `6987` when objects are missing (a command without protection among them), `6988` when they are wrong, `6700`
    /// when the outer Le leaves no room for a protected answer. The channel must be dropped after each.
    pub fn open(&mut self, command: &Command) -> Result<Command, StatusWord> {
        if command.cla() & math::CLA_PROTECTED != math::CLA_PROTECTED {
            return Err(StatusWord::SM_DATA_MISSING);
        }
        let ssc = self.ssc.next().ok_or(StatusWord::SM_DATA_WRONG)?;
        let parity = Parity::of(command.ins());
        let objects = math::objects(command.data(), parity, tags::sm::LE).ok_or(StatusWord::SM_DATA_WRONG)?;
        let mac = objects.mac.ok_or(StatusWord::SM_DATA_MISSING)?;
        let header = [command.cla(), command.ins(), command.p1(), command.p2()];
        let covered = [
            math::header_block(self.keys.suite(), header).as_slice(),
            objects.covered,
        ]
        .concat();
        if !math::mac_fits(&self.keys, &ssc, &covered, mac.value) {
            return Err(StatusWord::SM_DATA_WRONG);
        }
        if !outer_le_has_room(command) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let mut plain = Command::new(
            command.cla() & !math::CLA_PROTECTED,
            command.ins(),
            command.p1(),
            command.p2(),
        );
        if let Some(data) = objects.data {
            let data = math::decrypt(&self.keys, &ssc, parity, data.value);
            plain = plain.with_data(data.ok_or(StatusWord::SM_DATA_WRONG)?);
        }
        if let Some(le) = objects.middle {
            plain = plain.with_le(expected_length(le.value).ok_or(StatusWord::SM_DATA_WRONG)?);
        }
        self.ssc = ssc;
        self.parity = parity;
        Ok(if command.is_extended() {
            plain.extended()
        } else {
            plain
        })
    }

    /// Wraps the answer to the last command.
    ///
    /// Should the counter be used up, the answer is a bare `6988`, which ends the channel on the other side.
    #[must_use]
    pub fn protect(&mut self, response: &Response) -> Response {
        let Some(ssc) = self.ssc.next() else {
            return Response::status(StatusWord::SM_DATA_WRONG);
        };
        let mut data = math::encrypt(&self.keys, &ssc, self.parity, &response.data);
        data.extend(tlv::object(tags::sm::STATUS, &response.sw.0.to_be_bytes()));
        data.extend(tlv::object(tags::sm::MAC, &math::mac(&self.keys, &ssc, &data)));
        self.ssc = ssc;
        Response {
            data,
            sw: response.sw,
        }
    }

    /// Computes the checksum of the last answer over other data objects, so that a test can say with a right MAC what
    /// no chip says.
    #[must_use]
    pub fn dangerous_mac(&self, objects: &[u8]) -> [u8; 8] {
        math::mac(&self.keys, &self.ssc, objects)
    }

    /// Gives a protected command the checksum that it should have, for a chip that does not look at it. `None` where the
    /// command has none.
    #[must_use]
    pub fn dangerous_with_right_mac(&self, command: &Command) -> Option<Command> {
        let ssc = self.ssc.next()?;
        let objects = math::objects(command.data(), Parity::of(command.ins()), tags::sm::LE)?;
        objects.mac?;
        let header = [command.cla(), command.ins(), command.p1(), command.p2()];
        let covered = [
            math::header_block(self.keys.suite(), header).as_slice(),
            objects.covered,
        ]
        .concat();
        let mac = tlv::object(tags::sm::MAC, &math::mac(&self.keys, &ssc, &covered));
        Some(command.clone().with_data([objects.covered, &mac].concat()))
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
}

/// The outer Le is not covered by the MAC, so only values that every answer fits are taken: "all there is" for short
/// commands, at least a short answer for extended ones.
fn outer_le_has_room(command: &Command) -> bool {
    command.le().is_some_and(|le| le >= 256)
}

/// The value of an object `97`.
fn expected_length(value: &[u8]) -> Option<u32> {
    match *value {
        [0] => Some(256),
        [le] => Some(u32::from(le)),
        [0, 0] => Some(65_536),
        [high, low] => Some(u32::from(u16::from_be_bytes([high, low]))),
        _ => None,
    }
}
