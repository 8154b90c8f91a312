//! A signing authority from its first key to a verified card, judged by openssl on the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::office::{CSCA, Office};
use serde_json::Value;

#[test]
fn an_authority_makes_all_that_a_border_needs() {
    let office = Office::with_an_authority();
    let made = office.ds("ds create authority --json").exits(0).json();
    assert_eq!(made["schema"], "antin.made/1");
    assert_eq!(
        made["certificates"][0]["subject"],
        "C=UT, O=Utopia Passport Office, CN=Document Signer 01"
    );
    office
        .issue("authority", "--to-file card.chip --signer-password-file ds.pw")
        .exits(0)
        .prints("authentic");
    office
        .run("crl make authority --password-file csca.pw --out UTO.crl")
        .exits(0);
    office
        .run("ml make authority --password-file csca.pw --signer-password-file ds.pw --out UTO.ml")
        .exits(0);
    let card = antin::CardState::from_bytes(&office.place.bytes("card.chip")).unwrap();
    let dg1 = card.file(antin::ElementaryFile::DG1).unwrap();
    office.place.write("mrz", common::mrz_of_passport(dg1));
    office
        .run("verify --card card.chip --mrz-file mrz --trust authority/trust")
        .exits(0);
    // Explicit parameters: openssl refuses them in chains, and verifies everything else.
    office.accepts("crl -inform DER -in UTO.crl -noout -text -CAfile authority/trust/csca-01.pem");
    office.accepts("cms -verify -noverify -binary -inform DER -in UTO.ml -out content.der");
    office.accepts("x509 -in authority/ds/01.pem -noout -text");
    office.accepts("pkey -in authority/csca/01-key.pem -passin file:csca.pw -noout -text");
    // The signer is there now: the authority's key is not needed any more.
    let again = office
        .run("ml make authority --signer-password-file ds.pw --out second.ml --json")
        .exits(0)
        .json();
    assert_eq!(again["certificates"], Value::Array(Vec::new()));
}

#[test]
fn keys_are_kept_under_passwords_for_their_owner_alone() {
    let office = Office::with_an_authority();
    use std::os::unix::fs::PermissionsExt;
    let key = office.place.path("authority/csca/01-key.pem");
    assert_eq!(
        std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        office
            .place
            .text("authority/csca/01-key.pem")
            .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    );
    office.place.secret("csca.pw", "another long password");
    office.ds("ds create authority").exits(22).says("S610");
    assert!(!office.place.path("authority/ds").exists());
    // Without a file somebody must type it, and here is nobody.
    office.run("ds create authority").exits(2).says("U105");
    office.place.secret("short.pw", "12345678901");
    office
        .run("csca create --out other --country VN --password-file short.pw")
        .exits(2)
        .says("U120");
    assert!(!office.place.path("other").exists());
}

#[test]
fn a_test_authority_says_so_and_its_cards_need_consent() {
    let office = Office::open();
    office
        .place
        .run(CSCA.split_whitespace())
        .exits(0)
        .says("never issue a real document");
    office.ds("ds create authority").exits(0);
    office
        .place
        .run(["record", "demo", "--seed", "1", "--out", "rec"])
        .exits(0);
    let record = office.place.record_name();
    let issue = format!(
        "issue --profile jmrtd-applet --record {record} --signer authority --signer-password-file ds.pw --to-file card.chip"
    );
    office.run(&issue).exits(2).says("U122");
    office.run(&format!("{issue} --allow-test-keys")).exits(0);
}

#[test]
fn a_real_signer_needs_no_consent() {
    let office = Office::with_an_authority();
    office.ds("ds create authority").exits(0);
    office
        .place
        .run(["record", "demo", "--seed", "1", "--out", "rec"])
        .exits(0);
    let record = office.place.record_name();
    office
        .run(&format!(
            "issue --profile jmrtd-applet --record {record} --signer authority --signer-password-file ds.pw --to-file card.chip"
        ))
        .exits(0);
}

#[test]
fn the_next_signer_takes_over_and_the_old_one_drains() {
    let office = Office::with_an_authority();
    office
        .ds("ds create authority --from 2020-01-01")
        .exits(2)
        .says("U103");
    office.ds("ds create authority").exits(0);
    let rotated = office.ds("ds rotate authority --json").exits(0);
    let made = rotated.json();
    assert!(rotated.err.contains("planned"), "{}", rotated.err);
    assert!(made["certificates"][0]["not_before"].as_str().unwrap() > "2026-09");
    // Now, not later: the newest of those whose time it is signs.
    office.ds("ds rotate authority --overlap 200").exits(0);
    office
        .issue("authority", "--to-file card.chip --signer-password-file ds.pw")
        .exits(0);
    assert_eq!(office.place.text("authority/ds/03.used"), "1\n");
    assert!(!office.place.path("authority/ds/01.used").exists());
}

#[test]
fn a_signer_stops_at_its_limit() {
    let office = Office::with_an_authority();
    office.ds("ds create authority --documents 1").exits(0);
    let issue = |card: &str| {
        office.issue(
            "authority",
            &format!("--to-file {card} --signer-password-file ds.pw"),
        )
    };
    issue("first.chip").exits(0);
    issue("second.chip").exits(22).says("S607");
    assert!(!office.place.path("second.chip").exists());
}

#[test]
fn a_signer_may_have_a_folder_of_its_own() {
    let office = Office::with_an_authority();
    office.ds("ds create authority --out station").exits(0);
    assert!(!office.place.path("authority/ds").exists() && !office.place.path("station/csca").exists());
    office
        .issue("station", "--to-file card.chip --signer-password-file ds.pw")
        .exits(0);
    office
        .issue("station", "--to-file second.chip --signer-password-file csca.pw")
        .exits(22)
        .says("S610");
}

#[test]
fn a_time_outside_the_usage_period_is_told_from_one_outside_the_validity() {
    let office = Office::open();
    office.real("--from 2015-01-01 --usage-years 3").exits(0);
    office.ds("ds create authority").exits(22).says("S609");
    let late = Office::open();
    late.real("--from 2001-01-01 --usage-years 3 --valid-years 5")
        .exits(0);
    late.run("crl make authority --password-file csca.pw")
        .exits(22)
        .says("S608");
}

#[test]
fn a_renewed_authority_is_linked_to_the_old_one_and_its_lists_carry_both() {
    let office = Office::open();
    office.real("--parameters named").exits(0);
    office.ds("ds create authority").exits(0);
    let mut renew: Vec<&str> = "csca renew authority --password-file csca.pw --json"
        .split_whitespace()
        .collect();
    renew.extend(["--name", "CSCA Utopia 2"]);
    let made = office.place.run(renew).exits(0).json();
    assert_eq!(made["certificates"].as_array().unwrap().len(), 2);
    office.accepts("verify -CAfile authority/trust/csca-01.pem authority/csca/02-link.pem");
    office.accepts("verify -CAfile authority/trust/csca-02.pem authority/csca/02.pem");
    if let Some(shown) = office.openssl("x509 -in authority/csca/02-link.pem -noout -text") {
        assert!(shown.out.contains("2.23.136.1.1.6.1"), "{}", shown.out);
    }
    // The new key signs from now on; the list of revocations names the old authority too.
    office
        .run("crl make authority --password-file csca.pw --revoke authority/ds/01.pem --out UTO.crl")
        .exits(0);
    office.accepts("crl -inform DER -in UTO.crl -noout -CAfile authority/trust/csca-02.pem");
    office
        .run("ml make authority --password-file csca.pw --signer-password-file ds.pw --out UTO.ml")
        .exits(0);
    let listed = antin::trust::master_list::MasterList::parse(&office.place.bytes("UTO.ml")).unwrap();
    assert_eq!(listed.certificates().len(), 3, "two keys and the link");
}

#[test]
fn revocations_add_up_and_are_never_forgotten() {
    let office = Office::with_an_authority();
    office.ds("ds create authority").exits(0);
    let make = |more: &str| office.run(&format!("crl make authority --password-file csca.pw {more}"));
    make("").exits(0);
    make("--revoke 0a:bb:01").exits(2).says("--allow-unknown-serial");
    make("--revoke authority/ds/01.pem --revoke 0a:bb:01 --allow-unknown-serial").exits(0);
    make("--revoke abb01 --allow-unknown-serial")
        .exits(2)
        .says("U103");
    make("--revoke authority/csca/01.pem")
        .exits(2)
        .says("--allow-revoking-authority");
    make("--revoke xyz").exits(2).says("U103");
    office.place.write("can.txt", "185017");
    make("--revoke can.txt").exits(6).says("M424").says("PEM or DER");
    make("").exits(0);
    let list = |number: u8| {
        let bytes = office.place.bytes(&format!("authority/crl/00000{number}.crl"));
        antin::trust::crl::CertificateList::parse(&bytes).unwrap()
    };
    assert_eq!((list(1).len(), list(2).len(), list(3).len()), (0, 2, 2));
    assert_eq!(list(3).number(), Some(&[3][..]));
    office
        .place
        .run(["pki", "demo", "--country", "UT", "--out", "stranger"])
        .exits(0);
    make("--revoke stranger/ds.pem").exits(2).says("U103");
}

#[test]
fn a_list_made_on_one_machine_is_signed_on_another() {
    let office = Office::with_an_authority();
    office
        .place
        .run(["pki", "demo", "--country", "VN", "--out", "vn"])
        .exits(0);
    office
        .run("ml make authority --with vn/trust/csca.pem --unsigned --out list.der")
        .exits(0);
    office
        .run("ml sign authority list.der --password-file csca.pw --signer-password-file ds.pw --out list.ml")
        .exits(0);
    office.accepts("cms -verify -noverify -binary -inform DER -in list.ml -out content.der");
    assert_eq!(office.place.bytes("content.der"), office.place.bytes("list.der"));
    office
        .run("ml make authority --with vn/ds.pem --unsigned --out wrong.der")
        .exits(6)
        .says("M421");
    office.place.write("broken.der", b"0\x03\x02\x01\x00");
    office
        .run("ml sign authority broken.der --password-file csca.pw --signer-password-file ds.pw --out x.ml")
        .exits(6)
        .says("M421");
}

#[test]
fn a_seal_signer_is_made_with_two_letters() {
    let office = Office::with_an_authority();
    let make = |identifier: &str| {
        office.run(&format!(
            "seal-signer create authority --identifier {identifier} --password-file csca.pw --signer-password-file ds.pw --json"
        ))
    };
    assert_eq!(
        make("AB").exits(0).json()["certificates"][0]["subject"],
        "C=UT, CN=AB"
    );
    make("abc").exits(2).says("U103");
    office.accepts("x509 -in authority/seal/01.pem -noout -text");
}

#[test]
fn rsa_keys_are_refused_outside_of_tokens() {
    let office = Office::open();
    office.real("--algorithm rsa-pss-sha-256").exits(22).says("S612");
    office.real("--algorithm md5").exits(2).says("rsa-pss-sha-256");
    office.real("--curve P-257").exits(2).says("brainpoolP384r1");
    assert!(!office.place.path("authority").exists());
}

#[test]
fn deviations_are_described_in_toml_and_signed() {
    let office = Office::with_an_authority();
    office.ds("ds create authority").exits(0);
    let good = "schema = \"antin.deviations/1\"\n[[deviation]]\nsigner = \"authority/ds/01.pem\"\ntype = \"P\"\n\
                issued = [\"2026-01-01\", \"2026-01-31\"]\nnumbers = [\"C01X00T47\"]\n\
                [[deviation.fault]]\nkind = \"dg-hash-wrong\"\nfile = 2\ntext = \"wrong hash\"\n\
                [[deviation.fault]]\nkind = \"com-inconsistent\"\n";
    office.place.write("good.toml", good);
    let make = |input: &str, out: &str| {
        office.run(&format!(
            "defects make authority {input} --password-file csca.pw --signer-password-file ds.pw --out {out}"
        ))
    };
    make("good.toml", "UTO.dl").exits(0);
    let list = antin::trust::deviation_list::DeviationList::parse(&office.place.bytes("UTO.dl")).unwrap();
    assert_eq!(list.deviations()[0].descriptions.len(), 2);
    office.accepts("cms -verify -noverify -binary -inform DER -in UTO.dl -out content.der");
    for (old, new) in [
        ("dg-hash-wrong", "dg-hash-bad"),
        ("file = 2", "file = 17"),
        ("2026-01-31", "2025-01-31"),
        ("type = \"P\"", "kind = \"P\""),
        ("deviations/1", "deviations/2"),
    ] {
        office.place.write("wrong.toml", good.replace(old, new));
        make("wrong.toml", "wrong.dl").exits(6).says("M422");
    }
    assert!(!office.place.path("wrong.dl").exists());
}

/// The bare key and certificate of the first signer in a folder of their own.
fn bare_copy(office: &Office, folder: &str) {
    let path = |name: &str| office.place.path(name);
    std::fs::create_dir_all(path(&format!("{folder}/trust"))).unwrap();
    for (from, to) in [
        ("ds/01-key.pem", "ds-key.pem"),
        ("ds/01.pem", "ds.pem"),
        ("trust/csca-01.pem", "trust/csca.pem"),
    ] {
        std::fs::copy(
            path(&format!("authority/{from}")),
            path(&format!("{folder}/{to}")),
        )
        .unwrap();
    }
}

#[test]
fn a_limit_belongs_to_the_key_however_the_key_is_named() {
    let office = Office::with_an_authority();
    office.ds("ds create authority --documents 2").exits(0);
    let issue = |signer: &str, card: &str| {
        office.issue(signer, &format!("--to-file {card} --signer-password-file ds.pw"))
    };
    bare_copy(&office, "bare");
    issue("bare", "first.chip").exits(0);
    issue("authority", "second.chip").exits(0);
    assert_eq!(office.place.text("authority/ds/01.used"), "2\n");
    // A count that is taken away, a limit that is edited, a copy, the bare key: it is the same key.
    std::fs::remove_file(office.place.path("authority/ds/01.used")).unwrap();
    let described = office.place.text("authority/ds/01.toml");
    office.place.write(
        "authority/ds/01.toml",
        described.replace("documents = 2", "documents = 2000"),
    );
    for signer in ["authority", "bare"] {
        issue(signer, "third.chip")
            .exits(22)
            .says("S607")
            .says("2 documents");
    }
    assert!(!office.place.path("third.chip").exists());
    // With the description beside it, the bare form counts in that folder on any machine.
    std::fs::write(office.place.path("bare/ds.toml"), described).unwrap();
    std::fs::remove_dir_all(office.place.path(".local")).unwrap();
    issue("bare", "third.chip").exits(0);
    assert_eq!(office.place.text("bare/ds.used"), "1\n");
}

#[test]
fn a_bare_key_that_nobody_here_knows_is_warned_of() {
    let office = Office::with_an_authority();
    office.ds("ds create authority").exits(0);
    bare_copy(&office, "bare");
    std::fs::remove_dir_all(office.place.path(".local")).unwrap();
    let said = office
        .issue("bare", "--to-file card.chip --signer-password-file ds.pw")
        .exits(0);
    said.says("no limit is known");
}

#[test]
fn a_revoked_signer_and_one_of_other_documents_sign_nothing() {
    let office = Office::with_an_authority();
    office.ds("ds create authority").exits(0);
    let issue = |card: &str| {
        office.issue(
            "authority",
            &format!("--to-file {card} --signer-password-file ds.pw"),
        )
    };
    office
        .run("ds create authority --types Q --password-file csca.pw --signer-password-file ds.pw")
        .exits(0);
    // The newest is for other documents.
    issue("first.chip").exits(0).says("Document Signer 01");
    office
        .run("crl make authority --password-file csca.pw --revoke authority/ds/01.pem")
        .exits(0);
    issue("second.chip")
        .exits(22)
        .says("S615")
        .says("ds/01: revoked")
        .says("ds/02: for Q, not P");
    assert!(!office.place.path("second.chip").exists());
    office
        .ds("ds rotate authority --overlap 400")
        .exits(0)
        .says("revoked");
    issue("third.chip").exits(0).says("Document Signer 03");
    bare_copy(&office, "bare");
    std::fs::copy(
        office.place.path("authority/ds/02-key.pem"),
        office.place.path("bare/ds-key.pem"),
    )
    .unwrap();
    std::fs::copy(
        office.place.path("authority/ds/02.pem"),
        office.place.path("bare/ds.pem"),
    )
    .unwrap();
    office
        .issue("bare", "--to-file fourth.chip --signer-password-file ds.pw")
        .exits(22)
        .says("S615");
}
