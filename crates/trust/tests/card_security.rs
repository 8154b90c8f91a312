//! EF.CardSecurity: signed and judged, and what chip authentication mapping is worth under it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, ParameterForm, PrivateKey, agreement, pace::cam};
use antin_lds::{Dg14, ElementaryFile, SecurityInfo, SecurityInfos};
use antin_trust::pki::{DemoOptions, DemoPki};
use antin_trust::sod::SodSigner;
use antin_trust::{
    CamEvidence, CheckId, CheckResult, FileState, ReadFiles, Reason, SessionFacts, TrustStore, card_security,
};
use antin_wire::oids;
use common::{Card, foreign_data, judge, now, pki, proven, rng, row, trusting};

const CURVE: Curve = Curve::BrainpoolP256r1;

fn static_key() -> PrivateKey {
    PrivateKey::generate(CURVE, &mut rng(50))
}

fn info(key: &PrivateKey, key_id: Option<u32>) -> SecurityInfo {
    let spki = agreement::PublicKey::Ec(key.public())
        .to_standardized_spki_der()
        .unwrap();
    SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, spki, key_id)
}

fn signed(pki: &DemoPki, infos: impl IntoIterator<Item = SecurityInfo>) -> Vec<u8> {
    let signer = pki.ds_signer();
    let signer = SodSigner::new(&signer, &pki.ds, pki.options.ds_hash).unwrap();
    card_security::sign(&SecurityInfos::from_infos(infos), &signer, now()).unwrap()
}

/// A session whose chip proved the given key in PACE.
fn mapped(key: &PrivateKey) -> SessionFacts {
    let mapping = PrivateKey::generate(CURVE, &mut rng(51));
    SessionFacts {
        cam: Some(CamEvidence {
            mapping_key: mapping.public(),
            chip_data: cam::chip_data(key, &mapping).unwrap(),
        }),
        ..proven()
    }
}

/// A card whose DG14 lists the mapping and states this key, as ICAO 9303-11 §9.2.11 asks.
fn stating(key: &PrivateKey) -> Card {
    with_dg14([cam_info(), info(key, Some(13))])
}

fn cam_info() -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128, 2, Some(13))
}

fn with_dg14(infos: impl IntoIterator<Item = SecurityInfo>) -> Card {
    let mut card = Card::new();
    card.replace(14, Dg14::build(infos).as_bytes().to_vec());
    card
}

fn files(card: &Card, pki: &DemoPki, card_security: Vec<u8>) -> ReadFiles {
    let mut files = card.signed_files(pki);
    files.insert(ElementaryFile::CardSecurity, FileState::Read(card_security));
    files
}

fn result(files: &ReadFiles, session: &SessionFacts, store: &TrustStore) -> (CheckResult, Option<Reason>) {
    row(&judge(files, session, store), CheckId::PaceCam, None)
}

#[test]
fn a_mapping_with_the_signed_key_counts() {
    let (pki, key) = (pki(1), static_key());
    let files = files(&stating(&key), &pki, signed(&pki, [info(&key, Some(13))]));
    assert_eq!(
        result(&files, &mapped(&key), &trusting(&pki)),
        (CheckResult::Successful, None)
    );
}

/// EF.CardSecurity names no document: that of another card of the same country, with the key of that card, would lend
/// its proof to files that were copied.
#[test]
fn the_signed_key_of_another_card_proves_nothing_about_this_one() {
    let (pki, key) = (pki(1), static_key());
    let own = PrivateKey::generate(Curve::P256, &mut rng(54));
    let other = PrivateKey::generate(CURVE, &mut rng(55));
    for card in [
        Card::new(),
        Card::without_proofs(),
        with_dg14([info(&key, Some(13))]),
        with_dg14([cam_info()]),
        with_dg14([cam_info(), info(&own, Some(12))]),
        with_dg14([cam_info(), info(&other, Some(12))]),
    ] {
        let files = files(&card, &pki, signed(&pki, [info(&key, Some(13))]));
        assert_eq!(
            result(&files, &mapped(&key), &trusting(&pki)),
            (CheckResult::Undetermined, Some(Reason::KeyNotBound))
        );
    }
}

#[test]
fn a_mapping_with_another_key_fails() {
    let (pki, key) = (pki(1), static_key());
    let other = PrivateKey::generate(CURVE, &mut rng(52));
    let files = files(&stating(&other), &pki, signed(&pki, [info(&other, Some(13))]));
    assert_eq!(
        result(&files, &mapped(&key), &trusting(&pki)),
        (CheckResult::Failed, Some(Reason::ProofFailed))
    );
}

#[test]
fn a_key_that_nobody_trusted_has_signed_does_not_count() {
    let (pki, stranger, key) = (pki(1), pki(2), static_key());
    let files = files(&Card::new(), &pki, signed(&stranger, [info(&key, Some(13))]));
    let (result, _) = result(&files, &mapped(&key), &trusting(&pki));
    assert_ne!(result, CheckResult::Successful);
}

#[test]
fn a_key_that_another_trusted_country_has_signed_fails() {
    let (pki, key) = (pki(1), static_key());
    let other = DemoPki::generate("DE", now(), &DemoOptions::default(), &mut rng(3)).unwrap();
    let store = TrustStore::from_certificates([pki.csca.clone(), other.csca.clone()]).unwrap();
    let files = files(&Card::new(), &pki, signed(&other, [info(&key, Some(13))]));
    assert_eq!(
        result(&files, &mapped(&key), &store),
        (CheckResult::Failed, Some(Reason::CountryMismatch))
    );
}

#[test]
fn a_key_that_dg14_states_otherwise_fails() {
    let (pki, key) = (pki(1), static_key());
    let other = PrivateKey::generate(CURVE, &mut rng(53));
    let mut card = Card::new();
    let spki = other.public().to_spki_der(ParameterForm::Explicit);
    let dg14 = Dg14::build([SecurityInfo::chip_authentication_public_key(
        oids::ID_PK_ECDH,
        spki,
        Some(13),
    )]);
    card.replace(14, dg14.as_bytes().to_vec());
    let files = files(&card, &pki, signed(&pki, [info(&key, Some(13))]));
    assert_eq!(
        result(&files, &mapped(&key), &trusting(&pki)),
        (CheckResult::Failed, Some(Reason::FieldMismatch))
    );
}

#[test]
fn no_changed_byte_leaves_a_mapping_that_counts() {
    let (pki, key) = (pki(1), static_key());
    let file = signed(&pki, [info(&key, Some(13))]);
    let point = key.public().as_sec1().to_vec();
    let at = file
        .windows(point.len())
        .position(|window| window == point)
        .unwrap();
    let last = file.len() - 1;
    for at in [0, at + 20, last - 4, last] {
        let mut changed = file.clone();
        changed[at] ^= 1;
        let files = files(&Card::new(), &pki, changed);
        let (result, _) = result(&files, &mapped(&key), &trusting(&pki));
        assert_eq!(result, CheckResult::Failed, "byte {at}");
    }
    for len in 0..file.len() {
        assert!(card_security::parse(&file[..len]).is_err(), "{len}");
    }
    assert!(card_security::parse(&[&file[..], &[0]].concat()).is_err());
}

/// EF.CardSecurity may have a signer of its own, and that one can be revoked or weak too.
#[test]
fn the_signer_of_the_file_is_judged_like_that_of_the_security_object() {
    let (pki, key) = (pki(1), static_key());
    let own_key = PrivateKey::generate(Curve::P192, &mut rng(52));
    let own = common::attack::reissue(&pki, |template| {
        template.spki = own_key.public().to_spki_der(ParameterForm::Named);
    });
    let signer = common::soft(&own_key, antin_crypto::Hash::Sha256, ParameterForm::Named);
    let signer = SodSigner::new(&signer, &own, antin_crypto::Hash::Sha256).unwrap();
    let infos = SecurityInfos::from_infos([info(&key, Some(13))]);
    let file = card_security::sign(&infos, &signer, now()).unwrap();
    let files = files(&stating(&key), &pki, file);
    let mut store = trusting(&pki);
    let of_file = |report: &antin_trust::Report, id| {
        let mut rows = report.rows(id);
        let row = rows.find(|row| row.subject.as_deref() == Some("EF.CardSecurity"));
        row.map(|row| (row.result, row.reason)).unwrap()
    };
    let report = judge(&files, &mapped(&key), &store);
    assert_eq!(
        row(&report, CheckId::PaceCam, None),
        (CheckResult::Successful, None)
    );
    assert_eq!(
        of_file(&report, CheckId::KeyStrength),
        (CheckResult::Failed, Some(Reason::WeakAlgorithm))
    );
    assert_eq!(
        of_file(&report, CheckId::Revocation),
        (CheckResult::Undetermined, Some(Reason::NoCrl))
    );
    let crl = antin_trust::pki::CrlTemplate {
        number: vec![1],
        this_update: now(),
        next_update: now().plus_days(30),
        revoked: vec![antin_trust::pki::RevokedCertificate {
            serial: own.serial().to_vec(),
            at: now(),
        }],
        former_names: Vec::new(),
    };
    let crl = crl.sign(&pki.csca, &pki.csca_signer()).unwrap();
    store.add_crl(antin_trust::crl::CertificateList::parse(&crl).unwrap());
    let report = judge(&files, &mapped(&key), &store);
    assert_eq!(
        of_file(&report, CheckId::Revocation),
        (CheckResult::Failed, Some(Reason::Revoked))
    );
    assert_eq!(
        row(&report, CheckId::PaceCam, None),
        (CheckResult::Failed, Some(Reason::Revoked))
    );
    assert_eq!(report.exit, 10);
}

/// A real file is signed by its country; one whose content was changed is not.
#[test]
fn real_files_hold_or_fail_for_their_own_reason() {
    let Some(data) = foreign_data() else { return };
    let read = |name: &str| std::fs::read(data.join(name)).unwrap();
    let (pki, key) = (pki(1), static_key());
    let mut store = common::listed_authorities(&data);
    store.add_test("a card to put it on", pki.csca.clone()).unwrap();
    store.ask_for("a card to put it on");
    for (name, expected) in [
        // Signature and chain hold, so that what fails is what comes after them: it is put on a card of another country.
        ("cardsecurity/DE_d3f37b.bin", Reason::CountryMismatch),
        ("cardsecurity/neg_DE_d3297a.bin", Reason::MessageDigestWrong),
    ] {
        let files = files(&Card::new(), &pki, read(name));
        let (_, reason) = result(&files, &mapped(&key), &store);
        assert_eq!(reason, Some(expected), "{name}");
    }
}
