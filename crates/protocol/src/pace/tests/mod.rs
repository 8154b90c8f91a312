//! PACE: both roles talking, apart and with somebody who means harm in between.

use std::cell::RefCell;

use antin_crypto::{
    Curve, PrivateKey, Suite,
    agreement::{Group, PublicKey},
    pace::cam,
};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::{self, ObjectIdentifier},
    tlv::tags::mse,
};
use proptest::prelude::*;

use super::{
    Mapping, Parameters, Unsupported, chip,
    chip::{Card, Lookup, no_trust_points},
    choose, offers,
    terminal::{self, DomainReference},
};
use crate::{
    Error,
    password::{Can, MrzKey, Password, Pin, Puk},
    sm,
    testing::{Vector, bit_flips, command, hex, random, script, truncations},
};

mod chip_authentication_mapping;
mod hostile;
mod matrix;
mod offers;
mod passwords;
mod worked_examples;

fn can(digits: &str) -> Password {
    Password::Can(Can::parse(digits).unwrap())
}

fn mrz(information: &str) -> Password {
    Password::Mrz(MrzKey::from_information(information))
}

/// What the worked example's chip offers, and the password it was opened with.
fn setting(vector: &Vector) -> (Vec<SecurityInfo>, Password) {
    let infos = vector
        .has("card_access")
        .then(|| SecurityInfos::parse(&vector.bytes("card_access")).unwrap());
    let info = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13));
    let offered = infos.map_or_else(|| vec![info], |infos| infos.iter().cloned().collect());
    let password = if vector.has("can") {
        can(vector.text("can"))
    } else {
        mrz(vector.text("mrz_information"))
    };
    (offered, password)
}

fn assert_session(vector: &Vector, keys: &sm::Keys, ssc: &sm::Ssc) {
    assert_eq!(keys.enc().expose(), vector.bytes("ks_enc"));
    assert_eq!(keys.mac().expose(), vector.bytes("ks_mac"));
    assert_eq!(ssc.as_bytes(), [0; 16]);
}

/// Who ended a conversation that did not end in a session.
#[derive(Debug, PartialEq)]
enum End {
    Terminal(Error),
    Chip(StatusWord),
    NotAnApdu,
}

/// A chip, a terminal, and somebody between them who sees each message under its number: commands even, answers odd.
struct Meeting<'a> {
    offered: Vec<SecurityInfo>,
    terminal: Password,
    chip: Vec<Password>,
    domain: DomainReference,
    static_keys: Vec<PrivateKey>,
    between: &'a dyn Fn(usize, Vec<u8>) -> Vec<u8>,
}

impl Meeting<'_> {
    fn command(&self, leg: usize, command: Command) -> Result<Command, End> {
        Command::parse(&(self.between)(leg, command.to_bytes().unwrap())).map_err(|_| End::NotAnApdu)
    }

    fn answer(&self, leg: usize, told: Response) -> Result<Response, End> {
        Response::parse(&(self.between)(leg, told.to_bytes())).map_err(|_| End::NotAnApdu)
    }

    fn hold(&self) -> Result<(sm::terminal::Channel, sm::chip::Channel), End> {
        self.hold_to_the_end().map(|(ifd, ic, ..)| (ifd, ic))
    }

    fn hold_to_the_end(&self) -> Result<Session, End> {
        let (mut ifd, mut ic) = (random(1), random(2));
        let known = |reference| {
            self.chip
                .iter()
                .find(|password| password.reference() == reference)
                .cloned()
                .into()
        };
        let card = Card {
            offered: &self.offered,
            passwords: &known,
            static_keys: &self.static_keys,
            trust_points: &no_trust_points,
        };
        let parameters = offers(&self.offered).remove(0).unwrap();

        let (sent, ifd_state) =
            terminal::start(&parameters, &self.terminal, self.domain).map_err(End::Terminal)?;
        let sent = self.command(0, sent)?;
        let (told, ic_state) = chip::Ready::select(&card, &sent).map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state.accept(&self.answer(1, told)?).map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(2, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state
            .accept(&self.answer(3, told)?, &mut ifd)
            .map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(4, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state
            .accept(&self.answer(5, told)?, &mut ifd)
            .map_err(End::Terminal)?;
        let (told, ic_state) = ic_state
            .step(&self.command(6, sent)?, &mut ic)
            .map_err(End::Chip)?;
        let (sent, ifd_state) = ifd_state.accept(&self.answer(7, told)?).map_err(End::Terminal)?;
        let (told, ic_channel, ic_outcome) = ic_state.step(&self.command(8, sent)?).map_err(End::Chip)?;
        let (ifd_channel, ifd_outcome) = ifd_state.accept(&self.answer(9, told)?).map_err(End::Terminal)?;
        Ok((ifd_channel, ic_channel, ifd_outcome, ic_outcome))
    }
}

type Session = (
    sm::terminal::Channel,
    sm::chip::Channel,
    terminal::Outcome,
    chip::Outcome,
);

const LEGS: usize = 10;

fn untouched(_: usize, bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

fn aes128_on(curve: u8) -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(curve))
}

fn meeting<'a>(between: &'a dyn Fn(usize, Vec<u8>) -> Vec<u8>) -> Meeting<'a> {
    Meeting {
        offered: vec![aes128_on(12)],
        terminal: can("314159"),
        chip: vec![can("314159")],
        domain: DomainReference::Omit,
        static_keys: Vec::new(),
        between,
    }
}
