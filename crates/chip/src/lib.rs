//! The software card: bytes of a command in, bytes of an answer out, nothing else.
//!
//! A [`Chip`] is a [`CardState`] that survives a reset and a session that does not. It does no IO: the host feeds
//! [`Chip::process`], writes the state away when [`Chip::take_dirty`] says so *before* it sends the answer, and
//! waits as long as [`Chip::take_delay`] says.
//!
//! ```text
//! blank --(CREATE FILE, UPDATE BINARY, PUT DATA, ACTIVATE)--> operational --(BAC | PACE)--> readable
//! ```
//!
//! It behaves as a strict chip does: what a command may do is decided by the profile, the life cycle, the access
//! rule of the file and the secure channel, in this order, and every refusal has the status word that the standards
//! ask for. It answers every sequence of bytes and never panics.
//!
//! Decisions where the standards leave a choice:
//! - A plain command inside a session closes the session. SELECT is then carried out as the start of something new;
//!   everything else is answered with 6987. Broken secure messaging closes the session with 6987 or 6988.
//! - Before BAC or PACE every file of the application answers 6982, whether it exists or not.
//! - Passwords never block. After a few failures the answers to further attempts, right or wrong, come later.
//! - CREATE FILE of a file that exists answers 9000 when its control parameters are the same, replaces a file in
//!   which nothing has been written, and answers 6A89 otherwise.
//! - In the creation state of a development blank files can be read back without access control.

mod chip;
mod commands;
mod error;
pub mod faulty;
mod rules;
mod session;
mod state;

pub use chip::Chip;
pub use error::StateError;
pub use faulty::Faulty;
pub use state::{CardState, Directory, FileView, Missing};
