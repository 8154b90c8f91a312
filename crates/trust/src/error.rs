//! The crate's one error type.

/// What can go wrong while certificates and documents are made or read; what a document proves is a
/// [`Report`](crate::Report), never an error.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An encoding is not what its standard allows.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// The object that was being read.
        what: &'static str,
        /// The offset of the fault in the bytes handed in.
        at: usize,
    },
    /// The bytes are nested deeper, or hold more objects, than any honest document.
    #[error("{what} too deep or too large")]
    TooComplex {
        /// The object that was being read.
        what: &'static str,
    },
    /// EF.SOD does not have exactly one signer.
    #[error("number of signers: {found}")]
    SignerCount {
        /// How many there are.
        found: usize,
    },
    /// A signed list that is not the word of whom the caller trusts.
    #[error("{what} not trusted: {reason}{}", after_colon(detail.as_deref()))]
    NotTrusted {
        /// The kind of list.
        what: &'static str,
        /// Why.
        reason: crate::checks::Reason,
        /// What was seen.
        detail: Option<String>,
    },
    /// A trust bundle that must not be installed.
    #[error("trust bundle refused: {reason}")]
    BundleRefused {
        /// Why.
        reason: crate::bundle::BundleRefusal,
    },
    /// A certificate without the marks of an authority was offered as a trust anchor.
    #[error("not a certification authority: {subject}")]
    NotAnAnchor {
        /// The certificate's subject.
        subject: String,
    },
    /// A CV certificate that a chip, or whoever judges as one, does not believe.
    #[error("CV certificate {holder} refused: {reason}")]
    CvRefused {
        /// The name of the key in it.
        holder: String,
        /// Why.
        reason: crate::cv::Refusal,
    },
    /// No chain of certificates leads from a chip's trust points to a terminal whose key is at hand.
    #[error("{}", no_terminal(announced, *missing))]
    NoTerminal {
        /// The names that the chip announces.
        announced: Vec<String>,
        /// How far the search came.
        missing: crate::cv::Missing,
    },
    /// An argument of the caller is out of range.
    #[error("{what}: {found}")]
    Misuse {
        /// The argument and what it must be.
        what: &'static str,
        /// What it was.
        found: String,
    },
    /// A policy file says something that no policy may say.
    #[error("line {line}: {problem}")]
    PolicyText {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A key, a signature or a signer.
    #[error(transparent)]
    Crypto(#[from] antin_crypto::Error),
    /// What was just signed does not verify: the signer is broken, nothing may be issued.
    #[error("self-check failed: {what}")]
    SelfCheck {
        /// The part that does not verify.
        what: &'static str,
    },
}

fn after_colon(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |detail| format!(": {detail}"))
}

fn no_terminal(announced: &[String], missing: crate::cv::Missing) -> String {
    match announced {
        [] => "no terminal: the chip names no authority".to_owned(),
        names => format!(
            "no terminal for a chip that trusts {}: missing {missing}",
            names.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cv::Missing;

    #[test]
    fn a_chip_that_names_no_authority_is_not_said_to_trust_one() {
        let of = |announced: &[&str]| {
            let announced = announced.iter().map(|name| (*name).to_owned()).collect();
            let missing = Missing::TrustPoint;
            Error::NoTerminal { announced, missing }.to_string()
        };
        assert_eq!(of(&[]), "no terminal: the chip names no authority");
        assert!(of(&["VNCVCATEST00001"]).contains("that trusts VNCVCATEST00001: missing "));
    }
}
