//! The readings before the latest: what may be compared with it, and what they come to.

use super::*;
use crate::model::observation::Flag;

/// The readings before the latest that may be compared with it.
pub(super) struct Before<'r> {
    pub readings: &'r [Reading],
    pub wanted: usize,
}

/// The middle of a baseline, with the least and the most it can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Middle {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Before<'_> {
    fn taken(&self) -> &[Reading] {
        let from = self.readings.len().saturating_sub(self.wanted);
        self.readings.get(from..).unwrap_or_default()
    }

    /// The median of the last so many periods.
    pub fn median(&self) -> std::result::Result<Middle, String> {
        let usable: Vec<&Reading> = self.taken().iter().filter(|reading| is_usable(reading)).collect();
        let (have, wanted) = (usable.len(), self.wanted);
        if have < wanted {
            let missing = wanted - have;
            return Err(format!(
                "its baseline needs {wanted} periods with values, there are {have}: {missing} are missing"
            ));
        }
        let of = |side: fn(&Reading) -> f64| {
            let figures: Vec<f64> = usable.iter().map(|reading| side(reading)).collect();
            median(&figures).ok_or_else(|| "its baseline is empty".to_owned())
        };
        Ok(Middle {
            value: of(|reading| reading.value.unwrap_or_default())?,
            low: of(|reading| reading.low.unwrap_or(f64::NEG_INFINITY))?,
            high: of(|reading| reading.high.unwrap_or(f64::INFINITY))?,
        })
    }

    /// The rows behind the baseline, then those behind the latest.
    pub fn vintages(&self, latest: &Reading) -> Vec<i64> {
        self.taken().iter().chain([latest]).flat_map(|reading| reading.vintages.clone()).collect()
    }
}

/// Whether a reading may stand in a baseline: its period is over, and no guard doubts it.
fn is_usable(reading: &Reading) -> bool {
    reading.is_final && reading.value.is_some() && !reading.is_doubtful()
}

/// What a detector learns of a reading. What is partial, doubted, broken or corrected is a gap, not a value.
pub(super) fn learned(reading: &Reading) -> Option<f64> {
    let is_broken = reading.flags.contains(&Flag::SourceBreak);
    let is_corrected = reading.flags.contains(&Flag::Fell) && reading.high.is_none();
    reading.value.filter(|_| is_usable(reading) && reading.is_whole && !is_broken && !is_corrected)
}

/// The earlier readings that mean the same as the latest: those since its definition last changed.
///
/// # Errors
/// As a clause, where the definition changed within the latest period itself.
pub(super) fn since_break<'r>(
    earlier: &'r [Reading],
    latest: &Reading,
    breaks: &[Date],
) -> std::result::Result<&'r [Reading], String> {
    let (first, next) = (latest.period.first_date(), latest.period.offset(1).first_date());
    if let Some(date) = breaks.iter().find(|date| **date > first && **date < next) {
        return Err(format!("its definition changed on {date}, within {}", latest.period));
    }
    let Some(date) = breaks.iter().filter(|date| **date <= first).max() else { return Ok(earlier) };
    let begins = earlier.iter().position(|reading| reading.period.first_date() >= *date).unwrap_or(earlier.len());
    Ok(earlier.get(begins..).unwrap_or_default())
}
