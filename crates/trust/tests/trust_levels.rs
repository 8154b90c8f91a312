//! Whom a store believes: test authorities only by name, link certificates only as far as they reach, nobody distrusted.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use antin_crypto::{ParameterForm, VerifyingKey};
use antin_trust::pki::{self, CscaOptions, DemoOptions, DemoPki, DsOptions, Template};
use antin_trust::store::{SignerKey, SignerSource};
use antin_trust::{
    Certificate, CheckId, CheckResult, Placed, Reason, Report, TrustLevel, TrustStore, Verdict,
};
use antin_wire::oids;

use common::{Card, counter, now, pki as demo, rng, row, summary, trusting};

fn remark(report: &Report, id: CheckId) -> String {
    report.rows(id).next().unwrap().remark.clone().unwrap_or_default()
}

/// SEM-11.
#[test]
fn a_test_authority_in_the_ordinary_set_makes_no_document_authentic() {
    let pki = demo(1);
    let files = Card::new().signed_files(&pki);
    let mut store = TrustStore::new();
    assert_eq!(store.add(pki.csca.clone()).unwrap(), Placed::Test);
    let report = counter(&files, &store);
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
    assert!(store.is_empty());
    store.ask_for("another set");
    assert_eq!(counter(&files, &store).verdict, Verdict::UnknownIssuer);
    store.ask_for(antin_trust::store::TEST_SET);
    let report = counter(&files, &store);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert!(remark(&report, CheckId::CscaTrust).contains("test authority of the set test"));
}

#[test]
fn an_authority_of_utopia_is_a_test_authority() {
    let pki = DemoPki::generate("UT", now(), &DemoOptions::default(), &mut rng(1)).unwrap();
    let mut store = TrustStore::new();
    store.add(renamed(&pki, "VN", "A STATE")).unwrap();
    store.add(renamed(&pki, "UT", "A STATE")).unwrap();
    let levels: Vec<bool> = store
        .all_anchors()
        .map(|anchor| *anchor.level() == TrustLevel::Official)
        .collect();
    assert_eq!(levels, [true, false]);
}

#[test]
fn an_official_authority_needs_no_name_and_gets_no_remark() {
    let (pki, official) = official(1);
    let mut store = TrustStore::new();
    assert_eq!(store.add(official.clone()).unwrap(), Placed::Official);
    assert_eq!(store.add(official).unwrap(), Placed::Known);
    let report = counter(&Card::new().signed_files(&pki), &store);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert_eq!(remark(&report, CheckId::CscaTrust), "");
}

#[test]
fn a_document_without_its_signers_certificate_is_judged_by_the_one_that_is_known() {
    let pki = demo(1);
    let card = Card::new();
    let mut forge = common::forge::Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    forge.certificates.clear();
    let files = card.files(forge.file());
    let mut store = trusting(&pki);
    let report = counter(&files, &store);
    assert_eq!(
        row(&report, CheckId::SodSignature, None),
        (CheckResult::Failed, Some(Reason::SignerCertificateMissing))
    );
    store.add_signer(pki.ds.clone());
    let report = counter(&files, &store);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let mut stranger = TrustStore::new();
    stranger.add_signer(pki.ds.clone());
    assert_eq!(counter(&files, &stranger).verdict, Verdict::UnknownIssuer);
}

/// A place with signers, and how often it was asked; without any it cannot be read.
#[derive(Debug)]
struct Shelf {
    signers: Option<Vec<Certificate>>,
    asked: AtomicUsize,
}

impl SignerSource for Shelf {
    fn signers(&self, key: SignerKey<'_>) -> Result<Vec<Certificate>, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        // More than was asked for does no harm.
        assert!(matches!(key, SignerKey::Serial(_)));
        self.signers.clone().ok_or_else(|| "shelf on fire".to_owned())
    }

    fn digest(&self) -> [u8; 32] {
        let known = self.signers.iter().flatten();
        known.map(Certificate::fingerprint).next().unwrap_or_default()
    }
}

fn shelf(signers: Option<Vec<Certificate>>) -> Arc<Shelf> {
    let asked = AtomicUsize::new(0);
    Arc::new(Shelf { signers, asked })
}

#[test]
fn a_place_with_signers_is_asked_only_for_what_a_document_does_not_prove_by_itself() {
    let (pki, stranger) = (demo(1), demo(2));
    let card = Card::new();
    let mut forge = common::forge::Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    forge.certificates.clear();
    let forgetful = card.files(forge.file());
    let asked = shelf(Some(vec![stranger.ds, pki.ds.clone()]));
    let mut store = trusting(&pki);
    store.add_signer_source(asked.clone());
    assert_eq!(
        counter(&card.signed_files(&pki), &store).verdict,
        Verdict::Authentic
    );
    assert_eq!(asked.asked.load(Ordering::Relaxed), 0);
    let report = counter(&forgetful, &store);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert_eq!(asked.asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_place_that_cannot_be_read_leaves_the_signature_open_and_says_why() {
    let pki = demo(1);
    let card = Card::new();
    let mut forge = common::forge::Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    forge.certificates.clear();
    let mut store = trusting(&pki);
    store.add_signer_source(shelf(None));
    let report = counter(&card.files(forge.file()), &store);
    assert_eq!(
        row(&report, CheckId::SodSignature, None),
        (CheckResult::Undetermined, Some(Reason::SignerCertificateMissing))
    );
    assert!(summary(&report).contains("shelf on fire"), "{}", summary(&report));
}

#[test]
fn a_new_key_is_believed_through_the_link_that_the_old_one_signed() {
    let (old, new) = (demo(1), demo(2));
    let files = Card::new().signed_files(&new);
    let mut store = trusting(&old);
    assert_eq!(counter(&files, &store).verdict, Verdict::UnknownIssuer);
    store.add_link(link(&old, &new, |_| {})).unwrap();
    let report = counter(&files, &store);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert!(remark(&report, CheckId::CscaTrust).contains("reached by 1 link certificate from"));
    assert_eq!(
        counter(&Card::new().signed_files(&old), &store).verdict,
        Verdict::Authentic
    );
}

#[test]
fn a_link_alone_is_no_anchor() {
    let (old, new) = (demo(1), demo(2));
    let mut store = TrustStore::named("given");
    store.add_link(link(&old, &new, |_| {})).unwrap();
    assert_eq!(
        counter(&Card::new().signed_files(&new), &store).verdict,
        Verdict::UnknownIssuer
    );
}

#[test]
fn a_link_that_a_stranger_signed_leads_nowhere() {
    let (old, new, stranger) = (demo(1), demo(2), demo(3));
    let mut store = trusting(&old);
    let forged = link_template(&old, &new).sign(&stranger.csca_signer()).unwrap();
    store.add_link(forged).unwrap();
    assert_eq!(
        counter(&Card::new().signed_files(&new), &store).verdict,
        Verdict::UnknownIssuer
    );
}

#[test]
fn a_link_that_has_run_out_leads_nowhere() {
    let (old, new) = (demo(1), demo(2));
    let mut store = trusting(&old);
    let expired = link(&old, &new, |template| template.not_after = now().plus_days(-1));
    store.add_link(expired).unwrap();
    assert_eq!(
        counter(&Card::new().signed_files(&new), &store).verdict,
        Verdict::UnknownIssuer
    );
}

#[test]
fn distrust_in_an_old_key_reaches_through_its_links() {
    let (old, new) = (demo(1), demo(2));
    let files = Card::new().signed_files(&new);
    let mut store = trusting(&old);
    store.add_link(link(&old, &new, |_| {})).unwrap();
    store.distrust_key(old.csca.key_fingerprint());
    let report = counter(&files, &store);
    assert_eq!(
        row(&report, CheckId::CscaTrust, None),
        (CheckResult::Failed, Some(Reason::Distrusted)),
        "{}",
        summary(&report)
    );
    store.add(new.csca.clone()).unwrap();
    assert_eq!(counter(&files, &store).verdict, Verdict::Authentic);
}

#[test]
fn a_distrusted_key_is_bad_in_every_certificate_that_holds_it() {
    let (pki, official) = official(1);
    let mut store = trusting(&pki);
    store.add(official.clone()).unwrap();
    store.distrust_key(official.key_fingerprint());
    let report = counter(&Card::new().signed_files(&pki), &store);
    assert_eq!((report.verdict, report.exit), (Verdict::Failed, 10));
}

#[test]
fn links_are_followed_in_both_ways_and_no_further_than_they_reach() {
    let chain: Vec<DemoPki> = (1..=9).map(demo).collect();
    let mut store = trusting(&chain[0]);
    for pair in chain.windows(2) {
        store.add_link(link(&pair[0], &pair[1], |_| {})).unwrap();
        store.add_link(link(&pair[1], &pair[0], |_| {})).unwrap();
    }
    let verdict = |pki: &DemoPki| counter(&Card::new().signed_files(pki), &store).verdict;
    assert_eq!(verdict(&chain[1]), Verdict::Authentic);
    assert_eq!(verdict(&chain[6]), Verdict::Authentic);
    assert_eq!(verdict(&chain[7]), Verdict::UnknownIssuer);
}

#[test]
fn cyclic_links_end() {
    let ring: Vec<DemoPki> = (1..=5).map(demo).collect();
    let mut store = TrustStore::named("given");
    for from in &ring {
        for to in ring.iter().filter(|to| to.csca != from.csca) {
            store.add_link(link(from, to, |_| {})).unwrap();
        }
    }
    let report = counter(&Card::new().signed_files(&ring[0]), &store);
    assert_eq!(report.verdict, Verdict::UnknownIssuer, "{}", summary(&report));
}

/// An authority of one country cannot vouch for a key of another.
#[test]
fn a_link_into_another_country_leads_nowhere() {
    let foreign = DemoPki::generate("DE", now(), &DemoOptions::default(), &mut rng(4)).unwrap();
    let mut store = TrustStore::from_certificates([foreign.csca.clone()]).unwrap();
    let attacker = demo(5);
    let crossing = link(&foreign, &attacker, |_| {});
    assert!(crossing.is_link() && !crossing.keeps_country());
    store.add_link(crossing).unwrap();
    let report = counter(&Card::new().signed_files(&attacker), &store);
    assert_eq!(report.verdict, Verdict::UnknownIssuer, "{}", summary(&report));
}

/// Anybody can write the frame and the signature of a certificate otherwise: it stays the one that is known to be bad.
#[test]
fn a_distrusted_signer_is_known_however_its_certificate_is_written() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.distrust(pki.ds.fingerprint());
    let card = Card::new();
    for rewritten in [pki.ds.as_der().to_vec(), reframed(&pki.ds), negated(&pki.ds)] {
        let certificate = Certificate::parse(&rewritten).unwrap();
        let forge = common::forge::Forge::honest(&card.slices(), &pki.ds_signer(), &certificate);
        let report = counter(&card.files(forge.file()), &store);
        assert_eq!(
            row(&report, CheckId::Revocation, None),
            (CheckResult::Failed, Some(Reason::Distrusted)),
            "{}",
            summary(&report)
        );
        assert_eq!(report.exit, 10);
    }
}

/// The same certificate with the length of its outermost object written longer than DER allows.
fn reframed(certificate: &Certificate) -> Vec<u8> {
    let der = certificate.as_der();
    assert_eq!(der[..2], [0x30, 0x82]);
    [&[0x30, 0x83, 0x00], &der[2..]].concat()
}

/// The same certificate with the other of the two numbers that its signature may hold; its authority is on P-384.
fn negated(certificate: &Certificate) -> Vec<u8> {
    let plain = antin_crypto::ecdsa_der_to_plain(certificate.signature(), antin_crypto::Curve::P384).unwrap();
    let (r, s) = plain.split_at(48);
    let mut other = antin_crypto::Curve::P384.domain().n.to_vec();
    let mut borrow = 0_i16;
    for (place, digit) in other.iter_mut().zip(s).rev() {
        let difference = i16::from(*place) - i16::from(*digit) - borrow;
        borrow = i16::from(difference < 0);
        *place = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let signature =
        antin_crypto::ecdsa_plain_to_der(&[r, &other].concat(), antin_crypto::Curve::P384).unwrap();
    let algorithm = der_algorithm(certificate);
    let bits = antin_wire::tlv::object(antin_wire::tlv::Tag(0x03), &[&[0], signature.as_slice()].concat());
    antin_wire::tlv::constructed(
        antin_wire::tlv::Tag(0x30),
        &[certificate.tbs_der().to_vec(), algorithm, bits],
    )
}

fn der_algorithm(certificate: &Certificate) -> Vec<u8> {
    common::forge::algorithm(certificate.signature_algorithm())
}

#[test]
fn only_links_are_links() {
    let pki = demo(1);
    let mut store = TrustStore::new();
    assert!(store.add_link(pki.csca.clone()).is_err());
    assert!(store.add_link(pki.ds.clone()).is_err());
}

#[test]
fn trust_that_is_too_old_makes_nothing_successful() {
    let pki = demo(1);
    let files = Card::new().signed_files(&pki);
    let at = |soft: i64, hard: i64| {
        let mut store = trusting(&pki);
        store.set_freshness(antin_trust::Freshness {
            serial: 1,
            created: now().plus_days(-3),
            soft_refresh: now().plus_days(soft),
            hard_expiry: now().plus_days(hard),
        });
        counter(&files, &store)
    };
    let good = at(1, 2);
    assert_eq!(good.verdict, Verdict::Authentic, "{}", summary(&good));
    assert!(remark(&good, CheckId::CscaTrust).contains("3 days old"));
    for report in [at(0, 2), at(-1, 0), at(-2, -1)] {
        assert_eq!(
            row(&report, CheckId::CscaTrust, None),
            (CheckResult::Undetermined, Some(Reason::TrustStale))
        );
        assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
    }
}

#[test]
fn a_country_is_seen_whole_whatever_the_case_of_its_letters() {
    let (old, new) = (demo(1), demo(2));
    let mut store = trusting(&old);
    store.add_link(link(&old, &new, |_| {})).unwrap();
    store.add_signer(old.ds.clone());
    store.distrust(old.ds.fingerprint());
    let view = store.country("vn");
    assert_eq!(
        (
            view.anchors.len(),
            view.links.len(),
            view.signers.len(),
            view.distrusted.len()
        ),
        (1, 1, 1, 1)
    );
    assert!(store.country("DE").is_empty());
    assert_eq!(store.countries().into_iter().collect::<Vec<_>>(), ["VN"]);
}

#[test]
fn what_is_removed_is_gone_and_the_rest_is_still_found() {
    let (first, second) = (demo(1), demo(2));
    let mut store = TrustStore::from_certificates([first.csca.clone(), second.csca.clone()]).unwrap();
    assert!(store.remove(&first.csca.fingerprint()));
    assert!(!store.remove(&first.csca.fingerprint()));
    assert_eq!(store.find(&second.csca.fingerprint()), Some(&second.csca));
    let verdict = |pki: &DemoPki| counter(&Card::new().signed_files(pki), &store).verdict;
    assert_eq!(verdict(&first), Verdict::UnknownIssuer);
    assert_eq!(verdict(&second), Verdict::Authentic);
}

/// Counts the signatures that are verified.
struct Counting(std::cell::Cell<usize>);

impl antin_crypto::Verifier for Counting {
    fn verify(
        &self,
        algorithm: antin_crypto::SignatureAlgorithm,
        key: &VerifyingKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), antin_crypto::Error> {
        self.0.set(self.0.get() + 1);
        antin_crypto::PureRust.verify(algorithm, key, message, signature)
    }
}

#[test]
fn a_document_costs_the_same_among_a_thousand_authorities() {
    let (pki, crowd) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    let options = CscaOptions::new("VN", now().plus_days(-1));
    for seed in 0..1000_u32 {
        let mut template = pki::csca_template(&options, &crowd.csca_signer(), &mut rng(61)).unwrap();
        template.serial = seed.to_be_bytes().to_vec();
        template.remove(&oids::SUBJECT_KEY_IDENTIFIER);
        template.extensions.push(pki::Extension {
            id: oids::SUBJECT_KEY_IDENTIFIER,
            critical: false,
            value: [&[4, 4], seed.to_be_bytes().as_slice()].concat(),
        });
        store.add(template.sign(&crowd.csca_signer()).unwrap()).unwrap();
    }
    assert_eq!(store.len(), 1001);
    let counting = Counting(std::cell::Cell::new(0));
    let mut backend = antin_trust::Backend {
        verifier: &counting,
        cache: None,
    };
    let report = antin_trust::verify_with(
        &Card::new().signed_files(&pki),
        &common::proven(),
        &store,
        now(),
        &antin_trust::Policy::COUNTER,
        &mut backend,
    );
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert_eq!(counting.0.get(), 2);
}

/// Whoever fills a store with authorities and links that claim the right key makes a document cost no more than that.
#[test]
fn a_crowd_of_look_alikes_costs_no_more_than_the_budgets_of_signatures() {
    let (pki, crowd) = (demo(1), demo(2));
    let claimed = pki.csca.subject_key_identifier().unwrap();
    let stated = |id, claimed: &[u8], frame: &[u8]| pki::Extension {
        id,
        critical: false,
        value: [frame, claimed].concat(),
    };
    let length = u8::try_from(claimed.len()).unwrap();
    let options = CscaOptions::new("VN", now().plus_days(-1));
    let mut store = TrustStore::named("given");
    for seed in 0..100_u8 {
        let mut template = pki::csca_template(&options, &crowd.csca_signer(), &mut rng(62)).unwrap();
        template.serial = vec![1, seed];
        template.subject = pki.csca.subject().as_der().to_vec();
        template.issuer = template.subject.clone();
        template.remove(&oids::SUBJECT_KEY_IDENTIFIER);
        template.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
        let own = stated(oids::SUBJECT_KEY_IDENTIFIER, claimed, &[4, length]);
        template.extensions.push(own);
        store.add(template.sign(&crowd.csca_signer()).unwrap()).unwrap();
        let other = stated(oids::AUTHORITY_KEY_IDENTIFIER, &[seed; 20], &[0x30, 22, 0x80, 20]);
        template.extensions.push(other);
        store
            .add_link(template.sign(&crowd.csca_signer()).unwrap())
            .unwrap();
    }
    let counting = Counting(std::cell::Cell::new(0));
    let mut backend = antin_trust::Backend {
        verifier: &counting,
        cache: None,
    };
    let report = antin_trust::verify_with(
        &Card::new().signed_files(&pki),
        &common::proven(),
        &store,
        now(),
        &antin_trust::Policy::COUNTER,
        &mut backend,
    );
    assert_ne!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    // 32 for anchors, 32 for links, one for EF.SOD.
    assert_eq!(counting.0.get(), 65);
}

/// The old authority's word for the new key.
fn link(old: &DemoPki, new: &DemoPki, change: impl FnOnce(&mut Template)) -> Certificate {
    let mut template = link_template(old, new);
    change(&mut template);
    template.sign(&old.csca_signer()).unwrap()
}

fn link_template(old: &DemoPki, new: &DemoPki) -> Template {
    let options = CscaOptions::new("VN", now().plus_days(-1));
    let mut template = pki::csca_template(&options, &new.csca_signer(), &mut rng(50)).unwrap();
    template.issuer = old.csca.subject().as_der().to_vec();
    let authority = pki::csca_template(&options, &old.csca_signer(), &mut rng(51)).unwrap();
    template.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
    template.extensions.extend(
        authority
            .extensions
            .into_iter()
            .filter(|extension| extension.id == oids::AUTHORITY_KEY_IDENTIFIER),
    );
    template
}

/// A demo PKI whose authority and signer do not call themselves test.
fn official(seed: u8) -> (DemoPki, Certificate) {
    let mut pki = demo(seed);
    let csca = renamed(&pki, "VN", "A STATE");
    pki.csca = csca.clone();
    let options = DsOptions::new("TEST DS 01", now().plus_days(-1));
    let template = pki::document_signer_template(
        &options,
        &VerifyingKey::ec(pki.ds_key.public(), ParameterForm::Named),
        &pki.csca,
        &mut rng(9),
    );
    pki.ds = template.unwrap().sign(&pki.csca_signer()).unwrap();
    (pki, csca)
}

/// The authority's key under another name.
fn renamed(pki: &DemoPki, country: &str, organisation: &str) -> Certificate {
    let options = CscaOptions::new(country, now().plus_days(-1));
    let mut template = pki::csca_template(&options, &pki.csca_signer(), &mut rng(52)).unwrap();
    let padded = format!("{organisation:<width$}", width = pki::TEST_ORGANISATION.len());
    for name in [&mut template.issuer, &mut template.subject] {
        let text = hex::encode(&name).replace(&hex::encode(pki::TEST_ORGANISATION), &hex::encode(&padded));
        *name = hex::decode(text).unwrap();
    }
    template.sign(&pki.csca_signer()).unwrap()
}
