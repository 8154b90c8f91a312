//! What can go wrong around a virtual reader. A lost or silent card is a
//! [`LinkError`](antin_wire::LinkError), not one of these.

use std::io;

use antin_wire::Malformed;

/// Why a virtual reader or a private PC/SC service cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody listens at the address of the virtual reader.
    #[error("cannot reach the virtual reader at {address}: {kind}")]
    Unreachable {
        /// The address that was tried.
        address: String,
        /// The operating system's reason.
        kind: io::ErrorKind,
    },
    /// The operating system refused something.
    #[error("{what}: {kind}")]
    Io {
        /// What was being done, in words.
        what: &'static str,
        /// The operating system's reason.
        kind: io::ErrorKind,
    },
    /// The virtual reader does not speak as it should.
    #[error("virtual reader: {0}")]
    Malformed(#[from] Malformed),
    /// A program or driver is not installed.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The private PC/SC service did not come up.
    #[error("private smart card service: {what}{}", said(log))]
    Service {
        /// What happened, in words.
        what: &'static str,
        /// The last lines that it wrote.
        log: String,
    },
}

/// Something that is not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not installed (Debian package {debian_package})")]
pub struct Missing {
    /// The program or driver, in words.
    pub what: &'static str,
    /// The Debian package that brings it.
    pub debian_package: &'static str,
}

impl Error {
    /// Names what the operating system refused.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io {
            what,
            kind: error.kind(),
        }
    }
}

fn said(log: &str) -> String {
    if log.is_empty() {
        String::new()
    } else {
        format!(", it says: {log}")
    }
}
