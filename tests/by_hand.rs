//! What an analyst records, from the command line: values, tables, corrections, notes, and how they come out again.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde_json::Value;
use support::{configuration, lines, stderr, stdout, watchfloor};
use watchfloor::model::time::{Period, PeriodLength};

const SETTINGS: &str =
    "include = ['watches/*.toml']\ntimezone = 'UTC'\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n";

/// A counter with the monthly figures of 2025, read from a file.
/// The bound is near: a closed month that changes by more than a quarter is doubted, and triggers nothing by itself.
fn watch(folder: &Path) -> String {
    format!(
        "[watch]\ntitle = 'Flights'\n[sources.army]\ntitle = 'Army'\nreliability = 'B'\n[sources.survey]\ntitle = 'Survey'\nreliability = 'A'\n\
         [places.town]\nnames = ['Town']\nlat = 49.7\nlon = 37.6\nradius = '5 km'\n\
         [feeds.counter]\nsource = 'army'\nurl = 'file:{}'\nformat = 'json'\nitems = '$[*]'\nevery = '0s'\n\
         fields = {{ id = '$.id', published = '$.day' }}\n\
         [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'month'\nunit = 'flights'\n\
         [[indicators.flights.from]]\nfeed = 'counter'\nvalue = {{ field = 'n' }}\n\
         [indicators.package]\ntitle = 'Package'\nkind = 'schedule'\n[[indicators.package.from]]\nfeed = 'counter'\nmatch = {{ any = ['package'] }}\n\
         [indicators.seen]\ntitle = 'Seen'\nkind = 'report'\nnear = 'town'\n[[indicators.seen.from]]\nfeed = 'counter'\nmatch = {{ any = ['Town'] }}\n\
         [scenarios.fall]\npath = 'risk'\ntitle = 'Flights fall'\n\
         [[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 165\n",
        folder.join("counter.json").display()
    )
}

/// The month so many months ago: `2025-12`. The last one is over and can be judged.
fn month(back: i64) -> String {
    Period::containing(PeriodLength::Month, watchfloor::clock::now(), &TimeZone::UTC).offset(-back).to_string()
}

/// A folder in which the feed was read once: 100 twelve months ago, 110 in the month after and so on to 210 last month.
fn desk(folder: &Path) -> PathBuf {
    counter(folder, &(1..=12).map(|month| (month, 90 + month * 10)).collect::<Vec<_>>());
    let config = configuration(folder, SETTINGS, &watch(folder));
    poll(&config);
    config
}

fn counter(folder: &Path, months: &[(u32, u32)]) {
    let items: Vec<String> = months
        .iter()
        .map(|(number, n)| {
            format!("{{\"id\":\"m{number}\",\"day\":\"{}-15\",\"n\":{n}}}", month(13 - i64::from(*number)))
        })
        .collect();
    std::fs::write(folder.join("counter.json"), format!("[{}]", items.join(","))).unwrap();
}

fn poll(config: &Path) {
    let run = watchfloor(config, &["run", "--once"]);
    assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
}

fn done(config: &Path, arguments: &[&str]) -> String {
    let output = watchfloor(config, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

fn refused(config: &Path, arguments: &[&str], code: i32) -> String {
    let output = watchfloor(config, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    stderr(&output)
}

fn newest<'v>(values: &'v [Value], key: &str) -> &'v Value {
    values.iter().rfind(|value| value["key"] == key).unwrap()
}

#[test]
fn a_recorded_value_is_evaluated_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    let told = done(
        &config,
        &["indicator", "record", "flights", "12", "--at", &month(1), "--note", "counted on imagery", "--author", "ada"],
    );
    assert!(
        told.contains(&format!("{}: 210 flights → 12 flights", month(1))) && told.contains("1 changes of scenarios"),
        "{told}"
    );
    let values = lines(&config, &["indicator", "export", "flights"]);
    let value = values.last().unwrap();
    assert_eq!((&value["value"], &value["author"], &value["feed"]), (&12.0.into(), &"ada".into(), &Value::Null));
    assert_eq!(value["notes"][0]["text"], "counted on imagery");
    let evidence = value["evidence"]["text"].as_str().unwrap();
    assert!(evidence.starts_with("12 (recorded by hand by ada: counted on imagery)"), "{evidence}");

    let alert = &lines(&config, &["alert", "show", "1"])[0];
    let account = &alert["evidence"][0];
    assert_eq!((&account["author"], &account["notes"][0]["text"]), (&"ada".into(), &"counted on imagery".into()));
    assert!(done(&config, &["alert", "show", "1"]).contains("note by ada"), "in text, too");
    let queued = lines(&config, &["mail", "queue"]);
    assert_eq!(queued.len(), 1, "the daemon finds it in the outbox: {queued:?}");
    let shown = done(&config, &["indicator", "show", "flights", "--periods", "20"]);
    assert!(shown.contains("counted on imagery"), "{shown}");

    // The same again is nothing; another value for the same time is a correction.
    let again = done(&config, &["indicator", "record", "flights", "12", "--at", &month(1), "--author", "bob"]);
    assert!(again.contains("known already"), "{again}");
    done(&config, &["indicator", "record", "flights", "200", "--at", &month(1), "--author", "bob"]);
    let values = lines(&config, &["indicator", "export", "flights"]);
    let by_hand: Vec<&Value> = values.iter().filter(|value| value["feed"].is_null()).collect();
    assert_eq!(by_hand.len(), 2);
    assert_eq!(by_hand[1]["supersedes"], by_hand[0]["id"]);
    assert_eq!(lines(&config, &["alert", "list"])[0]["resolution"], "undone by revision");
}

#[test]
fn other_kinds_take_their_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    let said = |id: &str, value: &str| {
        done(&config, &["indicator", "record", id, value, "--at", "2026-01-05", "--source", "survey"]);
        lines(&config, &["indicator", "export", id]).pop().unwrap()
    };
    let package = said("package", "announced 2026-05-15 100 million USD");
    assert_eq!(package["said"], "announced, by 2026-05-15, 100\u{202f}000\u{202f}000 USD");
    assert_eq!((&package["source"], &package["grade"]), (&"survey".into(), &"A-".into()));
    assert_eq!(said("seen", "town")["said"], "49.7000, 37.6000 ± 5 km");
    assert_eq!(said("seen", "49.71,37.62")["said"], "49.7100, 37.6200 ± 0 km");
    for (id, value, expected) in [
        ("flights", "1,200", "digits such as 1234.5"),
        ("flights", "NaN", "is no figure"),
        ("seen", "nowhere", "neither a place"),
        ("package", "soon", "neither a date"),
        ("nothing", "1", "there is no indicator"),
    ] {
        let error = refused(&config, &["indicator", "record", id, value, "--at", "2026-01-05"], 2);
        assert!(error.contains(expected), "{id} {value}: {error}");
    }
    let error = refused(&config, &["indicator", "record", "flights", "1", "--at", "yesterday"], 2);
    assert!(error.contains("is no time"), "{error}");
}

#[test]
fn a_bad_row_imports_nothing_and_every_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    let before = lines(&config, &["indicator", "export"]);
    let table = folder.path().join("bad.csv");
    std::fs::write(
        &table,
        "event_time,value,recorded_at,low,high,bound,note\n\
         2024-01,10,,,,,fine\n\
         2024-13,10,,,,,\n\
         2024-02,ten,,,,,\n\
         2024-03,10,2999-01-01,,,,\n\
         2024-04,10,,20,,,\n\
         2024-05,10,,,,exactly,\n\
         2024-06,10\n\
         ,10,,,,,\n\
         2024-01-01,11,,,,,a second January\n",
    )
    .unwrap();
    let error = refused(&config, &["indicator", "import", "flights", table.to_str().unwrap()], 1);
    for place in [
        "bad.csv: line 3, column 1 (event_time): `2024-13` is no time",
        "line 4, column 2 (value): `ten` is no figure",
        "line 5, column 3 (recorded_at)",
        "line 6, column 4 (low)",
        "line 7, column 6 (bound)",
        "line 8: 2 fields where the first line names 7",
        "line 9, column 1 (event_time): it is empty",
        "line 10: a second value for what line 2 gives",
        "nothing was imported (8 problems)",
    ] {
        assert!(error.contains(place), "{place} in {error}");
    }
    assert_eq!(lines(&config, &["indicator", "export"]), before);
    for (text, expected) in
        [("", "the file is empty"), ("a,b\n1,2\n", "no such column"), ("value\n1\n", "`event_time` is missing")]
    {
        std::fs::write(&table, text).unwrap();
        let error = refused(&config, &["indicator", "import", "flights", table.to_str().unwrap()], 1);
        assert!(error.contains(expected), "{expected} in {error}");
    }
}

#[test]
fn vintages_are_imported_with_what_was_known_when() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    let table = folder.path().join("vintages.csv");
    std::fs::write(
        &table,
        "event_time,value,key,recorded_at,low,high,bound,source,note\n\
         2024-01,100,jan,2024-02-03T00:00:00Z,,,,survey,first\n\
         2024-01,130,jan,2024-03-01T00:00:00Z,120,140,approx,survey,\n\
         2024-02,90,feb,2024-03-06T00:00:00Z,,,,survey,\n\
         2024-01,,jan,2024-06-01T00:00:00Z,,,,survey,withdrawn by the survey\n",
    )
    .unwrap();
    let path = table.to_str().unwrap();
    assert!(done(&config, &["indicator", "import", "flights", path]).contains("4 rows, 4 values recorded, 0 known"));
    assert!(done(&config, &["indicator", "import", "flights", path]).contains("4 rows, 0 values recorded, 4 known"));
    let seen = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["indicator", "export", "flights"];
        all.extend(arguments);
        lines(&config, &all)
            .iter()
            .filter(|value| value["source"] == "survey")
            .map(|value| format!("{} {}", value["key"].as_str().unwrap(), value["value"]))
            .collect()
    };
    assert_eq!(seen(&["--as-of", "2024-02-10T00:00:00Z"]), ["jan 100.0"]);
    assert_eq!(seen(&["--as-of", "2024-03-10T00:00:00Z"]), ["jan 130.0", "feb 90.0"]);
    assert_eq!(seen(&["--as-of", "2024-07-01T00:00:00Z"]), ["feb 90.0"], "what was withdrawn is gone");
    assert_eq!(seen(&["--as-of", "2024-03-10T00:00:00Z", "--vintages"]), ["jan 100.0", "jan 130.0", "feb 90.0"]);
    // One month after the end of the month: both first figures; at its end nothing was known of either.
    assert_eq!(seen(&["--lag", "1"]), ["jan 130.0", "feb 90.0"]);
    assert_eq!(seen(&["--lag", "33d"]), ["jan 100.0"], "33 days after 1 January it was 100; February came later");
    assert_eq!(seen(&["--lag", "0"]), [""; 0]);
    assert_eq!(seen(&["--lag", "1", "--as-of", "2024-03-10T00:00:00Z"]), ["jan 130.0"], "February is not that old yet");
    let values = lines(&config, &["indicator", "export", "flights", "--vintages"]);
    let second = values.iter().find(|value| value["bound"] == "approx").unwrap();
    assert_eq!((&second["low"], &second["high"]), (&120.0.into(), &140.0.into()));
    assert!(second["entered_at"].is_string() && second["flags"] == serde_json::json!(["source_break"]), "{second}");
}

#[test]
fn what_is_exported_can_be_imported() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = desk(one.path());
    done(
        &config,
        &[
            "indicator",
            "record",
            "flights",
            "7.25",
            "--at",
            &format!("{}-02", month(1)),
            "--note",
            "a \"quoted\", odd note",
        ],
    );
    let csv = done(&config, &["indicator", "export", "flights", "--csv"]);
    let table = other.path().join("flights.csv");
    std::fs::write(&table, &csv).unwrap();
    counter(other.path(), &[]);
    let empty = configuration(other.path(), SETTINGS, &watch(other.path()));
    done(&empty, &["indicator", "import", "flights", table.to_str().unwrap()]);
    assert_eq!(done(&empty, &["indicator", "export", "flights", "--csv"]), csv);
    // Every indicator in one table names each row's.
    assert!(done(&config, &["indicator", "export", "--csv"]).starts_with("indicator,event_time,value,key"));
    refused(&config, &["indicator", "export", "--csv", "--json"], 2);
}

#[test]
fn a_correction_stands_until_the_source_says_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    let correct = ["indicator", "override", "flights", "counter m12", "120", "--reason", "a typo", "--author", "ada"];
    assert!(done(&config, &correct).contains(&format!("{}: 210 flights → 120 flights", month(1))));
    let values = lines(&config, &["indicator", "export", "flights"]);
    let value = newest(&values, "counter m12");
    assert_eq!(
        (&value["value"], &value["feed"], &value["author"]),
        (&120.0.into(), &"w/counter".into(), &"ada".into())
    );
    assert!(value["evidence"]["text"].as_str().unwrap().contains("instead of 210, by ada: a typo"));
    assert_eq!(value["notes"][0]["text"], "a typo");
    // The source repeats its figure in a changed item: the correction stands.
    let months: Vec<(u32, u32)> = (1..=12).map(|month| (month, 90 + month * 10)).collect();
    counter(folder.path(), &months);
    let text = std::fs::read_to_string(folder.path().join("counter.json")).unwrap();
    std::fs::write(folder.path().join("counter.json"), text.replace("\"n\":210", "\"n\":210,\"seen\":true")).unwrap();
    poll(&config);
    assert_eq!(newest(&lines(&config, &["indicator", "export", "flights"]), "counter m12")["value"], 120.0);
    // It says something else: that is news.
    std::fs::write(folder.path().join("counter.json"), text.replace("\"n\":210", "\"n\":125")).unwrap();
    poll(&config);
    let values = lines(&config, &["indicator", "export", "flights"]);
    assert_eq!(
        (&newest(&values, "counter m12")["value"], &newest(&values, "counter m12")["author"]),
        (&125.0.into(), &Value::Null)
    );
    // And a value can be taken back altogether.
    done(&config, &["indicator", "override", "flights", "counter m12", "none", "--reason", "not a month"]);
    assert!(
        newest(&lines(&config, &["indicator", "export", "flights"]), "counter m12")["withdrawn"].as_bool().unwrap()
    );
    let error = refused(&config, &["indicator", "override", "flights", "counter m13", "1", "--reason", "x"], 2);
    assert!(error.contains("no value with the key `counter m13`"), "{error}");
    refused(&config, &["indicator", "override", "flights", "counter m12", "1", "--reason", " "], 2);
}

#[test]
fn notes_are_versions_on_values_sources_and_alerts() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    done(&config, &["indicator", "note", "flights", "counter m12", "doubtful", "--author", "ada"]);
    done(&config, &["feed", "note", "counter", "counts twice at month's end", "--author", "ada"]);
    done(
        &config,
        &["indicator", "note", "flights", "counter m12", "confirmed by phone", "--replaces", "1", "--author", "bob"],
    );
    counter(folder.path(), &[(12, 160)]);
    poll(&config);
    let alert = &lines(&config, &["alert", "show", "1"])[0];
    let notes: Vec<&str> =
        alert["evidence"][0]["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(notes, ["confirmed by phone", "counts twice at month's end"], "as they held when it was decided");
    done(&config, &["alert", "note", "1", "told the desk", "--author", "ada"]);
    assert_eq!(lines(&config, &["alert", "show", "1"])[0]["notes"][0]["text"], "told the desk");
    assert!(done(&config, &["alert", "show", "1"]).contains("note by ada"));
    let feed = &lines(&config, &["feed", "show", "counter"])[0];
    assert_eq!(feed["notes"][0]["author"], "ada");
    let values = lines(&config, &["indicator", "export", "flights"]);
    let noted = values.iter().find(|value| value["notes"].as_array().unwrap().len() == 2).unwrap();
    assert_eq!(noted["notes"][1]["supersedes"], 1, "both versions are there");
    for arguments in [
        ["indicator", "note", "flights", "counter m99", "x"].as_slice(),
        &["alert", "note", "99", "x"],
        &["alert", "note", "1", "x", "--replaces", "1"],
        &["alert", "note", "1", " "],
    ] {
        refused(&config, arguments, 2);
    }
}

#[test]
fn the_past_is_shown_as_it_was_known() {
    let folder = tempfile::tempdir().unwrap();
    let config = desk(folder.path());
    counter(folder.path(), &[(12, 160)]);
    poll(&config);
    let opened = lines(&config, &["alert", "list"])[0]["opened"].as_str().unwrap().to_owned();
    let long_ago = ["--as-of", "2020-01-01T00:00:00Z"];
    let count = |what: &[&str]| lines(&config, &[what, &long_ago].concat()).len();
    assert_eq!(count(&["alert", "list"]), 0, "before {opened}");
    refused(&config, &["alert", "show", "1", "--as-of", "2020-01-01T00:00:00Z"], 2);
    let feed = &lines(&config, &["feed", "list", "--as-of", "2020-01-01T00:00:00Z"])[0];
    assert_eq!((&feed["health"], &feed["items"]), (&Value::Null, &0.into()));
    assert_eq!(lines(&config, &["feed", "list"])[0]["health"], "ok");
    let scenario = &lines(&config, &["scenario", "list", "--as-of", "2020-01-01T00:00:00Z"])[0];
    assert_eq!((&scenario["state"], &scenario["reason"]), (&"inactive".into(), &Value::Null));
}
