//! Today's date by the system's clock, UTC.

use antin::lds::Date;

/// Today. A clock beyond the calendar counts as its first day; `antin doctor` says so.
pub fn today() -> Date {
    let (year, month, day, ..) = antin::now().to_parts();
    let part = |value: i64| u8::try_from(value).unwrap_or(1);
    let year = u16::try_from(year).unwrap_or(1970);
    Date::new(year, part(month), part(day)).unwrap_or_else(|_| Date::new(1970, 1, 1).expect("a real day"))
}
