//! Moduli that a faulty chip library made (CVE-2017-15361, "ROCA"): they can be factored.
//!
//! The library drew its primes as `k M + 65537^a mod M`, M being the product of the first primes. Modulo each of those
//! primes the modulus is therefore a power of 65537, which a modulus drawn fairly is for all of them hardly ever.

use crypto_bigint::{BoxedUint, NonZero};

use super::PublicKey;
use crate::modular::integer;

impl PublicKey {
    /// Whether the modulus bears the fingerprint of the faulty library. For a fair one the chance is below one in a hundred
    /// million.
    pub fn has_roca_fingerprint(&self) -> bool {
        let modulus = integer(self.modulus());
        PRIMES.into_iter().all(|prime| {
            let divisor: Option<NonZero<BoxedUint>> = Option::from(NonZero::new(BoxedUint::from(prime)));
            divisor.is_some_and(|divisor| is_power_of_f4(remainder(&modulus, &divisor), prime))
        })
    }
}

/// The remainder of a division by less than a word.
fn remainder(number: &BoxedUint, divisor: &NonZero<BoxedUint>) -> u64 {
    number
        .rem_vartime(divisor)
        .to_be_bytes()
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn is_power_of_f4(residue: u64, prime: u64) -> bool {
    let mut power = 1 % prime;
    // The powers return to one after at most prime - 1 steps.
    for _ in 0..prime {
        if power == residue {
            return true;
        }
        power = power * (65_537 % prime) % prime;
    }
    false
}

/// The odd primes up to 167, the longest list that every affected length of keys used.
const PRIMES: [u64; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use crypto_bigint::ConcatenatingMul;
    use rand_core::SeedableRng;

    use super::*;
    use crate::rsa::testing;

    /// `k M + 65537^a mod M`: whether it is prime does not matter to the fingerprint.
    fn faulty_prime(exponent: u32, factor: u64) -> BoxedUint {
        let primorial = PRIMES.into_iter().fold(BoxedUint::from(2_u64), |product, prime| {
            product.concatenating_mul(&BoxedUint::from(prime))
        });
        let divisor = NonZero::new(primorial.clone()).unwrap();
        let power = (0..exponent).fold(BoxedUint::from(1_u64), |power, _| {
            power
                .concatenating_mul(&BoxedUint::from(65_537_u64))
                .rem_vartime(&divisor)
        });
        let multiple = primorial.concatenating_mul(&BoxedUint::from(factor));
        multiple.concatenating_add(&power)
    }

    #[test]
    fn a_modulus_of_the_faulty_library_is_recognised_and_a_fair_one_is_not() {
        let modulus = faulty_prime(12_345, u64::MAX - 3).concatenating_mul(&faulty_prime(777, u64::MAX - 9));
        let key = PublicKey::from_components(&modulus.to_be_bytes(), &[1, 0, 1]).unwrap();
        assert!(key.has_roca_fingerprint());
        assert!(!testing::key().public().has_roca_fingerprint());
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        for _ in 0..200 {
            let mut bytes = [0; 128];
            rand_core::Rng::fill_bytes(&mut rng, &mut bytes);
            (bytes[0], bytes[127]) = (bytes[0] | 0x80, bytes[127] | 1);
            let key = PublicKey::from_components(&bytes, &[1, 0, 1]).unwrap();
            assert!(!key.has_roca_fingerprint());
        }
    }
}
