//! What both roles of BAC compute.

use antin_crypto::{SecretBytes, Suite, symmetric};
use antin_wire::{Cursor, ins};

use super::Keys;
use crate::sm::{self, Ssc};

pub(super) const GET_CHALLENGE: [u8; 4] = [0x00, ins::GET_CHALLENGE, 0x00, 0x00];
pub(super) const EXTERNAL_AUTHENTICATE: [u8; 4] = [0x00, ins::EXTERNAL_AUTHENTICATE, 0x00, 0x00];
/// Length of a nonce.
pub(super) const NONCE_LEN: usize = 8;
/// Length of a share of the session secret.
pub(super) const SHARE_LEN: usize = 16;
/// Length of cryptogram and MAC together: what either side sends.
pub(super) const PROOF_LEN: usize = 40;

const CRYPTOGRAM_LEN: usize = 32;

/// What one side proves: it knows the keys, has seen the other's nonce, and adds its share of the secret.
pub(super) struct Proof {
    pub(super) own_nonce: [u8; NONCE_LEN],
    pub(super) other_nonce: [u8; NONCE_LEN],
    pub(super) share: SecretBytes,
}

impl Proof {
    /// Encrypts and authenticates: cryptogram (32 bytes), MAC (8 bytes).
    pub(super) fn seal(&self, keys: &Keys) -> Vec<u8> {
        let plain = SecretBytes::new(
            [
                self.own_nonce.as_slice(),
                self.other_nonce.as_slice(),
                self.share.expose(),
            ]
            .concat(),
        );
        let mut sealed = keys
            .block_key
            .encrypt_cbc(&ZERO_IV, plain.expose())
            .expect("four whole blocks");
        sealed.extend(mac(keys, &sealed));
        sealed
    }

    /// Opens what the other side sent. `None` for a wrong length or MAC.
    ///
    /// The plain text is computed in either case, so that time does not tell the two apart.
    pub(super) fn open(keys: &Keys, sealed: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(sealed);
        let cryptogram = cursor.take(CRYPTOGRAM_LEN).ok()?;
        let mac = cursor.rest();
        let padded = symmetric::pad(cryptogram, Suite::Tdes.block_len());
        let genuine = keys.mac_key.verify8(&padded, mac).is_ok();
        let plain = SecretBytes::new(keys.block_key.decrypt_cbc(&ZERO_IV, cryptogram).ok()?);
        let mut cursor = Cursor::new(plain.expose());
        let own_nonce = cursor.array().ok()?;
        let other_nonce = cursor.array().ok()?;
        let share = SecretBytes::new(cursor.rest().to_vec());
        genuine.then_some(Self {
            own_nonce,
            other_nonce,
            share,
        })
    }
}

/// The MAC (8 bytes) over a cryptogram.
pub(super) fn mac(keys: &Keys, cryptogram: &[u8]) -> [u8; 8] {
    keys.mac_key
        .mac8(&symmetric::pad(cryptogram, Suite::Tdes.block_len()))
}

/// The session that both shares make (ICAO 9303-11 §4.3).
pub(super) fn session(
    rnd_ic: &[u8; NONCE_LEN],
    rnd_ifd: &[u8; NONCE_LEN],
    one: &SecretBytes,
    other: &SecretBytes,
) -> (sm::Keys, Ssc) {
    let seed: Vec<u8> = one
        .expose()
        .iter()
        .zip(other.expose())
        .map(|(a, b)| a ^ b)
        .collect();
    let seed = SecretBytes::new(seed);
    let [.., a, b, c, d] = *rnd_ic;
    let [.., e, f, g, h] = *rnd_ifd;
    (
        sm::Keys::derive(Suite::Tdes, seed.expose()),
        Ssc::from_bytes(&[a, b, c, d, e, f, g, h]),
    )
}

const ZERO_IV: [u8; 8] = [0; 8];
