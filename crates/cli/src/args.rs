//! What a user may type: the whole command line, and nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::i18n::Lang;

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
  Counter    verify, read, readers
  Station    issue, record, profile
  Developer  emulate, inspect, bench, conformance, schema,
             completions, man
  Trust      pki, cvca, dv, is

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
pub enum Command {
    /// Issue a demo card, be the chip, read it, prove it; then break it in many ways
    Demo(DemoArgs),
    /// Check the card on the reader, a card file or a folder of files
    Verify(VerifyArgs),
    /// Read the card's files into a folder
    Read(ReadArgs),
    /// List the readers and what lies on them
    Readers,
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
    /// Test keys and certificates
    #[command(subcommand)]
    Pki(PkiCommand),
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
    /// Print the JSON Schema of an output
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder, or print the main one
    Man(ManArgs),
}

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

/// Which card to talk to.
#[derive(Debug, Clone, Args)]
pub struct CardSource {
    /// The reader: part of its name, or its number in `antin readers`.
    #[arg(short, long, env = "ANTIN_READER", value_name = "NAME|NUMBER")]
    pub reader: Option<String>,
    /// A card file instead of a reader: the software chip answers in memory.
    #[arg(long, value_name = "CARD.chip", conflicts_with = "reader")]
    pub card: Option<PathBuf>,
    /// Be a virtual reader on this port instead: a card emulator that speaks the vpcd protocol connects to it.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["reader", "card"])]
    pub vpcd_listen: Option<String>,
    /// How long to wait for a card.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub wait: u64,
    /// How long to wait for a card that slipped to be put back.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pub wait_return: u64,
    /// Neither use nor keep what is remembered about how this kind of card wants to be read.
    #[arg(long)]
    pub no_cache: bool,
}

/// What opens the card. Never a value: a command line is visible to every user of the machine.
#[derive(Debug, Clone, Args)]
pub struct KeySource {
    /// A file that holds the card access number (6 digits); `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "mrz_file")]
    pub can_file: Option<PathBuf>,
    /// A file that holds the machine readable zone; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub mrz_file: Option<PathBuf>,
    /// A file that holds the holder's own number; `-` reads standard input. With --can-file beside it, the last try
    /// of a suspended PIN is allowed.
    #[arg(long, value_name = "FILE", conflicts_with = "mrz_file")]
    pub pin_file: Option<PathBuf>,
    /// A file that holds the number that unblocks the PIN; `-` reads standard input. With --pin-file beside it, a
    /// suspended or blocked PIN gets its tries back, then the PIN opens the card; alone it opens few files, or none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["can_file", "mrz_file"])]
    pub puk_file: Option<PathBuf>,
    /// Ask for the holder's own number at a hidden prompt. With --can-file beside it, the last try of a suspended PIN is
    /// allowed.
    #[arg(long, conflicts_with_all = ["mrz_file", "pin_file"])]
    pub ask_pin: bool,
    /// Ask for the number that unblocks the PIN at a hidden prompt, beside a PIN or alone as with --puk-file.
    #[arg(long, conflicts_with_all = ["can_file", "mrz_file", "puk_file"])]
    pub ask_puk: bool,
    /// Refused: see --can-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub can: Option<String>,
    /// Refused: see --mrz-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub mrz: Option<String>,
    /// Refused: see --pin-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub pin: Option<String>,
    /// Refused: see --puk-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub puk: Option<String>,
    /// Allow BAC when the chip announces PACE but PACE fails (the report says `downgrade`).
    #[arg(long)]
    pub allow_bac_fallback: bool,
}

/// What opens a blank to personalization. Keys are never given as values.
#[derive(Debug, Clone, Args)]
pub struct DoorArgs {
    /// The blank's SCP03 keys: a file `antin.scp03-keys/1` that only its owner may read, or the keys NAME-enc and
    /// NAME-mac in a token: pkcs11:token=LABEL;object=NAME?module-path=DRIVER&pin-source=file:FILE.
    #[arg(long, value_name = "FILE|URI")]
    pub perso_keys: Option<PathBuf>,
    /// Use the test keys that everybody knows (40 41 .. 4F) where no others are given: never for real cards.
    #[arg(long)]
    pub allow_test_keys: bool,
    /// Make or write a blank without a secure channel, which everybody can write.
    #[arg(long, conflicts_with_all = ["perso_keys", "allow_test_keys"])]
    pub development_blank: bool,
}

/// What to show of the conversation with the card.
#[derive(Debug, Clone, Copy, Args)]
pub struct TraceArgs {
    /// Show header, lengths and status word of every exchange on standard error.
    #[arg(long)]
    pub trace: bool,
    /// Show every byte too: personal data, and while issuing the card's private keys.
    #[arg(long)]
    pub trace_secrets: bool,
}

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
    /// The policy to accept by: counter, border or lab.
    #[arg(long, default_value = "counter")]
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

/// Arguments of `issue`.
#[derive(Debug, Args)]
pub struct IssueArgs {
    /// A built-in profile's name, or a profile file.
    #[arg(long, value_name = "PROFILE")]
    pub profile: String,
    /// The citizen's record (JSON).
    #[arg(long, value_name = "FILE")]
    pub record: PathBuf,
    /// The folder with the document signer's key and certificate.
    #[arg(long, value_name = "DIR")]
    pub signer: PathBuf,
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
    },
}

/// Actions on test keys and certificates.
#[derive(Debug, Subcommand)]
pub enum PkiCommand {
    /// Make a TEST country authority and document signer
    Demo {
        /// The folder to write into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The curve of both keys.
        #[arg(long, value_enum, default_value = "p256")]
        curve: PkiCurve,
        /// Write explicit curve parameters, as ICAO 9303-12 asks; OpenSSL refuses such chains.
        #[arg(long)]
        explicit: bool,
        /// ISO 3166-1 alpha-2 code of the issuing country.
        #[arg(long, default_value = "VN")]
        country: String,
    },
}

/// Actions on certificates of terminals; the files are those of openpace's `cvc-create` and `cvc-print`.
#[derive(Debug, Subcommand)]
pub enum CvCommand {
    /// Make a TEST key and its certificate in one step
    Create {
        /// The name of the key: two capital letters, up to nine characters, five digits or capital letters.
        #[arg(long, value_name = "NAME")]
        chr: String,
        /// The key.
        #[command(flatten)]
        key: CvKeyArgs,
        /// What the certificate grants.
        #[command(flatten)]
        rights: CvRights,
        /// Who signs.
        #[command(flatten)]
        issuer: CvIssuer,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        cv_out: PathBuf,
    },
    /// Make a TEST key, if there is none yet, and ask for a certificate
    Request {
        /// The name of the key: two capital letters, up to nine characters, five digits or capital letters.
        #[arg(long, value_name = "NAME")]
        chr: String,
        /// The key.
        #[command(flatten)]
        key: CvKeyArgs,
        /// The name of the authority's key that is expected to sign.
        #[arg(long, value_name = "NAME")]
        authority: Option<String>,
        /// Sign around the request with a key that the authority knows under this name.
        #[arg(long, value_name = "NAME", requires = "known_key")]
        known_as: Option<String>,
        /// The file of that key.
        #[arg(long, value_name = "FILE", requires = "known_as")]
        known_key: Option<PathBuf>,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        cv_out: PathBuf,
    },
    /// Answer a request with a certificate
    Sign {
        /// The request.
        request: PathBuf,
        /// What the certificate grants.
        #[command(flatten)]
        rights: CvRights,
        /// Who signs.
        #[command(flatten)]
        issuer: CvIssuer,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        cv_out: PathBuf,
    },
    /// Show what a certificate or request says
    Show {
        /// The certificate or request.
        #[arg(value_name = "FILE")]
        cv_file: PathBuf,
    },
    /// Judge certificates as a chip would, one after the other
    Verify {
        /// The certificates in the order in which a terminal presents them.
        #[arg(required = true, value_name = "FILE")]
        certificates: Vec<PathBuf>,
        /// A certificate of the authority that the chip trusts, one or two.
        #[arg(long = "trust", required = true, value_name = "FILE")]
        anchor: Vec<PathBuf>,
        /// The chip's date (default: today).
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<String>,
        /// Take signatures with SHA-1, as chips of the first years do.
        #[arg(long = "allow-sha1")]
        sha1: bool,
    },
}

/// A private key on its way into a certificate.
#[derive(Debug, Args)]
pub struct CvKeyArgs {
    /// The file of the private key, PKCS#8; made if it does not exist (DER if it ends in .pkcs8 or .der, else PEM).
    #[arg(long = "key", value_name = "FILE")]
    pub cv_key: PathBuf,
    /// How the key signs: ecdsa-sha-256, rsa-pss-sha-256 and others.
    #[arg(long, default_value = "ecdsa-sha-256")]
    pub algorithm: String,
    /// The curve of a new key (default: brainpoolP256r1).
    #[arg(long = "curve", value_name = "CURVE")]
    pub cv_curve: Option<String>,
    /// The length of a new RSA key (default: 2048).
    #[arg(long, value_name = "BITS")]
    pub bits: Option<u32>,
}

/// What a certificate grants, and for how long.
#[derive(Debug, Args)]
pub struct CvRights {
    /// The kind of terminal (default: the signer's, or is).
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub terminal_type: Option<CvTerminal>,
    /// The rights, divided by commas: all, none, read-dg3,read-dg4 and others.
    #[arg(long, default_value = "all", value_name = "LIST")]
    pub rights: String,
    /// A foreign or non-official document verifier, whose dates chips do not believe.
    #[arg(long)]
    pub foreign: bool,
    /// The first day (default: today).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// How many days it lasts (default: 1095 for an authority, 90 for a verifier, 30 for a terminal).
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub days: Option<u32>,
}

/// Who signs a certificate.
#[derive(Debug, Args)]
pub struct CvIssuer {
    /// The certificate of the one who signs (default for cvca create: nobody else).
    #[arg(long, value_name = "FILE", requires = "by_key")]
    pub by: Option<PathBuf>,
    /// The private key of the one who signs.
    #[arg(long, value_name = "FILE", requires = "by")]
    pub by_key: Option<PathBuf>,
}

/// Kinds of terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CvTerminal {
    /// Inspection system.
    Is,
    /// Authentication terminal.
    At,
    /// Signature terminal.
    St,
}

/// Curves of the test authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PkiCurve {
    /// NIST P-256 with SHA-256.
    P256,
    /// NIST P-384 with SHA-384.
    P384,
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

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The file; `-` reads standard input.
    pub file: PathBuf,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The trust folder to look at.
    #[arg(long, value_name = "DIR", env = "ANTIN_TRUST")]
    pub trust: Option<PathBuf>,
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
