//! Where reports gather unlike before: Kulldorff's scan over the places of `report` indicators.

use super::*;
use crate::detect::scan::{self, Cluster, Site};
use crate::detect::{Random, Sides, Unknown};

/// Windows before the latest that tell what is usual, where the condition does not say.
const WINDOWS: u32 = 12;
/// With fewer windows that were watched nothing is usual yet.
const FEWEST: usize = 3;
/// How often cases are shuffled between the places: p is told to one in a thousand.
const SHUFFLES: u32 = 999;
/// The same cases give the same answer, live and in a replay.
const SEED: u64 = 1997;

impl Question<'_> {
    /// The probability of the most unlikely circle of the latest window, against the windows before it.
    pub(super) fn scan(&self) -> Result<Measured> {
        let latest = self.window_span();
        let wanted = self.condition.baseline.unwrap_or(WINDOWS).clamp(1, 1000);
        let back = |count: u32| {
            let width = i32::try_from(count).unwrap_or(i32::MAX);
            before(latest.from, latest.duration().saturating_mul(width))
        };
        let mut watched = 0;
        for count in 0..wanted {
            let window = Span::new(back(count + 1), back(count));
            watched += usize::from(self.coverage(window)? >= ENOUGH_COVERAGE);
        }
        if watched < FEWEST.min(wanted as usize) {
            let missing = Unknown::Missing { needed: FEWEST.min(wanted as usize), have: watched };
            return Ok(Measured::unknown(format!("too few windows before it were watched: {missing}")));
        }
        if self.coverage(latest)? < ENOUGH_COVERAGE {
            return Ok(Measured::unknown("too little of the window was looked at to tell where there is nothing"));
        }
        let until = after(latest.to, SignedDuration::from_millis(1));
        let reports = self.view.observations(&self.indicator.spec.name, self.as_of.known, back(wanted), until)?;
        let placed: Vec<(&Observation, Point)> = reports
            .iter()
            .filter(|report| !report.flags.iter().any(|flag| flag.bars_from_readings()))
            .filter_map(|report| match &report.value {
                Value::Report(said) => Some((report, said.point)),
                Value::Quantity(_) | Value::Statement(_) => None,
            })
            .collect();
        let (new, old): (Vec<_>, Vec<_>) = placed.into_iter().partition(|(report, _)| report.event_time >= latest.from);
        let points = |of: &[(&Observation, Point)]| of.iter().map(|(_, point)| *point).collect::<Vec<Point>>();
        let sites = scan::sites(&points(&new), &points(&old), self.indicator.spec.corroboration.distance_km);
        let measured = match scan::scan(&sites, Sides::Both, SHUFFLES, &mut Random::new(SEED)) {
            Err(unknown) => Measured::unknown(format!("the places cannot be compared: {unknown}")),
            Ok(cluster) => self.of_cluster(&cluster, &sites, &new),
        };
        Ok(Measured { wake: Some(after(self.as_of.at, latest.duration())), ..measured })
    }

    fn of_cluster(&self, cluster: &Cluster, sites: &[Site], new: &[(&Observation, Point)]) -> Measured {
        let centre = cluster.sites.first().and_then(|site| sites.get(*site));
        let place = centre.map_or_else(String::new, |site| format!("{:.3}, {:.3}", site.at.lat, site.at.lon));
        Measured {
            range: Some((cluster.p, cluster.p)),
            value: Some(cluster.p),
            shown: format!("p {}", figure(cluster.p, 3)),
            why: format!(
                "within {} of {place} there were {} reports in the last {} where {} were expected, \
                 log likelihood ratio {}: chance makes such a circle anywhere with a probability of {}",
                kilometres(cluster.radius_km),
                figure(cluster.observed, 0),
                duration_words(self.window_span().duration()),
                figure(cluster.expected, 1),
                figure(cluster.llr, 2),
                figure(cluster.p, 3)
            ),
            vintages: new.iter().map(|(report, _)| report.id).collect(),
            release: new.iter().map(|(report, _)| report.id).max(),
            ..Measured::default()
        }
    }
}

fn kilometres(radius: f64) -> String {
    format!("{} km", figure(radius.max(0.1), 1))
}
