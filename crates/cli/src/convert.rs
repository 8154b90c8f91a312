//! From the library's errors to the catalogue of errors.

use std::io::ErrorKind;
use std::path::Path;

use antin::LinkError;
use antin::perso::run::{Advice, CardCondition, Cause};
use antin::store::trust::{Looks, TrustProblem};
use antin::trust::PasswordKind;

use crate::failure::{Failure, Id};

impl From<antin::Error> for Failure {
    fn from(error: antin::Error) -> Self {
        use antin::Error;
        let detail = error.to_string();
        let file = |id: Id, path: &Path| Failure::new(id).fact("file", path.display());
        // The file has a line of its own.
        let about = |path: &Path| {
            detail
                .trim_start_matches(&format!("{}: ", path.display()))
                .to_owned()
        };
        match error {
            Error::Io { action, path, kind } => {
                let reading = ["open", "read", "list"].iter().any(|word| action.contains(word));
                let id = if reading { Id::U102 } else { Id::X002 };
                file(id, &path).fact("detail", words(kind))
            }
            Error::InUse { path } | Error::CardFile { path, .. } => {
                file(Id::M404, &path).fact("detail", about(&path))
            }
            Error::Exists { path } => file(Id::U104, &path),
            Error::Certificate { path, .. } | Error::NoCertificates { path } => {
                file(Id::M405, &path).fact("detail", about(&path))
            }
            Error::SignerKey { path } | Error::SignerIncomplete { path, .. } => {
                file(Id::S601, &path).fact("detail", about(&path))
            }
            Error::KeySet { path, .. } => file(Id::M407, &path).fact("detail", about(&path)),
            Error::Token(problem) => problem.into(),
            Error::Authority(problem) => problem.into(),
            Error::TrustStore(problem) => (*problem).into(),
            Error::SignerMismatch { path } => file(Id::S602, &path).fact("detail", about(&path)),
            Error::NoDump { path }
            | Error::TooManyDocuments { path, .. }
            | Error::TooLarge { path, .. }
            | Error::Evidence { path, .. } => file(Id::M403, &path).fact("detail", about(&path)),
            Error::StationKey { path } => file(Id::M433, &path).fact("detail", about(&path)),
            Error::EvidenceAltered { path, what } => file(Id::M431, &path).fact("detail", what),
            Error::Perso(problem) => Failure::new(Id::M401).faults(&problem.to_string()),
            Error::UnfitToSign { .. } => Failure::new(Id::M440).fact("detail", detail),
            Error::Signing(problem) => Failure::new(Id::S601).fact("detail", problem),
            Error::Run(problem) => (*problem).into(),
            Error::ReadBack(error) if error.is_link_lost() => lost_before_read_back(error),
            Error::ReadBack(_) | Error::ReadBackDiffers { .. } | Error::ReadBackUnverified { .. } => {
                Failure::new(Id::I503).fact("detail", detail)
            }
            _ => Failure::new(Id::X001).fact("detail", detail),
        }
    }
}

impl From<TrustProblem> for Failure {
    fn from(problem: TrustProblem) -> Self {
        let file = |id: Id, path: &Path| Self::new(id).fact("file", path.display());
        match problem {
            TrustProblem::Damaged { path, what } => file(Id::M410, &path).fact("detail", what),
            TrustProblem::InUse { path } => Self::new(Id::U113).fact("store", path.display()),
            TrustProblem::NoStore { path } => Self::new(Id::U115).fact("store", path.display()),
            TrustProblem::NotForTrust { path, looks } => {
                file(Id::M411, &path).said("looks", looks_key(looks))
            }
            TrustProblem::NothingTaken { path, reasons } => file(Id::M411, &path).faults(&reasons.join("\n")),
            TrustProblem::TooLarge { path, what } => file(Id::M414, &path).fact("detail", what),
            TrustProblem::NeedsRoot { path, signer, issuer } => file(Id::U110, &path)
                .fact("signer", signer)
                .fact("issuer", issuer),
            TrustProblem::ListRefused { path, what } => file(Id::M412, &path).fact("detail", what),
            TrustProblem::Older {
                path,
                offered,
                stored,
            } => file(Id::M413, &path)
                .fact("offered", offered)
                .fact("stored", stored),
            TrustProblem::NotFound { wanted } => Self::new(Id::U111).fact("value", wanted),
            TrustProblem::Ambiguous { wanted, found } => {
                let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                Self::new(Id::U112)
                    .fact("value", wanted)
                    .faults(&found.join("\n"))
            }
            TrustProblem::NotARoot { path } => file(Id::U114, &path),
            TrustProblem::Bundle {
                path,
                problem,
                carried,
            } => {
                let failure = of_bundle(&path, &problem);
                match carried.is_empty() {
                    true => failure,
                    false => failure.fact("carried", carried.join("\n")),
                }
            }
            TrustProblem::BundleNeedsRoot { path, carried } => {
                file(Id::U117, &path).fact("carried", carried.join("\n"))
            }
            TrustProblem::BundleOtherRoot {
                path,
                followed,
                offered,
            } => file(Id::U118, &path)
                .fact("stored", followed.join(", "))
                .fact("offered", offered.join(", ")),
            TrustProblem::BundleForgetsCards { path, keys } => file(Id::M418, &path)
                .fact(
                    "keys",
                    keys.map_or_else(|| "?".to_owned(), |keys| keys.to_string()),
                )
                .said("detail", "bundle-cards-would-go"),
            TrustProblem::CardLine { path, line, what } => {
                file(Id::M419, &path).fact("line", line).fact("detail", what)
            }
            other => Self::new(Id::X001).fact("detail", other),
        }
    }
}

/// Why a bundle is not taken.
fn of_bundle(path: &Path, problem: &antin::trust::Error) -> Failure {
    use antin::trust::bundle::BundleRefusal;
    let antin::trust::Error::BundleRefused { reason } = problem else {
        return Failure::new(Id::M415)
            .fact("file", path.display())
            .fact("detail", problem);
    };
    let id = match reason {
        BundleRefusal::NotPinned | BundleRefusal::SignerUnfit | BundleRefusal::Signature(_) => Id::M416,
        BundleRefusal::Expired { .. } => Id::M417,
        _ => Id::M418,
    };
    Failure::new(id)
        .fact("file", path.display())
        .fact("detail", reason)
}

/// The text that says what a file is.
fn looks_key(looks: Looks) -> &'static str {
    match looks {
        Looks::Empty => "trust-looks-empty",
        Looks::WebPage => "trust-looks-web-page",
        Looks::PrivateKey => "trust-looks-private-key",
        Looks::Request => "trust-looks-request",
        Looks::Pkcs12 => "trust-looks-pkcs12",
        Looks::SecurityObject => "trust-looks-security-object",
        Looks::DataGroup => "trust-looks-data-group",
        Looks::TerminalCertificate => "trust-looks-terminal-certificate",
        Looks::OurFile => "trust-looks-our-file",
        Looks::Picture => "trust-looks-picture",
        Looks::Compressed => "trust-looks-compressed",
        Looks::Bundle => "trust-looks-bundle",
        Looks::OtherSigned => "trust-looks-other-signed",
        Looks::Text => "trust-looks-text",
        _ => "trust-looks-unknown",
    }
}

/// The card is finished, but nobody has seen it as an outsider yet: the same command reads it back.
fn lost_before_read_back(error: antin::reader::Error) -> Failure {
    let interrupted = matches!(
        error,
        antin::reader::Error::Link {
            cause: LinkError::Interrupted,
            ..
        }
    );
    let id = if interrupted { Id::X130 } else { Id::I505 };
    Failure::new(id).fact("state", "finished").fact("detail", error)
}

/// What the system says, in words that a user knows.
pub fn words(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        other => other.to_string(),
    }
}

impl From<antin::RunError> for Failure {
    fn from(error: antin::RunError) -> Self {
        let id = match (error.state, error.advice) {
            (_, Advice::CheckTheKeys) => Id::I506,
            (_, Advice::UseTheCardOfTheJournal | Advice::CheckTheJournal) => Id::M406,
            (CardCondition::Finished, _) | (_, Advice::UseAnotherBlank) => Id::I504,
            (CardCondition::Blank, _) => Id::I501,
            (CardCondition::HalfWritten | CardCondition::Unknown, _) => Id::I502,
        };
        let state = match error.state {
            CardCondition::Blank => "blank",
            CardCondition::HalfWritten => "half-written",
            CardCondition::Finished => "finished",
            CardCondition::Unknown => "unknown",
        };
        let failure = match error.cause {
            Cause::Link {
                error: LinkError::Interrupted,
                ..
            } => Failure::new(Id::X130),
            _ => Failure::new(id),
        };
        failure.fact("state", state).fact("detail", error.cause)
    }
}

impl From<antin::reader::Error> for Failure {
    fn from(error: antin::reader::Error) -> Self {
        use antin::reader::Error;
        let detail = error.to_string();
        match error {
            Error::AccessRefused {
                password,
                sw,
                tries_left,
            } => {
                let failure = Failure::new(match (password, tries_left) {
                    (PasswordKind::Can, _) => Id::A201,
                    (PasswordKind::Mrz, _) => Id::A202,
                    (PasswordKind::Pin, Some(0)) => Id::A208,
                    (PasswordKind::Pin | PasswordKind::Puk, _) => Id::A206,
                })
                .fact("status", sw);
                match tries_left {
                    Some(tries) => failure.fact("tries-left", tries),
                    None => failure,
                }
            }
            Error::PasswordUnusable { .. } => Failure::new(Id::A207).fact("detail", detail),
            Error::KeyNotUsable { offered, .. } => {
                let takes = if offered == "BAC" {
                    "chip-takes-mrz"
                } else {
                    "chip-takes-another"
                };
                Failure::new(Id::A203).said("takes", takes)
            }
            Error::Unsupported { .. } => Failure::new(Id::A205).fact("detail", detail),
            Error::NotIcao { sw } => Failure::new(Id::A209).fact("status", sw),
            Error::AnotherChip { .. } => Failure::new(Id::L301).fact("detail", detail),
            Error::CardLost { phase } => Failure::new(Id::L301).fact("phase", phase.as_str()),
            Error::Timeout { phase, .. } => Failure::new(Id::L302).fact("phase", phase.as_str()),
            Error::Link { phase, cause } => Failure::from(cause).fact("phase", phase.as_str()),
            Error::NoProgress { phase, .. } => Failure::new(Id::L302)
                .fact("phase", phase.as_str())
                .fact("detail", detail),
            Error::Key(_) => Failure::new(Id::A204).fact("detail", detail),
            _ => Failure::new(Id::X001).fact("detail", detail),
        }
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::CardLost => Failure::new(Id::L301),
            LinkError::TimedOut { .. } => Failure::new(Id::L302).fact("detail", error),
            LinkError::Interrupted => Failure::new(Id::X130),
            LinkError::NoService => Failure::new(Id::E101),
            LinkError::NoReader => Failure::new(Id::E102),
            LinkError::NoCard => Failure::new(Id::E103),
            LinkError::NotAllowed => Failure::new(Id::E104),
            _ => Failure::new(Id::L301).fact("detail", error),
        }
    }
}

/// The exit code of a reading that broke off after some files had been read.
pub fn exit_of(error: &antin::reader::Error) -> u8 {
    Failure::from(error.clone()).id.exit() as u8
}
