//! What the files of an ICAO 9303 chip say: the MRZ, the data groups, EF.COM, EF.CardAccess and the LDS security object.
//!
//! Every type that is parsed keeps the bytes it was read from (`as_bytes`): signatures and hashes are checked over what
//! was read, never over a re-encoding. Every parser is bounded by a named constant, refuses trailing bytes and returns an
//! [`Error`] instead of panicking, because a chip may be hostile.
//!
//! ```
//! use antin_lds::mrz::{Mrz, Sex, Td1, VietnamTd1, mrz_information};
//! use antin_lds::{Date, Dg1};
//!
//! let zone = Td1::vietnam(&VietnamTd1 {
//!     id_number: "999185000017",
//!     full_name: "Nguyễn Thị Mẫu",
//!     birth: Date::from_dd_mm_yyyy("19/02/1985")?.to_mrz(),
//!     sex: Sex::Female,
//!     expiry: Date::from_dd_mm_yyyy("19/02/2025")?.to_mrz(),
//! })?;
//! assert_eq!(zone.lines()[2], "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<");
//!
//! let file = Dg1::build(&Mrz::from(zone));
//! let read = Dg1::parse(file.as_bytes())?;
//! let mrz = read.mrz().map_err(Clone::clone)?;
//! assert_eq!(mrz_information(mrz), "185000017685021972502195");
//! # Ok::<(), antin_lds::Error>(())
//! ```

pub mod atr_info;
pub mod card_access;
pub mod card_security;
pub mod com;
pub mod cvca;
mod date;
mod der_io;
pub mod dg1;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg2;
pub mod dg3;
pub mod ef_dir;
mod error;
mod files;
pub mod mrz;
mod normal;
pub mod security_infos;
pub mod security_object;
pub mod sod;

pub use atr_info::EfAtrInfo;
pub use card_access::EfCardAccess;
pub use card_security::EfCardSecurity;
pub use com::EfCom;
pub use cvca::EfCvca;
pub use date::{Date, DateError, MrzDate};
pub use dg1::Dg1;
pub use dg2::{Dg2, FaceImage, ImageFormat};
pub use dg3::Dg3;
pub use dg13::VietnamDg13;
pub use dg14::Dg14;
pub use dg15::Dg15;
pub use ef_dir::EfDir;
pub use error::Error;
pub use files::{DataGroup, ElementaryFile, Place};
pub use mrz::Mrz;
pub use normal::nfc;
pub use security_infos::{SecurityInfo, SecurityInfos};
pub use security_object::LdsSecurityObject;
pub use sod::EfSod;
