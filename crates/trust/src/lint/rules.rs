//! Every rule once: its code, how much it weighs, its clause, and one English sentence.

use core::fmt;

use serde::{Deserialize, Serialize};

/// How much a rule weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// The standard says MUST or SHALL.
    Must,
    /// The standard says SHOULD or RECOMMENDED.
    Should,
}

impl Weight {
    /// The word as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
        }
    }
}

/// Declares the rules once: variant, code, weight, clause, meaning.
macro_rules! rules {
    ($($name:ident = $code:literal, $weight:ident, $clause:expr, $meaning:literal;)*) => {
        /// A rule of the profiles, as a stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $meaning] #[serde(rename = $code)] $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it stands in JSON and messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How much it weighs, unless the object at hand says otherwise.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }

            /// Where it stands, unless the object at hand has a clause of its own.
            #[must_use]
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)* }
            }

            /// What breaks it, in one English sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const PROFILES: &str = "ICAO 9303-12 §7.1";
const FIELDS: &str = "ICAO 9303-12 §7.1.1 table 5";
const EXTENSIONS: &str = "ICAO 9303-12 §7.1.1 table 6";
const NAMES: &str = "ICAO 9303-12 §7.1.1.1.1";
const ALTERNATIVE: &str = "ICAO 9303-12 §7.1.1.2";
const PURPOSE: &str = "ICAO 9303-12 §7.1.1.3";
const CRL_PLACES: &str = "ICAO 9303-12 §7.1.1.4";
const NAME_CHANGE: &str = "ICAO 9303-12 §7.1.1.5";
const DOCUMENT_TYPE: &str = "ICAO 9303-12 §7.1.1.6";
const SEALS: &str = "ICAO 9303-12 §7.1.3";
const CURVES: &str = "ICAO 9303-12 §4.1.6.3";
const HASHES: &str = "ICAO 9303-12 §4.1.6.4";
const CRL: &str = "ICAO 9303-12 §7.1.4 table 9";
const CRL_EXTENSIONS: &str = "ICAO 9303-12 §7.1.4 table 10";
const SOD: &str = "ICAO 9303-10 §4.6.2.2 table 37";
const LDS: &str = "ICAO 9303-10 §4.6.2.3";

rules! {
    Unreadable = "unreadable", Must, PROFILES, "the object cannot be read";
    NotDer = "not-der", Must, PROFILES, "the encoding is not DER";
    VersionWrong = "version-wrong", Must, FIELDS, "the version is not the one that the profile asks for";
    SerialNotPositive = "serial-not-positive", Must, FIELDS, "the serial number is not positive";
    SerialTooLong = "serial-too-long", Must, FIELDS, "the serial number has more than 20 octets";
    SerialNotShortest = "serial-not-shortest", Must, FIELDS, "the serial number has needless octets";
    AlgorithmsDiffer = "algorithms-differ", Must, FIELDS, "the signed and the unsigned statement of the algorithm differ";
    CountryMissing = "country-missing", Must, NAMES, "a name has no country";
    CountryNotTwoLetters = "country-not-two-letters", Must, NAMES, "the country is not a code of two letters";
    CountryNotUpperCase = "country-not-upper-case", Must, FIELDS, "the country is not in upper case";
    CountryNotPrintable = "country-not-printable", Must, FIELDS, "the country is not a PrintableString";
    CountriesDiffer = "countries-differ", Must, FIELDS, "issuer and subject have different countries";
    NameSerialNotPrintable = "name-serial-not-printable", Must, FIELDS, "the serial number in a name is not a PrintableString";
    CommonNameMissing = "common-name-missing", Must, NAMES, "a name has no common name";
    NameStringType = "name-string-type", Must, FIELDS, "a text in a name is neither PrintableString nor UTF8String";
    TimeNotUtc = "time-not-utc", Must, FIELDS, "a date before 2050 is not a UTCTime";
    TimeForm = "time-form", Must, FIELDS, "a time does not end in seconds and Z";
    UniqueIdentifier = "unique-identifier", Must, FIELDS, "there is a unique identifier of issuer or subject";
    ExtensionsMissing = "extensions-missing", Must, FIELDS, "there are no extensions";
    DefaultWritten = "default-written", Must, FIELDS, "a default value is written out";
    KeyUnreadable = "key-unreadable", Must, "ICAO 9303-12 §4.1.6", "the public key cannot be used";
    CurveNotExplicit = "curve-not-explicit", Must, CURVES, "the curve is named and not described";
    CofactorMissing = "cofactor-missing", Must, CURVES, "the description of the curve has no cofactor";
    PointCompressed = "point-compressed", Must, CURVES, "a point is not in uncompressed form";
    HashNotAllowed = "hash-not-allowed", Must, HASHES, "the hash function is none of SHA-224 to SHA-512";
    ExtensionMissing = "extension-missing", Must, EXTENSIONS, "a mandatory extension is missing";
    ExtensionForbidden = "extension-forbidden", Must, EXTENSIONS, "there is an extension that must not be there";
    ExtensionNotCritical = "extension-not-critical", Must, EXTENSIONS, "an extension is not critical that must be";
    ExtensionCritical = "extension-critical", Must, EXTENSIONS, "an extension is critical that must not be";
    ExtensionBroken = "extension-broken", Must, EXTENSIONS, "an extension cannot be read, or is there twice";
    KeyIdentifierMissing = "key-identifier-missing", Must, EXTENSIONS, "the authority key identifier has no key identifier";
    KeyUsageWrong = "key-usage-wrong", Must, EXTENSIONS, "the key usage lacks a bit, or has one that it must not have";
    NotAnAuthority = "not-an-authority", Must, EXTENSIONS, "the basic constraints do not say that this is an authority";
    PathLengthNotZero = "path-length-not-zero", Must, EXTENSIONS, "the path length is not 0";
    UsagePeriodEmpty = "usage-period-empty", Must, EXTENSIONS, "the private key usage period states neither end";
    NoContact = "no-contact", Should, ALTERNATIVE, "an alternative name has no mail address, host or URI";
    NoDirectoryName = "no-directory-name", Must, ALTERNATIVE, "an alternative name has no directory name";
    DirectoryNameWrong = "directory-name-wrong", Must, ALTERNATIVE, "the directory name of an alternative name is not the country code of the MRZ";
    AlternativeNamesDiffer = "alternative-names-differ", Must, ALTERNATIVE, "a self-signed certificate has two different alternative names";
    PurposeWrong = "purpose-wrong", Must, PURPOSE, "the extended key usage does not name the purpose of the signer";
    CrlPlaceScheme = "crl-place-scheme", Must, EXTENSIONS, "a place of CRLs is neither ldap, http nor https";
    CrlPlaceMissing = "crl-place-missing", Must, CRL_PLACES, "the CRL distribution points name no place";
    NameChangeMissing = "name-change-missing", Must, NAME_CHANGE, "a link to a new name does not say that the name changed";
    NameChangeForm = "name-change-form", Must, NAME_CHANGE, "the name change is not NULL";
    DocumentTypeForm = "document-type-form", Must, DOCUMENT_TYPE, "the document types are not codes of one or two characters";
    SealSignerName = "seal-signer-name", Must, SEALS, "the subject of a seal signer is not a country and two upper-case letters";
    NextUpdateMissing = "next-update-missing", Must, CRL, "the list does not say when the next one comes";
    EntriesEmpty = "entries-empty", Must, CRL, "the list of revoked certificates is there and empty";
    CrlNumberTooLong = "crl-number-too-long", Must, CRL_EXTENSIONS, "the number of the list has more than 20 octets";
    EntryExtension = "entry-extension", Must, CRL_EXTENSIONS, "an entry has an extension that must not be there";
    ContentMissing = "content-missing", Must, SOD, "there is no content";
    ContentTypeWrong = "content-type-wrong", Must, SOD, "the content is of another type";
    SignerCertificateMissing = "signer-certificate-missing", Must, SOD, "the certificate of the signer is not there";
    AuthorityCertificateMissing = "authority-certificate-missing", Should, "ICAO 9303-12 §9.1 table 18", "the certificate of the CSCA is not there";
    RevocationListsPresent = "revocation-lists-present", Should, SOD, "there are revocation lists";
    SignerCount = "signer-count", Should, SOD, "there is not exactly one signer";
    SignerVersion = "signer-version", Must, SOD, "the version of the signer does not fit how it names its certificate";
    SignerNamedOtherwise = "signer-named-otherwise", Should, SOD, "the signer names its certificate in the way that is not recommended";
    SignedAttributesMissing = "signed-attributes-missing", Must, SOD, "there are no signed attributes";
    SigningTimeMissing = "signing-time-missing", Must, "ICAO 9303-12 §9.1 table 18", "the signer does not say when it signed";
    LdsObjectMalformed = "lds-object-malformed", Must, LDS, "the LDS security object cannot be read";
    LdsObjectVersion = "lds-object-version", Should, "ICAO 9303-10 §4.6.2", "the LDS security object is of the legacy version 0";
    HashListSize = "hash-list-size", Must, LDS, "the LDS security object lists fewer than two data groups";
}
