//! `antin conformance run|list|show`: our chip and our reader against the cases of the public test plans.

use antin_conformance::{Case, CaseResult, Defects, Outcome, Runner, Side, Table, Venue};
use serde_json::json;

use super::Outcome as CommandOutcome;
use super::demo::stage;
use crate::args::{ConformanceCommand, ConformanceRunArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};

/// Runs one of the actions on conformance cases.
pub fn run(command: &ConformanceCommand, out: &Output) -> CommandOutcome {
    match command {
        ConformanceCommand::Run(args) => carry_out(args, out),
        ConformanceCommand::List => list(out),
        ConformanceCommand::Show { id } => show(id, out),
    }
}

fn cases() -> Result<Vec<Case>, Failure> {
    Case::all().map_err(unexpected)
}

fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::new(Id::X001).fact("detail", error)
}

fn chosen(args: &ConformanceRunArgs) -> Result<Vec<Case>, Failure> {
    let side = match (args.chip_side, args.reader_side) {
        (true, _) => Some(Side::Chip),
        (_, true) => Some(Side::Reader),
        _ => None,
    };
    let fits = |case: &Case| {
        side.is_none_or(|side| side == case.side) && (args.case.is_empty() || args.case.contains(&case.id))
    };
    let found: Vec<Case> = cases()?.into_iter().filter(fits).collect();
    match args
        .case
        .iter()
        .find(|id| !found.iter().any(|case| case.id == **id))
    {
        Some(id) if cases()?.iter().any(|case| case.id == *id) => Err(Failure::new(Id::U103)
            .fact("option", "--case")
            .fact("value", id)
            .said(
                "detail",
                match side {
                    Some(Side::Chip) => "case-of-the-reader",
                    _ => "case-of-the-chip",
                },
            )),
        Some(id) => Err(unknown_case("--case", id)),
        None => Ok(found),
    }
}

fn unknown_case(option: &str, id: &str) -> Failure {
    Failure::new(Id::U103)
        .fact("option", option)
        .fact("value", id)
        .said("form", "case-form")
}

fn carry_out(args: &ConformanceRunArgs, out: &Output) -> CommandOutcome {
    let cases = chosen(args)?;
    let venue = if args.pcsc {
        match Venue::surrounding().map_err(unexpected)? {
            Some(venue) => venue,
            None => return stage::run_inside_a_lab(),
        }
    } else {
        Venue::memory()
    };
    let defects = if args.with_defects {
        Defects::On
    } else {
        Defects::Off
    };
    let mut runner = Runner::new(venue, defects);
    let mut interrupted = None;
    let mut said = Vec::new();
    for case in &cases {
        if let Err(failure) = crate::interrupt::check() {
            interrupted = Some(failure);
            break;
        }
        let result = runner.one(case);
        out.line(row(&result, out));
        out.event(&json!({"ev": "case", "case": result}));
        said.push(result);
    }
    if let Some(failure) = interrupted {
        return Err(failure);
    }
    let table = runner.table(said);
    conclude(&table, out);
    Ok(if table.must_failed() == 0 {
        Exit::Done as u8
    } else {
        FAILED
    })
}

fn row(case: &CaseResult, out: &Output) -> String {
    let (mark, tone) = match case.result {
        Outcome::Passed => ("ok", Tone::Good),
        Outcome::Failed => ("FAIL", Tone::Bad),
        Outcome::Explained => ("explained", Tone::Doubt),
        Outcome::Waiting => ("waiting", Tone::Dim),
    };
    let head = format!("{:6} {:6} {:24}", case.side, case.worth, case.id);
    let reason = match &case.reason {
        Some(reason) => format!(": {reason}"),
        None => String::new(),
    };
    let defect = match &case.defect {
        Some(defect) => {
            let key = match defect.turned_red {
                true => "conformance-defect-red",
                false => "conformance-defect-unnoticed",
            };
            format!(" [{}]", out.texts.with(key, &[("defect", &defect.name)]))
        }
        None => String::new(),
    };
    format!(
        "{head} {}  {}{reason}{defect}",
        paint(tone, &format!("{mark:9}")),
        case.title
    )
}

fn conclude(table: &Table, out: &Output) {
    let count = |number: usize| number.to_string();
    out.line("");
    out.line(out.texts.with(
        "conformance-sum",
        &[
            ("total", &count(table.total)),
            ("passed", &count(table.passed)),
            ("failed", &count(table.failed)),
            ("explained", &count(table.explained)),
            ("waiting", &count(table.waiting)),
        ],
    ));
    if table.must_failed() > 0 {
        let must = count(table.must_failed());
        out.line(out.texts.with("conformance-must-failed", &[("count", &must)]));
    }
    if !out.is_text() {
        out.object(table);
    }
}

fn list(out: &Output) -> CommandOutcome {
    let cases = cases()?;
    let side = |case: &Case| match case.side {
        Side::Chip => "chip",
        Side::Reader => "reader",
    };
    for case in &cases {
        let line = format!(
            "{:6} {:6} {:20} {:24} {}",
            side(case),
            case.worth.as_str(),
            case.suite.slug,
            case.id,
            case.title
        );
        out.line(line);
    }
    if !out.is_text() {
        let rows: Vec<_> = cases
            .iter()
            .map(|case| {
                json!({
                    "id": case.id, "suite": case.suite.name, "side": side(case), "worth": case.worth.as_str(),
                    "title": case.title, "clause": case.clause, "defect": case.defect(), "waiting": case.waiting,
                })
            })
            .collect();
        out.object(&json!({"schema": "antin.conformance-cases/1", "cases": rows}));
    }
    Ok(Exit::Done as u8)
}

/// Every case of that id: ids repeat across suites.
fn show(id: &str, out: &Output) -> CommandOutcome {
    let found: Vec<Case> = cases()?.into_iter().filter(|case| case.id == id).collect();
    if found.is_empty() {
        return Err(unknown_case("ID", id));
    }
    for case in &found {
        out.line(format!("# {}: {}", case.suite.name, case.id));
        out.line(case.text.trim_end());
    }
    if !out.is_text() {
        let texts: Vec<_> = found
            .iter()
            .map(|case| json!({"id": case.id, "suite": case.suite.name, "toml": case.text}))
            .collect();
        out.object(&json!({"schema": "antin.conformance-case/1", "cases": texts}));
    }
    Ok(Exit::Done as u8)
}

/// A case that must pass failed.
const FAILED: u8 = 10;
