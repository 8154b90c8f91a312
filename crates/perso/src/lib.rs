//! The flow from a citizen to a card: read the record, encode the data groups, make the keys, plan the
//! commands, run the plan, give a receipt - and start again where a pulled card interrupted it.
//!
//! ```text
//! record JSON + portrait --record--> CitizenRecord --keys::KeySet::generate--> keys
//!                                          |--encode::data_groups--> files (EF.SOD is signed above)
//! files + keys --plan--> Plan --run(transport, journal)--> Receipt
//! ```
//!
//! Nothing here does input or output: the card is a [`Transport`](antin_wire::Transport), the journal a
//! [`Journal`], files come and go as bytes, randomness is an argument.

pub mod demo;
pub mod encode;
mod error;
pub mod journal;
pub mod keys;
pub mod picture;
pub mod plan;
pub mod portrait;
pub mod receipt;
pub mod record;
pub mod run;
mod terminal_trust;
#[cfg(test)]
mod testing;

pub use encode::data_groups;
pub use error::Error;
pub use journal::{Journal, MemoryJournal};
pub use keys::KeySet;
pub use plan::{Plan, plan};
pub use receipt::Receipt;
pub use record::{CitizenRecord, RecordFile, RecordProblems};
pub use run::{CardCondition, Door, RunError, run};
pub use terminal_trust::TerminalTrust;
