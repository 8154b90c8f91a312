//! A profile made of another one and a list of changes.

use toml::{Table, Value};

use crate::error::{Problem, ProfileError};
use crate::model::Profile;

/// Merges the changes into the text of the profile and reads the outcome.
pub(crate) fn merge(base: &Profile, overrides: &str) -> Result<Profile, ProfileError> {
    let origin = format!("{} with changes", base.name);
    let mut changes: Table = toml::from_str(overrides).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let problem = Problem::Syntax(error.message().to_owned());
        ProfileError::new(overrides, "changes", at, "", problem)
    })?;
    let mut table: Table =
        toml::from_str(base.text()).expect("the text of a profile is that which it was read from");
    if let Some(paths) = changes.remove("remove") {
        let refused =
            |what: String| ProfileError::new(overrides, "changes", 0, "remove", Problem::Missing(what));
        for path in paths.as_array().cloned().unwrap_or_default() {
            let path = path.as_str().unwrap_or_default();
            if !remove(&mut table, path) {
                return Err(refused(format!("what should be removed: `{path}`")));
            }
        }
    }
    overlay(&mut table, &changes);
    let text = toml::to_string(&table).expect("strings, numbers and tables can be written");
    Profile::parse(&text, &origin)
}

/// Removes `key`, `table.key` or `file.NAME`; says whether there was one.
fn remove(table: &mut Table, path: &str) -> bool {
    let Some((head, rest)) = path.split_once('.') else {
        return table.remove(path).is_some();
    };
    match table.get_mut(head) {
        Some(Value::Table(inner)) => remove(inner, rest),
        Some(Value::Array(entries)) => {
            let before = entries.len();
            entries.retain(|entry| name(entry) != Some(rest));
            entries.len() < before
        }
        _ => false,
    }
}

/// Lays a table over another one: tables key by key, entries of `file` by their name, everything else takes the place
/// of what was there. What is `{ absent = true }` goes, a key or an entry of `file`.
pub fn overlay(under: &mut Table, over: &Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(_), Value::Table(above)) if is_absent(above) => drop(under.remove(key)),
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (Some(Value::Array(below)), Value::Array(above)) if key == "file" && are_named(above) => {
                above.iter().for_each(|file| overlay_file(below, file));
            }
            _ => drop(under.insert(key.clone(), value.clone())),
        }
    }
}

/// `{ absent = true }`.
fn is_absent(table: &Table) -> bool {
    table.get("absent") == Some(&Value::Boolean(true))
}

fn are_named(files: &[Value]) -> bool {
    // Changes of files in fault patches are named too, but they are edits, which add up.
    files
        .iter()
        .all(|file| name(file).is_some() && file.get("edit").is_none() && file.get("remove").is_none())
}

fn overlay_file(below: &mut Vec<Value>, file: &Value) {
    let Value::Table(above) = file else { return };
    let place = below.iter().position(|known| name(known) == name(file));
    match (place, is_absent(above)) {
        (Some(place), true) => drop(below.remove(place)),
        (None, true) => {}
        (Some(place), false) => {
            if let Some(Value::Table(known)) = below.get_mut(place) {
                overlay(known, above);
            }
        }
        (None, false) => {
            // EF.COM and EF.SOD come last, as a profile lists them.
            let end = below
                .iter()
                .position(|known| matches!(name(known), Some("EF.COM" | "EF.SOD")))
                .unwrap_or(below.len());
            below.insert(end, file.clone());
        }
    }
}

fn name(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}
