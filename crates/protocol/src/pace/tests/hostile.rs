//! Chips and terminals that break the protocol.

use super::*;

/// Runs the protocol with one message replaced by one object of the given value.
fn with_value(oid: ObjectIdentifier, id: u8, leg: usize, tag: u32, value: &[u8]) -> End {
    let inner = antin_wire::tlv::object(antin_wire::tlv::Tag(tag), value);
    let template = antin_wire::tlv::object(antin_wire::tlv::Tag(0x7C), &inner);
    let message = if leg % 2 == 1 {
        [template, vec![0x90, 0x00]].concat()
    } else {
        let sent = Command::new(0x10, 0x86, 0, 0).with_data(template).with_le(256);
        sent.to_bytes().unwrap()
    };
    let between = |at: usize, bytes: Vec<u8>| if at == leg { message.clone() } else { bytes };
    let meeting = Meeting {
        offered: vec![SecurityInfo::pace(oid, 2, Some(id))],
        ..meeting(&between)
    };
    meeting.hold().unwrap_err()
}

#[test]
fn keys_that_are_none_are_refused_by_both_sides_in_both_places() {
    let foreign = |end: End, leg: usize| {
        let expected = if leg % 2 == 1 {
            matches!(
                end,
                End::Terminal(Error::Breach {
                    what: "a key that does not belong to the group",
                    ..
                })
            )
        } else {
            end == End::Chip(StatusWord::INCORRECT_PARAMETERS)
        };
        assert!(expected, "message {leg}: {end:?}");
    };
    let legs = [(4, 0x81), (5, 0x82), (6, 0x83), (7, 0x84)];
    let point = PrivateKey::generate(Curve::P256, &mut random(3))
        .public()
        .as_sec1()
        .to_vec();
    let mut off_curve = point.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let other = PrivateKey::generate(Curve::P384, &mut random(3))
        .public()
        .as_sec1()
        .to_vec();
    let compressed = [&[0x02], &point[1..33]].concat();
    let longer = [point.as_slice(), &[0]].concat();
    for wrong in [
        &[][..],
        &[0],
        &[0; 65],
        &off_curve,
        &other,
        &compressed,
        &longer,
        &point[1..],
    ] {
        for (leg, tag) in legs {
            let gm = oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128;
            foreign(with_value(gm, 12, leg, tag, wrong), leg);
        }
    }
    let Some(Group::Dh(group)) = Group::from_standardized_id(0) else {
        panic!("the first group");
    };
    let p = group.p().to_vec();
    let change = |last: u8| {
        let mut number = p.clone();
        *number.last_mut().unwrap() = last;
        number
    };
    // 0, 1, p - 1, p, p + 2, a number outside the subgroup, a number longer than the prime.
    let last = *p.last().unwrap();
    for wrong in [
        vec![],
        vec![0],
        vec![1],
        change(last - 1),
        p.clone(),
        change(last + 2),
        vec![2],
        vec![1; 129],
    ] {
        for (leg, tag) in legs {
            foreign(
                with_value(oids::ID_PACE_DH_GM_AES_CBC_CMAC_128, 0, leg, tag, &wrong),
                leg,
            );
        }
    }
}

#[test]
fn integrated_mapping_wants_a_nonce_of_its_length_and_an_empty_answer() {
    let oid = oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_256;
    for len in [0, 16, 31, 33] {
        let end = with_value(oid, 12, 4, 0x81, &vec![7; len]);
        assert_eq!(end, End::Chip(StatusWord::INCORRECT_PARAMETERS), "{len}");
        let end = with_value(oid, 12, 3, 0x80, &vec![7; len]);
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
    let end = with_value(oid, 12, 5, 0x82, &[1]);
    assert!(matches!(
        end,
        End::Terminal(Error::Breach {
            what: "mapping data where none belong",
            ..
        })
    ));
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
