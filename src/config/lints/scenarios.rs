//! Scenarios that cannot do what their writer means: too few indicators, bounds nothing reaches, waits nothing outlasts.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::config::plan::{Settings, Watch};
use crate::model::condition::{Condition, Hold, Measure};
use crate::model::indicator::{Aggregate, Indicator, Kind};
use crate::model::scenario::{Path, Scenario};
use crate::model::text::figure;
use crate::settings::{Entries, Entry, Page};

/// A path should show itself in at least so many indicators.
const ENOUGH_INDICATORS: usize = 3;

/// Lints of every scenario of a watch.
pub fn lint(watch: &Watch, settings: &Settings, root: &Entries, page: &mut Page) {
    let Some(tables) = root.table("scenarios") else { return };
    for scenario in &watch.scenarios {
        let Some(entry) = tables.entry(scenario.name.local()) else { continue };
        let Some(table) = entry.node.table() else { continue };
        few_indicators(watch, scenario, entry, page);
        for (key, hold) in [("hold", scenario.hold), ("clear_after", scenario.clear_after)] {
            long_wait(watch, settings, (key, hold), table, page);
        }
        for (condition, node) in scenario.conditions.iter().zip(table.items("when")) {
            let (Some(indicator), Some(table)) = (watch.indicator(&condition.indicator), node.table()) else {
                continue;
            };
            long_wait(watch, settings, ("hold", condition.hold), table, page);
            out_of_reach(&indicator.spec, condition, table, page);
        }
    }
}

/// Of an assessment that weighs two paths, each should show itself in several indicators; of a lone scenario nothing is
/// asked.
fn few_indicators(watch: &Watch, scenario: &Scenario, entry: &Entry, page: &mut Page) {
    let weighs = |path: Path| watch.scenarios.iter().any(|scenario| scenario.path == path);
    let unique: BTreeSet<&str> = scenario.conditions.iter().map(|condition| condition.indicator.local()).collect();
    if !(weighs(Path::Baseline) && weighs(Path::Risk)) || unique.len() >= ENOUGH_INDICATORS {
        return;
    }
    let count = match unique.len() {
        1 => "one indicator".to_owned(),
        count => format!("{count} indicators"),
    };
    page.warning("few-indicators", &entry.name_span, format!("scenario `{}` shows itself in {count} only", entry.name))
        .label(format!("at least {ENOUGH_INDICATORS} different ones are good practice"))
        .help(
            "one source that errs or falls silent should not decide a path; mix early indicators with confirming ones",
        );
}

/// A wait that the watch, or the items that explain it, do not outlast.
fn long_wait(watch: &Watch, settings: &Settings, (key, hold): (&str, Hold), table: &Entries, page: &mut Page) {
    let Hold::Time(wait) = hold else { return };
    let horizon = watch.from.zip(watch.until).map(|(from, until)| days(from, until));
    let (limit, why) = match horizon {
        Some(horizon) if wait >= horizon => (horizon, "the watch is over before it has elapsed"),
        _ if wait > settings.keep_items => {
            (settings.keep_items, "the items behind it are forgotten before it has elapsed")
        }
        _ => return,
    };
    page.warning("long-wait", &table.span_of(key), format!("`{key}` is longer than what it can wait for"))
        .label(why)
        .help(format!("expected less than {} days", limit.as_hours() / 24));
}

fn days(from: Date, until: Date) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(from.until(until).map_or(0, |span| span.get_days()) + 1))
}

/// A bound on a value, held against what the indicator calls plausible: what lies outside is kept out of readings.
fn out_of_reach(spec: &Indicator, condition: &Condition, table: &Entries, page: &mut Page) {
    let Some((floor, ceiling)) = spec.plausible.filter(|_| states_values(spec, condition)) else { return };
    let limits = &condition.limits;
    let mut say = |key: &str, what: &str| {
        page.warning(
            "outside-plausible",
            &table.span_of(key),
            format!("`{key}` lies outside what `{}` calls plausible", spec.name.local()),
        )
        .label(what)
        .help(format!(
            "`plausible` is {} to {}; other values are kept and shown, and count for nothing",
            figure(floor, 3),
            figure(ceiling, 3)
        ));
    };
    for (key, limit) in [("above", limits.above), ("at_least", limits.at_least)] {
        match limit {
            Some(limit) if limit > ceiling => say(key, "never true"),
            Some(limit) if limit < floor => say(key, "always true"),
            _ => {}
        }
    }
    for (key, limit) in [("below", limits.below), ("at_most", limits.at_most)] {
        match limit {
            Some(limit) if limit < floor => say(key, "never true"),
            Some(limit) if limit > ceiling => say(key, "always true"),
            _ => {}
        }
    }
    if limits.clear_above.is_some_and(|limit| limit >= ceiling) {
        say("clear_above", "once true, this stays true for ever");
    }
    if limits.clear_below.is_some_and(|limit| limit <= floor) {
        say("clear_below", "once true, this stays true for ever");
    }
}

/// Whether a condition bounds what `plausible` bounds: a stated value, not a sum of several.
fn states_values(spec: &Indicator, condition: &Condition) -> bool {
    let reads_figures = spec.inputs.iter().all(|input| input.reads_figure);
    let adds_up = spec.aggregate == Aggregate::Sum && spec.inputs.iter().any(|input| input.cumulative.is_none());
    condition.measure == Measure::Value && reads_figures && (spec.kind == Kind::Level || !adds_up)
}
