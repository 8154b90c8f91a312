//! The one-method door to a card, and everything that can go wrong on the way there.

use std::time::Duration;

use crate::Malformed;

/// A card that answers commands, wherever it is: in a reader, behind a socket, in memory.
///
/// Implementations hand over whole APDUs, never change them, and return at least two bytes: an answer without a
/// status word means that the card is gone ([`LinkError::CardLost`]).
pub trait Transport {
    /// Sends one command APDU and waits for the response APDU (data and status word).
    ///
    /// # Errors
    /// [`LinkError`] when there is no answer. A status word, whatever it says, is an answer.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError>;

    /// Powers the card off and on, or waits for a card that left to be put back; whatever the card knew is forgotten.
    ///
    /// A transport that cannot do that says [`LinkError::CardLost`], and a card once lost stays lost. Layers hand this
    /// on to what lies below them.
    ///
    /// # Errors
    /// [`LinkError::CardLost`] where there is no way back, [`LinkError::CardChanged`] when another card answers now,
    /// [`LinkError::NoCard`] when none came back in time.
    fn reconnect(&mut self) -> Result<(), LinkError> {
        Err(LinkError::CardLost)
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        (**self).transmit(command)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        (**self).reconnect()
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        (**self).transmit(command)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        (**self).reconnect()
    }
}

/// Why a command got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The card was pulled, reset by another program, or answered without a status word.
    #[error("card lost")]
    CardLost,
    /// A card came back, but not the one that left.
    #[error("another card lies in the reader")]
    CardChanged,
    /// The card did not answer in time; it may still act on the command.
    #[error("no answer from the card within {} s", after.as_secs_f32())]
    TimedOut {
        /// How long we waited.
        after: Duration,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The PC/SC service is not running.
    #[error("no smart card service")]
    NoService,
    /// No reader, or not the one that was named.
    #[error("no reader")]
    NoReader,
    /// No card in the reader.
    #[error("no card in the reader")]
    NoCard,
    /// This user may not talk to the service or the card.
    #[error("access to the smart card service is not allowed")]
    NotAllowed,
    /// The two sides do not speak the same way.
    #[error("transport protocol: {what}")]
    Protocol {
        /// What does not fit, in words.
        what: &'static str,
    },
    /// Anything else that the service reports.
    #[error("{what} (code {code:#X})")]
    Other {
        /// What the service says, in words.
        what: &'static str,
        /// The service's own code.
        code: i64,
    },
}

/// A command that cannot be written down never reaches the card.
impl From<Malformed> for LinkError {
    fn from(fault: Malformed) -> Self {
        Self::Protocol { what: fault.what }
    }
}

/// A card in memory: a function from command to response.
///
/// ```
/// use antin_wire::{Loopback, LinkError, Transport};
/// let mut card = Loopback::new(|_: &[u8]| vec![0x90, 0x00]);
/// assert_eq!(card.transmit(&[0x00, 0xA4, 0x00, 0x0C]), Ok(vec![0x90, 0x00]));
/// let mut gone = Loopback::new(|_: &[u8]| Vec::new());
/// assert_eq!(gone.transmit(&[0x00, 0xA4, 0x00, 0x0C]), Err(LinkError::CardLost));
/// ```
#[derive(Clone, Debug)]
pub struct Loopback<F>(F);

impl<F: FnMut(&[u8]) -> Vec<u8>> Loopback<F> {
    /// Makes a card of `answer`. An answer shorter than a status word means that the card is gone.
    pub const fn new(answer: F) -> Self {
        Self(answer)
    }
}

impl<F: FnMut(&[u8]) -> Vec<u8>> Transport for Loopback<F> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let answer = (self.0)(command);
        if answer.len() < 2 {
            return Err(LinkError::CardLost);
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_reached_through_a_reference_and_through_a_box() {
        let mut card = Loopback::new(|command: &[u8]| command.to_vec());
        let mut by_reference = &mut card;
        assert_eq!(Transport::transmit(&mut by_reference, &[1, 2]), Ok(vec![1, 2]));
        let mut boxed: Box<dyn Transport> = Box::new(card);
        assert_eq!(Transport::transmit(&mut boxed, &[3, 4]), Ok(vec![3, 4]));
    }

    #[test]
    fn an_answer_without_a_status_word_is_a_lost_card() {
        for len in 0..2 {
            let mut card = Loopback::new(|_: &[u8]| vec![0x90; len]);
            assert_eq!(card.transmit(&[0; 4]), Err(LinkError::CardLost));
        }
    }

    #[test]
    fn errors_read_as_short_sentences() {
        let late = LinkError::TimedOut {
            after: Duration::from_millis(1500),
        };
        assert_eq!(late.to_string(), "no answer from the card within 1.5 s");
        let other = LinkError::Other {
            what: "reader",
            code: 0x8010_0009,
        };
        assert_eq!(other.to_string(), "reader (code 0x80100009)");
    }
}
