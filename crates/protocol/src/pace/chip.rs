//! The chip's side of PACE.

use antin_crypto::{
    CryptoRng, SecretBytes,
    agreement::{Generator, Group, PrivateKey, PublicKey},
    ct_eq,
    pace::cam,
};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    tlv::{
        self,
        tags::{self, authentication, mse},
    },
};

use super::{Mapping, Parameters, math, offer};
use crate::{
    general_authenticate::{self, Chain},
    password::Password,
    sm::{self, Ssc},
};

/// What a chip brings to PACE.
pub struct Card<'a> {
    /// What EF.CardAccess announces.
    pub offered: &'a [SecurityInfo],
    /// Looks a password up by its reference (tag `83` of MSE:Set AT).
    pub passwords: &'a dyn Fn(u8) -> Lookup,
    /// The static keys for chip authentication mapping, one a curve.
    pub static_keys: &'a [antin_crypto::PrivateKey],
    /// Answers a certificate holder authorization template (the whole object `7F4C`, where the terminal sent one) with
    /// the references of the trust points that fit it, the most recent first, two at most; or refuses it.
    pub trust_points: &'a (dyn Fn(Option<&[u8]>) -> References + 'a),
}

/// The references of trust points, or why rights are refused; see [`Card::trust_points`].
pub type References = Result<Vec<Vec<u8>>, StatusWord>;

/// What a chip knows of a password that a terminal asks for (TR-03110-3 §B.14.1 and §B.14.2).
#[derive(Clone, Debug)]
pub enum Lookup {
    /// It may be tried.
    Usable(Password),
    /// It may be tried, and the terminal is warned: `63Cx`, `x` tries are left.
    Warned(Password, StatusWord),
    /// It is selected with a warning (`63C1` suspended, `63C0` blocked, `6283` deactivated) and the run ends with the
    /// refusal (`6985`, `6983`, `6984`) before anything is said about it.
    Unusable {
        /// Answer to MSE:Set AT.
        warning: StatusWord,
        /// Answer to what follows.
        refusal: StatusWord,
    },
    /// The chip has no such password.
    Absent,
}

impl From<Option<Password>> for Lookup {
    fn from(found: Option<Password>) -> Self {
        found.map_or(Self::Absent, Self::Usable)
    }
}

/// A chip without trust points.
///
/// # Errors
/// None; the type is that of [`Card::trust_points`].
pub fn no_trust_points(_: Option<&[u8]>) -> Result<Vec<Vec<u8>>, StatusWord> {
    Ok(Vec::new())
}

/// A chip that has not begun yet.
#[derive(Clone, Copy, Debug)]
pub struct Ready;

impl Ready {
    /// Answers MSE:Set AT: finds protocol, password and domain parameters among what the chip offers and knows. Objects
    /// that are not specified for this command are ignored (ICAO 9303-11 §4.4.4.1, note 2).
    ///
    /// # Errors
    /// `6A80` for a malformed command or a protocol not offered, `6A88` for a password, domain parameters or a static key
    /// that the chip does not have (or domain parameters left unnamed where several are offered); what
    /// [`Card::trust_points`] says; `6E00`, `6D00`, `6A86`, `6700` for another shape.
    pub fn select(card: &Card<'_>, command: &Command) -> Result<(Response, AwaitNonceRequest), StatusWord> {
        crate::expect_header(command, math::MSE_SET_AT)?;
        if command.le().is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let request = Request::parse(command.data())?;
        let parameters = request.choose(card.offered)?;
        let (answer, password) = match (card.passwords)(request.password) {
            Lookup::Usable(password) => (StatusWord::OK, Ok(password)),
            Lookup::Warned(password, warning) => (warning, Ok(password)),
            Lookup::Unusable { warning, refusal } => (warning, Err(refusal)),
            Lookup::Absent => return Err(StatusWord::REF_DATA_NOT_FOUND),
        };
        let references = (card.trust_points)(request.chat)?;
        let static_key = match (parameters.mapping, parameters.group) {
            (Mapping::ChipAuthentication, Group::Ec(curve)) => {
                let fitting = card.static_keys.iter().find(|key| key.curve() == curve);
                Some(fitting.ok_or(StatusWord::REF_DATA_NOT_FOUND)?.clone())
            }
            _ => None,
        };
        let run = Run {
            password: password.map(|password| password.pace_key(parameters.suite)),
            static_key,
            references,
            chosen: Chosen {
                reference: request.password,
                chat: request.chat.map(<[u8]>::to_vec),
            },
            parameters,
        };
        Ok((Response::status(answer), AwaitNonceRequest { run }))
    }
}

/// The data field of MSE:Set AT: `80 protocol, 83 password, [84 domain parameters] [7F4C rights]`.
struct Request<'a> {
    protocol: &'a [u8],
    password: u8,
    parameters: Option<u8>,
    chat: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn parse(data: &'a [u8]) -> Result<Self, StatusWord> {
        let wrong = |_| StatusWord::INCORRECT_PARAMETERS;
        let mut reader = tlv::Reader::new(data);
        let mut request = Self {
            protocol: reader.expect(mse::MECHANISM).map_err(wrong)?.value,
            password: one_byte(reader.expect(mse::PUBLIC_KEY_REFERENCE).map_err(wrong)?.value)?,
            parameters: None,
            chat: None,
        };
        while let Some(object) = reader.next().map_err(wrong)? {
            let twice = match object.tag {
                mse::PRIVATE_KEY_REFERENCE => request.parameters.replace(one_byte(object.value)?).is_some(),
                tags::CHAT => request.chat.replace(object.raw).is_some(),
                mse::MECHANISM | mse::PUBLIC_KEY_REFERENCE => true,
                _ => false,
            };
            if twice {
                return Err(StatusWord::INCORRECT_PARAMETERS);
            }
        }
        Ok(request)
    }

    fn choose(&self, offered: &[SecurityInfo]) -> Result<Parameters, StatusWord> {
        let of_protocol: Vec<Parameters> = offer::offers(offered)
            .into_iter()
            .flatten()
            .filter(|parameters| parameters.oid.as_bytes() == self.protocol)
            .collect();
        if of_protocol.is_empty() {
            return Err(StatusWord::INCORRECT_PARAMETERS);
        }
        let mut fitting = of_protocol
            .into_iter()
            .filter(|parameters| self.parameters.is_none() || self.parameters == parameters.parameter_id);
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

/// What the terminal asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chosen {
    reference: u8,
    chat: Option<Vec<u8>>,
}

/// What stays the same through one run.
#[derive(Debug)]
struct Run {
    chosen: Chosen,
    parameters: Parameters,
    /// The key that the password gives, or the status word that the password's state asks for.
    password: Result<SecretBytes, StatusWord>,
    static_key: Option<antin_crypto::PrivateKey>,
    references: Vec<Vec<u8>>,
}

/// Protocol and password are chosen.
#[must_use]
#[derive(Debug)]
pub struct AwaitNonceRequest {
    run: Run,
}

impl AwaitNonceRequest {
    /// Says which password the terminal means (tag `83` of MSE:Set AT).
    #[must_use]
    pub const fn reference(&self) -> u8 {
        self.run.chosen.reference
    }

    /// Sends a nonce, encrypted under the password. Draws the nonce (16 bytes, 32 for integrated mapping with long keys).
    ///
    /// # Errors
    /// What the password's state asks for ([`Lookup::Unusable`]); `6985` for another step's message, `6A80` for a
    /// malformed one, `6700` and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitMapping), StatusWord> {
        general_authenticate::expect(command, Chain::More, None)?;
        let password = self.run.password.as_ref().map_err(|refusal| *refusal)?;
        let Parameters { mapping, suite, .. } = self.run.parameters;
        let mut nonce = vec![0; math::nonce_len(mapping, suite)];
        rng.fill_bytes(&mut nonce);
        let nonce = SecretBytes::new(nonce);
        let encrypted =
            math::encrypt_nonce(suite, password, &nonce).ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
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
    /// Exchanges mapping data and maps the nonce to a generator. Draws the mapping key, unless the mapping is the
    /// integrated one.
    ///
    /// # Errors
    /// `6A80` for a malformed message, a key that is not of the group or a nonce of wrong length, `6985` for another
    /// step's message, `6700` and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitKeyAgreement), StatusWord> {
        const WRONG: StatusWord = StatusWord::INCORRECT_PARAMETERS;
        let data =
            general_authenticate::expect(command, Chain::More, Some(authentication::MAPPING_TERMINAL))?;
        let Parameters {
            mapping,
            suite,
            group,
            ..
        } = self.run.parameters;
        let (generator, own) = match mapping {
            Mapping::Generic | Mapping::ChipAuthentication => {
                let their = key_of(&self.run, data)?;
                let own = PrivateKey::generate(group, rng);
                let generator = Generator::generic(&own, &their, &self.nonce).map_err(|_| WRONG)?;
                (generator, Some(own))
            }
            Mapping::Integrated if data.len() == suite.key_len() => {
                let generator = math::integrated(group, suite, &self.nonce, data).map_err(|_| WRONG)?;
                (generator, None)
            }
            Mapping::Integrated => return Err(WRONG),
        };
        let public = own.as_ref().map(PrivateKey::public);
        let value = public.as_ref().map_or(&[][..], PublicKey::as_wire);
        let answer = general_authenticate::answer(Some((authentication::MAPPING_CHIP, value)));
        Ok((
            answer,
            AwaitKeyAgreement {
                run: self.run,
                mapping_key: own,
                generator,
            },
        ))
    }
}

/// The mapping data are out.
#[must_use]
#[derive(Debug)]
pub struct AwaitKeyAgreement {
    run: Run,
    mapping_key: Option<PrivateKey>,
    generator: Generator,
}

impl AwaitKeyAgreement {
    /// Exchanges ephemeral keys over the mapped generator. Draws the ephemeral key.
    ///
    /// # Errors
    /// `6A80` for a malformed message, a key that is not of the group or equals the chip's own, `6985` for another
    /// step's message, `6700` and its like for another shape.
    pub fn step(
        self,
        command: &Command,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Response, AwaitToken), StatusWord> {
        const WRONG: StatusWord = StatusWord::INCORRECT_PARAMETERS;
        let key =
            general_authenticate::expect(command, Chain::More, Some(authentication::EPHEMERAL_TERMINAL))?;
        let their = key_of(&self.run, key)?;
        let Parameters {
            oid, suite, group, ..
        } = self.run.parameters;
        let own = PrivateKey::generate(group, rng);
        let own_public = self.generator.public(&own).map_err(|_| WRONG)?;
        if own_public == their {
            return Err(WRONG);
        }
        let shared = own.agree(&their).map_err(|_| WRONG)?;
        let keys = sm::Keys::derive(suite, shared.expose());
        let chip_data = match (&self.run.static_key, &self.mapping_key) {
            (Some(static_key), Some(PrivateKey::Ec(mapping_key))) => {
                let data = cam::chip_data(static_key, mapping_key)
                    .map_err(|_| StatusWord::CONDITIONS_NOT_SATISFIED)?;
                Some(math::encrypt_chip_data(&keys, &data).ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?)
            }
            _ => None,
        };
        let expected = SecretBytes::new(math::token(&keys, &oid, &own_public).to_vec());
        let own_token = math::token(&keys, &oid, &their);
        let answer =
            general_authenticate::answer(Some((authentication::EPHEMERAL_CHIP, own_public.as_wire())));
        Ok((
            answer,
            AwaitToken {
                outcome: Outcome {
                    reference: self.run.chosen.reference,
                    chat: self.run.chosen.chat,
                    chip_ephemeral_compressed: own_public.compressed(),
                    terminal_ephemeral_compressed: their.compressed(),
                },
                references: self.run.references,
                chip_data,
                keys,
                expected,
                own_token,
            },
        ))
    }
}

/// What one run of PACE leaves behind, beside the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which password opened the chip (tag `83` of MSE:Set AT).
    pub reference: u8,
    /// The rights that the terminal announced, the whole object `7F4C`.
    pub chat: Option<Vec<u8>>,
    /// `Comp()` of the chip's ephemeral key: its identity in Terminal Authentication after PACE (TR-03110-3 §A.2.2.3).
    pub chip_ephemeral_compressed: Vec<u8>,
    /// `Comp()` of the terminal's ephemeral key.
    pub terminal_ephemeral_compressed: Vec<u8>,
}

/// Both ephemeral keys are out.
#[must_use]
#[derive(Debug)]
pub struct AwaitToken {
    outcome: Outcome,
    references: Vec<Vec<u8>>,
    chip_data: Option<Vec<u8>>,
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
    pub fn step(self, command: &Command) -> Result<(Response, sm::chip::Channel, Outcome), StatusWord> {
        let token = general_authenticate::expect(command, Chain::Last, Some(authentication::TOKEN_TERMINAL))?;
        if token.len() != math::TOKEN_LEN {
            return Err(StatusWord::INCORRECT_PARAMETERS);
        }
        if !ct_eq(self.expected.expose(), token) {
            return Err(StatusWord::AUTH_FAILED);
        }
        let mut objects = vec![(authentication::TOKEN_CHIP, self.own_token.as_slice())];
        let tags = [authentication::CAR, authentication::CAR_PREVIOUS];
        objects.extend(tags.into_iter().zip(self.references.iter().map(Vec::as_slice)));
        let chip_data = self.chip_data.as_deref();
        objects.extend(chip_data.map(|data| (authentication::CHIP_AUTHENTICATION_DATA, data)));
        let answer = general_authenticate::answer_with(&objects);
        let ssc = Ssc::zero(self.keys.suite());
        Ok((answer, sm::chip::Channel::new(self.keys, ssc), self.outcome))
    }

    /// The command with the token that the terminal should send, for a chip that does not look at it.
    #[must_use]
    pub fn dangerous_right_command(&self) -> Command {
        general_authenticate::command(
            Chain::Last,
            Some((authentication::TOKEN_TERMINAL, self.expected.expose())),
        )
    }

    /// Says which password is being tried (tag `83` of MSE:Set AT).
    #[must_use]
    pub const fn reference(&self) -> u8 {
        self.outcome.reference
    }

    /// Says whether the answer will prove the chip's static key (chip authentication mapping).
    #[must_use]
    pub const fn proves_chip(&self) -> bool {
        self.chip_data.is_some()
    }
}

fn key_of(run: &Run, key: &[u8]) -> Result<PublicKey, StatusWord> {
    PublicKey::decode(run.parameters.group, key).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
}
