//! The named places of a conversation.

use antin_lds::ElementaryFile;
use antin_wire::ids::FileId;

/// A step of a conversation, as the card sees it once secure messaging is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Every command.
    Any,
    /// SELECT of anything.
    Select,
    /// SELECT of the master file.
    SelectMasterFile,
    /// SELECT of an application.
    SelectApplication,
    /// SELECT of a file.
    SelectFile(FileName),
    /// READ BINARY of anything.
    Read,
    /// READ BINARY of a file, of the piece that holds this offset where one is given.
    ReadFile(FileName, Option<u32>),
    /// Any command of BAC.
    Bac,
    /// GET CHALLENGE in plain.
    BacChallenge,
    /// EXTERNAL AUTHENTICATE in plain.
    BacAuthenticate,
    /// Any command of PACE.
    Pace,
    /// MSE:Set AT for PACE.
    PaceSelect,
    /// GENERAL AUTHENTICATE: encrypted nonce.
    PaceNonce,
    /// GENERAL AUTHENTICATE: map nonce.
    PaceMapping,
    /// GENERAL AUTHENTICATE: key agreement.
    PaceKeyAgreement,
    /// GENERAL AUTHENTICATE: mutual authentication.
    PaceToken,
    /// Any command of Chip Authentication.
    Ca,
    /// MSE:Set AT for Chip Authentication.
    CaSelect,
    /// GENERAL AUTHENTICATE of Chip Authentication, or MSE:Set KAT.
    CaAgree,
    /// INTERNAL AUTHENTICATE.
    Aa,
    /// Any command of Terminal Authentication.
    Ta,
    /// MSE:Set DST.
    TaSetKey,
    /// PSO: VERIFY CERTIFICATE.
    TaCertificate,
    /// MSE:Set AT for Terminal Authentication.
    TaSelect,
    /// GET CHALLENGE inside a session.
    TaChallenge,
    /// EXTERNAL AUTHENTICATE inside a session.
    TaAuthenticate,
}

/// A file as a step names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileName {
    /// By its name: `EF.SOD`, `DG2`.
    Known(ElementaryFile),
    /// By its file identifier, four hex digits: `011D`.
    Id(FileId),
}

/// The steps without an operand.
const PLAIN: [(&str, Step); 24] = [
    ("any", Step::Any),
    ("select", Step::Select),
    ("select mf", Step::SelectMasterFile),
    ("select application", Step::SelectApplication),
    ("read", Step::Read),
    ("bac", Step::Bac),
    ("bac.challenge", Step::BacChallenge),
    ("bac.authenticate", Step::BacAuthenticate),
    ("pace", Step::Pace),
    ("pace.select", Step::PaceSelect),
    ("pace.nonce", Step::PaceNonce),
    ("pace.mapping", Step::PaceMapping),
    ("pace.key-agreement", Step::PaceKeyAgreement),
    ("pace.token", Step::PaceToken),
    ("ca", Step::Ca),
    ("ca.select", Step::CaSelect),
    ("ca.agree", Step::CaAgree),
    ("aa", Step::Aa),
    ("ta", Step::Ta),
    ("ta.set-key", Step::TaSetKey),
    ("ta.certificate", Step::TaCertificate),
    ("ta.select", Step::TaSelect),
    ("ta.challenge", Step::TaChallenge),
    ("ta.authenticate", Step::TaAuthenticate),
];

impl Step {
    /// Reads a step: one of the names of the table in `card-profiles/README.md`, `select FILE`, `read FILE` or
    /// `read FILE at OFFSET`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((_, step)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Some(*step);
        }
        let (verb, rest) = text.split_once(' ')?;
        let (name, offset) = match rest.split_once(" at ") {
            Some((name, offset)) => (name, Some(number(offset)?)),
            None => (rest, None),
        };
        let file = FileName::parse(name)?;
        match (verb, offset) {
            ("select", None) => Some(Self::SelectFile(file)),
            ("read", offset) => Some(Self::ReadFile(file, offset)),
            _ => None,
        }
    }

    /// Says whether a command that was found to be `found` is meant by this step. `found` names no group of steps.
    #[must_use]
    pub fn covers(self, found: Self) -> bool {
        self == found
            || match self {
                Self::Any => true,
                Self::Select => matches!(
                    found,
                    Self::SelectMasterFile | Self::SelectApplication | Self::SelectFile(_)
                ),
                Self::Read => matches!(found, Self::ReadFile(..)),
                Self::Bac => matches!(found, Self::BacChallenge | Self::BacAuthenticate),
                Self::Pace => matches!(
                    found,
                    Self::PaceSelect
                        | Self::PaceNonce
                        | Self::PaceMapping
                        | Self::PaceKeyAgreement
                        | Self::PaceToken
                ),
                Self::Ca => matches!(found, Self::CaSelect | Self::CaAgree),
                Self::Ta => matches!(
                    found,
                    Self::TaSetKey
                        | Self::TaCertificate
                        | Self::TaSelect
                        | Self::TaChallenge
                        | Self::TaAuthenticate
                ),
                _ => false,
            }
    }
}

impl FileName {
    /// Reads a file name, or four hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(file) = ElementaryFile::from_name(text) {
            return Some(Self::Known(file));
        }
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = u16::from_str_radix(text, 16).ok()?;
        digits.then_some(Self::Id(FileId(id)))
    }
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_by_name_file_and_offset() {
        assert_eq!(Step::parse("pace.token"), Some(Step::PaceToken));
        assert_eq!(
            Step::parse("read DG2 at 0x100"),
            Some(Step::ReadFile(
                FileName::Known(ElementaryFile::data_group(2).unwrap()),
                Some(256)
            ))
        );
        assert_eq!(
            Step::parse("select 011D"),
            Some(Step::SelectFile(FileName::Id(FileId(0x011D))))
        );
        for wrong in [
            "",
            "pace.tokens",
            "select",
            "select ",
            "read DG17",
            "select DG1 at 3",
            "read DG1 at -1",
            "read +11D",
        ] {
            let found = Step::parse(wrong);
            assert!(found.is_none() || wrong == "select", "{wrong}: {found:?}");
        }
    }

    #[test]
    fn a_group_covers_its_steps_and_nothing_else() {
        assert!(Step::Pace.covers(Step::PaceNonce));
        assert!(Step::Any.covers(Step::Aa));
        assert!(!Step::Ca.covers(Step::PaceNonce));
        assert!(!Step::PaceNonce.covers(Step::PaceMapping));
        assert!(Step::Select.covers(Step::SelectMasterFile));
    }
}
