//! The terminal that tells a story: it speaks in raw APDUs, rightly or wrongly.

mod command;
mod opening;
mod proof;

use antin::Transport;
use antin::profile::patch::Patch;
use antin::protocol::chip_authentication::terminal::Ephemeral;
use antin::protocol::{active_authentication, sm};
use antin::wire::apdu::{Command, Response};
use antin::wire::tlv;
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::change;
use super::proving::Proving;
use super::story::{By, In, Step};
use crate::certificates::Certificates;
use crate::stage::Issued;
use crate::venue::Link;
use command::{read, select};
use opening::Pace;
use proof::Proof;

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
    /// The key that Terminal Authentication version 2 has announced.
    announced: Option<Ephemeral>,
    /// What the chip said last in PACE.
    heard: Vec<u8>,
    proving: Proving,
    rng: ChaCha8Rng,
    draws: u64,
}

type Outcome<T> = Result<T, String>;

/// Tag and length of a file fit in here.
const HEAD_BYTES: usize = 6;

/// So much is read at once: it fits into a short answer under secure messaging.
const PIECE_BYTES: usize = 0xDF;

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
            announced: None,
            heard: Vec::new(),
            proving: Proving::new(certificates, issued.profile.terminal_authentication.as_ref()),
            rng: ChaCha8Rng::seed_from_u64(1_000_000 + seed),
            draws: 0,
        }
    }

    /// Lets the chip do wrong what a patch says, from the next command on.
    pub(super) fn misbehave(&self, patch: &Patch) {
        self.link.slot().with(|card| card.misbehave(patch));
    }

    /// Commands sent and bytes received so far.
    pub(super) fn spent(&self) -> (usize, usize) {
        (self.link.commands, self.link.bytes)
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
        if let Some(name) = &step.whole {
            return answered(self.whole_file(name));
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

    /// A file from its first byte to its last, as its own length says; an error ends it.
    fn whole_file(&mut self, name: &str) -> Outcome<Answer> {
        let selection = Step {
            select: Some(name.to_owned()),
            ..Step::default()
        };
        let mut answer = self
            .command(&selection)
            .and_then(|command| self.by_rule(&command, &selection))?;
        let mut file = Vec::new();
        let mut wanted = HEAD_BYTES;
        while answer.response.is_ok() && file.len() < wanted {
            let rest = wanted.saturating_sub(file.len()).min(PIECE_BYTES);
            let piece = Step {
                read: Some("current".to_owned()),
                offset: u32::try_from(file.len()).map_err(|_| "the file does not end")?,
                le: u32::try_from(rest).ok(),
                ..Step::default()
            };
            answer = self
                .command(&piece)
                .and_then(|command| self.by_rule(&command, &piece))?;
            if answer.response.data.is_empty() {
                break;
            }
            file.append(&mut answer.response.data);
            let length = tlv::object_length(&file).map_err(|error| error.to_string())?;
            wanted = length.ok_or("the length of the file has no end")?;
        }
        if answer.response.is_ok() {
            answer.response.data = file;
        }
        Ok(answer)
    }

    /// The card that the story is told to.
    pub(super) fn issued(&self) -> &Issued {
        &self.issued
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
        if name == "at" && self.proving.announces {
            self.announce()?;
        }
        let command = self.proving.command(name, step, &mut self.rng)?;
        let answer = self.by_rule(&command, step)?;
        self.proving.hear(name, &answer.response);
        Ok(answer)
    }

    /// The chain of the named terminal, and its signature.
    fn whole_proof(&mut self, of: &str) -> Outcome<()> {
        if self.proving.announces {
            self.announce()?;
        }
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

    fn whole_step(&mut self, step: impl FnOnce(&mut Self) -> Told) -> Outcome<()> {
        match step(self) {
            Told::Answered(answer) => succeeded(&answer),
            Told::Done => Ok(()),
            Told::Again => Err("nothing waits here".to_owned()),
            Told::Broken(problem) => Err(problem),
        }
    }
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

/// Hex digits, with spaces where the author likes them.
pub(super) fn hex(text: &str) -> Outcome<Vec<u8>> {
    hex::decode(text.replace(' ', "")).map_err(|_| format!("{text:?} is not hex"))
}
