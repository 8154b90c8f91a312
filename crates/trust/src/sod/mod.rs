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
//! How SignedData is read and judged is told in [`cms`](crate::cms).

mod read;
mod sign;

pub use crate::cms::{SignerId, SignerInfo};
pub use read::{MAX_SOD_BYTES, SignedSod};
pub use sign::{SodSigner, sign};
