//! From the store on disk to the store that documents are verified with.

use antin_trust::crl::CertificateList;
use antin_trust::defect_list::DefectList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::store::TEST_SET;
use antin_trust::{Certificate, Freshness, TrustStore};

use super::model::{Contents, Entry, Kind, Marked, Realm};

impl Contents {
    /// Adds everything to a store in memory. Test entries go to its test set, where they count for nothing until it is
    /// asked for. What does not serve there, such as a listed certificate without the marks of an authority, is left out.
    pub fn add_to(&self, store: &mut TrustStore) {
        let bad = self.distrust();
        let unfounded = self.unfounded();
        for (sha256, entry) in &self.entries {
            // A certificate that is known to be bad is there, so that its documents fail; a list's word is gone.
            let stays = entry.kind.is_certificate() || !bad.names(sha256.as_bytes());
            if stays && !(gives_trust(entry.kind) && unfounded.contains(sha256)) {
                self.add_entry(entry, store);
            }
        }
        for bad in &self.distrusted {
            let fingerprint = *bad.fingerprint.as_bytes();
            match bad.of {
                Marked::Certificate => store.distrust(fingerprint),
                Marked::Key => store.distrust_key(fingerprint),
            }
        }
        if let Some(bundle) = &self.bundle {
            // What is known by two bundles is as old as the older one.
            let own = bundle.freshness();
            let known = store.freshness().copied();
            store.set_freshness(known.map_or(own, |known| older(known, own)));
        }
        if let Some(cards) = &self.cards {
            store.add_revoked_cards(cards.clone());
        }
    }

    /// The store in memory.
    #[must_use]
    pub fn to_trust_store(&self) -> TrustStore {
        let mut store = TrustStore::new();
        self.add_to(&mut store);
        store
    }

    fn add_entry(&self, entry: &Entry, store: &mut TrustStore) {
        match entry.kind {
            Kind::Csca | Kind::Link | Kind::DocumentSigner => {
                if let Ok(certificate) = Certificate::parse(&entry.der) {
                    add_certificate(entry, certificate, store);
                }
            }
            Kind::Crl => {
                if let Ok(list) = CertificateList::parse(&entry.der) {
                    store.add_crl(list);
                }
            }
            // What a test authority says of documents is said of no real one.
            Kind::DefectList | Kind::DeviationList if entry.realm == Realm::Test => {}
            Kind::DefectList => {
                if let Ok(list) = DefectList::parse(&entry.der) {
                    store.add_defect_list(list);
                }
            }
            Kind::DeviationList => {
                let import = entry.sources.last().and_then(|source| self.import(source.import));
                let country = import.and_then(|import| import.country.clone());
                if let (Some(country), Ok(list)) = (country, DeviationList::parse(&entry.der)) {
                    store.add_deviation_list(&country, list);
                }
            }
            Kind::ListSigner => {}
        }
    }
}

/// Whether an entry makes documents better than they are without it. What only makes them worse is kept whoever said it.
const fn gives_trust(kind: Kind) -> bool {
    match kind {
        Kind::Csca | Kind::Link | Kind::DeviationList => true,
        Kind::DocumentSigner | Kind::Crl | Kind::DefectList | Kind::ListSigner => false,
    }
}

fn older(one: Freshness, other: Freshness) -> Freshness {
    Freshness {
        serial: one.serial.min(other.serial),
        created: one.created.min(other.created),
        soft_refresh: one.soft_refresh.min(other.soft_refresh),
        hard_expiry: one.hard_expiry.min(other.hard_expiry),
    }
}

fn add_certificate(entry: &Entry, certificate: Certificate, store: &mut TrustStore) {
    let added = match (entry.kind, entry.realm) {
        (Kind::DocumentSigner, _) => Ok(store.add_signer(certificate)),
        (Kind::Link, _) => store.add_link(certificate),
        (_, Realm::Live) => store.add(certificate),
        (_, Realm::Test) => store.add_test(TEST_SET, certificate),
    };
    // Without the marks of an authority it counts for nothing; the import has said so.
    drop(added);
}
