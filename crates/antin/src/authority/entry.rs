//! The numbered certificates of an authority.

use std::fs;
use std::path::{Path, PathBuf};

use antin_crypto::{PureRust, VerifyingKey};
use antin_trust::{Certificate, UnixTime};

use super::{DocumentCounter, Problem, Settings, StoredKey};
use crate::error::Error;
use crate::store::read_bounded;

/// Which certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// The authority's own.
    Csca,
    /// Signers of documents.
    Ds,
    /// Signers of master lists.
    Ml,
    /// Signers of deviation lists.
    Dl,
    /// Signers of defect lists.
    Dfl,
    /// Signers of visible seals.
    Seal,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Self; 6] = [Self::Csca, Self::Ds, Self::Ml, Self::Dl, Self::Dfl, Self::Seal];

    /// The folder's name.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Csca => "csca",
            Self::Ds => "ds",
            Self::Ml => "ml",
            Self::Dl => "dl",
            Self::Dfl => "dfl",
            Self::Seal => "seal",
        }
    }
}

/// What a key may do at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its time has not come.
    Planned,
    /// It signs.
    Active,
    /// It signs no more; what it signed is still verified.
    Draining,
    /// Its certificate is over.
    Over,
}

impl State {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Over => "over",
        }
    }

    /// The state of a certificate's key by the certificate itself.
    #[must_use]
    pub fn of(certificate: &Certificate, at: UnixTime) -> Self {
        let (from, until) = usage_of(certificate);
        if at > certificate.not_after() {
            Self::Over
        } else if at < from {
            Self::Planned
        } else if at > until {
            Self::Draining
        } else {
            Self::Active
        }
    }
}

/// First and last second in which the private key may sign.
fn usage_of(certificate: &Certificate) -> (UnixTime, UnixTime) {
    let period = certificate.usage_period();
    let from = period.and_then(|period| period.not_before);
    let until = period.and_then(|period| period.not_after);
    (
        from.unwrap_or(certificate.not_before())
            .max(certificate.not_before()),
        until
            .unwrap_or(certificate.not_after())
            .min(certificate.not_after()),
    )
}

/// One certificate on a shelf, and its key.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u32,
    /// The certificate.
    pub certificate: Certificate,
    /// The key.
    pub key: StoredKey,
    base: PathBuf,
}

impl Entry {
    fn load(folder: &Path, number: u32) -> Result<Self, Error> {
        let base = folder.join(format!("{number:02}"));
        let path = base.with_extension("pem");
        let bytes = read_bounded(&path, MAX_CERTIFICATE_BYTES)?;
        let certificate =
            Certificate::from_bytes(&bytes).map_err(|problem| Error::Certificate { path, problem })?;
        Ok(Self {
            number,
            certificate,
            key: StoredKey::load(&base.with_extension("toml"))?,
            base,
        })
    }

    /// How many documents the key has signed.
    #[must_use]
    pub fn counter(&self) -> DocumentCounter {
        DocumentCounter::new(self.base.with_extension("used"), self.key.limit())
    }

    /// Refuses to sign outside the certificate's validity and the private key usage period.
    ///
    /// # Errors
    /// [`Problem::NotValid`], [`Problem::OutsideUsage`].
    pub fn may_sign(&self, at: UnixTime) -> Result<(), Error> {
        let certificate = &self.certificate;
        let subject = certificate.subject().to_string();
        let (from, until) = (certificate.not_before(), certificate.not_after());
        if at < from || at > until {
            return Err(Error::from(Problem::NotValid { subject, from, until }));
        }
        let (from, until) = usage_of(certificate);
        if at < from || at > until {
            return Err(Error::from(Problem::OutsideUsage { subject, from, until }));
        }
        Ok(())
    }
}

/// An authority's folder.
#[derive(Clone, Debug)]
pub struct Authority {
    folder: PathBuf,
    settings: Settings,
    settings_sha256: String,
}

impl Authority {
    /// Opens a folder that has an `authority.toml`.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let (settings, settings_sha256) = Settings::load_with_hash(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            settings,
            settings_sha256,
        })
    }

    /// An authority that is about to be made.
    #[must_use]
    pub fn planned(folder: &Path, settings: Settings) -> Self {
        Self {
            folder: folder.to_owned(),
            settings_sha256: super::plan::sha256(settings.to_text().as_bytes()),
            settings,
        }
    }

    /// SHA-256 of the bytes of `authority.toml`, in hex.
    #[must_use]
    pub fn settings_sha256(&self) -> &str {
        &self.settings_sha256
    }

    /// What its certificates repeat.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every certificate of a shelf with its key, in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Certificate`]; [`Problem::Settings`], also for a certificate of the authority that no earlier
    /// one vouches for.
    pub fn entries(&self, shelf: Shelf) -> Result<Vec<Entry>, Error> {
        let entries = entries_in(&self.folder.join(shelf.folder()))?;
        if shelf == Shelf::Csca {
            self.are_linked(&entries)?;
        }
        Ok(entries)
    }

    /// Each certificate of the authority but the first is vouched for by one before it: its link has its name and its key,
    /// and their signature. One that somebody put there would be published with the others.
    fn are_linked(&self, entries: &[Entry]) -> Result<(), Error> {
        let mut former: Vec<&Certificate> = Vec::new();
        for entry in entries {
            let vouched = match entry.number {
                1 => true,
                number => self.link(number)?.is_some_and(|link| {
                    link.subject() == entry.certificate.subject()
                        && super::is_one_key(&link, &entry.certificate)
                        && former.iter().any(|one| {
                            link.names_issuer(one) && link.verify_signed_by(one, &PureRust).is_ok()
                        })
                }),
            };
            if !vouched {
                return Err(Error::from(Problem::Settings {
                    path: entry.base.with_extension("pem"),
                    what: "no link by an earlier key of this authority".to_owned(),
                }));
            }
            former.push(&entry.certificate);
        }
        Ok(())
    }

    fn link(&self, number: u32) -> Result<Option<Certificate>, Error> {
        let folder = self.folder.join(Shelf::Csca.folder());
        let path = folder.join(format!("{number:02}-link.pem"));
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = read_bounded(&path, MAX_CERTIFICATE_BYTES)?;
        let link = Certificate::from_bytes(&bytes).map_err(|problem| Error::Certificate { path, problem })?;
        Ok(Some(link))
    }

    /// The newest of a shelf.
    ///
    /// # Errors
    /// [`Problem::Nothing`] if the shelf is empty; as [`entries`](Self::entries).
    pub fn newest(&self, shelf: Shelf) -> Result<Entry, Error> {
        self.entries(shelf)?.pop().ok_or_else(|| {
            Error::from(Problem::Nothing {
                path: self.folder.join(shelf.folder()),
            })
        })
    }

    /// The authority's certificate whose key signs now: the newest, but while its time has not come, the one before. Whether
    /// that key may sign, [`Entry::may_sign`] says.
    ///
    /// # Errors
    /// As [`newest`](Self::newest).
    pub fn acting(&self, at: UnixTime) -> Result<Entry, Error> {
        let newest = self.newest(Shelf::Csca)?;
        if State::of(&newest.certificate, at) != State::Planned {
            return Ok(newest);
        }
        let active = self
            .entries(Shelf::Csca)?
            .into_iter()
            .rfind(|entry| State::of(&entry.certificate, at) == State::Active);
        Ok(active.unwrap_or(newest))
    }

    /// The path without ending of the next certificate on a shelf: `ds/02`.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub fn next(&self, shelf: Shelf) -> Result<PathBuf, Error> {
        next_in(&self.folder.join(shelf.folder()))
    }

    /// The first certificate of this authority, on whichever shelf, that holds a key.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub fn certificate_of(&self, key: &VerifyingKey) -> Result<Option<PathBuf>, Error> {
        for shelf in Shelf::ALL {
            let found = self.entries(shelf)?.into_iter().find(|entry| {
                let certified = entry.certificate.public_key();
                certified.is_ok_and(|certified| certified.is_same_key(key))
            });
            if let Some(entry) = found {
                return Ok(Some(entry.base.with_extension("pem")));
            }
        }
        Ok(None)
    }

    /// The links that the authority made, in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Certificate`].
    pub fn links(&self) -> Result<Vec<Certificate>, Error> {
        let mut links = Vec::new();
        for entry in self.entries(Shelf::Csca)? {
            links.extend(self.link(entry.number)?);
        }
        Ok(links)
    }
}

/// The document signer of a folder that signs documents of this code (`P`, `ID`) now: of those whose time it is, who may sign
/// such documents and are not taken back by the authority's newest revocation list, the one whose time came last, so that an
/// older one drains. A folder without an authority, such as a station's, knows no revocation list.
///
/// # Errors
/// [`Problem::Nothing`]; [`Problem::NoSigner`] with what keeps each from signing; as [`Authority::entries`] and
/// [`Authority::last_crl`].
pub fn document_signer(folder: &Path, code: &str, at: UnixTime) -> Result<Entry, Error> {
    let revoked = match Settings::are_in(folder) {
        true => Authority::open(folder)?.last_crl()?,
        false => None,
    };
    let folder = folder.join(Shelf::Ds.folder());
    let entries = entries_in(&folder)?;
    if entries.is_empty() {
        return Err(Error::from(Problem::Nothing { path: folder }));
    }
    if let [only] = entries.as_slice() {
        // With one alone, why it may not sign is the better answer.
        only.may_sign(at)?;
    }
    let mut why = Vec::new();
    let mut active = Vec::new();
    for entry in entries {
        let state = State::of(&entry.certificate, at);
        let hindrance = if revoked
            .as_ref()
            .is_some_and(|crl| crl.takes_back(&entry.certificate))
        {
            Some("revoked".to_owned())
        } else if state != State::Active {
            Some(state.as_str().to_owned())
        } else if !may_sign_type(&entry.certificate, code) {
            let types = entry.certificate.document_types().unwrap_or_default().join(",");
            Some(format!("for {types}, not {code}"))
        } else {
            None
        };
        match hindrance {
            Some(hindrance) => why.push(format!("ds/{:02}: {hindrance}", entry.number)),
            None => active.push(entry),
        }
    }
    active
        .into_iter()
        .max_by_key(|entry| (usage_of(&entry.certificate).0, entry.number))
        .ok_or_else(|| {
            Error::from(Problem::NoSigner {
                path: folder,
                why: why.join("; "),
            })
        })
}

/// Whether a signer's certificate allows documents of this code, as counters judge it: a listed letter covers every code that
/// begins with it, and no list allows all.
#[must_use]
pub fn may_sign_type(certificate: &Certificate, code: &str) -> bool {
    let Some(types) = certificate.document_types() else {
        return true;
    };
    types.iter().any(|listed| {
        let listed = listed.trim_end_matches('<');
        listed == code || (listed.len() == 1 && code.starts_with(listed))
    })
}

/// The counter that an authority put beside a certificate (`NN.toml`, `NN.used`), for one that is named by itself.
///
/// # Errors
/// As [`StoredKey::load`].
pub fn counter_beside(certificate: &Path) -> Result<Option<DocumentCounter>, Error> {
    let described = certificate.with_extension("toml");
    if !described.is_file() {
        return Ok(None);
    }
    let key = StoredKey::load(&described)?;
    Ok(Some(DocumentCounter::new(
        certificate.with_extension("used"),
        key.limit(),
    )))
}

/// Every certificate of a folder with its key, in the order of their numbers; none for a folder that is not there.
///
/// # Errors
/// As [`Authority::entries`].
pub fn entries_in(folder: &Path) -> Result<Vec<Entry>, Error> {
    numbers(folder)?
        .into_iter()
        .map(|number| Entry::load(folder, number))
        .collect()
}

/// The path without ending of the next certificate in a folder: `01` for one that is not there.
///
/// # Errors
/// [`Error::Io`].
pub fn next_in(folder: &Path) -> Result<PathBuf, Error> {
    let last = numbers(folder)?.pop().unwrap_or(0);
    Ok(folder.join(format!("{:02}", last.saturating_add(1))))
}

fn numbers(folder: &Path) -> Result<Vec<u32>, Error> {
    numbers_of(folder, "pem")
}

/// The numbers that files of this ending are named by, sorted; none for a folder that is not there.
pub(super) fn numbers_of(folder: &Path, ending: &str) -> Result<Vec<u32>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let digits = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
        if digits && path.extension().is_some_and(|found| found == ending) {
            numbers.extend(stem.parse::<u32>().ok());
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

const MAX_CERTIFICATE_BYTES: u64 = 128 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_names_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "02.pem",
            "10.pem",
            "01.pem",
            "02-link.pem",
            "01-key.pem",
            "x.pem",
            "03.toml",
        ] {
            std::fs::write(folder.path().join(name), "").expect("it is written");
        }
        assert_eq!(numbers(folder.path()), Ok(vec![1, 2, 10]));
        assert_eq!(numbers(&folder.path().join("none")), Ok(Vec::new()));
    }
}
