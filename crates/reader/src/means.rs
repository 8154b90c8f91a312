//! What the reader cannot make itself and is given: randomness, a clock, somebody who listens.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_core::CryptoRng;

use crate::event::{Event, Notice, Phase, PhaseState};

pub(crate) type Listener = Box<dyn FnMut(&Event) + Send>;
pub(crate) type Clock = Box<dyn Fn() -> Duration + Send>;

/// What the reader cannot make itself and is given.
pub(crate) struct Means {
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) listener: Option<Listener>,
    pub(crate) clock: Option<Clock>,
    pub(crate) timing: BTreeMap<String, f64>,
}

impl Means {
    pub(crate) fn tell(&mut self, event: &Event) {
        if let Some(listener) = &mut self.listener {
            listener(event);
        }
    }

    pub(crate) fn phase(&mut self, name: Phase, state: PhaseState) {
        self.tell(&Event::Phase {
            name,
            state,
            method: None,
        });
    }

    pub(crate) fn notice(&mut self, code: Notice) {
        self.tell(&Event::Notice { code });
    }

    pub(crate) fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(|clock| clock())
    }

    pub(crate) fn took(&mut self, phase: &str, started: Option<Duration>) {
        if let (Some(from), Some(to)) = (started, self.now()) {
            let spent = to.saturating_sub(from).as_secs_f64() * 1000.0;
            self.timing.insert(phase.to_owned(), spent);
        }
    }
}
