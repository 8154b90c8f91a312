//! `antin csca|ds|crl|ml|defects|seal-signer ...`: what a country's signing authority does.
//!
//! Every maker goes the same way: a plan that can be printed and approved (`ceremony`), keys that are opened (`keys`), the
//! product, read back before it leaves, and all files at once.

mod ceremony;
mod crl;
mod csca;
mod dates;
mod defects;
mod deviations;
mod keys;
mod lists;
mod signers;

pub use ceremony::{Made, SCHEMA, unusable};
pub use dates::{period, years_later};
pub use keys::{Typed, Wanted, demo_needs_consent, of_signer, open as open_key, password, signing_failure};

use super::Outcome;
use crate::args::{CrlCommand, CscaCommand, DefectsCommand, DsCommand, MlCommand, SealSignerCommand};
use crate::output::Output;

/// Runs an action of `csca`.
pub fn csca(command: &CscaCommand, out: &Output) -> Outcome {
    match command {
        CscaCommand::Create(args) => csca::create(args, out),
        CscaCommand::Link {
            csca_folder,
            new_csca,
            product,
            unlock,
            ceremony,
        } => csca::link(csca_folder, new_csca, product, unlock, ceremony, out),
        CscaCommand::Renew(args) => csca::renew(args, out),
    }
}

/// Runs an action of `ds`.
pub fn ds(command: &DsCommand, out: &Output) -> Outcome {
    match command {
        DsCommand::Create(args) => signers::create(args, out),
        DsCommand::Rotate { overlap, signer } => signers::rotate(*overlap, signer, out),
    }
}

/// Runs an action of `crl`.
pub fn crl(command: &CrlCommand, out: &Output) -> Outcome {
    let CrlCommand::Make {
        csca_folder,
        revoke,
        allow_revoking_authority,
        allow_unknown_serial,
        next_days,
        copy,
        unlock,
        ceremony,
    } = command;
    crl::make(
        csca_folder,
        crl::Wanted {
            revoke,
            revoking_authority: *allow_revoking_authority,
            unknown_serial: *allow_unknown_serial,
        },
        *next_days,
        copy.as_deref(),
        unlock,
        ceremony,
        out,
    )
}

/// Runs an action of `ml`.
pub fn ml(command: &MlCommand, out: &Output) -> Outcome {
    match command {
        MlCommand::Make(args) => lists::make(args, out),
        MlCommand::Sign {
            csca_folder,
            unsigned_list,
            product,
            list,
        } => lists::sign(csca_folder, unsigned_list, product, list, out),
    }
}

/// Runs an action of `defects`.
pub fn defects(command: &DefectsCommand, out: &Output) -> Outcome {
    let DefectsCommand::Make {
        csca_folder,
        deviations,
        product,
        list,
    } = command;
    defects::make(csca_folder, deviations, product, list, out)
}

/// Runs an action of `seal-signer`.
pub fn seal_signer(command: &SealSignerCommand, out: &Output) -> Outcome {
    let SealSignerCommand::Create(args) = command;
    signers::create_seal(args, out)
}
