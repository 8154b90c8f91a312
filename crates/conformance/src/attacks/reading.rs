//! Reads a card of a case with the real reader, and believes it or not with the real verifier.

use std::collections::HashMap;

use antin::chip::faulty::Heard;
use antin::crypto::CryptoRng;
use antin::reader::Error as ReadError;
use antin::trust::crl::CertificateList;
use antin::trust::cv::{CvCertificate, CvSigner, Date, TaAlgorithm};
use antin::trust::store::{Documents, Effect, Exception, SignerRef};
use antin::trust::{BacFallback, Page, Policy};
use antin::wire::oids;
use antin::{
    AccessKey, CardState, Certificate, CheckId, Chip, Document, ElementaryFile, FileState, Files, Opening,
    Patience, Report, SoftCard, SystemRng, TerminalKeys, TrustStore, UnixTime, access_policy,
};
use chacha20::ChaCha8Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};

use super::case::{OwnedUp, Reading, Trust};
use crate::error::Error;
use crate::stage::patch;

/// Name and text of every card of `test-vectors/attacks/cards`.
const CARDS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/attack_cards.rs"));

/// What the station knows unless a case says otherwise.
const STATION: &str = include_str!("../../../../test-vectors/attacks/station.toml");

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Station {
    /// The day of every reading.
    day: String,
    /// The CSCA certificates that are trusted.
    anchors: Vec<super::case::Bytes>,
    /// What opens each card.
    keys: HashMap<String, Password>,
    /// The terminal that each card with Terminal Authentication believes.
    terminals: HashMap<String, Terminal>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Terminal {
    algorithm: String,
    certificates: Vec<super::case::Bytes>,
    key: super::case::Bytes,
}

#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    can: Option<String>,
    mrz: String,
}

/// What came of a reading.
pub(crate) struct Seen {
    pub outcome: Result<Report, ReadError>,
    pub heard: Vec<Heard>,
}

/// The cards and what the station knows.
pub(crate) struct Stage {
    station: Station,
    cards: HashMap<&'static str, CardState>,
}

impl Stage {
    pub(crate) fn new() -> Result<Self, Error> {
        let station = toml::from_str(STATION).map_err(|error| unfit("station.toml", error))?;
        let card = |(path, text): &(&'static str, &'static str)| {
            let state = CardState::from_bytes(text.as_bytes()).map_err(|error| unfit(path, error))?;
            Ok((path.strip_suffix(".chip").unwrap_or(path), state))
        };
        Ok(Self {
            station,
            cards: CARDS.iter().map(card).collect::<Result<_, Error>>()?,
        })
    }

    /// Reads the card of a case.
    pub(crate) fn read(&self, reading: &Reading) -> Result<Seen, Error> {
        self.read_as(reading, reading)
    }

    /// Reads a card in the way of another reading: with its policy, as its terminal.
    pub(crate) fn read_as(&self, reading: &Reading, way: &Reading) -> Result<Seen, Error> {
        let mut card = self.card(reading)?;
        card.faulty_mut().listen();
        let fault = patch(&reading.patch)?;
        if !reading.patch.is_empty() {
            card.misbehave(&fault);
        }
        let policy = policy(way)?;
        let opening = Opening::new().policy(access_policy(&policy));
        let everything = if way.terminal { Files::ALL } else { Files::PUBLIC };
        let wanted = reading.read.as_deref().map_or(everything, Files::listed);
        let opening = match way.terminal {
            true => opening.terminal(self.terminal(&reading.card)?),
            false => opening,
        };
        let store = self.trust(&reading.trust)?;
        let at = self.day(reading.day.as_ref())?;
        let key = self.key(reading)?;
        let chance: Box<dyn CryptoRng + Send> = match &reading.reader_draws {
            Some(byte) => Box::new(Fixed(
                *byte.0.first().ok_or_else(|| unfit("reader-draws", "no byte"))?,
            )),
            None => Box::new(SystemRng),
        };
        let outcome = opening
            .open(&mut card, &key, chance)
            .and_then(|mut open| open.read(wanted));
        let outcome = match outcome {
            Ok(document) => Ok(kept(&document, reading)?.verify(&store, &policy, at)),
            Err(error) => Err(error),
        };
        Ok(Seen {
            outcome,
            heard: card.faulty_mut().heard().to_vec(),
        })
    }

    /// The card of that name as it was issued.
    pub(crate) fn issued(&self, name: &str) -> Result<SoftCard, Error> {
        self.issued_with(name, 20)
    }

    /// The same, drawing other random numbers.
    pub(crate) fn issued_with(&self, name: &str, seed: u64) -> Result<SoftCard, Error> {
        let state = self
            .cards
            .get(name)
            .ok_or_else(|| unfit(name, "there is no such card"))?
            .clone();
        let chance = ChaCha8Rng::seed_from_u64(seed);
        Ok(SoftCard::from_chip(Chip::from_state(state, Box::new(chance))).patience(Patience::Skip))
    }

    fn opens(&self, card: &str) -> Result<&Password, Error> {
        self.station
            .keys
            .get(card)
            .ok_or_else(|| unfit(card, "nothing opens it"))
    }

    /// What usually opens the card of that name.
    pub(crate) fn password(&self, card: &str) -> Result<AccessKey, Error> {
        let password = self.opens(card)?;
        match &password.can {
            Some(can) => AccessKey::can(can).map_err(|error| unfit(can, error)),
            None => Ok(AccessKey::mrz_information(&password.mrz)),
        }
    }

    /// The CAN of the card of that name.
    pub(crate) fn can(&self, card: &str) -> Result<String, Error> {
        self.opens(card)?
            .can
            .clone()
            .ok_or_else(|| unfit(card, "no access number"))
    }

    /// The MRZ information of the card of that name.
    pub(crate) fn mrz(&self, card: &str) -> Result<String, Error> {
        Ok(self.opens(card)?.mrz.clone())
    }

    /// The usual store.
    pub(crate) fn usual_trust(&self) -> Result<TrustStore, Error> {
        self.trust(&Trust::default())
    }

    /// The usual day.
    pub(crate) fn usual_day(&self) -> Result<UnixTime, Error> {
        self.day(None)
    }

    fn card(&self, reading: &Reading) -> Result<SoftCard, Error> {
        let known = self.cards.get(reading.card.as_str());
        let mut state = known
            .ok_or_else(|| unfit(&reading.card, "there is no such card"))?
            .clone();
        for name in &reading.remove {
            state.dangerous_remove_file(file(name)?);
        }
        for (name, bytes) in &reading.files {
            state.dangerous_set_file(file(name)?, bytes.0.clone());
        }
        let chance = ChaCha8Rng::seed_from_u64(20);
        Ok(SoftCard::from_chip(Chip::from_state(state, Box::new(chance))).patience(Patience::Skip))
    }

    fn trust(&self, trust: &Trust) -> Result<TrustStore, Error> {
        let parse = |der: &[u8]| Certificate::parse(der).map_err(|error| unfit("a certificate", error));
        let anchors = trust.anchors.as_deref().unwrap_or(&self.station.anchors);
        let anchors = anchors
            .iter()
            .map(|der| parse(&der.0))
            .collect::<Result<Vec<_>, _>>()?;
        let mut store = TrustStore::from_certificates(anchors).map_err(|error| unfit("an anchor", error))?;
        for der in &trust.distrusted {
            store.distrust(parse(&der.0)?.fingerprint());
        }
        for der in &trust.tests {
            store
                .add_test("specimens", parse(&der.0)?)
                .map_err(|error| unfit("an anchor", error))?;
        }
        for der in &trust.crls {
            let list = CertificateList::parse(&der.0).map_err(|error| unfit("a revocation list", error))?;
            store.add_crl(list);
        }
        for owned_up in &trust.exceptions {
            let exception = exception(owned_up)?;
            store
                .add_exception(exception)
                .map_err(|error| unfit("an exception", error))?;
        }
        Ok(store)
    }

    fn day(&self, day: Option<&String>) -> Result<UnixTime, Error> {
        let day = day.unwrap_or(&self.station.day);
        UnixTime::parse(&format!("{day}T12:00:00Z")).ok_or_else(|| unfit(day, "no day"))
    }

    fn terminal(&self, card: &str) -> Result<TerminalKeys, Error> {
        let known = self
            .station
            .terminals
            .get(card)
            .ok_or_else(|| unfit(card, "no terminal"))?;
        let algorithm = match known.algorithm.as_str() {
            "ecdsa-sha-256" => TaAlgorithm::from_oid(&oids::ID_TA_ECDSA_SHA_256),
            _ => None,
        };
        let algorithm = algorithm.ok_or_else(|| unfit(&known.algorithm, "no algorithm"))?;
        let parse = |bytes: &super::case::Bytes| CvCertificate::parse(&bytes.0);
        let certificates = known
            .certificates
            .iter()
            .map(parse)
            .collect::<Result<Vec<_>, _>>();
        let key = CvSigner::from_pkcs8_der(&known.key.0, algorithm).map_err(|error| unfit(card, error))?;
        let today = Date::from_time(self.usual_day()?).ok_or_else(|| unfit(card, "no day"))?;
        Ok(TerminalKeys::new(
            certificates.map_err(|error| unfit(card, error))?,
            vec![key],
            today,
        ))
    }

    fn key(&self, reading: &Reading) -> Result<AccessKey, Error> {
        match reading.key.as_deref() {
            None => self.password(&reading.card),
            Some("mrz") => Ok(AccessKey::mrz_information(&self.mrz(&reading.card)?)),
            Some(other) => Err(unfit(other, "no kind of key")),
        }
    }
}

fn exception(owned_up: &OwnedUp) -> Result<Exception, Error> {
    let named = |name: &String| check(name).ok_or_else(|| unfit(name, "no check"));
    let effect = match (&owned_up.tolerates, &owned_up.notes, owned_up.id_data) {
        (Some(name), None, false) => Effect::Tolerate {
            check: named(name)?,
            subject: None,
        },
        (None, Some(name), false) => Effect::Note { check: named(name)? },
        (None, None, true) => Effect::ContentTypeData,
        _ => return Err(unfit(&owned_up.source, "exactly one effect")),
    };
    let documents = Documents {
        country: owned_up.country.clone(),
        signer: Some(SignerRef::SubjectKey(owned_up.signer_key.0.clone())),
        ..Documents::default()
    };
    Ok(Exception {
        source: owned_up.source.clone(),
        documents,
        effect,
    })
}

/// The document as it was read, or as somebody kept it.
fn kept(document: &Document, reading: &Reading) -> Result<Document, Error> {
    let mut files = document.files().clone();
    for (name, bytes) in &reading.kept {
        files.insert(file(name)?, FileState::Read(bytes.0.clone()));
    }
    let mut kept = Document::from_parts(files, document.session().clone());
    if reading.page_mrz.is_some() || reading.page_qr.is_some() {
        kept = kept.with_page(Page {
            mrz: reading.page_mrz.clone(),
            qr: reading.page_qr.clone(),
        });
    }
    Ok(kept)
}

/// The policy of a reading: a built-in one, or rules of its own.
pub(crate) fn policy(reading: &Reading) -> Result<Policy, Error> {
    let mut policy = if reading.rules.is_empty() {
        let name = reading.policy.as_deref().unwrap_or("counter");
        Policy::by_name(name).ok_or_else(|| unfit(name, "no policy"))?
    } else {
        let mut rules = reading.rules.clone();
        rules.insert("schema".to_owned(), "antin.policy/1".into());
        rules.insert("name".to_owned(), "case".into());
        let text = toml::to_string(&rules).map_err(|error| unfit("rules", error))?;
        Policy::parse(&text).map_err(|error| unfit("rules", error))?
    };
    if reading.bac_fallback {
        policy.bac_fallback = BacFallback::Allowed;
    }
    Ok(policy)
}

/// The check of that name.
pub(crate) fn check(name: &str) -> Option<CheckId> {
    CheckId::ALL.into_iter().find(|known| known.as_str() == name)
}

fn file(name: &str) -> Result<ElementaryFile, Error> {
    ElementaryFile::from_name(name).ok_or_else(|| unfit(name, "no file"))
}

fn unfit(what: &str, problem: impl std::fmt::Display) -> Error {
    Error::Case {
        case: what.to_owned(),
        problem: problem.to_string(),
    }
}

/// A source that always draws the same byte.
struct Fixed(u8);

impl TryRng for Fixed {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_ne_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_ne_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
