//! `[[indicators.x.from]]` → what is extracted, and how.

use std::ops::Range;

use super::watch::Scope;
use super::{feed, indicator, method, misplaced, plain_words, unknown_reference};
use crate::extract::{Extractor, FieldTest, MatchRule, RuleError, Rules, Test, ValueRule};
use crate::model::geo::Place;
use crate::model::indicator::{Input, Kind, Reset};
use crate::model::name::Name;
use crate::model::observation::Status;
use crate::settings::{Entries, Page, Value};

/// What the inputs of one indicator share.
pub struct Common {
    /// Its kind.
    pub kind: Kind,
    /// Where its reports have to be.
    pub near: Option<Place>,
    /// The least amount of its statements.
    pub min_amount: Option<(f64, String)>,
}

/// The inputs of an indicator and their extractors; those that cannot be used were reported.
pub fn inputs(entries: &Entries, common: &Common, scope: &Scope<'_>, page: &mut Page) -> (Vec<Input>, Vec<Extractor>) {
    if entries.get("from").is_some_and(|node| node.items().is_empty()) {
        page.error("missing-key", &entries.span_of("from"), "an indicator without inputs measures nothing")
            .label("expected at least one `[[indicators.x.from]]`");
    }
    let tables = entries.items("from").iter().filter_map(|node| node.table());
    tables.filter_map(|table| input(table, common, scope, page)).unzip()
}

fn input(entries: &Entries, common: &Common, scope: &Scope<'_>, page: &mut Page) -> Option<(Input, Extractor)> {
    let errors = page.errors();
    check_keys(common.kind, entries, page);
    let feed = entries.text("feed")?;
    if !scope.feed_ids.contains(&feed) {
        unknown_reference("feed", feed, &entries.span_of("feed"), &scope.feed_ids, page);
    }
    let rules = rules(entries, common, scope, page);
    let cumulative = entries.text("cumulative").map(reset);
    let reading = scope.root.table("feeds").and_then(|feeds| feeds.table(feed)).map(feed::reading).unwrap_or_default();
    let input = Input {
        feed: Name::new(scope.watch, feed),
        cumulative,
        shared_by: entries.count("shared_by"),
        reads_figure: rules.value.is_some(),
        method: method::hash(&rules, (cumulative, entries.count("shared_by")), &reading),
    };
    match Extractor::sharing(rules, &mut scope.readers.borrow_mut()) {
        Ok(extractor) => Some((input, extractor)),
        Err(wrong) => {
            // What is already reported as missing or unknown needs no second report.
            let fresh = page.errors() == errors;
            wrong.iter().filter(|_| fresh).for_each(|error| rule_error(error, entries, page));
            None
        }
    }
}

fn check_keys(kind: Kind, entries: &Entries, page: &mut Page) {
    let of = format!("a `{}` indicator", kind.word());
    if kind != Kind::Schedule {
        misplaced(&["amount", "status"], entries, &of, "`kind = \"schedule\"` has it", page);
    }
    if kind != Kind::Count {
        misplaced(&["cumulative"], entries, &of, "`kind = \"count\"` has it", page);
    }
    if matches!(kind, Kind::Schedule | Kind::Report) {
        misplaced(&["value", "parts", "shared_by"], entries, &of, "`level` and `count` have it", page);
    }
    if kind == Kind::Level && !entries.has("value") {
        page.error("missing-key", &entries.span, "a `level` has no `value` here")
            .label("`value` has to be given")
            .help("without a figure items are counted: that is `kind = \"count\"`");
    }
    for (key, what) in [("cumulative", "a running total"), ("shared_by", "a shared figure")] {
        if entries.has(key) && !entries.has("value") {
            page.error("missing-key", &entries.span_of(key), format!("{what} has no `value`"))
                .label("`value` has to be given");
        }
    }
}

fn reset(word: &str) -> Reset {
    match word {
        "day" => Reset::Day,
        "month" => Reset::Month,
        "year" => Reset::Year,
        _ => Reset::Never,
    }
}

fn rules(entries: &Entries, common: &Common, scope: &Scope<'_>, page: &mut Page) -> Rules {
    Rules {
        kind: common.kind,
        matching: entries.table("match").map(|table| matching(table, page)),
        filters: tests(entries, page),
        value: value(entries, scope, page),
        parts: entries.string("parts"),
        date: entries.string("date"),
        amount: entries.string("amount"),
        status: entries.table("status").map(statuses).unwrap_or_default(),
        field: entries.string("field"),
        near: common.near.clone(),
        min_amount: common.min_amount.clone(),
    }
}

fn matching(entries: &Entries, page: &mut Page) -> MatchRule {
    let rule = MatchRule {
        all: entries.strings("all"),
        any: entries.strings("any"),
        none: entries.strings("none"),
        field: entries.string("field"),
    };
    if entries.broken.is_empty() && rule.all.is_empty() && rule.any.is_empty() && rule.none.is_empty() {
        page.error("missing-key", &entries.span, "this `match` has no words").label("expected `all`, `any` or `none`");
    }
    rule
}

fn statuses(entries: &Entries) -> Vec<(Status, Vec<String>)> {
    let one = |name: &str| Some((Status::parse(name)?, entries.strings(name)));
    entries.list.iter().filter_map(|entry| one(&entry.name)).collect()
}

fn tests(entries: &Entries, page: &mut Page) -> Vec<FieldTest> {
    entries.items("where").iter().filter_map(|node| field_test(node.table()?, page)).collect()
}

fn field_test(entries: &Entries, page: &mut Page) -> Option<FieldTest> {
    let field = entries.string("field")?;
    let mut tests = entries.list.iter().filter(|entry| entry.name != "field");
    let (first, second) = (tests.next(), tests.next());
    let Some(first) = first.filter(|_| second.is_none()) else {
        if entries.broken.is_empty() {
            page.error("ambiguous", &entries.span, format!("the test on `{field}` is not one test"))
                .label("expected one of `one_of`, `equals`, `above`, `below` and `matches`");
        }
        return None;
    };
    let test = match (first.name.as_str(), &first.node.value) {
        ("equals", Value::Text(word)) => Test::Equals(word.clone()),
        ("matches", Value::Text(pattern)) => Test::Matches(pattern.clone()),
        ("above", Value::Number(limit)) => Test::Above(*limit),
        ("below", Value::Number(limit)) => Test::Below(*limit),
        _ => Test::OneOf(entries.strings("one_of")),
    };
    Some(FieldTest { field, test })
}

fn value(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<ValueRule> {
    let node = entries.get("value")?;
    let table = match &node.value {
        Value::Text(pattern) => return Some(ValueRule::Regex(pattern.clone())),
        Value::Table(table) => table,
        _ => return None,
    };
    let [only] = table.list.as_slice() else {
        if table.broken.is_empty() {
            page.error("ambiguous", &table.span, "this `value` is not at one place")
                .label("expected one of `field`, `regex`, `jsonpath`, `css` and `area`");
        }
        return None;
    };
    let text = only.node.text()?.to_owned();
    Some(match only.name.as_str() {
        "field" => ValueRule::Field(text),
        "regex" => ValueRule::Regex(text),
        "jsonpath" => ValueRule::JsonPath(text),
        "css" => css(&text),
        _ => ValueRule::Area(indicator::place(table, "area", scope, page)?),
    })
}

/// A selector with `@attribute` at its end; an `@` inside brackets or quotes belongs to the selector.
fn css(text: &str) -> ValueRule {
    match text.rsplit_once('@') {
        Some((selector, attribute)) if attribute.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)) => {
            ValueRule::Css(selector.to_owned(), Some(attribute.to_owned()))
        }
        _ => ValueRule::Css(text.to_owned(), None),
    }
}

fn rule_error(error: &RuleError, entries: &Entries, page: &mut Page) {
    let span = expression(error.key, entries);
    let span = span.map_or_else(|| entries.span_of(error.key), |span| page.inside(&span, error.column));
    let selector = entries.table(error.key).is_some_and(|table| table.has("jsonpath") || table.has("css"));
    let code = if selector { "invalid-selector" } else { "invalid-regex" };
    page.error(code, &span, plain_words(&error.message)).label("here");
}

/// Where the one expression of a key is written.
fn expression(key: &str, entries: &Entries) -> Option<Range<usize>> {
    let node = entries.get(key)?;
    match &node.value {
        Value::Text(_) => Some(node.span.clone()),
        Value::Table(table) if key == "value" => table.list.first().map(|entry| entry.node.span.clone()),
        Value::List(items) => {
            let patterns = items.iter().filter_map(|item| item.table()?.get("matches"));
            // The error names the key and not which of its tests: each pattern is tried by itself.
            let mut unusable = patterns.filter(|node| node.text().is_some_and(|pattern| !is_pattern(pattern)));
            unusable.next().map(|node| node.span.clone())
        }
        _ => None,
    }
}

fn is_pattern(pattern: &str) -> bool {
    let test = FieldTest { field: "any".to_owned(), test: Test::Matches(pattern.to_owned()) };
    Extractor::new(Rules {
        kind: Kind::Count,
        matching: None,
        filters: vec![test],
        value: None,
        parts: None,
        date: None,
        amount: None,
        status: Vec::new(),
        field: None,
        near: None,
        min_amount: None,
    })
    .is_ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::keys::WATCH;
    use crate::settings::{Problems, read};

    /// Where an error of an expression is shown.
    fn check(from: &str, key: &'static str, column: Option<usize>, code: &str, start: (usize, usize)) {
        let text =
            format!("[watch]\ntitle = 'A'\n[indicators.i]\nkind = 'count'\n[[indicators.i.from]]\nfeed = 'x'\n{from}");
        let mut page = Page::new(PathBuf::from("w.toml"), text);
        let root = read(&WATCH, &mut page).unwrap();
        let indicator = root.table("indicators").unwrap().table("i").unwrap();
        let error = RuleError { key, message: "wrong".to_owned(), column };
        rule_error(&error, indicator.items("from")[0].table().unwrap(), &mut page);
        let mut problems = Problems::default();
        page.finish(&mut problems);
        assert_eq!((problems.list[0].code, problems.list[0].start), (code, start), "{from}");
    }

    #[test]
    fn errors_of_expressions_are_shown_where_they_are_written() {
        check("value = 'a(b'", "value", Some(2), "invalid-regex", (7, 11));
        check("value = 'a(b'", "value", None, "invalid-regex", (7, 9));
        check(r#"value = "\\d(b""#, "value", Some(3), "invalid-regex", (7, 13));
        check("value = { regex = 'a(b' }", "value", Some(2), "invalid-regex", (7, 21));
        check("value = { jsonpath = '$[' }", "value", Some(2), "invalid-selector", (7, 24));
        check("where = [{ field = 'f', matches = 'a(' }]", "where", Some(2), "invalid-regex", (7, 37));
        check(
            "where = [{ field = 'f', matches = 'a' }, { field = 'f', matches = 'a(' }]",
            "where",
            Some(2),
            "invalid-regex",
            (7, 69),
        );
    }

    #[test]
    fn an_attribute_stands_at_the_end_of_a_selector() {
        assert_eq!(css("a.b@href"), ValueRule::Css("a.b".to_owned(), Some("href".to_owned())));
        assert_eq!(css("a[title='x@y z']"), ValueRule::Css("a[title='x@y z']".to_owned(), None));
    }
}
