//! The card as its host sees it, and the way of a command through it: class byte, secure messaging, chaining,
//! instruction.

use core::fmt;
use core::time::Duration;

use antin_crypto::CryptoRng;
use antin_profile::patch::KeyFault;
use antin_profile::{Profile, Quirk};
use antin_protocol::personalization::iso7816_9::LifeCycle;
use antin_protocol::scp03::KeySet;
use antin_protocol::sm;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv;
use zeroize::Zeroizing;

use crate::commands::{self, Answer};
use crate::faulty::Tamper;
use crate::session::{Access, Chain, Session};
use crate::state::CardState;

/// Longest answer to a command in short form.
const SHORT_RESPONSE_BYTES: usize = 256;

/// How long an answer takes after a wrong password, where the chip is slow then.
const SLOW_ANSWER: Duration = Duration::from_secs(1);

/// A command that is sent in pieces is at most this long.
const MAX_CHAIN_BYTES: usize = 65_535;

/// A software card.
pub struct Chip {
    pub(crate) state: CardState,
    pub(crate) session: Session,
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) dirty: bool,
    pub(crate) delay: Duration,
    /// What the chip does wrong, if it is to.
    pub(crate) tamper: Option<Box<Tamper>>,
    /// What is wrong with the name that the chip gives itself in Terminal Authentication.
    pub(crate) wrong_identifier: Option<KeyFault>,
}

impl fmt::Debug for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chip")
            .field("profile", &self.state.profile().name)
            .field("life_cycle", &self.state.life_cycle())
            .finish_non_exhaustive()
    }
}

impl Chip {
    /// Makes a blank card in the creation state, to be written through SCP03 under these keys.
    #[must_use]
    pub fn blank(profile: &Profile, serial: [u8; 8], keys: KeySet, rng: Box<dyn CryptoRng + Send>) -> Self {
        Self::from_state(CardState::blank(profile, serial, keys), rng)
    }

    /// Makes a blank card in the creation state that everybody can write, see [`CardState::development_blank`].
    #[must_use]
    pub fn development_blank(profile: &Profile, serial: [u8; 8], rng: Box<dyn CryptoRng + Send>) -> Self {
        Self::from_state(CardState::development_blank(profile, serial), rng)
    }

    /// Makes a card from what it kept, as after power on.
    #[must_use]
    pub fn from_state(state: CardState, rng: Box<dyn CryptoRng + Send>) -> Self {
        Self {
            state,
            session: Session::new(),
            rng,
            dirty: false,
            delay: Duration::ZERO,
            tamper: None,
            wrong_identifier: None,
        }
    }

    /// Returns what the card keeps without power.
    #[must_use]
    pub fn state(&self) -> &CardState {
        &self.state
    }

    /// Takes the card apart and returns what it keeps without power.
    #[must_use]
    pub fn into_state(self) -> CardState {
        self.state
    }

    /// Returns the answer to reset of the contact interface.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.state.profile().atr
    }

    /// Power off and on: session, selection and everything half-sent are gone.
    pub fn reset(&mut self) {
        self.session = Session::new();
        self.delay = Duration::ZERO;
    }

    /// Returns how long the host should wait before it sends the answer to the last command, once.
    pub fn take_delay(&mut self) -> Duration {
        core::mem::take(&mut self.delay)
    }

    /// Says whether the state differs from what the host has written away.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Says the same, and takes it that the host writes the state away now, before it sends the answer.
    pub fn take_dirty(&mut self) -> bool {
        core::mem::take(&mut self.dirty)
    }

    /// Answers a command. Whatever the bytes are, the answer ends in a status word.
    pub fn process(&mut self, command: &[u8]) -> Vec<u8> {
        self.delay = Duration::ZERO;
        self.answer(command).to_bytes()
    }

    fn answer(&mut self, bytes: &[u8]) -> Response {
        let command = match Command::parse(bytes) {
            Ok(command) => command,
            Err(_) => {
                self.session.close();
                return Response::status(StatusWord::WRONG_LENGTH);
            }
        };
        if let Some(response) = commands::scp03::answer(self, &command) {
            return response;
        }
        match self.class(&command) {
            Ok(Messaging::Plain) => self.plain(&command),
            Ok(Messaging::Secure) => self.secure(&command),
            Err(status) => {
                self.session.close();
                Response::status(status)
            }
        }
    }

    /// Judges the class byte, ISO 7816-4, and the lengths that the profile allows.
    fn class(&self, command: &Command) -> Result<Messaging, StatusWord> {
        let class = command.cla();
        let limits = self.state.profile().limits;
        if class & 0x40 != 0 && class & 0x80 == 0 {
            return Err(StatusWord::LOGICAL_CHANNEL);
        }
        if class & 0xE0 != 0 {
            return Err(StatusWord::CLA);
        }
        if class & 0x03 != 0 {
            return Err(StatusWord::LOGICAL_CHANNEL);
        }
        if class & commands::CHAINED != 0
            && !limits.chaining
            && command.ins() != commands::GENERAL_AUTHENTICATE
        {
            return Err(StatusWord::CHAINING);
        }
        let extended = limits.extended && !self.has_habit(Quirk::NoExtended);
        if command.is_extended() && !extended || command.data().len() > limits.max_command {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let inside = class & commands::SECURE != 0;
        if command.is_extended() && inside && self.has_habit(Quirk::SmNoExtended) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        match class & commands::SECURE {
            0 => Ok(Messaging::Plain),
            commands::SECURE => Ok(Messaging::Secure),
            _ => Err(StatusWord::SM_NOT_SUPPORTED),
        }
    }

    /// Says whether the card has this habit, now that it is in use: a blank is personalized without any.
    pub(crate) fn has_habit(&self, quirk: Quirk) -> bool {
        self.state.life_cycle() == LifeCycle::Operational && self.state.profile().has(quirk)
    }

    /// Answers a command that came through the secure channel of personalization.
    pub(crate) fn personalize(&mut self, command: &Command, limit: usize) -> Response {
        match self.class(command) {
            Ok(Messaging::Plain) => self.chained(command, limit),
            Ok(Messaging::Secure) => Response::status(StatusWord::SM_NOT_SUPPORTED),
            Err(status) => Response::status(status),
        }
    }

    /// Longest answer body that this command can get, before secure messaging.
    pub(crate) fn response_limit(&self, command: &Command) -> usize {
        let limit = self.state.profile().limits.max_response;
        if command.is_extended() {
            limit
        } else {
            limit.min(SHORT_RESPONSE_BYTES)
        }
    }

    fn plain(&mut self, command: &Command) -> Response {
        let fetches = command.ins() == commands::GET_RESPONSE && self.state.profile().has(Quirk::GetResponse);
        // What secure messaging has wrapped may be fetched without.
        if fetches && (!self.session.waiting.is_empty() || !self.session.is_open()) {
            return self.get_response(command);
        }
        if self.session.is_open() {
            self.session.close();
            if command.ins() != commands::SELECT {
                return Response::status(StatusWord::SM_DATA_MISSING);
            }
        }
        self.session.waiting.clear();
        let limit = self.response_limit(command);
        let response = self.chained(command, limit);
        let asked = command
            .le()
            .map_or(0, |le| usize::try_from(le).unwrap_or(usize::MAX));
        self.hand_out(asked, response)
    }

    fn secure(&mut self, outer: &Command) -> Response {
        let limit = self.response_limit(outer);
        let Access::Open(open) = &mut self.session.access else {
            self.session.close();
            return Response::status(StatusWord::CONDITIONS_NOT_SATISFIED);
        };
        let plain_limit = sm::max_plain(open.channel.keys().suite(), limit);
        let inner = match open.channel.open(outer) {
            Ok(inner) => inner,
            Err(status) => {
                self.session.close();
                return Response::status(status);
            }
        };
        self.session.waiting.clear();
        let inner = inner.with_cla(outer.cla() & !commands::SECURE);
        let response = self.chained(&inner, plain_limit);
        let Access::Open(open) = &mut self.session.access else {
            return Response::status(StatusWord::CONDITIONS_NOT_SATISFIED);
        };
        // The answer that proves Chip Authentication still goes under the old keys.
        let protected = match &self.tamper {
            Some(tamper) => tamper.seal(&mut open.channel, &response),
            None => open.channel.protect(&response),
        };
        if let Some(next) = open.next.take() {
            open.channel = next;
        }
        self.hand_out(limit, protected)
    }

    /// An answer that does not fit the lengths of its command is refused with `6700` (TR-03110-3 §B.12.3), unless the chip
    /// hands it out in pieces.
    fn fitting(&self, response: Response, limit: usize) -> Response {
        if response.data.len() > limit && !self.state.profile().has(Quirk::GetResponse) {
            return Response::status(StatusWord::WRONG_LENGTH);
        }
        response
    }

    /// Collects the pieces of a chained command; carries out whole ones.
    pub(crate) fn chained(&mut self, command: &Command, limit: usize) -> Response {
        let started = self.session.chain.take();
        let last = command.cla() & commands::CHAINED == 0;
        if started.is_none() && (last || !self.is_piece(command, command.data())) {
            return self.dispatch(command, limit);
        }
        let header = (command.ins(), command.p1(), command.p2());
        let mut chain = match started {
            Some(chain) if (chain.ins, chain.p1, chain.p2) == header => chain,
            Some(_) => return Response::status(StatusWord::LAST_OF_CHAIN_EXPECTED),
            None => Chain {
                ins: header.0,
                p1: header.1,
                p2: header.2,
                data: Zeroizing::new(Vec::new()),
            },
        };
        if chain.data.len().saturating_add(command.data().len()) > MAX_CHAIN_BYTES {
            return Response::status(StatusWord::WRONG_LENGTH);
        }
        chain.data.extend_from_slice(command.data());
        if !last && self.is_piece(command, &chain.data) {
            self.session.chain = Some(chain);
            return Response::ok(Vec::new());
        }
        let mut whole = Command::new(command.cla(), chain.ins, chain.p1, chain.p2)
            .with_data(chain.data.to_vec())
            .sensitive();
        if let Some(le) = command.le() {
            whole = whole.with_le(le);
        }
        self.dispatch(&whole, limit)
    }

    /// Whether more must come after these bytes of a command that is marked as not the last one.
    ///
    /// GENERAL AUTHENTICATE carries that mark also between the steps of PACE, which are answered one by one: there, more
    /// must come only while its data object is not whole.
    fn is_piece(&self, command: &Command, so_far: &[u8]) -> bool {
        if command.ins() != commands::GENERAL_AUTHENTICATE {
            return true;
        }
        let whole = tlv::object_length(so_far);
        self.state.profile().limits.chaining
            && matches!(whole, Ok(Some(length)) if length > so_far.len() && !so_far.is_empty())
    }

    fn dispatch(&mut self, command: &Command, limit: usize) -> Response {
        let Some(mut tamper) = self.tamper.take() else {
            return self.carry_out(command, limit);
        };
        let response = tamper.around(self, command, limit);
        self.tamper = Some(tamper);
        response
    }

    pub(crate) fn carry_out(&mut self, command: &Command, limit: usize) -> Response {
        let Answer { response, effects } = commands::answer(self, command, limit);
        if let Some(delay) = effects.delay {
            self.delay = delay;
        } else if self.state.failures() > 0 && self.has_habit(Quirk::SlowAfterFailure) {
            self.delay = SLOW_ANSWER;
        }
        self.dirty |= effects.changed;
        self.fitting(response, limit)
    }

    /// Announces what is longer than asked for, where the chip has that habit.
    fn hand_out(&mut self, asked: usize, response: Response) -> Response {
        if !self.state.profile().has(Quirk::GetResponse) || response.data.len() <= asked {
            return response;
        }
        self.session.waiting = response.data;
        self.more()
    }

    fn get_response(&mut self, command: &Command) -> Response {
        if command.p1() != 0 || command.p2() != 0 {
            return Response::status(StatusWord::WRONG_P1P2);
        }
        let (Some(le), true) = (command.le(), command.data().is_empty()) else {
            return Response::status(StatusWord::WRONG_LENGTH);
        };
        if self.session.waiting.is_empty() {
            return Response::status(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        let count = usize::try_from(le)
            .unwrap_or(usize::MAX)
            .min(self.session.waiting.len());
        let rest = self.session.waiting.split_off(count);
        let data = core::mem::replace(&mut self.session.waiting, rest);
        let sw = if self.session.waiting.is_empty() {
            StatusWord::OK
        } else {
            self.more().sw
        };
        Response { data, sw }
    }

    /// 61xx: so many bytes wait, 00 for 256 or more.
    fn more(&self) -> Response {
        let count = u8::try_from(self.session.waiting.len()).unwrap_or(0);
        Response::status(StatusWord(0x6100 | u16::from(count)))
    }
}

/// Whether a command comes under secure messaging.
enum Messaging {
    Plain,
    Secure,
}
