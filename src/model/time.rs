//! Instants, calendar periods in a zone, and durations as people write them.
//!
//! Time is always an argument. An instant is a [`jiff::Timestamp`]; a calendar
//! period is a half-open [`Span`] of instants, so that every instant belongs
//! to exactly one period, also across clock changes.

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A half-open range of instants: `from` belongs to it, `to` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first instant of the span.
    pub from: Timestamp,
    /// The first instant after the span.
    pub to: Timestamp,
}

impl Span {
    /// A span; an empty one where `to` is before `from`.
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: to.max(from) }
    }

    /// Whether the instant lies in the span.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// How long the span is.
    pub fn duration(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// The part both spans share; `None` when they share nothing.
    pub fn intersection(&self, other: &Span) -> Option<Span> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Span { from, to })
    }
}

/// The length of an indicator's calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodLength {
    /// A local calendar day.
    Day,
    /// An ISO 8601 week: Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
}

impl PeriodLength {
    /// The word used in configuration and output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// The period that contains a civil date, as its first date.
    fn first_date(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Week => date - i64::from(date.weekday().since(Weekday::Monday)).days(),
            Self::Month => date.first_of_month(),
            Self::Quarter => {
                let month = (date.month() - 1) / 3 * 3 + 1;
                Date::new(date.year(), month, 1).unwrap_or(date)
            }
        }
    }

    /// The first date of the period `steps` after the one that begins on `first`.
    fn step(self, first: Date, steps: i64) -> Date {
        let span = match self {
            Self::Day => steps.days(),
            Self::Week => steps.weeks(),
            Self::Month => steps.months(),
            Self::Quarter => (steps * 3).months(),
        };
        first.saturating_add(span)
    }
}

/// One calendar period of a zone: a day, ISO week, month or quarter.
///
/// Its limits are local midnights (the first instant of the day where midnight
/// does not exist), so neighbouring periods share exactly one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    length: PeriodLength,
    first: Date,
}

impl Period {
    /// The period of the given length in which an instant falls, in a zone.
    pub fn containing(length: PeriodLength, at: Timestamp, zone: &TimeZone) -> Self {
        Self::of_date(length, zone.to_datetime(at).date())
    }

    /// The period of the given length in which a civil date falls.
    pub fn of_date(length: PeriodLength, date: Date) -> Self {
        Self { length, first: length.first_date(date) }
    }

    /// How long the period is.
    pub fn length(&self) -> PeriodLength {
        self.length
    }

    /// The first civil date of the period.
    pub fn first_date(&self) -> Date {
        self.first
    }

    /// The period `steps` later, earlier where negative.
    pub fn offset(&self, steps: i64) -> Self {
        Self { length: self.length, first: self.length.step(self.first, steps) }
    }

    /// The instants of the period in a zone.
    pub fn span(&self, zone: &TimeZone) -> Span {
        Span::new(start_of_day(self.first, zone), start_of_day(self.offset(1).first, zone))
    }
}

impl fmt::Display for Period {
    /// `2025-12-13`, `2025-W50`, `2025-12` or `2025-Q4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.length {
            PeriodLength::Day => write!(f, "{}", self.first),
            PeriodLength::Week => {
                let week = self.first.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            PeriodLength::Month => write!(f, "{year:04}-{month:02}"),
            PeriodLength::Quarter => write!(f, "{year:04}-Q{}", (month - 1) / 3 + 1),
        }
    }
}

/// The first instant of a civil date in a zone.
pub fn start_of_day(date: Date, zone: &TimeZone) -> Timestamp {
    // A date at the very edge of time has no instant in some zones; the edge serves.
    date.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Milliseconds since 1970, the store's unit of time.
pub fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant of so many milliseconds since 1970, clamped to what a calendar holds.
pub fn from_millis(millis: i64) -> Timestamp {
    let edge = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(edge)
}

/// An instant cut to whole milliseconds, as the store keeps it.
pub fn whole_millis(at: Timestamp) -> Timestamp {
    from_millis(millis(at))
}

/// An instant plus a duration, clamped to the ends of time.
pub fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(if wait.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// An instant minus a duration, clamped to the ends of time.
pub fn before(at: Timestamp, wait: SignedDuration) -> Timestamp {
    after(at, -wait)
}

/// Whole local days from one instant's date to another's; negative when `to` is earlier.
pub fn days_between(from: Timestamp, to: Timestamp, zone: &TimeZone) -> i64 {
    let (from, to) = (zone.to_datetime(from).date(), zone.to_datetime(to).date());
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

/// Writes an instant as RFC 3339 with the zone's offset, to the second.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    whole.display_with_offset(offset).to_string()
}

/// Writes an instant as RFC 3339 with the zone's offset, with its milliseconds: asked for again, it finds the same.
pub fn rfc3339_exact(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// Writes a duration as people read it: `3d`, `1d 6h`, `15m`, `20s`.
pub fn duration_words(duration: SignedDuration) -> String {
    let total = duration.as_secs().abs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = total;
    let mut words = Vec::new();
    for (size, letter) in units {
        if rest >= size && words.len() < 2 {
            words.push(format!("{}{letter}", rest / size));
            rest %= size;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn check(length: PeriodLength, at: &str, zone_name: &str, expected: [&str; 3]) {
        let zone = zone(zone_name);
        let period = Period::containing(length, at.parse().unwrap(), &zone);
        let span = period.span(&zone);
        assert_eq!([period.to_string(), span.from.to_string(), span.to.to_string()], expected);
    }

    #[test]
    fn periods_have_local_limits() {
        let kyiv = "Europe/Kyiv";
        check(
            PeriodLength::Day,
            "2026-03-29T12:00:00Z",
            kyiv,
            ["2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"],
        );
        check(
            PeriodLength::Week,
            "2026-01-01T12:00:00Z",
            kyiv,
            ["2026-W01", "2025-12-28T22:00:00Z", "2026-01-04T22:00:00Z"],
        );
        check(
            PeriodLength::Month,
            "2026-10-31T21:59:00Z",
            kyiv,
            ["2026-10", "2026-09-30T21:00:00Z", "2026-10-31T22:00:00Z"],
        );
        check(
            PeriodLength::Quarter,
            "2026-02-01T00:00:00Z",
            "UTC",
            ["2026-Q1", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"],
        );
        // Beirut skips midnight on 2026-03-29: the day begins at 01:00.
        check(
            PeriodLength::Day,
            "2026-03-29T12:00:00Z",
            "Asia/Beirut",
            ["2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"],
        );
    }

    #[test]
    fn every_instant_belongs_to_exactly_one_period() {
        for zone_name in ["Europe/Kyiv", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia"] {
            let zone = zone(zone_name);
            for length in [PeriodLength::Day, PeriodLength::Week, PeriodLength::Month, PeriodLength::Quarter] {
                let mut period = Period::of_date(length, Date::constant(2011, 12, 1));
                while period.first_date().year() < 2013 {
                    let (span, next) = (period.span(&zone), period.offset(1).span(&zone));
                    assert_eq!(span.to, next.from, "{zone_name} {period}");
                    if span.from < span.to {
                        assert_eq!(Period::containing(length, span.from, &zone), period, "{zone_name}");
                    }
                    period = period.offset(1);
                }
            }
        }
    }

    #[test]
    fn durations_read_well() {
        let cases = [(0, "0s"), (59, "59s"), (90, "1m 30s"), (86_400, "1d"), (108_000, "1d 6h")];
        for (seconds, words) in cases {
            assert_eq!(duration_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
