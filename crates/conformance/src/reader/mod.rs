//! Reader cases: a chip with a fault, shown to our reader.

pub(crate) mod expect;

use antin::chip::faulty::Heard;
use antin::profile::patch::{Patch, Step};
use antin::reader::Error as ReadError;
use antin::trust::cv::Date;
use antin::trust::{Acceptance, Page, Reason, acceptance, verdict};
use antin::{
    AccessKey, CheckId, CheckResult, Files, OpenCard, Opening, Policy, Report, TerminalKeys, access_policy,
};
use toml::Table;

use crate::case::Run;
use crate::certificates::Certificates;
use crate::error::Error;
use crate::runner::Runner;
use crate::stage::{Issued, Making, patch};
use crate::store;
use expect::{Expected, Finer, Key, ReaderOptions};

/// What came of a reading.
struct Reading {
    outcome: Result<Report, ReadError>,
    heard: Vec<Heard>,
    commands: usize,
    bytes: usize,
}

/// Whether the case holds, and why not.
type Verdict = Result<(), String>;

/// The card without its fault: the reader must accept it, so that the case can tell something.
pub(crate) fn run_base(runner: &mut Runner, run: &Run) -> Result<Verdict, Error> {
    let issued = runner.stage.card(run, Making::Base, None)?;
    let reading = read(runner, run, &issued, Making::Base, None)?;
    Ok(match accepted(run, &reading) {
        Ok(()) => Ok(()),
        Err(problem) => Err(format!("without its fault: {problem}")),
    })
}

/// The case as it stands.
pub(crate) fn run(runner: &mut Runner, run: &Run) -> Result<Verdict, Error> {
    let issued = runner.stage.card(run, Making::Whole, None)?;
    let fault = patch(&run.source.patch)?;
    let reading = read(runner, run, &issued, Making::Whole, Some(&fault))?;
    let verdict = judge(run, &reading);
    if verdict.is_err() || run.source.finer.fresh.is_empty() {
        return Ok(verdict);
    }
    let again = read(runner, run, &issued, Making::Whole, Some(&fault))?;
    Ok(fresh(&run.source.finer, &reading, &again))
}

/// What must differ from one reading to the next does.
fn fresh(finer: &Finer, first: &Reading, second: &Reading) -> Verdict {
    for name in &finer.fresh {
        let step = Step::parse(name).ok_or(format!("{name:?} is no step"))?;
        let said = |reading: &Reading| -> Vec<Vec<u8>> {
            let commands = reading.heard.iter().filter(|heard| step.covers(heard.step));
            commands.map(|heard| heard.command.data().to_vec()).collect()
        };
        if said(first).is_empty() || said(first).iter().any(|data| said(second).contains(data)) {
            return Err(format!("{name} is the same in two sessions"));
        }
    }
    Ok(())
}

/// The case with its defect; `None` where it has none.
pub(crate) fn run_with_defect(runner: &mut Runner, run: &Run) -> Result<Option<Verdict>, Error> {
    let reading = match (&run.source.defect, run.source.expect) {
        (Some(defect), _) => {
            let issued = runner.stage.card(run, Making::Whole, Some(&defect.profile))?;
            let fault = patch(&together(&run.source.patch, &defect.rest))?;
            let mut reading = read(runner, run, &issued, Making::Whole, Some(&fault))?;
            overlook(&defect.overlooks, &policy(&run.source.reader)?, &mut reading)?;
            reading
        }
        // A reader that does not see the fault reads as if there were none.
        (None, Some(Expected::Fail)) => {
            let issued = runner.stage.card(run, Making::Base, None)?;
            read(runner, run, &issued, Making::Base, None)?
        }
        (None, _) => return Ok(None),
    };
    Ok(Some(judge(run, &reading)))
}

/// What a reader reports that leaves these checks out.
fn overlook(checks: &[String], policy: &Policy, reading: &mut Reading) -> Result<(), Error> {
    let known = |id: &String| CheckId::ALL.into_iter().find(|known| known.as_str() == id);
    let (Ok(report), false) = (&mut reading.outcome, checks.is_empty()) else {
        return Ok(());
    };
    for id in checks {
        let id = known(id).ok_or_else(|| Error::Card(format!("{id:?} is no check")))?;
        for row in report.checks.iter_mut().filter(|row| row.id == id) {
            row.result = CheckResult::Successful;
            row.reason = None;
        }
    }
    report.verdict = verdict(&report.checks).0;
    report.accepted =
        acceptance(&report.checks, report.verdict, &report.access, policy) == Acceptance::Accepted;
    Ok(())
}

/// The faults of the case, and behind them those of the defect.
fn together(faults: &Table, defect: &Table) -> Table {
    let mut both = faults.clone();
    for (key, value) in defect {
        match (both.get_mut(key), value) {
            (Some(toml::Value::Array(first)), toml::Value::Array(more)) => first.extend(more.iter().cloned()),
            _ => drop(both.insert(key.clone(), value.clone())),
        }
    }
    both
}

fn read(
    runner: &Runner,
    run: &Run,
    issued: &Issued,
    making: Making,
    fault: Option<&Patch>,
) -> Result<Reading, Error> {
    let options = &run.source.reader;
    let policy = policy(options)?;
    let mut card = issued.soft_card(20);
    card.faulty_mut().listen();
    if let Some(fault) = fault {
        card.misbehave(fault);
    }
    let mut link = runner.venue.lay_down(card)?;
    let slot = link.slot();
    let store = store::store(options, issued, making)?;
    let at = store::day(options, issued, making)?;
    let mut opening = Opening::new().policy(access_policy(&policy));
    if let Some(keys) = terminal(run, issued, making)? {
        opening = opening.terminal(keys);
    }
    let wanted = match run.source.reader.terminal {
        Some(_) => Files::ALL,
        None => Files::PUBLIC,
    };
    let outcome = OpenCard::open_with(&mut link, &key(options, issued)?, opening)
        .and_then(|mut card| card.read(wanted))
        .map(|document| {
            let page = issued.page.as_ref().filter(|_| options.page);
            let document = match page {
                Some(zone) => document.with_page(Page {
                    mrz: Some(zone.clone()),
                    qr: None,
                }),
                None => document,
            };
            document.verify(&store, &policy, at)
        });
    Ok(Reading {
        outcome,
        heard: slot.with(|card| card.faulty_mut().heard().to_vec()),
        commands: link.commands,
        bytes: link.bytes,
    })
}

/// What the terminal shows; nothing where it has no certificates.
fn terminal(run: &Run, issued: &Issued, making: Making) -> Result<Option<TerminalKeys>, Error> {
    let source = &run.source;
    let mut described = source.certificates.clone();
    let mut names = source.reader.terminal.as_ref();
    if making == Making::Whole {
        described.extend(source.wrong_certificates.clone());
        names = source.reader.wrong_terminal.as_ref().or(names);
    }
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        return Ok(None);
    };
    let today =
        Date::from_time(issued.at).ok_or_else(|| Error::Card("a day of another century".to_owned()))?;
    Certificates::make(&described, issued)
        .and_then(|made| made.terminal(names, today))
        .map(Some)
        .map_err(Error::Card)
}

fn policy(options: &ReaderOptions) -> Result<Policy, Error> {
    let name = options.policy.as_deref().unwrap_or("counter");
    let mut policy = Policy::by_name(name).ok_or_else(|| Error::Card(format!("{name:?} is no policy")))?;
    // The plan wants every standardized parameter read, also those that a counter finds too weak today.
    policy.weak_algorithms = antin::trust::Stance::Accept;
    for finding in &options.refuses {
        match finding.as_str() {
            "signer-version" => policy.signer_version = antin::trust::Stance::Refuse,
            other => return Err(Error::Card(format!("{other:?} is no finding"))),
        }
    }
    if options.bac_fallback {
        policy.bac_fallback = antin::trust::BacFallback::Allowed;
    }
    Ok(policy)
}

fn key(options: &ReaderOptions, issued: &Issued) -> Result<AccessKey, Error> {
    let can = issued.can().filter(|_| !issued.profile.access.pace.is_empty());
    match (options.key, can) {
        (Some(Key::Can) | None, Some(can)) => {
            AccessKey::can(can).map_err(|error| Error::Card(error.to_string()))
        }
        _ => Ok(AccessKey::mrz_information(&issued.mrz_information())),
    }
}

/// Opened, read, accepted; and where the terminal was to prove rights, they are proven.
fn accepted(run: &Run, reading: &Reading) -> Verdict {
    let report = match &reading.outcome {
        Err(error) => return Err(format!("the reading ended: {error}")),
        Ok(report) => report,
    };
    let proven = run.source.reader.terminal.is_none()
        || report
            .rows(CheckId::TerminalAuthentication)
            .any(|row| row.result == CheckResult::Successful);
    if report.accepted && proven {
        Ok(())
    } else {
        Err(told(report))
    }
}

fn told(report: &Report) -> String {
    let wrong: Vec<String> = report
        .checks
        .iter()
        .filter(|row| !matches!(row.result, CheckResult::Successful | CheckResult::NotSupported))
        .map(|row| format!("{} {}", row.id, row.result))
        .collect();
    format!("{} ({})", report.verdict, wrong.join(", "))
}

fn judge(run: &Run, reading: &Reading) -> Verdict {
    run.source.finer.allows(reading.commands, reading.bytes)?;
    match (run.source.expect, accepted(run, reading)) {
        (Some(Expected::Pass), Err(problem)) => return Err(problem),
        (Some(Expected::Fail), Ok(())) => return Err("the reader accepted the card".to_owned()),
        _ => {}
    }
    finer(&run.source.finer, reading)
}

fn finer(finer: &Finer, reading: &Reading) -> Verdict {
    if let Some(wanted) = &finer.error {
        let found = named(&reading.outcome);
        if found != wanted {
            return Err(format!("ended with {found}, expected {wanted}"));
        }
    }
    if let Ok(report) = &reading.outcome {
        report_says(finer, report)?;
    } else if finer.asks_for_a_report() {
        return Err(format!("there is no report: {}", named(&reading.outcome)));
    }
    for name in &finer.never {
        let step = Step::parse(name).ok_or(format!("{name:?} is no step"))?;
        if reading.heard.iter().any(|heard| step.covers(heard.step)) {
            return Err(format!("the chip was asked for {name}"));
        }
    }
    for part in &finer.heard {
        let step = Step::parse(&part.at).ok_or(format!("{:?} is no step", part.at))?;
        let wanted = part.contains.as_deref().unwrap_or_default().replace(' ', "");
        let wanted = hex::decode(&wanted).map_err(|_| format!("{wanted:?} is not hex"))?;
        let said = |heard: &Heard| {
            step.covers(heard.step)
                && (wanted.is_empty()
                    || heard
                        .command
                        .data()
                        .windows(wanted.len())
                        .any(|part| part == wanted))
        };
        if !reading.heard.iter().any(said) {
            return Err(format!("the chip never heard {} with that", part.at));
        }
    }
    Ok(())
}

fn report_says(finer: &Finer, report: &Report) -> Verdict {
    if let Some(wanted) = &finer.verdict
        && report.verdict.as_str() != wanted
    {
        return Err(format!("{}, expected {wanted}", told(report)));
    }
    for (id, wanted) in &finer.checks {
        let known = CheckId::ALL.into_iter().find(|known| known.as_str() == id);
        let known = known.ok_or(format!("{id:?} is no check"))?;
        let mut rows: Vec<&str> = report.rows(known).map(|row| row.result.as_str()).collect();
        rows.sort_by_key(|result| severity(result));
        let found = rows.first().copied().unwrap_or("absent");
        if found != wanted {
            return Err(format!("{id} is {found}, expected {wanted}"));
        }
    }
    let was_read = |name: &String| report.files.iter().any(|file| file.name == *name);
    if let Some(name) = finer.read.iter().find(|name| !was_read(name)) {
        return Err(format!("{name} was not read"));
    }
    if let Some(name) = finer.unread.iter().find(|name| was_read(name)) {
        return Err(format!("{name} was read"));
    }
    for wanted in &finer.remarks {
        let remarked = |row: &antin::Check| row.remark.as_ref().is_some_and(|remark| remark.contains(wanted));
        if !report.checks.iter().any(remarked) {
            return Err(format!("the report has no remark {wanted:?}"));
        }
    }
    for wanted in &finer.reasons {
        let given = report
            .checks
            .iter()
            .filter_map(|row| row.reason.as_ref())
            .any(|reason| reason.as_str() == wanted);
        if !given {
            return Err(format!("the report does not say {wanted}"));
        }
    }
    Ok(())
}

/// The worst result first.
fn severity(result: &str) -> usize {
    let order = ["failed", "aborted", "undetermined", "not-supported", "successful"];
    order
        .iter()
        .position(|known| *known == result)
        .unwrap_or(order.len())
}

/// How the reading ended, in the words of case files.
fn named(outcome: &Result<Report, ReadError>) -> &'static str {
    match outcome {
        Ok(report) => {
            let access = report.rows(CheckId::Access).next();
            match access.map(|row| (row.result, row.reason)) {
                Some((_, Some(Reason::ChipError))) => "status",
                Some((CheckResult::Failed, _)) => "breach",
                Some((_, Some(Reason::CurveUnknown))) => "curve-unknown",
                Some((_, Some(Reason::AlgorithmUnsupported | Reason::Malformed))) => "unsupported",
                _ => "report",
            }
        }
        Err(ReadError::AccessRefused { .. }) => "access-refused",
        Err(ReadError::KeyNotUsable { .. }) => "key-not-usable",
        Err(ReadError::Unsupported { .. }) => "unsupported",
        Err(ReadError::Breach { .. }) => "breach",
        Err(ReadError::Status { .. }) => "status",
        Err(ReadError::NotIcao { .. }) => "not-icao",
        Err(ReadError::CardLost { .. }) => "card-lost",
        Err(ReadError::Timeout { .. }) => "timeout",
        Err(ReadError::NoProgress { .. }) => "no-progress",
        Err(_) => "other",
    }
}

#[cfg(test)]
mod tests {
    use antin::wire::apdu::Command;

    use super::*;

    fn heard(data: &[u8]) -> Reading {
        let step = Step::parse("ca.agree").expect("a step");
        let command = Command::new(0, 0x86, 0, 0).with_data(data.to_vec());
        Reading {
            outcome: Err(ReadError::Bug { what: String::new() }),
            heard: vec![Heard { step, command }],
            commands: 1,
            bytes: 0,
        }
    }

    #[test]
    fn a_key_that_comes_twice_is_not_fresh() {
        let finer = Finer {
            fresh: vec!["ca.agree".to_owned()],
            ..Finer::default()
        };
        assert!(fresh(&finer, &heard(&[1]), &heard(&[2])).is_ok());
        assert!(fresh(&finer, &heard(&[1]), &heard(&[1])).is_err());
    }
}
