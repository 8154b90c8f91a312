//! Whatever an authority makes, held against the profiles of ICAO 9303-12; and links to keys that were made elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::office::Office;

#[test]
fn another_key_of_the_authority_is_linked_and_nothing_else_is() {
    let office = Office::open();
    office.real("--parameters named").exits(0);
    office.ds("ds create authority").exits(0);
    let other = "csca create --out other --country UT --mrz-code UTO --crl https://example.org/UTO.crl \
                 --password-file csca.pw --parameters named --organization Elsewhere --name CSCA-2";
    office.run(other).exits(0);
    let link = |new: &str, product: &str| {
        office.run(&format!(
            "csca link authority --new {new} --out {product} --password-file csca.pw --json"
        ))
    };
    let made = link("other/csca/01.pem", "link.pem").exits(0).json();
    let shown = &made["certificates"][0];
    assert_eq!(
        (&shown["subject"], &shown["issuer"]),
        (
            &"C=UT, O=Elsewhere, CN=CSCA-2".into(),
            &"C=UT, O=Utopia Passport Office, CN=CSCA Utopia".into()
        )
    );
    office.accepts("verify -CAfile authority/trust/csca-01.pem link.pem");
    assert_eq!(follows(&office, "link.pem"), ["curve-not-explicit"]);
    link("other/csca/01.pem", "link.pem").exits(2).says("U104");
    link("authority/ds/01.pem", "ds-link.pem").exits(6).says("M421");
    office.place.write("broken.pem", "-----BEGIN CERTIFICATE-----\n");
    link("broken.pem", "broken-link.pem").exits(6);
    let stranger = "csca create --out vn --country VN --organization O --name N --password-file csca.pw";
    office.run(stranger).exits(0);
    link("vn/csca/01.pem", "vn-link.pem").exits(2).says("U103");
    for none in ["ds-link.pem", "broken-link.pem", "vn-link.pem"] {
        assert!(!office.place.path(none).exists(), "{none}");
    }
}

/// The rules of ICAO 9303-12 that a product breaks, each once.
fn follows(office: &Office, product: &str) -> Vec<String> {
    let lint = office
        .run(&format!("inspect {product} --lint --json"))
        .exits(0)
        .json();
    let objects = lint["objects"].as_array().unwrap();
    assert!(!objects.is_empty(), "{product}");
    let findings = objects
        .iter()
        .flat_map(|object| object["findings"].as_array().unwrap());
    let mut rules: Vec<String> = findings
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    rules.sort();
    rules.dedup();
    rules
}

/// Every kind of product of an authority, its files in the folder among them.
fn all_products(office: &Office, csca: &str, ds: &str) -> Vec<String> {
    office.real(csca).exits(0);
    office.ds(&format!("ds create authority {ds}")).exits(0);
    let both = "--password-file csca.pw --signer-password-file ds.pw";
    let deviations = "schema = \"antin.deviations/1\"\n[[deviation]]\nsigner = \"authority/ds/01.pem\"\n\
                      [[deviation.fault]]\nkind = \"com-inconsistent\"\n";
    office.place.write("d.toml", deviations);
    for line in [
        "crl make authority --password-file csca.pw".to_owned(),
        "crl make authority --password-file csca.pw --revoke 0abb --allow-unknown-serial".to_owned(),
        "csca renew authority --password-file csca.pw --name CSCA-Utopia-2".to_owned(),
        "csca renew authority --password-file csca.pw".to_owned(),
        "crl make authority --password-file csca.pw".to_owned(),
        format!("ml make authority {both} --out UTO.ml {ds}"),
        format!("defects make authority d.toml {both} --out UTO.dl {ds}"),
        format!("seal-signer create authority {both} --identifier AB"),
    ] {
        office.run(&line).exits(0);
    }
    let mut products = vec!["UTO.ml".to_owned(), "UTO.dl".to_owned()];
    for (folder, ending) in [
        ("csca", ".pem"),
        ("ds", ".pem"),
        ("ml", ".pem"),
        ("dl", ".pem"),
        ("seal", ".pem"),
        ("crl", ".crl"),
    ] {
        let names = office.place.list(&format!("authority/{folder}"));
        let files = names
            .into_iter()
            .filter(|name| name.ends_with(ending) && !name.ends_with("-key.pem"));
        products.extend(files.map(|name| format!("authority/{folder}/{name}")));
    }
    products
}

#[test]
fn whatever_an_authority_makes_follows_the_profiles_of_icao() {
    for (csca, ds) in [
        ("", ""),
        (
            "--curve P-521 --algorithm ecdsa-sha-512",
            "--curve P-256 --algorithm ecdsa-sha-256",
        ),
    ] {
        let office = Office::open();
        let products = all_products(&office, csca, ds);
        assert!(products.len() >= 14, "{products:?}");
        for product in products {
            assert_eq!(
                follows(&office, &product),
                Vec::<String>::new(),
                "{product} {csca}"
            );
        }
    }
}

#[test]
fn a_named_curve_is_the_one_rule_that_is_broken_on_request() {
    let office = Office::open();
    for product in all_products(&office, "--parameters named", "") {
        let broken = follows(&office, &product);
        assert!(
            broken.iter().all(|rule| rule == "curve-not-explicit"),
            "{product}: {broken:?}"
        );
    }
}

#[test]
fn a_defect_list_takes_a_signer_back_at_every_counter_that_imports_it() {
    let office = Office::open();
    office.real("--parameters named").exits(0);
    office.ds("ds create authority").exits(0);
    office
        .issue("authority", "--to-file card.chip --signer-password-file ds.pw")
        .exits(0);
    let card = antin::CardState::from_bytes(&office.place.bytes("card.chip")).unwrap();
    let zone = common::mrz_of_passport(card.file(antin::ElementaryFile::DG1).unwrap());
    office.place.write("mrz", zone);
    let good = "schema = \"antin.defects/1\"\n[[defect]]\nsigner = \"authority/ds/01.pem\"\n\
                [[defect.fault]]\nkind = \"certificate-revoked\"\nstatus = 3\n\
                [[defect.fault]]\nkind = \"dg-malformed\"\ngroups = [2]\n";
    let make = |text: &str, product: &str| {
        office.place.write("described.toml", text);
        office.run(&format!(
            "defects make authority described.toml --password-file csca.pw --signer-password-file ds.pw --out {product}"
        ))
    };
    for (old, new) in [
        ("certificate-revoked", "revoked"),
        ("status = 3", "groups = [3]"),
        ("[2]", "[17]"),
        ("[2]", "[]"),
        ("defects/1", "defects/2"),
        ("[[defect]]", "[[defects]]"),
        ("kind = \"dg", "text = \"x\"\nkind = \"dg"),
    ] {
        make(&good.replace(old, new), "wrong.dfl").exits(6).says("M422");
    }
    assert!(!office.place.path("wrong.dfl").exists() && !office.place.path("authority/dfl").exists());
    make(good, "UTO.dfl").exits(0);
    office.accepts("cms -verify -noverify -binary -inform DER -in UTO.dfl -out content.der");
    let root = "authority/trust/csca-01.pem";
    office
        .run("trust import authority/trust --store store --operator lan")
        .exits(0);
    let verify = "verify --card card.chip --mrz-file mrz --store store --allow-test-anchors";
    office.run(verify).exits(0);
    office
        .run(&format!(
            "trust import UTO.dfl --root {root} --store store --operator lan"
        ))
        .exits(0);
    let after = office.run(verify);
    assert_ne!(after.exit, 0, "{}", after.out);
}
