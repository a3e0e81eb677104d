//! `schedule`: what an item says of an expected event: date, amount, status.

use std::ops::Range;

use super::status::StatusWords;
use super::{EventDate, KindReader};
use crate::extract::amounts;
use crate::extract::pattern::Pattern;
use crate::extract::source::Source;
use crate::extract::text::evidence;
use crate::extract::text::fold::Folded;
use crate::extract::{RuleError, Rules, kept, one_error};
use crate::model::observation::{Amount, Evidence, Statement, Status, Value};
use crate::model::outcome::{Finding, Outcome};

/// So many matches of the pattern for amounts are tried.
const MOST_MATCHES: usize = 64;

/// The parts of a statement that a rule reads.
#[derive(Debug)]
pub(super) struct StatementKind {
    date: Option<EventDate>,
    amount: Option<Pattern>,
    status: StatusWords,
    min_amount: Option<(f64, String)>,
}

/// A statement in the making, and where its parts stand in the text.
#[derive(Default)]
struct Draft {
    statement: Statement,
    ranges: Vec<Range<usize>>,
    /// Why a part could not be read.
    unread: Option<String>,
}

impl StatementKind {
    /// Compiles the patterns and words.
    ///
    /// # Errors
    /// Every one that is invalid.
    pub(super) fn new(rules: &Rules) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        let date = one_error(EventDate::new(rules), &mut errors);
        let amount = rules.amount.as_deref().map(|pattern| Pattern::for_group("amount", pattern)).transpose();
        let amount = one_error(amount, &mut errors);
        let status = kept(StatusWords::new(rules), &mut errors);
        match (date, amount, status) {
            (Some(date), Some(amount), Some(status)) => {
                Ok(Self { date, amount, status, min_amount: rules.min_amount.clone() })
            }
            _ => Err(errors),
        }
    }

    fn draft(&self, source: &Source<'_>, text: &str) -> Draft {
        let mut draft = Draft::default();
        match self.date.as_ref().map(|date| date.read(text, source.day())) {
            Some(Ok(Some((window, range)))) => {
                draft.statement.expected = Some(window);
                draft.ranges.push(range);
            }
            Some(Err(why)) => draft.unread = Some(why),
            Some(Ok(None)) | None => {}
        }
        self.read_amount(source, text, &mut draft);
        self.read_status(text, &mut draft);
        draft
    }

    /// The first amount that the pattern points at: announcements name theirs before they name others.
    fn read_amount(&self, source: &Source<'_>, text: &str, draft: &mut Draft) {
        let Some(pattern) = &self.amount else { return };
        let folded = Folded::for_patterns(text);
        for part in pattern.parts(&folded, text).take(MOST_MATCHES) {
            match amounts::amount_at(text, &part, source.comma(text)) {
                Ok((amount, range)) => {
                    draft.statement.amount = Some(amount);
                    draft.ranges.push(range);
                    return;
                }
                Err(why) => {
                    draft.unread.get_or_insert(why);
                }
            }
        }
    }

    fn read_status(&self, text: &str, draft: &mut Draft) {
        let folded = Folded::for_words(text);
        match self.status.read(&folded) {
            Ok(Some((status, range))) => {
                draft.statement.status = Some(status);
                draft.ranges.push(folded.source_range(text, range));
            }
            Ok(None) => {}
            Err(why) => {
                draft.unread.get_or_insert(why);
            }
        }
    }

    /// Whether a rule only says which items are statements, and their sums: then each announces.
    fn announces(&self) -> bool {
        self.date.is_none() && self.status.is_empty()
    }

    /// Why a statement is of another event: it names less than the least that counts.
    fn too_small(&self, amount: Option<&Amount>) -> Option<String> {
        let ((least, currency), amount) = (self.min_amount.as_ref()?, amount?);
        let most = amount.quantity.high.filter(|_| amount.currency == *currency)?;
        (most < *least)
            .then(|| format!("{currency} {most} is less than `min_amount` of {least}: a statement of another event"))
    }
}

impl KindReader for StatementKind {
    fn read(&self, source: &Source<'_>, matched: Option<&Evidence>) -> Outcome {
        let text = source.text();
        let mut draft = self.draft(source, &text);
        if self.announces() {
            draft.statement.status = Some(Status::Announced);
        }
        if let Some(why) = self.too_small(draft.statement.amount.as_ref()) {
            return Outcome::NoMatch { why };
        }
        if draft.statement == Statement::default() {
            let why = draft.unread.unwrap_or_else(|| "it states neither date nor amount nor status".to_owned());
            return Outcome::NoMatch { why };
        }
        let shown = draft.ranges.first().map(|range| evidence::around(&text, range));
        let evidence = shown.or_else(|| matched.cloned()).unwrap_or_else(|| evidence::of_item(source.item));
        Outcome::Value(Finding { value: Value::Statement(draft.statement), event_time: None, evidence })
    }

    fn remark(&self, finding: &Finding) -> Option<String> {
        let Value::Statement(statement) = &finding.value else { return None };
        let ((least, currency), amount) = (self.min_amount.as_ref()?, statement.amount.as_ref()?);
        (amount.currency != *currency).then(|| {
            format!(
                "the amount is in {}, which cannot be compared with `min_amount` of {currency} {least}",
                amount.currency
            )
        })
    }
}
