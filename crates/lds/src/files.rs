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

/// Where a file lies: identifiers differ within one directory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The master file, 3F00.
    MasterFile,
    /// The eMRTD application.
    Application,
}

/// A file of the eMRTD, with everything that names it: first byte, file identifier, short identifier, name on disk.
///
/// | file | place | first byte | FID | SFI | name on disk |
/// |---|---|---|---|---|---|
/// | EF.CardAccess | master file | 31 | 011C | 1C | `EF_CardAccess.bin` |
/// | EF.CardSecurity | master file | 30 | 011D | 1D | `EF_CardSecurity.bin` |
/// | EF.ATR/INFO | master file | any | 2F01 | 01 | `EF_ATR_INFO.bin` |
/// | EF.DIR | master file | 61 | 2F00 | 1E | `EF_DIR.bin` |
/// | EF.COM | application | 60 | 011E | 1E | `EF_COM.bin` |
/// | EF.SOD | application | 77 | 011D | 1D | `EF_SOD.bin` |
/// | EF.CVCA | application | 42 | 011C | 1C | `EF_CVCA.bin` |
/// | DG1 to DG16 | application | 61 75 63 76 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 | 0101 to 0110 | 01 to 10 | `Datagroup1.bin` ... |
///
/// ICAO 9303-10; EF.CVCA: TR-03110-1. The names on disk are those of the Golden Reader Tool where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementaryFile {
    /// EF.CardAccess, readable before access control.
    CardAccess,
    /// EF.CardSecurity, the signed security options of the chip, readable after PACE.
    CardSecurity,
    /// EF.ATR/INFO, what the chip can do.
    AtrInfo,
    /// EF.DIR, the list of the applications.
    Dir,
    /// EF.COM, the list of the data groups.
    Com,
    /// EF.SOD, the signature over the data groups.
    Sod,
    /// EF.CVCA, the names of the trust points of Terminal Authentication.
    Cvca,
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
    /// DG4, the irises.
    pub const DG4: Self = Self::DataGroup(DataGroup::DG4);
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

    /// All files: those of the master file, EF.COM, EF.SOD, EF.CVCA, then DG1 to DG16.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::CardAccess,
            Self::CardSecurity,
            Self::AtrInfo,
            Self::Dir,
            Self::Com,
            Self::Sod,
            Self::Cvca,
        ]
        .into_iter()
        .chain(DataGroup::all().map(Self::DataGroup))
    }

    /// Where the file lies.
    #[must_use]
    pub fn place(self) -> Place {
        match self {
            Self::CardAccess | Self::CardSecurity | Self::AtrInfo | Self::Dir => Place::MasterFile,
            Self::Com | Self::Sod | Self::Cvca | Self::DataGroup(_) => Place::Application,
        }
    }

    /// The number of a data group, `None` for the other files.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        match self {
            Self::DataGroup(group) => Some(group.number()),
            Self::CardAccess
            | Self::CardSecurity
            | Self::AtrInfo
            | Self::Dir
            | Self::Com
            | Self::Sod
            | Self::Cvca => None,
        }
    }

    /// The first byte of the file; `None` for EF.ATR/INFO, which begins with whatever it has to say.
    #[must_use]
    pub fn tag(self) -> Option<u8> {
        match self {
            Self::CardAccess => Some(0x31),
            Self::CardSecurity => Some(0x30),
            Self::AtrInfo => None,
            Self::Dir => Some(0x61),
            Self::Com => Some(0x60),
            Self::Sod => Some(0x77),
            Self::Cvca => Some(0x42),
            Self::DataGroup(group) => Some(group.tag()),
        }
    }

    /// The file identifier for SELECT.
    #[must_use]
    pub fn file_id(self) -> FileId {
        match self {
            Self::CardAccess | Self::Cvca => FileId(0x011C),
            Self::CardSecurity | Self::Sod => FileId(0x011D),
            Self::AtrInfo => FileId(0x2F01),
            Self::Dir => FileId(0x2F00),
            Self::Com => FileId(0x011E),
            Self::DataGroup(group) => FileId(0x0100 + u16::from(group.number())),
        }
    }

    /// The file with this identifier in that place.
    #[must_use]
    pub fn from_file_id(place: Place, id: FileId) -> Option<Self> {
        Self::all().find(|file| file.place() == place && file.file_id() == id)
    }

    /// The short file identifier for READ BINARY.
    #[must_use]
    pub fn short_id(self) -> ShortFileId {
        let value = match self {
            Self::CardAccess | Self::Cvca => 0x1C,
            Self::CardSecurity | Self::Sod => 0x1D,
            Self::AtrInfo => 0x01,
            Self::Dir | Self::Com => 0x1E,
            Self::DataGroup(group) => group.number(),
        };
        ShortFileId::new(value).expect("the table holds values of 1 to 30 only")
    }

    /// The file with this short identifier in that place.
    #[must_use]
    pub fn from_short_id(place: Place, id: ShortFileId) -> Option<Self> {
        Self::all().find(|file| file.place() == place && file.short_id() == id)
    }

    /// The name under which the Golden Reader Tool, and many others after it, store the file.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::CardAccess => "EF_CardAccess.bin".to_owned(),
            Self::CardSecurity => "EF_CardSecurity.bin".to_owned(),
            Self::AtrInfo => "EF_ATR_INFO.bin".to_owned(),
            Self::Dir => "EF_DIR.bin".to_owned(),
            Self::Cvca => "EF_CVCA.bin".to_owned(),
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
            Self::CardSecurity => f.write_str("EF.CardSecurity"),
            Self::AtrInfo => f.write_str("EF.ATR/INFO"),
            Self::Dir => f.write_str("EF.DIR"),
            Self::Cvca => f.write_str("EF.CVCA"),
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
            let place = file.place();
            assert_eq!(ElementaryFile::from_file_id(place, file.file_id()), Some(file));
            assert_eq!(ElementaryFile::from_short_id(place, file.short_id()), Some(file));
            assert_eq!(ElementaryFile::from_file_name(&file.file_name()), Some(file));
            assert_eq!(ElementaryFile::from_name(&file.to_string()), Some(file));
        }
        assert_eq!(ElementaryFile::all().count(), 23);
    }

    #[test]
    fn the_table_says_what_the_standard_says() {
        assert_eq!(ElementaryFile::DG2.tag(), Some(0x75));
        assert_eq!(ElementaryFile::DG13.tag(), Some(0x6D));
        assert_eq!(
            ElementaryFile::data_group(16).and_then(ElementaryFile::tag),
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
