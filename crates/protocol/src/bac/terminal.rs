//! The terminal's side of Basic Access Control.

use antin_crypto::{CryptoRng, SecretBytes, ct_eq};
use antin_wire::apdu::{Command, Response};

use super::{
    Keys,
    math::{self, NONCE_LEN, PROOF_LEN, Proof, SHARE_LEN},
};
use crate::{Error, sm};

/// Asks for the chip's nonce.
pub fn start() -> (Command, AwaitChallenge) {
    (
        crate::with_header(math::GET_CHALLENGE).with_le(8),
        AwaitChallenge(()),
    )
}

/// GET CHALLENGE is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitChallenge(());

impl AwaitChallenge {
    /// Takes the chip's nonce and proves knowledge of the keys. Draws `RND.IFD` (8 bytes), then `K.IFD` (16 bytes).
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Breach`] when the nonce is not eight bytes long.
    pub fn accept(
        self,
        response: &Response,
        keys: &Keys,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Command, AwaitResponse), Error> {
        const STEP: &str = "BAC: get challenge";
        let nonce = crate::accepted(STEP, response)?;
        let rnd_ic = <[u8; NONCE_LEN]>::try_from(nonce).map_err(|_| Error::Breach {
            step: STEP,
            what: "a nonce that is not eight bytes long",
        })?;
        let mut rnd_ifd = [0; NONCE_LEN];
        rng.fill_bytes(&mut rnd_ifd);
        let mut share = vec![0; SHARE_LEN];
        rng.fill_bytes(&mut share);
        let proof = Proof {
            own_nonce: rnd_ifd,
            other_nonce: rnd_ic,
            share: SecretBytes::new(share),
        };
        let command = crate::with_header(math::EXTERNAL_AUTHENTICATE)
            .with_data(proof.seal(keys))
            .with_le(40);
        Ok((
            command,
            AwaitResponse {
                keys: keys.clone(),
                proof,
            },
        ))
    }
}

/// EXTERNAL AUTHENTICATE is out.
#[must_use]
pub struct AwaitResponse {
    keys: Keys,
    proof: Proof,
}

impl core::fmt::Debug for AwaitResponse {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AwaitResponse")
    }
}

impl AwaitResponse {
    /// Checks the chip's proof and opens the channel.
    ///
    /// # Errors
    /// [`Error::Refused`] when the chip does not know these keys (`6300` as a rule), or [`Error::Breach`] when its own
    /// proof is wrong, be it the length, the MAC or a nonce.
    pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> {
        const STEP: &str = "BAC: mutual authentication";
        let sealed = crate::accepted(STEP, response)?;
        let breach = |what| Error::Breach { step: STEP, what };
        if sealed.len() != PROOF_LEN {
            return Err(breach("a proof that is not 40 bytes long"));
        }
        let answer = Proof::open(&self.keys, sealed).ok_or(breach("wrong MAC"))?;
        let (rnd_ic, rnd_ifd) = (&self.proof.other_nonce, &self.proof.own_nonce);
        // A chip that sends our own cryptogram back ends here: the nonces stand the other way round.
        if !(ct_eq(&answer.own_nonce, rnd_ic) & ct_eq(&answer.other_nonce, rnd_ifd)) {
            return Err(breach("wrong nonce"));
        }
        let (keys, ssc) = math::session(rnd_ic, rnd_ifd, &self.proof.share, &answer.share);
        Ok(sm::terminal::Channel::new(keys, ssc))
    }
}
