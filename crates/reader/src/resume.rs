//! Going on after a lost session.
//!
//! A session is lost when the chip ends it with a bare status word (`6987`, `6988`, `6982` in the middle of a file), when
//! another program resets the card, or when the card slips out and is put back. The chip is then opened again in the
//! same way and with the password that it has accepted, never with one that it refused, and reading goes on at the byte
//! where it stopped. A breach of the protocol is never resumed: it is a fact about the chip.
//!
//! # The same chip
//!
//! Before one more byte is read it must be the same chip: the answer to reset is the same (the transport compares it),
//! EF.CardAccess is the same where both times can see it, the password is accepted again, and EF.COM and EF.SOD, read
//! whole once more, are the same byte for byte. Another chip ends the reading as [`Error::AnotherChip`]. As long as
//! EF.SOD has not been read there is nothing to compare, so what was read before is thrown away.
//!
//! # What a chip proof then means
//!
//! A proof counts in the session that read the files. After a resumption that is the last session, and the files of
//! earlier ones are tied to it: EF.SOD came through this session too, and the verification holds every data group against
//! the hashes in it, DG14 and DG15 with the keys of the proof included. A file whose hash EF.SOD does not list proves
//! nothing in any session.

use antin_lds::ElementaryFile;
use antin_wire::{LinkError, Transport};
use rand_core::CryptoRng;

use crate::access::{self, AccessFacts, AccessPolicy};
use crate::error::Error;
use crate::event::Phase;
use crate::files::{Manners, Outcome, Reading, read};
use crate::key::AccessKey;
use crate::session::Session;
use crate::terminal::TerminalKeys;
use crate::version_two;

/// How a session was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The chip ended it; the link still stands.
    Session,
    /// The card is gone or was reset.
    Link,
}

impl Loss {
    /// What can be made good again; `None` for a breach, a wish of the user, and a service that is gone.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Status { .. } => Some(Self::Session),
            Error::CardLost { .. } => Some(Self::Link),
            Error::Link { cause, .. } => match cause {
                LinkError::Interrupted
                | LinkError::NoService
                | LinkError::NoReader
                | LinkError::NotAllowed
                | LinkError::CardChanged => None,
                _ => Some(Self::Link),
            },
            _ => None,
        }
    }
}

/// Opens the chip again and makes sure that it is the same one.
///
/// # Errors
///
/// [`Error::AnotherChip`]; else why it cannot be opened.
pub(crate) fn open_again<T: Transport>(
    session: &mut Session<T>,
    loss: Loss,
    key: &AccessKey,
    policy: AccessPolicy,
    terminal: Option<&TerminalKeys>,
    facts: &mut AccessFacts,
    rng: &mut dyn CryptoRng,
) -> Result<Option<version_two::Rows>, Error> {
    if loss == Loss::Link {
        session.reconnect()?;
    }
    let again = reopen(session, key, policy, facts, rng);
    let again = match again {
        // Some chips can be opened again only after a reset; where that cannot be had, the first answer stands.
        Err(Error::Status { .. } | Error::NotIcao { .. }) if loss == Loss::Session => {
            match session.reconnect() {
                Ok(()) => reopen(session, key, policy, facts, rng),
                Err(_) => again,
            }
        }
        again => again,
    };
    again.map_err(|error| match error {
        Error::KeyNotUsable { .. } | Error::NotIcao { .. } => Error::AnotherChip {
            what: format!("it does not open as before: {error}"),
        },
        error => error,
    })?;
    let rows = version_two::run(session, facts, terminal, rng);
    access::enter_application(session, facts)?;
    Ok(rows)
}

fn reopen<T: Transport>(
    session: &mut Session<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    rng: &mut dyn CryptoRng,
) -> Result<(), Error> {
    session.reopen(|link| access::open_again(link, key, policy, facts, rng))
}

/// Reads EF.COM and EF.SOD once more and compares them.
///
/// # Errors
///
/// [`Error::AnotherChip`] when one of them differs; why the session was lost again.
pub(crate) fn same_document<T: Transport>(
    session: &mut Session<T>,
    reading: &mut Reading,
) -> Result<(), Error> {
    if reading.files().bytes(ElementaryFile::Sod).is_none() {
        reading.restart();
        return Ok(());
    }
    for file in [ElementaryFile::Com, ElementaryFile::Sod] {
        let Some(before) = reading.files().bytes(file).map(<[u8]>::to_vec) else {
            continue;
        };
        if whole(session, file, &mut reading.manners)? != Outcome::Read(before) {
            return Err(Error::AnotherChip {
                what: format!("{file} differs"),
            });
        }
    }
    Ok(())
}

fn whole<T: Transport>(
    session: &mut Session<T>,
    file: ElementaryFile,
    manners: &mut Manners,
) -> Result<Outcome, Error> {
    read(
        file,
        manners,
        &mut Vec::new(),
        &mut |command| session.transmit(Phase::Read, command),
        &mut |_, _| {},
    )
}

/// How often one reading is resumed: a card that slips several times, not one that plays for time.
pub(crate) const MAX_RESUMPTIONS: u32 = 6;
