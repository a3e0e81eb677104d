//! Measures of `report` indicators: reports, events, origins.

use super::*;

impl Question<'_> {
    pub(super) fn of_reports(&self) -> Result<Measured> {
        let span = self.window_span();
        let rule = &self.indicator.spec.corroboration;
        // Events are built from before the window, so that one that reaches into it keeps its first report.
        let from = before(span.from, rule.within);
        let reports = self.view.observations(
            &self.indicator.spec.name,
            self.as_of.known,
            from,
            after(self.as_of.at, SignedDuration::from_secs(1)),
        )?;
        let reports: Vec<Observation> =
            reports.into_iter().filter(|report| !report.flags.iter().any(|flag| flag.bars_from_readings())).collect();
        let built = events::build(&reports, rule, &self.watch.sources);
        let within: Vec<&Event> = built.iter().filter(|event| event.last >= span.from).collect();
        let counted: Vec<&Event> = match self.condition.measure {
            Measure::Corroborated => within.iter().copied().filter(|event| event.corroborated).collect(),
            _ => within.clone(),
        };
        let in_window = reports.iter().filter(|report| report.event_time >= span.from).count();
        let value = match self.condition.measure {
            Measure::Reports => in_window as f64,
            Measure::Origins => counted.iter().map(|event| f64::from(event.origins)).fold(0.0, f64::max),
            Measure::Age => return self.age(),
            _ => counted.len() as f64,
        };
        let coverage = self.coverage(span)?;
        // What was not looked at may hold more, never less.
        let high = if coverage >= ENOUGH_COVERAGE { value } else { f64::INFINITY };
        let leaves =
            counted.iter().map(|event| after(event.last, span.duration())).filter(|at| *at > self.as_of.at).min();
        let noun = match self.condition.measure {
            Measure::Reports => "report",
            Measure::Origins => "origin",
            _ => "event",
        };
        Ok(Measured {
            range: Some((value, high)),
            value: Some(value),
            shown: counted_words(value, noun),
            why: format!(
                "{in_window} reports make {} events in the last {}, {} of them corroborated{}",
                within.len(),
                duration_words(span.duration()),
                within.iter().filter(|event| event.corroborated).count(),
                coverage_words(coverage)
            ),
            vintages: counted.iter().flat_map(|event| event.members.clone()).collect(),
            release: reports.last().map(|report| report.id),
            wake: leaves.map(|at| after(at, SignedDuration::from_millis(1))),
            ..Measured::default()
        })
    }
}
