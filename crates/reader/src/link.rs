//! The plain link to a card, counted and bounded.

use antin_wire::apdu::{Command, Response};
use antin_wire::{LinkError, Transport, exchange, ins};

use crate::error::Error;
use crate::event::Phase;

/// A transport with counters, a limit on the number of APDUs, and no patience for oversized answers.
///
/// Everything the reader says goes through here, so a card that answers for ever comes to an end.
pub struct Link<T> {
    transport: T,
    counters: Counters,
    limit: u32,
    last: Last,
}

/// How the last call of the transport ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Answered,
    Failed,
    Exhausted,
    Oversized,
}

impl<T> std::fmt::Debug for Link<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("counters", &self.counters)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// What went over the link so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Command APDUs sent.
    pub apdus: u32,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes received, status words included.
    pub received: u64,
}

impl<T: Transport> Link<T> {
    /// Starts counting on a transport, with the limit of [`MAX_APDUS`].
    pub fn new(transport: T) -> Self {
        Self::with_limit(transport, MAX_APDUS)
    }

    /// Starts counting on a transport, with a limit of the caller's own.
    pub fn with_limit(transport: T, limit: u32) -> Self {
        Self {
            transport,
            counters: Counters::default(),
            limit,
            last: Last::Answered,
        }
    }

    /// What went over the link so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Gives the transport back.
    pub fn into_inner(self) -> T {
        self.transport
    }

    /// Resets the card, or waits for one that left to be put back.
    ///
    /// # Errors
    ///
    /// The link's own failures, named with the phase; [`Error::AnotherChip`] when another card came.
    pub fn reconnect(&mut self, phase: Phase) -> Result<(), Error> {
        match self.transport.reconnect() {
            Ok(()) => Ok(()),
            Err(LinkError::CardChanged) => Err(Error::AnotherChip {
                what: "it answers to reset otherwise".to_owned(),
            }),
            Err(cause) => Err(Error::link(phase, cause)),
        }
    }

    /// Sends one command outside secure messaging and follows `61xx` and `6Cxx`.
    ///
    /// # Errors
    ///
    /// The link's own failures, named with the phase; [`Error::NoProgress`] when the limit of APDUs is reached;
    /// [`Error::Breach`] when the answer is longer than any answer can be.
    pub fn exchange(&mut self, phase: Phase, command: &Command) -> Result<Response, Error> {
        let answer = exchange::send(self, command);
        answer.map_err(|cause| self.name_failure(phase, cause))
    }

    /// Sends one command under secure messaging and follows `61xx`.
    ///
    /// A `6Cxx` is not followed here: the same protected bytes are never sent twice, because the chip's counter has
    /// moved on.
    ///
    /// # Errors
    ///
    /// As [`Link::exchange`].
    pub(crate) fn exchange_protected(&mut self, phase: Phase, command: &Command) -> Result<Response, Error> {
        let mut answer = self
            .once(command)
            .map_err(|cause| self.name_failure(phase, cause))?;
        if let Some(more) = answer.sw.more_bytes() {
            let fetch = Command::new(0x00, ins::GET_RESPONSE, 0x00, 0x00).with_le(more);
            let rest = self.exchange(phase, &fetch)?;
            answer.data.extend(rest.data);
            answer.sw = rest.sw;
        }
        Ok(answer)
    }

    fn once(&mut self, command: &Command) -> Result<Response, LinkError> {
        let answer = self.transmit(&command.to_bytes()?)?;
        if answer.len() < 2 {
            return Err(LinkError::CardLost);
        }
        Ok(Response::parse(&answer)?)
    }

    /// A failure of `exchange` after the transport did answer is the chip's: an endless or malformed answer.
    fn name_failure(&self, phase: Phase, cause: LinkError) -> Error {
        let breach = |what: &str| Error::Breach {
            step: "transport",
            what: what.to_owned(),
        };
        match (self.last, cause) {
            (Last::Exhausted, _) => Error::NoProgress {
                phase,
                apdus: self.counters.apdus,
            },
            (Last::Oversized, _) => breach("answer longer than an APDU can be"),
            (Last::Answered, LinkError::Protocol { what }) => breach(what),
            (Last::Answered | Last::Failed, cause) => Error::link(phase, cause),
        }
    }
}

impl<T: Transport> Transport for Link<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        if self.counters.apdus >= self.limit {
            self.last = Last::Exhausted;
            return Err(LinkError::Interrupted);
        }
        self.counters.apdus += 1;
        self.counters.sent += command.len() as u64;
        self.last = Last::Failed;
        let answer = self.transport.transmit(command)?;
        self.counters.received += answer.len() as u64;
        self.last = Last::Answered;
        if answer.len() > MAX_ANSWER_BYTES {
            self.last = Last::Oversized;
            return Err(LinkError::Interrupted);
        }
        Ok(answer)
    }
}

/// APDUs spent on one card before it is given up: several times what the largest allowed files take in short APDUs.
pub const MAX_APDUS: u32 = 20_000;

/// The longest answer of ISO 7816-4: 65,536 data bytes and the status word.
pub const MAX_ANSWER_BYTES: usize = 65_536 + 2;
