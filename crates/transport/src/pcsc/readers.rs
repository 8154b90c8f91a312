//! Finding readers and cards.

use std::{
    ffi::{CStr, CString},
    thread,
    time::{Duration, Instant},
};

use antin_wire::LinkError;
use pcsc::{Context, ReaderState, Scope, State};

use super::{Patience, PcscCard, codes};

/// The readers of the PC/SC service.
pub struct Readers {
    context: Context,
    patience: Patience,
}

/// A reader and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The name that the service gives it.
    pub name: String,
    /// What is in it.
    pub occupancy: Occupancy,
}

/// What is in a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occupancy {
    /// Nothing.
    Empty,
    /// A card that answered to reset with these bytes.
    Card {
        /// The answer to reset.
        atr: Vec<u8>,
    },
    /// A card that does not answer: put in the wrong way round, or not a chip card.
    Mute,
}

impl Readers {
    /// Asks the service for its readers.
    ///
    /// # Errors
    /// [`LinkError::NoService`] when none runs, [`LinkError::NotAllowed`] when it refuses this user.
    pub fn open() -> Result<Self, LinkError> {
        let context = Context::establish(Scope::User).map_err(codes::opening)?;
        Ok(Self {
            context,
            patience: Patience::default(),
        })
    }

    /// Connects from now on with this patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The names of the readers, in the service's order. None is not an error.
    ///
    /// # Errors
    /// [`LinkError`] when the service is gone.
    pub fn names(&self) -> Result<Vec<String>, LinkError> {
        let names = self.raw_names()?;
        Ok(names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect())
    }

    /// The readers and what is in them.
    ///
    /// # Errors
    /// [`LinkError`] when the service is gone.
    pub fn list(&self) -> Result<Vec<Reader>, LinkError> {
        Ok(self.states()?.iter().map(Reader::from_state).collect())
    }

    /// The name of the reader that `text` means: that very name, or the only one that contains it (in any case).
    ///
    /// # Errors
    /// [`LinkError::NoReader`] when there is none or more than one.
    pub fn find(&self, text: &str) -> Result<String, LinkError> {
        pick(self.names()?, text).ok_or(LinkError::NoReader)
    }

    /// Waits until a card is in any reader and connects to it.
    ///
    /// # Errors
    /// [`LinkError::NoReader`] when there was no reader in all that time, [`LinkError::NoCard`] when there was no
    /// card, or what [`connect`](Self::connect) returns.
    pub fn wait_card(&self, timeout: Duration) -> Result<PcscCard, LinkError> {
        self.wait(timeout, |_| true)
    }

    /// Waits until a card is in this reader and connects to it.
    ///
    /// # Errors
    /// As [`wait_card`](Self::wait_card).
    pub fn wait_card_in(&self, reader: &str, timeout: Duration) -> Result<PcscCard, LinkError> {
        self.wait(timeout, |found| found.name == reader)
    }

    /// Connects to the card in the reader of this name: shared, with T=0 or T=1, in a transaction that keeps other
    /// programs out until the card is dropped.
    ///
    /// # Errors
    /// [`LinkError::NoReader`], [`LinkError::NoCard`], [`LinkError::TimedOut`] when the card hangs, and others of
    /// [`LinkError`].
    pub fn connect(&self, reader: &str) -> Result<PcscCard, LinkError> {
        let name = CString::new(reader).map_err(|_| LinkError::NoReader)?;
        PcscCard::connect(name, self.patience.clone())
    }

    fn wait(&self, timeout: Duration, wanted: impl Fn(&Reader) -> bool) -> Result<PcscCard, LinkError> {
        let started = Instant::now();
        loop {
            let mut states = self.states()?;
            let readers: Vec<_> = states
                .iter()
                .map(Reader::from_state)
                .filter(|reader| wanted(reader))
                .collect();
            let card = readers
                .iter()
                .find(|reader| matches!(reader.occupancy, Occupancy::Card { .. }));
            match card.map(|reader| self.connect(&reader.name)) {
                None | Some(Err(LinkError::NoCard)) => {} // not there, or just pulled again
                Some(result) => return result,
            }
            self.patience.check_stop()?;
            let left = timeout.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(if readers.is_empty() {
                    LinkError::NoReader
                } else {
                    LinkError::NoCard
                });
            }
            self.sleep_until_change(&mut states, left.min(SLICE))?;
        }
    }

    /// Returns when a card comes or goes, at the latest after `slice`.
    fn sleep_until_change(&self, states: &mut [ReaderState], slice: Duration) -> Result<(), LinkError> {
        if states.is_empty() {
            thread::sleep(slice);
            return Ok(());
        }
        states.iter_mut().for_each(ReaderState::sync_current_state);
        match self.context.get_status_change(slice, states) {
            Ok(()) | Err(pcsc::Error::Timeout | pcsc::Error::UnknownReader) => Ok(()),
            Err(error) => Err(codes::opening(error)),
        }
    }

    fn raw_names(&self) -> Result<Vec<CString>, LinkError> {
        match self.context.list_readers_owned() {
            Ok(names) => Ok(names),
            Err(pcsc::Error::NoReadersAvailable) => Ok(Vec::new()),
            Err(error) => Err(codes::opening(error)),
        }
    }

    /// The state of every reader now.
    fn states(&self) -> Result<Vec<ReaderState>, LinkError> {
        let names = self.raw_names()?;
        let mut states: Vec<_> = names
            .into_iter()
            .map(|name| ReaderState::new(name, State::UNAWARE))
            .collect();
        if states.is_empty() {
            return Ok(states);
        }
        match self.context.get_status_change(Duration::ZERO, &mut states) {
            Ok(()) | Err(pcsc::Error::Timeout) => Ok(states),
            Err(pcsc::Error::UnknownReader) => Ok(Vec::new()), // one was unplugged between the two calls
            Err(error) => Err(codes::opening(error)),
        }
    }
}

impl Reader {
    fn from_state(state: &ReaderState) -> Self {
        let seen = state.event_state();
        let occupancy = if seen.contains(State::MUTE) {
            Occupancy::Mute
        } else if seen.contains(State::PRESENT) {
            Occupancy::Card {
                atr: state.atr().to_vec(),
            }
        } else {
            Occupancy::Empty
        };
        Self {
            name: lossy(state.name()),
            occupancy,
        }
    }
}

fn lossy(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn pick(names: Vec<String>, text: &str) -> Option<String> {
    if let Some(same) = names.iter().find(|name| *name == text) {
        return Some(same.clone());
    }
    let text = text.to_lowercase();
    let mut similar = names
        .into_iter()
        .filter(|name| name.to_lowercase().contains(&text));
    let first = similar.next()?;
    similar.next().is_none().then_some(first)
}

/// How late a new reader or the user's wish to stop may be seen.
const SLICE: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_meant_by_its_name_or_by_a_part_that_only_it_has() {
        let names = || {
            vec![
                "Lab 00 00".to_owned(),
                "Lab 00 01".to_owned(),
                "ACS ACR122U".to_owned(),
            ]
        };
        assert_eq!(pick(names(), "Lab 00 01").as_deref(), Some("Lab 00 01"));
        assert_eq!(pick(names(), "acr122").as_deref(), Some("ACS ACR122U"));
        assert_eq!(pick(names(), "Lab"), None, "two have it");
        assert_eq!(pick(names(), "Omnikey"), None);
        assert_eq!(
            pick(vec!["A".to_owned(), "A B".to_owned()], "A").as_deref(),
            Some("A")
        );
    }
}
