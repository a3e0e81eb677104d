//! What an indicator's kind makes of a matching item: a figure, a report, a statement.

mod coordinates;
mod figure;
mod report;
mod statement;
mod status;

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::pattern::Pattern;
use super::source::Source;
use super::text::fold::Folded;
use super::{Readers, RuleError, Rules, dates};
use crate::model::indicator::Kind;
use crate::model::observation::{DateWindow, Evidence};
use crate::model::outcome::{Finding, Outcome};

/// Reads an item that passed `where` and `match`.
pub(super) trait KindReader: Debug + Send + Sync {
    /// The outcome; `matched` are the words that matched, where there is a rule for words.
    fn read(&self, source: &Source<'_>, matched: Option<&Evidence>) -> Outcome;

    /// What should be said beside a finding.
    fn remark(&self, _finding: &Finding) -> Option<String> {
        None
    }
}

/// Compiles what the kind of a rule needs.
///
/// # Errors
/// Every pattern, path or selector that is invalid, and a `level` without a figure.
pub(super) fn compile(rules: &Rules, readers: &mut Readers) -> Result<Arc<dyn KindReader>, Vec<RuleError>> {
    Ok(match rules.kind {
        Kind::Level | Kind::Count => Arc::new(figure::FigureKind::new(rules, readers)?),
        Kind::Report => Arc::new(report::ReportKind::new(rules)?),
        Kind::Schedule => Arc::new(statement::StatementKind::new(rules)?),
    })
}

/// The date of the event that a text states.
#[derive(Debug, Clone)]
struct EventDate {
    pattern: Pattern,
}

/// A window of dates and the bytes of the text that state it.
type Stated = (DateWindow, std::ops::Range<usize>);

impl EventDate {
    fn new(rules: &Rules) -> Result<Option<Self>, RuleError> {
        let pattern = rules.date.as_deref().map(|pattern| Pattern::for_group("date", pattern));
        Ok(pattern.transpose()?.map(|pattern| Self { pattern }))
    }

    /// The first date that the pattern points at; nothing where it does not occur.
    ///
    /// # Errors
    /// A sentence fragment, where it points at no date, or at one with several readings.
    fn read(&self, text: &str, today: Option<Date>) -> Result<Option<Stated>, String> {
        let folded = Folded::for_patterns(text);
        let Some(part) = self.pattern.parts(&folded, text).next() else { return Ok(None) };
        let shown = text.get(part.clone()).unwrap_or_default();
        // With some words before it, as `by` and `end of` change what a date says.
        let from = text.get(..part.start).unwrap_or_default();
        let line = from.rfind('\n').map_or(0, |at| at + 1);
        let near = text.ceil_char_boundary(part.start.saturating_sub(40));
        let word = text.get(near..part.start).unwrap_or_default().find(char::is_whitespace);
        let start = if near <= line { line } else { word.map_or(part.start, |at| near + at) };
        let spots = dates::spots(text.get(start..part.end).unwrap_or_default(), today);
        let inside = spots.into_iter().find(|(_, range)| start + range.end > part.start);
        match inside {
            Some((Ok(window), range)) => Ok(Some((window, start + range.start..start + range.end))),
            Some((Err(why), _)) => Err(format!("the date `{}` cannot be read: {why}", shown.trim())),
            None => Err(format!("`{}` is no date", shown.trim())),
        }
    }

    /// The moment of an event: the beginning of the first day it can be.
    fn moment(window: &DateWindow, zone: &TimeZone) -> Option<Timestamp> {
        window.from.to_zoned(zone.clone()).ok().map(|start| start.timestamp())
    }
}
