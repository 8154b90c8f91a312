//! Whether an answer is the one that the catalogue asks for.

use antin::profile::patch::Step;
use antin::trust::{Acceptance, acceptance, exit, verdict};
use antin::{Check, CheckResult, Report};

use super::case::Reading;
use super::expected::Answer;
use super::reading::{self, Seen};

/// The answer is as it should be, or else what it is.
type Judgement = Result<(), String>;

/// What nobody has forged is authentic and accepted.
pub(crate) fn twin(seen: &Seen) -> Judgement {
    match &seen.outcome {
        Ok(report) if report.verdict.as_str() == "authentic" && report.exit == 0 => Ok(()),
        Ok(report) => Err(told(report)),
        Err(error) => Err(format!("the reading ended: {error}")),
    }
}

/// What was forged is answered as expected.
pub(crate) fn attacked(seen: &Seen, expected: &Answer, row_check: &str) -> Judgement {
    let report = match &seen.outcome {
        Ok(report) => report,
        Err(error) => return Err(format!("the reading ended: {error}")),
    };
    if report.verdict.as_str() != expected.verdict || report.exit != expected.exit {
        return Err(told(report));
    }
    let id = expected.check.as_deref().unwrap_or(row_check);
    if let Some(result) = &expected.result {
        decided(report, id, result, expected)?;
    }
    for (id, result) in &expected.also {
        let found = worst(report, id)?;
        if found != result {
            return Err(format!("{}: {id} is {found}", spoken(report)));
        }
    }
    if let Some(downgrade) = expected.downgrade
        && report.access.downgrade != downgrade
    {
        return Err(format!(
            "{}, downgrade {}",
            spoken(report),
            report.access.downgrade
        ));
    }
    for name in &expected.never {
        let step = Step::parse(name).ok_or_else(|| format!("{name:?} is no step"))?;
        if seen.heard.iter().any(|heard| step.covers(heard.step)) {
            return Err(format!("{}: the chip was asked for {name}", spoken(report)));
        }
    }
    Ok(())
}

/// The deciding check says what it should, in one of its rows, and no row of it is worse.
fn decided(report: &Report, id: &str, result: &str, expected: &Answer) -> Judgement {
    let found = worst(report, id)?;
    let says = |part: &Option<String>, text: Option<&str>| {
        part.as_deref()
            .is_none_or(|part| text.is_some_and(|text| text.contains(part)))
    };
    let known = reading::check(id).ok_or_else(|| format!("{id:?} is no check"))?;
    let fits = |row: &Check| {
        row.result.as_str() == result
            && expected
                .reason
                .as_deref()
                .is_none_or(|wanted| row.reason.is_some_and(|it| it.as_str() == wanted))
            && says(&expected.remark, row.remark.as_deref())
            && says(&expected.evidence, row.evidence.as_deref())
            && says(&expected.subject, row.subject.as_deref())
    };
    if found == result && report.rows(known).any(fits) {
        return Ok(());
    }
    let rows: Vec<String> = report.rows(known).map(row).collect();
    Err(format!("{}: {id} {}", spoken(report), rows.join(", ")))
}

fn row(row: &Check) -> String {
    let parts = [
        row.subject.clone(),
        Some(row.result.to_string()),
        row.reason.map(|reason| reason.to_string()),
        row.evidence.as_ref().map(|text| format!("({text})")),
        row.remark.as_ref().map(|text| format!("[{text}]")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The worst result of a check.
fn worst<'r>(report: &'r Report, id: &str) -> Result<&'r str, String> {
    let known = reading::check(id).ok_or_else(|| format!("{id:?} is no check"))?;
    let severity = |result: CheckResult| match result {
        CheckResult::Failed => 0,
        CheckResult::Aborted => 1,
        CheckResult::Undetermined => 2,
        CheckResult::NotSupported => 3,
        CheckResult::Successful => 4,
    };
    let found = report
        .rows(known)
        .map(|row| row.result)
        .min_by_key(|result| severity(*result));
    Ok(found.map_or("absent", CheckResult::as_str))
}

/// The verdict in the words of the catalogue.
fn spoken(report: &Report) -> String {
    match report.exit {
        15 => format!("{}, refused by policy (15)", report.verdict),
        exit => format!("{} ({exit})", report.verdict),
    }
}

fn told(report: &Report) -> String {
    let rows = report
        .checks
        .iter()
        .filter(|row| !matches!(row.result, CheckResult::Successful | CheckResult::NotSupported))
        .map(|check| format!("{} {}", check.id, row(check)));
    format!("{}, {}", spoken(report), rows.collect::<Vec<_>>().join(", "))
}

/// What a verifier would answer that takes the rows of this check for successful; `None` where there is no report.
pub(crate) fn overlooking(seen: &Seen, id: &str, reading: &Reading) -> Result<Option<Seen>, String> {
    let Ok(report) = &seen.outcome else {
        return Ok(None);
    };
    let known = reading::check(id).ok_or_else(|| format!("{id:?} is no check"))?;
    let mut report = report.clone();
    for row in report.checks.iter_mut().filter(|row| row.id == known) {
        row.result = CheckResult::Successful;
        row.reason = None;
        row.remark = None;
        row.evidence = None;
    }
    let policy = reading::policy(reading).map_err(|error| error.to_string())?;
    let (found, reason) = verdict(&report.checks);
    let accepted = acceptance(&report.checks, found, &report.access, &policy);
    report.verdict = found;
    report.refused_by = policy.refusals(&report.checks, found, &report.access);
    report.accepted = accepted == Acceptance::Accepted;
    report.exit = exit(found, reason, accepted);
    Ok(Some(Seen {
        outcome: Ok(report),
        heard: seen.heard.clone(),
    }))
}
