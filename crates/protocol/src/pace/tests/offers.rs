//! What a chip announces, and which of it is taken.

use super::*;

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
