//! Whole rules on whole items: what becomes of each.

use jiff::Timestamp;

use super::*;
use crate::model::geo::{Extent, Point};
use crate::model::item::Item;
use crate::model::observation::{DateWindow, Value};
use crate::model::outcome::Finding;
use crate::model::quantity::Bound;

fn rules(kind: Kind) -> Rules {
    Rules {
        kind,
        matching: None,
        filters: vec![],
        value: None,
        parts: None,
        date: None,
        amount: None,
        status: vec![],
        field: None,
        near: None,
        min_amount: None,
    }
}

fn item(title: &str, content: &str) -> Item {
    Item {
        id: "1".into(),
        title: Some(title.into()),
        content: Some(content.into()),
        published: Some("2025-12-15T10:00:00Z".parse::<Timestamp>().unwrap()),
        ..Item::default()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn read(rules: Rules, item: &Item) -> Outcome {
    Extractor::new(rules).unwrap().read(item, &TimeZone::UTC)
}

/// An outcome in one line: the value with its evidence, or why not.
fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Value(finding) | Outcome::StatedZero(finding) => {
            let value = match &finding.value {
                Value::Quantity(quantity) => format!("{} {}", quantity.value, quantity.bound.word()),
                Value::Report(report) => format!("{},{} ±{}", report.point.lat, report.point.lon, report.error_km),
                Value::Statement(statement) => format!("{statement:?}"),
            };
            format!("{} {value} [{}]", outcome.word(), span(finding))
        }
        Outcome::NoMatch { why } | Outcome::Error { why } => format!("{} {why}", outcome.word()),
    }
}

fn span(finding: &Finding) -> String {
    let (from, to) = finding.evidence.span;
    finding.evidence.text.chars().skip(from).take(to - from).collect()
}

#[track_caller]
fn check(rules: Rules, item: &Item, expected: &str) {
    assert_eq!(shown(&read(rules, item)), expected);
}

fn sorties() -> Rules {
    let value = ValueRule::Regex(r"(?<value>[\d\s.,]+)\s+(?:artillery|UAS|drone)\s+sorties".into());
    let matching = MatchRule {
        all: words(&["Kharkiv"]),
        any: words(&["sortie*", "fire mission*"]),
        none: words(&["training"]),
        field: None,
    };
    Rules { matching: Some(matching), value: Some(value), ..rules(Kind::Count) }
}

#[test]
fn a_figure_by_a_pattern() {
    let text = |content| item("Kharkiv sector", content);
    check(sorties(), &text("flew over 1 234 drone sorties"), "value 1234 at_least [over 1 234]");
    check(sorties(), &text("0 drone sorties"), "stated_zero 0 exact [0]");
    check(sorties(), &text("No artillery sorties were flown"), "stated_zero 0 exact [No artillery sorties]");
    check(
        sorties(),
        &text("sorties went on"),
        &format!("no_match the pattern `{}` does not occur", pattern_of_sorties()),
    );
    check(sorties(), &text("12 drone sorties in training"), "no_match `training` occurs, which `none` rules out");
    check(sorties(), &text("a quiet day"), "no_match none of `sortie*`, `fire mission*` occurs");
    check(sorties(), &item("Sumy", "12 drone sorties"), "no_match `Kharkiv` does not occur");
}

fn pattern_of_sorties() -> String {
    match sorties().value {
        Some(ValueRule::Regex(pattern)) => pattern,
        _ => String::new(),
    }
}

#[test]
fn shares_and_spans_of_time_are_no_counts() {
    let rule = || Rules { value: Some(ValueRule::Regex(r"(\d+)".into())), ..rules(Kind::Count) };
    check(rule(), &item("x", "72 % of drones"), "no_match the figure is a share, which is no count");
    check(rule(), &item("x", "for 24 hours"), "no_match the figure is a span of time, which is no count");
    check(rule(), &item("x", "F-16 of 14 March and 12 drones"), "value 12 exact [12]");
    check(Rules { kind: Kind::Level, ..rule() }, &item("x", "72 % of drones"), "value 72 exact [72 %]");
}

#[test]
fn a_count_has_no_three_decimals() {
    let rule = || Rules { value: Some(ValueRule::Regex(r"([\d,]+) вильот".into())), ..rules(Kind::Count) };
    let why = "no_match a count with three decimals: the comma may group thousands";
    check(rule(), &item("x", "здійснено 12,345 вильотів"), why);
    check(rule(), &item("x", "здійснено 1,5 вильотів"), "value 1.5 exact [1,5]");
    check(
        Rules { kind: Kind::Level, ..rule() },
        &item("x", "здійснено 12,345 вильотів"),
        "value 12.345 exact [12,345]",
    );
}

#[test]
fn a_figure_of_a_field() {
    let rule = || Rules { value: Some(ValueRule::Field("sorties".into())), ..rules(Kind::Count) };
    let with = |value: &str| Item { fields: vec![("sorties".into(), value.into())], ..item("x", "") };
    check(rule(), &with("412"), "value 412 exact [412]");
    check(rule(), &with("12,345"), "value 12345 exact [12,345]");
    check(rule(), &with("0"), "stated_zero 0 exact [0]");
    check(rule(), &with(""), "no_match the field `sorties` is empty, which is not zero");
    check(rule(), &with("n/a"), "no_match the field `sorties` is empty, which is not zero");
    check(rule(), &with("twelve or so many words"), "value 12 approx [twelve or so]");
    check(rule(), &with("none yet seen"), "error the field `sorties` is `none yet seen`; expected a figure");
    check(rule(), &item("x", ""), "no_match the item has no field `sorties`");
}

#[test]
fn a_figure_of_json_and_html() {
    let json = |path: &str| Rules { value: Some(ValueRule::JsonPath(path.into())), ..rules(Kind::Count) };
    let raw = |raw: &str| Item { raw: Some(raw.into()), ..item("x", "") };
    let document = raw(r#"{"a": {"n": 412, "t": "over 5", "z": null}, "l": [1, 2]}"#);
    check(json("$.a.n"), &document, "value 412 exact [412]");
    check(json("$.a.t"), &document, "value 5 at_least [over 5]");
    check(json("$.a.z"), &document, "no_match `$.a.z` is null, which is not zero");
    check(json("$.b"), &document, "no_match `$.b` selects nothing");
    check(json("$.l[*]"), &document, "no_match `$.l[*]` selects 2 values that differ");
    check(json("$.a"), &document, "error `$.a` is an object; expected a figure");
    check(json("$.a"), &item("x", ""), "error the item carries no JSON to look into");
    let css = Rules { value: Some(ValueRule::Css("b.n".into(), None)), ..rules(Kind::Count) };
    check(css, &raw("<p>drones <b class=n>1 234</b></p>"), "value 1234 exact [1 234]");
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(json("$..a"), &raw(&deep)).word(), "error");
}

#[test]
fn without_a_figure_an_item_counts_one() {
    let matching = MatchRule { any: words(&["convoy*"]), ..MatchRule::default() };
    let rule = Rules { matching: Some(matching), ..rules(Kind::Count) };
    check(rule, &item("Seen today", "two convoys moved"), "value 1 exact [convoys]");
    check(rules(Kind::Count), &item("Seen today", "x"), "value 1 exact [Seen today]");
    let errors = Extractor::new(rules(Kind::Level)).unwrap_err();
    assert_eq!(errors.first().unwrap().key, "value");
}

#[test]
fn another_field_is_read() {
    let value = Some(ValueRule::Regex(r"(\d+) strikes".into()));
    let rule = Rules { field: Some("note".into()), value, ..rules(Kind::Count) };
    let with = Item { fields: vec![("note".into(), "7 strikes".into())], ..item("9 strikes", "") };
    check(rule.clone(), &with, "value 7 exact [7]");
    check(rule, &item("9 strikes", ""), "no_match the item has no field `note`");
}

fn kupyansk() -> Place {
    Place {
        id: "kupyansk".into(),
        names: words(&["Kupyansk", "Куп'янськ*"]),
        centre: Point { lat: 49.7106, lon: 37.6156 },
        extent: Extent::Radius { km: 40.0 },
    }
}

#[test]
fn a_report_is_where_it_says() {
    let rule = || Rules { near: Some(kupyansk()), ..rules(Kind::Report) };
    let at = |lat, lon| Item { point: Some(Point { lat, lon }), ..item("Kupyansk", "") };
    check(rule(), &at(49.70, 37.17), "value 49.7,37.17 ±0 [Kupyansk]");
    check(rule(), &at(50.45, 30.52), "no_match 512.7 km from the centre of `kupyansk`, outside of it");
    check(rule(), &item("Column", "at 49.7500, 37.6000"), "value 49.75,37.6 ±0 [49.7500, 37.6000]");
    check(rule(), &item("Колона", "під Куп’янськом"), "value 49.7106,37.6156 ±40 [Куп’янськом]");
    check(rule(), &item("Column", "near Sumy"), "no_match no coordinates, and no name of `kupyansk` in the text");
}

fn package() -> Rules {
    Rules {
        date: Some(r"(?:on|by|in) (?<date>\d{1,2} \w+ 20\d\d|the end of \w+)".into()),
        amount: Some(r"(?<amount>(?:€|\$|EUR|USD)\s?[\d.,]+\s?(?:billion|million|bn|m)?)".into()),
        status: vec![
            (Status::Announced, words(&["announce*"])),
            (Status::Delivered, words(&["delivered"])),
            (Status::Delayed, words(&["delay*"])),
        ],
        min_amount: Some((100e6, "USD".into())),
        ..rules(Kind::Schedule)
    }
}

#[track_caller]
fn statement(content: &str) -> crate::model::observation::Statement {
    match read(package(), &item("Aid", content)) {
        Outcome::Value(Finding { value: Value::Statement(statement), .. }) => statement,
        other => panic!("{content}: {other:?}"),
    }
}

#[test]
fn a_statement_has_date_amount_and_status() {
    let found = statement("announced: up to $1.2bn, due on 31 March 2026");
    let date = jiff::civil::date(2026, 3, 31);
    assert_eq!(found.expected, Some(DateWindow { from: date, to: date }));
    let amount = found.amount.unwrap();
    assert_eq!((amount.quantity.value, amount.quantity.bound), (1.2e9, Bound::AtMost));
    assert_eq!(amount.currency, "USD");
    assert_eq!(found.status, Some(Status::Announced));

    let deadline = statement("will be delivered by the end of March").expected.unwrap();
    assert_eq!((deadline.from, deadline.to), (jiff::civil::date(2025, 12, 15), date));
    assert_eq!(statement("the announced aid was delayed").status, Some(Status::Delayed));
    assert_eq!(statement("announced, not delivered").status, Some(Status::Announced));
}

#[test]
fn what_is_no_statement_says_why() {
    let no = |content, expected: &str| check(package(), &item("Aid", content), expected);
    no("for Ukraine", "no_match it states neither date nor amount nor status");
    no("delayed, then delivered", "no_match the text says both delivered and delayed");
    no(
        "announced $10 million",
        "no_match USD 10000000 is less than `min_amount` of 100000000: a statement of another event",
    );
}

#[test]
fn another_currency_is_kept_with_a_remark() {
    let extractor = Extractor::new(package()).unwrap();
    let outcome = extractor.read(&item("Aid", "announced €10 million"), &TimeZone::UTC);
    let remark = extractor.remark(outcome.finding().unwrap()).unwrap();
    assert!(remark.contains("EUR"), "{remark}");
}

#[test]
fn the_date_of_a_figure_is_its_event_time() {
    let rule = Rules {
        value: Some(ValueRule::Regex(r"(\d+) drones".into())),
        date: Some(r"on (?<date>\d+ \w+)".into()),
        ..rules(Kind::Count)
    };
    let outcome = read(rule.clone(), &item("x", "7 drones on 13 December"));
    assert_eq!(outcome.finding().unwrap().event_time, Some("2025-12-13T00:00:00Z".parse().unwrap()));
    assert_eq!(read(rule.clone(), &item("x", "7 drones")).finding().unwrap().event_time, None);
    check(rule, &item("x", "7 drones on 13 targets"), "no_match `13 targets` is no date");
}

#[test]
fn every_invalid_rule_is_reported() {
    let bad = Rules {
        matching: Some(MatchRule { any: words(&["*"]), ..MatchRule::default() }),
        filters: vec![FieldTest { field: "f".into(), test: Test::Matches("[".into()) }],
        value: Some(ValueRule::Regex("(".into())),
        date: Some("no group".into()),
        ..rules(Kind::Count)
    };
    let keys: Vec<&str> = Extractor::new(bad).unwrap_err().iter().map(|error| error.key).collect();
    assert_eq!(keys, ["match", "where", "value", "date"]);
}

#[test]
fn a_date_before_the_figure_is_not_of_it() {
    check(sorties(), &item("Kharkiv", "14 March 2026, 87 drone sorties"), "value 87 exact [87]");
    check(sorties(), &item("Kharkiv", "On 14 March\n87 drone sorties"), "value 87 exact [87]");
    check(
        sorties(),
        &item("Kharkiv", "12, 87 drone sorties"),
        "no_match the figure has no one reading: more than one figure",
    );
}

#[test]
fn equal_patterns_are_compiled_once() {
    let mut readers = Readers::default();
    for pattern in ["(\\d+) drones", "(\\d+) drones", "(\\d+) rockets"] {
        let value = Some(ValueRule::Regex(pattern.to_owned()));
        Extractor::sharing(Rules { value, ..rules(Kind::Level) }, &mut readers).unwrap();
    }
    assert_eq!(format!("{readers:?}"), "Readers(2)");
}
