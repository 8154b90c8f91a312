//! Signs any content as CMS SignedData (RFC 5652): lists, and what an authority vouches for.
//!
//! ```text
//! ContentInfo { id-signedData, [0] SignedData {
//!     version 3, digestAlgorithms, { contentType, [0] content }, certificates [0],
//!     SignerInfo { 3, [0] subjectKeyIdentifier, digestAlgorithm,
//!                  signedAttrs { contentType, messageDigest, signingTime }, signatureAlgorithm, signature } } }
//! ```
//! The form of ICAO 9303-12 tables 18 and 19: DER, the signer named by its key identifier, the digest algorithm without
//! parameters, the signing time among the signed attributes.

use antin_crypto::{Hash, ObjectIdentifier, PureRust, Signer};
use antin_wire::oids::{CONTENT_TYPE, ID_SIGNED_DATA, MESSAGE_DIGEST, SIGNING_TIME};

use crate::asn1::{OCTET_STRING, SET, explicit, implicit, write};
use crate::certificate::Certificate;
use crate::checks::Reason;
use crate::cms::{Fault, Limits, SignedData};
use crate::error::Error;
use crate::time::UnixTime;

/// Who signs, and which certificates go with it.
#[derive(Clone, Copy)]
pub struct ContentSigner<'a> {
    /// The private key.
    pub signer: &'a dyn Signer,
    /// The certificate of that key.
    pub certificate: &'a Certificate,
    /// Certificates that help to verify it, such as the authority's.
    pub others: &'a [Certificate],
}

impl core::fmt::Debug for ContentSigner<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ContentSigner({})", self.certificate.subject())
    }
}

impl ContentSigner<'_> {
    /// Signs a content; what is returned has been read back and verified.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the certificate does not hold the signer's public key; the signer's; [`Error::SelfCheck`].
    pub fn sign(&self, kind: &ObjectIdentifier, content: &[u8], at: UnixTime) -> Result<Vec<u8>, Error> {
        if !self
            .certificate
            .public_key()?
            .is_same_key(self.signer.public_key())
        {
            return Err(Error::Misuse {
                what: "certificate of the signer's key",
                found: self.certificate.subject().to_string(),
            });
        }
        let hash = self.signer.algorithm().hash();
        let attributes = signed_attributes(kind, &hash.digest(content), at);
        // What is signed is a SET OF; what is stored carries [0] in its place (RFC 5652 §5.4).
        let message = write::object(SET, &[&attributes]);
        let signature = self.signer.sign(&message)?;
        let file = self.assemble(hash, kind, content, &attributes, &signature);
        self.check(kind, content, &file)?;
        Ok(file)
    }

    /// Reads the file as a stranger would: a broken signer must not publish anything.
    fn check(&self, kind: &ObjectIdentifier, content: &[u8], file: &[u8]) -> Result<(), Error> {
        let broken = |what| Error::SelfCheck { what };
        let read = SignedData::parse("signed content", file, &Limits::LIST)
            .map_err(|_| broken("form of a signed content"))?;
        let findings = read
            .examine_as(kind)
            .map_err(|_| broken("attributes of a signed content"))?;
        let named = findings.signer.names(self.certificate);
        if findings.content != content || !named || !read.certificates().contains(self.certificate) {
            return Err(broken("content and certificates of a signed content"));
        }
        findings
            .judge(self.certificate, &PureRust)
            .map(|_| ())
            .map_err(|_| broken("signature of a signed content"))
    }

    fn assemble(
        &self,
        hash: Hash,
        kind: &ObjectIdentifier,
        content: &[u8],
        attributes: &[u8],
        signature: &[u8],
    ) -> Vec<u8> {
        let digest_algorithm = write::algorithm(&hash.oid());
        let identifier = super::profile::identifier_of(self.certificate);
        let signer_info = write::sequence(&[
            &write::unsigned(&[3]),
            &write::object(implicit(0), &[&identifier]),
            &digest_algorithm,
            &write::object(explicit(0), &[attributes]),
            &self.signer.algorithm().to_der(),
            &write::object(OCTET_STRING, &[signature]),
        ]);
        let mut certificates: Vec<&[u8]> = self.others.iter().map(Certificate::as_der).collect();
        certificates.push(self.certificate.as_der());
        let encapsulated = write::sequence(&[
            &write::oid(kind),
            &write::object(explicit(0), &[&write::octets(content)]),
        ]);
        let signed = write::sequence(&[
            &write::unsigned(&[3]),
            &write::object(SET, &[&digest_algorithm]),
            &encapsulated,
            &write::object(explicit(0), &sorted(certificates)),
            &write::object(SET, &[&signer_info]),
        ]);
        write::sequence(&[
            &write::oid(&ID_SIGNED_DATA),
            &write::object(explicit(0), &[&signed]),
        ])
    }
}

/// Opens what [`ContentSigner::sign`] made: the content, and which of these certificates made the signature. Who issued that
/// certificate and when it was valid plays no part.
///
/// # Errors
/// [`Error::Malformed`]; [`Error::NotTrusted`] if none of the certificates signed it, or the signature is wrong.
pub fn open_content<'c>(
    what: &'static str,
    file: &[u8],
    kind: &ObjectIdentifier,
    certificates: &'c [Certificate],
) -> Result<(Vec<u8>, &'c Certificate), Error> {
    let read = SignedData::parse(what, file, &Limits::LIST)?;
    let refused = |fault: Fault| Error::NotTrusted {
        what,
        reason: fault.reason,
        detail: fault.evidence,
    };
    let findings = read.examine_as(kind).map_err(refused)?;
    let named = certificates.iter().filter(|one| findings.signer.names(one));
    let mut why = Fault::failed(Reason::SignerCertificateMissing);
    for certificate in named {
        match findings.judge(certificate, &PureRust) {
            Ok(_) => return Ok((findings.content.to_vec(), certificate)),
            Err(fault) => why = fault,
        }
    }
    Err(refused(why))
}

fn signed_attributes(kind: &ObjectIdentifier, digest: &[u8], at: UnixTime) -> Vec<u8> {
    let attribute = |name: &ObjectIdentifier, value: Vec<u8>| {
        write::sequence(&[&write::oid(name), &write::object(SET, &[&value])])
    };
    let attributes = [
        attribute(&CONTENT_TYPE, write::oid(kind)),
        attribute(&MESSAGE_DIGEST, write::octets(digest)),
        attribute(&SIGNING_TIME, write::time(at)),
    ];
    sorted(attributes.iter().map(Vec::as_slice).collect()).concat()
}

/// The members of a SET OF in the order of DER (X.690 §11.6), each once.
pub(super) fn sorted(mut members: Vec<&[u8]>) -> Vec<&[u8]> {
    members.sort_unstable();
    members.dedup();
    members
}
