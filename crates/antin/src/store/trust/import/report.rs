//! What an import did, for JSON and for people.

use antin_trust::UnixTime;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::model::{Fingerprint, Format, Kind, Realm};

/// The name of the report's JSON form.
pub const SCHEMA: &str = "antin.trust-import/1";

/// What an import did: `antin.trust-import/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportReport {
    /// `antin.trust-import/1`.
    pub schema: &'static str,
    /// How many certificates of the files were taken, whether they were new or not.
    pub certificates: usize,
    /// How many revocation lists were taken.
    pub crls: usize,
    /// How many defect and deviation lists were taken.
    pub lists: usize,
    /// How many objects could not be taken; `skipped_objects` names them.
    pub skipped: usize,
    /// How many entries the store did not have before.
    pub added: usize,
    /// How many entries the store had before.
    pub known: usize,
    /// How many entries were replaced by newer ones or are on their list no more.
    pub removed: usize,
    /// What else is worth a word.
    pub notes: Vec<Note>,
    /// The files.
    pub files: Vec<FileRow>,
    /// Every object that was taken.
    pub entries: Vec<EntryRow>,
    /// Every object that could not be taken.
    pub skipped_objects: Vec<Skipped>,
    /// How often the store was changed so far.
    pub generation: u64,
}

/// A file of an import, or a signed list in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileRow {
    /// Its name.
    pub file: String,
    /// SHA-256 over it.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// What it is.
    #[schemars(with = "String")]
    pub format: Format,
    /// The country of the list's signer.
    pub country: Option<String>,
    /// When the list was signed.
    pub signed_at: Option<UnixTime>,
    /// The certificate that the list's signature was traced to.
    #[schemars(with = "Option<String>")]
    pub root: Option<Fingerprint>,
}

/// An object that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryRow {
    /// Which file of `files`.
    pub file: usize,
    /// Which object of the file, counted from 0.
    pub index: u32,
    /// SHA-256 over it.
    #[schemars(with = "String")]
    pub sha256: Fingerprint,
    /// What it is for.
    #[schemars(with = "String")]
    pub kind: Kind,
    /// Whether it speaks for real documents.
    #[schemars(with = "String")]
    pub realm: Realm,
    /// The country, if it names one.
    pub country: Option<String>,
    /// The subject of a certificate, the issuer of a list.
    pub subject: String,
    /// Who signed it: `self`, `other`, `none` (nobody who is known), `not-checked`.
    pub verified_by: VerifiedBy,
    /// The certificate of the other one who signed it.
    #[schemars(with = "Option<String>")]
    pub issuer: Option<Fingerprint>,
    /// Whether the store did not have it before.
    pub new: bool,
}

/// Whose key fits the signature of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerifiedBy {
    /// Its own.
    #[serde(rename = "self")]
    Itself,
    /// That of another certificate of the list or of the store.
    Other,
    /// None that is known.
    None,
    /// Too many were to be checked.
    NotChecked,
}

/// An object that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Skipped {
    /// The file's name.
    pub file: String,
    /// Which object of the file, counted from 0.
    pub index: u32,
    /// SHA-256 over it, where its bytes are known.
    #[schemars(with = "Option<String>")]
    pub sha256: Option<Fingerprint>,
    /// Why, in one word.
    pub reason: SkipReason,
    /// What exactly.
    pub detail: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:literal $meaning:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        pub enum $name {
            $(#[doc = $meaning] #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as written in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

words! {
    /// Why an object could not be taken.
    SkipReason {
        Unreadable "unreadable" "It cannot be read.";
        SelfSignatureWrong "self-signature-wrong" "It says that it signed itself, and it did not.";
        KeyUnusable "key-unusable" "Its key proves nothing.";
        SignatureWrong "signature-wrong" "Its issuer is known and did not sign it.";
        IssuerUnknown "issuer-unknown" "Nobody in the store signed it.";
        Older "older" "The store has a newer one.";
        ListRefused "list-refused" "The signature of the list does not hold, or was not made under a root.";
        Distrusted "distrusted" "It is known to be bad.";
        CollectionAnchor "collection-anchor" "An authority in a collection of a directory: the operator has to say that it is believed.";
        OtherCountry "other-country" "A link from one country to another.";
        FromTheFuture "from-the-future" "It was made after now: one of two clocks is wrong.";
        Stranger "stranger" "It is nothing for a trust store.";
    }
}

words! {
    /// What else is worth a word about an import.
    NoteCode {
        SameFile "same-file" "This very file was imported before.";
        TestCertificate "test-certificate" "It calls itself test: it was put with the test entries.";
        KeyUnsupported "key-unsupported" "Its key cannot be used here: its documents stay undetermined.";
        NotVerified "not-verified" "No key that is known fits its signature; the list vouches for it.";
        NotAnAuthority "not-an-authority" "It does not say that it may sign certificates: it is kept and counts for nothing.";
        UnverifiedList "unverified-list" "The list's signature does not hold; it was forced in.";
        OlderList "older-list" "The list is older than one before; it was forced in.";
        SignerExpired "signer-expired" "The list's signer has expired since it signed.";
        Withdrawn "withdrawn" "It is on its list no more, and nobody else vouches for it.";
        Replaced "replaced" "A newer one replaced it.";
        Stale "stale" "The next one is overdue.";
        NotVouched "not-vouched" "No signed list names it: the operator alone vouches for it.";
        LinkOpen "link-open" "The older key that signed it is not in the store: it leads nowhere yet.";
        RootPinned "root-pinned" "The root was added to the authorities of its country.";
    }
}

/// Something worth a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// What, in one word.
    pub code: NoteCode,
    /// The file's name.
    pub file: String,
    /// Which object of the file.
    pub index: Option<u32>,
    /// SHA-256 over the object.
    #[schemars(with = "Option<String>")]
    pub sha256: Option<Fingerprint>,
    /// What exactly.
    pub detail: String,
}
