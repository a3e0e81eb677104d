//! Item → outcome: matching, the number grammar, dates, amounts, places.
//!
//! *No match is not zero.* Ambiguous is `no_match`, never a guess. The digits
//! of a value occur in the stored evidence.
//!
//! A rule is checked and compiled once ([`Extractor::new`]) and then reads
//! item after item ([`Extractor::read`]), without state in between. How a
//! figure is found has a file and a row of [`EXTRACTORS`] each; what an
//! indicator's kind makes of an item is in `kinds`.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::model::geo::Place;
use crate::model::indicator::Kind;
use crate::model::item::Item;
use crate::model::observation::{Status, Value};
use crate::model::outcome::{Finding, Outcome};

pub mod amounts;
pub mod area;
pub mod css;
pub mod dates;
mod field;
mod figure;
mod filter;
mod jsonpath;
mod kinds;
mod matching;
pub mod numbers;
mod parts;
pub mod pattern;
pub mod provenance;
mod source;
mod text;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub(crate) use figure::{Figure, FigureReader};

/// One way to find a figure in an item.
pub struct ExtractorRow {
    /// The key of `value = { … }`; a bare string is a `regex`.
    pub key: &'static str,
    /// What it does, in one line, for help and manual.
    pub summary: &'static str,
    /// Compiles the rule, if it is of this way.
    compile: fn(&ValueRule) -> Option<Compiled>,
}

/// A reader that is shared by the clones of its extractor, or what is wrong with its rule.
type Compiled = Result<Arc<dyn FigureReader>, RuleError>;

/// Every way to find a figure.
pub const EXTRACTORS: &[ExtractorRow] = &[
    ExtractorRow {
        key: "regex",
        summary: "the figure a pattern points at: group `value`, else group 1, else the match",
        compile: |rule| match rule {
            ValueRule::Regex(pattern) => Some(shared(pattern::PatternReader::new(pattern))),
            _ => None,
        },
    },
    ExtractorRow {
        key: "field",
        summary: "the figure of a named field",
        compile: |rule| match rule {
            ValueRule::Field(name) => Some(shared(Ok(field::FieldReader::new(name)))),
            _ => None,
        },
    },
    ExtractorRow {
        key: "jsonpath",
        summary: "a figure in the item's JSON (RFC 9535)",
        compile: |rule| match rule {
            ValueRule::JsonPath(path) => Some(shared(jsonpath::JsonPathReader::new(path))),
            _ => None,
        },
    },
    ExtractorRow {
        key: "css",
        summary: "a figure in the item's HTML, of an element's text or attribute",
        compile: |rule| match rule {
            ValueRule::Css(selector, attribute) => Some(shared(css::CssReader::new(selector, attribute.as_deref()))),
            _ => None,
        },
    },
    ExtractorRow {
        key: "area",
        summary: "the area of the item's polygons within a place, in km²",
        compile: |rule| match rule {
            ValueRule::Area(place) => Some(shared(Ok(area::AreaReader::new(place)))),
            _ => None,
        },
    },
];

/// Figure readers by the rule that they were compiled from: indicators with the same pattern share one.
#[derive(Default)]
pub struct Readers(HashMap<String, Arc<dyn FigureReader>>);

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Readers({})", self.0.len())
    }
}

impl Readers {
    /// So many are kept: enough for any watch, and bounded for a generated one.
    const MOST: usize = 1024;

    /// The reader of a rule.
    fn compile(&mut self, rule: &ValueRule) -> Compiled {
        let key = format!("{rule:?}");
        if let Some(known) = self.0.get(&key) {
            return Ok(Arc::clone(known));
        }
        let compiled = EXTRACTORS.iter().find_map(|row| (row.compile)(rule)).unwrap_or_else(|| {
            let message = "no extractor reads this rule".to_owned();
            Err(RuleError { key: "value", message, column: None })
        })?;
        if self.0.len() < Self::MOST {
            self.0.insert(key, Arc::clone(&compiled));
        }
        Ok(compiled)
    }
}

fn shared<R: FigureReader + 'static>(reader: Result<R, RuleError>) -> Compiled {
    reader.map(|reader| Arc::new(reader) as Arc<dyn FigureReader>)
}

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
    /// A pattern for the figures that should add up to the value.
    pub parts: Option<String>,
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
    /// The key: `match`, `where`, `value`, `parts`, `date`, `amount` or `status`.
    pub key: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Where in the expression, in characters from 1.
    pub column: Option<usize>,
}

/// A compiled `from`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Extractor {
    field: Option<String>,
    matching: matching::Matching,
    filters: Vec<filter::Filter>,
    kind: Arc<dyn kinds::KindReader>,
    looks_inside: bool,
    parts: Option<Arc<parts::Parts>>,
}

impl Extractor {
    /// Checks and compiles the rules.
    ///
    /// # Errors
    /// Every pattern, path or selector that is invalid.
    pub fn new(rules: Rules) -> Result<Self, Vec<RuleError>> {
        Self::sharing(rules, &mut Readers::default())
    }

    /// Checks and compiles the rules; what was compiled before for another extractor is shared with it.
    ///
    /// # Errors
    /// As [`Extractor::new`].
    pub fn sharing(rules: Rules, readers: &mut Readers) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        let matching = kept(matching::Matching::new(rules.matching.as_ref()), &mut errors);
        let filters = rules.filters.iter().map(filter::Filter::new).map(|filter| one_error(filter, &mut errors));
        let filters: Option<Vec<_>> = filters.collect();
        let kind = kept(kinds::compile(&rules, readers), &mut errors);
        let parts = rules.parts.as_deref().map(parts::Parts::new).transpose();
        let parts = one_error(parts, &mut errors).flatten().map(Arc::new);
        match (matching, filters, kind) {
            (Some(matching), Some(filters), Some(kind)) if errors.is_empty() => {
                let looks_inside = matches!(rules.value, Some(ValueRule::JsonPath(_) | ValueRule::Css(..)));
                Ok(Self { field: rules.field, matching, filters, kind, looks_inside, parts })
            }
            _ => Err(errors),
        }
    }

    /// Reads one item. `zone` is the watch's: dates without an offset are in it.
    pub fn read(&self, item: &Item, zone: &TimeZone) -> Outcome {
        let failed = self.filters.iter().find_map(|filter| filter.failure(item));
        if let Some(why) = failed {
            return Outcome::NoMatch { why };
        }
        let source = source::Source { item, field: self.field.as_deref(), zone };
        if let Some(why) = source.missing() {
            return Outcome::NoMatch { why };
        }
        match self.matching.find(&source) {
            Ok(matched) => self.kind.read(&source, matched.as_ref()),
            Err(why) => Outcome::NoMatch { why },
        }
    }

    /// Whether it looks into an item's raw element, beyond its texts and fields.
    pub fn looks_inside(&self) -> bool {
        self.looks_inside
    }

    /// Why the item itself contradicts a figure: the parts that it names do not add up to it.
    pub fn contradiction(&self, item: &Item, zone: &TimeZone, finding: &Finding) -> Option<String> {
        let source = source::Source { item, field: self.field.as_deref(), zone };
        match &finding.value {
            Value::Quantity(quantity) => self.parts.as_ref()?.contradiction(&source, quantity),
            Value::Report(_) | Value::Statement(_) => None,
        }
    }

    /// What a reader of a finding should know beside it: an amount that could not be compared with `min_amount`.
    pub fn remark(&self, finding: &Finding) -> Option<String> {
        self.kind.remark(finding)
    }
}

fn kept<T>(result: Result<T, Vec<RuleError>>, errors: &mut Vec<RuleError>) -> Option<T> {
    result.map_err(|found| errors.extend(found)).ok()
}

fn one_error<T>(result: Result<T, RuleError>, errors: &mut Vec<RuleError>) -> Option<T> {
    kept(result.map_err(|error| vec![error]), errors)
}
