//! From a card to a document: open access, read the files, let the chip prove itself.
//!
//! The flow is [`OpenCard::open`], [`OpenCard::read`], [`Document::verify`]; each step stands in its own module:
//!
//! | step | module | says |
//! |---|---|---|
//! | open | [`access`] | EF.CardAccess, then PACE, or BAC where that is all there is |
//! | talk | [`session`] | commands under secure messaging, counted |
//! | read | [`files`] | files by short identifier, with as few commands as the chip allows |
//! | go on | `resume` | after a lost session, with the same chip, at the same byte |
//! | prove | [`genuine`] | Active and Chip Authentication |
//! | open more | [`terminal`] | Terminal Authentication |
//! | open more, before any file | `version_two` | Terminal and Chip Authentication version 2 |
//! | all of it in order | `course` | reading and proving, through lost sessions |
//!
//! Nothing here does IO, reads a clock or draws randomness: the transport, the clock and the generator are arguments.
//! The chip is taken for hostile: every loop is bounded, every answer is checked, and whatever it does ends in a row
//! of the report or in a named [`Error`].

pub mod access;
mod course;
pub mod dialect;
mod document;
mod error;
pub mod event;
pub mod files;
pub mod genuine;
mod key;
pub mod link;
mod means;
mod open_card;
mod resume;
mod rows;
pub mod session;
pub mod terminal;
mod version_two;

pub use access::{AccessFacts, AccessPolicy, Method, PaceRun, Probe};
pub use antin_trust::{BacFallback, PasswordKind};
pub use dialect::Dialect;
pub use document::Document;
pub use error::{Error, PasswordState};
pub use event::{Event, Notice, Phase, PhaseState};
pub use files::Files;
pub use genuine::Challenge;
pub use key::{AccessKey, KeyProblem};
pub use link::Counters;
pub use open_card::{OpenCard, Opening};
pub use session::{LongCommands, Opened, Session};
pub use terminal::TerminalKeys;
