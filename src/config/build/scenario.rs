//! `[scenarios.x]` → [`Scenario`].

use super::{condition, email};
use crate::config::plan::Settings;
use crate::config::unsupported;
use crate::model::condition::{Hold, Needs};
use crate::model::name::Name;
use crate::model::scenario::{Path, Scenario};
use crate::settings::{Entries, Entry, Page, Value};

/// Every scenario of a watch; those that cannot be used were reported.
pub fn scenarios(watch: &str, root: &Entries, settings: &Settings, page: &mut Page) -> Vec<Scenario> {
    let entries = root.entries("scenarios").iter();
    entries.filter_map(|entry| scenario(watch, entry, root, settings, page)).collect()
}

fn scenario(watch: &str, entry: &Entry, root: &Entries, settings: &Settings, page: &mut Page) -> Option<Scenario> {
    let entries = entry.node.table()?;
    unsupported::check("scenario", entries, page);
    let written = entries.items("when").len();
    if entries.get("when").is_some() && written == 0 {
        page.error("missing-key", &entries.span_of("when"), "a scenario without conditions never triggers")
            .label("expected at least one `[[scenarios.x.when]]`");
    }
    let tables = entries.items("when").iter().filter_map(|node| node.table());
    let conditions = tables.filter_map(|table| condition::condition(watch, table, root, page)).collect();
    let needs = needs(entries, written, page);
    let prior = prior(entries, page);
    let own = email::recipients(entries, page);
    let to = match &settings.email {
        Some(email) if !entries.has("to") => email.to.clone(),
        _ => own,
    };
    Some(Scenario {
        name: Name::new(watch, entry.name.as_str()),
        path: entries.text("path").and_then(Path::parse)?,
        title: entries.string("title").unwrap_or_else(|| entry.name.clone()),
        conditions,
        needs: needs?,
        hold: hold(entries, "hold"),
        clear_after: hold(entries, "clear_after"),
        repeat: entries.duration("repeat"),
        prior,
        to,
    })
}

/// `24h` or `2 releases`; nothing where the key is missing.
pub fn hold(entries: &Entries, key: &str) -> Hold {
    match entries.get(key).map(|node| &node.value) {
        Some(Value::Duration(wait)) => Hold::Time(*wait),
        Some(Value::Releases(count)) => Hold::Releases(*count),
        _ => Hold::NONE,
    }
}

/// The starting probability: of 0 and 1 no evidence ever changes anything.
fn prior(entries: &Entries, page: &mut Page) -> Option<f64> {
    let prior = entries.number("prior")?;
    if prior <= 0.0 || prior >= 1.0 {
        page.error(
            "out-of-range",
            &entries.span_of("prior"),
            format!("`prior` is {prior}: no evidence could change that"),
        )
        .label("expected more than 0 and less than 1");
    }
    Some(prior)
}

fn needs(entries: &Entries, written: usize, page: &mut Page) -> Option<Needs> {
    let span = entries.span_of("needs");
    let word = match entries.text("needs") {
        None | Some("all") => return Some(Needs::All),
        Some("any") => return Some(Needs::Any),
        Some(word) => word,
    };
    let parts = word.split_once(" of ").and_then(|(n, m)| Some((n.trim().parse().ok()?, m.trim().parse().ok()?)));
    let Some((number, of)): Option<(u32, usize)> = parts else {
        page.error("unknown-word", &span, format!("`needs` is `{word}`"))
            .label("expected `all`, `any` or such as `2 of 3`");
        return None;
    };
    if of != written {
        page.error("out-of-range", &span, format!("`needs` speaks of {of} conditions, and there are {written}"))
            .label(format!("expected `{} of {written}`", number.min(u32::try_from(written).unwrap_or(number))));
        return None;
    }
    if number == 0 || number as usize > of {
        page.error("out-of-range", &span, format!("`{word}` {} holds", if number == 0 { "always" } else { "never" }))
            .label(format!("expected 1 to {of}"));
        return None;
    }
    Some(Needs::AtLeast(number))
}
