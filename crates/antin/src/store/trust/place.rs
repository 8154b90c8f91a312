//! Where the trust store of this user and of this machine lies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::disk::TrustFolder;

/// Names the store's folder for this user, where nobody names it on the command line.
pub const STORE_VARIABLE: &str = "ANTIN_TRUST_STORE";

/// The store that every user of the machine reads.
const OF_MACHINE: &str = "/var/lib/antin/trust";

/// The store to work with: the folder that is named, else `$ANTIN_TRUST_STORE`, else `antin/trust` in the user's data
/// folder (`$XDG_DATA_HOME`, else `~/.local/share`). `None` for a user without a home.
#[must_use]
pub fn store_folder(named: Option<&Path>) -> Option<TrustFolder> {
    let named = named.map(Path::to_owned).or_else(named_by_variable);
    let own = || own_folder(std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME"));
    named.or_else(own).map(TrustFolder::at)
}

/// The stores to verify with: the one that is named; else the user's own and the machine's, as far as they exist.
pub(in super::super) fn readable(named: Option<&Path>) -> Vec<TrustFolder> {
    let named = named.map(Path::to_owned).or_else(named_by_variable);
    match named {
        Some(folder) => vec![TrustFolder::at(folder)],
        None => store_folder(None)
            .into_iter()
            .chain([TrustFolder::at(OF_MACHINE)])
            .filter(TrustFolder::exists)
            .collect(),
    }
}

fn named_by_variable() -> Option<PathBuf> {
    std::env::var_os(STORE_VARIABLE)
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
}

/// A path that is not absolute would take whatever lies in the folder that the program is started in.
fn own_folder(data: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let data = data
        .and_then(absolute)
        .or_else(|| home.and_then(absolute).map(|home| home.join(".local/share")));
    data.map(|data| data.join("antin").join("trust"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_absolute_path_names_the_users_own_folder() {
        let own = |data: &str, home: &str| {
            let given = |text: &str| (text != "-").then(|| OsString::from(text));
            own_folder(given(data), given(home))
        };
        let some = |path: &str| Some(PathBuf::from(path));
        assert_eq!(own("/d", "/h"), some("/d/antin/trust"));
        assert_eq!(own("-", "/h"), some("/h/.local/share/antin/trust"));
        assert_eq!(own("here", "/h"), some("/h/.local/share/antin/trust"));
        assert_eq!((own("", ""), own("-", "h"), own("-", "-")), (None, None, None));
    }
}
