//! The cast of hard cases: what a card maker meets once in a thousand citizens.

use std::fmt;

use antin_lds::mrz::Sex;

use super::{Lot, Person};
use crate::RecordFile;
use crate::record::ExtraField;

/// What makes a citizen a hard case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HardCase {
    /// Letters that have no decomposition: Đ, ơ, ư.
    BarredLetters,
    /// A name of one word.
    OneWordName,
    /// A name of forty letters, longer than the machine readable zone.
    FortyLetterName,
    /// A name of a minority people with an apostrophe.
    Apostrophe,
    /// A birth whose day is not known.
    UnknownBirthDay,
    /// Older than a hundred: two digits for the year of birth do not tell.
    Age101,
    /// A card that never expires.
    Lifelong,
    /// No number of an older card.
    NoOldNumber,
    /// Parents unknown.
    NoParents,
    /// Two spouses.
    TwoSpouses,
    /// An address that needs a two-byte length.
    LongAddress,
    /// A field of data group 13 that has no name yet.
    UnknownField,
}

impl HardCase {
    /// All of them, in the order in which they are made.
    pub const ALL: [Self; 12] = [
        Self::BarredLetters,
        Self::OneWordName,
        Self::FortyLetterName,
        Self::Apostrophe,
        Self::UnknownBirthDay,
        Self::Age101,
        Self::Lifelong,
        Self::NoOldNumber,
        Self::NoParents,
        Self::TwoSpouses,
        Self::LongAddress,
        Self::UnknownField,
    ];

    /// Changes the person before the birthday and the number are drawn.
    pub(super) fn shape(self, person: &mut Person) {
        match self {
            Self::BarredLetters => named(person, "Đỗ", "Thị Hương Mơ", Sex::Female, 31),
            Self::OneWordName => named(person, "Mẫu", "", Sex::Male, 44),
            Self::FortyLetterName => {
                named(
                    person,
                    "Nguyễn",
                    "Hoàng Phương Khánh Quỳnh Thiên Hương Chi",
                    Sex::Female,
                    26,
                );
            }
            Self::Apostrophe => named(person, "H'Mẫu", "Niê K'Dăm", Sex::Female, 39),
            Self::Age101 => person.age = 101,
            Self::Lifelong => person.age = 63,
            Self::NoOldNumber => person.age = 19,
            Self::TwoSpouses => person.age = 52,
            Self::UnknownBirthDay | Self::NoParents | Self::LongAddress | Self::UnknownField => {}
        }
    }

    /// Changes the record when everything else is written.
    pub(super) fn complete(self, record: &mut RecordFile, person: &Person, lot: &mut Lot) {
        match self {
            Self::Apostrophe => record.ethnicity = Some("Ê-đê".to_owned()),
            Self::UnknownBirthDay => {
                record.birth = Some(format!("{:02}/{:04}", person.birth.month(), person.birth.year()));
            }
            Self::NoOldNumber => record.old_number = None,
            Self::NoParents => (record.father, record.mother) = (None, None),
            Self::TwoSpouses => record.spouses = vec![lot.spouse(person.sex), lot.spouse(person.sex)],
            Self::LongAddress => {
                record.residence = Some(
                    "Căn hộ số 0, Tầng 0, Tòa nhà Mẫu, Ngõ 0, Ngách 0, Số 0 Đường Mẫu Rất Dài Để Thử, \
                     Tổ dân phố Mẫu, Phường Mẫu Thử Nghiệm, Thành phố Hồ Chí Minh"
                        .to_owned(),
                );
            }
            Self::UnknownField => {
                record.extra_fields.push(ExtraField {
                    number: 17,
                    text: "TEST: trường mới".to_owned(),
                });
            }
            Self::BarredLetters
            | Self::OneWordName
            | Self::FortyLetterName
            | Self::Age101
            | Self::Lifelong => {}
        }
    }
}

/// Gives a person a name, a sex and an age.
fn named(person: &mut Person, surname: &str, other_names: &str, sex: Sex, age: u16) {
    surname.clone_into(&mut person.surname);
    other_names.clone_into(&mut person.other_names);
    (person.sex, person.age) = (sex, age);
}

impl fmt::Display for HardCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BarredLetters => "letters Đ, ơ, ư",
            Self::OneWordName => "name of one word",
            Self::FortyLetterName => "name of forty letters",
            Self::Apostrophe => "name with an apostrophe",
            Self::UnknownBirthDay => "birth day not known",
            Self::Age101 => "101 years old",
            Self::Lifelong => "card without expiry",
            Self::NoOldNumber => "no old number",
            Self::NoParents => "parents not known",
            Self::TwoSpouses => "two spouses",
            Self::LongAddress => "address over 127 bytes",
            Self::UnknownField => "field 17 of data group 13",
        })
    }
}
