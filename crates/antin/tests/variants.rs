//! Keys and signatures too long for short commands and answers, and how they get through.
#![allow(clippy::indexing_slicing)] // a table of cases

mod common;

use antin::profile::Profile;
use antin::{CheckId, CheckResult, Files, OpenCard, Policy, Report, Verdict};
use common::{Counting, Station, profile};

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
