//! What a master list states, before it is signed (ICAO 9303-12 §9.2).
//!
//! ```text
//! CscaMasterList ::= SEQUENCE { version INTEGER { v0(0) }, certList SET OF Certificate }
//! ```

use antin_crypto::PureRust;
use antin_wire::oids::CSCA_MASTER_LIST;

use super::signed_data::{ContentSigner, sorted};
use crate::asn1::read::Der;
use crate::asn1::{SET, write};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::time::UnixTime;

/// The most certificates on a list that is made here; real lists hold some hundreds.
pub const MAX_MASTER_LIST_CERTIFICATES: usize = 20_000;

/// The content of a master list: certificates of authorities in the order of DER, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterListContent(Vec<u8>);

impl MasterListContent {
    /// Puts certificates on a list.
    ///
    /// Each must be an authority's, and signed by itself or, for a link, by another one on the list: a list signer vouches
    /// for what it has checked (§5.3).
    ///
    /// # Errors
    /// [`Error::Misuse`] for a certificate that is not such, with its subject; for none at all, or more than
    /// [`MAX_MASTER_LIST_CERTIFICATES`].
    pub fn new(certificates: &[Certificate]) -> Result<Self, Error> {
        if certificates.is_empty() || certificates.len() > MAX_MASTER_LIST_CERTIFICATES {
            return Err(Error::Misuse {
                what: "number of certificates on a master list",
                found: certificates.len().to_string(),
            });
        }
        for certificate in certificates {
            let what = match certificate.is_ca() {
                false => "certificate of an authority",
                true if vouched_for(certificate, certificates) => continue,
                true => "certificate signed by itself or by another one on the list",
            };
            return Err(Error::Misuse {
                what,
                found: certificate.subject().to_string(),
            });
        }
        let members = sorted(certificates.iter().map(Certificate::as_der).collect());
        Ok(Self(write::sequence(&[
            &write::unsigned(&[0]),
            &write::object(SET, &members),
        ])))
    }

    /// Reads a content that was made before, such as on another machine; what it holds is checked as in [`new`](Self::new).
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`]; as [`new`](Self::new).
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::new(&read(der)?)
    }

    /// The certificates on the list.
    ///
    /// # Errors
    /// None that its making has not met already.
    pub fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        read(&self.0)
    }

    /// The content as DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The list, signed by a master list signer.
    ///
    /// # Errors
    /// As [`ContentSigner::sign`].
    pub fn sign(&self, signer: &ContentSigner<'_>, at: UnixTime) -> Result<Vec<u8>, Error> {
        signer.sign(&CSCA_MASTER_LIST, &self.0, at)
    }
}

fn read(der: &[u8]) -> Result<Vec<Certificate>, Error> {
    const WHAT: &str = "master list";
    let mut parts = Der::sequence(WHAT, der)?;
    if parts.small()? != 0 {
        return Err(Error::Malformed { what: WHAT, at: 0 });
    }
    let mut members = Der::new(WHAT, parts.take(SET)?.value);
    parts.finish()?;
    let mut certificates = Vec::new();
    while let Some(member) = members.next()? {
        if certificates.len() == MAX_MASTER_LIST_CERTIFICATES {
            return Err(Error::TooComplex { what: WHAT });
        }
        certificates.push(Certificate::parse(member.raw)?);
    }
    Ok(certificates)
}

fn vouched_for(certificate: &Certificate, all: &[Certificate]) -> bool {
    let by = |issuer: &Certificate| {
        issuer.is_ca()
            && certificate.names_issuer(issuer)
            && certificate.verify_signed_by(issuer, &PureRust).is_ok()
    };
    by(certificate) || all.iter().any(by)
}
