//! Reading the files of an opened chip.
//!
//! EF.COM and EF.SOD come first; what either of them lists is tried, because a chip that hides a file which the
//! signed list names is caught only by asking for it. Fingerprints and iris pictures are asked for last: their
//! refusal may end the session.

mod binary;

use std::collections::BTreeSet;

use antin_lds::{DataGroup, EfCom, ElementaryFile, LdsSecurityObject};
use antin_trust::sod::SignedSod;
use antin_trust::{FileState, ReadFiles};
use antin_wire::Transport;
use antin_wire::apdu::StatusWord;

pub use self::binary::MAX_FILE_BYTES;
pub(crate) use self::binary::{Manners, Outcome, read};
use crate::error::Error;
use crate::event::{Event, Phase};
use crate::session::Session;
use crate::terminal::was_refused;

/// Which files are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(Wanted);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Public,
    All,
    Listed(Vec<u8>),
}

impl Files {
    /// Everything the chip announces except fingerprints and iris pictures (DG3, DG4), which need rights of their own.
    pub const PUBLIC: Files = Files(Wanted::Public);

    /// Everything the chip announces, DG3 and DG4 included.
    pub const ALL: Files = Files(Wanted::All);

    /// EF.COM, EF.SOD and these data groups, as far as the chip announces them. DG14 and DG15 are needed if the chip
    /// is to prove itself.
    pub fn listed(data_groups: &[u8]) -> Self {
        Self(Wanted::Listed(data_groups.to_vec()))
    }

    fn wants(&self, data_group: u8) -> bool {
        match &self.0 {
            Wanted::Public => !NEEDS_RIGHTS.contains(&data_group),
            Wanted::All => true,
            Wanted::Listed(listed) => listed.contains(&data_group),
        }
    }
}

/// A reading of all wanted files, which goes on in another session where one was lost.
///
/// What cannot be read is a state of that file, never an error: refused, missing, malformed, or lost. Every event carries
/// true counts of bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    wanted: Files,
    protected: Protected,
    /// How the chip wants to be spoken to.
    pub(crate) manners: Manners,
    files: ReadFiles,
    /// The file that is being read, with the bytes that are there.
    current: Option<(ElementaryFile, Vec<u8>)>,
    /// Where the last session ended.
    broken_at: Option<(ElementaryFile, usize)>,
}

impl Reading {
    pub(crate) fn new(wanted: Files, manners: Manners) -> Self {
        Self {
            wanted,
            protected: Protected::Asked,
            manners,
            files: ReadFiles::default(),
            current: None,
            broken_at: None,
        }
    }

    /// Leaves out what needs rights until [`reopen`](Self::reopen): asking without them may end the session.
    pub(crate) fn hold_back(&mut self) {
        self.protected = Protected::HeldBack;
    }

    /// Asks for what was held back, and once more for what was refused for want of rights.
    pub(crate) fn reopen(&mut self) {
        if self.protected == Protected::Reopened {
            return;
        }
        self.protected = Protected::Reopened;
        let mut kept = ReadFiles::default();
        for (file, state) in self.files.iter().filter(|(_, state)| !was_refused(state)) {
            kept.insert(file, state.clone());
        }
        self.files = kept;
    }

    /// Reads on until every wanted file has its state.
    ///
    /// # Errors
    ///
    /// Why the session ended. Everything that was read is kept.
    pub(crate) fn run<T: Transport>(
        &mut self,
        session: &mut Session<T>,
        on_event: &mut dyn FnMut(&Event),
    ) -> Result<(), Error> {
        while let Some(file) = self.next() {
            let mut data = match self.current.take() {
                Some((same, data)) if same == file => data,
                _ => Vec::new(),
            };
            let name = file.to_string();
            let outcome = read(
                file,
                &mut self.manners,
                &mut data,
                &mut |command| session.transmit(Phase::Read, command),
                &mut |done, total| {
                    on_event(&Event::File {
                        name: name.clone(),
                        done,
                        total,
                    });
                },
            );
            match outcome {
                Ok(outcome) => self.files.insert(file, state_of(outcome)),
                // A chip may refuse rights with a bare status word; the session is over then, but the answer is clear.
                Err(Error::Status { sw, .. }) if data.is_empty() && needs_rights(file) && no_rights(sw) => {
                    self.files.insert(file, FileState::Refused(sw));
                }
                Err(error) => {
                    self.current = Some((file, data));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Learns from the end of a session, and says whether going on in another one may bring more.
    ///
    /// A chip that ends the session twice at the same place has given its answer for that file.
    pub(crate) fn learn(&mut self, error: &Error) {
        let refused_length = match error {
            Error::Status { sw, .. } => *sw == StatusWord::WRONG_LENGTH,
            // Some readers cannot carry extended length and say so only when they have to.
            Error::Link { .. } => self.manners.extended.is_some(),
            _ => false,
        };
        if refused_length && self.manners.ask_for_less() {
            // Another length tried out may cost another session.
            self.manners.refused_le = None;
            return;
        }
        let place = self.current.as_ref().map(|(file, data)| (*file, data.len()));
        if place.is_some() && place == self.broken_at {
            self.settle(error);
        }
        self.broken_at = place;
    }

    /// Gives the file that cannot be read its state.
    fn settle(&mut self, error: &Error) {
        if let Some((file, _)) = self.current.take() {
            self.files.insert(file, state_after(error));
        }
    }

    /// Forgets every byte that was read: nothing tells whether the chip is still the same.
    pub(crate) fn restart(&mut self) {
        let mut undecided = ReadFiles::default();
        for (file, state) in self.files.iter() {
            if !matches!(state, FileState::Read(_)) {
                undecided.insert(file, state.clone());
            }
        }
        self.files = undecided;
        self.current = None;
    }

    /// The files read so far.
    pub(crate) fn files(&self) -> &ReadFiles {
        &self.files
    }

    /// Ends the reading; what is still wanted after `error` is lost.
    pub(crate) fn give_up(&mut self, error: &Error) {
        self.settle(error);
        while let Some(file) = self.next() {
            self.files.insert(file, FileState::Lost);
        }
    }

    /// Hands out the files.
    pub(crate) fn into_files(self) -> ReadFiles {
        self.files
    }

    /// The file that is due.
    fn next(&self) -> Option<ElementaryFile> {
        let first = [ElementaryFile::Com, ElementaryFile::Sod].into_iter();
        let groups = || {
            let announced = self.announced().into_iter();
            announced
                .filter(|number| self.wanted.wants(*number) && !self.holds_back(*number))
                .filter_map(ElementaryFile::data_group)
        };
        let due = |file: &ElementaryFile| self.files.state(*file).is_none();
        first.clone().find(due).or_else(|| groups().find(due))
    }

    fn holds_back(&self, data_group: u8) -> bool {
        self.protected == Protected::HeldBack && NEEDS_RIGHTS.contains(&data_group)
    }

    /// The data groups that EF.COM or EF.SOD name, in the order of reading.
    fn announced(&self) -> Vec<u8> {
        let mut numbers = BTreeSet::new();
        if let Some(Ok(com)) = self.files.bytes(ElementaryFile::Com).map(EfCom::parse) {
            numbers.extend(com.data_groups().map(DataGroup::number));
        }
        numbers.extend(self.signed_list().unwrap_or_default());
        let mut order: Vec<u8> = numbers.into_iter().collect();
        order.sort_by_key(|number| (NEEDS_RIGHTS.contains(number), *number == PORTRAIT, *number));
        order
    }

    /// The data groups whose hashes EF.SOD lists, if it can be read at all.
    fn signed_list(&self) -> Option<Vec<u8>> {
        let sod = SignedSod::parse(self.files.bytes(ElementaryFile::Sod)?).ok()?;
        let object = LdsSecurityObject::parse(sod.content()?).ok()?;
        Some(object.data_groups().map(DataGroup::number).collect())
    }
}

/// What becomes of the files that need rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protected {
    /// They are asked for like any other.
    Asked,
    /// They wait until the terminal has proven its rights.
    HeldBack,
    /// It has, and they are asked for.
    Reopened,
}

fn state_of(outcome: Outcome) -> FileState {
    match outcome {
        Outcome::Read(bytes) => FileState::Read(bytes),
        Outcome::Refused(sw) => FileState::Refused(sw),
        Outcome::Missing(sw) => FileState::Missing(sw),
        Outcome::Endless(what) => FileState::Malformed { what },
    }
}

/// What became of a file at which the chip ended the session.
fn state_after(error: &Error) -> FileState {
    match error {
        Error::Status { sw, .. } if no_rights(*sw) => FileState::Refused(*sw),
        _ => FileState::Lost,
    }
}

fn no_rights(sw: StatusWord) -> bool {
    sw == StatusWord::SECURITY_NOT_SATISFIED
}

fn needs_rights(file: ElementaryFile) -> bool {
    file.number().is_some_and(|number| NEEDS_RIGHTS.contains(&number))
}

/// Data groups that only terminals with rights of their own may read.
const NEEDS_RIGHTS: [u8; 2] = [3, 4];

/// The largest public file comes after the small ones, so that a card that slips leaves as much as possible.
const PORTRAIT: u8 = 2;

#[cfg(test)]
mod tests;
