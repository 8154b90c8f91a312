//! What we write, OpenSSL reads and believes, and the other way round.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use antin_crypto::{
    Curve, Hash, ParameterForm, PrivateKey, PublicKey, PureRust, SignatureAlgorithm, Signer, SoftSigner,
    Verifier, VerifyingKey,
};
use support::Bench;

fn key(curve: Curve) -> PrivateKey {
    PrivateKey::from_be_bytes(curve, &vec![0x2A; curve.order_len() - 1]).unwrap()
}

fn openssl_name(curve: Curve) -> &'static str {
    match curve {
        Curve::P192 => "prime192v1",
        Curve::P224 => "secp224r1",
        Curve::P256 => "prime256v1",
        Curve::P384 => "secp384r1",
        Curve::P521 => "secp521r1",
        brainpool => brainpool.name(),
    }
}

fn digest_name(hash: Hash) -> String {
    format!("-{}", hash.name().replace('-', "").to_lowercase())
}

const MESSAGE: &[u8] = b"the hashes of the data groups";

#[test]
fn openssl_verifies_our_signatures_with_every_hash_on_every_curve() {
    let Some(bench) = Bench::open() else { return };
    bench.file("message", MESSAGE);
    bench.file("other", b"another message");
    for curve in Curve::ALL {
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            bench.file("public.der", &key(curve).public().to_spki_der(form));
            bench.run("pkey -pubin -inform DER -in public.der -out public.pem");
            for hash in Hash::ALL {
                bench.file(
                    "signature",
                    &SoftSigner::new(key(curve), hash, form).sign(MESSAGE).unwrap(),
                );
                let verify = format!(
                    "dgst {} -verify public.pem -signature signature",
                    digest_name(hash)
                );
                bench.run(&format!("{verify} message"));
                assert!(
                    !bench.try_run(&format!("{verify} other")).status.success(),
                    "{curve:?} {hash:?}"
                );
            }
        }
    }
}

#[test]
fn we_verify_signatures_of_openssl_with_every_hash_on_every_curve() {
    let Some(bench) = Bench::open() else { return };
    bench.file("message", MESSAGE);
    for curve in Curve::ALL {
        bench.run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{} -out key.pem",
            openssl_name(curve)
        ));
        bench.run("pkey -in key.pem -pubout -out public.pem");
        let (public, form) = PublicKey::from_spki_pem(&bench.read_text("public.pem")).unwrap();
        assert_eq!((public.curve(), form), (curve, ParameterForm::Named));
        let verifying = VerifyingKey::ec(public, form);
        for hash in Hash::ALL {
            bench.run(&format!(
                "dgst {} -sign key.pem -out signature message",
                digest_name(hash)
            ));
            let algorithm = SignatureAlgorithm::ecdsa(hash);
            let signature = bench.read("signature");
            assert_eq!(
                PureRust.verify(algorithm, &verifying, MESSAGE, &signature),
                Ok(()),
                "{curve:?} {hash:?}"
            );
            assert!(
                PureRust
                    .verify(algorithm, &verifying, b"another message", &signature)
                    .is_err()
            );
        }
    }
}

#[test]
fn openssl_signs_with_our_private_keys() {
    let Some(bench) = Bench::open() else { return };
    bench.file("message", MESSAGE);
    for curve in Curve::ALL {
        bench.file("key.pem", key(curve).to_pkcs8_pem().expose());
        bench.run("pkey -in key.pem -check -noout");
        bench.run("dgst -sha256 -sign key.pem -out signature message");
        let signature = bench.read("signature");
        let verified = PureRust.verify(
            SignatureAlgorithm::ecdsa(Hash::Sha256),
            &VerifyingKey::ec(key(curve).public(), ParameterForm::Named),
            MESSAGE,
            &signature,
        );
        assert_eq!(verified, Ok(()), "{curve:?}");
    }
}

#[test]
fn keys_with_explicit_parameters_go_both_ways() {
    let Some(bench) = Bench::open() else { return };
    for curve in Curve::ALL {
        bench.file("key.pem", key(curve).to_pkcs8_pem().expose());
        // Theirs carry the seed of the curve where it has one.
        for point_form in ["uncompressed", "compressed"] {
            let conversion = format!("-ec_param_enc explicit -ec_conv_form {point_form}");
            bench.run(&format!(
                "ec -in key.pem -param_enc explicit -conv_form {point_form} -out explicit-sec1.pem"
            ));
            bench.run("pkcs8 -topk8 -nocrypt -in explicit-sec1.pem -out explicit.pem");
            let read = PrivateKey::from_pkcs8_pem(&bench.read_text("explicit.pem"));
            match point_form {
                "uncompressed" => assert_eq!(read.unwrap().public(), key(curve).public(), "{conversion}"),
                // The generator may be compressed, the public key itself may not.
                _ => assert!(read.is_err(), "{conversion}"),
            }
        }
        bench.run("ec -in key.pem -param_enc explicit -pubout -outform DER -out theirs.der");
        let theirs = bench.read("theirs.der");
        assert_eq!(
            PublicKey::from_spki_der(&theirs),
            Ok((key(curve).public(), ParameterForm::Explicit)),
            "{curve:?}"
        );
        // Ours come out of OpenSSL as they went in.
        let ours = key(curve).public().to_spki_der(ParameterForm::Explicit);
        bench.file("ours.der", &ours);
        bench.run("ec -pubin -inform DER -in ours.der -noout -text");
        bench.run("pkey -pubin -inform DER -in ours.der -outform DER -out again.der");
        assert_eq!(bench.read("again.der"), ours, "{curve:?}");
    }
}

#[test]
fn openssl_agrees_on_the_same_secret_with_either_ones_private_key() {
    let Some(bench) = Bench::open() else { return };
    for curve in Curve::ALL {
        bench.file("own.pem", key(curve).to_pkcs8_pem().expose());
        bench.run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{} -out their.pem",
            openssl_name(curve)
        ));
        bench.run("pkey -in their.pem -pubout -out their-public.pem");
        bench.run("pkeyutl -derive -inkey own.pem -peerkey their-public.pem -out shared");
        let (their, _) = PublicKey::from_spki_pem(&bench.read_text("their-public.pem")).unwrap();
        let shared = key(curve).diffie_hellman(&their).unwrap();
        assert!(shared.ct_eq(&bench.read("shared")), "{curve:?}");

        // The other way round: OpenSSL holds the key that it made, we publish ours in both forms.
        let their = PrivateKey::from_pkcs8_pem(&bench.read_text("their.pem")).unwrap();
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            bench.file("own-public.der", &key(curve).public().to_spki_der(form));
            bench.run(
                "ec -pubin -inform DER -in own-public.der -param_enc named_curve -pubout -out own-public.pem",
            );
            bench.run("pkeyutl -derive -inkey their.pem -peerkey own-public.pem -out shared");
            assert!(shared.ct_eq(&bench.read("shared")), "{curve:?} {form:?}");
        }
        let again = their.diffie_hellman(&key(curve).public()).unwrap();
        assert!(again.ct_eq(shared.expose()), "{curve:?}");
    }
}

#[test]
fn curves_that_we_lack_are_told_by_name() {
    let Some(bench) = Bench::open() else { return };
    for (name, oid) in [("secp160r1", "1.3.132.0.8"), ("secp256k1", "1.3.132.0.10")] {
        bench.run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{name} -out key.pem"
        ));
        bench.run("pkey -in key.pem -pubout -out public.pem");
        let refused = PublicKey::from_spki_pem(&bench.read_text("public.pem")).unwrap_err();
        assert_eq!(refused.to_string(), format!("curve unknown: {oid}"));
        bench.run("ec -in key.pem -param_enc explicit -pubout -out public.pem");
        let refused = PublicKey::from_spki_pem(&bench.read_text("public.pem")).unwrap_err();
        assert_eq!(refused.to_string(), "curve unknown: explicit parameters");
    }
}
