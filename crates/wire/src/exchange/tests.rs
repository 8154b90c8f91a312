use proptest::prelude::*;

use super::*;

/// Answers from a list, keeps what it was asked, and loses the card when the list is at its end.
struct Script {
    answers: std::vec::IntoIter<Vec<u8>>,
    asked: Vec<Vec<u8>>,
}

impl Script {
    fn new(answers: &[&str]) -> Self {
        let answers: Vec<_> = answers.iter().map(|hex| bytes(hex)).collect();
        Self {
            answers: answers.into_iter(),
            asked: Vec::new(),
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.iter().map(hex::encode_upper).collect()
    }
}

impl Transport for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.asked.push(command.to_vec());
        self.answers.next().ok_or(LinkError::CardLost)
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn read() -> Command {
    Command::new(0x00, 0xB0, 0x00, 0x00).with_le(256)
}

#[test]
fn an_ordinary_answer_takes_one_command() {
    let mut card = Script::new(&["AABB 6282"]);
    assert_eq!(
        send(&mut card, &read()),
        Ok(Response::new(vec![0xAA, 0xBB], StatusWord::END_OF_FILE))
    );
    assert_eq!(card.asked(), ["00B0000000"]);
}

#[test]
fn the_rest_of_an_answer_is_fetched_on_the_same_channel() {
    let mut card = Script::new(&["6102", "AABB 6103", "CCDDEE 9000"]);
    let command = read().with_cla(0x0D);
    assert_eq!(
        send(&mut card, &command),
        Ok(Response::ok([0xAA, 0xBB, 0xCC, 0xDD, 0xEE]))
    );
    assert_eq!(card.asked(), ["0DB0000000", "01C0000002", "01C0000003"]);
}

#[test]
fn data_that_came_before_the_rest_is_kept() {
    let mut card = Script::new(&["AA 6100", "BB 6282"]);
    assert_eq!(
        send(&mut card, &read()),
        Ok(Response::new(vec![0xAA, 0xBB], StatusWord::END_OF_FILE))
    );
    assert_eq!(card.asked(), ["00B0000000", "00C0000000"]);
}

#[test]
fn a_corrected_le_is_obeyed_once() {
    let mut card = Script::new(&["6C16", "AA 9000"]);
    assert_eq!(send(&mut card, &read()), Ok(Response::ok([0xAA])));
    assert_eq!(card.asked(), ["00B0000000", "00B0000016"]);

    let mut stubborn = Script::new(&["6C16", "6C10", "AA 9000"]);
    assert_eq!(
        send(&mut stubborn, &read()),
        Ok(Response::status(StatusWord(0x6C10)))
    );
    assert_eq!(stubborn.asked().len(), 2);
}

#[test]
fn a_corrected_le_is_obeyed_when_the_rest_is_fetched() {
    let mut card = Script::new(&["6100", "6C01", "AA 9000"]);
    assert_eq!(send(&mut card, &read()), Ok(Response::ok([0xAA])));
    assert_eq!(card.asked(), ["00B0000000", "00C0000000", "00C0000001"]);
}

#[test]
fn a_refused_rest_keeps_the_status_word_and_the_data_so_far() {
    let mut card = Script::new(&["AA 6110", "6F00"]);
    assert_eq!(
        send(&mut card, &read()),
        Ok(Response::new(vec![0xAA], StatusWord::UNKNOWN))
    );
}

#[test]
fn a_card_that_promises_without_end_is_stopped() {
    let mut nothing = |_: &[u8]| vec![0x61, 0x00];
    let mut card = crate::Loopback::new(&mut nothing);
    assert_eq!(
        send(&mut card, &read()),
        Err(LinkError::Protocol {
            what: "get response brings nothing"
        })
    );

    let mut asked = 0;
    let mut card = crate::Loopback::new(|_: &[u8]| {
        asked += 1;
        vec![0xAA, 0x61, 0x00]
    });
    assert_eq!(
        send(&mut card, &read()),
        Err(LinkError::Protocol {
            what: "answer without end"
        })
    );
    assert_eq!(asked, 1 + MAX_ROUNDS);

    let mut card = crate::Loopback::new(|_: &[u8]| [vec![0xAA; 60_000], vec![0x61, 0x00]].concat());
    assert_eq!(
        send(&mut card, &read()),
        Err(LinkError::Protocol {
            what: "answer without end"
        })
    );
}

#[test]
fn an_answer_without_a_status_word_is_a_lost_card() {
    for answer in ["", "90"] {
        assert_eq!(
            send(&mut Script::new(&[answer]), &read()),
            Err(LinkError::CardLost)
        );
    }
    assert_eq!(
        send(&mut Script::new(&["6110"]), &read()),
        Err(LinkError::CardLost)
    );
}

#[test]
fn a_command_that_cannot_be_written_never_reaches_the_card() {
    let mut card = Script::new(&["9000"]);
    let fault = send(&mut card, &read().with_le(0)).unwrap_err();
    assert_eq!(fault, LinkError::Protocol { what: "command Le" });
    assert!(card.asked().is_empty());
}

#[test]
fn a_long_body_goes_in_a_chain_and_only_its_last_command_expects_data() {
    let mut card = Script::new(&["9000", "9000", "AA 9000"]);
    let command = Command::new(0x0C, 0x86, 0x00, 0x00)
        .with_data([1, 2, 3, 4, 5])
        .with_le(256);
    assert_eq!(send_chained(&mut card, &command, 2), Ok(Response::ok([0xAA])));
    assert_eq!(
        card.asked(),
        ["1C860000020102", "1C860000020304", "0C860000010500"]
    );
}

#[test]
fn a_body_that_fits_is_sent_as_it_is() {
    for command in [read(), read().with_data([1, 2])] {
        let mut card = Script::new(&["9000"]);
        assert_eq!(send_chained(&mut card, &command, 2), Ok(Response::ok([])));
        assert_eq!(card.asked, [command.to_bytes().unwrap()]);
    }
}

#[test]
fn a_refused_link_ends_the_chain() {
    let mut card = Script::new(&["9000", "6884", "9000"]);
    let command = Command::new(0x00, 0x86, 0x00, 0x00).with_data([1, 2, 3]);
    assert_eq!(
        send_chained(&mut card, &command, 1),
        Ok(Response::status(StatusWord::CHAINING))
    );
    assert_eq!(card.asked().len(), 2);
}

#[test]
fn the_rest_of_an_answer_on_a_further_channel_is_fetched_there() {
    assert_eq!(class_of_get_response(0x00), 0x00);
    assert_eq!(class_of_get_response(0x1F), 0x03);
    assert_eq!(class_of_get_response(0x80), 0x00);
    assert_eq!(class_of_get_response(0x65), 0x45);
}

proptest! {
    #[test]
    fn whatever_the_card_answers_the_exchange_ends(
        answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..40),
        block in 0_usize..4,
    ) {
        let mut card = Script { answers: answers.into_iter(), asked: Vec::new() };
        let command = read().with_data([1, 2, 3, 4, 5]);
        let _ = send(&mut card, &command);
        let _ = send_chained(&mut card, &command, block);
        prop_assert!(card.asked.len() <= 2 * 41 + 10);
    }

    #[test]
    fn a_chain_carries_the_body_in_order(body in prop::collection::vec(any::<u8>(), 0..2_000), block in 1_usize..300) {
        let mut received = Vec::new();
        let mut ended = false;
        let mut card = crate::Loopback::new(|bytes: &[u8]| {
            let command = Command::parse(bytes).unwrap();
            received.extend_from_slice(command.data());
            assert!(!ended, "nothing follows the last command");
            ended = command.cla() & 0x10 == 0;
            vec![0x90, 0x00]
        });
        let command = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(body.clone());
        prop_assert_eq!(send_chained(&mut card, &command, block), Ok(Response::ok([])));
        prop_assert!(ended);
        prop_assert_eq!(received, body);
    }
}
