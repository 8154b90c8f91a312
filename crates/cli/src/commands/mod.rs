//! One file a verb. Each `run` returns the exit code, or the failure that the user is shown.

pub mod attacks;
pub mod authority;
pub mod bench;
pub mod completions;
pub mod conformance;
pub mod cv;
pub mod demo;
pub mod doctor;
pub mod emulate;
pub mod explain;
pub mod inspect;
pub mod issue;
pub mod lint;
pub mod man;
pub mod pki;
pub mod policy;
pub mod profile;
pub mod read;
pub mod readers;
pub mod record;
pub mod schema;
pub mod trust;
pub mod verify;

use crate::failure::Failure;

/// The exit code of the process, or the error to show.
pub type Outcome = Result<u8, Failure>;
