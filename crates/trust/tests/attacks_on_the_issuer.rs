//! Attacks on the issuer: strangers, substituted curves, signers that act as authorities.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, VerifyingKey};
use antin_trust::pki::{self, CscaOptions, DemoOptions, DemoPki, DsOptions, Extension};
use antin_trust::{CheckId, CheckResult, Reason, Report, TrustStore, Verdict};
use antin_wire::oids;
use antin_wire::tlv::{Tag, object};

use common::attack::{forged, with_signer};
use common::forge::Forge;
use common::{Card, assert_failed, counter, now, pki as demo, rng, row, soft, summary, trusting};

#[test]
fn the_forger_itself_makes_honest_cards() {
    let report = forged(&demo(1), |_| {});
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let report = with_signer(&demo(1), |_| {});
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

#[test]
fn a_stranger_with_the_same_name_is_an_unknown_issuer() {
    let (real, stranger) = (demo(1), demo(2));
    let report = counter(&Card::new().signed_files(&stranger), &trusting(&real));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-10: a root in the certificate bag is no anchor.
#[test]
fn an_authority_that_comes_with_the_card_is_not_believed() {
    let stranger = demo(2);
    let report = {
        let card = Card::new();
        let mut forge = Forge::honest(&card.slices(), &stranger.ds_signer(), &stranger.ds);
        forge.certificates.push(stranger.csca.as_der().to_vec());
        counter(&card.files(forge.file()), &trusting(&demo(1)))
    };
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-08: the Elvis passport.
#[test]
fn a_signer_that_signed_itself_has_no_anchor() {
    let pki = demo(1);
    let mut template = pki::csca_template(
        &CscaOptions::new("VN", now().plus_days(-1)),
        &pki.ds_signer(),
        &mut rng(9),
    )
    .unwrap();
    template
        .extensions
        .retain(|extension| extension.id != oids::BASIC_CONSTRAINTS && extension.id != oids::KEY_USAGE);
    template.extensions.push(Extension::key_usage(0x80));
    let own = template.sign(&pki.ds_signer()).unwrap();
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &pki.ds_signer(), &own).file();
    let report = counter(&card.files(sod), &trusting(&pki));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-01: a signer under the stored CSCA's name and key identifier, signed with another key.
#[test]
fn a_signer_that_names_the_real_authority_without_its_signature_fails() {
    let (real, stranger) = (demo(1), demo(2));
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let template = pki::document_signer_template(
        &options,
        &VerifyingKey::ec(stranger.ds_key.public(), ParameterForm::Named),
        &real.csca,
        &mut rng(9),
    );
    let certificate = template.unwrap().sign(&stranger.csca_signer()).unwrap();
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &stranger.ds_signer(), &certificate).file();
    assert_failed(
        &counter(&card.files(sod), &trusting(&real)),
        CheckId::Chain,
        None,
        Reason::SignatureWrong,
    );
}

/// PKI-01: explicit parameters with another generator describe no known curve, and nothing is computed on them.
#[test]
fn a_chosen_generator_is_no_known_curve() {
    let options = DemoOptions {
        form: ParameterForm::Explicit,
        ..DemoOptions::default()
    };
    let pki = common::pki_with(&options);
    let base = hex::encode(Curve::P256.domain().g);
    let foreign = hex::encode(pki.ds_key.public().as_sec1());
    let report = with_explicit_spki(&pki, |spki| spki.replacen(&base, &foreign, 1));
    assert_eq!(
        row(&report, CheckId::SodSignature, None),
        (CheckResult::Undetermined, Some(Reason::CurveUnknown))
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Inconclusive, 14),
        "{}",
        summary(&report)
    );
}

/// PKI-05: a point that is not on the curve.
#[test]
fn a_public_key_off_the_curve_fails() {
    let pki = demo(1);
    let report = with_signer(&pki, |template| {
        let last = template.spki.last_mut().unwrap();
        *last ^= 1;
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::BadPublicKey);
}

/// PKI-05: what is not a point in the full uncompressed form is no key.
#[test]
fn infinity_hybrid_forms_and_coordinates_beyond_the_prime_are_no_public_keys() {
    let pki = demo(1);
    let point = pki.ds_key.public().as_sec1().to_vec();
    let (x, y) = point[1..].split_at(32);
    let p = Curve::P256.domain().p;
    let parity = y[31] & 1;
    for point in [
        vec![0],
        vec![],
        [&[6 + parity], x, y].concat(),
        [&[7 - parity], x, y].concat(),
        [&[2 + parity], x].concat(),
        [&[4], x, &y[..31]].concat(),
        [&[4], x, y, &[0]].concat(),
        [&[4], p, y].concat(),
        [&[4], x, p].concat(),
        vec![4; 65],
    ] {
        let report = with_signer(&pki, |template| {
            let mut bits = vec![0];
            bits.extend_from_slice(&point);
            template.spki = sequence(&[named_p256(), object(Tag(0x03), &bits)]);
        });
        assert_failed(&report, CheckId::SodSignature, None, Reason::BadPublicKey);
    }
}

/// PKI-03: the seed is not part of a curve; with it, without it and with a changed one the curve is the same.
#[test]
fn a_seed_in_explicit_parameters_is_remarked_and_not_compared() {
    let pki = demo(1);
    let domain = Curve::P256.domain();
    let octets = |bytes: &[u8]| object(Tag(0x04), bytes);
    let integer = |bytes: &[u8]| object(Tag(0x02), &[&[0], bytes].concat());
    for seed in [None, Some([0x11; 21]), Some([0; 21])] {
        let mut equation = vec![octets(domain.a), octets(domain.b)];
        equation.extend(seed.map(|seed| object(Tag(0x03), &[&[0], &seed[1..]].concat())));
        let field = [object(Tag(0x06), oids::PRIME_FIELD.as_bytes()), integer(domain.p)];
        let parameters = sequence(&[
            object(Tag(0x02), &[1]),
            sequence(&field),
            sequence(&equation),
            octets(domain.g),
            integer(domain.n),
            object(Tag(0x02), &[1]),
        ]);
        let algorithm = sequence(&[object(Tag(0x06), oids::EC_PUBLIC_KEY.as_bytes()), parameters]);
        let report = with_signer(&pki, |template| {
            let bits = [&[0], pki.ds_key.public().as_sec1()].concat();
            template.spki = sequence(&[algorithm, object(Tag(0x03), &bits)]);
        });
        assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
        let check = report.rows(CheckId::SodSignature).next().unwrap();
        assert!(check.remark.as_deref().unwrap().contains("seed not compared"));
    }
}

fn named_p256() -> Vec<u8> {
    let oid = |oid: &[u8]| object(Tag(0x06), oid);
    sequence(&[
        oid(oids::EC_PUBLIC_KEY.as_bytes()),
        oid(oids::SECP256R1.as_bytes()),
    ])
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    object(Tag(0x30), &parts.concat())
}

fn with_explicit_spki(pki: &DemoPki, change: impl FnOnce(String) -> String) -> Report {
    with_signer(pki, |template| {
        let spki = hex::encode(pki.ds_key.public().to_spki_der(ParameterForm::Explicit));
        let changed = change(spki.clone());
        assert_ne!(spki, changed);
        template.spki = hex::decode(changed).unwrap();
    })
}

/// PKI-91.
#[test]
fn a_distrusted_authority_fails_where_an_absent_one_is_unknown() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.distrust(pki.csca.fingerprint());
    assert_failed(
        &counter(&Card::new().signed_files(&pki), &store),
        CheckId::CscaTrust,
        None,
        Reason::Distrusted,
    );
}

/// PKI-11: case is no matter, look-alikes are.
#[test]
fn countries_are_compared_as_two_ascii_letters() {
    let pki = demo(1);
    let country = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        with_signer(&pki, move |template| {
            let text = hex::encode(&template.subject).replacen(&from, &to, 1);
            template.subject = hex::decode(text).unwrap();
        })
    };
    let lower = country("1302564e", "1302766e");
    assert_eq!(lower.verdict, Verdict::Authentic, "{}", summary(&lower));
    assert_failed(
        &country("1302564e", "1302564f"),
        CheckId::IssuerCountry,
        None,
        Reason::CountryMismatch,
    );
    assert_failed(
        &country("1302564e", "1302d092"),
        CheckId::IssuerCountry,
        None,
        Reason::CountryMalformed,
    );
    // A zero octet in the second place: `V` and what a C program takes for the end.
    assert_failed(
        &country("1302564e", "13025600"),
        CheckId::IssuerCountry,
        None,
        Reason::CountryMalformed,
    );
    // The same letters in Cyrillic, as UTF-8 writes them.
    let cyrillic = with_signer(&pki, |template| {
        template.subject = with_country(&template.subject.clone(), "\u{0412}\u{041d}");
    });
    assert_failed(&cyrillic, CheckId::IssuerCountry, None, Reason::CountryMalformed);
    let zero = with_signer(&pki, |template| {
        template.subject = with_country(&template.subject.clone(), "VN\0");
    });
    assert_failed(&zero, CheckId::IssuerCountry, None, Reason::CountryMalformed);
}

/// The name with this text, of any length, in place of its country.
fn with_country(name: &[u8], country: &str) -> Vec<u8> {
    use antin_wire::tlv::{Tag, constructed, object};
    let sets: Vec<Vec<u8>> = members(name)
        .into_iter()
        .map(|set| {
            let is_country = set.windows(3).any(|window| window == [0x55, 0x04, 0x06]);
            if is_country {
                let kind = object(Tag(0x06), &[0x55, 0x04, 0x06]);
                let value = object(Tag(0x0C), country.as_bytes());
                constructed(Tag(0x31), &[constructed(Tag(0x30), &[kind, value])])
            } else {
                set
            }
        })
        .collect();
    constructed(Tag(0x30), &sets)
}

/// The members of a name, each shorter than 128 octets.
fn members(name: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &name[2..];
    let mut sets = Vec::new();
    while let [0x31, length, ..] = rest {
        let (set, after) = rest.split_at(2 + usize::from(*length));
        sets.push(set.to_vec());
        rest = after;
    }
    sets
}

#[test]
fn a_signer_of_another_country_than_the_document_fails() {
    let german = DemoPki::generate("de", now(), &DemoOptions::default(), &mut rng(3)).unwrap();
    let report = counter(&Card::new().signed_files(&german), &trusting(&german));
    assert_failed(&report, CheckId::IssuerCountry, None, Reason::CountryMismatch);
}

/// PKI-18.
#[test]
fn a_document_signer_cannot_act_as_authority() {
    let pki = demo(1);
    let second_key = PrivateKey::generate(Curve::P256, &mut rng(20));
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let template = pki::document_signer_template(
        &options,
        &VerifyingKey::ec(second_key.public(), ParameterForm::Named),
        &pki.ds,
        &mut rng(9),
    )
    .unwrap();
    let second = template.sign(&pki.ds_signer()).unwrap();
    let signer = soft(&second_key, Hash::Sha256, ParameterForm::Named);
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &signer, &second);
    let alone = counter(&card.files(forge.file()), &trusting(&pki));
    assert_eq!(alone.verdict, Verdict::UnknownIssuer, "{}", summary(&alone));
    forge.certificates.push(pki.ds.as_der().to_vec());
    assert_failed(
        &counter(&card.files(forge.file()), &trusting(&pki)),
        CheckId::Chain,
        None,
        Reason::IssuerNotCa,
    );
}

#[test]
fn only_authorities_become_anchors() {
    let pki = demo(1);
    assert!(matches!(
        TrustStore::new().add(pki.ds),
        Err(antin_trust::Error::NotAnAnchor { .. })
    ));
}
