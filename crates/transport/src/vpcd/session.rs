//! One stay of a card in a virtual reader.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Error,
    vpcd::frame::{self, Decoder, Message},
};

/// How long a card should stay out before the next one goes in: the reader looks every 400 ms, and takes a card
/// that is back in time for the same one.
pub const STAY_OUT: Duration = Duration::from_secs(1);

/// A chip, as a reader sees it.
pub trait CardSide {
    /// The answer to reset, 2 to 33 bytes.
    fn atr(&self) -> Vec<u8>;

    /// Power goes on. Commands may come without it.
    fn power_on(&mut self) {}

    /// Power goes off: session state is lost.
    fn power_off(&mut self) {}

    /// Reset: session state is lost.
    fn reset(&mut self) {}

    /// Answers a command APDU with a response APDU. An answer of fewer than two bytes pulls the card out.
    fn process(&mut self, command: &[u8]) -> Vec<u8>;

    /// How long to hold back the answer just made, as a chip does after wrong passwords.
    fn delay(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The stop flag was set.
    Stopped,
    /// The reader closed the connection: the PC/SC service ended.
    ReaderClosed,
    /// The card left by itself, with an answer that has no status word.
    CardLeft,
}

/// What a card notices during its stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The reader has asked for the ATR for the first time: the card is in.
    Inserted,
    /// Connected for 2 s without a word: another card is in this reader, and we are next.
    Queued,
    /// Power on.
    PoweredOn,
    /// Power off.
    PoweredOff,
    /// Reset.
    Reset,
}

/// A connection to a virtual reader.
#[derive(Debug)]
pub struct Session {
    stream: TcpStream,
    decoder: Decoder,
    connected: Instant,
    presence: Presence,
}

/// What we know about being in the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Unheard,
    Queued,
    Inserted,
}

impl Session {
    /// Puts a card into the virtual reader that listens at `address`, such as `127.0.0.1:35963`.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when nobody listens there.
    pub fn connect(address: &str, timeout: Duration) -> Result<Self, Error> {
        let unreachable = |error: io::Error| Error::Unreachable {
            address: address.to_owned(),
            kind: error.kind(),
        };
        let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for candidate in address.to_socket_addrs().map_err(unreachable)? {
            match TcpStream::connect_timeout(&candidate, timeout) {
                Ok(stream) => return Self::over(stream),
                Err(error) => refused = error,
            }
        }
        Err(unreachable(refused))
    }

    fn over(stream: TcpStream) -> Result<Self, Error> {
        stream
            .set_nodelay(true)
            .map_err(Error::io("virtual reader socket"))?;
        stream
            .set_read_timeout(Some(SLICE))
            .map_err(Error::io("virtual reader socket"))?;
        stream
            .set_write_timeout(Some(WRITE_TIMEOUT))
            .map_err(Error::io("virtual reader socket"))?;
        Ok(Self {
            stream,
            decoder: Decoder::default(),
            connected: Instant::now(),
            presence: Presence::Unheard,
        })
    }

    /// Lets `card` answer until `stop` is set (seen within 100 ms), the reader closes, or the card leaves; then
    /// pulls it out.
    ///
    /// # Errors
    /// [`Error::Io`] when the connection breaks, [`Error::Malformed`] when the reader sends no frames.
    pub fn serve<C: CardSide + ?Sized>(self, card: &mut C, stop: &AtomicBool) -> Result<Ended, Error> {
        self.serve_with(card, stop, |_| {})
    }

    /// As [`serve`](Self::serve), and tells what happens.
    ///
    /// # Errors
    /// As [`serve`](Self::serve).
    pub fn serve_with<C: CardSide + ?Sized>(
        mut self,
        card: &mut C,
        stop: &AtomicBool,
        mut on_event: impl FnMut(Event),
    ) -> Result<Ended, Error> {
        let mut buffer = vec![0; RECEIVE_LEN];
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(Ended::Stopped);
            }
            match self
                .receive(&mut buffer)
                .map_err(Error::io("receiving from the virtual reader"))?
            {
                Received::Nothing => self.notice_silence(&mut on_event),
                Received::End => return Ok(Ended::ReaderClosed),
                Received::Bytes => {}
            }
            while let Some(message) = self.decoder.next_message()? {
                if let Some(ended) = self.answer(card, message, stop, &mut on_event)? {
                    return Ok(ended);
                }
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Received> {
        acknowledge_quickly(&self.stream)?;
        match self.stream.read(buffer) {
            Ok(0) => Ok(Received::End),
            Ok(len) => {
                self.decoder.push(buffer.get(..len).unwrap_or_default());
                Ok(Received::Bytes)
            }
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
                    Ok(Received::Nothing)
                }
                io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Ok(Received::End),
                _ => Err(error),
            },
        }
    }

    /// Answers one message; `Some` when the stay is over.
    fn answer<C: CardSide + ?Sized>(
        &mut self,
        card: &mut C,
        message: Message,
        stop: &AtomicBool,
        on_event: &mut impl FnMut(Event),
    ) -> Result<Option<Ended>, Error> {
        match message {
            Message::PowerOff => {
                card.power_off();
                on_event(Event::PoweredOff);
            }
            Message::PowerOn => {
                card.power_on();
                on_event(Event::PoweredOn);
            }
            Message::Reset => {
                card.reset();
                on_event(Event::Reset);
            }
            Message::AtrWanted => {
                if self.presence != Presence::Inserted {
                    self.presence = Presence::Inserted;
                    on_event(Event::Inserted);
                }
                return self.send(&card.atr());
            }
            Message::Command(command) => {
                let answer = card.process(&command);
                if answer.len() < 2 {
                    return Ok(Some(Ended::CardLeft));
                }
                if hold_back(card.delay(), stop) == Held::Stopped {
                    return Ok(Some(Ended::Stopped));
                }
                return self.send(&answer);
            }
        }
        Ok(None)
    }

    /// Sends one frame in one piece: half a length field kills the PC/SC service.
    fn send(&mut self, answer: &[u8]) -> Result<Option<Ended>, Error> {
        let frame = frame::encode(answer)?;
        match self.stream.write_all(&frame) {
            Ok(()) => Ok(None),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
                ) =>
            {
                Ok(Some(Ended::ReaderClosed))
            }
            Err(error) => Err(Error::io("sending to the virtual reader")(error)),
        }
    }

    fn notice_silence(&mut self, on_event: &mut impl FnMut(Event)) {
        if self.presence == Presence::Unheard && self.connected.elapsed() >= QUEUED_AFTER {
            self.presence = Presence::Queued;
            on_event(Event::Queued);
        }
    }
}

enum Received {
    Bytes,
    Nothing,
    End,
}

#[derive(PartialEq, Eq)]
enum Held {
    ToTheEnd,
    Stopped,
}

/// Sleeps in slices, so that a stop is seen in time.
fn hold_back(delay: Duration, stop: &AtomicBool) -> Held {
    let started = Instant::now();
    loop {
        let left = delay.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Held::ToTheEnd;
        }
        if stop.load(Ordering::Relaxed) {
            return Held::Stopped;
        }
        thread::sleep(left.min(SLICE));
    }
}

/// Asks the kernel to acknowledge what comes next at once. It forgets that, so it is asked before every receive.
#[cfg(target_os = "linux")]
pub(super) fn acknowledge_quickly(stream: &TcpStream) -> io::Result<()> {
    use std::os::linux::net::TcpStreamExt;
    stream.set_quickack(true)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn acknowledge_quickly(_stream: &TcpStream) -> io::Result<()> {
    Ok(())
}

/// How late a stop may be seen.
const SLICE: Duration = Duration::from_millis(100);
/// A reader that does not take an answer for so long is wedged.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// The reader asks for the ATR within 400 ms; this is five times that.
const QUEUED_AFTER: Duration = Duration::from_secs(2);
/// Holds most commands whole.
const RECEIVE_LEN: usize = 16 * 1024;

#[cfg(test)]
mod tests;
