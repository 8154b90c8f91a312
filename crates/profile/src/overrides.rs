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
    overlay(&mut table, changes);
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

/// Puts the changes over the table: tables key by key, named entries by their name, all else as a whole.
fn overlay(table: &mut Table, changes: Table) {
    for (key, change) in changes {
        match (table.get_mut(&key), change) {
            (Some(Value::Table(inner)), Value::Table(change)) => overlay(inner, change),
            (Some(Value::Array(entries)), Value::Array(change)) if is_named(entries) && is_named(&change) => {
                overlay_named(entries, change);
            }
            (_, change) => {
                table.insert(key, change);
            }
        }
    }
}

fn overlay_named(entries: &mut Vec<Value>, changes: Vec<Value>) {
    for change in changes {
        let same = entries
            .iter_mut()
            .find(|entry| name(entry).is_some() && name(entry) == name(&change));
        match (same, change) {
            (Some(Value::Table(entry)), Value::Table(change)) => overlay(entry, change),
            (_, change) => entries.push(change),
        }
    }
}

fn is_named(entries: &[Value]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| name(entry).is_some())
}

fn name(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}
