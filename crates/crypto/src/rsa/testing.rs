//! A key for tests, drawn once.

use std::sync::OnceLock;

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use super::PrivateKey;

/// A key of 1024 bits.
pub(crate) fn key() -> PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    let drawn = || PrivateKey::generate(1024, &mut ChaCha20Rng::seed_from_u64(9)).unwrap();
    KEY.get_or_init(drawn).clone()
}
