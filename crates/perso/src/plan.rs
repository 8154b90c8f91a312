//! What will be done to the card, before anything is done.
//!
//! The order survives a card that is pulled at any moment:
//!
//! 1. identify the chip: nothing is written to a card that cannot be named in the journal; open the secure channel,
//!    which does not outlive a pulled or exchanged card;
//! 2. EF.CardAccess, because the master file is where a card is after its reset, and some cannot be led back there;
//! 3. create every other file, largest first: a chip that is too small says so before it holds anything personal;
//! 4. write them, largest first: the longest time is spent while the least would be lost;
//! 5. read everything back;
//! 6. the secrets, last of all that is written: a card that is lost earlier opens nothing;
//! 7. identify the chip again, then activate it: an exchanged card is never activated.
//!
//! Every step can be done again without harm, so a run goes on with the last one that its journal names.

mod jmrtd;
mod secrets;
mod text;

use antin_crypto::{Hash, SecretBytes};
use antin_lds::{ElementaryFile, Place};
use antin_profile::{Dialect, FileRule, Profile, ReadRule, Right, Scp03Mode, SecureChannel};
use antin_protocol::files;
use antin_protocol::password::MrzKey;
use antin_protocol::personalization::iso7816_9::{self, FileControl, ReadCondition};
use antin_protocol::scp03::{Mode, max_plain};
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::tlv::{self, tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Error, KeySet};

/// Every command that personalizes one card, in order. Its `Display` shows no secret; [`Plan::hash`] covers all.
#[derive(Clone, Debug)]
pub struct Plan {
    profile: String,
    secure_channel: SecureChannel,
    dialect: Dialect,
    mrz: Option<MrzKey>,
    files: Vec<PlannedFile>,
    steps: Vec<Step>,
}

/// A file that the plan writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// Its name: `EF.COM`, `DG1`.
    pub file: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
}

/// One step of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the step does.
    pub kind: StepKind,
    /// The commands, in order, each with the answer that means success.
    pub exchanges: Vec<Exchange>,
}

/// A command and the answer that means success.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The command.
    pub command: Command,
    /// The answer.
    pub expected: Expected,
}

/// The answer that means success.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// One of these status words.
    Status(&'static [StatusWord]),
    /// 9000 and exactly these bytes.
    Data(Vec<u8>),
    /// 9000 and the identity of a chip in creation state.
    Identity,
}

impl Expected {
    /// Says whether this status word means success.
    #[must_use]
    pub fn allows(&self, sw: StatusWord) -> bool {
        match self {
            Self::Status(words) => words.contains(&sw),
            Self::Data(_) | Self::Identity => sw.is_ok(),
        }
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// Asks the chip for its serial number and state.
    Identify,
    /// Opens the secure channel SCP03; a development blank has none. Its commands follow from random numbers.
    OpenChannel {
        /// The security level, as in P1 of EXTERNAL AUTHENTICATE.
        level: u8,
    },
    /// Opens Basic Access Control, to read back what cannot be read in plain.
    OpenAccess,
    /// Makes the master file the current directory.
    SelectMasterFile,
    /// Makes the eMRTD application the current directory.
    SelectApplication,
    /// Removes a file that the profile knows and this card has not, should an earlier run have left it.
    RemoveFile {
        /// The file.
        file: ElementaryFile,
    },
    /// Creates a file.
    CreateFile {
        /// The file.
        file: ElementaryFile,
        /// Its size in bytes.
        size: usize,
    },
    /// Makes a file the current one.
    SelectFile {
        /// The file.
        file: ElementaryFile,
    },
    /// Writes one piece of the current file.
    WriteFile {
        /// The file.
        file: ElementaryFile,
        /// Where the piece begins.
        offset: usize,
        /// Its length in bytes.
        len: usize,
    },
    /// Reads a file back and compares it, before the card is locked.
    ReadBack {
        /// The file.
        file: ElementaryFile,
    },
    /// Stores a secret.
    PutKey {
        /// Which one.
        key: KeyName,
    },
    /// Makes the card operational; there is no way back.
    Activate,
}

/// Name of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName {
    /// Card access number.
    Can,
    /// MRZ information.
    MrzInformation,
    /// The holder's secret number.
    Pin,
    /// What unblocks the secret number.
    Puk,
    /// Chip Authentication key.
    ChipAuthentication,
    /// Key of Chip Authentication Mapping.
    ChipAuthenticationMapping,
    /// Trust points and date of Terminal Authentication.
    TrustPoints,
    /// Active Authentication key.
    ActiveAuthentication,
}

impl Plan {
    /// SHA-256 over every command, secrets included: two plans with the same hash make the same card.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let capacity = self
            .steps
            .iter()
            .flat_map(|s| &s.exchanges)
            .map(|e| e.command.data().len() + 12)
            .sum();
        // With the right capacity at once, no copy of a secret is left behind by growing.
        let mut all = Vec::with_capacity(capacity);
        for exchange in self.steps.iter().flat_map(|step| &step.exchanges) {
            let c = &exchange.command;
            all.extend([c.cla(), c.ins(), c.p1(), c.p2()]);
            all.extend(length(c.data().len()));
            all.extend(c.data());
            all.extend(c.le().unwrap_or_default().to_be_bytes());
        }
        sha256(SecretBytes::new(all).expose())
    }

    /// Name of the profile that the plan was made for.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// How the door to personalization is opened, where the blank has one.
    #[must_use]
    pub fn secure_channel(&self) -> SecureChannel {
        self.secure_channel
    }

    /// The command dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What opens Basic Access Control, where the card is read back through it before it is locked.
    pub(crate) fn mrz(&self) -> Option<&MrzKey> {
        self.mrz.as_ref()
    }

    /// The files that the plan writes, in the order of writing.
    #[must_use]
    pub fn files(&self) -> &[PlannedFile] {
        &self.files
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many commands the plan sends when nothing goes wrong.
    #[must_use]
    pub fn command_count(&self) -> usize {
        self.steps.iter().map(|step| step.exchanges.len()).sum()
    }
}

/// Plans the commands that write `files` (EF.SOD included) and `keys` to a blank of the profile.
///
/// # Errors
/// [`Error`] names the file or key that does not fit the profile.
pub fn plan(profile: &Profile, files: &[(ElementaryFile, Vec<u8>)], keys: &KeySet) -> Result<Plan, Error> {
    let files = arrange(profile, files)?;
    let pieces = Pieces::of(profile)?;
    if profile.perso.dialect == Dialect::Jmrtd {
        return jmrtd::plan(profile, &files, &pieces, keys);
    }
    let (outside, inside): (Vec<_>, Vec<_>) = files
        .iter()
        .partition(|f| f.rule.file.place() == Place::MasterFile);
    let mut steps = vec![identify()];
    if let SecureChannel::Scp03(rule) = profile.perso.secure_channel {
        let level = rule.security_level;
        steps.push(step(StepKind::OpenChannel { level }, Vec::new()));
    }
    steps.push(select_master_file());
    write_directory(&mut steps, &outside, &pieces);
    steps.push(select_application(profile));
    let given = |rule: &&FileRule| !files.iter().any(|f| f.rule.file == rule.file);
    let absent = profile
        .files
        .iter()
        .filter(given)
        .filter(|r| r.file.place() == Place::Application);
    steps.extend(absent.map(remove_file));
    write_directory(&mut steps, &inside, &pieces);
    steps.extend(secrets::put(profile, keys, &pieces)?);
    steps.push(identify());
    steps.push(step(StepKind::Activate, vec![plain(iso7816_9::activate())]));
    let files = outside.iter().chain(&inside).map(|f| f.planned()).collect();
    Ok(Plan {
        profile: profile.name.clone(),
        secure_channel: profile.perso.secure_channel,
        dialect: profile.perso.dialect,
        mrz: None,
        files,
        steps,
    })
}

/// A file and what the profile says about it.
struct Placed<'a> {
    rule: &'a FileRule,
    content: &'a [u8],
}

impl Placed<'_> {
    /// What the plan says about it.
    fn planned(&self) -> PlannedFile {
        PlannedFile {
            file: self.rule.file.to_string(),
            bytes: self.content.len(),
            sha256: hex::encode(sha256(self.content)),
        }
    }
}

/// Brings every file to its rule, largest first.
fn arrange<'a>(
    profile: &'a Profile,
    files: &'a [(ElementaryFile, Vec<u8>)],
) -> Result<Vec<Placed<'a>>, Error> {
    let mut placed: Vec<Placed<'a>> = Vec::with_capacity(files.len());
    for (file, content) in files {
        let name = || file.to_string();
        let rule = profile
            .file(*file)
            .ok_or_else(|| Error::FileUnknown { file: name() })?;
        if placed.iter().any(|p| p.rule.file == *file) {
            return Err(Error::FileTwice { file: name() });
        }
        if content.is_empty() {
            return Err(Error::FileEmpty { file: name() });
        }
        let limit = rule.max_size.min(MAX_FILE);
        if content.len() > limit {
            return Err(Error::FileTooLarge {
                file: name(),
                len: content.len(),
                limit,
            });
        }
        placed.push(Placed { rule, content });
    }
    let missing = profile
        .files
        .iter()
        .find(|r| r.mandatory && !placed.iter().any(|p| p.rule.file == r.file));
    if let Some(rule) = missing {
        return Err(Error::FileMissing {
            file: rule.file.to_string(),
        });
    }
    // A stable sort: files of the same size keep the order of the caller.
    placed.sort_by_key(|p| std::cmp::Reverse(p.content.len()));
    Ok(placed)
}

/// How much goes into one command and comes with one answer.
struct Pieces {
    write: usize,
    read: usize,
    /// The most of what should not be cut without need.
    whole: usize,
}

impl Pieces {
    /// As the profile allows.
    fn of(profile: &Profile) -> Result<Self, Error> {
        let limits = &profile.limits;
        let (write, read, whole) = if limits.extended {
            (MAX_PIECE, MAX_PIECE, limits.max_command)
        } else {
            (SHORT_WRITE, SHORT_READ, SHORT_WRITE)
        };
        let room = |bytes: usize| match profile.perso.secure_channel {
            SecureChannel::None => bytes,
            SecureChannel::Scp03(rule) => max_plain(scp03_mode(rule.mode), bytes),
        };
        let pieces = Self {
            write: room(limits.max_command.min(write)),
            read: room(limits.max_response.min(read)),
            whole: room(limits.max_command.min(whole)),
        };
        if pieces.write == 0 || pieces.read == 0 {
            return Err(Error::CommandTooSmall {
                max_command: limits.max_command,
            });
        }
        Ok(pieces)
    }
}

/// The length of codes that the profile names.
pub(crate) fn scp03_mode(mode: Scp03Mode) -> Mode {
    match mode {
        Scp03Mode::S8 => Mode::S8,
        Scp03Mode::S16 => Mode::S16,
    }
}

/// Creates, writes and reads back the files of one directory.
fn write_directory(steps: &mut Vec<Step>, files: &[&Placed<'_>], pieces: &Pieces) {
    steps.extend(files.iter().map(|f| create_file(f)));
    for f in files {
        let select = plain(iso7816_9::select_file(f.rule.fid));
        steps.push(step(StepKind::SelectFile { file: f.rule.file }, vec![select]));
        for (offset, piece) in cut(f.content, pieces.write, ODD_WRITE_HEADER) {
            let command = near(offset)
                .and_then(|near| iso7816_9::update_binary(near, piece))
                .unwrap_or_else(|| iso7816_9::update_binary_odd(far(offset), piece));
            let kind = StepKind::WriteFile {
                file: f.rule.file,
                offset,
                len: piece.len(),
            };
            steps.push(step(kind, vec![plain(command)]));
        }
    }
    steps.extend(files.iter().map(|f| read_back(f, pieces)));
}

/// GET DATA of the identity.
fn identify() -> Step {
    let exchange = Exchange {
        command: iso7816_9::get_identity(),
        expected: Expected::Identity,
    };
    step(StepKind::Identify, vec![exchange])
}

/// SELECT of the master file; a chip that knows no such command is there after its reset.
fn select_master_file() -> Step {
    const ANSWERS: &[StatusWord] = &[StatusWord::OK, StatusWord::INS];
    let exchange = Exchange {
        command: files::select_mf(),
        expected: Expected::Status(ANSWERS),
    };
    step(StepKind::SelectMasterFile, vec![exchange])
}

/// SELECT of the application of the profile.
fn select_application(profile: &Profile) -> Step {
    step(
        StepKind::SelectApplication,
        vec![plain(files::select_application(&profile.application.aid))],
    )
}

/// DELETE FILE of a file that should not be there.
fn remove_file(rule: &FileRule) -> Step {
    const ANSWERS: &[StatusWord] = &[StatusWord::OK, StatusWord::FILE_NOT_FOUND];
    let exchange = Exchange {
        command: iso7816_9::delete_file(rule.fid),
        expected: Expected::Status(ANSWERS),
    };
    step(StepKind::RemoveFile { file: rule.file }, vec![exchange])
}

/// CREATE FILE with the exact size.
fn create_file(f: &Placed<'_>) -> Step {
    let read = match f.rule.read {
        ReadRule::Always => ReadCondition::Always,
        ReadRule::AccessControl => ReadCondition::AccessControl,
        ReadRule::Pace => ReadCondition::Pace,
        ReadRule::ExtendedAccess => match f.rule.right {
            Some(Right::Dg3) => ReadCondition::RightToDg3,
            Some(Right::Dg4) => ReadCondition::RightToDg4,
            None => ReadCondition::ExtendedAccess,
        },
    };
    let size = far(f.content.len());
    let control = FileControl {
        file_id: f.rule.fid,
        sfi: f.rule.sfi,
        size,
        read,
    };
    let kind = StepKind::CreateFile {
        file: f.rule.file,
        size: f.content.len(),
    };
    step(kind, vec![plain(iso7816_9::create_file(&control))])
}

/// SELECT and READ BINARY until the end.
fn read_back(f: &Placed<'_>, pieces: &Pieces) -> Step {
    let mut exchanges = vec![plain(iso7816_9::select_file(f.rule.fid))];
    for (offset, piece) in cut(f.content, pieces.read, ODD_READ_HEADER) {
        let by_even = near(offset).and_then(|near| files::read_binary(near, far(piece.len())));
        let exchange = match by_even {
            Some(command) => (command, piece.to_vec()),
            None => {
                let object = tlv::object(tags::DISCRETIONARY_DATA, piece);
                (files::read_binary_odd(far(offset), far(object.len())), object)
            }
        };
        exchanges.push(Exchange {
            command: exchange.0,
            expected: Expected::Data(exchange.1),
        });
    }
    step(StepKind::ReadBack { file: f.rule.file }, exchanges)
}

/// A step.
fn step(kind: StepKind, exchanges: Vec<Exchange>) -> Step {
    Step { kind, exchanges }
}

/// A command that must be answered with 9000.
fn plain(command: Command) -> Exchange {
    Exchange {
        command,
        expected: Expected::Status(&[StatusWord::OK]),
    }
}

/// Cuts a file into pieces with their offsets; behind fifteen bits, objects of `header` bytes take room too.
fn cut(content: &[u8], most: usize, header: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let room = if near(offset).is_some() {
            most
        } else {
            most.saturating_sub(header).max(1)
        };
        let rest = content.get(offset..).filter(|rest| !rest.is_empty())?;
        let piece = rest.get(..room).unwrap_or(rest);
        let at = offset;
        offset += piece.len();
        Some((at, piece))
    })
}

/// An offset that fits P1-P2.
fn near(offset: usize) -> Option<u16> {
    u16::try_from(offset)
        .ok()
        .filter(|offset| *offset <= files::MAX_EVEN_OFFSET)
}

/// An offset or size within a file.
fn far(n: usize) -> u32 {
    u32::try_from(n).expect("no file is larger than MAX_FILE")
}

/// A length as four bytes.
fn length(n: usize) -> [u8; 4] {
    u32::try_from(n)
        .expect("a command is shorter than 4 GiB")
        .to_be_bytes()
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Hash::Sha256
        .digest(bytes)
        .try_into()
        .expect("SHA-256 gives 32 bytes")
}

/// Largest file: several times the largest picture that a document holds.
const MAX_FILE: usize = 262_144;
/// Most bytes of the objects around the data of an odd UPDATE BINARY: offset (5) and header (4).
const ODD_WRITE_HEADER: usize = 9;
/// Most bytes around the data of an answer to an odd READ BINARY.
const ODD_READ_HEADER: usize = 4;
/// Most bytes of one extended command or answer: what is lost when a card is pulled, and what common readers take.
const MAX_PIECE: usize = 2_048;
/// Most bytes of a short command.
const SHORT_WRITE: usize = 255;
/// Most bytes of a short answer.
const SHORT_READ: usize = 256;

#[cfg(test)]
mod tests;
