//! Real documents, each through a watch that has to record right values. Skipped where they are not at hand.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::collections::HashSet;
use std::path::Path;

use support::{configuration, lines, shared, stderr, stdout, watchfloor};

const SETTINGS: &str = "include = ['watches/*.toml']\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n";

fn watch(url: &Path, feed: &str, indicator: &str) -> String {
    let slash = if url.is_dir() { "/" } else { "" };
    format!(
        "[watch]\ntitle = 'Captured'\n[places.kupyansk]\nnames = ['Kupyansk']\nlat = 49.7106\nlon = 37.6156\nradius = '40 km'\n\
         [feeds.one]\nurl = 'file:{}{slash}'\n{feed}\n[indicators.one]\ntitle = 'One'\n{indicator}\n[[indicators.one.from]]\nfeed = 'one'\n",
        url.display()
    )
}

/// Runs a watch on one document once; gives what it recorded.
fn recorded(url: &Path, feed: &str, indicator: &str, from: &str) -> Vec<serde_json::Value> {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), SETTINGS, &(watch(url, feed, indicator) + from));
    let run = watchfloor(&config, &["run", "--once"]);
    assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
    lines(&config, &["indicator", "export", "one"])
}

#[test]
fn each_new_item_of_sixty_snapshots_is_new_once() {
    let Some(folder) = shared("whitehouse/rss_snapshots") else { return };
    let copies = tempfile::tempdir().unwrap();
    let mut guids = HashSet::new();
    let mut names = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let body = std::fs::read_to_string(&path).unwrap();
        for guid in body.split("<guid").skip(1) {
            let guid = guid.split_once('>').unwrap().1.split("</guid>").next().unwrap();
            guids.insert(guid.replace("&#038;", "&").replace("&amp;", "&").trim().to_owned());
        }
        std::fs::write(copies.path().join(format!("{}.xml", &name[..16])), body).unwrap();
        names.insert(name);
    }
    assert!(names.len() >= 59, "{}", names.len());
    let store = tempfile::tempdir().unwrap();
    let text =
        watch(copies.path(), "format = 'rss'\nevery = '0s'", "kind = 'count'") + "match = { any = ['Ukraine'] }\n";
    let config = configuration(store.path(), SETTINGS, &text);
    for name in names {
        let time = format!(
            "{}-{}-{}T{}:{}:{}Z",
            &name[..4],
            &name[4..6],
            &name[6..8],
            &name[9..11],
            &name[11..13],
            &name[13..15]
        );
        let run = watchfloor(&config, &["run", "--once", "--at", &time]);
        assert!(run.status.success(), "{time}: {}", stderr(&run));
    }
    let feed = &lines(&config, &["feed", "list"])[0];
    assert_eq!(feed["items"].as_u64().unwrap(), guids.len() as u64);
    let values = lines(&config, &["indicator", "export", "one"]);
    let items: HashSet<&str> = values.iter().map(|value| value["item"]["id"].as_str().unwrap()).collect();
    let first: Vec<_> = values.iter().filter(|value| value["supersedes"].is_null()).collect();
    assert_eq!(first.len(), items.len(), "each item has one first vintage");
    assert!(!items.is_empty() && items.iter().all(|id| guids.contains(*id)));
}

#[test]
fn hot_spots_of_a_day() {
    let Some(file) = shared("firms/J1_VIIRS_NRT_2025346_ukraine.csv") else { return };
    let rows = std::fs::read_to_string(&file).unwrap().lines().filter(|line| !line.trim().is_empty()).count() - 1;
    let feed = "preset = 'firms'";
    let values = recorded(&file, feed, "kind = 'count'", "");
    assert_eq!(values.len(), rows, "one for each detection");
    assert!(values.iter().all(|value| value["event_time"].as_str().unwrap().starts_with("2025-12-1")));
}

#[test]
fn the_area_of_a_day_within_a_place() {
    let Some(file) = shared("deepstate/deepstatemap_data_20251213.geojson") else { return };
    let values =
        recorded(&file, "format = 'geojson'", "kind = 'level'\nunit = 'km2'", "value = { area = 'kupyansk' }\n");
    let areas: Vec<f64> = values.iter().map(|value| value["value"].as_f64().unwrap()).collect();
    assert!(!areas.is_empty() && areas.iter().all(|area| (0.0..5030.0).contains(area)), "{areas:?}");
    assert!(areas.iter().any(|area| *area > 100.0), "{areas:?}");
}

#[test]
fn claimed_losses_by_month() {
    let Some(file) = shared("petroivaniuk/russia_losses_equipment.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let feed = "format = 'json'\nfields = { id = '$.date', published = '$.date' }";
    let indicator = "kind = 'count'\nunit = 'systems'\nperiod = 'month'";
    let from = "value = { jsonpath = \"$['field artillery']\" }\ncumulative = 'total'\n";
    let config = configuration(folder.path(), SETTINGS, &(watch(&file, feed, indicator) + from));
    let run = watchfloor(&config, &["run", "--once"]);
    assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
    let readings = lines(&config, &["indicator", "show", "one", "--periods", "12", "--as-of", "2026-12-31T00:00:00Z"]);
    let of = |month: &str| {
        readings.iter().find(|reading| reading["period"] == month).and_then(|reading| reading["value"].as_f64())
    };
    // The sums of the daily differences, as monthly_claims.csv has them.
    assert_eq!([of("2026-05"), of("2026-06"), of("2026-07")], [Some(2043.0), Some(2053.0), Some(2005.0)]);
}

/// The one figure that a watch on one document records.
fn figure(url: &Path, feed: &str, value: &str) -> serde_json::Value {
    let values = recorded(url, feed, "kind = 'level'", value);
    assert_eq!(values.len(), 1, "{values:?}");
    values[0].clone()
}

#[test]
fn figures_of_a_month_in_ukrainian() {
    let Some(file) = shared("sbu_alfa/alfa_june.html") else { return };
    let vehicles = figure(&file, "format = 'html'", "value = '(?<value>[\\d\\s]+)\\s+одиниц\\w+ автомобільної'\n");
    assert_eq!((&vehicles["value"], &vehicles["bound"]), (&2402.0.into(), &"exact".into()));
    let men = figure(&file, "format = 'html'", "value = 'знешкодили (?<value>понад [\\d\\s]+) російських'\n");
    assert_eq!(
        (&men["value"], &men["bound"], &men["high"]),
        (&5500.0.into(), &"at_least".into(), &serde_json::Value::Null)
    );
}

#[test]
fn a_night_of_drones() {
    let Some(file) = shared("kpszsu/67095.txt") else { return };
    let all = figure(&file, "format = 'text'", "value = 'зафіксовано (?<value>\\d+) засобів'\n");
    let drones = figure(&file, "format = 'text'", "value = 'ракети і (?<value>\\d+) БпЛА'\n");
    assert_eq!((&all["value"], &drones["value"]), (&570.0.into(), &496.0.into()));
    let text = drones["evidence"]["text"].as_str().unwrap();
    let span: Vec<usize> =
        drones["evidence"]["span"].as_array().unwrap().iter().map(|at| at.as_u64().unwrap() as usize).collect();
    let quoted: String = text.chars().skip(span[0]).take(span[1] - span[0]).collect();
    assert!(quoted.contains("496"), "{quoted}");
}

#[test]
fn parse_reads_every_captured_kind() {
    let cases = [
        ("petroivaniuk/russia_losses_equipment.json", "json", 1000),
        ("firms/J1_VIIRS_NRT_2025346_ukraine.csv", "csv", 1),
        ("sbu_alfa/alfa_june.html", "html", 1),
        ("kpszsu/69965_block.html", "html", 1),
        ("deepstate/deepstatemap_data_20251213.geojson", "geojson", 1),
    ];
    for (name, format, least) in cases {
        let Some(file) = shared(name) else { return };
        let parsed = lines(Path::new("none"), &["feed", "parse", "--format", format, file.to_str().unwrap()]);
        assert_eq!(parsed[0]["format"], format, "{name}");
        assert!(parsed.len() > least, "{name}: {} lines", parsed.len());
    }
}
