//! An operator's word on a plan: a CMS signature over its bytes, such as `openssl cms -sign` makes, attached or detached.

use antin_crypto::{Hash, PureRust};
use antin_wire::oids::ID_DATA;

use crate::asn1::{OCTET_STRING, OID};
use crate::certificate::{Certificate, DIGITAL_SIGNATURE};
use crate::cms::{Attributes, Limits, SignedData};
use crate::error::Error;
use crate::signature::{self, Outcome};
use crate::time::UnixTime;

const WHAT: &str = "approval";

/// Verifies that the holder of `operator` signed exactly `plan`; returns when, as far as the signature says so.
///
/// The certificate is the one that the authority keeps, not one that comes with the signature. It must be valid at `at` and,
/// where it states a key usage, be for signatures; who issued it plays no part. SHA-1 is refused: whoever can make two plans
/// with one hash value gets one of them approved by the other.
///
/// # Errors
/// [`Error::Malformed`] if it cannot be read; [`Error::Misuse`] with what is wrong if it is another's, of another plan, or
/// does not verify.
pub fn verify_approval(
    approval: &[u8],
    plan: &[u8],
    operator: &Certificate,
    at: UnixTime,
) -> Result<Option<UnixTime>, Error> {
    let refused = |found: &str| Error::Misuse {
        what: WHAT,
        found: found.to_owned(),
    };
    let signed = SignedData::parse(WHAT, approval, &Limits::DOCUMENT)?;
    let [signer] = signed.signers() else {
        return Err(refused("not exactly one signer"));
    };
    if !signer.names(operator) {
        return Err(refused("another operator"));
    }
    if at < operator.not_before() || at > operator.not_after() {
        return Err(refused("the operator's certificate is not valid now"));
    }
    let usage = operator.extensions().key_usage;
    if usage.is_some_and(|usage| usage & DIGITAL_SIGNATURE == 0) {
        return Err(refused("the operator's certificate is not for signatures"));
    }
    if signed.content_type() != &ID_DATA || signed.content().is_some_and(|content| content != plan) {
        return Err(refused("of another plan"));
    }
    let weak = |hash| matches!(hash, Some(Hash::Sha1));
    let signs_with = signer.algorithm().ok().map(|algorithm| algorithm.hash());
    if weak(signs_with) || weak(Hash::from_oid(&signer.digest_algorithm)) {
        return Err(refused("signed with SHA-1; openssl cms -sign -md sha256"));
    }
    // openssl signs attributes unless it is told not to; without them the content itself is signed (RFC 5652 §5.4).
    let message = match signer.signed_attributes.as_deref() {
        None => plan.to_vec(),
        Some(stored) => {
            let attributes = Attributes::read(WHAT, stored)?;
            let hash = Hash::from_oid(&signer.digest_algorithm).ok_or_else(|| refused("hash unknown"))?;
            let digest = attributes
                .message_digest
                .filter(|value| value.tag == OCTET_STRING && value.value == hash.digest(plan));
            let kind = attributes
                .content_type
                .filter(|value| value.tag == OID && value.value == ID_DATA.as_bytes());
            if digest.is_none() || kind.is_none() {
                return Err(refused("of another plan"));
            }
            as_set(stored)
        }
    };
    match signature::judge(
        signer.algorithm(),
        operator.key(),
        &message,
        &signer.signature,
        &PureRust,
    ) {
        Outcome::Good(_) => Ok(signed.signing_time()),
        Outcome::Bad { error, .. } | Outcome::Undecidable { error, .. } => Err(refused(&error.to_string())),
    }
}

/// What is signed carries the tag of a SET OF in place of `[0]`.
fn as_set(stored: &[u8]) -> Vec<u8> {
    const SET_OF: u8 = 0x31;
    let mut message = stored.to_vec();
    if let Some(first) = message.first_mut() {
        *first = SET_OF;
    }
    message
}
