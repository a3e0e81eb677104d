//! A time of day as dates carry it.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A time of day; hour 24 is the next day's midnight and second 60 the next minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    hour: i64,
    minute: i64,
    second: i64,
    millisecond: i64,
}

impl Clock {
    /// A time, where the clock has it.
    pub fn new(hour: i64, minute: i64, second: i64) -> Option<Self> {
        let is_valid = (hour < 24 && minute < 60 && second <= 60) || (hour, minute, second) == (24, 0, 0);
        is_valid.then_some(Self { hour, minute, second, millisecond: 0 })
    }

    /// `hhmm` or `hhmmss`.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let part = |from: usize| digits.get(from..from + 2)?.parse().ok();
        match digits.len() {
            4 => Self::new(part(0)?, part(2)?, 0),
            6 => Self::new(part(0)?, part(2)?, part(4)?),
            _ => None,
        }
    }

    /// `h:mm`, `hh:mm:ss`, `hh:mm:ss.fff`; also with points, as `15.09`.
    pub fn from_colons(text: &str) -> Option<Self> {
        let (text, fraction) = match text.split_once([',', '.']) {
            Some((text, fraction)) if text.contains(':') => (text, fraction),
            _ => (text, ""),
        };
        let mut parts = text.split(':').map(|part| if part.len() <= 2 { part.parse::<i64>().ok() } else { None });
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = parts.next().unwrap_or(Some(0))?;
        if parts.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let millisecond = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        Some(Self { millisecond, ..Self::new(hour, minute, second)? })
    }

    /// The time after `am` or `pm`; a 24-hour time ignores the word, as `15:09 pm` means what it says.
    pub fn half(self, is_afternoon: bool) -> Self {
        let hour = match (self.hour, is_afternoon) {
            (12, false) => 0,
            (hour, true) if hour < 12 => hour + 12,
            (hour, _) => hour,
        };
        Self { hour, ..self }
    }

    /// The instant of this time on a date, so many seconds east of UTC.
    pub fn on(self, date: Date, offset: i32) -> Option<Timestamp> {
        let seconds = self.hour * 3600 + self.minute * 60 + self.second;
        let start =
            Offset::from_seconds(offset).ok()?.to_timestamp(DateTime::from_parts(date, Time::midnight())).ok()?;
        start.checked_add(SignedDuration::from_millis(seconds * 1000 + self.millisecond)).ok()
    }
}
