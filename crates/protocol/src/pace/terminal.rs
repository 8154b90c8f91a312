//! The terminal's side of PACE.

use antin_crypto::{CryptoRng, PrivateKey, PublicKey, SecretBytes, ct_eq, pace::Generator};
use antin_wire::{
    apdu::{Command, Response},
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{Parameters, math};
use crate::{
    Error,
    general_authenticate::{self, Chain},
    password::Password,
    sm::{self, Ssc},
};

/// Whether MSE:Set AT names the domain parameters (tag `84`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainReference {
    /// Left out: the chip offers one curve only for this protocol.
    Omit,
    /// Sent: the chip offers several.
    Send,
}

/// Chooses protocol and password: MSE:Set AT, ICAO 9303-11 §4.4.4.1.
///
/// # Errors
/// None at present; a later mapping may need more than these parameters say.
pub fn start(
    parameters: &Parameters,
    password: &Password,
    domain: DomainReference,
) -> Result<(Command, AwaitMse), Error> {
    let mut body = tlv::object(mse::MECHANISM, parameters.oid.as_bytes());
    body.extend(tlv::object(mse::PUBLIC_KEY_REFERENCE, &[password.reference()]));
    if domain == DomainReference::Send {
        body.extend(tlv::object(
            mse::PRIVATE_KEY_REFERENCE,
            &[parameters.parameter_id],
        ));
    }
    let run = Run {
        parameters: parameters.clone(),
        password: password.pace_key(parameters.suite),
    };
    Ok((
        crate::with_header(math::MSE_SET_AT).with_data(body),
        AwaitMse { run },
    ))
}

/// What stays the same through one run.
#[derive(Debug)]
struct Run {
    parameters: Parameters,
    password: SecretBytes,
}

/// MSE:Set AT is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitMse {
    run: Run,
}

impl AwaitMse {
    /// Asks for the encrypted nonce.
    ///
    /// # Errors
    /// [`Error::Refused`] when the chip does not offer this protocol or password after all (`63Cx`, a warning about the
    /// tries left, included).
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitNonce), Error> {
        const STEP: &str = "PACE: select protocol and password";
        crate::accepted_without_data(STEP, response)?;
        Ok((
            general_authenticate::command(Chain::More, None),
            AwaitNonce { run: self.run },
        ))
    }
}

/// The encrypted nonce is due.
#[must_use]
#[derive(Debug)]
pub struct AwaitNonce {
    run: Run,
}

impl AwaitNonce {
    /// Decrypts the nonce and sends a mapping key. Draws the mapping key.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] or [`Error::Malformed`] when the nonce cannot be one.
    pub fn accept(
        self,
        response: &Response,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Command, AwaitMapping), Error> {
        const STEP: &str = "PACE: encrypted nonce";
        let encrypted = general_authenticate::accept(STEP, response, authentication::ENCRYPTED_NONCE)?;
        let nonce = math::decrypt_nonce(self.run.parameters.suite, &self.run.password, encrypted).ok_or(
            Error::Breach {
                step: STEP,
                what: "a nonce of wrong length",
            },
        )?;
        let own = PrivateKey::generate(self.run.parameters.curve, rng);
        let public = own.public();
        let command = general_authenticate::command(
            Chain::More,
            Some((authentication::MAPPING_TERMINAL, public.as_sec1())),
        );
        Ok((
            command,
            AwaitMapping {
                run: self.run,
                nonce,
                own,
            },
        ))
    }
}

/// The chip's mapping key is due.
#[must_use]
#[derive(Debug)]
pub struct AwaitMapping {
    run: Run,
    nonce: SecretBytes,
    own: PrivateKey,
}

impl AwaitMapping {
    /// Maps the nonce to a generator and sends an ephemeral key over it. Draws the ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] or [`Error::Malformed`] when the chip's key is no point of the curve, is
    /// our own sent back, or maps to infinity.
    pub fn accept(
        self,
        response: &Response,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Command, AwaitKeyAgreement), Error> {
        const STEP: &str = "PACE: map nonce";
        let point = general_authenticate::accept(STEP, response, authentication::MAPPING_CHIP)?;
        let their = point_of(STEP, &self.run, point)?;
        if their == self.own.public() {
            return Err(Error::Breach {
                step: STEP,
                what: "our own mapping key came back",
            });
        }
        let generator = Generator::map(&self.own, &their, &self.nonce).map_err(|_| Error::Breach {
            step: STEP,
            what: "a mapping key that leads nowhere",
        })?;
        let own = PrivateKey::generate(self.run.parameters.curve, rng);
        let own_public = generator.public(&own)?;
        let command = general_authenticate::command(
            Chain::More,
            Some((authentication::EPHEMERAL_TERMINAL, own_public.as_sec1())),
        );
        Ok((
            command,
            AwaitKeyAgreement {
                run: self.run,
                own,
                own_public,
            },
        ))
    }
}

/// The chip's ephemeral key is due.
#[must_use]
#[derive(Debug)]
pub struct AwaitKeyAgreement {
    run: Run,
    own: PrivateKey,
    own_public: PublicKey,
}

impl AwaitKeyAgreement {
    /// Agrees on the session keys and confirms the chip's ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] or [`Error::Malformed`] when the chip's key is no point of the curve or
    /// equals our own.
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitToken), Error> {
        const STEP: &str = "PACE: key agreement";
        let point = general_authenticate::accept(STEP, response, authentication::EPHEMERAL_CHIP)?;
        let their = point_of(STEP, &self.run, point)?;
        // ICAO 9303-11 §4.4.1: the two ephemeral keys shall differ.
        if their == self.own_public {
            return Err(Error::Breach {
                step: STEP,
                what: "our own ephemeral key came back",
            });
        }
        let shared = self.own.diffie_hellman(&their).map_err(|_| Error::Breach {
            step: STEP,
            what: "an ephemeral key that leads nowhere",
        })?;
        let Parameters { oid, suite, .. } = self.run.parameters;
        let keys = sm::Keys::derive(suite, shared.expose());
        let own_token = math::token(&keys, &oid, &their);
        let expected = SecretBytes::new(math::token(&keys, &oid, &self.own_public).to_vec());
        let command =
            general_authenticate::command(Chain::Last, Some((authentication::TOKEN_TERMINAL, &own_token)));
        Ok((command, AwaitToken { keys, expected }))
    }
}

/// The chip's token is due.
#[must_use]
#[derive(Debug)]
pub struct AwaitToken {
    keys: sm::Keys,
    expected: SecretBytes,
}

impl AwaitToken {
    /// Checks the chip's token and opens the channel.
    ///
    /// # Errors
    /// [`Error::Refused`] with `6300` (or `63Cx`) when the password is wrong; [`Error::Breach`] or
    /// [`Error::Malformed`] when the chip's own token is.
    pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> {
        const STEP: &str = "PACE: mutual authentication";
        let token = general_authenticate::accept(STEP, response, authentication::TOKEN_CHIP)?;
        if !ct_eq(self.expected.expose(), token) {
            return Err(Error::Breach {
                step: STEP,
                what: "wrong authentication token",
            });
        }
        let ssc = Ssc::zero(self.keys.suite());
        Ok(sm::terminal::Channel::new(self.keys, ssc))
    }
}

fn point_of(step: &'static str, run: &Run, point: &[u8]) -> Result<PublicKey, Error> {
    PublicKey::from_sec1(run.parameters.curve, point).map_err(|_| Error::Breach {
        step,
        what: "a key that is no point of the curve",
    })
}
