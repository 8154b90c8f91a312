//! Test entries and real ones never vouch for each other.

use super::*;

#[test]
fn test_certificates_are_kept_apart_whatever_the_operator_says() {
    let subject = Subject::test("VN", "CSCA").unwrap();
    let key = signer();
    let template = profile::csca(
        &subject,
        &place("VNM"),
        period(),
        key.public_key(),
        NameChange::No,
        &mut SystemRng,
    );
    let test = Country {
        csca: template.sign(&key).unwrap(),
        signer: key,
    };
    let desk = Desk::new();
    let report = desk.import(test.csca.as_der(), |_| {}).unwrap();
    assert!(codes(&report).contains(&NoteCode::TestCertificate));
    desk.import(test.document_signer().as_der(), |_| {}).unwrap();
    desk.import(&test.crl(1, NOW), |_| {}).unwrap();
    let contents = desk.store.load().unwrap();
    assert!(
        contents.entries.values().all(|entry| entry.realm == Realm::Test),
        "{contents:#?}"
    );
}

fn as_test(options: &mut ImportOptions) {
    options.realm = Realm::Test;
}

#[test]
fn a_root_that_was_pinned_for_tests_vouches_for_no_real_list() {
    let (de, vn, fr) = (Country::new("DE"), Country::new("VN"), Country::new("FR"));
    let desk = Desk::new();
    desk.import(&de.master_list(&[&vn], NOW.plus_days(-9)), |options| {
        with_root(&de)(options);
        as_test(options);
    })
    .unwrap();
    let contents = desk.store.load().unwrap();
    assert!(contents.entries.values().all(|entry| entry.realm == Realm::Test));
    let next = de.master_list(&[&vn, &fr], NOW);
    let problem = desk.refused(&next, |_| {});
    assert!(matches!(problem, TrustProblem::NeedsRoot { .. }), "{problem}");
    // For the next list of tests it serves.
    desk.import(&next, as_test).unwrap();
    // And a real list is compared with real ones only: this one is older than the tests.
    let real = de.master_list(&[&vn], NOW.plus_days(-20));
    desk.import(&real, with_root(&de)).unwrap();
    let realm = |country: &Country| {
        let contents = desk.store.load().unwrap();
        contents.entries[&country.csca.fingerprint().into()].realm
    };
    assert_eq!((realm(&vn), realm(&fr)), (Realm::Live, Realm::Test));
}

#[test]
fn a_test_authority_vouches_for_no_deviation_list_of_real_documents() {
    let vn = Country::new("VN");
    let list = vn.deviation_list(NOW.plus_days(-1));
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), as_test).unwrap();
    let problem = desk.refused(&list, |_| {});
    assert!(
        matches!(
            problem,
            TrustProblem::NeedsRoot { .. } | TrustProblem::ListRefused { .. }
        ),
        "{problem}"
    );
    desk.import(&list, as_test).unwrap();
    let said = || {
        let contents = desk.store.load().unwrap();
        contents.to_trust_store().deviation_lists().count()
    };
    assert_eq!(
        said(),
        0,
        "a test authority's list says nothing of real documents"
    );
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    desk.import(&list, |_| {}).unwrap();
    assert_eq!(said(), 1);
}

#[test]
fn what_a_test_authority_signed_is_a_test_although_it_comes_with_real_entries() {
    let (vn, fr) = (Country::new("VN"), Country::new("FR"));
    let (new, link) = vn.renewed();
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), as_test).unwrap();
    let (ds, real) = (vn.document_signer(), fr.document_signer());
    let pem: String = [&link, &ds, &fr.csca, &real].map(Certificate::to_pem).concat();
    desk.import(pem.as_bytes(), |_| {}).unwrap();
    desk.import(&vn.crl(1, NOW), |_| {}).unwrap();
    let contents = desk.store.load().unwrap();
    let realm = |certificate: &Certificate| contents.entries[&certificate.fingerprint().into()].realm;
    assert_eq!((realm(&link), realm(&ds)), (Realm::Test, Realm::Test));
    assert_eq!((realm(&fr.csca), realm(&real)), (Realm::Live, Realm::Live));
    let (_, crl) = contents.of_kind(Kind::Crl).next().unwrap();
    assert_eq!(crl.realm, Realm::Test);
    drop(new);
}
