//! Lateness against the series' own rhythm, from what was known. Pure.

use jiff::ToSpan;
use jiff::civil::Date;

use super::days;
use crate::detect::Unknown;
use crate::detect::rhythm::Rhythm;

/// How a running gap stands against the gaps before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    /// The date of the last event.
    pub last: Date,
    /// Days since.
    pub days: i64,
    /// The gaps it is compared with.
    pub gaps: usize,
    rhythm: Rhythm,
}

impl Running {
    /// Compares the days since the last date with the gaps between all dates, ascending; several on a day are one.
    ///
    /// # Errors
    /// With fewer than eight gaps.
    pub fn of(dates: &[Date], today: Date) -> Result<Self, Unknown> {
        let mut dates = dates.to_vec();
        dates.dedup();
        let gaps: Vec<f64> = dates.windows(2).map(|pair| days(pair[0], pair[1]) as f64).collect();
        let rhythm = Rhythm::of(&gaps)?;
        let last = dates.last().copied().unwrap_or(today);
        Ok(Self { last, days: days(last, today), gaps: gaps.len(), rhythm })
    }

    /// The share of gaps that are shorter than the running one, 0 to 1.
    pub fn lateness(&self) -> f64 {
        self.rhythm.lateness(self.days as f64)
    }

    /// The gap in days that is longer than this share of gaps.
    pub fn limit(&self, share: f64) -> f64 {
        self.rhythm.limit(share)
    }

    /// The last date that is not late by this share.
    pub fn due(&self, share: f64) -> Date {
        // A limit of 21.7 days is passed on the 22nd day.
        self.last.saturating_add((self.limit(share).floor().clamp(0.0, 1e5) as i64).days())
    }
}
