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

const EXAMPLES: [&str; 6] = [
    "pace-gm-appendix-g1.toml",
    "pace-gm-appendix-g2.toml",
    "pace-gm-bsi-eac2.toml",
    "pace-im-appendix-h1.toml",
    "pace-im-appendix-h2.toml",
    "pace-cam-appendix-i.toml",
];

/// What one side draws, in the order in which it does: fields that an example does not have are not drawn.
fn drawn(vector: &Vector, fields: &[&str]) -> Vec<Vec<u8>> {
    let present = fields.iter().filter(|field| vector.has(field));
    present.map(|field| vector.bytes(field)).collect()
}

#[test]
fn the_terminal_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let parameters = offered
            .iter()
            .find_map(|info| Parameters::from_info(info).ok())
            .unwrap();
        assert_eq!(password.pace_key(parameters.suite).expose(), vector.bytes("k_pi"));
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let fields = ["mapping_key_terminal", "nonce_terminal", "ephemeral_key_terminal"];
        let mut rng = script(&drawn(&vector, &fields));

        let (command, state) = terminal::start(&parameters, &password, DomainReference::Omit).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mse.0);
        let (command, state) = state.accept(&mse.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), nonce.0);
        let (command, state) = state.accept(&nonce.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mapping.0);
        let (command, state) = state.accept(&mapping.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), agreement.0);
        let (command, state) = state.accept(&agreement.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), token.0);
        let (channel, outcome) = state.accept(&token.1).unwrap();
        assert_session(&vector, channel.keys(), channel.ssc());
        assert_eq!(rng.remaining(), 0);
        assert_eq!(outcome.car, drawn(&vector, &["reference"]));
        let data = outcome.cam.as_ref().map(|cam| cam.chip_data.expose().to_vec());
        assert_eq!(data, drawn(&vector, &["chip_data"]).pop());
        if let Some(evidence) = outcome.cam {
            let static_key = vector.bytes("static_key_chip");
            let static_key = PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &static_key).unwrap();
            let PublicKey::Ec(mapping_key) = evidence.mapping_key else {
                panic!("{name}");
            };
            cam::verify(&static_key.public(), &mapping_key, evidence.chip_data.expose()).unwrap();
            let published = vector.bytes("chip_authentication_public_key_info");
            let point = static_key.public().as_sec1().to_vec();
            assert!(published.windows(point.len()).any(|window| window == point));
        }
    }
}

#[test]
fn the_chip_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let mut rng = script(&drawn(
            &vector,
            &["nonce", "mapping_key_chip", "ephemeral_key_chip"],
        ));
        let known = |reference| {
            (reference == password.reference())
                .then(|| password.clone())
                .into()
        };
        let static_keys: Vec<PrivateKey> = drawn(&vector, &["static_key_chip"])
            .iter()
            .map(|key| PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, key).unwrap())
            .collect();
        let card = Card {
            offered: &offered,
            passwords: &known,
            static_keys: &static_keys,
            trust_points: &|_| Ok(drawn(&vector, &["reference"])),
        };

        let (told, state) = chip::Ready::select(&card, &command(&mse.0)).unwrap();
        assert_eq!(told, mse.1);
        let (told, state) = state.step(&command(&nonce.0), &mut rng).unwrap();
        assert_eq!(told, nonce.1);
        let (told, state) = state.step(&command(&mapping.0), &mut rng).unwrap();
        assert_eq!(told, mapping.1);
        let (told, state) = state.step(&command(&agreement.0), &mut rng).unwrap();
        assert_eq!(told, agreement.1);
        assert_eq!(state.reference(), password.reference());
        let (told, channel, outcome) = state.step(&command(&token.0)).unwrap();
        assert_eq!(told, token.1);
        assert_eq!(outcome.reference, password.reference());
        assert_eq!(rng.remaining(), 0);
        assert_session(&vector, channel.keys(), channel.ssc());
    }
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

/// Every protocol that a standard defines, with what its name says.
const PROTOCOLS: [(ObjectIdentifier, Mapping, Suite, Kind); 19] = {
    use Kind::{Dh, Ec};
    use Mapping::{ChipAuthentication as Cam, Generic as Gm, Integrated as Im};
    use Suite::{Aes128, Aes192, Aes256, Tdes};
    [
        (oids::ID_PACE_DH_GM_3DES_CBC_CBC, Gm, Tdes, Dh),
        (oids::ID_PACE_DH_GM_AES_CBC_CMAC_128, Gm, Aes128, Dh),
        (oids::ID_PACE_DH_GM_AES_CBC_CMAC_192, Gm, Aes192, Dh),
        (oids::ID_PACE_DH_GM_AES_CBC_CMAC_256, Gm, Aes256, Dh),
        (oids::ID_PACE_ECDH_GM_3DES_CBC_CBC, Gm, Tdes, Ec),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, Gm, Aes128, Ec),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_192, Gm, Aes192, Ec),
        (oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256, Gm, Aes256, Ec),
        (oids::ID_PACE_DH_IM_3DES_CBC_CBC, Im, Tdes, Dh),
        (oids::ID_PACE_DH_IM_AES_CBC_CMAC_128, Im, Aes128, Dh),
        (oids::ID_PACE_DH_IM_AES_CBC_CMAC_192, Im, Aes192, Dh),
        (oids::ID_PACE_DH_IM_AES_CBC_CMAC_256, Im, Aes256, Dh),
        (oids::ID_PACE_ECDH_IM_3DES_CBC_CBC, Im, Tdes, Ec),
        (oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_128, Im, Aes128, Ec),
        (oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_192, Im, Aes192, Ec),
        (oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_256, Im, Aes256, Ec),
        (oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128, Cam, Aes128, Ec),
        (oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_192, Cam, Aes192, Ec),
        (oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_256, Cam, Aes256, Ec),
    ]
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Dh,
    Ec,
}

/// Every protocol beside every number of domain parameters: does the pair exist?
fn pairs() -> impl Iterator<Item = (ObjectIdentifier, Mapping, Suite, u8, bool)> {
    PROTOCOLS.into_iter().flat_map(|(oid, mapping, suite, kind)| {
        (0..=31).map(move |id| {
            let group = Group::from_standardized_id(id);
            let legal = match (kind, group) {
                (Kind::Dh, Some(Group::Dh(_))) => true,
                (Kind::Ec, Some(Group::Ec(curve))) => mapping != Mapping::Integrated || curve != Curve::P224,
                _ => false,
            };
            (oid, mapping, suite, id, legal)
        })
    })
}

#[test]
fn the_two_roles_meet_in_every_legal_combination() {
    let chip = vec![
        can("314159"),
        mrz("L898902C<369080619406236"),
        Password::Pin(Pin::parse("123456").unwrap()),
        Password::Puk(Puk::parse("1234567890").unwrap()),
    ];
    let static_keys: Vec<PrivateKey> = Curve::ALL
        .into_iter()
        .map(|curve| PrivateKey::generate(curve, &mut random(7)))
        .collect();
    let legal: Vec<_> = pairs().filter(|(.., legal)| *legal).collect();
    // 3 groups with 2 mappings and 4 ciphers; 11 curves with 4 ciphers, 10 with 4, 11 with 3.
    assert_eq!(legal.len(), 24 + 44 + 40 + 33);
    for (n, (oid, mapping, suite, id, _)) in legal.into_iter().enumerate() {
        // The password only enters by its key: beside the quick curve all are taken, elsewhere one after the other.
        let passwords: Vec<&Password> = match Group::from_standardized_id(id) {
            Some(Group::Ec(Curve::P256)) => chip.iter().collect(),
            _ => chip.iter().skip(n % 4).take(1).collect(),
        };
        for password in passwords {
            let meeting = Meeting {
                offered: vec![SecurityInfo::pace(oid, 2, Some(id))],
                terminal: password.clone(),
                chip: chip.clone(),
                domain: if n % 2 == 0 {
                    DomainReference::Omit
                } else {
                    DomainReference::Send
                },
                static_keys: static_keys.clone(),
                between: &untouched,
            };
            let (mut terminal, mut chip, at_terminal, at_chip) = meeting.hold_to_the_end().unwrap();
            assert_eq!(terminal.keys().suite(), suite);
            assert_eq!(at_chip.reference, password.reference());
            assert_eq!(
                at_terminal.chip_ephemeral_compressed,
                at_chip.chip_ephemeral_compressed
            );
            assert_eq!(
                at_terminal.terminal_ephemeral_compressed,
                at_chip.terminal_ephemeral_compressed
            );
            assert_eq!(at_terminal.cam.is_some(), mapping == Mapping::ChipAuthentication);
            if let Some(evidence) = at_terminal.cam {
                let PublicKey::Ec(mapping_key) = &evidence.mapping_key else {
                    panic!("{oid}");
                };
                let own = static_keys
                    .iter()
                    .find(|key| key.curve() == mapping_key.curve())
                    .unwrap();
                assert_eq!(
                    cam::verify(&own.public(), mapping_key, evidence.chip_data.expose()),
                    Ok(())
                );
            }
            let wrapped = terminal
                .protect(&command(&hex("00A4040C07A0000002471001")))
                .unwrap();
            assert_eq!(chip.open(&wrapped).unwrap().ins(), 0xA4);
            terminal
                .open(&chip.protect(&Response::status(StatusWord::OK)))
                .unwrap();
        }
    }
}

#[test]
fn every_illegal_combination_is_refused_by_name() {
    for (oid, mapping, _, id, legal) in pairs() {
        let read = Parameters::from_info(&SecurityInfo::pace(oid, 2, Some(id)));
        assert_eq!(read.is_ok(), legal, "{oid} {id}");
        let Err(reason) = read else { continue };
        let named = match Group::from_standardized_id(id) {
            None => reason == Unsupported::DomainParameters(Some(id)),
            Some(Group::Ec(Curve::P224)) if mapping == Mapping::Integrated => {
                matches!(
                    reason,
                    Unsupported::IntegratedOnP224 | Unsupported::KeyAgreement { .. }
                )
            }
            Some(group) => {
                reason
                    == Unsupported::KeyAgreement {
                        oid,
                        group: group.name(),
                    }
            }
        };
        assert!(named, "{oid} {id}: {reason}");
    }
    // Chip authentication mapping with 3DES or over Diffie-Hellman, ciphers and families that nobody defined.
    for undefined in [
        "0.4.0.127.0.7.2.2.4.6.1",
        "0.4.0.127.0.7.2.2.4.5.2",
        "0.4.0.127.0.7.2.2.4.2.5",
        "0.4.0.127.0.7.2.2.4.2.0",
        "0.4.0.127.0.7.2.2.4.7.2",
        "0.4.0.127.0.7.2.2.4.2.2.1",
    ] {
        let oid = ObjectIdentifier::new_unwrap(undefined);
        let info = SecurityInfo::parse(&SecurityInfo::pace(oid, 2, Some(13)).to_der()).unwrap();
        assert_eq!(Parameters::from_info(&info), Err(Unsupported::Variant(oid)));
        // A valid one beside it is used.
        let valid = aes128_on(12);
        let choice = choose([&info, &valid]).unwrap().unwrap();
        assert_eq!(choice.parameters, Parameters::from_info(&valid).unwrap());
        assert_eq!(choose([&info]), Err(Unsupported::Variant(oid)));
    }
}

#[test]
fn the_first_offer_that_can_be_done_is_chosen_and_the_deprecated_last() {
    let tdes = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_3DES_CBC_CBC, 2, Some(12));
    let weak = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(8));
    let reserved = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(20));
    let old = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 1, Some(12));
    let good = SecurityInfo::pace(oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_256, 2, Some(13));
    let other = SecurityInfo::terminal_authentication(1);
    let of = |infos: &[&SecurityInfo]| choose(infos.iter().copied());
    let parameters = |info| Parameters::from_info(info).unwrap();
    let choice = of(&[&other, &tdes, &weak, &reserved, &old, &good])
        .unwrap()
        .unwrap();
    assert_eq!(
        (choice.parameters, choice.domain),
        (parameters(&good), DomainReference::Send)
    );
    let choice = of(&[&other, &tdes]).unwrap().unwrap();
    assert_eq!(
        (choice.parameters, choice.domain),
        (parameters(&tdes), DomainReference::Omit)
    );
    assert_eq!(
        of(&[&tdes, &weak]).unwrap().unwrap().parameters,
        parameters(&tdes)
    );
    assert_eq!(of(&[&other]), Ok(None));
    assert_eq!(
        of(&[&reserved, &old]),
        Err(Unsupported::DomainParameters(Some(20)))
    );
    assert_eq!(of(&[&old, &reserved]), Err(Unsupported::Version(1)));
}

/// A PACEDomainParameterInfo with the explicit parameters of a curve, one byte of them changed if wanted.
fn explicit(curve: Curve, id: Option<u8>, spoil: bool) -> SecurityInfo {
    let key = PrivateKey::generate(curve, &mut random(3)).public();
    let spki = key.to_spki_der(antin_crypto::ParameterForm::Explicit);
    let mut parts = antin_wire::tlv::parse_one(&spki).unwrap().children();
    let mut algorithm = parts.next().unwrap().unwrap().raw.to_vec();
    if spoil {
        algorithm[60] ^= 1;
    }
    SecurityInfo::pace_domain_parameter(oids::ID_PACE_ECDH_GM, algorithm, id)
}

#[test]
fn explicit_parameters_are_used_when_they_are_a_standardized_set_and_never_else() {
    let gm = oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128;
    let cam = oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128;
    let alone = [
        SecurityInfo::pace(gm, 2, None),
        explicit(Curve::BrainpoolP384r1, None, false),
    ];
    let choice = choose(&alone).unwrap().unwrap();
    assert_eq!(choice.parameters.group, Group::Ec(Curve::BrainpoolP384r1));
    assert_eq!(
        (choice.parameters.parameter_id, choice.domain),
        (None, DomainReference::Omit)
    );
    let two = [
        SecurityInfo::pace(gm, 2, Some(41)),
        explicit(Curve::P256, Some(40), false),
        explicit(Curve::P384, Some(41), false),
        SecurityInfo::pace(cam, 2, Some(40)),
    ];
    let groups: Vec<_> = offers(&two)
        .into_iter()
        .map(|offer| offer.unwrap().group)
        .collect();
    assert_eq!(groups, [Group::Ec(Curve::P384), Group::Ec(Curve::P256)]);
    assert_eq!(choose(&two).unwrap().unwrap().domain, DomainReference::Send);
    let ambiguous = [SecurityInfo::pace(gm, 2, None), two[1].clone(), two[2].clone()];
    assert_eq!(choose(&ambiguous), Err(Unsupported::DomainParameters(None)));
    let strange = [
        SecurityInfo::pace(gm, 2, Some(40)),
        explicit(Curve::P256, Some(40), true),
    ];
    assert_eq!(choose(&strange), Err(Unsupported::DomainParameters(Some(40))));
    // The two roles meet over them.
    for offered in [alone.to_vec(), two.to_vec()] {
        let domain = choose(&offered).unwrap().unwrap().domain;
        let meeting = Meeting {
            offered,
            domain,
            ..meeting(&untouched)
        };
        assert!(meeting.hold().is_ok());
    }
}

#[test]
fn domain_parameters_without_a_number_cannot_be_named() {
    let infos = [
        SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, None),
        explicit(Curve::P256, None, false),
    ];
    let parameters = choose(&infos).unwrap().unwrap().parameters;
    let refused = terminal::start(&parameters, &can("314159"), DomainReference::Send).unwrap_err();
    assert!(matches!(refused, Error::Misuse { .. }));
}

/// Selects PACE with the CAN on a chip that says this about its passwords.
fn select(lookup: &Lookup) -> (Response, Option<chip::AwaitNonceRequest>) {
    let offered = [aes128_on(12)];
    let card = Card {
        offered: &offered,
        passwords: &|_| lookup.clone(),
        static_keys: &[],
        trust_points: &no_trust_points,
    };
    let sent = command(&hex("0022C1A40F800A04007F00070202040202830103"));
    match chip::Ready::select(&card, &sent) {
        Ok((told, next)) => (told, Some(next)),
        Err(sw) => (Response::status(sw), None),
    }
}

fn after_mse() -> terminal::AwaitMse {
    let parameters = Parameters::from_info(&aes128_on(12)).unwrap();
    let pin = Password::Pin(Pin::parse("123456").unwrap());
    terminal::start(&parameters, &pin, DomainReference::Omit)
        .unwrap()
        .1
}

#[test]
fn a_password_that_was_tried_is_told_with_a_warning_and_the_last_try_is_not_spent_by_itself() {
    let pin = Password::Pin(Pin::parse("123456").unwrap());
    let warned = |tries| Lookup::Warned(pin.clone(), StatusWord::with_tries_left(tries));
    let (told, next) = select(&warned(2));
    assert_eq!((told.sw, next.is_some()), (StatusWord(0x63C2), true));
    let (_, state) = after_mse().accept(&told).unwrap();
    assert_eq!(state.tries_left(), Some(2));
    let (told, _) = select(&warned(1));
    let refused = after_mse().accept(&told).unwrap_err();
    assert!(matches!(refused, Error::Refused { sw, .. } if sw.tries_left() == Some(1)));
    assert_eq!(
        after_mse().accept_last_try(&told).unwrap().1.tries_left(),
        Some(1)
    );
    for sw in [0x63C0, 0x6283, 0x6983, 0x6300] {
        let told = Response::status(StatusWord(sw));
        let refused = after_mse().accept_last_try(&told).unwrap_err();
        assert!(
            matches!(refused, Error::Refused { sw: seen, .. } if seen == told.sw),
            "{sw:04X}"
        );
    }
    let with_data = Response {
        data: vec![0],
        sw: StatusWord(0x63C2),
    };
    assert!(matches!(
        after_mse().accept(&with_data),
        Err(Error::Breach { .. })
    ));
}

#[test]
fn an_unusable_password_is_selected_with_a_warning_and_refused_before_the_nonce() {
    for (warning, refusal) in [(0x63C1, 0x6985), (0x63C0, 0x6983), (0x6283, 0x6984)] {
        let (warning, refusal) = (StatusWord(warning), StatusWord(refusal));
        let (told, next) = select(&Lookup::Unusable { warning, refusal });
        assert_eq!(told.sw, warning);
        let asked = command(&hex("10860000027C0000"));
        let end = next.unwrap().step(&asked, &mut random(1)).map(|_| ());
        assert_eq!(end, Err(refusal));
    }
    assert_eq!(select(&Lookup::Absent).0.sw, StatusWord::REF_DATA_NOT_FOUND);
}

#[test]
fn announced_rights_reach_the_chip_and_its_trust_points_the_terminal() {
    let chat = hex("7F4C0E06 0904007F00070301020 1530100");
    let chat = [&chat[..1], &chat[1..]].concat();
    let offered = [aes128_on(12)];
    let parameters = Parameters::from_info(&offered[0]).unwrap();
    let password = can("314159");
    let passwords = |_| Lookup::Usable(can("314159"));
    let trust_points = |announced: Option<&[u8]>| match announced {
        Some(announced) if announced == chat => Ok(vec![b"UTCVCA00002".to_vec(), b"UTCVCA00001".to_vec()]),
        Some(_) => Err(StatusWord::INCORRECT_PARAMETERS),
        None => Ok(Vec::new()),
    };
    let card = Card {
        offered: &offered,
        passwords: &passwords,
        static_keys: &[],
        trust_points: &trust_points,
    };
    let start = |chat: &[u8]| {
        terminal::start_for_terminal_authentication(&parameters, &password, DomainReference::Omit, chat)
    };
    let (mut ifd, mut ic) = (random(1), random(2));
    let (sent, at_ifd) = start(&chat).unwrap();
    let (told, at_ic) = chip::Ready::select(&card, &sent).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told, &mut ifd).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told, &mut ifd).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told).unwrap();
    let (told, _, at_chip) = at_ic.step(&sent).unwrap();
    assert_eq!(at_chip.chat, Some(chat.clone()));
    let (_, outcome) = at_ifd.accept(&told).unwrap();
    assert_eq!(outcome.car, [b"UTCVCA00002", b"UTCVCA00001"]);

    let mut other = chat.clone();
    *other.last_mut().unwrap() = 1;
    let (sent, _) = start(&other).unwrap();
    let refused = chip::Ready::select(&card, &sent).map(|_| ());
    assert_eq!(refused, Err(StatusWord::INCORRECT_PARAMETERS));
    for wrong in [&[][..], &[0x7F, 0x4C], &chat[1..], &[&chat[..], &[0]].concat()] {
        assert!(matches!(start(wrong), Err(Error::Misuse { .. })), "{wrong:02X?}");
    }
}

/// A run with chip authentication mapping, whose last answer somebody changes.
fn cam_with_last_answer(mapping: ObjectIdentifier, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Result<(), End> {
    let between = |leg: usize, bytes: Vec<u8>| if leg == 9 { change(&bytes) } else { bytes };
    let meeting = Meeting {
        offered: vec![SecurityInfo::pace(mapping, 2, Some(12))],
        static_keys: vec![PrivateKey::generate(Curve::P256, &mut random(7))],
        ..meeting(&between)
    };
    meeting.hold().map(|_| ())
}

#[test]
fn chip_authentication_data_must_be_there_whole_and_in_their_object() {
    let oid = oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128;
    let end = |change: &dyn Fn(&[u8]) -> Vec<u8>| cam_with_last_answer(oid, change);
    assert_eq!(end(&<[u8]>::to_vec), Ok(()));
    let rebuilt = |objects: Vec<u8>| {
        let mut answer = antin_wire::tlv::object(antin_wire::tlv::Tag(0x7C), &objects);
        answer.extend([0x90, 0x00]);
        answer
    };
    // 7C 3C 86 08 token 8A 30 data
    let token = |bytes: &[u8]| bytes[2..12].to_vec();
    let data = |bytes: &[u8]| bytes[14..bytes.len() - 2].to_vec();
    let with = |bytes: &[u8], tag: u32, value: &[u8]| {
        rebuilt(
            [
                token(bytes),
                antin_wire::tlv::object(antin_wire::tlv::Tag(tag), value),
            ]
            .concat(),
        )
    };
    let breach = |what| {
        Err(End::Terminal(Error::Breach {
            step: "PACE: mutual authentication",
            what,
        }))
    };
    let missing = breach("no chip authentication data");
    let unreadable = breach("unreadable chip authentication data");
    let strange = breach("an object that does not belong here");
    assert_eq!(end(&|bytes| rebuilt(token(bytes))), missing);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &[])), unreadable);
    assert_eq!(end(&|bytes| with(bytes, 0x8B, &data(bytes))), strange);
    assert_eq!(end(&|bytes| with(bytes, 0xAA, &data(bytes))), strange);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &data(bytes)[1..])), unreadable);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &data(bytes)[16..])), unreadable);
    assert_eq!(
        end(&|bytes| with(bytes, 0x8A, &[data(bytes), data(bytes)].concat())),
        unreadable
    );
    let twice = |bytes: &[u8]| {
        let object = antin_wire::tlv::object(antin_wire::tlv::Tag(0x8A), &data(bytes));
        rebuilt([token(bytes), object.clone(), object].concat())
    };
    assert_eq!(end(&twice), strange);
}

#[test]
fn chip_authentication_data_that_nobody_asked_for_are_ignored() {
    let with_surplus = |bytes: &[u8]| {
        let mut objects = bytes[2..bytes.len() - 2].to_vec();
        objects.extend(antin_wire::tlv::object(antin_wire::tlv::Tag(0x8A), &[0xAA; 48]));
        let mut answer = antin_wire::tlv::object(antin_wire::tlv::Tag(0x7C), &objects);
        answer.extend([0x90, 0x00]);
        answer
    };
    let oid = oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128;
    assert_eq!(cam_with_last_answer(oid, &with_surplus), Ok(()));
}

#[test]
fn a_chip_without_a_static_key_does_not_begin_chip_authentication_mapping() {
    let meeting = Meeting {
        offered: vec![SecurityInfo::pace(
            oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128,
            2,
            Some(12),
        )],
        static_keys: vec![PrivateKey::generate(Curve::P384, &mut random(7))],
        ..meeting(&untouched)
    };
    assert_eq!(
        meeting.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
}

/// Runs the protocol with one message replaced by one object of the given value.
fn with_value(oid: ObjectIdentifier, id: u8, leg: usize, tag: u32, value: &[u8]) -> End {
    let inner = antin_wire::tlv::object(antin_wire::tlv::Tag(tag), value);
    let template = antin_wire::tlv::object(antin_wire::tlv::Tag(0x7C), &inner);
    let message = if leg % 2 == 1 {
        [template, vec![0x90, 0x00]].concat()
    } else {
        let sent = Command::new(0x10, 0x86, 0, 0).with_data(template).with_le(256);
        sent.to_bytes().unwrap()
    };
    let between = |at: usize, bytes: Vec<u8>| if at == leg { message.clone() } else { bytes };
    let meeting = Meeting {
        offered: vec![SecurityInfo::pace(oid, 2, Some(id))],
        ..meeting(&between)
    };
    meeting.hold().unwrap_err()
}

#[test]
fn keys_that_are_none_are_refused_by_both_sides_in_both_places() {
    let foreign = |end: End, leg: usize| {
        let expected = if leg % 2 == 1 {
            matches!(
                end,
                End::Terminal(Error::Breach {
                    what: "a key that does not belong to the group",
                    ..
                })
            )
        } else {
            end == End::Chip(StatusWord::INCORRECT_PARAMETERS)
        };
        assert!(expected, "message {leg}: {end:?}");
    };
    let legs = [(4, 0x81), (5, 0x82), (6, 0x83), (7, 0x84)];
    let point = PrivateKey::generate(Curve::P256, &mut random(3))
        .public()
        .as_sec1()
        .to_vec();
    let mut off_curve = point.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let other = PrivateKey::generate(Curve::P384, &mut random(3))
        .public()
        .as_sec1()
        .to_vec();
    let compressed = [&[0x02], &point[1..33]].concat();
    let longer = [point.as_slice(), &[0]].concat();
    for wrong in [
        &[][..],
        &[0],
        &[0; 65],
        &off_curve,
        &other,
        &compressed,
        &longer,
        &point[1..],
    ] {
        for (leg, tag) in legs {
            let gm = oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128;
            foreign(with_value(gm, 12, leg, tag, wrong), leg);
        }
    }
    let Some(Group::Dh(group)) = Group::from_standardized_id(0) else {
        panic!("the first group");
    };
    let p = group.p().to_vec();
    let change = |last: u8| {
        let mut number = p.clone();
        *number.last_mut().unwrap() = last;
        number
    };
    // 0, 1, p - 1, p, p + 2, a number outside the subgroup, a number longer than the prime.
    let last = *p.last().unwrap();
    for wrong in [
        vec![],
        vec![0],
        vec![1],
        change(last - 1),
        p.clone(),
        change(last + 2),
        vec![2],
        vec![1; 129],
    ] {
        for (leg, tag) in legs {
            foreign(
                with_value(oids::ID_PACE_DH_GM_AES_CBC_CMAC_128, 0, leg, tag, &wrong),
                leg,
            );
        }
    }
}

#[test]
fn integrated_mapping_wants_a_nonce_of_its_length_and_an_empty_answer() {
    let oid = oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_256;
    for len in [0, 16, 31, 33] {
        let end = with_value(oid, 12, 4, 0x81, &vec![7; len]);
        assert_eq!(end, End::Chip(StatusWord::INCORRECT_PARAMETERS), "{len}");
        let end = with_value(oid, 12, 3, 0x80, &vec![7; len]);
        assert!(
            matches!(
                end,
                End::Terminal(Error::Breach {
                    what: "a nonce of wrong length",
                    ..
                })
            ),
            "{len}"
        );
    }
    let end = with_value(oid, 12, 5, 0x82, &[1]);
    assert!(matches!(
        end,
        End::Terminal(Error::Breach {
            what: "mapping data where none belong",
            ..
        })
    ));
}

#[test]
fn a_wrong_password_is_refused_in_the_last_step() {
    let wrong = Meeting {
        terminal: can("314158"),
        ..meeting(&untouched)
    };
    assert_eq!(wrong.hold().unwrap_err(), End::Chip(StatusWord::AUTH_FAILED));
    let absent = Meeting {
        terminal: mrz("L898902C<369080619406236"),
        ..meeting(&untouched)
    };
    assert_eq!(
        absent.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
}

#[test]
fn a_wrong_password_is_reported_with_its_step() {
    let between = |leg: usize, bytes: Vec<u8>| if leg == 9 { hex("6300") } else { bytes };
    let refused = Error::Refused {
        step: "PACE: mutual authentication",
        sw: StatusWord::AUTH_FAILED,
    };
    assert_eq!(meeting(&between).hold().unwrap_err(), End::Terminal(refused));
}

/// The ten messages of an untouched run.
fn genuine() -> Vec<Vec<u8>> {
    let seen = RefCell::new(Vec::new());
    let between = |_, bytes: Vec<u8>| {
        seen.borrow_mut().push(bytes.clone());
        bytes
    };
    meeting(&between).hold().unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen.len(), LEGS);
    seen
}

#[test]
fn every_flipped_bit_and_every_cut_ends_without_a_session() {
    for (leg, message) in genuine().iter().enumerate() {
        for damaged in bit_flips(message).chain(truncations(message)) {
            let between = |at: usize, bytes: Vec<u8>| if at == leg { damaged.clone() } else { bytes };
            assert!(meeting(&between).hold().is_err(), "message {leg}: {damaged:02X?}");
        }
    }
}

#[test]
fn a_chip_that_only_echoes_is_found_out() {
    for (leg, what) in [
        (5, "our own mapping key came back"),
        (7, "our own ephemeral key came back"),
    ] {
        let last = RefCell::new(Vec::new());
        let between = |at: usize, bytes: Vec<u8>| {
            if at + 1 == leg {
                last.replace(bytes.clone());
            }
            if at != leg {
                return bytes;
            }
            let sent = last.borrow();
            let mut echo = sent[5..sent.len() - 1].to_vec();
            echo[2] += 1; // 81 becomes 82, 83 becomes 84
            [echo, vec![0x90, 0x00]].concat()
        };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(end, End::Terminal(Error::Breach { what: seen, .. }) if seen == what),
            "{end:?}"
        );
    }
}

#[test]
fn a_terminal_that_echoes_is_refused() {
    let own = RefCell::new(Vec::new());
    // The chip's ephemeral key is not known before its answer, so the same run is held twice: randomness repeats.
    let listen = |at: usize, bytes: Vec<u8>| {
        if at == 7 {
            own.replace(bytes.clone());
        }
        bytes
    };
    meeting(&listen).hold().unwrap();
    let between = |at: usize, bytes: Vec<u8>| {
        if at != 6 {
            return bytes;
        }
        let mut echo = own.borrow()[..own.borrow().len() - 2].to_vec();
        echo[2] -= 1;
        Command::new(0x10, 0x86, 0, 0)
            .with_data(echo)
            .with_le(256)
            .to_bytes()
            .unwrap()
    };
    assert_eq!(
        meeting(&between).hold().unwrap_err(),
        End::Chip(StatusWord::INCORRECT_PARAMETERS)
    );
}

#[test]
fn nonces_of_impossible_length_are_breaches() {
    for len in [0, 1, 15, 17, 48] {
        let nonce = [
            vec![0x7C, len + 2, 0x80, len],
            vec![0xAA; usize::from(len)],
            vec![0x90, 0x00],
        ]
        .concat();
        let between = |at: usize, bytes: Vec<u8>| if at == 3 { nonce.clone() } else { bytes };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(
                end,
                End::Terminal(Error::Breach {
                    what: "a nonce of wrong length",
                    ..
                })
            ),
            "{len}"
        );
    }
}

#[test]
fn answers_that_are_not_as_described_are_never_taken() {
    let messages = genuine();
    let answers: [(usize, &str); 8] = [
        (1, "00 9000"),
        (3, "9000"),
        (3, "7C00 9000"),
        (3, "7C028000 9000"),
        (3, "7D128010 95A3A016522EE98D01E76CB6B98B42C3 9000"),
        (5, "7C028200 9000"),
        (5, "7C03820100 9000"),
        (9, "7C068604AABBCCDD 9000"),
    ];
    for (leg, wrong) in answers {
        let between = |at: usize, bytes: Vec<u8>| if at == leg { hex(wrong) } else { bytes };
        let end = meeting(&between).hold().unwrap_err();
        assert!(
            matches!(end, End::Terminal(Error::Breach { .. } | Error::Malformed(_))),
            "{wrong} as message {leg}: {end:?}",
        );
    }
    // The right object of another step, one object too many, bytes after the end.
    for (leg, tag) in [(3, 0x82), (5, 0x81), (7, 0x82), (9, 0x85)] {
        let mut other = messages[leg].clone();
        other[2] = tag;
        let mut twice = messages[leg].clone();
        let object = twice[2..twice.len() - 2].to_vec();
        twice.splice(twice.len() - 2..twice.len() - 2, object);
        twice[1] = u8::try_from(twice.len() - 4).unwrap();
        let twice = if twice[1] < 0x80 {
            twice
        } else {
            [&[0x7C, 0x81], &twice[1..]].concat()
        };
        let mut after = messages[leg].clone();
        after.insert(after.len() - 2, 0x00);
        for wrong in [other, twice, after] {
            let between = |at: usize, bytes: Vec<u8>| if at == leg { wrong.clone() } else { bytes };
            let end = meeting(&between).hold().unwrap_err();
            assert!(
                matches!(end, End::Terminal(Error::Breach { .. } | Error::Malformed(_))),
                "{end:?}"
            );
        }
    }
}

#[test]
fn the_chip_answers_each_wrong_command_with_its_own_status_word() {
    let at = |leg: usize, wrong: &str| {
        let wrong = hex(wrong);
        let between = |here: usize, bytes: Vec<u8>| if here == leg { wrong.clone() } else { bytes };
        match meeting(&between).hold() {
            Err(End::Chip(sw)) => sw,
            end => panic!("{end:?}"),
        }
    };
    let oid = "800A04007F00070202040202";
    let other_oid = "800A04007F00070202040204";
    assert_eq!(
        at(0, &format!("0022C1A40F{other_oid}830102")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A40F{oid}830103")),
        StatusWord::REF_DATA_NOT_FOUND
    );
    assert_eq!(
        at(0, &format!("0022C1A412{oid}83010284010D")),
        StatusWord::REF_DATA_NOT_FOUND
    );
    assert_eq!(
        at(0, &format!("0022C1A40F830102{oid}")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A40C{oid}")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A410{oid}83020202")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(0, &format!("0022C1A415{oid}83010284010C84010C")),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(at(0, "0022C1A4"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(0, &format!("002241A40F{oid}830102")), StatusWord::WRONG_P1P2);
    assert_eq!(
        at(0, &format!("0022C1A40F{oid}83010200")),
        StatusWord::WRONG_LENGTH
    );
    assert_eq!(
        at(2, "10860000047C028000 00"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(at(2, "00860000027C0000"), StatusWord::CONDITIONS_NOT_SATISFIED);
    assert_eq!(at(2, "10860000027D0000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(2, "10860000027C00"), StatusWord::WRONG_LENGTH);
    assert_eq!(at(4, "10860000027C0000"), StatusWord::CONDITIONS_NOT_SATISFIED);
    assert_eq!(at(4, "10860000047C02810000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(
        at(4, "10860000047C02830000"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(at(4, "10860000047C02910000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(at(6, "10860000047C02830000"), StatusWord::INCORRECT_PARAMETERS);
    assert_eq!(
        at(8, "008600000C7C0A8508000000000000000000"),
        StatusWord::AUTH_FAILED
    );
    assert_eq!(
        at(8, "008600000B7C098507000000000000 0000"),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        at(8, "108600000C7C0A8508000000000000000000"),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
}

#[test]
fn a_chip_with_several_curves_wants_to_be_told_which() {
    let both = vec![aes128_on(12), aes128_on(13)];
    let silent = Meeting {
        offered: both.clone(),
        ..meeting(&untouched)
    };
    assert_eq!(
        silent.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
    let told = Meeting {
        offered: both,
        domain: DomainReference::Send,
        ..meeting(&untouched)
    };
    assert!(told.hold().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_answer_makes_the_terminal_panic(leg in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 2..120)) {
        let between = |at: usize, genuine: Vec<u8>| if at == 2 * leg + 1 { bytes.clone() } else { genuine };
        // A bare 9000 is what the first answer should be.
        prop_assert!(meeting(&between).hold().is_err() || (leg == 0 && bytes == hex("9000")));
    }

    #[test]
    fn no_data_field_makes_the_chip_panic(leg in 0..5_usize, data in proptest::collection::vec(any::<u8>(), 0..120)) {
        let between = |at: usize, genuine: Vec<u8>| {
            if at != 2 * leg {
                return genuine;
            }
            let genuine = command(&genuine);
            let hostile = Command::new(genuine.cla(), genuine.ins(), genuine.p1(), genuine.p2()).with_data(data.clone());
            match genuine.le() {
                Some(le) => hostile.with_le(le),
                None => hostile,
            }
            .to_bytes()
            .unwrap()
        };
        prop_assert!(meeting(&between).hold().is_err() || (leg == 1 && data == hex("7C00")));
    }
}
