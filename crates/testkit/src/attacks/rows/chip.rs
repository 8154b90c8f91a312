//! Attacks with copied and planted chips.

use antin_crypto::agreement;
use antin_lds::{DataGroup, Dg14, EfCom, ElementaryFile, SecurityInfo};
use antin_wire::oids::{self, ObjectIdentifier};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::der;
use crate::attacks::keys::ec_spki;

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        no_proof(),
        exchanged_key(world),
        Case::assertions("CHP-05", &["a-given-challenge-never-decides-alone"]),
        relay(),
        recovered_part_without_entropy(),
        other_hash(world),
        unsigned_chip_key(world),
        bad_chip_key(world),
        Case::new("CHP-15").conformance(&[
            "chip/icao-part-3/ISO7816_I_21",
            "chip/icao-part-3/ISO7816_I_22",
            "chip/icao-part-3/ISO7816_I_28",
            "chip/icao-part-3/ISO7816_I_29",
            "chip/bsi-3-3/EAC2_ISO7816_H_33",
            "chip/bsi-3-3/EAC2_ISO7816_H_34",
            "chip/bsi-3-3/EAC2_ISO7816_H_35",
            "chip/bsi-3-3/EAC2_ISO7816_H_36",
        ]),
        weak_cipher(world),
        mapping(),
        terminal(),
        // The second half of the first case, and the last one, are what must open.
        Case::new("CHP-21").conformance(&["chip/own/TA_01", "chip/own/TA_02", "chip/bsi-3-2/ISO7816_L_1"]),
    ]
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// CHP-01.
fn no_proof() -> Case {
    Case::new("CHP-01")
        .twin(honest())
        .attack(Reading::of("no-proof", "a document that offers no proof"))
}

/// CHP-03: an emulator with the files of the passport and keys of its own.
fn exchanged_key(world: &World) -> Case {
    let own = world.card("emulator");
    let emulator = |name: &str| Reading::of("emulator", name);
    let passport = world.card("passport");
    let dg14 = passport.file(ElementaryFile::DG14);
    let exchanged = emulator("DG15 holds the key of the emulator")
        .file(ElementaryFile::DG14, dg14)
        .file(ElementaryFile::Sod, passport.file(ElementaryFile::Sod))
        .patch("key = [{ of = \"chip-authentication\", is = \"missing\" }]");
    let mut groups = passport.groups();
    groups.retain(|(number, _)| *number < 14);
    let com = EfCom::parse(&own.file(ElementaryFile::Com)).expect("EF.COM");
    let fewer: Vec<DataGroup> = com.data_groups().filter(|group| group.number() < 14).collect();
    let com = EfCom::build(com.lds_version(), com.unicode_version(), &fewer).expect("EF.COM");
    // The reader asks for what EF.COM or EF.SOD lists.
    let planted = EfCom::build("0107", "040000", &[fewer, vec![DataGroup::DG15]].concat()).expect("EF.COM");
    let unlisted = emulator("EF.SOD lists no DG15, and the emulator has one")
        .file(ElementaryFile::Sod, world.sod(&groups).file())
        .remove(ElementaryFile::DG14)
        .file(ElementaryFile::Com, com.as_bytes().to_vec());
    let announced = emulator("the same, and EF.COM announces it")
        .file(ElementaryFile::Sod, world.sod(&groups).file())
        .remove(ElementaryFile::DG14)
        .file(ElementaryFile::Com, planted.as_bytes().to_vec());
    Case::new("CHP-03")
        .twin(honest())
        .attack(exchanged)
        .attack(unlisted)
        .attack(announced)
}

/// CHP-06: the answers come from far away.
fn relay() -> Case {
    let late = "fault = [{ at = \"aa\", delay-ms = 80, always = true }, { at = \"ca\", delay-ms = 80, always = true }]";
    Case::new("CHP-06")
        .twin(honest())
        .attack(Reading::of("passport", "answers that come late").patch(late))
}

/// CHP-08.
fn recovered_part_without_entropy() -> Case {
    let draws = |bytes: &str| format!("fault = [{{ at = \"aa\", random = \"{bytes}\" }}]");
    let reading = |name: &str| Reading::of("aa-rsa", name);
    Case::new("CHP-08")
        .twin(reading("a random recovered part"))
        .attack(reading("a recovered part of zeros").patch(&draws("00")))
        .attack(reading("a recovered part of one byte, over and over").patch(&draws("A5")))
        .attack(
            reading("a signature of all zeros")
                .patch("fault = [{ at = \"aa\", edit = { overwrite = \"00\" } }]"),
        )
}

/// The passport whose DG14 says something else, under a good signature.
fn with_dg14(world: &World, card: &'static str, name: &str, dg14: Vec<u8>) -> Reading {
    let mut groups = world.card(card).groups();
    for (number, bytes) in &mut groups {
        if *number == 14 {
            bytes.clone_from(&dg14);
        }
    }
    Reading::of(card, name)
        .file(ElementaryFile::DG14, dg14)
        .file(ElementaryFile::Sod, world.sod(&groups).file())
}

fn infos(world: &World, card: &str) -> Vec<SecurityInfo> {
    let dg14 = Dg14::parse(&world.card(card).file(ElementaryFile::DG14)).expect("DG14");
    dg14.infos().iter().cloned().collect()
}

fn dg14(infos: impl IntoIterator<Item = SecurityInfo>) -> Vec<u8> {
    let infos: Vec<SecurityInfo> = infos.into_iter().collect();
    Dg14::build(infos).as_bytes().to_vec()
}

/// CHP-10.
fn other_hash(world: &World) -> Case {
    let says = |card: &'static str, name: &str, algorithm: ObjectIdentifier| {
        let changed = infos(world, card).into_iter().map(|info| match info {
            SecurityInfo::ActiveAuthentication { .. } => SecurityInfo::active_authentication(algorithm),
            other => other,
        });
        with_dg14(world, card, name, dg14(changed))
    };
    let unknown = ObjectIdentifier::new("1.2.3.4").expect("an identifier");
    Case::new("CHP-10")
        .twin(honest())
        .attack(Reading::of(
            "aa-sha-512",
            "DG14 says SHA-512, and the chip signs so",
        ))
        .attack(says(
            "passport",
            "DG14 says SHA-512, and the chip signs with SHA-256",
            oids::ECDSA_PLAIN_SHA512,
        ))
        .attack(says(
            "passport",
            "DG14 names an algorithm that nobody knows",
            unknown,
        ))
}

/// CHP-11: an emulator with a key of its own in DG14.
fn unsigned_chip_key(world: &World) -> Case {
    let passport = world.card("passport");
    let swapped = Reading::of("emulator", "DG14 holds the key of the emulator")
        .file(ElementaryFile::DG15, passport.file(ElementaryFile::DG15))
        .file(ElementaryFile::Sod, passport.file(ElementaryFile::Sod))
        .patch("key = [{ of = \"active-authentication\", is = \"missing\" }]");
    let both = Reading::of("emulator", "DG14 and DG15 hold the keys of the emulator")
        .file(ElementaryFile::Sod, passport.file(ElementaryFile::Sod));
    Case::new("CHP-11").twin(honest()).attack(swapped).attack(both)
}

/// DG14 with this key of Chip Authentication.
fn with_chip_key(
    world: &World,
    card: &'static str,
    name: &str,
    protocol: ObjectIdentifier,
    spki: &[u8],
) -> Reading {
    let changed = infos(world, card).into_iter().map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { key_id, .. } => {
            SecurityInfo::chip_authentication_public_key(protocol, spki.to_vec(), key_id)
        }
        other => other,
    });
    with_dg14(world, card, name, dg14(changed))
}

/// CHP-13.
fn bad_chip_key(world: &World) -> Case {
    let curve = der::oid(&oids::SECP256R1);
    let domain = antin_crypto::Curve::P256.domain();
    let generator = domain.g.to_vec();
    let mut off = generator.clone();
    *off.last_mut().expect("a point") ^= 1;
    let (x, y) = generator.get(1..).expect("a point").split_at(32);
    let points: [(&str, Vec<u8>); 5] = [
        ("the point at infinity", vec![0]),
        ("zero for both coordinates", [&[4], [0; 64].as_slice()].concat()),
        ("a point off the curve", off),
        ("x is not below p", [&[4], domain.p, y].concat()),
        ("a point cut short", [&[4], x].concat()),
    ];
    let mut case = Case::new("CHP-13")
        .twin(honest())
        .twin(Reading::of("ca-dh", "a key of a Diffie-Hellman group"));
    for (name, point) in points {
        let spki = ec_spki(&curve, &point);
        case = case.attack(with_chip_key(world, "passport", name, oids::ID_PK_ECDH, &spki));
    }
    let honest_key = world.card("ca-dh").file(ElementaryFile::DG14);
    let (prime, generator) = dh_parameters(&honest_key);
    let group = |p: &[u8], g: &[u8], y: &[u8]| {
        let parameters = der::sequence(&[&der::integer(p), &der::integer(g)]);
        let algorithm = der::sequence(&[&der::oid(&oids::DH_KEY_AGREEMENT), &parameters]);
        der::sequence(&[&algorithm, &der::bits(&der::integer(y))])
    };
    let mut below = prime.clone();
    *below.last_mut().expect("a prime") -= 1;
    let mut composite = prime.clone();
    *composite.last_mut().expect("a prime") -= 2;
    for (name, spki) in [
        ("a public value of one", group(&prime, &generator, &[1])),
        ("a public value of p - 1", group(&prime, &generator, &below)),
        ("a public value of zero", group(&prime, &generator, &[0])),
        ("a public value of p", group(&prime, &generator, &prime)),
        (
            "a modulus that is no prime",
            group(&composite, &generator, &generator),
        ),
        ("a generator of small order", group(&prime, &below, &below)),
    ] {
        let reading = with_chip_key(world, "ca-dh", name, oids::ID_PK_DH, &spki);
        case = case.attack(reading.set("of", "\"a key of a Diffie-Hellman group\""));
    }
    case
}

/// p and g of the key in DG14, which states them as PKCS #3 does.
fn dh_parameters(dg14: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let dg14 = Dg14::parse(dg14).expect("DG14");
    let spki = dg14.infos().iter().find_map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => Some(spki_der.clone()),
        _ => None,
    });
    let spki = spki.expect("a key");
    assert!(
        agreement::PublicKey::from_spki_der(&spki).is_ok(),
        "the honest key is one"
    );
    let value = |bytes: &[u8], nth: usize| {
        let mut reader = antin_wire::tlv::Reader::new(bytes);
        let mut found = None;
        for _ in 0..=nth {
            found = reader.next().expect("DER");
        }
        found.expect("a part").value.to_vec()
    };
    let whole = value(&spki, 0);
    let parameters = value(&value(&whole, 0), 1);
    let number = |nth| {
        let bytes = value(&parameters, nth);
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes.get(zeros..).unwrap_or_default().to_vec()
    };
    (number(0), number(1))
}

/// CHP-16.
fn weak_cipher(world: &World) -> Case {
    let keyed = infos(world, "ca-3des").into_iter();
    let without: Vec<SecurityInfo> = keyed
        .filter(|info| !matches!(info, SecurityInfo::ChipAuthentication { .. }))
        .collect();
    let key_only = with_dg14(world, "ca-3des", "a key without its protocol", dg14(without));
    let both = infos(world, "passport")
        .into_iter()
        .chain([SecurityInfo::chip_authentication(
            oids::ID_CA_ECDH_3DES_CBC_CBC,
            1,
            None,
        )]);
    Case::new("CHP-16")
        .twin(honest())
        .attack(Reading::of("ca-3des", "3DES alone"))
        .attack(key_only)
        .attack(with_dg14(world, "passport", "3DES beside AES", dg14(both)))
}

/// CHP-18.
fn mapping() -> Case {
    let mut case = Case::new("CHP-18").twin(Reading::of("cam", "chip authentication mapping"));
    let object = |change: &str| {
        format!("fault = [{{ at = \"pace.token\", edit = {{ object = \"7C 8A\", {change} }} }}]")
    };
    for (name, patch) in [
        ("other data", object("at = 0, xor = \"01\"")),
        ("no data", object("remove = true")),
        ("data under another tag", object("rename = \"8B\"")),
        ("empty data", object("set = \"\"")),
        ("data one byte short", object("drop = 1")),
        ("data one block short", object("drop = 16")),
    ] {
        case = case.attack(Reading::of("cam", name).patch(&patch));
    }
    case
}

/// CHP-20.
fn terminal() -> Case {
    let needed = "checks = { mandatory = [\"terminal-authentication\"] }";
    let reading = |name: &str| Reading::of("eac", name).set("terminal", "true");
    let challenge = |edit: &str| format!("fault = [{{ at = \"ta.challenge\", edit = {{ {edit} }} }}]");
    let foreign = "key = [{ of = \"chip-identifier\", is = \"other\" }]";
    Case::new("CHP-20")
        .twin(reading("a terminal that is believed").rules(needed))
        .attack(
            reading("a challenge of seven bytes")
                .rules(needed)
                .patch(&challenge("drop = 1")),
        )
        .attack(
            reading("a challenge of nine bytes")
                .rules(needed)
                .patch(&challenge("append = \"00\"")),
        )
        .attack(
            reading("no challenge")
                .rules(needed)
                .patch(&challenge("set = \"\"")),
        )
        .attack(
            reading("a signature bound to another chip")
                .rules(needed)
                .patch(foreign),
        )
        .attack(
            reading("a challenge of seven bytes, where nobody needs the rights")
                .patch(&challenge("drop = 1")),
        )
}
