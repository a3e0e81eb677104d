//! The demonstration's recorded documents, checked without the program: names
//! that are times, documents that are well-formed, a size that a repository can carry.
//!
//! What the program makes of them is told in `config/demo/README.md` and tested elsewhere.

#![expect(clippy::unwrap_used, reason = "a check that cannot read its document has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use quick_xml::Reader;
use quick_xml::events::Event;
use scraper::{Html, Selector};

/// All recorded documents together, in bytes.
const MOST_BYTES: u64 = 400 * 1024;
/// All recorded documents together.
const MOST_FILES: usize = 250;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every recorded document by its feed.
fn feeds() -> BTreeMap<String, Vec<PathBuf>> {
    let folders = entries(&demo().join("feeds"));
    folders.into_iter().map(|folder| (part(folder.file_name()), entries(&folder))).collect()
}

fn part(part: Option<&std::ffi::OsStr>) -> String {
    part.unwrap().to_str().unwrap().to_owned()
}

/// The time a document is named by: `20251213T060000Z`.
fn fetched(path: &Path) -> Timestamp {
    let stem = part(path.file_stem());
    let time = stem.strip_suffix('Z').unwrap_or_else(|| panic!("{stem} does not end in Z"));
    let time = DateTime::strptime("%Y%m%dT%H%M%S", time).unwrap_or_else(|error| panic!("{stem}: {error}"));
    time.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// Whether the name stands for an answer without a document, such as `.500`.
fn is_failure(path: &Path) -> bool {
    let ending = part(path.extension());
    ending.len() == 3 && ending.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads every document with an ending.
fn documents(ending: &str) -> Vec<(PathBuf, String)> {
    let all = feeds().into_values().flatten().filter(|path| part(path.extension()) == ending);
    let texts: Vec<_> = all.map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect();
    assert!(!texts.is_empty(), "no document ends in .{ending}");
    texts
}

#[test]
fn names_are_times_within_the_story() {
    let first: Timestamp = "2025-12-13T03:30:00Z".parse().unwrap();
    let end: Timestamp = "2026-03-20T12:00:00Z".parse().unwrap();
    for (feed, paths) in feeds() {
        let times: Vec<Timestamp> = paths.iter().map(|path| fetched(path)).collect();
        assert_eq!(times.first(), Some(&first), "{feed}: the first poll of the replay has to find a document");
        assert!(times.iter().all(|time| *time < end), "{feed}");
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{feed}: two documents of one time");
    }
}

#[test]
fn only_known_kinds_are_recorded_and_each_feed_has_one() {
    for (feed, paths) in feeds() {
        let mut endings: Vec<String> = paths.iter().filter(|p| !is_failure(p)).map(|p| part(p.extension())).collect();
        endings.dedup();
        assert_eq!(endings.len(), 1, "{feed}: {endings:?}");
        assert!(["json", "csv", "html", "xml"].contains(&endings[0].as_str()), "{feed}: {endings:?}");
    }
}

#[test]
fn every_feed_of_the_watch_is_recorded() {
    let text = fs::read_to_string(demo().join("watches/kupyansk.toml")).unwrap();
    let watch: toml::Table = text.parse().unwrap();
    let configured: Vec<String> = watch["feeds"].as_table().unwrap().keys().cloned().collect();
    for feed in &configured {
        let url = watch["feeds"][feed]["url"].as_str().unwrap();
        assert_eq!(url, format!("file:../feeds/{feed}/"));
    }
    let recorded = feeds();
    assert_eq!(recorded.len(), configured.len());
    assert!(configured.iter().all(|feed| recorded.contains_key(feed)));
}

#[test]
fn the_demonstration_stays_small() {
    let paths: Vec<PathBuf> = feeds().into_values().flatten().collect();
    let bytes: u64 = paths.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(paths.len() <= MOST_FILES, "{} files", paths.len());
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}

#[test]
fn counters_are_json_with_one_object_a_month() {
    for (path, text) in documents("json") {
        let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let periods = document["data"]["periods"].as_array().unwrap();
        let starts: Vec<Timestamp> =
            periods.iter().map(|p| p["startDate"].as_str().unwrap().parse().unwrap()).collect();
        assert!(starts.len() >= 5, "{path:?}: four whole months and the running one");
        assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{path:?}");
        for period in periods {
            let collected = period["status"] == "completed";
            assert_eq!(period["flights"]["strike"].as_u64().unwrap() > 0, collected, "{path:?}");
        }
    }
}

#[test]
fn heat_is_csv_with_the_columns_of_the_area_table() {
    for (path, text) in documents("csv") {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        for column in ["latitude", "longitude", "acq_date", "acq_time", "confidence"] {
            assert!(header.iter().any(|name| name == column), "{path:?} has no {column}");
        }
        let rows: Result<Vec<csv::StringRecord>, csv::Error> = reader.records().collect();
        let rows = rows.unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert!(!rows.is_empty(), "{path:?} is empty: a feed without any item looks broken");
    }
}

#[test]
fn pages_have_the_classes_of_a_channel_preview() {
    let [post, time] = [".tgme_widget_message_wrap .tgme_widget_message[data-post]", "time[datetime]"]
        .map(|selector| Selector::parse(selector).unwrap());
    for (path, text) in documents("html") {
        let page = Html::parse_document(&text);
        assert!(page.errors.is_empty(), "{path:?}: {:?}", page.errors);
        let times: Vec<Timestamp> = page
            .select(&post)
            .map(|node| node.select(&time).next().unwrap().attr("datetime").unwrap().parse().unwrap())
            .collect();
        assert!((2..=3).contains(&times.len()), "{path:?}: {} posts", times.len());
        assert!(times.iter().all(|at| *at <= fetched(&path)), "{path:?} knows the future");
    }
}

#[test]
fn press_feeds_are_well_formed_xml() {
    for (path, text) in documents("xml") {
        let mut reader = Reader::from_str(&text);
        let mut items = 0;
        let mut depth = 0;
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{path:?}: {error}")) {
                Event::Start(tag) => {
                    items += usize::from(tag.name().as_ref() == "item");
                    depth += 1;
                }
                Event::End(_) => depth -= 1,
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{path:?} ends inside an element");
        assert!((2..=3).contains(&items), "{path:?}: {items} items");
    }
}
