//! Pulls the card at a chosen command.

use antin_wire::{LinkError, Transport};

/// Whether the card still acts on the command at which it is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pull {
    /// The command never reaches the card.
    BeforeTheCardActs,
    /// The card acts, and its answer is lost.
    AfterTheCardActed,
}

/// Pulls the card at one command; from then on every command is [`LinkError::CardLost`].
#[derive(Clone, Debug)]
pub struct FaultInjector<T> {
    inner: T,
    /// Commands until the pull, that one included; zero when the card is out.
    left: u64,
    pull: Pull,
    returns: bool,
}

impl<T> FaultInjector<T> {
    /// Pulls the card at command number `at`, counted from 1. At 0 the card was never in.
    pub const fn new(inner: T, at: u64, pull: Pull) -> Self {
        Self {
            inner,
            left: at,
            pull,
            returns: false,
        }
    }

    /// Puts the card back as soon as somebody asks for it, for good.
    #[must_use]
    pub const fn put_back(mut self) -> Self {
        self.returns = true;
        self
    }

    /// Tells whether the card is out.
    #[must_use]
    pub const fn is_pulled(&self) -> bool {
        self.left == 0
    }

    /// The transport below.
    pub const fn inner_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the layer off: the card is back.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transport> Transport for FaultInjector<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        match (self.left, self.pull) {
            (0, _) => return Err(LinkError::CardLost),
            (1, Pull::BeforeTheCardActs) => {}
            (1, Pull::AfterTheCardActed) => {
                // Whatever it answers is lost.
                let _acted = self.inner.transmit(command).is_ok();
            }
            (left, _) => {
                self.left = left - 1;
                return self.inner.transmit(command);
            }
        }
        self.left = 0;
        Err(LinkError::CardLost)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        if !self.returns {
            return Err(LinkError::CardLost);
        }
        self.left = u64::MAX;
        self.inner.reconnect()
    }
}

#[cfg(test)]
mod tests {
    use antin_wire::Loopback;

    use super::*;

    /// How many of five commands are answered, and how many reach the card.
    fn five_commands(at: u64, pull: Pull) -> (usize, usize) {
        let mut acted = 0;
        let card = Loopback::new(|_: &[u8]| {
            acted += 1;
            vec![0x90, 0x00]
        });
        let mut card = FaultInjector::new(card, at, pull);
        let answered = (0..5).filter(|_| card.transmit(&[0; 4]).is_ok()).count();
        assert_eq!(card.is_pulled(), at <= 5);
        (answered, acted)
    }

    #[test]
    fn the_card_is_pulled_before_or_after_it_acts_and_stays_out() {
        assert_eq!(five_commands(3, Pull::BeforeTheCardActs), (2, 2));
        assert_eq!(five_commands(3, Pull::AfterTheCardActed), (2, 3));
        assert_eq!(five_commands(1, Pull::AfterTheCardActed), (0, 1));
        assert_eq!(five_commands(0, Pull::AfterTheCardActed), (0, 0));
        assert_eq!(five_commands(6, Pull::BeforeTheCardActs), (5, 5));
    }
}
