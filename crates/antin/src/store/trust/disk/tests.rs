//! What is left of a change that was interrupted at any of its writes, and of two changes at once.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::cell::Cell;

use super::super::model::{Entry, Format, Marked, Realm, Source, Voucher};
use super::*;
use antin_trust::UnixTime;

/// The parts, and the index of document signers.
const FILES: usize = PARTITION.len() + 1;

/// Opaque bytes stand for certificates: the folder does not look into them.
fn entry(kind: Kind, seed: u8) -> Entry {
    Entry {
        kind,
        realm: Realm::Live,
        der: vec![seed; 40 + usize::from(seed)],
        sources: vec![Source {
            import: 1,
            index: u32::from(seed),
            by: Voucher::Operator,
            realm: Realm::Live,
        }],
    }
}

fn import() -> Import {
    Import {
        id: 0,
        at: UnixTime(1_800_000_000),
        by: "lan@counter-1".to_owned(),
        file: "../../list.ml".to_owned(),
        sha256: Fingerprint::of(b"list"),
        bytes: 4,
        format: Format::MasterList,
        realm: Realm::Live,
        country: Some("DE".to_owned()),
        signed_at: Some(UnixTime(1_790_000_000)),
        root: Some(Fingerprint::of(b"root")),
        forced: vec!["--allow-older".to_owned()],
    }
}

fn fill(contents: &mut Contents, seeds: impl Iterator<Item = u8>) {
    contents.record(import());
    for seed in seeds {
        let kind = Kind::ALL[usize::from(seed) % Kind::ALL.len()];
        let new = entry(kind, seed);
        contents.entries.insert(Fingerprint::of(&new.der), new);
    }
    contents.distrusted.push(Distrust {
        fingerprint: Fingerprint::of(b"bad"),
        of: Marked::Key,
        import: 1,
        reason: "key stolen".to_owned(),
    });
}

/// A bundle with a filter of cards and a part that has no meaning here.
fn follow(contents: &mut Contents) {
    let cards = RevokedCards::new([antin_trust::store::CardKey::of_sod(b"lost")]);
    let parts = [
        (part::CARDS, cards.as_bytes()),
        ("other", &b"for a later version"[..]),
    ];
    let mut named = BTreeMap::new();
    for (name, content) in parts {
        named.insert(name.to_owned(), Fingerprint::of(content));
        contents
            .unwritten
            .insert(Fingerprint::of(content), content.into());
    }
    contents.cards = Some(cards);
    contents.bundle = Some(Followed {
        import: 1,
        serial: 7,
        digest: Fingerprint::of(b"digest"),
        created: UnixTime(1_800_000_000),
        soft_refresh: UnixTime(1_800_000_001),
        hard_expiry: UnixTime(1_800_000_002),
        parts: named,
        pinned: Vec::new(),
    });
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_stored_is_loaded_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path().join("trust"));
    assert!(!store.exists());
    assert!(
        matches!(store.load(), Err(Error::TrustStore(problem)) if matches!(*problem, TrustProblem::NoStore { .. }))
    );
    store
        .update(|contents| {
            fill(contents, 0..30);
            Ok(())
        })
        .unwrap();
    let loaded = store.load().unwrap();
    assert_eq!((loaded.generation, loaded.entries.len()), (1, 30));
    let mut expected = Contents {
        generation: 1,
        ..Contents::default()
    };
    fill(&mut expected, 0..30);
    assert_eq!(loaded, expected);
}

#[test]
fn a_change_that_fails_or_changes_nothing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    store
        .update(|contents| {
            fill(contents, 0..3);
            Ok(())
        })
        .unwrap();
    let before = (names(&folder.path().join(PARTS)), store.load().unwrap());
    let refused: Result<(), Error> = store.update(|contents| {
        fill(contents, 3..9);
        Err(TrustProblem::NotFound {
            wanted: "XX".to_owned(),
        }
        .into())
    });
    assert!(refused.is_err());
    store.update(|_| Ok(())).unwrap();
    assert_eq!((names(&folder.path().join(PARTS)), store.load().unwrap()), before);
}

#[test]
fn every_file_is_named_by_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    for round in 0..3 {
        store
            .update(|contents| {
                fill(contents, round..round + 5);
                Ok(())
            })
            .unwrap();
    }
    assert_eq!(names(folder.path()), ["lock", "parts", "store.json"]);
    let parts = names(&folder.path().join(PARTS));
    assert_eq!(parts.len(), FILES, "old parts are swept away");
    assert!(parts.iter().all(|name| Fingerprint::parse(name).is_some()));
}

/// How the power goes: before the step, in its middle, or right after it.
#[derive(Clone, Copy, Debug)]
enum Death {
    Before,
    Within,
    After,
}

/// Dies at its n-th step, and does nothing from then on.
struct DyingDisk {
    left: Cell<usize>,
    how: Death,
    dead: Cell<bool>,
}

impl DyingDisk {
    fn step(&self, path: &Path, act: impl FnOnce(Option<Death>) -> Result<(), Error>) -> Result<(), Error> {
        let gone = || Error::io("write", path)(std::io::Error::other("power cut"));
        if self.dead.get() {
            return Err(gone());
        }
        if self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            return act(None);
        }
        self.dead.set(true);
        act(Some(self.how))?;
        Err(gone())
    }
}

impl Disk for DyingDisk {
    fn create_folder(&self, path: &Path) -> Result<(), Error> {
        self.step(path, |death| match death {
            Some(Death::Before | Death::Within) => Ok(()),
            None | Some(Death::After) => SystemDisk.create_folder(path),
        })
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.step(path, |death| match death {
            Some(Death::Before) => Ok(()),
            // What `write_atomically` leaves: half a file beside the one that is meant.
            Some(Death::Within) => {
                let half = &bytes[..bytes.len() / 2];
                fs::write(path.with_file_name(".antin-half.tmp"), half).unwrap();
                Ok(())
            }
            None | Some(Death::After) => SystemDisk.write(path, bytes),
        })
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        self.step(path, |death| match death {
            Some(Death::Before | Death::Within) => Ok(()),
            None | Some(Death::After) => SystemDisk.remove(path),
        })
    }
}

#[test]
fn an_import_that_dies_at_any_write_leaves_the_store_before_it_or_after_it() {
    let (mut old_seen, mut new_seen) = (0, 0);
    for how in [Death::Before, Death::Within, Death::After] {
        for step in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let store = TrustFolder::at(folder.path());
            store
                .update(|contents| {
                    fill(contents, 0..10);
                    Ok(())
                })
                .unwrap();
            let (before, old) = (store.head().unwrap(), store.load().unwrap());
            let mut new = old.clone();
            follow(&mut new);
            new.generation += 1;
            fill(&mut new, 10..30);
            let disk = DyingDisk {
                left: Cell::new(step),
                how,
                dead: Cell::new(false),
            };
            let _ = commit(&disk, folder.path(), &new, Some(&before), &Sizes::READABLE);
            let found = store.load().unwrap();
            new.unwritten.clear();
            assert!(
                found == old || found == new,
                "{how:?} at step {step}: half-imported"
            );
            match found == old {
                true => old_seen += 1,
                false => new_seen += 1,
            }
            // The next change cleans up and goes through.
            store
                .update(|contents| {
                    contents.distrusted.clear();
                    Ok(())
                })
                .unwrap();
            assert_eq!(
                names(folder.path()),
                ["lock", "parts", "store.json"],
                "{how:?} {step}"
            );
            let of_bundle = found.bundle.map_or(0, |bundle| bundle.parts.len());
            let parts = names(&folder.path().join(PARTS));
            assert_eq!(parts.len(), FILES + of_bundle, "{how:?} {step}");
            if !disk.dead.get() {
                break;
            }
        }
    }
    assert!(old_seen > 6 && new_seen > 6, "{old_seen} {new_seen}");
}

#[test]
fn a_changed_or_missing_part_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    store
        .update(|contents| {
            fill(contents, 0..10);
            Ok(())
        })
        .unwrap();
    let parts = folder.path().join(PARTS);
    let what = || match store.load().unwrap_err() {
        Error::TrustStore(problem) => problem.to_string(),
        other => panic!("{other}"),
    };
    // The index is looked at when a document asks for a signer.
    let index = store.head().unwrap().finder.unwrap().to_string();
    for name in names(&parts).into_iter().filter(|name| *name != index) {
        let path = parts.join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&path, changed).unwrap();
        assert!(what().contains("its content was changed"));
        fs::remove_file(&path).unwrap();
        assert!(what().contains("a part of the store is missing"));
        fs::write(&path, whole).unwrap();
    }
    store.load().unwrap();
    fs::write(folder.path().join(HEAD), "{}").unwrap();
    assert!(what().contains("not understood"));
}

#[test]
fn a_store_that_could_not_be_read_again_is_not_written_and_the_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    store
        .update(|contents| {
            fill(contents, 0..10);
            Ok(())
        })
        .unwrap();
    let files = || (names(folder.path()), names(&folder.path().join(PARTS)));
    let (before, old, there) = (store.head().unwrap(), store.load().unwrap(), files());
    let mut new = old.clone();
    fill(&mut new, 10..40);
    let whole = Sizes::READABLE;
    let small = [
        Sizes { head: 900, ..whole },
        Sizes { part: 900, ..whole },
        Sizes { finder: 10, ..whole },
    ];
    for sizes in &small {
        let refused = commit(&SystemDisk, folder.path(), &new, Some(&before), sizes).unwrap_err();
        let Error::TrustStore(problem) = refused else {
            panic!("{refused}")
        };
        assert!(matches!(*problem, TrustProblem::TooLarge { .. }), "{problem}");
        assert_eq!((store.load().unwrap(), files()), (old.clone(), there.clone()));
    }
    commit(&SystemDisk, folder.path(), &new, Some(&before), &whole).unwrap();
    assert_eq!(store.load().unwrap(), new);
}

#[test]
fn many_writers_and_readers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    store
        .update(|contents| {
            fill(contents, 0..1);
            Ok(())
        })
        .unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4_u8 {
            let store = &store;
            scope.spawn(move || {
                for round in 0..5 {
                    let seed = 1 + writer * 5 + round;
                    store
                        .update(|contents| {
                            fill(contents, seed..seed + 1);
                            Ok(())
                        })
                        .unwrap();
                    // Whoever reads in between sees a whole store.
                    let seen = store.load().unwrap();
                    assert_eq!(seen.imports.len(), seen.entries.len());
                }
            });
        }
    });
    let all = store.load().unwrap();
    assert_eq!(
        (all.generation, all.entries.len(), all.imports.len()),
        (21, 21, 21)
    );
    let ids: BTreeSet<u32> = all.imports.iter().map(|import| import.id).collect();
    assert_eq!(ids.len(), 21, "no number of an import is used twice");
}
