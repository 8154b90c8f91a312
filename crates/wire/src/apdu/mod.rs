//! Command and response APDUs (ISO 7816-3, ISO 7816-4).

pub use command::Command;
pub use response::Response;
pub use status::StatusWord;

mod command;
mod response;
mod status;
