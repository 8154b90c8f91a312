//! Skeleton.
use antin_crypto::PrivateKey;
use antin_wire::{Malformed, apdu::{Command, StatusWord}, ids::{FileId, ShortFileId}};
use crate::password::{Can, MrzKey};
/// Who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)] pub enum ReadCondition { /// 00
 Always, /// 01
 AccessControl, /// 02: 6982 to all.
 ExtendedAccess }
/// FCP.
#[derive(Clone, Debug, PartialEq, Eq)] pub struct FileControl { /// 83
 pub file_id: FileId, /// 88
 pub sfi: Option<ShortFileId>, /// 80
 pub size: u16, /// 86
 pub read: ReadCondition }
impl FileControl { /// 62 template.
 #[must_use] pub fn to_bytes(&self) -> Vec<u8> { todo!() }
 /// Parse.
 /// # Errors
 /// Malformed.
 pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> { let _ = bytes; todo!() } }
/// CREATE FILE 00 E0 00 00.
#[must_use] pub fn create_file(control: &FileControl) -> Command { let _ = control; todo!() }
/// Chip side of CREATE FILE.
/// # Errors
/// 6A80, 6A86, 6700.
pub fn decode_create_file(command: &Command) -> Result<FileControl, StatusWord> { let _ = command; todo!() }
/// SELECT in the creation state.
#[must_use] pub fn select_file(file: FileId) -> Command { let _ = file; todo!() }
/// UPDATE BINARY at an offset below 32768.
#[must_use] pub fn update_binary(offset: u16, data: &[u8]) -> Option<Command> { let _ = (offset, data); todo!() }
/// UPDATE BINARY through the SFI, offset below 256.
#[must_use] pub fn update_binary_sfi(file: ShortFileId, offset: u8, data: &[u8]) -> Command { let _ = (file, offset, data); todo!() }
/// ACTIVATE FILE 00 44 00 00.
#[must_use] pub fn activate() -> Command { todo!() }
/// GET DATA 00 CA DF 20.
#[must_use] pub fn get_identity() -> Command { todo!() }
/// Key object.
#[derive(Clone, Debug)] pub enum KeyObject { /// CAN
 Can(Can), /// MRZ information
 MrzInformation(MrzKey), /// CA key
 ChipAuthentication { /// keyId
 key_id: Option<u32>, /// Key
 key: PrivateKey }, /// AA key
 ActiveAuthentication { /// Key
 key: PrivateKey } }
impl KeyObject { /// PUT DATA 00 DB 3F FF (sensitive).
 #[must_use] pub fn encode(&self) -> Command { todo!() }
 /// Chip side.
 /// # Errors
 /// 6A80, 6A86, 6700.
 pub fn decode(command: &Command) -> Result<Self, StatusWord> { let _ = command; todo!() } }
/// State.
#[derive(Clone, Copy, Debug, PartialEq, Eq)] pub enum LifeCycle { /// 01
 Creation, /// 05
 Operational }
/// GET DATA DF20.
#[derive(Clone, Debug, PartialEq, Eq)] pub struct ChipIdentity { /// Serial.
 pub serial: [u8; 8], /// State.
 pub life_cycle: LifeCycle, /// No secure channel: for development only.
 pub development_blank: bool }
impl ChipIdentity { /// DF20 object.
 #[must_use] pub fn to_bytes(&self) -> Vec<u8> { todo!() }
 /// Parse.
 /// # Errors
 /// Malformed.
 pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> { let _ = bytes; todo!() } }
