//! The other side: a virtual reader of our own, into which any card emulator that speaks the protocol can be put.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use antin_wire::{LinkError, Transport};

use super::{
    frame::{self, Control, Decoder},
    session::acknowledge_quickly,
};
use crate::{Error, pcsc::Patience};

/// A virtual reader that waits for cards to connect.
///
/// It listens on this machine only unless told otherwise: whoever connects is the card.
///
/// ```no_run
/// use std::time::Duration;
/// use antin_transport::vpcd::VirtualReader;
/// use antin_wire::Transport;
/// let reader = VirtualReader::listen("127.0.0.1:35963")?;
/// let mut card = reader.wait_card(Duration::from_secs(30))?;
/// let answer = card.transmit(&[0x00, 0xA4, 0x00, 0x0C])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct VirtualReader {
    listener: TcpListener,
    patience: Patience,
}

impl VirtualReader {
    /// Listens at `address`, such as `127.0.0.1:35963`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when the address cannot be had, for instance because a PC/SC service has its own virtual
    /// reader there.
    pub fn listen(address: &str) -> Result<Self, Error> {
        let unreachable = |error: io::Error| Error::Unreachable {
            address: address.to_owned(),
            kind: error.kind(),
        };
        let listener = TcpListener::bind(address).map_err(unreachable)?;
        listener.set_nonblocking(true).map_err(unreachable)?;
        Ok(Self {
            listener,
            patience: Patience::default(),
        })
    }

    /// Waits for cards and answers with this patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`Error::Io`] when the operating system does not say.
    pub fn address(&self) -> Result<SocketAddr, Error> {
        self.listener
            .local_addr()
            .map_err(Error::io("address of the virtual reader"))
    }

    /// Waits for a card, powers it and asks for its answer to reset.
    ///
    /// # Errors
    /// [`LinkError::NoCard`] when none came in time, [`LinkError::Interrupted`], or what the card did wrong.
    pub fn wait_card(self, timeout: Duration) -> Result<VirtualCard, LinkError> {
        let mut stay = Stay::accept(&self.listener, &self.patience, timeout)?;
        let atr = stay.power(Control::PowerOn, &self.patience)?;
        Ok(VirtualCard {
            reader: self,
            stay: Some(stay),
            atr,
        })
    }
}

/// A card in a virtual reader of ours.
///
/// As with a PC/SC card, one failure of the link loses it; [`Transport::reconnect`] resets a card that is still
/// connected, or waits for it to connect again.
#[derive(Debug)]
pub struct VirtualCard {
    reader: VirtualReader,
    /// `None` once the card is lost.
    stay: Option<Stay>,
    atr: Vec<u8>,
}

impl VirtualCard {
    /// The answer to reset.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }
}

impl Transport for VirtualCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let stay = self.stay.as_mut().ok_or(LinkError::CardLost)?;
        // One byte would be a control byte, and no byte at all hangs some cards.
        if command.len() < 2 {
            return Err(LinkError::Protocol {
                what: "command shorter than its header",
            });
        }
        let answer = stay.ask(command, &self.reader.patience);
        let whole = answer.and_then(|answer| {
            if answer.len() < 2 {
                return Err(LinkError::CardLost);
            }
            Ok(answer)
        });
        if whole.is_err() {
            self.stay = None;
        }
        whole
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        let patience = &self.reader.patience;
        let reset = self
            .stay
            .as_mut()
            .and_then(|stay| stay.power(Control::Reset, patience).ok());
        let atr = match reset {
            Some(atr) => atr,
            None => {
                self.stay = None;
                let mut stay = Stay::accept(&self.reader.listener, patience, patience.for_return())?;
                let atr = stay.power(Control::PowerOn, patience)?;
                self.stay = Some(stay);
                atr
            }
        };
        if atr != self.atr {
            self.stay = None;
            return Err(LinkError::CardChanged);
        }
        Ok(())
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        if let Some(stay) = &mut self.stay {
            // The card may be gone already; there is nobody left to tell.
            let _told = stay.send(&[Control::PowerOff.to_byte()]).is_ok();
        }
    }
}

/// One connection of a card.
#[derive(Debug)]
struct Stay {
    stream: TcpStream,
    decoder: Decoder,
}

impl Stay {
    fn accept(listener: &TcpListener, patience: &Patience, timeout: Duration) -> Result<Self, LinkError> {
        let started = Instant::now();
        loop {
            patience.check_stop()?;
            match listener.accept() {
                Ok((stream, _)) => return Self::over(stream).map_err(|error| lost(&error)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // A card that hung up before it was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(lost(&error)),
            }
            if started.elapsed() >= timeout {
                return Err(LinkError::NoCard);
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn over(stream: TcpStream) -> io::Result<Self> {
        // Some systems hand the listener's mode down.
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SLICE))?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        Ok(Self {
            stream,
            decoder: Decoder::default(),
        })
    }

    /// Switches the card on or resets it, and returns its answer to reset.
    fn power(&mut self, control: Control, patience: &Patience) -> Result<Vec<u8>, LinkError> {
        self.send(&[control.to_byte()])?;
        let atr = self.ask(&[Control::AtrWanted.to_byte()], patience)?;
        if (MIN_ATR..=MAX_ATR).contains(&atr.len()) {
            Ok(atr)
        } else {
            Err(LinkError::Protocol {
                what: "the card does not answer to reset",
            })
        }
    }

    fn ask(&mut self, payload: &[u8], patience: &Patience) -> Result<Vec<u8>, LinkError> {
        patience.check_stop()?;
        self.send(payload)?;
        let started = Instant::now();
        let mut buffer = [0; RECEIVE_LEN];
        loop {
            if let Some(answer) = self.decoder.next_frame()? {
                return Ok(answer);
            }
            if started.elapsed() >= patience.deadline() {
                return Err(LinkError::TimedOut {
                    after: patience.deadline(),
                });
            }
            patience.check_stop()?;
            acknowledge_quickly(&self.stream).map_err(|error| lost(&error))?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(LinkError::CardLost),
                Ok(len) => self.decoder.push(buffer.get(..len).unwrap_or_default()),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {}
                    _ => return Err(lost(&error)),
                },
            }
        }
    }

    fn send(&mut self, payload: &[u8]) -> Result<(), LinkError> {
        let frame = frame::encode(payload)?;
        self.stream.write_all(&frame).map_err(|error| lost(&error))
    }
}

/// Whatever breaks a connection has taken the card away.
fn lost(_: &io::Error) -> LinkError {
    LinkError::CardLost
}

/// How long between two looks for a card.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How late a stop may be seen.
const SLICE: Duration = Duration::from_millis(100);
/// A card that does not take a command for so long is wedged.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Holds most answers whole.
const RECEIVE_LEN: usize = 16 * 1024;
/// TS and T0, ISO 7816-3.
const MIN_ATR: usize = 2;
/// The longest answer to reset, ISO 7816-3.
const MAX_ATR: usize = 33;

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        thread::JoinHandle,
    };

    use super::*;
    use crate::vpcd::{CardSide, Ended, Session};

    /// Answers with its own name and the length of the command; `FF` pulls it out.
    struct Toy(u8);

    impl CardSide for Toy {
        fn atr(&self) -> Vec<u8> {
            vec![0x3B, 0x80, 0x80, 0x01, self.0]
        }

        fn process(&mut self, command: &[u8]) -> Vec<u8> {
            if command[0] == 0xFF {
                return Vec::new();
            }
            let mut answer = vec![self.0; command.len()];
            answer.extend([0x90, 0x00]);
            answer
        }
    }

    fn insert(address: String, name: u8) -> (Arc<AtomicBool>, JoinHandle<Result<Ended, Error>>) {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let card = thread::spawn(move || {
            let session = Session::connect(&address, Duration::from_secs(5))?;
            session.serve(&mut Toy(name), &flag)
        });
        (stop, card)
    }

    fn reader() -> (VirtualReader, String) {
        let patience = Patience::default()
            .with_deadline(Duration::from_secs(5))
            .with_return(Duration::from_secs(2));
        let reader = VirtualReader::listen("127.0.0.1:0")
            .unwrap()
            .with_patience(patience);
        let address = reader.address().unwrap().to_string();
        (reader, address)
    }

    #[test]
    fn our_own_card_plugs_into_our_own_reader() {
        let (reader, address) = reader();
        let (_, thread) = insert(address, 1);
        let mut card = reader.wait_card(Duration::from_secs(5)).unwrap();
        assert_eq!(card.atr(), [0x3B, 0x80, 0x80, 0x01, 0x01]);
        for length in [4, 300, 40_000] {
            let answer = card.transmit(&vec![0; length]).unwrap();
            assert_eq!(answer.len(), length + 2);
        }
        assert_eq!(card.reconnect(), Ok(()), "a reset");
        assert_eq!(card.transmit(&[0; 4]).unwrap().len(), 6);
        drop(card);
        assert_eq!(thread.join().unwrap(), Ok(Ended::ReaderClosed));
    }

    #[test]
    fn a_card_that_left_is_waited_for_and_another_one_is_refused() {
        let (reader, address) = reader();
        let (_, first) = insert(address.clone(), 1);
        let mut card = reader.wait_card(Duration::from_secs(5)).unwrap();
        assert_eq!(card.transmit(&[0xFF; 4]), Err(LinkError::CardLost));
        assert_eq!(card.transmit(&[0; 4]), Err(LinkError::CardLost), "it stays lost");
        assert_eq!(first.join().unwrap(), Ok(Ended::CardLeft));
        let (stop, again) = insert(address.clone(), 1);
        assert_eq!(card.reconnect(), Ok(()));
        assert!(card.transmit(&[0; 4]).is_ok());
        stop.store(true, Ordering::Relaxed);
        assert_eq!(again.join().unwrap(), Ok(Ended::Stopped));
        let (_, other) = insert(address, 2);
        assert_eq!(card.reconnect(), Err(LinkError::CardChanged));
        assert_eq!(card.transmit(&[0; 4]), Err(LinkError::CardLost));
        assert_eq!(other.join().unwrap(), Ok(Ended::ReaderClosed));
        assert_eq!(card.reconnect(), Err(LinkError::NoCard), "nobody came");
    }

    #[test]
    fn nobody_is_waited_for_in_vain_and_a_stop_is_heard() {
        let (reader, _) = reader();
        assert_eq!(
            reader.wait_card(Duration::from_millis(50)).unwrap_err(),
            LinkError::NoCard
        );
        let stop = Arc::new(AtomicBool::new(true));
        let reader = VirtualReader::listen("127.0.0.1:0")
            .unwrap()
            .with_patience(Patience::default().stop_when(stop));
        assert_eq!(
            reader.wait_card(Duration::from_secs(30)).unwrap_err(),
            LinkError::Interrupted
        );
    }

    #[test]
    fn an_address_in_use_is_named() {
        let (_reader, address) = reader();
        assert!(matches!(
            VirtualReader::listen(&address),
            Err(Error::Unreachable {
                kind: io::ErrorKind::AddrInUse,
                ..
            })
        ));
    }

    #[test]
    fn a_peer_that_is_no_card_is_given_up() {
        for said in [&[0, 0][..], &[0, 1, 0x3B], &[0xFF, 0xFF, 1, 2]] {
            let patience = Patience::default().with_deadline(Duration::from_millis(300));
            let reader = VirtualReader::listen("127.0.0.1:0")
                .unwrap()
                .with_patience(patience);
            let mut peer = TcpStream::connect(reader.address().unwrap()).unwrap();
            peer.write_all(said).unwrap();
            assert!(reader.wait_card(Duration::from_secs(1)).is_err(), "{said:?}");
        }
    }
}
