//! The table of results, `antin.conformance/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::case::{Case, Side, Worth};

/// The name of the table's JSON form.
pub const SCHEMA: &str = "antin.conformance/1";

/// What came of all cases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Table {
    /// `antin.conformance/1`.
    pub schema: String,
    /// Name and version of the program.
    pub tool: String,
    /// `memory` or `pcsc`.
    pub mode: String,
    /// How many cases there are.
    pub total: usize,
    /// How many of them passed.
    pub passed: usize,
    /// How many failed without an explanation.
    pub failed: usize,
    /// How many failed as explained.
    pub explained: usize,
    /// How many wait for a feature, and were not run.
    pub waiting: usize,
    /// The cases.
    pub cases: Vec<CaseResult>,
}

/// What came of one case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CaseResult {
    /// Its id in the test plan.
    pub id: String,
    /// The test plan.
    pub suite: String,
    /// `chip` or `reader`.
    pub side: String,
    /// `must`, `should` or `nice`.
    pub worth: String,
    /// What came of it.
    pub result: Outcome,
    /// Why, unless it passed.
    pub reason: Option<String>,
    /// Its title.
    pub title: String,
    /// What came of its defect, where defects are switched on and the case was run with its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(default)]
    pub defect: Option<DefectResult>,
}

/// What came of running a case with its named defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DefectResult {
    /// The name of the defect.
    pub name: String,
    /// Whether the case noticed it, as it must.
    pub turned_red: bool,
}

/// What can come of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// Not as expected, for a reason that the case gives.
    Explained,
    /// Not run: a feature is missing.
    Waiting,
}

impl Outcome {
    /// The word as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Explained => "explained",
            Self::Waiting => "waiting",
        }
    }
}

impl CaseResult {
    pub(crate) fn new(case: &Case, result: Outcome, reason: Option<String>) -> Self {
        let side = match case.side {
            Side::Chip => "chip",
            Side::Reader => "reader",
        };
        Self {
            id: case.id.clone(),
            suite: case.suite.name.to_owned(),
            side: side.to_owned(),
            worth: case.worth.as_str().to_owned(),
            result,
            reason,
            title: case.title.clone(),
            defect: None,
        }
    }
}

impl Table {
    pub(crate) fn new(mode: &str, cases: Vec<CaseResult>) -> Self {
        let count = |wanted| cases.iter().filter(|case| case.result == wanted).count();
        Self {
            schema: SCHEMA.to_owned(),
            tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
            mode: mode.to_owned(),
            total: cases.len(),
            passed: count(Outcome::Passed),
            failed: count(Outcome::Failed),
            explained: count(Outcome::Explained),
            waiting: count(Outcome::Waiting),
            cases,
        }
    }

    /// How many `must` cases failed.
    #[must_use]
    pub fn must_failed(&self) -> usize {
        let must = Worth::Must.as_str();
        self.cases
            .iter()
            .filter(|case| case.worth == must && case.result == Outcome::Failed)
            .count()
    }
}
