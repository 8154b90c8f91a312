//! The chip proves that it is no copy: Active Authentication and Chip Authentication.
//!
//! The keys come from DG15 and DG14 as they were read in the same session. Whether the issuer vouches for them is
//! not decided here but by the verification, which holds their hashes in EF.SOD against the files.
//!
//! A chip that offers a proof and answers it with an error has failed it: that is what a copy does, because the
//! private key is the one thing that cannot be copied.

use antin_crypto::pace::cam;
use antin_crypto::{PublicKey, PureRust, agreement};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_lds::{Dg14, Dg15, ElementaryFile};
use antin_protocol::Error as ProtocolError;
use antin_protocol::active_authentication::terminal::{self as active_terminal, Outcome};
use antin_protocol::chip_authentication::terminal::{self as chip_terminal, Start};
use antin_protocol::chip_authentication::{Offer, Unsupported, Version};
use antin_protocol::files as commands;
use antin_protocol::pace::terminal::CamEvidence;
use antin_protocol::sm::terminal::Channel;
use antin_trust::{ActiveAnswer, Check, CheckId, CheckResult, FileState, ReadFiles, Reason};
use antin_wire::Transport;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::{self, ObjectIdentifier};
use rand_core::CryptoRng;

use crate::error::Error;
use crate::event::Phase;
use crate::session::{LongCommands, Session};

/// What came of asking the chip for its proofs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proven {
    /// One row for each proof.
    pub rows: Vec<Check>,
    /// What was asked and answered in Active Authentication.
    pub answers: Vec<ActiveAnswer>,
}

/// Asks the chip for every proof that its files offer, and returns one row for each.
///
/// Active Authentication comes first: a failed Chip Authentication ends the session. `mapped` is what PACE left behind.
pub fn prove<T: Transport>(
    session: &mut Session<T>,
    files: &ReadFiles,
    mapped: Option<&CamEvidence>,
    challenge: Challenge,
    rng: &mut dyn CryptoRng,
) -> Proven {
    let mut answers = Vec::new();
    let active = active(session, files, challenge, &mut answers, rng);
    let mut rows = vec![active, chip(session, files, rng)];
    rows.extend(mapped.map(|evidence| mapping(evidence, files)));
    Proven { rows, answers }
}

/// Where the challenge of Active Authentication comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Challenge {
    /// Drawn for this proof.
    #[default]
    Drawn,
    /// Given by somebody who will check the chip's answer later: both are kept in the report.
    Given([u8; 8]),
}

/// Chip authentication mapping: what the chip sent in PACE, held against the static keys of DG14.
///
/// The standard takes the key from EF.CardSecurity; the same key in DG14 is bound by EF.SOD, whose verification decides
/// what this row is worth. A key that stands in EF.CardSecurity alone proves nothing here.
pub fn mapping(evidence: &CamEvidence, files: &ReadFiles) -> Check {
    const ID: CheckId = CheckId::PaceCam;
    let dg14 = match offered(ID, files, 14) {
        Ok(bytes) => bytes,
        Err(check) if check.result == CheckResult::NotSupported => {
            return Check::undetermined(ID, Reason::KeyNotBound);
        }
        Err(check) => return check,
    };
    let Ok(dg14) = Dg14::parse(dg14) else {
        return Check::undetermined(ID, Reason::Malformed).subject("DG14");
    };
    let agreement::PublicKey::Ec(mapped) = &evidence.mapping_key else {
        return Check::failed(ID, Reason::ProtocolBreach);
    };
    let curve = mapped.curve();
    let keys = dg14.infos().iter().filter_map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => PublicKey::from_spki_der(spki_der).ok(),
        _ => None,
    });
    let mut candidates = keys
        .map(|(key, _)| key)
        .filter(|key| key.curve() == curve)
        .peekable();
    if candidates.peek().is_none() {
        return Check::undetermined(ID, Reason::KeyNotBound).evidence("DG14 has no key on the curve of PACE");
    }
    let data = evidence.chip_data.expose();
    if candidates.any(|key| cam::verify(&key, mapped, data).is_ok()) {
        Check::successful(ID).evidence(curve.name())
    } else {
        Check::failed(ID, Reason::ProofFailed)
    }
}

/// Active Authentication with the key of DG15: the chip signs eight random bytes, and before them those that somebody
/// else has chosen, if so. What was asked and answered joins `answers`.
pub fn active<T: Transport>(
    session: &mut Session<T>,
    files: &ReadFiles,
    challenge: Challenge,
    answers: &mut Vec<ActiveAnswer>,
    rng: &mut dyn CryptoRng,
) -> Check {
    let dg15 = match active_key(files) {
        Ok(dg15) => dg15,
        Err(check) => return check,
    };
    let own = {
        let mut drawn = [0; 8];
        rng.fill_bytes(&mut drawn);
        drawn
    };
    let mut once = |challenge: [u8; 8], keep: Challenge| {
        let spki = dg15.spki_der();
        let answer = match signed(session, challenge, active_terminal::signature_len(spki)) {
            Ok(answer) => answer,
            Err(check) => return check,
        };
        if answer.sw == StatusWord::OK {
            answers.push(ActiveAnswer {
                challenge,
                answer: answer.data.clone(),
            });
        }
        judged(&dg15, files, challenge, keep, &answer)
    };
    let Challenge::Given(given) = challenge else {
        return once(own, challenge);
    };
    let answered = once(given, challenge);
    if answered.result != CheckResult::Successful {
        return answered;
    }
    // Whoever could foresee the given challenge had its answer from the genuine chip beforehand: what is drawn here
    // decides here, and the answer to the given one is kept for whoever chose it.
    let fresh = once(own, Challenge::Drawn);
    match fresh.result {
        CheckResult::Successful => answered,
        _ => fresh.remark("the given challenge was answered, one drawn here was not"),
    }
}

/// Judges a challenge and its answer that somebody kept, with the key of DG15 among these files. Whether the issuer vouches
/// for the key is for the verification to say, and whether the challenge was fresh for whoever chose it.
pub fn answered(files: &ReadFiles, kept: &ActiveAnswer) -> Check {
    let dg15 = match active_key(files) {
        Ok(dg15) => dg15,
        Err(check) => return check,
    };
    let answer = Response::new(kept.answer.clone(), StatusWord::OK);
    judged(
        &dg15,
        files,
        kept.challenge,
        Challenge::Given(kept.challenge),
        &answer,
    )
}

fn active_key(files: &ReadFiles) -> Result<Dg15, Check> {
    const ID: CheckId = CheckId::ActiveAuthentication;
    let malformed = |_| Check::undetermined(ID, Reason::Malformed).subject("DG15");
    Dg15::parse(offered(ID, files, 15)?).map_err(malformed)
}

fn judged(dg15: &Dg15, files: &ReadFiles, challenge: [u8; 8], keep: Challenge, answer: &Response) -> Check {
    const ID: CheckId = CheckId::ActiveAuthentication;
    let algorithm = active_algorithm(files);
    match active_terminal::verify(dg15.spki_der(), algorithm.as_ref(), challenge, answer, &PureRust) {
        Ok(Outcome::Genuine { algorithm }) => {
            Check::successful(ID).evidence(kept(&algorithm.to_string(), keep, answer))
        }
        Ok(Outcome::Failed { what }) => {
            Check::failed(ID, Reason::ProofFailed).evidence(kept(what, keep, answer))
        }
        Ok(Outcome::Unsupported { algorithm, what }) => {
            let seen = algorithm.map_or_else(|| what.to_owned(), |oid| format!("{what}: {}", name(&oid)));
            Check::undetermined(ID, Reason::AlgorithmUnsupported).evidence(seen)
        }
        Err(error) => refused(ID, Error::from_protocol(error)),
    }
}

/// Asks for the signature. With more than 1,848 bits under 3DES or 1,792 under AES both sides must know extended length
/// (ICAO 9303-11 §6.1.4); a chip that does not may still hand the answer out in pieces.
fn signed<T: Transport>(
    session: &mut Session<T>,
    challenge: [u8; 8],
    length: Option<usize>,
) -> Result<Response, Check> {
    const ID: CheckId = CheckId::ActiveAuthentication;
    let length = length.unwrap_or(0);
    let short = active_terminal::command(challenge);
    if length <= session.short_block() {
        return ask(session, ID, &short);
    }
    if session.long_commands() == LongCommands::Extended {
        let answer = ask(session, ID, &active_terminal::long_command(challenge))?;
        if answer.sw != StatusWord::WRONG_LENGTH {
            return Ok(answer);
        }
    }
    let answer = ask_for(session, ID, &short, length)?;
    if answer.sw == StatusWord::WRONG_LENGTH {
        let why = format!(
            "a signature of {length} bytes needs extended length, which does not work with this chip or reader"
        );
        return Err(Check::undetermined(ID, Reason::NotPerformed).evidence(why));
    }
    Ok(answer)
}

/// The evidence, with challenge and answer where somebody asked for them.
fn kept(what: &str, challenge: Challenge, answer: &Response) -> String {
    match challenge {
        Challenge::Drawn => what.to_owned(),
        Challenge::Given(challenge) => format!(
            "{what}; challenge {}; answer {}",
            hex(&challenge),
            hex(&answer.data)
        ),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Chip Authentication with the key of DG14: new session keys that only the owner of the private key can compute,
/// and one exchange under them as the proof.
pub fn chip<T: Transport>(session: &mut Session<T>, files: &ReadFiles, rng: &mut dyn CryptoRng) -> Check {
    const ID: CheckId = CheckId::ChipAuthentication;
    let dg14 = match offered(ID, files, 14) {
        Ok(bytes) => bytes,
        Err(check) => return check,
    };
    let Ok(dg14) = Dg14::parse(dg14) else {
        return Check::undetermined(ID, Reason::Malformed).subject("DG14");
    };
    let offer = match Offer::from_infos(dg14.infos()) {
        Ok(Some(offer)) => offer,
        Ok(None) => return Check::not_supported(ID, Reason::NotOffered),
        Err(problem) => return cannot(ID, &problem),
    };
    match agree(session, &offer, rng) {
        Ok((channel, ephemeral)) => session.rekey(channel, ephemeral),
        Err(check) => return check,
    }
    let evidence = format!("{}, {}", name(&offer.oid), offer.key.group().name());
    // Any answer under the new keys proves them; EF.COM is there on every chip.
    match session.transmit(
        Phase::ChipProof,
        &commands::select_ef(ElementaryFile::Com.file_id()),
    ) {
        Ok(_) => {
            let check = Check::successful(ID).evidence(evidence);
            if matches!(
                offer.oid,
                oids::ID_CA_DH_3DES_CBC_CBC | oids::ID_CA_ECDH_3DES_CBC_CBC
            ) {
                check.remark("weak-cipher")
            } else {
                check
            }
        }
        Err(error) if error.is_link_lost() => Check::aborted(ID),
        Err(error) => Check::failed(ID, Reason::ProofFailed).evidence(error.to_string()),
    }
}

/// MSE:Set KAT or MSE:Set AT with GENERAL AUTHENTICATE, as the cipher wants it. With 3DES some chips know only the other
/// one (ICAO 9303-11 §8.5, note 1), which they are asked for in the same session.
fn agree<T: Transport>(
    session: &mut Session<T>,
    offer: &Offer,
    rng: &mut dyn CryptoRng,
) -> Result<(Channel, Vec<u8>), Check> {
    let usual = chip_terminal::start(offer, rng).map_err(wrong)?;
    let Start::KeyAgreementTemplate(command, state) = usual else {
        return agree_with(session, usual);
    };
    let long = !session.holds(command.data().len());
    let usual = Start::KeyAgreementTemplate(command, state);
    let mut other = || {
        let other = chip_terminal::start_with_authentication_template(offer, rng).map_err(wrong);
        other.map(|(command, state)| Start::AuthenticationTemplate(command, state))
    };
    // MSE:Set KAT is not made for chaining (TR-03110-3 §B.13); GENERAL AUTHENTICATE is.
    let (first, second) = match long {
        true => (other()?, Some(usual)),
        false => (usual, None),
    };
    match agree_with(session, first) {
        Err(row) if row.reason == Some(Reason::ChipError) && session.ended().is_none() => {
            let second = second.map_or_else(other, Ok)?;
            agree_with(session, second)
        }
        agreed => agreed,
    }
}

fn agree_with<T: Transport>(session: &mut Session<T>, start: Start) -> Result<(Channel, Vec<u8>), Check> {
    const ID: CheckId = CheckId::ChipAuthentication;
    let (command, state) = match start {
        Start::KeyAgreementTemplate(command, state) => (command, state),
        Start::AuthenticationTemplate(command, state) => {
            let answer = ask(session, ID, &command)?;
            state.accept(&answer).map_err(wrong)?
        }
    };
    let ephemeral = state.ephemeral_compressed();
    let answer = ask(session, ID, &command)?;
    let channel = state.accept(&answer).map_err(wrong)?;
    Ok((channel, ephemeral))
}

fn wrong(error: ProtocolError) -> Check {
    refused(CheckId::ChipAuthentication, Error::from_protocol(error))
}

/// The file that a proof starts from, or the row that says why there is no proof.
fn offered(id: CheckId, files: &ReadFiles, data_group: u8) -> Result<&[u8], Check> {
    let state = ElementaryFile::data_group(data_group).and_then(|file| files.state(file));
    match state {
        Some(FileState::Read(bytes)) => Ok(bytes),
        None => Err(Check::not_supported(id, Reason::NotOffered)),
        Some(FileState::Missing(_)) => Err(Check::undetermined(id, Reason::FileMissing)),
        Some(FileState::Refused(_)) => Err(Check::undetermined(id, Reason::AccessRightsMissing)),
        Some(FileState::Malformed { .. }) => Err(Check::undetermined(id, Reason::FileMalformed)),
        Some(FileState::Lost) => Err(Check::aborted(id)),
    }
}

/// Sends one command of a proof.
pub(crate) fn ask<T: Transport>(
    session: &mut Session<T>,
    id: CheckId,
    command: &Command,
) -> Result<Response, Check> {
    let asked = usize::try_from(command.le().unwrap_or(0)).unwrap_or(usize::MAX);
    ask_for(session, id, command, asked)
}

/// Sends one command of a proof whose answer has up to `most` bytes.
fn ask_for<T: Transport>(
    session: &mut Session<T>,
    id: CheckId,
    command: &Command,
    most: usize,
) -> Result<Response, Check> {
    // A session that ended before is no answer to a proof: the chip was not asked, so it is no copy.
    if let Some(ended) = session.ended() {
        let check = Check::aborted(id);
        return Err(if ended.is_link_lost() {
            check
        } else {
            check.reason(Reason::ChipError).evidence(ended.to_string())
        });
    }
    session
        .transmit_for(Phase::ChipProof, command, most)
        .map_err(|error| refused(id, error))
}

/// The row for a proof that did not come to its end.
pub(crate) fn refused(id: CheckId, error: Error) -> Check {
    let seen = error.to_string();
    match error {
        error if error.is_link_lost() => Check::aborted(id),
        Error::Breach { .. } | Error::NoProgress { .. } => {
            Check::failed(id, Reason::ProtocolBreach).evidence(seen)
        }
        Error::Unsupported { reason, .. } => Check::undetermined(id, reason).evidence(seen),
        Error::Bug { .. } => Check::undetermined(id, Reason::NotPerformed).evidence(seen),
        _ => Check::failed(id, Reason::ChipError).evidence(seen),
    }
}

pub(crate) fn cannot(id: CheckId, problem: &Unsupported) -> Check {
    // Version 2 goes before the files, and only with terminals that prove their rights.
    if *problem == Unsupported::Version(Version::Two.number()) {
        return Check::undetermined(id, Reason::NotPerformed)
            .evidence("version 2 comes after Terminal Authentication version 2");
    }
    let reason = match problem {
        Unsupported::CurveUnknown { .. } | Unsupported::GroupUnknown { .. } => Reason::CurveUnknown,
        // No chip can own the private key of what is none: nothing is sent to it.
        Unsupported::KeyMalformed => {
            return Check::failed(id, Reason::BadPublicKey).evidence(problem.to_string());
        }
        _ => Reason::AlgorithmUnsupported,
    };
    Check::undetermined(id, reason).evidence(problem.to_string())
}

/// The signature algorithm that DG14 names for Active Authentication, if it names one.
fn active_algorithm(files: &ReadFiles) -> Option<ObjectIdentifier> {
    let dg14 = Dg14::parse(files.bytes(ElementaryFile::data_group(14)?)?).ok()?;
    algorithm_in(dg14.infos())
}

fn algorithm_in(infos: &SecurityInfos) -> Option<ObjectIdentifier> {
    infos.iter().find_map(|info| match info {
        SecurityInfo::ActiveAuthentication {
            signature_algorithm, ..
        } => Some(*signature_algorithm),
        _ => None,
    })
}

pub(crate) fn name(oid: &ObjectIdentifier) -> String {
    oids::name(oid).map_or_else(|| oid.to_string(), str::to_owned)
}
