//! Whoever runs an authority.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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

/// Curves of the test authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PkiCurve {
    /// NIST P-256 with SHA-256.
    P256,
    /// NIST P-384 with SHA-384.
    P384,
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
