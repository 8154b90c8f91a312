//! The built-in profiles say what is known of the cards.

use antin_lds::{ElementaryFile, SecurityInfo, SecurityInfos};
use antin_profile::{Profile, Quirk, ReadRule};
use antin_wire::oids;
use core::time::Duration;

#[test]
fn the_vietnamese_card_announces_exactly_the_known_bytes() {
    let card = Profile::builtin("vn-cccd-2021").unwrap();
    let bytes = card.card_access().unwrap();
    let infos = [
        SecurityInfo::terminal_authentication(1),
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, None),
        card.pace_infos().remove(0),
    ];
    assert_eq!(bytes, SecurityInfos::from_infos(infos).emit());
    assert_eq!(bytes.len(), 54);
    assert_eq!(card.com.data_groups, [1, 2, 3, 13, 15, 14]);
    assert!(card.has(Quirk::MfSelect6d00));
    assert!(!card.has(Quirk::StrictLe));
    assert_eq!(
        card.file(ElementaryFile::DG3).unwrap().read,
        ReadRule::ExtendedAccess
    );
}

#[test]
fn a_passport_announces_what_its_pace_rules_say() {
    let card = Profile::builtin("icao-passport").unwrap();
    let expected = "31143012060A04007F0007020204020202010202010C";
    assert_eq!(hex::encode_upper(card.card_access().unwrap()), expected);
}

#[test]
fn a_profile_keeps_its_text() {
    for card in Profile::builtins() {
        assert_eq!(Profile::parse(card.text(), "again").unwrap(), card);
    }
    assert!(Profile::builtin("atlantis").is_none());
}

#[test]
fn the_delay_doubles_and_stops_growing() {
    let delay = Profile::builtin("vn-cccd-2021").unwrap().wrong_password.delay;
    let waits: Vec<_> = (0..=9)
        .map(|failures| delay.after(failures).as_millis())
        .collect();
    assert_eq!(waits, [0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 8000]);
    assert_eq!(delay.after(u32::MAX), Duration::from_secs(8));
}
