//! `detect`: the contract of its lines, and files that cannot be read.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use support::{lines, shared, stderr, stdout, watchfloor};

const TINY: &str = "t,value\n1,2\n2,5\n3,3\n4,4\n5,6\n6,3\n7,4\n8,5\n9,3\n10,4\n11,9\n12,12\n13,4\n14,3\n15,15\n16,2\n";

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// The lines of one detector over a text.
fn detected(method: &str, text: &str, options: &[&str]) -> Vec<Value> {
    let file = file(text);
    let mut arguments = vec!["detect", method, file.path().to_str().unwrap()];
    arguments.extend(options);
    lines(Path::new("none"), &arguments)
}

fn alarms(lines: &[Value]) -> Vec<usize> {
    let alarmed = |line: &Value| line["alarm"] == Value::Bool(true);
    lines.iter().enumerate().filter(|(_, line)| alarmed(line)).map(|(row, _)| row + 1).collect()
}

fn refused(method: &str, text: &str, options: &[&str]) -> Output {
    let file = file(text);
    let mut arguments = vec!["detect", method, file.path().to_str().unwrap()];
    arguments.extend(options);
    watchfloor(Path::new("none"), &arguments)
}

#[test]
fn every_row_has_its_line_and_little_history_is_null() {
    let lines = detected("ears-c2", TINY, &[]);
    assert_eq!(lines.len(), 16);
    let members: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["t", "value", "expected", "lower", "upper", "statistic", "score", "alarm"]);
    let first = &lines[0];
    assert_eq!((&first["t"], &first["value"], &first["alarm"]), (&"1".into(), &2.0.into(), &false.into()));
    assert!(["expected", "lower", "upper", "statistic", "score"].iter().all(|member| first[member].is_null()));
    assert!((lines[10]["statistic"].as_f64().unwrap() - 4.236808876).abs() < 5e-9);
    assert_eq!(alarms(&lines), [11, 12]);
    assert!(lines.iter().filter_map(|line| line["score"].as_f64()).all(|score| (0.0..=1.0).contains(&score)));
}

#[test]
fn options_reach_the_method() {
    let lines = detected("ears-c1", TINY, &["--alpha", "0.001"]);
    assert!((lines[7]["upper"].as_f64().unwrap() - 8.014078294).abs() < 1e-7);
    assert_eq!(detected("zscore", TINY, &["--baseline", "3"])[3]["expected"], 10.0 / 3.0);
    let fall = "t,n\n1,50\n2,51\n3,49\n4,50\n5,52\n6,48\n7,50\n8,0\n";
    assert_eq!(alarms(&detected("zscore", fall, &["--column", "n"])), [0_usize; 0]);
    assert_eq!(alarms(&detected("zscore", fall, &["--column", "n", "--two-sided"])), [8]);
}

#[test]
fn a_gap_is_no_zero() {
    let lines = detected("zscore", "t,value\n1,5\n2,NA\n3,\n4,6\n", &["--baseline", "2"]);
    assert_eq!(lines.iter().filter(|line| line["value"].is_null()).count(), 2);
    assert!(lines.iter().all(|line| line["alarm"] == Value::Bool(false)));
}

#[test]
fn the_table_marks_alarms() {
    let file = file(TINY);
    let output = watchfloor(Path::new("none"), &["detect", "ears-c1", file.path().to_str().unwrap()]);
    let table = stdout(&output);
    assert_eq!(table.lines().count(), 17, "{table}");
    assert_eq!(table.lines().filter(|line| line.ends_with("ALARM")).count(), 3, "the heading and two rows: {table}");
}

#[test]
fn bad_input_is_named() {
    let check = |output: Output, status: i32, said: &str| {
        assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert_eq!(stdout(&output), "", "nothing is printed of a file that cannot be read");
    };
    check(refused("ears", TINY, &[]), 2, "there is no detector `ears`; there are auto, ratio");
    check(refused("zscore", TINY, &["--column", "n"]), 2, "there is no column `n`; the file has `t`, `value`");
    check(refused("zscore", TINY, &["--baseline", "1"]), 2, "`baseline` is 1: expected 2 to 100000");
    check(refused("zscore", TINY, &["--alpha", "2"]), 2, "`alpha` is 2");
    check(refused("zscore", "t,value\n1,2\n2,many\n3,1e99\n", &[]), 1, ":3: `many` is not a usable number");
    check(refused("zscore", "t,value\n1,2\n2,3,4\n", &[]), 1, "line: 3");
    check(refused("zscore", "t,value\n1,\u{1b}[2J\n", &[]), 1, ":2: `[2J`");
    let missing = watchfloor(Path::new("none"), &["detect", "zscore", "/nowhere/at/all.csv"]);
    check(missing, 1, "cannot open");
}

/// R's own figures for the last year of weekly claims.
#[test]
fn farrington_over_weekly_claims() {
    let Some(file) = shared("kat/artillery_claims_weekly.csv") else { return };
    let of = |method: &str| lines(Path::new("none"), &["detect", method, file.to_str().unwrap()]);
    let (flexible, classic) = (of("farrington"), of("farrington-classic"));
    let week =
        |lines: &[Value]| lines.iter().find(|line| line["t"] == "2025-08-04").unwrap()["upper"].as_f64().unwrap();
    assert!((week(&flexible) - 465.3362055).abs() < 1e-6 && (week(&classic) - 566.0971777).abs() < 1e-6);
    let alarmed = |lines: &[Value]| -> Vec<String> {
        let last = &lines[lines.len() - 52..];
        alarms(last).iter().map(|row| last[row - 1]["t"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(alarmed(&flexible), ["2026-05-04"]);
    assert_eq!(alarmed(&classic), ["2026-05-04", "2026-06-01"]);
}
