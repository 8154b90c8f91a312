//! What a reader hands over: the files as stored, and what happened in the session that read them.

use std::collections::BTreeMap;

use antin_crypto::{PublicKey, SecretBytes};
use antin_lds::ElementaryFile;
use antin_wire::apdu::StatusWord;
use serde::{Deserialize, Serialize};

use crate::checks::Check;

/// What became of one file.
#[derive(Clone, PartialEq, Eq)]
pub enum FileState {
    /// The bytes as stored.
    Read(Vec<u8>),
    /// The chip refuses it for missing rights, with this status word.
    Refused(StatusWord),
    /// The chip says that it does not exist, with this status word.
    Missing(StatusWord),
    /// The chip answered nonsense: no frame, too long, cut short.
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
    /// The link was lost while reading it.
    Lost,
}

/// Without the content: files hold personal data.
impl core::fmt::Debug for FileState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Read(bytes) => write!(f, "Read({} bytes)", bytes.len()),
            Self::Refused(status) => write!(f, "Refused({status:?})"),
            Self::Missing(status) => write!(f, "Missing({status:?})"),
            Self::Malformed { what } => write!(f, "Malformed({what})"),
            Self::Lost => f.write_str("Lost"),
        }
    }
}

/// The files of one document. A file that nobody tried to read is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadFiles {
    states: BTreeMap<ElementaryFile, FileState>,
}

impl ReadFiles {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// States what became of a file; an earlier state is replaced.
    pub fn insert(&mut self, file: ElementaryFile, state: FileState) {
        self.states.insert(file, state);
    }

    /// What became of a file; `None` when nobody tried.
    #[must_use]
    pub fn state(&self, file: ElementaryFile) -> Option<&FileState> {
        self.states.get(&file)
    }

    /// The bytes of a file that was read.
    #[must_use]
    pub fn bytes(&self, file: ElementaryFile) -> Option<&[u8]> {
        match self.states.get(&file)? {
            FileState::Read(bytes) => Some(bytes),
            FileState::Refused(_) | FileState::Missing(_) | FileState::Malformed { .. } | FileState::Lost => {
                None
            }
        }
    }

    /// Every file with its state, in the order of [`ElementaryFile`].
    pub fn iter(&self) -> impl Iterator<Item = (ElementaryFile, &FileState)> {
        self.states.iter().map(|(file, state)| (*file, state))
    }
}

impl FromIterator<(ElementaryFile, Vec<u8>)> for ReadFiles {
    fn from_iter<I: IntoIterator<Item = (ElementaryFile, Vec<u8>)>>(files: I) -> Self {
        Self {
            states: files
                .into_iter()
                .map(|(file, bytes)| (file, FileState::Read(bytes)))
                .collect(),
        }
    }
}

/// How the chip was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessMethod {
    /// Not at all: files from a folder.
    #[default]
    None,
    /// The chip protects nothing.
    Open,
    /// Basic Access Control.
    Bac,
    /// Password Authenticated Connection Establishment.
    Pace,
}

/// Which password opened the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordKind {
    /// From the machine readable zone.
    Mrz,
    /// The six digits printed on the card.
    Can,
    /// The holder's own number.
    Pin,
    /// The number that unblocks the holder's own.
    Puk,
}

/// How the chip was opened, in detail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Access {
    /// The protocol.
    pub method: AccessMethod,
    /// The kind of password.
    pub password: Option<PasswordKind>,
    /// The PACE mapping: `gm`, `im`, `cam`.
    pub mapping: Option<String>,
    /// The cipher of the session: `3des`, `aes-128`, `aes-192`, `aes-256`.
    pub cipher: Option<String>,
    /// PACE was announced and BAC was used.
    pub downgrade: bool,
}

/// What PACE with chip authentication mapping left behind: with the chip's static key it proves the chip
/// (ICAO 9303-11 §4.4.3.5).
#[derive(Clone, Debug)]
pub struct CamEvidence {
    /// The key that the chip sent in the mapping step.
    pub mapping_key: PublicKey,
    /// The Chip Authentication Data, as long as the order of the curve.
    pub chip_data: SecretBytes,
}

/// Compares the proof in constant time.
impl PartialEq for CamEvidence {
    fn eq(&self, other: &Self) -> bool {
        self.mapping_key == other.mapping_key && self.chip_data.ct_eq(other.chip_data.expose())
    }
}

/// A challenge of Active Authentication and what the chip answered: with the key of DG15 anybody can check it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveAnswer {
    /// The eight bytes that the chip was asked to sign.
    pub challenge: [u8; 8],
    /// The signature, as the chip sent it.
    pub answer: Vec<u8>,
}

/// No text on a document is longer, in bytes: neither a machine readable zone nor a QR code.
pub const MAX_PAGE_BYTES: usize = 16 * 1024;

/// What is printed on the document and was read by somebody's eyes or camera: it is held against the chip.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The machine readable zone, its lines with or without line feeds.
    pub mrz: Option<String>,
    /// The text of the QR code.
    pub qr: Option<String>,
}

/// Without the text: it is personal data.
impl core::fmt::Debug for Page {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Page")
            .field("mrz", &self.mrz.is_some())
            .field("qr", &self.qr.is_some())
            .finish()
    }
}

/// What happened in the session that read the files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionFacts {
    /// How the chip was opened.
    pub access: Access,
    /// The reader's own rows: `access`, `secure-messaging`, `file-read`, `terminal-authentication`.
    pub checks: Vec<Check>,
    /// What the chip proofs gave, made with DG14 and DG15 as they stand in the same session; whether the key is
    /// bound to the issuer is decided by the verification.
    pub chip_proofs: Vec<Check>,
    /// What PACE with chip authentication mapping left behind. Where EF.CardSecurity was read too, it is judged with the
    /// static key in that file, and not by a row of [`chip_proofs`](Self::chip_proofs).
    pub cam: Option<CamEvidence>,
    /// The challenges of Active Authentication with the chip's answers, right or wrong, in their order.
    pub active_answers: Vec<ActiveAnswer>,
    /// What is printed on the document.
    pub page: Page,
    /// How many commands the chip answered.
    pub apdus: Option<u64>,
    /// Milliseconds by phase.
    pub timing: BTreeMap<String, f64>,
}

impl SessionFacts {
    /// No session: files from a folder or from old evidence.
    #[must_use]
    pub fn offline() -> Self {
        Self::default()
    }

    /// Whether a chip was there.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.access.method != AccessMethod::None || !self.checks.is_empty()
    }
}
