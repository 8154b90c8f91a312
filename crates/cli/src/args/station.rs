//! Whoever issues cards.

use std::path::PathBuf;

use super::authority::SignerUnlockArgs;
use super::card::{DoorArgs, TraceArgs};
use clap::{Args, Subcommand};

/// Arguments of `issue`.
#[derive(Debug, Args)]
pub struct IssueArgs {
    /// A built-in profile's name, or a profile file.
    #[arg(long, value_name = "PROFILE")]
    pub profile: String,
    /// The citizen's record (JSON).
    #[arg(long, value_name = "FILE")]
    pub record: PathBuf,
    /// The document signer: the folder of an authority or a signer, or the URI of its key in a token.
    #[arg(long, value_name = "DIR|pkcs11:URI")]
    pub signer: PathBuf,
    /// The certificate of a key in a token.
    #[arg(long, value_name = "FILE", requires = "signer_trust")]
    pub signer_cert: Option<PathBuf>,
    /// The certificates of the authority of a key in a token: a folder of them, or a trust store.
    #[arg(long, value_name = "DIR", requires = "signer_cert")]
    pub signer_trust: Option<PathBuf>,
    /// What opens the signer's key.
    #[command(flatten)]
    pub signer_unlock: SignerUnlockArgs,
    /// The certificate (*.cvcert) of the authority over terminals (CVCA) that the card is to trust, signed by itself. Needs a
    /// profile with Terminal Authentication; without it the card trusts a TEST authority whose key nobody keeps.
    #[arg(long, value_name = "FILE")]
    pub cvca: Option<PathBuf>,
    /// Write a software card into this file.
    #[arg(
        long,
        value_name = "CARD.chip",
        required_unless_present_any = ["reader", "vpcd_listen"],
        conflicts_with_all = ["reader", "vpcd_listen"]
    )]
    pub to_file: Option<PathBuf>,
    /// Write the blank card on this reader.
    #[arg(short, long, value_name = "NAME|NUMBER")]
    pub reader: Option<String>,
    /// Be a virtual reader on this port instead: a card emulator that speaks the vpcd protocol connects to it.
    #[arg(long, value_name = "PORT", conflicts_with = "reader")]
    pub vpcd_listen: Option<String>,
    /// How long to wait for a card.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub wait: u64,
    /// The journal that makes an interrupted issue resumable (default: beside the record).
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// What opens the blank.
    #[command(flatten)]
    pub door: DoorArgs,
    /// What to show of the conversation.
    #[command(flatten)]
    pub trace: TraceArgs,
}

/// Actions on citizen records.
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Write records of fictional citizens, portraits drawn by code
    Demo {
        /// The first citizen's seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many, up to 1000.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        count: u32,
        /// The folder to write into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Check a record and list every fault
    Check {
        /// The citizen's record (JSON).
        file: PathBuf,
        /// The profile it is meant for.
        #[arg(long, default_value = "vn-cccd-2021")]
        profile: String,
        /// Write the machine readable zone that is printed on such a card into this file, for `--mrz-file`.
        #[arg(long, value_name = "FILE")]
        mrz_to: Option<PathBuf>,
    },
}

/// Actions on card profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// List the built-in profiles
    List,
    /// Show a profile
    Show {
        /// A built-in profile's name, or a profile file.
        profile: String,
    },
    /// Check a profile file; a fault is named with its line
    Check {
        /// The profile file.
        file: PathBuf,
    },
}
