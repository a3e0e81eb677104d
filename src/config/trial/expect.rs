//! `expect` → [`Expectation`]s.

use super::{Expectation, Mails, When};
use crate::config::build::{misplaced, unknown_reference};
use crate::config::plan::Watch;
use crate::model::name::Name;
use crate::model::notification::Kind;
use crate::model::scenario::Phase;
use crate::model::time::Span;
use crate::settings::{Entries, Node, Page, Value, position};

/// What a test expects; what cannot be understood was reported.
pub fn expectations(watch: &Watch, test: &Entries, page: &mut Page) -> Vec<Expectation> {
    test.items("expect").iter().filter_map(|node| expectation(watch, node, page)).collect()
}

fn expectation(watch: &Watch, node: &Node, page: &mut Page) -> Option<Expectation> {
    let entries = node.table()?;
    let when = when(entries, page)?;
    let scenario = scenario(watch, entries, page);
    match when {
        When::At(_) => misplaced(&["transitions", "mails"], entries, "a moment", "with `between`", page),
        When::Between(_) => misplaced(&["state", "blind"], entries, "a stretch", "with `at`", page),
    }
    let of_scenario = ["state", "blind", "transitions"].into_iter().find(|key| entries.get(key).is_some());
    if let Some(key) = of_scenario.filter(|_| !entries.has("scenario")) {
        page.error("missing-key", &entries.span, format!("`{key}` needs a `scenario`"))
            .label("expected `scenario`: whose is it?");
    }
    let phases = |nodes: &[Node]| nodes.iter().filter_map(|node| node.text().and_then(Phase::parse)).collect();
    Some(Expectation {
        place: position::line_column(&page.text, node.span.start),
        when,
        scenario,
        state: entries.text("state").and_then(Phase::parse),
        blind: entries.bool("blind"),
        transitions: entries.get("transitions").map(|node| phases(node.items())),
        mails: entries.get("mails").map(mails),
    })
}

fn when(entries: &Entries, page: &mut Page) -> Option<When> {
    let between: Vec<_> = entries.items("between").iter().filter_map(Node::moment).collect();
    match (entries.moment("at"), entries.get("between"), between.as_slice()) {
        (Some(at), None, _) => Some(When::At(at.at)),
        (None, Some(_), [from, to]) if from.at <= to.at => Some(When::Between(Span::new(from.at, to.at))),
        (None, Some(node), _) => {
            page.error("out-of-range", &node.span, "`between` is no stretch of time")
                .label("expected two moments, the earlier one first");
            None
        }
        (Some(_), Some(node), _) => {
            page.error("misplaced-key", &node.span, "an expectation has both `at` and `between`")
                .label("expected one of the two");
            None
        }
        (None, None, _) => {
            if !entries.has("at") && !entries.has("between") {
                page.error("missing-key", &entries.span, "the expectation has no time")
                    .label("expected `at` or `between`");
            }
            None
        }
    }
}

fn scenario(watch: &Watch, entries: &Entries, page: &mut Page) -> Option<Name> {
    let word = entries.text("scenario")?;
    let found = watch.scenarios.iter().find(|scenario| scenario.name.local() == word);
    if found.is_none() {
        let ids: Vec<&str> = watch.scenarios.iter().map(|scenario| scenario.name.local()).collect();
        unknown_reference("scenario", word, &entries.span_of("scenario"), &ids, page);
    }
    found.map(|scenario| scenario.name.clone())
}

fn mails(node: &Node) -> Mails {
    match &node.value {
        // The kind of the key bounds it to whole numbers from 0.
        Value::Number(count) => Mails::Count(*count as usize),
        _ => Mails::Kinds(node.items().iter().filter_map(|node| node.text().and_then(Kind::parse)).collect()),
    }
}
