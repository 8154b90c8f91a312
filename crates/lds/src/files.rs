//! The elementary files of the eMRTD application, in one table.

use antin_wire::ids::{FileId, ShortFileId};

/// The number of a data group, 1 to 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataGroup(u8);

impl DataGroup {
    /// The machine readable zone.
    pub const DG1: Self = Self(1);
    /// The face.
    pub const DG2: Self = Self(2);
    /// The fingers; read after terminal authentication only.
    pub const DG3: Self = Self(3);
    /// The irises; read after terminal authentication only.
    pub const DG4: Self = Self(4);
    /// Additional personal details.
    pub const DG11: Self = Self(11);
    /// Additional document details.
    pub const DG12: Self = Self(12);
    /// National data.
    pub const DG13: Self = Self(13);
    /// Security options.
    pub const DG14: Self = Self(14);
    /// The Active Authentication key.
    pub const DG15: Self = Self(15);
    /// Persons to notify.
    pub const DG16: Self = Self(16);

    /// The data group of this number; `None` outside 1 to 16.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=16).contains(&number).then_some(Self(number))
    }

    /// The data group whose file starts with this tag, as EF.COM lists it.
    #[must_use]
    pub fn from_tag(tag: u8) -> Option<Self> {
        let index = DATA_GROUP_TAGS.iter().position(|known| *known == tag)?;
        Self::new(u8::try_from(index + 1).ok()?)
    }

    /// 1 to 16.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// The tag its file starts with.
    #[must_use]
    pub fn tag(self) -> u8 {
        let index = usize::from(self.0) - 1;
        *DATA_GROUP_TAGS
            .get(index)
            .expect("a data group has a number of 1 to 16")
    }

    /// All sixteen, in ascending order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=16).map(Self)
    }
}

/// Writes `DG1`.
impl std::fmt::Display for DataGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DG{}", self.0)
    }
}

/// A file of the eMRTD, with everything that names it: tag, file identifier, short identifier, name on disk.
///
/// | file | tag | FID | SFI | Golden Reader Tool name |
/// |---|---|---|---|---|
/// | EF.CardAccess | 31 | 011C | 1C | `EF_CardAccess.bin` |
/// | EF.COM | 60 | 011E | 1E | `EF_COM.bin` |
/// | EF.SOD | 77 | 011D | 1D | `EF_SOD.bin` |
/// | DG1 to DG16 | 61 75 63 76 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 | 0101 to 0110 | 01 to 10 | `Datagroup1.bin` ... |
///
/// ICAO 9303-10. EF.CardAccess lies in the master file, all others in the eMRTD application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementaryFile {
    /// EF.CardAccess, readable before access control.
    CardAccess,
    /// EF.COM, the list of the data groups.
    Com,
    /// EF.SOD, the signature over the data groups.
    Sod,
    /// A data group.
    DataGroup(DataGroup),
}

impl ElementaryFile {
    /// DG1, the machine readable zone.
    pub const DG1: Self = Self::DataGroup(DataGroup::DG1);
    /// DG2, the face.
    pub const DG2: Self = Self::DataGroup(DataGroup::DG2);
    /// DG3, the fingers.
    pub const DG3: Self = Self::DataGroup(DataGroup::DG3);
    /// DG13, national data.
    pub const DG13: Self = Self::DataGroup(DataGroup::DG13);
    /// DG14, security options.
    pub const DG14: Self = Self::DataGroup(DataGroup::DG14);
    /// DG15, the Active Authentication key.
    pub const DG15: Self = Self::DataGroup(DataGroup::DG15);

    /// The data group of this number; `None` outside 1 to 16.
    #[must_use]
    pub fn data_group(number: u8) -> Option<Self> {
        DataGroup::new(number).map(Self::DataGroup)
    }

    /// All files: EF.CardAccess, EF.COM, EF.SOD, then DG1 to DG16.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::CardAccess, Self::Com, Self::Sod]
            .into_iter()
            .chain(DataGroup::all().map(Self::DataGroup))
    }

    /// The number of a data group, `None` for the other files.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        match self {
            Self::DataGroup(group) => Some(group.number()),
            Self::CardAccess | Self::Com | Self::Sod => None,
        }
    }

    /// The first byte of the file.
    #[must_use]
    pub fn tag(self) -> u8 {
        match self {
            Self::CardAccess => 0x31,
            Self::Com => 0x60,
            Self::Sod => 0x77,
            Self::DataGroup(group) => group.tag(),
        }
    }

    /// The file that starts with this tag.
    #[must_use]
    pub fn from_tag(tag: u8) -> Option<Self> {
        Self::all().find(|file| file.tag() == tag)
    }

    /// The file identifier for SELECT.
    #[must_use]
    pub fn file_id(self) -> FileId {
        match self {
            Self::CardAccess => FileId(0x011C),
            Self::Com => FileId(0x011E),
            Self::Sod => FileId(0x011D),
            Self::DataGroup(group) => FileId(0x0100 + u16::from(group.number())),
        }
    }

    /// The file with this identifier.
    #[must_use]
    pub fn from_file_id(id: FileId) -> Option<Self> {
        Self::all().find(|file| file.file_id() == id)
    }

    /// The short file identifier for READ BINARY.
    #[must_use]
    pub fn short_id(self) -> ShortFileId {
        let value = match self {
            Self::CardAccess => 0x1C,
            Self::Com => 0x1E,
            Self::Sod => 0x1D,
            Self::DataGroup(group) => group.number(),
        };
        ShortFileId::new(value).expect("the table holds values of 1 to 30 only")
    }

    /// The file with this short identifier.
    #[must_use]
    pub fn from_short_id(id: ShortFileId) -> Option<Self> {
        Self::all().find(|file| file.short_id() == id)
    }

    /// The name under which the Golden Reader Tool, and many others after it, store the file.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::CardAccess => "EF_CardAccess.bin".to_owned(),
            Self::Com => "EF_COM.bin".to_owned(),
            Self::Sod => "EF_SOD.bin".to_owned(),
            Self::DataGroup(group) => format!("Datagroup{}.bin", group.number()),
        }
    }

    /// The file of this [`file_name`](Self::file_name); upper and lower case are the same.
    #[must_use]
    pub fn from_file_name(name: &str) -> Option<Self> {
        Self::all().find(|file| file.file_name().eq_ignore_ascii_case(name))
    }

    /// The file of this name, as [`Display`](std::fmt::Display) writes it: `EF.COM`, `DG1`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|file| file.to_string() == name)
    }
}

/// Writes the name the standard uses: `EF.COM`, `DG1`.
impl std::fmt::Display for ElementaryFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CardAccess => f.write_str("EF.CardAccess"),
            Self::Com => f.write_str("EF.COM"),
            Self::Sod => f.write_str("EF.SOD"),
            Self::DataGroup(group) => group.fmt(f),
        }
    }
}

/// As the name the standard uses: `EF.COM`, `DG1`.
impl serde::Serialize for ElementaryFile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From the name the standard uses: `EF.COM`, `DG1`.
impl<'de> serde::Deserialize<'de> for ElementaryFile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom("no file of an eMRTD has this name"))
    }
}

/// The tags of DG1 to DG16 (ICAO 9303-10).
const DATA_GROUP_TAGS: [u8; 16] = [
    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_file_leads_back_to_it() {
        for file in ElementaryFile::all() {
            assert_eq!(ElementaryFile::from_tag(file.tag()), Some(file));
            assert_eq!(ElementaryFile::from_file_id(file.file_id()), Some(file));
            assert_eq!(ElementaryFile::from_short_id(file.short_id()), Some(file));
            assert_eq!(ElementaryFile::from_file_name(&file.file_name()), Some(file));
            assert_eq!(ElementaryFile::from_name(&file.to_string()), Some(file));
        }
        assert_eq!(ElementaryFile::all().count(), 19);
    }

    #[test]
    fn the_table_says_what_the_standard_says() {
        assert_eq!(ElementaryFile::DG2.tag(), 0x75);
        assert_eq!(ElementaryFile::DG13.tag(), 0x6D);
        assert_eq!(
            ElementaryFile::data_group(16).map(ElementaryFile::tag),
            Some(0x70)
        );
        assert_eq!(ElementaryFile::Com.file_id(), FileId(0x011E));
        assert_eq!(ElementaryFile::DG15.file_name(), "Datagroup15.bin");
        assert_eq!(
            ElementaryFile::from_file_name("DATAGROUP14.BIN"),
            Some(ElementaryFile::DG14)
        );
        assert_eq!(DataGroup::new(0), None);
        assert_eq!(DataGroup::new(17), None);
        assert_eq!(DataGroup::from_tag(0x77), None);
    }
}
