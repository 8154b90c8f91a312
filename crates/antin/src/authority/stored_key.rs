//! `NN.toml`: how a key signs, and where it lies.

use std::path::{Path, PathBuf};

use antin_crypto::{
    CryptoRng, Curve, PrivateKey, SecretBytes, SignatureAlgorithm, Signer, SoftSigner, VerifyingKey,
    decrypt_pkcs8_pem, encrypt_pkcs8_pem, is_encrypted_pkcs8,
};
use antin_trust::Certificate;
use serde::{Deserialize, Serialize};

use super::algorithm::is_rsa;
use super::{Problem, Spelling, algorithm_name, algorithm_of};
use crate::error::Error;
use crate::store::{read_bounded, read_secret};
#[cfg(feature = "pkcs11")]
use crate::token::{Token, TokenSigner};
use crate::token::{TokenUri, driver_of_file};

const SCHEMA: &str = "antin.signer/1";
const MAX_BYTES: u64 = 16 * 1024;
const MAX_KEY_BYTES: u64 = 64 * 1024;

/// Where a private key lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In an encrypted PKCS#8 file.
    File(PathBuf),
    /// In a token.
    Token(TokenUri),
}

/// What opens a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A password.
    Password,
    /// The PIN of a token, which somebody types.
    Pin,
    /// The PIN of a token, which stands in this file.
    PinFile(PathBuf),
    /// Nothing: the token asks by itself, or for nothing.
    None,
}

/// A key as it is described, not opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    path: PathBuf,
    algorithm: SignatureAlgorithm,
    place: KeyPlace,
    limit: Option<u64>,
    named_by: NamedBy,
}

/// Who named the driver of a token. A driver is code that runs with all that the user may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedBy {
    /// The user, on the command line.
    User,
    /// A file, which may come from anybody.
    DataFile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    algorithm: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<u64>,
}

impl StoredKey {
    /// Describes a key in this file.
    #[must_use]
    pub fn new(path: &Path, algorithm: SignatureAlgorithm, place: KeyPlace, limit: Option<u64>) -> Self {
        Self {
            path: path.to_owned(),
            algorithm,
            place,
            limit,
            named_by: NamedBy::User,
        }
    }

    /// Reads the description.
    ///
    /// # Errors
    /// [`Problem::Settings`], [`Error::Io`], [`Error::Token`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let wrong = |what: String| {
            Error::from(Problem::Settings {
                path: path.to_owned(),
                what,
            })
        };
        let bytes = read_bounded(path, MAX_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| wrong(error.to_string()))?;
        let file: File = toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
        if file.schema != SCHEMA {
            return Err(wrong(format!("schema is not {SCHEMA}")));
        }
        let algorithm =
            algorithm_of(&file.algorithm).map_err(|all| wrong(format!("algorithm is none of {all}")))?;
        let place = match crate::token::is_token_uri(&file.key) {
            true => KeyPlace::Token(TokenUri::parse(&file.key)?),
            false => {
                let name = Path::new(&file.key);
                if name.components().count() != 1 || name.file_name().is_none() {
                    return Err(wrong("key is no file beside it".to_owned()));
                }
                KeyPlace::File(path.with_file_name(name))
            }
        };
        Ok(Self {
            named_by: NamedBy::DataFile,
            ..Self::new(path, algorithm, place, file.documents)
        })
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = match &self.place {
            KeyPlace::File(path) => path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            KeyPlace::Token(uri) => uri.to_string(),
        };
        let file = File {
            schema: SCHEMA.to_owned(),
            algorithm: algorithm_name(self.algorithm),
            key,
            documents: self.limit,
        };
        toml::to_string(&file).unwrap_or_default()
    }

    /// How the key signs.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Where it lies.
    #[must_use]
    pub const fn place(&self) -> &KeyPlace {
        &self.place
    }

    /// How many documents it may sign, where there is a limit.
    #[must_use]
    pub const fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// What opens it.
    ///
    /// # Errors
    /// [`Error::Token`] if the token cannot be found, or its driver may not be loaded.
    pub fn lock(&self) -> Result<Lock, Error> {
        self.driver_is_allowed()?;
        match &self.place {
            KeyPlace::File(_) => Ok(Lock::Password),
            KeyPlace::Token(uri) => token_lock(uri),
        }
    }

    /// Opens the key that belongs to a certificate.
    ///
    /// # Errors
    /// [`Problem::WrongPassword`], [`Problem::KeyUnlike`], [`Problem::RsaOutsideToken`], [`Error::SignerKey`],
    /// [`Error::Token`], [`Error::Io`].
    pub fn open(&self, secret: Option<&SecretBytes>, certificate: &Certificate) -> Result<OpenedKey, Error> {
        let unlike = || {
            Error::from(Problem::KeyUnlike {
                path: self.path.clone(),
            })
        };
        self.driver_is_allowed()?;
        let certified = certificate.public_key().map_err(|_| unlike())?;
        let opened = match &self.place {
            KeyPlace::File(path) => OpenedKey::Soft(open_file(path, self.algorithm, &certified, secret)?),
            KeyPlace::Token(uri) => open_token(uri, self.algorithm, &certified, secret)?,
        };
        match opened.signer().public_key().is_same_key(&certified) {
            true => Ok(opened),
            false => Err(unlike()),
        }
    }

    fn driver_is_allowed(&self) -> Result<(), Error> {
        match (&self.place, self.named_by) {
            (KeyPlace::Token(uri), NamedBy::DataFile) => Ok(driver_of_file(uri.module())?),
            _ => Ok(()),
        }
    }
}

/// A key that can sign.
#[derive(Debug)]
pub enum OpenedKey {
    /// In memory.
    Soft(SoftSigner),
    /// In a token.
    #[cfg(feature = "pkcs11")]
    Token(Box<TokenSigner>),
}

impl OpenedKey {
    /// The signer.
    #[must_use]
    pub fn signer(&self) -> &dyn Signer {
        match self {
            Self::Soft(signer) => signer,
            #[cfg(feature = "pkcs11")]
            Self::Token(signer) => signer.as_ref(),
        }
    }

    /// Takes why the token failed, if it did: whoever asked it to sign knows only that it did not.
    #[must_use]
    pub fn take_failure(&self) -> Option<crate::token::TokenError> {
        match self {
            Self::Soft(_) => None,
            #[cfg(feature = "pkcs11")]
            Self::Token(signer) => signer.take_failure(),
        }
    }
}

/// A key that is made for a new certificate.
#[derive(Debug)]
pub struct NewKey {
    /// The key, ready to sign.
    pub key: OpenedKey,
    /// The encrypted file, for a key that is not in a token.
    pub file: Option<SecretBytes>,
}

impl NewKey {
    /// Draws a key on a curve and puts it under a password.
    ///
    /// # Errors
    /// [`Problem::RsaOutsideToken`]; [`Problem::ShortPassword`].
    pub fn in_file(
        curve: Curve,
        algorithm: SignatureAlgorithm,
        spelling: Spelling,
        password: &SecretBytes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        if is_rsa(algorithm) {
            return Err(Error::from(Problem::RsaOutsideToken));
        }
        let key = PrivateKey::generate(curve, rng);
        let file = encrypt_pkcs8_pem(&key.to_pkcs8_der(), password, rng).map_err(|error| match error {
            antin_crypto::Error::BadLength { found, .. } => Error::from(Problem::ShortPassword {
                found,
                needed: antin_crypto::MIN_PASSWORD_CHARS,
            }),
            other => Error::Signing(other.into()),
        })?;
        Ok(Self {
            key: OpenedKey::Soft(SoftSigner::new(key, algorithm.hash(), spelling.into())),
            file: Some(file),
        })
    }
}

fn open_file(
    path: &Path,
    algorithm: SignatureAlgorithm,
    certified: &VerifyingKey,
    secret: Option<&SecretBytes>,
) -> Result<SoftSigner, Error> {
    let bad = || Error::SignerKey {
        path: path.to_owned(),
    };
    if is_rsa(algorithm) || certified.curve().is_none() {
        return Err(Error::from(Problem::RsaOutsideToken));
    }
    let bytes = read_secret(path, MAX_KEY_BYTES)?;
    let text = std::str::from_utf8(bytes.expose()).map_err(|_| bad())?;
    if !is_encrypted_pkcs8(bytes.expose()) {
        return Err(bad());
    }
    let wrong = || {
        Error::from(Problem::WrongPassword {
            path: path.to_owned(),
        })
    };
    let der = decrypt_pkcs8_pem(text, secret.ok_or_else(wrong)?).map_err(|error| match error {
        antin_crypto::Error::WrongPassword => wrong(),
        _ => bad(),
    })?;
    let key = PrivateKey::from_pkcs8_der(der.expose()).map_err(|_| bad())?;
    let form = certified
        .parameter_form()
        .unwrap_or(antin_crypto::ParameterForm::Explicit);
    Ok(SoftSigner::new(key, algorithm.hash(), form))
}

#[cfg(feature = "pkcs11")]
fn token_lock(uri: &TokenUri) -> Result<Lock, Error> {
    let token = Token::find(uri)?;
    Ok(match uri.pin_source() {
        _ if !token.asks_for_pin() => Lock::None,
        Some(path) => Lock::PinFile(path.to_owned()),
        None => Lock::Pin,
    })
}

#[cfg(feature = "pkcs11")]
fn open_token(
    uri: &TokenUri,
    algorithm: SignatureAlgorithm,
    certified: &VerifyingKey,
    secret: Option<&SecretBytes>,
) -> Result<OpenedKey, Error> {
    let form = certified
        .parameter_form()
        .unwrap_or(antin_crypto::ParameterForm::Explicit);
    let signer = Token::find(uri)?.open_signer(secret, algorithm, form)?;
    Ok(OpenedKey::Token(Box::new(signer)))
}

#[cfg(not(feature = "pkcs11"))]
fn token_lock(uri: &TokenUri) -> Result<Lock, Error> {
    Err(no_tokens(uri))
}

#[cfg(not(feature = "pkcs11"))]
fn open_token(
    uri: &TokenUri,
    _: SignatureAlgorithm,
    _: &VerifyingKey,
    _: Option<&SecretBytes>,
) -> Result<OpenedKey, Error> {
    Err(no_tokens(uri))
}

#[cfg(not(feature = "pkcs11"))]
fn no_tokens(uri: &TokenUri) -> Error {
    Error::Token(crate::token::TokenError::Module {
        path: uri.module().to_owned(),
        what: "built without the feature pkcs11".to_owned(),
    })
}
