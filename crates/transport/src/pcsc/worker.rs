//! The thread that owns the connection, because every call to the service may block for ever.

use std::{
    ffi::CString,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use antin_wire::LinkError;
use pcsc::{Card, Context, Disposition, Protocols, Scope, ShareMode, Transaction};
use zeroize::Zeroizing;

use super::{Protocol, codes};

/// What the worker found when it connected.
pub(super) struct Opened {
    pub(super) atr: Vec<u8>,
    pub(super) protocol: Protocol,
}

/// The caller's end.
pub(super) struct Link {
    pub(super) requests: Sender<Zeroizing<Vec<u8>>>,
    pub(super) answers: Receiver<Result<Vec<u8>, LinkError>>,
    /// Disconnects when the thread is at its end.
    ended: Receiver<()>,
}

impl Link {
    /// Ends the conversation and waits until the service has let go of the card.
    pub(super) fn close(self) {
        drop(self.requests);
        // Nothing is ever sent: either the thread ends, or it hangs and is left to itself.
        let (Ok(()) | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout)) =
            self.ended.recv_timeout(CLOSING);
    }

    /// Ends the conversation without waiting: the thread may hang in the service.
    pub(super) fn abandon(self) {
        drop(self);
    }
}

/// The worker's end.
struct Desk {
    opened: Sender<Result<Opened, LinkError>>,
    requests: Receiver<Zeroizing<Vec<u8>>>,
    answers: Sender<Result<Vec<u8>, LinkError>>,
    _ended: Sender<()>,
}

/// Starts a thread that connects to the card in `reader`, says so once, then answers requests until their sender
/// is dropped.
pub(super) fn start(reader: CString) -> Result<(Receiver<Result<Opened, LinkError>>, Link), LinkError> {
    let (opened_here, opened) = mpsc::channel();
    let (requests, requests_there) = mpsc::channel();
    let (answers_there, answers) = mpsc::channel();
    let (ended_there, ended) = mpsc::channel();
    let desk = Desk {
        opened: opened_here,
        requests: requests_there,
        answers: answers_there,
        _ended: ended_there,
    };
    thread::Builder::new()
        .name("pcsc".to_owned())
        .spawn(move || desk.work(&reader))
        .map_err(|error| no_thread(&error))?;
    Ok((
        opened,
        Link {
            requests,
            answers,
            ended,
        },
    ))
}

impl Desk {
    fn work(self, reader: &CString) {
        // A context of its own: calls on one context wait for one another, and this one may hang.
        match connect(reader) {
            Err(error) => self.say_opened(Err(error)),
            Ok(mut card) => {
                self.serve(&mut card);
                // Dropping the card would reset it, and a reset on a card that was just pulled wedges its reader.
                if let Err((card, _)) = card.disconnect(Disposition::LeaveCard) {
                    std::mem::forget(card);
                }
            }
        }
    }

    fn serve(&self, card: &mut Card) {
        let opened = match describe(card) {
            Ok(opened) => opened,
            Err(error) => return self.say_opened(Err(error)),
        };
        match card.transaction() {
            Err(error) => self.say_opened(Err(codes::opening(error))),
            Ok(transaction) => {
                self.say_opened(Ok(opened));
                self.talk(&transaction);
                // The connection ends next in any case, and with it the transaction.
                let _ended_or_gone = transaction.end(Disposition::LeaveCard).is_ok();
            }
        }
    }

    fn talk(&self, card: &Transaction<'_>) {
        let mut buffer = Zeroizing::new(vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED]);
        for request in &self.requests {
            let answer = card
                .transmit(&request, &mut buffer)
                .map(<[u8]>::to_vec)
                .map_err(codes::talking);
            if self.answers.send(answer).is_err() {
                return; // the caller has given up
            }
        }
    }

    fn say_opened(&self, opened: Result<Opened, LinkError>) {
        // A caller that no longer listens has given up, and dropped the requests as well.
        let _heard = self.opened.send(opened).is_ok();
    }
}

fn connect(reader: &CString) -> Result<Card, LinkError> {
    let protocols = Protocols::T0 | Protocols::T1;
    let context = Context::establish(Scope::User).map_err(codes::opening)?;
    let mut card = context
        .connect(reader, ShareMode::Shared, protocols)
        .map_err(codes::opening)?;
    // A card that an earlier program left powered keeps its session and its selected application. Such a chip hides
    // EF.CardAccess, and a reader would believe that it offers nothing better than BAC.
    card.reconnect(ShareMode::Shared, protocols, Disposition::ResetCard)
        .map_err(codes::opening)?;
    Ok(card)
}

fn describe(card: &Card) -> Result<Opened, LinkError> {
    let status = card.status2_owned().map_err(codes::opening)?;
    let protocol = match status.protocol2() {
        Some(pcsc::Protocol::T0) => Protocol::T0,
        _ => Protocol::T1,
    };
    Ok(Opened {
        atr: status.atr().to_vec(),
        protocol,
    })
}

fn no_thread(error: &std::io::Error) -> LinkError {
    LinkError::Other {
        what: "cannot start a thread",
        code: error.raw_os_error().map_or(0, i64::from),
    }
}

/// Ending a transaction and a connection takes a few milliseconds.
const CLOSING: Duration = Duration::from_secs(1);
