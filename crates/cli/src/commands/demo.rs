//! `antin demo`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::DemoArgs, _out: &Output) -> Outcome {
    todo!()
}
