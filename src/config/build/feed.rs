//! `[feeds.x]` → [`Feed`].

use std::path::PathBuf;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::watch::Scope;
use super::{address, email, plain_words, source, unknown_reference};
use crate::config::plan::Feed;
use crate::config::{paths, presets, secrets, unsupported};
use crate::fetch::{Schedule, Target};
use crate::format::{FieldSource, OptionError, Options, Reader};
use crate::model::name::Name;
use crate::model::source::Source;
use crate::settings::{Entries, Entry, Page, Value};

/// A feed; `None` where it cannot be used, which was reported.
pub fn feed(entry: &Entry, scope: &Scope<'_>, page: &mut Page) -> Option<Feed> {
    let entries = entry.node.table()?;
    unsupported::check("feed", entries, page);
    let source = feed_source(&entry.name, entries, scope, page);
    let target = target(entries, scope, page);
    let schedule = schedule(entries, page);
    let reader = reader(entries, page);
    Some(Feed {
        name: Name::new(scope.watch, entry.name.as_str()),
        source: source?,
        target: target?,
        schedule: schedule?,
        reader: reader?,
        follow: entries.bool("follow").unwrap_or(false),
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

fn target(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Target> {
    let node = entries.get("url")?;
    let shown = node.text()?.to_owned();
    let url = secrets::fill(&shown, &node.span, scope.secrets, page);
    let header = |entry: &Entry| {
        let value = secrets::fill_line(entry.node.text()?, &entry.node.span, scope.secrets, page);
        Some((entry.name.clone(), value))
    };
    let headers: Vec<(String, SecretString)> = entries.entries("headers").iter().filter_map(header).collect();
    check_headers(entries.entries("headers"), page);
    let body = entries.get("body").and_then(|node| Some(secrets::fill(node.text()?, &node.span, scope.secrets, page)));
    let method = entries.text("method").unwrap_or("GET").to_owned();
    let usable = address::url(&shown, &node.span, &["https", "http", "file"], page);
    let path = file_path(&shown, page);
    usable.then_some(Target { url, shown, method, headers, body, path })
}

/// Headers whose value is a secret by their meaning.
const SECRET_HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

fn check_headers(headers: &[Entry], page: &mut Page) {
    for entry in headers {
        let plain = entry.node.text().is_some_and(|value| !value.contains("{secret:"));
        if plain && SECRET_HEADERS.contains(&entry.name.to_ascii_lowercase().as_str()) {
            page.mask(&entry.node.span);
            page.error("plain-secret", &entry.node.span, format!("`{}` is written out", entry.name))
                .label("expected `{secret:name}`")
                .help("declare the secret in `[secrets]` of the settings");
        }
        let token =
            !entry.name.is_empty() && entry.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !token || entry.node.text().is_some_and(|value| value.contains(['\r', '\n'])) {
            page.error("invalid-header", &entry.name_span, format!("`{}` cannot be sent as a header", entry.name))
                .label("expected a name of letters, digits and `-`, and a value of one line");
        }
    }
}

/// The file of a `file:` URL: `file:recorded/a.xml` beside the naming file, `file:///a.xml` as it is.
fn file_path(url: &str, page: &Page) -> Option<PathBuf> {
    let rest = url.strip_prefix("file:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(paths::beside(&page.path, rest))
}

fn reader(entries: &Entries, page: &mut Page) -> Option<Reader> {
    let preset = match entries.text("preset") {
        None => Entries::default(),
        Some(word) => match presets::preset(word) {
            Some(preset) => preset,
            None => {
                let known: Vec<&str> = presets::names().collect();
                unknown_reference("preset", word, &entries.span_of("preset"), &known, page);
                return None;
            }
        },
    };
    match Reader::new(options(entries, &preset)) {
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
    options(entries, &entries.text("preset").and_then(presets::preset).unwrap_or_default())
}

/// How a preset reads documents; `None` where there is no such preset.
pub fn preset_options(name: &str) -> Option<Options> {
    presets::preset(name).map(|preset| options(&Entries::default(), &preset))
}

/// What the feed says, and where it says nothing, its preset.
fn options(entries: &Entries, preset: &Entries) -> Options {
    let either = |key: &str| entries.string(key).or_else(|| preset.string(key));
    let mut fields: Vec<(String, FieldSource)> = preset.entries("fields").iter().filter_map(field).collect();
    for (name, place) in entries.entries("fields").iter().filter_map(field) {
        fields.retain(|(known, _)| *known != name);
        fields.push((name, place));
    }
    let base = entries.text("url").map(|url| url.split(['?', '{']).next().unwrap_or(url).to_owned());
    Options { format: either("format").filter(|word| word != "auto"), items: either("items"), fields, base_url: base }
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
    if error.option == "format" {
        page.error("not-supported-yet", &span, plain_words(&error.message)).label("not read by this version");
    } else {
        page.error("invalid-selector", &span, plain_words(&error.message)).label("here");
    }
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
        check("format = 'xlsx'", "format", "not-supported-yet", (5, 13));
        check("preset = 'firms'", "a", "invalid-selector", (5, 10));
    }

    #[test]
    fn what_a_feed_says_wins_over_its_preset() {
        let text =
            "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://e.org/a?b'\npreset = 'firms'\nfields = { lat = 'y' }";
        let mut page = Page::new(PathBuf::from("w.toml"), text.to_owned());
        let root = read(&WATCH, &mut page).unwrap();
        let feed = root.table("feeds").unwrap().table("x").unwrap();
        let options = options(feed, &presets::preset("firms").unwrap());
        assert_eq!(options.format.as_deref(), Some("csv"));
        assert_eq!(options.base_url.as_deref(), Some("https://e.org/a"));
        let find = |name: &str| options.fields.iter().find(|(known, _)| known == name).map(|(_, place)| place.clone());
        assert_eq!(find("lat"), Some(FieldSource::One("y".to_owned())));
        assert_eq!(find("lon"), Some(FieldSource::One("longitude".to_owned())));
        assert_eq!(find("published"), Some(FieldSource::Joined(vec!["acq_date".to_owned(), "acq_time".to_owned()])));
    }
}
