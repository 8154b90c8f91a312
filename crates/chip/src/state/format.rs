//! The card file `antin.chip/1`: two lines of JSON.
//!
//! ```text
//! {"schema":"antin.chip/1","sha256":"<hash of the second line without its line feed>"}
//! {"profile":"<TOML>","serial":"<hex>","life_cycle":"operational",...,"files":[..],"keys":["<hex>",..]}
//! ```
//! The hash finds damage, not malice: whoever can write the file owns the card.

use antin_crypto::{Hash, SecretBytes};
use antin_profile::Profile;
use antin_protocol::personalization::iso7816_9::{FileControl, KeyObject, LifeCycle};
use antin_protocol::scp03::{KeySet, StaticKeys as _};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::file::{Directory, StoredFile};
use super::{CardState, Door};
use crate::StateError;

/// Name of the format.
const SCHEMA: &str = "antin.chip/1";

/// No card file is longer than this: the largest card in hex, and as much again.
const MAX_STATE_BYTES: usize = 4 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
    sha256: String,
}

/// The format alone, for files of a later version.
#[derive(Deserialize)]
struct AnyHead {
    schema: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    profile: String,
    serial: String,
    life_cycle: Life,
    development_blank: bool,
    failures: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    puk_failures: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pin_failures: u8,
    files: Vec<FileRecord>,
    /// Bodies of the PUT DATA commands that wrote the keys.
    keys: Vec<HexSecret>,
    /// The door of a blank that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scp03: Option<DoorRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DoorRecord {
    version: u8,
    enc: HexSecret,
    mac: HexSecret,
    dek: HexSecret,
    sequence: u32,
    failures: u32,
}

/// Cards without wrong PINs and PUKs are written as they were before there was one.
fn is_zero<T: PartialEq + Default>(count: &T) -> bool {
    *count == T::default()
}

/// Hex of a key, wiped when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
struct HexSecret(String);

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Life {
    Creation,
    Operational,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    MasterFile,
    Application,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRecord {
    directory: Place,
    /// The control parameters as CREATE FILE gave them.
    control: String,
    written: Vec<(usize, usize)>,
    bytes: String,
}

impl CardState {
    /// Writes the card file. Its bytes hold keys: keep them as a secret.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let body = Body {
            profile: self.profile.text().to_owned(),
            serial: hex::encode(self.serial),
            life_cycle: match self.life_cycle {
                LifeCycle::Creation => Life::Creation,
                LifeCycle::Operational => Life::Operational,
            },
            development_blank: self.development_blank,
            failures: self.failures,
            puk_failures: self.puk_failures,
            pin_failures: self.pin_failures,
            files: self.files.iter().map(record).collect(),
            keys: self
                .keys
                .iter()
                .map(|key| HexSecret(hex::encode(key.encode().data())))
                .collect(),
            scp03: self.door.as_ref().map(door_record),
        };
        // Room from the start: a buffer that grows leaves copies of the keys behind.
        let room = 4096
            + body.profile.len() * 2
            + body.keys.iter().map(|key| key.0.len() + 8).sum::<usize>()
            + body
                .files
                .iter()
                .map(|file| file.bytes.len() + 256 + file.written.len() * 16)
                .sum::<usize>();
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *text, &body).expect("strings and numbers can be written to memory");
        let head = Head {
            schema: SCHEMA.to_owned(),
            sha256: hex::encode(Hash::Sha256.digest(&text)),
        };
        let head = serde_json::to_vec(&head).expect("strings can be written to memory");
        let mut bytes = Zeroizing::new(Vec::with_capacity(head.len() + text.len() + 2));
        bytes.extend_from_slice(&head);
        bytes.push(b'\n');
        bytes.extend_from_slice(&text);
        bytes.push(b'\n');
        bytes
    }

    /// Reads a card file.
    ///
    /// # Errors
    /// Says what is wrong: cut short or not a card file, another format, damaged, or contradicting itself.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        if bytes.len() > MAX_STATE_BYTES {
            return Err(StateError::Malformed("longer than any card file".to_owned()));
        }
        let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
        let head = lines.next().unwrap_or_default();
        let rest = lines
            .next()
            .ok_or_else(|| StateError::Malformed("cut short in its first line".to_owned()))?;
        let any: AnyHead = serde_json::from_slice(head).map_err(malformed)?;
        if any.schema != SCHEMA {
            return Err(StateError::Format(any.schema.chars().take(64).collect()));
        }
        let head: Head = serde_json::from_slice(head).map_err(malformed)?;
        let text = rest
            .strip_suffix(b"\n")
            .ok_or_else(|| StateError::Malformed("cut short".to_owned()))?;
        if hex::encode(Hash::Sha256.digest(text)) != head.sha256 {
            return Err(StateError::Checksum);
        }
        let body: Body = serde_json::from_slice(text).map_err(malformed)?;
        restore(body)
    }
}

fn record(file: &StoredFile) -> FileRecord {
    FileRecord {
        directory: match file.directory() {
            Directory::MasterFile => Place::MasterFile,
            Directory::Application => Place::Application,
        },
        control: hex::encode(file.control().to_bytes()),
        written: file.written().to_vec(),
        bytes: hex::encode(file.bytes()),
    }
}

fn door_record(door: &Door) -> DoorRecord {
    let [enc, mac, dek] = door.keys.keys().map(|key| HexSecret(hex::encode(key.expose())));
    DoorRecord {
        version: door.keys.version(),
        enc,
        mac,
        dek,
        sequence: door.sequence,
        failures: door.failures,
    }
}

fn restore_door(record: &DoorRecord) -> Option<Door> {
    let key = |text: &HexSecret| hex::decode(&text.0).ok().map(SecretBytes::new);
    let keys = KeySet::new(
        record.version,
        key(&record.enc)?,
        key(&record.mac)?,
        key(&record.dek)?,
    );
    Some(Door {
        keys: keys.ok()?,
        sequence: record.sequence,
        failures: record.failures,
    })
}

fn restore(body: Body) -> Result<CardState, StateError> {
    let profile = Profile::parse(&body.profile, "profile").map_err(StateError::Profile)?;
    let serial = hex::decode(&body.serial)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let mut state = CardState {
        profile,
        serial: serial.ok_or(StateError::Inconsistent("the serial number is not 8 bytes"))?,
        life_cycle: match body.life_cycle {
            Life::Creation => LifeCycle::Creation,
            Life::Operational => LifeCycle::Operational,
        },
        development_blank: body.development_blank,
        failures: body.failures,
        puk_failures: body.puk_failures,
        pin_failures: body.pin_failures,
        files: Vec::new(),
        keys: Vec::new(),
        door: None,
    };
    if let Some(record) = &body.scp03 {
        let door = restore_door(record);
        state.door = Some(door.ok_or(StateError::Inconsistent("the keys of the blank cannot be read"))?);
    }
    for record in body.files {
        let file = restore_file(record).ok_or(StateError::Inconsistent(
            "a file does not fit its control parameters",
        ))?;
        if state.stored(file.directory(), file.control().file_id).is_some() {
            return Err(StateError::Inconsistent("a file is there twice"));
        }
        state.files.push(file);
    }
    for key in &body.keys {
        let key = restore_key(&key.0).ok_or(StateError::Inconsistent("a key cannot be read"))?;
        state.keys.push(key);
    }
    Ok(state)
}

fn restore_file(record: FileRecord) -> Option<StoredFile> {
    let control = FileControl::parse(&hex::decode(&record.control).ok()?).ok()?;
    let directory = match record.directory {
        Place::MasterFile => Directory::MasterFile,
        Place::Application => Directory::Application,
    };
    StoredFile::restore(
        directory,
        control,
        hex::decode(&record.bytes).ok()?,
        record.written,
    )
}

fn restore_key(text: &str) -> Option<KeyObject> {
    let body = hex::decode(text).ok()?;
    KeyObject::decode(&crate::commands::put_data_command(body)).ok()
}

fn malformed(error: serde_json::Error) -> StateError {
    // The words of the JSON reader name types and fields, never values of strings that it could not place.
    StateError::Malformed(format!("{} at column {}", category(&error), error.column()))
}

fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io => "unreadable",
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Data => "an unknown, missing or wrong field",
        serde_json::error::Category::Eof => "cut short",
    }
}
