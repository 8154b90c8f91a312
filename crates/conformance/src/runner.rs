//! Carries cases out and judges them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::case::{Case, Run, Side};
use crate::error::Error;
use crate::reader::expect::Expected;
use crate::stage::Stage;
use crate::table::{CaseResult, DefectResult, Outcome, Table};
use crate::venue::Venue;
use crate::{chip, reader};

/// Whether the named defects are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defects {
    /// Every case is run as it stands.
    Off,
    /// Every case is run once more with its defect, and must turn red.
    On,
}

/// Carries cases out.
pub struct Runner {
    pub(crate) venue: Venue,
    pub(crate) stage: Stage,
    defects: Defects,
}

impl Runner {
    /// A runner at this venue.
    #[must_use]
    pub fn new(venue: Venue, defects: Defects) -> Self {
        Self {
            venue,
            stage: Stage::new(),
            defects,
        }
    }

    /// Carries out cases in their order; `each` hears of every result at once.
    pub fn run<'a>(
        &mut self,
        cases: impl IntoIterator<Item = &'a Case>,
        each: &mut dyn FnMut(&CaseResult),
    ) -> Table {
        let results = cases.into_iter().map(|case| {
            let result = self.one(case);
            each(&result);
            result
        });
        let results = results.collect();
        self.table(results)
    }

    /// Puts results together.
    #[must_use]
    pub fn table(&self, results: Vec<CaseResult>) -> Table {
        Table::new(self.venue.name(), results)
    }

    /// Carries out one case.
    pub fn one(&mut self, case: &Case) -> CaseResult {
        if let Some(feature) = &case.waiting {
            return CaseResult::new(case, Outcome::Waiting, Some(feature.clone()));
        }
        // Chip and reader never panic; should one do so all the same, the other cases are still run.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.all_runs(case)));
        let outcome = outcome.unwrap_or_else(|_| Err(Problem::Unfit("panicked".to_owned())));
        let turned_red = match (&outcome, self.defects) {
            (Ok(()), Defects::On) => Some(true),
            (Err(Problem::Unnoticed(_)), _) => Some(false),
            _ => None,
        };
        let defect = turned_red
            .zip(case.defect())
            .map(|(turned_red, name)| DefectResult {
                name: name.to_owned(),
                turned_red,
            });
        let result = match (outcome, &case.explained) {
            (Ok(()), None) => CaseResult::new(case, Outcome::Passed, None),
            (Ok(()), Some(_)) => {
                let reason = "passes, and is explained all the same".to_owned();
                CaseResult::new(case, Outcome::Failed, Some(reason))
            }
            (Err(Problem::Unexpected(_)), Some(reason)) => {
                CaseResult::new(case, Outcome::Explained, Some(reason.clone()))
            }
            (Err(Problem::Unexpected(reason)), None)
            | (Err(Problem::Unfit(reason) | Problem::Unnoticed(reason)), _) => {
                CaseResult::new(case, Outcome::Failed, Some(reason))
            }
        };
        CaseResult { defect, ..result }
    }

    fn all_runs(&mut self, case: &Case) -> Result<(), Problem> {
        for run in &case.runs {
            self.single(case, run).map_err(|problem| match &run.name {
                Some(name) => problem.of_variation(name),
                None => problem,
            })?;
        }
        Ok(())
    }

    fn single(&mut self, case: &Case, run: &Run) -> Result<(), Problem> {
        let unfit = |error: Error| Problem::Unfit(error.to_string());
        match case.side {
            Side::Chip => {
                let honest = chip::run(self, run).map_err(unfit)?;
                honest.verdict.map_err(Problem::Unexpected)?;
                if self.defects == Defects::On {
                    let red = chip::run_with_defect(self, run, &honest.answers).map_err(unfit)?;
                    must_be_red(case, red.verdict)?;
                }
            }
            Side::Reader => {
                // A case that must pass is its own base.
                let of_the_base = match run.source.expect {
                    Some(Expected::Pass) => Problem::Unexpected,
                    _ => Problem::Unfit,
                };
                reader::run_base(self, run).map_err(unfit)?.map_err(of_the_base)?;
                reader::run(self, run)
                    .map_err(unfit)?
                    .map_err(Problem::Unexpected)?;
                if self.defects == Defects::On
                    && let Some(outcome) = reader::run_with_defect(self, run).map_err(unfit)?
                {
                    must_be_red(case, outcome)?;
                }
            }
        }
        Ok(())
    }
}

fn must_be_red(case: &Case, verdict: Result<(), String>) -> Result<(), Problem> {
    match verdict {
        Err(_) => Ok(()),
        Ok(()) => Err(Problem::Unnoticed(format!(
            "the defect {} is not noticed",
            case.defect().unwrap_or_default()
        ))),
    }
}

/// Why a case did not pass.
enum Problem {
    /// Chip or reader did something else than expected, which an explanation may answer for.
    Unexpected(String),
    /// The case tells nothing: its card cannot be made, or does not pass without the fault.
    Unfit(String),
    /// The case tells nothing: it passes with its defect too.
    Unnoticed(String),
}

impl Problem {
    fn of_variation(self, name: &str) -> Self {
        match self {
            Self::Unexpected(reason) => Self::Unexpected(format!("{name}: {reason}")),
            Self::Unfit(reason) => Self::Unfit(format!("{name}: {reason}")),
            Self::Unnoticed(reason) => Self::Unnoticed(format!("{name}: {reason}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(side: Side, text: &'static str) -> Outcome {
        let case = Case::torture_from(side, text).expect("a case");
        Runner::new(Venue::memory(), Defects::Off).one(&case).result
    }

    #[test]
    fn a_story_or_reading_that_takes_more_than_its_file_allows_fails() {
        let story =
            "title = \"t\"\nworth = \"must\"\nsteps = [{ select = \"application\" }, { select = \"mf\" }]\n";
        let reading = "title = \"t\"\nworth = \"must\"\nexpect = \"pass\"\ndefect = { name = \"none\" }\n";
        for (bound, expected) in [
            ("finer = { most = 400, most-bytes = 100000 }", Outcome::Passed),
            ("finer = { most = 1 }", Outcome::Failed),
            ("finer = { most-bytes = 3 }", Outcome::Failed),
        ] {
            for (side, text) in [(Side::Chip, story), (Side::Reader, reading)] {
                let text = Box::leak(format!("{text}{bound}").into_boxed_str());
                assert_eq!(outcome(side, text), expected, "{side:?}, {bound}");
            }
        }
    }
}
