//! `antin trust import`.

use std::collections::BTreeSet;

use antin::store::trust::{
    Force, ImportOptions, ImportReport, NoteCode, Realm, SkipReason, TrustFolder, import,
};

use super::super::Outcome;
use super::{day, folder, operator, short};
use crate::args::TrustImportArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// How many objects are named one by one; JSON names them all.
const NAMED: usize = 12;

pub fn run(args: &TrustImportArgs, out: &Output) -> Outcome {
    let store = folder(&args.store)?;
    let mut options = ImportOptions::new(operator(&args.who)?, antin::now());
    if args.trust_test {
        options.realm = Realm::Test;
    }
    for root in &args.trust_root {
        options.add_root_file(root)?;
    }
    let forced = [
        (args.allow_unverified_list, Force::UnverifiedList),
        (args.allow_older_list, Force::OlderList),
        (args.allow_collection_anchors, Force::CollectionAnchors),
    ];
    options.force = forced
        .iter()
        .filter(|(wanted, _)| *wanted)
        .map(|(_, force)| *force)
        .collect();
    let report = import(&store, &args.trust_files, &options).map_err(Failure::from)?;
    print(&report, &store, out);
    if !out.is_text() {
        out.object(&report);
    }
    Ok(Exit::Done as u8)
}

fn print(report: &ImportReport, store: &TrustFolder, out: &Output) {
    let texts = &out.texts;
    for file in &report.files {
        let format = texts.text(&format!("trust-format-{}", file.format.as_str()));
        let mut line = format!("{}: {format}", shown(&file.file));
        if let Some(country) = &file.country {
            line += &format!(", {country}");
        }
        if file.signed_at.is_some() {
            line += &format!(
                ", {}",
                texts.with("trust-signed", &[("day", &day(file.signed_at))])
            );
        }
        if let Some(root) = &file.root {
            line += &format!(", {}", texts.with("trust-under-root", &[("root", &short(root))]));
        }
        out.line(line);
    }
    let countries: BTreeSet<&str> = report
        .entries
        .iter()
        .filter_map(|entry| entry.country.as_deref())
        .collect();
    let numbers = [
        ("certificates", report.certificates),
        ("crls", report.crls),
        ("lists", report.lists),
        ("countries", countries.len()),
        ("added", report.added),
        ("known", report.known),
        ("removed", report.removed),
        ("skipped", report.skipped),
    ];
    let numbers: Vec<(&str, String)> = numbers
        .iter()
        .map(|(name, number)| (*name, number.to_string()))
        .collect();
    let numbers: Vec<(&str, &str)> = numbers
        .iter()
        .map(|(name, number)| (*name, number.as_str()))
        .collect();
    out.line(paint(Tone::Strong, &texts.with("trust-imported", &numbers)));
    out.line(format!("  {}", texts.with("trust-changes", &numbers)));
    print_skipped(report, out);
    print_notes(report, out);
    let generation = report.generation.to_string();
    let place = store.path().display().to_string();
    out.note(texts.with(
        "trust-store-at",
        &[("store", &place), ("generation", &generation)],
    ));
}

fn print_skipped(report: &ImportReport, out: &Output) {
    for reason in SkipReason::ALL {
        let these: Vec<_> = report
            .skipped_objects
            .iter()
            .filter(|skipped| skipped.reason == *reason)
            .collect();
        if these.is_empty() {
            continue;
        }
        let meaning = out.texts.text(&format!("trust-skip-{}", reason.as_str()));
        out.line(format!(
            "  {} {} x {meaning}",
            paint(Tone::Doubt, "[!]"),
            these.len()
        ));
        for skipped in these.iter().take(NAMED) {
            out.line(format!(
                "      {} #{}: {}",
                shown(&skipped.file),
                skipped.index,
                shown(&skipped.detail)
            ));
        }
        if these.len() > NAMED {
            out.line(format!("      ... {}", these.len() - NAMED));
        }
    }
}

fn print_notes(report: &ImportReport, out: &Output) {
    for code in NoteCode::ALL {
        let these: Vec<_> = report.notes.iter().filter(|note| note.code == *code).collect();
        if these.is_empty() {
            continue;
        }
        let tone = match code {
            NoteCode::UnverifiedList | NoteCode::OlderList => Tone::Bad,
            _ => Tone::Dim,
        };
        let meaning = out.texts.text(&format!("trust-note-{}", code.as_str()));
        out.line(format!("  {} {} x {meaning}", paint(tone, "[i]"), these.len()));
        for note in these.iter().filter(|note| !note.detail.is_empty()).take(NAMED) {
            let index = note.index.map(|index| format!(" #{index}")).unwrap_or_default();
            out.line(format!(
                "      {}{index}: {}",
                shown(&note.file),
                shown(&note.detail)
            ));
        }
        if these.len() > NAMED {
            out.line(format!("      ... {}", these.len() - NAMED));
        }
    }
}
