//! From a checked record to a finished card: encode, sign, write, read back as an outsider, verify.

use antin_crypto::{Hash, Signer};
use antin_lds::ElementaryFile;
use antin_perso::encode::card_security_infos;
use antin_perso::{CitizenRecord, Door, Journal, KeySet, Plan, Receipt};
use antin_profile::{Profile, ReadRule};
use antin_reader::{AccessKey, Files};
use antin_trust::card_security;
use antin_trust::sod::SodSigner;
use antin_trust::{Certificate, CheckResult, Policy, Report, TrustStore, UnixTime, Verdict, contents};
use antin_wire::Transport;

use crate::error::Error;
use crate::open_card::OpenCard;
use crate::world::SystemRng;

/// Everything that one card will hold, before any card is touched.
#[derive(Clone, Debug)]
pub struct CardImage {
    profile: Profile,
    keys: KeySet,
    files: Vec<(ElementaryFile, Vec<u8>)>,
}

impl CardImage {
    /// Encodes a record, makes the card's keys and signs EF.SOD, which is checked at once.
    ///
    /// # Errors
    ///
    /// [`Error::Perso`] when the record does not fit the profile, [`Error::UnfitToSign`] when a file would break the
    /// standard, [`Error::Signing`] when the signer refuses.
    pub fn build(
        profile: &Profile,
        record: &CitizenRecord,
        signer: &dyn Signer,
        certificate: &Certificate,
        at: UnixTime,
    ) -> Result<Self, Error> {
        let keys = KeySet::generate(profile, record, &mut SystemRng)?;
        Self::with_keys(profile, record, keys, signer, certificate, at)
    }

    /// Does the same with keys that exist already: those of an earlier try on the same card.
    ///
    /// # Errors
    ///
    /// As [`CardImage::build`].
    pub fn with_keys(
        profile: &Profile,
        record: &CitizenRecord,
        keys: KeySet,
        signer: &dyn Signer,
        certificate: &Certificate,
        at: UnixTime,
    ) -> Result<Self, Error> {
        let signer = SodSigner::new(signer, certificate, profile.sod.hash).map_err(Error::Signing)?;
        Self::signed_by(profile, record, keys, &signer, at)
    }

    /// Does the same with a signer that was prepared once for many cards, whose hash is then used.
    ///
    /// Files that break the standard are not signed, wherever they come from: a profile may state the content of a file.
    /// Nobody can override that.
    ///
    /// # Errors
    ///
    /// As [`CardImage::build`].
    pub fn signed_by(
        profile: &Profile,
        record: &CitizenRecord,
        keys: KeySet,
        signer: &SodSigner<'_>,
        at: UnixTime,
    ) -> Result<Self, Error> {
        let mut files = antin_perso::data_groups(record, profile, &keys)?;
        fit_to_sign(&files)?;
        if let Some(infos) = card_security_infos(profile, &keys)? {
            let signed = card_security::sign(&infos, signer, at).map_err(Error::Signing)?;
            files.push((ElementaryFile::CardSecurity, signed));
        }
        let sod = sign(&files, signer, at).map_err(Error::Signing)?;
        files.push((ElementaryFile::Sod, sod));
        Ok(Self {
            profile: profile.clone(),
            keys,
            files,
        })
    }

    /// The files, EF.SOD last.
    pub fn files(&self) -> &[(ElementaryFile, Vec<u8>)] {
        &self.files
    }

    /// The secrets.
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// What opens the finished card: its CAN where it has one, else its MRZ.
    pub fn access_key(&self) -> AccessKey {
        let can = self
            .keys
            .can
            .as_ref()
            .filter(|_| !self.profile.access.pace.is_empty());
        let can = can.and_then(|can| std::str::from_utf8(can.expose()).ok());
        can.and_then(|can| AccessKey::can(can).ok())
            .unwrap_or_else(|| self.mrz_key())
    }

    /// What opens the finished card for those who have read its machine readable zone.
    pub fn mrz_key(&self) -> AccessKey {
        AccessKey::mrz_information(&String::from_utf8_lossy(self.keys.mrz_information.expose()))
    }

    /// Whether the file is part of every reading: not what needs rights, nor EF.CVCA, which only says who has them.
    fn is_public(&self, file: ElementaryFile) -> bool {
        let rule = self.profile.file(file);
        file != ElementaryFile::Cvca && rule.is_none_or(|rule| rule.read != ReadRule::ExtendedAccess)
    }

    /// The commands that write this card; printable without its secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Perso`] when files and profile do not fit.
    pub fn plan(&self) -> Result<Plan, Error> {
        Ok(antin_perso::plan(&self.profile, &self.files, &self.keys)?)
    }
}

/// Judges the files as every verifier will, before they are signed.
fn fit_to_sign(files: &[(ElementaryFile, Vec<u8>)]) -> Result<(), Error> {
    let rows = contents(&files.iter().cloned().collect());
    match rows.into_iter().find(|row| row.result == CheckResult::Failed) {
        None => Ok(()),
        Some(row) => Err(Error::UnfitToSign {
            check: row.id,
            subject: row.subject,
            problem: row
                .evidence
                .or_else(|| row.reason.map(|reason| reason.to_string()))
                .unwrap_or_default(),
        }),
    }
}

/// The files that a reading takes only where it needs them.
const fn is_read_when_needed(file: ElementaryFile) -> bool {
    matches!(
        file,
        ElementaryFile::CardSecurity | ElementaryFile::AtrInfo | ElementaryFile::Dir
    )
}

fn sign(
    files: &[(ElementaryFile, Vec<u8>)],
    signer: &SodSigner<'_>,
    at: UnixTime,
) -> Result<Vec<u8>, antin_trust::Error> {
    let groups: Vec<(u8, &[u8])> = files
        .iter()
        .filter_map(|(file, bytes)| Some((file.number()?, bytes.as_slice())))
        .collect();
    signer.sign(&groups, at)
}

/// A card that was written and has proved it.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The proof of what was written.
    pub receipt: Receipt,
    /// What an outsider with the card's password finds.
    pub report: Report,
}

/// Writes an image to the card that lies there, or goes on where the journal says an earlier try was cut off; then
/// reads the finished card as an outsider and verifies it.
///
/// `door` is what opens the blank to personalization: [`Door::Open`] for a development blank, the static keys for any
/// other. `trust` is what the read-back is verified against: the signer's own country authority. "Finished" is said only of a
/// card that has been read over the air protocol, holds what was planned and verifies.
///
/// # Errors
///
/// [`Error::Run`] knows whether the card is blank, half-written or finished, and what to do;
/// [`Error::ReadBack`], [`Error::ReadBackDiffers`] and [`Error::ReadBackUnverified`] speak of a finished card.
pub fn issue<T: Transport>(
    transport: &mut T,
    image: &CardImage,
    trust: &TrustStore,
    at: UnixTime,
    door: &Door<'_>,
    journal: &mut dyn Journal,
    on_event: &mut dyn FnMut(antin_perso::run::Event),
) -> Result<Issued, Error> {
    let plan = image.plan()?;
    let receipt = antin_perso::run(transport, &plan, door, journal, on_event, &mut SystemRng)?;
    let report = if receipt.plan == hex::encode(plan.hash()) {
        read_back(transport, image, trust, at)?
    } else {
        read_back_earlier(transport, image, &receipt, trust, at)?
    };
    Ok(Issued { receipt, report })
}

/// Reads back a card that an earlier try had activated before it heard of it: the card holds the keys and the signature
/// of that try, and only its receipt tells what they are. The machine readable zone is the record's, so it opens both.
fn read_back_earlier<T: Transport>(
    transport: &mut T,
    image: &CardImage,
    receipt: &Receipt,
    trust: &TrustStore,
    at: UnixTime,
) -> Result<Report, Error> {
    let hash = |file: ElementaryFile| {
        let written = receipt
            .files
            .iter()
            .find(|written| written.file == file.to_string());
        written.map(|written| written.sha256.as_str())
    };
    let holds = |file, read: Option<&[u8]>| {
        read.map(|read| hex::encode(Hash::Sha256.digest(read))).as_deref() == hash(file)
    };
    outside(transport, image, &image.mrz_key(), &holds, trust, at)
}

/// Reads a finished card as an outsider and compares it with its image.
///
/// # Errors
///
/// [`Error::ReadBack`], [`Error::ReadBackDiffers`], [`Error::ReadBackUnverified`].
pub fn read_back<T: Transport>(
    transport: &mut T,
    image: &CardImage,
    trust: &TrustStore,
    at: UnixTime,
) -> Result<Report, Error> {
    let written = |file| {
        image
            .files
            .iter()
            .find(|(of, _)| *of == file)
            .map(|(_, written)| written.as_slice())
    };
    let holds = |file, read: Option<&[u8]>| read == written(file);
    outside(transport, image, &image.access_key(), &holds, trust, at)
}

/// Opens the finished card, reads what outsiders may read, asks `holds` of each file of the image, and verifies.
fn outside<T: Transport>(
    transport: &mut T,
    image: &CardImage,
    key: &AccessKey,
    holds: &dyn Fn(ElementaryFile, Option<&[u8]>) -> bool,
    trust: &TrustStore,
    at: UnixTime,
) -> Result<Report, Error> {
    let mut card = OpenCard::open(transport, key).map_err(Error::ReadBack)?;
    let document = card.read(Files::PUBLIC).map_err(Error::ReadBack)?;
    if let Some(error) = document.broken_off() {
        return Err(Error::ReadBack(error.clone()));
    }
    for (file, _) in image.files.iter().filter(|(file, _)| image.is_public(*file)) {
        let read = document.file(*file);
        if !holds(*file, read) && (read.is_some() || !is_read_when_needed(*file)) {
            return Err(Error::ReadBackDiffers { file: *file });
        }
    }
    let report = document.verify(trust, &Policy::COUNTER, at);
    match report.verdict {
        Verdict::Authentic | Verdict::ChipUnproven => Ok(report),
        verdict => Err(Error::ReadBackUnverified { verdict }),
    }
}
