//! The dialect `iso7816-9`: files by CREATE FILE and UPDATE BINARY, keys by PUT DATA, ended by ACTIVATE.
//!
//! ```text
//! GET DATA        00 CA DF 20  00                    identity; creation state only
//! CREATE FILE     00 E0 00 00  62 { .. }             under the current directory, selects the new file
//! DELETE FILE     00 E4 02 00  file id               makes way for a file of another size
//! SELECT          00 A4 02 0C  file id
//! UPDATE BINARY   00 D6 offset(2) data               offset below 32768
//!                 00 D6 80|SFI offset(1) data        selects the file as well
//! UPDATE BINARY   00 D7 00 00  54 offset 53 data     any offset below 16 MiB
//! PUT DATA        00 DB 3F FF  E1 .. E5 { .. }       a password or a private key
//! ACTIVATE        00 44 00 00                        no way back: everything above is refused with 6985 from now on
//! ```
//!
//! File control follows ISO 7816-4 and ISO 7816-9. The identity `DF20` and the key templates `E1` to `E5`
//! (private class) are our own:
//!
//! | object | inside |
//! |---|---|
//! | `62` file control | `80` size (2, or 3 from 65536 bytes on), `82` 01 (transparent), `83` file id (2), [`88` SFI in the upper five bits], `86` read condition |
//! | `E1` password | `83` 01 MRZ, 02 CAN, 03 PIN or 04 PUK, `C1` the MRZ information or the digits |
//! | `E2` Chip Authentication key | [`84` key id (4)], [`C3` 02 for version 2], `06` curve or `80` number of a group, `C2` private number |
//! | `E3` Active Authentication key | `06` curve, `C2` private scalar, or `C5` RSA key in PKCS #8 |
//! | `E4` trust points | `C4` trust points of Terminal Authentication and the current date |
//! | `E5` key of Chip Authentication Mapping | `06` curve, `C2` private scalar |
//! | `DF20` identity | `80` serial (8), `8A` life cycle, `81` 01 for a development blank |
//!
//! Keys travel in plain: a chip that takes them so, without a secure channel, is a development blank and says so.

mod file;
mod identity;
mod key;

pub use file::{
    FileControl, ReadCondition, create_file, decode_create_file, decode_delete_file,
    decode_update_binary_odd, delete_file, select_file, update_binary, update_binary_odd, update_binary_sfi,
};
pub use identity::{ChipIdentity, LifeCycle, get_identity};
pub use key::{ActiveKey, KeyObject, KeyVersion};

use antin_wire::{Malformed, MalformedKind, apdu::Command, ins, tlv};

/// Ends personalization.
#[must_use]
pub fn activate() -> Command {
    Command::new(0x00, ins::ACTIVATE_FILE, 0x00, 0x00)
}

/// A value that means nothing in its place.
fn meaningless(what: &'static str, object: &tlv::Tlv<'_>) -> Malformed {
    Malformed::new(what, object.at, MalformedKind::BadValue)
}

#[cfg(test)]
mod tests;
