//! `antin doctor`.

use super::Outcome;
use crate::output::Output;

/// Runs the command.
pub fn run(_args: &crate::args::DoctorArgs, _out: &Output) -> Outcome {
    todo!()
}
