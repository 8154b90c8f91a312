//! Skeleton.
pub mod iso7816_9;
