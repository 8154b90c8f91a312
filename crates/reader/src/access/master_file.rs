//! EF.CardAccess and EF.ATR/INFO, before anything is open; whether the chip understands extended length comes with them.

use antin_lds::ElementaryFile;
use antin_lds::atr_info::{Ability, EfAtrInfo};
use antin_protocol::files as commands;
use antin_wire::apdu::Command;
use antin_wire::ids::FileId;
use antin_wire::{Transport, ins};

use super::{AccessFacts, Probe};
use crate::dialect::{EXTENDED_LE, MasterFile, SHORT_LE};
use crate::error::Error;
use crate::event::Phase;
use crate::files::{Manners, Outcome, read};
use crate::link::Link;

/// Looks for EF.CardAccess in every way that chips in the field need: the remembered one first, then the cheapest.
///
/// The first command carries an extended Le: a chip that answers it understands extended length, which is then used
/// for the files too and has cost no command after access control.
pub(super) fn find_card_access<T: Transport>(
    link: &mut Link<T>,
    probe: Probe,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    let extended = facts.dialect.extended().filter(|_| probe == Probe::Try);
    let mut manners = Manners::new(&facts.dialect, extended, SHORT_LE);
    let mut accepted = false;
    for way in facts.dialect.ways_to_master_file() {
        // A form that few chips need is not for those that took another one: they have no such file.
        if way == MasterFile::WithInformation && accepted {
            continue;
        }
        if !select_master_file(link, way)? {
            continue;
        }
        accepted |= way != MasterFile::Selected;
        if let Some(bytes) = read_card_access(link, &mut manners)? {
            facts.card_access = Some(bytes);
            facts.extended = manners.extended.is_some();
            facts.dialect.master_file = Some(way);
            facts.dialect.beyond_end = Some(manners.beyond_end);
            if probe == Probe::Try {
                facts.dialect.extended_le = Some(manners.extended.unwrap_or(0));
            }
            return announced_length(link, extended, facts);
        }
    }
    facts.dialect.master_file = None;
    Ok(())
}

/// Whether the master file is selected now.
fn select_master_file<T: Transport>(link: &mut Link<T>, way: MasterFile) -> Result<bool, Error> {
    let command = match way {
        MasterFile::Selected => return Ok(true),
        MasterFile::ById => commands::select_mf(),
        MasterFile::Bare => Command::new(0x00, ins::SELECT, 0x00, 0x0C),
        MasterFile::WithInformation => Command::new(0x00, ins::SELECT, 0x00, 0x00)
            .with_data(FileId::MF.0.to_be_bytes().to_vec())
            .with_le(SHORT_LE),
    };
    let answer = link.exchange(Phase::CardAccess, &command)?;
    Ok(answer.sw.is_ok() || answer.sw.is_warning())
}

/// A chip that refused the largest Le may still take a smaller one, if its EF.ATR/INFO says so; the first file tells.
fn announced_length<T: Transport>(
    link: &mut Link<T>,
    probed: Option<u32>,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    if facts.extended || probed != Some(EXTENDED_LE) {
        return Ok(());
    }
    let file = ElementaryFile::AtrInfo.short_id();
    let answer = link.exchange(Phase::CardAccess, &commands::read_binary_sfi(file, SHORT_LE))?;
    let announced = EfAtrInfo::parse(&answer.data)
        .ok()
        .filter(|info| info.extended() == Ability::Announced)
        .and_then(|info| info.extended_length())
        .and_then(|length| length.max_response_len.checked_sub(ANSWER_OVERHEAD))
        .filter(|le| (SHORT_LE + 1..EXTENDED_LE).contains(le));
    if let Some(le) = announced {
        facts.extended = true;
        facts.dialect.extended_le = Some(le);
    }
    Ok(())
}

fn read_card_access<T: Transport>(
    link: &mut Link<T>,
    manners: &mut Manners,
) -> Result<Option<Vec<u8>>, Error> {
    let mut exchange = |command: &Command| link.exchange(Phase::CardAccess, command);
    let file = ElementaryFile::CardAccess;
    let mut data = Vec::new();
    let outcome = match read(file, manners, &mut data, &mut exchange, &mut |_, _| {}) {
        // Some readers cannot carry extended length at all.
        Err(error) if manners.extended.is_some() => {
            carried_on(error)?;
            manners.extended = None;
            data.clear();
            read(file, manners, &mut data, &mut exchange, &mut |_, _| {})?
        }
        outcome => outcome?,
    };
    Ok(match outcome {
        Outcome::Read(bytes) => Some(bytes),
        Outcome::Refused(_) | Outcome::Missing(_) | Outcome::Endless(_) => None,
    })
}

/// Lets a failure pass that a reader without extended length makes; a card that is gone is gone.
pub(super) fn carried_on(error: Error) -> Result<(), Error> {
    match error {
        Error::Link { .. } => Ok(()),
        error => Err(error),
    }
}

/// What secure messaging and the status word add to the data of an answer, at most.
const ANSWER_OVERHEAD: u32 = 64;
