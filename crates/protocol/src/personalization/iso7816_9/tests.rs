use antin_crypto::{Curve, PrivateKey, SecretBytes, agreement};
use antin_wire::{
    apdu::{Command, StatusWord},
    ids::{FileId, ShortFileId},
};
use proptest::prelude::*;

use super::*;
use crate::{
    password::{Can, MrzKey},
    testing::{bit_flips, command, hex, random, truncations},
};

fn ef_com() -> FileControl {
    FileControl {
        file_id: FileId(0x011E),
        sfi: ShortFileId::new(0x1E),
        size: 24,
        read: ReadCondition::AccessControl,
    }
}

fn identity() -> ChipIdentity {
    ChipIdentity {
        serial: *b"ANTIN001",
        life_cycle: LifeCycle::Creation,
        development_blank: true,
    }
}

fn keys() -> Vec<KeyObject> {
    let key = |curve| PrivateKey::generate(curve, &mut random(3));
    let mut keys = vec![
        KeyObject::Can(Can::parse("000017").unwrap()),
        KeyObject::MrzInformation(MrzKey::from_information("L898902C<369080619406236")),
    ];
    for curve in Curve::STANDARDIZED {
        keys.push(KeyObject::ChipAuthentication {
            key_id: None,
            version: KeyVersion::One,
            key: agreement::PrivateKey::Ec(key(curve)),
        });
        keys.push(KeyObject::ChipAuthentication {
            key_id: Some(0x0102),
            version: KeyVersion::Two,
            key: agreement::PrivateKey::Ec(key(curve)),
        });
        keys.push(KeyObject::ChipAuthenticationMapping { key: key(curve) });
        keys.push(KeyObject::ActiveAuthentication {
            key: ActiveKey::Ec(key(curve)),
        });
    }
    for group in agreement::DhGroup::ALL {
        keys.push(KeyObject::ChipAuthentication {
            key_id: Some(1),
            version: KeyVersion::One,
            key: agreement::PrivateKey::generate(agreement::Group::Dh(group), &mut random(4)),
        });
    }
    keys.push(KeyObject::Pin(SecretBytes::new(b"924681".to_vec())));
    keys.push(KeyObject::Puk(SecretBytes::new(b"9246813570".to_vec())));
    keys.push(KeyObject::TrustPoints(b"any bytes at all".to_vec()));
    keys
}

#[test]
fn commands_are_spelled_as_the_dialect_says() {
    let bytes = |command: Command| command.to_bytes().unwrap();
    assert_eq!(
        bytes(create_file(&ef_com())),
        hex("00E00000 13 6211 80020018 820101 8302011E 8801F0 860101")
    );
    let nameless = FileControl {
        sfi: None,
        read: ReadCondition::ExtendedAccess,
        ..ef_com()
    };
    assert_eq!(
        bytes(create_file(&nameless)),
        hex("00E00000 10 620E 80020018 820101 8302011E 860102")
    );
    assert_eq!(bytes(select_file(FileId(0x011E))), hex("00A4020C02011E"));
    assert_eq!(
        bytes(update_binary(0x0102, &[0xAA]).unwrap()),
        hex("00D6010201AA")
    );
    assert!(update_binary(0x8000, &[0xAA]).is_none());
    assert_eq!(
        bytes(update_binary_sfi(ShortFileId::new(0x1E).unwrap(), 0, &[0xAA])),
        hex("00D69E0001AA")
    );
    assert!(update_binary(0, &[0; 256]).unwrap().is_extended());
    assert_eq!(bytes(delete_file(FileId(0x011E))), hex("00E4020002011E"));
    assert_eq!(bytes(activate()), hex("00440000"));
    assert_eq!(bytes(get_identity()), hex("00CADF2000"));
    assert_eq!(
        bytes(keys()[0].encode()),
        hex("00DB3FFF 0D E10B 830102 C106303030303137")
    );
}

#[test]
fn file_control_comes_back() {
    let conditions = [
        ReadCondition::Always,
        ReadCondition::AccessControl,
        ReadCondition::ExtendedAccess,
        ReadCondition::Pace,
        ReadCondition::RightToDg3,
        ReadCondition::RightToDg4,
    ];
    for read in conditions {
        for sfi in [None, ShortFileId::new(1), ShortFileId::new(30)] {
            let control = FileControl {
                file_id: FileId(0x010D),
                sfi,
                size: 100_000,
                read,
            };
            assert_eq!(decode_create_file(&create_file(&control)), Ok(control));
        }
    }
}

#[test]
fn an_update_beyond_fifteen_bits_names_its_offset_in_an_object() {
    assert_eq!(
        update_binary_odd(0x8000, &[0xAA, 0xBB]).to_bytes().unwrap(),
        hex("00D70000 08 54028000 5302AABB")
    );
    for offset in [0, 0x7FFF, 0x8000, 0x1_0000, 0xFF_FFFF] {
        let command = update_binary_odd(offset, &[1, 2, 3]);
        assert_eq!(
            decode_update_binary_odd(command.data()),
            Ok((offset, &[1, 2, 3][..]))
        );
        for damaged in truncations(command.data()).chain([[command.data(), &[0]].concat()]) {
            assert!(decode_update_binary_odd(&damaged).is_err());
        }
    }
    for wrong in [
        "53028000 5401AA",
        "5400 5301AA",
        "5405 0000000001 5301AA",
        "540100",
    ] {
        assert!(decode_update_binary_odd(&hex(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn only_a_file_identifier_is_deleted() {
    let decode = |text: &str| decode_delete_file(&command(&hex(text)));
    assert_eq!(decode("00E4020002011E"), Ok(FileId(0x011E)));
    assert_eq!(decode("00E40200"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(decode("00E402000101"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(decode("00E4020003011E00"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(decode("00E4020002011E00"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(decode("00E4000002011E"), Err(StatusWord::WRONG_P1P2));
}

#[test]
fn crooked_file_control_is_refused() {
    let whole = ef_com().to_bytes();
    for damaged in truncations(&whole).chain([[whole.clone(), vec![0]].concat()]) {
        assert!(FileControl::parse(&damaged).is_err());
    }
    let wrong = [
        ("another template", "6F11800200188201018302011E8801F0860101"),
        ("not transparent", "6211800200188201028302011E8801F0860101"),
        (
            "a size of three bytes that needs two",
            "62128003000018 820101 8302011E 8801F0 860101",
        ),
        (
            "a size of four bytes",
            "6213800400010000 820101 8302011E 8801F0 860101",
        ),
        (
            "an identifier of one byte",
            "6210 80020018 820101 83011E 8801F0 860101",
        ),
        ("SFI bits out of place", "6211800200188201018302011E8801F1860101"),
        ("SFI 0", "6211800200188201018302011E880100860101"),
        ("SFI 31", "6211800200188201018302011E8801F8860101"),
        ("an unknown condition", "6211800200188201018302011E8801F0860106"),
        ("another order", "6211820101800200188302011E8801F0860101"),
        (
            "an unknown object",
            "6214800200188201018302011E8801F08601018A0101",
        ),
    ];
    for (what, bytes) in wrong {
        assert!(FileControl::parse(&hex(bytes)).is_err(), "{what}");
        let sent = Command::new(0x00, 0xE0, 0x00, 0x00).with_data(hex(bytes));
        assert_eq!(
            decode_create_file(&sent),
            Err(StatusWord::INCORRECT_PARAMETERS),
            "{what}"
        );
    }
    let shaped = |text: &str| decode_create_file(&command(&hex(text))).unwrap_err();
    assert_eq!(shaped("00E00100"), StatusWord::WRONG_P1P2);
    assert_eq!(shaped("80E00000"), StatusWord::CLA);
    assert_eq!(shaped("00E0000000"), StatusWord::WRONG_LENGTH);
    assert_eq!(shaped("00E00000"), StatusWord::INCORRECT_PARAMETERS);
}

#[test]
fn keys_come_back() {
    for key in keys() {
        let sent = key.encode();
        let read = KeyObject::decode(&command(&sent.to_bytes().unwrap())).unwrap();
        assert_eq!(read.encode().data(), sent.data());
        match (key, read) {
            (KeyObject::Can(_), KeyObject::Can(_))
            | (KeyObject::MrzInformation(_), KeyObject::MrzInformation(_))
            | (KeyObject::Pin(_), KeyObject::Pin(_))
            | (KeyObject::Puk(_), KeyObject::Puk(_))
            | (KeyObject::TrustPoints(_), KeyObject::TrustPoints(_)) => {}
            (
                KeyObject::ChipAuthenticationMapping { key },
                KeyObject::ChipAuthenticationMapping { key: read },
            ) => assert_eq!(key.public(), read.public()),
            (
                KeyObject::ChipAuthentication {
                    key_id: id,
                    version: of,
                    key,
                },
                KeyObject::ChipAuthentication {
                    key_id,
                    version,
                    key: read,
                },
            ) => {
                assert_eq!((id, of), (key_id, version));
                assert_eq!(key.public(), read.public());
            }
            (
                KeyObject::ActiveAuthentication {
                    key: ActiveKey::Ec(key),
                },
                KeyObject::ActiveAuthentication {
                    key: ActiveKey::Ec(read),
                },
            ) => assert_eq!(key.public(), read.public()),
            (key, read) => panic!("{key:?} came back as {read:?}"),
        }
    }
}

#[test]
fn crooked_keys_are_refused() {
    for key in keys() {
        let whole = key.encode().data().to_vec();
        for damaged in truncations(&whole).chain([[whole.clone(), vec![0]].concat()]) {
            let sent = Command::new(0x00, 0xDB, 0x3F, 0xFF).with_data(damaged);
            assert_eq!(
                KeyObject::decode(&sent).unwrap_err(),
                StatusWord::INCORRECT_PARAMETERS
            );
        }
        // A flipped bit may make another key; it never makes a panic.
        for damaged in bit_flips(&whole) {
            let _ = KeyObject::decode(&Command::new(0x00, 0xDB, 0x3F, 0xFF).with_data(damaged));
        }
    }
    let p256 = "06082A8648CE3D030107";
    let wrong = [
        ("a CAN of five digits", "E10A830102C1053030303030".to_owned()),
        ("a CAN of letters", "E10B830102C106616263646566".to_owned()),
        ("an unknown password", "E10B830105C106303030303137".to_owned()),
        (
            "an MRZ that is too short",
            "E10B830101C106303030303137".to_owned(),
        ),
        (
            "a private key of zero",
            format!("E32C{p256}C220{}", "00".repeat(32)),
        ),
        (
            "a private key over the order",
            format!("E32C{p256}C220{}", "FF".repeat(32)),
        ),
        (
            "a private key that is too short",
            format!("E32B{p256}C21F{}", "01".repeat(31)),
        ),
        (
            "an unknown curve",
            format!("E32C06082A8648CE3D030101C220{}", "01".repeat(32)),
        ),
        (
            "a key number of one byte",
            format!("E22F840101{p256}C220{}", "01".repeat(32)),
        ),
        (
            "a key number for Active Authentication",
            format!("E3328404000000 01{p256}C220{}", "01".repeat(32)),
        ),
        ("an unknown template", "E400".to_owned()),
    ];
    for (what, bytes) in wrong {
        let sent = Command::new(0x00, 0xDB, 0x3F, 0xFF).with_data(hex(&bytes));
        assert_eq!(
            KeyObject::decode(&sent).unwrap_err(),
            StatusWord::INCORRECT_PARAMETERS,
            "{what}"
        );
    }
    let shaped = |text: &str| KeyObject::decode(&command(&hex(text))).unwrap_err();
    assert_eq!(shaped("00DB3F0002E100"), StatusWord::WRONG_P1P2);
    assert_eq!(shaped("00DB3FFF02E10000"), StatusWord::WRONG_LENGTH);
}

#[test]
fn keys_are_not_shown() {
    for key in keys() {
        let sent = key.encode();
        let secret = hex::encode_upper(&sent.data()[sent.data().len() - 6..]);
        let shown = format!("{sent:?} {key:?}").to_uppercase();
        assert!(!shown.contains(&secret) && !shown.contains("000017") && !shown.contains("L898902C"));
    }
}

#[test]
fn an_identity_comes_back() {
    for life_cycle in [LifeCycle::Creation, LifeCycle::Operational] {
        for development_blank in [false, true] {
            let identity = ChipIdentity {
                life_cycle,
                development_blank,
                ..identity()
            };
            assert_eq!(ChipIdentity::parse(&identity.to_bytes()), Ok(identity));
        }
    }
    assert_eq!(
        identity().to_bytes(),
        hex("DF2010 8008414E54494E303031 8A0101 810101")
    );
}

#[test]
fn a_crooked_identity_is_refused() {
    let whole = identity().to_bytes();
    for damaged in truncations(&whole).chain([[whole.clone(), vec![0]].concat()]) {
        assert!(ChipIdentity::parse(&damaged).is_err());
    }
    for wrong in [
        "DF2110 8008414E54494E303031 8A0101 810101",
        "DF200F 8007414E54494E3030 8A0101 810101",
        "DF2010 8008414E54494E303031 8A0102 810101",
        "DF2010 8008414E54494E303031 8A0101 810102",
        "DF2010 8008414E54494E303031 810101 8A0101",
    ] {
        assert!(ChipIdentity::parse(&hex(wrong)).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = FileControl::parse(&bytes);
        let _ = ChipIdentity::parse(&bytes);
        let _ = decode_create_file(&Command::new(0x00, 0xE0, 0x00, 0x00).with_data(bytes.clone()));
        let _ = KeyObject::decode(&Command::new(0x00, 0xDB, 0x3F, 0xFF).with_data(bytes));
    }

    #[test]
    fn any_file_control_comes_back(id: u16, sfi in 0_u8..=31, size in 0_u32..0x0100_0000, read in 0_u8..6) {
        let control = FileControl {
            file_id: FileId(id),
            sfi: ShortFileId::new(sfi),
            size,
            read: ReadCondition::from_byte(read).unwrap(),
        };
        prop_assert_eq!(FileControl::parse(&control.to_bytes()), Ok(control));
    }
}
