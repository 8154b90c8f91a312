//! antin: issue, emulate and verify ICAO 9303 chip ID cards.
//!
//! This is the library to depend on. It re-exports the floors below and supplies what they take as arguments:
//! randomness, the clock, files, the trust store, the readers.
//!
//! ```
//! use antin::{AccessKey, Files, OpenCard, Policy, SoftCard, TrustStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let card = SoftCard::development_blank(&antin::Profile::builtin("icao-passport").ok_or("no such profile")?);
//! // A blank has no application yet, so nobody can open it.
//! assert!(OpenCard::open(card, &AccessKey::can("123456")?).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! | I want to | see |
//! |---|---|
//! | read and verify a card | [`OpenCard`], [`Document`], [`Report`] |
//! | issue a card | [`CardImage`], [`issue()`] |
//! | be a card | [`SoftCard`] |
//! | open blanks with keys in an HSM | [`token`] |
//! | run a signing authority | [`authority`] |
//! | bring my own link to a card | [`Transport`] |
//! | describe another card product | [`Profile`] |

pub mod authority;
pub mod batch;
mod error;
mod issue;
mod open_card;
mod soft_card;
pub mod store;
pub mod token;
mod world;

pub use antin_chip as chip;
pub use antin_crypto as crypto;
pub use antin_lds as lds;
pub use antin_perso as perso;
pub use antin_profile as profile;
pub use antin_protocol as protocol;
pub use antin_reader as reader;
pub use antin_transport as transport;
pub use antin_trust as trust;
pub use antin_wire as wire;

pub use antin_chip::{CardState, Chip};
pub use antin_lds::ElementaryFile;
pub use antin_perso::{CitizenRecord, Door, Journal, KeySet, MemoryJournal, Receipt, RecordFile, RunError};
pub use antin_profile::Profile;
pub use antin_protocol::scp03;
pub use antin_reader::{AccessKey, Document, Event, Files, Opening, TerminalKeys};
pub use antin_transport::pcsc::{PcscCard, Readers};
pub use antin_trust::pki::{DemoOptions, DemoPki};
pub use antin_trust::{
    Certificate, Check, CheckId, CheckResult, FileState, Policy, ReadFiles, Reason, Report, TrustStore,
    UnixTime, Verdict, VerdictReason, VerifiedIdentity,
};
pub use antin_wire::{LinkError, Transport};

pub use error::Error;
pub use issue::{CardImage, Issued, issue, read_back};
pub use open_card::{OpenCard, access_policy, verify_folder};
pub use soft_card::{Patience, SoftCard};
pub use world::{SystemRng, now, stopwatch};
