//! Names as ICAO 9303-12 §7.1.1.1 asks, and what tells where an authority can be reached.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{
    COMMON_NAME, COUNTRY_NAME, LOCALITY_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME,
    STATE_OR_PROVINCE_NAME,
};

use super::TEST_ORGANISATION;
use super::template::is_printable;
use crate::asn1::{PRINTABLE_STRING, SET, UTF8_STRING, explicit, implicit, write};
use crate::certificate::Name;
use crate::error::Error;

/// The longest text in a name (RFC 5280 appendix A.1: ub-common-name, ub-organization-name).
const MAX_TEXT: usize = 64;

/// The name of an authority or a signer: country, common name and, where given, who stands behind it.
///
/// ICAO 9303-12 §7.1.1.1.1: countryName and commonName are there, the country in capital letters; texts are PrintableString,
/// or UTF8String where they hold other letters (table 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    country: String,
    organization: Option<String>,
    unit: Option<String>,
    common_name: String,
}

impl Subject {
    /// A name of two letters and a common name.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a country that is not two ASCII letters, for a text that is empty, longer than 64 characters or
    /// holds control characters.
    pub fn new(country: &str, common_name: &str) -> Result<Self, Error> {
        Ok(Self {
            country: super::country(country)?,
            organization: None,
            unit: None,
            common_name: text("common name of 1 to 64 characters", common_name)?,
        })
    }

    /// The name of something that may never sign for a real document.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn test(country: &str, common_name: &str) -> Result<Self, Error> {
        Self::new(country, common_name)?.with_organization(TEST_ORGANISATION)
    }

    /// Adds who stands behind it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_organization(mut self, organization: &str) -> Result<Self, Error> {
        self.organization = Some(text("organization of 1 to 64 characters", organization)?);
        Ok(self)
    }

    /// Adds which part of it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_unit(mut self, unit: &str) -> Result<Self, Error> {
        self.unit = Some(text("organizational unit of 1 to 64 characters", unit)?);
        Ok(self)
    }

    /// The two letters of the country.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The name as it stands in certificates.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let parts = [
            (COUNTRY_NAME, Some(&self.country)),
            (ORGANIZATION_NAME, self.organization.as_ref()),
            (ORGANIZATIONAL_UNIT_NAME, self.unit.as_ref()),
            (COMMON_NAME, Some(&self.common_name)),
        ];
        let parts: Vec<Vec<u8>> = parts
            .into_iter()
            .filter_map(|(kind, value)| value.map(|value| attribute(kind, value)))
            .collect();
        write::sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

/// Whether a name is one of those that say TEST: nothing that they sign is for issuance.
#[must_use]
pub fn is_test_name(name: &Name) -> bool {
    name.has_organisation(TEST_ORGANISATION)
}

/// Where an authority or signer is reached, and which code its documents carry: the alternative names.
///
/// ICAO 9303-12 §7.1.1.2: at least one of mail, host and address; and a directory name of localityName, the code of the MRZ,
/// with stateOrProvinceName where that code alone does not tell the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    mail: Option<String>,
    uri: Option<String>,
    mrz_code: String,
    state: Option<String>,
}

impl Contact {
    /// The code of the issuer as it appears in the MRZ, one to three letters.
    ///
    /// # Errors
    /// [`Error::Misuse`] for anything else.
    pub fn new(mrz_code: &str) -> Result<Self, Error> {
        let fits =
            (1..=3).contains(&mrz_code.len()) && mrz_code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !fits {
            return Err(Error::Misuse {
                what: "MRZ code of one to three capital letters",
                found: mrz_code.to_owned(),
            });
        }
        Ok(Self {
            mail: None,
            uri: None,
            mrz_code: mrz_code.to_owned(),
            state: None,
        })
    }

    /// Adds a mail address.
    ///
    /// # Errors
    /// [`Error::Misuse`] if it has no `@` or characters that an address cannot have.
    pub fn with_mail(mut self, mail: &str) -> Result<Self, Error> {
        if !mail.contains('@') {
            return Err(Error::Misuse {
                what: "mail address",
                found: mail.to_owned(),
            });
        }
        self.mail = Some(ia5("mail address", mail)?);
        Ok(self)
    }

    /// Adds an address on the network.
    ///
    /// # Errors
    /// [`Error::Misuse`] if it has no scheme or characters that an address cannot have.
    pub fn with_uri(mut self, uri: &str) -> Result<Self, Error> {
        self.uri = Some(address("address with a scheme", uri, &[])?);
        Ok(self)
    }

    /// Adds the three-letter code that tells the issuer where the code of the MRZ does not.
    ///
    /// # Errors
    /// [`Error::Misuse`] for anything but three capital letters.
    pub fn with_state(mut self, code: &str) -> Result<Self, Error> {
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::Misuse {
                what: "issuer's code of three capital letters",
                found: code.to_owned(),
            });
        }
        self.state = Some(code.to_owned());
        Ok(self)
    }

    /// The code of the MRZ.
    #[must_use]
    pub fn mrz_code(&self) -> &str {
        &self.mrz_code
    }

    /// The GeneralNames of both alternative names.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let mut names = Vec::new();
        if let Some(mail) = &self.mail {
            names.push(write::object(implicit(1), &[mail.as_bytes()]));
        }
        if let Some(uri) = &self.uri {
            names.push(write::object(implicit(6), &[uri.as_bytes()]));
        }
        let mut directory = vec![attribute(LOCALITY_NAME, &self.mrz_code)];
        directory.extend(
            self.state
                .as_deref()
                .map(|code| attribute(STATE_OR_PROVINCE_NAME, code)),
        );
        let directory = write::sequence(&directory.iter().map(Vec::as_slice).collect::<Vec<_>>());
        names.push(write::object(explicit(4), &[&directory]));
        write::sequence(&names.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

/// The places where an authority publishes its CRL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlPlaces(Vec<String>);

impl CrlPlaces {
    /// Takes at least one address.
    ///
    /// # Errors
    /// [`Error::Misuse`] for none, and for one that is not `ldap:`, `http:` or `https:` (ICAO 9303-12 table 6).
    pub fn new<'a>(places: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let what = "CRL address with ldap, http or https";
        let places: Vec<String> = places
            .into_iter()
            .map(|place| address(what, place, &["ldap:", "http:", "https:"]))
            .collect::<Result<_, _>>()?;
        if places.is_empty() {
            return Err(Error::Misuse {
                what,
                found: "none".to_owned(),
            });
        }
        Ok(Self(places))
    }

    /// The two places of the ICAO PKD for a three-letter code (ICAO 9303-12 §7.1.1.4).
    ///
    /// # Errors
    /// [`Error::Misuse`] for a code of anything but capital letters and one `_`.
    pub fn icao_pkd(code: &str) -> Result<Self, Error> {
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
            return Err(Error::Misuse {
                what: "code of the ICAO PKD",
                found: code.to_owned(),
            });
        }
        let place = |n: u8| format!("https://pkddownload{n}.icao.int/CRLs/{code}.crl");
        Self::new([place(1).as_str(), place(2).as_str()])
    }

    /// The addresses.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// CRLDistributionPoints, one point with every address.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let points: Vec<Vec<u8>> = self
            .0
            .iter()
            .map(|place| {
                let full_name =
                    write::object(explicit(0), &[&write::object(implicit(6), &[place.as_bytes()])]);
                write::sequence(&[&write::object(explicit(0), &[&full_name])])
            })
            .collect();
        write::sequence(&points.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

fn attribute(kind: ObjectIdentifier, value: &str) -> Vec<u8> {
    let tag = if is_printable(value) {
        PRINTABLE_STRING
    } else {
        UTF8_STRING
    };
    let value = write::object(tag, &[value.as_bytes()]);
    write::object(SET, &[&write::sequence(&[&write::oid(&kind), &value])])
}

fn text(what: &'static str, value: &str) -> Result<String, Error> {
    let fits = (1..=MAX_TEXT).contains(&value.chars().count())
        && !value.chars().any(char::is_control)
        && value.trim() == value;
    match fits {
        true => Ok(value.to_owned()),
        false => Err(Error::Misuse {
            what,
            found: value.escape_debug().to_string(),
        }),
    }
}

fn ia5(what: &'static str, value: &str) -> Result<String, Error> {
    match !value.is_empty() && value.len() <= 256 && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(value.to_owned()),
        false => Err(Error::Misuse {
            what,
            found: value.escape_debug().to_string(),
        }),
    }
}

fn address(what: &'static str, value: &str, schemes: &[&str]) -> Result<String, Error> {
    let known = schemes.iter().any(|scheme| value.starts_with(scheme));
    let any = schemes.is_empty()
        && value.split_once(':').is_some_and(|(scheme, rest)| {
            !scheme.is_empty() && !rest.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if known || any {
        return ia5(what, value);
    }
    Err(Error::Misuse {
        what,
        found: value.escape_debug().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_letters_and_its_country_in_capitals() {
        let subject = Subject::new("vn", "CSCA Việt Nam")
            .and_then(|name| name.with_organization("Bo Cong an"))
            .expect("a name");
        let name = Name::parse(&subject.to_der()).expect("DER");
        assert_eq!(name.to_string(), "C=VN, O=Bo Cong an, CN=CSCA Việt Nam");
        assert!(!is_test_name(&name));
    }

    #[test]
    fn a_test_name_is_known_by_its_organisation() {
        let name = Subject::test("UT", "TEST CSCA").expect("a name").to_der();
        assert!(is_test_name(&Name::parse(&name).expect("DER")));
    }

    #[test]
    fn names_that_cannot_stand_in_a_certificate_are_refused() {
        let long = "x".repeat(65);
        for wrong in ["", " x", "a\nb", long.as_str()] {
            assert!(Subject::new("UT", wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["", "U", "UTO", "U1"] {
            assert!(Subject::new(wrong, "x").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn addresses_need_their_schemes() {
        assert!(CrlPlaces::new(["https://a.example/x.crl", "ldap://b.example/cn=x"]).is_ok());
        assert!(CrlPlaces::new(["ftp://a.example/x.crl"]).is_err());
        assert!(CrlPlaces::new([]).is_err());
        assert!(CrlPlaces::icao_pkd("CHN_HKG").is_ok());
        assert!(CrlPlaces::icao_pkd("../x").is_err());
        let contact = || Contact::new("UTO").expect("a code");
        assert!(contact().with_mail("csca@example.org").is_ok());
        assert!(contact().with_mail("csca").is_err());
        assert!(contact().with_uri("https://example.org").is_ok());
        assert!(contact().with_uri("example").is_err());
        assert!(Contact::new("UTOP").is_err() && Contact::new("d").is_err() && Contact::new("D").is_ok());
    }
}
