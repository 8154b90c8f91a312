//! Files and folders: everything is written whole or not at all, and nothing is read without a limit.

mod atomic;
mod card_file;
mod dialects;
mod dump;
mod evidence;
mod journal_file;
mod pin_file;
mod scp03_keys;
mod secret_file;
mod signer_folder;
mod terminal_folder;
pub mod trust;
mod trust_folder;

pub use atomic::{Access, create_atomically, read_bounded, write_atomically};
pub use card_file::CardFile;
pub use dialects::DialectCache;
pub use dump::{read_dump, write_dump};
pub use evidence::{
    EVIDENCE_SCHEMA, Evidence, Judged, MAX_EVIDENCE_BYTES, TrustUsed, Vouched, Witness, load_station,
    load_station_key,
};
pub use journal_file::FileJournal;
pub use pin_file::load_token_pin;
pub use scp03_keys::{load_scp03_keys, parse_scp03_keys};
pub use secret_file::read_secret;
pub use signer_folder::{SignerFolder, write_demo_pki};
pub use terminal_folder::load_terminal;
pub use trust_folder::{load_trust, load_trust_store, system_trust};
