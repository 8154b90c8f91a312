//! The commands with which a blank chip becomes a card, one module for each dialect.

pub mod iso7816_9;
pub mod jmrtd;
