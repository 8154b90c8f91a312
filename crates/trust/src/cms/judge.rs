//! Whether the signature of SignedData holds: every rule of RFC 5652 §5.4, §5.6 and §11 that an attack has used.

use std::borrow::Cow;

use antin_crypto::{Hash, ObjectIdentifier, Verifier};
use antin_wire::oids::{ID_DATA, LDS_SECURITY_OBJECT};
use antin_wire::tlv::Tlv;

use super::{Attributes, CMS_VERSION, SignedData, SignerInfo};
use crate::asn1::read::oid;
use crate::asn1::{OCTET_STRING, OID, SET};
use crate::certificate::Certificate;
use crate::checks::{CheckResult, Reason};
use crate::signature::{self, Outcome, Strength};

/// Why the signature does not hold, or cannot be decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) result: CheckResult,
    pub(crate) reason: Reason,
    pub(crate) evidence: Option<String>,
}

impl Fault {
    pub(crate) fn failed(reason: Reason) -> Self {
        Self {
            result: CheckResult::Failed,
            reason,
            evidence: None,
        }
    }

    pub(crate) fn undetermined(reason: Reason, evidence: impl Into<String>) -> Self {
        Self {
            result: CheckResult::Undetermined,
            reason,
            evidence: Some(evidence.into()),
        }
    }

    pub(crate) fn evidence(self, evidence: impl Into<String>) -> Self {
        Self {
            evidence: Some(evidence.into()),
            ..self
        }
    }
}

/// What the signature was checked over.
#[derive(Clone, Debug)]
pub(crate) struct Findings<'s> {
    pub(crate) signer: &'s SignerInfo,
    message: Vec<u8>,
    pub(crate) content: &'s [u8],
}

impl SignedData {
    /// Checks all that needs no key: form, the type of the content, and that the signed attributes were made for it.
    pub(crate) fn examine_as(&self, expected: &ObjectIdentifier) -> Result<Findings<'_>, Fault> {
        let [signer] = self.signers() else {
            return Err(Fault::failed(Reason::SignerCount).evidence(self.signers().len().to_string()));
        };
        if self.content_type() != expected {
            return Err(Fault::failed(Reason::ContentTypeWrong).evidence(self.content_type().to_string()));
        }
        // RFC 5652 §5.1: id-data alone may do with version 1.
        let plain = *expected == ID_DATA && self.version() == 1;
        if self.version() != CMS_VERSION && !plain {
            return Err(Fault::failed(Reason::CmsVersion).evidence(self.version().to_string()));
        }
        let content = self
            .content()
            .ok_or_else(|| Fault::failed(Reason::Malformed).evidence("no content"))?;
        let stored = signer
            .signed_attributes
            .as_deref()
            .ok_or_else(|| Fault::failed(Reason::SignedAttributesMissing))?;
        // A content that starts like a SET may be attributes that were signed for something else; SecurityInfos are a SET,
        // and the attributes demanded below tell them apart.
        let guarded = [LDS_SECURITY_OBJECT, ID_DATA].contains(expected);
        if guarded && content.first().is_some_and(|first| u32::from(*first) == SET.0) {
            return Err(
                Fault::failed(Reason::ContentTypeWrong).evidence("content looks like signed attributes")
            );
        }
        let attributes = Attributes::read(self.what(), stored)
            .map_err(|fault| Fault::failed(Reason::Malformed).evidence(fault.to_string()))?;
        check_content_type(attributes.content_type, expected)?;
        check_message_digest(attributes.message_digest, signer, content)?;
        // The list is there for what the signers use. It is not signed, and nothing else is taken from it.
        if !self.digest_algorithms().contains(&signer.digest_algorithm) {
            let used = signature::described(&signer.digest_algorithm);
            return Err(Fault::failed(Reason::AlgorithmMismatch)
                .evidence(format!("digestAlgorithms does not list {used}")));
        }
        Ok(Findings {
            signer,
            message: as_set(stored),
            content,
        })
    }
}

impl Findings<'_> {
    /// Checks the signature with the certificate's key.
    pub(crate) fn judge(
        &self,
        certificate: &Certificate,
        verifier: &dyn Verifier,
    ) -> Result<Strength, Fault> {
        let written = certificate
            .key()
            .as_ref()
            .map(|key| self.signer.signature_under(key));
        let signature = match written {
            Ok(Err(error)) => {
                return Err(Fault::failed(Reason::SignatureWrong).evidence(error.to_string()));
            }
            Ok(Ok(signature)) => signature,
            Err(_) => Cow::Borrowed(self.signer.signature.as_slice()),
        };
        match signature::judge(
            self.signer.algorithm(),
            certificate.key(),
            &self.message,
            &signature,
            verifier,
        ) {
            Outcome::Good(strength) => Ok(strength),
            Outcome::Bad { reason, error } => Err(match reason {
                Reason::SignatureWrong => Fault::failed(reason),
                _ => Fault::failed(reason).evidence(error.to_string()),
            }),
            Outcome::Undecidable { reason, evidence, .. } => Err(Fault::undetermined(reason, evidence)),
        }
    }
}

fn check_content_type(attribute: Option<Tlv<'_>>, expected: &ObjectIdentifier) -> Result<(), Fault> {
    let stated = attribute
        .filter(|value| value.tag == OID)
        .and_then(|value| oid("contentType", &value).ok());
    match stated {
        Some(stated) if stated == *expected => Ok(()),
        Some(other) => {
            Err(Fault::failed(Reason::ContentTypeWrong).evidence(format!("signed attribute: {other}")))
        }
        None => Err(Fault::failed(Reason::SignedAttributesMissing).evidence("contentType")),
    }
}

fn check_message_digest(
    attribute: Option<Tlv<'_>>,
    signer: &SignerInfo,
    content: &[u8],
) -> Result<(), Fault> {
    let stated = attribute
        .filter(|value| value.tag == OCTET_STRING)
        .ok_or_else(|| Fault::failed(Reason::SignedAttributesMissing).evidence("messageDigest"))?;
    let identifier = &signer.digest_algorithm;
    let hash = Hash::from_oid(identifier).ok_or_else(|| {
        Fault::undetermined(
            signature::unknown_reason(identifier),
            signature::described(identifier),
        )
    })?;
    if hash.digest(content) == stated.value {
        Ok(())
    } else {
        Err(Fault::failed(Reason::MessageDigestWrong))
    }
}

/// RFC 5652 §5.4: what is signed carries the tag of a SET OF in place of `[0]`; nothing else changes.
fn as_set(stored: &[u8]) -> Vec<u8> {
    let mut message = stored.to_vec();
    if let Some(first) = message.first_mut() {
        *first = 0x31;
    }
    message
}
