//! All that a counter without a network knows of issuers, in one signed file.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::authority::{AuthorityKeyArgs, SignerUnlockArgs};
use super::trust_store::{OperatorArgs, StoreArgs};

/// Actions on trust bundles.
#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Make a bundle of all that a trust store holds, and sign it
    Make(Box<BundleMakeArgs>),
    /// Check a bundle, and show what it holds and how old it is
    Verify {
        /// The bundle.
        #[arg(value_name = "BUNDLE")]
        trust_bundle: PathBuf,
        /// The certificate of whoever signs bundles, PEM or DER, got by another way than the bundle (default: the one that
        /// the store remembers); may be repeated.
        #[arg(long = "root", value_name = "CERT")]
        bundle_root: Vec<PathBuf>,
        /// Which store.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Take a bundle into a trust store, in place of the one before, in one step
    Apply(BundleApplyArgs),
}

/// Arguments of `trust bundle make`.
#[derive(Debug, Args)]
pub struct BundleMakeArgs {
    /// The folder of whoever signs bundles; a key and a certificate that says so are made there if none may sign now.
    #[arg(long = "signer", value_name = "DIR")]
    pub bundle_signer: PathBuf,
    /// The file to write.
    #[arg(long = "out", value_name = "FILE")]
    pub bundle_out: PathBuf,
    /// The bundle before this one: its serial number and its revoked cards count on.
    #[arg(long = "previous", value_name = "BUNDLE")]
    pub bundle_previous: Option<PathBuf>,
    /// The serial number of the very first bundle; later ones are numbered by --previous, or get a higher number here.
    #[arg(long = "serial", value_name = "N")]
    pub bundle_serial: Option<u64>,
    /// Write only what changed since the previous one; only stations that have that one can take it.
    #[arg(long = "delta", requires = "bundle_previous")]
    pub bundle_delta: bool,
    /// After how many days what rests on the bundle is undetermined.
    #[arg(long, default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub soft_days: u16,
    /// After how many days the bundle is refused.
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub hard_days: u16,
    /// A list of cards that were lost, stolen or revoked, one a line: VN 001099012345, or sod: and the SHA-256 of EF.SOD.
    #[arg(long, value_name = "FILE")]
    pub revoked_cards: Option<PathBuf>,
    /// The certificate of a document signer whose cards may stand on that list, beside those of the store; may be repeated.
    #[arg(long, value_name = "CERT", requires = "revoked_cards")]
    pub card_signer: Vec<PathBuf>,
    /// The two letters in the name of a new signer.
    #[arg(long = "country", value_name = "CC")]
    pub bundle_country: Option<String>,
    /// The common name of a new signer (default: Trust Bundle Signer and a number).
    #[arg(long = "name", value_name = "TEXT")]
    pub bundle_name: Option<String>,
    /// For how many years a new signer signs.
    #[arg(long, default_value_t = 3, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=20))]
    pub bundle_years: u16,
    /// The key of a new signer.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// The signer's key.
    #[command(flatten)]
    pub signer_unlock: SignerUnlockArgs,
    /// Which store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Arguments of `trust bundle apply`.
#[derive(Debug, Args)]
pub struct BundleApplyArgs {
    /// The bundle.
    #[arg(value_name = "BUNDLE")]
    pub trust_bundle: PathBuf,
    /// The certificate of whoever signs bundles, PEM or DER, got by another way than the bundle; the store remembers it; may
    /// be repeated.
    #[arg(long = "root", value_name = "CERT")]
    pub bundle_root: Vec<PathBuf>,
    /// Dangerous: follow the bundles of --root from now on, in place of whom the store follows; recorded for ever.
    #[arg(long, requires = "bundle_root")]
    pub allow_other_issuer: bool,
    /// Dangerous: take a bundle without a list of revoked cards in place of one with a list: those cards are good again;
    /// recorded for ever.
    #[arg(long)]
    pub allow_fewer_revoked_cards: bool,
    /// Who does it.
    #[command(flatten)]
    pub who: OperatorArgs,
    /// Which store.
    #[command(flatten)]
    pub store: StoreArgs,
}
