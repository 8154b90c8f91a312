//! A deviation list (ICAO 9303-12 §10) from a description.
//!
//! ```toml
//! schema = "antin.deviations/1"
//! [[deviation]]
//! signer = "authority/ds/01.pem"
//! type = "P"
//! issued = ["2026-01-01", "2026-01-31"]
//! numbers = ["C01X00T47"]
//! [[deviation.fault]]
//! kind = "dg-hash-wrong"
//! file = 2
//! text = "wrong hash of the portrait"
//! ```

use std::path::{Path, PathBuf};

use antin::UnixTime;
use antin::trust::deviation_list::{
    Deviation, DeviationDescription, DeviationDocuments, DeviationKind, DocumentSignerIdentifier,
    IssuancePeriod, LdsFile,
};
use antin::trust::pki::DeviationListContent;
use serde::Deserialize;

use super::ceremony::Ceremony;
use super::csca::certificate;
use super::defects::{faulty, named};
use crate::failure::Failure;

/// The form of the description.
pub const SCHEMA: &str = "antin.deviations/1";
const DAY_LESS_ONE: i64 = 86_399;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    deviation: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    signer: Option<PathBuf>,
    #[serde(rename = "type")]
    document_type: Option<String>,
    issued: Option<[String; 2]>,
    numbers: Option<Vec<String>>,
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    kind: String,
    file: Option<Which>,
    field: Option<u8>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Which {
    Number(u8),
    Name(String),
}

/// The deviations of a description, ready to be signed.
pub fn content(
    text: &str,
    described: &Path,
    ceremony: &mut Ceremony<'_>,
) -> Result<DeviationListContent, Failure> {
    let wrong = |detail: &dyn std::fmt::Display| faulty(described, detail);
    // The library's words name the line and show it.
    let file: File = toml::from_str(text).map_err(|fault| wrong(&fault))?;
    let mut deviations = Vec::new();
    for one in &file.deviation {
        let signer = match &one.signer {
            None => None,
            Some(path) => {
                let (signer, bytes) = certificate(path)?;
                ceremony.input(path, &bytes);
                Some(DocumentSignerIdentifier::Signer(named(&signer)))
            }
        };
        deviations.push(read(one, signer).map_err(|fault| wrong(&fault))?);
    }
    ceremony.plan.state("deviations", deviations.len());
    DeviationListContent::new(&deviations).map_err(|fault| wrong(&fault))
}

fn read(one: &Described, signer: Option<DocumentSignerIdentifier>) -> Result<Deviation, String> {
    let day = |text: &str| UnixTime::parse(text).ok_or_else(|| format!("{text}: not YYYY-MM-DD"));
    let issued = match &one.issued {
        None => None,
        Some([first, last]) => Some(IssuancePeriod {
            first: day(first)?,
            // The whole of the last day.
            last: UnixTime(day(last)?.0 + DAY_LESS_ONE),
        }),
    };
    let numbers = one
        .numbers
        .as_ref()
        .map(|numbers| numbers.iter().map(String::as_str).collect());
    Ok(Deviation {
        documents: DeviationDocuments {
            document_type: one.document_type.clone(),
            signer,
            issued,
            document_numbers: numbers,
        },
        descriptions: one.fault.iter().map(fault).collect::<Result<_, _>>()?,
    })
}

fn fault(fault: &Fault) -> Result<DeviationDescription, String> {
    let file = match &fault.file {
        None => None,
        Some(Which::Number(number @ 1..=16)) => Some(LdsFile::DataGroup(*number)),
        Some(Which::Name(name)) if name == "sod" => Some(LdsFile::Sod),
        Some(Which::Name(name)) if name == "com" => Some(LdsFile::Com),
        Some(_) => return Err("file is none of 1..16, sod, com".to_owned()),
    };
    let kind = match fault.kind.as_str() {
        "ds-signature" => DeviationKind::DsSignature,
        "ds-encoding" => DeviationKind::DsEncoding,
        "csca-encoding" => DeviationKind::CscaEncoding,
        "aa-key-compromised" => DeviationKind::AaKeyCompromised,
        "dg-malformed" => DeviationKind::DgMalformed(file),
        "dg-hash-wrong" => DeviationKind::DgHashWrong(file),
        "sod-signature-wrong" => DeviationKind::SodSignatureWrong,
        "com-inconsistent" => DeviationKind::ComInconsistent,
        "mrz-wrong-data" => DeviationKind::MrzWrongData(fault.field),
        "mrz-wrong-check-digit" => DeviationKind::MrzWrongCheckDigit(fault.field),
        "chip" => DeviationKind::Chip,
        "national-use" => DeviationKind::NationalUse,
        other => return Err(format!("{other}: kind is none of {KINDS}")),
    };
    Ok(DeviationDescription {
        text: fault.text.clone(),
        kind,
        parameters: None,
        national_use: None,
    })
}

const KINDS: &str = "ds-signature, ds-encoding, csca-encoding, aa-key-compromised, dg-malformed, dg-hash-wrong, \
                     sod-signature-wrong, com-inconsistent, mrz-wrong-data, mrz-wrong-check-digit, chip, national-use";
