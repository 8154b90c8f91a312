//! The cards of the cases: a demo citizen's, issued by the real code, the same in every run.

use std::collections::HashMap;
use std::sync::Arc;

use antin::lds::{Date, Dg1, LdsSecurityObject};
use antin::perso::encode::card_security_infos;
use antin::perso::{self, demo};
use antin::profile::patch::{Applied, ContentChange, Edit, Patch};
use antin::trust::card_security;
use antin::trust::sod::SodSigner;
use antin::{
    CardState, Chip, Door, ElementaryFile, KeySet, MemoryJournal, Patience, Profile, SoftCard, UnixTime,
};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;
use toml::{Table, Value};

use crate::card;
use crate::case::{Content, NamedBy, Run};
use crate::error::Error;
use crate::issuer::{Issuer, Signing, hash};
use crate::sod;

/// The first ordinary citizen; those before are the hard cases of names.
const ORDINARY: usize = 20;

/// Where every card is issued and read: a day on which all certificates are valid.
const TODAY: (i32, u8, u8) = (2026, 1, 15);

/// One issued card with what opens it and what it is believed by.
#[derive(Clone)]
pub(crate) struct Issued {
    pub state: CardState,
    pub profile: Profile,
    pub keys: KeySet,
    pub issuer: Arc<Issuer>,
    /// The zone that is printed on the card, which is that of DG1 before its fault.
    pub page: Option<String>,
    pub at: UnixTime,
}

impl Issued {
    /// The card with a chip whose randomness is the same in every run.
    pub(crate) fn soft_card(&self, seed: u64) -> SoftCard {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        SoftCard::from_chip(Chip::from_state(self.state.clone(), Box::new(rng))).patience(Patience::Skip)
    }

    /// The CAN, where the card has one.
    pub(crate) fn can(&self) -> Option<&str> {
        self.keys
            .can
            .as_ref()
            .and_then(|can| std::str::from_utf8(can.expose()).ok())
    }

    /// The MRZ information.
    pub(crate) fn mrz_information(&self) -> String {
        String::from_utf8_lossy(self.keys.mrz_information.expose()).into_owned()
    }
}

/// Which pieces of a case make the card.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Making {
    /// All of them.
    Whole,
    /// Without the fault.
    Base,
}

/// Makes cards, each once.
pub(crate) struct Stage {
    made: HashMap<String, Issued>,
    citizens: HashMap<usize, demo::DemoCitizen>,
    usual: Option<Arc<Issuer>>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self {
            made: HashMap::new(),
            citizens: HashMap::new(),
            usual: None,
        }
    }

    /// The card of a run; `more` is laid over everything else.
    pub(crate) fn card(&mut self, run: &Run, making: Making, more: Option<&Table>) -> Result<Issued, Error> {
        let source = &run.source;
        let mut pieces: Vec<&Table> = run.card.iter().collect();
        pieces.push(&source.profile);
        if making == Making::Whole {
            pieces.push(&source.wrong_profile);
        }
        pieces.extend(more);
        let profile = card::profile(pieces)?;
        let mut content = vec![&source.content];
        if making == Making::Whole {
            content.push(&source.wrong_content);
        }
        let key = format!("{}{content:?}", profile.text());
        if let Some(issued) = self.made.get(&key) {
            return Ok(issued.clone());
        }
        let issued = self.issue(profile, &content)?;
        self.made.insert(key, issued.clone());
        Ok(issued)
    }

    fn issue(&mut self, profile: Profile, content: &[&Content]) -> Result<Issued, Error> {
        let at = today();
        let issuer = match content.iter().rev().find_map(|one| one.signing.as_ref()) {
            None => self.usual()?,
            Some(signing) => Arc::new(Issuer::new(signing, at)?),
        };
        let citizen = self.citizen(
            content
                .iter()
                .rev()
                .find_map(|one| one.citizen)
                .unwrap_or(ORDINARY),
        );
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait))
            .map_err(|problems| Error::Card(format!("{problems:?}")))?;
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let keys = KeySet::generate(&profile, &record, &mut rng).map_err(failed)?;
        let mut files = perso::data_groups(&record, &profile, &keys).map_err(failed)?;
        let signer = SodSigner::new(issuer.signer(), &issuer.ds, profile.sod.hash).map_err(failed)?;
        let has_card_security = files
            .iter()
            .any(|(file, _)| *file == ElementaryFile::CardSecurity);
        if let Some(infos) = card_security_infos(&profile, &keys).map_err(failed)?
            && !has_card_security
        {
            let mut signed = card_security::sign(&infos, &signer, at).map_err(failed)?;
            for one in content {
                let edits = edits(&one.card_security)?;
                sod::sign_card_security_again(&mut signed, edits, &issuer, profile.sod.hash)?;
            }
            files.push((ElementaryFile::CardSecurity, signed));
        }
        let mut page = None;
        for one in content {
            change(&mut files, one)?;
            page = page.or_else(|| printed(&files));
        }
        let groups: Vec<(u8, &[u8])> = files
            .iter()
            .filter_map(|(file, bytes)| Some((file.number()?, bytes.as_slice())))
            .collect();
        let mut sod = signer.sign(&groups, at).map_err(failed)?;
        for one in content {
            let mut changes = sod_changes(one)?;
            changes.other = other_list(one, &groups)?;
            sod::sign_again(&mut sod, &changes, &issuer, profile.sod.hash)?;
        }
        files.push((ElementaryFile::Sod, sod));
        let plan = perso::plan(&profile, &files, &keys).map_err(failed)?;
        let chip = Chip::development_blank(&profile, *b"ANTIN-01", Box::new(ChaCha8Rng::seed_from_u64(3)));
        let mut card = SoftCard::from_chip(chip).patience(Patience::Skip);
        let mut journal = MemoryJournal::new();
        perso::run(&mut card, &plan, &Door::Open, &mut journal, &mut |_| {}, &mut rng).map_err(failed)?;
        Ok(Issued {
            state: card.into_state(),
            profile,
            keys,
            issuer,
            page,
            at,
        })
    }

    fn usual(&mut self) -> Result<Arc<Issuer>, Error> {
        let issuer = match self.usual.take() {
            Some(issuer) => issuer,
            None => Arc::new(Issuer::new(&Signing::default(), today())?),
        };
        Ok(Arc::clone(self.usual.insert(issuer)))
    }

    fn citizen(&mut self, index: usize) -> demo::DemoCitizen {
        let (year, month, day) = TODAY;
        let issued = Date::new(u16::try_from(year).expect("this century"), month, day).expect("a real day");
        let make = || demo::citizen_issued(1, index, issued);
        self.citizens.entry(index).or_insert_with(make).clone()
    }
}

fn today() -> UnixTime {
    let (year, month, day) = TODAY;
    UnixTime::from_date(year, month, day).expect("a real day")
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Card(error.to_string())
}

/// Changes files before they are signed.
fn change(files: &mut Vec<(ElementaryFile, Vec<u8>)>, content: &Content) -> Result<(), Error> {
    let mut table = Table::new();
    table.insert("file".to_owned(), Value::Array(content.file.clone()));
    for change in patch(&table)?.files {
        let place = files.iter().position(|(file, _)| *file == change.file);
        match (place, change.change) {
            (Some(place), ContentChange::Remove) => drop(files.remove(place)),
            (None, ContentChange::Remove) => {}
            (place, ContentChange::Edit(edit)) => {
                let place = place.unwrap_or_else(|| {
                    files.insert(0, (change.file, Vec::new()));
                    0
                });
                let bytes = files.get_mut(place).map(|(_, bytes)| bytes);
                if bytes.is_none_or(|bytes| edit.apply(bytes) == Applied::NotFound) {
                    return Err(Error::Card(format!("{} has no place for the edit", change.file)));
                }
            }
        }
    }
    Ok(())
}

/// The zone in DG1.
fn printed(files: &[(ElementaryFile, Vec<u8>)]) -> Option<String> {
    let (_, dg1) = files.iter().find(|(file, _)| *file == ElementaryFile::DG1)?;
    Some(Dg1::parse(dg1).ok()?.text().to_owned())
}

/// The list of the data groups under another hash than that of the signer, where the case wants one.
fn other_list(content: &Content, groups: &[(u8, &[u8])]) -> Result<Option<Vec<u8>>, Error> {
    let Some(name) = &content.list_hash else {
        return Ok(None);
    };
    let hash = hash(name)?;
    let hashes: Vec<(u8, Vec<u8>)> = groups
        .iter()
        .map(|(number, bytes)| (*number, hash.digest(bytes)))
        .collect();
    let list = LdsSecurityObject::build(hash.oid(), &hashes, None).map_err(failed)?;
    Ok(Some(list.as_bytes().to_vec()))
}

fn sod_changes(content: &Content) -> Result<sod::Changes, Error> {
    Ok(sod::Changes {
        other: None,
        plain: content.plain.as_deref().map(hash).transpose()?,
        named_by_key: content.named_by == NamedBy::KeyIdentifier,
        list: edits(&content.list)?,
        attributes: edits(&content.attributes)?,
        signer: edits(&content.signer)?,
    })
}

/// Edits, spelled as for a file in a patch.
fn edits(value: &Option<Value>) -> Result<Vec<Edit>, Error> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let change = Table::from_iter([
        ("name".to_owned(), "EF.SOD".into()),
        ("edit".to_owned(), value.clone()),
    ]);
    let table = Table::from_iter([("file".to_owned(), Value::Array(vec![change.into()]))]);
    let edits = patch(&table)?
        .files
        .into_iter()
        .filter_map(|file| match file.change {
            ContentChange::Edit(edit) => Some(edit),
            ContentChange::Remove => None,
        });
    Ok(edits.collect())
}

/// Reads a patch that lies in a case, without schema and name.
pub(crate) fn patch(body: &Table) -> Result<Patch, Error> {
    // Unmutated: a patch in which nothing goes wrong is refused as a slip.
    let is_empty = |list: &toml::Value| list.as_array().is_some_and(Vec::is_empty);
    if body.values().all(is_empty) {
        return Ok(Patch::default());
    }
    let mut table = body.clone();
    table.insert("schema".to_owned(), "antin.patch/1".into());
    table.insert("name".to_owned(), "case".into());
    let text = toml::to_string(&table).map_err(|error| Error::Card(error.to_string()))?;
    Patch::parse(&text, "patch of the case").map_err(|error| Error::Card(error.to_string()))
}
