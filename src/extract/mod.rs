//! Item → outcome: matching, the number grammar, dates, amounts, places.
//!
//! *No match is not zero.* Ambiguous is `no_match`, never a guess. The digits
//! of a value occur in the stored evidence.

mod area;
mod compile;
pub mod dates;
pub mod numbers;
mod read;
mod words;

use jiff::tz::TimeZone;

use crate::model::geo::Place;
use crate::model::indicator::Kind;
use crate::model::item::Item;
use crate::model::observation::Status;
use crate::model::outcome::Outcome;

/// One `[[indicators.x.from]]` as written: what to read from the items of one feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The kind of the indicator: it decides what a match becomes.
    pub kind: Kind,
    /// Words that have to occur, or must not.
    pub matching: Option<MatchRule>,
    /// Tests on fields; all must hold.
    pub filters: Vec<FieldTest>,
    /// Where the figure is; `None`: each matching item counts one.
    pub value: Option<ValueRule>,
    /// A pattern with a group `date` (`schedule`; for others the event's date).
    pub date: Option<String>,
    /// A pattern with a group `amount` (`schedule`).
    pub amount: Option<String>,
    /// Words that show a status (`schedule`).
    pub status: Vec<(Status, Vec<String>)>,
    /// Read this field instead of title and content.
    pub field: Option<String>,
    /// Where reports have to be (`report`).
    pub near: Option<Place>,
    /// Statements of less are not of this event: value and ISO 4217 code (`schedule`).
    pub min_amount: Option<(f64, String)>,
}

/// `match = { all = […], any = […], none = […] }`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchRule {
    /// Each has to occur.
    pub all: Vec<String>,
    /// One has to occur, where there are any.
    pub any: Vec<String>,
    /// None may occur.
    pub none: Vec<String>,
    /// Read this field instead of title and content.
    pub field: Option<String>,
}

/// One test of `where`.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    /// The field's name.
    pub field: String,
    /// What has to hold.
    pub test: Test,
}

/// What has to hold of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these words.
    OneOf(Vec<String>),
    /// It is this word.
    Equals(String),
    /// It is a figure above this.
    Above(f64),
    /// It is a figure below this.
    Below(f64),
    /// This pattern occurs in it.
    Matches(String),
}

/// Where the figure of a `value` is.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueRule {
    /// A pattern: group `value`, else group 1, else the match.
    Regex(String),
    /// A named field.
    Field(String),
    /// A JSONPath into the raw element.
    JsonPath(String),
    /// A CSS selector into the raw fragment, and an attribute.
    Css(String, Option<String>),
    /// The area of the item's polygons within a place, in km².
    Area(Place),
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// The key: `match`, `where`, `value`, `date`, `amount` or `status`.
    pub key: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Where in the expression, in characters from 1.
    pub column: Option<usize>,
}

/// A compiled `from`.
#[derive(Debug, Clone)]
pub struct Extractor {
    rules: Rules,
    compiled: compile::Compiled,
}

impl Extractor {
    /// Checks and compiles the rules.
    ///
    /// # Errors
    /// Every pattern, path or selector that is invalid.
    pub fn new(rules: Rules) -> Result<Self, Vec<RuleError>> {
        let compiled = compile::compile(&rules)?;
        Ok(Self { rules, compiled })
    }

    /// Reads one item. `zone` is the watch's: dates without an offset are in it.
    pub fn read(&self, item: &Item, zone: &TimeZone) -> Outcome {
        read::Reading { rules: &self.rules, compiled: &self.compiled, item, zone }.outcome()
    }
}
