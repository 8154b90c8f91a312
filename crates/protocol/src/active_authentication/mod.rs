//! Active Authentication (ICAO 9303-11 §6.1): the chip signs the terminal's challenge with the private key whose public
//! half stands in DG15.
//!
//! ```text
//! INTERNAL AUTHENTICATE  00 88 00 00 08 RND.IFD 00  ->
//!                                                   <-  ECDSA: r || s, each as long as the order of the curve
//!                                                       RSA: a signature of ISO/IEC 9796-2 scheme 1, as long as the modulus
//! ```
//!
//! With ECDSA the hash is named by the ActiveAuthenticationInfo in DG14, with RSA by the trailer of the signature. Keys of
//! more than 2048 bits make answers that need extended length, or GET RESPONSE.

pub mod chip;
pub mod terminal;

/// INTERNAL AUTHENTICATE.
const HEADER: [u8; 4] = [0x00, antin_wire::ins::INTERNAL_AUTHENTICATE, 0x00, 0x00];

/// Length of the challenge.
const CHALLENGE_LEN: usize = 8;

#[cfg(test)]
mod tests;
