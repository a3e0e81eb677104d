//! What was live and what a replay of its history makes of it: the same decisions, at the same moments.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use watchfloor::config::Plan;
use watchfloor::model::feed::{Failure, Validators};
use watchfloor::model::item::Document;
use watchfloor::model::notification::Kind;
use watchfloor::model::time::Span;
use watchfloor::pipeline::by_hand::{self, Entry, Pen};
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::replay::history::History;
use watchfloor::pipeline::replay::replayed::Replayed;
use watchfloor::pipeline::replay::simulation::Simulation;
use watchfloor::pipeline::{Effects, earliest, read, said, sweep};
use watchfloor::store::{Change, Result, Store};

use support::house;

/// Two counters, and scenarios with every clock there is.
const WATCH: &str = "[watch]\ntitle = 'Flights'\ntimezone = 'Europe/Kyiv'\n[sources.army]\ntitle = 'Army'\nreliability = 'B'\n\
    [feeds.counter]\nsource = 'army'\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\nevery = '6h'\n\
    fields = { id = '$.id', published = '$.day' }\n\
    [feeds.other]\nsource = 'army'\nurl = 'https://example.org/m.json'\nformat = 'json'\nitems = '$[*]'\nevery = '4h'\n\
    fields = { id = '$.id', published = '$.day' }\n\
    [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'day'\n\
    [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
    [indicators.level]\ntitle = 'Level'\nkind = 'level'\nperiod = 'day'\n\
    [[indicators.level.from]]\nfeed = 'other'\nvalue = { field = 'n' }\n\
    [scenarios.low]\npath = 'risk'\ntitle = 'Flights are low'\nhold = '12h'\nclear_after = '18h'\nrepeat = '3d'\n\
    [[scenarios.low.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 50\nclear_above = 60\n\
    [scenarios.both]\npath = 'baseline'\ntitle = 'Both are high'\nneeds = 'any'\n\
    [[scenarios.both.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_least = 60\nhold = '2 releases'\n\
    [[scenarios.both.when]]\nindicator = 'level'\nmeasure = 'value'\nabove = 70\nhold = '8h'\n";

/// What can happen to a daemon.
#[derive(Debug, Clone)]
enum Step {
    /// The feed of that number answers with days of February and their figures; `None`: a day without one.
    Answer(usize, Vec<(u8, Option<u32>)>),
    /// It answers that nothing has changed.
    Unchanged(usize),
    /// It does not answer.
    Fail(usize),
    /// A person records a figure for a day.
    Record(u8, u32),
    /// The process is gone for so many hours; a new one goes on.
    Restart(i64),
    /// The configuration is read again.
    Reload,
    /// The system's clock is set ahead by so many hours.
    Leap(i64),
    /// The system's clock is set back: time goes on from where it was.
    SetBack,
}

fn step() -> impl Strategy<Value = Step> {
    let figure = prop::option::weighted(0.9, prop::sample::select(vec![5_u32, 45, 50, 51, 58, 60, 61, 65, 70, 71, 90]));
    let days = prop::collection::btree_map(1_u8..=24, figure, 1..8);
    prop_oneof![
        8 => (0..2_usize, days).prop_map(|(feed, days)| Step::Answer(feed, days.into_iter().collect())),
        4 => (0..2_usize).prop_map(Step::Unchanged),
        2 => (0..2_usize).prop_map(Step::Fail),
        1 => (1_u8..=24, 1_u32..100).prop_map(|(day, figure)| Step::Record(day, figure)),
        1 => (1_i64..40).prop_map(Step::Restart),
        1 => Just(Step::Reload),
        1 => (1_i64..40).prop_map(Step::Leap),
        1 => Just(Step::SetBack),
    ]
}

/// A daemon without its runtime: a store, a plan, and the moment at which time alone decides.
struct Live {
    folder: tempfile::TempDir,
    plan: Plan,
    store: Store,
    now: Timestamp,
    wake: Option<Timestamp>,
}

impl Live {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = house::at("2026-02-02T05:00:00Z");
        let plan = house::plan(folder.path(), WATCH);
        let mut live = Self { folder, plan, store: Store::in_memory().unwrap(), now, wake: Some(now) };
        live.resume();
        live
    }

    /// A process begins on what the one before has left, which is all in the store.
    fn resume(&mut self) {
        self.write(sweep::resume);
        self.wake = Some(self.now);
    }

    fn write<T>(&mut self, work: impl FnOnce(&Change<'_>, &Plan, Timestamp) -> Result<T>) -> T {
        let (plan, now) = (&self.plan, self.now);
        self.store.write(|change| work(change, plan, now)).unwrap()
    }

    fn follow(&mut self, effects: &Effects) {
        self.wake = earliest(self.wake, effects.wake);
    }

    /// Lets time pass; everything that time alone can change is judged when it is due.
    fn pass(&mut self, to: Timestamp) {
        while let Some(due) = self.wake.filter(|due| *due <= to) {
            self.now = self.now.max(due);
            let effects = self.write(sweep::sweep);
            self.wake = effects.wake;
        }
        self.now = to;
        // Once a minute the daemon says that it is alive.
        self.write(|change, _, now| change.set_alive(now));
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Answer(feed, days) => self.poll(*feed, |live, feed| live.answer(feed, days)),
            Step::Unchanged(feed) => self.poll(*feed, |_, _| Polled::Unchanged),
            Step::Fail(feed) => self.poll(*feed, |_, _| Polled::Failed(Failure::error("no answer"))),
            Step::Record(day, figure) => self.record(*day, *figure),
            Step::Restart(hours) => {
                self.now += SignedDuration::from_hours(*hours);
                self.resume();
            }
            Step::Reload => {
                self.plan = house::plan(self.folder.path(), WATCH);
                self.wake = Some(self.now);
            }
            Step::Leap(hours) => {
                self.now += SignedDuration::from_hours(*hours);
                self.write(sweep::pass_over);
                self.wake = Some(self.now);
            }
            Step::SetBack => {}
        }
        self.pass(self.now);
    }

    fn poll(&mut self, feed: usize, polled: impl FnOnce(&Self, usize) -> Polled) {
        let polled = polled(self, feed);
        let (watch, feed) = self.plan.feeds().nth(feed).unwrap();
        let name = feed.name.clone();
        let next_poll = feed.schedule.due_after(&name.to_string(), self.now, &watch.zone);
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll };
        let effects = self.write(|change, plan, now| record::record(change, plan, &name, poll, now));
        self.follow(&effects);
    }

    fn answer(&self, feed: usize, days: &[(u8, Option<u32>)]) -> Polled {
        let entries: Vec<String> = days
            .iter()
            .map(|(day, n)| {
                let n = n.map_or("null".to_owned(), |n| n.to_string());
                format!("{{\"id\":\"d{day}\",\"day\":\"2026-02-{day:02}T10:00:00Z\",\"n\":{n}}}")
            })
            .collect();
        let body = format!("[{}]", entries.join(","));
        let (watch, feed) = self.plan.feeds().nth(feed).unwrap();
        let document = Document { body: body.clone().into_bytes(), content_type: None, url: None };
        let parsed = read::parse(feed, &document, self.now).unwrap();
        let ids = parsed.items.iter().map(|item| item.id.as_str());
        let known = self.store.view().known_items(&feed.name, said::FORM, ids).unwrap();
        let harvest = Box::new(read::read(watch, feed, parsed, &known));
        Polled::Document { harvest, validators: Validators::default(), body_hash: body }
    }

    fn record(&mut self, day: u8, figure: u32) {
        let entry = Entry {
            key: None,
            event_time: house::at(&format!("2026-02-{day:02}T10:00:00Z")),
            value: Some(by_hand_value(figure)),
            written: figure.to_string(),
            source: None,
            note: None,
            recorded_at: None,
        };
        self.write(|change, plan, now| {
            let watch = &plan.watches[0];
            by_hand::record(change, plan, (watch, &watch.indicators[0]), &[entry], Pen { author: "ada", now })
        });
        self.wake = Some(self.now);
    }
}

fn by_hand_value(figure: u32) -> watchfloor::model::observation::Value {
    let quantity = watchfloor::model::quantity::Quantity::exact(figure.into());
    watchfloor::model::observation::Value::Quantity(quantity)
}

/// What was decided about scenarios and mailed of it, a line each. What is told of feeds and extractors rests on the
/// dates of their items and on misses, which a history does not keep.
fn told(replayed: &Replayed) -> Vec<String> {
    let changes = replayed.changes.iter().map(|change| {
        let one = &change.transition;
        format!(
            "{} {} {:?} {:?} → {:?} blind {}: {}",
            one.at, one.scenario, change.kind, one.from, one.to, one.blind, one.reason
        )
    });
    let is_of_feed = |kind| matches!(kind, Kind::FeedBroken | Kind::FeedRecovered | Kind::ExtractorBroken);
    let mails = replayed.mails.iter().filter(|mail| !is_of_feed(mail.kind));
    let mails = mails.map(|mail| format!("{} mail {:?} {:?} {:?}", mail.at, mail.kind, mail.about, mail.recipients));
    changes.chain(mails).collect()
}

proptest! {
    // Always the same histories: a failure that comes and goes helps nobody.
    #![proptest_config(Config { cases: 24, max_shrink_iters: 40, rng_seed: RngSeed::Fixed(20_260_226), failure_persistence: None, ..Config::default() })]

    /// Random histories with restarts, reloads and leaps of the clock.
    #[test]
    fn replay_equals_live(steps in prop::collection::vec((1_i64..30, step()), 1..50)) {
        let mut live = Live::start();
        for (place, (hours, step)) in (0_i64..).zip(&steps) {
            // Never a whole number of hours apart: at one moment, what comes first would decide.
            live.pass(live.now + SignedDuration::from_hours(*hours) + SignedDuration::from_secs(place + 1));
            live.take(step);
        }
        let end = live.now;
        let span = Span::new(house::at("2026-02-01T00:00:00Z"), end);
        let view = live.store.view();
        let mut history = History::read(&view, &live.plan).unwrap();
        let mut simulation = Simulation::new(&live.plan).unwrap();
        simulation.run(&mut history, end, &mut |_| {}).unwrap();
        let replayed = told(&Replayed::of(&simulation.view(), span).unwrap());
        let live = told(&Replayed::of(&view, span).unwrap());
        let differs = live.iter().zip(&replayed).position(|(a, b)| a != b).unwrap_or_else(|| live.len().min(replayed.len()));
        let (one, other) = (live.get(differs), replayed.get(differs));
        prop_assert_eq!(one, other, "after {:?}", differs.checked_sub(1).and_then(|before| live.get(before)));
    }
}
