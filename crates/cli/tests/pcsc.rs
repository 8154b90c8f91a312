//! Over the real stack: each test has a private PC/SC service, the card is one process, the terminal another, and either
//! may be killed at any moment.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use std::process::Command;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use antin::protocol::personalization::iso7816_9::LifeCycle;
use antin::transport::lab::Lab;
use antin::{CardState, ElementaryFile};
use common::{ANTIN, Place, Ran, Running, can_of};

/// The virtual reader of Debian's driver needs this long to notice that a card has gone.
const STAY_OUT: Duration = Duration::from_millis(1_200);

/// Two services at once would only slow each other down.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A service with one reader, and a folder with keys and records.
struct Counter {
    lab: Lab,
    place: Place,
    _turn: MutexGuard<'static, ()>,
}

impl Counter {
    /// `None`, said loudly, where the service is not installed; `ANTIN_STRICT=1` makes that a failure.
    fn open() -> Option<Self> {
        if let Err(missing) = Lab::availability() {
            assert!(
                std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
                "ANTIN_STRICT: {missing}"
            );
            println!("SKIPPED: {missing}");
            return None;
        }
        // A test that failed has dropped its service all the same.
        let turn = ONE_AT_A_TIME
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = Place::with_keys_and_records();
        place.write("can", can_of(&place.record()));
        Some(Self {
            lab: Lab::start(1).unwrap(),
            place,
            _turn: turn,
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(ANTIN);
        self.place.settle(&mut command);
        command.envs(self.lab.environment());
        command
    }

    fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        common::finish(self.command().args(arguments))
    }

    /// Lays a card on the reader: a blank if there is no such file yet.
    fn lay_down(&self, card: &str) -> Running {
        self.lay_down_a("vn-cccd-2021", card)
    }

    /// The same for a card of any profile.
    fn lay_down_a(&self, profile: &str, card: &str) -> Running {
        let address = self.lab.slots()[0].address();
        let mut command = self.command();
        command.args([
            "emulate",
            "--card",
            card,
            "--allow-test-keys",
            "--blank",
            profile,
            "--vpcd",
            &address,
            "--jsonl",
        ]);
        let mut emulator = Running::start(&mut command);
        // Its first line says that the card lies there.
        emulator.hear(1);
        emulator
    }

    /// The issue of the first citizen's card, with its journal.
    fn issue(&self, journal: &str) -> Command {
        self.issue_a("vn-cccd-2021", "pki", journal)
    }

    /// The same for a card of any profile.
    fn issue_a(&self, profile: &str, signer: &str, journal: &str) -> Command {
        let mut command = self.command();
        let record = self.place.record_name();
        command.args([
            "issue",
            "--allow-test-keys",
            "--profile",
            profile,
            "--signer",
            signer,
            "--record",
            &record,
        ]);
        command.args([
            "--reader",
            "00 00",
            "--journal",
            journal,
            "--wait",
            "20",
            "--jsonl",
        ]);
        command
    }

    fn verify(&self) -> Ran {
        self.run([
            "verify",
            "--can-file",
            "can",
            "--trust",
            "pki/trust",
            "--wait",
            "20",
        ])
    }

    fn state(&self, card: &str) -> CardState {
        CardState::from_bytes(&self.place.bytes(card)).expect("a card file is whole at any moment")
    }
}

/// Takes a card off the reader and waits until the reader has noticed.
fn take_off(emulator: Running, signal: &str) -> Ran {
    emulator.signal(signal);
    let ran = emulator.end();
    std::thread::sleep(STAY_OUT);
    ran
}

#[test]
fn the_whole_chain_over_pcsc() {
    let Some(counter) = Counter::open() else { return };
    counter.run(["readers"]).exits(0).prints("antin").prints("empty");
    counter
        .run(["verify", "--can-file", "can", "--wait", "1"])
        .exits(3)
        .says("E103");
    counter
        .run(["verify", "--can-file", "can", "--reader", "nobody"])
        .exits(3)
        .says("E102")
        .says("antin lab 1 00 00");

    let emulator = counter.lay_down("card.chip");
    let listed = counter.run(["readers", "--json"]).exits(0).json();
    assert_eq!(listed["readers"][0]["state"], "card");

    let issued = common::finish(&mut counter.issue("j")).exits(0);
    assert_eq!(issued.json()["read_back"], "authentic");
    counter
        .run(["read", "--can-file", "can", "--to", "dump", "--reader", "1"])
        .exits(0);
    counter.verify().exits(0).prints("AUTHENTIC");
    counter
        .run(["verify", "--can-file", "can", "--trust", "pki/trust", "--trace"])
        .exits(0)
        .says("READ BINARY");
    counter
        .place
        .run(["verify", "dump", "--trust", "pki/trust"])
        .exits(13);

    // The same command on a finished card, without the journal that finished it.
    common::finish(&mut counter.issue("another"))
        .exits(20)
        .says("I504")
        .says("nothing was written");
    assert!(
        !counter.place.path("another").exists(),
        "a journal of nothing is cleared away"
    );

    counter.place.write("wrong", "000000");
    counter
        .run(["verify", "--can-file", "wrong"])
        .exits(4)
        .says("A201");

    let left = take_off(emulator, "INT").exits(0);
    assert_eq!(left.json()["ended"], "stopped");
    counter.run(["readers"]).exits(0).prints("empty");
    assert_eq!(counter.state("card.chip").life_cycle(), LifeCycle::Operational);
}

#[test]
fn a_foreign_blank_is_written_locked_and_proves_itself_over_pcsc() {
    let Some(counter) = Counter::open() else { return };
    // The signer is of the country that the profile names.
    counter
        .run(["pki", "demo", "--country", "UT", "--out", "utopia"])
        .exits(0);
    let emulator = counter.lay_down_a("jmrtd-applet", "passport.chip");
    let issue = |journal| common::finish(&mut counter.issue_a("jmrtd-applet", "utopia", journal));
    let issued = issue("j").exits(0);
    assert_eq!(issued.json()["read_back"], "authentic");
    let dg1 = counter.state("passport.chip");
    let dg1 = dg1.file(ElementaryFile::DG1).expect("it was written");
    counter.place.write("mrz", common::mrz_of_passport(dg1));
    let verified = counter.run([
        "verify",
        "--mrz-file",
        "mrz",
        "--trust",
        "utopia/trust",
        "--wait",
        "20",
        "--json",
    ]);
    let report = verified.exits(0).json();
    assert_eq!(report["access"]["method"], "bac");
    let active = report["checks"].as_array().unwrap().iter();
    let mut active = active.filter(|check| check["id"] == "active-authentication");
    assert_eq!(active.next().unwrap()["result"], "successful");
    issue("another").exits(20).says("I504");
    take_off(emulator, "INT");
    assert_eq!(
        counter.state("passport.chip").life_cycle(),
        LifeCycle::Operational
    );
}

#[test]
fn waiting_for_a_card_ends_when_it_is_interrupted() {
    let Some(counter) = Counter::open() else { return };
    let mut command = counter.command();
    let waiting = Running::start(command.args(["verify", "--can-file", "can", "--wait", "60", "--jsonl"]));
    std::thread::sleep(Duration::from_secs(1));
    let started = Instant::now();
    waiting.signal("INT");
    waiting.end().exits(130).says("X130");
    assert!(started.elapsed() < Duration::from_secs(5), "at once");
}

#[test]
fn a_card_that_leaves_while_it_is_read_exits_5_or_is_judged_by_what_was_read() {
    let Some(counter) = Counter::open() else { return };
    let emulator = counter.lay_down("card.chip");
    common::finish(&mut counter.issue("j")).exits(0);
    take_off(emulator, "INT");
    let mut lost = 0;
    for lines in [1, 3, 6, 9] {
        let emulator = counter.lay_down("card.chip");
        let mut command = counter.command();
        command.args([
            "verify",
            "--can-file",
            "can",
            "--trust",
            "pki/trust",
            "--wait",
            "20",
            "--jsonl",
        ]);
        let mut verify = Running::start(&mut command);
        verify.hear(lines);
        take_off(emulator, "KILL");
        let ran = verify.end();
        assert!(
            [0, 5, 14].contains(&ran.exit),
            "{lines}: exit {}\n{}\n{}",
            ran.exit,
            ran.out,
            ran.err
        );
        let result = ran.json();
        assert_eq!(result["exit"], ran.exit, "the last line says the same");
        lost += i32::from(ran.exit == 5);
        if ran.exit != 0 {
            assert!(
                ran.err.contains("L30"),
                "{lines}: the loss is named:\n{}",
                ran.err
            );
        }
    }
    assert!(lost > 0, "the kills came too late to prove anything");
}

#[test]
fn a_card_killed_at_any_moment_of_an_issue_is_whole_and_can_be_finished() {
    let Some(counter) = Counter::open() else { return };
    let mut broken_off = 0;
    for lines in [1, 4, 18, 35, 53] {
        let (card, journal) = (format!("card-{lines}.chip"), format!("journal-{lines}"));
        let emulator = counter.lay_down(&card);
        let mut issue = Running::start(&mut counter.issue(&journal));
        issue.hear(lines);
        take_off(emulator, "KILL");
        let ran = issue.end();
        broken_off += i32::from(ran.exit != 0);
        names_the_state(&ran, &counter.state(&card), lines);

        let emulator = counter.lay_down(&card);
        common::finish(&mut counter.issue(&journal)).exits(0);
        counter.verify().exits(0);
        take_off(emulator, "INT");
    }
    assert!(broken_off >= 3, "the kills came too late to prove anything");
}

/// The message of an issue that broke off agrees with the card.
fn names_the_state(ran: &Ran, card: &CardState, lines: usize) {
    let context = format!(
        "{lines} lines: exit {}, card {:?}\n{}",
        ran.exit,
        card.life_cycle(),
        ran.err
    );
    match ran.exit {
        0 => assert_eq!(card.life_cycle(), LifeCycle::Operational, "{context}"),
        5 => {
            assert!(ran.err.contains("I505"), "{context}");
            assert_eq!(card.life_cycle(), LifeCycle::Operational, "{context}");
        }
        20 => {
            assert!(ran.err.contains("blank"), "{context}");
            assert_eq!(card.life_cycle(), LifeCycle::Creation, "{context}");
        }
        21 => assert!(
            ran.err.contains("half-written") || ran.err.contains("unknown"),
            "{context}"
        ),
        _ => panic!("{context}"),
    }
}

#[test]
fn an_issue_killed_or_interrupted_is_finished_by_the_same_command() {
    let Some(counter) = Counter::open() else { return };
    for (lines, signal) in [(1, "KILL"), (12, "KILL"), (45, "KILL"), (12, "INT"), (45, "INT")] {
        let (card, journal) = (
            format!("card-{lines}-{signal}.chip"),
            format!("journal-{lines}-{signal}"),
        );
        let emulator = counter.lay_down(&card);
        let mut issue = Running::start(&mut counter.issue(&journal));
        issue.hear(lines);
        issue.signal(signal);
        let ran = issue.end();
        if signal == "INT" && ran.exit != 0 {
            let ran = ran.exits(130).says("X130");
            assert_eq!(ran.json()["facts"]["state"], "half-written");
        }
        common::finish(&mut counter.issue(&journal)).exits(0);
        counter.verify().exits(0);
        take_off(emulator, "INT");
        assert_eq!(counter.state(&card).life_cycle(), LifeCycle::Operational);
    }
}

#[test]
fn a_card_taken_away_by_its_holder_is_lost_quickly_and_another_card_is_not_mistaken_for_it() {
    let Some(counter) = Counter::open() else { return };
    let emulator = counter.lay_down("first.chip");
    let mut issue = Running::start(&mut counter.issue("j"));
    issue.hear(20);
    let started = Instant::now();
    emulator.signal("INT");
    emulator.end();
    let ran = issue.end();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "a lost card is noticed soon"
    );
    if ran.exit == 0 {
        println!("the issue was faster than the hand");
        return;
    }
    let ran = ran.exits(21).says("I502").says("half-written");
    assert_eq!(ran.json()["facts"]["state"], "half-written");
    std::thread::sleep(STAY_OUT);

    let other = counter.lay_down("second.chip");
    common::finish(&mut counter.issue("j")).exits(6).says("M406");
    take_off(other, "INT");
    assert_eq!(counter.state("second.chip").life_cycle(), LifeCycle::Creation);

    let emulator = counter.lay_down("first.chip");
    common::finish(&mut counter.issue("j")).exits(0);
    counter.verify().exits(0);
    take_off(emulator, "INT");
}
