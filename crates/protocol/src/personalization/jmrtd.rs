//! The dialect `jmrtd`: the commands of the JMRTD passport applet for Java Card, as its host software sends them.
//!
//! ```text
//! CREATE FILE     00 E0 00 00  63 04 size(2) file id(2)      again with the same or a smaller size: no harm
//! SELECT          00 A4 02 0C  file id
//! UPDATE BINARY   00 D6 offset(2) data
//! PUT DATA        00 DA 00 62  62 { document number, birth, expiry: three objects, tags ignored }
//!                 00 DA 00 60  60 { 04 modulus }             Active Authentication, RSA
//!                 00 DA 00 61  61 { 04 private exponent }
//!                 00 DA 00 63  81 field .. 82 a 83 b 84 G 85 r 86 s 87 k    Chip Authentication; no outer object
//!                              not supported: its host writes keys on binary curves alone
//! lock            00 DA DE AD                                no way back: everything above is refused with 6985
//! ```
//! There is no secure channel and no identity. Files cannot be read in plain even before the lock, but Basic Access
//! Control works as soon as the MRZ object is there: a card is read back through it before it is locked.

use antin_crypto::SecretBytes;
use antin_lds::mrz::check_digit;
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::ids::FileId;
use antin_wire::tlv::{self, Tag};
use antin_wire::{Malformed, MalformedKind, ins};
use zeroize::Zeroizing;

/// CREATE FILE.
#[must_use]
pub fn create_file(file: FileId, size: u16) -> Command {
    let value = [size.to_be_bytes(), file.0.to_be_bytes()].concat();
    Command::new(0x00, ins::CREATE_FILE, 0x00, 0x00).with_data(tlv::object(TAG_FILE, &value))
}

/// Reads CREATE FILE on the chip: the file and its size.
///
/// # Errors
/// `6E00`, `6D00`, `6A86` for another header, `6A80` for data that is not the object `63`.
pub fn decode_create_file(command: &Command) -> Result<(FileId, u16), StatusWord> {
    crate::expect_header(command, [0x00, ins::CREATE_FILE, 0x00, 0x00])?;
    let wrong = StatusWord::INCORRECT_PARAMETERS;
    let object = tlv::parse_one(command.data()).map_err(|_| wrong)?;
    let value: [u8; 4] = object.array("file").map_err(|_| wrong)?;
    let [size_high, size_low, id_high, id_low] = value;
    if object.tag != TAG_FILE {
        return Err(wrong);
    }
    let id = FileId(u16::from_be_bytes([id_high, id_low]));
    Ok((id, u16::from_be_bytes([size_high, size_low])))
}

/// The lock: PUT DATA with P1-P2 `DEAD` and no data.
#[must_use]
pub fn lock() -> Command {
    let [p1, p2] = LOCK;
    Command::new(0x00, ins::PUT_DATA, p1, p2)
}

/// A secret on its way into the chip, or the lock behind them all.
#[derive(Clone, Debug)]
pub enum PutData {
    /// `62`: what BAC keys are made of.
    Mrz(MrzData),
    /// `60`: modulus of the Active Authentication key, big-endian.
    Modulus(Vec<u8>),
    /// `61`: private exponent of the Active Authentication key, big-endian.
    Exponent(SecretBytes),
    /// The lock.
    Lock,
}

/// Document number, birth and expiry as the machine readable zone has them, without check digits.
#[derive(Clone)]
pub struct MrzData {
    /// The number, filled up to nine characters.
    pub number: String,
    /// YYMMDD.
    pub birth: String,
    /// YYMMDD.
    pub expiry: String,
}

impl MrzData {
    /// Takes the three parts out of the MRZ information of TD3; `None` for one of another length.
    #[must_use]
    pub fn from_information(information: &str) -> Option<Self> {
        let part = |range| information.get(range).map(str::to_owned);
        (information.len() == INFORMATION_LEN).then_some(Self {
            number: part(0..9)?,
            birth: part(10..16)?,
            expiry: part(17..23)?,
        })
    }

    /// Returns the MRZ information: each part with its check digit.
    #[must_use]
    pub fn information(&self) -> Zeroizing<String> {
        let mut information = Zeroizing::new(String::with_capacity(INFORMATION_LEN));
        for part in [&self.number, &self.birth, &self.expiry] {
            information.push_str(part);
            information.extend(check_digit(part));
        }
        information
    }
}

impl core::fmt::Debug for MrzData {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("MrzData")
    }
}

impl Drop for MrzData {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.number.zeroize();
        self.birth.zeroize();
        self.expiry.zeroize();
    }
}

impl PutData {
    /// Builds the command; it hides its data and wipes it when dropped.
    #[must_use]
    pub fn encode(&self) -> Command {
        let (tag, inside) = match self {
            Self::Lock => return lock(),
            Self::Mrz(mrz) => {
                // The applet ignores the tags.
                let object = |text: &str| Zeroizing::new(tlv::object(TAG_OCTETS, text.as_bytes()));
                let parts = [object(&mrz.number), object(&mrz.birth), object(&mrz.expiry)];
                (
                    TAG_MRZ,
                    Zeroizing::new(parts.iter().flat_map(|part| part.iter().copied()).collect()),
                )
            }
            Self::Modulus(modulus) => (TAG_MODULUS, Zeroizing::new(tlv::object(TAG_OCTETS, modulus))),
            Self::Exponent(exponent) => (
                TAG_EXPONENT,
                Zeroizing::new(tlv::object(TAG_OCTETS, exponent.expose())),
            ),
        };
        let [.., p2] = tag.0.to_be_bytes();
        Command::new(0x00, ins::PUT_DATA, 0x00, p2)
            .with_data(tlv::object(tag, &inside))
            .sensitive()
    }

    /// Reads PUT DATA on the chip.
    ///
    /// # Errors
    /// `6E00`, `6D00` for another header, `6A86` for an object that the dialect does not know (or this toolkit does not
    /// keep: the elliptic key `63`, the certificate `64`), `6A80` for one that cannot be read.
    pub fn decode(command: &Command) -> Result<Self, StatusWord> {
        crate::expect_header(command, [0x00, ins::PUT_DATA, command.p1(), command.p2()])?;
        if [command.p1(), command.p2()] == LOCK {
            return if command.data().is_empty() {
                Ok(Self::Lock)
            } else {
                Err(StatusWord::WRONG_LENGTH)
            };
        }
        let tag = Tag(u32::from(command.p1p2()));
        if ![TAG_MRZ, TAG_MODULUS, TAG_EXPONENT].contains(&tag) {
            return Err(StatusWord::WRONG_P1P2);
        }
        Self::parse(tag, command.data()).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
    }

    fn parse(tag: Tag, data: &[u8]) -> Result<Self, Malformed> {
        let template = tlv::parse_one(data)?;
        if template.tag != tag {
            let kind = MalformedKind::BadTag {
                found: template.tag.0,
            };
            return Err(Malformed::new("key object", template.at, kind));
        }
        let mut children = template.children();
        let parsed = if tag == TAG_MRZ {
            let mut text = |what, len| {
                // The tags inside mean nothing, the order does.
                let object =
                    children
                        .next()?
                        .ok_or(Malformed::new(what, template.at, MalformedKind::Truncated))?;
                mrz_text(object.value, len).ok_or(Malformed::new(what, object.at, MalformedKind::BadValue))
            };
            Self::Mrz(MrzData {
                number: text("document number", NUMBER_LEN)?,
                birth: text("date of birth", DATE_LEN)?,
                expiry: text("date of expiry", DATE_LEN)?,
            })
        } else {
            let octets = children.expect(TAG_OCTETS)?;
            let number = octets.value.strip_prefix(&[0]).unwrap_or(octets.value).to_vec();
            if !(MIN_RSA..=MAX_RSA).contains(&number.len()) {
                return Err(Malformed::new("number", octets.at, MalformedKind::BadLength));
            }
            if tag == TAG_MODULUS {
                Self::Modulus(number)
            } else {
                Self::Exponent(SecretBytes::new(number))
            }
        };
        children.finish()?;
        Ok(parsed)
    }
}

fn mrz_text(value: &[u8], len: core::ops::RangeInclusive<usize>) -> Option<String> {
    let right = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || *byte == b'<';
    (len.contains(&value.len()) && value.iter().all(right))
        .then(|| value.iter().copied().map(char::from).collect())
}

const LOCK: [u8; 2] = [0xDE, 0xAD];
const TAG_FILE: Tag = Tag(0x63);
const TAG_MODULUS: Tag = Tag(0x60);
const TAG_EXPONENT: Tag = Tag(0x61);
const TAG_MRZ: Tag = Tag(0x62);
const TAG_OCTETS: Tag = Tag(0x04);
/// Number, two dates, three check digits.
const INFORMATION_LEN: usize = 24;
/// Document number of TD3.
const NUMBER_LEN: core::ops::RangeInclusive<usize> = 9..=9;
const DATE_LEN: core::ops::RangeInclusive<usize> = 6..=6;
/// RSA of 512 to 2048 bits.
const MIN_RSA: usize = 64;
const MAX_RSA: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{hex, truncations};

    fn mrz() -> MrzData {
        MrzData::from_information("L898902C<369080619406236").unwrap()
    }

    #[test]
    fn commands_are_spelled_as_the_dialect_says() {
        let bytes = |command: Command| hex::encode_upper(command.to_bytes().unwrap());
        assert_eq!(
            bytes(create_file(FileId(0x011E), 24)),
            "00E0000006630400180 11E".replace(' ', "")
        );
        assert_eq!(bytes(lock()), "00DADEAD");
        let put = bytes(PutData::Mrz(mrz()).encode());
        assert_eq!(
            put,
            "00DA00621D621B04094C38393839303243 3C0406363930383036 0406393430363233".replace(' ', "")
        );
        let modulus = bytes(PutData::Modulus(vec![0xC1; 64]).encode());
        assert!(modulus.starts_with("00DA006044604 20440C1C1".replace(' ', "").as_str()));
    }

    #[test]
    fn what_is_written_is_read_the_same() {
        assert_eq!(
            decode_create_file(&create_file(FileId(0x0101), 95)),
            Ok((FileId(0x0101), 95))
        );
        let Ok(PutData::Mrz(read)) = PutData::decode(&PutData::Mrz(mrz()).encode()) else {
            panic!("no MRZ")
        };
        assert_eq!(*read.information(), "L898902C<369080619406236");
        assert!(matches!(PutData::decode(&lock()), Ok(PutData::Lock)));
        let exponent = PutData::Exponent(SecretBytes::new(vec![7; 128])).encode();
        assert!(matches!(PutData::decode(&exponent), Ok(PutData::Exponent(read)) if read.ct_eq(&[7; 128])));
    }

    #[test]
    fn cut_long_and_foreign_objects_are_refused() {
        let right = PutData::Mrz(mrz()).encode();
        let long = [right.data(), &[0]].concat();
        for wrong in truncations(right.data()).chain([long, hex("6303810101")]) {
            let refused = PutData::decode(&right.clone().with_data(wrong)).map(|_| ());
            assert_eq!(refused, Err(StatusWord::INCORRECT_PARAMETERS));
        }
        let other = Command::new(0x00, 0xDA, 0x00, 0x63).with_data([0x81, 0]);
        assert_eq!(PutData::decode(&other).map(|_| ()), Err(StatusWord::WRONG_P1P2));
        let create = create_file(FileId(0x0101), 95);
        for wrong in truncations(create.data()).chain([[create.data(), &[0]].concat(), hex("62040001 0101")])
        {
            let refused = decode_create_file(&create.clone().with_data(wrong));
            assert_eq!(refused, Err(StatusWord::INCORRECT_PARAMETERS));
        }
    }
}
