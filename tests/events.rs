//! Reports → events, as a user sees them: documents in, origins and reasons out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::PathBuf;

use serde_json::{Value, json};
use support::{configuration, lines, stderr, stdout, watchfloor};

const SETTINGS: &str = "include = ['watches/*.toml']\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n";

/// A watch over JSON documents, one for each source, that the test writes.
struct Desk {
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl Desk {
    /// `sources` are ids with the rest of their tables; each has a feed of its name. `rule` is of the indicator.
    fn new(sources: &[(&str, &str)], rule: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut watch =
            "[watch]\ntitle = 'Desk'\n[places.kupyansk]\nnames = ['Kupyansk', \"Куп'янськ*\"]\nlat = 49.7106\n\
            lon = 37.6156\nradius = '40 km'\n"
                .to_owned();
        let mut inputs = String::new();
        for (id, about) in sources {
            let file = folder.path().join(format!("{id}.json"));
            std::fs::write(&file, "[]").unwrap();
            watch += &format!(
                "[sources.{id}]\n{about}\n[feeds.{id}]\nsource = '{id}'\nurl = 'file:{}'\nformat = 'json'\nevery = '0s'\n\
                 fields = {{ id = 'id', published = 'at', title = 'text', link = 'link', lat = 'lat', lon = 'lon', publisher = 'publisher' }}\n",
                file.display()
            );
            inputs += &format!("[[indicators.convoys.from]]\nfeed = '{id}'\n");
        }
        watch +=
            &format!("[indicators.convoys]\ntitle = 'Convoys'\nkind = 'report'\nnear = 'kupyansk'\n{rule}\n{inputs}");
        let config = configuration(folder.path(), SETTINGS, &watch);
        Self { folder, config }
    }

    /// What a source's feed shows from now on.
    fn shows(&self, source: &str, items: &[Value]) {
        std::fs::write(self.folder.path().join(format!("{source}.json")), Value::from(items).to_string()).unwrap();
    }

    fn poll(&self, now: &str) {
        let run = watchfloor(&self.config, &["run", "--once", "--at", now]);
        assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
    }

    fn events(&self) -> Vec<Value> {
        lines(&self.config, &["event", "list"])
    }
}

fn item(id: &str, at: &str, (lat, lon): (f64, f64), text: &str) -> Value {
    json!({"id": id, "at": at, "text": text, "lat": lat, "lon": lon})
}

/// `reports/origins grade` of each event.
fn counts(events: &[Value]) -> Vec<String> {
    let one = |event: &Value| {
        format!("{}/{} {}", event["reports"], event["origins"], event["grade"].as_str().unwrap_or_default())
    };
    events.iter().map(one).collect()
}

#[test]
fn events_are_listed_and_shown() {
    let desk = Desk::new(&[("a", "reliability = 'B'"), ("b", "reliability = 'C'")], "");
    desk.shows("a", &[item("1", "2026-01-10T10:00:00Z", (49.71, 37.61), "A column of vehicles")]);
    desk.poll("2026-01-10T12:00:00Z");
    let alone = desk.events();
    assert_eq!(counts(&alone), ["1/1 B3"]);
    desk.shows("b", &[item("9", "2026-01-10T09:00:00Z", (49.72, 37.62), "Trucks seen on the northern road")]);
    desk.poll("2026-01-10T13:00:00Z");
    let events = desk.events();
    assert_eq!(counts(&events), ["2/2 B1"]);
    assert_eq!(events[0]["event"], alone[0]["event"], "it keeps its number when an earlier report comes late");
    assert_eq!(events[0]["corroborated"], true);

    let number = events[0]["event"].to_string();
    let shown = &lines(&desk.config, &["event", "show", &number])[0];
    assert_eq!(shown["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(shown["members"], events[0]["members"]);
    let before = &lines(&desk.config, &["event", "show", &number, "--as-of", "2026-01-10T12:30:00Z"])[0];
    assert_eq!(before["reports"], 1);
    let text = stdout(&watchfloor(&desk.config, &["event", "show", &number]));
    assert!(text.contains("2 origins of 2 reports, grade B1: corroborated"), "{text}");

    assert_eq!(lines(&desk.config, &["event", "list", "--indicator", "convoys", "--corroborated"]).len(), 1);
    let absent = watchfloor(&desk.config, &["event", "show", "999"]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(stderr(&absent).contains("there is no event 999"), "{}", stderr(&absent));
}

#[test]
fn a_withdrawn_report_takes_its_corroboration_along() {
    let scenario = "[scenarios.risk]\npath = 'risk'\n[[scenarios.risk.when]]\nindicator = 'convoys'\n\
        measure = 'corroborated'\nwindow = '7d'\nat_least = 1\n";
    let desk = Desk::new(&[("a", "reliability = 'B'"), ("b", "reliability = 'C'")], "");
    let file = desk.folder.path().join("watches/w.toml");
    // Only what speaks of a column is a report.
    let watch = std::fs::read_to_string(&file).unwrap();
    let watch =
        watch.replace("feed = 'b'\n", "feed = 'b'\nmatch = { any = ['column*'], none = ['correction'] }\n") + scenario;
    std::fs::write(&file, watch).unwrap();
    // The week before was looked at: what is withdrawn later leaves nothing that might have been missed.
    desk.poll("2026-01-01T12:00:00Z");
    desk.poll("2026-01-10T11:30:00Z");
    desk.shows("a", &[item("1", "2026-01-10T10:00:00Z", (49.71, 37.61), "A column of vehicles")]);
    desk.shows("b", &[item("9", "2026-01-10T11:00:00Z", (49.71, 37.61), "Another eye sees a column")]);
    desk.poll("2026-01-10T12:00:00Z");
    assert_eq!(lines(&desk.config, &["scenario", "list"])[0]["state"], "active");
    let before = desk.events();

    desk.shows("b", &[item("9", "2026-01-10T11:00:00Z", (49.71, 37.61), "Correction: that was no column")]);
    desk.poll("2026-01-10T13:00:00Z");
    let events = desk.events();
    assert_eq!(counts(&events), ["1/1 B3"]);
    assert_eq!(events[0]["event"], before[0]["event"]);
    let alert = &lines(&desk.config, &["alert", "list"])[0];
    assert_eq!(alert["resolution"], "undone by revision");
    let kinds: Vec<Value> = lines(&desk.config, &["mail", "queue"]).iter().map(|mail| mail["kind"].clone()).collect();
    assert!(kinds.contains(&json!("undone")), "{kinds:?}");
}

#[test]
fn a_translated_copy_leaves_the_scenario_blind_and_says_why() {
    let scenario = "[scenarios.risk]\npath = 'risk'\n[[scenarios.risk.when]]\nindicator = 'convoys'\n\
        measure = 'corroborated'\nwindow = '7d'\nat_least = 1\n";
    let desk = Desk::new(&[("a", "reliability = 'B'"), ("b", "reliability = 'C'")], "");
    let file = desk.folder.path().join("watches/w.toml");
    let watch = std::fs::read_to_string(&file).unwrap() + scenario;
    std::fs::write(&file, watch).unwrap();
    desk.shows("a", &[item("1", "2026-01-10T10:00:00Z", (49.71, 37.61), "A column of 34 vehicles")]);
    desk.shows("b", &[item("9", "2026-01-10T11:00:00Z", (49.71, 37.61), "Колона з 34 машин")]);
    desk.poll("2026-01-10T12:00:00Z");
    let scenario = &lines(&desk.config, &["scenario", "list", "--as-of", "2026-01-10T12:00:00Z"])[0];
    assert_eq!((&scenario["verdict"], &scenario["blind"]), (&json!("unknown"), &json!(true)));
    let why = scenario["conditions"][0]["why"].as_str().unwrap();
    assert!(why.contains("one report may translate another"), "{why}");
    let event = &desk.events()[0];
    assert_eq!(
        (&event["corroborated"], &event["origins"], &event["least_origins"]),
        (&Value::Null, &json!(2), &json!(1))
    );
}

/// In a feed of several publishers the item says who speaks; one that nobody graded is its own owner.
#[test]
fn items_name_their_publishers() {
    let desk =
        Desk::new(&[("search", "reliability = 'F'"), ("paper", "title = 'Valley Paper'\nreliability = 'B'")], "");
    let by = |id: &str, minute: &str, publisher: &str, text: &str| {
        let mut item = item(id, &format!("2026-01-10T10:{minute}:00Z"), (49.71, 37.61), text);
        item["publisher"] = json!(publisher);
        item
    };
    desk.shows(
        "search",
        &[by("1", "00", "VALLEY PAPER", "A column"), by("2", "05", "Hill Gazette", "Trucks on the road")],
    );
    desk.poll("2026-01-10T12:00:00Z");
    let grades: Vec<Value> =
        lines(&desk.config, &["indicator", "export", "convoys"]).iter().map(|one| one["grade"].clone()).collect();
    assert_eq!(grades, ["B-", "F-"], "an unknown publisher is believed no more than the feed that names it");
    assert_eq!(counts(&desk.events()), ["2/1 B3"]);
}
