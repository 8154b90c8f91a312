//! The profile as TOML spells it: types and unknown keys are checked here, meaning in `check`.

use serde::Deserialize;
use toml::Spanned;

use crate::model::{
    CanRule, Dialect, DocumentKind, DocumentNumberRule, Mapping, PasswordKind, Quirk, ReadRule,
    Scp03Challenge, Scp03Mode, Status,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Source {
    pub schema: Spanned<String>,
    pub name: Spanned<String>,
    pub title: Spanned<String>,
    pub country: Spanned<String>,
    pub document: Spanned<DocumentKind>,
    pub status: Status,
    pub source: String,
    pub chip: ChipSource,
    pub limits: Spanned<LimitsSource>,
    pub access: Spanned<AccessSource>,
    pub passwords: PasswordsSource,
    pub wrong_password: WrongPasswordSource,
    pub chip_authentication: Option<Spanned<ChipAuthenticationSource>>,
    pub active_authentication: Option<Spanned<ActiveAuthenticationSource>>,
    pub sod: SodSource,
    pub com: ComSource,
    pub perso: PersoSource,
    pub file: Spanned<Vec<Spanned<FileSource>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ChipSource {
    pub atr: Spanned<String>,
    pub application: Spanned<String>,
    #[serde(default)]
    pub quirks: Vec<Spanned<Quirk>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LimitsSource {
    pub max_command: Spanned<usize>,
    pub max_response: Spanned<usize>,
    pub extended: bool,
    pub chaining: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AccessSource {
    pub bac: bool,
    #[serde(default)]
    pub pace: Vec<Spanned<PaceSource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PaceSource {
    pub mapping: Mapping,
    pub cipher: Spanned<String>,
    pub curve: Spanned<String>,
    pub parameter: Spanned<u8>,
    pub passwords: Spanned<Vec<PasswordKind>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PasswordsSource {
    pub can: Spanned<CanRule>,
    pub document_number: Spanned<DocumentNumberRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct WrongPasswordSource {
    pub status: Spanned<String>,
    pub free_failures: u32,
    pub first_delay_ms: Spanned<u64>,
    pub longest_delay_ms: Spanned<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ChipAuthenticationSource {
    pub curve: Spanned<String>,
    pub cipher: Spanned<String>,
    pub key_form: Spanned<String>,
    pub key_id: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ActiveAuthenticationSource {
    pub curve: Spanned<String>,
    pub hash: Spanned<String>,
    pub key_form: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SodSource {
    pub hash: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ComSource {
    pub lds_version: Spanned<String>,
    pub unicode_version: Spanned<String>,
    pub data_groups: Spanned<Vec<Spanned<u64>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PersoSource {
    pub dialect: Dialect,
    pub secure_channel: Spanned<SecureChannelSource>,
    pub scp03: Option<Spanned<Scp03Source>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SecureChannelSource {
    None,
    Scp03,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scp03Source {
    pub key_version: Option<u8>,
    pub security_level: Option<Spanned<String>>,
    pub mode: Option<Scp03Mode>,
    pub challenge: Option<Scp03Challenge>,
    pub tries: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FileSource {
    pub name: Spanned<String>,
    pub fid: Spanned<String>,
    pub sfi: Option<Spanned<u64>>,
    pub read: Spanned<ReadRule>,
    pub mandatory: bool,
    pub content: Option<Spanned<String>>,
    pub max_size: Spanned<usize>,
}
