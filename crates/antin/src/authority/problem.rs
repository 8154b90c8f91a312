//! What can stand in an authority's way.

use std::path::PathBuf;

use antin_trust::UnixTime;

/// Why an authority or one of its signers does not sign.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The folder holds no authority.
    #[error("{}: no authority.toml", path.display())]
    NoAuthority {
        /// The folder.
        path: PathBuf,
    },
    /// A file that describes the authority or one of its keys cannot be used.
    #[error("{}: {what}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The authority has no certificate or signer of this kind yet.
    #[error("{}: nothing there yet", path.display())]
    Nothing {
        /// The folder that is empty.
        path: PathBuf,
    },
    /// The password does not open the key.
    #[error("{}: wrong password", path.display())]
    WrongPassword {
        /// The key.
        path: PathBuf,
    },
    /// The password for a new key is too short.
    #[error("a password of {found} characters; {needed} are needed")]
    ShortPassword {
        /// How long it is.
        found: usize,
        /// How long it must be.
        needed: usize,
    },
    /// An RSA key of an authority or signer outside of a token.
    #[error("RSA keys of authorities and signers are kept in tokens only")]
    RsaOutsideToken,
    /// Key and certificate do not belong together.
    #[error("{}: not the key of its certificate", path.display())]
    KeyUnlike {
        /// What describes the key.
        path: PathBuf,
    },
    /// The signer has signed as many documents as it may.
    #[error("{}: {limit} documents signed, as many as the key may", path.display())]
    KeyLimit {
        /// The signer.
        path: PathBuf,
        /// How many it may make.
        limit: u64,
    },
    /// The certificate is not valid now.
    #[error("{subject}: valid from {from} to {until}")]
    NotValid {
        /// Whose it is.
        subject: String,
        /// First second.
        from: UnixTime,
        /// Last second.
        until: UnixTime,
    },
    /// The private key may not sign now.
    #[error("{subject}: the private key signs from {from} to {until}")]
    OutsideUsage {
        /// Whose it is.
        subject: String,
        /// First second.
        from: UnixTime,
        /// Last second.
        until: UnixTime,
    },
    /// No document signer of the authority may sign now.
    #[error("{}: no document signer may sign this now: {why}", path.display())]
    NoSigner {
        /// The folder of the signers.
        path: PathBuf,
        /// What keeps each of them from it.
        why: String,
    },
    /// An approval is missing or worth nothing.
    #[error("{what}")]
    Approval {
        /// Which, and why.
        what: String,
    },
    /// A plan was carried out before, and its approvals are used up.
    #[error("the plan {sha256} was carried out already")]
    PlanUsed {
        /// SHA-256 of the plan, in hex.
        sha256: String,
    },
    /// Who must approve is not what it was at the last ceremony.
    #[error("{what}")]
    RulesChanged {
        /// What changed.
        what: String,
    },
    /// The records of ceremonies are no whole chain.
    #[error("{}: {what}", path.display())]
    Records {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another ceremony is under way in the folder.
    #[error("{}: another ceremony is under way", path.display())]
    InUse {
        /// The authority.
        path: PathBuf,
    },
    /// The key of a new certificate has one already.
    #[error("{}: holds this key already", path.display())]
    KeyCertified {
        /// The certificate.
        path: PathBuf,
    },
    /// The product does not read back as it was made.
    #[error("self-check failed: {what}")]
    SelfCheck {
        /// The product.
        what: String,
    },
}
