//! Conformance cases as data, and the runner that carries them out.
//!
//! A case is a file of `test-vectors/conformance` (its README explains the format), named after its case in a public
//! test plan. Chip cases tell a story of APDUs to our chip; reader cases show our reader a chip with a fault. The
//! files are part of this crate.
//!
//! ```no_run
//! use antin_conformance::{Case, Defects, Runner, Venue};
//!
//! let cases = Case::all()?;
//! let mut runner = Runner::new(Venue::memory(), Defects::Off);
//! let table = runner.run(&cases, &mut |_| {});
//! assert_eq!(table.must_failed(), 0);
//! # Ok::<(), antin_conformance::Error>(())
//! ```

pub mod attacks;
mod card;
mod case;
mod certificates;
mod chip;
mod error;
mod issuer;
mod reader;
mod runner;
mod sod;
mod stage;
mod store;
mod table;
mod venue;

pub use case::{Case, Side, Suite, Worth};
pub use error::Error;
pub use runner::{Defects, Runner};
pub use table::{CaseResult, DefectResult, Outcome, SCHEMA, Table};
pub use venue::Venue;
