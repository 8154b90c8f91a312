//! Attacks on parsers.

use antin_lds::{DataGroup, Dg2, EfCom, ElementaryFile, FaceImage};

use crate::attacks::cards::World;
use crate::attacks::case::{Case, Reading};
use crate::attacks::certificate::Draft;
use crate::attacks::der;
use crate::attacks::sod::Sod;

pub fn cases(world: &World) -> Vec<Case> {
    vec![
        length_bomb(world),
        short_files(),
        count_bombs(world),
        long_tags(world),
        image_bombs(world),
        wrong_lengths(world),
        new_faces(world),
        short_answers(),
        no_texts(world),
        dates(world),
    ]
}

fn honest() -> Reading {
    Reading::of("passport", "as it was issued")
}

/// The passport with another DG2, signed.
fn with_dg2(world: &World, name: &str, dg2: Vec<u8>) -> Reading {
    let mut groups = world.card("passport").groups();
    for (number, bytes) in &mut groups {
        if *number == 2 {
            bytes.clone_from(&dg2);
        }
    }
    Reading::of("passport", name)
        .file(ElementaryFile::DG2, dg2)
        .file(ElementaryFile::Sod, world.sod(&groups).file())
}

/// PRS-01.
fn length_bomb(world: &World) -> Case {
    let dg2 = world.card("passport").file(ElementaryFile::DG2);
    let with = |name: &str, file: ElementaryFile, head: &[u8]| {
        Reading::of("passport", name).file(file, [head, dg2.as_slice()].concat())
    };
    Case::new("PRS-01")
        .twin(honest())
        .attack(with(
            "four bytes of length in DG2",
            ElementaryFile::DG2,
            &[0x75, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ))
        .attack(with(
            "three bytes of length in DG2",
            ElementaryFile::DG2,
            &[0x75, 0x83, 0xFF, 0xFF, 0xFF],
        ))
        .attack(with(
            "four bytes of length in DG1",
            ElementaryFile::DG1,
            &[0x61, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
        ))
}

/// PRS-03.
fn short_files() -> Case {
    let fault = |name: &str, fault: &str| {
        Reading::of("passport", name).patch(&format!("fault = [{{ at = \"read DG2\", {fault} }}]"))
    };
    Case::new("PRS-03")
        .twin(honest())
        .attack(
            Reading::of("passport", "the file ends before its length")
                .patch("file = [{ name = \"DG2\", edit = { drop = 5 } }]"),
        )
        .attack(fault(
            "6B00 from the first byte on",
            "status = \"6B00\", always = true",
        ))
        .attack(fault("9000 without data", "endless = \"nothing\""))
}

/// PRS-05.
fn count_bombs(world: &World) -> Case {
    let faces = |count: &[u8]| der::object(0x75, &der::object(0x7F61, &der::object(0x02, count)));
    let claimed = {
        let mut file = world.card("passport").file(ElementaryFile::DG2);
        let at = file
            .windows(3)
            .position(|part| part == [0x02, 0x01, 0x01])
            .expect("a count");
        if let Some(count) = file.get_mut(at + 2) {
            *count = 0x7F;
        }
        file
    };
    Case::new("PRS-05")
        .twin(honest())
        .attack(with_dg2(world, "255 faces, and none there", faces(&[0xFF])))
        .attack(with_dg2(
            world,
            "2^31 faces, and none there",
            faces(&[0x00, 0x80, 0, 0, 0]),
        ))
        .attack(with_dg2(world, "127 faces, and one there", claimed))
}

/// PRS-06.
fn long_tags(world: &World) -> Case {
    let inside = |bytes: &[u8]| der::object(0x75, bytes);
    let tag = [0x1F, 0x81, 0x81, 0x81, 0x81, 0x01, 0x00];
    let sod = der::object(0x77, &tag);
    Case::new("PRS-06")
        .twin(honest())
        .attack(with_dg2(world, "a tag of six bytes", inside(&tag)))
        .attack(with_dg2(
            world,
            "a tag that never ends",
            inside(&[0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ))
        .attack(with_dg2(world, "tags of zero", inside(&[0; 16])))
        .attack(with_dg2(world, "tags of FF", inside(&[0xFF; 16])))
        .attack(Reading::of("passport", "a tag of six bytes in EF.SOD").file(ElementaryFile::Sod, sod))
}

/// A DG2 that holds this picture.
fn pictured(picture: &[u8]) -> Vec<u8> {
    let face = FaceImage::from_picture(picture.to_vec()).expect("a picture");
    Dg2::build(&[face]).expect("a portrait").into_bytes()
}

/// The smallest JPEG 2000: signature, file type, and a header box whose `ihdr` says how large the picture is.
fn jp2() -> Vec<u8> {
    hex::decode(concat!(
        "0000000c6a5020200d0a870a",
        "00000014667479706a703220000000006a703220",
        "0000001e6a703268",
        "000000166968647200000180000000f0000307070000",
    ))
    .expect("hex")
}

/// PRS-08: tiny pictures with giant canvases.
fn image_bombs(world: &World) -> Case {
    let jpeg = hex::decode("ffd8ffc0000b08ffffffff01011100ffd9").expect("hex");
    let jp2 = jp2();
    let mut giant = pictured(&jp2);
    let size = [0x00, 0x00, 0x01, 0x80, 0x00, 0x00, 0x00, 0xF0];
    let at = giant.windows(8).position(|part| part == size).expect("the size");
    giant.splice(at..at + 8, [0x80, 0, 0, 0, 0x80, 0, 0, 0]);
    Case::new("PRS-08")
        .twin(honest())
        .twin(with_dg2(world, "an ordinary JPEG 2000", pictured(&jp2)))
        .attack(with_dg2(world, "a JPEG of 65535 by 65535", pictured(&jpeg)))
        .attack(with_dg2(world, "a JPEG 2000 of 2^31 by 2^31", giant).set("of", "\"an ordinary JPEG 2000\""))
}

/// PRS-10.
fn wrong_lengths(world: &World) -> Case {
    let changed = |name: &str, offset: usize, by: u8| {
        let mut file = world.card("passport").file(ElementaryFile::DG2);
        let at = file
            .windows(4)
            .position(|part| part == b"FAC\0")
            .expect("a face record");
        if let Some(byte) = file.get_mut(at + offset) {
            *byte = byte.wrapping_add(by);
        }
        with_dg2(world, name, file)
    };
    Case::new("PRS-10")
        .twin(honest())
        .attack(changed("the record is longer than its object", 11, 9))
        .attack(changed("the record is shorter than its object", 11, 247))
        .attack(changed("the face is longer than its record", 17, 9))
        .attack(changed("the face is shorter than its record", 17, 247))
        .attack(changed("the record is of 2^31 bytes", 8, 0x80))
}

/// PRS-11: the new form of faces, ASN.1 inside 7F2E.
fn new_faces(world: &World) -> Case {
    let jpeg = hex::decode(crate::attacks::cards::PICTURE).expect("hex");
    let block = |code: u8, picture: &[u8]| {
        let format = der::object(0xA0, &[0x80, 0x01, code]);
        let picture = [der::object(0x80, picture), der::object(0xA1, &format)].concat();
        let choices = [0xA0, 0xA0, 0xA1].into_iter();
        let picture = choices.fold(picture, |inner, tag| der::object(tag, &inner));
        let representation = der::object(0x30, &[vec![0x80, 0x01, 0x00], picture].concat());
        let version = vec![0xA0, 0x07, 0x80, 0x01, 0x03, 0x81, 0x02, 0x07, 0xE3];
        der::object(0x65, &[version, der::object(0xA1, &representation)].concat())
    };
    let file = |kind: &[u8], block: Vec<u8>| {
        let header = der::object(0xA1, &[&[0x87, 0x02, 0x01, 0x01, 0x88, 0x02], kind].concat());
        let template = der::object(0x7F60, &[header, der::object(0x7F2E, &block)].concat());
        der::object(
            0x75,
            &der::object(0x7F61, &[vec![0x02, 0x01, 0x01], template].concat()),
        )
    };
    let wrapped = |block: Vec<u8>| der::object(0xA1, &block);
    Case::new("PRS-11")
        .twin(honest())
        .attack(with_dg2(
            world,
            "a face in JPEG, in the form of ISO/IEC 39794-5",
            file(&[0x00, 0x2A], wrapped(block(2, &jpeg))),
        ))
        .attack(with_dg2(
            world,
            "a face in JPEG 2000, in the form of ISO/IEC 39794-5",
            file(&[0x00, 0x2A], wrapped(block(3, &jp2()))),
        ))
        .attack(with_dg2(
            world,
            "the block stands in 7F2E by itself, under the old type",
            file(&[0x00, 0x08], block(2, &jpeg)),
        ))
}

/// PRS-15: what should be text is none.
fn no_texts(world: &World) -> Case {
    const NAME: &str = "Nguyễn Văn Không";
    let details = |tag: u32, field: u32, text: &[u8]| {
        let list = der::object(0x5C, &field.to_be_bytes()[2..]);
        der::object(tag, &[list, der::object(field, text)].concat())
    };
    let notified = |text: &[u8]| {
        let person = der::object(0xA1, &der::object(0x5F51, text));
        der::object(0x70, &[vec![0x02, 0x01, 0x01], person].concat())
    };
    let texts = [NAME.as_bytes(); 3];
    let reading = |name: &str, [dg11, dg12, dg16]: [&[u8]; 3]| {
        let mut groups = world.card("passport").groups();
        let files = [
            (
                ElementaryFile::DataGroup(DataGroup::DG11),
                details(0x6B, 0x5F0E, dg11),
            ),
            (
                ElementaryFile::DataGroup(DataGroup::DG12),
                details(0x6C, 0x5F19, dg12),
            ),
            (ElementaryFile::DataGroup(DataGroup::DG16), notified(dg16)),
        ];
        let mut reading = Reading::of("passport", name);
        for (file, bytes) in files {
            groups.extend(file.number().map(|number| (number, bytes.clone())));
            reading = reading.file(file, bytes);
        }
        groups.sort();
        let listed: Vec<DataGroup> = groups
            .iter()
            .filter_map(|(number, _)| DataGroup::new(*number))
            .collect();
        let com = EfCom::build("0107", "040000", &listed).expect("EF.COM");
        reading
            .file(ElementaryFile::Com, com.as_bytes().to_vec())
            .file(ElementaryFile::Sod, world.sod(&groups).file())
    };
    let mut case = Case::new("PRS-15")
        .twin(reading("names in three files", texts))
        .twin(Reading::of("vietnam", "national data"));
    for (place, file) in ["DG11", "DG12", "DG16"].into_iter().enumerate() {
        for (what, bytes) in NO_TEXTS {
            let mut texts = texts;
            if let Some(text) = texts.get_mut(place) {
                *text = bytes;
            }
            case = case.attack(reading(&format!("{what} in {file}"), texts));
        }
    }
    for (what, bytes) in NO_TEXTS {
        let mut dg13 = world.card("vietnam").file(ElementaryFile::DG13);
        // The place of residence, which no other file repeats: field 9.
        let field = [0x02, 0x01, 0x09, 0x0C];
        let at = dg13.windows(4).position(|part| part == field).expect("field 9") + 5;
        dg13.splice(at..at + bytes.len(), bytes.iter().copied());
        let mut groups = world.card("vietnam").groups();
        for (number, group) in &mut groups {
            if *number == 13 {
                group.clone_from(&dg13);
            }
        }
        case = case.attack(
            Reading::of("vietnam", &format!("{what} in DG13"))
                .set("of", "\"national data\"")
                .file(ElementaryFile::DG13, dg13)
                .file(ElementaryFile::Sod, world.sod_of("vietnam", &groups).file()),
        );
    }
    case
}

/// Bytes that are no text: one that is written too long, half of a pair of UTF-16, and the one that ends texts elsewhere.
const NO_TEXTS: [(&str, &[u8]); 3] = [
    ("an overlong letter", &[0xC0, 0x80]),
    ("a surrogate", &[0xED, 0xA0, 0x80]),
    ("NUL", &[0x41, 0x00, 0x42]),
];

/// PRS-13: chips and readers that promise long answers and do not give them.
fn short_answers() -> Case {
    Case::new("PRS-13")
        .twin(Reading::of("portrait", "long answers"))
        .attack(Reading::of(
            "no-extended",
            "extended length is announced and refused",
        ))
        .attack(Reading::of("sm-no-extended", "extended length ends the session"))
        .attack(Reading::of("le-shrink", "no answer is longer than 100 bytes"))
}

/// PRS-16.
fn dates(world: &World) -> Case {
    let far = |name: &str, csca_end: Vec<u8>, signer_end: Vec<u8>| {
        let mut root = world.csca.draft.clone();
        root.not_after = csca_end;
        let root = root.sign(&world.csca_key);
        let mut draft = Draft::signer(&world.signer_key, &root);
        draft.not_after = signer_end;
        let signer = draft.sign(&world.csca_key);
        let sod = Sod::honest(&world.card("passport").groups(), &world.signer_key, &signer);
        Reading::of("passport", name)
            .file(ElementaryFile::Sod, sod.file())
            .trusting(&[&root.der])
    };
    let generalized = |text: &str| der::object(0x18, text.as_bytes());
    let utc = |text: &str| der::object(0x17, text.as_bytes());
    Case::new("PRS-16")
        .twin(honest())
        .attack(far(
            "until the last second of 2049",
            generalized("20500101000000Z"),
            utc("491231235959Z"),
        ))
        .attack(far(
            "2049 as GeneralizedTime",
            generalized("20491231235959Z"),
            generalized("20491231235959Z"),
        ))
        .attack(far(
            "with fractions of a second",
            generalized("20400101000000.5Z"),
            generalized("20360601000000.25Z"),
        ))
        .attack(far(
            "without an end",
            generalized("99991231235959Z"),
            generalized("99991231235959Z"),
        ))
}
