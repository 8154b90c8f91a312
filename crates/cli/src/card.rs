//! The card to talk to: on a reader, or a software card from its file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use antin::transport::pcsc::{Patience, PcscCard, Readers};
use antin::transport::vpcd::{VirtualCard, VirtualReader};
use antin::transport::{Bodies, Tracer};
use antin::{LinkError, SoftCard, Transport};
use serde_json::json;

use crate::args::{CardSource, TraceArgs};
use crate::failure::{Failure, Id};
use crate::interrupt;
use crate::output::Output;

/// A card, wherever it is.
pub enum AnyCard {
    /// On a reader.
    Reader(PcscCard),
    /// The chip answers in memory, from its file.
    Soft(Box<SoftCard>),
    /// In a virtual reader of ours.
    Virtual(Box<VirtualCard>),
}

impl AnyCard {
    /// The answer to reset, by which kinds of cards are told apart.
    pub fn atr(&self) -> &[u8] {
        match self {
            Self::Reader(card) => card.atr(),
            Self::Soft(card) => card.atr(),
            Self::Virtual(card) => card.atr(),
        }
    }
}

impl Transport for AnyCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        match self {
            Self::Reader(card) => card.transmit(command),
            Self::Soft(card) => card.transmit(command),
            Self::Virtual(card) => card.transmit(command),
        }
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        match self {
            Self::Reader(card) => card.reconnect(),
            Self::Soft(card) => card.reconnect(),
            Self::Virtual(card) => card.reconnect(),
        }
    }
}

/// Shows the conversation with a card on standard error, as far as asked for.
pub fn traced<'a>(card: impl Transport + 'a, trace: TraceArgs) -> Box<dyn Transport + 'a> {
    let bodies = match trace {
        TraceArgs {
            trace_secrets: true, ..
        } => Bodies::Shown,
        TraceArgs { trace: true, .. } => Bodies::Hidden,
        _ => return Box::new(card),
    };
    Box::new(Tracer::new(card, bodies, crate::output::advice))
}

/// Waits for the card and connects to it.
///
/// # Errors
/// `E101` to `E104`, `E107`, `E108` without service, reader, card or permission; `M404` for a card file that cannot be
/// used.
pub fn connect(source: &CardSource, out: &Output) -> Result<AnyCard, Failure> {
    if let Some(path) = &source.card {
        return Ok(AnyCard::Soft(Box::new(SoftCard::open(path)?)));
    }
    let patience = patience(out).with_return(Duration::from_secs(source.wait_return));
    on_a_reader(
        source.reader.as_deref(),
        source.vpcd_listen.as_deref(),
        source.wait,
        patience,
        out,
    )
}

/// Waits for a card on a reader, or in a virtual reader of our own.
///
/// # Errors
/// As [`connect`].
pub fn wait_on_reader(
    reader: Option<&str>,
    listen: Option<&str>,
    seconds: u64,
    out: &Output,
) -> Result<AnyCard, Failure> {
    on_a_reader(reader, listen, seconds, patience(out), out)
}

fn on_a_reader(
    reader: Option<&str>,
    listen: Option<&str>,
    seconds: u64,
    patience: Patience,
    out: &Output,
) -> Result<AnyCard, Failure> {
    match listen {
        None => wait_for_card(reader, seconds, patience, out).map(AnyCard::Reader),
        Some(port) => {
            listen_for_card(port, seconds, patience, out).map(|card| AnyCard::Virtual(Box::new(card)))
        }
    }
}

/// Is a virtual reader until a card emulator connects.
fn listen_for_card(
    port: &str,
    seconds: u64,
    patience: Patience,
    out: &Output,
) -> Result<VirtualCard, Failure> {
    // A bare port means this machine alone: whoever connects is the card.
    let address = if port.contains(':') {
        port.to_owned()
    } else {
        format!("127.0.0.1:{port}")
    };
    check_address("--vpcd-listen", port, &address)?;
    let refused = |detail: String| {
        Failure::new(Id::E107)
            .fact("address", &address)
            .fact("detail", detail)
    };
    let reader = VirtualReader::listen(&address).map_err(|error| refused(error.to_string()))?;
    let at = reader.address().map_err(|error| refused(error.to_string()))?;
    out.event(&json!({"ev": "listening", "address": at.to_string()}));
    out.note(
        out.texts
            .with("vpcd-listening", &[("address", at.to_string().as_str())]),
    );
    let card = reader
        .with_patience(patience)
        .wait_card(Duration::from_secs(seconds))
        .map_err(|error| match error {
            LinkError::NoCard => Failure::new(Id::E108).fact("address", at),
            error => error.into(),
        })?;
    Ok(card)
}

/// An address needs a host and a port.
///
/// # Errors
/// `U103`.
pub fn check_address(option: &'static str, value: &str, address: &str) -> Result<(), Failure> {
    let parts = address.rsplit_once(':');
    if parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) {
        return Ok(());
    }
    let form = match option {
        "--vpcd" => "HOST:PORT",
        _ => "PORT, HOST:PORT",
    };
    Err(Failure::new(Id::U103)
        .fact("option", option)
        .fact("value", value)
        .fact("form", format!("{form} (PORT: 0 .. 65535)")))
}

/// Waits for a card on a reader: the one named, else whichever gets a card first.
///
/// # Errors
/// `E101` to `E104`.
fn wait_for_card(
    reader: Option<&str>,
    seconds: u64,
    patience: Patience,
    out: &Output,
) -> Result<PcscCard, Failure> {
    let readers = Readers::open()?.with_patience(patience);
    let names = readers.names()?;
    if names.is_empty() {
        return Err(Failure::new(Id::E102));
    }
    let timeout = Duration::from_secs(seconds);
    out.note(out.texts.text("card-waiting"));
    let card = match reader {
        None => readers.wait_card(timeout),
        Some(wanted) => {
            // None of that name, or several.
            let unknown = || {
                Failure::new(Id::E102)
                    .fact("reader", wanted)
                    .fact("one-of", names.join(", "))
            };
            readers.wait_card_in(
                &by_name_or_number(&readers, &names, wanted).ok_or_else(unknown)?,
                timeout,
            )
        }
    };
    card.map_err(|error| match reader {
        Some(wanted) => Failure::from(error).fact("reader", wanted),
        None => Failure::from(error),
    })
}

/// A reader by its number in `antin readers`, counted from 1, or by its name or a part of it.
fn by_name_or_number(readers: &Readers, names: &[String], wanted: &str) -> Option<String> {
    match wanted.parse::<usize>() {
        Ok(number) => names.get(number.checked_sub(1)?).cloned(),
        Err(_) => readers.find(wanted).ok(),
    }
}

/// Waits for a slow chip, says so after five seconds, and stops when the user asks for it.
fn patience(out: &Output) -> Patience {
    let slow = out.texts.text("card-slow");
    let patience = Patience::default().stop_when(interrupt::flag());
    if out.is_quiet() {
        patience
    } else {
        patience.on_notice(move |_| crate::output::advice(&slow))
    }
}

/// A transport that stops between two commands once the user asks for it.
pub struct Interruptible<T> {
    inner: T,
    flag: Arc<AtomicBool>,
}

impl<T> Interruptible<T> {
    /// Wraps a transport.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            flag: interrupt::flag(),
        }
    }
}

impl<T: Transport> Transport for Interruptible<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        if self.flag.load(Ordering::SeqCst) {
            return Err(LinkError::Interrupted);
        }
        self.inner.transmit(command)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        if self.flag.load(Ordering::SeqCst) {
            return Err(LinkError::Interrupted);
        }
        self.inner.reconnect()
    }
}
