//! What can be used and probably is not meant.

use std::collections::BTreeSet;

use super::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::source::Source;
use crate::settings::{Entries, Page};

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

/// Lints of a watch.
pub fn watch(watch: &Watch, root: &Entries, page: &mut Page) {
    ungraded(root, page);
    if page.errors() > 0 {
        // What follows from a mistake that is already reported is no second one.
        return;
    }
    unused(root, page);
    let Some(indicators) = root.table("indicators") else { return };
    for indicator in watch.indicators.iter().filter(|indicator| indicator.spec.kind == Kind::Report) {
        let Some(entry) = indicators.entry(indicator.spec.name.local()) else { continue };
        if rests_on_one(watch, indicator) {
            let id = &entry.name;
            page.warning("one-lineage", &entry.name_span, format!("corroboration of `{id}` rests on one lineage"))
                .label(format!("{} independent origins are needed", indicator.spec.corroboration.origins))
                .help("add a feed whose source has another `lineage` and `owner`");
        }
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

/// Whether all of an indicator's feeds are of one lineage or owner, where more origins are needed.
fn rests_on_one(watch: &Watch, indicator: &WatchedIndicator) -> bool {
    let feeds =
        indicator.spec.inputs.iter().filter_map(|input| watch.feeds.iter().find(|feed| feed.name == input.feed));
    let sources: Vec<&Source> = feeds.map(|feed| &feed.source).collect();
    // A feed that could not be built was reported; what the others are says nothing then.
    if indicator.spec.corroboration.origins < 2 || sources.len() < indicator.spec.inputs.len() {
        return false;
    }
    let origins: BTreeSet<&str> = sources.iter().map(|s| s.lineage.as_deref().unwrap_or(s.owner.as_str())).collect();
    origins.len() == 1
}
