//! The named checks, their five results and their reasons: one list, in one place.

use core::fmt;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What a row of the report is about; the list is closed and lives here only.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// The chip granted access (PACE, BAC) as its files announce.
    Access,
    /// Every answer inside the session was protected and correct.
    SecureMessaging,
    /// EF.CardAccess agrees with the signed DG14.
    CardAccess,
    /// A file could be read as stored.
    FileRead,
    /// A file's content is well formed.
    DgStructure,
    /// The signature of EF.SOD.
    SodSignature,
    /// A data group has the hash that EF.SOD lists.
    DgHash,
    /// EF.COM announces what EF.SOD lists.
    ComSod,
    /// The document signer certificate is signed by the country signing authority.
    Chain,
    /// A trusted country signing authority (CSCA) matches.
    CscaTrust,
    /// The CSCA certificate was valid.
    CscaValidity,
    /// The document signer certificate was valid.
    DsValidity,
    /// The document was issued within the signer's private key usage period.
    DsUsagePeriod,
    /// The document signer certificate has the form that its role demands.
    DsProfile,
    /// The document signer is not revoked.
    Revocation,
    /// Keys and hashes are strong enough for the policy.
    KeyStrength,
    /// DG1, signer and CSCA name the same country.
    IssuerCountry,
    /// The signer may sign this type of document.
    DocumentType,
    /// Chip Authentication: the chip owns the private key of DG14.
    ChipAuthentication,
    /// Active Authentication: the chip owns the private key of DG15.
    ActiveAuthentication,
    /// PACE with Chip Authentication Mapping.
    PaceCam,
    /// The terminal proved its rights to the chip.
    TerminalAuthentication,
    /// The check digits of the machine readable zone in DG1.
    MrzDigits,
    /// The zone printed on the card equals DG1.
    MrzPage,
    /// DG1 and the national DG13 tell the same.
    Dg1Dg13,
    /// The printed QR code equals the chip.
    Qr,
    /// The document has not expired.
    DocumentExpiry,
    /// The document is on no list of lost, stolen or revoked cards.
    CardRevocation,
}

impl CheckId {
    /// Every check, in the order of the report.
    pub const ALL: [Self; 28] = [
        Self::Access,
        Self::SecureMessaging,
        Self::CardAccess,
        Self::FileRead,
        Self::DgStructure,
        Self::SodSignature,
        Self::DgHash,
        Self::ComSod,
        Self::Chain,
        Self::CscaTrust,
        Self::CscaValidity,
        Self::DsValidity,
        Self::DsUsagePeriod,
        Self::DsProfile,
        Self::Revocation,
        Self::KeyStrength,
        Self::IssuerCountry,
        Self::DocumentType,
        Self::ChipAuthentication,
        Self::ActiveAuthentication,
        Self::PaceCam,
        Self::TerminalAuthentication,
        Self::MrzDigits,
        Self::MrzPage,
        Self::Dg1Dg13,
        Self::Qr,
        Self::DocumentExpiry,
        Self::CardRevocation,
    ];

    /// The id as it stands in JSON, documents and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::SecureMessaging => "secure-messaging",
            Self::CardAccess => "card-access",
            Self::FileRead => "file-read",
            Self::DgStructure => "dg-structure",
            Self::SodSignature => "sod-signature",
            Self::DgHash => "dg-hash",
            Self::ComSod => "com-sod",
            Self::Chain => "chain",
            Self::CscaTrust => "csca-trust",
            Self::CscaValidity => "csca-validity",
            Self::DsValidity => "ds-validity",
            Self::DsUsagePeriod => "ds-usage-period",
            Self::DsProfile => "ds-profile",
            Self::Revocation => "revocation",
            Self::KeyStrength => "key-strength",
            Self::IssuerCountry => "issuer-country",
            Self::DocumentType => "document-type",
            Self::ChipAuthentication => "chip-authentication",
            Self::ActiveAuthentication => "active-authentication",
            Self::PaceCam => "pace-cam",
            Self::TerminalAuthentication => "terminal-authentication",
            Self::MrzDigits => "mrz-digits",
            Self::MrzPage => "mrz-page",
            Self::Dg1Dg13 => "dg1-dg13",
            Self::Qr => "qr",
            Self::DocumentExpiry => "document-expiry",
            Self::CardRevocation => "card-revocation",
        }
    }

    /// The clause, in the eighth edition of ICAO 9303, that asks for the check or defines what it reads.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Access => "ICAO 9303-11 §4.2",
            Self::SecureMessaging => "ICAO 9303-11 §9.8",
            Self::CardAccess => "ICAO 9303-11 §9.2.11",
            Self::FileRead => "ICAO 9303-10 §3.6.3",
            Self::DgStructure => "ICAO 9303-10 §4.7",
            Self::SodSignature
            | Self::DgHash
            | Self::Chain
            | Self::DsUsagePeriod
            | Self::IssuerCountry
            | Self::DocumentType
            | Self::MrzPage => "ICAO 9303-11 §5.1.1",
            Self::ComSod => "ICAO 9303-10 §4.6",
            Self::CscaTrust => "ICAO 9303-12 §6.1.1",
            Self::CscaValidity | Self::DsValidity | Self::Revocation => "ICAO 9303-12 §6.1.2",
            Self::DsProfile => "ICAO 9303-12 §7.1.1",
            Self::KeyStrength => "ICAO 9303-12 §4.1.6",
            Self::ChipAuthentication => "ICAO 9303-11 §6.2",
            Self::ActiveAuthentication => "ICAO 9303-11 §6.1",
            Self::PaceCam => "ICAO 9303-11 §4.4.3.5",
            Self::TerminalAuthentication => "ICAO 9303-11 §7.1",
            Self::MrzDigits => "ICAO 9303-3 §4.9",
            Self::DocumentExpiry => "ICAO 9303-3 §4.8",
            Self::Dg1Dg13 | Self::Qr | Self::CardRevocation => "",
        }
    }

    /// Whether the check proves that the chip is no copy.
    #[must_use]
    pub const fn is_chip_proof(self) -> bool {
        matches!(
            self,
            Self::ChipAuthentication | Self::ActiveAuthentication | Self::PaceCam
        )
    }

    /// Whether a success means something only under an issuer who is trusted: on a home-made card the check succeeds too, so
    /// that it is never shown green there.
    #[must_use]
    pub const fn rests_on_the_issuer(self) -> bool {
        match self {
            Self::CardAccess
            | Self::SodSignature
            | Self::DgHash
            | Self::ComSod
            | Self::Chain
            | Self::DsValidity
            | Self::DsUsagePeriod
            | Self::DsProfile
            | Self::KeyStrength
            | Self::IssuerCountry
            | Self::DocumentType
            | Self::ChipAuthentication
            | Self::ActiveAuthentication
            | Self::PaceCam
            | Self::MrzDigits
            | Self::MrzPage
            | Self::Dg1Dg13
            | Self::Qr
            | Self::DocumentExpiry
            | Self::CardRevocation => true,
            // What happened between reader and chip, and what is said of the issuer itself.
            Self::Access
            | Self::SecureMessaging
            | Self::FileRead
            | Self::DgStructure
            | Self::CscaTrust
            | Self::CscaValidity
            | Self::Revocation
            | Self::TerminalAuthentication => false,
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the five results of BSI TR-03135.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// Done, and as it should be.
    Successful,
    /// Done, and not as it should be.
    Failed,
    /// Could not be decided: unknown algorithm, no anchor, no rights, not performed.
    Undetermined,
    /// The document does not offer it.
    NotSupported,
    /// The link was lost before the check ended.
    Aborted,
}

impl CheckResult {
    /// Every result.
    pub const ALL: [Self; 5] = [
        Self::Successful,
        Self::Failed,
        Self::Undetermined,
        Self::NotSupported,
        Self::Aborted,
    ];

    /// The word as it stands in JSON, documents and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::Failed => "failed",
            Self::Undetermined => "undetermined",
            Self::NotSupported => "not-supported",
            Self::Aborted => "aborted",
        }
    }
}

impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Declares the reasons once: variant, code, meaning.
macro_rules! reasons {
    ($($name:ident = $code:literal: $meaning:literal;)*) => {
        /// Why a check has its result, as a stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $meaning] #[serde(rename = $code)] $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it stands in JSON, documents and messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// One English sentence on the code.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

reasons! {
    NotPerformed = "not-performed": "nobody tried";
    LinkLost = "link-lost": "the link to the chip was lost";
    ChipChanged = "chip-changed": "after the session was lost another chip answered";
    ProtocolBreach = "protocol-breach": "the chip broke the protocol";
    KeyRefused = "key-refused": "the chip refused the password";
    ChipError = "chip-error": "the chip answered with an error";
    PaceFallback = "pace-fallback": "PACE is announced, BAC was used";
    NotOffered = "not-offered": "the document does not offer it";
    AlgorithmUnsupported = "algorithm-unsupported": "the algorithm is not implemented";
    AlgorithmRefused = "algorithm-refused": "the algorithm proves nothing and is never verified";
    CurveUnknown = "curve-unknown": "the elliptic curve is in no table";
    BadPublicKey = "bad-public-key": "the public key is no point on its curve, or no RSA key";
    AccessRightsMissing = "access-rights-missing": "the chip refuses the file without further rights";
    FileMissing = "file-missing": "the chip hides a file that EF.SOD lists, or one that must exist";
    FileNotRead = "file-not-read": "the file was not read";
    FileMalformed = "file-malformed": "the file has no readable frame";
    Malformed = "malformed": "the content cannot be parsed";
    HashMismatch = "hash-mismatch": "the hash is another one than the signed";
    HashListMalformed = "hash-list-malformed": "the list of hashes names a data group twice or one that does not exist";
    NotListed = "not-listed": "the file is not protected by EF.SOD";
    SignatureWrong = "signature-wrong": "the signature does not fit";
    MessageDigestWrong = "message-digest-wrong": "the signed attributes were made for another content";
    ContentTypeWrong = "content-type-wrong": "the content is of another type than an LDS security object";
    SignedAttributesMissing = "signed-attributes-missing": "the signature has no signed attributes";
    SignerCount = "signer-count": "there is not exactly one signer";
    CmsVersion = "cms-version": "the CMS version does not fit the content";
    AlgorithmMismatch = "algorithm-mismatch": "two statements of the algorithm differ";
    SignerCertificateMissing = "signer-certificate-missing": "the signer's certificate is not embedded";
    NoAnchor = "no-anchor": "no trusted CSCA matches";
    Distrusted = "distrusted": "the CSCA is listed as not to be trusted";
    TrustStale = "trust-stale": "what is known of the issuers is too old";
    IssuerNotCa = "issuer-not-ca": "the issuer is no certification authority";
    NotYetValid = "not-yet-valid": "the validity lies ahead";
    Expired = "expired": "the validity has ended";
    OutsideUsagePeriod = "outside-usage-period": "issued outside the private key usage period";
    DateUnknown = "date-unknown": "the date is not known";
    KeyUsageMissing = "key-usage-missing": "the key usage does not allow the signature";
    CriticalExtensionUnknown = "critical-extension-unknown": "a critical extension is not understood";
    SignerIsCa = "signer-is-ca": "the document signer claims to be an authority";
    CertificateProfile = "certificate-profile": "the certificate lacks what its role demands";
    Revoked = "revoked": "the signer is revoked";
    NoCrl = "no-crl": "no revocation list is at hand";
    CrlStale = "crl-stale": "the revocation list is out of date";
    WeakAlgorithm = "weak-algorithm": "a key or a hash is weak";
    CountryMismatch = "country-mismatch": "the countries differ";
    CountryMalformed = "country-malformed": "the country is not two ASCII letters";
    CountryUnknown = "country-unknown": "the country code is in no table";
    DocumentTypeNotAllowed = "document-type-not-allowed": "the signer may not sign this document type";
    ComMismatch = "com-mismatch": "EF.COM says otherwise than EF.SOD";
    CardAccessMismatch = "card-access-mismatch": "EF.CardAccess does not fit DG14 or EF.CardSecurity";
    KeyNotBound = "key-not-bound": "the chip's key is not bound to the issuer";
    KeyCompromised = "key-compromised": "the chip's key may be known to others";
    CardRevoked = "card-revoked": "the document is reported lost, stolen or revoked";
    NoCardList = "no-card-list": "no list of revoked cards is at hand";
    ProofFailed = "proof-failed": "the chip does not own the private key";
    CheckDigitWrong = "check-digit-wrong": "a check digit is wrong";
    FieldMismatch = "field-mismatch": "a field differs";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One row of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// What was checked.
    pub id: CheckId,
    /// The file or mechanism, where there are several.
    pub subject: Option<String>,
    /// The result.
    pub result: CheckResult,
    /// Whether the policy needs this row; set when the report is made.
    pub needed: bool,
    /// Why, as a stable code.
    pub reason: Option<Reason>,
    /// A peculiarity that does not change the result.
    pub remark: Option<String>,
    /// The clause that asks for the check.
    pub clause: Cow<'static, str>,
    /// What was seen: an OID, a key identifier, a date; never personal data.
    pub evidence: Option<String>,
    /// How long it took, in milliseconds, where it was measured.
    pub ms: Option<f64>,
}

impl Check {
    /// A row with its result; the rest is added by the methods below.
    #[must_use]
    pub fn new(id: CheckId, result: CheckResult) -> Self {
        Self {
            id,
            subject: None,
            result,
            needed: false,
            reason: None,
            remark: None,
            clause: Cow::Borrowed(id.clause()),
            evidence: None,
            ms: None,
        }
    }

    /// A successful row.
    #[must_use]
    pub fn successful(id: CheckId) -> Self {
        Self::new(id, CheckResult::Successful)
    }

    /// A failed row with its reason.
    #[must_use]
    pub fn failed(id: CheckId, reason: Reason) -> Self {
        Self::new(id, CheckResult::Failed).reason(reason)
    }

    /// An undetermined row with its reason.
    #[must_use]
    pub fn undetermined(id: CheckId, reason: Reason) -> Self {
        Self::new(id, CheckResult::Undetermined).reason(reason)
    }

    /// A row on something that the document does not offer.
    #[must_use]
    pub fn not_supported(id: CheckId, reason: Reason) -> Self {
        Self::new(id, CheckResult::NotSupported).reason(reason)
    }

    /// A row cut short by a lost link.
    #[must_use]
    pub fn aborted(id: CheckId) -> Self {
        Self::new(id, CheckResult::Aborted).reason(Reason::LinkLost)
    }

    /// Names the file or mechanism.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// States why.
    #[must_use]
    pub fn reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Adds a peculiarity; several are joined by `; `.
    #[must_use]
    pub fn remark(mut self, remark: impl Into<String>) -> Self {
        let remark = remark.into();
        self.remark = Some(match self.remark.take() {
            Some(earlier) => format!("{earlier}; {remark}"),
            None => remark,
        });
        self
    }

    /// States what was seen.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }

    /// States how long it took.
    #[must_use]
    pub fn ms(mut self, milliseconds: f64) -> Self {
        self.ms = Some(milliseconds);
        self
    }
}
