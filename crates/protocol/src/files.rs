//! Skeleton.
use antin_wire::{apdu::Command, ids::{Aid, FileId, ShortFileId}};
/// 00 A4 04 0C AID
#[must_use] pub fn select_application(aid: &Aid) -> Command { let _ = aid; todo!() }
/// 00 A4 02 0C FID
#[must_use] pub fn select_ef(file: FileId) -> Command { let _ = file; todo!() }
/// 00 A4 00 0C 3F00
#[must_use] pub fn select_mf() -> Command { todo!() }
/// 00 B0 80|sfi 00 Le
#[must_use] pub fn read_binary_sfi(file: ShortFileId, le: u32) -> Command { let _ = (file, le); todo!() }
/// 00 B0 offset Le; None when the offset is over 32767.
#[must_use] pub fn read_binary(offset: u16, le: u32) -> Option<Command> { let _ = (offset, le); todo!() }
/// 00 B1 00 00 54 offset, for offsets over 32767; the answer is a DO 53.
#[must_use] pub fn read_binary_odd(offset: u32, le: u32) -> Command { let _ = (offset, le); todo!() }
