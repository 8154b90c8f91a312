use antin_crypto::{SecretBytes, Suite, symmetric};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{self, Tag, tags},
};
use proptest::prelude::*;

use super::{
    Keys, Ssc, chip, math,
    math::Parity,
    max_plain,
    terminal::{self, Channel},
};
use crate::{
    Error,
    testing::{Vector, answer, bit_flips, command, hex, truncations},
};

mod rules;

const SUITES: [Suite; 4] = [Suite::Tdes, Suite::Aes128, Suite::Aes192, Suite::Aes256];

fn pair(suite: Suite) -> (terminal::Channel, chip::Channel) {
    let keys = Keys::derive(suite, b"agreed");
    (
        Channel::new(keys.clone(), Ssc::zero(suite)),
        chip::Channel::new(keys, Ssc::zero(suite)),
    )
}

/// One command of every shape.
fn commands() -> Vec<Command> {
    vec![
        Command::new(0x00, 0x44, 0x00, 0x00),
        Command::new(0x00, 0xB0, 0x9E, 0x00).with_le(256),
        Command::new(0x00, 0xA4, 0x02, 0x0C).with_data(hex("011E")),
        Command::new(0x00, 0x88, 0x00, 0x00)
            .with_data(hex("0102030405060708"))
            .with_le(256),
        Command::new(0x10, 0x86, 0x00, 0x00)
            .with_data(hex("7C00"))
            .with_le(1),
        Command::new(0x00, 0xB1, 0x00, 0x00)
            .with_data(hex("54028000"))
            .with_le(256),
        Command::new(0x00, 0xDB, 0x3F, 0xFF).with_data(hex("E100")),
        Command::new(0x00, 0xB0, 0x9E, 0x00).with_le(65_536),
        Command::new(0x00, 0xB0, 0x00, 0x00).with_le(15_000),
        Command::new(0x00, 0xD6, 0x00, 0x00).with_data(vec![0xA5; 300]),
    ]
}

fn answers() -> Vec<Response> {
    vec![
        Response::status(StatusWord::OK),
        Response::status(StatusWord::FILE_NOT_FOUND),
        Response::ok(hex("60145F01")),
        Response {
            data: vec![0x00; 223],
            sw: StatusWord::END_OF_FILE,
        },
        Response::ok(vec![0x80; 16]),
    ]
}

#[test]
fn what_one_end_protects_the_other_opens() {
    for suite in SUITES {
        let (mut terminal, mut chip) = pair(suite);
        for plain in commands() {
            for told in answers() {
                let wire = terminal.protect(&plain).unwrap().to_bytes().unwrap();
                let seen = chip.open(&command(&wire)).unwrap();
                assert_eq!(
                    (
                        seen.cla(),
                        seen.ins(),
                        seen.p1(),
                        seen.p2(),
                        seen.data(),
                        seen.le()
                    ),
                    (
                        plain.cla(),
                        plain.ins(),
                        plain.p1(),
                        plain.p2(),
                        plain.data(),
                        plain.le()
                    ),
                );
                let wire = chip.protect(&told).to_bytes();
                assert_eq!(terminal.open(&answer(&wire)).unwrap(), told);
            }
        }
    }
}

#[test]
fn commands_stay_short_as_long_as_they_fit() {
    let (mut terminal, mut chip) = pair(Suite::Aes128);
    for (data_len, extended) in [(239, false), (240, true)] {
        let plain = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(vec![1; data_len]);
        let wrapped = terminal.protect(&plain).unwrap();
        assert_eq!(wrapped.is_extended(), extended, "{data_len} bytes");
        chip.open(&wrapped).unwrap();
        terminal
            .open(&chip.protect(&Response::status(StatusWord::OK)))
            .unwrap();
    }
}

#[test]
fn a_short_answer_holds_223_bytes_under_aes_and_231_under_3des() {
    assert_eq!(max_plain(Suite::Tdes, 256), 231);
    for suite in [Suite::Aes128, Suite::Aes192, Suite::Aes256] {
        assert_eq!(max_plain(suite, 256), 223);
    }
    for suite in SUITES {
        for limit in [
            0, 13, 14, 22, 30, 31, 142, 143, 144, 256, 257, 271, 272, 1_000, 65_536,
        ] {
            let most = max_plain(suite, limit);
            let len = |plain: usize| {
                let (_, mut chip) = pair(suite);
                chip.protect(&Response::ok(vec![1; plain])).data.len()
            };
            assert!(most == 0 || len(most) <= limit, "{suite:?} {limit}");
            assert!(len(most + 1) > limit, "{suite:?} {limit}");
        }
    }
}

#[test]
fn both_ends_reproduce_the_bsi_example() {
    let vector = Vector::load("pace-gm-bsi-eac2.toml");
    let keys = Keys::new(
        Suite::Aes128,
        SecretBytes::new(vector.bytes("ks_enc")),
        SecretBytes::new(vector.bytes("ks_mac")),
    )
    .unwrap();
    let first = vector.part("first_exchange");
    let mut terminal = Channel::new(keys.clone(), Ssc::zero(Suite::Aes128));
    let mut chip = chip::Channel::new(keys, Ssc::zero(Suite::Aes128));
    let plain = command(&first.bytes("plain_command"));
    let wrapped = terminal.protect(&plain).unwrap();
    let object = tlv::object(
        tags::sm::CRYPTOGRAM,
        &[&[0x01], first.bytes("cryptogram").as_slice()].concat(),
    );
    assert!(wrapped.data().starts_with(&object));
    assert_eq!(chip.open(&wrapped).unwrap().data(), plain.data());
    let wrapped = chip.protect(&answer(&first.bytes("plain_response")));
    assert_eq!(wrapped.to_bytes(), first.bytes("response"));
    assert_eq!(
        terminal.open(&wrapped).unwrap().to_bytes(),
        first.bytes("plain_response")
    );
}

#[test]
fn the_terminal_notices_every_flipped_bit_of_an_answer() {
    for suite in SUITES {
        for (plain, told) in commands().iter().zip(answers().iter().cycle()) {
            let run = || {
                let (mut terminal, mut chip) = pair(suite);
                let wrapped = terminal.protect(plain).unwrap();
                chip.open(&wrapped).unwrap();
                (terminal, chip.protect(told).to_bytes())
            };
            let (_, genuine) = run();
            for damaged in bit_flips(&genuine).chain(truncations(&genuine)) {
                let (mut terminal, _) = run();
                let Ok(damaged) = Response::parse(&damaged) else {
                    continue;
                };
                terminal.open(&damaged).unwrap_err();
                assert!(!terminal.is_open());
                assert_eq!(terminal.protect(plain), Err(Error::Closed));
                assert_eq!(terminal.open(&answer(&genuine)), Err(Error::Closed));
            }
        }
    }
}

#[test]
fn the_chip_notices_every_flipped_bit_of_a_command() {
    for suite in SUITES {
        for plain in commands() {
            let genuine = pair(suite).0.protect(&plain).unwrap().to_bytes().unwrap();
            // The upper byte of an extended Le may say less than everything: it only limits the answer.
            let covered = genuine.len() - if command(&genuine).is_extended() { 2 } else { 0 };
            for damaged in bit_flips(&genuine).take(covered * 8).chain(truncations(&genuine)) {
                let Ok(damaged) = Command::parse(&damaged) else {
                    continue;
                };
                let refused = pair(suite).1.open(&damaged).unwrap_err();
                let known = [
                    StatusWord::SM_DATA_MISSING,
                    StatusWord::SM_DATA_WRONG,
                    StatusWord::WRONG_LENGTH,
                ];
                assert!(known.contains(&refused), "{refused}");
            }
        }
    }
}

#[test]
fn answers_replayed_or_out_of_order_are_breaches() {
    for suite in SUITES {
        let (mut terminal, mut chip) = pair(suite);
        let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
        let mut exchange = |terminal: &mut Channel| {
            let wrapped = terminal.protect(&read).unwrap();
            chip.open(&wrapped).unwrap();
            chip.protect(&Response::ok(hex("01020304")))
        };
        let first = exchange(&mut terminal);
        terminal.open(&first).unwrap();
        let second = exchange(&mut terminal);
        assert!(matches!(
            terminal.open(&first),
            Err(Error::Breach {
                what: "wrong MAC",
                ..
            })
        ));
        assert_eq!(
            terminal.open(&second),
            Err(Error::Closed),
            "a breach is never forgiven"
        );
    }
}

#[test]
fn commands_replayed_or_out_of_order_are_refused() {
    for suite in SUITES {
        let (mut terminal, mut chip) = pair(suite);
        let first = terminal
            .protect(&Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4))
            .unwrap();
        chip.open(&first).unwrap();
        let _ = chip.protect(&Response::status(StatusWord::OK));
        assert_eq!(chip.open(&first).unwrap_err(), StatusWord::SM_DATA_WRONG);
    }
}

#[test]
fn the_counter_stops_before_it_starts_anew() {
    for suite in SUITES {
        let last = Ssc::from_bytes(&vec![0xFF; suite.block_len()]);
        let mut terminal = Channel::new(Keys::derive(suite, b"agreed"), last.clone());
        let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
        assert!(matches!(terminal.protect(&read), Err(Error::Unsupported { .. })));
        assert_eq!(terminal.protect(&read), Err(Error::Closed));
        let mut chip = chip::Channel::new(Keys::derive(suite, b"agreed"), last);
        assert_eq!(
            chip.protect(&Response::ok(vec![1])),
            Response::status(StatusWord::SM_DATA_WRONG)
        );
    }
}

/// Opens a hand-made answer to one READ BINARY.
fn open_answer(suite: Suite, make: impl Fn(&Keys, &Ssc) -> Response) -> Result<Response, Error> {
    let (mut terminal, _) = pair(suite);
    terminal
        .protect(&Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4))
        .unwrap();
    let ssc = terminal.ssc().next().unwrap();
    terminal.open(&make(&Keys::derive(suite, b"agreed"), &ssc))
}

fn with_mac(keys: &Keys, ssc: &Ssc, covered: Vec<u8>) -> Response {
    let mac = tlv::object(tags::sm::MAC, &math::mac(keys, ssc, &covered));
    Response::ok([covered, mac].concat())
}

const STATUS_9000: [u8; 4] = [0x99, 0x02, 0x90, 0x00];

#[test]
fn nothing_in_plain_is_believed_inside_a_session() {
    for suite in SUITES {
        let bare = |bytes: &'static str| open_answer(suite, move |_, _| answer(&hex(bytes)));
        assert!(
            matches!(bare("9000"), Err(Error::Breach { .. })),
            "a bare success"
        );
        assert!(
            matches!(bare("6110"), Err(Error::Breach { .. })),
            "more bytes announced in plain"
        );
        assert!(
            matches!(bare("60145F019000"), Err(Error::Breach { .. })),
            "data in plain"
        );
        for sw in [
            StatusWord::SM_DATA_MISSING,
            StatusWord::SM_DATA_WRONG,
            StatusWord::FILE_NOT_FOUND,
        ] {
            let seen = open_answer(suite, |_, _| Response::status(sw));
            assert_eq!(
                seen,
                Err(Error::Refused {
                    step: "secure messaging",
                    sw
                })
            );
        }
    }
}

#[test]
fn an_answer_needs_its_objects_each_once_and_in_order() {
    for suite in SUITES {
        let open = |make: &dyn Fn(&Keys, &Ssc) -> Vec<u8>| {
            open_answer(suite, |keys, ssc| with_mac(keys, ssc, make(keys, ssc)))
        };
        let data = |keys: &Keys, ssc: &Ssc| math::encrypt(keys, ssc, Parity::Even, b"data");
        let fine = open(&|k, s| [data(k, s).as_slice(), &STATUS_9000].concat());
        assert_eq!(fine.unwrap(), Response::ok(b"data".to_vec()));
        let odd = |keys: &Keys, ssc: &Ssc| math::encrypt(keys, ssc, Parity::Odd, b"data");
        type Make<'a> = &'a dyn Fn(&Keys, &Ssc) -> Vec<u8>;
        let wrong: [(&str, Make<'_>); 7] = [
            ("no status word", &|k, s| data(k, s)),
            ("status word first", &|k, s| {
                [STATUS_9000.as_slice(), &data(k, s)].concat()
            }),
            ("data twice", &|k, s| {
                [data(k, s).as_slice(), &data(k, s), &STATUS_9000].concat()
            }),
            ("status word twice", &|_, _| [STATUS_9000, STATUS_9000].concat()),
            ("the object of odd instructions", &|k, s| {
                [odd(k, s).as_slice(), &STATUS_9000].concat()
            }),
            ("an unknown object", &|_, _| {
                [hex("8101FF").as_slice(), &STATUS_9000].concat()
            }),
            ("a status word of three bytes", &|_, _| hex("9903900000")),
        ];
        for (what, make) in wrong {
            assert!(matches!(open(make), Err(Error::Breach { .. })), "{what}");
        }
        let no_mac = open_answer(suite, |_, _| Response::ok(STATUS_9000.to_vec()));
        assert!(matches!(no_mac, Err(Error::Breach { what: "no MAC", .. })));
        for mac_len in [0, 7, 9, 16] {
            let wrong_length = open_answer(suite, |_, _| {
                Response::ok(
                    [
                        STATUS_9000.as_slice(),
                        &tlv::object(tags::sm::MAC, &vec![0; mac_len]),
                    ]
                    .concat(),
                )
            });
            assert!(
                matches!(wrong_length, Err(Error::Breach { .. })),
                "a MAC of {mac_len} bytes"
            );
        }
    }
}

#[test]
fn every_fault_of_padding_looks_the_same() {
    for suite in SUITES {
        let block = suite.block_len();
        let sealed = |indicator: u8, padded: Vec<u8>| {
            open_answer(suite, |keys, ssc| {
                let iv = match suite {
                    Suite::Tdes => vec![0; block],
                    _ => keys.block_key.encrypt_block(ssc.as_bytes()).unwrap(),
                };
                let cryptogram = keys.block_key.encrypt_cbc(&iv, &padded).unwrap();
                let object = tlv::object(
                    tags::sm::CRYPTOGRAM,
                    &[&[indicator], cryptogram.as_slice()].concat(),
                );
                with_mac(keys, ssc, [object.as_slice(), &STATUS_9000].concat())
            })
        };
        let good = symmetric::pad(b"data", block);
        assert_eq!(sealed(0x01, good.clone()).unwrap().data, b"data");
        let too_much = [symmetric::pad(b"data", block), vec![0; block]].concat();
        let faults = [
            sealed(0x02, good),
            sealed(0x01, vec![0; block]),
            sealed(0x01, symmetric::pad(b"", block)),
            sealed(0x01, too_much),
            open_answer(suite, |k, s| {
                with_mac(k, s, [hex("870101").as_slice(), &STATUS_9000].concat())
            }),
            open_answer(suite, |k, s| {
                with_mac(k, s, [hex("8700").as_slice(), &STATUS_9000].concat())
            }),
            open_answer(suite, |k, s| {
                with_mac(k, s, [hex("87030101FF").as_slice(), &STATUS_9000].concat())
            }),
        ];
        for (n, fault) in faults.into_iter().enumerate() {
            let expected = Error::Breach {
                step: "secure messaging",
                what: "unreadable cryptogram",
            };
            assert_eq!(fault, Err(expected), "fault {n} under {suite:?}");
        }
    }
}

/// Sends a hand-made READ BINARY to the chip.
fn open_command(suite: Suite, make: impl Fn(&Keys, &Ssc) -> Vec<u8>) -> Result<Command, StatusWord> {
    let (_, mut chip) = pair(suite);
    let ssc = chip.ssc().next().unwrap();
    let keys = Keys::derive(suite, b"agreed");
    let mut body = make(&keys, &ssc);
    let covered = [math::header_block(suite, [0x0C, 0xB0, 0, 0]), body.clone()].concat();
    body.extend(tlv::object(tags::sm::MAC, &math::mac(&keys, &ssc, &covered)));
    chip.open(&Command::new(0x0C, 0xB0, 0, 0).with_data(body).with_le(256))
}

#[test]
fn the_chip_tells_missing_objects_from_wrong_ones() {
    for suite in SUITES {
        assert_eq!(open_command(suite, |_, _| hex("970104")).unwrap().le(), Some(4));
        assert_eq!(open_command(suite, |_, _| hex("970100")).unwrap().le(), Some(256));
        assert_eq!(
            open_command(suite, |_, _| hex("97020000")).unwrap().le(),
            Some(65_536)
        );
        let wrong = [
            ("no expected length in its object", "9700"),
            ("an expected length of three bytes", "9703000100"),
            ("an unknown object", "8101FF"),
            ("the object of odd instructions", "8508AAAAAAAAAAAAAAAA"),
            ("expected length twice", "970104970104"),
            ("a cut object", "8711"),
        ];
        for (what, body) in wrong {
            let refused = open_command(suite, |_, _| hex(body)).unwrap_err();
            assert_eq!(refused, StatusWord::SM_DATA_WRONG, "{what}");
        }
        let after = open_command(suite, |keys, ssc| {
            [hex("970104"), math::encrypt(keys, ssc, Parity::Even, b"data")].concat()
        });
        assert_eq!(
            after.unwrap_err(),
            StatusWord::SM_DATA_WRONG,
            "data after the expected length"
        );
        let open = |text: &str| pair(suite).1.open(&command(&hex(text))).unwrap_err();
        assert_eq!(open("0CB000000397010400"), StatusWord::SM_DATA_MISSING, "no MAC");
        assert_eq!(
            open("0CB0000000"),
            StatusWord::SM_DATA_MISSING,
            "no objects at all"
        );
        assert_eq!(open("00B0000000"), StatusWord::SM_DATA_MISSING, "no protection");
        assert_eq!(
            open("0CB00000028E0000"),
            StatusWord::SM_DATA_WRONG,
            "an empty MAC"
        );
    }
}

#[test]
fn misuse_of_a_channel_is_named() {
    let (mut terminal, _) = pair(Suite::Aes128);
    let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
    let told = Response::status(StatusWord::OK);
    assert!(
        matches!(terminal.open(&told), Err(Error::Misuse { .. })),
        "no answer is due"
    );
    let wrapped = terminal.protect(&read).unwrap();
    assert!(
        matches!(terminal.protect(&read), Err(Error::Misuse { .. })),
        "an answer is due"
    );
    let (mut terminal, _) = pair(Suite::Aes128);
    assert!(
        matches!(terminal.protect(&wrapped), Err(Error::Misuse { .. })),
        "protected already"
    );
    let endless = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(vec![0; 65_001]);
    assert!(
        matches!(terminal.protect(&endless), Err(Error::Misuse { .. })),
        "too long"
    );
    assert!(terminal.protect(&read).is_ok(), "misuse costs nothing");
}

#[test]
fn a_counter_carries_over() {
    let count = |text: &str| Ssc::from_bytes(&hex(text)).next().map(|next| next.0);
    assert_eq!(count("00000000000000FF"), Some(hex("0000000000000100")));
    assert_eq!(count("887022120C06C226"), Some(hex("887022120C06C227")));
    assert_eq!(count("FFFFFFFFFFFFFFFF"), None);
}

#[test]
fn debug_shows_no_key() {
    let (terminal, chip) = pair(Suite::Aes128);
    let shown = format!("{terminal:?} {chip:?}");
    assert!(!shown.contains(&format!("{:?}", terminal.keys().enc().expose())));
    assert!(
        !shown
            .to_uppercase()
            .contains(&hex::encode_upper(terminal.keys().mac().expose()))
    );
}

proptest! {
    #[test]
    fn no_answer_makes_the_terminal_panic(bytes in proptest::collection::vec(any::<u8>(), 2..600)) {
        for suite in SUITES {
            for ins in [0xB0, 0xB1] {
                let (mut terminal, _) = pair(suite);
                terminal.protect(&Command::new(0x00, ins, 0x00, 0x00).with_le(256)).unwrap();
                prop_assert!(terminal.open(&answer(&bytes)).is_err());
            }
        }
    }

    #[test]
    fn no_command_makes_the_chip_panic(ins: u8, data in proptest::collection::vec(any::<u8>(), 0..600)) {
        for suite in SUITES {
            let hostile = Command::new(0x0C, ins, 0x00, 0x00).with_data(data.clone()).with_le(256);
            prop_assert!(pair(suite).1.open(&hostile).is_err());
        }
    }

    /// Objects with a right MAC but anything inside.
    #[test]
    fn no_authentic_answer_makes_the_terminal_panic(
        tag in prop_oneof![Just(0x85_u32), Just(0x87), Just(0x99)],
        value in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        for suite in SUITES {
            let _ = open_answer(suite, |keys, ssc| {
                with_mac(keys, ssc, [tlv::object(Tag(tag), &value).as_slice(), &STATUS_9000].concat())
            });
        }
    }
}
