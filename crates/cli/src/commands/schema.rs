//! `antin schema NAME`: the JSON Schema of an output, made from the types that are printed.

use schemars::{Schema, schema_for};
use serde_json::json;

use super::Outcome;
use super::{bench, cv, demo};
use crate::args::SchemaArgs;
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// Every schema under its name.
fn catalogue() -> Vec<(&'static str, Schema)> {
    vec![
        (antin::trust::report::SCHEMA, schema_for!(antin::Report)),
        (antin::perso::record::SCHEMA, schema_for!(antin::RecordFile)),
        (antin::perso::receipt::SCHEMA, schema_for!(antin::Receipt)),
        (
            antin::perso::journal::SCHEMA,
            schema_for!(antin::perso::journal::Entry),
        ),
        (demo::SCHEMA, schema_for!(demo::Demo)),
        (cv::SCHEMA, schema_for!(cv::Printed)),
        (bench::SCHEMA, schema_for!(bench::Bench)),
        (antin_conformance::SCHEMA, schema_for!(antin_conformance::Table)),
    ]
}

/// Prints one schema, or the list of names.
pub fn run(args: &SchemaArgs, out: &Output) -> Outcome {
    let catalogue = catalogue();
    let names: Vec<&str> = catalogue.iter().map(|(name, _)| *name).collect();
    let Some(wanted) = &args.name else {
        names.iter().for_each(|name| out.line(name));
        if !out.is_text() {
            out.object(&json!({"schema": "antin.schemas/1", "schemas": names}));
        }
        return Ok(Exit::Done as u8);
    };
    // `antin.report/1`, and for lazy fingers `report`.
    let found = catalogue
        .iter()
        .find(|(name, _)| name == wanted || short(name) == wanted.as_str());
    let (_, schema) = found.ok_or_else(|| {
        Failure::new(Id::U103)
            .fact("value", wanted)
            .fact("one-of", names.join(", "))
    })?;
    out.document(schema);
    Ok(Exit::Done as u8)
}

fn short(name: &str) -> &str {
    name.trim_start_matches("antin.")
        .split('/')
        .next()
        .unwrap_or(name)
}
