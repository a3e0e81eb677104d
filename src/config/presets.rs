//! Known shapes of feeds, compiled in: one file each in `presets/`, found there by `build.rs`.

use std::ops::Range;
use std::path::PathBuf;

use super::keys::{PAGING, PLACE_IN_ITEM};
use crate::settings::{Entries, Entry, Key, Kind, Node, Page, Table, Value, read};

/// Every preset with its text, by name.
pub const PRESETS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

static PRESET: Table = Table {
    noun: "preset",
    doc: "What a preset fills: each as of a feed.",
    keys: &[
        Key::optional("format", Kind::Text, "", "As of a feed."),
        Key::optional("items", Kind::Text, "", "As of a feed."),
        Key::optional("fields", Kind::Map(&PLACE_IN_ITEM), "", "As of a feed."),
        Key::optional("header", Kind::Bool, "", "As of a feed."),
        Key::optional("sheet", Kind::Text, "", "As of a feed."),
        Key::optional("member", Kind::Text, "", "As of a feed."),
        Key::optional("method", Kind::Text, "", "As of a feed."),
        Key::optional("headers", Kind::Map(&Kind::Text), "", "As of a feed."),
        Key::optional("body", Kind::Text, "", "As of a feed."),
        Key::optional("follow", Kind::Either(&[Kind::Bool, Kind::Text]), "", "As of a feed."),
        Key::optional("through", Kind::Text, "", "As of a feed."),
        Key::optional("paging", Kind::Table(&PAGING), "", "As of a feed."),
        Key::optional("every", Kind::Duration, "", "As of a feed."),
    ],
};

/// What a preset fills; `None` where there is no such preset.
pub fn preset(name: &str) -> Option<Entries> {
    let (_, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
    let mut page = Page::new(PathBuf::from(name), (*text).to_owned());
    read(&PRESET, &mut page)
}

/// A feed's keys with those that its preset fills; what the feed says itself wins, field by field.
///
/// What comes from the preset stands, for messages, where the feed names it.
pub fn filled(feed: &Entries) -> Entries {
    let named = feed.get("preset");
    let Some((word, preset)) = named.and_then(|node| Some((node, preset(node.text()?)?))) else { return feed.clone() };
    let mut filled = feed.clone();
    for entry in preset.list {
        let entry = moved(entry, &word.span);
        match filled.list.iter_mut().find(|own| own.name == entry.name) {
            None if feed.has(&entry.name) => {}
            None => filled.list.push(entry),
            Some(own) if own.name == "fields" => complete(own, entry),
            Some(_) => {}
        }
    }
    filled
}

/// Puts before a feed's own fields those that only its preset names.
fn complete(own: &mut Entry, preset: Entry) {
    let (Value::Table(own), Value::Table(preset)) = (&mut own.node.value, preset.node.value) else { return };
    let mut list: Vec<Entry> = preset.list.into_iter().filter(|entry| !own.has(&entry.name)).collect();
    list.append(&mut own.list);
    own.list = list;
}

/// An entry and all that is in it at another place.
fn moved(entry: Entry, span: &Range<usize>) -> Entry {
    Entry { name: entry.name, name_span: span.clone(), node: moved_node(entry.node, span) }
}

fn moved_node(node: Node, span: &Range<usize>) -> Node {
    let value = match node.value {
        Value::List(nodes) => Value::List(nodes.into_iter().map(|node| moved_node(node, span)).collect()),
        Value::Table(table) => {
            let list = table.list.into_iter().map(|entry| moved(entry, span)).collect();
            Value::Table(Entries { span: span.clone(), list, broken: table.broken })
        }
        value => value,
    };
    Node { span: span.clone(), value }
}

/// The names of all presets.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// The presets as Markdown: what each says of itself in the comment at its head.
pub fn reference() -> String {
    let mut text = "\n## Presets\n\nKnown shapes of feeds: `preset = \"NAME\"` fills the keys that the feed leaves out. \
        The addresses are examples; `check --online` says whether they answer.\n\n| preset | what it reads |\n| --- | --- |\n"
        .to_owned();
    for (name, preset) in PRESETS {
        let head = preset.lines().map_while(|line| line.strip_prefix("# ")).collect::<Vec<_>>().join(" ");
        text.push_str(&format!("| `{name}` | {} |\n", head.replace('|', "\\|")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_right_and_says_what_it_is() {
        for (name, text) in PRESETS {
            let mut page = Page::new(PathBuf::from(name), (*text).to_owned());
            assert!(read(&PRESET, &mut page).is_some() && page.errors() == 0, "{name}");
            assert!(text.starts_with("# "), "{name} has no comment at its head");
        }
    }
}
