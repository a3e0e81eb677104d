//! Dated values with their evidence: what the store keeps for ever.

use jiff::Timestamp;
use jiff::civil::Date;

use super::geo::Point;
use super::name::Name;
use super::quantity::Quantity;
use super::source::Grade;

/// What one observation says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A figure, of `count` and `level` indicators.
    Quantity(Quantity),
    /// One report of a happening, of `report` indicators.
    Report(Report),
    /// What an item says about an expected event, of `schedule` indicators.
    Statement(Statement),
}

impl Value {
    /// The figure, where there is one: a report counts one, a statement its amount.
    pub fn figure(&self) -> Option<f64> {
        match self {
            Self::Quantity(quantity) => Some(quantity.value),
            Self::Report(_) => Some(1.0),
            Self::Statement(statement) => statement.amount.as_ref().map(|amount| amount.quantity.value),
        }
    }
}

/// One report of a happening at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Where: the item's coordinates, or the centre of the place it names.
    pub point: Point,
    /// The error of `point` in kilometres: 0 for coordinates, the place's reach where only a name stood.
    pub error_km: f64,
    /// The name of the place as the text wrote it, where that is how it was found.
    pub place: Option<String>,
}

/// What an item says about an expected event.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statement {
    /// When it is expected, as a window of dates.
    pub expected: Option<DateWindow>,
    /// The amount it names.
    pub amount: Option<Amount>,
    /// What it says has happened to it.
    pub status: Option<Status>,
}

/// A date as precisely as it was stated: both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateWindow {
    /// The first date it can be.
    pub from: Date,
    /// The last date it can be; judged late only after this one.
    pub to: Date,
}

/// A sum of money.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// The figure in whole units of the currency.
    pub quantity: Quantity,
    /// ISO 4217 code.
    pub currency: String,
    /// What the sum is: ceiling, commitment, allocation, delivery, loan, in-kind; `None` when not said.
    pub role: Option<String>,
}

/// What is said to have happened to an expected event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// It is named as coming.
    Announced,
    /// It is settled.
    Confirmed,
    /// It has happened.
    Delivered,
    /// It will be later.
    Delayed,
    /// It will not be.
    Cancelled,
}

impl Status {
    /// The words of the configuration.
    pub const WORDS: [&str; 5] = ["announced", "confirmed", "delivered", "delayed", "cancelled"];

    /// Reads a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "announced" => Self::Announced,
            "confirmed" => Self::Confirmed,
            "delivered" => Self::Delivered,
            "delayed" => Self::Delayed,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }

    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Confirmed => "confirmed",
            Self::Delivered => "delivered",
            Self::Delayed => "delayed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The text a value rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// An excerpt of the item's text, as stored, with some words around the value.
    pub text: String,
    /// Where in `text` the value stands: a range of characters, not bytes.
    pub span: (usize, usize),
}

/// A guard's mark on a value: shown, never a trigger by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// Outside the indicator's `plausible` range.
    Implausible,
    /// Repeats unlike its history.
    Frozen,
    /// A run of zeros against history.
    SuspectZero,
    /// A running total that falls.
    Fell,
    /// A final period changed by more than 2 %.
    Revised,
    /// A final period changed by more than 25 %.
    SourceBreak,
    /// Dated after it was recorded.
    Future,
    /// Dated before anything the watch is about.
    Ancient,
    /// The item gave no date; the time of the poll stands in.
    Undated,
    /// Read in another way than the values before it: a change of the method, not of the world.
    MethodChange,
    /// The item itself contradicts it: the parts that it names do not add up to it.
    Contradicted,
    /// The figure was stated for several areas together, of which this indicator is one.
    Shared,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 12] = [
        Self::Implausible,
        Self::Frozen,
        Self::SuspectZero,
        Self::Fell,
        Self::Revised,
        Self::SourceBreak,
        Self::Future,
        Self::Ancient,
        Self::Undated,
        Self::MethodChange,
        Self::Contradicted,
        Self::Shared,
    ];

    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Implausible => "implausible",
            Self::Frozen => "frozen",
            Self::SuspectZero => "suspect_zero",
            Self::Fell => "fell",
            Self::Revised => "revised",
            Self::SourceBreak => "source_break",
            Self::Future => "future",
            Self::Ancient => "ancient",
            Self::Undated => "undated",
            Self::MethodChange => "method_change",
            Self::Contradicted => "contradicted",
            Self::Shared => "shared",
        }
    }

    /// Reads [`Flag::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.word() == word)
    }

    /// Whether a value so marked is kept out of readings until a person or a later value clears it.
    pub fn bars_from_readings(self) -> bool {
        matches!(self, Self::Implausible | Self::Future | Self::Ancient)
    }

    /// Whether a reading so marked is shown but decides nothing: no condition rests on it and no baseline learns it.
    pub fn bars_from_judgement(self) -> bool {
        matches!(self, Self::Frozen | Self::SuspectZero)
    }
}

/// The item an observation was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRef {
    /// The item's identity within its feed.
    pub id: String,
    /// Which revision of it, from 1.
    pub revision: u32,
    /// Its title then.
    pub title: Option<String>,
    /// Its link then.
    pub link: Option<String>,
}

/// One dated value of one indicator: a vintage. Never overwritten.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The row's number, rising in the order of recording; 0 before it is stored.
    pub id: i64,
    /// The indicator it belongs to.
    pub indicator: Name,
    /// Which value this is a vintage of: feed and item, or feed and start of the reset period.
    pub key: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// What it says.
    pub value: Value,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// The feed it came from; `None` when a person recorded it.
    pub feed: Option<Name>,
    /// The publisher: the item's own where the feed names one, else the feed's source.
    pub source: String,
    /// The item it was read from.
    pub item: Option<ItemRef>,
    /// A stable hash of what and how it was extracted: another one marks a change of method, not of the world.
    pub method: Option<String>,
    /// The text it rests on.
    pub evidence: Evidence,
    /// Letter and digit.
    pub grade: Grade,
    /// Guards that fired.
    pub flags: Vec<Flag>,
    /// The vintage that this one replaces.
    pub supersedes: Option<i64>,
    /// Who recorded it by hand.
    pub author: Option<String>,
    /// Whether this vintage says that the value was withdrawn: the key has no value from here on.
    pub withdrawn: bool,
    /// When an import wrote it, where `recorded_at` is an earlier moment that the import stated.
    pub entered_at: Option<Timestamp>,
}
