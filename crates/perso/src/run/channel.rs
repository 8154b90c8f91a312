//! The way of a command to the card: plain, or through the secure channel.

use antin_crypto::CryptoRng;
use antin_profile::Scp03Rule;
use antin_protocol::scp03::terminal::{self, Channel};
use antin_protocol::scp03::{SecurityLevel, StaticKeys};
use antin_protocol::{Error, bac, sm};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::{LinkError, Transport, exchange};

use crate::plan::scp03_mode;

/// What opens the door to personalization.
#[derive(Clone, Copy)]
pub enum Door<'a> {
    /// Nothing: the blank is a development blank, or of a dialect without a door.
    Open,
    /// These static keys of SCP03, in memory or in a token.
    Scp03(&'a dyn StaticKeys),
}

/// The link to the card.
pub(super) struct Link<'a, T: ?Sized> {
    transport: &'a mut T,
    channel: Option<Channel>,
    access: Option<sm::terminal::Channel>,
}

/// Why a command brought no answer.
pub(super) enum Broken {
    Link(LinkError),
    Channel,
}

/// Why the channel is not open.
pub(super) enum NotOpened {
    Link(LinkError),
    Refused(Error),
}

impl<'a, T: Transport + ?Sized> Link<'a, T> {
    pub(super) fn new(transport: &'a mut T) -> Self {
        Self {
            transport,
            channel: None,
            access: None,
        }
    }

    /// Opens the secure channel as the profile says.
    pub(super) fn open(
        &mut self,
        keys: &dyn StaticKeys,
        rule: Scp03Rule,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), NotOpened> {
        let level = SecurityLevel::from_byte(rule.security_level).unwrap_or(SecurityLevel::All);
        let (update, waiting) = terminal::start(rule.key_version, scp03_mode(rule.mode), rng);
        let answer = exchange::send(self.transport, &update).map_err(NotOpened::Link)?;
        let (proof, waiting) = waiting.accept(&answer, keys, level).map_err(NotOpened::Refused)?;
        let answer = exchange::send(self.transport, &proof).map_err(NotOpened::Link)?;
        self.channel = Some(waiting.accept(&answer).map_err(NotOpened::Refused)?);
        Ok(())
    }

    /// Opens Basic Access Control.
    pub(super) fn open_access(&mut self, keys: &bac::Keys, rng: &mut dyn CryptoRng) -> Result<(), NotOpened> {
        let (command, waiting) = bac::terminal::start();
        let answer = exchange::send(self.transport, &command).map_err(NotOpened::Link)?;
        let (command, waiting) = waiting.accept(&answer, keys, rng).map_err(NotOpened::Refused)?;
        let answer = exchange::send(self.transport, &command).map_err(NotOpened::Link)?;
        self.access = Some(waiting.accept(&answer).map_err(NotOpened::Refused)?);
        Ok(())
    }

    /// Speaks in plain again.
    pub(super) fn close_access(&mut self) {
        self.access = None;
    }

    /// Sends a command and returns the answer, without protection.
    pub(super) fn send(&mut self, command: &Command) -> Result<Response, Broken> {
        if let Some(access) = &mut self.access {
            let outer = access.protect(command).map_err(|_| Broken::Channel)?;
            let answer = exchange::send(self.transport, &outer).map_err(Broken::Link)?;
            return access.open(&answer).map_err(|_| Broken::Channel);
        }
        let Some(channel) = &mut self.channel else {
            return exchange::send(self.transport, command).map_err(Broken::Link);
        };
        let outer = channel.protect(command).map_err(|_| Broken::Channel)?;
        let answer = exchange::send(self.transport, &outer).map_err(Broken::Link)?;
        if LOST.contains(&answer.sw) {
            return Err(Broken::Channel);
        }
        channel.open(&answer).map_err(|_| Broken::Channel)
    }
}

/// Answers of a chip that knows nothing of this channel.
const LOST: [StatusWord; 5] = [
    StatusWord::SECURITY_NOT_SATISFIED,
    StatusWord::SM_NOT_SUPPORTED,
    StatusWord::SM_DATA_MISSING,
    StatusWord::SM_DATA_WRONG,
    StatusWord::CLA,
];
