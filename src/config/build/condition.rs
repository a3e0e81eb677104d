//! `[[scenarios.x.when]]` → [`Condition`].

use super::measure::{Baseline, Traits, default_measure, traits};
use super::{check_positive, known, scenario, unknown_reference};
use crate::config::unsupported;
use crate::model::condition::{Condition, Limits, Measure, Partial};
use crate::model::indicator::Kind;
use crate::model::name::Name;
use crate::settings::{Entries, Node, Page, Value};

const BOUNDS: [&str; 4] = ["above", "below", "at_least", "at_most"];
const CLEARS: [&str; 2] = ["clear_above", "clear_below"];

/// A condition; `None` where it cannot be used, which was reported.
pub fn condition(watch: &str, entries: &Entries, root: &Entries, page: &mut Page) -> Option<Condition> {
    unsupported::check("condition", entries, page);
    let indicator = entries.text("indicator")?;
    let kind = indicator_kind(indicator, entries, root, page)?;
    let measure = measure(entries, kind)?;
    let traits = traits(measure);
    check_fit(measure, &traits, kind, entries, page);
    check_needs(measure, &traits, entries, page);
    check_nowcast(kind, indicator, entries, root, page);
    check_positive("window", entries, page);
    check_bounds(measure, &traits, entries, page);
    let limits = limits(entries);
    check_reach(&limits, &traits, measure, entries, page);
    if entries.number("likelihood_ratio") == Some(0.0) {
        page.error(
            "out-of-range",
            &entries.span_of("likelihood_ratio"),
            "`likelihood_ratio` is 0: that is impossible, not unlikely",
        )
        .label("expected more than 0; below 1 speaks against the scenario");
    }
    Some(Condition {
        indicator: Name::new(watch, indicator),
        measure,
        baseline: entries.count("baseline"),
        over: entries.count("over"),
        window: entries.duration("window"),
        limits,
        share: BOUNDS.iter().any(|key| is_share(entries.get(key))),
        bound: bound_words(entries),
        hold: scenario::hold(entries, "hold"),
        expect: entries.bool("expect").unwrap_or(true),
        partial: if entries.text("partial") == Some("nowcast") { Partial::Nowcast } else { Partial::FinalOnly },
        likelihood_ratio: entries.number("likelihood_ratio"),
        half_life: entries.duration("half_life"),
        group: entries.string("group"),
    })
}

fn indicator_kind(id: &str, entries: &Entries, root: &Entries, page: &mut Page) -> Option<Kind> {
    let ids = known(root, "indicators");
    if !ids.contains(&id) {
        unknown_reference("indicator", id, &entries.span_of("indicator"), &ids, page);
    }
    root.table("indicators")?.table(id)?.text("kind").and_then(Kind::parse)
}

fn measure(entries: &Entries, kind: Kind) -> Option<Measure> {
    match entries.text("measure") {
        // A measure that is not known was reported, and is not the default one.
        None => (!entries.has("measure")).then(|| default_measure(kind)),
        Some(word) => Measure::parse(word),
    }
}

fn check_fit(measure: Measure, traits: &Traits, kind: Kind, entries: &Entries, page: &mut Page) {
    if traits.kinds.contains(&kind) {
        return;
    }
    let kinds: Vec<String> = traits.kinds.iter().map(|kind| format!("`{}`", kind.word())).collect();
    let message = format!("`{}` cannot be measured on a `{}`", measure.word(), kind.word());
    page.error("wrong-measure", &entries.span_of("measure"), message)
        .label(format!("only on {}", crate::settings::key::either(&kinds)));
}

fn check_needs(measure: Measure, traits: &Traits, entries: &Entries, page: &mut Page) {
    // What is used, and whether it has to be said.
    let rows = [
        ("window", traits.window, true),
        ("baseline", traits.baseline != Baseline::Unused, traits.baseline == Baseline::Given),
        ("over", measure == Measure::Change, false),
    ];
    for (key, used, needed) in rows {
        match entries.entry(key) {
            None if used && needed && !entries.has(key) => {
                page.error("missing-key", &entries.span, format!("`{}` has no `{key}`", measure.word()))
                    .label(format!("`{key}` has to be given"));
            }
            Some(entry) if !used => {
                page.error("misplaced-key", &entry.name_span, format!("`{key}` says nothing of `{}`", measure.word()))
                    .label("without effect");
            }
            _ => {}
        }
    }
}

/// Only what adds up over a period has a figure to date from which the whole can be expected.
fn check_nowcast(kind: Kind, id: &str, entries: &Entries, root: &Entries, page: &mut Page) {
    let aggregate = root.table("indicators").and_then(|all| all.table(id)?.text("aggregate")).unwrap_or("sum");
    let adds_up = kind == Kind::Count && aggregate == "sum";
    if entries.text("partial") == Some("nowcast") && !adds_up {
        page.error("misplaced-key", &entries.span_of("partial"), format!("`{id}` does not add up over a period"))
            .label("only a `count` whose `aggregate` is `sum` has a nowcast");
    }
}

fn check_bounds(measure: Measure, traits: &Traits, entries: &Entries, page: &mut Page) {
    if !BOUNDS.iter().any(|key| entries.has(key)) {
        page.error("missing-key", &entries.span, "the condition has no bound")
            .label("expected `above`, `below`, `at_least` or `at_most`");
    }
    let given: Vec<&Node> = BOUNDS.iter().chain(&CLEARS).filter_map(|key| entries.get(key)).collect();
    for node in &given {
        let word = measure.word();
        match node.value {
            Value::Share(_) if measure != Measure::Change => {
                page.error("wrong-bound", &node.span, format!("`{word}` has no share as a bound"))
                    .label("only `change` has");
            }
            Value::Duration(_) if !traits.days => {
                page.error("wrong-bound", &node.span, format!("`{word}` is not a time")).label("expected a number");
            }
            _ => {}
        }
    }
    let shares = given.iter().filter(|node| is_share(Some(node))).count();
    if shares != 0 && shares != given.len() && measure == Measure::Change {
        page.error("wrong-bound", &entries.span, "a share and a figure cannot both bound one condition")
            .label("expected shares or figures");
    }
}

/// Bounds that nothing can pass, that everything passes, or that are never cleared.
fn check_reach(limits: &Limits, traits: &Traits, measure: Measure, entries: &Entries, page: &mut Page) {
    let (floor, ceiling) = (traits.least.unwrap_or(f64::MIN), traits.most.unwrap_or(f64::MAX));
    let low = limits.above.unwrap_or(f64::MIN).max(limits.at_least.unwrap_or(f64::MIN));
    let high = limits.below.unwrap_or(f64::MAX).min(limits.at_most.unwrap_or(f64::MAX));
    let strict = limits.above == Some(low) || limits.below == Some(high);
    let beyond = low > ceiling || high < floor || limits.below.is_some_and(|limit| limit <= floor);
    if low > high || (low == high && strict) || beyond {
        let key = BOUNDS.iter().find(|key| entries.has(key)).copied().unwrap_or("above");
        page.warning(
            "unreachable-condition",
            &entries.span_of(key),
            format!("`{}` can never be {}", measure.word(), bound_words(entries)),
        )
        .label("never true");
    }
    check_clearing(limits, floor, low, high, entries, page);
}

fn check_clearing(limits: &Limits, floor: f64, low: f64, high: f64, entries: &Entries, page: &mut Page) {
    let stuck_below = limits.clear_below.filter(|limit| *limit <= floor);
    if stuck_below.is_some() {
        page.warning("never-cleared", &entries.span_of("clear_below"), "once true, this stays true for ever")
            .label("nothing is below this");
    }
    if limits.clear_below.is_some_and(|limit| limit > low && low > f64::MIN) {
        page.warning("never-cleared", &entries.span_of("clear_below"), "this clears before the condition is false")
            .label("expected at most the bound");
    }
    if limits.clear_above.is_some_and(|limit| limit < high && high < f64::MAX) {
        page.warning("never-cleared", &entries.span_of("clear_above"), "this clears before the condition is false")
            .label("expected at least the bound");
    }
}

fn is_share(node: Option<&Node>) -> bool {
    matches!(node.map(|node| &node.value), Some(Value::Share(_)))
}

fn limits(entries: &Entries) -> Limits {
    let figure = |key: &str| entries.get(key).and_then(figure);
    Limits {
        above: figure("above"),
        below: figure("below"),
        at_least: figure("at_least"),
        at_most: figure("at_most"),
        clear_above: figure("clear_above"),
        clear_below: figure("clear_below"),
    }
}

/// A bound in the measure's own unit: shares as fractions, times as days.
fn figure(node: &Node) -> Option<f64> {
    match node.value {
        Value::Number(number) => Some(number),
        Value::Share(share) => Some(share),
        Value::Duration(wait) => Some(wait.as_secs_f64() / 86_400.0),
        _ => None,
    }
}

/// The bounds for people: `at least 3`, `above 30 days`.
fn bound_words(entries: &Entries) -> String {
    let one = |key: &&str| Some(format!("{} {}", key.replace('_', " "), figure_words(entries.get(key)?)?));
    BOUNDS.iter().filter_map(one).collect::<Vec<_>>().join(" and ")
}

fn figure_words(node: &Node) -> Option<String> {
    let value = figure(node)?;
    Some(match node.value {
        Value::Share(share) => format!("{}%", (share * 1e6).round() / 1e4),
        Value::Duration(_) if value == 1.0 => "1 day".to_owned(),
        Value::Duration(_) => format!("{} days", (value * 1e3).round() / 1e3),
        _ => value.to_string(),
    })
}
