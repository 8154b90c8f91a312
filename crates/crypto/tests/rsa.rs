//! RSA, judged by Wycheproof and by OpenSSL.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use antin_crypto::rsa::{PrivateKey, PublicKey, Scheme};
use antin_crypto::{Error, Hash, PureRust, SignatureAlgorithm, Verifier, VerifyingKey};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;
use support::Bench;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    public_key_der: String,
    sha: String,
    mgf_sha: Option<String>,
    s_len: Option<usize>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    tc_id: u32,
    comment: String,
    flags: Vec<String>,
    msg: String,
    sig: String,
    result: String,
}

impl Group {
    fn scheme(&self) -> Scheme {
        let hash = |name: &str| Hash::ALL.into_iter().find(|hash| hash.name() == name).unwrap();
        match (&self.mgf_sha, self.s_len) {
            (Some(mgf), Some(salt_len)) => Scheme::Pss {
                hash: hash(&self.sha),
                mgf: hash(mgf),
                salt_len,
            },
            _ => Scheme::Pkcs1v15(hash(&self.sha)),
        }
    }
}

#[cfg(feature = "aws-lc")]
const VERIFIERS: [&dyn Verifier; 2] = [&PureRust, &antin_crypto::AwsLc];
#[cfg(not(feature = "aws-lc"))]
const VERIFIERS: [&dyn Verifier; 1] = [&PureRust];

/// Every file of the collection that judges RSA signatures.
const FILES: [&str; 8] = [
    "rsa_pss_2048_sha1_mgf1_20_test.json",
    "rsa_pss_2048_sha256_mgf1_32_params_test.json",
    "rsa_pss_2048_sha256_mgf1sha1_20_test.json",
    "rsa_pss_4096_sha512_mgf1_64_test.json",
    "rsa_pss_misc_params_test.json",
    "rsa_signature_2048_sha256_test.json",
    "rsa_signature_3072_sha384_test.json",
    "rsa_signature_4096_sha512_test.json",
];

#[test]
fn no_wycheproof_file_on_rsa_signatures_is_left_out() {
    if let Some(names) = support::foreign_names("wycheproof") {
        let rsa = names.iter().filter(|name| name.starts_with("rsa_"));
        assert!(rsa.eq(FILES.iter()));
    }
}

#[test]
fn every_wycheproof_signature_is_answered_as_expected() {
    for file in FILES {
        let Some(text) = support::foreign(&format!("wycheproof/{file}")) else {
            return;
        };
        let set: Set = serde_json::from_str(&text).unwrap();
        let mut done = 0;
        for group in &set.test_groups {
            let key = VerifyingKey::from_spki_der(&hex::decode(&group.public_key_der).unwrap()).unwrap();
            let algorithm = SignatureAlgorithm::Rsa(group.scheme());
            for test in &group.tests {
                let (message, signature) = (hex::decode(&test.msg).unwrap(), hex::decode(&test.sig).unwrap());
                let Test { tc_id, comment, .. } = test;
                // The one thing that is left open, a missing NULL, RFC 8017 does not allow.
                if test.result == "acceptable" {
                    assert_eq!(test.flags, ["MissingNull"]);
                }
                for verifier in VERIFIERS {
                    let verified = verifier.verify(algorithm, &key, &message, &signature);
                    assert_eq!(
                        verified.is_ok(),
                        test.result == "valid",
                        "{file} {tc_id} ({comment})"
                    );
                }
                done += 1;
            }
        }
        assert_eq!(done, set.number_of_tests, "{file}");
    }
}

fn digest_name(hash: Hash) -> String {
    hash.name().replace('-', "").to_lowercase()
}

fn options(scheme: Scheme) -> String {
    match scheme {
        Scheme::Pkcs1v15(hash) => format!("-{}", digest_name(hash)),
        Scheme::Pss { hash, mgf, salt_len } => format!(
            "-{} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt_len} -sigopt rsa_mgf1_md:{}",
            digest_name(hash),
            digest_name(mgf)
        ),
    }
}

fn schemes() -> Vec<Scheme> {
    let mut schemes = Hash::ALL.map(Scheme::Pkcs1v15).to_vec();
    schemes.extend(Hash::ALL.map(Scheme::pss));
    for hash in Hash::ALL {
        for (mgf, salt_len) in Hash::ALL.into_iter().zip([20, 0, 48, 1, 64]) {
            schemes.push(Scheme::Pss { hash, mgf, salt_len });
        }
    }
    schemes.extend([20, 32, 48, 64].map(|salt_len| Scheme::Pss {
        hash: Hash::Sha256,
        mgf: Hash::Sha256,
        salt_len,
    }));
    schemes
}

const MESSAGE: &[u8] = b"the hashes of the data groups";

#[test]
fn openssl_verifies_what_we_sign_with_keys_that_we_made() {
    let Some(bench) = Bench::open() else { return };
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    bench.file("message", MESSAGE);
    for bits in [1280, 2048] {
        let key = PrivateKey::generate(bits, &mut rng).unwrap();
        assert_eq!(key.public().bits(), bits);
        bench.file("private.der", key.to_pkcs8_der().expose());
        bench.run("pkey -inform DER -in private.der -check -noout");
        bench.run("pkey -inform DER -in private.der -pubout -outform DER -out public.der");
        assert_eq!(bench.read("public.der"), key.public().to_spki_der());
        bench.run("pkey -pubin -inform DER -in public.der -out public.pem");
        for scheme in schemes() {
            bench.file("signature", &key.sign(scheme, MESSAGE, &mut rng).unwrap());
            bench.run(&format!(
                "dgst -verify public.pem {} -signature signature message",
                options(scheme)
            ));
        }
    }
}

#[test]
fn we_verify_what_openssl_signs_with_keys_that_it_made() {
    let Some(bench) = Bench::open() else { return };
    bench.file("message", MESSAGE);
    // A modulus of no whole bytes, and one where a PSS encoding is a byte shorter than the modulus.
    for (bits, exponent) in [(2048, 65_537), (1536, 3), (1537, 65_537), (1543, 17)] {
        bench.run(&format!(
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -pkeyopt rsa_keygen_pubexp:{exponent} -out key.pem"
        ));
        bench.run("pkey -in key.pem -pubout -outform DER -out public.der");
        bench.run("pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out private.der");
        let key = PublicKey::from_spki_der(&bench.read("public.der")).unwrap();
        assert_eq!(key.bits(), bits);
        let private = PrivateKey::from_pkcs8_der(&bench.read("private.der")).unwrap();
        assert_eq!(private.public(), key);
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for scheme in schemes() {
            bench.run(&format!(
                "dgst -sign key.pem {} -out signature message",
                options(scheme)
            ));
            let signature = bench.read("signature");
            let (algorithm, verifying) = (SignatureAlgorithm::Rsa(scheme), VerifyingKey::Rsa(key.clone()));
            for verifier in VERIFIERS {
                let verify = |message| verifier.verify(algorithm, &verifying, message, &signature);
                assert_eq!(verify(MESSAGE), Ok(()), "{bits} {scheme:?}");
                assert_eq!(verify(b"other"), Err(Error::BadSignature));
            }
            let ours = private.sign(scheme, MESSAGE, &mut rng).unwrap();
            assert_eq!(key.verify(scheme, MESSAGE, &ours), Ok(()), "{bits} {scheme:?}");
            if let Scheme::Pkcs1v15(_) = scheme {
                assert_eq!(ours, signature, "there is one signature only");
            }
        }
    }
}

#[test]
fn algorithm_identifiers_name_their_scheme() {
    let read = |der: &str| SignatureAlgorithm::from_der(&hex::decode(der).unwrap());
    assert_eq!(
        read("300d06092a864886f70d01010b0500"),
        Ok(SignatureAlgorithm::Rsa(Scheme::Pkcs1v15(Hash::Sha256)))
    );
    assert_eq!(
        read("300b06092a864886f70d01010d"),
        Ok(SignatureAlgorithm::Rsa(Scheme::Pkcs1v15(Hash::Sha512)))
    );
    // All defaults, SHA-1 and a salt of 20; then SHA-256 with its own defaults spelt out.
    assert_eq!(
        read("300d06092a864886f70d01010a3000"),
        Ok(SignatureAlgorithm::Rsa(Scheme::pss(Hash::Sha1)))
    );
    let pss = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d060960\
               8648016503040201 0500a203020120"
        .replace(' ', "");
    assert_eq!(read(&pss), Ok(SignatureAlgorithm::Rsa(Scheme::pss(Hash::Sha256))));
    let wrong_trailer = "301206092a864886f70d01010a3005a303020102";
    assert_eq!(
        read(wrong_trailer),
        Err(Error::Malformed {
            what: "trailer field of RSASSA-PSS"
        })
    );
    let out_of_order = "301706092a864886f70d01010a300aa203020120a0030201 01".replace(' ', "");
    assert!(read(&out_of_order).is_err());
    let der = hex::decode(&pss).unwrap();
    for len in 0..der.len() {
        assert!(SignatureAlgorithm::from_der(&der[..len]).is_err(), "{len}");
    }
    for hash in Hash::ALL {
        let scheme = Scheme::Pkcs1v15(hash);
        let oid = hex::encode(scheme.oid().as_bytes());
        assert_eq!(
            read(&format!("300d0609{oid}0500")),
            Ok(SignatureAlgorithm::Rsa(scheme))
        );
    }
}
