//! Extended Access Control with a peer that others wrote: libeac plays the chip to our terminal and the terminal to our
//! chip, in Chip Authentication version 2 (it has no version 1) and in Terminal Authentication.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing)] // helpers of tests

mod common;

use std::path::Path;

use antin::SystemRng;
use antin_crypto::agreement::{Group, PrivateKey, PublicKey};
use antin_crypto::{Curve, Suite, rsa, symmetric};
use antin_protocol::Error;
use antin_protocol::chip_authentication::chip::{self as ca_chip, StaticKey};
use antin_protocol::chip_authentication::terminal::{self as ca_terminal, Ephemeral, Start};
use antin_protocol::chip_authentication::{Offer, Version};
use antin_protocol::terminal_authentication::chip::{Judge, Session, Surroundings};
use antin_protocol::terminal_authentication::terminal::{self as ta_terminal, Credentials, Link};
use antin_protocol::terminal_authentication::{Binding, ChipIdentifier};
use antin_trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Family, Presented, Reference, Role,
    Sha1, TaAlgorithm, TerminalType, TrustPoint, TrustPoints,
};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{self, Tag, tags, tags::authentication};
use common::peer::{Peer, build};

const PEER: &str = "libeac_eac.c";

const CIPHERS: [(&str, Suite, [ObjectIdentifier; 2]); 4] = [
    (
        "3DES-CBC-CBC",
        Suite::Tdes,
        [oids::ID_CA_ECDH_3DES_CBC_CBC, oids::ID_CA_DH_3DES_CBC_CBC],
    ),
    (
        "AES-CBC-CMAC-128",
        Suite::Aes128,
        [oids::ID_CA_ECDH_AES_CBC_CMAC_128, oids::ID_CA_DH_AES_CBC_CMAC_128],
    ),
    (
        "AES-CBC-CMAC-192",
        Suite::Aes192,
        [oids::ID_CA_ECDH_AES_CBC_CMAC_192, oids::ID_CA_DH_AES_CBC_CMAC_192],
    ),
    (
        "AES-CBC-CMAC-256",
        Suite::Aes256,
        [oids::ID_CA_ECDH_AES_CBC_CMAC_256, oids::ID_CA_DH_AES_CBC_CMAC_256],
    ),
];

/// The standardized domain parameters, ICAO 9303-11 §9.5.1.
const PARAMETERS: [u8; 14] = [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

/// A variant of Chip Authentication that both sides have.
struct Variant {
    name: String,
    parameter: u8,
    group: Group,
    oid: ObjectIdentifier,
    suite: Suite,
}

/// Every group with AES-128, and every cipher on one curve and in one group of numbers.
fn variants() -> Vec<Variant> {
    let mut variants = Vec::new();
    for parameter in PARAMETERS {
        for (cipher, suite, [over_curves, over_numbers]) in CIPHERS {
            if suite != Suite::Aes128 && parameter != 13 && parameter != 2 {
                continue;
            }
            let group = Group::from_standardized_id(parameter).expect("a standardized group");
            let (family, oid) = match group {
                Group::Ec(_) => ("ECDH", over_curves),
                Group::Dh(_) => ("DH", over_numbers),
            };
            variants.push(Variant {
                name: format!("{family}-{cipher}"),
                parameter,
                group,
                oid,
                suite,
            });
        }
    }
    variants
}

fn start(program: &Path, role: &str, variant: &Variant) -> Peer {
    Peer::start(program, &[role, &variant.name, &variant.parameter.to_string()])
}

/// libeac leaves the zeros at the head of a number out.
fn padded(group: Group, mut key: Vec<u8>) -> Vec<u8> {
    if let Group::Dh(group) = group {
        let missing = group.p().len().saturating_sub(key.len());
        key.splice(..0, vec![0; missing]);
    }
    key
}

/// The static key as libeac states it: an object `7F49` with the protocol and the key.
fn static_key(group: Group, object: &[u8]) -> Vec<u8> {
    let object = tlv::parse_one(object).expect("one public key");
    assert_eq!(object.tag, tags::PUBLIC_KEY);
    let mut parts = object.children();
    parts.expect(tags::OBJECT_IDENTIFIER).expect("a protocol");
    let key = parts.next().expect("an object").expect("a key");
    padded(group, key.value.to_vec())
}

/// Whether the number, or the x coordinate, has no zeros at its head: libeac leaves them out of tokens and of compressed
/// keys (half of all points of P-521 have some), so such keys are drawn again.
fn is_full(group: Group, key: &[u8]) -> bool {
    let head = match group {
        Group::Ec(_) => 1,
        Group::Dh(_) => 0,
    };
    key.get(head).is_some_and(|byte| *byte != 0)
}

fn template(objects: &[(Tag, &[u8])]) -> Vec<u8> {
    let objects: Vec<Vec<u8>> = objects
        .iter()
        .map(|(tag, value)| tlv::object(*tag, value))
        .collect();
    tlv::constructed(tags::DYNAMIC_AUTHENTICATION, &objects)
}

/// The value of an object in the template `7C`.
fn value(template: &[u8], tag: Tag) -> Vec<u8> {
    let template = tlv::parse_one(template).expect("one template");
    let mut objects = template.children();
    loop {
        let object = objects.next().expect("objects").expect("the object");
        if object.tag == tag {
            return object.value.to_vec();
        }
    }
}

/// The cryptogram in the objects of secure messaging, without its indicator of padding.
fn cryptogram(objects: &[u8]) -> Vec<u8> {
    let object = tlv::Reader::new(objects)
        .expect(tags::sm::CRYPTOGRAM)
        .expect("encrypted data");
    object.value.get(1..).expect("an indicator").to_vec()
}

const SAID: &[u8] = b"what the session says first";

/// Our terminal authenticates libeac's chip; `meant` is the key that it announces instead of its own, if any.
fn our_terminal(program: &Path, variant: &Variant, meant: Option<&[u8]>) -> (Result<bool, Error>, String) {
    let mut chip = start(program, "ca-picc", variant);
    let key = static_key(variant.group, &chip.hear());
    let offer = Offer {
        oid: variant.oid,
        suite: variant.suite,
        version: Version::Two,
        key: PublicKey::decode(variant.group, &key).expect("a key of the group"),
        key_id: None,
    };
    let (compressed, key, state) = loop {
        let ephemeral = Ephemeral::generate(variant.group, &mut SystemRng);
        let compressed = ephemeral.compressed();
        let Ok(Start::AuthenticationTemplate(_, state)) = ca_terminal::start_with(&offer, ephemeral) else {
            panic!("version 2 begins with MSE:Set AT");
        };
        let (command, state) = state
            .accept(&Response::status(StatusWord::OK))
            .expect("a command");
        let key = value(command.data(), authentication::CA_PUBLIC_KEY);
        if is_full(variant.group, &key) {
            break (compressed, key, state);
        }
    };
    chip.say(meant.unwrap_or(&compressed));
    chip.say(&key);
    let nonce = chip.line();
    if nonce == "refused" {
        return (Ok(false), nonce);
    }
    let nonce = hex::decode(nonce).expect("a nonce");
    let token = chip.hear();
    let answer = template(&[
        (authentication::CA_NONCE, &nonce),
        (authentication::CA_TOKEN, &token),
    ]);
    let mut channel = match state.accept(&Response::ok(answer)) {
        Ok(channel) => channel,
        Err(error) => return (Err(error), String::new()),
    };
    let wrapped = channel
        .protect(&Command::new(0x00, 0xD6, 0x00, 0x00).with_data(SAID.to_vec()))
        .expect("a fresh channel");
    chip.say(&cryptogram(wrapped.data()));
    let heard = chip.hear() == symmetric::pad(SAID, variant.suite.block_len());
    (Ok(heard), chip.verdict())
}

/// libeac's terminal authenticates our chip; `shown` is the key that the terminal sees instead of ours, if any.
fn our_chip(
    program: &Path,
    variant: &Variant,
    shown: Option<&PublicKey>,
) -> (Result<bool, StatusWord>, String) {
    let private = PrivateKey::generate(variant.group, &mut SystemRng);
    let public = private.public();
    let (mut terminal, compressed, key) = loop {
        let mut terminal = start(program, "ca-pcd", variant);
        terminal.say(shown.unwrap_or(&public).as_wire());
        let compressed = terminal.hear();
        let key = padded(variant.group, terminal.hear());
        if is_full(variant.group, &key) {
            break (terminal, compressed, key);
        }
    };
    let keys = [StaticKey {
        key_id: None,
        version: Version::Two,
        suites: vec![variant.suite],
        private,
    }];
    let select = tlv::object(tags::mse::MECHANISM, variant.oid.as_bytes());
    let select = Command::new(0x00, 0x22, 0x41, 0xA4).with_data(select);
    let (_, state) = ca_chip::select(&select, &keys).expect("a protocol of ours");
    let agree = Command::new(0x00, 0x86, 0x00, 0x00)
        .with_data(template(&[(authentication::CA_PUBLIC_KEY, &key)]))
        .with_le(256);
    let (response, mut channel, _) = match state.agree(&agree, Some(&compressed), &mut SystemRng) {
        Ok(agreed) => agreed,
        Err(sw) => return (Err(sw), String::new()),
    };
    terminal.say(&value(&response.data, authentication::CA_NONCE));
    terminal.say(&value(&response.data, authentication::CA_TOKEN));
    if shown.is_some() {
        return (Ok(false), terminal.verdict());
    }
    let wrapped = channel.protect(&Response::ok(SAID.to_vec()));
    terminal.say(&cryptogram(&wrapped.data));
    let line = terminal.line();
    let heard =
        hex::decode(&line).is_ok_and(|plain| plain == symmetric::pad(SAID, variant.suite.block_len()));
    (Ok(heard), if heard { terminal.verdict() } else { line })
}

#[test]
fn libeac_and_we_authenticate_each_others_chip_in_every_group_and_cipher() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(PEER, folder.path()) else {
        return;
    };
    let variants = variants();
    assert_eq!(variants.len(), PARAMETERS.len() + 2 * (CIPHERS.len() - 1));
    for variant in &variants {
        let context = format!("{} over {}", variant.name, variant.group.name());
        let ours = tries(|| our_terminal(&program, variant, None));
        assert_eq!(ours, (Ok(true), "agreed".to_owned()), "our terminal: {context}");
        let ours = tries(|| our_chip(&program, variant, None));
        assert_eq!(ours, (Ok(true), "agreed".to_owned()), "our chip: {context}");
    }
}

/// Once more, and once more again, where it fails: libeac drops zeros at the beginning of numbers, tokens and nonces, so
/// that a meeting fails by chance now and then. A fault of ours fails every time.
fn tries<R: PartialEq, F: FnMut() -> (Result<bool, R>, String)>(mut meeting: F) -> (Result<bool, R>, String) {
    let agreed = (Ok(true), "agreed".to_owned());
    let mut last = meeting();
    for _ in 0..2 {
        if last != agreed {
            last = meeting();
        }
    }
    last
}

#[test]
fn libeac_and_we_refuse_another_key_than_the_one_announced() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(PEER, folder.path()) else {
        return;
    };
    for variant in variants()
        .iter()
        .filter(|variant| [2, 13].contains(&variant.parameter))
    {
        let other = PrivateKey::generate(variant.group, &mut SystemRng).public();
        let (ours, theirs) = our_terminal(&program, variant, Some(&other.compressed()));
        assert_eq!(
            (ours, theirs.as_str()),
            (Ok(false), "refused"),
            "{}",
            variant.name
        );
        let (ours, theirs) = our_chip(&program, variant, Some(&other));
        assert_eq!(
            (ours, theirs.as_str()),
            (Ok(false), "refused"),
            "{}",
            variant.name
        );
    }
}

/// An authority, a verifier and a terminal, whose keys are all of one algorithm.
struct Authority {
    root: CvCertificate,
    verifier: CvCertificate,
    terminal: CvCertificate,
    key: CvSigner,
}

impl Authority {
    fn found(algorithm: TaAlgorithm, make: &dyn Fn() -> CvSigner) -> Self {
        let keys = [make(), make(), make()];
        let names = ["UTTESTCVCA00001", "UTTESTDV00001", "UTTESTIS00001"];
        let names = names.map(|name| Reference::from_text(name).expect("a name"));
        let sign = |by: usize, of: usize, role| {
            let authorization = Authorization::new(TerminalType::Is, role).expect("a role");
            let template = CertificateTemplate {
                authority: names[by].clone(),
                holder: names[of].clone(),
                key: keys[of].public(),
                authorization: authorization.with_all_rights(),
                effective: Date::new(2026, 1, 1).expect("a day"),
                expiration: Date::new(2028, 1, 1).expect("a day"),
                extensions: None,
            };
            let signed = template.sign(&keys[by], &mut SystemRng);
            signed.unwrap_or_else(|error| panic!("{}: {error}", algorithm.name()))
        };
        let root = sign(0, 0, Role::Cvca);
        let verifier = sign(0, 1, Role::DvDomestic);
        let terminal = sign(1, 2, Role::Terminal);
        let [_, _, key] = keys;
        Self {
            root,
            verifier,
            terminal,
            key,
        }
    }

    fn credentials(&self, algorithm: TaAlgorithm) -> Credentials {
        let link = |certificate: &CvCertificate| Link {
            authority: certificate.authority().as_bytes().to_vec(),
            content: certificate.to_content(),
        };
        Credentials {
            chain: vec![link(&self.verifier), link(&self.terminal)],
            holder: self.terminal.holder().as_bytes().to_vec(),
            algorithm: algorithm.oid(),
        }
    }
}

/// Every algorithm of TR-03110-3 tables 17 and 18, with a usual key.
fn authorities() -> Vec<(TaAlgorithm, Authority)> {
    const NAMES: [ObjectIdentifier; 11] = [
        oids::ID_TA_ECDSA_SHA_1,
        oids::ID_TA_ECDSA_SHA_224,
        oids::ID_TA_ECDSA_SHA_256,
        oids::ID_TA_ECDSA_SHA_384,
        oids::ID_TA_ECDSA_SHA_512,
        oids::ID_TA_RSA_V1_5_SHA_1,
        oids::ID_TA_RSA_V1_5_SHA_256,
        oids::ID_TA_RSA_V1_5_SHA_512,
        oids::ID_TA_RSA_PSS_SHA_1,
        oids::ID_TA_RSA_PSS_SHA_256,
        oids::ID_TA_RSA_PSS_SHA_512,
    ];
    const CURVES: [Curve; 5] = [
        Curve::P224,
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::BrainpoolP384r1,
        Curve::P521,
    ];
    // RSA of 1280 bits holds PSS with SHA-512; drawing keys takes long in a test, so all share one.
    let shared = rsa::PrivateKey::generate(1280, &mut SystemRng).expect("a key");
    let mut made = Vec::new();
    for (n, oid) in NAMES.iter().enumerate() {
        let algorithm = TaAlgorithm::from_oid(oid).expect("an algorithm of ours");
        let make = || match algorithm.family() {
            Family::Ecdsa => {
                let curve = CURVES[n % CURVES.len()];
                let key = antin_crypto::PrivateKey::generate(curve, &mut SystemRng);
                CvSigner::ec(key, algorithm).expect("a signer")
            }
            _ => CvSigner::rsa(shared.clone(), algorithm).expect("a signer"),
        };
        made.push((algorithm, Authority::found(algorithm, &make)));
    }
    made
}

const CHIP: [u8; 32] = [0xC1; 32];
const EPHEMERAL: [u8; 32] = [0xE1; 32];

fn bindings() -> [Binding; 3] {
    let ephemeral = EPHEMERAL.to_vec();
    [
        Binding::V1 {
            ephemeral: ephemeral.clone(),
        },
        Binding::V2 {
            ephemeral: ephemeral.clone(),
            auxiliary: None,
        },
        Binding::V2 {
            ephemeral,
            auxiliary: Some(vec![0x73, 0x01, 0x05]),
        },
    ]
}

/// The object `67` as it is signed; empty where there is none.
fn auxiliary(binding: &Binding) -> Vec<u8> {
    match binding {
        Binding::V2 {
            auxiliary: Some(data),
            ..
        } => tlv::object(tags::mse::AUXILIARY_DATA, data),
        _ => Vec::new(),
    }
}

/// Our terminal proves itself to libeac's chip, which takes it for a chip of that name.
fn to_their_chip(
    program: &Path,
    algorithm: TaAlgorithm,
    authority: &Authority,
    binding: &Binding,
    name: &[u8],
) -> String {
    let mut chip = Peer::start(program, &["ta-picc"]);
    chip.say(authority.root.as_bytes());
    let mut verdict = None;
    let mut send = |command: &Command| -> Result<Response, Error> {
        Ok(match command.header() {
            [_, 0x2A, ..] => {
                chip.say(&tlv::object(tags::CV_CERTIFICATE, command.data()));
                Response::status(StatusWord::OK)
            }
            [_, 0x84, ..] => {
                chip.end();
                Response::ok(chip.hear())
            }
            [_, 0x82, ..] => {
                for part in [&EPHEMERAL, name, &auxiliary(binding), command.data()] {
                    chip.say(part);
                }
                verdict = Some(chip.line());
                Response::status(StatusWord::OK)
            }
            _ => Response::status(StatusWord::OK),
        })
    };
    ta_terminal::authenticate(
        &authority.credentials(algorithm),
        &ChipIdentifier::pace_key(&CHIP),
        binding,
        &mut |message| Ok(authority.key.sign(message, &mut SystemRng).expect("a signature")),
        &mut send,
    )
    .expect("the messages of the protocol");
    verdict.expect("a signature was sent")
}

/// What our chip keeps, as the software card does.
struct Keeper {
    points: TrustPoints,
    presented: Presented,
}

impl Judge for Keeper {
    fn knows(&self, reference: &[u8]) -> bool {
        Reference::from_bytes(reference).is_ok_and(|name| self.points.knows(&self.presented, &name))
    }

    fn import(&mut self, issuer: &[u8], content: &[u8]) -> Result<(), StatusWord> {
        let wrong = |_| StatusWord::INCORRECT_PARAMETERS;
        let issuer = Reference::from_bytes(issuer).map_err(wrong)?;
        let certificate = CvCertificate::parse_content(content).map_err(wrong)?;
        let imported = self.points.import(&mut self.presented, &issuer, &certificate);
        imported.map_err(|_| StatusWord::AUTH_FAILED)
    }

    fn is_terminal(&self, holder: &[u8], _: Option<&ObjectIdentifier>) -> bool {
        Reference::from_bytes(holder).is_ok_and(|name| self.presented.terminal(&name).is_some())
    }

    fn has_signed(&self, holder: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let name = Reference::from_bytes(holder).expect("a name");
        let terminal = self.presented.terminal(&name);
        terminal.is_some_and(|terminal| terminal.key().verify(message, signature).is_ok())
    }
}

/// libeac's terminal proves itself to our chip, which it takes for a chip of that name.
fn to_our_chip(
    program: &Path,
    algorithm: TaAlgorithm,
    authority: &Authority,
    binding: &Binding,
    name: &[u8],
) -> Result<(), Error> {
    let root = TrustPoint::new(&authority.root).expect("an authority");
    let today = Date::new(2026, 6, 1).expect("a day");
    let mut judge = Keeper {
        points: TrustPoints::new(today, Sha1::Allowed, vec![root]).expect("one trust point"),
        presented: Presented::default(),
    };
    let mut session = Session::default();
    let around = Surroundings {
        chip: ChipIdentifier::pace_key(&CHIP),
        authenticated_key: Some(EPHEMERAL.to_vec()),
    };
    let mut sign = |message: &[u8]| {
        let challenge = message.get(CHIP.len()..CHIP.len() + 8).expect("a challenge");
        let own = authority.key.sign(message, &mut SystemRng).expect("a signature");
        loop {
            let mut terminal = Peer::start(program, &["ta-pcd"]);
            let key = authority.key.to_pkcs8_der();
            for part in [key.expose(), authority.terminal.as_bytes()] {
                terminal.say(part);
            }
            for part in [challenge, &EPHEMERAL, name, &auxiliary(binding)] {
                terminal.say(part);
            }
            let signature = terminal.hear();
            // libeac leaves zeros at the head of both numbers out, as most signatures on P-521 have some.
            if signature.len() == own.len() {
                return Ok(signature);
            }
        }
    };
    let mut send = |command: &Command| -> Result<Response, Error> {
        let answer = match command.header() {
            [_, 0x22, _, 0xB6] => session.set_reference(command, &judge),
            [_, 0x2A, ..] => session.verify_certificate(command, &mut judge),
            [_, 0x22, ..] => session.select(command, &judge),
            [_, 0x84, ..] => session.challenge(command, &mut SystemRng),
            _ => session.authenticate(command, &around, &judge),
        };
        Ok(answer.unwrap_or_else(Response::status))
    };
    ta_terminal::authenticate(
        &authority.credentials(algorithm),
        &around.chip.clone(),
        binding,
        &mut sign,
        &mut send,
    )
}

fn is_wrong_signature(verdict: &Result<(), Error>) -> bool {
    matches!(
        verdict,
        Err(Error::Refused {
            sw: StatusWord::AUTH_FAILED,
            ..
        })
    )
}

#[test]
fn libeac_and_we_believe_each_others_terminal_in_every_algorithm() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(PEER, folder.path()) else {
        return;
    };
    for (algorithm, authority) in authorities() {
        for binding in bindings() {
            let context = format!("{} {binding:?}", algorithm.name());
            let verdict = to_their_chip(&program, algorithm, &authority, &binding, &CHIP);
            assert_eq!(verdict, "agreed", "their chip: {context}");
            let verdict = to_our_chip(&program, algorithm, &authority, &binding, &CHIP);
            if algorithm.family() == Family::RsaPss {
                // libeac takes the longest salt that there is room for, not one as long as the hash.
                assert!(is_wrong_signature(&verdict), "our chip: {context}: {verdict:?}");
            } else {
                assert_eq!(verdict, Ok(()), "our chip: {context}");
            }
        }
    }
}

#[test]
fn libeac_and_we_refuse_a_terminal_that_means_another_chip() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(PEER, folder.path()) else {
        return;
    };
    let another = [0xC2; 32];
    for (algorithm, authority) in authorities().into_iter().skip(2).step_by(4) {
        let binding = &bindings()[1];
        let verdict = to_their_chip(&program, algorithm, &authority, binding, &another);
        assert_eq!(verdict, "refused", "{}", algorithm.name());
        let verdict = to_our_chip(&program, algorithm, &authority, binding, &another);
        assert!(is_wrong_signature(&verdict), "{}: {verdict:?}", algorithm.name());
    }
}
