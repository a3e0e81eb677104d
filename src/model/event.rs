//! Reports of the same happening, grouped, with what links them.

use jiff::Timestamp;

use super::condition::Verdict;
use super::geo::Point;
use super::observation::Observation;
use super::provenance::Provenance;
use super::source::Grade;

/// A report as it stands, with what stays the same through all its revisions.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Its newest vintage. One that was withdrawn belongs to no event any more, but to the event's name.
    pub observation: Observation,
    /// The number of its first vintage.
    pub first: i64,
    /// What it shows of where it has its knowledge from.
    pub shown: Provenance,
}

/// Reports of the same happening.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The number of the report that was known first, of its first vintage: it stays while the event grows, also
    /// backwards in time.
    pub number: i64,
    /// When the first report says it happened.
    pub first: Timestamp,
    /// When the last report says it happened.
    pub last: Timestamp,
    /// Where the first report puts it.
    pub point: Point,
    /// The name of the place, where a report gave one.
    pub place: Option<String>,
    /// The reports, by event time: the numbers of their observations.
    pub members: Vec<i64>,
    /// Which reports share an origin, and why.
    pub links: Vec<Link>,
    /// Which may: a translation is no copy of words, and yet not an origin.
    pub undecided: Vec<Link>,
    /// Independent origins among the reports that may count.
    pub origins: u32,
    /// How many they are at least, if what is undecided shares its origin.
    pub least_origins: u32,
    /// Whether it satisfies the indicator's corroboration rule; unknown where what is undecided decides.
    pub corroborated: Verdict,
    /// The best source's letter and the claim's digit.
    pub grade: Grade,
}

/// Two reports that share an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// One report's observation.
    pub a: i64,
    /// The other's.
    pub b: i64,
    /// Why they share an origin, as a sentence fragment.
    pub why: String,
}
