//! What a new configuration changes, in words for the log and for `status`.

use std::fmt::Debug;

use super::plan::{Plan, Watch};

/// Each thing that is added, removed or changed; empty when both mean the same.
///
/// Things are matched by their full name. A secret's new value is no
/// difference: secrets are not looked at.
pub fn difference(old: &Plan, new: &Plan) -> Vec<String> {
    let mut said = Vec::new();
    for (noun, things) in KINDS {
        let (before, after) = (all(old, things), all(new, things));
        let find =
            |list: &[(String, String)], name: &str| list.iter().find(|(n, _)| n == name).map(|(_, form)| form.clone());
        for (name, form) in &after {
            match find(&before, name) {
                None => said.push(format!("{noun} {name} added")),
                Some(was) if was != *form => said.push(format!("{noun} {name} changed")),
                Some(_) => {}
            }
        }
        let gone = before.iter().filter(|(name, _)| find(&after, name).is_none());
        said.extend(gone.map(|(name, _)| format!("{noun} {name} removed")));
    }
    if form(&old.settings) != form(&new.settings) {
        said.push("settings changed".to_owned());
    }
    said
}

/// The things of a watch by name, each with a form that differs when it means something else.
type Things = fn(&Watch) -> Vec<(String, String)>;

const KINDS: [(&str, Things); 3] = [
    ("feed", |watch| watch.feeds.iter().map(|feed| (feed.name.to_string(), form(feed))).collect()),
    ("indicator", |watch| watch.indicators.iter().map(|each| (each.spec.name.to_string(), form(each))).collect()),
    ("scenario", |watch| watch.scenarios.iter().map(|each| (each.name.to_string(), form(each))).collect()),
];

fn all(plan: &Plan, things: Things) -> Vec<(String, String)> {
    plan.watches.iter().flat_map(things).collect()
}

/// Compared within one process only, never kept: the debug form says everything but secrets.
fn form(thing: &impl Debug) -> String {
    format!("{thing:?}")
}
