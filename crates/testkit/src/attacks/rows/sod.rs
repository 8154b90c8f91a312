//! Attacks on EF.SOD.

use antin_crypto::{Curve, Hash};
use antin_lds::{DataGroup, EfCom, ElementaryFile};
use antin_wire::oids::{self, ObjectIdentifier};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::Draft;
use crate::attacks::der;
use crate::attacks::keys::Key;
use crate::attacks::sod::{self, SignerInfo, Sod};

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        changed_group(world),
        hidden_proofs(world),
        wrong_numbers(world),
        stopped_early(),
        attributes_as_content(world),
        other_digest(world),
        other_type(world),
        two_signers(world),
        no_signer(world),
        foreign_sod(world),
        perfect_clone(),
        look_alike_signer(world),
        second_object(world),
        super::revocation::data_content(world),
        broken_hashes(world),
        loose_encoding(world),
    ]
}

/// The passport with this EF.SOD.
fn passport(name: &str, sod: &Sod) -> Reading {
    Reading::of("passport", name).file(ElementaryFile::Sod, sod.file())
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// An EF.SOD of the usual signer over the groups of the passport, of which the signer info is made anew.
fn forged(world: &World, change: impl FnOnce(&mut Sod) -> Option<Vec<Vec<u8>>>) -> Sod {
    let mut sod = world.sod(&world.card("passport").groups());
    let attributes = change(&mut sod);
    let info = SignerInfo::new(&world.signer_key, &world.signer, attributes, &sod.content);
    sod.signers = vec![info.to_der()];
    sod
}

fn usual_attributes(sod: &Sod) -> Vec<Vec<u8>> {
    sod::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&sod.content))
}

/// SOD-01.
fn changed_group(world: &World) -> Case {
    let flipped = |name: &str, file: ElementaryFile, at: usize| {
        let mut bytes = world.card("passport").file(file);
        *bytes.get_mut(at).expect("inside of the file") ^= 1;
        Reading::of("passport", name).file(file, bytes)
    };
    let last = world.card("passport").file(ElementaryFile::DG2).len() - 1;
    Case::new("SOD-01")
        .twin(honest())
        .attack(flipped("one bit of a name in DG1", ElementaryFile::DG1, 12))
        .attack(flipped(
            "one bit of the picture in DG2",
            ElementaryFile::DG2,
            last,
        ))
}

/// SOD-03.
fn hidden_proofs(world: &World) -> Case {
    let com = EfCom::parse(&world.card("passport").file(ElementaryFile::Com)).expect("EF.COM");
    let fewer: Vec<DataGroup> = com.data_groups().filter(|group| group.number() < 14).collect();
    let struck = EfCom::build(com.lds_version(), com.unicode_version(), &fewer).expect("EF.COM");
    let hidden = |name: &str| {
        Reading::of("passport", name)
            .remove(ElementaryFile::DG14)
            .remove(ElementaryFile::DG15)
    };
    let com = struck.as_bytes().to_vec();
    Case::new("SOD-03")
        .twin(honest())
        .attack(hidden("DG14 and DG15 are hidden and struck from EF.COM").file(ElementaryFile::Com, com))
        .attack(hidden("DG14 and DG15 are hidden, and EF.COM still lists them"))
}

/// SOD-05.
fn wrong_numbers(world: &World) -> Case {
    let mut case = Case::new("SOD-05").twin(honest());
    let groups = world.card("passport").groups();
    for (name, number) in [
        ("a data group with the number 0", 0),
        ("a data group with the number 17", 17),
        ("DG1 twice", 1),
    ] {
        let mut hashes = sod::hashes(&groups, Hash::Sha256);
        hashes.push((number, vec![0x11; 32]));
        let list = sod::hash_list(&der::algorithm(&oids::SHA256), &hashes);
        let sod = Sod::over(&oids::LDS_SECURITY_OBJECT, list, &world.signer_key, &world.signer);
        case = case.attack(passport(name, &sod));
    }
    case
}

/// SOD-06.
fn stopped_early() -> Case {
    Case::new("SOD-06")
        .twin(honest())
        .attack(Reading::of("passport", "the reader stops after DG1").set("read", "[1]"))
        .attack(Reading::of("passport", "the reader leaves out DG2").set("read", "[1, 14, 15]"))
}

/// SOD-10.
fn attributes_as_content(world: &World) -> Case {
    let without = forged(world, |_| None);
    let confused = forged(world, |sod| {
        sod.content = der::object(der::SET, &usual_attributes(sod).concat());
        None
    });
    let signed_confusion = forged(world, |sod| {
        sod.content = der::object(der::SET, &usual_attributes(sod).concat());
        Some(usual_attributes(sod))
    });
    // The signature of an honest document, over its attributes, passed off as one over a content.
    let mut lifted = world.sod(&world.card("passport").groups());
    let attributes = usual_attributes(&lifted);
    let mut info = SignerInfo::new(
        &world.signer_key,
        &world.signer,
        Some(attributes.clone()),
        &lifted.content,
    );
    info.attributes = None;
    lifted.content = der::object(der::SET, &attributes.concat());
    lifted.signers = vec![info.to_der()];
    Case::new("SOD-10")
        .twin(passport(
            "signed by hand",
            &forged(world, |sod| Some(usual_attributes(sod))),
        ))
        .attack(passport("no signed attributes", &without))
        .attack(passport(
            "attributes for a content, without attributes",
            &confused,
        ))
        .attack(passport(
            "attributes for a content, with attributes",
            &signed_confusion,
        ))
        .attack(passport(
            "an honest signature over attributes, moved to the content",
            &lifted,
        ))
}

/// SOD-11.
fn other_digest(world: &World) -> Case {
    let mut changed = world.sod(&world.card("passport").groups());
    *changed.content.last_mut().expect("a content") ^= 1;
    let of_another = forged(world, |_| {
        Some(sod::attributes(&oids::LDS_SECURITY_OBJECT, &[0x22; 32]))
    });
    let short = forged(world, |sod| {
        let digest = Hash::Sha256.digest(&sod.content);
        Some(sod::attributes(
            &oids::LDS_SECURITY_OBJECT,
            digest.get(..20).unwrap_or_default(),
        ))
    });
    Case::new("SOD-11")
        .twin(passport(
            "signed by hand",
            &forged(world, |sod| Some(usual_attributes(sod))),
        ))
        .attack(passport("the content was changed", &changed))
        .attack(passport("the digest is another one", &of_another))
        .attack(passport("the digest is cut short", &short))
}

/// SOD-13.
fn other_type(world: &World) -> Case {
    let of_type = |kind: ObjectIdentifier| {
        forged(world, |sod| {
            Some(sod::attributes(&kind, &Hash::Sha256.digest(&sod.content)))
        })
    };
    Case::new("SOD-13")
        .twin(passport("the same type", &of_type(oids::LDS_SECURITY_OBJECT)))
        .attack(passport("the attribute says data", &of_type(oids::ID_DATA)))
        .attack(passport(
            "the attribute says security object",
            &of_type(oids::ID_SECURITY_OBJECT),
        ))
}

/// SOD-15.
fn two_signers(world: &World) -> Case {
    let stranger_key = Key::ec(Curve::P256, Hash::Sha256, 200);
    let stranger = Draft::signer(&stranger_key, &world.csca).sign(&stranger_key);
    let mut again = world.sod(&world.card("passport").groups());
    again.signers.extend(again.signers.clone());
    let other = |first: bool| {
        let mut sod = world.sod(&world.card("passport").groups());
        let attributes = usual_attributes(&sod);
        let info = SignerInfo::new(&stranger_key, &stranger, Some(attributes), &sod.content);
        let at = if first { 0 } else { 1 };
        sod.signers.insert(at, info.to_der());
        sod.certificates.push(stranger.der.clone());
        sod
    };
    let mut bad = world.sod(&world.card("passport").groups());
    let attributes = usual_attributes(&bad);
    let mut info = SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &bad.content);
    info.signature = vec![0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01];
    bad.signers.push(info.to_der());
    Case::new("SOD-15")
        .twin(honest())
        .attack(passport("the same signer twice", &again))
        .attack(passport("a stranger behind", &other(false)))
        .attack(passport("a stranger in front", &other(true)))
        .attack(passport("a bad signature behind", &bad))
}

/// SOD-16.
fn no_signer(world: &World) -> Case {
    let mut without = world.sod(&world.card("passport").groups());
    without.signers.clear();
    Case::new("SOD-16")
        .twin(honest())
        .attack(passport("certificates alone", &without))
}

/// SOD-21.
fn second_object(world: &World) -> Case {
    let good = world.sod(&world.card("passport").groups()).file();
    let stranger_key = Key::ec(Curve::P256, Hash::Sha256, 201);
    let stranger = Draft::signer(&stranger_key, &world.csca).sign(&stranger_key);
    let evil = Sod::honest(&world.card("passport").groups(), &stranger_key, &stranger).file();
    let inside = |parts: &[&[u8]]| der::constructed(0x77, parts);
    let cms = world.sod(&world.card("passport").groups()).cms();
    let with = |name: &str, file: Vec<u8>| Reading::of("passport", name).file(ElementaryFile::Sod, file);
    // A reader that asks the chip takes what the length says; who reads files from a disk gets what lies there.
    let kept = |name: &str, file: Vec<u8>| Reading::of("passport", name).kept(ElementaryFile::Sod, file);
    let mut short = good.clone();
    // The length of the outermost object in three bytes: 77 82 hh ll.
    if let Some(low) = short.get_mut(3) {
        *low = low.wrapping_sub(1);
    }
    Case::new("SOD-21")
        .twin(honest())
        .attack(with("a second SignedData inside", inside(&[&cms, &cms])))
        .attack(with(
            "another object inside",
            inside(&[&cms, &[0x04, 0x01, 0x55]]),
        ))
        .attack(with("a length one short", short))
        .attack(kept("a second file behind", [good.as_slice(), &evil].concat()))
        .attack(kept("zeros behind", [good.as_slice(), &[0; 32]].concat()))
        .attack(kept("FF behind", [good.as_slice(), &[0xFF; 32]].concat()))
}

/// SOD-25.
fn foreign_sod(world: &World) -> Case {
    let mut groups = world.card("passport").groups();
    if let Some((_, dg1)) = groups.first_mut()
        && let Some(letter) = dg1.get_mut(12)
    {
        *letter = b'Q';
    }
    Case::new("SOD-25").twin(honest()).attack(passport(
        "the signed list of another document",
        &world.sod(&groups),
    ))
}

/// SOD-26: every file is copied, the keys in the chip are not.
fn perfect_clone() -> Case {
    let without_keys = "key = [{ of = \"chip-authentication\", is = \"missing\" }, { of = \"active-authentication\", is = \"missing\" }]";
    let other_keys = "key = [{ of = \"chip-authentication\", is = \"other\" }, { of = \"active-authentication\", is = \"other\" }]";
    Case::new("SOD-26")
        .twin(honest())
        .attack(Reading::of("no-proof", "a copy of a document without proofs"))
        .attack(Reading::of("passport", "a copy without the keys").patch(without_keys))
        .attack(Reading::of("passport", "a copy with keys of its own").patch(other_keys))
}

/// SOD-28: a certificate with the name and the number of the signer, and another key.
fn look_alike_signer(world: &World) -> Case {
    let other = Key::ec(Curve::P256, Hash::Sha256, 202);
    let look_alike = Draft::signer(&other, &world.csca).sign(&other);
    let with = |first: bool| {
        let mut sod = world.sod(&world.card("passport").groups());
        let at = if first { 0 } else { 1 };
        sod.certificates.insert(at, look_alike.der.clone());
        sod
    };
    let unknown = Draft::csca(&other, "TEST CSCA UT UNKNOWN").sign(&other);
    let stranger = Draft::signer(&other, &unknown).sign(&other);
    let mut nowhere = Sod::honest(&world.card("passport").groups(), &other, &stranger);
    let mut draft = Draft::signer(&world.signer_key, &unknown);
    draft.serial.clone_from(&stranger.draft.serial);
    nowhere.certificates.push(draft.sign(&other).der);
    Case::new("SOD-28")
        .twin(honest())
        .attack(passport("a look-alike in front", &with(true)))
        .attack(passport("a look-alike behind", &with(false)))
        .attack(passport("two that lead nowhere", &nowhere))
}

/// MD5, alone and with RSA (RFC 8017 §A.2.4, RFC 1321).
const MD5: &str = "1.2.840.113549.2.5";
const MD5_WITH_RSA: &str = "1.2.840.113549.1.1.4";

/// SOD-20.
fn broken_hashes(world: &World) -> Case {
    let identifier = |text: &str| ObjectIdentifier::new(text).expect("an identifier");
    let groups = world.card("passport").groups();
    let stating = |name: &str, digest: Vec<u8>, algorithm: Vec<u8>| {
        let mut sod = world.sod(&groups);
        let attributes = usual_attributes(&sod);
        let info = SignerInfo {
            digest: digest.clone(),
            algorithm,
            ..SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &sod.content)
        };
        sod.digests = vec![digest];
        sod.signers = vec![info.to_der()];
        passport(name, &sod)
    };
    let listed = |algorithm: Vec<u8>, hashes: &[(u8, Vec<u8>)]| {
        let list = sod::hash_list(&algorithm, hashes);
        Sod::over(&oids::LDS_SECURITY_OBJECT, list, &world.signer_key, &world.signer)
    };
    let md5 = der::algorithm_null(&identifier(MD5));
    let short: Vec<(u8, Vec<u8>)> = groups
        .iter()
        .map(|(number, _)| (*number, vec![0x5A; 16]))
        .collect();
    let sha1 = listed(der::algorithm(&oids::SHA1), &sod::hashes(&groups, Hash::Sha1));
    let old_key = Key::ec(Curve::P256, Hash::Sha1, 203);
    let old = Draft::signer(&old_key, &world.csca).sign(&world.csca_key);
    let accept = "findings = { weak-algorithms = \"accept\" }";
    Case::new("SOD-20")
        .twin(honest())
        .attack(stating(
            "MD5 under the signature",
            der::algorithm(&oids::SHA256),
            der::algorithm_null(&identifier(MD5_WITH_RSA)),
        ))
        .attack(stating(
            "MD5 of the content",
            md5.clone(),
            world.signer_key.algorithm(),
        ))
        .attack(passport("MD5 of the data groups", &listed(md5, &short)))
        .attack(passport("SHA-1 of the data groups", &sha1))
        .attack(passport(
            "SHA-1 under the signature",
            &Sod::honest(&groups, &old_key, &old),
        ))
        .attack(passport("SHA-1 of the data groups, where policy accepts it", &sha1).rules(accept))
}

/// Lengths in five bytes, which DER forbids, around the outermost objects.
fn long_lengths(sod: &Sod) -> Vec<u8> {
    let mut whole = sod.file();
    let mut depth = 0;
    let mut at = 0;
    // 77, 30, then the identifier, A0 and 30: each has a length of its own in the usual form.
    while depth < 2 {
        let first = whole.get(at + 1).copied().expect("a length");
        let count = usize::from(first & 0x7F);
        let stated = whole.get(at + 2..at + 2 + count).expect("a long length").to_vec();
        let long = [vec![0x84], vec![0; 4 - count], stated].concat();
        if depth == 1 {
            whole.splice(at + 1..at + 2 + count, long);
        }
        at += 2 + count;
        depth += 1;
    }
    // The object around it has grown.
    let grown = whole.len();
    let head = grown - whole.get(4..).expect("a value").len();
    let inner = u16::try_from(grown - head).expect("a short file").to_be_bytes();
    whole.splice(2..4, inner);
    whole
}

/// SOD-23.
fn loose_encoding(world: &World) -> Case {
    let groups = world.card("passport").groups();
    let file = |name: &str, bytes: Vec<u8>| Reading::of("passport", name).file(ElementaryFile::Sod, bytes);
    let replaced = |bytes: &[u8], from: &[u8], to: &[u8]| {
        let at = bytes
            .windows(from.len())
            .position(|part| part == from)
            .expect("the part");
        let (before, rest) = bytes.split_at(at);
        [before, to, rest.get(from.len()..).unwrap_or_default()].concat()
    };
    // The certificate as the authority signed it, loose as it is.
    let certificate = |from: &[u8], to: &[u8]| {
        let algorithm = world.csca_key.algorithm();
        let tbs = replaced(&world.signer.draft.tbs(&algorithm), from, to);
        let signature = world.csca_key.sign(&tbs);
        let der = der::sequence(&[&tbs, &algorithm, &der::bits(&signature)]);
        let mut sod = world.sod(&groups);
        sod.certificates = vec![der];
        sod
    };
    // keyUsage, critical TRUE.
    let usage = [0x06, 0x03, 0x55, 0x1D, 0x0F, 0x01, 0x01];
    let truth = certificate(&[&usage[..], &[0xFF]].concat(), &[&usage[..], &[0x01]].concat());
    let serial = der::integer(&world.signer.draft.serial);
    let negative = [0x02, 0x02, 0xC1, 0x01];
    let mut below = certificate(&serial, &negative);
    let info = below.signers.first().expect("a signer").clone();
    below.signers = vec![replaced(&info, &serial, &negative)];
    Case::new("SOD-23")
        .twin(honest())
        .attack(file(
            "lengths that are longer than they need be",
            long_lengths(&world.sod(&groups)),
        ))
        .attack(file("a truth of 01 in the certificate", truth.file()))
        .attack(file("a negative serial number", below.file()))
}
