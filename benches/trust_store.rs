//! The trust store on disk: loading it and asking why somebody is believed, with a thousand certificates and with the
//! document signers of the whole world besides; importing signed lists, made here and, where it lies at hand, the German one.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]
#![allow(
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a bench is made for people to look at"
)]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::store::load_trust_store;
use antin::store::trust::{
    Entry, Fingerprint, ImportOptions, Kind, Realm, Source, TrustFolder, Voucher, import, load_root,
};
use antin::trust::Certificate;
use antin::trust::pki::profile::{self, ListKind, NameChange, Period, Place};
use antin::trust::pki::{Contact, ContentSigner, CrlPlaces, MasterListContent, Subject};
use antin::trust::store::{SignerKey, SignerSource};
use antin::{SystemRng, UnixTime};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// As many authorities as the German list of May 2026 names.
const LISTED: usize = 588;
const AUTHORITIES: usize = 1_000;
/// As many document signers as a collection of the ICAO PKD holds.
const SIGNERS: usize = 30_000;
const COUNTRIES: [&str; 10] = ["AT", "BR", "CZ", "DK", "EE", "FI", "GR", "HU", "JP", "VN"];

fn signer() -> SoftSigner {
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

fn place() -> Place {
    Place {
        contact: Contact::new("XXX").expect("a code of three letters"),
        crl: CrlPlaces::new(["http://example.org/crl"]).expect("a place"),
    }
}

/// One for all certificates: a signer's must lie within its authority's, which may have been made seconds before.
fn period() -> Period {
    static NOW: LazyLock<UnixTime> = LazyLock::new(antin::now);
    let now = *NOW;
    Period::new(now.plus_days(-900), now.plus_days(100), now.plus_days(3000)).expect("a period")
}

struct Authority {
    signer: SoftSigner,
    csca: Certificate,
}

impl Authority {
    fn new(number: usize) -> Self {
        let country = COUNTRIES[number % COUNTRIES.len()];
        let subject = Subject::new(country, &format!("CSCA {number}")).expect("a name");
        let signer = signer();
        let (key, mut rng) = (signer.public_key(), SystemRng);
        let template = profile::csca(&subject, &place(), period(), key, NameChange::No, &mut rng);
        let csca = template.sign(&signer).expect("a certificate");
        Self { signer, csca }
    }

    /// A document signer; all have one key, which nobody looks at here.
    fn document_signer(&self, number: usize, key: &SoftSigner) -> Certificate {
        let country = self.csca.subject().country().letters().expect("two letters");
        let subject = Subject::new(&country, &format!("DS {number}")).expect("a name");
        let (types, public) = (["P".to_owned()], key.public_key());
        profile::document_signer(
            &subject,
            &place(),
            period(),
            &types,
            public,
            &self.csca,
            &mut SystemRng,
        )
        .and_then(|template| template.sign(&self.signer))
        .expect("a certificate")
    }

    fn master_list(&self, listed: &[Certificate]) -> Vec<u8> {
        let country = self.csca.subject().country().letters().expect("two letters");
        let subject = Subject::new(&country, "List signer").expect("a name");
        let key = signer();
        let (public, mut rng) = (key.public_key(), SystemRng);
        let kind = ListKind::Master;
        let certificate =
            profile::list_signer(kind, &subject, &place(), period(), public, &self.csca, &mut rng)
                .and_then(|template| template.sign(&self.signer))
                .expect("a certificate");
        let with = ContentSigner {
            signer: &key,
            certificate: &certificate,
            others: std::slice::from_ref(&self.csca),
        };
        MasterListContent::new(listed)
            .and_then(|list| list.sign(&with, antin::now()))
            .expect("a list")
    }
}

/// Puts certificates into the store as an import would, without its checks.
fn keep(store: &TrustFolder, kind: Kind, certificates: &[Certificate]) {
    store
        .update(|contents| {
            for (certificate, index) in certificates.iter().zip(0..) {
                let entry = Entry {
                    kind,
                    realm: Realm::Live,
                    der: certificate.as_der().to_vec(),
                    sources: vec![Source {
                        import: 1,
                        index,
                        by: Voucher::Operator,
                        realm: Realm::Live,
                    }],
                };
                contents.entries.insert(certificate.fingerprint().into(), entry);
            }
            Ok(())
        })
        .expect("the store takes them");
}

fn certificates(authorities: &[Authority]) -> Vec<Certificate> {
    authorities
        .iter()
        .map(|authority| authority.csca.clone())
        .collect()
}

fn looking(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let authorities: Vec<Authority> = (0..AUTHORITIES).map(Authority::new).collect();
    let store = TrustFolder::at(folder.path().join("authorities"));
    keep(&store, Kind::Csca, &certificates(&authorities));
    // The goal for each of these three: 20 ms.
    let mut group = criterion.benchmark_group("trust store, 1000 authorities");
    group.bench_function("load", |bencher| {
        bencher.iter(|| loaded(store.path(), AUTHORITIES))
    });
    group.bench_function("why, a country", |bencher| {
        bencher.iter(|| {
            let contents = store.load_authorities().expect("a store");
            let found = contents.find("VN").expect("a country");
            assert_eq!(found.len(), AUTHORITIES / COUNTRIES.len());
            for sha256 in &found {
                black_box(contents.why(sha256)).expect("a chain");
            }
        });
    });
    group.bench_function("why, a certificate", |bencher| {
        let wanted = Fingerprint::of(authorities[0].csca.as_der()).to_string();
        bencher.iter(|| {
            let contents = store.load().expect("a store");
            let found = contents.find(&wanted).expect("an entry");
            black_box(contents.why(&found[0])).expect("a chain");
        });
    });
    group.finish();

    let world = TrustFolder::at(folder.path().join("world"));
    keep(&world, Kind::Csca, &certificates(&authorities));
    let key = signer();
    let signers: Vec<Certificate> = (0..SIGNERS)
        .map(|number| authorities[number % AUTHORITIES].document_signer(number, &key))
        .collect();
    keep(&world, Kind::DocumentSigner, &signers);
    let mut group = criterion.benchmark_group("trust store, 30000 document signers besides");
    group.sample_size(20);
    group.bench_function("load", |bencher| {
        bencher.iter(|| loaded(world.path(), AUTHORITIES))
    });
    let wanted = SignerKey::Serial(signers[SIGNERS / 2].serial());
    let find = |source: &dyn SignerSource| assert_eq!(source.signers(wanted).map(|found| found.len()), Ok(1));
    group.bench_function("the first document that forgot its signer", |bencher| {
        let open = || world.document_signers().expect("a store").expect("an index");
        bencher.iter_batched(open, |source| find(&*source), BatchSize::PerIteration);
    });
    group.bench_function("the next one", |bencher| {
        let source = world.document_signers().expect("a store").expect("an index");
        bencher.iter(|| find(&*source));
    });
    group.bench_function("load whole, as whoever changes it does", |bencher| {
        bencher.iter(|| world.load().expect("a store").entries.len());
    });
    group.finish();
}

fn loaded(folder: &Path, anchors: usize) {
    let trust = load_trust_store(folder).expect("a store");
    assert_eq!(black_box(trust).len(), anchors);
}

/// Imports of one list into a new store; the goal for the German one is a second.
fn importing(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("trust import");
    group.sample_size(10);
    let authorities: Vec<Authority> = (0..LISTED).map(Authority::new).collect();
    let list = folder.path().join("588.ml");
    fs::write(&list, authorities[0].master_list(&certificates(&authorities))).expect("a file");
    let root = authorities[0].csca.clone();
    group.bench_function("588 certificates on P-256", |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir().expect("a folder"),
            |new| imported(new.path(), &list, root.clone(), antin::now()),
            BatchSize::PerIteration,
        );
    });
    if let Some((list, root)) = german_list() {
        let root = load_root(&root).expect("a root");
        group.bench_function("the German list", |bencher| {
            bencher.iter_batched(
                || tempfile::tempdir().expect("a folder"),
                |new| imported(new.path(), &list, root.clone(), antin::now()),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn imported(folder: &Path, list: &Path, root: Certificate, at: UnixTime) {
    let mut options = ImportOptions::new("bench", at);
    options.roots.push(root);
    let report = import(&TrustFolder::at(folder), &[list.to_owned()], &options).expect("a list");
    assert_eq!(report.certificates, LISTED);
}

/// The list of 28 May 2026 and the authority that its signer stands under, where specimens lie.
fn german_list() -> Option<(PathBuf, PathBuf)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("ANTIN_FOREIGN_DATA").map_or(beside, PathBuf::from);
    let found = (
        data.join("masterlists/DE_ML_2026-05-28.ml"),
        data.join("certs/csca/DE_ROOT_CA_CSCA07.cer"),
    );
    if found.0.is_file() && found.1.is_file() {
        return Some(found);
    }
    eprintln!("SKIPPED: the German list is not at hand");
    None
}

criterion_group!(benches, looking, importing);
criterion_main!(benches);
