//! `authority.toml`: what every certificate of an authority repeats.

use std::path::{Path, PathBuf};

use antin_crypto::ParameterForm;
use antin_trust::pki::profile::Place;
use antin_trust::pki::{Contact, CrlPlaces, Subject};
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::error::Error;
use crate::store::read_bounded;

/// The name and version of the file's form.
const SCHEMA: &str = "antin.authority/1";
const FILE: &str = "authority.toml";
const MAX_BYTES: u64 = 64 * 1024;

/// How keys on curves state their curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spelling {
    /// By all domain parameters, as ICAO 9303-12 §4.1.6.3 asks.
    #[default]
    Explicit,
    /// By the curve's name.
    Named,
}

impl From<Spelling> for ParameterForm {
    fn from(spelling: Spelling) -> Self {
        match spelling {
            Spelling::Explicit => Self::Explicit,
            Spelling::Named => Self::Named,
        }
    }
}

/// What an authority is called, where it is reached, and who must agree to what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    schema: String,
    /// ISO 3166-1 alpha-2, two capital letters.
    pub country: String,
    /// Who stands behind it; for a test authority the words that say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Which part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The issuer's code in the MRZ.
    pub mrz_code: String,
    /// The issuer's three-letter code where that of the MRZ does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// A mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// An address on the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Where its CRL is published.
    pub crl: Vec<String>,
    /// How its certificates state their curves.
    #[serde(default)]
    pub parameters: Spelling,
    /// How many operators besides the one at the keyboard must approve a ceremony.
    #[serde(default)]
    pub approvals: u8,
    /// The certificates of the operators who may, files in the folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<PathBuf>,
}

impl Settings {
    /// The least that an authority states.
    #[must_use]
    pub fn new(country: &str, mrz_code: &str, crl: Vec<String>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            country: country.to_ascii_uppercase(),
            organization: None,
            unit: None,
            mrz_code: mrz_code.to_owned(),
            state: None,
            mail: None,
            uri: None,
            crl,
            parameters: Spelling::Explicit,
            approvals: 0,
            operators: Vec::new(),
        }
    }

    /// Where the file lies in a folder.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// Whether a folder is an authority's.
    #[must_use]
    pub fn are_in(folder: &Path) -> bool {
        Self::path(folder).is_file()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Problem::NoAuthority`], [`Problem::Settings`], [`Error::Io`].
    pub fn load(folder: &Path) -> Result<Self, Error> {
        Self::load_with_hash(folder).map(|(settings, _)| settings)
    }

    /// The same with SHA-256 of the bytes that were read, in hex.
    pub(super) fn load_with_hash(folder: &Path) -> Result<(Self, String), Error> {
        let path = Self::path(folder);
        if !path.is_file() {
            return Err(Error::from(Problem::NoAuthority {
                path: folder.to_owned(),
            }));
        }
        let bytes = read_bounded(&path, MAX_BYTES)?;
        let wrong = |what: String| {
            Error::from(Problem::Settings {
                path: path.clone(),
                what,
            })
        };
        let text = std::str::from_utf8(&bytes).map_err(|error| wrong(error.to_string()))?;
        let settings: Self = toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
        if settings.schema != SCHEMA {
            return Err(wrong(format!("schema is not {SCHEMA}")));
        }
        settings.place().map_err(|error| wrong(error.to_string()))?;
        settings.subject("x").map_err(|error| wrong(error.to_string()))?;
        let outside =
            |path: &PathBuf| path.is_absolute() || path.components().any(|part| part.as_os_str() == "..");
        if settings.operators.iter().any(outside) {
            return Err(wrong("operators lie in the folder itself".to_owned()));
        }
        Ok((settings, super::plan::sha256(&bytes)))
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text = toml::to_string(self).unwrap_or_default();
        format!(
            "# What every certificate of this authority repeats. Certificates that exist do not change with it.\n{text}"
        )
    }

    /// A name in this authority.
    ///
    /// # Errors
    /// As [`Subject::new`].
    pub fn subject(&self, common_name: &str) -> Result<Subject, antin_trust::Error> {
        let mut subject = Subject::new(&self.country, common_name)?;
        if let Some(organization) = &self.organization {
            subject = subject.with_organization(organization)?;
        }
        match &self.unit {
            Some(unit) => subject.with_unit(unit),
            None => Ok(subject),
        }
    }

    /// What all certificates have in common.
    ///
    /// # Errors
    /// As [`Contact::new`] and [`CrlPlaces::new`].
    pub fn place(&self) -> Result<Place, antin_trust::Error> {
        let mut contact = Contact::new(&self.mrz_code)?;
        if let Some(code) = &self.state {
            contact = contact.with_state(code)?;
        }
        if let Some(mail) = &self.mail {
            contact = contact.with_mail(mail)?;
        }
        if let Some(uri) = &self.uri {
            contact = contact.with_uri(uri)?;
        }
        Ok(Place {
            contact,
            crl: CrlPlaces::new(self.crl.iter().map(String::as_str))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            mail: Some("csca@example.org".to_owned()),
            approvals: 1,
            operators: vec![PathBuf::from("operators/01.pem")],
            ..Settings::new("ut", "UTO", vec!["https://example.org/x.crl".to_owned()])
        }
    }

    fn load(text: &str) -> Result<Settings, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(Settings::path(folder.path()), text).expect("it is written");
        Settings::load(folder.path())
    }

    #[test]
    fn settings_come_back_as_they_went() {
        assert_eq!(load(&settings().to_text()), Ok(settings()));
    }

    #[test]
    fn a_fault_is_named_and_nothing_is_passed_over() {
        let good = settings().to_text();
        for (old, new) in [
            ("antin.authority/1", "antin.authority/2"),
            ("UTO", "Utopia"),
            ("https:", "ftp:"),
            ("mail", "e-mail"),
            ("operators/01.pem", "../01.pem"),
            ("operators/01.pem", "/etc/01.pem"),
            ("\"UT\"", "\"U1\""),
        ] {
            assert!(load(&good.replace(old, new)).is_err(), "{new}");
        }
        let empty = tempfile::tempdir().expect("a folder");
        assert!(matches!(
            Settings::load(empty.path()),
            Err(Error::Authority(Problem::NoAuthority { .. }))
        ));
    }
}
