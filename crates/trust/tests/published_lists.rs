//! Master lists, deviation lists and defect lists: what they say, and whose word they are.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Hash, ObjectIdentifier, PureRust};
use antin_trust::cms::SignerId;
use antin_trust::defect_list::{DefectKind, DefectList, FailingProtocols};
use antin_trust::deviation_list::{DeviationKind, DeviationList, DocumentFacts, LdsFile};
use antin_trust::master_list::MasterList;
use antin_trust::pki::DemoPki;
use antin_trust::{Certificate, Error, Reason, UnixTime};
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};
use common::forge::{Forge, algorithm, integer, oid};
use common::lists::{list_signer, master_list, signed_list};
use common::{now, pki};
use proptest::prelude::*;

const SEQUENCE: Tag = Tag(0x30);
const SET: Tag = Tag(0x31);
const PRINTABLE: Tag = Tag(0x13);
const UTF8: Tag = Tag(0x0C);
const TIME: Tag = Tag(0x18);
const ENUMERATED: Tag = Tag(0x0A);

fn members() -> Vec<Vec<u8>> {
    [1, 2, 3].map(|seed| pki(seed).csca.as_der().to_vec()).to_vec()
}

fn ml(pki: &DemoPki, members: &[Vec<u8>]) -> Forge {
    let signer = list_signer(pki, Some(&oids::CSCA_MASTER_LIST_SIGNING_KEY));
    signed_list(
        &oids::CSCA_MASTER_LIST,
        master_list(members),
        &pki.ds_signer(),
        &signer,
    )
}

fn refusal(result: Result<impl core::fmt::Debug, Error>) -> Reason {
    match result {
        Err(Error::NotTrusted { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_master_list_is_the_word_of_a_signer_under_the_pinned_root() {
    let pki = pki(1);
    let list = MasterList::parse(&ml(&pki, &members()).cms()).unwrap();
    assert_eq!((list.version(), list.certificates().len()), (0, 3));
    assert_eq!(list.skipped(), []);
    assert_eq!(list.signing_time(), UnixTime::parse("2026-11-20T12:00:00Z"));
    let roots = [pki.csca.clone()];
    let signature = list.verify(&roots, now(), &PureRust).unwrap();
    assert_eq!(signature.path, roots);
    assert_eq!(signature.signing_time, list.signing_time());
    // The list contains the other root, which makes it none.
    let stranger = [common::pki(9).csca];
    assert_eq!(
        refusal(list.verify(&stranger, now(), &PureRust)),
        Reason::NoAnchor
    );
    assert_eq!(refusal(list.verify(&[], now(), &PureRust)), Reason::NoAnchor);
    let late = now().plus_days(20 * 365);
    assert_eq!(refusal(list.verify(&roots, late, &PureRust)), Reason::Expired);
}

#[test]
fn broken_members_are_named_and_the_others_loaded() {
    let pki = pki(1);
    let mut members = members();
    members[1].truncate(40);
    members[1] = object(SEQUENCE, &members[1][4..]);
    members.push(object(SET, &[]));
    let list = MasterList::parse(&ml(&pki, &members).cms()).unwrap();
    assert_eq!(list.certificates().len(), 2);
    let skipped: Vec<usize> = list.skipped().iter().map(|skipped| skipped.index).collect();
    assert_eq!(skipped, [1, 3]);
    assert_eq!(list.skipped()[0].der, members[1]);
    assert!(list.verify(&[pki.csca], now(), &PureRust).is_ok());
}

#[test]
fn a_changed_list_or_signer_is_refused() {
    let pki = pki(1);
    let roots = [pki.csca.clone()];
    let verify = |forge: &Forge| {
        let list = MasterList::parse(&forge.cms()).unwrap();
        refusal(list.verify(&roots, now(), &PureRust))
    };
    let mut changed = ml(&pki, &members());
    changed.content = master_list(&members()[..2]);
    assert_eq!(verify(&changed), Reason::MessageDigestWrong);
    // A document signer's key does not make a master list.
    let content = master_list(&members());
    let ds = signed_list(
        &oids::CSCA_MASTER_LIST,
        content.clone(),
        &pki.ds_signer(),
        &pki.ds,
    );
    assert_eq!(verify(&ds), Reason::KeyUsageMissing);
    let for_deviations = list_signer(&pki, Some(&oids::DEVIATION_LIST_SIGNING_KEY));
    let other = signed_list(
        &oids::CSCA_MASTER_LIST,
        content,
        &pki.ds_signer(),
        &for_deviations,
    );
    assert_eq!(verify(&other), Reason::KeyUsageMissing);
    let mut bare = ml(&pki, &members());
    bare.certificates.clear();
    assert_eq!(verify(&bare), Reason::SignerCertificateMissing);
    let wrong_key = ml(&common::pki(2), &members());
    let mut swapped = ml(&pki, &members());
    swapped.signers = wrong_key.signers;
    assert_eq!(verify(&swapped), Reason::SignatureWrong);
}

#[test]
fn lists_of_another_kind_are_no_master_lists() {
    let pki = pki(1);
    let mut other = ml(&pki, &members());
    other.content_type = oids::DEVIATION_LIST;
    assert!(MasterList::parse(&other.cms()).is_err());
    assert!(DeviationList::parse(&ml(&pki, &members()).cms()).is_err());
    assert!(DefectList::parse(&ml(&pki, &members()).cms()).is_err());
}

#[test]
fn a_master_list_cut_or_prolonged_is_refused() {
    let whole = ml(&pki(1), &members()[..1]).cms();
    for len in 0..whole.len() {
        assert!(MasterList::parse(&whole[..len]).is_err(), "{len}");
    }
    assert!(MasterList::parse(&[whole.clone(), vec![0]].concat()).is_err());
    let mut oversized = whole;
    oversized[1] = 0x84;
    assert!(MasterList::parse(&oversized).is_err());
}

// Deviation lists

fn description(kind: &ObjectIdentifier, parameters: Option<Vec<u8>>) -> Vec<u8> {
    let mut parts = vec![object(PRINTABLE, b"wrong"), oid(kind)];
    parts.extend(parameters.map(|parameters| constructed(Tag(0xA0), &[parameters])));
    constructed(SEQUENCE, &parts)
}

fn deviations(documents: &[Vec<u8>], descriptions: &[Vec<u8>]) -> Vec<u8> {
    let deviation = constructed(
        SEQUENCE,
        &[constructed(SEQUENCE, documents), constructed(SET, descriptions)],
    );
    constructed(
        SEQUENCE,
        &[
            integer(&[0]),
            algorithm(&Hash::Sha256.oid()),
            constructed(SET, &[deviation]),
        ],
    )
}

fn deviation_list(pki: &DemoPki, content: Vec<u8>) -> DeviationList {
    let signer = list_signer(pki, Some(&oids::DEVIATION_LIST_SIGNING_KEY));
    let forge = signed_list(&oids::DEVIATION_LIST, content, &pki.ds_signer(), &signer);
    let list = DeviationList::parse(&forge.cms()).unwrap();
    assert!(
        list.verify(core::slice::from_ref(&pki.csca), now(), &PureRust)
            .is_ok()
    );
    list
}

fn document(signer: &Certificate) -> DocumentFacts<'_> {
    DocumentFacts {
        document_code: "P",
        document_number: "C1234567",
        signer,
        issued: UnixTime::parse("2026-01-15"),
    }
}

#[test]
fn a_deviation_means_documents_of_which_all_that_it_states_holds() {
    let pki = pki(1);
    let period = [&b"20260101000000Z"[..], b"20260201000000Z"].map(|at| object(TIME, at));
    let numbers = [&b"C1234567"[..], b"A0000001"].map(|number| object(PRINTABLE, number));
    let key = pki.ds.subject_key_identifier().unwrap();
    let documents = [
        object(Tag(0x80), b"P<"),
        object(Tag(0x82), key),
        constructed(Tag(0xA4), &period),
        constructed(Tag(0xA5), &numbers),
    ];
    let wrong_hash = description(&oids::DEVIATION_DG_HASH_WRONG, Some(integer(&[12])));
    let list = deviation_list(&pki, deviations(&documents, &[wrong_hash]));
    let kinds = |facts: &DocumentFacts<'_>| -> Vec<DeviationKind> {
        list.of(facts).map(|found| found.kind).collect()
    };
    let meant = document(&pki.ds);
    let expected = DeviationKind::DgHashWrong(Some(LdsFile::DataGroup(12)));
    assert_eq!(kinds(&meant), [expected]);
    let others = [
        DocumentFacts {
            document_code: "ID",
            ..meant
        },
        DocumentFacts {
            document_number: "C1234568",
            ..meant
        },
        DocumentFacts {
            signer: &pki.csca,
            ..meant
        },
        DocumentFacts {
            issued: UnixTime::parse("2026-03-01"),
            ..meant
        },
        DocumentFacts {
            issued: None,
            ..meant
        },
    ];
    for other in others {
        assert_eq!(kinds(&other), [], "{other:?}");
    }
}

#[test]
fn a_signer_may_be_named_by_the_hash_of_its_certificate_or_its_serial_number() {
    let pki = pki(1);
    let com = [description(&oids::DEVIATION_COM_INCONSISTENT, None)];
    let digest = Hash::Sha256.digest(pki.ds.as_der());
    let by_hash = deviation_list(&pki, deviations(&[object(Tag(0x83), &digest)], &com));
    let sid = [pki.ds.issuer().as_der().to_vec(), integer(pki.ds.serial())];
    let by_serial = deviation_list(&pki, deviations(&[constructed(Tag(0xA1), &sid)], &com));
    for list in [by_hash, by_serial] {
        assert_eq!(list.of(&document(&pki.ds)).count(), 1);
        assert_eq!(list.of(&document(&pki.csca)).count(), 0);
    }
}

#[test]
fn a_deviation_without_documents_means_none() {
    let pki = pki(1);
    let com = [description(&oids::DEVIATION_COM_INCONSISTENT, None)];
    let list = deviation_list(&pki, deviations(&[], &com));
    assert_eq!(list.deviations().len(), 1);
    assert_eq!(list.of(&document(&pki.ds)).count(), 0);
}

// Defect lists

/// Or every document signer could take back every other.
#[test]
fn a_defect_list_that_a_document_signer_signed_is_refused() {
    let pki = pki(1);
    let content = defects(0, &[]);
    let forge = signed_list(&oids::DEFECT_LIST, content, &pki.ds_signer(), &pki.ds);
    let list = DefectList::parse(&forge.cms()).unwrap();
    let roots = core::slice::from_ref(&pki.csca);
    assert_eq!(
        refusal(list.verify(roots, now(), &PureRust)),
        Reason::KeyUsageMissing
    );
}

/// A root whose time is over vouches for nobody any more.
#[test]
fn a_list_under_a_root_that_has_expired_is_refused() {
    let pki = pki(1);
    let signer = list_signer(&pki, Some(&oids::DEFECT_LIST_SIGNING_KEY));
    let options = antin_trust::pki::CscaOptions {
        not_after: now().plus_days(-1),
        ..antin_trust::pki::CscaOptions::new("VN", now().plus_days(-3))
    };
    let root = antin_trust::pki::create_csca(&options, &pki.csca_signer(), &mut common::rng(70)).unwrap();
    let forge = signed_list(&oids::DEFECT_LIST, defects(0, &[]), &pki.ds_signer(), &signer);
    let list = DefectList::parse(&forge.cms()).unwrap();
    assert!(
        list.verify(core::slice::from_ref(&pki.csca), now(), &PureRust)
            .is_ok()
    );
    assert_eq!(refusal(list.verify(&[root], now(), &PureRust)), Reason::Expired);
}

fn defect_list(content: Vec<u8>) -> DefectList {
    let pki = pki(1);
    let signer = list_signer(&pki, Some(&oids::DEFECT_LIST_SIGNING_KEY));
    let forge = signed_list(&oids::DEFECT_LIST, content, &pki.ds_signer(), &signer);
    let list = DefectList::parse(&forge.cms()).unwrap();
    assert!(list.verify(&[pki.csca], now(), &PureRust).is_ok());
    list
}

fn defects(version: u8, defects: &[Vec<u8>]) -> Vec<u8> {
    let parts = [
        integer(&[version]),
        oid(&Hash::Sha256.oid()),
        constructed(SET, defects),
    ];
    constructed(SEQUENCE, &parts)
}

fn known(kind: &ObjectIdentifier, parameters: Option<Vec<u8>>) -> Vec<u8> {
    let mut parts = vec![oid(kind)];
    parts.extend(parameters);
    constructed(SEQUENCE, &parts)
}

fn kinds(list: &DefectList, signer: &Certificate) -> Vec<DefectKind> {
    list.of(signer).map(|found| found.kind.clone()).collect()
}

#[test]
fn the_defects_of_a_signer_are_told_apart() {
    let pki = pki(1);
    let sid = constructed(
        SEQUENCE,
        &[pki.ds.issuer().as_der().to_vec(), integer(pki.ds.serial())],
    );
    let code = |code: u8| Some(object(ENUMERATED, &[code]));
    let all = [
        known(&oids::CERT_REVOKED, code(3)),
        known(&oids::CHIP_AUTH_KEY_REVOKED, None),
        known(&oids::AUTHENTICATION_PROTOCOL_FAILURE, code(5)),
        known(
            &oids::EPASSPORT_DG_MALFORMED,
            Some(constructed(SET, &[integer(&[3])])),
        ),
        known(
            &oids::SOD_WRONG_SIGNER_IDENTIFIER,
            Some(object(Tag(0x80), &[7; 4])),
        ),
        known(&oids::ISSUING_COUNTRY_DEFECT, Some(object(PRINTABLE, b"DE"))),
        known(&ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.5.4.9"), None),
        known(&ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.5.3.1"), None),
    ];
    let defect = constructed(SEQUENCE, &[sid, constructed(SET, &all)]);
    let list = defect_list(defects(0, &[defect]));
    let expected = [
        DefectKind::CertRevoked(Some(3)),
        DefectKind::ChipAuthKeyRevoked,
        DefectKind::ProtocolFailure(Some(FailingProtocols {
            chip_authentication: false,
            active_authentication: true,
            pace_cam: true,
        })),
        DefectKind::DgMalformed(vec![3]),
        DefectKind::WrongSignerIdentifier(Some(SignerId::SubjectKey(vec![7; 4]))),
        DefectKind::IssuingCountry(Some("DE".to_owned())),
        DefectKind::UnknownDocumentDefect(ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.5.4.9")),
        DefectKind::Other(ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.5.3.1")),
    ];
    assert_eq!(kinds(&list, &pki.ds), expected);
    assert_eq!(kinds(&list, &pki.csca), []);
}

#[test]
fn version_2_is_read_with_its_descriptions_whichever_way_it_is_tagged() {
    let pki = pki(1);
    let digest = object(Tag(0x04), &Hash::Sha256.digest(pki.ds.as_der()));
    let parameters = constructed(Tag(0xA0), &[object(ENUMERATED, &[2])]);
    let kind = oid(&oids::SOD_INVALID);
    let implicit = [
        kind.clone(),
        parameters.clone(),
        object(Tag(0x81), "hỏng".as_bytes()),
    ];
    let explicit = [
        kind,
        parameters,
        constructed(Tag(0xA1), &[object(UTF8, "hỏng".as_bytes())]),
    ];
    for inner in [
        constructed(Tag(0xA0), &implicit),
        constructed(Tag(0xA0), &[constructed(SEQUENCE, &explicit)]),
    ] {
        let text = object(UTF8, b"all of 2019");
        let defect = constructed(SEQUENCE, &[digest.clone(), constructed(SET, &[inner]), text]);
        let list = defect_list(defects(1, &[defect]));
        assert_eq!(list.defects()[0].description.as_deref(), Some("all of 2019"));
        let found = list.of(&pki.ds).next().unwrap();
        assert_eq!(found.kind, DefectKind::SodInvalid(Some(2)));
        assert_eq!(found.description.as_deref(), Some("hỏng"));
    }
}

#[test]
fn a_defect_without_a_signer_means_nobody() {
    let defect = constructed(SEQUENCE, &[constructed(SET, &[known(&oids::CERT_REVOKED, None)])]);
    let list = defect_list(defects(1, &[defect]));
    assert_eq!(kinds(&list, &pki(1).ds), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_ends_in_an_answer(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let pki = pki(1);
        let com = [description(&oids::DEVIATION_COM_INCONSISTENT, None)];
        let revoked = constructed(SEQUENCE, &[
            object(Tag(0x80), &[1; 20]),
            constructed(SET, &[known(&oids::CERT_REVOKED, Some(object(ENUMERATED, &[0])))]),
        ]);
        for (kind, content) in [
            (oids::CSCA_MASTER_LIST, master_list(&members()[..1])),
            (oids::DEVIATION_LIST, deviations(&[object(Tag(0x80), b"P")], &com)),
            (oids::DEFECT_LIST, defects(0, &[revoked])),
        ] {
            let mut content = content;
            let at = at.index(content.len());
            content[at] = byte;
            let file = signed_list(&kind, content, &pki.ds_signer(), &pki.ds).cms();
            let _ = (MasterList::parse(&file), DeviationList::parse(&file), DefectList::parse(&file));
        }
    }
}
