//! `extract`: one extractor on one document, by the real program.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs `extract -` on a document.
fn extract(document: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_watchfloor"))
        .args(["extract", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its expression does not read the document.
    let _ = child.stdin.take().unwrap().write_all(document);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(document: &str, arguments: &[&str], expected: &[Value]) {
    let output = extract(document.as_bytes(), &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, expected);
}

#[track_caller]
fn refused(document: &[u8], arguments: &[&str], code: i32, part: &str) {
    let output = extract(document, arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
    assert!(message.contains(part), "{message}");
}

#[test]
fn values_are_a_line_each() {
    let document = r#"{"a":[{"n":1.50,"s":"x\ny"},{"n":null}]}"#;
    check(document, &["--jsonpath", "$.a[*].n"], &[json!(1.5), Value::Null]);
    check(document, &["--jsonpath", "$.a[?@.n>1].s"], &[json!("x\ny")]);
    check(document, &["--jsonpath", "$.b"], &[]);
    let page = "<ul><li>tanks <b>12</b><li><a href=' /x '>guns</a><br>7</ul>";
    check(page, &["--css", "li"], &[json!("tanks 12"), json!("guns\n7")]);
    check(page, &["--css", "a", "--attr", "href"], &[json!(" /x ")]);
    let text = "lost 12 tanks, 7 guns";
    check(text, &["--regex", r"(?<value>\d+) guns"], &[json!("7")]);
    check(text, &["--regex", r"(\d+) \w+"], &[json!("12"), json!("7")]);
    check(text, &["--regex", r"\d+ \w+"], &[json!("12 tanks"), json!("7 guns")]);
}

#[test]
fn grammars_say_the_outcome_the_span_and_why() {
    check(
        "over 1,234 sorties",
        &["--number"],
        &[json!({"outcome": "value", "value": 1234.0, "low": 1234.0, "high": null, "bound": "at_least", "unit": null,
                 "span": [0, 10], "text": "over 1,234", "why": null, "of": null})],
    );
    check(
        "quiet",
        &["--number"],
        &[json!({"outcome": "no_match", "value": null, "low": null, "high": null, "bound": null, "unit": null,
                 "span": null, "text": null, "why": "the text has no figure", "of": null})],
    );
    let value = |lang: &str| {
        let output = extract(b"1,234", &["--number", "--lang", lang, "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["value"].clone()
    };
    assert_eq!([value("en"), value("uk")], [json!(1234.0), json!(1.234)]);
    check(
        "a loan of €2.5 billion",
        &["--amount"],
        &[json!({"outcome": "value", "value": 2.5e9, "low": 2.5e9, "high": 2.5e9, "bound": "exact", "unit": "EUR",
                 "span": [10, 22], "text": "€2.5 billion", "why": null, "currency": "EUR", "role": "loan"})],
    );
    check(
        "by the end of March",
        &["--date", "--at", "2025-12-15T10:00:00Z"],
        &[json!({"outcome": "value", "from": "2025-12-15", "to": "2026-03-31", "span": [0, 19],
                 "text": "by the end of March", "why": null})],
    );
}

#[test]
fn tables_are_read_as_the_standard_says() {
    let table = "day,n\r\n2026-01-01,\"1,2\"\r\n2026-01-02,3";
    let rows = [json!({"day": "2026-01-01", "n": "1,2"}), json!({"day": "2026-01-02", "n": "3"})];
    check(table, &["--csv"], &rows);
    check(table, &["--csv", "--column", "n"], &[json!("1,2"), json!("3")]);
    check("a;b\n1;2\n", &["--csv", "--no-header", "--delimiter", ";"], &[json!(["a", "b"]), json!(["1", "2"])]);
    check("a\tb\n", &["--csv", "--no-header", "--delimiter", "tab", "--column", "2"], &[json!("b")]);
    refused(b"a,b\n1\n", &["--csv"], 1, "line 2");
    refused(b"a,b\n1,\"2\n\n", &["--csv"], 1, "line 2: a quoted value is never closed");
    refused(b"a,a\n1,2\n", &["--csv"], 1, "two columns are named `a`");
    refused(b"a,b\n1,2\n", &["--csv", "--column", "c"], 2, "the columns are a, b");
}

#[test]
fn areas_within_a_place() {
    let map = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"x","properties":{},
        "geometry":{"type":"Polygon","coordinates":[[[36,48],[40,48],[40,52],[36,52],[36,48]]]}}]}"#;
    let output = extract(map.as_bytes(), &["--area", "37,49,38,50", "--json"]);
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let area = line["value"].as_f64().unwrap();
    // One degree each way at 49.5 north: R² · Δλ · (sin 50° − sin 49°).
    let expected = 6371.0088_f64.powi(2) * 1_f64.to_radians() * (50_f64.to_radians().sin() - 49_f64.to_radians().sin());
    assert!((area - expected).abs() < expected * 1e-4, "{area} {expected}");
    assert_eq!((&line["outcome"], &line["unit"], &line["item"]), (&json!("value"), &json!("km2"), &json!("x")));
    refused(map.as_bytes(), &["--area", "38,49,37,50"], 2, "no box");
}

#[test]
fn a_wrong_expression_is_the_users_and_named_with_its_column() {
    refused(b"{}", &["--jsonpath", "$.a["], 2, "column 4");
    refused(b"<p>", &["--css", "li["], 2, "column 3");
    refused(b"x", &["--regex", "ab[c"], 2, "column 3");
    refused(b"x", &["--number", "--date"], 2, "cannot be used with");
    refused(b"x", &[], 2, "required");
    refused(b"x", &["--csv", "--delimiter", ";;"], 2, "expected one character");
    refused(b"x", &["--date", "--tz", "Mars/Base"], 2, "no zone");
}

#[test]
fn attacks_end_with_a_named_bound() {
    refused(b"{}", &["--jsonpath", &format!("$[?{}@.a{}]", "(".repeat(400), ")".repeat(400))], 2, "nested");
    refused(b"{}", &["--jsonpath", &format!("$[?{}@.a{}]", "(".repeat(5_000), ")".repeat(5_000))], 2, "at most 1024");
    refused(b"<p>", &["--css", &":not(".repeat(3_000)], 2, "at most 1024");
    refused("<b>".repeat(100_000).as_bytes(), &["--css", "i"], 1, "nested deeper than 512");
    refused("[".repeat(100_000).as_bytes(), &["--jsonpath", "$"], 1, "recursion limit");
    refused(&vec![b' '; (64 << 20) + 1], &["--number"], 1, "larger than the limit of 64 MiB");
    // Time or memory, whichever is short first on this machine.
    refused("1 ".repeat(32 << 20).as_bytes(), &["--number"], 1, "than the limit of");
    refused(b"no json", &["--jsonpath", "$"], 1, "no JSON");
}

#[test]
fn nothing_steers_the_terminal() {
    let page = "<p title='a\u{9b}b'>x\u{1b}[2Jy\nz\u{7f}</p>";
    for arguments in [&["--css", "p"][..], &["--css", "p", "--json"], &["--css", "p", "--attr", "title", "--json"]] {
        let output = extract(page.as_bytes(), arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.trim_end().contains(|c: char| c.is_control()), "{text:?}");
    }
}
