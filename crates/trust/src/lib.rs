//! Whom to believe: sign and verify EF.SOD, certificates, trust store, policy and report; [`cv`]: whom a chip believes.
//!
//! This crate reads no clock, no file and draws no randomness by itself: time, anchors and generators are arguments.

mod asn1;
pub mod bundle;
pub mod card_security;
pub mod certificate;
pub mod checks;
pub mod cms;
pub mod countries;
pub mod crl;
pub mod cv;
pub mod defect_list;
pub mod deviation_list;
mod error;
mod hexadecimal;
pub mod lint;
pub mod master_list;
pub mod pki;
pub mod policy;
pub mod report;
pub mod session;
mod signature;
pub mod sod;
pub mod store;
pub mod time;
pub mod tr03135;
pub mod verdict;
pub mod verify;

pub use certificate::Certificate;
pub use checks::{Check, CheckId, CheckResult, Reason};
pub use error::Error;
pub use policy::{BacFallback, Finding, Need, Policy, Stance};
pub use report::{FileEntry, Holder, Report, VerifiedIdentity, acceptance};
pub use session::{
    Access, AccessMethod, ActiveAnswer, CamEvidence, FileState, MAX_PAGE_BYTES, Page, PasswordKind,
    ReadFiles, SessionFacts,
};
pub use store::{Anchor, Freshness, Placed, TrustLevel, TrustStore};
pub use time::UnixTime;
pub use verdict::{Acceptance, Facts, Verdict, VerdictReason, exit, verdict};
pub use verify::{Backend, SignerCache, contents, verify, verify_with};
