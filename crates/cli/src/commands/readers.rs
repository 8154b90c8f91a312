//! `antin readers`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_out: &Output) -> Outcome {
    todo!()
}
