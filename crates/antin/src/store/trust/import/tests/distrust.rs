//! What is known to be bad stays out, and does not become merely unknown.

use super::*;

/// The same certificate with the length of its outermost object written longer than DER allows: as anybody can.
fn reframed(certificate: &Certificate) -> Vec<u8> {
    let [0x30, 0x82, high, low, rest @ ..] = certificate.as_der() else {
        panic!("a certificate of some hundred octets")
    };
    [&[0x30, 0x83, 0, *high, *low], rest].concat()
}

fn distrust(desk: &Desk, country: &Country, of: Marked) {
    let removal = Removal::Distrust {
        of,
        reason: "stolen".to_owned(),
    };
    let wanted = [country.csca.fingerprint().into()];
    remove(&desk.store, &wanted, &removal, "lan@counter-1", NOW).unwrap();
}

#[test]
fn a_certificate_that_is_known_to_be_bad_stays_bad_however_it_is_written() {
    let (vn, fr) = (Country::new("VN"), Country::new("FR"));
    let again = Country {
        csca: Country::certificate("VN", "CSCA VN", &vn.signer),
        signer: vn.signer.clone(),
    };
    let desk = Desk::new();
    let both = format!("{}{}", vn.csca.to_pem(), fr.csca.to_pem());
    desk.import(both.as_bytes(), |_| {}).unwrap();
    distrust(&desk, &vn, Marked::Certificate);
    for bad in [vn.csca.as_der().to_vec(), reframed(&vn.csca)] {
        let TrustProblem::NothingTaken { reasons, .. } = desk.refused(&bad, |_| {}) else {
            panic!("taken")
        };
        assert!(reasons[0].starts_with("distrusted"), "{reasons:?}");
    }
    // It vouches for nobody; its key in another certificate does.
    let ds = vn.document_signer();
    desk.refused(ds.as_der(), |_| {});
    desk.import(again.csca.as_der(), |_| {}).unwrap();
    desk.import(ds.as_der(), |_| {}).unwrap();
    let trust = desk.store.load().unwrap().to_trust_store();
    assert!(
        trust.is_distrusted(&vn.csca)
            && trust.is_distrusted(&Certificate::parse(&reframed(&vn.csca)).unwrap())
    );
    assert!(!trust.is_distrusted(&again.csca) && !trust.is_distrusted(&fr.csca));
}

#[test]
fn a_key_that_is_known_to_be_bad_is_bad_in_every_certificate_and_signs_no_list() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let again = Country::certificate("DE", "CSCA DE 2", &de.signer);
    let desk = Desk::new();
    desk.import(&de.master_list(&[&vn], NOW.plus_days(-9)), with_root(&de))
        .unwrap();
    distrust(&desk, &de, Marked::Key);
    let TrustProblem::NothingTaken { reasons, .. } = desk.refused(again.as_der(), |_| {}) else {
        panic!("taken")
    };
    assert!(reasons[0].starts_with("distrusted"), "{reasons:?}");
    assert!(matches!(
        desk.refused(&de.master_list(&[&vn], NOW), with_root(&de)),
        TrustProblem::ListRefused { .. }
    ));
    let contents = desk.store.load().unwrap();
    let trust = contents.to_trust_store();
    assert!(trust.is_distrusted(&again) && !trust.is_distrusted(&vn.csca));
    assert!(contents.view(&de.csca.fingerprint().into()).unwrap().distrusted);
    // What the list alone vouched for is not said to rest on a person's word any more.
    let listed = vn.csca;
    let vn: Fingerprint = listed.fingerprint().into();
    assert_eq!(contents.why(&vn).unwrap().end, "distrusted");
    let root = [de.csca.fingerprint().into()];
    assert_eq!(
        contents.resting_on(&root),
        2,
        "the listed authority, and the signer of the list"
    );
    assert_eq!(contents.resting_on(&[vn]), 0);
    assert!(trust.anchor(&listed).is_none() && trust.anchor(&de.csca).is_some());
    // An operator's word is another foundation.
    desk.import(listed.as_der(), |_| {}).unwrap();
    let trust = desk.store.load().unwrap().to_trust_store();
    assert!(trust.anchor(&listed).is_some());
    // The same mark twice is one.
    distrust(&desk, &de, Marked::Key);
    assert_eq!(desk.store.load().unwrap().distrusted.len(), 1);
}

#[test]
fn an_authority_that_is_known_to_be_bad_stays_known_when_its_list_drops_it() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let desk = Desk::new();
    desk.import(&de.master_list(&[&de, &vn], NOW.plus_days(-9)), with_root(&de))
        .unwrap();
    distrust(&desk, &vn, Marked::Certificate);
    desk.import(&de.master_list(&[&de], NOW), with_root(&de)).unwrap();
    let trust = desk.store.load().unwrap().to_trust_store();
    assert!(
        trust.anchor(&vn.csca).is_some(),
        "its documents fail, they are not merely unknown"
    );
    assert!(trust.is_distrusted(&vn.csca));
}
