//! Defect lists (BSI TR-03129-2 §7) that are made here say what was described, and nothing less.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use antin_crypto::{Curve, Hash, ObjectIdentifier, ParameterForm, PrivateKey, PureRust, Signer, SoftSigner};
use antin_trust::Certificate;
use antin_trust::cms::SignerId;
use antin_trust::defect_list::{
    CertificateHash, Defect, DefectKind, DefectList, FailingProtocols, KnownDefect, WrongValidity,
};
use antin_trust::pki::profile::{self, ListKind, Period, Place};
use antin_trust::pki::{Contact, ContentSigner, CrlPlaces, DefectListContent, DemoOptions, DemoPki, Subject};
use common::{now, rng};

struct Office {
    pki: DemoPki,
    key: SoftSigner,
    certificate: Certificate,
}

impl Office {
    fn with_a_signer_of(kind: ListKind) -> Self {
        let pki = DemoPki::generate("UT", now(), &DemoOptions::default(), &mut rng(1)).unwrap();
        let key = PrivateKey::generate(Curve::P256, &mut rng(2));
        let key = SoftSigner::new(key, Hash::Sha256, ParameterForm::Named);
        let place = Place {
            contact: Contact::new("UTO").unwrap(),
            crl: CrlPlaces::new(["https://example.org/UTO.crl"]).unwrap(),
        };
        let from = now().plus_days(-1);
        let certificate = profile::list_signer(
            kind,
            &Subject::new("UT", "Defect List Signer").unwrap(),
            &place,
            Period::new(from, from.plus_days(92), from.plus_days(700)).unwrap(),
            key.public_key(),
            &pki.csca,
            &mut rng(3),
        );
        Self {
            certificate: certificate.unwrap().sign(&pki.csca_signer()).unwrap(),
            pki,
            key,
        }
    }

    fn sign(&self, content: &DefectListContent) -> Result<Vec<u8>, antin_trust::Error> {
        let signer = ContentSigner {
            signer: &self.key,
            certificate: &self.certificate,
            others: &[],
        };
        content.sign(&signer, &self.pki.csca, now())
    }

    fn of(&self, kinds: &[DefectKind]) -> Defect {
        let known = kinds.iter().map(|kind| KnownDefect {
            kind: kind.clone(),
            parameters: None,
            description: None,
        });
        Defect {
            signer: Some(SignerId::IssuerAndSerial {
                issuer: self.pki.ds.issuer().as_der().to_vec(),
                serial: self.pki.ds.serial().to_vec(),
            }),
            certificate_hash: Some(CertificateHash {
                hash: Some(Hash::Sha256),
                digest: self.pki.ds.fingerprint().to_vec(),
            }),
            known: known.collect(),
            description: None,
        }
    }
}

fn every_kind(office: &Office) -> Vec<DefectKind> {
    let failing = |code: u8| FailingProtocols {
        chip_authentication: code & 1 != 0,
        active_authentication: code & 2 != 0,
        pace_cam: code & 4 != 0,
    };
    let mut kinds = vec![
        DefectKind::CertRevoked(Some(3)),
        DefectKind::CertReplaced(Some(office.pki.csca.as_der().to_vec())),
        DefectKind::ChipAuthKeyRevoked,
        DefectKind::ActiveAuthKeyRevoked,
        DefectKind::ValidityPeriodIncorrect(Some(WrongValidity::Csca)),
        DefectKind::ValidityPeriodIncorrect(Some(WrongValidity::DocumentSigner)),
        DefectKind::ValidityPeriodIncorrect(Some(WrongValidity::Both)),
        DefectKind::DgMalformed(vec![1, 2, 16]),
        DefectKind::SodInvalid(None),
        DefectKind::SodInvalid(Some(4)),
        DefectKind::ComSodDiscrepancy,
        DefectKind::WrongSignerIdentifier(Some(SignerId::SubjectKey(vec![7; 20]))),
        DefectKind::IssuingCountry(Some("UT".to_owned())),
        DefectKind::CardSecurityMalformed(Some(vec![0x30, 0])),
        DefectKind::ChipSecurityMalformed,
        DefectKind::PowerDownRequired,
        DefectKind::DsMalformed(Some(2)),
    ];
    kinds.extend((1..8).map(|code| DefectKind::ProtocolFailure(Some(failing(code)))));
    kinds
}

#[test]
fn every_kind_of_defect_comes_back_as_it_was_described() {
    let office = Office::with_a_signer_of(ListKind::Defect);
    let kinds = every_kind(&office);
    for kind in &kinds {
        let described = office.of(core::slice::from_ref(kind));
        let list = office
            .sign(&DefectListContent::new(&[described]).unwrap())
            .unwrap();
        let read = DefectList::parse(&list).unwrap();
        read.verify(core::slice::from_ref(&office.pki.csca), now(), &PureRust)
            .unwrap();
        let said: Vec<&DefectKind> = read.of(&office.pki.ds).map(|known| &known.kind).collect();
        assert_eq!((read.version(), said), (0, vec![kind]));
        assert_eq!(read.of(&office.pki.csca).count(), 0, "it is of one signer");
    }
    let all = DefectListContent::new(&[office.of(&kinds)]).unwrap();
    let read = DefectList::parse(&office.sign(&all).unwrap()).unwrap();
    assert_eq!(read.of(&office.pki.ds).count(), kinds.len());
}

#[test]
fn what_the_form_has_no_place_for_is_refused() {
    let office = Office::with_a_signer_of(ListKind::Defect);
    let refused = |defect: Defect| assert!(DefectListContent::new(&[defect]).is_err());
    assert!(DefectListContent::new(&[]).is_err());
    refused(office.of(&[]));
    for kind in [
        DefectKind::CertRevoked(None),
        DefectKind::CertReplaced(None),
        DefectKind::ProtocolFailure(None),
        DefectKind::ProtocolFailure(Some(FailingProtocols::default())),
        DefectKind::ValidityPeriodIncorrect(None),
        DefectKind::DgMalformed(vec![]),
        DefectKind::DgMalformed(vec![17]),
        DefectKind::IssuingCountry(Some(String::new())),
        DefectKind::WrongSignerIdentifier(None),
        DefectKind::DsMalformed(None),
        DefectKind::Other(ObjectIdentifier::new_unwrap("1.2.3")),
    ] {
        refused(office.of(&[kind]));
    }
    let good = || office.of(&[DefectKind::PowerDownRequired]);
    refused(Defect {
        signer: None,
        certificate_hash: None,
        ..good()
    });
    refused(Defect {
        description: Some("text".to_owned()),
        ..good()
    });
}

#[test]
fn a_signer_of_other_lists_signs_none_of_defects() {
    for kind in [ListKind::Deviation, ListKind::Master] {
        let office = Office::with_a_signer_of(kind);
        let content = DefectListContent::new(&[office.of(&[DefectKind::PowerDownRequired])]).unwrap();
        assert!(office.sign(&content).is_err());
    }
}
