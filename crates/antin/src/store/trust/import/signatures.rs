//! Whose key fits a signature, with bounded work however many certificates claim to be related.

use std::collections::{HashMap, HashSet};

use antin_crypto::{Verifier, fastest_verifier};
use antin_trust::Certificate;

use super::super::model::Fingerprint;
use super::fingerprint;
use super::report::VerifiedBy;

/// How many authorities are tried for one signature: a country has a few, and an attacker as many as he likes.
const MAX_TRIES: usize = 16;
/// How many authorities of a country are looked at for one signature.
const MAX_LOOKED_AT: usize = 4096;
/// How many signatures of certificates are checked in one import; beyond it, only those that must be.
const MAX_CHECKS: usize = 50_000;

/// Authorities that may have signed something, found by country.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    by_country: HashMap<Option<String>, Vec<(Fingerprint, Certificate)>>,
    known: HashSet<Fingerprint>,
}

/// How a search for the issuer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// This one signed.
    Found(Fingerprint),
    /// One that could have did not, and no other one did.
    Refuted,
    /// Nobody could have.
    Nobody,
}

impl Authorities {
    pub(super) fn add(&mut self, certificate: &Certificate) {
        let country = certificate.subject().country().letters();
        let fingerprint = fingerprint(certificate);
        if self.known.insert(fingerprint) {
            let ours = self.by_country.entry(country).or_default();
            ours.push((fingerprint, certificate.clone()));
        }
    }

    /// The authority that signed: one that `named` allows and whose key `fits`.
    pub(super) fn search(
        &self,
        country: Option<String>,
        named: impl Fn(&Certificate) -> bool,
        fits: impl Fn(&Certificate) -> bool,
    ) -> Search {
        let ours = self
            .by_country
            .get(&country)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut tried = 0;
        let looked_at = ours.get(..MAX_LOOKED_AT).unwrap_or(ours);
        for (fingerprint, authority) in looked_at.iter().filter(|(_, authority)| named(authority)) {
            if tried == MAX_TRIES {
                break;
            }
            tried += 1;
            if fits(authority) {
                return Search::Found(*fingerprint);
            }
        }
        match tried {
            0 => Search::Nobody,
            _ => Search::Refuted,
        }
    }

    /// The same by name alone: real lists hold links whose key identifiers lead elsewhere than their names.
    fn named_issuer_of(&self, certificate: &Certificate, verifier: &dyn Verifier) -> Search {
        let country = certificate.issuer().country().letters();
        self.search(
            country,
            |authority| {
                authority != certificate && certificate.issuer().has_attributes_of(authority.subject())
            },
            |authority| certificate.verify_signed_by(authority, verifier).is_ok(),
        )
    }

    /// Who signed this certificate, other than itself, by key identifier or name.
    pub(super) fn issuer_of(&self, certificate: &Certificate, verifier: &dyn Verifier) -> Search {
        let country = certificate.issuer().country().letters();
        self.search(
            country,
            |authority| authority != certificate && certificate.names_issuer(authority),
            |authority| certificate.verify_signed_by(authority, verifier).is_ok(),
        )
    }
}

/// Who signed a certificate of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) by: VerifiedBy,
    pub(super) issuer: Option<Fingerprint>,
}

/// Whose key fits the signature of each of these certificates: its own, that of another one or of an authority that is
/// known already, or none.
pub(super) fn verified(certificates: &[Certificate], known: &Authorities) -> Vec<Verified> {
    verified_up_to(MAX_CHECKS, certificates, known)
}

fn verified_up_to(most: usize, certificates: &[Certificate], known: &Authorities) -> Vec<Verified> {
    let mut all = Authorities::default();
    for certificate in certificates.iter().filter(|certificate| certificate.is_ca()) {
        all.add(certificate);
    }
    let checked = certificates.get(..most).unwrap_or(certificates);
    let mut found = on_all_cores(checked, |certificate, verifier| {
        who_signed(certificate, &all, known, verifier)
    });
    let unchecked = Verified {
        by: VerifiedBy::NotChecked,
        issuer: None,
    };
    found.resize(certificates.len(), unchecked);
    found
}

/// Does the same for every item, on all cores, and gives the results in their order.
pub(super) fn on_all_cores<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T, &dyn Verifier) -> R + Sync,
) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = items
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || {
                    let verifier = fastest_verifier();
                    chunk.iter().map(|item| work(item, verifier)).collect::<Vec<R>>()
                })
            })
            .collect();
        let done = workers
            .into_iter()
            .map(|worker| worker.join().expect("checking does not panic"));
        done.flatten().collect()
    })
}

fn who_signed(
    certificate: &Certificate,
    list: &Authorities,
    known: &Authorities,
    verifier: &dyn Verifier,
) -> Verified {
    let itself = certificate.issuer().has_attributes_of(certificate.subject())
        && certificate.verify_signed_by(certificate, verifier).is_ok();
    if itself {
        return Verified {
            by: VerifiedBy::Itself,
            issuer: None,
        };
    }
    let found = [list, known].iter().find_map(|authorities| {
        match authorities.named_issuer_of(certificate, verifier) {
            Search::Found(fingerprint) => Some(fingerprint),
            Search::Refuted | Search::Nobody => None,
        }
    });
    Verified {
        by: match found {
            Some(_) => VerifiedBy::Other,
            None => VerifiedBy::None,
        },
        issuer: found,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use antin_trust::pki::{DemoOptions, DemoPki};

    use super::*;
    use crate::world::{SystemRng, now};

    fn pki() -> DemoPki {
        DemoPki::generate("VN", now(), &DemoOptions::default(), &mut SystemRng).unwrap()
    }

    /// A country with that many authorities, as a hostile list may name them.
    fn crowd(count: usize) -> Authorities {
        let csca = pki().csca;
        let crowd = (0..count).map(|number| (Fingerprint::of(&number.to_be_bytes()), csca.clone()));
        let mut authorities = Authorities::default();
        authorities
            .by_country
            .insert(Some("VN".to_owned()), crowd.collect());
        authorities
    }

    #[test]
    fn a_crowd_of_authorities_costs_no_more_than_the_budget_of_looks_and_of_signatures() {
        let crowd = crowd(MAX_LOOKED_AT + 1000);
        let (looked_at, tried) = (Cell::new(0), Cell::new(0));
        let count = |counter: &Cell<usize>| counter.set(counter.get() + 1);
        let search = |named: bool| {
            looked_at.set(0);
            tried.set(0);
            let named = |_: &Certificate| {
                count(&looked_at);
                named
            };
            let fits = |_: &Certificate| {
                count(&tried);
                false
            };
            let found = crowd.search(Some("VN".to_owned()), named, fits);
            (found, looked_at.get(), tried.get())
        };
        assert_eq!(search(false), (Search::Nobody, MAX_LOOKED_AT, 0));
        let (found, looked_at, tried) = search(true);
        assert_eq!((found, tried), (Search::Refuted, MAX_TRIES));
        assert!(looked_at <= MAX_TRIES + 1, "{looked_at}");
    }

    #[test]
    fn beyond_the_budget_of_an_import_nothing_is_checked_and_nothing_is_called_checked() {
        let pki = pki();
        let list = [pki.csca.clone(), pki.ds.clone(), pki.csca];
        let by = |most| {
            let found = verified_up_to(most, &list, &Authorities::default());
            found.into_iter().map(|one| one.by).collect::<Vec<_>>()
        };
        use VerifiedBy::{Itself, NotChecked, Other};
        assert_eq!(by(3), [Itself, Other, Itself]);
        assert_eq!(by(1), [Itself, NotChecked, NotChecked]);
        assert_eq!(by(0), [NotChecked; 3]);
    }
}
