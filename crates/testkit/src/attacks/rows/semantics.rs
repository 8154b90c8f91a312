//! Attacks on what the data mean.

use antin_lds::ElementaryFile;
use antin_wire::oids;

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::Draft;
use crate::attacks::sod::{SignerInfo, Sod, attributes_on};

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        other_page(world),
        check_digits(world),
        document_codes(world),
        centuries(world),
        long_number(),
        decomposed_letters(world),
        specimen(world),
        expired(),
        other_code(),
        Case::assertions("SEM-18", &["a-seal-covers-everything-that-is-read"]),
        Case::assertions("SEM-15", &["every-combination-of-facts-has-one-verdict"]),
    ]
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// The card with this change of one file, signed.
fn resigned(
    world: &World,
    card: &'static str,
    name: &str,
    file: ElementaryFile,
    change: impl FnOnce(&mut Vec<u8>),
) -> Reading {
    let mut bytes = world.card(card).file(file);
    change(&mut bytes);
    let mut groups = world.card(card).groups();
    for (number, group) in &mut groups {
        if Some(*number) == file.number() {
            group.clone_from(&bytes);
        }
    }
    let sod = world.sod_of(card, &groups);
    Reading::of(card, name)
        .file(file, bytes)
        .file(ElementaryFile::Sod, sod.file())
}

/// SEM-03: the digits of a passport stand at 9, 19, 27, 42 and 43 of its second line, five bytes into the file.
fn check_digits(world: &World) -> Case {
    let mut case = Case::new("SEM-03").twin(honest());
    for (name, at) in [
        ("the digit of the number", 9),
        ("the digit of the birth date", 19),
        ("the digit of the expiry date", 27),
        ("the digit over all", 43),
    ] {
        let reading = resigned(world, "passport", name, ElementaryFile::DG1, |file| {
            if let Some(digit) = file.get_mut(5 + 44 + at) {
                *digit = if *digit == b'0' { b'1' } else { b'0' };
            }
        });
        case = case.attack(reading);
    }
    case
}

/// SEM-05: the second letter of the code, and the day on which the signer says to have signed.
fn document_codes(world: &World) -> Case {
    let coded = |name: &str, letter: u8, signed: &str| {
        let mut groups = world.card("passport").groups();
        let mut dg1 = Vec::new();
        for (_, file) in groups.iter_mut().filter(|(number, _)| *number == 1) {
            if let Some(place) = file.get_mut(6) {
                *place = letter;
            }
            dg1.clone_from(file);
        }
        let mut sod = world.sod(&groups);
        let digest = world.signer_key.hash().digest(&sod.content);
        let attributes = attributes_on(&oids::LDS_SECURITY_OBJECT, &digest, signed);
        let signer = SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &sod.content);
        sod.signers = vec![signer.to_der()];
        Reading::of("passport", name)
            .file(ElementaryFile::DG1, dg1)
            .file(ElementaryFile::Sod, sod.file())
    };
    Case::new("SEM-05")
        .twin(honest())
        .attack(coded("PP, ordinary", b'P', "2026-01-15"))
        .attack(coded("PD, diplomatic", b'D', "2026-01-15"))
        .attack(coded("PU, laissez-passer", b'U', "2026-01-15"))
        .attack(coded("PQ, unknown", b'Q', "2026-01-15"))
        .attack(coded(
            "PQ, signed while every issuer had letters of its own",
            b'Q',
            "2025-12-15",
        ))
        .attack(
            coded(
                "no second letter, signed when there had to be one",
                b'<',
                "2028-02-01",
            )
            .set("day", "\"2028-02-02\""),
        )
}

/// SEM-08: twelve digits and what follows from them.
fn long_number() -> Case {
    Case::new("SEM-08")
        .twin(honest())
        .attack(Reading::of("vietnam", "a number of twelve digits, opened by its zone").set("key", "\"mrz\""))
        .attack(Reading::of(
            "vietnam",
            "a number of twelve digits, opened by its access number",
        ))
}

/// SEM-10: the same letters, each with its marks behind it.
fn decomposed_letters(world: &World) -> Case {
    let decomposed = resigned(
        world,
        "vietnam",
        "decomposed letters in DG13",
        ElementaryFile::DG13,
        |file| {
            *file = crate::attacks::der::decomposed(file);
        },
    );
    Case::new("SEM-10")
        .twin(Reading::of("vietnam", "composed letters"))
        .attack(decomposed)
}

/// SEM-13.
fn expired() -> Case {
    Case::new("SEM-13")
        .twin(honest())
        .attack(Reading::of("passport", "a year after its expiry").set("day", "\"2043-03-01\""))
}

/// SEM-11: a specimen whose authority is in the store of tests alone.
fn specimen(world: &World) -> Case {
    let key = crate::attacks::keys::Key::ec(antin_crypto::Curve::P384, antin_crypto::Hash::Sha384, 300);
    let csca = Draft::csca(&key, "TEST CSCA UT SPECIMEN").sign(&key);
    let signer = Draft::signer(&world.signer_key, &csca).sign(&key);
    let sod = Sod::honest(&world.card("passport").groups(), &world.signer_key, &signer);
    let reading = |name: &str| Reading::of("passport", name).file(ElementaryFile::Sod, sod.file());
    Case::new("SEM-11")
        .twin(honest())
        .attack(reading("a specimen whose authority is kept for tests").store("tests", &[&csca.der]))
}

/// The zone in DG1 of the passport.
fn zone(world: &World) -> String {
    let dg1 = world.card("passport").file(ElementaryFile::DG1);
    String::from_utf8(dg1.get(5..).unwrap_or_default().to_vec()).expect("ASCII")
}

/// ICAO 9303-3 §4.9: weights 7, 3, 1.
fn digit(text: &str) -> char {
    let value = |letter: char| match letter {
        '<' => 0,
        letter => letter.to_digit(36).expect("a letter of a zone"),
    };
    let sum: u32 = text
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(letter, weight)| value(letter) * weight)
        .sum();
    char::from_digit(sum % 10, 10).expect("a digit")
}

/// The zone with another part of its second line, and the digits that fit.
fn changed(zone: &str, at: usize, part: &str) -> String {
    let mut line: String = zone.get(44..).expect("a second line").to_owned();
    line.replace_range(at..at + part.len(), part);
    for (range, place) in [(0..9, 9), (13..19, 19), (21..27, 27), (28..42, 42)] {
        let fresh = digit(line.get(range).expect("a field")).to_string();
        // An empty optional field may have no digit.
        if line.get(place..=place) != Some("<") {
            line.replace_range(place..=place, &fresh);
        }
    }
    let over_all: String = [0..10, 13..20, 21..43]
        .into_iter()
        .filter_map(|range| line.get(range))
        .collect();
    line.replace_range(43..44, &digit(&over_all).to_string());
    zone.get(..44).expect("a first line").to_owned() + &line
}

/// SEM-01.
fn other_page(world: &World) -> Case {
    let printed = |name: &str, mrz: &str| Reading::of("passport", name).set("page-mrz", &format!("{mrz:?}"));
    let zone = zone(world);
    let mut named = zone.clone();
    named.replace_range(5..9, "NULL");
    Case::new("SEM-01")
        .twin(printed("the zone as in the chip", &zone))
        .attack(printed("another number on the page", &changed(&zone, 1, "888")))
        .attack(printed("another name on the page", &named))
        .attack(printed(
            "another date of birth on the page",
            &changed(&zone, 13, "830102"),
        ))
        .attack(printed(
            "another date of expiry on the page",
            &changed(&zone, 21, "450102"),
        ))
}

/// SEM-06.
fn centuries(world: &World) -> Case {
    let dated = |name: &str, at: usize, date: &str| {
        let text = changed(&zone(world), at, date);
        resigned(world, "passport", name, ElementaryFile::DG1, |file| {
            file.truncate(5);
            file.extend_from_slice(text.as_bytes());
        })
    };
    Case::new("SEM-06")
        .twin(honest())
        .attack(dated("an expiry in the year 99", 21, "991231"))
        .attack(dated("an expiry that has passed", 21, "260120").set("day", "\"2026-09-01\""))
        .attack(dated("a birth in the year 25", 13, "250101"))
}

/// SEM-16.
fn other_code() -> Case {
    let printed = |name: &str, number: &str| {
        let text = format!("{number}||{HOLDER}|||");
        Reading::of("vietnam", name).set("page-qr", &format!("{text:?}"))
    };
    Case::new("SEM-16")
        .twin(Reading::of("vietnam", "nobody looked at the code"))
        .attack(printed("the code has another number", "001099999999"))
}

/// A name and a date of birth that are nobody's.
const HOLDER: &str = "Nguyễn Văn Không|01011990";
