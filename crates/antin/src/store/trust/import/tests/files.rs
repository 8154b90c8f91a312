//! Certificates and revocation lists that come in files of their own.

use antin_trust::pki::Extension;
use antin_wire::oids;

use super::*;

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let desk = Desk::new();
    let list = de.master_list(&[&vn], NOW);
    let first = desk.import(&list, with_root(&de)).unwrap();
    let before = desk.store.load().unwrap();
    let second = desk.import(&list, |options| {
        options.roots.push(de.csca.clone());
        options.by = "minh@counter-2".to_owned();
    });
    let second = second.unwrap();
    assert_eq!((second.certificates, second.added, first.certificates), (1, 0, 1));
    assert_eq!(codes(&second), [NoteCode::SameFile]);
    assert!(second.notes[0].detail.contains("lan@counter-1"));
    assert_eq!(desk.store.load().unwrap(), before);
    assert_eq!(second.generation, before.generation);
}

#[test]
fn certificates_lists_and_links_come_in_any_order_and_each_is_vouched_for() {
    let vn = Country::new("VN");
    let (new, link) = vn.renewed();
    let (old_ds, new_ds, stranger) = (
        vn.document_signer(),
        new.document_signer(),
        Country::new("FR").document_signer(),
    );
    let pem: String = [
        ("CERTIFICATE", new_ds.as_der()),
        ("X509 CRL", &vn.crl(1, NOW)),
        ("CERTIFICATE", old_ds.as_der()),
        ("CERTIFICATE", stranger.as_der()),
        ("CERTIFICATE", link.as_der()),
        ("CERTIFICATE", vn.csca.as_der()),
    ]
    .iter()
    .map(|(label, der)| pem::encode(label, der))
    .collect();
    let desk = Desk::new();
    let report = desk.import(pem.as_bytes(), |_| {}).unwrap();
    assert_eq!((report.certificates, report.crls, report.skipped), (4, 1, 1));
    assert_eq!(
        (reasons_of(&report), report.skipped_objects[0].index),
        (vec![SkipReason::IssuerUnknown], 3)
    );
    assert_eq!(
        desk.kinds(),
        [
            Kind::Csca,
            Kind::Link,
            Kind::Crl,
            Kind::DocumentSigner,
            Kind::DocumentSigner
        ]
    );
    let contents = desk.store.load().unwrap();
    let by = |der: &[u8]| contents.entries[&Fingerprint::of(der)].sources[0].by;
    let of = |certificate: &Certificate| Voucher::Issuer(certificate.fingerprint().into());
    assert_eq!(by(vn.csca.as_der()), Voucher::Operator);
    assert_eq!(by(link.as_der()), of(&vn.csca));
    assert_eq!(
        (by(old_ds.as_der()), by(new_ds.as_der())),
        (of(&vn.csca), of(&link))
    );
}

#[test]
fn a_newer_revocation_list_replaces_the_older_one_and_never_the_other_way_round() {
    let vn = Country::new("VN");
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    desk.import(&vn.crl(1, NOW.plus_days(-30)), |_| {}).unwrap();
    let report = desk.import(&vn.crl(2, NOW.plus_days(-1)), |_| {}).unwrap();
    assert_eq!(
        (report.crls, report.removed, codes(&report)),
        (1, 1, vec![NoteCode::Replaced])
    );
    let problem = desk.refused(&vn.crl(1, NOW.plus_days(-20)), |_| {});
    assert!(
        matches!(&problem, TrustProblem::NothingTaken { reasons, .. } if reasons[0].starts_with("older")),
        "{problem}"
    );
    let stale = desk.import(&Country::new("VN").crl(9, NOW), |_| {}).unwrap_err();
    assert!(stale.to_string().contains("nothing in it could be taken"));
    assert_eq!(desk.kinds(), [Kind::Csca, Kind::Crl]);
}

#[test]
fn an_overdue_revocation_list_is_taken_with_a_note() {
    let vn = Country::new("VN");
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    let report = desk.import(&vn.crl(1, NOW.plus_days(-200)), |_| {}).unwrap();
    assert_eq!(codes(&report), [NoteCode::Stale]);
}

#[test]
fn a_forged_self_signature_and_a_key_that_proves_nothing_are_refused() {
    let vn = Country::new("VN");
    let desk = Desk::new();
    let mut forged = vn.csca.as_der().to_vec();
    let at = forged.windows(7).position(|window| window == b"CSCA VN").unwrap();
    forged[at] = b'X';
    let problem = desk.refused(&forged, |_| {});
    let TrustProblem::NothingTaken { reasons, .. } = problem else {
        panic!("{problem}")
    };
    assert!(reasons[0].starts_with("self-signature-wrong"), "{reasons:?}");
    // An RSA key with the exponent 1: every signature fits it (the template is signed with another key).
    let mut modulus = vec![0xC1; 128];
    modulus[127] = 1;
    let rsa = rsa_spki(&modulus, &[1]);
    let mut template = profile::csca(
        &Subject::new("VN", "CSCA").unwrap(),
        &place("VNM"),
        period(),
        vn.signer.public_key(),
        NameChange::No,
        &mut SystemRng,
    );
    template.spki = rsa;
    let weak = template.sign(&vn.signer).unwrap();
    let problem = desk.refused(weak.as_der(), |_| {});
    let TrustProblem::NothingTaken { reasons, .. } = problem else {
        panic!("{problem}")
    };
    assert!(reasons[0].starts_with("key-unusable"), "{reasons:?}");
}

/// A SubjectPublicKeyInfo of an RSA key, by hand: no library makes such keys.
fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [der(0x02, &[&[0][..], modulus].concat()), der(0x02, exponent)].concat();
    let bits = der(0x03, &[vec![0], der(0x30, &numbers)].concat());
    let algorithm = hex::decode("300d06092a864886f70d0101010500").unwrap();
    der(0x30, &[algorithm, bits].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=127 => vec![u8::try_from(short).unwrap()],
        middle @ 128..=255 => vec![0x81, u8::try_from(middle).unwrap()],
        long => [&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, content].concat()
}

#[test]
fn names_in_files_never_become_names_of_files() {
    let vn = Country::named("VN", "../../../etc/passwd");
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(desk.store.path().join("parts")).unwrap() {
        names.push(entry.unwrap().file_name().into_string().unwrap());
    }
    assert!(
        names.iter().all(|name| Fingerprint::parse(name).is_some()),
        "{names:?}"
    );
}

#[test]
fn links_that_lead_in_a_circle_end() {
    let (a, b) = (Country::named("VN", "A"), Country::named("VN", "B"));
    let link = |old: &Country, new: &Country| {
        profile::link(&old.csca, &new.csca, &place("VNM"), &mut SystemRng)
            .unwrap()
            .sign(&old.signer)
            .unwrap()
    };
    let circle = [link(&a, &b), link(&b, &a)];
    let pem: String = circle.iter().map(Certificate::to_pem).collect();
    let desk = Desk::new();
    let report = desk.import(pem.as_bytes(), |_| {}).unwrap();
    assert_eq!(report.certificates, 2);
    assert_eq!(desk.kinds(), [Kind::Link, Kind::Link], "neither is an anchor");
}

#[test]
fn a_link_across_countries_or_without_an_issuer_vouches_for_nothing() {
    let (fr, fake) = (Country::new("FR"), Country::new("VN"));
    // Viet Nam's name and the attacker's key, signed by the authority of another country or by nobody who is known.
    let forged = |signer: &Country| {
        let (_, link) = signer.renewed();
        let mut template = profile::csca(
            &Subject::new("VN", "CSCA VN").unwrap(),
            &place("VNM"),
            period(),
            fake.signer.public_key(),
            NameChange::No,
            &mut SystemRng,
        );
        template.issuer = signer.csca.subject().as_der().to_vec();
        let by = profile::link(
            &signer.csca,
            &signer.renewed().0.csca,
            &place("XXX"),
            &mut SystemRng,
        )
        .unwrap();
        let stated = template
            .extensions
            .iter_mut()
            .find(|one| one.id == by.extensions[0].id);
        if let Some(authority) = stated {
            authority.value = by.extensions[0].value.clone();
        }
        drop(link);
        template.sign(&signer.signer).unwrap()
    };
    let ds = fake.document_signer();
    let desk = Desk::new();
    desk.import(fr.csca.as_der(), |_| {}).unwrap();
    let crossing = format!("{}{}", forged(&fr).to_pem(), ds.to_pem());
    let TrustProblem::NothingTaken { reasons, .. } = desk.refused(crossing.as_bytes(), |_| {}) else {
        panic!("taken")
    };
    assert!(
        reasons.iter().any(|reason| reason.starts_with("other-country")),
        "{reasons:?}"
    );
    let open = format!("{}{}", forged(&Country::new("VN")).to_pem(), ds.to_pem());
    let report = desk.import(open.as_bytes(), |_| {}).unwrap();
    assert_eq!(
        reasons_of(&report),
        [SkipReason::IssuerUnknown],
        "an open link vouches for nobody"
    );
    // Nor does it once it lies in the store.
    assert!(matches!(
        desk.refused(ds.as_der(), |_| {}),
        TrustProblem::NothingTaken { .. }
    ));
}

#[test]
fn an_authority_in_a_directory_is_believed_only_when_the_operator_says_so() {
    use base64ct::Encoding;
    let vn = Country::new("VN");
    let value = base64ct::Base64::encode_string(vn.csca.as_der());
    let ldif = format!("dn: cn=x\ncACertificate;binary:: {value}\n");
    let desk = Desk::new();
    let TrustProblem::NothingTaken { reasons, .. } = desk.refused(ldif.as_bytes(), |_| {}) else {
        panic!("taken")
    };
    assert!(reasons[0].starts_with("collection-anchor"), "{reasons:?}");
    desk.import(ldif.as_bytes(), |options| {
        options.force.push(Force::CollectionAnchors)
    })
    .unwrap();
    let contents = desk.store.load().unwrap();
    assert_eq!(contents.imports[0].forced, ["--allow-collection-anchors"]);
}

#[test]
fn a_revocation_list_from_the_future_does_not_replace_the_one_of_today() {
    let vn = Country::new("VN");
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    desk.import(&vn.crl(1, NOW), |_| {}).unwrap();
    let TrustProblem::NothingTaken { reasons, .. } = desk.refused(&vn.crl(2, NOW.plus_days(400)), |_| {})
    else {
        panic!("taken")
    };
    assert!(reasons[0].starts_with("from-the-future"), "{reasons:?}");
}

#[test]
fn whoever_signs_lists_is_not_taken_for_a_signer_of_documents() {
    let vn = Country::new("VN");
    let defects = {
        let key = signer();
        let mut template = profile::list_signer(
            ListKind::Master,
            &Subject::new("VN", "Defects").unwrap(),
            &place("XXX"),
            period(),
            key.public_key(),
            &vn.csca,
            &mut SystemRng,
        )
        .unwrap();
        let purpose = Extension::extended_key_usage(&[oids::DEFECT_LIST_SIGNING_KEY]);
        template.remove(&oids::EXT_KEY_USAGE);
        template.extensions.push(purpose);
        template.sign(&vn.signer).unwrap()
    };
    let desk = Desk::new();
    desk.import(vn.csca.as_der(), |_| {}).unwrap();
    let (_, master) = vn.list_signer(ListKind::Master);
    let (_, deviations) = vn.list_signer(ListKind::Deviation);
    for signer in [&master, &deviations, &defects] {
        desk.import(signer.as_der(), |_| {}).unwrap();
    }
    desk.import(vn.document_signer().as_der(), |_| {}).unwrap();
    assert_eq!(
        desk.kinds(),
        [
            Kind::Csca,
            Kind::DocumentSigner,
            Kind::ListSigner,
            Kind::ListSigner,
            Kind::ListSigner
        ]
    );
}
