//! What a trust store holds: entries as received, and where each one comes from.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use antin_crypto::Hash;
use antin_trust::store::RevokedCards;
use antin_trust::{Certificate, Freshness, UnixTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// SHA-256 over an object's bytes as received: its only name in the store, in files, on the command line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Hash::Sha256.digest(bytes);
        Self(digest.try_into().expect("SHA-256 gives 32 bytes"))
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hex digits, in any case and with colons between them as other tools print them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|letter| *letter != ':').collect();
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 64];
        let text = match hex::encode_to_slice(self.0, &mut digits) {
            Ok(()) => core::str::from_utf8(&digits).unwrap_or_default(),
            Err(_) => "",
        };
        serializer.serialize_str(text)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A country signing authority: documents are traced to it.
    Csca,
    /// A country signing authority's new key, signed with its old one.
    Link,
    /// A certificate revocation list.
    Crl,
    /// A list of known defects of certificates (BSI TR-03129).
    DefectList,
    /// A list of known deviations of documents (ICAO 9303-3).
    DeviationList,
    /// A document signer.
    DocumentSigner,
    /// Whoever signs master lists or deviation lists.
    ListSigner,
}

impl Kind {
    /// Every kind, in the order in which people are shown them.
    pub const ALL: [Self; 7] = [
        Self::Csca,
        Self::Link,
        Self::DocumentSigner,
        Self::ListSigner,
        Self::Crl,
        Self::DefectList,
        Self::DeviationList,
    ];

    /// The kind as written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csca => "csca",
            Self::Link => "link",
            Self::Crl => "crl",
            Self::DefectList => "defect-list",
            Self::DeviationList => "deviation-list",
            Self::DocumentSigner => "document-signer",
            Self::ListSigner => "list-signer",
        }
    }

    /// Whether its bytes are an X.509 certificate.
    #[must_use]
    pub const fn is_certificate(self) -> bool {
        matches!(
            self,
            Self::Csca | Self::Link | Self::DocumentSigner | Self::ListSigner
        )
    }
}

/// Whether an entry speaks for real documents. Test entries never vouch for a real one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Realm {
    /// Real documents.
    #[default]
    Live,
    /// Specimens and trials.
    Test,
}

impl Realm {
    /// The realm as written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// Who says that an entry is what it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voucher {
    /// The operator, who gave the file.
    Operator,
    /// A list whose signature was traced to this certificate.
    Root(Fingerprint),
    /// The certificate of the store that signed it.
    Issuer(Fingerprint),
    /// The trust bundle of this serial.
    Bundle(u64),
    /// Nobody: the operator forced it in.
    Nobody,
}

/// One way by which an entry came into the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The [`Import::id`].
    pub import: u32,
    /// Which object of the file it was, counted from 0.
    pub index: u32,
    /// Who vouched for it.
    pub by: Voucher,
    /// Whether it spoke for real documents by this way.
    #[serde(default, skip_serializing_if = "is_live")]
    pub realm: Realm,
}

/// An object of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is for.
    pub kind: Kind,
    /// Whether it speaks for real documents.
    pub realm: Realm,
    /// The bytes as received.
    pub der: Vec<u8>,
    /// Where it comes from, the oldest first.
    pub sources: Vec<Source>,
}

/// A file from which entries came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its number in this store; never used twice.
    pub id: u32,
    /// When.
    pub at: UnixTime,
    /// Who did it.
    pub by: String,
    /// The name of the file, for people; never used as a name of a file.
    pub file: String,
    /// SHA-256 over the file.
    pub sha256: Fingerprint,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// What the file was.
    pub format: Format,
    /// Whether its entries speak for real documents.
    #[serde(default, skip_serializing_if = "is_live")]
    pub realm: Realm,
    /// The country of the list's signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// When the list was signed, as its signer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<UnixTime>,
    /// The certificate that the list's signature was traced to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Fingerprint>,
    /// The dangerous options that were used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forced: Vec<String>,
}

fn is_live(realm: &Realm) -> bool {
    *realm == Realm::Live
}

/// What an imported file was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One object in DER.
    Der,
    /// Objects in PEM.
    Pem,
    /// A collection of a directory (RFC 2849), as the ICAO PKD publishes them.
    Ldif,
    /// An archive of files.
    Zip,
    /// A signed list of country signing authorities.
    MasterList,
    /// A signed list of defects.
    DefectList,
    /// A signed list of deviations.
    DeviationList,
    /// A signed trust bundle.
    Bundle,
    /// A word of the operator: removed, distrusted.
    Operator,
}

impl Format {
    /// The format as written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Der => "der",
            Self::Pem => "pem",
            Self::Ldif => "ldif",
            Self::Zip => "zip",
            Self::MasterList => "master-list",
            Self::DefectList => "defect-list",
            Self::DeviationList => "deviation-list",
            Self::Bundle => "bundle",
            Self::Operator => "operator",
        }
    }
}

/// What a mark of distrust lies on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marked {
    /// One certificate, however its unsigned parts are written; or one list.
    #[default]
    Certificate,
    /// A key, in whatever certificate it stands.
    Key,
}

impl Marked {
    fn is_certificate(&self) -> bool {
        *self == Self::Certificate
    }
}

/// A certificate or key known to be bad: its documents fail, they are not merely unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distrust {
    /// SHA-256 over the certificate; over the octets of the key ([`antin_trust::Certificate::key_fingerprint`]).
    pub fingerprint: Fingerprint,
    /// Which of the two.
    #[serde(default, skip_serializing_if = "Marked::is_certificate")]
    pub of: Marked,
    /// The [`Import::id`] by which it came.
    pub import: u32,
    /// Why, in the words of whoever said so.
    pub reason: String,
}

/// The trust bundle that a store follows, and whose bundles it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// The [`Import::id`] by which it came.
    pub import: u32,
    /// Its serial number: no lower one is taken.
    pub serial: u64,
    /// What it says, as a digest: another one of this serial number is refused.
    pub digest: Fingerprint,
    /// When it was put together.
    pub created: UnixTime,
    /// From here on what rests on it is undetermined.
    pub soft_refresh: UnixTime,
    /// From here on it is refused.
    pub hard_expiry: UnixTime,
    /// Its parts by their names; kept for the next delta.
    pub parts: BTreeMap<String, Fingerprint>,
    /// Whose bundles are taken.
    pub pinned: Vec<Pinned>,
}

impl Followed {
    /// Serial number and limits.
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        Freshness {
            serial: self.serial,
            created: self.created,
            soft_refresh: self.soft_refresh,
            hard_expiry: self.hard_expiry,
        }
    }

    /// The subject of the certificate that a bundle was signed with.
    #[must_use]
    pub fn signer(&self, sha256: &Fingerprint) -> Option<&str> {
        let pinned = self.pinned.iter().find(|pinned| pinned.sha256 == *sha256)?;
        Some(&pinned.subject)
    }
}

/// A certificate whose signature a store takes under a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// SHA-256 over it.
    pub sha256: Fingerprint,
    /// Whose it is, for people.
    pub subject: String,
    /// The certificate, DER in hex.
    pub der: String,
}

impl Pinned {
    /// Remembers a certificate.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            sha256: certificate.fingerprint().into(),
            subject: certificate.subject().to_string(),
            der: hex::encode(certificate.as_der()),
        }
    }

    /// The certificate; `None` where the store was damaged.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        let der = hex::decode(&self.der).ok()?;
        let certificate = Certificate::parse(&der).ok()?;
        (self.sha256 == certificate.fingerprint().into()).then_some(certificate)
    }
}

/// Everything that a trust store holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// How often the store was changed.
    pub generation: u64,
    /// Where its entries come from, the oldest first.
    pub imports: Vec<Import>,
    /// The entries under their fingerprints.
    pub entries: BTreeMap<Fingerprint, Entry>,
    /// Certificates and keys known to be bad.
    pub distrusted: Vec<Distrust>,
    /// The trust bundle that it follows.
    pub bundle: Option<Followed>,
    /// The revoked cards that the bundle names.
    pub cards: Option<RevokedCards>,
    /// Parts of a bundle that are not written yet.
    pub(super) unwritten: BTreeMap<Fingerprint, Arc<[u8]>>,
}

impl Contents {
    /// The import of this number.
    #[must_use]
    pub fn import(&self, id: u32) -> Option<&Import> {
        self.imports.iter().find(|import| import.id == id)
    }

    /// Records a new import and gives it the next number.
    pub fn record(&mut self, import: Import) -> u32 {
        let id = self.imports.iter().map(|known| known.id).max().unwrap_or(0) + 1;
        self.imports.push(Import { id, ..import });
        id
    }

    /// The entries of a kind, by fingerprint.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Fingerprint, &Entry)> {
        self.entries.iter().filter(move |(_, entry)| entry.kind == kind)
    }

    /// What is known to be bad, in the form that certificates are held against.
    #[must_use]
    pub fn distrust(&self) -> antin_trust::store::Distrust {
        let mut bad = antin_trust::store::Distrust::default();
        for known in &self.distrusted {
            let fingerprint = *known.fingerprint.as_bytes();
            match known.of {
                Marked::Certificate => bad.mark(fingerprint),
                Marked::Key => bad.mark_key(fingerprint),
            }
        }
        bad
    }
}
