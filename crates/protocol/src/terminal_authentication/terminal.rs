//! The terminal's side of Terminal Authentication.

use antin_wire::apdu::{Command, Response};
use antin_wire::oids::ObjectIdentifier;
use antin_wire::tlv::{object, tags::mse};

use super::math::{self, Binding, CHALLENGE_LEN, ChipIdentifier};
use crate::{Error, accepted, accepted_without_data, with_header};

/// One certificate to present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The name of the key that signed it.
    pub authority: Vec<u8>,
    /// Body and signature: the objects `7F4E` and `5F37`, without the certificate object around them.
    pub content: Vec<u8>,
}

/// What the terminal has to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The certificates in their order; the last one is the terminal's own.
    pub chain: Vec<Link>,
    /// The name of the terminal's key.
    pub holder: Vec<u8>,
    /// The algorithm of the terminal's key.
    pub algorithm: ObjectIdentifier,
}

/// Makes the signature of the terminal's key over a message.
pub type Sign<'a> = dyn FnMut(&[u8]) -> Result<Vec<u8>, Error> + 'a;

/// The whole protocol: `send` carries a command to the chip and brings its answer, `sign` is the terminal's key.
///
/// # Errors
/// Those of the steps, and what `send` returns.
pub fn authenticate<E: From<Error>>(
    credentials: &Credentials,
    chip: &ChipIdentifier,
    binding: &Binding,
    sign: &mut Sign<'_>,
    send: &mut dyn FnMut(&Command) -> Result<Response, E>,
) -> Result<(), E> {
    for link in &credentials.chain {
        let (command, next) = AwaitReference::present(link);
        let (command, next) = next.accept(&send(&command)?)?;
        next.accept(&send(&command)?)?;
    }
    let (command, next) = AwaitSelection::select(credentials, binding);
    let (command, next) = next.accept(&send(&command)?)?;
    let (command, next) = next.accept(&send(&command)?, chip, sign)?;
    Ok(next.accept(&send(&command)?)?)
}

/// MSE:Set DST was sent.
#[must_use]
#[derive(Debug)]
pub struct AwaitReference {
    content: Vec<u8>,
}

impl AwaitReference {
    /// Names the key that is to verify the next certificate.
    pub fn present(link: &Link) -> (Command, Self) {
        let data = object(mse::PUBLIC_KEY_REFERENCE, &link.authority);
        let content = link.content.clone();
        (with_header(math::MSE_SET_DST).with_data(data), Self { content })
    }

    /// Sends the certificate.
    ///
    /// # Errors
    /// [`Error::Refused`], with `6A88` when the chip does not have the key; [`Error::Breach`].
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitImport), Error> {
        accepted_without_data("Terminal Authentication: name the signing key", response)?;
        let command = with_header(math::VERIFY_CERTIFICATE).with_data(self.content);
        Ok((command, AwaitImport { _private: () }))
    }
}

/// PSO:Verify Certificate was sent.
#[must_use]
#[derive(Debug)]
pub struct AwaitImport {
    _private: (),
}

impl AwaitImport {
    /// The chip believes the certificate.
    ///
    /// # Errors
    /// [`Error::Refused`] when it does not; [`Error::Breach`].
    pub fn accept(self, response: &Response) -> Result<(), Error> {
        accepted_without_data("Terminal Authentication: verify a certificate", response)
    }
}

/// MSE:Set AT was sent.
#[must_use]
#[derive(Debug)]
pub struct AwaitSelection {
    binding: Binding,
}

impl AwaitSelection {
    /// Names the terminal's key, in version 2 also its algorithm, what else will be signed and the ephemeral key.
    pub fn select(credentials: &Credentials, binding: &Binding) -> (Command, Self) {
        let holder = object(mse::PUBLIC_KEY_REFERENCE, &credentials.holder);
        let data = match binding {
            Binding::V1 { .. } => holder,
            Binding::V2 { ephemeral, auxiliary } => {
                let algorithm = object(mse::MECHANISM, credentials.algorithm.as_bytes());
                let auxiliary = auxiliary
                    .as_ref()
                    .map(|data| object(mse::AUXILIARY_DATA, data))
                    .unwrap_or_default();
                let ephemeral = object(mse::EPHEMERAL_PUBLIC_KEY, ephemeral);
                [algorithm, holder, auxiliary, ephemeral].concat()
            }
        };
        let binding = binding.clone();
        (with_header(math::MSE_SET_AT).with_data(data), Self { binding })
    }

    /// Asks for a challenge.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Breach`].
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitChallenge), Error> {
        accepted_without_data("Terminal Authentication: select the terminal's key", response)?;
        let binding = self.binding;
        Ok((
            with_header(math::GET_CHALLENGE).with_le(8),
            AwaitChallenge { binding },
        ))
    }
}

/// GET CHALLENGE was sent.
#[must_use]
#[derive(Debug)]
pub struct AwaitChallenge {
    binding: Binding,
}

impl AwaitChallenge {
    /// Signs the challenge.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] when the challenge is not eight bytes long, in which case nothing is
    /// signed; what `sign` returns.
    pub fn accept(
        self,
        response: &Response,
        chip: &ChipIdentifier,
        sign: &mut Sign<'_>,
    ) -> Result<(Command, AwaitVerdict), Error> {
        const STEP: &str = "Terminal Authentication: get a challenge";
        let challenge = accepted(STEP, response)?;
        if challenge.len() != CHALLENGE_LEN {
            return Err(Error::Breach {
                step: STEP,
                what: "a challenge that is not eight bytes long",
            });
        }
        let signature = sign(&math::message(chip, challenge, &self.binding))?;
        Ok((
            with_header(math::EXTERNAL_AUTHENTICATE).with_data(signature),
            AwaitVerdict { _private: () },
        ))
    }
}

/// EXTERNAL AUTHENTICATE was sent.
#[must_use]
#[derive(Debug)]
pub struct AwaitVerdict {
    _private: (),
}

impl AwaitVerdict {
    /// The chip believes the terminal: what its certificates grant is open now.
    ///
    /// # Errors
    /// [`Error::Refused`], with `6300` when the signature is wrong; [`Error::Breach`].
    pub fn accept(self, response: &Response) -> Result<(), Error> {
        accepted_without_data("Terminal Authentication: prove the terminal's key", response)
    }
}
