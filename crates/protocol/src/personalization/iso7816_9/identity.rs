//! Which blank this is.

use antin_wire::{
    Malformed, MalformedKind,
    apdu::Command,
    ins,
    tlv::{self, Tag, tags::fcp},
};

/// The state of a chip, with the bytes of ISO 7816-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeCycle {
    /// `01`: being personalized.
    Creation,
    /// `05`: in use.
    Operational,
}

impl LifeCycle {
    const fn to_byte(self) -> u8 {
        match self {
            Self::Creation => 0x01,
            Self::Operational => 0x05,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Creation),
            0x05 => Some(Self::Operational),
            _ => None,
        }
    }
}

/// What a chip in creation state says about itself. An operational chip answers `6A88`: a serial number would make its
/// holder traceable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipIdentity {
    /// The manufacturer's serial number.
    pub serial: [u8; 8],
    /// The state.
    pub life_cycle: LifeCycle,
    /// It takes keys in plain, so it must never become a real document.
    pub development_blank: bool,
}

impl ChipIdentity {
    /// Writes the object `DF20`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let children = [
            tlv::object(TAG_SERIAL, &self.serial),
            tlv::object(fcp::LIFE_CYCLE, &[self.life_cycle.to_byte()]),
            tlv::object(TAG_DEVELOPMENT, &[u8::from(self.development_blank)]),
        ];
        tlv::object(TAG_IDENTITY, &children.concat())
    }

    /// Reads the object `DF20`.
    ///
    /// # Errors
    /// [`Malformed`] names the object that is missing, misplaced, of wrong length or without meaning.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let object = tlv::parse_one(bytes)?;
        if object.tag != TAG_IDENTITY {
            let kind = MalformedKind::BadTag { found: object.tag.0 };
            return Err(Malformed::new("chip identity", object.at, kind));
        }
        let mut children = object.children();
        let serial = children.expect(TAG_SERIAL)?.array("serial number")?;
        let state = children.expect(fcp::LIFE_CYCLE)?;
        let [byte] = state.array("life cycle")?;
        let life_cycle =
            LifeCycle::from_byte(byte).ok_or_else(|| super::meaningless("life cycle", &state))?;
        let flag = children.expect(TAG_DEVELOPMENT)?;
        let development_blank = match flag.array("development flag")? {
            [0] => false,
            [1] => true,
            [_] => return Err(super::meaningless("development flag", &flag)),
        };
        children.finish()?;
        Ok(Self {
            serial,
            life_cycle,
            development_blank,
        })
    }
}

/// GET DATA of the identity.
#[must_use]
pub fn get_identity() -> Command {
    let [_, _, p1, p2] = TAG_IDENTITY.0.to_be_bytes();
    Command::new(0x00, ins::GET_DATA, p1, p2).with_le(256)
}

const TAG_IDENTITY: Tag = Tag(0xDF20);
const TAG_SERIAL: Tag = Tag(0x80);
const TAG_DEVELOPMENT: Tag = Tag(0x81);
