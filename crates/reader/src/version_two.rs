//! Extended access in version 2 (TR-03110-3 §B.2, §B.3): before a file is read the terminal proves its rights and the chip
//! its key.
//!
//! ```text
//! PACE, with the rights that will be proved -> Terminal Authentication, which announces an ephemeral key
//!   -> EF.CardSecurity -> Chip Authentication with that key -> the application
//! ```
//!
//! What the terminal proved counts for the chip only once the Chip Authentication after it has used the announced key.

use antin_crypto::agreement::{Group, PublicKey};
use antin_lds::card_access::EfCardAccess;
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_lds::{Dg14, ElementaryFile};
use antin_protocol::Error as ProtocolError;
use antin_protocol::chip_authentication::Offer;
use antin_protocol::chip_authentication::terminal::{self as chip_terminal, Ephemeral, Start};
use antin_protocol::sm::terminal::Channel;
use antin_protocol::terminal_authentication::terminal as protocol;
use antin_protocol::terminal_authentication::{Binding, ChipIdentifier};
use antin_trust::{Check, CheckId, ReadFiles, Reason, card_security};
use antin_wire::Transport;
use antin_wire::apdu::Command;
use rand_core::CryptoRng;

use crate::access::{self, AccessFacts};
use crate::error::Error;
use crate::event::Phase;
use crate::genuine;
use crate::session::{LongCommands, Session};
use crate::terminal::{self, TerminalKeys};

/// What came of version 2.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// On the terminal.
    pub(crate) terminal: Check,
    /// On the chip; none where the terminal was not believed.
    pub(crate) chip: Option<Check>,
    /// The key that the chip proved, from EF.CardSecurity.
    key: Option<PublicKey>,
}

impl Rows {
    fn of_terminal(terminal: Check) -> Self {
        Self {
            terminal,
            chip: None,
            key: None,
        }
    }

    /// The row on the chip. EF.CardSecurity names no document, and could be that of any other card of the country: the proof
    /// counts by the same key in DG14, which EF.SOD binds to this one.
    pub(crate) fn chip(&self, files: &ReadFiles) -> Option<Check> {
        let row = self.chip.clone()?;
        let dg14 = files
            .bytes(ElementaryFile::DG14)
            .and_then(|bytes| Dg14::parse(bytes).ok());
        let keys = dg14.iter().flat_map(|dg14| dg14.infos().iter());
        let mut keys = keys.filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => {
                PublicKey::from_spki_der(spki_der).ok()
            }
            _ => None,
        });
        let Some(proved) = &self.key else { return Some(row) };
        Some(if keys.any(|(key, _)| key == *proved) {
            row
        } else {
            Check::undetermined(CheckId::ChipAuthentication, Reason::KeyNotBound)
                .evidence("version 2: DG14 does not state the key of EF.CardSecurity")
        })
    }
}

/// The group of the ephemeral key, where EF.CardAccess announces version 2 of both protocols.
pub(crate) fn announced(card_access: Option<&[u8]>) -> Option<Group> {
    let file = EfCardAccess::parse(card_access?).ok()?;
    let terminal =
        |info: &SecurityInfo| matches!(info, SecurityInfo::TerminalAuthentication { version: 2, .. });
    file.infos().iter().find(|info| terminal(info))?;
    Offer::version_2_group(file.infos())
}

/// Carries out both protocols where PACE opened a chip that announces them; the application is not selected yet.
///
/// `None` where there is nothing to do. Whatever goes wrong is a row; a session that ended is found out by what follows.
pub(crate) fn run<T: Transport>(
    session: &mut Session<T>,
    facts: &mut AccessFacts,
    keys: Option<&TerminalKeys>,
    rng: &mut dyn CryptoRng,
) -> Option<Rows> {
    let keys = keys?;
    let group = announced(facts.card_access.as_deref())?;
    let chip_key = facts.pace.as_ref()?.outcome.chip_ephemeral_compressed.clone();
    session.send_long_commands(LongCommands::of(facts));
    let names = terminal::named_in_pace(facts);
    let own = match keys.find(&names) {
        Ok(own) => own,
        Err(error) => {
            let terminal = terminal::no_certificate(&error, &names);
            return Some(Rows::of_terminal(terminal));
        }
    };
    let ephemeral = Ephemeral::generate(group, rng);
    let binding = Binding::V2 {
        ephemeral: ephemeral.compressed(),
        auxiliary: None,
    };
    let mut sign = |message: &[u8]| {
        let signed = own.key().sign(message, &mut *rng);
        signed.map_err(|_| ProtocolError::Misuse {
            what: "the terminal's key does not sign",
        })
    };
    let named = ChipIdentifier::pace_key(&chip_key);
    let mut send = |command: &Command| session.transmit(Phase::ChipProof, command);
    let credentials = terminal::credentials(&own);
    let proved = protocol::authenticate(&credentials, &named, &binding, &mut sign, &mut send);
    if let Err(error) = proved {
        let terminal = terminal::refused(&error, &own, &names);
        return Some(Rows::of_terminal(terminal));
    }
    let (chip, key) = match chip(session, facts, ephemeral) {
        Ok((row, key)) => (row, Some(key)),
        Err(row) => (row, None),
    };
    Some(Rows {
        terminal: terminal::believed(&own),
        chip: Some(chip),
        key,
    })
}

/// Chip Authentication with the key in EF.CardSecurity. Whether the issuer vouches for it is for the verification to say.
fn chip<T: Transport>(
    session: &mut Session<T>,
    facts: &mut AccessFacts,
    ephemeral: Ephemeral,
) -> Result<(Check, PublicKey), Check> {
    let compressed = ephemeral.compressed();
    let offer = offer(session, facts)?;
    let channel = agree(session, &offer, ephemeral)?;
    session.rekey(channel, compressed);
    let group = offer.key.group().name();
    let row = Check::successful(CheckId::ChipAuthentication)
        .evidence(format!("version 2, {}, {group}", genuine::name(&offer.oid)));
    Ok((row, offer.key))
}

fn offer<T: Transport>(session: &mut Session<T>, facts: &mut AccessFacts) -> Result<Offer, Check> {
    let undecided = |reason| Check::undetermined(CheckId::ChipAuthentication, reason);
    if access::read_card_security(session, facts).is_err() {
        return Err(Check::aborted(CheckId::ChipAuthentication));
    }
    let file = facts.card_security.as_deref();
    let file = file.ok_or_else(|| undecided(Reason::FileNotRead))?;
    let signed = card_security::parse(file).map_err(|_| undecided(Reason::Malformed))?;
    let infos = signed
        .content()
        .and_then(|infos| SecurityInfos::parse(infos).ok());
    let infos = infos.ok_or_else(|| undecided(Reason::Malformed))?;
    match Offer::version_2(&infos) {
        Ok(Some(offer)) => Ok(offer),
        Ok(None) => Err(undecided(Reason::NotOffered)),
        Err(problem) => Err(genuine::cannot(CheckId::ChipAuthentication, &problem)),
    }
}

fn agree<T: Transport>(
    session: &mut Session<T>,
    offer: &Offer,
    ephemeral: Ephemeral,
) -> Result<Channel, Check> {
    const ID: CheckId = CheckId::ChipAuthentication;
    let wrong = |error| genuine::refused(ID, Error::from_protocol(error));
    let (command, state) = match chip_terminal::start_with(offer, ephemeral).map_err(wrong)? {
        Start::KeyAgreementTemplate(command, state) => (command, state),
        Start::AuthenticationTemplate(command, state) => {
            let answer = genuine::ask(session, ID, &command)?;
            state.accept(&answer).map_err(wrong)?
        }
    };
    let answer = genuine::ask(session, ID, &command)?;
    state.accept(&answer).map_err(wrong)
}
