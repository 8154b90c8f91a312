//! Open, read, verify, with the system's randomness and clock.

use antin_reader::access::{AccessFacts, AccessPolicy};
use antin_reader::{AccessKey, Document, Event, Files, Opening};
use antin_trust::{Policy, Report, TrustStore, UnixTime};
use antin_wire::Transport;

use crate::world::{SystemRng, stopwatch};

/// A chip that was opened with its CAN or MRZ.
///
/// [`antin_reader::OpenCard`] with the system's randomness and clock; the reader's own type is there for those who
/// bring other ones.
pub struct OpenCard<T>(antin_reader::OpenCard<T>);

impl<T> std::fmt::Debug for OpenCard<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Transport> OpenCard<T> {
    /// Opens a card: PACE, or BAC where the chip announces nothing else. A refused password is never sent again.
    ///
    /// # Errors
    ///
    /// See [`antin_reader::access::open`].
    pub fn open(transport: T, key: &AccessKey) -> Result<Self, antin_reader::Error> {
        Self::open_with(transport, key, Opening::new())
    }

    /// Opens a card as `opening` says: what is allowed, and who listens from the first command on.
    ///
    /// # Errors
    ///
    /// See [`antin_reader::access::open`].
    pub fn open_with(transport: T, key: &AccessKey, opening: Opening) -> Result<Self, antin_reader::Error> {
        opening
            .clock(stopwatch())
            .open(transport, key, Box::new(SystemRng))
            .map(Self)
    }

    /// Listens to what happens from now on.
    #[must_use]
    pub fn on_event(self, listener: impl FnMut(&Event) + Send + 'static) -> Self {
        Self(self.0.on_event(listener))
    }

    /// How the chip was opened.
    pub fn access(&self) -> &AccessFacts {
        self.0.access()
    }

    /// How this kind of card wants to be spoken to, as far as it was found out; see [`store::DialectCache`](crate::store::DialectCache).
    pub fn dialect(&self) -> antin_reader::Dialect {
        self.0.dialect()
    }

    /// Reads the files and lets the chip prove itself.
    ///
    /// # Errors
    ///
    /// The link's failure, if it came before a single file was read.
    pub fn read(&mut self, wanted: Files) -> Result<Document, antin_reader::Error> {
        self.0.read(wanted)
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.0.into_transport()
    }
}

/// What a policy allows while the chip is opened.
pub fn access_policy(policy: &Policy) -> AccessPolicy {
    AccessPolicy {
        bac_fallback: policy.bac_fallback,
        ..AccessPolicy::default()
    }
}

/// Verifies a folder of files under the names of the Golden Reader Tool. No chip is there to prove itself, so the
/// best verdict is `chip-unproven`.
///
/// # Errors
///
/// See [`read_dump`](crate::store::read_dump).
pub fn verify_folder(
    folder: &std::path::Path,
    store: &TrustStore,
    policy: &Policy,
    at: UnixTime,
) -> Result<Report, crate::Error> {
    let document = Document::from_files(crate::store::read_dump(folder)?);
    Ok(document.verify(store, policy, at))
}
