//! Where the demo plays: the chip in memory, or behind a virtual reader of a private PC/SC service.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use antin::transport::lab::{self, Lab};
use antin::transport::pcsc::{PcscCard, Readers};
use antin::transport::vpcd::{CardSide, Session};
use antin::{LinkError, Profile, SoftCard, Transport};

use crate::commands::Outcome;
use crate::failure::{Exit, Failure, Id};

/// How long a card in the virtual reader may take to be seen.
const APPEARANCE: Duration = Duration::from_secs(10);

/// The card that lies on the demo's reader; it can be exchanged between two readings.
#[derive(Clone)]
pub struct Slot(Arc<Mutex<SoftCard>>);

impl Slot {
    fn card(&self) -> MutexGuard<'_, SoftCard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays another card on the reader; returns the one that lay there.
    pub fn exchange(&self, card: SoftCard) -> SoftCard {
        std::mem::replace(&mut *self.card(), card)
    }
}

impl Transport for Slot {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.card().transmit(command)
    }
}

impl CardSide for Slot {
    fn atr(&self) -> Vec<u8> {
        self.card().atr().to_vec()
    }

    fn power_on(&mut self) {
        self.card().reset();
    }

    fn reset(&mut self) {
        self.card().reset();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        // A software card in memory cannot fail to keep its state.
        self.transmit(command).unwrap_or_else(|_| vec![0x6F, 0x00])
    }
}

/// Where the demo plays.
pub struct Stage {
    slot: Slot,
    reader: Option<String>,
}

/// The two ways to the card.
pub enum Way {
    /// Straight.
    Memory(Slot),
    /// Through pcscd and vpcd.
    Pcsc(PcscCard),
}

impl Transport for Way {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        match self {
            Self::Memory(slot) => slot.transmit(command),
            Self::Pcsc(card) => card.transmit(command),
        }
    }
}

impl Stage {
    /// The chip in memory.
    pub fn memory() -> Self {
        Self {
            slot: empty_slot(),
            reader: None,
        }
    }

    /// The chip behind the first virtual reader of the private PC/SC service in whose environment this process runs;
    /// `None` outside of one.
    ///
    /// # Errors
    /// `E105` if the virtual reader cannot be reached.
    pub fn surrounding() -> Result<Option<Self>, Failure> {
        let Some(place) = lab::surrounding().and_then(|slots| slots.into_iter().next()) else {
            return Ok(None);
        };
        let slot = empty_slot();
        let mut side = slot.clone();
        let unreachable = |error| {
            Failure::new(Id::E105)
                .fact("address", place.address())
                .fact("detail", error)
        };
        let session = Session::connect(&place.address(), APPEARANCE).map_err(unreachable)?;
        // The thread ends with the process; a card in memory has nothing to lose.
        std::thread::spawn(move || session.serve(&mut side, &AtomicBool::new(false)));
        Ok(Some(Self {
            slot,
            reader: Some(place.reader),
        }))
    }

    /// `memory` or `pcsc`.
    pub fn name(&self) -> &'static str {
        if self.reader.is_some() { "pcsc" } else { "memory" }
    }

    /// Lays a card on the reader.
    pub fn lay_down(&self, card: SoftCard) -> SoftCard {
        self.slot.exchange(card)
    }

    /// Connects to the card that lies there.
    ///
    /// # Errors
    /// What PC/SC says.
    pub fn connect(&self) -> Result<Way, Failure> {
        let Some(reader) = &self.reader else {
            return Ok(Way::Memory(self.slot.clone()));
        };
        let readers = Readers::open()?;
        Ok(Way::Pcsc(readers.wait_card_in(reader, APPEARANCE)?))
    }
}

fn empty_slot() -> Slot {
    let profile = Profile::builtin("vn-cccd-2021").expect("the profile is built in");
    Slot(Arc::new(Mutex::new(SoftCard::development_blank(&profile))))
}

/// Starts a private PC/SC service and runs this command again with it: a process finds its service by an environment
/// variable, which it cannot safely set for itself.
pub fn run_inside_a_lab() -> Outcome {
    if let Err(missing) = Lab::availability() {
        return Err(Failure::new(Id::E106).fact("missing", missing));
    }
    let lab = Lab::start(1).map_err(|error| Failure::new(Id::E106).fact("detail", error))?;
    let program = std::env::current_exe().map_err(|error| Failure::new(Id::X001).fact("detail", error))?;
    let status = lab
        .command(&program)
        .args(std::env::args_os().skip(1))
        .status()
        .map_err(|error| Failure::new(Id::X001).fact("detail", error))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(Exit::Unexpected as u8))
}
