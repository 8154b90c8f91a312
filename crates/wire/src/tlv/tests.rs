use iso7816_tlv::ber;
use proptest::prelude::*;

use super::*;

/// EF.COM of a passport with DG1, DG2 and SOD-announced mechanisms.
const EF_COM: &[u8] = &[
    0x60, 0x16, 0x5F, 0x01, 0x04, b'0', b'1', b'0', b'7', 0x5F, 0x36, 0x06, b'0', b'4', b'0', b'0', b'0',
    b'0', 0x5C, 0x04, 0x61, 0x75, 0x6E, 0x6F,
];

fn kind<T: std::fmt::Debug>(result: Result<T, Malformed>) -> MalformedKind {
    result.unwrap_err().kind
}

/// A tag and, for a primitive object, its value.
type Flat = (u32, Option<Vec<u8>>);

/// Everything that the reader finds in `bytes`, level by level.
fn flatten(bytes: &[u8]) -> Result<Vec<Flat>, Malformed> {
    let mut found = Vec::new();
    let mut waiting = vec![Reader::new(bytes)];
    while let Some(mut reader) = waiting.pop() {
        while let Some(object) = reader.next()? {
            found.push((
                object.tag.0,
                (!object.is_constructed()).then(|| object.value.to_vec()),
            ));
            if object.is_constructed() {
                waiting.push(object.children());
            }
        }
    }
    Ok(found)
}

#[test]
fn reads_a_file_object_by_object_with_offsets_from_its_start() {
    let com = parse_one(EF_COM).unwrap();
    assert_eq!((com.tag, com.raw.len(), com.at), (tags::EF_COM, EF_COM.len(), 0));
    let mut inside = com.children();
    assert_eq!(inside.expect(tags::LDS_VERSION).unwrap().value, b"0107");
    assert!(inside.optional(tags::TAG_LIST).unwrap().is_none());
    assert_eq!(inside.peek_tag(), Ok(Some(tags::UNICODE_VERSION)));
    assert_eq!(inside.expect(tags::UNICODE_VERSION).unwrap().at, 9);
    let list = inside.optional(tags::TAG_LIST).unwrap().unwrap();
    assert_eq!((list.value, list.value_at()), (&[0x61, 0x75, 0x6E, 0x6F][..], 20));
    assert_eq!(list.array::<4>("tag list"), Ok([0x61, 0x75, 0x6E, 0x6F]));
    assert_eq!(
        list.array::<3>("tag list"),
        Err(Malformed::new("tag list", 20, MalformedKind::BadLength))
    );
    assert!(inside.is_empty());
    assert_eq!(inside.finish(), Ok(()));
    assert_eq!(inside.next(), Ok(None));
}

#[test]
fn another_tag_than_expected_is_named_and_not_taken() {
    let mut reader = Reader::new(&[0x81, 0x00]);
    let fault = reader.expect(Tag(0x80)).unwrap_err();
    assert_eq!(
        fault,
        Malformed::new("data object", 0, MalformedKind::BadTag { found: 0x81 })
    );
    assert_eq!(reader.offset(), 0);
    assert!(reader.expect(Tag(0x81)).is_ok());
    assert_eq!(kind(reader.expect(Tag(0x81))), MalformedKind::Truncated);
}

#[test]
fn every_truncation_of_a_file_is_refused() {
    for len in 0..EF_COM.len() {
        assert_eq!(
            kind(parse_one(&EF_COM[..len])),
            MalformedKind::Truncated,
            "{len} bytes"
        );
    }
}

#[test]
fn a_trailing_byte_is_refused() {
    let longer = [EF_COM, &[0x00]].concat();
    assert_eq!(
        parse_one(&longer),
        Err(Malformed::new(
            "data object",
            EF_COM.len(),
            MalformedKind::Trailing
        ))
    );
}

#[test]
fn an_oversized_length_is_refused_before_anything_is_taken() {
    for length in [
        &[0x7F][..],
        &[0x81, 0xFF],
        &[0x82, 0xFF, 0xFF],
        &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
    ] {
        let bytes = [&[0x04], length, &[0; 16]].concat();
        let mut reader = Reader::new(&bytes);
        assert_eq!(kind(reader.next()), MalformedKind::Truncated);
        assert_eq!(reader.offset(), 0);
        assert_eq!(kind(check_nesting(&bytes, 4, 4)), MalformedKind::Truncated);
    }
}

#[test]
fn indefinite_and_overlong_length_fields_are_refused() {
    for first in [0x80, 0x85, 0x88, 0xFF] {
        let bytes = [0x30, first, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            parse_one(&bytes),
            Err(Malformed::new("length", 1, MalformedKind::BadLength))
        );
        assert_eq!(kind(object_length(&bytes)), MalformedKind::BadLength);
    }
}

#[test]
fn a_length_longer_than_it_needs_to_be_is_read_as_real_chips_write_it() {
    for length in [
        &[0x02][..],
        &[0x81, 0x02],
        &[0x82, 0, 0x02],
        &[0x83, 0, 0, 0x02],
        &[0x84, 0, 0, 0, 0x02],
    ] {
        let bytes = [&[0x04], length, &[0xAA, 0xBB]].concat();
        let object = parse_one(&bytes).unwrap();
        assert_eq!((object.value, object.raw), (&[0xAA, 0xBB][..], &bytes[..]));
    }
}

#[test]
fn tags_that_are_none_are_refused_at_their_place() {
    let refused: [(&[u8], u32); 3] = [
        (&[0x00, 0x00], 0x00),
        (&[0x5F, 0x80, 0x01, 0x00], 0x5F80),
        (&[0x5F, 0x81, 0x82, 0x03, 0x00], 0x5F_8182),
    ];
    for (bytes, found) in refused {
        assert_eq!(
            parse_one(bytes),
            Err(Malformed::new("tag", 0, MalformedKind::BadTag { found }))
        );
    }
    assert_eq!(parse_one(&[0x7F, 0x81, 0x02, 0x00]).unwrap().tag, Tag(0x7F_8102));
}

#[test]
fn a_fault_inside_is_reported_at_its_distance_from_the_start() {
    let bytes = [0x30, 0x04, 0x04, 0x00, 0x04, 0x01];
    let mut inside = parse_one(&bytes).unwrap().children();
    inside.next().unwrap();
    assert_eq!(
        inside.next(),
        Err(Malformed::new("value", 6, MalformedKind::Truncated))
    );
    assert_eq!(
        check_nesting(&bytes, 8, 8),
        Err(Malformed::new("value", 6, MalformedKind::Truncated))
    );
}

#[test]
fn a_nesting_bomb_of_a_megabyte_is_refused_at_its_limit() {
    let total = 6 * 174_762_u32;
    let bomb: Vec<u8> = (6..=total)
        .step_by(6)
        .flat_map(|used| [[0x30, 0x84].as_slice(), &(total - used).to_be_bytes()].concat())
        .collect();
    let fault = check_nesting(&bomb, 32, 100_000).unwrap_err();
    assert_eq!((fault.kind, fault.at), (MalformedKind::TooDeep, 32 * 6));
    let flat = [0x05, 0x00].repeat(500_000);
    assert_eq!(
        check_nesting(&flat, 32, 1_000),
        Err(Malformed::new("data object", 2_000, MalformedKind::TooLong))
    );
}

#[test]
fn a_deep_well_formed_tree_is_walked_without_recursion() {
    let mut tree = vec![0x05, 0x00];
    for _ in 0..10_000 {
        tree = object(tags::SEQUENCE, &tree);
    }
    assert_eq!(check_nesting(&tree, 10_001, 10_001), Ok(()));
    assert_eq!(kind(check_nesting(&tree, 10_000, 10_001)), MalformedKind::TooDeep);
    assert_eq!(kind(check_nesting(&tree, 10_001, 10_000)), MalformedKind::TooLong);
}

#[test]
fn empty_constructed_objects_and_siblings_count_for_one_level_each() {
    let bytes = [0x30, 0x06, 0x30, 0x00, 0x30, 0x02, 0x05, 0x00];
    assert_eq!(check_nesting(&bytes, 3, 4), Ok(()));
    assert_eq!(kind(check_nesting(&bytes, 2, 4)), MalformedKind::TooDeep);
    assert_eq!(check_nesting(&[], 0, 0), Ok(()));
    assert_eq!(kind(check_nesting(&[0x05, 0x00], 0, 1)), MalformedKind::TooDeep);
}

#[test]
fn a_child_that_outgrows_its_parent_is_refused() {
    let bytes = [0x30, 0x03, 0x30, 0x02, 0x05, 0x00];
    assert_eq!(kind(check_nesting(&bytes, 8, 8)), MalformedKind::Truncated);
}

#[test]
fn the_length_of_an_object_is_known_from_its_whole_header_on() {
    for len in 0..4 {
        assert_eq!(object_length(&[0x7F, 0x61, 0x81, 0xFF][..len]), Ok(None));
    }
    assert_eq!(object_length(&[0x7F, 0x61, 0x81, 0xFF]), Ok(Some(259)));
    assert_eq!(object_length(EF_COM), Ok(Some(EF_COM.len())));
    assert_eq!(kind(object_length(&[0x00])), MalformedKind::BadTag { found: 0 });
}

#[test]
fn the_writer_uses_the_shortest_length() {
    let cases: [(usize, &[u8]); 6] = [
        (0, &[0x00]),
        (0x7F, &[0x7F]),
        (0x80, &[0x81, 0x80]),
        (0x100, &[0x82, 0x01, 0x00]),
        (0xFFFF, &[0x82, 0xFF, 0xFF]),
        (0x1_0000, &[0x83, 0x01, 0x00, 0x00]),
    ];
    for (len, length) in cases {
        let bytes = object(tags::OCTET_STRING, &vec![0xAB; len]);
        assert_eq!(bytes[1..=length.len()], *length);
        assert_eq!(bytes.len(), 1 + length.len() + len);
    }
}

#[test]
fn tags_show_their_name() {
    assert_eq!(format!("{:?}", tags::MRZ), "5F1F (MRZ)");
    assert_eq!(format!("{:?}", Tag(0x80)), "80");
    assert_eq!(tags::BIOMETRIC_GROUP.to_string(), "7F61");
    assert!(tags::BIOMETRIC_GROUP.is_constructed());
    assert!(!tags::MRZ.is_constructed());
}

fn any_tag() -> impl Strategy<Value = Tag> {
    let one = (1_u32..=0xFF).prop_filter("no long form", |tag| tag & 0x1F != 0x1F);
    let long = |first: u32| first << 5 | 0x1F;
    let two = (0_u32..8, 1_u32..0x80).prop_map(move |(class, number)| long(class) << 8 | number);
    let three = (0_u32..8, 0x81_u32..=0xFF, 0_u32..0x80)
        .prop_map(move |(class, high, low)| long(class) << 16 | high << 8 | low);
    prop_oneof![one, two, three].prop_map(Tag)
}

/// A tree of our own making: constructed objects hold objects, primitive ones bytes.
fn any_tree() -> impl Strategy<Value = Vec<u8>> {
    let leaf = (any_tag(), prop::collection::vec(any::<u8>(), 0..300))
        .prop_map(|(tag, value)| object(Tag(primitive(tag)), &value));
    leaf.prop_recursive(5, 40, 6, |inner| {
        (any_tag(), prop::collection::vec(inner, 0..6))
            .prop_map(|(tag, children)| constructed(Tag(composite(tag)), &children))
    })
}

/// The same tag with the "constructed" bit cleared; tag 00 does not come about.
fn primitive(tag: Tag) -> u32 {
    let cleared = tag.0 & !constructed_bit(tag);
    if cleared == 0 { 0x04 } else { cleared }
}

fn composite(tag: Tag) -> u32 {
    tag.0 | constructed_bit(tag)
}

fn constructed_bit(tag: Tag) -> u32 {
    0x20 << (8 * (tag.bytes().count() - 1))
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_never_make_an_object_longer_than_themselves(
        bytes in prop::collection::vec(any::<u8>(), 0..600)
    ) {
        if let Ok(object) = parse_one(&bytes) {
            prop_assert_eq!(object.raw, &bytes[..]);
            prop_assert!(object.value.len() < bytes.len());
        }
        let _ = flatten(&bytes);
        let walked = check_nesting(&bytes, 16, 200);
        if let Err(fault) = walked {
            prop_assert!(fault.at <= bytes.len());
        }
        let _ = object_length(&bytes);
    }

    #[test]
    fn what_the_writer_makes_the_reader_reads(tag in any_tag(), value in prop::collection::vec(any::<u8>(), 0..70_000)) {
        let bytes = object(tag, &value);
        let read = parse_one(&bytes).unwrap();
        prop_assert_eq!((read.tag, read.value, read.at), (tag, &value[..], 0));
        prop_assert_eq!(object_length(&bytes[..bytes.len().min(7)]), Ok(Some(bytes.len())));
    }

    #[test]
    fn each_cut_and_each_appended_byte_spoils_a_tree(tree in any_tree(), cut in any::<prop::sample::Index>(), extra in any::<u8>()) {
        prop_assert_eq!(check_nesting(&tree, 7, 10_000), Ok(()));
        prop_assert!(parse_one(&tree[..cut.index(tree.len())]).is_err());
        prop_assert_eq!(kind(parse_one(&[&tree[..], &[extra]].concat())), MalformedKind::Trailing);
    }

    /// The oracle recurses, so it sees only trees of our own making.
    #[test]
    fn the_oracle_reads_our_trees_alike(tree in any_tree()) {
        let (theirs, rest) = ber::Tlv::parse(&tree);
        let theirs = theirs.unwrap();
        prop_assert!(rest.is_empty());
        let mut expected = Vec::new();
        let mut waiting = vec![vec![theirs]];
        while let Some(level) = waiting.pop() {
            for object in level {
                let tag = object.tag().to_bytes().iter().fold(0_u32, |tag, byte| tag << 8 | u32::from(*byte));
                match object.value() {
                    ber::Value::Constructed(children) => {
                        expected.push((tag, None));
                        waiting.push(children.clone());
                    }
                    ber::Value::Primitive(value) => expected.push((tag, Some(value.clone()))),
                }
            }
        }
        prop_assert_eq!(flatten(&tree).unwrap(), expected);
    }

    /// Except for values of 127 bytes, whose length the oracle writes in two bytes.
    #[test]
    fn the_oracle_writes_as_we_do(tag in any_tag(), value in prop::collection::vec(any::<u8>(), 0..400)) {
        let tag = Tag(primitive(tag));
        let theirs = ber::Tlv::new(ber::Tag::try_from(tag.0).unwrap(), ber::Value::Primitive(value.clone())).unwrap();
        prop_assume!(value.len() != 0x7F);
        prop_assert_eq!(object(tag, &value), theirs.to_vec());
    }

    /// One level only: on nested hostile bytes the oracle may end the process.
    #[test]
    fn the_oracle_agrees_on_arbitrary_primitive_objects(head in 0x80_u8..0x9F, rest in prop::collection::vec(any::<u8>(), 0..40)) {
        let bytes = [&[head], &rest[..]].concat();
        let indefinite = rest.first() == Some(&0x80);
        let (theirs, left) = ber::Tlv::parse(&bytes);
        let mut reader = Reader::new(&bytes);
        match (reader.next(), theirs) {
            (Ok(Some(ours)), Ok(theirs)) if !indefinite => {
                prop_assert_eq!(&ours.value.to_vec(), match theirs.value() {
                    ber::Value::Primitive(value) => value,
                    ber::Value::Constructed(_) => unreachable!("the tag is primitive"),
                });
                prop_assert_eq!(bytes.len() - left.len(), ours.raw.len());
            }
            (Ok(_), theirs) => prop_assert!(false, "we read what the oracle refuses: {:?}", theirs),
            (Err(_), Ok(theirs)) if !indefinite => prop_assert!(false, "we refuse what the oracle reads: {theirs:?}"),
            (Err(_), _) => {}
        }
    }
}
