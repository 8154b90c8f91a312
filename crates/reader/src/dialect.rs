//! How one kind of card wants to be spoken to: what was found out once and need not be found out again.
//!
//! Chips differ in how their master file is selected, whether they know short file identifiers, how long their answers
//! may be and how they tell the end of a file. The reader climbs down a ladder until a chip answers; a [`Dialect`] is
//! where it came to a stand. Given for the next card of the same kind, it only changes what is tried first: a rung that
//! does not carry is left as if nothing had been known, and nothing in it can weaken access control.

use antin_protocol::pace::terminal::DomainReference;
use serde::{Deserialize, Serialize};

/// What is known about a kind of card. Holds nothing about its holder. `None` is "not found out yet".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialect {
    /// What has to be said before EF.CardAccess can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_file: Option<MasterFile>,
    /// Whether files can be named by short identifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_ids: Option<ShortIds>,
    /// The largest Le of an extended command, 257 to 65,536 bytes; 0 where extended length does not work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_le: Option<u32>,
    /// The largest Le of a short command, 1 to 256 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_le: Option<u32>,
    /// Whether a command may ask for more than the file has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_end: Option<BeyondEnd>,
    /// Whether MSE:Set AT of PACE names the domain parameters (data object 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_84: Option<Tag84>,
}

/// How the master file is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MasterFile {
    /// It is selected after reset; no command is needed.
    Selected,
    /// `00 A4 00 0C 02 3F00`.
    ById,
    /// `00 A4 00 0C`: no identifier at all.
    Bare,
    /// `00 A4 00 00 02 3F00 00`: asks for file control information.
    WithInformation,
}

impl MasterFile {
    /// Every way, the cheapest and most common first.
    pub const ALL: [Self; 4] = [Self::Selected, Self::ById, Self::Bare, Self::WithInformation];
}

/// Whether files can be named by short identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShortIds {
    /// They can.
    Used,
    /// They cannot: every file is selected.
    Refused,
}

/// What the chip makes of a command that asks for more than the file has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeyondEnd {
    /// It gives what there is.
    Allowed,
    /// It refuses; every byte is counted out.
    Refused,
}

/// Whether MSE:Set AT names the domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tag84 {
    /// Data object 84 is sent.
    Sent,
    /// It is left out.
    Omitted,
}

impl Tag84 {
    /// The same for the protocol.
    pub(crate) const fn reference(self) -> DomainReference {
        match self {
            Self::Sent => DomainReference::Send,
            Self::Omitted => DomainReference::Omit,
        }
    }

    /// The other way.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Sent => Self::Omitted,
            Self::Omitted => Self::Sent,
        }
    }
}

impl Dialect {
    /// The ways to the master file, the remembered one first.
    pub(crate) fn ways_to_master_file(&self) -> impl Iterator<Item = MasterFile> + use<> {
        let known = self.master_file;
        let others = MasterFile::ALL.into_iter().filter(move |way| Some(*way) != known);
        known.into_iter().chain(others)
    }

    /// The largest Le of an extended command, unless extended length is known not to work.
    pub(crate) fn extended(&self) -> Option<u32> {
        match self.extended_le {
            None => Some(EXTENDED_LE),
            Some(le) => (SHORT_LE + 1..=EXTENDED_LE).contains(&le).then_some(le),
        }
    }

    /// The largest Le of a short command.
    pub(crate) fn short(&self) -> u32 {
        let worth_it = |le: &u32| (LEAST_REMEMBERED_LE..=SHORT_LE).contains(le);
        self.short_le.filter(worth_it).unwrap_or(SHORT_LE)
    }
}

/// Le that asks for everything in a short command.
pub(crate) const SHORT_LE: u32 = 256;

/// Le that asks for everything in extended length.
pub(crate) const EXTENDED_LE: u32 = 65_536;

/// A length below this is not worth remembering: finding out once more costs less than so many small answers.
const LEAST_REMEMBERED_LE: u32 = 64;

/// Smaller answers than this are not asked for.
pub(crate) const LEAST_LE: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_way_is_tried_first_and_every_other_way_once() {
        for known in MasterFile::ALL {
            let dialect = Dialect {
                master_file: Some(known),
                ..Dialect::default()
            };
            let ways: Vec<_> = dialect.ways_to_master_file().collect();
            assert_eq!(ways.first(), Some(&known));
            assert_eq!(ways.len(), MasterFile::ALL.len());
            assert!(MasterFile::ALL.iter().all(|way| ways.contains(way)));
        }
        assert!(Dialect::default().ways_to_master_file().eq(MasterFile::ALL));
    }

    #[test]
    fn lengths_that_no_chip_can_mean_are_not_taken_over() {
        let with = |extended_le, short_le| Dialect {
            extended_le: Some(extended_le),
            short_le: Some(short_le),
            ..Dialect::default()
        };
        assert_eq!(with(0, 0).extended(), None);
        assert_eq!(with(256, 0).extended(), None);
        assert_eq!(with(u32::MAX, 0).extended(), None);
        assert_eq!(with(2_048, 0).extended(), Some(2_048));
        assert_eq!(with(0, 0).short(), SHORT_LE);
        assert_eq!(with(0, 100).short(), 100);
        assert_eq!(with(0, u32::MAX).short(), SHORT_LE);
    }
}
