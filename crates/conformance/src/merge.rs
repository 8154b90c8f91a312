//! Pieces of profiles, laid one over the other.

use antin::Profile;
use toml::{Table, Value};

use crate::error::Error;

/// The profile under every card.
const GROUND: &str = "icao-passport";

/// Lays `over` over `under`: tables by key, files of a profile by name, everything else takes the place of what was there.
pub(crate) fn merge(under: &mut Table, over: &Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(_), Value::Table(above)) if is_absent(above) => drop(under.remove(key)),
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (Some(Value::Array(below)), Value::Array(above)) if key == "file" && are_named(above) => {
                above.iter().for_each(|file| merge_file(below, file));
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
    // Changes of files in patches are named too, but they are edits, which add up.
    files
        .iter()
        .all(|file| name(file).is_some() && file.get("edit").is_none() && file.get("remove").is_none())
}

fn name(file: &Value) -> Option<&str> {
    file.get("name")?.as_str()
}

fn merge_file(below: &mut Vec<Value>, file: &Value) {
    let Value::Table(above) = file else { return };
    let place = below.iter().position(|known| name(known) == name(file));
    match (place, is_absent(above)) {
        (Some(place), true) => drop(below.remove(place)),
        (None, true) => {}
        (Some(place), false) => {
            if let Some(Value::Table(known)) = below.get_mut(place) {
                merge(known, above);
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

/// Makes the profile of a card from the ground and the pieces over it.
pub(crate) fn profile<'a>(pieces: impl IntoIterator<Item = &'a Table>) -> Result<Profile, Error> {
    let ground = Profile::builtin(GROUND).ok_or_else(|| Error::Card(format!("no profile {GROUND}")))?;
    let mut table: Table = toml::from_str(ground.text()).map_err(|error| Error::Card(error.to_string()))?;
    let mut says_groups = false;
    for piece in pieces {
        says_groups |= piece
            .get("com")
            .is_some_and(|com| com.get("data-groups").is_some());
        merge(&mut table, piece);
    }
    if !says_groups {
        list_data_groups(&mut table);
    }
    let text = toml::to_string(&table).map_err(|error| Error::Card(error.to_string()))?;
    Profile::parse(&text, "card of the case").map_err(|error| Error::Card(error.to_string()))
}

/// EF.COM announces the data groups that the card has.
fn list_data_groups(table: &mut Table) {
    let mut groups: Vec<i64> = match table.get("file") {
        Some(Value::Array(files)) => files
            .iter()
            .filter_map(name)
            .filter_map(|name| name.strip_prefix("DG")?.parse().ok())
            .collect(),
        _ => Vec::new(),
    };
    groups.sort_unstable();
    if let Some(Value::Table(com)) = table.get_mut("com") {
        let list = groups.into_iter().map(Value::Integer).collect();
        com.insert("data-groups".to_owned(), Value::Array(list));
    }
}
