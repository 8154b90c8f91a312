//! What a card is: typed card profiles, read from TOML.
//!
//! A profile says everything that differs from one card product to the next: the files, their identifiers and
//! who may read them, the access protocols and their parameters, the keys, the limits of the transport, and the
//! odd habits of the real chip. Code asks the profile; it never asks which country it is in.
//!
//! ```
//! use antin_profile::Profile;
//!
//! let card = Profile::builtin("vn-cccd-2021").expect("this profile is built in");
//! assert_eq!(card.country, "VNM");
//! assert_eq!(card.com.data_groups, [1, 2, 3, 13, 15, 14]);
//! ```
//!
//! The fields are described in `card-profiles/README.md`. A profile that parses is right: unknown keys are
//! refused, and so is every contradiction that can be seen without a card. The error names line and column.

mod announce;
mod builtin;
mod check;
mod checker;
mod error;
mod model;
mod overrides;
pub mod patch;
mod source;

pub use error::{Problem, ProfileError};
pub use model::{
    Access, ActiveAuthentication, Announcement, ApplicationRule, CanRule, ChipAuthentication,
    ChipAuthenticationVersion, ComRule, DelayRule, Dialect, DocumentKind, DocumentNumberRule, FileRule,
    Limits, Mapping, PaceRule, ParameterRule, PasswordKind, PasswordRules, PersoRule, PinRule, Profile,
    PukRule, Quirk, ReadRule, Right, Scp03Challenge, Scp03Mode, Scp03Rule, SecretRule, SecureChannel,
    SodRule, Status, SuspendRule, TerminalAuthentication, TerminalAuthenticationVersion, TrustPointKey,
    WrongPasswordRule,
};
pub use overrides::overlay;

/// The value that the key `schema` of every profile must have.
pub const SCHEMA: &str = "antin.profile/1";
