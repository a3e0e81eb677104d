//! When a feed is due: stable offsets, servers' wishes, and backing off.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchfloor::fetch::{Ended, Schedule, backoff};
use watchfloor::model::feed::Health;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn last() -> Timestamp {
    at("2026-01-01T00:00:00Z")
}

#[test]
fn feeds_of_one_interval_are_spread_over_it() {
    let schedule = Schedule::Every(QUARTER);
    let due: Vec<Timestamp> =
        (0..400).map(|number| schedule.due_after(&format!("feed-{number}"), last(), &TimeZone::UTC).unwrap()).collect();
    let (first, end) = (last() + QUARTER / 2, last() + QUARTER + QUARTER / 2);
    assert!(due.iter().all(|due| (first..=end).contains(due)));
    for minute in 0..15 {
        let slot = first + MINUTE * minute;
        let count = due.iter().filter(|due| (slot..slot + MINUTE).contains(due)).count();
        assert!((10..=45).contains(&count), "{count} of 400 feeds fall into one of fifteen minutes");
    }
}

#[test]
fn a_feed_keeps_its_place_and_is_polled_once_after_downtime() {
    let schedule = Schedule::Every(QUARTER);
    let due_after = |last: Timestamp| schedule.due_after("feed", last, &TimeZone::UTC).unwrap();
    let mut due = due_after(last());
    for _ in 0..100 {
        assert_eq!(due_after(due), due + QUARTER);
        assert_eq!(due_after(due + SignedDuration::from_secs(20)), due + QUARTER, "a late poll shifts nothing");
        due += QUARTER;
    }
    let back = due + SignedDuration::from_hours(50);
    assert!(due_after(back) > back, "the missed polls are not made up for");
}

#[test]
fn no_interval_is_always_due() {
    let always = Schedule::Every(SignedDuration::ZERO);
    assert_eq!(always.due_after("feed", last(), &TimeZone::UTC), Some(last()));
    assert_eq!(always.next_after(last(), &TimeZone::UTC), Some(last()));
    let ended = Ended::Badly { health: Health::Error, status: None, wait: None, failures: 3 };
    assert!(always.next_poll("feed", last(), &TimeZone::UTC, &ended).is_some());
}

fn check(every: SignedDuration, ended: Ended, expected: std::ops::RangeInclusive<SignedDuration>) {
    let next = Schedule::Every(every).next_poll("feed", last(), &TimeZone::UTC, &ended).unwrap();
    let wait = next.duration_since(last());
    assert!(expected.contains(&wait), "{ended:?} waits {wait}, not {expected:?}");
}

fn well(wait: Option<SignedDuration>, ttl: Option<SignedDuration>) -> Ended {
    Ended::Well { wait, ttl }
}

#[test]
fn the_latest_of_schedule_and_wishes_counts() {
    let own = QUARTER / 2..=QUARTER + QUARTER / 2;
    check(QUARTER, well(None, None), own.clone());
    check(QUARTER, well(Some(MINUTE), Some(MINUTE)), own);
    check(QUARTER, well(Some(MINUTE * 60), Some(MINUTE * 30)), MINUTE * 60..=MINUTE * 60);
    check(QUARTER, well(None, Some(MINUTE * 90)), MINUTE * 90..=MINUTE * 90);
    // Hints reach no further than the larger of `every` and a day.
    check(QUARTER, well(Some(DAY * 30), None), DAY..=DAY);
    check(DAY * 7, well(Some(DAY * 90), None), DAY * 3..=DAY * 11);
    let throttled = Ended::Badly { health: Health::Throttled, status: Some(429), wait: Some(DAY * 9), failures: 1 };
    check(QUARTER, throttled, DAY..=DAY);
}

fn badly(health: Health, failures: u32) -> Ended {
    Ended::Badly { health, status: None, wait: None, failures }
}

#[test]
fn failures_back_off_and_a_refusal_is_never_hurried() {
    check(DAY, badly(Health::Error, 1), MINUTE * 3 / 4..=MINUTE * 5 / 4);
    check(QUARTER, badly(Health::Error, 3), MINUTE * 3..=MINUTE * 5);
    check(QUARTER, badly(Health::Error, 40), MINUTE * 270..=MINUTE * 360);
    check(QUARTER, badly(Health::Blocked, 1), QUARTER / 2..=QUARTER + QUARTER / 2);
    check(QUARTER, badly(Health::Throttled, 40), MINUTE * 270..=MINUTE * 360);
    let busy = Ended::Badly { health: Health::Error, status: Some(503), wait: Some(MINUTE * 50), failures: 1 };
    check(QUARTER, busy, MINUTE * 50..=MINUTE * 50);
}

#[test]
fn a_host_that_cannot_be_reached_is_tried_within_one_interval() {
    check(DAY, Ended::Unreached { failures: 1 }, MINUTE * 3 / 4..=MINUTE * 5 / 4);
    check(QUARTER, Ended::Unreached { failures: 3 }, MINUTE * 3..=MINUTE * 5);
    for failures in [8, 40] {
        check(QUARTER, Ended::Unreached { failures }, QUARTER / 2..=QUARTER + QUARTER / 2);
    }
}

#[test]
fn gone_for_good_is_not_polled_again_and_missing_is() {
    let ended = |status| Ended::Badly { health: Health::Gone, status: Some(status), wait: None, failures: 1 };
    let schedule = Schedule::Every(QUARTER);
    assert_eq!(schedule.next_poll("feed", last(), &TimeZone::UTC, &ended(410)), None);
    assert!(schedule.next_poll("feed", last(), &TimeZone::UTC, &ended(404)).is_some());
}

#[test]
fn cron_feeds_are_polled_at_their_times() {
    let daily = Schedule::cron("0 7 * * *").unwrap();
    let kyiv = TimeZone::get("Europe/Kyiv").unwrap();
    let next = |ended: &Ended| daily.next_poll("feed", last(), &kyiv, ended);
    assert_eq!(next(&well(None, None)), Some(at("2026-01-01T05:00:00Z")));
    assert_eq!(next(&well(Some(MINUTE * 600), None)), Some(at("2026-01-01T10:00:00Z")));
    let soon = next(&badly(Health::Error, 1)).unwrap();
    assert!(soon < at("2026-01-01T00:02:00Z"), "a failed daily poll is not given up for the day");
    assert_eq!(Schedule::cron("0 0 30 2 *").unwrap().next_poll("feed", last(), &kyiv, &well(None, None)), None);
}

#[test]
fn waits_after_failures_double_up_to_six_hours_or_the_interval() {
    let wait = |failures, every| backoff(failures, every, "feed");
    for (failures, middle) in [(1, 1), (2, 2), (3, 4), (5, 16), (8, 128)] {
        let found = wait(failures, QUARTER);
        let (least, most) = (MINUTE * middle * 3 / 4, MINUTE * middle * 5 / 4);
        assert!((least..=most).contains(&found), "{failures}: {found}");
    }
    assert!(wait(u32::MAX, QUARTER) <= SignedDuration::from_hours(6));
    assert!(wait(u32::MAX, DAY * 7) > DAY * 5);
    assert!(wait(1, SignedDuration::from_secs(8)) <= SignedDuration::from_secs(10));
    assert_eq!(wait(5, SignedDuration::ZERO), SignedDuration::ZERO);
    assert_eq!(wait(4, QUARTER), wait(4, QUARTER));
    assert_ne!(wait(4, QUARTER), backoff(4, QUARTER, "another feed"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overflows(
        every in prop_oneof![Just(i64::MAX), Just(i64::MIN), -10_i64..10, 0_i64..10_000_000],
        wait in prop_oneof![Just(i64::MAX), Just(i64::MIN), 0_i64..10_000_000],
        failures: u32,
        last in prop_oneof![Just(Timestamp::MAX), Just(Timestamp::MIN), Just(last())],
    ) {
        let (every, wait) = (SignedDuration::from_secs(every), SignedDuration::from_secs(wait));
        let schedule = Schedule::Every(every);
        let badly = Ended::Badly { health: Health::Error, status: None, wait: Some(wait), failures };
        for ended in [well(Some(wait), Some(wait)), badly] {
            let next = schedule.next_poll("feed", last, &TimeZone::UTC, &ended);
            prop_assert!(next.is_some_and(|next| next >= last));
        }
    }

    #[test]
    fn the_next_place_is_half_to_one_and_a_half_intervals_away(seconds in 1_i64..1_000_000, key in "[a-z]{1,9}", start in 0_i64..4_000_000_000) {
        let (every, last) = (SignedDuration::from_secs(seconds), Timestamp::from_second(start).unwrap());
        let due = Schedule::Every(every).due_after(&key, last, &TimeZone::UTC).unwrap();
        let wait = due.duration_since(last);
        prop_assert!(wait * 2 > every && wait * 2 <= every * 3, "{wait}");
    }
}
