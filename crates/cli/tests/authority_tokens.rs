//! An authority whose keys lie in a token, RSA and elliptic curves, and what goes wrong there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use std::process::Command;

use common::softhsm::{self, PIN, SO_PIN};
use common::{Place, Ran};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::types::AuthPin;

struct Vault {
    place: Place,
    driver: &'static str,
}

impl Vault {
    /// A place with a token; `None`, said loudly, where SoftHSM is not installed.
    fn open() -> Option<Self> {
        let driver = softhsm::driver()?;
        let place = Place::empty();
        softhsm::make_token(&place, "Authority");
        place.secret("ds.pw", "the signer's long password");
        place
            .run(["record", "demo", "--seed", "1", "--out", "rec"])
            .exits(0);
        Some(Self { place, driver })
    }

    fn uri(&self, object: &str) -> String {
        let pin = self.place.path("pin");
        format!(
            "pkcs11:token=Authority;object={object}?module-path={}&pin-source=file:{}",
            self.driver,
            pin.display()
        )
    }

    fn run(&self, line: &str) -> Ran {
        let mut command = self.place.command();
        common::finish(softhsm::with_tokens(
            &self.place,
            command.args(line.split_whitespace()),
        ))
    }

    fn csca(&self, more: &str) -> Ran {
        let line = "csca create --out authority --country UT --mrz-code UTO --organization Utopia --name CSCA \
                    --crl https://example.org/UTO.crl --parameters named";
        self.run(&format!("{line} --key {} {more}", self.uri("csca")))
    }

    fn issue(&self, signer: &str, more: &str) -> Ran {
        let record = self.place.record_name();
        self.run(&format!(
            "issue --profile jmrtd-applet --record {record} --to-file card.chip --signer {signer} {more}"
        ))
    }

    #[track_caller]
    fn accepts(&self, line: &str) {
        let mut command = Command::new("openssl");
        self.place.settle(command.args(line.split_whitespace()));
        common::finish(&mut command).exits(0);
    }
}

#[test]
fn an_rsa_authority_and_its_signers_live_in_their_token() {
    let Some(vault) = Vault::open() else { return };
    vault
        .csca("--algorithm rsa-pss-sha-256 --bits 3072 --transcript first.p7")
        .exits(0)
        .says("made the key csca");
    assert!(!vault.place.path("authority/csca/01-key.pem").exists());
    let ds = format!(
        "ds create authority --types P --key {} --curve P-256",
        vault.uri("ds")
    );
    vault.run(&ds).exits(0);
    vault.issue("authority", "").exits(0).prints("authentic");
    vault
        .run("crl make authority --revoke 01 --allow-unknown-serial --out UTO.crl")
        .exits(0);
    let ml = format!(
        "ml make authority --key {} --algorithm rsa-v1-5-sha-256 --bits 2048 --out UTO.ml",
        vault.uri("ml")
    );
    vault.run(&ml).exits(0);
    let csca = "authority/trust/csca-01.pem";
    vault.accepts(&format!(
        "verify -check_ss_sig -CAfile {csca} authority/ds/01.pem"
    ));
    vault.accepts(&format!("crl -inform DER -in UTO.crl -noout -CAfile {csca}"));
    vault.accepts("cms -verify -noverify -binary -inform DER -in UTO.ml -out list.der");
    vault.accepts("cms -verify -noverify -binary -inform DER -in first.p7 -out first.json");
    // The next signer's key is another one.
    let next = format!(
        "ds rotate authority --types P --key {} --curve P-256 --overlap 90",
        vault.uri("ds-2")
    );
    vault.run(&next).exits(0).says("made the key ds-2");
    std::fs::remove_file(vault.place.path("card.chip")).unwrap();
    vault.issue("authority", "").exits(0);
}

#[test]
fn a_key_in_a_token_signs_cards_with_a_certificate_from_a_file() {
    let Some(vault) = Vault::open() else { return };
    vault.csca("--curve brainpoolP384r1").exits(0);
    let ds = format!(
        "ds create authority --types P --key {} --curve brainpoolP256r1",
        vault.uri("ds")
    );
    vault.run(&ds).exits(0);
    let uri = vault.uri("ds");
    vault.issue(&uri, "").exits(2).says("--signer-cert");
    vault
        .issue(
            &uri,
            "--signer-cert authority/ds/01.pem --signer-trust authority/trust",
        )
        .exits(0)
        .prints("authentic");
    // The limit is kept by the folder that the certificate lies in.
    assert_eq!(vault.place.text("authority/ds/01.used"), "1\n");
    vault
        .issue(
            &vault.uri("csca"),
            "--signer-cert authority/ds/01.pem --signer-trust authority/trust",
        )
        .exits(22)
        .says("S602");
}

#[test]
fn what_a_signers_token_lacks_is_told_apart() {
    let Some(vault) = Vault::open() else { return };
    vault.csca("").exits(0);
    let ds = || vault.run("ds create authority --types P --signer-password-file ds.pw");
    ds().exits(0);
    vault.place.secret("pin", "999999");
    let refused = ds().exits(22).says("S606");
    assert!(!refused.err.contains("999999"));
    vault.place.secret("pin", PIN);
    let key = vault.place.text("authority/csca/01.toml");
    for (old, new, id) in [
        ("object=csca", "object=other", "S611"),
        ("token=Authority", "token=Elsewhere", "S604"),
        ("ecdsa-sha-384", "rsa-pss-sha-256", "S611"),
    ] {
        assert!(key.contains(old), "{key}");
        vault.place.write("authority/csca/01.toml", key.replace(old, new));
        ds().exits(22).says(id);
    }
    vault.place.write("authority/csca/01.toml", &key);
    assert!(!vault.place.path("authority/ds/02.pem").exists());
    // Another pair of keys in the token, and another certificate in the folder.
    let other = format!(
        "csca create --out other --country UT --mrz-code UTO --parameters named --key {}",
        vault.uri("second")
    );
    vault.run(&other).exits(0);
    vault.place.write(
        "authority/csca/01.toml",
        key.replace("object=csca", "object=second"),
    );
    ds().exits(22).says("S602");
    vault.place.write("authority/csca/01.toml", &key);
    let certificate = vault.place.text("authority/csca/01.pem");
    vault
        .place
        .write("authority/csca/01.pem", vault.place.text("other/csca/01.pem"));
    ds().exits(6).says("M423");
    vault.place.write("authority/csca/01.pem", certificate);
    ds().exits(0);
}

#[test]
fn a_key_that_is_in_the_token_already_is_certified_once_and_only_if_it_is_meant() {
    let Some(vault) = Vault::open() else { return };
    vault.csca("").exits(0);
    let ds = |object: &str, more: &str| {
        let key = vault.uri(object);
        vault.run(&format!(
            "ds create authority --types P --key {key} --curve brainpoolP384r1 {more}"
        ))
    };
    // The authority's own key would vouch for documents.
    let refused = ds("csca", "").exits(22).says("S619");
    let sha256 = refused
        .err
        .split(|letter: char| !letter.is_ascii_hexdigit())
        .find(|word| word.len() == 64)
        .expect("the key's hash")
        .to_owned();
    ds("csca", &format!("--existing-key {sha256}"))
        .exits(22)
        .says("csca/01.pem");
    // One that somebody else made.
    let key_of = |module: &str| {
        vault.run(&format!(
            "csca create --out other --country UT --mrz-code UTO --curve P-256 --key {module}"
        ))
    };
    key_of(&vault.uri("found")).exits(0);
    let found = ds("found", "").exits(22).says("S619");
    assert!(!found.err.contains(&sha256));
    let wrong = ds("found", &format!("--existing-key {sha256}")).exits(22);
    wrong.says("S619");
    ds("nobody", &format!("--existing-key {sha256}"))
        .exits(22)
        .says("S611");
    assert!(!vault.place.path("authority/ds").exists());
    let dry = ds("found", &format!("--existing-key {sha256} --dry-run")).exits(0);
    assert!(dry.out.contains(&sha256), "the plan says which key");
}

#[test]
fn a_driver_that_only_a_file_names_is_not_loaded() {
    let Some(vault) = Vault::open() else { return };
    vault.csca("").exits(0);
    std::fs::copy(vault.driver, vault.place.path("driver.so")).unwrap();
    let own = vault.place.path("driver.so").display().to_string();
    let described = vault.place.text("authority/csca/01.toml");
    vault
        .place
        .write("authority/csca/01.toml", described.replace(vault.driver, &own));
    let line = "crl make authority";
    vault
        .run(line)
        .exits(22)
        .says("S616")
        .says("ANTIN_PKCS11_MODULES");
    assert!(!vault.place.path("authority/crl").exists());
    let mut allowed = vault.place.command();
    allowed
        .env("ANTIN_PKCS11_MODULES", &own)
        .args(line.split_whitespace());
    common::finish(softhsm::with_tokens(&vault.place, &mut allowed)).exits(0);
}

/// SoftHSM never locks a PIN, but a token whose user never got one takes none either.
#[test]
fn a_token_whose_pin_is_not_set_is_told_from_a_wrong_pin() {
    const INSIDE: &str = "ANTIN_TEST_INSIDE_TOKEN";
    let Some(driver) = softhsm::driver() else { return };
    if std::env::var_os(INSIDE).is_some() {
        let driver = Pkcs11::new(driver).unwrap();
        driver
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .unwrap();
        let slot = *driver.get_slots_with_token().unwrap().first().unwrap();
        let officer = AuthPin::new(SO_PIN.into());
        driver.init_token(slot, &officer, "Authority").unwrap();
        return;
    }
    let place = Place::empty();
    softhsm::settle(&place);
    place.secret("pin", PIN);
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside
        .env(INSIDE, "1")
        .args(["a_token_whose_pin_is_not_set_is_told_from_a_wrong_pin", "--exact"]);
    common::finish(softhsm::with_tokens(&place, &mut inside)).exits(0);
    let vault = Vault { place, driver };
    vault.csca("").exits(22).says("S605");
    assert!(!vault.place.path("authority").exists());
}
