//! The attack bench: forged documents and hostile chips, one case per row of the catalogue of known attacks.
//!
//! A case lies in two places: `test-vectors/attacks/cases` holds what the attacker made, and `expected.toml` what a
//! verifier must answer, written from the catalogue. Here both are read, the cards are read by the real reader, and the
//! answers are compared.
//!
//! ```no_run
//! use antin_conformance::attacks::{Attack, Bench};
//!
//! let mut bench = Bench::new()?;
//! let table = bench.run(&Attack::all()?, &mut |_| {});
//! assert_eq!(table.failed, 0);
//! # Ok::<(), antin_conformance::Error>(())
//! ```

mod assertions;
mod case;
mod expected;
mod judge;
pub(crate) mod place;
mod reading;
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use case::Attack;
pub use table::{AttackResult, AttackTable, SCHEMA};

use crate::case::{Case, Side};
use crate::error::Error;
use crate::runner::{Defects, Runner};
use crate::table::Outcome;
use crate::venue::Venue;
use reading::Stage;

/// Runs attacks.
pub struct Bench {
    stage: Stage,
    runner: Runner,
}

impl Bench {
    /// A bench with the cards of the corpus.
    ///
    /// # Errors
    /// The first card that cannot be read.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            stage: Stage::new()?,
            runner: Runner::new(Venue::memory(), Defects::Off),
        })
    }

    /// Runs attacks in their order; `each` hears of every result at once.
    pub fn run<'a>(
        &mut self,
        attacks: impl IntoIterator<Item = &'a Attack>,
        each: &mut dyn FnMut(&AttackResult),
    ) -> AttackTable {
        let results = attacks.into_iter().map(|attack| {
            let result = self.one(attack);
            each(&result);
            result
        });
        AttackTable::new(results.collect())
    }

    /// Runs one attack.
    pub fn one(&mut self, attack: &Attack) -> AttackResult {
        if let Some(feature) = &attack.expected.waiting {
            return AttackResult::waiting(attack, feature);
        }
        // Chip, reader and verifier never panic; should one do so all the same, the other cases are still run.
        let got = catch_unwind(AssertUnwindSafe(|| self.answer(attack)));
        let got = got.unwrap_or_else(|_| Err("panicked".to_owned()));
        match got {
            Ok(()) => AttackResult::passed(attack),
            Err(got) => AttackResult::failed(attack, got),
        }
    }

    /// What is wrong with the answers; nothing for an attack that is answered as the catalogue says.
    fn answer(&mut self, attack: &Attack) -> Result<(), String> {
        for reading in attack.readings.iter().filter(|reading| reading.twin) {
            let seen = self.stage.read(reading).map_err(|error| error.to_string())?;
            judge::twin(&seen).map_err(|got| format!("unmutated twin {}: {got}", reading.name))?;
        }
        let mut wrong = Vec::new();
        for expected in &attack.expected.readings {
            let reading = attack.reading(&expected.of)?;
            let seen = self.stage.read(reading).map_err(|error| error.to_string())?;
            if let Err(got) = judge::attacked(&seen, expected, &attack.expected.check) {
                wrong.push(format!("{}: {got}", reading.name));
            }
        }
        for id in &attack.conformance {
            self.conformance(id).unwrap_or_else(|got| wrong.push(got));
        }
        let scene = assertions::Scene {
            stage: &self.stage,
            attack,
        };
        for name in &attack.assertions {
            assertions::check(name, &scene).unwrap_or_else(|got| wrong.push(format!("{name}: {got}")));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("; "))
        }
    }

    fn conformance(&mut self, id: &str) -> Result<(), String> {
        let cases = Case::all().map_err(|error| error.to_string())?;
        let found = cases.iter().find(|case| {
            let side = match case.side {
                Side::Chip => "chip",
                Side::Reader => "reader",
            };
            format!("{side}/{}/{}", case.suite.slug, case.id) == id
        });
        let result = self
            .runner
            .one(found.ok_or_else(|| format!("no conformance case {id}"))?);
        match result.result {
            Outcome::Passed => Ok(()),
            other => Err(format!(
                "conformance case {id}: {} {}",
                other.as_str(),
                result.reason.unwrap_or_default()
            )),
        }
    }

    /// Which of the attack's readings a verifier would answer in the same way if it saw no difference to the unmutated
    /// twin, or if it left the deciding check out: such a case tells nothing.
    ///
    /// # Errors
    /// A case that cannot be carried out.
    pub fn unnoticed(&mut self, attack: &Attack) -> Result<Vec<String>, Error> {
        let mut unnoticed = Vec::new();
        if attack.expected.waiting.is_some() {
            return Ok(unnoticed);
        }
        let fault = |problem: String| Error::Case {
            case: attack.id().to_owned(),
            problem,
        };
        for expected in attack
            .expected
            .readings
            .iter()
            .filter(|expected| !expected.unseen)
        {
            let reading = attack.reading(&expected.of).map_err(fault)?;
            let check = expected.check.as_ref().unwrap_or(&attack.expected.check);
            let blind = match attack.twin_of(reading) {
                Some(twin) => self.stage.read_as(twin, reading)?,
                None => return Err(fault(format!("{} has no twin", reading.name))),
            };
            if judge::attacked(&blind, expected, &attack.expected.check).is_ok() {
                unnoticed.push(format!("{}: the twin is answered alike", reading.name));
            }
            let seen = self.stage.read(reading)?;
            if let Some(careless) = judge::overlooking(&seen, check, reading).map_err(fault)?
                && judge::attacked(&careless, expected, &attack.expected.check).is_ok()
            {
                unnoticed.push(format!("{}: {check} is of no account", reading.name));
            }
        }
        Ok(unnoticed)
    }
}
