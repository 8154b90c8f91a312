//! Passive authentication of one document, whole, beside the bare checks of its two signatures, for each family of
//! signature algorithms: what is parsed, hashed and judged around the signatures should cost a fifth of them at most.
//! One thread: a figure is for one core.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

#[allow(dead_code, reason = "each bench takes what it needs")]
mod common;

use std::hint::black_box;

use antin::crypto::rsa::{PrivateKey as RsaPrivateKey, Scheme};
use antin::crypto::{
    Curve, DangerousRsaSigner, Hash, ParameterForm, PrivateKey, Signer, SoftSigner, VerifyingKey,
    fastest_verifier,
};
use antin::trust::pki::{CscaOptions, DsOptions, create_csca, create_document_signer};
use antin::trust::{Backend, Certificate, sod, verify_with};
use antin::{ElementaryFile, FileState, Policy, ReadFiles, SystemRng, TrustStore, Verdict};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use common::Work;

/// Authority and signer of a family.
type Pair = (Box<dyn Signer>, Box<dyn Signer>);

fn ecdsa(csca: Curve, ds: Curve, form: ParameterForm) -> Pair {
    let signer = |curve, hash| -> Box<dyn Signer> {
        Box::new(SoftSigner::new(
            PrivateKey::generate(curve, &mut SystemRng),
            hash,
            form,
        ))
    };
    (signer(csca, Hash::Sha384), signer(ds, Hash::Sha256))
}

fn rsa(csca: u32, ds: u32, scheme: Scheme) -> Pair {
    let signer = |bits| -> Box<dyn Signer> {
        let key = RsaPrivateKey::generate(bits, &mut SystemRng).expect("a usual length");
        Box::new(DangerousRsaSigner::new(key, scheme, &mut SystemRng))
    };
    (signer(csca), signer(ds))
}

fn families() -> [(&'static str, Pair); 6] {
    let named = ParameterForm::Named;
    [
        ("ECDSA P-256", ecdsa(Curve::P256, Curve::P256, named)),
        ("ECDSA P-384", ecdsa(Curve::P384, Curve::P384, named)),
        (
            "ECDSA P-256, explicit",
            ecdsa(Curve::P256, Curve::P256, ParameterForm::Explicit),
        ),
        (
            "ECDSA brainpoolP256r1, explicit",
            ecdsa(
                Curve::BrainpoolP256r1,
                Curve::BrainpoolP256r1,
                ParameterForm::Explicit,
            ),
        ),
        (
            "RSA 4096 over RSA 2048, PKCS#1 v1.5",
            rsa(4096, 2048, Scheme::Pkcs1v15(Hash::Sha256)),
        ),
        (
            "RSA 4096 over RSA 2048, PSS",
            rsa(4096, 2048, Scheme::pss(Hash::Sha256)),
        ),
    ]
}

/// A signature with all that its check needs.
struct Signed {
    key: VerifyingKey,
    message: Vec<u8>,
    signature: Vec<u8>,
    by: antin::crypto::SignatureAlgorithm,
}

impl Signed {
    fn check(&self) {
        fastest_verifier()
            .verify(self.by, &self.key, &self.message, &self.signature)
            .expect("a good signature");
    }
}

fn passive_authentication(c: &mut Criterion) {
    let work = Work::prepare();
    for (name, (authority, signer)) in families() {
        let from = work.at.plus_days(-1);
        let options = CscaOptions::new("VN", from);
        let csca = create_csca(&options, &*authority, &mut SystemRng).expect("an authority");
        let options = DsOptions::new("TEST DS 01", from);
        let ds = create_document_signer(&options, signer.public_key(), &csca, &*authority, &mut SystemRng)
            .expect("a signer");
        let files = signed_files(&work, &*signer, &ds);
        let trust = TrustStore::from_certificates([csca.clone()]).expect("an authority");
        let judge = || {
            let mut backend = Backend {
                verifier: fastest_verifier(),
                cache: None,
            };
            let session = work.document.session();
            verify_with(
                black_box(&files),
                session,
                &trust,
                work.at,
                &Policy::COUNTER,
                &mut backend,
            )
        };
        assert_eq!(judge().verdict, Verdict::ChipUnproven, "{name}");
        let checks = bare_checks(&csca, &ds, &*authority, &*signer);
        let mut group = c.benchmark_group(format!("passive authentication, {name}"));
        group.throughput(Throughput::Elements(1));
        group.bench_function("whole", |b| b.iter(judge));
        group.bench_function("signatures alone", |b| {
            b.iter(|| checks.iter().for_each(Signed::check))
        });
        group.finish();
    }
}

/// The card's files, signed by this signer.
fn signed_files(work: &Work, signer: &dyn Signer, ds: &Certificate) -> ReadFiles {
    let groups: Vec<(u8, &[u8])> = work
        .image
        .files()
        .iter()
        .filter_map(|(file, bytes)| Some((file.number()?, bytes.as_slice())))
        .collect();
    let signed = sod::sign(&groups, work.profile.sod.hash, signer, ds, work.at).expect("a signature");
    let mut files = work.document.files().clone();
    files.insert(ElementaryFile::Sod, FileState::Read(signed));
    files
}

/// The signature of the certificate, and one like that of EF.SOD.
fn bare_checks(
    csca: &Certificate,
    ds: &Certificate,
    authority: &dyn Signer,
    signer: &dyn Signer,
) -> [Signed; 2] {
    let attributes = vec![0x31; 120];
    [
        Signed {
            key: csca.public_key().expect("a key"),
            message: ds.tbs_der().to_vec(),
            signature: ds.signature().to_vec(),
            by: authority.algorithm(),
        },
        Signed {
            key: ds.public_key().expect("a key"),
            signature: signer.sign(&attributes).expect("a signature"),
            message: attributes,
            by: signer.algorithm(),
        },
    ]
}

criterion_group!(benches, passive_authentication);
criterion_main!(benches);
