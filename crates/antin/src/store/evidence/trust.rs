//! The trust of a visit, kept with it: who vouches for the document's signers, who is revoked, and what a country has owned
//! up to. What of it counts for somebody who was not there:
//!
//! | what | counts |
//! |---|---|
//! | revocation lists | always: an authority signed them. Whether that is trusted, and whether the list is still fresh, is judged as with any other list, as of the moment that is asked for |
//! | authorities, link certificates | if the station that signed the evidence is believed |
//! | deviation lists | likewise, and only with their own signature under a trusted authority. They excuse faults: that there was no newer one, which excuses less, is the station's word |

use std::borrow::Cow;
use std::collections::BTreeSet;

use antin_crypto::fastest_verifier;
use antin_lds::ElementaryFile;
use antin_trust::crl::CertificateList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::sod::SignedSod;
use antin_trust::store::TEST_SET;
use antin_trust::{Anchor, Certificate, Error, ReadFiles, TrustLevel, TrustStore, UnixTime, card_security};

/// No document has more certificates above its signers.
pub(super) const MAX_CERTIFICATES: usize = 64;
/// No document needs more revocation lists, or deviation lists.
pub(super) const MAX_LISTS: usize = 16;
/// More bytes of revocation lists are not kept, nor of deviation lists.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;

/// What was trusted in a visit, as its evidence says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustUsed {
    /// Authorities (CSCA) that the document's signers name.
    pub authorities: Vec<Certificate>,
    /// Which of them stood in a test set, by their SHA-256 fingerprints.
    pub tests: BTreeSet<[u8; 32]>,
    /// Link certificates that they name.
    pub links: Vec<Certificate>,
    /// Revocation lists of these authorities, DER.
    pub crls: Vec<Vec<u8>>,
    /// Deviation lists of their countries, as received (CMS).
    pub deviations: Vec<Vec<u8>>,
}

impl TrustUsed {
    /// What of a store a document's signers name; revocation lists up to 8 MiB, and deviation lists likewise.
    pub fn of(files: &ReadFiles, store: &TrustStore) -> Self {
        let mut used = Self::default();
        for signer in signers(files) {
            used.keep_above(&signer, store);
        }
        let countries: Vec<String> = used.authorities.iter().filter_map(country).collect();
        let mut room = Room::new();
        for (country, list) in store.deviation_lists() {
            if countries.iter().any(|known| known == country) && room.takes(list.as_bytes()) {
                used.deviations.push(list.as_bytes().to_vec());
                for signer in list.signed_data().certificates() {
                    used.keep_above(signer, store);
                }
            }
        }
        let issuers: Vec<&Certificate> = used.authorities.iter().chain(&used.links).collect();
        let mut room = Room::new();
        for list in store.crls() {
            let wanted = issuers.iter().any(|issuer| list.names_issuer(issuer));
            if wanted && room.takes(list.as_der()) {
                used.crls.push(list.as_der().to_vec());
            }
        }
        used
    }

    fn keep_above(&mut self, signer: &Certificate, store: &TrustStore) {
        let links: Vec<&Certificate> = store.candidate_links(signer).collect();
        // A link is itself signed by an authority.
        for named in [signer].into_iter().chain(links.iter().copied()) {
            for anchor in store.candidates(named) {
                keep(&mut self.authorities, anchor.certificate());
                if *anchor.level() != TrustLevel::Official {
                    self.tests.insert(anchor.certificate().fingerprint());
                }
            }
        }
        for link in links {
            keep(&mut self.links, link);
        }
        self.tests
            .retain(|test| self.authorities.iter().any(|kept| kept.fingerprint() == *test));
    }

    /// The store by which a stranger judges: with the revocation lists of the evidence, each of which counts once an
    /// authority that the store trusts is found to have signed it.
    pub(super) fn beside<'s>(&self, store: &'s TrustStore) -> Cow<'s, TrustStore> {
        let mut joined = Cow::Borrowed(store);
        for der in &self.crls {
            // A list that cannot be read counts for nothing.
            let Ok(list) = CertificateList::parse(der) else {
                continue;
            };
            if !store.crls().any(|known| *known == list) {
                joined.to_mut().add_crl(list);
            }
        }
        joined
    }

    /// The store by which somebody judges who believes the station that signed the evidence at `saved`. What was a test
    /// authority there, or calls itself one, or is one here, is one: it counts only where [`TEST_SET`] was asked for.
    ///
    /// # Errors
    ///
    /// A certificate that is no authority's.
    pub(super) fn joined<'s>(
        &self,
        store: &'s TrustStore,
        saved: UnixTime,
    ) -> Result<Cow<'s, TrustStore>, Error> {
        let mut joined = self.beside(store);
        for authority in &self.authorities {
            if store.all_anchors().any(|known| known.certificate() == authority) {
                continue;
            }
            let is_test = self.tests.contains(&authority.fingerprint()) || Anchor::is_test(authority);
            match is_test {
                true => joined.to_mut().add_test(TEST_SET, authority.clone())?,
                false => joined.to_mut().add(authority.clone())?,
            };
        }
        for link in &self.links {
            if !store.links().any(|known| known == link) {
                joined.to_mut().add_link(link.clone())?;
            }
        }
        // What was put together since the visit is not too old for it, and nobody's clock is wrong.
        if store.freshness().is_some_and(|facts| facts.created > saved) {
            joined.to_mut().forget_freshness();
        }
        for bytes in &self.deviations {
            let known = |(_, list): (&str, &DeviationList)| list.as_bytes() == bytes.as_slice();
            if store.deviation_lists().any(known) {
                continue;
            }
            if let Some((country, list)) = owned_up(bytes, &joined, saved) {
                joined.to_mut().add_deviation_list(&country, list);
            }
        }
        Ok(joined)
    }
}

/// A deviation list whose signer an authority of the store vouches for, and the country of that authority. It is judged as
/// of its signing: that it was still the newest in the visit is the station's word.
fn owned_up(bytes: &[u8], store: &TrustStore, saved: UnixTime) -> Option<(String, DeviationList)> {
    let list = DeviationList::parse(bytes).ok()?;
    let signed = list.signing_time().filter(|signed| *signed <= saved)?;
    let roots: Vec<Certificate> = store
        .anchors()
        .map(|anchor| anchor.certificate().clone())
        .filter(|root| !store.is_distrusted(root))
        .collect();
    let proven = list.verify(&roots, signed, fastest_verifier()).ok()?;
    let country = proven.path.last().and_then(country)?;
    Some((country, list))
}

fn country(certificate: &Certificate) -> Option<String> {
    certificate.subject().country().letters()
}

/// How much more of one kind is kept.
struct Room {
    lists: usize,
    bytes: usize,
}

impl Room {
    const fn new() -> Self {
        Self {
            lists: MAX_LISTS,
            bytes: MAX_LIST_BYTES,
        }
    }

    fn takes(&mut self, list: &[u8]) -> bool {
        let fits = self.lists > 0 && list.len() <= self.bytes;
        if fits {
            self.lists -= 1;
            self.bytes -= list.len();
        }
        fits
    }
}

fn keep(kept: &mut Vec<Certificate>, certificate: &Certificate) {
    if kept.len() < MAX_CERTIFICATES && !kept.contains(certificate) {
        kept.push(certificate.clone());
    }
}

/// The certificates of whoever signed the document.
fn signers(files: &ReadFiles) -> Vec<Certificate> {
    let sod = files
        .bytes(ElementaryFile::Sod)
        .and_then(|bytes| SignedSod::parse(bytes).ok())
        .map(|signed| signed.certificates().to_vec());
    let card_security = files
        .bytes(ElementaryFile::CardSecurity)
        .and_then(|bytes| card_security::parse(bytes).ok())
        .map(|signed| signed.certificates().to_vec());
    sod.into_iter()
        .chain(card_security)
        .flatten()
        .take(MAX_CERTIFICATES)
        .collect()
}
