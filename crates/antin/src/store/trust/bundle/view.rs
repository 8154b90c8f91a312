//! What people and scripts are shown of a bundle.

use std::path::Path;

use antin_trust::bundle::{Bundle, Rollback, part};
use antin_trust::store::{Age, RevokedCards};
use antin_trust::time::DAY;
use antin_trust::{Certificate, UnixTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::disk::TrustFolder;
use super::super::model::{Contents, Fingerprint, Pinned};
use super::super::problem::TrustProblem;
use super::{BundleFile, Opened};
use crate::error::Error;

/// A bundle, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BundleView {
    /// The name of the file.
    pub file: String,
    /// SHA-256 over it.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// Its length in bytes.
    pub bytes: usize,
    /// Its serial number.
    pub serial: u64,
    /// The serial number of the bundle that it changes, if it is a delta.
    pub base: Option<u64>,
    /// When it was put together.
    pub created: UnixTime,
    /// From here on what rests on it is undetermined.
    pub soft_refresh: UnixTime,
    /// From here on it is refused.
    pub hard_expiry: UnixTime,
    /// `fresh`, `aging` (older than a day), `stale` (past the soft limit), `expired` (past the hard limit), `future` (put
    /// together after now: one of two clocks is wrong).
    pub age: &'static str,
    /// Whole days since it was put together.
    pub days: i64,
    /// Who signed it.
    pub signer: SignerView,
    /// Its parts.
    pub parts: Vec<PartView>,
}

/// Whoever signed a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignerView {
    /// Who.
    pub subject: String,
    /// SHA-256 over the certificate.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// Until when the certificate is valid.
    pub until: UnixTime,
}

/// A part of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartView {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 over it.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// Whether the bundle carries it; a delta leaves out what did not change.
    pub carried: bool,
    /// How many certificates, lists, fingerprints or keys of cards it holds; unknown for a part that is not carried or has
    /// no meaning here.
    pub members: Option<usize>,
}

/// The word for the age of trust facts.
const fn age_word(age: Age) -> &'static str {
    match age {
        Age::Fresh => "fresh",
        Age::Aging { .. } => "aging",
        Age::Stale => "stale",
        Age::Expired => "expired",
        Age::Future => "future",
    }
}

impl BundleView {
    /// What a bundle says of itself at this moment.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8], bundle: &Bundle, signer: &Certificate, at: UnixTime) -> Self {
        let freshness = bundle.freshness();
        let part = |part: &antin_trust::bundle::Part| PartView {
            name: part.name().to_owned(),
            bytes: part.len(),
            sha256: (*part.sha256()).into(),
            carried: part.content().is_some(),
            members: members(bundle, part.name()),
        };
        Self {
            file: name.to_owned(),
            sha256: Fingerprint::of(bytes),
            bytes: bytes.len(),
            serial: freshness.serial,
            base: bundle.base(),
            created: freshness.created,
            soft_refresh: freshness.soft_refresh,
            hard_expiry: freshness.hard_expiry,
            age: age_word(freshness.age(at)),
            days: at.0.saturating_sub(freshness.created.0).max(0) / DAY,
            signer: SignerView {
                subject: signer.subject().to_string(),
                sha256: signer.fingerprint().into(),
                until: signer.not_after(),
            },
            parts: bundle.parts().iter().map(part).collect(),
        }
    }

    pub(super) fn of_file(file: &BundleFile, opened: &Opened, at: UnixTime) -> Self {
        Self::of(&file.name(), &file.bytes, &opened.bundle, &opened.signer, at)
    }
}

/// The bundle that a store follows, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BundleState {
    /// Its serial number.
    pub serial: u64,
    /// When it was put together.
    pub created: UnixTime,
    /// From here on what rests on it is undetermined.
    pub soft_refresh: UnixTime,
    /// From here on it is refused, and what rests on it undetermined all the same.
    pub hard_expiry: UnixTime,
    /// `fresh`, `aging`, `stale`, `expired` or `future`, as in [`BundleView`].
    pub age: &'static str,
    /// Whole days since it was put together.
    pub days: i64,
    /// When it was taken into the store.
    pub applied: UnixTime,
    /// Who took it.
    pub by: String,
    /// Who signed it.
    pub signer: Option<String>,
    /// How many keys of revoked cards it names; nothing where it names none, or in a way that is not known here.
    pub revoked_cards: Option<usize>,
}

impl Contents {
    /// The bundle that the store follows, at this moment.
    #[must_use]
    pub fn bundle_state(&self, at: UnixTime) -> Option<BundleState> {
        let followed = self.bundle.as_ref()?;
        let import = self.import(followed.import)?;
        let freshness = followed.freshness();
        let signer = import.root.and_then(|root| followed.signer(&root));
        Some(BundleState {
            serial: freshness.serial,
            created: freshness.created,
            soft_refresh: freshness.soft_refresh,
            hard_expiry: freshness.hard_expiry,
            age: age_word(freshness.age(at)),
            days: at.0.saturating_sub(freshness.created.0).max(0) / DAY,
            applied: import.at,
            by: import.by.clone(),
            signer: signer.map(str::to_owned),
            revoked_cards: self.cards.as_ref().and_then(RevokedCards::len),
        })
    }
}

fn members(bundle: &Bundle, name: &str) -> Option<usize> {
    match name {
        part::CSCA
        | part::LINKS
        | part::SIGNERS
        | part::CRLS
        | part::TEST
        | part::DEVIATIONS
        | part::DEFECTS => Some(bundle.members(name).ok()?.len()),
        part::CARDS => RevokedCards::parse(bundle.part(name)?).ok()?.len(),
        part::DISTRUST => {
            let mut alone = antin_trust::TrustStore::new();
            let content = [(name, bundle.part(name)?)];
            let bundle = Bundle::of_parts(*bundle.freshness(), content).ok()?;
            bundle.fill(&mut alone).ok()?;
            let distrust = alone.distrusted();
            Some(distrust.certificates().count() + distrust.keys().count())
        }
        _ => None,
    }
}

/// Verifies a bundle under these certificates, or where none is given under those that a store remembers, and says what is
/// in it.
///
/// # Errors
/// [`TrustProblem::Bundle`], also for one whose time is over; [`TrustProblem::BundleNeedsRoot`], or what the file system
/// says.
pub fn inspect_bundle(
    path: &Path,
    roots: &[Certificate],
    store: Option<&TrustFolder>,
    at: UnixTime,
) -> Result<BundleView, Error> {
    let file = BundleFile::read(path)?;
    let mut pinned = roots.to_vec();
    if let (true, Some(store)) = (roots.is_empty(), store.filter(|store| store.exists())) {
        let contents = store.load()?;
        let known = contents.bundle.iter().flat_map(|bundle| &bundle.pinned);
        pinned.extend(known.filter_map(Pinned::certificate));
    }
    if pinned.is_empty() {
        return Err(TrustProblem::BundleNeedsRoot {
            path: path.to_owned(),
            carried: file.carried()?,
        }
        .into());
    }
    let opened = file.open(&pinned, at)?;
    opened
        .bundle
        .may_follow(None, at, Rollback::Refuse)
        .map_err(|problem| file.refused(problem))?;
    Ok(BundleView::of_file(&file, &opened, at))
}
