//! What an authority makes, read back here and judged by openssl.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::process::Command;

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin_trust::pki::profile::{self, ListKind, NameChange, Period, Place};
use antin_trust::pki::{
    Contact, ContentSigner, CrlPlaces, CrlTemplate, DeviationListContent, MasterListContent,
    RevokedCertificate, Subject,
};
use antin_trust::{Certificate, UnixTime};
use antin_wire::oids;
use common::{now, openssl_is_there, rng};

/// A time at which everything here is valid.
const AT: &str = "1795348800";

/// An authority with its first key, one signer of each kind, and what is made with them.
struct Country {
    place: Place,
    csca_key: SoftSigner,
    csca: Certificate,
    ds: Certificate,
    ml_key: SoftSigner,
    ml: Certificate,
}

fn key(seed: u8, curve: Curve, hash: Hash, form: ParameterForm) -> SoftSigner {
    SoftSigner::new(PrivateKey::generate(curve, &mut rng(seed)), hash, form)
}

fn period(days: i64, years: i64) -> Period {
    let from = now().plus_days(-1);
    Period::new(from, from.plus_days(days), from.plus_days(366 * years)).unwrap()
}

fn place() -> Place {
    let contact = Contact::new("UTO")
        .unwrap()
        .with_mail("csca@example.org")
        .unwrap();
    Place {
        contact: contact.with_uri("https://example.org/csca").unwrap(),
        crl: CrlPlaces::new(["https://example.org/UTO.crl", "ldap://example.org/c=UT"]).unwrap(),
    }
}

fn csca(name: &str, signer: &SoftSigner, change: NameChange) -> Certificate {
    let subject = Subject::new("UT", name)
        .unwrap()
        .with_organization("Utopia")
        .unwrap();
    profile::csca(
        &subject,
        &place(),
        period(5 * 366, 16),
        signer.public_key(),
        change,
        &mut rng(9),
    )
    .sign(signer)
    .unwrap()
}

impl Country {
    fn new(form: ParameterForm) -> Self {
        let place = place();
        let csca_key = key(1, Curve::BrainpoolP384r1, Hash::Sha384, form);
        let ds_key = key(2, Curve::P256, Hash::Sha256, form);
        let ml_key = key(3, Curve::P256, Hash::Sha256, form);
        let csca = csca("CSCA Utopia", &csca_key, NameChange::No);
        let types = ["P".to_owned(), "ID".to_owned()];
        let name = |text| Subject::new("UT", text).unwrap();
        let ds = profile::document_signer(
            &name("Document Signer 1"),
            &place,
            period(92, 11),
            &types,
            ds_key.public_key(),
            &csca,
            &mut rng(10),
        );
        let ml = profile::list_signer(
            ListKind::Master,
            &name("Master List Signer"),
            &place,
            period(92, 2),
            ml_key.public_key(),
            &csca,
            &mut rng(11),
        );
        Self {
            ds: ds.unwrap().sign(&csca_key).unwrap(),
            ml: ml.unwrap().sign(&csca_key).unwrap(),
            place,
            csca_key,
            csca,
            ml_key,
        }
    }

    fn crl(&self, revoked: &[&Certificate]) -> Vec<u8> {
        let revoked = revoked.iter().map(|certificate| RevokedCertificate {
            serial: certificate.serial().to_vec(),
            at: now(),
        });
        CrlTemplate {
            number: vec![7],
            this_update: now(),
            next_update: now().plus_days(90),
            revoked: revoked.collect(),
            former_names: Vec::new(),
        }
        .sign(&self.csca, &self.csca_key)
        .unwrap()
    }
}

fn says(folder: &Path, line: &str) -> (bool, String) {
    let output = Command::new("openssl")
        .args(line.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[track_caller]
fn accepts(folder: &Path, line: &str) -> String {
    let (good, said) = says(folder, line);
    assert!(good, "openssl {line}: {said}");
    said
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn openssl_verifies_every_certificate_of_an_authority_and_its_link() {
    if !openssl_is_there() {
        return;
    }
    let country = Country::new(ParameterForm::Named);
    let new_key = key(4, Curve::P521, Hash::Sha512, ParameterForm::Named);
    let renewed = csca("CSCA Utopia 2", &new_key, NameChange::Yes);
    let link = profile::link(&country.csca, &renewed, &country.place, &mut rng(12))
        .unwrap()
        .sign(&country.csca_key)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, certificate) in [
        ("csca", &country.csca),
        ("ds", &country.ds),
        ("ml", &country.ml),
        ("new", &renewed),
        ("link", &link),
    ] {
        write(folder, &format!("{name}.pem"), certificate.to_pem().as_bytes());
    }
    for name in ["csca", "ds", "ml", "link"] {
        // openssl does not know ICAO's key purposes, which are critical: that alone is set aside.
        accepts(
            folder,
            &format!("verify -ignore_critical -attime {AT} -check_ss_sig -CAfile csca.pem {name}.pem"),
        );
    }
    accepts(
        folder,
        &format!("verify -attime {AT} -check_ss_sig -CAfile new.pem new.pem"),
    );
    let shown = accepts(folder, "x509 -noout -text -in link.pem");
    for words in [
        "CA:TRUE, pathlen:0",
        "Certificate Sign, CRL Sign",
        "Private Key Usage Period",
        "email:csca@example.org",
        "L=UTO",
        "URI:https://example.org/UTO.crl",
        "URI:ldap://example.org/c=UT",
        "2.23.136.1.1.6.1",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    assert_eq!(link.spki_der(), renewed.spki_der());
    assert_eq!(link.issuer(), country.csca.subject());
    let ml = accepts(folder, "x509 -noout -text -in ml.pem");
    assert!(
        ml.contains("2.23.136.1.1.3") && ml.contains("Extended Key Usage: critical"),
        "{ml}"
    );
}

#[test]
fn openssl_verifies_revocation_lists_full_and_empty() {
    if !openssl_is_there() {
        return;
    }
    for form in [ParameterForm::Named, ParameterForm::Explicit] {
        let country = Country::new(form);
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "csca.pem", country.csca.to_pem().as_bytes());
        write(folder, "ds.pem", country.ds.to_pem().as_bytes());
        write(folder, "empty.crl", &country.crl(&[]));
        write(folder, "full.crl", &country.crl(&[&country.ds]));
        for name in ["empty", "full"] {
            let said = accepts(
                folder,
                &format!("crl -inform DER -in {name}.crl -noout -text -CAfile csca.pem"),
            );
            assert!(
                said.contains("verify OK") && said.contains("X509v3 CRL Number"),
                "{said}"
            );
            let said = accepts(folder, &format!("asn1parse -inform DER -in {name}.crl"));
            assert!(said.contains("UTCTIME"), "{said}");
        }
        if form == ParameterForm::Named {
            for (name, good) in [("empty", true), ("full", false)] {
                accepts(folder, &format!("crl -inform DER -in {name}.crl -out {name}.pem"));
                let line =
                    format!("verify -attime {AT} -crl_check -CAfile csca.pem -CRLfile {name}.pem ds.pem");
                let (told, said) = says(folder, &line);
                assert_eq!((told, said.contains("revoked")), (good, !good), "{said}");
            }
        }
    }
}

#[test]
fn openssl_verifies_a_master_list_and_gives_its_content_back() {
    if !openssl_is_there() {
        return;
    }
    for form in [ParameterForm::Named, ParameterForm::Explicit] {
        let country = Country::new(form);
        let other = csca(
            "CSCA Utopia 2",
            &key(4, Curve::P384, Hash::Sha384, form),
            NameChange::No,
        );
        let content = MasterListContent::new(&[other, country.csca.clone(), country.csca.clone()]).unwrap();
        let signer = ContentSigner {
            signer: &country.ml_key,
            certificate: &country.ml,
            others: core::slice::from_ref(&country.csca),
        };
        let list = content.sign(&signer, now()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "list.ml", &list);
        write(folder, "csca.pem", country.csca.to_pem().as_bytes());
        accepts(
            folder,
            "cms -verify -noverify -binary -inform DER -in list.ml -out content.der",
        );
        assert_eq!(
            std::fs::read(folder.join("content.der")).unwrap(),
            content.as_der()
        );
        if form == ParameterForm::Named {
            let line = format!(
                "cms -verify -binary -inform DER -in list.ml -out content.der -CAfile csca.pem -purpose any -ignore_critical -attime {AT}"
            );
            accepts(folder, &line);
        }
        let mut broken = list.clone();
        *broken.last_mut().unwrap() ^= 1;
        write(folder, "broken.ml", &broken);
        assert!(
            !says(
                folder,
                "cms -verify -noverify -binary -inform DER -in broken.ml -out x"
            )
            .0
        );
    }
}

#[test]
fn a_link_needs_two_authorities_of_one_country_with_two_keys() {
    let country = Country::new(ParameterForm::Explicit);
    let refuses = |old: &Certificate, new: &Certificate| {
        profile::link(old, new, &country.place, &mut rng(12)).unwrap_err();
    };
    refuses(&country.csca, &country.csca);
    refuses(&country.csca, &country.ds);
    refuses(&country.ds, &country.csca);
    let stranger = key(5, Curve::P256, Hash::Sha256, ParameterForm::Named);
    let abroad = profile::csca(
        &Subject::new("XX", "CSCA").unwrap(),
        &country.place,
        period(366, 16),
        stranger.public_key(),
        NameChange::No,
        &mut rng(13),
    );
    refuses(&country.csca, &abroad.sign(&stranger).unwrap());
}

#[test]
fn a_link_names_the_change_exactly_where_there_is_one() {
    let country = Country::new(ParameterForm::Explicit);
    let new_key = key(4, Curve::P256, Hash::Sha256, ParameterForm::Explicit);
    for (name, changes) in [("CSCA Utopia", false), ("CSCA Utopia 2", true)] {
        let new = csca(name, &new_key, NameChange::No);
        let link = profile::link(&country.csca, &new, &country.place, &mut rng(12)).unwrap();
        let states = link
            .extensions
            .iter()
            .any(|extension| extension.id == oids::NAME_CHANGE);
        assert_eq!(states, changes, "{name}");
    }
}

#[test]
fn a_signer_that_its_authority_cannot_answer_for_is_refused() {
    let country = Country::new(ParameterForm::Explicit);
    let ds_key = key(2, Curve::P256, Hash::Sha256, ParameterForm::Explicit);
    let of = |country_code: &str, period: Period, types: &[&str]| {
        let types: Vec<String> = types.iter().map(|kind| (*kind).to_owned()).collect();
        let name = Subject::new(country_code, "DS").unwrap();
        let certified = ds_key.public_key();
        profile::document_signer(
            &name,
            &country.place,
            period,
            &types,
            certified,
            &country.csca,
            &mut rng(1),
        )
    };
    let good = period(92, 11);
    assert!(of("UT", good, &["P"]).is_ok());
    assert!(of("XX", good, &["P"]).is_err());
    assert!(of("UT", period(92, 17), &["P"]).is_err());
    for types in [&[][..], &[""], &["PPP"], &["p"]] {
        assert!(of("UT", good, types).is_err(), "{types:?}");
    }
    let from = now();
    assert!(Period::new(from, from, from.plus_days(1)).is_err());
    assert!(Period::new(from, from.plus_days(2), from.plus_days(1)).is_err());
    assert!(Period::new(from, from.plus_days(1), UnixTime(i64::MAX)).is_err());
}

#[test]
fn a_seal_signer_has_two_letters_and_nothing_that_its_profile_forbids() {
    let country = Country::new(ParameterForm::Explicit);
    let seal_key = key(6, Curve::BrainpoolP256r1, Hash::Sha256, ParameterForm::Explicit);
    let of = |identifier: &str| {
        let certified = seal_key.public_key();
        profile::seal_signer(
            identifier,
            &[0x12, 0x34],
            period(427, 12),
            &["V".to_owned()],
            certified,
            &country.csca,
        )
    };
    let made = of("AB").unwrap().sign(&country.csca_key).unwrap();
    assert_eq!(made.subject().to_string(), "C=UT, CN=AB");
    assert_eq!(made.serial(), [0x12, 0x34]);
    let extensions: Vec<_> = of("AB")
        .unwrap()
        .extensions
        .iter()
        .map(|extension| extension.id)
        .collect();
    assert_eq!(
        extensions,
        [
            oids::AUTHORITY_KEY_IDENTIFIER,
            oids::DOCUMENT_TYPE_LIST,
            oids::EXT_KEY_USAGE
        ]
    );
    for wrong in ["", "A", "ab", "ABC", "A1"] {
        assert!(of(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_master_list_holds_authorities_alone_that_somebody_vouches_for() {
    let country = Country::new(ParameterForm::Explicit);
    let new_key = key(4, Curve::P256, Hash::Sha256, ParameterForm::Explicit);
    let new = csca("CSCA Utopia 2", &new_key, NameChange::Yes);
    let link = profile::link(&country.csca, &new, &country.place, &mut rng(12)).unwrap();
    let link = link.sign(&country.csca_key).unwrap();
    let (csca, ds) = (country.csca.clone(), country.ds.clone());
    assert!(MasterListContent::new(&[csca.clone(), link.clone(), new]).is_ok());
    assert!(MasterListContent::new(&[]).is_err());
    assert!(MasterListContent::new(&[csca.clone(), ds]).is_err());
    assert!(MasterListContent::new(core::slice::from_ref(&link)).is_err());
    let order = |list: &[Certificate]| MasterListContent::new(list).unwrap();
    assert_eq!(order(&[csca.clone(), link.clone()]), order(&[link, csca]));
}

#[test]
fn a_revocation_list_is_made_by_its_own_authority_alone() {
    let country = Country::new(ParameterForm::Explicit);
    let template = CrlTemplate {
        number: vec![1],
        this_update: now(),
        next_update: now().plus_days(90),
        revoked: Vec::new(),
        former_names: Vec::new(),
    };
    assert!(template.sign(&country.csca, &country.csca_key).is_ok());
    assert!(template.sign(&country.csca, &country.ml_key).is_err());
    assert!(template.sign(&country.ml, &country.ml_key).is_err());
    let one = |serial: &[u8]| RevokedCertificate {
        serial: serial.to_vec(),
        at: now(),
    };
    for revoked in [vec![one(&[1]), one(&[1])], vec![one(&[])], vec![one(&[1; 21])]] {
        let template = CrlTemplate {
            revoked,
            ..template.clone()
        };
        assert!(template.sign(&country.csca, &country.csca_key).is_err());
    }
    let backwards = CrlTemplate {
        next_update: now(),
        ..template
    };
    assert!(backwards.sign(&country.csca, &country.csca_key).is_err());
}

#[test]
fn a_deviation_list_says_what_was_described_and_openssl_verifies_it() {
    use antin_trust::cms::SignerId;
    use antin_trust::deviation_list::{
        Deviation, DeviationDescription, DeviationDocuments, DeviationKind, DeviationList,
        DocumentSignerIdentifier, IssuancePeriod, LdsFile,
    };
    let country = Country::new(ParameterForm::Explicit);
    let dl_key = key(7, Curve::P256, Hash::Sha256, ParameterForm::Explicit);
    let dl = profile::list_signer(
        ListKind::Deviation,
        &Subject::new("UT", "Deviation List Signer").unwrap(),
        &country.place,
        period(92, 2),
        dl_key.public_key(),
        &country.csca,
        &mut rng(14),
    );
    let dl = dl.unwrap().sign(&country.csca_key).unwrap();
    let signer = ContentSigner {
        signer: &dl_key,
        certificate: &dl,
        others: core::slice::from_ref(&country.csca),
    };
    let told = |kind, text: Option<&str>| DeviationDescription {
        text: text.map(str::to_owned),
        kind,
        parameters: None,
        national_use: None,
    };
    let of = |signer, numbers: Option<&[&str]>, kinds: &[DeviationKind]| Deviation {
        documents: DeviationDocuments {
            document_type: Some("P".to_owned()),
            signer: Some(signer),
            issued: Some(IssuancePeriod {
                first: now().plus_days(-10),
                last: now(),
            }),
            document_numbers: numbers.map(|numbers| numbers.iter().copied().collect()),
        },
        descriptions: kinds.iter().map(|kind| told(*kind, Some("sai mã băm"))).collect(),
    };
    let ds = &country.ds;
    let by_serial = SignerId::IssuerAndSerial {
        issuer: ds.issuer().as_der().to_vec(),
        serial: ds.serial().to_vec(),
    };
    let by_key = SignerId::SubjectKey(ds.subject_key_identifier().unwrap().to_vec());
    let by_digest = DocumentSignerIdentifier::CertificateDigest {
        hash: Some(Hash::Sha256),
        digest: ds.fingerprint().to_vec(),
    };
    let hash_wrong = DeviationKind::DgHashWrong(Some(LdsFile::DataGroup(2)));
    let deviations = [
        of(DocumentSignerIdentifier::Signer(by_serial), None, &[hash_wrong]),
        of(
            DocumentSignerIdentifier::Signer(by_key),
            Some(&["C01X00T47", "C01X00T48"]),
            &[DeviationKind::Chip],
        ),
        of(
            by_digest,
            None,
            &[
                DeviationKind::ComInconsistent,
                DeviationKind::MrzWrongData(Some(3)),
            ],
        ),
    ];
    let content = DeviationListContent::new(&deviations).unwrap();
    let list = content.sign(&signer, &country.csca, now()).unwrap();
    let read = DeviationList::parse(&list).unwrap();
    assert_eq!(read.deviations().len(), 3);
    for wanted in &deviations {
        let found = read
            .deviations()
            .iter()
            .find(|found| found.documents == wanted.documents)
            .unwrap();
        assert_eq!(found.descriptions.len(), wanted.descriptions.len());
        assert!(found.documents.signer.as_ref().unwrap().names(ds));
        assert_eq!(found.descriptions[0].text.as_deref(), Some("sai mã băm"));
    }
    // A master list signer may not sign it.
    let wrong = ContentSigner {
        signer: &country.ml_key,
        certificate: &country.ml,
        others: &[],
    };
    assert!(content.sign(&wrong, &country.csca, now()).is_err());
    let nobody = Deviation {
        documents: DeviationDocuments::default(),
        descriptions: deviations[0].descriptions.clone(),
    };
    let nothing = Deviation {
        documents: deviations[0].documents.clone(),
        descriptions: Vec::new(),
    };
    for broken in [&[][..], &[nobody], &[nothing]] {
        assert!(DeviationListContent::new(broken).is_err());
    }
    if openssl_is_there() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "list.dl", &list);
        accepts(
            folder.path(),
            "cms -verify -noverify -binary -inform DER -in list.dl -out content.der",
        );
        assert_eq!(
            std::fs::read(folder.path().join("content.der")).unwrap(),
            content.as_der()
        );
    }
}
