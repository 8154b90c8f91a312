//! What reading a text finds wrong, collected: every fault with its place.

use core::ops::Range;

use serde::de::DeserializeOwned;

use crate::error::{Problem, ProfileError};

/// Collects the faults of one text.
pub(crate) struct Checker<'a> {
    text: &'a str,
    origin: &'a str,
    faults: Vec<ProfileError>,
}

impl<'a> Checker<'a> {
    /// Reads the text as TOML.
    ///
    /// # Errors
    /// The one fault of a text that is no TOML, or not of this shape.
    pub(crate) fn read<Source: DeserializeOwned>(
        text: &'a str,
        origin: &'a str,
    ) -> Result<(Self, Source), Vec<ProfileError>> {
        let source = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let problem = Problem::Syntax(error.message().to_owned());
            vec![ProfileError::new(text, origin, at, "", problem)]
        })?;
        let checker = Self {
            text,
            origin,
            faults: Vec::new(),
        };
        Ok((checker, source))
    }

    /// What came of it: the outcome if there is one and no fault, else all faults in the order of the text.
    pub(crate) fn finish<T>(self, outcome: Option<T>) -> Result<T, Vec<ProfileError>> {
        let mut faults = self.faults;
        faults.sort_by_key(|fault| (fault.line, fault.column));
        match outcome {
            Some(outcome) if faults.is_empty() => Ok(outcome),
            Some(_) | None => Err(faults),
        }
    }

    /// The text as it was given.
    pub(crate) fn text(&self) -> &str {
        self.text
    }

    /// How many faults there are so far.
    pub(crate) fn count(&self) -> usize {
        self.faults.len()
    }

    pub(crate) fn fault(&mut self, at: &Range<usize>, field: &str, problem: Problem) {
        let fault = ProfileError::new(self.text, self.origin, at.start, field, problem);
        self.faults.push(fault);
    }

    /// Notes that the value at this place is not one of those allowed.
    pub(crate) fn value(&mut self, at: &Range<usize>, field: &str, found: impl ToString, allowed: &str) {
        let problem = Problem::Value {
            found: found.to_string(),
            allowed: allowed.to_owned(),
        };
        self.fault(at, field, problem);
    }

    pub(crate) fn conflict(&mut self, at: &Range<usize>, field: &str, text: impl Into<String>) {
        self.fault(at, field, Problem::Conflict(text.into()));
    }
}
