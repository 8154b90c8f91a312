//! Guards the release profile: with fat LTO `target-cpu=native` makes SHA-256 a hundred times slower, and
//! `codegen-units = 1` makes P-256 slower by a quarter or more. AWS-LC, which no Rust setting reaches, is the measure.
//!
//! Fails when our primitives fall further behind than a good build ever does.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use antin::SystemRng;
use antin::crypto::{
    AwsLc, AwsLcSigner, Curve, Hash, ParameterForm, PrivateKey, PureRust, SignatureAlgorithm, Signer,
    SoftSigner, Verifier, VerifyingKey,
};
use aws_lc_rs::digest;
use criterion::{Criterion, criterion_group, criterion_main};

/// How many times as long as AWS-LC a good build may take. Measured on an AMD EPYC: 1.0, 4.5 and 5.1; processors on which
/// AWS-LC has less of a lead come out lower.
const SHA256_LIMIT: f64 = 2.0;
const SIGN_LIMIT: f64 = 5.5;
const VERIFY_LIMIT: f64 = 6.2;

static CARD: [u8; 20 * 1024] = [0xC5; 20 * 1024];

type Task = Box<dyn Fn()>;

/// The same work by our Rust and by AWS-LC.
struct Pair {
    name: &'static str,
    limit: f64,
    ours: Task,
    theirs: Task,
}

fn pairs() -> Vec<Pair> {
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    let public = VerifyingKey::ec(key.public(), ParameterForm::Named);
    let ours = SoftSigner::new(key.clone(), Hash::Sha256, ParameterForm::Named);
    let theirs = AwsLcSigner::new(key, Hash::Sha256, ParameterForm::Named).expect("a signer");
    let signature = ours.sign(&CARD[..256]).expect("a signature");
    let verify = |verifier: &'static dyn Verifier| -> Task {
        let (public, signature) = (public.clone(), signature.clone());
        Box::new(move || {
            let algorithm = SignatureAlgorithm::ecdsa(Hash::Sha256);
            verifier
                .verify(algorithm, &public, &CARD[..256], &signature)
                .expect("a good signature");
        })
    };
    let sign = |signer: Box<dyn Signer>| -> Task {
        Box::new(move || {
            black_box(signer.sign(&CARD[..256]).expect("a signature"));
        })
    };
    let hash_ours = || {
        black_box(Hash::Sha256.digest(black_box(&CARD)));
    };
    let hash_theirs = || {
        black_box(digest::digest(&digest::SHA256, black_box(&CARD)));
    };
    vec![
        Pair {
            name: "SHA-256",
            limit: SHA256_LIMIT,
            ours: Box::new(hash_ours),
            theirs: Box::new(hash_theirs),
        },
        Pair {
            name: "P-256 sign",
            limit: SIGN_LIMIT,
            ours: sign(Box::new(ours)),
            theirs: sign(Box::new(theirs)),
        },
        Pair {
            name: "P-256 verify",
            limit: VERIFY_LIMIT,
            ours: verify(&PureRust),
            theirs: verify(&AwsLc),
        },
    ]
}

fn primitives(c: &mut Criterion) {
    for Pair {
        name, ours, theirs, ..
    } in pairs()
    {
        let mut group = c.benchmark_group(name);
        group.bench_function("ours", |b| b.iter(&ours));
        group.bench_function("aws-lc-rs", |b| b.iter(&theirs));
        group.finish();
    }
}

/// Measured in turn, so that both meet the same machine; a build for tests is slow by design and not judged.
fn guard(_: &mut Criterion) {
    if cfg!(debug_assertions) {
        return;
    }
    for Pair {
        name,
        limit,
        ours,
        theirs,
    } in pairs()
    {
        let (mut best_ours, mut best_theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..300 {
            best_ours = best_ours.min(round(&ours));
            best_theirs = best_theirs.min(round(&theirs));
        }
        let ratio = best_ours.as_secs_f64() / best_theirs.as_secs_f64();
        assert!(
            ratio < limit,
            "{name} takes {ratio:.2} times as long as with AWS-LC: has the build profile changed?"
        );
        #[allow(clippy::print_stdout, reason = "a bench speaks to the one who runs it")]
        {
            println!("{name}: {ratio:.2} times AWS-LC, {limit} allowed");
        }
    }
}

fn round(task: &Task) -> Duration {
    let started = Instant::now();
    for _ in 0..5 {
        task();
    }
    started.elapsed()
}

criterion_group!(benches, primitives, guard);
criterion_main!(benches);
