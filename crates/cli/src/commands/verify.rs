//! `antin verify`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::VerifyArgs, _out: &Output) -> Outcome {
    todo!()
}
