//! Cron expressions and the instants they name: the calendar side and the clock-change rule.
//!
//! The `cron` crate is the engine for what it does right: stepping through
//! months, hours, minutes and seconds in naive time. It counts weekdays from
//! Sunday = 1, joins the two day fields with *and*, knows no `L`, `W`, `#`,
//! five-field form or wrap-around range, and skips or repeats jobs at clock
//! changes. Those parts are ours: [`field`] reads the text, [`day`] decides
//! about a date, and this file maps wall time to instants.

mod day;
mod field;

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Timelike};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use day::Days;
use field::{HOUR, MINUTE, MONTH, SECOND};

/// The longest expression that is read; real ones are a tenth of it.
const LONGEST: usize = 500;

/// A cron expression that has been read (crontab rules; see the manual's section on schedules).
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    /// Neither hour nor minute holds a `*`: each wall time is due exactly once a day.
    fixed: bool,
    days: Days,
    times: ::cron::Schedule,
}

impl Cron {
    /// Reads five fields, six with seconds first, or a macro such as `@daily`.
    ///
    /// # Errors
    /// A sentence that names the field, the value and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("a cron expression of {} bytes is longer than {LONGEST}; split the job", text.len()));
        }
        let fields = Fields::split(expand(text)?)?;
        let lists = [
            SECOND.list(fields.second)?,
            MINUTE.list(fields.minute)?,
            HOUR.list(fields.hour)?,
            MONTH.list(fields.month)?,
        ];
        let [second, minute, hour, month] = lists;
        let times = ::cron::Schedule::from_str(&format!("{second} {minute} {hour} * {month} *"))
            .map_err(|error| format!("the cron expression `{text}` cannot be used: {error}"))?;
        let fixed = !field::holds_star(fields.minute) && !field::holds_star(fields.hour);
        Ok(Self { text: text.to_owned(), fixed, days: Days::parse(fields.day, fields.weekday)?, times })
    }

    /// The first due instant strictly after `last`; `None` when there is none before the year 2100.
    pub fn next_after(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.fixed { self.next_fixed(last, zone) } else { self.next_elapsed(last, zone) }
    }

    /// Every wall time for itself, once: a skipped one right after the gap, a repeated one at its first passing.
    fn next_fixed(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut wall = zone.to_datetime(last);
        loop {
            wall = self.next_wall(wall)?;
            let at = first_passing(wall, zone)?;
            // In the second passing of a repeated hour the next wall times have been served already.
            if at > last {
                return Some(at);
            }
        }
    }

    /// Real time from clock change to clock change: both passings of a repeated hour, nothing in a gap.
    fn next_elapsed(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let (mut from, mut offset) = (last, zone.to_offset(last));
        let mut wall = offset.to_datetime(last);
        loop {
            let next = offset.to_timestamp(self.next_wall(wall)?).ok()?;
            let Some(change) = zone.following(from).next().map(|change| change.timestamp()) else { return Some(next) };
            if next < change {
                return Some(next);
            }
            (from, offset) = (change, zone.to_offset(change));
            // One second back, because the instant of the change is itself a candidate.
            wall = offset.to_datetime(change).checked_sub(1.second()).ok()?;
        }
    }

    /// The first matching wall time strictly after another.
    fn next_wall(&self, wall: DateTime) -> Option<DateTime> {
        let mut from = to_chrono(wall)?;
        loop {
            let found = from_chrono(self.times.after(&from).next()?)?;
            if self.days.contains(found.date()) {
                return Some(found);
            }
            from = to_chrono(found.date().at(23, 59, 59, 0))?;
        }
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl fmt::Display for Cron {
    /// The expression as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The six fields as written.
struct Fields<'a> {
    second: &'a str,
    minute: &'a str,
    hour: &'a str,
    day: &'a str,
    month: &'a str,
    weekday: &'a str,
}

impl<'a> Fields<'a> {
    fn split(text: &'a str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        match parts[..] {
            [minute, hour, day, month, weekday] => Ok(Self { second: "0", minute, hour, day, month, weekday }),
            [second, minute, hour, day, month, weekday] => Ok(Self { second, minute, hour, day, month, weekday }),
            _ => Err(format!(
                "the cron expression `{text}` has {} fields; expected five (minute, hour, day of month, month, \
                 weekday) or six with seconds first",
                parts.len()
            )),
        }
    }
}

/// Writes a macro out as five fields.
fn expand(text: &str) -> Result<&str, String> {
    const MACROS: [(&str, &str); 7] = [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
    ];
    if !text.starts_with('@') {
        return Ok(text);
    }
    let known = MACROS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    known.map(|(_, fields)| *fields).ok_or_else(|| {
        format!("`{text}` is not a cron macro; expected @hourly, @daily, @weekly, @monthly or @yearly, or five fields")
    })
}

/// The instant of a wall time: its first passing, or the first instant after the gap that swallows it.
fn first_passing(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        // Read with the offset that holds after the gap, the wall time lies before the change.
        AmbiguousOffset::Gap { after, .. } => {
            let before_change = after.to_timestamp(wall).ok()?;
            zone.following(before_change).next().map(|change| change.timestamp())
        }
    }
}

fn to_chrono(wall: DateTime) -> Option<chrono::DateTime<chrono::Utc>> {
    let (month, day) = (u32::try_from(wall.month()).ok()?, u32::try_from(wall.day()).ok()?);
    let (hour, minute, second) =
        (u32::try_from(wall.hour()).ok()?, u32::try_from(wall.minute()).ok()?, u32::try_from(wall.second()).ok()?);
    let date = chrono::NaiveDate::from_ymd_opt(i32::from(wall.year()), month, day)?;
    Some(date.and_hms_opt(hour, minute, second)?.and_utc())
}

fn from_chrono(wall: chrono::DateTime<chrono::Utc>) -> Option<DateTime> {
    let part = |value: u32| i8::try_from(value).ok();
    DateTime::new(
        i16::try_from(wall.year()).ok()?,
        part(wall.month())?,
        part(wall.day())?,
        part(wall.hour())?,
        part(wall.minute())?,
        part(wall.second())?,
        0,
    )
    .ok()
}
