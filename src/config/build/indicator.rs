//! `[indicators.x]` → [`WatchedIndicator`].

use super::watch::Scope;
use super::{check_positive, input, known, misplaced, settings, unknown_reference};
use crate::config::plan::WatchedIndicator;
use crate::config::unsupported;
use crate::model::condition::Limits;
use crate::model::geo::Place;
use crate::model::indicator::{Aggregate, Combine, Corroboration, Indicator, Kind, Observability, ScheduleRule};
use crate::model::name::Name;
use crate::model::source::{Discipline, Reliability};
use crate::model::time::PeriodLength;
use crate::settings::{Entries, Entry, Page, Value};

/// Keys that only one kind has.
const REPORT_KEYS: [&str; 2] = ["near", "corroboration"];
const SCHEDULE_KEYS: [&str; 4] = ["due", "grace", "rhythm", "min_amount"];
const FIGURE_KEYS: [&str; 2] = ["aggregate", "combine"];

/// An indicator; `None` where it cannot be used, which was reported.
pub fn indicator(entry: &Entry, scope: &Scope<'_>, page: &mut Page) -> Option<WatchedIndicator> {
    let entries = entry.node.table()?;
    unsupported::check("indicator", entries, page);
    let kind = entries.text("kind").and_then(Kind::parse)?;
    check_keys(kind, entries, page);
    check_positive("stale_after", entries, page);
    let near = place(entries, "near", scope, page);
    let schedule = schedule(entries, page);
    let common = input::Common { kind, near: near.clone(), min_amount: schedule.min_amount.clone() };
    let (inputs, extractors) = input::inputs(entries, &common, scope, page);
    let spec = Indicator {
        name: Name::new(scope.watch, entry.name.as_str()),
        title: entries.string("title").unwrap_or_else(|| entry.name.clone()),
        kind,
        unit: entries.string("unit").unwrap_or_default(),
        period: period(entries.text("period")),
        aggregate: aggregate(entries.text("aggregate"), kind),
        combine: combine(entries.text("combine")),
        proxy_for: entries.string("proxy_for"),
        stale_after: entries.duration("stale_after"),
        plausible: plausible(entries, page),
        breaks: dates(entries, "breaks"),
        observability: observability(kind, entries, scope, page),
        near,
        corroboration: corroboration(entries.table("corroboration")),
        schedule,
        inputs,
    };
    Some(WatchedIndicator { spec, extractors })
}

fn check_keys(kind: Kind, entries: &Entries, page: &mut Page) {
    let of = format!("a `{}` indicator", kind.word());
    if kind != Kind::Report {
        misplaced(&REPORT_KEYS, entries, &of, "`kind = \"report\"` has it", page);
    }
    if kind != Kind::Schedule {
        misplaced(&SCHEDULE_KEYS, entries, &of, "`kind = \"schedule\"` has it", page);
    }
    if matches!(kind, Kind::Report | Kind::Schedule) {
        misplaced(&FIGURE_KEYS, entries, &of, "`level` and `count` have it", page);
    }
}

/// The place that a key names.
pub fn place(entries: &Entries, key: &str, scope: &Scope<'_>, page: &mut Page) -> Option<Place> {
    let word = entries.text(key)?;
    let found = scope.places.iter().find(|place| place.id == word).cloned();
    if found.is_none() && !scope.place_ids.contains(&word) {
        unknown_reference("place", word, &entries.span_of(key), &scope.place_ids, page);
    }
    found
}

fn period(word: Option<&str>) -> PeriodLength {
    match word {
        Some("week") => PeriodLength::Week,
        Some("month") => PeriodLength::Month,
        Some("quarter") => PeriodLength::Quarter,
        _ => PeriodLength::Day,
    }
}

fn aggregate(word: Option<&str>, kind: Kind) -> Aggregate {
    match word {
        Some("last") => Aggregate::Last,
        Some("mean") => Aggregate::Mean,
        Some("median") => Aggregate::Median,
        Some("min") => Aggregate::Min,
        Some("max") => Aggregate::Max,
        None if kind == Kind::Level => Aggregate::Last,
        _ => Aggregate::Sum,
    }
}

fn combine(word: Option<&str>) -> Combine {
    match word {
        Some("sum") => Combine::Sum,
        Some("max") => Combine::Max,
        Some("median") => Combine::Median,
        _ => Combine::First,
    }
}

fn dates(entries: &Entries, key: &str) -> Vec<jiff::civil::Date> {
    let date = |node: &crate::settings::Node| match node.value {
        Value::Date(date) => Some(date),
        _ => None,
    };
    entries.items(key).iter().filter_map(date).collect()
}

fn plausible(entries: &Entries, page: &mut Page) -> Option<(f64, f64)> {
    entries.get("plausible")?;
    let figures: Vec<f64> = entries.items("plausible").iter().filter_map(crate::settings::Node::number).collect();
    match figures.as_slice() {
        [low, high] if low <= high => Some((*low, *high)),
        _ => {
            page.error("out-of-range", &entries.span_of("plausible"), "`plausible` is not a range")
                .label("expected `[low, high]`");
            None
        }
    }
}

/// When the indicator can be seen; the other indicator must be one that has readings, and not ask a third.
fn observability(kind: Kind, entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Observability> {
    if !matches!(kind, Kind::Count | Kind::Report) {
        let of = format!("a `{}` indicator", kind.word());
        misplaced(&["observability"], entries, &of, "`count` and `report` have it", page);
        return None;
    }
    let table = entries.table("observability")?;
    let word = table.text("indicator")?;
    let ids = known(scope.root, "indicators");
    if !ids.contains(&word) {
        unknown_reference("indicator", word, &table.span_of("indicator"), &ids, page);
        return None;
    }
    let other = scope.root.table("indicators").and_then(|all| all.table(word))?;
    if other.has("observability") || !matches!(other.text("kind"), Some("level" | "count")) {
        page.error("wrong-type", &table.span_of("indicator"), format!("`{word}` cannot say what can be seen"))
            .label("expected a `level` or `count` without an `observability` of its own");
        return None;
    }
    let limit = |key: &str| table.number(key);
    let limits = Limits {
        above: limit("above"),
        below: limit("below"),
        at_least: limit("at_least"),
        at_most: limit("at_most"),
        ..Limits::default()
    };
    if limits == Limits::default() {
        page.error("missing-key", &table.span, "this `observability` has no bound")
            .label("expected `above`, `below`, `at_least` or `at_most`");
        return None;
    }
    Some(Observability { indicator: Name::new(scope.watch, word), limits })
}

fn corroboration(entries: Option<&Entries>) -> Corroboration {
    let default = Corroboration::default();
    let Some(entries) = entries else { return default };
    Corroboration {
        origins: entries.count("origins").unwrap_or(default.origins),
        within: entries.duration("within").unwrap_or(default.within),
        distance_km: entries.distance("distance").unwrap_or(default.distance_km),
        disciplines: entries.strings("disciplines").iter().filter_map(|word| Discipline::parse(word)).collect(),
        distinct_party: entries.bool("distinct_party").unwrap_or(false),
        reliability: entries.text("reliability").and_then(Reliability::parse),
        credibility: entries.count("credibility").and_then(|digit| u8::try_from(digit).ok()),
    }
}

fn schedule(entries: &Entries, page: &mut Page) -> ScheduleRule {
    if entries.has("grace") && !entries.has("due") {
        page.warning("useless-key", &entries.span_of("grace"), "`grace` applies to `due` only, and there is none")
            .label("without effect");
    }
    ScheduleRule {
        due: entries.date("due"),
        grace: entries.duration("grace").unwrap_or_default(),
        rhythm: entries.number("rhythm"),
        min_amount: entries.table("min_amount").and_then(|table| amount(table, page)),
    }
}

fn amount(entries: &Entries, page: &mut Page) -> Option<(f64, String)> {
    let currency = entries.text("currency")?;
    if !settings::is_currency(currency) {
        page.error("unknown-word", &entries.span_of("currency"), format!("`{currency}` is not a currency"))
            .label("expected an ISO 4217 code such as `USD`");
        return None;
    }
    Some((entries.number("value")?, currency.to_owned()))
}
