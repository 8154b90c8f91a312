//! `antin issue`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::IssueArgs, _out: &Output) -> Outcome {
    todo!()
}
