//! The commands of Terminal Authentication, rightly or wrongly.

use antin::lds::EfCvca;
use antin::profile::{TerminalAuthentication, TerminalAuthenticationVersion};
use antin::wire::apdu::{Command, Response};
use antin::wire::tlv;
use antin::wire::tlv::tags::mse;
use chacha20::ChaCha8Rng;

use super::story::{Signs, Step};
use crate::certificates::{Certificates, Made};

/// Length of a challenge.
const CHALLENGE_LEN: usize = 8;

/// What the terminal knows that it needs to prove its rights.
pub(super) struct Proving {
    pub certificates: Certificates,
    /// ID_PICC: document number with check digit after BAC, `Comp()` of the chip's ephemeral key after PACE.
    pub chip: Vec<u8>,
    /// `Comp()` of the terminal's key in the last Chip Authentication.
    pub ephemeral: Vec<u8>,
    /// The challenges since the last proof, in their order.
    pub challenges: Vec<Vec<u8>>,
    /// Whether MSE:Set AT announces that key: in version 2, where it comes after.
    pub announces: bool,
    /// The signature that was made last.
    signed: Vec<u8>,
}

type Outcome<T> = Result<T, String>;

impl Proving {
    pub(super) fn new(certificates: Certificates, rule: Option<&TerminalAuthentication>) -> Self {
        Self {
            certificates,
            chip: Vec::new(),
            ephemeral: Vec::new(),
            challenges: Vec::new(),
            announces: rule.is_some_and(|rule| rule.version == TerminalAuthenticationVersion::Two),
            signed: Vec::new(),
        }
    }

    /// The command of one step.
    pub(super) fn command(&mut self, name: &str, step: &Step, rng: &mut ChaCha8Rng) -> Outcome<Command> {
        let of = || step.of.as_deref().ok_or("this step needs `of`");
        match name {
            "dst" => Ok(select(0xB6, self.certificates.reference(of()?)?.as_bytes())),
            "verify" => Ok(verify(self.certificates.get(of()?)?)),
            "at" => self.key(of()?),
            "challenge" => Ok(challenge()),
            "authenticate" => {
                if step.signs != Signs::Earlier {
                    self.signed = self.sign(self.certificates.get(of()?)?, step, rng)?;
                }
                Ok(Command::new(0x00, 0x82, 0x00, 0x00).with_data(self.signed.clone()))
            }
            other => Err(format!("unknown step {other:?} of Terminal Authentication")),
        }
    }

    /// MSE:Set AT: the key of the terminal; in version 2 its algorithm, and the key of the Chip Authentication to come.
    fn key(&self, of: &str) -> Outcome<Command> {
        let named = select(0xA4, self.certificates.reference(of)?.as_bytes());
        if !self.announces {
            return Ok(named);
        }
        let algorithm = self.certificates.get(of)?.key.algorithm().oid();
        let algorithm = tlv::object(mse::MECHANISM, algorithm.as_bytes());
        let ephemeral = tlv::object(mse::EPHEMERAL_PUBLIC_KEY, &self.ephemeral);
        let body = [algorithm.as_slice(), named.data(), &ephemeral].concat();
        Ok(named.with_data(body))
    }

    /// The commands of a whole proof after the named chain, up to GET CHALLENGE; the answer to the last one is needed
    /// for the signature.
    pub(super) fn before_the_signature(&self, of: &str) -> Outcome<Vec<Command>> {
        let chain = self.certificates.chain(of)?;
        let mut commands = Vec::new();
        for certificate in &chain {
            commands.push(select(0xB6, certificate.authority.as_bytes()));
            commands.push(verify(certificate));
        }
        commands.push(self.key(of)?);
        commands.push(challenge());
        Ok(commands)
    }

    /// The signature over a challenge by its number from 1, the last one if none is said, zeros if there is none.
    fn sign(&self, by: &Made, step: &Step, rng: &mut ChaCha8Rng) -> Outcome<Vec<u8>> {
        let challenge = match step.challenge {
            None => self.challenges.last(),
            Some(number) => Some(
                number
                    .checked_sub(1)
                    .and_then(|at| self.challenges.get(at))
                    .ok_or("there was no such challenge")?,
            ),
        };
        let none = vec![0; CHALLENGE_LEN];
        let challenge = challenge.unwrap_or(&none).as_slice();
        let (chip, key) = (self.chip.as_slice(), self.ephemeral.as_slice());
        // TR-03110-3 §B.3: ID_PICC || r_PICC || Comp(PK_PCD).
        let message = match step.signs {
            Signs::Session | Signs::Earlier => [chip, challenge, key].concat(),
            Signs::WithoutKey => [chip, challenge].concat(),
            Signs::WithoutChip => [challenge, key].concat(),
            Signs::WithoutChallenge => [chip, key].concat(),
        };
        by.key.sign(&message, rng).map_err(|error| error.to_string())
    }

    /// Keeps what the answer to a step gave.
    pub(super) fn hear(&mut self, name: &str, response: &Response) {
        if name == "challenge" && response.is_ok() {
            self.challenges.push(response.data.clone());
        }
    }

    /// Compares EF.CVCA with the names that it should announce, in their order.
    pub(super) fn announced(&self, names: &[String], file: &[u8]) -> Outcome<()> {
        let names: Outcome<Vec<Vec<u8>>> = names
            .iter()
            .map(|name| Ok(self.certificates.reference(name)?.as_bytes().to_vec()))
            .collect();
        let wanted = EfCvca::build(&names?).map_err(|error| error.to_string())?;
        match file == wanted.as_bytes() {
            true => Ok(()),
            false => Err(format!(
                "EF.CVCA is {}, not {}",
                hex::encode_upper(file),
                hex::encode_upper(wanted.as_bytes())
            )),
        }
    }
}

/// MSE:Set DST or AT.
fn select(template: u8, name: &[u8]) -> Command {
    let body = tlv::object(mse::PUBLIC_KEY_REFERENCE, name);
    Command::new(0x00, 0x22, 0x81, template).with_data(body)
}

fn verify(certificate: &Made) -> Command {
    Command::new(0x00, 0x2A, 0x00, 0xBE).with_data(certificate.content.clone())
}

fn challenge() -> Command {
    Command::new(0x00, 0x84, 0x00, 0x00).with_le(8)
}
