//! The static keys of a chip, in memory or in a token.

use antin_crypto::symmetric::MacKey;
use antin_crypto::{SecretBytes, Suite};

use crate::Error;

/// Which static key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName {
    /// Key-ENC.
    Enc,
    /// Key-MAC.
    Mac,
}

/// The static keys of a chip, or the token that holds them: opening a channel needs no more than their CMAC.
pub trait StaticKeys {
    /// Returns the key version number, `00` for whichever the chip has first.
    fn version(&self) -> u8;

    /// Returns the kind of AES.
    fn suite(&self) -> Suite;

    /// Computes the CMAC of a message under one of the keys.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the token cannot.
    fn cmac(&self, key: KeyName, message: &[u8]) -> Result<[u8; 16], Error>;
}

/// Three static keys in memory. `Debug` shows version and length only; all are overwritten on drop.
#[derive(Clone, Debug)]
pub struct KeySet {
    version: u8,
    suite: Suite,
    enc: SecretBytes,
    mac: SecretBytes,
    dek: SecretBytes,
}

impl KeySet {
    /// Takes three AES keys of one length.
    ///
    /// # Errors
    /// [`Error::Misuse`] for keys of different or unknown lengths.
    pub fn new(version: u8, enc: SecretBytes, mac: SecretBytes, dek: SecretBytes) -> Result<Self, Error> {
        let suite = match enc.len() {
            16 => Suite::Aes128,
            24 => Suite::Aes192,
            32 => Suite::Aes256,
            _ => {
                return Err(Error::Misuse {
                    what: "a key that is not 16, 24 or 32 bytes long",
                });
            }
        };
        if mac.len() != enc.len() || dek.len() != enc.len() {
            return Err(Error::Misuse {
                what: "keys of different lengths",
            });
        }
        Ok(Self {
            version,
            suite,
            enc,
            mac,
            dek,
        })
    }

    /// The keys that every blank card of a shop comes with, `40 41 .. 4F` three times: known to everybody.
    #[must_use]
    pub fn dangerous_test_keys() -> Self {
        let key = || SecretBytes::new((0x40..0x50).collect());
        Self {
            version: 0x01,
            suite: Suite::Aes128,
            enc: key(),
            mac: key(),
            dek: key(),
        }
    }

    /// Returns the three keys: Key-ENC, Key-MAC, Key-DEK.
    #[must_use]
    pub fn keys(&self) -> [&SecretBytes; 3] {
        [&self.enc, &self.mac, &self.dek]
    }

    /// Says whether one of these is the key that everybody knows.
    #[must_use]
    pub fn has_test_key(&self) -> bool {
        let known: Vec<u8> = (0x40..0x50).cycle().take(self.suite.key_len()).collect();
        self.keys().iter().any(|key| key.ct_eq(&known))
    }
}

impl StaticKeys for KeySet {
    fn version(&self) -> u8 {
        self.version
    }

    fn suite(&self) -> Suite {
        self.suite
    }

    fn cmac(&self, key: KeyName, message: &[u8]) -> Result<[u8; 16], Error> {
        let key = match key {
            KeyName::Enc => &self.enc,
            KeyName::Mac => &self.mac,
        };
        Ok(MacKey::new(self.suite, key)?.cmac(message)?)
    }
}
