//! One card for every way of opening and proving a chip: issued, read back and verified in memory.
#![allow(clippy::indexing_slicing)] // a table of cases

mod common;

use antin::profile::Profile;
use antin::{CheckId, CheckResult, Files, OpenCard, Policy, Report, Verdict};
use common::{Counting, Station, profile};

const MAPPINGS: [&str; 2] = ["generic", "integrated"];
const CIPHERS: [&str; 4] = ["3des", "aes-128", "aes-192", "aes-256"];

fn read(station: &Station) -> Report {
    let mut card = station.issued();
    let document = OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    assert_eq!(document.broken_off(), None);
    document.verify(&station.trust, &Policy::COUNTER, station.at)
}

fn result(report: &Report, id: CheckId) -> CheckResult {
    let row = report.checks.iter().find(|check| check.id == id);
    row.map(|check| check.result).expect("a row for the check")
}

/// The passport with one way of opening it.
fn opened_by(mapping: &str, group: &str, cipher: &str) -> Result<Profile, String> {
    let changes = format!(
        "access.pace = [{{ mapping = \"{mapping}\", cipher = \"{cipher}\", {group}, passwords = [\"mrz\", \"can\"] }}]"
    );
    Profile::with_overrides(&profile("icao-passport", &[]), &changes).map_err(|fault| fault.to_string())
}

#[test]
fn every_mapping_and_cipher_opens_an_issued_card() {
    for (seed, mapping) in MAPPINGS.into_iter().enumerate() {
        for cipher in CIPHERS {
            let card = opened_by(mapping, "curve = \"brainpoolP256r1\"", cipher).expect("a right profile");
            let report = read(&Station::new(card, 40 + seed as u64));
            assert_eq!(report.verdict, Verdict::Authentic, "{mapping} {cipher}");
            assert_eq!(report.access.cipher.as_deref(), Some(cipher));
        }
    }
}

#[test]
fn chip_authentication_mapping_proves_the_chip_by_the_key_in_ef_cardsecurity() {
    let card = Profile::with_overrides(
        &profile("icao-passport", &[]),
        r#"
remove = ["chip-authentication", "active-authentication", "file.DG15"]
access.bac = false
access.pace = [{ mapping = "chip-authentication", cipher = "aes-128", curve = "P-256", passwords = ["mrz", "can"] }]
com.data-groups = [1, 2, 14]
[[file]]
name = "EF.CardSecurity"
fid = "011D"
sfi = 0x1D
read = "pace"
mandatory = true
max-size = 4096
"#,
    )
    .expect("a right profile");
    let report = read(&Station::new(card, 45));
    assert_eq!(
        result(&report, CheckId::PaceCam),
        CheckResult::Successful,
        "{:#?}",
        report.checks
    );
    assert_eq!(report.verdict, Verdict::Authentic);
    assert_eq!(report.access.mapping.as_deref(), Some("cam"));
}

#[test]
fn chip_authentication_over_every_kind_of_group_and_both_ciphers_proves_the_chip() {
    for (seed, (group, cipher)) in [
        ("curve = \"P-224\"", "3des"),
        ("curve = \"P-521\"", "aes-256"),
        ("curve = \"brainpoolP320r1\"", "aes-192"),
    ]
    .into_iter()
    .enumerate()
    {
        let changes = format!(
            "remove = [\"active-authentication\", \"file.DG15\", \"chip-authentication\"]\ncom.data-groups = [1, 2, 14]\n\
             chip-authentication = [{{ {group}, cipher = \"{cipher}\", key-form = \"explicit\" }}]"
        );
        let card =
            Profile::with_overrides(&profile("icao-passport", &[]), &changes).expect("a right profile");
        let report = read(&Station::new(card, 50 + seed as u64));
        assert_eq!(
            result(&report, CheckId::ChipAuthentication),
            CheckResult::Successful,
            "{group} {cipher}"
        );
        assert_eq!(report.verdict, Verdict::Authentic, "{group} {cipher}");
    }
}

#[test]
fn what_no_standard_allows_is_refused_by_name() {
    for (mapping, group, cipher, word) in [
        ("chip-authentication", "curve = \"P-256\"", "3des", "3des"),
        ("integrated", "curve = \"P-224\"", "aes-128", "P-224"),
    ] {
        let fault = opened_by(mapping, group, cipher).expect_err("it is not allowed");
        assert!(
            fault.to_lowercase().contains(&word.to_lowercase()),
            "{mapping} {group} {cipher}: {fault}"
        );
    }
}

/// The passport on a chip without extended length.
fn short(changes: &str) -> Profile {
    let text = format!(
        "{changes}\nlimits = {{ extended = false, chaining = true, max-command = 255, max-response = 256 }}"
    );
    Profile::with_overrides(&profile("icao-passport", &[]), &text).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn keys_too_long_for_short_commands_go_in_a_chain() {
    let remove = "remove = [\"active-authentication\", \"file.DG15\", \"chip-authentication\"]\ncom.data-groups = [1, 2, 14]";
    for (seed, cipher) in ["aes-128", "3des"].into_iter().enumerate() {
        let card = short(&format!(
            "{remove}\nchip-authentication = [{{ group = \"modp2048-256\", cipher = \"{cipher}\", key-form = \"pkcs3\" }}]"
        ));
        let station = Station::new(card, 60 + seed as u64);
        let mut seen = Counting::new(station.issued());
        let document = OpenCard::open(&mut seen, &station.image.access_key())
            .expect("it opens")
            .read(Files::PUBLIC)
            .expect("it reads");
        let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
        assert_eq!(
            report.verdict,
            Verdict::Authentic,
            "{cipher} {:#?}",
            report.checks
        );
        let pieces = seen.headers();
        assert!(pieces.contains(&(0x1C, 0x86)), "{cipher}: no piece was sent");
        let last = seen.commands.iter().rfind(|bytes| bytes[1] == 0x86);
        assert!(last.is_some_and(|bytes| bytes.len() <= 5 + 255 + 1), "{cipher}");
    }
}

#[test]
fn pace_over_a_long_group_goes_in_a_chain_and_its_answers_in_pieces() {
    let card = short(
        "access.pace = [{ mapping = \"generic\", cipher = \"aes-128\", group = \"modp2048-256\", passwords = [\"mrz\", \"can\"] }]\n\
         chip.quirks = [\"get-response\"]",
    );
    let report = read(&Station::new(card, 62));
    assert_eq!(report.verdict, Verdict::Authentic, "{:#?}", report.checks);
    assert_eq!(report.access.mapping.as_deref(), Some("gm"));
}

#[test]
fn signatures_longer_than_a_short_answer_come_by_extended_length_or_in_pieces() {
    let rsa = "active-authentication = { algorithm = \"rsa\", bits = 3072, hash = \"sha-256\" }\n\
               remove = [\"chip-authentication\", \"active-authentication\"]\n";
    let extended = Profile::with_overrides(&profile("icao-passport", &[]), rsa);
    let extended = extended.unwrap_or_else(|fault| panic!("{fault}"));
    let quirks = |quirks: &str| {
        let changed = Profile::with_overrides(&extended, &format!("chip.quirks = {quirks}"));
        changed.unwrap_or_else(|fault| panic!("{fault}"))
    };
    for (name, card, result, verdict) in [
        (
            "extended",
            extended.clone(),
            CheckResult::Successful,
            Verdict::Authentic,
        ),
        (
            "in pieces",
            quirks("[\"no-extended\", \"get-response\"]"),
            CheckResult::Successful,
            Verdict::Authentic,
        ),
        (
            "neither",
            quirks("[\"no-extended\"]"),
            CheckResult::Undetermined,
            Verdict::ChipUnproven,
        ),
    ] {
        let report = read(&Station::new(card, 63));
        assert_eq!(
            self::result(&report, CheckId::ActiveAuthentication),
            result,
            "{name}: {:#?}",
            report.checks
        );
        assert_eq!(report.verdict, verdict, "{name}");
    }
}
