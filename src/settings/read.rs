//! A parsed TOML table held against its description.

use std::ops::Range;

use jiff::civil;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::key::{Key, Kind, Need, Table, either};
use super::page::Page;
use super::unit;
use super::value::{Entries, Entry, Moment, Node, Value};

/// So many keys are listed where one is unknown; of more only the nearest is named.
const KEYS_LISTED: usize = 8;

/// So many words are listed where one is unknown.
const WORDS_LISTED: usize = 12;

/// Parses a file and holds it against `table`; the problems go to the page.
pub fn read(table: &'static Table, page: &mut Page) -> Option<Entries> {
    let text = page.text.clone();
    match DeTable::parse(&text) {
        Ok(parsed) => Some(read_table(table, "", parsed.get_ref(), parsed.span(), page)),
        Err(error) => {
            syntax_error(&error, page);
            None
        }
    }
}

fn syntax_error(error: &toml::de::Error, page: &mut Page) {
    let span = error.span().unwrap_or(0..0);
    let line = page.text.get(..span.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let end = page.text.get(line..).and_then(|rest| rest.find('\n')).map_or(page.text.len(), |at| line + at);
    let source = page.text.get(line..end).unwrap_or_default();
    let in_secrets = page.text.get(..line).is_some_and(|before| {
        before.lines().rev().find(|line| line.starts_with('[')).is_some_and(|header| header.contains("secret"))
    });
    let lower = source.to_lowercase();
    if in_secrets || ["password", "secret", "auth", "token", "key"].iter().any(|word| lower.contains(word)) {
        // What stands in a broken line cannot be told apart: all of its value stays hidden.
        let value = source.find('=').map_or(line, |at| line + at + 1);
        page.mask(&(value..end));
    }
    // Nothing else of a file that is no TOML is ever shown.
    page.mask(&(0..line));
    page.mask(&(end..page.text.len()));
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    page.error("toml-syntax", &span, format!("this is not TOML: {message}")).label("here");
}

fn read_table(table: &'static Table, name: &str, parsed: &DeTable<'_>, span: Range<usize>, page: &mut Page) -> Entries {
    let owner = owner(table, name);
    let mut entries = Entries { span, ..Entries::default() };
    for (key, value) in parsed.iter() {
        let Some(known) = table.key(key.get_ref()) else {
            unknown_key(table, &owner, key, value, page);
            entries.broken.push(key.get_ref().to_string());
            continue;
        };
        match read_value(&known.kind, &Place { key: known.name, owner: &owner }, value, page) {
            Some(value) => entries.list.push(entry(key, value)),
            None => entries.broken.push(known.name.to_owned()),
        }
    }
    for key in table.keys {
        missing_key(key, &owner, &entries, page);
    }
    entries
}

fn entry<K: AsRef<str>>(key: &Spanned<K>, node: Node) -> Entry {
    Entry { name: key.get_ref().as_ref().to_owned(), name_span: key.span(), node }
}

/// What a table is called in messages: ``indicator `sorties` ``.
fn owner(table: &Table, name: &str) -> String {
    match name {
        "" if table.noun.starts_with(['`', '[']) || table.noun.starts_with("the ") => table.noun.to_owned(),
        "" => format!("the {}", table.noun),
        name => format!("{} `{name}`", table.noun),
    }
}

fn unknown_key<K: AsRef<str>>(
    table: &'static Table,
    owner: &str,
    key: &Spanned<K>,
    value: &Spanned<DeValue<'_>>,
    page: &mut Page,
) {
    let name = key.get_ref().as_ref();
    let near_secret = std::ptr::eq(table, &raw const SECRET);
    if near_secret || table.keys.iter().any(|known| matches!(known.kind, Kind::Secret)) {
        // A misspelt `password`, or `{ value = … }`, would show it.
        page.mask(&value.span());
    }
    let names: Vec<String> = table.keys.iter().map(|known| format!("`{}`", known.name)).collect();
    let expected = match names.len() {
        0..=KEYS_LISTED => format!("expected {}", either(&names)),
        _ => format!("not a key of {owner}"),
    };
    let problem = page.error("unknown-key", &key.span(), format!("unknown key `{name}` in {owner}"));
    if names.len() > KEYS_LISTED {
        problem.help(format!("the keys are {}", either(&names)));
    }
    problem.label(expected).nearest(name, table.keys.iter().map(|known| known.name));
}

fn missing_key(key: &'static Key, owner: &str, entries: &Entries, page: &mut Page) {
    if key.need != Need::Required || entries.has(key.name) {
        return;
    }
    page.error("missing-key", &entries.span, format!("{owner} has no `{}`", key.name))
        .label(format!("`{}` has to be given: {}", key.name, key.kind.expected()))
        .help(key.doc);
}

/// Which value is being read, for messages.
struct Place<'a> {
    key: &'a str,
    owner: &'a str,
}

fn read_value(kind: &'static Kind, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Node> {
    let span = value.span();
    let value = match kind {
        Kind::List(item) => list(kind, item, place, value, page)?,
        Kind::Table(table) => Value::Table(sub_table(table, "", place, value, page)?),
        Kind::Ids(table) => ids(table, place, value, page)?,
        Kind::Map(kind) => map(kind, place, value, page)?,
        Kind::Either(kinds) => return one_of(kinds, place, value, page),
        Kind::Secret => Value::Table(secret(place, value, page)?),
        Kind::Anything if value.get_ref().is_table() => anything(&span, page),
        _ => scalar(kind, place, value, page)?,
    };
    Some(Node { span, value })
}

fn wrong_type(expected: &str, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) {
    let found = match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    page.error("wrong-type", &value.span(), format!("`{}` of {} is {found}", place.key, place.owner))
        .label(format!("expected {expected}"));
}

fn list(
    kind: &'static Kind,
    item: &'static Kind,
    place: &Place<'_>,
    value: &Spanned<DeValue<'_>>,
    page: &mut Page,
) -> Option<Value> {
    let Some(items) = value.get_ref().as_array() else {
        wrong_type(&kind.expected(), place, value, page);
        return None;
    };
    let before = page.errors();
    let found = items.iter().filter_map(|value| read_value(item, place, value, page)).collect();
    // A table with a wrong key still is a table; a list with a wrong word is not the list that was meant.
    (page.errors() == before || matches!(item, Kind::Table(_))).then_some(Value::List(found))
}

fn sub_table(
    table: &'static Table,
    name: &str,
    place: &Place<'_>,
    value: &Spanned<DeValue<'_>>,
    page: &mut Page,
) -> Option<Entries> {
    let Some(parsed) = value.get_ref().as_table() else {
        let names: Vec<String> = table.keys.iter().map(|key| format!("`{}`", key.name)).collect();
        wrong_type(&format!("a table with {}", either(&names)), place, value, page);
        return None;
    };
    Some(read_table(table, name, parsed, value.span(), page))
}

fn ids(table: &'static Table, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Value> {
    let Some(parsed) = value.get_ref().as_table() else {
        wrong_type(&format!("a table for each {}: `[{}.id]`", table.noun, place.key), place, value, page);
        return None;
    };
    let mut entries = Entries { span: value.span(), ..Entries::default() };
    for (key, value) in parsed.iter() {
        let name = key.get_ref().as_ref();
        let place = Place { key: name, owner: place.key };
        match sub_table(table, name, &place, value, page) {
            Some(table) => entries.list.push(entry(key, Node { span: value.span(), value: Value::Table(table) })),
            None => entries.broken.push(name.to_owned()),
        }
    }
    Some(Value::Table(entries))
}

fn map(kind: &'static Kind, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Value> {
    let Some(parsed) = value.get_ref().as_table() else {
        if matches!(kind, Kind::Secret) {
            page.mask(&value.span());
        }
        wrong_type(&format!("a table of names, each with {}", kind.expected()), place, value, page);
        return None;
    };
    let mut entries = Entries { span: value.span(), ..Entries::default() };
    for (key, value) in parsed.iter() {
        let owner = format!("`{}`", place.key);
        let place = Place { key: key.get_ref(), owner: &owner };
        match read_value(kind, &place, value, page) {
            Some(node) => entries.list.push(entry(key, node)),
            None => entries.broken.push(place.key.to_owned()),
        }
    }
    Some(Value::Table(entries))
}

/// A table that is not looked into; one written in place may hold a password, and stays hidden.
fn anything(span: &Range<usize>, page: &mut Page) -> Value {
    if page.text.get(span.clone()).is_some_and(|source| source.starts_with('{')) {
        page.mask(span);
    }
    Value::Anything
}

/// Where a secret is. The value itself is never shown when it was written here instead.
fn secret(place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Entries> {
    if value.get_ref().is_table() {
        return sub_table(&SECRET, place.key, place, value, page);
    }
    page.mask(&value.span());
    page.error("plain-secret", &value.span(), format!("`{}` of {} is written out", place.key, place.owner))
        .label(format!("expected {}", Kind::Secret.expected()))
        .help("put it in an environment variable, a file only the daemon can read, or a systemd credential");
    None
}

/// `{ env | file | credential }`.
pub static SECRET: Table = Table {
    noun: "secret",
    doc: "Where a secret is found: exactly one of the three.",
    keys: &[
        Key::optional("env", Kind::Text, "", "The environment variable that holds it."),
        Key::optional("file", Kind::Text, "", "The file that holds it; a final newline is dropped."),
        Key::optional("credential", Kind::Text, "", "The systemd credential that holds it."),
    ],
};

/// The first kind that takes the value; where the TOML type fits one only, its own message.
fn one_of(kinds: &'static [Kind], place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Node> {
    let fitting: Vec<&'static Kind> = kinds.iter().filter(|kind| fits(kind, value.get_ref())).collect();
    if let [only] = fitting.as_slice() {
        return read_value(only, place, value, page);
    }
    let scalars = fitting.iter().find_map(|kind| parse_scalar(kind, value.get_ref()).ok());
    if let Some(found) = scalars {
        return Some(Node { span: value.span(), value: found });
    }
    let expected = either(&kinds.iter().map(Kind::expected).collect::<Vec<_>>());
    if fitting.is_empty() {
        wrong_type(&expected, place, value, page);
    } else {
        invalid("invalid-unit", &expected, place, value, page);
    }
    None
}

fn fits(kind: &Kind, value: &DeValue<'_>) -> bool {
    match kind {
        Kind::Bool => value.is_bool(),
        Kind::Integer(..) | Kind::Number(..) => value.is_integer() || value.is_float(),
        Kind::Date | Kind::Moment => value.is_datetime(),
        Kind::List(_) => value.is_array(),
        Kind::Table(_) | Kind::Ids(_) | Kind::Map(_) | Kind::Anything => value.is_table(),
        Kind::Either(kinds) => kinds.iter().any(|kind| fits(kind, value)),
        Kind::Secret => true,
        _ => value.is_str(),
    }
}

fn scalar(kind: &'static Kind, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) -> Option<Value> {
    if !fits(kind, value.get_ref()) {
        let unit = matches!(kind, Kind::Duration | Kind::Distance | Kind::Size | Kind::Share);
        let bare = unit && (value.get_ref().is_integer() || value.get_ref().is_float());
        if bare {
            invalid("invalid-unit", &kind.expected(), place, value, page);
        } else {
            wrong_type(&kind.expected(), place, value, page);
        }
        return None;
    }
    match parse_scalar(kind, value.get_ref()) {
        Ok(value) => Some(value),
        Err(code) => {
            if let Kind::Word(words) = kind {
                unknown_word(words, place, value, page);
                return None;
            }
            invalid(code, &kind.expected(), place, value, page);
            None
        }
    }
}

fn invalid(code: &'static str, expected: &str, place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) {
    let written = page.text.get(value.span()).unwrap_or_default().chars().take(80).collect::<String>();
    let why = match code {
        "invalid-unit" => "cannot be read: ",
        "out-of-range" => "is out of range: ",
        _ => "is ",
    };
    page.error(code, &value.span(), format!("`{}` of {} {why}{written}", place.key, place.owner))
        .label(format!("expected {expected}"));
}

/// A word that is none of those known; of many only the nearest is named.
fn unknown_word(words: &[&str], place: &Place<'_>, value: &Spanned<DeValue<'_>>, page: &mut Page) {
    let word = value.get_ref().as_str().unwrap_or_default();
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let many = words.len() > WORDS_LISTED;
    let problem = page.error("unknown-word", &value.span(), format!("`{}` of {} is `{word}`", place.key, place.owner));
    if many {
        problem.help(format!("the words are {}", either(&quoted)));
    }
    let label = if many { "not a known word".to_owned() } else { format!("expected {}", either(&quoted)) };
    problem.label(label).nearest(word, words.iter().copied());
}

/// Reads a value whose TOML type fits; the error is a problem's code.
fn parse_scalar(kind: &Kind, value: &DeValue<'_>) -> Result<Value, &'static str> {
    let text = value.as_str().unwrap_or_default();
    let unit = "invalid-unit";
    Ok(match kind {
        Kind::Text if text.trim().is_empty() => return Err("empty-value"),
        Kind::Text => Value::Text(text.to_owned()),
        Kind::Bool => Value::Bool(value.as_bool().unwrap_or_default()),
        Kind::Integer(low, high) => Value::Number(whole(value, *low, *high)?),
        Kind::Number(low, high) => {
            Value::Number(number(value).filter(|n| n >= low && n <= high).ok_or("out-of-range")?)
        }
        Kind::Duration => Value::Duration(unit::duration(text).ok_or(unit)?),
        Kind::Distance => Value::Distance(unit::distance(text).ok_or(unit)?),
        Kind::Size => Value::Size(unit::size(text).ok_or(unit)?),
        Kind::Share => Value::Share(unit::share(text).ok_or(unit)?),
        Kind::Releases => Value::Releases(unit::releases(text).ok_or(unit)?),
        Kind::Date => Value::Date(value.as_datetime().and_then(date).ok_or("wrong-type")?),
        Kind::Moment => Value::Moment(value.as_datetime().and_then(moment).ok_or("wrong-type")?),
        Kind::Word(words) if words.contains(&text) => Value::Text(text.to_owned()),
        Kind::Word(_) => return Err("unknown-word"),
        _ => return Err("wrong-type"),
    })
}

fn whole(value: &DeValue<'_>, low: i64, high: i64) -> Result<f64, &'static str> {
    let integer = value.as_integer().ok_or("wrong-type")?;
    let number = i64::from_str_radix(integer.as_str(), integer.radix()).map_err(|_| "out-of-range")?;
    if (low..=high).contains(&number) { Ok(number as f64) } else { Err("out-of-range") }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok()? as f64,
        DeValue::Float(float) => float.as_str().parse().ok()?,
        _ => return None,
    };
    Some(number).filter(|number: &f64| number.is_finite())
}

/// An instant needs its offset: a wall time is none.
fn moment(value: &Datetime) -> Option<Moment> {
    value.offset?;
    let date = date(&Datetime { date: value.date, time: None, offset: None })?;
    Some(Moment { at: value.to_string().parse().ok()?, date })
}

fn date(value: &Datetime) -> Option<civil::Date> {
    if value.time.is_some() {
        return None;
    }
    let date = value.date?;
    civil::Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}
