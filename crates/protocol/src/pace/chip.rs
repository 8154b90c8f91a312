//! The chip's side of PACE.

use antin_crypto::{CryptoRng, PrivateKey, PublicKey, SecretBytes, ct_eq, pace::Generator};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{
        self,
        tags::{authentication, mse},
    },
};

use super::{Parameters, math};
use crate::{
    general_authenticate::{self, Chain},
    password::Password,
    sm::{self, Ssc},
};

/// A chip that has not begun yet.
#[derive(Clone, Copy, Debug)]
pub struct Ready;

impl Ready {
    /// Answers MSE:Set AT: finds protocol, password and curve among what the chip offers and knows.
    ///
    /// # Errors
    /// `6A80` for a malformed command or a protocol not offered, `6A88` for a password or curve the chip does not have
    /// (or a curve left unnamed where several are offered); `6E00`, `6D00`, `6A86`, `6700` for another shape.
    pub fn select(
        offered: &[SecurityInfo],
        command: &Command,
        passwords: &dyn Fn(u8) -> Option<Password>,
    ) -> Result<(Response, AwaitNonceRequest), StatusWord> {
        crate::expect_header(command, math::MSE_SET_AT)?;
        if command.le().is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let request = Request::parse(command.data())?;
        let parameters = request.choose(offered)?;
        let password = passwords(request.password).ok_or(StatusWord::REF_DATA_NOT_FOUND)?;
        let run = Run {
            reference: request.password,
            password: password.pace_key(parameters.suite),
            parameters,
        };
        Ok((Response::status(StatusWord::OK), AwaitNonceRequest { run }))
    }
}

/// The data field of MSE:Set AT: `80 protocol, 83 password, [84 curve]`, in this order.
struct Request<'a> {
    protocol: &'a [u8],
    password: u8,
    parameters: Option<u8>,
}

impl<'a> Request<'a> {
    fn parse(data: &'a [u8]) -> Result<Self, StatusWord> {
        let wrong = |_| StatusWord::INCORRECT_PARAMETERS;
        let mut reader = tlv::Reader::new(data);
        let protocol = reader.expect(mse::MECHANISM).map_err(wrong)?.value;
        let password = one_byte(reader.expect(mse::PUBLIC_KEY_REFERENCE).map_err(wrong)?.value)?;
        let parameters = match reader.optional(mse::PRIVATE_KEY_REFERENCE).map_err(wrong)? {
            Some(object) => Some(one_byte(object.value)?),
            None => None,
        };
        reader.finish().map_err(wrong)?;
        Ok(Self {
            protocol,
            password,
            parameters,
        })
    }

    fn choose(&self, offered: &[SecurityInfo]) -> Result<Parameters, StatusWord> {
        let of_protocol: Vec<Parameters> = offered
            .iter()
            .filter_map(|info| Parameters::from_info(info).ok())
            .filter(|parameters| parameters.oid.as_bytes() == self.protocol)
            .collect();
        if of_protocol.is_empty() {
            return Err(StatusWord::INCORRECT_PARAMETERS);
        }
        let mut fitting = of_protocol
            .into_iter()
            .filter(|parameters| self.parameters.is_none_or(|id| id == parameters.parameter_id));
        let chosen = fitting.next().ok_or(StatusWord::REF_DATA_NOT_FOUND)?;
        if fitting.any(|other| other != chosen) {
            return Err(StatusWord::REF_DATA_NOT_FOUND);
        }
        Ok(chosen)
    }
}

fn one_byte(value: &[u8]) -> Result<u8, StatusWord> {
    match *value {
        [byte] => Ok(byte),
        _ => Err(StatusWord::INCORRECT_PARAMETERS),
    }
}

/// What stays the same through one run.
#[derive(Debug)]
struct Run {
    reference: u8,
    parameters: Parameters,
    password: SecretBytes,
}

/// Protocol and password are chosen.
#[must_use]
#[derive(Debug)]
pub struct AwaitNonceRequest {
    run: Run,
}

impl AwaitNonceRequest {
    /// Sends a nonce, encrypted under the password. Draws the nonce (16 bytes).
    ///
    /// # Errors
    /// `6985` for another step's message, `6A80` for a malformed one, `6700` and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitMapping), StatusWord> {
        general_authenticate::expect(command, Chain::More, None)?;
        let mut nonce = vec![0; math::NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let nonce = SecretBytes::new(nonce);
        let encrypted = math::encrypt_nonce(self.run.parameters.suite, &self.run.password, &nonce)
            .ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let answer = general_authenticate::answer(Some((authentication::ENCRYPTED_NONCE, &encrypted)));
        Ok((answer, AwaitMapping { run: self.run, nonce }))
    }
}

/// The encrypted nonce is out.
#[must_use]
#[derive(Debug)]
pub struct AwaitMapping {
    run: Run,
    nonce: SecretBytes,
}

impl AwaitMapping {
    /// Exchanges mapping keys and maps the nonce to a generator. Draws the mapping key.
    ///
    /// # Errors
    /// `6A80` for a malformed message or a key that is no point of the curve, `6985` for another step's message, `6700`
    /// and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitKeyAgreement), StatusWord> {
        let point =
            general_authenticate::expect(command, Chain::More, Some(authentication::MAPPING_TERMINAL))?;
        let their = point_of(&self.run, point)?;
        let own = PrivateKey::generate(self.run.parameters.curve, rng);
        let generator =
            Generator::map(&own, &their, &self.nonce).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
        let public = own.public();
        let answer = general_authenticate::answer(Some((authentication::MAPPING_CHIP, public.as_sec1())));
        Ok((
            answer,
            AwaitKeyAgreement {
                run: self.run,
                generator,
            },
        ))
    }
}

/// Both mapping keys are out.
#[must_use]
#[derive(Debug)]
pub struct AwaitKeyAgreement {
    run: Run,
    generator: Generator,
}

impl AwaitKeyAgreement {
    /// Exchanges ephemeral keys over the mapped generator. Draws the ephemeral key.
    ///
    /// # Errors
    /// `6A80` for a malformed message, a key that is no point of the curve or equals the chip's own, `6985` for another
    /// step's message, `6700` and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitToken), StatusWord> {
        const WRONG: StatusWord = StatusWord::INCORRECT_PARAMETERS;
        let point =
            general_authenticate::expect(command, Chain::More, Some(authentication::EPHEMERAL_TERMINAL))?;
        let their = point_of(&self.run, point)?;
        let own = PrivateKey::generate(self.run.parameters.curve, rng);
        let own_public = self.generator.public(&own).map_err(|_| WRONG)?;
        if own_public == their {
            return Err(WRONG);
        }
        let shared = own.diffie_hellman(&their).map_err(|_| WRONG)?;
        let Parameters { oid, suite, .. } = self.run.parameters;
        let keys = sm::Keys::derive(suite, shared.expose());
        let expected = SecretBytes::new(math::token(&keys, &oid, &own_public).to_vec());
        let own_token = math::token(&keys, &oid, &their);
        let answer =
            general_authenticate::answer(Some((authentication::EPHEMERAL_CHIP, own_public.as_sec1())));
        Ok((
            answer,
            AwaitToken {
                reference: self.run.reference,
                keys,
                expected,
                own_token,
            },
        ))
    }
}

/// Both ephemeral keys are out.
#[must_use]
#[derive(Debug)]
pub struct AwaitToken {
    reference: u8,
    keys: sm::Keys,
    expected: SecretBytes,
    own_token: [u8; math::TOKEN_LEN],
}

impl AwaitToken {
    /// Checks the terminal's token, gives the chip's own and opens the channel.
    ///
    /// # Errors
    /// `6300` for a wrong token (the password was wrong), `6A80` for a malformed message, `6985` for another step's
    /// message, `6700` and its like for another shape.
    pub fn step(self, command: &Command) -> Result<(Response, sm::chip::Channel), StatusWord> {
        let token = general_authenticate::expect(command, Chain::Last, Some(authentication::TOKEN_TERMINAL))?;
        if token.len() != math::TOKEN_LEN {
            return Err(StatusWord::INCORRECT_PARAMETERS);
        }
        if !ct_eq(self.expected.expose(), token) {
            return Err(StatusWord::AUTH_FAILED);
        }
        let answer = general_authenticate::answer(Some((authentication::TOKEN_CHIP, &self.own_token)));
        let ssc = Ssc::zero(self.keys.suite());
        Ok((answer, sm::chip::Channel::new(self.keys, ssc)))
    }

    /// Says which password is being tried (tag `83` of MSE:Set AT).
    #[must_use]
    pub const fn reference(&self) -> u8 {
        self.reference
    }
}

fn point_of(run: &Run, point: &[u8]) -> Result<PublicKey, StatusWord> {
    PublicKey::from_sec1(run.parameters.curve, point).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
}
