//! Carries out a plan on a card, and carries it on where an earlier run was interrupted.

mod channel;
mod outcome;

use antin_crypto::CryptoRng;
use antin_lds::ElementaryFile;
use antin_profile::{Dialect, SecureChannel};
use antin_protocol::bac::Keys;
use antin_protocol::personalization::iso7816_9::{self, ChipIdentity, LifeCycle};
use antin_wire::Transport;
use antin_wire::apdu::{Command, Response, StatusWord};

use crate::journal::{self, Begun, Entry, EntryEvent, History, Progress};
use crate::plan::{Exchange, Expected, Step, StepKind};
use crate::receipt::{self, Completion, ReadBack};
use crate::{Journal, Plan, Receipt};

use channel::{Broken, Link, NotOpened};

pub use channel::Door;
pub use outcome::{Advice, CardCondition, Cause, Event, RunError};

/// Carries out the plan on the card that lies there, or carries it on where the journal says that an earlier run was
/// interrupted. The card must have been reset since another program used it.
///
/// A blank that is no development blank is written through its secure channel, opened anew at each run: `rng` draws
/// the host challenge. A card that is exchanged in the middle of a run is found at the next command, because the channel
/// does not survive it; a development blank is compared once more before it is activated.
///
/// # Errors
/// [`RunError`] with the state of the card and what to do.
pub fn run<T: Transport + ?Sized>(
    transport: &mut T,
    plan: &Plan,
    door: &Door<'_>,
    journal: &mut dyn Journal,
    on_event: &mut dyn FnMut(Event),
    rng: &mut dyn CryptoRng,
) -> Result<Receipt, RunError> {
    let history = journal
        .entries()
        .and_then(|entries| History::follow(&entries))
        .map_err(|e| RunError {
            cause: Cause::Journal(e),
            state: CardCondition::Unknown,
            advice: Advice::CheckTheJournal,
        })?;
    let hash = hex::encode(plan.hash());
    let state = match history.progress {
        _ if history.begun.is_none() => CardCondition::Blank,
        Progress::Nothing | Progress::Step(_) => CardCondition::HalfWritten,
        Progress::Activating(_) => CardCondition::Unknown,
        Progress::Activated(_) => CardCondition::Finished,
    };
    Run {
        link: Link::new(transport),
        plan,
        door,
        journal,
        on_event,
        rng,
        hash,
        serial: String::new(),
        state,
        read_back: ReadBack::Matched,
    }
    .carry_out(&history)
}

/// A run under way.
struct Run<'a, T: ?Sized> {
    link: Link<'a, T>,
    plan: &'a Plan,
    door: &'a Door<'a>,
    journal: &'a mut dyn Journal,
    on_event: &'a mut dyn FnMut(Event),
    rng: &'a mut dyn CryptoRng,
    hash: String,
    serial: String,
    state: CardCondition,
    read_back: ReadBack,
}

impl<T: Transport + ?Sized> Run<'_, T> {
    /// From the first look at the chip to the receipt.
    fn carry_out(mut self, history: &History) -> Result<Receipt, RunError> {
        if self.plan.dialect() == Dialect::Jmrtd {
            return self.carry_out_unnamed(history);
        }
        let Some(identity) = self.identify(&self.name(0))? else {
            return self.already_operational(history);
        };
        self.serial = hex::encode(identity.serial);
        (self.on_event)(Event::Identified {
            serial: self.serial.clone(),
            development_blank: identity.development_blank,
        });
        let done = self.place_in_history(history, identity.development_blank)?;
        self.steps_from(1, done)
    }

    /// The same for a card without a serial number. Whether an earlier run has locked it, it tells by refusing what that
    /// run has done before.
    fn carry_out_unnamed(mut self, history: &History) -> Result<Receipt, RunError> {
        self.serial = UNNAMED.to_owned();
        if history.begun.is_some() {
            let probe = |step: &&Step| {
                matches!(
                    step.kind,
                    StepKind::SelectApplication | StepKind::CreateFile { .. }
                )
            };
            for step in self.plan.steps().iter().filter(probe).take(2) {
                for exchange in &step.exchanges {
                    let sw = self.send(0, &exchange.command)?.sw;
                    if sw == StatusWord::CONDITIONS_NOT_SATISFIED {
                        return self.already_operational(history);
                    }
                    // A card that this journal began takes the first command again; another one is nobody's to destroy.
                    if !exchange.expected.allows(sw) {
                        self.state = CardCondition::Unknown;
                        let step = self.name(0);
                        return Err(self.failed(Cause::Refused { step, sw }, Advice::UseAnotherBlank));
                    }
                }
            }
        }
        let done = self.place_in_history(history, true)?;
        self.steps_from(0, done)
    }

    /// Takes the steps from `first` on, except those that were done and are kept.
    fn steps_from(mut self, first: usize, done: usize) -> Result<Receipt, RunError> {
        for (number, step) in self.plan.steps().iter().enumerate().skip(first) {
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
                    state: CardCondition::Finished,
                    advice: Advice::UseAnotherBlank,
                })
            }
            _ => {
                let cause = Cause::AlreadyOperational;
                Err(RunError {
                    cause,
                    state: CardCondition::Finished,
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
        // The chip is in creation state, so ACTIVATE did not take.
        if self.state == CardCondition::Unknown {
            self.state = CardCondition::HalfWritten;
        }
        let begun = history.begun.as_ref();
        if begun.is_some_and(|begun| begun.profile != self.plan.profile()) {
            return Err(self.failed(Cause::OtherProfile, Advice::Destroy));
        }
        let last = self.plan.steps().len().saturating_sub(1);
        self.pass_the_door(development_blank)?;
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
        self.state = CardCondition::HalfWritten;
        step
    }

    /// Does one step, whatever it is.
    fn take_step(&mut self, number: usize, step: &Step) -> Result<(), RunError> {
        let (file, offset) = match step.kind {
            StepKind::Identify => return self.same_chip(number),
            StepKind::OpenAccess => return self.open_access(number),
            // Opened before anything was noted.
            StepKind::OpenChannel { .. } => return Ok(()),
            StepKind::ReadBack { .. } if self.read_back == ReadBack::NotOffered => return Ok(()),
            StepKind::ReadBack { file } => return self.compare(number, file, step),
            StepKind::Activate => return self.activate(number, step),
            StepKind::SelectMasterFile | StepKind::SelectApplication | StepKind::SelectFile { .. } => {
                if step.kind == StepKind::SelectApplication {
                    self.link.close_access();
                }
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
        let before = self.state;
        self.state = CardCondition::HalfWritten;
        let done = step.exchanges.iter().try_for_each(|exchange| match step.kind {
            StepKind::CreateFile { .. } => self.create(number, exchange),
            _ => self.exchange(number, exchange),
        });
        match done {
            // A card without a name may be anybody's finished passport: one that refuses the first command of all was
            // not changed by us, and is not to be destroyed.
            Err(RunError {
                cause: cause @ Cause::Refused { .. },
                ..
            }) if before == CardCondition::Blank && self.plan.dialect() == Dialect::Jmrtd => {
                self.state = before;
                Err(self.failed(cause, Advice::UseAnotherBlank))
            }
            done => done,
        }
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
        if sw == StatusWord::CONDITIONS_NOT_SATISFIED && self.plan.dialect() == Dialect::Jmrtd {
            self.state = CardCondition::Finished;
            return Err(self.failed(Cause::AlreadyOperational, Advice::UseAnotherBlank));
        }
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
            self.state = CardCondition::Unknown;
            let sw = self.send(number, &exchange.command)?.sw;
            if !exchange.expected.allows(sw) {
                self.state = CardCondition::HalfWritten;
                return Err(self.refused(number, sw));
            }
        }
        self.state = CardCondition::Finished;
        self.note(EntryEvent::Activated, Durable::Now)
    }

    /// Asks the chip who it is; `None` for an operational chip, which does not tell.
    fn identify(&mut self, step: &str) -> Result<Option<ChipIdentity>, RunError> {
        let answer = self.transmit(step, &iso7816_9::get_identity())?;
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
        self.transmit(&self.name(number), command)
    }

    /// Sends one command, through the secure channel where one is open.
    fn transmit(&mut self, step: &str, command: &Command) -> Result<Response, RunError> {
        let step = || step.to_owned();
        self.link.send(command).map_err(|broken| match broken {
            Broken::Link(error) => self.failed(Cause::Link { step: step(), error }, Advice::RunAgain),
            Broken::Channel => self.failed(Cause::ChannelLost { step: step() }, Advice::RunAgain),
        })
    }

    /// Opens Basic Access Control with the MRZ that was just written.
    fn open_access(&mut self, number: usize) -> Result<(), RunError> {
        let step = self.name(number);
        let keys = self.plan.mrz().map(Keys::from_mrz_key);
        let keys =
            keys.ok_or_else(|| self.failed(Cause::BadAnswer { step: step.clone() }, Advice::Destroy))?;
        self.link
            .open_access(&keys, self.rng)
            .map_err(|refused| match refused {
                NotOpened::Link(error) => self.failed(Cause::Link { step, error }, Advice::RunAgain),
                NotOpened::Refused(_) => self.failed(Cause::BadAnswer { step }, Advice::Destroy),
            })
    }

    /// Opens the secure channel, or does without one where the caller has said so.
    ///
    /// What the chip says of itself is not authenticated yet: it may ask for a channel, but it cannot talk a caller
    /// with keys out of one. Everything that is written in plain, the chip's private keys among it, could be a
    /// stranger's.
    fn pass_the_door(&mut self, development_blank: bool) -> Result<(), RunError> {
        match (self.door, self.plan.secure_channel()) {
            (Door::Scp03(_), _) if development_blank => {
                Err(self.failed(Cause::OffersNoSecureChannel, Advice::UseAnotherBlank))
            }
            (Door::Open, _) if development_blank => Ok(()),
            _ => self.open_channel(),
        }
    }

    /// Opens the secure channel, once: a wrong cryptogram is not sent twice.
    fn open_channel(&mut self) -> Result<(), RunError> {
        let (Door::Scp03(keys), SecureChannel::Scp03(rule)) = (self.door, self.plan.secure_channel()) else {
            return Err(self.failed(Cause::NeedsSecureChannel, Advice::UseAnotherBlank));
        };
        let step = "open the secure channel".to_owned();
        self.link
            .open(*keys, rule, self.rng)
            .map_err(|refused| match refused {
                NotOpened::Link(error) => self.failed(Cause::Link { step, error }, Advice::RunAgain),
                NotOpened::Refused(error) => self.failed(Cause::ChannelRefused(error), Advice::CheckTheKeys),
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
        let advice = if self.state == CardCondition::Blank {
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
        | StepKind::OpenChannel { .. }
        | StepKind::OpenAccess
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

/// In place of the serial number of a card that has none.
const UNNAMED: &str = "unnamed";

/// Answers of a chip whose files cannot be read before it is activated.
const READ_REFUSALS: [StatusWord; 3] = [
    StatusWord::SECURITY_NOT_SATISFIED,
    StatusWord::CONDITIONS_NOT_SATISFIED,
    StatusWord::INS,
];

#[cfg(test)]
mod tests;
