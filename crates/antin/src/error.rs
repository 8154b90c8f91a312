//! What can go wrong between the library and the world of files.

use std::io;
use std::path::{Path, PathBuf};

use antin_lds::ElementaryFile;
use thiserror::Error;

/// Why a file, a folder or an issuance came to nothing.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused.
    #[error("{}: {action}: {kind}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        kind: io::ErrorKind,
    },
    /// Another process works with this card file.
    #[error("{}: in use by another process", path.display())]
    InUse {
        /// The card file.
        path: PathBuf,
    },
    /// The card file exists already.
    #[error("{}: exists already", path.display())]
    Exists {
        /// The card file.
        path: PathBuf,
    },
    /// The card file cannot be used.
    #[error("{}: {problem}", path.display())]
    CardFile {
        /// The card file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Box<antin_chip::StateError>,
    },
    /// A certificate cannot be used.
    #[error("{}: {problem}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: antin_trust::Error,
    },
    /// The document signer's key cannot be read.
    #[error("{}: not an unencrypted PKCS#8 private key", path.display())]
    SignerKey {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the document signer lacks one of its two files.
    #[error("{}: no {what} of a document signer", path.display())]
    SignerIncomplete {
        /// The folder.
        path: PathBuf,
        /// What is missing: `private key` or `certificate`.
        what: &'static str,
    },
    /// Key and certificate of the document signer do not belong together.
    #[error("{}: private key and certificate do not belong together", path.display())]
    SignerMismatch {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds no certificate at all.
    #[error("{}: no certificates", path.display())]
    NoCertificates {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds none of a chip's files.
    #[error("{}: no files of a chip (EF_SOD.bin, Datagroup1.bin, ...)", path.display())]
    NoDump {
        /// The folder.
        path: PathBuf,
    },
    /// A file is larger than anything that belongs here.
    #[error("{}: larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// An evidence file cannot be used.
    #[error("{}: not an evidence file: {problem}", path.display())]
    Evidence {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// An evidence file is not what was saved.
    #[error("{}: altered: {what}", path.display())]
    EvidenceAltered {
        /// The file.
        path: PathBuf,
        /// How that was found.
        what: &'static str,
    },
    /// More documents than any batch has.
    #[error("{}: more than {limit} documents", path.display())]
    TooManyDocuments {
        /// The folder.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// The file that should name a station holds no public key.
    #[error("{}: neither a public key nor a certificate", path.display())]
    StationKey {
        /// The file.
        path: PathBuf,
    },
    /// A key set of SCP03, or a key of a terminal, cannot be used.
    #[error("{}: {what}", path.display())]
    KeySet {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; no key.
        what: String,
    },
    /// A token with keys does not serve; the card is untouched.
    #[error(transparent)]
    Token(#[from] crate::token::TokenError),
    /// A trust store does not serve, or does not take what it is given.
    #[error(transparent)]
    TrustStore(Box<crate::store::trust::TrustProblem>),
    /// An authority or one of its signers does not sign.
    #[error(transparent)]
    Authority(#[from] crate::authority::Problem),
    /// Encoding or planning refused; the card is untouched.
    #[error(transparent)]
    Perso(#[from] antin_perso::Error),
    /// What should be signed breaks the standard, so that every verifier would refuse it; nothing was signed.
    #[error("{check}{}: {problem}", of(subject))]
    UnfitToSign {
        /// The check that such a document would fail.
        check: antin_trust::CheckId,
        /// The file, where it is about one.
        subject: Option<String>,
        /// What is wrong.
        problem: String,
    },
    /// Signing refused; the card is untouched.
    #[error("signing: {0}")]
    Signing(antin_trust::Error),
    /// Writing to the card broke off; the error knows the card's state.
    #[error(transparent)]
    Run(Box<antin_perso::RunError>),
    /// The finished card could not be read back.
    #[error("the written card cannot be read back: {0}")]
    ReadBack(antin_reader::Error),
    /// The finished card holds another content than was written.
    #[error("the written card reads back differently: {file}")]
    ReadBackDiffers {
        /// The first file that differs.
        file: ElementaryFile,
    },
    /// The finished card reads back, but it does not verify under its own signer.
    #[error("the written card does not verify: {verdict}")]
    ReadBackUnverified {
        /// The verdict on the card.
        verdict: antin_trust::Verdict,
    },
}

fn of(subject: &Option<String>) -> String {
    subject
        .as_ref()
        .map(|file| format!(" {file}"))
        .unwrap_or_default()
}

impl From<antin_perso::RunError> for Error {
    fn from(error: antin_perso::RunError) -> Self {
        Self::Run(Box::new(error))
    }
}

impl From<crate::store::trust::TrustProblem> for Error {
    fn from(problem: crate::store::trust::TrustProblem) -> Self {
        Self::TrustStore(Box::new(problem))
    }
}

impl Error {
    /// Names the file and what was being done to it.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io {
            action,
            path,
            kind: error.kind(),
        }
    }
}
