//! Properties of history: the order of arrival, the view as of a moment, and the limits of periods.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::model::feed::{Failure, Validators};
use watchfloor::model::item::Document;
use watchfloor::model::reading::Reading;
use watchfloor::model::scenario::Phase;
use watchfloor::model::time::{Period, PeriodLength};
use watchfloor::pipeline::readings::readings;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{AsOf, read, sweep};
use watchfloor::store::{Result, Store};

/// A watch whose one feed lists days with a figure; `indicator` says what the figures are.
fn plan(indicator: &str, from: &str) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    let watch = format!(
        "[watch]\ntitle = 'Flights'\ntimezone = 'Europe/Kyiv'\n\
         [feeds.counter]\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\nevery = '6h'\n\
         fields = {{ id = '$.id', published = '$.day' }}\n\
         [indicators.flights]\ntitle = 'Flights'\n{indicator}\n\
         [[indicators.flights.from]]\nfeed = 'counter'\nvalue = {{ field = 'n' }}\n{from}\n\
         [scenarios.fall]\npath = 'risk'\ntitle = 'Flights fall'\nhold = '12h'\nclear_after = '12h'\n\
         [[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 50\n"
    );
    std::fs::write(folder.path().join("w.toml"), watch).unwrap();
    std::fs::write(folder.path().join("watchfloor.toml"), "include = ['w.toml']\n").unwrap();
    match config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment) {
        Ok(loaded) => loaded.plan,
        Err(problems) => panic!("{}", problems.print(false)),
    }
}

/// Day of February 2026 and its figure.
type Day = (u8, u32);

fn body(days: &[Day]) -> String {
    let entries: Vec<String> = days
        .iter()
        .map(|(day, n)| format!("{{\"id\":\"d{day}\",\"day\":\"2026-02-{day:02}T12:00:00Z\",\"n\":{n}}}"))
        .collect();
    format!("[{}]", entries.join(","))
}

struct House {
    plan: Plan,
    store: Store,
}

impl House {
    fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone(), store: Store::in_memory().unwrap() }
    }

    /// A poll that finds some days, or no answer; then time passes.
    fn poll(&mut self, now: Timestamp, days: Option<&[Day]>) {
        let name = self.plan.feeds().next().unwrap().1.name.clone();
        let (watch, feed) = self.plan.feed(&name).unwrap();
        let polled = match days {
            None => Polled::Failed(Failure::error("no answer")),
            Some(days) => {
                let body = body(days);
                let document = Document { body: body.clone().into_bytes(), content_type: None, url: None };
                let parsed = read::parse(feed, &document, now).unwrap();
                let ids = parsed.items.iter().map(|item| item.id.as_str());
                let known = self.store.view().known_items(&name, watchfloor::pipeline::said::FORM, ids).unwrap();
                let harvest = Box::new(read::read(watch, feed, parsed, &known));
                Polled::Document { harvest, validators: Validators::default(), body_hash: body }
            }
        };
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: Some(now + SignedDuration::from_hours(6)) };
        let plan = &self.plan;
        self.store
            .write(|change| {
                record::record(change, plan, &name, poll, now)?;
                sweep::sweep(change, plan, now)
            })
            .unwrap();
    }

    fn readings(&self, at: Timestamp) -> Vec<Reading> {
        let watch = &self.plan.watches[0];
        readings(&self.store.view(), watch, &watch.indicators[0], 40, AsOf::now(at)).unwrap()
    }

    fn phase(&self, at: Timestamp) -> Phase {
        let name = &self.plan.watches[0].scenarios[0].name;
        self.store.view().state_as_of(name, at).unwrap().map_or(Phase::Inactive, |state| state.phase)
    }
}

fn hour(hours: i64) -> Timestamp {
    let begin: Timestamp = "2026-02-27T00:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(hours)
}

/// What a reading says, without when polls had looked.
fn said(readings: &[Reading]) -> Vec<String> {
    readings
        .iter()
        .map(|one| format!("{} {:?} {:?} {:?} {:?}", one.period, one.value, one.low, one.high, one.flags))
        .collect()
}

/// The kinds of folding: sums, the last, the mean, and totals that run through a month.
const KINDS: [(&str, &str); 5] = [
    ("kind = 'count'\nperiod = 'week'", ""),
    ("kind = 'count'\nperiod = 'month'\naggregate = 'median'", ""),
    ("kind = 'level'\nperiod = 'week'", ""),
    ("kind = 'count'\nperiod = 'day'", "cumulative = 'month'"),
    ("kind = 'count'\nperiod = 'week'", "cumulative = 'total'"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn folding_is_independent_of_the_order_of_arrival(
        kind in 0..KINDS.len(),
        steps in prop::collection::btree_map(1_u8..=26, 0_u32..500, 1..20),
        order in prop::collection::vec(any::<prop::sample::Index>(), 20),
        batch in 1_usize..5,
    ) {
        let plan = plan(KINDS[kind].0, KINDS[kind].1);
        let is_total = !KINDS[kind].1.is_empty();
        let mut total = 0;
        let days: Vec<Day> = steps
            .into_iter()
            .map(|(day, n)| {
                total += n;
                (day, if is_total { total } else { n })
            })
            .collect();
        let mut shuffled = days.clone();
        for (place, index) in order.iter().enumerate().take(days.len()) {
            shuffled.swap(place, index.index(days.len()));
        }
        let arrived = |days_in_order: &[Day]| {
            let mut house = House::new(&plan);
            let mut now = hour(0);
            for part in days_in_order.chunks(batch) {
                house.poll(now, Some(part));
                now += SignedDuration::from_hours(1);
            }
            // Whatever the order was, in the end the whole list is seen.
            house.poll(hour(30), Some(&days));
            said(&house.readings(hour(31)))
        };
        // Marks tell how a value came to be known, and so differ with the order; what is read may not.
        let read = |said: Vec<String>| -> Vec<String> {
            said.iter().map(|line| line.split_once('[').map_or(line.as_str(), |(value, _)| value).to_owned()).collect()
        };
        prop_assert_eq!(read(arrived(&days)), read(arrived(&shuffled)));
    }

    #[test]
    fn a_view_as_of_a_moment_equals_a_store_that_stopped_there(
        kind in 0..KINDS.len(),
        polls in prop::collection::vec(
            (1_i64..20, prop::option::weighted(0.9, prop::collection::btree_map(1_u8..=26, 0_u32..100, 0..6))),
            1..14
        ),
        stop in 0_i64..200,
    ) {
        let plan = plan(KINDS[kind].0, KINDS[kind].1);
        let (mut whole, mut stopped) = (House::new(&plan), House::new(&plan));
        let mut now = hour(-48);
        let stop = hour(-48 + stop);
        for (wait, days) in polls {
            now += SignedDuration::from_hours(wait);
            let days: Option<Vec<Day>> = days.map(|days| days.into_iter().collect());
            whole.poll(now, days.as_deref());
            if now <= stop {
                stopped.poll(now, days.as_deref());
            }
        }
        prop_assert_eq!(whole.readings(stop), stopped.readings(stop));
        prop_assert_eq!(whole.phase(stop), stopped.phase(stop));
        let feed = &plan.feeds().next().unwrap().1.name;
        let health = |house: &House| {
            let state = house.store.view().feed_state_as_of(feed, stop).unwrap();
            state.map(|state| (state.health, state.since, state.last_poll, state.last_success))
        };
        prop_assert_eq!(health(&whole), health(&stopped));
    }
}

/// Instants at and around each change of the clock between 2000 and 2040.
fn around_clock_changes(zone: &TimeZone) -> Vec<Timestamp> {
    let from: Timestamp = "2000-01-01T00:00:00Z".parse().unwrap();
    let changes = zone.following(from).map(|change| change.timestamp());
    changes.take_while(|at| at.as_second() < 2_208_988_800).collect()
}

proptest! {
    #[test]
    fn every_boundary_at_a_clock_change_belongs_to_one_period(
        zone in prop::sample::select(vec!["Europe/Kyiv", "America/New_York"]),
        length in prop::sample::select(vec![PeriodLength::Day, PeriodLength::Week, PeriodLength::Month, PeriodLength::Quarter]),
        change in any::<prop::sample::Index>(),
        shift in -200_000_000_i64..200_000_000,
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let changes = around_clock_changes(&zone);
        prop_assert!(changes.len() > 60);
        let near = changes[change.index(changes.len())] + SignedDuration::from_millis(shift);
        let period = Period::containing(length, near, &zone);
        let span = period.span(&zone);
        // The instant itself, both limits, and a millisecond on either side of them.
        for at in [near, span.from, span.to] {
            for shift in [-1, 0, 1] {
                let at = at + SignedDuration::from_millis(shift);
                let holders: Vec<Period> =
                    (-2..=2).map(|steps| period.offset(steps)).filter(|one| one.span(&zone).contains(at)).collect();
                prop_assert_eq!(&holders, &vec![Period::containing(length, at, &zone)], "{}", at);
            }
        }
        prop_assert_eq!(span.to, period.offset(1).span(&zone).from);
    }
}

fn on(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn retention_keeps_what_alerts_rest_on_and_what_feeds_still_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    let mut house = House { plan: plan("kind = 'count'\nperiod = 'day'", ""), store: Store::open(&path).unwrap() };
    house.poll(on("2026-02-03T06:00:00Z"), Some(&[(2, 10)]));
    house.poll(on("2026-02-04T06:00:00Z"), Some(&[(2, 10), (3, 10)]));
    assert_eq!(house.phase(on("2026-02-05T00:00:00Z")), Phase::Active, "it rests on the second and third");
    house.poll(on("2026-02-06T06:00:00Z"), Some(&[(2, 10), (3, 10), (4, 20), (5, 20)]));
    house.poll(on("2026-02-20T06:00:00Z"), Some(&[(18, 30), (19, 30)]));
    house.poll(on("2026-02-20T12:00:00Z"), Some(&[(18, 31), (19, 30)]));
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("UPDATE item SET body = 'text'").unwrap();
    let kept = || -> Vec<String> {
        let sql =
            "SELECT id || ' ' || revision || ' ' || body FROM item WHERE feed = 'w/counter' ORDER BY id, revision";
        let mut statement = raw.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(std::result::Result::unwrap).collect()
    };
    let before = kept();
    let mut forget = |moment: &str| -> usize {
        let forgotten: Result<usize> = house.store.write(|change| change.forget_items_before(on(moment)));
        forgotten.unwrap()
    };
    assert_eq!(forget("2026-02-03T00:00:00Z"), 0);
    assert_eq!((kept(), before.len()), (before, 7), "nothing is that old");
    assert_eq!(forget("2027-03-27T00:00:00Z"), 3);
    assert_eq!(kept(), ["d18 2 ", "d19 1 ", "d2 1 text", "d3 1 text"]);
    // A long history is gone through in steps, and from its beginning again.
    raw.execute_batch(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         INSERT INTO item (feed, id, revision, hash, recipe, recorded_at, published, body)
         SELECT 'w/counter', 'old ' || i, 1, '', '', i / 100, i, 'text' FROM n",
    )
    .unwrap();
    let steps: Vec<usize> = (0..4).map(|_| forget("2027-03-27T00:00:00Z")).collect();
    assert_eq!(steps, [500, 500, 200, 0]);
    assert_eq!(kept().len(), 4);
}

#[test]
fn what_was_let_go_and_comes_again_is_no_news_of_a_value() {
    let mut house = House::new(&plan("kind = 'count'\nperiod = 'day'", ""));
    house.poll(on("2026-02-03T06:00:00Z"), Some(&[(2, 60)]));
    house.poll(on("2026-02-20T06:00:00Z"), Some(&[(19, 60)]));
    let forgotten: Result<usize> = house.store.write(|change| change.forget_items_before(on("2027-03-27T00:00:00Z")));
    assert_eq!(forgotten.unwrap(), 1);
    house.poll(on("2026-02-21T06:00:00Z"), Some(&[(2, 60), (19, 60)]));
    assert_eq!(house.store.view().count_observations().unwrap(), 2);
}
