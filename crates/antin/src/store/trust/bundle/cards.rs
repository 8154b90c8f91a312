//! A list of revoked cards as an operator writes it, and the keys that it becomes.
//!
//! ```text
//! # a comment
//! VN 001099012345                       the number of a card (of a Vietnamese one the twelve digits), whoever signed it
//! VN 001099012345 ds:9f86d081884c7d65   the same under one signer: the first digits of its SHA-256
//! VN 001099012345 sod:<64 digits>       the same, and the SHA-256 of its EF.SOD
//! sod:<64 digits>                       by its EF.SOD alone
//! ```
//! One card a line. Both keys are made where both can be: the number finds a card whose unsigned octets somebody wrote
//! otherwise, EF.SOD one whose number nobody wrote down. No personal data goes into the filter in the clear.

use std::collections::BTreeMap;
use std::path::Path;

use antin_trust::Certificate;
use antin_trust::store::{CardKey, MAX_FILTER_BYTES, RevokedCards};

use super::super::limits::MAX_CARD_LIST_BYTES;
use super::super::model::Fingerprint;
use super::super::problem::TrustProblem;
use crate::error::Error;
use crate::store::atomic::read_bounded;

/// The longest document number of a machine readable zone (ICAO 9303-5: 9 characters, and up to 13 more among the optional
/// data).
const MAX_NUMBER_LETTERS: usize = 22;
/// Digits of a fingerprint that name a signer.
const MIN_DIGITS: usize = 8;
/// Keys that a filter holds.
const MAX_KEYS: usize = MAX_FILTER_BYTES / 8 - 3;

/// The cards of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardList {
    /// The filter.
    pub filter: RevokedCards,
    /// How many cards the list names.
    pub cards: usize,
    /// How many of them by their numbers.
    pub by_number: usize,
    /// How many of those under one signer, and under no other.
    pub by_signer: usize,
    /// How many of them by EF.SOD.
    pub by_sod: usize,
}

/// Reads a list of revoked cards.
///
/// # Errors
/// [`TrustProblem::CardLine`] names the first line that cannot be kept: a card that silently stayed good would be worse.
/// What the file system says.
pub fn load_card_list(path: &Path, signers: &[Certificate]) -> Result<CardList, Error> {
    let bytes = read_bounded(path, MAX_CARD_LIST_BYTES)?;
    parse_card_list(&bytes, signers).map_err(|(line, what)| {
        TrustProblem::CardLine {
            path: path.to_owned(),
            line,
            what,
        }
        .into()
    })
}

/// The keys of the cards that a list names, where these are the document signers.
///
/// # Errors
/// The line, counted from 1, and what is wrong there.
pub fn parse_card_list(bytes: &[u8], signers: &[Certificate]) -> Result<CardList, (usize, String)> {
    let signers = Signers::of(signers);
    let mut keys = Vec::new();
    let mut list = (0, 0, 0, 0);
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = index.saturating_add(1);
        let text = core::str::from_utf8(line).map_err(|_| (number, "not UTF-8".to_owned()))?;
        let text = text
            .strip_prefix('\u{FEFF}')
            .filter(|_| index == 0)
            .unwrap_or(text);
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        let card = Line::read(text).map_err(|what| (number, what))?;
        let made = card.keys(&signers).map_err(|what| (number, what))?;
        if keys.len().saturating_add(made.len()) > MAX_KEYS {
            return Err((number, format!("more than {MAX_KEYS} keys")));
        }
        keys.extend(made);
        list.0 += 1;
        list.1 += usize::from(card.number.is_some());
        list.2 += usize::from(card.sod.is_some());
        list.3 += usize::from(card.signer.is_some());
    }
    Ok(CardList {
        filter: RevokedCards::new(keys),
        cards: list.0,
        by_number: list.1,
        by_sod: list.2,
        by_signer: list.3,
    })
}

/// Document signers by their countries.
struct Signers<'s>(BTreeMap<String, Vec<(String, &'s Certificate)>>);

impl<'s> Signers<'s> {
    fn of(signers: &'s [Certificate]) -> Self {
        let mut known: BTreeMap<String, Vec<(String, &'s Certificate)>> = BTreeMap::new();
        for signer in signers {
            if let Some(country) = signer.subject().country().letters() {
                let digits = Fingerprint::from(signer.fingerprint()).to_string();
                known.entry(country).or_default().push((digits, signer));
            }
        }
        Self(known)
    }
}

/// Whether it is what the machine readable zone of a Vietnamese card shows of twelve digits.
fn is_cut(country: &str, number: &str) -> bool {
    country == "VN" && number.len() == 9 && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// What a line says of a card.
struct Line {
    /// Country and document number.
    number: Option<(String, String)>,
    signer: Option<String>,
    sod: Option<[u8; 32]>,
}

impl Line {
    fn read(text: &str) -> Result<Self, String> {
        let mut line = Self {
            number: None,
            signer: None,
            sod: None,
        };
        let mut country = None;
        for word in text.split_ascii_whitespace() {
            let twice = || format!("said twice: {word}");
            if let Some(digits) = word.strip_prefix("sod:") {
                let sha256 = Fingerprint::parse(digits)
                    .ok_or_else(|| "sod: is not 64 hexadecimal digits".to_owned())?;
                if line.sod.replace(*sha256.as_bytes()).is_some() {
                    return Err(twice());
                }
            } else if let Some(digits) = word.strip_prefix("ds:") {
                let digits = digits.to_ascii_lowercase();
                if digits.len() < MIN_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(format!("ds: is not {MIN_DIGITS} hexadecimal digits or more"));
                }
                if line.signer.replace(digits).is_some() {
                    return Err(twice());
                }
            } else if country.is_none() {
                if word.len() != 2 || !word.bytes().all(|letter| letter.is_ascii_alphabetic()) {
                    return Err("the country's two letters are missing before the document number".to_owned());
                }
                country = Some(word.to_ascii_uppercase());
            } else if line.number.is_none() {
                let number = word.to_ascii_uppercase();
                if number.len() > MAX_NUMBER_LETTERS || !number.bytes().all(|one| one.is_ascii_alphanumeric())
                {
                    return Err(
                        "a document number has capital letters and digits only, 22 at most".to_owned(),
                    );
                }
                line.number = country.clone().zip(Some(number));
            } else {
                return Err("one card a line".to_owned());
            }
        }
        match (&country, &line.number, &line.signer, &line.sod) {
            (Some(_), None, _, _) => Err("a country without a document number".to_owned()),
            (None, None, Some(_), _) => Err("a signer without country and document number".to_owned()),
            (Some(country), Some((_, number)), _, _) if is_cut(country, number) => Err(
                "the nine digits of a Vietnamese card's machine readable zone are those of other citizens too: give all twelve"
                    .to_owned(),
            ),
            _ => Ok(line),
        }
    }

    fn keys(&self, signers: &Signers<'_>) -> Result<Vec<CardKey>, String> {
        let mut keys: Vec<CardKey> = self.sod.iter().map(CardKey::of_sod_digest).collect();
        let Some((country, number)) = &self.number else {
            return Ok(keys);
        };
        let Some(wanted) = &self.signer else {
            keys.push(CardKey::of_country(country, number));
            return Ok(keys);
        };
        let known = signers.0.get(country).into_iter().flatten();
        let named: Vec<&Certificate> = known
            .filter(|(digits, _)| digits.starts_with(wanted))
            .map(|(_, signer)| *signer)
            .collect();
        match named.as_slice() {
            [signer] => keys.push(CardKey::of_number(signer, number)),
            // The number would find nothing, or another card.
            [] => return Err(format!("no such document signer of {country} is known")),
            _ => return Err(format!("several document signers of {country} begin so")),
        }
        Ok(keys)
    }
}
