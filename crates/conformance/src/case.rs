//! Case files, as they are read.

use std::collections::BTreeMap;

use antin::profile::overlay;
use serde::Deserialize;
use toml::{Table, Value};

use crate::certificates::Description;
use crate::chip::story::Step;
use crate::error::Error;
use crate::issuer::Signing;
use crate::reader::expect::{Expected, Finer, ReaderOptions};

/// Path and text of every file of `test-vectors/conformance`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Path and text of every file of `test-vectors/torture`.
const TORTURE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/torture.rs"));

/// The folder of hostile chips, and that of hostile readers, beside the suites of test plans.
const TORTURE_SUITE: Suite = Suite {
    slug: "torture",
    name: "torture corpus",
};

/// The cards that cases name.
const CARDS: &str = "cards.toml";

/// Who is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The chip, by APDU stories.
    Chip,
    /// The reader, by chips with faults.
    Reader,
}

/// A test plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The folder.
    pub slug: &'static str,
    /// Its name and version.
    pub name: &'static str,
}

/// The test plans that cases come from.
const SUITES: [Suite; 7] = [
    Suite {
        slug: "icao-part-3",
        name: "ICAO TR RF&Protocol Part 3 v3.2 (2025-10-17)",
    },
    Suite {
        slug: "bsi-3-2",
        name: "BSI TR-03105-3.2 v1.5.1",
    },
    Suite {
        slug: "bsi-3-3",
        name: "BSI TR-03105-3.3 v1.2",
    },
    Suite {
        slug: "bsi-5-1",
        name: "BSI TR-03105-5.1 v1.5",
    },
    Suite {
        slug: "bsi-5-1-icao-part-4",
        name: "BSI TR-03105-5.1 v1.5 = ICAO TR RF&Protocol Part 4",
    },
    Suite {
        slug: "openscdp",
        name: "OpenSCDP scsh-scripts",
    },
    Suite {
        slug: "own",
        name: "own (gap filler)",
    },
];

/// How much a case is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worth {
    /// It must pass.
    Must,
    /// It passes, or a reason is given.
    Should,
    /// It is good to have.
    Nice,
}

impl Worth {
    /// The word as it stands in case files and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Nice => "nice",
        }
    }
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who is tested.
    pub side: Side,
    /// The plan that it comes from.
    pub suite: Suite,
    /// Its id there.
    pub id: String,
    /// What it is, in one sentence.
    pub title: String,
    /// How much it is worth.
    pub worth: Worth,
    /// Where the expectation stands, if somebody read it there.
    pub clause: Option<String>,
    /// The missing feature, for a case that is not run.
    pub waiting: Option<String>,
    /// Why it fails, for a case that may.
    pub explained: Option<String>,
    /// The text of its file.
    pub text: &'static str,
    pub(crate) runs: Vec<Run>,
}

/// One run of a case: the case itself, or one of its variations.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub name: Option<String>,
    pub source: Source,
    /// The pieces of profile that make the card, first to last.
    pub card: Vec<Table>,
}

/// A case file as TOML spells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Source {
    pub title: String,
    pub worth: Worth,
    pub clause: Option<String>,
    #[expect(dead_code, reason = "for those who read the file")]
    pub note: Option<String>,
    #[serde(default)]
    pub card: Option<Value>,
    #[serde(default)]
    pub profile: Table,
    #[serde(default)]
    pub wrong_profile: Table,
    #[serde(default)]
    pub content: Content,
    #[serde(default)]
    pub wrong_content: Content,
    #[serde(default)]
    pub patch: Table,
    #[serde(default)]
    pub certificates: BTreeMap<String, Description>,
    #[serde(default)]
    pub wrong_certificates: BTreeMap<String, Description>,
    #[serde(default)]
    pub steps: Vec<Step>,
    pub expect: Option<Expected>,
    #[serde(default)]
    pub finer: Finer,
    #[serde(default)]
    pub reader: ReaderOptions,
    pub defect: Option<Defect>,
    pub waiting: Option<String>,
    pub explained: Option<String>,
}

/// What the files hold before they are signed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Content {
    pub citizen: Option<usize>,
    #[serde(default)]
    pub file: Vec<Value>,
    /// Who signs, where it is not the usual signer.
    pub signing: Option<Signing>,
    /// The signature of EF.SOD is written plain, `r || s`, with this hash.
    pub plain: Option<String>,
    /// How EF.SOD names the certificate of its signer.
    #[serde(default)]
    pub named_by: NamedBy,
    /// Edits of the LDS security object, of the signed attributes, and of the signer's certificate.
    pub list: Option<Value>,
    /// The hash of the data groups, where it is not that of the content.
    pub list_hash: Option<String>,
    /// Edits of what EF.CardSecurity says.
    pub card_security: Option<Value>,
    pub attributes: Option<Value>,
    pub signer: Option<Value>,
}

/// How EF.SOD names the certificate of its signer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NamedBy {
    /// By issuer and serial number.
    #[default]
    Serial,
    /// By its key identifier.
    KeyIdentifier,
}

/// What turns a case red.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Defect {
    pub name: String,
    pub step: Option<usize>,
    #[serde(default)]
    pub profile: Table,
    /// Checks that the reader takes for successful, whatever they found.
    #[serde(default)]
    pub overlooks: Vec<String>,
    /// A fault, or lists of faults, files and keys.
    #[serde(flatten)]
    pub rest: Table,
}

impl Case {
    /// Reads every case, in the order of their paths.
    ///
    /// # Errors
    /// The first file that is no case.
    pub fn all() -> Result<Vec<Self>, Error> {
        let cards = cards()?;
        FILES
            .iter()
            .filter(|(path, _)| *path != CARDS)
            .map(|(path, text)| {
                place(path)
                    .and_then(|place| Self::read(place, text, &cards))
                    .map_err(|problem| fault(path, problem))
            })
            .collect()
    }

    /// Reads the torture corpus: `chips/NAME.toml` are reader cases, `readers/NAME.toml` chip cases.
    ///
    /// # Errors
    /// The first file that is no case.
    pub fn torture() -> Result<Vec<Self>, Error> {
        let cards = cards()?;
        let read = |path: &str, text| {
            let (side, file) = match path.split_once('/') {
                Some(("chips", file)) => (Side::Reader, file),
                Some(("readers", file)) => (Side::Chip, file),
                _ => return Err("lies neither in chips nor in readers".to_owned()),
            };
            let id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
            Self::read((side, TORTURE_SUITE, id), text, &cards)
        };
        TORTURE
            .iter()
            .map(|(path, text)| read(path, text).map_err(|problem| fault(path, problem)))
            .collect()
    }

    /// A case of the torture corpus from its text.
    #[cfg(test)]
    pub(crate) fn torture_from(side: Side, text: &'static str) -> Result<Self, String> {
        let cards = cards().map_err(|error| error.to_string())?;
        Self::read((side, TORTURE_SUITE, "made up".to_owned()), text, &cards)
    }

    fn read(place: (Side, Suite, String), text: &'static str, cards: &Table) -> Result<Self, String> {
        let (side, suite, id) = place;
        let mut table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let variations = match table.remove("vary") {
            None => vec![Table::new()],
            Some(Value::Array(list)) => list
                .into_iter()
                .map(|one| match one {
                    Value::Table(table) => Ok(table),
                    _ => Err("vary is a list of tables".to_owned()),
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err("vary is a list of tables".to_owned()),
        };
        let mut runs = Vec::new();
        for mut variation in variations {
            let name = match variation.remove("name") {
                Some(Value::String(name)) => Some(name),
                None => None,
                Some(_) => return Err("the name of a variation is a text".to_owned()),
            };
            let mut whole = table.clone();
            overlay(&mut whole, &variation);
            let source: Source = whole
                .try_into()
                .map_err(|error: toml::de::Error| error.to_string())?;
            let card = named_cards(source.card.as_ref(), cards)?;
            check(side, &source)?;
            runs.push(Run { name, source, card });
        }
        let first = &runs.first().ok_or("vary is empty")?.source;
        Ok(Self {
            side,
            suite,
            id,
            title: first.title.clone(),
            worth: first.worth,
            clause: first.clause.clone(),
            waiting: first.waiting.clone(),
            explained: first.explained.clone(),
            text,
            runs,
        })
    }

    /// The name of the defect that turns the case red; `None` where it has none.
    #[must_use]
    pub fn defect(&self) -> Option<&str> {
        let source = &self.runs.first()?.source;
        match (&source.defect, self.side, source.expect) {
            (Some(defect), ..) => Some(&defect.name),
            (None, Side::Chip, _) => Some("opposite-answer"),
            (None, Side::Reader, Some(Expected::Fail)) => Some("blind"),
            (None, Side::Reader, _) => None,
        }
    }
}

/// `side/suite/id.toml`.
fn place(path: &str) -> Result<(Side, Suite, String), String> {
    let mut parts = path.split('/');
    let (Some(side), Some(slug), Some(file), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("lies not in SIDE/SUITE/".to_owned());
    };
    let side = match side {
        "chip" => Side::Chip,
        "reader" => Side::Reader,
        other => return Err(format!("{other} is no side")),
    };
    let suite = SUITES.iter().find(|suite| suite.slug == slug);
    let id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
    Ok((side, *suite.ok_or(format!("{slug} is no suite"))?, id))
}

fn cards() -> Result<Table, Error> {
    let text = FILES
        .iter()
        .find(|(path, _)| *path == CARDS)
        .map(|(_, text)| *text);
    toml::from_str(text.unwrap_or_default()).map_err(|error| fault(CARDS, error.to_string()))
}

fn fault(path: &str, problem: String) -> Error {
    Error::Case {
        case: path.to_owned(),
        problem,
    }
}

fn named_cards(value: Option<&Value>, cards: &Table) -> Result<Vec<Table>, String> {
    let names = match value {
        None => vec!["passport"],
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(list)) => list
            .iter()
            .map(|name| name.as_str().unwrap_or_default())
            .collect(),
        Some(_) => return Err("card is a name, or a list of names".to_owned()),
    };
    let find = |name: &str| match cards.get(name) {
        Some(Value::Table(table)) => Ok(table.clone()),
        _ => Err(format!("cards.toml has no card {name:?}")),
    };
    names.into_iter().map(find).collect()
}

/// What serde cannot see: each side has its own keys.
fn check(side: Side, source: &Source) -> Result<(), String> {
    if source.waiting.is_some() {
        return Ok(());
    }
    match side {
        Side::Chip if source.steps.is_empty() => Err("a chip case needs steps".to_owned()),
        Side::Chip if source.expect.is_some() => Err("expect is for reader cases".to_owned()),
        Side::Reader if source.expect.is_none() => Err("a reader case needs expect".to_owned()),
        Side::Reader if !source.steps.is_empty() => Err("steps are for chip cases".to_owned()),
        Side::Reader
            if source.worth == Worth::Must
                && source.expect == Some(Expected::Pass)
                && source.defect.is_none() =>
        {
            Err("a must case that passes needs a defect".to_owned())
        }
        _ => source.steps.iter().try_for_each(Step::check),
    }
}
