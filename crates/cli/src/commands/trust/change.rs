//! `antin trust remove`, `export`.

use antin::store::trust::{self, ExportFormat, Fingerprint, Marked, Removal};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::Outcome;
use super::{load, operator, short};
use crate::args::{TrustExportArgs, TrustFormat, TrustRemoveArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;
use crate::shown::shown;

/// What was taken out: `antin.trust-remove/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Removed {
    schema: &'static str,
    /// The fingerprints of what was taken out or marked.
    removed: Vec<String>,
    /// How many other entries rest on them alone, and still count.
    resting: usize,
    /// Whether they are known to be bad from now on; certificates stay in the store then, so that their documents fail.
    distrusted: bool,
    /// Whether their keys are, in whatever certificate they stand.
    keys_distrusted: bool,
}

impl Removed {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-remove/1";
}

/// What was written: `antin.trust-export/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exported {
    schema: &'static str,
    /// How many entries.
    entries: usize,
    /// The files.
    files: Vec<String>,
}

impl Exported {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-export/1";
}

pub fn remove(args: &TrustRemoveArgs, out: &Output) -> Outcome {
    let (folder, contents) = load(&args.store)?;
    let wanted = contents.find(&args.trust_wanted)?;
    if args.trust_wanted.len() == 2 && !args.allow_whole_country {
        return Err(Failure::new(Id::U116)
            .fact("value", &args.trust_wanted)
            .fact("number", wanted.len()));
    }
    let removal = match &args.distrust {
        Some(reason) => Removal::Distrust {
            of: match args.distrust_key {
                true => Marked::Key,
                false => Marked::Certificate,
            },
            reason: reason.clone(),
        },
        None => Removal::Forget,
    };
    trust::remove(&folder, &wanted, &removal, &operator(&args.who)?, antin::now())?;
    for sha256 in &wanted {
        let subject = contents.view(sha256).map(|view| view.subject).unwrap_or_default();
        let line = [
            ("sha256", short(sha256)),
            ("subject", shown(&subject).into_owned()),
        ];
        let line: Vec<(&str, &str)> = line.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let said = match removal {
            Removal::Forget => "trust-removed",
            Removal::Distrust { .. } => "trust-marked",
        };
        out.line(out.texts.with(said, &line));
    }
    let distrusted = args.distrust.is_some();
    out.note(out.texts.text(match distrusted {
        true => "trust-removed-for-ever",
        false => "trust-removed-until",
    }));
    let resting = contents.resting_on(&wanted);
    if resting > 0 {
        let number = resting.to_string();
        let said = match distrusted {
            true => "trust-unfounded",
            false => "trust-resting",
        };
        out.note(out.texts.with(said, &[("number", &number)]));
    }
    if !out.is_text() {
        out.object(&Removed {
            schema: Removed::SCHEMA,
            removed: wanted.iter().map(ToString::to_string).collect(),
            distrusted,
            resting,
            keys_distrusted: args.distrust_key,
        });
    }
    Ok(Exit::Done as u8)
}

pub fn export(args: &TrustExportArgs, out: &Output) -> Outcome {
    let (_, contents) = load(&args.store)?;
    let mut wanted: Vec<Fingerprint> = Vec::new();
    for some in &args.trust_some {
        wanted.extend(contents.find(some)?);
    }
    if args.trust_some.is_empty() {
        wanted.extend(contents.entries.keys());
    }
    let format = match args.trust_format {
        TrustFormat::Pem => ExportFormat::Pem,
        TrustFormat::Der => ExportFormat::Der,
        TrustFormat::Ldif => ExportFormat::Ldif,
        TrustFormat::Zip => ExportFormat::Zip,
    };
    let files = trust::export(&contents, &wanted, format, &args.trust_to)?;
    let number = wanted.len().to_string();
    let place = args.trust_to.display().to_string();
    out.line(
        out.texts
            .with("trust-exported", &[("number", &number), ("file", &place)]),
    );
    if !out.is_text() {
        out.object(&Exported {
            schema: Exported::SCHEMA,
            entries: wanted.len(),
            files: files.iter().map(|path| path.display().to_string()).collect(),
        });
    }
    Ok(Exit::Done as u8)
}
