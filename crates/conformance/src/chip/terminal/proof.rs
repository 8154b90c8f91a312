//! The chip proves itself, step by step: Chip and Active Authentication.

use antin::ElementaryFile;
use antin::crypto::PureRust;
use antin::lds::dg15::Dg15;
use antin::lds::security_infos::{SecurityInfo, SecurityInfos};
use antin::perso::encode::card_security_infos;
use antin::protocol::active_authentication;
use antin::protocol::chip_authentication::Offer;
use antin::protocol::chip_authentication::terminal::{
    AwaitAgreement, AwaitSelection, Ephemeral, Start, start, start_with, start_with_authentication_template,
};
use antin::wire::apdu::{Command, Response};
use antin::wire::tlv;
use chacha20::ChaCha8Rng;

use super::{Answer, In, Outcome, Step, Terminal, Told, hex, spoiled};
use crate::chip::change;

/// How far the terminal has come in Chip Authentication.
pub(super) enum Proof {
    Selection(AwaitSelection),
    Agreement(AwaitAgreement),
}

impl Terminal {
    pub(super) fn ca_step(&mut self, name: &str, step: &Step) -> Told {
        let inner = |this: &mut Self| -> Outcome<Option<Answer>> {
            if name != "agree" {
                this.proof = Some(match this.announced.take() {
                    Some(announced) => begin_announced(&this.second_offer()?, announced)?,
                    None => begin_proof(name, &this.first_offer()?, &mut this.rng)?,
                });
            }
            let (command, state) = this.proof.take().ok_or("Chip Authentication has not begun")?;
            if let Some(until) = &step.until
                && !change::has_form(&command, until)?
            {
                return Ok(None);
            }
            if let Some(compressed) = change::x_coordinate(&command) {
                this.proving.ephemeral = compressed;
            }
            let command = spoiled(&command, step)?;
            let answer = match (step.r#in, &this.channel) {
                (Some(In::Plain), _) | (None, None) => this.plain(&command)?,
                _ => this.secure(&command)?,
            };
            if answer.response.is_ok() || step.presume {
                let unfit = |error: antin::protocol::Error| error.to_string();
                let agreed = |data: &[u8]| match step.presume {
                    true => Response::ok(data.to_vec()),
                    false => answer.response.clone(),
                };
                match state {
                    Proof::Selection(next) => {
                        let (command, next) = next.accept(&agreed(&[])).map_err(unfit)?;
                        this.proof = Some((command, Proof::Agreement(next)));
                    }
                    Proof::Agreement(next) => {
                        let said: &[u8] = if name == "agree" { &[0x7C, 0x00] } else { &[] };
                        let channel = next.accept(&agreed(said)).map_err(unfit)?;
                        if !step.keep_old_keys {
                            this.previous = this.channel.replace(channel);
                        }
                    }
                }
            }
            Ok(Some(answer))
        };
        match inner(self) {
            Ok(Some(answer)) => Told::Answered(answer),
            Ok(None) => Told::Again,
            Err(problem) => Told::Broken(problem),
        }
    }

    /// Draws the key that Terminal Authentication version 2 announces for the Chip Authentication after it.
    pub(super) fn announce(&mut self) -> Outcome<()> {
        let group = self.second_offer()?.key.group();
        let ephemeral = Ephemeral::generate(group, &mut self.rng);
        self.proving.ephemeral = ephemeral.compressed();
        self.announced = Some(ephemeral);
        Ok(())
    }

    fn first_offer(&self) -> Outcome<Offer> {
        let offer = Offer::from_infos(&self.security_infos()?).map_err(|error| error.to_string())?;
        offer.ok_or_else(|| "DG14 offers no Chip Authentication".to_owned())
    }

    fn second_offer(&self) -> Outcome<Offer> {
        let infos = card_security_infos(&self.issued.profile, &self.issued.keys);
        let infos = infos.map_err(|error| error.to_string())?;
        let infos = infos.ok_or("the card has no EF.CardSecurity")?;
        let offer = Offer::version_2(&infos).map_err(|error| error.to_string())?;
        offer.ok_or_else(|| "EF.CardSecurity offers no Chip Authentication".to_owned())
    }

    fn security_infos(&self) -> Outcome<SecurityInfos> {
        let dg14 = self.issued.state.file(ElementaryFile::DG14).ok_or("no DG14")?;
        let value = tlv::parse_one(dg14).map_err(|error| error.to_string())?.value;
        SecurityInfos::parse(value).map_err(|error| error.to_string())
    }

    /// Verifies the signature of Active Authentication with the key of DG15.
    pub(in crate::chip) fn verify_signature(&self, step: &Step, response: &Response) -> Outcome<()> {
        let challenge: [u8; 8] = hex(step.aa.as_deref().unwrap_or_default())?
            .try_into()
            .map_err(|_| "only a challenge of eight bytes can be verified")?;
        let dg15 = self.issued.state.file(ElementaryFile::DG15).ok_or("no DG15")?;
        let dg15 = Dg15::parse(dg15).map_err(|error| error.to_string())?;
        let infos = self.security_infos()?;
        let algorithm = infos.iter().find_map(|info| match info {
            SecurityInfo::ActiveAuthentication {
                signature_algorithm, ..
            } => Some(*signature_algorithm),
            _ => None,
        });
        let outcome = active_authentication::terminal::verify(
            dg15.spki_der(),
            algorithm.as_ref(),
            challenge,
            response,
            &PureRust,
        );
        match outcome.map_err(|error| error.to_string())? {
            active_authentication::terminal::Outcome::Genuine { .. } => Ok(()),
            other => Err(format!("the signature does not verify: {other:?}")),
        }
    }
}

/// Chip Authentication version 2 with the key that was announced.
fn begin_announced(offer: &Offer, announced: Ephemeral) -> Outcome<(Command, Proof)> {
    match start_with(offer, announced).map_err(|error| error.to_string())? {
        Start::AuthenticationTemplate(command, next) => Ok((command, Proof::Selection(next))),
        Start::KeyAgreementTemplate(..) => Err("version 2 begins with MSE:Set AT".to_owned()),
    }
}

/// Chip Authentication by MSE:Set AT (`select`) or by MSE:Set KAT (`key-agreement`).
fn begin_proof(name: &str, offer: &Offer, rng: &mut ChaCha8Rng) -> Outcome<(Command, Proof)> {
    if name == "select" {
        let begun = start_with_authentication_template(offer, rng);
        let (command, next) = begun.map_err(|error| error.to_string())?;
        return Ok((command, Proof::Selection(next)));
    }
    match start(offer, rng).map_err(|error| error.to_string())? {
        Start::KeyAgreementTemplate(command, next) if name == "key-agreement" => {
            Ok((command, Proof::Agreement(next)))
        }
        _ => Err(format!(
            "{name:?} is no step of Chip Authentication with this card"
        )),
    }
}
