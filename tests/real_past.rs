//! The article's watch on what really was published: the table of docs/backtests.md, made by the program.
//!
//! `cargo test --test real_past -- --ignored --nocapture` prints it; `UPDATE_EXPECT=1` before it writes it into the page. Skipped
//! where the captured data are not at hand.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::{lines, shared};

/// Documents of one feed by the time at which they were fetched.
struct Recording {
    folder: PathBuf,
}

impl Recording {
    fn new(root: &Path, feed: &str) -> Self {
        let folder = root.join(feed);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn add(&self, at: Timestamp, body: &str, ending: &str) {
        let name = at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        std::fs::write(self.folder.join(format!("{name}.{ending}")), body).unwrap();
    }

    /// From here on nothing is known of what the feed would have said.
    fn end(&self, at: Timestamp) {
        self.add(at, "", "410");
    }
}

type Row = BTreeMap<String, String>;

fn table(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn hour(day: &str, hour: i8) -> Timestamp {
    day.parse::<Date>().unwrap().at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// Each announcement a minute after it was published, with the nine before it: a feed lists its newest.
fn announcements(data: &Path, recording: &Recording) {
    let mut found: Vec<(Timestamp, Value)> = Vec::new();
    for row in table(&data.join("whitehouse/drawdown_memoranda.csv")) {
        let file = Path::new(&row["path"]).file_name().unwrap().to_owned();
        let text = std::fs::read_to_string(data.join("whitehouse/memoranda").join(file)).unwrap();
        let at: Timestamp = row["published_time"].replace(' ', "T").parse().unwrap();
        if text.contains("506(a)(1)") && row["date"].as_str() >= "2022" {
            let body = text.splitn(3, "---").nth(2).unwrap();
            let title = "Memorandum on the Delegation of Authority Under Section 506(a)(1)";
            found.push((at, json!({"id": row["url"], "at": at.to_string(), "title": title, "text": body})));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    for (place, (at, _)) in found.iter().enumerate() {
        let shown: Vec<&Value> = found[place.saturating_sub(9)..=place].iter().map(|(_, item)| item).collect();
        recording.add(*at + SignedDuration::from_mins(1), &json!(shown).to_string(), "json");
    }
    recording.end(hour("2024-09-27", 0));
}

/// Targets hit in each month, as the aggregator listed them at the end of each day.
fn months(data: &Path, recording: &Recording) {
    let rows = table(&data.join("sbs/usf_month_daily_vintages_2026-03-08_2026-08-22.csv"));
    let mut days: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for row in &rows {
        let hit: f64 = row["targets_hit"].parse().unwrap();
        let entry = json!({"id": row["month"], "date": format!("{}-01", row["month"]), "hit": hit});
        days.entry(&row["snapshot_day"]).or_default().push(entry);
    }
    for (day, entries) in days {
        recording.add(hour(day, 21), &json!(entries).to_string(), "json");
    }
    recording.end(hour("2026-08-23", 21));
}

/// Strike sorties in each month, at each poll of the counter.
fn sorties(data: &Path, recording: &Recording) {
    let mut rows = table(&data.join("sbs/usf_month_vintages.csv"));
    rows.retain(|row| !row["flights_strike"].is_empty());
    rows.sort_by(|a, b| a["fetched_at"].cmp(&b["fetched_at"]));
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    let mut last = Timestamp::MIN;
    for row in rows {
        let strike: f64 = row["flights_strike"].parse().unwrap();
        let entry = json!({"id": row["month"], "date": format!("{}-01", row["month"]), "strike": strike});
        known.insert(row["month"].clone(), entry);
        last = row["fetched_at"].parse().unwrap();
        recording.add(last, &json!(known.values().collect::<Vec<_>>()).to_string(), "json");
    }
    recording.end(last + SignedDuration::from_hours(24));
}

/// The area under occupation each morning, with the month before it.
fn map(data: &Path, recording: &Recording) {
    let text = std::fs::read_to_string(data.join("deepstate/area_km2_by_box.csv")).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (place, row) in rows.iter().enumerate() {
        let shown = rows[place.saturating_sub(29)..=place].join("\n");
        recording.add(hour(&row[..10], 4), &format!("{head}\n{shown}\n"), "csv");
    }
    recording.end(hour(&rows.last().unwrap()[..10], 4) + SignedDuration::from_hours(24));
}

/// The sections of the page: what was told, how the known dates were met, how each scenario fared.
fn page(found: &[Value]) -> String {
    let (summary, rest) = found.split_last().unwrap();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut page = "| when | what |\n| --- | --- |\n".to_owned();
    for line in rest.iter().filter(|line| line["type"] == "mail") {
        let (at, subject) = (word(&line["at"]), word(&line["subject"]));
        page += &format!("| {} {} | {} |\n", &at[..10], &at[11..16], subject.replace('|', "/"));
    }
    page += "\n| known date | scenario | met | what happened |\n| --- | --- | --- | --- |\n";
    for mark in summary["marks"].as_array().unwrap() {
        let lead = match mark["lead_days"].as_f64() {
            Some(days) if days > 0.0 => format!("{days:.0} days before"),
            Some(days) if days < 0.0 => format!("{:.0} days after", -days),
            Some(_) => "the same day".to_owned(),
            None => word(&mark["met"]),
        };
        let scenario = word(&mark["scenario"]);
        page += &format!("| {} | {scenario} | {lead} | {} |\n", word(&mark["date"]), word(&mark["title"]));
    }
    page += "\n| scenario | triggered | without a known date | undone | came back | judged |\n| --- | --- | --- | --- | --- | --- |\n";
    for one in summary["scenarios"].as_array().unwrap() {
        let false_alarms = one["false_alarms"].as_u64().map_or("-".to_owned(), |count| count.to_string());
        page += &format!(
            "| {} | {} | {false_alarms} | {} | {} | {:.1} % |\n",
            word(&one["scenario"]),
            one["activations"],
            one["undone"],
            one["flaps"],
            one["coverage"].as_f64().unwrap() * 100.0
        );
    }
    page
}

const BEGIN: &str = "<!-- made by tests/real_past.rs -->\n";
const END: &str = "<!-- end -->\n";

#[test]
#[ignore = "four years in a debug build take minutes; what each source has to show is in the other tests of real data"]
fn the_watch_of_the_article_over_four_and_a_half_years() {
    let Some(data) = shared("") else { return };
    let root = tempfile::tempdir().unwrap();
    announcements(&data, &Recording::new(root.path(), "announcements"));
    months(&data, &Recording::new(root.path(), "months"));
    sorties(&data, &Recording::new(root.path(), "sorties"));
    map(&data, &Recording::new(root.path(), "map"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/real_past");
    for file in ["watchfloor.toml", "kupyansk.toml"] {
        std::fs::copy(own.join(file), root.path().join(file)).unwrap();
    }
    let found = lines(&root.path().join("watchfloor.toml"), &["backtest"]);
    let summary = found.last().unwrap();
    println!("{}", page(&found));

    let triggered = |scenario: &str| -> Vec<String> {
        let own =
            |line: &&Value| line["kind"] == "triggered" && line["about"] == format!("kupyansk/{scenario}").as_str();
        found.iter().filter(own).map(|line| line["at"].as_str().unwrap()[..10].to_owned()).collect()
    };
    // The two weeks of 111 in which the map shows a loss of more than 5 km²: told when each week was over.
    assert_eq!(triggered("ground"), ["2025-12-15", "2026-05-18"]);
    assert_eq!(triggered("package"), ["2022-09-08", "2023-08-16", "2023-10-18"]);
    // A glitch of the counter and two wrong closed months trigger nothing; two months are no baseline of three.
    assert_eq!((triggered("tempo").len(), triggered("sorties").len(), triggered("risk").len()), (0, 0, 0));
    let sorties = summary["scenarios"].as_array().unwrap().iter().find(|one| one["scenario"] == "kupyansk/sorties");
    assert_eq!(sorties.unwrap()["coverage"], 0.0, "it is unknown, and says so");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/backtests.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (old, after) = rest.split_once(END).unwrap();
    let new = format!("\n{}\n", page(&found));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{new}{END}{after}")).unwrap();
    } else {
        assert_eq!(old, new, "the page tells something else; UPDATE_EXPECT=1 writes it anew");
    }
}
