//! Citizens who do not exist, for demonstrations and tests.
//!
//! Numbers begin with 999, which is assigned to no province and no country; addresses are those of model streets; faces
//! are drawn. The first ones are the hard cases, each named; then come ordinary ones, with the surnames in the shares
//! that they have among the people.

mod cast;
mod names;

use antin_lds::Date;
use antin_lds::mrz::{Sex, transliterate};
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use crate::RecordFile;
use crate::portrait::{self, Hair, Sitter};
use crate::record::SCHEMA;

pub use cast::HardCase;

/// A fictional citizen: record file and portrait.
#[derive(Clone, Debug)]
pub struct DemoCitizen {
    /// File name stem without spaces: `01-do-thi-huong-mo`.
    pub slug: String,
    /// Which hard case the citizen stands for; `None` for an ordinary one.
    pub hard_case: Option<HardCase>,
    /// The record; its `portrait` is `SLUG.jpg`.
    pub record: RecordFile,
    /// The portrait, JPEG, 12 to 20 KB.
    pub portrait: Vec<u8>,
}

/// Makes `count` citizens with cards issued in July 2025: the hard cases first, then ordinary ones. The same seed makes
/// the same citizens.
#[must_use]
pub fn citizens(seed: u64, count: usize) -> Vec<DemoCitizen> {
    citizens_issued(seed, count, Date::new(2025, 7, 1).expect("July has a first day"))
}

/// Makes `count` citizens with cards issued on this day.
#[must_use]
pub fn citizens_issued(seed: u64, count: usize, issued: Date) -> Vec<DemoCitizen> {
    drafts(seed, count, issued).map(Draft::drawn).collect()
}

/// Makes only the citizen at `index` of those that [`citizens_issued`] makes, so that one portrait is drawn and not all.
#[must_use]
pub fn citizen_issued(seed: u64, index: usize, issued: Date) -> DemoCitizen {
    drafts(seed, index.saturating_add(1), issued)
        .last()
        .expect("at least one citizen is drafted")
        .drawn()
}

/// Citizens whose portraits are not drawn yet.
fn drafts(seed: u64, count: usize, issued: Date) -> impl Iterator<Item = Draft> {
    let mut numbers = Vec::new();
    (0..count).map(move |index| {
        // Each citizen has a seed of their own: more citizens do not change the first ones.
        let mut lot = Lot::new(seed, index);
        let hard_case = HardCase::ALL.get(index).copied();
        let mut person = Person::draw(&mut lot, hard_case, issued);
        person.number = lot.number(&person, &mut numbers);
        Draft::of(index, hard_case, &person, &mut lot, issued)
    })
}

/// Draws a portrait for a seed: JPEG, 12 to 20 KB.
#[must_use]
pub fn portrait(seed: u64) -> Vec<u8> {
    portrait::draw(&Sitter::from_seed(seed))
}

/// What a citizen is, before it is written down.
struct Person {
    surname: String,
    other_names: String,
    sex: Sex,
    birth: Date,
    age: u16,
    number: String,
}

impl Person {
    /// Draws an ordinary citizen, or one that the hard case asks for.
    fn draw(lot: &mut Lot, hard_case: Option<HardCase>, issued: Date) -> Self {
        let sex = if lot.below(2) == 0 { Sex::Male } else { Sex::Female };
        let age = u16::try_from(18 + lot.below(40)).expect("an age below 58 fits");
        let mut person = Self {
            surname: lot.surname(),
            other_names: String::new(),
            sex,
            birth: issued,
            age,
            number: String::new(),
        };
        person.other_names = lot.other_names(sex);
        if let Some(hard_case) = hard_case {
            hard_case.shape(&mut person);
        }
        person.birth = lot.birth(person.age, issued);
        person
    }

    /// The full name, surname first.
    fn full_name(&self) -> String {
        format!("{} {}", self.surname, self.other_names).trim().to_owned()
    }

    /// Until when a card issued now is valid, by the law of 2023: the birthday of the next age of renewal; from 58 on there
    /// is none.
    fn valid_until(&self) -> Option<Date> {
        let until = match self.age {
            0..=11 => 14,
            12..=22 => 25,
            23..=37 => 40,
            38..=57 => 60,
            _ => return None,
        };
        let birth = self.birth;
        Some(
            Date::new(birth.year() + until, birth.month(), birth.day())
                .expect("no birthday is later than the 28th"),
        )
    }
}

/// A citizen whose portrait is not drawn yet.
struct Draft {
    slug: String,
    hard_case: Option<HardCase>,
    record: RecordFile,
    sitter: Sitter,
}

impl Draft {
    /// The citizen with the portrait drawn, which takes most of the time.
    fn drawn(self) -> DemoCitizen {
        DemoCitizen {
            slug: self.slug,
            hard_case: self.hard_case,
            record: self.record,
            portrait: portrait::draw(&self.sitter),
        }
    }

    /// Writes a citizen down.
    fn of(index: usize, hard_case: Option<HardCase>, person: &Person, lot: &mut Lot, issued: Date) -> Self {
        let slug = slug(index, &person.full_name());
        let province = lot.pick(&names::PROVINCES);
        let until = person.valid_until();
        let mut record = RecordFile {
            schema: SCHEMA.to_owned(),
            number: Some(person.number.clone()),
            document_number: Some(format!("T999{:05}", lot.below(100_000))),
            full_name: Some(person.full_name()),
            birth: Some(person.birth.to_dd_mm_yyyy()),
            sex: Some(if person.sex == Sex::Female { "Nữ" } else { "Nam" }.to_owned()),
            nationality: Some("Việt Nam".to_owned()),
            ethnicity: Some(lot.often("Kinh", 85, &names::ETHNICITIES)),
            religion: Some(lot.often("Không", 75, &names::RELIGIONS)),
            place_of_origin: Some(format!("Xã Mẫu, {province}")),
            residence: Some(format!("Số 0 Đường Mẫu, Phường Mẫu, {province}")),
            identification_features: Some(lot.pick(&names::FEATURES).to_owned()),
            issued: Some(issued.to_dd_mm_yyyy()),
            expires: until.map(Date::to_dd_mm_yyyy),
            lifelong: until.is_none(),
            father: Some(format!("{} {}", person.surname, lot.other_names(Sex::Male))),
            mother: Some(format!("{} {}", lot.surname(), lot.other_names(Sex::Female))),
            field16: Some(format!("TEST{:04X}{:08X}", lot.below(0x1_0000), lot.word())),
            portrait: Some(format!("{slug}.jpg")),
            ..RecordFile::default()
        };
        if person.age >= 28 && lot.below(10) < 7 {
            record.spouses.push(lot.spouse(person.sex));
        }
        if person.age >= 30 {
            record.old_number = Some(format!("999{:06}", lot.below(1_000_000)));
        }
        if let Some(hard_case) = hard_case {
            hard_case.complete(&mut record, person, lot);
        }
        let hair = if person.sex == Sex::Female && lot.below(5) > 0 {
            Hair::Long
        } else {
            Hair::Short
        };
        let age = u8::try_from(person.age).unwrap_or(u8::MAX);
        let sitter = Sitter {
            seed: u64::from(lot.word()),
            hair,
            age,
        };
        Self {
            slug,
            hard_case,
            record,
            sitter,
        }
    }
}

/// `01-do-thi-huong-mo`.
fn slug(index: usize, name: &str) -> String {
    let letters = transliterate::name(name)
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace('<', "-");
    let letters: String = letters.chars().take(40).collect();
    format!("{:02}-{}", index + 1, letters.trim_end_matches('-'))
}

/// Everything that is drawn by lot for one citizen.
struct Lot(ChaCha8Rng);

impl Lot {
    fn new(seed: u64, index: usize) -> Self {
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        let mut key = [0; 32];
        for (byte, value) in key
            .iter_mut()
            .zip(seed.to_le_bytes().into_iter().chain(index.to_le_bytes()))
        {
            *byte = value;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number below a bound; a little uneven, which does not matter here.
    fn below(&mut self, bound: u32) -> u32 {
        self.word() % bound.max(1)
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        let count = u32::try_from(of.len()).unwrap_or(u32::MAX);
        of.get(self.below(count) as usize).copied().unwrap_or_default()
    }

    /// The usual word in so many of a hundred cases, else one of the others.
    fn often(&mut self, usual: &'static str, percent: u32, others: &[&'static str]) -> String {
        if self.below(100) < percent {
            usual.to_owned()
        } else {
            self.pick(others).to_owned()
        }
    }

    fn surname(&mut self) -> String {
        let mut draw = self.below(1000);
        for (name, share) in names::SURNAMES {
            if draw < share {
                return name.to_owned();
            }
            draw -= share;
        }
        self.pick(&names::RARE_SURNAMES).to_owned()
    }

    /// Middle and given name.
    fn other_names(&mut self, sex: Sex) -> String {
        let (usual, middles, givens) = match sex {
            Sex::Female => ("Thị", &names::FEMALE_MIDDLES, &names::FEMALE_GIVENS),
            Sex::Male | Sex::Unspecified => ("Văn", &names::MALE_MIDDLES, &names::MALE_GIVENS),
        };
        let middle = self.often(usual, 55, middles);
        let given = self.pick(givens);
        match self.below(10) {
            0 => given.to_owned(),
            1 => format!("{middle} {} {given}", self.pick(middles)),
            _ => format!("{middle} {given}"),
        }
    }

    fn spouse(&mut self, of: Sex) -> String {
        let other = if of == Sex::Female { Sex::Male } else { Sex::Female };
        format!("{} {}", self.surname(), self.other_names(other))
    }

    /// A birthday of somebody who is this old on the day of issue; never later in the month than the 28th.
    fn birth(&mut self, age: u16, issued: Date) -> Date {
        let month = u8::try_from(1 + self.below(12)).expect("a month fits in a byte");
        let day = u8::try_from(1 + self.below(28)).expect("a day fits in a byte");
        let had_birthday = (month, day) <= (issued.month(), issued.day());
        let year = issued
            .year()
            .saturating_sub(age)
            .saturating_sub(u16::from(!had_birthday));
        Date::new(year, month, day).expect("every month has 28 days")
    }

    /// A number with prefix 999 that fits birth and sex, and that nobody has yet.
    fn number(&mut self, person: &Person, taken: &mut Vec<String>) -> String {
        let year = person.birth.year();
        let code = year.saturating_sub(1900) / 100 * 2 + u16::from(person.sex == Sex::Female);
        loop {
            let number = format!("999{code}{:02}{:06}", year % 100, self.below(1_000_000));
            if !taken.contains(&number) {
                taken.push(number.clone());
                return number;
            }
        }
    }
}

#[cfg(test)]
mod tests;
