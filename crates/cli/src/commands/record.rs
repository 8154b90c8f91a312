//! `antin record demo`, `antin record check`.

use std::path::Path;

use antin::perso::demo;
use antin::store::{Access, read_bounded, write_atomically};
use antin::{CitizenRecord, Profile};
use serde_json::json;

use super::{Outcome, profile};
use crate::args::RecordCommand;
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;
use crate::today;

/// Runs one of the actions on records.
pub fn run(command: &RecordCommand, out: &Output) -> Outcome {
    match command {
        RecordCommand::Demo {
            seed,
            count,
            out: folder,
        } => demo_records(*seed, *count, folder, out)?,
        RecordCommand::Check {
            file,
            profile,
            mrz_to,
        } => {
            let profile = profile::load(profile)?;
            let record = load(file, &profile, out)?;
            if let Some(path) = mrz_to {
                write_zone(&record, &profile, path)?;
            }
            out.line(out.texts.text("record-good"));
            if !out.is_text() {
                let warnings: Vec<String> = record.warnings().iter().map(ToString::to_string).collect();
                out.object(&json!({"schema": "antin.record-check/1", "good": true, "warnings": warnings}));
            }
        }
    }
    Ok(Exit::Done as u8)
}

/// What is printed in the machine readable zone opens the chip, so the file is for its owner alone.
fn write_zone(record: &CitizenRecord, profile: &Profile, path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::new(Id::U104).fact("file", path.display()));
    }
    let zone = antin::perso::encode::mrz(record, profile).map_err(antin::Error::from)?;
    write_atomically(path, format!("{zone}\n").as_bytes(), Access::Owner)?;
    Ok(())
}

fn demo_records(seed: u64, count: u32, folder: &Path, out: &Output) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(Id::X002)
            .fact("file", folder.display())
            .fact("detail", error.kind())
    })?;
    let mut written = Vec::new();
    for citizen in demo::citizens_issued(seed, count as usize, today::today()) {
        crate::interrupt::check()?;
        let record = folder.join(format!("{}.json", citizen.slug));
        if record.exists() {
            return Err(Failure::new(Id::U104).fact("file", record.display()));
        }
        // The record last: where it is, its portrait is there too.
        write_atomically(
            &folder.join(format!("{}.jpg", citizen.slug)),
            &citizen.portrait,
            Access::Shared,
        )?;
        write_atomically(&record, citizen.record.to_json().as_bytes(), Access::Owner)?;
        out.line(record.display().to_string());
        written.push(record);
    }
    if !out.is_text() {
        out.object(&json!({"schema": "antin.records/1", "records": written}));
    }
    Ok(())
}

/// Reads and checks a record with its portrait; warnings go to standard error.
///
/// # Errors
/// `M401` with every fault of the record, `U102` if the file cannot be read.
pub fn load(file: &Path, profile: &Profile, out: &Output) -> Result<CitizenRecord, Failure> {
    let json = read_bounded(file, antin::perso::record::MAX_FILE_BYTES as u64)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let limit = antin::perso::picture::MAX_PICTURE_BYTES as u64;
    let mut portrait =
        |name: &str| read_bounded(&folder.join(name), limit).map_err(|error| error.to_string());
    let record = CitizenRecord::from_json(&json, profile, &mut portrait).map_err(|problems| {
        Failure::new(Id::M401)
            .fact("file", file.display())
            .faults(&problems.to_string())
    })?;
    for warning in record.warnings() {
        out.note(format!("{}: {warning}", out.texts.text("warning")));
    }
    Ok(record)
}
