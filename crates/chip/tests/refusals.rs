//! What a strict chip refuses, and with which status word. One row: state, command, answer, why.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_protocol::files;
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::ids::FileId;
use common::{CAN, MRZ, Terminal, can, card, card_of, hex, profile_with};

/// Where the card stands before the command.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Just reset.
    Fresh,
    /// The application is selected in plain.
    Selected,
    /// BAC done, inside the application; the command comes under secure messaging.
    Bac,
    /// PACE done in the master file; the command comes under secure messaging.
    Pace,
}
use State::{Bac, Fresh, Pace, Selected};

const SELECT_APP: &str = "00A4040C07A0000002471001";

/// `(state, command, status word, why)`
const ROWS: &[(State, &str, u16, &str)] = &[
    // Class byte: ISO 7816-4
    (Fresh, "80A4040C07A0000002471001", 0x6E00, "proprietary class"),
    (Fresh, "FFA4040C07A0000002471001", 0x6E00, "invalid class"),
    (Fresh, "20A4040C07A0000002471001", 0x6E00, "reserved class"),
    (Fresh, "01A4040C07A0000002471001", 0x6881, "logical channel 1"),
    (Fresh, "40A4040C07A0000002471001", 0x6881, "logical channel 4"),
    (
        Fresh,
        "04A4040C07A0000002471001",
        0x6882,
        "proprietary secure messaging",
    ),
    (
        Fresh,
        "08A4040C07A0000002471001",
        0x6882,
        "secure messaging without header authentication",
    ),
    (
        Fresh,
        "0CA4040C07A0000002471001",
        0x6985,
        "secure messaging without a session",
    ),
    // Instruction byte
    (
        Fresh,
        "00200000083132333435363738",
        0x6D00,
        "VERIFY is not a command of this card",
    ),
    (Fresh, "0000000000", 0x6D00, "unknown instruction"),
    (
        Fresh,
        "00C0000000",
        0x6D00,
        "GET RESPONSE where no answer is ever held back",
    ),
    (
        Bac,
        "00200000083132333435363738",
        0x6D00,
        "VERIFY inside a session",
    ),
    // Shape of a command: ISO 7816-3
    (Fresh, "", 0x6700, "nothing at all"),
    (Fresh, "00A404", 0x6700, "no header"),
    (Fresh, "00A4040C07A00000024710", 0x6700, "data shorter than Lc"),
    (Fresh, "00A4040C07A00000024710010000", 0x6700, "bytes behind Le"),
    // SELECT
    (Fresh, "00A4010C023F00", 0x6A86, "P1 = 01 is not offered"),
    (
        Fresh,
        "00A4040E07A0000002471001",
        0x6A86,
        "P2 = 0E is not offered",
    ),
    (Fresh, "00A4040C07A0000002471002", 0x6A82, "another application"),
    (
        Fresh,
        "00A4040C06A00000024710",
        0x6A82,
        "a part of the name is not the name",
    ),
    (Fresh, "00A4040C", 0x6700, "no name"),
    (Fresh, "00A4020C0101", 0x6700, "half a file identifier"),
    (
        Fresh,
        "00A4020C03011C00",
        0x6700,
        "one and a half file identifiers",
    ),
    (
        Fresh,
        "00A4020C020101",
        0x6A82,
        "DG1 does not lie in the master file",
    ),
    (Fresh, "00A4020C022F01", 0x6A82, "this card has no EF.ATR"),
    (
        Selected,
        "00A4020C020101",
        0x6982,
        "DG1 before access control: ICAO 9303-11 §4",
    ),
    (Selected, "00A4020C02011D", 0x6982, "EF.SOD before access control"),
    (Selected, "00A4020C020103", 0x6982, "DG3 before access control"),
    (
        Selected,
        "00A4020C02010B",
        0x6982,
        "a file that does not exist looks like one that does",
    ),
    (
        Selected,
        "00A4020C02011C",
        0x6982,
        "EF.CardAccess does not lie in the application",
    ),
    (Bac, "00A4020C02010B", 0x6A82, "DG11 does not exist"),
    (Bac, "00A4020C020103", 0x6982, "DG3 needs Terminal Authentication"),
    (
        Pace,
        "00A4020C020101",
        0x6A82,
        "DG1 does not lie in the master file",
    ),
    // READ BINARY
    (Fresh, "00B0000000", 0x6986, "no file is selected"),
    (Fresh, "00B09C00", 0x6700, "no Le"),
    (Fresh, "00B09C000100", 0x6700, "data where none belongs"),
    (Fresh, "00B0FC0000", 0x6A86, "two bits of P1 must be zero"),
    (Fresh, "00B0800000", 0x6A86, "short identifier 0"),
    (Fresh, "00B09F0000", 0x6A86, "short identifier 31"),
    (
        Fresh,
        "00B0810000",
        0x6A82,
        "no file of this short identifier in the master file",
    ),
    (Fresh, "00B09C3600", 0x6B00, "offset at the end"),
    (
        Selected,
        "00B0810001",
        0x6982,
        "DG1 by short identifier before access control",
    ),
    (
        Selected,
        "00B08B0001",
        0x6982,
        "DG11 by short identifier, which does not exist",
    ),
    (Bac, "00B0830001", 0x6982, "DG3 by short identifier"),
    (Bac, "00B08B0001", 0x6A82, "DG11 by short identifier"),
    (Bac, "00B0810000", 0x9000, "DG1 by short identifier"),
    (Bac, "00B0815C01", 0x6B00, "offset at the end"),
    (Bac, "00B08100F0", 0x6282, "more than there is"),
    (Bac, "00B0000001", 0x6986, "no file is selected"),
    // READ BINARY with odd instruction byte
    (Bac, "00B1000103540100 00", 0x9000, "DG1 from the start"),
    (Bac, "00B1010103540100 00", 0x9000, "DG1 by file identifier"),
    (Bac, "00B1001F03540100 00", 0x6A86, "short identifier 31"),
    (Bac, "00B1000303540100 00", 0x6982, "DG3"),
    (Bac, "00B1010303540100 00", 0x6982, "DG3 by file identifier"),
    (Bac, "00B1000100", 0x6A80, "no offset"),
    (
        Bac,
        "00B1000103530100 00",
        0x6A80,
        "another object than the offset",
    ),
    (Bac, "00B10001025400 00", 0x6A80, "an empty offset"),
    (
        Bac,
        "00B1000107540500000000 00 00",
        0x6A80,
        "an offset of five bytes",
    ),
    (
        Bac,
        "00B100010454010000 00",
        0x6A80,
        "something behind the offset",
    ),
    (Bac, "00B100010454027FFF 00", 0x6B00, "offset behind the end"),
    (Bac, "00B1000103540100 02", 0x6700, "no room for the data object"),
    (Bac, "00B1000103540100", 0x6700, "no Le"),
    // BAC: ICAO 9303-11 §4.3
    (
        Fresh,
        "0084000008",
        0x6985,
        "GET CHALLENGE before the application is selected",
    ),
    (Selected, "0084000007", 0x6700, "a challenge of seven bytes"),
    (Selected, "00840000", 0x6700, "a challenge of no length"),
    (Selected, "0084010008", 0x6A86, "an algorithm in P1"),
    (
        Selected,
        "0082000028 0000000000000000000000000000000000000000 0000000000000000000000000000000000000000 28",
        0x6985,
        "EXTERNAL AUTHENTICATE without a challenge",
    ),
    (Bac, "0084000008", 0x6985, "BAC inside a session"),
    // PACE: ICAO 9303-11 §4.4
    (Fresh, "0022C1A400", 0x6700, "Lc of zero"),
    (Fresh, "0022C1A4", 0x6A80, "MSE:Set AT without data"),
    (Fresh, "0022C1B400", 0x6A86, "MSE of another template"),
    (
        Fresh,
        "0022C1A40F800A04007F00070202040202830102",
        0x9000,
        "PACE with CAN",
    ),
    (
        Fresh,
        "0022C1A40F800A04007F00070202040202830103",
        0x6A88,
        "PACE with a PIN that the card does not have",
    ),
    (
        Fresh,
        "0022C1A40F800A04007F00070202040204830102",
        0x6A80,
        "a cipher that the card does not offer",
    ),
    (
        Fresh,
        "10860000027C0000",
        0x6985,
        "GENERAL AUTHENTICATE before MSE:Set AT",
    ),
    (
        Pace,
        "0022C1A40F800A04007F00070202040202830102",
        0x6985,
        "PACE inside a session",
    ),
    // Chip and Active Authentication
    (
        Selected,
        "002241A40C800A04007F00070202030202",
        0x6982,
        "Chip Authentication in plain",
    ),
    (
        Bac,
        "002241A40C800A04007F00070202030202",
        0x9000,
        "Chip Authentication chooses the key",
    ),
    (
        Bac,
        "002241A40C800A04007F00070202030204",
        0x6A80,
        "a cipher that the key is not for",
    ),
    (
        Bac,
        "002241A40F800A04007F00070202030202840105",
        0x6A88,
        "a key that the card does not have",
    ),
    (
        Bac,
        "00860000027C0000",
        0x6985,
        "GENERAL AUTHENTICATE before the key is chosen",
    ),
    (
        Selected,
        "0088000008010203040506070800",
        0x6982,
        "Active Authentication in plain",
    ),
    (
        Bac,
        "00880000070102030405060700",
        0x6700,
        "a challenge of seven bytes",
    ),
    (
        Bac,
        "008800000901020304050607080900",
        0x6700,
        "a challenge of nine bytes",
    ),
    (Bac, "00880000080102030405060708", 0x6700, "no Le"),
    (Bac, "0088010008010203040506070800", 0x6A86, "an algorithm in P1"),
    (
        Pace,
        "0088000008010203040506070800",
        0x6985,
        "Active Authentication outside the application",
    ),
    // What only a blank does
    (Selected, "00E0000000", 0x6985, "CREATE FILE"),
    (Bac, "00D600000100", 0x6985, "UPDATE BINARY"),
    (Bac, "00DB3FFF0100", 0x6985, "PUT DATA"),
    (Fresh, "00440000", 0x6985, "ACTIVATE"),
    (
        Fresh,
        "00CADF2000",
        0x6A88,
        "the serial number would make the holder traceable",
    ),
    (Bac, "00CADF2000", 0x6A88, "inside a session, too"),
    (Fresh, "00CA9F7F00", 0x6A88, "no life cycle data of the chip"),
];

fn prepare(base: &[u8], state: State) -> Terminal {
    let kept = antin_chip::CardState::from_bytes(base).unwrap();
    let mut terminal = Terminal::new(antin_chip::Chip::from_state(kept, Box::new(common::rng(4))));
    match state {
        Fresh => {}
        Selected => assert_eq!(terminal.send(SELECT_APP).sw, StatusWord::OK),
        Bac => {
            assert_eq!(terminal.send(SELECT_APP).sw, StatusWord::OK);
            terminal.bac(MRZ).unwrap();
        }
        Pace => terminal.pace(&can(CAN)).unwrap(),
    }
    terminal
}

#[test]
fn each_refusal_has_its_status_word() {
    let base = card("vn-cccd-2021").chip.into_state().to_bytes();
    let mut wrong = Vec::new();
    for (state, text, expected, why) in ROWS {
        let mut terminal = prepare(&base, *state);
        let found = match state {
            Fresh | Selected => {
                let response = terminal.send(text);
                assert!(
                    response.sw == StatusWord::OK || response.data.is_empty(),
                    "{why}: data beside a refusal"
                );
                response.sw
            }
            Bac | Pace => terminal.secure_sw(&text.replace(' ', "")),
        };
        if found.0 != *expected {
            wrong.push(format!("{state:?} {text}: {found}, not {expected:04X} ({why})"));
        }
        if let (Bac | Pace, true) = (state, *expected != 0x9000) {
            let select = files::select_application(&antin_wire::ids::Aid::EMRTD);
            let after = terminal.secure(&select).unwrap();
            assert_eq!(
                after.sw,
                StatusWord::OK,
                "a refusal inside a session does not end it: {why}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_vietnamese_card_refuses_the_master_file_and_the_passport_does_not() {
    assert_eq!(card("vn-cccd-2021").send("00A4000C023F00").sw, StatusWord::INS);
    assert_eq!(card("icao-passport").send("00A4000C023F00").sw, StatusWord::OK);
    assert_eq!(card("icao-passport").send("00A4000C").sw, StatusWord::OK);
}

#[test]
fn a_plain_command_ends_the_session() {
    for (text, expected) in [
        ("00B0810001", StatusWord::SM_DATA_MISSING),
        ("0088000008010203040506070800", StatusWord::SM_DATA_MISSING),
        ("0084000008", StatusWord::SM_DATA_MISSING),
        ("80CA000000", StatusWord::CLA),
        ("00B0", StatusWord::WRONG_LENGTH),
        (SELECT_APP, StatusWord::OK),
        ("00A4020C020101", StatusWord::SECURITY_NOT_SATISFIED),
    ] {
        let mut terminal = card("vn-cccd-2021");
        assert_eq!(terminal.send(SELECT_APP).sw, StatusWord::OK);
        terminal.bac(MRZ).unwrap();
        let old = terminal.protected(&files::select_ef(FileId(0x0101)));
        assert_eq!(terminal.send(text).sw, expected, "{text}");
        assert_eq!(
            terminal.raw(&old).sw,
            StatusWord::CONDITIONS_NOT_SATISFIED,
            "after {text}"
        );
        assert_eq!(
            terminal.send("00B0810001").sw,
            StatusWord::SECURITY_NOT_SATISFIED,
            "after {text}"
        );
        assert_eq!(terminal.send(SELECT_APP).sw, StatusWord::OK);
        terminal.bac(MRZ).unwrap();
    }
}

#[test]
fn broken_secure_messaging_ends_the_session() {
    for (what, expected) in [
        ("mac", 0x6988),
        ("old", 0x6988),
        ("no-mac", 0x6987),
        ("header", 0x6988),
        ("objects", 0x6988),
        ("le", 0x6988),
    ] {
        let mut terminal = card("icao-passport");
        terminal.select_application();
        terminal.bac(MRZ).unwrap();
        let command = files::read_binary_sfi(antin_wire::ids::ShortFileId::new(1).unwrap(), 256);
        let good = Command::parse(&terminal.protected(&command)).unwrap();
        let mut data = good.data().to_vec();
        let mut p2 = good.p2();
        match what {
            "mac" => *data.last_mut().unwrap() ^= 1,
            "old" => assert_eq!(terminal.plain(&good).sw, StatusWord::OK),
            "no-mac" => data.truncate(data.len() - 10),
            "header" => p2 ^= 1,
            "objects" => data.insert(0, 0x00),
            _ => data[2] ^= 1,
        }
        let bad = Command::new(good.cla(), good.ins(), good.p1(), p2)
            .with_data(data)
            .with_le(256);
        let answer = terminal.plain(&bad);
        assert_eq!((answer.sw.0, answer.data.len()), (expected, 0), "{what}");
        let next = terminal.protected(&command);
        assert_eq!(
            terminal.raw(&next).sw,
            StatusWord::CONDITIONS_NOT_SATISFIED,
            "{what}"
        );
    }
}

#[test]
fn a_card_that_does_not_offer_a_protocol_does_not_know_its_commands() {
    let open = profile_with("icao-passport", "bac = true", "bac = false");
    let mut terminal = card_of(&open);
    assert_eq!(terminal.send(SELECT_APP).sw, StatusWord::OK);
    assert_eq!(terminal.send("0084000008").sw, StatusWord::INS);
    assert_eq!(terminal.send("00B0810001").sw, StatusWord::SECURITY_NOT_SATISFIED);
    terminal.pace(&can(CAN)).unwrap();
    assert_eq!(terminal.select_application(), StatusWord::OK);
}

#[test]
fn a_data_object_53_holds_what_an_even_read_gives() {
    let mut terminal = card("icao-passport");
    terminal.select_application();
    terminal.bac(MRZ).unwrap();
    let odd = terminal
        .secure(&Command::parse(&hex("00B10002045402008000")).unwrap())
        .unwrap();
    let object = antin_wire::tlv::parse_one(&odd.data).unwrap();
    let even = terminal
        .secure(&Command::parse(&hex("00B0008000")).unwrap())
        .unwrap();
    assert_eq!(object.tag.0, 0x53);
    assert!(odd.data.len() <= 231 && odd.data.len() >= 229);
    assert!(even.data.starts_with(object.value));
}
