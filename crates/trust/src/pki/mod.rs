//! What a country signing authority (CSCA) makes: certificates, revocation lists and signed lists after ICAO 9303-12, and a
//! TEST PKI of them.
//!
//! A [`Template`] is a certificate before it is signed, [`profile`] has one for each kind; [`CrlTemplate`],
//! [`MasterListContent`] and [`ContentSigner`] are the same for lists. Keys come from outside as [`Signer`]s, so that the
//! same code serves an HSM; only [`DemoPki`] makes its own, and every subject of it carries the words of
//! [`TEST_ORGANISATION`]. What is returned has been read back and verified.

mod approval;
mod defect;
mod deviation;
mod master_list;
pub mod profile;
mod revocation;
mod signed_data;
mod subject;
mod template;

use antin_crypto::{CryptoRng, Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner, VerifyingKey};

use crate::certificate::{CRL_SIGN, Certificate, Country, DIGITAL_SIGNATURE, KEY_CERT_SIGN};
use crate::error::Error;
use crate::time::UnixTime;

pub use approval::verify_approval;
pub use defect::DefectListContent;
pub use deviation::DeviationListContent;
pub use master_list::{MAX_MASTER_LIST_CERTIFICATES, MasterListContent};
pub use revocation::{CrlTemplate, RevokedCertificate, next_number};
pub use signed_data::{ContentSigner, open_content};
pub use subject::{Contact, CrlPlaces, Subject, is_test_name};
pub use template::{Extension, Template, random_serial};

/// The organisation in every subject that is made here.
pub const TEST_ORGANISATION: &str = "TEST - NOT FOR ISSUANCE";

/// What a test CSCA certificate states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CscaOptions {
    /// Two ASCII letters; written in upper case.
    pub country: String,
    /// First second of validity and of private key usage.
    pub not_before: UnixTime,
    /// Last second of validity.
    pub not_after: UnixTime,
    /// Last second of private key usage.
    pub usage_until: UnixTime,
}

impl CscaOptions {
    /// Five years of signing, and validity for all that was signed: 16 years.
    #[must_use]
    pub fn new(country: &str, not_before: UnixTime) -> Self {
        Self {
            country: country.to_owned(),
            not_before,
            not_after: not_before.plus_days(16 * YEAR_DAYS),
            usage_until: not_before.plus_days(5 * YEAR_DAYS),
        }
    }
}

/// What a test document signer certificate states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsOptions {
    /// The common name, of PrintableString characters.
    pub name: String,
    /// First second of validity and of private key usage.
    pub not_before: UnixTime,
    /// Last second of validity.
    pub not_after: UnixTime,
    /// Last second of private key usage.
    pub usage_until: UnixTime,
    /// Document types as in the MRZ, such as `P` and `ID`.
    pub document_types: Vec<String>,
}

impl DsOptions {
    /// Three months of signing, validity for the ten years of a document, types `P` and `ID`.
    #[must_use]
    pub fn new(name: &str, not_before: UnixTime) -> Self {
        Self {
            name: name.to_owned(),
            not_before,
            not_after: not_before.plus_days(10 * YEAR_DAYS + 100),
            usage_until: not_before.plus_days(92),
            document_types: vec!["ID".to_owned(), "P".to_owned()],
        }
    }
}

const YEAR_DAYS: i64 = 366;

/// Makes a self-signed test CSCA certificate with a random serial number.
///
/// # Errors
/// [`Error::Misuse`] for a country that is not two ASCII letters; the signer's.
pub fn create_csca(
    options: &CscaOptions,
    signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, Error> {
    csca_template(options, signer, rng)?.sign(signer)
}

/// The self-signed test CSCA certificate before it is signed.
///
/// # Errors
/// [`Error::Misuse`] for a country that is not two ASCII letters.
pub fn csca_template(
    options: &CscaOptions,
    signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    let country = country(&options.country)?;
    let name = template::test_name(&country, &format!("TEST CSCA {country}"));
    let key = signer.public_key();
    let mut extensions = vec![
        Extension::authority_key(&template::key_identifier(key)),
        Extension::subject_key(key),
        Extension::key_usage(KEY_CERT_SIGN | CRL_SIGN),
        Extension::usage_period(options.not_before, options.usage_until),
        Extension::authority(),
    ];
    extensions.extend(Extension::alternative_names(&country));
    extensions.push(Extension::revocation_lists(&country));
    Ok(Template {
        serial: template::random_serial(rng),
        issuer: name.clone(),
        subject: name,
        not_before: options.not_before,
        not_after: options.not_after,
        spki: key.to_spki_der(),
        extensions,
    })
}

/// Makes a test document signer certificate, signed by the CSCA, with a random serial number.
///
/// # Errors
/// [`Error::Misuse`] for a name that a PrintableString cannot hold or a CSCA without country; the signer's.
pub fn create_document_signer(
    options: &DsOptions,
    ds_key: &VerifyingKey,
    csca: &Certificate,
    csca_signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, Error> {
    document_signer_template(options, ds_key, csca, rng)?.sign(csca_signer)
}

/// The test document signer certificate before it is signed.
///
/// # Errors
/// [`Error::Misuse`] for a name that a PrintableString cannot hold or a CSCA without country.
pub fn document_signer_template(
    options: &DsOptions,
    ds_key: &VerifyingKey,
    csca: &Certificate,
    rng: &mut dyn CryptoRng,
) -> Result<Template, Error> {
    if options.name.is_empty() || !template::is_printable(&options.name) {
        return Err(Error::Misuse {
            what: "signer name of letters, digits and simple marks",
            found: options.name.clone(),
        });
    }
    let country = match csca.subject().country() {
        Country::Letters(letters) => letters.iter().copied().map(char::from).collect::<String>(),
        Country::Malformed | Country::Absent => {
            return Err(Error::Misuse {
                what: "CSCA with a country",
                found: csca.subject().to_string(),
            });
        }
    };
    let authority = csca
        .subject_key_identifier()
        .map_or_else(|| Hash::Sha1.digest(csca.spki_der()), <[u8]>::to_vec);
    let mut extensions = vec![
        Extension::authority_key(&authority),
        Extension::subject_key(ds_key),
        Extension::key_usage(DIGITAL_SIGNATURE),
        Extension::usage_period(options.not_before, options.usage_until),
        Extension::document_types(&options.document_types),
    ];
    extensions.extend(Extension::alternative_names(&country));
    extensions.push(Extension::revocation_lists(&country));
    Ok(Template {
        serial: template::random_serial(rng),
        issuer: csca.subject().as_der().to_vec(),
        subject: template::test_name(&country, &options.name),
        not_before: options.not_before,
        not_after: options.not_after,
        spki: ds_key.to_spki_der(),
        extensions,
    })
}

/// What a whole demo PKI is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// Curve of the CSCA.
    pub csca_curve: Curve,
    /// Hash of the CSCA's signatures.
    pub csca_hash: Hash,
    /// Curve of the document signer.
    pub ds_curve: Curve,
    /// Hash of the document signer's signatures.
    pub ds_hash: Hash,
    /// Whether the certificates name the curves or describe them.
    pub form: ParameterForm,
    /// Document types that the signer may sign.
    pub document_types: Vec<String>,
}

impl Default for DemoOptions {
    /// CSCA on P-384 with SHA-384, signer on P-256 with SHA-256, named curves, types `ID` and `P`.
    fn default() -> Self {
        Self {
            csca_curve: Curve::P384,
            csca_hash: Hash::Sha384,
            ds_curve: Curve::P256,
            ds_hash: Hash::Sha256,
            form: ParameterForm::Named,
            document_types: vec!["ID".to_owned(), "P".to_owned()],
        }
    }
}

/// A whole test PKI with its private keys.
#[derive(Clone, Debug)]
pub struct DemoPki {
    /// The CSCA's private key.
    pub csca_key: PrivateKey,
    /// The CSCA certificate.
    pub csca: Certificate,
    /// The document signer's private key.
    pub ds_key: PrivateKey,
    /// The document signer certificate.
    pub ds: Certificate,
    /// What it was made of.
    pub options: DemoOptions,
}

impl DemoPki {
    /// Makes keys and certificates that are valid from one day before `at`.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a country that is not two ASCII letters.
    pub fn generate(
        country: &str,
        at: UnixTime,
        options: &DemoOptions,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        let csca_key = PrivateKey::generate(options.csca_curve, rng);
        let ds_key = PrivateKey::generate(options.ds_curve, rng);
        let from = at.plus_days(-1);
        let csca_signer = SoftSigner::new(csca_key.clone(), options.csca_hash, options.form);
        let csca = create_csca(&CscaOptions::new(country, from), &csca_signer, rng)?;
        let ds_options = DsOptions {
            document_types: options.document_types.clone(),
            ..DsOptions::new("TEST DS 01", from)
        };
        let ds = create_document_signer(
            &ds_options,
            &VerifyingKey::ec(ds_key.public(), options.form),
            &csca,
            &csca_signer,
            rng,
        )?;
        Ok(Self {
            csca_key,
            csca,
            ds_key,
            ds,
            options: options.clone(),
        })
    }

    /// The document signer, ready to sign.
    #[must_use]
    pub fn ds_signer(&self) -> SoftSigner {
        SoftSigner::new(self.ds_key.clone(), self.options.ds_hash, self.options.form)
    }

    /// The CSCA, ready to sign.
    #[must_use]
    pub fn csca_signer(&self) -> SoftSigner {
        SoftSigner::new(self.csca_key.clone(), self.options.csca_hash, self.options.form)
    }
}

fn country(text: &str) -> Result<String, Error> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err(Error::Misuse {
            what: "country of two letters",
            found: text.to_owned(),
        })
    }
}
