//! Command and response APDUs (ISO 7816-3 §12, ISO 7816-4 §5).

pub use command::Command;
pub use response::Response;
pub use status::StatusWord;

mod command;
mod response;
mod status;
