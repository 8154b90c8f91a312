//! Keys that never leave a token: an HSM or a smart card behind a PKCS #11 driver.
//!
//! Opening a secure channel to a blank takes no more of its static keys than AES-CMAC, which tokens compute themselves
//! (`CKM_AES_CMAC`). A key set is two or three AES keys of one length whose labels begin alike: `NAME-enc` and `NAME-mac`;
//! `NAME-dek` may lie beside them and is not used. Keys that may be neither extracted nor read serve.
//!
//! Talking to a driver needs the feature `pkcs11`; URIs are read without it.
//!
//! The keys of authorities and signers are pairs of a private and a public key with one label (`TokenSigner`).
//!
//! A PIN is sent once. What the driver says about it is told, and nothing tries again by itself; only a signer whose session
//! was lost opens another one, once, with the PIN that the token took before.

mod drivers;
#[cfg(feature = "pkcs11")]
mod keys;
#[cfg(feature = "pkcs11")]
mod signer;
mod uri;

pub use drivers::driver_of_file;
#[cfg(feature = "pkcs11")]
pub use keys::{Token, TokenKeys};
#[cfg(feature = "pkcs11")]
pub use signer::{Existing, Found, KeyKind, TokenSigner};
pub use uri::{TokenUri, is_token_uri};

use std::path::PathBuf;

/// Why a token does not serve.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The URI cannot be used.
    #[error("PKCS #11 URI: {what}")]
    Uri {
        /// What is wrong with it; never a value of it.
        what: String,
    },
    /// The URI holds the PIN, which everybody on the machine can see then.
    #[error("PKCS #11 URI: pin-value shows the PIN to everybody; use pin-source")]
    PinInUri,
    /// The driver cannot be loaded or does not begin to work.
    #[error("{}: {what}", path.display())]
    Module {
        /// The driver.
        path: PathBuf,
        /// What the system or the driver says.
        what: String,
    },
    /// A file names a driver that neither the system has nor the user named: loading it would run its code.
    #[error("{}: a driver that only a file names", path.display())]
    DriverNotAllowed {
        /// The driver.
        path: PathBuf,
    },
    /// A new key should be made under a label that a key has already.
    #[error("the token holds a key labelled {label}; SHA-256 of its public key: {sha256}")]
    KeyTaken {
        /// The label.
        label: String,
        /// SHA-256 of its SubjectPublicKeyInfo with a named curve, as `openssl pkey -pubin -outform DER` gives it, in hex.
        sha256: String,
    },
    /// No token has the names of the URI.
    #[error("no such token; found: {found}")]
    Absent {
        /// The labels of the tokens that are there.
        found: String,
    },
    /// More than one token has the names of the URI.
    #[error("more than one such token: {found}")]
    Ambiguous {
        /// The serial numbers of the tokens that fit.
        found: String,
    },
    /// The token refused the PIN. It was sent once.
    #[error("the token refused the PIN{}", match last_try { LastTry::Yes => "; one try is left", LastTry::No => "" })]
    WrongPin {
        /// Whether the next wrong one locks the token, as far as it says so.
        last_try: LastTry,
    },
    /// The token takes no PIN any more, or not yet.
    #[error("the PIN of the token is locked, expired or not set")]
    PinLocked,
    /// A key of the set is not there, or is there twice.
    #[error("{found} keys labelled {label}")]
    KeyAbsent {
        /// The label.
        label: String,
        /// How many keys have it.
        found: usize,
    },
    /// A key is of the wrong kind, or the token does not compute AES-CMAC with it.
    #[error("{label}: {what}")]
    KeyUnfit {
        /// The label.
        label: String,
        /// Why.
        what: String,
    },
    /// The token was taken away, or it forgot the session.
    #[error("the session with the token was lost: {what}")]
    Lost {
        /// What the driver says.
        what: String,
    },
    /// The driver refused something else.
    #[error("the token refused: {what}")]
    Refused {
        /// The function and what the driver says.
        what: String,
    },
}

/// Whether a token has one try of its PIN left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastTry {
    /// The next wrong PIN locks it.
    Yes,
    /// More are left, or the token does not say.
    No,
}
