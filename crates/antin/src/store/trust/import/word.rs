//! Whose word a signed list is, and whether a newer word of the same authority is known.

use std::collections::BTreeSet;

use antin_trust::cms::{ListSignature, SignedData};
use antin_trust::crl::CertificateList;
use antin_trust::{Certificate, UnixTime};

use super::super::input::{Input, Object, Shape};
use super::super::model::{Contents, Entry, Fingerprint, Format, Import, Kind, Realm, Voucher};
use super::super::problem::TrustProblem;
use super::take::Taking;
use super::{Force, fingerprint};
use crate::error::Error;

/// Whose word a list is.
pub(super) struct Word {
    /// Proven, or `None` when the operator forced it.
    pub(super) signature: Option<ListSignature>,
    /// The country of the signer, as it says.
    pub(super) country: Option<String>,
    pub(super) signed_at: Option<UnixTime>,
    pub(super) forced: Vec<Force>,
}

impl Word {
    pub(super) fn root(&self) -> Option<&Certificate> {
        self.signature.as_ref()?.path.last()
    }

    pub(super) fn voucher(&self) -> Voucher {
        match self.root() {
            Some(root) => Voucher::Root(fingerprint(root)),
            None => Voucher::Nobody,
        }
    }
}

/// Roots that are given now, and those that an operator pinned for an earlier list of this store. A CSCA that came in by a
/// list vouches for documents of its country, never for a list.
pub(super) fn pinned_roots(taking: &Taking<'_>) -> Vec<Certificate> {
    let mut roots = taking.options.roots.clone();
    let pinned: BTreeSet<Fingerprint> = taking
        .contents
        .imports
        .iter()
        .filter(|import| import.realm == taking.options.realm)
        // Lists of other kinds are traced to authorities that nobody pinned.
        .filter(|import| matches!(import.format, Format::MasterList | Format::DefectList))
        .filter_map(|import| import.root)
        .collect();
    for sha256 in pinned {
        let by_operator = |entry: &&Entry| entry.sources.iter().any(|source| source.by == Voucher::Operator);
        if let Some(entry) = taking.contents.entries.get(&sha256).filter(by_operator) {
            roots.extend(Certificate::parse(&entry.der).ok());
        }
    }
    roots.retain(|root| !taking.distrusts(root));
    roots.truncate(MAX_ROOTS);
    roots
}

pub(super) const MAX_ROOTS: usize = 64;

/// Whether a list is believed.
pub(super) fn word(
    taking: &Taking<'_>,
    input: &Input,
    signed: &SignedData,
    roots: &[Certificate],
    verify: impl Fn(&[Certificate], UnixTime) -> Result<ListSignature, antin_trust::Error>,
) -> Result<Word, Error> {
    let signed_at = signed.signing_time();
    let now = taking.options.at;
    // The signer was in office when it signed; that it has retired since takes nothing back.
    let at = signed_at.map_or(now, |signed_at| signed_at.min(now));
    let mut word = Word {
        signature: None,
        country: signer_country(signed),
        signed_at,
        forced: Vec::new(),
    };
    let bad_root = taking.options.roots.iter().find(|root| taking.distrusts(root));
    let refusal = match verify(roots, at) {
        Ok(signature) => {
            let bad = signature
                .path
                .iter()
                .chain([&signature.signer])
                .find(|certificate| taking.distrusts(certificate));
            let overdue = signature
                .path
                .iter()
                .find(|above| at < above.not_before() || at > above.not_after());
            if let Some(bad) = bad {
                format!("distrusted: {}", bad.subject())
            } else if let Some(overdue) = overdue {
                format!("not valid at {at}: {}", overdue.subject())
            } else if let Some(revoked) = revoked(taking, &signature) {
                format!("revoked: {revoked}")
            } else if signed_at.is_none() {
                // Without it an older list could not be told from a newer one (ICAO 9303-12 §9.1, §10.1).
                "no signing time".to_owned()
            } else {
                // What the bag of certificates holds besides says nothing.
                word.country = signature.signer.subject().country().letters();
                word.signature = Some(signature);
                return Ok(word);
            }
        }
        Err(fault) => match &bad_root {
            Some(bad) if roots.is_empty() => format!("distrusted: {}", bad.subject()),
            _ => fault.to_string(),
        },
    };
    if taking.forces(Force::UnverifiedList) {
        word.forced.push(Force::UnverifiedList);
        return Ok(word);
    }
    let path = input.path.clone();
    if roots.is_empty() && bad_root.is_none() {
        let signer = signed
            .certificates()
            .iter()
            .find(|certificate| !certificate.is_ca());
        let signer = signer.or(signed.certificates().first());
        let name = |of: fn(&Certificate) -> String| signer.map(of).unwrap_or_default();
        return Err(TrustProblem::NeedsRoot {
            path,
            signer: name(|certificate| certificate.subject().to_string()),
            issuer: name(|certificate| certificate.issuer().to_string()),
        }
        .into());
    }
    Err(TrustProblem::ListRefused { path, what: refusal }.into())
}

/// The signer, if a revocation list of the store names it.
fn revoked(taking: &Taking<'_>, signature: &ListSignature) -> Option<String> {
    let issuer = signature.path.first()?;
    let mut lists = taking.contents.of_kind(Kind::Crl).filter_map(|(_, entry)| {
        let list = CertificateList::parse(&entry.der).ok()?;
        list.names_issuer(issuer).then_some(list)
    });
    let signer = &signature.signer;
    lists
        .any(|list| list.revoked(signer.serial()).is_some())
        .then(|| signer.subject().to_string())
}

pub(super) fn signer_country(signed: &SignedData) -> Option<String> {
    let signer = signed
        .certificates()
        .iter()
        .find(|certificate| !certificate.is_ca());
    signer
        .or(signed.certificates().first())
        .and_then(|certificate| certificate.subject().country().letters())
}

/// A list that is older than one of the same authority would bring back what was taken off it since.
pub(super) fn not_older(
    taking: &Taking<'_>,
    input: &Input,
    object: &Object,
    mut word: Word,
) -> Result<Word, Error> {
    let Some(offered) = word.signed_at else {
        return Ok(word);
    };
    let newest = of_same_authority(taking.contents, &word, list_format(object), taking.options.realm)
        .filter_map(|import| import.signed_at)
        .max();
    match newest {
        Some(stored) if stored > offered && taking.forces(Force::OlderList) => {
            word.forced.push(Force::OlderList);
            Ok(word)
        }
        Some(stored) if stored > offered => Err(TrustProblem::Older {
            path: input.path.clone(),
            offered,
            stored,
        }
        .into()),
        _ => Ok(word),
    }
}

/// Earlier lists of the same kind from the same country's authority.
pub(super) fn of_same_authority<'c>(
    contents: &'c Contents,
    word: &Word,
    format: Format,
    realm: Realm,
) -> impl Iterator<Item = &'c Import> {
    let country = word.country.clone();
    contents.imports.iter().filter(move |import| {
        import.format == format
            && import.country == country
            && import.realm == realm
            && !import
                .forced
                .iter()
                .any(|force| force == Force::UnverifiedList.as_str())
    })
}

pub(super) fn list_format(object: &Object) -> Format {
    match object.shape {
        Shape::DefectList => Format::DefectList,
        Shape::DeviationList => Format::DeviationList,
        Shape::MasterList | Shape::X509 => Format::MasterList,
    }
}
