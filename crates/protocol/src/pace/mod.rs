//! Skeleton.
pub mod chip;
pub mod terminal;
use antin_crypto::{Curve, Suite};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::oids::ObjectIdentifier;
/// One way of doing PACE.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters { /// OID
 pub oid: ObjectIdentifier, /// Suite
 pub suite: Suite, /// Curve
 pub curve: Curve, /// As in the PACEInfo, None when absent there.
 pub parameter_id: Option<u8> }
/// Why a SecurityInfo cannot be used.
#[non_exhaustive] #[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unsupported { /// Not PACE at all.
 #[error("not a PACEInfo")] NotPace, /// Mapping or key agreement.
 #[error("PACE variant {0} is not supported")] Variant(ObjectIdentifier), /// Version.
 #[error("PACEInfo version {0} is not supported")] Version(u32), /// Parameters.
 #[error("domain parameters {0:?} are not supported")] DomainParameters(Option<u32>) }
impl Parameters { /// From PACEInfo.
 /// # Errors
 /// Why not.
 pub fn from_info(info: &SecurityInfo) -> Result<Self, Unsupported> { let _ = info; todo!() } }
