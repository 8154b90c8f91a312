//! RSA private keys.

use core::fmt;

use crypto_bigint::{BoxedUint, ConcatenatingMul, Gcd, NonZero};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{MAX_BITS, MIN_BITS, PublicKey, Scheme, padding, prime};
use crate::curve::without_zeros;
use crate::modular::{Element, Modulus, fixed, integer};
use crate::{Error, SecretBytes};

/// A private key of two primes, and the public key that belongs to it.
///
/// Its numbers are overwritten when dropped; `Debug` shows the length only.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    p: Factor,
    q: Factor,
    /// The inverse of q modulo p.
    inverse: SecretBytes,
    /// The private exponent, which only the encoding needs.
    exponent: SecretBytes,
}

/// One prime, and the private exponent modulo that prime less one.
#[derive(Clone)]
pub(super) struct Factor {
    pub prime: SecretBytes,
    pub exponent: SecretBytes,
    modulus: Modulus,
}

impl PrivateKey {
    /// Draws a key with the public exponent 65537; the modulus has exactly `bits` bits.
    ///
    /// # Errors
    /// [`Error::BadRsaKey`] unless `bits` is a multiple of 16 from [`MIN_BITS`] to [`MAX_BITS`].
    ///
    /// # Panics
    /// If no prime is found among very many draws, which happens with a generator that is broken only.
    pub fn generate(bits: u32, rng: &mut dyn CryptoRng) -> Result<Self, Error> {
        if !(MIN_BITS..=MAX_BITS).contains(&bits) || !bits.is_multiple_of(16) {
            return Err(Error::BadRsaKey {
                what: "length of the modulus",
            });
        }
        loop {
            let p = prime::draw(bits / 2, &F4, rng);
            let q = prime::draw(bits / 2, &F4, rng);
            // Primes that share their first half could be found by taking a square root.
            let half = p.len() / 2;
            if p.expose().get(..half) != q.expose().get(..half) {
                return Self::from_primes(&p, &q, &F4);
            }
        }
    }

    /// Takes two primes and a public exponent, all big-endian. Whether the primes are prime is not checked; a key of
    /// others makes no signatures, as every one is verified before it leaves.
    ///
    /// # Errors
    /// [`Error::BadRsaKey`] if the numbers make no key: the primes are equal or even, the exponent has no inverse, or the
    /// public key is out of range.
    pub fn from_primes(p: &SecretBytes, q: &SecretBytes, exponent: &[u8]) -> Result<Self, Error> {
        let bad = |what| Error::BadRsaKey { what };
        let (first, second) = (integer(p.expose()), integer(q.expose()));
        let product = Zeroizing::new(first.concatenating_mul(&*second));
        let public = PublicKey::from_components(&product.to_be_bytes(), exponent)?;
        let (below_p, below_q) = (less_one(&first), less_one(&second));
        let totient = Zeroizing::new(below_p.concatenating_mul(&*below_q));
        let len = public.signature_len();
        let no_inverse = bad("exponent without an inverse");
        let private = inverse(exponent, &totient).ok_or(no_inverse.clone())?;
        let p = Factor::new(&first, inverse(exponent, &below_p).ok_or(no_inverse.clone())?)?;
        let q = Factor::new(&second, inverse(exponent, &below_q).ok_or(no_inverse)?)?;
        let residue = p.modulus.reduce(q.prime.expose());
        let inverse = p.modulus.invert(&residue).ok_or(bad("equal primes"))?;
        Ok(Self {
            inverse: p.modulus.bytes(&inverse),
            exponent: fixed(&private, len),
            public,
            p,
            q,
        })
    }

    /// Takes the modulus and both exponents, all big-endian, and finds the primes. For the chip's side of personalization,
    /// where some hosts send no more; the search takes a time that depends on the key.
    ///
    /// # Errors
    /// [`Error::BadRsaKey`] if the numbers make no key.
    pub fn from_exponents(modulus: &[u8], public: &[u8], private: &SecretBytes) -> Result<Self, Error> {
        PublicKey::from_components(modulus, public)?;
        // The host may be hostile, and the search takes as long as the exponent is.
        if private.len() > modulus.len() {
            return Err(Error::BadRsaKey {
                what: "private exponent",
            });
        }
        let (p, q) = split(modulus, public, private).ok_or(Error::BadRsaKey {
            what: "private exponent",
        })?;
        Self::from_primes(&p, &q, public)
    }

    /// The private exponent, as long as the modulus; no key is ever shown, this is for the chip that gets it.
    pub fn private_exponent(&self) -> &SecretBytes {
        &self.exponent
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    pub(super) fn public_ref(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message. PSS draws its salt from `rng`; then both schemes draw the blinding.
    ///
    /// # Errors
    /// [`Error::BadRsaKey`] if the modulus is too short for the scheme; [`Error::SignerUnavailable`] if the computation
    /// went wrong: the signature is verified before it leaves.
    pub fn sign(&self, scheme: Scheme, message: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, Error> {
        let encoded = match scheme {
            Scheme::Pkcs1v15(hash) => padding::pkcs1v15(hash, message, self.public.signature_len()),
            Scheme::Pss { hash, mgf, salt_len } => {
                let mut salt = vec![0; salt_len.min(self.public.signature_len())];
                rng.fill_bytes(&mut salt);
                let salt = SecretBytes::new(salt);
                padding::pss(hash, mgf, &salt, message, self.public.bits())
            }
        };
        let encoded = encoded.ok_or(Error::BadRsaKey {
            what: "length of the modulus",
        })?;
        self.apply(&encoded, rng)
    }

    /// The private operation on a number below the modulus: blinded, in constant time, and verified.
    pub(super) fn apply(&self, number: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, Error> {
        let failed = || Error::SignerUnavailable {
            what: "rsa computation failed".to_owned(),
        };
        let modulus = self.public.arithmetic();
        let element = modulus.element(number).ok_or_else(failed)?;
        let (blinding, unblinding) = self.blinding(rng).ok_or_else(failed)?;
        let blinded = modulus.bytes(&modulus.mul(&element, &blinding));
        let signature = modulus.element(self.exponentiate(&blinded).expose());
        let signature = modulus.bytes(&modulus.mul(&signature.ok_or_else(failed)?, &unblinding));
        if !self.public.opens_to(&signature, number) {
            return Err(failed());
        }
        Ok(signature.expose().to_vec())
    }

    /// A random number to the power of the public exponent, and the inverse of the number.
    fn blinding(&self, rng: &mut dyn CryptoRng) -> Option<(Element, Element)> {
        let modulus = self.public.arithmetic();
        // Eight bytes more than the modulus make the reduced number even enough.
        let mut drawn = Zeroizing::new(vec![0; modulus.len() + 8]);
        rng.fill_bytes(&mut drawn);
        let random = modulus.reduce(&drawn);
        let inverse = modulus.invert(&random)?;
        Some((modulus.pow_public(&random, self.public.exponent()), inverse))
    }

    /// `m^d mod n` by the Chinese remainder theorem, RFC 8017 §5.2.1 step 2.b.
    fn exponentiate(&self, number: &SecretBytes) -> SecretBytes {
        let (p, q) = (&self.p.modulus, &self.q.modulus);
        let from_p = p.pow(&p.reduce(number.expose()), self.p.exponent.expose());
        let from_q = q.bytes(&q.pow(&q.reduce(number.expose()), self.q.exponent.expose()));
        let difference = p.sub(&from_p, &p.reduce(from_q.expose()));
        let factor = p.bytes(&p.mul(&difference, &p.reduce(self.inverse.expose())));
        let product = integer(factor.expose()).concatenating_mul(&*integer(self.q.prime.expose()));
        let sum = Zeroizing::new(Zeroizing::new(product).wrapping_add(&*integer(from_q.expose())));
        fixed(&sum, self.public.signature_len())
    }

    /// Whether a private exponent is this key's, modulo either prime less one.
    pub(super) fn works_with(&self, exponent: &[u8]) -> bool {
        [&self.p, &self.q].into_iter().all(|factor| {
            let below = less_one(&integer(factor.prime.expose()));
            let nonzero: Option<NonZero<BoxedUint>> = Option::from(NonZero::new((*below).clone()));
            nonzero.is_some_and(|below| {
                let residue = Zeroizing::new(integer(exponent).rem(&below));
                drop(Zeroizing::new(below.get()));
                fixed(&residue, factor.modulus.len()).ct_eq(factor.exponent.expose())
            })
        })
    }

    pub(super) fn factors(&self) -> (&Factor, &Factor) {
        (&self.p, &self.q)
    }

    pub(super) fn inverse(&self) -> &SecretBytes {
        &self.inverse
    }

    pub(super) fn exponent(&self) -> &SecretBytes {
        &self.exponent
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rsa::PrivateKey({} bits)", self.public.bits())
    }
}

impl Factor {
    fn new(prime: &BoxedUint, exponent: Zeroizing<BoxedUint>) -> Result<Self, Error> {
        let bytes = Zeroizing::new(prime.to_be_bytes().into_vec());
        let modulus = Modulus::secret(&bytes).ok_or(Error::BadRsaKey { what: "even prime" })?;
        Ok(Self {
            prime: fixed(prime, modulus.len()),
            exponent: fixed(&exponent, modulus.len()),
            modulus,
        })
    }
}

fn less_one(number: &BoxedUint) -> Zeroizing<BoxedUint> {
    Zeroizing::new(number.wrapping_sub(BoxedUint::one_with_precision(number.bits_precision())))
}

fn inverse(number: &[u8], modulus: &BoxedUint) -> Option<Zeroizing<BoxedUint>> {
    let modulus = Zeroizing::new(modulus.clone());
    let nonzero: NonZero<BoxedUint> = Option::from(NonZero::new((*modulus).clone()))?;
    let reduced = Zeroizing::new(integer(number).rem(&nonzero));
    let inverse = Option::from(reduced.invert_mod(&nonzero)).map(Zeroizing::new);
    drop(Zeroizing::new(nonzero.get()));
    inverse
}

/// The prime factors of a modulus, found with its exponents: their product less one is a multiple of the order of every
/// number, so its odd part takes most small numbers to a root of one that is neither 1 nor -1, and that is known to one
/// factor only.
fn split(modulus: &[u8], public: &[u8], private: &SecretBytes) -> Option<(SecretBytes, SecretBytes)> {
    let ring = Modulus::public(modulus)?;
    let product = Zeroizing::new(integer(public).concatenating_mul(&*integer(private.expose())));
    let multiple = less_one(&product);
    let zeros = multiple.trailing_zeros();
    if multiple.is_zero().into() || zeros == 0 {
        return None;
    }
    let odd = Zeroizing::new((*multiple).clone().shr(zeros));
    let odd = Zeroizing::new(odd.to_be_bytes().into_vec());
    let one = ring.reduce(&[1]);
    (2..=u8::MAX).take(TRIES).find_map(|base| {
        let mut root = ring.pow(&ring.reduce(&[base]), &odd);
        for _ in 0..zeros {
            let square = ring.mul(&root, &root);
            if ring.is_one(&square) {
                break;
            }
            root = square;
        }
        let below = ring.bytes(&ring.sub(&root, &one));
        let p = Zeroizing::new(integer(below.expose()).gcd(ring.number()));
        let p = SecretBytes::new(without_zeros(&Zeroizing::new(p.to_be_bytes().into_vec())).to_vec());
        let divisor: NonZero<BoxedUint> = Option::from(NonZero::new((*integer(p.expose())).clone()))?;
        let (quotient, rest) = ring.number().div_rem(&divisor);
        let quotient = Zeroizing::new(quotient);
        let q = Zeroizing::new(quotient.to_be_bytes().into_vec());
        let q = SecretBytes::new(without_zeros(&q).to_vec());
        let proper = |factor: &SecretBytes| !matches!(factor.expose(), [] | [1]);
        (bool::from(rest.is_zero()) && proper(&p) && proper(&q)).then_some((p, q))
    })
}

/// Each base finds the factors with at least one half; so many fail once in 2^50.
const TRIES: usize = 50;

/// The public exponent of new keys, 65537.
const F4: [u8; 3] = [1, 0, 1];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;
    use crate::rsa::testing;
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn every_scheme_signs_and_verifies() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = testing::key();
        let mut schemes: Vec<Scheme> = Hash::ALL.map(Scheme::Pkcs1v15).to_vec();
        for (hash, mgf, salt_len) in [
            (Hash::Sha1, Hash::Sha1, 20),
            (Hash::Sha256, Hash::Sha1, 0),
            (Hash::Sha256, Hash::Sha512, 93),
        ] {
            schemes.push(Scheme::Pss { hash, mgf, salt_len });
        }
        for scheme in &schemes {
            let signature = key.sign(*scheme, b"message", &mut rng).unwrap();
            for other in &schemes {
                let verified = key.public().verify(*other, b"message", &signature);
                assert_eq!(verified.is_ok(), scheme == other, "{scheme:?} {other:?}");
            }
            let verified = key.public().verify(*scheme, b"Message", &signature);
            assert_eq!(verified, Err(Error::BadSignature));
        }
    }

    #[test]
    fn a_modulus_that_is_too_short_for_the_scheme_is_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let too_short = Error::BadRsaKey {
            what: "length of the modulus",
        };
        for salt_len in [95, 1000, usize::MAX] {
            let scheme = Scheme::Pss {
                hash: Hash::Sha256,
                mgf: Hash::Sha256,
                salt_len,
            };
            let refused = testing::key().sign(scheme, b"", &mut rng);
            assert_eq!(refused.unwrap_err(), too_short);
        }
        for bits in [0, 496, 1000, 8208] {
            assert_eq!(PrivateKey::generate(bits, &mut rng).unwrap_err(), too_short);
        }
    }

    #[test]
    fn numbers_that_make_no_key_are_refused() {
        let key = testing::key();
        let (p, q) = (&key.p.prime, &key.q.prime);
        let even = SecretBytes::new([&q.expose()[..63], &[2]].concat());
        let one = SecretBytes::new(vec![1]);
        let none = SecretBytes::new(Vec::new());
        for (p, q) in [
            (p, p),
            (p, &even),
            (&even, q),
            (p, &one),
            (p, &none),
            (&none, &none),
        ] {
            assert!(PrivateKey::from_primes(p, q, &F4).is_err());
        }
        assert!(PrivateKey::from_primes(p, q, &F4).is_ok());
        assert!(
            PrivateKey::from_primes(q, p, &F4).is_ok(),
            "the smaller prime may be the first"
        );
    }

    #[test]
    fn a_computation_that_went_wrong_gives_no_signature() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut key = testing::key();
        let mut broken = key.p.exponent.expose().to_vec();
        broken[10] ^= 1;
        key.p.exponent = SecretBytes::new(broken);
        let failed = key.sign(Scheme::Pkcs1v15(Hash::Sha256), b"message", &mut rng);
        assert_eq!(
            failed.unwrap_err(),
            Error::SignerUnavailable {
                what: "rsa computation failed".to_owned()
            }
        );
    }

    #[test]
    fn the_theorem_gives_what_the_private_exponent_gives() {
        let key = testing::key();
        let modulus = key.public.arithmetic();
        for byte in [0_u8, 1, 2, 0x77] {
            let number = modulus.element(&[byte; 128]).unwrap();
            let direct = modulus.bytes(&modulus.pow(&number, key.exponent.expose()));
            assert!(
                key.exponentiate(&SecretBytes::new(vec![byte; 128]))
                    .ct_eq(direct.expose())
            );
        }
    }

    #[test]
    fn the_primes_are_found_with_the_exponents() {
        let key = testing::key();
        let (modulus, private) = (key.public.modulus().to_vec(), key.private_exponent());
        let found = PrivateKey::from_exponents(&modulus, &F4, private).unwrap();
        assert_eq!(found.public(), key.public());
        assert!(found.private_exponent().ct_eq(private.expose()));
        for wrong in [vec![], vec![0], vec![1], vec![7; 128], vec![7; 4096]] {
            assert!(PrivateKey::from_exponents(&modulus, &F4, &SecretBytes::new(wrong)).is_err());
        }
        assert!(PrivateKey::from_exponents(&modulus, &[3], private).is_err());
    }

    #[test]
    fn debug_shows_the_length_only() {
        assert_eq!(format!("{:?}", testing::key()), "rsa::PrivateKey(1024 bits)");
    }
}
