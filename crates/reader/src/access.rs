//! Opening the chip: EF.CardAccess, then PACE, or BAC where that is all the chip offers.
//!
//! The rules, in one place:
//! - EF.CardAccess is looked for in every way that chips in the field need; that it cannot be found stops nothing.
//! - PACE is used when the chip announces it. Without a PACEInfo, BAC is normal. With one that is unsupported or
//!   broken, BAC is used only if the policy allows it, and the report says `downgrade`.
//! - A password that the chip refused is never sent again, by no way.

use antin_lds::ElementaryFile;
use antin_lds::atr_info::{Ability, EfAtrInfo};
use antin_lds::card_access::EfCardAccess;
use antin_protocol::files as commands;
use antin_protocol::pace::terminal::DomainReference;
use antin_protocol::pace::{self, Choice, Parameters, Unsupported};
use antin_protocol::password::Password;
use antin_protocol::sm::terminal::Channel;
use antin_protocol::{Error as ProtocolError, bac};
use antin_trust::{BacFallback, PasswordKind};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ids::{Aid, FileId};
use antin_wire::{Transport, ins, oids};
use rand_core::CryptoRng;

use crate::dialect::{Dialect, EXTENDED_LE, MasterFile, SHORT_LE, Tag84};
use crate::error::{Error, PasswordState};
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
    /// EF.CardSecurity, read where PACE with chip authentication mapping was used.
    pub card_security: Option<Vec<u8>>,
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
        Err(unsupported) => Err(Error::Unsupported {
            what: named(&unsupported),
        }),
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
    read_card_security(session, facts)?;
    match session.transmit(Phase::Access, &commands::select_application(&Aid::EMRTD)) {
        Ok(answer) if answer.sw.is_ok() => Ok(()),
        Ok(answer) => Err(Error::NotIcao { sw: answer.sw }),
        Err(error) if error.is_link_lost() => Err(error),
        Err(_) => Ok(()),
    }
}

/// Reads EF.CardSecurity where chip authentication mapping has given something to hold against it.
///
/// The file lies beside EF.CardAccess and can be read only now, before the application is selected.
fn read_card_security<T: Transport>(session: &mut Session<T>, facts: &mut AccessFacts) -> Result<(), Error> {
    let cam = facts.pace.as_ref().is_some_and(|run| run.outcome.cam.is_some());
    if !cam || facts.card_security.is_some() {
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

/// What of EF.CardAccess is used. A file that cannot be read announces nothing.
fn choose(card_access: Option<&[u8]>) -> Result<Option<Choice>, Unsupported> {
    match card_access.map(EfCardAccess::parse) {
        Some(Ok(card_access)) => pace::choose(card_access.infos().iter()),
        Some(Err(_)) | None => Ok(None),
    }
}

/// Why nothing of it can be used; identifiers that a standard names go by that name.
fn named(unsupported: &Unsupported) -> String {
    let name = match unsupported {
        Unsupported::Variant(oid) | Unsupported::KeyAgreement { oid, .. } => oids::name(oid),
        _ => None,
    };
    match name {
        Some(name) => format!("{unsupported} ({name})"),
        None => unsupported.to_string(),
    }
}

fn may_fall_back(policy: AccessPolicy, key: &AccessKey) -> bool {
    policy.bac_fallback == BacFallback::Allowed && key.bac_keys().is_some()
}

/// Carries a command to the chip and brings its answer.
type Exchange<'a> = &'a mut dyn FnMut(&Command) -> Result<Response, Error>;

/// PACE with the password of `key`; a suspended PIN gets its last try inside a session that the CAN opened.
fn run_pace<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    choice: &Choice,
    facts: &mut AccessFacts,
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let dialect = &mut facts.dialect;
    let mut plain = |command: &Command| link.exchange(Phase::Access, command);
    let mut attempt = Attempt {
        password: key.password().clone(),
        kind: key.kind(),
        last_try: LastTry::Kept,
    };
    let opened = match (
        pace_with(&mut plain, &attempt, choice, dialect, rng),
        key.resumed_by(),
    ) {
        (
            Err(Error::PasswordUnusable {
                state: PasswordState::Suspended,
                ..
            }),
            Some(can),
        ) => {
            let by_can = Attempt {
                password: can,
                kind: PasswordKind::Can,
                last_try: LastTry::Kept,
            };
            let (mut outer, _) = pace_with(&mut plain, &by_can, choice, dialect, rng)?;
            attempt.last_try = LastTry::Taken;
            let mut inside = |command: &Command| {
                let protected = outer.protect(command).map_err(Error::from_protocol)?;
                let answer = link.exchange_protected(Phase::Access, &protected)?;
                outer.open(&answer).map_err(Error::from_protocol)
            };
            pace_with(&mut inside, &attempt, choice, dialect, rng)
        }
        (opened, _) => opened,
    };
    let (channel, run) = opened?;
    facts.pace = Some(run);
    Ok(channel)
}

/// One password, about to be tried.
struct Attempt {
    password: Password,
    kind: PasswordKind,
    last_try: LastTry,
}

/// Whether the last try of a counted password may be used up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastTry {
    /// Never by itself.
    Kept,
    /// The chip allows it, because the CAN came first.
    Taken,
}

/// PACE, ICAO 9303-11 §4.4: one line to send and one to go on for each of its exchanges.
fn pace_with(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    dialect: &mut Dialect,
    rng: &mut dyn CryptoRng,
) -> Result<(Channel, PaceRun), Error> {
    let (command, state) = select_pace(exchange, attempt, choice, dialect)?;
    let tries_left = state.tries_left();
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer, rng).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (command, state) = state.accept(&answer).map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let (channel, outcome) = state
        .accept(&answer)
        .map_err(|error| password_refused(error, attempt.kind))?;
    Ok((channel, PaceRun { tries_left, outcome }))
}

/// MSE:Set AT. The domain parameters are named when the chip offers several, or insists.
///
/// No password is used in this step, so a chip that refuses one form gets the other.
fn select_pace(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    dialect: &mut Dialect,
) -> Result<(Command, pace::terminal::AwaitNonce), Error> {
    let usual = match choice.domain {
        DomainReference::Send => Tag84::Sent,
        DomainReference::Omit => Tag84::Omitted,
    };
    let first = dialect.tag_84.unwrap_or(usual);
    let refused = match mse(exchange, attempt, choice, first)? {
        Ok(next) => return Ok(next),
        Err(refused) => refused,
    };
    let second = first.other();
    if FORM_REFUSED.contains(&refused) {
        if let Ok(next) = mse(exchange, attempt, choice, second)? {
            dialect.tag_84 = Some(second);
            return Ok(next);
        }
        // Neither helps: what was remembered is as wrong as anything.
        dialect.tag_84 = None;
    }
    if let Some(state) = PasswordState::of(refused) {
        return Err(Error::PasswordUnusable {
            password: attempt.kind,
            state,
            sw: refused,
        });
    }
    if refused == StatusWord::REF_DATA_NOT_FOUND {
        return Err(Error::KeyNotUsable {
            given: attempt.kind,
            offered: "PACE with another password",
        });
    }
    Err(Error::Status {
        step: "PACE: MSE:Set AT",
        sw: refused,
    })
}

type AfterMse = (Command, pace::terminal::AwaitNonce);

fn mse(
    exchange: Exchange<'_>,
    attempt: &Attempt,
    choice: &Choice,
    form: Tag84,
) -> Result<Result<AfterMse, StatusWord>, Error> {
    // Explicit domain parameters may have no number that could be sent.
    let form = match choice.parameters.parameter_id {
        Some(_) => form,
        None => Tag84::Omitted,
    };
    let (command, state) = pace::terminal::start(&choice.parameters, &attempt.password, form.reference())
        .map_err(Error::from_protocol)?;
    let answer = exchange(&command)?;
    let next = match attempt.last_try {
        LastTry::Kept => state.accept(&answer),
        LastTry::Taken => state.accept_last_try(&answer),
    };
    match next {
        Ok(next) => Ok(Ok(next)),
        Err(ProtocolError::Refused { sw, .. }) => Ok(Err(sw)),
        Err(error) => Err(Error::from_protocol(error)),
    }
}

/// SELECT of the application in plain, then BAC; a chip that gives its files without is not asked for more.
fn open_bac<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    on_event: &mut dyn FnMut(&Event),
    rng: &mut dyn CryptoRng,
) -> Result<Opened, Error> {
    let keys = bac_keys(key);
    if facts.downgrade {
        // PACE was announced, so the chip protects something, and there is nothing to find out.
        keys.as_ref().map_err(Clone::clone)?;
    }
    on_event(&begin(Phase::Access, Some("bac")));
    select_application(link)?;
    if !facts.downgrade && is_unprotected(link, policy.extended, facts)? {
        facts.method = Some(Method::Unprotected);
        facts.password = None;
        on_event(&done(Phase::Access, Some("plain")));
        return Ok(Opened::Unprotected);
    }
    let keys = keys?;
    facts.method = Some(Method::Bac);
    let channel = bac_with(link, key, &keys, rng)?;
    on_event(&done(Phase::Access, Some("bac")));
    Ok(channel.into())
}

fn bac_keys(key: &AccessKey) -> Result<bac::Keys, Error> {
    key.bac_keys().ok_or(Error::KeyNotUsable {
        given: key.kind(),
        offered: "BAC",
    })
}

fn select_application<T: Transport>(link: &mut Link<T>) -> Result<(), Error> {
    let selected = link.exchange(Phase::Access, &commands::select_application(&Aid::EMRTD))?;
    if selected.sw.is_ok() {
        Ok(())
    } else {
        Err(Error::NotIcao { sw: selected.sw })
    }
}

/// BAC, ICAO 9303-11 §4.3.
fn bac_with<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    keys: &bac::Keys,
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let (command, state) = bac::terminal::start();
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer, keys, rng).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    state
        .accept(&answer)
        .map_err(|error| password_refused(error, key.kind()))
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

/// Asks for the file that access control protects first of all. A chip that gives it protects nothing.
///
/// The Le is extended where that is not known to fail: a chip that understands the length objects to the missing rights,
/// one that does not objects to the length.
fn is_unprotected<T: Transport>(
    link: &mut Link<T>,
    probe: Probe,
    facts: &mut AccessFacts,
) -> Result<bool, Error> {
    let dg1 = ElementaryFile::DG1.short_id();
    let le = match facts.dialect.extended() {
        Some(le) if probe == Probe::Try && !facts.extended => le,
        _ => SHORT_LE,
    };
    let answer = match link.exchange(Phase::Access, &commands::read_binary_sfi(dg1, le)) {
        Ok(answer) => answer,
        Err(error) if le > SHORT_LE => {
            carried_on(error)?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if le > SHORT_LE {
        facts.extended = answer.sw == StatusWord::SECURITY_NOT_SATISFIED || answer.sw.is_ok();
        facts.dialect.extended_le = Some(if facts.extended { le } else { 0 });
    }
    Ok(answer.sw.is_ok() && !answer.data.is_empty())
}

/// Looks for EF.CardAccess in every way that chips in the field need: the remembered one first, then the cheapest.
///
/// The first command carries an extended Le: a chip that answers it understands extended length, which is then used
/// for the files too and has cost no command after access control.
fn find_card_access<T: Transport>(
    link: &mut Link<T>,
    probe: Probe,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    let extended = facts.dialect.extended().filter(|_| probe == Probe::Try);
    let mut manners = Manners::new(&facts.dialect, extended, SHORT_LE);
    let mut accepted = false;
    for way in facts.dialect.ways_to_master_file() {
        // A form that few chips need is not for those that took another one: they have no such file.
        if way == MasterFile::WithInformation && accepted {
            continue;
        }
        if !select_master_file(link, way)? {
            continue;
        }
        accepted |= way != MasterFile::Selected;
        if let Some(bytes) = read_card_access(link, &mut manners)? {
            facts.card_access = Some(bytes);
            facts.extended = manners.extended.is_some();
            facts.dialect.master_file = Some(way);
            facts.dialect.beyond_end = Some(manners.beyond_end);
            if probe == Probe::Try {
                facts.dialect.extended_le = Some(manners.extended.unwrap_or(0));
            }
            return announced_length(link, extended, facts);
        }
    }
    facts.dialect.master_file = None;
    Ok(())
}

/// Whether the master file is selected now.
fn select_master_file<T: Transport>(link: &mut Link<T>, way: MasterFile) -> Result<bool, Error> {
    let command = match way {
        MasterFile::Selected => return Ok(true),
        MasterFile::ById => commands::select_mf(),
        MasterFile::Bare => Command::new(0x00, ins::SELECT, 0x00, 0x0C),
        MasterFile::WithInformation => Command::new(0x00, ins::SELECT, 0x00, 0x00)
            .with_data(FileId::MF.0.to_be_bytes().to_vec())
            .with_le(SHORT_LE),
    };
    let answer = link.exchange(Phase::CardAccess, &command)?;
    Ok(answer.sw.is_ok() || answer.sw.is_warning())
}

/// A chip that refused the largest Le may still take a smaller one, if its EF.ATR/INFO says so; the first file tells.
fn announced_length<T: Transport>(
    link: &mut Link<T>,
    probed: Option<u32>,
    facts: &mut AccessFacts,
) -> Result<(), Error> {
    if facts.extended || probed != Some(EXTENDED_LE) {
        return Ok(());
    }
    let file = ElementaryFile::AtrInfo.short_id();
    let answer = link.exchange(Phase::CardAccess, &commands::read_binary_sfi(file, SHORT_LE))?;
    let announced = EfAtrInfo::parse(&answer.data)
        .ok()
        .filter(|info| info.extended() == Ability::Announced)
        .and_then(|info| info.extended_length())
        .and_then(|length| length.max_response_len.checked_sub(ANSWER_OVERHEAD))
        .filter(|le| (SHORT_LE + 1..EXTENDED_LE).contains(le));
    if let Some(le) = announced {
        facts.extended = true;
        facts.dialect.extended_le = Some(le);
    }
    Ok(())
}

fn read_card_access<T: Transport>(
    link: &mut Link<T>,
    manners: &mut Manners,
) -> Result<Option<Vec<u8>>, Error> {
    let mut exchange = |command: &Command| link.exchange(Phase::CardAccess, command);
    let file = ElementaryFile::CardAccess;
    let mut data = Vec::new();
    let outcome = match read(file, manners, &mut data, &mut exchange, &mut |_, _| {}) {
        // Some readers cannot carry extended length at all.
        Err(error) if manners.extended.is_some() => {
            carried_on(error)?;
            manners.extended = None;
            data.clear();
            read(file, manners, &mut data, &mut exchange, &mut |_, _| {})?
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

/// How chips refuse the form of MSE:Set AT: with or without data object 84.
const FORM_REFUSED: [StatusWord; 5] = [
    StatusWord::INCORRECT_PARAMETERS,
    StatusWord::LENGTH_INCONSISTENT_WITH_P1P2,
    StatusWord::REF_DATA_NOT_FOUND,
    StatusWord::WRONG_LENGTH,
    StatusWord::AUTH_FAILED,
];

/// What secure messaging and the status word add to the data of an answer, at most.
const ANSWER_OVERHEAD: u32 = 64;
