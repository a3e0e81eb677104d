//! The steps that every way of running goes through: poll a feed, let time pass, deliver.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Clock;
use super::gather::{Gatherer, Link};
use super::outbox::Outbox;
use super::report::{Report, Reporter, Spent, Totals};
use super::uplink::{Uplink, Verdict};
use super::writer::Writer;
use crate::config::Plan;
use crate::config::plan::{Feed, Until, Watch};
use crate::fetch::{self, Client, Ended};
use crate::model::alert::Transition;
use crate::model::feed::{Failure, FeedState, Fetched, Health, Validators, Wishes};
use crate::model::item::Document;
use crate::model::name::Name;
use crate::pipeline::read::{self, Harvest};
use crate::pipeline::record::{self, Poll, Polled};
use crate::pipeline::{Effects, feeds, sweep, uplink};
use crate::store::{Store, StoreError, View, Waiting};

/// Documents that are taken apart and stored at once.
const DOCUMENTS: usize = 8;

/// A plan with what it takes to follow it.
#[derive(Clone)]
pub struct Engine {
    /// The configuration in force.
    pub plan: Arc<Plan>,
    client: Client,
    pub(super) writer: Writer,
    pub(super) reporter: Reporter,
    uplink: Arc<Mutex<Uplink>>,
    /// How many hosts the plan names.
    hosts: usize,
    room: Arc<Semaphore>,
}

impl Engine {
    /// Takes the store over and starts its thread.
    ///
    /// # Errors
    /// HTTP settings that cannot be used, or no thread.
    pub fn start(plan: Plan, store: Store, reporter: Reporter) -> anyhow::Result<(Self, std::thread::JoinHandle<()>)> {
        let client = Client::new(plan.settings.http.clone()).map_err(anyhow::Error::msg)?;
        let (writer, thread) = Writer::start(store).context("cannot start the store's thread")?;
        let (hosts, room) = (hosts(&plan), Arc::new(Semaphore::new(DOCUMENTS)));
        let engine = Self { plan: Arc::new(plan), client, writer, reporter, uplink: Arc::default(), hosts, room };
        Ok((engine, thread))
    }

    /// The same store under another plan.
    ///
    /// # Errors
    /// HTTP settings that cannot be used.
    pub fn with_plan(&self, plan: Plan) -> anyhow::Result<Self> {
        let client = Client::new(plan.settings.http.clone()).map_err(anyhow::Error::msg)?;
        let hosts = hosts(&plan);
        Ok(Self { plan: Arc::new(plan), client, hosts, ..self.clone() })
    }

    /// The outbox of the plan, where it has one.
    pub fn outbox(&self) -> Option<Outbox> {
        Outbox::new(Arc::clone(&self.plan), self.writer.clone(), Arc::clone(&self.reporter))
    }

    /// Fetches an address beside the feeds: the heartbeat.
    pub async fn touch(&self, target: &fetch::Target, now: Timestamp) -> Fetched {
        self.client.fetch(target, &Validators::default(), now).await
    }

    /// When each feed is due; one that was never asked under its present address is due at once, one that is gone for good
    /// never.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn due_times(&self, now: Timestamp) -> anyhow::Result<HashMap<Name, Timestamp>> {
        let plan = Arc::clone(&self.plan);
        let work = move |change: &crate::store::Change<'_>| -> Result<_, StoreError> {
            let mut due = HashMap::new();
            for (_, feed) in plan.feeds() {
                feeds::notice_address(change, feed, now)?;
                let state = change.feed_state(&feed.name)?;
                let at = state.filter(|state| state.last_poll.is_some()).map_or(Some(now), |state| state.next_poll);
                due.extend(at.map(|at| (feed.name.clone(), at)));
            }
            Ok(due)
        };
        Ok(self.writer.with(move |store| store.write(work)).await??)
    }

    /// The first step of a run.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn resume(&self, now: Timestamp) -> anyhow::Result<()> {
        let plan = Arc::clone(&self.plan);
        Ok(self.writer.with(move |store| store.write(|change| sweep::resume(change, &plan, now))).await??)
    }

    /// Looks at the store as the writer sees it.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> anyhow::Result<T> {
        Ok(self.writer.with(move |store| look(&store.view())).await??)
    }

    /// Remembers since when this configuration is in force, and what it changed.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn remember_configuration(&self, now: Timestamp, changes: &str) -> anyhow::Result<()> {
        let changes = changes.to_owned();
        Ok(self.writer.with(move |store| store.write(|change| change.set_configured(now, &changes))).await??)
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn waiting(&self) -> anyhow::Result<Waiting> {
        self.look(|view| view.waiting()).await
    }

    /// The scenarios that cannot be judged, among those of the plan.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn blind(&self) -> anyhow::Result<Vec<Name>> {
        let plan = Arc::clone(&self.plan);
        let work = move |view: &View<'_>| {
            let mut blind = Vec::new();
            for scenario in plan.watches.iter().flat_map(|watch| &watch.scenarios) {
                let memory = view.scenario(&scenario.name)?;
                if memory.is_some_and(|memory| memory.state.blind.is_some()) {
                    blind.push(scenario.name.clone());
                }
            }
            Ok(blind)
        };
        self.look(work).await
    }

    /// Lets time pass: everything that time alone can change is judged.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn sweep(&self, now: Timestamp) -> anyhow::Result<Totals> {
        let begun = Instant::now();
        let plan = Arc::clone(&self.plan);
        let (effects, decided) = self.recording(move |change| sweep::sweep(change, &plan, now)).await?;
        self.tell(decided);
        Ok(Totals { effects, spent: Spent { judge: begun.elapsed(), ..Spent::default() }, ..Totals::default() })
    }

    /// Runs one transaction; gives what it brought about and what it decided.
    async fn recording(
        &self,
        work: impl FnOnce(&crate::store::Change<'_>) -> Result<Effects, StoreError> + Send + 'static,
    ) -> anyhow::Result<(Effects, Vec<Transition>)> {
        let job = move |store: &mut Store| -> Result<(Effects, Vec<Transition>), StoreError> {
            let before = store.view().last_transition_number()?;
            let effects = store.write(work)?;
            Ok((effects, store.view().transitions_after(before)?))
        };
        Ok(self.writer.with(job).await??)
    }

    fn tell(&self, decided: Vec<Transition>) {
        for transition in decided {
            (self.reporter)(Report::Decided(Box::new(transition)));
        }
    }

    /// Polls one feed and records what it brought. Gives when it is due again; `None` when it is gone for good.
    ///
    /// # Errors
    /// What the store refuses: nothing of the poll is recorded then.
    pub async fn poll(&self, name: &Name, clock: &Clock) -> anyhow::Result<(Totals, Option<Timestamp>)> {
        let plan = Arc::clone(&self.plan);
        let (watch, feed) = plan.feed(name).with_context(|| format!("there is no feed {name}"))?;
        let begun = clock.now();
        let state = {
            let name = name.clone();
            self.writer
                .with(move |store| store.view().feed_state(&name))
                .await??
                .unwrap_or_else(|| FeedState::new(begun))
        };
        let recipe = read::recipe(watch, feed);
        // What was read by another recipe has to come again, whole.
        let is_read = state.body_hash.as_deref().is_some_and(|hash| read::is_read_by(hash, &recipe, begun));
        let is_known = is_read && !goes_to_the_end(feed);
        let validators = if is_known { state.validators.clone() } else { Validators::default() };
        let started = Instant::now();
        let client = self.client.for_poll();
        let gatherer = Gatherer::new(&client, Arc::clone(&self.plan), name, begun);
        let fetched = gatherer.document(&validators).await?;
        let mut totals = Totals { polled: 1, ..Totals::default() };
        totals.spent.fetch = started.elapsed();
        let now = clock.now().max(begun);
        // The larger room first: who has the smaller one may not wait for it.
        if let Fetched::Document { document, .. } = &fetched {
            client.make_room(document).await;
        }
        let _room = self.room_for(feed, &fetched).await;
        let mut read = self.understand(&client, (watch, feed), &state, fetched, (begun, &mut totals.spent)).await?;
        let outage = self.outage(feed, &state, &mut read.polled, now);
        let next_poll = feed.schedule.next_poll(&name.to_string(), now, &watch.zone, &ended(&read, &state));
        let took_ms = u32::try_from(totals.spent.fetch.as_millis()).unwrap_or(u32::MAX);
        let poll = Poll { polled: read.polled, moved_to: read.wishes.moved_to, took_ms, next_poll };
        if let Some(there) = poll.moved_to.as_ref().filter(|_| poll.moved_to != state.moved_to) {
            tracing::info!(feed.id = %name, "{name} has moved for good to {there}; give it this address");
        }
        let mut report = told(name, &poll, now);
        totals.unchanged = u32::from(matches!(poll.polled, Polled::Unchanged));
        totals.failed = u32::from(poll.failure().is_some() || matches!(poll.polled, Polled::Offline));
        let started = Instant::now();
        let (plan, name) = (Arc::clone(&self.plan), name.clone());
        let work = move |change: &crate::store::Change<'_>| {
            if let Some((since, blamed)) = outage {
                uplink::went_down(change, since, &blamed)?;
            }
            record::record(change, &plan, &name, poll, now)
        };
        let (effects, decided) = self.recording(work).await?;
        totals.spent.store = started.elapsed();
        totals.effects = effects;
        if let Report::Polled { items_new, observations, .. } = &mut report {
            (*items_new, *observations) = (effects.items_new, effects.observations);
        }
        (self.reporter)(report);
        self.tell(decided);
        Ok((totals, next_poll))
    }

    /// Waits until a document may be taken apart: in parts it is ten times as large as it came, and when hundreds come at
    /// once, as at a start, they would wait so for the store. What waits for the network meanwhile is let through.
    async fn room_for(&self, feed: &Feed, fetched: &Fetched) -> Option<OwnedSemaphorePermit> {
        let asks_on = feed.follow.is_some() || feed.paging.is_some() || feed.through.is_some();
        let is_large = matches!(fetched, Fetched::Document { .. }) && !asks_on;
        if is_large { Arc::clone(&self.room).acquire_owned().await.ok() } else { None }
    }

    /// Tells a feed's failure from ours: where every host fails at once, the poll says nothing of its feed.
    /// Gives since when and whom to take the blame from, at the poll that shows it.
    fn outage(
        &self,
        feed: &Feed,
        state: &FeedState,
        polled: &mut Polled,
        now: Timestamp,
    ) -> Option<(Timestamp, Vec<(Name, FeedState)>)> {
        let host = feed.target.host()?;
        let mut uplink = self.uplink.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(polled, Polled::Failed(failure) if failure.unreached) {
            uplink.answered();
            return None;
        }
        let verdict = uplink.unreached(&host, (&feed.name, state), self.hosts, now);
        if verdict != Verdict::Theirs {
            *polled = Polled::Offline;
        }
        match verdict {
            Verdict::WentDown(since, blamed) => Some((since, blamed)),
            Verdict::Theirs | Verdict::Ours => None,
        }
    }

    async fn understand(
        &self,
        client: &Client,
        (watch, feed): (&Watch, &Feed),
        state: &FeedState,
        fetched: Fetched,
        (now, spent): (Timestamp, &mut Spent),
    ) -> anyhow::Result<Understood> {
        let (document, validators, wishes) = match fetched {
            Fetched::Unchanged { wishes } => return Ok(Understood { polled: Polled::Unchanged, wishes }),
            Fetched::Failed(failure) => {
                let wishes = Wishes { wait: failure.wait, ..Wishes::default() };
                return Ok(Understood { polled: Polled::Failed(failure), wishes });
            }
            Fetched::Document { document, validators, wishes } => (document, validators, wishes),
        };
        let landed = document.url.as_deref().filter(|url| feed.target.is_elsewhere(url)).map(fetch::host_of);
        let body_hash = read::body_hash(&document.body, &read::recipe(watch, feed));
        let is_same = state.body_hash.as_deref().is_some_and(|stored| read::is_of(stored, &body_hash, now));
        if is_same && !goes_to_the_end(feed) {
            return Ok(Understood { polled: Polled::Unchanged, wishes });
        }
        let (name, used) = (feed.name.clone(), state.last_success.is_some());
        let had_items = used && self.writer.with(move |store| store.view().count_items(&name)).await?? > 0;
        let polled = match self.harvest(client, &feed.name, (document, &wishes.links), (now, spent)).await? {
            Ok(harvest) => match read::emptiness(feed, &harvest, had_items) {
                Some(why) => Polled::Failed(landed_on(landed, Failure::error(why))),
                None => {
                    let body_hash = read::hash_to_store(&harvest, body_hash, now);
                    Polled::Document { harvest: Box::new(harvest), validators, body_hash }
                }
            },
            Err(failure) => Polled::Failed(landed_on(landed, failure)),
        };
        let ttl = match &polled {
            Polled::Document { harvest, .. } => {
                harvest.ttl_minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)))
            }
            _ => None,
        };
        Ok(Understood { polled, wishes: Wishes { wait: wishes.wait.max(ttl), ..wishes } })
    }

    /// Reads a document with all that belongs to it.
    async fn harvest(
        &self,
        client: &Client,
        name: &Name,
        (document, links): (Document, &[Link]),
        (now, spent): (Timestamp, &mut Spent),
    ) -> anyhow::Result<Result<Harvest, Failure>> {
        let gatherer = Gatherer::new(client, Arc::clone(&self.plan), name, now).beside(&self.writer);
        let started = Instant::now();
        let parsed = gatherer.parsed(document, links).await?;
        spent.parse += started.elapsed();
        let started = Instant::now();
        let sifted = match parsed {
            Ok(parsed) => gatherer.sifted(parsed).await?,
            Err(failure) => return Ok(Err(failure)),
        };
        // The pages of items are documents that are waited for.
        spent.fetch += started.elapsed();
        let started = Instant::now();
        let found = match sifted {
            Ok(harvest) => gatherer.found(harvest).await,
            Err(failure) => Ok(Err(failure)),
        };
        spent.extract += started.elapsed();
        found
    }
}

/// A page without what the feed has, to which its address was redirected, is a landing page: the feed is blocked.
fn landed_on(host: Option<String>, failure: Failure) -> Failure {
    let Some(host) = host else { return failure };
    let message = format!("the feed's address leads to another page, on {host}: {}", failure.message);
    Failure { health: Health::Blocked, ..Failure::error(message) }
}

/// Whether every page of a feed is read at every poll, so that nothing is known of them by the first one.
fn goes_to_the_end(feed: &Feed) -> bool {
    feed.paging.as_ref().is_some_and(|paging| paging.until == Until::End)
}

/// How a poll ended, as the schedule has to know it.
fn ended(read: &Understood, state: &FeedState) -> Ended {
    let wait = read.wishes.wait;
    match &read.polled {
        Polled::Failed(failure) if failure.unreached => Ended::Unreached { failures: state.failures.saturating_add(1) },
        Polled::Failed(failure) => Ended::Badly {
            health: failure.health,
            status: failure.status,
            wait,
            failures: state.failures.saturating_add(1),
        },
        // Our own connection comes back without notice; nobody else is bothered by asking soon.
        Polled::Offline => Ended::Unreached { failures: 2 },
        Polled::Document { .. } | Polled::Unchanged => Ended::Well { wait, ttl: None },
    }
}

/// How many hosts a plan names.
fn hosts(plan: &Plan) -> usize {
    plan.feeds().filter_map(|(_, feed)| feed.target.host()).collect::<HashSet<_>>().len()
}

/// A fetched document, read.
struct Understood {
    polled: Polled,
    wishes: Wishes,
}

fn told(feed: &Name, poll: &Poll, at: Timestamp) -> Report {
    let (status, notes) = match &poll.polled {
        Polled::Document { harvest, .. } => {
            let status = harvest.unread.as_ref().map_or("ok", |failure| failure.health.word());
            (status, harvest.warnings.clone())
        }
        Polled::Unchanged => ("unchanged", Vec::new()),
        Polled::Failed(failure) => (failure.health.word(), vec![failure.message.clone()]),
        Polled::Offline => (record::OFFLINE, vec![record::OFFLINE_MEANS.to_owned()]),
    };
    Report::Polled { feed: feed.clone(), at, status, items_new: 0, observations: 0, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SystemEnvironment;

    const WATCH: &str = "[watch]\ntitle = 'W'\n[feeds.plain]\nurl = 'https://example.org/a'\n[feeds.pages]\n\
        url = 'https://example.org/b'\nformat = 'json'\npaging = { link = 'next' }\n";

    #[tokio::test]
    async fn a_document_waits_for_room_and_what_asks_on_does_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("watchfloor.toml"), "include = ['w.toml']\n").unwrap();
        std::fs::write(folder.path().join("w.toml"), WATCH).unwrap();
        let loaded = crate::config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment);
        let plan = loaded.map_err(|problems| problems.print(false)).unwrap().plan;
        let (engine, _) = Engine::start(plan, Store::in_memory().unwrap(), Arc::new(drop)).unwrap();
        let document = Document { body: Vec::new(), content_type: None, url: None };
        let (validators, wishes) = (Validators::default(), Wishes::default());
        let document = Fetched::Document { document, validators, wishes };
        let feed = |local| engine.plan.feed(&Name::new("w", local)).unwrap().1;
        let mut taken = Vec::new();
        for _ in 0..DOCUMENTS {
            taken.push(engine.room_for(feed("plain"), &document).await.unwrap());
        }
        let unchanged = Fetched::Unchanged { wishes: Wishes::default() };
        assert!(engine.room_for(feed("pages"), &document).await.is_none());
        assert!(engine.room_for(feed("plain"), &unchanged).await.is_none());
        let next = async { engine.room_for(feed("plain"), &document).await };
        assert!(tokio::time::timeout(std::time::Duration::ZERO, next).await.is_err(), "it waits");
        taken.pop();
        assert!(engine.room_for(feed("plain"), &document).await.is_some());
    }
}
