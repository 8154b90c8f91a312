//! The certificates of a country's signing authority, each with exactly the extensions that ICAO 9303-12 tables 6 and 8
//! ask for.
//!
//! | | CSCA | link | document signer | list signer | seal signer |
//! |---|---|---|---|---|---|
//! | authority and subject key identifier | yes | yes | yes | yes | authority's |
//! | key usage (critical) | certificates, CRLs | certificates, CRLs | signatures | signatures | |
//! | private key usage period | yes | yes | yes | yes | |
//! | both alternative names, CRL places | yes | yes | yes | yes | |
//! | basic constraints (critical) | authority, path 0 | authority, path 0 | | | |
//! | extended key usage (critical) | | | | yes | yes |
//! | document types | | | yes | | where given |
//! | name change | where given | where the name changes | | | |

use antin_crypto::{CryptoRng, Hash, VerifyingKey};
use antin_wire::oids::{
    CSCA_MASTER_LIST_SIGNING_KEY, DEFECT_LIST_SIGNING_KEY, DEVIATION_LIST_SIGNING_KEY, VDS_SIGNER,
};

use super::subject::{Contact, CrlPlaces, Subject};
use super::template::{self, Extension, Template};
use crate::certificate::{CRL_SIGN, Certificate, Country, DIGITAL_SIGNATURE, KEY_CERT_SIGN};
use crate::error::Error;
use crate::time::UnixTime;

/// When a certificate is valid, and until when its private key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First second of validity and of private key usage.
    pub not_before: UnixTime,
    /// Last second of private key usage.
    pub usage_until: UnixTime,
    /// Last second of validity.
    pub not_after: UnixTime,
}

impl Period {
    /// Checks that the three follow each other and can be written.
    ///
    /// # Errors
    /// [`Error::Misuse`].
    pub fn new(not_before: UnixTime, usage_until: UnixTime, not_after: UnixTime) -> Result<Self, Error> {
        let last = UnixTime::from_parts(9999, 12, 31, 23, 59, 59);
        if not_before >= usage_until || usage_until > not_after || last.is_some_and(|last| not_after > last) {
            return Err(Error::Misuse {
                what: "beginning, end of use and end of validity in this order",
                found: format!("{not_before}, {usage_until}, {not_after}"),
            });
        }
        Ok(Self {
            not_before,
            usage_until,
            not_after,
        })
    }
}

/// What all certificates of one authority have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The alternative names.
    pub contact: Contact,
    /// The CRL distribution points.
    pub crl: CrlPlaces,
}

/// Whether the authority had another name before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameChange {
    /// It keeps its name.
    No,
    /// It has a new one: the certificate carries the name change extension.
    Yes,
}

/// The self-signed certificate of a CSCA, before it is signed.
#[must_use]
pub fn csca(
    subject: &Subject,
    place: &Place,
    period: Period,
    key: &VerifyingKey,
    name_change: NameChange,
    rng: &mut dyn CryptoRng,
) -> Template {
    let name = subject.to_der();
    Template {
        serial: template::random_serial(rng),
        issuer: name.clone(),
        subject: name,
        not_before: period.not_before,
        not_after: period.not_after,
        spki: key.to_spki_der(),
        extensions: authority_extensions(
            &template::key_identifier(key),
            &template::key_identifier(key),
            (period.not_before, period.usage_until),
            place,
            name_change,
        ),
    }
}

/// The link from an authority's old key to its new one: the new key, certified by the old (ICAO 9303-12 §4.1.4.3), with
/// the name change extension exactly where the names differ (§7.1.1.5). Valid as long as the new certificate is.
///
/// # Errors
/// [`Error::Misuse`] if one of the two is no authority, their countries differ, they have the same key, or the new one
/// states no private key usage period; the key's.
pub fn link(
    old: &Certificate,
    new: &Certificate,
    place: &Place,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    let misuse = |what, certificate: &Certificate| Error::Misuse {
        what,
        found: certificate.subject().to_string(),
    };
    for certificate in [old, new] {
        if !certificate.is_ca() {
            return Err(misuse("certificate of an authority", certificate));
        }
    }
    if country_of(old)? != country_of(new)? {
        return Err(misuse("authority of the same country", new));
    }
    let key = new.public_key()?;
    if key.is_same_key(&old.public_key()?) {
        return Err(misuse("another key than the old one", new));
    }
    let period = new
        .usage_period()
        .ok_or_else(|| misuse("private key usage period", new))?;
    let change = match old.subject().as_der() == new.subject().as_der() {
        true => NameChange::No,
        false => NameChange::Yes,
    };
    let new_identifier = new
        .subject_key_identifier()
        .map_or_else(|| template::key_identifier(&key), <[u8]>::to_vec);
    Ok(Template {
        serial: template::random_serial(rng),
        issuer: old.subject().as_der().to_vec(),
        subject: new.subject().as_der().to_vec(),
        not_before: new.not_before(),
        not_after: new.not_after(),
        // Byte for byte what the new certificate says, so that both lead to one key.
        spki: new.spki_der().to_vec(),
        extensions: authority_extensions(
            &identifier_of(old),
            &new_identifier,
            (
                period.not_before.unwrap_or(new.not_before()),
                period.not_after.unwrap_or(new.not_after()),
            ),
            place,
            change,
        ),
    })
}

/// A document signer certificate, before it is signed.
///
/// # Errors
/// [`Error::Misuse`] if the signer outlives its authority or is of another country, for no document type, or for one that
/// is not of one or two characters of the MRZ (ICAO 9303-12 §7.1.1.6).
pub fn document_signer(
    subject: &Subject,
    place: &Place,
    period: Period,
    document_types: &[String],
    key: &VerifyingKey,
    csca: &Certificate,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    let types = Extension::document_types(checked_types(document_types)?);
    let mut template = signer(subject, place, period, key, csca, rng)?;
    template.extensions.insert(4, types);
    Ok(template)
}

/// What a list signer signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Master lists.
    Master,
    /// Deviation lists.
    Deviation,
    /// Defect lists of BSI TR-03129-2, whose signers have this form too but for their purpose (§7.2).
    Defect,
}

/// A certificate of whoever signs lists, before it is signed (ICAO 9303-12 §7.1.1.3).
///
/// # Errors
/// [`Error::Misuse`] if the signer outlives its authority or is of another country.
pub fn list_signer(
    kind: ListKind,
    subject: &Subject,
    place: &Place,
    period: Period,
    key: &VerifyingKey,
    csca: &Certificate,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    let purpose = match kind {
        ListKind::Master => CSCA_MASTER_LIST_SIGNING_KEY,
        ListKind::Deviation => DEVIATION_LIST_SIGNING_KEY,
        ListKind::Defect => DEFECT_LIST_SIGNING_KEY,
    };
    let mut template = signer(subject, place, period, key, csca, rng)?;
    template
        .extensions
        .push(Extension::extended_key_usage(&[purpose]));
    Ok(template)
}

/// A certificate of a bar code signer, before it is signed (ICAO 9303-12 §7.1.3): the subject is the country and two
/// capital letters, which are the signer's identifier in every seal, and no other extension may be there than the
/// authority's key identifier, the extended key usage and document types.
///
/// `serial` is what a seal quotes as its certificate reference, so it is short and chosen by the authority.
///
/// # Errors
/// [`Error::Misuse`] for an identifier that is not two capital letters, a signer that outlives its authority, a key that is
/// not on an elliptic curve (§4.1.8), or document types as in [`document_signer`].
pub fn seal_signer(
    identifier: &str,
    serial: &[u8],
    period: Period,
    document_types: &[String],
    key: &VerifyingKey,
    csca: &Certificate,
) -> Result<Template, Error> {
    if identifier.len() != 2 || !identifier.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Error::Misuse {
            what: "identifier of two capital letters",
            found: identifier.to_owned(),
        });
    }
    let subject = Subject::new(&country_of(csca)?, identifier)?;
    fits_under(&subject, period, csca)?;
    if key.curve().is_none() {
        return Err(Error::Misuse {
            what: "key on an elliptic curve",
            found: key.name(),
        });
    }
    let mut extensions = vec![Extension::authority_key(&identifier_of(csca))];
    if !document_types.is_empty() {
        extensions.push(Extension::document_types(checked_types(document_types)?));
    }
    extensions.push(Extension::extended_key_usage(&[VDS_SIGNER]));
    Ok(Template {
        serial: serial.to_vec(),
        issuer: csca.subject().as_der().to_vec(),
        subject: subject.to_der(),
        not_before: period.not_before,
        not_after: period.not_after,
        spki: key.to_spki_der(),
        extensions,
    })
}

/// What document signers and list signers have in common.
fn signer(
    subject: &Subject,
    place: &Place,
    period: Period,
    key: &VerifyingKey,
    csca: &Certificate,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    fits_under(subject, period, csca)?;
    let names = place.contact.to_der();
    Ok(Template {
        serial: template::random_serial(rng),
        issuer: csca.subject().as_der().to_vec(),
        subject: subject.to_der(),
        not_before: period.not_before,
        not_after: period.not_after,
        spki: key.to_spki_der(),
        extensions: vec![
            Extension::authority_key(&identifier_of(csca)),
            Extension::subject_key(key),
            Extension::key_usage(DIGITAL_SIGNATURE),
            Extension::usage_period(period.not_before, period.usage_until),
            Extension::subject_alternative_names(names.clone()),
            Extension::issuer_alternative_names(names),
            Extension::crl_places(place.crl.to_der()),
        ],
    })
}

/// The self-signed certificate of whoever signs trust bundles, before it is signed: stations pin it, no authority vouches
/// for it, and it vouches for no certificate.
#[must_use]
pub fn bundle_signer(
    subject: &Subject,
    period: Period,
    key: &VerifyingKey,
    rng: &mut dyn CryptoRng,
) -> Template {
    let name = subject.to_der();
    Template {
        serial: template::random_serial(rng),
        issuer: name.clone(),
        subject: name,
        not_before: period.not_before,
        not_after: period.not_after,
        spki: key.to_spki_der(),
        extensions: vec![
            Extension::authority_key(&template::key_identifier(key)),
            Extension::subject_key(key),
            Extension::key_usage(DIGITAL_SIGNATURE),
            Extension::usage_period(period.not_before, period.usage_until),
        ],
    }
}

fn authority_extensions(
    issuer_key: &[u8],
    subject_key: &[u8],
    (from, until): (UnixTime, UnixTime),
    place: &Place,
    name_change: NameChange,
) -> Vec<Extension> {
    let names = place.contact.to_der();
    let mut extensions = vec![
        Extension::authority_key(issuer_key),
        Extension::subject_key_of(subject_key),
        Extension::key_usage(KEY_CERT_SIGN | CRL_SIGN),
        Extension::usage_period(from, until),
        Extension::authority(),
        Extension::subject_alternative_names(names.clone()),
        Extension::issuer_alternative_names(names),
        Extension::crl_places(place.crl.to_der()),
    ];
    if name_change == NameChange::Yes {
        extensions.push(Extension::name_change());
    }
    extensions
}

/// What a certificate of a signer may not claim under its authority.
fn fits_under(subject: &Subject, period: Period, csca: &Certificate) -> Result<(), Error> {
    if country_of(csca)? != subject.country() {
        return Err(Error::Misuse {
            what: "signer of the authority's country",
            found: subject.country().to_owned(),
        });
    }
    // ICAO 9303-12 §4.1.4.1: the authority's certificate outlasts every one below it.
    if period.not_after > csca.not_after() || period.not_before < csca.not_before() {
        return Err(Error::Misuse {
            what: "validity within that of the authority's certificate",
            found: format!(
                "{} to {}, the authority's is {} to {}",
                period.not_before,
                period.not_after,
                csca.not_before(),
                csca.not_after()
            ),
        });
    }
    Ok(())
}

fn checked_types(types: &[String]) -> Result<&[String], Error> {
    let fits = |kind: &String| {
        (1..=2).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'<')
    };
    match types.iter().find(|kind| !fits(kind)) {
        None if !types.is_empty() => Ok(types),
        wrong => Err(Error::Misuse {
            what: "document types of one or two letters of the MRZ",
            found: wrong.cloned().unwrap_or_default(),
        }),
    }
}

fn country_of(certificate: &Certificate) -> Result<String, Error> {
    match certificate.subject().country() {
        country @ Country::Letters(_) => country.letters().ok_or(()),
        Country::Malformed | Country::Absent => Err(()),
    }
    .map_err(|()| Error::Misuse {
        what: "CSCA with a country",
        found: certificate.subject().to_string(),
    })
}

pub(super) fn identifier_of(certificate: &Certificate) -> Vec<u8> {
    certificate
        .subject_key_identifier()
        .map_or_else(|| Hash::Sha1.digest(certificate.spki_der()), <[u8]>::to_vec)
}
