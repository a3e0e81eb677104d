//! Reports → events: by place and time from the first report, with independent origins counted. Pure.
//!
//! After field.md 3: no chaining beyond the window of the first report; two
//! reports share an origin when they are the same item, or of one source,
//! owner or lineage. Union-find over these links; what is left are origins.

use jiff::Timestamp;

use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::event::{Event, Link, Reported};
use crate::model::geo::Point;
use crate::model::indicator::Corroboration;
use crate::model::observation::{Observation, Report, Value};
use crate::model::source::{Grade, Reliability, Source};
use crate::model::time::Span;
use crate::store::{Result, View};

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

/// Groups reports into events, in order of their first reports; the same ones in whatever order they became known.
pub fn build(reports: &[Reported], rule: &Corroboration, sources: &[Source]) -> Vec<Event> {
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
    groups
        .iter()
        .zip(numbers)
        .map(|(group, number)| {
            let group: Vec<(&Observation, &Report)> =
                group.iter().map(|(one, report)| (&one.observation, *report)).collect();
            event(number, &group, rule, sources)
        })
        .collect()
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

fn event(number: i64, group: &[(&Observation, &Report)], rule: &Corroboration, sources: &[Source]) -> Event {
    let reporters: Vec<Option<&Source>> =
        group.iter().map(|(observation, _)| sources.iter().find(|source| source.id == observation.source)).collect();
    let (links, roots) = origins(group, &reporters);
    let may_count = |place: usize| letter(group, place).is_none_or(Reliability::may_corroborate);
    let counted: Vec<usize> = (0..group.len()).filter(|place| may_count(*place)).collect();
    let count = |places: &[usize]| {
        let mut found: Vec<usize> = places.iter().filter_map(|place| roots.get(*place).copied()).collect();
        found.sort_unstable();
        found.dedup();
        u32::try_from(found.len()).unwrap_or(u32::MAX)
    };
    let origins = count(&counted);
    let graded: Vec<usize> = counted
        .iter()
        .copied()
        .filter(|place| {
            rule.reliability.is_none_or(|least| letter(group, *place).is_some_and(|letter| letter <= least))
        })
        .collect();
    let credibility = match origins {
        0 => 6,
        1 => 3,
        _ => 1,
    };
    let corroborated = count(&graded) >= rule.origins
        && rule.disciplines.iter().all(|wanted| {
            counted.iter().any(|place| reporters[*place].is_some_and(|source| source.discipline == *wanted))
        })
        && (!rule.distinct_party || parties(&counted, &reporters) >= 2)
        && rule.credibility.is_none_or(|worst| credibility <= worst);
    let best = counted.iter().filter_map(|place| letter(group, *place)).min();
    let (first, report) = group[0];
    Event {
        number,
        first: first.event_time,
        last: group.last().map_or(first.event_time, |(observation, _)| observation.event_time),
        point: exact_point(group).unwrap_or(report.point),
        place: group.iter().find_map(|(_, report)| report.place.clone()),
        members: group.iter().map(|(observation, _)| observation.id).collect(),
        links,
        origins,
        corroborated,
        grade: Grade { reliability: best, credibility: Some(credibility) },
    }
}

/// Coordinates say more than the centre of a named place.
fn exact_point(group: &[(&Observation, &Report)]) -> Option<Point> {
    group.iter().find(|(_, report)| report.error_km <= 0.0).map(|(_, report)| report.point)
}

fn letter(group: &[(&Observation, &Report)], place: usize) -> Option<Reliability> {
    group.get(place).and_then(|(observation, _)| observation.grade.reliability)
}

fn parties(counted: &[usize], reporters: &[Option<&Source>]) -> usize {
    let mut parties: Vec<&str> =
        counted.iter().filter_map(|place| reporters[*place].and_then(|source| source.party.as_deref())).collect();
    parties.sort_unstable();
    parties.dedup();
    parties.len()
}

/// Joins reports that share an origin; gives the links and each report's origin.
fn origins(group: &[(&Observation, &Report)], reporters: &[Option<&Source>]) -> (Vec<Link>, Vec<usize>) {
    let mut roots: Vec<usize> = (0..group.len()).collect();
    let mut links = Vec::new();
    for b in 0..group.len() {
        for a in 0..b {
            // One link is enough to join two; further ones between joined reports add nothing to the count.
            if roots[a] == roots[b] {
                continue;
            }
            let Some(why) = shared_origin(group[a].0, group[b].0, reporters[a], reporters[b]) else { continue };
            links.push(Link { a: group[a].0.id, b: group[b].0.id, why });
            let (kept, gone) = (roots[a].min(roots[b]), roots[a].max(roots[b]));
            roots.iter_mut().filter(|root| **root == gone).for_each(|root| *root = kept);
        }
    }
    (links, roots)
}

fn shared_origin(a: &Observation, b: &Observation, from_a: Option<&Source>, from_b: Option<&Source>) -> Option<String> {
    let link =
        |observation: &Observation| observation.item.as_ref().and_then(|item| item.link.as_deref()).map(canonical);
    if link(a).is_some_and(|link_a| link(b).is_some_and(|link_b| link_a == link_b)) {
        return Some("the same page".to_owned());
    }
    if a.source == b.source {
        return Some(format!("one source, {}", a.source));
    }
    let (from_a, from_b) = (from_a?, from_b?);
    if from_a.owner == from_b.owner {
        return Some(format!("one owner, {}", from_a.owner));
    }
    match (&from_a.lineage, &from_b.lineage) {
        (Some(one), Some(other)) if one == other => Some(format!("one lineage, {one}")),
        _ => None,
    }
}

/// A link without what does not change the page: scheme, `www.`, fragment, tracking parameters, a slash at the end.
fn canonical(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let (page, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = page.split_once('/').unwrap_or((page, ""));
    let host = host.to_lowercase();
    let host = ["www.", "m.", "mobile."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(&host);
    let is_tracking =
        |part: &&str| part.starts_with("utm_") || part.starts_with("fbclid") || part.starts_with("traffic_source");
    let kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !is_tracking(part)).collect();
    format!("{host}/{}?{}", path.trim_end_matches('/'), kept.join("&"))
}
