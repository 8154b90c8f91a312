//! Opening the chip, step by step: PACE and BAC.

use antin::crypto::{SecretBytes, symmetric};
use antin::protocol::password::{Can, MrzKey, Password, Pin, Puk};
use antin::protocol::{bac, pace, sm};
use antin::wire::apdu::{Command, Response};
use antin::wire::tlv::{self, Tag};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::{Answer, Outcome, Step, Terminal, Told, spoiled};
use crate::chip::change;

/// Birth and expiry with their check digits, behind the document number and its own.
const DATES_OF_MRZ: usize = 14;

/// How far the terminal has come in PACE.
pub(super) enum Pace {
    Mse(pace::terminal::AwaitMse),
    Nonce(pace::terminal::AwaitNonce),
    Mapping(pace::terminal::AwaitMapping),
    Agreement(pace::terminal::AwaitKeyAgreement),
    Token(pace::terminal::AwaitToken),
}

impl Terminal {
    pub(super) fn whole_pace(&mut self, select: &str) -> Outcome<()> {
        for name in [select, "nonce", "mapping", "agreement", "token"] {
            self.whole_step(|it| it.pace_step(name, &Step::default()))?;
        }
        Ok(())
    }

    pub(super) fn pace_step(&mut self, name: &str, step: &Step) -> Told {
        let inner = |this: &mut Self| -> Outcome<Told> {
            if let Some(password) = name.strip_prefix("select-") {
                this.pace = Some(this.begin_pace(password)?);
            }
            let (command, state) = this.pace.take().ok_or("PACE has not begun")?;
            if let ("unconfirmed", Pace::Token(next)) = (name, &state) {
                this.channel = Some(unconfirmed(next));
                return Ok(Told::Done);
            }
            let expected = match state {
                Pace::Mse(_) => "select",
                Pace::Nonce(_) => "nonce",
                Pace::Mapping(_) => "mapping",
                Pace::Agreement(_) => "agreement",
                Pace::Token(_) => "token",
            };
            if !name.starts_with(expected) {
                return Err(format!("PACE stands at {expected}"));
            }
            if let Some(until) = &step.until
                && !change::has_form(&command, until)?
            {
                return Ok(Told::Again);
            }
            let command = match (&state, step.change.as_deref()) {
                (Pace::Token(next), Some("token-without-7f49")) => {
                    this.bare_token(&command, next.unconfirmed_keys())?
                }
                _ => spoiled(&command, step)?,
            };
            let answer = this.opening(&command, step)?;
            this.heard.clone_from(&answer.response.data);
            match state {
                Pace::Token(next) if step.presume => this.channel = Some(unconfirmed(&next)),
                state if answer.response.is_ok() || warned(&state, &answer.response) => this
                    .pace_answer(state, &answer.response)
                    .map_err(|error| format!("the terminal does not understand the answer: {error}"))?,
                _ => {}
            }
            Ok(Told::Answered(answer))
        };
        inner(self).unwrap_or_else(Told::Broken)
    }

    /// The token over protocol and key of the chip without the template 7F49 around them.
    pub(super) fn bare_token(&self, command: &Command, keys: &sm::Keys) -> Outcome<Command> {
        let malformed = |error: antin::wire::Malformed| error.to_string();
        let info = self.pace_parameters()?;
        let key = tlv::parse_one(tlv::parse_one(&self.heard).map_err(malformed)?.value).map_err(malformed)?;
        let input = [
            tlv::object(Tag(0x06), info.oid.as_bytes()),
            tlv::object(Tag(0x86), key.value),
        ]
        .concat();
        let mac = symmetric::MacKey::new(keys.suite(), keys.mac()).map_err(|error| error.to_string())?;
        let token = tlv::object(Tag(0x85), &mac.mac8(&input));
        let bare = Command::new(0x00, 0x86, 0x00, 0x00).with_data(tlv::object(Tag(0x7C), &token));
        Ok(command.le().map_or(bare.clone(), |le| bare.with_le(le)))
    }

    pub(super) fn pace_parameters(&self) -> Outcome<pace::Parameters> {
        let infos = self.issued.profile.pace_infos();
        let info = infos.first().ok_or("the card has no PACE")?;
        pace::Parameters::from_info(info).map_err(|error| error.to_string())
    }

    pub(super) fn begin_pace(&self, password: &str) -> Outcome<(Command, Pace)> {
        let password = match password {
            "mrz" => Password::Mrz(MrzKey::from_information(&self.issued.mrz_information())),
            "can" => {
                let can = self.issued.can().ok_or("the card has no CAN")?;
                Password::Can(Can::parse(can).map_err(|error| error.to_string())?)
            }
            "pin" => {
                let pin = secret(self.issued.keys.pin.as_ref(), "PIN")?;
                Password::Pin(Pin::parse(&pin).map_err(|error| error.to_string())?)
            }
            "puk" => {
                let puk = secret(self.issued.keys.puk.as_ref(), "PUK")?;
                Password::Puk(Puk::parse(&puk).map_err(|error| error.to_string())?)
            }
            other => return Err(format!("unknown password {other:?}")),
        };
        let parameters = self.pace_parameters()?;
        let domain = if self.issued.profile.pace_infos().len() > 1 {
            pace::terminal::DomainReference::Send
        } else {
            pace::terminal::DomainReference::Omit
        };
        let begun = pace::terminal::start(&parameters, &password, domain);
        let (command, next) = begun.map_err(|error| error.to_string())?;
        Ok((command, Pace::Mse(next)))
    }

    pub(super) fn pace_answer(
        &mut self,
        state: Pace,
        response: &Response,
    ) -> Result<(), antin::protocol::Error> {
        let rng = &mut self.rng;
        self.pace = Some(match state {
            Pace::Mse(next) => next
                .accept_last_try(response)
                .map(|(command, next)| (command, Pace::Nonce(next)))?,
            Pace::Nonce(next) => next
                .accept(response, rng)
                .map(|(command, next)| (command, Pace::Mapping(next)))?,
            Pace::Mapping(next) => next
                .accept(response, rng)
                .map(|(command, next)| (command, Pace::Agreement(next)))?,
            Pace::Agreement(next) => next
                .accept(response)
                .map(|(command, next)| (command, Pace::Token(next)))?,
            Pace::Token(next) => {
                let (channel, outcome) = next.accept(response)?;
                self.channel = Some(channel);
                self.proving.chip = outcome.chip_ephemeral_compressed;
                return Ok(());
            }
        });
        Ok(())
    }

    pub(super) fn bac_step(&mut self, name: &str, step: &Step) -> Outcome<Answer> {
        let keys = bac::Keys::from_mrz_information(&self.issued.mrz_information());
        let (challenge, next) = bac::terminal::start();
        if name == "challenge" {
            let answer = self.opening(&spoiled(&challenge, step)?, step)?;
            self.draws += 1;
            let mut rng = ChaCha8Rng::seed_from_u64(self.draws);
            if answer.response.is_ok() {
                let (command, _) = next
                    .accept(&answer.response, &keys, &mut rng)
                    .map_err(|error| error.to_string())?;
                self.bac = Some((answer.response.clone(), command, self.draws));
            }
            return Ok(answer);
        }
        let (challenge, command, seed) = self.bac.clone().ok_or("no challenge")?;
        let answer = self.opening(&spoiled(&command, step)?, step)?;
        if answer.response.is_ok() {
            // The same randomness makes the same proof again, and the state that understands its answer.
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let (_, next) = next
                .accept(&challenge, &keys, &mut rng)
                .map_err(|error| error.to_string())?;
            let channel = next.accept(&answer.response).map_err(|error| error.to_string())?;
            self.channel = Some(channel);
            let information = self.issued.mrz_information();
            let number = information.len().saturating_sub(DATES_OF_MRZ);
            self.proving.chip = information.as_bytes().get(..number).unwrap_or_default().to_vec();
        }
        Ok(answer)
    }
}

/// Whether a password was selected with a warning that says how many tries it has left.
fn warned(state: &Pace, response: &Response) -> bool {
    matches!(state, Pace::Mse(_)) && response.sw.tries_left().is_some()
}

/// The session as it would be if the chip's token had come and were right.
fn unconfirmed(state: &pace::terminal::AwaitToken) -> sm::terminal::Channel {
    let keys = state.unconfirmed_keys().clone();
    let ssc = sm::Ssc::zero(keys.suite());
    sm::terminal::Channel::new(keys, ssc)
}

fn secret(secret: Option<&SecretBytes>, name: &str) -> Outcome<String> {
    let secret = secret.ok_or(format!("the card has no {name}"))?;
    Ok(String::from_utf8_lossy(secret.expose()).into_owned())
}
