//! `antin pki`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::PkiCommand, _out: &Output) -> Outcome {
    todo!()
}
