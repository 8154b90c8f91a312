//! Who says what when between a terminal and a chip, both roles of every protocol.
//!
//! Each protocol has its folder: `math` holds what both roles compute, `terminal` what a reader says, `chip` what a card
//! answers. Steps are typestates: a step consumes its state and returns the next command (or response) together with the
//! next state, so a message cannot be sent out of order and a secure channel cannot exist without its keys. Nothing here
//! does IO, reads a clock or draws randomness of its own: randomness is the last argument of the steps that need it.
#![forbid(unsafe_code)]

pub mod active_authentication;
pub mod bac;
pub mod chip_authentication;
mod error;
pub mod files;
pub mod pace;
pub mod password;
pub mod personalization;
pub mod sm;

pub use error::Error;
