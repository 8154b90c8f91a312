//! What a ceremony is about to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use antin_crypto::Hash;
use rand_core::Rng;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::error::Error;
use crate::store::read_bounded;
use crate::world::SystemRng;

/// The name of a plan's form.
pub const PLAN_SCHEMA: &str = "antin.plan/1";
/// Far above the plan of the longest master list.
const MAX_PLAN_BYTES: u64 = 8 * 1024 * 1024;

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Its path as it was given.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

impl FileHash {
    /// The hash of these bytes under a file's name.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        Self {
            file: path.display().to_string(),
            sha256: sha256(bytes),
        }
    }
}

/// SHA-256, in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Hash::Sha256.digest(bytes))
}

/// What is about to be signed. A second operator approves it by a signature over exactly its bytes. But for the nonce nothing
/// in it is drawn at random or read from a clock, so that the run that was approved gives the same bytes; the nonce makes
/// each plan one of its kind, so that an approval counts for one ceremony.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    schema: String,
    /// The command.
    pub action: String,
    /// 16 octets drawn at random, in hex.
    pub nonce: String,
    /// What it will state, by name.
    pub states: BTreeMap<String, String>,
    /// What it reads.
    pub inputs: Vec<FileHash>,
}

impl Plan {
    /// A plan for a command, with a new nonce.
    #[must_use]
    pub fn new(action: &str) -> Self {
        let mut nonce = [0; 16];
        SystemRng.fill_bytes(&mut nonce);
        Self {
            schema: PLAN_SCHEMA.to_owned(),
            action: action.to_owned(),
            nonce: hex::encode(nonce),
            states: BTreeMap::new(),
            inputs: Vec::new(),
        }
    }

    /// Reads a plan that was written for operators.
    ///
    /// # Errors
    /// [`Problem::Settings`] for a file that is none; [`Error::Io`], [`Error::TooLarge`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::parse(&read_bounded(path, MAX_PLAN_BYTES)?).map_err(|what| {
            Error::from(Problem::Settings {
                path: path.to_owned(),
                what,
            })
        })
    }

    /// Reads the bytes of a plan: exactly those that [`to_bytes`](Self::to_bytes) gives.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let plan: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match plan.schema == PLAN_SCHEMA && plan.to_bytes() == bytes {
            true => Ok(plan),
            false => Err(format!(
                "no plan of the form {PLAN_SCHEMA}, or changed after it was written"
            )),
        }
    }

    /// Adds something that will be stated.
    pub fn state(&mut self, name: &str, value: impl core::fmt::Display) {
        self.states.insert(name.to_owned(), value.to_string());
    }

    /// Where another plan says something else, whatever its nonce.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.action != other.action {
            found.push("action".to_owned());
        }
        let names: BTreeSet<&String> = self.states.keys().chain(other.states.keys()).collect();
        let differ = names
            .into_iter()
            .filter(|name| self.states.get(*name) != other.states.get(*name));
        found.extend(differ.cloned());
        if self.inputs != other.inputs {
            found.push("inputs".to_owned());
        }
        found
    }

    /// The bytes that operators approve: one line of JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of [`to_bytes`](Self::to_bytes), in hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_comes_back_as_it_went_and_never_twice() {
        let mut plan = Plan::new("crl make");
        plan.state("number", 3);
        assert_eq!(Plan::parse(&plan.to_bytes()), Ok(plan.clone()));
        let again = Plan::new("crl make");
        assert_ne!(plan.nonce, again.nonce);
        assert_eq!(plan.differences(&again), ["number"]);
        let text = String::from_utf8(plan.to_bytes()).expect("text");
        for (old, new) in [
            ("plan/1", "plan/2"),
            ("\"states\"", "\"stated\""),
            (",", ", "),
            ("\n", ""),
            ("}\n", "}\n\n"),
        ] {
            assert!(Plan::parse(text.replace(old, new).as_bytes()).is_err(), "{new}");
        }
    }
}
