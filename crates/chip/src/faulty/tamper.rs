//! What stands between the chip and its answers while a patch is on.

use core::convert::Infallible;
use core::time::Duration;

use antin_profile::patch::{Action, Edit, Fault, Layer, MacFault, Messaging, Patch, Step, Tear};
use antin_protocol::password::Password;
use antin_protocol::{bac, sm};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv::{self, Tag, tags};
use rand_core::{TryCryptoRng, TryRng};

use super::omit::Omissions;
use super::step::Found;
use super::{HANG, Heard, public};
use crate::chip::Chip;
use crate::commands::proof;
use crate::session::{Access, Session};
use crate::state::CardState;

/// So many answers can be replayed.
const MAX_HISTORY: usize = 64;

/// So many commands are kept.
const MAX_HEARD: usize = 4_096;

/// Length of the object with the checksum at the end of a protected answer.
const MAC_OBJECT_LEN: usize = 10;

/// Length of the checksum behind a proof of BAC.
const MAC_LEN: usize = 8;

/// So often fixed random bytes are repeated before they begin to change.
const PATIENCE: usize = 256;

/// A patch at work: what has happened, and what happens to the command at hand.
pub(crate) struct Tamper {
    faults: Vec<Armed>,
    omissions: Omissions,
    other: Option<CardState>,
    apdu: u32,
    history: Vec<Vec<u8>>,
    heard: Vec<Heard>,
    presence: Presence,
    now: Now,
}

/// A fault, and how often its trigger has fitted.
struct Armed {
    fault: Fault,
    fitted: u32,
    happened: u32,
    first: Option<Response>,
}

/// Whether the card is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Here,
    Silent,
    Gone,
}

/// What happens to the command at hand.
#[derive(Default)]
struct Now {
    /// Actions with the number of their fault; `None` until the command was recognised.
    actions: Option<Vec<(usize, Action)>>,
    delay: Duration,
}

impl Tamper {
    pub(super) fn new(patch: &Patch, other: Option<CardState>, heard: Vec<Heard>) -> Self {
        let faults = patch.faults.iter().map(|fault| Armed {
            fault: fault.clone(),
            fitted: 0,
            happened: 0,
            first: None,
        });
        Self {
            faults: faults.collect(),
            omissions: Omissions::new(patch.omissions.clone()),
            other,
            apdu: 0,
            history: Vec::new(),
            heard,
            presence: Presence::Here,
            now: Now::default(),
        }
    }

    pub(super) fn heard(&self) -> &[Heard] {
        &self.heard
    }

    pub(super) fn reset(&mut self) {
        self.presence = Presence::Here;
    }

    pub(super) fn take_delay(&mut self) -> Duration {
        core::mem::take(&mut self.now.delay)
    }

    /// A command arrives. An answer here means that the chip never sees it.
    pub(super) fn begin(&mut self) -> Option<Vec<u8>> {
        self.now = Now::default();
        self.apdu = self.apdu.saturating_add(1);
        self.absence()
    }

    /// The command as the chip gets to see it, or the answer that it gives without looking; see [`Omissions::wrapped`].
    pub(super) fn wrapped(&self, chip: &mut Chip, command: &[u8]) -> Result<Vec<u8>, Response> {
        self.omissions.wrapped(chip, command)
    }

    fn absence(&mut self) -> Option<Vec<u8>> {
        match self.presence {
            Presence::Here => None,
            Presence::Gone => Some(Vec::new()),
            Presence::Silent => {
                self.now.delay = HANG;
                Some(StatusWord::EXECUTION_ERROR.0.to_be_bytes().to_vec())
            }
        }
    }

    /// Carries out a command as the patch says, and edits what the chip means to answer.
    pub(crate) fn around(&mut self, chip: &mut Chip, command: &Command, limit: usize) -> Response {
        let messaging = if chip.session.is_open() {
            Messaging::Sm
        } else {
            Messaging::Plain
        };
        let found = Found::new(chip, command);
        self.recognise(Some(messaging), |step| found.is(chip, step));
        if self.heard.len() < MAX_HEARD {
            self.heard.push(Heard {
                step: found.step(),
                command: command.clone(),
            });
        }
        let mut heard = None;
        for (_, action) in self.actions() {
            match action {
                Action::Hear(bytes) => heard = Command::parse(&bytes).ok(),
                Action::SwapCard => self.swap(chip),
                Action::Ignore => return self.edited(Response::ok(Vec::new()), command),
                Action::Tear(Tear::Before) => {
                    self.presence = Presence::Gone;
                    return Response::status(StatusWord::EXECUTION_ERROR);
                }
                _ => {}
            }
        }
        let meant = &self.omissions.corrected(chip, heard.as_ref().unwrap_or(command));
        let before = self.omissions.before(chip, meant);
        let mut response = match self.random() {
            Some(bytes) => {
                let honest = core::mem::replace(&mut chip.rng, Box::new(Fixed::new(bytes)));
                let response = chip.carry_out(meant, limit);
                chip.rng = honest;
                response
            }
            None => chip.carry_out(meant, limit),
        };
        response = self.omissions.after(chip, meant, before, response);
        for (_, action) in self.actions() {
            match action {
                Action::Trailer(bytes) if response.sw.is_ok() => {
                    response.data = proof::with_trailer(chip, meant, &bytes).unwrap_or(response.data);
                }
                Action::Edit(Layer::Sealed, edit) if found.step() == Step::BacAuthenticate => {
                    seal_proof(chip, &edit, &mut response.data);
                }
                _ => {}
            }
        }
        if self.has(&Action::KeepOldKeys)
            && let Access::Open(open) = &mut chip.session.access
        {
            open.next = None;
        }
        self.edited(response, command)
    }

    /// Protects an answer as the patch says.
    pub(crate) fn seal(&self, channel: &mut sm::chip::Channel, response: &Response) -> Response {
        let mut protected = channel.protect(response);
        if self.has(&Action::Bare) {
            return response.clone();
        }
        for (_, action) in self.actions() {
            if let Action::Edit(Layer::Sealed, edit) = action {
                let covered = protected.data.len().saturating_sub(MAC_OBJECT_LEN);
                protected.data.truncate(covered);
                let _ = edit.apply(&mut protected.data);
                let mac = channel.dangerous_mac(&protected.data);
                protected.data.extend(tlv::object(tags::sm::MAC, &mac));
            }
        }
        protected
    }

    /// The answer leaves: the last chance to change it. Nothing at all means that the card is gone.
    pub(super) fn finish(&mut self, answer: Vec<u8>) -> Vec<u8> {
        let mut answer = answer;
        if self.now.actions.is_none() {
            // The chip refused the command before it knew what it is: lengths, class, secure messaging, a piece.
            self.recognise(None, |step| step == Step::Any);
            let refusal = Response::parse(&answer).unwrap_or(Response::status(StatusWord::OK));
            answer = self.edited(refusal, &Command::new(0, 0, 0, 0)).to_bytes();
        }
        for (_, action) in self.actions() {
            match action {
                Action::Edit(Layer::Wire, edit) => {
                    let _ = edit.apply(&mut answer);
                }
                Action::Mac(fault) => spoil_mac(&mut answer, fault),
                Action::Replay(ago) => {
                    let index = usize::try_from(ago)
                        .ok()
                        .and_then(|ago| self.history.len().checked_sub(ago));
                    if let Some(earlier) = index.and_then(|index| self.history.get(index)) {
                        answer.clone_from(earlier);
                    }
                }
                Action::Delay(delay) => self.now.delay = delay,
                Action::Hang => self.presence = Presence::Silent,
                Action::Tear(Tear::After) => self.presence = Presence::Gone,
                _ => {}
            }
        }
        if let Some(nothing) = self.absence() {
            return nothing;
        }
        if self.history.len() == MAX_HISTORY {
            self.history.remove(0);
        }
        self.history.push(answer.clone());
        answer
    }

    /// Finds the faults whose time has come.
    fn recognise(&mut self, messaging: Option<Messaging>, is: impl Fn(Step) -> bool) {
        let apdu = self.apdu;
        let mut actions = Vec::new();
        for (index, armed) in self.faults.iter_mut().enumerate() {
            let trigger = &armed.fault.trigger;
            let fits = trigger.apdu.is_none_or(|wanted| wanted == apdu)
                && trigger.only.is_none_or(|only| Some(only) == messaging)
                && is(trigger.step);
            if !fits {
                continue;
            }
            armed.fitted = armed.fitted.saturating_add(1);
            let spent = trigger.times.is_some_and(|times| armed.happened >= times);
            if armed.fitted > trigger.after && !spent {
                armed.happened = armed.happened.saturating_add(1);
                actions.extend(armed.fault.actions.iter().map(|action| (index, action.clone())));
            }
        }
        self.now.actions = Some(actions);
    }

    fn actions(&self) -> Vec<(usize, Action)> {
        self.now.actions.clone().unwrap_or_default()
    }

    fn has(&self, wanted: &Action) -> bool {
        self.actions().iter().any(|(_, action)| action == wanted)
    }

    fn random(&self) -> Option<Vec<u8>> {
        self.actions().into_iter().find_map(|(_, action)| match action {
            Action::Random(bytes) => Some(bytes),
            _ => None,
        })
    }

    /// Edits what the chip means to answer, before it is protected.
    fn edited(&mut self, response: Response, command: &Command) -> Response {
        let mut response = response;
        for (index, action) in self.actions() {
            match action {
                Action::Status(sw) => {
                    response.sw = sw;
                    if !sw.is_ok() && !sw.is_warning() && sw.sw1() != 0x61 {
                        response.data.clear();
                    }
                }
                Action::Echo => response = Response::ok(command.data().to_vec()),
                Action::Same => {
                    let first = self.faults.get_mut(index).map(|armed| &mut armed.first);
                    if let Some(first) = first {
                        response = first.get_or_insert(response).clone();
                    }
                }
                Action::Edit(Layer::Answer, edit) => {
                    let _ = edit.apply(&mut response.data);
                }
                Action::Public(fault) => {
                    let theirs = inner_value(command.data()).unwrap_or_default();
                    if let Some(ours) = inner_value(&response.data) {
                        let spoiled = public::spoil(fault, &ours, &theirs);
                        replace_inner(&mut response.data, spoiled);
                    }
                }
                _ => {}
            }
        }
        response
    }

    fn swap(&mut self, chip: &mut Chip) {
        let blank = || CardState::development_blank(chip.state.profile(), *b"OTHERONE");
        chip.state = self.other.clone().unwrap_or_else(blank);
        chip.session = Session::new();
    }
}

/// Changes the cryptogram of the chip's proof in BAC, and puts the checksum behind it that fits.
fn seal_proof(chip: &Chip, edit: &Edit, answer: &mut Vec<u8>) {
    let keys = chip
        .state
        .mrz()
        .and_then(|mrz| Password::Mrz(mrz.clone()).bac_keys());
    let Some(keys) = keys else { return };
    answer.truncate(answer.len().saturating_sub(MAC_LEN));
    let _ = edit.apply(answer);
    let mac = bac::chip::dangerous_mac(&keys, answer);
    answer.extend(mac);
}

/// The value of the object inside `7C`.
fn inner_value(data: &[u8]) -> Option<Vec<u8>> {
    let outer = tlv::parse_one(data).ok()?;
    let inner = tlv::Reader::new(outer.value).next().ok().flatten()?;
    Some(inner.value.to_vec())
}

fn replace_inner(data: &mut Vec<u8>, value: Vec<u8>) {
    let tag = tlv::parse_one(data)
        .ok()
        .and_then(|outer| tlv::Reader::new(outer.value).next().ok().flatten())
        .map(|inner| inner.tag);
    if let Some(tag) = tag {
        let change = antin_profile::patch::ObjectChange::Value(Box::new(Edit::Set(value)));
        let _ = Edit::Object(vec![Tag(0x7C).into(), tag.into()], change).apply(data);
    }
}

/// Changes the checksum at the end of a protected answer, before its status word.
fn spoil_mac(answer: &mut Vec<u8>, fault: MacFault) {
    let Some(end) = answer.len().checked_sub(2) else {
        return;
    };
    let Some(start) = end.checked_sub(MAC_OBJECT_LEN) else {
        return;
    };
    let Some([0x8E, 0x08, mac @ ..]) = answer.get(start..end) else {
        return;
    };
    let new = match fault {
        MacFault::Missing => Vec::new(),
        MacFault::Zero => tlv::object(tags::sm::MAC, &[0; 8]),
        MacFault::Truncated => tlv::object(tags::sm::MAC, mac.get(..7).unwrap_or_default()),
        MacFault::Wrong => {
            let wrong: Vec<u8> = mac.iter().map(|byte| byte ^ 1).collect();
            tlv::object(tags::sm::MAC, &wrong)
        }
    };
    drop(answer.splice(start..end, new));
}

/// A source of the same bytes over and over.
pub(super) struct Fixed {
    bytes: Vec<u8>,
    at: usize,
}

impl Fixed {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    fn next(&mut self) -> u8 {
        let round = self.at / self.bytes.len().max(1);
        let byte = self
            .bytes
            .get(self.at % self.bytes.len().max(1))
            .copied()
            .unwrap_or_default();
        self.at = self.at.saturating_add(1);
        // Whoever draws until a number fits would draw for ever.
        let late = round.saturating_sub(PATIENCE).to_le_bytes();
        byte.wrapping_add(late.iter().fold(0, |sum, byte| sum ^ byte))
    }
}

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(core::array::from_fn(|_| self.next())))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(core::array::from_fn(|_| self.next())))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.next());
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
