use antin_crypto::Curve;
use antin_crypto::agreement::Group;
use antin_crypto::scripted::ScriptedRng;

use super::*;
use crate::testing::cast;

fn record(profile: &Profile) -> CitizenRecord {
    let citizen = &cast()[0];
    citizen
        .record
        .check(profile, Some(citizen.portrait.clone()))
        .unwrap()
}

#[test]
fn a_vietnamese_card_opens_with_digits_of_its_number() {
    let profile = Profile::builtin("vn-cccd-2021").unwrap();
    let record = record(&profile);
    let mut rng = ScriptedRng::dangerous_new([vec![1; 32], vec![2; 32]].concat());
    let keys = KeySet::generate(&profile, &record, &mut rng).unwrap();
    let number = record.number().unwrap();
    assert_eq!(keys.can.unwrap().expose(), &number.as_bytes()[6..]);
    let information = String::from_utf8(keys.mrz_information.expose().to_vec()).unwrap();
    assert_eq!(information.len(), 24);
    assert!(information.starts_with(&number[3..]));
    let [chip] = keys.chip_authentication.as_slice() else {
        panic!("the card has one key of Chip Authentication");
    };
    assert_eq!(chip.group(), Group::Ec(Curve::BrainpoolP256r1));
    assert_eq!(chip.to_be_bytes().expose(), [1; 32]);
    let Some(ActiveKey::Ec(active)) = keys.active_authentication else {
        panic!("the card has a key of Active Authentication on a curve");
    };
    assert_eq!(active.to_be_bytes().expose(), [2; 32]);
}

#[test]
fn a_passport_gets_a_random_can() {
    let profile = Profile::builtin("icao-passport").unwrap();
    let record = record(&profile);
    // 4,294,967,295 lies beyond the last whole million and is drawn again; 1,000,017 leaves 17.
    let draws = [0xFFFF_FFFF_u32.to_be_bytes(), 1_000_017_u32.to_be_bytes()].concat();
    let mut rng = ScriptedRng::dangerous_new([draws, vec![3; 64]].concat());
    let keys = KeySet::generate(&profile, &record, &mut rng).unwrap();
    assert_eq!(keys.can.unwrap().expose(), b"000017");
    assert!(
        keys.mrz_information
            .expose()
            .starts_with(record.document_number().unwrap().as_bytes())
    );
}

#[test]
fn debug_shows_no_secret() {
    let profile = Profile::builtin("vn-cccd-2021").unwrap();
    let record = record(&profile);
    let mut rng = ScriptedRng::dangerous_new(vec![7; 64]);
    let text = format!("{:?}", KeySet::generate(&profile, &record, &mut rng).unwrap());
    assert!(
        !text.contains(&record.number().unwrap()[6..]) && !text.contains("07, 07"),
        "{text}"
    );
}
