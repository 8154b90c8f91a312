//! Private keys under a password: PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 §3) with PBES2 (RFC 8018 §6.2).
//!
//! Written with scrypt (N = 2^14, r = 8, p = 1) and AES-256-CBC, which OpenSSL 3 reads; read with scrypt or PBKDF2 and AES
//! in CBC or GCM mode. Whoever wrote a file chose how much work it takes to open it, so that work is bounded.

use der::Decode;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{self, Kdf};
use rand_core::CryptoRng;

use super::pem;
use crate::{Error, SecretBytes};

/// The fewest characters of a password for a new key.
pub const MIN_PASSWORD_CHARS: usize = 12;

/// Encrypts a private key, PKCS#8 in DER, under a password; the result is PEM with the label `ENCRYPTED PRIVATE KEY`.
///
/// # Errors
/// [`Error::Malformed`] if the bytes are no PKCS#8 key; [`Error::BadLength`] for a password of fewer than
/// [`MIN_PASSWORD_CHARS`] characters.
pub fn encrypt_pkcs8_pem(
    key: &SecretBytes,
    password: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> Result<SecretBytes, Error> {
    let chars = core::str::from_utf8(password.expose()).map_or(password.len(), |text| text.chars().count());
    if chars < MIN_PASSWORD_CHARS {
        return Err(Error::BadLength {
            what: "password",
            found: chars,
        });
    }
    let plain = pkcs8::PrivateKeyInfoRef::from_der(key.expose()).map_err(|_| MALFORMED)?;
    let mut rng = rng;
    let encrypted = plain
        .encrypt_with_rng(&mut rng, password.expose())
        .map_err(|_| MALFORMED)?;
    Ok(pem::encode(
        LABEL,
        &SecretBytes::new(encrypted.as_bytes().to_vec()),
    ))
}

/// Whether a file holds a private key under a password, by its PEM label.
#[must_use]
pub fn is_encrypted_pkcs8(bytes: &[u8]) -> bool {
    let begin = format!("-----BEGIN {LABEL}-----");
    bytes
        .windows(begin.len())
        .any(|window| window == begin.as_bytes())
}

/// Decrypts a private key from PEM with the label `ENCRYPTED PRIVATE KEY`; the result is PKCS#8 in DER.
///
/// # Errors
/// [`Error::WrongPassword`] if the password does not open it; [`Error::Malformed`] if the text is not such a key;
/// [`Error::AlgorithmUnknown`] for another encryption than PBES2; [`Error::TooMuchWork`] for a derivation that would
/// take more memory or time than any honest one.
pub fn decrypt_pkcs8_pem(text: &str, password: &SecretBytes) -> Result<SecretBytes, Error> {
    let der = pem::decode(text, LABEL, MALFORMED)?;
    let encrypted = EncryptedPrivateKeyInfoRef::from_der(der.expose()).map_err(|_| MALFORMED)?;
    let EncryptionScheme::Pbes2(parameters) = &encrypted.encryption_algorithm else {
        return Err(Error::AlgorithmUnknown {
            oid: encrypted.encryption_algorithm.oid(),
        });
    };
    bounded(parameters)?;
    let plain = encrypted
        .decrypt(password.expose())
        .map_err(|_| Error::WrongPassword)?;
    // CBC without a code: a wrong password may still end in the right padding, but not in a key.
    pkcs8::PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| Error::WrongPassword)?;
    Ok(SecretBytes::new(plain.as_bytes().to_vec()))
}

fn bounded(parameters: &pbes2::Parameters) -> Result<(), Error> {
    let honest = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MAX_ITERATIONS,
        Kdf::Scrypt(scrypt) => {
            let memory = scrypt
                .cost_parameter
                .saturating_mul(u64::from(scrypt.block_size))
                .saturating_mul(128);
            memory <= MAX_SCRYPT_BYTES && scrypt.parallelization <= MAX_PARALLEL
        }
        _ => false,
    };
    match honest {
        true => Ok(()),
        false => Err(Error::TooMuchWork {
            what: "key derivation",
        }),
    }
}

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

const MALFORMED: Error = Error::Malformed {
    what: "encrypted private key",
};

/// Sixteen times what is recommended for PBKDF2 with SHA-256 today.
const MAX_ITERATIONS: u32 = 10_000_000;
/// Eight times what is written here.
const MAX_SCRYPT_BYTES: u64 = 128 * 1024 * 1024;
const MAX_PARALLEL: u16 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedRng;
    use crate::{Curve, PrivateKey};

    fn key() -> PrivateKey {
        PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &[7; 20]).unwrap()
    }

    fn password(text: &str) -> SecretBytes {
        SecretBytes::new(text.as_bytes().to_vec())
    }

    fn encrypted() -> String {
        let mut rng = ScriptedRng::dangerous_new(vec![5; 64]);
        let text = encrypt_pkcs8_pem(&key().to_pkcs8_der(), &password("correct horse"), &mut rng).unwrap();
        String::from_utf8(text.expose().to_vec()).unwrap()
    }

    #[test]
    fn a_key_comes_back_under_its_password_and_under_no_other() {
        let text = encrypted();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert!(is_encrypted_pkcs8(text.as_bytes()));
        let plain = decrypt_pkcs8_pem(&text, &password("correct horse")).unwrap();
        assert!(plain.ct_eq(key().to_pkcs8_der().expose()));
        for wrong in ["correct hors", "", "Correct horse"] {
            assert_eq!(
                decrypt_pkcs8_pem(&text, &password(wrong)).unwrap_err(),
                Error::WrongPassword
            );
        }
    }

    #[test]
    fn a_password_that_can_be_guessed_is_not_taken_for_a_new_key() {
        let mut rng = ScriptedRng::dangerous_new(vec![5; 64]);
        let refused = encrypt_pkcs8_pem(&key().to_pkcs8_der(), &password("12345678901"), &mut rng);
        assert!(matches!(refused, Err(Error::BadLength { found: 11, .. })));
    }

    #[test]
    fn a_file_that_asks_for_endless_work_is_refused_before_any_is_done() {
        let der = pem::decode(&encrypted(), LABEL, MALFORMED).unwrap();
        let at = der
            .expose()
            .windows(4)
            .position(|window| window == [0x02, 0x02, 0x40, 0x00])
            .expect("the cost of scrypt, 2^14");
        let mut dear = der.expose().to_vec();
        // Behind N stand r, then p: each from a few to 127.
        dear[at + 6] = 0x7F;
        let told = |bytes: &[u8]| {
            let text = pem::encode(LABEL, &SecretBytes::new(bytes.to_vec()));
            decrypt_pkcs8_pem(
                core::str::from_utf8(text.expose()).unwrap(),
                &password("correct horse"),
            )
            .unwrap_err()
        };
        assert_eq!(
            told(&dear),
            Error::TooMuchWork {
                what: "key derivation"
            }
        );
        dear[at + 6] = 8;
        dear[at + 9] = 0x7F;
        assert_eq!(
            told(&dear),
            Error::TooMuchWork {
                what: "key derivation"
            }
        );
        for len in 0..der.len() {
            let cut = pem::encode(LABEL, &SecretBytes::new(der.expose()[..len].to_vec()));
            let text = core::str::from_utf8(cut.expose()).unwrap();
            assert_eq!(
                decrypt_pkcs8_pem(text, &password("correct horse")).unwrap_err(),
                MALFORMED
            );
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(decrypt_pkcs8_pem(text, &password("x")).unwrap_err(), MALFORMED);
            assert!(!is_encrypted_pkcs8(text.as_bytes()));
        }
    }
}
