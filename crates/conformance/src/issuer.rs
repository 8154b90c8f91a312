//! The authority and the document signer of a card, both with TEST keys, the same in every run.

use std::sync::OnceLock;

use antin::crypto::rsa::{PrivateKey as RsaKey, Scheme};
use antin::crypto::{Curve, DangerousRsaSigner, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::trust::crl::CertificateList;
use antin::trust::pki::{
    CrlTemplate, CscaOptions, DsOptions, RevokedCertificate, csca_template, document_signer_template,
};
use antin::wire::tlv::{self, Tag, tags};
use antin::{Certificate, UnixTime};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;
use serde::Deserialize;

use crate::error::Error;

/// Length of RSA keys in bits.
const RSA_BITS: u32 = 2048;

/// Keys and algorithms, where they are not the usual ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Signing {
    /// The curve of an ECDSA key.
    pub curve: Option<String>,
    /// The scheme of an RSA key.
    pub rsa: Option<Rsa>,
    pub hash: String,
    /// How certificates state a curve: by its name, or by its parameters.
    #[serde(default)]
    pub form: Form,
    /// The same of the authority.
    pub csca: Option<Algorithm>,
    /// How the authority is named.
    #[serde(default)]
    pub csca_name: Name,
    /// The document types that the signer may sign.
    pub document_types: Option<Vec<String>>,
    /// So many days before the card are the certificates made; signers may sign for 92.
    pub made_days_before: Option<u32>,
    /// So long the certificates are valid.
    pub valid_years: Option<u32>,
}

/// A key and a hash.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Algorithm {
    /// The curve of an ECDSA key.
    pub curve: Option<String>,
    /// The scheme of an RSA key.
    pub rsa: Option<Rsa>,
    pub hash: String,
    #[serde(default)]
    pub form: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    #[default]
    Named,
    Explicit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rsa {
    Pkcs1,
    Pss,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Name {
    /// Country, organisation and common name.
    #[default]
    Usual,
    /// Without a country.
    WithoutCountry,
    /// With the country in lower case.
    LowerCase,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            curve: Some(Curve::P256.name().to_owned()),
            rsa: None,
            hash: "sha-256".to_owned(),
            form: Form::Named,
            csca: None,
            csca_name: Name::Usual,
            document_types: None,
            made_days_before: None,
            valid_years: None,
        }
    }
}

impl Signing {
    /// That of the document signer.
    fn signer(&self) -> Algorithm {
        Algorithm {
            curve: self.curve.clone(),
            rsa: self.rsa,
            hash: self.hash.clone(),
            form: self.form,
        }
    }
}

impl Algorithm {
    fn ec(curve: Curve, hash: &str) -> Self {
        Self {
            curve: Some(curve.name().to_owned()),
            rsa: None,
            hash: hash.to_owned(),
            form: Form::Named,
        }
    }

    fn key(&self, whose: Whose, rng: &mut ChaCha8Rng) -> Result<Key, Error> {
        let hash = hash(&self.hash)?;
        match (&self.curve, self.rsa) {
            (Some(name), None) => {
                let curve = Curve::ALL.into_iter().find(|curve| curve.name() == name);
                let curve = curve.ok_or_else(|| Error::Card(format!("{name:?} is no curve")))?;
                let key = PrivateKey::generate(curve, rng);
                let form = match self.form {
                    Form::Named => ParameterForm::Named,
                    Form::Explicit => ParameterForm::Explicit,
                };
                Ok(Box::new(SoftSigner::new(key, hash, form)))
            }
            (None, Some(scheme)) => {
                let scheme = match scheme {
                    Rsa::Pkcs1 => Scheme::Pkcs1v15(hash),
                    Rsa::Pss => Scheme::pss(hash),
                };
                Ok(Box::new(DangerousRsaSigner::new(rsa_key(whose)?, scheme, rng)))
            }
            _ => Err(Error::Card("a key has a curve, or is one of RSA".to_owned())),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Authority,
    Signer,
}

/// RSA keys are drawn once: it takes its time.
fn rsa_key(whose: Whose) -> Result<RsaKey, Error> {
    static KEYS: [OnceLock<Option<RsaKey>>; 2] = [const { OnceLock::new() }; 2];
    let [authority, signer] = &KEYS;
    let (place, seed) = match whose {
        Whose::Authority => (authority, 5),
        Whose::Signer => (signer, 6),
    };
    let drawn = || RsaKey::generate(RSA_BITS, &mut ChaCha8Rng::seed_from_u64(seed)).ok();
    let key = place.get_or_init(drawn).clone();
    key.ok_or_else(|| Error::Card("no RSA key could be drawn".to_owned()))
}

type Key = Box<dyn Signer + Send + Sync>;

/// What a revocation list says of the document signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Crl {
    /// Nothing: the list is empty, and fresh.
    Fresh,
    /// It is revoked.
    Revoking,
    /// Nothing, and the next list should have come long ago.
    Stale,
}

/// A country's authority with one document signer.
pub(crate) struct Issuer {
    pub csca: Certificate,
    pub ds: Certificate,
    authority: Key,
    signer: Key,
}

impl Issuer {
    /// Keys and certificates that are valid from the day before `at`.
    pub(crate) fn new(signing: &Signing, at: UnixTime) -> Result<Self, Error> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let usual = Algorithm::ec(Curve::P384, "sha-384");
        let authority = signing
            .csca
            .as_ref()
            .unwrap_or(&usual)
            .key(Whose::Authority, &mut rng)?;
        let signer = signing.signer().key(Whose::Signer, &mut rng)?;
        let from = at.plus_days(-i64::from(signing.made_days_before.unwrap_or(1)));
        let mut authorized = CscaOptions::new("UT", from);
        let mut options = DsOptions::new("TEST DS 01", from);
        if let Some(years) = signing.valid_years {
            authorized.not_after = from.plus_days(366 * i64::from(years));
            options.not_after = authorized.not_after;
        }
        if let Some(types) = &signing.document_types {
            options.document_types.clone_from(types);
        }
        let mut root = csca_template(&authorized, &*authority, &mut rng).map_err(unfit)?;
        let named = root.sign(&*authority).map_err(unfit)?;
        let mut below =
            document_signer_template(&options, signer.public_key(), &named, &mut rng).map_err(unfit)?;
        root.subject = match signing.csca_name {
            Name::Usual => root.subject,
            Name::WithoutCountry => without_country(&root.subject)?,
            Name::LowerCase => lower_case(&root.subject)?,
        };
        root.issuer.clone_from(&root.subject);
        below.issuer.clone_from(&root.subject);
        Ok(Self {
            csca: root.sign(&*authority).map_err(unfit)?,
            ds: below.sign(&*authority).map_err(unfit)?,
            authority,
            signer,
        })
    }

    /// The authority, ready to sign.
    pub(crate) fn authority(&self) -> &dyn Signer {
        &*self.authority
    }

    /// The document signer, ready to sign.
    pub(crate) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// A revocation list of the authority.
    pub(crate) fn revocations(&self, says: Crl, at: UnixTime) -> Result<CertificateList, Error> {
        let days = |days| at.plus_days(days);
        let (made, next) = match says {
            Crl::Fresh | Crl::Revoking => (days(-1), days(30)),
            Crl::Stale => (days(-100), days(-70)),
        };
        let revoked = RevokedCertificate {
            serial: self.ds.serial().to_vec(),
            at: days(-1),
        };
        let template = CrlTemplate {
            number: vec![7],
            this_update: made,
            next_update: next,
            revoked: match says {
                Crl::Revoking => vec![revoked],
                Crl::Fresh | Crl::Stale => Vec::new(),
            },
            former_names: Vec::new(),
        };
        let list = template.sign(&self.csca, self.authority()).map_err(unfit)?;
        CertificateList::parse(&list).map_err(unfit)
    }
}

/// The name without its first part, which states the country.
fn without_country(name: &[u8]) -> Result<Vec<u8>, Error> {
    let mut parts = tlv::parse_one(name).map_err(unfit)?.children();
    parts.next().map_err(unfit)?;
    let mut rest = Vec::new();
    while let Some(part) = parts.next().map_err(unfit)? {
        rest.extend_from_slice(part.raw);
    }
    Ok(tlv::object(Tag(0x30), &rest))
}

/// The name with its country in lower case.
fn lower_case(name: &[u8]) -> Result<Vec<u8>, Error> {
    let country = tlv::object(tags::PRINTABLE_STRING, b"UT");
    let found = name.windows(country.len()).position(|part| part == country);
    let at = found.ok_or_else(|| Error::Card("a name without a country".to_owned()))?;
    let mut name = name.to_vec();
    for letter in name.iter_mut().skip(at + 2).take(2) {
        letter.make_ascii_lowercase();
    }
    Ok(name)
}

/// The hash of that name.
pub(crate) fn hash(name: &str) -> Result<Hash, Error> {
    match name {
        "sha-1" => Ok(Hash::Sha1),
        "sha-224" => Ok(Hash::Sha224),
        "sha-256" => Ok(Hash::Sha256),
        "sha-384" => Ok(Hash::Sha384),
        "sha-512" => Ok(Hash::Sha512),
        other => Err(Error::Card(format!("{other:?} is no hash"))),
    }
}

fn unfit(error: impl std::fmt::Display) -> Error {
    Error::Card(error.to_string())
}
