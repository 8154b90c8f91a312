//! How many commands a reading takes, counted at the chip: COM(24) + DG1(93) + DG2(15,000) + SOD(about 1,980) in
//! 79 short commands with AES, 76 with 3DES, and 4 with extended length, which the reader finds out by itself.

#![allow(clippy::indexing_slicing)]

mod common;

use antin::lds::dg2::{Dg2, FaceImage};
use antin::perso::demo;
use antin::trust::pki::{DsOptions, create_document_signer};
use antin::{AccessKey, DemoOptions, DemoPki, ElementaryFile, Files, KeySet, MemoryJournal};
use antin::{OpenCard, Patience, Profile, SoftCard, SystemRng, TrustStore};
use common::{Counting, profile};

/// A passport with four files: no DG14, no DG15, nothing to prove.
const FOUR_FILES: [(&str, &str); 6] = [
    (
        "[chip-authentication]\ncurve = \"P-256\"\ncipher = \"aes-128\"\nkey-form = \"named\"\n",
        "",
    ),
    (
        "[active-authentication]\ncurve = \"P-256\"\nhash = \"sha-256\"\nkey-form = \"named\"\n",
        "",
    ),
    ("data-groups = [1, 2, 14, 15]", "data-groups = [1, 2]"),
    (
        "[[file]]\nname = \"DG14\"\nfid = \"010E\"\nsfi = 0x0E\nread = \"access-control\"\nmandatory = true\nmax-size = 1024\n",
        "",
    ),
    (
        "[[file]]\nname = \"DG15\"\nfid = \"010F\"\nsfi = 0x0F\nread = \"access-control\"\nmandatory = true\nmax-size = 1024\n",
        "",
    ),
    ("quirks = []", "quirks = []"),
];

const SHORT: [(&str, &str); 3] = [
    ("extended = true", "extended = false"),
    ("max-command = 65535", "max-command = 255"),
    ("max-response = 65536", "max-response = 256"),
];

const BAC_ONLY: [(&str, &str); 2] = [
    (
        "[[access.pace]]\nmapping = \"generic\"\ncipher = \"aes-128\"\ncurve = \"P-256\"\nparameter = 12\npasswords = [\"mrz\", \"can\"]\n",
        "",
    ),
    ("can = \"random\"", "can = \"none\""),
];

const COM_BYTES: usize = 24;
const DG2_BYTES: usize = 15_000;
const SOD_BYTES: usize = 1_979;

/// The card, its keys, and the trust under which it verifies.
struct FourFiles {
    card: Counting<SoftCard>,
    keys: KeySet,
    trust: TrustStore,
    dg2_bytes: usize,
}

impl FourFiles {
    fn new(changes: &[(&str, &str)]) -> Self {
        Self::with_portrait(changes, DG2_BYTES)
    }

    fn with_portrait(changes: &[(&str, &str)], dg2_bytes: usize) -> Self {
        let profile = profile("icao-passport", &[&FOUR_FILES, changes].concat());
        let at = antin::now();
        let pki = DemoPki::generate("UT", at, &DemoOptions::default(), &mut SystemRng).expect("a PKI");
        let citizen = demo::citizens(1, 1).remove(0);
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait.clone()))
            .expect("a record");
        let keys = KeySet::generate(&profile, &record, &mut SystemRng).expect("keys");
        let mut files = antin::perso::data_groups(&record, &profile, &keys).expect("files");
        for (file, bytes) in &mut files {
            match file {
                // Filler behind the object, as on chips whose files are larger than their content.
                ElementaryFile::Com => bytes.resize(COM_BYTES, 0),
                &mut ElementaryFile::DataGroup(group) if group.number() == 2 => {
                    *bytes = portrait(&citizen.portrait, dg2_bytes)
                }
                _ => {}
            }
        }
        let groups: Vec<(u8, &[u8])> = files
            .iter()
            .filter_map(|(file, bytes)| Some((file.number()?, bytes.as_slice())))
            .collect();
        let sod = sod(&pki, &groups);
        files.push((ElementaryFile::Sod, sod));
        let card = Counting::new(written(&profile, &files, &keys));
        let trust = TrustStore::from_certificates([pki.csca]).expect("one anchor");
        assert_eq!(size(&files, ElementaryFile::Com), COM_BYTES);
        assert_eq!(size(&files, ElementaryFile::DG1), 93);
        assert_eq!(size(&files, ElementaryFile::DG2), dg2_bytes);
        assert_eq!(size(&files, ElementaryFile::Sod), SOD_BYTES);
        Self {
            card,
            keys,
            trust,
            dg2_bytes,
        }
    }

    /// Reads the card and returns how many commands came after the application was selected.
    fn commands_after_access(&mut self, key: &AccessKey) -> usize {
        let mut chip = OpenCard::open(&mut self.card, key).expect("it opens");
        let document = chip.read(Files::PUBLIC).expect("it reads");
        drop(chip);
        assert_eq!(
            document.file(ElementaryFile::DG2).map(<[u8]>::len),
            Some(self.dg2_bytes)
        );
        assert_eq!(
            document.file(ElementaryFile::Sod).map(<[u8]>::len),
            Some(SOD_BYTES)
        );
        let report = document.verify(&self.trust, &antin::Policy::LAB, antin::now());
        assert!(
            report.accepted,
            "what was read so fast is right: {:#?}",
            report.checks
        );
        let protected = self
            .card
            .headers()
            .iter()
            .filter(|header| header.0 == 0x0C)
            .count();
        let reads = self
            .card
            .headers()
            .iter()
            .filter(|(cla, ins)| *cla == 0x0C && matches!(*ins, 0xB0 | 0xB1))
            .count();
        let selects = self
            .card
            .headers()
            .iter()
            .filter(|header| **header == (0x0C, 0xA4))
            .count();
        assert!(
            selects <= 1,
            "PACE selects the application inside its session, nothing else is selected"
        );
        assert_eq!(
            reads + selects,
            protected,
            "files are read and nothing else is said"
        );
        reads
    }

    fn can(&self) -> AccessKey {
        let can = self.keys.can.as_ref().expect("this card has a CAN");
        AccessKey::can(std::str::from_utf8(can.expose()).expect("digits")).expect("six digits")
    }

    fn mrz(&self) -> AccessKey {
        AccessKey::mrz_information(std::str::from_utf8(self.keys.mrz_information.expose()).expect("ASCII"))
    }
}

#[test]
fn aes_with_short_commands_takes_79() {
    let mut fixture = FourFiles::new(&SHORT);
    let key = fixture.can();
    assert_eq!(fixture.commands_after_access(&key), 79);
}

#[test]
fn triple_des_with_short_commands_takes_76() {
    let mut fixture = FourFiles::new(&[&SHORT[..], &BAC_ONLY].concat());
    let key = fixture.mrz();
    assert_eq!(fixture.commands_after_access(&key), 76);
}

#[test]
fn extended_length_takes_4_and_is_found_out() {
    let mut fixture = FourFiles::new(&[]);
    let key = fixture.can();
    assert_eq!(fixture.commands_after_access(&key), 4);
}

#[test]
fn extended_length_takes_4_with_triple_des_too() {
    let mut fixture = FourFiles::new(&BAC_ONLY);
    let key = fixture.mrz();
    assert_eq!(fixture.commands_after_access(&key), 4);
}

const LARGE: [(&str, &str); 1] = [(
    "sfi = 0x02\nread = \"access-control\"\nmandatory = true\nmax-size = 32767",
    "sfi = 0x02\nread = \"access-control\"\nmandatory = true\nmax-size = 262144",
)];

#[test]
fn portraits_beyond_fifteen_bits_are_written_and_read_with_odd_instructions() {
    for bytes in [60_000, 100_000] {
        let mut fixture = FourFiles::with_portrait(&LARGE, bytes);
        let key = fixture.can();
        let reads = fixture.commands_after_access(&key);
        assert!(reads <= 6, "{reads} extended commands for {bytes} bytes");

        let mut fixture = FourFiles::with_portrait(&[&LARGE[..], &SHORT].concat(), bytes);
        let key = fixture.can();
        let reads = fixture.commands_after_access(&key);
        assert!(
            reads <= 12 + bytes / 219,
            "{reads} short commands for {bytes} bytes"
        );
        assert!(fixture.card.count(0xB1) > 100);
    }
}

#[test]
fn progress_is_told_in_true_bytes() {
    let mut fixture = FourFiles::new(&SHORT);
    let key = fixture.can();
    let (sender, events) = std::sync::mpsc::channel();
    let mut chip = OpenCard::open(&mut fixture.card, &key)
        .expect("it opens")
        .on_event(move |event| {
            if let antin::Event::File { name, done, total } = event {
                sender
                    .send((name.clone(), *done, *total))
                    .expect("the test listens");
            }
        });
    chip.read(Files::PUBLIC).expect("it reads");
    drop(chip);
    let portrait: Vec<_> = events.iter().filter(|(name, ..)| name == "DG2").collect();
    assert_eq!(portrait.len(), 68);
    assert!(
        portrait.windows(2).all(|pair| pair[0].1 < pair[1].1),
        "it only grows"
    );
    assert!(portrait.iter().all(|(_, _, total)| *total == DG2_BYTES));
    assert_eq!(portrait.last().map(|(_, done, _)| *done), Some(DG2_BYTES));
}

fn written(profile: &Profile, files: &[(ElementaryFile, Vec<u8>)], keys: &KeySet) -> SoftCard {
    let mut card = SoftCard::development_blank(profile).patience(Patience::Skip);
    let plan = antin::perso::plan(profile, files, keys).expect("a plan");
    antin::perso::run(
        &mut card,
        &plan,
        &antin::Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
        &mut antin::SystemRng,
    )
    .expect("it is written");
    card.reset();
    card
}

/// A DG2 of exactly the wanted size: the picture gets comment segments of the missing length.
fn portrait(picture: &[u8], wanted: usize) -> Vec<u8> {
    let start: &[u8] = &[0xFF, 0xD8];
    let rest = picture.strip_prefix(start).expect("a JPEG");
    let build = |filler: usize, body: &[u8]| {
        let mut commented = start.to_vec();
        let mut left = filler;
        while left > 0 {
            // A segment has four bytes of its own, and at most 65,533 behind them.
            let segment = if left > 60_000 { 50_000 } else { left };
            let length = u16::try_from(segment - 2).expect("a comment").to_be_bytes();
            commented.extend([&[0xFF, 0xFE][..], &length, &vec![b'.'; segment - 4]].concat());
            left -= segment;
        }
        commented.extend(body);
        Dg2::build(&[FaceImage::from_picture(commented).expect("a picture")])
            .expect("a DG2")
            .as_bytes()
            .to_vec()
    };
    // The drawn portraits may be larger than the fixture: the entropy-coded part is cut, the header stays.
    let body = if picture.len() > 13_000 {
        [&rest[..12_000], &[0xFF, 0xD9]].concat()
    } else {
        rest.to_vec()
    };
    let mut filler = wanted - build(0, &body).len();
    // Longer files have longer length fields.
    while build(filler, &body).len() > wanted {
        filler -= 1;
    }
    build(filler, &body)
}

/// An EF.SOD of exactly the wanted size: the document signer gets a name of the missing length.
fn sod(pki: &DemoPki, groups: &[(u8, &[u8])]) -> Vec<u8> {
    let at = antin::now();
    let sign = |name: usize| {
        let options = DsOptions {
            name: "N".repeat(name),
            not_before: pki.ds.not_before(),
            not_after: pki.ds.not_after(),
            usage_until: at.plus_days(30),
            document_types: vec!["P".to_owned()],
        };
        let public = pki.ds_key.public();
        let form = pki.options.form;
        let ds = create_document_signer(
            &options,
            &antin::crypto::VerifyingKey::ec(public.clone(), form),
            &pki.csca,
            &pki.csca_signer(),
            &mut SystemRng,
        )
        .expect("a document signer");
        antin::trust::sod::sign(groups, antin::crypto::Hash::Sha256, &pki.ds_signer(), &ds, at)
            .expect("a signature")
    };
    let mut name = 1;
    for _ in 0..200 {
        let file = sign(name);
        match SOD_BYTES.cmp(&file.len()) {
            std::cmp::Ordering::Equal => return file,
            // Serial numbers and signatures vary by a byte or two, so a near miss is simply tried again.
            std::cmp::Ordering::Greater => name += (SOD_BYTES - file.len()).div_ceil(2).max(1),
            std::cmp::Ordering::Less => name -= (file.len() - SOD_BYTES).min(name - 1),
        }
    }
    panic!("no EF.SOD of {SOD_BYTES} bytes");
}

fn size(files: &[(ElementaryFile, Vec<u8>)], wanted: ElementaryFile) -> usize {
    files
        .iter()
        .find(|(file, _)| *file == wanted)
        .map_or(0, |(_, bytes)| bytes.len())
}
