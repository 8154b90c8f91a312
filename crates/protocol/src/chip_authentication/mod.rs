//! Skeleton.
pub mod chip;
pub mod terminal;
use antin_crypto::{PublicKey, Suite};
use antin_lds::security_infos::SecurityInfos;
use antin_wire::oids::ObjectIdentifier;
/// What DG14 offers and we can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer { /// Protocol.
 pub oid: ObjectIdentifier, /// Suite.
 pub suite: Suite, /// Static key.
 pub key: PublicKey, /// keyId, big-endian without leading zeros, None when DG14 names none.
 pub key_id: Option<u32> }
/// Why there is none.
#[non_exhaustive] #[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unsupported { /// Curve.
 #[error("curve unknown")] CurveUnknown, /// DH.
 #[error("key agreement {0} is not supported")] KeyAgreement(ObjectIdentifier), /// Protocol or version.
 #[error("chip authentication {0} is not supported")] Protocol(ObjectIdentifier), /// Malformed key.
 #[error("the public key cannot be read")] KeyMalformed }
impl Offer { /// None: DG14 offers no chip authentication.
 /// # Errors
 /// It offers some, none of which we can do.
 pub fn from_infos(infos: &SecurityInfos) -> Result<Option<Self>, Unsupported> { let _ = infos; todo!() } }
