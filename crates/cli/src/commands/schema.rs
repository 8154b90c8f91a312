//! `antin schema`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::SchemaArgs, _out: &Output) -> Outcome {
    todo!()
}
