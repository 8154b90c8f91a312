//! One reading from its first file to its last proof, through lost sessions.
//!
//! What a lost session takes away is made good in its order: the chip is opened again, found to be the same one, proves
//! itself again, believes the terminal again, and only then the file goes on at the byte where it stopped.

use antin_trust::{Check, CheckResult, FileState, PasswordKind};
use antin_wire::Transport;

use crate::access::{AccessFacts, AccessPolicy, Probe};
use crate::error::Error;
use crate::event::Notice;
use crate::files::Reading;
use crate::genuine::{self, Challenge, Proven};
use crate::key::AccessKey;
use crate::means::Means;
use crate::resume::{self, Loss};
use crate::rows::channel_row;
use crate::session::{LongCommands, Session};
use crate::terminal::{self, TerminalKeys};
use crate::version_two;

/// Everything that one reading needs from beginning to end.
pub(crate) struct Course<'a, T> {
    pub(crate) session: &'a mut Session<T>,
    pub(crate) reading: Reading,
    pub(crate) key: &'a AccessKey,
    pub(crate) policy: AccessPolicy,
    pub(crate) challenge: Challenge,
    pub(crate) terminal: Option<&'a TerminalKeys>,
    /// What came of version 2 of both protocols, which goes before every file; none where it was not tried.
    pub(crate) version_two: Option<version_two::Rows>,
    pub(crate) facts: &'a mut AccessFacts,
    pub(crate) means: &'a mut Means,
    /// How often the chip was opened again.
    pub(crate) resumed: u32,
}

/// The rows that come of proving, on both sides.
pub(crate) struct Proofs {
    /// Of the chip: one row for each proof.
    pub(crate) chip: Proven,
    /// The secure channel that the files came through.
    pub(crate) channel: Check,
    /// Of the terminal.
    pub(crate) terminal: Option<Check>,
}

/// Where a session was lost.
enum Lost {
    /// While chip or terminal proved themselves; every file has its state.
    Proving(Error),
    /// While a file was read that needs rights.
    Reading(Error),
}

impl<T: Transport> Course<'_, T> {
    /// Reads what access control alone opens, as far as that leads.
    pub(crate) fn read_files(&mut self) {
        while let Err(broken) = self.read_on() {
            if !self.resume(&broken) {
                self.reading.give_up(&broken);
                return;
            }
        }
    }

    /// Keeps what was learnt about this kind of card.
    pub(crate) fn keep_manners(&mut self) {
        let read = |state: &FileState| matches!(state, FileState::Read(_));
        if !self.reading.files().iter().any(|(_, state)| read(state)) {
            return;
        }
        self.reading.manners.teach(&mut self.facts.dialect);
        self.facts.dialect.extended_le = match self.reading.manners.extended {
            None if self.policy.extended == Probe::Never => self.facts.dialect.extended_le,
            le => Some(le.unwrap_or(0)),
        };
    }

    /// Lets the chip prove itself, proves the terminal's rights, and reads what they open.
    pub(crate) fn prove(&mut self) -> Proofs {
        loop {
            let (mut proofs, lost) = self.prove_once();
            let (broken, place) = match lost {
                None => return proofs,
                Some(Lost::Proving(broken)) => (broken, None),
                Some(Lost::Reading(broken)) => (broken.clone(), Some(broken)),
            };
            let sound = proofs.channel.result == CheckResult::Successful;
            if sound && self.resume(&broken) {
                continue;
            }
            if let Some(broken) = &place {
                self.reading.give_up(broken);
            }
            if sound && (place.is_some() || matches!(self.session.ended(), Some(Error::AnotherChip { .. }))) {
                proofs.channel = channel_row(self.session, self.reading.files(), self.resumed);
            }
            if proofs.terminal.is_none() {
                proofs.terminal = self.prove_terminal();
            }
            return proofs;
        }
    }

    /// The failure of the link that ended the session, if one did.
    pub(crate) fn lost(&self) -> Option<Error> {
        self.session.ended().filter(|error| error.is_link_lost()).cloned()
    }

    fn prove_once(&mut self) -> (Proofs, Option<Lost>) {
        self.session.send_long_commands(LongCommands::of(self.facts));
        // A chip that fails its proof breaks the channel on the way, so this row comes before.
        let channel = channel_row(self.session, self.reading.files(), self.resumed);
        let chip = self.prove_chip();
        let mut proofs = Proofs {
            chip,
            channel,
            terminal: None,
        };
        if let Some(lost) = self.lost() {
            return (proofs, Some(Lost::Proving(lost)));
        }
        proofs.terminal = self.prove_terminal();
        if let Some(lost) = self.lost() {
            return (proofs, Some(Lost::Proving(lost)));
        }
        if self.terminal.is_none() {
            return (proofs, None);
        }
        self.reading.reopen();
        let ended = self.session.ended().is_some();
        match self.read_on() {
            Ok(()) => (proofs, None),
            // A chip that broke the session off at its proof has given its answer.
            Err(broken) if ended => {
                self.reading.give_up(&broken);
                (proofs, None)
            }
            Err(broken) => (proofs, Some(Lost::Reading(broken))),
        }
    }

    fn prove_chip(&mut self) -> Proven {
        let mapped = self.facts.pace.as_ref().and_then(|run| run.outcome.cam.as_ref());
        let files = self.reading.files();
        let rng = &mut *self.means.rng;
        let second = self.version_two.as_ref().and_then(|rows| rows.chip(files));
        let Some(second) = second else {
            return genuine::prove(self.session, files, mapped, self.challenge, rng);
        };
        // Version 2 has taken the place of version 1, which such a chip does not speak any more.
        let mut answers = Vec::new();
        let active = genuine::active(self.session, files, self.challenge, &mut answers, rng);
        let mut rows = vec![active, second];
        rows.extend(mapped.map(|evidence| genuine::mapping(evidence, files)));
        Proven { rows, answers }
    }

    fn prove_terminal(&mut self) -> Option<Check> {
        if let Some(rows) = &self.version_two {
            return Some(rows.terminal.clone());
        }
        let rng = &mut *self.means.rng;
        terminal::prove(self.session, self.reading.files(), self.facts, self.terminal, rng)
    }

    /// Reads on in this session, and learns from its end.
    fn read_on(&mut self) -> Result<(), Error> {
        let means = &mut *self.means;
        let outcome = self.reading.run(self.session, &mut |event| means.tell(event));
        if let Err(broken) = &outcome {
            let extended = self.reading.manners.extended;
            self.reading.learn(broken);
            if extended.is_some() && self.reading.manners.extended.is_none() {
                self.facts.extended = false;
                self.means.notice(Notice::ExtendedLengthRefused);
            }
        }
        outcome
    }

    /// Opens the chip again after its session was lost by `broken`; false when that cannot be made good, and then the
    /// session stays ended.
    fn resume(&mut self, broken: &Error) -> bool {
        let mut why = broken.clone();
        loop {
            // A PUK opens no files: to send it again would only use it up.
            let worth_it = self.resumed < resume::MAX_RESUMPTIONS && self.key.kind() != PasswordKind::Puk;
            let Some(loss) = Loss::of(&why).filter(|_| worth_it) else {
                self.session.end(why);
                return false;
            };
            self.means.notice(Notice::SessionLost);
            self.resumed += 1;
            match self.again(loss) {
                Ok(()) => {
                    self.means.notice(Notice::Resumed);
                    return true;
                }
                // A card that cannot be brought back leaves the first reason standing.
                Err(error) if error.is_link_lost() && loss == Loss::Link => {
                    self.resumed -= 1;
                    self.session.end(broken.clone());
                    return false;
                }
                Err(error) => why = error,
            }
        }
    }

    fn again(&mut self, loss: Loss) -> Result<(), Error> {
        let rng = &mut *self.means.rng;
        let (key, policy, terminal) = (self.key, self.policy, self.terminal);
        let before = self.facts.pace.clone();
        let opened = resume::open_again(self.session, loss, key, policy, terminal, self.facts, rng);
        let same = opened.and_then(|rows| {
            resume::same_document(self.session, &mut self.reading)?;
            Ok(rows)
        });
        match same {
            Ok(rows) => {
                self.version_two = rows;
                Ok(())
            }
            Err(error) => {
                // What a chip proved in its PACE must not stand beside the files of another one.
                self.facts.pace = before;
                Err(error)
            }
        }
    }
}
