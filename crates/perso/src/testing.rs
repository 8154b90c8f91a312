//! For the tests of plan and run: sample files and keys, and a small card that can be pulled.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use antin_crypto::{Curve, PrivateKey, SecretBytes, agreement};
use antin_lds::ElementaryFile;
use antin_profile::Profile;
use antin_protocol::personalization::iso7816_9::{
    ActiveKey, ChipIdentity, FileControl, LifeCycle, activate, decode_create_file, decode_delete_file,
    get_identity,
};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::{LinkError, Transport};

use crate::demo::{DemoCitizen, HardCase, citizens};
use crate::{KeySet, Plan, plan};

/// The hard cases of seed 1; drawing them takes long, so all tests share them.
pub(crate) fn cast() -> &'static [DemoCitizen] {
    static CAST: LazyLock<Vec<DemoCitizen>> = LazyLock::new(|| citizens(1, HardCase::ALL.len()));
    &CAST
}

/// The Vietnamese card, with extended length and a DG2 of several pieces.
pub(crate) fn profile() -> Profile {
    Profile::builtin("vn-cccd-2021").unwrap()
}

/// Files of plausible sizes; the content means nothing to the plan.
pub(crate) fn files(sod_size: usize) -> Vec<(ElementaryFile, Vec<u8>)> {
    let sizes = [
        (ElementaryFile::CardAccess, 54),
        (ElementaryFile::DG1, 95),
        (ElementaryFile::DG2, 5_000),
        (ElementaryFile::DG3, 8),
        (ElementaryFile::DG13, 700),
        (ElementaryFile::DG14, 420),
        (ElementaryFile::DG15, 310),
        (ElementaryFile::Com, 26),
        (ElementaryFile::Sod, sod_size),
    ];
    sizes
        .into_iter()
        .map(|(file, size)| {
            (
                file,
                pattern(
                    file.tag().expect("every file of the sample has a first byte"),
                    size,
                ),
            )
        })
        .collect()
}

fn pattern(tag: u8, size: usize) -> Vec<u8> {
    (0..size)
        .map(|i| tag ^ i.to_le_bytes()[0] ^ i.to_le_bytes()[1])
        .collect()
}

/// Keys that are the same in every run.
pub(crate) fn keys(salt: u8) -> KeySet {
    let key = |byte: u8| PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &[byte; 32]).unwrap();
    KeySet {
        can: Some(SecretBytes::new(b"000017".to_vec())),
        mrz_information: SecretBytes::new(b"185000017685021974502197".to_vec()),
        pin: None,
        puk: None,
        chip_authentication: vec![agreement::PrivateKey::Ec(key(salt))],
        mapping: None,
        active_authentication: Some(ActiveKey::Ec(key(salt + 1))),
        terminal_authentication: None,
    }
}

/// A plan; another salt makes another plan for the same citizen, as signing again does.
pub(crate) fn sample_plan(salt: u8) -> Plan {
    plan(&profile(), &files(1_970 + usize::from(salt)), &keys(salt)).unwrap()
}

/// A file of the small card.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FakeFile {
    pub(crate) control: FileControl,
    pub(crate) bytes: Vec<Option<u8>>,
}

/// A small card: enough to be personalized, nothing more.
#[derive(Clone, Debug)]
pub(crate) struct FakeCard {
    pub(crate) serial: [u8; 8],
    pub(crate) state: LifeCycle,
    pub(crate) image: Image,
    pub(crate) habits: Vec<Habit>,
    in_application: bool,
    current: Option<u16>,
}

/// What a card holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Image {
    pub(crate) files: BTreeMap<(bool, u16), FakeFile>,
    pub(crate) keys: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// How a card differs from the usual one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Habit {
    RefusesReads,
    RefusesDelete,
    SelectsMasterFile,
    ForgetsAByte,
    NeedsSecureChannel,
    RefusesKeys,
}

impl FakeCard {
    pub(crate) fn new(serial: u8) -> Self {
        Self {
            serial: [serial; 8],
            state: LifeCycle::Creation,
            image: Image::default(),
            habits: Vec::new(),
            in_application: false,
            current: None,
        }
    }

    pub(crate) fn with(serial: u8, habit: Habit) -> Self {
        Self {
            habits: vec![habit],
            ..Self::new(serial)
        }
    }

    /// What a card forgets when it is pulled.
    pub(crate) fn reset(&mut self) {
        self.in_application = false;
        self.current = None;
    }

    fn process(&mut self, command: &Command) -> Result<Vec<u8>, StatusWord> {
        let creation = self.state == LifeCycle::Creation;
        match command.ins() {
            0xA4 => self.select(command),
            0xB0 if creation && !self.habits.contains(&Habit::RefusesReads) => self.read(command),
            0xB0 => Err(StatusWord::SECURITY_NOT_SATISFIED),
            0xCA if creation && command.p1() == get_identity().p1() => Ok(self.identity()),
            0xCA => Err(StatusWord::REF_DATA_NOT_FOUND),
            _ if !creation => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            0xE0 => self.create(&decode_create_file(command)?),
            0xE4 if self.habits.contains(&Habit::RefusesDelete) => Err(StatusWord::INS),
            0xE4 => {
                let id = decode_delete_file(command)?.0;
                let gone = self.image.files.remove(&(self.in_application, id));
                gone.map(|_| Vec::new()).ok_or(StatusWord::FILE_NOT_FOUND)
            }
            0xD6 => self.update(command),
            0xDB if self.habits.contains(&Habit::RefusesKeys) => Err(StatusWord::NOT_ENOUGH_MEMORY),
            0xDB => {
                // The template, and for passwords the reference, name the key.
                let name = command
                    .data()
                    .iter()
                    .copied()
                    .filter(|b| *b != 0)
                    .take(5)
                    .collect();
                self.image.keys.insert(name, command.data().to_vec());
                Ok(Vec::new())
            }
            ins if ins == activate().ins() => self.activate(),
            _ => Err(StatusWord::INS),
        }
    }

    fn identity(&self) -> Vec<u8> {
        let development_blank = !self.habits.contains(&Habit::NeedsSecureChannel);
        ChipIdentity {
            serial: self.serial,
            life_cycle: self.state,
            development_blank,
        }
        .to_bytes()
    }

    fn select(&mut self, command: &Command) -> Result<Vec<u8>, StatusWord> {
        match command.p1() {
            0x00 if self.habits.contains(&Habit::SelectsMasterFile) => self.reset(),
            0x00 => return Err(StatusWord::INS),
            0x04 => (self.in_application, self.current) = (true, None),
            _ => {
                let id = u16::from_be_bytes(command.data().try_into().map_err(|_| StatusWord::WRONG_LENGTH)?);
                if !self.image.files.contains_key(&(self.in_application, id)) {
                    return Err(StatusWord::FILE_NOT_FOUND);
                }
                self.current = Some(id);
            }
        }
        Ok(Vec::new())
    }

    fn create(&mut self, control: &FileControl) -> Result<Vec<u8>, StatusWord> {
        let place = (self.in_application, control.file_id.0);
        let empty = FakeFile {
            control: control.clone(),
            bytes: vec![None; usize::try_from(control.size).unwrap()],
        };
        let file = self.image.files.entry(place).or_insert(empty);
        if file.control != *control {
            return Err(StatusWord::FILE_EXISTS);
        }
        self.current = Some(place.1);
        Ok(Vec::new())
    }

    fn current(&mut self) -> Result<&mut FakeFile, StatusWord> {
        let id = self.current.ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
        self.image
            .files
            .get_mut(&(self.in_application, id))
            .ok_or(StatusWord::COMMAND_NOT_ALLOWED)
    }

    fn update(&mut self, command: &Command) -> Result<Vec<u8>, StatusWord> {
        let forgets = self.habits.contains(&Habit::ForgetsAByte);
        let offset = usize::from(u16::from_be_bytes([command.p1(), command.p2()]));
        let data = command.data();
        let place = self
            .current()?
            .bytes
            .get_mut(offset..offset + data.len())
            .ok_or(StatusWord::WRONG_OFFSET)?;
        for (i, (place, byte)) in place.iter_mut().zip(data).enumerate() {
            *place = Some(if forgets && i == 3 { !byte } else { *byte });
        }
        Ok(Vec::new())
    }

    fn read(&mut self, command: &Command) -> Result<Vec<u8>, StatusWord> {
        let offset = usize::from(u16::from_be_bytes([command.p1(), command.p2()]));
        let le = usize::try_from(command.le().ok_or(StatusWord::WRONG_LENGTH)?).unwrap();
        let bytes = &self.current()?.bytes;
        let piece = bytes.get(offset..).ok_or(StatusWord::WRONG_OFFSET)?;
        Ok(piece.iter().take(le).map(|byte| byte.unwrap_or(0)).collect())
    }

    fn activate(&mut self) -> Result<Vec<u8>, StatusWord> {
        let complete = |file: &FakeFile| file.bytes.iter().all(Option::is_some);
        if self.image.keys.len() < 4 || !self.image.files.values().all(complete) {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        self.state = LifeCycle::Operational;
        Ok(Vec::new())
    }
}

/// When a card is pulled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pulled {
    /// Before it acted on this command.
    Before(usize),
    /// After it acted, before its answer arrived.
    After(usize),
    /// Never.
    Never,
}

/// A link to a small card, which breaks once.
pub(crate) struct Link<'a> {
    pub(crate) card: &'a mut FakeCard,
    pub(crate) pulled: Pulled,
    pub(crate) sent: usize,
    pub(crate) exchange_at: Option<(usize, FakeCard)>,
}

impl<'a> Link<'a> {
    pub(crate) fn new(card: &'a mut FakeCard, pulled: Pulled) -> Self {
        card.reset();
        Self {
            card,
            pulled,
            sent: 0,
            exchange_at: None,
        }
    }
}

impl Transport for Link<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let number = self.sent;
        self.sent += 1;
        if let Some((_, other)) = self.exchange_at.take_if(|(at, _)| *at == number) {
            *self.card = other;
        }
        match self.pulled {
            Pulled::Before(at) if number >= at => return Err(LinkError::CardLost),
            Pulled::After(at) if number > at => return Err(LinkError::CardLost),
            Pulled::Before(_) | Pulled::After(_) | Pulled::Never => {}
        }
        let command = Command::parse(command).expect("a plan holds commands only");
        let answer = match self.card.process(&command) {
            Ok(data) => Response::ok(data),
            Err(sw) => Response::status(sw),
        };
        match self.pulled {
            Pulled::After(at) if number == at => Err(LinkError::CardLost),
            Pulled::After(_) | Pulled::Before(_) | Pulled::Never => Ok(answer.to_bytes()),
        }
    }
}
