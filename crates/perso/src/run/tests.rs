use antin_crypto::scripted::ScriptedRng;

use antin_protocol::scp03::KeySet;

use super::*;
use crate::MemoryJournal;
use crate::journal::JournalError;
use crate::testing::{FakeCard, Habit, Image, Link, Pulled, sample_plan};

/// A journal on a medium that forgets at a power cut what was not synced.
#[derive(Default)]
struct Medium {
    entries: Vec<Entry>,
    synced: usize,
    full: bool,
}

impl Medium {
    fn power_cut(&mut self) {
        self.entries.truncate(self.synced);
    }
}

impl Journal for Medium {
    fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        Ok(self.entries.clone())
    }

    fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        if self.full {
            return Err(JournalError::NotWritten {
                why: "no space".to_owned(),
            });
        }
        self.entries.push(entry.clone());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.synced = self.entries.len();
        Ok(())
    }
}

/// A development blank draws nothing.
fn no_randomness() -> ScriptedRng {
    ScriptedRng::dangerous_new(Vec::new())
}

fn carry_out(
    card: &mut FakeCard,
    plan: &Plan,
    journal: &mut dyn Journal,
    pulled: Pulled,
) -> Result<Receipt, RunError> {
    run(
        &mut Link::new(card, pulled),
        plan,
        &Door::Open,
        journal,
        &mut |_| {},
        &mut no_randomness(),
    )
}

/// What a run without any trouble leaves, and how many commands it takes.
fn undisturbed(plan: &Plan) -> (Image, Receipt, usize) {
    let mut card = FakeCard::new(1);
    let mut link = Link::new(&mut card, Pulled::Never);
    let receipt = run(
        &mut link,
        plan,
        &Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
        &mut no_randomness(),
    )
    .unwrap();
    let sent = link.sent;
    assert_eq!(card.state, LifeCycle::Operational);
    (card.image, receipt, sent)
}

#[test]
fn a_run_without_trouble_ends_with_a_receipt_without_personal_data() {
    let plan = sample_plan(1);
    let (_, receipt, sent) = undisturbed(&plan);
    assert_eq!(sent, plan.command_count());
    assert_eq!(receipt.serial, "0101010101010101");
    assert_eq!(receipt.plan, hex::encode(plan.hash()));
    assert_eq!(
        (receipt.read_back, receipt.completion),
        (ReadBack::Matched, Completion::Confirmed)
    );
    assert_eq!(receipt.files.len(), 9);
    let json = serde_json::to_string(&receipt).unwrap();
    assert!(!json.contains("000017") && !json.contains("185000017"));
    assert_eq!(serde_json::from_str::<Receipt>(&json).unwrap(), receipt);
}

#[test]
fn a_card_pulled_at_any_command_is_finished_by_the_same_run_again() {
    let plan = sample_plan(1);
    let (image, receipt, sent) = undisturbed(&plan);
    for number in 0..sent {
        for pulled in [Pulled::Before(number), Pulled::After(number)] {
            let (mut card, mut journal) = (FakeCard::new(1), MemoryJournal::new());
            let error = carry_out(&mut card, &plan, &mut journal, pulled).unwrap_err();
            assert_eq!(error.advice, Advice::RunAgain, "{pulled:?}: {error}");
            let touched = !card.image.files.is_empty();
            match error.state {
                CardCondition::Blank => assert!(!touched, "{pulled:?}"),
                CardCondition::HalfWritten => assert_eq!(card.state, LifeCycle::Creation, "{pulled:?}"),
                CardCondition::Unknown => assert_eq!(number, sent - 1, "{pulled:?}"),
                CardCondition::Finished => panic!("{pulled:?}: a lost answer is no proof"),
            }
            let again = carry_out(&mut card, &plan, &mut journal, Pulled::Never).unwrap();
            assert_eq!(
                (card.state, &card.image),
                (LifeCycle::Operational, &image),
                "{pulled:?}"
            );
            let completion = if pulled == Pulled::After(sent - 1) {
                Completion::Inferred
            } else {
                Completion::Confirmed
            };
            assert_eq!(
                again,
                Receipt {
                    completion,
                    ..receipt.clone()
                },
                "{pulled:?}"
            );
        }
    }
}

#[test]
fn a_card_pulled_twice_and_a_journal_that_lost_its_last_lines_are_no_obstacle() {
    let plan = sample_plan(1);
    let (image, _, sent) = undisturbed(&plan);
    for first in (0..sent).step_by(3) {
        for second in (0..sent).step_by(7) {
            let (mut card, mut journal) = (FakeCard::new(1), Medium::default());
            carry_out(&mut card, &plan, &mut journal, Pulled::After(first)).unwrap_err();
            journal.power_cut();
            // The second run may be shorter than the place of the second cut.
            let _ = carry_out(&mut card, &plan, &mut journal, Pulled::Before(second));
            journal.power_cut();
            carry_out(&mut card, &plan, &mut journal, Pulled::Never)
                .unwrap_or_else(|e| panic!("pulled at {first} and {second}: {e}"));
            assert_eq!(
                (card.state, &card.image),
                (LifeCycle::Operational, &image),
                "{first}, {second}"
            );
        }
    }
}

#[test]
fn a_new_plan_for_the_same_chip_replaces_what_the_old_one_left() {
    let (old, new) = (sample_plan(1), sample_plan(2));
    let (image, receipt, _) = undisturbed(&new);
    let (_, old_receipt, sent) = undisturbed(&old);
    for number in 0..sent {
        for pulled in [Pulled::Before(number), Pulled::After(number)] {
            let (mut card, mut journal) = (FakeCard::new(1), MemoryJournal::new());
            carry_out(&mut card, &old, &mut journal, pulled).unwrap_err();
            let again = carry_out(&mut card, &new, &mut journal, Pulled::Never).unwrap();
            if pulled == Pulled::After(sent - 1) {
                // The old plan had come to its end: the receipt is that of the card that lies there.
                assert_eq!(
                    again,
                    Receipt {
                        completion: Completion::Inferred,
                        ..old_receipt.clone()
                    }
                );
            } else {
                assert_eq!(again, receipt, "{pulled:?}");
                assert_eq!(card.image, image, "{pulled:?}");
            }
        }
    }
}

#[test]
fn a_lost_journal_does_not_lose_the_card() {
    let (old, new) = (sample_plan(1), sample_plan(2));
    let (image, _, sent) = undisturbed(&new);
    let mut card = FakeCard::new(1);
    carry_out(
        &mut card,
        &old,
        &mut MemoryJournal::new(),
        Pulled::Before(sent - 2),
    )
    .unwrap_err();
    carry_out(&mut card, &new, &mut MemoryJournal::new(), Pulled::Never).unwrap();
    assert_eq!(card.image, image);
}

#[test]
fn what_is_on_the_card_is_not_written_again() {
    let plan = sample_plan(1);
    let (_, _, sent) = undisturbed(&plan);
    let (mut card, mut journal) = (FakeCard::new(1), MemoryJournal::new());
    carry_out(&mut card, &plan, &mut journal, Pulled::Before(sent - 1)).unwrap_err();
    let mut events = Vec::new();
    run(
        &mut Link::new(&mut card, Pulled::Never),
        &plan,
        &Door::Open,
        &mut journal,
        &mut |e| events.push(e),
        &mut no_randomness(),
    )
    .unwrap();
    assert!(events.iter().any(|e| matches!(e, Event::Resumed { .. })));
    let wrote = |e: &Event| matches!(e, Event::Step { what, .. } if what.starts_with("write") || what.starts_with("create"));
    assert!(!events.iter().any(wrote), "{events:?}");
    assert_eq!(events.last(), Some(&Event::Finished));
}

#[test]
fn another_card_than_that_of_the_journal_is_left_alone() {
    let plan = sample_plan(1);
    let (mut card, mut other, mut journal) = (FakeCard::new(1), FakeCard::new(2), MemoryJournal::new());
    carry_out(&mut card, &plan, &mut journal, Pulled::After(20)).unwrap_err();
    let error = carry_out(&mut other, &plan, &mut journal, Pulled::Never).unwrap_err();
    let cause = Cause::OtherCard {
        expected: "0101010101010101".to_owned(),
        found: "0202020202020202".to_owned(),
    };
    assert_eq!(
        (error.cause, error.advice),
        (cause, Advice::UseTheCardOfTheJournal)
    );
    assert_eq!(other.image, Image::default());
}

#[test]
fn a_card_exchanged_during_the_run_is_not_activated() {
    let plan = sample_plan(1);
    let (_, _, sent) = undisturbed(&plan);
    let mut card = FakeCard::new(1);
    let mut twin = card.clone();
    carry_out(
        &mut twin,
        &plan,
        &mut MemoryJournal::new(),
        Pulled::Before(sent - 2),
    )
    .unwrap_err();
    twin.serial = [9; 8];
    let mut link = Link::new(&mut card, Pulled::Never);
    link.exchange_at = Some((sent - 2, twin));
    let error = run(
        &mut link,
        &plan,
        &Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
        &mut no_randomness(),
    )
    .unwrap_err();
    assert!(
        matches!(&error.cause, Cause::Exchanged { found, .. } if found == "0909090909090909"),
        "{error}"
    );
    assert_eq!(
        (error.state, error.advice),
        (CardCondition::HalfWritten, Advice::Destroy)
    );
    assert_eq!(card.state, LifeCycle::Creation);
}

#[test]
fn a_finished_card_is_finished_for_its_journal_and_none_of_ours_for_another() {
    let plan = sample_plan(1);
    let (mut card, mut journal) = (FakeCard::new(1), MemoryJournal::new());
    let receipt = carry_out(&mut card, &plan, &mut journal, Pulled::Never).unwrap();
    assert_eq!(
        carry_out(&mut card, &plan, &mut journal, Pulled::Never),
        Ok(receipt)
    );
    let error = carry_out(&mut card, &plan, &mut MemoryJournal::new(), Pulled::Never).unwrap_err();
    assert_eq!(
        (error.cause, error.state),
        (Cause::AlreadyOperational, CardCondition::Finished)
    );
    assert_eq!(error.advice, Advice::UseAnotherBlank);
    let mut begun = MemoryJournal::new();
    carry_out(&mut FakeCard::new(3), &plan, &mut begun, Pulled::After(9)).unwrap_err();
    let error = carry_out(&mut card, &plan, &mut begun, Pulled::Never).unwrap_err();
    assert_eq!(
        (error.cause, error.advice),
        (Cause::AlreadyOperational, Advice::UseTheCardOfTheJournal)
    );
}

#[test]
fn a_journal_that_calls_a_blank_finished_is_not_believed() {
    let plan = sample_plan(1);
    let mut journal = MemoryJournal::new();
    carry_out(&mut FakeCard::new(1), &plan, &mut journal, Pulled::Never).unwrap();
    let error = carry_out(&mut FakeCard::new(1), &plan, &mut journal, Pulled::Never).unwrap_err();
    assert_eq!(
        (error.cause, error.advice),
        (Cause::NotActivated, Advice::CheckTheJournal)
    );
}

#[test]
fn a_card_that_keeps_other_bytes_than_it_got_is_not_activated() {
    let mut card = FakeCard::with(1, Habit::ForgetsAByte);
    let error = carry_out(
        &mut card,
        &sample_plan(1),
        &mut MemoryJournal::new(),
        Pulled::Never,
    )
    .unwrap_err();
    let cause = Cause::ReadBackDiffers {
        file: "EF.CardAccess".to_owned(),
        at: 3,
    };
    assert_eq!((error.cause, error.advice), (cause, Advice::Destroy));
    assert_eq!(
        (error.state, card.state),
        (CardCondition::HalfWritten, LifeCycle::Creation)
    );
}

#[test]
fn a_chip_that_is_not_read_before_activation_is_finished_and_the_receipt_says_so() {
    let mut card = FakeCard::with(1, Habit::RefusesReads);
    let mut events = Vec::new();
    let mut link = Link::new(&mut card, Pulled::Never);
    let mut journal = MemoryJournal::new();
    let mut hear = |e| events.push(e);
    let door = Door::Open;
    let receipt = run(
        &mut link,
        &sample_plan(1),
        &door,
        &mut journal,
        &mut hear,
        &mut no_randomness(),
    )
    .unwrap();
    assert_eq!(receipt.read_back, ReadBack::NotOffered);
    assert_eq!(
        events.iter().filter(|e| **e == Event::ReadBackNotOffered).count(),
        1
    );
}

#[test]
fn a_chip_that_finds_its_master_file_is_written_the_same() {
    let plan = sample_plan(1);
    let mut card = FakeCard::with(1, Habit::SelectsMasterFile);
    carry_out(&mut card, &plan, &mut MemoryJournal::new(), Pulled::Never).unwrap();
    assert_eq!(card.image, undisturbed(&plan).0);
}

#[test]
fn a_file_that_cannot_make_way_ends_the_card() {
    let mut card = FakeCard::with(1, Habit::RefusesDelete);
    let mut journal = MemoryJournal::new();
    carry_out(&mut card, &sample_plan(1), &mut journal, Pulled::Before(40)).unwrap_err();
    let error = carry_out(&mut card, &sample_plan(2), &mut journal, Pulled::Never).unwrap_err();
    assert_eq!(
        error.cause,
        Cause::NotBlank {
            step: "create EF.SOD (1972 bytes)".to_owned()
        }
    );
    assert_eq!(
        (error.state, error.advice),
        (CardCondition::HalfWritten, Advice::Destroy)
    );
}

#[test]
fn a_refusal_names_step_and_status_word() {
    let mut card = FakeCard::with(1, Habit::RefusesKeys);
    let error = carry_out(
        &mut card,
        &sample_plan(1),
        &mut MemoryJournal::new(),
        Pulled::Never,
    )
    .unwrap_err();
    assert_eq!(
        error.cause,
        Cause::Refused {
            step: "store the card access number".to_owned(),
            sw: StatusWord::NOT_ENOUGH_MEMORY
        }
    );
    assert_eq!(
        (error.state, error.advice),
        (CardCondition::HalfWritten, Advice::Destroy)
    );
}

#[test]
fn a_chip_that_wants_a_secure_channel_stays_blank() {
    let mut card = FakeCard::with(1, Habit::NeedsSecureChannel);
    let error = carry_out(
        &mut card,
        &sample_plan(1),
        &mut MemoryJournal::new(),
        Pulled::Never,
    )
    .unwrap_err();
    assert_eq!(
        (error.cause, error.state),
        (Cause::NeedsSecureChannel, CardCondition::Blank)
    );
    assert_eq!(card.image, Image::default());
}

/// What a chip says of itself is not authenticated: a card that calls itself a development blank would else be given
/// files and private keys in plain by a station that has keys for a secure channel.
#[test]
fn a_card_cannot_talk_a_station_with_keys_out_of_the_secure_channel() {
    let keys = KeySet::dangerous_test_keys();
    let mut card = FakeCard::new(1);
    let mut link = Link::new(&mut card, Pulled::Never);
    let mut journal = MemoryJournal::new();
    let error = run(
        &mut link,
        &sample_plan(1),
        &Door::Scp03(&keys),
        &mut journal,
        &mut |_| {},
        &mut no_randomness(),
    )
    .unwrap_err();
    assert_eq!(
        (error.cause, error.state, error.advice),
        (
            Cause::OffersNoSecureChannel,
            CardCondition::Blank,
            Advice::UseAnotherBlank
        )
    );
    assert_eq!(link.sent, 1, "the card was asked who it is, and no more");
    assert_eq!(card.image, Image::default());
    assert!(journal.entries().unwrap().is_empty());
}

#[test]
fn nothing_is_written_before_the_journal_has_it() {
    let mut card = FakeCard::new(1);
    let mut journal = Medium {
        full: true,
        ..Medium::default()
    };
    let error = carry_out(&mut card, &sample_plan(1), &mut journal, Pulled::Never).unwrap_err();
    assert!(matches!(
        error.cause,
        Cause::Journal(JournalError::NotWritten { .. })
    ));
    assert_eq!(
        (error.state, &card.image),
        (CardCondition::Blank, &Image::default())
    );
}

#[test]
fn a_journal_of_another_profile_is_refused() {
    let plan = sample_plan(1);
    let mut journal = MemoryJournal::new();
    carry_out(&mut FakeCard::new(1), &plan, &mut journal, Pulled::After(9)).unwrap_err();
    let mut entries = Medium {
        entries: journal.entries().unwrap(),
        ..Medium::default()
    };
    if let EntryEvent::Begin { profile, .. } = &mut entries.entries[0].event {
        *profile = "icao-passport".to_owned();
    }
    let error = carry_out(&mut FakeCard::new(1), &plan, &mut entries, Pulled::Never).unwrap_err();
    assert_eq!(
        (error.cause, error.advice),
        (Cause::OtherProfile, Advice::Destroy)
    );
}
