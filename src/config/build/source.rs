//! `[sources.x]`.

use crate::model::source::{Discipline, Reliability, Source};
use crate::settings::{Entries, Entry};

/// Every source of a table.
pub fn sources(entries: &[Entry]) -> Vec<Source> {
    entries.iter().filter_map(|entry| entry.node.table().map(|table| source(&entry.name, table))).collect()
}

fn source(id: &str, entries: &Entries) -> Source {
    Source {
        id: id.to_owned(),
        title: entries.string("title").unwrap_or_else(|| id.to_owned()),
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
