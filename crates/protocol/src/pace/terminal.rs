//! The terminal's side of PACE.

use antin_crypto::{
    CryptoRng, SecretBytes,
    agreement::{Generator, PrivateKey, PublicKey},
    ct_eq,
};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{Mapping, Parameters, math};
use crate::{
    Error,
    general_authenticate::{self, Chain},
    password::Password,
    sm::{self, Ssc},
};

/// Whether MSE:Set AT names the domain parameters (tag `84`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainReference {
    /// Left out: the chip offers one set only for this protocol.
    Omit,
    /// Sent: the chip offers several.
    Send,
}

/// Chooses protocol and password: MSE:Set AT, ICAO 9303-11 §4.4.4.1.
///
/// # Errors
/// [`Error::Misuse`] when domain parameters that have no number shall be named.
pub fn start(
    parameters: &Parameters,
    password: &Password,
    domain: DomainReference,
) -> Result<(Command, AwaitMse), Error> {
    start_with(parameters, password, domain, None)
}

/// Chooses protocol and password, and says with which rights Terminal Authentication version 2 will follow: `chat` is
/// the whole certificate holder authorization template, object `7F4C`.
///
/// # Errors
/// [`Error::Misuse`] when domain parameters that have no number shall be named, or `chat` is not one object `7F4C`.
pub fn start_for_terminal_authentication(
    parameters: &Parameters,
    password: &Password,
    domain: DomainReference,
    chat: &[u8],
) -> Result<(Command, AwaitMse), Error> {
    start_with(parameters, password, domain, Some(chat))
}

fn start_with(
    parameters: &Parameters,
    password: &Password,
    domain: DomainReference,
    chat: Option<&[u8]>,
) -> Result<(Command, AwaitMse), Error> {
    let mut body = tlv::object(mse::MECHANISM, parameters.oid.as_bytes());
    body.extend(tlv::object(mse::PUBLIC_KEY_REFERENCE, &[password.reference()]));
    if domain == DomainReference::Send {
        let id = parameters.parameter_id.ok_or(Error::Misuse {
            what: "these domain parameters have no number to be named by",
        })?;
        body.extend(tlv::object(mse::PRIVATE_KEY_REFERENCE, &[id]));
    }
    if let Some(chat) = chat {
        if !math::is_chat(chat) {
            return Err(Error::Misuse {
                what: "not a certificate holder authorization template",
            });
        }
        body.extend(chat);
    }
    let run = Run {
        parameters: parameters.clone(),
        password: password.pace_key(parameters.suite),
        tries_left: None,
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
    tries_left: Option<u8>,
}

/// MSE:Set AT is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitMse {
    run: Run,
}

impl AwaitMse {
    /// Asks for the encrypted nonce. Goes on when the chip warns that tries were used up (`63Cx`, TR-03110-3 §B.14.1) as
    /// long as at least two are left.
    ///
    /// # Errors
    /// [`Error::Refused`] when the chip does not offer this protocol or password after all, or has less than two tries
    /// left: `63C1` suspended, `63C0` blocked, `6283` deactivated.
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitNonce), Error> {
        self.go_on(response, 2)
    }

    /// As [`accept`](Self::accept), but takes the last try as well: for a password that was resumed just now.
    ///
    /// # Errors
    /// As [`accept`](Self::accept), except for `63C1`.
    pub fn accept_last_try(self, response: &Response) -> Result<(Command, AwaitNonce), Error> {
        self.go_on(response, 1)
    }

    fn go_on(mut self, response: &Response, least_tries: u8) -> Result<(Command, AwaitNonce), Error> {
        const STEP: &str = "PACE: select protocol and password";
        match response.sw.tries_left() {
            Some(tries) if tries >= least_tries => {
                self.run.tries_left = Some(tries);
                let plain = Response {
                    data: response.data.clone(),
                    sw: StatusWord::OK,
                };
                crate::accepted_without_data(STEP, &plain)?;
            }
            _ => crate::accepted_without_data(STEP, response)?,
        }
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
    /// How many tries the chip said are left, if it said so.
    #[must_use]
    pub const fn tries_left(&self) -> Option<u8> {
        self.run.tries_left
    }

    /// Decrypts the nonce and sends mapping data. Draws the mapping key, or the nonce of integrated mapping.
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
        let Parameters {
            mapping,
            suite,
            group,
            ..
        } = self.run.parameters;
        let nonce =
            math::decrypt_nonce(mapping, suite, &self.run.password, encrypted).ok_or(Error::Breach {
                step: STEP,
                what: "a nonce of wrong length",
            })?;
        let own = match mapping {
            Mapping::Generic | Mapping::ChipAuthentication => Own::Key(PrivateKey::generate(group, rng)),
            Mapping::Integrated => {
                let mut nonce_t = vec![0; suite.key_len()];
                rng.fill_bytes(&mut nonce_t);
                Own::Nonce(nonce_t)
            }
        };
        let command = match &own {
            Own::Key(key) => {
                let public = key.public();
                mapping_command(public.as_wire())
            }
            Own::Nonce(nonce_t) => mapping_command(nonce_t),
        };
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

fn mapping_command(data: &[u8]) -> Command {
    general_authenticate::command(Chain::More, Some((authentication::MAPPING_TERMINAL, data)))
}

/// What the terminal brought to the mapping.
#[derive(Debug)]
enum Own {
    Key(PrivateKey),
    Nonce(Vec<u8>),
}

/// The chip's mapping data are due.
#[must_use]
#[derive(Debug)]
pub struct AwaitMapping {
    run: Run,
    nonce: SecretBytes,
    own: Own,
}

impl AwaitMapping {
    /// Maps the nonce to a generator and sends an ephemeral key over it. Draws the ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] or [`Error::Malformed`] when the chip's key is not of the group, is our own
    /// sent back, leads nowhere, or comes where none belongs (integrated mapping).
    pub fn accept(
        self,
        response: &Response,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Command, AwaitKeyAgreement), Error> {
        const STEP: &str = "PACE: map nonce";
        let breach = |what| Error::Breach { step: STEP, what };
        let data = general_authenticate::accept(STEP, response, authentication::MAPPING_CHIP)?;
        let Parameters { suite, group, .. } = self.run.parameters;
        let (generator, mapping_key) = match &self.own {
            Own::Key(own) => {
                let their = key_of(STEP, &self.run, data)?;
                if their == own.public() {
                    return Err(breach("our own mapping key came back"));
                }
                let generator = Generator::generic(own, &their, &self.nonce)
                    .map_err(|_| breach("a mapping key that leads nowhere"))?;
                (generator, Some(their))
            }
            Own::Nonce(nonce_t) => {
                if !data.is_empty() {
                    return Err(breach("mapping data where none belong"));
                }
                let generator = math::integrated(group, suite, &self.nonce, nonce_t)
                    .map_err(|_| breach("a nonce that leads nowhere"))?;
                (generator, None)
            }
        };
        let own = PrivateKey::generate(group, rng);
        let own_public = generator.public(&own)?;
        let object = (authentication::EPHEMERAL_TERMINAL, own_public.as_wire());
        let command = general_authenticate::command(Chain::More, Some(object));
        Ok((
            command,
            AwaitKeyAgreement {
                run: self.run,
                mapping_key,
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
    mapping_key: Option<PublicKey>,
    own: PrivateKey,
    own_public: PublicKey,
}

impl AwaitKeyAgreement {
    /// Agrees on the session keys and confirms the chip's ephemeral key.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Breach`] or [`Error::Malformed`] when the chip's key is not of the group or equals
    /// our own.
    pub fn accept(self, response: &Response) -> Result<(Command, AwaitToken), Error> {
        const STEP: &str = "PACE: key agreement";
        let key = general_authenticate::accept(STEP, response, authentication::EPHEMERAL_CHIP)?;
        let their = key_of(STEP, &self.run, key)?;
        // ICAO 9303-11 §4.4.1: the two ephemeral keys shall differ.
        if their == self.own_public {
            return Err(Error::Breach {
                step: STEP,
                what: "our own ephemeral key came back",
            });
        }
        let shared = self.own.agree(&their).map_err(|_| Error::Breach {
            step: STEP,
            what: "an ephemeral key that leads nowhere",
        })?;
        let Parameters { oid, suite, .. } = self.run.parameters;
        let keys = sm::Keys::derive(suite, shared.expose());
        let own_token = math::token(&keys, &oid, &their);
        let expected = SecretBytes::new(math::token(&keys, &oid, &self.own_public).to_vec());
        let command =
            general_authenticate::command(Chain::Last, Some((authentication::TOKEN_TERMINAL, &own_token)));
        Ok((
            command,
            AwaitToken {
                run: self.run,
                keys,
                expected,
                mapping_key: self.mapping_key,
                outcome: Outcome {
                    chip_ephemeral_compressed: their.compressed(),
                    terminal_ephemeral_compressed: self.own_public.compressed(),
                    cam: None,
                    car: Vec::new(),
                },
            },
        ))
    }
}

/// What one run of PACE leaves behind, beside the channel.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `Comp()` of the chip's ephemeral key: the identity of the chip in Terminal Authentication after PACE (TR-03110-3
    /// §A.2.2.3).
    pub chip_ephemeral_compressed: Vec<u8>,
    /// `Comp()` of the terminal's own ephemeral key.
    pub terminal_ephemeral_compressed: Vec<u8>,
    /// What chip authentication mapping gave; it proves nothing before EF.CardSecurity has been verified.
    pub cam: Option<CamEvidence>,
    /// Certification authority references, the most recent first: the trust points that the chip holds.
    pub car: Vec<Vec<u8>>,
}

/// With the chip's static key from a verified EF.CardSecurity this proves the chip:
/// `mapping_key = chip_data * static key` (ICAO 9303-11 §4.4.3.5.2).
#[derive(Clone, Debug)]
pub struct CamEvidence {
    /// The key that the chip sent in the mapping step.
    pub mapping_key: PublicKey,
    /// The Chip Authentication Data, as long as the order of the group; empty where the chip sent none that can be read,
    /// which proves nothing.
    pub chip_data: SecretBytes,
}

/// The chip's token is due.
#[must_use]
#[derive(Debug)]
pub struct AwaitToken {
    run: Run,
    keys: sm::Keys,
    expected: SecretBytes,
    mapping_key: Option<PublicKey>,
    outcome: Outcome,
}

impl AwaitToken {
    /// The session keys that were agreed. Nothing is proven about the other side yet: they are here for tests that ask
    /// what a chip makes of them before the tokens are exchanged.
    #[must_use]
    pub const fn unconfirmed_keys(&self) -> &sm::Keys {
        &self.keys
    }

    /// Checks the chip's token and opens the channel.
    ///
    /// References of trust points may follow the token whether asked for or not. Chip Authentication Data are ignored with
    /// another mapping than their own; with that one they are [kept](Outcome::cam), missing ones as empty.
    ///
    /// # Errors
    /// [`Error::Refused`] with `6300` (or `63Cx`) when the password is wrong; [`Error::Breach`] or
    /// [`Error::Malformed`] when the chip's token is, or what follows it.
    pub fn accept(mut self, response: &Response) -> Result<(sm::terminal::Channel, Outcome), Error> {
        const STEP: &str = "PACE: mutual authentication";
        let breach = |what| Error::Breach { step: STEP, what };
        let mut objects = general_authenticate::accept_objects(STEP, response)?;
        let token = objects.expect(authentication::TOKEN_CHIP)?.value;
        let mapped = self.run.parameters.mapping == Mapping::ChipAuthentication;
        let mut chip_data = None;
        let mut car_previous = None;
        while let Some(object) = objects.next()? {
            let place = match object.tag {
                authentication::CAR if self.outcome.car.is_empty() => {
                    self.outcome.car.push(object.value.to_vec());
                    continue;
                }
                authentication::CAR_PREVIOUS => &mut car_previous,
                authentication::CHIP_AUTHENTICATION_DATA => &mut chip_data,
                // The proof of the chip under a wrong tag is no proof; the session is none the worse for it.
                _ if mapped && chip_data.is_none() => continue,
                _ => return Err(breach("an object that does not belong here")),
            };
            if place.replace(object.value).is_some() {
                return Err(breach("an object that does not belong here"));
            }
        }
        if !ct_eq(self.expected.expose(), token) {
            return Err(breach("wrong authentication token"));
        }
        self.outcome.car.extend(car_previous.map(<[u8]>::to_vec));
        if mapped {
            // What is missing or cannot be read proves nothing, which is a fact about the chip and not about the session.
            let data = chip_data
                .and_then(|data| math::decrypt_chip_data(&self.keys, self.run.parameters.group, data))
                .unwrap_or_else(|| SecretBytes::new(Vec::new()));
            let mapping_key = self.mapping_key.ok_or(breach("no mapping key"))?;
            self.outcome.cam = Some(CamEvidence {
                mapping_key,
                chip_data: data,
            });
        }
        let ssc = Ssc::zero(self.keys.suite());
        Ok((sm::terminal::Channel::new(self.keys, ssc), self.outcome))
    }
}

fn key_of(step: &'static str, run: &Run, key: &[u8]) -> Result<PublicKey, Error> {
    PublicKey::decode(run.parameters.group, key).map_err(|_| Error::Breach {
        step,
        what: "a key that does not belong to the group",
    })
}
