//! What an instrument could not see: under cloud, nothing seen is unknown and not zero.

use super::readings::{ENOUGH_COVERAGE, readings};
use super::{AsOf, earlier_periods};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::condition::Verdict;
use crate::model::reading::Reading;
use crate::model::time::Span;
use crate::store::{Result, View};

/// The share of a span in which an indicator could be seen, 0 to 1; where the other one says nothing, it could not.
///
/// # Errors
/// What the store refuses.
pub fn share_seen(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    span: Span,
    as_of: AsOf,
) -> Result<f64> {
    let Some((rule, other)) =
        indicator.spec.observability.as_ref().and_then(|rule| Some((rule, watch.indicator(&rule.indicator)?)))
    else {
        return Ok(1.0);
    };
    let periods = earlier_periods(other.spec.period, span, as_of, &watch.zone);
    let clear = readings(view, watch, other, periods, as_of)?;
    let is_clear =
        |reading: &&Reading| reading.value.is_some_and(|value| rule.limits.judge(value, value, false) == Verdict::True);
    let until = Span::new(span.from, span.to.min(as_of.at));
    let seen: f64 = clear
        .iter()
        .filter(is_clear)
        .filter_map(|reading| reading.span.intersection(&until))
        .map(|part| part.duration().as_secs_f64())
        .sum();
    let whole = until.duration().as_secs_f64();
    Ok(if whole > 0.0 { (seen / whole).min(1.0) } else { 0.0 })
}

/// Takes back what readings say of periods that could not be seen: a zero is missing, and more than was seen is open.
///
/// # Errors
/// What the store refuses.
pub fn veil(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    series: Vec<Reading>,
    as_of: AsOf,
) -> Result<Vec<Reading>> {
    if indicator.spec.observability.is_none() {
        return Ok(series);
    }
    let veiled = series.into_iter().map(|reading| {
        if share_seen(view, watch, indicator, reading.span, as_of)? >= ENOUGH_COVERAGE {
            return Ok(reading);
        }
        let value = reading.value.filter(|value| *value > 0.0);
        Ok(Reading { value, low: reading.low.filter(|_| value.is_some()), high: None, ..reading })
    });
    veiled.collect()
}
