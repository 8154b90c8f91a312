//! The patch as TOML spells it.

use serde::Deserialize;
use toml::Spanned;

use super::{KeyFault, KeyName, Layer, MacFault, Messaging, Omission, PublicFault, Tear};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Source {
    pub schema: Spanned<String>,
    pub name: Spanned<String>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub fault: Vec<Spanned<FaultSource>>,
    #[serde(default)]
    pub file: Vec<Spanned<FileSource>>,
    #[serde(default)]
    pub key: Vec<KeySource>,
    #[serde(default)]
    pub omit: Vec<Omission>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FaultSource {
    pub at: Option<Spanned<String>>,
    pub apdu: Option<u32>,
    pub only: Option<Messaging>,
    #[serde(default)]
    pub after: u32,
    pub times: Option<u32>,
    #[serde(default)]
    pub always: bool,
    pub hear: Option<Spanned<String>>,
    #[serde(default)]
    pub ignore: bool,
    #[serde(default)]
    pub echo: bool,
    pub random: Option<Spanned<String>>,
    pub status: Option<Spanned<String>>,
    pub edit: Option<Spanned<toml::Value>>,
    pub endless: Option<Endless>,
    pub oversize: Option<usize>,
    pub public: Option<PublicFault>,
    pub trailer: Option<Spanned<String>>,
    pub mac: Option<MacFault>,
    #[serde(default)]
    pub bare: bool,
    #[serde(default)]
    pub keep_old_keys: bool,
    pub replay: Option<u32>,
    pub delay_ms: Option<u64>,
    #[serde(default)]
    pub hang: bool,
    pub tear: Option<Tear>,
    #[serde(default)]
    pub swap_card: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Endless {
    Nothing,
    Same,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FileSource {
    pub name: Spanned<String>,
    #[serde(default)]
    pub remove: bool,
    pub edit: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KeySource {
    pub of: KeyName,
    pub is: KeyFault,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EditSource {
    #[serde(default)]
    pub layer: Layer,
    pub object: Option<String>,
    pub at: Option<i64>,
    pub set: Option<String>,
    pub append: Option<String>,
    pub insert: Option<String>,
    pub overwrite: Option<String>,
    pub xor: Option<String>,
    pub truncate: Option<usize>,
    pub drop: Option<usize>,
    pub resize: Option<usize>,
    #[serde(default)]
    pub reverse: bool,
    #[serde(default)]
    pub remove: bool,
    pub rename: Option<String>,
    pub length: Option<usize>,
    pub before: Option<String>,
    pub after: Option<String>,
    #[serde(default)]
    pub twice: bool,
}
