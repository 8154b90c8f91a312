//! The profile as code sees it. Every value has been checked.

mod access;
mod proof;

use antin_crypto::Hash;
use antin_lds::ElementaryFile;
use antin_lds::security_infos::SecurityInfo;
use antin_wire::ids::{Aid, FileId, ShortFileId};
use serde::{Deserialize, Serialize};

use crate::ProfileError;
use crate::announce;

pub use access::{
    Access, CanRule, DelayRule, DocumentNumberRule, Mapping, PaceRule, ParameterRule, PasswordKind,
    PasswordRules, PinRule, PukRule, SecretRule, SuspendRule, WrongPasswordRule,
};
pub use proof::{
    ActiveAuthentication, Announcement, ChipAuthentication, ChipAuthenticationVersion,
    TerminalAuthentication, TerminalAuthenticationVersion, TrustPointKey,
};

/// One card product: what it holds, how it is opened, how it behaves.
///
/// Made by [`Profile::parse`] or [`Profile::builtin`] only, so its parts agree with one another.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// Short name in lower case, as used on the command line: `vn-cccd-2021`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Issuing state or organisation, as in the machine readable zone: three letters, `VNM`.
    pub country: String,
    /// How much is known about real cards of this kind.
    pub status: Status,
    /// Where the facts come from, in words.
    pub source: String,
    /// Format of the document and of its machine readable zone.
    pub document: DocumentKind,
    /// Answer to reset of the contact interface.
    pub atr: Vec<u8>,
    /// The eMRTD application.
    pub application: ApplicationRule,
    /// The files, in the order in which personalization writes them.
    pub files: Vec<FileRule>,
    /// What EF.COM says.
    pub com: ComRule,
    /// What EF.SOD is made with.
    pub sod: SodRule,
    /// How a terminal opens the card.
    pub access: Access,
    /// How the passwords follow from the record.
    pub passwords: PasswordRules,
    /// Answer to a wrong CAN or MRZ.
    pub wrong_password: WrongPasswordRule,
    /// The holder's secret number, where the card has one.
    pub pin: Option<PinRule>,
    /// What unblocks the secret number, where the card has it.
    pub puk: Option<PukRule>,
    /// The keys of Chip Authentication, in the order of the profile.
    pub chip_authentication: Vec<ChipAuthentication>,
    /// Active Authentication, where the card offers it.
    pub active_authentication: Option<ActiveAuthentication>,
    /// Terminal Authentication, where the card asks for it.
    pub terminal_authentication: Option<TerminalAuthentication>,
    /// Limits of the transport.
    pub limits: Limits,
    /// Habits of the real chip that differ from the standards.
    pub quirks: Vec<Quirk>,
    /// How a blank is personalized.
    pub perso: PersoRule,
    pub(crate) text: String,
}

impl Profile {
    /// Reads and checks the TOML text of a profile; `origin` names it in errors.
    ///
    /// # Errors
    /// The first fault, in the order of the text; [`Profile::faults`] lists all of them.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ProfileError> {
        crate::check::parse(text, origin).map_err(|faults| {
            // A part is left out only after its fault was noted, so there is one.
            faults
                .into_iter()
                .next()
                .expect("a profile is refused for a fault")
        })
    }

    /// Lists every fault of the TOML text of a profile; empty when it is right.
    #[must_use]
    pub fn faults(text: &str, origin: &str) -> Vec<ProfileError> {
        crate::check::parse(text, origin).err().unwrap_or_default()
    }

    /// Returns the TOML text that this profile was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the built-in profile of that name.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        crate::builtin::find(name)
    }

    /// Returns every built-in profile.
    #[must_use]
    pub fn builtins() -> Vec<Self> {
        crate::builtin::all()
    }

    /// Returns the rule for a file, where the card has that file.
    #[must_use]
    pub fn file(&self, file: ElementaryFile) -> Option<&FileRule> {
        self.files.iter().find(|rule| rule.file == file)
    }

    /// Says whether the card has this habit.
    #[must_use]
    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// Returns the profile that a text of changes makes of this one, see `card-profiles/README.md`.
    ///
    /// Tables are merged key by key, entries of `[[file]]` by their name; every other value replaces what was there.
    /// The top-level key `remove` lists what goes first: `"active-authentication"`, `"access.pace"`, `"file.DG15"`.
    ///
    /// # Errors
    /// A fault of the changes, or the first fault of the changed profile: its place is then one in the merged text,
    /// which [`Profile::text`] of a right profile returns.
    pub fn with_overrides(base: &Self, overrides: &str) -> Result<Self, ProfileError> {
        crate::overrides::merge(base, overrides)
    }

    /// Returns what announces PACE: a PACEInfo for each variant, in the order of the profile, and a
    /// PACEDomainParameterInfo for each whose parameters are spelled out.
    #[must_use]
    pub fn pace_infos(&self) -> Vec<SecurityInfo> {
        announce::pace(&self.access)
    }

    /// Returns everything that EF.CardAccess announces, in DER order.
    #[must_use]
    pub fn card_access_infos(&self) -> Vec<SecurityInfo> {
        announce::card_access(self)
    }

    /// Returns the content of EF.CardAccess, where the card has that file.
    ///
    /// This is the `content` of the file rule, or else what the profile announces in DER order.
    #[must_use]
    pub fn card_access(&self) -> Option<Vec<u8>> {
        let rule = self.file(ElementaryFile::CardAccess)?;
        Some(
            rule.content
                .clone()
                .unwrap_or_else(|| announce::emit(self.card_access_infos())),
        )
    }

    /// Says whether the card takes this password for PACE.
    #[must_use]
    pub fn takes(&self, password: PasswordKind) -> bool {
        self.access
            .pace
            .iter()
            .any(|rule| rule.passwords.contains(&password))
    }

    /// Returns the curve of the static key of PACE with Chip Authentication Mapping, where the card offers that.
    #[must_use]
    pub fn mapping_curve(&self) -> Option<antin_crypto::Curve> {
        announce::mapping_curve(&self.access)
    }

    /// Returns the place, in [`Profile::chip_authentication`], of the key that also serves PACE with Chip Authentication
    /// Mapping: the first of version 1 on the same curve. `None` where that mapping has a key of its own.
    #[must_use]
    pub fn mapping_shares_key(&self) -> Option<usize> {
        let group = antin_crypto::agreement::Group::Ec(self.mapping_curve()?);
        self.chip_authentication
            .iter()
            .position(|rule| rule.group == group && rule.version == ChipAuthenticationVersion::One)
    }

    /// Returns the TerminalAuthenticationInfo, where the card asks for Terminal Authentication.
    #[must_use]
    pub fn terminal_authentication_info(&self) -> Option<SecurityInfo> {
        announce::terminal_authentication(self)
    }
}

/// How much is known about real cards of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Real cards were read or written with this profile.
    TestedOnReal,
    /// Exists as a software card only.
    EmulatorOnly,
    /// Drawn from public descriptions.
    FromDocs,
}

/// Format of the document and of its machine readable zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// Card, three lines of 30 characters (ICAO 9303-5).
    Td1,
    /// Card, three lines of 30 characters with the national rules of the Vietnamese identity card.
    Td1Vietnam,
    /// Passport, two lines of 44 characters (ICAO 9303-4).
    Td3,
}

/// The eMRTD application.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ApplicationRule {
    /// Its identifier.
    pub aid: Aid,
}

/// One file of the card.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FileRule {
    /// Which file.
    pub file: ElementaryFile,
    /// Its file identifier.
    pub fid: FileId,
    /// Its short file identifier; `None` when it can be selected by file identifier only.
    pub sfi: Option<ShortFileId>,
    /// Who may read it.
    pub read: ReadRule,
    /// Whether a card without it cannot be activated.
    pub mandatory: bool,
    /// Fixed content, the same on every card; `None` when it comes from the record.
    pub content: Option<Vec<u8>>,
    /// Most bytes that the file may hold, at most 262,144.
    pub max_size: usize,
    /// The right that opens the file where [`FileRule::read`] asks for extended access.
    pub right: Option<Right>,
}

/// A right to read, proved by Terminal Authentication (TR-03110-3 §C.4.1.2: bits of the authorization of an inspection
/// system).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// DG3: fingers.
    Dg3,
    /// DG4: irises.
    Dg4,
}

/// Who may read a file of the operational card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadRule {
    /// Everybody, without secure messaging.
    Always,
    /// A terminal that has opened the card by BAC or PACE.
    AccessControl,
    /// A terminal that has opened the card by PACE; BAC is not enough.
    Pace,
    /// A terminal with the proven right to this file; refused with 6982 to all others, and to everybody where the card
    /// knows no Terminal Authentication.
    ExtendedAccess,
}

/// What EF.COM says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ComRule {
    /// LDS version, four digits: `0107`.
    pub lds_version: String,
    /// Unicode version, six digits: `040000`.
    pub unicode_version: String,
    /// Data group numbers in the order of the tag list.
    pub data_groups: Vec<u8>,
}

/// What EF.SOD is made with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SodRule {
    /// Hash of the data groups and of the signature.
    pub hash: Hash,
}

/// Limits of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest command body in bytes that the card takes at once; at most 255 without extended length.
    pub max_command: usize,
    /// Longest response body in bytes that the card gives at once; at most 256 without extended length.
    pub max_response: usize,
    /// Whether extended length works.
    pub extended: bool,
    /// Whether command chaining works.
    pub chaining: bool,
}

/// A habit of a real chip that differs from the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Quirk {
    /// SELECT of the master file by 3F00 answers 6D00.
    #[serde(rename = "mf-select-6d00")]
    MfSelect6d00,
    /// READ BINARY that asks for more than there is answers 6Cxx instead of what there is.
    StrictLe,
    /// READ BINARY by short file identifier answers 6A82.
    SfiRefused,
    /// A response longer than asked for is announced by 61xx and fetched by GET RESPONSE.
    GetResponse,
    /// SELECT of a file returns its control parameters even when P2 asks for nothing.
    SelectReturnsFcp,
    /// SELECT of the master file works with an empty body only; 3F00 answers 6A82.
    MfSelectBare,
    /// SELECT of the master file works only when it asks for file control information (P2 = 00); else 6A86.
    MfSelectFci,
    /// SELECT and MSE with an Le answer 6700.
    #[serde(rename = "select-le-6700")]
    SelectLe6700,
    /// EF.CardAccess can be read only before the application has been selected; later it answers 6982.
    CardaccessBeforeSelectOnly,
    /// READ BINARY by short file identifier answers 6A81.
    #[serde(rename = "sfi-refused-6a81")]
    SfiRefused6a81,
    /// READ BINARY gives at most 100 bytes, with 9000, whatever is asked for.
    LeShrink,
    /// READ BINARY that reaches the end gives what there is with 9000 instead of 6282.
    #[serde(rename = "eof-9000")]
    Eof9000,
    /// READ BINARY that reaches beyond the end answers 6B00 instead of what there is.
    #[serde(rename = "eof-6b00")]
    Eof6b00,
    /// Commands of extended length answer 6700 although `limits` announces them.
    NoExtended,
    /// Extended length works in plain; inside a session it ends the session with a bare 6700.
    SmNoExtended,
    /// READ BINARY inside a session that asks for everything (Le 00) gets nothing, with 9000.
    #[serde(rename = "sm-le-00-empty")]
    SmLe00Empty,
    /// MSE:Set AT of PACE with data object 84 answers 6A80.
    #[serde(rename = "rejects-tag-84")]
    RejectsTag84,
    /// MSE:Set AT of PACE without data object 84 answers 6A87.
    #[serde(rename = "needs-tag-84")]
    NeedsTag84,
    /// Every refusal inside PACE is 6300, whatever its reason.
    #[serde(rename = "pace-6300")]
    Pace6300,
    /// After a wrong password every answer is slow until the right one came.
    SlowAfterFailure,
}

/// How a blank is personalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersoRule {
    /// The command dialect.
    pub dialect: Dialect,
    /// The secure channel of the personalization.
    pub secure_channel: SecureChannel,
}

/// Command dialect of the personalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialect {
    /// CREATE FILE, UPDATE BINARY, PUT DATA, ACTIVATE of ISO/IEC 7816-4 and 7816-9.
    #[serde(rename = "iso7816-9")]
    Iso7816_9,
    /// The commands of the JMRTD applet: CREATE FILE with `63`, UPDATE BINARY, PUT DATA `60` to `63`, a lock.
    #[serde(rename = "jmrtd")]
    Jmrtd,
}

/// Secure channel of the personalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecureChannel {
    /// None: a development blank, or a foreign blank that has none.
    None,
    /// Secure Channel Protocol 03 of GlobalPlatform.
    Scp03(Scp03Rule),
}

/// How the secure channel SCP03 is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scp03Rule {
    /// Version number of the chip's keys; `00` takes those that it has first.
    pub key_version: u8,
    /// What protects commands and answers, as in P1 of EXTERNAL AUTHENTICATE: `03`, `13` or `33`, because keys travel.
    pub security_level: u8,
    /// The length of challenges and authentication codes.
    pub mode: Scp03Mode,
    /// Where the challenge of the chip comes from.
    pub challenge: Scp03Challenge,
    /// After so many failed authentications in a row the chip takes no more, for ever.
    pub tries: u32,
}

impl Default for Scp03Rule {
    fn default() -> Self {
        Self {
            key_version: 0,
            security_level: 0x33,
            mode: Scp03Mode::S8,
            challenge: Scp03Challenge::PseudoRandom,
            tries: 10,
        }
    }
}

/// The length of challenges and authentication codes of SCP03.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scp03Mode {
    /// Eight bytes.
    S8,
    /// Sixteen bytes.
    S16,
}

/// Where the challenge of a chip comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scp03Challenge {
    /// A random number.
    Random,
    /// The sequence counter, so that a script can be prepared without the card.
    PseudoRandom,
}
