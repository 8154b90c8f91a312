//! Attacks with RSA keys.

use antin_crypto::rsa::{self, Scheme};
use antin_crypto::{Curve, Hash, SecretBytes};
use antin_lds::ElementaryFile;
use antin_wire::oids::{self, ObjectIdentifier};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::{Certificate, Draft, Extension, key_identifier};
use crate::attacks::der;
use crate::attacks::keys::{Key, pss, rng};
use crate::attacks::sod::{self, SignerInfo, Sod};

/// RSA keys of 2048 bits take a while to draw, so few are drawn.
struct Keys {
    pss: rsa::PrivateKey,
    plain: rsa::PrivateKey,
}

pub fn cases(world: &World) -> Vec<Case> {
    let keys = Keys {
        pss: draw(400),
        plain: draw(401),
    };
    vec![
        exponent_of_one(world, &keys),
        pss_parameters(world, &keys),
        faulty_library(world),
        mixed_algorithms(world, &keys),
    ]
}

fn draw(seed: u64) -> rsa::PrivateKey {
    rsa::PrivateKey::generate(2048, &mut rng(seed)).expect("a key")
}

fn key(private: &rsa::PrivateKey, scheme: Scheme) -> Key {
    Key::Rsa(Box::new(private.clone()), scheme)
}

fn passport(name: &str, sod: &Sod) -> Reading {
    Reading::of("passport", name).file(ElementaryFile::Sod, sod.file())
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// The passport, signed by this key, which the usual CSCA vouches for.
fn signed_by(world: &World, name: &str, key: &Key) -> Reading {
    let signer = Draft::signer(key, &world.csca).sign(&world.csca_key);
    passport(name, &Sod::honest(&world.card("passport").groups(), key, &signer))
}

/// EMSA-PKCS1-v1_5 of a SHA-256 hash (RFC 8017 §9.2): with an exponent of one it is the signature.
fn encoded(message: &[u8], len: usize) -> Vec<u8> {
    let digest = Hash::Sha256.digest(message);
    let info = der::sequence(&[&der::algorithm_null(&oids::SHA256), &der::octets(&digest)]);
    let padding = len - info.len() - 3;
    [&[0, 1], vec![0xFF; padding].as_slice(), &[0], &info].concat()
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let public = der::sequence(&[&der::integer(modulus), &der::integer(exponent)]);
    der::sequence(&[&der::algorithm_null(&oids::RSA_ENCRYPTION), &der::bits(&public)])
}

/// PKI-28.
fn exponent_of_one(world: &World, keys: &Keys) -> Case {
    let modulus = keys.plain.public().modulus().to_vec();
    let algorithm = der::algorithm_null(&oids::SHA256_WITH_RSA_ENCRYPTION);
    let groups = world.card("passport").groups();
    let forge = |name: &str, exponent: &[u8]| {
        let signer = Draft::signer_of(rsa_spki(&modulus, exponent), &world.csca).sign(&world.csca_key);
        let mut sod = Sod::honest(&groups, &world.signer_key, &signer);
        let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&sod.content));
        let signature = encoded(&der::object(der::SET, &attributes.concat()), modulus.len());
        let info = SignerInfo {
            algorithm: algorithm.clone(),
            signature,
            ..SignerInfo::new(&world.signer_key, &signer, Some(attributes), &sod.content)
        };
        sod.signers = vec![info.to_der()];
        passport(name, &sod)
    };
    // The same trick with the authority: whoever imports it trusts everybody.
    let mut root = Draft::csca(&world.csca_key, "TEST CSCA UT RSA");
    root.spki = rsa_spki(&modulus, &[1]);
    root.remove(&oids::SUBJECT_KEY_IDENTIFIER);
    root.extensions
        .push(Extension::subject_key(&key_identifier(&root.spki)));
    let sign = |draft: Draft| {
        let signature = encoded(&draft.tbs(&algorithm), modulus.len());
        draft.with_signature(&algorithm, &algorithm, &signature)
    };
    let root: Certificate = sign(root);
    let signer = sign(Draft::signer(&world.signer_key, &root));
    let sod = Sod::honest(&groups, &world.signer_key, &signer);
    let honest_key = key(&keys.plain, Scheme::Pkcs1v15(Hash::Sha256));
    Case::new("PKI-28")
        .twin(signed_by(world, "an honest exponent", &honest_key))
        .attack(forge("an exponent of one", &[1]))
        .attack(forge("an even exponent", &[2]))
        .attack(forge("an exponent of zero", &[0]))
        .attack(passport("an authority with an exponent of one", &sod).trusting(&[&root.der]))
}

/// PKI-30.
fn pss_parameters(world: &World, keys: &Keys) -> Case {
    let scheme = |hash: Hash, mgf: Hash, salt_len: usize| Scheme::Pss { hash, mgf, salt_len };
    let usual = key(&keys.pss, Scheme::pss(Hash::Sha256));
    let mut case = Case::new("PKI-30").twin(signed_by(world, "a salt as long as the hash", &usual));
    for salt in [20, 32, 48, 64] {
        let key = key(&keys.pss, scheme(Hash::Sha256, Hash::Sha256, salt));
        case = case.attack(signed_by(world, &format!("a salt of {salt} bytes"), &key));
    }
    let other_mask = key(&keys.pss, scheme(Hash::Sha256, Hash::Sha512, 32));
    case = case.attack(signed_by(world, "a mask of another hash", &other_mask));
    let groups = world.card("passport").groups();
    let states = |name: &str, key: &Key, signer: &Certificate, algorithm: Vec<u8>| {
        let mut sod = Sod::honest(&groups, key, signer);
        let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &key.hash().digest(&sod.content));
        let info = SignerInfo {
            algorithm,
            ..SignerInfo::new(key, signer, Some(attributes), &sod.content)
        };
        sod.signers = vec![info.to_der()];
        passport(name, &sod)
    };
    let signer = Draft::signer(&usual, &world.csca).sign(&world.csca_key);
    let (sha256, sha512) = (oids::SHA256, oids::SHA512);
    case = case
        .attack(states(
            "another trailer",
            &usual,
            &signer,
            pss(&sha256, &sha256, 32, Some(2)),
        ))
        .attack(states(
            "another salt than used",
            &usual,
            &signer,
            pss(&sha256, &sha256, 20, None),
        ))
        .attack(states(
            "another mask than used",
            &usual,
            &signer,
            pss(&sha256, &sha512, 32, None),
        ));
    // A certificate that limits its key to SHA-512, and a signature with SHA-256.
    let limited = |hash: &ObjectIdentifier, salt: usize| {
        let public = keys.pss.public();
        let inner = der::sequence(&[&der::integer(public.modulus()), &der::integer(public.exponent())]);
        let spki = der::sequence(&[&pss(hash, hash, salt, None), &der::bits(&inner)]);
        Draft::signer_of(spki, &world.csca).sign(&world.csca_key)
    };
    case.attack(passport(
        "a key limited to what is used",
        &Sod::honest(&groups, &usual, &limited(&sha256, 32)),
    ))
    .attack(passport(
        "a key limited to another hash",
        &Sod::honest(&groups, &usual, &limited(&sha512, 64)),
    ))
    .attack(passport(
        "a key limited to longer salts",
        &Sod::honest(&groups, &usual, &limited(&sha256, 48)),
    ))
}

/// PKI-31: primes of the form that the faulty library drew, `k M + 65537^a mod M`.
fn faulty_library(world: &World) -> Case {
    let prime = |hexadecimal: &str| SecretBytes::new(hex::decode(hexadecimal).expect("hex"));
    let private =
        rsa::PrivateKey::from_primes(&prime(FAULTY_P), &prime(FAULTY_Q), &[1, 0, 1]).expect("a key");
    let faulty = key(&private, Scheme::Pkcs1v15(Hash::Sha256));
    Case::new("PKI-31").twin(honest()).attack(signed_by(
        world,
        "a signer with the fingerprint of the faulty library",
        &faulty,
    ))
}

const FAULTY_P: &str = concat!(
    "eb895ec96210b75fa103d25a3c70454a11b0d7643dc88213125f2376dd24957eabdd0c26fcccce03c8bcd4d665c3c46b",
    "cd5c05451543c667913e781bff862567abdd4f289f8996f7079dec6d7920343d8f9075717e47ad91ee73db9a6dfe2e63",
    "fc6547915f358354216dbd45d12c092abad27defb30a2c826138995aa26c4f79",
);
const FAULTY_Q: &str = concat!(
    "e23275b19f77a968763067f85f47a71594eca42d95b4ab568640454b05ce38ecfe304e38d548a99589203b1139de6ca1",
    "ed4dfd6e14215666c69a3e90562a5a580de00bb8cadcc4f676eb646163e300169f12fa5ebd4779975a1ee6d9aeb658c4",
    "cea3b4f2c471d871524bdfbc7ef4c01b8a586ce765971950fc2a33c07c3a0809",
);

/// SOD-18.
fn mixed_algorithms(world: &World, keys: &Keys) -> Case {
    let groups = world.card("passport").groups();
    let plain = key(&keys.plain, Scheme::Pkcs1v15(Hash::Sha256));
    let masked = key(&keys.plain, Scheme::pss(Hash::Sha256));
    let root = |key: &Key| Draft::csca(key, "TEST CSCA UT RSA").sign(key);
    let under = |name: &str, root_key: &Key, signer_key: &Key, sign_key: &Key| {
        let root = root(root_key);
        let signer = Draft::signer(signer_key, &root).sign(root_key);
        passport(name, &Sod::honest(&groups, sign_key, &signer)).trusting(&[&root.der])
    };
    let states = |name: &str, key: &Key, algorithm: Vec<u8>| {
        let signer = Draft::signer(key, &world.csca).sign(&world.csca_key);
        let mut sod = Sod::honest(&groups, key, &signer);
        let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &key.hash().digest(&sod.content));
        let info = SignerInfo {
            algorithm,
            ..SignerInfo::new(key, &signer, Some(attributes), &sod.content)
        };
        sod.signers = vec![info.to_der()];
        passport(name, &sod)
    };
    let p256 = Key::ec(Curve::P256, Hash::Sha256, 402);
    Case::new("SOD-18")
        .twin(honest())
        .attack(under(
            "an RSA authority, a signer on a curve",
            &plain,
            &p256,
            &p256,
        ))
        .attack(under(
            "a signer under PKCS #1 that signs with PSS",
            &plain,
            &plain,
            &masked,
        ))
        .attack(under(
            "a signer under PSS that signs with PKCS #1",
            &masked,
            &plain,
            &plain,
        ))
        .attack(states(
            "rsaEncryption beside the digest",
            &plain,
            der::algorithm_null(&oids::RSA_ENCRYPTION),
        ))
        .attack(states(
            "RSA stated for a key on a curve",
            &p256,
            der::algorithm_null(&oids::SHA256_WITH_RSA_ENCRYPTION),
        ))
        .attack(states(
            "ECDSA stated for an RSA key",
            &plain,
            der::algorithm(&oids::ECDSA_WITH_SHA256),
        ))
        .attack(states(
            "PKCS #1 stated for PSS",
            &masked,
            der::algorithm_null(&oids::SHA256_WITH_RSA_ENCRYPTION),
        ))
        .attack(states(
            "another hash stated",
            &plain,
            der::algorithm_null(&oids::SHA384_WITH_RSA_ENCRYPTION),
        ))
}
