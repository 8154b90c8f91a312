//! Whom to believe, and whom no longer: one store in memory, filled by whoever reads files.
//!
//! | what | counts as | never |
//! |---|---|---|
//! | official anchor | the end of a chain | |
//! | test anchor | the end of a chain, once its set is [asked for](TrustStore::ask_for) by name | on its own |
//! | link certificate | a step from a new key to an older anchor | an anchor |
//! | document signer, in memory or in a [source](SignerSource) | the certificate that EF.SOD forgot | an anchor |
//! | revocation list | its issuer's word, once a trusted key has signed it | silence about a newer one |
//! | defect, deviation list | exceptions, once whoever added it has verified it | the word of another country |
//! | distrust | a failure, wherever the key or the certificate stands in a chain | silence |
//! | exception | a remark in place of a form failure that the issuer has owned up to | a lifted signature or hash |
//!
//! What comes from a chip is never added here. Look-ups go through indexes by key identifier and by name, so that a
//! document costs the same with ten certificates and with ten thousand.

mod anchor;
mod cards;
mod crls;
mod digest;
mod distrust;
mod exceptions;
mod freshness;
mod lists;
mod pool;
mod source;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::certificate::{Certificate, Name};
use crate::cms::SignerId;
use crate::crl::CertificateList;
use crate::defect_list::DefectList;
use crate::deviation_list::DeviationList;
use crate::error::Error;

pub use anchor::{Anchor, Placed, TrustLevel};
pub use cards::{CardKey, MAX_FILTER_BYTES, RevokedCards};
pub use crls::{CrlPlaced, MAX_CRLS_PER_ISSUER};
pub(crate) use crls::{Held, MAX_NUMBER_BYTES, number as crl_number};
pub use distrust::Distrust;
pub(crate) use exceptions::Subject;
pub use exceptions::{Documents, Effect, Exception, MAX_EXCEPTIONS, SignerRef};
pub use freshness::{Age, Freshness};
pub use source::{SignerKey, SignerSource};
pub use view::CountryView;

use antin_crypto::fastest_verifier;
use crls::{Crls, Rank, Ranked};
use lists::Lists;
use pool::{Pool, Pooled};

/// The test set into which a store puts certificates that call themselves test, where nobody named another one.
pub const TEST_SET: &str = "test";
/// The test set of certificates that a program handed over itself; it is asked for by handing them over.
pub const GIVEN_SET: &str = "given";

/// Anchors, link certificates, document signers, distrust, exceptions, and how fresh they are.
#[derive(Clone, Debug)]
pub struct TrustStore {
    official: Pool<Anchor>,
    tests: BTreeMap<String, Pool<Anchor>>,
    asked: BTreeSet<String>,
    own_test_set: String,
    links: Pool<Certificate>,
    signers: Pool<Certificate>,
    sources: Vec<Arc<dyn SignerSource>>,
    crls: Crls,
    lists: Lists,
    distrust: Distrust,
    exceptions: Vec<Exception>,
    cards: Vec<RevokedCards>,
    freshness: Option<Freshness>,
}

impl Default for TrustStore {
    fn default() -> Self {
        Self::new()
    }
}

impl TrustStore {
    /// A store that trusts nobody. Certificates that call themselves test go to [`TEST_SET`] and count for nothing until
    /// that set is asked for.
    #[must_use]
    pub fn new() -> Self {
        Self {
            official: Pool::default(),
            tests: BTreeMap::new(),
            asked: BTreeSet::new(),
            own_test_set: TEST_SET.to_owned(),
            links: Pool::default(),
            signers: Pool::default(),
            sources: Vec::new(),
            crls: Crls::default(),
            lists: Lists::default(),
            distrust: Distrust::default(),
            exceptions: Vec::new(),
            cards: Vec::new(),
            freshness: None,
        }
    }

    /// A store that trusts nobody yet and was named by whoever uses it: a folder given on the command line, a demo. Its
    /// test anchors count, and every report says so with this name.
    #[must_use]
    pub fn named(set: &str) -> Self {
        Self {
            asked: BTreeSet::from([set.to_owned()]),
            own_test_set: set.to_owned(),
            ..Self::new()
        }
    }

    /// A store that trusts these, handed over by the program itself: [`named`](Self::named) [`GIVEN_SET`].
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn from_certificates(anchors: impl IntoIterator<Item = Certificate>) -> Result<Self, Error> {
        let mut store = Self::named(GIVEN_SET);
        for anchor in anchors {
            store.add(anchor)?;
        }
        Ok(store)
    }

    /// Trusts a CSCA: officially, unless it calls itself test ([`Anchor::is_test`]), which puts it aside. Adding it again
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::NotAnAnchor`]: it does not claim to be an authority that signs certificates.
    pub fn add(&mut self, anchor: Certificate) -> Result<Placed, Error> {
        if Anchor::is_test(&anchor) {
            let set = self.own_test_set.clone();
            return self.add_test(&set, anchor);
        }
        let anchor = authority(anchor)?;
        self.crls.forget_standings();
        Ok(self.official.insert(Anchor::new(anchor, TrustLevel::Official)))
    }

    /// Puts a CSCA into a test set, where it counts for nothing until the set is [asked for](Self::ask_for).
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_test(&mut self, set: &str, anchor: Certificate) -> Result<Placed, Error> {
        let anchor = authority(anchor)?;
        self.crls.forget_standings();
        let level = TrustLevel::Test { set: set.to_owned() };
        let pool = self.tests.entry(set.to_owned()).or_default();
        Ok(match pool.insert(Anchor::new(anchor, level)) {
            Placed::Known => Placed::Known,
            Placed::Official | Placed::Test => Placed::Test,
        })
    }

    /// From now on the anchors of this test set count. A name that no set has changes nothing.
    pub fn ask_for(&mut self, set: &str) {
        self.asked.insert(set.to_owned());
    }

    /// The test sets that hold anchors, and whether each has been asked for.
    pub fn test_sets(&self) -> impl Iterator<Item = (&str, bool)> {
        self.tests
            .keys()
            .map(|set| (set.as_str(), self.asked.contains(set)))
    }

    /// Adds a link certificate: an older authority vouches for a newer key (ICAO 9303-12 §7.1.1). It leads to trust only
    /// where its own signature reaches an anchor, and becomes none. One from country to country, as a master list may hold
    /// it, is kept and leads nowhere: an authority speaks for its own country alone.
    ///
    /// # Errors
    /// [`Error::NotAnAnchor`]: it does not claim to be an authority; [`Error::Misuse`]: it names itself as its issuer.
    pub fn add_link(&mut self, link: Certificate) -> Result<Placed, Error> {
        let link = authority(link)?;
        if !link.is_link() {
            return Err(Error::Misuse {
                what: "link certificate",
                found: link.subject().to_string(),
            });
        }
        self.crls.forget_standings();
        Ok(self.links.insert(link))
    }

    /// Remembers a document signer, for documents that do not carry theirs. It is believed no further than its chain.
    pub fn add_signer(&mut self, signer: Certificate) -> Placed {
        self.signers.insert(signer)
    }

    /// Looks for document signers there too, when a document does not carry its own.
    pub fn add_signer_source(&mut self, source: Arc<dyn SignerSource>) {
        self.sources.push(source);
    }

    /// Adds a revocation list. It counts once a trusted authority is found to have signed it, and then as long as no list
    /// of that key has a higher number; a list that nobody trusted signed is ignored, with a remark in reports.
    pub fn add_crl(&mut self, list: CertificateList) -> CrlPlaced {
        let Self {
            official,
            tests,
            links,
            crls,
            ..
        } = self;
        let authorities = |list: &CertificateList| authorities(official, tests, links, list);
        crls.add(list, authorities, fastest_verifier())
    }

    /// The revocation lists, in no order.
    pub fn crls(&self) -> impl Iterator<Item = &CertificateList> {
        self.crls.iter()
    }

    /// Adds what a country says of its own documents. Whoever adds the list has
    /// [verified](DeviationList::verify) it, and knows the country from the authority that vouches for its signer.
    pub fn add_deviation_list(&mut self, country: &str, list: DeviationList) {
        self.lists.add_deviations(country, list);
    }

    /// Adds what an inspecting authority says of documents of all countries. Whoever adds the list has
    /// [verified](DefectList::verify) it.
    pub fn add_defect_list(&mut self, list: DefectList) {
        self.lists.add_defects(list);
    }

    /// The deviation lists, each with its country.
    pub fn deviation_lists(&self) -> impl Iterator<Item = (&str, &DeviationList)> {
        self.lists.deviations()
    }

    /// The defect lists.
    pub fn defect_lists(&self) -> impl Iterator<Item = &DefectList> {
        self.lists.defects()
    }

    /// Forgets an anchor, a link or a document signer, by its SHA-256 fingerprint; says whether there was one.
    pub fn remove(&mut self, fingerprint: &[u8; 32]) -> bool {
        let mut found = self.official.remove(fingerprint);
        for pool in self.tests.values_mut() {
            found |= pool.remove(fingerprint);
        }
        self.tests.retain(|_, pool| !pool.is_empty());
        found |= self.links.remove(fingerprint);
        self.crls.forget_standings();
        found | self.signers.remove(fingerprint)
    }

    /// Marks a certificate as bad, by its SHA-256 fingerprint: its documents fail, they are not merely unknown.
    pub fn distrust(&mut self, fingerprint: [u8; 32]) {
        self.distrust.mark(fingerprint);
    }

    /// Marks a key as bad, whatever certificate it stands in, by [`Certificate::key_fingerprint`].
    pub fn distrust_key(&mut self, fingerprint: [u8; 32]) {
        self.distrust.mark_key(fingerprint);
    }

    /// Whether a certificate or its key is marked as bad.
    #[must_use]
    pub fn is_distrusted(&self, certificate: &Certificate) -> bool {
        self.distrust.covers(certificate)
    }

    /// What is marked as bad.
    #[must_use]
    pub const fn distrusted(&self) -> &Distrust {
        &self.distrust
    }

    /// Adds what an issuer has owned up to.
    ///
    /// # Errors
    /// [`Error::TooComplex`] above [`MAX_EXCEPTIONS`].
    pub fn add_exception(&mut self, exception: Exception) -> Result<(), Error> {
        if self.exceptions.len() >= MAX_EXCEPTIONS {
            return Err(Error::TooComplex { what: "exceptions" });
        }
        self.exceptions.push(exception);
        Ok(())
    }

    /// What issuers have owned up to.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// States which cards were reported lost, stolen or revoked, in place of what was stated before.
    pub fn set_revoked_cards(&mut self, cards: RevokedCards) {
        self.cards = vec![cards];
    }

    /// States further cards that were reported lost, stolen or revoked: the word of somebody else.
    pub fn add_revoked_cards(&mut self, cards: RevokedCards) {
        self.cards.push(cards);
    }

    /// The cards that were reported lost, stolen or revoked; empty where no list is at hand.
    #[must_use]
    pub fn revoked_cards(&self) -> &[RevokedCards] {
        &self.cards
    }

    /// States when these facts were put together and when they are too old.
    pub fn set_freshness(&mut self, freshness: Freshness) {
        self.freshness = Some(freshness);
    }

    /// These facts are judged at a moment to which their age means nothing, such as that of a visit before they were put
    /// together.
    pub fn forget_freshness(&mut self) {
        self.freshness = None;
    }

    /// How fresh these facts are; `None` where nobody said, as for a folder of certificates.
    #[must_use]
    pub const fn freshness(&self) -> Option<&Freshness> {
        self.freshness.as_ref()
    }

    /// How many anchors count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors().count()
    }

    /// Whether no anchor counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors().next().is_none()
    }

    /// The anchors that count: official ones, and those of the test sets that were asked for.
    pub fn anchors(&self) -> impl Iterator<Item = &Anchor> {
        self.counting().flat_map(Pool::iter)
    }

    /// Every anchor, also those of test sets that nobody asked for.
    pub fn all_anchors(&self) -> impl Iterator<Item = &Anchor> {
        core::iter::once(&self.official)
            .chain(self.tests.values())
            .flat_map(Pool::iter)
    }

    /// The link certificates.
    pub fn links(&self) -> impl Iterator<Item = &Certificate> {
        self.links.iter()
    }

    /// The document signers in memory, without those of [sources](Self::add_signer_source).
    pub fn signers(&self) -> impl Iterator<Item = &Certificate> {
        self.signers.iter()
    }

    /// The counting anchors that `certificate` may have been signed by: those whose key identifier it names or, where one
    /// of the two states none, whose name it names.
    pub fn candidates<'s>(&'s self, certificate: &Certificate) -> impl Iterator<Item = &'s Anchor> {
        self.counting().flat_map(move |pool| pool.issuers_of(certificate))
    }

    /// The link certificates whose key `certificate` may have been signed with, by the same rule.
    pub fn candidate_links<'s>(&'s self, certificate: &Certificate) -> impl Iterator<Item = &'s Certificate> {
        self.links.issuers_of(certificate)
    }

    /// The document signers that a signature names, from memory and from every source; and why a source could not be read.
    pub(crate) fn signers_named_by(&self, id: &SignerId) -> (Vec<Certificate>, Option<String>) {
        let (key, known): (_, Vec<&Certificate>) = match id {
            SignerId::IssuerAndSerial { serial, .. } => (
                SignerKey::Serial(serial),
                self.signers.with_serial(serial).collect(),
            ),
            SignerId::SubjectKey(key) => (
                SignerKey::KeyIdentifier(key),
                self.signers.with_key(key).collect(),
            ),
        };
        let named = |certificate: &&Certificate| id.names(certificate);
        let mut found: Vec<Certificate> = known.into_iter().filter(named).cloned().collect();
        let mut unread = None;
        for source in &self.sources {
            match source.signers(key) {
                Ok(kept) => found.extend(kept.into_iter().filter(|certificate| id.names(certificate))),
                Err(fault) => unread = Some(fault),
            }
        }
        (found, unread)
    }

    /// The anchor, link or document signer with that SHA-256 fingerprint, wherever it stands.
    #[must_use]
    pub fn find(&self, fingerprint: &[u8; 32]) -> Option<&Certificate> {
        let anchor = core::iter::once(&self.official)
            .chain(self.tests.values())
            .find_map(|pool| pool.get(fingerprint));
        anchor
            .map(Anchor::certificate)
            .or_else(|| self.links.get(fingerprint))
            .or_else(|| self.signers.get(fingerprint))
    }

    /// The lists under that name of an issuer, and under the names that it has now: a link certificate of the same country
    /// tells (ICAO 9303-12 §7.1.1.5).
    pub(crate) fn revocation_lists(&self, issuer: &Name) -> Vec<&Held> {
        let mut names = vec![issuer];
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(name) = names.get(at).copied().filter(|_| at < MAX_NAMES) {
            found.extend(self.crls.of(name));
            let later = self.links.signed_under(name).map(Certificate::subject);
            let same_country = later.filter(|later| later.country() == issuer.country());
            for later in same_country {
                if !names.iter().any(|known| known.matches(later)) {
                    names.push(later);
                }
            }
            at += 1;
        }
        found
    }

    /// Every anchor and link that a list names as its issuer, trusted or not.
    pub(crate) fn authorities_of_list<'s>(
        &'s self,
        list: &CertificateList,
    ) -> impl Iterator<Item = Ranked<'s>> + use<'s> {
        authorities(&self.official, &self.tests, &self.links, list)
    }

    /// The counting anchor that a certificate is.
    #[must_use]
    pub fn anchor(&self, certificate: &Certificate) -> Option<&Anchor> {
        let fingerprint = certificate.fingerprint();
        self.counting().find_map(|pool| pool.get(&fingerprint))
    }

    /// Whether exceptions of any kind are known.
    pub(crate) fn has_exceptions(&self) -> bool {
        !self.exceptions.is_empty() || !self.lists.is_empty()
    }

    /// What the lists and exceptions say of a document: the source in words, and the effect.
    pub(crate) fn effects(&self, subject: &Subject<'_>) -> Vec<(String, Effect)> {
        let own = self
            .exceptions
            .iter()
            .filter(|exception| exception.documents.cover(subject))
            .map(|exception| (exception.source.clone(), exception.effect.clone()));
        own.chain(self.lists.effects(subject)).collect()
    }

    /// What is known of a country, by its two letters, case-blind.
    #[must_use]
    pub fn country(&self, letters: &str) -> CountryView<'_> {
        CountryView::of(self, letters)
    }

    /// The countries of all anchors, links and signers, in upper case; a certificate without two letters has none.
    #[must_use]
    pub fn countries(&self) -> BTreeSet<String> {
        self.all_anchors()
            .map(Pooled::certificate)
            .chain(self.links())
            .chain(self.signers())
            .filter_map(|certificate| certificate.subject().country().letters())
            .collect()
    }

    fn counting(&self) -> impl Iterator<Item = &Pool<Anchor>> {
        let tests = self
            .tests
            .iter()
            .filter(|(set, _)| self.asked.contains(*set))
            .map(|(_, pool)| pool);
        core::iter::once(&self.official).chain(tests)
    }
}

/// The most names that an authority is followed through.
const MAX_NAMES: usize = 8;

fn authorities<'s>(
    official: &'s Pool<Anchor>,
    tests: &'s BTreeMap<String, Pool<Anchor>>,
    links: &'s Pool<Certificate>,
    list: &CertificateList,
) -> impl Iterator<Item = Ranked<'s>> + use<'s> {
    let (key, name) = (list.authority_key_identifier(), list.issuer());
    let anchors = core::iter::once(official)
        .chain(tests.values())
        .flat_map(|pool| pool.named(key, name))
        .map(|anchor| match anchor.level() {
            TrustLevel::Official => (anchor.certificate(), Rank::OfficialAnchor),
            TrustLevel::Test { .. } => (anchor.certificate(), Rank::TestAnchor),
        });
    let links = links.named(key, name).map(|link| (link, Rank::Link));
    let found: Vec<Ranked<'s>> = anchors
        .chain(links)
        // A key identifier is a claim: the name decides whose list it is, and with it the country.
        .filter(|(authority, _)| {
            list.names_issuer(authority) && list.issuer().has_attributes_of(authority.subject())
        })
        .collect();
    found.into_iter()
}

fn authority(certificate: Certificate) -> Result<Certificate, Error> {
    if certificate.is_ca() {
        return Ok(certificate);
    }
    Err(Error::NotAnAnchor {
        subject: certificate.subject().to_string(),
    })
}
