//! One poll → one transaction: items, observations, transitions and messages commit together or not at all.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::read::{Found, Fresh, Harvest};
use super::readings::{reset_start, totals};
use super::{Effects, by_hand, decide, earliest, extractors, falls, feeds, guards, read, silences, uplink};
use crate::config::plan::{Feed, Plan, Watch, WatchedIndicator};
use crate::extract::provenance::Sources;
use crate::model::feed::{Failure, FeedState, Validators};
use crate::model::indicator::Reset;
use crate::model::item::Item;
use crate::model::name::Name;
use crate::model::observation::{Evidence, Flag, ItemRef, Observation, Value};
use crate::model::outcome::{Finding, Outcome};
use crate::model::quantity::{Bound, Quantity};
use crate::model::source::{Grade, Reliability};
use crate::model::time::{Period, PeriodLength};
use crate::store::{Change, ItemRow, PollRecord, Result, StoredText};

/// What a poll came to, ready to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Polled {
    /// A document with what it says that was not known.
    Document {
        /// What it says.
        harvest: Box<Harvest>,
        /// What to send at the next poll.
        validators: Validators,
        /// The hash of its bytes and its recipe.
        body_hash: String,
    },
    /// Nothing has changed.
    Unchanged,
    /// No document, or none that can be read.
    Failed(Failure),
    /// Every host failed at once: nothing is known of the feed.
    Offline,
}

/// The word and the meaning of a poll that says nothing of its feed.
pub const OFFLINE: &str = "offline";
/// See [`OFFLINE`].
pub const OFFLINE_MEANS: &str = "every host failed at once: our own connection is down, and no feed is blamed";

/// One poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    /// What it came to.
    pub polled: Polled,
    /// Where the document has moved for good.
    pub moved_to: Option<String>,
    /// How long fetching took, in milliseconds.
    pub took_ms: u32,
    /// When the feed is due again; `None` when it is gone for good.
    pub next_poll: Option<Timestamp>,
}

impl Poll {
    /// Why it failed, or could not read all that it had to.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.polled {
            Polled::Failed(failure) => Some(failure),
            Polled::Document { harvest, .. } => harvest.unread.as_ref(),
            Polled::Unchanged | Polled::Offline => None,
        }
    }
}

/// Records one poll of one feed.
///
/// # Errors
/// What the store refuses; nothing of the poll is recorded then.
pub fn record(change: &Change<'_>, plan: &Plan, feed: &Name, poll: Poll, now: Timestamp) -> Result<Effects> {
    let (mut effects, decides) = note(change, plan, feed, poll, now)?;
    if let (true, Some((watch, feed))) = (decides, plan.feed(feed)) {
        // What rests on another feed is judged too where this one takes back what that one said.
        let rests_on = feed.deletes.is_none().then_some(std::slice::from_ref(&feed.name));
        effects.add(judge_watch(change, plan, watch, rests_on, now)?);
    }
    if effects.notifications > 0 {
        // What a silence holds is looked at again when that ends.
        effects.add(silences::release(change, now)?);
    }
    Ok(effects)
}

/// Records a poll without judging; tells whether it may change a verdict, so that the caller has to judge.
///
/// # Errors
/// As [`record`].
pub fn note(change: &Change<'_>, plan: &Plan, feed: &Name, poll: Poll, now: Timestamp) -> Result<(Effects, bool)> {
    let Some((watch, feed)) = plan.feed(feed) else { return Ok((Effects::default(), false)) };
    let before = change.feed_state(&feed.name)?;
    let known = before.clone().unwrap_or_else(|| FeedState::new(now));
    let state = known.clone();
    let interval = poll.next_poll.map_or(SignedDuration::ZERO, |next| next.duration_since(now));
    let mut effects = Effects::default();
    let state = match &poll.polled {
        Polled::Failed(failure) => feeds::after_failure(state, failure, now),
        Polled::Offline => FeedState { last_poll: Some(now), ..state },
        Polled::Unchanged => {
            // Nothing has changed since the last success, so nothing has happened since. A stale feed counts too: where a
            // feed says only what a schedule waits for, its silence is what that is late by.
            change.cover(&feed.name, state.last_success.unwrap_or(now), now)?;
            feeds::after_success(state, now)
        }
        Polled::Document { harvest, validators, body_hash } => {
            if harvest.unread.is_none() {
                let since = feeds::covered_since(&state, harvest, interval, now);
                change.cover(&feed.name, since, now)?;
            }
            let (recipe, by_new_method) = (read::recipe(watch, feed), RefCell::default());
            let recorder = Recorder { change, watch, feed, recipe, now, by_new_method };
            for fresh in in_order(&harvest.fresh) {
                effects.items_new += u32::from(fresh.is_news);
                effects.observations += recorder.item(fresh)?;
            }
            falls::confirm(change, watch, feed, now)?;
            effects.notifications += extractors::count(change, plan, (watch, feed), harvest, now)?;
            feeds::after_document(state, harvest, (validators.clone(), body_hash.clone()), now)
        }
    };
    // An answer says whether the address has moved; without one, what was known stays.
    let moved_to =
        if reached(&poll.polled) && poll.failure().is_none() { poll.moved_to.clone() } else { state.moved_to };
    let state = FeedState { next_poll: poll.next_poll, moved_to, ..state };
    if feed.target.path.is_none() && reached(&poll.polled) {
        effects.notifications += uplink::came_back(change, plan, now)?;
    }
    let (state, told, look_again) = feeds::tell(change, plan, (watch, feed), state, now)?;
    effects.notifications += told;
    effects.wake = earliest(effects.wake, look_again);
    change.set_feed_state(&feed.name, &state)?;
    change.add_poll(&feed.name, &poll_record(&poll, &known, effects.items_new, now))?;
    Ok((effects, may_change_verdicts(before.as_ref(), &poll, watch, now)))
}

/// Evaluates the scenarios of a watch; with feeds, only those that rest on one of them.
///
/// # Errors
/// What the store refuses.
pub fn judge_watch(
    change: &Change<'_>,
    plan: &Plan,
    watch: &Watch,
    feeds: Option<&[Name]>,
    now: Timestamp,
) -> Result<Effects> {
    let mut effects = Effects::default();
    let reads = |indicator: &&WatchedIndicator, feeds: &[Name]| {
        indicator.spec.inputs.iter().any(|input| feeds.contains(&input.feed))
    };
    // Looked up once: a watch may have a thousand of each.
    let readers: Option<HashSet<&Name>> = feeds.map(|feeds| {
        watch.indicators.iter().filter(|one| reads(one, feeds)).map(|indicator| &indicator.spec.name).collect()
    });
    for scenario in &watch.scenarios {
        let rests_on =
            |readers: &HashSet<&Name>| scenario.conditions.iter().any(|one| readers.contains(&one.indicator));
        if readers.as_ref().is_none_or(rests_on) {
            effects.add(decide::evaluate(change, plan, watch, scenario, now)?);
        }
    }
    Ok(effects)
}

/// Whether a poll shows that our own connection works.
fn reached(polled: &Polled) -> bool {
    match polled {
        Polled::Failed(failure) => !failure.unreached,
        Polled::Offline => false,
        Polled::Document { .. } | Polled::Unchanged => true,
    }
}

/// An unchanged document changes no verdict, unless it is the first answer after a failure or in a new day.
fn may_change_verdicts(before: Option<&FeedState>, poll: &Poll, watch: &Watch, now: Timestamp) -> bool {
    let Some(before) = before else { return true };
    let day = |at| Period::containing(PeriodLength::Day, at, &watch.zone);
    let is_quiet = match &poll.polled {
        Polled::Unchanged => before.health.answers(),
        Polled::Failed(_) => !before.health.answers(),
        Polled::Offline => true,
        Polled::Document { harvest, .. } => before.health.answers() && harvest.fresh.is_empty(),
    };
    !is_quiet || before.last_poll.is_none_or(|last| day(last) != day(now))
}

fn poll_record(poll: &Poll, before: &FeedState, items_new: u32, now: Timestamp) -> PollRecord {
    let (status, error) = match (poll.failure(), &poll.polled) {
        (Some(failure), _) => (failure.health.word(), Some(failure.message.clone())),
        (None, Polled::Document { harvest, .. }) => {
            ("ok", feeds::overflows(before, harvest).then(|| feeds::OVERFLOW.to_owned()))
        }
        (None, Polled::Offline) => (OFFLINE, Some(OFFLINE_MEANS.to_owned())),
        (None, Polled::Unchanged | Polled::Failed(_)) => ("unchanged", None),
    };
    PollRecord { at: now, status: status.to_owned(), items_new, took_ms: poll.took_ms, error }
}

/// Writes the items of one document and what they say.
struct Recorder<'a> {
    change: &'a Change<'a>,
    watch: &'a Watch,
    feed: &'a Feed,
    recipe: String,
    now: Timestamp,
    /// Of which indicators this is known already: it is the same for all items of a document.
    by_new_method: RefCell<HashMap<&'a Name, bool>>,
}

impl<'a> Recorder<'a> {
    /// Stores an item; gives how many vintages it brought.
    fn item(&self, fresh: &Fresh) -> Result<u32> {
        let item = &fresh.item;
        let row = ItemRow {
            id: item.id.clone(),
            revision: fresh.revision,
            hash: fresh.hash.clone(),
            recipe: read::recipe_of(fresh, &self.recipe),
            text: StoredText::of(item),
        };
        self.change.put_item(&self.feed.name, &row, self.now)?;
        let mut recorded = 0;
        for found in &fresh.findings {
            recorded += u32::from(self.finding(fresh, found)?);
        }
        if let Some(feed) = &self.feed.deletes {
            recorded += self.deletion(fresh, feed)?;
        }
        Ok(recorded)
    }

    fn finding(&self, fresh: &Fresh, found: &Found) -> Result<bool> {
        let Some(indicator) = self.watch.indicators.get(found.indicator) else { return Ok(false) };
        match &found.outcome {
            Outcome::Value(finding) | Outcome::StatedZero(finding) => {
                self.value(fresh, found.input, indicator, finding)
            }
            Outcome::NoMatch { why } if fresh.page.is_whole() => {
                self.withdrawal(fresh, indicator, &item_key(&self.feed.name, &fresh.item.id), why)
            }
            // What could not be read says nothing about what was read before.
            Outcome::NoMatch { .. } | Outcome::Error { .. } => Ok(false),
        }
    }

    fn value(&self, fresh: &Fresh, input: usize, indicator: &'a WatchedIndicator, finding: &Finding) -> Result<bool> {
        let stated = finding.event_time.or_else(|| fresh.item.time());
        let event_time = crate::model::time::whole_millis(stated.unwrap_or(self.now));
        let rule = indicator.spec.inputs.get(input);
        let cumulative = rule.and_then(|rule| rule.cumulative);
        let key = self.key(fresh, cumulative, event_time);
        let (previous, known) = self.known(indicator, (&key, event_time), cumulative)?;
        // An undated item keeps the time at which it was first seen.
        let event_time = match (&previous, stated, cumulative) {
            (Some(previous), None, None) => previous.event_time,
            _ => event_time,
        };
        let shared = rule.and_then(|rule| rule.shared_by);
        let value = shared.map_or_else(|| finding.value.clone(), |areas| shared_value(&finding.value, areas));
        let mut new = self.observation(fresh, indicator, (key, event_time), value, finding.evidence.clone());
        new.method = rule.map(|rule| rule.method.clone());
        new.flags = guards::flags(&indicator.spec, &new, (previous.as_ref(), known), cumulative.is_some());
        new.flags.extend(stated.is_none().then_some(Flag::Undated));
        new.flags.extend(shared.map(|_| Flag::Shared));
        if previous.is_none() && self.is_by_a_new_method(indicator)? {
            new.flags.push(Flag::MethodChange);
        }
        let extractor = indicator.extractors.get(input);
        let why = extractor.and_then(|extractor| extractor.contradiction(&fresh.item, &self.watch.zone, finding));
        new.flags.extend(why.map(|_| Flag::Contradicted));
        // Which words a report is copied from decides as much as what it says.
        let is_said = !matches!(new.value, Value::Quantity(_));
        let is_repeated = |before: &Observation| self.says_the_same(before, &new, indicator, cumulative);
        if let Some(previous) = previous.as_ref().filter(|previous| is_repeated(previous))
            && (!is_said || self.change.provenance(previous.id)? == fresh.shown)
        {
            return Ok(false);
        }
        if by_hand::overruled(self.change, previous.as_ref())?.is_some_and(|overruled| is_repeated(&overruled)) {
            return Ok(false);
        }
        // A further point of a total's course replaces none of the others.
        let is_replaced = |previous: &&Observation| {
            cumulative.is_none() || !is_course(indicator, cumulative) || previous.event_time == event_time
        };
        new.supersedes = previous.as_ref().filter(is_replaced).map(|previous| previous.id);
        // What came in one document was not seen to fall; its own later points tell.
        let is_backfill = previous.as_ref().is_some_and(|previous| previous.recorded_at == self.now);
        let effective = if is_backfill { self.now } else { guards::effective_at(&new.flags, self.now) };
        let number = self.change.add_observation(&new, effective)?;
        if is_said {
            self.change.add_provenance(number, &fresh.shown)?;
        }
        Ok(true)
    }

    /// Whether the indicator has values from this feed, and none that were read as it is read now.
    fn is_by_a_new_method(&self, indicator: &'a WatchedIndicator) -> Result<bool> {
        let name = &indicator.spec.name;
        if let Some(known) = self.by_new_method.borrow().get(name) {
            return Ok(*known);
        }
        let method = extractors::method_of(indicator, self.feed);
        let is_new = self.change.extractor(name, &self.feed.name, &method)?.is_none()
            && self.change.has_extractor(name, &self.feed.name)?;
        self.by_new_method.borrow_mut().insert(name, is_new);
        Ok(is_new)
    }

    /// Takes back what the item of that id in another feed has said.
    fn deletion(&self, fresh: &Fresh, feed: &Name) -> Result<u32> {
        let key = item_key(feed, &fresh.item.id);
        let why = format!("{} says that its source has deleted it", self.feed.name);
        let mut taken_back = 0;
        for indicator in &self.watch.indicators {
            if indicator.spec.inputs.iter().any(|input| input.feed == *feed) {
                taken_back += u32::from(self.withdrawal(fresh, indicator, &key, &why)?);
            }
        }
        Ok(taken_back)
    }

    /// The newest vintage that a new value continues or replaces, and the figures that guards compare it with.
    fn known(
        &self,
        indicator: &WatchedIndicator,
        (key, event_time): (&str, Timestamp),
        cumulative: Option<Reset>,
    ) -> Result<(Option<Observation>, guards::Known)> {
        let (change, name, now) = (self.change, &indicator.spec.name, self.now);
        let figure = |observation: Option<Observation>| observation.and_then(|one| one.value.figure());
        let closed = Period::containing(indicator.spec.period, event_time, &self.watch.zone).span(&self.watch.zone).to;
        if !is_course(indicator, cumulative) {
            let in_force = figure(change.effective_vintage(name, key, now)?);
            let complete = figure(change.first_vintage_since(name, key, closed)?);
            return Ok((change.newest_vintage(name, key)?, guards::Known { in_force, complete }));
        }
        if let Some(newest) = change.newest_vintage_at(name, key, event_time)? {
            let complete = figure(change.first_point_since(name, key, (closed, event_time))?);
            let before = change.course_before(name, &self.feed.name, now, (event_time, 1))?;
            return Ok((Some(newest), guards::Known { in_force: figure(before.into_iter().next()), complete }));
        }
        // A fall is told from the point before it; how high the total stands is judged as readings are made.
        let before = change.course_before(name, &self.feed.name, now, (event_time, 1))?.into_iter().next();
        Ok((before.clone(), guards::Known { in_force: figure(before), complete: None }))
    }

    /// Whether a new vintage would only repeat the one before.
    fn says_the_same(
        &self,
        previous: &Observation,
        new: &Observation,
        indicator: &WatchedIndicator,
        cumulative: Option<Reset>,
    ) -> bool {
        let period = |at| Period::containing(indicator.spec.period, at, &self.watch.zone);
        // A running total that stands still is stated once a period: that it stood still is a value, too.
        let stands = cumulative.is_some() && period(previous.event_time) == period(new.event_time);
        let is_repeated = previous.event_time == new.event_time || stands;
        !previous.withdrawn && previous.value == new.value && is_repeated && previous.source == new.source
    }

    /// An item that no longer says what it said takes its value back.
    fn withdrawal(&self, fresh: &Fresh, indicator: &WatchedIndicator, key: &str, why: &str) -> Result<bool> {
        let key = key.to_owned();
        let Some(previous) = self.change.newest_vintage(&indicator.spec.name, &key)? else { return Ok(false) };
        // What a person set in its place does not rest on the item's words.
        if previous.withdrawn || previous.author.is_some() {
            return Ok(false);
        }
        let evidence = Evidence { text: format!("withdrawn: {why}"), span: (0, 0) };
        let value = previous.value.clone();
        let mut new = self.observation(fresh, indicator, (key, previous.event_time), value, evidence);
        new.withdrawn = true;
        new.supersedes = Some(previous.id);
        self.change.add_observation(&new, self.now)?;
        Ok(true)
    }

    /// Level and count, report and schedule: feed and item. Running totals: feed and start of the reset period.
    fn key(&self, fresh: &Fresh, cumulative: Option<Reset>, event_time: Timestamp) -> String {
        match cumulative {
            None => item_key(&self.feed.name, &fresh.item.id),
            Some(reset) => match reset_start(reset, event_time, &self.watch.zone) {
                Some(date) => format!("{} from {date}", self.feed.name.local()),
                None => format!("{} total", self.feed.name.local()),
            },
        }
    }

    fn observation(
        &self,
        fresh: &Fresh,
        indicator: &WatchedIndicator,
        (key, event_time): (String, Timestamp),
        value: Value,
        evidence: Evidence,
    ) -> Observation {
        let item = &fresh.item;
        let (source, reliability) = self.publisher(item);
        Observation {
            id: 0,
            indicator: indicator.spec.name.clone(),
            key,
            event_time,
            value,
            recorded_at: self.now,
            feed: Some(self.feed.name.clone()),
            source,
            item: Some(ItemRef {
                id: item.id.clone(),
                revision: fresh.revision,
                title: item.title.clone(),
                link: item.link.clone(),
            }),
            method: None,
            evidence,
            grade: Grade { reliability, credibility: None },
            flags: Vec::new(),
            supersedes: None,
            author: None,
            withdrawn: false,
            entered_at: None,
        }
    }
}

impl Recorder<'_> {
    /// Who says it, and the letter: the publisher that the item names, by its own entry; else the feed's source.
    fn publisher(&self, item: &Item) -> (String, Option<Reliability>) {
        let own = &self.feed.source;
        let Some(named) = item.publisher.as_deref() else { return (own.id.clone(), own.reliability) };
        let sources = &self.watch.sources;
        let is_own = || Sources::from(vec![own.clone()]).named(named).map(|_| own);
        let known = is_own().or_else(|| sources.named(named).and_then(|place| sources.get(place)));
        match known {
            Some(source) => (source.id.clone(), source.reliability),
            // Whoever cannot be believed about themselves cannot be believed about whom they quote.
            None => (named.to_owned(), own.reliability.filter(|letter| !letter.may_corroborate())),
        }
    }
}

/// The key of what an item says: its feed and its identity there.
fn item_key(feed: &Name, id: &str) -> String {
    format!("{} {id}", feed.local())
}

/// Whether an indicator's periods are differences of a running total's points.
fn is_course(indicator: &WatchedIndicator, cumulative: Option<Reset>) -> bool {
    cumulative.is_some_and(|reset| totals::is_coarser(reset, indicator.spec.period))
}

/// Items oldest first, so that what each says is compared with what came before it; documents list them either way.
fn in_order(fresh: &[Fresh]) -> Vec<&Fresh> {
    let mut sorted: Vec<&Fresh> = fresh.iter().collect();
    sorted.sort_by_key(|fresh| fresh.item.time());
    sorted
}

/// A figure stated for several areas together: this one's share of it, between nothing and all of it.
fn shared_value(value: &Value, areas: u32) -> Value {
    let Value::Quantity(quantity) = value else { return value.clone() };
    let most = quantity.high.map(|high| high.max(0.0));
    let share = quantity.value / f64::from(areas.max(1));
    Value::Quantity(Quantity { value: share, low: Some(0.0), high: most, bound: Bound::Range })
}
