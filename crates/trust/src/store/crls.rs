//! Revocation lists, each kept with the key that signed it.

use std::collections::HashMap;
use std::sync::OnceLock;

use antin_crypto::Verifier;

use crate::certificate::{Certificate, Name};
use crate::crl::CertificateList;

/// The most lists of one issuer name: beyond it those of a key with many, those that nobody vouches for, then the oldest,
/// make room.
pub const MAX_CRLS_PER_ISSUER: usize = 16;
/// A key with more lists than this makes room first, with its oldest.
const MAX_CRLS_PER_KEY: usize = 4;
/// The longest number of a list, in octets (RFC 5280 §5.2.3); a longer one counts for nothing.
pub(crate) const MAX_NUMBER_BYTES: usize = 20;

/// What became of a revocation list that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrlPlaced {
    /// It is kept. Whether it is its issuer's word is found out when it is first asked.
    Kept,
    /// It was there before.
    Known,
    /// There are so many of this issuer already that this one is not kept.
    Dropped,
}

/// Revocation lists by the name of their issuer.
#[derive(Clone, Debug, Default)]
pub(super) struct Crls {
    by_issuer: HashMap<String, Vec<Held>>,
}

/// A list, and whose word it is once that was found out.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) list: CertificateList,
    /// SHA-256 of the key that signed the list, or why none of the keys that the store knows did.
    standing: OnceLock<Result<Word, String>>,
}

/// Whose word a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// SHA-256 of the key that signed the list.
    pub(crate) key: [u8; 32],
    /// What makes room for the others last.
    rank: Rank,
}

/// How an authority is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Link,
    TestAnchor,
    OfficialAnchor,
}

/// An authority, and how it is known.
pub(crate) type Ranked<'s> = (&'s Certificate, Rank);

/// The most authorities of one name and key identifier that are tried.
const MAX_AUTHORITIES: usize = 32;

impl Held {
    /// The key that signed the list, among those of `authorities`.
    ///
    /// Whether the key is trusted is for the caller to find out: that depends on the moment, the signature does not.
    pub(crate) fn key<'s>(
        &self,
        authorities: impl Iterator<Item = Ranked<'s>>,
        verifier: &dyn Verifier,
    ) -> &Result<Word, String> {
        self.standing
            .get_or_init(|| standing(&self.list, authorities, verifier))
    }
}

fn standing<'s>(
    list: &CertificateList,
    authorities: impl Iterator<Item = Ranked<'s>>,
    verifier: &dyn Verifier,
) -> Result<Word, String> {
    let mut fault = format!("no authority of the name {}", list.issuer());
    for (authority, rank) in authorities.take(MAX_AUTHORITIES) {
        match list.judge(authority, verifier) {
            Ok(()) => {
                let key = authority.key_fingerprint();
                return Ok(Word { key, rank });
            }
            Err(found) => fault = found.to_string(),
        }
    }
    Err(fault)
}

impl Crls {
    pub(super) fn add<'s, I>(
        &mut self,
        list: CertificateList,
        authorities: impl Fn(&CertificateList) -> I,
        verifier: &dyn Verifier,
    ) -> CrlPlaced
    where
        I: Iterator<Item = Ranked<'s>>,
    {
        let held = self.by_issuer.entry(list.issuer().folded()).or_default();
        if held.iter().any(|known| known.list == list) {
            return CrlPlaced::Known;
        }
        held.push(Held {
            list,
            standing: OnceLock::new(),
        });
        if held.len() <= MAX_CRLS_PER_ISSUER {
            return CrlPlaced::Kept;
        }
        let words: Vec<Option<Word>> = held
            .iter()
            .map(|held| held.key(authorities(&held.list), verifier).as_ref().ok().copied())
            .collect();
        let of_key = |wanted: &Word| {
            words
                .iter()
                .flatten()
                .filter(|word| word.key == wanted.key)
                .count()
        };
        // Whoever has a key of any kind can fill the place with lists: its own make room, before those of an authority do.
        let worth = |word: Option<Word>| {
            let rank = word.map(|word| word.rank);
            let crowded = word.is_some_and(|word| of_key(&word) > MAX_CRLS_PER_KEY);
            (rank.is_some() && !crowded, rank)
        };
        let least = held
            .iter()
            .zip(&words)
            .map(|(held, word)| (worth(*word), number(&held.list)))
            .enumerate()
            .min_by(|(_, left), (_, right)| left.cmp(right))
            .map(|(index, _)| index);
        if let Some(index) = least {
            held.remove(index);
            if index == held.len() {
                return CrlPlaced::Dropped;
            }
        }
        CrlPlaced::Kept
    }

    pub(super) fn of(&self, issuer: &Name) -> &[Held] {
        self.by_issuer.get(&issuer.folded()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &CertificateList> {
        self.by_issuer.values().flatten().map(|held| &held.list)
    }

    /// Other authorities are known now: whose word a list is must be found out again.
    pub(super) fn forget_standings(&mut self) {
        for held in self.by_issuer.values_mut().flatten() {
            held.standing = OnceLock::new();
        }
    }
}

/// The number of a list for comparison; a list without one is older than every other.
pub(crate) fn number(list: &CertificateList) -> (usize, &[u8], i64) {
    let number = list
        .number()
        .filter(|number| number.len() <= MAX_NUMBER_BYTES)
        .unwrap_or_default();
    (number.len(), number, list.this_update().0)
}
