//! Distinguished names: kept as received, compared by bytes or, failing that, by their text.

use core::fmt;

use antin_crypto::ObjectIdentifier;
use antin_wire::oids;
use antin_wire::tlv::{Tag, Tlv};

use crate::asn1::read::Der;
use crate::asn1::{BMP_STRING, IA5_STRING, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING};
use crate::error::Error;

/// Honest names have half a dozen attributes.
const MAX_ATTRIBUTES: usize = 64;

/// A distinguished name as received.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attribute {
    kind: ObjectIdentifier,
    tag: Tag,
    raw: Vec<u8>,
}

/// What a name says of its country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// Two ASCII letters, here in upper case.
    Letters([u8; 2]),
    /// Something else, or more than one country.
    Malformed,
    /// Nothing.
    Absent,
}

impl Country {
    /// The two letters as text; `None` for anything else.
    #[must_use]
    pub fn letters(self) -> Option<String> {
        match self {
            Self::Letters(letters) => Some(letters.iter().copied().map(char::from).collect()),
            Self::Malformed | Self::Absent => None,
        }
    }
}

impl Name {
    /// Reads a name in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`]; trailing bytes are malformed.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        const WHAT: &str = "name";
        let mut outer = Der::new(WHAT, der);
        let name = Self::read(WHAT, &outer.take(SEQUENCE)?)?;
        outer.finish()?;
        Ok(name)
    }

    pub(crate) fn read(what: &'static str, object: &Tlv<'_>) -> Result<Self, Error> {
        let mut attributes = Vec::new();
        let mut sets = Der::new(what, object.value);
        while let Some(set) = sets.next()? {
            if set.tag != SET {
                return Err(Error::Malformed { what, at: set.at });
            }
            let mut members = Der::new(what, set.value);
            while let Some(member) = members.next()? {
                if member.tag != SEQUENCE {
                    return Err(Error::Malformed { what, at: member.at });
                }
                if attributes.len() == MAX_ATTRIBUTES {
                    return Err(Error::TooComplex { what });
                }
                attributes.push(Attribute::read(what, member.value)?);
            }
        }
        Ok(Self {
            der: object.raw.to_vec(),
            attributes,
        })
    }

    /// The name's bytes, tag and length included.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Kind, string type and value of each attribute, in the order of the name.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (ObjectIdentifier, Tag, &[u8])> {
        self.attributes
            .iter()
            .map(|attribute| (attribute.kind, attribute.tag, attribute.raw.as_slice()))
    }

    /// The country (attribute C). Real certificates use both cases.
    #[must_use]
    pub fn country(&self) -> Country {
        let mut found = self
            .attributes
            .iter()
            .filter(|attribute| attribute.kind == oids::COUNTRY_NAME);
        match (found.next(), found.next()) {
            (None, _) => Country::Absent,
            (Some(only), None) => match only.raw.as_slice() {
                [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                    Country::Letters([first.to_ascii_uppercase(), second.to_ascii_uppercase()])
                }
                _ => Country::Malformed,
            },
            (Some(_), Some(_)) => Country::Malformed,
        }
    }

    /// Whether an organisation of the name is this text, without regard to case, spaces and string type.
    #[must_use]
    pub fn has_organisation(&self, text: &str) -> bool {
        self.attributes.iter().any(|attribute| {
            attribute.kind == oids::ORGANIZATION_NAME && folded(&attribute.text()) == folded(text)
        })
    }

    /// A text that is the same for names that [`matches`](Self::matches) by text: the key of an index.
    pub(crate) fn folded(&self) -> String {
        let mut text = String::with_capacity(self.der.len());
        for attribute in &self.attributes {
            text.push_str(&attribute.kind.to_string());
            text.push('=');
            text.push_str(&folded(&attribute.text()));
            text.push('\n');
        }
        text
    }

    /// Whether two names have the same attributes, in any order. Enough to find a certificate whose signature is
    /// verified afterwards, where real documents write the issuer in another order.
    #[must_use]
    pub fn has_attributes_of(&self, other: &Self) -> bool {
        let covers = |left: &Self, right: &Self| {
            left.attributes
                .iter()
                .all(|mine| right.attributes.iter().any(|theirs| mine.matches(theirs)))
        };
        self.attributes.len() == other.attributes.len() && covers(self, other) && covers(other, self)
    }

    /// Whether two names are the same: by bytes, or by text without regard to case, spaces and string type
    /// (RFC 5280 §7.1; an authority and its signers do not always use the same string type).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.der == other.der
            || (self.attributes.len() == other.attributes.len()
                && self
                    .attributes
                    .iter()
                    .zip(&other.attributes)
                    .all(|(mine, theirs)| mine.matches(theirs)))
    }
}

impl Attribute {
    fn read(what: &'static str, content: &[u8]) -> Result<Self, Error> {
        let mut parts = Der::new(what, content);
        let kind = parts.oid()?;
        let value = parts.any()?;
        parts.finish()?;
        Ok(Self {
            kind,
            tag: value.tag,
            raw: value.value.to_vec(),
        })
    }

    /// The text of the value; characters that could fool a terminal or a reader are escaped.
    fn text(&self) -> String {
        let text = match self.tag {
            UTF8_STRING | PRINTABLE_STRING | IA5_STRING => String::from_utf8_lossy(&self.raw).into_owned(),
            BMP_STRING => {
                let units: Vec<u16> = self.raw.chunks(2).map(bmp_unit).collect();
                String::from_utf16_lossy(&units)
            }
            _ => self.raw.iter().copied().map(char::from).collect(),
        };
        if text.chars().any(misleads) {
            text.chars().fold(String::new(), |mut shown, letter| {
                if misleads(letter) {
                    shown.extend(letter.escape_unicode());
                } else {
                    shown.push(letter);
                }
                shown
            })
        } else {
            text
        }
    }

    fn matches(&self, other: &Self) -> bool {
        self.kind == other.kind && (self.raw == other.raw || folded(&self.text()) == folded(&other.text()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attribute) in self.attributes.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            match short_name(&attribute.kind) {
                Some(short) => write!(f, "{separator}{short}={}", attribute.text())?,
                None => write!(f, "{separator}{}={}", attribute.kind, attribute.text())?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// Whether a letter moves, hides or reverses what is shown: controls, line and paragraph separators, marks of direction and
/// letters without width.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

fn bmp_unit(pair: &[u8]) -> u16 {
    pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))
}

fn folded(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

fn short_name(kind: &ObjectIdentifier) -> Option<&'static str> {
    NAMES.iter().find(|(oid, _)| oid == kind).map(|(_, name)| *name)
}

/// The attributes that certificates of this field use, as RFC 4514 shortens them.
const NAMES: [(ObjectIdentifier, &str); 7] = [
    (oids::COMMON_NAME, "CN"),
    (oids::SERIAL_NUMBER, "serialNumber"),
    (oids::COUNTRY_NAME, "C"),
    (oids::LOCALITY_NAME, "L"),
    (oids::STATE_OR_PROVINCE_NAME, "ST"),
    (oids::ORGANIZATION_NAME, "O"),
    (oids::ORGANIZATIONAL_UNIT_NAME, "OU"),
];
