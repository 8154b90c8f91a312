//! Every parser of the project against bytes that nobody meant well with, on stable Rust; the fuzz targets run the same
//! table with coverage guidance.

#![allow(
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use antin_lds::ElementaryFile;
use antin_testkit::card::DemoCard;
use antin_testkit::parsers::PARSERS;
use proptest::prelude::*;

/// Real inputs to start from, so that mutations reach deep.
fn seeds() -> Vec<Vec<u8>> {
    let card = DemoCard::vietnamese();
    let mut seeds: Vec<Vec<u8>> = card
        .image
        .files()
        .iter()
        // The portrait is most of DG2 and costs most of the time; its head is enough here.
        .map(|(file, bytes)| {
            if *file == ElementaryFile::DG2 {
                bytes[..400].to_vec()
            } else {
                bytes.clone()
            }
        })
        .collect();
    seeds.push(card.pki.ds.as_der().to_vec());
    seeds.push(card.profile.text().as_bytes().to_vec());
    seeds.push(hex("00a4040c07a0000002471001"));
    seeds
}

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

#[test]
fn no_parser_panics_on_a_truncated_file() {
    for seed in seeds() {
        // Long files: every offset near both ends, then in steps.
        let cuts = (0..seed.len()).filter(|at| *at < 200 || seed.len() - at < 50 || at % 17 == 0);
        for cut in cuts {
            for (_, parser) in PARSERS {
                parser(&seed[..cut]);
            }
        }
    }
}

#[test]
fn no_parser_panics_on_trailing_bytes_or_an_oversized_length() {
    for seed in seeds() {
        let mut longer = seed.clone();
        longer.push(0);
        let mut oversized = seed.clone();
        if let Some(length) = oversized.get_mut(1) {
            *length = 0x84;
        }
        for (_, parser) in PARSERS {
            parser(&longer);
            parser(&oversized);
        }
    }
}

#[test]
fn nested_objects_end_no_process() {
    for tag in [0x30u8, 0x31, 0x60, 0x61, 0x6D, 0x6E, 0x75, 0x77, 0x7C, 0xA0] {
        // 31 KB of nesting aborts a recursive reader; ours must say no.
        let mut bomb = Vec::new();
        for depth in (0..10_000usize).rev() {
            let length = u16::try_from(4 * depth).unwrap_or(u16::MAX);
            let mut object = vec![tag, 0x82];
            object.extend(length.to_be_bytes());
            bomb.extend(object);
        }
        for (_, parser) in PARSERS {
            parser(&bomb);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_parser_panics_on_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for (_, parser) in PARSERS {
            parser(&bytes);
        }
    }
}

#[test]
fn no_parser_panics_on_a_flipped_byte() {
    for seed in seeds() {
        for at in (0..seed.len()).filter(|at| *at < 150 || at % 23 == 0) {
            let mut changed = seed.clone();
            changed[at] ^= 0xFF;
            for (_, parser) in PARSERS {
                parser(&changed);
            }
        }
    }
}
