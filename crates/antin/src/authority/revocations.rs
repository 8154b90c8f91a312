//! The revocation lists of an authority, each the successor of the one before.

use std::path::PathBuf;

use antin_crypto::PureRust;
use antin_trust::Certificate;
use antin_trust::crl::CertificateList;

use super::entry::numbers_of;
use super::plan::sha256;
use super::{Authority, Problem, Shelf};
use crate::error::Error;
use crate::store::read_bounded;

const MAX_CRL_BYTES: u64 = 16 * 1024 * 1024;

/// A revocation list that the authority made.
#[derive(Clone, Debug)]
pub struct MadeCrl {
    /// The list.
    pub list: CertificateList,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// The file.
    pub path: PathBuf,
}

impl MadeCrl {
    /// Whether the list takes a certificate of this authority back; numbers are unique in it.
    #[must_use]
    pub fn takes_back(&self, certificate: &Certificate) -> bool {
        self.list.revoked(certificate.serial()).is_some()
    }
}

impl Authority {
    /// The newest revocation list, if there is one. It is the word of one of the authority's own certificates, none before
    /// it is missing, and its number is that of its file: a list that was put there, or the last but one, would let revoked
    /// certificates rise again.
    ///
    /// # Errors
    /// [`Problem::Settings`] for a list that is not as described; [`Error::Io`]; as [`entries`](Self::entries).
    pub fn last_crl(&self) -> Result<Option<MadeCrl>, Error> {
        let numbers = numbers_of(&self.folder().join("crl"), "crl")?;
        let wrong = |path: PathBuf, what: String| Error::from(Problem::Settings { path, what });
        for (wanted, found) in (1..).zip(&numbers) {
            if wanted != *found {
                return Err(wrong(self.crl_path(wanted), "missing".to_owned()));
            }
        }
        let Some(number) = numbers.last() else {
            return Ok(None);
        };
        let path = self.crl_path(*number);
        let bytes = read_bounded(&path, MAX_CRL_BYTES)?;
        let list = CertificateList::parse(&bytes).map_err(|error| wrong(path.clone(), error.to_string()))?;
        let mut why = "not the word of any certificate in csca/".to_owned();
        let ours = self.entries(Shelf::Csca)?.iter().any(|entry| {
            let judged = list
                .names_issuer(&entry.certificate)
                .then(|| list.judge(&entry.certificate, &PureRust));
            if let Some(Err(error)) = &judged {
                why = error.to_string();
            }
            judged.is_some_and(|judged| judged.is_ok())
        });
        if !ours {
            return Err(wrong(path, why));
        }
        let mut stated = list.number().unwrap_or_default().iter();
        let stated = stated.try_fold(0_u32, |sum, byte| {
            sum.checked_mul(256)?.checked_add(u32::from(*byte))
        });
        if stated != Some(*number) {
            return Err(wrong(path, "its number is not that of its file".to_owned()));
        }
        let sha256 = sha256(&bytes);
        Ok(Some(MadeCrl { list, sha256, path }))
    }

    /// Where the next revocation list goes.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn next_crl(&self) -> Result<PathBuf, Error> {
        let last = numbers_of(&self.folder().join("crl"), "crl")?.pop().unwrap_or(0);
        Ok(self.crl_path(last.saturating_add(1)))
    }

    fn crl_path(&self, number: u32) -> PathBuf {
        self.folder().join("crl").join(format!("{number:06}.crl"))
    }
}
