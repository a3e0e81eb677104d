//! Measures of `level` and `count` indicators: final readings, compared.

use super::*;

impl Question<'_> {
    pub(super) fn of_readings(&self) -> Result<Measured> {
        if self.condition.measure == Measure::Age {
            return self.age();
        }
        let lookback = self.condition.baseline.unwrap_or(3).max(self.condition.over.unwrap_or(1));
        let window = self.window_periods();
        let periods = lookback.max(window).saturating_add(3).max(HISTORY_PERIODS);
        let series = readings::readings(self.view, self.watch, self.indicator, periods, self.as_of)?;
        let mut measured = self.of_final_readings(&series);
        let (freshness, dead_at) = freshness(self.view, self.indicator, self.as_of)?;
        // An extractor that counts items brings no value while nothing happens; there, coverage tells silence from blindness.
        let reads_figures = self.indicator.spec.inputs.iter().all(|input| input.reads_figure);
        if freshness == Freshness::Dead && reads_figures && measured.range.is_some() {
            let limit = duration_words(stale_limit(self.indicator));
            measured = Measured::unknown(format!("no new value for more than {limit}: it may have changed unseen"));
        }
        measured.wake = earliest(dead_at, self.view.next_effective(&self.indicator.spec.name, self.as_of.known)?);
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
        let mut measured = match self.condition.measure {
            Measure::Total => self.total(&series[..=place]),
            _ => self.of_latest(earlier, latest),
        };
        measured.release = Some(latest.span.to.as_millisecond());
        measured
    }

    /// Whether the second period after the newest complete one is over as well: one late poll is no blindness. It begins
    /// to be so with a period, and so at a moment that is looked at in any case.
    fn is_late(&self, latest: &Reading) -> bool {
        latest.period.offset(2).span(&self.watch.zone).to <= self.as_of.at
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
            Measure::Ratio => match before.median() {
                Err(why) => Measured::unknown(why),
                Ok(middle) if middle <= 0.0 => {
                    Measured::unknown("the median of the baseline is 0: there is nothing to compare with")
                }
                Ok(middle) => Measured {
                    range: Some((low / middle, high / middle)),
                    value: Some(value / middle),
                    shown: figure(value / middle, 2),
                    why: format!(
                        "{} had {}, the median of the {} before it is {}",
                        latest.period,
                        with_unit(value, unit),
                        periods_words(before.wanted, self.indicator.spec.period),
                        with_unit(middle, unit)
                    ),
                    vintages: before.vintages(latest),
                    ..Measured::default()
                },
            },
            Measure::Streak => self.streak(earlier, latest),
            _ => self.detected(earlier, latest, value),
        }
    }

    fn change(&self, earlier: &[Reading], latest: &Reading, value: f64, (low, high): (f64, f64)) -> Measured {
        let over = self.condition.over.unwrap_or(1) as usize;
        let Some((old, base)) = earlier
            .len()
            .checked_sub(over)
            .and_then(|place| earlier.get(place))
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
        let mut vintages = old.vintages.clone();
        vintages.extend(&latest.vintages);
        let why =
            format!("{} had {}, {} had {}", old.period, with_unit(base, unit), latest.period, with_unit(value, unit));
        if !self.condition.share {
            let shown = with_unit(value - base, unit);
            return Measured {
                range: Some((low - base, high - base)),
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
        let share = |figure: f64| figure / base - 1.0;
        Measured {
            range: Some((share(low), share(high))),
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
            match reading.value {
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

    fn total(&self, finals: &[Reading]) -> Measured {
        let wanted = self.window_periods().max(1) as usize;
        let Some(within) = finals.len().checked_sub(wanted).and_then(|from| finals.get(from..)) else {
            return Measured::unknown(format!(
                "there are not yet {} to add up",
                periods_words(wanted, self.indicator.spec.period)
            ));
        };
        let sum = |side: fn(&Reading) -> Option<f64>| within.iter().map(side).sum::<Option<f64>>();
        let Some(value) = sum(|reading| reading.value) else {
            return Measured::unknown("one of the periods to add up has no value");
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

    fn detected(&self, earlier: &[Reading], latest: &Reading, value: f64) -> Measured {
        let history: Vec<Option<f64>> = earlier.iter().map(|reading| reading.value).collect();
        let (statistic, about) = match self.statistic(&history, value) {
            Ok(found) => found,
            Err(unknown) => return Measured::unknown(unknown),
        };
        let stood = with_unit(value, &self.indicator.spec.unit);
        Measured {
            range: Some((statistic, statistic)),
            value: Some(statistic),
            shown: figure(statistic, 3),
            why: format!("{} had {stood}, {about}", latest.period),
            vintages: latest.vintages.clone(),
            ..Measured::default()
        }
    }

    /// The statistic of the condition's detector, and what it expected.
    fn statistic(&self, history: &[Option<f64>], value: f64) -> std::result::Result<(f64, String), String> {
        if self.condition.measure == Measure::Trend {
            let wanted = self.condition.baseline.map_or(history.len(), |periods| periods as usize);
            let mut series = history.get(history.len().saturating_sub(wanted)..).unwrap_or_default().to_vec();
            series.push(Some(value));
            let trend = detect::trend::trend(&series).map_err(|unknown| unknown.to_string())?;
            return Ok((trend.slope, format!("the median slope has a chance probability of {}", figure(trend.p, 3))));
        }
        let word = self.condition.measure.word();
        let detector = detect::find(word).ok_or_else(|| format!("`{word}` is not computed by this version"))?;
        let options = detect::Options {
            baseline: self.condition.baseline.map(|periods| periods as usize),
            ..detect::Options::default()
        };
        let estimate = detect::measure(detector, history, value, &options).map_err(|unknown| unknown.to_string())?;
        Ok((estimate.statistic, format!("expected were about {}", figure(estimate.expected, 1))))
    }

    fn window_periods(&self) -> u32 {
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

/// The readings before the latest, as a baseline.
struct Before<'r> {
    readings: &'r [Reading],
    wanted: usize,
}

impl Before<'_> {
    fn taken(&self) -> &[Reading] {
        let from = self.readings.len().saturating_sub(self.wanted);
        self.readings.get(from..).unwrap_or_default()
    }

    fn median(&self) -> std::result::Result<f64, String> {
        let values: Vec<f64> = self.taken().iter().filter_map(|reading| reading.value).collect();
        if values.len() < self.wanted {
            return Err(format!("its baseline needs {} periods with values, there are {}", self.wanted, values.len()));
        }
        median(&values).ok_or_else(|| "its baseline is empty".to_owned())
    }

    fn vintages(&self, latest: &Reading) -> Vec<i64> {
        self.taken().iter().chain([latest]).flat_map(|reading| reading.vintages.clone()).collect()
    }
}
