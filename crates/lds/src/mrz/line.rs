//! The grid of a machine readable zone: lines of equal width, cut into cells that know where they are.

use super::{
    digit::{check_digit, is_mrz_character},
    error::{MrzError, MrzField, MrzProblem},
};

pub(super) const TD1_LINES: usize = 3;
pub(super) const TD1_WIDTH: usize = 30;
pub(super) const TD1_CHARACTERS: usize = TD1_LINES * TD1_WIDTH;
pub(super) const TD3_LINES: usize = 2;
pub(super) const TD3_WIDTH: usize = 44;
pub(super) const TD3_CHARACTERS: usize = TD3_LINES * TD3_WIDTH;

/// `N` lines of `width` characters of the zone's alphabet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid<const N: usize> {
    lines: [String; N],
}

impl<const N: usize> Grid<N> {
    /// Reads lines with or without line ends, and nothing else; blanks around a line are passed over.
    pub(super) fn read(text: &str, width: usize) -> Result<Self, MrzError> {
        let mut found: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(N + 1)
            .collect();
        if let [joined] = found.as_slice() {
            found = cut(joined, width);
        }
        let count = found.len();
        let lines = <[&str; N]>::try_from(found).map_err(|_| {
            MrzField::Zone.at(
                1,
                1,
                MrzProblem::Lines {
                    expected: N,
                    found: count,
                },
            )
        })?;
        for (number, line) in (1..).zip(lines) {
            check_line(number, line, width)?;
        }
        Ok(Self {
            lines: lines.map(str::to_owned),
        })
    }

    /// The characters from `start` (from 0) in line `line` (from 1).
    pub(super) fn cell(&self, field: MrzField, line: usize, start: usize, len: usize) -> Cell<'_> {
        let text = self
            .lines
            .get(line - 1)
            .and_then(|text| text.get(start..start + len))
            .expect("cells are constants inside the grid, whose lines are ASCII of the right width");
        Cell {
            field,
            line,
            column: start + 1,
            text,
        }
    }

    pub(super) fn lines(&self) -> &[String; N] {
        &self.lines
    }

    pub(super) fn joined(&self) -> String {
        self.lines.concat()
    }
}

/// Cuts a text without line ends; the last line takes what is left, so that a wrong length is noticed.
fn cut(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((line, tail)) = rest.split_at_checked(width).filter(|(_, tail)| !tail.is_empty()) {
        lines.push(line);
        rest = tail;
        if lines.len() > TD1_LINES {
            break;
        }
    }
    lines.push(rest);
    lines
}

fn check_line(number: usize, line: &str, width: usize) -> Result<(), MrzError> {
    if let Some(index) = line
        .chars()
        .take(width)
        .position(|character| !is_mrz_character(character))
    {
        let found = line.chars().nth(index).expect("the position was just found");
        return Err(MrzField::Line.at(number, index + 1, MrzProblem::Character { found }));
    }
    let found = line.chars().count();
    if found != width {
        return Err(MrzField::Line.at(
            number,
            1,
            MrzProblem::Length {
                expected: width,
                found,
            },
        ));
    }
    Ok(())
}

/// Some characters of one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub field: MrzField,
    pub line: usize,
    pub column: usize,
    pub text: &'a str,
}

impl Cell<'_> {
    /// An error at the first character of this cell.
    pub(super) fn error(&self, problem: MrzProblem) -> MrzError {
        self.field.at(self.line, self.column, problem)
    }

    /// Refuses the first character for which `wrong(index, character)` holds.
    pub(super) fn refuse(&self, wrong: impl Fn(usize, char) -> bool) -> Result<(), MrzError> {
        match self
            .text
            .chars()
            .enumerate()
            .find(|(index, character)| wrong(*index, *character))
        {
            None => Ok(()),
            Some((index, found)) => {
                Err(self
                    .field
                    .at(self.line, self.column + index, MrzProblem::Character { found }))
            }
        }
    }

    /// The text without fillers at its end.
    pub(super) fn trimmed(&self) -> &str {
        self.text.trim_end_matches('<')
    }

    /// The only character of a cell of one.
    pub(super) fn character(&self) -> char {
        self.text.chars().next().expect("no cell is empty")
    }

    /// Compares the check digit of this cell with the one in `digit`.
    pub(super) fn check(&self, digit: &Cell<'_>) -> Result<(), MrzError> {
        digit.check_against(self.text)
    }

    /// Compares the check digit in this cell with the one of `text`.
    pub(super) fn check_against(&self, text: &str) -> Result<(), MrzError> {
        let expected = digit_of(text);
        let found = self.character();
        if found == expected {
            return Ok(());
        }
        Err(self.error(MrzProblem::CheckDigit { expected, found }))
    }
}

/// The check digit of text that is known to be of the zone's alphabet.
pub(super) fn digit_of(text: &str) -> char {
    check_digit(text).expect("the alphabet was checked when the grid was read")
}
