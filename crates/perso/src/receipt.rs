//! What remains of an issuance: proof of what was written, without personal data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::PlannedFile;

/// The schema name of a receipt.
pub const SCHEMA: &str = "antin.receipt/1";

/// Receipt `antin.receipt/1` of one card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// `antin.receipt/1`.
    pub schema: String,
    /// Serial number of the chip, hex.
    pub serial: String,
    /// Profile of the card.
    pub profile: String,
    /// SHA-256 of the plan, hex.
    pub plan: String,
    /// The files, in the order of writing.
    pub files: Vec<PlannedFile>,
    /// Whether the files were read back before the card was activated.
    pub read_back: ReadBack,
    /// What says that the card was activated.
    pub completion: Completion,
}

/// Whether files were read back before activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBack {
    /// Every file was read back and is as planned.
    Matched,
    /// The chip does not let its files be read before activation; the caller must read the finished card.
    NotOffered,
}

/// What says that the card was activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Completion {
    /// The chip with this serial number answered ACTIVATE with 9000.
    Confirmed,
    /// The answer to ACTIVATE was lost; now a finished card lies there, which no longer tells its serial number.
    /// The caller must read it and compare its files with this receipt.
    Inferred,
}
