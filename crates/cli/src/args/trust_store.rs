//! Whoever decides whom to believe.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Actions on the trust store.
#[derive(Debug, Subcommand)]
pub enum TrustCommand {
    /// Take in master lists, certificates, revocation lists: PEM, DER, LDIF, ZIP, folders
    Import(TrustImportArgs),
    /// What each country has
    List {
        /// Which store.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Show entries: all of a country, or one by its fingerprint
    Show {
        /// Two letters of a country, or a fingerprint (SHA-256; its first eight digits are enough).
        #[arg(value_name = "COUNTRY|FINGERPRINT")]
        trust_wanted: String,
        /// Which store.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Why an authority is believed: who vouches for it, who added it and when
    Why {
        /// Two letters of a country, or a fingerprint (SHA-256; its first eight digits are enough).
        #[arg(value_name = "COUNTRY|FINGERPRINT")]
        trust_wanted: String,
        /// Which store.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Take entries out, or mark them as bad
    Remove(TrustRemoveArgs),
    /// Compare two stores, lists, archives, folders or files
    Diff {
        /// The first one.
        #[arg(value_name = "A")]
        trust_first: PathBuf,
        /// The second one.
        #[arg(value_name = "B")]
        trust_second: PathBuf,
    },
    /// Write entries as PEM, DER, LDIF or ZIP
    Export(TrustExportArgs),
    /// Trust bundles: a whole store for stations without a network, in one signed file
    #[command(subcommand)]
    Bundle(super::BundleCommand),
}

/// Which store.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// The folder of the trust store (default: $ANTIN_TRUST_STORE, else antin/trust in the user's data folder).
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Who changes the store.
#[derive(Debug, Args)]
pub struct OperatorArgs {
    /// Who does this, for the record (default: user@host).
    #[arg(long = "operator", value_name = "NAME")]
    pub trust_operator: Option<String>,
}

/// Arguments of `trust import`.
#[derive(Debug, Args)]
pub struct TrustImportArgs {
    /// Files or folders; what a file is follows from its content.
    #[arg(value_name = "FILE|DIR", required = true)]
    pub trust_files: Vec<PathBuf>,
    /// The certificate of the authority that vouches for a signed list (CSCA), PEM or DER; got by another way than the list.
    #[arg(long = "root", value_name = "CERT")]
    pub trust_root: Vec<PathBuf>,
    /// Put everything with the test entries, which count only where they are asked for.
    #[arg(long = "test")]
    pub trust_test: bool,
    /// Dangerous: take a list whose signature does not hold; recorded for ever.
    #[arg(long)]
    pub allow_unverified_list: bool,
    /// Dangerous: take a list older than one before; recorded for ever.
    #[arg(long)]
    pub allow_older_list: bool,
    /// Believe the authorities that stand in a collection of a directory (LDIF), where no signed list names them.
    #[arg(long)]
    pub allow_collection_anchors: bool,
    /// Who does it.
    #[command(flatten)]
    pub who: OperatorArgs,
    /// Which store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Arguments of `trust remove`.
#[derive(Debug, Args)]
pub struct TrustRemoveArgs {
    /// Two letters of a country, or a fingerprint (SHA-256; its first eight digits are enough).
    #[arg(value_name = "COUNTRY|FINGERPRINT")]
    pub trust_wanted: String,
    /// Mark as bad as well: its documents fail, and no list brings it back.
    #[arg(long, value_name = "REASON")]
    pub distrust: Option<String>,
    /// With --distrust: mark the key, in whatever certificate it stands now or later.
    #[arg(long, requires = "distrust")]
    pub distrust_key: bool,
    /// Take out everything of a country.
    #[arg(long)]
    pub allow_whole_country: bool,
    /// Who does it.
    #[command(flatten)]
    pub who: OperatorArgs,
    /// Which store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Arguments of `trust export`.
#[derive(Debug, Args)]
pub struct TrustExportArgs {
    /// Two letters of a country, or a fingerprint; everything if nothing is named.
    #[arg(value_name = "COUNTRY|FINGERPRINT")]
    pub trust_some: Vec<String>,
    /// The file to write; a folder for der.
    #[arg(long = "to", value_name = "PATH")]
    pub trust_to: PathBuf,
    /// How to write.
    #[arg(long = "format", value_enum, default_value = "pem")]
    pub trust_format: TrustFormat,
    /// Which store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrustFormat {
    /// One file with blocks.
    Pem,
    /// A folder with a file for each.
    Der,
    /// A collection of a directory.
    Ldif,
    /// An archive with a file for each.
    Zip,
}
