//! What an encoding does that DER forbids and BER allows. The signature covers the bytes as received, so none of it is a
//! fault; it is told, because honest issuers seldom do it.

use antin_wire::tlv::{Reader, Tag};

use crate::asn1::{BOOLEAN, INTEGER};

/// What an encoding does that DER forbids (X.690 §10, §11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// Indefinite lengths, or strings in pieces, had to be made definite and whole.
    indefinite: bool,
    /// A length takes more octets than it needs (§10.1).
    long_lengths: bool,
    /// A BOOLEAN that is true is not FF (§11.1).
    odd_booleans: bool,
    /// An INTEGER is negative, which nothing in these files may be, or has needless leading octets (§8.3.2).
    odd_integers: bool,
}

impl Encoding {
    /// Looks at all objects of `bytes`, whose nesting has been checked.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut stack = vec![Reader::new(bytes)];
        while let Some(reader) = stack.last_mut() {
            let Ok(Some(object)) = reader.next() else {
                stack.pop();
                continue;
            };
            let header = object.raw.len() - object.value.len();
            found.long_lengths |= header > tag_len(object.tag) + length_len(object.value.len());
            match object.tag {
                BOOLEAN => found.odd_booleans |= !matches!(object.value, [0 | 0xFF]),
                INTEGER => found.odd_integers |= is_odd(object.value),
                tag if tag.is_constructed() => stack.push(object.children()),
                _ => {}
            }
        }
        found
    }

    /// The same of what had to be made definite before.
    pub(crate) const fn made_definite(self) -> Self {
        Self {
            indefinite: true,
            ..self
        }
    }

    /// Whether it is DER, as far as one looks.
    #[must_use]
    pub fn is_der(&self) -> bool {
        *self == Self::default()
    }

    /// Each peculiarity in a few words.
    pub fn remarks(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.indefinite, "indefinite lengths"),
            (self.long_lengths, "lengths longer than they need to be"),
            (self.odd_booleans, "a BOOLEAN that is neither 00 nor FF"),
            (
                self.odd_integers,
                "an INTEGER that is negative or has needless octets",
            ),
        ];
        all.into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, words)| words)
    }
}

fn is_odd(integer: &[u8]) -> bool {
    match integer {
        [] => true,
        [first] => *first >= 0x80,
        [0, second, ..] => *second < 0x80,
        [first, ..] => *first >= 0x80,
    }
}

const fn tag_len(tag: Tag) -> usize {
    match tag.0 {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 3,
    }
}

const fn length_len(len: usize) -> usize {
    match len {
        0..0x80 => 1,
        0x80..0x100 => 2,
        0x100..0x1_0000 => 3,
        0x1_0000..0x100_0000 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarks(text: &str) -> Vec<&'static str> {
        Encoding::of(&hex::decode(text).unwrap()).remarks().collect()
    }

    #[test]
    fn der_gives_no_cause_for_a_remark() {
        for text in [
            "",
            "3003020101",
            "30030101ff",
            "3003010100",
            "3004020200ff",
            "020100",
        ] {
            assert_eq!(remarks(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_der_forbids_is_told() {
        assert_eq!(remarks("308103020101"), ["lengths longer than they need to be"]);
        assert_eq!(remarks("3005048200010a"), ["lengths longer than they need to be"]);
        assert_eq!(remarks("3003010101"), ["a BOOLEAN that is neither 00 nor FF"]);
        for integer in ["020180", "02020001", "0202ff00", "0200"] {
            assert_eq!(
                remarks(integer),
                ["an INTEGER that is negative or has needless octets"],
                "{integer}"
            );
        }
    }
}
