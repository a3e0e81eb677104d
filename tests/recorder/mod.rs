//! Documents recorded through the pipeline at exact times, without a clock, a network or a process.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "shared by tests, each of which uses a part")]

use jiff::{SignedDuration, Timestamp};
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::detect::nowcast::Nowcast;
use watchfloor::model::condition::Verdict;
use watchfloor::model::feed::Validators;
use watchfloor::model::item::Document;
use watchfloor::model::observation::{Flag, Observation};
use watchfloor::model::reading::Reading;
use watchfloor::pipeline::freshness::{self, Recency};
use watchfloor::pipeline::readings::{nowcast, readings};
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{AsOf, digest, judge, read, said, sweep};
use watchfloor::store::Store;

/// A watch with one feed, whose documents are recorded one after the other.
pub struct Recorder {
    pub plan: Plan,
    store: Store,
    _folder: tempfile::TempDir,
}

pub fn at(text: &str) -> Timestamp {
    text.replace(' ', "T").parse().unwrap()
}

impl Recorder {
    /// A watch's indicators and scenarios; its one feed reads JSON with an `id`, a `date` and these fields.
    pub fn new(zone: &str, fields: &str, watch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!(
            "include = ['w.toml']\ntimezone = '{zone}'\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n"
        );
        let feed = format!(
            "[watch]\ntitle = 'W'\n[sources.army]\ntitle = 'Army'\nreliability = 'B'\n[feeds.counter]\nsource = 'army'\n\
             url = 'https://example.org/n.json'\nformat = 'json'\nevery = '6h'\n\
             fields = {{ id = '$.id', published = '$.date', {fields} }}\n"
        );
        std::fs::write(folder.path().join("watchfloor.toml"), settings).unwrap();
        std::fs::write(folder.path().join("w.toml"), feed + watch).unwrap();
        let plan = match config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment) {
            Ok(loaded) => loaded.plan,
            Err(problems) => panic!("{}", problems.print(false)),
        };
        Self { plan, store: Store::in_memory().unwrap(), _folder: folder }
    }

    /// Records one document, evaluates what follows, and lets time pass up to then.
    pub fn poll(&mut self, now: Timestamp, body: &str) {
        let plan = &self.plan;
        let (watch, feed) = plan.feeds().next().unwrap();
        let document = Document { body: body.as_bytes().to_vec(), content_type: None, url: None };
        let parsed = read::parse(feed, &document, now).unwrap();
        let ids = parsed.items.iter().map(|item| item.id.as_str());
        let known = self.store.view().known_items(&feed.name, said::FORM, ids).unwrap();
        let harvest = Box::new(read::read(watch, feed, parsed, &known));
        let polled = Polled::Document { harvest, validators: Validators::default(), body_hash: body.to_owned() };
        let next_poll = Some(now + SignedDuration::from_hours(6));
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll };
        self.store.write(|change| record::record(change, plan, &feed.name, poll, now)).unwrap();
        self.store.write(|change| sweep::sweep(change, plan, now)).unwrap();
    }

    /// The readings of one of the indicators as of a moment, oldest first; the last one runs.
    pub fn readings_of(&self, indicator: usize, now: Timestamp, periods: u32) -> Vec<Reading> {
        let watch = &self.plan.watches[0];
        readings(&self.store.view(), watch, &watch.indicators[indicator], periods, AsOf::now(now)).unwrap()
    }

    pub fn readings(&self, now: &str, periods: u32) -> Vec<Reading> {
        self.readings_of(0, at(now), periods)
    }

    /// One period's reading.
    pub fn reading(&self, period: &str, now: &str) -> Reading {
        self.readings(now, 30).into_iter().find(|reading| reading.period.to_string() == period).unwrap()
    }

    /// `period value state flags` of each reading.
    pub fn told(&self, now: &str, periods: u32) -> Vec<String> {
        let of = |reading: &Reading| {
            let value = reading.value.map_or_else(|| "—".to_owned(), |value| value.to_string());
            let flags: Vec<&str> = reading.flags.iter().map(|flag| flag.word()).collect();
            let text = format!("{} {value} {} {}", reading.period, reading.standing().word(), flags.join(" "));
            text.trim_end().to_owned()
        };
        self.readings(now, periods).iter().map(of).collect()
    }

    pub fn nowcast(&self, now: &str) -> Result<Nowcast, String> {
        let watch = &self.plan.watches[0];
        nowcast::nowcast(&self.store.view(), watch, &watch.indicators[0], AsOf::now(at(now))).unwrap()
    }

    pub fn freshness(&self, now: &str) -> Recency {
        let indicator = &self.plan.watches[0].indicators[0];
        freshness::recency(&self.store.view(), indicator, AsOf::now(at(now))).unwrap()
    }

    /// What the daily picture says of closed periods that have another value than at the last picture.
    pub fn revisions(&self, last: &str, now: &str) -> Vec<String> {
        let picture = digest::picture(&self.store.view(), &self.plan, (at(last), at(now))).unwrap();
        let section = picture.sections.into_iter().find(|section| section.title.ends_with("revisions")).unwrap();
        section.lines.into_iter().map(|line| line.text).collect()
    }

    /// When each alert was opened.
    pub fn alerts(&self) -> Vec<Timestamp> {
        self.store.view().alerts().unwrap().iter().map(|alert| alert.opened).collect()
    }

    /// What the first condition of the first scenario says, and why.
    pub fn judged(&self, now: &str) -> (Verdict, String) {
        let watch = &self.plan.watches[0];
        let judged = judge::judge(&self.store.view(), watch, &watch.scenarios[0], AsOf::now(at(now))).unwrap();
        (judged.answers[0].verdict, judged.answers[0].measured.why.clone())
    }

    /// Every vintage of one of the indicators.
    pub fn vintages(&self, indicator: usize) -> Vec<Observation> {
        let name = &self.plan.watches[0].indicators[indicator].spec.name;
        self.store.view().vintages(name, Timestamp::MAX).unwrap()
    }

    /// The vintages of an item that bear a flag.
    pub fn flagged(&self, item: &str, flag: Flag) -> Vec<Observation> {
        let mut all = self.vintages(0);
        all.retain(|one| one.flags.contains(&flag) && one.item.as_ref().is_some_and(|from| from.id == item));
        all
    }
}
