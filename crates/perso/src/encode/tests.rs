use antin_crypto::PublicKey;
use antin_crypto::agreement::{self, KeyForm};
use antin_lds::{Dg14, Dg15, EfCardAccess, SecurityInfo, dg13::Dg13Value};
use antin_protocol::personalization::iso7816_9::ActiveKey;
use antin_wire::oids;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::SeedableRng;

use super::*;
use crate::demo::HardCase;
use crate::testing::cast;

fn profile(name: &str) -> Profile {
    Profile::builtin(name).unwrap()
}

/// The files of a demo citizen.
fn files(profile: &Profile, case: HardCase) -> (CitizenRecord, KeySet, Vec<(ElementaryFile, Vec<u8>)>) {
    let citizen = cast().iter().find(|c| c.hard_case == Some(case)).unwrap();
    let record = citizen
        .record
        .check(profile, Some(citizen.portrait.clone()))
        .unwrap();
    let keys = KeySet::generate(profile, &record, &mut ChaCha8Rng::seed_from_u64(9)).unwrap();
    let files = data_groups(&record, profile, &keys).unwrap();
    (record, keys, files)
}

fn content(files: &[(ElementaryFile, Vec<u8>)], file: ElementaryFile) -> &[u8] {
    &files
        .iter()
        .find(|(f, _)| *f == file)
        .unwrap_or_else(|| panic!("{file} is there"))
        .1
}

#[test]
fn a_vietnamese_card_has_all_its_files_but_the_signature_in_the_order_of_the_profile() {
    let profile = profile("vn-cccd-2021");
    let (_, _, files) = files(&profile, HardCase::BarredLetters);
    let names: Vec<ElementaryFile> = files.iter().map(|(file, _)| *file).collect();
    let expected: Vec<ElementaryFile> = profile
        .files
        .iter()
        .map(|rule| rule.file)
        .filter(|file| *file != ElementaryFile::Sod)
        .collect();
    assert_eq!(names, expected);
    for (file, content) in &files {
        let rule = profile.file(*file).unwrap();
        assert!(content.len() <= rule.max_size, "{file}: {} bytes", content.len());
        assert_eq!(Some(content[0]), file.tag());
    }
}

#[test]
fn every_file_says_what_the_record_says() {
    let (record, _, files) = files(&profile("vn-cccd-2021"), HardCase::UnknownField);
    let dg1 = Dg1::parse(content(&files, ElementaryFile::DG1)).unwrap();
    let mrz = dg1.mrz().unwrap();
    assert_eq!(mrz.document_number(), &record.number().unwrap()[3..]);
    assert_eq!(mrz.issuer(), "VNM");
    let dg13 = VietnamDg13::parse(content(&files, ElementaryFile::DG13)).unwrap();
    assert_eq!(dg13.id_number(), record.number());
    assert_eq!(dg13.full_name(), Some(record.full_name()));
    assert_eq!(dg13.fields().len(), 17);
    assert_eq!(dg13.fields()[16].number, 17);
    assert!(matches!(dg13.fields()[16].value, Dg13Value::Text(_)));
    let dg2 = Dg2::parse(content(&files, ElementaryFile::DG2)).unwrap();
    assert_eq!(dg2.faces()[0].bytes, record.portrait().unwrap().as_bytes());
    let com = EfCom::parse(content(&files, ElementaryFile::Com)).unwrap();
    assert_eq!(com.tags(), [0x61, 0x75, 0x63, 0x6D, 0x6F, 0x6E]);
}

#[test]
fn dg14_repeats_ef_card_access_and_holds_the_keys_of_the_card() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        let profile = profile(name);
        let (_, keys, files) = files(&profile, HardCase::BarredLetters);
        let card_access = EfCardAccess::parse(content(&files, ElementaryFile::CardAccess)).unwrap();
        let dg14 = Dg14::parse(content(&files, ElementaryFile::DG14)).unwrap();
        let signed: Vec<&[u8]> = dg14.infos().raw_infos().collect();
        for announced in card_access.infos().raw_infos() {
            assert!(
                signed.contains(&announced),
                "{name}: EF.CardAccess announces what DG14 does not sign"
            );
        }
        let key = dg14.infos().iter().find_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => Some(spki_der.clone()),
            _ => None,
        });
        let (key, form) = PublicKey::from_spki_der(&key.unwrap()).unwrap();
        assert_eq!(
            agreement::PublicKey::Ec(key),
            keys.chip_authentication[0].public()
        );
        assert_eq!(KeyForm::Ec(form), profile.chip_authentication[0].key_form);
        let offers = dg14
            .infos()
            .iter()
            .filter(|i| matches!(i, SecurityInfo::ChipAuthentication { .. }))
            .count();
        assert_eq!(offers, 1, "{name}");
        let active = SecurityInfo::active_authentication(oids::ECDSA_PLAIN_SHA256);
        assert!(dg14.infos().iter().any(|info| *info == active), "{name}");
        let dg15 = Dg15::parse(content(&files, ElementaryFile::DG15)).unwrap();
        let (key, _) = PublicKey::from_spki_der(dg15.spki_der()).unwrap();
        let Some(ActiveKey::Ec(own)) = &keys.active_authentication else {
            panic!("{name}: no key on a curve");
        };
        assert_eq!(key, own.public());
    }
}

#[test]
fn a_passport_has_two_lines_and_no_national_data() {
    let (record, _, files) = files(&profile("icao-passport"), HardCase::Apostrophe);
    assert!(!files.iter().any(|(file, _)| *file == ElementaryFile::DG13));
    assert_eq!(content(&files, ElementaryFile::DG1).len(), 93);
    let dg1 = Dg1::parse(content(&files, ElementaryFile::DG1)).unwrap();
    let mrz = dg1.mrz().unwrap();
    assert_eq!(mrz.document_code(), "P");
    assert_eq!((mrz.surname(), mrz.given()), ("HMAU", "NIE KDAM"));
    assert_eq!(mrz.document_number(), record.document_number().unwrap());
}

#[test]
fn unknown_parts_of_a_birth_are_fillers_and_a_lifelong_card_ends_in_2099() {
    let vietnam = profile("vn-cccd-2021");
    let (record, _, _) = files(&vietnam, HardCase::UnknownBirthDay);
    let zone = mrz(&record, &vietnam).unwrap();
    assert!(zone.birth().as_str().ends_with("<<"));
    assert_eq!(fields(&record).date_of_birth.len(), "02/1985".len());
    let (record, _, _) = files(&vietnam, HardCase::Lifelong);
    assert_eq!(
        mrz(&record, &vietnam).unwrap().expiry(),
        MrzDate::LIFELONG_VIETNAM
    );
    assert_eq!(fields(&record).date_of_expiry, "Không thời hạn");
}

#[test]
fn every_hard_case_can_be_encoded() {
    let vietnam = profile("vn-cccd-2021");
    for case in HardCase::ALL {
        let (_, _, files) = files(&vietnam, case);
        let dg1 = Dg1::parse(content(&files, ElementaryFile::DG1)).unwrap();
        assert!(dg1.mrz().is_ok(), "{case}");
    }
}

#[test]
fn keys_of_another_profile_are_missed_by_name() {
    let vietnam = profile("vn-cccd-2021");
    let (record, mut keys, _) = files(&vietnam, HardCase::BarredLetters);
    keys.chip_authentication.clear();
    let missing = data_groups(&record, &vietnam, &keys).unwrap_err();
    assert_eq!(
        missing,
        Error::KeyMissing {
            key: "Chip Authentication key"
        }
    );
}
