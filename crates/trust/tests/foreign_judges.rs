//! Others judge what is made here: openssl, and the `cms` crate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use antin_crypto::rsa::{self, Scheme};
use antin_crypto::{Curve, DangerousRsaSigner, Hash, ParameterForm, Signer};
use antin_trust::Certificate;
use antin_trust::pki::{self, CscaOptions, DemoOptions, DemoPki, DsOptions};
use antin_trust::sod::SignedSod;
use common::{Card, openssl_is_there, pki_with};
use der::{Decode, Encode};
use tempfile::TempDir;

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn accepts(folder: &Path, arguments: &[&str]) {
    let output = openssl(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {said}", arguments.join(" "));
}

fn refuses(folder: &Path, arguments: &[&str]) {
    assert!(
        !openssl(folder, arguments).status.success(),
        "openssl {}",
        arguments.join(" ")
    );
}

fn folder(pki: &DemoPki) -> TempDir {
    folder_of(&pki.csca, &pki.ds, &Card::new().sign(pki))
}

/// Certificates as PEM, EF.SOD without its wrapper and with one changed byte, in a folder that goes away.
fn folder_of(csca: &Certificate, ds: &Certificate, sod: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let cms = antin_lds::EfSod::parse(sod).unwrap().cms;
    let mut broken = cms.to_vec();
    *broken.last_mut().unwrap() ^= 1;
    write("csca.pem", csca.to_pem().as_bytes());
    write("ds.pem", ds.to_pem().as_bytes());
    write("sod.cms", cms);
    write("broken.cms", &broken);
    write("tbs.bin", ds.tbs_der());
    write("signature.bin", ds.signature());
    write("csca-spki.der", csca.spki_der());
    folder
}

fn pkis(form: ParameterForm) -> Vec<DemoPki> {
    let of = |csca, ds| {
        let hash = |curve| {
            if curve == Curve::P384 {
                Hash::Sha384
            } else {
                Hash::Sha256
            }
        };
        let options = DemoOptions {
            csca_curve: csca,
            csca_hash: hash(csca),
            ds_curve: ds,
            ds_hash: hash(ds),
            form,
            ..DemoOptions::default()
        };
        pki_with(&options)
    };
    vec![
        of(Curve::P384, Curve::P256),
        of(Curve::P256, Curve::P256),
        of(Curve::P384, Curve::P384),
        of(Curve::BrainpoolP256r1, Curve::BrainpoolP256r1),
        of(Curve::BrainpoolP384t1, Curve::BrainpoolP256t1),
    ]
}

/// A time at which the test PKI is valid, whatever the clock says.
const AT: &str = "1795348800";

#[test]
fn openssl_verifies_the_chain_strictly() {
    if !openssl_is_there() {
        return;
    }
    for pki in pkis(ParameterForm::Named) {
        let folder = folder(&pki);
        accepts(
            folder.path(),
            &[
                "verify",
                "-x509_strict",
                "-attime",
                AT,
                "-CAfile",
                "csca.pem",
                "csca.pem",
            ],
        );
        accepts(
            folder.path(),
            &[
                "verify",
                "-x509_strict",
                "-attime",
                AT,
                "-CAfile",
                "csca.pem",
                "ds.pem",
            ],
        );
        refuses(
            folder.path(),
            &[
                "verify",
                "-x509_strict",
                "-attime",
                AT,
                "-CAfile",
                "ds.pem",
                "csca.pem",
            ],
        );
    }
}

#[test]
fn openssl_verifies_the_security_object_up_to_the_authority() {
    if !openssl_is_there() {
        return;
    }
    for pki in pkis(ParameterForm::Named) {
        let folder = folder(&pki);
        let verify = |file: &'static str| {
            [
                "cms",
                "-verify",
                "-inform",
                "DER",
                "-in",
                file,
                "-attime",
                AT,
                "-purpose",
                "any",
                "-CAfile",
                "csca.pem",
                "-out",
                "content.bin",
            ]
        };
        accepts(folder.path(), &verify("sod.cms"));
        let sod = Card::new().sign(&pki);
        let content = std::fs::read(folder.path().join("content.bin")).unwrap();
        assert_eq!(
            SignedSod::parse(&sod).unwrap().content(),
            Some(content.as_slice())
        );
        refuses(folder.path(), &verify("broken.cms"));
    }
}

/// openssl refuses chains with explicit parameters, so the signatures are judged one by one.
#[test]
fn openssl_verifies_signatures_under_explicit_parameters() {
    if !openssl_is_there() {
        return;
    }
    for pki in pkis(ParameterForm::Explicit) {
        let folder = folder(&pki);
        let verify = |file: &'static str| {
            [
                "cms",
                "-verify",
                "-noverify",
                "-inform",
                "DER",
                "-in",
                file,
                "-out",
                "content.bin",
            ]
        };
        accepts(folder.path(), &verify("sod.cms"));
        refuses(folder.path(), &verify("broken.cms"));
        let key = std::fs::read(folder.path().join("csca-spki.der")).unwrap();
        let pem = pem("PUBLIC KEY", &key);
        std::fs::write(folder.path().join("csca-key.pem"), pem).unwrap();
        let hash = if pki.options.csca_hash == Hash::Sha384 {
            "-sha384"
        } else {
            "-sha256"
        };
        let dgst = [
            "dgst",
            hash,
            "-verify",
            "csca-key.pem",
            "-signature",
            "signature.bin",
        ];
        accepts(folder.path(), &[&dgst[..], &["tbs.bin"]].concat());
        refuses(folder.path(), &[&dgst[..], &["sod.cms"]].concat());
    }
}

/// RSA of both schemes, with the salts and mask generations that documents carry.
#[test]
fn openssl_verifies_rsa_chains_and_security_objects() {
    if !openssl_is_there() {
        return;
    }
    let key = rsa::PrivateKey::generate(2048, &mut common::rng(2)).unwrap();
    let card = Card::new();
    let from = common::now().plus_days(-1);
    let sha256 = |mgf, salt_len| Scheme::Pss {
        hash: Hash::Sha256,
        mgf,
        salt_len,
    };
    for scheme in [
        Scheme::Pkcs1v15(Hash::Sha256),
        Scheme::Pkcs1v15(Hash::Sha512),
        sha256(Hash::Sha256, 32),
        sha256(Hash::Sha256, 20),
        sha256(Hash::Sha1, 0),
        Scheme::pss(Hash::Sha512),
    ] {
        let signer = DangerousRsaSigner::new(key.clone(), scheme, &mut common::rng(3));
        let mut rng = common::rng(4);
        let csca = pki::create_csca(&CscaOptions::new("VN", from), &signer, &mut rng).unwrap();
        let options = DsOptions::new("TEST DS 01", from);
        let ds =
            pki::create_document_signer(&options, signer.public_key(), &csca, &signer, &mut rng).unwrap();
        let hash = signer.algorithm().hash();
        let sod = antin_trust::sod::sign(&card.slices(), hash, &signer, &ds, common::now()).unwrap();
        let folder = folder_of(&csca, &ds, &sod);
        let chain = [
            "verify",
            "-x509_strict",
            "-attime",
            AT,
            "-CAfile",
            "csca.pem",
            "ds.pem",
        ];
        accepts(folder.path(), &chain);
        let verify = |file: &'static str| {
            let from = ["cms", "-verify", "-inform", "DER", "-in", file, "-attime", AT];
            let to = ["-purpose", "any", "-CAfile", "csca.pem", "-out", "content.bin"];
            [from.as_slice(), to.as_slice()].concat()
        };
        accepts(folder.path(), &verify("sod.cms"));
        refuses(folder.path(), &verify("broken.cms"));
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}

#[test]
fn openssl_prints_what_the_certificates_state() {
    if !openssl_is_there() {
        return;
    }
    let pki = common::pki(1);
    let folder = folder(&pki);
    let text = |file: &str| {
        let output = openssl(folder.path(), &["x509", "-in", file, "-noout", "-text"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let csca = text("csca.pem");
    for words in [
        "CA:TRUE, pathlen:0",
        "Certificate Sign, CRL Sign",
        "TEST - NOT FOR ISSUANCE",
        "Private Key Usage Period",
    ] {
        assert!(csca.contains(words), "{words}: {csca}");
    }
    let ds = text("ds.pem");
    for words in [
        "Digital Signature",
        "CRL Distribution Points",
        "email:csca-vn@example.org",
        "L=VNM",
        "2.23.136.1.1.6.2",
    ] {
        assert!(ds.contains(words), "{words}: {ds}");
    }
    assert!(!ds.contains("CA:TRUE"));
}

#[test]
fn the_cms_crate_reads_the_security_object_as_strict_der() {
    for pki in pkis(ParameterForm::Named)
        .into_iter()
        .chain(pkis(ParameterForm::Explicit))
    {
        let sod = Card::new().sign(&pki);
        let cms = antin_lds::EfSod::parse(&sod).unwrap().cms;
        let info = cms::content_info::ContentInfo::from_der(cms).unwrap();
        assert_eq!(info.to_der().unwrap(), cms);
        let data: cms::signed_data::SignedData = info.content.decode_as().unwrap();
        assert_eq!(data.signer_infos.0.len(), 1);
        let attributes = data.signer_infos.0.get(0).unwrap().signed_attrs.as_ref().unwrap();
        assert_eq!(attributes.len(), 3);
        // What was signed is the DER of these attributes as the crate sees them.
        let signature = data.signer_infos.0.get(0).unwrap().signature.as_bytes();
        let signer = pki.ds_signer();
        let verifier: &dyn antin_crypto::Verifier = &antin_crypto::PureRust;
        verifier
            .verify(
                signer.algorithm(),
                signer.public_key(),
                &attributes.to_der().unwrap(),
                signature,
            )
            .unwrap();
    }
}

#[test]
fn openssl_verifies_a_trust_bundle_and_finds_its_content() {
    use antin_trust::bundle::BundleMaker;
    use antin_trust::pki::ContentSigner;
    if !openssl_is_there() {
        return;
    }
    let pki = pki_with(&DemoOptions::default());
    let folder = folder(&pki);
    let freshness = antin_trust::Freshness {
        serial: 7,
        created: common::now(),
        soft_refresh: common::now().plus_days(7),
        hard_expiry: common::now().plus_days(30),
    };
    let maker = BundleMaker::of(&common::trusting(&pki), freshness).unwrap();
    let signer = pki.ds_signer();
    let signer = ContentSigner {
        signer: &signer,
        certificate: &pki.ds,
        others: &[],
    };
    let bundle = maker.sign(&signer, common::now()).unwrap();
    std::fs::write(folder.path().join("bundle.cms"), &bundle).unwrap();
    let verify = |file: &'static str| {
        [
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            file,
            "-CAfile",
            "csca.pem",
            "-purpose",
            "any",
            "-attime",
            AT,
            "-out",
            "content.der",
        ]
    };
    accepts(folder.path(), &verify("bundle.cms"));
    let content = std::fs::read(folder.path().join("content.der")).unwrap();
    let read = antin_trust::bundle::Bundle::parse_content(&content).unwrap();
    assert_eq!(read.freshness().serial, 7);
    let mut broken = bundle;
    *broken.last_mut().unwrap() ^= 1;
    std::fs::write(folder.path().join("changed.cms"), &broken).unwrap();
    refuses(folder.path(), &verify("changed.cms"));
}
