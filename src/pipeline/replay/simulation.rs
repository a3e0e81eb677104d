//! A store in memory in which the past happens again: the same `record`, the same `sweep`, simulated time.

use jiff::Timestamp;

use crate::config::plan::Plan;
use crate::model::feed::{Failure, Validators};
use crate::model::item::Document;
use crate::model::name::Name;
use crate::model::observation::Observation;
use crate::model::time::Span;
use crate::pipeline::record::{self, Poll, Polled};
use crate::pipeline::{Effects, earliest, read, said, sweep};
use crate::store::{Change, Result, Store, View};

/// What happens at a moment of simulated time.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// A feed was asked, and this is what it came to.
    Polled(Name, Polled),
    /// A feed was asked and gave this document, which is read as the daemon reads it.
    Answered(Name, Document),
    /// A person recorded a value.
    ByHand(Box<Observation>),
    /// Nothing watched since a moment: no clock ran on.
    Resumed(Timestamp),
}

/// When something happens, and what.
pub type Dated = (Timestamp, Happening);

/// Where happenings come from.
pub trait Past {
    /// The next moment at which something happens that may decide; `None` at the end.
    fn next(&self) -> Option<Timestamp>;

    /// The first moment from `at` on at which anything watched: time alone decides nothing before.
    fn watched_from(&self, at: Timestamp) -> Timestamp {
        at
    }

    /// Everything up to and including `now` that was not taken yet, in the order of time.
    fn take(&mut self, now: Timestamp) -> Vec<Dated>;
}

/// Simulated time over a plan. Nothing of it leaves the memory, and nothing is sent.
#[derive(Debug)]
pub struct Simulation<'p> {
    plan: &'p Plan,
    store: Store,
    /// When time alone may change something; `None` before the first step.
    wake: Option<Timestamp>,
}

impl<'p> Simulation<'p> {
    /// An empty store under a plan.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new(plan: &'p Plan) -> Result<Self> {
        Ok(Self { plan, store: Store::in_memory()?, wake: None })
    }

    /// What is known and was decided by now.
    pub fn view(&self) -> View<'_> {
        self.store.view()
    }

    /// Lets the past happen up to and including `to`; `tell` hears of every moment that is reached.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn run(&mut self, past: &mut dyn Past, to: Timestamp, tell: &mut dyn FnMut(Timestamp)) -> Result<()> {
        loop {
            self.wake = self.wake.map(|at| past.watched_from(at));
            let Some(now) = earliest(past.next(), self.wake).filter(|now| *now <= to) else { return Ok(()) };
            tell(now);
            self.step(past.take(now), now)?;
        }
    }

    /// One moment: everything that happens at it is recorded, then judged once; time passes where it alone may decide.
    fn step(&mut self, happenings: Vec<Dated>, now: Timestamp) -> Result<()> {
        let (plan, wake) = (self.plan, self.wake);
        self.wake = self.store.write(|change| -> Result<_> {
            let (mut wake, mut decisive) = (wake, Vec::new());
            for (at, happening) in happenings {
                let (effects, feed) = happen(change, plan, happening, at)?;
                wake = earliest(wake, effects.wake);
                decisive.extend(feed);
            }
            if wake.is_none_or(|at| at <= now) {
                return Ok(sweep::sweep(change, plan, now)?.wake);
            }
            for watch in &plan.watches {
                wake = earliest(wake, record::judge_watch(change, plan, watch, Some(&decisive), now)?.wake);
            }
            Ok(wake)
        })?;
        Ok(())
    }
}

/// Records what happens; gives the feed whose poll may change a verdict.
fn happen(change: &Change<'_>, plan: &Plan, happening: Happening, at: Timestamp) -> Result<(Effects, Option<Name>)> {
    let (feed, polled) = match happening {
        Happening::Polled(feed, polled) => (feed, polled),
        Happening::Answered(feed, document) => {
            let polled = answered(change, plan, &feed, &document, at)?;
            (feed, polled)
        }
        Happening::ByHand(observation) => {
            change.add_observation(&observation, at)?;
            // What a person records is judged at once.
            return Ok((Effects { observations: 1, wake: Some(at), ..Effects::default() }, None));
        }
        Happening::Resumed(since) => {
            sweep::stand_still(change, plan, Span::new(since, at))?;
            // A run begins with a look at everything.
            return Ok((Effects { wake: Some(at), ..Effects::default() }, None));
        }
    };
    let due = plan.feed(&feed).and_then(|(watch, own)| own.schedule.due_after(&feed.to_string(), at, &watch.zone));
    let (effects, decides) =
        record::note(change, plan, &feed, Poll { polled, moved_to: None, took_ms: 0, next_poll: due }, at)?;
    Ok((effects, decides.then_some(feed)))
}

/// What a document comes to.
fn answered(view: &View<'_>, plan: &Plan, name: &Name, document: &Document, at: Timestamp) -> Result<Polled> {
    let Some((watch, feed)) = plan.feed(name) else { return Ok(Polled::Unchanged) };
    let body_hash = read::body_hash(&document.body, &read::recipe(watch, feed));
    let state = view.feed_state(name)?;
    let stored = state.as_ref().and_then(|state| state.body_hash.as_deref());
    if stored.is_some_and(|stored| read::is_of(stored, &body_hash, at)) {
        return Ok(Polled::Unchanged);
    }
    let parsed = match read::parse(feed, document, at) {
        Ok(parsed) => parsed,
        Err(error) => return Ok(Polled::Failed(read::failure(error))),
    };
    let had_items = state.is_some_and(|state| state.last_success.is_some()) && view.count_items(name)? > 0;
    let known = view.known_items(name, said::FORM, parsed.items.iter().map(|item| item.id.as_str()))?;
    let harvest = read::read(watch, feed, parsed, &known);
    Ok(match read::emptiness(feed, &harvest, had_items) {
        Some(why) => Polled::Failed(Failure::error(why)),
        None => {
            let body_hash = read::hash_to_store(&harvest, body_hash, at);
            Polled::Document { harvest: Box::new(harvest), validators: Validators::default(), body_hash }
        }
    })
}
