//! What a chip announces: every legal combination works, every illegal one is refused by name.

use super::*;

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
