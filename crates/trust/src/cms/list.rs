//! Whether a published list is the word of a signer whom a pinned root vouches for.

use std::collections::VecDeque;

use antin_crypto::{ObjectIdentifier, Verifier};
use antin_wire::oids::EXT_KEY_USAGE;

use super::{Fault, Limits, SignedData};
use crate::certificate::{Certificate, DIGITAL_SIGNATURE};
use crate::checks::Reason;
use crate::error::Error;
use crate::signature::Outcome;
use crate::time::UnixTime;

/// Who signed a published list, proven up to a pinned root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSignature {
    /// The signer.
    pub signer: Certificate,
    /// Who vouches for the signer: its issuer first, the pinned root last.
    pub path: Vec<Certificate>,
    /// When the signer says to have signed; master and deviation lists must state it (ICAO 9303-12 §9.1, §10.1).
    pub signing_time: Option<UnixTime>,
}

/// The most certificates between a signer and its root: a link certificate for each time that the key changed.
const MAX_PATH: usize = 8;
/// The most signatures that are verified on the way.
const MAX_ATTEMPTS: usize = 64;

impl SignedData {
    /// Reads a published list: SignedData that fills `bytes`, in DER or BER, with a content of that type.
    ///
    /// # Errors
    /// [`Error::Malformed`], also for a list of another kind; [`Error::TooComplex`].
    pub(crate) fn parse_list(
        what: &'static str,
        bytes: &[u8],
        content_type: &ObjectIdentifier,
    ) -> Result<Self, Error> {
        let signed = Self::parse(what, bytes, &Limits::LIST)?;
        if signed.content_type() != content_type {
            return Err(Error::Malformed { what, at: 0 });
        }
        Ok(signed)
    }

    /// What the list says; a list without a content is none.
    pub(crate) fn list_content(&self) -> Result<&[u8], Error> {
        let missing = Error::Malformed {
            what: self.what(),
            at: 0,
        };
        self.content().ok_or(missing)
    }

    /// Verifies content type, signature and purpose of the signer, and its chain to one of the roots. Certificates of the
    /// bag may stand in between, as a CSCA that was linked to a root; they never are roots.
    ///
    /// # Errors
    /// [`Error::NotTrusted`].
    pub(crate) fn verify_list(
        &self,
        content_type: &ObjectIdentifier,
        purpose: &ObjectIdentifier,
        roots: &[Certificate],
        at: UnixTime,
        verifier: &dyn Verifier,
    ) -> Result<ListSignature, Error> {
        let refused = |fault: Fault| Error::NotTrusted {
            what: self.what(),
            reason: fault.reason,
            detail: fault.evidence,
        };
        let signer = self.list_signer(content_type, verifier).map_err(refused)?;
        may_sign(signer, purpose, at).map_err(refused)?;
        let path = self.path(signer, roots, verifier).map_err(refused)?;
        if let Some(fault) = path.iter().find_map(|above| outside_validity(above, at)) {
            return Err(refused(fault));
        }
        Ok(ListSignature {
            signer: signer.clone(),
            path,
            signing_time: self.signing_time(),
        })
    }

    /// The certificate of the bag that the signer names and whose key fits the signature.
    fn list_signer(
        &self,
        content_type: &ObjectIdentifier,
        verifier: &dyn Verifier,
    ) -> Result<&Certificate, Fault> {
        let findings = self.examine_as(content_type)?;
        let mut fault = Fault::failed(Reason::SignerCertificateMissing);
        let named = self
            .certificates()
            .iter()
            .filter(|certificate| findings.signer.names(certificate));
        for certificate in named {
            match findings.judge(certificate, verifier) {
                Ok(_) => return Ok(certificate),
                Err(found) => fault = found,
            }
        }
        Err(fault)
    }

    /// The shortest way from the signer to a root.
    fn path(
        &self,
        signer: &Certificate,
        roots: &[Certificate],
        verifier: &dyn Verifier,
    ) -> Result<Vec<Certificate>, Fault> {
        let mut attempts = 0;
        let mut signed = |below: &Certificate, above: &Certificate| {
            attempts += 1;
            attempts <= MAX_ATTEMPTS
                && above.is_ca()
                && below.names_issuer(above)
                && below.issuer().has_attributes_of(above.subject())
                && matches!(below.judge_signature(above, verifier), Outcome::Good(_))
        };
        let mut seen = vec![signer];
        let mut ways = VecDeque::from([vec![signer]]);
        while let Some(way) = ways.pop_front() {
            let Some(last) = way.last() else { continue };
            if let Some(root) = roots.iter().find(|root| signed(last, root)) {
                let above = way.iter().skip(1).map(|certificate| (*certificate).clone());
                return Ok(above.chain([root.clone()]).collect());
            }
            if way.len() > MAX_PATH {
                continue;
            }
            for above in self.certificates() {
                if !seen.contains(&above) && signed(last, above) {
                    seen.push(above);
                    ways.push_back(way.iter().copied().chain([above]).collect());
                }
            }
        }
        Err(Fault::undetermined(
            Reason::NoAnchor,
            format!("issuer {}", signer.issuer()),
        ))
    }
}

fn may_sign(signer: &Certificate, purpose: &ObjectIdentifier, at: UnixTime) -> Result<(), Fault> {
    let extensions = signer.extensions();
    let unknown = extensions
        .unknown_critical
        .iter()
        .find(|id| **id != EXT_KEY_USAGE);
    if let Some(unknown) = unknown {
        return Err(Fault::failed(Reason::CriticalExtensionUnknown).evidence(unknown.to_string()));
    }
    if extensions
        .key_usage
        .is_none_or(|usage| usage & DIGITAL_SIGNATURE == 0)
    {
        return Err(Fault::failed(Reason::KeyUsageMissing).evidence("digitalSignature"));
    }
    let stated = extensions.purposes.as_ref();
    if !stated.is_some_and(|purposes| purposes.contains(purpose)) {
        let evidence = format!("extKeyUsage {}", crate::signature::described(purpose));
        return Err(Fault::failed(Reason::KeyUsageMissing).evidence(evidence));
    }
    outside_validity(signer, at).map_or(Ok(()), Err)
}

fn outside_validity(certificate: &Certificate, at: UnixTime) -> Option<Fault> {
    if at < certificate.not_before() {
        return Some(Fault::failed(Reason::NotYetValid).evidence(certificate.not_before().to_string()));
    }
    (at > certificate.not_after())
        .then(|| Fault::failed(Reason::Expired).evidence(certificate.not_after().to_string()))
}
