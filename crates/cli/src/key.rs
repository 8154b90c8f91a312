//! What opens the card: from a file, standard input or a hidden prompt, never from the command line.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use antin::AccessKey;
use antin::reader::KeyProblem;

use crate::args::KeySource;
use crate::convert::words;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// The largest file that can hold a CAN or an MRZ.
const MAX_SECRET_BYTES: u64 = 1024;

/// Takes the key from where the user says, or asks for it.
///
/// # Errors
/// `U101` for a secret in an argument, `U102` for a file that cannot be read, `U103` for two from standard input, `U105` if nobody can be asked,
/// `A204` for a text that is no CAN, MRZ, PIN or PUK.
pub fn ask(source: &KeySource, out: &Output) -> Result<AccessKey, Failure> {
    refuse_arguments(source)?;
    refuse_one_stream_for_two(source)?;
    if let Some(path) = &source.pin_file {
        let key = counted(AccessKey::pin(read(path)?.trim()))?;
        return match (&source.can_file, &source.puk_file) {
            (Some(path), _) => counted(key.resumed_by_can(read(path)?.trim())),
            (_, Some(path)) => counted(key.unblocked_by_puk(read(path)?.trim())),
            (None, None) => Ok(key),
        };
    }
    if let Some(path) = &source.puk_file {
        return counted(AccessKey::puk(read(path)?.trim()));
    }
    match (&source.can_file, &source.mrz_file) {
        (Some(path), _) => can(&read(path)?),
        (_, Some(path)) => mrz(&read(path)?),
        (None, None) if std::io::stdin().is_terminal() => prompt(out),
        (None, None) => Err(Failure::new(Id::U105)),
    }
}

/// Refuses a secret in an argument.
///
/// # Errors
/// `U101`.
pub fn refuse_arguments(source: &KeySource) -> Result<(), Failure> {
    let given = [&source.can, &source.mrz, &source.pin, &source.puk];
    match given.iter().any(|value| value.is_some()) {
        true => Err(Failure::new(Id::U101)),
        false => Ok(()),
    }
}

/// Standard input ends once: a second secret from there would be empty.
fn refuse_one_stream_for_two(source: &KeySource) -> Result<(), Failure> {
    let files = [
        ("--can-file", &source.can_file),
        ("--mrz-file", &source.mrz_file),
        ("--pin-file", &source.pin_file),
        ("--puk-file", &source.puk_file),
    ];
    let from_input = |(name, path): &(&'static str, &Option<PathBuf>)| {
        path.as_deref()
            .is_some_and(|path| path == Path::new("-"))
            .then_some(*name)
    };
    let names: Vec<&str> = files.iter().filter_map(from_input).collect();
    match names.len() {
        0 | 1 => Ok(()),
        _ => Err(Failure::new(Id::U103)
            .fact("option", names.join(", "))
            .fact("value", "-")
            .said("detail", "one-standard-input")),
    }
}

fn counted(key: Result<AccessKey, KeyProblem>) -> Result<AccessKey, Failure> {
    key.map_err(|problem| Failure::new(Id::A204).fact("detail", problem))
}

fn can(text: &str) -> Result<AccessKey, Failure> {
    AccessKey::can(text.trim()).map_err(|problem| Failure::new(Id::A204).fact("detail", problem))
}

fn mrz(text: &str) -> Result<AccessKey, Failure> {
    AccessKey::mrz(text.trim()).map_err(|problem| Failure::new(Id::A204).fact("detail", problem))
}

fn prompt(out: &Output) -> Result<AccessKey, Failure> {
    let typed = rpassword::prompt_password(out.texts.text("prompt-can"))
        .map_err(|error| Failure::new(Id::U105).fact("detail", error.kind()))?;
    // A keyboard-wedge scanner types the MRZ into the same prompt.
    if typed.trim().len() > 12 {
        mrz(&typed)
    } else {
        can(&typed)
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let result = if path == Path::new("-") {
        std::io::stdin().take(MAX_SECRET_BYTES).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_SECRET_BYTES).read_to_string(&mut text))
    };
    match result {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::new(Id::U102)
            .fact("file", path.display())
            .fact("detail", words(error.kind()))),
    }
}
