//! What algorithms do, for chip ID cards (skeleton; being filled in).
pub use const_oid::ObjectIdentifier;
pub use rand_core::CryptoRng;

mod error;
pub use error::Error;
mod skeleton;
pub use skeleton::*;
