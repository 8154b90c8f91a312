//! A made-up card and a terminal that speaks to it in raw APDUs.
#![allow(dead_code)] // each test file uses a part of it
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

use antin_chip::Chip;
use antin_crypto::{CryptoRng, Curve, ParameterForm, PrivateKey, SecretBytes, agreement};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_lds::{DataGroup, EfCom, ElementaryFile, Place};
use antin_profile::{ActiveAuthentication, Profile, ReadRule, Right};
use antin_protocol::chip_authentication::Offer;
use antin_protocol::password::{Can, MrzKey, Password};
use antin_protocol::personalization::iso7816_9::{
    self, ActiveKey, FileControl, KeyObject, KeyVersion, ReadCondition,
};
use antin_protocol::{Error, bac, chip_authentication, files, pace, sm};
use antin_trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Reference, Role, Sha1, TaAlgorithm,
    TerminalType, TrustPoint, TrustPoints,
};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ids::Aid;
use antin_wire::tlv::{self, Tag};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

/// Number, birth and expiry of a citizen who does not exist (ICAO 9303-11 appendix D).
pub const MRZ: &str = "L898902C<369080619406236";
pub const CAN: &str = "000017";
pub const SERIAL: [u8; 8] = *b"TESTCHIP";

pub fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub fn hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap_or_else(|_| panic!("not hex: {text}"))
}

/// What is written on the card.
pub struct Content {
    pub files: Vec<(ElementaryFile, Vec<u8>)>,
    pub keys: Vec<KeyObject>,
}

/// An authority of Terminal Authentication, always the same.
pub struct Authority {
    pub signer: CvSigner,
    pub points: TrustPoints,
}

pub fn authority() -> Authority {
    let signer = cv_key(40);
    let certificate = cv_certificate(
        "UTTESTCVCA00001",
        "UTTESTCVCA00001",
        &signer,
        &signer,
        Role::Cvca,
        &["read-dg3", "read-dg4"],
    );
    let point = TrustPoint::new(&certificate).unwrap();
    Authority {
        signer,
        points: TrustPoints::new(certificate.effective(), Sha1::Refused, vec![point]).unwrap(),
    }
}

pub fn cv_key(seed: u8) -> CvSigner {
    let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng(seed));
    CvSigner::ec(key, TaAlgorithm::EcdsaSha256).unwrap()
}

pub fn cv_certificate(
    authority: &str,
    holder: &str,
    key: &CvSigner,
    signer: &CvSigner,
    role: Role,
    rights: &[&str],
) -> CvCertificate {
    let name = |text: &str| Reference::from_text(text).unwrap();
    let mut authorization = Authorization::new(TerminalType::Is, role).unwrap();
    for right in rights {
        authorization = authorization.with_right(right).unwrap();
    }
    let effective = Date::new(2026, 1, 31).unwrap();
    let template = CertificateTemplate {
        authority: name(authority),
        holder: name(holder),
        key: key.public(),
        authorization,
        effective,
        expiration: effective.plus_days(30).unwrap(),
        extensions: None,
    };
    template.sign(signer, &mut rng(41)).unwrap()
}

pub const PIN: &str = "135790";
pub const PUK: &str = "9876543210";

/// Files with the right first tag, whose content no chip ever looks at, and keys that fit the profile.
pub fn content(profile: &Profile) -> Content {
    let mut rng = rng(7);
    let mut keys = vec![
        KeyObject::Can(Can::parse(CAN).unwrap()),
        KeyObject::MrzInformation(MrzKey::from_information(MRZ)),
    ];
    if profile.pin.is_some() {
        keys.push(KeyObject::Pin(SecretBytes::new(PIN.as_bytes().to_vec())));
    }
    if profile.puk.is_some() {
        keys.push(KeyObject::Puk(SecretBytes::new(PUK.as_bytes().to_vec())));
    }
    if let Some(curve) = profile.mapping_curve() {
        let key = PrivateKey::generate(curve, &mut rng);
        keys.push(KeyObject::ChipAuthenticationMapping { key });
    }
    if profile.terminal_authentication.is_some() {
        keys.push(KeyObject::TrustPoints(authority().points.to_bytes()));
    }
    let mut infos: Vec<SecurityInfo> = profile.pace_infos();
    for rule in &profile.chip_authentication {
        let key = agreement::PrivateKey::generate(rule.group, &mut rng);
        let key_id = rule.key_id.map(u32::from);
        infos.extend(rule.info());
        infos.push(SecurityInfo::chip_authentication_public_key(
            rule.key_oid(),
            rule.spki_der(&key.public()),
            key_id,
        ));
        keys.push(KeyObject::ChipAuthentication {
            key_id,
            version: KeyVersion::One,
            key,
        });
    }
    let mut dg15 = Vec::new();
    if let Some(ActiveAuthentication::Ecdsa { curve, key_form, .. }) = profile.active_authentication {
        let key = PrivateKey::generate(curve, &mut rng);
        dg15 = key.public().to_spki_der(key_form);
        keys.push(KeyObject::ActiveAuthentication {
            key: ActiveKey::Ec(key),
        });
    }
    let files = profile.files.iter().map(|rule| {
        let body = match (rule.file, &rule.content) {
            (ElementaryFile::CardAccess, _) => profile.card_access().unwrap(),
            (_, Some(fixed)) => fixed.clone(),
            (ElementaryFile::Com, None) => {
                let groups: Vec<_> = profile
                    .com
                    .data_groups
                    .iter()
                    .filter_map(|n| DataGroup::new(*n))
                    .collect();
                EfCom::build(&profile.com.lds_version, &profile.com.unicode_version, &groups)
                    .unwrap()
                    .as_bytes()
                    .to_vec()
            }
            (ElementaryFile::DG14, None) => {
                tlv::object(Tag(0x6E), &SecurityInfos::from_infos(infos.clone()).emit())
            }
            (ElementaryFile::DG15, None) => tlv::object(Tag(0x6F), &dg15),
            (file, None) => {
                let length = match file {
                    ElementaryFile::DG1 => 90,
                    ElementaryFile::DG2 => 15_000,
                    ElementaryFile::Sod => 1_975,
                    _ => 300,
                };
                let body: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
                tlv::object(Tag(u32::from(file.tag().unwrap())), &body)
            }
        };
        (rule.file, body)
    });
    Content {
        files: files.collect(),
        keys,
    }
}

pub fn blank(name: &str) -> Chip {
    Chip::development_blank(&Profile::builtin(name).unwrap(), SERIAL, Box::new(rng(1)))
}

/// The commands that make a card of a blank, in order.
pub fn personalization(profile: &Profile, content: &Content) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut selected = false;
    let mut files: Vec<_> = content.files.iter().collect();
    files.sort_by_key(|(file, _)| file.place());
    for (file, bytes) in files {
        let rule = profile.file(*file).unwrap();
        if file.place() == Place::Application && !selected {
            commands.push(antin_protocol::files::select_application(&Aid::EMRTD));
            selected = true;
        }
        let read = match (rule.read, rule.right) {
            (ReadRule::Always, _) => ReadCondition::Always,
            (ReadRule::AccessControl, _) => ReadCondition::AccessControl,
            (ReadRule::Pace, _) => ReadCondition::Pace,
            (ReadRule::ExtendedAccess, Some(Right::Dg3)) => ReadCondition::RightToDg3,
            (ReadRule::ExtendedAccess, Some(Right::Dg4)) => ReadCondition::RightToDg4,
            (ReadRule::ExtendedAccess, None) => ReadCondition::ExtendedAccess,
        };
        let size = u32::try_from(bytes.len()).unwrap();
        commands.push(iso7816_9::create_file(&FileControl {
            file_id: rule.fid,
            sfi: rule.sfi,
            size,
            read,
        }));
        for (index, part) in bytes.chunks(200).enumerate() {
            let offset = u32::try_from(index * 200).unwrap();
            let near = u16::try_from(offset)
                .ok()
                .and_then(|near| iso7816_9::update_binary(near, part));
            commands.push(near.unwrap_or_else(|| iso7816_9::update_binary_odd(offset, part)));
        }
    }
    commands.extend(content.keys.iter().map(KeyObject::encode));
    commands.push(iso7816_9::activate());
    commands
}

/// A card as the profile wants it, fresh from activation.
pub fn card(name: &str) -> Terminal {
    let profile = Profile::builtin(name).unwrap();
    let mut terminal = Terminal::new(blank(name));
    for command in personalization(&profile, &content(&profile)) {
        let response = terminal.plain(&command);
        assert_eq!(response.sw, StatusWord::OK, "{command:?}");
    }
    terminal.reset();
    terminal
}

/// A card of a profile that is not built in.
pub fn card_of(profile: &Profile) -> Terminal {
    let mut terminal = Terminal::new(Chip::development_blank(profile, SERIAL, Box::new(rng(1))));
    for command in personalization(profile, &content(profile)) {
        let response = terminal.plain(&command);
        assert_eq!(response.sw, StatusWord::OK, "{command:?}");
    }
    terminal.reset();
    terminal
}

/// A built-in profile with one piece of its text changed.
pub fn profile_with(name: &str, right: &str, wrong: &str) -> Profile {
    let text = Profile::builtin(name).unwrap().text().to_owned();
    assert!(text.contains(right), "{name} does not hold {right}");
    Profile::parse(&text.replace(right, wrong), "changed").unwrap_or_else(|fault| panic!("{fault}"))
}

/// The terminal's side of a conversation.
pub struct Terminal {
    pub chip: Chip,
    pub channel: Option<sm::terminal::Channel>,
    pub rng: ChaCha20Rng,
}

impl Terminal {
    pub fn new(chip: Chip) -> Self {
        Self {
            chip,
            channel: None,
            rng: rng(2),
        }
    }

    pub fn reset(&mut self) {
        self.chip.reset();
        self.channel = None;
    }

    pub fn raw(&mut self, command: &[u8]) -> Response {
        let answer = self.chip.process(command);
        Response::parse(&answer).expect("every answer has a status word")
    }

    pub fn send(&mut self, text: &str) -> Response {
        self.raw(&hex(text))
    }

    pub fn plain(&mut self, command: &Command) -> Response {
        self.raw(&command.to_bytes().unwrap())
    }

    /// A command under secure messaging and its opened answer.
    pub fn secure(&mut self, command: &Command) -> Result<Response, Error> {
        let channel = self.channel.as_mut().expect("a session");
        let protected = channel.protect(command)?;
        let answer = Response::parse(&self.chip.process(&protected.to_bytes().unwrap())).unwrap();
        self.channel.as_mut().expect("a session").open(&answer)
    }

    pub fn secure_sw(&mut self, text: &str) -> StatusWord {
        let command = Command::parse(&hex(text)).unwrap();
        self.secure(&command)
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .sw
    }

    /// The bytes of a command under secure messaging, without moving the terminal's own counter.
    pub fn protected(&self, command: &Command) -> Vec<u8> {
        let channel = self.channel.as_ref().expect("a session");
        let mut copy = sm::terminal::Channel::new(channel.keys().clone(), channel.ssc().clone());
        copy.protect(command).unwrap().to_bytes().unwrap()
    }

    pub fn select_application(&mut self) -> StatusWord {
        let command = files::select_application(&Aid::EMRTD);
        match self.channel {
            Some(_) => self.secure(&command).unwrap().sw,
            None => self.plain(&command).sw,
        }
    }

    pub fn bac(&mut self, mrz: &str) -> Result<(), Error> {
        let keys = bac::Keys::from_mrz_information(mrz);
        let (command, next) = bac::terminal::start();
        let response = self.plain(&command);
        let (command, next) = next.accept(&response, &keys, &mut self.rng)?;
        let response = self.plain(&command);
        self.channel = Some(next.accept(&response)?);
        Ok(())
    }

    pub fn pace_parameters(&self) -> pace::Parameters {
        let info = self.chip.state().profile().pace_infos().remove(0);
        pace::Parameters::from_info(&info).unwrap()
    }

    pub fn pace(&mut self, password: &Password) -> Result<(), Error> {
        let parameters = self.pace_parameters();
        let (command, next) =
            pace::terminal::start(&parameters, password, pace::terminal::DomainReference::Omit)?;
        let (command, next) = next.accept(&self.plain(&command))?;
        let response = self.plain(&command);
        let (command, next) = next.accept(&response, &mut self.rng)?;
        let response = self.plain(&command);
        let (command, next) = next.accept(&response, &mut self.rng)?;
        let (command, next) = next.accept(&self.plain(&command))?;
        let response = self.plain(&command);
        self.channel = Some(next.accept(&response)?.0);
        Ok(())
    }

    pub fn offer(&self) -> Offer {
        let dg14 = self.chip.state().file(ElementaryFile::DG14).unwrap();
        let infos = SecurityInfos::parse(tlv::parse_one(dg14).unwrap().value).unwrap();
        Offer::from_infos(&infos).unwrap().unwrap()
    }

    /// Does Chip Authentication and returns `Comp()` of the terminal's key in it.
    pub fn ephemeral_of_chip_authentication(&mut self) -> Vec<u8> {
        let offer = self.offer();
        let (command, next) =
            chip_authentication::terminal::start_with_authentication_template(&offer, &mut self.rng).unwrap();
        let response = self.secure(&command).unwrap();
        let (command, next) = next.accept(&response).unwrap();
        let point = tlv::parse_one(command.data())
            .unwrap()
            .children()
            .expect(Tag(0x80))
            .unwrap()
            .value
            .to_vec();
        let response = self.secure(&command).unwrap();
        self.channel = Some(next.accept(&response).unwrap());
        // The x coordinate.
        point[1..=point.len() / 2].to_vec()
    }

    pub fn chip_authentication(&mut self) -> Result<(), Error> {
        let offer = self.offer();
        let (command, next) =
            chip_authentication::terminal::start_with_authentication_template(&offer, &mut self.rng)?;
        let response = self.secure(&command)?;
        let (command, next) = next.accept(&response)?;
        let response = self.secure(&command)?;
        self.channel = Some(next.accept(&response)?);
        Ok(())
    }
}

pub fn can(text: &str) -> Password {
    Password::Can(Can::parse(text).unwrap())
}

pub fn mrz(text: &str) -> Password {
    Password::Mrz(MrzKey::from_information(text))
}

/// A key on the wrong curve.
pub fn foreign_key(rng: &mut dyn CryptoRng) -> PrivateKey {
    PrivateKey::generate(Curve::P384, rng)
}

pub const NAMED: ParameterForm = ParameterForm::Named;
