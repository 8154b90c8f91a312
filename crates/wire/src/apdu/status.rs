//! Status words (ISO 7816-4, status bytes): every value survives, known ones have a name.

use std::fmt;

/// The two bytes SW1-SW2 that end every response.
///
/// ```
/// use antin_wire::apdu::StatusWord;
/// assert_eq!(StatusWord(0x6982).to_string(), "6982 (security status not satisfied)");
/// assert_eq!(StatusWord(0x63C2).tries_left(), Some(2));
/// assert_eq!(StatusWord(0x6C10).correct_le(), Some(16));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusWord(pub u16);

macro_rules! status_words {
    ($($constant:ident = $value:literal, $text:literal;)+) => {
        impl StatusWord {
            $(#[doc = concat!("`", stringify!($value), "`: ", $text, ".")] pub const $constant: Self = Self($value);)+

            /// The standard's words for exactly this value.
            const fn named(self) -> Option<&'static str> {
                match self.0 { $($value => Some($text),)+ _ => None }
            }
        }
    };
}

status_words! {
    OK = 0x9000, "success";
    WARNING_UNCHANGED = 0x6200, "warning, memory unchanged";
    DATA_MAY_BE_CORRUPTED = 0x6281, "part of the data may be corrupted";
    END_OF_FILE = 0x6282, "end of file before Le bytes";
    FILE_DEACTIVATED = 0x6283, "selected file deactivated";
    FCI_FORMAT_WRONG = 0x6284, "file control information not formatted";
    FILE_TERMINATED = 0x6285, "selected file terminated";
    AUTH_FAILED = 0x6300, "verification failed";
    FILE_FULL = 0x6381, "file filled up by the last write";
    EXECUTION_ERROR = 0x6400, "execution error, memory unchanged";
    MEMORY_CHANGED = 0x6500, "execution error, memory changed";
    MEMORY_FAILURE = 0x6581, "memory failure";
    WRONG_LENGTH = 0x6700, "wrong length";
    CLASS_FUNCTION_NOT_SUPPORTED = 0x6800, "function of the class byte not supported";
    LOGICAL_CHANNEL = 0x6881, "logical channel not supported";
    SM_NOT_SUPPORTED = 0x6882, "secure messaging not supported";
    LAST_OF_CHAIN_EXPECTED = 0x6883, "last command of the chain expected";
    CHAINING = 0x6884, "command chaining not supported";
    NOT_ALLOWED = 0x6900, "command not allowed";
    WRONG_FILE_STRUCTURE = 0x6981, "command incompatible with the file structure";
    SECURITY_NOT_SATISFIED = 0x6982, "security status not satisfied";
    BLOCKED = 0x6983, "authentication method blocked";
    REF_DATA_UNUSABLE = 0x6984, "reference data not usable";
    CONDITIONS_NOT_SATISFIED = 0x6985, "conditions of use not satisfied";
    COMMAND_NOT_ALLOWED = 0x6986, "command not allowed, no current file";
    SM_DATA_MISSING = 0x6987, "secure messaging data object missing";
    SM_DATA_WRONG = 0x6988, "secure messaging data object incorrect";
    WRONG_PARAMETERS = 0x6A00, "wrong parameters";
    INCORRECT_PARAMETERS = 0x6A80, "incorrect parameters in the data field";
    FUNCTION_NOT_SUPPORTED = 0x6A81, "function not supported";
    FILE_NOT_FOUND = 0x6A82, "file or application not found";
    RECORD_NOT_FOUND = 0x6A83, "record not found";
    NOT_ENOUGH_MEMORY = 0x6A84, "not enough memory in the file";
    LENGTH_INCONSISTENT_WITH_TLV = 0x6A85, "Lc inconsistent with the TLV structure";
    WRONG_P1P2 = 0x6A86, "incorrect parameters P1-P2";
    LENGTH_INCONSISTENT_WITH_P1P2 = 0x6A87, "Lc inconsistent with P1-P2";
    REF_DATA_NOT_FOUND = 0x6A88, "referenced data not found";
    FILE_EXISTS = 0x6A89, "file already exists";
    NAME_EXISTS = 0x6A8A, "application name already exists";
    WRONG_OFFSET = 0x6B00, "wrong parameters P1-P2, offset outside the file";
    INS = 0x6D00, "instruction not supported";
    CLA = 0x6E00, "class not supported";
    UNKNOWN = 0x6F00, "no precise diagnosis";
}

impl StatusWord {
    /// `63Cx`: a wrong secret, with `tries` (0 to 15) left.
    #[must_use]
    pub const fn with_tries_left(tries: u8) -> Self {
        Self(u16::from_be_bytes([0x63, 0xC0 | tries & 0x0F]))
    }

    /// `6Cxx`: wrong Le, `le` (1 to 256) would be right.
    #[must_use]
    pub const fn with_correct_le(le: u16) -> Self {
        Self(u16::from_be_bytes([0x6C, le.to_be_bytes()[1]]))
    }

    /// SW1, the first byte.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2, the second byte.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// Tells whether this is `9000`. Warnings and `61xx` are not.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == Self::OK.0
    }

    /// Tells whether the card warns (`62xx`, `63xx`): it acted, with a reservation.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self.sw1(), 0x62 | 0x63)
    }

    /// The tries that are left after a wrong secret (`63Cx`).
    #[must_use]
    pub const fn tries_left(self) -> Option<u8> {
        match self.0 {
            0x63C0..=0x63CF => Some(self.sw2() & 0x0F),
            _ => None,
        }
    }

    /// The number of bytes that GET RESPONSE can fetch (`61xx`); `6100` means 256 or more.
    #[must_use]
    pub fn more_bytes(self) -> Option<u32> {
        (self.sw1() == 0x61).then(|| zero_is_256(self.sw2()))
    }

    /// The Le that would have been right (`6Cxx`); `6C00` means 256.
    #[must_use]
    pub fn correct_le(self) -> Option<u32> {
        (self.sw1() == 0x6C).then(|| zero_is_256(self.sw2()))
    }

    /// What the status word says, in the standard's words; for values without a name, those of their class.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        if let Some(text) = self.named() {
            return text;
        }
        match (self.sw1(), self.sw2()) {
            (0x61, _) => "more data available",
            (0x62, _) => "warning, memory unchanged",
            (0x63, 0xC0..=0xCF) => "verification failed, tries counted",
            (0x63, _) => "warning, memory changed",
            (0x64, _) => "execution error, memory unchanged",
            (0x65, _) => "execution error, memory changed",
            (0x66, _) => "security-related problem",
            (0x67, _) => "wrong length",
            (0x68, _) => "function of the class byte not supported",
            (0x69, _) => "command not allowed",
            (0x6A, _) => "wrong parameters",
            (0x6B, _) => "wrong parameters P1-P2",
            (0x6C, _) => "wrong Le",
            (0x6D, _) => "instruction not supported",
            (0x6E, _) => "class not supported",
            (0x6F, _) => "no precise diagnosis",
            (0x90..=0x9F, _) => "proprietary",
            _ => "not a status word of ISO 7816-4",
        }
    }
}

impl From<StatusWord> for u16 {
    fn from(sw: StatusWord) -> Self {
        sw.0
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.meaning())
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn zero_is_256(sw2: u8) -> u32 {
    if sw2 == 0 { 256 } else { u32::from(sw2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_words_and_keeps_its_number() {
        for value in 0..=u16::MAX {
            let shown = StatusWord(value).to_string();
            assert!(shown.starts_with(&format!("{value:04X} (")), "{shown}");
            assert!(shown.len() > "0000 ()".len(), "{shown}");
        }
    }

    #[test]
    fn counters_and_lengths_are_read_from_their_own_classes_only() {
        for value in 0..=u16::MAX {
            let sw = StatusWord(value);
            assert_eq!(sw.tries_left().is_some(), value & 0xFFF0 == 0x63C0);
            assert_eq!(sw.more_bytes().is_some(), value >> 8 == 0x61);
            assert_eq!(sw.correct_le().is_some(), value >> 8 == 0x6C);
            assert_eq!(sw.is_ok(), value == 0x9000);
        }
        assert_eq!(StatusWord(0x6100).more_bytes(), Some(256));
        assert_eq!(StatusWord(0x6C00).correct_le(), Some(256));
        assert_eq!(StatusWord::with_correct_le(256), StatusWord(0x6C00));
        assert_eq!(StatusWord::with_correct_le(22), StatusWord(0x6C16));
        assert_eq!(StatusWord::with_tries_left(3), StatusWord(0x63C3));
    }

    #[test]
    fn warnings_are_told_from_success_and_from_errors() {
        assert!(StatusWord::END_OF_FILE.is_warning());
        assert!(StatusWord::AUTH_FAILED.is_warning());
        assert!(!StatusWord::OK.is_warning());
        assert!(!StatusWord::WRONG_LENGTH.is_warning());
    }
}
