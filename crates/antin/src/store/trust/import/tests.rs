//! Imports of lists and files that this module's own small world signs, and of the German list.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::fs;

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin_trust::pki::profile::{self, ListKind, NameChange, Period, Place};
use antin_trust::pki::{
    Contact, ContentSigner, CrlPlaces, CrlTemplate, MasterListContent, RevokedCertificate, Subject,
};

use super::super::input::pem;
use super::super::model::{Kind, Voucher};
use super::*;
use crate::world::SystemRng;

const NOW: UnixTime = UnixTime(1_790_000_000);

/// A country with a key, its certificate and whoever signs its lists.
struct Country {
    signer: SoftSigner,
    csca: Certificate,
}

fn signer() -> SoftSigner {
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

fn place(code: &str) -> Place {
    Place {
        contact: Contact::new(code).unwrap(),
        crl: CrlPlaces::new(["http://example.org/crl"]).unwrap(),
    }
}

fn period() -> Period {
    Period::new(NOW.plus_days(-900), NOW.plus_days(100), NOW.plus_days(3000)).unwrap()
}

impl Country {
    fn new(letters: &str) -> Self {
        Self::named(letters, &format!("CSCA {letters}"))
    }

    fn named(letters: &str, name: &str) -> Self {
        let signer = signer();
        let subject = Subject::new(letters, name).unwrap();
        let template = profile::csca(
            &subject,
            &place("XXX"),
            period(),
            signer.public_key(),
            NameChange::No,
            &mut SystemRng,
        );
        let csca = template.sign(&signer).unwrap();
        Self { signer, csca }
    }

    /// A new key, and the link from the old one to it.
    fn renewed(&self) -> (Self, Certificate) {
        let letters = self.csca.subject().country().letters().unwrap();
        let new = Self::new(&letters);
        let link = profile::link(&self.csca, &new.csca, &place("XXX"), &mut SystemRng).unwrap();
        (new, link.sign(&self.signer).unwrap())
    }

    fn document_signer(&self) -> Certificate {
        let letters = self.csca.subject().country().letters().unwrap();
        let subject = Subject::new(&letters, "DS 1").unwrap();
        let types = ["P".to_owned()];
        let key = signer();
        let template = profile::document_signer(
            &subject,
            &place("XXX"),
            period(),
            &types,
            key.public_key(),
            &self.csca,
            &mut SystemRng,
        );
        template.unwrap().sign(&self.signer).unwrap()
    }

    fn crl(&self, number: u8, at: UnixTime) -> Vec<u8> {
        let template = CrlTemplate {
            number: vec![number],
            this_update: at,
            next_update: at.plus_days(90),
            revoked: vec![RevokedCertificate {
                serial: vec![1, 2, 3],
                at,
            }],
            former_names: Vec::new(),
        };
        template.sign(&self.csca, &self.signer).unwrap()
    }

    fn master_list(&self, listed: &[&Country], at: UnixTime) -> Vec<u8> {
        let certificates: Vec<Certificate> = listed.iter().map(|country| country.csca.clone()).collect();
        self.master_list_of(&certificates, at)
    }

    fn master_list_of(&self, certificates: &[Certificate], at: UnixTime) -> Vec<u8> {
        self.list_with(certificates, at, &[])
    }

    /// A list with strange certificates in its unsigned bag.
    fn list_with(&self, certificates: &[Certificate], at: UnixTime, strange: &[Certificate]) -> Vec<u8> {
        let letters = self.csca.subject().country().letters().unwrap();
        let subject = Subject::new(&letters, "List signer").unwrap();
        let key = signer();
        let template = profile::list_signer(
            ListKind::Master,
            &subject,
            &place("XXX"),
            period(),
            key.public_key(),
            &self.csca,
            &mut SystemRng,
        );
        let certificate = template.unwrap().sign(&self.signer).unwrap();
        let with = ContentSigner {
            signer: &key,
            certificate: &certificate,
            others: &[strange, std::slice::from_ref(&self.csca)].concat(),
        };
        MasterListContent::new(certificates)
            .unwrap()
            .sign(&with, at)
            .unwrap()
    }
}

/// A folder with a store in it.
struct Desk {
    folder: tempfile::TempDir,
    store: TrustFolder,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = TrustFolder::at(folder.path().join("trust"));
        Self { folder, store }
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn import(&self, content: &[u8], change: impl FnOnce(&mut ImportOptions)) -> Result<ImportReport, Error> {
        let path = self.file("given", content);
        let mut options = ImportOptions::new("lan@counter-1", NOW);
        change(&mut options);
        import(&self.store, &[path], &options)
    }

    #[track_caller]
    fn refused(&self, content: &[u8], change: impl FnOnce(&mut ImportOptions)) -> TrustProblem {
        let before = self.store.load().ok();
        let refused = self.import(content, change).unwrap_err();
        assert_eq!(self.store.load().ok(), before, "a refused import changes nothing");
        match refused {
            Error::TrustStore(problem) => *problem,
            other => panic!("{other}"),
        }
    }

    fn kinds(&self) -> Vec<Kind> {
        let contents = self.store.load().unwrap();
        let mut kinds: Vec<Kind> = contents.entries.values().map(|entry| entry.kind).collect();
        kinds.sort();
        kinds
    }
}

fn codes(report: &ImportReport) -> Vec<NoteCode> {
    report.notes.iter().map(|note| note.code).collect()
}

fn reasons_of(report: &ImportReport) -> Vec<SkipReason> {
    report
        .skipped_objects
        .iter()
        .map(|skipped| skipped.reason)
        .collect()
}

fn with_root(country: &Country) -> impl FnOnce(&mut ImportOptions) {
    let root = country.csca.clone();
    move |options| options.roots.push(root)
}

#[test]
fn a_master_list_under_its_root_vouches_for_what_it_names() {
    let (de, vn, fr) = (Country::new("DE"), Country::new("VN"), Country::new("FR"));
    let desk = Desk::new();
    let list = de.master_list(&[&vn, &fr, &de], NOW.plus_days(-5));
    let report = desk.import(&list, with_root(&de)).unwrap();
    assert_eq!((report.certificates, report.skipped), (3, 0));
    assert_eq!(codes(&report), [NoteCode::RootPinned]);
    assert!(
        report
            .entries
            .iter()
            .all(|entry| entry.verified_by == VerifiedBy::Itself)
    );
    let contents = desk.store.load().unwrap();
    let root: Fingerprint = de.csca.fingerprint().into();
    let entry = &contents.entries[&Fingerprint::of(vn.csca.as_der())];
    assert_eq!(
        (entry.kind, entry.sources[0].by),
        (Kind::Csca, Voucher::Root(root))
    );
    let import = contents.import(entry.sources[0].import).unwrap();
    assert_eq!(
        (import.by.as_str(), import.at, import.root),
        ("lan@counter-1", NOW, Some(root))
    );
    assert_eq!(import.sha256, Fingerprint::of(&list));
    // The operator vouches for the root, and nobody else needs to.
    assert_eq!(contents.entries[&root].sources[0].by, Voucher::Operator);
    assert_eq!(
        desk.kinds(),
        [Kind::Csca, Kind::Csca, Kind::Csca, Kind::ListSigner]
    );
}

#[test]
fn a_list_without_a_root_or_under_another_one_is_refused_and_nothing_is_stored() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let desk = Desk::new();
    let list = de.master_list(&[&vn], NOW);
    let problem = desk.refused(&list, |_| {});
    assert!(
        matches!(problem, TrustProblem::NeedsRoot { ref issuer, .. } if issuer.contains("CSCA DE")),
        "{problem}"
    );
    let other = Country::new("DE");
    assert!(matches!(
        desk.refused(&list, with_root(&other)),
        TrustProblem::ListRefused { .. }
    ));
    let mut changed = list.clone();
    let at = changed
        .windows(7)
        .position(|window| window == b"CSCA VN")
        .unwrap();
    changed[at] ^= 1;
    assert!(matches!(
        desk.refused(&changed, with_root(&de)),
        TrustProblem::ListRefused { .. }
    ));
    assert!(!desk.store.exists());
}

#[test]
fn a_bad_signature_can_be_forced_and_that_is_never_forgotten() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let desk = Desk::new();
    let other = Country::new("DE");
    let report = desk
        .import(&de.master_list(&[&vn], NOW), |options| {
            options.roots.push(other.csca.clone());
            options.force.push(Force::UnverifiedList);
        })
        .unwrap();
    assert!(codes(&report).contains(&NoteCode::UnverifiedList));
    let contents = desk.store.load().unwrap();
    assert_eq!(contents.imports[0].forced, ["--allow-unverified-list"]);
    let entry = &contents.entries[&Fingerprint::of(vn.csca.as_der())];
    assert_eq!(entry.sources[0].by, Voucher::Nobody);
    assert_eq!(
        contents.entries.len(),
        1,
        "neither signer nor root of an unproven list is kept"
    );
}

#[test]
fn a_root_that_was_pinned_once_serves_for_the_next_list_but_a_listed_authority_does_not() {
    let (de, vn, fr) = (Country::new("DE"), Country::new("VN"), Country::new("FR"));
    let desk = Desk::new();
    desk.import(&de.master_list(&[&vn], NOW.plus_days(-9)), with_root(&de))
        .unwrap();
    desk.import(&de.master_list(&[&vn, &fr], NOW.plus_days(-1)), |_| {})
        .unwrap();
    assert_eq!(desk.kinds().iter().filter(|kind| **kind == Kind::Csca).count(), 3);
    // Viet Nam's authority is in the store by the German word, not by the operator's.
    let rogue = Country::new("XX");
    let problem = desk.refused(&vn.master_list(&[&rogue], NOW), |_| {});
    assert!(matches!(problem, TrustProblem::ListRefused { .. }), "{problem}");
}

#[test]
fn an_older_list_needs_an_override_and_a_newer_one_withdraws_what_it_no_longer_names() {
    let (de, vn, fr) = (Country::new("DE"), Country::new("VN"), Country::new("FR"));
    let desk = Desk::new();
    let older = de.master_list(&[&vn, &fr], NOW.plus_days(-9));
    let newer = de.master_list(&[&vn], NOW.plus_days(-1));
    desk.import(&older, with_root(&de)).unwrap();
    let report = desk.import(&newer, with_root(&de)).unwrap();
    assert_eq!((report.removed, codes(&report)), (1, vec![NoteCode::Withdrawn]));
    let problem = desk.refused(&older, with_root(&de));
    assert!(
        matches!(problem, TrustProblem::Older { stored, offered, .. } if stored == NOW.plus_days(-1) && offered == NOW.plus_days(-9)),
        "{problem}"
    );
    let report = desk
        .import(&older, |options| {
            options.roots.push(de.csca.clone());
            options.force.push(Force::OlderList);
        })
        .unwrap();
    assert!(codes(&report).contains(&NoteCode::OlderList));
    let contents = desk.store.load().unwrap();
    assert!(contents.entries.contains_key(&Fingerprint::of(fr.csca.as_der())));
    assert_eq!(contents.imports.last().unwrap().forced, ["--allow-older-list"]);
}

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
fn broken_certificates_of_a_list_are_named_by_index_and_the_rest_is_taken() {
    let de = Country::new("DE");
    let all: Vec<Country> = (0..4)
        .map(|number| Country::named("VN", &format!("CSCA {number}")))
        .collect();
    let certificates: Vec<Certificate> = all.iter().map(|country| country.csca.clone()).collect();
    let list = de.master_list_of(&certificates, NOW);
    // The content is changed, so the signature must be forced; which member is broken is what is asked here.
    let mut broken = list.clone();
    let at = broken.windows(6).position(|window| window == b"CSCA 2").unwrap();
    broken[at - 2] = 0x1F;
    let desk = Desk::new();
    let report = desk
        .import(&broken, |options| options.force.push(Force::UnverifiedList))
        .unwrap();
    assert_eq!(report.certificates + report.skipped, 4, "{report:#?}");
    assert_eq!(report.skipped, 1);
    let index = usize::try_from(report.skipped_objects[0].index).unwrap();
    assert!(index < 4);
    assert!(
        !report
            .entries
            .iter()
            .any(|entry| usize::try_from(entry.index).unwrap() == index)
    );
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
fn a_strange_certificate_in_the_bag_hides_no_older_list() {
    let (de, vn, fr, xx) = (
        Country::new("DE"),
        Country::new("VN"),
        Country::new("FR"),
        Country::new("XX"),
    );
    let desk = Desk::new();
    desk.import(&de.master_list(&[&vn], NOW.plus_days(-1)), with_root(&de))
        .unwrap();
    // The bag is not signed: the older list comes with somebody else's certificate beside its signer's.
    let strange: Vec<Certificate> = (0..8).map(|_| xx.document_signer()).collect();
    let older = de.list_with(&[vn.csca.clone(), fr.csca.clone()], NOW.plus_days(-9), &strange);
    assert!(matches!(
        desk.refused(&older, with_root(&de)),
        TrustProblem::Older { .. }
    ));
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

/// The list that Germany publishes: whole, and each certificate's verifier as an independent proof names it.
#[test]
fn the_german_list_comes_in_whole() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    if !data.join("masterlists").is_dir() {
        println!("SKIPPED: no foreign data");
        return;
    }
    let desk = Desk::new();
    let mut options = ImportOptions::new("lan@counter-1", crate::now());
    options
        .roots
        .push(load_root(&data.join("certs/csca/DE_ROOT_CA_CSCA07.cer")).unwrap());
    let list = data.join("masterlists/DE_ML_2026-05-28.ml");
    let report = import(&desk.store, &[list], &options).unwrap();
    assert_eq!(
        (report.certificates, report.skipped),
        (588, 0),
        "{:#?}",
        report.skipped_objects
    );
    let proof = fs::read_to_string(data.join("masterlists/csca_proof_DE.csv")).unwrap();
    let mut wrong = Vec::new();
    for line in proof.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let expected = match columns[4] {
            "self" => VerifiedBy::Itself,
            "other certificate in the list(s)" => VerifiedBy::Other,
            _ => VerifiedBy::None,
        };
        let found = report
            .entries
            .iter()
            .find(|entry| entry.sha256.to_string() == columns[0]);
        let by = found.map(|entry| entry.verified_by);
        if by != Some(expected) {
            wrong.push(format!("{line}: {by:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    // The list's signer comes beside them; the root is one of the 588.
    assert_eq!(desk.kinds().len(), 589);
}
