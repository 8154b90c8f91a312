//! Whatever commands come, in whatever state of its life, the chip answers; whatever a card answers, the reader ends. The
//! fuzz targets `chip_commands` and `reader_answers` have the same conversations with coverage guidance.

use antin_testkit::conversations::{self, IN_SESSION, KEPT};
use proptest::prelude::*;

const CLASSES: [u8; 8] = [0x00, 0x00, 0x00, 0x0C, 0x10, 0x80, 0x84, 0xFF];

const INSTRUCTIONS: [u8; 24] = [
    0x00, 0x04, 0x20, 0x22, 0x2A, 0x2C, 0x44, 0x50, 0x82, 0x84, 0x86, 0x88, 0xA4, 0xB0, 0xB1, 0xC0, 0xCA,
    0xD6, 0xD7, 0xDA, 0xDB, 0xE0, 0xE4, 0xE6,
];

/// Data that commands carry, rightly or not.
const DATA: [&str; 14] = [
    "a0000002471001",
    "011c",
    "0101",
    "011e",
    "3f00",
    "63040040010f",
    "62118002004082010183020101880108 8c0103",
    "800a04007f00070202040202830102",
    "7c00",
    "7c22802000000000000000000000000000000000000000000000000000000000000000",
    "0001020304050607",
    "6004deadbeef",
    "61050400000000",
    "54020000",
];

fn data() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(DATA.to_vec());
    let known = known.prop_map(|text| hex::decode(text.replace(' ', "")).expect("hex"));
    prop_oneof![
        2 => Just(Vec::new()),
        4 => known,
        2 => prop::collection::vec(any::<u8>(), 0..40),
        1 => prop::collection::vec(any::<u8>(), 200..400),
    ]
}

/// Bytes that look like a command: a header, data with its length, short or extended, and sometimes Le.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let header = (
        prop::sample::select(CLASSES.to_vec()),
        prop::sample::select(INSTRUCTIONS.to_vec()),
        prop_oneof![
            Just(0x00),
            Just(0x02),
            Just(0x04),
            Just(0xC1),
            Just(0xDE),
            any::<u8>()
        ],
        prop_oneof![
            Just(0x00),
            Just(0x0C),
            Just(0xA4),
            Just(0xB6),
            Just(0xAD),
            any::<u8>()
        ],
    );
    (header, data(), any::<bool>()).prop_map(|((cla, ins, p1, p2), data, le)| {
        let mut bytes = vec![cla, ins, p1, p2];
        match u8::try_from(data.len()) {
            Ok(0) => {}
            Ok(length) => bytes.push(length),
            Err(_) => {
                bytes.push(0);
                bytes.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
            }
        }
        bytes.extend(&data);
        if le {
            bytes.extend(if data.len() > 255 { vec![0, 0] } else { vec![0] });
        }
        bytes
    })
}

fn entry() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => command(),
        1 => prop::collection::vec(any::<u8>(), 0..12),
        // Power off and on.
        1 => Just(Vec::new()),
    ]
}

/// An answer: data that may be a file, a nonce or nothing, and a status word.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let status = prop::sample::select(vec![
        [0x90, 0x00],
        [0x90, 0x00],
        [0x90, 0x00],
        [0x62, 0x82],
        [0x63, 0x00],
        [0x63, 0xC1],
        [0x67, 0x00],
        [0x69, 0x82],
        [0x6A, 0x82],
        [0x6C, 0x10],
        [0x61, 0x20],
        [0x6D, 0x00],
    ]);
    let file = prop::sample::select(vec![
        // EF.COM, the beginning of EF.SOD and of data groups, EF.CardAccess, a nonce.
        "60165f0104303130375f36063034303030305c046175 6e6f",
        "7782076d",
        "615d5f1f5a",
        "75823a98",
        "6e8201a4",
        "3114 3012060a04007f0007020204020202010202010d",
        "7c12 8010 00112233445566778899aabbccddeeff",
        "990290008e08 0011223344556677",
    ]);
    let file = file.prop_map(|text| hex::decode(text.replace(' ', "")).expect("hex"));
    let data = prop_oneof![
        2 => Just(Vec::new()),
        4 => file,
        2 => prop::collection::vec(any::<u8>(), 0..300),
    ];
    (data, status).prop_map(|(mut data, status)| {
        data.extend(status);
        data
    })
}

#[test]
fn every_chip_answers_every_instruction() {
    for card in 0..conversations::cards() {
        let card = u8::try_from(card).expect("few cards");
        for flags in [0, IN_SESSION] {
            let all: Vec<Vec<u8>> = (0..=u8::MAX).map(|ins| vec![0x00, ins, 0x00, 0x00]).collect();
            for some in all.chunks(60) {
                conversations::chip(&conversations::list(&[card, flags | KEPT], some));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_list_of_commands_brings_a_chip_down(
        card in 0..u8::try_from(conversations::cards()).expect("few cards"),
        flags in 0..=IN_SESSION | KEPT,
        commands in prop::collection::vec(entry(), 1..24),
    ) {
        conversations::chip(&conversations::list(&[card, flags], &commands));
    }

    #[test]
    fn no_card_keeps_the_reader_for_ever_or_becomes_authentic(
        mode in 0..3u8,
        answers in prop::collection::vec(answer(), 0..40),
    ) {
        conversations::reader(&conversations::list(&[mode], &answers));
    }
}
