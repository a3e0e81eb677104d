//! Which vintages of each value a reader gets to see.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::observation::Observation;
use crate::model::time::{Period, PeriodLength, after};

/// How long after it happened a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// At the end of so many periods after the value's own; 0 is the end of its own.
    Periods(u32),
    /// So long after the event's own time.
    Time(SignedDuration),
}

impl Lag {
    /// The moment at which a value that happened at `event_time` is looked at.
    fn moment(self, event_time: Timestamp, length: PeriodLength, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Periods(count) => Period::containing(length, event_time, zone).offset(count.into()).span(zone).to,
            Self::Time(wait) => after(event_time, wait),
        }
    }
}

/// Each value as it was known one lag after it happened: the newest vintage recorded by then, by event time.
///
/// Values of which that moment is not past at `known` are left out, so that all of them are equally mature; so are
/// values that were not known or were withdrawn by then. `vintages` are in the order of recording.
pub fn lagged(
    vintages: Vec<Observation>,
    lag: Lag,
    (length, zone): (PeriodLength, &TimeZone),
    known: Timestamp,
) -> Vec<Observation> {
    let mut newest: HashMap<String, Observation> = HashMap::new();
    for vintage in vintages {
        let moment = lag.moment(vintage.event_time, length, zone);
        if vintage.recorded_at <= moment && moment <= known {
            newest.insert(vintage.key.clone(), vintage);
        }
    }
    let mut seen: Vec<Observation> = newest.into_values().filter(|vintage| !vintage.withdrawn).collect();
    seen.sort_by_key(|vintage| (vintage.event_time, vintage.id));
    seen
}
