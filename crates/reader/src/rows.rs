//! The rows that a reading adds to the report by itself.

use antin_crypto::Suite;
use antin_protocol::pace::Mapping;
use antin_trust::{Access, AccessMethod, Check, CheckId, FileState, ReadFiles, Reason};
use antin_wire::{Transport, oids};

use crate::access::{AccessFacts, Method};
use crate::error::Error;
use crate::session::Session;

/// The row for a chip that was opened.
pub(crate) fn access_row(facts: &AccessFacts) -> Check {
    let row = Check::successful(CheckId::Access);
    let row = match &facts.method {
        Some(Method::Pace(parameters)) => {
            let name = oids::name(&parameters.oid).unwrap_or("PACE");
            row.evidence(format!("{name}, {}", parameters.group.name()))
        }
        Some(Method::Bac) => row.evidence("BAC"),
        Some(Method::Unprotected) => row.evidence("the chip protects nothing"),
        None => row,
    };
    if facts.downgrade {
        row.reason(Reason::PaceFallback)
            .remark("PACE is announced, BAC was used")
    } else {
        row
    }
}

/// The row for a chip that could not be opened by a fault of the chip; `None` for everything that is no fact about
/// the document.
pub(crate) fn broken_access_row(error: &Error) -> Option<Check> {
    const ID: CheckId = CheckId::Access;
    let row = match error {
        Error::Breach { .. } | Error::NoProgress { .. } => Check::failed(ID, Reason::ProtocolBreach),
        // What the chip announces it must carry out: an error in its place is how somebody on the way asks for BAC.
        Error::Status { step, .. } if step.starts_with("PACE") => Check::failed(ID, Reason::ChipError),
        Error::Status { .. } => Check::undetermined(ID, Reason::ChipError),
        Error::Unsupported { reason, .. } => Check::undetermined(ID, *reason),
        _ => return None,
    };
    Some(row.evidence(error.to_string()))
}

/// The row for the secure channel that the files came through.
pub(crate) fn channel_row<T: Transport>(session: &Session<T>, files: &ReadFiles, resumed: u32) -> Check {
    const ID: CheckId = CheckId::SecureMessaging;
    match session.ended() {
        None if any_lost(files) => Check::aborted(ID)
            .reason(Reason::ChipError)
            .evidence("the chip ended the session at the same place again"),
        None => sound_channel(session, resumed),
        Some(error @ Error::AnotherChip { .. }) => {
            Check::failed(ID, Reason::ChipChanged).evidence(error.to_string())
        }
        Some(error @ (Error::Breach { .. } | Error::NoProgress { .. })) => {
            Check::failed(ID, Reason::ProtocolBreach).evidence(error.to_string())
        }
        Some(error @ Error::Status { .. }) if !any_lost(files) => {
            Check::successful(ID).remark(format!("the chip then ended the session: {error}"))
        }
        Some(error @ Error::Status { .. }) => Check::aborted(ID)
            .reason(Reason::ChipError)
            .evidence(error.to_string()),
        Some(_) => Check::aborted(ID),
    }
}

fn sound_channel<T: Transport>(session: &Session<T>, resumed: u32) -> Check {
    const ID: CheckId = CheckId::SecureMessaging;
    let Some(suite) = session.suite() else {
        return Check::not_supported(ID, Reason::NotOffered);
    };
    let row = Check::successful(ID).evidence(suite.name());
    match resumed {
        0 => row,
        1 => row.remark("the session was lost once and opened again with the same chip"),
        times => row.remark(format!(
            "the session was lost {times} times and opened again with the same chip"
        )),
    }
}

fn any_lost(files: &ReadFiles) -> bool {
    files.iter().any(|(_, state)| matches!(state, FileState::Lost))
}

/// How the chip was opened, in the words of the report.
pub(crate) fn describe(facts: &AccessFacts) -> Access {
    let (method, mapping, suite) = match &facts.method {
        None => (AccessMethod::None, None, None),
        Some(Method::Unprotected) => (AccessMethod::Open, None, None),
        Some(Method::Bac) => (AccessMethod::Bac, None, Some(Suite::Tdes)),
        Some(Method::Pace(parameters)) => (
            AccessMethod::Pace,
            Some(mapping(parameters.mapping).to_owned()),
            Some(parameters.suite),
        ),
    };
    Access {
        method,
        password: facts.password,
        mapping,
        cipher: suite.map(|suite| cipher(suite).to_owned()),
        downgrade: facts.downgrade,
    }
}

fn mapping(mapping: Mapping) -> &'static str {
    match mapping {
        Mapping::Generic => "gm",
        Mapping::Integrated => "im",
        Mapping::ChipAuthentication => "cam",
    }
}

fn cipher(suite: Suite) -> &'static str {
    match suite {
        Suite::Tdes => "3des",
        Suite::Aes128 => "aes-128",
        Suite::Aes192 => "aes-192",
        Suite::Aes256 => "aes-256",
    }
}
