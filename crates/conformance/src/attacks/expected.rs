//! What a verifier must answer: `test-vectors/attacks/expected.toml`, written from the catalogue and from nothing else.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Error;

const TEXT: &str = include_str!("../../../../test-vectors/attacks/expected.toml");

/// One row of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Expected {
    pub id: String,
    pub layer: String,
    pub attack: String,
    /// The catalogue's words for the verdict; `-` where no verdict is given.
    pub expected: String,
    /// The check that decides.
    pub check: String,
    pub priority: String,
    /// The missing feature, for a case that is not run.
    pub waiting: Option<String>,
    #[serde(default, rename = "reading")]
    pub readings: Vec<Answer>,
}

/// What one reading must come to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Answer {
    /// The name of the reading in the case.
    pub of: String,
    /// Which part of the catalogue's words this is.
    #[serde(rename = "says")]
    #[expect(dead_code, reason = "for those who read the file")]
    pub says: Option<String>,
    pub verdict: String,
    pub exit: u8,
    /// The deciding check, where it is another one than that of the row.
    pub check: Option<String>,
    pub result: Option<String>,
    pub reason: Option<String>,
    /// Words of its remark, of its evidence, and its subject.
    pub remark: Option<String>,
    pub evidence: Option<String>,
    pub subject: Option<String>,
    /// What becomes of other checks.
    #[serde(default)]
    pub also: BTreeMap<String, String>,
    /// Steps that the chip must not be asked for.
    #[serde(default)]
    pub never: Vec<String>,
    pub downgrade: Option<bool>,
    /// Nothing in the report tells the attack from its twin, as it should be.
    #[serde(default)]
    pub unseen: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Expected>,
}

/// Reads every row.
pub(crate) fn all() -> Result<Vec<Expected>, Error> {
    let file: File = toml::from_str(TEXT).map_err(|error| Error::Case {
        case: "expected.toml".to_owned(),
        problem: error.to_string(),
    })?;
    Ok(file.case)
}
