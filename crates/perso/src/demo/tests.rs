use antin_profile::Profile;

use super::*;
use crate::CitizenRecord;
use crate::record::{Expiry, Warning};
use crate::testing::cast;

fn vietnam() -> Profile {
    Profile::builtin("vn-cccd-2021").unwrap()
}

fn checked(citizen: &DemoCitizen) -> CitizenRecord {
    citizen
        .record
        .check(&vietnam(), Some(citizen.portrait.clone()))
        .unwrap_or_else(|problems| panic!("{}: {problems}", citizen.slug))
}

fn of(case: HardCase) -> (DemoCitizen, CitizenRecord) {
    let citizen = cast().iter().find(|c| c.hard_case == Some(case)).unwrap().clone();
    let record = checked(&citizen);
    (citizen, record)
}

#[test]
fn every_citizen_passes_the_checks_of_the_card_and_of_the_passport() {
    let passport = Profile::builtin("icao-passport").unwrap();
    let face = cast()[0].portrait.clone();
    for draft in drafts(7, 60, Date::new(2025, 7, 1).unwrap()) {
        let (slug, hard_case, record) = (draft.slug, draft.hard_case, draft.record);
        let citizen = DemoCitizen {
            slug,
            hard_case,
            record,
            portrait: face.clone(),
        };
        let record = checked(&citizen);
        let oddities = record.warnings();
        let disagree = oddities
            .iter()
            .any(|w| matches!(w, Warning::NumberAgainstBirth | Warning::NumberAgainstSex));
        assert!(!disagree, "{}: {oddities:?}", citizen.slug);
        if record.expiry() != Expiry::Lifelong {
            let passport = citizen.record.check(&passport, Some(citizen.portrait.clone()));
            assert!(passport.is_ok(), "{}: {passport:?}", citizen.slug);
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_citizens_and_more_do_not_change_the_first() {
    let few = citizens(1, 2);
    let many = cast();
    for (few, many) in few.iter().zip(many) {
        assert_eq!(few.record.to_json(), many.record.to_json());
        assert_eq!(few.portrait, many.portrait);
    }
    assert_ne!(citizens(4, 1)[0].record, few[0].record);
}

#[test]
fn all_numbers_begin_with_999_and_are_different() {
    let all: Vec<Draft> = drafts(11, 300, Date::new(2025, 7, 1).unwrap()).collect();
    let mut numbers: Vec<String> = all.iter().map(|c| c.record.number.clone().unwrap()).collect();
    assert!(numbers.iter().all(|n| n.starts_with("999") && n.len() == 12));
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), all.len());
}

#[test]
fn every_hard_case_is_what_it_says() {
    assert!(of(HardCase::BarredLetters).1.full_name().contains('Đ'));
    assert!(of(HardCase::BarredLetters).1.full_name().contains('ơ'));
    assert!(of(HardCase::BarredLetters).1.full_name().contains('ư'));
    assert!(!of(HardCase::OneWordName).1.full_name().contains(' '));
    let letters = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count();
    let long = of(HardCase::FortyLetterName).1;
    assert_eq!(letters(long.full_name()), 40);
    assert!(long.warnings().contains(&Warning::NameCut));
    assert!(of(HardCase::Apostrophe).1.full_name().contains('\''));
    assert!(matches!(
        of(HardCase::UnknownBirthDay).1.birth(),
        crate::record::Birth::Month(..)
    ));
    assert_eq!(
        of(HardCase::Age101)
            .1
            .birth()
            .age_on(Date::new(2025, 7, 1).unwrap()),
        101
    );
    assert_eq!(of(HardCase::Lifelong).1.expiry(), Expiry::Lifelong);
    assert_eq!(of(HardCase::NoOldNumber).0.record.old_number, None);
    let orphan = of(HardCase::NoParents).0.record;
    assert_eq!((orphan.father, orphan.mother), (None, None));
    assert_eq!(of(HardCase::TwoSpouses).0.record.spouses.len(), 2);
    assert!(of(HardCase::LongAddress).0.record.residence.unwrap().len() > 127);
    assert_eq!(of(HardCase::UnknownField).0.record.extra_fields[0].number, 17);
}

#[test]
fn cards_are_valid_until_the_birthday_that_the_law_names() {
    let issued = Date::new(2025, 7, 1).unwrap();
    for (age, until) in [
        (11, Some(14)),
        (12, Some(25)),
        (22, Some(25)),
        (23, Some(40)),
        (38, Some(60)),
        (58, None),
    ] {
        let birth = Date::new(2025 - age, 1, 2).unwrap();
        let person = Person {
            surname: String::new(),
            other_names: String::new(),
            sex: Sex::Male,
            age: crate::record::Birth::Day(birth).age_on(issued),
            birth,
            number: String::new(),
        };
        let expected = until.map(|age| Date::new(birth.year() + age, 1, 2).unwrap());
        assert_eq!(person.valid_until(), expected, "issued at {age}");
    }
}

#[test]
fn nguyen_is_about_as_frequent_as_among_the_people() {
    let surnames: Vec<String> = (0..2000).map(|i| Lot::new(5, i).surname()).collect();
    let share = surnames.iter().filter(|s| *s == "Nguyễn").count();
    assert!((680..=860).contains(&share), "{share} of 2000");
}

#[test]
fn a_slug_is_a_file_name() {
    for citizen in cast() {
        let slug = &citizen.slug;
        assert!(
            slug.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{slug}"
        );
        assert_eq!(
            citizen.record.portrait.as_deref(),
            Some(format!("{slug}.jpg").as_str())
        );
    }
}
