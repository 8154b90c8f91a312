//! Why a certificate is not believed.

use super::date::Date;
use super::reference::Reference;

/// Why a chip, or whoever judges as one, refuses a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No trust point, and not the certificate imported last, has the name of the signing key.
    #[error("unknown authority {authority}")]
    UnknownAuthority {
        /// The name in the certificate, or the one that was selected.
        authority: Reference,
    },
    /// The certificate names another signing key than the one that was selected.
    #[error("names the authority {named}, not {selected}")]
    OtherAuthority {
        /// The name in the certificate.
        named: Reference,
        /// The key that was selected.
        selected: Reference,
    },
    /// The signature is wrong.
    #[error("signature wrong")]
    Signature,
    /// A signature with SHA-1, which only a legacy chip takes.
    #[error("SHA-1 is not allowed")]
    Sha1,
    /// Its last day lies before the current date of the chip.
    #[error("expired on {expiration}, current date {current}")]
    Expired {
        /// Its last day.
        expiration: Date,
        /// The chip's date.
        current: Date,
    },
    /// The trust point that signed it has expired; it may only sign its successor any more.
    #[error("its authority expired on {expiration}, current date {current}")]
    AuthorityExpired {
        /// The last day of the trust point.
        expiration: Date,
        /// The chip's date.
        current: Date,
    },
    /// Its last day lies before its first.
    #[error("ends before it begins")]
    Period,
    /// Authorities sign authorities and verifiers, verifiers sign terminals, nobody else signs anything.
    #[error("a {holder} may not be signed by a {authority}")]
    Pairing {
        /// The role of the key that signed.
        authority: &'static str,
        /// The role in the certificate.
        holder: &'static str,
    },
    /// Its kind of terminal is another one than its authority's, or unknown.
    #[error("is for terminals of type {holder}, its authority for {authority}")]
    TerminalType {
        /// The kind that the authority stands for.
        authority: String,
        /// The kind in the certificate.
        holder: String,
    },
    /// Its key is of another algorithm or group than its authority's, which only a new authority may change.
    #[error("key {holder}, its authority's key {authority}")]
    KeyDiffers {
        /// The authority's algorithm and group.
        authority: String,
        /// The certificate's.
        holder: String,
    },
    /// A trust point has the same name already.
    #[error("a key with its name is known already")]
    KnownHolder,
}
