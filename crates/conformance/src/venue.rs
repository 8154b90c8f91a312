//! Where chip and reader meet: in memory, or through PC/SC and a virtual reader.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use antin::transport::lab;
use antin::transport::pcsc::{PcscCard, Readers};
use antin::transport::vpcd::{CardSide, Session};
use antin::{LinkError, Profile, SoftCard, Transport};

use crate::error::Error;

/// How long a card in the virtual reader may take to be seen.
const APPEARANCE: Duration = Duration::from_secs(10);

/// The card of the case at hand.
#[derive(Clone)]
pub(crate) struct Slot(Arc<Mutex<Lying>>);

/// A card on the reader, and how long its last answer waits.
struct Lying {
    card: SoftCard,
    delay: Duration,
}

impl Slot {
    fn new(card: SoftCard) -> Self {
        Self(Arc::new(Mutex::new(Lying {
            card,
            delay: Duration::ZERO,
        })))
    }

    fn lying(&self) -> MutexGuard<'_, Lying> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the card itself, past the reader.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut SoftCard) -> T) -> T {
        work(&mut self.lying().card)
    }
}

impl CardSide for Slot {
    fn atr(&self) -> Vec<u8> {
        self.lying().card.atr().to_vec()
    }

    fn power_on(&mut self) {
        self.lying().card.reset();
    }

    fn reset(&mut self) {
        self.lying().card.reset();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let mut lying = self.lying();
        // A software card in memory cannot fail to keep its state.
        let (answer, delay) = lying
            .card
            .answer(command)
            .unwrap_or_else(|_| (vec![0x6F, 0x00], Duration::ZERO));
        lying.delay = delay;
        answer
    }

    fn delay(&mut self) -> Duration {
        std::mem::take(&mut self.lying().delay)
    }
}

/// Where chip and reader meet.
pub struct Venue {
    slot: Slot,
    reader: Option<String>,
}

impl Venue {
    /// In memory.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            slot: Slot::new(blank()),
            reader: None,
        }
    }

    /// Through the first virtual reader of the private PC/SC service in whose environment this process runs; `None`
    /// outside of one.
    ///
    /// # Errors
    /// [`Error::Venue`] if the virtual reader cannot be reached.
    pub fn surrounding() -> Result<Option<Self>, Error> {
        let Some(place) = lab::surrounding().and_then(|slots| slots.into_iter().next()) else {
            return Ok(None);
        };
        let slot = Slot::new(blank());
        let address = place.address();
        let mut side = slot.clone();
        let session =
            Session::connect(&address, APPEARANCE).map_err(|error| Error::Venue(error.to_string()))?;
        std::thread::spawn(move || {
            let never = AtomicBool::new(false);
            let mut session = Ok(session);
            // A card that a case pulled out is put back for the next one.
            while let Ok(open) = session {
                let _ = open.serve(&mut side, &never);
                session = Session::connect(&address, APPEARANCE);
            }
        });
        Ok(Some(Self {
            slot,
            reader: Some(place.reader),
        }))
    }

    /// `memory` or `pcsc`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.reader.is_some() { "pcsc" } else { "memory" }
    }

    /// Lays a card down and connects to it.
    pub(crate) fn lay_down(&self, card: SoftCard) -> Result<Link, Error> {
        self.slot.with(|lying| *lying = card);
        let way = match &self.reader {
            None => None,
            Some(reader) => {
                let failed = |error: LinkError| Error::Venue(error.to_string());
                let readers = Readers::open().map_err(failed)?;
                Some(readers.wait_card_in(reader, APPEARANCE).map_err(failed)?)
            }
        };
        Ok(Link {
            slot: self.slot.clone(),
            way,
            commands: 0,
            bytes: 0,
        })
    }
}

fn blank() -> SoftCard {
    let profile = Profile::builtin("icao-passport").expect("the profile is built in");
    SoftCard::development_blank(&profile)
}

/// The way to the card, with a counter.
pub(crate) struct Link {
    slot: Slot,
    way: Option<PcscCard>,
    pub commands: usize,
    pub bytes: usize,
}

impl Link {
    /// The card itself, past the reader.
    pub(crate) fn slot(&self) -> Slot {
        self.slot.clone()
    }

    /// Power off and on.
    pub(crate) fn reset(&mut self) {
        self.slot.with(SoftCard::reset);
    }
}

impl Transport for Link {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.commands += 1;
        let answer = match &mut self.way {
            None => self.slot.with(|card| card.transmit(command)),
            Some(card) => card.transmit(command),
        };
        self.bytes += answer.as_ref().map_or(0, Vec::len);
        answer
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        match &mut self.way {
            None => self.slot.with(Transport::reconnect),
            Some(card) => card.reconnect(),
        }
    }
}
