//! `antin read`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::ReadArgs, _out: &Output) -> Outcome {
    todo!()
}
