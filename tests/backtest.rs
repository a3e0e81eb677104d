//! `backtest` as its users type it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::Path;

use support::{lines, stderr, watchfloor};

/// Writes a series and judges it; gives `value verdict state` of each row, `blind` where it is.
fn judged(csv: &str, bound: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("series.csv");
    std::fs::write(&file, csv).unwrap();
    let mut arguments = vec!["backtest", "--series", file.to_str().unwrap()];
    arguments.extend(bound);
    let rows = lines(Path::new("none"), &arguments);
    let words = |row: &serde_json::Value| {
        let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["t", "value", "verdict", "state", "blind"]);
        let blind = if row["blind"].as_bool().unwrap() { " blind" } else { "" };
        format!("{} {} {}{blind}", row["value"], row["verdict"].as_str().unwrap(), row["state"].as_str().unwrap())
    };
    rows.iter().map(words).collect()
}

#[test]
fn a_series_is_judged_row_by_row() {
    let csv = "t,value\n2026-01-01,900\n2026-02-01,450\n2026-03-01,\n2026-04-01,400\n2026-05-01,380\n2026-06-01,950\n";
    let expected = [
        "900.0 false inactive",
        "450.0 true pending",
        "null unknown pending blind",
        "400.0 true active",
        "380.0 true active",
        "950.0 false inactive",
    ];
    assert_eq!(judged(csv, &["--below", "500", "--hold", "28d"]), expected);
}

#[test]
fn the_clearing_timer_starts_anew() {
    let csv = "when,other,value\n2026-01-01T00:00:00Z,x,5\n2026-01-01T01:00:00Z,x,1\n2026-01-01T02:00:00Z,x,5\n\
        2026-01-01T03:00:00Z,x,1\n2026-01-01T04:00:00Z,x,1\n2026-01-01T05:00:00Z,x,1\n";
    let found = judged(csv, &["--at-least", "5", "--clear-after", "2h", "--clear-below", "2"]);
    let expected = [
        "5.0 true active",
        "1.0 false clearing",
        "5.0 true active",
        "1.0 false clearing",
        "1.0 false clearing",
        "1.0 false inactive",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_wrong_series_is_named_by_its_line() {
    let cases = [
        ("t,value\n2026-01-02,1\n2026-01-01,1\n", "line 3: 2026-01-01T00:00:00Z comes after 2026-01-02T00:00:00Z"),
        ("t,value\n2026-01-02,1\nyesterday,1\n", "line 3: `yesterday` is no time"),
        ("t,value\n2026-01-02,many\n", "line 2: `many` is no number"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("series.csv");
    for (csv, expected) in cases {
        std::fs::write(&file, csv).unwrap();
        let output = watchfloor(Path::new("none"), &["backtest", "--series", file.to_str().unwrap(), "--above", "1"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "what cannot be read is not judged in part");
    }
}

#[test]
fn wrong_usage_of_a_bound_is_status_two() {
    let usages: [&[&str]; 5] = [
        &["--series", "x.csv"],
        &["--series", "x.csv", "--above", "1", "--below", "2"],
        &["--series", "x.csv", "--above", "nan"],
        &["--series", "x.csv", "--above", "1", "--hold", "soon"],
        &["--series", "x.csv", "--clear-below", "1"],
    ];
    for usage in usages {
        let mut arguments = vec!["backtest"];
        arguments.extend(usage);
        assert_eq!(watchfloor(Path::new("none"), &arguments).status.code(), Some(2), "{usage:?}");
    }
}

/// The demonstration's feeds over the turn of the year.
fn demonstration() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/watchfloor.toml")
}

#[test]
fn recorded_feeds_are_replayed_without_a_store_or_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let arguments = ["backtest", "--from", "2025-12-14", "--to", "2026-01-12", "--report", page.to_str().unwrap()];
    let found = lines(&demonstration(), &arguments);
    let told: Vec<String> = found
        .iter()
        .map(|line| match line["type"].as_str().unwrap() {
            "transition" => format!("{} {}", &line["at"].as_str().unwrap()[..16], line["change"].as_str().unwrap()),
            "mail" => format!("{} {}", &line["at"].as_str().unwrap()[..16], line["kind"].as_str().unwrap()),
            _ => "summary".to_owned(),
        })
        .collect();
    // As config/demo/README.md has it; the pending of 13 December lies before the stretch.
    let expected = [
        "2025-12-14T05:30 pending → active",
        "2025-12-14T05:30 triggered",
        "2026-01-11T05:50 feed_broken",
        "2026-01-12T13:56 feed_recovered",
        "summary",
    ];
    assert_eq!(told, expected);
    let summary = found.last().unwrap();
    assert_eq!(summary["mails"], 3);
    assert_eq!(summary["scenarios"][0]["activations"], 1);
    assert_eq!(summary["scenarios"][1]["coverage"], 1.0);
    assert_eq!(summary["marks"][0]["met"], "outside");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && page.contains("Every decision and every mail"), "{page}");
    assert!(!page.contains("<script") && !page.contains("src="), "nothing is loaded and nothing runs");
}

/// What the live code decided, its store's history decides again: at the same times, for the same reasons.
#[test]
fn a_stored_history_decides_what_was_decided_live() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demonstration().parent().unwrap().to_owned();
    let watch = std::fs::read_to_string(demo.join("watches/kupyansk.toml")).unwrap();
    let settings = "include = ['watches/*.toml']\ntimezone = 'Europe/Kyiv'\n[store]\npath = 'w.db'\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n";
    let recorded = watch.replace("file:../feeds/", &format!("file:{}/feeds/", demo.display()));
    let config = support::configuration(folder.path(), settings, &recorded);
    let run = watchfloor(&config, &["run", "--replay", "--to", "2026-01-13T00:00:00Z"]);
    assert!(run.status.success(), "{}", stderr(&run));
    // The same watch with feeds that are not recorded: only the store knows its past.
    let config =
        support::configuration(folder.path(), settings, &watch.replace("file:../feeds/", "https://example.org/"));
    let found = lines(&config, &["backtest"]);
    let told: Vec<String> = found
        .iter()
        .filter(|line| line["type"] != "summary")
        .map(|line| {
            format!("{} {}", line["at"].as_str().unwrap(), line["reason"].as_str().or(line["kind"].as_str()).unwrap())
        })
        .collect();
    let stored = lines(&config, &["alert", "show", "1"]);
    let decided: Vec<String> = stored[0]["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{} {}", line["at"].as_str().unwrap(), line["reason"].as_str().unwrap()))
        .collect();
    assert!(!decided.is_empty() && decided.iter().all(|one| told.contains(one)), "{decided:?}\n{told:?}");
    assert_eq!(found.last().unwrap()["origin"], "the store");
    assert!(told.iter().any(|one| one.contains("feed_broken")), "{told:?}");
    assert!(!told.iter().any(|one| one.contains("unknown")), "{told:?}");
}

#[test]
fn a_watch_without_a_past_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let watch = "[watch]\ntitle = 'T'\n[feeds.f]\nurl = 'https://example.org/f'\n[indicators.i]\nkind = 'count'\n[[indicators.i.from]]\nfeed = 'f'\n";
    let config = support::configuration(folder.path(), "include = ['watches/*.toml']\n[store]\npath = 'w.db'\n", watch);
    let output = watchfloor(&config, &["backtest"]);
    assert_eq!(output.status.code(), Some(1));
    let output = watchfloor(&config, &["backtest", "--watch", "nonsense"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("there is w"), "{}", stderr(&output));
}
