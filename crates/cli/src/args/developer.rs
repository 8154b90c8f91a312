//! Whoever builds and tests, and whoever asks how the machine is.

use std::path::PathBuf;

use super::card::{DoorArgs, TraceArgs};
use clap::{Args, Subcommand};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Run the whole chain through a private pcscd and a virtual reader.
    #[arg(long)]
    pub pcsc: bool,
    /// Choose the citizen, and the place of each change in the gallery.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keep the demo's files (record, keys, card, dump) in this folder.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Arguments of `emulate`.
#[derive(Debug, Args)]
pub struct EmulateArgs {
    /// The card file.
    #[arg(long, value_name = "CARD.chip")]
    pub card: PathBuf,
    /// Make the card file as a blank of this profile if it does not exist.
    #[arg(long, value_name = "PROFILE")]
    pub blank: Option<String>,
    /// What the new blank asks for.
    #[command(flatten)]
    pub door: DoorArgs,
    /// The virtual reader to plug into.
    #[arg(long, default_value = "127.0.0.1:35963", value_name = "HOST:PORT")]
    pub vpcd: String,
    /// Do wrong what this fault patch says (TOML); nothing that it changes in the card is kept.
    #[arg(long, value_name = "FILE")]
    pub patch: Option<PathBuf>,
    /// What to show of the conversation.
    #[command(flatten)]
    pub trace: TraceArgs,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The file; `-` reads standard input.
    pub file: PathBuf,
    /// Hold a certificate, CRL, EF.SOD or list against the profiles of ICAO 9303-12, each rule with its clause.
    #[arg(long)]
    pub lint: bool,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// A folder of trusted country certificates (CSCA), PEM or DER.
    #[arg(long, value_name = "DIR", env = "ANTIN_TRUST")]
    pub trust: Option<PathBuf>,
    /// The folder of the trust store (default: $ANTIN_TRUST_STORE, else antin/trust in the user's data folder).
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An error id (A201), check (dg-hash), reason or verdict; none lists them all.
    pub what: Option<String>,
}

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Measure over a private pcscd and a virtual reader too.
    #[arg(long)]
    pub pcsc: bool,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 1.0, value_name = "SECONDS")]
    pub seconds: f64,
}

/// Actions on conformance cases.
#[derive(Debug, Subcommand)]
pub enum ConformanceCommand {
    /// Carry the cases out and print the table of results
    Run(ConformanceRunArgs),
    /// List the cases
    List,
    /// Show a case as it is written down
    Show {
        /// The id of the case, as the test plan has it.
        id: String,
    },
}

/// Arguments of `conformance run`.
#[derive(Debug, Args)]
pub struct ConformanceRunArgs {
    /// Only the cases that test the reader.
    #[arg(long, conflicts_with = "chip_side")]
    pub reader_side: bool,
    /// Only the cases that test the chip.
    #[arg(long)]
    pub chip_side: bool,
    /// Run through a private pcscd and a virtual reader.
    #[arg(long)]
    pub pcsc: bool,
    /// Only the case of this id; may be given again.
    #[arg(long, value_name = "ID")]
    pub case: Vec<String>,
    /// Run every case with its named defect too: it must turn red.
    #[arg(long)]
    pub with_defects: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The schema's name, for example `antin.report/1`; none lists them all.
    pub name: Option<String>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder to write antin.1, antin-verify.1 and the others into.
    pub dir: Option<PathBuf>,
}
