//! A country's signing authority in a folder: what it is called, its keys, and everything it made with them.
//!
//! ```text
//! authority.toml         what every certificate repeats: country, names, where its CRL is published
//! csca/01.pem            the authority's first certificate; 02 and on when it renews
//! csca/01.toml           how its key signs, and where the key lies
//! csca/01-key.pem        the key under a password, unless it lies in a token
//! csca/02-link.pem       the link from the key before
//! ds/ ml/ dl/ dfl/ seal/ signers of documents, master lists, deviation lists, defect lists and visible seals, likewise
//! crl/000001.crl         revocation lists
//! ceremonies/000001.p7   a signed record of each ceremony, with the hash of the record before
//! trust/csca-01.pem      what verifiers get
//! ```
//! Nothing is ever overwritten. Folders are read by whoever signs: a station gets one with `ds/` and `trust/` alone.

mod algorithm;
mod approval;
mod counter;
mod entry;
mod files;
mod history;
mod plan;
mod problem;
mod revocations;
mod settings;
mod stored_key;

pub use algorithm::{algorithm_name, algorithm_of, default_algorithm};
pub use approval::{Approval, is_one_key};
pub use counter::{DocumentCounter, KeyLedger};
pub use entry::{
    Authority, Entry, Shelf, State, counter_beside, document_signer, entries_in, may_sign_type, next_in,
};
pub use files::{NewFile, write_new};
pub use history::{ChangedRules, FolderLock, History, Leave, Rules, TRANSCRIPT_SCHEMA, Transcript};
pub use plan::{FileHash, PLAN_SCHEMA, Plan};
pub use problem::Problem;
pub use revocations::MadeCrl;
pub use settings::{Settings, Spelling};
pub use stored_key::{KeyPlace, Lock, NewKey, OpenedKey, StoredKey};
