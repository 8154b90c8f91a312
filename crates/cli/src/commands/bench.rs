//! `antin bench`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use crate::output::Output;

/// The name of the JSON form of a measurement.
pub const SCHEMA: &str = "antin.bench/1";

/// One measurement, `antin.bench/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bench {
    /// `antin.bench/1`.
    pub schema: String,
}

/// Runs the command.
pub fn run(_args: &crate::args::BenchArgs, _out: &Output) -> Outcome {
    todo!()
}
