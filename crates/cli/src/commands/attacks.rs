//! `antin attacks run|list|show`: known attacks on documents and chips, tried out against our verifier.

use antin_conformance::attacks::{Attack, AttackResult, AttackTable, Bench};
use serde_json::json;

use super::Outcome;
use crate::args::{AttacksCommand, AttacksRunArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};

/// An attack was answered otherwise than the catalogue asks.
const FAILED: u8 = 10;

/// Runs one of the actions on attacks.
pub fn run(command: &AttacksCommand, out: &Output) -> Outcome {
    match command {
        AttacksCommand::Run(args) => carry_out(args, out),
        AttacksCommand::List => list(out),
        AttacksCommand::Show { id } => show(id, out),
    }
}

fn attacks() -> Result<Vec<Attack>, Failure> {
    Attack::all().map_err(unexpected)
}

fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::new(Id::X001).fact("detail", error)
}

fn unknown(option: &str, value: &str) -> Failure {
    Failure::new(Id::U103)
        .fact("option", option)
        .fact("value", value)
        .said("form", "attacks-form")
}

fn chosen(args: &AttacksRunArgs) -> Result<Vec<Attack>, Failure> {
    let all = attacks()?;
    if let Some(id) = args
        .case
        .iter()
        .find(|id| all.iter().all(|attack| attack.id() != **id))
    {
        return Err(unknown("--case", id));
    }
    if let Some(layer) = &args.layer
        && all.iter().all(|attack| attack.layer() != layer)
    {
        return Err(unknown("--layer", layer));
    }
    let fits = |attack: &Attack| {
        let by_id = args.case.is_empty() || args.case.iter().any(|id| id == attack.id());
        by_id && args.layer.as_deref().is_none_or(|layer| layer == attack.layer())
    };
    Ok(all.into_iter().filter(fits).collect())
}

fn carry_out(args: &AttacksRunArgs, out: &Output) -> Outcome {
    let chosen = chosen(args)?;
    let mut bench = Bench::new().map_err(unexpected)?;
    let mut results = Vec::new();
    for attack in &chosen {
        crate::interrupt::check()?;
        let result = bench.one(attack);
        out.line(row(attack, &result, out));
        out.event(&json!({"ev": "case", "case": result}));
        results.push(result);
    }
    let table = AttackTable::new(results);
    conclude(&table, out);
    Ok(if table.failed == 0 {
        Exit::Done as u8
    } else {
        FAILED
    })
}

fn row(attack: &Attack, result: &AttackResult, out: &Output) -> String {
    let (mark, tone) = match &result.waiting {
        Some(_) => ("waiting", Tone::Dim),
        None if result.is_passed() => ("ok", Tone::Good),
        None => ("FAIL", Tone::Bad),
    };
    let head = format!("{:9} {:6} {:7}", attack.layer(), attack.priority(), attack.id());
    let mark = paint(tone, &format!("{mark:7}"));
    let said = match &result.waiting {
        Some(feature) => out.texts.with("attacks-waiting", &[("feature", feature)]),
        None if result.is_passed() => result.got.clone(),
        None => {
            let facts = [
                ("expected", result.expected.as_str()),
                ("got", result.got.as_str()),
            ];
            out.texts.with("attacks-otherwise", &facts)
        }
    };
    format!("{head} {mark}  {}: {said}", attack.attack())
}

fn conclude(table: &AttackTable, out: &Output) {
    let count = |number: usize| number.to_string();
    out.line("");
    out.line(out.texts.with(
        "attacks-sum",
        &[
            ("total", &count(table.total)),
            ("passed", &count(table.passed)),
            ("failed", &count(table.failed)),
            ("waiting", &count(table.waiting())),
        ],
    ));
    if !out.is_text() {
        out.object(table);
    }
}

fn list(out: &Output) -> Outcome {
    let attacks = attacks()?;
    for attack in &attacks {
        out.line(format!(
            "{:9} {:6} {:7} {}: {}",
            attack.layer(),
            attack.priority(),
            attack.id(),
            attack.attack(),
            attack.expected(),
        ));
    }
    if !out.is_text() {
        let rows: Vec<_> = attacks.iter().map(told).collect();
        out.object(&json!({"schema": "antin.attack-list/1", "attacks": rows}));
    }
    Ok(Exit::Done as u8)
}

fn told(attack: &Attack) -> serde_json::Value {
    json!({
        "id": attack.id(), "layer": attack.layer(), "priority": attack.priority(), "attack": attack.attack(),
        "expected": attack.expected(), "check": attack.deciding_check(), "waiting": attack.waiting(),
    })
}

fn show(id: &str, out: &Output) -> Outcome {
    let attacks = attacks()?;
    let attack = attacks.iter().find(|attack| attack.id() == id);
    let attack = attack.ok_or_else(|| unknown("ID", id))?;
    out.line(format!(
        "# {} ({}): {}",
        attack.id(),
        attack.layer(),
        attack.attack()
    ));
    out.line(format!("# {}, {}", attack.expected(), attack.deciding_check()));
    if let Some(feature) = attack.waiting() {
        out.line(format!(
            "# {}",
            out.texts.with("attacks-waiting", &[("feature", feature)])
        ));
    }
    out.line(attack.text().trim_end());
    if !out.is_text() {
        out.object(&json!({"schema": "antin.attack/1", "attack": told(attack), "toml": attack.text()}));
    }
    Ok(Exit::Done as u8)
}
