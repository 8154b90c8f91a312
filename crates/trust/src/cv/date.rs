//! The dates of CV certificates: six unpacked digits, years 2000 to 2099.

use core::fmt;

use crate::time::UnixTime;

/// A day between 2000-01-01 and 2099-12-31.
///
/// ```text
/// YYMMDD, one digit a byte: 01 03 00 02 01 06 is 2013-02-16        TR-03110-3 §D.2.1.3
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u8,
    month: u8,
    day: u8,
}

impl Date {
    /// A day of the calendar; `None` for others, and for years that the encoding has no room for.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let short = u8::try_from(year.checked_sub(CENTURY)?)
            .ok()
            .filter(|short| *short < 100)?;
        UnixTime::from_date(year, month, day)?;
        Some(Self {
            year: short,
            month,
            day,
        })
    }

    /// The day, in UTC, of a point in time.
    #[must_use]
    pub fn from_time(time: UnixTime) -> Option<Self> {
        let (year, month, day, ..) = time.to_parts();
        Self::new(
            i32::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }

    /// Reads `2026-01-31`, or `260131` as other tools write it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() == 10 {
            return Self::from_time(UnixTime::parse(text)?);
        }
        let digits: Vec<u8> = text.bytes().map(|digit| digit.wrapping_sub(b'0')).collect();
        Self::from_bytes(&digits)
    }

    /// The day that many days later; `None` beyond 2099.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Option<Self> {
        let first = UnixTime::from_date(self.full_year(), self.month, self.day)?;
        Self::from_time(first.plus_days(i64::from(days)))
    }

    /// Reads the six bytes of a certificate; `None` for anything but six digits that name a day.
    #[must_use]
    pub fn from_bytes(digits: &[u8]) -> Option<Self> {
        let [y1, y2, m1, m2, d1, d2] = *digits else {
            return None;
        };
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        Self::new(CENTURY + i32::from(y1 * 10 + y2), m1 * 10 + m2, d1 * 10 + d2)
    }

    /// The six bytes of a certificate.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 6] {
        [
            self.year / 10,
            self.year % 10,
            self.month / 10,
            self.month % 10,
            self.day / 10,
            self.day % 10,
        ]
    }

    const fn full_year(self) -> i32 {
        CENTURY + self.year as i32
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:02}", self.full_year(), self.month, self.day)
    }
}

/// The year that `00` stands for.
const CENTURY: i32 = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back_from_its_bytes_and_its_text() {
        let mut day = Date::new(2000, 1, 1).unwrap();
        let mut count = 1;
        loop {
            assert_eq!(Date::from_bytes(&day.to_bytes()), Some(day));
            assert_eq!(Date::from_text(&day.to_string()), Some(day));
            let Some(next) = day.plus_days(1) else { break };
            assert!(next > day);
            (day, count) = (next, count + 1);
        }
        assert_eq!((day.to_string().as_str(), count), ("2099-12-31", 36_525));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for digits in [
            &[2, 6, 0, 2, 2, 9][..],
            &[2, 6, 1, 3, 0, 1],
            &[2, 6, 0, 1, 0, 0],
            &[2, 6, 0, 0, 0, 1],
            &[2, 10, 0, 1, 0, 1],
            &[255, 255, 255, 255, 255, 255],
            &[2, 6, 0, 1, 1],
            &[0, 2, 6, 0, 1, 0, 1],
            b"260101",
            &[],
        ] {
            assert_eq!(Date::from_bytes(digits), None, "{digits:02x?}");
        }
        for text in ["260229", "1999-12-31", "2100-01-01", "26010", "2026-1-01", ""] {
            assert_eq!(Date::from_text(text), None, "{text}");
        }
        assert_eq!(Date::from_text("240229"), Date::new(2024, 2, 29));
    }
}
