//! A bundle on its way from one station's store to another's, and all that may not happen on it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use antin_trust::TrustStore;
use antin_trust::bundle::part;
use antin_trust::pki::{ContentSigner, DemoOptions, DemoPki};
use antin_trust::store::CardKey;

use super::super::change::{Removal, remove};
use super::super::import::{ImportOptions, import};
use super::super::model::{Distrust, Format, Import, Marked, Source, Voucher};
use super::*;
use crate::store::trust::TrustFolder;
use crate::world::SystemRng;

fn at() -> UnixTime {
    UnixTime::parse("2026-11-22T12:00:00Z").unwrap()
}

fn pki() -> DemoPki {
    DemoPki::generate("VN", at().plus_days(-1), &DemoOptions::default(), &mut SystemRng).unwrap()
}

fn freshness(serial: u64) -> Freshness {
    Freshness {
        serial,
        created: at(),
        soft_refresh: at().plus_days(7),
        hard_expiry: at().plus_days(30),
    }
}

/// A folder with two stores, the officer's and the counter's, and a signer of bundles.
struct Place {
    folder: tempfile::TempDir,
    signer: DemoPki,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            signer: pki(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn officer(&self) -> TrustFolder {
        TrustFolder::at(self.path("officer"))
    }

    fn counter(&self) -> TrustFolder {
        TrustFolder::at(self.path("counter"))
    }

    /// The officer believes an authority and its signer.
    fn import(&self, store: &TrustFolder, pki: &DemoPki) {
        let file = self.path("authority.pem");
        std::fs::write(&file, pki.csca.to_pem() + &pki.ds.to_pem()).unwrap();
        import(store, &[file], &ImportOptions::new("lan", at())).unwrap();
    }

    fn maker(&self, serial: u64, cards: &[CardKey]) -> BundleMaker {
        let cards = (!cards.is_empty()).then(|| RevokedCards::new(cards.iter().copied()));
        bundle_of(&self.officer().load().unwrap(), freshness(serial), cards).unwrap()
    }

    fn write(&self, bytes: &[u8]) -> PathBuf {
        let file = self.path("trust.bundle");
        std::fs::write(&file, bytes).unwrap();
        file
    }

    fn signed(&self, maker: &BundleMaker) -> PathBuf {
        self.write(
            &maker
                .sign(&self.content_signer(&self.signer.ds_signer()), at())
                .unwrap(),
        )
    }

    fn content_signer<'a>(&'a self, signer: &'a dyn antin_crypto::Signer) -> ContentSigner<'a> {
        ContentSigner {
            signer,
            certificate: &self.signer.ds,
            others: &[],
        }
    }

    fn options(&self) -> ApplyOptions {
        ApplyOptions {
            by: "minh@counter-2".to_owned(),
            at: at(),
            roots: vec![self.signer.ds.clone()],
            root: BundleRoot::Followed,
            missing_cards: MissingCards::Refuse,
        }
    }

    fn apply(&self, file: &Path) -> Result<Applied, Error> {
        apply_bundle(&self.counter(), file, &self.options())
    }
}

fn problem<T: core::fmt::Debug>(result: Result<T, Error>) -> TrustProblem {
    match result {
        Err(Error::TrustStore(problem)) => *problem,
        other => panic!("{other:?}"),
    }
}

fn refusal<T: core::fmt::Debug>(result: Result<T, Error>) -> BundleRefusal {
    match problem(result) {
        TrustProblem::Bundle { problem, .. } => match *problem {
            antin_trust::Error::BundleRefused { reason } => reason,
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
}

#[test]
fn a_bundle_carries_a_store_to_a_counter_which_knows_where_everything_comes_from() {
    let (place, authority) = (Place::new(), pki());
    place.import(&place.officer(), &authority);
    let file = place.signed(&place.maker(3, &[CardKey::of_sod(b"lost")]));
    let applied = place.apply(&file).unwrap();
    assert_eq!((applied.known, applied.previous, applied.added), (false, None, 2));
    assert_eq!((applied.bundle.age, applied.bundle.serial), ("fresh", 3));
    let contents = place.counter().load().unwrap();
    let csca = contents.view(&authority.csca.fingerprint().into()).unwrap();
    let source = &csca.sources[0];
    assert_eq!((csca.realm, source.format), (Realm::Test, Format::Bundle));
    assert_eq!((source.by.as_str(), source.bundle), ("minh@counter-2", Some(3)));
    assert_eq!(source.bundle_signer, Some(place.signer.ds.subject().to_string()));
    assert_eq!(contents.why(&csca.sha256).unwrap().end, "bundle");
    let store = contents.to_trust_store();
    assert_eq!(store.freshness(), Some(&freshness(3)));
    assert_eq!(store.revoked_cards()[0].len(), Some(1));
    assert_eq!((store.all_anchors().count(), store.signers().count()), (1, 1));
}

#[test]
fn the_same_bundle_again_changes_nothing_and_needs_no_root() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    let file = place.signed(&place.maker(3, &[]));
    place.apply(&file).unwrap();
    let before = place.counter().load().unwrap();
    let mut options = place.options();
    options.roots.clear();
    let again = apply_bundle(&place.counter(), &file, &options).unwrap();
    assert!(again.known);
    assert_eq!(place.counter().load().unwrap(), before);
}

#[test]
fn a_newer_bundle_takes_the_place_of_the_older_one_and_leaves_the_operators_own_word() {
    let (place, first, second, own) = (Place::new(), pki(), pki(), pki());
    place.import(&place.officer(), &first);
    place
        .apply(&place.signed(&place.maker(1, &[CardKey::of_sod(b"lost")])))
        .unwrap();
    place.import(&place.counter(), &own);
    place.import(&place.counter(), &first);
    let gone = Fingerprint::from(first.csca.fingerprint());
    let by = "lan";
    remove(
        &place.officer(),
        &[gone],
        &Removal::Distrust {
            of: Marked::Key,
            reason: "stolen".to_owned(),
        },
        by,
        at(),
    )
    .unwrap();
    place.import(&place.officer(), &second);
    let newer = place.signed(&place.maker(2, &[]));
    assert!(matches!(
        problem(place.apply(&newer)),
        TrustProblem::BundleForgetsCards { keys: Some(1), .. }
    ));
    let insisting = ApplyOptions {
        missing_cards: MissingCards::Take,
        ..place.options()
    };
    let applied = apply_bundle(&place.counter(), &newer, &insisting).unwrap();
    assert_eq!(
        (
            applied.previous,
            applied.added,
            applied.removed,
            applied.revoked_cards_gone
        ),
        (Some(1), 2, 0, 1)
    );
    let contents = place.counter().load().unwrap();
    assert!(
        contents.distrust().covers(&first.csca) && contents.to_trust_store().is_distrusted(&first.csca),
        "the newer bundle says that its key is bad"
    );
    assert!(
        contents.entries[&gone]
            .sources
            .iter()
            .any(|source| source.by == Voucher::Operator)
    );
    assert!(contents.entries.contains_key(&own.csca.fingerprint().into()));
    assert_eq!(contents.cards, None, "the newer bundle names no revoked cards");
    assert_eq!(contents.imports.last().unwrap().forced, [MissingCards::TAKEN]);
    // Distrust goes with the bundle that said so.
    place
        .apply(&place.signed(&BundleMaker::new(freshness(3)).unwrap()))
        .unwrap();
    let contents = place.counter().load().unwrap();
    assert!(!contents.distrust().covers(&first.csca));
}

#[test]
fn whoever_makes_a_bundle_is_told_what_of_the_store_stays_behind() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    let left = |place: &Place| {
        let bundle = load_bundle(
            &place.signed(&place.maker(1, &[])),
            core::slice::from_ref(&place.signer.ds),
            at(),
        );
        let left = LeftBehind::of(&place.officer().load().unwrap(), &bundle.unwrap()).unwrap();
        (left.store_entries, left.left_behind, left.left_behind_kinds)
    };
    assert_eq!(left(&place), (2, 0, [].into()));
    let list_signer = pki().ds;
    place
        .officer()
        .update(|contents| {
            let entry = Entry {
                kind: Kind::ListSigner,
                realm: Realm::Live,
                der: list_signer.as_der().to_vec(),
                sources: Vec::new(),
            };
            contents.entries.insert(list_signer.fingerprint().into(), entry);
            Ok(())
        })
        .unwrap();
    assert_eq!(left(&place), (3, 1, [("list-signer".to_owned(), 1)].into()));
}

#[test]
fn what_the_bundle_alone_vouched_for_goes_when_the_next_one_is_silent() {
    let (place, first) = (Place::new(), pki());
    place.import(&place.officer(), &first);
    place.apply(&place.signed(&place.maker(1, &[]))).unwrap();
    let applied = place
        .apply(&place.signed(&BundleMaker::new(freshness(2)).unwrap()))
        .unwrap();
    assert_eq!((applied.added, applied.removed), (0, 2));
    assert!(place.counter().load().unwrap().entries.is_empty());
}

#[test]
fn an_older_a_contradicting_and_an_expired_bundle_are_refused_and_nothing_changes() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    place.apply(&place.signed(&place.maker(5, &[]))).unwrap();
    let before = place.counter().load().unwrap();
    let older = place.signed(&place.maker(4, &[]));
    assert_eq!(
        refusal(place.apply(&older)),
        BundleRefusal::Rollback {
            installed: 5,
            offered: 4
        }
    );
    let contradicting = place.signed(&place.maker(5, &[CardKey::of_sod(b"x")]));
    assert_eq!(
        refusal(place.apply(&contradicting)),
        BundleRefusal::Contradicts { serial: 5 }
    );
    let newer = place.signed(&place.maker(6, &[]));
    let late = ApplyOptions {
        at: at().plus_days(31),
        ..place.options()
    };
    assert!(matches!(
        refusal(apply_bundle(&place.counter(), &newer, &late)),
        BundleRefusal::Expired { .. }
    ));
    assert_eq!(place.counter().load().unwrap(), before);
}

#[test]
fn another_issuer_is_refused_until_somebody_says_so_and_that_stays_on_record() {
    let (mut place, stranger) = (Place::new(), pki());
    place.import(&place.officer(), &pki());
    place.apply(&place.signed(&place.maker(9, &[]))).unwrap();
    let before = place.counter().load().unwrap();
    let known = core::mem::replace(&mut place.signer, stranger);
    let file = place.signed(&place.maker(2, &[]));
    // Signed by a stranger, with the root that is remembered.
    let old_root = ApplyOptions {
        roots: vec![known.ds.clone()],
        ..place.options()
    };
    match problem(apply_bundle(&place.counter(), &file, &old_root)) {
        TrustProblem::Bundle { carried, .. } => {
            let sha256 = Fingerprint::from(place.signer.ds.fingerprint()).to_string();
            assert!(carried[0].contains(&sha256), "{carried:?}");
        }
        other => panic!("{other}"),
    }
    // With the stranger's own certificate as root.
    assert!(matches!(
        problem(place.apply(&file)),
        TrustProblem::BundleOtherRoot { .. }
    ));
    assert_eq!(place.counter().load().unwrap(), before);
    let mut replaced = place.options();
    replaced.root = BundleRoot::Replaced;
    apply_bundle(&place.counter(), &file, &replaced).unwrap();
    let contents = place.counter().load().unwrap();
    assert_eq!(contents.imports.last().unwrap().forced, [BundleRoot::REPLACED]);
    let pinned = &contents.bundle.unwrap().pinned;
    assert_eq!(pinned.len(), 1);
    assert_eq!(pinned[0].certificate(), Some(place.signer.ds.clone()));
}

#[test]
fn a_first_bundle_without_a_root_names_who_claims_to_have_signed_it() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    let file = place.signed(&place.maker(1, &[]));
    let mut options = place.options();
    options.roots.clear();
    match problem(apply_bundle(&place.counter(), &file, &options)) {
        TrustProblem::BundleNeedsRoot { carried, .. } => assert_eq!(carried.len(), 1),
        other => panic!("{other}"),
    }
    assert!(!place.counter().exists());
}

#[test]
fn a_bundle_that_is_cut_changed_or_something_else_changes_nothing() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    place.apply(&place.signed(&place.maker(1, &[]))).unwrap();
    let before = place.counter().load().unwrap();
    let whole = std::fs::read(place.signed(&place.maker(2, &[]))).unwrap();
    let mut changed = whole.clone();
    // In the middle of the signed content.
    *changed.get_mut(200).unwrap() ^= 1;
    let mut longer = whole.clone();
    longer.push(0);
    let certificate = place.signer.ds.as_der();
    for bytes in [
        &whole[..whole.len() / 2],
        &changed,
        &longer,
        certificate,
        b"hello",
        b"",
    ] {
        let file = place.write(bytes);
        assert!(matches!(problem(place.apply(&file)), TrustProblem::Bundle { .. }));
        assert_eq!(place.counter().load().unwrap(), before);
    }
}

#[test]
fn a_delta_is_completed_by_what_is_there_and_by_nothing_else() {
    let (place, authority) = (Place::new(), pki());
    place.import(&place.officer(), &authority);
    let lost = [CardKey::of_sod(b"lost")];
    let first = place.signed(&place.maker(1, &lost));
    let base = load_bundle(&first, core::slice::from_ref(&place.signer.ds), at()).unwrap();
    let delta = |serial, cards: &[CardKey]| {
        let signer = place.signer.ds_signer();
        let maker = place.maker(serial, cards);
        maker
            .sign_delta(&base, &place.content_signer(&signer), at())
            .unwrap()
    };
    let second = delta(2, &lost);
    // Without its base it is worth nothing.
    assert!(matches!(
        refusal(place.apply(&place.write(&second))),
        BundleRefusal::OtherBase { base: Some(1) }
    ));
    place.apply(&place.signed(&place.maker(1, &lost))).unwrap();
    let applied = place.apply(&place.write(&second)).unwrap();
    assert!(applied.bundle.parts.iter().all(|part| !part.carried));
    assert!(place.apply(&place.write(&second)).unwrap().known);
    let contents = place.counter().load().unwrap();
    assert_eq!(contents.cards.as_ref().unwrap().len(), Some(1));
    assert_eq!(contents.entries.len(), 2);
    // The base is gone now.
    let third = delta(3, &[]);
    assert!(matches!(
        refusal(place.apply(&place.write(&third))),
        BundleRefusal::OtherBase { base: Some(1) }
    ));
    let whole = load_bundle(
        &place.signed(&place.maker(2, &lost)),
        core::slice::from_ref(&place.signer.ds),
        at(),
    );
    assert_eq!(contents.bundle.unwrap().digest, whole.unwrap().digest().into());
}

#[test]
fn what_rests_on_a_stale_bundle_or_the_older_of_two_is_undetermined() {
    let (place, authority) = (Place::new(), pki());
    place.import(&place.officer(), &authority);
    place
        .apply(&place.signed(&place.maker(1, &[CardKey::of_sod(b"lost")])))
        .unwrap();
    let mut newer = place.counter().load().unwrap();
    let followed = newer.bundle.as_mut().unwrap();
    followed.soft_refresh = at().plus_days(60);
    followed.hard_expiry = at().plus_days(90);
    let mut both = TrustStore::new();
    newer.add_to(&mut both);
    assert_eq!(both.freshness().unwrap().soft_refresh, at().plus_days(60));
    place.counter().load().unwrap().add_to(&mut both);
    let limits = both.freshness().unwrap();
    assert_eq!(
        (limits.soft_refresh, limits.hard_expiry),
        (at().plus_days(7), at().plus_days(30))
    );
    assert_eq!(both.revoked_cards().len(), 2);
    assert!(antin_trust::store::Age::Stale == limits.age(at().plus_days(8)));
}

#[test]
fn a_part_without_a_meaning_here_is_kept_and_named() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    let mut maker = place.maker(1, &[]);
    maker.part("qr-signers", b"for a later version").unwrap();
    let applied = place.apply(&place.signed(&maker)).unwrap();
    assert_eq!(applied.notes, ["qr-signers: not known here"]);
    let contents = place.counter().load().unwrap();
    let parts = &contents.bundle.as_ref().unwrap().parts;
    assert!(parts.contains_key("qr-signers") && parts.contains_key(part::TEST));
    for fingerprint in parts.values() {
        place.counter().part(fingerprint).unwrap();
    }
}

#[test]
fn what_a_test_authority_or_a_bad_list_says_of_documents_goes_nowhere() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    let mut contents = place.officer().load().unwrap();
    let country = contents.record(Import {
        country: Some("VN".to_owned()),
        ..contents.imports[0].clone()
    });
    // Bytes of its own for each; what is in a list is no matter of the bundle's maker.
    let lists = [(Kind::DefectList, pki().ds), (Kind::DeviationList, pki().ds)];
    let carried = |realm: Realm, bad: bool| {
        let mut contents = contents.clone();
        for (kind, bytes) in &lists {
            let der = bytes.as_der().to_vec();
            let sha256 = Fingerprint::of(&der);
            let source = Source {
                import: country,
                index: 0,
                by: Voucher::Operator,
                realm,
            };
            if bad {
                contents.distrusted.push(Distrust {
                    fingerprint: sha256,
                    of: Marked::Certificate,
                    import: country,
                    reason: "withdrawn".to_owned(),
                });
            }
            let sources = vec![source];
            let entry = Entry {
                kind: *kind,
                realm,
                der,
                sources,
            };
            contents.entries.insert(sha256, entry);
        }
        let file = place.signed(&bundle_of(&contents, freshness(1), None).unwrap());
        let bundle = load_bundle(&file, core::slice::from_ref(&place.signer.ds), at()).unwrap();
        [part::DEFECTS, part::DEVIATIONS].map(|name| bundle.members(name).unwrap().len())
    };
    assert_eq!(carried(Realm::Live, false), [1, 1]);
    assert_eq!(carried(Realm::Test, false), [0, 0]);
    assert_eq!(carried(Realm::Live, true), [0, 0]);
}

#[test]
fn what_is_made_of_a_store_that_follows_a_bundle_is_never_fresher_than_that() {
    let place = Place::new();
    place.import(&place.officer(), &pki());
    place.apply(&place.signed(&place.maker(1, &[]))).unwrap();
    let contents = place.counter().load().unwrap();
    let later = Freshness {
        serial: 9,
        created: at().plus_days(3),
        soft_refresh: at().plus_days(10),
        hard_expiry: at().plus_days(60),
    };
    let file = place.signed(&bundle_of(&contents, later, None).unwrap());
    let bundle = load_bundle(&file, core::slice::from_ref(&place.signer.ds), at()).unwrap();
    assert_eq!(
        (bundle.freshness().soft_refresh, bundle.freshness().hard_expiry),
        (at().plus_days(7), at().plus_days(30))
    );
}

#[test]
fn a_signer_that_is_followed_never_goes_back_whatever_else_is_pinned_beside_it() {
    let (place, stranger) = (Place::new(), pki());
    place.import(&place.officer(), &pki());
    place.apply(&place.signed(&place.maker(5, &[]))).unwrap();
    let before = place.counter().load().unwrap();
    let older = place.signed(&place.maker(4, &[]));
    let both = ApplyOptions {
        roots: vec![place.signer.ds.clone(), stranger.ds],
        root: BundleRoot::Replaced,
        ..place.options()
    };
    assert!(matches!(
        refusal(apply_bundle(&place.counter(), &older, &both)),
        BundleRefusal::Rollback { .. }
    ));
    assert_eq!(place.counter().load().unwrap(), before);
    // A newer one of the same signer may widen the circle, and that stays on record.
    let newer = place.signed(&place.maker(6, &[]));
    apply_bundle(&place.counter(), &newer, &both).unwrap();
    let contents = place.counter().load().unwrap();
    assert_eq!(contents.imports.last().unwrap().forced, [BundleRoot::REPLACED]);
    assert_eq!(contents.bundle.unwrap().pinned.len(), 2);
}

#[test]
fn what_a_bundle_leaves_behind_is_no_more_than_what_others_said_of_it() {
    let (place, authority) = (Place::new(), pki());
    let sha256 = Fingerprint::from(authority.csca.fingerprint());
    place.import(&place.officer(), &authority);
    place.apply(&place.signed(&place.maker(1, &[]))).unwrap();
    // As if the bundle had called it real, and this station knows it from a trial.
    place
        .counter()
        .update(|contents| {
            contents.entries.get_mut(&sha256).unwrap().realm = Realm::Live;
            Ok(())
        })
        .unwrap();
    place.import(&place.counter(), &authority);
    assert_eq!(
        place.counter().load().unwrap().entries[&sha256].realm,
        Realm::Live
    );
    place
        .apply(&place.signed(&BundleMaker::new(freshness(2)).unwrap()))
        .unwrap();
    let entry = place.counter().load().unwrap().entries[&sha256].clone();
    assert_eq!((entry.realm, entry.sources.len()), (Realm::Test, 1));
}

#[test]
fn a_bad_certificate_stays_when_its_bundle_goes_so_that_its_documents_fail() {
    let (place, authority) = (Place::new(), pki());
    let sha256 = Fingerprint::from(authority.csca.fingerprint());
    place.import(&place.officer(), &authority);
    place.apply(&place.signed(&place.maker(1, &[]))).unwrap();
    let bad = Removal::Distrust {
        of: Marked::Certificate,
        reason: "stolen".to_owned(),
    };
    remove(&place.counter(), &[sha256], &bad, "minh", at()).unwrap();
    place
        .apply(&place.signed(&BundleMaker::new(freshness(2)).unwrap()))
        .unwrap();
    let contents = place.counter().load().unwrap();
    assert_eq!(contents.entries.len(), 1);
    let store = contents.to_trust_store();
    assert!(store.find(sha256.as_bytes()).is_some() && store.is_distrusted(&authority.csca));
}

mod lists_of_cards {
    use super::*;

    fn keys(text: &str, signers: &[Certificate]) -> Result<CardList, (usize, String)> {
        parse_card_list(text.as_bytes(), signers)
    }

    #[test]
    fn a_number_is_found_whoever_signed_unless_one_signer_is_named() {
        let (one, other) = (pki(), pki());
        let of = |text: &str| keys(text, core::slice::from_ref(&one.ds)).unwrap();
        let country = of("vn c1234567");
        assert_eq!((country.by_number, country.by_signer), (1, 0));
        assert_eq!(
            country.filter.contains(&CardKey::of_country("VN", "C1234567")),
            Some(true)
        );
        let digits = Fingerprint::from(one.ds.fingerprint()).to_string();
        let named = of(&format!("VN C1234567 ds:{}", &digits[..8]));
        assert_eq!((named.by_number, named.by_signer), (1, 1));
        let filter = &named.filter;
        assert_eq!(
            filter.contains(&CardKey::of_country("VN", "C1234567")),
            Some(false)
        );
        assert_eq!(
            filter.contains(&CardKey::of_number(&one.ds, "C1234567")),
            Some(true)
        );
        assert_eq!(
            filter.contains(&CardKey::of_number(&other.ds, "C1234567")),
            Some(false)
        );
    }

    #[test]
    fn a_card_is_found_by_its_number_and_by_its_security_object() {
        let sod = hex::encode([0xAB; 32]);
        let text = format!(
            "\u{FEFF}# cards of today\n\nvn 001099012345 sod:{sod} # stolen\r\nsod:{sod}\nVN c1234567\n"
        );
        let list = keys(&text, &[]).unwrap();
        assert_eq!((list.cards, list.by_number, list.by_sod), (3, 2, 2));
        assert_eq!(list.filter.len(), Some(3));
        for key in [
            CardKey::of_country("VN", "001099012345"),
            CardKey::of_country("VN", "C1234567"),
            CardKey::of_sod_digest(&[0xAB; 32]),
        ] {
            assert_eq!(list.filter.contains(&key), Some(true));
        }
    }

    #[test]
    fn an_empty_list_is_one_and_says_that_no_card_is_revoked() {
        for text in ["", "# nothing today\n"] {
            assert_eq!(keys(text, &[]).unwrap().filter.is_empty(), Some(true));
        }
    }

    #[test]
    fn a_line_that_would_find_no_card_is_named() {
        let signers = [pki().ds];
        let cases = [
            ("001099012345", "two letters are missing"),
            ("VN", "without a document number"),
            ("FR X1 ds:00000000", "no such document signer of FR"),
            ("VN X1 ds:0000", "8 hexadecimal digits"),
            ("VN X1 ds:00000000", "no such document signer of VN"),
            ("VN X1 X2", "one card a line"),
            ("VN X-1", "capital letters and digits"),
            ("VN 099012345", "give all twelve"),
            ("sod:12", "64 hexadecimal digits"),
            ("ds:0011223344", "without country"),
        ];
        for (line, words) in cases {
            let (number, what) = keys(&format!("# head\n{line}\n"), &signers).unwrap_err();
            assert_eq!(number, 2, "{line}");
            assert!(what.contains(words), "{line}: {what}");
        }
        assert_eq!(parse_card_list(b"\n\xFF\n", &signers).unwrap_err().0, 2);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_in_a_list_or_in_the_number_of_a_line(bytes: Vec<u8>) {
            if let Err((line, _)) = parse_card_list(&bytes, &[]) {
                proptest::prop_assert!(line >= 1 && line <= bytes.len() + 1);
            }
        }
    }
}
