//! The profile of a card: pieces, laid one over the other.

use antin::Profile;
use antin::profile::overlay;
use toml::{Table, Value};

use crate::error::Error;

/// The profile under every card.
const GROUND: &str = "icao-passport";

/// Makes the profile of a card from the ground and the pieces over it.
pub(crate) fn profile<'a>(pieces: impl IntoIterator<Item = &'a Table>) -> Result<Profile, Error> {
    let ground = Profile::builtin(GROUND).ok_or_else(|| Error::Card(format!("no profile {GROUND}")))?;
    let mut table: Table = toml::from_str(ground.text()).map_err(|error| Error::Card(error.to_string()))?;
    let mut says_groups = false;
    for piece in pieces {
        says_groups |= piece
            .get("com")
            .is_some_and(|com| com.get("data-groups").is_some());
        overlay(&mut table, piece);
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
            .filter_map(|file| file.get("name")?.as_str())
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
