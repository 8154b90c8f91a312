//! The terminal that tells a story: it speaks in raw APDUs, rightly or wrongly.

use antin::crypto::{PureRust, SecretBytes, symmetric};
use antin::lds::dg15::Dg15;
use antin::lds::security_infos::{SecurityInfo, SecurityInfos};
use antin::profile::patch::{FileName, Patch};
use antin::protocol::password::{Can, MrzKey, Password, Pin, Puk};
use antin::protocol::{active_authentication, bac, chip_authentication, files, pace, sm};
use antin::wire::apdu::{Command, Response};
use antin::wire::ids::FileId;
use antin::wire::tlv::{self, Tag};
use antin::{ElementaryFile, Transport};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::change;
use super::proving::Proving;
use super::story::{By, In, Step};
use crate::certificates::Certificates;
use crate::stage::Issued;
use crate::venue::Link;

/// Bytes that READ BINARY asks for unless the step says otherwise.
const SOME_BYTES: u32 = 6;

/// Birth and expiry with their check digits, behind the document number and its own.
const DATES_OF_MRZ: usize = 14;

/// How a command was protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    None,
    Right,
    Wrong,
}

/// An answer as the terminal understood it.
#[derive(Debug)]
pub(super) struct Answer {
    pub response: Response,
    pub sent: Protection,
    pub came_protected: bool,
}

/// What came of a step.
pub(super) enum Told {
    /// The chip answered.
    Answered(Answer),
    /// It was a whole piece, and succeeded.
    Done,
    /// A random value has not the form that the step waits for.
    Again,
    /// It could not be told.
    Broken(String),
}

/// How far the terminal has come in PACE.
enum Pace {
    Mse(pace::terminal::AwaitMse),
    Nonce(pace::terminal::AwaitNonce),
    Mapping(pace::terminal::AwaitMapping),
    Agreement(pace::terminal::AwaitKeyAgreement),
    Token(pace::terminal::AwaitToken),
}

/// How far the terminal has come in Chip Authentication.
enum Proof {
    Selection(chip_authentication::terminal::AwaitSelection),
    Agreement(chip_authentication::terminal::AwaitAgreement),
}

/// The terminal.
pub(super) struct Terminal {
    link: Link,
    issued: Issued,
    channel: Option<sm::terminal::Channel>,
    /// The session that was given up last.
    previous: Option<sm::terminal::Channel>,
    pace: Option<(Command, Pace)>,
    /// The answer to the challenge, the command that follows it, and the randomness of both.
    bac: Option<(Response, Command, u64)>,
    proof: Option<(Command, Proof)>,
    /// What the chip said last in PACE.
    heard: Vec<u8>,
    proving: Proving,
    rng: ChaCha8Rng,
    draws: u64,
}

type Outcome<T> = Result<T, String>;

impl Terminal {
    pub(super) fn new(link: Link, issued: &Issued, certificates: Certificates, seed: u64) -> Self {
        Self {
            link,
            issued: issued.clone(),
            channel: None,
            previous: None,
            pace: None,
            bac: None,
            proof: None,
            heard: Vec::new(),
            proving: Proving::new(certificates),
            rng: ChaCha8Rng::seed_from_u64(1_000_000 + seed),
            draws: 0,
        }
    }

    /// Lets the chip do wrong what a patch says, from the next command on.
    pub(super) fn misbehave(&self, patch: &Patch) {
        self.link.slot().with(|card| card.misbehave(patch));
    }

    /// Carries out one step.
    pub(super) fn tell(&mut self, step: &Step) -> Told {
        let answered = |outcome: Outcome<Answer>| match outcome {
            Ok(answer) => Told::Answered(answer),
            Err(problem) => Told::Broken(problem),
        };
        if let Some(piece) = &step.r#do {
            let outcome = match (piece.as_str(), &step.of) {
                ("ta", Some(of)) => self.whole_proof(of),
                _ => self.whole(piece),
            };
            return match outcome {
                Ok(()) => Told::Done,
                Err(problem) => Told::Broken(problem),
            };
        }
        if let Some(text) = &step.send {
            return answered(hex(text).and_then(|bytes| self.raw(&bytes)));
        }
        if let Some(name) = &step.pace {
            return self.pace_step(name, step);
        }
        if let Some(name) = &step.bac {
            return answered(self.bac_step(name, step));
        }
        if let Some(name) = &step.ca {
            return self.ca_step(name, step);
        }
        if let Some(name) = &step.ta {
            return answered(self.ta_step(name, step));
        }
        answered(
            self.command(step)
                .and_then(|command| self.by_rule(&command, step)),
        )
    }

    /// The command of `select`, `read`, `aa` and `secure`.
    fn command(&self, step: &Step) -> Outcome<Command> {
        if let Some(name) = &step.select {
            return select(name, &self.issued);
        }
        if let Some(name) = &step.read {
            return read(name, step, &self.issued);
        }
        if let Some(challenge) = &step.aa {
            let challenge = hex(challenge)?;
            let right = active_authentication::terminal::command([0; 8]);
            return Ok(right.with_data(challenge));
        }
        let text = step.secure.as_deref().ok_or("a step without action")?;
        Command::parse(&hex(text)?).map_err(|error| error.to_string())
    }

    /// In the session, if there is one and nothing else is said.
    fn by_rule(&mut self, command: &Command, step: &Step) -> Outcome<Answer> {
        let broken_checksum = step.change.as_deref() == Some("mac");
        let command = match &step.change {
            Some(how) if !broken_checksum => change::spoil(command, how)?,
            _ => command.clone(),
        };
        let in_session = match step.r#in {
            Some(In::Plain) => false,
            Some(In::Sm) => true,
            None => self.channel.is_some() || step.old_keys || step.secure.is_some(),
        };
        if !in_session {
            return self.plain(&command);
        }
        if step.old_keys || broken_checksum {
            return self.wrongly_protected(&command, broken_checksum);
        }
        self.secure(&command)
    }

    fn raw(&mut self, command: &[u8]) -> Outcome<Answer> {
        let answer = self.link.transmit(command).map_err(|error| error.to_string())?;
        // A plain command gives the session up.
        if let Some(channel) = self.channel.take() {
            self.previous = Some(channel);
        }
        Ok(Answer {
            response: Response::parse(&answer).map_err(|error| error.to_string())?,
            sent: Protection::None,
            came_protected: false,
        })
    }

    fn plain(&mut self, command: &Command) -> Outcome<Answer> {
        let bytes = command.to_bytes().map_err(|error| error.to_string())?;
        self.raw(&bytes)
    }

    fn secure(&mut self, command: &Command) -> Outcome<Answer> {
        let channel = self.channel.as_mut().ok_or("there is no session")?;
        let protected = channel.protect(command).map_err(|error| error.to_string())?;
        let bytes = protected.to_bytes().map_err(|error| error.to_string())?;
        let answer = self.link.transmit(&bytes).map_err(|error| error.to_string())?;
        let response = Response::parse(&answer).map_err(|error| error.to_string())?;
        if response.data.is_empty() {
            // A bare status word: the chip has given the session up.
            self.previous = self.channel.take();
            return Ok(Answer {
                response,
                sent: Protection::Right,
                came_protected: false,
            });
        }
        let response = channel.open(&response).map_err(|error| error.to_string())?;
        Ok(Answer {
            response,
            sent: Protection::Right,
            came_protected: true,
        })
    }

    /// Under keys of a session that is over, or with a wrong checksum.
    fn wrongly_protected(&mut self, command: &Command, broken_checksum: bool) -> Outcome<Answer> {
        let session = if broken_checksum {
            self.channel.as_ref()
        } else {
            self.previous.as_ref().or(self.channel.as_ref())
        };
        let session = session.ok_or("there was no session")?;
        let mut copy = sm::terminal::Channel::new(session.keys().clone(), session.ssc().clone());
        let mut protected = copy.protect(command).map_err(|error| error.to_string())?;
        if broken_checksum {
            // The checksum is the last thing in the body.
            protected = change::spoil(&protected, "last")?;
        }
        let bytes = protected.to_bytes().map_err(|error| error.to_string())?;
        let answer = self.link.transmit(&bytes).map_err(|error| error.to_string())?;
        let response = Response::parse(&answer).map_err(|error| error.to_string())?;
        let opened = copy.open(&response);
        if opened.is_err() && broken_checksum {
            self.previous = self.channel.take();
        }
        Ok(Answer {
            came_protected: opened.is_ok(),
            response: opened.unwrap_or(response),
            sent: Protection::Wrong,
        })
    }

    fn whole(&mut self, piece: &str) -> Outcome<()> {
        match piece {
            "reset" => {
                self.link.reset();
                self.previous = self.channel.take();
                Ok(())
            }
            "application" => {
                let command = select("application", &self.issued)?;
                let answer = match self.channel {
                    Some(_) => self.secure(&command)?,
                    None => self.plain(&command)?,
                };
                succeeded(&answer)
            }
            "bac" => ["challenge", "authenticate"]
                .into_iter()
                .try_for_each(|name| succeeded(&self.bac_step(name, &Step::default())?)),
            "pace" | "pace-can" => self.whole_pace("select-can"),
            "pace-mrz" => self.whole_pace("select-mrz"),
            "ca" | "chip-authentication" => {
                for name in ["select", "agree"] {
                    self.whole_step(|it| it.ca_step(name, &Step::default()))?;
                }
                Ok(())
            }
            "open" if self.issued.profile.access.pace.is_empty() => {
                self.whole("application")?;
                self.whole("bac")
            }
            "open" => {
                self.whole("pace")?;
                self.whole("application")
            }
            other => Err(format!("unknown piece {other:?}")),
        }
    }

    /// One step of Terminal Authentication.
    fn ta_step(&mut self, name: &str, step: &Step) -> Outcome<Answer> {
        let command = self.proving.command(name, step, &mut self.rng)?;
        let answer = self.by_rule(&command, step)?;
        self.proving.hear(name, &answer.response);
        Ok(answer)
    }

    /// The chain of the named terminal, and its signature.
    fn whole_proof(&mut self, of: &str) -> Outcome<()> {
        for command in self.proving.before_the_signature(of)? {
            let answer = self.secure(&command)?;
            succeeded(&answer)?;
            if command.le().is_some() {
                self.proving.hear("challenge", &answer.response);
            }
        }
        let step = Step {
            of: Some(of.to_owned()),
            ..Step::default()
        };
        succeeded(&self.ta_step("authenticate", &step)?)
    }

    /// Compares EF.CVCA with the names that a step expects.
    pub(super) fn announces(&self, step: &Step, response: &Response) -> Outcome<()> {
        match &step.trust_points {
            Some(names) => self.proving.announced(names, &response.data),
            None => Ok(()),
        }
    }

    /// In plain, unless the step says otherwise.
    fn opening(&mut self, command: &Command, step: &Step) -> Outcome<Answer> {
        match step.r#in {
            Some(In::Sm) => self.secure(command),
            _ => self.plain(command),
        }
    }

    fn whole_pace(&mut self, select: &str) -> Outcome<()> {
        for name in [select, "nonce", "mapping", "agreement", "token"] {
            self.whole_step(|it| it.pace_step(name, &Step::default()))?;
        }
        Ok(())
    }

    fn whole_step(&mut self, step: impl FnOnce(&mut Self) -> Told) -> Outcome<()> {
        match step(self) {
            Told::Answered(answer) => succeeded(&answer),
            Told::Done => Ok(()),
            Told::Again => Err("nothing waits here".to_owned()),
            Told::Broken(problem) => Err(problem),
        }
    }

    fn pace_step(&mut self, name: &str, step: &Step) -> Told {
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
    fn bare_token(&self, command: &Command, keys: &sm::Keys) -> Outcome<Command> {
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

    fn pace_parameters(&self) -> Outcome<pace::Parameters> {
        let infos = self.issued.profile.pace_infos();
        let info = infos.first().ok_or("the card has no PACE")?;
        pace::Parameters::from_info(info).map_err(|error| error.to_string())
    }

    fn begin_pace(&self, password: &str) -> Outcome<(Command, Pace)> {
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

    fn pace_answer(&mut self, state: Pace, response: &Response) -> Result<(), antin::protocol::Error> {
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

    fn bac_step(&mut self, name: &str, step: &Step) -> Outcome<Answer> {
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

    fn ca_step(&mut self, name: &str, step: &Step) -> Told {
        let inner = |this: &mut Self| -> Outcome<Option<Answer>> {
            if name != "agree" {
                let infos = this.security_infos()?;
                let offer = chip_authentication::Offer::from_infos(&infos)
                    .map_err(|error| error.to_string())?
                    .ok_or("DG14 offers no Chip Authentication")?;
                this.proof = Some(begin_proof(name, &offer, &mut this.rng)?);
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

    fn security_infos(&self) -> Outcome<SecurityInfos> {
        let dg14 = self.issued.state.file(ElementaryFile::DG14).ok_or("no DG14")?;
        let value = tlv::parse_one(dg14).map_err(|error| error.to_string())?.value;
        SecurityInfos::parse(value).map_err(|error| error.to_string())
    }

    /// Verifies the signature of Active Authentication with the key of DG15.
    pub(super) fn verify_signature(&self, step: &Step, response: &Response) -> Outcome<()> {
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

/// Chip Authentication by MSE:Set AT (`select`) or by MSE:Set KAT (`key-agreement`).
fn begin_proof(
    name: &str,
    offer: &chip_authentication::Offer,
    rng: &mut ChaCha8Rng,
) -> Outcome<(Command, Proof)> {
    use chip_authentication::terminal::{Start, start, start_with_authentication_template};

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

fn succeeded(answer: &Answer) -> Outcome<()> {
    if answer.response.is_ok() {
        return Ok(());
    }
    Err(format!(
        "{} in the middle of a piece that must succeed",
        answer.response.sw
    ))
}

fn spoiled(command: &Command, step: &Step) -> Outcome<Command> {
    match &step.change {
        Some(how) => change::spoil(command, how),
        None => Ok(command.clone()),
    }
}

fn file(name: &str, issued: &Issued) -> Outcome<(Option<ElementaryFile>, FileId)> {
    match FileName::parse(name).ok_or(format!("{name:?} is no file"))? {
        FileName::Known(file) => {
            let rule = issued.profile.file(file);
            Ok((Some(file), rule.map_or(file.file_id(), |rule| rule.fid)))
        }
        FileName::Id(id) => Ok((None, id)),
    }
}

fn select(name: &str, issued: &Issued) -> Outcome<Command> {
    Ok(match name {
        "mf" => files::select_mf(),
        "application" => files::select_application(&issued.profile.application.aid),
        name => files::select_ef(file(name, issued)?.1),
    })
}

fn read(name: &str, step: &Step, issued: &Issued) -> Outcome<Command> {
    let le = step.le.unwrap_or(SOME_BYTES);
    let place = match (name, step.by) {
        ("current", _) => 0,
        (name, Some(By::Fid)) => file(name, issued)?.1.0,
        (name, _) => {
            let known = file(name, issued)?
                .0
                .ok_or("only a known file has a short identifier")?;
            let rule = issued.profile.file(known);
            let sfi = rule.map_or(Some(known.short_id()), |rule| rule.sfi);
            u16::from(sfi.ok_or("the file has no short identifier")?.value())
        }
    };
    if step.odd {
        let offset = if step.offset == 0 {
            vec![0]
        } else {
            let bytes = step.offset.to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            bytes.get(zeros..).unwrap_or_default().to_vec()
        };
        let [p1, p2] = place.to_be_bytes();
        return Ok(Command::new(0x00, 0xB1, p1, p2)
            .with_data(tlv::object(Tag(0x54), &offset))
            .with_le(le));
    }
    if name == "current" {
        let offset = u16::try_from(step.offset).map_err(|_| "the offset needs odd = true")?;
        let [p1, p2] = offset.to_be_bytes();
        return Ok(Command::new(0x00, 0xB0, p1, p2).with_le(le));
    }
    let sfi = u8::try_from(place).map_err(|_| "by = \"fid\" needs odd = true")?;
    let offset = u8::try_from(step.offset).map_err(|_| "by short identifier the offset has one byte")?;
    Ok(Command::new(0x00, 0xB0, 0x80 | sfi, offset).with_le(le))
}

/// Hex digits, with spaces where the author likes them.
pub(super) fn hex(text: &str) -> Outcome<Vec<u8>> {
    hex::decode(text.replace(' ', "")).map_err(|_| format!("{text:?} is not hex"))
}
