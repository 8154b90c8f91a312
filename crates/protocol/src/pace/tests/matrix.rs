//! The whole matrix: every family, cipher, group and password that can be written down. What a standard defines opens in
//! both roles; everything else is refused under its own name, by the terminal and by the chip.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Agreement {
    Dh,
    Ec,
}

/// The families below id-PACE by their arc. The fifth was never given away: it would be chip authentication mapping over
/// groups of numbers.
const FAMILIES: [(u8, Agreement, Mapping); 6] = [
    (1, Agreement::Dh, Mapping::Generic),
    (2, Agreement::Ec, Mapping::Generic),
    (3, Agreement::Dh, Mapping::Integrated),
    (4, Agreement::Ec, Mapping::Integrated),
    (5, Agreement::Dh, Mapping::ChipAuthentication),
    (6, Agreement::Ec, Mapping::ChipAuthentication),
];

/// The ciphers below a family by their arc.
const CIPHERS: [(u8, Suite); 4] = [
    (1, Suite::Tdes),
    (2, Suite::Aes128),
    (3, Suite::Aes192),
    (4, Suite::Aes256),
];

/// The standardized domain parameters by their number (ICAO 9303-11 §9.5.1).
const GROUPS: [u8; 14] = [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

#[derive(Clone, Debug)]
struct Combination {
    oid: ObjectIdentifier,
    agreement: Agreement,
    mapping: Mapping,
    suite: Suite,
    parameter: u8,
    password: Password,
    /// Whether MSE:Set AT names the domain parameters, which it may and need not.
    domain: DomainReference,
}

impl std::fmt::Display for Combination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            agreement,
            mapping,
            suite,
            ..
        } = self;
        let (group, password) = (self.group().name(), self.password.reference());
        write!(
            f,
            "{agreement:?} {mapping:?} {suite:?} on {group}, password {password}"
        )
    }
}

impl Combination {
    fn group(&self) -> Group {
        Group::from_standardized_id(self.parameter).unwrap()
    }

    /// The entry of EF.CardAccess as a terminal reads it.
    fn info(&self) -> SecurityInfo {
        SecurityInfo::parse(&SecurityInfo::pace(self.oid, 2, Some(self.parameter)).to_der()).unwrap()
    }

    /// What the standards say of it, written down independently of the code that reads offers.
    fn illegal(&self) -> Option<Unsupported> {
        let of_kind = match self.group() {
            Group::Dh(_) => Agreement::Dh,
            Group::Ec(_) => Agreement::Ec,
        };
        match (self.mapping, self.agreement, self.suite, self.group()) {
            (Mapping::ChipAuthentication, Agreement::Dh, ..)
            | (Mapping::ChipAuthentication, _, Suite::Tdes, _) => Some(Unsupported::Variant(self.oid)),
            (_, agreement, _, group) if agreement != of_kind => Some(Unsupported::KeyAgreement {
                oid: self.oid,
                group: group.name(),
            }),
            (Mapping::Integrated, _, _, Group::Ec(Curve::P224)) => Some(Unsupported::IntegratedOnP224),
            _ => None,
        }
    }
}

fn passwords() -> [Password; 4] {
    [
        mrz("L898902C<369080619406236"),
        can("314159"),
        Password::Pin(Pin::parse("123456").unwrap()),
        Password::Puk(Puk::parse("1234567890").unwrap()),
    ]
}

fn matrix() -> Vec<Combination> {
    let mut all = Vec::new();
    for (family, agreement, mapping) in FAMILIES {
        for (cipher, suite) in CIPHERS {
            for parameter in GROUPS {
                for (n, password) in passwords().into_iter().enumerate() {
                    let oid = format!("0.4.0.127.0.7.2.2.4.{family}.{cipher}");
                    all.push(Combination {
                        oid: ObjectIdentifier::new_unwrap(&oid),
                        agreement,
                        mapping,
                        suite,
                        parameter,
                        password,
                        domain: match (usize::from(parameter) + usize::from(cipher) + n) % 2 {
                            0 => DomainReference::Omit,
                            _ => DomainReference::Send,
                        },
                    });
                }
            }
        }
    }
    all
}

/// Lets the two roles meet in every legal combination of one family.
fn opens(agreement: Agreement, mapping: Mapping, legal: usize) {
    let static_keys: Vec<PrivateKey> = Curve::STANDARDIZED
        .into_iter()
        .map(|curve| PrivateKey::generate(curve, &mut random(7)))
        .collect();
    let wanted = |combination: &Combination| {
        (combination.agreement, combination.mapping) == (agreement, mapping)
            && combination.illegal().is_none()
    };
    let combinations: Vec<_> = matrix().into_iter().filter(wanted).collect();
    assert_eq!(combinations.len(), legal);
    for combination in combinations {
        meets(&combination, &static_keys);
    }
}

fn meets(combination: &Combination, static_keys: &[PrivateKey]) {
    let meeting = Meeting {
        offered: vec![combination.info()],
        terminal: combination.password.clone(),
        chip: passwords().to_vec(),
        domain: combination.domain,
        static_keys: static_keys.to_vec(),
        between: &untouched,
    };
    let (mut terminal, mut chip, at_terminal, at_chip) = meeting
        .hold_to_the_end()
        .unwrap_or_else(|end| panic!("{combination}: {end:?}"));
    assert_eq!(terminal.keys().suite(), combination.suite, "{combination}");
    assert_eq!(
        at_chip.reference,
        combination.password.reference(),
        "{combination}"
    );
    assert_eq!(
        at_terminal.chip_ephemeral_compressed, at_chip.chip_ephemeral_compressed,
        "{combination}"
    );
    assert_eq!(
        at_terminal.terminal_ephemeral_compressed, at_chip.terminal_ephemeral_compressed,
        "{combination}"
    );
    let proves = combination.mapping == Mapping::ChipAuthentication;
    assert_eq!(at_terminal.cam.is_some(), proves, "{combination}");
    if let Some(evidence) = at_terminal.cam {
        let PublicKey::Ec(mapping_key) = &evidence.mapping_key else {
            panic!("{combination}");
        };
        let own = static_keys
            .iter()
            .find(|key| key.curve() == mapping_key.curve())
            .unwrap();
        let genuine = cam::verify(&own.public(), mapping_key, evidence.chip_data.expose());
        assert_eq!(genuine, Ok(()), "{combination}");
    }
    let wrapped = terminal
        .protect(&command(&hex("00A4040C07A0000002471001")))
        .unwrap();
    assert_eq!(chip.open(&wrapped).unwrap().ins(), 0xA4, "{combination}");
    let told = chip.protect(&Response::status(StatusWord::OK));
    assert_eq!(terminal.open(&told).unwrap().sw, StatusWord::OK, "{combination}");
}

#[test]
fn the_two_roles_meet_in_every_generic_mapping_over_a_curve() {
    opens(Agreement::Ec, Mapping::Generic, 11 * 4 * 4);
}

#[test]
fn the_two_roles_meet_in_every_integrated_mapping_over_a_curve() {
    opens(Agreement::Ec, Mapping::Integrated, 10 * 4 * 4);
}

#[test]
fn the_two_roles_meet_in_every_chip_authentication_mapping() {
    opens(Agreement::Ec, Mapping::ChipAuthentication, 11 * 3 * 4);
}

#[test]
fn the_two_roles_meet_in_every_mapping_over_a_group_of_numbers() {
    opens(Agreement::Dh, Mapping::Generic, 3 * 4 * 4);
    opens(Agreement::Dh, Mapping::Integrated, 3 * 4 * 4);
}

#[test]
fn every_illegal_combination_is_refused_by_name_on_both_sides() {
    let (mut legal, mut undefined, mut other_kind, mut p224) = (0, 0, 0, 0);
    for combination in matrix() {
        let info = combination.info();
        let read = Parameters::from_info(&info);
        let Some(reason) = combination.illegal() else {
            assert!(read.is_ok(), "{combination}: {read:?}");
            legal += 1;
            continue;
        };
        assert_eq!(read, Err(reason.clone()), "{combination}");
        let named = match reason {
            Unsupported::Variant(oid) => {
                undefined += 1;
                oid.to_string()
            }
            Unsupported::KeyAgreement { group, .. } => {
                other_kind += 1;
                group.to_owned()
            }
            _ => {
                p224 += 1;
                "P-224".to_owned()
            }
        };
        assert!(reason.to_string().contains(&named), "{combination}: {reason}");
        // A valid one beside it is used; alone it is the reason why nothing is.
        let valid = aes128_on(12);
        let choice = choose([&info, &valid]).unwrap().unwrap();
        assert_eq!(choice.parameters, Parameters::from_info(&valid).unwrap());
        assert_eq!(choose([&info]), Err(reason), "{combination}");
        assert_eq!(
            chip_answers(&combination),
            Err(StatusWord::INCORRECT_PARAMETERS),
            "{combination}"
        );
    }
    assert_eq!(
        (legal, undefined, other_kind, p224),
        (176 + 160 + 132 + 96, 224 + 56, 352 + 132, 16)
    );
    assert_eq!(legal + undefined + other_kind + p224, 6 * 4 * 14 * 4);
}

/// What a chip that announces the combination says to a terminal that asks for it.
fn chip_answers(combination: &Combination) -> Result<(), StatusWord> {
    let offered = [combination.info()];
    let card = Card {
        offered: &offered,
        passwords: &|_| Lookup::Usable(combination.password.clone()),
        static_keys: &[],
        trust_points: &no_trust_points,
    };
    let body = [
        antin_wire::tlv::object(mse::MECHANISM, combination.oid.as_bytes()),
        antin_wire::tlv::object(mse::PUBLIC_KEY_REFERENCE, &[combination.password.reference()]),
        antin_wire::tlv::object(mse::PRIVATE_KEY_REFERENCE, &[combination.parameter]),
    ];
    let asked = Command::new(0x00, 0x22, 0xC1, 0xA4).with_data(body.concat());
    chip::Ready::select(&card, &asked).map(|_| ())
}

#[test]
fn numbers_that_no_standard_gave_away_are_refused_by_number() {
    for combination in matrix() {
        if combination.illegal().is_some() || combination.parameter != 0 && combination.parameter != 12 {
            continue;
        }
        for id in (0..=u8::MAX).filter(|id| !GROUPS.contains(id)) {
            let reason = Unsupported::DomainParameters(Some(id));
            let read = Parameters::from_info(&SecurityInfo::pace(combination.oid, 2, Some(id)));
            assert_eq!(read, Err(reason.clone()), "{combination} {id}");
            assert!(reason.to_string().contains(&id.to_string()));
        }
    }
}

#[test]
fn ciphers_and_families_that_nobody_defined_are_refused_by_name() {
    for undefined in ["2.5", "2.0", "7.2", "0.2", "2.2.1"] {
        let oid = ObjectIdentifier::new_unwrap(&format!("0.4.0.127.0.7.2.2.4.{undefined}"));
        let info = SecurityInfo::parse(&SecurityInfo::pace(oid, 2, Some(13)).to_der()).unwrap();
        assert_eq!(
            Parameters::from_info(&info),
            Err(Unsupported::Variant(oid)),
            "{undefined}"
        );
    }
}

#[test]
fn a_password_that_no_standard_numbers_is_none_that_the_chip_has() {
    let known: Vec<u8> = passwords().iter().map(Password::reference).collect();
    assert_eq!(known, [1, 2, 3, 4]);
    let offered = [aes128_on(12)];
    let card = Card {
        offered: &offered,
        passwords: &|reference| {
            passwords()
                .into_iter()
                .find(|password| password.reference() == reference)
                .into()
        },
        static_keys: &[],
        trust_points: &no_trust_points,
    };
    for reference in 0..=u8::MAX {
        let text = format!("0022C1A40F800A04007F000702020402028301{reference:02X}");
        let told = chip::Ready::select(&card, &command(&hex(&text))).map(|_| ());
        let expected = if known.contains(&reference) {
            Ok(())
        } else {
            Err(StatusWord::REF_DATA_NOT_FOUND)
        };
        assert_eq!(told, expected, "password {reference}");
    }
}
