//! Evidence files: everything of one visit, to be verified again years later.
//!
//! A file `antin.evidence/2` is two lines of JSON, each ended by a line feed and nothing behind them:
//!
//! ```text
//! {"schema":"antin.evidence/2","sha256":"<hex>","station":null}
//! {"schema":"antin.evidence/2", everything of the visit ...}
//! ```
//!
//! The hash is over the bytes of the second line with its line feed (`tail -n 1 FILE | sha256sum`), and so is the signature
//! of a station, where there is one. The second line is written in one form only and refused in any other.
//!
//! What a stranger can check again: the files under EF.SOD, and that the chip answered the challenges of Active
//! Authentication. What he cannot: when a challenge was chosen, unless he chose it himself; what is printed on the document;
//! and Chip Authentication and the chip authentication mapping of PACE, which anybody could write down without a chip. For
//! those he must believe the station that signed the file ([`Witness`]).

mod content;
mod file;
mod limits;
mod proofs;
mod station;
mod trust;

use std::borrow::Cow;
use std::path::Path;

use antin_crypto::{Hash, Signer, VerifyingKey};
use antin_reader::Document;
use antin_trust::{
    Access as ChipAccess, ActiveAnswer, Check, FileState, Page, ReadFiles, Report, TrustStore, UnixTime,
};

use super::atomic::{Access, read_bounded, write_atomically};
use crate::error::Error;

pub use content::Judged;
pub use station::{load_station, load_station_key};
pub use trust::TrustUsed;

use station::Seal;

/// The schema of the files that are written.
pub const EVIDENCE_SCHEMA: &str = "antin.evidence/2";

/// Files as they were written before: without challenges, trust and hash. They are still read.
const FIRST_SCHEMA: &str = "antin.evidence/1";

/// All files of a chip in hex, several times over.
pub const MAX_EVIDENCE_BYTES: u64 = 64 * 1024 * 1024;

/// Everything of one visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The second line of the file, with its line feed; the whole file of the first schema.
    content: Vec<u8>,
    saved: UnixTime,
    judged: Option<Judged>,
    files: ReadFiles,
    access: ChipAccess,
    apdus: Option<u64>,
    checks: Vec<Check>,
    chip_proofs: Vec<Check>,
    answers: Vec<ActiveAnswer>,
    page: Page,
    trust: TrustUsed,
    seal: Option<Seal>,
}

/// Who vouches that the proofs of the chip were made in the visit, and not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// Nobody: no proof counts, and the best verdict is `chip-unproven`.
    Nobody,
    /// Whoever asks chose this challenge himself, for this visit alone: the chip's answer to it counts.
    Challenge([u8; 8]),
    /// A station that is believed: what it saw counts as if it were seen here.
    Station(Vouched),
}

/// That the signature of a believed station stands on one evidence file: only [`Evidence::sealed_by`] says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    sha256: [u8; 32],
}

impl Evidence {
    /// The evidence of a visit: the document, what was found of it, and what of `trust` its signers name.
    pub fn of(document: &Document, report: &Report, trust: &TrustStore, saved: UnixTime) -> Self {
        let session = document.session();
        let mut evidence = Self {
            content: Vec::new(),
            saved,
            judged: Some(Judged::of(report)),
            files: document.files().clone(),
            access: session.access.clone(),
            apdus: session.apdus,
            checks: limits::rows(&session.checks),
            chip_proofs: limits::rows(&session.chip_proofs),
            answers: limits::answers(&session.active_answers),
            page: limits::page(&session.page),
            trust: TrustUsed::of(document.files(), trust),
            seal: None,
        };
        evidence.content = content::line(&evidence, report);
        evidence
    }

    /// The same under the signature of a station.
    ///
    /// # Errors
    ///
    /// What the signer says; what it signed is verified at once.
    pub fn sealed(self, station: &dyn Signer) -> Result<Self, antin_crypto::Error> {
        let seal = Some(Seal::make(station, &self.content)?);
        Ok(Self { seal, ..self })
    }

    /// The key that signed the file, whoever holds it.
    pub fn station(&self) -> Option<&VerifyingKey> {
        self.seal.as_ref().map(|seal| &seal.key)
    }

    /// Whether the station that holds the private half of `key` signed the file; `None` if it did not.
    pub fn sealed_by(&self, key: &VerifyingKey) -> Option<Witness> {
        let seal = self.seal.as_ref().filter(|seal| seal.key.is_same_key(key))?;
        seal.verify(&self.content).ok()?;
        Some(Witness::Station(Vouched {
            sha256: self.sha256(),
        }))
    }

    /// The witness of somebody who believes the station and chose the challenge himself; `None` if the station did not sign
    /// the file. A station may sign what it kept from last year: it vouches for the visit only if the chip's right answer to
    /// this challenge is in the file.
    pub fn sealed_for(&self, key: &VerifyingKey, challenge: [u8; 8]) -> Option<Witness> {
        let sealed = self.sealed_by(key)?;
        Some(match proofs::answers(self, challenge) {
            true => sealed,
            false => Witness::Challenge(challenge),
        })
    }

    /// Reads an evidence file.
    ///
    /// # Errors
    ///
    /// [`Error::Evidence`] for anything but an evidence file; [`Error::EvidenceAltered`] if its hash is another one, or a
    /// station's signature does not fit.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        file::parse(bytes, path)
    }

    /// Loads an evidence file.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); [`Error::Io`], [`Error::TooLarge`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::parse(&read_bounded(path, MAX_EVIDENCE_BYTES)?, path)
    }

    /// Saves it, for its owner alone: it holds everything that the chip told.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        write_atomically(path, &self.to_bytes(), Access::Owner)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        file::emit(self)
    }

    /// When it was saved, as it says itself.
    pub fn saved(&self) -> UnixTime {
        self.saved
    }

    /// What was made of the document in the visit, as it says itself; files of the first schema do not say.
    pub fn judged(&self) -> Option<&Judged> {
        self.judged.as_ref()
    }

    /// The SHA-256 of its content.
    pub fn sha256(&self) -> [u8; 32] {
        let digest = Hash::Sha256.digest(&self.content);
        digest.as_slice().try_into().expect("SHA-256 has 32 bytes")
    }

    /// What was trusted in the visit, as it says itself: nobody else need trust it.
    pub fn trust(&self) -> &TrustUsed {
        &self.trust
    }

    /// The challenges that the chip was asked to sign.
    pub fn challenges(&self) -> impl Iterator<Item = [u8; 8]> {
        self.answers.iter().map(|answer| answer.challenge)
    }

    /// The store by which the document is judged: `store`, the revocation lists of the evidence and, where the station that
    /// signed it is believed, the authorities, links and deviation lists that it trusted. A test authority stays one, and
    /// counts only where [`TEST_SET`](antin_trust::store::TEST_SET) was asked for.
    ///
    /// # Errors
    ///
    /// [`antin_trust::Error`] for a certificate of a believed station that is no authority's.
    pub fn trust_with<'s>(
        &self,
        witness: Witness,
        store: &'s TrustStore,
    ) -> Result<Cow<'s, TrustStore>, antin_trust::Error> {
        match self.believed(witness) {
            Witness::Station(_) => self.trust.joined(store, self.saved),
            Witness::Nobody | Witness::Challenge(_) => Ok(self.trust.beside(store)),
        }
    }

    /// The document, ready to be verified again, with those proofs of the chip that the witness makes good.
    pub fn document(&self, witness: Witness) -> Document {
        let session = proofs::session(self, self.believed(witness));
        Document::from_parts(self.files.clone(), session)
    }

    /// What vouches for one file says nothing of another.
    fn believed(&self, witness: Witness) -> Witness {
        match witness {
            Witness::Station(vouched) if vouched.sha256 != self.sha256() => Witness::Nobody,
            witness => witness,
        }
    }
}

fn wrong(path: &Path, problem: impl std::fmt::Display) -> Error {
    Error::Evidence {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

/// Whether the chip gave the file.
fn was_read(state: &FileState) -> Option<&[u8]> {
    match state {
        FileState::Read(bytes) => Some(bytes),
        FileState::Refused(_) | FileState::Missing(_) | FileState::Malformed { .. } | FileState::Lost => None,
    }
}
