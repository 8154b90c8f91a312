//! The trust store of this machine: whom its owner believes, and where each entry comes from.
//!
//! [`TrustFolder`] keeps [`Contents`] in a folder and changes it in atomic steps.

mod disk;
mod import;
mod input;
mod limits;
mod model;
mod pack;
mod problem;

pub use disk::TrustFolder;
pub use import::{
    EntryRow, FileRow, Force, ImportOptions, ImportReport, Note, NoteCode, SCHEMA as IMPORT_SCHEMA,
    SkipReason, Skipped, VerifiedBy, import, load_root,
};
#[doc(hidden)]
pub use input::parse_anything;
pub use input::{LdifReader, LdifValue};
pub use model::{Contents, Distrust, Entry, Fingerprint, Format, Import, Kind, Realm, Source, Voucher};
pub use problem::{Looks, TrustProblem};
