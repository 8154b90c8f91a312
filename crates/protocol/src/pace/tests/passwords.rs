//! What the password's state, the rights asked for and a wrong password lead to.

use super::*;

/// Selects PACE with the CAN on a chip that says this about its passwords.
fn select(lookup: &Lookup) -> (Response, Option<chip::AwaitNonceRequest>) {
    let offered = [aes128_on(12)];
    let card = Card {
        offered: &offered,
        passwords: &|_| lookup.clone(),
        static_keys: &[],
        trust_points: &no_trust_points,
    };
    let sent = command(&hex("0022C1A40F800A04007F00070202040202830103"));
    match chip::Ready::select(&card, &sent) {
        Ok((told, next)) => (told, Some(next)),
        Err(sw) => (Response::status(sw), None),
    }
}

fn after_mse() -> terminal::AwaitMse {
    let parameters = Parameters::from_info(&aes128_on(12)).unwrap();
    let pin = Password::Pin(Pin::parse("123456").unwrap());
    terminal::start(&parameters, &pin, DomainReference::Omit)
        .unwrap()
        .1
}

#[test]
fn a_password_that_was_tried_is_told_with_a_warning_and_the_last_try_is_not_spent_by_itself() {
    let pin = Password::Pin(Pin::parse("123456").unwrap());
    let warned = |tries| Lookup::Warned(pin.clone(), StatusWord::with_tries_left(tries));
    let (told, next) = select(&warned(2));
    assert_eq!((told.sw, next.is_some()), (StatusWord(0x63C2), true));
    let (_, state) = after_mse().accept(&told).unwrap();
    assert_eq!(state.tries_left(), Some(2));
    let (told, _) = select(&warned(1));
    let refused = after_mse().accept(&told).unwrap_err();
    assert!(matches!(refused, Error::Refused { sw, .. } if sw.tries_left() == Some(1)));
    assert_eq!(
        after_mse().accept_last_try(&told).unwrap().1.tries_left(),
        Some(1)
    );
    for sw in [0x63C0, 0x6283, 0x6983, 0x6300] {
        let told = Response::status(StatusWord(sw));
        let refused = after_mse().accept_last_try(&told).unwrap_err();
        assert!(
            matches!(refused, Error::Refused { sw: seen, .. } if seen == told.sw),
            "{sw:04X}"
        );
    }
    let with_data = Response {
        data: vec![0],
        sw: StatusWord(0x63C2),
    };
    assert!(matches!(
        after_mse().accept(&with_data),
        Err(Error::Breach { .. })
    ));
}

#[test]
fn an_unusable_password_is_selected_with_a_warning_and_refused_before_the_nonce() {
    for (warning, refusal) in [(0x63C1, 0x6985), (0x63C0, 0x6983), (0x6283, 0x6984)] {
        let (warning, refusal) = (StatusWord(warning), StatusWord(refusal));
        let (told, next) = select(&Lookup::Unusable { warning, refusal });
        assert_eq!(told.sw, warning);
        let asked = command(&hex("10860000027C0000"));
        let end = next.unwrap().step(&asked, &mut random(1)).map(|_| ());
        assert_eq!(end, Err(refusal));
    }
    assert_eq!(select(&Lookup::Absent).0.sw, StatusWord::REF_DATA_NOT_FOUND);
}

#[test]
fn announced_rights_reach_the_chip_and_its_trust_points_the_terminal() {
    let chat = hex("7F4C0E06 0904007F00070301020 1530100");
    let chat = [&chat[..1], &chat[1..]].concat();
    let offered = [aes128_on(12)];
    let parameters = Parameters::from_info(&offered[0]).unwrap();
    let password = can("314159");
    let passwords = |_| Lookup::Usable(can("314159"));
    let trust_points = |announced: Option<&[u8]>| match announced {
        Some(announced) if announced == chat => Ok(vec![b"UTCVCA00002".to_vec(), b"UTCVCA00001".to_vec()]),
        Some(_) => Err(StatusWord::INCORRECT_PARAMETERS),
        None => Ok(Vec::new()),
    };
    let card = Card {
        offered: &offered,
        passwords: &passwords,
        static_keys: &[],
        trust_points: &trust_points,
    };
    let start = |chat: &[u8]| {
        terminal::start_for_terminal_authentication(&parameters, &password, DomainReference::Omit, chat)
    };
    let (mut ifd, mut ic) = (random(1), random(2));
    let (sent, at_ifd) = start(&chat).unwrap();
    let (told, at_ic) = chip::Ready::select(&card, &sent).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told, &mut ifd).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told, &mut ifd).unwrap();
    let (told, at_ic) = at_ic.step(&sent, &mut ic).unwrap();
    let (sent, at_ifd) = at_ifd.accept(&told).unwrap();
    let (told, _, at_chip) = at_ic.step(&sent).unwrap();
    assert_eq!(at_chip.chat, Some(chat.clone()));
    let (_, outcome) = at_ifd.accept(&told).unwrap();
    assert_eq!(outcome.car, [b"UTCVCA00002", b"UTCVCA00001"]);

    let mut other = chat.clone();
    *other.last_mut().unwrap() = 1;
    let (sent, _) = start(&other).unwrap();
    let refused = chip::Ready::select(&card, &sent).map(|_| ());
    assert_eq!(refused, Err(StatusWord::INCORRECT_PARAMETERS));
    for wrong in [&[][..], &[0x7F, 0x4C], &chat[1..], &[&chat[..], &[0]].concat()] {
        assert!(matches!(start(wrong), Err(Error::Misuse { .. })), "{wrong:02X?}");
    }
}

#[test]
fn a_wrong_password_is_refused_in_the_last_step() {
    let wrong = Meeting {
        terminal: can("314158"),
        ..meeting(&untouched)
    };
    assert_eq!(wrong.hold().unwrap_err(), End::Chip(StatusWord::AUTH_FAILED));
    let absent = Meeting {
        terminal: mrz("L898902C<369080619406236"),
        ..meeting(&untouched)
    };
    assert_eq!(
        absent.hold().unwrap_err(),
        End::Chip(StatusWord::REF_DATA_NOT_FOUND)
    );
}

#[test]
fn a_wrong_password_is_reported_with_its_step() {
    let between = |leg: usize, bytes: Vec<u8>| if leg == 9 { hex("6300") } else { bytes };
    let refused = Error::Refused {
        step: "PACE: mutual authentication",
        sw: StatusWord::AUTH_FAILED,
    };
    assert_eq!(meeting(&between).hold().unwrap_err(), End::Terminal(refused));
}
