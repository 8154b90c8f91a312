//! How many commands a reading takes, counted at the chip.

use antin::crypto::{Hash, VerifyingKey};
use antin::lds::dg2::{Dg2, FaceImage};
use antin::perso::demo;
use antin::profile::CanRule;
use antin::trust::pki::{DsOptions, create_document_signer};
use antin::{
    AccessKey, DemoOptions, DemoPki, ElementaryFile, Files, KeySet, LinkError, MemoryJournal, OpenCard,
    Patience, Profile, SoftCard, SystemRng, Transport,
};

use super::{Apdus, unexpected};
use crate::failure::Failure;

const COM_BYTES: usize = 24;
const DG2_BYTES: usize = 15_000;
const SOD_BYTES: usize = 1_980;

/// Reads the same passport in three ways.
///
/// # Errors
/// Only by a fault of ours.
pub fn count() -> Result<Apdus, Failure> {
    let extended = passport()?;
    let mut short_aes = extended.clone();
    short_aes.limits.extended = false;
    short_aes.limits.max_command = 255;
    short_aes.limits.max_response = 256;
    let mut short_3des = short_aes.clone();
    short_3des.access.pace.clear();
    short_3des.passwords.can = CanRule::None;
    Ok(Apdus {
        short_aes: commands(&short_aes)?,
        short_3des: commands(&short_3des)?,
        extended: commands(&extended)?,
    })
}

/// A passport of four files, with nothing to prove.
fn passport() -> Result<Profile, Failure> {
    let mut profile = Profile::builtin("icao-passport").ok_or_else(|| unexpected("no profile"))?;
    profile
        .files
        .retain(|rule| ![ElementaryFile::DG14, ElementaryFile::DG15].contains(&rule.file));
    profile.com.data_groups = vec![1, 2];
    profile.chip_authentication.clear();
    profile.active_authentication = None;
    Ok(profile)
}

/// Issues the card, opens it, and counts what reading takes.
fn commands(profile: &Profile) -> Result<usize, Failure> {
    let citizen = demo::citizen_issued(1, 0, crate::today::today());
    let record = citizen
        .record
        .check(profile, Some(citizen.portrait.clone()))
        .map_err(unexpected)?;
    let keys = KeySet::generate(profile, &record, &mut SystemRng).map_err(unexpected)?;
    let mut files = antin::perso::data_groups(&record, profile, &keys).map_err(unexpected)?;
    for (file, bytes) in &mut files {
        match *file {
            // Filler behind the object, as on chips whose files are larger than their content.
            ElementaryFile::Com => bytes.resize(COM_BYTES, 0),
            ElementaryFile::DG2 => *bytes = portrait(&citizen.portrait)?,
            _ => {}
        }
    }
    let sod = sod(&files)?;
    files.push((ElementaryFile::Sod, sod));
    let mut card = Counter {
        card: written(profile, &files, &keys)?,
        reads: 0,
    };
    let document = OpenCard::open(&mut card, &key(&keys)?)?.read(Files::PUBLIC)?;
    // Filler is not read.
    let same =
        |(file, bytes): &(_, Vec<u8>)| document.file(*file).is_some_and(|read| bytes.starts_with(read));
    if !files.iter().all(same) {
        return Err(unexpected("the card reads otherwise than it was written"));
    }
    Ok(card.reads)
}

/// A card in memory that counts protected READ BINARY commands.
struct Counter {
    card: SoftCard,
    reads: usize,
}

impl Transport for Counter {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.reads += usize::from(matches!(command, [0x0C, 0xB0 | 0xB1, ..]));
        self.card.transmit(command)
    }
}

fn written(
    profile: &Profile,
    files: &[(ElementaryFile, Vec<u8>)],
    keys: &KeySet,
) -> Result<SoftCard, Failure> {
    let mut card = SoftCard::development_blank(profile).patience(Patience::Skip);
    let plan = antin::perso::plan(profile, files, keys).map_err(unexpected)?;
    antin::perso::run(
        &mut card,
        &plan,
        &antin::Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
        &mut antin::SystemRng,
    )?;
    card.reset();
    Ok(card)
}

/// PACE with the CAN where the card has one, else BAC.
fn key(keys: &KeySet) -> Result<AccessKey, Failure> {
    let (secret, is_can) = match &keys.can {
        Some(can) => (can, true),
        None => (&keys.mrz_information, false),
    };
    let text = std::str::from_utf8(secret.expose()).map_err(unexpected)?;
    if is_can {
        AccessKey::can(text).map_err(unexpected)
    } else {
        Ok(AccessKey::mrz_information(text))
    }
}

/// A DG2 of exactly the wanted size: the picture gets a comment segment of the missing length.
fn portrait(picture: &[u8]) -> Result<Vec<u8>, Failure> {
    let start: &[u8] = &[0xFF, 0xD8];
    let rest = picture.strip_prefix(start).ok_or_else(|| unexpected("no JPEG"))?;
    // A drawn portrait may be larger than wanted: its end is cut, nobody looks at it here.
    let rest = rest.get(..DG2_BYTES - 2_000).unwrap_or(rest);
    let build = |filler: usize| {
        let length = u16::try_from(filler + 2).map_err(unexpected)?.to_be_bytes();
        let commented = [start, &[0xFF, 0xFE], &length, &vec![b'.'; filler], rest].concat();
        let face = FaceImage::from_picture(commented).map_err(unexpected)?;
        Ok(Dg2::build(&[face]).map_err(unexpected)?.as_bytes().to_vec())
    };
    let bare: Vec<u8> = build(0)?;
    build(DG2_BYTES.saturating_sub(bare.len()))
}

/// An EF.SOD of about the wanted size: the document signer gets a name of the missing length.
fn sod(files: &[(ElementaryFile, Vec<u8>)]) -> Result<Vec<u8>, Failure> {
    let at = antin::now();
    let pki = DemoPki::generate("UT", at, &DemoOptions::default(), &mut SystemRng).map_err(unexpected)?;
    let groups: Vec<(u8, &[u8])> = files
        .iter()
        .filter_map(|(file, bytes)| Some((file.number()?, bytes.as_slice())))
        .collect();
    let sign = |name: usize| {
        let options = DsOptions::new(&"N".repeat(name), at.plus_days(-1));
        let (key, form) = (pki.ds_key.public(), pki.options.form);
        let ds = create_document_signer(
            &options,
            &VerifyingKey::ec(key, form),
            &pki.csca,
            &pki.csca_signer(),
            &mut SystemRng,
        )
        .map_err(unexpected)?;
        antin::trust::sod::sign(&groups, Hash::Sha256, &pki.ds_signer(), &ds, at).map_err(unexpected)
    };
    let bare = sign(1)?;
    sign(1 + SOD_BYTES.saturating_sub(bare.len()))
}
