//! `count` and `level`: a figure of the item, or one for the item itself.

use std::sync::Arc;

use super::{EventDate, KindReader};
use crate::extract::source::Source;
use crate::extract::text::evidence;
use crate::extract::{Figure, FigureReader, Readers, RuleError, Rules};
use crate::model::indicator::Kind;
use crate::model::observation::{Evidence, Value};
use crate::model::outcome::{Finding, Outcome};
use crate::model::quantity::Quantity;

/// Units of time: how long something lasted is no count of it.
const TIMES: &[&str] = &["s", "min", "h", "d", "wk", "mo", "y"];

/// A figure and, where a pattern says, its date.
#[derive(Debug)]
pub(super) struct FigureKind {
    reader: Option<Arc<dyn FigureReader>>,
    date: Option<EventDate>,
    is_count: bool,
}

impl FigureKind {
    /// Compiles the rule for the figure.
    ///
    /// # Errors
    /// Where it is invalid, and where a level has none.
    pub(super) fn new(rules: &Rules, readers: &mut Readers) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        let reader = match &rules.value {
            Some(rule) => crate::extract::one_error(readers.compile(rule), &mut errors),
            None => None,
        };
        let date = crate::extract::one_error(EventDate::new(rules), &mut errors).flatten();
        let is_count = rules.kind == Kind::Count;
        if rules.value.is_none() && !is_count {
            let message = "a level needs `value`: a matching item by itself is no figure".to_owned();
            errors.push(RuleError { key: "value", message, column: None });
        }
        if errors.is_empty() { Ok(Self { reader, date, is_count }) } else { Err(errors) }
    }

    /// Why a figure in this unit is none of this kind.
    fn refused(&self, unit: Option<&str>) -> Option<&'static str> {
        match unit {
            Some("%") if self.is_count => Some("the figure is a share, which is no count"),
            Some(unit) if self.is_count && TIMES.contains(&unit) => {
                Some("the figure is a span of time, which is no count")
            }
            _ => None,
        }
    }

    /// Whether a count reads as three decimals behind a comma: the source may as well have grouped thousands.
    fn is_doubtful(&self, quantity: Quantity, unit: Option<&str>, evidence: &Evidence) -> bool {
        let (from, to) = evidence.span;
        let has_comma = evidence.text.chars().skip(from).take(to - from).any(|c| c == ',');
        let three_decimals = (quantity.value * 100.0).fract().abs() > 1e-6 && quantity.value.abs() < 1000.0;
        self.is_count && unit.is_none() && has_comma && three_decimals
    }
}

impl KindReader for FigureKind {
    fn read(&self, source: &Source<'_>, matched: Option<&Evidence>) -> Outcome {
        let figure = match &self.reader {
            Some(reader) => reader.read(source),
            // Each matching item counts one.
            None => {
                let evidence = matched.cloned().unwrap_or_else(|| evidence::of_item(source.item));
                Figure::value(Quantity::exact(1.0), evidence)
            }
        };
        let (quantity, unit, evidence) = match figure {
            Figure::Found { quantity, unit, evidence } => (quantity, unit, evidence),
            Figure::NoMatch(why) => return Outcome::NoMatch { why },
            Figure::Error(why) => return Outcome::Error { why },
        };
        if let Some(why) = self.refused(unit.as_deref()) {
            return Outcome::NoMatch { why: why.to_owned() };
        }
        if self.is_doubtful(quantity, unit.as_deref(), &evidence) {
            let why = "a count with three decimals: the comma may group thousands".to_owned();
            return Outcome::NoMatch { why };
        }
        let event_time = match self.date.as_ref().map(|date| date.read(&source.text(), source.day())) {
            Some(Err(why)) => return Outcome::NoMatch { why },
            Some(Ok(Some((window, _)))) => EventDate::moment(&window, source.zone),
            Some(Ok(None)) | None => None,
        };
        let finding = Finding { value: Value::Quantity(quantity), event_time, evidence };
        if quantity == Quantity::exact(0.0) { Outcome::StatedZero(finding) } else { Outcome::Value(finding) }
    }
}
