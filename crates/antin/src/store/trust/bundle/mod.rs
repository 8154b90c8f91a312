//! Trust bundles and the store: made from one, shown, and taken into another in one step.
//!
//! | what | how |
//! |---|---|
//! | whose bundles are taken | the certificates given at the first one are remembered; another's are refused |
//! | serial number | never lower than the one that is there, and one serial number says one thing |
//! | entries | those of the bundle before are replaced; what an operator or a list vouches for stays |
//! | distrust, revoked cards, limits | the bundle's; an operator's own word stays |
//! | too old | taken until the hard limit, and then everything that rests on the store is undetermined |

mod apply;
mod cards;
mod left;
mod view;

use std::path::{Path, PathBuf};

use antin_crypto::fastest_verifier;
use antin_trust::bundle::{Bundle, BundleMaker, BundleRefusal, MAX_BUNDLE_BYTES};
use antin_trust::store::RevokedCards;
use antin_trust::{Certificate, Freshness, UnixTime};

use super::model::{Contents, Entry, Fingerprint, Kind, Realm};
use super::problem::TrustProblem;
use crate::error::Error;
use crate::store::atomic::read_bounded;

pub use apply::{Applied, ApplyOptions, BundleRoot, MissingCards, apply_bundle};
pub use cards::{CardList, load_card_list, parse_card_list};
pub use left::LeftBehind;
pub use view::{BundleState, BundleView, PartView, SignerView, inspect_bundle};

/// A file that should be a bundle.
struct BundleFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// A bundle whose signature holds.
struct Opened {
    bundle: Bundle,
    signer: Certificate,
}

impl BundleFile {
    fn read(path: &Path) -> Result<Self, Error> {
        let limit = u64::try_from(MAX_BUNDLE_BYTES).unwrap_or(u64::MAX);
        Ok(Self {
            path: path.to_owned(),
            bytes: read_bounded(path, limit)?,
        })
    }

    fn sha256(&self) -> Fingerprint {
        Fingerprint::of(&self.bytes)
    }

    fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Whose certificates stand in the file, with their fingerprints: nothing of them is proven.
    fn carried(&self) -> Result<Vec<String>, Error> {
        let carried = Bundle::carried_certificates(&self.bytes).map_err(|problem| self.refused(problem))?;
        let named =
            |one: &Certificate| format!("{} ({})", one.subject(), Fingerprint::from(one.fingerprint()));
        Ok(carried.iter().map(named).collect())
    }

    fn refused(&self, problem: antin_trust::Error) -> Error {
        let carried = match &problem {
            antin_trust::Error::BundleRefused {
                reason: BundleRefusal::NotPinned,
            } => self.carried().unwrap_or_default(),
            _ => Vec::new(),
        };
        TrustProblem::Bundle {
            path: self.path.clone(),
            problem: Box::new(problem),
            carried,
        }
        .into()
    }

    /// Verifies it under one of these certificates.
    fn open(&self, roots: &[Certificate], at: UnixTime) -> Result<Opened, Error> {
        let mut why = antin_trust::Error::BundleRefused {
            reason: BundleRefusal::NotPinned,
        };
        for root in roots {
            match Bundle::verify(&self.bytes, core::slice::from_ref(root), at, fastest_verifier()) {
                Ok(bundle) => {
                    return Ok(Opened {
                        bundle,
                        signer: root.clone(),
                    });
                }
                Err(antin_trust::Error::BundleRefused {
                    reason: BundleRefusal::NotPinned,
                }) => {}
                Err(other) => why = other,
            }
        }
        Err(self.refused(why))
    }
}

/// Reads a bundle and verifies it under one of these certificates.
///
/// # Errors
/// [`TrustProblem::Bundle`], or what the file system says.
pub fn load_bundle(path: &Path, roots: &[Certificate], at: UnixTime) -> Result<Bundle, Error> {
    Ok(BundleFile::read(path)?.open(roots, at)?.bundle)
}

/// Reads the certificate of whoever signs bundles, PEM or DER.
///
/// # Errors
/// [`Error::Certificate`], or what the file system says.
pub fn load_bundle_root(path: &Path) -> Result<Certificate, Error> {
    let bytes = read_bounded(path, MAX_ROOT_BYTES)?;
    Certificate::from_bytes(&bytes).map_err(|problem| Error::Certificate {
        path: path.to_owned(),
        problem,
    })
}

const MAX_ROOT_BYTES: u64 = 1 << 20;

/// A bundle of all that a store holds, and of these revoked cards beside those that it knows. Where the store itself follows
/// a bundle, what is made of it is never fresher than that.
///
/// # Errors
/// [`Error::Signing`] where limits do not follow each other, or a filter is of an unknown kind.
pub fn bundle_of(
    contents: &Contents,
    freshness: Freshness,
    cards: Option<RevokedCards>,
) -> Result<BundleMaker, Error> {
    let freshness = contents.bundle.as_ref().map_or(freshness, |followed| Freshness {
        soft_refresh: freshness
            .soft_refresh
            .min(followed.soft_refresh)
            .max(freshness.created),
        hard_expiry: freshness
            .hard_expiry
            .min(followed.hard_expiry)
            .max(freshness.created),
        ..freshness
    });
    let mut store = contents.to_trust_store();
    if let Some(cards) = cards {
        store.add_revoked_cards(cards);
    }
    let mut maker = BundleMaker::of(&store, freshness).map_err(Error::Signing)?;
    let (bad, unfounded) = (contents.distrust(), contents.unfounded());
    // A test authority's word, and one that is known to be bad or rests on what is, stay here.
    let counts = |(sha256, entry): &(&Fingerprint, &Entry)| {
        entry.realm == Realm::Live && !bad.names(sha256.as_bytes()) && !unfounded.contains(sha256)
    };
    let defects = contents.of_kind(Kind::DefectList).filter(counts);
    maker.defect_lists(defects.map(|(_, entry)| entry.der.as_slice()));
    let deviations: Vec<(String, &[u8])> = contents
        .of_kind(Kind::DeviationList)
        .filter(counts)
        .filter_map(|(_, entry)| Some((contents.list_country(entry)?, entry.der.as_slice())))
        .collect();
    maker.deviation_lists(deviations.iter().map(|(country, der)| (country.as_str(), *der)));
    Ok(maker)
}

#[cfg(test)]
mod tests;
