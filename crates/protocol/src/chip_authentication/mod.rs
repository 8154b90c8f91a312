//! Chip Authentication versions 1 and 2 (ICAO 9303-11 §6.2, TR-03110-3 §B.2): the chip proves that it holds the private
//! key whose public half stands in DG14 (version 1) or EF.CardSecurity (version 2), by agreeing on fresh session keys with it.
//!
//! ```text
//! AES    MSE:Set AT  80 protocol [84 key id]      ->  then  GENERAL AUTHENTICATE 7C { 80 ephemeral key } -> 7C {}
//! 3DES   MSE:Set KAT 91 ephemeral key [84 key id] ->  (or as with AES)
//! version 2: as with AES, and the chip answers 7C { 81 nonce, 82 token }
//! session keys = KDF(agreement of ephemeral and static key || nonce of version 2), counter zero, from the next command on
//! ```
//!
//! The proof is the token of version 2, or the next protected exchange: only the holder of the private key has the new
//! session keys.
//!
//! Keys of Diffie-Hellman groups make bodies longer than 255 bytes. They go with extended length, or in a chain of commands
//! (`antin_wire::exchange::send_chained`); the chip's steps here take the whole command.

pub mod chip;
mod math;
mod offer;
pub mod terminal;

pub use offer::{Offer, Unsupported};

/// The version of the protocol, as ChipAuthenticationInfo states it (TR-03110-3 §A.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// For passports: the key stands in DG14, any terminal may ask, and the chip proves itself by using the new keys.
    One,
    /// For eIDAS tokens: the key stands in EF.CardSecurity, Terminal Authentication comes first and announces the
    /// ephemeral key, and the chip answers with a nonce and a token.
    Two,
}

impl Version {
    /// The number in ChipAuthenticationInfo.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

#[cfg(test)]
mod tests;
