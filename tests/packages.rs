//! Announcements that repeat word for word, dates that slip, and a rhythm that breaks; on made-up and on real documents.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::collections::HashSet;
use std::path::Path;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};
use support::shared;
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::model::condition::Verdict;
use watchfloor::model::feed::Validators;
use watchfloor::model::item::Document;
use watchfloor::model::name::Name;
use watchfloor::model::time::Span;
use watchfloor::pipeline::measures::{self, Measured};
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{AsOf, read, schedules};
use watchfloor::store::Store;

const SETTINGS: &str = "include = ['watches/*.toml']\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n\
    [rates.USD]\n2020-01-01 = 1\n[rates.EUR]\n2020-01-01 = 1.1\n";

/// A watch in a store of its own, polled when the test says.
struct Desk {
    plan: Plan,
    store: Store,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new(watch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = support::configuration(folder.path(), SETTINGS, watch);
        let plan = match config::load(&path, &SystemEnvironment) {
            Ok(loaded) => loaded.plan,
            Err(problems) => panic!("{}", problems.print(false)),
        };
        Self { plan, store: Store::in_memory().unwrap(), _folder: folder }
    }

    fn poll(&mut self, feed: &str, now: Timestamp, body: &str) {
        let name = Name::new("w", feed);
        let (watch, feed) = self.plan.feed(&name).unwrap();
        let document = Document { body: body.as_bytes().to_vec(), content_type: None, url: None };
        let parsed = read::parse(feed, &document, now).unwrap();
        let known = self
            .store
            .view()
            .known_items(&name, watchfloor::pipeline::said::FORM, parsed.items.iter().map(|item| item.id.as_str()))
            .unwrap();
        let harvest = Box::new(read::read(watch, feed, parsed, &known));
        self.record(
            &name,
            now,
            Polled::Document { harvest, validators: Validators::default(), body_hash: String::new() },
        );
    }

    fn unchanged(&mut self, feed: &str, now: Timestamp) {
        self.record(&Name::new("w", feed), now, Polled::Unchanged);
    }

    fn record(&mut self, name: &Name, now: Timestamp, polled: Polled) {
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: Some(now + SignedDuration::from_hours(24)) };
        let plan = &self.plan;
        self.store.write(|change| record::record(change, plan, name, poll, now)).unwrap();
    }

    /// The measure of a scenario's one condition, and what it judges.
    fn measure(&self, scenario: &str, now: Timestamp) -> (Measured, Verdict) {
        let watch = &self.plan.watches[0];
        let condition = &watch.scenarios.iter().find(|one| one.name.local() == scenario).unwrap().conditions[0];
        let measured = measures::measure(&self.store.view(), watch, condition, AsOf::now(now)).unwrap();
        let verdict = measured.range.map_or(Verdict::Unknown, |(low, high)| condition.limits.judge(low, high, false));
        (measured, verdict)
    }

    /// The statements of each package of the first indicator.
    fn packages(&self, now: Timestamp) -> Vec<usize> {
        let watch = &self.plan.watches[0];
        let indicator = &watch.indicators[0];
        let reported =
            self.store.view().reports(&indicator.spec.name, now, Span::new(Timestamp::MIN, Timestamp::MAX)).unwrap();
        let series = schedules::series(&reported, watch, indicator);
        series.packages(&[]).iter().map(|package| package.statements.len()).collect()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A feed of JSON items for each source, with the rest of its table; `indicator` and what follows are the test's.
fn watch(sources: &[(&str, &str)], indicator: &str) -> String {
    let mut text = "[watch]\ntitle = 'Packages'\ntimezone = 'America/New_York'\n".to_owned();
    for (id, about) in sources {
        text += &format!(
            "[sources.{id}]\n{about}\n[feeds.{id}]\nsource = '{id}'\nurl = 'https://{id}.example.org/'\nformat = 'json'\nevery = '1d'\n\
             fields = {{ id = 'id', published = 'at', title = 'title', content = 'text' }}\n"
        );
    }
    text + indicator
}

fn inputs(sources: &[&str], rest: &str) -> String {
    sources.iter().map(|id| format!("[[indicators.aid.from]]\nfeed = '{id}'\n{rest}")).collect()
}

fn scenario(id: &str, condition: &str) -> String {
    format!("[scenarios.{id}]\npath = 'risk'\n[[scenarios.{id}.when]]\nindicator = 'aid'\n{condition}\n")
}

const SUM: &str = "match = { all = ['Ukraine'], any = ['package*'] }\n\
    amount = '(?<amount>(?:€|\\$)\\s?[\\d.,]+\\s?(?:billion|million))'\nstatus = { announced = ['announce*', 'new'], delivered = ['delivered'] }\n";

fn outlets() -> Desk {
    let about = |discipline: &str| format!("reliability = 'B'\ndiscipline = '{discipline}'");
    let (official, media) = (about("official"), about("media"));
    let sources = [
        ("alliance", official.as_str()),
        ("donor", official.as_str()),
        ("wire", media.as_str()),
        ("paper", media.as_str()),
        ("radio", media.as_str()),
    ];
    let indicator =
        "[indicators.aid]\ntitle = 'Aid'\nkind = 'schedule'\nmin_amount = { value = 100_000_000, currency = 'USD' }\n"
            .to_owned()
            + &inputs(&["alliance", "donor", "wire", "paper", "radio"], SUM)
            + &scenario("announced", "measure = 'announced'\nwindow = '30d'\nat_least = 2")
            + &scenario("ratio", "measure = 'amount_ratio'\nat_most = 0.5");
    Desk::new(&watch(&sources, &indicator))
}

fn item(id: &str, time: &str, title: &str) -> Value {
    json!({"id": id, "at": time, "title": title, "text": title})
}

#[test]
fn one_package_by_many_outlets_is_counted_once() {
    let mut desk = outlets();
    let now = at("2026-03-02T12:00:00Z");
    let say = |desk: &mut Desk, feed: &str, items: &[Value]| desk.poll(feed, now, &Value::from(items).to_string());
    say(
        &mut desk,
        "alliance",
        &[item("1", "2026-03-01T09:00:00Z", "Allies announce a package of $500 million for Ukraine")],
    );
    say(
        &mut desk,
        "donor",
        &[item("1", "2026-03-01T10:00:00Z", "We announce our part of the package for Ukraine: $500 million")],
    );
    say(
        &mut desk,
        "wire",
        &[
            item("1", "2026-03-01T09:30:00Z", "New half-billion package for Ukraine"),
            // Another donor's package on the same day.
            item("2", "2026-03-01T15:00:00Z", "Northland announces a package worth €300 million for Ukraine"),
        ],
    );
    say(
        &mut desk,
        "paper",
        &[item("1", "2026-03-01T20:00:00Z", "Package for Ukraine: alliance announces $0.5 billion")],
    );
    say(
        &mut desk,
        "radio",
        &[
            item("1", "2026-03-02T06:00:00Z", "New Northland package for Ukraine, €300 million"),
            item("2", "2026-03-02T07:00:00Z", "New package for Ukraine: $20 million for blankets"),
        ],
    );
    assert_eq!(desk.packages(now), [4, 2], "and what is less than the least sum is of neither");
    let (announced, verdict) = desk.measure("announced", now);
    assert_eq!((announced.value, announced.vintages.len()), (Some(2.0), 6));
    // The feeds were not looked at for thirty days; two are two all the same.
    assert_eq!(verdict, Verdict::True);
    let (ratio, _) = desk.measure("ratio", now);
    assert!((ratio.value.unwrap() - 330.0 / 500.0).abs() < 1e-9, "{ratio:?}");
    assert!(ratio.why.contains("EUR"), "{}", ratio.why);
}

#[test]
fn a_package_that_is_said_to_be_late_is_not_compared_with_itself() {
    let status = SUM.replace("delivered = ['delivered']", "delayed = ['delayed']");
    let indicator = "[indicators.aid]\ntitle = 'Aid'\nkind = 'schedule'\n".to_owned()
        + &inputs(&["alliance"], &status)
        + &scenario("ratio", "measure = 'amount_ratio'\nat_most = 0.5");
    let mut desk = Desk::new(&watch(&[("alliance", "reliability = 'B'")], &indicator));
    let now = at("2026-03-02T12:00:00Z");
    let (first, late, next) = (
        item("1", "2026-01-01T09:00:00Z", "Allies announce a package of $500 million for Ukraine"),
        item("2", "2026-02-01T09:00:00Z", "The package for Ukraine, $500 million, is delayed"),
        item("3", "2026-03-01T09:00:00Z", "Allies announce a package of $200 million for Ukraine"),
    );
    let ratio = |desk: &mut Desk, items: &[&Value]| {
        desk.poll("alliance", now, &serde_json::to_string(items).unwrap());
        desk.measure("ratio", now).0.value
    };
    assert_eq!(ratio(&mut desk, &[&first, &late]), None, "there is none before it");
    assert_eq!(ratio(&mut desk, &[&first, &late, &next]), Some(0.4));
}

#[test]
fn official_bodies_announce_their_own() {
    let mut desk = outlets();
    let now = at("2026-03-02T12:00:00Z");
    desk.poll(
        "alliance",
        now,
        &Value::from(vec![item("1", "2026-03-01T09:00:00Z", "Allies announce a package for Ukraine")]).to_string(),
    );
    desk.poll(
        "donor",
        now,
        &Value::from(vec![item("1", "2026-03-01T10:00:00Z", "Northland announces a package for Ukraine")]).to_string(),
    );
    assert_eq!(desk.packages(now), [1, 1]);
}

#[test]
fn a_promised_date_that_moves_and_is_missed() {
    let indicator = "[indicators.aid]\ntitle = 'Aid'\nkind = 'schedule'\n".to_owned()
        + &inputs(
            &["alliance"],
            "date = '(?:by|in|on) (?<date>[^.]+)'\nstatus = { announced = ['planned'], delivered = ['delivered'] }\n",
        )
        + &scenario("slip", "measure = 'slip'\nat_least = '30d'")
        + &scenario("overdue", "measure = 'days_overdue'\nabove = 0");
    let mut desk = Desk::new(&watch(&[("alliance", "reliability = 'B'")], &indicator));
    let mut items = vec![item("1", "2026-01-10T09:00:00Z", "The package is planned in the first quarter of 2026.")];
    desk.poll("alliance", at("2026-01-10T12:00:00Z"), &Value::from(items.clone()).to_string());
    assert_eq!(desk.measure("slip", at("2026-01-10T12:00:00Z")).0.value, Some(0.0));
    items.push(item("2", "2026-03-20T09:00:00Z", "The package is now planned by 15 May 2026."));
    desk.poll("alliance", at("2026-03-20T12:00:00Z"), &Value::from(items.clone()).to_string());
    let (slip, verdict) = desk.measure("slip", at("2026-03-20T12:00:00Z"));
    assert_eq!((slip.value, verdict), (Some(45.0), Verdict::True));

    // A quarter is no deadline to the day: a tenth of it is allowed on top of 31 March.
    desk.unchanged("alliance", at("2026-04-10T12:00:00Z"));
    assert_eq!(desk.measure("overdue", at("2026-04-08T12:00:00Z")).0.value, Some(0.0));
    let (overdue, verdict) = desk.measure("overdue", at("2026-04-10T12:00:00Z"));
    assert_eq!((overdue.value, verdict), (Some(2.0), Verdict::True));
    // Nobody looked for a month: not seen is not the same as not delivered.
    assert_eq!(desk.measure("overdue", at("2026-06-30T12:00:00Z")).1, Verdict::Unknown);
    items.push(item("3", "2026-05-12T09:00:00Z", "The package was delivered."));
    desk.poll("alliance", at("2026-05-12T12:00:00Z"), &Value::from(items).to_string());
    assert_eq!(desk.measure("overdue", at("2026-07-01T12:00:00Z")).0.value, Some(34.0), "frozen at delivery");
}

/// The memoranda that name section 506(a)(1), as items: date and JSON.
fn memoranda(folder: &Path) -> Vec<(Date, Value)> {
    let mut reader = csv::Reader::from_path(folder.join("drawdown_memoranda.csv")).unwrap();
    let mut found = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let file = Path::new(&row[4]).file_name().unwrap().to_owned();
        let text = std::fs::read_to_string(folder.join("memoranda").join(file)).unwrap();
        let body = text.splitn(3, "---").nth(2).unwrap().to_owned();
        if text.contains("506(a)(1)") {
            let title = "Memorandum on the Delegation of Authority Under Section 506(a)(1)";
            let item = json!({"id": &row[5], "at": row[1].replace(' ', "T"), "title": title, "text": body});
            found.push((row[0].parse().unwrap(), item));
        }
    }
    found
}

fn drawdowns() -> Desk {
    let indicator = "[indicators.aid]\ntitle = 'Drawdowns'\nkind = 'schedule'\nrhythm = 0.95\n".to_owned()
        + &inputs(&["house"], "match = { all = ['506(a)(1)', 'Ukraine'] }\namount = 'drawdown of (?<amount>[^.;]+)'\n")
        + "[indicators.strict]\ntitle = 'Drawdowns, 99 %'\nkind = 'schedule'\nrhythm = 0.99\n[[indicators.strict.from]]\nfeed = 'house'\n\
           match = { all = ['506(a)(1)', 'Ukraine'] }\n"
        + "[indicators.law]\ntitle = 'Supplemental appropriations'\nkind = 'schedule'\n[[indicators.law.from]]\nfeed = 'house'\n\
           match = { all = ['H.R. 815', 'Ukraine'] }\n"
        + &scenario("late", "measure = 'days_overdue'\nabove = 0")
        + &scenario("lateness", "measure = 'lateness'\nat_least = 0.95")
        + &scenario("strict", "measure = 'days_overdue'\nabove = 0")
            .replace("indicator = 'aid'", "indicator = 'strict'");
    Desk::new(&watch(&[("house", "reliability = 'A'\ndiscipline = 'official'")], &indicator))
}

#[test]
fn fifty_three_packages_are_kept_apart_though_forty_two_texts_are_distinct() {
    let Some(folder) = shared("whitehouse") else { return };
    let all = memoranda(&folder);
    let plain = |item: &Value| item["text"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let texts: HashSet<String> = all.iter().map(|(_, item)| plain(item)).collect();
    assert_eq!((all.len(), texts.len()), (53, 42));
    let mut desk = drawdowns();
    let now = at("2024-12-31T00:00:00Z");
    let items: Vec<Value> = all.into_iter().map(|(_, item)| item).collect();
    desk.poll("house", now, &Value::from(items).to_string());
    assert_eq!(desk.packages(now), [1; 53]);
}

#[test]
fn false_friends_are_refused_and_the_law_is_found_in_its_page_only() {
    let Some(folder) = shared("whitehouse/other") else { return };
    let mut desk = drawdowns();
    let mut items = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, body) = text.trim_start_matches("---").split_once("\n---").unwrap();
        let title = head.split_once("title: ").map(|(_, rest)| rest.lines().next().unwrap_or_default().to_owned());
        items.push(
            json!({"id": path.display().to_string(), "at": "2024-12-30T12:00:00Z", "title": title, "text": body}),
        );
    }
    assert_eq!(items.len(), 8);
    let now = at("2024-12-31T00:00:00Z");
    let titles: Vec<Value> =
        items.iter().map(|item| json!({"id": item["id"], "at": item["at"], "title": item["title"]})).collect();
    desk.poll("house", now, &Value::from(titles).to_string());
    let law = Name::new("w", "law");
    assert_eq!(desk.store.view().vintages(&law, now).unwrap().len(), 0, "its title does not say what it is about");
    desk.poll("house", now + SignedDuration::from_hours(1), &Value::from(items).to_string());
    let later = now + SignedDuration::from_hours(1);
    assert_eq!(desk.store.view().vintages(&law, later).unwrap().len(), 1);
    assert_eq!(desk.packages(later), [0; 0], "drawdowns of other places and sections are no packages");
}

/// Whitehouse: each day judged with what was published by its end.
#[test]
fn the_rhythm_of_drawdowns_breaks_in_august_2023() {
    let Some(folder) = shared("whitehouse") else { return };
    let all: Vec<(Date, Value)> = memoranda(&folder).into_iter().filter(|(day, _)| *day >= date(2022, 2, 25)).collect();
    let dates: HashSet<Date> = all.iter().map(|(day, _)| *day).collect();
    assert_eq!(dates.len(), 52);
    let mut desk = drawdowns();
    let mut late: Vec<(&str, Date)> = Vec::new();
    let mut day = date(2022, 2, 24);
    while day <= date(2024, 5, 12) {
        // A minute before midnight in Washington.
        let now = day.tomorrow().unwrap().at(3, 59, 0, 0).in_tz("UTC").unwrap().timestamp();
        if dates.contains(&day) || day == date(2022, 2, 24) {
            // A window of the newest ten, as feeds have.
            let shown: Vec<Value> = all
                .iter()
                .filter(|(published, _)| *published <= day)
                .rev()
                .take(10)
                .map(|(_, item)| item.clone())
                .collect();
            desk.poll("house", now, &Value::from(shown).to_string());
        } else {
            desk.unchanged("house", now);
        }
        for scenario in ["late", "strict", "lateness"] {
            if desk.measure(scenario, now).1 == Verdict::True {
                late.push((scenario, day));
            }
        }
        day = day.tomorrow().unwrap();
    }
    let spells = |scenario: &str| {
        let days: Vec<Date> = late.iter().filter(|(name, _)| *name == scenario).map(|(_, day)| *day).collect();
        let mut spells: Vec<(Date, Date)> = Vec::new();
        for day in days {
            match spells.last_mut() {
                Some((_, end)) if end.saturating_add(1.day()) == day => *end = day,
                _ => spells.push((day, day)),
            }
        }
        spells
    };
    let ninety_five = spells("late");
    assert_eq!(spells("lateness"), ninety_five, "the share and the days say the same");
    let short = (date(2022, 9, 1), date(2022, 9, 30));
    let early: Vec<_> = ninety_five.iter().filter(|(from, _)| *from < date(2023, 8, 1)).collect();
    assert!(early.len() <= 1 && early.iter().all(|(from, to)| *from >= short.0 && *to <= short.1), "{early:?}");
    let after: Vec<_> = ninety_five.iter().filter(|(from, _)| *from >= date(2023, 8, 1)).copied().collect();
    assert_eq!(after.len(), 2, "{after:?}");
    assert_eq!(after[0], (date(2023, 8, 16), date(2023, 9, 20)));
    assert_eq!(after[1].1, date(2024, 5, 9), "it was cleared by the package of 10 May");
    let strict = spells("strict");
    assert_eq!(strict[0], (date(2023, 8, 22), date(2023, 9, 20)), "{strict:?}");
    println!("95 %: {ninety_five:?}\n99 %: {strict:?}");
}

/// The area under occupation near Kupyansk, week by week as the map showed it.
#[test]
fn the_map_shrinks_in_two_weeks_of_a_hundred_and_ten() {
    let Some(file) = shared("deepstate/area_km2_by_box.csv") else { return };
    let text = std::fs::read_to_string(file).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let mut desk = Desk::new(
        "[watch]\ntitle = 'Map'\ntimezone = 'Europe/Kyiv'\n[feeds.map]\nurl = 'https://example.org/'\nformat = 'csv'\nevery = '1d'\n\
         fields = { id = 'date', published = 'date', area = 'kupyansk_km2' }\n[indicators.aid]\ntitle = 'Area'\nkind = 'level'\nunit = 'km2'\n\
         period = 'week'\n[[indicators.aid.from]]\nfeed = 'map'\nvalue = { field = 'area' }\n\
         [scenarios.loss]\npath = 'risk'\n[[scenarios.loss.when]]\nindicator = 'aid'\nmeasure = 'change'\nbelow = -5\n",
    );
    let (mut changes, mut fired) = (0, Vec::new());
    let mut monday = date(2024, 7, 15);
    while monday <= date(2026, 8, 24) {
        let now = monday.at(9, 0, 0, 0).in_tz("Europe/Kyiv").unwrap().timestamp();
        let known: Vec<&str> =
            rows.iter().copied().filter(|row| row[..10].parse::<Date>().unwrap() < monday).rev().take(30).collect();
        desk.poll("map", now, &format!("{head}\n{}", known.into_iter().rev().collect::<Vec<_>>().join("\n")));
        let (measured, verdict) = desk.measure("loss", now);
        changes += u32::from(measured.range.is_some());
        if verdict == Verdict::True {
            fired.push((monday.saturating_sub(7.days()), (measured.value.unwrap() * 10.0).round() / 10.0));
        }
        monday = monday.saturating_add(7.days());
    }
    println!("{changes} changes, {fired:?}");
    assert_eq!(fired, [(date(2025, 12, 8), -20.5), (date(2026, 5, 11), -19.7)]);
    // There are 110 weekly changes. Seven of them rest on a map that stood still for weeks (2026-W10 and W11, W30 to
    // W32), or come right after: those are doubted as frozen, and not judged.
    assert_eq!(changes, 103);
}

#[test]
fn under_cloud_nothing_seen_is_unknown_and_not_zero() {
    let watch = "[watch]\ntitle = 'Heat'\n[places.town]\nlat = 49.71\nlon = 37.61\nradius = '35 km'\n\
        [feeds.heat]\nurl = 'https://a.example.org/'\nformat = 'json'\nevery = '1d'\nfields = { id = 'id', published = 'at', lat = 'lat', lon = 'lon' }\n\
        [feeds.sky]\nurl = 'https://b.example.org/'\nformat = 'json'\nevery = '1d'\nfields = { id = 'id', published = 'at', cloud = 'cloud' }\n\
        [indicators.aid]\ntitle = 'Fires'\nkind = 'report'\nnear = 'town'\nobservability = { indicator = 'cloud', at_most = 0.7 }\n\
        [[indicators.aid.from]]\nfeed = 'heat'\n\
        [indicators.fires]\ntitle = 'Fires a day'\nkind = 'count'\nobservability = { indicator = 'cloud', at_most = 0.7 }\n\
        [[indicators.fires.from]]\nfeed = 'heat'\n\
        [indicators.cloud]\ntitle = 'Cloud'\nkind = 'level'\n[[indicators.cloud.from]]\nfeed = 'sky'\nvalue = { field = 'cloud' }\n\
        [scenarios.quiet]\npath = 'baseline'\n[[scenarios.quiet.when]]\nindicator = 'aid'\nmeasure = 'reports'\nwindow = '1d'\nat_most = 0\n\
        [scenarios.none]\npath = 'baseline'\n[[scenarios.none.when]]\nindicator = 'fires'\nmeasure = 'value'\nat_most = 0\n";
    let mut desk = Desk::new(watch);
    let sky = |days: &[(u32, f64)]| {
        let rows = days
            .iter()
            .map(|(day, cloud)| json!({"id": day, "at": format!("2025-12-{day:02}T00:30:00Z"), "cloud": cloud}));
        rows.collect::<Value>().to_string()
    };
    let noon = |day: u32| at(&format!("2025-12-{day:02}T23:30:00Z"));
    desk.poll("heat", noon(9), "[]");
    desk.poll("sky", noon(9), &sky(&[(9, 0.1)]));
    for day in 10..=13 {
        let cloud = if day >= 12 { 0.96 } else { 0.2 };
        desk.unchanged("heat", noon(day));
        desk.poll("sky", noon(day), &sky(&[(9, 0.1), (day, cloud)]));
        let (measured, verdict) = desk.measure("quiet", noon(day));
        let expected = if day >= 12 { Verdict::Unknown } else { Verdict::True };
        assert_eq!(verdict, expected, "{day}: {measured:?}");
        if day == 13 {
            assert!(measured.why.contains("it could be seen at all"), "{}", measured.why);
        }
    }
    // The day that is over is the one before: clear on the tenth and eleventh, clouded on the twelfth.
    assert_eq!(desk.measure("none", noon(12)).1, Verdict::True);
    assert_eq!(desk.measure("none", noon(13)).1, Verdict::Unknown);
}
