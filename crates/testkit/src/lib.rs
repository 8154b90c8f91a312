//! What tests need and nobody publishes: the table of every parser, and a whole demo card to break.
//!
//! The crate stands on the top floor: it may use every other one, and none of them uses it.

pub mod attacks;
pub mod card;
pub mod conversations;
pub mod issuers;
pub mod parsers;

/// Where foreign test data may lie: `ANTIN_FOREIGN_DATA`, else beside the project. Tests that need it say loudly that
/// they skipped where it is missing.
pub fn foreign_data() -> Option<std::path::PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder =
        std::env::var_os("ANTIN_FOREIGN_DATA").map_or_else(|| beside.into(), std::path::PathBuf::from);
    folder.is_dir().then_some(folder)
}
