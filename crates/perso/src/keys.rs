//! The secrets of one card: what opens it and what proves that it is no copy.

use antin_crypto::{CryptoRng, PrivateKey, SecretBytes};
use antin_profile::Profile;

use crate::{CitizenRecord, Error};

/// The secrets that personalization puts into one card; nothing of them is printed.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// Card access number: six digits of ASCII; `None` where the card has none.
    pub can: Option<SecretBytes>,
    /// MRZ information: document number, birth and expiry with their check digits, ASCII.
    pub mrz_information: SecretBytes,
    /// Static key of Chip Authentication, where the profile offers it.
    pub chip_authentication: Option<PrivateKey>,
    /// Private key of Active Authentication, where the profile offers it.
    pub active_authentication: Option<PrivateKey>,
}

impl KeySet {
    /// Makes the secrets for a citizen's card. Draws, in this order: the CAN (where it is random), the Chip
    /// Authentication key, the Active Authentication key.
    ///
    /// # Errors
    /// [`Error::RecordLacks`] when the record was checked against another profile, [`Error::Encoding`] when the
    /// machine readable zone cannot be built.
    pub fn generate(
        profile: &Profile,
        record: &CitizenRecord,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        let _ = (profile, record, rng);
        todo!()
    }
}
