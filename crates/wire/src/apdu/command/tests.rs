use proptest::prelude::*;

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn parse(hex: &str) -> Result<Command, Malformed> {
    Command::parse(&bytes(hex))
}

fn kind(hex: &str) -> MalformedKind {
    parse(hex).unwrap_err().kind
}

#[test]
fn each_of_the_seven_cases_is_read_and_written() {
    let header = Command::new(0x00, 0xB0, 0x01, 0x02);
    let data = [0xAA, 0xBB];
    let cases = [
        ("00B00102", header.clone()),
        ("00B00102 10", header.clone().with_le(16)),
        ("00B00102 00", header.clone().with_le(256)),
        ("00B00102 02 AABB", header.clone().with_data(data)),
        ("00B00102 02 AABB 00", header.clone().with_data(data).with_le(256)),
        ("00B00102 00 0010", header.clone().with_le(16).extended()),
        ("00B00102 00 0000", header.clone().with_le(65_536)),
        ("00B00102 00 0002 AABB", header.clone().with_data(data).extended()),
        (
            "00B00102 00 0002 AABB 0000",
            header.with_data(data).with_le(65_536),
        ),
    ];
    for (hex, command) in cases {
        assert_eq!(command.to_bytes(), Ok(bytes(hex)), "{command:?}");
        let read = parse(hex).unwrap();
        assert_eq!(
            (read.header(), read.data(), read.le()),
            (command.header(), command.data(), command.le())
        );
        assert_eq!(read.is_extended(), command.is_extended(), "{hex}");
        assert_eq!(read.to_bytes(), Ok(bytes(hex)));
    }
}

#[test]
fn lengths_are_extended_when_they_must_be() {
    let command = Command::new(0x00, 0xD6, 0x00, 0x00);
    assert!(!command.clone().with_data(vec![0; 255]).with_le(256).is_extended());
    assert!(command.clone().with_data(vec![0; 256]).is_extended());
    assert!(command.clone().with_le(257).is_extended());
    assert!(!command.extended().is_extended(), "a header alone has no lengths");
}

#[test]
fn lengths_that_do_not_add_up_are_refused() {
    assert_eq!(kind(""), MalformedKind::Truncated);
    assert_eq!(kind("00B001"), MalformedKind::Truncated);
    assert_eq!(kind("00B00102 03 AABB"), MalformedKind::Truncated);
    assert_eq!(kind("00B00102 02 AABB 00 00"), MalformedKind::Trailing);
    assert_eq!(kind("00B00102 00 00"), MalformedKind::Truncated);
    assert_eq!(kind("00B00102 00 0000 00"), MalformedKind::BadLength);
    assert_eq!(kind("00B00102 00 0003 AABB"), MalformedKind::Truncated);
    assert_eq!(kind("00B00102 00 0002 AABB 00"), MalformedKind::Truncated);
    assert_eq!(kind("00B00102 00 0002 AABB 0000 00"), MalformedKind::Trailing);
}

#[test]
fn a_command_that_cannot_be_written_says_so() {
    let command = Command::new(0x00, 0xB0, 0x00, 0x00);
    for le in [0, 65_537, u32::MAX] {
        assert_eq!(
            command.clone().with_le(le).to_bytes().unwrap_err().kind,
            MalformedKind::BadValue
        );
    }
    assert!(command.clone().with_data(vec![0; 65_535]).to_bytes().is_ok());
    assert_eq!(
        command.with_data(vec![0; 65_536]).to_bytes().unwrap_err().kind,
        MalformedKind::TooLong
    );
}

#[test]
fn debug_never_shows_a_body_and_hides_the_length_of_a_sensitive_one() {
    let command = Command::new(0x00, 0x20, 0x00, 0x02)
        .with_data(*b"123456")
        .with_le(256);
    assert_eq!(format!("{command:?}"), "00 20 00 02 Lc 6 Le 256");
    let secret = command.sensitive();
    assert_eq!(format!("{secret:?}"), "00 20 00 02 sensitive data Le 256");
    assert!(secret.is_sensitive());
}

#[test]
fn parts_can_be_exchanged() {
    let command = Command::new(0x00, 0xB0, 0x12, 0x34).with_le(8);
    assert_eq!(command.clone().with_cla(0x0C).cla(), 0x0C);
    assert_eq!(command.p1p2(), 0x1234);
    assert_eq!(command.without_le().to_bytes(), Ok(bytes("00B01234")));
}

proptest! {
    #[test]
    fn what_is_parsed_is_written_back_byte_for_byte(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(command) = Command::parse(&bytes) {
            prop_assert_eq!(command.to_bytes(), Ok(bytes));
        }
    }

    #[test]
    fn short_bodies_around_their_length_never_panic(lc in any::<u8>(), len in 0_usize..300) {
        let bytes = [&[0x00, 0xD6, 0x00, 0x00, lc][..], &vec![0x5A; len]].concat();
        let fits = lc != 0 && (len == usize::from(lc) || len == usize::from(lc) + 1);
        let extended = lc == 0 && len == 2;
        prop_assert_eq!(Command::parse(&bytes).is_ok(), fits || len == 0 || extended);
    }

    #[test]
    fn what_is_written_is_parsed_back(
        header in any::<[u8; 4]>(),
        data in prop_oneof![prop::collection::vec(any::<u8>(), 0..300), Just(vec![7; 65_535])],
        le in prop::option::of(prop_oneof![1_u32..=300, 65_530_u32..=65_536]),
        extended in any::<bool>(),
    ) {
        let [cla, ins, p1, p2] = header;
        let mut command = Command::new(cla, ins, p1, p2).with_data(data);
        command = le.into_iter().fold(command, Command::with_le);
        command = if extended { command.extended() } else { command };
        let bytes = command.to_bytes().unwrap();
        let read = Command::parse(&bytes).unwrap();
        prop_assert_eq!((read.header(), read.data(), read.le()), (command.header(), command.data(), command.le()));
        prop_assert_eq!(read.is_extended(), command.is_extended());
    }

    #[test]
    fn each_cut_of_a_command_is_refused_or_is_a_shorter_command(
        data in prop::collection::vec(any::<u8>(), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(data).with_le(256).extended().to_bytes().unwrap();
        let cut = &whole[..cut.index(whole.len())];
        // Only the header alone, the header with an Le, and the command without its Le are commands.
        let is_command = cut.len() == 4 || cut.len() == 5 || cut.len() == 7 || cut.len() == whole.len() - 2;
        prop_assert_eq!(Command::parse(cut).is_ok(), is_command);
    }
}
