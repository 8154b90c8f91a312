//! The whole of a reading in three calls: open, read, verify.

use std::collections::BTreeMap;
use std::time::Duration;

use antin_crypto::Suite;
use antin_lds::ElementaryFile;
use antin_trust::{Access, AccessMethod, Check, CheckId, FileState, ReadFiles, Reason, SessionFacts};
use antin_wire::Transport;
use antin_wire::oids;
use rand_core::CryptoRng;

use crate::access::{self, AccessFacts, AccessPolicy, Method, Probe};
use crate::document::Document;
use crate::error::Error;
use crate::event::{Event, Notice, Phase, PhaseState};
use crate::files::{ExtendedLength, Files, read_files};
use crate::genuine;
use crate::key::AccessKey;
use crate::link::{Counters, Link};
use crate::session::Session;

/// How to open a card: what is allowed, who listens, and which clock measures.
#[derive(Default)]
pub struct Opening {
    policy: AccessPolicy,
    listener: Option<Listener>,
    clock: Option<Clock>,
    limit: Option<u32>,
}

type Listener = Box<dyn FnMut(&Event) + Send>;
type Clock = Box<dyn Fn() -> Duration + Send>;

impl Opening {
    /// The defaults: no downgrade, extended length found out, nobody listens, nothing is measured.
    pub fn new() -> Self {
        Self::default()
    }

    /// States what is allowed while the chip is opened.
    #[must_use]
    pub fn policy(mut self, policy: AccessPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Listens to what happens, from the first command on.
    #[must_use]
    pub fn on_event(mut self, listener: impl FnMut(&Event) + Send + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Measures the phases by a clock that never goes back.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Limits the number of APDUs spent on this card.
    #[must_use]
    pub fn limit_apdus(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Opens the card.
    ///
    /// A chip that breaks the access protocol is no error: the card is returned closed, reads no files, and the
    /// report says what the chip did.
    ///
    /// # Errors
    ///
    /// See [`access::open`].
    pub fn open<T: Transport>(
        self,
        transport: T,
        key: &AccessKey,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<OpenCard<T>, Error> {
        let mut means = Means {
            rng,
            listener: self.listener,
            clock: self.clock,
            timing: BTreeMap::new(),
        };
        let link = match self.limit {
            Some(limit) => Link::with_limit(transport, limit),
            None => Link::new(transport),
        };
        let started = means.now();
        let mut facts = AccessFacts::default();
        let (stage, row) = unlock(link, key, self.policy, &mut facts, &mut means)?;
        means.took("access", started);
        means.tell(&Event::Check {
            check: Box::new(row.clone()),
        });
        Ok(OpenCard {
            stage,
            key: key.clone(),
            policy: self.policy,
            facts,
            row,
            means,
        })
    }
}

/// A chip that was opened, or that broke the protocol while it was opened.
pub struct OpenCard<T> {
    stage: Stage<T>,
    key: AccessKey,
    policy: AccessPolicy,
    facts: AccessFacts,
    row: Check,
    means: Means,
}

enum Stage<T> {
    Open(Session<T>),
    Closed(Link<T>),
}

/// What the reader cannot make itself and is given.
struct Means {
    rng: Box<dyn CryptoRng + Send>,
    listener: Option<Listener>,
    clock: Option<Clock>,
    timing: BTreeMap<String, f64>,
}

impl<T> std::fmt::Debug for OpenCard<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenCard")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> OpenCard<T> {
    /// Opens a card with the defaults of [`Opening`].
    ///
    /// # Errors
    ///
    /// See [`access::open`].
    pub fn open(transport: T, key: &AccessKey, rng: Box<dyn CryptoRng + Send>) -> Result<Self, Error> {
        Opening::new().open(transport, key, rng)
    }

    /// Listens to what happens from now on.
    #[must_use]
    pub fn on_event(mut self, listener: impl FnMut(&Event) + Send + 'static) -> Self {
        self.means.listener = Some(Box::new(listener));
        self
    }

    /// How the chip was opened.
    pub fn access(&self) -> &AccessFacts {
        &self.facts
    }

    /// What went over the link so far.
    pub fn counters(&self) -> Counters {
        match &self.stage {
            Stage::Open(session) => session.counters(),
            Stage::Closed(link) => link.counters(),
        }
    }

    /// Reads the files and lets the chip prove itself.
    ///
    /// # Errors
    ///
    /// The link's failure, if it came before a single file was read. Later failures leave a [`Document`] whose
    /// missing files are lost.
    pub fn read(&mut self, wanted: Files) -> Result<Document, Error> {
        let Stage::Open(session) = &mut self.stage else {
            let facts = self.session_facts(vec![self.row.clone()], Vec::new());
            return Ok(Document::new(
                self.with_card_access(ReadFiles::default()),
                facts,
                None,
            ));
        };
        let means = &mut self.means;
        let started = means.now();
        means.phase(Phase::Read, PhaseState::Begin);
        let mut files = read_files(session, &wanted, length(&self.facts), &mut |event| {
            means.tell(event)
        });
        if self.facts.extended && lost_to_extended_length(&files, session) {
            files = read_again(session, &self.key, self.policy, &mut self.facts, &wanted, means)?;
            self.row = access_row(&self.facts);
        }
        means.phase(Phase::Read, PhaseState::Done);
        means.took("read", started);
        if let Some(error) = lost(session).filter(|_| !any_read(&files)) {
            return Err(error);
        }
        // A chip that fails its proof breaks the channel on the way, so this row comes before.
        let channel = channel_row(session, &files);
        let started = means.now();
        means.phase(Phase::ChipProof, PhaseState::Begin);
        let proofs = genuine::prove(session, &files, &mut *means.rng);
        means.phase(Phase::ChipProof, PhaseState::Done);
        means.took("chip-proof", started);
        for check in proofs.iter().chain([&channel]) {
            means.tell(&Event::Check {
                check: Box::new(check.clone()),
            });
        }
        let broken_off = lost(session);
        let facts = self.session_facts(vec![self.row.clone(), channel], proofs);
        Ok(Document::new(self.with_card_access(files), facts, broken_off))
    }

    /// Gives the transport back, for instance to disconnect the card.
    pub fn into_transport(self) -> T {
        match self.stage {
            Stage::Open(session) => session.into_link().into_inner(),
            Stage::Closed(link) => link.into_inner(),
        }
    }

    fn session_facts(&self, checks: Vec<Check>, chip_proofs: Vec<Check>) -> SessionFacts {
        SessionFacts {
            access: describe(&self.facts),
            checks,
            chip_proofs,
            apdus: Some(u64::from(self.counters().apdus)),
            timing: self.means.timing.clone(),
        }
    }

    fn with_card_access(&self, mut files: ReadFiles) -> ReadFiles {
        if let Some(bytes) = &self.facts.card_access {
            files.insert(ElementaryFile::CardAccess, FileState::Read(bytes.clone()));
        }
        files
    }
}

impl Means {
    fn tell(&mut self, event: &Event) {
        if let Some(listener) = &mut self.listener {
            listener(event);
        }
    }

    fn phase(&mut self, name: Phase, state: PhaseState) {
        self.tell(&Event::Phase {
            name,
            state,
            method: None,
        });
    }

    fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(|clock| clock())
    }

    fn took(&mut self, phase: &str, started: Option<Duration>) {
        if let (Some(from), Some(to)) = (started, self.now()) {
            let spent = to.saturating_sub(from).as_secs_f64() * 1000.0;
            self.timing.insert(phase.to_owned(), spent);
        }
    }
}

/// Opens access; a breach by the chip is a row, not an error.
fn unlock<T: Transport>(
    mut link: Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    means: &mut Means,
) -> Result<(Stage<T>, Check), Error> {
    let Means { rng, listener, .. } = means;
    let mut tell = |event: &Event| {
        if let Some(listener) = listener {
            listener(event);
        }
    };
    match access::open(&mut link, key, policy, facts, &mut tell, &mut **rng) {
        Ok(channel) => {
            let mut session = Session::new(link, channel);
            access::enter_application(&mut session, facts)?;
            Ok((Stage::Open(session), access_row(facts)))
        }
        Err(error) => {
            let row = broken_access_row(&error).ok_or(error)?;
            Ok((Stage::Closed(link), row))
        }
    }
}

/// Whether the first read was refused so that the session ended, though the chip had seemed to know extended length.
fn lost_to_extended_length<T: Transport>(files: &ReadFiles, session: &Session<T>) -> bool {
    let cause = matches!(session.ended(), Some(Error::Status { .. } | Error::Link { .. }));
    cause && !any_read(files)
}

/// Opens the chip a second time with the password that it has accepted, and reads with short commands.
fn read_again<T: Transport>(
    session: &mut Session<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    wanted: &Files,
    means: &mut Means,
) -> Result<ReadFiles, Error> {
    means.tell(&Event::Notice {
        code: Notice::ExtendedLengthRefused,
    });
    let policy = AccessPolicy {
        extended: Probe::Never,
        ..policy
    };
    let mut again = AccessFacts::default();
    session.reopen(|link| access::open(link, key, policy, &mut again, &mut |_| {}, &mut *means.rng))?;
    access::enter_application(session, &again)?;
    // What was read in this session is told of this session: it may have been opened in another way than the first.
    *facts = AccessFacts {
        extended: false,
        ..again
    };
    Ok(read_files(
        session,
        wanted,
        ExtendedLength::Avoided,
        &mut |event| means.tell(event),
    ))
}

/// The failure of the link that ended the session, if one did.
fn lost<T: Transport>(session: &Session<T>) -> Option<Error> {
    session.ended().filter(|error| error.is_link_lost()).cloned()
}

fn any_read(files: &ReadFiles) -> bool {
    files.iter().any(|(_, state)| matches!(state, FileState::Read(_)))
}

fn length(facts: &AccessFacts) -> ExtendedLength {
    if facts.extended {
        ExtendedLength::Accepted
    } else {
        ExtendedLength::Avoided
    }
}

/// The row for a chip that was opened.
fn access_row(facts: &AccessFacts) -> Check {
    let row = Check::successful(CheckId::Access);
    let row = match &facts.method {
        Some(Method::Pace(parameters)) => {
            let name = oids::name(&parameters.oid).unwrap_or("PACE");
            row.evidence(format!("{name}, {}", parameters.curve.name()))
        }
        Some(Method::Bac) => row.evidence("BAC"),
        None => row,
    };
    if facts.downgrade {
        row.reason(Reason::PaceFallback)
            .remark("PACE is announced, BAC was used")
    } else {
        row
    }
}

/// The row for a chip that could not be opened by a fault of the chip; `None` for everything that is no fact about
/// the document.
fn broken_access_row(error: &Error) -> Option<Check> {
    const ID: CheckId = CheckId::Access;
    let row = match error {
        Error::Breach { .. } | Error::NoProgress { .. } => Check::failed(ID, Reason::ProtocolBreach),
        Error::Status { .. } => Check::undetermined(ID, Reason::ChipError),
        Error::Unsupported { .. } => Check::undetermined(ID, Reason::AlgorithmUnsupported),
        _ => return None,
    };
    Some(row.evidence(error.to_string()))
}

/// The row for the secure channel that the files came through.
fn channel_row<T: Transport>(session: &Session<T>, files: &ReadFiles) -> Check {
    const ID: CheckId = CheckId::SecureMessaging;
    match session.ended() {
        None => Check::successful(ID).evidence(session.suite().name()),
        Some(error @ (Error::Breach { .. } | Error::NoProgress { .. })) => {
            Check::failed(ID, Reason::ProtocolBreach).evidence(error.to_string())
        }
        Some(error @ Error::Status { .. }) if !any_lost(files) => {
            Check::successful(ID).remark(format!("the chip then ended the session: {error}"))
        }
        Some(error @ Error::Status { .. }) => Check::aborted(ID)
            .reason(Reason::ChipError)
            .evidence(error.to_string()),
        Some(_) => Check::aborted(ID),
    }
}

fn any_lost(files: &ReadFiles) -> bool {
    files.iter().any(|(_, state)| matches!(state, FileState::Lost))
}

/// How the chip was opened, in the words of the report.
fn describe(facts: &AccessFacts) -> Access {
    let (method, mapping, suite) = match &facts.method {
        None => (AccessMethod::None, None, None),
        Some(Method::Bac) => (AccessMethod::Bac, None, Some(Suite::Tdes)),
        Some(Method::Pace(parameters)) => (AccessMethod::Pace, Some("gm".to_owned()), Some(parameters.suite)),
    };
    Access {
        method,
        password: facts.password,
        mapping,
        cipher: suite.map(|suite| cipher(suite).to_owned()),
        downgrade: facts.downgrade,
    }
}

fn cipher(suite: Suite) -> &'static str {
    match suite {
        Suite::Tdes => "3des",
        Suite::Aes128 => "aes-128",
        Suite::Aes192 => "aes-192",
        Suite::Aes256 => "aes-256",
    }
}
