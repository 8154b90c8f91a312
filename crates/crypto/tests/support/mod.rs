//! What the tests of this crate share: where the vectors lie, and how a test says that it was skipped.
#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use antin_crypto::{Curve, Hash, PrivateKey, SecretBytes, Suite};

/// One case of `test-vectors/crypto/*.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub origin: String,
    pub clause: String,
    pub inputs: BTreeMap<String, String>,
    pub expect: BTreeMap<String, String>,
}

impl Case {
    pub fn text(&self, field: &str) -> &str {
        let found = self.inputs.get(field).or_else(|| self.expect.get(field));
        found.unwrap_or_else(|| panic!("{}: no field {field}", self.name))
    }

    pub fn bytes(&self, field: &str) -> Vec<u8> {
        hex::decode(self.text(field)).unwrap_or_else(|e| panic!("{}: {field}: {e}", self.name))
    }

    pub fn secret(&self, field: &str) -> SecretBytes {
        SecretBytes::new(self.bytes(field))
    }

    pub fn suite(&self) -> Suite {
        named(Suite::ALL, Suite::name, self.text("suite"))
    }

    pub fn curve(&self) -> Curve {
        named(Curve::ALL, Curve::name, self.text("curve"))
    }

    pub fn hash(&self) -> Hash {
        named(Hash::ALL, Hash::name, self.text("hash"))
    }

    pub fn private_key(&self, field: &str) -> PrivateKey {
        PrivateKey::from_be_bytes(self.curve(), &self.bytes(field)).expect("a private key in range")
    }
}

fn named<T: Copy, const N: usize>(all: [T; N], name: fn(T) -> &'static str, wanted: &str) -> T {
    all.into_iter()
        .find(|value| name(*value) == wanted)
        .unwrap_or_else(|| panic!("unknown: {wanted}"))
}

/// The cases of one file of `test-vectors/crypto`; there is at least one.
pub fn cases(file: &str) -> Vec<Case> {
    #[derive(serde::Deserialize)]
    struct File {
        case: Vec<Case>,
    }
    let path = workspace().join("test-vectors/crypto").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let cases = toml::from_str::<File>(&text)
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        .case;
    assert!(!cases.is_empty(), "{file} has no cases");
    cases
}

/// A text of the foreign test data, or `None` with a loud word if there is no such data on this machine.
pub fn foreign(file: &str) -> Option<String> {
    foreign_bytes(file).map(|bytes| String::from_utf8(bytes).unwrap_or_else(|e| panic!("{file}: {e}")))
}

/// The names of the files in a folder of the foreign test data, sorted, or `None` as [`foreign_bytes`].
pub fn foreign_names(folder: &str) -> Option<Vec<String>> {
    let path = foreign_root()?.join(folder);
    let entries = std::fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder that can be listed").file_name())
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    Some(names)
}

fn foreign_root() -> Option<PathBuf> {
    let root = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace().join("../shared/data"), PathBuf::from);
    if !root.is_dir() {
        // Not a matter of strictness: only tools that a package brings may be demanded.
        say_skipped("no foreign data (ANTIN_FOREIGN_DATA)");
        return None;
    }
    Some(root)
}

/// A file of the foreign test data, or `None` with a loud word if there is no such data on this machine.
pub fn foreign_bytes(file: &str) -> Option<Vec<u8>> {
    let path = foreign_root()?.join(file);
    Some(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// Says that a test was not done.
#[allow(
    clippy::print_stderr,
    reason = "a skipped test must not look like a passed one"
)]
fn say_skipped(reason: &str) {
    eprintln!("SKIPPED: {reason}");
}

/// Says that a test was not done; with `ANTIN_STRICT=1` that is a failure.
pub fn skip(reason: &str) {
    say_skipped(reason);
    assert!(
        std::env::var_os("ANTIN_STRICT").is_none_or(|value| value != "1"),
        "skipped: {reason}"
    );
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder for one test in which `openssl` runs.
pub struct Bench(tempfile::TempDir);

impl Bench {
    /// `None` if there is no OpenSSL here.
    pub fn open() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            skip("no openssl command");
            return None;
        }
        Some(Self(
            tempfile::tempdir().expect("a folder for this test, and an openssl that starts"),
        ))
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("a folder for this test, and an openssl that starts");
        path
    }

    pub fn try_run(&self, arguments: &str) -> Output {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("a folder for this test, and an openssl that starts")
    }

    pub fn run(&self, arguments: &str) {
        let output = self.try_run(arguments);
        assert!(
            output.status.success(),
            "openssl {arguments}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).expect("a folder for this test, and an openssl that starts")
    }

    pub fn read_text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("text")
    }
}
