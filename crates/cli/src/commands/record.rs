//! `antin record`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::RecordCommand, _out: &Output) -> Outcome {
    todo!()
}
