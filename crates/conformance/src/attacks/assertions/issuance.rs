//! What becomes of cards, keys and signatures when something goes wrong at the station that issues.

use std::sync::atomic::{AtomicUsize, Ordering};

use antin::crypto::{SecretBytes, SignatureAlgorithm, Signer, SoftSigner, VerifyingKey};
use antin::perso::run::{Advice, Cause};
use antin::perso::{Plan, RunError, demo, run};
use antin::protocol::personalization::iso7816_9::{ActiveKey, LifeCycle};
use antin::store::FileJournal;
use antin::transport::{Bodies, Tracer};
use antin::{
    CardImage, Chip, CitizenRecord, DemoOptions, DemoPki, Door, ElementaryFile, Error as AntinError, Journal,
    KeySet, LinkError, MemoryJournal, Patience, Profile, Receipt, SoftCard, Transport, UnixTime,
};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::{Scene, demand, text};
use crate::attacks::place::Place;

/// What the station issues with, and for whom.
struct Station {
    profile: Profile,
    record: CitizenRecord,
    pki: DemoPki,
    at: UnixTime,
}

impl Station {
    fn new(scene: &Scene<'_>) -> Result<Self, String> {
        let at = scene.usual_day().map_err(text)?;
        let profile = Profile::builtin("icao-passport").ok_or("no profile of a passport")?;
        let citizen = demo::citizens(1, 1).into_iter().next().ok_or("no citizen")?;
        let record = citizen.record.check(&profile, Some(citizen.portrait));
        Ok(Self {
            record: record.map_err(|problems| format!("{problems:?}"))?,
            pki: DemoPki::generate("UT", at, &DemoOptions::default(), &mut chance(1)).map_err(text)?,
            profile,
            at,
        })
    }

    /// What a card of this profile will hold.
    fn image(&self, profile: &Profile, signer: &dyn Signer) -> Result<CardImage, AntinError> {
        let keys = KeySet::generate(profile, &self.record, &mut chance(2))?;
        CardImage::with_keys(profile, &self.record, keys, signer, &self.pki.ds, self.at)
    }
}

fn chance(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn blank(profile: &Profile, serial: &[u8; 8]) -> SoftCard {
    let chip = Chip::development_blank(profile, *serial, Box::new(chance(3)));
    SoftCard::from_chip(chip).patience(Patience::Skip)
}

/// A card whose power goes at one command, before or after the chip has acted.
struct Torn<'c> {
    card: &'c mut SoftCard,
    at: usize,
    acts: bool,
    seen: usize,
}

impl Transport for Torn<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let number = self.seen;
        self.seen += 1;
        if number < self.at {
            return self.card.transmit(command);
        }
        if number == self.at && self.acts {
            self.card.transmit(command)?;
        }
        Err(LinkError::CardLost)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        Err(LinkError::CardLost)
    }
}

fn write(
    card: &mut dyn Transport,
    plan: &Plan,
    journal: &mut dyn Journal,
    told: &mut dyn FnMut(String),
) -> Result<Receipt, RunError> {
    let mut on_event = |event: run::Event| told(format!("{event:?}"));
    run::run(card, plan, &Door::Open, journal, &mut on_event, &mut chance(4))
}

/// ISS-05: the power goes at every command. The same card under the same journal is finished once, or given up; no other
/// card is finished under that journal, and a finished one is not written again.
pub(super) fn one_card(scene: &Scene<'_>) -> Result<(), String> {
    let station = Station::new(scene)?;
    let profile = &station.profile;
    let image = station.image(profile, &station.pki.ds_signer()).map_err(text)?;
    let plan = image.plan().map_err(text)?;
    let mut whole = Torn {
        card: &mut blank(profile, b"ANTIN-05"),
        at: usize::MAX,
        acts: true,
        seen: 0,
    };
    write(&mut whole, &plan, &mut MemoryJournal::new(), &mut |_| {}).map_err(text)?;
    let commands = whole.seen;
    demand(commands > 20, || format!("an issuance has {commands} commands"))?;
    for at in 0..commands {
        for acts in [false, true] {
            torn(profile, &image, &plan, at, acts)
                .map_err(|problem| format!("the power goes at command {at}, acted {acts}: {problem}"))?;
        }
    }
    Ok(())
}

fn torn(profile: &Profile, image: &CardImage, plan: &Plan, at: usize, acts: bool) -> Result<(), String> {
    let mut journal = MemoryJournal::new();
    let mut card = blank(profile, b"ANTIN-05");
    let mut cut = Torn {
        card: &mut card,
        at,
        acts,
        seen: 0,
    };
    let broken = write(&mut cut, plan, &mut journal, &mut |_| {});
    demand(broken.is_err(), || "the run says that it is over".to_owned())?;
    card.reset();
    if !journal.entries().map_err(text)?.is_empty() {
        let mut other = blank(profile, b"ANTIN-06");
        no_second_card(&mut other, plan, &mut journal)?;
    }
    match write(&mut card, plan, &mut journal, &mut |_| {}) {
        Ok(_) => {}
        Err(error) if error.advice == Advice::Destroy => {
            return demand(card.state().life_cycle() != LifeCycle::Operational, || {
                "a finished card is to be destroyed".to_owned()
            });
        }
        Err(error) => return Err(format!("the same again: {error}")),
    }
    let written = |(file, bytes): &(ElementaryFile, Vec<u8>)| card.state().file(*file) == Some(bytes);
    demand(image.files().iter().all(written), || {
        "the finished card holds something else".to_owned()
    })?;
    // A finished card is finished: nothing of it is written again, and no other one joins it.
    let before = card.state().to_bytes();
    card.reset();
    write(&mut card, plan, &mut journal, &mut |_| {}).map_err(text)?;
    demand(card.state().to_bytes() == before, || {
        "a finished card was written again".to_owned()
    })?;
    no_second_card(&mut blank(profile, b"ANTIN-06"), plan, &mut journal)?;
    card.reset();
    match write(&mut card, plan, &mut MemoryJournal::new(), &mut |_| {}) {
        Err(RunError {
            cause: Cause::AlreadyOperational,
            ..
        }) => Ok(()),
        other => Err(format!("a finished card under a new journal: {other:?}")),
    }
}

fn no_second_card(other: &mut SoftCard, plan: &Plan, journal: &mut dyn Journal) -> Result<(), String> {
    let refused = write(other, plan, journal, &mut |_| {});
    let named = matches!(&refused, Err(error) if matches!(error.cause, Cause::OtherCard { .. }));
    demand(named, || format!("another card under this journal: {refused:?}"))?;
    demand(other.state().files().next().is_none(), || {
        "something was written to another card".to_owned()
    })
}

/// ISS-08: of the keys that a card is given, nothing stays in journal, log, trace, receipt or error.
pub(super) fn keys_leave_no_trace(scene: &Scene<'_>) -> Result<(), String> {
    let station = Station::new(scene)?;
    let profile = &station.profile;
    let image = station.image(profile, &station.pki.ds_signer()).map_err(text)?;
    let plan = image.plan().map_err(text)?;
    let keys = private_keys(image.keys())?;
    let place = Place::new()?;
    let path = place.folder().join("card.journal");
    let mut said = vec![
        format!("{image:?}"),
        format!("{plan:?}"),
        format!("{:?}", image.keys()),
    ];
    let mut card = blank(profile, b"ANTIN-08");
    for cut in [20, usize::MAX] {
        let mut journal = FileJournal::open(&path).map_err(text)?;
        said.extend(traced(&mut card, &plan, &mut journal, Bodies::Hidden, cut));
        card.reset();
    }
    demand(card.state().life_cycle() == LifeCycle::Operational, || {
        "the card was not finished".to_owned()
    })?;
    // That the search would find a key that somebody shows.
    let mut spare = blank(profile, b"ANTIN-08");
    let shown = traced(
        &mut spare,
        &plan,
        &mut MemoryJournal::new(),
        Bodies::Shown,
        usize::MAX,
    );
    for line in &said {
        let leak = keys.iter().any(|key| holds(line.as_bytes(), key));
        demand(!leak, || "a private key is printed".to_owned())?;
    }
    for file in place.files()? {
        let bytes = std::fs::read(&file).map_err(text)?;
        let leak = keys.iter().any(|key| holds(&bytes, key));
        demand(!leak, || format!("a private key stands in {}", file.display()))?;
    }
    let found = |key: &SecretBytes| shown.iter().any(|line| holds(line.as_bytes(), key));
    demand(keys.iter().all(found), || {
        "a trace with every byte shows no key: the search is blind".to_owned()
    })
}

/// Everything that is said while a card is written, up to the command at which its power goes.
fn traced(
    card: &mut SoftCard,
    plan: &Plan,
    journal: &mut dyn Journal,
    bodies: Bodies,
    cut: usize,
) -> Vec<String> {
    let mut trace = Vec::new();
    let mut events = Vec::new();
    let torn = Torn {
        card,
        at: cut,
        acts: false,
        seen: 0,
    };
    let mut traced = Tracer::new(torn, bodies, |line: &str| trace.push(line.to_owned()));
    let ended = write(&mut traced, plan, journal, &mut |event| events.push(event));
    let words = ended.as_ref().err().map(ToString::to_string);
    trace.extend(events);
    trace.push(format!("{ended:?}"));
    trace.extend(words);
    trace
}

fn private_keys(keys: &KeySet) -> Result<Vec<SecretBytes>, String> {
    let mut found: Vec<SecretBytes> = keys
        .chip_authentication
        .iter()
        .map(antin::crypto::agreement::PrivateKey::to_be_bytes)
        .collect();
    match &keys.active_authentication {
        Some(ActiveKey::Ec(key)) => found.push(key.to_be_bytes()),
        Some(ActiveKey::Rsa(_)) | None => return Err("the card has no key on a curve".to_owned()),
    }
    demand(found.len() == 2, || format!("{} keys", found.len()))?;
    Ok(found)
}

/// Whether the key stands there: as it is, in hex with or without spaces, as a list of numbers.
fn holds(text: &[u8], key: &SecretBytes) -> bool {
    let key = key.expose();
    let contains = |text: &[u8], part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let lower: Vec<u8> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect();
    let numbers: Vec<String> = key.iter().map(u8::to_string).collect();
    contains(text, key)
        || contains(&lower, hex::encode(key).as_bytes())
        || contains(&lower, numbers.join(",").as_bytes())
}

/// A signer that counts how often it is asked.
struct Counted {
    signer: SoftSigner,
    asked: AtomicUsize,
}

impl Signer for Counted {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    fn public_key(&self) -> &VerifyingKey {
        self.signer.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, antin::crypto::Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.signer.sign(message)
    }
}

/// ISS-11: files that break the standard are not signed, wherever they come from.
pub(super) fn lint_before_signing(scene: &Scene<'_>) -> Result<(), String> {
    let station = Station::new(scene)?;
    let base = &station.profile;
    let signer = Counted {
        signer: station.pki.ds_signer(),
        asked: AtomicUsize::new(0),
    };
    let honest = station.image(base, &signer).map_err(text)?;
    demand(signer.asked.swap(0, Ordering::Relaxed) == 1, || {
        "an honest card is not signed once".to_owned()
    })?;
    let file = |file: ElementaryFile| -> Result<Vec<u8>, String> {
        let found = honest.files().iter().find(|(known, _)| *known == file);
        Ok(found.ok_or_else(|| format!("no {file}"))?.1.clone())
    };
    // What a profile states itself is taken as it is, and signed where it is right.
    let stated = |name: ElementaryFile, bytes: &[u8]| -> Result<Result<CardImage, AntinError>, String> {
        let change = format!(
            "[[file]]\nname = \"{name}\"\ncontent = \"{}\"\n",
            hex::encode(bytes)
        );
        let profile = Profile::with_overrides(base, &change).map_err(text)?;
        Ok(station.image(&profile, &signer))
    };
    let (dg1, dg2) = (file(ElementaryFile::DG1)?, file(ElementaryFile::DG2)?);
    for (name, bytes) in [(ElementaryFile::DG1, &dg1), (ElementaryFile::DG2, &dg2)] {
        stated(name, bytes)?.map_err(|error| format!("{name} as it should be: {error}"))?;
    }
    demand(signer.asked.swap(0, Ordering::Relaxed) == 2, || {
        "what is right is not signed".to_owned()
    })?;
    let mut digit = dg1.clone();
    let last = digit.last_mut().ok_or("an empty DG1")?;
    *last = if *last == b'0' { b'1' } else { b'0' };
    // CBEFF: 02 is a face, 08 are fingers.
    let mut fingers = dg2.clone();
    let at = fingers.windows(3).position(|part| part == [0x81, 0x01, 0x02]);
    let kind = at.and_then(|at| fingers.get_mut(at + 2));
    *kind.ok_or("DG2 names no type")? = 0x08;
    let mut many = dg2.clone();
    let at = many.windows(3).position(|part| part == [0x02, 0x01, 0x01]);
    *at.and_then(|at| many.get_mut(at + 2))
        .ok_or("DG2 names no number of faces")? = 2;
    for (name, bytes, what) in [
        (ElementaryFile::DG1, &digit, "a wrong check digit"),
        (ElementaryFile::DG2, &fingers, "fingers in the place of a face"),
        (ElementaryFile::DG2, &many, "two faces, and one there"),
    ] {
        match stated(name, bytes)? {
            Err(AntinError::UnfitToSign { .. }) => {}
            Err(other) => return Err(format!("{what}: {other}")),
            Ok(_) => return Err(format!("{what} is signed")),
        }
    }
    demand(signer.asked.load(Ordering::Relaxed) == 0, || {
        "the signer was asked all the same".to_owned()
    })
}
