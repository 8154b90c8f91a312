//! `antin profile`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::ProfileCommand, _out: &Output) -> Outcome {
    todo!()
}
