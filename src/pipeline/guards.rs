//! Marks on values that a source may have got wrong. Shown, never a trigger by themselves.

use jiff::{SignedDuration, Timestamp};

use crate::model::indicator::Indicator;
use crate::model::observation::{Flag, Observation, Value};
use crate::model::time::{Period, after, before};

/// A closed period that changed by more than this share is marked as revised.
const REVISED: f64 = 0.02;
/// A closed period that changed by more than this share is marked as a break of its source.
const SOURCE_BREAK: f64 = 0.25;
/// A running total that falls is not believed before this long.
pub const FALL_PERSISTS: SignedDuration = SignedDuration::from_hours(24);

/// The guards that fire on a new value; `previous` is the newest vintage of its key, `effective` the one in force.
pub fn flags(
    spec: &Indicator,
    zone: &jiff::tz::TimeZone,
    new: &Observation,
    (previous, effective): (Option<&Observation>, Option<&Observation>),
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
    let figure = |observation: &Observation| observation.value.figure();
    // An earlier point of the course that arrives late may well be lower.
    let before = effective.filter(|before| before.event_time <= new.event_time);
    if is_cumulative && before.and_then(figure).is_some_and(|before| quantity.value < before) {
        flags.push(Flag::Fell);
    }
    let period = Period::containing(spec.period, new.event_time, zone);
    if let Some(before) =
        previous.and_then(figure).filter(|_| !is_read_otherwise && period.span(zone).to <= new.recorded_at)
    {
        let share = (quantity.value - before).abs() / before.abs().max(f64::MIN_POSITIVE);
        // The first figure after the end completes the period; only a change of a complete one is a revision.
        if previous.is_some_and(|previous| previous.recorded_at >= period.span(zone).to) {
            flags.extend((share > SOURCE_BREAK).then_some(Flag::SourceBreak));
            flags.extend((share > REVISED && share <= SOURCE_BREAK).then_some(Flag::Revised));
        }
    }
    flags
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
