//! Passwords and private keys on their way into a chip.

use antin_crypto::{Curve, PrivateKey};
use antin_wire::{
    Malformed, MalformedKind,
    apdu::{Command, StatusWord},
    ins,
    oids::ObjectIdentifier,
    tlv::{self, Tag, tags},
};
use zeroize::Zeroizing;

use crate::password::{Can, MrzKey, REFERENCE_CAN, REFERENCE_MRZ};

/// A secret that a chip keeps.
#[derive(Clone, Debug)]
pub enum KeyObject {
    /// The card access number.
    Can(Can),
    /// The MRZ information, for PACE and BAC.
    MrzInformation(MrzKey),
    /// A key of Chip Authentication.
    ChipAuthentication {
        /// Its number, where DG14 gives one.
        key_id: Option<u32>,
        /// The key.
        key: PrivateKey,
    },
    /// The key of Active Authentication.
    ActiveAuthentication {
        /// The key.
        key: PrivateKey,
    },
}

impl KeyObject {
    /// Builds PUT DATA; the command hides its data and wipes it when dropped.
    #[must_use]
    pub fn encode(&self) -> Command {
        let (tag, children) = match self {
            Self::Can(can) => (TAG_PASSWORD, password(REFERENCE_CAN, can.digits().expose())),
            Self::MrzInformation(key) => (TAG_PASSWORD, password(REFERENCE_MRZ, key.information().expose())),
            Self::ChipAuthentication { key_id, key } => (TAG_CHIP_AUTHENTICATION, private_key(*key_id, key)),
            Self::ActiveAuthentication { key } => (TAG_ACTIVE_AUTHENTICATION, private_key(None, key)),
        };
        let [p1, p2] = CURRENT_DIRECTORY;
        Command::new(0x00, ins::PUT_DATA_ODD, p1, p2)
            .with_data(tlv::object(tag, &children))
            .sensitive()
    }

    /// Reads PUT DATA on the chip.
    ///
    /// # Errors
    /// `6E00`, `6D00`, `6A86` for another header, `6700` for an Le, `6A80` for anything that is none of these objects.
    pub fn decode(command: &Command) -> Result<Self, StatusWord> {
        let [p1, p2] = CURRENT_DIRECTORY;
        crate::expect_header(command, [0x00, ins::PUT_DATA_ODD, p1, p2])?;
        if command.le().is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        Self::parse(command.data()).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
    }

    fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let template = tlv::parse_one(data)?;
        let mut children = template.children();
        let object = match template.tag {
            TAG_PASSWORD => parse_password(&mut children)?,
            TAG_CHIP_AUTHENTICATION => {
                let number = children.optional(TAG_KEY_ID)?;
                let number = number.map(|object| object.array("key id")).transpose()?;
                Self::ChipAuthentication {
                    key_id: number.map(u32::from_be_bytes),
                    key: parse_key(&mut children)?,
                }
            }
            TAG_ACTIVE_AUTHENTICATION => Self::ActiveAuthentication {
                key: parse_key(&mut children)?,
            },
            Tag(found) => {
                let kind = MalformedKind::BadTag { found };
                return Err(Malformed::new("key template", template.at, kind));
            }
        };
        children.finish()?;
        Ok(object)
    }
}

fn password(reference: u8, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let value = Zeroizing::new(tlv::object(TAG_PASSWORD_VALUE, value));
    Zeroizing::new(
        [
            tlv::object(TAG_REFERENCE, &[reference]).as_slice(),
            value.as_slice(),
        ]
        .concat(),
    )
}

fn private_key(key_id: Option<u32>, key: &PrivateKey) -> Zeroizing<Vec<u8>> {
    let number = key_id
        .map(|id| tlv::object(TAG_KEY_ID, &id.to_be_bytes()))
        .unwrap_or_default();
    let curve = tlv::object(tags::OBJECT_IDENTIFIER, key.curve().oid().as_bytes());
    let scalar = Zeroizing::new(tlv::object(TAG_SCALAR, key.to_be_bytes().expose()));
    Zeroizing::new([number.as_slice(), curve.as_slice(), scalar.as_slice()].concat())
}

fn parse_password(children: &mut tlv::Reader<'_>) -> Result<KeyObject, Malformed> {
    let reference = children.expect(TAG_REFERENCE)?;
    let value = children.expect(TAG_PASSWORD_VALUE)?;
    let text = core::str::from_utf8(value.value).map_err(|_| super::meaningless("password", &value))?;
    match *reference.value {
        [REFERENCE_CAN] => Can::parse(text)
            .map(KeyObject::Can)
            .map_err(|_| super::meaningless("card access number", &value)),
        [REFERENCE_MRZ] if is_mrz_information(text) => {
            Ok(KeyObject::MrzInformation(MrzKey::from_information(text)))
        }
        [REFERENCE_MRZ] => Err(super::meaningless("MRZ information", &value)),
        _ => Err(super::meaningless("password reference", &reference)),
    }
}

/// Number of at least nine characters, two dates, three check digits; MRZ characters only.
fn is_mrz_information(text: &str) -> bool {
    (MIN_MRZ_INFORMATION..=MAX_MRZ_INFORMATION).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'<')
}

fn parse_key(children: &mut tlv::Reader<'_>) -> Result<PrivateKey, Malformed> {
    let curve = children.expect(tags::OBJECT_IDENTIFIER)?;
    let curve = ObjectIdentifier::from_bytes(curve.value)
        .ok()
        .and_then(|oid| Curve::from_oid(&oid))
        .ok_or_else(|| super::meaningless("curve", &curve))?;
    let scalar = children.expect(TAG_SCALAR)?;
    if scalar.value.len() != curve.order_len() {
        return Err(Malformed::new("private key", scalar.at, MalformedKind::BadLength));
    }
    PrivateKey::from_be_bytes(curve, scalar.value).map_err(|_| super::meaningless("private key", &scalar))
}

/// P1-P2 of PUT DATA: the current directory.
const CURRENT_DIRECTORY: [u8; 2] = [0x3F, 0xFF];

const TAG_PASSWORD: Tag = Tag(0xE1);
const TAG_CHIP_AUTHENTICATION: Tag = Tag(0xE2);
const TAG_ACTIVE_AUTHENTICATION: Tag = Tag(0xE3);
const TAG_REFERENCE: Tag = Tag(0x83);
const TAG_PASSWORD_VALUE: Tag = Tag(0xC1);
const TAG_KEY_ID: Tag = Tag(0x84);
const TAG_SCALAR: Tag = Tag(0xC2);

/// Nine characters of number, six and six of dates, three check digits.
const MIN_MRZ_INFORMATION: usize = 24;
/// A TD1 number may run on into the optional data: 13 characters more.
const MAX_MRZ_INFORMATION: usize = 40;
