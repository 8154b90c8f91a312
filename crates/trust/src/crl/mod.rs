//! Certificate revocation lists as received (RFC 5280 §5, ICAO 9303-12 §7.1.4).
//!
//! ```text
//! CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }              RFC 5280 §5.1
//! tbsCertList ::= SEQUENCE { version v2(1) OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
//!   SEQUENCE OF SEQUENCE { serial, date, entryExtensions OPTIONAL } OPTIONAL, [0] crlExtensions OPTIONAL }
//! ```
//! A list keeps its bytes once and an index of a few words per entry, sorted by serial number: a list of 100,000 entries is
//! read in one pass and asked in a handful of comparisons.

mod judge;
mod read;

use core::fmt;
use core::ops::Range;

use antin_crypto::{ObjectIdentifier, SignatureAlgorithm};

use crate::certificate::Name;
use crate::time::UnixTime;

pub use judge::Unusable;

/// The largest list that is read: 500,000 entries of the usual size.
pub const MAX_CRL_BYTES: usize = 24 * 1024 * 1024;
/// The most entries of one list.
pub const MAX_REVOKED: usize = 500_000;

/// A certificate revocation list. That it was read says nothing about whether it is right: [`judge`](Self::judge) does.
#[derive(Clone)]
pub struct CertificateList {
    raw: Vec<u8>,
    tbs: Range<usize>,
    version: u8,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    issuer: Name,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    /// Sorted by serial number.
    entries: Vec<Entry>,
    number: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    unusable: Option<Unusable>,
    stated: Stated,
}

/// What of the profile (ICAO 9303-12 §7.1.4) can be told only while the list is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The list of entries is there and empty, which RFC 5280 §5.1.2.6 forbids.
    pub(crate) empty_entries: bool,
    /// Which extensions the list has, and whether they are critical.
    pub(crate) extensions: Vec<(ObjectIdentifier, bool)>,
    /// Which extensions any entry has.
    pub(crate) entry_extensions: Vec<ObjectIdentifier>,
    /// thisUpdate and nextUpdate as received.
    pub(crate) times: Vec<Vec<u8>>,
}

/// One entry: where its serial number lies in the bytes of the list, and what it says.
#[derive(Clone, Copy, Debug)]
struct Entry {
    serial_at: u32,
    serial_len: u32,
    date: UnixTime,
    reason: RevocationReason,
    invalid_since: Option<UnixTime>,
}

/// A certificate that its issuer takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The serial number, big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// When it was revoked.
    pub date: UnixTime,
    /// Why; ICAO 9303-12 §7.1.4 has no reasons, lists in the world do.
    pub reason: RevocationReason,
    /// Since when the key is suspected, where the list says so.
    pub invalid_since: Option<UnixTime>,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// 0, or not stated.
    Unspecified,
    /// 1: the private key is suspected to be in other hands.
    KeyCompromise,
    /// 2: the same of the authority's key.
    CaCompromise,
    /// 3: name or other information has changed.
    AffiliationChanged,
    /// 4: superseded; no cause to suspect the key.
    Superseded,
    /// 5: no longer needed.
    CessationOfOperation,
    /// 6: on hold.
    CertificateHold,
    /// 8: taken off the list again; only delta lists say so.
    RemoveFromCrl,
    /// 9: a privilege was withdrawn.
    PrivilegeWithdrawn,
    /// 10: the same of an attribute authority.
    AaCompromise,
    /// A number without a meaning.
    Other(u8),
}

impl RevocationReason {
    const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            other => Self::Other(other),
        }
    }

    /// The number in the encoding.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for RevocationReason {
    /// The name in RFC 5280.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
            Self::Other(code) => return write!(f, "reason {code}"),
        })
    }
}

/// Two lists are the same when their bytes are.
impl PartialEq for CertificateList {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for CertificateList {}

impl CertificateList {
    /// The bytes as received.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// The signed part as received.
    #[must_use]
    pub fn tbs_der(&self) -> &[u8] {
        self.raw.get(self.tbs.clone()).unwrap_or_default()
    }

    /// The version: 2 for every honest list here, 1 for one without extensions.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// Who signed.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was made.
    #[must_use]
    pub const fn this_update(&self) -> UnixTime {
        self.this_update
    }

    /// When the next one comes at the latest.
    #[must_use]
    pub const fn next_update(&self) -> Option<UnixTime> {
        self.next_update
    }

    /// The number of the list, big-endian, without leading zeros: a later list has a larger one (RFC 5280 §5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// The key identifier of the issuer.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.authority_key.as_deref()
    }

    /// The signature algorithm with its parameters, from the signed part.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::from_der`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, antin_crypto::Error> {
        SignatureAlgorithm::from_der(&self.algorithm)
    }

    /// The signature value.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// How many certificates are revoked.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no certificate is revoked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a serial number (big-endian, as [`Certificate::serial`](crate::Certificate::serial) gives it); the
    /// earliest that takes the certificate back, should there be several.
    #[must_use]
    pub fn revoked(&self, serial: &[u8]) -> Option<Revoked> {
        let wanted = (serial.len(), serial);
        let first = self.entries.partition_point(|entry| self.key(entry) < wanted);
        let mut entries = self
            .entries
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(|entry| self.key(entry) == wanted);
        let entry = entries.next()?;
        // One that takes the certificate back is not undone by one that says it was never meant.
        let telling = core::iter::once(entry)
            .chain(entries)
            .find(|entry| entry.reason != RevocationReason::RemoveFromCrl);
        Some(self.show(telling.unwrap_or(entry)))
    }

    /// Every entry, sorted by serial number.
    pub fn entries(&self) -> impl Iterator<Item = Revoked> {
        self.entries.iter().map(|entry| self.show(entry))
    }

    /// Why the list must not be used for any certificate; `None` for an ordinary list.
    #[must_use]
    pub const fn unusable(&self) -> Option<&Unusable> {
        self.unusable.as_ref()
    }

    pub(crate) const fn stated(&self) -> &Stated {
        &self.stated
    }

    fn serial(&self, entry: &Entry) -> &[u8] {
        serial_in(&self.raw, entry)
    }

    /// Shorter numbers are smaller, since leading zeros are not kept.
    fn key(&self, entry: &Entry) -> (usize, &[u8]) {
        let serial = self.serial(entry);
        (serial.len(), serial)
    }

    fn show(&self, entry: &Entry) -> Revoked {
        Revoked {
            serial: self.serial(entry).to_vec(),
            date: entry.date,
            reason: entry.reason,
            invalid_since: entry.invalid_since,
        }
    }
}

fn serial_in<'r>(raw: &'r [u8], entry: &Entry) -> &'r [u8] {
    let at = usize::try_from(entry.serial_at).unwrap_or(usize::MAX);
    let len = usize::try_from(entry.serial_len).unwrap_or(usize::MAX);
    raw.get(at..at.saturating_add(len)).unwrap_or_default()
}

impl fmt::Debug for CertificateList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CertificateList({}, {}, {} entries)",
            self.issuer,
            self.this_update,
            self.len()
        )
    }
}
