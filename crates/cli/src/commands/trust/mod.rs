//! `antin trust`: whom to believe, and where that comes from.

mod bundle;
mod change;
mod import;
mod look;

use antin::UnixTime;
use antin::store::trust::{Contents, TrustFolder, store_folder};

use super::Outcome;
use crate::args::{OperatorArgs, StoreArgs, TrustCommand};
use crate::failure::{Failure, Id};
use crate::operator::user_at_machine;
use crate::output::Output;
use crate::shown::shown;

pub use bundle::{AppliedBundle, MadeBundle, SeenBundle};
pub use change::{Exported, Removed};
pub use look::{Compared, Entries, Listing, Reasons};

/// Looks at the trust store or changes it.
pub fn run(command: &TrustCommand, out: &Output) -> Outcome {
    match command {
        TrustCommand::Import(args) => import::run(args, out),
        TrustCommand::List { store } => look::list(store, out),
        TrustCommand::Show { trust_wanted, store } => look::show(trust_wanted, store, out),
        TrustCommand::Why { trust_wanted, store } => look::why(trust_wanted, store, out),
        TrustCommand::Remove(args) => change::remove(args, out),
        TrustCommand::Diff {
            trust_first,
            trust_second,
        } => look::diff(trust_first, trust_second, out),
        TrustCommand::Export(args) => change::export(args, out),
        TrustCommand::Bundle(command) => bundle::run(command, out),
    }
}

/// The store that is meant.
fn folder(args: &StoreArgs) -> Result<TrustFolder, Failure> {
    store_folder(args.store.as_deref()).ok_or_else(|| Failure::new(Id::U115).fact("option", "--store DIR"))
}

/// What the store holds.
fn load(args: &StoreArgs) -> Result<(TrustFolder, Contents), Failure> {
    let folder = folder(args)?;
    let contents = folder.load()?;
    Ok((folder, contents))
}

/// What tells why the authorities of a country are believed.
fn load_authorities(args: &StoreArgs) -> Result<Contents, Failure> {
    Ok(folder(args)?.load_authorities()?)
}

/// Who does something: the name that is given, else the user and the machine as the system calls them.
fn operator(args: &OperatorArgs) -> Result<String, Failure> {
    let name = match &args.trust_operator {
        Some(name) => name.trim().to_owned(),
        None => user_at_machine(),
    };
    match name.is_empty() || name.chars().count() > MAX_OPERATOR_LETTERS || shown(&name) != name {
        true => Err(Failure::new(Id::U103)
            .fact("option", "--operator")
            .fact("value", name)),
        false => Ok(name),
    }
}

const MAX_OPERATOR_LETTERS: usize = 100;

/// The day of a moment.
fn day(at: Option<UnixTime>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string().chars().take(10).collect())
}

/// The first digits of a fingerprint: enough to name an entry.
fn short(sha256: &antin::store::trust::Fingerprint) -> String {
    sha256.to_string().chars().take(16).collect()
}
