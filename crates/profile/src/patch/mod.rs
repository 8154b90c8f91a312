//! Fault patches: what a chip does wrong, as data.
//!
//! A patch changes the answers, the files or the keys of a software card at named places of a conversation. Tests and
//! torture cards are made with it; no product is. The TOML form is described in `card-profiles/README.md`.
//!
//! ```
//! use antin_profile::patch::Patch;
//!
//! let patch = Patch::parse(
//!     r#"
//!     schema = "antin.patch/1"
//!     name = "wrong-token"
//!     [[fault]]
//!     at = "pace.token"
//!     edit = { object = "7C 86", xor = "01" }
//!     "#,
//!     "example",
//! )?;
//! assert_eq!(patch.faults.len(), 1);
//! # Ok::<(), antin_profile::ProfileError>(())
//! ```

mod check;
mod edit;
mod omission;
mod source;
mod step;

use core::time::Duration;

use antin_lds::ElementaryFile;
use antin_wire::apdu::StatusWord;
use serde::Deserialize;

use crate::ProfileError;

pub use edit::{Applied, Edit, ObjectChange, Part, Place};
pub use omission::Omission;
pub use step::{FileName, Step};

/// The value that the key `schema` of every patch must have.
pub const SCHEMA: &str = "antin.patch/1";

/// Everything that one chip does wrong.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Patch {
    /// Short name in lower case.
    pub name: String,
    /// What it is, for people; empty where the name says it.
    pub title: String,
    /// What happens during the conversation. Every fault whose trigger fits takes part, in this order.
    pub faults: Vec<Fault>,
    /// What is wrong with the files before the conversation begins.
    pub files: Vec<FileChange>,
    /// What is wrong with the private keys.
    pub keys: Vec<KeyChange>,
    /// What the chip never checks.
    pub omissions: Vec<Omission>,
}

impl Patch {
    /// Reads and checks the TOML text of a patch; `origin` names it in errors.
    ///
    /// # Errors
    /// The first fault of the text, with line and column; [`Patch::faults_of`] lists all of them.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ProfileError> {
        check::parse(text, origin)
            .map_err(|faults| faults.into_iter().next().expect("a patch is refused for a fault"))
    }

    /// Lists every fault of the TOML text of a patch; empty when it is right.
    #[must_use]
    pub fn faults_of(text: &str, origin: &str) -> Vec<ProfileError> {
        check::parse(text, origin).err().unwrap_or_default()
    }

    /// Says whether the patch changes what the card keeps without power, or puts another card in its place.
    #[must_use]
    pub fn changes_content(&self) -> bool {
        let swaps = |fault: &Fault| fault.actions.contains(&Action::SwapCard);
        !self.files.is_empty() || !self.keys.is_empty() || self.faults.iter().any(swaps)
    }
}

/// One thing that goes wrong during a conversation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// When.
    pub trigger: Trigger,
    /// What, in the order of the kinds of [`Action`].
    pub actions: Vec<Action>,
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trigger {
    /// The step of the conversation.
    pub step: Step,
    /// The number of the command since the chip was made or patched, counted from 1; `None` for any.
    pub apdu: Option<u32>,
    /// Only commands of this kind.
    pub only: Option<Messaging>,
    /// So many commands that fit are let pass first.
    pub after: u32,
    /// It happens so many times; `None` for ever.
    pub times: Option<u32>,
}

/// Whether a command comes in plain or under secure messaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Messaging {
    /// In plain.
    Plain,
    /// Under secure messaging.
    Sm,
}

/// Where in the making of an answer an edit takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// What the chip means to say; secure messaging protects it rightly.
    #[default]
    Answer,
    /// The data objects of secure messaging before the MAC is computed over them: the MAC fits.
    Sealed,
    /// The bytes as they leave the chip.
    Wire,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// The chip carries out this command, header and all, in the place of the one it was sent.
    Hear(Vec<u8>),
    /// The chip does not carry out the command: it says 9000.
    Ignore,
    /// The chip gives back the data that it was sent, with 9000.
    Echo,
    /// The chip draws these bytes where it should draw random ones, over and over.
    Random(Vec<u8>),
    /// The answer has this status word; an error carries no data.
    Status(StatusWord),
    /// The answer is edited.
    Edit(Layer, Edit),
    /// The answer is the one that this fault met first, over and over; secure messaging protects it anew.
    Same,
    /// The public value in the answer of PACE is another one.
    Public(PublicFault),
    /// The RSA signature of Active Authentication ends, opened, with these bytes in the place of its trailer.
    Trailer(Vec<u8>),
    /// The checksum of the protected answer is wrong.
    Mac(MacFault),
    /// The answer leaves without secure messaging.
    Bare,
    /// The chip goes on with the session keys that Chip Authentication should replace.
    KeepOldKeys,
    /// The answer to the command so many commands ago is given once more, byte for byte.
    Replay(u32),
    /// The answer comes late.
    Delay(Duration),
    /// There is no answer, and the card stays silent until it is reset.
    Hang,
    /// The card leaves the field.
    Tear(Tear),
    /// Another card lies on the reader from this command on: without a session, with the keys of its own.
    SwapCard,
}

/// A public value that an honest chip does not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicFault {
    /// The terminal's own.
    Mirror,
    /// Nothing.
    Empty,
    /// The point at infinity as one zero byte; for DH zero.
    Infinity,
    /// Zero in every coordinate; for DH zero.
    Zero,
    /// One as x and as y; for DH one.
    One,
    /// A point that lies on no curve of these parameters: the last bit of y changed. For DH: outside of the subgroup.
    OffCurve,
    /// A point of order two on another curve with the same a: y is zero. For DH: p-1.
    SmallOrder,
    /// A point of the twist: an x that no point of the curve has. For DH: outside of the subgroup.
    Twist,
    /// p-1 in place of x; for DH p-1.
    #[serde(rename = "p-1")]
    PMinusOne,
    /// p in place of x; for DH p.
    P,
    /// p+1 in place of x; for DH p+1.
    #[serde(rename = "p+1")]
    PPlusOne,
    /// Every bit set in x; for DH in all.
    AboveP,
    /// x above p, y as it was.
    XAboveP,
    /// y above p, x as it was.
    YAboveP,
    /// x zero, y as it was.
    XZero,
    /// y zero, x as it was: the same as `small-order`.
    YZero,
    /// One byte less.
    Short,
    /// One byte more.
    Long,
    /// The form with one coordinate, which the standard does not allow here.
    Compressed,
    /// The first byte is no form of a point.
    BadForm,
    /// A good value whose private key the chip does not use.
    Other,
}

/// A checksum that an honest chip does not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacFault {
    /// One bit differs.
    Wrong,
    /// There is none.
    Missing,
    /// It has seven bytes.
    Truncated,
    /// Eight zero bytes.
    Zero,
}

/// When a card that leaves the field leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tear {
    /// Before the chip acts on the command.
    Before,
    /// After the chip acted, before its answer arrives.
    After,
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FileChange {
    /// Which file.
    pub file: ElementaryFile,
    /// What becomes of it.
    pub change: ContentChange,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum ContentChange {
    /// It is not there.
    Remove,
    /// Its bytes are edited; a file that is not there begins empty.
    Edit(Edit),
}

/// A change of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyChange {
    /// Which key.
    pub of: KeyName,
    /// What becomes of it.
    pub is: KeyFault,
}

/// A private key of the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyName {
    /// The key of Chip Authentication.
    ChipAuthentication,
    /// The key of Active Authentication.
    ActiveAuthentication,
    /// No key, but what a terminal's signature is bound to: the name that the chip gives itself in Terminal
    /// Authentication.
    ChipIdentifier,
}

/// What is wrong with a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyFault {
    /// Another key of the same kind: its public key is not the one in the files.
    Other,
    /// The chip has none.
    Missing,
}
