//! `antin profile list|show|check`, and how every command finds a profile.

use std::path::Path;

use antin::Profile;
use antin::store::read_bounded;
use serde_json::json;

use super::Outcome;
use crate::args::ProfileCommand;
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// No profile is larger.
const MAX_PROFILE_BYTES: u64 = 256 * 1024;

/// Runs one of the actions on profiles.
pub fn run(command: &ProfileCommand, out: &Output) -> Outcome {
    match command {
        ProfileCommand::List => list(out),
        ProfileCommand::Show { profile } => show(&load(profile)?, out),
        ProfileCommand::Check { file } => {
            check(file)?;
            out.line(out.texts.text("profile-good"));
            if !out.is_text() {
                out.object(&json!({"schema": "antin.profile-check/1", "good": true}));
            }
        }
    }
    Ok(Exit::Done as u8)
}

fn list(out: &Output) {
    let profiles = Profile::builtins();
    for profile in &profiles {
        out.line(format!("{:16} {}", profile.name, profile.title));
    }
    if !out.is_text() {
        let rows: Vec<_> = profiles
            .iter()
            .map(|it| json!({"name": it.name, "title": it.title, "country": it.country}))
            .collect();
        out.object(&json!({"schema": "antin.profiles/1", "profiles": rows}));
    }
}

fn show(profile: &Profile, out: &Output) {
    out.line(profile.text().trim_end());
    if !out.is_text() {
        out.object(&json!({
            "schema": "antin.profile-text/1", "name": profile.name, "title": profile.title, "toml": profile.text(),
        }));
    }
}

/// A built-in profile by name, or a profile file.
///
/// # Errors
/// `U103` for a name nobody knows, `M402` for a file with a fault, named with its line.
pub fn load(name: &str) -> Result<Profile, Failure> {
    if let Some(profile) = Profile::builtin(name) {
        return Ok(profile);
    }
    let path = Path::new(name);
    if !path.exists() {
        let known: Vec<String> = Profile::builtins()
            .into_iter()
            .map(|profile| profile.name)
            .collect();
        return Err(Failure::new(Id::U103)
            .fact("value", name)
            .fact("one-of", known.join(", ")));
    }
    check(path)
}

fn check(path: &Path) -> Result<Profile, Failure> {
    let bytes = read_bounded(path, MAX_PROFILE_BYTES)?;
    let origin = path.display().to_string();
    let fault = |detail: &str| Failure::new(Id::M402).fact("file", &origin).faults(detail);
    let text = String::from_utf8(bytes).map_err(|_| fault("not UTF-8"))?;
    let faults = Profile::faults(&text, &origin);
    if !faults.is_empty() {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(fault(&lines.join("\n")));
    }
    Profile::parse(&text, &origin).map_err(|error| fault(&error.to_string()))
}
