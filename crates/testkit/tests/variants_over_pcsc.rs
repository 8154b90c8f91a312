//! A sample of the matrix of `crates/antin/tests/matrix` over a real PC/SC service: each card lies on the reader, is opened,
//! proves itself and is verified.
#![cfg(target_os = "linux")]

mod common;

use antin::perso::demo;
use antin::transport::lab::Slot;
use antin::{
    AccessKey, CardImage, DemoOptions, DemoPki, Door, Files, MemoryJournal, OpenCard, Patience, Policy,
    Profile, Readers, SoftCard, SystemRng, TrustStore, Verdict,
};
use common::{LONG, in_lab, insert};

const FILES: &str =
    "[[file]]\nname = \"EF.CardAccess\"\nmax-size = 1024\n[[file]]\nname = \"DG14\"\nmax-size = 4096\n";

const RSA: &str = "remove = [\"active-authentication\"]\n\
    active-authentication = { algorithm = \"rsa\", bits = 1024, hash = \"sha-1\", trailer = \"implicit\" }\n";

/// A way of opening the card, how it is opened, and what else is different.
const SAMPLE: [(&str, &str, &str); 8] = [
    ("generic", "cipher = \"3des\", curve = \"P-192\"", ""),
    ("generic", "cipher = \"aes-256\", group = \"modp2048-256\"", ""),
    (
        "integrated",
        "cipher = \"aes-192\", curve = \"brainpoolP320r1\"",
        RSA,
    ),
    ("integrated", "cipher = \"aes-128\", group = \"modp1024-160\"", ""),
    (
        "chip-authentication",
        "cipher = \"aes-128\", curve = \"P-521\"",
        "",
    ),
    (
        "chip-authentication",
        "cipher = \"aes-256\", curve = \"brainpoolP512r1\", domain-parameters = \"explicit\"",
        "",
    ),
    (
        "generic",
        "cipher = \"aes-128\", curve = \"P-256\"",
        "chip-authentication = [{ group = \"modp2048-224\", cipher = \"3des\", key-form = \"x942\" }]\n\
         limits = { extended = false, chaining = true, max-command = 255, max-response = 256 }\n",
    ),
    (
        "generic",
        "cipher = \"aes-192\", curve = \"P-384\"",
        "chip-authentication = [{ curve = \"brainpoolP384r1\", cipher = \"aes-256\", key-form = \"explicit\", key-id = 7 }]\n",
    ),
];

/// The card of a row, issued in memory, with what opens it and what it must be trusted by.
fn issued(mapping: &str, variant: &str, more: &str) -> (SoftCard, AccessKey, TrustStore) {
    let card_security = match mapping {
        "chip-authentication" => {
            "[[file]]\nname = \"EF.CardSecurity\"\nfid = \"011D\"\nsfi = 0x1D\nread = \"pace\"\nmandatory = true\nmax-size = 8192\n"
        }
        _ => "",
    };
    let changes = format!(
        "{more}access.bac = false\naccess.pace = [{{ mapping = \"{mapping}\", {variant}, passwords = [\"mrz\", \"can\"] }}]\n\
         {FILES}{card_security}"
    );
    let base = Profile::builtin("icao-passport").expect("built in");
    let profile =
        Profile::with_overrides(&base, &changes).unwrap_or_else(|fault| panic!("{fault}\n{changes}"));
    let at = antin::now();
    let pki = DemoPki::generate("UT", at, &DemoOptions::default(), &mut SystemRng).expect("keys");
    let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("an anchor");
    let citizen = demo::citizens(3, 1).remove(0);
    let record = citizen
        .record
        .check(&profile, Some(citizen.portrait))
        .expect("a record");
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at).expect("an image");
    let mut card = SoftCard::development_blank(&profile).patience(Patience::Skip);
    let (journal, door) = (&mut MemoryJournal::new(), &Door::Open);
    antin::issue(&mut card, &image, &trust, at, door, journal, &mut |_| {}).expect("an issued card");
    card.reset();
    (card, image.access_key(), trust)
}

fn is_read_and_verified(slot: &Slot, mapping: &str, variant: &str, more: &str) {
    let context = format!("{mapping}, {variant}, {more}");
    let (card, key, trust) = issued(mapping, variant, more);
    let _inserted = insert(slot, card);
    let readers = Readers::open().expect("the private service");
    let link = readers
        .wait_card_in(&slot.reader, LONG)
        .unwrap_or_else(|fault| panic!("{context}: {fault}"));
    let document = OpenCard::open(link, &key)
        .unwrap_or_else(|fault| panic!("{context}: {fault}"))
        .read(Files::PUBLIC)
        .unwrap_or_else(|fault| panic!("{context}: {fault}"));
    assert_eq!(document.broken_off(), None, "{context}");
    let report = document.verify(&trust, &Policy::COUNTER, antin::now());
    assert_eq!(
        report.verdict,
        Verdict::Authentic,
        "{context}: {:#?}",
        report.checks
    );
    let expected = match mapping {
        "generic" => "gm",
        "integrated" => "im",
        _ => "cam",
    };
    assert_eq!(report.access.mapping.as_deref(), Some(expected), "{context}");
}

#[test]
fn a_sample_of_all_variants_is_read_and_verified_over_pcsc() {
    in_lab(
        "a_sample_of_all_variants_is_read_and_verified_over_pcsc",
        |slot| {
            for (mapping, variant, more) in SAMPLE {
                is_read_and_verified(slot, mapping, variant, more);
                // The virtual reader needs this long to notice that a card has gone.
                std::thread::sleep(std::time::Duration::from_millis(1_200));
            }
        },
    );
}
