//! Measures of `schedule` indicators: dates that move, amounts, lateness.

use jiff::civil::Date;

use super::schedules::packages::Package;
use super::schedules::{Basis, HAPPENED, Series, Stage};
use super::*;
use crate::model::event::Reported;
use crate::model::observation::Amount;
use crate::model::time::start_of_day;

/// Why a measure of dates is unknown.
const NO_DATE: &str = "no date has been stated";
/// So many earlier packages make the median that a new one is compared with.
const PACKAGES_COMPARED: usize = 8;

impl Question<'_> {
    pub(super) fn of_schedule(&self) -> Result<Measured> {
        let name = &self.indicator.spec.name;
        let until = after(self.as_of.at, SignedDuration::from_secs(1));
        let reported = self.view.reports(name, self.as_of.known, Span::new(Timestamp::MIN, until))?;
        let series = schedules::series(&reported, self.watch, self.indicator);
        let outlook = schedules::outlook(&series, self.watch.from, self.as_of.at);
        let mut measured = match self.condition.measure {
            Measure::Announced => self.named(&series, &HAPPENED, "announcement")?,
            Measure::Delivered => self.named(&series, &[Status::Delivered], "delivery")?,
            Measure::DaysUntil => self.days_until(&outlook),
            Measure::DaysOverdue => self.days_overdue(&series, &outlook)?,
            Measure::Lateness => self.lateness(&series)?,
            Measure::Amount | Measure::AmountRatio => self.amount(&series),
            Measure::Age => self.age()?,
            _ => self.slip(&outlook)?,
        };
        measured.release = series.statements.last().map(|statement| statement.observation.id);
        Ok(measured)
    }

    fn named(&self, series: &Series<'_>, wanted: &[Status], noun: &str) -> Result<Measured> {
        let span = self.window_span();
        let mut found = series.packages(wanted);
        found.retain(|package| package.at() >= span.from);
        let statements: Vec<&Reported> = found.iter().flat_map(|package| package.statements.iter().copied()).collect();
        let coverage = self.coverage(span)?;
        let value = found.len() as f64;
        let leaves =
            found.iter().map(|package| after(package.at(), span.duration())).filter(|at| *at > self.as_of.at).min();
        Ok(Measured {
            range: Some((value, if coverage >= ENOUGH_COVERAGE { value } else { f64::INFINITY })),
            value: Some(value),
            shown: counted_words(value, noun),
            why: format!(
                "{} statements of {} in the last {}{}",
                statements.len(),
                counted_words(value, noun),
                duration_words(span.duration()),
                coverage_words(coverage)
            ),
            vintages: statements.iter().map(|one| one.observation.id).collect(),
            wake: leaves.map(|at| after(at, SignedDuration::from_millis(1))),
            ..Measured::default()
        })
    }

    /// The share of the series' own gaps that are shorter than the one that runs.
    fn lateness(&self, series: &Series<'_>) -> Result<Measured> {
        let running = match series.running(self.as_of.at) {
            Ok(running) => running,
            Err(unknown) => return Ok(Measured::unknown(format!("its rhythm is not known yet: {unknown}"))),
        };
        let value = running.lateness();
        let covered = self.coverage_since(running.last)? >= ENOUGH_COVERAGE;
        let packages = series.packages(&HAPPENED);
        Ok(Measured {
            // What was missed could only end the gap.
            range: Some((if covered { value } else { 0.0 }, value)),
            value: Some(value),
            shown: format!("{} %", figure(value * 100.0, 1)),
            why: format!(
                "the last was on {}, {} days ago; of {} gaps before, 95 % are up to {} days{}",
                running.last,
                running.days,
                running.gaps,
                figure(running.limit(0.95), 1),
                if covered { "" } else { "; since then the feeds were not looked at for long enough" }
            ),
            vintages: packages.iter().flat_map(|one| &one.statements).map(|one| one.observation.id).collect(),
            ..Measured::default()
        })
    }

    /// The share of the time since a date that any feed of the indicator accounts for at least.
    fn coverage_since(&self, date: Date) -> Result<f64> {
        let from = start_of_day(date, &self.watch.zone).min(self.as_of.at);
        self.coverage(Span::new(from, self.as_of.at))
    }

    fn days_until(&self, outlook: &Outlook<'_>) -> Measured {
        let today = self.watch.zone.to_datetime(self.as_of.at).date();
        let Some(window) = outlook.expected else { return Measured::unknown(NO_DATE) };
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

    fn days_overdue(&self, series: &Series<'_>, outlook: &Outlook<'_>) -> Result<Measured> {
        let Some(days) = outlook.days_overdue else {
            let unlearned = self.indicator.spec.schedule.rhythm.and_then(|_| series.running(self.as_of.at).err());
            let why = unlearned.map(|unknown| format!("its rhythm is not known yet: {unknown}"));
            return Ok(Measured::unknown(why.unwrap_or_else(|| NO_DATE.to_owned())));
        };
        let due = outlook.first_expected.map(|date| date.to_string()).unwrap_or_default();
        // "Not seen" counts only when the feeds were looked at; what was missed could only end the lateness.
        let since = match outlook.basis {
            Some(Basis::Rhythm) => series.running(self.as_of.at).ok().map(|running| running.last),
            _ => outlook.first_expected,
        };
        let is_over = matches!(outlook.stage, Stage::Delivered);
        let covered =
            days == 0 || is_over || since.map_or(Ok(0.0), |since| self.coverage_since(since))? >= ENOUGH_COVERAGE;
        let value = days as f64;
        let unseen = if covered { "" } else { "; since then the feeds were not looked at for long enough" };
        Ok(Measured {
            range: Some((if covered { value } else { 0.0 }, value)),
            value: Some(value),
            shown: days_words(value),
            why: format!("due on {due}, {}{unseen}", outlook.stage.word()),
            vintages: outlook.statements.iter().map(|one| one.id).collect(),
            ..Measured::default()
        })
    }

    fn slip(&self, outlook: &Outlook<'_>) -> Result<Measured> {
        let Some((least, most)) = outlook.slip else { return Ok(Measured::unknown(NO_DATE)) };
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

    /// The newest sum, or how it compares with those of the packages before it.
    fn amount(&self, series: &Series<'_>) -> Measured {
        // What is late is no further package: only what was announced is compared.
        let wanted: &[Status] = if self.condition.measure == Measure::Amount { &[] } else { &HAPPENED };
        let packages = series.packages(wanted);
        let named: Vec<(&Observation, &Amount)> = packages.iter().filter_map(Package::amount).collect();
        let Some(((newest, amount), earlier)) = named.split_last() else {
            return Measured::unknown("no amount has been stated");
        };
        let sum = amount.quantity;
        let why = format!("{} {}", figure(sum.value, 0), amount.currency);
        let measured = |range: (f64, f64), value: f64, shown: String, why: String, vintages: Vec<i64>| Measured {
            range: Some(range),
            value: Some(value),
            shown,
            why,
            vintages,
            ..Measured::default()
        };
        let range = (sum.low.unwrap_or(f64::NEG_INFINITY), sum.high.unwrap_or(f64::INFINITY));
        if self.condition.measure == Measure::Amount {
            let role = amount.role.as_ref().map(|role| format!(", a {role}")).unwrap_or_default();
            return measured(range, sum.value, why.clone(), why + &role, vec![newest.id]);
        }
        let past = match self.past(earlier, amount) {
            Ok(past) => past,
            Err(why) => return Measured::unknown(why),
        };
        let sums: Vec<f64> = past.iter().map(|(_, sum)| *sum).collect();
        match median(&sums) {
            Some(middle) if middle > 0.0 => measured(
                (range.0 / middle, range.1 / middle),
                sum.value / middle,
                figure(sum.value / middle, 2),
                format!(
                    "{why} against a median of {} {} over {} earlier ones",
                    figure(middle, 0),
                    amount.currency,
                    sums.len()
                ),
                past.iter().map(|(id, _)| *id).chain([newest.id]).collect(),
            ),
            _ => Measured::unknown(format!("no earlier amount in {} to compare with", amount.currency)),
        }
    }

    /// The sums of up to eight packages before, in the newest one's currency; a ceiling is not compared with a delivery.
    fn past(
        &self,
        earlier: &[(&Observation, &Amount)],
        newest: &Amount,
    ) -> std::result::Result<Vec<(i64, f64)>, String> {
        let is_like = |(_, one): &&(&Observation, &Amount)| {
            one.role == newest.role || one.role.is_none() || newest.role.is_none()
        };
        let mut past = Vec::new();
        for (observation, one) in earlier.iter().rev().filter(is_like).take(PACKAGES_COMPARED) {
            let on = self.watch.zone.to_datetime(observation.event_time).date();
            let sum = self.watch.rates.convert(one.quantity, (&one.currency, &newest.currency), on)?;
            past.push((observation.id, sum.value));
        }
        Ok(past)
    }
}
