//! What is expected of the reader, as a case file spells it.

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::issuer::Crl;
use crate::store::Known;

/// No reading and no story takes more commands.
const MOST_COMMANDS: usize = 2_000;

/// None takes more bytes from the chip: twice what the largest card can hold.
const MOST_BYTES: usize = 2_000_000;

/// The outcome that the test plan asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Expected {
    /// Opened, read, accepted.
    Pass,
    /// Anything else.
    Fail,
    /// It comes to an end.
    Either,
}

/// How the reader is used.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ReaderOptions {
    pub key: Option<Key>,
    pub policy: Option<String>,
    #[serde(default)]
    pub bac_fallback: bool,
    /// The certificates whose keys the terminal has; an inspection with rights must then end with them proven.
    pub terminal: Option<Vec<String>>,
    /// The same, where that is the fault.
    pub wrong_terminal: Option<Vec<String>>,
    /// The store knows the document signer, whatever EF.SOD holds.
    #[serde(default)]
    pub directory: bool,
    /// Findings that the policy refuses beyond what its name says.
    #[serde(default)]
    pub refuses: Vec<String>,
    /// How the authority of the card is known, and how where that is the fault.
    #[serde(default)]
    pub authority: Known,
    pub wrong_authority: Option<Known>,
    /// A check whose failure the issuer has owned up to, and one that it wants a remark on.
    pub tolerates: Option<String>,
    pub notes: Option<String>,
    /// The day of the reading, where it is not that of the issue.
    pub day: Option<String>,
    pub wrong_day: Option<String>,
    /// The store has this revocation list, and that of the fault.
    pub crl: Option<Crl>,
    pub wrong_crl: Option<Crl>,
    /// Somebody typed in the zone that is printed on the card.
    #[serde(default)]
    pub page: bool,
}

/// What opens the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Key {
    Can,
    Mrz,
}

/// What we expect more exactly than the plan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Finer {
    pub error: Option<String>,
    pub verdict: Option<String>,
    #[serde(default)]
    pub checks: BTreeMap<String, String>,
    #[serde(default)]
    pub reasons: Vec<String>,
    #[serde(default)]
    pub remarks: Vec<String>,
    #[serde(default)]
    pub never: Vec<String>,
    #[serde(default)]
    pub heard: Vec<HeardPart>,
    #[serde(default)]
    pub fresh: Vec<String>,
    #[serde(default)]
    pub read: Vec<String>,
    #[serde(default)]
    pub unread: Vec<String>,
    pub most: Option<usize>,
    pub most_bytes: Option<usize>,
}

impl Finer {
    /// Whether something stands here that only a report can tell.
    pub(crate) fn asks_for_a_report(&self) -> bool {
        self.verdict.is_some()
            || !self.checks.is_empty()
            || [&self.reasons, &self.remarks, &self.read, &self.unread]
                .iter()
                .any(|list| !list.is_empty())
    }

    /// Whether so many commands, and so many bytes from the chip, are allowed.
    pub(crate) fn allows(&self, commands: usize, bytes: usize) -> Result<(), String> {
        let most = self.most.unwrap_or(MOST_COMMANDS);
        if commands > most {
            return Err(format!("{commands} commands, at most {most} are allowed"));
        }
        let most = self.most_bytes.unwrap_or(MOST_BYTES);
        if bytes > most {
            return Err(format!("{bytes} bytes, at most {most} are allowed"));
        }
        Ok(())
    }
}

/// A command that the chip must have understood.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct HeardPart {
    pub at: String,
    pub contains: Option<String>,
}
