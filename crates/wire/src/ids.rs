//! Names of applications and files on a chip.

use std::fmt;

/// An application identifier: 5 to 16 bytes (ISO 7816-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aid {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Aid {
    /// The eMRTD application (ICAO 9303-10): `A0000002471001`.
    pub const EMRTD: Self = Self::known(&[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]);
    /// The shortest: a registered provider alone.
    pub const MIN_LEN: usize = 5;
    /// The longest.
    pub const MAX_LEN: usize = 16;

    /// Makes an identifier of 5 to 16 bytes; `None` for other lengths.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (Self::MIN_LEN..=Self::MAX_LEN)
            .contains(&bytes.len())
            .then(|| Self::known(bytes))
    }

    /// The bytes of the identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }

    /// For lengths that were checked: at most 16.
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "the loop is bounded by both"
    )]
    const fn known(from: &[u8]) -> Self {
        let mut bytes = [0; Self::MAX_LEN];
        let mut len = 0;
        while len < from.len() && len < Self::MAX_LEN {
            bytes[len] = from[len];
            len += 1;
        }
        Self {
            bytes,
            len: len as u8,
        }
    }
}

impl fmt::Display for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A file identifier of two bytes (ISO 7816-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

impl FileId {
    /// The master file.
    pub const MF: Self = Self(0x3F00);
    /// EF.ATR/INFO, under the master file.
    pub const EF_ATR: Self = Self(0x2F01);
    /// EF.DIR, under the master file.
    pub const EF_DIR: Self = Self(0x2F00);
    /// EF.CardAccess, under the master file.
    pub const EF_CARD_ACCESS: Self = Self(0x011C);
    /// EF.CardSecurity, under the master file.
    pub const EF_CARD_SECURITY: Self = Self(0x011D);
    /// EF.SOD, in the eMRTD application.
    pub const EF_SOD: Self = Self(0x011D);
    /// EF.COM, in the eMRTD application.
    pub const EF_COM: Self = Self(0x011E);
    /// EF.CVCA, in the eMRTD application, at its usual place.
    pub const EF_CVCA: Self = Self(0x011C);

    /// The file of data group `number`, 1 to 16, in the eMRTD application: `0101` to `0110`. `None` for others.
    #[must_use]
    pub fn dg(number: u8) -> Option<Self> {
        (1..=16)
            .contains(&number)
            .then(|| Self(0x0100 | u16::from(number)))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A short file identifier: 1 to 30 (ISO 7816-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortFileId(u8);

impl ShortFileId {
    /// EF.CardAccess, under the master file.
    pub const EF_CARD_ACCESS: Self = Self(0x1C);
    /// EF.CardSecurity, under the master file.
    pub const EF_CARD_SECURITY: Self = Self(0x1D);
    /// EF.SOD, in the eMRTD application.
    pub const EF_SOD: Self = Self(0x1D);
    /// EF.COM, in the eMRTD application.
    pub const EF_COM: Self = Self(0x1E);

    /// Makes a short identifier of 1 to 30; `None` for others.
    #[must_use]
    pub const fn new(value: u8) -> Option<Self> {
        match value {
            1..=30 => Some(Self(value)),
            _ => None,
        }
    }

    /// The identifier of data group `number`, 1 to 16. `None` for others.
    #[must_use]
    pub const fn dg(number: u8) -> Option<Self> {
        match number {
            1..=16 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number, 1 to 30.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl fmt::Display for ShortFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

impl fmt::Debug for ShortFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_identifier_has_five_to_sixteen_bytes() {
        for len in 0..20 {
            let bytes = vec![0xA0; len];
            let aid = Aid::new(&bytes);
            assert_eq!(aid.is_some(), (5..=16).contains(&len));
            assert!(aid.is_none_or(|aid| aid.as_bytes() == bytes));
        }
        assert_eq!(Aid::EMRTD.to_string(), "A0000002471001");
    }

    #[test]
    fn data_groups_have_file_identifiers_and_short_ones() {
        assert_eq!(FileId::dg(1), Some(FileId(0x0101)));
        assert_eq!(FileId::dg(16), Some(FileId(0x0110)));
        assert_eq!((FileId::dg(0), FileId::dg(17)), (None, None));
        assert_eq!(ShortFileId::dg(14).map(ShortFileId::value), Some(14));
        assert_eq!((ShortFileId::dg(0), ShortFileId::dg(17)), (None, None));
    }

    #[test]
    fn a_short_file_identifier_lies_between_1_and_30() {
        for value in 0..=u8::MAX {
            assert_eq!(ShortFileId::new(value).is_some(), (1..=30).contains(&value));
        }
    }
}
