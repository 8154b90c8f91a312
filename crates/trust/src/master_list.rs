//! Master lists: the CSCA certificates that a country trusts, in its signed word (ICAO 9303-12 §9).
//!
//! ```text
//! CscaMasterList ::= SEQUENCE { version INTEGER { v0(0) }, certList SET OF Certificate }         §9.2
//! ```

use antin_crypto::{ObjectIdentifier, Verifier};
use antin_wire::oids::{CSCA_MASTER_LIST, CSCA_MASTER_LIST_SIGNING_KEY};

use crate::asn1::read::Der;
use crate::asn1::{SEQUENCE, SET};
use crate::certificate::Certificate;
use crate::cms::{ListSignature, SignedData};
use crate::error::Error;
use crate::time::UnixTime;

/// The most certificates of one list; the German list of 2026 has 588.
pub const MAX_LISTED: usize = 20_000;

const WHAT: &str = "master list";

/// A master list as received. That it was read says nothing about whether it is right: [`verify`](Self::verify) does.
#[derive(Clone, Debug)]
pub struct MasterList {
    signed: SignedData,
    version: u8,
    certificates: Vec<Certificate>,
    skipped: Vec<Skipped>,
}

/// A member of a list that cannot be read; the others can.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Where it stands, counted from 0 over all members.
    pub index: usize,
    /// Why it cannot be read.
    pub reason: Error,
    /// The bytes as received.
    pub der: Vec<u8>,
}

impl MasterList {
    /// The type of the content.
    pub const CONTENT_TYPE: ObjectIdentifier = CSCA_MASTER_LIST;

    /// Reads a list: a CMS SignedData that fills `bytes`, in DER or BER. Certificates that cannot be read are skipped and
    /// named.
    ///
    /// # Errors
    /// [`Error::Malformed`]: the frame of the list is broken, or it is no master list; [`Error::TooComplex`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let signed = SignedData::parse_list(WHAT, bytes, &Self::CONTENT_TYPE)?;
        let mut parts = Der::sequence(WHAT, signed.list_content()?)?;
        let version = parts.small()?;
        let members = parts.take(SET)?;
        parts.finish()?;
        let (certificates, skipped) = read_members(members.value)?;
        Ok(Self {
            version,
            certificates,
            skipped,
            signed,
        })
    }

    /// The version: 0 is the only one that is defined.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The listed certificates that can be read, in the order of the list.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The members that cannot be read.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The signed frame of the list, with the certificates of its signer.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed
    }

    /// When the signer claims to have signed.
    #[must_use]
    pub fn signing_time(&self) -> Option<UnixTime> {
        self.signed.signing_time()
    }

    /// Verifies the signature, that its key is for master lists (ICAO 9303-12 §7.1.1.3) and valid at `at`, and the chain
    /// from the signer to one of the pinned roots. What the list itself says is never a root.
    ///
    /// # Errors
    /// [`Error::NotTrusted`].
    pub fn verify(
        &self,
        roots: &[Certificate],
        at: UnixTime,
        verifier: &dyn Verifier,
    ) -> Result<ListSignature, Error> {
        self.signed.verify_list(
            &Self::CONTENT_TYPE,
            &CSCA_MASTER_LIST_SIGNING_KEY,
            roots,
            at,
            verifier,
        )
    }
}

fn read_members(content: &[u8]) -> Result<(Vec<Certificate>, Vec<Skipped>), Error> {
    let (mut certificates, mut skipped) = (Vec::new(), Vec::new());
    let mut members = Der::new(WHAT, content);
    let mut index = 0;
    while let Some(member) = members.next()? {
        if index == MAX_LISTED {
            return Err(Error::TooComplex { what: WHAT });
        }
        let read = if member.tag == SEQUENCE {
            Certificate::parse(member.raw)
        } else {
            Err(Error::Malformed {
                what: "certificate",
                at: 0,
            })
        };
        match read {
            Ok(certificate) => certificates.push(certificate),
            Err(reason) => skipped.push(Skipped {
                index,
                reason,
                der: member.raw.to_vec(),
            }),
        }
        index += 1;
    }
    Ok((certificates, skipped))
}
