//! What a running period will come to, from what is in of it and from how past periods came in.

use jiff::{SignedDuration, Timestamp};

use super::{AsOf, Question, feeds_of, share_covered, totals};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect::nowcast::{self, Nowcast};
use crate::model::indicator::{Aggregate, Combine, Kind, Reset};
use crate::model::name::Name;
use crate::model::time::{Period, PeriodLength, Span, after, start_of_day};
use crate::store::{Result, View, Vintage};

/// From this share of its parts on, a past period tells how the parts of one add up.
const ENOUGH_PARTS: f64 = 0.9;
/// From this share on, a part was looked at.
const LOOKED_AT: f64 = 0.9;

/// The nowcast of the running period, or why there is none, as a clause.
///
/// A figure that has stood still for a while says nothing about the time since: the nowcast is made at the last
/// full part (a day; of a day, an hour) of which figures are in, never later.
///
/// # Errors
/// What the store refuses.
pub fn nowcast(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    as_of: AsOf,
) -> Result<std::result::Result<Nowcast, String>> {
    let spec = &indicator.spec;
    if spec.kind != Kind::Count || spec.aggregate != Aggregate::Sum {
        return Ok(Err("only what adds up over a period has a nowcast".to_owned()));
    }
    let feeds = feeds_of(indicator);
    if feeds.len() > 1 && spec.combine != Combine::First {
        return Ok(Err("figures put together from several feeds have no nowcast".to_owned()));
    }
    let question = Question { view, watch, indicator, as_of };
    for feed in &feeds {
        let history = History::load(&question, feed)?;
        if history.is_running() {
            return Ok(history.nowcast());
        }
    }
    Ok(Err("nothing of the running period is in".to_owned()))
}

/// How one feed's figures came in, period by period.
struct History<'q> {
    question: &'q Question<'q>,
    rows: Vec<Vintage>,
    coverage: Vec<Span>,
    running: Period,
    /// When the total begins again, where it lasts a period or longer.
    total: Option<Reset>,
    counts_items: bool,
}

/// The figures of a period's parts, up to the last full one that is in.
struct Parts {
    /// Those that are known one by one.
    known: Vec<f64>,
    /// What came in before the first of them, of more than one part.
    lump: f64,
    /// How many parts that was.
    lumped: usize,
    /// How many parts have passed, known or not.
    passed: usize,
    /// How many the period has.
    whole: usize,
}

impl<'q> History<'q> {
    fn load(question: &'q Question<'q>, feed: &Name) -> Result<Self> {
        let Question { view, watch, indicator, as_of } = *question;
        let spec = &indicator.spec;
        let running = Period::containing(spec.period, as_of.at, &watch.zone);
        let from = running.offset(-periods(spec.period)).span(&watch.zone).from;
        let span = Span::new(from, running.span(&watch.zone).to);
        let inputs = || spec.inputs.iter().filter(|input| input.feed == *feed);
        let cumulative = inputs().find_map(|input| input.cumulative);
        Ok(Self {
            question,
            rows: view.vintages_between(&spec.name, feed, as_of.known, span)?,
            coverage: view.coverage(feed, span, as_of.known)?,
            running,
            total: cumulative.filter(|reset| !is_finer(*reset, spec.period)),
            counts_items: !inputs().any(|input| input.reads_figure),
        })
    }

    fn is_running(&self) -> bool {
        self.rows_of(self.running).next().is_some()
    }

    fn nowcast(&self) -> std::result::Result<Nowcast, String> {
        let known = self.question.as_of.known;
        let parts = match self.total {
            Some(_) => self.parts_of_total(),
            None => self.parts_by_date(self.running),
        };
        let to_date: f64 = parts.lump + parts.known.iter().sum::<f64>();
        let shares = match self.total {
            Some(_) => self.shares_of_total(&parts),
            None if parts.known.len() == parts.passed => self.shares_by_date(&parts),
            None => Vec::new(),
        };
        if to_date <= 0.0 {
            return Err("nothing has been counted in a full part of the running period yet".to_owned());
        }
        // Parts without a figure are still to come, like those that have not passed.
        let pro_rata = |_| nowcast::pro_rata(&parts.known, parts.whole.saturating_sub(parts.lumped));
        let found =
            nowcast::by_shares(to_date, &shares).or_else(|few| pro_rata(few).map(|found| raised(found, &parts)));
        let found = found.map_err(|unknown| format!("the running period is too young: {unknown}"))?;
        let least = self.figure_at(self.running, known).unwrap_or(to_date).max(to_date);
        let value = found.value.max(least);
        Ok(Nowcast { value, low80: found.low80.max(least), high80: found.high80.max(value), ..found })
    }

    fn rows_of(&self, period: Period) -> impl Iterator<Item = &Vintage> {
        let span = period.span(&self.question.watch.zone);
        self.rows.iter().filter(move |row| span.contains(row.event_time) && row.value.is_some())
    }

    /// What a period had come to as it was known at an instant.
    fn figure_at(&self, period: Period, at: Timestamp) -> Option<f64> {
        let usable = self.rows_of(period).filter(|row| row.effective_at <= at);
        match self.total {
            Some(reset) if totals::is_coarser(reset, period.length()) => self.growth_at(period, reset, at),
            Some(_) => usable.max_by_key(|row| row.recorded_at).and_then(|row| row.value),
            None => {
                let rows: Vec<&Vintage> = usable.collect();
                // Rows come by key and time of recording: the last of each key holds.
                let newest = rows.chunk_by(|a, b| a.key == b.key).filter_map(|rows| rows.last()?.value);
                (!rows.is_empty()).then(|| newest.sum())
            }
        }
    }

    /// The growth of a total that lasts longer than the period: highest point by then, less the highest before.
    fn growth_at(&self, period: Period, reset: Reset, at: Timestamp) -> Option<f64> {
        let zone = &self.question.watch.zone;
        let span = period.span(zone);
        let begun = totals::reset_start(reset, span.from, zone).map_or(Timestamp::MIN, |date| start_of_day(date, zone));
        let highest = |within: Span| {
            let rows = self.rows.iter().filter(|row| within.contains(row.event_time) && row.effective_at <= at);
            rows.filter_map(|row| row.value).reduce(f64::max)
        };
        let start = if begun == span.from { Some(0.0) } else { highest(Span::new(begun, span.from)) };
        Some((highest(span)? - start?).max(0.0))
    }

    /// The parts of the running period as a total grew, each as it stood at the part's end.
    fn parts_of_total(&self) -> Parts {
        let limits = self.limits(self.running);
        let newest = self.rows_of(self.running).map(|row| row.recorded_at).max().unwrap_or(Timestamp::MIN);
        let mut parts = Parts { known: Vec::new(), lump: 0.0, lumped: 0, passed: 0, whole: limits.len() };
        let mut stood: Option<f64> = None;
        for limit in limits.iter().filter(|limit| **limit <= newest) {
            parts.passed += 1;
            let Some(figure) = self.figure_at(self.running, *limit) else { continue };
            match stood {
                Some(before) => parts.known.push((figure - before).max(0.0)),
                None if parts.passed == 1 => parts.known.push(figure),
                None => (parts.lump, parts.lumped) = (figure, parts.passed),
            }
            stood = Some(stood.map_or(figure, |before| before.max(figure)));
        }
        parts
    }

    /// The parts of a period by when things happened; one without a value, or that nobody looked at, is not known.
    fn parts_by_date(&self, period: Period) -> Parts {
        let (at, limits) = (self.question.as_of.at, self.limits(period));
        let mut parts = Parts { known: Vec::new(), lump: 0.0, lumped: 0, passed: 0, whole: limits.len() };
        let mut from = period.span(&self.question.watch.zone).from;
        for (place, limit) in limits.iter().enumerate().take_while(|(_, limit)| **limit <= at) {
            let span = Span::new(from, *limit);
            from = *limit;
            let rows: Vec<&Vintage> = self.rows_of(period).filter(|row| span.contains(row.event_time)).collect();
            let is_looked_at = self.counts_items && share_covered(span, at, &self.coverage) >= LOOKED_AT;
            if rows.is_empty() && !is_looked_at {
                continue;
            }
            let newest = rows.chunk_by(|a, b| a.key == b.key).filter_map(|rows| rows.last()?.value);
            parts.known.push(newest.sum());
            parts.passed = place + 1;
        }
        parts
    }

    /// Which share of their final figures past periods showed when as large a part of them had passed.
    fn shares_of_total(&self, parts: &Parts) -> Vec<f64> {
        let zone = &self.question.watch.zone;
        let passed = parts.passed as f64 / parts.whole.max(1) as f64;
        let share = |back: i64| {
            let period = self.running.offset(-back);
            let span = period.span(zone);
            let then = after(span.from, SignedDuration::from_secs_f64(span.duration().as_secs_f64() * passed));
            let is_over = self.rows_of(period).any(|row| row.recorded_at >= span.to);
            let last = self.figure_at(period, self.question.as_of.known).filter(|_| is_over)?;
            (last > 0.0).then_some(self.figure_at(period, then)? / last)
        };
        (1..=periods(self.running.length())).filter_map(share).collect()
    }

    fn shares_by_date(&self, parts: &Parts) -> Vec<f64> {
        let passed = parts.passed as f64 / parts.whole.max(1) as f64;
        let share = |back: i64| {
            let past = self.parts_by_date(self.running.offset(-back));
            let is_known = past.known.len() as f64 >= past.whole as f64 * ENOUGH_PARTS;
            let (whole, count) = (past.known.iter().sum::<f64>(), (past.whole as f64 * passed).round() as usize);
            (is_known && whole > 0.0).then(|| past.known.iter().take(count).sum::<f64>() / whole)
        };
        (1..=periods(self.running.length())).filter_map(share).collect()
    }

    /// The ends of a period's parts: local days; of a day, hours.
    fn limits(&self, period: Period) -> Vec<Timestamp> {
        let zone = &self.question.watch.zone;
        let span = period.span(zone);
        let end = |part: i64| match period.length() {
            PeriodLength::Day => after(span.from, SignedDuration::from_hours(part + 1)),
            _ => Period::of_date(PeriodLength::Day, period.first_date()).offset(part).span(zone).to,
        };
        (0..100).map(end).take_while(|end| *end <= span.to).collect()
    }
}

/// The nowcast by the days so far, where some of them came in together: the middle by all of them, the spread by
/// those that are known one by one.
fn raised(found: Nowcast, parts: &Parts) -> Nowcast {
    if parts.lumped == 0 {
        return found;
    }
    let (passed, to_date) = (parts.lumped + parts.known.len(), parts.lump + parts.known.iter().sum::<f64>());
    let value = to_date / passed.max(1) as f64 * parts.whole as f64;
    Nowcast {
        value,
        low80: value - (found.value - found.low80),
        high80: value + (found.high80 - found.value),
        share: passed as f64 / parts.whole.max(1) as f64,
    }
}

/// Whether a total begins again within a period.
fn is_finer(reset: Reset, period: PeriodLength) -> bool {
    match reset {
        Reset::Day => period != PeriodLength::Day,
        Reset::Month => period == PeriodLength::Quarter,
        Reset::Year | Reset::Never => false,
    }
}

/// Past periods that the shares are learned from.
fn periods(length: PeriodLength) -> i64 {
    match length {
        PeriodLength::Day => 56,
        PeriodLength::Week => 26,
        PeriodLength::Month => 12,
        PeriodLength::Quarter => 8,
    }
}
