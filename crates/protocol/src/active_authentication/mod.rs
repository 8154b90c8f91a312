//! Skeleton.
pub mod chip;
pub mod terminal;
