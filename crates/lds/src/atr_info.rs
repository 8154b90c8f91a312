//! EF.ATR/INFO: what the chip says about its own abilities (ISO 7816-4 §12.2.2, file 2F01 of the master file).
//!
//! ```text
//! 43 01 xx              card service data
//! 47 03 xx xx xx        card capabilities; third byte: 80 command chaining, 40 extended length
//! 7F66 L                extended length information
//!   02 L                the most bytes of a command APDU
//!   02 L                the most bytes of a response APDU
//! ```
//!
//! Other objects are kept and left alone; zero bytes may fill the file up.

use antin_wire::tlv::{
    self, Reader, Tag,
    tags::{CARD_CAPABILITIES, CARD_SERVICE_DATA, EXTENDED_LENGTH, INTEGER},
};

use crate::{Error, der_io};

/// The content of EF.ATR/INFO, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfAtrInfo {
    raw: Vec<u8>,
    objects: Vec<(Tag, Vec<u8>)>,
    extended_length: Option<ExtendedLength>,
}

/// How long the APDUs of this chip may be, header, length fields and status word included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedLength {
    /// The most bytes of a command APDU.
    pub max_command_len: u32,
    /// The most bytes of a response APDU.
    pub max_response_len: u32,
}

/// What EF.ATR/INFO says about a way of sending long data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// The chip says it can.
    Announced,
    /// The chip says it cannot.
    Denied,
    /// The file says nothing about it.
    Unsaid,
}

impl EfAtrInfo {
    /// Builds the file: the given objects in their order.
    ///
    /// # Errors
    /// [`Error`] if the objects make no file that could be read again.
    pub fn build(objects: &[(Tag, Vec<u8>)]) -> Result<Self, Error> {
        let parts: Vec<u8> = objects
            .iter()
            .flat_map(|(tag, value)| tlv::object(*tag, value))
            .collect();
        Self::parse(&parts)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if it is no sequence of data objects, or the extended length information is not two numbers.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("EF.ATR/INFO", bytes, MAX_BYTES)?;
        let filled = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        // The value of the last object may end in zeros, so the padding begins where no object does.
        let mut reader = Reader::new(bytes);
        let mut objects = Vec::new();
        let mut extended_length = None;
        let mut read = 0;
        while read < filled {
            let Some(object) = reader.next()? else { break };
            if objects.len() == MAX_OBJECTS {
                return Err(Error::TooMany {
                    what: "EF.ATR/INFO objects",
                    max: MAX_OBJECTS,
                });
            }
            if object.tag == EXTENDED_LENGTH
                && extended_length
                    .replace(ExtendedLength::read(&mut object.children())?)
                    .is_some()
            {
                return Err(Error::BadValue {
                    what: "EF.ATR/INFO extended length information",
                    problem: "stands there twice",
                });
            }
            read += object.raw.len();
            objects.push((object.tag, object.value.to_vec()));
        }
        Ok(Self {
            raw: bytes.to_vec(),
            objects,
            extended_length,
        })
    }

    /// The longest APDUs, where the file tells them.
    #[must_use]
    pub const fn extended_length(&self) -> Option<ExtendedLength> {
        self.extended_length
    }

    /// Whether the chip takes extended length, as its card capabilities or the extended length information say.
    #[must_use]
    pub fn extended(&self) -> Ability {
        match self.capability(EXTENDED_BIT) {
            Ability::Unsaid if self.extended_length.is_some() => Ability::Announced,
            said => said,
        }
    }

    /// Whether the chip takes command chaining, as its card capabilities say.
    #[must_use]
    pub fn chaining(&self) -> Ability {
        self.capability(CHAINING_BIT)
    }

    /// The value of the first object with this tag.
    #[must_use]
    pub fn object(&self, tag: Tag) -> Option<&[u8]> {
        self.objects
            .iter()
            .find(|(found, _)| *found == tag)
            .map(|(_, value)| value.as_slice())
    }

    /// Card service data, where they are given.
    #[must_use]
    pub fn service_data(&self) -> Option<&[u8]> {
        self.object(CARD_SERVICE_DATA)
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    fn capability(&self, bit: u8) -> Ability {
        match self.object(CARD_CAPABILITIES) {
            Some([_, _, third, ..]) if third & bit != 0 => Ability::Announced,
            Some([_, _, _, ..]) => Ability::Denied,
            _ => Ability::Unsaid,
        }
    }
}

impl ExtendedLength {
    /// The object `7F66`, to go into [`EfAtrInfo::build`].
    #[must_use]
    pub fn to_object(self) -> (Tag, Vec<u8>) {
        let parts = [self.max_command_len, self.max_response_len].map(|len| {
            let [a, b, c, d] = len.to_be_bytes();
            match (a, b) {
                (0, 0) => tlv::object(INTEGER, &[c, d]),
                (0, _) => tlv::object(INTEGER, &[b, c, d]),
                _ => tlv::object(INTEGER, &[a, b, c, d]),
            }
        });
        (EXTENDED_LENGTH, parts.concat())
    }

    /// The numbers are unsigned and of two bytes on most chips; some write three or four.
    fn read(fields: &mut Reader<'_>) -> Result<Self, Error> {
        let max_command_len = number(fields)?;
        let max_response_len = number(fields)?;
        fields.finish()?;
        Ok(Self {
            max_command_len,
            max_response_len,
        })
    }
}

fn number(fields: &mut Reader<'_>) -> Result<u32, Error> {
    let value = fields.expect(INTEGER)?.value;
    if !(1..=4).contains(&value.len()) {
        return Err(Error::BadValue {
            what: "EF.ATR/INFO extended length information",
            problem: "number out of range",
        });
    }
    Ok(value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Third byte of the card capabilities: extended Lc and Le fields (ISO 7816-4, third software function table).
const EXTENDED_BIT: u8 = 0x40;
/// Third byte of the card capabilities: command chaining.
const CHAINING_BIT: u8 = 0x80;
/// Real files stay below 100 bytes.
const MAX_BYTES: usize = 1024;
/// Every object that ISO 7816-4 knows for this file, twice.
const MAX_OBJECTS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// As a real chip says it.
    const REAL: [u8; 19] = [
        0x43, 0x01, 0xF8, 0x47, 0x03, 0xF7, 0x41, 0xE0, 0x7F, 0x66, 0x08, 0x02, 0x02, 0x05, 0xF0, 0x02, 0x02,
        0x05, 0xF0,
    ];

    #[test]
    fn a_real_file_says_how_long_apdus_may_be() {
        let file = EfAtrInfo::parse(&REAL).unwrap();
        let lengths = ExtendedLength {
            max_command_len: 1520,
            max_response_len: 1520,
        };
        assert_eq!(file.extended_length(), Some(lengths));
        assert_eq!(
            (file.extended(), file.chaining()),
            (Ability::Announced, Ability::Announced)
        );
        assert_eq!(file.service_data(), Some(&[0xF8][..]));
        let built = EfAtrInfo::build(&[
            (CARD_SERVICE_DATA, vec![0xF8]),
            (CARD_CAPABILITIES, vec![0xF7, 0x41, 0xE0]),
            lengths.to_object(),
        ]);
        assert_eq!(built.unwrap().as_bytes(), REAL);
    }

    #[test]
    fn zeros_fill_up_and_nothing_else_does() {
        let padded = [&REAL[..], &[0; 5]].concat();
        assert_eq!(EfAtrInfo::parse(&padded).unwrap().extended(), Ability::Announced);
        assert!(EfAtrInfo::parse(&[&REAL[..], &[0xFF]].concat()).is_err());
        assert!(EfAtrInfo::parse(&[0; 4]).is_ok());
        // The last value ends in zeros itself.
        assert_eq!(
            EfAtrInfo::parse(&[0x47, 0x03, 0x01, 0x02, 0x00])
                .unwrap()
                .extended(),
            Ability::Denied
        );
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        let file = EfAtrInfo::parse(&[0x43, 0x01, 0xF8]).unwrap();
        assert_eq!(
            (file.extended(), file.chaining(), file.extended_length()),
            (Ability::Unsaid, Ability::Unsaid, None)
        );
    }

    #[test]
    fn crooked_lengths_are_refused() {
        for wrong in [
            &[0x7F, 0x66, 0x04, 0x02, 0x02, 0x05, 0xF0][..],
            &[0x7F, 0x66, 0x02, 0x02, 0x00],
            &[
                0x7F, 0x66, 0x09, 0x02, 0x01, 0x05, 0x02, 0x01, 0x05, 0x02, 0x01, 0x05,
            ],
            &[0x7F, 0x66, 0x06, 0x04, 0x01, 0x05, 0x02, 0x01, 0x05],
        ] {
            assert!(EfAtrInfo::parse(wrong).is_err(), "{wrong:02X?}");
        }
        let twice = [&REAL[8..], &REAL[8..]].concat();
        assert!(EfAtrInfo::parse(&twice).is_err());
    }
}
