//! What one store, list or file has and another one has not.

use std::collections::BTreeMap;
use std::path::Path;

use antin_trust::Certificate;
use antin_trust::bundle::{Bundle, MAX_BUNDLE_BYTES, part};
use antin_trust::crl::CertificateList;
use antin_trust::master_list::MasterList;
use antin_trust::store::RevokedCards;
use schemars::JsonSchema;
use serde::Serialize;

use super::disk::TrustFolder;
use super::input::{self, Shape};
use super::model::{Fingerprint, Kind};
use super::problem::{Looks, TrustProblem};
use crate::error::Error;
use crate::store::atomic::read_bounded;

/// An object of one side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Difference {
    /// The country, if it names one.
    pub country: Option<String>,
    /// The subject of a certificate, the issuer of a list.
    pub subject: String,
    /// SHA-256 over it.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
}

/// Two sides compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// What only the first one has.
    pub only_first: Vec<Difference>,
    /// What only the second one has.
    pub only_second: Vec<Difference>,
    /// How many objects both have.
    pub both: usize,
    /// The keys of revoked cards; nothing where neither side has a list of them, or one is of an unknown kind.
    pub revoked_cards: Option<CardsCompared>,
}

/// The keys of revoked cards of two sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardsCompared {
    /// How many keys only the first one has.
    pub only_first: usize,
    /// How many keys only the second one has.
    pub only_second: usize,
    /// How many keys both have.
    pub both: usize,
}

impl CardsCompared {
    /// A side without a list names no card.
    fn of(first: Option<&RevokedCards>, second: Option<&RevokedCards>) -> Option<Self> {
        first.or(second)?;
        let none = RevokedCards::new([]);
        let (first, second) = (first.unwrap_or(&none), second.unwrap_or(&none));
        let (of_first, of_second) = (first.len()?, second.len()?);
        let both = first
            .cards()?
            .filter(|card| second.contains(card) == Some(true))
            .count();
        Some(Self {
            only_first: of_first.saturating_sub(both),
            only_second: of_second.saturating_sub(both),
            both,
        })
    }
}

/// What one side holds.
#[derive(Default)]
struct Side {
    objects: BTreeMap<Fingerprint, Difference>,
    cards: Option<RevokedCards>,
}

/// Compares two stores, lists, archives, folders or files by what they hold. Signatures of lists are not checked: nothing
/// is believed because of it.
///
/// # Errors
/// [`TrustProblem`] for a path that holds nothing for a trust store.
pub fn compare(first: &Path, second: &Path) -> Result<Comparison, Error> {
    let (first, second) = (side(first)?, side(second)?);
    let revoked_cards = CardsCompared::of(first.cards.as_ref(), second.cards.as_ref());
    let (first, second) = (first.objects, second.objects);
    let only = |mine: &BTreeMap<Fingerprint, Difference>, theirs: &BTreeMap<Fingerprint, Difference>| {
        let mut found: Vec<Difference> = mine
            .iter()
            .filter(|(sha256, _)| !theirs.contains_key(sha256))
            .map(|(_, difference)| difference.clone())
            .collect();
        found.sort();
        found
    };
    Ok(Comparison {
        only_first: only(&first, &second),
        only_second: only(&second, &first),
        both: first.keys().filter(|sha256| second.contains_key(sha256)).count(),
        revoked_cards,
    })
}

fn side(path: &Path) -> Result<Side, Error> {
    let mut found = BTreeMap::new();
    let store = TrustFolder::at(path);
    if store.exists() {
        let contents = store.load()?;
        // Whoever signed a list is no part of what the list says.
        let entries = contents
            .entries
            .iter()
            .filter(|(_, entry)| entry.kind != Kind::ListSigner);
        for (sha256, entry) in entries {
            add(&mut found, *sha256, &entry.der);
        }
        return Ok(Side {
            objects: found,
            cards: contents.cards,
        });
    }
    let gathered = match input::gather(path) {
        Err(Error::TrustStore(problem)) if is_bundle(&problem) => return of_bundle(path),
        other => other?,
    };
    for input in gathered.inputs {
        for object in &input.objects {
            if object.shape != Shape::MasterList {
                add(&mut found, Fingerprint::of(&object.bytes), &object.bytes);
                continue;
            }
            let list = MasterList::parse(&object.bytes).map_err(|_| TrustProblem::NotForTrust {
                path: path.to_owned(),
                looks: Looks::OtherSigned,
            })?;
            for certificate in list.certificates() {
                add(&mut found, certificate.fingerprint().into(), certificate.as_der());
            }
        }
    }
    Ok(Side {
        objects: found,
        cards: None,
    })
}

fn is_bundle(problem: &TrustProblem) -> bool {
    matches!(
        problem,
        TrustProblem::NotForTrust {
            looks: Looks::Bundle,
            ..
        }
    )
}

/// What a whole bundle holds, revoked cards too; of a delta only what it carries.
fn of_bundle(path: &Path) -> Result<Side, Error> {
    let limit = u64::try_from(MAX_BUNDLE_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(path, limit)?;
    let refused = |problem| TrustProblem::Bundle {
        path: path.to_owned(),
        problem: Box::new(problem),
        carried: Vec::new(),
    };
    let bundle = Bundle::dangerous_read_unverified(&bytes).map_err(refused)?;
    let mut side = Side::default();
    let carried = bundle.parts().iter().filter(|part| part.content().is_some());
    for part in carried.filter(|part| LISTS.contains(&part.name())) {
        for member in bundle.members(part.name()).map_err(refused)? {
            add(&mut side.objects, Fingerprint::of(member.der), member.der);
        }
    }
    if let Some(cards) = bundle.part(part::CARDS) {
        side.cards = Some(RevokedCards::parse(cards).map_err(refused)?);
    }
    Ok(side)
}

/// The parts whose members are entries of a store.
pub(super) const LISTS: [&str; 7] = [
    part::CSCA,
    part::LINKS,
    part::SIGNERS,
    part::CRLS,
    part::TEST,
    part::DEVIATIONS,
    part::DEFECTS,
];

fn add(found: &mut BTreeMap<Fingerprint, Difference>, sha256: Fingerprint, der: &[u8]) {
    let (country, subject) = match Certificate::parse(der) {
        Ok(certificate) => {
            let subject = certificate.subject();
            (subject.country().letters(), subject.to_string())
        }
        Err(_) => match CertificateList::parse(der) {
            Ok(list) => (
                list.issuer().country().letters(),
                format!("CRL: {}", list.issuer()),
            ),
            Err(_) => (None, String::new()),
        },
    };
    found.insert(
        sha256,
        Difference {
            country,
            subject,
            sha256,
        },
    );
}
