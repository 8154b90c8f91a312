//! Whoever checks cards.

use std::path::PathBuf;

use super::card::{CardSource, KeySource, TraceArgs};
use clap::Args;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A folder of files as `antin read` writes them, or an evidence file.
    #[arg(value_name = "DIR", conflicts_with_all = [
        "reader", "card", "vpcd_listen", "can_file", "mrz_file", "pin_file", "puk_file", "ask_pin", "ask_puk",
        "challenge", "allow_bac_fallback",
    ])]
    pub folder: Option<PathBuf>,
    /// Where the card is.
    #[command(flatten)]
    pub source: CardSource,
    /// What opens it.
    #[command(flatten)]
    pub key: KeySource,
    /// A folder of trusted country certificates (CSCA), PEM or DER.
    #[arg(long, value_name = "DIR", env = "ANTIN_TRUST")]
    pub trust: Option<PathBuf>,
    /// The policy to accept by: counter, border, lab, or a policy file.
    #[arg(long, default_value = "counter", value_name = "NAME|FILE")]
    pub policy: String,
    /// Include the holder's data in the output.
    #[arg(long)]
    pub holder: bool,
    /// Judge as if it were this moment (RFC 3339), for evidence and tests.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The challenge of Active Authentication (16 hex digits, or a file with 8 bytes or the digits), from somebody who
    /// will check the chip's answer; both are kept in the report.
    #[arg(long, value_name = "HEX|FILE")]
    pub challenge: Option<String>,
    /// A folder with the terminal's private key, its certificate, its verifier's and links (*.cvcert): the reader proves
    /// its rights, so that DG3 and DG4 open.
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    pub terminal: Option<PathBuf>,
    /// Keep what the card told as an evidence file, to be verified again later.
    #[arg(long, value_name = "FILE.antin")]
    pub save: Option<PathBuf>,
    /// What to show of the conversation.
    #[command(flatten)]
    pub trace: TraceArgs,
}

/// Arguments of `read`.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// The folder to write EF_SOD.bin, Datagroup1.bin and the others into.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Where the card is.
    #[command(flatten)]
    pub source: CardSource,
    /// What opens it.
    #[command(flatten)]
    pub key: KeySource,
    /// A folder with the terminal's private key, its certificate, its verifier's and links (*.cvcert): the reader proves
    /// its rights, so that DG3 and DG4 open.
    #[arg(long, value_name = "DIR")]
    pub terminal: Option<PathBuf>,
    /// What to show of the conversation.
    #[command(flatten)]
    pub trace: TraceArgs,
}
