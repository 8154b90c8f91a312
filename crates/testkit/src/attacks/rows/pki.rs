//! Attacks on certificates and trust.

use antin_crypto::{Curve, Hash};
use antin_lds::ElementaryFile;
use antin_wire::oids::{self, ObjectIdentifier};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::{Certificate, Draft, Extension, name, name_with};
use crate::attacks::der;
use crate::attacks::keys::{self, ExplicitKey, Key, add_mod, ecdsa, subtract};
use crate::attacks::sod::{self, SignerInfo, Sod};

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        chosen_generator(world),
        changed_seed(world),
        bad_points(world),
        weak_curves(world),
        own_root(world),
        root_in_the_bag(world),
        look_alike_countries(world),
        outside_the_usage_period(world),
        signer_as_authority(world),
        wrong_profile(world),
        two_algorithms(world),
        numbers_out_of_range(world),
        other_half_of_the_signature(world),
    ]
}

/// The passport with this EF.SOD.
fn passport(name: &str, sod: &Sod) -> Reading {
    Reading::of("passport", name).file(ElementaryFile::Sod, sod.file())
}

/// The passport as it was issued.
fn honest(name: &str) -> Reading {
    Reading::of("passport", name)
}

/// The passport, signed by this signer.
fn signed(world: &World, name: &str, key: &Key, signer: &Certificate) -> Reading {
    passport(name, &Sod::honest(&world.card("passport").groups(), key, signer))
}

/// The passport, whose usual signer has another certificate by its CSCA.
fn with_signer(world: &World, name: &str, change: impl FnOnce(&mut Draft)) -> Reading {
    let mut draft = world.signer.draft.clone();
    change(&mut draft);
    signed(world, name, &world.signer_key, &draft.sign(&world.csca_key))
}

/// PKI-01: the attacker takes the public point of the CSCA for the generator, so that 1 is its private key.
fn chosen_generator(world: &World) -> Case {
    let csca_key = Key::ec(Curve::BrainpoolP256r1, Hash::Sha256, 100).explicit();
    let csca = Draft::csca(&csca_key, "TEST CSCA UT EXPLICIT").sign(&csca_key);
    let signer_key = Key::ec(Curve::P256, Hash::Sha256, 101);
    let signer = Draft::signer(&signer_key, &csca).sign(&csca_key);
    let public = csca_key.private_ec().public();
    // With generator Q, private key 1 and nonce 1: r is x(Q) and s is e + r, modulo n.
    let order = csca_key.private_ec().curve().domain().n;
    let r = add_mod(public.x(), &[], order);
    let forge = |draft: Draft| {
        let message = draft.tbs(&csca_key.algorithm());
        let s = add_mod(&reduced(&Hash::Sha256.digest(&message), order), &r, order);
        draft.with_signature(&csca_key.algorithm(), &csca_key.algorithm(), &ecdsa(&r, &s))
    };
    let mut root = csca.draft.clone();
    let mut chosen = ExplicitKey::of(csca_key.private_ec());
    chosen.generator = public.as_sec1().to_vec();
    root.spki = chosen.spki();
    let root = forge(root);
    let thief = Key::ec(Curve::P256, Hash::Sha256, 102);
    let stolen = forge(Draft::signer(&thief, &csca));
    let mut other = Draft::signer(&thief, &csca);
    other.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
    other
        .extensions
        .push(Extension::authority_key(b"another identifier.."));
    let other = forge(other);
    let attack = |name: &str, signer: &Certificate| {
        let mut sod = Sod::honest(&world.card("passport").groups(), &thief, signer);
        sod.certificates.push(root.der.clone());
        passport(name, &sod).trusting(&[&csca.der])
    };
    Case::new("PKI-01")
        .twin(
            signed(
                world,
                "an authority with explicit parameters",
                &signer_key,
                &signer,
            )
            .trusting(&[&csca.der]),
        )
        .attack(attack("a generator that makes 1 the private key", &stolen))
        .attack(attack("the same under another key identifier", &other))
}

/// A hash as a number below the order: at most one subtraction, as both have the same length.
fn reduced(hash: &[u8], order: &[u8]) -> Vec<u8> {
    if hash >= order {
        subtract(hash, order)
    } else {
        hash.to_vec()
    }
}

/// PKI-03.
fn changed_seed(world: &World) -> Case {
    let csca_key = Key::ec(Curve::P256, Hash::Sha256, 103).explicit();
    let signer_key = Key::ec(Curve::P256, Hash::Sha256, 104).explicit();
    let with_seed = |name: &str, seed: Option<&[u8]>| {
        let spki = |key: &Key| {
            let mut explicit = ExplicitKey::of(key.private_ec());
            explicit.seed = seed.map(<[u8]>::to_vec);
            explicit.spki()
        };
        let mut root = Draft::csca(&csca_key, "TEST CSCA UT EXPLICIT");
        root.spki = spki(&csca_key);
        let root = root.sign(&csca_key);
        let signer = Draft::signer_of(spki(&signer_key), &root).sign(&csca_key);
        signed(world, name, &signer_key, &signer).trusting(&[&root.der])
    };
    // FIPS 186-4 §D.1.2.3: the seed of P-256.
    let published = hex::decode("c49d360886e704936a6678e1139d26b7819f7e90").expect("hex");
    Case::new("PKI-03")
        .twin(honest("named curves"))
        .attack(with_seed("no seed", None))
        .attack(with_seed("the published seed", Some(&published)))
        .attack(with_seed("another seed", Some(&[0x55; 20])))
}

/// PKI-05.
fn bad_points(world: &World) -> Case {
    let curve = der::oid(&oids::SECP256R1);
    let public = world.signer_key.private_ec().public();
    let point = public.as_sec1().to_vec();
    let (x, y) = point.get(1..).expect("a point").split_at(32);
    let prime = Curve::P256.domain().p;
    let mut off = point.clone();
    *off.last_mut().expect("a point") ^= 1;
    let odd = y.last().expect("a coordinate") & 1;
    let points: [(&str, Vec<u8>); 8] = [
        ("the point at infinity", vec![0]),
        ("zero for both coordinates", [&[4], [0; 64].as_slice()].concat()),
        ("a point off the curve", off),
        ("x is not below p", [&[4], prime, y].concat()),
        ("y is not below p", [&[4], x, [0xFF; 32].as_slice()].concat()),
        ("one byte is missing", point.get(..64).expect("a point").to_vec()),
        ("one byte too many", [point.as_slice(), &[0]].concat()),
        ("the hybrid form", [&[6 + odd], x, y].concat()),
    ];
    let mut case = Case::new("PKI-05").twin(honest("the honest signer"));
    for (name, point) in points {
        let spki = keys::ec_spki(&curve, &point);
        case = case.attack(with_signer(world, name, |draft| draft.spki = spki));
    }
    case
}

/// PKI-06.
fn weak_curves(world: &World) -> Case {
    let weak = Key::ec(Curve::P192, Hash::Sha256, 105);
    let signer = Draft::signer(&weak, &world.csca).sign(&world.csca_key);
    let weaker = Key::ec(Curve::BrainpoolP160r1, Hash::Sha256, 109);
    let weaker_signer = Draft::signer(&weaker, &world.csca).sign(&world.csca_key);
    // Nobody computes on these curves: any bytes of the right length stand for a point.
    let foreign = |name: &str, curve: &str, len: usize| {
        let curve = ObjectIdentifier::new(curve).expect("an identifier");
        let point = [&[4], vec![0x5A; len].as_slice()].concat();
        let spki = keys::ec_spki(&der::oid(&curve), &point);
        with_signer(world, name, |draft| draft.spki = spki)
    };
    Case::new("PKI-06")
        .twin(honest("a signer on P-256"))
        .attack(signed(world, "a signer on P-192", &weak, &signer))
        .attack(signed(
            world,
            "a signer on brainpoolP160r1",
            &weaker,
            &weaker_signer,
        ))
        .attack(foreign("a signer on secp112r1", "1.3.132.0.6", 28))
        .attack(foreign("a signer on sect163k1", "1.3.132.0.1", 42))
}

/// PKI-08: the Elvis passport.
fn own_root(world: &World) -> Case {
    let key = Key::ec(Curve::P256, Hash::Sha256, 106);
    let mut draft = Draft::signer(&key, &world.csca);
    draft.issuer = name(b"UT", "TEST DS ELVIS");
    draft.subject = draft.issuer.clone();
    draft.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
    let own = crate::attacks::certificate::key_identifier(&key.spki());
    draft.extensions.push(Extension::authority_key(&own));
    let elvis = draft.sign(&key);
    Case::new("PKI-08")
        .twin(honest("the honest signer"))
        .attack(signed(world, "a signer that signed itself", &key, &elvis))
}

/// PKI-10.
fn root_in_the_bag(world: &World) -> Case {
    let root_key = Key::ec(Curve::P384, Hash::Sha384, 107);
    let sign = |common: &str| {
        let root = Draft::csca(&root_key, common).sign(&root_key);
        let signer = Draft::signer(&world.signer_key, &root).sign(&root_key);
        let mut sod = Sod::honest(&world.card("passport").groups(), &world.signer_key, &signer);
        sod.certificates.push(root.der.clone());
        (root, sod)
    };
    let (trusted, known) = sign("TEST CSCA UT 2");
    let twin = passport("the same root, trusted", &known).trusting(&[&trusted.der]);
    Case::new("PKI-10")
        .twin(twin)
        .attack(passport("a root of its own", &known))
        .attack(passport(
            "a root with the name of the real one",
            &sign("TEST CSCA UT").1,
        ))
}

/// PKI-11.
fn look_alike_countries(world: &World) -> Case {
    let country = |reading: &str, kind: u32, letters: &[u8]| {
        let subject = name_with(kind, letters, "TEST DS 01");
        with_signer(world, reading, |draft| draft.subject = subject)
    };
    const UTF8: u32 = 0x0C;
    Case::new("PKI-11")
        .twin(honest("upper case"))
        .attack(country("lower case", der::PRINTABLE, b"ut"))
        .attack(country("mixed case", der::PRINTABLE, b"Ut"))
        // U+0422 looks like the Latin T.
        .attack(country("a Cyrillic letter", UTF8, "U\u{422}".as_bytes()))
        .attack(country("a zero byte behind", UTF8, b"UT\0"))
        .attack(country("a zero byte behind, printable", der::PRINTABLE, b"UT\0"))
        .attack(country("three letters", der::PRINTABLE, b"UTO"))
        .attack(country("another country", der::PRINTABLE, b"DE"))
}

/// PKI-13: the signer's time ended in March, the signature says August.
fn outside_the_usage_period(world: &World) -> Case {
    let late = |name: &str| {
        let groups = world.card("passport").groups();
        let mut sod = world.sod(&groups);
        let digest = Hash::Sha256.digest(&sod.content);
        let attributes = sod::attributes_on(&oids::LDS_SECURITY_OBJECT, &digest, "2026-08-15");
        let info = SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &sod.content);
        sod.signers = vec![info.to_der()];
        passport(name, &sod).set("day", "\"2026-09-01\"")
    };
    Case::new("PKI-13")
        .twin(honest("signed in time").set("day", "\"2026-09-01\""))
        .attack(late("signed in August, at the counter"))
        .attack(late("signed in August, at the border").set("policy", "\"border\""))
}

/// PKI-18.
fn signer_as_authority(world: &World) -> Case {
    let second_key = Key::ec(Curve::P256, Hash::Sha256, 108);
    let mut draft = Draft::signer(&second_key, &world.signer);
    draft.serial = vec![0x41, 0x02];
    draft.subject = name(b"UT", "TEST DS 02");
    let second = draft.sign(&world.signer_key);
    let mut sod = Sod::honest(&world.card("passport").groups(), &second_key, &second);
    let alone = passport("the first signer is left out", &sod);
    sod.certificates.push(world.signer.der.clone());
    Case::new("PKI-18")
        .twin(honest("one signer"))
        .attack(passport("a signer under a signer", &sod))
        .attack(alone)
}

/// PKI-20.
fn wrong_profile(world: &World) -> Case {
    let usage = |name: &str, bits: Option<u8>| {
        with_signer(world, name, |draft| {
            draft.remove(&oids::KEY_USAGE);
            draft.extensions.extend(bits.map(Extension::key_usage));
        })
    };
    let unknown = Extension {
        id: ObjectIdentifier::new("1.2.3.4").expect("an identifier"),
        critical: true,
        value: vec![0x05, 0x00],
    };
    Case::new("PKI-20")
        .twin(honest("the honest signer"))
        .attack(usage("no key usage", None))
        .attack(usage("key agreement alone", Some(0x08)))
        .attack(usage("signing certificates alone", Some(0x04)))
        .attack(with_signer(world, "an unknown critical extension", |draft| {
            draft.extensions.push(unknown);
        }))
}

/// PKI-21.
fn two_algorithms(world: &World) -> Case {
    let other = der::algorithm(&oids::ECDSA_WITH_SHA512);
    let usual = world.csca_key.algorithm();
    let draft = || world.signer.draft.clone();
    let signature = |inner: &[u8]| world.csca_key.sign(&draft().tbs(inner));
    let outer = draft().with_signature(&usual, &other, &signature(&usual));
    let inner = draft().with_signature(&other, &usual, &signature(&other));
    let sign = |name: &str, signer: &Certificate| signed(world, name, &world.signer_key, signer);
    Case::new("PKI-21")
        .twin(honest("both the same"))
        .attack(sign("the unsigned one is another", &outer))
        .attack(sign("the signed one is another", &inner))
}

/// PKI-33.
fn numbers_out_of_range(world: &World) -> Case {
    let order = Curve::P256.domain().n;
    let wide = Curve::P384.domain().n;
    let mut case = Case::new("PKI-33").twin(honest("an honest signature"));
    for (name, r, s) in [
        ("r and s are zero", vec![0], vec![0]),
        ("r is zero", vec![0], vec![1]),
        ("s is zero", vec![1], vec![0]),
        ("r is n", order.to_vec(), vec![1]),
        ("s is n", vec![1], order.to_vec()),
    ] {
        let mut sod = world.sod(&world.card("passport").groups());
        let digest = Hash::Sha256.digest(&sod.content);
        let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &digest);
        let mut info = SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &sod.content);
        info.signature = ecdsa(&r, &s);
        sod.signers = vec![info.to_der()];
        case = case.attack(passport(name, &sod));
    }
    let mut negative = world.sod(&world.card("passport").groups());
    let digest = Hash::Sha256.digest(&negative.content);
    let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &digest);
    let mut info = SignerInfo::new(
        &world.signer_key,
        &world.signer,
        Some(attributes),
        &negative.content,
    );
    info.signature = der::sequence(&[&der::object(0x02, &[0xFF]), &der::object(0x02, &[0xFF])]);
    negative.signers = vec![info.to_der()];
    case = case.attack(passport("r and s are negative", &negative));
    for (name, r, s) in [
        ("in the certificate: r and s are zero", vec![0], vec![0]),
        ("in the certificate: s is n", vec![1], wide.to_vec()),
    ] {
        let algorithm = world.csca_key.algorithm();
        let signer = world
            .signer
            .draft
            .clone()
            .with_signature(&algorithm, &algorithm, &ecdsa(&r, &s));
        case = case.attack(signed(world, name, &world.signer_key, &signer));
    }
    case
}

/// PKI-35.
fn other_half_of_the_signature(world: &World) -> Case {
    let mut sod = world.sod(&world.card("passport").groups());
    let digest = Hash::Sha256.digest(&sod.content);
    let attributes = sod::attributes(&oids::LDS_SECURITY_OBJECT, &digest);
    let mut info = SignerInfo::new(&world.signer_key, &world.signer, Some(attributes), &sod.content);
    let order = Curve::P256.domain().n;
    let (r, s) = numbers(&info.signature);
    info.signature = ecdsa(&r, &subtract(order, &s));
    sod.signers = vec![info.to_der()];
    Case::new("PKI-35")
        .twin(honest("the signature as it was made"))
        .attack(passport("n - s in the place of s", &sod))
}

/// r and s of 32 bytes each.
fn numbers(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let plain = antin_crypto::ecdsa_der_to_plain(signature, Curve::P256).expect("a signature");
    let (r, s) = plain.split_at(32);
    (r.to_vec(), s.to_vec())
}

#[cfg(test)]
mod tests {
    use antin_crypto::{ParameterForm, PrivateKey, VerifyingKey};

    use super::*;

    /// The forger of PKI-01 knows what he does: with the generator that he names, 1 is the private key of the CSCA.
    #[test]
    fn on_the_real_curve_the_same_trick_gives_a_good_signature() {
        // Where the private key is 1, the public point is the generator, and nothing had to be chosen.
        let order = Curve::P256.domain().n;
        let one = PrivateKey::from_be_bytes(Curve::P256, &[1]).expect("a key");
        let r = add_mod(one.public().x(), &[], order);
        let s = add_mod(&reduced(&Hash::Sha256.digest(b"message"), order), &r, order);
        let verified = antin_crypto::Verifier::verify(
            &antin_crypto::PureRust,
            antin_crypto::SignatureAlgorithm::ecdsa(Hash::Sha256),
            &VerifyingKey::ec(one.public(), ParameterForm::Named),
            b"message",
            &ecdsa(&r, &s),
        );
        assert!(verified.is_ok());
    }
}
