//! BAC, PACE and Chip Authentication, whose commands are made right.

use antin_crypto::Suite;
use antin_crypto::agreement::{Group, PublicKey};
use antin_profile::patch::Omission;
use antin_profile::{Mapping, PaceRule};
use antin_protocol::password::{Password, REFERENCE_CAN};
use antin_protocol::{bac, pace, sm};
use antin_wire::apdu::{Command, Response};
use antin_wire::tlv::{self, Tag, tags};

use super::Omissions;
use crate::chip::Chip;
use crate::faulty::tamper::Fixed;
use crate::session::{Access, Open, OpenedBy, Pace};

/// Length of the cryptogram that the checksum of a proof covers.
const CRYPTOGRAM_LEN: usize = 32;

impl Omissions {
    /// EXTERNAL AUTHENTICATE of BAC with a proof, or a checksum, that fits.
    pub(super) fn bac_proof(&self, chip: &mut Chip, command: &Command) -> Command {
        let mrz = chip.state.mrz().cloned();
        let Some(keys) = mrz.and_then(|mrz| Password::Mrz(mrz).bac_keys()) else {
            return command.clone();
        };
        if self.omits(Omission::BacProof)
            && let Some(nonce) = &self.nonce
        {
            let (_, terminal) = bac::terminal::start();
            let proved = terminal.accept(&Response::ok(nonce.clone()), &keys, &mut *chip.rng);
            return proved.map_or_else(|_| command.clone(), |(right, _)| right);
        }
        match command.data().get(..CRYPTOGRAM_LEN) {
            Some(cryptogram) if self.omits(Omission::BacMac) => {
                let mac = bac::chip::dangerous_mac(&keys, cryptogram);
                command.clone().with_data([cryptogram, &mac].concat())
            }
            _ => command.clone(),
        }
    }

    /// BAC inside a session, where the rights of the session are to outlive it.
    pub(super) fn second_bac(&self, chip: &mut Chip, command: &Command) -> Option<Response> {
        if !self.omits(Omission::RightsEnd) {
            return None;
        }
        let keys = Password::Mrz(chip.state.mrz()?.clone()).bac_keys()?;
        let mut known = Fixed::new(self.challenges.last()?.clone());
        let (asked, _) = bac::terminal::start();
        let (_, challenged) = bac::chip::challenge(&asked, &mut known).ok()?;
        let (response, channel) = challenged.authenticate(command, &keys, &mut *chip.rng).ok()?;
        if let Access::Open(open) = &mut chip.session.access {
            open.next = Some(channel);
        }
        Some(response)
    }

    /// MSE:Set AT of PACE with a protocol that the chip offers, and a password that it has.
    pub(super) fn pace_selection(&self, chip: &Chip, command: &Command) -> Command {
        let infos = chip.state.profile().pace_infos();
        let parameters = infos
            .first()
            .and_then(|info| pace::Parameters::from_info(info).ok());
        match parameters {
            Some(parameters) if self.omits(Omission::SetAt) => {
                let body = [
                    tlv::object(tags::mse::MECHANISM, parameters.oid.as_bytes()),
                    tlv::object(tags::mse::PUBLIC_KEY_REFERENCE, &[REFERENCE_CAN]),
                ];
                command.clone().with_data(body.concat())
            }
            _ => command.clone(),
        }
    }

    /// A step of PACE or Chip Authentication with the tags and the value that belong there.
    pub(super) fn step(&self, chip: &Chip, command: &Command) -> Command {
        let Some((tag, expected)) = expected(chip) else {
            return command.clone();
        };
        if self.omits(Omission::Token)
            && let Access::Pace(pace) = &chip.session.access
            && let Pace::Token(waiting) = pace.as_ref()
        {
            return waiting.dangerous_right_command();
        }
        if self.omits(Omission::Template) {
            let object = tag.map_or_else(Vec::new, |tag| tlv::object(tag, &innermost(command.data())));
            let body = tlv::object(tags::DYNAMIC_AUTHENTICATION, &object);
            return command.clone().with_data(body);
        }
        let value = innermost(command.data());
        match (tag, expected) {
            (Some(tag), Some(expected)) if self.omits(Omission::PublicValue) && !expected.is(&value) => {
                let object = tlv::object(tag, &expected.stand_in());
                let body = tlv::object(tags::DYNAMIC_AUTHENTICATION, &object);
                command.clone().with_data(body)
            }
            _ => command.clone(),
        }
    }
}

/// A session that nobody has opened, under keys that everybody knows.
pub(super) fn nobodys_session() -> Access {
    let keys = sm::Keys::derive(Suite::Aes128, &[]);
    let ssc = sm::Ssc::zero(Suite::Aes128);
    Access::Open(Box::new(Open::new(
        sm::chip::Channel::new(keys, ssc),
        OpenedBy::Bac,
    )))
}

/// What a value should be.
enum Expected {
    Public(Group),
    Nonce(usize),
}

impl Expected {
    fn is(&self, value: &[u8]) -> bool {
        match self {
            Self::Public(group) => PublicKey::decode(*group, value).is_ok(),
            Self::Nonce(length) => value.len() == *length,
        }
    }

    fn stand_in(&self) -> Vec<u8> {
        match self {
            Self::Public(Group::Ec(curve)) => curve.domain().g.to_vec(),
            Self::Public(Group::Dh(group)) => group.g().to_vec(),
            Self::Nonce(length) => vec![0; *length],
        }
    }
}

/// The tag of the value that comes next, if one does, and what it should be.
fn expected(chip: &Chip) -> Option<(Option<Tag>, Option<Expected>)> {
    let profile = chip.state.profile();
    let pace = || profile.access.pace.first();
    let public = |rule: &PaceRule| Expected::Public(rule.group);
    let mapping = |rule: &PaceRule| match rule.mapping {
        Mapping::Integrated => Expected::Nonce(rule.cipher.key_len()),
        Mapping::Generic | Mapping::ChipAuthentication => public(rule),
    };
    Some(match &chip.session.access {
        Access::Pace(step) => match step.as_ref() {
            Pace::Nonce(_) => (None, None),
            Pace::Mapping(_) => (Some(tags::authentication::MAPPING_TERMINAL), pace().map(mapping)),
            Pace::KeyAgreement(_) => (Some(tags::authentication::EPHEMERAL_TERMINAL), pace().map(public)),
            Pace::Token(_) => (Some(tags::authentication::TOKEN_TERMINAL), None),
        },
        Access::Open(open) if open.selected.is_some() => {
            let rule = profile.chip_authentication.first();
            let group = rule.map(|rule| Expected::Public(rule.group));
            (Some(Tag(0x80)), group)
        }
        Access::Plain | Access::Bac(_) | Access::Open(_) => return None,
    })
}

/// The value inside all objects of the context class, whatever their tags.
fn innermost(data: &[u8]) -> Vec<u8> {
    let Ok(outer) = tlv::parse_one(data) else {
        return data.to_vec();
    };
    match tlv::parse_one(outer.value) {
        Ok(inner) if (0x80..=0x8F).contains(&inner.tag.0) => inner.value.to_vec(),
        _ => outer.value.to_vec(),
    }
}
