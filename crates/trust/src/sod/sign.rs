//! Makes EF.SOD. The constant parts are prepared once per signer; what is returned has always been verified.

use antin_crypto::{Hash, ObjectIdentifier, Signer, Verifier, fastest_verifier};
use antin_lds::LdsSecurityObject;
use antin_wire::oids::{CONTENT_TYPE, ID_SIGNED_DATA, LDS_SECURITY_OBJECT, MESSAGE_DIGEST, SIGNING_TIME};
use antin_wire::tlv::Tag;

use super::SignedSod;
use crate::asn1::write::{self, header, header_len};
use crate::asn1::{OCTET_STRING, SEQUENCE, SET, explicit};
use crate::certificate::Certificate;
use crate::cms::{CMS_VERSION, Limits, SignedData};
use crate::error::Error;
use crate::time::UnixTime;

const EF_SOD: Tag = Tag(0x77);

/// Signs the hashes of the data groups; returns the whole file, tag 77 included.
///
/// `groups` holds number and stored bytes of each data group, in the order of the list. The result has been read back
/// and verified. Whoever signs many documents prepares a [`SodSigner`].
///
/// # Errors
/// [`Error::Misuse`]: the certificate is not the signer's, or a data group number is not of 1 to 16 or occurs twice;
/// [`Error::SelfCheck`]: what the signer made does not verify; the signer's errors.
pub fn sign(
    groups: &[(u8, &[u8])],
    hash: Hash,
    signer: &dyn Signer,
    ds: &Certificate,
    signing_time: UnixTime,
) -> Result<Vec<u8>, Error> {
    SodSigner::new(signer, ds, hash)?.sign(groups, signing_time)
}

/// A document signer, prepared once for many documents.
pub struct SodSigner<'a> {
    signer: &'a dyn Signer,
    verifier: &'a dyn Verifier,
    certificate: Certificate,
    hash: Hash,
    /// version and digestAlgorithms
    head: Vec<u8>,
    /// `[0]` with the certificate
    certificates: Vec<u8>,
    /// version, sid and digestAlgorithm of the SignerInfo
    signer_head: Vec<u8>,
    signature_algorithm: Vec<u8>,
}

impl core::fmt::Debug for SodSigner<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SodSigner")
            .field("certificate", &self.certificate)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl<'a> SodSigner<'a> {
    /// Prepares a signer; `hash` is used for data groups and content alike.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the certificate does not hold the signer's public key.
    pub fn new(signer: &'a dyn Signer, certificate: &Certificate, hash: Hash) -> Result<Self, Error> {
        if !certificate.public_key()?.is_same_key(signer.public_key()) {
            let found = certificate.subject().to_string();
            return Err(Error::Misuse {
                what: "certificate of the signer's key",
                found,
            });
        }
        let digest_algorithm = write::algorithm(&hash.oid());
        let sid = write::sequence(&[
            certificate.issuer().as_der(),
            &write::unsigned(certificate.serial()),
        ]);
        Ok(Self {
            signer,
            verifier: fastest_verifier(),
            certificate: certificate.clone(),
            hash,
            head: [
                write::unsigned(&[CMS_VERSION]),
                write::object(SET, &[&digest_algorithm]),
            ]
            .concat(),
            certificates: write::object(explicit(0), &[certificate.as_der()]),
            signer_head: [write::unsigned(&[1]), sid, digest_algorithm].concat(),
            signature_algorithm: signer.algorithm().to_der(),
        })
    }

    /// Uses another backend for the self-check.
    #[must_use]
    pub fn with_verifier(self, verifier: &'a dyn Verifier) -> Self {
        Self { verifier, ..self }
    }

    /// The certificate that goes into every document.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Signs one document; see [`sign`].
    ///
    /// # Errors
    /// As [`sign`].
    pub fn sign(&self, groups: &[(u8, &[u8])], signing_time: UnixTime) -> Result<Vec<u8>, Error> {
        let hashes: Vec<(u8, Vec<u8>)> = groups
            .iter()
            .map(|(number, bytes)| (*number, self.hash.digest(bytes)))
            .collect();
        let content =
            LdsSecurityObject::build(self.hash.oid(), &hashes, None).map_err(|fault| Error::Misuse {
                what: "data groups",
                found: fault.to_string(),
            })?;
        self.wrap(
            &LDS_SECURITY_OBJECT,
            content.as_bytes(),
            signing_time,
            Some(EF_SOD),
        )
    }

    /// Signs a content of the given type, and puts the tag of a file around the result where it has one.
    pub(crate) fn wrap(
        &self,
        kind: &ObjectIdentifier,
        content: &[u8],
        signing_time: UnixTime,
        tag: Option<Tag>,
    ) -> Result<Vec<u8>, Error> {
        let attributes = self.signed_attributes(kind, content, signing_time);
        // What is signed is a SET OF; what is stored carries [0] in its place.
        let signature = self.signer.sign(&write::object(SET, &[&attributes]))?;
        let file = self.assemble(kind, content, &attributes, &signature, tag);
        self.check(kind, &file, content, tag)?;
        Ok(file)
    }

    /// The three attributes in DER order of a SET OF: shorter encodings come first.
    fn signed_attributes(&self, kind: &ObjectIdentifier, content: &[u8], signing_time: UnixTime) -> Vec<u8> {
        let kind = attribute(&write::oid(&CONTENT_TYPE), &write::oid(kind));
        let time = attribute(&write::oid(&SIGNING_TIME), &write::time(signing_time));
        let digest = attribute(
            &write::oid(&MESSAGE_DIGEST),
            &write::octets(&self.hash.digest(content)),
        );
        [kind, time, digest].concat()
    }

    fn assemble(
        &self,
        content_type: &ObjectIdentifier,
        content: &[u8],
        attributes: &[u8],
        signature: &[u8],
        tag: Option<Tag>,
    ) -> Vec<u8> {
        let octets = write::object(explicit(0), &[&write::octets(content)]);
        let encapsulated = write::sequence(&[&write::oid(content_type), &octets]);
        let stored_attributes = write::object(explicit(0), &[attributes]);
        let signature = write::object(OCTET_STRING, &[signature]);
        let signer_info = write::sequence(&[
            &self.signer_head,
            &stored_attributes,
            &self.signature_algorithm,
            &signature,
        ]);
        let signer_infos = write::object(SET, &[&signer_info]);
        let kind = write::oid(&ID_SIGNED_DATA);
        let parts = [
            self.head.as_slice(),
            &encapsulated,
            &self.certificates,
            &signer_infos,
        ];
        let data_len: usize = parts.iter().map(|part| part.len()).sum();
        let wrapped_len = header_len(data_len) + data_len;
        let info_len = kind.len() + header_len(wrapped_len) + wrapped_len;
        let cms_len = header_len(info_len) + info_len;
        let mut file = Vec::with_capacity(header_len(cms_len) + cms_len);
        if let Some(tag) = tag {
            header(&mut file, tag, cms_len);
        }
        header(&mut file, SEQUENCE, info_len);
        file.extend_from_slice(&kind);
        header(&mut file, explicit(0), wrapped_len);
        header(&mut file, SEQUENCE, data_len);
        for part in parts {
            file.extend_from_slice(part);
        }
        file
    }

    /// Reads the finished file as a stranger would and verifies it; a broken signer must not issue anything.
    fn check(
        &self,
        kind: &ObjectIdentifier,
        file: &[u8],
        content: &[u8],
        tag: Option<Tag>,
    ) -> Result<(), Error> {
        let signed = match tag {
            Some(_) => SignedSod::parse(file).map(SignedSod::into_signed_data),
            None => SignedData::parse("signed content", file, &Limits::LIST),
        };
        let sod = signed.map_err(|_| Error::SelfCheck { what: "EF.SOD form" })?;
        let findings = sod.examine_as(kind).map_err(|_| Error::SelfCheck {
            what: "EF.SOD attributes",
        })?;
        if findings.content != content || sod.certificates() != core::slice::from_ref(&self.certificate) {
            return Err(Error::SelfCheck {
                what: "EF.SOD content",
            });
        }
        findings
            .judge(&self.certificate, self.verifier)
            .map(|_| ())
            .map_err(|_| Error::SelfCheck {
                what: "EF.SOD signature",
            })
    }
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    write::sequence(&[kind, &write::object(SET, &[value])])
}
