//! What one feed says about one indicator, period by period.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::delay::{self, Delay};
use super::fold::{Taken, counts, quantity_of};
use super::totals::Course;
use super::{ENOUGH_COVERAGE, Question, share_covered, totals};
use crate::model::indicator::{Aggregate, Kind, Reset};
use crate::model::name::Name;
use crate::model::observation::{Flag, Observation};
use crate::model::reading::Reading;
use crate::model::time::{Period, Span, after};
use crate::pipeline::AsOf;
use crate::store::Result;

/// Points of a total's course looked at before the first period: enough to tell a fall from a glitch.
const POINTS_BEFORE: u32 = 8;

/// One feed's say on one indicator.
pub(super) struct FeedSeries {
    pub feed: Name,
    /// By event time.
    observations: Vec<Observation>,
    /// The course of a total whose periods are differences.
    course: Option<Course>,
    /// For each observation that breaks with a closed period's figure, that figure.
    settled: Vec<(i64, f64)>,
    coverage: Vec<Span>,
    cumulative: Option<Reset>,
    reads_figure: bool,
    delay: Delay,
    kind: Kind,
    aggregate: Aggregate,
    zone: TimeZone,
    as_of: AsOf,
}

impl FeedSeries {
    pub fn load(question: &Question<'_>, feed: &Name, span: Span) -> Result<Self> {
        let Question { view, watch, indicator, as_of } = *question;
        let spec = &indicator.spec;
        let inputs = || spec.inputs.iter().filter(|input| input.feed == *feed);
        let cumulative = inputs().find_map(|input| input.cumulative);
        let known = as_of.known;
        let coarse = cumulative.filter(|reset| totals::is_coarser(*reset, spec.period));
        let is_course = coarse.is_some();
        // A level holds from before the span, and a flow needs the total before it.
        let mut observations = match (spec.kind, is_course) {
            (_, true) => view.course_before(&spec.name, feed, known, (span.from, POINTS_BEFORE))?,
            (Kind::Level, _) => view.observations_before(&spec.name, feed, known, (span.from, POINTS_BEFORE))?,
            _ => Vec::new(),
        };
        observations.extend(if is_course {
            view.course(&spec.name, known, span.from, span.to)?
        } else {
            view.observations(&spec.name, known, span.from, span.to)?
        });
        observations.retain(|observation| observation.feed.as_ref() == Some(feed) && counts(observation));
        let mut settled = Vec::new();
        // What a person put in its place is believed as it stands.
        let is_break = |one: &&Observation| one.author.is_none() && one.flags.contains(&Flag::SourceBreak);
        for one in observations.iter().filter(is_break) {
            let closed = Period::containing(spec.period, one.event_time, &watch.zone).span(&watch.zone).to;
            let first = if is_course {
                view.first_point_since(&spec.name, &one.key, (closed, one.event_time))?
            } else {
                view.first_vintage_since(&spec.name, &one.key, closed)?
            };
            settled.extend(first.and_then(|first| first.value.figure()).map(|figure| (one.id, figure)));
        }
        Ok(Self {
            feed: feed.clone(),
            course: coarse.map(|reset| Course::new(&observations, reset, &watch.zone, known)),
            observations,
            settled,
            coverage: view.coverage(feed, span, known)?,
            cumulative,
            reads_figure: inputs().any(|input| input.reads_figure),
            delay: delay::learn(question, feed)?,
            kind: spec.kind,
            aggregate: spec.aggregate,
            zone: watch.zone.clone(),
            as_of,
        })
    }

    pub fn reading(&self, period: Period) -> Reading {
        let span = period.span(&self.zone);
        let coverage = share_covered(span, self.as_of.at, &self.coverage);
        let within: Vec<&Observation> = self.within(span).iter().collect();
        let taken = match (self.kind, &self.course, self.cumulative) {
            (Kind::Level, ..) => self.level(&within, span, coverage),
            (_, Some(course), _) => course.flow(span, coverage),
            (_, None, Some(reset)) => totals::complete(&within, reset, period, &self.zone, self.as_of.at),
            (_, None, None) => self.count(&within, coverage),
        };
        let taken = taken.map(|taken| self.with_settled(taken));
        let settles_at = after(span.to, self.delay.wait);
        let polled_after = self.coverage.iter().any(|part| part.from <= span.to && part.to >= span.to);
        let is_in = settles_at <= self.as_of.at || self.delay.is_complete(&within, span.to);
        Reading {
            period,
            span,
            value: taken.as_ref().map(|taken| taken.quantity.value),
            low: taken.as_ref().and_then(|taken| taken.quantity.low),
            high: taken.as_ref().and_then(|taken| taken.quantity.high),
            is_final: span.to <= self.as_of.at && polled_after && is_in,
            settles_at,
            is_whole: taken.as_ref().is_none_or(|taken| taken.is_whole),
            coverage,
            flags: taken.as_ref().map(|taken| taken.flags.clone()).unwrap_or_default(),
            vintages: taken.map(|taken| taken.vintages).unwrap_or_default(),
            feed: Some(self.feed.to_string()),
        }
    }

    fn within(&self, span: Span) -> &[Observation] {
        let place = |limit: Timestamp| self.observations.partition_point(|one| one.event_time < limit);
        self.observations.get(place(span.from)..place(span.to)).unwrap_or_default()
    }

    fn level(&self, within: &[&Observation], span: Span, coverage: f64) -> Option<Taken> {
        if !within.is_empty() {
            return Some(Taken::of(within, self.aggregate));
        }
        // A level holds until the next value, as long as polls account for there being none.
        let place = self.observations.partition_point(|one| one.event_time < span.from);
        let last = self.observations.get(place.checked_sub(1)?)?;
        (coverage > 0.0).then(|| Taken::of(&[last], Aggregate::Last))
    }

    fn count(&self, within: &[&Observation], coverage: f64) -> Option<Taken> {
        // Without a figure in sight, an extractor that reads figures says nothing; one that counts items says zero.
        if within.is_empty() && (self.reads_figure || coverage <= 0.0) {
            return None;
        }
        let taken = Taken::of(within, self.aggregate);
        Some(if coverage < ENOUGH_COVERAGE && !self.reads_figure { taken.with_gaps() } else { taken })
    }

    /// Where a closed period's figure was overwritten by another one, the truth may be either: both ends are kept.
    fn with_settled(&self, mut taken: Taken) -> Taken {
        let doubted: Vec<&(i64, f64)> = self.settled.iter().filter(|(id, _)| taken.vintages.contains(id)).collect();
        let of = |id: i64| self.observations.iter().find(|one| one.id == id).and_then(quantity_of);
        for (id, figure) in doubted {
            let shift = figure - of(*id).map_or(*figure, |quantity| quantity.value);
            taken.quantity.low = taken.quantity.low.map(|low| low + shift.min(0.0));
            taken.quantity.high = taken.quantity.high.map(|high| high + shift.max(0.0));
        }
        taken
    }
}
