//! Whoever checks cards.

use std::path::PathBuf;

use super::card::{CardSource, KeySource, TraceArgs};
use clap::Args;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A folder of files as `antin read` writes them, or an evidence file.
    // What opens a card beside it is U132, which says where a card file goes.
    #[arg(value_name = "DIR", conflicts_with_all = ["reader", "card", "vpcd_listen"])]
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
    /// The folder of the trust store (default: $ANTIN_TRUST_STORE, else antin/trust in the user's data folder).
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Let the test authorities of the trust store count: for specimens and trials, never for real documents.
    #[arg(long)]
    pub allow_test_anchors: bool,
    /// The policy to accept by: counter, border, lab, or a policy file. The exit code is 0 whenever it accepts, as lab does
    /// a chip without proof; else that of the verdict, or 15.
    #[arg(long, default_value = "counter", value_name = "NAME|FILE")]
    pub policy: String,
    /// Include the holder's data in the output.
    #[arg(long)]
    pub holder: bool,
    /// Judge as if it were this moment (RFC 3339), for evidence and tests.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The challenge of Active Authentication (16 hex digits, or a file with 8 bytes or the digits), from somebody who
    /// will check the chip's answer; both are kept in the report. With an evidence file: the challenge that you chose
    /// for this visit, whose answer then proves the chip.
    #[arg(long, value_name = "HEX|FILE")]
    pub challenge: Option<String>,
    /// A folder with the terminal's private key, its certificate, its verifier's and links (*.cvcert): the reader proves
    /// its rights, so that DG3 and DG4 open.
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    pub terminal: Option<PathBuf>,
    /// A file with the machine readable zone as it is printed on the document, to be held against the chip; `-` reads
    /// standard input. With --mrz-file that zone is.
    #[arg(long, value_name = "FILE", conflicts_with = "mrz_file")]
    pub page_mrz: Option<PathBuf>,
    /// A file with the text of the QR code on a Vietnamese card, to be held against the chip.
    #[arg(long, value_name = "FILE")]
    pub qr_file: Option<PathBuf>,
    /// Write the report as a page (HTML, printable on A4) in the language of --lang.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write the report as XML in the shape of BSI TR-03135.
    #[arg(long, value_name = "FILE")]
    pub xml: Option<PathBuf>,
    /// Keep what the card told as an evidence file, to be verified again later.
    #[arg(long, value_name = "FILE.antin", conflicts_with = "folder")]
    pub save: Option<PathBuf>,
    /// Sign the evidence file with this private key of the station (PKCS#8, readable by its owner alone): as of now, so
    /// not with --at.
    // A station vouches for the time of the visit, which nobody may choose.
    #[arg(long, value_name = "FILE", requires = "save", conflicts_with = "at")]
    pub station_key: Option<PathBuf>,
    /// Believe what this station saw, if it signed the evidence file: its public key or certificate. The document is judged
    /// as of the visit, with the authorities that were trusted then.
    #[arg(long, value_name = "FILE")]
    pub station: Option<PathBuf>,
    /// Verify every folder of files and every evidence file under this folder, on all cores.
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "folder", "reader", "card", "vpcd_listen", "can_file", "mrz_file", "pin_file", "puk_file", "ask_pin", "ask_puk",
        "allow_bac_fallback", "challenge", "terminal", "page_mrz", "qr_file", "html", "xml", "save", "holder",
    ])]
    pub batch: Option<PathBuf>,
    /// How many documents of a batch are judged at the same time (default: one a core).
    #[arg(long, value_name = "N", requires = "batch")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Add a line for each document of the batch to this file (JSON); those that are in it already are not judged again as
    /// long as content, policy, trust and moment are the same (without --at: for a day).
    #[arg(long, value_name = "FILE.jsonl", requires = "batch")]
    pub results: Option<PathBuf>,
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
