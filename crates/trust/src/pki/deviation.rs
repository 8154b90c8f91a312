//! What a deviation list states, before it is signed (ICAO 9303-12 §10.2).

use antin_crypto::{Hash, ObjectIdentifier, PureRust};
use antin_wire::oids;

use super::signed_data::{ContentSigner, sorted};
use super::template::is_printable;
use crate::asn1::{GENERALIZED_TIME, PRINTABLE_STRING, SET, UTF8_STRING, explicit, implicit, write};
use crate::certificate::Certificate;
use crate::cms::SignerId;
use crate::deviation_list::{
    Deviation, DeviationDescription, DeviationDocuments, DeviationKind, DeviationList,
    DocumentSignerIdentifier, LdsFile, MAX_DEVIATIONS,
};
use crate::error::Error;
use crate::time::UnixTime;

/// The content of a deviation list in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviationListContent {
    der: Vec<u8>,
    deviations: Vec<Deviation>,
}

impl DeviationListContent {
    /// Describes deviations. Signers named by a digest are named by that of SHA-256.
    ///
    /// # Errors
    /// [`Error::Misuse`] for none at all or too many; for one that means no document, names nothing that is wrong, or says
    /// what a PrintableString of the MRZ cannot hold; for a type without a meaning here, and for another digest.
    pub fn new(deviations: &[Deviation]) -> Result<Self, Error> {
        if deviations.is_empty() || deviations.len() > MAX_DEVIATIONS {
            return Err(misuse("number of deviations", deviations.len()));
        }
        let members: Vec<Vec<u8>> = deviations.iter().map(deviation).collect::<Result<_, _>>()?;
        let by_digest = |one: &Deviation| {
            matches!(
                one.documents.signer,
                Some(DocumentSignerIdentifier::CertificateDigest { .. })
            )
        };
        let algorithm = match deviations.iter().any(by_digest) {
            true => write::algorithm(&Hash::Sha256.oid()),
            false => Vec::new(),
        };
        let members = sorted(members.iter().map(Vec::as_slice).collect());
        Ok(Self {
            der: write::sequence(&[&write::unsigned(&[0]), &algorithm, &write::object(SET, &members)]),
            deviations: deviations.to_vec(),
        })
    }

    /// The content as DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The list, signed by a deviation list signer whom `csca` certified; what is returned has been read back, says what
    /// was described, and verifies.
    ///
    /// # Errors
    /// As [`ContentSigner::sign`].
    pub fn sign(
        &self,
        signer: &ContentSigner<'_>,
        csca: &Certificate,
        at: UnixTime,
    ) -> Result<Vec<u8>, Error> {
        let list = signer.sign(&oids::DEVIATION_LIST, &self.der, at)?;
        let broken = |_| Error::SelfCheck {
            what: "deviation list",
        };
        let read = DeviationList::parse(&list).map_err(broken)?;
        read.verify(core::slice::from_ref(csca), at, &PureRust)
            .map_err(broken)?;
        let told = |wanted: &Deviation| {
            read.deviations().iter().any(|found| {
                let kinds =
                    |one: &Deviation| one.descriptions.iter().map(|told| told.kind).collect::<Vec<_>>();
                found.documents.signer == wanted.documents.signer
                    && found.documents.issued == wanted.documents.issued
                    && kinds(wanted).iter().all(|kind| kinds(found).contains(kind))
            })
        };
        match self.deviations.iter().all(told) {
            true => Ok(list),
            false => Err(Error::SelfCheck {
                what: "deviation list",
            }),
        }
    }
}

fn deviation(one: &Deviation) -> Result<Vec<u8>, Error> {
    if one.documents == DeviationDocuments::default() {
        return Err(misuse("deviation that means some documents", "none"));
    }
    if one.descriptions.is_empty() {
        return Err(misuse("deviation that says what is wrong", "nothing"));
    }
    let told: Vec<Vec<u8>> = one
        .descriptions
        .iter()
        .map(description)
        .collect::<Result<_, _>>()?;
    let told = sorted(told.iter().map(Vec::as_slice).collect());
    Ok(write::sequence(&[
        &documents(&one.documents)?,
        &write::object(SET, &told),
    ]))
}

fn documents(documents: &DeviationDocuments) -> Result<Vec<u8>, Error> {
    let mut parts = Vec::new();
    if let Some(code) = &documents.document_type {
        if !(1..=2).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(misuse("document type of one or two capital letters", code));
        }
        // `PrintableString (SIZE(2))`; a space fills it, as the filler of the MRZ is no letter of that type.
        parts.push(write::object(implicit(0), &[format!("{code:2}").as_bytes()]));
    }
    match &documents.signer {
        None => {}
        Some(DocumentSignerIdentifier::Signer(SignerId::IssuerAndSerial { issuer, serial })) => {
            parts.push(write::object(explicit(1), &[issuer, &write::unsigned(serial)]));
        }
        Some(DocumentSignerIdentifier::Signer(SignerId::SubjectKey(key))) => {
            parts.push(write::object(implicit(2), &[key]));
        }
        Some(DocumentSignerIdentifier::CertificateDigest { hash, digest }) => {
            if *hash != Some(Hash::Sha256) || digest.len() != Hash::Sha256.output_len() {
                return Err(misuse("digest of SHA-256", digest.len()));
            }
            parts.push(write::object(implicit(3), &[digest]));
        }
    }
    if let Some(issued) = &documents.issued {
        if issued.first > issued.last {
            return Err(misuse("first issue before the last", issued.first));
        }
        let time = |at| write::object(GENERALIZED_TIME, &[write::generalized(at).as_bytes()]);
        parts.push(write::object(
            explicit(4),
            &[&time(issued.first), &time(issued.last)],
        ));
    }
    if let Some(numbers) = &documents.document_numbers {
        let fits = |number: &str| !number.is_empty() && is_printable(number);
        if numbers.is_empty() || !numbers.iter().all(fits) {
            return Err(misuse("document numbers of letters and digits", numbers.len()));
        }
        let numbers: Vec<Vec<u8>> = numbers
            .iter()
            .map(|number| write::object(PRINTABLE_STRING, &[number.as_bytes()]))
            .collect();
        parts.push(write::object(
            explicit(5),
            &sorted(numbers.iter().map(Vec::as_slice).collect()),
        ));
    }
    Ok(write::sequence(
        &parts.iter().map(Vec::as_slice).collect::<Vec<_>>(),
    ))
}

fn description(told: &DeviationDescription) -> Result<Vec<u8>, Error> {
    let (kind, number) = type_of(told.kind)?;
    let text = told.text.as_deref().map_or_else(Vec::new, |text| {
        let tag = if is_printable(text) {
            PRINTABLE_STRING
        } else {
            UTF8_STRING
        };
        write::object(tag, &[text.as_bytes()])
    });
    let parameters = number.map_or_else(Vec::new, |number| {
        write::object(explicit(0), &[&write::unsigned(&[number])])
    });
    Ok(write::sequence(&[&text, &write::oid(&kind), &parameters]))
}

/// The type, and the number that tells more.
fn type_of(kind: DeviationKind) -> Result<(ObjectIdentifier, Option<u8>), Error> {
    let file = |file: LdsFile| match file {
        LdsFile::DataGroup(number) => number,
        LdsFile::Sod => 20,
        LdsFile::Com => 21,
    };
    Ok(match kind {
        DeviationKind::DsSignature => (oids::DEVIATION_DS_SIGNATURE, None),
        DeviationKind::DsEncoding => (oids::DEVIATION_DS_ENCODING, None),
        DeviationKind::CscaEncoding => (oids::DEVIATION_CSCA_ENCODING, None),
        DeviationKind::AaKeyCompromised => (oids::DEVIATION_AA_KEY_COMPROMISED, None),
        DeviationKind::DgMalformed(which) => (oids::DEVIATION_DG_MALFORMED, which.map(file)),
        DeviationKind::DgHashWrong(which) => (oids::DEVIATION_DG_HASH_WRONG, which.map(file)),
        DeviationKind::SodSignatureWrong => (oids::DEVIATION_SOD_SIGNATURE_WRONG, None),
        DeviationKind::ComInconsistent => (oids::DEVIATION_COM_INCONSISTENT, None),
        DeviationKind::MrzWrongData(field) => (oids::DEVIATION_MRZ_WRONG_DATA, field),
        DeviationKind::MrzWrongCheckDigit(field) => (oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT, field),
        DeviationKind::Chip => (oids::DEVIATION_CHIP, None),
        DeviationKind::NationalUse => (oids::DEVIATION_NATIONAL_USE, None),
        DeviationKind::Other(other) => return Err(misuse("kind of deviation", other)),
    })
}

fn misuse(what: &'static str, found: impl core::fmt::Display) -> Error {
    Error::Misuse {
        what,
        found: found.to_string(),
    }
}
