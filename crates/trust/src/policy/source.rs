//! A policy as TOML spells it.

use core::ops::Range;
use std::borrow::Cow;

use serde::Deserialize;
use toml::Spanned;

use super::{BacFallback, Need, Policy, Stance};
use crate::checks::CheckId;
use crate::error::Error;

/// The schema of a policy file.
pub const SCHEMA: &str = "antin.policy/1";

/// No policy file is longer, in bytes.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;

/// No name is longer, in characters.
const MAX_NAME: usize = 64;
/// No title is longer, in characters.
const MAX_TITLE: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    schema: Spanned<String>,
    name: Spanned<String>,
    title: Option<Spanned<String>>,
    #[serde(default)]
    checks: Checks,
    #[serde(default)]
    findings: Findings,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    #[serde(default)]
    mandatory: Vec<Spanned<CheckId>>,
    #[serde(default)]
    optional: Vec<Spanned<CheckId>>,
    #[serde(default)]
    evaluatory: Vec<Spanned<CheckId>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Findings {
    chip_unproven: Option<Word>,
    expired_document: Option<Word>,
    revoked_card: Option<Word>,
    foreign_document_type: Option<Word>,
    weak_algorithms: Option<Word>,
    signer_version: Option<Word>,
    missing_crl: Option<Word>,
    crl_max_age_days: Option<u32>,
    bac_fallback: Option<Word>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Accept,
    Refuse,
}

impl Policy {
    /// Reads a policy file:
    ///
    /// ```text
    /// schema = "antin.policy/1"
    /// name = "bank"                        # a-z, 0-9 and hyphens; no built-in name
    /// title = "..."                        # may be left out
    /// [checks]                             # each check at most once; the others weigh as in every policy
    /// mandatory = ["revocation"]           # must be successful
    /// optional = []                        # must not fail
    /// evaluatory = ["com-sod"]             # noted
    /// [findings]                           # "accept" or "refuse"; what is left out is as under `counter`
    /// chip-unproven = "refuse"
    /// expired-document = "refuse"
    /// revoked-card = "refuse"
    /// foreign-document-type = "refuse"
    /// weak-algorithms = "refuse"
    /// signer-version = "refuse"
    /// missing-crl = "refuse"
    /// crl-max-age-days = 90                # a number; left out, a list says itself how long it holds
    /// bac-fallback = "refuse"
    /// ```
    ///
    /// # Errors
    /// [`Error::PolicyText`] names the first fault with its line: no TOML, an unknown key, check or word, a check that
    /// stands twice or weighs less than it must ([`Policy::least`]), a built-in's name on another policy;
    /// [`Error::TooComplex`] for more than [`MAX_POLICY_BYTES`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(Error::TooComplex { what: "policy" });
        }
        let source: Source = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fault(text, at, error.message())
        })?;
        let at = |place: &Range<usize>, problem: String| fault(text, place.start, problem);
        if source.schema.get_ref() != SCHEMA {
            let problem = format!("schema: `{}` is not `{SCHEMA}`", source.schema.get_ref());
            return Err(at(&source.schema.span(), problem));
        }
        let name = source.name.get_ref();
        if !is_name(name) {
            let problem = "name: 1 to 64 characters a-z, 0-9, hyphen";
            return Err(at(&source.name.span(), problem.to_owned()));
        }
        let title = match &source.title {
            Some(title) if title.get_ref().chars().count() > MAX_TITLE => {
                return Err(at(
                    &title.span(),
                    format!("title: more than {MAX_TITLE} characters"),
                ));
            }
            Some(title) => title.get_ref().clone(),
            None => String::new(),
        };
        let weights = weights(&source.checks).map_err(|(place, problem)| at(&place, problem))?;
        let policy = source.findings.with(name.clone(), title, weights);
        // The report carries the name alone: it must not say `counter` where another policy spoke.
        match Self::by_name(name) {
            Some(builtin) if builtin != policy => {
                let problem = format!("name: `{name}` is built in and says otherwise: give it another name");
                Err(at(&source.name.span(), problem))
            }
            _ => Ok(policy),
        }
    }
}

fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(letter)
}

/// Where a fault stands, and what it is.
type Fault = (Range<usize>, String);

/// The checks that weigh otherwise than in every policy; the place and the words of the first fault.
fn weights(checks: &Checks) -> Result<Vec<(CheckId, Need)>, Fault> {
    let lists = [
        (Need::Needed, &checks.mandatory),
        (Need::MustNotFail, &checks.optional),
        (Need::Noted, &checks.evaluatory),
    ];
    let mut named: Vec<(CheckId, Need, Range<usize>)> = lists
        .into_iter()
        .flat_map(|(need, list)| list.iter().map(move |id| (*id.get_ref(), need, id.span())))
        .collect();
    // In the order of the text, so that the first fault is the one named.
    named.sort_by_key(|(_, _, place)| place.start);
    let mut seen = Vec::new();
    let mut weights = Vec::new();
    for (id, need, place) in named {
        if seen.contains(&id) {
            return Err((place, format!("checks: `{id}` stands twice")));
        }
        seen.push(id);
        let least = Policy::least(id);
        if need < least {
            let problem = format!("checks: `{id}` must be {} at least", least.as_str());
            return Err((place, problem));
        }
        if need != super::base_need(id) {
            weights.push((id, need));
        }
    }
    weights.sort_unstable();
    Ok(weights)
}

impl Findings {
    fn with(&self, name: String, title: String, weights: Vec<(CheckId, Need)>) -> Policy {
        let usual = Policy::COUNTER;
        let stance = |word: Option<Word>, usual: Stance| match word {
            None => usual,
            Some(Word::Accept) => Stance::Accept,
            Some(Word::Refuse) => Stance::Refuse,
        };
        Policy {
            name: Cow::Owned(name),
            title: Cow::Owned(title),
            weights: Cow::Owned(weights),
            chip_unproven: stance(self.chip_unproven, usual.chip_unproven),
            expired_document: stance(self.expired_document, usual.expired_document),
            revoked_card: stance(self.revoked_card, usual.revoked_card),
            foreign_document_type: stance(self.foreign_document_type, usual.foreign_document_type),
            weak_algorithms: stance(self.weak_algorithms, usual.weak_algorithms),
            signer_version: stance(self.signer_version, usual.signer_version),
            missing_crl: stance(self.missing_crl, usual.missing_crl),
            crl_max_age_days: self.crl_max_age_days.or(usual.crl_max_age_days),
            bac_fallback: match self.bac_fallback {
                None => usual.bac_fallback,
                Some(Word::Accept) => BacFallback::Allowed,
                Some(Word::Refuse) => BacFallback::Refused,
            },
        }
    }
}

fn fault(text: &str, at: usize, problem: impl Into<String>) -> Error {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    Error::PolicyText {
        line,
        problem: problem.into(),
    }
}
