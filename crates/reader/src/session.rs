//! The session that exists once the chip has opened: commands under secure messaging.

use antin_crypto::Suite;
use antin_protocol::sm;
use antin_protocol::sm::terminal::Channel;
use antin_wire::Transport;
use antin_wire::apdu::{Command, Response};

use crate::access::AccessFacts;
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
    /// How commands go that are too long for short length.
    long_commands: LongCommands,
    ended: Option<Error>,
}

/// How a command goes that is too long for short length (TR-03110-3 §B.12, §B.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongCommands {
    /// In one piece, with extended length.
    Extended,
    /// In a chain of short commands.
    Chained,
}

impl LongCommands {
    /// What a chip takes that has shown that it understands extended length, or has not.
    pub(crate) const fn of(facts: &AccessFacts) -> Self {
        if facts.extended {
            Self::Extended
        } else {
            Self::Chained
        }
    }

    /// Most plain bytes that one command carries, under secure messaging with these ciphers or without.
    pub(crate) fn most(self, suite: Option<Suite>) -> usize {
        match (self, suite) {
            (Self::Extended, _) => usize::MAX,
            (Self::Chained, None) => SHORT_BODY_BYTES,
            // What secure messaging adds to a command is never more than what it adds to an answer.
            (Self::Chained, Some(suite)) => sm::max_plain(suite, SHORT_BODY_BYTES),
        }
    }
}

/// Sends a command, in a chain of commands where one of them carries `most` bytes and that is too few.
///
/// A piece that is answered otherwise than `9000` ends the chain, and its answer is the result.
pub(crate) fn in_chain(
    command: &Command,
    most: usize,
    send: &mut dyn FnMut(&Command) -> Result<Response, Error>,
) -> Result<Response, Error> {
    let blocks: Vec<&[u8]> = command.data().chunks(most.max(1)).collect();
    let Some((last, leading)) = blocks.split_last().filter(|(_, leading)| !leading.is_empty()) else {
        return send(command);
    };
    for block in leading {
        let link = command
            .clone()
            .with_data(block.to_vec())
            .with_cla(command.cla() | CHAINED)
            .without_le();
        let answer = send(&link)?;
        if !answer.sw.is_ok() {
            return Ok(answer);
        }
    }
    send(&command.clone().with_data(last.to_vec()))
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
            long_commands: LongCommands::Extended,
            ended: None,
        }
    }

    /// Says how long commands are to go from now on; until then they go with extended length.
    pub fn send_long_commands(&mut self, how: LongCommands) {
        self.long_commands = how;
    }

    /// How long commands go.
    pub fn long_commands(&self) -> LongCommands {
        self.long_commands
    }

    /// Most plain bytes that one command carries.
    fn room(&self) -> usize {
        self.long_commands.most(self.suite())
    }

    /// Whether a command body of so many bytes fits one command.
    pub(crate) fn holds(&self, body: usize) -> bool {
        body <= self.room()
    }

    /// Sends one command under secure messaging, in a chain where one command does not hold its body.
    ///
    /// A piece that is answered otherwise than `9000` ends the chain, and its answer is the result.
    ///
    /// # Errors
    ///
    /// [`Error::Breach`] for a wrong MAC, plain data or a longer answer than was asked for; [`Error::Status`] when
    /// the chip ended the session with a bare status word; the link's failures. After any of them the same error
    /// comes back for every further command.
    pub fn transmit(&mut self, phase: Phase, command: &Command) -> Result<Response, Error> {
        let asked = usize::try_from(command.le().unwrap_or(0)).unwrap_or(usize::MAX);
        self.transmit_for(phase, command, asked)
    }

    /// As [`transmit`](Self::transmit), for an answer of up to `most` bytes: a chip without extended length hands out what
    /// is longer than a short command can ask for in pieces (`61xx`).
    ///
    /// # Errors
    ///
    /// As [`transmit`](Self::transmit).
    pub(crate) fn transmit_for(
        &mut self,
        phase: Phase,
        command: &Command,
        most: usize,
    ) -> Result<Response, Error> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        let room = self.room();
        let answer = in_chain(command, room, &mut |link| self.exchange(phase, link, most));
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

    fn exchange(&mut self, phase: Phase, command: &Command, most: usize) -> Result<Response, Error> {
        let Opened::Sealed(channel) = &mut self.opened else {
            return self.link.exchange(phase, command);
        };
        let protected = channel.protect(command).map_err(Error::from_protocol)?;
        let answer = self.link.exchange_protected(phase, &protected)?;
        let plain = channel.open(&answer).map_err(Error::from_protocol)?;
        if plain.data.len() > most {
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
/// Body bytes of a short command APDU.
const SHORT_BODY_BYTES: usize = 255;
/// The bit of the class byte that says "not the last command of the chain".
const CHAINED: u8 = 0x10;
