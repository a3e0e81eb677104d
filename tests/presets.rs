//! Every preset reads a document of its kind: `NAME.EXT` in `tests/testdata/presets`, written for this test in the
//! shape of the real ones, and `NAME.expected` with the lines that `feed parse` has to print. Only members that are
//! named are compared.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{lines, shared, stderr, watchfloor};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/presets")
}

fn names() -> Vec<String> {
    let presets = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/presets");
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<String> = std::fs::read_dir(presets).unwrap().map(|entry| stem(entry.unwrap().path())).collect();
    names.sort();
    names
}

fn document(name: &str) -> PathBuf {
    let found = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
        path.file_stem().is_some_and(|stem| stem == name) && path.extension().is_some_and(|kind| kind != "expected")
    });
    found.unwrap_or_else(|| panic!("the preset {name} has no document in {}", folder().display()))
}

fn parsed(name: &str, document: &Path) -> Vec<Value> {
    lines(Path::new("none"), &["feed", "parse", "--preset", name, document.to_str().unwrap()])
}

/// Whether everything that is expected is there, in tables within tables as well.
fn holds(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| holds(value, found)))
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (expected, found) => expected == found,
    }
}

#[test]
fn every_preset_reads_its_document() {
    assert!(names().len() >= 12);
    for name in names() {
        let found = parsed(&name, &document(&name));
        let text = std::fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap();
        let expected: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(holds(expected, found), "{name}\n expected {expected}\n    found {found}");
        }
    }
}

#[test]
fn an_unknown_preset_is_named_with_those_there_are() {
    let output = watchfloor(Path::new("none"), &["feed", "parse", "--preset", "telegramm", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no preset `telegramm`; expected one of acled, "), "{}", stderr(&output));
}

#[test]
fn captured_documents_are_read_by_their_presets() {
    let Some(post) = shared("kpszsu/69965_block.html") else { return };
    let post = parsed("telegram", &post);
    assert_eq!(
        (post.len(), post[1]["id"].as_str(), post[1]["link"].as_str()),
        (2, Some("kpszsu/69965"), Some("https://t.me/kpszsu/69965"))
    );
    let text = post[1]["content"].as_str().unwrap();
    assert!(text.starts_with("❗️Уточнена інформація") && text.ends_with("\"балістики.\""), "{text}");
    assert!(!text.contains("1.74"), "reactions are no text: {text}");

    let Some(snapshot) = shared("whitehouse/rss_snapshots/20240424T223244Z_6bd10d4d2a.xml").or_else(|| {
        let folder = shared("whitehouse/rss_snapshots")?;
        let files = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.to_string_lossy().contains("20240424T"))
    }) else {
        return;
    };
    assert_eq!(parsed("white-house", &snapshot).len(), 31);

    let Some(hot_spots) = shared("firms/firms_raw_rowindexed_2022-09-07_excerpt.csv") else { return };
    let hot_spots = parsed("firms", &hot_spots);
    assert_eq!(hot_spots.len(), 13);
    assert_eq!(hot_spots[1]["published"], "2022-09-07T00:11:00+00:00");

    let Some(map) = shared("deepstate/deepstatemap_data_20251213.geojson") else { return };
    let map = parsed("deepstate", &map);
    assert_eq!(
        (map.len(), map[0]["format"].as_str(), map[0]["title"].as_str()),
        (2, Some("geojson"), Some("deepstatemap_data_20251213"))
    );
}
