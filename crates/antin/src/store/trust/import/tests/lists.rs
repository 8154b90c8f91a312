//! Signed lists, made here, and the one that Germany publishes.

use super::*;

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
fn a_root_comes_from_the_file_that_it_was_given_in_and_not_from_the_list() {
    let (de, vn) = (Country::new("DE"), Country::new("VN"));
    let desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("by-hand.pem");
    fs::write(&file, de.csca.to_pem()).unwrap();
    let list = de.master_list(&[&vn, &de], NOW.plus_days(-5));
    for round in 0..2 {
        desk.import(&list, |options| options.add_root_file(&file).unwrap())
            .unwrap();
        let contents = desk.store.load().unwrap();
        let root = &contents.entries[&Fingerprint::from(de.csca.fingerprint())];
        let words: Vec<(&str, Voucher)> = root
            .sources
            .iter()
            .map(|source| {
                let import = contents.import(source.import).unwrap();
                (import.file.as_str(), source.by)
            })
            .filter(|(_, by)| *by == Voucher::Operator)
            .collect();
        assert_eq!(words, [("by-hand.pem", Voucher::Operator)], "round {round}");
        assert!(root.sources.len() == 2, "the list names it as well");
    }
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
        .add_root_file(&data.join("certs/csca/DE_ROOT_CA_CSCA07.cer"))
        .unwrap();
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
