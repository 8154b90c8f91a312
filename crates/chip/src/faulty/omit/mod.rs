//! Checks that a chip leaves out, each as something that is done around an honest chip: what it is sent is made right
//! before the chip looks at it, or what it refused is let through afterwards. The chip itself has no such switch.

mod opening;
mod terminal;

use antin_profile::Right;
use antin_profile::patch::Omission;
use antin_trust::cv::{Presented, TrustPoints};
use antin_wire::apdu::{Command, Response};

use crate::chip::Chip;
use crate::commands::{
    EXTERNAL_AUTHENTICATE, GENERAL_AUTHENTICATE, GET_CHALLENGE, MANAGE_SECURITY_ENVIRONMENT,
    PERFORM_SECURITY_OPERATION, SECURE,
};
use crate::session::{Access, Pace};

/// What one chip never checks, and what it has kept for want of it.
pub(super) struct Omissions {
    left_out: Vec<Omission>,
    /// The challenges of Terminal Authentication so far.
    challenges: Vec<Vec<u8>>,
    /// The last challenge of BAC.
    nonce: Option<Vec<u8>>,
    /// The certificates of the last session.
    presented: Option<Presented>,
}

/// What a command found when it came.
pub(super) struct Before {
    interrupted: Option<Access>,
    points: Option<TrustPoints>,
    rights: Vec<Right>,
}

impl Omissions {
    pub(super) fn new(left_out: Vec<Omission>) -> Self {
        Self {
            left_out,
            challenges: Vec::new(),
            nonce: None,
            presented: None,
        }
    }

    fn omits(&self, check: Omission) -> bool {
        self.left_out.contains(&check)
    }

    /// Puts right how a command is wrapped, before secure messaging is taken off. `Err` is an answer: the command was
    /// carried out in plain inside a session.
    pub(super) fn wrapped(&self, chip: &mut Chip, bytes: &[u8]) -> Result<Vec<u8>, Response> {
        let unchanged = || Ok(bytes.to_vec());
        if self.left_out.is_empty() {
            return unchanged();
        }
        let Ok(command) = Command::parse(bytes) else {
            return unchanged();
        };
        let secure = command.cla() & SECURE == SECURE;
        if secure
            && self.omits(Omission::Token)
            && let Access::Pace(pace) = &chip.session.access
            && let Pace::Token(waiting) = pace.as_ref()
        {
            let token = waiting.dangerous_right_command();
            let limit = chip.response_limit(&token);
            drop(chip.carry_out(&token, limit));
        }
        let Access::Open(open) = &chip.session.access else {
            return unchanged();
        };
        if secure && self.omits(Omission::SmMac) {
            let right = open.channel.dangerous_with_right_mac(&command);
            return match right.and_then(|right| right.to_bytes().ok()) {
                Some(right) => Ok(right),
                None => unchanged(),
            };
        }
        if !secure && (self.omits(Omission::SessionEnd) || self.omits(Omission::AccessFirst)) {
            let limit = chip.response_limit(&command);
            let response = chip.chained(&command, limit);
            if let Access::Open(open) = &mut chip.session.access
                && let Some(next) = open.next.take()
            {
                open.channel = next;
            }
            return Err(response);
        }
        unchanged()
    }

    /// Notes what a command finds.
    pub(super) fn before(&mut self, chip: &mut Chip, command: &Command) -> Before {
        let mut before = Before {
            interrupted: None,
            points: chip.state.trust_points(),
            rights: Vec::new(),
        };
        if let Access::Open(open) = &mut chip.session.access {
            before.rights.clone_from(&open.rights);
            if self.omits(Omission::PowerOff)
                && open.presented.last().is_none()
                && let Some(kept) = &self.presented
            {
                open.presented = kept.clone();
            }
        }
        if self.omits(Omission::AccessFirst)
            && command.p1p2() == 0x41A4
            && matches!(chip.session.access, Access::Plain)
        {
            chip.session.access = opening::nobodys_session();
        }
        let begun = matches!(chip.session.access, Access::Bac(_) | Access::Pace(_));
        let goes_on = matches!(
            command.ins(),
            GENERAL_AUTHENTICATE | EXTERNAL_AUTHENTICATE | MANAGE_SECURITY_ENVIRONMENT | GET_CHALLENGE
        );
        if self.omits(Omission::Order) && begun && !goes_on {
            let access = core::mem::replace(&mut chip.session.access, Access::Plain);
            before.interrupted = Some(access);
        }
        before
    }

    /// Puts right what the command says.
    pub(super) fn corrected(&self, chip: &mut Chip, command: &Command) -> Command {
        match command.ins() {
            EXTERNAL_AUTHENTICATE if !chip.session.is_open() => self.bac_proof(chip, command),
            MANAGE_SECURITY_ENVIRONMENT if command.p1p2() == 0xC1A4 => self.pace_selection(chip, command),
            MANAGE_SECURITY_ENVIRONMENT if command.p1p2() == 0x81A4 => self.terminal_key(chip, command),
            GENERAL_AUTHENTICATE => self.step(chip, command),
            _ => command.clone(),
        }
    }

    /// Lets through what the honest chip refused, and keeps what it forgot.
    pub(super) fn after(
        &mut self,
        chip: &mut Chip,
        command: &Command,
        before: Before,
        response: Response,
    ) -> Response {
        if let Some(interrupted) = before.interrupted
            && matches!(chip.session.access, Access::Plain)
        {
            chip.session.access = interrupted;
        }
        let response = match command.ins() {
            GET_CHALLENGE if response.is_ok() => {
                if chip.session.is_open() {
                    self.challenges.push(response.data.clone());
                } else {
                    self.nonce = Some(response.data.clone());
                }
                response
            }
            PERFORM_SECURITY_OPERATION => self.certificate(chip, command, before.points.as_ref(), response),
            EXTERNAL_AUTHENTICATE if chip.session.is_open() && !response.is_ok() => {
                match self.second_bac(chip, command) {
                    Some(opened) => opened,
                    None => self.signature(chip, command, response),
                }
            }
            _ => response,
        };
        if let Access::Open(open) = &mut chip.session.access {
            if self.omits(Omission::RightsEnd) && open.rights.is_empty() {
                open.rights = before.rights;
            }
            if open.presented.last().is_some() {
                self.presented = Some(open.presented.clone());
            }
        }
        response
    }
}
