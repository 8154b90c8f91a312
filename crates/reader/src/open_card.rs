//! The whole of a reading in three calls: open, read, verify.

use std::collections::BTreeMap;
use std::time::Duration;

use antin_crypto::agreement;
use antin_lds::ElementaryFile;
use antin_trust::{CamEvidence, Check, FileState, ReadFiles, SessionFacts};
use antin_wire::Transport;
use rand_core::CryptoRng;

use crate::access::{self, AccessFacts, AccessPolicy};
use crate::course::{Course, Proofs};
use crate::dialect::{Dialect, SHORT_LE};
use crate::document::Document;
use crate::error::Error;
use crate::event::{Event, Notice, Phase, PhaseState};
use crate::files::{Files, Manners, Reading};
use crate::genuine::Challenge;
use crate::key::AccessKey;
use crate::link::{Counters, Link};
use crate::means::{Clock, Listener, Means};
use crate::rows::{access_row, broken_access_row, describe};
use crate::session::Session;
use crate::terminal::TerminalKeys;
use crate::version_two;

/// How to open a card: what is allowed, who listens, and which clock measures.
#[derive(Default)]
pub struct Opening {
    policy: AccessPolicy,
    listener: Option<Listener>,
    clock: Option<Clock>,
    limit: Option<u32>,
    dialect: Dialect,
    challenge: Challenge,
    terminal: Option<TerminalKeys>,
}

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

    /// Begins with what is known about the kind of card. It changes what is tried first, nothing else.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Says where the challenge of Active Authentication comes from.
    #[must_use]
    pub fn challenge(mut self, challenge: Challenge) -> Self {
        self.challenge = challenge;
        self
    }

    /// Proves the terminal's rights with these keys, so that DG3 and DG4 open.
    #[must_use]
    pub fn terminal(mut self, keys: TerminalKeys) -> Self {
        self.terminal = Some(keys);
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
        let mut facts = AccessFacts {
            dialect: self.dialect,
            rights: self.terminal.as_ref().and_then(TerminalKeys::template),
            ..AccessFacts::default()
        };
        let terminal = self.terminal.as_ref();
        let (stage, row, version_two) = unlock(link, key, self.policy, terminal, &mut facts, &mut means)?;
        means.took("access", started);
        means.tell(&Event::Check {
            check: Box::new(row.clone()),
        });
        Ok(OpenCard {
            stage,
            key: key.clone(),
            policy: self.policy,
            facts,
            known: self.dialect,
            challenge: self.challenge,
            terminal: self.terminal,
            version_two,
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
    /// What was known about the kind of card before it was opened.
    known: Dialect,
    challenge: Challenge,
    terminal: Option<TerminalKeys>,
    version_two: Option<version_two::Rows>,
    row: Check,
    means: Means,
}

enum Stage<T> {
    Open(Session<T>),
    Closed(Link<T>),
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

    /// How this kind of card wants to be spoken to, as far as it was found out.
    pub fn dialect(&self) -> Dialect {
        self.facts.dialect
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
        let facts = &mut self.facts;
        let started = means.now();
        means.phase(Phase::Read, PhaseState::Begin);
        let extended = facts.dialect.extended().filter(|_| facts.extended);
        let block = u32::try_from(session.short_block()).unwrap_or(SHORT_LE);
        let manners = Manners::new(&facts.dialect, extended, block);
        let mut reading = Reading::new(wanted, manners);
        if self.terminal.is_some() {
            reading.hold_back();
        }
        let mut course = Course {
            session,
            reading,
            key: &self.key,
            policy: self.policy,
            challenge: self.challenge,
            terminal: self.terminal.as_ref(),
            version_two: self.version_two.clone(),
            facts,
            means,
            resumed: 0,
        };
        course.read_files();
        course.means.phase(Phase::Read, PhaseState::Done);
        course.means.took("read", started);
        if let Some(error) = course.lost().filter(|_| !any_read(course.reading.files())) {
            return Err(error);
        }
        course.keep_manners();
        if contradicts(&self.known, &course.facts.dialect) {
            course.means.notice(Notice::DialectChanged);
        }
        let started = course.means.now();
        course.means.phase(Phase::ChipProof, PhaseState::Begin);
        let proofs = course.prove();
        let broken_off = course.lost();
        let files = course.reading.into_files();
        means.phase(Phase::ChipProof, PhaseState::Done);
        means.took("chip-proof", started);
        let Proofs {
            chip,
            channel,
            terminal,
        } = proofs;
        for check in chip.rows.iter().chain([&channel]).chain(&terminal) {
            means.tell(&Event::Check {
                check: Box::new(check.clone()),
            });
        }
        let rows = [self.row.clone(), channel].into_iter().chain(terminal).collect();
        let facts = SessionFacts {
            active_answers: chip.answers,
            ..self.session_facts(rows, chip.rows)
        };
        Ok(Document::new(self.with_card_access(files), facts, broken_off))
    }

    /// Gives the transport back, for instance to disconnect the card.
    pub fn into_transport(self) -> T {
        match self.stage {
            Stage::Open(session) => session.into_link().into_inner(),
            Stage::Closed(link) => link.into_inner(),
        }
    }

    /// What chip authentication mapping left behind, for the verification to hold against EF.CardSecurity.
    fn mapped(&self) -> Option<CamEvidence> {
        let evidence = self.facts.pace.as_ref()?.outcome.cam.as_ref()?;
        match &evidence.mapping_key {
            agreement::PublicKey::Ec(mapping_key) => Some(CamEvidence {
                mapping_key: mapping_key.clone(),
                chip_data: evidence.chip_data.clone(),
            }),
            agreement::PublicKey::Dh(_) => None,
        }
    }

    fn session_facts(&self, checks: Vec<Check>, chip_proofs: Vec<Check>) -> SessionFacts {
        SessionFacts {
            access: describe(&self.facts),
            checks,
            chip_proofs,
            cam: self.mapped(),
            apdus: Some(u64::from(self.counters().apdus)),
            timing: self.means.timing.clone(),
            ..SessionFacts::default()
        }
    }

    fn with_card_access(&self, mut files: ReadFiles) -> ReadFiles {
        let of_the_master_file = [
            (ElementaryFile::CardAccess, &self.facts.card_access),
            (ElementaryFile::CardSecurity, &self.facts.card_security),
        ];
        for (file, bytes) in of_the_master_file {
            if let Some(bytes) = bytes {
                files.insert(file, FileState::Read(bytes.clone()));
            }
        }
        files
    }
}

/// Opens access; a breach by the chip is a row, not an error.
fn unlock<T: Transport>(
    mut link: Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    terminal: Option<&TerminalKeys>,
    facts: &mut AccessFacts,
    means: &mut Means,
) -> Result<(Stage<T>, Check, Option<version_two::Rows>), Error> {
    let Means { rng, listener, .. } = means;
    let mut tell = |event: &Event| {
        if let Some(listener) = listener {
            listener(event);
        }
    };
    match access::open(&mut link, key, policy, facts, &mut tell, &mut **rng) {
        Ok(opened) => {
            let mut session = Session::new(link, opened);
            let rows = version_two::run(&mut session, facts, terminal, &mut **rng);
            access::enter_application(&mut session, facts)?;
            Ok((Stage::Open(session), access_row(facts), rows))
        }
        Err(error) => {
            let row = broken_access_row(&error).ok_or(error)?;
            Ok((Stage::Closed(link), row, None))
        }
    }
}

fn any_read(files: &ReadFiles) -> bool {
    files.iter().any(|(_, state)| matches!(state, FileState::Read(_)))
}

/// Whether something that was known before turned out otherwise.
fn contradicts(known: &Dialect, found: &Dialect) -> bool {
    fn other<V: PartialEq>(known: Option<V>, found: Option<V>) -> bool {
        matches!((known, found), (Some(known), found) if Some(&known) != found.as_ref())
    }
    other(known.master_file, found.master_file)
        || other(known.short_ids, found.short_ids)
        || other(known.extended_le, found.extended_le)
        || other(known.beyond_end, found.beyond_end)
        || other(known.tag_84, found.tag_84)
}
