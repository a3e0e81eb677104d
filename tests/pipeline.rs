//! The promises of the pipeline, each under its own name: documents in, decisions and messages out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::extract::{Extractor, Rules, ValueRule};
use watchfloor::model::feed::{Failure, Validators};
use watchfloor::model::item::{Document, Item};
use watchfloor::model::name::Name;
use watchfloor::model::notification::{Delivery, Kind};
use watchfloor::model::scenario::Phase;
use watchfloor::pipeline::readings::readings;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{AsOf, Effects, read, sweep};
use watchfloor::store::{Store, StoreError};

const SETTINGS: &str = "include = ['watches/*.toml']\ntimezone = 'UTC'\n[email]\nfrom = 'watch@example.org'\n\
    to = ['one@example.org', 'two@example.org']\n";

const WATCH: &str = "[watch]\ntitle = 'Flights'\n[sources.army]\ntitle = 'Army'\nreliability = 'B'\n\
    [feeds.counter]\nsource = 'army'\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\nevery = '6h'\n\
    fields = { id = '$.id', published = '$.day' }\n\
    [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'day'\nunit = 'flights'\nplausible = [0, 10_000]\n\
    [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
    [scenarios.fall]\npath = 'risk'\ntitle = 'Flights fall'\n\
    [[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 50\n";

/// A store with a plan, and a day that can be moved.
struct House {
    plan: Plan,
    store: Store,
    _folder: tempfile::TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl House {
    fn new(watch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { plan: plan(folder.path(), watch), store: Store::in_memory().unwrap(), _folder: folder }
    }

    fn feed(&self) -> Name {
        self.plan.feeds().next().unwrap().1.name.clone()
    }

    fn poll(&mut self, now: &str, body: &str) -> Effects {
        let name = self.feed();
        let (watch, feed) = self.plan.feed(&name).unwrap();
        let document = Document { body: body.as_bytes().to_vec(), content_type: None, url: None };
        let parsed = read::parse(feed, &document).unwrap();
        let known = self
            .store
            .view()
            .known_items(&name, watchfloor::pipeline::said::FORM, parsed.items.iter().map(|item| item.id.as_str()))
            .unwrap();
        let harvest = Box::new(read::read(watch, feed, parsed, &known));
        let polled = Polled::Document { harvest, validators: Validators::default(), body_hash: body.to_owned() };
        self.record(now, polled).unwrap()
    }

    fn fail(&mut self, now: &str) -> Effects {
        self.record(now, Polled::Failed(Failure::error("no answer"))).unwrap()
    }

    fn record(&mut self, now: &str, polled: Polled) -> Result<Effects, StoreError> {
        let now = at(now);
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: Some(now + SignedDuration::from_hours(6)) };
        let (plan, name) = (&self.plan, self.feed());
        self.store.write(|change| record::record(change, plan, &name, poll, now))
    }

    fn sweep(&mut self, now: &str) -> Effects {
        let plan = &self.plan;
        self.store.write(|change| sweep::sweep(change, plan, at(now))).unwrap()
    }

    fn phase(&self) -> (Phase, bool) {
        let watch = &self.plan.watches[0];
        let memory = self.store.view().scenario(&watch.scenarios[0].name).unwrap();
        memory.map_or((Phase::Inactive, false), |memory| (memory.state.phase, memory.state.blind.is_some()))
    }

    /// `period value` of the last readings, as known at a moment.
    fn readings(&self, now: &str, known: &str, periods: u32) -> Vec<String> {
        let watch = &self.plan.watches[0];
        let as_of = AsOf { at: at(now), known: at(known) };
        let series = readings(&self.store.view(), watch, &watch.indicators[0], periods, as_of).unwrap();
        series
            .iter()
            .map(|reading| {
                let value = reading.value.map_or_else(|| "missing".to_owned(), |value| value.to_string());
                format!("{} {value}{}", reading.period, if reading.is_final { "" } else { " provisional" })
            })
            .collect()
    }

    fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> =
            self.store.view().notifications().unwrap().iter().map(|one| one.message.kind).collect();
        kinds.reverse();
        kinds
    }
}

fn plan(folder: &Path, watch: &str) -> Plan {
    std::fs::create_dir_all(folder.join("watches")).unwrap();
    std::fs::write(folder.join("watchfloor.toml"), SETTINGS).unwrap();
    std::fs::write(folder.join("watches/w.toml"), watch).unwrap();
    match config::load(&folder.join("watchfloor.toml"), &SystemEnvironment) {
        Ok(loaded) => loaded.plan,
        Err(problems) => panic!("{}", problems.print(false)),
    }
}

/// Days as the counter's documents list them: `1:100 2:-` is 100 on the first of January and no figure on the second.
fn days(list: &str) -> String {
    let entries: Vec<String> = list
        .split_whitespace()
        .map(|entry| {
            let (day, n) = entry.split_once(':').unwrap();
            let n = if n == "-" { "null".to_owned() } else { n.to_owned() };
            format!("{{\"id\":\"d{day}\",\"day\":\"2026-01-{day:0>2}\",\"n\":{n}}}")
        })
        .collect();
    format!("[{}]", entries.join(","))
}

#[test]
fn one_document_one_transaction() {
    let mut house = House::new(WATCH);
    let (plan, name) = (house.plan.clone(), house.feed());
    let document = Document { body: days("1:10").into_bytes(), content_type: None, url: None };
    let (watch, feed) = plan.feed(&name).unwrap();
    let parsed = read::parse(feed, &document).unwrap();
    let harvest = Box::new(read::read(watch, feed, parsed, &std::collections::HashMap::new()));
    let polled = Polled::Document { harvest, validators: Validators::default(), body_hash: "h".to_owned() };
    let now = at("2026-01-02T06:00:00Z");
    let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: None };
    // The transaction breaks after everything was written: nothing of it may remain.
    let broken: Result<(), StoreError> = house.store.write(|change| {
        let effects = record::record(change, &plan, &name, poll.clone(), now)?;
        assert!(effects.observations == 1 && effects.transitions == 1 && effects.notifications == 2, "{effects:?}");
        Err(StoreError::Full)
    });
    assert!(broken.is_err());
    let view = house.store.view();
    assert_eq!(view.count_observations().unwrap(), 0);
    assert_eq!(view.last_transition_number().unwrap(), 0);
    assert!(view.notifications().unwrap().is_empty() && view.alerts().unwrap().is_empty());
    assert!(view.feed_state(&name).unwrap().is_none());
}

#[test]
fn no_match_is_not_zero() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-03T06:00:00Z", &days("1:100 2:-"));
    assert_eq!(
        house.readings("2026-01-03T06:00:00Z", "2026-01-03T06:00:00Z", 3),
        ["2026-01-01 100", "2026-01-02 missing", "2026-01-03 missing provisional"]
    );
    assert_eq!(house.phase().0, Phase::Inactive, "what is missing is not below 50");
    house.poll("2026-01-03T12:00:00Z", &days("1:100 2:0"));
    assert_eq!(house.readings("2026-01-03T12:00:00Z", "2026-01-03T12:00:00Z", 2)[0], "2026-01-02 0");
    assert_eq!(house.phase().0, Phase::Active, "a stated zero is");
}

#[test]
fn corrections_supersede() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:100"));
    house.poll("2026-01-02T12:00:00Z", &days("1:130"));
    let (early, late) = ("2026-01-02T06:00:00Z", "2026-01-02T12:00:00Z");
    assert_eq!(house.readings(late, late, 2)[0], "2026-01-01 130");
    assert_eq!(house.readings(late, early, 2)[0], "2026-01-01 100", "as it was known");
    let indicator = house.plan.watches[0].indicators[0].spec.name.clone();
    let vintages = house.store.view().vintages(&indicator, at(late)).unwrap();
    assert_eq!(vintages.len(), 2);
    assert_eq!(vintages[1].supersedes, Some(vintages[0].id));
    assert_eq!(vintages[1].flags.iter().map(|flag| flag.word()).collect::<Vec<_>>(), ["source_break"]);
    // The same again is nothing.
    assert_eq!(house.poll("2026-01-02T18:00:00Z", &days("1:130")).observations, 0);
}

#[test]
fn an_item_that_takes_its_words_back_takes_its_value_back() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    assert_eq!(house.phase().0, Phase::Active);
    house.poll("2026-01-02T12:00:00Z", &days("1:-"));
    assert_eq!(house.readings("2026-01-02T12:00:00Z", "2026-01-02T12:00:00Z", 2)[0], "2026-01-01 missing");
    assert_eq!(house.phase(), (Phase::Active, true), "it can no longer be judged, which resolves nothing");
}

#[test]
fn unknown_is_told_and_resolves_nothing() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    for day in 3..9 {
        house.fail(&format!("2026-01-{day:02}T06:00:00Z"));
    }
    assert_eq!(house.phase(), (Phase::Active, true));
    assert!(house.kinds().contains(&Kind::Blind), "{:?}", house.kinds());
    assert!(house.kinds().contains(&Kind::FeedBroken));
    house.poll("2026-01-09T06:00:00Z", &days("1:10 2:10 3:10 4:10 5:10 6:10 7:10 8:20"));
    assert_eq!(house.phase(), (Phase::Active, false));
    let kinds = house.kinds();
    assert!(kinds.contains(&Kind::SeesAgain) && kinds.contains(&Kind::FeedRecovered), "{kinds:?}");
}

#[test]
fn what_was_revised_away_is_said_to_be() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    house.poll("2026-01-02T12:00:00Z", &days("1:100"));
    assert_eq!(house.phase().0, Phase::Inactive);
    assert_eq!(house.kinds(), [Kind::Triggered, Kind::Triggered, Kind::Undone, Kind::Undone]);
    let alert = &house.store.view().alerts().unwrap()[0];
    assert_eq!(alert.resolution.as_deref(), Some("undone by revision"));
    // A value that is simply higher the next day is no revision.
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    house.poll("2026-01-03T06:00:00Z", &days("1:10 2:100"));
    assert_eq!(house.kinds(), [Kind::Triggered, Kind::Triggered, Kind::Resolved, Kind::Resolved]);
}

#[test]
fn an_alert_explains_itself_for_ever() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    let before = house.store.view().transitions_of(1).unwrap();
    let account = &before[0].account;
    assert_eq!(account.conditions[0].evidence[0].quote, "10");
    house.poll("2026-01-02T12:00:00Z", &days("1:9999"));
    house.poll("2026-01-03T06:00:00Z", &days("2:5"));
    let after = house.store.view().transitions_of(1).unwrap();
    assert_eq!(after[0], before[0]);
}

#[test]
fn a_message_id_precedes_its_first_attempt() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    let decided = house.store.view().notifications().unwrap();
    assert_eq!(decided.len(), 2, "one to each recipient");
    assert!(decided.iter().all(|one| one.attempts == 0 && one.state == Delivery::Queued));
    assert_ne!(decided[0].message.message_id, decided[1].message.message_id);
    let now = at("2026-01-02T06:00:00Z");
    let later = now + SignedDuration::from_mins(20);
    for attempt in 1..=3 {
        let claimed = house.store.write(|change| change.claim(now, later)).unwrap().unwrap();
        assert_eq!((claimed.attempts, claimed.message.message_id), (attempt, decided[1].message.message_id.clone()));
        house.store.write(|change| change.postpone(claimed.id, "busy", now)).unwrap();
    }
}

#[test]
fn a_claim_of_a_sender_that_died_runs_out() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    let now = at("2026-01-02T06:00:00Z");
    let until = now + SignedDuration::from_mins(20);
    let first = house.store.write(|change| change.claim(now, until)).unwrap().unwrap();
    let second = house.store.write(|change| change.claim(now, until)).unwrap().unwrap();
    assert_ne!(first.id, second.id);
    assert!(house.store.write(|change| change.claim(now, until)).unwrap().is_none());
    let again = house.store.write(|change| change.claim(until, until)).unwrap().unwrap();
    assert_eq!(again.id, first.id);
}

#[test]
fn a_running_total_that_falls_is_not_believed_at_once() {
    let watch = WATCH.replace("value = { field = 'n' }\n", "value = { field = 'n' }\ncumulative = 'day'\n");
    let mut house = House::new(&watch);
    house.poll("2026-01-02T06:00:00Z", &days("1:100"));
    house.poll("2026-01-02T12:00:00Z", &days("1:7"));
    let now = "2026-01-02T12:00:00Z";
    assert_eq!(house.readings(now, now, 2)[0], "2026-01-01 100", "the running maximum stands");
    assert_eq!(house.phase().0, Phase::Inactive);
    house.sweep("2026-01-03T12:00:01Z");
    let now = "2026-01-03T12:00:01Z";
    assert_eq!(house.readings(now, now, 3)[0], "2026-01-01 7", "a fall that lasts a day is believed");
}

#[test]
fn an_implausible_value_is_kept_and_counts_for_nothing() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:50000"));
    assert_eq!(house.readings("2026-01-02T06:00:00Z", "2026-01-02T06:00:00Z", 2)[0], "2026-01-01 missing");
    assert_eq!(house.store.view().count_observations().unwrap(), 1);
}

#[test]
fn nothing_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let mut house = House::new(WATCH);
    house.store = Store::open(&path).unwrap();
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    assert!(matches!(Store::open(&path), Err(StoreError::Locked(_))), "one run at a time");
}

#[test]
fn a_fall_that_is_taken_back_leaves_no_spike() {
    let watch = WATCH
        .replace("value = { field = 'n' }\n", "value = { field = 'n' }\ncumulative = 'total'\n")
        .replace("{ id = '$.id', published = '$.day' }", "{ id = '$.id' }");
    let mut house = House::new(&watch);
    for (day, n) in [(1, 100), (2, 120), (3, 120), (4, 150), (5, 90), (6, 160), (7, 161)] {
        for hour in ["05", "14", "23"] {
            house.poll(&format!("2026-01-{day:02}T{hour}:00:00Z"), &format!("[{{\"id\":\"a\",\"n\":{n}}}]"));
        }
    }
    let now = "2026-01-07T23:00:00Z";
    assert_eq!(
        house.readings(now, now, 6),
        ["2026-01-02 20", "2026-01-03 0", "2026-01-04 30", "2026-01-05 0", "2026-01-06 10", "2026-01-07 1 provisional",],
    );
}

#[test]
fn a_page_of_one_latest_value_is_covered_by_close_polls() {
    let mut house = House::new(WATCH);
    for hour in 0..20 {
        let now = at("2026-01-01T02:00:00Z") + SignedDuration::from_hours(6 * hour);
        let body = format!("[{{\"id\":\"h{hour}\",\"day\":\"{}\",\"n\":1}}]", now - SignedDuration::from_hours(1));
        house.poll(&now.to_string(), &body);
    }
    let now = "2026-01-05T20:00:00Z";
    assert_eq!(house.readings(now, now, 3), ["2026-01-03 4", "2026-01-04 4", "2026-01-05 4 provisional"]);
}

#[test]
fn another_rule_is_no_revision() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    let folder = tempfile::tempdir().unwrap();
    house.plan = plan(folder.path(), &WATCH.replace("at_most = 50", "at_most = 5"));
    house.sweep("2026-01-02T07:00:00Z");
    assert_eq!(house.kinds(), [Kind::Triggered, Kind::Triggered, Kind::Resolved, Kind::Resolved]);
}

#[test]
fn a_scenario_is_shown_as_it_stood() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    house.poll("2026-01-03T06:00:00Z", &days("1:10 2:100"));
    let name = house.plan.watches[0].scenarios[0].name.clone();
    let phase =
        |moment| house.store.view().state_as_of(&name, at(moment)).unwrap().map(|state| (state.phase, state.since));
    assert_eq!(phase("2026-01-01T00:00:00Z"), None);
    assert_eq!(phase("2026-01-02T12:00:00Z"), Some((Phase::Active, at("2026-01-02T06:00:00Z"))));
    assert_eq!(phase("2026-01-03T12:00:00Z"), Some((Phase::Inactive, at("2026-01-03T06:00:00Z"))));
}

proptest! {
    #[test]
    fn every_value_has_evidence(before in "[ a-zA-Zа-яєі0-9.,%:-]{0,40}", n in 0_u32..100_000, after in "[ a-zA-Zа-яєі0-9.,%:-]{0,40}") {
        let rules = Rules {
            kind: watchfloor::model::indicator::Kind::Count,
            matching: None,
            filters: Vec::new(),
            value: Some(ValueRule::Regex(r"(?<value>[\d\s.,]+) sorties".to_owned())),
            parts: None,
            date: None,
            amount: None,
            status: Vec::new(),
            field: None,
            near: None,
            min_amount: None,
        };
        let item = Item { content: Some(format!("{before} {n} sorties {after}")), ..Item::default() };
        let outcome = Extractor::new(rules).unwrap().read(&item, &jiff::tz::TimeZone::UTC);
        if let Some(finding) = outcome.finding() {
            let (from, to) = finding.evidence.span;
            let quoted: String = finding.evidence.text.chars().skip(from).take(to - from).collect();
            let digits: String = quoted.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(!digits.is_empty() && item.content.unwrap().contains(&quoted), "{quoted}");
            prop_assert!(finding.value.figure().is_some());
        }
    }
}

#[test]
fn a_plain_figure_is_read_with_its_words() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:1234"));
    let indicator = house.plan.watches[0].indicators[0].spec.name.clone();
    let vintage = house.store.view().vintages(&indicator, at("2026-01-02T06:00:00Z")).unwrap().remove(0);
    assert_eq!((vintage.evidence.text.as_str(), vintage.evidence.span), ("1234", (0, 4)));
}
