//! The honest cards, issued by the real code under the TEST authority of the bench, the same in every run.

use std::collections::BTreeMap;

use antin::perso::TerminalTrust;
use antin::perso::encode::card_security_infos;
use antin::perso::{self, demo};
use antin::profile::Profile;
use antin::{CardState, Chip, Door, KeySet, MemoryJournal, Patience, SoftCard};
use antin_crypto::{Curve, Hash, PrivateKey, SecretBytes};
use antin_lds::{Date, Dg2, ElementaryFile, FaceImage};
use antin_trust::cv::{self, Authorization, CertificateTemplate, CvSigner, Role, TerminalType};
use antin_wire::oids;

use super::certificate::{Certificate, Draft};
use super::keys::{Key, rng};
use super::sod::Sod;

/// A country's TEST authority and its document signer.
pub struct Authority {
    pub csca_key: Key,
    pub csca: Certificate,
    pub signer_key: Key,
    pub signer: Certificate,
}

impl Authority {
    fn new(country: &str, code: &str, seed: u64) -> Self {
        let csca_key = Key::ec(Curve::P384, Hash::Sha384, seed);
        let csca = Draft::csca_of(&csca_key, country, code, &format!("TEST CSCA {country}")).sign(&csca_key);
        let signer_key = Key::ec(Curve::P256, Hash::Sha256, seed + 1);
        let signer = Draft::signer(&signer_key, &csca).sign(&csca_key);
        Self {
            csca_key,
            csca,
            signer_key,
            signer,
        }
    }

    /// An honest EF.SOD over these data groups.
    pub fn sod(&self, groups: &[(u8, Vec<u8>)]) -> Sod {
        Sod::honest(groups, &self.signer_key, &self.signer)
    }
}

/// Everything that the rows forge with: Utopia, where most cards come from, Vietnam, and the cards.
pub struct World {
    utopia: Authority,
    pub vietnam: Authority,
    cards: BTreeMap<&'static str, Issued>,
}

impl std::ops::Deref for World {
    type Target = Authority;

    fn deref(&self) -> &Authority {
        &self.utopia
    }
}

/// An issued card.
pub struct Issued {
    pub state: CardState,
    pub can: Option<String>,
    pub mrz: String,
    /// The certificates and the key of a terminal that the card believes.
    pub terminal: Option<(Vec<Vec<u8>>, Vec<u8>)>,
    files: Vec<(ElementaryFile, Vec<u8>)>,
}

/// A card of the bench.
struct Kind {
    name: &'static str,
    base: &'static str,
    /// What is laid over the base.
    changes: &'static str,
    /// Tells the keys of cards apart.
    seed: u64,
}

const fn kind(name: &'static str, changes: &'static str) -> Kind {
    Kind {
        name,
        base: "icao-passport",
        changes,
        seed: 10,
    }
}

const CARDS: &[Kind] = &[
    kind("passport", ""),
    Kind {
        seed: 12,
        ..kind("emulator", "")
    },
    kind(
        "no-proof",
        "remove = [\"active-authentication\", \"chip-authentication\", \"file.DG14\", \"file.DG15\"]\ncom.data-groups = [1, 2]\n",
    ),
    kind(
        "bac",
        "remove = [\"file.EF.CardAccess\"]\naccess = { pace = [] }\npasswords.can = \"none\"\n",
    ),
    kind("pace-only", "access.bac = false\n"),
    kind(
        "two-paces",
        "access = { pace = [{ mapping = \"generic\", cipher = \"aes-256\", curve = \"P-256\", passwords = [\"mrz\", \"can\"] }, { mapping = \"generic\", cipher = \"3des\", curve = \"P-256\", passwords = [\"mrz\", \"can\"] }] }\n",
    ),
    kind("aa-sha-512", "active-authentication.hash = \"sha-512\"\n"),
    kind(
        "aa-rsa",
        "active-authentication = { algorithm = \"rsa\", bits = 1280, hash = \"sha-256\", curve = { absent = true }, key-form = { absent = true } }\n",
    ),
    kind(
        "ca-dh",
        "remove = [\"chip-authentication\"]\n[[chip-authentication]]\ngroup = \"modp2048-256\"\ncipher = \"aes-128\"\nkey-form = \"pkcs3\"\n",
    ),
    kind("ca-3des", "chip-authentication.cipher = \"3des\"\n"),
    kind(
        "cam",
        "access = { bac = false, pace = [{ mapping = \"chip-authentication\", cipher = \"aes-128\", curve = \"P-256\", passwords = [\"mrz\", \"can\"] }] }\n[[file]]\nname = \"EF.CardSecurity\"\nfid = \"011D\"\nsfi = 0x1D\nread = \"pace\"\nmandatory = true\nmax-size = 4096\n",
    ),
    kind(
        "pin",
        "access = { pace = [{ mapping = \"generic\", cipher = \"aes-128\", curve = \"P-256\", passwords = [\"mrz\", \"can\", \"pin\"] }] }\npin = { value = \"123456\", tries = 3 }\n",
    ),
    kind(
        "eac",
        "terminal-authentication = { version = 1, date = \"2026-01-01\", algorithm = \"ecdsa-sha-256\", curve = \"brainpoolP256r1\" }\ncom.data-groups = [1, 2, 3, 14, 15]\n[[file]]\nname = \"DG3\"\nfid = \"0103\"\nsfi = 0x03\nread = \"extended-access\"\nmandatory = true\nmax-size = 4096\ncontent = \"6307020101430253AA\"\n[[file]]\nname = \"EF.CVCA\"\nfid = \"011C\"\nsfi = 0x1C\nread = \"access-control\"\nmandatory = true\nmax-size = 36\n",
    ),
    kind("portrait", ""),
    kind("no-extended", "chip.quirks = [\"no-extended\"]\n"),
    kind("sm-no-extended", "chip.quirks = [\"sm-no-extended\"]\n"),
    kind("le-shrink", "chip.quirks = [\"le-shrink\"]\n"),
    Kind {
        base: "vn-cccd-2021",
        ..kind("vietnam", "")
    },
];

/// The cards whose portrait is a real one, so that it takes many answers to read it.
const PORTRAITS: [&str; 4] = ["portrait", "no-extended", "sm-no-extended", "le-shrink"];

/// The smallest picture whose header can be read.
pub const PICTURE: &str = "ffd8ffc0000b0800f000b401011100ffd9";

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            utopia: Authority::new("UT", "UTO", 1),
            vietnam: Authority::new("VN", "VNM", 3),
            cards: BTreeMap::new(),
        };
        for kind in CARDS {
            let issued = world.issue(kind);
            world.cards.insert(kind.name, issued);
        }
        world
    }

    /// The cards by name.
    pub fn cards(&self) -> impl Iterator<Item = (&'static str, &Issued)> {
        self.cards.iter().map(|(name, card)| (*name, card))
    }

    pub fn card(&self, name: &str) -> &Issued {
        self.cards.get(name).unwrap_or_else(|| panic!("no card {name}"))
    }

    /// Who signs this card.
    fn authority_of(&self, card: &str) -> &Authority {
        if card == "vietnam" {
            &self.vietnam
        } else {
            &self.utopia
        }
    }

    /// An honest EF.SOD over these data groups, by the signer of this card.
    pub fn sod_of(&self, card: &str, groups: &[(u8, Vec<u8>)]) -> Sod {
        self.authority_of(card).sod(groups)
    }

    fn issue(&self, kind: &Kind) -> Issued {
        let base = Profile::builtin(kind.base).expect("built in");
        let profile = &match Profile::with_overrides(&base, kind.changes) {
            Ok(profile) => profile,
            Err(problem) => panic!("{}: {problem}", kind.name),
        };
        let authority = self.authority_of(kind.name);
        let day = Date::new(2026, 1, 15).expect("a real day");
        let citizen = demo::citizen_issued(1, 20, day);
        let record = citizen
            .record
            .check(profile, Some(citizen.portrait))
            .expect("a good record");
        let mut chance = rng(kind.seed);
        let keys = KeySet::generate(profile, &record, &mut chance).expect("keys");
        let mut files = perso::data_groups(&record, profile, &keys).expect("files");
        if !PORTRAITS.contains(&kind.name)
            && let Some((_, portrait)) = files.iter_mut().find(|(file, _)| *file == ElementaryFile::DG2)
        {
            let picture = hex::decode(PICTURE).expect("hex");
            let face = FaceImage::from_picture(picture).expect("a picture");
            *portrait = Dg2::build(&[face]).expect("a portrait").into_bytes();
        }
        let has_card_security = |(file, _): &(ElementaryFile, Vec<u8>)| *file == ElementaryFile::CardSecurity;
        if let Some(infos) = card_security_infos(profile, &keys).expect("keys of the profile")
            && !files.iter().any(has_card_security)
        {
            let content = infos.as_bytes().to_vec();
            let signed = Sod::over(
                &oids::ID_SECURITY_OBJECT,
                content,
                &authority.signer_key,
                &authority.signer,
            );
            files.push((ElementaryFile::CardSecurity, signed.cms()));
        }
        let sod = authority.sod(&groups(&files)).file();
        files.push((ElementaryFile::Sod, sod));
        let plan = perso::plan(profile, &files, &keys).expect("a plan");
        let chip = Chip::development_blank(profile, *b"ANTIN-AT", Box::new(rng(11)));
        let mut card = SoftCard::from_chip(chip).patience(Patience::Skip);
        let mut journal = MemoryJournal::new();
        perso::run(
            &mut card,
            &plan,
            &Door::Open,
            &mut journal,
            &mut |_| {},
            &mut chance,
        )
        .expect("an issued card");
        let text = |secret: &SecretBytes| String::from_utf8(secret.expose().to_vec()).expect("ASCII");
        let can = keys.can.as_ref().filter(|_| !profile.access.pace.is_empty());
        Issued {
            state: card.into_state(),
            can: can.map(text),
            mrz: text(&keys.mrz_information),
            terminal: keys.terminal_authentication.as_ref().map(terminal),
            files,
        }
    }
}

fn groups(files: &[(ElementaryFile, Vec<u8>)]) -> Vec<(u8, Vec<u8>)> {
    files
        .iter()
        .filter_map(|(file, bytes)| Some((file.number()?, bytes.clone())))
        .collect()
}

impl Issued {
    /// Number and bytes of each data group.
    pub fn groups(&self) -> Vec<(u8, Vec<u8>)> {
        groups(&self.files)
    }

    pub fn file(&self, file: ElementaryFile) -> Vec<u8> {
        let found = self.files.iter().find(|(known, _)| *known == file);
        found.unwrap_or_else(|| panic!("no {file}")).1.clone()
    }
}

/// A verifier and a terminal with every right, under the TEST authority of the card: certificates in DER, and the key of
/// the terminal as PKCS #8.
fn terminal(trust: &TerminalTrust) -> (Vec<Vec<u8>>, Vec<u8>) {
    let root = trust.signer.as_ref().expect("a TEST authority");
    let algorithm = root.algorithm();
    let day = |text: &str| cv::Date::from_text(text).expect("a day");
    let mut chance = rng(600);
    let mut certify = |authority: &cv::Reference, signer: &CvSigner, name: &str, role: Role| {
        let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut chance);
        let key = CvSigner::ec(key, algorithm).expect("a key");
        let holder = cv::Reference::from_text(name).expect("a name");
        let template = CertificateTemplate {
            authority: authority.clone(),
            holder: holder.clone(),
            key: key.public(),
            authorization: Authorization::new(TerminalType::Is, role)
                .expect("a role")
                .with_all_rights(),
            effective: day("2026-01-02"),
            expiration: day("2026-12-31"),
            extensions: None,
        };
        let certificate = template.sign(signer, &mut chance).expect("a certificate");
        (holder, key, certificate.as_bytes().to_vec())
    };
    let authority = trust.certificate.holder().clone();
    let (verifier, verifier_key, verifier_certificate) =
        certify(&authority, root, "UTDV00001", Role::DvDomestic);
    let (_, key, certificate) = certify(&verifier, &verifier_key, "UTIS00001", Role::Terminal);
    (
        vec![verifier_certificate, certificate],
        key.to_pkcs8_der().expose().to_vec(),
    )
}
