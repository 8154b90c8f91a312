//! A folder of one's own, and the built command run in it.
#![allow(
    dead_code,
    clippy::print_stdout,
    reason = "each test uses some of it, and says aloud what it skips"
)]

pub mod office;
pub mod softhsm;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The built command.
pub const ANTIN: &str = env!("CARGO_BIN_EXE_antin");

/// What a run of the command left.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub exit: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Asks for an exit code, and shows everything if it is another one.
    #[track_caller]
    pub fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Asks for words on standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in:\n{}", self.err);
        self
    }

    /// Asks for words on standard output.
    #[track_caller]
    pub fn prints(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no {words:?} in:\n{}", self.out);
        self
    }

    /// The last line of standard output as JSON: the result.
    #[track_caller]
    pub fn json(&self) -> Value {
        let last = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last:?}"))
    }

    /// Every line of standard output as JSON.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        self.out.lines().map(parse).collect()
    }
}

/// A folder that goes away with the test.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// Verifies the card that [`Place::with_a_card`] issued.
    pub const VERIFY: [&str; 7] = [
        "verify",
        "--card",
        "card.chip",
        "--can-file",
        "can",
        "--trust",
        "pki/trust",
    ];

    /// Runs [`Place::VERIFY`] with more arguments.
    pub fn verify_with(&self, more: &[&str]) -> Ran {
        self.run(Self::VERIFY.iter().chain(more))
    }

    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// A folder with test keys in `pki/` and the first two citizens of seed 1 in `rec/`.
    pub fn with_keys_and_records() -> Self {
        let place = Self::empty();
        place.run(["pki", "demo", "--out", "pki"]).exits(0);
        place
            .run(["record", "demo", "--seed", "1", "--count", "2", "--out", "rec"])
            .exits(0);
        place
    }

    /// The same, and the first citizen's card in `card.chip`, its CAN in `can`, its MRZ in `mrz`.
    pub fn with_a_card() -> Self {
        let place = Self::with_keys_and_records();
        place.issue("card.chip").exits(0);
        place.write("can", can_of(&place.record()));
        place
            .run([
                "read",
                "--card",
                "card.chip",
                "--can-file",
                "can",
                "--to",
                "first-read",
            ])
            .exits(0);
        place.write("mrz", mrz_of(&place.bytes("first-read/Datagroup1.bin")));
        std::fs::remove_dir_all(place.path("first-read")).unwrap();
        place
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Writes a file that only its owner may read.
    pub fn secret(&self, name: &str, content: impl AsRef<[u8]>) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, content);
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Reads a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Reads a text.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The names in a subfolder, sorted.
    pub fn list(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The first citizen's record.
    pub fn record(&self) -> Value {
        serde_json::from_str(&self.text(&self.record_name())).unwrap()
    }

    /// Where the first citizen's record lies.
    pub fn record_name(&self) -> String {
        let first = self
            .list("rec")
            .into_iter()
            .find(|name| name.ends_with(".json"))
            .unwrap();
        format!("rec/{first}")
    }

    /// Writes a copy of the first record with some fields changed; `null` takes a field away.
    pub fn changed_record(&self, name: &str, changes: &[(&str, Value)]) {
        let mut record = self.record();
        for (field, value) in changes {
            record[field] = value.clone();
        }
        self.write(&format!("rec/{name}"), record.to_string());
    }

    /// The command, in this folder, with nothing of the user's own settings.
    pub fn command(&self) -> Command {
        let mut command = Command::new(ANTIN);
        self.settle(&mut command);
        command
    }

    /// Makes any command run in this folder, without the user's own settings and without a PC/SC service.
    pub fn settle(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for name in [
            "ANTIN_TRUST",
            "ANTIN_READER",
            "ANTIN_LANG",
            "LC_ALL",
            "LC_MESSAGES",
            "COLUMNS",
            "ANTIN_LAB",
            "ANTIN_PKCS11_MODULES",
            "XDG_STATE_HOME",
        ] {
            command.env_remove(name);
        }
        command
            .env("LANG", "C.UTF-8")
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.path(".config"))
            .env("XDG_CACHE_HOME", self.path(".cache"));
        command.env("PCSCLITE_CSOCK_NAME", self.path("no-service"));
    }

    /// Runs the command to its end.
    pub fn run<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Ran {
        finish(self.command().args(arguments))
    }

    /// Runs the command with something on standard input.
    pub fn run_with_input<I: IntoIterator<Item: AsRef<OsStr>>>(&self, input: &[u8], arguments: I) -> Ran {
        let mut command = self.command();
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that refuses before it reads closes the pipe; that is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        ran(child.wait_with_output().unwrap())
    }

    /// Issues the first citizen's card into a file.
    pub fn issue(&self, card: &str) -> Ran {
        self.run([
            "issue",
            "--allow-test-keys",
            "--profile",
            "vn-cccd-2021",
            "--signer",
            "pki",
            "--record",
            &self.record_name(),
            "--to-file",
            card,
        ])
    }

    /// A citizen's card with a PIN (123456, three tries) and a PUK (9876543210), the right ones in `pin` and `puk`.
    pub fn with_a_pin() -> Self {
        let place = Self::with_keys_and_records();
        let profile = place.run(["profile", "show", "vn-cccd-2021"]).exits(0).out;
        let secrets = "[pin]\nvalue = \"123456\"\ntries = 3\n\n[puk]\nvalue = \"9876543210\"\n\n[sod]";
        let profile = profile
            .replace(
                "passwords = [\"mrz\", \"can\"]",
                "passwords = [\"mrz\", \"can\", \"pin\", \"puk\"]",
            )
            .replace("[sod]", secrets);
        place.write("pin.toml", profile);
        place
            .run([
                "issue",
                "--allow-test-keys",
                "--profile",
                "pin.toml",
                "--signer",
                "pki",
                "--record",
                &place.record_name(),
                "--to-file",
                "card.chip",
            ])
            .exits(0);
        place.write("can", can_of(&place.record()));
        place.write("pin", "123456");
        place.write("puk", "9876543210");
        place
    }

    /// Starts a command that listens as a virtual reader, and returns it with its address, which it tells first.
    pub fn listening<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> (Running, String) {
        let mut command = self.command();
        command.args(arguments).args(["--vpcd-listen", "0", "--jsonl"]);
        let mut running = Running::start(&mut command);
        running.hear(1);
        let first: Value = serde_json::from_str(running.heard()).expect("an event");
        assert_eq!(first["ev"], "listening", "{first}");
        let address = first["address"].as_str().expect("an address").to_owned();
        (running, address)
    }

    /// Puts our own card into a reader, until the reader ends.
    pub fn plug_in(&self, address: &str, arguments: &[&str]) -> Running {
        let mut command = self.command();
        command
            .args(["emulate", "--vpcd", address, "--jsonl", "--card"])
            .args(arguments);
        Running::start(&mut command)
    }

    /// Verifies a card file with the CAN in `can`.
    pub fn verify(&self, card: &str) -> Ran {
        self.run([
            "verify",
            "--card",
            card,
            "--can-file",
            "can",
            "--trust",
            "pki/trust",
        ])
    }
}

/// Runs a prepared command to its end.
pub fn finish(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let exit = output.status.code().unwrap_or(-1);
    Ran {
        exit,
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The CAN of a citizen's card: the last six digits of the number.
pub fn can_of(record: &Value) -> String {
    let number = record["number"].as_str().unwrap();
    number[number.len() - 6..].to_owned()
}

/// The lines of a TD1 zone, as they stand at the end of data group 1.
pub fn mrz_of(dg1: &[u8]) -> String {
    let zone = std::str::from_utf8(&dg1[dg1.len() - 90..]).unwrap();
    format!("{}\n{}\n{}\n", &zone[..30], &zone[30..60], &zone[60..])
}

/// The lines of a TD3 zone, as they stand at the end of data group 1.
pub fn mrz_of_passport(dg1: &[u8]) -> String {
    let zone = std::str::from_utf8(&dg1[dg1.len() - 88..]).unwrap();
    format!("{}\n{}\n", &zone[..44], &zone[44..])
}

/// A command under way, whose events are heard one by one.
pub struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    heard: String,
}

impl Running {
    /// Starts a command that prints events.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            heard: String::new(),
        }
    }

    /// Waits for so many more lines; fewer if the command ends.
    pub fn hear(&mut self, lines: usize) {
        for line in self.lines.by_ref().take(lines) {
            self.heard += &line.unwrap();
            self.heard.push('\n');
        }
    }

    /// What was heard so far.
    pub fn heard(&self) -> &str {
        &self.heard
    }

    /// Sends a signal: `INT`, `KILL`.
    pub fn signal(&self, name: &str) {
        // The process may have ended by itself in the meantime.
        let _ = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .output()
            .unwrap();
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ran {
        self.hear(usize::MAX);
        let output = self.child.wait_with_output().unwrap();
        let mut ran = ran(output);
        ran.out = self.heard;
        ran
    }
}
