//! Attacks on the station.

use super::revocation;
use crate::attacks::cards::World;
use crate::attacks::case::Case;

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        Case::assertions("ISS-01", &["an-issued-card-takes-no-more-writing"]),
        Case::assertions("ISS-05", &["one-card-from-one-journal-wherever-the-power-goes"]),
        Case::assertions("ISS-08", &["private-keys-of-a-card-leave-no-trace"]),
        Case::assertions("ISS-11", &["what-breaks-the-standard-is-not-signed"]),
        revocation::leaking_chips(world),
        Case::assertions("ISS-03", &["signatures-never-repeat-a-nonce"]),
    ]
}
