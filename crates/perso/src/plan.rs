//! What will be done to the card, before anything is done.

use antin_lds::ElementaryFile;
use antin_profile::Profile;
use antin_wire::apdu::{Command, StatusWord};
use serde::{Deserialize, Serialize};

use crate::{Error, KeySet};

/// Every command that personalizes one card, in order. Its `Display` shows no secret; [`Plan::hash`] covers all.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) profile: String,
    pub(crate) files: Vec<PlannedFile>,
    pub(crate) steps: Vec<Step>,
}

/// A file that the plan writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlannedFile {
    /// Its name: `EF.COM`, `DG1`.
    pub file: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
}

/// One step of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the step does.
    pub kind: StepKind,
    /// The commands, in order.
    pub commands: Vec<Command>,
    /// Status words that mean success, for each command.
    pub expected: Vec<StatusWord>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Asks the chip for its serial number and state.
    Identify,
    /// Creates a file.
    CreateFile {
        /// The file.
        file: ElementaryFile,
    },
    /// Writes one piece of a file.
    WriteFile {
        /// The file.
        file: ElementaryFile,
        /// Where the piece begins.
        offset: usize,
        /// Its length in bytes.
        len: usize,
    },
    /// Reads a file back and compares it, before the card is locked.
    ReadBack {
        /// The file.
        file: ElementaryFile,
    },
    /// Stores a secret.
    PutKey {
        /// Which one.
        key: KeyName,
    },
    /// Makes the card operational; there is no way back.
    Activate,
}

/// Name of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName {
    /// Card access number.
    Can,
    /// MRZ information.
    MrzInformation,
    /// Chip Authentication key.
    ChipAuthentication,
    /// Active Authentication key.
    ActiveAuthentication,
}

impl Plan {
    /// SHA-256 over every command, secrets included: two plans with the same hash make the same card.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        todo!()
    }

    /// Name of the profile that the plan was made for.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The files that the plan writes, in the order of writing.
    #[must_use]
    pub fn files(&self) -> &[PlannedFile] {
        &self.files
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}

/// Plans the commands that write `files` (EF.SOD included) and `keys` to a blank of the profile.
///
/// # Errors
/// [`Error`] names the file or key that does not fit the profile.
pub fn plan(profile: &Profile, files: &[(ElementaryFile, Vec<u8>)], keys: &KeySet) -> Result<Plan, Error> {
    let _ = (profile, files, keys);
    todo!()
}
