//! What the tests of this crate share: vectors, randomness that repeats itself, damaged messages.

use std::path::Path;

use antin_crypto::{Hash, scripted::ScriptedRng};
use antin_wire::apdu::{Command, Response};

/// Reads hexadecimal digits, spaces ignored.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

/// A file of `test-vectors/protocol`.
pub(crate) struct Vector(toml::Table);

impl Vector {
    pub(crate) fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/protocol");
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let table: toml::Table = text.parse().unwrap();
        assert!(
            table.contains_key("origin") && table.contains_key("clause"),
            "{name} names no origin"
        );
        Self(table)
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_else(|| panic!("{key}"))
    }

    pub(crate) fn bytes(&self, key: &str) -> Vec<u8> {
        hex(self.text(key))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(crate) fn part(&self, key: &str) -> Self {
        Self(self.0[key].as_table().unwrap().clone())
    }

    pub(crate) fn parts(&self, key: &str) -> Vec<Self> {
        self.0[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| Self(part.as_table().unwrap().clone()))
            .collect()
    }

    /// The exchanges of a conversation as commands and answers, both as they crossed the wire.
    pub(crate) fn exchanges(&self, key: &str) -> Vec<(Vec<u8>, Response)> {
        let read = |part: &Self| (part.bytes("command"), answer(&part.bytes("response")));
        self.parts(key).iter().map(read).collect()
    }
}

/// The randomness of a worked example, in the order in which it is drawn.
pub(crate) fn script(parts: &[Vec<u8>]) -> ScriptedRng {
    ScriptedRng::dangerous_new(parts.concat())
}

/// Randomness that is the same in every run and different for every seed.
pub(crate) fn random(seed: u8) -> ScriptedRng {
    let block = |n: u8| Hash::Sha256.digest(&[seed, n]);
    ScriptedRng::dangerous_new((0..=u8::MAX).flat_map(block).collect())
}

pub(crate) fn command(bytes: &[u8]) -> Command {
    Command::parse(bytes).unwrap()
}

pub(crate) fn answer(bytes: &[u8]) -> Response {
    Response::parse(bytes).unwrap()
}

/// Every message that differs from this one in one bit.
pub(crate) fn bit_flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

/// Every message that this one begins with, itself excepted.
pub(crate) fn truncations(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|len| bytes[..len].to_vec())
}
