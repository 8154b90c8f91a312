//! `antin schema NAME`: the JSON Schema of an output, made from the types that are printed.

use schemars::{Schema, schema_for};
use serde_json::json;

use super::Outcome;
use super::verify::batch;
use super::{authority, bench, cv, demo, lint, trust};
use crate::args::SchemaArgs;
use crate::failure::{self, Exit, Failure, Id};
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
        (
            antin::store::trust::IMPORT_SCHEMA,
            schema_for!(antin::store::trust::ImportReport),
        ),
        (trust::Listing::SCHEMA, schema_for!(trust::Listing)),
        (trust::Entries::SCHEMA, schema_for!(trust::Entries)),
        (trust::Reasons::SCHEMA, schema_for!(trust::Reasons)),
        (trust::Removed::SCHEMA, schema_for!(trust::Removed)),
        (trust::Compared::SCHEMA, schema_for!(trust::Compared)),
        (trust::Exported::SCHEMA, schema_for!(trust::Exported)),
        (trust::MadeBundle::SCHEMA, schema_for!(trust::MadeBundle)),
        (trust::SeenBundle::SCHEMA, schema_for!(trust::SeenBundle)),
        (trust::AppliedBundle::SCHEMA, schema_for!(trust::AppliedBundle)),
        (batch::SCHEMA, schema_for!(batch::Batch)),
        (batch::ENTRY_SCHEMA, schema_for!(batch::Line)),
        (demo::SCHEMA, schema_for!(demo::Demo)),
        (authority::SCHEMA, schema_for!(authority::Made)),
        (
            antin::authority::TRANSCRIPT_SCHEMA,
            schema_for!(antin::authority::Transcript),
        ),
        (antin::authority::PLAN_SCHEMA, schema_for!(antin::authority::Plan)),
        (cv::SCHEMA, schema_for!(cv::Printed)),
        (lint::SCHEMA, schema_for!(lint::Linted)),
        (bench::SCHEMA, schema_for!(bench::Bench)),
        (failure::SCHEMA, schema_for!(failure::Told)),
        (antin_conformance::SCHEMA, schema_for!(antin_conformance::Table)),
        (
            antin_conformance::attacks::SCHEMA,
            schema_for!(antin_conformance::attacks::AttackTable),
        ),
    ]
}

/// What commands print without a schema: small objects that say of themselves what they are.
const SMALL: [&str; 21] = [
    "antin.attack/1",
    "antin.attack-list/1",
    "antin.conformance-case/1",
    "antin.conformance-cases/1",
    "antin.doctor/1",
    "antin.emulate/1",
    "antin.explain/1",
    "antin.inspect/1",
    "antin.issue/1",
    "antin.pki/1",
    "antin.policies/1",
    "antin.policy-check/1",
    "antin.policy-text/1",
    "antin.profile-check/1",
    "antin.profile-text/1",
    "antin.profiles/1",
    "antin.read/1",
    "antin.readers/1",
    "antin.record-check/1",
    "antin.records/1",
    "antin.schemas/1",
];

/// What files hold without a schema: what is written and read here alone, or is TOML, whose faults are told with their line.
const FILES: [&str; 14] = [
    "antin.authority/1",
    "antin.chip/1",
    "antin.defects/1",
    "antin.deviations/1",
    "antin.dialects/1",
    "antin.evidence/1",
    "antin.evidence/2",
    "antin.patch/1",
    "antin.policy/1",
    "antin.profile/1",
    "antin.scp03-keys/1",
    "antin.signer/1",
    "antin.trust-bundle/1",
    "antin.trust-store/1",
];

/// Every name without a schema.
fn without_schema() -> Vec<&'static str> {
    SMALL.into_iter().chain(FILES).collect()
}

/// Prints one schema, or the list of names.
pub fn run(args: &SchemaArgs, out: &Output) -> Outcome {
    let catalogue = catalogue();
    let names: Vec<&str> = catalogue.iter().map(|(name, _)| *name).collect();
    let Some(wanted) = &args.name else {
        names.iter().for_each(|name| out.line(name));
        // Standard output stays a list of names for scripts.
        let without = out.texts.text("schema-without");
        out.note(format!("{without}: {}", without_schema().join(", ")));
        if !out.is_text() {
            out.object(
                &json!({"schema": "antin.schemas/1", "schemas": names, "without_schema": without_schema()}),
            );
        }
        return Ok(Exit::Done as u8);
    };
    // `antin.report/1`, and for lazy fingers `report`.
    let found = catalogue
        .iter()
        .find(|(name, _)| name == wanted || short(name) == wanted.as_str());
    let (_, schema) = found.ok_or_else(|| {
        let failure = Failure::new(Id::U103).fact("value", wanted);
        match without_schema()
            .iter()
            .any(|name| name == wanted || short(name) == wanted.as_str())
        {
            true => failure.said("detail", "schema-has-none"),
            false => failure.fact("one-of", names.join(", ")),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name in quotes that a command prints as the schema of its object.
    fn printed(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                printed(&path, found);
                continue;
            }
            let source = std::fs::read_to_string(path).unwrap();
            let names = source.split("\"schema\": \"").skip(1);
            found.extend(names.filter_map(|rest| rest.split('"').next().map(ToOwned::to_owned)));
        }
    }

    #[test]
    fn every_object_that_a_command_prints_has_a_schema_or_is_listed_without() {
        let mut found = Vec::new();
        let commands = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands");
        printed(std::path::Path::new(commands), &mut found);
        found.retain(|name| name.starts_with("antin."));
        assert!(found.len() > 10, "{found:?}");
        let catalogue = catalogue();
        for name in found {
            let with = catalogue.iter().any(|(known, _)| *known == name);
            assert!(with != SMALL.contains(&name.as_str()), "{name}");
        }
    }

    /// Names of constants: a file format has one.
    fn named(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                let constants = source.lines().filter(|line| line.contains("const "));
                let names =
                    constants.filter_map(|line| line.split_once("str = \"antin.")?.1.split('"').next());
                found.extend(names.map(|name| format!("antin.{name}")));
            }
        }
    }

    #[test]
    fn every_format_that_a_crate_names_has_a_schema_or_is_listed_without() {
        let crates = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let mut found = Vec::new();
        for folder in std::fs::read_dir(crates).unwrap() {
            let sources = folder.unwrap().path().join("src");
            if sources.is_dir() {
                named(&sources, &mut found);
            }
        }
        found.retain(|name| name.contains('/'));
        assert!(found.len() > 20, "{found:?}");
        let catalogue = catalogue();
        let without = without_schema();
        for name in &found {
            let with = catalogue.iter().any(|(known, _)| known == name);
            assert!(with != without.contains(&name.as_str()), "{name}");
        }
        // What is listed exists.
        for file in FILES {
            assert!(found.iter().any(|name| name == file), "{file}");
        }
    }
}
