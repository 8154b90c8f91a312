//! EF.SOD: the signed list of hashes, a CMS SignedData in tag 77 (ICAO 9303-10 §4.6.2, RFC 5652).
//!
//! ```text
//! 77 L
//!   SEQUENCE { id-signedData, [0] SEQUENCE {                              ContentInfo, SignedData
//!     version 3, SET { digestAlgorithm },
//!     SEQUENCE { id-icao-mrtd-security-ldsSecurityObject, [0] OCTET STRING },
//!     [0] { document signer certificate },
//!     SET { SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, OCTET STRING } } } }
//! ```
//! What is read is never encoded again: the signature covers the stored signed attributes, with only their outer tag
//! exchanged as RFC 5652 §5.4 says.

mod judge;
mod read;
mod sign;

pub(crate) use judge::{Fault, Findings};
pub use read::{MAX_SOD_BYTES, SignedSod, SignerId, SignerInfo};
pub use sign::{SodSigner, sign};

/// The CMS version that a content other than id-data asks for (RFC 5652 §5.1).
const CMS_VERSION: u8 = 3;
