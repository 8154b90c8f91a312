//! Counts commands and bytes.

use antin_wire::{LinkError, Transport};

/// Counts the commands that went to the card and the bytes both ways. A command without an answer counts.
#[derive(Clone, Debug)]
pub struct Counter<T> {
    inner: T,
    apdus: u64,
    bytes_up: u64,
    bytes_down: u64,
}

impl<T> Counter<T> {
    /// Starts at zero.
    pub const fn new(inner: T) -> Self {
        Self {
            inner,
            apdus: 0,
            bytes_up: 0,
            bytes_down: 0,
        }
    }

    /// How many commands went to the card.
    #[must_use]
    pub const fn apdus(&self) -> u64 {
        self.apdus
    }

    /// How many bytes went to the card.
    #[must_use]
    pub const fn bytes_up(&self) -> u64 {
        self.bytes_up
    }

    /// How many bytes came from the card, status words included.
    #[must_use]
    pub const fn bytes_down(&self) -> u64 {
        self.bytes_down
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

impl<T: Transport> Transport for Counter<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.apdus = self.apdus.saturating_add(1);
        self.bytes_up = self.bytes_up.saturating_add(command.len() as u64);
        let answer = self.inner.transmit(command)?;
        self.bytes_down = self.bytes_down.saturating_add(answer.len() as u64);
        Ok(answer)
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
    fn commands_and_bytes_are_counted_and_lost_answers_too() {
        let mut answers = [vec![0xAA, 0x90, 0x00], vec![]].into_iter();
        let mut card = Counter::new(Loopback::new(move |_: &[u8]| answers.next().unwrap()));
        assert!(card.transmit(&[0; 5]).is_ok());
        assert!(card.transmit(&[0; 4]).is_err());
        assert_eq!((card.apdus(), card.bytes_up(), card.bytes_down()), (2, 9, 3));
    }
}
