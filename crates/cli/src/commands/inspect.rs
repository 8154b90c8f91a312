//! `antin inspect`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::InspectArgs, _out: &Output) -> Outcome {
    todo!()
}
