//! Marks on values that a source may have got wrong. Shown, never a trigger by themselves.

use jiff::{SignedDuration, Timestamp};

use crate::model::indicator::{Indicator, Kind};
use crate::model::observation::{Flag, Observation, Value};
use crate::model::reading::Reading;
use crate::model::time::{after, before};

/// A closed period that changed by more than this share is marked as revised.
pub const REVISED: f64 = 0.02;
/// A closed period that changed by more than this share is marked as a break of its source.
pub const SOURCE_BREAK: f64 = 0.25;
/// A running total that falls is not believed before this long, or before so many polls have seen it.
pub const FALL_PERSISTS: SignedDuration = SignedDuration::from_hours(24);
/// The polls that have to see a fall, the first one included.
pub const FALL_POLLS: usize = 3;
/// So many equal values in a row, in a series whose past has none, are marked as frozen.
const FROZEN_RUN: usize = 5;
/// A past shorter than this has no habits to be unlike.
const FROZEN_PAST: usize = 10;
/// The same for runs of zeros.
const ZERO_PAST: usize = 8;
/// Zeros less likely than this by the series' own past are suspect.
const ZERO_CHANCE: f64 = 1e-3;
/// Where the past never came below this, the first zero is suspect already.
const FAR_FROM_ZERO: f64 = 10.0;

/// What was known of a value's key before the new one came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// The figure that rules use now.
    pub in_force: Option<f64>,
    /// The first figure given after the period's end: what the closed period said.
    pub complete: Option<f64>,
}

/// The guards that fire on a new value by itself and by what its own key said before.
///
/// `previous` is the newest vintage of its key.
pub fn flags(
    spec: &Indicator,
    new: &Observation,
    (previous, known): (Option<&Observation>, Known),
    is_cumulative: bool,
) -> Vec<Flag> {
    let mut flags = time_flags(new.event_time, new.recorded_at);
    let is_read_otherwise = previous.is_some_and(|before| before.method.is_some() && before.method != new.method);
    flags.extend(is_read_otherwise.then_some(Flag::MethodChange));
    let Value::Quantity(quantity) = &new.value else { return flags };
    if spec.plausible.is_some_and(|(least, most)| quantity.value < least || quantity.value > most) {
        flags.push(Flag::Implausible);
        return flags;
    }
    if is_cumulative && known.in_force.is_some_and(|before| quantity.value < before) {
        flags.push(Flag::Fell);
    }
    // A figure that is read in another way says nothing about a change of the world.
    flags.extend(known.complete.filter(|_| !is_read_otherwise).and_then(|before| revision(before, quantity.value)));
    flags
}

/// How a change of a closed period's figure is marked; `None` for one too small to speak of.
pub fn revision(before: f64, now: f64) -> Option<Flag> {
    let share = (now - before).abs() / before.abs().max(f64::MIN_POSITIVE);
    match share {
        share if share > SOURCE_BREAK => Some(Flag::SourceBreak),
        share if share > REVISED => Some(Flag::Revised),
        _ => None,
    }
}

fn time_flags(event_time: Timestamp, now: Timestamp) -> Vec<Flag> {
    // A day's grace: a date without a time may lie ahead of a clock in another zone.
    if event_time > after(now, SignedDuration::from_hours(36)) {
        return vec![Flag::Future];
    }
    if event_time < before(now, SignedDuration::from_hours(24 * 365 * 20)) {
        return vec![Flag::Ancient];
    }
    Vec::new()
}

/// When rules may use a value: a running total that fell has to persist.
pub fn effective_at(flags: &[Flag], now: Timestamp) -> Timestamp {
    if flags.contains(&Flag::Fell) { after(now, FALL_PERSISTS) } else { now }
}

/// Marks readings that repeat, or stay at zero, unlike their own past: `frozen` and `suspect_zero`.
///
/// Each is judged by the readings before it only, oldest first. `confirmed` says of each whether
/// a person or a second source stands behind it. What is marked is not learned from.
pub fn mark(series: &mut [Reading], confirmed: &[bool], kind: Kind) {
    let mut past = Past::default();
    for (reading, confirmed) in series.iter_mut().zip(confirmed) {
        let Some(value) = reading.value.filter(|_| reading.is_final) else { continue };
        let flag = match (*confirmed, kind) {
            (true, _) => None,
            (false, Kind::Count) if value == 0.0 => past.is_suspect_zero().then_some(Flag::SuspectZero),
            _ => past.is_frozen(value, &reading.vintages).then_some(Flag::Frozen),
        };
        past.learn(value, &reading.vintages, flag);
        if let Some(flag) = flag.filter(|flag| !reading.flags.contains(flag)) {
            reading.flags.push(flag);
        }
    }
}

/// What is known of a series before a reading.
#[derive(Default)]
struct Past {
    /// Values that were not marked.
    values: Vec<f64>,
    /// The last value and the rows it came from.
    last: Option<(f64, Vec<i64>)>,
    /// How many times in a row the last value was stated.
    run: usize,
    /// The longest run of one value that was not marked.
    longest: usize,
    /// Zeros in a row up to the last reading.
    zeros: i32,
}

impl Past {
    /// Whether one more zero makes a run that this past does not explain.
    fn is_suspect_zero(&self) -> bool {
        // The run itself is not the past that explains it.
        let running = self.values.iter().rev().take_while(|value| **value == 0.0).count();
        let past = self.values.get(..self.values.len() - running).unwrap_or_default();
        let count = past.len();
        let seen = past.iter().filter(|value| **value == 0.0).count();
        let chance = (seen as f64 + 0.5) / (count as f64 + 1.0);
        let least = past.iter().copied().fold(f64::INFINITY, f64::min);
        count >= ZERO_PAST && (chance.powi(self.zeros + 1) < ZERO_CHANCE || least >= FAR_FROM_ZERO)
    }

    /// Whether stating this value once more makes a run longer than any before.
    fn is_frozen(&self, value: f64, vintages: &[i64]) -> bool {
        let before = self.values.len().saturating_sub(self.run);
        let run = if self.continues(value, vintages) { self.run + 1 } else { 1 };
        run >= FROZEN_RUN && before >= FROZEN_PAST && self.longest < FROZEN_RUN
    }

    /// A level that is held repeats no statement: it has the same rows.
    fn continues(&self, value: f64, vintages: &[i64]) -> bool {
        self.last.as_ref().is_some_and(|(last, rows)| *last == value && rows != vintages)
    }

    fn learn(&mut self, value: f64, vintages: &[i64], flag: Option<Flag>) {
        self.run = if self.continues(value, vintages) { self.run + 1 } else { 1 };
        self.zeros = if value == 0.0 { self.zeros.saturating_add(1) } else { 0 };
        self.last = Some((value, vintages.to_vec()));
        if flag.is_none() {
            self.values.push(value);
            self.longest = self.longest.max(self.run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::{Period, PeriodLength};

    fn series(values: &[f64]) -> Vec<Reading> {
        let first = Period::of_date(PeriodLength::Day, jiff::civil::date(2026, 5, 1));
        let reading = |(row, value): (usize, &f64)| {
            let period = first.offset(i64::try_from(row).unwrap());
            let span = period.span(&jiff::tz::TimeZone::UTC);
            Reading {
                period,
                span,
                value: Some(*value),
                low: Some(*value),
                high: Some(*value),
                is_final: true,
                settles_at: span.to,
                is_whole: true,
                coverage: 1.0,
                flags: Vec::new(),
                vintages: vec![i64::try_from(row).unwrap()],
                feed: None,
            }
        };
        values.iter().enumerate().map(reading).collect()
    }

    /// The rows that are marked, from 0.
    fn marked(values: &[f64], confirmed: bool, flag: Flag) -> Vec<usize> {
        let mut series = series(values);
        mark(&mut series, &vec![confirmed; values.len()], Kind::Count);
        let has = |(row, reading): (usize, &Reading)| reading.flags.contains(&flag).then_some(row);
        series.iter().enumerate().filter_map(has).collect()
    }

    const LIVELY: [f64; 12] = [139.0, 150.0, 128.0, 161.0, 140.0, 133.0, 155.0, 147.0, 139.0, 162.0, 151.0, 144.0];

    /// A scraper that wrote 33 on five days after a page that said 139.
    #[test]
    fn five_equal_values_are_frozen_where_the_past_has_none() {
        let with = |tail: &[f64]| [&LIVELY[..], tail].concat();
        assert_eq!(marked(&with(&[33.0; 6]), false, Flag::Frozen), [16, 17]);
        assert_eq!(marked(&with(&[33.0; 4]), false, Flag::Frozen), [0_usize; 0]);
        assert_eq!(marked(&with(&[33.0; 6]), true, Flag::Frozen), [0_usize; 0], "a second source stands behind it");
        let calm: Vec<f64> = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0].repeat(5);
        assert_eq!(marked(&calm, false, Flag::Frozen), [0_usize; 0], "it has always repeated itself");
        assert_eq!(marked(&[7.0; 9], false, Flag::Frozen), [0_usize; 0], "too short a past");
    }

    #[test]
    fn a_held_level_is_not_frozen() {
        let mut held = series(&[&LIVELY[..], &[33.0; 6]].concat());
        held.iter_mut().skip(12).for_each(|reading| reading.vintages = vec![12]);
        mark(&mut held, &[false; 18], Kind::Level);
        assert!(held.iter().all(|reading| reading.flags.is_empty()));
    }

    #[test]
    fn zeros_are_suspect_against_the_past_only() {
        let with = |tail: &[f64]| [&LIVELY[..], tail].concat();
        assert_eq!(marked(&with(&[0.0, 0.0, 150.0, 0.0]), false, Flag::SuspectZero), [12, 13, 15]);
        assert_eq!(marked(&with(&[0.0]), true, Flag::SuspectZero), [0_usize; 0]);
        let small = [3.0, 1.0, 2.0, 4.0, 2.0, 1.0, 3.0, 2.0, 0.0, 0.0, 0.0];
        assert_eq!(marked(&small, false, Flag::SuspectZero), [10], "one zero is no surprise, three are");
        let sparse = [0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(marked(&sparse, false, Flag::SuspectZero), [0_usize; 0]);
    }

    #[test]
    fn changes_of_closed_periods() {
        assert_eq!(revision(100.0, 102.0), None);
        assert_eq!(revision(41_162.0, 40_151.0), Some(Flag::Revised));
        assert_eq!(revision(19_653.0, 1_572.0), Some(Flag::SourceBreak));
        assert_eq!((revision(0.0, 0.0), revision(0.0, 5.0)), (None, Some(Flag::SourceBreak)));
    }
}
