//! Whether certificates and what they sign follow the profiles of ICAO 9303-12 §7.1, §9, §10 and 9303-10 §4.6.2, each rule
//! with its clause. It is for those who make them, and plays no part in any verdict: genuine documents of many states
//! break some rule.
//!
//! The profiles are those of the eighth edition; certificates after the sixth (9303-12 appendix C) break what came later.

mod certificate;
mod crl;
mod extensions;
mod fields;
mod raw;
mod rules;
mod signed;

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::cms::Encoding;
use crate::crl::CertificateList;
use crate::deviation_list::DeviationList;
use crate::master_list::MasterList;
use crate::sod::SignedSod;

pub use rules::{Rule, Weight};

/// Which profile an object is held against.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Profile {
    /// A self-signed certificate of an authority.
    Csca,
    /// An authority's key under its former one.
    Link,
    /// A document signer.
    DocumentSigner,
    /// A signer of master lists.
    MasterListSigner,
    /// A signer of deviation lists.
    DeviationListSigner,
    /// A signer of seals.
    SealSigner,
    /// A revocation list.
    Crl,
    /// EF.SOD.
    SecurityObject,
    /// A master list.
    MasterList,
    /// A deviation list.
    DeviationList,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 10] = [
        Self::Csca,
        Self::Link,
        Self::DocumentSigner,
        Self::MasterListSigner,
        Self::DeviationListSigner,
        Self::SealSigner,
        Self::Crl,
        Self::SecurityObject,
        Self::MasterList,
        Self::DeviationList,
    ];

    /// The word as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csca => "csca",
            Self::Link => "link",
            Self::DocumentSigner => "document-signer",
            Self::MasterListSigner => "master-list-signer",
            Self::DeviationListSigner => "deviation-list-signer",
            Self::SealSigner => "seal-signer",
            Self::Crl => "crl",
            Self::SecurityObject => "security-object",
            Self::MasterList => "master-list",
            Self::DeviationList => "deviation-list",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One object held against its profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Lint {
    /// The profile.
    pub profile: Profile,
    /// Whose it is: the subject of a certificate, the issuer of a list.
    pub name: Option<String>,
    /// The place among the members of a list, from 0.
    pub index: Option<usize>,
    /// The rules that it breaks; none if it follows the profile.
    pub findings: Vec<Finding>,
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it weighs here.
    pub weight: Weight,
    /// Where it stands.
    pub clause: String,
    /// What was seen: an extension, a field, a value.
    pub detail: Option<String>,
}

/// Collects the findings on one object.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: Rule) {
        self.push(rule, None);
    }

    fn add_on(&mut self, rule: Rule, detail: impl Into<String>) {
        self.push(rule, Some(detail.into()));
    }

    fn add_if(&mut self, broken: bool, rule: Rule) {
        if broken {
            self.add(rule);
        }
    }

    fn push(&mut self, rule: Rule, detail: Option<String>) {
        self.0.push(Finding {
            rule,
            weight: rule.weight(),
            clause: rule.clause().to_owned(),
            detail,
        });
    }

    /// The same rules stand in other tables too.
    fn under(mut self, clause: &str) -> Self {
        for finding in &mut self.0 {
            clause.clone_into(&mut finding.clause);
        }
        self
    }

    fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn encoding(&mut self, encoding: &Encoding) {
        for remark in encoding.remarks() {
            self.add_on(Rule::NotDer, remark);
        }
    }
}

impl Lint {
    fn of(profile: Profile, name: Option<String>, findings: Findings) -> Self {
        Self {
            profile,
            name,
            index: None,
            findings: findings.0,
        }
    }

    fn at(self, index: usize) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }
}

/// Holds a certificate against the profile of what it says it is.
#[must_use]
pub fn certificate(certificate: &Certificate) -> Lint {
    certificate::lint(certificate)
}

/// Holds a revocation list against §7.1.4.
#[must_use]
pub fn crl(list: &CertificateList) -> Lint {
    crl::lint(list)
}

/// Holds EF.SOD against 9303-10 §4.6.2, and its certificates against theirs.
#[must_use]
pub fn security_object(sod: &SignedSod) -> Vec<Lint> {
    signed::security_object(sod)
}

/// Holds a master list against §9, and the certificates of its signer and its members against theirs.
#[must_use]
pub fn master_list(list: &MasterList) -> Vec<Lint> {
    signed::master_list(list)
}

/// Holds a deviation list against §10, and the certificates of its signer against theirs.
#[must_use]
pub fn deviation_list(list: &DeviationList) -> Vec<Lint> {
    signed::deviation_list(list)
}

/// Holds a file against the profiles of what it is: a certificate (DER, or one or more in PEM), a CRL, EF.SOD, a master list
/// or a deviation list. `None` if it is none of them.
#[must_use]
pub fn file(bytes: &[u8]) -> Option<Vec<Lint>> {
    if let Ok(text) = core::str::from_utf8(bytes)
        && text.contains("-----BEGIN CERTIFICATE-----")
    {
        let certificates = Certificate::all_from_pem(text).ok()?;
        return Some(certificates.iter().map(certificate).collect());
    }
    if let Ok(sod) = SignedSod::parse(bytes) {
        return Some(security_object(&sod));
    }
    if let Ok(found) = Certificate::parse(bytes) {
        return Some(vec![certificate(&found)]);
    }
    if let Ok(list) = CertificateList::parse(bytes) {
        return Some(vec![crl(&list)]);
    }
    if let Ok(list) = MasterList::parse(bytes) {
        return Some(master_list(&list));
    }
    DeviationList::parse(bytes).ok().map(|list| deviation_list(&list))
}
