//! Terminal Authentication: who may read what is protected, and how the trust points change.

use antin_profile::patch::KeyFault;
use antin_profile::{Right, TerminalAuthenticationVersion};
use antin_protocol::terminal_authentication::chip::{Judge, Surroundings};
use antin_protocol::terminal_authentication::{Binding, ChipIdentifier};
use antin_trust::cv::{
    Authorization, CvCertificate, Presented, Reference, TaAlgorithm, TerminalType, TrustPoints,
};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::ObjectIdentifier;
use antin_wire::tlv::{self, tags::mse};

use super::Effects;
use crate::chip::Chip;
use crate::session::{Access, Open, OpenedBy};

/// Bit of the authorization of an inspection system: fingers (TR-03110-3 §C.4.1.2).
const BIT_DG3: usize = 0;
/// Bit of the authorization of an inspection system: irises.
const BIT_DG4: usize = 1;

/// Birth and expiry with their check digits, behind the document number and its own.
const DATES_OF_MRZ: usize = 14;

/// Whom the card believes, while one command lasts.
struct Believer {
    points: TrustPoints,
    presented: Presented,
}

impl Judge for Believer {
    fn knows(&self, reference: &[u8]) -> bool {
        Reference::from_bytes(reference).is_ok_and(|name| self.points.knows(&self.presented, &name))
    }

    fn import(&mut self, issuer: &[u8], content: &[u8]) -> Result<(), StatusWord> {
        let wrong = |_| StatusWord::INCORRECT_PARAMETERS;
        let issuer = Reference::from_bytes(issuer).map_err(wrong)?;
        let certificate = CvCertificate::parse_content(content).map_err(wrong)?;
        self.points
            .import(&mut self.presented, &issuer, &certificate)
            .map_err(|_| StatusWord::AUTH_FAILED)
    }

    fn is_terminal(&self, holder: &[u8], algorithm: Option<&ObjectIdentifier>) -> bool {
        let Ok(name) = Reference::from_bytes(holder) else {
            return false;
        };
        self.presented.terminal(&name).is_some_and(|terminal| {
            algorithm.is_none_or(|oid| TaAlgorithm::from_oid(oid) == Some(terminal.key().algorithm()))
        })
    }

    fn has_signed(&self, holder: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok(name) = Reference::from_bytes(holder) else {
            return false;
        };
        self.presented
            .terminal(&name)
            .is_some_and(|terminal| terminal.key().verify(message, signature).is_ok())
    }
}

/// Carries out a step inside a session; a card without Terminal Authentication does not know the command.
fn inside<T>(
    chip: &mut Chip,
    unknown: StatusWord,
    step: impl FnOnce(&mut Open, &mut Believer, &mut dyn antin_crypto::CryptoRng) -> Result<T, StatusWord>,
) -> Result<(T, Believer), StatusWord> {
    let points = chip.state.trust_points().ok_or(unknown)?;
    let Access::Open(open) = &mut chip.session.access else {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    };
    let mut believer = Believer {
        points,
        presented: open.presented.clone(),
    };
    let outcome = step(open, &mut believer, &mut *chip.rng)?;
    open.presented = believer.presented.clone();
    Ok((outcome, believer))
}

/// MSE:Set DST: the key that signed the certificate to come.
pub(super) fn set_reference(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    inside(chip, StatusWord::WRONG_P1P2, |open, judge, _| {
        open.terminal.set_reference(command, judge)
    })
    .map(|(response, _)| response)
}

/// PSO:Verify Certificate: trust points and date that change are kept before the answer goes out.
pub(super) fn verify_certificate(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let (response, believer) = inside(chip, StatusWord::INS, |open, judge, _| {
        open.terminal.verify_certificate(command, judge)
    })?;
    effects.changed |= chip.state.set_trust_points(&believer.points);
    Ok(response)
}

/// MSE:Set AT for external authentication: the terminal's key.
pub(super) fn select_key(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let rule = &chip.state.profile().terminal_authentication;
    let version = rule.as_ref().map(|rule| rule.version);
    let mut objects = tlv::Reader::new(command.data());
    let mut announced = false;
    while let Ok(Some(object)) = objects.next() {
        announced |= object.tag == mse::EPHEMERAL_PUBLIC_KEY;
    }
    // Version 2 announces the key of the Chip Authentication to come, version 1 must not.
    if version.is_some_and(|version| announced != (version == TerminalAuthenticationVersion::Two)) {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    inside(chip, StatusWord::WRONG_P1P2, |open, judge, _| {
        open.terminal.select(command, judge)
    })
    .map(|(response, _)| response)
}

/// GET CHALLENGE inside a session.
pub(super) fn challenge(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    inside(chip, StatusWord::CONDITIONS_NOT_SATISFIED, |open, _, rng| {
        open.terminal.challenge(command, rng)
    })
    .map(|(response, _)| response)
}

/// EXTERNAL AUTHENTICATE inside a session: what the chain grants is open from now on.
pub(super) fn authenticate(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let number = document_number(chip);
    let fault = chip.wrong_identifier;
    let (response, believer) = inside(chip, StatusWord::CONDITIONS_NOT_SATISFIED, |open, judge, _| {
        let identifier = match (fault, &open.by) {
            (None, OpenedBy::Bac) => ChipIdentifier::document_number(&number),
            (None, OpenedBy::Pace(_)) => ChipIdentifier::pace_key(&open.own_key),
            (Some(fault), by) => wrong_identifier(fault, by, &number),
        };
        let around = Surroundings {
            chip: identifier,
            authenticated_key: open.terminal_key.clone(),
        };
        open.terminal.authenticate(command, &around, judge)
    })?;
    if let Access::Open(open) = &mut chip.session.access {
        let granted = rights(open, &believer);
        match open.terminal.authenticated().map(|done| &done.binding) {
            Some(Binding::V1 { .. }) => open.rights = granted,
            // Version 2: they count once the Chip Authentication that follows has used the announced key.
            Some(Binding::V2 { .. }) => open.pending = granted,
            None => {}
        }
    }
    Ok(response)
}

/// The rights of the terminal that has proved its key.
fn rights(open: &Open, believer: &Believer) -> Vec<Right> {
    let Some(authenticated) = open.terminal.authenticated() else {
        return Vec::new();
    };
    let name = Reference::from_bytes(&authenticated.holder).ok();
    let terminal = name.as_ref().and_then(|name| believer.presented.terminal(name));
    let Some(authorization) = terminal.map(|terminal| terminal.authorization()) else {
        return Vec::new();
    };
    // TR-03110-3 §2.7: what the terminal announced in PACE confines what its certificates give it.
    match (&authenticated.binding, &open.announced) {
        (Binding::V2 { .. }, Some(announced)) => granted(&authorization.under(announced)),
        _ => granted(authorization),
    }
}

/// What an authorization lets be read. The same bits mean something else to terminals of another type.
pub(crate) fn granted(authorization: &Authorization) -> Vec<Right> {
    if authorization.kind() != TerminalType::Is {
        return Vec::new();
    }
    let granted = [(BIT_DG3, Right::Dg3), (BIT_DG4, Right::Dg4)];
    granted
        .into_iter()
        .filter(|(bit, _)| authorization.has(*bit))
        .map(|(_, right)| right)
        .collect()
}

/// The name that a chip with a fault gives itself: another document number after BAC, the document number after PACE.
fn wrong_identifier(fault: KeyFault, by: &OpenedBy, number: &str) -> ChipIdentifier {
    match (fault, by) {
        (KeyFault::Missing, _) => ChipIdentifier::document_number(""),
        (KeyFault::Other, OpenedBy::Pace(_)) => ChipIdentifier::document_number(number),
        (KeyFault::Other, OpenedBy::Bac) => {
            let first = if number.starts_with('M') { "C" } else { "M" };
            let rest = number.get(1..).unwrap_or_default();
            ChipIdentifier::document_number(&format!("{first}{rest}"))
        }
    }
}

/// The document number with its check digit, which begins the MRZ information.
pub(crate) fn document_number(chip: &Chip) -> String {
    let information = chip
        .state
        .mrz()
        .and_then(|mrz| core::str::from_utf8(mrz.information().expose()).ok());
    let information = information.unwrap_or_default();
    let length = information.len().saturating_sub(DATES_OF_MRZ);
    information.get(..length).unwrap_or_default().to_owned()
}
