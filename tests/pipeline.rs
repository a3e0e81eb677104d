//! The promises of the pipeline, each under its own name: documents in, decisions and messages out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use jiff::SignedDuration;
use proptest::prelude::*;
use watchfloor::extract::{Extractor, Rules, ValueRule};
use watchfloor::model::feed::Validators;
use watchfloor::model::item::{Document, Item};
use watchfloor::model::notification::{Delivery, Kind};
use watchfloor::model::scenario::Phase;
use watchfloor::pipeline::read;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::store::{Store, StoreError};

use support::house::{House, WATCH, at, days, plan};

#[test]
fn one_document_one_transaction() {
    let mut house = House::new(WATCH);
    let (plan, name) = (house.plan.clone(), house.feed());
    let document = Document { body: days("1:10").into_bytes(), content_type: None, url: None };
    let (watch, feed) = plan.feed(&name).unwrap();
    let now = at("2026-01-02T06:00:00Z");
    let parsed = read::parse(feed, &document, now).unwrap();
    let harvest = Box::new(read::read(watch, feed, parsed, &std::collections::HashMap::new()));
    let polled = Polled::Document { harvest, validators: Validators::default(), body_hash: "h".to_owned() };
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
fn an_alert_is_opened_once_when_sight_returns() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:100"));
    for day in 3..9 {
        house.fail(&format!("2026-01-{day:02}T06:00:00Z"));
    }
    assert_eq!(house.phase(), (Phase::Inactive, true));
    house.poll("2026-01-09T06:00:00Z", &days("1:100 2:100 3:100 4:100 5:100 6:100 7:100 8:20"));
    assert_eq!(house.phase(), (Phase::Active, false));
    assert_eq!(house.store.view().alerts().unwrap().len(), 1, "regaining sight opens none of its own");
    let changes = house.store.view().transitions_after(0).unwrap();
    let phases: Vec<_> = changes.iter().map(|one| (one.from, one.to, one.blind)).collect();
    let (inactive, active) = (Phase::Inactive, Phase::Active);
    assert_eq!(phases, [(inactive, inactive, true), (inactive, inactive, false), (inactive, active, false)]);
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
        let claimed = house.claim(now, later).unwrap();
        assert_eq!(claimed.message.message_id, decided[1].message.message_id);
        assert_eq!(house.store.view().notification(claimed.id).unwrap().unwrap().attempts, attempt);
        house.store.write(|change| change.postpone(claimed.id, "busy", now)).unwrap();
    }
}

#[test]
fn a_claim_of_a_sender_that_died_runs_out() {
    let mut house = House::new(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:10"));
    let now = at("2026-01-02T06:00:00Z");
    let until = now + SignedDuration::from_mins(20);
    let (first, second) = (house.claim(now, until).unwrap(), house.claim(now, until).unwrap());
    assert_ne!(first.id, second.id);
    assert!(house.claim(now, until).is_none());
    let again = house.claim(until, until).unwrap();
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
