//! Whole cards: issued, read back and verified in memory, so that every choice of access, mapping, group, cipher,
//! password and chip proof meets every other one. What no standard lets meet is refused by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // tables of cases

#[path = "../common/mod.rs"]
mod common;
mod pairs;

use std::sync::atomic::{AtomicUsize, Ordering};

use antin::crypto::{SecretBytes, rsa};
use antin::perso::{CitizenRecord, demo};
use antin::protocol::personalization::iso7816_9::ActiveKey;
use antin::reader::PasswordKind;
use antin::trust::AccessMethod;
use antin::{
    AccessKey, CardImage, CheckId, CheckResult, DemoOptions, DemoPki, Document, Door, ElementaryFile, Files,
    KeySet, MemoryJournal, OpenCard, Opening, Patience, Policy, Profile, Report, SoftCard, SystemRng,
    TrustStore, UnixTime, Verdict,
};
use pairs::{Choice, Cover, Factor, Row, name};

const ACCESS: usize = 0;
const CIPHER: usize = 1;
const GROUP: usize = 2;
const PARAMETERS: usize = 3;
const PASSWORD: usize = 4;
const CA: usize = 5;
const CA_CIPHER: usize = 6;
const CA_GROUP: usize = 7;
const CA_FORM: usize = 8;
const AA: usize = 9;
const AA_HASH: usize = 10;
const AA_CURVE: usize = 11;
const AA_FORM: usize = 12;
const AA_BITS: usize = 13;
const AA_TRAILER: usize = 14;
const TA: usize = 15;
const LENGTH: usize = 16;

/// The levels of ACCESS that mean PACE.
const PACE: &[usize] = &[1, 2, 3];
const GROUPS: &[&str] = &[
    "P-192",
    "P-224",
    "P-256",
    "P-384",
    "P-521",
    "brainpoolP192r1",
    "brainpoolP224r1",
    "brainpoolP256r1",
    "brainpoolP320r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
    "modp1024-160",
    "modp2048-224",
    "modp2048-256",
];
const CIPHERS: &[&str] = &["3des", "aes-128", "aes-192", "aes-256"];

const fn factor(
    name: &'static str,
    levels: &'static [&'static str],
    needs: Option<(usize, &'static [usize])>,
) -> Factor {
    Factor { name, levels, needs }
}

const FACTORS: [Factor; 17] = [
    factor(
        "access",
        &["bac", "generic", "integrated", "chip-authentication"],
        None,
    ),
    factor("cipher", CIPHERS, Some((ACCESS, PACE))),
    factor("group", GROUPS, Some((ACCESS, PACE))),
    factor(
        "parameters",
        &["standardized", "explicit", "explicit and numbered"],
        Some((ACCESS, PACE)),
    ),
    factor("password", &["mrz", "can", "pin", "puk"], Some((ACCESS, PACE))),
    factor("chip-authentication", &["none", "info-and-key", "key-only"], None),
    factor("ca-cipher", CIPHERS, Some((CA, &[1, 2]))),
    factor("ca-group", GROUPS, Some((CA, &[1, 2]))),
    factor(
        "ca-key-form",
        &["named or pkcs3", "explicit or x942"],
        Some((CA, &[1, 2])),
    ),
    factor("active-authentication", &["none", "ecdsa", "rsa"], None),
    factor(
        "aa-hash",
        &["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"],
        Some((AA, &[1, 2])),
    ),
    factor("aa-curve", GROUPS.split_at(11).0, Some((AA, &[1]))),
    factor("aa-key-form", &["named", "explicit"], Some((AA, &[1]))),
    factor(
        "aa-bits",
        &["1024", "1280", "1536", "2048", "3072", "4096"],
        Some((AA, &[2])),
    ),
    factor("aa-trailer", &["explicit", "implicit"], Some((AA, &[2]))),
    factor(
        "terminal-authentication",
        &["none", "version 1", "version 2"],
        None,
    ),
    factor("length", &["extended", "short", "short, answers in pieces"], None),
];

/// What no standard lets meet (ICAO 9303-11 §4.4.3.3, §6.1, §6.2, §7.1; ICAO 9303-10 §3.6.4), and what the refusal says.
fn clash(left: Choice, right: Choice) -> Option<&'static str> {
    let says = |factor: usize, level: &str| {
        [left, right]
            .iter()
            .any(|choice| choice.0 == factor && FACTORS[factor].levels[choice.1] == level)
    };
    let of_numbers = |factor: usize| GROUPS[11..].iter().any(|group| says(factor, group));
    let any_but = |factor: usize, level: &str| {
        [left, right]
            .iter()
            .any(|choice| choice.0 == factor && FACTORS[factor].levels[choice.1] != level)
    };
    let of_2048_bits = |factor: usize| GROUPS[12..].iter().any(|group| says(factor, group));
    let long_signature = || ["2048", "3072", "4096"].iter().any(|bits| says(AA_BITS, bits));
    if says(LENGTH, "short") && (of_2048_bits(GROUP) || long_signature()) {
        Some("a short answer holds 256")
    } else if says(ACCESS, "chip-authentication") && says(CIPHER, "3des") {
        Some("not defined for 3des")
    } else if says(ACCESS, "chip-authentication") && of_numbers(GROUP) {
        Some("not defined for groups")
    } else if says(ACCESS, "integrated") && says(GROUP, "P-224") {
        Some("not defined for P-224")
    } else if says(ACCESS, "chip-authentication") && says(CA, "key-only") {
        Some("a key alone is the key of the mapping")
    } else if says(CA, "key-only") && any_but(CA_CIPHER, "3des") {
        Some("means 3des")
    } else if says(AA_TRAILER, "implicit") && any_but(AA_HASH, "sha-1") {
        Some("means sha-1")
    } else if says(CA, "none") && says(TA, "version 1") {
        Some("needs a [[chip-authentication]] of version 1")
    } else if says(CA, "none") && says(TA, "version 2") {
        Some("needs a [[chip-authentication]] of version 2")
    } else if says(CA, "key-only") && says(TA, "version 2") {
        Some("version 2 is announced by its ChipAuthenticationInfo only")
    } else if says(ACCESS, "bac") && says(TA, "version 2") {
        Some("PACE, which the card does not offer")
    } else {
        None
    }
}

fn level(row: &Row, factor: usize) -> Option<&'static str> {
    row[factor].map(|level| FACTORS[factor].levels[level])
}

fn describe(row: &Row) -> String {
    let choices = row
        .iter()
        .enumerate()
        .filter_map(|(factor, level)| Some((factor, (*level)?)));
    let names: Vec<_> = choices.map(|choice| name(&FACTORS, choice)).collect();
    names.join(", ")
}

/// `curve = "..."` or `group = "..."`.
fn named_group(group: &str) -> String {
    let key = if group.starts_with("modp") {
        "group"
    } else {
        "curve"
    };
    format!("{key} = \"{group}\"")
}

const FILES: &str = "mandatory = true\nmax-size = 8192\n";

/// The changes that make the passport the card of this row.
fn changes(row: &Row) -> String {
    let access = level(row, ACCESS).unwrap();
    let (ca, aa) = (level(row, CA).unwrap(), level(row, AA).unwrap());
    let rights = level(row, TA) != Some("none");
    let version = if level(row, TA) == Some("version 2") { 2 } else { 1 };
    // DG14 says what the chip can do.
    let dg14 = access != "bac" || ca != "none" || aa != "none" || rights;
    let mut remove = Vec::new();
    let mut groups = vec!["1", "2"];
    let mut text = String::new();
    if access == "bac" {
        remove.push("file.EF.CardAccess");
        text += "[access]\nbac = true\npace = []\n";
    } else {
        let parameters = match level(row, PARAMETERS).unwrap() {
            "standardized" => "",
            "explicit" => "domain-parameters = \"explicit\"\n",
            _ => "domain-parameters = \"explicit\"\nparameter = 41\n",
        };
        text += "[[file]]\nname = \"EF.CardAccess\"\nmax-size = 1024\n";
        text += &format!(
            "[access]\nbac = false\n[[access.pace]]\nmapping = \"{access}\"\ncipher = \"{}\"\n{}\n{parameters}\
             passwords = [\"mrz\", \"can\", \"pin\", \"puk\"]\n\
             [pin]\nvalue = \"random\"\ntries = 3\n[puk]\nvalue = \"random\"\n",
            level(row, CIPHER).unwrap(),
            named_group(level(row, GROUP).unwrap()),
        );
    }
    if access == "chip-authentication" || version == 2 {
        text += &format!(
            "[[file]]\nname = \"EF.CardSecurity\"\nfid = \"011D\"\nsfi = 0x1D\nread = \"pace\"\n{FILES}"
        );
    }
    if ca == "none" {
        remove.push("chip-authentication");
    } else {
        let group = level(row, CA_GROUP).unwrap();
        let form = match (level(row, CA_FORM).unwrap(), group.starts_with("modp")) {
            ("named or pkcs3", true) => "pkcs3",
            ("named or pkcs3", false) => "named",
            (_, true) => "x942",
            (_, false) => "explicit",
        };
        text += &format!(
            "[[chip-authentication]]\n{}\ncipher = \"{}\"\nkey-form = \"{form}\"\nannouncement = \"{ca}\"\n\
             version = {version}\n",
            named_group(group),
            level(row, CA_CIPHER).unwrap(),
        );
    }
    if rights {
        groups.push("3");
        text += &format!(
            "[terminal-authentication]\nversion = {version}\ndate = \"2026-01-31\"\nalgorithm = \"ecdsa-sha-256\"\n\
             curve = \"brainpoolP256r1\"\n\
             [[file]]\nname = \"DG3\"\nfid = \"0103\"\nsfi = 0x03\nread = \"extended-access\"\n{FILES}"
        );
        if version == 1 {
            text += "[[file]]\nname = \"EF.CVCA\"\nfid = \"011C\"\nsfi = 0x1C\nread = \"access-control\"\n\
                     mandatory = true\nmax-size = 36\n";
        }
    }
    if dg14 {
        text += "[[file]]\nname = \"DG14\"\nmax-size = 4096\n";
        groups.push("14");
    } else {
        remove.push("file.DG14");
    }
    remove.push("active-authentication");
    if aa == "none" {
        remove.push("file.DG15");
    } else {
        groups.push("15");
        text += &format!(
            "[active-authentication]\nalgorithm = \"{aa}\"\nhash = \"{}\"\n",
            level(row, AA_HASH).unwrap()
        );
        text += &match (level(row, AA_CURVE), level(row, AA_BITS)) {
            (Some(curve), _) => format!(
                "curve = \"{curve}\"\nkey-form = \"{}\"\n",
                level(row, AA_FORM).unwrap()
            ),
            (None, bits) => format!(
                "bits = {}\ntrailer = \"{}\"\n",
                bits.unwrap(),
                level(row, AA_TRAILER).unwrap()
            ),
        };
    }
    if level(row, LENGTH) != Some("extended") {
        text += "[limits]\nextended = false\nmax-command = 255\nmax-response = 256\n";
    }
    if level(row, LENGTH) == Some("short, answers in pieces") {
        text += "[chip]\nquirks = [\"get-response\"]\n";
    }
    format!(
        "remove = {remove:?}\ncom.data-groups = [{}]\n{text}",
        groups.join(", ")
    )
}

fn profile_of(row: &Row) -> Result<Profile, String> {
    let base = Profile::builtin("icao-passport").expect("built in");
    Profile::with_overrides(&base, &changes(row)).map_err(|fault| fault.to_string())
}

/// What all cards share: one country and one citizen.
struct Office {
    pki: DemoPki,
    trust: TrustStore,
    citizen: demo::DemoCitizen,
    /// RSA keys from fixed primes: drawing them takes long in a test.
    rsa: Vec<rsa::PrivateKey>,
    at: UnixTime,
}

impl Office {
    fn open() -> Self {
        let at = antin::now();
        let pki = DemoPki::generate("UT", at, &DemoOptions::default(), &mut SystemRng).unwrap();
        let vector = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../test-vectors/protocol/active-authentication.toml"
        ));
        let vector: toml::Table = vector.unwrap().parse().unwrap();
        let key = |part: &toml::Value| {
            let prime = |key: &str| SecretBytes::new(hex::decode(part[key].as_str().unwrap()).unwrap());
            rsa::PrivateKey::from_primes(&prime("p"), &prime("q"), &[1, 0, 1]).unwrap()
        };
        let drawn = vector["rsa-primes"].as_array().unwrap();
        let shortest = hex::decode(vector["rsa-key"]["pkcs8"].as_str().unwrap()).unwrap();
        let shortest = rsa::PrivateKey::from_pkcs8_der(&shortest).unwrap();
        Self {
            trust: TrustStore::from_certificates([pki.csca.clone()]).unwrap(),
            pki,
            citizen: demo::citizens(3, 1).remove(0),
            rsa: drawn.iter().map(key).chain([shortest]).collect(),
            at,
        }
    }

    fn image(&self, profile: &Profile) -> Result<CardImage, String> {
        let portrait = Some(self.citizen.portrait.clone());
        let record: CitizenRecord = self
            .citizen
            .record
            .check(profile, portrait)
            .map_err(|fault| format!("{fault:?}"))?;
        let keys = self.keys(profile, &record)?;
        CardImage::with_keys(
            profile,
            &record,
            keys,
            &self.pki.ds_signer(),
            &self.pki.ds,
            self.at,
        )
        .map_err(|fault| fault.to_string())
    }

    fn keys(&self, profile: &Profile, record: &CitizenRecord) -> Result<KeySet, String> {
        let rule = profile.active_authentication.as_ref();
        let Some(antin::profile::ActiveAuthentication::Rsa { bits, .. }) = rule else {
            return KeySet::generate(profile, record, &mut SystemRng).map_err(|fault| fault.to_string());
        };
        let key = self.rsa.iter().find(|key| key.public().bits() == *bits);
        let key = key.ok_or(format!("no key of {bits} bits"))?;
        let mut others = profile.clone();
        others.active_authentication = None;
        let mut keys =
            KeySet::generate(&others, record, &mut SystemRng).map_err(|fault| fault.to_string())?;
        keys.active_authentication = Some(ActiveKey::Rsa(Box::new(key.clone())));
        Ok(keys)
    }
}

/// The password that the row says, as a reader brings it.
fn password(image: &CardImage, row: &Row) -> (AccessKey, PasswordKind) {
    let digits = |secret: &Option<SecretBytes>| {
        String::from_utf8(secret.as_ref().expect("a secret of the card").expose().to_vec()).expect("digits")
    };
    let keys = image.keys();
    match level(row, PASSWORD) {
        None | Some("mrz") => (image.mrz_key(), PasswordKind::Mrz),
        Some("can") => (AccessKey::can(&digits(&keys.can)).unwrap(), PasswordKind::Can),
        Some("pin") => (AccessKey::pin(&digits(&keys.pin)).unwrap(), PasswordKind::Pin),
        _ => (AccessKey::puk(&digits(&keys.puk)).unwrap(), PasswordKind::Puk),
    }
}

/// Issues the card of a row, reads and verifies it.
fn whole_card(office: &Office, row: &Row) -> Result<(), String> {
    let profile = profile_of(row)?;
    let image = office.image(&profile)?;
    let mut card = SoftCard::development_blank(&profile).patience(Patience::Skip);
    let (journal, door) = (&mut MemoryJournal::new(), &Door::Open);
    antin::issue(
        &mut card,
        &image,
        &office.trust,
        office.at,
        door,
        journal,
        &mut |_| {},
    )
    .map_err(|fault| format!("issue: {fault}"))?;
    card.reset();
    let (key, kind) = password(&image, row);
    let mut opening = Opening::new();
    if let Some(trust) = &image.keys().terminal_authentication {
        opening = opening.terminal(common::terminals::terminal(
            trust.certificate.holder(),
            &common::terminals::authority(trust),
            "read-dg3",
            "2026-12-31",
            "2026-02-01",
        ));
    }
    let document = OpenCard::open_with(&mut card, &key, opening)
        .map_err(|fault| format!("open: {fault}"))?
        .read(Files::ALL)
        .map_err(|fault| format!("read: {fault}"))?;
    if let Some(broken) = document.broken_off() {
        return Err(format!("broken off: {broken:?}"));
    }
    if kind == PasswordKind::Puk {
        return opens_nothing(&document);
    }
    let rights = level(row, TA) != Some("none");
    if document.file(ElementaryFile::DG3).is_some() != rights {
        return Err("DG3 does not follow the rights".to_owned());
    }
    let report = document.verify(&office.trust, &Policy::COUNTER, office.at);
    judge(&report, row, kind)
}

/// The PUK opens a session, in which the PIN is unblocked and nothing is read.
fn opens_nothing(document: &Document) -> Result<(), String> {
    let access = document.session().access.clone();
    if (access.method, access.password) != (AccessMethod::Pace, Some(PasswordKind::Puk)) {
        return Err(format!("the PUK opened {access:?}"));
    }
    for file in [ElementaryFile::DG1, ElementaryFile::Sod] {
        if document.file(file).is_some() {
            return Err(format!("the PUK opened {file}"));
        }
    }
    Ok(())
}

/// Whether the report says of the card what the row says.
fn judge(report: &Report, row: &Row, kind: PasswordKind) -> Result<(), String> {
    let is = |what: bool, words: &str| {
        if what {
            return Ok(());
        }
        Err(format!("{words}: {:?} {:#?}", report.access, report.checks))
    };
    let row_of = |id: CheckId| {
        let found = report.checks.iter().find(|check| check.id == id);
        found.map(|check| check.result) == Some(CheckResult::Successful)
    };
    let (mapping, method) = match level(row, ACCESS) {
        Some("bac") => (None, AccessMethod::Bac),
        Some("generic") => (Some("gm"), AccessMethod::Pace),
        Some("integrated") => (Some("im"), AccessMethod::Pace),
        _ => (Some("cam"), AccessMethod::Pace),
    };
    is(report.access.method == method, "another way of access")?;
    is(report.access.mapping.as_deref() == mapping, "another mapping")?;
    is(report.access.password == Some(kind), "another password")?;
    let cipher = level(row, CIPHER).unwrap_or("3des");
    is(report.access.cipher.as_deref() == Some(cipher), "another cipher")?;
    let (ca, aa) = (level(row, CA) != Some("none"), level(row, AA) != Some("none"));
    for (offered, id) in [
        (mapping == Some("cam"), CheckId::PaceCam),
        (ca, CheckId::ChipAuthentication),
        (aa, CheckId::ActiveAuthentication),
        (level(row, TA) != Some("none"), CheckId::TerminalAuthentication),
    ] {
        is(row_of(id) == offered, &format!("{id:?} should be {offered}"))?;
    }
    let proven = ca || aa || mapping == Some("cam");
    let verdict = if proven {
        Verdict::Authentic
    } else {
        Verdict::ChipUnproven
    };
    is(
        report.verdict == verdict,
        &format!("{:?}, not {verdict:?}", report.verdict),
    )
}

fn cover() -> Cover {
    pairs::cover(&FACTORS, clash)
}

#[test]
fn every_two_choices_meet_on_a_card_that_is_issued_read_and_verified() {
    let (cover, office) = (cover(), Office::open());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            while let Some(row) = cover.rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(what) = whole_card(&office, row) {
                    failures.push(format!("{}:\n{what}", describe(row)));
                }
            }
            failures
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    });
    assert!(
        failures.is_empty(),
        "{} of {} cards:\n{}",
        failures.len(),
        cover.rows.len(),
        failures.join("\n\n")
    );
}

#[test]
fn every_two_choices_that_cannot_meet_are_refused_by_name() {
    for (left, right, row, words) in cover().illegal {
        let context = format!("{} with {}", name(&FACTORS, left), name(&FACTORS, right));
        let refused = profile_of(&row).expect_err(&context);
        assert!(refused.contains(words), "{context}: {refused}");
    }
}

#[test]
fn no_two_choices_are_forgotten() {
    let cover = cover();
    let all = pairs::all_pairs(&FACTORS).len();
    assert_eq!(cover.held + cover.illegal.len() + cover.meaningless, all);
    // A cipher, three groups and a lone key with chip authentication mapping, P-224 with the integrated one, three ciphers
    // of a lone key, four hashes under the trailer of SHA-1, terminals without a session of Chip Authentication, version 2
    // of it with a lone key and without PACE; two groups and
    // three lengths of RSA that need long answers.
    assert_eq!(cover.illegal.len(), 1 + 3 + 1 + 1 + 3 + 4 + 2 + 2 + 2 + 3);
}
