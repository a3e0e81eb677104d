//! `[sources.x]`.

use crate::extract::provenance;
use crate::model::source::{Discipline, Reliability, Source};
use crate::settings::{Entries, Entry, Page};

/// Every source of a table.
pub fn sources(entries: &[Entry], page: &mut Page) -> Vec<Source> {
    let tables: Vec<(&str, &Entries)> =
        entries.iter().filter_map(|entry| Some((entry.name.as_str(), entry.node.table()?))).collect();
    for node in tables.iter().flat_map(|(_, table)| table.items("names")) {
        if let Some(why) = node.text().and_then(provenance::unusable) {
            page.error("invalid-word", &node.span, why).label("expected a word, a phrase or `word*`");
        }
    }
    tables.into_iter().map(|(id, table)| source(id, table)).collect()
}

fn source(id: &str, entries: &Entries) -> Source {
    Source {
        id: id.to_owned(),
        title: entries.string("title").unwrap_or_else(|| id.to_owned()),
        names: entries.strings("names"),
        reliability: entries.text("reliability").and_then(Reliability::parse),
        discipline: entries.text("discipline").and_then(Discipline::parse).unwrap_or(Discipline::Media),
        party: entries.string("party"),
        owner: entries.string("owner").unwrap_or_else(|| id.to_owned()),
        lineage: entries.string("lineage"),
    }
}

/// The source of a feed that names none: itself, ungraded.
pub fn own_source(feed: &str) -> Source {
    source(feed, &Entries::default())
}
