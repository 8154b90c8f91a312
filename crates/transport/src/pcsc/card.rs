//! A card in a reader, as a [`Transport`].

use std::{
    ffi::CString,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use antin_wire::{LinkError, Transport, apdu::Command};
use zeroize::Zeroizing;

use super::{
    Patience,
    worker::{self, Link},
};

/// A card in a PC/SC reader.
///
/// After one failure of the link (no status word, an error of the service, a missed deadline) every later command
/// is [`LinkError::CardLost`]: a card that comes back may be another one. [`Transport::reconnect`] waits for the card
/// to be put back, resets it, and refuses one with another answer to reset; whether it is the very same chip only the
/// caller can find out. Dropping it ends the connection and
/// leaves the card as it is.
pub struct PcscCard {
    /// `None` once the card is lost.
    link: Option<Link>,
    reader: CString,
    patience: Patience,
    atr: Vec<u8>,
    protocol: Protocol,
}

/// The transmission protocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Bytes (ISO 7816-3).
    T0,
    /// Blocks (ISO 7816-3), and whatever contactless readers call so.
    T1,
}

impl PcscCard {
    pub(super) fn connect(reader: CString, patience: Patience) -> Result<Self, LinkError> {
        patience.check_stop()?;
        let (opened, link) = worker::start(reader.clone())?;
        let card = patience.wait(&opened).and_then(|result| result);
        match card {
            Ok(card) => Ok(Self {
                link: Some(link),
                reader,
                patience,
                atr: card.atr,
                protocol: card.protocol,
            }),
            Err(error) => {
                link.abandon();
                Err(error)
            }
        }
    }

    /// The answer to reset.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    /// The protocol that reader and card agreed upon.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Tells whether the card is lost for good.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.link.is_none()
    }

    /// Connects again as soon as a card is in the reader, for as long as the patience says.
    fn come_back(&self) -> Result<Self, LinkError> {
        let started = Instant::now();
        loop {
            let again = Self::connect(self.reader.clone(), self.patience.clone());
            let absent = matches!(
                again,
                Err(LinkError::NoCard
                    | LinkError::NoReader
                    | LinkError::CardLost
                    | LinkError::Protocol { .. })
            );
            if !absent || started.elapsed() >= self.patience.for_return() {
                return again;
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Gives the card up. The worker may hang in the service for ever, so nobody waits for it.
    fn lose(&mut self, error: LinkError) -> LinkError {
        if let Some(link) = self.link.take() {
            link.abandon();
        }
        error
    }
}

impl Transport for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let Some(link) = &self.link else {
            return Err(LinkError::CardLost);
        };
        self.patience.check_stop()?;
        if command.len() > MAX_COMMAND {
            return Err(LinkError::Protocol {
                what: "command longer than 65,535 bytes",
            });
        }
        let form = match self.protocol {
            Protocol::T0 => t0_form(command),
            Protocol::T1 => command,
        };
        let answer = match link.requests.send(Zeroizing::new(form.to_vec())) {
            Ok(()) => self.patience.wait(&link.answers).and_then(|answer| answer),
            Err(mpsc::SendError(_)) => Err(LinkError::CardLost),
        };
        match answer {
            Ok(answer) if answer.len() >= 2 => Ok(answer),
            Ok(_cut) => Err(self.lose(LinkError::CardLost)),
            Err(error) => Err(self.lose(error)),
        }
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        if let Some(link) = self.link.take() {
            link.close();
        }
        let back = self.come_back()?;
        if back.atr != self.atr {
            return Err(LinkError::CardChanged);
        }
        *self = back;
        Ok(())
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.close();
        }
    }
}

/// T=0 has no command with both data and Le: the card is sent the data, and what it has to say is fetched with GET
/// RESPONSE (ISO 7816-3).
fn t0_form(command: &[u8]) -> &[u8] {
    let is_case_4_short = Command::parse(command)
        .is_ok_and(|parsed| !parsed.is_extended() && !parsed.data().is_empty() && parsed.le().is_some());
    match command.split_last() {
        Some((_le, shorter)) if is_case_4_short => shorter,
        _ => command,
    }
}

/// What the virtual reader takes; on longer commands it throws the card out. No real reader takes more.
const MAX_COMMAND: usize = 65_535;

/// How long between two looks for a card that left.
const LOOK_AGAIN: Duration = Duration::from_millis(150);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_command_with_data_and_le_loses_its_le_on_t0() {
        assert_eq!(t0_form(&[0, 0x88, 0, 0, 1, 0xAA, 0]), [0, 0x88, 0, 0, 1, 0xAA]);
        for untouched in [
            &[0, 0xB0, 0, 0][..],
            &[0, 0xB0, 0, 0, 0],
            &[0, 0xA4, 0, 0, 1, 0xAA],
            &[0, 0xB0, 0, 0, 0, 0, 0],
            &[0, 0x88, 0, 0, 0, 0, 1, 0xAA, 0, 0],
            &[],
            &[1, 2],
        ] {
            assert_eq!(t0_form(untouched), untouched);
        }
    }
}
