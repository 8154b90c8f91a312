//! Days and years of periods.

use antin::UnixTime;
use antin::trust::pki::profile::Period;
use antin::trust::time::DAY;

use crate::failure::{Failure, Id};

/// The first second of the day that was asked for, or of today.
pub fn first_day(text: Option<&str>, at: UnixTime) -> Result<UnixTime, Failure> {
    match text {
        None => Ok(midnight(at)),
        Some(text) => UnixTime::parse(text)
            .filter(|_| !text.contains('T'))
            .ok_or_else(|| {
                Failure::new(Id::U103)
                    .fact("option", "--from")
                    .fact("value", text)
                    .fact("form", "YYYY-MM-DD")
            }),
    }
}

/// The first second of a day.
pub fn midnight(at: UnixTime) -> UnixTime {
    UnixTime(at.0 - at.0.rem_euclid(DAY))
}

/// The same day so many years later; the end of February for a leap day that is not there.
pub fn years_later(at: UnixTime, years: u16) -> UnixTime {
    let (year, month, day, hour, minute, second) = at.to_parts();
    let part = |value: i64| u8::try_from(value).unwrap_or(0);
    let year = i32::try_from(year + i64::from(years)).unwrap_or(i32::MAX);
    let of = |day| {
        UnixTime::from_parts(
            year,
            part(month),
            part(day),
            part(hour),
            part(minute),
            part(second),
        )
    };
    of(day).or_else(|| of(day - 1)).unwrap_or(UnixTime(i64::MAX))
}

/// A period from the first second of a day to last seconds of days.
pub fn period(from: UnixTime, usage_end: UnixTime, valid_end: UnixTime) -> Result<Period, Failure> {
    let last = |end: UnixTime| UnixTime(end.0.saturating_sub(1));
    Period::new(from, last(usage_end), last(valid_end))
        .map_err(|fault| Failure::new(Id::U103).fact("detail", fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_go_from_day_to_day() {
        let of = |text: &str, years| years_later(UnixTime::parse(text).unwrap(), years).to_string();
        assert_eq!(of("2026-11-22", 5), "2031-11-22T00:00:00Z");
        assert_eq!(of("2028-02-29", 4), "2032-02-29T00:00:00Z");
        assert_eq!(of("2028-02-29", 1), "2029-02-28T00:00:00Z");
    }

    #[test]
    fn a_day_is_one_and_begins_at_midnight() {
        let at = UnixTime::parse("2026-11-22T13:14:15Z").unwrap();
        assert_eq!(first_day(None, at).unwrap().to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(
            first_day(Some("2027-01-02"), at).unwrap().to_string(),
            "2027-01-02T00:00:00Z"
        );
        for wrong in ["2027-01-02T10:00:00Z", "02.01.2027", ""] {
            assert!(first_day(Some(wrong), at).is_err(), "{wrong}");
        }
    }
}
