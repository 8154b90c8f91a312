//! A bundle into the store: all of it or nothing, in place of the bundle before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use antin_trust::bundle::{Bundle, BundleRefusal, Installed, Member, Rollback, part};
use antin_trust::crl::CertificateList;
use antin_trust::defect_list::DefectList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::store::RevokedCards;
use antin_trust::{Anchor, Certificate, TrustStore, UnixTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::disk::TrustFolder;
use super::super::limits::MAX_NAME_LETTERS;
use super::super::model::{
    Contents, Distrust, Entry, Fingerprint, Followed, Format, Import, Kind, Marked, Pinned, Realm, Source,
    Voucher,
};
use super::super::problem::TrustProblem;
use super::view::BundleView;
use super::{BundleFile, Opened};
use crate::error::Error;

/// Whose bundles a store may take from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleRoot {
    /// Those of whom it follows; of whoever is given, where it follows nobody yet.
    Followed,
    /// Those of whoever is given, in place of whom it follows.
    Replaced,
}

impl BundleRoot {
    /// The option of the command line, which is recorded.
    pub const REPLACED: &'static str = "--allow-other-issuer";
}

/// Whether a bundle without a list of revoked cards may take the place of one with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingCards {
    /// No: the cards of the bundle before would be good again, and nobody said so. A list that names fewer cards, or none,
    /// is taken: whoever made it decided that.
    Refuse,
    /// Yes; recorded where it happens.
    Take,
}

impl MissingCards {
    /// The option of the command line, which is recorded.
    pub const TAKEN: &'static str = "--allow-fewer-revoked-cards";
}

/// How to take a bundle.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// Who does it, such as `lan@counter-1`.
    pub by: String,
    /// Now.
    pub at: UnixTime,
    /// The certificates of whoever signs bundles, got by another way than the bundle.
    pub roots: Vec<Certificate>,
    /// Whether they may take the place of others.
    pub root: BundleRoot,
    /// Whether the bundle may leave out the list of revoked cards.
    pub missing_cards: MissingCards,
}

/// What became of a bundle: `antin.trust-bundle-apply/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Applied {
    /// The bundle.
    #[serde(flatten)]
    pub bundle: BundleView,
    /// Whether this very bundle was there already; nothing changed then.
    pub known: bool,
    /// The serial number of the bundle before.
    pub previous: Option<u64>,
    /// How many entries the store did not have before.
    pub added: usize,
    /// How many entries the bundle before vouched for and nobody does now.
    pub removed: usize,
    /// How many keys of revoked cards the bundle before named and this one does not: those cards are good again.
    pub revoked_cards_gone: usize,
    /// What was passed over, in words.
    pub notes: Vec<String>,
    /// How often the store was changed so far.
    pub generation: u64,
}

/// Takes a bundle into a store, which is made if there is none: in one step, all of it or nothing.
///
/// # Errors
/// [`TrustProblem::Bundle`], [`TrustProblem::BundleNeedsRoot`], [`TrustProblem::BundleOtherRoot`],
/// [`TrustProblem::BundleForgetsCards`], or what keeps the store from being changed. The store is as before then.
pub fn apply_bundle(store: &TrustFolder, path: &Path, options: &ApplyOptions) -> Result<Applied, Error> {
    let file = BundleFile::read(path)?;
    store.update(|contents| {
        let before: BTreeSet<Fingerprint> = contents.entries.keys().copied().collect();
        let generation = contents.generation;
        let pinned = allowed(contents, &file, options)?;
        let opened = file.open(&pinned, options.at)?;
        // Serial numbers of somebody else count from another beginning; those of a known signer never go back.
        let followed = contents
            .bundle
            .as_ref()
            .filter(|followed| is_pinned(followed, &opened.signer));
        let installed = followed.map(installed);
        let mut applied = Applied {
            bundle: BundleView::of_file(&file, &opened, options.at),
            known: true,
            previous: contents.bundle.as_ref().map(|bundle| bundle.serial),
            added: 0,
            removed: 0,
            revoked_cards_gone: 0,
            notes: Vec::new(),
            generation,
        };
        let Opened { bundle, signer } = opened;
        let bundle = match bundle.base() {
            Some(_) => completed(bundle, contents, store, &file)?,
            None => bundle,
        };
        bundle
            .may_follow(installed.as_ref(), options.at, Rollback::Refuse)
            .map_err(|problem| file.refused(problem))?;
        if installed == Some(bundle.installed()) {
            return Ok(applied);
        }
        if forgets_cards(contents, &bundle) && options.missing_cards == MissingCards::Refuse {
            return Err(TrustProblem::BundleForgetsCards {
                path: file.path.clone(),
                keys: contents.cards.as_ref().and_then(RevokedCards::len),
            }
            .into());
        }
        let cards = contents.cards.clone();
        let mut taking = Taking::new(contents, &bundle, &file, &signer, options);
        applied.notes = taking.take(&pinned).map_err(|problem| file.refused(problem))?;
        let after: BTreeSet<Fingerprint> = contents.entries.keys().copied().collect();
        applied.revoked_cards_gone = cards_gone(cards.as_ref(), contents.cards.as_ref());
        applied.known = false;
        applied.added = after.difference(&before).count();
        applied.removed = before.difference(&after).count();
        applied.generation = generation + 1;
        Ok(applied)
    })
}

/// Whether the store knows revoked cards, and the bundle has no list of them, not even an empty one.
fn forgets_cards(contents: &Contents, bundle: &Bundle) -> bool {
    let known = contents.cards.as_ref();
    bundle.part(part::CARDS).is_none() && known.is_some_and(|cards| cards.is_empty() != Some(true))
}

/// How many keys of cards are gone; none where a filter is of an unknown kind.
fn cards_gone(before: Option<&RevokedCards>, now: Option<&RevokedCards>) -> usize {
    let Some(cards) = before.and_then(RevokedCards::cards) else {
        return 0;
    };
    cards
        .filter(|card| now.is_none_or(|now| now.contains(card) == Some(false)))
        .count()
}

fn is_pinned(followed: &Followed, root: &Certificate) -> bool {
    let sha256 = Fingerprint::from(root.fingerprint());
    followed.pinned.iter().any(|pinned| pinned.sha256 == sha256)
}

/// Whose bundle is taken.
fn allowed(
    contents: &Contents,
    file: &BundleFile,
    options: &ApplyOptions,
) -> Result<Vec<Certificate>, Error> {
    let Some(followed) = &contents.bundle else {
        if options.roots.is_empty() {
            return Err(TrustProblem::BundleNeedsRoot {
                path: file.path.clone(),
                carried: file.carried()?,
            }
            .into());
        }
        return Ok(options.roots.clone());
    };
    if options.root == BundleRoot::Replaced && !options.roots.is_empty() {
        return Ok(options.roots.clone());
    }
    if !options.roots.iter().all(|root| is_pinned(followed, root)) {
        let names =
            |one: &Certificate| format!("{} ({})", one.subject(), Fingerprint::from(one.fingerprint()));
        return Err(TrustProblem::BundleOtherRoot {
            path: file.path.clone(),
            followed: followed
                .pinned
                .iter()
                .map(|pinned| format!("{} ({})", pinned.subject, pinned.sha256))
                .collect(),
            offered: options.roots.iter().map(names).collect(),
        }
        .into());
    }
    Ok(followed.pinned.iter().filter_map(Pinned::certificate).collect())
}

fn installed(followed: &Followed) -> Installed {
    Installed {
        serial: followed.serial,
        digest: *followed.digest.as_bytes(),
    }
}

/// The whole bundle that a delta makes of the one that is there.
fn completed(
    delta: Bundle,
    contents: &Contents,
    store: &TrustFolder,
    file: &BundleFile,
) -> Result<Bundle, Error> {
    let other = || antin_trust::Error::BundleRefused {
        reason: BundleRefusal::OtherBase { base: delta.base() },
    };
    let Some(followed) = &contents.bundle else {
        return Err(file.refused(other()));
    };
    if followed.serial == delta.freshness().serial && Fingerprint::from(delta.digest()) == followed.digest {
        // It was applied before: what is there is what it makes.
        return kept(followed, store).and_then(|kept| match kept.digest() == delta.digest() {
            true => Ok(kept),
            false => Err(file.refused(other())),
        });
    }
    let base = kept(followed, store)?;
    delta.complete(&base).map_err(|problem| file.refused(problem))
}

fn kept(followed: &Followed, store: &TrustFolder) -> Result<Bundle, Error> {
    let mut parts = Vec::new();
    for (name, fingerprint) in &followed.parts {
        parts.push((name.as_str(), store.part(fingerprint)?));
    }
    let parts = parts.iter().map(|(name, content)| (*name, content.as_slice()));
    Bundle::of_parts(followed.freshness(), parts).map_err(|problem| {
        TrustProblem::Damaged {
            path: store.path().to_owned(),
            what: problem.to_string(),
        }
        .into()
    })
}

/// An entry as those others left it.
fn without_bundle(entry: Entry, sources: Vec<Source>) -> Entry {
    // A bundle alone makes an anchor of what an import takes as a link.
    let is_link = || Certificate::parse(&entry.der).is_ok_and(|certificate| certificate.is_link());
    let kind = match entry.kind {
        Kind::Csca if is_link() => Kind::Link,
        kind => kind,
    };
    let live = entry.realm == Realm::Live && sources.iter().any(|source| source.realm == Realm::Live);
    Entry {
        kind,
        realm: if live { Realm::Live } else { Realm::Test },
        sources,
        ..entry
    }
}

/// A bundle on its way into the store.
struct Taking<'t> {
    contents: &'t mut Contents,
    bundle: &'t Bundle,
    import: Import,
    /// The number of the bundle's import.
    id: u32,
    taken: u32,
    root: BundleRoot,
}

impl<'t> Taking<'t> {
    fn new(
        contents: &'t mut Contents,
        bundle: &'t Bundle,
        file: &BundleFile,
        signer: &Certificate,
        options: &ApplyOptions,
    ) -> Self {
        let replaced = options.root == BundleRoot::Replaced
            && contents.bundle.as_ref().is_some_and(|followed| {
                let same = options.roots.len() == followed.pinned.len();
                !same || !options.roots.iter().all(|root| is_pinned(followed, root))
            });
        let mut forced = Vec::new();
        if replaced {
            forced.push(BundleRoot::REPLACED.to_owned());
        }
        if forgets_cards(contents, bundle) {
            forced.push(MissingCards::TAKEN.to_owned());
        }
        let import = Import {
            id: 0,
            at: options.at,
            by: options.by.clone(),
            file: file.name().chars().take(MAX_NAME_LETTERS).collect(),
            sha256: file.sha256(),
            bytes: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
            format: Format::Bundle,
            realm: Realm::Live,
            country: None,
            signed_at: Some(bundle.freshness().created),
            root: Some(signer.fingerprint().into()),
            forced,
        };
        Self {
            contents,
            bundle,
            import,
            id: 0,
            taken: 0,
            root: options.root,
        }
    }

    /// Puts the bundle in the place of the one before; says what was passed over.
    fn take(&mut self, pinned: &[Certificate]) -> Result<Vec<String>, antin_trust::Error> {
        // What a station could not work with is noticed before anything is changed.
        let mut judged = TrustStore::new();
        let notes = self.bundle.fill(&mut judged)?;
        let before = self.forget_the_one_before();
        self.id = self.contents.record(self.import.clone());
        self.certificates(part::CSCA, Kind::Csca)?;
        self.certificates(part::TEST, Kind::Csca)?;
        self.certificates(part::LINKS, Kind::Link)?;
        self.certificates(part::SIGNERS, Kind::DocumentSigner)?;
        for member in self.bundle.members(part::CRLS)? {
            if CertificateList::parse(member.der).is_ok() {
                self.add(Kind::Crl, Realm::Live, member.der, self.id);
            }
        }
        for member in self.bundle.members(part::DEFECTS)? {
            if DefectList::parse(member.der).is_ok() {
                self.add(Kind::DefectList, Realm::Live, member.der, self.id);
            }
        }
        self.deviation_lists()?;
        let distrust = judged.distrusted();
        let certificates = distrust.certificates().map(|one| (Marked::Certificate, *one));
        let keys = distrust.keys().map(|one| (Marked::Key, *one));
        for (of, fingerprint) in certificates.chain(keys) {
            self.contents.distrusted.push(Distrust {
                fingerprint: fingerprint.into(),
                of,
                import: self.id,
                reason: format!("trust bundle {}", self.bundle.freshness().serial),
            });
        }
        self.keep_the_bad(before);
        let freshness = *self.bundle.freshness();
        let parts = self.bundle.parts();
        let known = self.contents.bundle.take();
        let pinned = match known {
            Some(known) if self.root == BundleRoot::Followed => known.pinned,
            _ => pinned.iter().map(Pinned::of).collect(),
        };
        self.contents.cards = match self.bundle.part(part::CARDS) {
            Some(cards) => Some(RevokedCards::parse(cards)?),
            None => None,
        };
        for part in parts {
            if let Some(content) = part.content() {
                let sha256 = Fingerprint::from(*part.sha256());
                self.contents.unwritten.insert(sha256, content.into());
            }
        }
        self.contents.bundle = Some(Followed {
            import: self.id,
            serial: freshness.serial,
            digest: self.bundle.digest().into(),
            created: freshness.created,
            soft_refresh: freshness.soft_refresh,
            hard_expiry: freshness.hard_expiry,
            parts: parts
                .iter()
                .map(|part| (part.name().to_owned(), (*part.sha256()).into()))
                .collect(),
            pinned,
        });
        Ok(notes)
    }

    /// What nobody but the bundle before vouched for goes with it, and what others vouch for is no more than they said.
    /// Returns the certificates that went.
    fn forget_the_one_before(&mut self) -> BTreeMap<Fingerprint, Entry> {
        let contents = &mut *self.contents;
        let mut gone = BTreeMap::new();
        for (sha256, entry) in core::mem::take(&mut contents.entries) {
            let (of_bundle, others): (Vec<Source>, Vec<Source>) = entry
                .sources
                .iter()
                .cloned()
                .partition(|source| matches!(source.by, Voucher::Bundle(_)));
            match (of_bundle.is_empty(), others.is_empty()) {
                (true, _) => drop(contents.entries.insert(sha256, entry)),
                (false, true) => drop(gone.insert(sha256, entry)),
                (false, false) => drop(contents.entries.insert(sha256, without_bundle(entry, others))),
            }
        }
        gone.retain(|_, entry| entry.kind.is_certificate());
        let of_bundles: BTreeSet<u32> = contents
            .imports
            .iter()
            .filter(|import| import.format == Format::Bundle)
            .map(|import| import.id)
            .collect();
        contents
            .distrusted
            .retain(|distrust| !of_bundles.contains(&distrust.import));
        gone
    }

    /// What is known to be bad stays, so that its documents fail.
    fn keep_the_bad(&mut self, gone: BTreeMap<Fingerprint, Entry>) {
        let bad = self.contents.distrust();
        for (sha256, entry) in gone {
            if Certificate::parse(&entry.der).is_ok_and(|certificate| bad.covers(&certificate)) {
                self.contents.entries.entry(sha256).or_insert(entry);
            }
        }
    }

    fn certificates(&mut self, name: &str, kind: Kind) -> Result<(), antin_trust::Error> {
        for Member { der, .. } in self.bundle.members(name)? {
            let Ok(certificate) = Certificate::parse(der) else {
                continue;
            };
            let test = name == part::TEST || (kind == Kind::Csca && Anchor::is_test(&certificate));
            let realm = if test { Realm::Test } else { Realm::Live };
            self.add(kind, realm, der, self.id);
        }
        Ok(())
    }

    /// A deviation list speaks for the country that the bundle names, which stands in an import of its own.
    fn deviation_lists(&mut self) -> Result<(), antin_trust::Error> {
        for member in self.bundle.members(part::DEVIATIONS)? {
            let Some(country) = member.label.filter(|_| DeviationList::parse(member.der).is_ok()) else {
                continue;
            };
            let import = self.contents.record(Import {
                country: Some(country.to_owned()),
                ..self.import.clone()
            });
            self.add(Kind::DeviationList, Realm::Live, member.der, import);
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, realm: Realm, der: &[u8], import: u32) {
        let source = Source {
            import,
            index: self.taken,
            by: Voucher::Bundle(self.bundle.freshness().serial),
            realm,
        };
        self.taken = self.taken.saturating_add(1);
        let entry = self.contents.entries.entry(Fingerprint::of(der));
        // What an operator or a list of this station said of it stays: for what it is, and whether it is real.
        let entry = entry.or_insert_with(|| Entry {
            kind,
            realm,
            der: der.to_vec(),
            sources: Vec::new(),
        });
        entry.sources.push(source);
    }
}
