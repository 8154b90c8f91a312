//! Whoever runs a country's signing authority.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Actions on the authority itself.
#[derive(Debug, Subcommand)]
pub enum CscaCommand {
    /// Make an authority: its key, its certificate and its folder
    Create(Box<CscaCreateArgs>),
    /// Certify another certificate of this authority with its present key
    Link {
        /// The authority's folder.
        #[arg(value_name = "AUTHORITY")]
        csca_folder: PathBuf,
        /// The self-signed certificate with the new key.
        #[arg(long = "new", value_name = "FILE")]
        new_csca: PathBuf,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        product: PathBuf,
        /// The authority's key.
        #[command(flatten)]
        unlock: UnlockArgs,
        /// How it is done.
        #[command(flatten)]
        ceremony: CeremonyArgs,
    },
    /// Give the authority a new key, with a link from the old one
    Renew(Box<CscaRenewArgs>),
}

/// Arguments of `csca create`.
#[derive(Debug, Args)]
pub struct CscaCreateArgs {
    /// The folder to make.
    #[arg(long = "out", value_name = "DIR")]
    pub authority_out: PathBuf,
    /// The country, two letters of ISO 3166-1.
    #[arg(long = "country", value_name = "CC")]
    pub authority_country: String,
    /// Who stands behind the authority (default: the words that say TEST).
    #[arg(long, value_name = "TEXT")]
    pub organization: Option<String>,
    /// Which part of it.
    #[arg(long, value_name = "TEXT")]
    pub unit: Option<String>,
    /// The common name (default: CSCA and the country).
    #[arg(long = "name", value_name = "TEXT")]
    pub common_name: Option<String>,
    /// The issuer's code in the MRZ (default: the three letters of the country).
    #[arg(long, value_name = "CODE")]
    pub mrz_code: Option<String>,
    /// The issuer's three-letter code where that of the MRZ does not tell it.
    #[arg(long, value_name = "CODE")]
    pub issuer_code: Option<String>,
    /// A mail address for the certificates.
    #[arg(long, value_name = "ADDRESS")]
    pub mail: Option<String>,
    /// An address on the network for the certificates.
    #[arg(long, value_name = "URI")]
    pub uri: Option<String>,
    /// Where the revocation list will be published (default: the two places of the ICAO PKD); may be repeated.
    #[arg(long = "crl", value_name = "URI")]
    pub crl_places: Vec<String>,
    /// How certificates state their curves.
    #[arg(long, value_enum, default_value = "explicit")]
    pub parameters: CurveSpelling,
    /// The certificate of an operator who may approve ceremonies; may be repeated.
    #[arg(long = "operator-cert", value_name = "FILE")]
    pub operator_certs: Vec<PathBuf>,
    /// How many other operators must approve each ceremony.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub approvals: u8,
    /// For how long.
    #[command(flatten)]
    pub period: CscaPeriod,
    /// The key.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// What protects it.
    #[command(flatten)]
    pub unlock: UnlockArgs,
    /// How it is done.
    #[command(flatten)]
    pub ceremony: CeremonyArgs,
}

/// Arguments of `csca renew`.
#[derive(Debug, Args)]
pub struct CscaRenewArgs {
    /// The authority's folder.
    #[arg(value_name = "AUTHORITY")]
    pub csca_folder: PathBuf,
    /// Another common name; the link says that it changed.
    #[arg(long = "name", value_name = "TEXT")]
    pub common_name: Option<String>,
    /// For how long.
    #[command(flatten)]
    pub period: CscaPeriod,
    /// The new key.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// What protects the old key.
    #[command(flatten)]
    pub unlock: UnlockArgs,
    /// A file with the password for the new key (default: the old one's).
    #[arg(long, value_name = "FILE")]
    pub new_password_file: Option<PathBuf>,
    /// How it is done.
    #[command(flatten)]
    pub ceremony: CeremonyArgs,
}

/// When an authority signs, and how long its certificate lasts.
#[derive(Debug, Clone, Args)]
pub struct CscaPeriod {
    /// From when.
    #[command(flatten)]
    pub begin: FirstDay,
    /// For how many years the key signs; three to five are recommended.
    #[arg(long, default_value_t = 5, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=50))]
    pub usage_years: u16,
    /// For how many years the certificate is valid: at least as long as anything signed under it.
    #[arg(long, default_value_t = 16, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub valid_years: u16,
}

/// How certificates state their curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CurveSpelling {
    /// By all domain parameters, as ICAO 9303-12 asks; openssl refuses such chains.
    Explicit,
    /// By the curve's name.
    Named,
}

/// Actions on document signers.
#[derive(Debug, Subcommand)]
pub enum DsCommand {
    /// Make a document signer under an authority
    Create(Box<DsCreateArgs>),
    /// Make the next document signer ahead of the end of the present one
    Rotate {
        /// How many days before the end of the present one the next one begins.
        #[arg(long, default_value_t = 7, value_name = "DAYS")]
        overlap: u16,
        /// The signer.
        #[command(flatten)]
        signer: Box<DsCreateArgs>,
    },
}

/// Arguments of `ds create`.
#[derive(Debug, Args)]
pub struct DsCreateArgs {
    /// The authority's folder.
    #[arg(value_name = "AUTHORITY")]
    pub csca_folder: PathBuf,
    /// The folder for the signer, such as a station's (default: the authority's).
    #[arg(long = "out", value_name = "DIR")]
    pub signer_out: Option<PathBuf>,
    /// The common name (default: Document Signer and a number).
    #[arg(long = "name", value_name = "TEXT")]
    pub signer_name: Option<String>,
    /// The document types it may sign, as in the MRZ, divided by commas.
    #[arg(
        long = "types",
        default_value = "ID,P",
        value_delimiter = ',',
        value_name = "LIST"
    )]
    pub document_types: Vec<String>,
    /// For how many documents the key may sign.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub documents: u64,
    /// For how many years the documents are valid.
    #[arg(long, default_value_t = 10, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(0..=50))]
    pub document_years: u16,
    /// For how long.
    #[command(flatten)]
    pub period: SignerPeriod,
    /// The key.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// The authority's key.
    #[command(flatten)]
    pub unlock: UnlockArgs,
    /// The signer's key.
    #[command(flatten)]
    pub signer_unlock: SignerUnlockArgs,
    /// How it is done.
    #[command(flatten)]
    pub ceremony: CeremonyArgs,
}

/// When a key begins to sign.
#[derive(Debug, Clone, Args)]
pub struct FirstDay {
    /// The first day (default: today).
    #[arg(long = "from", value_name = "YYYY-MM-DD")]
    pub first_day: Option<String>,
}

/// When a signer signs.
#[derive(Debug, Clone, Args)]
pub struct SignerPeriod {
    /// From when.
    #[command(flatten)]
    pub begin: FirstDay,
    /// For how many days the key signs; three months at most are recommended.
    #[arg(long, default_value_t = 92, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub usage_days: u16,
}

/// Actions on revocation lists.
#[derive(Debug, Subcommand)]
pub enum CrlCommand {
    /// Make the next revocation list; it may be empty
    Make {
        /// The authority's folder.
        #[arg(value_name = "AUTHORITY")]
        csca_folder: PathBuf,
        /// A certificate to revoke: its file, or its serial number in hex; may be repeated.
        #[arg(long, value_name = "FILE|SERIAL")]
        revoke: Vec<String>,
        /// Revoke a certificate of the authority itself: every document under it fails from then on.
        #[arg(long)]
        allow_revoking_authority: bool,
        /// Revoke a serial number that no certificate in the folder has, such as that of a station's signer.
        #[arg(long)]
        allow_unknown_serial: bool,
        /// In how many days the next list comes at the latest.
        #[arg(long, default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
        next_days: u16,
        /// Another file for the list.
        #[arg(long = "out", value_name = "FILE")]
        copy: Option<PathBuf>,
        /// The authority's key.
        #[command(flatten)]
        unlock: UnlockArgs,
        /// How it is done.
        #[command(flatten)]
        ceremony: CeremonyArgs,
    },
}

/// Actions on master lists.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "parsed once in a run")]
pub enum MlCommand {
    /// Make a master list of the authority's own certificates and others
    Make(Box<MlMakeArgs>),
    /// Sign a list that was made without a signature
    Sign {
        /// The authority's folder.
        #[arg(value_name = "AUTHORITY")]
        csca_folder: PathBuf,
        /// The list.
        #[arg(value_name = "LIST")]
        unsigned_list: PathBuf,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        product: PathBuf,
        /// The keys.
        #[command(flatten)]
        list: ListSignerArgs,
    },
}

/// Arguments of `ml make`.
#[derive(Debug, Args)]
pub struct MlMakeArgs {
    /// The authority's folder.
    #[arg(value_name = "AUTHORITY")]
    pub csca_folder: PathBuf,
    /// Certificates of other authorities, PEM or DER; may be repeated.
    #[arg(long = "with", value_name = "FILE")]
    pub others: Vec<PathBuf>,
    /// Write the content alone, for `ml sign` on another machine.
    #[arg(long)]
    pub unsigned: bool,
    /// The file to write.
    #[arg(long = "out", value_name = "FILE")]
    pub product: PathBuf,
    /// The keys.
    #[command(flatten)]
    pub list: ListSignerArgs,
}

/// Actions on lists of documents that deviate.
#[derive(Debug, Subcommand)]
pub enum DefectsCommand {
    /// Make a signed deviation list (ICAO) or defect list (BSI TR-03129-2) from a description: TOML, antin.deviations/1 or
    /// antin.defects/1
    Make {
        /// The authority's folder.
        #[arg(value_name = "AUTHORITY")]
        csca_folder: PathBuf,
        /// What deviates: `[[deviation]]` with signer, type, issued, numbers, and `[[deviation.fault]]` with kind, file, field, text;
        /// or `[[defect]]` with signer, and `[[defect.fault]]` with kind, status, groups, country, replacement, protocols, whose.
        #[arg(value_name = "DESCRIPTION.toml")]
        deviations: PathBuf,
        /// The file to write.
        #[arg(long = "out", value_name = "FILE")]
        product: PathBuf,
        /// The keys.
        #[command(flatten)]
        list: ListSignerArgs,
    },
}

/// The signer of a list: the newest one that may sign, or a new one.
#[derive(Debug, Args)]
pub struct ListSignerArgs {
    /// The key of a new signer.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// For how long a new signer signs.
    #[command(flatten)]
    pub period: SignerPeriod,
    /// The authority's key, for a new signer.
    #[command(flatten)]
    pub unlock: UnlockArgs,
    /// The signer's key.
    #[command(flatten)]
    pub signer_unlock: SignerUnlockArgs,
    /// How it is done.
    #[command(flatten)]
    pub ceremony: CeremonyArgs,
}

/// Actions on signers of visible digital seals.
#[derive(Debug, Subcommand)]
pub enum SealSignerCommand {
    /// Make a signer of bar codes (visible digital seals)
    Create(Box<SealCreateArgs>),
}

/// Arguments of `seal-signer create`.
#[derive(Debug, Args)]
pub struct SealCreateArgs {
    /// The authority's folder.
    #[arg(value_name = "AUTHORITY")]
    pub csca_folder: PathBuf,
    /// Two capital letters that tell the signer within its country.
    #[arg(long, value_name = "XX")]
    pub identifier: String,
    /// The document types it may sign, as in the MRZ, divided by commas (default: no statement).
    #[arg(long = "types", value_delimiter = ',', value_name = "LIST")]
    pub seal_types: Vec<String>,
    /// For how many days the key signs: a year and two months.
    #[arg(long, default_value_t = 427, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub seal_days: u16,
    /// For how many years the documents are valid.
    #[arg(long, default_value_t = 10, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(0..=50))]
    pub document_years: u16,
    /// From when.
    #[command(flatten)]
    pub begin: FirstDay,
    /// The key.
    #[command(flatten)]
    pub key: AuthorityKeyArgs,
    /// The authority's key.
    #[command(flatten)]
    pub unlock: UnlockArgs,
    /// The signer's key.
    #[command(flatten)]
    pub signer_unlock: SignerUnlockArgs,
    /// How it is done.
    #[command(flatten)]
    pub ceremony: CeremonyArgs,
}

/// A key that is made, or lies in a token.
#[derive(Debug, Clone, Args)]
pub struct AuthorityKeyArgs {
    /// The key in a token, made there (default: an encrypted file in the folder).
    #[arg(long = "key", value_name = "pkcs11:URI")]
    pub token_key: Option<String>,
    /// The key lies in the token already, and this is SHA-256 of its public key (DER): certify it and no other.
    #[arg(long, value_name = "SHA256", requires = "token_key")]
    pub existing_key: Option<String>,
    /// The curve of a new key (default: brainpoolP384r1 for an authority, brainpoolP256r1 for a signer).
    #[arg(long = "curve", value_name = "CURVE")]
    pub key_curve: Option<String>,
    /// How the key signs: ecdsa-sha-256, rsa-pss-sha-256 and others (default: as its curve is strong).
    #[arg(long = "algorithm", value_name = "NAME")]
    pub key_algorithm: Option<String>,
    /// The length of a new RSA key, which lies in a token.
    #[arg(long = "bits", default_value_t = 4096, value_name = "BITS", value_parser = clap::value_parser!(u32).range(2048..=8192))]
    pub key_bits: u32,
}

/// What opens or protects the authority's key.
#[derive(Debug, Clone, Args)]
pub struct UnlockArgs {
    /// A file with the password of the authority's key, for its owner alone (default: asked for).
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// What opens or protects a signer's key.
#[derive(Debug, Clone, Args)]
pub struct SignerUnlockArgs {
    /// A file with the password of the signer's key, for its owner alone (default: asked for).
    #[arg(long, value_name = "FILE")]
    pub signer_password_file: Option<PathBuf>,
}

/// How something is signed.
#[derive(Debug, Clone, Args)]
pub struct CeremonyArgs {
    /// Print what would be signed, and touch nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: write the plan into this file, for operators to approve (openssl cms -sign -binary). Without: the
    /// plan that they approved.
    #[arg(long = "plan", value_name = "FILE")]
    pub plan_to: Option<PathBuf>,
    /// The approval of another operator: a CMS signature over the plan; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub approve: Vec<PathBuf>,
    /// Go on though authority.toml or an operator's certificate was changed since the last ceremony. Those who had to
    /// approve before must approve this.
    #[arg(long)]
    pub allow_changed_settings: bool,
    /// Write a copy of the ceremony's record, signed with the key that was used, into this file.
    #[arg(long, value_name = "FILE")]
    pub transcript: Option<PathBuf>,
    /// Who sits at the keyboard, for the transcript (default: the user's name).
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
}
