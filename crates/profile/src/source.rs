//! The profile as TOML spells it: types and unknown keys are checked here, meaning in `check`.

use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::model::{
    CanRule, Dialect, DocumentKind, DocumentNumberRule, Mapping, PasswordKind, Quirk, ReadRule, Right,
    Scp03Challenge, Scp03Mode, Status, SuspendRule,
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
    pub pin: Option<Spanned<PinSource>>,
    pub puk: Option<Spanned<PukSource>>,
    #[serde(default)]
    pub chip_authentication: OneOrMany<ChipAuthenticationSource>,
    pub active_authentication: Option<Spanned<ActiveAuthenticationSource>>,
    pub terminal_authentication: Option<Spanned<TerminalAuthenticationSource>>,
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
    #[serde(default)]
    pub security_infos: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PaceSource {
    pub mapping: Spanned<Mapping>,
    pub cipher: Spanned<String>,
    pub curve: Option<Spanned<String>>,
    pub group: Option<Spanned<String>>,
    pub parameter: Option<Spanned<u8>>,
    pub domain_parameters: Option<Spanned<String>>,
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
pub(crate) struct PinSource {
    pub value: Spanned<String>,
    pub digits: Option<Spanned<u8>>,
    pub tries: Spanned<u8>,
    #[serde(default = "at_last_try")]
    pub suspend: SuspendRule,
}

fn at_last_try() -> SuspendRule {
    SuspendRule::AtLastTry
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PukSource {
    pub value: Spanned<String>,
    pub digits: Option<Spanned<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ChipAuthenticationSource {
    pub curve: Option<Spanned<String>>,
    pub group: Option<Spanned<String>>,
    pub cipher: Spanned<String>,
    pub key_form: Spanned<String>,
    pub key_id: Option<Spanned<u8>>,
    pub version: Option<Spanned<u8>>,
    pub announcement: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ActiveAuthenticationSource {
    pub algorithm: Option<Spanned<String>>,
    pub curve: Option<Spanned<String>>,
    pub hash: Spanned<String>,
    pub key_form: Option<Spanned<String>>,
    pub bits: Option<Spanned<u32>>,
    pub trailer: Option<Spanned<String>>,
}

impl ActiveAuthenticationSource {
    /// Whether the key is one of RSA.
    pub fn is_rsa(&self) -> bool {
        self.algorithm
            .as_ref()
            .is_some_and(|name| name.get_ref() == "rsa")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TerminalAuthenticationSource {
    pub version: Spanned<u8>,
    pub date: Spanned<String>,
    pub holder: Option<Spanned<String>>,
    pub algorithm: Spanned<String>,
    pub curve: Option<Spanned<String>>,
    pub bits: Option<Spanned<u32>>,
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
    pub right: Option<Spanned<Right>>,
}

/// A section that stands once, as `[section]`, or several times, as `[[section]]`.
pub(crate) struct OneOrMany<T>(pub Vec<Spanned<T>>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The place is asked for before the shape is known: a visitor of the shape would lose it.
        let whole = Spanned::<Shape<T>>::deserialize(deserializer)?;
        let span = whole.span();
        Ok(Self(match whole.into_inner() {
            Shape::One(section) => vec![Spanned::new(span, section)],
            Shape::Many(sections) => sections,
        }))
    }
}

enum Shape<T> {
    One(T),
    Many(Vec<Spanned<T>>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shape<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = Shape<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table, or several")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Shape::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut sections = Vec::new();
        while let Some(section) = sequence.next_element()? {
            sections.push(section);
        }
        Ok(Shape::Many(sections))
    }
}
