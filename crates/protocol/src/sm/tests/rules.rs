//! One test for each rule of secure messaging that two wrong ends could break together, or that one end alone keeps.

use super::*;

/// The objects of a message with their tags.
fn objects(bytes: &[u8]) -> Vec<(Tag, Vec<u8>)> {
    let mut reader = tlv::Reader::new(bytes);
    let mut found = Vec::new();
    while let Some(object) = reader.next().unwrap() {
        found.push((object.tag, object.value.to_vec()));
    }
    found
}

fn tags_of(bytes: &[u8]) -> Vec<u32> {
    objects(bytes).into_iter().map(|(tag, _)| tag.0).collect()
}

#[test]
fn even_instructions_carry_87_with_an_indicator_and_odd_ones_85_without() {
    for suite in SUITES {
        let block = suite.block_len();
        for (ins, tag, indicator) in [(0xB0, 0x87, 1), (0xD6, 0x87, 1), (0xB1, 0x85, 0), (0xDB, 0x85, 0)] {
            let (mut terminal, mut chip) = pair(suite);
            let plain = Command::new(0x00, ins, 0x00, 0x00)
                .with_data(hex("54028000"))
                .with_le(256);
            let sent = terminal.protect(&plain).unwrap();
            assert_eq!(tags_of(sent.data()), [tag, 0x97, 0x8E], "command {ins:02X}");
            let (_, value) = objects(sent.data()).remove(0);
            assert_eq!(value.len(), block + indicator, "command {ins:02X}");
            chip.open(&sent).unwrap();
            let told = chip.protect(&Response::ok(hex("5301AA")));
            assert_eq!(tags_of(&told.data), [tag, 0x99, 0x8E], "answer to {ins:02X}");
            let (_, value) = objects(&told.data).remove(0);
            assert_eq!(value.len(), block + indicator, "answer to {ins:02X}");
            if indicator == 1 {
                assert_eq!(value.first(), Some(&0x01), "answer to {ins:02X}");
            }
        }
    }
}

#[test]
fn neither_end_takes_the_object_of_the_other_parity() {
    for suite in SUITES {
        let (mut terminal, _) = pair(suite);
        terminal
            .protect(&Command::new(0x00, 0xB1, 0x00, 0x00).with_le(256))
            .unwrap();
        let (keys, ssc) = (Keys::derive(suite, b"agreed"), terminal.ssc().next().unwrap());
        let even = math::encrypt(&keys, &ssc, Parity::Even, &hex("5301AA"));
        let told = with_mac(&keys, &ssc, [even.as_slice(), &STATUS_9000].concat());
        assert!(matches!(terminal.open(&told), Err(Error::Breach { .. })));

        let (_, mut chip) = pair(suite);
        let ssc = chip.ssc().next().unwrap();
        let mut body = math::encrypt(&keys, &ssc, Parity::Even, &hex("54028000"));
        let header = math::header_block(suite, [0x0C, 0xB1, 0, 0]);
        let mac = math::mac(&keys, &ssc, &[header, body.clone()].concat());
        body.extend(tlv::object(tags::sm::MAC, &mac));
        let sent = Command::new(0x0C, 0xB1, 0, 0).with_data(body).with_le(256);
        assert_eq!(chip.open(&sent).unwrap_err(), StatusWord::SM_DATA_WRONG);
    }
}

#[test]
fn the_expected_length_takes_one_byte_up_to_256_and_two_above() {
    for suite in SUITES {
        for (le, value) in [
            (1, "01"),
            (255, "FF"),
            (256, "00"),
            (257, "0101"),
            (65_535, "FFFF"),
            (65_536, "0000"),
        ] {
            let (mut terminal, _) = pair(suite);
            let sent = terminal
                .protect(&Command::new(0x00, 0xB0, 0x00, 0x00).with_le(le))
                .unwrap();
            let object = tlv::object(tags::sm::LE, &hex(value));
            assert_eq!(
                sent.data().strip_prefix(object.as_slice()).map(<[u8]>::len),
                Some(10),
                "{le}"
            );
            assert_eq!(sent.is_extended(), le > 256, "{le}");
            let all = if le > 256 { 65_536 } else { 256 };
            assert_eq!(sent.le(), Some(all), "the outer length asks for everything");
        }
        assert_eq!(
            open_command(suite, |_, _| hex("97020101")).unwrap().le(),
            Some(257)
        );
    }
}

#[test]
fn an_outer_length_that_leaves_no_room_is_refused() {
    for suite in SUITES {
        let sent = |change: &dyn Fn(Command) -> Command| {
            let (mut terminal, mut chip) = pair(suite);
            let protected = terminal
                .protect(&Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4))
                .unwrap();
            chip.open(&change(protected)).map(|_| ())
        };
        assert_eq!(sent(&|command| command), Ok(()));
        let short = |command: Command| command.with_le(255);
        assert_eq!(sent(&short), Err(StatusWord::WRONG_LENGTH));
        let none = |command: Command| Command::new(0x0C, 0xB0, 0x00, 0x00).with_data(command.data().to_vec());
        assert_eq!(sent(&none), Err(StatusWord::WRONG_LENGTH));
    }
}

#[test]
fn a_bare_error_of_any_kind_ends_the_session_and_a_protected_one_does_not() {
    for suite in SUITES {
        for sw in [0x6282, 0x6300, 0x63C2, 0x6700, 0x6988, 0x6A82, 0x6C10, 0x6D00] {
            let (mut terminal, mut chip) = pair(suite);
            let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
            chip.open(&terminal.protect(&read).unwrap()).unwrap();
            let told = chip.protect(&Response::status(StatusWord(sw)));
            assert_eq!(terminal.open(&told).unwrap().sw, StatusWord(sw));
            terminal.protect(&read).unwrap();
            let bare = terminal.open(&Response::status(StatusWord(sw)));
            assert!(matches!(bare, Err(Error::Refused { .. })), "{sw:04X}");
            assert!(!terminal.is_open(), "{sw:04X}");
            assert_eq!(terminal.protect(&read), Err(Error::Closed), "{sw:04X}");
        }
    }
}

#[test]
fn the_counter_is_one_block_long_and_goes_up_before_every_message() {
    for (suite, len) in SUITES.into_iter().zip([8, 16, 16, 16]) {
        assert_eq!(Ssc::zero(suite).as_bytes(), vec![0; len]);
        let (mut terminal, mut chip) = pair(suite);
        let value = |ssc: &Ssc| (ssc.as_bytes().len(), *ssc.as_bytes().last().unwrap());
        for round in 0..3 {
            let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
            let sent = terminal.protect(&read).unwrap();
            assert_eq!(value(terminal.ssc()), (len, 2 * round + 1));
            chip.open(&sent).unwrap();
            assert_eq!(value(chip.ssc()), (len, 2 * round + 1));
            let told = chip.protect(&Response::ok(vec![round]));
            assert_eq!(value(chip.ssc()), (len, 2 * round + 2));
            terminal.open(&told).unwrap();
            assert_eq!(value(terminal.ssc()), (len, 2 * round + 2));
        }
    }
}

#[test]
fn the_last_value_of_the_counter_serves_a_command_and_no_answer() {
    for suite in SUITES {
        let mut last = vec![0xFF; suite.block_len()];
        *last.last_mut().unwrap() = 0xFE;
        let before = Ssc::from_bytes(&last);
        let keys = Keys::derive(suite, b"agreed");
        let mut terminal = Channel::new(keys.clone(), before.clone());
        let mut chip = chip::Channel::new(keys.clone(), before);
        let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4);
        let sent = terminal.protect(&read).unwrap();
        chip.open(&sent).unwrap();
        assert_eq!(
            chip.protect(&Response::ok(vec![1])),
            Response::status(StatusWord::SM_DATA_WRONG)
        );
        // What a chip whose counter started anew would say.
        let told = with_mac(&keys, &Ssc::zero(suite), STATUS_9000.to_vec());
        assert!(matches!(terminal.open(&told), Err(Error::Unsupported { .. })));
        assert_eq!(terminal.protect(&read), Err(Error::Closed));
        let mut used_up = chip::Channel::new(keys.clone(), Ssc::from_bytes(&vec![0xFF; suite.block_len()]));
        assert_eq!(used_up.open(&sent).unwrap_err(), StatusWord::SM_DATA_WRONG);
    }
}

#[test]
fn an_answer_has_nothing_twice_and_nothing_behind_its_mac() {
    for suite in SUITES {
        let changed = |change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
            open_answer(suite, |keys, ssc| {
                Response::ok(change(with_mac(keys, ssc, STATUS_9000.to_vec()).data))
            })
        };
        assert_eq!(changed(&|data| data), Ok(Response::status(StatusWord::OK)));
        let mac = |data: &[u8]| data.get(4..).unwrap().to_vec();
        let wrong = [
            changed(&|data| [data.clone(), mac(&data)].concat()),
            changed(&|data| [mac(&data), data.clone()].concat()),
            changed(&|data| [mac(&data), STATUS_9000.to_vec()].concat()),
            changed(&|data| [data, vec![0x00]].concat()),
            changed(&|data| [data, hex("9900")].concat()),
        ];
        for (n, end) in wrong.into_iter().enumerate() {
            assert!(matches!(end, Err(Error::Breach { .. })), "{n}: {end:?}");
        }
    }
}

#[test]
fn a_protected_status_word_has_two_bytes_and_is_the_one_outside() {
    for suite in SUITES {
        for object in ["9900", "990190", "9903900000", "990490009000"] {
            let end = open_answer(suite, |keys, ssc| with_mac(keys, ssc, hex(object)));
            assert!(matches!(end, Err(Error::Breach { .. })), "{object}: {end:?}");
        }
        for outside in [0x6282, 0x9001, 0x6A82] {
            let end = open_answer(suite, |keys, ssc| Response {
                sw: StatusWord(outside),
                ..with_mac(keys, ssc, STATUS_9000.to_vec())
            });
            assert!(
                matches!(
                    end,
                    Err(Error::Breach {
                        what: "protected and plain status word differ",
                        ..
                    })
                ),
                "{outside:04X}: {end:?}"
            );
        }
    }
}

#[test]
fn a_command_has_nothing_twice_nothing_misplaced_and_nothing_of_an_answer() {
    for suite in SUITES {
        let data = |keys: &Keys, ssc: &Ssc| math::encrypt(keys, ssc, Parity::Even, b"data");
        let twice = open_command(suite, |keys, ssc| [data(keys, ssc), data(keys, ssc)].concat());
        assert_eq!(twice.unwrap_err(), StatusWord::SM_DATA_WRONG, "data twice");
        let status = open_command(suite, |_, _| STATUS_9000.to_vec());
        assert_eq!(status.unwrap_err(), StatusWord::SM_DATA_WRONG, "a status word");
        for behind in ["8E080000000000000000", "970104", "00"] {
            let (mut terminal, mut chip) = pair(suite);
            let sent = terminal
                .protect(&Command::new(0x00, 0xB0, 0x00, 0x00).with_le(4))
                .unwrap();
            let body = [sent.data(), hex(behind).as_slice()].concat();
            let refused = chip.open(&sent.clone().with_data(body)).unwrap_err();
            assert_eq!(refused, StatusWord::SM_DATA_WRONG, "{behind} behind the MAC");
        }
        for mac_len in [0, 4, 7, 9, 16] {
            let (_, mut chip) = pair(suite);
            let body = [hex("970104"), tlv::object(tags::sm::MAC, &vec![0; mac_len])].concat();
            let sent = Command::new(0x0C, 0xB0, 0x00, 0x00).with_data(body).with_le(256);
            assert_eq!(
                chip.open(&sent).unwrap_err(),
                StatusWord::SM_DATA_WRONG,
                "{mac_len} bytes"
            );
        }
    }
}

#[test]
fn every_fault_of_padding_in_a_command_looks_the_same() {
    for suite in SUITES {
        let block = suite.block_len();
        let sealed = |value: &dyn Fn(Vec<u8>) -> Vec<u8>, padded: &[u8]| {
            open_command(suite, |keys, ssc| {
                let iv = match suite {
                    Suite::Tdes => vec![0; block],
                    _ => keys.block_key.encrypt_block(ssc.as_bytes()).unwrap(),
                };
                let cryptogram = keys.block_key.encrypt_cbc(&iv, padded).unwrap();
                tlv::object(tags::sm::CRYPTOGRAM, &value(cryptogram))
            })
        };
        let with = |indicator: u8| move |cryptogram: Vec<u8>| [vec![indicator], cryptogram].concat();
        let good = symmetric::pad(b"data", block);
        assert_eq!(sealed(&with(0x01), &good).unwrap().data(), b"data");
        let faults = [
            sealed(&with(0x00), &good),
            sealed(&with(0x02), &good),
            sealed(&|cryptogram| cryptogram, &good),
            sealed(&|cryptogram| [&[1], &cryptogram[1..]].concat(), &good),
            sealed(&|_| vec![0x01], &good),
            sealed(&|_| Vec::new(), &good),
            sealed(&with(0x01), &vec![0; block]),
            sealed(&with(0x01), &symmetric::pad(b"", block)),
            sealed(&with(0x01), &[good.as_slice(), &vec![0; block]].concat()),
        ];
        for (n, fault) in faults.into_iter().enumerate() {
            assert_eq!(
                fault.unwrap_err(),
                StatusWord::SM_DATA_WRONG,
                "fault {n} under {suite:?}"
            );
        }
    }
}

/// Otherwise the kind of fault would tell whether the padding was right.
#[test]
fn a_wrong_mac_is_the_only_fault_that_is_seen_of_a_message() {
    for suite in SUITES {
        let block = suite.block_len();
        for object in [
            tlv::object(tags::sm::CRYPTOGRAM, &vec![0x01; 1 + block]),
            tlv::object(tags::sm::CRYPTOGRAM, &[0x02]),
            tlv::object(tags::sm::CRYPTOGRAM, &[]),
        ] {
            for status in [
                &STATUS_9000[..],
                &[],
                &[0x99, 0x01, 0x90],
                &[0x99, 0x02, 0x6A, 0x82],
            ] {
                let body = [object.as_slice(), status, &tlv::object(tags::sm::MAC, &[0; 8])].concat();
                let end = open_answer(suite, |_, _| Response::ok(body.clone()));
                assert!(
                    matches!(
                        end,
                        Err(Error::Breach {
                            what: "wrong MAC",
                            ..
                        })
                    ),
                    "{end:?}"
                );
            }
        }
    }
}
