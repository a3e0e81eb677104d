//! Where a feed's documents lead: to their next page, to the pages of their items, to the document they stand for.

use super::plain_words;
use crate::config::plan::{Paging, Turn, Until};
use crate::format::{OptionError, PageReader, Pointer};
use crate::settings::{Entries, Node, Page, Value};

/// How the pages of items are read; `None` where links are not followed.
pub fn follow(entries: &Entries, page: &mut Page) -> Option<PageReader> {
    let node = entries.get("follow")?;
    let part = match &node.value {
        Value::Bool(true) => None,
        Value::Text(selector) => Some(selector.as_str()),
        _ => return None,
    };
    PageReader::new(part).map_err(|error| wrong(&error, node, page)).ok()
}

/// Where the answer names the document.
pub fn through(entries: &Entries, page: &mut Page) -> Option<Pointer> {
    pointer("through", entries, page)
}

/// How a document goes on.
pub fn paging(entries: &Entries, page: &mut Page) -> Option<Paging> {
    let table = entries.table("paging")?;
    let ways: Vec<&str> = ["next", "link", "page", "cursor"].into_iter().filter(|key| table.has(key)).collect();
    let [way] = ways.as_slice() else {
        page.error("ambiguous", &table.span, "a document goes on in exactly one way")
            .label("expected one of `next`, `link`, `page` and `cursor`");
        return None;
    };
    check_places(table, way, page);
    let turn = match *way {
        "next" => Turn::Link(pointer("next", table, page)?),
        "link" => Turn::Header(table.string("link")?.to_ascii_lowercase()),
        "page" => Turn::Number {
            parameter: table.string("page")?,
            first: table.count("first").unwrap_or(1),
            step: table.count("step").unwrap_or(1),
        },
        _ => Turn::Cursor {
            mark: pointer("cursor", table, page)?,
            parameter: table.string("parameter").unwrap_or_else(|| "cursor".to_owned()),
        },
    };
    let until = if table.text("until") == Some("end") { Until::End } else { Until::Known };
    Some(Paging { turn, most: table.count("most").unwrap_or(10), until })
}

/// Keys that say something of another way only.
fn check_places(table: &Entries, way: &str, page: &mut Page) {
    for (key, of) in [("first", "page"), ("step", "page"), ("parameter", "cursor")] {
        if of != way {
            super::misplaced(&[key], table, &format!("`{way}`"), &format!("with `{of}`"), page);
        }
    }
}

fn pointer(key: &str, entries: &Entries, page: &mut Page) -> Option<Pointer> {
    let node = entries.get(key)?;
    Pointer::new(key, node.text()?).map_err(|error| wrong(&error, node, page)).ok()
}

fn wrong(error: &OptionError, node: &Node, page: &mut Page) {
    let span = page.inside(&node.span, error.column);
    page.error("invalid-selector", &span, plain_words(&error.message)).label("here");
}
