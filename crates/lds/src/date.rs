//! Calendar dates as documents print them, and the six characters of a machine readable zone.

/// A day of the Gregorian calendar, year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Why a date is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// The text has another shape than the one asked for.
    #[error("date is not written as {expected}")]
    Shape {
        /// The shape asked for, such as `dd/MM/yyyy`.
        expected: &'static str,
    },
    /// There is no such day.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
}

impl Date {
    /// Makes a date.
    ///
    /// # Errors
    /// [`DateError::NoSuchDay`] if the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let days = days_in_month(year, month);
        if year == 0 || year > 9999 || day == 0 || day > days {
            return Err(DateError::NoSuchDay);
        }
        Ok(Self { year, month, day })
    }

    /// Reads `dd/MM/yyyy`, the form of Vietnamese documents.
    ///
    /// # Errors
    /// [`DateError`] if the shape or the day is wrong.
    pub fn from_dd_mm_yyyy(text: &str) -> Result<Self, DateError> {
        let wrong = DateError::Shape {
            expected: "dd/MM/yyyy",
        };
        let [d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4] = *text.as_bytes() else {
            return Err(wrong);
        };
        Self::from_digits([y1, y2, y3, y4], [m1, m2], [d1, d2]).ok_or(wrong)?
    }

    /// Reads `yyyy-MM-dd` (ISO 8601).
    ///
    /// # Errors
    /// [`DateError`] if the shape or the day is wrong.
    pub fn from_iso(text: &str) -> Result<Self, DateError> {
        let wrong = DateError::Shape {
            expected: "yyyy-MM-dd",
        };
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return Err(wrong);
        };
        Self::from_digits([y1, y2, y3, y4], [m1, m2], [d1, d2]).ok_or(wrong)?
    }

    fn from_digits(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<Result<Self, DateError>> {
        let [y1, y2, y3, y4] = year;
        let year = u16::from(two_digits([y1, y2])?) * 100 + u16::from(two_digits([y3, y4])?);
        Some(Self::new(year, two_digits(month)?, two_digits(day)?))
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// Writes `dd/MM/yyyy`.
    #[must_use]
    pub fn to_dd_mm_yyyy(self) -> String {
        format!("{:02}/{:02}/{:04}", self.day, self.month, self.year)
    }

    /// The date as it stands in a machine readable zone; the century is lost.
    #[must_use]
    pub fn to_mrz(self) -> MrzDate {
        let year = u8::try_from(self.year % 100).expect("a remainder of 100 fits into a byte");
        MrzDate {
            year: Some(year),
            month: Some(self.month),
            day: Some(self.day),
            text: mrz_text(year, self.month, self.day),
        }
    }
}

/// Writes `yyyy-MM-dd`.
impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Reads `yyyy-MM-dd`.
impl std::str::FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::from_iso(text)
    }
}

/// As the text `yyyy-MM-dd`.
impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From the text `yyyy-MM-dd`.
impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_iso(&text).map_err(serde::de::Error::custom)
    }
}

/// A date of a machine readable zone: `YYMMDD`, where unknown parts are `<<` (or `00` for month and day).
///
/// ICAO 9303-3 leaves the century out: [`birth`](Self::birth) and [`expiry`](Self::expiry) put it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MrzDate {
    year: Option<u8>,
    month: Option<u8>,
    day: Option<u8>,
    text: [u8; 6],
}

impl MrzDate {
    /// The expiry that Vietnamese lifelong cards carry.
    pub const LIFELONG_VIETNAM: Self = Self {
        year: Some(99),
        month: Some(12),
        day: Some(31),
        text: *b"991231",
    };

    /// Reads the six characters.
    ///
    /// # Errors
    /// [`DateError`] if they are no digits or fillers in pairs, or no day of any year has these parts.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let wrong = DateError::Shape {
            expected: "YYMMDD, unknown parts as <<",
        };
        let Ok(text) = <[u8; 6]>::try_from(text.as_bytes()) else {
            return Err(wrong);
        };
        let [y1, y2, m1, m2, d1, d2] = text;
        let (Some(year), Some(month), Some(day)) = (part([y1, y2]), part([m1, m2]), part([d1, d2])) else {
            return Err(wrong);
        };
        let known = |value: Option<u8>| value.filter(|value| *value != 0);
        let date = Self {
            year,
            month: known(month),
            day: known(day),
            text,
        };
        if date.is_possible() {
            Ok(date)
        } else {
            Err(DateError::NoSuchDay)
        }
    }

    fn is_possible(self) -> bool {
        // A year of two digits that is divisible by four may be a leap year (00 may be 2000).
        let leap = self.year.is_none_or(|year| year.is_multiple_of(4));
        let longest = match self.month {
            None => 31,
            Some(2) if leap => 29,
            Some(2) => 28,
            Some(month) => days_in_month(2001, month),
        };
        longest > 0 && self.day.is_none_or(|day| day <= longest)
    }

    /// The six characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).expect("only digits and fillers are stored")
    }

    /// The last two digits of the year, if known.
    #[must_use]
    pub fn year_of_century(self) -> Option<u8> {
        self.year
    }

    /// The month 1 to 12, if known.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day 1 to 31, if known.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// Reads the date as a day of birth: the latest such day that is not after `latest`. A holder of 100 years or more
    /// looks a century too young; only another file of the chip can tell. `None` if a part is unknown.
    #[must_use]
    pub fn birth(self, latest: Date) -> Option<Date> {
        let (year, month, day) = (u16::from(self.year?), self.month?, self.day?);
        let century = latest.year / 100 * 100;
        [Some(century), century.checked_sub(100)]
            .into_iter()
            .flatten()
            .filter_map(|century| Date::new(century + year, month, day).ok())
            .find(|date| *date <= latest)
    }

    /// Reads the date as an expiry: 20YY, because there were no chip documents before 2004. `None` if a part is unknown.
    #[must_use]
    pub fn expiry(self) -> Option<Date> {
        Date::new(2000 + u16::from(self.year?), self.month?, self.day?).ok()
    }
}

impl From<Date> for MrzDate {
    fn from(date: Date) -> Self {
        date.to_mrz()
    }
}

impl std::fmt::Display for MrzDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn mrz_text(year: u8, month: u8, day: u8) -> [u8; 6] {
    let pair = |value: u8| [b'0' + value / 10 % 10, b'0' + value % 10];
    let ([y1, y2], [m1, m2], [d1, d2]) = (pair(year), pair(month), pair(day));
    [y1, y2, m1, m2, d1, d2]
}

/// `Some(None)` for an unknown part, `None` for anything that is no part of a date.
fn part(pair: [u8; 2]) -> Option<Option<u8>> {
    match pair {
        [b'<', b'<'] => Some(None),
        digits => two_digits(digits).map(Some),
    }
}

fn two_digits([tens, ones]: [u8; 2]) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// 0 for a month that does not exist.
fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written_in_both_forms() {
        let date = Date::from_dd_mm_yyyy("19/02/1985").unwrap();
        assert_eq!(date.to_string(), "1985-02-19");
        assert_eq!(date.to_dd_mm_yyyy(), "19/02/1985");
        assert_eq!(Date::from_iso("1985-02-19"), Ok(date));
        assert_eq!(date.to_mrz().as_str(), "850219");
        assert_eq!(
            Date::from_iso("2000-02-29").unwrap().to_mrz(),
            MrzDate::parse("000229").unwrap()
        );
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "29/02/1900",
            "31/04/2020",
            "00/01/2020",
            "01/13/2020",
            "01/00/2020",
            "01/01/0000",
        ] {
            assert_eq!(Date::from_dd_mm_yyyy(text), Err(DateError::NoSuchDay), "{text}");
        }
        for text in [
            "",
            "1/1/2020",
            "01-01-2020",
            "01/01/20200",
            "0a/01/2020",
            "٠١/٠١/٢٠",
        ] {
            assert!(
                matches!(Date::from_dd_mm_yyyy(text), Err(DateError::Shape { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn unknown_parts_of_an_mrz_date_survive() {
        for (text, month, day) in [
            ("7408<<", Some(8), None),
            ("74<<<<", None, None),
            ("740800", Some(8), None),
        ] {
            let date = MrzDate::parse(text).unwrap();
            assert_eq!((date.as_str(), date.month(), date.day()), (text, month, day));
            assert_eq!(date.birth(Date::new(2025, 1, 1).unwrap()), None);
        }
        assert_eq!(MrzDate::parse("<<<<<<").unwrap().year_of_century(), None);
        for text in [
            "7408<1", "7413<<", "740832", "730229", "74O812", "74081", "7408122",
        ] {
            assert!(MrzDate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_century_of_a_birth_is_the_latest_possible_one() {
        let today = Date::new(2025, 6, 15).unwrap();
        let birth = |text| MrzDate::parse(text).unwrap().birth(today).unwrap().to_string();
        assert_eq!(birth("250615"), "2025-06-15");
        assert_eq!(birth("250616"), "1925-06-16");
        assert_eq!(birth("850219"), "1985-02-19");
        assert_eq!(birth("000229"), "2000-02-29");
    }

    #[test]
    fn a_lifelong_card_expires_in_2099() {
        assert_eq!(MrzDate::LIFELONG_VIETNAM.expiry(), Date::new(2099, 12, 31).ok());
        assert_eq!(MrzDate::parse("991231"), Ok(MrzDate::LIFELONG_VIETNAM));
    }
}
