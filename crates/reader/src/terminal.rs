//! The terminal proves that it may read what is protected: Terminal Authentication version 1 (TR-03110-1 §3.5). Version 2
//! comes before any file is read and has a module of its own.
//!
//! It follows Chip Authentication, whose ephemeral key the terminal's signature is bound to. Its row is about the
//! terminal and never about the document: what could not be opened stays undetermined, and the row says which
//! certificate would open it.

use antin_lds::security_infos::{CvcaFile, SecurityInfo};
use antin_lds::{Dg1, Dg14, EfCvca, ElementaryFile, mrz};
use antin_protocol::Error as ProtocolError;
use antin_protocol::files as commands;
use antin_protocol::terminal_authentication::terminal::{self as protocol, Credentials, Link};
use antin_protocol::terminal_authentication::{Binding, ChipIdentifier};
use antin_trust::cv::{
    Authorization, CvCertificate, CvSigner, Date, Reference, Role, Terminal, TerminalType,
};
use antin_trust::{Check, CheckId, FileState, ReadFiles, Reason};
use antin_wire::Transport;
use antin_wire::apdu::Command;
use rand_core::CryptoRng;

use crate::access::{AccessFacts, Method};
use crate::error::Error;
use crate::event::Phase;
use crate::session::Session;

/// What the terminal can show: its certificates, those of its verifier and links between authorities, and its keys.
#[derive(Clone, Debug)]
pub struct TerminalKeys {
    certificates: Vec<CvCertificate>,
    keys: Vec<CvSigner>,
    today: Date,
}

impl TerminalKeys {
    /// Joins certificates, in any order, and keys; what has expired `today` is not presented.
    #[must_use]
    pub fn new(certificates: Vec<CvCertificate>, keys: Vec<CvSigner>, today: Date) -> Self {
        Self {
            certificates,
            keys,
            today,
        }
    }

    /// What the certificate of the terminal says that it may do: the object `7F4C`, which PACE announces for version 2.
    pub(crate) fn template(&self) -> Option<Vec<u8>> {
        let own = |certificate: &&CvCertificate| {
            let authorization = certificate.authorization();
            authorization.kind() == TerminalType::Is && authorization.role() == Role::Terminal
        };
        let certificate = self.certificates.iter().find(own)?;
        Some(certificate.authorization().to_bytes())
    }

    /// The way from what the chip trusts to a key of ours.
    pub(crate) fn find(&self, announced: &[Reference]) -> Result<Terminal, antin_trust::Error> {
        Terminal::find(
            announced,
            TerminalType::Is,
            self.today,
            &self.certificates,
            &self.keys,
        )
    }
}

/// What the document says about Terminal Authentication before it is carried out.
#[derive(Debug, Default)]
struct Asked {
    /// Version 1 is announced, or a trust point is.
    version_1: bool,
    /// Another version is announced.
    other_version: bool,
    /// Where EF.CVCA lies, if not at its usual place.
    place: Option<CvcaFile>,
}

/// Proves the terminal's rights to the chip, and returns the row that says what came of it.
///
/// Without `keys` the row says what they would have to be. There is none where nothing is asked and nothing offered.
pub(crate) fn prove<T: Transport>(
    session: &mut Session<T>,
    files: &ReadFiles,
    facts: &AccessFacts,
    keys: Option<&TerminalKeys>,
    rng: &mut dyn CryptoRng,
) -> Option<Check> {
    const ID: CheckId = CheckId::TerminalAuthentication;
    let asked = asked(files, facts);
    if !asked.version_1 {
        return match (asked.other_version, keys) {
            (true, None) => Some(
                Check::undetermined(ID, Reason::AccessRightsMissing).evidence(needed(&named_in_pace(facts))),
            ),
            (true, Some(_)) => Some(Check::undetermined(ID, Reason::NotPerformed).evidence(
                "version 2 needs PACE, and EF.CardAccess to announce Chip Authentication version 2",
            )),
            (false, Some(_)) => Some(Check::not_supported(ID, Reason::NotOffered)),
            (false, None) => None,
        };
    }
    let announced = trust_points(session, asked.place, facts);
    Some(match keys {
        None => Check::undetermined(ID, Reason::AccessRightsMissing).evidence(needed(&announced)),
        Some(keys) => with_keys(session, files, facts, keys, &announced, rng),
    })
}

fn with_keys<T: Transport>(
    session: &mut Session<T>,
    files: &ReadFiles,
    facts: &AccessFacts,
    keys: &TerminalKeys,
    announced: &[Reference],
    rng: &mut dyn CryptoRng,
) -> Check {
    const ID: CheckId = CheckId::TerminalAuthentication;
    if let Some(ended) = session.ended() {
        return match ended.is_link_lost() {
            true => Check::aborted(ID),
            false => Check::undetermined(ID, Reason::NotPerformed).evidence(ended.to_string()),
        };
    }
    let undecided = |reason, what: &str| Check::undetermined(ID, reason).evidence(what);
    let terminal = match keys.find(announced) {
        Ok(terminal) => terminal,
        Err(error) => return no_certificate(&error, announced),
    };
    let Some(ephemeral) = agreed(session, facts) else {
        return undecided(
            Reason::NotPerformed,
            "Terminal Authentication needs Chip Authentication before it",
        );
    };
    let Some(chip) = identifier(files, facts) else {
        return undecided(
            Reason::NotPerformed,
            "the chip cannot be named: neither PACE nor a document number in DG1",
        );
    };
    let binding = Binding::V1 { ephemeral };
    let mut sign = |message: &[u8]| {
        let signed = terminal.key().sign(message, &mut *rng);
        signed.map_err(|_| ProtocolError::Misuse {
            what: "the terminal's key does not sign",
        })
    };
    let mut send = |command: &Command| session.transmit(Phase::ChipProof, command);
    let outcome = protocol::authenticate(&credentials(&terminal), &chip, &binding, &mut sign, &mut send);
    match outcome {
        Ok(()) => believed(&terminal),
        Err(error) => refused(&error, &terminal, announced),
    }
}

/// The row for a terminal without a certificate that this chip would believe.
pub(crate) fn no_certificate(error: &antin_trust::Error, announced: &[Reference]) -> Check {
    Check::undetermined(CheckId::TerminalAuthentication, Reason::AccessRightsMissing)
        .evidence(format!("{error}; {}", needed(announced)))
}

/// The row for a terminal that the chip believes.
pub(crate) fn believed(terminal: &Terminal) -> Check {
    Check::successful(CheckId::TerminalAuthentication).evidence(format!(
        "{}: {}",
        terminal.holder(),
        listed(&rights(terminal.chain()))
    ))
}

/// The row for a terminal that the chip did not believe, or a chip that broke the protocol.
pub(crate) fn refused(error: &Error, terminal: &Terminal, announced: &[Reference]) -> Check {
    const ID: CheckId = CheckId::TerminalAuthentication;
    let seen = format!("{}: {error}", terminal.holder());
    match error {
        error if error.is_link_lost() => Check::aborted(ID),
        Error::Breach { .. } | Error::NoProgress { .. } => {
            Check::failed(ID, Reason::ProtocolBreach).evidence(seen)
        }
        Error::Status { .. } => {
            Check::failed(ID, Reason::AccessRightsMissing).evidence(format!("{seen}; {}", needed(announced)))
        }
        _ => Check::undetermined(ID, Reason::NotPerformed).evidence(seen),
    }
}

/// Which certificate opens what is protected.
pub(crate) fn needed(announced: &[Reference]) -> String {
    let names: Vec<String> = announced.iter().map(ToString::to_string).collect();
    let under = if names.is_empty() {
        "an authority that the chip does not name".to_owned()
    } else {
        names.join(" or ")
    };
    format!(
        "opens with a terminal certificate of type IS, with the right read-dg3 for DG3 and read-dg4 for DG4, under {under}"
    )
}

fn listed(rights: &[String]) -> String {
    if rights.is_empty() {
        "no rights".to_owned()
    } else {
        rights.join(", ")
    }
}

/// What every certificate of the chain grants: the rights of the last one under those of the others.
fn rights(chain: &[CvCertificate]) -> Vec<String> {
    let granted = chain.iter().map(CvCertificate::authorization);
    let effective = granted.fold(None, |above: Option<Authorization>, own| {
        Some(match above {
            None => own.clone(),
            Some(above) => own.under(&above),
        })
    });
    effective.map(|effective| effective.rights()).unwrap_or_default()
}

pub(crate) fn credentials(terminal: &Terminal) -> Credentials {
    let links = terminal.chain().iter().map(|certificate| Link {
        authority: certificate.authority().as_bytes().to_vec(),
        content: certificate.to_content(),
    });
    Credentials {
        chain: links.collect(),
        holder: terminal.holder().as_bytes().to_vec(),
        algorithm: terminal.key().algorithm().oid(),
    }
}

fn asked(files: &ReadFiles, facts: &AccessFacts) -> Asked {
    let mut asked = Asked::default();
    let dg14 = files.bytes(ElementaryFile::DG14).map(Dg14::parse);
    if let Some(Ok(dg14)) = dg14 {
        for info in dg14.infos().iter() {
            match info {
                SecurityInfo::TerminalAuthentication {
                    version: 1, ef_cvca, ..
                } => {
                    asked.version_1 = true;
                    asked.place = asked.place.or(*ef_cvca);
                }
                SecurityInfo::TerminalAuthentication { .. } => asked.other_version = true,
                _ => {}
            }
        }
    }
    // A chip that names its trust points in PACE asks for it too; version 2 says so in its files.
    let named = facts.pace.as_ref().is_some_and(|run| !run.outcome.car.is_empty());
    asked.version_1 |= named && !asked.other_version;
    asked
}

/// The names of the chip's trust points, the most recent first: from EF.CVCA, and from PACE what that leaves out.
fn trust_points<T: Transport>(
    session: &mut Session<T>,
    place: Option<CvcaFile>,
    facts: &AccessFacts,
) -> Vec<Reference> {
    let in_file = read_cvca(session, place)
        .and_then(|bytes| EfCvca::parse(&bytes).ok())
        .map(|file| file.references().to_vec());
    let in_pace = facts.pace.as_ref().map(|run| run.outcome.car.clone());
    let mut names = Vec::new();
    for bytes in in_file.into_iter().chain(in_pace).flatten() {
        if let Ok(name) = Reference::from_bytes(&bytes)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The names of the trust points that the chip gave at the end of PACE.
pub(crate) fn named_in_pace(facts: &AccessFacts) -> Vec<Reference> {
    let names = facts.pace.iter().flat_map(|run| run.outcome.car.iter());
    names
        .filter_map(|bytes| Reference::from_bytes(bytes).ok())
        .collect()
}

/// EF.CVCA has no length of its own: it is read by its fixed size, and by less where the chip left the padding out.
fn read_cvca<T: Transport>(session: &mut Session<T>, place: Option<CvcaFile>) -> Option<Vec<u8>> {
    let file_id = place.map_or_else(|| ElementaryFile::Cvca.file_id(), |place| place.file_id);
    let short_id = match place {
        None => Some(ElementaryFile::Cvca.short_id()),
        Some(place) => place.short_id,
    };
    let mut ask = |command: &Command| session.transmit(Phase::Read, command).ok();
    if ask(&commands::select_ef(file_id))?.sw.is_ok() {
        for le in [CVCA_BYTES, 256] {
            let answer = ask(&commands::read_binary(0, le)?)?;
            if !answer.data.is_empty() {
                return Some(answer.data);
            }
        }
        return None;
    }
    let answer = ask(&commands::read_binary_sfi(short_id?, CVCA_BYTES))?;
    (!answer.data.is_empty()).then_some(answer.data)
}

/// `Comp(PK_PCD)`: of Chip Authentication, or of PACE with chip authentication mapping, which stands for it.
fn agreed<T: Transport>(session: &Session<T>, facts: &AccessFacts) -> Option<Vec<u8>> {
    let mapped = || {
        let outcome = &facts.pace.as_ref()?.outcome;
        outcome.cam.as_ref()?;
        Some(outcome.terminal_ephemeral_compressed.clone())
    };
    session.agreed_with().map(<[u8]>::to_vec).or_else(mapped)
}

/// `ID_PICC`: the chip's ephemeral key in PACE, or the document number with its check digit after BAC.
fn identifier(files: &ReadFiles, facts: &AccessFacts) -> Option<ChipIdentifier> {
    match &facts.method {
        Some(Method::Pace(_)) => {
            let outcome = &facts.pace.as_ref()?.outcome;
            Some(ChipIdentifier::pace_key(&outcome.chip_ephemeral_compressed))
        }
        Some(Method::Bac) => {
            let dg1 = Dg1::parse(files.bytes(ElementaryFile::DG1)?).ok()?;
            let information = mrz::mrz_information(dg1.mrz().ok()?);
            let end = information.len().checked_sub(DATES_WITH_CHECK_DIGITS)?;
            Some(ChipIdentifier::document_number(information.get(..end)?))
        }
        Some(Method::Unprotected) | None => None,
    }
}

/// Whether a file was refused for want of rights.
pub(crate) fn was_refused(state: &FileState) -> bool {
    matches!(state, FileState::Refused(sw) if *sw == antin_wire::apdu::StatusWord::SECURITY_NOT_SATISFIED)
}

/// TR-03110-3 §A.7.2.4: the size of EF.CVCA.
const CVCA_BYTES: u32 = 36;
/// Birth and expiry with a check digit each, at the end of the MRZ information.
const DATES_WITH_CHECK_DIGITS: usize = 14;
