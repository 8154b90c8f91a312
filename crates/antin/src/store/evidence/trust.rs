//! The trust of a visit, kept with it: who vouches for the document's signers, and who is revoked.

use antin_lds::ElementaryFile;
use antin_trust::crl::CertificateList;
use antin_trust::sod::SignedSod;
use antin_trust::{Certificate, ReadFiles, TrustStore, card_security};

/// No document has more certificates above its signers.
pub(super) const MAX_CERTIFICATES: usize = 64;
/// No document needs more revocation lists.
pub(super) const MAX_CRLS: usize = 16;
/// More bytes of revocation lists are not kept.
const MAX_CRL_BYTES: usize = 8 * 1024 * 1024;

/// What was trusted in a visit, as its evidence says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustUsed {
    /// Authorities (CSCA) that the document's signers name.
    pub authorities: Vec<Certificate>,
    /// Link certificates that they name.
    pub links: Vec<Certificate>,
    /// Revocation lists of these authorities, DER.
    pub crls: Vec<Vec<u8>>,
}

impl TrustUsed {
    /// What of a store a document's signers name; revocation lists up to 8 MiB.
    pub fn of(files: &ReadFiles, store: &TrustStore) -> Self {
        let mut used = Self::default();
        for signer in signers(files) {
            let links: Vec<&Certificate> = store.candidate_links(&signer).collect();
            // A link is itself signed by an authority.
            for named in [&signer].into_iter().chain(links.iter().copied()) {
                for anchor in store.candidates(named) {
                    keep(&mut used.authorities, anchor.certificate());
                }
            }
            for link in links {
                keep(&mut used.links, link);
            }
        }
        let issuers: Vec<&Certificate> = used.authorities.iter().chain(&used.links).collect();
        let mut room = MAX_CRL_BYTES;
        for list in store.crls() {
            let der = list.as_der();
            let wanted = issuers.iter().any(|issuer| list.names_issuer(issuer));
            if wanted && used.crls.len() < MAX_CRLS && der.len() <= room {
                room -= der.len();
                used.crls.push(der.to_vec());
            }
        }
        used
    }

    /// Adds the authorities, links and lists to a store, as a believed station vouches for them.
    ///
    /// # Errors
    ///
    /// A certificate that is no authority's, a list that is none; nothing more is added then.
    pub fn join(&self, store: &mut TrustStore) -> Result<(), antin_trust::Error> {
        for authority in &self.authorities {
            store.add(authority.clone())?;
        }
        for link in &self.links {
            store.add_link(link.clone())?;
        }
        for der in &self.crls {
            store.add_crl(CertificateList::parse(der)?);
        }
        Ok(())
    }
}

fn keep(kept: &mut Vec<Certificate>, certificate: &Certificate) {
    if kept.len() < MAX_CERTIFICATES && !kept.contains(certificate) {
        kept.push(certificate.clone());
    }
}

/// The certificates of whoever signed the document.
fn signers(files: &ReadFiles) -> Vec<Certificate> {
    let sod = files
        .bytes(ElementaryFile::Sod)
        .and_then(|bytes| SignedSod::parse(bytes).ok())
        .map(|signed| signed.certificates().to_vec());
    let card_security = files
        .bytes(ElementaryFile::CardSecurity)
        .and_then(|bytes| card_security::parse(bytes).ok())
        .map(|signed| signed.certificates().to_vec());
    sod.into_iter()
        .chain(card_security)
        .flatten()
        .take(MAX_CERTIFICATES)
        .collect()
}
