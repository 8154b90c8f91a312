//! A program of others that plays one role of a protocol.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command as Program, Stdio};

use super::skipped;

/// Somebody who speaks in lines of hexadecimal.
pub struct Peer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts the program.
    pub fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut process = Program::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the peer runs");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        Self {
            process,
            input,
            output,
        }
    }

    /// The next line as it stands.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the peer speaks");
        line.trim_end().to_owned()
    }

    /// The next message.
    pub fn hear(&mut self) -> Vec<u8> {
        let line = self.line();
        hex::decode(&line).unwrap_or_else(|_| panic!("the peer says {line:?}"))
    }

    /// Sends a message. A peer that has given up does not hear it; its last line, or the lack of one, tells.
    pub fn say(&mut self, message: &[u8]) {
        let _ = writeln!(self.input, "{}", hex::encode_upper(message));
    }

    /// Says that nothing more of a kind comes.
    pub fn end(&mut self) {
        writeln!(self.input, "-").expect("the peer listens");
    }

    /// The last line.
    pub fn verdict(mut self) -> String {
        let line = self.line();
        self.process.wait().expect("the peer ends");
        line
    }
}

/// Builds a peer of `tests/judges` upon libeac; `None`, said aloud, where it cannot be built.
pub fn build(source: &str, folder: &Path) -> Option<PathBuf> {
    let program = folder.join("libeac-peer");
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/judges")
        .join(source);
    let built = Program::new("cc")
        .arg("-O1")
        .arg("-o")
        .args([&program, &source])
        .args(["-leac", "-lcrypto"])
        .output();
    match built {
        Ok(output) if output.status.success() => Some(program),
        _ => {
            skipped("libeac (package libeac-dev) is missing");
            None
        }
    }
}
