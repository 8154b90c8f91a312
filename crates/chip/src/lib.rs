//! The software card: bytes of a command in, bytes of an answer out, nothing else.
//!
//! A [`Chip`] is a profile, a [`CardState`] that survives a reset and a volatile session that does not. It does no
//! IO: the host feeds [`Chip::process`], writes the state away when [`Chip::take_dirty`] says so *before* it sends
//! the answer, and waits for [`Chip::take_delay`].
//!
//! ```text
//! blank --(CREATE FILE, UPDATE BINARY, PUT DATA, ACTIVATE)--> operational --(BAC | PACE)--> readable
//! ```

mod chip;
mod error;
mod state;

pub use chip::Chip;
pub use error::StateError;
pub use state::{CardState, Directory, FileView};
