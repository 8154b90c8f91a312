//! What the files say: each is parsed once, and a file that cannot be parsed fails.

use antin_lds::dg2::FaceEncoding;
use antin_lds::dg13::Dg13Value;
use antin_lds::mrz::Mrz;
use antin_lds::{
    DataGroup, Date, Dg1, Dg2, Dg3, Dg14, Dg15, EfCardAccess, EfCom, ElementaryFile, LdsSecurityObject,
    VietnamDg13,
};
use antin_wire::tlv;

use super::rows::Rows;
use crate::checks::{Check, CheckId, Reason};
use crate::session::{FileState, ReadFiles};
use crate::time::UnixTime;

/// The parsed files; `None` for one that was not read or cannot be parsed.
#[derive(Default)]
pub(super) struct Content {
    pub(super) com: Option<EfCom>,
    pub(super) card_access: Option<EfCardAccess>,
    pub(super) dg1: Option<Dg1>,
    pub(super) dg13: Option<VietnamDg13>,
    pub(super) dg14: Option<Dg14>,
    /// When the document expires.
    pub(super) expiry: Expiry,
}

/// The last day of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Expiry {
    /// The last second of that day, UTC.
    At(UnixTime),
    /// The national data say that there is none.
    Never,
    /// It cannot be read.
    #[default]
    Unknown,
}

impl Content {
    /// Parses every file that was read, and adds a row for each.
    pub(super) fn read(files: &ReadFiles, rows: &mut Rows) -> Self {
        let mut content = Self::default();
        for (file, state) in files.iter() {
            if let FileState::Read(bytes) = state {
                content.add(file, bytes, rows);
            }
        }
        content.expiry = content.find_expiry();
        content
    }

    /// Drops what EF.SOD does not list: anybody may have put it there, so it speaks neither for the holder nor for the
    /// document.
    pub(super) fn forget_unlisted(&mut self, list: &LdsSecurityObject) {
        let listed = |group| list.hash(group).is_some();
        self.dg1 = self.dg1.take().filter(|_| listed(DataGroup::DG1));
        self.dg13 = self.dg13.take().filter(|_| listed(DataGroup::DG13));
        self.dg14 = self.dg14.take().filter(|_| listed(DataGroup::DG14));
        self.expiry = self.find_expiry();
    }

    /// The files come in the order of [`ElementaryFile`], so DG1, which names the issuer, comes before DG13.
    fn add(&mut self, file: ElementaryFile, bytes: &[u8], rows: &mut Rows) {
        let outcome = match file {
            // Its structure is judged with its signature.
            ElementaryFile::Sod | ElementaryFile::CardSecurity => return,
            // Hints for readers, which say nothing about the holder.
            ElementaryFile::AtrInfo | ElementaryFile::Dir | ElementaryFile::Cvca => return,
            ElementaryFile::Com => EfCom::parse(bytes).map(|com| self.com = Some(com)),
            ElementaryFile::CardAccess => {
                EfCardAccess::parse(bytes).map(|infos| self.card_access = Some(infos))
            }
            ElementaryFile::DataGroup(group) => return self.add_group(group, bytes, rows),
        };
        rows.push(structure(file, outcome.map(|()| Said::Nothing)));
    }

    fn add_group(&mut self, group: DataGroup, bytes: &[u8], rows: &mut Rows) {
        let outcome = match group {
            DataGroup::DG1 => Dg1::parse(bytes)
                .map(|dg1| self.dg1 = Some(dg1))
                .map(|()| Said::Nothing),
            DataGroup::DG2 => face(bytes),
            DataGroup::DG3 => fingers(bytes),
            DataGroup::DG13 if self.issuer().as_deref() == Some("VNM") => {
                VietnamDg13::parse(bytes).map(|dg13| {
                    let foreign = dg13
                        .fields()
                        .iter()
                        .any(|field| matches!(field.value, Dg13Value::Other(_)));
                    self.dg13 = Some(dg13);
                    no_text(foreign)
                })
            }
            DataGroup::DG11 | DataGroup::DG12 | DataGroup::DG16 => {
                frame(group, bytes).map(|_| no_text(holds_no_text(bytes)))
            }
            DataGroup::DG14 => Dg14::parse(bytes)
                .map(|dg14| self.dg14 = Some(dg14))
                .map(|()| Said::Nothing),
            DataGroup::DG15 => Dg15::parse(bytes).map(|_| Said::Nothing),
            other => frame(other, bytes),
        };
        rows.push(structure(ElementaryFile::DataGroup(group), outcome));
    }

    /// The issuing state as DG1 has it, without fillers; readable even when a check digit is wrong.
    pub(super) fn issuer(&self) -> Option<String> {
        self.dg1
            .as_ref()?
            .text()
            .get(2..5)
            .map(|code| code.trim_end_matches('<').to_owned())
    }

    /// The document code as DG1 has it, without fillers.
    pub(super) fn document_code(&self) -> Option<String> {
        self.dg1
            .as_ref()?
            .text()
            .get(..2)
            .map(|code| code.trim_end_matches('<').to_owned())
    }

    /// The document number as DG1 has it, without fillers.
    pub(super) fn document_number(&self) -> Option<String> {
        let mrz = self.dg1.as_ref()?.mrz().ok()?;
        Some(mrz.document_number().to_owned())
    }

    /// The number that one card of its issuer has: the document number of DG1 without fillers. Of a Vietnamese card it is the
    /// twelve digits, as the nine of the document number lack the province and are those of other citizens too.
    pub(super) fn card_number(&self) -> Option<String> {
        let mrz = self.dg1.as_ref()?.mrz().ok()?;
        let national = match &mrz {
            Mrz::Td1(td1) => td1.vietnamese_number(),
            _ => None,
        };
        Some(national.unwrap_or(mrz.document_number()).to_owned())
    }

    /// The full date of the national data wins over the two-digit year of the machine readable zone.
    fn find_expiry(&self) -> Expiry {
        match self
            .dg13
            .as_ref()
            .and_then(VietnamDg13::date_of_expiry)
            .filter(|text| !text.is_empty())
        {
            Some(text) => Date::from_dd_mm_yyyy(text).map_or(Expiry::Never, |date| end_of(Some(date))),
            None => {
                let mrz = self.dg1.as_ref().and_then(|dg1| dg1.mrz().ok());
                end_of(mrz.and_then(|mrz| mrz.expiry().expiry()))
            }
        }
    }
}

fn end_of(date: Option<Date>) -> Expiry {
    let last_second = date
        .and_then(|date| UnixTime::from_parts(i32::from(date.year()), date.month(), date.day(), 23, 59, 59));
    last_second.map_or(Expiry::Unknown, Expiry::At)
}

/// What there is to say of a file that is well formed.
enum Said {
    Nothing,
    Evidence(&'static str),
    Remark(&'static str),
}

type Outcome = Result<Said, antin_lds::Error>;

fn structure(file: ElementaryFile, outcome: Outcome) -> Check {
    let good = Check::successful(CheckId::DgStructure);
    let check = match outcome {
        Ok(Said::Nothing) => good,
        Ok(Said::Evidence(evidence)) => good.evidence(evidence),
        Ok(Said::Remark(remark)) => good.remark(remark),
        Err(fault) => Check::failed(CheckId::DgStructure, Reason::Malformed).evidence(fault.to_string()),
    };
    check.subject(super::name(file))
}

/// No portrait is wider or higher, in pixels.
const MAX_CANVAS: u32 = 8_192;

/// Bytes are kept as they are signed; what is no text is only said to be none.
const NO_TEXT: &str = "a field that is no UTF-8 text, kept as it is";

const fn no_text(found: bool) -> Said {
    if found {
        Said::Remark(NO_TEXT)
    } else {
        Said::Nothing
    }
}

/// Whether one of the texts of DG11, DG12 or DG16 (ICAO 9303-10 §4.7.11, §4.7.12, §4.7.16) is no text: not UTF-8, or with NUL
/// in it.
fn holds_no_text(bytes: &[u8]) -> bool {
    const TEXTS: [u32; 19] = [
        0x5F0E, 0x5F0F, 0x5F10, 0x5F11, 0x5F12, 0x5F13, 0x5F14, 0x5F15, 0x5F17, 0x5F18, 0x5F19, 0x5F1A,
        0x5F1B, 0x5F1C, 0x5F42, 0x5F51, 0x5F52, 0x5F53, 0x5F56,
    ];
    // Files of this kind are nested four deep at most.
    let mut open = vec![(bytes, 0)];
    while let Some((level, depth)) = open.pop() {
        let mut reader = tlv::Reader::new(level);
        while let Ok(Some(object)) = reader.next() {
            let is_text = TEXTS.contains(&object.tag.0);
            if is_text && !std::str::from_utf8(object.value).is_ok_and(|text| !text.contains('\0')) {
                return true;
            }
            if object.is_constructed() && depth < 4 {
                open.push((object.value, depth + 1));
            }
        }
    }
    false
}

fn face(bytes: &[u8]) -> Outcome {
    match Dg2::parse(bytes) {
        // A portrait has some hundred pixels: a giant canvas is a trap for whoever decodes it.
        Ok(dg2)
            if dg2
                .faces()
                .iter()
                .any(|face| face.width.max(face.height) > MAX_CANVAS) =>
        {
            Ok(Said::Remark(
                "canvas of a picture oversized, not to be decoded without a limit",
            ))
        }
        Ok(dg2)
            if dg2
                .faces()
                .iter()
                .any(|face| face.encoding == FaceEncoding::Iso39794) =>
        {
            Ok(Said::Evidence("ISO/IEC 39794-5"))
        }
        Ok(_) => Ok(Said::Nothing),
        Err(fault) => Err(fault),
    }
}

/// A specimen of DG3 may hold anything under its tag; what begins like templates must be templates.
fn fingers(bytes: &[u8]) -> Outcome {
    let file = tlv::parse_one(bytes)?;
    let first = tlv::Reader::new(file.value).peek_tag();
    match first {
        Ok(Some(tlv::tags::BIOMETRIC_GROUP)) => Dg3::parse(bytes).map(|_| Said::Nothing),
        _ => frame(DataGroup::DG3, bytes),
    }
}

/// Files that are not decoded here: one object with the right tag that fills the file.
fn frame(group: DataGroup, bytes: &[u8]) -> Outcome {
    let object = tlv::parse_one(bytes)?;
    if object.tag.0 == u32::from(group.tag()) {
        Ok(Said::Nothing)
    } else {
        Err(antin_lds::Error::UnexpectedTag {
            what: "data group",
            expected: u32::from(group.tag()),
            found: object.tag.0,
        })
    }
}
