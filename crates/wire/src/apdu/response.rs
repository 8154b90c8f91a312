//! Response APDUs.

use std::fmt;

use super::StatusWord;
use crate::{Malformed, MalformedKind};

/// A response APDU: data, then SW1 and SW2.
///
/// Debug shows the length of the data and the status word, never the data.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The response data, empty when there is none.
    pub data: Vec<u8>,
    /// The status word.
    pub sw: StatusWord,
}

impl Response {
    /// A response with data and status word.
    #[must_use]
    pub const fn new(data: Vec<u8>, sw: StatusWord) -> Self {
        Self { data, sw }
    }

    /// Data and `9000`.
    #[must_use]
    pub fn ok(data: impl Into<Vec<u8>>) -> Self {
        Self::new(data.into(), StatusWord::OK)
    }

    /// A status word alone.
    #[must_use]
    pub const fn status(sw: StatusWord) -> Self {
        Self::new(Vec::new(), sw)
    }

    /// Reads a response APDU.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] for fewer than two bytes, [`MalformedKind::TooLong`] for more than 65,536 bytes
    /// of data.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let (data, sw) =
            bytes
                .split_last_chunk::<2>()
                .ok_or(Malformed::new("response", 0, MalformedKind::Truncated))?;
        if data.len() > MAX_DATA {
            return Err(Malformed::new("response", MAX_DATA, MalformedKind::TooLong));
        }
        Ok(Self::new(data.to_vec(), StatusWord(u16::from_be_bytes(*sw))))
    }

    /// Writes the response APDU.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.sw.0.to_be_bytes()].concat()
    }

    /// Tells whether the status word is `9000`.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.sw.is_ok()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {}", self.data.len(), self.sw)
    }
}

/// The most that an Le can ask for.
const MAX_DATA: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_status_word_are_told_apart_and_put_together() {
        let response = Response::parse(&[0x01, 0x02, 0x62, 0x82]).unwrap();
        assert_eq!(response, Response::new(vec![0x01, 0x02], StatusWord::END_OF_FILE));
        assert_eq!(response.to_bytes(), [0x01, 0x02, 0x62, 0x82]);
        assert!(!response.is_ok());
        assert_eq!(Response::parse(&[0x90, 0x00]), Ok(Response::ok([])));
    }

    #[test]
    fn no_response_is_shorter_than_its_status_word_or_longer_than_an_le_can_ask() {
        assert_eq!(Response::parse(&[]).unwrap_err().kind, MalformedKind::Truncated);
        assert_eq!(
            Response::parse(&[0x90]).unwrap_err().kind,
            MalformedKind::Truncated
        );
        assert!(Response::parse(&vec![0; 65_538]).is_ok());
        assert_eq!(
            Response::parse(&vec![0; 65_539]).unwrap_err().kind,
            MalformedKind::TooLong
        );
    }

    #[test]
    fn debug_shows_lengths_only() {
        let shown = format!("{:?}", Response::ok(*b"NGUYEN"));
        assert_eq!(shown, "6 bytes, 9000 (success)");
    }
}
