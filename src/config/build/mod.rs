//! Checked values → the plan's structs, one file a subject.

pub(super) mod address;
pub(super) mod condition;
pub(super) mod email;
pub(super) mod feed;
pub(super) mod indicator;
pub(super) mod input;
pub(super) mod measure;
mod method;
mod paging;
pub(super) mod place;
mod request;
pub(super) mod scenario;
pub(super) mod settings;
pub(super) mod source;
pub(super) mod watch;

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::model::name::is_id;
use crate::settings::key::article;
use crate::settings::{Entries, Page};

/// The ids of a table such as `[feeds]`, those with a wrong value too.
fn known<'a>(root: &'a Entries, table: &str) -> Vec<&'a str> {
    let Some(table) = root.table(table) else { return Vec::new() };
    table.list.iter().map(|entry| entry.name.as_str()).chain(table.broken.iter().map(String::as_str)).collect()
}

/// Tables by id, and what one is called.
const IDS: [(&str, &str); 5] = [
    ("places", "place"),
    ("sources", "source"),
    ("feeds", "feed"),
    ("indicators", "indicator"),
    ("scenarios", "scenario"),
];

/// Reports ids that commands and addresses could not carry.
pub(super) fn check_ids(root: &Entries, page: &mut Page) {
    for (table, noun) in IDS {
        for entry in root.entries(table).iter().filter(|entry| !is_id(&entry.name)) {
            let message = format!("`{}` cannot be the id of {} {noun}", entry.name, article(noun));
            page.error("invalid-id", &entry.name_span, message)
                .label("expected at most 64 letters a-z, A-Z, digits, `-` and `_`");
        }
    }
}

/// Reports a name that is not among the known ones.
pub(super) fn unknown_reference(noun: &str, word: &str, span: &Range<usize>, known: &[&str], page: &mut Page) {
    let label = if known.is_empty() {
        format!("no {noun} is declared")
    } else {
        format!("expected the id of {} {noun}", article(noun))
    };
    page.error("unknown-reference", span, format!("there is no {noun} `{word}`"))
        .label(label)
        .nearest(word, known.iter().copied());
}

/// What is wrong with an expression, for its writer.
///
/// The selector library words its rarer errors for its own developers, with
/// the name of a Rust variant at the end: `DanglingCombinator` is all there is to know.
fn plain_words(message: &str) -> String {
    const FOR_DEVELOPERS: &str = "Unexpected error occurred. Please report this to the developer\n";
    let Some((before, name)) = message.split_once(FOR_DEVELOPERS) else { return message.to_owned() };
    let mut words = before.to_owned();
    for (at, c) in name.chars().take_while(char::is_ascii_alphanumeric).enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

/// Reports keys that say something only elsewhere.
pub(super) fn misplaced(keys: &[&str], entries: &Entries, of: &str, only: &str, page: &mut Page) {
    for entry in keys.iter().filter_map(|key| entries.entry(key)) {
        page.error("misplaced-key", &entry.name_span, format!("`{}` says nothing of {of}", entry.name))
            .label(format!("only {only}"));
    }
}

/// Reports a time of nothing where something has to take time.
fn check_positive(key: &str, entries: &Entries, page: &mut Page) {
    if entries.duration(key).is_some_and(|wait| wait.is_zero()) {
        page.error("out-of-range", &entries.span_of(key), format!("`{key}` is no time at all"))
            .label("expected at least one second");
    }
}

/// The zone of a key; an unknown one is reported.
fn zone(entries: &Entries, key: &str, page: &mut Page) -> Option<(String, TimeZone)> {
    let name = entries.text(key)?;
    match TimeZone::get(name) {
        Ok(zone) => Some((name.to_owned(), zone)),
        Err(_) => {
            let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            page.error("unknown-zone", &entries.span_of(key), format!("there is no time zone `{name}`"))
                .label("expected an IANA name such as `Europe/Kyiv`")
                .nearest(name, known.iter().map(String::as_str));
            None
        }
    }
}
