//! `[feeds.x]` → [`Feed`].

use jiff::SignedDuration;

use super::watch::Scope;
use super::{email, paging, plain_words, request, source, unknown_reference};
use crate::config::plan::Feed;
use crate::config::{presets, unsupported};
use crate::fetch::Schedule;
use crate::format::{FieldSource, OptionError, Options, Reader};
use crate::model::name::Name;
use crate::model::source::Source;
use crate::settings::{Entries, Entry, Page, Value};

/// A feed; `None` where it cannot be used, which was reported.
pub fn feed(entry: &Entry, scope: &Scope<'_>, page: &mut Page) -> Option<Feed> {
    let written = entry.node.table()?;
    unsupported::check("feed", written, page);
    check_preset(written, page)?;
    let entries = &presets::filled(written);
    let source = feed_source(&entry.name, entries, scope, page);
    let target = request::target(entries, scope, page);
    let schedule = schedule(entries, page);
    let reader = reader(entries, scope, page);
    Some(Feed {
        name: Name::new(scope.watch, entry.name.as_str()),
        source: source?,
        target: target?,
        schedule: schedule?,
        reader: reader?,
        follow: paging::follow(entries, page),
        through: paging::through(entries, page),
        paging: paging::paging(entries, page),
        deletes: deletes(&entry.name, entries, scope, page),
        alert_after: entries.duration("alert_after").unwrap_or(SignedDuration::from_hours(24)),
    })
}

fn feed_source(id: &str, entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Source> {
    let Some(word) = entries.text("source") else {
        page.warning(
            "ungraded-source",
            &entries.span,
            format!("feed `{id}` names no source, so it is one of its own, ungraded"),
        )
        .label("no `source`")
        .help("declare it in `[sources]` with its `reliability`");
        return Some(source::own_source(id));
    };
    let found = scope.sources.iter().find(|source| source.id == word).cloned();
    if found.is_none() && !scope.source_ids.contains(&word) {
        unknown_reference("source", word, &entries.span_of("source"), &scope.source_ids, page);
    }
    found
}

/// The feed whose items this one takes back.
fn deletes(id: &str, entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Name> {
    let word = entries.text("deletes")?;
    if word == id || !scope.feed_ids.contains(&word) {
        let others: Vec<&str> = scope.feed_ids.iter().copied().filter(|other| *other != id).collect();
        unknown_reference("feed", word, &entries.span_of("deletes"), &others, page);
        return None;
    }
    Some(Name::new(scope.watch, word))
}

fn schedule(entries: &Entries, page: &mut Page) -> Option<Schedule> {
    if entries.has("every") && entries.has("schedule") {
        page.error("ambiguous", &entries.span_of("schedule"), "`every` and `schedule` are both given")
            .label("expected one of them");
        return None;
    }
    if let Some(node) = entries.get("schedule") {
        return email::cron(node.text()?, &node.span, page);
    }
    let every = entries.duration("every").unwrap_or(SignedDuration::from_mins(30));
    // `0s` is due at every run: the daemon itself never polls a feed more than once a second.
    Some(Schedule::Every(every))
}

fn check_preset(entries: &Entries, page: &mut Page) -> Option<()> {
    let known: Vec<&str> = presets::names().collect();
    if let Some(word) = entries.text("preset").filter(|word| !known.contains(word)) {
        unknown_reference("preset", word, &entries.span_of("preset"), &known, page);
        return None;
    }
    Some(())
}

fn reader(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Reader> {
    match Reader::new(Options { max_body: Some(scope.max_body), ..options(entries) }) {
        Ok(reader) => Some(reader),
        Err(errors) => {
            for error in errors {
                option_error(&error, entries, page);
            }
            None
        }
    }
}

/// How a feed's documents are read; of an unknown preset nothing is known.
pub fn reading(entries: &Entries) -> Options {
    options(&presets::filled(entries))
}

/// How a preset reads documents; `None` where there is no such preset.
pub fn preset_options(name: &str) -> Option<Options> {
    presets::preset(name).map(|preset| options(&preset))
}

/// How documents are read by these keys.
fn options(entries: &Entries) -> Options {
    let base = entries.text("url").map(|url| url.split(['?', '{']).next().unwrap_or(url).to_owned());
    Options {
        format: entries.string("format").filter(|word| word != "auto"),
        items: entries.string("items"),
        fields: entries.entries("fields").iter().filter_map(field).collect(),
        base_url: base,
        sheet: entries.string("sheet"),
        member: entries.string("member"),
        without_header: entries.bool("header") == Some(false),
        max_body: None,
    }
}

fn field(entry: &Entry) -> Option<(String, FieldSource)> {
    let place = match &entry.node.value {
        Value::Text(text) => FieldSource::One(text.clone()),
        Value::List(items) => FieldSource::Joined(items.iter().filter_map(|n| n.text().map(str::to_owned)).collect()),
        _ => return None,
    };
    Some((entry.name.clone(), place))
}

fn option_error(error: &OptionError, entries: &Entries, page: &mut Page) {
    let node = match error.option.as_str() {
        option @ ("format" | "items") => entries.get(option),
        name => entries.table("fields").and_then(|fields| fields.get(name)).or_else(|| entries.get("fields")),
    };
    let span = node.or_else(|| entries.get("preset")).map_or_else(|| entries.span.clone(), |node| node.span.clone());
    // Only one string has characters to point at; a list of columns has none.
    let span = if node.is_some_and(|node| node.text().is_some()) { page.inside(&span, error.column) } else { span };
    page.error("invalid-selector", &span, plain_words(&error.message)).label("here");
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::keys::WATCH;
    use crate::settings::{Problems, read};

    /// Where an error of an option is shown.
    fn check(feed: &str, option: &str, code: &str, start: (usize, usize)) {
        let text = format!("[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://example.org'\n{feed}");
        let mut page = Page::new(PathBuf::from("w.toml"), text);
        let root = read(&WATCH, &mut page).unwrap();
        let error = OptionError { option: option.to_owned(), message: "wrong".to_owned(), column: Some(3) };
        option_error(&error, root.table("feeds").unwrap().table("x").unwrap(), &mut page);
        let mut problems = Problems::default();
        page.finish(&mut problems);
        assert_eq!((problems.list[0].code, problems.list[0].start), (code, start), "{feed}");
    }

    #[test]
    fn errors_of_options_are_shown_where_they_are_written() {
        check("items = '$.['", "items", "invalid-selector", (5, 12));
        check("fields = { a = 'b[c' }", "a", "invalid-selector", (5, 19));
        check("fields = { a = ['b[c', 'd'] }", "a", "invalid-selector", (5, 16));
        check("preset = 'firms'", "a", "invalid-selector", (5, 10));
    }

    #[test]
    fn what_a_feed_says_wins_over_its_preset() {
        let text =
            "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://e.org/a?b'\npreset = 'firms'\nfields = { lat = 'y' }";
        let mut page = Page::new(PathBuf::from("w.toml"), text.to_owned());
        let root = read(&WATCH, &mut page).unwrap();
        let feed = root.table("feeds").unwrap().table("x").unwrap();
        let options = reading(feed);
        assert_eq!(options.format.as_deref(), Some("csv"));
        assert_eq!(options.base_url.as_deref(), Some("https://e.org/a"));
        let find = |name: &str| options.fields.iter().find(|(known, _)| known == name).map(|(_, place)| place.clone());
        assert_eq!(find("lat"), Some(FieldSource::One("y".to_owned())));
        assert_eq!(find("lon"), Some(FieldSource::One("longitude".to_owned())));
        assert_eq!(find("published"), Some(FieldSource::Joined(vec!["acq_date".to_owned(), "acq_time".to_owned()])));
    }
}
