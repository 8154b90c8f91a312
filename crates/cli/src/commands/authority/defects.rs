//! `antin defects make`: a deviation list, or a defect list, from a description.
//!
//! ```toml
//! schema = "antin.defects/1"
//! [[defect]]
//! signer = "authority/ds/01.pem"
//! [[defect.fault]]
//! kind = "certificate-revoked"
//! status = 3
//! ```
//! The other form is that of [`deviations`].

use std::path::{Path, PathBuf};

use antin::authority::{Authority, NewFile};
use antin::crypto::Hash;
use antin::trust::cms::SignerId;
use antin::trust::defect_list::{
    CertificateHash, Defect, DefectKind, FailingProtocols, KnownDefect, WrongValidity,
};
use antin::trust::pki::profile::ListKind;
use antin::trust::pki::{ContentSigner, DefectListContent, DeviationListContent};
use antin::{Certificate, UnixTime};
use serde::Deserialize;

use super::super::Outcome;
use super::ceremony::{Ceremony, Go};
use super::csca::{certificate, free};
use super::deviations;
use super::keys::signing_failure;
use super::lists::Chosen;
use crate::args::ListSignerArgs;
use crate::failure::{Failure, Id};
use crate::output::Output;

const SCHEMA: &str = "antin.defects/1";
const MAX_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Deserialize)]
struct Form {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    defect: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    signer: PathBuf,
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    kind: String,
    status: Option<u8>,
    groups: Option<Vec<u8>>,
    country: Option<String>,
    replacement: Option<PathBuf>,
    protocols: Option<Vec<String>>,
    whose: Option<String>,
}

/// What is to be signed.
enum Content {
    Deviations(DeviationListContent),
    Defects(DefectListContent),
}

impl Content {
    const fn kind(&self) -> ListKind {
        match self {
            Self::Deviations(_) => ListKind::Deviation,
            Self::Defects(_) => ListKind::Defect,
        }
    }

    fn sign(
        &self,
        signer: &ContentSigner<'_>,
        csca: &Certificate,
        at: UnixTime,
    ) -> Result<Vec<u8>, antin::trust::Error> {
        match self {
            Self::Deviations(content) => content.sign(signer, csca, at),
            Self::Defects(content) => content.sign(signer, csca, at),
        }
    }
}

/// Makes the list that the description asks for.
pub fn make(folder: &Path, described: &Path, product: &Path, args: &ListSignerArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(folder)?;
    let bytes = antin::store::read_bounded(described, MAX_BYTES)?;
    let mut ceremony = Ceremony::begin("defects make", &authority, &args.ceremony, at, out)?;
    ceremony.input(described, &bytes);
    let wrong = |detail: &dyn std::fmt::Display| faulty(described, detail);
    let text = std::str::from_utf8(&bytes).map_err(|fault| wrong(&fault))?;
    let form: Form = toml::from_str(text).map_err(|fault| wrong(&fault))?;
    let content = match form.schema.as_str() {
        deviations::SCHEMA => Content::Deviations(deviations::content(text, described, &mut ceremony)?),
        SCHEMA => Content::Defects(defects(text, described, &mut ceremony)?),
        _ => {
            return Err(wrong(&format!(
                "schema is neither {} nor {SCHEMA}",
                deviations::SCHEMA
            )));
        }
    };
    ceremony.plan.state("to", product.display());
    free(product)?;
    let chosen = Chosen::of(content.kind(), &authority, args, at, &mut ceremony)?;
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let ready = chosen.ready(&authority, args, at, out)?;
    let others = [ready.csca.clone()];
    let signer = ContentSigner {
        signer: ready.key.signer(),
        certificate: &ready.certificate,
        others: &others,
    };
    let list = content
        .sign(&signer, &ready.csca, at)
        .map_err(|error| signing_failure(&ready.key, error))?;
    let mut files = ready.files;
    files.push(NewFile::shared(product.to_owned(), list));
    let made: Vec<&Certificate> = match ready.is_new {
        true => vec![&ready.certificate],
        false => Vec::new(),
    };
    ceremony.finish(files, &made, &ready.key, &ready.certificate)
}

/// A fault of the description.
pub fn faulty(described: &Path, detail: &dyn std::fmt::Display) -> Failure {
    Failure::new(Id::M422)
        .fact("file", described.display())
        .fact("detail", detail)
}

/// A signer as lists name it.
pub fn named(signer: &Certificate) -> SignerId {
    SignerId::IssuerAndSerial {
        issuer: signer.issuer().as_der().to_vec(),
        serial: signer.serial().to_vec(),
    }
}

fn defects(text: &str, described: &Path, ceremony: &mut Ceremony<'_>) -> Result<DefectListContent, Failure> {
    let wrong = |detail: &dyn std::fmt::Display| faulty(described, detail);
    let file: File = toml::from_str(text).map_err(|fault| wrong(&fault))?;
    let mut defects = Vec::new();
    for one in &file.defect {
        let (signer, bytes) = certificate(&one.signer)?;
        ceremony.input(&one.signer, &bytes);
        let mut known = Vec::new();
        for fault in &one.fault {
            let replacement = match &fault.replacement {
                None => None,
                Some(path) => {
                    let (other, bytes) = certificate(path)?;
                    ceremony.input(path, &bytes);
                    Some(other)
                }
            };
            let kind = kind(fault, replacement.as_ref()).map_err(|fault| wrong(&fault))?;
            known.push(KnownDefect {
                kind,
                parameters: None,
                description: None,
            });
        }
        defects.push(Defect {
            signer: Some(named(&signer)),
            // The name alone may be that of two certificates (BSI TR-03129-2 §7.1.1).
            certificate_hash: Some(CertificateHash {
                hash: Some(Hash::Sha256),
                digest: signer.fingerprint().to_vec(),
            }),
            known,
            description: None,
        });
    }
    ceremony.plan.state("defects", defects.len());
    DefectListContent::new(&defects).map_err(|fault| wrong(&fault))
}

fn kind(fault: &Fault, replacement: Option<&Certificate>) -> Result<DefectKind, String> {
    let kind = match fault.kind.as_str() {
        "certificate-revoked" => DefectKind::CertRevoked(fault.status.or(Some(0))),
        "certificate-replaced" => DefectKind::CertReplaced(replacement.map(|other| other.as_der().to_vec())),
        "certificate-malformed" => DefectKind::DsMalformed(fault.status.or(Some(0))),
        "chip-authentication-keys" => DefectKind::ChipAuthKeyRevoked,
        "active-authentication-keys" => DefectKind::ActiveAuthKeyRevoked,
        "protocol-failure" => DefectKind::ProtocolFailure(Some(protocols(fault)?)),
        "validity-wrong" => DefectKind::ValidityPeriodIncorrect(Some(match fault.whose.as_deref() {
            Some("csca") => WrongValidity::Csca,
            Some("ds") => WrongValidity::DocumentSigner,
            Some("both") => WrongValidity::Both,
            _ => return Err("whose is none of csca, ds, both".to_owned()),
        })),
        "dg-malformed" => DefectKind::DgMalformed(fault.groups.clone().unwrap_or_default()),
        "sod-invalid" => DefectKind::SodInvalid(fault.status),
        "com-sod-differ" => DefectKind::ComSodDiscrepancy,
        "issuing-country-wrong" => DefectKind::IssuingCountry(fault.country.clone()),
        "chip-security-malformed" => DefectKind::ChipSecurityMalformed,
        "power-down-required" => DefectKind::PowerDownRequired,
        other => return Err(format!("{other}: kind is none of {KINDS}")),
    };
    // What belongs to another kind was meant for something, and would be lost.
    let taken = match &kind {
        DefectKind::CertRevoked(_) | DefectKind::DsMalformed(_) | DefectKind::SodInvalid(_) => "status",
        DefectKind::CertReplaced(_) => "replacement",
        DefectKind::ProtocolFailure(_) => "protocols",
        DefectKind::ValidityPeriodIncorrect(_) => "whose",
        DefectKind::DgMalformed(_) => "groups",
        DefectKind::IssuingCountry(_) => "country",
        _ => "",
    };
    let given = [
        ("status", fault.status.is_some()),
        ("groups", fault.groups.is_some()),
        ("country", fault.country.is_some()),
        ("replacement", fault.replacement.is_some()),
        ("protocols", fault.protocols.is_some()),
        ("whose", fault.whose.is_some()),
    ];
    match given.iter().find(|(name, is_given)| *is_given && *name != taken) {
        Some((name, _)) => Err(format!("{name} does not belong to {}", fault.kind)),
        None => Ok(kind),
    }
}

fn protocols(fault: &Fault) -> Result<FailingProtocols, String> {
    let mut failing = FailingProtocols::default();
    for name in fault.protocols.iter().flatten() {
        match name.as_str() {
            "chip-authentication" => failing.chip_authentication = true,
            "active-authentication" => failing.active_authentication = true,
            "pace-cam" => failing.pace_cam = true,
            other => {
                return Err(format!(
                    "{other}: protocols are chip-authentication, active-authentication, pace-cam"
                ));
            }
        }
    }
    Ok(failing)
}

const KINDS: &str = "certificate-revoked, certificate-replaced, certificate-malformed, chip-authentication-keys, \
                     active-authentication-keys, protocol-failure, validity-wrong, dg-malformed, sod-invalid, \
                     com-sod-differ, issuing-country-wrong, chip-security-malformed, power-down-required";
