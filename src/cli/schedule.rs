//! How an expected event stands: the view of `indicator show` on a `schedule`.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::Context;
use super::feed::written;
use super::output::{moment, time};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::event::Reported;
use crate::model::observation::{Amount, Observation};
use crate::model::text::{figure, one_line};
use crate::pipeline::AsOf;
use crate::pipeline::schedules::packages::Package;
use crate::pipeline::schedules::{self, HAPPENED, Outlook, Series};

/// Characters of a quote in a table.
const QUOTE_LENGTH: usize = 70;

/// Prints where it stands, what its dates were, and each statement with the package it is of.
pub fn show(context: &Context, watch: &Watch, indicator: &WatchedIndicator, reported: &[Reported], as_of: AsOf) {
    let before: Vec<Reported> = reported.iter().filter(|one| one.observation.event_time <= as_of.at).cloned().collect();
    let series = schedules::series(&before, watch, indicator);
    let outlook = schedules::outlook(&series, watch.from, as_of.at);
    let view = View { watch, indicator, packages: series.packages(&[]), outlook: &outlook };
    if context.output.json {
        context.output.line(&view.line(&series, as_of));
    } else {
        view.print(context, &series, as_of);
    }
}

/// What is shown of one indicator.
struct View<'a> {
    watch: &'a Watch,
    indicator: &'a WatchedIndicator,
    packages: Vec<Package<'a>>,
    outlook: &'a Outlook<'a>,
}

impl View<'_> {
    /// Which package a statement is of, from 1.
    fn package_of(&self, statement: &Observation) -> Option<usize> {
        let has = |package: &Package<'_>| package.statements.iter().any(|one| one.observation.id == statement.id);
        self.packages.iter().position(has).map(|place| place + 1)
    }

    fn line(&self, series: &Series<'_>, as_of: AsOf) -> Value {
        let (outlook, zone) = (self.outlook, &self.watch.zone);
        let running = series.running(as_of.at).ok();
        let history: Vec<Value> = outlook
            .statements
            .iter()
            .map(|one| {
                json!({
                    "at": time(Some(one.event_time), zone), "said": written(&one.value), "source": one.source,
                    "grade": one.grade.to_string(), "package": self.package_of(one), "evidence": one.evidence.text,
                    "link": one.item.as_ref().and_then(|item| item.link.as_deref()), "vintage": one.id,
                })
            })
            .collect();
        let packages: Vec<Value> = self
            .packages
            .iter()
            .map(|package| {
                let members: Vec<i64> = package.statements.iter().map(|one| one.observation.id).collect();
                json!({"at": time(Some(package.at()), zone), "statements": members, "amount": package.amount().map(|(_, sum)| amount(sum))})
            })
            .collect();
        let newest = self.packages.iter().rev().find_map(|package| package.amount());
        json!({
            "watch": self.watch.id, "indicator": self.indicator.spec.name.to_string(), "state": outlook.stage.word(),
            "expected": outlook.expected.map(|window| window.to.to_string()),
            "window": outlook.expected.map(|window| json!({
                "from": window.from.to_string(), "to": window.to.to_string(), "precision": schedules::precision(window),
            })),
            "basis": outlook.basis.map(schedules::Basis::word),
            "first_expected": outlook.first_expected.map(|date| date.to_string()),
            "slip_days": outlook.slip.map(|(_, most)| most), "days_overdue": outlook.days_overdue,
            "amount": newest.map(|(_, sum)| amount(sum)),
            "rhythm": running.map(|running| json!({
                "last": running.last.to_string(), "days": running.days, "gaps": running.gaps, "lateness": running.lateness(),
                "median_days": running.limit(0.5), "limit95_days": running.limit(0.95), "limit99_days": running.limit(0.99),
            })),
            "packages": packages, "history": history,
        })
    }

    fn print(&self, context: &Context, series: &Series<'_>, as_of: AsOf) {
        let outlook = self.outlook;
        let date = |date: Option<Date>| date.map_or_else(|| "not stated".to_owned(), |date| date.to_string());
        let window = outlook.expected.map(|window| match schedules::precision(window) {
            "day" => window.to.to_string(),
            precision => format!("{} to {} (to the {precision})", window.from, window.to),
        });
        context.output.text(&format!(
            "{}; first expected {}, now {}",
            outlook.stage.word(),
            date(outlook.first_expected),
            window.unwrap_or_else(|| "not stated".to_owned())
        ));
        if let Some(days) = outlook.days_overdue.filter(|days| *days > 0) {
            context.output.text(&format!("{days} days overdue"));
        }
        if let Ok(running) = series.running(as_of.at) {
            context.output.text(&format!(
                "{} announcements, the last on {}, {} days ago: longer than {} % of {} gaps (95 % are up to {} days)",
                series.packages(&HAPPENED).len(),
                running.last,
                running.days,
                figure(running.lateness() * 100.0, 1),
                running.gaps,
                figure(running.limit(0.95), 1)
            ));
        }
        let row = |one: &&Observation| {
            vec![
                moment(Some(one.event_time), &self.watch.zone),
                self.package_of(one).map(|number| number.to_string()).unwrap_or_default(),
                one.source.clone(),
                written(&one.value),
                one_line(&one.evidence.text, QUOTE_LENGTH),
            ]
        };
        let rows = outlook.statements.iter().map(row).collect();
        context.output.table(&["AT", "OF", "SOURCE", "SAYS", "IN THE WORDS"], rows, "Nothing has been said of it.");
    }
}

/// The members of an amount.
pub fn amount(amount: &Amount) -> Value {
    json!({
        "value": amount.quantity.value, "low": amount.quantity.low, "high": amount.quantity.high,
        "currency": amount.currency, "bound": amount.quantity.bound.word(), "role": amount.role,
    })
}
