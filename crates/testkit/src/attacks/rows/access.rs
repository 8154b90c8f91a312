//! Attacks on the way into the chip.

use antin_lds::{EfCardAccess, ElementaryFile, SecurityInfo};
use antin_wire::oids;

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::der;

pub fn cases(_world: &World) -> Vec<Case> {
    vec![
        downgrade(),
        other_card_access(),
        foreign_parameters(),
        mirror(),
        tokens(),
        Case::assertions("ACC-11", &["a-replayed-proof-is-refused-like-a-wrong-one"]),
        Case::assertions("ACC-13", &["profiles-answer-odd-commands-in-their-own-way"]),
        Case::assertions("ACC-15", &["guesses-slow-the-chip-down-and-suspend-the-pin"]),
        Case::assertions("ACC-16", &["secrets-are-never-printed"]),
        Case::assertions("ACC-18", &["a-card-that-was-taken-away-opens-nothing"]),
    ]
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// ACC-01.
fn downgrade() -> Case {
    let mut case = Case::new("ACC-01").twin(honest());
    for (step, status) in [
        ("pace.select", "6FFF"),
        ("pace.select", "6A80"),
        ("pace.nonce", "6FFF"),
        ("pace.mapping", "6300"),
        ("pace.key-agreement", "6A80"),
    ] {
        let patch = format!("fault = [{{ at = \"{step}\", status = \"{status}\", always = true }}]");
        let name = format!("{status} at {step}");
        case = case
            .attack(Reading::of("passport", &name).set("key", "\"mrz\"").patch(&patch))
            .attack(
                Reading::of("passport", &format!("{name}, BAC allowed"))
                    .set("key", "\"mrz\"")
                    .set("bac-fallback", "true")
                    .patch(&patch),
            );
    }
    case
}

fn pace(protocol: antin_wire::oids::ObjectIdentifier, parameter: u8) -> SecurityInfo {
    SecurityInfo::pace(protocol, 2, Some(parameter))
}

fn card_access(infos: Vec<SecurityInfo>) -> Vec<u8> {
    EfCardAccess::build(infos).as_bytes().to_vec()
}

/// ACC-03: somebody on the way strikes the strong entries from EF.CardAccess, or adds weak ones.
fn other_card_access() -> Case {
    let strong = || pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256, 12);
    let weak = || pace(oids::ID_PACE_ECDH_GM_3DES_CBC_CBC, 12);
    let reading = |name: &str, infos: Vec<SecurityInfo>| {
        Reading::of("two-paces", name).file(ElementaryFile::CardAccess, card_access(infos))
    };
    Case::new("ACC-03")
        .twin(Reading::of("two-paces", "3DES and AES with 256 bits"))
        .attack(reading("AES is struck out", vec![weak()]))
        .attack(reading(
            "a group of 1024 bits is added",
            vec![strong(), weak(), pace(oids::ID_PACE_DH_GM_3DES_CBC_CBC, 0)],
        ))
        .attack(reading("3DES is struck out", vec![strong()]))
}

/// ACC-05: the curve of P-256 with another prime, and a proprietary number.
fn foreign_parameters() -> Case {
    let domain = antin_crypto::Curve::P256.domain();
    let mut composite = domain.p.to_vec();
    *composite.last_mut().expect("a prime") -= 1;
    let explicit = |p: &[u8]| {
        let field = der::sequence(&[&der::oid(&oids::PRIME_FIELD), &der::integer(p)]);
        let curve = der::sequence(&[&der::octets(domain.a), &der::octets(domain.b)]);
        let parameters = der::sequence(&[
            &der::integer(&[1]),
            &field,
            &curve,
            &der::octets(domain.g),
            &der::integer(domain.n),
            &der::integer(&[1]),
        ]);
        let algorithm = der::sequence(&[&der::oid(&oids::EC_PUBLIC_KEY), &parameters]);
        der::sequence(&[
            &der::oid(&oids::ID_PACE_ECDH_GM),
            &algorithm,
            &der::integer(&[32]),
        ])
    };
    let info = |number: u8| {
        der::sequence(&[
            &der::oid(&oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128),
            &der::integer(&[2]),
            &der::integer(&[number]),
        ])
    };
    let reading =
        |name: &str, file: Vec<u8>| Reading::of("pace-only", name).file(ElementaryFile::CardAccess, file);
    Case::new("ACC-05")
        .twin(Reading::of("pace-only", "standardized parameters"))
        .attack(reading(
            "a curve over a composite number",
            der::set(&[&info(32), &explicit(&composite)]),
        ))
        .attack(reading("a number that no standard has", der::set(&[&info(31)])))
        .attack(reading(
            "a proprietary number without parameters",
            der::set(&[&info(32)]),
        ))
}

/// ACC-06.
fn mirror() -> Case {
    let at = |step: &str| format!("fault = [{{ at = \"{step}\", public = \"mirror\" }}]");
    Case::new("ACC-06")
        .twin(honest())
        .attack(Reading::of("passport", "our ephemeral key comes back").patch(&at("pace.key-agreement")))
        .attack(Reading::of("passport", "our mapping key comes back").patch(&at("pace.mapping")))
}

/// ACC-08.
fn tokens() -> Case {
    let mut case = Case::new("ACC-08").twin(honest());
    for (name, fault) in [
        ("a wrong token", "edit = { object = \"7C 86\", xor = \"01\" }"),
        (
            "our own token",
            "echo = true, edit = { object = \"7C 85\", rename = \"86\" }",
        ),
        ("no token", "edit = { object = \"7C 86\", remove = true }"),
        ("a short token", "edit = { object = \"7C 86\", drop = 1 }"),
        ("an empty token", "edit = { object = \"7C 86\", set = \"\" }"),
        (
            "a token of zeros",
            "edit = { object = \"7C 86\", set = \"0000000000000000\" }",
        ),
    ] {
        let patch = format!("fault = [{{ at = \"pace.token\", {fault} }}]");
        case = case.attack(Reading::of("passport", name).patch(&patch));
    }
    case
}
