//! Reports → events: by place and time from the first report, with independent origins counted. Pure but for loading.
//!
//! After field.md 3: no chaining beyond the window of the first report. Which
//! reports share an origin is in [`origins`].

pub mod origins;

use std::collections::HashSet;

use jiff::Timestamp;

use self::origins::Member;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::extract::provenance::Sources;
use crate::model::condition::Verdict;
use crate::model::event::{Event, Reported};
use crate::model::geo::Point;
use crate::model::indicator::Corroboration;
use crate::model::observation::{Observation, Report, Value};
use crate::model::source::{Grade, Reliability, Source};
use crate::model::time::{Span, before, from_millis, millis};
use crate::store::{Result, View};

/// So many windows before a moment events are built anew where reports never pause.
const WINDOWS_BACK: i64 = 32;

/// The events of an indicator whose reports happened within a span, as known at a moment; by their first reports.
///
/// # Errors
/// What the store refuses.
pub fn of(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    span: Span,
    known: Timestamp,
) -> Result<Vec<Event>> {
    let reports = view.reports(&indicator.spec.name, known, span)?;
    Ok(build(&reports, &indicator.spec.corroboration, &watch.sources))
}

/// From where on events have to be built so that those of a moment do not depend on it: behind a pause after which
/// every report begins anew.
///
/// A place that never pauses is looked back on for [`WINDOWS_BACK`] windows, from a fixed grid of them, so that its
/// events do not change from one evaluation to the next.
///
/// # Errors
/// What the store refuses.
pub fn settled_before(
    view: &View<'_>,
    indicator: &WatchedIndicator,
    moment: Timestamp,
    known: Timestamp,
) -> Result<Timestamp> {
    let within = indicator.spec.corroboration.within;
    let window = i64::try_from(within.as_millis()).unwrap_or(i64::MAX).max(1);
    let back = window.saturating_mul(WINDOWS_BACK);
    let earliest = millis(moment).saturating_sub(window).saturating_sub(back);
    let floor = from_millis(earliest.div_euclid(back).saturating_mul(back));
    let span = Span::new(floor, before(moment, within));
    Ok(view.last_pause(&indicator.spec.name, known, span, within)?.unwrap_or(floor))
}

/// Groups reports into events, in order of their first reports; the same ones in whatever order they became known.
pub fn build(reports: &[Reported], rule: &Corroboration, sources: &Sources) -> Vec<Event> {
    let mut sorted: Vec<(&Reported, &Report)> =
        reports.iter().filter_map(|reported| Some((reported, report(&reported.observation)?))).collect();
    // Reports of the same minute are told apart by what they are, not by when they were recorded.
    sorted.sort_by(|(a, _), (b, _)| {
        let time = |one: &Reported| one.observation.event_time;
        (time(a), &a.observation.key).cmp(&(time(b), &b.observation.key))
    });
    let (withdrawn, standing): (Vec<_>, Vec<_>) =
        sorted.into_iter().partition(|(reported, _)| reported.observation.withdrawn);
    let mut groups: Vec<Vec<(&Reported, &Report)>> = Vec::new();
    for report in standing {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| is_of(*first, report, rule))) {
            Some(group) => group.push(report),
            None => groups.push(vec![report]),
        }
    }
    let mut numbers: Vec<i64> =
        groups.iter().filter_map(|group| group.iter().map(|(one, _)| one.first).min()).collect();
    // What an event lost keeps naming it.
    for report in withdrawn {
        let was_of = |group: &Vec<(&Reported, &Report)>| {
            group.first().is_some_and(|first| is_of(*first, report, rule) || is_of(report, *first, rule))
        };
        if let Some(number) = groups.iter().position(was_of).and_then(|place| numbers.get_mut(place)) {
            *number = report.0.first.min(*number);
        }
    }
    let context = Context { rule, sources };
    groups.iter().zip(numbers).map(|(group, number)| event(number, group, &context)).collect()
}

/// What every event of an indicator is judged by.
struct Context<'a> {
    rule: &'a Corroboration,
    sources: &'a Sources,
}

/// The report in an observation, unless a guard keeps it out.
fn report(observation: &Observation) -> Option<&Report> {
    match &observation.value {
        Value::Report(report) => {
            Some(report).filter(|_| !observation.flags.iter().any(|flag| flag.bars_from_readings()))
        }
        Value::Quantity(_) | Value::Statement(_) => None,
    }
}

/// Whether a report is of the event that began with `first`.
fn is_of(first: (&Reported, &Report), report: (&Reported, &Report), rule: &Corroboration) -> bool {
    let apart = report.0.observation.event_time.duration_since(first.0.observation.event_time);
    // A report that only names a place is as uncertain as the place is wide.
    let reach = rule.distance_km + first.1.error_km.max(report.1.error_km);
    !apart.is_negative() && apart <= rule.within && first.1.point.distance_km(report.1.point) <= reach
}

/// What the reports of one event come to.
fn event(number: i64, group: &[(&Reported, &Report)], context: &Context<'_>) -> Event {
    let member = |(reported, _): &(&'_ Reported, &Report)| {
        let source = context.sources.iter().find(|source| source.id == reported.observation.source);
        (reported.observation.grade.reliability, source)
    };
    let publishers: Vec<(Option<Reliability>, Option<&Source>)> = group.iter().map(member).collect();
    let members: Vec<Member<'_>> =
        group.iter().zip(&publishers).map(|((report, _), (_, source))| Member { report, source: *source }).collect();
    let found = origins::of(&members, context.sources);
    let counted = Counted { rule: context.rule, publishers: &publishers };
    let (most, least) = (counted.origins(&found.roots), counted.origins(&found.least_roots));
    let credibility = match least {
        0 => 6,
        1 => 3,
        _ => 1,
    };
    let meets =
        |roots: &[usize]| counted.is_met(roots) && context.rule.credibility.is_none_or(|worst| credibility <= worst);
    let corroborated = match (meets(&found.roots), meets(&found.least_roots)) {
        (true, true) => Verdict::True,
        (false, _) => Verdict::False,
        (true, false) => Verdict::Unknown,
    };
    let (first, report) = group[0];
    Event {
        number,
        first: first.observation.event_time,
        last: group.last().map_or(first.observation.event_time, |(last, _)| last.observation.event_time),
        point: exact_point(group).unwrap_or(report.point),
        place: group.iter().find_map(|(_, report)| report.place.clone()),
        members: group.iter().map(|(reported, _)| reported.observation.id).collect(),
        links: found.links,
        undecided: found.undecided,
        origins: most,
        least_origins: least,
        corroborated,
        grade: Grade { reliability: counted.best_letter(), credibility: Some(credibility) },
    }
}

/// Coordinates say more than the centre of a named place.
fn exact_point(group: &[(&Reported, &Report)]) -> Option<Point> {
    group.iter().find(|(_, report)| report.error_km <= 0.0).map(|(_, report)| report.point)
}

/// The reports of an event that may count, by letter and publisher, and what is asked of them.
struct Counted<'a> {
    rule: &'a Corroboration,
    publishers: &'a [(Option<Reliability>, Option<&'a Source>)],
}

impl Counted<'_> {
    /// The places of reports that may count: E and F are kept and shown, and never do.
    fn places(&self) -> impl Iterator<Item = usize> {
        let may = |(letter, _): &(Option<Reliability>, _)| letter.is_none_or(Reliability::may_corroborate);
        self.publishers.iter().enumerate().filter(move |(_, one)| may(one)).map(|(place, _)| place)
    }

    fn origins(&self, roots: &[usize]) -> u32 {
        distinct(self.places().map(|place| roots[place]))
    }

    fn best_letter(&self) -> Option<Reliability> {
        self.places().filter_map(|place| self.publishers[place].0).min()
    }

    /// Whether the origins satisfy the rule, but for the digit.
    fn is_met(&self, roots: &[usize]) -> bool {
        let is_good = |place: &usize| {
            self.rule.reliability.is_none_or(|least| self.publishers[*place].0.is_some_and(|letter| letter <= least))
        };
        let source = |place: usize| self.publishers[place].1;
        let has = |wanted| self.places().any(|place| source(place).is_some_and(|one| one.discipline == wanted));
        distinct(self.places().filter(is_good).map(|place| roots[place])) >= self.rule.origins
            && self.rule.disciplines.iter().all(|wanted| has(*wanted))
            && (!self.rule.distinct_party || self.has_two_parties(roots))
    }

    /// Whether two origins are of two parties: a side that quotes the other adds no view of its own.
    fn has_two_parties(&self, roots: &[usize]) -> bool {
        let sided: Vec<(usize, &str)> = self
            .places()
            .filter_map(|place| Some((roots[place], self.publishers[place].1?.party.as_deref()?)))
            .collect();
        sided.iter().any(|(root, party)| sided.iter().any(|(other, side)| other != root && side != party))
    }
}

fn distinct(roots: impl Iterator<Item = usize>) -> u32 {
    let found: HashSet<usize> = roots.collect();
    u32::try_from(found.len()).unwrap_or(u32::MAX)
}
