//! Why a profile was refused, and where.

use core::fmt;

/// A fault in a profile, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {}{problem}", self.prefix())]
#[non_exhaustive]
pub struct ProfileError {
    /// The name that the caller gave to the text, usually a file name.
    pub origin: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The field at fault, as `file.sfi`; empty when the text is not TOML at all.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl ProfileError {
    pub(crate) fn new(text: &str, origin: &str, at: usize, field: &str, problem: Problem) -> Self {
        let (line, column) = position(text, at);
        Self {
            origin: origin.to_owned(),
            line,
            column,
            field: field.to_owned(),
            problem,
        }
    }

    fn prefix(&self) -> String {
        if self.field.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.field)
        }
    }
}

/// What can be wrong with a field of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Not TOML, an unknown key, a missing key, or a value of the wrong type: the words of the TOML reader.
    Syntax(String),
    /// The value is of the right type, but not one that the field allows.
    Value {
        /// What was found.
        found: String,
        /// What the field allows.
        allowed: String,
    },
    /// The value contradicts another field.
    Conflict(String),
    /// Something that other fields need is not there.
    Missing(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) | Self::Conflict(text) => f.write_str(text),
            Self::Value { found, allowed } => write!(f, "`{found}` is not allowed here: {allowed}"),
            Self::Missing(what) => write!(f, "missing {what}"),
        }
    }
}

/// Line and column, both from 1, of the byte at `at`; the end of the text when `at` lies behind it.
fn position(text: &str, at: usize) -> (usize, usize) {
    let mut line = 1;
    let mut column = 1;
    for (offset, character) in text.char_indices() {
        if offset >= at {
            break;
        }
        if character == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        assert_eq!(position("a\nbé = 1", 0), (1, 1));
        assert_eq!(position("a\nbé = 1", 2), (2, 1));
        assert_eq!(position("a\nbé = 1", 5), (2, 3));
        assert_eq!(position("a\n", 99), (2, 1));
    }
}
