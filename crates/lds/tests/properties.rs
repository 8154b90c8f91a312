//! Every parser against bytes that a hostile chip might send.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

mod common;

use std::sync::LazyLock;

use antin_lds::dg13::VietnamFields;
use antin_lds::mrz::{Mrz, Sex, Td1, Td1Fields, Td3, Td3Fields, name_field, transliterate};
use antin_lds::security_infos::CvcaFile;
use antin_lds::{
    DataGroup, Date, Dg1, Dg2, Dg3, Dg14, Dg15, EfAtrInfo, EfCardAccess, EfCardSecurity, EfCom, EfCvca,
    EfDir, EfSod, Error, FaceImage, LdsSecurityObject, MrzDate, SecurityInfo, SecurityInfos, VietnamDg13,
    dg2, security_object::LdsVersionInfo,
};
use antin_wire::ids::{FileId, ShortFileId};
use antin_wire::{oids, tlv};
use proptest::prelude::*;

/// A parser that gives back the bytes it kept.
type Parse = fn(&[u8]) -> Result<Vec<u8>, Error>;

/// Each parser with a whole file that it accepts.
fn parsers() -> Vec<(&'static str, Vec<u8>, Parse)> {
    static PARSERS: LazyLock<Vec<(&'static str, Vec<u8>, Parse)>> = LazyLock::new(all_parsers);
    PARSERS.clone()
}

fn all_parsers() -> Vec<(&'static str, Vec<u8>, Parse)> {
    let from_vector = |name: &str| common::bytes(&common::cases(name)[0]);
    let spki = spki();
    let object = security_object();
    vec![
        ("EF.COM", from_vector("lds/com.toml"), |b| {
            EfCom::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG1", from_vector("lds/dg1.toml"), |b| {
            Dg1::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG2", two_faces().as_bytes().to_vec(), |b| {
            Dg2::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG2, ISO/IEC 39794-5", face_39794(), |b| {
            Dg2::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG3", fingers(), |b| {
            Dg3::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG13", from_vector("lds/dg13-vietnam.toml"), |b| {
            VietnamDg13::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG14", dg14(&spki), |b| {
            Dg14::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("DG15", Dg15::build(&spki).unwrap().as_bytes().to_vec(), |b| {
            Dg15::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("EF.CardAccess", from_vector("lds/security-infos.toml"), |b| {
            EfCardAccess::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("SecurityInfos", from_vector("lds/security-infos.toml"), |b| {
            SecurityInfos::parse(b).map(|infos| infos.emit())
        }),
        ("EF.SOD", EfSod::wrap(object.as_bytes()), |b| {
            EfSod::parse(b).map(|file| file.as_bytes().to_vec())
        }),
        ("LDS security object", object.as_bytes().to_vec(), |b| {
            LdsSecurityObject::parse(b).map(|object| object.as_bytes().to_vec())
        }),
    ]
}

fn spki() -> Vec<u8> {
    let case = &common::cases("lds/security-infos.toml")[2];
    let dg14 = Dg14::parse(&common::bytes(case)).unwrap();
    let key = dg14.infos().iter().find_map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } => Some(spki_der.clone()),
        _ => None,
    });
    key.expect("the DG14 of this case has a key")
}

fn dg14(spki: &[u8]) -> Vec<u8> {
    let infos = [
        SecurityInfo::terminal_authentication(1),
        SecurityInfo::terminal_authentication_with_cvca(CvcaFile {
            file_id: FileId(0x011B),
            short_id: ShortFileId::new(0x1B),
        }),
        SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13)),
        SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, None),
        SecurityInfo::pace_domain_parameter(oids::ID_PACE_ECDH_GM, standardized(13), Some(40)),
        SecurityInfo::chip_authentication_domain_parameter(oids::ID_CA_ECDH, standardized(13), Some(1)),
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 2, Some(2)),
        SecurityInfo::PrivilegedTerminal {
            infos: SecurityInfos::from_infos([SecurityInfo::chip_authentication(
                oids::ID_CA_ECDH_AES_CBC_CMAC_128,
                3,
                Some(3),
            )]),
        },
        SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, Some(1)),
        SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, spki.to_vec(), Some(1)),
        SecurityInfo::active_authentication(oids::ECDSA_PLAIN_SHA256),
    ];
    Dg14::build(infos).as_bytes().to_vec()
}

/// AlgorithmIdentifier of standardized domain parameters, TR-03110-3 §A.2.1.1.
fn standardized(id: u8) -> Vec<u8> {
    let name = tlv::object(
        tlv::tags::OBJECT_IDENTIFIER,
        oids::STANDARDIZED_DOMAIN_PARAMETERS.as_bytes(),
    );
    tlv::constructed(tlv::tags::SEQUENCE, &[name, vec![0x02, 0x01, id]])
}

#[test]
fn every_kind_of_security_info_comes_back() {
    let file = dg14(&spki());
    let read = Dg14::parse(&file).unwrap();
    assert_eq!(read.infos().len(), 11);
    assert!(
        !read
            .infos()
            .iter()
            .any(|info| matches!(info, SecurityInfo::Other { .. }))
    );
    let written = Dg14::build(read.infos().iter().cloned());
    assert_eq!(written.as_bytes(), file);
}

#[test]
fn privileged_terminal_infos_do_not_nest() {
    let inner = SecurityInfo::PrivilegedTerminal {
        infos: SecurityInfos::from_infos([]),
    };
    assert!(SecurityInfo::parse(&inner.to_der()).is_ok());
    let outer = SecurityInfo::PrivilegedTerminal {
        infos: SecurityInfos::from_infos([inner]),
    };
    assert!(matches!(
        SecurityInfo::parse(&outer.to_der()),
        Err(Error::BadValue { .. })
    ));
}

fn security_object() -> LdsSecurityObject {
    let versions = LdsVersionInfo {
        lds_version: "0108".to_owned(),
        unicode_version: "040000".to_owned(),
    };
    let hashes = [(1, vec![0xAA; 32]), (2, vec![0xBB; 32]), (13, vec![0xCC; 32])];
    LdsSecurityObject::build(oids::SHA256, &hashes, Some(&versions)).unwrap()
}

fn two_faces() -> Dg2 {
    Dg2::build(&[
        FaceImage::from_picture(jpeg(240, 320, &[0x55; 40])).unwrap(),
        FaceImage::from_picture(code_stream(30, 40)).unwrap(),
    ])
    .unwrap()
}

/// Two fingers, each in a template of its own.
fn fingers() -> Vec<u8> {
    let object = |tag: u32, parts: &[&[u8]]| tlv::object(tlv::Tag(tag), &parts.concat());
    let template = |position: u8| {
        let head = [0, 0, 0, 31, 1, 1, 1, 0xF4, 1, 0xF4, 1, 0xF4, 1, 0xF4, 8, 2, 0, 0];
        let block = [
            0, 0, 0, 18, position, 1, 1, 0, 0, 0, 8, 0, 9, 0, 0xFF, 0xA0, 0xFF, 0xA4,
        ];
        let record = object(0x5F2E, &[b"FIR\x00010\x00", &[0, 0, 0, 0, 0, 50], &head, &block]);
        let header = [0xA1, 0x0B, 0x81, 1, 8, 0x87, 2, 1, 1, 0x88, 2, 0, 7];
        object(0x7F60, &[&header, &record])
    };
    object(
        0x63,
        &[&object(0x7F61, &[&[2, 1, 2], &template(2), &template(7)])],
    )
}

/// One face as ISO/IEC 39794-5 has it, with the size that it states and a block of the future.
fn face_39794() -> Vec<u8> {
    let object = |tag: u32, parts: &[&[u8]]| tlv::object(tlv::Tag(tag), &parts.concat());
    let size = object(0xA7, &[&[0x80, 0x01, 30, 0x81, 0x02, 0x01, 0x02]]);
    let information = object(0xA1, &[&[0xA0, 0x03, 0x80, 0x01, 0x03], &size]);
    let picture = object(0x80, &[&code_stream(30, 258)]);
    let base = object(0xA0, &[&object(0xA0, &[&picture, &information])]);
    let representation = object(
        0x30,
        &[&[0x80, 0x01, 0x00], &object(0xA1, &[&base]), &[0x8F, 0x01, 0x55]],
    );
    let version = [0xA0, 0x07, 0x80, 0x01, 0x03, 0x81, 0x02, 0x07, 0xE3];
    let block = object(0x65, &[&version, &object(0xA1, &[&representation])]);
    let data = object(0x7F2E, &[&object(0xA1, &[&block])]);
    let header = [0xA1, 0x08, 0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x2A];
    let template = object(0x7F60, &[&header, &data]);
    object(0x75, &[&object(0x7F61, &[&[0x02, 0x01, 0x01], &template])])
}

#[test]
fn a_face_of_iso_39794_is_found_with_what_is_said_of_it() {
    let file = face_39794();
    let dg2 = Dg2::parse(&file).unwrap();
    let face = &dg2.faces()[0];
    assert_eq!((face.width, face.height), (30, 258));
    assert_eq!(face.details.stated_size, (30, 258));
    assert!(face.states_its_format());
    assert_eq!(face.encoding, dg2::FaceEncoding::Iso39794);
    // The picture is what the block must have: without one there is no face.
    for (from, to) in [
        (&[0x65_u8][..], &[0x66_u8][..]),
        (&[0xA0, 0x07, 0x80], &[0xA2, 0x07, 0x80]),
        (&[0xFF, 0x4F], &[0xFF, 0x4E]),
    ] {
        let at = file.windows(from.len()).position(|part| part == from).unwrap();
        let mut wrong = file.clone();
        wrong.splice(at..at + from.len(), to.iter().copied());
        assert!(Dg2::parse(&wrong).is_err(), "{from:02X?}");
    }
}

/// The frame of a JPEG: an application segment, a frame header, some scan.
fn jpeg(width: u16, height: u16, scan: &[u8]) -> Vec<u8> {
    let mut bytes = vec![
        0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x04, 0x4A, 0x46, 0xFF, 0xFF, 0xC0, 0x00, 0x0B, 0x08,
    ];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([0x01, 0x01, 0x11, 0x00, 0xFF, 0xDA]);
    bytes.extend(scan);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

fn code_stream(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x29, 0x00, 0x00];
    for number in [width + 5, height + 6, 5, 6] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

fn jp2(width: u32, height: u32) -> Vec<u8> {
    let mut bytes =
        b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 \0\0\0\x1Ejp2h\0\0\0\x16ihdr".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([0, 3, 7, 7, 0, 0]);
    bytes
}

#[test]
fn a_whole_file_is_accepted_and_kept() {
    for (name, file, parse) in parsers() {
        assert_eq!(parse(&file).as_ref(), Ok(&file), "{name}");
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    for (name, file, parse) in parsers() {
        for len in 0..file.len() {
            assert!(parse(&file[..len]).is_err(), "{name} cut to {len} bytes");
        }
    }
}

#[test]
fn one_byte_behind_the_file_is_refused() {
    for (name, file, parse) in parsers() {
        for byte in [0x00, 0x30, 0x61, 0xFF] {
            assert!(
                parse(&[file.as_slice(), &[byte]].concat()).is_err(),
                "{name} and {byte:02X}"
            );
        }
    }
}

#[test]
fn lengths_that_promise_more_than_there_is_are_refused() {
    for (name, file, parse) in parsers() {
        let object = tlv::parse_one(&file).unwrap();
        let tag = &file[..1];
        for length in [
            &[0x84, 0xFF, 0xFF, 0xFF, 0xFF][..],
            &[0x84, 0x7F, 0xFF, 0xFF, 0xFF],
            &[0x80],
            &[0x85, 0, 0, 0, 0, 1],
        ] {
            assert!(
                parse(&[tag, length, object.value].concat()).is_err(),
                "{name} with length {length:02X?}"
            );
        }
    }
}

#[test]
fn nesting_bombs_are_refused() {
    for (name, file, parse) in parsers() {
        let tag = file[0];
        for step in [
            &[0x30, 0x80][..],
            &[0x30, 0x7E],
            &[0x7F, 0x61, 0x7D],
            &[0xA0, 0x7E],
        ] {
            let bomb = [&[tag, 0x82, 0x1F, 0x40][..], &step.repeat(8000 / step.len())].concat();
            assert!(parse(&bomb).is_err(), "{name} with {step:02X?}");
        }
        // Well formed to the innermost level. EF.SOD only takes the wrapper off and looks no deeper.
        if name == "EF.SOD" {
            continue;
        }
        let mut nested = vec![0x05, 0x00];
        for _ in 0..2000 {
            nested = tlv::object(tlv::Tag(0x30), &nested);
        }
        assert!(
            parse(&tlv::object(tlv::Tag(u32::from(tag)), &nested)).is_err(),
            "{name}"
        );
    }
}

#[test]
fn files_longer_than_any_real_one_are_refused() {
    for (name, file, parse) in parsers() {
        let huge = tlv::object(tlv::Tag(u32::from(file[0])), &vec![0x05; 600 * 1024]);
        assert!(matches!(parse(&huge), Err(Error::TooLarge { .. })), "{name}");
    }
}

#[test]
fn a_picture_header_cut_at_any_byte_is_refused() {
    for (picture, header) in [(jpeg(2, 3, &[]), 18), (code_stream(2, 3), 24), (jp2(2, 3), 62)] {
        for len in 0..header {
            assert!(
                dg2::sniff(&picture[..len]).is_err(),
                "{len} bytes of {picture:02X?}"
            );
        }
        let found = dg2::sniff(&picture).unwrap();
        assert_eq!((found.width, found.height), (2, 3));
    }
    for nothing in [
        jpeg(0, 3, &[]),
        code_stream(2, 0),
        jp2(0, 0),
        b"\x89PNG\r\n\x1A\n".to_vec(),
        jpeg(1, 1, &[])[..2].to_vec(),
    ] {
        assert!(dg2::sniff(&nothing).is_err(), "{nothing:02X?}");
    }
}

fn date() -> impl Strategy<Value = MrzDate> {
    (1900_u16..2100, 1_u8..=12, 1_u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap().to_mrz())
}

fn sex() -> impl Strategy<Value = Sex> {
    prop_oneof![Just(Sex::Male), Just(Sex::Female), Just(Sex::Unspecified)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn files_of_the_master_file_keep_what_they_accept(tag in 0x41_u8..0x80, bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for file in [bytes.clone(), tlv::object(tlv::Tag(u32::from(tag)), &bytes), [&[0x61, 0x07, 0x4F, 0x05], &bytes[..]].concat()] {
            if let Ok(read) = EfAtrInfo::parse(&file) { prop_assert_eq!(read.as_bytes(), &file); }
            if let Ok(read) = EfDir::parse(&file) { prop_assert_eq!(read.as_bytes(), &file); }
            if let Ok(read) = EfCvca::parse(&file) { prop_assert_eq!(read.as_bytes(), &file); }
            if let Ok(read) = EfCardSecurity::parse(&file) { prop_assert_eq!(read.as_bytes(), &file); }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (_, file, parse) in parsers() {
            let _ = parse(&bytes);
            let _ = parse(&tlv::object(tlv::Tag(u32::from(file[0])), &bytes));
        }
        let _ = dg2::sniff(&bytes);
        for start in [&[0xFF, 0xD8, 0xFF][..], &[0xFF, 0x4F, 0xFF, 0x51], b"\0\0\0\x0CjP  \r\n\x87\n"] {
            let _ = dg2::sniff(&[start, &bytes].concat());
        }
    }

    #[test]
    fn a_changed_file_is_refused_or_kept_as_it_is(place in any::<prop::sample::Index>(), mask in 1_u8..) {
        for (name, mut file, parse) in parsers() {
            let place = place.index(file.len());
            file[place] ^= mask;
            if let Ok(kept) = parse(&file) {
                prop_assert_eq!(kept, file, "{}", name);
            }
        }
    }

    #[test]
    fn arbitrary_text_is_no_zone_and_never_panics(text in any::<String>(), zone in "[A-Z0-9<]{88}|[A-Z0-9<]{90}") {
        prop_assert!(Mrz::parse(&text).is_err());
        prop_assert!(Mrz::parse_joined(&text).is_err());
        // A zone of random characters has seven chances in ten million to fit all check digits.
        prop_assert!(Mrz::parse(&zone).is_err());
        let _ = MrzDate::parse(&text);
        let _ = Date::from_iso(&text);
        let _ = Date::from_dd_mm_yyyy(&text);
    }

    #[test]
    fn a_name_becomes_letters_and_single_fillers_or_an_error(text in any::<String>()) {
        if let Ok(name) = transliterate::name(&text) {
            prop_assert!(!name.is_empty());
            prop_assert!(name.split('<').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase())));
            prop_assert_eq!(transliterate::name(&name.replace('<', " ")), Ok(name));
        }
    }

    #[test]
    fn a_name_field_has_its_width_and_shows_a_cut(
        surname in "[a-zA-Zà-ỹĐđ]{1,20}( [a-zA-Z]{1,12}){0,3}",
        given in "([a-zA-Zà-ỹ]{1,12}( [a-zA-Z]{1,12}){0,5})?",
    ) {
        for width in [30, 39] {
            let Ok(field) = name_field(&surname, &given, width) else { continue };
            prop_assert_eq!(field.len(), width);
            prop_assert!(field.starts_with(|c: char| c.is_ascii_uppercase()));
            let whole = match (transliterate::name(&surname).unwrap(), transliterate::name(&given).unwrap_or_default()) {
                (surname, given) if given.is_empty() => surname,
                (surname, given) => format!("{surname}<<{given}"),
            };
            if whole.len() <= width {
                prop_assert_eq!(field.trim_end_matches('<'), whole);
            } else {
                prop_assert_eq!(field.contains("<<"), whole.contains("<<"));
            }
        }
    }

    #[test]
    fn td1_is_read_as_it_was_built(
        document_number in "[A-Z0-9]{1,20}", nationality in "[A-Z]{1,3}", optional_2 in "([A-Z0-9]{0,10}[A-Z0-9])?",
        birth in date(), sex in sex(), expiry in date(),
        surname in "[A-Z]{1,10}", given in "([A-Z]{1,8}( [A-Z]{1,8})?)?",
    ) {
        let fields = Td1Fields {
            document_code: "I", issuer: "UTO", document_number: &document_number, optional_1: "", birth, sex, expiry,
            nationality: &nationality, optional_2: &optional_2, surname: &surname, given: &given,
        };
        let built = Td1::build(&fields).unwrap();
        let read = Td1::parse(&built.to_string()).unwrap();
        prop_assert_eq!(&read, &built);
        prop_assert_eq!(read.document_number(), &document_number);
        prop_assert_eq!((read.birth(), read.sex(), read.expiry()), (birth, sex, expiry));
        prop_assert_eq!((read.nationality(), read.optional_2()), (nationality.as_str(), optional_2.as_str()));
        prop_assert_eq!((read.surname(), read.given()), (surname.as_str(), given.as_str()));
        let mrz = Mrz::from(built);
        let dg1 = Dg1::build(&mrz);
        let read = Dg1::parse(dg1.as_bytes()).unwrap();
        prop_assert_eq!(read.mrz(), Ok(&mrz));
    }

    #[test]
    fn td3_is_read_as_it_was_built(
        document_number in "[A-Z0-9]{1,9}", nationality in "[A-Z]{1,3}", optional in "([A-Z0-9]{0,13}[A-Z0-9])?",
        birth in date(), sex in sex(), expiry in date(),
        surname in "[A-Z]{1,12}", given in "([A-Z]{1,8}( [A-Z]{1,8})?)?",
    ) {
        let fields = Td3Fields {
            document_code: "P", issuer: "UTO", document_number: &document_number, nationality: &nationality, birth, sex,
            expiry, optional: &optional, surname: &surname, given: &given,
        };
        let built = Td3::build(&fields).unwrap();
        let read = Td3::parse(&built.text()).unwrap();
        prop_assert_eq!(&read, &built);
        prop_assert_eq!((read.document_number(), read.optional()), (document_number.as_str(), optional.as_str()));
        prop_assert_eq!((read.surname(), read.given()), (surname.as_str(), given.as_str()));
    }

    #[test]
    fn dg13_is_read_as_it_was_built(
        id_number in "[0-9]{12}", full_name in "[A-Zà-ỹ]{1,8}( [A-Zà-ỹ]{1,8}){0,4}", residence in "(\\PC{1,300})?",
        father in "(\\PC{1,40})?", mother in "(\\PC{1,40})?", spouses in prop::collection::vec("\\PC{1,40}", 0..4),
        extra in prop::collection::vec((17_u32.., "\\PC{1,20}"), 0..3),
    ) {
        use unicode_normalization::UnicodeNormalization;
        let nfc = |text: &String| text.nfc().collect::<String>();
        let fields = VietnamFields {
            id_number: id_number.clone(), full_name, place_of_residence: residence, father, mother, spouses,
            extra, ..VietnamFields::default()
        };
        let built = VietnamDg13::build(&fields).unwrap();
        let read = VietnamDg13::parse(built.as_bytes()).unwrap();
        prop_assert_eq!(&read, &built);
        prop_assert_eq!(read.id_number(), Some(id_number.as_str()));
        prop_assert_eq!(read.full_name().unwrap(), nfc(&fields.full_name));
        prop_assert_eq!(read.place_of_residence().unwrap_or_default(), nfc(&fields.place_of_residence));
        prop_assert_eq!(read.father().unwrap_or_default(), nfc(&fields.father));
        prop_assert_eq!(read.mother().unwrap_or_default(), nfc(&fields.mother));
        prop_assert_eq!(read.spouses(), fields.spouses.iter().map(nfc).collect::<Vec<_>>());
        prop_assert_eq!(read.fields().len(), 16 + fields.extra.len());
        let order: Vec<u32> = read.fields().iter().take(16).map(|field| field.number).collect();
        prop_assert_eq!(order, (1..=16).collect::<Vec<u32>>());
    }

    #[test]
    fn lists_are_read_as_they_were_built(
        numbers in prop::sample::subsequence((1_u8..=16).collect::<Vec<_>>(), 1..=16), hash in prop::collection::vec(any::<u8>(), 1..=64),
    ) {
        let groups: Vec<DataGroup> = numbers.iter().rev().map(|number| DataGroup::new(*number).unwrap()).collect();
        let com = EfCom::build("0107", "040000", &groups).unwrap();
        prop_assert_eq!(EfCom::parse(com.as_bytes()).unwrap().data_groups().collect::<Vec<_>>(), groups);
        let hashes: Vec<(u8, Vec<u8>)> = numbers.iter().map(|number| (*number, hash.clone())).collect();
        let object = LdsSecurityObject::build(oids::SHA512, &hashes, None).unwrap();
        let read = LdsSecurityObject::parse(object.as_bytes()).unwrap();
        prop_assert_eq!((read.version(), read.hashes()), (0, hashes.as_slice()));
    }

    #[test]
    fn pictures_are_read_as_they_were_built(
        sizes in prop::collection::vec((1_u16.., 1_u16.., prop::collection::vec(any::<u8>(), 0..2000), 0..3_u8), 1..=9),
    ) {
        let faces: Vec<FaceImage> = sizes
            .iter()
            .map(|(width, height, scan, kind)| FaceImage::from_picture(match kind {
                0 => jpeg(*width, *height, scan),
                1 => code_stream(u32::from(*width), u32::from(*height)),
                _ => jp2(u32::from(*width), u32::from(*height)),
            }).unwrap())
            .collect();
        let built = Dg2::build(&faces).unwrap();
        let read = Dg2::parse(built.as_bytes()).unwrap();
        prop_assert_eq!(read.faces(), faces.as_slice());
        for (face, (width, height, _, _)) in read.faces().iter().zip(&sizes) {
            prop_assert_eq!((face.width, face.height), (u32::from(*width), u32::from(*height)));
        }
    }
}
