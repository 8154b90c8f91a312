//! What issuers have owned up to: deviation lists (ICAO 9303-3 §7.3) and defect lists (BSI TR-03129-2), as effects on rows.
//!
//! The standard leaves it to the receiving state which deviations it tolerates. Here a fault of form is tolerated where the
//! list names it: a wrong check digit, an inconsistent EF.COM, an odd encoding. A signature or a hash that does not fit is
//! never tolerated, because whoever forges a document of that series would pass too; the row only says that the issuer
//! knows.

use crate::certificate::{Certificate, Name};
use crate::checks::CheckId;
use crate::time::UnixTime;

/// The most exceptions that a store holds; published lists have a few dozen.
pub const MAX_EXCEPTIONS: usize = 65_536;

/// One thing that an issuer has owned up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Which list and entry, in words for the report: `deviation list of VN, entry 3`.
    pub source: String,
    /// The documents concerned.
    pub documents: Documents,
    /// What it does.
    pub effect: Effect,
}

/// Which documents: all stated conditions must be met (ICAO 9303-3 §7.3.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documents {
    /// The two letters of the list's country: a list never speaks for another one.
    pub country: String,
    /// The document signer.
    pub signer: Option<SignerRef>,
    /// The document code of the MRZ, such as `P`.
    pub document_type: Option<String>,
    /// First moment of issue. Chips seldom say when they were issued: such a document does not meet the condition.
    pub issued_from: Option<UnixTime>,
    /// Last moment of issue.
    pub issued_until: Option<UnixTime>,
    /// The document numbers; an empty list states no condition.
    pub numbers: Vec<String>,
}

/// How a list names a document signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerRef {
    /// By issuer and serial number.
    IssuerAndSerial {
        /// The issuer's name.
        issuer: Box<Name>,
        /// The serial number without leading zeros.
        serial: Vec<u8>,
    },
    /// By subject key identifier.
    SubjectKey(Vec<u8>),
    /// By a hash of the certificate; the hash function is told by its length.
    Digest(Vec<u8>),
}

/// What an exception does to the rows of a document that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A failure of form in this check is successful with a remark.
    Tolerate {
        /// The check.
        check: CheckId,
        /// The file or mechanism, where only one is named.
        subject: Option<String>,
    },
    /// EF.SOD may state `id-data` for its content (as real documents of one state do); its signature is still verified.
    ContentTypeData,
    /// The row gets a remark, nothing else.
    Note {
        /// The check.
        check: CheckId,
    },
    /// The chip's key for this proof may be known to others: a success proves nothing.
    KeyCompromised {
        /// The chip proof.
        check: CheckId,
    },
    /// Genuine chips fail this proof: a failure proves nothing.
    ProofUnreliable {
        /// The chip proof.
        check: CheckId,
    },
    /// The documents are recalled: the signer counts as revoked.
    Revoked,
}

/// What a document says of itself, as far as it is known, for [`Documents::cover`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) country: Option<&'a str>,
    pub(crate) signer: &'a Certificate,
    pub(crate) document_type: Option<&'a str>,
    pub(crate) number: Option<&'a str>,
    pub(crate) issued: Option<UnixTime>,
}

impl Documents {
    /// Whether all stated conditions are met; what the document does not tell meets none.
    pub(crate) fn cover(&self, subject: &Subject<'_>) -> bool {
        let country = subject
            .country
            .is_some_and(|country| country.eq_ignore_ascii_case(&self.country));
        let signer = self
            .signer
            .as_ref()
            .is_none_or(|wanted| wanted.names(subject.signer));
        let kind = self.document_type.as_ref().is_none_or(|wanted| {
            let wanted = wanted.trim_end_matches('<');
            subject
                .document_type
                .is_some_and(|kind| kind == wanted || (wanted.len() == 1 && kind.starts_with(wanted)))
        });
        let number = self.numbers.is_empty()
            || subject
                .number
                .is_some_and(|number| self.numbers.iter().any(|listed| listed == number));
        let from = self
            .issued_from
            .is_none_or(|from| subject.issued.is_some_and(|issued| issued >= from));
        let until = self
            .issued_until
            .is_none_or(|until| subject.issued.is_some_and(|issued| issued <= until));
        country && signer && kind && number && from && until
    }
}

impl SignerRef {
    /// Whether the certificate is the one that is named.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial && certificate.issuer().has_attributes_of(issuer)
            }
            Self::SubjectKey(key) => certificate.subject_key_identifier() == Some(key.as_slice()),
            Self::Digest(digest) => antin_crypto::Hash::ALL
                .iter()
                .any(|hash| certificate.has_digest(*hash, digest)),
        }
    }
}
