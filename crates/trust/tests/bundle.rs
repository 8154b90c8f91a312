//! The trust bundle: whose word it is, when it may take the place of another, and what it brings.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::PureRust;
use antin_trust::bundle::{Bundle, BundleMaker, BundleRefusal, Rollback, part};
use antin_trust::crl::CertificateList;
use antin_trust::pki::{ContentSigner, CrlTemplate, DemoPki, RevokedCertificate};
use antin_trust::store::{CardKey, RevokedCards};
use antin_trust::{
    Certificate, CheckId, CheckResult, Error, Freshness, Policy, Reason, TrustStore, UnixTime, Verdict,
    verify,
};
use antin_wire::tlv::{Tag, object};
use proptest::prelude::*;

use common::{Card, counter, now, pki as demo, proven, row, summary, trusting};

fn freshness(serial: u64) -> Freshness {
    Freshness {
        serial,
        created: now(),
        soft_refresh: now().plus_days(7),
        hard_expiry: now().plus_days(30),
    }
}

/// Signs with the document signer's key: any key whose certificate is pinned will do.
fn signed(maker: &BundleMaker, pki: &DemoPki) -> Vec<u8> {
    let signer = pki.ds_signer();
    maker
        .sign(
            &ContentSigner {
                signer: &signer,
                certificate: &pki.ds,
                others: &[],
            },
            now(),
        )
        .unwrap()
}

fn read(bytes: &[u8], pinned: &Certificate, at: UnixTime) -> Result<Bundle, Error> {
    Bundle::verify(bytes, core::slice::from_ref(pinned), at, &PureRust)
}

fn refusal<T: core::fmt::Debug>(result: Result<T, Error>) -> BundleRefusal {
    match result {
        Err(Error::BundleRefused { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

/// A store that knows something of every kind.
fn full(pki: &DemoPki) -> TrustStore {
    let mut store = trusting(pki);
    store.add_test("lab", demo(5).csca).unwrap();
    store.add_signer(pki.ds.clone());
    store.distrust(demo(6).csca.fingerprint());
    store.distrust_key(demo(7).csca.key_fingerprint());
    let crl = CrlTemplate {
        number: vec![3],
        this_update: now(),
        next_update: now().plus_days(90),
        revoked: vec![RevokedCertificate {
            serial: demo(2).ds.serial().to_vec(),
            at: now(),
        }],
        former_names: Vec::new(),
    };
    let crl = crl.sign(&pki.csca, &pki.csca_signer()).unwrap();
    store.add_crl(CertificateList::parse(&crl).unwrap());
    store.set_revoked_cards(RevokedCards::new([CardKey::of_sod(b"another card")]));
    store
}

#[test]
fn a_bundle_brings_what_a_store_knows_to_another_station() {
    let pki = demo(1);
    let maker = BundleMaker::of(&full(&pki), freshness(4)).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let mut store = TrustStore::named("given");
    assert!(bundle.fill(&mut store).unwrap().is_empty());
    assert_eq!(store.freshness().unwrap().serial, 4);
    assert_eq!(store.all_anchors().count(), 2);
    assert!(store.is_distrusted(&demo(6).csca) && store.is_distrusted(&demo(7).csca));
    let report = verify(
        &Card::new().signed_files(&pki),
        &proven(),
        &store,
        now(),
        &Policy::BORDER,
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 0),
        "{}",
        summary(&report)
    );
    for id in [CheckId::Revocation, CheckId::CardRevocation] {
        assert_eq!(row(&report, id, None).0, CheckResult::Successful);
    }
}

#[test]
fn test_authorities_stay_test_authorities_in_a_bundle() {
    let pki = demo(1);
    let maker = BundleMaker::of(&full(&pki), freshness(4)).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let mut store = TrustStore::new();
    bundle.fill(&mut store).unwrap();
    let files = Card::new().signed_files(&pki);
    assert_eq!(counter(&files, &store).verdict, Verdict::UnknownIssuer);
    store.ask_for(antin_trust::store::GIVEN_SET);
    let report = verify(&files, &proven(), &store, now(), &Policy::BORDER);
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 0),
        "{}",
        summary(&report)
    );
    assert_eq!(
        row(&report, CheckId::CardRevocation, None).0,
        CheckResult::Successful
    );
    let late = verify(&files, &proven(), &store, now().plus_days(8), &Policy::COUNTER);
    assert_eq!(
        (late.verdict, late.exit),
        (Verdict::Inconclusive, 14),
        "{}",
        summary(&late)
    );
}

#[test]
fn only_the_pinned_signer_is_believed_and_only_while_it_may_sign() {
    let (pki, other) = (demo(1), demo(2));
    let bytes = signed(&BundleMaker::new(freshness(1)).unwrap(), &pki);
    assert!(read(&bytes, &pki.ds, now()).is_ok());
    assert_eq!(refusal(read(&bytes, &other.ds, now())), BundleRefusal::NotPinned);
    // The authority above the signer is not the signer.
    assert_eq!(refusal(read(&bytes, &pki.csca, now())), BundleRefusal::NotPinned);
    let late = now().plus_days(20 * 366);
    assert_eq!(refusal(read(&bytes, &pki.ds, late)), BundleRefusal::SignerUnfit);
}

#[test]
fn a_changed_byte_is_refused_or_changes_nothing_that_is_said() {
    let pki = demo(1);
    let mut maker = BundleMaker::new(freshness(1)).unwrap();
    maker.part("note", b"hello").unwrap();
    let bytes = signed(&maker, &pki);
    let honest = read(&bytes, &pki.ds, now()).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x01;
        match read(&changed, &pki.ds, now()) {
            // The copy of the signer's certificate is not looked at: the pinned one is.
            Ok(read) => assert_eq!(read, honest, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 300, "{refused} of {}", bytes.len());
    for len in 0..bytes.len() {
        assert!(read(&bytes[..len], &pki.ds, now()).is_err(), "cut at {len}");
    }
    assert!(read(&[bytes, vec![0]].concat(), &pki.ds, now()).is_err());
}

#[test]
fn an_older_bundle_takes_the_place_of_a_newer_one_only_when_somebody_says_so() {
    let pki = demo(1);
    let make = |serial| {
        let bytes = signed(&BundleMaker::new(freshness(serial)).unwrap(), &pki);
        read(&bytes, &pki.ds, now()).unwrap()
    };
    let installed = make(5).installed();
    let follow = |bundle: &Bundle, rollback| bundle.may_follow(Some(&installed), now(), rollback);
    assert_eq!(follow(&make(6), Rollback::Refuse), Ok(()));
    assert_eq!(follow(&make(5), Rollback::Refuse), Ok(()));
    let expected = BundleRefusal::Rollback {
        installed: 5,
        offered: 4,
    };
    assert_eq!(refusal(follow(&make(4), Rollback::Refuse)), expected);
    assert_eq!(follow(&make(4), Rollback::AllowExplicitly), Ok(()));
    let mut other = BundleMaker::new(freshness(5)).unwrap();
    other.part("note", b"another").unwrap();
    let other = read(&signed(&other, &pki), &pki.ds, now()).unwrap();
    assert_eq!(
        refusal(follow(&other, Rollback::AllowExplicitly)),
        BundleRefusal::Contradicts { serial: 5 }
    );
}

#[test]
fn a_stale_bundle_may_be_installed_and_an_expired_one_not() {
    let pki = demo(1);
    let bundle = read(
        &signed(&BundleMaker::new(freshness(5)).unwrap(), &pki),
        &pki.ds,
        now(),
    )
    .unwrap();
    let follow = |days| bundle.may_follow(None, now().plus_days(days), Rollback::AllowExplicitly);
    assert_eq!(follow(8), Ok(()));
    let since = now().plus_days(30);
    assert_eq!(refusal(follow(30)), BundleRefusal::Expired { since });
}

#[test]
fn a_delta_carries_only_what_changed_and_needs_its_base() {
    let pki = demo(1);
    let maker = |serial, cards: &[u8]| {
        let mut maker = BundleMaker::new(freshness(serial)).unwrap();
        maker.part("large", &[7; 20_000]).unwrap();
        maker.revoked_cards(&RevokedCards::new([CardKey::of_sod(cards)]));
        maker
    };
    let base = read(&signed(&maker(1, b"one"), &pki), &pki.ds, now()).unwrap();
    let whole = read(&signed(&maker(2, b"two"), &pki), &pki.ds, now()).unwrap();
    let signer = pki.ds_signer();
    let signer = ContentSigner {
        signer: &signer,
        certificate: &pki.ds,
        others: &[],
    };
    let bytes = maker(2, b"two").sign_delta(&base, &signer, now()).unwrap();
    assert!(bytes.len() < 5_000);
    let delta = read(&bytes, &pki.ds, now()).unwrap();
    assert_eq!((delta.base(), delta.part("large")), (Some(1), None));
    assert_eq!(delta.installed(), whole.installed());
    assert_eq!(
        refusal(delta.fill(&mut TrustStore::new())),
        BundleRefusal::Incomplete
    );
    assert_eq!(
        refusal(delta.clone().complete(&whole)),
        BundleRefusal::OtherBase { base: Some(1) }
    );
    assert_eq!(delta.clone().complete(&base).unwrap(), whole);
    let bare = BundleMaker::new(freshness(1)).unwrap();
    let poor = read(&signed(&bare, &pki), &pki.ds, now()).unwrap();
    let name = "large".to_owned();
    assert_eq!(
        refusal(delta.complete(&poor)),
        BundleRefusal::PartMissing { name }
    );
    assert!(maker(1, b"two").sign_delta(&base, &signer, now()).is_err());
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_taken() {
    let pki = demo(1);
    let mut maker = BundleMaker::of(&trusting(&pki), freshness(1)).unwrap();
    let broken = [&[0x30, 0x07][..], &[0x30, 0x05, 2, 1, 1, 5, 0]].concat();
    maker.part(part::CSCA, &broken).unwrap();
    maker.part("vds-signers", b"?").unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let mut store = TrustStore::new();
    let notes = bundle.fill(&mut store).unwrap();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert_eq!(store.all_anchors().count(), 1);
}

#[test]
fn a_bundle_that_cannot_be_taken_whole_changes_nothing() {
    let pki = demo(1);
    let mut maker = BundleMaker::of(&trusting(&pki), freshness(1)).unwrap();
    maker.part(part::DISTRUST, &[0x30, 0x02, 5, 0]).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let mut store = TrustStore::new();
    assert!(bundle.fill(&mut store).is_err());
    assert_eq!((store.all_anchors().count(), store.freshness()), (0, None));
}

#[test]
fn limits_that_do_not_follow_each_other_and_names_that_are_none_are_refused() {
    let wrong = Freshness {
        hard_expiry: now(),
        ..freshness(1)
    };
    assert!(BundleMaker::new(wrong).is_err());
    let mut maker = BundleMaker::new(freshness(1)).unwrap();
    for name in ["", "../x", "A", "-a", ".a", "a/b", &"a".repeat(65)] {
        assert!(maker.part(name, b"").is_err(), "{name}");
    }
}

#[test]
fn a_card_in_the_filter_is_genuine_and_refused() {
    let pki = demo(1);
    let files = Card::new().signed_files(&pki);
    let sod = Card::new().sign(&pki);
    let report = |keys: &[CardKey], policy: &Policy| {
        let mut store = trusting(&pki);
        store.set_revoked_cards(RevokedCards::new(keys.iter().copied()));
        verify(&files, &proven(), &store, now(), policy)
    };
    let good = report(&[CardKey::of_sod(b"another")], &Policy::COUNTER);
    assert_eq!(
        (good.verdict, good.exit),
        (Verdict::Authentic, 0),
        "{}",
        summary(&good)
    );
    let padded = [sod.clone(), vec![0; 9]].concat();
    assert_eq!(CardKey::of_sod(&padded), CardKey::of_sod(&sod));
    let holder = common::counter(&files, &trusting(&pki));
    let holder = holder.unverified_holder().unwrap();
    let number = holder.personal_number.clone().unwrap();
    assert_eq!(
        (number.len(), holder.document_number.as_str()),
        (12, &number[3..])
    );
    // A citizen of another province with the same nine digits under the same signer.
    let other = CardKey::of_number(&pki.ds, &holder.document_number);
    assert_eq!(
        row(&report(&[other], &Policy::COUNTER), CheckId::CardRevocation, None).0,
        CheckResult::Successful
    );
    for key in [
        CardKey::of_sod(&sod),
        CardKey::of_number(&pki.ds, &number),
        CardKey::of_country("VN", &number),
    ] {
        let found = report(&[key], &Policy::COUNTER);
        assert_eq!(
            row(&found, CheckId::CardRevocation, None),
            (CheckResult::Failed, Some(Reason::CardRevoked))
        );
        assert_eq!(
            (found.verdict, found.exit),
            (Verdict::Authentic, 15),
            "{}",
            summary(&found)
        );
        assert!(report(&[key], &Policy::LAB).accepted);
    }
    let none = counter(&files, &trusting(&pki));
    assert_eq!(
        row(&none, CheckId::CardRevocation, None),
        (CheckResult::Undetermined, Some(Reason::NoCardList))
    );
}

/// PKI-35: who rewrites octets that nobody signed is still found by signer and number.
#[test]
fn a_revoked_card_is_known_however_its_signers_certificate_is_written() {
    let pki = demo(1);
    let der = pki.ds.as_der();
    let other = Certificate::parse(&[&[0x30, 0x83, 0x00], &der[2..]].concat()).unwrap();
    assert_ne!(other.fingerprint(), pki.ds.fingerprint());
    assert_eq!(CardKey::of_number(&other, "1"), CardKey::of_number(&pki.ds, "1"));
    assert_ne!(CardKey::of_number(&pki.ds, "1"), CardKey::of_number(&pki.ds, "2"));
    assert_ne!(
        CardKey::of_number(&pki.ds, "1"),
        CardKey::of_number(&demo(2).ds, "1")
    );
}

#[test]
fn a_bundle_finds_out_whose_word_its_lists_are_whatever_their_order() {
    let (pki, stranger) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    let crl = |number: u8, pki: &DemoPki, revoked: Vec<RevokedCertificate>| {
        let template = CrlTemplate {
            number: vec![number],
            this_update: now(),
            next_update: now().plus_days(90),
            revoked,
            former_names: Vec::new(),
        };
        template.sign(&pki.csca, &pki.csca_signer()).unwrap()
    };
    let revoked = RevokedCertificate {
        serial: pki.ds.serial().to_vec(),
        at: now(),
    };
    let mut lists = vec![crl(1, &pki, vec![revoked])];
    lists.extend((2..40).map(|number| crl(number, &stranger, Vec::new())));
    let mut maker = BundleMaker::of(&store, freshness(1)).unwrap();
    let content = antin_wire::tlv::constructed(Tag(0x30), &lists);
    maker.part(part::CRLS, &content).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    store = TrustStore::named("given");
    bundle.fill(&mut store).unwrap();
    store.ask_for("given");
    let report = counter(&Card::new().signed_files(&pki), &store);
    assert_eq!(
        row(&report, CheckId::Revocation, None),
        (CheckResult::Failed, Some(Reason::Revoked)),
        "{}",
        summary(&report)
    );
}

#[test]
fn a_filter_of_an_unknown_kind_answers_nothing() {
    let mut bytes = RevokedCards::new([]).as_bytes().to_vec();
    bytes[8] = 2;
    bytes.extend_from_slice(b"some cascade");
    let filter = RevokedCards::parse(&bytes).unwrap();
    assert_eq!(filter.contains(&CardKey::of_sod(b"x")), None);
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.set_revoked_cards(filter);
    let report = counter(&Card::new().signed_files(&pki), &store);
    assert_eq!(
        row(&report, CheckId::CardRevocation, None),
        (CheckResult::Undetermined, Some(Reason::NoCardList))
    );
}

#[test]
fn a_filter_that_is_cut_prolonged_or_out_of_order_is_refused() {
    let whole = RevokedCards::new([b"a", b"b", b"c"].map(|one| CardKey::of_sod(one)))
        .as_bytes()
        .to_vec();
    for len in 0..whole.len() {
        assert!(RevokedCards::parse(&whole[..len]).is_err(), "{len}");
    }
    assert!(RevokedCards::parse(&[whole.clone(), vec![0]].concat()).is_err());
    let mut swapped = whole.clone();
    swapped[20..36].rotate_left(8);
    assert!(RevokedCards::parse(&swapped).is_err());
    let mut counted = whole;
    counted[12] = 0x80;
    assert!(RevokedCards::parse(&counted).is_err());
}

proptest! {
    #[test]
    fn a_filter_holds_what_was_put_into_it_and_nothing_else(
        cards in prop::collection::vec(any::<[u8; 4]>(), 0..200),
        strangers in prop::collection::vec(any::<[u8; 5]>(), 0..50),
    ) {
        let key = |content: &[u8]| CardKey::of_sod(&object(Tag(0x77), content));
        let filter = RevokedCards::new(cards.iter().map(|card| key(card)));
        let filter = RevokedCards::parse(filter.as_bytes()).unwrap();
        for card in &cards {
            prop_assert_eq!(filter.contains(&key(card)), Some(true));
        }
        for stranger in &strangers {
            prop_assert_eq!(filter.contains(&key(stranger)), Some(false));
        }
    }

    #[test]
    fn content_that_somebody_made_up_ends_in_an_answer(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Bundle::parse_content(&content);
        let _ = RevokedCards::parse(&content);
    }
}

#[test]
fn cards_that_any_of_several_filters_knows_are_revoked_and_a_bundle_carries_them_all() {
    let pki = demo(1);
    let card = Card::new();
    let files = card.signed_files(&pki);
    let mut store = trusting(&pki);
    store.add_revoked_cards(RevokedCards::new([CardKey::of_sod(b"one")]));
    let judged = |store: &TrustStore| row(&counter(&files, store), CheckId::CardRevocation, None);
    assert_eq!(judged(&store).0, CheckResult::Successful);
    let sod = files.bytes(antin_lds::ElementaryFile::Sod).unwrap();
    let digest: [u8; 32] = antin_crypto::Hash::Sha256.digest(sod).try_into().unwrap();
    assert_eq!(CardKey::of_sod_digest(&digest), CardKey::of_sod(sod));
    store.add_revoked_cards(RevokedCards::new([CardKey::of_sod_digest(&digest)]));
    assert_eq!(judged(&store), (CheckResult::Failed, Some(Reason::CardRevoked)));
    let maker = BundleMaker::of(&store, freshness(1)).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let carried = RevokedCards::parse(bundle.part(part::CARDS).unwrap()).unwrap();
    assert_eq!(carried.len(), Some(2));
}

#[test]
fn a_bundle_of_kept_parts_is_the_one_that_they_came_from() {
    let pki = demo(1);
    let maker = BundleMaker::of(&full(&pki), freshness(4)).unwrap();
    let bundle = read(&signed(&maker, &pki), &pki.ds, now()).unwrap();
    let parts = bundle
        .parts()
        .iter()
        .map(|part| (part.name(), part.content().unwrap()));
    let kept = Bundle::of_parts(*bundle.freshness(), parts).unwrap();
    assert_eq!((&kept, kept.digest()), (&bundle, bundle.digest()));
    let anchors = bundle.members(part::CSCA).unwrap();
    assert_eq!(anchors.len() + bundle.members(part::TEST).unwrap().len(), 2);
    let lab = bundle.members(part::TEST).unwrap();
    assert!(
        lab.iter()
            .any(|one| one.label == Some("lab") && one.der == demo(5).csca.as_der())
    );
    assert_eq!(bundle.members("no-such-part").unwrap(), []);
}
