//! The profiles: what our own authority makes follows them, and each rule is broken by what it forbids.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use antin_crypto::{Curve, Hash, ObjectIdentifier, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin_trust::Certificate;
use antin_trust::crl::CertificateList;
use antin_trust::lint::{self, Lint, Profile, Rule, Weight};
use antin_trust::pki::profile::{self, ListKind, NameChange, Period, Place};
use antin_trust::pki::{Contact, CrlPlaces, Extension, Subject, Template};
use antin_trust::sod::SodSigner;
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};
use common::forge::{self, Forge};
use common::lists::{Crl, entry, extension, list_signer, master_list, signed_list};
use common::{Card, foreign_data, now, rng};

const SEQUENCE: Tag = Tag(0x30);

struct Country {
    signer: SoftSigner,
    csca: Certificate,
}

fn key(seed: u8, form: ParameterForm) -> SoftSigner {
    SoftSigner::new(
        PrivateKey::generate(Curve::P256, &mut rng(seed)),
        Hash::Sha256,
        form,
    )
}

fn period() -> Period {
    let from = now().plus_days(-1);
    Period::new(from, from.plus_days(90), from.plus_days(3000)).unwrap()
}

fn place() -> Place {
    Place {
        contact: Contact::new("VNM")
            .unwrap()
            .with_mail("csca@example.org")
            .unwrap(),
        crl: CrlPlaces::new(["https://example.org/VNM.crl"]).unwrap(),
    }
}

fn name(text: &str) -> Subject {
    Subject::new("VN", text).unwrap()
}

fn csca_template(signer: &SoftSigner) -> Template {
    let key = signer.public_key();
    profile::csca(
        &name("CSCA 1"),
        &place(),
        period(),
        key,
        NameChange::No,
        &mut rng(9),
    )
}

fn country() -> Country {
    let signer = key(1, ParameterForm::Explicit);
    let csca = csca_template(&signer).sign(&signer).unwrap();
    Country { signer, csca }
}

fn ds_template(country: &Country, form: ParameterForm) -> Template {
    let types = ["P".to_owned()];
    let key = key(2, form);
    profile::document_signer(
        &name("DS 1"),
        &place(),
        period(),
        &types,
        key.public_key(),
        &country.csca,
        &mut rng(10),
    )
    .unwrap()
}

fn rules(lint: &Lint) -> Vec<Rule> {
    lint.findings.iter().map(|finding| finding.rule).collect()
}

/// The rules that a document signer breaks after a change.
fn ds_with(change: impl FnOnce(&mut Template)) -> Vec<Rule> {
    let country = country();
    let mut template = ds_template(&country, ParameterForm::Explicit);
    change(&mut template);
    let lint = lint::certificate(&template.sign(&country.signer).unwrap());
    rules(&lint)
}

/// The rules that a CSCA breaks after a change.
fn csca_with(change: impl FnOnce(&mut Template)) -> Vec<Rule> {
    let signer = key(1, ParameterForm::Explicit);
    let mut template = csca_template(&signer);
    change(&mut template);
    rules(&lint::certificate(&template.sign(&signer).unwrap()))
}

fn extension_of<'t>(template: &'t mut Template, id: &ObjectIdentifier) -> &'t mut Extension {
    template
        .extensions
        .iter_mut()
        .find(|extension| extension.id == *id)
        .unwrap()
}

#[test]
fn what_our_own_authority_makes_follows_its_profile() {
    let country = country();
    let signer = key(3, ParameterForm::Explicit);
    let next = profile::csca(
        &name("CSCA 2"),
        &place(),
        period(),
        signer.public_key(),
        NameChange::Yes,
        &mut rng(12),
    )
    .sign(&signer)
    .unwrap();
    let link = profile::link(&country.csca, &next, &place(), &mut rng(13)).unwrap();
    let list = |kind| {
        let key = key(4, ParameterForm::Explicit);
        profile::list_signer(
            kind,
            &name("List Signer"),
            &place(),
            period(),
            key.public_key(),
            &country.csca,
            &mut rng(14),
        )
        .unwrap()
    };
    let seal = key(5, ParameterForm::Explicit);
    let seal =
        profile::seal_signer("AB", &[1, 2, 3], period(), &[], seal.public_key(), &country.csca).unwrap();
    let made = [
        (Profile::Csca, country.csca.clone()),
        (Profile::Csca, next.clone()),
        (Profile::Link, link.sign(&country.signer).unwrap()),
        (
            Profile::DocumentSigner,
            ds_template(&country, ParameterForm::Explicit)
                .sign(&country.signer)
                .unwrap(),
        ),
        (
            Profile::MasterListSigner,
            list(ListKind::Master).sign(&country.signer).unwrap(),
        ),
        (
            Profile::DeviationListSigner,
            list(ListKind::Deviation).sign(&country.signer).unwrap(),
        ),
        (Profile::SealSigner, seal.sign(&country.signer).unwrap()),
    ];
    for (profile, certificate) in made {
        let lint = lint::certificate(&certificate);
        assert_eq!((lint.profile, rules(&lint)), (profile, vec![]), "{lint:#?}");
    }
}

#[test]
fn a_named_curve_is_the_one_rule_that_the_demo_breaks_on_purpose() {
    let country = country();
    let named = ds_template(&country, ParameterForm::Named)
        .sign(&country.signer)
        .unwrap();
    assert_eq!(rules(&lint::certificate(&named)), [Rule::CurveNotExplicit]);
}

#[test]
fn each_field_of_a_certificate_is_looked_at() {
    assert_eq!(ds_with(|ds| ds.serial = vec![0x7C; 21]), [Rule::SerialTooLong]);
    assert_eq!(ds_with(|ds| ds.serial = vec![]), [Rule::SerialNotPositive]);
    let other = Subject::new("US", "DS 1").unwrap().to_der();
    let differs = ds_with(|ds| ds.subject = other);
    // The alternative name speaks of the country too.
    assert_eq!(
        differs,
        [
            Rule::CountriesDiffer,
            Rule::DirectoryNameWrong,
            Rule::DirectoryNameWrong
        ]
    );
    let attribute = |kind: &ObjectIdentifier, tag: u32, value: &[u8]| {
        let attribute = constructed(SEQUENCE, &[forge::oid(kind), object(Tag(tag), value)]);
        constructed(Tag(0x31), &[attribute])
    };
    let subject = |parts: &[Vec<u8>]| {
        let der = constructed(SEQUENCE, parts);
        ds_with(|ds| ds.subject = der)
    };
    let cn = attribute(&oids::COMMON_NAME, 0x0C, b"DS");
    let c = attribute(&oids::COUNTRY_NAME, 0x13, b"VN");
    assert_eq!(subject(&[c.clone(), cn.clone()]), []);
    assert_eq!(subject(std::slice::from_ref(&c)), [Rule::CommonNameMissing]);
    assert_eq!(
        subject(&[attribute(&oids::COUNTRY_NAME, 0x13, b"vn"), cn.clone()]),
        [Rule::CountryNotUpperCase]
    );
    assert_eq!(
        subject(&[attribute(&oids::COUNTRY_NAME, 0x0C, b"VN"), cn.clone()]),
        [Rule::CountryNotPrintable]
    );
    assert_eq!(
        subject(std::slice::from_ref(&cn)),
        [Rule::CountryMissing, Rule::CountriesDiffer]
    );
    assert_eq!(
        subject(&[c.clone(), attribute(&oids::COMMON_NAME, 0x14, b"DS")]),
        [Rule::NameStringType]
    );
    let number = attribute(&oids::SERIAL_NUMBER, 0x0C, b"1");
    assert_eq!(subject(&[c, cn, number]), [Rule::NameSerialNotPrintable]);
}

#[test]
fn each_extension_of_a_certificate_is_looked_at() {
    let missing = ds_with(|ds| ds.remove(&oids::AUTHORITY_KEY_IDENTIFIER));
    assert_eq!(missing, [Rule::ExtensionMissing]);
    let flip = |id: ObjectIdentifier| {
        ds_with(|ds| {
            let extension = extension_of(ds, &id);
            extension.critical = !extension.critical;
        })
    };
    assert_eq!(flip(oids::KEY_USAGE), [Rule::ExtensionNotCritical]);
    assert_eq!(flip(oids::DOCUMENT_TYPE_LIST), [Rule::ExtensionCritical]);
    let value = |id: ObjectIdentifier, value: Vec<u8>| ds_with(|ds| extension_of(ds, &id).value = value);
    let sequence = |parts: &[Vec<u8>]| constructed(SEQUENCE, parts);
    assert_eq!(
        value(oids::AUTHORITY_KEY_IDENTIFIER, sequence(&[])),
        [Rule::KeyIdentifierMissing]
    );
    assert_eq!(
        value(oids::KEY_USAGE, object(Tag(0x03), &[6, 0x40])),
        [Rule::KeyUsageWrong]
    );
    assert_eq!(
        value(oids::PRIVATE_KEY_USAGE_PERIOD, sequence(&[])),
        [Rule::UsagePeriodEmpty]
    );
    assert_eq!(
        value(
            oids::DOCUMENT_TYPE_LIST,
            sequence(&[forge::integer(&[0]), constructed(Tag(0x31), &[])])
        ),
        [Rule::DocumentTypeForm]
    );
    let point = |uri: &[u8]| {
        let full = constructed(Tag(0xA0), &[object(Tag(0x86), uri)]);
        sequence(&[sequence(&[constructed(Tag(0xA0), &[full])])])
    };
    assert_eq!(
        value(oids::CRL_DISTRIBUTION_POINTS, point(b"ftp://example.org")),
        [Rule::CrlPlaceScheme]
    );
    assert_eq!(
        value(oids::CRL_DISTRIBUTION_POINTS, sequence(&[])),
        [Rule::CrlPlaceMissing]
    );
    let mail = object(Tag(0x81), b"a@example.org");
    assert_eq!(
        value(oids::SUBJECT_ALT_NAME, sequence(std::slice::from_ref(&mail))),
        [Rule::NoDirectoryName]
    );
    let locality = |code: &[u8]| {
        let attribute = sequence(&[forge::oid(&oids::LOCALITY_NAME), object(Tag(0x13), code)]);
        constructed(Tag(0xA4), &[sequence(&[constructed(Tag(0x31), &[attribute])])])
    };
    assert_eq!(
        value(oids::SUBJECT_ALT_NAME, sequence(&[locality(b"VNM")])),
        [Rule::NoContact]
    );
    assert_eq!(
        value(oids::SUBJECT_ALT_NAME, sequence(&[mail, locality(b"USA")])),
        [Rule::DirectoryNameWrong]
    );
    assert_eq!(value(oids::KEY_USAGE, vec![5, 0]), [Rule::ExtensionBroken]);
    let forbidden = ds_with(|ds| {
        ds.extensions.push(Extension {
            id: oids::NAME_CHANGE,
            critical: false,
            value: vec![5, 0],
        });
    });
    assert_eq!(forbidden, [Rule::ExtensionForbidden]);
}

#[test]
fn an_authority_is_held_to_more() {
    let path = csca_with(|csca| {
        let ca = object(Tag(0x01), &[0xFF]);
        extension_of(csca, &oids::BASIC_CONSTRAINTS).value = constructed(SEQUENCE, &[ca]);
    });
    assert_eq!(path, [Rule::PathLengthNotZero]);
    let usage = csca_with(|csca| {
        extension_of(csca, &oids::KEY_USAGE).value = object(Tag(0x03), &[2, 0x04]);
    });
    assert_eq!(usage, [Rule::KeyUsageWrong]);
    let differ = csca_with(|csca| {
        let value = extension_of(csca, &oids::SUBJECT_ALT_NAME).value.clone();
        let mut other = value.clone();
        let at = value.windows(4).position(|bytes| bytes == b"csca").unwrap();
        other[at] = b'x';
        extension_of(csca, &oids::ISSUER_ALT_NAME).value = other;
    });
    assert_eq!(differ, [Rule::AlternativeNamesDiffer]);
    // A link to a new name that does not say so.
    let country = country();
    let signer = key(3, ParameterForm::Explicit);
    let next = Subject::new("VN", "CSCA 2").unwrap();
    let next = profile::csca(
        &next,
        &place(),
        period(),
        signer.public_key(),
        NameChange::No,
        &mut rng(12),
    );
    let next = next.sign(&signer).unwrap();
    let mut link = profile::link(&country.csca, &next, &place(), &mut rng(13)).unwrap();
    link.remove(&oids::NAME_CHANGE);
    let lint = lint::certificate(&link.sign(&country.signer).unwrap());
    assert_eq!(
        (lint.profile, rules(&lint)),
        (Profile::Link, vec![Rule::NameChangeMissing])
    );
}

#[test]
fn revocation_lists_are_held_against_their_profile() {
    let country = country();
    let crl = Crl::of(&country.csca, vec![entry(&[5], "261005000000Z", &[])]);
    let rules_of = |crl: &Crl| {
        let list = CertificateList::parse(&crl.sign(&country.signer)).unwrap();
        rules(&lint::crl(&list))
    };
    assert_eq!(rules_of(&crl), []);
    let changed = |change: &dyn Fn(&mut Crl)| {
        let mut crl = crl.clone();
        change(&mut crl);
        rules_of(&crl)
    };
    assert_eq!(
        changed(&|crl| {
            crl.extensions.remove(1);
        }),
        [Rule::ExtensionMissing]
    );
    let long = extension(&oids::CRL_NUMBER, false, &forge::integer(&[1; 21]));
    assert_eq!(
        changed(&|crl| crl.extensions[1] = long.clone()),
        [Rule::CrlNumberTooLong]
    );
    let delta = extension(&oids::DELTA_CRL_INDICATOR, true, &[2, 1, 1]);
    assert_eq!(
        changed(&|crl| crl.extensions.push(delta.clone())),
        [Rule::ExtensionForbidden]
    );
    let reason = extension(&oids::CRL_REASONS, false, &[0x0A, 1, 1]);
    let entry = entry(&[6], "261005000000Z", &[reason]);
    assert_eq!(
        changed(&|crl| crl.entries.push(entry.clone())),
        [Rule::EntryExtension]
    );
}

#[test]
fn a_security_object_is_held_against_its_table_and_its_signer_against_the_other() {
    let country = country();
    let key = key(2, ParameterForm::Explicit);
    let ds = ds_template(&country, ParameterForm::Explicit)
        .sign(&country.signer)
        .unwrap();
    let card = Card::new();
    let sod = SodSigner::new(&key, &ds, Hash::Sha256)
        .unwrap()
        .sign(&card.slices(), now())
        .unwrap();
    let lints = lint::file(&sod).unwrap();
    let profiles: Vec<Profile> = lints.iter().map(|lint| lint.profile).collect();
    assert_eq!(profiles, [Profile::SecurityObject, Profile::DocumentSigner]);
    assert_eq!(rules(&lints[0]), [Rule::LdsObjectVersion]);
    assert_eq!(lints[0].findings[0].weight, Weight::Should);
    assert_eq!(rules(&lints[1]), []);
    let mut forge = Forge::honest(&card.slices(), &key, &ds);
    forge.certificates.clear();
    forge.version = 1;
    let lints = lint::file(&forge.file()).unwrap();
    assert_eq!(
        rules(&lints[0]),
        [
            Rule::VersionWrong,
            Rule::SignerCertificateMissing,
            Rule::LdsObjectVersion
        ]
    );
    assert!(lints[0].findings[0].clause.contains("9303-10"), "{lints:?}");
}

#[test]
fn a_master_list_is_held_against_its_table_and_each_member_against_its_own() {
    let pki = common::pki(1);
    let signer = list_signer(&pki, Some(&oids::CSCA_MASTER_LIST_SIGNING_KEY));
    let members = [pki.csca.as_der().to_vec(), object(SEQUENCE, &[5, 0])];
    let content = master_list(&members);
    let list = signed_list(&oids::CSCA_MASTER_LIST, content, &pki.ds_signer(), &signer);
    let lints = lint::file(&list.cms()).unwrap();
    assert_eq!(lints[0].profile, Profile::MasterList);
    assert_eq!(
        rules(&lints[0]),
        [Rule::SignerNamedOtherwise, Rule::AuthorityCertificateMissing]
    );
    assert!(lints[0].findings[0].clause.contains("§9.1"), "{lints:?}");
    assert_eq!(lints[1].profile, Profile::MasterListSigner);
    assert_eq!((lints[2].profile, lints[2].index), (Profile::Csca, Some(0)));
    assert_eq!(
        (lints[3].index, rules(&lints[3])),
        (Some(1), vec![Rule::Unreadable])
    );
    assert_eq!(lints.len(), 4);
}

#[test]
fn what_is_none_of_these_is_not_linted() {
    for bytes in [&b""[..], b"hello", &[0x30, 0x00], &[0x77, 0x00]] {
        assert_eq!(lint::file(bytes), None);
    }
}

#[test]
fn codes_are_their_own() {
    let codes: std::collections::BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    assert!(Rule::ALL.iter().all(|rule| rule.clause().contains('§')));
}

/// Genuine certificates break rules: the lint tells, the verdict does not mind.
#[test]
fn the_certificates_of_the_german_list_break_rules_and_stay_genuine() {
    let Some(data) = foreign_data() else { return };
    let list = std::fs::read(data.join("masterlists/DE_ML_2026-05-28.ml")).unwrap();
    let start = std::time::Instant::now();
    let lints = lint::file(&list).unwrap();
    println!("{} objects in {:?}", lints.len(), start.elapsed());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in lints.iter().flat_map(|lint| &lint.findings) {
        *counts.entry(finding.rule.as_str()).or_default() += 1;
    }
    println!("{counts:#?}");
    // The list, its signer, its CSCA, and the members.
    assert_eq!(lints.len(), 1 + 2 + 588);
    assert_eq!(rules(&lints[0]), [], "{:?}", lints[0]);
    assert_eq!(lints[1].profile, Profile::MasterListSigner);
    assert_eq!(rules(&lints[1]), [], "{:?}", lints[1]);
    let british = lints
        .iter()
        .find(|lint| lint.index.is_some() && lint.name.as_deref().is_some_and(|name| name.contains("C=gb")));
    if let Some(british) = british {
        assert!(rules(british).contains(&Rule::CountryNotUpperCase), "{british:?}");
    }
    assert!(
        counts.contains_key("hash-not-allowed"),
        "lists hold CSCAs of the SHA-1 days"
    );
}
