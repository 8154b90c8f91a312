//! Opening the chip: EF.CardAccess, then PACE, or BAC where that is all the chip offers.
//!
//! The rules, in one place:
//! - EF.CardAccess is looked for in every way that chips in the field need; that it cannot be found stops nothing.
//! - PACE is used when the chip announces it. Without a PACEInfo, BAC is normal. With one that is unsupported or
//!   broken, BAC is used only if the policy allows it, and the report says `downgrade`.
//! - A password that the chip refused is never sent again, by no way.

mod bac;
mod master_file;
mod pace_run;

use antin_lds::ElementaryFile;
use antin_protocol::Error as ProtocolError;
use antin_protocol::files as commands;
use antin_protocol::pace::terminal::DomainReference;
use antin_protocol::pace::{self, Choice, Parameters};
use antin_trust::{BacFallback, PasswordKind};
use antin_wire::Transport;
use antin_wire::ids::Aid;
use rand_core::CryptoRng;

use self::bac::{bac_keys, bac_with, open_bac, select_application};
use self::master_file::find_card_access;
use self::pace_run::{choose, run_pace};
use crate::dialect::{Dialect, SHORT_LE};
use crate::error::Error;
use crate::event::{Event, Notice, Phase, PhaseState};
use crate::files::{Manners, Outcome, read};
use crate::key::AccessKey;
use crate::link::Link;
use crate::session::{Opened, Session};

/// What the operator allows while the chip is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessPolicy {
    /// What to do when PACE is announced but cannot be used.
    pub bac_fallback: BacFallback,
    /// Whether to find out if the chip understands extended length.
    pub extended: Probe,
}

impl Default for AccessPolicy {
    fn default() -> Self {
        Self {
            bac_fallback: BacFallback::Refused,
            extended: Probe::Try,
        }
    }
}

/// Whether to find out if the chip understands extended length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Ask once, before access control.
    Try,
    /// Use short commands only.
    Never,
}

/// What is known once the chip is open, or once opening it came to an end.
#[derive(Clone, Debug, Default)]
pub struct AccessFacts {
    /// EF.CardAccess as read before access control.
    pub card_access: Option<Vec<u8>>,
    /// How the chip was opened, or was tried to be.
    pub method: Option<Method>,
    /// The kind of password.
    pub password: Option<PasswordKind>,
    /// BAC was used although PACE is announced.
    pub downgrade: bool,
    /// The chip has shown that it understands extended length.
    pub extended: bool,
    /// How this kind of card wants to be spoken to: what was known before, and what was found out.
    pub dialect: Dialect,
    /// What PACE left behind for the proofs that follow it.
    pub pace: Option<PaceRun>,
    /// EF.CardSecurity, read where PACE with chip authentication mapping or Chip Authentication version 2 was used.
    pub card_security: Option<Vec<u8>>,
    /// The rights that Terminal Authentication version 2 is to prove, where the terminal has some: the object `7F4C`, which
    /// PACE announces to a chip that knows version 2.
    pub rights: Option<Vec<u8>>,
}

/// What one run of PACE left behind.
#[derive(Clone, Debug)]
pub struct PaceRun {
    /// Tries that were left before this password was sent, where the chip said so.
    pub tries_left: Option<u8>,
    /// Keys and evidence.
    pub outcome: pace::terminal::Outcome,
}

/// How a chip is opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// Not at all: the chip protects nothing.
    Unprotected,
    /// Basic access control: 3DES and the MRZ.
    Bac,
    /// PACE with these parameters.
    Pace(Parameters),
}

/// Opens a chip.
///
/// `facts` is filled as far as the conversation came, also when it fails; the link is kept for its counters.
///
/// # Errors
///
/// [`Error::AccessRefused`] for a wrong password, [`Error::KeyNotUsable`] for a CAN where only BAC is offered,
/// [`Error::Breach`] and [`Error::Status`] for a chip that breaks off the protocol, and the link's failures.
pub fn open<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    on_event: &mut dyn FnMut(&Event),
    rng: &mut dyn CryptoRng,
) -> Result<Opened, Error> {
    facts.password = Some(key.kind());
    on_event(&begin(Phase::CardAccess, None));
    find_card_access(link, policy.extended, facts)?;
    on_event(&done(Phase::CardAccess, None));
    let chosen = match choose(facts.card_access.as_deref()) {
        Ok(None) => return open_bac(link, key, policy, facts, on_event, rng),
        Ok(Some(choice)) => Ok(choice),
        Err(unsupported) => Err(unsupported),
    };
    let opened = chosen.and_then(|choice| {
        on_event(&begin(Phase::Access, Some("pace")));
        facts.method = Some(Method::Pace(choice.parameters.clone()));
        run_pace(link, key, &choice, facts, rng)
    });
    match opened {
        Err(Error::Status { .. } | Error::Unsupported { .. }) if may_fall_back(policy, key) => {
            facts.downgrade = true;
            on_event(&Event::Notice {
                code: Notice::Downgrade,
            });
            open_bac(link, key, policy, facts, on_event, rng)
        }
        opened => {
            let channel = opened?;
            on_event(&done(Phase::Access, Some("pace")));
            Ok(channel.into())
        }
    }
}

/// Opens a chip once more in the way in which it was opened before, with the password that it has accepted.
///
/// There is no second choice: a chip that hides its EF.CardAccess now, or wants another protocol, is not opened.
///
/// # Errors
///
/// [`Error::AnotherChip`] for a chip that has another EF.CardAccess or refuses the password; else as [`open`].
pub(crate) fn open_again<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    rng: &mut dyn CryptoRng,
) -> Result<Opened, Error> {
    let mut now = AccessFacts {
        dialect: facts.dialect,
        ..AccessFacts::default()
    };
    find_card_access(link, policy.extended, &mut now)?;
    // A chip that is still in its application may hide the file; EF.SOD decides then.
    if let (Some(before), Some(now)) = (&facts.card_access, &now.card_access)
        && before != now
    {
        return Err(another_chip("EF.CardAccess differs"));
    }
    let opened = match &facts.method {
        Some(Method::Pace(parameters)) => {
            let parameters = parameters.clone();
            let chosen = choose(facts.card_access.as_deref()).ok().flatten();
            let domain = chosen.map_or(DomainReference::Omit, |choice| choice.domain);
            run_pace(link, key, &Choice { parameters, domain }, facts, rng).map(Opened::from)
        }
        Some(Method::Bac) => {
            let keys = bac_keys(key)?;
            select_application(link)?;
            bac_with(link, key, &keys, rng).map(Opened::from)
        }
        Some(Method::Unprotected) | None => {
            select_application(link)?;
            Ok(Opened::Unprotected)
        }
    };
    opened.map_err(|error| match error {
        Error::AccessRefused { .. } => another_chip("it refuses the password that was accepted before"),
        error => error,
    })
}

fn another_chip(what: &str) -> Error {
    Error::AnotherChip {
        what: what.to_owned(),
    }
}

/// Selects the application for travel documents inside the session; after BAC it is selected already.
///
/// A chip that breaks the session here is found out by the first file: nothing is an error but a lost link and a chip
/// without the application.
///
/// # Errors
///
/// [`Error::NotIcao`] and the link's failures.
pub fn enter_application<T: Transport>(
    session: &mut Session<T>,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    if !matches!(facts.method, Some(Method::Pace(_))) {
        return Ok(());
    }
    if facts.pace.as_ref().is_some_and(|run| run.outcome.cam.is_some()) {
        read_card_security(session, facts)?;
    }
    match session.transmit(Phase::Access, &commands::select_application(&Aid::EMRTD)) {
        Ok(answer) if answer.sw.is_ok() => Ok(()),
        Ok(answer) => Err(Error::NotIcao { sw: answer.sw }),
        Err(error) if error.is_link_lost() => Err(error),
        Err(_) => Ok(()),
    }
}

/// Reads EF.CardSecurity, which holds what chip authentication mapping and version 2 are held against.
///
/// The file lies beside EF.CardAccess and can be read only now, before the application is selected.
pub(crate) fn read_card_security<T: Transport>(
    session: &mut Session<T>,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    if facts.card_security.is_some() {
        return Ok(());
    }
    let block = u32::try_from(session.short_block()).unwrap_or(SHORT_LE);
    let extended = facts.dialect.extended().filter(|_| facts.extended);
    let mut manners = Manners::new(&facts.dialect, extended, block);
    let outcome = read(
        ElementaryFile::CardSecurity,
        &mut manners,
        &mut Vec::new(),
        &mut |command| session.transmit(Phase::Access, command),
        &mut |_, _| {},
    );
    match outcome {
        Ok(Outcome::Read(bytes)) => facts.card_security = Some(bytes),
        Ok(_) => {}
        Err(error) if error.is_link_lost() => return Err(error),
        // Whatever ended the session is found out by the next command.
        Err(_) => {}
    }
    Ok(())
}

fn may_fall_back(policy: AccessPolicy, key: &AccessKey) -> bool {
    policy.bac_fallback == BacFallback::Allowed && key.bac_keys().is_some()
}

/// In the last step a refusal means the password, whatever the status word.
fn password_refused(error: ProtocolError, password: PasswordKind) -> Error {
    match error {
        ProtocolError::Refused { sw, .. } => Error::AccessRefused {
            password,
            sw,
            tries_left: sw.tries_left(),
        },
        error => Error::from_protocol(error),
    }
}

fn begin(name: Phase, method: Option<&'static str>) -> Event {
    Event::Phase {
        name,
        state: PhaseState::Begin,
        method,
    }
}

fn done(name: Phase, method: Option<&'static str>) -> Event {
    Event::Phase {
        name,
        state: PhaseState::Done,
        method,
    }
}
