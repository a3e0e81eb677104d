//! Measures with a method of their own: detectors and the trend.

use super::baseline::learned;
use super::*;

/// The statistic of a method, with what it says of it.
type Found = std::result::Result<(f64, String), String>;

impl Question<'_> {
    /// How many periods the condition's method looks back on.
    pub(super) fn history(&self) -> u32 {
        let own = detect::find(self.condition.measure.word()).map_or(0, |detector| (detector.needs)(&self.options()));
        let lookback = self.condition.baseline.unwrap_or(3).max(self.condition.over.unwrap_or(1));
        let most = lookback.max(self.window_periods()).max(u32::try_from(own).unwrap_or(u32::MAX));
        most.saturating_add(3).max(HISTORY_PERIODS)
    }

    pub(super) fn options(&self) -> detect::Options {
        let per_year = match self.indicator.spec.period {
            PeriodLength::Day => 365,
            PeriodLength::Week => 52,
            PeriodLength::Month => 12,
            PeriodLength::Quarter => 4,
        };
        let baseline = self.condition.baseline.map(|periods| periods as usize);
        detect::Options { baseline, per_year, ..detect::Options::default() }
    }

    pub(super) fn detected(&self, earlier: &[Reading], latest: &Reading, value: f64) -> Measured {
        // A detector has an answer for one figure: where the latest is a range, for both of its ends.
        let (Some(low), Some(high)) = (latest.low, latest.high) else {
            return Measured::unknown(format!("{} is known on one side only", latest.period));
        };
        let history: Vec<Option<f64>> = earlier.iter().map(learned).collect();
        let mut answers = Vec::new();
        for figure in [value, low, high] {
            match self.statistic(&history, figure) {
                Ok(found) => answers.push(found),
                Err(unknown) => return Measured::unknown(unknown),
            }
        }
        let statistics = || answers.iter().map(|answer| answer.0);
        let (least, most) =
            (statistics().fold(f64::INFINITY, f64::min), statistics().fold(f64::NEG_INFINITY, f64::max));
        let Some((statistic, about)) = answers.into_iter().next() else { return Measured::unknown("nothing is known") };
        let stood = with_unit(value, &self.indicator.spec.unit);
        Measured {
            range: Some((least, most)),
            value: Some(statistic),
            shown: figure(statistic, 3),
            why: format!("{} had {stood}, {about}", latest.period),
            vintages: latest.vintages.clone(),
            ..Measured::default()
        }
    }

    /// The statistic of the condition's detector, and what it expected.
    fn statistic(&self, history: &[Option<f64>], value: f64) -> Found {
        if self.condition.measure == Measure::Trend {
            return self.trend(history, value);
        }
        let word = self.condition.measure.word();
        let detector = detect::find(word).ok_or_else(|| format!("`{word}` is not computed by this version"))?;
        let estimate =
            detect::measure(detector, history, value, &self.options()).map_err(|unknown| unknown.to_string())?;
        let unit = &self.indicator.spec.unit;
        let (lower, upper) = (with_unit(estimate.lower, unit), with_unit(estimate.upper, unit));
        let expected = with_unit(estimate.expected, unit);
        Ok((estimate.statistic, format!("expected were about {expected}, usual is {lower} to {upper}")))
    }

    fn trend(&self, history: &[Option<f64>], value: f64) -> Found {
        let wanted = self.condition.baseline.map_or(history.len(), |periods| periods as usize);
        let mut series = history.get(history.len().saturating_sub(wanted)..).unwrap_or_default().to_vec();
        series.push(Some(value));
        let trend = detect::trend::trend(&series).map_err(|unknown| unknown.to_string())?;
        Ok((trend.slope, format!("the median slope has a chance probability of {}", figure(trend.p, 3))))
    }
}
