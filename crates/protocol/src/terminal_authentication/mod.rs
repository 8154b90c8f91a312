//! Terminal Authentication: a terminal proves that it may read what is protected (TR-03110-1 §3.5, TR-03110-3 §B.3).
//!
//! ```text
//! for each certificate of the chain:
//!   MSE:Set DST             00 22 81 B6  83 name of the signing key                     ->  9000
//!   PSO:Verify Certificate  00 2A 00 BE  7F4E body, 5F37 signature                      ->  9000
//! MSE:Set AT                00 22 81 A4  [80 algorithm] 83 name of the terminal's key [67 auxiliary data] [91 Comp(PK)]
//!                                                                                       ->  9000
//! GET CHALLENGE             00 84 00 00 08                                              ->  8 bytes, 9000
//! EXTERNAL AUTHENTICATE     00 82 00 00  signature                                      ->  9000, or 6300
//! ```
//!
//! The terminal signs `ID_PICC || r_PICC || Comp(PK_PCD)`, in version 2 followed by the object `67`. In version 1 the
//! ephemeral key is the one of the Chip Authentication (or of PACE with chip authentication mapping) before, in version
//! 2 the one that the Chip Authentication after it will use, which is why it is announced.
//!
//! Certificates are opaque here: who believes them is behind [`chip::Judge`], who signs is a closure of the terminal's.
//! All of it goes through secure messaging; certificates with long keys need extended length or command chaining.

pub mod chip;
mod math;
pub mod terminal;

pub use math::{Binding, ChipIdentifier};

#[cfg(test)]
mod tests;
