//! What a card forgets when it loses power.

use antin_profile::Right;
use antin_protocol::{bac, chip_authentication, pace, scp03, sm, terminal_authentication};
use antin_trust::cv::{Authorization, Presented};
use antin_wire::ids::FileId;
use antin_wire::tlv::Tag;

use crate::commands::REFERENCE_PUK;
use crate::state::Directory;

/// The volatile side of a card.
#[derive(Debug)]
pub(crate) struct Session {
    /// The current directory.
    pub directory: Directory,
    /// The current file of the current directory.
    pub file: Option<FileId>,
    /// How far the terminal has come.
    pub access: Access,
    /// The secure channel of personalization.
    pub scp03: Scp03,
    /// Parts of a command that is being sent in pieces.
    pub chain: Option<Chain>,
    /// Bytes of an answer that wait for GET RESPONSE.
    pub waiting: Vec<u8>,
    /// Whether the application was selected since power on.
    pub application_seen: bool,
    /// The modulus of a key whose exponent has not come yet, in the dialect `jmrtd`.
    pub modulus: Option<Vec<u8>>,
}

impl Session {
    /// The state after power on: the master file is selected, nothing is open.
    pub(crate) fn new() -> Self {
        Self {
            directory: Directory::MasterFile,
            file: None,
            access: Access::Plain,
            scp03: Scp03::Closed,
            chain: None,
            waiting: Vec::new(),
            application_seen: false,
            modulus: None,
        }
    }

    /// Says whether the terminal has opened the card.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.access, Access::Open(_))
    }

    /// Says whether the command at hand came through the secure channel of personalization.
    pub(crate) fn is_personalizing(&self) -> bool {
        matches!(self.scp03, Scp03::Serving)
    }

    /// Says whether the terminal has opened the card in this way.
    pub(crate) fn opened_by(&self, way: OpenedBy) -> bool {
        matches!(&self.access, Access::Open(open) if open.by == way)
    }

    /// Says whether the terminal may read what holder's or printed password opens: the PUK only unblocks the PIN.
    pub(crate) fn is_readable(&self) -> bool {
        self.is_open() && !self.opened_by(OpenedBy::Pace(REFERENCE_PUK))
    }

    /// Says whether the terminal has opened the card by PACE, with any password that lets it read.
    pub(crate) fn is_opened_by_pace(&self) -> bool {
        self.is_readable() && !self.opened_by(OpenedBy::Bac)
    }

    /// Says whether the terminal has proved this right.
    pub(crate) fn has_right(&self, right: Right) -> bool {
        self.is_readable() && matches!(&self.access, Access::Open(open) if open.rights.contains(&right))
    }

    /// Forgets keys and rights; the current directory stays.
    pub(crate) fn close(&mut self) {
        *self = Self {
            directory: self.directory,
            application_seen: self.application_seen,
            ..Self::new()
        };
    }
}

/// How far a terminal has come in opening the door to personalization.
#[derive(Debug)]
pub(crate) enum Scp03 {
    /// Not at all.
    Closed,
    /// The card has given its cryptogram.
    Initialized(scp03::chip::Initialized),
    /// Open.
    Open(scp03::chip::Channel),
    /// Open, and the command at hand came through it.
    Serving,
}

/// How far a terminal has come in opening the card.
#[derive(Debug)]
pub(crate) enum Access {
    /// Nothing done.
    Plain,
    /// A challenge for BAC was given out.
    Bac(bac::chip::Challenged),
    /// In the middle of PACE.
    Pace(Box<Pace>),
    /// Open: all further commands come under secure messaging.
    Open(Box<Open>),
}

/// The steps of PACE.
#[derive(Debug)]
pub(crate) enum Pace {
    Nonce(pace::chip::AwaitNonceRequest),
    Mapping(pace::chip::AwaitMapping),
    KeyAgreement(pace::chip::AwaitKeyAgreement),
    Token(pace::chip::AwaitToken),
}

/// What opens a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenedBy {
    Bac,
    /// With the password of this reference.
    Pace(u8),
}

/// An opened card.
#[derive(Debug)]
pub(crate) struct Open {
    pub channel: sm::chip::Channel,
    /// What opened the card.
    pub by: OpenedBy,
    /// What the terminal has proved that it may read.
    pub rights: Vec<Right>,
    /// What will count once Chip Authentication version 2 has followed.
    pub pending: Vec<Right>,
    /// The rights that the terminal announced in PACE: Terminal Authentication version 2 gives no others.
    pub announced: Option<Authorization>,
    /// `Comp()` of the chip's ephemeral key of PACE; empty after BAC.
    pub own_key: Vec<u8>,
    /// `Comp()` of the terminal's ephemeral key that a proof of the chip has bound to this session.
    pub terminal_key: Option<Vec<u8>>,
    /// Terminal Authentication.
    pub terminal: terminal_authentication::chip::Session,
    /// Certificates of this session.
    pub presented: Presented,
    /// PACE with a further password inside the session.
    pub pace: Option<Pace>,
    /// The key chosen for Chip Authentication.
    pub selected: Option<chip_authentication::chip::Selected>,
    /// The channel that takes over after the answer to this command.
    pub next: Option<sm::chip::Channel>,
}

impl Open {
    pub(crate) fn new(channel: sm::chip::Channel, by: OpenedBy) -> Self {
        Self {
            channel,
            by,
            rights: Vec::new(),
            pending: Vec::new(),
            announced: None,
            own_key: Vec::new(),
            terminal_key: None,
            terminal: terminal_authentication::chip::Session::default(),
            presented: Presented::default(),
            pace: None,
            selected: None,
            next: None,
        }
    }
}

/// A command that is being sent in pieces.
#[derive(Debug)]
pub(crate) struct Chain {
    pub ins: u8,
    pub p1: u8,
    pub p2: u8,
    /// Pieces so far; they may be keys.
    pub data: zeroize::Zeroizing<Vec<u8>>,
}

/// Discretionary data, in which READ BINARY with odd instruction byte answers.
pub(crate) const DISCRETIONARY: Tag = Tag(0x53);

/// Offset of READ BINARY with odd instruction byte.
pub(crate) const OFFSET: Tag = Tag(0x54);
