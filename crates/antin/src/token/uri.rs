//! Where keys lie in a token: a PKCS #11 URI (RFC 7512).
//!
//! ```text
//! pkcs11:token=blanks;object=batch7?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin
//!        |                          |                                            |
//!        which token, which keys    the driver of the token                      where its PIN stands, if not typed
//! ```
//! Octets other than letters, digits and a few marks are written `%20`. What is not understood is refused, not ignored: an
//! attribute that was meant to choose a token must not be passed over.

use std::path::{Path, PathBuf};

use super::TokenError;

/// Says whether a text means a token.
#[must_use]
pub fn is_token_uri(text: &str) -> bool {
    text.get(..SCHEME.len())
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
}

/// A PKCS #11 URI that names a driver, a token and the keys in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUri {
    text: String,
    module: PathBuf,
    object: String,
    token: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    serial: Option<String>,
    pin_source: Option<PathBuf>,
    key_version: u8,
}

impl TokenUri {
    /// Reads a URI. The path attributes `token`, `manufacturer`, `model`, `serial` choose the token and `object` the keys;
    /// the query attributes are `module-path`, `pin-source` (a path, bare or behind `file:`) and `key-version` (0 to 127,
    /// our own: the version number of the keys on the chip, 0 for those that the chip has first).
    ///
    /// # Errors
    ///
    /// [`TokenError::PinInUri`] for `pin-value`, whatever follows it; [`TokenError::Uri`] for anything else that is not as
    /// described.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let wrong = |what: &str| TokenError::Uri {
            what: what.to_owned(),
        };
        if text.len() > MAX_LEN {
            return Err(wrong("longer than 4096 bytes"));
        }
        if !is_token_uri(text) {
            return Err(wrong("it does not begin with pkcs11:"));
        }
        let rest = text.get(SCHEME.len()..).unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut path = Attributes::read(path, ';')?;
        let mut query = Attributes::read(query, '&')?;
        if query.take("pin-value").is_some() || path.take("pin-value").is_some() {
            return Err(TokenError::PinInUri);
        }
        let key_version = match query.take("key-version") {
            None => 0,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|version| *version <= MAX_KEY_VERSION)
                .ok_or_else(|| wrong("key-version is not 0 to 127"))?,
        };
        let known = ["secret-key", "private"];
        if path
            .take("type")
            .is_some_and(|kind| !known.contains(&kind.as_str()))
        {
            return Err(wrong("type is neither secret-key nor private"));
        }
        let uri = Self {
            text: text.to_owned(),
            module: query
                .take("module-path")
                .map(PathBuf::from)
                .filter(|module| module.is_absolute())
                .ok_or_else(|| wrong("module-path=/path/of/the/driver.so is missing"))?,
            object: path
                .take("object")
                .filter(|object| !object.is_empty())
                .ok_or_else(|| wrong("object=NAME is missing"))?,
            token: path.take("token"),
            manufacturer: path.take("manufacturer"),
            model: path.take("model"),
            serial: path.take("serial"),
            pin_source: query
                .take("pin-source")
                .map(|source| pin_path(&source))
                .transpose()?,
            key_version,
        };
        path.end()?;
        query.end()?;
        Ok(uri)
    }

    /// Returns the driver of the token.
    #[must_use]
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// Returns the name that the labels of the keys begin with.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// Returns the file with the PIN, where the URI names one.
    #[must_use]
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }

    /// Returns the version number of the keys on the chip.
    #[must_use]
    pub fn key_version(&self) -> u8 {
        self.key_version
    }

    /// Says whether a token of these names is meant; what the URI leaves out may be anything.
    #[must_use]
    pub fn means(&self, label: &str, manufacturer: &str, model: &str, serial: &str) -> bool {
        let fits = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|name| name == found);
        fits(&self.token, label)
            && fits(&self.manufacturer, manufacturer)
            && fits(&self.model, model)
            && fits(&self.serial, serial)
    }
}

impl core::fmt::Display for TokenUri {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The attributes of one half, decoded; each can be taken once.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn read(half: &str, separator: char) -> Result<Self, TokenError> {
        let mut found = Vec::<(String, String)>::new();
        for pair in half.split(separator).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| TokenError::Uri {
                what: "an attribute without =".to_owned(),
            })?;
            if found.iter().any(|(known, _)| known == name) {
                return Err(TokenError::Uri {
                    what: format!("{name} stands twice"),
                });
            }
            let value = decode(value).ok_or_else(|| TokenError::Uri {
                what: format!("the value of {name} is badly encoded"),
            })?;
            found.push((name.to_owned(), value));
        }
        Ok(Self(found))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Refuses what nobody took.
    fn end(self) -> Result<(), TokenError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(TokenError::Uri {
                what: format!("{name} is not supported"),
            }),
        }
    }
}

/// Takes `%20` for a space; `None` for what is no octet or no UTF-8, and for control characters.
fn decode(value: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut octets = value.bytes();
    while let Some(octet) = octets.next() {
        decoded.push(match octet {
            b'%' => {
                let digits = [octets.next()?, octets.next()?];
                let [octet] = hex::decode(digits).ok()?.try_into().ok()?;
                octet
            }
            _ => octet,
        });
    }
    String::from_utf8(decoded)
        .ok()
        .filter(|text| !text.chars().any(char::is_control))
}

/// The path of `pin-source`: bare, `file:/path` or `file:///path`.
fn pin_path(source: &str) -> Result<PathBuf, TokenError> {
    let path = source.strip_prefix("file:").unwrap_or(source);
    let path = path
        .strip_prefix("//")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    // Others start programs for `|command` or fetch `https:`.
    if path.is_empty() || path.starts_with("//") || source.starts_with('|') || path.contains("://") {
        return Err(TokenError::Uri {
            what: "pin-source is no file".to_owned(),
        });
    }
    Ok(PathBuf::from(path))
}

const SCHEME: &str = "pkcs11:";
/// Longer than any path and every name that a token can have.
const MAX_LEN: usize = 4096;
/// Highest key version number of GlobalPlatform.
const MAX_KEY_VERSION: u8 = 0x7F;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODULE: &str = "module-path=/usr/lib/softhsm/libsofthsm2.so";

    fn refused(text: &str) -> String {
        TokenUri::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn a_token_its_keys_and_its_driver_are_named() {
        let uri = format!(
            "pkcs11:token=Blank%20keys;object=batch7?{MODULE}&pin-source=file:/run/pin&key-version=48"
        );
        let uri = TokenUri::parse(&uri).expect("a URI");
        assert_eq!(uri.module(), Path::new("/usr/lib/softhsm/libsofthsm2.so"));
        assert_eq!((uri.object(), uri.key_version()), ("batch7", 48));
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        assert!(uri.means("Blank keys", "anybody", "any", "1"));
        assert!(!uri.means("Blank", "anybody", "any", "1"));
    }

    #[test]
    fn what_the_uri_leaves_out_may_be_anything() {
        let uri = TokenUri::parse(&format!("PKCS11:serial=12;object=k?{MODULE}")).expect("a URI");
        assert!(uri.means("a", "b", "c", "12") && !uri.means("a", "b", "c", "13"));
        assert_eq!((uri.pin_source(), uri.key_version()), (None, 0));
    }

    #[test]
    fn a_pin_file_has_three_spellings_and_nothing_else_is_a_file() {
        let of = |source: &str| TokenUri::parse(&format!("pkcs11:object=k?{MODULE}&pin-source={source}"));
        for right in [
            "/run/pin",
            "file:/run/pin",
            "file:///run/pin",
            "file:%2Frun%2Fpin",
        ] {
            assert_eq!(
                of(right).expect(right).pin_source(),
                Some(Path::new("/run/pin")),
                "{right}"
            );
        }
        for wrong in ["|cat", "https://host/pin", "file://host/pin", ""] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pin_in_the_uri_is_refused_before_anything_else_and_not_repeated() {
        for uri in [
            format!("pkcs11:object=k?{MODULE}&pin-value=271828"),
            "pkcs11:pin-value=271828;nonsense=1".to_owned(),
        ] {
            let error = TokenUri::parse(&uri).expect_err("a PIN");
            assert_eq!(error, TokenError::PinInUri);
            assert!(!format!("{error} {error:?}").contains("271828"));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        assert!(refused("keys.toml").contains("pkcs11:"));
        assert!(refused("pkcs11:object=k").contains("module-path"));
        assert!(refused("pkcs11:object=k?module-path=driver.so").contains("module-path"));
        assert!(refused(&format!("pkcs11:token=t?{MODULE}")).contains("object"));
        assert!(refused(&format!("pkcs11:object=k;object=l?{MODULE}")).contains("object stands twice"));
        assert!(refused(&format!("pkcs11:object=k;id=%01?{MODULE}")).contains("id"));
        assert!(refused(&format!("pkcs11:object=k;slot-id=1?{MODULE}")).contains("slot-id"));
        assert!(refused(&format!("pkcs11:object=k;type=cert?{MODULE}")).contains("type"));
        assert!(TokenUri::parse(&format!("pkcs11:object=k;type=private?{MODULE}")).is_ok());
        assert!(refused(&format!("pkcs11:object=k;token?{MODULE}")).contains("without ="));
        for version in ["128", "-1", "", "x"] {
            assert!(
                refused(&format!("pkcs11:object=k?{MODULE}&key-version={version}")).contains("key-version")
            );
        }
        for value in ["%", "%2", "%zz", "%ff", "%00", "%0a"] {
            assert!(
                refused(&format!("pkcs11:object={value}?{MODULE}")).contains("badly encoded"),
                "{value}"
            );
        }
        assert!(refused(&format!("pkcs11:object={}?{MODULE}", "k".repeat(MAX_LEN))).contains("4096"));
    }

    proptest! {
        #[test]
        fn no_text_brings_the_reader_down(text in "(pkcs11:)?[a-z=;?&%0-9/:-]{0,80}") {
            if let Ok(uri) = TokenUri::parse(&text) {
                prop_assert_eq!(TokenUri::parse(&uri.to_string()), Ok(uri));
            }
        }
    }
}
