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
    let own = || own_folder("XDG_DATA_HOME", ".local/share");
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

/// `antin/trust` in a folder of the user, which a variable names or which lies below his home.
pub(in super::super) fn own_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    absolute_folder(std::env::var_os(variable), std::env::var_os("HOME"), below_home)
}

/// A path that is not absolute would trust whatever lies in the folder that the program is started in, such as one with
/// files that somebody handed over.
fn absolute_folder(named: Option<OsString>, home: Option<OsString>, below_home: &str) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let folder = named
        .and_then(absolute)
        .or_else(|| home.and_then(absolute).map(|home| home.join(below_home)));
    folder.map(|folder| folder.join("antin").join("trust"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_absolute_path_names_the_users_own_folder() {
        let own = |named: &str, home: &str| {
            let given = |text: &str| (text != "-").then(|| OsString::from(text));
            absolute_folder(given(named), given(home), ".local/share")
        };
        let some = |path: &str| Some(PathBuf::from(path));
        assert_eq!(own("/d", "/h"), some("/d/antin/trust"));
        for named in ["-", "", "here"] {
            assert_eq!(own(named, "/h"), some("/h/.local/share/antin/trust"));
        }
        assert_eq!((own("", ""), own("-", "h"), own("-", "-")), (None, None, None));
    }
}
