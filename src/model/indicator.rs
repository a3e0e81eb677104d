//! What an indicator is: the question that is measured over time.

use jiff::SignedDuration;
use jiff::civil::Date;

use super::condition::Limits;
use super::geo::Place;
use super::name::Name;
use super::source::{Discipline, Reliability};
use super::time::PeriodLength;

/// The four kinds of indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A state that holds until the next value: an area, a stock.
    Level,
    /// So many per period.
    Count,
    /// Single happenings at places, reported by several.
    Report,
    /// One expected event after the other, with dates that move.
    Schedule,
}

impl Kind {
    /// The words of the configuration.
    pub const WORDS: [&str; 4] = ["level", "count", "report", "schedule"];

    /// Reads a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "level" => Self::Level,
            "count" => Self::Count,
            "report" => Self::Report,
            "schedule" => Self::Schedule,
            _ => return None,
        })
    }

    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Count => "count",
            Self::Report => "report",
            Self::Schedule => "schedule",
        }
    }
}

/// How the values of one period become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// The last by event time.
    Last,
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their median.
    Median,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// How the feeds of one indicator are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combine {
    /// Per period, the first feed in order that covers it.
    First,
    /// The sum over feeds.
    Sum,
    /// The largest.
    Max,
    /// The median.
    Median,
}

/// When a running total begins again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reset {
    /// Each local day.
    Day,
    /// Each month.
    Month,
    /// Each year.
    Year,
    /// Never: the flow is the difference of two totals.
    Never,
}

/// One indicator, without the extractors that feed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its full name.
    pub name: Name,
    /// How it is shown.
    pub title: String,
    /// Which of the four kinds it is.
    pub kind: Kind,
    /// The unit of its values; empty for none.
    pub unit: String,
    /// The calendar period its readings are made for.
    pub period: PeriodLength,
    /// How values of one period become one.
    pub aggregate: Aggregate,
    /// How feeds are put together.
    pub combine: Combine,
    /// What it stands in for, shown wherever the value is.
    pub proxy_for: Option<String>,
    /// Without a new value for so long it is dead: conditions on it are unknown.
    pub stale_after: Option<SignedDuration>,
    /// Values outside are flagged and kept out of readings.
    pub plausible: Option<(f64, f64)>,
    /// Dates at which its definition changed: no comparison across them.
    pub breaks: Vec<Date>,
    /// When it can be seen at all; without one, always.
    pub observability: Option<Observability>,
    /// Where its reports have to be (`report`).
    pub near: Option<Place>,
    /// When an event counts as corroborated (`report`).
    pub corroboration: Corroboration,
    /// What is expected (`schedule`).
    pub schedule: ScheduleRule,
    /// Its inputs, in the order in which they are tried.
    pub inputs: Vec<Input>,
}

/// One `[[indicators.x.from]]`, as far as readings need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The feed that it reads.
    pub feed: Name,
    /// When its running total begins again; `None` is a plain value.
    pub cumulative: Option<Reset>,
    /// Whether it reads a figure; without one each matching item counts 1, and a covered period without any is zero.
    pub reads_figure: bool,
    /// The figure is stated for so many areas together, of which this is one.
    pub shared_by: Option<u32>,
    /// A stable hash of what and how it extracts: a change of it is a change of method.
    pub method: String,
}

/// When what an instrument looks for can be seen: outside of it, nothing seen is unknown and not zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Observability {
    /// The indicator of cloud or coverage.
    pub indicator: Name,
    /// Its readings with which one can see.
    pub limits: Limits,
}

/// When an event of a `report` indicator counts as corroborated.
#[derive(Debug, Clone, PartialEq)]
pub struct Corroboration {
    /// At least so many independent origins.
    pub origins: u32,
    /// Reports so close in time to the event's first are of it.
    pub within: SignedDuration,
    /// Reports so close in space to the event's first are of it, in kilometres.
    pub distance_km: f64,
    /// A report of each of these disciplines.
    pub disciplines: Vec<Discipline>,
    /// Origins of at least two parties.
    pub distinct_party: bool,
    /// So many origins at or above this letter.
    pub reliability: Option<Reliability>,
    /// The event's digit at or better than this.
    pub credibility: Option<u8>,
}

impl Default for Corroboration {
    fn default() -> Self {
        Self {
            origins: 2,
            within: SignedDuration::from_hours(72),
            distance_km: 10.0,
            disciplines: Vec::new(),
            distinct_party: false,
            reliability: None,
            credibility: None,
        }
    }
}

/// What is expected of a `schedule` indicator.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScheduleRule {
    /// The stated date.
    pub due: Option<Date>,
    /// Late only so long after the stated date.
    pub grace: SignedDuration,
    /// Late when the gap is longer than this share of the series' own gaps, such as 0.95.
    pub rhythm: Option<f64>,
    /// Statements of less are not of this event: value and ISO 4217 code.
    pub min_amount: Option<(f64, String)>,
}
