//! What people and scripts are shown of a store: countries, entries, and why an entry is believed.

use std::collections::{BTreeMap, BTreeSet};

use antin_trust::crl::CertificateList;
use antin_trust::store::Distrust;
use antin_trust::{Certificate, UnixTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::model::{Contents, Entry, Fingerprint, Format, Import, Kind, Realm, Source, Voucher};
use super::problem::TrustProblem;
use super::unfounded::Unfounded;
use crate::error::Error;

/// An entry, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryView {
    /// SHA-256 over it: its name.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// What it is for: `csca`, `link`, `document-signer`, `list-signer`, `crl`, `defect-list`, `deviation-list`.
    #[schemars(with = "String")]
    pub kind: Kind,
    /// `live`, or `test` for what never speaks for a real document.
    #[schemars(with = "String")]
    pub realm: Realm,
    /// The country, if it names one.
    pub country: Option<String>,
    /// Whom it speaks of: the subject of a certificate, the issuer of a list.
    pub subject: String,
    /// Who signed it.
    pub issuer: Option<String>,
    /// The serial number of a certificate, the number of a revocation list; hexadecimal.
    pub serial: Option<String>,
    /// From when it is valid; when a list was made.
    pub from: Option<UnixTime>,
    /// Until when it is valid; when the next list is due.
    pub until: Option<UnixTime>,
    /// How many certificates a revocation list revokes.
    pub revoked: Option<usize>,
    /// Whether it is known to be bad.
    pub distrusted: bool,
    /// Where it comes from, the oldest first.
    pub sources: Vec<SourceView>,
}

/// Where an entry comes from, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceView {
    /// When it came in.
    pub at: UnixTime,
    /// Who brought it.
    pub by: String,
    /// The name of the file.
    pub file: String,
    /// SHA-256 over the file.
    #[schemars(with = "String")]
    pub file_sha256: Fingerprint,
    /// What the file is.
    #[schemars(with = "String")]
    pub format: Format,
    /// Which object of the file, counted from 0.
    pub index: u32,
    /// Who vouches for it: `operator`, `root`, `issuer`, `bundle`, or `nobody` when it was forced in.
    pub vouched_by: &'static str,
    /// The certificate that vouches for it.
    #[schemars(with = "Option<String>")]
    pub voucher: Option<Fingerprint>,
    /// The serial number of the trust bundle that vouches for it.
    pub bundle: Option<u64>,
    /// Who signed that bundle.
    pub bundle_signer: Option<String>,
    /// The dangerous options that were used.
    pub forced: Vec<String>,
}

/// What a country has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountryRow {
    /// Two letters, or nothing for entries that name no country.
    pub country: Option<String>,
    /// Its signing authorities.
    pub csca: usize,
    /// How many of them are valid now.
    pub valid: usize,
    /// The last second of validity among them.
    pub until: Option<UnixTime>,
    /// Its links.
    pub links: usize,
    /// Its document signers.
    pub document_signers: usize,
    /// Whoever signs lists for it.
    pub list_signers: usize,
    /// Its revocation lists.
    pub crls: usize,
    /// When its revocation list was made.
    pub crl_from: Option<UnixTime>,
    /// When the next one is due.
    pub crl_until: Option<UnixTime>,
    /// Its defect and deviation lists.
    pub lists: usize,
    /// How many of all these are test entries.
    pub test: usize,
    /// How many of all these are known to be bad.
    pub distrusted: usize,
}

/// Why an entry is believed: itself first, then whoever vouches for it, up to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Chain {
    /// The steps.
    pub steps: Vec<EntryView>,
    /// How it ends: `operator`, `nobody` (forced in), `bundle`, `missing` (the voucher is no longer in the store), `circle`;
    /// `distrusted` when one of the steps is known to be bad.
    pub end: &'static str,
}

/// The longest chain that is shown.
const MAX_STEPS: usize = 16;

impl Contents {
    /// An entry as it is shown.
    #[must_use]
    pub fn view(&self, sha256: &Fingerprint) -> Option<EntryView> {
        let entry = self.entries.get(sha256)?;
        let bad = self.distrust();
        let facts = Facts::of(entry, &bad);
        let sources = entry.sources.iter().filter_map(|source| self.source(source));
        Some(EntryView {
            sha256: *sha256,
            kind: entry.kind,
            realm: entry.realm,
            country: facts.country.or_else(|| self.list_country(entry)),
            subject: facts.subject,
            issuer: facts.issuer,
            serial: facts.serial,
            from: facts.from,
            until: facts.until,
            revoked: facts.revoked,
            distrusted: facts.bad || bad.names(sha256.as_bytes()),
            sources: sources.collect(),
        })
    }

    fn source(&self, source: &Source) -> Option<SourceView> {
        let import = self.import(source.import)?;
        let (vouched_by, voucher, bundle) = match source.by {
            Voucher::Operator => ("operator", None, None),
            Voucher::Root(root) => ("root", Some(root), None),
            Voucher::Issuer(issuer) => ("issuer", Some(issuer), None),
            Voucher::Bundle(serial) => ("bundle", None, Some(serial)),
            Voucher::Nobody => ("nobody", None, None),
        };
        Some(SourceView {
            at: import.at,
            by: import.by.clone(),
            file: import.file.clone(),
            file_sha256: import.sha256,
            format: import.format,
            index: source.index,
            vouched_by,
            voucher,
            bundle,
            bundle_signer: bundle.and_then(|_| self.bundle_signer(import)),
            forced: import.forced.clone(),
        })
    }

    fn bundle_signer(&self, import: &Import) -> Option<String> {
        let signer = self.bundle.as_ref()?.signer(import.root.as_ref()?)?;
        Some(signer.to_owned())
    }

    pub(super) fn list_country(&self, entry: &Entry) -> Option<String> {
        let import = self.import(entry.sources.last()?.import)?;
        import.country.clone()
    }

    /// The country of an entry, in upper case.
    fn country_of(&self, entry: &Entry) -> Option<String> {
        match entry.kind {
            kind if kind.is_certificate() => {
                let certificate = Certificate::parse(&entry.der).ok()?;
                certificate.subject().country().letters()
            }
            Kind::Crl => CertificateList::parse(&entry.der)
                .ok()?
                .issuer()
                .country()
                .letters(),
            _ => self.list_country(entry),
        }
    }

    /// What each country has, in the order of their letters.
    #[must_use]
    pub fn countries(&self, at: UnixTime) -> Vec<CountryRow> {
        let bad = self.distrust();
        let mut rows: BTreeMap<Option<String>, CountryRow> = BTreeMap::new();
        for (sha256, entry) in &self.entries {
            let facts = Facts::of(entry, &bad);
            let country = facts.country.clone().or_else(|| self.list_country(entry));
            let row = rows.entry(country.clone()).or_insert_with(|| CountryRow {
                country,
                ..CountryRow::default()
            });
            row.test += usize::from(entry.realm == Realm::Test);
            row.distrusted += usize::from(facts.bad || bad.names(sha256.as_bytes()));
            match entry.kind {
                Kind::Csca => {
                    row.csca += 1;
                    let valid = facts.from <= Some(at) && Some(at) <= facts.until;
                    row.valid += usize::from(valid);
                    row.until = row.until.max(facts.until);
                }
                Kind::Link => row.links += 1,
                Kind::DocumentSigner => row.document_signers += 1,
                Kind::ListSigner => row.list_signers += 1,
                Kind::Crl => {
                    row.crls += 1;
                    row.crl_from = row.crl_from.max(facts.from);
                    row.crl_until = row.crl_until.max(facts.until);
                }
                Kind::DefectList | Kind::DeviationList => row.lists += 1,
            }
        }
        rows.into_values().collect()
    }

    /// The entries that a word of the operator means: a fingerprint, its first eight digits or more, or two letters of a
    /// country.
    ///
    /// # Errors
    /// [`TrustProblem::NotFound`] and [`TrustProblem::Ambiguous`].
    pub fn find(&self, wanted: &str) -> Result<Vec<Fingerprint>, Error> {
        let not_found = || TrustProblem::NotFound {
            wanted: wanted.to_owned(),
        };
        let found: Vec<Fingerprint> = match wanted.len() {
            2 => {
                let letters = wanted.to_ascii_uppercase();
                let ours = |entry: &Entry| self.country_of(entry).as_deref() == Some(&letters);
                let mut found: Vec<(Kind, Fingerprint)> = self
                    .entries
                    .iter()
                    .filter(|(_, entry)| ours(entry))
                    .map(|(sha256, entry)| (entry.kind, *sha256))
                    .collect();
                let order = |kind: &Kind| Kind::ALL.iter().position(|known| known == kind);
                found.sort_by_key(|(kind, sha256)| (order(kind), *sha256));
                found.into_iter().map(|(_, sha256)| sha256).collect()
            }
            _ => {
                let digits: String = wanted
                    .to_ascii_lowercase()
                    .chars()
                    .filter(|one| *one != ':')
                    .collect();
                if digits.len() < MIN_DIGITS {
                    return Err(not_found().into());
                }
                let begins = |sha256: &&Fingerprint| sha256.to_string().starts_with(&digits);
                let found: Vec<Fingerprint> = self.entries.keys().filter(begins).copied().collect();
                if found.len() > 1 {
                    return Err(TrustProblem::Ambiguous {
                        wanted: wanted.to_owned(),
                        found,
                    }
                    .into());
                }
                found
            }
        };
        match found.is_empty() {
            true => Err(not_found().into()),
            false => Ok(found),
        }
    }

    /// Why an entry is believed, by its best source: whatever an operator pinned, else what was proven last.
    #[must_use]
    pub fn why(&self, sha256: &Fingerprint) -> Option<Chain> {
        let chain = self.followed(sha256)?;
        Some(match chain.steps.iter().any(|step| step.distrusted) {
            true => Chain {
                end: "distrusted",
                ..chain
            },
            false => chain,
        })
    }

    /// How many other entries rest on these alone: whoever takes them out or marks them should look at those.
    #[must_use]
    pub fn resting_on(&self, these: &[Fingerprint]) -> usize {
        let on_these = |source: &Source| match source.by {
            Voucher::Root(voucher) | Voucher::Issuer(voucher) => these.contains(&voucher),
            Voucher::Operator | Voucher::Bundle(_) | Voucher::Nobody => false,
        };
        self.entries
            .iter()
            .filter(|(sha256, entry)| {
                !these.contains(sha256) && !entry.sources.is_empty() && entry.sources.iter().all(on_these)
            })
            .count()
    }

    fn followed(&self, sha256: &Fingerprint) -> Option<Chain> {
        let unfounded = self.unfounded();
        let mut steps = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = *sha256;
        loop {
            let Some(view) = self.view(&next) else {
                return (!steps.is_empty()).then_some(Chain {
                    steps,
                    end: "missing",
                });
            };
            if !seen.insert(next) || steps.len() == MAX_STEPS {
                return Some(Chain { steps, end: "circle" });
            }
            let best = self
                .entries
                .get(&next)
                .and_then(|entry| best(&entry.sources, &unfounded));
            steps.push(view);
            next = match best {
                Some(Voucher::Root(voucher) | Voucher::Issuer(voucher)) => voucher,
                Some(Voucher::Operator) => {
                    return Some(Chain {
                        steps,
                        end: "operator",
                    });
                }
                Some(Voucher::Bundle(_)) => return Some(Chain { steps, end: "bundle" }),
                Some(Voucher::Nobody) => return Some(Chain { steps, end: "nobody" }),
                None => {
                    return Some(Chain {
                        steps,
                        end: "missing",
                    });
                }
            };
        }
    }
}

const MIN_DIGITS: usize = 8;

/// The strongest word among the sources.
fn best(sources: &[Source], unfounded: &Unfounded) -> Option<Voucher> {
    let rank = |by: &Voucher| match by {
        // Where anybody else vouches too, that is why the entry counts.
        worthless if unfounded.is_worthless(*worthless) => -1,
        Voucher::Operator => 4,
        Voucher::Bundle(_) => 3,
        Voucher::Root(_) => 2,
        Voucher::Issuer(_) => 1,
        Voucher::Nobody => 0,
    };
    sources.iter().map(|source| source.by).max_by_key(rank)
}

/// What an entry says of itself.
#[derive(Default)]
struct Facts {
    country: Option<String>,
    subject: String,
    issuer: Option<String>,
    serial: Option<String>,
    from: Option<UnixTime>,
    until: Option<UnixTime>,
    revoked: Option<usize>,
    /// It is a certificate, and it or its key is known to be bad.
    bad: bool,
}

impl Facts {
    fn of(entry: &Entry, bad: &Distrust) -> Self {
        match entry.kind {
            kind if kind.is_certificate() => Certificate::parse(&entry.der).map_or_else(
                |_| Self::default(),
                |certificate| Self {
                    country: certificate.subject().country().letters(),
                    subject: certificate.subject().to_string(),
                    issuer: Some(certificate.issuer().to_string()),
                    serial: Some(hex::encode(certificate.serial())),
                    from: Some(certificate.not_before()),
                    until: Some(certificate.not_after()),
                    revoked: None,
                    bad: bad.covers(&certificate),
                },
            ),
            Kind::Crl => CertificateList::parse(&entry.der).map_or_else(
                |_| Self::default(),
                |list| Self {
                    country: list.issuer().country().letters(),
                    subject: list.issuer().to_string(),
                    issuer: Some(list.issuer().to_string()),
                    serial: list.number().map(hex::encode),
                    from: Some(list.this_update()),
                    until: list.next_update(),
                    revoked: Some(list.len()),
                    bad: false,
                },
            ),
            kind => Self {
                subject: kind.as_str().to_owned(),
                ..Self::default()
            },
        }
    }
}
