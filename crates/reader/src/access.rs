//! Opening the chip: EF.CardAccess, then PACE, or BAC where that is all the chip offers.
//!
//! The rules, in one place:
//! - EF.CardAccess is looked for in every way that chips in the field need; that it cannot be found stops nothing.
//! - PACE is used when the chip announces it. Without a PACEInfo, BAC is normal. With one that is unsupported or
//!   broken, BAC is used only if the policy allows it, and the report says `downgrade`.
//! - A password that the chip refused is never sent again, by no way.

use antin_lds::ElementaryFile;
use antin_lds::card_access::EfCardAccess;
use antin_lds::security_infos::SecurityInfo;
use antin_protocol::files as commands;
use antin_protocol::pace::terminal::DomainReference;
use antin_protocol::pace::{self, Parameters};
use antin_protocol::sm::terminal::Channel;
use antin_protocol::{Error as ProtocolError, bac};
use antin_trust::{BacFallback, PasswordKind};
use antin_wire::Transport;
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::ids::Aid;
use rand_core::CryptoRng;

use crate::error::Error;
use crate::event::{Event, Notice, Phase, PhaseState};
use crate::files::{Manners, Outcome, Sfi, read};
use crate::key::AccessKey;
use crate::link::Link;
use crate::session::Session;

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
#[derive(Clone, Debug, Default, PartialEq)]
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
}

/// How a chip is opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
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
) -> Result<Channel, Error> {
    facts.password = Some(key.kind());
    on_event(&begin(Phase::CardAccess, None));
    find_card_access(link, policy.extended, facts)?;
    on_event(&done(Phase::CardAccess, None));
    let announced = announced_pace(facts.card_access.as_deref());
    let chosen = match choose(&announced) {
        Choice::NotAnnounced => return open_bac(link, key, policy, facts, on_event, rng),
        Choice::Pace(parameters) => Ok(parameters),
        Choice::Unsupported(what) => Err(Error::Unsupported { what }),
    };
    let opened = chosen.and_then(|parameters| {
        on_event(&begin(Phase::Access, Some("pace")));
        facts.method = Some(Method::Pace(parameters.clone()));
        pace_with(link, key, &parameters, announced.len(), rng)
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
            Ok(channel)
        }
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
pub fn enter_application<T: Transport>(session: &mut Session<T>, facts: &AccessFacts) -> Result<(), Error> {
    if facts.method == Some(Method::Bac) {
        return Ok(());
    }
    match session.transmit(Phase::Access, &commands::select_application(&Aid::EMRTD)) {
        Ok(answer) if answer.sw.is_ok() => Ok(()),
        Ok(answer) => Err(Error::NotIcao { sw: answer.sw }),
        Err(error) if error.is_link_lost() => Err(error),
        Err(_) => Ok(()),
    }
}

/// What EF.CardAccess leads to.
enum Choice {
    NotAnnounced,
    Pace(Parameters),
    Unsupported(String),
}

/// The PACEInfos of EF.CardAccess, in the chip's own order of preference.
fn announced_pace(card_access: Option<&[u8]>) -> Vec<SecurityInfo> {
    let Some(Ok(card_access)) = card_access.map(EfCardAccess::parse) else {
        return Vec::new();
    };
    let infos = card_access.infos().iter();
    infos
        .filter(|info| matches!(info, SecurityInfo::Pace { .. }))
        .cloned()
        .collect()
}

fn choose(announced: &[SecurityInfo]) -> Choice {
    let mut problem = None;
    for info in announced {
        match Parameters::from_info(info) {
            Ok(parameters) => return Choice::Pace(parameters),
            Err(unsupported) => problem = Some(unsupported.to_string()),
        }
    }
    problem.map_or(Choice::NotAnnounced, Choice::Unsupported)
}

fn may_fall_back(policy: AccessPolicy, key: &AccessKey) -> bool {
    policy.bac_fallback == BacFallback::Allowed && key.bac_keys().is_some()
}

/// PACE, ICAO 9303-11 §4.4: one line to send and one to go on for each of its exchanges.
fn pace_with<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    parameters: &Parameters,
    announced: usize,
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let (command, state) = select_pace(link, key, parameters, announced)?;
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    state
        .accept(&answer)
        .map_err(|error| password_refused(error, key))
}

/// MSE:Set AT. The domain parameters are named when the chip offers several, or insists.
fn select_pace<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    parameters: &Parameters,
    announced: usize,
) -> Result<(Command, pace::terminal::AwaitNonce), Error> {
    let domain = if announced > 1 {
        DomainReference::Send
    } else {
        DomainReference::Omit
    };
    let refused = match mse(link, key, parameters, domain)? {
        Ok(next) => return Ok(next),
        Err(refused) => refused,
    };
    // Some older chips want the parameter id although they offer one set only. No password has been used yet.
    let insists = [
        StatusWord::INCORRECT_PARAMETERS,
        StatusWord::LENGTH_INCONSISTENT_WITH_P1P2,
    ]
    .contains(&refused);
    let refused = if insists && domain == DomainReference::Omit {
        match mse(link, key, parameters, DomainReference::Send)? {
            Ok(next) => return Ok(next),
            Err(refused) => refused,
        }
    } else {
        refused
    };
    if refused == StatusWord::REF_DATA_NOT_FOUND {
        return Err(Error::KeyNotUsable {
            given: key.kind(),
            offered: "PACE with another password",
        });
    }
    Err(Error::Status {
        step: "PACE: MSE:Set AT",
        sw: refused,
    })
}

type AfterMse = (Command, pace::terminal::AwaitNonce);

fn mse<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    parameters: &Parameters,
    domain: DomainReference,
) -> Result<Result<AfterMse, StatusWord>, Error> {
    let (command, state) =
        pace::terminal::start(parameters, key.password(), domain).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    match state.accept(&answer) {
        Ok(next) => Ok(Ok(next)),
        Err(ProtocolError::Refused { sw, .. }) => Ok(Err(sw)),
        Err(error) => Err(Error::from_protocol(error)),
    }
}

/// SELECT of the application in plain, then BAC.
fn open_bac<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    on_event: &mut dyn FnMut(&Event),
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let keys = key.bac_keys().ok_or(Error::KeyNotUsable {
        given: key.kind(),
        offered: "BAC",
    })?;
    on_event(&begin(Phase::Access, Some("bac")));
    facts.method = Some(Method::Bac);
    let selected = link.exchange(Phase::Access, &commands::select_application(&Aid::EMRTD))?;
    if !selected.sw.is_ok() {
        return Err(Error::NotIcao { sw: selected.sw });
    }
    if policy.extended == Probe::Try && !facts.extended {
        facts.extended = understands_extended(link)?;
    }
    let (command, state) = bac::terminal::start();
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer, &keys, rng).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    let channel = state
        .accept(&answer)
        .map_err(|error| password_refused(error, key))?;
    on_event(&done(Phase::Access, Some("bac")));
    Ok(channel)
}

/// In the last step a refusal means the password, whatever the status word.
fn password_refused(error: ProtocolError, key: &AccessKey) -> Error {
    match error {
        ProtocolError::Refused { sw, .. } => Error::AccessRefused {
            password: key.kind(),
            sw,
            tries_left: sw.tries_left(),
        },
        error => Error::from_protocol(error),
    }
}

/// Asks for a file that access control protects, with an extended Le: a chip that understands the length objects to
/// the missing rights, one that does not objects to the length.
fn understands_extended<T: Transport>(link: &mut Link<T>) -> Result<bool, Error> {
    let command = commands::read_binary_sfi(ElementaryFile::Com.short_id(), EXTENDED_LE);
    match link.exchange(Phase::Access, &command) {
        Ok(answer) => Ok(answer.sw == StatusWord::SECURITY_NOT_SATISFIED || answer.sw.is_ok()),
        Err(error) => carried_on(error).map(|()| false),
    }
}

/// Looks for EF.CardAccess in every way that chips in the field need, the cheapest first.
///
/// The first command carries an extended Le: a chip that answers it understands extended length, which is then used
/// for the files too and has cost no command after access control.
fn find_card_access<T: Transport>(
    link: &mut Link<T>,
    probe: Probe,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    let mut manners = Manners {
        extended: probe == Probe::Try,
        sfi: Sfi::Used,
        short_le: SHORT_LE,
        block: SHORT_LE,
    };
    let select_mf_bare = Command::new(0x00, 0xA4, 0x00, 0x0C);
    for select_mf in [None, Some(commands::select_mf()), Some(select_mf_bare)] {
        if let Some(select_mf) = select_mf {
            // Some chips know no such SELECT; the master file may be selected all the same.
            link.exchange(Phase::CardAccess, &select_mf)?;
        }
        if let Some(bytes) = read_card_access(link, &mut manners)? {
            facts.card_access = Some(bytes);
            facts.extended = manners.extended;
            return Ok(());
        }
    }
    Ok(())
}

fn read_card_access<T: Transport>(
    link: &mut Link<T>,
    manners: &mut Manners,
) -> Result<Option<Vec<u8>>, Error> {
    let mut exchange = |command: &Command| link.exchange(Phase::CardAccess, command);
    let file = ElementaryFile::CardAccess;
    let outcome = match read(file, manners, &mut exchange, &mut |_, _| {}) {
        // Some readers cannot carry extended length at all.
        Err(error) if manners.extended => {
            carried_on(error)?;
            manners.extended = false;
            read(file, manners, &mut exchange, &mut |_, _| {})?
        }
        outcome => outcome?,
    };
    Ok(match outcome {
        Outcome::Read(bytes) => Some(bytes),
        Outcome::Refused(_) | Outcome::Missing(_) | Outcome::Endless(_) => None,
    })
}

/// Lets a failure pass that a reader without extended length makes; a card that is gone is gone.
fn carried_on(error: Error) -> Result<(), Error> {
    match error {
        Error::Link { .. } => Ok(()),
        error => Err(error),
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

/// Le that asks for everything in a short command.
const SHORT_LE: u32 = 256;

/// Le that asks for everything in extended length.
const EXTENDED_LE: u32 = 65_536;
