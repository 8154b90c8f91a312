//! Attacks, as they are read: the row of the catalogue with what the attacker made.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Table;

use super::expected::{self, Expected};
use crate::error::Error;

/// Path and text of every file of `test-vectors/attacks/cases`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/attacks.rs"));

/// One attack.
#[derive(Clone, Debug)]
pub struct Attack {
    pub(crate) expected: Expected,
    pub(crate) readings: Vec<Reading>,
    pub(crate) assertions: Vec<String>,
    pub(crate) conformance: Vec<String>,
    /// Files for the assertions.
    pub(crate) material: BTreeMap<String, Bytes>,
    text: &'static str,
}

/// A case file as TOML spells it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(default)]
    assertions: Vec<String>,
    #[serde(default)]
    conformance: Vec<String>,
    #[serde(default)]
    material: BTreeMap<String, Bytes>,
    #[serde(default, rename = "reading")]
    readings: Vec<Reading>,
}

/// One reading of one card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Reading {
    pub name: String,
    /// The card by its file name.
    pub card: String,
    /// Nothing is forged here: it must be authentic.
    #[serde(default)]
    pub twin: bool,
    /// The twin's name, where there are several.
    pub of: Option<String>,
    #[serde(default)]
    pub remove: Vec<String>,
    /// The files that are not those of the card.
    #[serde(default)]
    pub files: BTreeMap<String, Bytes>,
    /// Files as somebody kept them after the reading: what a verifier gets to see in their place.
    #[serde(default)]
    pub kept: BTreeMap<String, Bytes>,
    #[serde(default)]
    pub trust: Trust,
    #[serde(default)]
    pub patch: Table,
    /// `can`, or `mrz`.
    pub key: Option<String>,
    pub policy: Option<String>,
    #[serde(default)]
    pub bac_fallback: bool,
    /// A policy of its own: `checks` and `findings` of a policy file.
    #[serde(default)]
    pub rules: Table,
    /// The reader is a terminal that the card believes, and asks for every data group.
    #[serde(default)]
    pub terminal: bool,
    /// The data groups that the reader asks for, where it is not all.
    pub read: Option<Vec<u8>>,
    /// What is printed on the document.
    pub page_mrz: Option<String>,
    pub page_qr: Option<String>,
    /// What the reader draws where it should draw random bytes: one byte, over and over.
    pub reader_draws: Option<Bytes>,
    /// The day of the reading.
    pub day: Option<String>,
}

/// What the store knows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Trust {
    /// The CSCA certificates, where it is not the usual one.
    pub anchors: Option<Vec<Bytes>>,
    #[serde(default)]
    pub distrusted: Vec<Bytes>,
    /// Revocation lists.
    #[serde(default)]
    pub crls: Vec<Bytes>,
    /// CSCA certificates in a set for tests that nobody asked for.
    #[serde(default)]
    pub tests: Vec<Bytes>,
    #[serde(default)]
    pub exceptions: Vec<OwnedUp>,
}

/// What an issuer has owned up to, of the documents of one signer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OwnedUp {
    /// Where it stands.
    pub source: String,
    pub country: String,
    /// The signer by its subject key identifier.
    pub signer_key: Bytes,
    /// A check whose failure is tolerated.
    pub tolerates: Option<String>,
    /// A check that gets a remark.
    pub notes: Option<String>,
    /// EF.SOD may say `id-data`.
    #[serde(default)]
    pub id_data: bool,
}

/// Hex, with line breaks where it is long.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Bytes(pub Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits: String = text.split_whitespace().collect();
        hex::decode(digits).map(Self).map_err(|error| error.to_string())
    }
}

impl Attack {
    /// Reads every attack, in the order of the catalogue.
    ///
    /// # Errors
    /// The first file that is no case, or that is missing.
    pub fn all() -> Result<Vec<Self>, Error> {
        expected::all()?.into_iter().map(Self::read).collect()
    }

    fn read(expected: Expected) -> Result<Self, Error> {
        let path = format!("{}.toml", expected.id);
        let fault = |problem: String| Error::Case {
            case: path.clone(),
            problem,
        };
        let found = FILES
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, text)| *text);
        let text = match found {
            Some(text) => text,
            None if expected.waiting.is_some() => "",
            None => return Err(fault("there is no such file".to_owned())),
        };
        let source: Source = toml::from_str(text).map_err(|error| fault(error.to_string()))?;
        let attack = Self {
            expected,
            readings: source.readings,
            assertions: source.assertions,
            conformance: source.conformance,
            material: source.material,
            text,
        };
        attack.check().map_err(fault)?;
        Ok(attack)
    }

    /// What serde cannot see: every reading is a twin or has its answer, and every answer its reading.
    fn check(&self) -> Result<(), String> {
        if self.expected.waiting.is_some() {
            return Ok(());
        }
        if self.readings.is_empty() && self.assertions.is_empty() && self.conformance.is_empty() {
            return Err("there is nothing to do".to_owned());
        }
        for reading in &self.readings {
            let answered = self
                .expected
                .readings
                .iter()
                .any(|answer| answer.of == reading.name);
            if answered == reading.twin {
                return Err(format!("{:?} must be a twin or have an answer", reading.name));
            }
            if !reading.twin && self.twin_of(reading).is_none() {
                return Err(format!("{:?} has no twin", reading.name));
            }
        }
        self.expected
            .readings
            .iter()
            .try_for_each(|answer| self.reading(&answer.of).map(|_| ()))
    }

    /// The reading of that name.
    pub(crate) fn reading(&self, name: &str) -> Result<&Reading, String> {
        let found = self.readings.iter().find(|reading| reading.name == name);
        found.ok_or_else(|| format!("no reading {name:?}"))
    }

    /// What the reading was made from by the attack.
    pub(crate) fn twin_of(&self, reading: &Reading) -> Option<&Reading> {
        let mut twins = self.readings.iter().filter(|twin| twin.twin);
        match &reading.of {
            Some(name) => twins.find(|twin| twin.name == *name),
            None => twins.next(),
        }
    }

    /// The row of the catalogue.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.expected.id
    }

    /// `pki`, `sod`, `chip`, `access`, `sm`, `parse`, `semantics` or `issuance`.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.expected.layer
    }

    /// What the attacker does.
    #[must_use]
    pub fn attack(&self) -> &str {
        &self.expected.attack
    }

    /// `must`, `should` or `nice`.
    #[must_use]
    pub fn priority(&self) -> &str {
        &self.expected.priority
    }

    /// The verdict that the catalogue names; `-` where the attack is not on a verdict.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected.expected
    }

    /// The check that decides, in the words of the catalogue.
    #[must_use]
    pub fn deciding_check(&self) -> &str {
        &self.expected.check
    }

    /// The missing feature, for an attack that is not run.
    #[must_use]
    pub fn waiting(&self) -> Option<&str> {
        self.expected.waiting.as_deref()
    }

    /// The file with what the attacker made; empty where there is none.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }
}
