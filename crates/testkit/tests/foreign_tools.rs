//! Tools that others wrote see our card and judge what was written to it: OpenSC and openssl.
#![cfg(target_os = "linux")]

mod common;

use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use antin::ElementaryFile;
use antin::lds::EfSod;
use antin_testkit::card::DemoCard;
use common::{LONG, insert, is_there, start};

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr]
        .map(String::from_utf8_lossy)
        .concat()
}

/// The reader needs a moment to see a card.
fn until(tool: impl Fn() -> Output, words: &str) -> String {
    let started = Instant::now();
    loop {
        let said = said(&tool());
        if said.contains(words) {
            return said;
        }
        assert!(started.elapsed() < LONG, "no {words:?} in: {said}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn opensc_sees_the_card_its_answer_to_reset_and_its_application() {
    if !is_there("opensc-tool", "--version") {
        return;
    }
    let Some(lab) = start() else { return };
    let slot = lab.slots().first().expect("one reader");
    let card = DemoCard::vietnamese();
    let soft = card.soft_card(card.state.clone());
    let atr: Vec<String> = soft.atr().iter().map(|byte| format!("{byte:02x}")).collect();
    let inserted = insert(slot, soft);
    let opensc = |arguments: &[&str]| {
        lab.command("opensc-tool")
            .args(arguments)
            .output()
            .expect("it runs")
    };

    let list = until(|| opensc(&["-l"]), "Yes");
    assert!(list.contains(&slot.reader), "{list}");
    let shown = until(|| opensc(&["--reader", "0", "--atr"]), &atr.join(":"));
    assert!(!shown.contains("Failed"), "{shown}");
    let selected = until(
        || opensc(&["--reader", "0", "-s", "00A4040C07A0000002471001"]),
        "Received",
    );
    assert!(selected.contains("SW1=0x90, SW2=0x00"), "{selected}");
    let unknown = until(
        || opensc(&["--reader", "0", "-s", "00A4040C07A0000002471099"]),
        "Received",
    );
    assert!(unknown.contains("SW1=0x6A, SW2=0x82"), "{unknown}");
    drop(inserted);
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("it runs")
}

fn accepts(folder: &Path, arguments: &[&str]) -> String {
    let output = openssl(folder, arguments);
    assert!(
        output.status.success(),
        "openssl {}: {}",
        arguments.join(" "),
        said(&output)
    );
    said(&output)
}

/// The hashes of the list as openssl prints it: number and hexadecimal digest of each.
fn listed(printed: &str) -> Vec<(u8, String)> {
    let mut found = Vec::new();
    let mut number = None;
    for line in printed.lines() {
        if let Some((_, value)) = line.split_once("INTEGER           :") {
            number = u8::from_str_radix(value.trim(), 16).ok();
        } else if let Some((_, value)) = line.split_once("OCTET STRING      [HEX DUMP]:") {
            found.push((
                number.take().expect("a number before each hash"),
                value.trim().to_lowercase(),
            ));
        }
    }
    found
}

const VERIFY: [&str; 10] = [
    "cms", "-verify", "-inform", "DER", "-in", "sod.cms", "-CAfile", "csca.pem", "-purpose", "any",
];

/// What the chip holds is taken from the finished chip, not from what was meant for it.
#[test]
fn openssl_judges_the_issued_card() {
    if !is_there("openssl", "version") {
        return;
    }
    let card = DemoCard::vietnamese();
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("it is written");
    let sod = card.state.file(ElementaryFile::Sod).expect("EF.SOD");
    write("sod.cms", EfSod::parse(sod).expect("our own").cms);
    write("csca.pem", card.pki.csca.to_pem().as_bytes());

    // Signature and chain, the signer's certificate and the signed list taken out by openssl itself.
    accepts(
        folder.path(),
        &[&VERIFY[..], &["-out", "list.der", "-signer", "ds.pem"]].concat(),
    );
    accepts(
        folder.path(),
        &["verify", "-x509_strict", "-CAfile", "csca.pem", "ds.pem"],
    );
    let listed = listed(&accepts(
        folder.path(),
        &["asn1parse", "-inform", "DER", "-in", "list.der"],
    ));
    let numbers: Vec<u8> = listed.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 3, 13, 14, 15]);
    for (number, hash) in listed {
        let file = ElementaryFile::data_group(number).expect("1 to 16");
        write("dg.bin", card.state.file(file).expect("what is listed is there"));
        let printed = accepts(folder.path(), &["dgst", "-sha256", "-r", "dg.bin"]);
        assert_eq!(printed.split_whitespace().next(), Some(hash.as_str()), "{file}");
    }
}

#[test]
fn openssl_refuses_the_card_of_a_stranger() {
    if !is_there("openssl", "version") {
        return;
    }
    let (card, stranger) = (DemoCard::vietnamese(), DemoCard::vietnamese());
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("it is written");
    let sod = stranger.state.file(ElementaryFile::Sod).expect("EF.SOD");
    write("sod.cms", EfSod::parse(sod).expect("our own").cms);
    write("csca.pem", card.pki.csca.to_pem().as_bytes());
    let output = openssl(folder.path(), &[&VERIFY[..], &["-out", "list.der"]].concat());
    assert!(!output.status.success(), "{}", said(&output));
}
