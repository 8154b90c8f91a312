//! `antin policy list|show|check`, and how every command finds a policy.

use std::path::Path;

use antin::Policy;
use antin::store::read_bounded;
use antin::trust::policy::MAX_POLICY_BYTES;
use serde_json::json;

use super::Outcome;
use crate::args::PolicyCommand;
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// Runs one of the actions on policies.
pub fn run(command: &PolicyCommand, out: &Output) -> Outcome {
    match command {
        PolicyCommand::List => list(out),
        PolicyCommand::Show { policy } => show(policy, out)?,
        PolicyCommand::Check { policy_file } => {
            let (policy, _) = file(policy_file)?;
            out.line(out.texts.text("policy-good"));
            if !out.is_text() {
                out.object(&json!({"schema": "antin.policy-check/1", "name": policy.name, "good": true}));
            }
        }
    }
    Ok(Exit::Done as u8)
}

fn list(out: &Output) {
    for policy in &Policy::ALL {
        out.line(format!("{:10} {}", policy.name, policy.title));
    }
    if !out.is_text() {
        let rows: Vec<_> = Policy::ALL
            .iter()
            .map(|it| json!({"name": it.name, "title": it.title}))
            .collect();
        out.object(&json!({"schema": "antin.policies/1", "policies": rows}));
    }
}

fn show(name: &str, out: &Output) -> Result<(), Failure> {
    let (policy, text) = find(name)?;
    out.line(crate::shown::shown_lines(text.trim_end()));
    if !out.is_text() {
        out.object(&json!({
            "schema": "antin.policy-text/1", "name": policy.name, "title": policy.title, "toml": text,
        }));
    }
    Ok(())
}

/// A built-in policy by name, or a policy file.
///
/// # Errors
/// `U103` for a name nobody knows, `M430` for a file with a fault, named with its line.
pub fn load(name: &str) -> Result<Policy, Failure> {
    Ok(find(name)?.0)
}

fn find(name: &str) -> Result<(Policy, String), Failure> {
    if let (Some(policy), Some(text)) = (Policy::by_name(name), Policy::builtin_text(name)) {
        return Ok((policy, text.to_owned()));
    }
    let path = Path::new(name);
    if !path.exists() {
        let known: Vec<String> = Policy::ALL.iter().map(|policy| policy.name.to_string()).collect();
        return Err(Failure::new(Id::U103)
            .fact("option", "--policy")
            .fact("value", name)
            .fact("one-of", known.join(", ")));
    }
    file(path)
}

fn file(path: &Path) -> Result<(Policy, String), Failure> {
    let fault = |detail: &str| Failure::new(Id::M430).fact("file", path.display()).faults(detail);
    let bytes = read_bounded(path, MAX_POLICY_BYTES as u64)?;
    let text = String::from_utf8(bytes).map_err(|_| fault("not UTF-8"))?;
    match Policy::parse(&text) {
        Ok(policy) => Ok((policy, text)),
        Err(error) => Err(fault(&error.to_string())),
    }
}
