//! The files of chips that others made: specimen sets, real security objects, records of other programs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

mod common;

use antin_lds::{
    DataGroup, Dg1, Dg2, Dg14, Dg15, EfCom, EfSod, ImageFormat, LdsSecurityObject, SecurityInfo,
    SecurityInfos, dg2,
};
use antin_wire::oids;
use antin_wire::tlv::{self, Reader, Tag, tags};
use common::foreign;

#[test]
fn the_bsi_reference_set_parses() {
    let Some(com) = foreign("emrtd/bsi-tr03105-5/EF_COM.bin") else {
        return;
    };
    let file = |name: &str| foreign(&format!("emrtd/bsi-tr03105-5/{name}")).unwrap();
    let com = EfCom::parse(&com).unwrap();
    let groups: Vec<u8> = com.data_groups().map(DataGroup::number).collect();
    assert!(groups.contains(&1) && groups.contains(&2), "{groups:?}");

    let dg1 = Dg1::parse(&file("Datagroup1.bin")).unwrap();
    assert_eq!(dg1.mrz().unwrap().surname(), "MUSTERMANN");

    let dg2 = file("Datagroup2.bin");
    let parsed = Dg2::parse(&dg2).unwrap();
    let [face] = parsed.faces() else {
        panic!("one face expected")
    };
    assert_eq!(
        (face.format, face.width, face.height),
        (ImageFormat::Jpeg2000, 413, 531)
    );
    assert_eq!(
        face.details.stated_size,
        (337, 449),
        "the record lies about the picture in it"
    );
    assert_eq!(parsed.as_bytes(), dg2);
    assert_eq!(
        Dg2::build(parsed.faces()).unwrap().as_bytes(),
        dg2,
        "built again byte for byte"
    );

    let dg14 = file("Datagroup14.bin");
    let parsed = Dg14::parse(&dg14).unwrap();
    assert_eq!(parsed.as_bytes(), dg14);
    let spki = parsed.infos().iter().find_map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => Some(spki_der.clone()),
        _ => None,
    });
    assert_eq!(
        spki,
        Some(file("DG14_pk.bin")),
        "explicit parameters kept as they are"
    );

    let dg15 = Dg15::parse(&file("Datagroup15.bin")).unwrap();
    assert_eq!(dg15.spki_der(), file("DG15_pk.bin"));
    assert_eq!(dg15.algorithm().to_string(), "1.2.840.113549.1.1.1");

    let sod = file("EF_SOD.bin");
    let object = security_object(EfSod::parse(&sod).unwrap().cms);
    let listed: Vec<u8> = object.data_groups().map(DataGroup::number).collect();
    assert_eq!(listed, [1, 2, 3, 14, 4]);
}

#[test]
fn the_dutch_specimen_set_parses() {
    let Some(com) = foreign("emrtd/sdu-loes2006/ef011E.bin") else {
        return;
    };
    let file = |name: &str| foreign(&format!("emrtd/sdu-loes2006/{name}")).unwrap();
    let groups: Vec<u8> = EfCom::parse(&com)
        .unwrap()
        .data_groups()
        .map(DataGroup::number)
        .collect();
    assert_eq!(groups, [1, 2, 15]);
    assert_eq!(
        Dg1::parse(&file("ef0101.bin")).unwrap().mrz().unwrap().given(),
        "LOES ALBERTINE"
    );
    let dg2 = file("ef0102.bin");
    let parsed = Dg2::parse(&dg2).unwrap();
    assert_eq!(
        (parsed.faces()[0].format, parsed.faces().len()),
        (ImageFormat::Jpeg2000, 1)
    );
    assert_eq!(
        Dg2::build(parsed.faces()).unwrap().as_bytes(),
        dg2,
        "built again byte for byte"
    );
    assert_eq!(
        Dg15::parse(&file("ef010F.bin")).unwrap().algorithm().to_string(),
        "1.2.840.113549.1.1.1"
    );
    let object = security_object(EfSod::parse(&file("ef011D.bin")).unwrap().cms);
    assert_eq!(object.hash_algorithm(), oids::SHA256);
    assert_eq!(
        object.data_groups().map(DataGroup::number).collect::<Vec<_>>(),
        [1, 2, 15]
    );
}

#[test]
fn security_objects_of_real_documents_parse() {
    for name in [
        "AT_96cc47",
        "AU_8a8e84",
        "DE_14672d",
        "FR_d9d0bb",
        "GB_b40562",
        "MY_e6cc04",
        "NZ_01c04a",
        "SG_3de0c6",
        "US_02ca3a",
    ] {
        let Some(file) = foreign(&format!("sod/real/{name}.bin")) else {
            return;
        };
        let sod = EfSod::parse(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sod.as_bytes(), file);
        assert_eq!(EfSod::wrap(sod.cms), file, "{name}");
        if name == "NZ_01c04a" {
            // BER of indefinite length, which the reader of this test does not know.
            assert_eq!(sod.cms[..2], [0x30, 0x80]);
            continue;
        }
        let object = security_object(sod.cms);
        assert!(
            object.hash(DataGroup::DG1).is_some() && object.hash(DataGroup::DG2).is_some(),
            "{name}"
        );
    }
}

#[test]
fn the_dg14_of_the_standard_with_a_dh_key_parses() {
    let Some(file) = foreign("lds/DG14_9303_sample_DH.bin") else {
        return;
    };
    let dg14 = Dg14::parse(&file).unwrap();
    let names: Vec<_> = dg14
        .infos()
        .iter()
        .map(|info| oids::name(&info.oid()).unwrap())
        .collect();
    assert_eq!(names, ["id-PK-DH", "id-CA-DH-3DES-CBC-CBC", "id-TA"]);
    assert_eq!(dg14.as_bytes(), file);
}

#[test]
fn the_security_infos_of_a_real_card_security_parse() {
    let Some(file) = foreign("cardsecurity/DE_d3f37b.bin") else {
        return;
    };
    let infos = SecurityInfos::parse(content(&file)).unwrap();
    assert_eq!(infos.as_bytes(), content(&file));
    let keys: Vec<_> = infos
        .iter()
        .filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey { key_id, .. } => *key_id,
            _ => None,
        })
        .collect();
    assert_eq!(keys, [13, 72]);
    let paces = infos.iter().filter(|info| {
        matches!(
            info,
            SecurityInfo::Pace {
                parameter_id: Some(13),
                ..
            }
        )
    });
    assert_eq!(paces.count(), 2);
}

#[test]
fn a_facial_record_of_another_program_parses() {
    let Some(record) = foreign("biometrics/ISO19794_Test1_Data.bin") else {
        return;
    };
    let header = [0xA1, 0x08, 0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08].to_vec();
    for tag in [tags::BIOMETRIC_DATA, tags::BIOMETRIC_DATA_CONSTRUCTED] {
        let template = tlv::constructed(
            tags::BIOMETRIC_INFORMATION,
            &[header.clone(), tlv::object(tag, &record)],
        );
        let group = tlv::constructed(tags::BIOMETRIC_GROUP, &[vec![0x02, 0x01, 0x01], template]);
        let dg2 = Dg2::parse(&tlv::constructed(tags::DG2, &[group])).unwrap();
        let [face] = dg2.faces() else {
            panic!("one face expected")
        };
        assert_eq!(face.format, ImageFormat::Jpeg);
        assert_eq!(
            (face.width, face.height),
            (
                u32::from(face.details.stated_size.0),
                u32::from(face.details.stated_size.1)
            )
        );
        assert_eq!(face.details.image_type, 2, "token frontal");
        assert!(
            !face.states_its_format(),
            "a JPEG that the record calls JPEG 2000"
        );
    }
}

#[test]
fn a_face_of_the_later_standard_is_found_and_measured() {
    let Some(file) = foreign("biometrics/ICAO_39794_5_AP_DG2_MandFields.dat") else {
        return;
    };
    let dg2 = Dg2::parse(&file).unwrap();
    let [face] = dg2.faces() else {
        panic!("one face expected")
    };
    assert_eq!(face.encoding, dg2::FaceEncoding::Iso39794);
    assert_eq!(
        (face.format, face.width, face.height),
        (ImageFormat::Jpeg2000, 413, 531)
    );
    assert!(face.states_its_format());
    assert_eq!(face.bytes.len(), 15_000);
    assert_eq!(dg2.as_bytes(), file);
}

#[test]
fn a_jp2_file_with_further_boxes_is_measured() {
    let Some(file) = foreign("biometrics/signature.jp2") else {
        return;
    };
    let header = dg2::sniff(&file).unwrap();
    assert_eq!(
        (header.format, header.width, header.height),
        (ImageFormat::Jpeg2000, 300, 100)
    );
}

fn security_object(cms: &[u8]) -> LdsSecurityObject {
    let content = content(cms);
    let object = LdsSecurityObject::parse(content).unwrap();
    assert_eq!(object.as_bytes(), content);
    object
}

/// The eContent of a CMS SignedData.
fn content(cms: &[u8]) -> &[u8] {
    let mut info = tlv::parse_one(cms).unwrap().children();
    info.expect(tags::OBJECT_IDENTIFIER).unwrap();
    let mut signed = only(info.expect(EXPLICIT_0).unwrap().children()).children();
    signed.expect(tags::INTEGER).unwrap();
    signed.expect(tags::SET).unwrap();
    let mut encapsulated = signed.expect(tags::SEQUENCE).unwrap().children();
    encapsulated.expect(tags::OBJECT_IDENTIFIER).unwrap();
    only(encapsulated.expect(EXPLICIT_0).unwrap().children()).value
}

fn only(mut reader: Reader<'_>) -> tlv::Tlv<'_> {
    let object = reader.next().unwrap().unwrap();
    reader.finish().unwrap();
    object
}

const EXPLICIT_0: Tag = Tag(0xA0);
