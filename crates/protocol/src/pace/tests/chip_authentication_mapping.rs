//! The last answer of chip authentication mapping.

use super::*;

/// A run with chip authentication mapping, whose last answer somebody changes; how many bytes of proof are left.
fn cam_with_last_answer(mapping: ObjectIdentifier, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Result<usize, End> {
    let between = |leg: usize, bytes: Vec<u8>| if leg == 9 { change(&bytes) } else { bytes };
    let meeting = Meeting {
        offered: vec![SecurityInfo::pace(mapping, 2, Some(12))],
        static_keys: vec![PrivateKey::generate(Curve::P256, &mut random(7))],
        ..meeting(&between)
    };
    let (_, _, outcome, _) = meeting.hold_to_the_end()?;
    Ok(outcome.cam.map_or(0, |cam| cam.chip_data.len()))
}

#[test]
fn chip_authentication_data_that_are_not_whole_prove_nothing_and_end_nothing() {
    let oid = oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128;
    let end = |change: &dyn Fn(&[u8]) -> Vec<u8>| cam_with_last_answer(oid, change);
    assert_eq!(end(&<[u8]>::to_vec), Ok(32));
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
    let nothing = Ok(0);
    assert_eq!(end(&|bytes| rebuilt(token(bytes))), nothing);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &[])), nothing);
    assert_eq!(end(&|bytes| with(bytes, 0x8B, &data(bytes))), nothing);
    assert_eq!(end(&|bytes| with(bytes, 0xAA, &data(bytes))), nothing);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &data(bytes)[1..])), nothing);
    assert_eq!(end(&|bytes| with(bytes, 0x8A, &data(bytes)[16..])), nothing);
    assert_eq!(
        end(&|bytes| with(bytes, 0x8A, &[data(bytes), data(bytes)].concat())),
        nothing
    );
    let twice = |bytes: &[u8]| {
        let object = antin_wire::tlv::object(antin_wire::tlv::Tag(0x8A), &data(bytes));
        rebuilt([token(bytes), object.clone(), object].concat())
    };
    let strange = Err(End::Terminal(Error::Breach {
        step: "PACE: mutual authentication",
        what: "an object that does not belong here",
    }));
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
    assert_eq!(cam_with_last_answer(oid, &with_surplus), Ok(0));
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
