//! Cards issued and verified in memory: encode, hash, sign, self-check; passive authentication, with and without
//! remembering the signer. `antin bench` sets the same figures beside the bare cryptography.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

mod common;

use std::hint::black_box;

use antin::Policy;
use antin::crypto::{PureRust, Verifier, fastest_verifier};
use antin::trust::sod::SodSigner;
use antin::trust::{Backend, SignerCache, verify_with};
use criterion::{Criterion, criterion_group, criterion_main};

use common::Work;

fn issue(c: &mut Criterion) {
    let work = Work::prepare();
    let signer =
        SodSigner::new(&work.signer, &work.pki.ds, work.profile.sod.hash).expect("the signer's certificate");
    c.bench_function("issue", |b| {
        b.iter(|| {
            let keys = work.image.keys().clone();
            let image =
                antin::CardImage::signed_by(&work.profile, black_box(&work.record), keys, &signer, work.at);
            image.expect("an image")
        });
    });
}

fn verify(c: &mut Criterion) {
    let work = Work::prepare();
    let mut group = c.benchmark_group("verify");
    let mut measure = |name: &str, verifier: &'static dyn Verifier, mut cache: Option<SignerCache>| {
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut backend = Backend {
                    verifier,
                    cache: cache.as_mut(),
                };
                let (files, session) = (work.document.files(), work.document.session());
                verify_with(
                    black_box(files),
                    session,
                    &work.trust,
                    work.at,
                    &Policy::COUNTER,
                    &mut backend,
                )
            });
        });
    };
    measure("aws-lc-rs", fastest_verifier(), None);
    measure(
        "aws-lc-rs, signer remembered",
        fastest_verifier(),
        Some(SignerCache::new()),
    );
    measure("pure-rust", &PureRust, None);
    group.finish();
}

criterion_group!(benches, issue, verify);
criterion_main!(benches);
