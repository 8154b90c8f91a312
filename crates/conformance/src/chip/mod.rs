//! Chip cases: a story of APDUs, told to our chip.

mod change;
mod judge;
mod proving;
mod rules;
pub(crate) mod story;
mod terminal;

use antin::profile::patch::Patch;
use antin::wire::apdu::StatusWord;
use toml::{Table, Value};

use crate::case::{Defect, Run, Source};
use crate::certificates::Certificates;
use crate::error::Error;
use crate::runner::Runner;
use crate::stage::{Issued, Making, patch};
use story::Step;
use terminal::{Answer, Terminal, Told};

/// A story is begun anew so often, until a random value has the form that a step waits for.
const MAX_BEGINNINGS: u64 = 6_000;

/// What came of a story.
pub(crate) struct Story {
    /// Why it failed, if it did.
    pub verdict: Result<(), String>,
    /// The status word of each step that was told; `None` for steps without an answer of their own.
    pub answers: Vec<Option<StatusWord>>,
}

/// Something that goes wrong from a step on.
struct Wrong {
    step: usize,
    patch: Patch,
}

/// Tells the story to an honest chip.
pub(crate) fn run(runner: &mut Runner, run: &Run) -> Result<Story, Error> {
    let issued = runner.stage.card(run, Making::Whole, None)?;
    let base = (!run.source.patch.is_empty())
        .then(|| patch(&run.source.patch))
        .transpose()?;
    tell(runner, run, &issued, base.map(|patch| Wrong { step: 0, patch }))
}

/// Tells the story to a chip with the defect of the case.
pub(crate) fn run_with_defect(
    runner: &mut Runner,
    run: &Run,
    honest: &[Option<StatusWord>],
) -> Result<Story, Error> {
    let defect = run.source.defect.as_ref();
    let profile = defect.map(|defect| &defect.profile).filter(|it| !it.is_empty());
    let issued = runner.stage.card(run, Making::Whole, profile)?;
    let wrong = match defect {
        Some(defect) if profile.is_some() && defect.rest.is_empty() => None,
        Some(defect) => Some(defect_of(defect, honest)?),
        None => Some(opposite(honest)?),
    };
    tell(runner, run, &issued, wrong)
}

/// From the last answer on the chip says the opposite of what an honest one says.
fn opposite(honest: &[Option<StatusWord>]) -> Result<Wrong, Error> {
    let (step, sw) = last_answer(honest).ok_or(Error::Card("the story has no answer".to_owned()))?;
    // A warning says that the command was carried out, except the one that says that a proof was wrong.
    let carried_out = (sw.is_ok() || sw.is_warning()) && sw != StatusWord::AUTH_FAILED;
    let status = if carried_out { "6F00" } else { "9000" };
    let mut fault = Table::new();
    fault.insert("always".to_owned(), true.into());
    fault.insert("status".to_owned(), status.into());
    let mut body = Table::new();
    body.insert("fault".to_owned(), Value::Array(vec![Value::Table(fault)]));
    Ok(Wrong {
        step,
        patch: patch(&body)?,
    })
}

fn last_answer(honest: &[Option<StatusWord>]) -> Option<(usize, StatusWord)> {
    let answers = honest.iter().enumerate().rev();
    answers.filter_map(|(step, sw)| sw.map(|sw| (step, sw))).next()
}

fn defect_of(defect: &Defect, honest: &[Option<StatusWord>]) -> Result<Wrong, Error> {
    let lists = ["fault", "file", "key", "omit"];
    let is_patch = defect.rest.keys().any(|key| lists.contains(&key.as_str()));
    let step = match defect.step {
        Some(step) => step.saturating_sub(1),
        None if is_patch => 0,
        None => last_answer(honest).map_or(0, |(step, _)| step),
    };
    let body = if is_patch {
        defect.rest.clone()
    } else {
        let mut fault = defect.rest.clone();
        if ["at", "apdu", "only", "always"]
            .iter()
            .all(|key| !fault.contains_key(*key))
        {
            fault.insert("apdu".to_owned(), 1.into());
        }
        let mut body = Table::new();
        body.insert("fault".to_owned(), Value::Array(vec![Value::Table(fault)]));
        body
    };
    Ok(Wrong {
        step,
        patch: patch(&body)?,
    })
}

fn tell(runner: &Runner, run: &Run, issued: &Issued, wrong: Option<Wrong>) -> Result<Story, Error> {
    let certificates = Certificates::make(&run.source.certificates, issued).map_err(Error::Card)?;
    for beginning in 0..MAX_BEGINNINGS {
        let link = runner.venue.lay_down(issued.soft_card(10 + beginning))?;
        let terminal = Terminal::new(link, issued, certificates.clone(), beginning);
        match once(terminal, &run.source, wrong.as_ref()) {
            Some(story) => return Ok(story),
            None => continue,
        }
    }
    Ok(Story {
        verdict: Err("no random value had the form that the story waits for".to_owned()),
        answers: Vec::new(),
    })
}

/// Tells the story once; `None` when a random value has not the form that a step waits for.
fn once(mut terminal: Terminal, source: &Source, wrong: Option<&Wrong>) -> Option<Story> {
    let mut answers = Vec::new();
    let told = source
        .steps
        .iter()
        .enumerate()
        .flat_map(|step| std::iter::repeat_n(step, step.1.repeat.unwrap_or(1)));
    for (index, step) in told {
        if let Some(wrong) = wrong.filter(|wrong| wrong.step == index) {
            terminal.misbehave(&wrong.patch);
        }
        let verdict = match terminal.tell(step) {
            Told::Again => return None,
            Told::Broken(problem) => Err(problem),
            Told::Done => {
                answers.resize(index + 1, None);
                continue;
            }
            Told::Answered(answer) => {
                answers.resize(index, None);
                answers.push(Some(answer.response.sw));
                verdict(&mut terminal, step, &answer)
            }
        };
        match verdict {
            Ok(judge::Next::GoOn) => {}
            Ok(judge::Next::Stop) => break,
            Err(problem) => {
                let verdict = Err(format!("step {}, {}: {problem}", index + 1, step.words()));
                return Some(Story { verdict, answers });
            }
        }
    }
    let (commands, bytes) = terminal.spent();
    Some(Story {
        verdict: source.finer.allows(commands, bytes),
        answers,
    })
}

fn verdict(terminal: &mut Terminal, step: &Step, answer: &Answer) -> Result<judge::Next, String> {
    let next = judge::judge(step, answer)?;
    if next == judge::Next::GoOn {
        terminal.announces(step, &answer.response)?;
    }
    if step.verify {
        terminal.verify_signature(step, &answer.response)?;
    }
    if let (judge::Next::GoOn, Some(rule)) = (next, &step.holds) {
        rules::hold(rule, &answer.response.data, terminal.issued())?;
    }
    Ok(next)
}
