//! Observations and coverage → readings: one value a period, zero and missing told apart.

use jiff::Timestamp;
use jiff::civil::Date;

use super::guards::FALL_PERSISTS;
use super::{AsOf, observability};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::{Aggregate, Combine, Kind, Reset};
use crate::model::name::Name;
use crate::model::observation::{Flag, Observation, Value};
use crate::model::quantity::Quantity;
use crate::model::reading::Reading;
use crate::model::time::{Period, PeriodLength, Span, after, start_of_day};
use crate::store::{Result, View};

/// From this share of a period on, what polls account for may stand for the whole.
pub const ENOUGH_COVERAGE: f64 = 0.9;

/// The readings of the last `periods` periods, oldest first; the last one is the running period.
///
/// # Errors
/// What the store refuses.
pub fn readings(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    periods: u32,
    as_of: AsOf,
) -> Result<Vec<Reading>> {
    let spec = &indicator.spec;
    let running = Period::containing(spec.period, as_of.at, &watch.zone);
    let span = |back: i64| running.offset(-back).span(&watch.zone);
    let back = i64::from(periods.max(1)) - 1;
    let mut series = Vec::new();
    for feed in feeds_of(indicator) {
        series.push(FeedSeries::load(view, watch, indicator, &feed, Span::new(span(back).from, span(0).to), as_of)?);
    }
    let by_hand = by_hand(view, indicator, Span::new(span(back).from, span(0).to), as_of)?;
    let seen = (0..=back).rev().map(|steps| {
        let period = running.offset(-steps);
        let candidates = series.iter().map(|series| series.reading(indicator, period, as_of)).collect();
        with_hand_made(combine(indicator, period, candidates, watch), &by_hand, indicator)
    });
    observability::veil(view, watch, indicator, seen.collect(), as_of)
}

/// The feeds of an indicator in the order in which they are first named.
pub fn feeds_of(indicator: &WatchedIndicator) -> Vec<Name> {
    let mut feeds: Vec<Name> = Vec::new();
    for input in &indicator.spec.inputs {
        if !feeds.contains(&input.feed) {
            feeds.push(input.feed.clone());
        }
    }
    feeds
}

/// The share of a span, up to `until`, that spans of coverage account for: 0 to 1.
pub fn share_covered(span: Span, until: Timestamp, coverage: &[Span]) -> f64 {
    let span = Span::new(span.from, span.to.min(until));
    let whole = span.duration().as_secs_f64();
    if whole <= 0.0 {
        return 0.0;
    }
    let mut reached = span.from;
    let mut covered = 0.0;
    // Ascending by start, so what is left of `reached` was counted already.
    for part in coverage {
        let part = Span::new(part.from.max(reached), part.to.min(span.to));
        covered += part.duration().as_secs_f64();
        reached = reached.max(part.to);
    }
    (covered / whole).clamp(0.0, 1.0)
}

/// What one feed says about one indicator.
struct FeedSeries {
    feed: Name,
    observations: Vec<Observation>,
    coverage: Vec<Span>,
    cumulative: Option<Reset>,
    reads_figure: bool,
    zone: jiff::tz::TimeZone,
}

impl FeedSeries {
    fn load(
        view: &View<'_>,
        watch: &Watch,
        indicator: &WatchedIndicator,
        feed: &Name,
        span: Span,
        as_of: AsOf,
    ) -> Result<Self> {
        let spec = &indicator.spec;
        let inputs = || spec.inputs.iter().filter(|input| input.feed == *feed);
        let cumulative = inputs().find_map(|input| input.cumulative);
        // A level holds from before the span, and a flow needs the total before it.
        let from = if spec.kind == Kind::Level || cumulative.is_some() { Timestamp::MIN } else { span.from };
        let mut observations = match cumulative {
            Some(reset) if is_coarser(reset, spec.period) => view.course(&spec.name, as_of.known, from, span.to)?,
            _ => view.observations(&spec.name, as_of.known, from, span.to)?,
        };
        observations.retain(|observation| observation.feed.as_ref() == Some(feed) && counts(observation));
        let observations = without_refuted_falls(observations);
        Ok(Self {
            feed: feed.clone(),
            observations,
            coverage: view.coverage(feed, span, as_of.known)?,
            cumulative,
            reads_figure: inputs().any(|input| input.reads_figure),
            zone: watch.zone.clone(),
        })
    }

    fn reading(&self, indicator: &WatchedIndicator, period: Period, as_of: AsOf) -> Reading {
        let span = period.span(&self.zone);
        let coverage = share_covered(span, as_of.at, &self.coverage);
        let within: Vec<&Observation> =
            self.observations.iter().filter(|observation| span.contains(observation.event_time)).collect();
        let taken = match (indicator.spec.kind, self.cumulative) {
            (Kind::Level, _) => self.level(&within, indicator.spec.aggregate, span, coverage),
            (_, Some(reset)) if is_coarser(reset, indicator.spec.period) => self.flow(reset, span, coverage),
            (_, Some(reset)) => complete_totals(&within, reset, period, &self.zone, as_of.at),
            (_, None) => self.count(&within, indicator.spec.aggregate, coverage),
        };
        let polled_after = self.coverage.iter().any(|part| part.from <= span.to && part.to >= span.to);
        Reading {
            period,
            span,
            value: taken.as_ref().map(|taken| taken.quantity.value),
            low: taken.as_ref().and_then(|taken| taken.quantity.low),
            high: taken.as_ref().and_then(|taken| taken.quantity.high),
            is_final: span.to <= as_of.at && polled_after,
            coverage,
            flags: taken.as_ref().map(|taken| taken.flags.clone()).unwrap_or_default(),
            vintages: taken.map(|taken| taken.vintages).unwrap_or_default(),
            feed: Some(self.feed.to_string()),
        }
    }

    fn level(&self, within: &[&Observation], aggregate: Aggregate, span: Span, coverage: f64) -> Option<Taken> {
        if !within.is_empty() {
            return Some(Taken::of(within, aggregate));
        }
        // A level holds until the next value, as long as polls account for there being none.
        let last = self.observations.iter().rfind(|observation| observation.event_time < span.from)?;
        (coverage > 0.0).then(|| Taken::of(&[last], Aggregate::Last))
    }

    fn count(&self, within: &[&Observation], aggregate: Aggregate, coverage: f64) -> Option<Taken> {
        // Without a figure in sight, an extractor that reads figures says nothing; one that counts items says zero.
        if within.is_empty() && (self.reads_figure || coverage <= 0.0) {
            return None;
        }
        let mut taken = Taken::of(within, aggregate);
        if coverage < ENOUGH_COVERAGE && !self.reads_figure {
            taken.quantity.high = None;
        }
        Some(taken)
    }

    /// The growth of a running total within a span: the total at its end less the total at its start.
    fn flow(&self, reset: Reset, span: Span, coverage: f64) -> Option<Taken> {
        let last_before = |limit: Timestamp, from: Timestamp| {
            self.observations
                .iter()
                .rfind(|observation| observation.event_time < limit && observation.event_time >= from)
        };
        let last_instant = Timestamp::from_millisecond(span.to.as_millisecond() - 1).ok()?;
        let reset_from = reset_start(reset, last_instant, &self.zone).map(|date| start_of_day(date, &self.zone));
        let end = last_before(span.to, reset_from.unwrap_or(Timestamp::MIN))?;
        // A total that stands still is not stated anew; polls account for its standing.
        if end.event_time < span.from && coverage <= 0.0 {
            return None;
        }
        let at_end = quantity_of(end)?;
        if reset_from == Some(span.from) {
            return Some(Taken { quantity: at_end, flags: end.flags.clone(), vintages: vec![end.id] });
        }
        let start = last_before(span.from, reset_from.unwrap_or(Timestamp::MIN))?;
        let value = at_end.value - quantity_of(start)?.value;
        (value >= 0.0).then(|| Taken {
            quantity: Quantity::exact(value),
            flags: end.flags.clone(),
            vintages: vec![start.id, end.id],
        })
    }
}

/// Leaves out falls of a running total that a later value took back before they had lasted long enough.
fn without_refuted_falls(observations: Vec<Observation>) -> Vec<Observation> {
    let is_refuted = |fall: &Observation| {
        let believed = after(fall.recorded_at, FALL_PERSISTS);
        fall.flags.contains(&Flag::Fell)
            && observations.iter().any(|later| {
                let is_rise = !later.flags.contains(&Flag::Fell) && later.key == fall.key;
                is_rise && later.recorded_at > fall.recorded_at && later.recorded_at <= believed
            })
    };
    let refuted: Vec<i64> = observations.iter().filter(|one| is_refuted(one)).map(|one| one.id).collect();
    observations.into_iter().filter(|one| !refuted.contains(&one.id)).collect()
}

/// Daily (or monthly) totals of a longer period; days without one leave the high side open.
fn complete_totals(
    within: &[&Observation],
    reset: Reset,
    period: Period,
    zone: &jiff::tz::TimeZone,
    at: Timestamp,
) -> Option<Taken> {
    if within.is_empty() {
        return None;
    }
    let mut taken = Taken::of(within, Aggregate::Sum);
    let unit = match reset {
        Reset::Day => PeriodLength::Day,
        _ => PeriodLength::Month,
    };
    let end = period.span(zone).to.min(at);
    let mut part = Period::of_date(unit, period.first_date());
    let mut expected = 0_usize;
    while part.span(zone).from < end && expected < 400 {
        expected += 1;
        part = part.offset(1);
    }
    if within.len() < expected {
        taken.quantity.high = None;
    }
    Some(taken)
}

/// What a period's observations come to.
struct Taken {
    quantity: Quantity,
    flags: Vec<Flag>,
    vintages: Vec<i64>,
}

impl Taken {
    fn of(observations: &[&Observation], aggregate: Aggregate) -> Self {
        let quantities: Vec<Quantity> =
            observations.iter().filter_map(|observation| quantity_of(observation)).collect();
        let mut flags: Vec<Flag> = observations.iter().flat_map(|observation| observation.flags.clone()).collect();
        flags.sort();
        flags.dedup();
        let vintages = match aggregate {
            Aggregate::Last => observations.last().map(|observation| observation.id).into_iter().collect(),
            _ => observations.iter().map(|observation| observation.id).collect(),
        };
        Self { quantity: aggregated(&quantities, aggregate), flags, vintages }
    }
}

fn aggregated(quantities: &[Quantity], aggregate: Aggregate) -> Quantity {
    let side = |pick: fn(&Quantity) -> Option<f64>| -> Option<f64> {
        let sides: Option<Vec<f64>> = quantities.iter().map(pick).collect();
        sides.map(|sides| of_figures(&sides, aggregate))
    };
    let values: Vec<f64> = quantities.iter().map(|quantity| quantity.value).collect();
    let bound = match quantities {
        [one] => one.bound,
        _ => crate::model::quantity::Bound::Exact,
    };
    Quantity {
        value: of_figures(&values, aggregate),
        low: side(|quantity| quantity.low),
        high: side(|quantity| quantity.high),
        bound,
    }
}

fn of_figures(figures: &[f64], aggregate: Aggregate) -> f64 {
    match aggregate {
        Aggregate::Last => figures.last().copied().unwrap_or(0.0),
        Aggregate::Sum => figures.iter().sum(),
        Aggregate::Mean => figures.iter().sum::<f64>() / (figures.len().max(1) as f64),
        Aggregate::Median => median(figures).unwrap_or(0.0),
        Aggregate::Min => figures.iter().copied().reduce(f64::min).unwrap_or(0.0),
        Aggregate::Max => figures.iter().copied().reduce(f64::max).unwrap_or(0.0),
    }
}

/// The median of some figures; `None` of none.
pub fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    if sorted.len() % 2 == 1 { Some(*upper) } else { Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, *upper)) }
}

fn combine(indicator: &WatchedIndicator, period: Period, candidates: Vec<Reading>, watch: &Watch) -> Reading {
    let missing = || Reading {
        period,
        span: period.span(&watch.zone),
        value: None,
        low: None,
        high: None,
        is_final: false,
        coverage: 0.0,
        flags: Vec::new(),
        vintages: Vec::new(),
        feed: None,
    };
    let present: Vec<Reading> = candidates.iter().filter(|reading| reading.value.is_some()).cloned().collect();
    let aggregate = match indicator.spec.combine {
        Combine::First => {
            let first = present.into_iter().next();
            return first
                .or_else(|| candidates.into_iter().max_by(|a, b| a.coverage.total_cmp(&b.coverage)))
                .unwrap_or_else(missing);
        }
        Combine::Sum => Aggregate::Sum,
        Combine::Max => Aggregate::Max,
        Combine::Median => Aggregate::Median,
    };
    if present.is_empty() {
        return candidates.into_iter().next().unwrap_or_else(missing);
    }
    let quantities: Vec<Quantity> = present
        .iter()
        .filter_map(|reading| {
            reading.value.map(|value| Quantity {
                value,
                low: reading.low,
                high: reading.high,
                bound: crate::model::quantity::Bound::Exact,
            })
        })
        .collect();
    let whole = aggregated(&quantities, aggregate);
    let is_whole = present.len() == candidates.len();
    Reading {
        value: Some(whole.value),
        low: whole.low,
        // A feed without a value could only add to a sum or a maximum.
        high: whole.high.filter(|_| is_whole),
        is_final: present.iter().all(|reading| reading.is_final),
        coverage: candidates.iter().map(|reading| reading.coverage).fold(1.0, f64::min),
        flags: present.iter().flat_map(|reading| reading.flags.clone()).collect(),
        vintages: present.iter().flat_map(|reading| reading.vintages.clone()).collect(),
        feed: None,
        ..missing()
    }
}

fn by_hand(view: &View<'_>, indicator: &WatchedIndicator, span: Span, as_of: AsOf) -> Result<Vec<Observation>> {
    let mut found = view.hand_made(&indicator.spec.name, as_of.known, span.from, span.to)?;
    found.retain(counts);
    Ok(found)
}

/// What a person recorded stands before what feeds say.
fn with_hand_made(reading: Reading, by_hand: &[Observation], indicator: &WatchedIndicator) -> Reading {
    let within: Vec<&Observation> =
        by_hand.iter().filter(|observation| reading.span.contains(observation.event_time)).collect();
    if within.is_empty() {
        return reading;
    }
    let taken = Taken::of(&within, indicator.spec.aggregate);
    Reading {
        value: Some(taken.quantity.value),
        low: taken.quantity.low,
        high: taken.quantity.high,
        coverage: 1.0,
        flags: taken.flags,
        vintages: taken.vintages,
        feed: None,
        ..reading
    }
}

fn counts(observation: &Observation) -> bool {
    !observation.flags.iter().any(|flag| flag.bars_from_readings())
}

fn quantity_of(observation: &Observation) -> Option<Quantity> {
    match &observation.value {
        Value::Quantity(quantity) => Some(*quantity),
        Value::Report(_) => Some(Quantity::exact(1.0)),
        Value::Statement(_) => None,
    }
}

/// Whether a running total lasts longer than a period, so that the period's value is a difference.
fn is_coarser(reset: Reset, period: PeriodLength) -> bool {
    match reset {
        Reset::Day => false,
        Reset::Month => matches!(period, PeriodLength::Day | PeriodLength::Week),
        Reset::Year | Reset::Never => true,
    }
}

/// The date on which the running total that holds at an instant began; `None`: it never begins again.
pub fn reset_start(reset: Reset, at: Timestamp, zone: &jiff::tz::TimeZone) -> Option<Date> {
    let date = zone.to_datetime(at).date();
    match reset {
        Reset::Day => Some(date),
        Reset::Month => Some(date.first_of_month()),
        Reset::Year => Some(date.first_of_year()),
        Reset::Never => None,
    }
}
