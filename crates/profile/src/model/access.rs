//! How a card is opened.

use core::time::Duration;

use antin_crypto::Suite;
use antin_crypto::agreement::Group;
use antin_lds::security_infos::SecurityInfo;
use antin_wire::apdu::StatusWord;
use serde::{Deserialize, Serialize};

/// How a terminal opens the card.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Access {
    /// Whether Basic Access Control works.
    pub bac: bool,
    /// The PACE variants on offer.
    pub pace: Vec<PaceRule>,
    /// Further entries of EF.CardAccess that mean nothing to the card itself.
    pub security_infos: Vec<SecurityInfo>,
}

/// One PACE variant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PaceRule {
    /// How the nonce becomes a generator.
    pub mapping: Mapping,
    /// Cipher of the session.
    pub cipher: Suite,
    /// Curve or group of the domain parameters.
    pub group: Group,
    /// How the domain parameters are announced.
    pub parameter: ParameterRule,
    /// Passwords that work.
    pub passwords: Vec<PasswordKind>,
}

impl PaceRule {
    /// Returns the PACEInfo object that announces this variant.
    #[must_use]
    pub fn info(&self) -> SecurityInfo {
        crate::announce::pace_info(self)
    }

    /// Returns the PACEDomainParameterInfo object of a variant whose parameters are spelled out.
    #[must_use]
    pub fn domain_parameters(&self) -> Option<SecurityInfo> {
        crate::announce::domain_parameters(self)
    }
}

/// How the domain parameters of a PACE variant are announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterRule {
    /// By their number in the table of standardized domain parameters (ICAO 9303-11 §9.5.1).
    Standardized(u8),
    /// Spelled out in a PACEDomainParameterInfo, under the chip's own number where there is one.
    Explicit(Option<u8>),
}

impl ParameterRule {
    /// Returns the parameterId of the PACEInfo.
    #[must_use]
    pub fn id(self) -> Option<u8> {
        match self {
            Self::Standardized(id) => Some(id),
            Self::Explicit(id) => id,
        }
    }
}

/// How PACE turns the nonce into a generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// Generic mapping: a second key agreement.
    Generic,
    /// Integrated mapping: a pseudo-random element.
    Integrated,
    /// Generic mapping whose key the chip proves to hold with its static one.
    ChipAuthentication,
}

/// A password that PACE takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordKind {
    /// The machine readable zone.
    Mrz,
    /// The card access number.
    Can,
    /// The holder's secret number.
    Pin,
    /// What unblocks the secret number.
    Puk,
}

/// The holder's secret number: wrong tries are counted (TR-03110-2 §3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinRule {
    /// Where it comes from.
    pub value: SecretRule,
    /// Wrong tries until it is blocked, 2 to 15.
    pub tries: u8,
    /// Whether the last try needs the card access number first.
    pub suspend: SuspendRule,
}

/// What unblocks the secret number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PukRule {
    /// Where it comes from.
    pub value: SecretRule,
}

/// Where a PIN or PUK comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretRule {
    /// So many random digits.
    Random {
        /// How many.
        digits: u8,
    },
    /// The same on every card of the profile: for tests.
    Fixed(String),
}

/// Shows the length of a fixed value only.
impl core::fmt::Debug for SecretRule {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Random { digits } => write!(f, "Random({digits} digits)"),
            Self::Fixed(value) => write!(f, "Fixed({} digits)", value.len()),
        }
    }
}

/// Whether the last try of a PIN needs the card access number first, so that nobody who only passes by can block it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuspendRule {
    /// The last try works only in a session that the CAN has opened.
    AtLastTry,
    /// All tries are alike.
    Never,
}

/// How the passwords follow from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PasswordRules {
    /// Where the card access number comes from.
    pub can: CanRule,
    /// Which document number enters the MRZ information.
    pub document_number: DocumentNumberRule,
}

/// Where the card access number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanRule {
    /// The last six digits of the personal number.
    LastSixOfNumber,
    /// Six random digits.
    Random,
    /// The card has none.
    None,
}

/// Which document number enters the MRZ information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentNumberRule {
    /// The document number as the machine readable zone holds it.
    Mrz,
    /// The last nine digits of the personal number.
    LastNineOfNumber,
}

/// Answer to a wrong CAN or MRZ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongPasswordRule {
    /// Status word of the refusal.
    pub status: StatusWord,
    /// How the card slows down.
    pub delay: DelayRule,
}

/// How the card slows down after wrong passwords: it never blocks, because anybody could block it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelayRule {
    /// Failures without any delay.
    pub free_failures: u32,
    /// Delay of the first failure after them; each further one doubles it.
    pub first: Duration,
    /// The delay never grows beyond this.
    pub longest: Duration,
}

impl DelayRule {
    /// Returns the delay of the answer to the `failures`-th wrong password in a row, counted from 1.
    #[must_use]
    pub fn after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures
            .checked_sub(self.free_failures)
            .and_then(|n| n.checked_sub(1))
        else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}
