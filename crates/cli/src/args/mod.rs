//! What a user may type: the whole command line, and nothing of what it does.

mod attacks;
mod authority;
mod card;
mod counter;
mod developer;
mod policy;
mod station;
mod trust;
mod trust_bundle;
mod trust_store;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::i18n::Lang;

pub use attacks::{AttacksCommand, AttacksRunArgs};
pub use authority::{
    AuthorityKeyArgs, CeremonyArgs, CrlCommand, CscaCommand, CscaCreateArgs, CscaPeriod, CscaRenewArgs,
    CurveSpelling, DefectsCommand, DsCommand, DsCreateArgs, ListSignerArgs, MlCommand, MlMakeArgs,
    SealCreateArgs, SealSignerCommand, UnlockArgs,
};
pub use card::{CardSource, DoorArgs, KeySource, TraceArgs};
pub use counter::{ReadArgs, VerifyArgs};
pub use developer::{
    BenchArgs, CompletionsArgs, ConformanceCommand, ConformanceRunArgs, DemoArgs, DoctorArgs, EmulateArgs,
    ExplainArgs, InspectArgs, ManArgs, SchemaArgs,
};
pub use policy::PolicyCommand;
pub use station::{IssueArgs, ProfileCommand, RecordCommand};
pub use trust::{CvCommand, CvIssuer, CvKeyArgs, CvRights, CvTerminal, PkiCommand, PkiCurve};
pub use trust_bundle::{BundleApplyArgs, BundleCommand, BundleMakeArgs};
pub use trust_store::{
    OperatorArgs, StoreArgs, TrustCommand, TrustExportArgs, TrustFormat, TrustImportArgs, TrustRemoveArgs,
};

/// Issue, emulate and verify chip ID cards, offline.
#[derive(Debug, Parser)]
#[command(
    name = "antin",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = ROLES
)]
pub struct Cli {
    /// Options that every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const ROLES: &str = "\
By role:
  Everyone   demo, doctor, explain
  Counter    verify, read, readers, policy
  Station    issue, record, profile
  Developer  emulate, inspect, bench, conformance, attacks,
             schema, completions, man
  Trust      trust, csca, ds, crl, ml, defects, seal-signer, pki,
             cvca, dv, is

Exit codes: 0 done, authentic; 2 usage; 3 no reader or card; 4 access refused;
5 card lost, try again; 6 malformed input; 10 failed; 11 chip is a copy;
12 unknown issuer; 13 chip unproven; 14 inconclusive; 15 policy refusal;
20 card blank; 21 card half-written; 22 signer unavailable; 130 interrupted.
Secrets are never given on the command line: use --can-file, --mrz-file,
--pin-file, --puk-file or the prompt.";

/// Options that every command understands.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print one JSON object on standard output.
    #[arg(long, global = true, conflicts_with = "jsonl")]
    pub json: bool,
    /// Print a stream of JSON events on standard output, one a line.
    #[arg(long, global = true)]
    pub jsonl: bool,
    /// Language of texts for people (default: from the locale).
    #[arg(long, global = true, value_enum, env = "ANTIN_LANG")]
    pub lang: Option<Lang>,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub color: When,
    /// Say nothing on standard error but errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs for daily work and the nouns for administration.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "parsed once in a run")]
pub enum Command {
    /// Issue a demo card, be the chip, read it, prove it; then break it in many ways
    Demo(DemoArgs),
    /// Check the card on the reader, a card file or a folder of files
    Verify(VerifyArgs),
    /// Read the card's files into a folder
    Read(ReadArgs),
    /// List the readers and what lies on them
    Readers,
    /// What is asked of a document
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Write a citizen's record to a card
    Issue(IssueArgs),
    /// Citizen records
    #[command(subcommand)]
    Record(RecordCommand),
    /// Card profiles
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Be a chip behind a virtual reader
    Emulate(EmulateArgs),
    /// Show what a file says: EF.SOD, data group, certificate, MRZ text, TLV
    Inspect(InspectArgs),
    /// Whom to believe: import, list, show, why, remove, diff, export, bundle
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Test keys and certificates
    #[command(subcommand)]
    Pki(PkiCommand),
    /// A country's signing authority (CSCA)
    #[command(subcommand)]
    Csca(CscaCommand),
    /// Document signers
    #[command(subcommand)]
    Ds(DsCommand),
    /// Revocation lists
    #[command(subcommand)]
    Crl(CrlCommand),
    /// Master lists: the authorities that a country vouches for
    #[command(subcommand)]
    Ml(MlCommand),
    /// Deviation lists: documents that are not as they should be
    #[command(subcommand)]
    Defects(DefectsCommand),
    /// Signers of visible digital seals
    #[command(subcommand)]
    SealSigner(SealSignerCommand),
    /// Certificates of a country's authority over terminals (CVCA)
    #[command(subcommand)]
    Cvca(CvCommand),
    /// Certificates of document verifiers (DV)
    #[command(subcommand)]
    Dv(CvCommand),
    /// Certificates of terminals: inspection systems and others
    #[command(subcommand)]
    Is(CvCommand),
    /// Is this machine ready?
    Doctor(DoctorArgs),
    /// Explain an error id, a check, a reason or a verdict
    Explain(ExplainArgs),
    /// Measure speed against the raw cost of the same cryptography
    Bench(BenchArgs),
    /// Our chip and our reader against the cases of public test plans
    #[command(subcommand)]
    Conformance(ConformanceCommand),
    /// Known attacks on documents and chips, tried out against our verifier
    #[command(subcommand)]
    Attacks(AttacksCommand),
    /// Print the JSON Schema of an output
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder, or print the main one
    Man(ManArgs),
}
