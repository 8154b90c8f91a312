//! Every byte of every file of one whole card is changed in turn, and the card is verified.
//!
//! Each byte is changed twice: `^ 01`, the nearest neighbour (a digit stays a digit, a tag becomes its sibling), and
//! `^ FF`, every bit at once. The verdict may stay `authentic` only at the places that
//! `test-vectors/mutation/unprotected.toml` lists with their reason, and it must stay so there: the list is exact.
//! Cards differ in size from run to run, so a place is named by its path of tags and its place in that object.
//!
//! The files that an attacker's chip would answer its own proofs with (EF.CardAccess, EF.COM, DG14, DG15) are changed
//! in the chip, which is opened, read and asked for its proofs anew each time. The others are judged as files with the
//! facts of one real session, which do not depend on them.
//!
//! Then the same card, with a portrait of a few bytes, is signed by an issuer of every other family of signature
//! algorithms, and every byte of every file is changed again. What a chip plays along with does not depend on who signed,
//! so there all are judged as files.

#![allow(clippy::print_stdout)]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use antin::crypto::{SignatureAlgorithm, Verifier, VerifyingKey};
use antin::lds::{DataGroup, Dg2, FaceImage};
use antin::trust::{Backend, SignerCache, sod, verify_with};
use antin::wire::tlv::{Reader, Tlv};
use antin::{
    Document, ElementaryFile, FileState, Files, OpenCard, Patience, Policy, ReadFiles, Report, Verdict,
    crypto,
};
use antin_testkit::card::DemoCard;
use antin_testkit::issuers::Issuer;
use serde::Deserialize;

/// What a byte is changed by.
const CHANGES: [u8; 2] = [0x01, 0xFF];

/// The files whose change the chip itself would play along with.
const LIVE: [&str; 4] = ["EF.CardAccess", "EF.COM", "DG14", "DG15"];

/// The smallest picture whose header can be read: a JPEG's frame without a scan.
const SMALL_PICTURE: [u8; 17] = [
    0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0xF0, 0x00, 0xB4, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xD9,
];

/// The list of unprotected places.
#[derive(Deserialize)]
struct List {
    unprotected: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    /// Tags from the outermost object to the one that holds the byte, each with its number among its siblings.
    path: String,
    /// What the object is, for people.
    field: String,
    /// `value:3 ^01`, or `value:0-8 ^01` for a run of bytes: part of the object, byte in it, change.
    stays: Vec<String>,
    reason: String,
}

impl Entry {
    fn places(&self) -> Vec<Place> {
        assert!(
            !self.reason.is_empty() && !self.field.is_empty(),
            "{}: no reason",
            self.path
        );
        let bytes = self
            .stays
            .iter()
            .flat_map(|text| bytes(text).expect("part:from-to ^change"));
        bytes
            .map(|byte| Place {
                file: self.file.clone(),
                path: self.path.clone(),
                byte,
            })
            .collect()
    }
}

/// Spells out a run of bytes.
fn bytes(text: &str) -> Option<Vec<String>> {
    let (part, rest) = text.split_once(':')?;
    let (run, change) = rest.split_once(" ^")?;
    let (from, to) = run.split_once('-').unwrap_or((run, run));
    let run = from.parse::<usize>().ok()?..=to.parse().ok()?;
    Some(run.map(|byte| format!("{part}:{byte} ^{change}")).collect())
}

/// Judges the same signature of the same message by the same key once: most changes leave them as they are.
#[derive(Default)]
struct Remembering(RefCell<BTreeSet<Verification>>);

/// A key, a message and a signature that were found good.
type Verification = (Vec<u8>, Vec<u8>, Vec<u8>);

impl Verifier for Remembering {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &VerifyingKey,
        message: &[u8],
        der_signature: &[u8],
    ) -> Result<(), crypto::Error> {
        let named = [algorithm.to_der(), key.to_spki_der()].concat();
        let asked = (named, message.to_vec(), der_signature.to_vec());
        if self.0.borrow().contains(&asked) {
            return Ok(());
        }
        crypto::fastest_verifier().verify(algorithm, key, message, der_signature)?;
        self.0.borrow_mut().insert(asked);
        Ok(())
    }
}

/// What one worker carries from change to change.
#[derive(Default)]
struct Memory {
    verifier: Remembering,
    signers: SignerCache,
}

/// One change of one byte.
#[derive(Clone, Copy)]
struct Flip {
    file: ElementaryFile,
    at: usize,
    change: u8,
}

/// Where a byte stands, by structure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: String,
    path: String,
    byte: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.file, self.path, self.byte)
    }
}

/// Where a card is changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changed {
    /// In the chip, where the chip would play along.
    InTheChip,
    /// In what was read of it.
    AsFiles,
}

/// The card, and one honest reading of it.
struct Honest {
    card: DemoCard,
    document: Document,
    files: ReadFiles,
    changed: Changed,
}

impl Honest {
    fn read() -> Self {
        let card = DemoCard::vietnamese();
        let document = read(&card, |_| {}).expect("an honest card can be read");
        let honest = Self {
            files: document.files().clone(),
            card,
            document,
            changed: Changed::InTheChip,
        };
        honest.is_authentic();
        honest
    }

    /// The same reading, but another issuer signed, and the portrait is small.
    fn signed_by(self, issuer: &Issuer) -> Self {
        let face = FaceImage::from_picture(SMALL_PICTURE.to_vec()).expect("a picture");
        let portrait = Dg2::build(&[face]).expect("a portrait").as_bytes().to_vec();
        let signed = self.card.image.files().iter();
        let groups: Vec<(u8, &[u8])> = signed
            .filter_map(|(file, bytes)| match file.number()? {
                2 => Some((2, portrait.as_slice())),
                number => Some((number, bytes.as_slice())),
            })
            .collect();
        let hash = self.card.profile.sod.hash;
        let sod = sod::sign(&groups, hash, issuer.signer(), &issuer.ds, self.card.at).expect("a signature");
        let mut files = self.files.clone();
        files.insert(ElementaryFile::Sod, FileState::Read(sod));
        files.insert(
            ElementaryFile::DataGroup(DataGroup::DG2),
            FileState::Read(portrait.clone()),
        );
        let card = DemoCard {
            trust: issuer.trust(),
            ..self.card
        };
        let honest = Self {
            card,
            files,
            changed: Changed::AsFiles,
            ..self
        };
        honest.is_authentic();
        honest
    }

    fn is_authentic(&self) {
        let report = self.judge(&self.files, &mut Memory::default());
        assert_eq!(report.verdict, Verdict::Authentic, "{:#?}", report.checks);
    }

    /// Judges files with the facts of the honest session.
    fn judge(&self, files: &ReadFiles, memory: &mut Memory) -> Report {
        let mut backend = Backend {
            verifier: &memory.verifier,
            cache: Some(&mut memory.signers),
        };
        let (session, card) = (self.document.session(), &self.card);
        verify_with(
            files,
            session,
            &card.trust,
            card.at,
            &Policy::COUNTER,
            &mut backend,
        )
    }

    /// Every change of every byte that can be read.
    fn flips(&self) -> Vec<Flip> {
        let read = self.files.iter().filter_map(|(file, state)| match state {
            FileState::Read(bytes) => Some((file, bytes.len())),
            _ => None,
        });
        read.flat_map(|(file, length)| {
            (0..length).flat_map(move |at| CHANGES.map(|change| Flip { file, at, change }))
        })
        .collect()
    }

    /// Whether the card is still taken for authentic after the change.
    fn stays_authentic(&self, flip: Flip, memory: &mut Memory) -> bool {
        if self.changed == Changed::InTheChip && LIVE.contains(&flip.file.to_string().as_str()) {
            let document = read(&self.card, |bytes| {
                if bytes.0 == flip.file {
                    *bytes.1.get_mut(flip.at).expect("within the file") ^= flip.change;
                }
            });
            // A conversation that breaks off shows nobody a verdict.
            return document.is_some_and(|document| {
                let card = &self.card;
                document.verify(&card.trust, &Policy::COUNTER, card.at).verdict == Verdict::Authentic
            });
        }
        let mut files = self.files.clone();
        let mut bytes = files.bytes(flip.file).expect("it was read").to_vec();
        *bytes.get_mut(flip.at).expect("within the file") ^= flip.change;
        files.insert(flip.file, FileState::Read(bytes));
        self.judge(&files, memory).verdict == Verdict::Authentic
    }

    fn place(&self, flip: Flip) -> Place {
        let bytes = self.files.bytes(flip.file).expect("it was read");
        let (path, byte) = place(bytes, flip.at);
        Place {
            file: flip.file.to_string(),
            path,
            byte: format!("{byte} ^{:02X}", flip.change),
        }
    }
}

/// Opens and reads the card after its files were changed in the chip; `None` when the conversation breaks off.
fn read(card: &DemoCard, change: impl Fn((ElementaryFile, &mut Vec<u8>))) -> Option<Document> {
    let mut state = card.state.clone();
    for name in LIVE {
        let file = ElementaryFile::all()
            .find(|file| file.to_string() == name)
            .expect("a known name");
        assert!(
            state.dangerous_edit_file(file, |bytes| change((file, bytes))),
            "{file}"
        );
    }
    let chip = card.soft_card(state).patience(Patience::Skip);
    let mut open = OpenCard::open(chip, &card.key()).ok()?;
    open.read(Files::PUBLIC).ok()
}

/// Names a byte by the path of the object that holds it.
fn place(bytes: &[u8], at: usize) -> (String, String) {
    let mut path = String::new();
    let (mut inside, mut at) = (bytes, at);
    loop {
        let Some((number, object, offset)) = object_at(inside, at) else {
            return (path, format!("raw:{at}"));
        };
        if !path.is_empty() {
            path.push('/');
        }
        path += &format!("{:02X}[{number}]", object.tag.0);
        let tag = if object.tag.0 > 0xFFFF {
            3
        } else {
            1 + usize::from(object.tag.0 > 0xFF)
        };
        let header = object.raw.len() - object.value.len();
        if offset < tag {
            return (path, format!("tag:{offset}"));
        }
        if offset < header {
            return (path, format!("length:{}", offset - tag));
        }
        if !object.is_constructed() {
            return (path, format!("value:{}", offset - header));
        }
        (inside, at) = (object.value, offset - header);
    }
}

/// The object among its siblings that holds a byte, with its number and the byte's offset in it.
fn object_at(bytes: &[u8], at: usize) -> Option<(usize, Tlv<'_>, usize)> {
    let mut reader = Reader::new(bytes);
    let mut start = 0;
    for number in 0.. {
        let object = reader.next().ok()??;
        if at < start + object.raw.len() {
            return Some((number, object, at - start));
        }
        start += object.raw.len();
    }
    None
}

#[test]
fn a_changed_byte_is_noticed_everywhere_but_where_nobody_protects_it() {
    let honest = Honest::read();
    let flips = honest.flips().len();
    assert!(flips > 20_000, "a whole card: {flips}");
    assert_only_listed_changes_stay(&honest, "ECDSA, named curves");
}

#[test]
fn a_changed_byte_is_noticed_whatever_family_of_algorithms_the_issuer_signs_with() {
    let mut honest = Honest::read();
    let issuers = Issuer::of_other_families("VN", honest.card.at);
    assert_eq!(issuers.len(), 4);
    for issuer in issuers {
        honest = honest.signed_by(&issuer);
        assert_only_listed_changes_stay(&honest, issuer.family);
    }
}

fn assert_only_listed_changes_stay(honest: &Honest, what: &str) {
    let flips = honest.flips();
    assert!(flips.len() > 5_000, "a whole card: {}", flips.len());
    let found = judge_all(honest, &flips);
    println!(
        "{what}: {} changes judged, {} stay authentic",
        flips.len(),
        found.len()
    );
    let text = include_str!("../../../test-vectors/mutation/unprotected.toml");
    let list: List = toml::from_str(text).expect("the list is TOML");
    let listed: BTreeSet<Place> = list.unprotected.iter().flat_map(Entry::places).collect();
    let lines = |set: Vec<&Place>| set.iter().map(|place| format!("\n  {place}")).collect::<String>();
    let unknown = lines(found.difference(&listed).collect());
    let outdated = lines(listed.difference(&found).collect());
    assert!(
        unknown.is_empty() && outdated.is_empty(),
        "{what}: stay authentic and are not listed: {unknown}\nare listed and do not stay authentic: {outdated}"
    );
}

/// Judges every change on all cores, and returns the places where the verdict stays.
fn judge_all(honest: &Honest, flips: &[Flip]) -> BTreeSet<Place> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let work = |first: usize| {
            let mut memory = Memory::default();
            let mine = flips.iter().skip(first).step_by(workers);
            mine.filter(|flip| honest.stays_authentic(**flip, &mut memory))
                .map(|flip| honest.place(*flip))
                .collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..workers)
            .map(|first| scope.spawn(move || work(first)))
            .collect();
        running
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    })
}

#[test]
fn a_place_is_named_by_its_structure() {
    let bytes = [0x60, 0x08, 0x5F, 0x01, 0x02, 0xAA, 0xBB, 0x5C, 0x01, 0x61];
    let named = |at| {
        let (path, byte) = place(&bytes, at);
        format!("{path} {byte}")
    };
    assert_eq!(named(0), "60[0] tag:0");
    assert_eq!(named(1), "60[0] length:0");
    assert_eq!(named(3), "60[0]/5F01[0] tag:1");
    assert_eq!(named(6), "60[0]/5F01[0] value:1");
    assert_eq!(named(9), "60[0]/5C[1] value:0");
}
