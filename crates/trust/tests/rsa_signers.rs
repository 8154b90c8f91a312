//! Documents whose signers and authorities have RSA keys, honest and otherwise; and short keys of either kind.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::sync::OnceLock;

use antin_crypto::rsa::{self, Scheme};
use antin_crypto::{
    Curve, DangerousRsaSigner, Hash, ObjectIdentifier, ParameterForm, PrivateKey, SecretBytes,
    SignatureAlgorithm, Signer, SoftSigner, VerifyingKey,
};
use antin_trust::pki::{self, CscaOptions, DemoOptions, DsOptions};
use antin_trust::{Certificate, CheckId, CheckResult, Reason, Report, TrustStore, Verdict};
use antin_wire::oids;
use antin_wire::tlv::{Tag, object};

use common::forge::{self, Forge};
use common::{Card, assert_failed, counter, now, pki_with, rng, row, summary};

fn key(bits: u32) -> rsa::PrivateKey {
    static LONG: OnceLock<rsa::PrivateKey> = OnceLock::new();
    let draw = |bits| rsa::PrivateKey::generate(bits, &mut rng(2)).unwrap();
    match bits {
        2048 => LONG.get_or_init(|| draw(2048)).clone(),
        other => draw(other),
    }
}

fn signer(key: rsa::PrivateKey, scheme: Scheme) -> DangerousRsaSigner {
    DangerousRsaSigner::new(key, scheme, &mut rng(3))
}

fn ecdsa(curve: Curve) -> SoftSigner {
    let key = PrivateKey::generate(curve, &mut rng(4));
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

/// An authority, and a document signer below it.
struct Issuer<'a> {
    csca: Certificate,
    csca_signer: &'a dyn Signer,
    ds: Certificate,
    ds_signer: &'a dyn Signer,
}

fn issuer<'a>(csca_signer: &'a dyn Signer, ds_signer: &'a dyn Signer) -> Issuer<'a> {
    let from = now().plus_days(-1);
    let csca = pki::create_csca(&CscaOptions::new("VN", from), csca_signer, &mut rng(5)).unwrap();
    let options = DsOptions::new("TEST DS 01", from);
    let key = ds_signer.public_key();
    let ds = pki::create_document_signer(&options, key, &csca, csca_signer, &mut rng(6)).unwrap();
    Issuer {
        csca,
        csca_signer,
        ds,
        ds_signer,
    }
}

impl Issuer<'_> {
    fn judge(&self, sod: Vec<u8>) -> Report {
        let store = TrustStore::from_certificates([self.csca.clone()]).unwrap();
        counter(&Card::new().files(sod), &store)
    }

    fn card(&self) -> Report {
        let card = Card::new();
        let sod = antin_trust::sod::sign(&card.slices(), Hash::Sha256, self.ds_signer, &self.ds, now());
        self.judge(sod.unwrap())
    }

    /// The same, but the certificate of the signer holds another key.
    fn with_key(self, spki: Vec<u8>) -> Self {
        let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
        let mut template =
            pki::document_signer_template(&options, self.ds_signer.public_key(), &self.csca, &mut rng(7))
                .unwrap();
        template.spki = spki;
        let ds = template.sign(self.csca_signer).unwrap();
        Self { ds, ..self }
    }

    /// A card whose SignerInfo states another algorithm than the one that was used.
    fn card_stating(&self, algorithm: &[u8]) -> Report {
        let card = Card::new();
        let mut forge = Forge::honest(&card.slices(), self.ds_signer, &self.ds);
        let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
        let signed = object(Tag(0x31), &attributes.concat());
        let signature = self.ds_signer.sign(&signed).unwrap();
        forge.signers = vec![forge::signer_info_with(
            algorithm,
            &Hash::Sha256.oid(),
            &self.ds,
            Some(&attributes),
            &signature,
        )];
        self.judge(forge.file())
    }
}

fn pss(hash: Hash, mgf: Hash, salt_len: usize) -> Scheme {
    Scheme::Pss { hash, mgf, salt_len }
}

const PKCS1: Scheme = Scheme::Pkcs1v15(Hash::Sha256);

fn assert_authentic(report: &Report, what: &str) {
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 0),
        "{what}\n{}",
        summary(report)
    );
}

/// SOD-18, PKI-30: what a signer states and does consistently is taken, whatever its authority does.
#[test]
fn signers_and_authorities_may_mix_kinds_schemes_and_salts() {
    let schemes = [
        PKCS1,
        Scheme::Pkcs1v15(Hash::Sha512),
        pss(Hash::Sha256, Hash::Sha256, 32),
        pss(Hash::Sha256, Hash::Sha256, 20),
        pss(Hash::Sha384, Hash::Sha384, 48),
        pss(Hash::Sha512, Hash::Sha512, 64),
        pss(Hash::Sha256, Hash::Sha1, 0),
    ];
    for scheme in schemes {
        let rsa = signer(key(2048), scheme);
        let report = issuer(&rsa, &rsa).card();
        assert_authentic(&report, &rsa.algorithm().name());
        let check = report.rows(CheckId::KeyStrength).next().unwrap();
        assert_eq!(check.evidence.as_deref(), Some("RSA 2048, RSA 2048"));
        assert!(check.remark.as_deref().unwrap().contains("below 128 bits"));
    }
    let (rsa, ec) = (signer(key(2048), PKCS1), ecdsa(Curve::P384));
    assert_authentic(&issuer(&ec, &rsa).card(), "RSA below ECDSA");
    assert_authentic(&issuer(&rsa, &ec).card(), "ECDSA below RSA");
}

/// RFC 3370 §3.2: many signers name only the kind of their key.
#[test]
fn rsa_encryption_as_a_signature_algorithm_takes_the_hash_beside_it() {
    let rsa = signer(key(2048), PKCS1);
    let issuer = issuer(&rsa, &rsa);
    let oid = object(Tag(0x06), oids::RSA_ENCRYPTION.as_bytes());
    for parameters in [vec![], vec![5, 0]] {
        let stated = object(Tag(0x30), &[oid.clone(), parameters].concat());
        assert_authentic(&issuer.card_stating(&stated), "rsaEncryption");
    }
}

/// SOD-18: the algorithm of the SignerInfo must be one for the key.
#[test]
fn an_algorithm_of_another_kind_than_the_key_fails() {
    let (rsa, ec) = (signer(key(2048), PKCS1), ecdsa(Curve::P256));
    let stated = SignatureAlgorithm::ecdsa(Hash::Sha256).to_der();
    let report = issuer(&rsa, &rsa).card_stating(&stated);
    assert_failed(&report, CheckId::SodSignature, None, Reason::AlgorithmMismatch);
    for scheme in [PKCS1, Scheme::pss(Hash::Sha256)] {
        let stated = SignatureAlgorithm::Rsa(scheme).to_der();
        let report = issuer(&ec, &ec).card_stating(&stated);
        assert_failed(&report, CheckId::SodSignature, None, Reason::AlgorithmMismatch);
    }
    let other_scheme = SignatureAlgorithm::rsa_pss(Hash::Sha256).to_der();
    let report = issuer(&rsa, &rsa).card_stating(&other_scheme);
    assert_failed(&report, CheckId::SodSignature, None, Reason::SignatureWrong);
}

/// PKI-30: a trailer field other than 1 is defined nowhere.
#[test]
fn a_pss_signature_with_another_trailer_field_fails() {
    let rsa = signer(key(2048), Scheme::pss(Hash::Sha256));
    let issuer = issuer(&rsa, &rsa);
    let stated = hex::encode(rsa.algorithm().to_der());
    assert_authentic(&issuer.card_stating(&hex::decode(&stated).unwrap()), "as it is");
    // 30 41 .. 30 34 .. A2 03 02 01 20 grows by A3 03 02 01 02
    let trailer = stated.replacen("3041", "3046", 1).replacen("3034", "3039", 1) + "a303020102";
    let report = issuer.card_stating(&hex::decode(trailer).unwrap());
    assert_failed(&report, CheckId::SodSignature, None, Reason::Malformed);
}

/// Authentic, and a counter refuses it for a key or a hash that is too weak.
fn assert_weak(report: &Report) {
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 15),
        "{}",
        summary(report)
    );
    assert_eq!(
        row(report, CheckId::KeyStrength, None),
        (CheckResult::Failed, Some(Reason::WeakAlgorithm))
    );
}

/// PKI-30: parameters that are not there mean SHA-1 with a salt of 20 bytes, and nothing else.
#[test]
fn absent_pss_parameters_mean_the_defaults() {
    let bare = hex::decode("300b06092a864886f70d01010a").unwrap();
    let weak = signer(key(2048), pss(Hash::Sha1, Hash::Sha1, 20));
    let report = issuer(&signer(key(2048), PKCS1), &weak).card_stating(&bare);
    assert_weak(&report);
    let strong = signer(key(2048), Scheme::pss(Hash::Sha256));
    let report = issuer(&strong, &strong).card_stating(&bare);
    assert_failed(&report, CheckId::SodSignature, None, Reason::SignatureWrong);
}

/// PKI-30: a certificate may limit its key to PSS, and to hashes and salts; signatures keep to it.
#[test]
fn a_pss_signature_below_the_limits_of_its_certificate_fails() {
    let public = key(2048).public();
    let any = VerifyingKey::Rsa(public.clone().only_pss()).to_spki_der();
    let limited = VerifyingKey::Rsa(public.only_pss_with(Hash::Sha256, Hash::Sha256, 32)).to_spki_der();
    let judged = |scheme, spki: &[u8]| {
        let rsa = signer(key(2048), scheme);
        let issuer = issuer(&rsa, &rsa).with_key(spki.to_vec());
        issuer.card_stating(&rsa.algorithm().to_der())
    };
    assert_authentic(
        &judged(pss(Hash::Sha256, Hash::Sha256, 32), &limited),
        "at the limit",
    );
    assert_authentic(&judged(pss(Hash::Sha512, Hash::Sha512, 20), &any), "no limit");
    for (scheme, spki) in [
        (PKCS1, &any),
        (PKCS1, &limited),
        (pss(Hash::Sha1, Hash::Sha256, 32), &limited),
        (pss(Hash::Sha256, Hash::Sha1, 32), &limited),
        (pss(Hash::Sha256, Hash::Sha256, 20), &limited),
    ] {
        let report = judged(scheme, spki);
        assert_failed(&report, CheckId::SodSignature, None, Reason::AlgorithmMismatch);
    }
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| object(Tag(0x02), &[&[0], number].concat());
    let key = object(
        Tag(0x30),
        &[integer(modulus), object(Tag(0x02), exponent)].concat(),
    );
    let oid = object(Tag(0x06), oids::RSA_ENCRYPTION.as_bytes());
    let algorithm = object(Tag(0x30), &[oid, vec![5, 0]].concat());
    let bits = object(Tag(0x03), &[&[0], key.as_slice()].concat());
    object(Tag(0x30), &[algorithm, bits].concat())
}

/// PKI-28: with an exponent of one every padded hash is its own signature.
#[test]
fn exponents_of_one_and_even_ones_are_no_keys() {
    let rsa = signer(key(2048), PKCS1);
    let modulus = key(2048).public().modulus().to_vec();
    for exponent in [&[1][..], &[2], &[0], &[1, 0, 0]] {
        let issuer = issuer(&rsa, &rsa).with_key(rsa_spki(&modulus, exponent));
        let report = issuer.card_stating(&rsa.algorithm().to_der());
        assert_failed(&report, CheckId::SodSignature, None, Reason::BadPublicKey);
    }
}

#[test]
fn moduli_that_anybody_can_factor_or_that_are_even_are_no_keys() {
    let rsa = signer(key(2048), PKCS1);
    for modulus in [
        vec![0xC1; 64],
        vec![0xC1; 127],
        [vec![0xC1; 255], vec![0xC0]].concat(),
        vec![0xC1; 32],
    ] {
        let issuer = issuer(&rsa, &rsa).with_key(rsa_spki(&modulus, &[3]));
        let report = issuer.card_stating(&rsa.algorithm().to_der());
        assert_failed(&report, CheckId::SodSignature, None, Reason::BadPublicKey);
    }
}

/// Nothing speaks against such keys, but nothing here computes with them either.
#[test]
fn keys_that_would_keep_a_verifier_busy_are_undetermined() {
    let rsa = signer(key(2048), PKCS1);
    for (modulus, exponent) in [(vec![0xC1; 1025], vec![3]), (vec![0xC1; 512], vec![3; 100])] {
        let issuer = issuer(&rsa, &rsa).with_key(rsa_spki(&modulus, &exponent));
        let report = issuer.card_stating(&rsa.algorithm().to_der());
        assert_eq!(
            row(&report, CheckId::SodSignature, None),
            (CheckResult::Undetermined, Some(Reason::AlgorithmUnsupported))
        );
        assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
    }
}

/// PKI-06, SOD-20: short keys and SHA-1 are genuine, and the policy refuses them.
#[test]
fn short_keys_and_sha_1_are_for_the_policy() {
    let strong = signer(key(2048), PKCS1);
    let weak: [&dyn Signer; 5] = [
        &signer(key(1024), PKCS1),
        &signer(key(2048), Scheme::Pkcs1v15(Hash::Sha1)),
        &ecdsa(Curve::BrainpoolP160r1),
        &ecdsa(Curve::BrainpoolP192t1),
        &ecdsa(Curve::P192),
    ];
    for weak in weak {
        for (csca, ds) in [(&strong as &dyn Signer, weak), (weak, &strong)] {
            let report = issuer(csca, ds).card();
            assert_weak(&report);
        }
    }
}

/// PKI-06: a curve that is in no table is not computed on.
#[test]
fn a_signer_on_a_curve_in_no_table_is_undetermined() {
    let ec = ecdsa(Curve::P256);
    let secp112r1 = ObjectIdentifier::new_unwrap("1.3.132.0.6");
    let oid = |oid: &ObjectIdentifier| object(Tag(0x06), oid.as_bytes());
    let algorithm = object(Tag(0x30), &[oid(&oids::EC_PUBLIC_KEY), oid(&secp112r1)].concat());
    let bits = object(Tag(0x03), &[&[0, 4][..], &[7; 28]].concat());
    let spki = object(Tag(0x30), &[algorithm, bits].concat());
    let report = issuer(&ec, &ec)
        .with_key(spki)
        .card_stating(&ec.algorithm().to_der());
    assert_eq!(
        row(&report, CheckId::SodSignature, None),
        (CheckResult::Undetermined, Some(Reason::CurveUnknown))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
}

/// PKI-31: the key verifies; that it can be factored is said beside its strength.
#[test]
fn a_modulus_of_a_faulty_chip_library_is_remarked() {
    let prime = |text| SecretBytes::new(hex::decode(text).unwrap());
    let faulty = rsa::PrivateKey::from_primes(&prime(FAULTY[0]), &prime(FAULTY[1]), &[1, 0, 1]).unwrap();
    let (faulty, fair) = (signer(faulty, PKCS1), signer(key(2048), PKCS1));
    let remark = |report: &Report| {
        assert_authentic(report, "RSA 2048");
        let check = report.rows(CheckId::KeyStrength).next().unwrap();
        check.remark.clone().unwrap_or_default()
    };
    assert!(remark(&issuer(&fair, &faulty).card()).contains("CVE-2017-15361"));
    assert!(remark(&issuer(&faulty, &fair).card()).contains("CVE-2017-15361"));
    assert!(!remark(&issuer(&fair, &fair).card()).contains("CVE-2017-15361"));
}

/// The curves that no chip agrees on keys with, but some issuers sign on.
#[test]
fn twisted_curves_sign_and_verify_named_and_explicit() {
    for curve in [
        Curve::BrainpoolP224t1,
        Curve::BrainpoolP256t1,
        Curve::BrainpoolP320t1,
        Curve::BrainpoolP384t1,
        Curve::BrainpoolP512t1,
    ] {
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            let pki = pki_with(&DemoOptions {
                csca_curve: curve,
                ds_curve: curve,
                form,
                ..DemoOptions::default()
            });
            let store = TrustStore::from_certificates([pki.csca.clone()]).unwrap();
            assert_authentic(&counter(&Card::new().signed_files(&pki), &store), curve.name());
        }
    }
}

/// Two primes of 1024 bits, `k M + 65537^a mod M`, M being the product of the primes up to 167.
const FAULTY: [&str; 2] = [
    "e2961874cce73e75dfdbfd79d4d6f48964fb81a939d6c1a3b1decf771cdf1cb6c63351f106a40cbaae8b2fa078ca8d263f531847ac7270\
     ed64161170f2d641feb12e1fa68818407e48824bad98e60fb6f8dba67758d55564cb42a6cb2af91a375e439177d1a93ef8e3780216f18e\
     be9b81b0835940e5225abc967834a155a591",
    "e123cc5088e09bc3fd33b4a78017ecd65cddb6fba0c55a6bb835f03c446c027bdd456e06e0d48559684f74ed3a729626b5a5794796524a\
     4e7476f5f3d6088ff5f88d391b85814803ca852c72fc09f187554c6000d2dd177dd45d9b53c00fd95b394b6f9a98579b7ae7e0ebcee45a\
     5ed6f427060967181f77e1036a52f4e75cb1",
];
