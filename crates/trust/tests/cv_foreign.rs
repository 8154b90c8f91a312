//! Certificates, requests and keys of terminals that others made.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod cv_support;

use std::path::Path;

use antin_crypto::{Curve, PrivateKey};
use antin_trust::Error;
use antin_trust::cv::{
    CvCertificate, CvRequest, CvSigner, DomainParameters, Presented, Refusal, Role, Sha1, TerminalType,
    TrustPoint, TrustPoints,
};
use cv_support::{foreign, rng};

fn certificate(folder: &Path, name: &str) -> CvCertificate {
    let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let read = CvCertificate::parse(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(read.as_bytes(), bytes);
    read
}

fn key(folder: &Path, name: &str) -> PrivateKey {
    let der = std::fs::read(folder.join(name)).unwrap();
    PrivateKey::from_pkcs8_der(&der).unwrap()
}

/// A chip that trusts the root believes the chain; the terminal holds its key.
fn believed(chain: &[CvCertificate], key: Option<PrivateKey>) -> Presented {
    let root = &chain[0];
    root.verify(&root.public_key().resolve(None).unwrap()).unwrap();
    let point = TrustPoint::new(root).unwrap();
    let mut trust = TrustPoints::new(root.effective(), Sha1::Refused, vec![point]).unwrap();
    let mut session = Presented::default();
    for certificate in &chain[1..] {
        trust
            .import(&mut session, certificate.authority(), certificate)
            .unwrap_or_else(|fault| panic!("{fault}"));
    }
    if let Some(key) = key {
        let last = session.last().unwrap();
        let signer = CvSigner::ec(key, last.key().algorithm()).unwrap();
        assert_eq!(&signer.public(), last.key());
        let signature = signer.sign(b"challenge", &mut rng(1)).unwrap();
        assert_eq!(last.key().verify(b"challenge", &signature), Ok(()));
    }
    session
}

#[test]
fn the_worked_example_of_the_guideline_is_signed_right_and_mixes_its_kinds_of_terminals() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/cv/bsi-eac2-chain.toml");
    let vector: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let bytes = |key: &str| hex::decode(vector[key].as_str().unwrap()).unwrap();
    let read = |key: &str| CvCertificate::parse(&bytes(key)).unwrap();
    let (root, dv, terminal) = (read("cvca"), read("dv"), read("terminal"));
    assert_eq!(
        root.public_key().domain(),
        DomainParameters::Known(Curve::BrainpoolP512r1)
    );
    let root_key = root.public_key().resolve(None).unwrap();
    let dv_key = dv.public_key().resolve(root_key.curve()).unwrap();
    let terminal_key = terminal.public_key().resolve(root_key.curve()).unwrap();
    assert_eq!(root.verify(&root_key), Ok(()));
    assert_eq!(dv.verify(&root_key), Ok(()));
    assert_eq!(terminal.verify(&dv_key), Ok(()));
    let private = PrivateKey::from_pkcs8_der(&bytes("terminal_key_pkcs8")).unwrap();
    let signer = CvSigner::ec(private, terminal.public_key().algorithm()).unwrap();
    assert_eq!(signer.public(), terminal_key);
    assert_eq!(
        (
            root.authorization().kind(),
            dv.authorization().kind(),
            terminal.authorization().kind()
        ),
        (TerminalType::Is, TerminalType::At, TerminalType::At)
    );
    assert_eq!(terminal.authorization().rights(), ["can-allowed", "read-dg1"]);
    let mut trust = cv_support::chip(&root);
    assert!(matches!(
        trust.import(&mut Presented::default(), dv.authority(), &dv),
        Err(Error::CvRefused {
            reason: Refusal::TerminalType { .. },
            ..
        })
    ));
}

#[test]
fn the_chains_of_openscdp_are_believed_and_their_keys_are_theirs() {
    let Some(data) = foreign() else { return };
    for (root, verifier, kind, domestic) in [
        ("UTISCVCA", "UTISDVCAOD", TerminalType::Is, Role::DvDomestic),
        ("UTISCVCA", "UTISDVCAOF", TerminalType::Is, Role::DvForeign),
        ("UTATCVCA", "UTATDVCAOD", TerminalType::At, Role::DvDomestic),
        ("UTATCVCA", "UTATDVCANO", TerminalType::At, Role::DvForeign),
    ] {
        let root_folder = data.join("openscdp").join(root);
        let dv_folder = root_folder.join(verifier);
        let terminal_folder = dv_folder.join("UTTERM");
        let chain = [
            certificate(&root_folder, &format!("{root}00001.selfsigned.cvcert")),
            certificate(&dv_folder, &format!("{verifier}00001.cvcert")),
            certificate(&terminal_folder, "UTTERM00001.cvcert"),
        ];
        assert_eq!(chain[1].authorization().role(), domestic);
        assert_eq!(chain[0].authorization().kind(), kind);
        let session = believed(&chain, Some(key(&terminal_folder, "UTTERM00001.pkcs8")));
        let rights = session.last().unwrap().authorization().rights();
        match kind {
            TerminalType::Is => assert!(rights.contains(&"read-dg3".to_owned()), "{rights:?}"),
            _ => assert!(rights.contains(&"read-dg8".to_owned()), "{rights:?}"),
        }
        let requests = [
            (&root_folder, format!("{root}00001.cvreq")),
            (&dv_folder, format!("{verifier}00001.cvreq")),
            (&terminal_folder, "UTTERM00001.cvreq".to_owned()),
        ];
        for ((folder, file), certificate) in requests.into_iter().zip(&chain) {
            let bytes = std::fs::read(folder.join(file)).unwrap();
            let request = CvRequest::parse(&bytes).unwrap();
            assert_eq!(request.to_bytes(), bytes);
            let key = request.verify().unwrap();
            assert_eq!(request.holder(), certificate.holder());
            assert_eq!(certificate.public_key().resolve(key.curve()).unwrap(), key);
        }
    }
}

#[test]
fn the_chains_of_persosim_are_believed_and_their_keys_are_theirs() {
    let Some(data) = foreign() else { return };
    for (folder, dv, terminal, private) in [
        (
            "persosim-IS",
            "dv_is_cert_1.cvcert",
            "is_cert_1.cvcert",
            "IS_Key_01_default.pkcs8",
        ),
        (
            "persosim-AT",
            "dv_at_cert_1.cvcert",
            "at_cert_1.cvcert",
            "AT_Key_01_default.pkcs8",
        ),
    ] {
        let folder = data.join(folder);
        let chain = ["CVCA_Cert_01.cvcert", dv, terminal].map(|name| certificate(&folder, name));
        let session = believed(&chain, Some(key(&folder, private)));
        assert!(!session.last().unwrap().authorization().rights().is_empty());
    }
}

#[test]
fn the_oldest_chain_on_explicit_parameters_is_believed() {
    let Some(data) = foreign() else { return };
    let folder = data.join("jmrtd-orig");
    let chain = [
        "certCVCA_orig.cvcert",
        "certDVD_orig.cvcert",
        "certIS_orig.cvcert",
    ]
    .map(|name| certificate(&folder, name));
    assert_eq!(
        chain[0].public_key().domain(),
        DomainParameters::Known(Curve::BrainpoolP224r1)
    );
    let session = believed(&chain, Some(key(&folder, "keyIS_orig.der")));
    assert_eq!(session.last().unwrap().authorization().rights(), ["read-dg3"]);
    let root = CvSigner::ec(
        key(&folder, "keyCVCA_orig.der"),
        chain[0].public_key().algorithm(),
    )
    .unwrap();
    assert_eq!(root.public(), chain[0].public_key().resolve(None).unwrap());
}

#[test]
fn the_link_certificates_of_the_german_identity_card_lead_from_one_root_to_the_next() {
    let Some(data) = foreign() else { return };
    let folder = data.join("ausweisapp");
    let chain = [
        "cvca-DETESTeID00001.cvcert",
        "cvca-DETESTeID00002_DETESTeID00001.cvcert",
        "cvca-DETESTeID00004_DETESTeID00002.cvcert",
        "cvdv-DEDVeIDDPST00035.cvcert",
        "cvat-DEDEMODEV00038.cvcert",
    ]
    .map(|name| certificate(&folder, name));
    let session = believed(&chain, None);
    let last = session.last().unwrap();
    assert_eq!(last.reference().to_string(), "DEDEMODEV00038");
    assert_eq!(last.authorization().role(), Role::Terminal);
    for number in ["00001", "00002", "00004"] {
        let root = certificate(&folder, &format!("cvca-DETESTeID{number}.cvcert"));
        assert!(root.is_self_signed());
        root.verify(&root.public_key().resolve(None).unwrap()).unwrap();
    }
}

#[test]
fn the_german_trust_points_have_signed_themselves() {
    let Some(data) = foreign() else { return };
    for (name, kind) in [
        ("DECVCAEPASS00102.cvcert", TerminalType::Is),
        ("DECVCAeID00102.cvcert", TerminalType::At),
        ("DECVCAeSign00102.cvcert", TerminalType::St),
    ] {
        let root = certificate(&data.join("bsi"), name);
        root.verify(&root.public_key().resolve(None).unwrap()).unwrap();
        assert_eq!(root.authorization().kind(), kind);
        assert_eq!(TrustPoint::new(&root).unwrap().reference(), root.holder());
    }
}
