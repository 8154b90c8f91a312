//! The chip's side of Basic Access Control.

use antin_crypto::{CryptoRng, SecretBytes, ct_eq};
use antin_wire::apdu::{Command, Response, StatusWord};

use super::{
    Keys,
    math::{self, NONCE_LEN, PROOF_LEN, Proof, SHARE_LEN},
};
use crate::sm;

/// Answers GET CHALLENGE: draws `RND.IC` (8 bytes).
///
/// # Errors
/// `6E00`, `6D00`, `6A86` or `6700` when the command is not `00 84 00 00 08`.
pub fn challenge(command: &Command, rng: &mut dyn CryptoRng) -> Result<(Response, Challenged), StatusWord> {
    crate::expect_header(command, math::GET_CHALLENGE)?;
    if !command.data().is_empty() || command.le() != Some(8) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut rnd_ic = [0; NONCE_LEN];
    rng.fill_bytes(&mut rnd_ic);
    Ok((Response::ok(rnd_ic.to_vec()), Challenged { rnd_ic }))
}

/// The MAC over any cryptogram, for a chip that does something wrong.
#[must_use]
pub fn dangerous_mac(keys: &Keys, cryptogram: &[u8]) -> [u8; 8] {
    math::mac(keys, cryptogram)
}

/// The nonce is out; it serves for one attempt only.
#[must_use]
#[derive(Debug)]
pub struct Challenged {
    rnd_ic: [u8; NONCE_LEN],
}

impl Challenged {
    /// Answers EXTERNAL AUTHENTICATE: checks the terminal's proof, gives the chip's own. Draws `K.IC` (16 bytes).
    ///
    /// # Errors
    /// `6300` for a wrong MAC and for a wrong nonce alike, so that an old cryptogram played back tells nothing about
    /// the chip; `6E00`, `6D00`, `6A86`, `6700` for a command of another shape.
    pub fn authenticate(
        self,
        command: &Command,
        keys: &Keys,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, sm::chip::Channel), StatusWord> {
        crate::expect_header(command, math::EXTERNAL_AUTHENTICATE)?;
        if command.data().len() != PROOF_LEN || !matches!(command.le(), Some(40 | 256)) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let proof = Proof::open(keys, command.data()).ok_or(StatusWord::AUTH_FAILED)?;
        if !ct_eq(&proof.other_nonce, &self.rnd_ic) {
            return Err(StatusWord::AUTH_FAILED);
        }
        let mut share = vec![0; SHARE_LEN];
        rng.fill_bytes(&mut share);
        let own = Proof {
            own_nonce: self.rnd_ic,
            other_nonce: proof.own_nonce,
            share: SecretBytes::new(share),
        };
        let (session, ssc) = math::session(&self.rnd_ic, &proof.own_nonce, &proof.share, &own.share);
        Ok((Response::ok(own.seal(keys)), sm::chip::Channel::new(session, ssc)))
    }
}
