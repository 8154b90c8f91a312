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

use std::path::Path;
use std::process::Command;

use common::{Place, Ran};

const DRIVERS: [&str; 2] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];
/// Of these tests alone.
const PIN: &str = "271828";

struct Vault {
    place: Place,
    driver: &'static str,
}

impl Vault {
    /// `None`, said loudly, where SoftHSM is not installed; `ANTIN_STRICT=1` makes that a failure.
    fn open() -> Option<Self> {
        let driver = DRIVERS.into_iter().find(|path| Path::new(path).exists());
        let Some(driver) = driver else {
            let missing = "SoftHSM is not installed: apt install softhsm2";
            assert!(
                std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
                "ANTIN_STRICT: {missing}"
            );
            println!("SKIPPED: {missing}");
            return None;
        };
        let vault = Self {
            place: Place::empty(),
            driver,
        };
        std::fs::create_dir(vault.place.path("tokens")).unwrap();
        let tokens = vault.place.path("tokens");
        let settings = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
        vault.place.write("softhsm2.conf", settings);
        let mut init = Command::new("softhsm2-util");
        init.args([
            "--init-token",
            "--free",
            "--label",
            "Authority",
            "--so-pin",
            "31415926",
            "--pin",
            PIN,
        ])
        .env("SOFTHSM2_CONF", vault.place.path("softhsm2.conf"));
        common::finish(&mut init).exits(0);
        vault.secret("pin", PIN);
        vault.secret("ds.pw", "the signer's long password");
        vault
            .place
            .run(["record", "demo", "--seed", "1", "--out", "rec"])
            .exits(0);
        Some(vault)
    }

    fn secret(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.place.write(name, content);
        std::fs::set_permissions(self.place.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
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
        command
            .env("SOFTHSM2_CONF", self.place.path("softhsm2.conf"))
            .args(line.split_whitespace());
        common::finish(&mut command)
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
    vault.run("crl make authority --revoke 01 --out UTO.crl").exits(0);
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
    // The next signer's key is another one; the label that is taken is used as it is, and that is said.
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
    vault.secret("pin", "999999");
    let refused = ds().exits(22).says("S606");
    assert!(!refused.err.contains("999999"));
    vault.secret("pin", PIN);
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
    let certificate = vault.place.text("authority/csca/01.pem");
    vault
        .place
        .write("authority/csca/01.pem", vault.place.text("authority/ds/01.pem"));
    ds().exits(22).says("S602");
    vault.place.write("authority/csca/01.pem", certificate);
    ds().exits(0);
}
