//! The trust bundle: all that a counter without a network knows of issuers, in one file under one signature.
//!
//! ```text
//! CMS SignedData { id-data, SEQUENCE {
//!   schema       UTF8String "antin.trust-bundle/1",
//!   serial       INTEGER,                         only grows
//!   created      Time,
//!   softRefresh  Time,                            from here on what rests on the bundle is undetermined
//!   hardExpiry   Time,                            from here on the bundle is refused
//!   base     [0] IMPLICIT INTEGER OPTIONAL,       a delta: the serial of the bundle that it changes
//!   parts        SEQUENCE OF SEQUENCE {
//!     name       UTF8String, sha256 OCTET STRING, length INTEGER,
//!     content [0] IMPLICIT OCTET STRING OPTIONAL  absent in a delta where the base has it already
//! } } }
//! ```
//! `openssl cms -verify` verifies the file. Here the signer is pinned: nothing in the file, and no authority above it, can
//! put another one in its place.

mod fill;
mod make;
mod read;

use antin_crypto::{Hash, Verifier};
use antin_wire::oids::ID_DATA;

use crate::certificate::{Certificate, DIGITAL_SIGNATURE};
use crate::cms::{Limits, SignedData};
use crate::error::Error;
use crate::store::Freshness;
use crate::time::UnixTime;

pub use fill::Member;
pub use make::BundleMaker;

/// The schema that every bundle names.
pub const SCHEMA: &str = "antin.trust-bundle/1";
/// The largest bundle that is read: a filter of eight million cards, and lists.
pub const MAX_BUNDLE_BYTES: usize = 96 * 1024 * 1024;
/// The most parts of a bundle.
pub const MAX_PARTS: usize = 64;
/// The longest name of a part, in octets.
pub const MAX_PART_NAME: usize = 64;

const WHAT: &str = "trust bundle";

const LIMITS: Limits = Limits {
    bytes: MAX_BUNDLE_BYTES,
    objects: 4096,
    certificates: 4,
    revocation_lists: 1,
    signers: 4,
};

/// The parts that have a meaning here. Others are kept, and passed over with a note.
pub mod part {
    /// Anchors: `SEQUENCE OF Certificate`.
    pub const CSCA: &str = "csca";
    /// Link certificates: `SEQUENCE OF Certificate`.
    pub const LINKS: &str = "links";
    /// Document signers: `SEQUENCE OF Certificate`.
    pub const SIGNERS: &str = "document-signers";
    /// Revocation lists: `SEQUENCE OF CertificateList`.
    pub const CRLS: &str = "crls";
    /// Test anchors: `SEQUENCE OF SEQUENCE { set UTF8String, Certificate }`.
    pub const TEST: &str = "test-anchors";
    /// Deviation lists that the maker has verified: `SEQUENCE OF SEQUENCE { country UTF8String, ContentInfo }`.
    pub const DEVIATIONS: &str = "deviation-lists";
    /// Defect lists that the maker has verified: `SEQUENCE OF ContentInfo`.
    pub const DEFECTS: &str = "defect-lists";
    /// What is known to be bad: `SEQUENCE { certificates SEQUENCE OF OCTET STRING, keys SEQUENCE OF OCTET STRING }`.
    pub const DISTRUST: &str = "distrust";
    /// Revoked cards: a filter ([`RevokedCards`](crate::store::RevokedCards)).
    pub const CARDS: &str = "revoked-cards";
}

/// A bundle whose signature and parts hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    freshness: Freshness,
    base: Option<u64>,
    parts: Vec<Part>,
}

/// A part of a bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    name: String,
    sha256: [u8; 32],
    length: u64,
    content: Option<Vec<u8>>,
}

/// What a station remembers of the bundle that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its serial number.
    pub serial: u64,
    /// [`Bundle::digest`].
    pub digest: [u8; 32],
}

/// Whether an older bundle may take the place of a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// No: somebody may want a revocation to be forgotten.
    Refuse,
    /// Yes, because somebody who may say so says so.
    AllowExplicitly,
}

/// Why a bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleRefusal {
    /// None of the pinned certificates is the signer's.
    NotPinned,
    /// The signer's certificate is not valid at that moment, or is not for signing.
    SignerUnfit,
    /// The signature does not hold; the reason is that of a report.
    Signature(crate::checks::Reason),
    /// Its time is over.
    Expired {
        /// Since when.
        since: UnixTime,
    },
    /// It is older than the one that is there.
    Rollback {
        /// The serial number that is there.
        installed: u64,
        /// The serial number that was offered.
        offered: u64,
    },
    /// It has the serial number of the one that is there and says something else.
    Contradicts {
        /// The serial number of both.
        serial: u64,
    },
    /// A delta to another bundle than the one that is there.
    OtherBase {
        /// The serial number that it changes; `None` when it is no delta.
        base: Option<u64>,
    },
    /// A part that a delta leaves out is not in its base.
    PartMissing {
        /// The part.
        name: String,
    },
    /// A delta alone: it must be completed by its base first.
    Incomplete,
}

impl core::fmt::Display for BundleRefusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotPinned => f.write_str("signed by nobody who is pinned"),
            Self::SignerUnfit => f.write_str("its signer may not sign now"),
            Self::Signature(reason) => write!(f, "signature: {reason}"),
            Self::Expired { since } => write!(f, "expired since {since}"),
            Self::Rollback { installed, offered } => {
                write!(f, "serial {offered} is lower than the installed {installed}")
            }
            Self::Contradicts { serial } => write!(f, "another bundle of serial {serial} is installed"),
            Self::OtherBase { base: Some(base) } => write!(f, "changes the bundle of serial {base}"),
            Self::OtherBase { base: None } => f.write_str("no delta"),
            Self::PartMissing { name } => write!(f, "part {name} is neither here nor in the base"),
            Self::Incomplete => f.write_str("a delta without its base"),
        }
    }
}

impl Bundle {
    /// Reads a bundle and verifies it: exactly one signer, who is pinned and may sign at `at`, and every part has the
    /// stated hash. Whether it may be installed is told by [`may_follow`](Self::may_follow).
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`], [`Error::BundleRefused`].
    pub fn verify(
        bytes: &[u8],
        pinned: &[Certificate],
        at: UnixTime,
        verifier: &dyn Verifier,
    ) -> Result<Self, Error> {
        let signed = SignedData::parse(WHAT, bytes, &LIMITS)?;
        let findings = signed
            .examine_as(&ID_DATA)
            .map_err(|fault| refused(BundleRefusal::Signature(fault.reason)))?;
        let mut found = BundleRefusal::NotPinned;
        for signer in pinned.iter().filter(|pinned| findings.signer.names(pinned)) {
            match findings.judge(signer, verifier) {
                Err(fault) => found = BundleRefusal::Signature(fault.reason),
                Ok(_) if !may_sign(signer, at) => found = BundleRefusal::SignerUnfit,
                Ok(_) => return read::content(findings.content),
            }
        }
        Err(refused(found))
    }

    /// The certificates that stand in a bundle, so that people can be told who claims to have signed it. Nothing of them is
    /// verified, and none of them is believed.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn carried_certificates(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
        Ok(SignedData::parse(WHAT, bytes, &LIMITS)?.certificates().to_vec())
    }

    /// Reads a bundle without asking who signed it, to compare what bundles say. Nothing of it may be believed.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`], [`Error::BundleRefused`] for a signed message of another kind.
    pub fn dangerous_read_unverified(bytes: &[u8]) -> Result<Self, Error> {
        let signed = SignedData::parse(WHAT, bytes, &LIMITS)?;
        let findings = signed
            .examine_as(&ID_DATA)
            .map_err(|fault| refused(BundleRefusal::Signature(fault.reason)))?;
        read::content(findings.content)
    }

    /// Reads the content that a bundle signs, without any signature.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn parse_content(content: &[u8]) -> Result<Self, Error> {
        if content.len() > MAX_BUNDLE_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        read::content(content)
    }

    /// A whole bundle of parts that were kept: what a delta changes. Nothing says any more who signed it.
    ///
    /// # Errors
    /// [`Error::Misuse`] for the name of a part, or limits that do not follow each other; [`Error::TooComplex`].
    pub fn of_parts<'p>(
        freshness: Freshness,
        parts: impl IntoIterator<Item = (&'p str, &'p [u8])>,
    ) -> Result<Self, Error> {
        let mut maker = BundleMaker::new(freshness)?;
        for (name, content) in parts {
            maker.part(name, content)?;
        }
        maker.unsigned()
    }

    /// Serial number and limits.
    #[must_use]
    pub const fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    /// The serial number of the bundle that this delta changes; `None` for a whole bundle.
    #[must_use]
    pub const fn base(&self) -> Option<u64> {
        self.base
    }

    /// The parts in the order of their names.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The content of a part; `None` where there is none, or a delta leaves it out.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&[u8]> {
        self.named(name)?.content()
    }

    fn named(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// SHA-256 over what the bundle states, contents by their hashes: the same for a whole bundle and for a delta to it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let manifest = make::encode(&self.freshness, None, &self.parts, make::Contents::LeftOut);
        Hash::Sha256
            .digest(&manifest)
            .try_into()
            .expect("SHA-256 gives 32 bytes")
    }

    /// What a station remembers once it has installed this bundle.
    #[must_use]
    pub fn installed(&self) -> Installed {
        Installed {
            serial: self.freshness.serial,
            digest: self.digest(),
        }
    }

    /// Whether the bundle may take the place of the installed one at this moment. The same bundle again may. That it is
    /// stale is no refusal: what rests on it is undetermined.
    ///
    /// # Errors
    /// [`Error::BundleRefused`].
    pub fn may_follow(
        &self,
        installed: Option<&Installed>,
        at: UnixTime,
        rollback: Rollback,
    ) -> Result<(), Error> {
        if at >= self.freshness.hard_expiry {
            let since = self.freshness.hard_expiry;
            return Err(refused(BundleRefusal::Expired { since }));
        }
        let Some(installed) = installed else { return Ok(()) };
        let serial = self.freshness.serial;
        if serial < installed.serial && rollback == Rollback::Refuse {
            return Err(refused(BundleRefusal::Rollback {
                installed: installed.serial,
                offered: serial,
            }));
        }
        if serial == installed.serial && self.digest() != installed.digest {
            return Err(refused(BundleRefusal::Contradicts { serial }));
        }
        Ok(())
    }

    /// The whole bundle that this delta makes of its base. A whole bundle is complete already.
    ///
    /// # Errors
    /// [`Error::BundleRefused`]: the base is another one, or lacks a part.
    pub fn complete(self, base: &Self) -> Result<Self, Error> {
        let Some(wanted) = self.base else { return Ok(self) };
        if base.freshness.serial != wanted || base.base.is_some() {
            return Err(refused(BundleRefusal::OtherBase { base: Some(wanted) }));
        }
        let parts = self.parts.into_iter().map(|part| match part.content {
            Some(_) => Ok(part),
            None => base
                .parts
                .iter()
                .find(|known| known.name == part.name && known.sha256 == part.sha256)
                .cloned()
                .ok_or_else(|| refused(BundleRefusal::PartMissing { name: part.name })),
        });
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
            base: None,
            freshness: self.freshness,
        })
    }
}

impl Part {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 over the content.
    #[must_use]
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// The length of the content.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.length
    }

    /// Whether the content is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The content; `None` where a delta leaves it out.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }
}

impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Part({}, {} octets)", self.name, self.length)
    }
}

/// Lower-case letters, digits, hyphen and point; the first is a letter. No name is ever used as a path.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    name.len() <= MAX_PART_NAME
        && name.bytes().all(fits)
        && name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

fn may_sign(signer: &Certificate, at: UnixTime) -> bool {
    let usage = signer
        .extensions()
        .key_usage
        .is_none_or(|usage| usage & DIGITAL_SIGNATURE != 0);
    usage && (signer.not_before()..=signer.not_after()).contains(&at)
}

fn refused(reason: BundleRefusal) -> Error {
    Error::BundleRefused { reason }
}
