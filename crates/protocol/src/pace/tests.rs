use std::cell::RefCell;

use antin_crypto::{Curve, Suite};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids,
};
use proptest::prelude::*;

use super::{
    Parameters, Unsupported, chip,
    terminal::{self, DomainReference},
};
use crate::{
    Error,
    password::{Can, MrzKey, Password},
    sm,
    testing::{Vector, bit_flips, command, hex, random, script, truncations},
};

fn can(digits: &str) -> Password {
    Password::Can(Can::parse(digits).unwrap())
}

fn mrz(information: &str) -> Password {
    Password::Mrz(MrzKey::from_information(information))
}

/// What the worked example's chip offers, and the password it was opened with.
fn setting(vector: &Vector) -> (Vec<SecurityInfo>, Password) {
    let infos = vector
        .has("card_access")
        .then(|| SecurityInfos::parse(&vector.bytes("card_access")).unwrap());
    let info = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13));
    let offered = infos.map_or_else(|| vec![info], |infos| infos.iter().cloned().collect());
    let password = if vector.has("can") {
        can(vector.text("can"))
    } else {
        mrz(vector.text("mrz_information"))
    };
    (offered, password)
}

const EXAMPLES: [&str; 2] = ["pace-gm-appendix-g1.toml", "pace-gm-bsi-eac2.toml"];

#[test]
fn the_terminal_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let parameters = offered
            .iter()
            .find_map(|info| Parameters::from_info(info).ok())
            .unwrap();
        assert_eq!(password.pace_key(parameters.suite).expose(), vector.bytes("k_pi"));
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let mut rng = script(&[
            vector.bytes("mapping_key_terminal"),
            vector.bytes("ephemeral_key_terminal"),
        ]);

        let (command, state) = terminal::start(&parameters, &password, DomainReference::Omit).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mse.0);
        let (command, state) = state.accept(&mse.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), nonce.0);
        let (command, state) = state.accept(&nonce.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mapping.0);
        let (command, state) = state.accept(&mapping.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), agreement.0);
        let (command, state) = state.accept(&agreement.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), token.0);
        let channel = state.accept(&token.1).unwrap();
        assert_session(&vector, channel.keys(), channel.ssc());
    }
}

#[test]
fn the_chip_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let mut rng = script(&[
            vector.bytes("nonce"),
            vector.bytes("mapping_key_chip"),
            vector.bytes("ephemeral_key_chip"),
        ]);
        let known = |reference| (reference == password.reference()).then(|| password.clone());

        let (told, state) = chip::Ready::select(&offered, &command(&mse.0), &known).unwrap();
        assert_eq!(told, mse.1);
        let (told, state) = state.step(&command(&nonce.0), &mut rng).unwrap();
        assert_eq!(told, nonce.1);
        let (told, state) = state.step(&command(&mapping.0), &mut rng).unwrap();
        assert_eq!(told, mapping.1);
        let (told, state) = state.step(&command(&agreement.0), &mut rng).unwrap();
        assert_eq!(told, agreement.1);
        assert_eq!(state.reference(), password.reference());
        let (told, channel) = state.step(&command(&token.0)).unwrap();
        assert_eq!(told, token.1);
        assert_session(&vector, channel.keys(), channel.ssc());
    }
}

fn assert_session(vector: &Vector, keys: &sm::Keys, ssc: &sm::Ssc) {
    assert_eq!(keys.enc().expose(), vector.bytes("ks_enc"));
    assert_eq!(keys.mac().expose(), vector.bytes("ks_mac"));
    assert_eq!(ssc.as_bytes(), [0; 16]);
}

/// Who ended a conversation that did not end in a session.
#[derive(Debug, PartialEq)]
enum End {
    Terminal(Error),
    Chip(StatusWord),
    NotAnApdu,
}

/// A chip, a terminal, and somebody between them who sees each message under its number: commands even, answers odd.
struct Meeting<'a> {
    offered: Vec<SecurityInfo>,
    terminal: Password,
    chip: Vec<Password>,
    domain: DomainReference,
    between: &'a dyn Fn(usize, Vec<u8>) -> Vec<u8>,
}

impl Meeting<'_> {
    fn command(&self, leg: usize, command: Command) -> Result<Command, End> {
        Command::parse(&(self.between)(leg, command.to_bytes().unwrap())).map_err(|_| End::NotAnApdu)
    }

    fn answer(&self, leg: usize, told: Response) -> Result<Response, End> {
        Response::parse(&(self.between)(leg, told.to_bytes())).map_err(|_| End::NotAnApdu)
    }

    fn hold(&self) -> Result<(sm::terminal::Channel, sm::chip::Channel), End> {
        let (mut ifd, mut ic) = (random(1), random(2));
        let known = |reference| {
            self.chip
                .iter()
                .find(|password| password.reference() == reference)
                .cloned()
        };
        let parameters = Parameters::from_info(&self.offered[0]).unwrap();

        let (sent, ifd_state) =
            terminal::start(&parameters, &self.terminal, self.domain).map_err(End::Terminal)?;
        let sent = self.command(0, sent)?;
        let (told, ic_state) = chip::Ready::select(&self.offered, &sent, &known).map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state.accept(&self.answer(1, told)?).map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(2, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state
            .accept(&self.answer(3, told)?, &mut ifd)
            .map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(4, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state
            .accept(&self.answer(5, told)?, &mut ifd)
            .map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(6, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state.accept(&self.answer(7, told)?).map_err(End::Terminal)?;
        let (told, ic_channel) = ic_state.step(&self.command(8, sent)?).map_err(End::Chip)?;
        let ifd_channel = ifd_state.accept(&self.answer(9, told)?).map_err(End::Terminal)?;
        Ok((ifd_channel, ic_channel))
    }
}

const LEGS: usize = 10;

fn untouched(_: usize, bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

fn aes128_on(curve: u8) -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(curve))
}

fn meeting<'a>(between: &'a dyn Fn(usize, Vec<u8>) -> Vec<u8>) -> Meeting<'a> {
    Meeting {
        offered: vec![aes128_on(12)],
        terminal: can("314159"),
        chip: vec![can("314159")],
        domain: DomainReference::Omit,
        between,
    }
}

#[test]
fn the_two_roles_meet_for_every_cipher_curve_and_password() {
    let protocols = [
        (oids::ID_PACE_ECDH_GM_3DES_CBC_CBC, Suite::Tdes),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, Suite::Aes128),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_192, Suite::Aes192),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256, Suite::Aes256),
    ];
    let chip = vec![can("314159"), mrz("L898902C<369080619406236")];
    for (oid, suite) in protocols {
        for curve in Curve::ALL {
            for (password, domain) in [
                (&chip[0], DomainReference::Omit),
                (&chip[1], DomainReference::Send),
            ] {
                let meeting = Meeting {
                    offered: vec![SecurityInfo::pace(oid, 2, curve.standardized_id())],
                    terminal: password.clone(),
                    chip: chip.clone(),
                    domain,
                    between: &untouched,
                };
                let (mut terminal, mut chip) = meeting.hold().unwrap();
                assert_eq!(terminal.keys().suite(), suite);
                let wrapped = terminal
                    .protect(&command(&hex("00A4040C07A0000002471001")))
                    .unwrap();
                assert_eq!(chip.open(&wrapped).unwrap().ins(), 0xA4);
                terminal
                    .open(&chip.protect(&Response::status(StatusWord::OK)))
                    .unwrap();
            }
        }
    }
}

#[test]
fn a_wrong_password_is_refused_in_the_last_step() {
    let wrong = Meeting {
        terminal: can("314158"),
        ..meeting(&untouched)
    };
    assert_eq!(wrong.hold().unwrap_err(), End::Chip(StatusWord::AUTH_FAILED));
    let absent = Meeting {
        terminal: mrz("L898902C<369080619406236"),
        ..meeting(&untouched)
    };
    assert_eq!(
        absent.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
}

#[test]
fn a_wrong_password_is_reported_with_its_step() {
    let between = |leg: usize, bytes: Vec<u8>| if leg == 9 { hex("6300") } else { bytes };
    let refused = Error::Refused {
        step: "PACE: mutual authentication",
        sw: StatusWord::AUTH_FAILED,
    };
    assert_eq!(meeting(&between).hold().unwrap_err(), End::Terminal(refused));
}

/// The ten messages of an untouched run.
fn genuine() -> Vec<Vec<u8>> {
    let seen = RefCell::new(Vec::new());
    let between = |_, bytes: Vec<u8>| {
        seen.borrow_mut().push(bytes.clone());
        bytes
    };
    meeting(&between).hold().unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen.len(), LEGS);
    seen
}

#[test]
fn every_flipped_bit_and_every_cut_ends_without_a_session() {
    for (leg, message) in genuine().iter().enumerate() {
        for damaged in bit_flips(message).chain(truncations(message)) {
            let between = |at: usize, bytes: Vec<u8>| if at == leg { damaged.clone() } else { bytes };
            assert!(meeting(&between).hold().is_err(), "message {leg}: {damaged:02X?}");
        }
    }
}

#[test]
fn a_chip_that_only_echoes_is_found_out() {
    for (leg, what) in [
        (5, "our own mapping key came back"),
        (7, "our own ephemeral key came back"),
    ] {
        let last = RefCell::new(Vec::new());
        let between = |at: usize, bytes: Vec<u8>| {
            if at + 1 == leg {
                last.replace(bytes.clone());
            }
            if at != leg {
                return bytes;
            }
            let sent = last.borrow();
            let mut echo = sent[5..sent.len() - 1].to_vec();
            echo[2] += 1; // 81 becomes 82, 83 becomes 84
            [echo, vec![0x90, 0x00]].concat()
        };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(end, End::Terminal(Error::Breach { what: seen, .. }) if seen == what),
            "{end:?}"
        );
    }
}

#[test]
fn a_terminal_that_echoes_is_refused() {
    let own = RefCell::new(Vec::new());
    // The chip's ephemeral key is not known before its answer, so the same run is held twice: randomness repeats.
    let listen = |at: usize, bytes: Vec<u8>| {
        if at == 7 {
            own.replace(bytes.clone());
        }
        bytes
    };
    meeting(&listen).hold().unwrap();
    let between = |at: usize, bytes: Vec<u8>| {
        if at != 6 {
            return bytes;
        }
        let mut echo = own.borrow()[..own.borrow().len() - 2].to_vec();
        echo[2] -= 1;
        Command::new(0x10, 0x86, 0, 0)
            .with_data(echo)
            .with_le(256)
            .to_bytes()
            .unwrap()
    };
    assert_eq!(
        meeting(&between).hold().unwrap_err(),
        End::Chip(StatusWord::INCORRECT_PARAMETERS)
    );
}

#[test]
fn nonces_of_impossible_length_are_breaches() {
    for len in [0, 1, 15, 17, 48] {
        let nonce = [
            vec![0x7C, len + 2, 0x80, len],
            vec![0xAA; usize::from(len)],
            vec![0x90, 0x00],
        ]
        .concat();
        let between = |at: usize, bytes: Vec<u8>| if at == 3 { nonce.clone() } else { bytes };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(
                end,
                End::Terminal(Error::Breach {
                    what: "a nonce of wrong length",
                    ..
                })
            ),
            "{len}"
        );
    }
}

#[test]
fn answers_that_are_not_as_described_are_never_taken() {
    let messages = genuine();
    let answers: [(usize, &str); 8] = [
        (1, "00 9000"),
        (3, "9000"),
        (3, "7C00 9000"),
        (3, "7C028000 9000"),
        (3, "7D128010 95A3A016522EE98D01E76CB6B98B42C3 9000"),
        (5, "7C028200 9000"),
        (5, "7C03820100 9000"),
        (9, "7C068604AABBCCDD 9000"),
    ];
    for (leg, wrong) in answers {
        let between = |at: usize, bytes: Vec<u8>| if at == leg { hex(wrong) } else { bytes };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(end, End::Terminal(Error::Breach { .. } | Error::Malformed(_))),
            "{wrong} as message {leg}: {end:?}",
        );
    }
    // The right object of another step, one object too many, bytes after the end.
    for (leg, tag) in [(3, 0x82), (5, 0x81), (7, 0x82), (9, 0x85)] {
        let mut other = messages[leg].clone();
        other[2] = tag;
        let mut twice = messages[leg].clone();
        let object = twice[2..twice.len() - 2].to_vec();
        twice.splice(twice.len() - 2..twice.len() - 2, object);
        twice[1] = u8::try_from(twice.len() - 4).unwrap();
        let twice = if twice[1] < 0x80 {
            twice
        } else {
            [&[0x7C, 0x81], &twice[1..]].concat()
        };
        let mut after = messages[leg].clone();
        after.insert(after.len() - 2, 0x00);
        for wrong in [other, twice, after] {
            let between = |at: usize, bytes: Vec<u8>| if at == leg { wrong.clone() } else { bytes };
            let end = meeting(&between).hold().unwrap_err();
            assert!(
                matches!(end, End::Terminal(Error::Breach { .. } | Error::Malformed(_))),
                "{end:?}"
            );
        }
    }
}

#[test]
fn the_chip_answers_each_wrong_command_with_its_own_status_word() {
    let at = |leg: usize, wrong: &str| {
        let wrong = hex(wrong);
        let between = |here: usize, bytes: Vec<u8>| if here == leg { wrong.clone() } else { bytes };
        match meeting(&between).hold() {
            Err(End::Chip(sw)) => sw,
            end => panic!("{end:?}"),
        }
    };
    let oid = "800A04007F00070202040202";
    let other_oid = "800A04007F00070202040204";
    assert_eq!(
        at(0, &format!("0022C1A40F{other_oid}830102")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A40F{oid}830103")),
        StatusWord::REF_DATA_NOT_FOUND
    );
    assert_eq!(
        at(0, &format!("0022C1A412{oid}83010284010D")),
        StatusWord::REF_DATA_NOT_FOUND
    );
    assert_eq!(
        at(0, &format!("0022C1A40F830102{oid}")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A40C{oid}")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A410{oid}83020202")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A415{oid}83010284010C84010C")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(at(0, "0022C1A4"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(0, &format!("002241A40F{oid}830102")), StatusWord::WRONG_P1P2);
    assert_eq!(
        at(0, &format!("0022C1A40F{oid}83010200")),
        StatusWord::WRONG_LENGTH
    );
    assert_eq!(
        at(2, "10860000047C028000 00"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(at(2, "00860000027C0000"), StatusWord::CONDITIONS_NOT_SATISFIED);
    assert_eq!(at(2, "10860000027D0000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(2, "10860000027C00"), StatusWord::WRONG_LENGTH);
    assert_eq!(at(4, "10860000027C0000"), StatusWord::CONDITIONS_NOT_SATISFIED);
    assert_eq!(at(4, "10860000047C02810000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(
        at(4, "10860000047C02830000"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(at(4, "10860000047C02910000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(6, "10860000047C02830000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(
        at(8, "008600000C7C0A8508000000000000000000"),
        StatusWord::AUTH_FAILED
    );
    assert_eq!(
        at(8, "008600000B7C098507000000000000 0000"),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(8, "108600000C7C0A8508000000000000000000"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
}

#[test]
fn a_chip_with_several_curves_wants_to_be_told_which() {
    let both = vec![aes128_on(12), aes128_on(13)];
    let silent = Meeting {
        offered: both.clone(),
        ..meeting(&untouched)
    };
    assert_eq!(
        silent.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
    let told = Meeting {
        offered: both,
        domain: DomainReference::Send,
        ..meeting(&untouched)
    };
    assert!(told.hold().is_ok());
}

#[test]
fn what_cannot_be_done_is_named() {
    let of = |info| Parameters::from_info(&info).unwrap_err();
    let gm = oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128;
    let im = antin_wire::oids::ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4.4.2");
    assert_eq!(of(SecurityInfo::pace(im, 2, Some(13))), Unsupported::Variant(im));
    assert_eq!(of(SecurityInfo::pace(gm, 1, Some(13))), Unsupported::Version(1));
    assert_eq!(
        of(SecurityInfo::pace(gm, 2, Some(0))),
        Unsupported::DomainParameters(Some(0))
    );
    assert_eq!(
        of(SecurityInfo::pace(gm, 2, None)),
        Unsupported::DomainParameters(None)
    );
    assert_eq!(of(SecurityInfo::terminal_authentication(1)), Unsupported::NotPace);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_answer_makes_the_terminal_panic(leg in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 2..120)) {
        let between = |at: usize, genuine: Vec<u8>| if at == 2 * leg + 1 { bytes.clone() } else { genuine };
        // A bare 9000 is what the first answer should be.
        prop_assert!(meeting(&between).hold().is_err() || (leg == 0 && bytes == hex("9000")));
    }

    #[test]
    fn no_data_field_makes_the_chip_panic(leg in 0..5_usize, data in proptest::collection::vec(any::<u8>(), 0..120)) {
        let between = |at: usize, genuine: Vec<u8>| {
            if at != 2 * leg {
                return genuine;
            }
            let genuine = command(&genuine);
            let hostile = Command::new(genuine.cla(), genuine.ins(), genuine.p1(), genuine.p2()).with_data(data.clone());
            match genuine.le() {
                Some(le) => hostile.with_le(le),
                None => hostile,
            }
            .to_bytes()
            .unwrap()
        };
        prop_assert!(meeting(&between).hold().is_err() || (leg == 1 && data == hex("7C00")));
    }
}
