//! The names of keys in the certificate chains of terminals.

use core::fmt;

use crate::error::Error;

/// The name of a key: certification authority reference (CAR) or certificate holder reference (CHR).
///
/// ```text
/// country   2 letters, ISO 3166-1 alpha-2
/// mnemonic  up to 9 characters of ISO 8859-1
/// sequence  5 digits or capital letters                            TR-03110-3 §A.7.1
/// ```
/// What others wrote is taken as it is, one to 16 printable characters; what we write follows the table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(Vec<u8>);

impl Reference {
    /// Takes the bytes of a data object `42` or `5F20`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when they are none or more than 16, or hold a character code that ISO 8859-1 leaves
    /// unassigned (TR-03110-3 §D.2.1.4).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let unassigned = |byte: &u8| matches!(byte, 0x00..=0x1F | 0x7F..=0x9F);
        if bytes.is_empty() || bytes.len() > MAX_LEN || bytes.iter().any(unassigned) {
            return Err(Error::Malformed {
                what: "key reference",
                at: 0,
            });
        }
        Ok(Self(bytes.to_vec()))
    }

    /// Reads a name such as `VNCVCATEST00001`, all of whose parts must be as the table says.
    ///
    /// # Errors
    /// [`Error::Misuse`] for any other name.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let misuse = || Error::Misuse {
            what: "key reference: two capital letters, up to nine characters, five digits or capital letters",
            found: text.to_owned(),
        };
        let bytes: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(char).ok()).collect();
        let bytes = bytes.ok_or_else(misuse)?;
        let (country, rest) = bytes.split_at_checked(COUNTRY_LEN).ok_or_else(misuse)?;
        let sequence_at = rest.len().checked_sub(SEQUENCE_LEN).ok_or_else(misuse)?;
        let (mnemonic, sequence) = rest.split_at_checked(sequence_at).ok_or_else(misuse)?;
        let well_formed = country.iter().all(u8::is_ascii_uppercase)
            && mnemonic.len() <= MAX_MNEMONIC_LEN
            && sequence
                .iter()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if !well_formed {
            return Err(misuse());
        }
        Self::from_bytes(&bytes).map_err(|_| misuse())
    }

    /// The bytes of the data object.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

/// TR-03110-3 §D.2, Table 27.
const MAX_LEN: usize = 16;
const COUNTRY_LEN: usize = 2;
const MAX_MNEMONIC_LEN: usize = 9;
const SEQUENCE_LEN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_names_are_taken_and_shown_as_they_are() {
        for name in ["VNCVCATEST00001", "DE00001", "NLIS7202000NL001", "FRÄÖÜ0000A"] {
            let reference = Reference::from_text(name).unwrap();
            assert_eq!(reference.to_string(), name);
            assert_eq!(Reference::from_bytes(reference.as_bytes()), Ok(reference));
        }
    }

    #[test]
    fn names_of_another_form_are_not_ours_to_write() {
        for name in [
            "",
            "VN0001",
            "vnCVCA00001",
            "VNCVCA0000a",
            "VNTOOLONGNAME00001",
            "VNĐ00001",
            "VN\u{85}00001",
        ] {
            assert!(
                matches!(Reference::from_text(name), Err(Error::Misuse { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn others_may_name_their_keys_freely_within_the_character_set() {
        assert!(Reference::from_bytes(b"x").is_ok());
        for bytes in [&[][..], &[b'A'; 17], &[0x1F], &[0x7F], &[0x9F], b"AB\0"] {
            assert!(Reference::from_bytes(bytes).is_err(), "{bytes:02x?}");
        }
    }
}
