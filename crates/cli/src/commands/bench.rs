//! `antin bench`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::BenchArgs, _out: &Output) -> Outcome {
    todo!()
}
