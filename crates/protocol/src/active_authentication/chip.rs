//! Skeleton.
use antin_crypto::{Hash, PrivateKey};
use antin_wire::apdu::{Command, Response, StatusWord};
/// INTERNAL AUTHENTICATE.
/// # Errors
/// 6700, 6A86.
pub fn respond(command: &Command, key: &PrivateKey, hash: Hash) -> Result<Response, StatusWord> { let _ = (command, key, hash); todo!() }
