//! Measures how long the card takes.

use std::time::{Duration, Instant};

use antin_wire::{LinkError, Transport};

/// Keeps the time of every command, answered or not.
#[derive(Clone, Debug)]
pub struct Timing<T> {
    inner: T,
    durations: Vec<Duration>,
}

impl<T> Timing<T> {
    /// Starts with nothing measured.
    pub const fn new(inner: T) -> Self {
        Self {
            inner,
            durations: Vec::new(),
        }
    }

    /// The time of each command, in their order.
    #[must_use]
    pub fn durations(&self) -> &[Duration] {
        &self.durations
    }

    /// The time of all commands together.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.durations
            .iter()
            .fold(Duration::ZERO, |sum, one| sum.saturating_add(*one))
    }

    /// The time of the slowest command.
    #[must_use]
    pub fn slowest(&self) -> Option<Duration> {
        self.durations.iter().max().copied()
    }

    /// The transport below.
    pub const fn inner_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the layer off.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transport> Transport for Timing<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let started = Instant::now();
        let answer = self.inner.transmit(command);
        self.durations.push(started.elapsed());
        answer
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        self.inner.reconnect()
    }
}

#[cfg(test)]
mod tests {
    use antin_wire::Loopback;

    use super::*;

    #[test]
    fn each_command_has_its_time() {
        let nap = Duration::from_millis(5);
        let mut naps = [nap, Duration::ZERO].into_iter();
        let mut card = Timing::new(Loopback::new(move |_: &[u8]| {
            std::thread::sleep(naps.next().unwrap());
            vec![0x90, 0x00]
        }));
        assert_eq!(card.slowest(), None);
        card.transmit(&[0; 4]).unwrap();
        card.transmit(&[0; 4]).unwrap();
        assert_eq!(card.durations().len(), 2);
        assert!(card.durations()[0] >= nap);
        assert!(card.total() >= card.slowest().unwrap());
    }
}
