//! A store as one number: whatever may change a verdict changes it, and nothing else does.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use antin_trust::crl::CertificateList;
use antin_trust::pki::{CrlTemplate, DemoPki};
use antin_trust::store::{
    CardKey, Documents, Effect, Exception, RevokedCards, SignerKey, SignerRef, SignerSource,
};
use antin_trust::{Certificate, CheckId, Freshness, TrustStore};
use common::{now, pki};

/// A place with signers of which only the digest matters.
#[derive(Debug)]
struct Shelf(u8);

impl SignerSource for Shelf {
    fn signers(&self, _: SignerKey<'_>) -> Result<Vec<Certificate>, String> {
        Ok(Vec::new())
    }

    fn digest(&self) -> [u8; 32] {
        [self.0; 32]
    }
}

fn list(pki: &DemoPki, number: u8) -> CertificateList {
    let template = CrlTemplate {
        number: vec![number],
        this_update: now(),
        next_update: now().plus_days(10),
        revoked: Vec::new(),
        former_names: Vec::new(),
    };
    CertificateList::parse(&template.sign(&pki.csca, &pki.csca_signer()).unwrap()).unwrap()
}

fn exception(signer: SignerRef) -> Exception {
    Exception {
        source: "a list".to_owned(),
        documents: Documents {
            country: "VN".to_owned(),
            signer: Some(signer),
            ..Documents::default()
        },
        effect: Effect::Note {
            check: CheckId::ComSod,
        },
    }
}

fn fresh(serial: u64) -> Freshness {
    Freshness {
        serial,
        created: now(),
        soft_refresh: now(),
        hard_expiry: now(),
    }
}

/// Adds one fact.
type Change<'f> = Box<dyn Fn(&mut TrustStore) + 'f>;

#[test]
fn every_fact_that_is_added_changes_it() {
    let (ours, theirs) = (pki(1), pki(2));
    let issuer_and_serial = SignerRef::IssuerAndSerial {
        issuer: Box::new(ours.csca.subject().clone()),
        serial: vec![1],
    };
    let changes: Vec<Change<'_>> = vec![
        Box::new(|store| {
            store.add_test("a", ours.csca.clone()).unwrap();
        }),
        Box::new(|store| {
            store.add_test("b", ours.csca.clone()).unwrap();
        }),
        Box::new(|store| {
            store.add_test("a", theirs.csca.clone()).unwrap();
        }),
        Box::new(|store| store.ask_for("a")),
        Box::new(|store| store.ask_for("b")),
        Box::new(|store| {
            store.add_signer(ours.ds.clone());
        }),
        Box::new(|store| store.add_signer_source(std::sync::Arc::new(Shelf(1)))),
        Box::new(|store| store.add_signer_source(std::sync::Arc::new(Shelf(2)))),
        Box::new(|store| {
            store.add_crl(list(&ours, 1));
        }),
        Box::new(|store| {
            store.add_crl(list(&ours, 2));
        }),
        Box::new(|store| store.distrust([1; 32])),
        Box::new(|store| store.distrust_key([1; 32])),
        Box::new(|store| {
            store
                .add_exception(exception(SignerRef::Digest(vec![1])))
                .unwrap()
        }),
        Box::new(|store| {
            store
                .add_exception(exception(SignerRef::SubjectKey(vec![1])))
                .unwrap()
        }),
        Box::new(|store| store.add_exception(exception(issuer_and_serial.clone())).unwrap()),
        Box::new(|store| store.add_revoked_cards(RevokedCards::new([CardKey::of_sod(b"one")]))),
        Box::new(|store| store.add_revoked_cards(RevokedCards::new([CardKey::of_sod(b"two")]))),
        Box::new(|store| store.set_freshness(fresh(1))),
        Box::new(|store| store.set_freshness(fresh(2))),
    ];
    let mut seen = vec![TrustStore::new().digest()];
    for change in &changes {
        let mut store = TrustStore::new();
        change(&mut store);
        seen.push(store.digest());
    }
    // All at once are another store again.
    let mut whole = TrustStore::new();
    changes.iter().for_each(|change| change(&mut whole));
    seen.push(whole.digest());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), changes.len() + 2);
}

#[test]
fn neither_order_nor_copies_change_it() {
    let (ours, theirs) = (pki(1), pki(2));
    let of = |order: &[&DemoPki]| {
        let mut store = TrustStore::new();
        for pki in order {
            store.add(pki.csca.clone()).unwrap();
            store.add_signer(pki.ds.clone());
        }
        store.digest()
    };
    assert_eq!(of(&[&ours, &theirs]), of(&[&theirs, &ours]));
    assert_eq!(of(&[&ours, &theirs]), of(&[&ours, &theirs, &ours]));
}
