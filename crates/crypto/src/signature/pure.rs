//! Signatures in Rust alone: the default, and the measure for other backends.

use super::{SignatureAlgorithm, Signer, Verifier, ecdsa_der_to_plain, ecdsa_plain_to_der};
use crate::{Error, Hash, ParameterForm, PrivateKey, VerifyingKey};

/// A signer that holds its key in memory and signs deterministically (RFC 6979): no random number can betray the key.
#[derive(Debug, Clone)]
pub struct SoftSigner {
    key: PrivateKey,
    hash: Hash,
    public: VerifyingKey,
}

impl SoftSigner {
    /// Takes the key, the hash function, and how the public key is to state its curve.
    pub fn new(key: PrivateKey, hash: Hash, form: ParameterForm) -> Self {
        Self {
            public: VerifyingKey::ec(key.public(), form),
            key,
            hash,
        }
    }
}

impl Signer for SoftSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ecdsa(self.hash)
    }

    fn public_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let plain = self.key.sign_digest(self.hash, &self.hash.digest(message));
        ecdsa_plain_to_der(&plain, self.key.curve())
    }
}

/// Verifies in Rust alone: every algorithm of this crate, with every hash function.
#[derive(Debug, Clone, Copy, Default)]
pub struct PureRust;

impl Verifier for PureRust {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &VerifyingKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        match (key, algorithm) {
            (VerifyingKey::Ec { key, .. }, SignatureAlgorithm::Ecdsa(hash)) => {
                let plain = ecdsa_der_to_plain(signature, key.curve()).map_err(|_| Error::BadSignature)?;
                let digest = hash.digest(message);
                let good = key.curve().arithmetic().verify(key.as_sec1(), &digest, &plain);
                good.then_some(()).ok_or(Error::BadSignature)
            }
            (VerifyingKey::Rsa(key), SignatureAlgorithm::Rsa(scheme)) if key.allows(scheme) => {
                key.verify(scheme, message, signature)
            }
            _ => Err(Error::AlgorithmMisfit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Curve;

    fn signer(curve: Curve, hash: Hash) -> SoftSigner {
        let key = PrivateKey::from_be_bytes(curve, &[0x42; 20]).unwrap();
        SoftSigner::new(key, hash, ParameterForm::Explicit)
    }

    fn verify(signer: &SoftSigner, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        PureRust.verify(signer.algorithm(), signer.public_key(), message, signature)
    }

    #[test]
    fn every_hash_works_on_every_curve() {
        for curve in Curve::ALL {
            for hash in Hash::ALL {
                let signer = signer(curve, hash);
                let signature = signer.sign(b"message").unwrap();
                assert_eq!(
                    verify(&signer, b"message", &signature),
                    Ok(()),
                    "{curve:?} {hash:?}"
                );
                assert_eq!(verify(&signer, b"massage", &signature), Err(Error::BadSignature));
            }
        }
    }

    #[test]
    fn a_signature_of_another_hash_or_key_is_refused() {
        let signer = signer(Curve::P256, Hash::Sha256);
        let signature = signer.sign(b"message").unwrap();
        let key = signer.public_key();
        let with = |algorithm| PureRust.verify(algorithm, key, b"message", &signature);
        assert_eq!(
            with(SignatureAlgorithm::ecdsa(Hash::Sha384)),
            Err(Error::BadSignature)
        );
        let misfit = Err(Error::AlgorithmMisfit);
        assert_eq!(with(SignatureAlgorithm::rsa_pkcs1(Hash::Sha256)), misfit);
        assert_eq!(with(SignatureAlgorithm::rsa_pss(Hash::Sha256)), misfit);
        let other = PrivateKey::from_be_bytes(Curve::P256, &[0x43; 30])
            .unwrap()
            .public();
        let other = VerifyingKey::ec(other, ParameterForm::Named);
        let by_other = PureRust.verify(signer.algorithm(), &other, b"message", &signature);
        assert_eq!(by_other, Err(Error::BadSignature));
    }

    #[test]
    fn zeros_and_numbers_beyond_the_order_are_refused() {
        for curve in Curve::ALL {
            let signer = signer(curve, Hash::Sha256);
            let good = ecdsa_der_to_plain(&signer.sign(b"message").unwrap(), curve).unwrap();
            let (r, s) = good.split_at(curve.order_len());
            let zero = vec![0; curve.order_len()];
            let n = curve.domain().n;
            let top = vec![0xFF; curve.order_len()];
            let pairs = [
                (&zero[..], s),
                (r, &zero[..]),
                (&zero, &zero),
                (n, s),
                (r, n),
                (n, n),
                (&top, s),
                (r, &top),
            ];
            for (r, s) in pairs {
                let signature = ecdsa_plain_to_der(&[r, s].concat(), curve).unwrap();
                assert_eq!(verify(&signer, b"message", &signature), Err(Error::BadSignature));
            }
        }
    }

    #[test]
    fn a_number_that_is_the_same_modulo_the_order_is_refused() {
        // Small r: r + n still fits 32 bytes on P-256 only by chance, so take s' = s + n in a longer encoding.
        let signer = signer(Curve::P256, Hash::Sha256);
        let signature = signer.sign(b"message").unwrap();
        let plain = ecdsa_der_to_plain(&signature, Curve::P256).unwrap();
        let (r, s) = plain.split_at(32);
        let mut carry = 0u16;
        let mut longer: Vec<u8> = s
            .iter()
            .zip(Curve::P256.domain().n)
            .rev()
            .map(|(a, b)| {
                carry = u16::from(*a) + u16::from(*b) + (carry >> 8);
                carry.to_le_bytes()[0]
            })
            .collect();
        longer.push(carry.to_be_bytes()[0]);
        longer.reverse();
        let integer = |number: &[u8]| {
            let number = without_leading(number);
            [&[0x02, u8::try_from(number.len()).unwrap()], number.as_slice()].concat()
        };
        let body = [integer(r), integer(&longer)].concat();
        let forged = [&[0x30, u8::try_from(body.len()).unwrap()], body.as_slice()].concat();
        assert_eq!(verify(&signer, b"message", &forged), Err(Error::BadSignature));
    }

    #[test]
    fn signing_is_deterministic() {
        let signer = signer(Curve::BrainpoolP384r1, Hash::Sha512);
        assert_eq!(signer.sign(b"message"), signer.sign(b"message"));
        assert_eq!(
            signer.public_key().parameter_form(),
            Some(ParameterForm::Explicit)
        );
    }

    fn without_leading(number: &[u8]) -> Vec<u8> {
        let mut number: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        if number.first().is_none_or(|byte| *byte & 0x80 != 0) {
            number.insert(0, 0);
        }
        number
    }
}
