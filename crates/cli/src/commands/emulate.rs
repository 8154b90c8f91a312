//! `antin emulate`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::EmulateArgs, _out: &Output) -> Outcome {
    todo!()
}
