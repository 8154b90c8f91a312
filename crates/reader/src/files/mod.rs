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

pub use self::binary::MAX_FILE_BYTES;
pub(crate) use self::binary::{Manners, Outcome, Sfi, read};
use crate::error::Error;
use crate::event::{Event, Phase};
use crate::session::Session;

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

/// Whether extended length may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedLength {
    /// The chip has shown that it understands it.
    Accepted,
    /// It has not, or must not be used.
    Avoided,
}

/// Reads the wanted files of an opened chip.
///
/// What cannot be read is a state of that file, never an error: refused, missing, or lost with the link or the
/// session. Every event carries true counts of bytes.
pub fn read_files<T: Transport>(
    session: &mut Session<T>,
    wanted: &Files,
    extended: ExtendedLength,
    on_event: &mut dyn FnMut(&Event),
) -> ReadFiles {
    let mut reading = Reading {
        manners: Manners {
            extended: extended == ExtendedLength::Accepted,
            sfi: Sfi::Used,
            short_le: SHORT_LE,
            block: u32::try_from(session.short_block()).unwrap_or(SHORT_LE),
        },
        session,
        files: ReadFiles::default(),
        on_event,
    };
    reading.file(ElementaryFile::Com);
    reading.file(ElementaryFile::Sod);
    for number in reading.announced() {
        if let (true, Some(file)) = (wanted.wants(number), ElementaryFile::data_group(number)) {
            reading.file(file);
        }
    }
    reading.files
}

struct Reading<'a, T> {
    session: &'a mut Session<T>,
    manners: Manners,
    files: ReadFiles,
    on_event: &'a mut dyn FnMut(&Event),
}

impl<T: Transport> Reading<'_, T> {
    fn file(&mut self, file: ElementaryFile) {
        let state = self.state_of(file);
        self.files.insert(file, state);
    }

    fn state_of(&mut self, file: ElementaryFile) -> FileState {
        let session = &mut *self.session;
        let on_event = &mut *self.on_event;
        let name = file.to_string();
        let outcome = read(
            file,
            &mut self.manners,
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
            Ok(Outcome::Read(bytes)) => FileState::Read(bytes),
            Ok(Outcome::Refused(sw)) => FileState::Refused(sw),
            Ok(Outcome::Missing(sw)) => FileState::Missing(sw),
            Ok(Outcome::Endless(what)) => FileState::Malformed { what },
            // A chip may refuse rights with a bare status word; the session is over then, but the answer is clear.
            Err(Error::Status { sw, .. }) if sw == antin_wire::apdu::StatusWord::SECURITY_NOT_SATISFIED => {
                FileState::Refused(sw)
            }
            Err(_) => FileState::Lost,
        }
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

/// Data groups that only terminals with rights of their own may read.
const NEEDS_RIGHTS: [u8; 2] = [3, 4];

/// The largest public file comes after the small ones, so that a card that slips leaves as much as possible.
const PORTRAIT: u8 = 2;

/// Le = 00 of a short command.
const SHORT_LE: u32 = 256;

#[cfg(test)]
mod tests;
