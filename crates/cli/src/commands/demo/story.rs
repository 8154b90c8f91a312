//! The first part: who is in the play, the card is issued, an outsider reads and verifies it.

use std::path::Path;
use std::time::Instant;

use antin::Door;
use antin::perso::demo::{DemoCitizen, citizen_issued};
use antin::scp03::KeySet;
use antin::store::{Access, write_atomically, write_demo_pki};
use antin::transport::Counter;
use antin::{
    CardImage, CardState, CitizenRecord, DemoOptions, DemoPki, Document, Files, MemoryJournal, OpenCard,
    Opening, Policy, Profile, Report, SoftCard, SystemRng, TrustStore,
};

use super::Step;
use super::stage::Stage;
use crate::failure::{Failure, Id};
use crate::i18n::{Lang, Texts};

/// How many citizens the seed chooses from: all the hard cases are among them.
const CAST_SIZE: usize = 24;

/// Everyone and everything that the demo needs before a card is touched.
pub struct Cast {
    /// What the card is.
    pub profile: Profile,
    /// The country's keys.
    pub pki: DemoPki,
    /// The citizen.
    pub citizen: DemoCitizen,
    /// The citizen's checked record.
    pub record: CitizenRecord,
    /// Another citizen, for swapped portraits.
    pub stranger: CitizenRecord,
    /// What the card will hold.
    pub image: CardImage,
    /// What the verifier trusts.
    pub trust: TrustStore,
}

/// The figures of a step, by their names in `demo-did-NAME`.
type Did = Vec<(&'static str, String)>;

/// Measures one step.
fn timed<T>(
    name: &str,
    tell: &mut impl FnMut(Step),
    work: impl FnOnce() -> Result<(T, Did), Failure>,
) -> Result<T, Failure> {
    let started = Instant::now();
    let (value, figures) = work()?;
    let mut step = Step {
        name: name.to_owned(),
        detail: String::new(),
        ms: started.elapsed().as_secs_f64() * 1000.0,
        figures,
    };
    step.detail = step.told(&Texts::new(Lang::En));
    tell(step);
    Ok(value)
}

impl Cast {
    /// Makes keys, a citizen and the card's content.
    pub fn assemble(seed: u64, tell: &mut impl FnMut(Step)) -> Result<Self, Failure> {
        let profile = Profile::builtin("vn-cccd-2021").ok_or_else(|| Failure::new(Id::X001))?;
        let at = antin::now();
        let pki = timed("pki", tell, || {
            let pki =
                DemoPki::generate("VN", at, &DemoOptions::default(), &mut SystemRng).map_err(unexpected)?;
            Ok((pki, Vec::new()))
        })?;
        let (citizen, record, stranger) = timed("person", tell, || {
            let place = usize::try_from(seed % CAST_SIZE as u64).unwrap_or(0);
            let today = crate::today::today();
            let citizen = citizen_issued(seed, place, today);
            let stranger = checked(&citizen_issued(seed, (place + 1) % CAST_SIZE, today), &profile)?;
            let record = checked(&citizen, &profile)?;
            let did = vec![
                ("person", record.full_name().to_string()),
                ("number", record.number().unwrap_or_default().to_string()),
            ];
            Ok(((citizen, record, stranger), did))
        })?;
        let image = timed("image", tell, || {
            let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at)?;
            let bytes: usize = image.files().iter().map(|(_, bytes)| bytes.len()).sum();
            let files = image.files().len().to_string();
            Ok((image, vec![("files", files), ("bytes", bytes.to_string())]))
        })?;
        let trust = TrustStore::from_certificates([pki.csca.clone()]).map_err(unexpected)?;
        Ok(Self {
            profile,
            pki,
            citizen,
            record,
            stranger,
            image,
            trust,
        })
    }
}

/// A demo citizen's record, checked like any other.
pub fn checked(citizen: &DemoCitizen, profile: &Profile) -> Result<CitizenRecord, Failure> {
    citizen
        .record
        .check(profile, Some(citizen.portrait.clone()))
        .map_err(unexpected)
}

/// Writes the card and reads it back; returns its state.
pub fn issue(cast: &Cast, stage: &Stage, tell: &mut impl FnMut(Step)) -> Result<CardState, Failure> {
    let keys = KeySet::dangerous_test_keys();
    stage.lay_down(SoftCard::blank(&cast.profile, keys.clone()));
    timed("write", tell, || {
        let mut link = Counter::new(stage.connect()?);
        let mut journal = MemoryJournal::new();
        let issued = antin::issue(
            &mut link,
            &cast.image,
            &cast.trust,
            antin::now(),
            &Door::Scp03(&keys),
            &mut journal,
            &mut |_| {},
        )?;
        let read_back = issued.report.apdus.unwrap_or_default();
        let apdus = link.apdus().saturating_sub(read_back);
        Ok(((), vec![("apdus", apdus.to_string())]))
    })?;
    Ok(stage
        .lay_down(SoftCard::development_blank(&cast.profile))
        .into_state())
}

/// Reads a card as an outsider who knows its CAN.
pub fn read(cast: &Cast, state: &CardState, stage: &Stage) -> Result<Document, Failure> {
    stage.lay_down(SoftCard::from_state(state.clone()));
    let opening = Opening::new().clock(antin::stopwatch());
    let mut card = OpenCard::open_with(stage.connect()?, &cast.image.access_key(), opening)?;
    Ok(card.read(Files::PUBLIC)?)
}

/// Reads and verifies the genuine card.
pub fn verify(
    cast: &Cast,
    state: &CardState,
    stage: &Stage,
    tell: &mut impl FnMut(Step),
) -> Result<Report, Failure> {
    let document = timed("read", tell, || {
        let document = read(cast, state, stage)?;
        let bytes: usize = document
            .files()
            .iter()
            .filter_map(|(file, _)| document.file(file))
            .map(<[u8]>::len)
            .sum();
        Ok((document, vec![("bytes", bytes.to_string())]))
    })?;
    timed("verify", tell, || {
        let report = document.verify(&cast.trust, &Policy::COUNTER, antin::now());
        let verdict = report.verdict.as_str().to_owned();
        Ok((report, vec![("verdict", verdict)]))
    })
}

/// Keeps what the demo made, for the commands that work with files.
pub fn keep(cast: &Cast, card: &CardState, folder: &Path) -> Result<(), Failure> {
    write_demo_pki(folder, &cast.pki)?;
    let name = |ending: &str| folder.join(format!("{}.{ending}", cast.citizen.slug));
    write_atomically(&name("jpg"), &cast.citizen.portrait, Access::Shared)?;
    write_atomically(
        &name("json"),
        cast.citizen.record.to_json().as_bytes(),
        Access::Owner,
    )?;
    write_atomically(&name("chip"), &card.to_bytes(), Access::Owner)?;
    Ok(())
}

/// A failure that only a fault of ours can cause.
pub fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::new(Id::X001).fact("detail", error)
}
