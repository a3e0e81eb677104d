//! Measures of `schedule` indicators: dates that move, amounts, lateness.

use super::*;

impl Question<'_> {
    pub(super) fn of_schedule(&self) -> Result<Measured> {
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
