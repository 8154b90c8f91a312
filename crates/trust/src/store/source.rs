//! Document signers that lie elsewhere, such as in a file: a collection holds tens of thousands, and a document asks for
//! one of them, if it asks at all.

use core::fmt;

use crate::certificate::Certificate;

/// By what a document names a signer whose certificate it does not carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerKey<'k> {
    /// The serial number, big-endian, without leading zeros, whoever the issuer is.
    Serial(&'k [u8]),
    /// The subject key identifier.
    KeyIdentifier(&'k [u8]),
}

impl SignerKey<'_> {
    /// Whether the certificate bears it.
    #[must_use]
    pub fn fits(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Serial(serial) => certificate.serial() == *serial,
            Self::KeyIdentifier(key) => certificate.subject_key_identifier() == Some(*key),
        }
    }
}

/// A place that document signers are looked up in when a document asks for one.
pub trait SignerSource: fmt::Debug + Send + Sync {
    /// The signers that may bear this key; what else is found does no harm. They are believed no further than their chain.
    ///
    /// # Errors
    /// Why the place cannot be read, in words for a report.
    fn signers(&self, key: SignerKey<'_>) -> Result<Vec<Certificate>, String>;

    /// SHA-256 that tells one content of the place from every other, such as that of its index.
    fn digest(&self) -> [u8; 32];
}
