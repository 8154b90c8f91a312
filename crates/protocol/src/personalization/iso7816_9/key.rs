//! Passwords and private keys on their way into a chip.

use antin_crypto::agreement::{self, DhGroup, Group};
use antin_crypto::{Curve, PrivateKey, SecretBytes, rsa};
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
    /// The holder's secret number: digits in ASCII.
    Pin(SecretBytes),
    /// What unblocks the secret number: digits in ASCII.
    Puk(SecretBytes),
    /// A key of Chip Authentication.
    ChipAuthentication {
        /// Its number, where the chip announces one.
        key_id: Option<u32>,
        /// The version of the protocol that it is for.
        version: KeyVersion,
        /// The key.
        key: agreement::PrivateKey,
    },
    /// The static key of PACE with Chip Authentication Mapping.
    ChipAuthenticationMapping {
        /// The key.
        key: PrivateKey,
    },
    /// The key of Active Authentication.
    ActiveAuthentication {
        /// The key.
        key: ActiveKey,
    },
    /// The trust points of Terminal Authentication and the current date, as the chip keeps them.
    TrustPoints(Vec<u8>),
}

/// A private key of Active Authentication.
#[derive(Clone, Debug)]
pub enum ActiveKey {
    /// On a curve, for ECDSA.
    Ec(PrivateKey),
    /// For RSA with message recovery.
    Rsa(Box<rsa::PrivateKey>),
}

/// Version of Chip Authentication that a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyVersion {
    /// Version 1.
    One,
    /// Version 2.
    Two,
}

impl KeyObject {
    /// Says whether a chip can keep only one of both, so that the later takes the place of the earlier.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::ChipAuthentication { key_id, version, .. },
                Self::ChipAuthentication {
                    key_id: other_id,
                    version: other_version,
                    ..
                },
            ) => key_id == other_id && version == other_version,
            _ => core::mem::discriminant(self) == core::mem::discriminant(other),
        }
    }

    /// Builds PUT DATA; the command hides its data and wipes it when dropped.
    #[must_use]
    pub fn encode(&self) -> Command {
        let (tag, children) = match self {
            Self::Can(can) => (TAG_PASSWORD, password(REFERENCE_CAN, can.digits().expose())),
            Self::MrzInformation(key) => (TAG_PASSWORD, password(REFERENCE_MRZ, key.information().expose())),
            Self::Pin(digits) => (TAG_PASSWORD, password(REFERENCE_PIN, digits.expose())),
            Self::Puk(digits) => (TAG_PASSWORD, password(REFERENCE_PUK, digits.expose())),
            Self::ChipAuthentication { key_id, version, key } => {
                let mut head = Vec::new();
                head.extend(key_id.map(|id| tlv::object(TAG_KEY_ID, &id.to_be_bytes())));
                if *version == KeyVersion::Two {
                    head.push(tlv::object(TAG_VERSION, &[2]));
                }
                (
                    TAG_CHIP_AUTHENTICATION,
                    private_key(&head.concat(), key.group(), &key.to_be_bytes()),
                )
            }
            Self::ChipAuthenticationMapping { key } => (TAG_MAPPING, curve_key(key)),
            Self::ActiveAuthentication {
                key: ActiveKey::Ec(key),
            } => (TAG_ACTIVE_AUTHENTICATION, curve_key(key)),
            Self::ActiveAuthentication {
                key: ActiveKey::Rsa(key),
            } => {
                let key = tlv::object(TAG_PKCS8, key.to_pkcs8_der().expose());
                (TAG_ACTIVE_AUTHENTICATION, Zeroizing::new(key))
            }
            Self::TrustPoints(bytes) => (TAG_TRUST_POINTS, Zeroizing::new(tlv::object(TAG_CONTENT, bytes))),
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
                let version = match children.optional(TAG_VERSION)? {
                    None => KeyVersion::One,
                    Some(object) if *object.value == [2] => KeyVersion::Two,
                    Some(object) => return Err(super::meaningless("key version", &object)),
                };
                Self::ChipAuthentication {
                    key_id: number.map(u32::from_be_bytes),
                    version,
                    key: parse_agreement_key(&mut children)?,
                }
            }
            TAG_MAPPING => Self::ChipAuthenticationMapping {
                key: parse_key(&mut children)?,
            },
            TAG_ACTIVE_AUTHENTICATION => Self::ActiveAuthentication {
                key: match children.optional(TAG_PKCS8)? {
                    Some(key) => rsa::PrivateKey::from_pkcs8_der(key.value)
                        .map(|key| ActiveKey::Rsa(Box::new(key)))
                        .map_err(|_| super::meaningless("private key", &key))?,
                    None => ActiveKey::Ec(parse_key(&mut children)?),
                },
            },
            TAG_TRUST_POINTS => Self::TrustPoints(children.expect(TAG_CONTENT)?.value.to_vec()),
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

fn curve_key(key: &PrivateKey) -> Zeroizing<Vec<u8>> {
    private_key(&[], Group::Ec(key.curve()), &key.to_be_bytes())
}

fn private_key(head: &[u8], group: Group, number: &SecretBytes) -> Zeroizing<Vec<u8>> {
    let group = match group {
        Group::Ec(curve) => tlv::object(tags::OBJECT_IDENTIFIER, curve.oid().as_bytes()),
        Group::Dh(group) => tlv::object(TAG_GROUP, &[group.standardized_id()]),
    };
    let scalar = Zeroizing::new(tlv::object(TAG_SCALAR, number.expose()));
    Zeroizing::new([head, group.as_slice(), scalar.as_slice()].concat())
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
        [REFERENCE_PIN | REFERENCE_PUK] if !is_secret_number(text) => {
            Err(super::meaningless("secret number", &value))
        }
        [REFERENCE_PIN] => Ok(KeyObject::Pin(SecretBytes::new(value.value.to_vec()))),
        [REFERENCE_PUK] => Ok(KeyObject::Puk(SecretBytes::new(value.value.to_vec()))),
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

/// Four to sixteen digits.
fn is_secret_number(text: &str) -> bool {
    (4..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_agreement_key(children: &mut tlv::Reader<'_>) -> Result<agreement::PrivateKey, Malformed> {
    let Some(group) = children.optional(TAG_GROUP)? else {
        return parse_key(children).map(agreement::PrivateKey::Ec);
    };
    let known = match *group.value {
        [id] => DhGroup::from_standardized_id(id),
        _ => None,
    };
    let known = known.ok_or_else(|| super::meaningless("group", &group))?;
    let scalar = children.expect(TAG_SCALAR)?;
    agreement::PrivateKey::from_be_bytes(Group::Dh(known), scalar.value)
        .map_err(|_| super::meaningless("private key", &scalar))
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
const TAG_TRUST_POINTS: Tag = Tag(0xE4);
const TAG_MAPPING: Tag = Tag(0xE5);
const TAG_GROUP: Tag = Tag(0x80);
const TAG_VERSION: Tag = Tag(0xC3);
const TAG_PKCS8: Tag = Tag(0xC5);
const TAG_CONTENT: Tag = Tag(0xC4);
const TAG_REFERENCE: Tag = Tag(0x83);
const TAG_PASSWORD_VALUE: Tag = Tag(0xC1);
const TAG_KEY_ID: Tag = Tag(0x84);
const TAG_SCALAR: Tag = Tag(0xC2);

/// The references of PIN and PUK in MSE:Set AT (TR-03110-3 §B.1.1).
const REFERENCE_PIN: u8 = 0x03;
const REFERENCE_PUK: u8 = 0x04;

/// Nine characters of number, six and six of dates, three check digits.
const MIN_MRZ_INFORMATION: usize = 24;
/// A TD1 number may run on into the optional data: 13 characters more.
const MAX_MRZ_INFORMATION: usize = 40;
