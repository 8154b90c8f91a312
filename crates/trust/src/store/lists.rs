//! Deviation lists (ICAO 9303-12 §10) and defect lists (BSI TR-03129-2 §7), and what their entries mean for rows.

use std::sync::Arc;

use super::exceptions::{Effect, Subject};
use crate::checks::CheckId;
use crate::defect_list::{DefectKind, DefectList, WrongValidity};
use crate::deviation_list::{DeviationKind, DeviationList, DocumentFacts, LdsFile};

/// The lists that somebody has verified. They are shared between copies of a store: one may name hundreds of thousands of
/// documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    deviations: Vec<(String, Arc<DeviationList>)>,
    defects: Vec<Arc<DefectList>>,
}

impl Lists {
    pub(super) fn add_deviations(&mut self, country: &str, list: DeviationList) {
        self.deviations
            .push((country.to_ascii_uppercase(), Arc::new(list)));
    }

    pub(super) fn add_defects(&mut self, list: DefectList) {
        self.defects.push(Arc::new(list));
    }

    pub(super) fn deviations(&self) -> impl Iterator<Item = (&str, &DeviationList)> {
        self.deviations
            .iter()
            .map(|(country, list)| (country.as_str(), list.as_ref()))
    }

    pub(super) fn defects(&self) -> impl Iterator<Item = &DefectList> {
        self.defects.iter().map(Arc::as_ref)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.deviations.is_empty() && self.defects.is_empty()
    }

    /// What the lists say of a document: the source in words, and the effect.
    pub(super) fn effects(&self, subject: &Subject<'_>) -> Vec<(String, Effect)> {
        let facts = DocumentFacts {
            document_code: subject.document_type.unwrap_or_default(),
            document_number: subject.number.unwrap_or_default(),
            signer: subject.signer,
            issued: subject.issued,
        };
        let mut found = Vec::new();
        for (country, list) in &self.deviations {
            // A country speaks for its own documents only.
            if subject.country != Some(country.as_str()) {
                continue;
            }
            for description in list.of(&facts) {
                let text = description.text.as_deref().unwrap_or("no description");
                let source = format!("deviation list of {country} ({})", shortened(text));
                let effects = of_deviation(&description.kind);
                found.extend(effects.into_iter().map(|effect| (source.clone(), effect)));
            }
        }
        for list in &self.defects {
            for defect in list.of(subject.signer) {
                let text = defect.description.as_deref().unwrap_or("no description");
                let source = format!("defect list ({})", shortened(text));
                let effects = of_defect(&defect.kind);
                found.extend(effects.into_iter().map(|effect| (source.clone(), effect)));
            }
        }
        found
    }
}

/// Words of a list for one line of a report.
fn shortened(text: &str) -> String {
    const MOST: usize = 120;
    let mut line: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        line.push_str("...");
    }
    line.escape_debug().to_string()
}

const fn tolerate(check: CheckId) -> Effect {
    Effect::Tolerate { check, subject: None }
}

fn tolerate_file(check: CheckId, file: Option<LdsFile>) -> Vec<Effect> {
    let subject = match file {
        Some(LdsFile::DataGroup(number)) => format!("DG{number}"),
        Some(LdsFile::Com) => "EF.COM".to_owned(),
        Some(LdsFile::Sod) => "EF.SOD".to_owned(),
        None => return Vec::new(),
    };
    let subject = Some(subject);
    vec![Effect::Tolerate { check, subject }]
}

/// Whether a fault is tolerated is decided by the row: a list names faults of signatures and hashes too, and they stay.
fn of_deviation(kind: &DeviationKind) -> Vec<Effect> {
    match kind {
        DeviationKind::DsSignature => vec![tolerate(CheckId::Chain)],
        DeviationKind::DsEncoding => vec![tolerate(CheckId::DsProfile)],
        DeviationKind::CscaEncoding => vec![Effect::Note {
            check: CheckId::CscaTrust,
        }],
        DeviationKind::AaKeyCompromised => vec![Effect::KeyCompromised {
            check: CheckId::ActiveAuthentication,
        }],
        DeviationKind::DgMalformed(file) => tolerate_file(CheckId::DgStructure, *file),
        DeviationKind::DgHashWrong(file) => tolerate_file(CheckId::DgHash, *file),
        DeviationKind::SodSignatureWrong => vec![Effect::ContentTypeData, tolerate(CheckId::SodSignature)],
        DeviationKind::ComInconsistent => vec![tolerate(CheckId::ComSod)],
        DeviationKind::MrzWrongData(_) => vec![tolerate(CheckId::Dg1Dg13), tolerate(CheckId::MrzPage)],
        DeviationKind::MrzWrongCheckDigit(_) => vec![tolerate(CheckId::MrzDigits)],
        DeviationKind::Chip => vec![Effect::Note {
            check: CheckId::Access,
        }],
        DeviationKind::NationalUse | DeviationKind::Other(_) => Vec::new(),
    }
}

fn of_defect(kind: &DefectKind) -> Vec<Effect> {
    match kind {
        DefectKind::CertRevoked(_) => vec![Effect::Revoked],
        DefectKind::CertReplaced(_) | DefectKind::DsMalformed(_) => vec![tolerate(CheckId::DsProfile)],
        // The mapping is proved with a key of the same kind, often the same key.
        DefectKind::ChipAuthKeyRevoked => [CheckId::ChipAuthentication, CheckId::PaceCam]
            .map(|check| Effect::KeyCompromised { check })
            .to_vec(),
        DefectKind::ActiveAuthKeyRevoked => vec![Effect::KeyCompromised {
            check: CheckId::ActiveAuthentication,
        }],
        DefectKind::ProtocolFailure(failing) => failing
            .iter()
            .flat_map(|failing| {
                [
                    (failing.chip_authentication, CheckId::ChipAuthentication),
                    (failing.active_authentication, CheckId::ActiveAuthentication),
                    (failing.pace_cam, CheckId::PaceCam),
                ]
            })
            .filter(|(fails, _)| *fails)
            .map(|(_, check)| Effect::ProofUnreliable { check })
            .collect(),
        DefectKind::ValidityPeriodIncorrect(whose) => match whose {
            Some(WrongValidity::Csca) => vec![tolerate(CheckId::CscaValidity)],
            Some(WrongValidity::DocumentSigner) => vec![tolerate(CheckId::DsValidity)],
            Some(WrongValidity::Both) => {
                vec![tolerate(CheckId::CscaValidity), tolerate(CheckId::DsValidity)]
            }
            None => Vec::new(),
        },
        DefectKind::DgMalformed(numbers) => numbers
            .iter()
            .flat_map(|number| tolerate_file(CheckId::DgStructure, Some(LdsFile::DataGroup(*number))))
            .collect(),
        // 3: the encoding (TR-03129-2 §7.3.2.2).
        DefectKind::SodInvalid(Some(3)) => vec![Effect::ContentTypeData],
        DefectKind::SodInvalid(_) | DefectKind::WrongSignerIdentifier(_) => {
            vec![tolerate(CheckId::SodSignature)]
        }
        DefectKind::ComSodDiscrepancy => vec![tolerate(CheckId::ComSod)],
        DefectKind::IssuingCountry(_) => vec![Effect::Note {
            check: CheckId::IssuerCountry,
        }],
        DefectKind::CardSecurityMalformed(_) | DefectKind::ChipSecurityMalformed => vec![Effect::Note {
            check: CheckId::PaceCam,
        }],
        DefectKind::UnknownDocumentDefect(_) => vec![Effect::Note {
            check: CheckId::ChipAuthentication,
        }],
        DefectKind::PowerDownRequired | DefectKind::Other(_) => Vec::new(),
    }
}
