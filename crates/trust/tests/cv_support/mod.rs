//! A country's authority, verifiers and terminals, made for tests.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use antin_crypto::{Curve, PrivateKey};
use antin_trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Reference, Role, Sha1, TaAlgorithm,
    TerminalType, TrustPoint, TrustPoints,
};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn day(text: &str) -> Date {
    Date::from_text(text).unwrap()
}

pub fn name(text: &str) -> Reference {
    Reference::from_text(text).unwrap()
}

/// Short, because tests are many; the same for a seed.
pub fn rsa_key(seed: u64) -> antin_crypto::rsa::PrivateKey {
    antin_crypto::rsa::PrivateKey::generate(1280, &mut rng(seed)).unwrap()
}

/// A key with its name.
#[derive(Clone, Debug)]
pub struct Party {
    pub name: Reference,
    pub key: CvSigner,
}

impl Party {
    /// The key is always the same for a name.
    pub fn new(text: &str) -> Self {
        Self::on(text, Curve::BrainpoolP256r1, TaAlgorithm::EcdsaSha256)
    }

    pub fn on(text: &str, curve: Curve, algorithm: TaAlgorithm) -> Self {
        let seed = text
            .bytes()
            .fold(7, |sum: u64, byte| sum * 31 % 1_000_003 + u64::from(byte));
        let key = PrivateKey::generate(curve, &mut rng(seed));
        Self {
            name: name(text),
            key: CvSigner::ec(key, algorithm).unwrap(),
        }
    }

    /// A certificate for `holder`, who gets all rights.
    pub fn certify(&self, holder: &Self, role: Role, from: &str, until: &str) -> CvCertificate {
        self.template(holder, role, from, until)
            .sign(&self.key, &mut rng(1))
            .unwrap()
    }

    pub fn template(&self, holder: &Self, role: Role, from: &str, until: &str) -> CertificateTemplate {
        CertificateTemplate {
            authority: self.name.clone(),
            holder: holder.name.clone(),
            key: holder.key.public(),
            authorization: rights(role, &["read-dg3", "read-dg4"]),
            effective: day(from),
            expiration: day(until),
            extensions: None,
        }
    }

    pub fn root(&self, from: &str, until: &str) -> CvCertificate {
        self.certify(self, Role::Cvca, from, until)
    }
}

pub fn rights(role: Role, names: &[&str]) -> Authorization {
    let bare = Authorization::new(TerminalType::Is, role).unwrap();
    names.iter().fold(bare, |sum, name| sum.with_right(name).unwrap())
}

pub fn chip(root: &CvCertificate) -> TrustPoints {
    let point = TrustPoint::new(root).unwrap();
    TrustPoints::new(root.effective(), Sha1::Refused, vec![point]).unwrap()
}

/// The folder of certificates that others made; `None`, said loudly, when it is absent.
pub fn foreign() -> Option<std::path::PathBuf> {
    let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace.join("../shared/data"), std::path::PathBuf::from);
    if folder.join("cvc").is_dir() {
        return Some(folder.join("cvc"));
    }
    println!("SKIPPED: no foreign data");
    None
}
