//! What can be used and probably is not meant.

mod breaks;
mod corroboration;
mod places;
mod scenarios;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::plan::{Settings, Watch};
use crate::model::indicator::Indicator;
use crate::settings::{Entries, Entry, Page};

/// Lints of the settings.
pub fn settings(root: &Entries, page: &mut Page) {
    if let Some(to) = root.table("email").and_then(|email| email.get("to")).filter(|to| to.items().is_empty()) {
        page.warning("nobody-told", &to.span, "nobody is told where a scenario names nobody").label("no address");
    }
    if !root.has("email") {
        page.warning(
            "nobody-told",
            &(0..0),
            "there is no `[email]`: alerts are recorded and shown, and nobody is told",
        )
        .help("add `[email]` with `from` and `to`");
    }
}

/// Lints of a watch; with today's date, also of what has passed.
pub fn watch(watch: &Watch, settings: &Settings, root: &Entries, today: Option<Date>, page: &mut Page) {
    ungraded(root, page);
    if page.errors() > 0 {
        // What follows from a mistake that is already reported is no second one.
        return;
    }
    overdue_review(watch, root, today, page);
    unused(root, page);
    let Some(indicators) = root.table("indicators") else { return };
    for indicator in &watch.indicators {
        let Some(entry) = indicators.entry(indicator.spec.name.local()) else { continue };
        corroboration::lint(watch, indicator, entry, page);
        places::lint(watch, indicator, entry, page);
        hidden_proxy(&indicator.spec, entry, page);
    }
    breaks::lint(watch, root, page);
    scenarios::lint(watch, settings, root, page);
}

/// An assessment ages: its indicators are looked at again by the date that its writer has set.
fn overdue_review(watch: &Watch, root: &Entries, today: Option<Date>, page: &mut Page) {
    let (Some(due), Some(about)) =
        (watch.review_by.filter(|due| today.is_some_and(|today| *due < today)), root.table("watch"))
    else {
        return;
    };
    page.warning(
        "review-overdue",
        &about.span_of("review_by"),
        format!("this watch was to be looked at again by {due}"),
    )
    .label("the date has passed")
    .help("see whether each indicator still tells the paths apart, then set the next date");
}

/// A title that admits a stand-in belongs beside a sentence that says for what.
fn hidden_proxy(spec: &Indicator, entry: &Entry, page: &mut Page) {
    let title = spec.title.to_lowercase();
    if spec.proxy_for.is_none()
        && ["proxy", "stand-in", "stands in", "instead of"].iter().any(|word| title.contains(word))
    {
        let span = entry.node.table().map_or_else(|| entry.name_span.clone(), |table| table.span_of("title"));
        page.warning(
            "hidden-proxy",
            &span,
            format!("indicator `{}` is a proxy, and no message will say so", entry.name),
        )
        .label("no `proxy_for`")
        .help("`proxy_for` says what it stands in for, wherever its value is shown");
    }
}

fn ungraded(root: &Entries, page: &mut Page) {
    for entry in root.entries("sources") {
        if entry.node.table().is_some_and(|source| !source.has("reliability")) {
            page.warning("ungraded-source", &entry.name_span, format!("source `{}` has no grade", entry.name))
                .label("no `reliability`")
                .help("A to F: completely reliable, usually, fairly, not usually, unreliable, cannot be judged");
        }
    }
}

fn unused(root: &Entries, page: &mut Page) {
    let conditions = root.entries("scenarios").iter().filter_map(|entry| entry.node.table());
    let conditions = conditions.flat_map(|scenario| scenario.items("when")).filter_map(|node| node.table());
    let used: BTreeSet<&str> = conditions.filter_map(|condition| condition.text("indicator")).collect();
    for entry in root.entries("indicators").iter().filter(|entry| !used.contains(entry.name.as_str())) {
        page.warning("unused-indicator", &entry.name_span, format!("no scenario uses indicator `{}`", entry.name))
            .label("measured, and nothing follows from it");
    }
}
