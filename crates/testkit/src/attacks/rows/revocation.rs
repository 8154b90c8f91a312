//! Attacks on what a store knows: revocation, distrust, what issuers have owned up to.

use antin_crypto::{Curve, Hash};
use antin_lds::ElementaryFile;
use antin_wire::oids::{self, ObjectIdentifier};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::{Certificate, Draft, key_identifier};
use crate::attacks::der;
use crate::attacks::keys::Key;
use crate::attacks::sod::Sod;

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        old_lists(world),
        forged_lists(world),
        known_defects(world),
        revoked_signer(world),
        distrusted_authority(world),
    ]
}

fn border(name: &str) -> Reading {
    Reading::of("passport", name).set("policy", "\"border\"")
}

fn counter(name: &str) -> Reading {
    Reading::of("passport", name)
}

/// A revocation list before it is signed (RFC 5280 §5.1).
struct List<'a> {
    issuer: &'a Certificate,
    number: u8,
    from: &'a str,
    until: &'a str,
    revoked: Vec<Vec<u8>>,
    more: Vec<u8>,
}

impl<'a> List<'a> {
    fn of(issuer: &'a Certificate, number: u8) -> Self {
        Self {
            issuer,
            number,
            from: "2026-01-10",
            until: "2026-02-10",
            revoked: Vec::new(),
            more: Vec::new(),
        }
    }

    fn sign(&self, key: &Key) -> Vec<u8> {
        let extension =
            |id: &ObjectIdentifier, value: &[u8]| der::sequence(&[&der::oid(id), &der::octets(value)]);
        let authority = der::sequence(&[&der::object(0x80, &key_identifier(&self.issuer.draft.spki))]);
        let extensions = der::sequence(&[
            &extension(&oids::AUTHORITY_KEY_IDENTIFIER, &authority),
            &extension(&oids::CRL_NUMBER, &der::integer(&[self.number])),
            &self.more,
        ]);
        let entries: Vec<u8> = self
            .revoked
            .iter()
            .flat_map(|serial| der::sequence(&[&der::integer(serial), &der::time("2026-01-05")]))
            .collect();
        let entries = if entries.is_empty() {
            Vec::new()
        } else {
            der::sequence(&[&entries])
        };
        let tbs = der::sequence(&[
            &der::integer(&[1]),
            &key.algorithm(),
            &self.issuer.draft.subject,
            &der::time(self.from),
            &der::time(self.until),
            &entries,
            &der::context(0, &[&extensions]),
        ]);
        der::sequence(&[&tbs, &key.algorithm(), &der::bits(&key.sign(&tbs))])
    }
}

/// PKI-15.
fn old_lists(world: &World) -> Case {
    let fresh = List::of(&world.csca, 7).sign(&world.csca_key);
    let old = List {
        from: "2025-10-01",
        until: "2025-11-01",
        ..List::of(&world.csca, 6)
    };
    let old = old.sign(&world.csca_key);
    Case::new("PKI-15")
        .twin(border("a fresh list").store("crls", &[&fresh]))
        .attack(border("an old list, at the border").store("crls", &[&old]))
        .attack(border("no list, at the border"))
        .attack(counter("an old list, at the counter").store("crls", &[&old]))
        .attack(counter("no list, at the counter"))
}

/// PKI-16.
fn forged_lists(world: &World) -> Case {
    let good = List::of(&world.csca, 7).sign(&world.csca_key);
    let stranger = Key::ec(Curve::P384, Hash::Sha384, 500);
    let other = Draft::csca(&stranger, "TEST CSCA UT OTHER").sign(&stranger);
    let wrong_key = List::of(&world.csca, 9).sign(&stranger);
    let wrong_name = List::of(&other, 9).sign(&stranger);
    let by_signer = List::of(&world.csca, 9).sign(&world.signer_key);
    // IssuingDistributionPoint, critical: [4] indirectCRL TRUE (RFC 5280 §5.2.5).
    let point = ObjectIdentifier::new("2.5.29.28").expect("an identifier");
    let indirect = List {
        more: der::sequence(&[
            &der::oid(&point),
            &der::boolean(true),
            &der::octets(&der::sequence(&[&der::object(0x84, &[0xFF])])),
        ]),
        ..List::of(&world.csca, 9)
    };
    let indirect = indirect.sign(&world.csca_key);
    let revoking = List {
        revoked: vec![world.signer.draft.serial.clone()],
        ..List::of(&world.csca, 7)
    };
    let revoking = revoking.sign(&world.csca_key);
    let mut case = Case::new("PKI-16").twin(border("a good list").store("crls", &[&good]));
    for (name, forged) in [
        ("signed by another key", &wrong_key),
        ("signed by the document signer", &by_signer),
        ("of another issuer", &wrong_name),
        ("an indirect list", &indirect),
    ] {
        case = case
            .attack(border(&format!("{name}, beside a good one")).store("crls", &[&good, forged]))
            .attack(border(&format!("{name}, alone")).store("crls", &[forged]))
            .attack(border(&format!("{name}, beside one that revokes")).store("crls", &[&revoking, forged]));
    }
    case
}

/// PKI-90.
fn revoked_signer(world: &World) -> Case {
    let list = |serials: &[&[u8]]| {
        let revoked = serials.iter().map(|serial| serial.to_vec()).collect();
        List {
            revoked,
            ..List::of(&world.csca, 7)
        }
        .sign(&world.csca_key)
    };
    let revoking = list(&[&[0x22], &world.signer.draft.serial, &[0x77, 0x01]]);
    Case::new("PKI-90")
        .twin(border("a list of others").store("crls", &[&list(&[&[0x22], &[0x77, 0x01]])]))
        .attack(border("a list with the signer, at the border").store("crls", &[&revoking]))
        .attack(counter("a list with the signer, at the counter").store("crls", &[&revoking]))
}

/// PKI-91.
fn distrusted_authority(world: &World) -> Case {
    Case::new("PKI-91")
        .twin(counter("a trusted authority"))
        .attack(counter("a distrusted authority").store("distrusted", &[&world.csca.der]))
}

/// PKI-36: a series whose zones have a wrong check digit, as the issuer says.
fn known_defects(world: &World) -> Case {
    let mut groups = world.card("passport").groups();
    let mut dg1 = Vec::new();
    for (number, bytes) in &mut groups {
        if *number == 1 {
            if let Some(digit) = bytes.get_mut(5 + 44 + 43) {
                *digit = if *digit == b'0' { b'1' } else { b'0' };
            }
            dg1.clone_from(bytes);
        }
    }
    let sod = Sod::honest(&groups, &world.signer_key, &world.signer);
    let card = |name: &str| {
        counter(name)
            .file(ElementaryFile::DG1, dg1.clone())
            .file(ElementaryFile::Sod, sod.file())
    };
    let key = hex::encode(key_identifier(&world.signer.draft.spki));
    let listed = |check: &str, key: &str| {
        format!(
            "[[reading.trust.exceptions]]\nsource = \"deviation list of UT, entry 1\"\ncountry = \"UT\"\nsigner-key = \"{key}\"\ntolerates = \"{check}\""
        )
    };
    Case::new("PKI-36")
        .twin(counter("a good series"))
        .attack(card("the defect is listed").exceptions(&listed("mrz-digits", &key)))
        .attack(card("another defect is listed").exceptions(&listed("dg1-dg13", &key)))
        .attack(
            card("the defect of another signer is listed")
                .exceptions(&listed("mrz-digits", &"00".repeat(20))),
        )
        .attack(card("nothing is listed"))
}

/// SOD-08: the content of EF.SOD says `id-data`.
pub fn data_content(world: &World) -> Case {
    let groups = world.card("passport").groups();
    let list = world.sod(&groups).content;
    let sod = Sod::over(&oids::ID_DATA, list, &world.signer_key, &world.signer);
    let mut mixed = world.sod(&groups);
    mixed.content_type = oids::ID_DATA;
    let card = |name: &str, sod: &Sod| counter(name).file(ElementaryFile::Sod, sod.file());
    let key = hex::encode(key_identifier(&world.signer.draft.spki));
    let listed = |key: &str| {
        format!(
            "[[reading.trust.exceptions]]\nsource = \"deviation list of UT, entry 2\"\ncountry = \"UT\"\nsigner-key = \"{key}\"\nid-data = true"
        )
    };
    Case::new("SOD-08")
        .twin(counter("an LDS security object"))
        .attack(card("data, and nothing is listed", &sod))
        .attack(card(
            "data beside the right attribute, and nothing is listed",
            &mixed,
        ))
        .attack(card("data, and another signer is listed", &sod).exceptions(&listed(&"00".repeat(20))))
        .attack(card("data, and the signer is listed", &sod).exceptions(&listed(&key)))
}

/// ISS-10: a chip whose keys leak, as a list says.
pub fn leaking_chips(world: &World) -> Case {
    let key = hex::encode(key_identifier(&world.signer.draft.spki));
    let note = format!(
        "[[reading.trust.exceptions]]\nsource = \"defect list, chips whose ECDSA leaks\"\ncountry = \"UT\"\nsigner-key = \"{key}\"\nnotes = \"chip-authentication\""
    );
    Case::new("ISS-10")
        .twin(counter("as it was issued"))
        .attack(counter("the type of the chip is listed").exceptions(&note))
}
