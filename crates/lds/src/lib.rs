//! What the files of an ICAO 9303 chip say: the MRZ, the data groups, EF.COM, EF.CardAccess and the LDS security object.
//!
//! Every type that is parsed keeps the bytes it was read from (`as_bytes`): signatures and hashes are checked over what
//! was read, never over a re-encoding. Every parser is bounded by a named constant, refuses trailing bytes and returns an
//! [`Error`] instead of panicking, because a chip may be hostile.

pub mod card_access;
pub mod com;
mod date;
mod der_io;
pub mod dg1;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg2;
mod error;
mod files;
pub mod mrz;
pub mod security_infos;
pub mod security_object;
pub mod sod;

pub use card_access::EfCardAccess;
pub use com::EfCom;
pub use date::{Date, DateError, MrzDate};
pub use dg1::Dg1;
pub use dg2::{Dg2, FaceImage, ImageFormat};
pub use dg13::VietnamDg13;
pub use dg14::Dg14;
pub use dg15::Dg15;
pub use error::Error;
pub use files::{DataGroup, ElementaryFile};
pub use mrz::Mrz;
pub use security_infos::{SecurityInfo, SecurityInfos};
pub use security_object::LdsSecurityObject;
pub use sod::EfSod;
