//! Attacks on the station.

use super::revocation;
use crate::attacks::cards::World;
use crate::attacks::case::Case;

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        Case::assertions("ISS-01", &["an-issued-card-takes-no-more-writing"]),
        revocation::leaking_chips(world),
        Case::assertions("ISS-03", &["signatures-never-repeat-a-nonce"]),
    ]
}
