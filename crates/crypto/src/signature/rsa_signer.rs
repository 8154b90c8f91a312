//! RSA signatures by a key in memory, for tests.

use core::convert::Infallible;
use core::fmt;

use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::{SignatureAlgorithm, Signer};
use crate::rsa::{PrivateKey, Scheme};
use crate::{Error, Hash, SecretBytes, VerifyingKey};

/// A signer with an RSA key in memory: a TEST key. The arithmetic is blinded and in constant time, but RSA keys of
/// authorities and document signers belong into a token.
///
/// Salt and blinding are derived from a seed that is drawn once and the message, so that one signer gives one message one
/// signature.
#[derive(Clone)]
pub struct DangerousRsaSigner {
    key: PrivateKey,
    scheme: Scheme,
    public: VerifyingKey,
    seed: SecretBytes,
}

impl DangerousRsaSigner {
    /// Takes the key and the scheme.
    pub fn new(key: PrivateKey, scheme: Scheme, rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self {
            public: VerifyingKey::Rsa(key.public()),
            key,
            scheme,
            seed: SecretBytes::new(seed.to_vec()),
        }
    }
}

impl Signer for DangerousRsaSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::Rsa(self.scheme)
    }

    fn public_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let message_digest = Hash::Sha256.digest(message);
        let mut derived = Derived {
            seed: Hash::Sha256
                .digest_parts(&[self.seed.expose(), &message_digest])
                .into(),
            counter: 0,
        };
        self.key.sign(self.scheme, message, &mut derived)
    }
}

impl fmt::Debug for DangerousRsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DangerousRsaSigner({}, {})",
            self.public.name(),
            self.algorithm().name()
        )
    }
}

/// Hash values of a seed and a counter, one after the other.
struct Derived {
    seed: Zeroizing<Vec<u8>>,
    counter: u64,
}

impl TryRng for Derived {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(Hash::Sha256.output_len()) {
            self.counter = self.counter.wrapping_add(1);
            let block = Zeroizing::new(Hash::Sha256.digest_parts(&[&self.seed, &self.counter.to_be_bytes()]));
            chunk
                .iter_mut()
                .zip(block.iter())
                .for_each(|(out, byte)| *out = *byte);
        }
        Ok(())
    }
}

impl TryCryptoRng for Derived {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedRng;
    use crate::{PureRust, Verifier, rsa};

    #[test]
    fn both_schemes_sign_what_verifies_and_one_message_always_alike() {
        for scheme in [Scheme::Pkcs1v15(Hash::Sha256), Scheme::pss(Hash::Sha256)] {
            let mut rng = ScriptedRng::dangerous_new(vec![0x5A; 32]);
            let signer = DangerousRsaSigner::new(rsa::testing::key(), scheme, &mut rng);
            let signature = signer.sign(b"message").unwrap();
            let verify = |message: &[u8], signature: &[u8]| {
                PureRust.verify(signer.algorithm(), signer.public_key(), message, signature)
            };
            assert_eq!(verify(b"message", &signature), Ok(()));
            assert_eq!(verify(b"massage", &signature), Err(Error::BadSignature));
            assert_eq!(verify(b"message", &signature[1..]), Err(Error::BadSignature));
            assert_eq!(signer.sign(b"message"), Ok(signature));
        }
    }

    #[test]
    fn debug_shows_kind_and_length_only() {
        let mut rng = ScriptedRng::dangerous_new(vec![0x5A; 32]);
        let signer = DangerousRsaSigner::new(rsa::testing::key(), Scheme::Pkcs1v15(Hash::Sha1), &mut rng);
        assert_eq!(
            format!("{signer:?}"),
            "DangerousRsaSigner(RSA 1024, RSA PKCS#1 v1.5 SHA-1)"
        );
    }
}
