//! A plan, a store in memory and a day that can be moved: documents in, decisions and messages out.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "shared by tests, each of which uses a part")]

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::model::feed::{Failure, Validators};
use watchfloor::model::item::Document;
use watchfloor::model::name::Name;
use watchfloor::model::notification::{Kind, Notification};
use watchfloor::model::scenario::Phase;
use watchfloor::pipeline::readings::readings;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{AsOf, Effects, deliveries, read, sweep};
use watchfloor::store::{Change, Round, Store, StoreError};

pub const SETTINGS: &str = "include = ['watches/*.toml']\ntimezone = 'UTC'\n[email]\nfrom = 'watch@example.org'\n\
    to = ['one@example.org', 'two@example.org']\n";

pub const WATCH: &str = "[watch]\ntitle = 'Flights'\n[sources.army]\ntitle = 'Army'\nreliability = 'B'\n\
    [feeds.counter]\nsource = 'army'\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\nevery = '6h'\n\
    fields = { id = '$.id', published = '$.day' }\n\
    [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'day'\nunit = 'flights'\nplausible = [0, 10_000]\n\
    [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
    [scenarios.fall]\npath = 'risk'\ntitle = 'Flights fall'\n\
    [[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 50\n";

/// A store with a plan, and a day that can be moved.
pub struct House {
    pub plan: Plan,
    pub store: Store,
    _folder: tempfile::TempDir,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl House {
    pub fn new(watch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { plan: plan(folder.path(), watch), store: Store::in_memory().unwrap(), _folder: folder }
    }

    pub fn feed(&self) -> Name {
        self.plan.feeds().next().unwrap().1.name.clone()
    }

    pub fn poll(&mut self, now: &str, body: &str) -> Effects {
        let name = self.feed();
        let (watch, feed) = self.plan.feed(&name).unwrap();
        let document = Document { body: body.as_bytes().to_vec(), content_type: None, url: None };
        let parsed = read::parse(feed, &document, at(now)).unwrap();
        let known = self
            .store
            .view()
            .known_items(&name, watchfloor::pipeline::said::FORM, parsed.items.iter().map(|item| item.id.as_str()))
            .unwrap();
        let harvest = Box::new(read::read(watch, feed, parsed, &known));
        let polled = Polled::Document { harvest, validators: Validators::default(), body_hash: body.to_owned() };
        self.record(now, polled).unwrap()
    }

    pub fn fail(&mut self, now: &str) -> Effects {
        self.record(now, Polled::Failed(Failure::error("no answer"))).unwrap()
    }

    pub fn record(&mut self, now: &str, polled: Polled) -> Result<Effects, StoreError> {
        let now = at(now);
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: Some(now + SignedDuration::from_hours(6)) };
        let (plan, name) = (&self.plan, self.feed());
        self.store.write(|change| record::record(change, plan, &name, poll, now))
    }

    pub fn sweep(&mut self, now: &str) -> Effects {
        let plan = &self.plan;
        self.store.write(|change| sweep::sweep(change, plan, at(now))).unwrap()
    }

    /// The next message that is due, claimed for one try.
    pub fn claim(&mut self, now: Timestamp, until: Timestamp) -> Option<Notification> {
        let claim = |change: &Change<'_>| {
            let claimed = deliveries::claim(change, (now, until), Round::Due, 1)?.pop();
            claimed.iter().try_for_each(|one| change.begin_try(one.id))?;
            Ok::<_, StoreError>(claimed)
        };
        self.store.write(claim).unwrap()
    }

    pub fn phase(&self) -> (Phase, bool) {
        let watch = &self.plan.watches[0];
        let memory = self.store.view().scenario(&watch.scenarios[0].name).unwrap();
        memory.map_or((Phase::Inactive, false), |memory| (memory.state.phase, memory.state.blind.is_some()))
    }

    /// `period value` of the last readings, as known at a moment.
    pub fn readings(&self, now: &str, known: &str, periods: u32) -> Vec<String> {
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

    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> =
            self.store.view().notifications().unwrap().iter().map(|one| one.message.kind).collect();
        kinds.reverse();
        kinds
    }
}

pub fn plan(folder: &Path, watch: &str) -> Plan {
    std::fs::create_dir_all(folder.join("watches")).unwrap();
    std::fs::write(folder.join("watchfloor.toml"), SETTINGS).unwrap();
    std::fs::write(folder.join("watches/w.toml"), watch).unwrap();
    match config::load(&folder.join("watchfloor.toml"), &SystemEnvironment) {
        Ok(loaded) => loaded.plan,
        Err(problems) => panic!("{}", problems.print(false)),
    }
}

/// Days as the counter's documents list them: `1:100 2:-` is 100 on the first of January and no figure on the second.
pub fn days(list: &str) -> String {
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
