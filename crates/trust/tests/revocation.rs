//! Whether a signer was taken back: what a revocation list says, whose word it is, and how old it may be.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_trust::crl::CertificateList;
use antin_trust::pki::{CrlTemplate, DemoPki, RevokedCertificate};
use antin_trust::store::CrlPlaced;
use antin_trust::{
    Certificate, Check, CheckId, CheckResult, Policy, Reason, Report, TrustStore, Verdict, verify,
};
use antin_wire::oids;

use common::lists::{Crl, entry, extension};
use common::{Card, now, pki as demo, proven, row, summary, trusting};

/// A list of yesterday that holds for a month.
fn list(number: u8, revoked: &[&Certificate]) -> CrlTemplate {
    CrlTemplate {
        number: vec![number],
        this_update: now().plus_days(-1),
        next_update: now().plus_days(30),
        revoked: revoked
            .iter()
            .map(|certificate| RevokedCertificate {
                serial: certificate.serial().to_vec(),
                at: now().plus_days(-1),
            })
            .collect(),
        former_names: Vec::new(),
    }
}

fn signed(template: &CrlTemplate, pki: &DemoPki) -> CertificateList {
    CertificateList::parse(&template.sign(&pki.csca, &pki.csca_signer()).unwrap()).unwrap()
}

fn under(policy: &Policy, pki: &DemoPki, store: &TrustStore) -> Report {
    verify(&Card::new().signed_files(pki), &proven(), store, now(), policy)
}

/// Demands the row on revocation, and the verdict and exit code where it is only noted and where it is needed.
fn assert_answer(
    pki: &DemoPki,
    store: &TrustStore,
    expected: (CheckResult, Option<Reason>),
    counter: (Verdict, u8),
    border: (Verdict, u8),
) -> Check {
    let report = under(&Policy::COUNTER, pki, store);
    assert_eq!(
        row(&report, CheckId::Revocation, None),
        expected,
        "{}",
        summary(&report)
    );
    assert_eq!((report.verdict, report.exit), counter, "{}", summary(&report));
    let strict = under(&Policy::BORDER, pki, store);
    assert_eq!((strict.verdict, strict.exit), border, "{}", summary(&strict));
    report.rows(CheckId::Revocation).next().unwrap().clone()
}

const GOOD: (Verdict, u8) = (Verdict::Authentic, 0);
const OPEN: (Verdict, u8) = (Verdict::Inconclusive, 14);
const FAILED: (Verdict, u8) = (Verdict::Failed, 10);
const SUCCESSFUL: (CheckResult, Option<Reason>) = (CheckResult::Successful, None);
const REVOKED: (CheckResult, Option<Reason>) = (CheckResult::Failed, Some(Reason::Revoked));
const NO_CRL: (CheckResult, Option<Reason>) = (CheckResult::Undetermined, Some(Reason::NoCrl));
const STALE: (CheckResult, Option<Reason>) = (CheckResult::Undetermined, Some(Reason::CrlStale));

#[test]
fn a_signer_that_a_fresh_list_does_not_name_is_not_revoked() {
    let (pki, other) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    assert_eq!(
        store.add_crl(signed(&list(1, &[&other.ds]), &pki)),
        CrlPlaced::Kept
    );
    assert_eq!(
        store.add_crl(signed(&list(1, &[&other.ds]), &pki)),
        CrlPlaced::Known
    );
    let check = assert_answer(&pki, &store, SUCCESSFUL, GOOD, GOOD);
    assert!(check.evidence.unwrap().starts_with("CRL 01 of 2026-11-21"));
}

/// PKI-90.
#[test]
fn a_signer_that_a_fresh_list_names_is_revoked() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(1, &[&pki.ds]), &pki));
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

/// PKI-15: missing.
#[test]
fn without_a_list_nobody_knows_and_the_policy_says_whether_that_matters() {
    let pki = demo(1);
    assert_answer(&pki, &trusting(&pki), NO_CRL, GOOD, OPEN);
}

/// PKI-15: stale.
#[test]
fn an_old_list_hides_no_revocation_and_proves_nothing_else() {
    let pki = demo(1);
    let old = |revoked: &[&Certificate]| CrlTemplate {
        this_update: now().plus_days(-40),
        next_update: now().plus_days(-10),
        ..list(1, revoked)
    };
    let mut store = trusting(&pki);
    store.add_crl(signed(&old(&[]), &pki));
    assert_answer(&pki, &store, STALE, GOOD, OPEN);
    let mut store = trusting(&pki);
    store.add_crl(signed(&old(&[&pki.ds]), &pki));
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

/// PKI-15: the age limit.
#[test]
fn a_policy_may_find_a_list_too_old_that_finds_itself_young() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    let month = CrlTemplate {
        this_update: now().plus_days(-30),
        ..list(1, &[])
    };
    store.add_crl(signed(&month, &pki));
    let limited = |days: u32| {
        let text = format!(
            "schema = \"antin.policy/1\"\nname = \"strict\"\n[checks]\nmandatory = [\"revocation\"]\n\
             [findings]\ncrl-max-age-days = {days}\n"
        );
        under(&Policy::parse(&text).unwrap(), &pki, &store)
    };
    assert_eq!(
        limited(31).verdict,
        Verdict::Authentic,
        "{}",
        summary(&limited(31))
    );
    let report = limited(29);
    assert_eq!(
        row(&report, CheckId::Revocation, None),
        STALE,
        "{}",
        summary(&report)
    );
    assert_eq!((report.verdict, report.exit), OPEN);
}

/// PKI-16: the wrong key.
#[test]
fn a_forged_list_is_ignored_however_high_its_number() {
    let (pki, stranger) = (demo(1), demo(2));
    // The same name, another key; and the authority's own key identifier over it.
    let forged = || {
        let mut crl = Crl::of(&pki.csca, vec![]);
        crl.extensions.pop();
        crl.extensions
            .push(extension(&oids::CRL_NUMBER, false, &[2, 1, 99]));
        CertificateList::parse(&crl.sign(&stranger.csca_signer())).unwrap()
    };
    let mut alone = trusting(&pki);
    alone.add_crl(forged());
    let check = assert_answer(&pki, &alone, NO_CRL, GOOD, OPEN);
    assert!(check.remark.unwrap().contains("crl-ignored: CRL 63"));
    let mut kept = trusting(&pki);
    kept.add_crl(signed(&list(7, &[]), &pki));
    kept.add_crl(forged());
    let check = assert_answer(&pki, &kept, SUCCESSFUL, GOOD, GOOD);
    assert!(check.remark.unwrap().contains("crl-ignored"));
    let mut revoking = trusting(&pki);
    revoking.add_crl(forged());
    revoking.add_crl(signed(&list(7, &[&pki.ds]), &pki));
    assert_answer(&pki, &revoking, REVOKED, FAILED, FAILED);
}

/// PKI-16: another issuer, and one that revokes out of spite.
#[test]
fn a_list_of_another_authority_neither_revokes_nor_clears() {
    let (pki, other) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(9, &[&pki.ds]), &other));
    assert_answer(&pki, &store, NO_CRL, GOOD, OPEN);
}

/// PKI-16: indirect.
#[test]
fn an_indirect_list_is_ignored() {
    let pki = demo(1);
    let mut crl = Crl::of(&pki.csca, vec![entry(pki.ds.serial(), "261121000000Z", &[])]);
    crl.extensions.push(extension(
        &oids::ISSUING_DISTRIBUTION_POINT,
        true,
        &[0x30, 0x03, 0x84, 0x01, 0xFF],
    ));
    let mut store = trusting(&pki);
    store.add_crl(CertificateList::parse(&crl.sign(&pki.csca_signer())).unwrap());
    let check = assert_answer(&pki, &store, NO_CRL, GOOD, OPEN);
    assert!(check.remark.unwrap().contains("indirect"));
}

#[test]
fn of_one_key_the_list_with_the_highest_number_speaks() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(2, &[&pki.ds]), &pki));
    store.add_crl(signed(&list(1, &[]), &pki));
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn a_later_list_that_forgets_a_revocation_does_not_undo_it() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(1, &[&pki.ds]), &pki));
    store.add_crl(signed(&list(2, &[]), &pki));
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

/// A key identifier is a claim: an authority of another name speaks for nobody but itself.
#[test]
fn a_list_under_the_name_of_one_authority_by_another_that_is_trusted_is_ignored() {
    let pki = demo(1);
    let other = DemoPki::generate("DE", now(), &Default::default(), &mut common::rng(3)).unwrap();
    let mut store = trusting(&pki);
    store.add(other.csca.clone()).unwrap();
    let mut crl = Crl::of(&other.csca, vec![entry(pki.ds.serial(), "261121000000Z", &[])]);
    crl.issuer = pki.csca.subject().as_der().to_vec();
    store.add_crl(CertificateList::parse(&crl.sign(&other.csca_signer())).unwrap());
    assert_answer(&pki, &store, NO_CRL, GOOD, OPEN);
}

#[test]
fn whoever_has_some_key_cannot_crowd_out_the_authority() {
    let (pki, stranger) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    store.add_test("nobody asked", stranger.csca.clone()).unwrap();
    store.add_crl(signed(&list(1, &[&pki.ds]), &pki));
    for number in 2..60 {
        store.add_crl(signed(&list(number, &[]), &stranger));
    }
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn a_number_longer_than_the_standard_allows_counts_for_nothing() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    let mut crl = Crl::of(&pki.csca, vec![]);
    crl.extensions.pop();
    let number = [&[2, 22, 1], [7; 21].as_slice()].concat();
    crl.extensions.push(extension(&oids::CRL_NUMBER, false, &number));
    store.add_crl(CertificateList::parse(&crl.sign(&pki.csca_signer())).unwrap());
    let check = assert_answer(&pki, &store, NO_CRL, GOOD, OPEN);
    assert!(check.remark.unwrap().contains("number too long"));
}

#[test]
fn an_entry_that_takes_back_is_not_hidden_by_one_that_gives_back() {
    let pki = demo(1);
    let reason = |code: u8| extension(&oids::CRL_REASONS, false, &[0x0A, 1, code]);
    let entries = vec![
        entry(pki.ds.serial(), "261101000000Z", &[reason(8)]),
        entry(pki.ds.serial(), "261110000000Z", &[reason(1)]),
    ];
    let mut store = trusting(&pki);
    let crl = Crl::of(&pki.csca, entries).sign(&pki.csca_signer());
    store.add_crl(CertificateList::parse(&crl).unwrap());
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn any_certificate_can_be_asked_for() {
    let (pki, other) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    let result =
        |store: &TrustStore, certificate| antin_trust::verify::revocation(store, certificate, now()).result;
    assert_eq!(result(&store, &pki.ds), CheckResult::Undetermined);
    store.add_crl(signed(&list(1, &[&other.ds]), &pki));
    assert_eq!(result(&store, &pki.ds), CheckResult::Successful);
    store.add_crl(signed(&list(2, &[&pki.ds]), &pki));
    assert_eq!(result(&store, &pki.ds), CheckResult::Failed);
    assert_eq!(result(&store, &other.ds), CheckResult::Undetermined);
}

#[test]
fn a_list_that_lies_ahead_is_ignored() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    let ahead = CrlTemplate {
        this_update: now().plus_days(2),
        ..list(3, &[])
    };
    store.add_crl(signed(&ahead, &pki));
    let check = assert_answer(&pki, &store, NO_CRL, GOOD, OPEN);
    assert!(check.remark.unwrap().contains("lies ahead"));
}

#[test]
fn lists_that_nobody_vouches_for_make_room_first() {
    let (pki, stranger) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(1, &[&pki.ds]), &pki));
    for number in 0..40 {
        let mut crl = Crl::of(&pki.csca, vec![]);
        crl.extensions.pop();
        crl.extensions
            .push(extension(&oids::CRL_NUMBER, false, &[2, 1, 60 + number]));
        store.add_crl(CertificateList::parse(&crl.sign(&stranger.csca_signer())).unwrap());
    }
    assert_eq!(store.crls().count(), antin_trust::store::MAX_CRLS_PER_ISSUER);
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn a_list_counts_as_soon_as_its_authority_is_known() {
    let pki = demo(1);
    let mut store = TrustStore::named("given");
    store.add_crl(signed(&list(1, &[&pki.ds]), &pki));
    assert_eq!(
        under(&Policy::COUNTER, &pki, &store).verdict,
        Verdict::UnknownIssuer
    );
    store.add(pki.csca.clone()).unwrap();
    assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn an_authority_that_revokes_itself_takes_its_signers_along() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(1, &[&pki.csca]), &pki));
    let check = assert_answer(&pki, &store, REVOKED, FAILED, FAILED);
    assert!(check.evidence.unwrap().contains("TEST CSCA VN"));
}

#[test]
fn a_signer_that_the_operator_distrusts_counts_as_revoked() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.distrust(pki.ds.fingerprint());
    let expected = (CheckResult::Failed, Some(Reason::Distrusted));
    assert_answer(&pki, &store, expected, FAILED, FAILED);
}

#[test]
fn a_fresh_list_in_a_stale_bundle_proves_nothing() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_crl(signed(&list(1, &[]), &pki));
    store.set_freshness(antin_trust::Freshness {
        serial: 1,
        created: now().plus_days(-9),
        soft_refresh: now().plus_days(-2),
        hard_expiry: now().plus_days(2),
    });
    let stale = (CheckResult::Undetermined, Some(Reason::TrustStale));
    assert_answer(&pki, &store, stale, OPEN, OPEN);
}

/// The authority after a change of name: another key, another name, and the link from the old one.
fn renamed(old: &DemoPki) -> (DemoPki, Certificate) {
    let mut new = demo(8);
    let to = |name: &[u8]| {
        let text = hex::encode(name).replace(&hex::encode("TEST CSCA VN"), &hex::encode("TEST CSCA V2"));
        hex::decode(text).unwrap()
    };
    let options = antin_trust::pki::CscaOptions::new("VN", now().plus_days(-1));
    let template = |pki: &DemoPki| {
        antin_trust::pki::csca_template(&options, &pki.csca_signer(), &mut common::rng(60)).unwrap()
    };
    let mut own = template(&new);
    own.issuer = to(&own.issuer);
    own.subject = to(&own.subject);
    let mut link = own.clone();
    link.issuer = old.csca.subject().as_der().to_vec();
    link.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
    let authority = template(old).extensions;
    link.extensions.extend(
        authority
            .into_iter()
            .filter(|one| one.id == oids::AUTHORITY_KEY_IDENTIFIER),
    );
    new.csca = own.sign(&new.csca_signer()).unwrap();
    (new, link.sign(&old.csca_signer()).unwrap())
}

#[test]
fn an_authority_revokes_what_it_signed_under_its_former_name() {
    let old = demo(1);
    let (new, link) = renamed(&old);
    let mut store = trusting(&old);
    store.add_crl(signed(&list(1, &[]), &old));
    store.add_crl(signed(&list(2, &[&old.ds]), &new));
    assert_answer(&old, &store, SUCCESSFUL, GOOD, GOOD);
    store.add_link(link).unwrap();
    assert_answer(&old, &store, REVOKED, FAILED, FAILED);
}

#[test]
fn a_renamed_authority_speaks_for_nobody_without_a_link_that_the_old_one_signed() {
    let old = demo(1);
    let (new, _) = renamed(&old);
    let mut store = trusting(&old);
    store.add(new.csca.clone()).unwrap();
    store.add_crl(signed(&list(2, &[&old.ds]), &new));
    assert_answer(&old, &store, NO_CRL, GOOD, OPEN);
}
