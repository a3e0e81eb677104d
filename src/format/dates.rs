//! Dates as publishers write them. A text with more than one reading, or none, gives `None`, never now.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Zone names that RFC 822 and its users write, in hours east.
const ZONES: [(&str, i8); 17] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("cet", 1),
    ("cest", 2),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
];

/// Reads an instant. A date and time without an offset is in UTC.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| epoch(text))
        .or_else(|| iso(text))
        .or_else(|| numeric(text))
        .or_else(|| rfc822(text))
}

fn epoch(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        9 | 10 => Timestamp::from_second(text.parse().ok()?).ok(),
        12 | 13 => Timestamp::from_millisecond(text.parse().ok()?).ok(),
        _ => None,
    }
}

/// `2025-12-13`, `2025-12-13T06:00`, `2025-12-13 06:00:00 +0200`, `2025-12-13 0600` (hour and minute run together).
fn iso(text: &str) -> Option<Timestamp> {
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?.trim_start_matches(['T', 't', ' ', ',']).trim();
    if rest.is_empty() {
        return at(date, Time::midnight(), Offset::UTC);
    }
    if rest.bytes().all(|byte| byte.is_ascii_digit()) {
        // Satellite products write the minute of the day without a colon and without leading zeros.
        let number: i16 = rest.parse().ok().filter(|_| rest.len() <= 4)?;
        let time = Time::new(i8::try_from(number / 100).ok()?, i8::try_from(number % 100).ok()?, 0, 0).ok()?;
        return at(date, time, Offset::UTC);
    }
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let clock = words.next()?;
    let (clock, glued) = match clock.find(['+', 'Z', 'z', '-']) {
        Some(place) => (&clock[..place], Some(&clock[place..])),
        None => (clock, None),
    };
    let time = clock_time(clock)?;
    let zone = glued.or_else(|| words.next());
    at(date, time, zone.map_or(Some(Offset::UTC), offset)?)
}

/// `30.10.2023 14:05` and `30.10.23`: day first, as everyone who writes points does.
fn numeric(text: &str) -> Option<Timestamp> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let mut parts = words.next()?.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let year = full_year(year)?;
    let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    let time = words.next().map_or(Some(Time::midnight()), clock_time)?;
    at(date, time, Offset::UTC)
}

/// `Sat, 13 Dec 2025 06:00:00 +0200`, `13 December 2025`, `December 13, 2025 3:09pm`, `Dec 13th 2025`.
fn rfc822(text: &str) -> Option<Timestamp> {
    let lower = text.to_lowercase().replace([',', '('], " ").replace(')', " ");
    let mut found = Parts::default();
    for word in lower.split_whitespace() {
        found.take(word)?;
    }
    let date = Date::new(found.year?, found.month?, found.day?).ok()?;
    let time = found.time.unwrap_or(Time::midnight());
    let time = found.half.map_or(Some(time), |half| half.of_day(time))?;
    at(date, time, found.offset.unwrap_or(Offset::UTC))
}

/// Which half of the day a twelve-hour clock means.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

impl Half {
    fn of_day(self, time: Time) -> Option<Time> {
        let hour = match self {
            Self::Morning => time.hour() % 12,
            Self::Afternoon => time.hour() % 12 + 12,
        };
        Time::new(hour, time.minute(), time.second(), 0).ok()
    }
}

#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<Time>,
    offset: Option<Offset>,
    half: Option<Half>,
}

impl Parts {
    /// Takes one word; `None` when it cannot be part of a date.
    fn take(&mut self, word: &str) -> Option<()> {
        if word.contains(':') {
            let (clock, after) =
                word.split_at(word.find(|c: char| c != ':' && !c.is_ascii_digit() && c != '.').unwrap_or(word.len()));
            self.time = Some(clock_time(clock)?);
            return if after.is_empty() { Some(()) } else { self.take(after) };
        }
        if word == "pm" || word == "am" {
            self.half = Some(if word == "pm" { Half::Afternoon } else { Half::Morning });
            return Some(());
        }
        if self.time.is_some()
            && let Some(offset) = offset(word)
        {
            self.offset = Some(offset);
            return Some(());
        }
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.number(digits);
        }
        let name: String = word.chars().take(3).collect();
        if let Some(place) = MONTHS.iter().position(|month| *month == name) {
            self.month = i8::try_from(place + 1).ok();
            return Some(());
        }
        // Weekdays in any language, "at", "of": words without digits that say nothing more.
        (!word.contains(|c: char| c.is_ascii_digit())).then_some(())
    }

    fn number(&mut self, digits: &str) -> Option<()> {
        if self.day.is_none() && digits.len() <= 2 {
            self.day = digits.parse().ok();
        } else {
            self.year = Some(full_year(digits)?);
        }
        Some(())
    }
}

fn full_year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(year),
        // RFC 5322, 4.3.
        2 => Some(if year < 50 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn clock_time(text: &str) -> Option<Time> {
    let mut parts = text.trim_end_matches('.').split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second = match parts.next() {
        Some(second) => second.split('.').next()?.parse::<i8>().ok()?.min(59),
        None => 0,
    };
    Time::new(hour, minute, second, 0).ok()
}

fn offset(word: &str) -> Option<Offset> {
    let lower = word.to_lowercase();
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == lower) {
        return Offset::from_hours(*hours).ok();
    }
    let lower = lower.trim_start_matches("gmt").trim_start_matches("utc");
    let (sign, digits) = match lower.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, lower.strip_prefix('-')?),
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn at(date: Date, time: Time, offset: Offset) -> Option<Timestamp> {
    let local = DateTime::from_parts(date, time);
    let utc = TimeZone::UTC.to_timestamp(local).ok()?;
    utc.checked_sub(SignedDuration::from_secs(i64::from(offset.seconds()))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_publishers_write_them() {
        let cases = [
            ("Sat, 13 Dec 2025 06:00:00 +0200", Some("2025-12-13T04:00:00Z")),
            ("Sat, 13 Dec 2025 06:00:00 GMT", Some("2025-12-13T06:00:00Z")),
            ("13 December 2025", Some("2025-12-13T00:00:00Z")),
            ("December 13, 2025 3:09pm", Some("2025-12-13T15:09:00Z")),
            ("Dec 13th 2025 12:05 am EST", Some("2025-12-13T05:05:00Z")),
            ("2025-12-13", Some("2025-12-13T00:00:00Z")),
            ("2025-12-13 06:00", Some("2025-12-13T06:00:00Z")),
            ("2025-12-13T06:00:00+02:00", Some("2025-12-13T04:00:00Z")),
            ("2025-12-13 123", Some("2025-12-13T01:23:00Z")),
            ("30.10.23 14:05", Some("2023-10-30T14:05:00Z")),
            ("1765605600", Some("2025-12-13T06:00:00Z")),
            ("1765605600000", Some("2025-12-13T06:00:00Z")),
            ("yesterday", None),
            ("31.02.2025", None),
            ("", None),
            ("12/13/2025", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
    }
}
