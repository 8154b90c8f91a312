//! Test issuers, one for each family of signature algorithms that documents in the world are signed with.

use antin_crypto::rsa::{PrivateKey as RsaPrivateKey, Scheme};
use antin_crypto::{
    Curve, DangerousRsaSigner, Hash, ParameterForm, PrivateKey, Signer, SoftSigner, VerifyingKey,
};
use antin_trust::pki::{CscaOptions, DsOptions, create_csca, create_document_signer};
use antin_trust::{Certificate, TrustStore, UnixTime};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

/// A country's authority and one document signer below it, both with TEST keys of one family.
pub struct Issuer {
    /// What they sign with.
    pub family: &'static str,
    /// The authority.
    pub csca: Certificate,
    /// The document signer.
    pub ds: Certificate,
    signer: Key,
}

/// A key that may be used from several threads.
type Key = Box<dyn Signer + Send + Sync>;

impl Issuer {
    /// One of every family beside that of [`DemoPki`](antin_trust::pki::DemoPki), ECDSA with named curves: ECDSA with
    /// explicit parameters, on NIST and on Brainpool curves, RSA of both schemes. The keys are the same in every run.
    ///
    /// # Panics
    /// If the real code cannot make them: every test that uses them would be void.
    pub fn of_other_families(country: &str, at: UnixTime) -> Vec<Self> {
        let mut rng = ChaCha20Rng::from_seed([0x1C; 32]);
        let mut ecdsa = |curve, hash, form| -> Key {
            Box::new(SoftSigner::new(PrivateKey::generate(curve, &mut rng), hash, form))
        };
        let explicit = ParameterForm::Explicit;
        let mut pairs = vec![
            (
                "ECDSA, explicit parameters",
                ecdsa(Curve::P384, Hash::Sha384, explicit),
                ecdsa(Curve::P256, Hash::Sha256, explicit),
            ),
            (
                "ECDSA, Brainpool curves",
                ecdsa(Curve::BrainpoolP384r1, Hash::Sha384, explicit),
                ecdsa(Curve::BrainpoolP256r1, Hash::Sha256, explicit),
            ),
        ];
        let mut rsa_key = || RsaPrivateKey::generate(2048, &mut rng).expect("a usual length");
        let (csca, ds) = (rsa_key(), rsa_key());
        let mut rsa = |key: &RsaPrivateKey, scheme| -> Key {
            Box::new(DangerousRsaSigner::new(key.clone(), scheme, &mut rng))
        };
        for (family, scheme) in [
            ("RSA PKCS#1 v1.5", Scheme::Pkcs1v15(Hash::Sha256)),
            ("RSA-PSS", Scheme::pss(Hash::Sha256)),
        ] {
            pairs.push((family, rsa(&csca, scheme), rsa(&ds, scheme)));
        }
        pairs
            .into_iter()
            .map(|(family, csca, ds)| Self::of(family, country, at, &*csca, ds))
            .collect()
    }

    fn of(family: &'static str, country: &str, at: UnixTime, authority: &dyn Signer, signer: Key) -> Self {
        let mut rng = ChaCha20Rng::from_seed([0x1D; 32]);
        let from = at.plus_days(-1);
        let csca = create_csca(&CscaOptions::new(country, from), authority, &mut rng).expect("an authority");
        let options = DsOptions::new("TEST DS 01", from);
        let key: &VerifyingKey = signer.public_key();
        let ds = create_document_signer(&options, key, &csca, authority, &mut rng).expect("a signer");
        Self {
            family,
            csca,
            ds,
            signer,
        }
    }

    /// The document signer's key.
    pub fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// A store that trusts the authority.
    ///
    /// # Panics
    /// If the authority is none.
    pub fn trust(&self) -> TrustStore {
        TrustStore::from_certificates([self.csca.clone()]).expect("an authority")
    }
}
