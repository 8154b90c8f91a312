use antin_crypto::{
    Curve, ParameterForm, SecretBytes, Suite,
    agreement::{DhForm, DhGroup, Group, KeyForm, PrivateKey, PublicKey},
};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::{self, ObjectIdentifier},
    tlv,
};
use proptest::prelude::*;

use super::{
    Offer, Unsupported, Version,
    chip::{self, StaticKey},
    terminal::{self, Ephemeral, Start},
};
use crate::{
    Error, sm,
    testing::{Vector, answer, bit_flips, command, hex, random, script, truncations},
};

mod matrix;

const SESSIONS: [&str; 2] = ["ca-session-at.toml", "ca-session-my.toml"];

fn suite(vector: &Vector) -> Suite {
    match vector.text("suite") {
        "aes-128" => Suite::Aes128,
        "3des" => Suite::Tdes,
        other => panic!("{other}"),
    }
}

fn keys(vector: &Vector, when: &str) -> (sm::Keys, sm::Ssc) {
    let part = vector.part(when);
    let secret = |key| SecretBytes::new(part.bytes(key));
    let keys = sm::Keys::new(suite(vector), secret("ks_enc"), secret("ks_mac")).unwrap();
    (keys, sm::Ssc::from_bytes(&part.bytes("ssc")))
}

fn offer_in(vector: &Vector) -> Offer {
    let file = vector.bytes("dg14");
    let infos = SecurityInfos::parse(tlv::parse_one(&file).unwrap().value).unwrap();
    Offer::from_infos(&infos).unwrap().unwrap()
}

#[test]
fn the_terminal_alone_reproduces_real_sessions() {
    for name in SESSIONS {
        let vector = Vector::load(name);
        let offer = offer_in(&vector);
        assert_eq!(
            (offer.suite, offer.key.group(), offer.key_id),
            (suite(&vector), Group::Ec(Curve::BrainpoolP256r1), None)
        );
        let (old_keys, ssc) = keys(&vector, "before");
        let mut old = sm::terminal::Channel::new(old_keys, ssc);
        let mut rng = script(&[vector.bytes("ephemeral_key_terminal")]);
        let [select, agree, prove] = vector
            .parts("protected")
            .try_into()
            .unwrap_or_else(|_| panic!("{name}"));

        let (plain, state) = terminal::start_with_authentication_template(&offer, &mut rng).unwrap();
        let told = cross(&mut old, &plain, &select);
        let (plain, state) = state.accept(&told).unwrap();
        let told = cross(&mut old, &plain, &agree);
        let mut new = state.accept(&told).unwrap();
        let (new_keys, new_ssc) = keys(&vector, "after");
        assert_eq!(new.keys().enc().expose(), new_keys.enc().expose());
        assert_eq!(new.keys().mac().expose(), new_keys.mac().expose());
        cross(&mut new, &command(&prove.bytes("plain_command")), &prove);
        assert_eq!(*new.ssc(), new_ssc);
    }
}

/// Sends one command of a recorded session through a channel, and takes the recorded answer.
fn cross(channel: &mut sm::terminal::Channel, plain: &Command, recorded: &Vector) -> Response {
    assert_eq!(
        plain.to_bytes().unwrap(),
        recorded.bytes("plain_command"),
        "{}",
        recorded.text("name")
    );
    let wrapped = channel.protect(plain).unwrap();
    assert_eq!(
        wrapped.to_bytes().unwrap(),
        recorded.bytes("command"),
        "{}",
        recorded.text("name")
    );
    let told = channel.open(&answer(&recorded.bytes("response"))).unwrap();
    assert_eq!(
        told.to_bytes(),
        recorded.bytes("plain_response"),
        "{}",
        recorded.text("name")
    );
    told
}

/// The chips' private keys are unknown, so their side of the agreement cannot be computed; everything they said can.
#[test]
fn the_chip_alone_says_what_the_real_chips_said() {
    for name in SESSIONS {
        let vector = Vector::load(name);
        let (old_keys, ssc) = keys(&vector, "before");
        let mut channel = sm::chip::Channel::new(old_keys, ssc);
        let stand_in = StaticKey {
            key_id: None,
            version: Version::One,
            suites: vec![suite(&vector)],
            private: ec(Curve::BrainpoolP256r1, 9),
        };
        let mut selected = None;
        for (n, part) in vector.parts("protected").iter().enumerate() {
            if n == 2 {
                let (new_keys, _) = keys(&vector, "after");
                channel = sm::chip::Channel::new(new_keys, sm::Ssc::zero(suite(&vector)));
            }
            let plain = channel.open(&command(&part.bytes("command"))).unwrap();
            assert_eq!(
                plain.to_bytes().unwrap(),
                part.bytes("plain_command"),
                "{}",
                part.text("name")
            );
            let told = match n {
                0 => {
                    let (told, next) = chip::select(&plain, std::slice::from_ref(&stand_in)).unwrap();
                    selected = Some(next);
                    told
                }
                1 => {
                    selected
                        .take()
                        .unwrap()
                        .agree(&plain, None, &mut script(&[]))
                        .unwrap()
                        .0
                }
                _ => Response::status(StatusWord::OK),
            };
            assert_eq!(
                channel.protect(&told).to_bytes(),
                part.bytes("response"),
                "{}",
                part.text("name")
            );
        }
    }
}

const PROTOCOLS: [(ObjectIdentifier, Suite); 4] = [
    (oids::ID_CA_ECDH_3DES_CBC_CBC, Suite::Tdes),
    (oids::ID_CA_ECDH_AES_CBC_CMAC_128, Suite::Aes128),
    (oids::ID_CA_ECDH_AES_CBC_CMAC_192, Suite::Aes192),
    (oids::ID_CA_ECDH_AES_CBC_CMAC_256, Suite::Aes256),
];

const DH_PROTOCOLS: [(ObjectIdentifier, Suite); 4] = [
    (oids::ID_CA_DH_3DES_CBC_CBC, Suite::Tdes),
    (oids::ID_CA_DH_AES_CBC_CMAC_128, Suite::Aes128),
    (oids::ID_CA_DH_AES_CBC_CMAC_192, Suite::Aes192),
    (oids::ID_CA_DH_AES_CBC_CMAC_256, Suite::Aes256),
];

fn ec(curve: Curve, seed: u8) -> PrivateKey {
    PrivateKey::generate(Group::Ec(curve), &mut random(seed))
}

fn spki(key: &PublicKey, form: KeyForm) -> Vec<u8> {
    match (key, form) {
        (PublicKey::Ec(key), KeyForm::Ec(form)) => key.to_spki_der(form),
        (PublicKey::Dh(key), KeyForm::Dh(form)) => key.to_spki_der(form),
        _ => key.to_standardized_spki_der().unwrap(),
    }
}

fn key_info(private: &PrivateKey, form: KeyForm, key_id: Option<u32>) -> SecurityInfo {
    let kind = match private {
        PrivateKey::Ec(_) => oids::ID_PK_ECDH,
        PrivateKey::Dh(_) => oids::ID_PK_DH,
    };
    SecurityInfo::chip_authentication_public_key(kind, spki(&private.public(), form), key_id)
}

const NAMED: KeyForm = KeyForm::Ec(ParameterForm::Named);
const EXPLICIT: KeyForm = KeyForm::Ec(ParameterForm::Explicit);

/// Lets the two roles talk without a channel around them.
fn talk(
    offer: &Offer,
    chip_keys: &[StaticKey],
    between: &dyn Fn(usize, Vec<u8>) -> Vec<u8>,
) -> Option<(sm::terminal::Channel, sm::chip::Channel)> {
    let sent = |leg, command: Command| Command::parse(&between(leg, command.to_bytes().unwrap())).ok();
    let told = |leg, answer: Response| Response::parse(&between(leg, answer.to_bytes())).ok();
    let ephemeral = Ephemeral::generate(offer.key.group(), &mut random(1));
    let announced = ephemeral.compressed();
    match terminal::start_with(offer, ephemeral).unwrap() {
        Start::KeyAgreementTemplate(command, state) => {
            let (answer, chip, outcome) = chip::key_agreement(&sent(0, command)?, chip_keys).ok()?;
            let ephemeral = state.ephemeral_compressed();
            let terminal = state.accept(&told(1, answer)?).ok()?;
            (outcome.terminal_ephemeral_compressed == ephemeral).then_some((terminal, chip))
        }
        Start::AuthenticationTemplate(command, state) => {
            let (answer, chip) = chip::select(&sent(0, command)?, chip_keys).ok()?;
            let (command, state) = state.accept(&told(1, answer)?).ok()?;
            let (answer, chip, outcome) = chip
                .agree(&sent(2, command)?, Some(&announced), &mut random(2))
                .ok()?;
            let ephemeral = state.ephemeral_compressed();
            let terminal = state.accept(&told(3, answer)?).ok()?;
            (outcome.terminal_ephemeral_compressed == ephemeral).then_some((terminal, chip))
        }
    }
}

/// The proof: one exchange under the new keys.
fn proves(terminal: &mut sm::terminal::Channel, chip: &mut sm::chip::Channel) -> bool {
    let wrapped = terminal
        .protect(&Command::new(0x00, 0xA4, 0x02, 0x0C).with_data(hex("011E")))
        .unwrap();
    match chip.open(&wrapped) {
        Ok(_) => terminal
            .open(&chip.protect(&Response::status(StatusWord::OK)))
            .is_ok(),
        Err(sw) => terminal.open(&Response::status(sw)).is_ok(),
    }
}

/// Worked example: the terminal's key is announced, the chip answers with nonce and token.
#[test]
fn each_role_alone_says_its_half_of_the_worked_example_of_version_2() {
    let vector = Vector::load("ca2-bsi-eac2.toml");
    let group = Group::Ec(Curve::BrainpoolP256r1);
    let infos = SecurityInfos::parse(&vector.bytes("security_infos")).unwrap();
    let offer = Offer::version_2(&infos).unwrap().unwrap();
    assert_eq!(offer.key.as_wire(), vector.bytes("chip_point"));
    assert_eq!(
        (offer.oid, offer.suite, offer.key_id),
        (oids::ID_CA_ECDH_AES_CBC_CMAC_128, Suite::Aes128, Some(1))
    );
    let [selection, agreement] = vector.exchanges("exchange").try_into().unwrap();
    let same_keys = |keys: &sm::Keys| {
        assert_eq!(keys.enc().expose(), vector.bytes("ks_enc"));
        assert_eq!(keys.mac().expose(), vector.bytes("ks_mac"));
    };

    let ephemeral = Ephemeral::generate(group, &mut script(&[vector.bytes("terminal_key")[1..].to_vec()]));
    assert_eq!(ephemeral.compressed(), vector.bytes("compressed"));
    let Start::AuthenticationTemplate(sent, state) = terminal::start_with(&offer, ephemeral).unwrap() else {
        panic!("version 2 begins with MSE:Set AT");
    };
    assert_eq!(sent.to_bytes().unwrap(), selection.0);
    let (sent, state) = state.accept(&selection.1).unwrap();
    assert_eq!(sent.to_bytes().unwrap(), agreement.0);
    same_keys(state.accept(&agreement.1).unwrap().keys());

    let key = StaticKey {
        key_id: Some(1),
        version: Version::Two,
        suites: vec![Suite::Aes128],
        private: PrivateKey::from_be_bytes(group, &vector.bytes("chip_key")).unwrap(),
    };
    let (told, state) = chip::select(&command(&selection.0), &[key]).unwrap();
    assert_eq!(told, selection.1);
    let (told, channel, outcome) = state
        .agree(
            &command(&agreement.0),
            Some(&vector.bytes("compressed")),
            &mut script(&[vector.bytes("nonce")]),
        )
        .unwrap();
    assert_eq!(told, agreement.1);
    assert_eq!(outcome.version, Version::Two);
    same_keys(channel.keys());
}

#[test]
fn version_2_agrees_only_over_the_announced_key() {
    let (offer, key) = ours(Suite::Aes128);
    let (offer, key) = (
        Offer {
            version: Version::Two,
            ..offer
        },
        StaticKey {
            version: Version::Two,
            ..key
        },
    );
    let agree = |announced: Option<&[u8]>| {
        let Ok(Start::AuthenticationTemplate(sent, state)) = terminal::start(&offer, &mut random(1)) else {
            panic!("version 2 begins with MSE:Set AT");
        };
        let (told, chip) = chip::select(&sent, std::slice::from_ref(&key)).unwrap();
        let (sent, _) = state.accept(&told).unwrap();
        chip.agree(&sent, announced, &mut random(2)).map(|_| ())
    };
    let announced = Ephemeral::generate(offer.key.group(), &mut random(1)).compressed();
    assert_eq!(agree(Some(&announced)), Ok(()));
    assert_eq!(agree(Some(&announced[1..])), Err(StatusWord::AUTH_FAILED));
    assert_eq!(agree(Some(&[0; 32])), Err(StatusWord::AUTH_FAILED));
    assert_eq!(agree(None), Err(StatusWord::SECURITY_NOT_SATISFIED));
}

#[test]
fn version_2_with_3des_uses_no_key_agreement_template() {
    let (offer, key) = ours(Suite::Tdes);
    let offer = Offer {
        version: Version::Two,
        ..offer
    };
    assert!(matches!(
        terminal::start(&offer, &mut random(1)),
        Ok(Start::AuthenticationTemplate(..))
    ));
    let key = StaticKey {
        version: Version::Two,
        ..key
    };
    let (offer, _) = ours(Suite::Tdes);
    let Ok(Start::KeyAgreementTemplate(sent, _)) = terminal::start(&offer, &mut random(1)) else {
        panic!("version 1 with 3DES begins with MSE:Set KAT");
    };
    assert_eq!(
        chip::key_agreement(&sent, &[key]).map(|_| ()),
        Err(StatusWord::INCORRECT_PARAMETERS)
    );
}

#[test]
fn an_answer_of_version_2_must_be_whole_and_right() {
    let (offer, _) = ours(Suite::Aes128);
    let offer = Offer {
        version: Version::Two,
        ..offer
    };
    for wrong in [
        "7C 00 9000",
        "9000",
        "7C 0A 81 08 0102030405060708 9000",
        "7C 0A 82 08 0102030405060708 9000",
        "7C 14 81 08 0102030405060708 82 08 0102030405060708 9000",
        "7C 14 82 08 0102030405060708 81 08 0102030405060708 9000",
        "7C 13 81 07 01020304050607 82 08 0102030405060708 9000",
        "7C 16 81 08 0102030405060708 82 08 0102030405060708 83 00 9000",
    ] {
        let (_, state) = terminal::start_with_authentication_template(&offer, &mut random(1)).unwrap();
        let (_, state) = state.accept(&answer(&hex("9000"))).unwrap();
        let end = state.accept(&answer(&hex(wrong)));
        assert!(
            matches!(end, Err(Error::Breach { .. } | Error::Malformed(_))),
            "{wrong}"
        );
    }
}

#[test]
fn long_keys_go_in_one_extended_command() {
    for suite in [Suite::Tdes, Suite::Aes256] {
        let oid = DH_PROTOCOLS.iter().find(|(_, of)| *of == suite).unwrap().0;
        let group = Group::Dh(DhGroup::Modp2048Sub256);
        let offer = Offer {
            oid,
            suite,
            version: Version::One,
            key: PrivateKey::generate(group, &mut random(5)).public(),
            key_id: None,
        };
        let sent = match terminal::start(&offer, &mut random(1)).unwrap() {
            Start::KeyAgreementTemplate(command, _) => command,
            Start::AuthenticationTemplate(_, state) => state.accept(&answer(&hex("9000"))).unwrap().0,
        };
        assert!(sent.data().len() > 255 && sent.is_extended());
        assert_eq!(
            Command::parse(&sent.to_bytes().unwrap()).unwrap().data(),
            sent.data()
        );
    }
}

fn ours(suite: Suite) -> (Offer, StaticKey) {
    let private = ec(Curve::P256, 5);
    let oid = PROTOCOLS.iter().find(|(_, of)| *of == suite).unwrap().0;
    let offer = Offer {
        oid,
        suite,
        version: Version::One,
        key: private.public(),
        key_id: Some(7),
    };
    (
        offer,
        StaticKey {
            key_id: Some(7),
            version: Version::One,
            suites: vec![suite],
            private,
        },
    )
}

#[test]
fn a_chip_with_another_key_proves_nothing() {
    for (_, suite) in PROTOCOLS {
        let (offer, mut key) = ours(suite);
        key.private = ec(Curve::P256, 6);
        let (mut terminal, mut chip) = talk(&offer, &[key], &|_, bytes| bytes).unwrap();
        assert!(!proves(&mut terminal, &mut chip));
    }
}

#[test]
fn every_flipped_bit_and_every_cut_ends_without_a_proof() {
    for suite in [Suite::Tdes, Suite::Aes128] {
        let (offer, key) = ours(suite);
        let seen = std::cell::RefCell::new(Vec::new());
        talk(&offer, std::slice::from_ref(&key), &|_, bytes| {
            seen.borrow_mut().push(bytes.clone());
            bytes
        })
        .unwrap();
        for (leg, message) in seen.into_inner().iter().enumerate() {
            for damaged in bit_flips(message).chain(truncations(message)) {
                let between = |at: usize, bytes: Vec<u8>| if at == leg { damaged.clone() } else { bytes };
                let end = talk(&offer, std::slice::from_ref(&key), &between);
                let proven = end.is_some_and(|(mut terminal, mut chip)| proves(&mut terminal, &mut chip));
                // A cut may take the key's number away as a whole, which is another valid command.
                let other = Command::parse(&damaged).is_ok() && message.len() - damaged.len() == 3;
                assert!(!proven || other, "message {leg}: {damaged:02X?}");
            }
        }
    }
}

#[test]
fn answers_that_say_too_much_or_no_are_not_taken() {
    for (_, suite) in PROTOCOLS {
        let (offer, _) = ours(suite);
        for wrong in ["7C 02 80 00 9000", "7D 00 9000", "00 9000", "7C 00 00 9000"] {
            let end = match terminal::start(&offer, &mut random(1)).unwrap() {
                Start::KeyAgreementTemplate(_, state) => state.accept(&answer(&hex(wrong))),
                Start::AuthenticationTemplate(_, state) => {
                    assert!(matches!(
                        state.accept(&answer(&hex(wrong))),
                        Err(Error::Breach { .. })
                    ));
                    let (_, state) =
                        terminal::start_with_authentication_template(&offer, &mut random(1)).unwrap();
                    state
                        .accept(&answer(&hex("9000")))
                        .unwrap()
                        .1
                        .accept(&answer(&hex(wrong)))
                }
            };
            assert!(matches!(end, Err(Error::Breach { .. })), "{wrong}");
        }
        let (_, state) = terminal::start_with_authentication_template(&offer, &mut random(1)).unwrap();
        let refused = state.accept(&answer(&hex("6A80"))).unwrap_err();
        assert!(matches!(
            refused,
            Error::Refused {
                sw: StatusWord::INCORRECT_PARAMETERS,
                ..
            }
        ));
    }
}

#[test]
fn the_chip_answers_each_wrong_command_with_its_own_status_word() {
    let (offer, key) = ours(Suite::Aes128);
    let other = StaticKey {
        key_id: Some(8),
        ..key.clone()
    };
    let point = hex::encode(ec(Curve::P256, 3).public().as_wire());
    let select = |text: &str, keys: &[StaticKey]| chip::select(&command(&hex(text)), keys).map(|_| ());
    let two = [key.clone(), other];
    let one = std::slice::from_ref(&key);
    let oid = "800A04007F00070202030202";
    assert_eq!(select(&format!("002241A40C{oid}"), one), Ok(()));
    assert_eq!(select(&format!("002241A40F{oid}840107"), one), Ok(()));
    assert_eq!(
        select(&format!("002241A40F{oid}840108"), one),
        Err(StatusWord::REF_DATA_NOT_FOUND)
    );
    assert_eq!(
        select(&format!("002241A410{oid}84020007"), one),
        Err(StatusWord::REF_DATA_NOT_FOUND)
    );
    assert_eq!(
        select(&format!("002241A40C{oid}"), &two),
        Err(StatusWord::REF_DATA_NOT_FOUND)
    );
    assert_eq!(select(&format!("002241A40F{oid}840108"), &two), Ok(()));
    assert_eq!(
        select("002241A40C800A04007F00070202030204", one),
        Err(StatusWord::INCORRECT_PARAMETERS),
        "a cipher that is not offered",
    );
    assert_eq!(
        select("002241A402 8000", one),
        Err(StatusWord::INCORRECT_PARAMETERS)
    );
    assert_eq!(select("002241A4", one), Err(StatusWord::INCORRECT_PARAMETERS));
    assert_eq!(
        select(&format!("0022C1A40C{oid}"), one),
        Err(StatusWord::WRONG_P1P2)
    );
    assert_eq!(
        select(&format!("002241A40C{oid}00"), one),
        Err(StatusWord::WRONG_LENGTH)
    );
    let agree = |text: &str| {
        let (sent, _) = terminal::start_with_authentication_template(&offer, &mut random(1)).unwrap();
        let (_, state) = chip::select(&sent, one).unwrap();
        state
            .agree(&command(&hex(text)), None, &mut script(&[]))
            .map(|_| ())
    };
    assert_eq!(agree(&format!("00860000457C438041{point}00")), Ok(()));
    assert_eq!(
        agree(&format!("10860000457C438041{point}00")),
        Err(StatusWord::CONDITIONS_NOT_SATISFIED)
    );
    assert_eq!(
        agree(&format!("00860000457C438141{point}00")),
        Err(StatusWord::CONDITIONS_NOT_SATISFIED)
    );
    assert_eq!(
        agree("00860000057C0380010000"),
        Err(StatusWord::INCORRECT_PARAMETERS)
    );
    let (_, tdes) = ours(Suite::Tdes);
    let template = |text: &str, key: &StaticKey| {
        chip::key_agreement(&command(&hex(text)), std::slice::from_ref(key)).map(|_| ())
    };
    assert_eq!(template(&format!("002241A6439141{point}"), &tdes), Ok(()));
    assert_eq!(template(&format!("002241A6469141{point}840107"), &tdes), Ok(()));
    assert_eq!(
        template(&format!("002241A6469141{point}840109"), &tdes),
        Err(StatusWord::REF_DATA_NOT_FOUND)
    );
    assert_eq!(
        template(&format!("002241A6439141{point}"), &key),
        Err(StatusWord::INCORRECT_PARAMETERS)
    );
    assert_eq!(
        template("002241A603910100", &tdes),
        Err(StatusWord::INCORRECT_PARAMETERS)
    );
}

#[test]
fn the_strongest_cipher_with_a_key_is_chosen() {
    let private = ec(Curve::P256, 5);
    let infos = SecurityInfos::from_infos([
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_3DES_CBC_CBC, 1, Some(1)),
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, Some(1)),
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_256, 1, Some(2)),
        key_info(&private, NAMED, Some(1)),
    ]);
    let offer = Offer::from_infos(&infos).unwrap().unwrap();
    assert_eq!((offer.suite, offer.key_id), (Suite::Aes128, Some(1)));
    let alone = SecurityInfos::from_infos([
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_256, 1, Some(2)),
        key_info(&private, NAMED, Some(1)),
    ]);
    assert_eq!(Offer::from_infos(&alone), Err(Unsupported::KeyIdMissing(2)));
}

#[test]
fn among_keys_for_the_same_cipher_the_strongest_is_chosen() {
    let dh = PrivateKey::generate(Group::Dh(DhGroup::Modp2048Sub256), &mut random(5));
    let protocol = |oid, key_id| SecurityInfo::chip_authentication(oid, 1, Some(key_id));
    let infos = SecurityInfos::from_infos([
        protocol(oids::ID_CA_DH_AES_CBC_CMAC_128, 1),
        key_info(&dh, KeyForm::Dh(DhForm::Pkcs3), Some(1)),
        protocol(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 2),
        key_info(&ec(Curve::P384, 5), EXPLICIT, Some(2)),
        protocol(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 3),
        key_info(&ec(Curve::P256, 5), EXPLICIT, Some(3)),
    ]);
    let offer = Offer::from_infos(&infos).unwrap().unwrap();
    assert_eq!(
        (offer.key.group(), offer.key_id),
        (Group::Ec(Curve::P384), Some(2))
    );
}

#[test]
fn each_version_takes_only_its_own_offers() {
    let infos = SecurityInfos::from_infos([
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, Some(1)),
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_256, 2, Some(2)),
        key_info(&ec(Curve::P256, 5), EXPLICIT, Some(1)),
        key_info(&ec(Curve::P256, 6), KeyForm::Standardized, Some(2)),
    ]);
    let one = Offer::from_infos(&infos).unwrap().unwrap();
    assert_eq!((one.version, one.key_id), (Version::One, Some(1)));
    let two = Offer::version_2(&infos).unwrap().unwrap();
    assert_eq!((two.version, two.key_id), (Version::Two, Some(2)));
    let none = SecurityInfos::from_infos([key_info(&ec(Curve::P256, 5), EXPLICIT, None)]);
    assert_eq!(Offer::version_2(&none), Ok(None));
}

#[test]
fn a_key_without_a_protocol_means_3des() {
    let private = ec(Curve::P256, 5);
    let infos = SecurityInfos::from_infos([key_info(&private, EXPLICIT, None)]);
    assert_eq!(
        Offer::from_infos(&infos).unwrap().unwrap().oid,
        oids::ID_CA_ECDH_3DES_CBC_CBC
    );
    let private = PrivateKey::generate(Group::Dh(DhGroup::Modp2048Sub224), &mut random(5));
    let infos = SecurityInfos::from_infos([key_info(&private, KeyForm::Dh(DhForm::Pkcs3), Some(1))]);
    let offer = Offer::from_infos(&infos).unwrap().unwrap();
    assert_eq!((offer.oid, offer.key_id), (oids::ID_CA_DH_3DES_CBC_CBC, Some(1)));
}

#[test]
fn what_cannot_be_used_is_named() {
    let aes = SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, None);
    let private = ec(Curve::P256, 5);
    let of = |infos: Vec<SecurityInfo>| Offer::from_infos(&SecurityInfos::from_infos(infos));
    assert_eq!(of(vec![SecurityInfo::terminal_authentication(1)]), Ok(None));
    assert_eq!(of(vec![aes.clone()]), Err(Unsupported::KeyMissing));
    let as_dh = |spki| SecurityInfo::chip_authentication_public_key(oids::ID_PK_DH, spki, None);
    let dh_aes = SecurityInfo::chip_authentication(oids::ID_CA_DH_AES_CBC_CMAC_128, 1, None);
    assert_eq!(
        of(vec![dh_aes.clone(), as_dh(spki(&private.public(), NAMED))]),
        Err(Unsupported::KeyOfOtherKind {
            oid: oids::ID_PK_DH,
            group: "P-256"
        }),
    );
    let ec_key = key_info(&private, NAMED, None);
    assert_eq!(
        of(vec![dh_aes.clone(), ec_key.clone()]),
        Err(Unsupported::KeyMissing)
    );
    let unheard = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.2.9");
    assert_eq!(
        of(vec![
            SecurityInfo::chip_authentication(unheard, 1, None),
            ec_key.clone()
        ]),
        Err(Unsupported::Protocol(unheard)),
    );
    // One byte of the prime: no group at all.
    let group = DhGroup::Modp2048Sub256;
    let dh = PrivateKey::generate(Group::Dh(group), &mut random(5));
    let mut strange = spki(&dh.public(), KeyForm::Dh(DhForm::Pkcs3));
    let prime = group.p();
    let at = strange
        .windows(prime.len())
        .position(|window| window == prime)
        .unwrap();
    strange[at + 5] ^= 1;
    assert_eq!(of(vec![dh_aes, as_dh(strange)]), Err(Unsupported::KeyMalformed),);
    assert_eq!(
        of(vec![
            SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 2, None),
            ec_key.clone()
        ]),
        Err(Unsupported::Version(2)),
    );
    // The last byte of the curve's name: a name that no curve has.
    let named = spki(&private.public(), NAMED);
    let p256 = Curve::P256.oid();
    let at = named
        .windows(p256.as_bytes().len())
        .position(|window| window == p256.as_bytes())
        .unwrap();
    let mut strange = named.clone();
    strange[at + p256.as_bytes().len() - 1] = 0x7F;
    let strange_key = SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, strange, None);
    assert!(matches!(
        of(vec![aes.clone(), strange_key]),
        Err(Unsupported::CurveUnknown { oid: Some(_) }),
    ));
    // One byte of the prime: explicit parameters of a curve that nobody has.
    let mut explicit = spki(&private.public(), EXPLICIT);
    let prime = Curve::P256.domain().p;
    let at = explicit
        .windows(prime.len())
        .position(|window| window == prime)
        .unwrap();
    explicit[at + 5] ^= 1;
    let explicit_key = SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, explicit, None);
    assert_eq!(
        of(vec![aes, explicit_key]),
        Err(Unsupported::CurveUnknown { oid: None })
    );
}

proptest! {
    #[test]
    fn no_command_makes_the_chip_panic(data in proptest::collection::vec(any::<u8>(), 0..120)) {
        let (_, key) = ours(Suite::Aes128);
        let keys = [key];
        let select = Command::new(0x00, 0x22, 0x41, 0xA4).with_data(data.clone());
        let template = Command::new(0x00, 0x22, 0x41, 0xA6).with_data(data);
        let _ = chip::select(&select, &keys);
        prop_assert!(chip::key_agreement(&template, &keys).is_err());
    }
}
