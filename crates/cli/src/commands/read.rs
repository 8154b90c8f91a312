//! `antin read --to DIR`: the card's files under the names of the Golden Reader Tool.

use antin::{Policy, store};
use serde_json::json;

use super::Outcome;
use super::verify;
use crate::args::ReadArgs;
use crate::convert::exit_of;
use crate::failure::{Exit, Failure, Id};
use crate::key;
use crate::output::Output;

/// Reads every public file and writes them whole.
pub fn run(args: &ReadArgs, out: &Output) -> Outcome {
    key::refuse_arguments(&args.key)?;
    refuse_foreign_files(&args.to)?;
    let document = verify::read(
        &args.source,
        &args.key,
        args.trace,
        &Policy::COUNTER,
        args.terminal.as_deref(),
        out,
    )?;
    let written = store::write_dump(&args.to, document.files())?;
    for name in &written {
        out.line(args.to.join(name).display().to_string());
    }
    if !out.is_text() {
        out.object(&json!({"schema": "antin.read/1", "folder": args.to, "files": written}));
    }
    match document.broken_off() {
        Some(error) => Ok(exit_of(error)),
        None => Ok(Exit::Done as u8),
    }
}

/// A folder that holds something already is not ours to mix with: two cards in one folder would look like a forgery.
fn refuse_foreign_files(folder: &std::path::Path) -> Result<(), Failure> {
    let occupied = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        Err(Failure::new(Id::U104).fact("file", folder.display()))
    } else {
        Ok(())
    }
}
