//! The station that signs an evidence file: it vouches for the time, for the trust, and for what no signature of the chip
//! proves.

use std::path::Path;

use antin_crypto::{Hash, ParameterForm, fastest_verifier};
use antin_crypto::{PrivateKey, PublicKey, SignatureAlgorithm, Signer, SoftSigner, Verifier, VerifyingKey};
use antin_trust::Certificate;
use serde::{Deserialize, Serialize};

use super::wrong;
use crate::error::Error;
use crate::store::{read_bounded, read_secret};

/// No file with one key is larger.
const MAX_KEY_BYTES: u64 = 64 * 1024;

/// The signature of a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) key: VerifyingKey,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) signature: Vec<u8>,
}

/// As it stands in the first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealText {
    /// SubjectPublicKeyInfo, DER in hex.
    key: String,
    /// AlgorithmIdentifier, DER in hex.
    algorithm: String,
    /// Over the second line with its line feed, in hex.
    signature: String,
}

impl Seal {
    /// Signs the second line.
    pub(super) fn make(signer: &dyn Signer, line: &[u8]) -> Result<Self, antin_crypto::Error> {
        let seal = Self {
            key: signer.public_key().clone(),
            algorithm: signer.algorithm(),
            signature: signer.sign(line)?,
        };
        seal.verify(line)?;
        Ok(seal)
    }

    pub(super) fn verify(&self, line: &[u8]) -> Result<(), antin_crypto::Error> {
        let verifier: &dyn Verifier = fastest_verifier();
        verifier.verify(self.algorithm, &self.key, line, &self.signature)
    }

    pub(super) fn emit(&self) -> SealText {
        SealText {
            key: hex::encode(self.key.to_spki_der()),
            algorithm: hex::encode(self.algorithm.to_der()),
            signature: hex::encode(&self.signature),
        }
    }

    pub(super) fn parse(text: &SealText, path: &Path) -> Result<Self, Error> {
        let bytes = |text: &str| hex::decode(text).map_err(|problem| wrong(path, problem));
        let key = VerifyingKey::from_spki_der(&bytes(&text.key)?);
        let algorithm = SignatureAlgorithm::from_der(&bytes(&text.algorithm)?);
        Ok(Self {
            key: key.map_err(|problem| wrong(path, format!("station: {problem}")))?,
            algorithm: algorithm.map_err(|problem| wrong(path, format!("station: {problem}")))?,
            signature: bytes(&text.signature)?,
        })
    }
}

/// Loads the private key of a station: unencrypted PKCS#8, PEM or DER, on an elliptic curve, in a file that only its owner may
/// read.
///
/// # Errors
///
/// [`Error::SignerKey`], [`Error::KeySet`] for a file that others may read; [`Error::Io`], [`Error::TooLarge`].
pub fn load_station_key(path: &Path) -> Result<SoftSigner, Error> {
    let bytes = read_secret(path, MAX_KEY_BYTES)?;
    let key = match std::str::from_utf8(bytes.expose()) {
        Ok(text) if text.contains("-----BEGIN ") => PrivateKey::from_pkcs8_pem(text),
        _ => PrivateKey::from_pkcs8_der(bytes.expose()),
    };
    let key = key.map_err(|_| Error::SignerKey {
        path: path.to_owned(),
    })?;
    let hash = match key.curve().order_len() {
        0..=32 => Hash::Sha256,
        33..=48 => Hash::Sha384,
        _ => Hash::Sha512,
    };
    Ok(SoftSigner::new(key, hash, ParameterForm::Named))
}

/// Loads the public key of a station: a SubjectPublicKeyInfo or a certificate, PEM or DER. Of a certificate nothing but the key
/// counts: whoever names the file trusts the station.
///
/// # Errors
///
/// [`Error::StationKey`]; [`Error::Io`], [`Error::TooLarge`].
pub fn load_station(path: &Path) -> Result<VerifyingKey, Error> {
    let bytes = read_bounded(path, MAX_KEY_BYTES)?;
    let certified = || Certificate::from_bytes(&bytes).ok()?.public_key().ok();
    let bare = || VerifyingKey::from_spki_der(&bytes).ok();
    let pem = || {
        let (key, form) = PublicKey::from_spki_pem(std::str::from_utf8(&bytes).ok()?).ok()?;
        Some(VerifyingKey::ec(key, form))
    };
    certified()
        .or_else(bare)
        .or_else(pem)
        .ok_or_else(|| Error::StationKey {
            path: path.to_owned(),
        })
}
