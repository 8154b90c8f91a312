//! The card is pulled at every single command of an issuance, before and after it acted: the same command again ends
//! in the same card, or says to destroy it. There is no third way.

#![allow(clippy::indexing_slicing)]

mod common;

use antin::crypto::SecretBytes;
use antin::perso::run::{Advice, CardCondition, Cause};
use antin::scp03::KeySet;
use antin::{Door, Error, Journal, MemoryJournal, Patience, SoftCard, Verdict};
use common::{Counting, Cut, Pulled, Station, profile};

fn issue(
    station: &Station,
    card: &mut dyn antin::Transport,
    journal: &mut dyn Journal,
) -> Result<Verdict, Error> {
    let mut card = card;
    antin::issue(
        &mut card,
        &station.image,
        &station.trust,
        station.at,
        &antin::Door::Open,
        journal,
        &mut |_| {},
    )
    .map(|issued| issued.report.verdict)
}

fn commands_of_an_issuance(station: &Station) -> usize {
    let mut card = Counting::new(station.blank());
    assert_eq!(
        issue(station, &mut card, &mut MemoryJournal::new()),
        Ok(Verdict::Authentic)
    );
    card.commands.len()
}

fn pull_everywhere(station: &Station, cut: Cut) {
    let commands = commands_of_an_issuance(station);
    assert!(commands > 20, "an issuance has {commands} commands");
    for at in 0..commands {
        let mut card = station.blank();
        let mut journal = MemoryJournal::new();
        let torn = issue(station, &mut Pulled::new(&mut card, at, cut), &mut journal);
        let told = torn.expect_err("the card was pulled");
        assert_the_state_is_told(&told, &card, at, cut);
        card.reset();
        match issue(station, &mut card, &mut journal) {
            Ok(verdict) => assert_eq!(verdict, Verdict::Authentic, "pulled at {at}, {cut:?}"),
            Err(Error::Run(error)) => {
                assert_eq!(error.advice, Advice::Destroy, "pulled at {at}, {cut:?}: {error}");
            }
            Err(error) => panic!("pulled at {at}, {cut:?}: {error}"),
        }
    }
}

/// What the message says about the card is true.
fn assert_the_state_is_told(told: &Error, card: &SoftCard, at: usize, cut: Cut) {
    use antin::protocol::personalization::iso7816_9::LifeCycle;
    let finished = card.state().life_cycle() == LifeCycle::Operational;
    let untouched = card.state().files().next().is_none();
    match told {
        Error::Run(error) => match error.state {
            CardCondition::Blank => assert!(untouched && !finished, "pulled at {at}, {cut:?}: not blank"),
            CardCondition::HalfWritten => assert!(!finished, "pulled at {at}, {cut:?}: finished"),
            CardCondition::Finished => assert!(finished, "pulled at {at}, {cut:?}: not finished"),
            CardCondition::Unknown => {}
        },
        // The read-back was cut: the card had been finished before.
        Error::ReadBack(_) => assert!(
            finished,
            "pulled at {at}, {cut:?}: read back before it was finished"
        ),
        other => panic!("pulled at {at}, {cut:?}: {other}"),
    }
}

#[test]
fn pulled_before_the_card_acts() {
    pull_everywhere(
        &Station::new(profile("icao-passport", &[]), 21),
        Cut::BeforeTheCardActs,
    );
}

#[test]
fn pulled_after_the_card_acted() {
    pull_everywhere(
        &Station::new(profile("icao-passport", &[]), 22),
        Cut::AfterTheCardActed,
    );
}

#[test]
fn a_finished_card_is_not_written_again() {
    let station = Station::new(profile("icao-passport", &[]), 23);
    let mut card = station.issued();
    let refused = issue(&station, &mut card, &mut MemoryJournal::new()).expect_err("it is finished");
    let Error::Run(error) = refused else {
        panic!("{refused}")
    };
    assert_eq!(error.state, CardCondition::Finished);
}

#[test]
fn the_same_command_on_a_finished_card_with_its_journal_says_finished_again() {
    let station = Station::new(profile("icao-passport", &[]), 24);
    let mut card = station.blank();
    let mut journal = MemoryJournal::new();
    assert_eq!(issue(&station, &mut card, &mut journal), Ok(Verdict::Authentic));
    card.reset();
    assert_eq!(issue(&station, &mut card, &mut journal), Ok(Verdict::Authentic));
}

/// The command line makes keys and signature anew at each try, so the second try has another plan than the first.
#[test]
fn a_second_try_with_an_image_made_anew_ends_the_card_wherever_the_first_was_cut_off() {
    for name in ["icao-passport", "vn-cccd-2021"] {
        let first = Station::new(profile(name, &[]), 25);
        let commands = commands_of_an_issuance(&first);
        let second = Station {
            image: first.image_made_anew(25),
            ..first.clone()
        };
        // What follows the 44 of ACTIVATE is the read-back.
        for at in (0..commands)
            .step_by(5)
            .chain(commands.saturating_sub(60)..commands)
        {
            for cut in [Cut::BeforeTheCardActs, Cut::AfterTheCardActed] {
                let mut card = first.blank();
                let mut journal = MemoryJournal::new();
                let torn = issue(&first, &mut Pulled::new(&mut card, at, cut), &mut journal);
                torn.expect_err("the card was pulled");
                card.reset();
                let ended = issue(&second, &mut card, &mut journal);
                assert_eq!(ended, Ok(Verdict::Authentic), "{name} pulled at {at}, {cut:?}");
            }
        }
    }
}

/// The card that takes nothing but through SCP03, and the keys that open it.
struct Guarded {
    station: Station,
    keys: KeySet,
}

impl Guarded {
    fn new(seed: u64) -> Self {
        Self {
            station: Station::new(profile("icao-passport", &[]), seed),
            keys: KeySet::dangerous_test_keys(),
        }
    }

    fn blank(&self) -> SoftCard {
        SoftCard::blank(&self.station.profile, self.keys.clone()).patience(Patience::Skip)
    }

    fn issue(
        &self,
        card: &mut dyn antin::Transport,
        door: &Door<'_>,
        journal: &mut dyn Journal,
    ) -> Result<Verdict, Error> {
        let mut card = card;
        let Station { image, trust, at, .. } = &self.station;
        antin::issue(&mut card, image, trust, *at, door, journal, &mut |_| {})
            .map(|issued| issued.report.verdict)
    }
}

#[test]
fn a_blank_behind_scp03_is_pulled_anywhere_and_finished_by_the_same_command() {
    let guarded = Guarded::new(31);
    let door = Door::Scp03(&guarded.keys);
    let mut card = Counting::new(guarded.blank());
    let verdict = guarded.issue(&mut card, &door, &mut MemoryJournal::new());
    assert_eq!(verdict, Ok(Verdict::Authentic));
    let commands = card.commands.len();
    for at in 0..commands {
        for cut in [Cut::BeforeTheCardActs, Cut::AfterTheCardActed] {
            let mut card = guarded.blank();
            let mut journal = MemoryJournal::new();
            let torn = guarded.issue(&mut Pulled::new(&mut card, at, cut), &door, &mut journal);
            assert_the_state_is_told(&torn.expect_err("the card was pulled"), &card, at, cut);
            card.reset();
            let ended = guarded.issue(&mut card, &door, &mut journal);
            assert_eq!(ended, Ok(Verdict::Authentic), "pulled at {at}, {cut:?}");
        }
    }
}

#[test]
fn wrong_keys_are_shown_once_and_nothing_is_written() {
    let guarded = Guarded::new(32);
    let key = || SecretBytes::new(vec![7; 16]);
    let wrong = KeySet::new(1, key(), key(), key()).expect("three keys");
    let mut card = Counting::new(guarded.blank());
    let mut journal = MemoryJournal::new();
    let refused = guarded.issue(&mut card, &Door::Scp03(&wrong), &mut journal);
    let Err(Error::Run(error)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (error.state, error.advice),
        (CardCondition::Blank, Advice::CheckTheKeys)
    );
    assert_eq!(
        (card.count(0x50), card.count(0x82)),
        (1, 0),
        "no proof under wrong keys"
    );
    assert_eq!(journal.entries(), Ok(Vec::new()));
}

#[test]
fn without_keys_a_blank_behind_scp03_stays_blank() {
    let guarded = Guarded::new(33);
    let mut card = guarded.blank();
    let refused = guarded.issue(&mut card, &Door::Open, &mut MemoryJournal::new());
    assert!(matches!(refused, Err(Error::Run(error)) if error.cause == Cause::NeedsSecureChannel));
    assert!(card.state().files().next().is_none());
}

#[test]
fn a_card_that_is_exchanged_under_the_channel_is_found_at_once() {
    let guarded = Guarded::new(34);
    let door = Door::Scp03(&guarded.keys);
    let (mut first, mut second) = (guarded.blank(), guarded.blank());
    let mut seen = 0;
    let refused = {
        let mut exchanged = antin::wire::Loopback::new(|command: &[u8]| {
            seen += 1;
            let card = if seen <= 20 { &mut first } else { &mut second };
            card.answer(command).expect("it is kept in memory").0
        });
        guarded.issue(&mut exchanged, &door, &mut MemoryJournal::new())
    };
    assert!(matches!(refused, Err(Error::Run(error)) if matches!(error.cause, Cause::ChannelLost { .. })));
    assert_eq!(seen, 21);
    assert!(
        second.state().files().next().is_none(),
        "nothing was written to the other"
    );
}

#[test]
fn a_foreign_blank_of_the_jmrtd_applet_is_written_read_back_and_locked() {
    let station = Station::new(profile("jmrtd-applet", &[]), 41);
    let mut card = Counting::new(station.blank());
    // Active Authentication proves the chip.
    assert_eq!(
        issue(&station, &mut card, &mut MemoryJournal::new()),
        Ok(Verdict::Authentic)
    );
    let mut card = card.inner;
    card.reset();
    for refused in ["00E00000066304001001010A", "00DADEAD", "00D6000001AA"] {
        let bytes: Vec<u8> = (0..refused.len() / 2)
            .filter_map(|i| u8::from_str_radix(&refused[2 * i..2 * i + 2], 16).ok())
            .collect();
        let answer = card.answer(&bytes).expect("it is kept in memory").0;
        assert_eq!(answer, [0x69, 0x85], "{refused}");
    }
    let again = issue(&station, &mut card, &mut MemoryJournal::new());
    assert!(matches!(again, Err(Error::Run(error)) if error.cause == Cause::AlreadyOperational));
}

/// Such a card has no name and no life cycle to ask for: a passport of somebody else looks like a blank until it refuses.
#[test]
fn a_finished_passport_on_the_reader_is_no_blank_and_nobody_is_told_to_destroy_it() {
    let station = Station::new(profile("jmrtd-applet", &[]), 43);
    let mut foreign = Passport(Station::new(profile("icao-passport", &[]), 44).issued());
    let before = foreign.0.state().to_bytes();
    let mut journal = MemoryJournal::new();
    for _ in 0..2 {
        let refused = issue(&station, &mut foreign, &mut journal);
        let Err(Error::Run(error)) = refused else {
            panic!("{refused:?}");
        };
        assert!(matches!(error.cause, Cause::Refused { .. }), "{error}");
        assert_eq!(error.advice, Advice::UseAnotherBlank, "{error}");
        assert_ne!(error.state, CardCondition::HalfWritten, "{error}");
    }
    assert_eq!(foreign.0.state().to_bytes(), before);
}

/// A finished chip of another maker: it knows no CREATE FILE.
struct Passport(SoftCard);

impl antin::Transport for Passport {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, antin::LinkError> {
        match command {
            [_, 0xE0, ..] => Ok(vec![0x6D, 0x00]),
            _ => self.0.transmit(command),
        }
    }
}

#[test]
fn a_foreign_blank_is_pulled_anywhere_and_finished_by_the_same_command() {
    let station = Station::new(profile("jmrtd-applet", &[]), 42);
    let mut card = Counting::new(station.blank());
    issue(&station, &mut card, &mut MemoryJournal::new()).expect("it is issued");
    let anew = Station {
        image: station.image_made_anew(42),
        ..station.clone()
    };
    for at in 0..card.commands.len() {
        for cut in [Cut::BeforeTheCardActs, Cut::AfterTheCardActed] {
            for second in [&station, &anew] {
                let mut card = station.blank();
                let mut journal = MemoryJournal::new();
                let torn = issue(&station, &mut Pulled::new(&mut card, at, cut), &mut journal);
                assert_the_state_is_told(&torn.expect_err("the card was pulled"), &card, at, cut);
                card.reset();
                let ended = issue(second, &mut card, &mut journal);
                assert_eq!(ended, Ok(Verdict::Authentic), "pulled at {at}, {cut:?}");
            }
        }
    }
}
