//! Carries out a plan on a card, and carries it on where an earlier run was interrupted.

mod outcome;

use antin_lds::ElementaryFile;
use antin_protocol::personalization::iso7816_9::{self, ChipIdentity, LifeCycle};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::{Transport, exchange};

use crate::journal::{self, Begun, Entry, EntryEvent, History, Progress};
use crate::plan::{Exchange, Expected, Step, StepKind};
use crate::receipt::{self, Completion, ReadBack};
use crate::{Journal, Plan, Receipt};

pub use outcome::{Advice, CardState, Cause, Event, RunError};

/// Carries out the plan on the card that lies there, or carries it on where the journal says that an earlier run was
/// interrupted. The card must have been reset since another program used it.
///
/// # Errors
/// [`RunError`] with the state of the card and what to do.
pub fn run<T: Transport + ?Sized>(
    transport: &mut T,
    plan: &Plan,
    journal: &mut dyn Journal,
    on_event: &mut dyn FnMut(Event),
) -> Result<Receipt, RunError> {
    let history = journal
        .entries()
        .and_then(|entries| History::follow(&entries))
        .map_err(|e| RunError {
            cause: Cause::Journal(e),
            state: CardState::Unknown,
            advice: Advice::CheckTheJournal,
        })?;
    let hash = hex::encode(plan.hash());
    let state = match history.progress {
        _ if history.begun.is_none() => CardState::Blank,
        Progress::Nothing | Progress::Step(_) => CardState::HalfWritten,
        Progress::Activating(_) => CardState::Unknown,
        Progress::Activated(_) => CardState::Finished,
    };
    Run {
        transport,
        plan,
        journal,
        on_event,
        hash,
        serial: String::new(),
        state,
        read_back: ReadBack::Matched,
    }
    .carry_out(&history)
}

/// A run under way.
struct Run<'a, T: ?Sized> {
    transport: &'a mut T,
    plan: &'a Plan,
    journal: &'a mut dyn Journal,
    on_event: &'a mut dyn FnMut(Event),
    hash: String,
    serial: String,
    state: CardState,
    read_back: ReadBack,
}

impl<T: Transport + ?Sized> Run<'_, T> {
    /// From the first look at the chip to the receipt.
    fn carry_out(mut self, history: &History) -> Result<Receipt, RunError> {
        let Some(identity) = self.identify(&self.name(0))? else {
            return self.already_operational(history);
        };
        self.serial = hex::encode(identity.serial);
        (self.on_event)(Event::Identified {
            serial: self.serial.clone(),
            development_blank: identity.development_blank,
        });
        let done = self.place_in_history(history, identity.development_blank)?;
        for (number, step) in self.plan.steps().iter().enumerate().skip(1) {
            if number < done && is_kept(step.kind) {
                continue;
            }
            self.take_step(number, step)?;
            let what = step.kind.to_string();
            (self.on_event)(Event::Step {
                step: number,
                of: self.plan.steps().len(),
                what,
            });
        }
        (self.on_event)(Event::Finished);
        let begun = self.begun();
        Ok(receipt(
            &self.serial,
            &begun,
            self.read_back,
            Completion::Confirmed,
        ))
    }

    /// A chip that no longer tells who it is: finished by an earlier run, or none of ours.
    fn already_operational(self, history: &History) -> Result<Receipt, RunError> {
        let completion = match history.progress {
            Progress::Activating(read_back) => Some((read_back, Completion::Inferred)),
            Progress::Activated(read_back) => Some((read_back, Completion::Confirmed)),
            Progress::Nothing | Progress::Step(_) => None,
        };
        match (completion, &history.serial, &history.begun) {
            (Some((read_back, completion)), Some(serial), Some(begun)) => {
                (self.on_event)(Event::Finished);
                Ok(receipt(serial, begun, read_back, completion))
            }
            (_, None, _) => {
                let cause = Cause::AlreadyOperational;
                Err(RunError {
                    cause,
                    state: CardState::Finished,
                    advice: Advice::UseAnotherBlank,
                })
            }
            _ => {
                let cause = Cause::AlreadyOperational;
                Err(RunError {
                    cause,
                    state: CardState::Finished,
                    advice: Advice::UseTheCardOfTheJournal,
                })
            }
        }
    }

    /// Compares chip and plan with the journal; returns how many steps are done already.
    fn place_in_history(&mut self, history: &History, development_blank: bool) -> Result<usize, RunError> {
        if let Some(expected) = history.serial.as_ref().filter(|serial| **serial != self.serial) {
            let cause = Cause::OtherCard {
                expected: expected.clone(),
                found: self.serial.clone(),
            };
            return Err(self.failed(cause, Advice::UseTheCardOfTheJournal));
        }
        if !development_blank {
            return Err(self.failed(Cause::NeedsSecureChannel, Advice::UseAnotherBlank));
        }
        // The chip is in creation state, so ACTIVATE did not take.
        if self.state == CardState::Unknown {
            self.state = CardState::HalfWritten;
        }
        let begun = history.begun.as_ref();
        if begun.is_some_and(|begun| begun.profile != self.plan.profile()) {
            return Err(self.failed(Cause::OtherProfile, Advice::Destroy));
        }
        let last = self.plan.steps().len().saturating_sub(1);
        match history.progress {
            Progress::Activated(_) => return Err(self.failed(Cause::NotActivated, Advice::CheckTheJournal)),
            Progress::Nothing if self.is_begun(history) => return Ok(self.resume(0)),
            Progress::Activating(_) if self.is_begun(history) => return Ok(self.resume(last)),
            Progress::Step(step) if self.is_begun(history) && step <= last => return Ok(self.resume(step)),
            Progress::Nothing | Progress::Step(_) | Progress::Activating(_) => {}
        }
        if begun.is_some() {
            (self.on_event)(Event::Restarted);
        }
        let begun = self.begun();
        self.note(
            EntryEvent::Begin {
                profile: begun.profile,
                files: begun.files,
            },
            Durable::Now,
        )?;
        Ok(0)
    }

    /// Says whether the journal's last plan is this one.
    fn is_begun(&self, history: &History) -> bool {
        history
            .begun
            .as_ref()
            .is_some_and(|begun| begun.plan == self.hash)
    }

    /// Goes on with a step of an earlier run.
    fn resume(&mut self, step: usize) -> usize {
        (self.on_event)(Event::Resumed { step });
        self.state = CardState::HalfWritten;
        step
    }

    /// Does one step, whatever it is.
    fn take_step(&mut self, number: usize, step: &Step) -> Result<(), RunError> {
        let (file, offset) = match step.kind {
            StepKind::Identify => return self.same_chip(number),
            StepKind::ReadBack { .. } if self.read_back == ReadBack::NotOffered => return Ok(()),
            StepKind::ReadBack { file } => return self.compare(number, file, step),
            StepKind::Activate => return self.activate(number, step),
            StepKind::SelectMasterFile | StepKind::SelectApplication | StepKind::SelectFile { .. } => {
                return step
                    .exchanges
                    .iter()
                    .try_for_each(|exchange| self.exchange(number, exchange));
            }
            StepKind::RemoveFile { file } | StepKind::CreateFile { file, .. } => (Some(file), None),
            StepKind::WriteFile { file, offset, .. } => (Some(file), Some(offset)),
            StepKind::PutKey { .. } => (None, None),
        };
        let durable = if file.is_none() {
            Durable::Now
        } else {
            Durable::Soon
        };
        let file = file.map(|file| file.to_string());
        self.note(
            EntryEvent::Step {
                step: number,
                file,
                offset,
            },
            durable,
        )?;
        self.state = CardState::HalfWritten;
        step.exchanges.iter().try_for_each(|exchange| match step.kind {
            StepKind::CreateFile { .. } => self.create(number, exchange),
            _ => self.exchange(number, exchange),
        })
    }

    /// Sends a command and asks for the answer that means success.
    fn exchange(&mut self, number: usize, exchange: &Exchange) -> Result<(), RunError> {
        let sw = self.send(number, &exchange.command)?.sw;
        self.allowed(number, exchange, sw)
    }

    /// Judges a status word.
    fn allowed(&self, number: usize, exchange: &Exchange, sw: StatusWord) -> Result<(), RunError> {
        if exchange.expected.allows(sw) {
            Ok(())
        } else {
            Err(self.refused(number, sw))
        }
    }

    /// Creates a file; what an earlier run left there, with another size, makes way.
    fn create(&mut self, number: usize, exchange: &Exchange) -> Result<(), RunError> {
        let sw = self.send(number, &exchange.command)?.sw;
        if sw != StatusWord::FILE_EXISTS {
            return self.allowed(number, exchange, sw);
        }
        let control =
            iso7816_9::decode_create_file(&exchange.command).map_err(|sw| self.refused(number, sw))?;
        let deleted = self.send(number, &iso7816_9::delete_file(control.file_id))?.sw;
        if !deleted.is_ok() {
            let cause = Cause::NotBlank {
                step: self.name(number),
            };
            return Err(self.failed(cause, Advice::Destroy));
        }
        self.exchange(number, exchange)
    }

    /// Reads a file back. A chip may refuse to be read before it is activated; then the caller reads the finished card.
    fn compare(&mut self, number: usize, file: ElementaryFile, step: &Step) -> Result<(), RunError> {
        let mut at = 0;
        for exchange in &step.exchanges {
            let answer = self.send(number, &exchange.command)?;
            if READ_REFUSALS.contains(&answer.sw) {
                self.read_back = ReadBack::NotOffered;
                (self.on_event)(Event::ReadBackNotOffered);
                return Ok(());
            }
            self.allowed(number, exchange, answer.sw)?;
            let Expected::Data(written) = &exchange.expected else {
                continue;
            };
            if answer.data != *written {
                let same = answer
                    .data
                    .iter()
                    .zip(written)
                    .take_while(|(read, written)| read == written)
                    .count();
                let cause = Cause::ReadBackDiffers {
                    file: file.to_string(),
                    at: at + same,
                };
                return Err(self.failed(cause, Advice::Destroy));
            }
            at += written.len();
        }
        Ok(())
    }

    /// Asks the chip again who it is: an exchanged card must not be activated.
    fn same_chip(&mut self, number: usize) -> Result<(), RunError> {
        let found = self
            .identify(&self.name(number))?
            .map(|identity| hex::encode(identity.serial));
        if found.as_ref() == Some(&self.serial) {
            return Ok(());
        }
        let found = found.unwrap_or_else(|| "of a finished card".to_owned());
        let cause = Cause::Exchanged {
            expected: self.serial.clone(),
            found,
        };
        Err(self.failed(cause, Advice::Destroy))
    }

    /// Locks the card.
    fn activate(&mut self, number: usize, step: &Step) -> Result<(), RunError> {
        self.note(
            EntryEvent::Activating {
                read_back: self.read_back,
            },
            Durable::Now,
        )?;
        for exchange in &step.exchanges {
            self.state = CardState::Unknown;
            let sw = self.send(number, &exchange.command)?.sw;
            if !sw.is_ok() {
                self.state = CardState::HalfWritten;
                return Err(self.refused(number, sw));
            }
        }
        self.state = CardState::Finished;
        self.note(EntryEvent::Activated, Durable::Now)
    }

    /// Asks the chip who it is; `None` for an operational chip, which does not tell.
    fn identify(&mut self, step: &str) -> Result<Option<ChipIdentity>, RunError> {
        let answer = exchange::send(self.transport, &iso7816_9::get_identity()).map_err(|error| {
            self.failed(
                Cause::Link {
                    step: step.to_owned(),
                    error,
                },
                Advice::RunAgain,
            )
        })?;
        if answer.sw == StatusWord::REF_DATA_NOT_FOUND {
            return Ok(None);
        }
        if !answer.sw.is_ok() {
            let cause = Cause::Refused {
                step: step.to_owned(),
                sw: answer.sw,
            };
            return Err(self.failed(cause, Advice::UseAnotherBlank));
        }
        let identity = ChipIdentity::parse(&answer.data).map_err(|_| {
            self.failed(
                Cause::BadAnswer {
                    step: step.to_owned(),
                },
                Advice::UseAnotherBlank,
            )
        })?;
        Ok((identity.life_cycle == LifeCycle::Creation).then_some(identity))
    }

    /// Sends one command of a step.
    fn send(&mut self, number: usize, command: &Command) -> Result<Response, RunError> {
        exchange::send(self.transport, command).map_err(|error| {
            self.failed(
                Cause::Link {
                    step: self.name(number),
                    error,
                },
                Advice::RunAgain,
            )
        })
    }

    /// Notes in the journal what comes next.
    fn note(&mut self, event: EntryEvent, durable: Durable) -> Result<(), RunError> {
        let entry = Entry {
            schema: journal::SCHEMA.to_owned(),
            serial: self.serial.clone(),
            plan: self.hash.clone(),
            event,
        };
        let mut noted = self.journal.append(&entry);
        if noted.is_ok() && durable == Durable::Now {
            noted = self.journal.sync();
        }
        noted.map_err(|e| self.failed(Cause::Journal(e), Advice::RunAgain))
    }

    /// This plan as the journal names it.
    fn begun(&self) -> Begun {
        let (profile, files) = (self.plan.profile().to_owned(), self.plan.files().to_vec());
        Begun {
            plan: self.hash.clone(),
            profile,
            files,
        }
    }

    /// A step in words.
    fn name(&self, number: usize) -> String {
        self.plan
            .steps()
            .get(number)
            .map(|step| step.kind.to_string())
            .unwrap_or_default()
    }

    /// The chip said no.
    fn refused(&self, number: usize, sw: StatusWord) -> RunError {
        let advice = if self.state == CardState::Blank {
            Advice::UseAnotherBlank
        } else {
            Advice::Destroy
        };
        self.failed(
            Cause::Refused {
                step: self.name(number),
                sw,
            },
            advice,
        )
    }

    /// The run breaks off here.
    fn failed(&self, cause: Cause, advice: Advice) -> RunError {
        RunError {
            cause,
            state: self.state,
            advice,
        }
    }
}

/// When an entry must be safe from a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Durable {
    /// Before the next command.
    Now,
    /// With the next entry that must be: what it notes can be done again.
    Soon,
}

/// Says whether the card still holds what this step did, whatever happened to it since.
fn is_kept(kind: StepKind) -> bool {
    match kind {
        StepKind::CreateFile { .. } | StepKind::WriteFile { .. } | StepKind::RemoveFile { .. } => true,
        // What a reset forgets, what can be asked again, and the secrets, which cannot be read back.
        StepKind::Identify
        | StepKind::SelectMasterFile
        | StepKind::SelectApplication
        | StepKind::SelectFile { .. }
        | StepKind::ReadBack { .. }
        | StepKind::PutKey { .. }
        | StepKind::Activate => false,
    }
}

/// The receipt of a finished card.
fn receipt(serial: &str, begun: &Begun, read_back: ReadBack, completion: Completion) -> Receipt {
    Receipt {
        schema: receipt::SCHEMA.to_owned(),
        serial: serial.to_owned(),
        profile: begun.profile.clone(),
        plan: begun.plan.clone(),
        files: begun.files.clone(),
        read_back,
        completion,
    }
}

/// Answers of a chip whose files cannot be read before it is activated.
const READ_REFUSALS: [StatusWord; 3] = [
    StatusWord::SECURITY_NOT_SATISFIED,
    StatusWord::CONDITIONS_NOT_SATISFIED,
    StatusWord::INS,
];

#[cfg(test)]
mod tests;
