//! Points in time as arguments: this crate reads no clock.

use core::fmt;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

/// Seconds of one day.
pub const DAY: i64 = 86_400;

impl UnixTime {
    /// The first second of a day in the Gregorian calendar, UTC; `None` when there is no such day.
    #[must_use]
    pub fn from_date(year: i32, month: u8, day: u8) -> Option<Self> {
        Self::from_parts(year, month, day, 0, 0, 0)
    }

    /// A point in time, UTC; `None` when there is no such second. Second 60 is refused.
    #[must_use]
    pub fn from_parts(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if !(0..=9999).contains(&year) || day == 0 || day > days_in_month(year, month)? {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
        let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self(days * DAY + clock))
    }

    /// Year, month, day, hour, minute, second in UTC.
    #[must_use]
    pub fn to_parts(self) -> (i64, i64, i64, i64, i64, i64) {
        let (days, clock) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        (year, month, day, clock / 3600, clock / 60 % 60, clock % 60)
    }

    /// The time `days` days later.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY)))
    }

    /// Reads `2026-01-31T12:00:00Z` or `2026-01-31`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = match text.split_once('T') {
            Some((date, clock)) => (date, clock.strip_suffix('Z')?),
            None => (text, "00:00:00"),
        };
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let byte = |value: u16| u8::try_from(value).ok();
        Self::from_parts(
            i32::from(year),
            byte(month)?,
            byte(day)?,
            byte(hour)?,
            byte(minute)?,
            byte(second)?,
        )
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.to_parts();
        if !(0..=9999).contains(&year) {
            return write!(f, "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        }
        // A report holds many times; this is several times faster than padding each part.
        let mut text = *b"0000-00-00T00:00:00Z";
        let parts = [
            (2, year / 100),
            (4, year % 100),
            (7, month),
            (10, day),
            (13, hour),
            (16, minute),
            (19, second),
        ];
        for (end, value) in parts {
            put_two_digits(&mut text, end, value);
        }
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl serde::Serialize for UnixTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for UnixTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a UTC time such as 2026-01-31T12:00:00Z"))
    }
}

impl schemars::JsonSchema for UnixTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UnixTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// Writes two digits that end before `end`.
fn put_two_digits(text: &mut [u8; 20], end: usize, value: i64) {
    let digit = |value: i64| b'0' + u8::try_from(value % 10).unwrap_or(0);
    if let Some([tens, ones]) = text.get_mut(end.saturating_sub(2)..end) {
        (*tens, *ones) = (digit(value / 10), digit(value));
    }
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(separator);
    let mut out = [0; 3];
    for (slot, width) in out.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

fn days_in_month(year: i32, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date; years start in March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_known_seconds() {
        assert_eq!(UnixTime::from_date(1970, 1, 1), Some(UnixTime(0)));
        assert_eq!(UnixTime::from_date(2000, 2, 29), Some(UnixTime(951_782_400)));
        assert_eq!(
            UnixTime::parse("2026-11-21T23:54:00Z"),
            Some(UnixTime(1_795_305_240))
        );
        assert_eq!(UnixTime::from_date(9999, 12, 31), Some(UnixTime(253_402_214_400)));
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for day in -100_000..200_000 {
            let time = UnixTime(day * DAY + 12_345);
            assert_eq!(UnixTime::parse(&time.to_string()), Some(time));
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-01T24:00:00Z",
            "2026-1-01",
            "2026-01-01T00:00:00",
            "",
        ] {
            assert_eq!(UnixTime::parse(text), None, "{text}");
        }
    }
}
