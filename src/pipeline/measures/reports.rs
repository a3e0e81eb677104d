//! Measures of `report` indicators: reports, events, origins.

use std::collections::HashSet;

use super::*;
use crate::model::condition::Verdict;
use crate::model::event::Reported;

impl Question<'_> {
    pub(super) fn of_reports(&self) -> Result<Measured> {
        if self.condition.measure == Measure::Scan {
            return self.scan();
        }
        let span = self.window_span();
        let rule = &self.indicator.spec.corroboration;
        let from = events::settled_before(self.view, self.indicator, span.from, self.as_of.known)?;
        let until = after(self.as_of.at, SignedDuration::from_secs(1));
        let reports = self.view.reports(&self.indicator.spec.name, self.as_of.known, Span::new(from, until))?;
        let built = events::build(&reports, rule, &self.watch.sources);
        let within: Vec<&Event> = built.iter().filter(|event| event.last >= span.from).collect();
        let counted: Vec<&Event> = match self.condition.measure {
            Measure::Corroborated => {
                within.iter().copied().filter(|event| event.corroborated != Verdict::False).collect()
            }
            _ => within.clone(),
        };
        let members = |event: &Event| event.members.clone();
        let standing: HashSet<i64> = built.iter().flat_map(members).collect();
        let is_in = |report: &&Reported| {
            report.observation.event_time >= span.from && standing.contains(&report.observation.id)
        };
        let in_window = reports.iter().filter(is_in).count();
        let corroborated = |verdict| within.iter().filter(|event| event.corroborated == verdict).count();
        let undecided = corroborated(Verdict::Unknown);
        let most =
            |origins: fn(&Event) -> u32| counted.iter().map(|event| f64::from(origins(event))).fold(0.0, f64::max);
        let (least, value) = match self.condition.measure {
            Measure::Reports => (in_window as f64, in_window as f64),
            Measure::Origins => (most(|event| event.least_origins), most(|event| event.origins)),
            Measure::Age => return self.age(),
            Measure::Corroborated => (corroborated(Verdict::True) as f64, counted.len() as f64),
            _ => (counted.len() as f64, counted.len() as f64),
        };
        let coverage = self.coverage(span)?;
        // What was not looked at may hold more, never less.
        let seen = observability::share_seen(self.view, self.watch, self.indicator, span, self.as_of)?;
        let high = if coverage.min(seen) >= ENOUGH_COVERAGE { value } else { f64::INFINITY };
        let leaves =
            counted.iter().map(|event| after(event.last, span.duration())).filter(|at| *at > self.as_of.at).min();
        Ok(Measured {
            range: Some((least, high)),
            value: Some(value),
            shown: counted_words(value, noun(self.condition.measure)),
            why: format!(
                "{in_window} reports make {} events in the last {}, {} of them corroborated{}{}{}",
                within.len(),
                duration_words(span.duration()),
                corroborated(Verdict::True),
                undecided_words(undecided),
                coverage_words(coverage),
                seen_words(seen)
            ),
            vintages: counted.iter().copied().flat_map(members).collect(),
            release: reports.last().map(|report| report.observation.id),
            wake: leaves.map(|at| after(at, SignedDuration::from_millis(1))),
            ..Measured::default()
        })
    }
}

fn seen_words(seen: f64) -> String {
    if seen >= ENOUGH_COVERAGE {
        return String::new();
    }
    format!("; in only {} % of that time it could be seen at all", figure((seen * 100.0).floor(), 0))
}

fn undecided_words(count: usize) -> String {
    match count {
        0 => String::new(),
        count => format!(" and {count} undecided, where one report may translate another"),
    }
}

/// What a measure of reports counts.
fn noun(measure: Measure) -> &'static str {
    match measure {
        Measure::Reports => "report",
        Measure::Origins => "origin",
        _ => "event",
    }
}
