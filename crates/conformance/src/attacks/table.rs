//! The table of results, `antin.attacks/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Attack;

/// The name of the table's JSON form.
pub const SCHEMA: &str = "antin.attacks/1";

/// What came of all attacks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttackTable {
    /// `antin.attacks/1`.
    pub schema: String,
    /// How many attacks there are, those that wait included.
    pub total: usize,
    /// How many were answered as the catalogue says.
    pub passed: usize,
    /// How many were not.
    pub failed: usize,
    /// The attacks.
    pub cases: Vec<AttackResult>,
}

/// What came of one attack.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttackResult {
    /// Its row in the catalogue.
    pub id: String,
    /// The answer that the catalogue asks for; `-` where it asks for no verdict.
    pub expected: String,
    /// The answer that was given: the same words where it was as expected, else what it was. Empty where none was given.
    pub got: String,
    /// The missing feature of an attack that was not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(default)]
    pub waiting: Option<String>,
}

impl AttackResult {
    pub(crate) fn passed(attack: &Attack) -> Self {
        Self::new(attack, attack.expected().to_owned(), None)
    }

    pub(crate) fn failed(attack: &Attack, got: String) -> Self {
        Self::new(attack, got, None)
    }

    pub(crate) fn waiting(attack: &Attack, feature: &str) -> Self {
        Self::new(attack, String::new(), Some(feature.to_owned()))
    }

    fn new(attack: &Attack, got: String, waiting: Option<String>) -> Self {
        Self {
            id: attack.id().to_owned(),
            expected: attack.expected().to_owned(),
            got,
            waiting,
        }
    }

    /// Whether it was answered as the catalogue says.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.waiting.is_none() && self.got == self.expected
    }

    /// Whether it was answered otherwise.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.waiting.is_none() && self.got != self.expected
    }
}

impl AttackTable {
    /// Puts results together.
    #[must_use]
    pub fn new(cases: Vec<AttackResult>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            total: cases.len(),
            passed: cases.iter().filter(|case| case.is_passed()).count(),
            failed: cases.iter().filter(|case| case.is_failed()).count(),
            cases,
        }
    }

    /// How many were not run.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.cases.iter().filter(|case| case.waiting.is_some()).count()
    }
}
