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
    // The snapshots reach over more than two years; nothing of them is to be forgotten here.
    let settings = format!("{SETTINGS}[store]\nkeep_items = '4000d'\n");
    let config = configuration(store.path(), &settings, &text);
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

/// The series of one channel: a correction is in none of them, and the day is not the night.
const POSTS: [(&str, &str); 5] = [
    (
        "night-launched",
        "match = { all = ['у ніч на', 'противник'], none = ['уточнена інформація', 'протягом дня'] }\n\
         value = '(?:[–-] \\d+ ракет\\w* і|Україну) (?<value>[\\d\\s]+) (?:ударн\\w+ )?БпЛА'\n",
    ),
    (
        "night-downed",
        "match = { all = ['у ніч на', 'противник'], none = ['уточнена інформація', 'протягом дня'] }\n\
         value = 'збито/подавлено (?:\\d+ ціл\\w+ [–-] \\d+ ракет\\w* та )?(?<value>[\\d\\s]+) (?:безпілотник\\w*|БпЛА)'\n",
    ),
    (
        "night-inventory",
        "match = { all = ['у ніч на', 'противник'], none = ['уточнена інформація', 'протягом дня'] }\n\
         value = 'зафіксовано (?<value>[\\d\\s]+) засобів повітряного нападу'\n",
    ),
    (
        "day-launched",
        "match = { all = ['протягом дня', 'противник'], none = ['уточнена інформація'] }\n\
         value = 'Україну (?<value>[\\d\\s]+) (?:ударн\\w+ )?БпЛА'\n",
    ),
    (
        "day-downed",
        "match = { all = ['протягом дня', 'противник'], none = ['уточнена інформація'] }\n\
         value = 'збито/подавлено (?<value>[\\d\\s]+) БпЛА'\n",
    ),
];

#[test]
fn posts_of_a_channel_against_figures_read_by_hand() {
    let Some(table) = shared("kpszsu/expected_figures.tsv") else { return };
    let table = std::fs::read_to_string(table).unwrap();
    let files = [("67095", "67095.txt"), ("69965", "69965_block.html"), ("72080", "72080.txt"), ("78115", "78115.txt")];
    for (post, file) in files {
        let row = table.lines().map(|line| line.split('\t').collect::<Vec<_>>()).find(|row| row[0] == post).unwrap();
        let feed = if file.ends_with("html") { "preset = 'telegram'" } else { "format = 'text'" };
        for (series, from) in POSTS {
            let (kind, column) = match series {
                "night-launched" => ("night", 4),
                "night-downed" => ("night", 5),
                "night-inventory" => ("night", 6),
                "day-launched" => ("day", 4),
                _ => ("day", 5),
            };
            let expected: Vec<f64> = row[column].parse().ok().filter(|_| row[1] == kind).into_iter().collect();
            let found = recorded(&shared(&format!("kpszsu/{file}")).unwrap(), feed, "kind = 'level'", from);
            let found: Vec<f64> = found.iter().map(|value| value["value"].as_f64().unwrap()).collect();
            assert_eq!(found, expected, "{post} in {series}");
        }
    }
}

/// An RSS feed of entries with their whole text.
fn feed_of(entries: &[(String, String, String, String)]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let item = |(link, title, date, text): &(String, String, String, String)| {
        format!(
            "<item><title>{}</title><link>{}</link><guid>{}</guid><pubDate>{date}</pubDate><description>{}</description></item>",
            escaped(title),
            escaped(link),
            escaped(link),
            escaped(text)
        )
    };
    let items: String = entries.iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>")
}

#[test]
fn memoranda_are_kept_apart_and_say_their_sums() {
    let Some(table) = shared("whitehouse/drawdown_memoranda.csv") else { return };
    let mut entries = Vec::new();
    let mut expected = Vec::new();
    for row in csv::Reader::from_path(table).unwrap().records().map(|row| row.unwrap()) {
        let name = row[4].rsplit('/').next().unwrap().to_owned();
        let text = std::fs::read_to_string(shared(&format!("whitehouse/memoranda/{name}")).unwrap()).unwrap();
        let body = text.splitn(3, "---").nth(2).unwrap().to_owned();
        // All have one title: it is no identity.
        entries.push((row[5].to_owned(), "Memorandum".to_owned(), row[1].to_owned(), body));
        let first = row[2].split(';').next().unwrap().trim().trim_start_matches('$');
        let number: String = first.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let factor = if first.ends_with("billion") { 1e9 } else { 1e6 };
        expected.push((row[5].to_owned(), number.parse::<f64>().ok().map(|number| number * factor)));
    }
    assert_eq!(entries.len(), 63);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("memoranda.xml");
    std::fs::write(&file, feed_of(&entries)).unwrap();
    let indicator = "kind = 'schedule'\ndue = 2026-01-01";
    let config = configuration(
        folder.path(),
        SETTINGS,
        &(watch(&file, "format = 'rss'", indicator) + "amount = '(?<amount>\\$[\\d.,]+\\s+(?:million|billion))'\n"),
    );
    let run = watchfloor(&config, &["run", "--once", "--at", "2025-12-31T00:00:00Z"]);
    assert!(run.status.success(), "{}", stderr(&run));
    assert_eq!(lines(&config, &["feed", "list"])[0]["items"], 63, "42 of 53 texts are distinct, and 53 memoranda are");
    let values = lines(&config, &["indicator", "export", "one"]);
    let found: Vec<&serde_json::Value> = values.iter().filter(|value| value["supersedes"].is_null()).collect();
    assert_eq!(
        found.len(),
        63,
        "one names no sum and is announced all the same; a sum named twice under two authorities is one statement"
    );
    for (link, amount) in expected {
        let of_link: Vec<f64> = found
            .iter()
            .filter(|value| value["item"]["link"] == link.as_str())
            .filter_map(|value| amount_in(value))
            .collect();
        assert_eq!(of_link, amount.into_iter().collect::<Vec<_>>(), "{link}");
    }
}

/// The sum of a statement, wherever the line carries it.
fn amount_in(line: &serde_json::Value) -> Option<f64> {
    let candidates = [
        &line["value"],
        &line["amount"],
        &line["value"]["amount"],
        &line["amount"]["value"],
        &line["value"]["amount"]["value"],
    ];
    candidates.into_iter().find_map(serde_json::Value::as_f64)
}

#[test]
fn later_edits_are_revisions_and_never_new_items() {
    let Some(table) = shared("whitehouse/rss_edits.csv") else { return };
    let mut edits: Vec<(String, Vec<[String; 4]>)> = Vec::new();
    for row in csv::Reader::from_path(table).unwrap().records().map(|row| row.unwrap()) {
        let edit = [4, 2, 5, 3].map(|column| row[column].to_owned());
        match edits.iter_mut().find(|(guid, _)| *guid == row[1]) {
            Some((_, known)) => known.push(edit),
            None => edits.push((row[1].to_owned(), vec![edit])),
        }
    }
    let count: usize = edits.iter().map(|(_, edits)| edits.len()).sum();
    assert_eq!((count, edits.len()), (110, 103));
    let folder = tempfile::tempdir().unwrap();
    let recorded = folder.path().join("recorded");
    std::fs::create_dir(&recorded).unwrap();
    let config =
        configuration(folder.path(), SETTINGS, &watch(&recorded, "format = 'rss'\nevery = '0s'", "kind = 'count'"));
    let steps = edits.iter().map(|(_, edits)| edits.len()).max().unwrap();
    for step in 0..=steps {
        let state = |(guid, edits): &(String, Vec<[String; 4]>)| {
            let [title, date] = match step.min(edits.len()) {
                0 => [edits[0][0].clone(), edits[0][1].clone()],
                done => [edits[done - 1][2].clone(), edits[done - 1][3].clone()],
            };
            (guid.clone(), title, date, String::new())
        };
        let entries: Vec<_> = edits.iter().map(state).collect();
        std::fs::write(recorded.join(format!("2026090{}T000000Z.xml", step + 1)), feed_of(&entries)).unwrap();
        let run = watchfloor(&config, &["run", "--once", "--at", &format!("2026-09-0{}T00:00:00Z", step + 1)]);
        assert!(run.status.success(), "{}", stderr(&run));
    }
    assert_eq!(lines(&config, &["feed", "list"])[0]["items"], 103, "no edit is a new item");
    let store = watchfloor::store::Store::open(&folder.path().join("watchfloor.db")).unwrap();
    let ids = edits.iter().map(|(guid, _)| guid.as_str());
    let known = store
        .view()
        .known_items(&watchfloor::model::name::Name::new("w", "one"), watchfloor::pipeline::said::FORM, ids)
        .unwrap();
    let revisions: usize = known.values().map(|item| item.revision as usize - 1).sum();
    assert_eq!(revisions, 110, "each edit is a revision");
}

#[test]
fn a_law_is_found_only_by_following_its_link() {
    let Some(folder) = shared("whitehouse/rss_snapshots") else { return };
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let snapshot = files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("20240424T")).unwrap();
    let page = std::fs::read_to_string(shared("whitehouse/other/2024-04-24-bill-signed-h-r-815.md").unwrap()).unwrap();
    let copies = tempfile::tempdir().unwrap();
    std::fs::copy(snapshot, copies.path().join("20240424T223129Z.xml")).unwrap();
    let place = copies
        .path()
        .join("pages/www.whitehouse.gov/briefing-room/presidential-actions/2024/04/24/bill-signed-h-r-815");
    std::fs::create_dir_all(&place).unwrap();
    let body = page.splitn(3, "---").nth(2).unwrap();
    std::fs::write(place.join("index.html"), format!("<html><body><article>{body}</article></body></html>")).unwrap();
    for (follow, expected) in [("", 0), ("follow = true", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let text = watch(
            copies.path(),
            &format!("preset = 'white-house'\n{}", if follow.is_empty() { "follow = false" } else { follow }),
            "kind = 'count'",
        ) + "match = { all = ['Ukraine', 'emergency appropriations'] }\n";
        let config = configuration(folder.path(), SETTINGS, &text);
        let run = watchfloor(&config, &["run", "--once", "--at", "2024-04-25T00:00:00Z"]);
        assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
        let found = lines(&config, &["indicator", "export", "one"]);
        assert_eq!(found.len(), expected, "{follow}: {found:?}");
        if let Some(law) = found.first() {
            assert_eq!(law["item"]["title"], "Press Release: Bill Signed: H.R.\u{a0}815");
            assert_eq!(law["event_time"].as_str().map(|time| &time[..10]), Some("2024-04-24"));
            assert!(law["evidence"]["text"].as_str().unwrap().contains("Ukraine"), "{law}");
        }
    }
}

#[test]
fn figures_of_the_next_month_in_ukrainian() {
    let Some(file) = shared("sbu_alfa/alfa_july.html") else { return };
    let drones = figure(&file, "format = 'html'", "value = '(?<value>[\\d\\s]+)\\s+БпЛА та НРК'\n");
    assert_eq!((&drones["value"], &drones["bound"]), (&8748.0.into(), &"exact".into()));
    let vehicles = figure(&file, "format = 'html'", "value = '(?<value>[\\d\\s]+)\\s+одиниц\\w+ автомобільної'\n");
    assert_eq!(vehicles["value"], 3297.0);
}

#[test]
fn hot_spots_without_zeros_and_with_either_word() {
    let Some(file) = shared("firms/firms_raw_rowindexed_2022-09-07_excerpt.csv") else { return };
    let nominal = "where = [{ field = 'confidence', one_of = ['n', 'nominal', 'h', 'high'] }]\n";
    let found = recorded(&file, "preset = 'firms'", "kind = 'count'", nominal);
    let text = std::fs::read_to_string(&file).unwrap();
    let rows = text.lines().skip(1).filter(|line| {
        ["nominal", "high", "n", "h"].iter().any(|word| line.split(',').any(|cell| cell.trim_matches('"') == *word))
    });
    assert_eq!(found.len(), rows.count());
    assert!(found.iter().any(|value| value["event_time"] == "2022-09-07T00:11:00+00:00"), "{:?}", found.first());
}

#[test]
fn held_areas_within_every_box() {
    let Some(table) = shared("deepstate/area_km2_by_box.csv") else { return };
    let boxes = [
        ("kupyansk_km2", "[36.9, 49.3, 38.35, 50.1]"),
        ("vovchansk_km2", "[36.1, 49.85, 37.75, 50.55]"),
        ("pokrovsk_km2", "[36.55, 47.9, 37.9, 48.65]"),
        ("kupyansk_town_km2", "[37.45, 49.60, 37.75, 49.85]"),
    ];
    let mut reader = csv::Reader::from_path(&table).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let mut compared = 0;
    for day in ["20241215", "20251213", "20260516"] {
        let file = shared(&format!("deepstate/deepstatemap_data_{day}.geojson")).unwrap();
        let row = rows.iter().find(|row| row[0].replace('-', "") == day).unwrap();
        for (column, place) in boxes {
            let Some(index) = headers.iter().position(|name| name == column) else { panic!("{headers:?}") };
            let text = watch(&file, "preset = 'deepstate'", "kind = 'level'\nunit = 'km2'")
                .replace("lat = 49.7106\nlon = 37.6156\nradius = '40 km'", &format!("box = {place}"))
                + "value = { area = 'kupyansk' }\n";
            let folder = tempfile::tempdir().unwrap();
            let config = configuration(folder.path(), SETTINGS, &text);
            let run = watchfloor(&config, &["run", "--once"]);
            assert!(run.status.success(), "{}", stderr(&run));
            let area = lines(&config, &["indicator", "export", "one"])[0]["value"].as_f64().unwrap();
            let expected: f64 = row[index].parse().unwrap();
            assert!((area / expected - 1.0).abs() < 0.001, "{day} {column}: {area} against {expected}");
            compared += 1;
        }
    }
    assert_eq!(compared, 12);
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
