//! One condition's measure: a range of values with its reason, or unknown with its reason.

use jiff::{SignedDuration, Timestamp};

use super::readings::{self, ENOUGH_COVERAGE, feeds_of, median, share_covered};
use super::schedules::{self, Outlook};
use super::{AsOf, earliest, events};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect;
use crate::model::condition::{Condition, Measure};
use crate::model::event::Event;
use crate::model::indicator::Kind;
use crate::model::observation::{Observation, Status};
use crate::model::reading::{Freshness, Reading};
use crate::model::text::figure;
use crate::model::time::{PeriodLength, Span, after, before, duration_words};
use crate::store::{Result, View};

/// Readings drawn in a chart and looked back on for a default baseline.
const CHART_PERIODS: u32 = 13;

/// What a measure came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// The least and the most it can be; `None` is unknown.
    pub range: Option<(f64, f64)>,
    /// The figure that stands for the range.
    pub value: Option<f64>,
    /// The value in words with its unit.
    pub shown: String,
    /// One sentence with the figures it was made from, or why it is unknown.
    pub why: String,
    /// The rows it was computed from, the newest last.
    pub vintages: Vec<i64>,
    /// The readings behind it, oldest first.
    pub series: Vec<Reading>,
    /// The newest release it rests on; rises with each.
    pub release: Option<i64>,
    /// When time alone may change it.
    pub wake: Option<Timestamp>,
}

impl Measured {
    fn unknown(why: impl Into<String>) -> Self {
        Self { shown: "unknown".to_owned(), why: why.into(), ..Self::default() }
    }
}

/// Everything a measure is computed from.
struct Question<'a> {
    view: &'a View<'a>,
    watch: &'a Watch,
    indicator: &'a WatchedIndicator,
    condition: &'a Condition,
    as_of: AsOf,
}

/// Measures one condition.
///
/// # Errors
/// What the store refuses.
pub fn measure(view: &View<'_>, watch: &Watch, condition: &Condition, as_of: AsOf) -> Result<Measured> {
    let Some(indicator) = watch.indicator(&condition.indicator) else {
        return Ok(Measured::unknown(format!("there is no indicator {}", condition.indicator)));
    };
    let question = Question { view, watch, indicator, condition, as_of };
    match indicator.spec.kind {
        Kind::Report => question.of_reports(),
        Kind::Schedule => question.of_schedule(),
        Kind::Level | Kind::Count => question.of_readings(),
    }
}

/// How fresh an indicator is, and when it will be dead if nothing comes.
///
/// # Errors
/// What the store refuses.
pub fn freshness(view: &View<'_>, indicator: &WatchedIndicator, as_of: AsOf) -> Result<(Freshness, Option<Timestamp>)> {
    let Some((recorded, _)) = view.newest_times(&indicator.spec.name, as_of.known)? else {
        return Ok((Freshness::Dead, None));
    };
    let limit = stale_limit(indicator);
    let age = as_of.at.duration_since(recorded);
    let seconds = |share: f64| limit.as_secs_f64() * share;
    let freshness = match age.as_secs_f64() {
        age if age > seconds(1.0) => Freshness::Dead,
        age if age > seconds(0.67) => Freshness::Overdue,
        age if age > seconds(0.34) => Freshness::Due,
        _ => Freshness::Fresh,
    };
    let dead_at = after(recorded, limit.saturating_add(SignedDuration::from_millis(1)));
    Ok((freshness, Some(dead_at).filter(|at| *at > as_of.at)))
}

/// Without a new value for so long, nothing may be concluded: as configured, else three periods.
fn stale_limit(indicator: &WatchedIndicator) -> SignedDuration {
    let days = match indicator.spec.period {
        PeriodLength::Day => 3,
        PeriodLength::Week => 21,
        PeriodLength::Month => 93,
        PeriodLength::Quarter => 276,
    };
    indicator.spec.stale_after.unwrap_or(SignedDuration::from_hours(24 * days))
}

impl Question<'_> {
    fn of_readings(&self) -> Result<Measured> {
        if self.condition.measure == Measure::Age {
            return self.age();
        }
        let lookback = self.condition.baseline.unwrap_or(3).max(self.condition.over.unwrap_or(1));
        let window = self.window_periods();
        let periods = lookback.max(window).saturating_add(3).max(CHART_PERIODS);
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

    /// Whether the newest complete period is over for longer than a period: one late poll is no blindness.
    fn is_late(&self, latest: &Reading) -> bool {
        self.as_of.at.duration_since(latest.span.to) > latest.span.duration().saturating_mul(2)
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
        let history: Vec<f64> = earlier.iter().filter_map(|reading| reading.value).collect();
        let estimate = detect::measure(self.condition.measure, &history, value, self.condition.baseline);
        match estimate {
            Err(missing) => Measured::unknown(missing),
            Ok(statistic) => Measured {
                range: Some((statistic, statistic)),
                value: Some(statistic),
                shown: figure(statistic, 2),
                why: format!(
                    "{} had {} after {} earlier periods",
                    latest.period,
                    with_unit(value, &self.indicator.spec.unit),
                    history.len()
                ),
                vintages: latest.vintages.clone(),
                ..Measured::default()
            },
        }
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

    fn age(&self) -> Result<Measured> {
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

    fn window_span(&self) -> Span {
        let window = self.condition.window.unwrap_or(SignedDuration::from_hours(24 * 7));
        Span::new(before(self.as_of.at, window), self.as_of.at)
    }

    /// The least share of a span that any feed of the indicator accounts for.
    fn coverage(&self, span: Span) -> Result<f64> {
        let mut least: f64 = 1.0;
        for feed in feeds_of(self.indicator) {
            let parts = self.view.coverage(&feed, span, self.as_of.known)?;
            least = least.min(share_covered(span, self.as_of.at, &parts));
        }
        Ok(least)
    }

    fn of_reports(&self) -> Result<Measured> {
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

    fn of_schedule(&self) -> Result<Measured> {
        let name = &self.indicator.spec.name;
        let statements = self.view.observations(
            name,
            self.as_of.known,
            Timestamp::MIN,
            after(self.as_of.at, SignedDuration::from_secs(1)),
        )?;
        let outlook = schedules::outlook(
            &statements,
            &self.indicator.spec.schedule,
            self.watch.from,
            self.as_of.at,
            &self.watch.zone,
        );
        let mut measured = match self.condition.measure {
            Measure::Announced => {
                self.named(&statements, &[Status::Announced, Status::Confirmed, Status::Delivered], "announcement")?
            }
            Measure::Delivered => self.named(&statements, &[Status::Delivered], "delivery")?,
            Measure::DaysUntil => self.days_until(&outlook),
            Measure::DaysOverdue => self.days_overdue(&outlook)?,
            Measure::Amount | Measure::AmountRatio => self.amount(&statements),
            Measure::Age => self.age()?,
            _ => self.slip(&outlook)?,
        };
        measured.release = statements.last().map(|statement| statement.id);
        Ok(measured)
    }

    fn named(&self, statements: &[Observation], wanted: &[Status], noun: &str) -> Result<Measured> {
        let span = self.window_span();
        let found: Vec<&Observation> = statements
            .iter()
            .filter(|one| {
                one.event_time >= span.from && schedules::status(one).is_some_and(|status| wanted.contains(&status))
            })
            .collect();
        let coverage = self.coverage(span)?;
        let value = found.len() as f64;
        let leaves =
            found.iter().map(|one| after(one.event_time, span.duration())).filter(|at| *at > self.as_of.at).min();
        Ok(Measured {
            range: Some((value, if coverage >= ENOUGH_COVERAGE { value } else { f64::INFINITY })),
            value: Some(value),
            shown: counted_words(value, noun),
            why: format!(
                "{} statements in the last {}{}",
                found.len(),
                duration_words(span.duration()),
                coverage_words(coverage)
            ),
            vintages: found.iter().map(|one| one.id).collect(),
            wake: leaves.map(|at| after(at, SignedDuration::from_millis(1))),
            ..Measured::default()
        })
    }

    fn days_until(&self, outlook: &Outlook<'_>) -> Measured {
        let today = self.watch.zone.to_datetime(self.as_of.at).date();
        let Some(window) = outlook.expected else { return Measured::unknown("no date has been stated") };
        let (least, most) = (schedules::days(today, window.from), schedules::days(today, window.to));
        Measured {
            range: Some((least as f64, most as f64)),
            value: Some(most as f64),
            shown: days_words(most as f64),
            why: format!("expected by {}", window.to),
            vintages: outlook.dated_by.map(|one| one.id).into_iter().collect(),
            ..Measured::default()
        }
    }

    fn days_overdue(&self, outlook: &Outlook<'_>) -> Result<Measured> {
        let Some(days) = outlook.days_overdue else { return Ok(Measured::unknown("no date has been stated")) };
        let due = outlook.first_expected.map(|date| date.to_string()).unwrap_or_default();
        // "Not delivered" counts only when the feeds were looked at; what was missed could only end the lateness.
        let covered = days == 0 || self.coverage(self.window_span())? >= ENOUGH_COVERAGE;
        let value = days as f64;
        Ok(Measured {
            range: Some((if covered { value } else { 0.0 }, value)),
            value: Some(value),
            shown: days_words(value),
            why: format!("due on {due}, {}", outlook.stage.word()),
            vintages: outlook.statements.iter().map(|one| one.id).collect(),
            ..Measured::default()
        })
    }

    fn slip(&self, outlook: &Outlook<'_>) -> Result<Measured> {
        let Some((least, most)) = outlook.slip else { return Ok(Measured::unknown("no date has been stated")) };
        if outlook.dated_by.is_none() && self.coverage(self.window_span())? < ENOUGH_COVERAGE {
            return Ok(Measured::unknown(
                "no statement has been seen, and the feeds were not looked at for long enough",
            ));
        }
        let first = outlook.first_expected.map(|date| date.to_string()).unwrap_or_default();
        let now = outlook.expected.map(|window| window.to.to_string()).unwrap_or_default();
        Ok(Measured {
            range: Some((least as f64, most as f64)),
            value: Some(most as f64),
            shown: days_words(most as f64),
            why: format!("first expected by {first}, now by {now}"),
            vintages: outlook.statements.iter().map(|one| one.id).collect(),
            ..Measured::default()
        })
    }

    fn amount(&self, statements: &[Observation]) -> Measured {
        let amounts: Vec<(&Observation, &crate::model::observation::Amount)> =
            statements.iter().filter_map(|one| Some((one, schedules::statement(one)?.amount.as_ref()?))).collect();
        let Some((newest, amount)) = amounts.last() else { return Measured::unknown("no amount has been stated") };
        let (value, low, high) = (
            amount.quantity.value,
            amount.quantity.low.unwrap_or(f64::NEG_INFINITY),
            amount.quantity.high.unwrap_or(f64::INFINITY),
        );
        let why = format!("{} {}", figure(value, 0), amount.currency);
        if self.condition.measure == Measure::Amount {
            let shown = format!("{} {}", figure(value, 0), amount.currency);
            return Measured {
                range: Some((low, high)),
                value: Some(value),
                shown,
                why,
                vintages: vec![newest.id],
                ..Measured::default()
            };
        }
        let past: Vec<f64> = amounts
            .iter()
            .rev()
            .skip(1)
            .filter(|(_, one)| one.currency == amount.currency)
            .take(8)
            .map(|(_, one)| one.quantity.value)
            .collect();
        match median(&past) {
            Some(middle) if middle > 0.0 => Measured {
                range: Some((low / middle, high / middle)),
                value: Some(value / middle),
                shown: figure(value / middle, 2),
                why: format!("{why} against a median of {} over {} earlier ones", figure(middle, 0), past.len()),
                vintages: vec![newest.id],
                ..Measured::default()
            },
            _ => Measured::unknown(format!("no earlier amount in {} to compare with", amount.currency)),
        }
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

/// A figure with its unit.
pub fn with_unit(value: f64, unit: &str) -> String {
    let digits = if value.abs() >= 1000.0 { 0 } else { 2 };
    format!("{} {unit}", figure(value, digits)).trim_end().to_owned()
}

fn days_words(days: f64) -> String {
    counted_words((days * 10.0).round() / 10.0, "day")
}

fn counted_words(value: f64, noun: &str) -> String {
    let plural = match noun {
        "delivery" => "deliveries".to_owned(),
        noun => format!("{noun}s"),
    };
    format!("{} {}", figure(value, 1), if value == 1.0 { noun.to_owned() } else { plural })
}

fn periods_words(count: usize, length: PeriodLength) -> String {
    format!("{count} {}{}", length.word(), if count == 1 { "" } else { "s" })
}

fn coverage_words(coverage: f64) -> String {
    if coverage >= ENOUGH_COVERAGE {
        return String::new();
    }
    format!("; only {} % of that time was looked at, there may have been more", figure((coverage * 100.0).floor(), 0))
}
