//! A store's history as happenings: every vintage when it was learned, every span that polls accounted for.
//!
//! Values come back as they were extracted then, so that an extractor that was
//! changed since does not rewrite the past; marks on them and grades are
//! today's. The last polls of each feed, failed ones too, come back as they
//! are kept; of earlier ones only what they accounted for is known, and they
//! are taken to have followed the schedule.

use std::collections::{BTreeMap, VecDeque};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::simulation::{Dated, Happening, Past};
use crate::config::plan::{Feed, Plan, Watch, WatchedIndicator};
use crate::model::feed::{Failure, Health, Validators};
use crate::model::item::Item;
use crate::model::observation::{Flag, Observation};
use crate::model::outcome::{Finding, Outcome};
use crate::model::provenance::Provenance;
use crate::model::time::{Period, PeriodLength, Span, before};
use crate::pipeline::earliest;
use crate::pipeline::feeds::FULL_PAGE;
use crate::pipeline::read::{Found, Fresh, Harvest, PageState};
use crate::pipeline::record::{OFFLINE, Polled};
use crate::store::{PollRecord, Result, View};

/// Polls that are asked of the store for each feed: more than it keeps.
const EVERY_POLL: u32 = 10_000;

/// The history of a plan's watches.
#[derive(Debug)]
pub struct History<'p> {
    feeds: Vec<FeedHistory<'p>>,
    /// What no feed said: values of people, and starts after a time in which nothing watched.
    others: VecDeque<Dated>,
    /// Stretches in which nothing watched, ascending.
    downtimes: Vec<Span>,
}

impl<'p> History<'p> {
    /// Reads it whole.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn read(view: &View<'_>, plan: &'p Plan) -> Result<Self> {
        let mut feeds = Vec::new();
        let mut by_hand = Vec::new();
        for watch in &plan.watches {
            let mut said: BTreeMap<&str, Vec<(usize, Observation)>> = BTreeMap::new();
            for (place, indicator) in watch.indicators.iter().enumerate() {
                for observation in view.vintages(&indicator.spec.name, Timestamp::MAX)? {
                    match feed_of(watch, &observation) {
                        Some(feed) => said.entry(feed.name.local()).or_default().push((place, observation)),
                        None if observation.feed.is_none() => by_hand.push(observation),
                        // A feed that the configuration no longer has says nothing.
                        None => {}
                    }
                }
            }
            for feed in &watch.feeds {
                let said = said.remove(feed.name.local()).unwrap_or_default();
                feeds.push(FeedHistory::read(view, watch, feed, said)?);
            }
        }
        by_hand.sort_by_key(|observation| (observation.recorded_at, observation.id));
        let dated = |observation: Observation| (observation.recorded_at, Happening::ByHand(Box::new(observation)));
        let resumed = |stretch: Span| (stretch.to, Happening::Resumed(stretch.from));
        // A start comes before what was recorded at its moment.
        let downtimes = view.downtimes()?;
        let mut others: Vec<Dated> = downtimes.iter().copied().map(resumed).collect();
        others.extend(by_hand.into_iter().map(dated));
        others.sort_by_key(|(at, _)| *at);
        Ok(Self { feeds, others: others.into(), downtimes })
    }

    /// From the first to the last thing that happened; `None` where nothing did.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let dated = self.feeds.iter().flat_map(|feed| &feed.happenings).chain(&self.others);
        let times: Vec<Timestamp> = dated.map(|(at, _)| *at).collect();
        Some((*times.iter().min()?, *times.iter().max()?))
    }
}

impl Past for History<'_> {
    fn next(&self) -> Option<Timestamp> {
        let feeds = self.feeds.iter().filter_map(|feed| feed.happenings.front().map(|(at, _)| *at)).min();
        earliest(feeds, self.others.front().map(|(at, _)| *at))
    }

    fn watched_from(&self, at: Timestamp) -> Timestamp {
        let place = self.downtimes.partition_point(|stretch| stretch.to <= at);
        self.downtimes.get(place).filter(|stretch| stretch.from < at).map_or(at, |stretch| stretch.to)
    }

    fn take(&mut self, now: Timestamp) -> Vec<Dated> {
        let mut taken = taken(&mut self.others, now);
        for feed in &mut self.feeds {
            taken.append(&mut feed.take(now));
        }
        taken.sort_by_key(|(at, _)| *at);
        taken
    }
}

fn taken(waiting: &mut VecDeque<Dated>, now: Timestamp) -> Vec<Dated> {
    let count = waiting.partition_point(|(at, _)| *at <= now);
    waiting.drain(..count).collect()
}

fn feed_of<'w>(watch: &'w Watch, observation: &Observation) -> Option<&'w Feed> {
    let name = observation.feed.as_ref()?;
    watch.feeds.iter().find(|feed| feed.name == *name)
}

/// What is known of one feed's polls.
#[derive(Debug)]
struct FeedHistory<'p> {
    feed: &'p Feed,
    zone: &'p TimeZone,
    /// Documents, failures, and in each span of coverage its last poll and the first one of every day.
    happenings: VecDeque<Dated>,
    /// From the poll that began each span of coverage to its last poll.
    answering: Vec<Span>,
    /// From here on every poll is kept.
    kept_from: Timestamp,
    /// The newest poll that was taken.
    polled: Timestamp,
}

impl<'p> FeedHistory<'p> {
    fn read(view: &View<'_>, watch: &'p Watch, feed: &'p Feed, said: Vec<(usize, Observation)>) -> Result<Self> {
        let (spans, polls) = (view.coverage_rows(&feed.name)?, view.polls(&feed.name, Timestamp::MAX, EVERY_POLL)?);
        let mut own = Self {
            feed,
            zone: &watch.zone,
            happenings: VecDeque::new(),
            answering: spans.iter().map(|(span, learned)| Span::new(*learned, span.to)).collect(),
            kept_from: polls.last().map_or(Timestamp::MAX, |poll| poll.at),
            polled: Timestamp::MIN,
        };
        let mut documents: BTreeMap<Timestamp, Vec<(usize, Observation)>> = BTreeMap::new();
        for (_, learned) in &spans {
            documents.entry(*learned).or_default();
        }
        for (place, observation) in said {
            documents.entry(observation.recorded_at).or_default().push((place, observation));
        }
        let begun = |at: Timestamp| spans.iter().find(|(_, learned)| *learned == at).map(|(span, _)| span.from);
        let mut dated: Vec<Dated> = Vec::new();
        for (at, said) in documents {
            dated.push((at, Happening::Polled(feed.name.clone(), document(watch, feed, said, begun(at)))));
        }
        for span in own.answering.clone() {
            let polls = own.first_polls_of_days(span).into_iter().chain([span.to]);
            dated.extend(polls.filter(|at| *at < own.kept_from).map(|at| own.quiet(at)));
        }
        dated.extend(polls.iter().map(|poll| own.kept(poll)));
        // Of polls at one moment the document comes first in the list, and only it says something.
        dated.sort_by_key(|(at, _)| *at);
        dated.dedup_by_key(|(at, _)| *at);
        own.happenings = dated.into();
        Ok(own)
    }

    fn quiet(&self, at: Timestamp) -> Dated {
        (at, Happening::Polled(self.feed.name.clone(), Polled::Unchanged))
    }

    fn kept(&self, poll: &PollRecord) -> Dated {
        if poll.status == OFFLINE {
            return (poll.at, Happening::Polled(self.feed.name.clone(), Polled::Offline));
        }
        let Some(health) = Health::parse(&poll.status).filter(|health| *health != Health::Ok) else {
            return self.quiet(poll.at);
        };
        let failure = Failure { health, ..Failure::error(poll.error.clone().unwrap_or_default()) };
        (poll.at, Happening::Polled(self.feed.name.clone(), Polled::Failed(failure)))
    }

    /// When the feed is due after a poll, by its schedule of today.
    fn due_after(&self, at: Timestamp) -> Option<Timestamp> {
        self.feed.schedule.due_after(&self.feed.name.to_string(), at, self.zone).filter(|due| *due > at)
    }

    /// The polls within a span that were the first of their day: at these a period may have been seen to its end.
    fn first_polls_of_days(&self, span: Span) -> Vec<Timestamp> {
        let mut found = Vec::new();
        let mut day = Period::containing(PeriodLength::Day, span.from, self.zone).offset(1);
        loop {
            let begins = day.span(self.zone).from;
            match self.due_after(begins).filter(|_| begins < span.to) {
                Some(due) if due < span.to => found.push(due),
                Some(_) => {}
                None => return found,
            }
            day = day.offset(1);
        }
    }

    fn take(&mut self, now: Timestamp) -> Vec<Dated> {
        let mut taken = taken(&mut self.happenings, now);
        if let Some((at, _)) = taken.last() {
            self.polled = *at;
        }
        // Between the happenings it was asked by its schedule and had nothing new: the newest such poll stands for all.
        let now = now.min(before(self.kept_from, SignedDuration::from_millis(1)));
        if !self.answering.iter().any(|span| span.from <= now && now <= span.to) {
            return taken;
        }
        let mut newest = None;
        while let Some(due) = self.due_after(newest.unwrap_or(self.polled)).filter(|due| *due <= now) {
            newest = Some(due);
        }
        if let Some(at) = newest {
            self.polled = at;
            taken.push(self.quiet(at));
        }
        taken
    }
}

/// A document that says what was recorded at its time. `begun`: it accounts for what happened from then on; else it
/// continues what was accounted for before.
fn document(watch: &Watch, feed: &Feed, said: Vec<(usize, Observation)>, begun: Option<Timestamp>) -> Polled {
    let newest = said.iter().map(|(_, observation)| observation.recorded_at).max();
    let mut items: BTreeMap<(String, u32), Fresh> = BTreeMap::new();
    for (place, observation) in said {
        let Some(indicator) = watch.indicators.get(place) else { continue };
        let id = observation.item.as_ref().map_or_else(|| observation.key.clone(), |item| item.id.clone());
        let revision = observation.item.as_ref().map_or(1, |item| item.revision);
        let fresh = items.entry((id.clone(), revision)).or_insert_with(|| Fresh {
            item: item(feed, watch, &observation, id),
            hash: String::new(),
            revision,
            is_news: true,
            page: PageState::None,
            findings: Vec::new(),
            shown: Provenance::default(),
        });
        fresh.findings.push(found(place, indicator, feed, observation));
    }
    let harvest = Harvest {
        // As many as make a full page: a document that begins a span is not taken for a short list.
        items: FULL_PAGE,
        known: usize::from(begun.is_none()),
        oldest: begun.or(newest),
        times: Vec::new(),
        fresh: items.into_values().collect(),
        warnings: Vec::new(),
        ttl_minutes: None,
        repeats: false,
        unread: None,
    };
    Polled::Document { harvest: Box::new(harvest), validators: Validators::default(), body_hash: String::new() }
}

fn item(feed: &Feed, watch: &Watch, observation: &Observation, id: String) -> Item {
    let reference = observation.item.as_ref();
    let source = watch.sources.iter().find(|source| source.id == observation.source);
    let named = || source.map_or_else(|| observation.source.clone(), |source| source.title.clone());
    Item {
        id,
        title: reference.and_then(|item| item.title.clone()),
        link: reference.and_then(|item| item.link.clone()),
        publisher: (observation.source != feed.source.id).then(named),
        ..Item::default()
    }
}

fn found(place: usize, indicator: &WatchedIndicator, feed: &Feed, observation: Observation) -> Found {
    let inputs = &indicator.spec.inputs;
    let of_feed = || inputs.iter().position(|input| input.feed == feed.name);
    let by_method = inputs.iter().position(|input| {
        input.feed == feed.name && observation.method.as_ref().is_some_and(|method| *method == input.method)
    });
    let outcome = if observation.withdrawn {
        let why = observation.evidence.text.trim_start_matches("withdrawn: ").to_owned();
        Outcome::NoMatch { why }
    } else {
        let is_dated = !observation.flags.contains(&Flag::Undated);
        Outcome::Value(Finding {
            value: observation.value,
            event_time: is_dated.then_some(observation.event_time),
            evidence: observation.evidence,
        })
    };
    Found { indicator: place, input: by_method.or_else(of_feed).unwrap_or_default(), outcome }
}
