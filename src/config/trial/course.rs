//! `series`: the compact notation, and which value belongs to which period.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span as Step, Timestamp, ToSpan};

use crate::model::time::{Period, PeriodLength, start_of_day};

/// So many values are written out at most.
const MOST_VALUES: usize = 100_000;

/// How far apart the values of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// So many hours.
    Hours(i64),
    /// So many days.
    Days(i64),
    /// So many months.
    Months(i64),
}

impl Every {
    /// Reads `6h`, `1d`, `2w`, `1mo` or `1q`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at_checked(digits)?;
        let number: i64 = number.parse().ok().filter(|number| (1..=1000).contains(number))?;
        Some(match unit.trim() {
            "h" => Self::Hours(number),
            "d" => Self::Days(number),
            "w" => Self::Days(number * 7),
            "mo" => Self::Months(number),
            "q" => Self::Months(number * 3),
            _ => return None,
        })
    }

    /// The longest it can be.
    pub fn longest(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hours(hours) => hours,
            Self::Days(days) => 24 * days + 1,
            Self::Months(months) => 24 * 31 * months + 1,
        })
    }

    fn times(self, count: i64) -> Step {
        match self {
            Self::Hours(hours) => (hours * count).hours(),
            Self::Days(days) => (days * count).days(),
            Self::Months(months) => (months * count).months(),
        }
    }
}

/// Reads the compact notation of promtool: `a`, `a+bxN`, `a-bxN`, `axN` and `_xN`, where `xN` is N further values, and
/// of a missing one N in all.
///
/// # Errors
/// The word that cannot be read and its column, and why.
pub fn values(text: &str) -> Result<Vec<Option<f64>>, (usize, usize, String)> {
    let mut found = Vec::new();
    let mut column = 1;
    for word in text.split(' ') {
        let length = word.chars().count();
        if !word.trim().is_empty() {
            let part = expanded(word.trim()).map_err(|why| (column, length, why))?;
            if found.len() + part.len() > MOST_VALUES {
                return Err((column, length, format!("these are more than {MOST_VALUES} values")));
            }
            found.extend(part);
        }
        column += length + 1;
    }
    if found.is_empty() { Err((1, text.chars().count(), "there is no value".to_owned())) } else { Ok(found) }
}

fn expanded(word: &str) -> Result<Vec<Option<f64>>, String> {
    let unreadable = || format!("`{word}` is no value: expected `7`, `_`, `10+5x3`, `10-5x3`, `7x2` or `_x2`");
    let (start, count) = match word.split_once('x') {
        None => (word, None),
        Some((start, count)) => {
            let count = count.parse::<usize>().ok().filter(|count| *count <= MOST_VALUES).ok_or_else(unreadable)?;
            (start, Some(count))
        }
    };
    if start == "_" {
        return Ok(vec![None; count.unwrap_or(1)]);
    }
    // A sign at the beginning belongs to the first figure.
    let sign =
        start.char_indices().skip(1).find(|(at, c)| matches!(c, '+' | '-') && !start[..*at].ends_with(['e', 'E']));
    let (first, step) = match sign {
        Some((at, _)) => (&start[..at], figure(&start[at..]).ok_or_else(unreadable)?),
        None => (start, 0.0),
    };
    if sign.is_some() && count.is_none() {
        return Err(unreadable());
    }
    let first = figure(first).ok_or_else(unreadable)?;
    Ok((0..=count.unwrap_or(0)).map(|place| Some(first + step * place as f64)).collect())
}

fn figure(text: &str) -> Option<f64> {
    text.parse().ok().filter(|figure: &f64| figure.is_finite())
}

/// The place of one value of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The date by which its period is called.
    pub date: Date,
    /// When its period begins in the watch's zone.
    pub from: Timestamp,
    /// When it is told: its period is over.
    pub told: Timestamp,
}

/// The places of so many values from a start on, whose date as it is written is the first.
pub fn places((start, date): (Timestamp, Date), every: Every, count: usize, zone: &TimeZone) -> Vec<Place> {
    let clock = start.to_zoned(TimeZone::UTC);
    let instant = |steps: i64| clock.checked_add(every.times(steps)).map_or(Timestamp::MAX, |at| at.timestamp());
    let day = |steps: i64| match every {
        Every::Hours(_) => None,
        Every::Days(_) | Every::Months(_) => Some(date.saturating_add(every.times(steps))),
    };
    let place = |steps: i64| match (day(steps), day(steps + 1)) {
        (Some(date), Some(next)) => {
            Place { date, from: start_of_day(date, zone), told: start_of_day(next, zone).max(start) }
        }
        _ => Place { date: zone.to_datetime(instant(steps)).date(), from: instant(steps), told: instant(steps + 1) },
    };
    (0..i64::try_from(count).unwrap_or(0)).map(place).collect()
}

/// Whether a word of `revise` means the period of a value.
pub fn is_called(date: Date, word: &str) -> bool {
    let lengths = [PeriodLength::Day, PeriodLength::Week, PeriodLength::Month, PeriodLength::Quarter];
    lengths.into_iter().any(|length| Period::of_date(length, date).to_string() == word.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let words = |values: Vec<Option<f64>>| {
            let words = values.into_iter().map(|value| value.map_or_else(|| "_".to_owned(), |value| value.to_string()));
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(values(text).map(words), Ok(expected.to_owned()), "{text}");
    }

    #[test]
    fn the_notation_is_that_of_promtool() {
        check("900 450 400 _ 380", "900 450 400 _ 380");
        check("10+5x3", "10 15 20 25");
        check("10-5x3 7", "10 5 0 -5 7");
        check("7x2", "7 7 7");
        check("1 _x3 1", "1 _ _ _ 1");
        check("-2+4x3", "-2 2 6 10");
        check(" 1e3  1.5 ", "1000 1.5");
        for (wrong, column) in
            [("1 x", 3), ("1 2+3", 3), ("one", 1), ("1 2 3x-1", 5), ("", 1), ("1 nan", 3), ("7x999999999", 1)]
        {
            assert_eq!(values(wrong).map_err(|(at, _, _)| at), Err(column), "{wrong}");
        }
    }

    #[test]
    fn a_value_is_told_when_its_period_is_over() {
        let start = ("2026-01-01T00:00:00Z".parse().unwrap(), Date::constant(2026, 1, 1));
        let told = |every: &str, zone: &str| {
            let places = places(start, Every::parse(every).unwrap(), 2, &TimeZone::get(zone).unwrap());
            places.iter().map(|place| format!("{} {} {}", place.date, place.from, place.told)).collect::<Vec<_>>()
        };
        // The days are those of the watch's zone, and called as the start was written.
        assert_eq!(
            told("1mo", "Europe/Kyiv"),
            [
                "2026-01-01 2025-12-31T22:00:00Z 2026-01-31T22:00:00Z",
                "2026-02-01 2026-01-31T22:00:00Z 2026-02-28T22:00:00Z"
            ]
        );
        assert_eq!(
            told("1d", "America/New_York"),
            [
                "2026-01-01 2026-01-01T05:00:00Z 2026-01-02T05:00:00Z",
                "2026-01-02 2026-01-02T05:00:00Z 2026-01-03T05:00:00Z"
            ]
        );
        assert_eq!(
            told("6h", "UTC"),
            [
                "2026-01-01 2026-01-01T00:00:00Z 2026-01-01T06:00:00Z",
                "2026-01-01 2026-01-01T06:00:00Z 2026-01-01T12:00:00Z"
            ]
        );
    }

    #[test]
    fn periods_are_called_by_their_names() {
        let date = Date::constant(2026, 2, 14);
        assert!(["2026-02", "2026-02-14", "2026-W07", "2026-Q1"].iter().all(|word| is_called(date, word)));
        assert!(!is_called(date, "2026-03"));
    }
}
