//! Carries out the suites of `test-vectors/chip`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_protocol::{bac, chip_authentication, pace};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv::{self, Tag};
use common::{CAN, MRZ, Terminal, can, card, hex, mrz};
use serde::Deserialize;

const SUITES: [(&str, &str); 3] = [
    (
        "plain-access",
        include_str!("../../../test-vectors/chip/plain-access.toml"),
    ),
    ("pace", include_str!("../../../test-vectors/chip/pace.toml")),
    ("proof", include_str!("../../../test-vectors/chip/proof.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Suite {
    origin: String,
    expect: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    title: String,
    #[serde(default = "passport")]
    profile: String,
    steps: Vec<Step>,
}

fn passport() -> String {
    "icao-passport".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Step {
    send: Option<String>,
    secure: Option<String>,
    r#do: Option<String>,
    pace: Option<String>,
    bac: Option<String>,
    ca: Option<String>,
    change: Option<String>,
    #[serde(default)]
    bare: bool,
    #[serde(default)]
    keep_old_keys: bool,
    sw: Option<OneOrMore>,
    data: Option<String>,
    length: Option<usize>,
    starts: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn holds(&self, sw: StatusWord) -> bool {
        let found = format!("{:04X}", sw.0);
        match self {
            Self::One(one) => *one == found,
            Self::More(more) => more.contains(&found),
        }
    }
}

/// How far the terminal has come in PACE.
enum Pace {
    Mse(pace::terminal::AwaitMse),
    Nonce(pace::terminal::AwaitNonce),
    Mapping(pace::terminal::AwaitMapping),
    Agreement(pace::terminal::AwaitKeyAgreement),
    Token(pace::terminal::AwaitToken),
}

enum Proof {
    Selection(chip_authentication::terminal::AwaitSelection),
    Agreement(chip_authentication::terminal::AwaitAgreement),
}

/// A terminal in the middle of a case: what it would say next, and to whom the answer goes.
struct Runner {
    terminal: Terminal,
    pace: Option<(Command, Pace)>,
    /// The answer to the challenge, and the command that follows it.
    bac: Option<(Response, Command)>,
    proof: Option<(Command, Proof)>,
}

impl Runner {
    fn step(&mut self, step: &Step) -> Result<Option<Response>, String> {
        let spoiled = |command: Command| match &step.change {
            Some(change) => spoil(&command, change),
            None => command,
        };
        if let Some(action) = &step.r#do {
            return self.act(action).map(|()| None);
        }
        let response = if let Some(text) = &step.send {
            self.terminal.send(text)
        } else if let Some(text) = &step.secure {
            let command = Command::parse(&hex(text)).map_err(|error| error.to_string())?;
            if step.bare {
                let protected = Command::parse(&self.terminal.protected(&command)).expect("our own command");
                let protected = match &step.change {
                    // The checksum is the last thing before Le.
                    Some(_) => spoil(&protected, "last"),
                    None => protected,
                };
                self.terminal.plain(&protected)
            } else {
                self.terminal
                    .secure(&command)
                    .map_err(|error| error.to_string())?
            }
        } else if let Some(name) = &step.pace {
            self.pace(name, spoiled)?
        } else if let Some(name) = &step.bac {
            self.bac(name, spoiled)?
        } else {
            self.proof(
                step.ca.as_deref().ok_or("a step without action")?,
                spoiled,
                step.keep_old_keys,
            )?
        };
        Ok(Some(response))
    }

    fn act(&mut self, action: &str) -> Result<(), String> {
        let terminal = &mut self.terminal;
        let outcome = match action {
            "reset" => {
                terminal.reset();
                Ok(())
            }
            "application" => match terminal.select_application() {
                StatusWord::OK => Ok(()),
                other => return Err(other.to_string()),
            },
            "bac" => terminal.bac(MRZ),
            "pace-mrz" => terminal.pace(&mrz(MRZ)),
            "pace-can" => terminal.pace(&can(CAN)),
            "chip-authentication" => terminal.chip_authentication(),
            other => return Err(format!("unknown action {other}")),
        };
        outcome.map_err(|error| error.to_string())
    }

    fn pace(&mut self, name: &str, spoiled: impl Fn(Command) -> Command) -> Result<Response, String> {
        if let Some(password) = name.strip_prefix("select-") {
            let password = if password == "mrz" { mrz(MRZ) } else { can(CAN) };
            let parameters = self.terminal.pace_parameters();
            let omit = pace::terminal::DomainReference::Omit;
            let (command, next) =
                pace::terminal::start(&parameters, &password, omit).expect("known parameters");
            self.pace = Some((command, Pace::Mse(next)));
        }
        let (command, state) = self.pace.take().ok_or("PACE has not begun")?;
        let expected = match state {
            Pace::Mse(_) => "select",
            Pace::Nonce(_) => "nonce",
            Pace::Mapping(_) => "mapping",
            Pace::Agreement(_) => "agreement",
            Pace::Token(_) => "token",
        };
        assert!(
            name.starts_with(expected),
            "the case says {name}, PACE stands at {expected}"
        );
        let response = self.terminal.plain(&spoiled(command));
        if response.sw.is_ok() {
            self.pace_answer(state, &response)
                .map_err(|error| error.to_string())?;
        }
        Ok(response)
    }

    fn pace_answer(&mut self, state: Pace, response: &Response) -> Result<(), antin_protocol::Error> {
        let rng = &mut self.terminal.rng;
        self.pace = Some(match state {
            Pace::Mse(next) => next
                .accept(response)
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
                self.terminal.channel = Some(next.accept(response)?.0);
                return Ok(());
            }
        });
        Ok(())
    }

    fn bac(&mut self, name: &str, spoiled: impl Fn(Command) -> Command) -> Result<Response, String> {
        let keys = bac::Keys::from_mrz_information(MRZ);
        let (challenge, next) = bac::terminal::start();
        if name == "challenge" {
            let response = self.terminal.plain(&challenge);
            let (command, _) = next
                .accept(&response, &keys, &mut common::rng(40))
                .map_err(|error| error.to_string())?;
            self.bac = Some((response.clone(), command));
            return Ok(response);
        }
        let (answer, command) = self.bac.clone().ok_or("no challenge")?;
        let response = self.terminal.plain(&spoiled(command));
        if response.sw.is_ok() {
            // The same randomness makes the same proof again, and the state that understands its answer.
            let (_, next) = next
                .accept(&answer, &keys, &mut common::rng(40))
                .map_err(|error| error.to_string())?;
            self.terminal.channel = Some(next.accept(&response).map_err(|error| error.to_string())?);
        }
        Ok(response)
    }

    fn proof(
        &mut self,
        name: &str,
        spoiled: impl Fn(Command) -> Command,
        keep_old_keys: bool,
    ) -> Result<Response, String> {
        if name == "select" {
            let offer = self.terminal.offer();
            let rng = &mut self.terminal.rng;
            let (command, next) =
                chip_authentication::terminal::start_with_authentication_template(&offer, rng)
                    .map_err(|error| error.to_string())?;
            self.proof = Some((command, Proof::Selection(next)));
        }
        let (command, state) = self.proof.take().ok_or("Chip Authentication has not begun")?;
        let response = self
            .terminal
            .secure(&spoiled(command))
            .map_err(|error| error.to_string())?;
        if response.sw.is_ok() {
            match state {
                Proof::Selection(next) => {
                    let (command, next) = next.accept(&response).map_err(|error| error.to_string())?;
                    self.proof = Some((command, Proof::Agreement(next)));
                }
                Proof::Agreement(next) => {
                    let channel = next.accept(&response).map_err(|error| error.to_string())?;
                    if !keep_old_keys {
                        self.terminal.channel = Some(channel);
                    }
                }
            }
        }
        Ok(response)
    }
}

/// Makes a command wrong in the named way.
fn spoil(command: &Command, change: &str) -> Command {
    let mut words = change.split(' ');
    let kind = words.next().expect("a change");
    let word = words.next().unwrap_or_default();
    let value = hex(words.next().unwrap_or_default());
    let mut data = command.data().to_vec();
    match kind {
        "outer" => data[0] = hex(word)[0],
        "inner" => data[2] = hex(word)[0],
        "empty" => data.clear(),
        "body" => data = hex(word),
        "bare-object" => drop(data.drain(..2)),
        "last" => *data.last_mut().expect("data") ^= 1,
        "set-byte" => data[word.parse::<usize>().expect("a number")] ^= 1,
        "append" => data.extend(hex(word)),
        "point" => data = spoil_point(&data, word),
        "drop" | "retag" | "set" => {
            let wanted = Tag(u32::from(hex(word)[0]));
            let mut reader = tlv::Reader::new(&data);
            let mut changed = Vec::new();
            while let Some(object) = reader.next().expect("our own data") {
                match kind {
                    _ if object.tag != wanted => changed.extend(object.raw),
                    "drop" => {}
                    "retag" => changed.extend(tlv::object(Tag(u32::from(value[0])), object.value)),
                    _ => changed.extend(tlv::object(wanted, &value)),
                }
            }
            data = changed;
        }
        other => panic!("unknown change {other}"),
    }
    let spoiled = Command::new(command.cla(), command.ins(), command.p1(), command.p2()).with_data(data);
    match command.le() {
        Some(le) => spoiled.with_le(le),
        None => spoiled,
    }
}

/// Puts a wrong point into `7C { tag { 04 x y } }`.
fn spoil_point(data: &[u8], how: &str) -> Vec<u8> {
    let outer = tlv::parse_one(data).expect("our own data");
    let inner = tlv::parse_one(outer.value).expect("our own data");
    let mut point = inner.value.to_vec();
    match how {
        "zero" => point[1..].fill(0),
        "off-curve" => *point.last_mut().expect("a point") ^= 1,
        "above-p" => point[1..33].fill(0xFF),
        "short" => point.truncate(57),
        other => panic!("unknown point {other}"),
    }
    tlv::constructed(outer.tag, &[tlv::object(inner.tag, &point)])
}

fn judge(step: &Step, response: &Response) -> Result<(), String> {
    let complain = |what: &str| {
        Err(format!(
            "{what}: {} with {} bytes",
            response.sw,
            response.data.len()
        ))
    };
    if step.sw.as_ref().is_some_and(|sw| !sw.holds(response.sw)) {
        return complain("status word");
    }
    match step.data.as_deref() {
        Some("none") if !response.data.is_empty() => return complain("data where none belongs"),
        Some("some") if response.data.is_empty() => return complain("no data"),
        _ => {}
    }
    if step.length.is_some_and(|length| length != response.data.len()) {
        return complain("length");
    }
    if step
        .starts
        .as_ref()
        .is_some_and(|start| !response.data.starts_with(&hex(start)))
    {
        return complain("first bytes");
    }
    Ok(())
}

fn run(case: &Case) -> Result<(), String> {
    let mut runner = Runner {
        terminal: card(&case.profile),
        pace: None,
        bac: None,
        proof: None,
    };
    for (number, step) in case.steps.iter().enumerate() {
        let place = |error: String| {
            format!(
                "{} ({}), step {}: {error}: {step:?}",
                case.id,
                case.title,
                number + 1
            )
        };
        if let Some(response) = runner.step(step).map_err(place)? {
            judge(step, &response).map_err(place)?;
        }
    }
    Ok(())
}

#[test]
fn the_chip_answers_every_suite_as_a_strict_chip_does() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (name, text) in SUITES {
        let suite: Suite = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in &suite.case {
            cases += 1;
            wrong.extend(run(case).err());
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {cases} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cases > 100, "only {cases} cases");
}

#[test]
fn every_case_has_a_name_of_its_own() {
    for (name, text) in SUITES {
        let suite: Suite = toml::from_str(text).unwrap();
        let mut titles: Vec<_> = suite.case.iter().map(|case| (&case.id, &case.title)).collect();
        titles.sort();
        let before = titles.len();
        titles.dedup();
        assert_eq!(titles.len(), before, "{name}");
    }
}
