//! What opens the card: from a file, standard input or a hidden prompt, never from the command line.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use antin::AccessKey;
use antin::reader::KeyProblem;
use zeroize::Zeroizing;

use crate::args::KeySource;
use crate::convert::words;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// The largest file that can hold a CAN or an MRZ.
const MAX_SECRET_BYTES: u64 = 1024;

/// What opens the card.
pub struct Asked {
    /// The key itself.
    pub key: AccessKey,
    /// The printed machine readable zone, where it is the key: it is held against DG1 too.
    pub mrz: Option<Zeroizing<String>>,
}

impl From<AccessKey> for Asked {
    fn from(key: AccessKey) -> Self {
        Self { key, mrz: None }
    }
}

/// Takes the key from where the user says, or asks for it.
///
/// # Errors
/// `U101` for a secret in an argument, `U102` for a file that cannot be read, `U103` for two from standard input, `U105`
/// if nobody can be asked, `A204` for a text that is no CAN, MRZ, PIN or PUK.
pub fn ask(source: &KeySource, out: &Output) -> Result<Asked, Failure> {
    refuse_arguments(source)?;
    refuse_one_stream_for_two(source)?;
    let puk = secret(source.puk_file.as_deref(), source.ask_puk, "prompt-puk", out)?;
    if let Some(pin) = secret(source.pin_file.as_deref(), source.ask_pin, "prompt-pin", out)? {
        let key = checked(AccessKey::pin(pin.trim()))?;
        return match (&source.can_file, puk) {
            (Some(path), _) => checked(key.resumed_by_can(read(path)?.trim())).map(Asked::from),
            (_, Some(puk)) => checked(key.unblocked_by_puk(puk.trim())).map(Asked::from),
            (None, None) => Ok(key.into()),
        };
    }
    if let Some(puk) = puk {
        return checked(AccessKey::puk(puk.trim())).map(Asked::from);
    }
    match (&source.can_file, &source.mrz_file) {
        (Some(path), _) => can(&read(path)?).map(Asked::from),
        (_, Some(path)) => mrz(read(path)?),
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

/// A secret from its file or from its prompt, if one of them was asked for.
fn secret(
    file: Option<&Path>,
    asked: bool,
    prompt: &str,
    out: &Output,
) -> Result<Option<Zeroizing<String>>, Failure> {
    match file {
        Some(path) => read(path).map(Some),
        None if !asked => Ok(None),
        None if std::io::stdin().is_terminal() => hidden(prompt, out).map(Some),
        None => Err(Failure::new(Id::U105)),
    }
}

fn checked(key: Result<AccessKey, KeyProblem>) -> Result<AccessKey, Failure> {
    key.map_err(|problem| Failure::new(Id::A204).fact("detail", problem))
}

fn can(text: &str) -> Result<AccessKey, Failure> {
    checked(AccessKey::can(text.trim()))
}

fn mrz(text: Zeroizing<String>) -> Result<Asked, Failure> {
    Ok(Asked {
        key: checked(AccessKey::mrz(text.trim()))?,
        mrz: Some(text),
    })
}

/// What somebody types at a prompt that shows nothing of it.
fn hidden(prompt: &str, out: &Output) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(out.texts.text(prompt))
        .map(Zeroizing::new)
        .map_err(|error| Failure::new(Id::U105).fact("detail", error.kind()))
}

fn prompt(out: &Output) -> Result<Asked, Failure> {
    let typed = hidden("prompt-can", out)?;
    // A keyboard-wedge scanner types the MRZ into the same prompt.
    if typed.trim().len() > 12 {
        mrz(typed)
    } else {
        can(&typed).map(Asked::from)
    }
}

/// The text of a file that holds what is printed on a document; `-` reads standard input.
///
/// # Errors
/// `U102`.
pub fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
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
