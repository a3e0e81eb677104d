//! Measures of figures per period: final readings, compared.

use super::baseline::{Before, since_break};
use super::*;
use crate::model::observation::Flag;
use crate::pipeline::guards::FALL_PERSISTS;

impl Question<'_> {
    pub(super) fn of_readings(&self) -> Result<Measured> {
        if self.condition.measure == Measure::Age {
            return self.age();
        }
        let series = readings::readings(self.view, self.watch, self.indicator, self.history(), self.as_of)?;
        let mut measured = self.of_final_readings(&series);
        let recency = freshness::recency(self.view, self.indicator, self.as_of)?;
        // An extractor that counts items brings no value while nothing happens; there, coverage tells silence from blindness.
        let reads_figures = self.indicator.spec.inputs.iter().all(|input| input.reads_figure);
        let is_dead = recency.freshness == Freshness::Dead && reads_figures;
        if is_dead && measured.range.is_some() {
            let limit = duration_words(recency.limits.dead);
            measured = Measured::unknown(format!("no new value for more than {limit}: it may have changed unseen"));
        }
        if self.condition.partial == Partial::Nowcast && !is_dead {
            measured = self.nowcast(&series)?.unwrap_or(measured);
        }
        let since = before(self.as_of.known, FALL_PERSISTS);
        let effective = self.view.next_effective(&self.indicator.spec.name, since, self.as_of.known)?;
        let settles = readings::next_settling(&series, self.as_of.at);
        let latest = series.iter().rfind(|reading| reading.is_final);
        let late = latest.map(|latest| self.late_at(latest)).filter(|late| *late > self.as_of.at);
        measured.wake = [recency.dead_at, effective, settles, late].into_iter().fold(None, earliest);
        let kept = series.len().saturating_sub(CHART_PERIODS as usize);
        measured.series = series.into_iter().skip(kept).collect();
        Ok(measured)
    }

    fn of_final_readings(&self, series: &[Reading]) -> Measured {
        // The running period is provisional, and a period is final only once a poll has seen its end.
        let Some(place) = series.iter().rposition(|reading| reading.is_final) else {
            return Measured::unknown("no period is complete yet");
        };
        let (earlier, latest) = (&series[..place], &series[place]);
        let expected = series.len().checked_sub(2).and_then(|last| series.get(last));
        if expected.is_some_and(|expected| expected.period != latest.period && expected.span.to <= self.as_of.at)
            && self.is_late(latest)
        {
            return Measured::unknown(format!(
                "the newest complete period is {}; later ones were not seen to their end",
                latest.period
            ));
        }
        let mut measured = self.compared(earlier, latest);
        measured.release = Some(latest.span.to.as_millisecond());
        measured
    }

    /// Whether the second period after the newest complete one is over as well, and settled: one late poll is no
    /// blindness.
    fn is_late(&self, latest: &Reading) -> bool {
        self.late_at(latest) <= self.as_of.at
    }

    /// When time alone makes the newest complete period too old to stand for the present.
    fn late_at(&self, latest: &Reading) -> Timestamp {
        let wait = latest.settles_at.duration_since(latest.span.to).max(SignedDuration::ZERO);
        after(latest.period.offset(2).span(&self.watch.zone).to, wait)
    }

    /// A reading against those before it that mean the same.
    ///
    /// A closed period that was overwritten cannot trigger anything by itself: there both figures have to agree. It can
    /// take back what the old one triggered.
    fn compared(&self, earlier: &[Reading], latest: &Reading) -> Measured {
        let measured = self.compared_as_known(earlier, latest);
        if !latest.flags.contains(&Flag::SourceBreak) {
            return measured;
        }
        let stated = Reading { low: latest.value, high: latest.value, ..latest.clone() };
        let stated = self.compared_as_known(earlier, &stated);
        let triggers =
            stated.range.is_none_or(|(low, high)| self.condition.limits.judge(low, high, false) == Verdict::True);
        if triggers { measured } else { stated }
    }

    fn compared_as_known(&self, earlier: &[Reading], latest: &Reading) -> Measured {
        if latest.is_doubtful() {
            return Measured::unknown(doubt(latest));
        }
        if matches!(self.condition.measure, Measure::Value) {
            return self.of_latest(earlier, latest);
        }
        match since_break(earlier, latest, &self.indicator.spec.breaks) {
            Err(why) => Measured::unknown(why),
            Ok(_) if self.condition.measure == Measure::Change => self.of_latest(earlier, latest),
            Ok(since) if self.condition.measure == Measure::Total => self.total(since, latest),
            Ok(since) => self.of_latest(since, latest),
        }
    }

    /// What the running period says already, where its whole 80 % interval is past the bound: until then final
    /// readings decide.
    fn nowcast(&self, series: &[Reading]) -> Result<Option<Measured>> {
        let Some((running, before)) = series.split_last() else { return Ok(None) };
        let found = readings::nowcast::nowcast(self.view, self.watch, self.indicator, self.as_of)?;
        let Ok(found) = found else { return Ok(None) };
        let (low, high) = (Some(found.low80), Some(found.high80));
        let expected = Reading { value: Some(found.value), low, high, ..running.clone() };
        let measured = self.compared(before, &expected);
        let Some((least, most)) = measured.range else { return Ok(None) };
        if self.condition.limits.judge(least, most, false) != Verdict::True {
            return Ok(None);
        }
        let unit = &self.indicator.spec.unit;
        let why = format!(
            "{}; that is a nowcast of the running period with {} in by now, 80 % between {} and {}",
            measured.why,
            with_unit(running.value.unwrap_or_default(), unit),
            with_unit(found.low80, unit),
            with_unit(found.high80, unit)
        );
        Ok(Some(Measured { why, release: Some(running.span.to.as_millisecond()), ..measured }))
    }

    fn of_latest(&self, earlier: &[Reading], latest: &Reading) -> Measured {
        let Some(value) = latest.value else {
            return Measured::unknown(format!("{} has no value", latest.period));
        };
        let (low, high) = (latest.low.unwrap_or(f64::NEG_INFINITY), latest.high.unwrap_or(f64::INFINITY));
        let unit = &self.indicator.spec.unit;
        let before = Before { readings: earlier, wanted: self.condition.baseline.unwrap_or(3) as usize };
        match self.condition.measure {
            Measure::Value => Measured {
                range: Some((low, high)),
                value: Some(value),
                shown: with_unit(value, unit),
                why: format!("{} stands at {}", latest.period, with_unit(value, unit)),
                vintages: latest.vintages.clone(),
                ..Measured::default()
            },
            Measure::Change => self.change(earlier, latest, value, (low, high)),
            Measure::Ratio => self.ratio(&before, latest, value, (low, high)),
            Measure::Streak => self.streak(earlier, latest),
            _ => self.detected(earlier, latest, value),
        }
    }

    fn ratio(&self, before: &Before<'_>, latest: &Reading, value: f64, (low, high): (f64, f64)) -> Measured {
        let unit = &self.indicator.spec.unit;
        let middle = match before.median() {
            Ok(middle) => middle,
            Err(why) => return Measured::unknown(why),
        };
        if middle.value <= 0.0 {
            return Measured::unknown("the median of the baseline is 0: there is nothing to compare with");
        }
        Measured {
            range: Some(quotient((low, high), (middle.low, middle.high))),
            value: Some(value / middle.value),
            shown: figure(value / middle.value, 2),
            why: format!(
                "{} had {}, the median of the {} before it is {}",
                latest.period,
                with_unit(value, unit),
                periods_words(before.wanted, self.indicator.spec.period),
                with_unit(middle.value, unit)
            ),
            vintages: before.vintages(latest),
            ..Measured::default()
        }
    }

    fn change(&self, earlier: &[Reading], latest: &Reading, value: f64, (low, high): (f64, f64)) -> Measured {
        let over = self.condition.over.unwrap_or(1) as usize;
        let Some((old, base)) = earlier
            .len()
            .checked_sub(over)
            .and_then(|place| earlier.get(place))
            .filter(|old| !old.is_doubtful())
            .and_then(|old| Some((old, old.value?)))
        else {
            return Measured::unknown(format!(
                "{} has no value to compare with",
                periods_words(over, self.indicator.spec.period)
            ));
        };
        if self.crosses_break(old, latest) {
            return Measured::unknown("its definition changed in between: values before and after cannot be compared");
        }
        let unit = &self.indicator.spec.unit;
        let before = (old.low.unwrap_or(f64::NEG_INFINITY), old.high.unwrap_or(f64::INFINITY));
        let mut vintages = old.vintages.clone();
        vintages.extend(&latest.vintages);
        let why =
            format!("{} had {}, {} had {}", old.period, with_unit(base, unit), latest.period, with_unit(value, unit));
        if !self.condition.share {
            let shown = with_unit(value - base, unit);
            return Measured {
                range: Some((low - before.1, high - before.0)),
                value: Some(value - base),
                shown,
                why,
                vintages,
                ..Measured::default()
            };
        }
        if base <= 0.0 {
            return Measured::unknown("the earlier value is 0: a share of it says nothing");
        }
        let (least, most) = quotient((low, high), before);
        let share = |figure: f64| figure / base - 1.0;
        Measured {
            range: Some((least - 1.0, most - 1.0)),
            value: Some(share(value)),
            shown: format!("{} %", figure(share(value) * 100.0, 1)),
            why,
            vintages,
            ..Measured::default()
        }
    }

    fn crosses_break(&self, old: &Reading, latest: &Reading) -> bool {
        self.indicator
            .spec
            .breaks
            .iter()
            .any(|date| old.period.first_date() < *date && latest.period.first_date() >= *date)
    }

    fn streak(&self, earlier: &[Reading], latest: &Reading) -> Measured {
        let mut values: Vec<f64> = Vec::new();
        for reading in earlier.iter().chain([latest]).rev() {
            match reading.value.filter(|_| !reading.is_doubtful()) {
                Some(value) => values.push(value),
                None => break,
            }
        }
        let steps: Vec<f64> = values.windows(2).map(|pair| pair[0] - pair[1]).collect();
        let Some(newest) = steps.first() else { return Measured::unknown("a streak needs two periods with values") };
        let length = steps.iter().take_while(|step| step.signum() == newest.signum() && **step != 0.0).count();
        let signed = newest.signum() * length as f64;
        Measured {
            range: Some((signed, signed)),
            value: Some(signed),
            shown: periods_words(length, self.indicator.spec.period),
            why: format!("{length} in a row {}", if *newest < 0.0 { "down" } else { "up" }),
            vintages: latest.vintages.clone(),
            ..Measured::default()
        }
    }

    fn total(&self, earlier: &[Reading], latest: &Reading) -> Measured {
        let wanted = self.window_periods().max(1) as usize;
        let all: Vec<&Reading> = earlier.iter().chain([latest]).collect();
        let Some(within) = all.len().checked_sub(wanted).and_then(|from| all.get(from..)) else {
            let missing = wanted - all.len();
            return Measured::unknown(format!(
                "there are not yet {} to add up: {missing} are missing",
                periods_words(wanted, self.indicator.spec.period)
            ));
        };
        let sum = |side: fn(&Reading) -> Option<f64>| within.iter().map(|reading| side(reading)).sum::<Option<f64>>();
        let of_all = sum(|reading| reading.value.filter(|_| !reading.is_doubtful()));
        let Some(value) = of_all else {
            return Measured::unknown("one of the periods to add up has no value that counts");
        };
        Measured {
            range: Some((sum(|r| r.low).unwrap_or(f64::NEG_INFINITY), sum(|r| r.high).unwrap_or(f64::INFINITY))),
            value: Some(value),
            shown: with_unit(value, &self.indicator.spec.unit),
            why: format!("{} add up to it", periods_words(wanted, self.indicator.spec.period)),
            vintages: within.iter().flat_map(|reading| reading.vintages.clone()).collect(),
            ..Measured::default()
        }
    }

    pub(super) fn window_periods(&self) -> u32 {
        let days = match self.indicator.spec.period {
            PeriodLength::Day => 1.0,
            PeriodLength::Week => 7.0,
            PeriodLength::Month => 30.44,
            PeriodLength::Quarter => 91.31,
        };
        let window = self.condition.window.map_or(0.0, |window| window.as_secs_f64() / 86_400.0);
        (window / days).round().clamp(0.0, 1000.0) as u32
    }

    pub(super) fn age(&self) -> Result<Measured> {
        let Some((_, happened)) = self.view.newest_times(&self.indicator.spec.name, self.as_of.known)? else {
            return Ok(Measured::unknown("it has never had a value"));
        };
        let days = self.as_of.at.duration_since(happened).as_secs_f64().max(0.0) / 86_400.0;
        let limits = &self.condition.limits;
        let crossings = [limits.above, limits.below, limits.at_least, limits.at_most];
        let wake = crossings
            .into_iter()
            .flatten()
            .map(|days| after(happened, SignedDuration::from_secs_f64(days * 86_400.0 + 1.0)))
            .filter(|at| *at > self.as_of.at)
            .min();
        Ok(Measured {
            range: Some((days, days)),
            value: Some(days),
            shown: days_words(days),
            why: format!("its newest value is of {}", crate::model::time::rfc3339(happened, &self.watch.zone)),
            wake,
            ..Measured::default()
        })
    }
}

/// The range of a quotient of two ranges; where the divisor reaches zero, anything above is possible.
fn quotient((low, high): (f64, f64), (least, most): (f64, f64)) -> (f64, f64) {
    let over = |value: f64, divisor: f64| if divisor > 0.0 { value / divisor } else { f64::INFINITY };
    (if low >= 0.0 { over(low, most) } else { f64::NEG_INFINITY }, over(high, least))
}

/// Why a reading decides nothing, as a clause.
fn doubt(latest: &Reading) -> String {
    let flags: Vec<&str> =
        latest.flags.iter().filter(|flag| flag.bars_from_judgement()).map(|flag| flag.word()).collect();
    let value = figure(latest.value.unwrap_or_default(), 2);
    format!("{} says {value}, which is doubted ({}): unlike everything before it", latest.period, flags.join(", "))
}
