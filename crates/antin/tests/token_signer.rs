//! Signing keys in a software token: made, found, and used again after the session was lost.
//!
//! The driver reads its settings from the environment, so each test runs itself again as a process with settings of its own.
#![cfg(feature = "pkcs11")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at what they do not expect"
)]

use std::path::Path;
use std::process::Command;

use antin::crypto::rsa::Scheme;
use antin::crypto::{
    Curve, Hash, ParameterForm, PureRust, SecretBytes, SignatureAlgorithm, Signer, Verifier,
};
use antin::token::{Existing, Found, KeyKind, Token, TokenError, TokenSigner, TokenUri};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

const DRIVERS: [&str; 2] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];
const PIN: &str = "271828";
const INSIDE: &str = "ANTIN_TEST_INSIDE_TOKEN";

fn driver() -> Option<&'static str> {
    let driver = DRIVERS.into_iter().find(|path| Path::new(path).exists());
    if driver.is_none() {
        let missing = "SoftHSM is not installed: apt install softhsm2";
        assert!(
            std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
            "ANTIN_STRICT: {missing}"
        );
        println!("SKIPPED: {missing}");
    }
    driver
}

/// Runs the test again where a fresh token is; `true` in that second run.
fn with_a_token(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if driver().is_none() {
        return false;
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    std::fs::write(
        &settings,
        format!("directories.tokendir = {}\n", tokens.display()),
    )
    .unwrap();
    let run = |command: &mut Command| {
        let output = command
            .env("SOFTHSM2_CONF", &settings)
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    };
    let init = [
        "--init-token",
        "--free",
        "--label",
        "Authority",
        "--so-pin",
        "31415926",
        "--pin",
        PIN,
    ];
    run(Command::new("softhsm2-util").args(init));
    run(Command::new(std::env::current_exe().unwrap()).args([name, "--exact", "--nocapture"]));
    false
}

fn uri(object: &str) -> TokenUri {
    let driver = driver().unwrap();
    TokenUri::parse(&format!(
        "pkcs11:token=Authority;object={object}?module-path={driver}"
    ))
    .unwrap()
}

fn pin() -> SecretBytes {
    SecretBytes::new(PIN.as_bytes().to_vec())
}

fn make(object: &str, kind: KeyKind, algorithm: SignatureAlgorithm) -> (TokenSigner, Found) {
    try_make(object, kind, Existing::Refused, algorithm).unwrap()
}

fn try_make(
    object: &str,
    kind: KeyKind,
    existing: Existing<'_>,
    algorithm: SignatureAlgorithm,
) -> Result<(TokenSigner, Found), TokenError> {
    Token::find(&uri(object))?.open_or_make_signer(
        Some(&pin()),
        kind,
        existing,
        algorithm,
        ParameterForm::Explicit,
    )
}

fn signs(signer: &TokenSigner) {
    let signature = signer.sign(b"message").unwrap();
    PureRust
        .verify(signer.algorithm(), signer.public_key(), b"message", &signature)
        .unwrap();
}

/// What another part of this process does with the same token.
fn another_session() -> Session {
    let driver = Pkcs11::new(driver().unwrap()).unwrap();
    // Whoever uses the token already began.
    let _ = driver.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let slots = driver.get_slots_with_initialized_token().unwrap();
    driver.open_rw_session(*slots.first().unwrap()).unwrap()
}

#[test]
fn every_kind_of_key_signs_what_others_verify() {
    if !with_a_token("every_kind_of_key_signs_what_others_verify") {
        return;
    }
    let ec = |curve, hash| (KeyKind::Ec(curve), SignatureAlgorithm::ecdsa(hash));
    let pss = Scheme::Pss {
        hash: Hash::Sha256,
        mgf: Hash::Sha256,
        salt_len: 20,
    };
    let kinds = [
        ec(Curve::P256, Hash::Sha256),
        ec(Curve::P256, Hash::Sha512),
        ec(Curve::P521, Hash::Sha512),
        ec(Curve::BrainpoolP384r1, Hash::Sha384),
        (KeyKind::Rsa(2048), SignatureAlgorithm::rsa_pss(Hash::Sha256)),
        (KeyKind::Rsa(2048), SignatureAlgorithm::rsa_pkcs1(Hash::Sha512)),
        (KeyKind::Rsa(2048), SignatureAlgorithm::Rsa(pss)),
    ];
    for (number, (kind, algorithm)) in kinds.into_iter().enumerate() {
        let name = format!("key{number}");
        let (signer, found) = make(&name, kind, algorithm);
        assert_eq!(found, Found::New, "{kind:?}");
        signs(&signer);
        let taken = try_make(&name, kind, Existing::Refused, algorithm).unwrap_err();
        let TokenError::KeyTaken { sha256, .. } = taken else {
            panic!("{taken}");
        };
        let (again, found) = try_make(&name, kind, Existing::Meant(&sha256), algorithm).unwrap();
        assert_eq!(found, Found::There);
        assert!(again.public_key().is_same_key(signer.public_key()));
        signs(&again);
    }
}

#[test]
fn a_key_that_is_there_is_taken_only_if_it_is_the_one_that_was_meant() {
    if !with_a_token("a_key_that_is_there_is_taken_only_if_it_is_the_one_that_was_meant") {
        return;
    }
    let algorithm = SignatureAlgorithm::ecdsa(Hash::Sha256);
    let of = |object: &str, curve, meant: &str| {
        try_make(object, KeyKind::Ec(curve), Existing::Meant(meant), algorithm)
            .map(|(_, found)| found)
            .map_err(|error| error.to_string())
    };
    let (_, found) = make("csca", KeyKind::Ec(Curve::P256), algorithm);
    assert_eq!(found, Found::New);
    let taken = of("csca", Curve::P256, &"00".repeat(32)).unwrap_err();
    let sha256 = taken.rsplit(' ').next().unwrap();
    assert_eq!(of("csca", Curve::P256, sha256), Ok(Found::There));
    assert!(of("csca", Curve::P384, sha256).unwrap_err().contains("asked for"));
    // One that was meant and is not there is not made.
    assert_eq!(
        of("other", Curve::P256, sha256).unwrap_err(),
        "0 keys labelled other"
    );
}

#[test]
fn a_key_that_is_made_cannot_leave_its_token() {
    if !with_a_token("a_key_that_is_made_cannot_leave_its_token") {
        return;
    }
    let (signer, _) = make(
        "csca",
        KeyKind::Ec(Curve::P256),
        SignatureAlgorithm::ecdsa(Hash::Sha256),
    );
    signs(&signer);
    let session = another_session();
    let wanted = |sensitive, extractable| {
        let wanted = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Sensitive(sensitive),
            Attribute::Extractable(extractable),
        ];
        session.find_objects(&wanted).unwrap().len()
    };
    assert_eq!(
        (wanted(true, false), wanted(false, false), wanted(true, true)),
        (1, 0, 0)
    );
}

#[test]
fn a_session_that_was_lost_is_opened_again_once() {
    if !with_a_token("a_session_that_was_lost_is_opened_again_once") {
        return;
    }
    let (signer, _) = make(
        "csca",
        KeyKind::Ec(Curve::P256),
        SignatureAlgorithm::ecdsa(Hash::Sha256),
    );
    signs(&signer);
    // A login holds for every session of the process: whoever logs out takes it from all.
    another_session().logout().unwrap();
    signs(&signer);
    assert_eq!(signer.take_failure(), None);
}

#[test]
fn a_key_that_is_gone_for_good_is_told_so() {
    if !with_a_token("a_key_that_is_gone_for_good_is_told_so") {
        return;
    }
    let (signer, _) = make(
        "csca",
        KeyKind::Ec(Curve::P256),
        SignatureAlgorithm::ecdsa(Hash::Sha256),
    );
    let session = another_session();
    for handle in session
        .find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])
        .unwrap()
    {
        session.destroy_object(handle).unwrap();
    }
    assert!(signer.sign(b"message").is_err());
    let failure = signer.take_failure();
    assert!(
        matches!(failure, Some(TokenError::KeyAbsent { found: 0, .. })),
        "{failure:?}"
    );
}

#[test]
fn another_key_in_the_place_of_the_first_is_not_used() {
    if !with_a_token("another_key_in_the_place_of_the_first_is_not_used") {
        return;
    }
    let algorithm = SignatureAlgorithm::ecdsa(Hash::Sha256);
    let (signer, _) = make("csca", KeyKind::Ec(Curve::P256), algorithm);
    let session = another_session();
    for handle in session.find_objects(&[]).unwrap() {
        session.destroy_object(handle).unwrap();
    }
    let (other, found) = make("csca", KeyKind::Ec(Curve::P256), algorithm);
    assert_eq!(found, Found::New);
    signs(&other);
    assert!(signer.sign(b"message").is_err());
    assert!(matches!(signer.take_failure(), Some(TokenError::KeyUnfit { .. })));
}

#[test]
fn a_wrong_pin_and_a_key_of_another_kind_are_told_apart() {
    if !with_a_token("a_wrong_pin_and_a_key_of_another_kind_are_told_apart") {
        return;
    }
    let ecdsa = SignatureAlgorithm::ecdsa(Hash::Sha256);
    let open = |object: &str, pin: &str, algorithm| {
        let pin = SecretBytes::new(pin.as_bytes().to_vec());
        let token = Token::find(&uri(object)).unwrap();
        token
            .open_signer(Some(&pin), algorithm, ParameterForm::Named)
            .map(drop)
            .unwrap_err()
    };
    assert!(matches!(
        open("csca", "999999", ecdsa),
        TokenError::WrongPin { .. }
    ));
    assert!(matches!(
        open("csca", PIN, ecdsa),
        TokenError::KeyAbsent { found: 0, .. }
    ));
    // Somebody is logged in while a key is made: the next one needs no second login.
    let session = another_session();
    session
        .login(UserType::User, Some(&AuthPin::new(PIN.into())))
        .unwrap();
    let (signer, _) = make("csca", KeyKind::Ec(Curve::P256), ecdsa);
    signs(&signer);
    let rsa = SignatureAlgorithm::rsa_pss(Hash::Sha256);
    assert!(matches!(open("csca", PIN, rsa), TokenError::KeyUnfit { .. }));
}
