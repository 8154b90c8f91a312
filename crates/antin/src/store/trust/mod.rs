//! The trust store of this machine: whom its owner believes, and where each entry comes from.
//!
//! [`TrustFolder`] keeps [`Contents`] in a folder and changes it in atomic steps.

mod bundle;
mod change;
mod compare;
mod disk;
mod export;
mod finder;
mod import;
mod input;
mod limits;
mod load;
mod model;
mod pack;
mod place;
mod problem;
mod unfounded;
mod view;

pub use bundle::{
    Applied, ApplyOptions, BundleRoot, BundleState, BundleView, CardList, LeftBehind, MissingCards, PartView,
    SignerView, apply_bundle, bundle_of, inspect_bundle, load_bundle, load_bundle_root, load_card_list,
    parse_card_list,
};
pub use change::{Removal, remove};
pub use compare::{CardsCompared, Comparison, Difference, compare};
pub use disk::TrustFolder;
#[doc(hidden)]
pub use disk::parse_store_file;
pub use export::{ExportFormat, export};
pub use import::{
    EntryRow, FileRow, Force, ImportOptions, ImportReport, Note, NoteCode, SCHEMA as IMPORT_SCHEMA,
    SkipReason, Skipped, VerifiedBy, import, load_root,
};
#[doc(hidden)]
pub use input::parse_anything;
pub use input::{LdifReader, LdifValue};
pub use model::{
    Contents, Distrust, Entry, Fingerprint, Followed, Format, Import, Kind, Marked, Pinned, Realm, Source,
    Voucher,
};
pub use place::{STORE_VARIABLE, store_folder};
pub(super) use place::{own_folder, readable};
pub use problem::{Looks, TrustProblem};
pub use view::{Chain, CountryRow, EntryView, SourceView};
