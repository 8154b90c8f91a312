//! The session that exists once the chip has opened: commands under secure messaging.

use antin_crypto::Suite;
use antin_protocol::sm;
use antin_protocol::sm::terminal::Channel;
use antin_wire::Transport;
use antin_wire::apdu::{Command, Response};

use crate::error::Error;
use crate::event::Phase;
use crate::link::{Counters, Link};

/// A chip that has been opened. It cannot exist without session keys, but for a chip that protects nothing.
///
/// After the first breach, or after the chip answered a bare status word, nothing more is sent.
pub struct Session<T> {
    link: Link<T>,
    opened: Opened,
    /// `Comp()` of the ephemeral key that Chip Authentication agreed with.
    agreed_with: Option<Vec<u8>>,
    ended: Option<Error>,
}

/// What opening a chip comes to.
#[derive(Debug)]
pub enum Opened {
    /// Session keys.
    Sealed(Box<Channel>),
    /// The chip protects nothing: its files are read in plain.
    Unprotected,
}

impl From<Channel> for Opened {
    fn from(channel: Channel) -> Self {
        Self::Sealed(Box::new(channel))
    }
}

impl<T> std::fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("link", &self.link)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Session<T> {
    /// Joins a link and the keys that were agreed over it.
    pub fn new(link: Link<T>, opened: impl Into<Opened>) -> Self {
        Self {
            link,
            opened: opened.into(),
            agreed_with: None,
            ended: None,
        }
    }

    /// Sends one command under secure messaging.
    ///
    /// # Errors
    ///
    /// [`Error::Breach`] for a wrong MAC, plain data or a longer answer than was asked for; [`Error::Status`] when
    /// the chip ended the session with a bare status word; the link's failures. After any of them the same error
    /// comes back for every further command.
    pub fn transmit(&mut self, phase: Phase, command: &Command) -> Result<Response, Error> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        let answer = self.exchange(phase, command);
        if let Err(error) = &answer {
            self.ended = Some(error.clone());
        }
        answer
    }

    /// Why nothing more can be sent, if that is so.
    pub fn ended(&self) -> Option<&Error> {
        self.ended.as_ref()
    }

    /// What went over the link so far.
    pub fn counters(&self) -> Counters {
        self.link.counters()
    }

    /// Replaces the keys, as Chip Authentication does; `ephemeral` is `Comp()` of the key that it agreed with.
    pub fn rekey(&mut self, channel: Channel, ephemeral: Vec<u8>) {
        self.opened = channel.into();
        self.agreed_with = Some(ephemeral);
    }

    /// `Comp()` of the terminal's ephemeral key in Chip Authentication; none before it, and none when its keys did not
    /// prove themselves.
    pub fn agreed_with(&self) -> Option<&[u8]> {
        self.agreed_with.as_deref().filter(|_| self.ended.is_none())
    }

    /// Resets the card, or waits for one that left to be put back; the session stays ended until it is opened again.
    ///
    /// # Errors
    ///
    /// See [`Link::reconnect`].
    pub fn reconnect(&mut self) -> Result<(), Error> {
        self.link.reconnect(Phase::Access)
    }

    /// Ends the session for a reason that was found out above it.
    pub(crate) fn end(&mut self, error: Error) {
        self.ended = Some(error);
    }

    /// Opens the chip again over the same link, after the session came to an end.
    ///
    /// # Errors
    ///
    /// What `open` says; the session then stays ended.
    pub fn reopen(&mut self, open: impl FnOnce(&mut Link<T>) -> Result<Opened, Error>) -> Result<(), Error> {
        self.agreed_with = None;
        self.opened = open(&mut self.link)?;
        self.ended = None;
        Ok(())
    }

    /// The ciphers of the session; none with a chip that protects nothing.
    pub fn suite(&self) -> Option<Suite> {
        match &self.opened {
            Opened::Sealed(channel) => Some(channel.keys().suite()),
            Opened::Unprotected => None,
        }
    }

    /// Most plain bytes that one short answer carries.
    pub fn short_block(&self) -> usize {
        self.suite().map_or(SHORT_ANSWER_BYTES, |suite| {
            sm::max_plain(suite, SHORT_ANSWER_BYTES)
        })
    }

    /// Gives up the keys and returns the plain link.
    pub fn into_link(self) -> Link<T> {
        self.link
    }

    fn exchange(&mut self, phase: Phase, command: &Command) -> Result<Response, Error> {
        let Opened::Sealed(channel) = &mut self.opened else {
            return self.link.exchange(phase, command);
        };
        let protected = channel.protect(command).map_err(Error::from_protocol)?;
        let answer = self.link.exchange_protected(phase, &protected)?;
        let plain = channel.open(&answer).map_err(Error::from_protocol)?;
        let asked = usize::try_from(command.le().unwrap_or(0)).unwrap_or(usize::MAX);
        if plain.data.len() > asked {
            return Err(Error::Breach {
                step: "secure messaging",
                what: "more data than asked for".to_owned(),
            });
        }
        Ok(plain)
    }
}

/// Data bytes of a short answer APDU.
const SHORT_ANSWER_BYTES: usize = 256;
