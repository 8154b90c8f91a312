//! Random primes, FIPS 186-5 §A.1.3 and §B.3.1.

use std::sync::OnceLock;

use crypto_bigint::{BoxedUint, Limb, NonZero};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::SecretBytes;
use crate::modular::{Modulus, fixed, integer};

/// Draws a prime p of `bits` bits, a multiple of eight, the two highest of which are set, such that p - 1 and the odd
/// prime `exponent` have no common divisor.
///
/// # Panics
/// If no draw is prime, which happens with a generator that is broken only.
pub(super) fn draw(bits: u32, exponent: &[u8], rng: &mut dyn CryptoRng) -> SecretBytes {
    let len = usize::try_from(bits / 8).expect("a length of a key fits");
    for _ in 0..MAX_DRAWS {
        let mut drawn = Zeroizing::new(vec![0; len]);
        rng.fill_bytes(&mut drawn);
        if let Some(first) = drawn.first_mut() {
            *first |= 0xC0;
        }
        if let Some(last) = drawn.last_mut() {
            *last |= 1;
        }
        let candidate = integer(&drawn);
        if !has_small_divisor(&candidate) && suits(&candidate, exponent) && is_probably_prime(&drawn, rng) {
            return fixed(&candidate, len);
        }
    }
    panic!("the random generator does not generate random numbers");
}

/// Whether an odd number of more than 64 bits passes the test of Miller and Rabin with [`ROUNDS`] random bases.
pub(super) fn is_probably_prime(number: &[u8], rng: &mut dyn CryptoRng) -> bool {
    let Some(modulus) = Modulus::secret(number) else {
        return false;
    };
    let one = BoxedUint::one_with_precision(modulus.number().bits_precision());
    let below = Zeroizing::new(modulus.number().wrapping_sub(&one));
    let twos = below.trailing_zeros();
    let odd = fixed(&Zeroizing::new(below.shr(twos)), modulus.len());
    let minus_one = modulus.reduce(fixed(&below, modulus.len()).expose());
    (0..ROUNDS).all(|_| {
        let mut base = Zeroizing::new(vec![0; modulus.len() + 8]);
        rng.fill_bytes(&mut base);
        let mut power = modulus.pow(&modulus.reduce(&base), odd.expose());
        if modulus.is_one(&power) || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = modulus.mul(&power, &power);
            power == minus_one
        })
    })
}

fn has_small_divisor(number: &BoxedUint) -> bool {
    small_primes()
        .iter()
        .any(|prime| number.rem_limb(*prime) == Limb::ZERO)
}

/// Whether the prime exponent does not divide the candidate less one.
fn suits(candidate: &BoxedUint, exponent: &[u8]) -> bool {
    let exponent = (*integer(exponent)).clone();
    let exponent: Option<NonZero<BoxedUint>> = Option::from(NonZero::new(exponent));
    exponent.is_some_and(|exponent| !bool::from(candidate.rem(&exponent).is_one()))
}

/// The odd primes below 2048.
fn small_primes() -> &'static [NonZero<Limb>] {
    static MADE: OnceLock<Vec<NonZero<Limb>>> = OnceLock::new();
    MADE.get_or_init(|| {
        (3_u32..2048)
            .step_by(2)
            .filter(|number| (3..*number).step_by(2).all(|divisor| number % divisor != 0))
            .filter_map(|prime| Option::from(NonZero::new(Limb::from(prime))))
            .collect()
    })
}

/// An error probability below 2^-128 even for numbers that an adversary chose.
const ROUNDS: usize = 64;

/// One number of 4096 bits in about 1400 is a prime of this form.
const MAX_DRAWS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::DhGroup;
    use chacha20::ChaCha20Rng;
    use crypto_bigint::ConcatenatingMul;
    use rand_core::SeedableRng;

    #[test]
    fn known_primes_pass_and_products_and_carmichael_numbers_do_not() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for group in DhGroup::ALL {
            assert!(is_probably_prime(group.p(), &mut rng), "{group:?}");
            assert!(is_probably_prime(group.q(), &mut rng), "{group:?}");
            let square = integer(group.q()).concatenating_mul(&*integer(group.q()));
            assert!(!is_probably_prime(&square.to_be_bytes(), &mut rng));
        }
        for (number, prime) in [
            (561_u64, false),
            (8911, false),
            (825_265, false),
            (65_537, true),
            (4, false),
        ] {
            assert_eq!(
                is_probably_prime(&number.to_be_bytes(), &mut rng),
                prime,
                "{number}"
            );
        }
    }

    #[test]
    fn small_divisors_are_seen() {
        assert_eq!(small_primes().len(), 308);
        assert!(has_small_divisor(&integer(&[0xFF; 8])));
        assert!(!has_small_divisor(&integer(DhGroup::Modp1024Sub160.p())));
    }

    #[test]
    fn a_drawn_prime_has_its_length() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let prime = draw(256, &[1, 0, 1], &mut rng);
        assert_eq!(prime.len(), 32);
        assert_eq!(prime.expose()[0] & 0xC0, 0xC0);
        assert!(is_probably_prime(prime.expose(), &mut rng));
    }
}
