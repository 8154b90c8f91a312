//! A country's signing authority in a folder: what it is called, its keys, and everything it made with them.
//!
//! ```text
//! authority.toml         what every certificate repeats: country, names, where its CRL is published
//! csca/01.pem            the authority's first certificate; 02 and on when it renews
//! csca/01.toml           how its key signs, and where the key lies
//! csca/01-key.pem        the key under a password, unless it lies in a token
//! csca/02-link.pem       the link from the key before
//! ds/ ml/ dl/ seal/      signers of documents, of master lists, of deviation lists and of visible seals, likewise
//! crl/000001.crl         revocation lists
//! trust/csca-01.pem      what verifiers get
//! ```
//! Nothing is ever overwritten. Folders are read by whoever signs: a station gets one with `ds/` and `trust/` alone.

mod algorithm;
mod counter;
mod entry;
mod plan;
mod problem;
mod settings;
mod stored_key;

pub use algorithm::{algorithm_name, algorithm_of, default_algorithm};
pub use counter::SignatureCounter;
pub use entry::{Authority, Entry, NewFile, Shelf, State, document_signer, write_new};
pub use plan::{Approval, FileHash, PLAN_SCHEMA, Plan, TRANSCRIPT_SCHEMA, Transcript};
pub use problem::Problem;
pub use settings::{Settings, Spelling};
pub use stored_key::{KeyPlace, Lock, NewKey, OpenedKey, StoredKey};
