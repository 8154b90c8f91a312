//! The rows of the catalogue, by layer.

mod access;
mod chip;
mod issuance;
mod lists;
mod messaging;
mod parse;
mod pki;
mod revocation;
mod rsa;
mod semantics;
mod sod;

use super::cards::World;
use super::case::Case;

/// Every case that can be made.
pub fn all(world: &World) -> Vec<Case> {
    [
        pki::cases(world),
        rsa::cases(world),
        lists::cases(world),
        revocation::cases(world),
        sod::cases(world),
        chip::cases(world),
        access::cases(world),
        messaging::cases(),
        parse::cases(world),
        semantics::cases(world),
        issuance::cases(world),
    ]
    .into_iter()
    .flatten()
    .collect()
}
