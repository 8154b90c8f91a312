//! Bytes that must not be seen, kept or compared carelessly.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secret bytes: keys, nonces, shared secrets.
///
/// They are overwritten when dropped, `Debug` shows their length only, and there is no `==`: use
/// [`SecretBytes::ct_eq`].
///
/// ```
/// # use antin_crypto::SecretBytes;
/// let key = SecretBytes::new(vec![7; 16]);
/// assert_eq!(format!("{key:?}"), "SecretBytes(16 bytes)");
/// assert!(key.ct_eq(&[7; 16]));
/// ```
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over; the caller must not keep a copy.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Gives the bytes to the algorithm that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The number of bytes, which is not secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in a time that depends on the lengths alone.
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        ct_eq(&self.0, other)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}

/// Compares two byte strings, of which at least one is secret or guards a secret (a MAC, a token, a challenge),
/// in a time that depends on the lengths alone.
pub fn ct_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_content() {
        let shown = format!(
            "{:?} {:#?}",
            SecretBytes::new(vec![0xAB; 3]),
            SecretBytes::new(vec![171; 3])
        );
        assert_eq!(shown, "SecretBytes(3 bytes) SecretBytes(3 bytes)");
    }

    #[test]
    fn comparison_sees_content_and_length() {
        let secret = SecretBytes::new(vec![1, 2, 3]);
        assert!(secret.ct_eq(&[1, 2, 3]));
        assert!(!secret.ct_eq(&[1, 2, 4]));
        assert!(!secret.ct_eq(&[1, 2]));
        assert!(!secret.ct_eq(&[1, 2, 3, 0]));
        assert!(SecretBytes::new(Vec::new()).is_empty());
    }
}
