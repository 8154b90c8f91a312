use antin_lds::ElementaryFile;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv;

use super::binary::{MAX_FILE_BYTES, Manners, Outcome, read};
use crate::dialect::{BeyondEnd, Dialect, EXTENDED_LE, SHORT_LE, ShortIds};
use crate::error::Error;

/// A chip with one file, outside secure messaging, and the habits of the test.
struct File {
    bytes: Vec<u8>,
    most: usize,
    refuse_sfi: bool,
    refuse_le: fn(u32) -> Option<StatusWord>,
    asked: Vec<Command>,
}

impl File {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            most: 65_536,
            refuse_sfi: false,
            refuse_le: |_| None,
            asked: Vec::new(),
        }
    }

    fn answer(&mut self, command: &Command) -> Response {
        self.asked.push(command.clone());
        let by_sfi = command.ins() == 0xB0 && command.p1() & 0x80 != 0;
        if by_sfi && self.refuse_sfi {
            return Response::status(StatusWord::FUNCTION_NOT_SUPPORTED);
        }
        if command.ins() == 0xA4 {
            return Response::status(StatusWord::OK);
        }
        let le = command.le().expect("READ BINARY has an Le");
        if let Some(sw) = (self.refuse_le)(le) {
            return Response::status(sw);
        }
        let odd = command.ins() == 0xB1;
        let offset = match (by_sfi, odd) {
            (true, _) => 0,
            (_, true) => number(tlv::parse_one(command.data()).expect("an offset").value),
            _ => usize::from(command.p1()) << 8 | usize::from(command.p2()),
        };
        if offset >= self.bytes.len() {
            return Response::status(StatusWord::WRONG_OFFSET);
        }
        let room = (le as usize).min(self.most) - if odd { 4 } else { 0 };
        let end = self.bytes.len().min(offset + room);
        let part = self.bytes[offset..end].to_vec();
        let short = part.len() < room;
        let data = if odd {
            tlv::object(tlv::tags::DISCRETIONARY_DATA, &part)
        } else {
            part
        };
        Response {
            data,
            sw: if short {
                StatusWord::END_OF_FILE
            } else {
                StatusWord::OK
            },
        }
    }

    fn read(&mut self, manners: &mut Manners) -> Result<Outcome, Error> {
        read(
            ElementaryFile::DG2,
            manners,
            &mut Vec::new(),
            &mut |command| Ok(self.answer(command)),
            &mut |_, _| {},
        )
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}

fn object(content: usize) -> Vec<u8> {
    let content: Vec<u8> = (0..251_u8).cycle().take(content).collect();
    tlv::object(tlv::Tag(0x75), &content)
}

const SHORT: Manners = Manners {
    extended: None,
    short_ids: ShortIds::Used,
    short_le: SHORT_LE,
    block: 223,
    beyond_end: BeyondEnd::Allowed,
    refused_le: None,
};
const EXTENDED: Manners = Manners {
    extended: Some(EXTENDED_LE),
    ..SHORT
};

#[test]
fn a_file_comes_in_full_answers_whatever_the_chip_gives_at_once() {
    for most in [1_000, 256, 231, 223, 100, 40] {
        let mut file = File {
            most,
            ..File::new(object(15_000))
        };
        assert_eq!(
            file.read(&mut SHORT.clone()),
            Ok(Outcome::Read(file.bytes.clone())),
            "{most}"
        );
        assert_eq!(
            file.asked.len(),
            file.bytes.len().div_ceil(most.min(256)),
            "{most}"
        );
    }
}

#[test]
fn extended_length_takes_one_command() {
    let mut file = File::new(object(15_000));
    assert_eq!(
        file.read(&mut EXTENDED.clone()),
        Ok(Outcome::Read(file.bytes.clone()))
    );
    assert_eq!(file.asked.len(), 1);
}

#[test]
fn offsets_beyond_fifteen_bits_use_the_odd_instruction() {
    for manners in [SHORT, EXTENDED] {
        let mut file = File {
            most: 20_000,
            ..File::new(object(70_000))
        };
        assert_eq!(
            file.read(&mut manners.clone()),
            Ok(Outcome::Read(file.bytes.clone()))
        );
        assert!(file.asked.iter().any(|command| command.ins() == 0xB1));
    }
}

#[test]
fn a_refused_extended_length_falls_back_to_short_and_is_remembered() {
    let refuse = |le| (le > 256).then_some(StatusWord::WRONG_LENGTH);
    let mut file = File {
        refuse_le: refuse,
        ..File::new(object(1_000))
    };
    let mut manners = EXTENDED;
    assert_eq!(file.read(&mut manners), Ok(Outcome::Read(file.bytes.clone())));
    assert_eq!(manners.extended, None);
}

#[test]
fn a_chip_that_wants_the_number_spelled_out_gets_it() {
    let refuse = |le| (le > 223).then_some(StatusWord::WRONG_LENGTH);
    let mut file = File {
        refuse_le: refuse,
        ..File::new(object(1_000))
    };
    let mut manners = SHORT;
    assert_eq!(file.read(&mut manners), Ok(Outcome::Read(file.bytes.clone())));
    assert_eq!(manners.short_le, 223);
}

#[test]
fn a_corrected_le_is_obeyed() {
    let refuse = |le| (le > 60).then_some(StatusWord::with_correct_le(60));
    let mut file = File {
        refuse_le: refuse,
        ..File::new(object(300))
    };
    assert_eq!(
        file.read(&mut SHORT.clone()),
        Ok(Outcome::Read(file.bytes.clone()))
    );
}

#[test]
fn short_identifiers_refused_lead_to_select_once_and_for_all() {
    let mut file = File {
        refuse_sfi: true,
        ..File::new(object(300))
    };
    let mut manners = SHORT;
    assert_eq!(file.read(&mut manners), Ok(Outcome::Read(file.bytes.clone())));
    assert_eq!(manners.short_ids, ShortIds::Refused);
    file.asked.clear();
    assert_eq!(file.read(&mut manners), Ok(Outcome::Read(file.bytes.clone())));
    assert_eq!(file.asked[0].ins(), 0xA4);
}

#[test]
fn what_stands_behind_the_object_is_not_part_of_the_file() {
    let whole = object(100);
    let mut file = File::new([whole.clone(), vec![0; 500]].concat());
    assert_eq!(file.read(&mut SHORT.clone()), Ok(Outcome::Read(whole)));
    assert_eq!(file.asked.len(), 1);
}

#[test]
fn a_file_cut_short_is_kept_as_far_as_it_goes() {
    let mut bytes = object(1_000);
    bytes.truncate(600);
    let mut file = File::new(bytes.clone());
    assert_eq!(file.read(&mut SHORT.clone()), Ok(Outcome::Read(bytes)));
}

#[test]
fn missing_and_refused_are_told_apart() {
    for (sw, expected) in [
        (
            StatusWord::FILE_NOT_FOUND,
            Outcome::Missing(StatusWord::FILE_NOT_FOUND),
        ),
        (
            StatusWord::SECURITY_NOT_SATISFIED,
            Outcome::Refused(StatusWord::SECURITY_NOT_SATISFIED),
        ),
    ] {
        let mut exchange = |_: &Command| Ok(Response::status(sw));
        let outcome = read(
            ElementaryFile::DG3,
            &mut SHORT.clone(),
            &mut Vec::new(),
            &mut exchange,
            &mut |_, _| {},
        );
        assert_eq!(outcome, Ok(expected));
    }
}

#[test]
fn a_file_larger_than_any_file_is_not_read() {
    let mut exchange = |_: &Command| Ok(Response::ok(vec![0x75, 0x83, 0x20, 0x00, 0x00]));
    let outcome = read(
        ElementaryFile::DG2,
        &mut SHORT.clone(),
        &mut Vec::new(),
        &mut exchange,
        &mut |_, _| {},
    );
    assert!(matches!(outcome, Ok(Outcome::Endless(_))));
    const { assert!(MAX_FILE_BYTES < 0x20_0000) };
}

#[test]
fn a_trickle_is_stopped() {
    let mut sent = 0;
    let mut exchange = |_: &Command| {
        sent += 1;
        Ok(Response::ok(if sent == 1 {
            vec![0x75, 0x82, 0x40, 0x00]
        } else {
            vec![0]
        }))
    };
    let outcome = read(
        ElementaryFile::DG2,
        &mut SHORT.clone(),
        &mut Vec::new(),
        &mut exchange,
        &mut |_, _| {},
    );
    assert!(matches!(outcome, Ok(Outcome::Endless(_))));
    assert!(sent < 600, "{sent} commands for 16,384 bytes");
}

#[test]
fn emptiness_is_given_up_soon() {
    let mut sent = 0;
    let mut exchange = |_: &Command| {
        sent += 1;
        Ok(Response::ok(Vec::new()))
    };
    let mut manners = EXTENDED;
    let outcome = read(
        ElementaryFile::DG2,
        &mut manners,
        &mut Vec::new(),
        &mut exchange,
        &mut |_, _| {},
    );
    assert!(matches!(outcome, Ok(Outcome::Endless(_))));
    assert_eq!(manners, EXTENDED, "nothing was learnt for the other files");
    assert!(sent < 20, "{sent} commands");
}

#[test]
fn a_lost_link_is_passed_on() {
    let lost = Error::CardLost {
        phase: crate::Phase::Read,
    };
    let mut exchange = |_: &Command| Err(lost.clone());
    assert_eq!(
        read(
            ElementaryFile::DG1,
            &mut SHORT.clone(),
            &mut Vec::new(),
            &mut exchange,
            &mut |_, _| {}
        ),
        Err(lost.clone())
    );
}

#[test]
fn a_longer_answer_is_looked_for_between_what_works_and_what_was_refused() {
    for most in [112, 130, 150, 180, 200, 222] {
        let mut file = File::new(object(15_000));
        let mut manners = SHORT;
        let mut refused = 0;
        let outcome = read(
            ElementaryFile::DG2,
            &mut manners,
            &mut Vec::new(),
            &mut |command| {
                if command.le().is_some_and(|le| le > most) {
                    refused += 1;
                    return Ok(Response::status(StatusWord::WRONG_LENGTH));
                }
                Ok(file.answer(command))
            },
            &mut |_, _| {},
        );
        assert_eq!(outcome, Ok(Outcome::Read(file.bytes.clone())));
        assert!(
            manners.short_le <= most && manners.short_le + 16 >= most.min(223),
            "{manners:?}"
        );
        assert!(refused <= 6, "{refused} refusals for {most}");
    }
}

#[test]
fn a_chip_that_refuses_to_reach_beyond_the_end_is_asked_for_what_there_is() {
    for size in [20, 300, 1_000] {
        let mut file = File::new(object(size));
        let mut manners = SHORT;
        let outcome = read(
            ElementaryFile::DG2,
            &mut manners,
            &mut Vec::new(),
            &mut |command| {
                let offset = if command.p1() & 0x80 != 0 {
                    0
                } else {
                    usize::from(command.p1()) << 8 | usize::from(command.p2())
                };
                if command
                    .le()
                    .is_some_and(|le| offset + le as usize > file.bytes.len())
                {
                    return Ok(Response::status(StatusWord::WRONG_OFFSET));
                }
                Ok(file.answer(command))
            },
            &mut |_, _| {},
        );
        assert_eq!(outcome, Ok(Outcome::Read(file.bytes.clone())), "{size}");
        let refused = manners.beyond_end == BeyondEnd::Refused;
        assert!(refused || size > 223, "learnt for the next file");
    }
}

#[test]
fn reading_goes_on_where_it_was_broken_off() {
    for (size, cut) in [(15_000, 3), (70_000, 3), (70_000, 200)] {
        let mut file = File::new(object(size));
        let mut data = Vec::new();
        let mut manners = SHORT;
        let lost = Error::CardLost {
            phase: crate::Phase::Read,
        };
        let mut sent = 0;
        let broken = read(
            ElementaryFile::DG2,
            &mut manners,
            &mut data,
            &mut |command| {
                sent += 1;
                if sent > cut {
                    return Err(lost.clone());
                }
                Ok(file.answer(command))
            },
            &mut |_, _| {},
        );
        assert_eq!(broken, Err(lost));
        assert_eq!(data, file.bytes[..data.len()]);
        assert!(data.len() > 200 * cut);
        file.asked.clear();
        let whole = read(
            ElementaryFile::DG2,
            &mut manners,
            &mut data,
            &mut |command| Ok(file.answer(command)),
            &mut |_, _| {},
        );
        assert_eq!(whole, Ok(Outcome::Read(file.bytes.clone())));
        assert!(
            file.asked.iter().all(|command| command.p1() & 0x80 == 0),
            "nothing is read twice"
        );
    }
}

#[test]
fn what_is_learnt_becomes_the_dialect_and_comes_back() {
    let learnt = Manners {
        extended: None,
        short_ids: ShortIds::Refused,
        short_le: 111,
        block: 223,
        beyond_end: BeyondEnd::Refused,
        refused_le: Some(223),
    };
    let mut dialect = Dialect::default();
    learnt.teach(&mut dialect);
    let next = Manners::new(&dialect, None, 223);
    assert_eq!(
        next,
        Manners {
            refused_le: None,
            ..learnt
        }
    );
}
