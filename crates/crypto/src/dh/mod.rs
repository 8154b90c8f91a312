//! Diffie-Hellman in the three groups of RFC 5114 that ICAO 9303-11 §9.5.1 standardises.
//!
//! Only these groups are computed in: parameters from outside are compared with the table, value by value.

mod encoding;
mod generator;
mod group;
mod key;
mod numbers;

pub use encoding::DhForm;
pub use generator::Generator;
pub use group::DhGroup;
pub use key::{DhPrivateKey, DhPublicKey};
