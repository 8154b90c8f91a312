//! Without any PC/SC service: the command is the virtual reader, and a card emulator connects to it - ours, or one that
//! others wrote.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use std::process::{Command, Stdio};

use common::{Place, Ran};
use serde_json::Value;

fn result(ran: &Ran) -> Value {
    ran.json()
}

#[test]
fn our_own_emulator_is_read_without_a_service() {
    let place = Place::with_a_card();
    let (reader, address) = place.listening([
        "verify",
        "--can-file",
        "can",
        "--trust",
        "pki/trust",
        "--policy",
        "lab",
    ]);
    let card = place.plug_in(&address, &["card.chip"]);
    let verified = reader.end().exits(0);
    assert_eq!(result(&verified)["verdict"], "authentic");
    card.end().exits(0);
}

#[test]
fn a_blank_in_our_own_reader_becomes_a_card() {
    let place = Place::with_keys_and_records();
    let record = place.record_name();
    let (reader, address) = place.listening([
        "issue",
        "--profile",
        "vn-cccd-2021",
        "--record",
        &record,
        "--signer",
        "pki",
        "--allow-test-keys",
    ]);
    let card = place.plug_in(
        &address,
        &["blank.chip", "--blank", "vn-cccd-2021", "--allow-test-keys"],
    );
    let issued = reader.end().exits(0);
    assert_eq!(result(&issued)["read_back"], "authentic");
    card.end();
    place.write("can", common::can_of(&place.record()));
    place
        .run([
            "verify",
            "--card",
            "blank.chip",
            "--can-file",
            "can",
            "--trust",
            "pki/trust",
            "--policy",
            "lab",
        ])
        .exits(0);
}

#[test]
fn what_was_learnt_about_a_card_is_kept_for_the_next_one_and_a_damaged_memory_is_ignored() {
    let place = Place::with_a_card();
    let verify = [
        "verify",
        "--card",
        "card.chip",
        "--can-file",
        "can",
        "--trust",
        "pki/trust",
        "--policy",
        "lab",
    ];
    let kept = ".cache/antin/dialects.json";
    let cached: Value = serde_json::from_str(&place.text(kept)).expect("JSON");
    assert_eq!(cached["schema"], "antin.dialects/1");
    let text = place.text(kept);
    assert!(text.contains("\"extended-le\""), "{text}");
    for personal in ["IDVNM", "079", "TEST"] {
        assert!(!text.contains(personal), "nothing of the holder: {text}");
    }
    place.write(kept, "{ damaged");
    place.run(verify).exits(0).says("dialects.json");
    assert_eq!(place.text(kept), text, "found out anew and written again");
    std::fs::remove_dir_all(place.path(".cache")).unwrap();
    place.run(verify.iter().chain(&["--no-cache"])).exits(0);
    assert!(!place.path(".cache").exists(), "nothing is kept");
}

#[test]
fn nobody_who_connects_is_no_card() {
    Place::with_keys_and_records()
        .run([
            "read",
            "--vpcd-listen",
            "0",
            "--wait",
            "0",
            "--can-file",
            "rec",
            "--to",
            "out",
        ])
        .exits(2);
    let place = Place::empty();
    place.write("can", "123456");
    place
        .run([
            "read",
            "--vpcd-listen",
            "0",
            "--wait",
            "0",
            "--can-file",
            "can",
            "--to",
            "out",
        ])
        .exits(3);
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().port().to_string();
    place
        .run([
            "read",
            "--vpcd-listen",
            &taken,
            "--wait",
            "0",
            "--can-file",
            "can",
            "--to",
            "out",
        ])
        .exits(3)
        .says("E107");
}

/// The emulator of vsmartcard, in Python: not a travel document, so it is read as far as that goes.
#[test]
fn a_card_emulator_that_others_wrote_is_talked_to() {
    let place = Place::empty();
    let Some(mut foreign) = vicc(&place) else {
        assert!(
            std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
            "ANTIN_STRICT: vicc cannot run"
        );
        println!("SKIPPED: vicc cannot run (Debian packages vsmartcard-vpicc, python3-pycryptodome)");
        return;
    };
    place.write("can", "123456");
    let (reader, address) = place.listening(["read", "--can-file", "can", "--to", "out", "--trace"]);
    let port = address.rsplit(':').next().unwrap();
    let mut foreign = foreign
        .args([
            "/usr/bin/vicc",
            "--type",
            "iso7816",
            "--hostname",
            "127.0.0.1",
            "--port",
            port,
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ran = reader.end();
    // It may have ended with its reader.
    let _ = foreign.kill();
    let _ = foreign.wait();
    // It has no application for travel documents, and says so in its own words.
    let ran = ran.says("> 00 A4 04 0C").says("< 6A82");
    ran.exits(4).says("A209");
}

/// Python as Debian has it, ready to run vicc. Its package lies where Python does not look, and wants PyCrypto under its
/// old name.
fn vicc(place: &Place) -> Option<Command> {
    std::fs::create_dir(place.path("Crypto")).unwrap();
    place.write(
        "Crypto/__init__.py",
        "import sys, importlib\n\
         for name in ('Cipher', 'Cipher.DES3', 'Cipher.DES', 'Cipher.AES', 'Cipher.ARC4', 'Hash', 'Hash.HMAC', 'Hash.SHA'):\n\
        \x20   sys.modules['Crypto.' + name] = importlib.import_module('Cryptodome.' + name)\n",
    );
    let folders = [
        place.path("").display().to_string(),
        "/usr/lib/python3/site-packages/virtualsmartcard".to_owned(),
    ];
    let python = || {
        let mut command = Command::new("/usr/bin/python3");
        command.env("PYTHONPATH", folders.join(":"));
        command
    };
    let works = python()
        .args(["-c", "import virtualsmartcard.VirtualSmartcard"])
        .output()
        .is_ok_and(|output| output.status.success());
    (works && std::path::Path::new("/usr/bin/vicc").exists()).then(python)
}
