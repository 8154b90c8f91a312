//! Why a trust store does not serve, or does not take what it is given.

use std::path::PathBuf;

use antin_trust::UnixTime;
use thiserror::Error;

use super::model::Fingerprint;

/// Why a trust store does not serve, or does not take what it is given. The store is as before.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TrustProblem {
    /// A file of the store is not what was written.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another process changes the store.
    #[error("{}: another process changes this trust store", path.display())]
    InUse {
        /// The folder of the store.
        path: PathBuf,
    },
    /// There is no store here.
    #[error("{}: no trust store", path.display())]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
    /// The file is nothing that a trust store takes.
    #[error("{}: {looks}", path.display())]
    NotForTrust {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        looks: Looks,
    },
    /// Nothing of the file could be taken.
    #[error("{}: nothing in it could be taken", path.display())]
    NothingTaken {
        /// The file.
        path: PathBuf,
        /// Why, object by object.
        reasons: Vec<String>,
    },
    /// A file, an archive or what is in it is larger than anything that belongs here.
    #[error("{}: {what}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large.
        what: String,
    },
    /// A signed list, and no root was given to check it with.
    #[error("{}: a signed list, and no root to check it with", path.display())]
    NeedsRoot {
        /// The file.
        path: PathBuf,
        /// Who signed the list, as it says.
        signer: String,
        /// Who issued the signer's certificate, as it says.
        issuer: String,
    },
    /// The signature of a list does not hold, or was not made under the root.
    #[error("{}: {what}", path.display())]
    ListRefused {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// The list is older than one that was imported before.
    #[error("{}: signed at {offered}, and a list of {stored} was imported before", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// When it was signed.
        offered: UnixTime,
        /// When the newest one was signed.
        stored: UnixTime,
    },
    /// A trust bundle that is none, that nobody who is pinned signed, or that may not take the place of what is there.
    #[error("{}: {problem}", path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: Box<antin_trust::Error>,
        /// Whose certificates stand in the file; nothing of them is proven.
        carried: Vec<String>,
    },
    /// A trust bundle, and nobody was named whose bundles are taken.
    #[error("{}: a trust bundle, and no certificate of its signer to check it with", path.display())]
    BundleNeedsRoot {
        /// The file.
        path: PathBuf,
        /// Whose certificates stand in the file; nothing of them is proven.
        carried: Vec<String>,
    },
    /// The store follows the bundles of somebody else.
    #[error("the store follows the bundles of {}", followed.join(", "))]
    BundleOtherRoot {
        /// The file.
        path: PathBuf,
        /// Whose bundles the store takes.
        followed: Vec<String>,
        /// Whose certificates were given.
        offered: Vec<String>,
    },
    /// A bundle names no revoked cards, and the one that it would replace names some.
    #[error("{}: no list of revoked cards, and the store knows {} keys", path.display(), keys.map_or_else(|| "?".to_owned(), |keys| keys.to_string()))]
    BundleForgetsCards {
        /// The file.
        path: PathBuf,
        /// How many keys of revoked cards would go; unknown for a filter of an unknown kind.
        keys: Option<usize>,
    },
    /// A line of a list of revoked cards says nothing that can be kept.
    #[error("{}: line {line}: {what}", path.display())]
    CardLine {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// No entry has this fingerprint or is of this country.
    #[error("nothing in the store is called {wanted}")]
    NotFound {
        /// What was asked for.
        wanted: String,
    },
    /// Several entries begin with these digits.
    #[error("{wanted} names {} entries", found.len())]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What begins so.
        found: Vec<Fingerprint>,
    },
    /// The root is no certificate of an authority.
    #[error("{}: not a certificate of a country signing authority", path.display())]
    NotARoot {
        /// The file.
        path: PathBuf,
    },
}

/// What a file is that is not for a trust store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Looks {
    /// An empty file.
    Empty,
    /// A web page: what was saved is the page around the download.
    WebPage,
    /// A private key.
    PrivateKey,
    /// A request for a certificate.
    Request,
    /// A container with keys and certificates under a password (PKCS #12).
    Pkcs12,
    /// The security object of a document.
    SecurityObject,
    /// Another file of a document.
    DataGroup,
    /// A certificate of terminals (CV certificate).
    TerminalCertificate,
    /// A card file, journal or evidence file of this program.
    OurFile,
    /// A picture or a printed page.
    Picture,
    /// A compressed file of a kind that is not opened.
    Compressed,
    /// A trust bundle: it is applied, not imported.
    Bundle,
    /// A signed message of another kind.
    OtherSigned,
    /// Text.
    Text,
    /// Something else.
    Unknown,
}

impl Looks {
    /// The word for JSON and for the texts of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::WebPage => "web-page",
            Self::PrivateKey => "private-key",
            Self::Request => "request",
            Self::Pkcs12 => "pkcs12",
            Self::SecurityObject => "security-object",
            Self::DataGroup => "data-group",
            Self::TerminalCertificate => "terminal-certificate",
            Self::OurFile => "our-file",
            Self::Picture => "picture",
            Self::Compressed => "compressed",
            Self::Bundle => "bundle",
            Self::OtherSigned => "other-signed",
            Self::Text => "text",
            Self::Unknown => "unknown",
        }
    }
}

impl core::fmt::Display for Looks {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty file",
            Self::WebPage => "a web page, not the file that it offers",
            Self::PrivateKey => "a private key",
            Self::Request => "a request for a certificate",
            Self::Pkcs12 => "a PKCS #12 container",
            Self::SecurityObject => "the security object of a document",
            Self::DataGroup => "a data group of a document",
            Self::TerminalCertificate => "a certificate of terminals",
            Self::OurFile => "a card file, journal or evidence file",
            Self::Picture => "a picture or a printed page",
            Self::Compressed => "a compressed file of a kind that is not opened",
            Self::Bundle => "a trust bundle, which is applied and not imported",
            Self::OtherSigned => "a signed message of another kind",
            Self::Text => "a text",
            Self::Unknown => "nothing that belongs into a trust store",
        })
    }
}
