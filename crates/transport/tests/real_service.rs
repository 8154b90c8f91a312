//! The whole way: terminal, PC/SC service, driver, socket, card. Each test has a service of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod common;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use antin_transport::{
    lab::Lab,
    pcsc::{Notice, Occupancy, Patience, Protocol, Readers},
    vpcd::Ended,
};
use antin_wire::{LinkError, Transport};
use common::{ATR, LONG, SELECT, in_lab, insert, insert_liar, rerun, start};

const OK: [u8; 2] = [0x90, 0x00];

#[test]
fn a_card_is_found_asked_and_left() {
    in_lab("a_card_is_found_asked_and_left", 2, |slots| {
        let toy = insert(&slots[1], |command| [command, &OK].concat());
        let readers = Readers::open().unwrap();
        let mut card = readers.wait_card(LONG).unwrap();
        assert_eq!((card.atr(), card.protocol()), (&ATR[..], Protocol::T1));
        assert_eq!(card.transmit(&SELECT), Ok([&SELECT[..], &OK].concat()));

        let listed = readers.list().unwrap();
        let names: Vec<_> = listed.iter().map(|reader| &reader.name).collect();
        assert_eq!(names, [&slots[0].reader, &slots[1].reader]);
        assert_eq!(listed[0].occupancy, Occupancy::Empty);
        assert_eq!(listed[1].occupancy, Occupancy::Card { atr: ATR.to_vec() });

        drop(card);
        assert_eq!(toy.pull(), Ended::Stopped);
    });
}

#[test]
fn sixteen_readers_work_side_by_side() {
    in_lab("sixteen_readers_work_side_by_side", 16, |slots| {
        let cards: Vec<_> = (0..16_u8)
            .map(|number| insert(&slots[usize::from(number)], move |_| vec![number, 0x90, 0x00]))
            .collect();
        let readers = Readers::open().unwrap();
        for (number, slot) in (0..16_u8).zip(slots) {
            let mut card = readers.wait_card_in(&slot.reader, LONG).unwrap();
            assert_eq!(card.transmit(&SELECT), Ok(vec![number, 0x90, 0x00]));
        }
        assert!(cards.into_iter().all(|card| card.pull() == Ended::Stopped));
    });
}

#[test]
fn the_longest_command_and_the_longest_answer_pass_and_a_longer_command_is_refused() {
    in_lab(
        "the_longest_command_and_the_longest_answer_pass_and_a_longer_command_is_refused",
        1,
        |slots| {
            let toy = insert(&slots[0], |command| vec![0x5A; command.len()]);
            let mut card = Readers::open().unwrap().wait_card(LONG).unwrap();
            assert_eq!(
                card.transmit(&vec![0x00; 65_535]).map(|answer| answer.len()),
                Ok(65_535)
            );
            let refused = card.transmit(&vec![0x00; 65_536]);
            assert_eq!(
                refused,
                Err(LinkError::Protocol {
                    what: "command longer than 65,535 bytes"
                })
            );
            assert_eq!(
                card.transmit(&SELECT),
                Ok(vec![0x5A; 4]),
                "the card is still there"
            );
            drop(card);
            toy.pull();
        },
    );
}

#[test]
fn a_card_pulled_in_mid_command_is_lost_for_good_even_when_one_is_back() {
    in_lab(
        "a_card_pulled_in_mid_command_is_lost_for_good_even_when_one_is_back",
        1,
        |slots| {
            let toy = insert(&slots[0], |_| Vec::new());
            let readers = Readers::open().unwrap();
            let mut card = readers.wait_card(LONG).unwrap();
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost));
            assert_eq!(toy.wait(), Ended::CardLeft);

            let other = insert(&slots[0], |_| OK.to_vec());
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost));
            assert!(card.is_lost());
            thread::sleep(antin_transport::vpcd::STAY_OUT);
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost));
            drop(card);
            let mut again = readers.wait_card(LONG).unwrap();
            assert_eq!(
                again.transmit(&SELECT),
                Ok(OK.to_vec()),
                "a new connection is a new card"
            );
            drop(again);
            other.pull();
        },
    );
}

#[test]
fn an_answer_cut_short_is_a_lost_card() {
    in_lab("an_answer_cut_short_is_a_lost_card", 2, |slots| {
        let readers = Readers::open().unwrap();
        // A whole frame of one byte; nothing at all.
        for (slot, bytes) in slots.iter().zip([&[0x00, 0x01, 0x90][..], &[]]) {
            let liar = insert_liar(slot, bytes);
            let mut card = readers.wait_card_in(&slot.reader, LONG).unwrap();
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost), "{bytes:02X?}");
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost));
            liar.join().unwrap();
        }
    });
}

#[test]
fn a_card_that_hangs_is_noticed_given_up_and_then_lost() {
    in_lab(
        "a_card_that_hangs_is_noticed_given_up_and_then_lost",
        1,
        |slots| {
            let hang = Arc::new(AtomicBool::new(true));
            let hanging = Arc::clone(&hang);
            let toy = insert(&slots[0], move |_| {
                while hanging.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(10));
                }
                OK.to_vec()
            });
            let heard = Arc::new(Mutex::new(Vec::new()));
            let ears = Arc::clone(&heard);
            let deadline = Duration::from_millis(700);
            let patience = Patience::default()
                .with_deadline(deadline)
                .notice_after(Duration::from_millis(200))
                .on_notice(move |notice| ears.lock().unwrap().push(notice));
            let mut card = Readers::open()
                .unwrap()
                .with_patience(patience)
                .wait_card(LONG)
                .unwrap();
            heard.lock().unwrap().clear(); // connecting may have taken long, too
            assert_eq!(
                card.transmit(&SELECT),
                Err(LinkError::TimedOut { after: deadline })
            );
            assert_eq!(card.transmit(&SELECT), Err(LinkError::CardLost));
            let heard = heard.lock().unwrap();
            assert!(matches!(heard[..], [Notice::SlowChip { .. }]), "{heard:?}");
            drop(card); // does not wait for the card
            hang.store(false, Ordering::Relaxed);
            toy.pull();
        },
    );
}

#[test]
fn a_user_who_stops_is_not_kept_waiting() {
    in_lab("a_user_who_stops_is_not_kept_waiting", 1, |slots| {
        let stop = Arc::new(AtomicBool::new(false));
        let readers = Readers::open()
            .unwrap()
            .with_patience(Patience::default().stop_when(Arc::clone(&stop)));
        let ask = Arc::clone(&stop);
        let toy = insert(&slots[0], move |_| {
            ask.store(true, Ordering::Relaxed);
            thread::sleep(Duration::from_secs(2));
            OK.to_vec()
        });
        let mut card = readers.wait_card(LONG).unwrap();
        assert_eq!(card.transmit(&SELECT), Err(LinkError::Interrupted));
        assert_eq!(readers.wait_card(LONG).map(|_| ()), Err(LinkError::Interrupted));
        drop(card);
        toy.pull();
    });
}

#[test]
fn waiting_tells_no_card_from_a_card_that_comes() {
    in_lab("waiting_tells_no_card_from_a_card_that_comes", 1, |slots| {
        let readers = Readers::open().unwrap();
        let short = Duration::from_millis(300);
        assert_eq!(readers.wait_card(short).map(|_| ()), Err(LinkError::NoCard));
        assert_eq!(
            readers.connect(&slots[0].reader).map(|_| ()),
            Err(LinkError::NoCard)
        );
        assert_eq!(
            readers.wait_card_in("no such reader", short).map(|_| ()),
            Err(LinkError::NoReader)
        );
        assert_eq!(
            readers.connect("no such reader").map(|_| ()),
            Err(LinkError::NoReader)
        );
        assert_eq!(
            readers.find("antin LAB"),
            Err(LinkError::NoReader),
            "the driver always brings two"
        );

        let slot = slots[0].clone();
        let later = thread::spawn(move || {
            thread::sleep(Duration::from_millis(500));
            insert(&slot, |_| OK.to_vec())
        });
        let mut card = readers.wait_card(LONG).unwrap();
        assert_eq!(card.transmit(&SELECT), Ok(OK.to_vec()));
        drop(card);
        later.join().unwrap().pull();
    });
}

#[test]
fn a_dropped_card_is_left_as_it_is_and_the_next_connection_finds_a_fresh_one() {
    in_lab(
        "a_dropped_card_is_left_as_it_is_and_the_next_connection_finds_a_fresh_one",
        1,
        |slots| {
            let toy = insert(&slots[0], |_| OK.to_vec());
            let readers = Readers::open().unwrap();
            let mut card = readers.wait_card(LONG).unwrap();
            assert_eq!(card.transmit(&SELECT), Ok(OK.to_vec()));
            let before = toy.events();
            drop(card);
            assert_eq!(toy.events(), before, "leaving does nothing to the card");
            let mut again = readers.connect(&slots[0].reader).unwrap();
            assert_eq!(again.transmit(&SELECT), Ok(OK.to_vec()));
            assert_eq!(
                toy.events().last(),
                Some(&antin_transport::vpcd::Event::Reset),
                "a new connection begins with a chip that has no session"
            );
            drop(again);
            toy.pull();
        },
    );
}

/// The inside of the next test: the service is gone.
#[test]
fn without_a_service_there_is_none() {
    if antin_transport::lab::surrounding().is_some() {
        assert_eq!(Readers::open().map(|_| ()), Err(LinkError::NoService));
    }
}

#[test]
fn a_service_that_crashes_takes_no_other_with_it() {
    let (Some(mut doomed), Some(mut other)) = (start(1), start(2)) else {
        return;
    };
    assert!(doomed.is_running());
    doomed.dangerous_crash();
    assert!(!doomed.is_running());
    assert!(rerun(&doomed, "without_a_service_there_is_none").success());
    assert!(other.is_running());
    drop(doomed);
    assert!(rerun(&other, "a_card_is_found_asked_and_left").success());
}

#[test]
fn a_lab_that_cannot_be_is_refused_and_a_stopped_one_leaves_nothing() {
    let Some(lab) = start(3) else { return };
    assert_eq!(lab.slots().len(), 3);
    let (_, socket) = lab.environment()[0].clone();
    let directory = std::path::Path::new(&socket).parent().unwrap().to_owned();
    assert!(directory.join("conf").exists());
    let started = Instant::now();
    drop(lab);
    assert!(!directory.exists(), "after {:?}", started.elapsed());
    assert!(Lab::start(0).is_err());
    assert!(Lab::start(17).is_err());
}

/// The inside of the next test: holds a lab, says where, and dies without any farewell.
#[test]
fn a_holder_that_dies() {
    let Ok(note) = std::env::var("ANTIN_TEST_NOTE") else {
        return;
    };
    let Some(lab) = start(1) else { return };
    let (_, socket) = lab.environment()[0].clone();
    std::fs::write(note, socket.to_str().unwrap()).unwrap();
    std::process::abort();
}

#[test]
fn a_lab_ends_with_its_holder_even_when_that_is_killed() {
    let Some(lab) = start(1) else { return };
    let (_, socket) = lab.environment()[0].clone();
    let note = std::path::Path::new(&socket).with_file_name("note");
    let me = std::env::current_exe().unwrap();
    let mut holder = std::process::Command::new(me);
    holder
        .args(["a_holder_that_dies", "--exact"])
        .env("ANTIN_TEST_NOTE", &note);
    assert!(!holder.output().unwrap().status.success());

    let orphan = std::path::PathBuf::from(std::fs::read_to_string(note).unwrap());
    let started = Instant::now();
    while orphan.exists() && started.elapsed() < LONG {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!orphan.parent().unwrap().exists(), "its files are removed");
    assert!(
        std::os::unix::net::UnixStream::connect(&orphan).is_err(),
        "and nobody listens"
    );
}
