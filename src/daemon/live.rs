//! The daemon: one loop, one closed set of events, one cancellation token, one deadline.
//!
//! The loop itself waits for nothing but the next event: what the store or the
//! network takes its time for is done by tasks, which report as events.

mod care;
mod reload;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use reload::{Fresh, Reloading};

use super::Clock;
use super::alarm::Alarm;
use super::engine::Engine;
use super::look::Look;
use super::nudge::Bell;
use super::pulse::Pulse;
use super::refusals::{Refusals, Work};
use super::report::Totals;
use super::service::{self, Manager};
use crate::clock::Steady;
use crate::model::name::Name;
use crate::model::notification::Message;
use crate::model::time::after;
use crate::pipeline::earliest;
use crate::store::Round;

/// The loop turns at least this often.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(60);
/// Time is let pass at least this often, should a moment ever be missing from those that were computed.
const LONGEST_SWEEPLESS: SignedDuration = SignedDuration::from_hours(1);
/// What is in flight at the end is given this long.
const LAST_CALL: Duration = Duration::from_secs(5);
/// A feed whose poll could not be stored is asked again after this long.
const STORE_RETRY: SignedDuration = SignedDuration::from_secs(30);

/// A clock that is behind the record by more than this is told of.
const NOTEWORTHY: SignedDuration = SignedDuration::from_secs(60);

/// Everything that can happen to the daemon.
enum Event {
    /// A poll is over.
    Polled(Name, anyhow::Result<(Totals, Option<Timestamp>)>),
    /// A round of deliveries is over.
    Delivered(anyhow::Result<(u32, Option<Timestamp>)>),
    /// Time was let pass.
    Swept(anyhow::Result<Totals>),
    /// The store was looked at.
    Looked(anyhow::Result<Look>),
    /// All of the store was read; what is damaged, and whether that is news.
    Examined(anyhow::Result<Option<(String, bool)>>),
    /// What was told of the store has gone out, but for these messages.
    Warned(Vec<Message>),
    /// A moment that was waited for has come.
    Moment,
    /// A command has written to the store.
    Nudged,
    /// SIGHUP.
    Reload,
    /// The configuration was read again; nothing where it cannot be used.
    Reloaded(Option<Box<Fresh>>),
    /// SIGTERM or SIGINT.
    Stop,
}

/// Runs until told to stop. `config_path` is read again at SIGHUP.
///
/// # Errors
/// Signals that cannot be listened to, or a store that refuses the first step.
pub async fn run(engine: Engine, config_path: PathBuf) -> anyhow::Result<()> {
    let (events, mut inbox) = mpsc::channel(1024);
    let mut daemon = Daemon::start(engine, config_path, events).await?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to SIGINT")?;
    let mut hangup = signal(SignalKind::hangup()).context("cannot listen to SIGHUP")?;
    let picture = daemon.picture();
    daemon.manager.ready(&picture);
    tracing::info!(feeds = daemon.due.len(), "watchfloor is running: {}", daemon.picture());
    loop {
        daemon.start_what_is_due();
        if daemon.is_healthy() {
            daemon.manager.alive();
        }
        let event = tokio::select! {
            Some(event) = inbox.recv() => event,
            _ = terminate.recv() => Event::Stop,
            _ = interrupt.recv() => Event::Stop,
            _ = hangup.recv() => Event::Reload,
            () = daemon.bell.rings() => Event::Nudged,
            () = tokio::time::sleep(daemon.sleep()) => Event::Moment,
        };
        if daemon.handle(event).await {
            break;
        }
        let picture = daemon.picture();
        daemon.manager.status(&picture);
    }
    daemon.stop().await;
    Ok(())
}

/// What the store knows of a stretch that nobody watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unwatched {
    /// All there is to know.
    Counted,
    /// It is being told.
    BeingTold,
    /// Nothing yet.
    Unknown,
}

struct Daemon {
    engine: Engine,
    clock: Arc<Steady>,
    manager: Manager,
    config_path: PathBuf,
    events: mpsc::Sender<Event>,
    cancel: CancellationToken,
    tasks: TaskTracker,
    due: HashMap<Name, Timestamp>,
    in_flight: HashSet<Name>,
    failing: HashSet<Name>,
    bell: Bell,
    /// When time alone may change something.
    wake: Timestamp,
    /// When the store is looked at for what commands wrote, and what the last look showed.
    next_look: Timestamp,
    foreign_commits: i64,
    /// Since when a look is under way.
    looking: Option<Timestamp>,
    /// A stretch that nobody watched, and what is known of it by the store.
    unwatched: Unwatched,
    reloading: Reloading,
    /// When all of the store is read next.
    next_examination: Timestamp,
    /// Whether time is being let pass.
    is_sweeping: bool,
    refusals: Refusals,
    alarm: Alarm,
    /// When the outbox is looked at next; `None` while a round is under way.
    delivery: Option<Timestamp>,
    pulse: Pulse,
}

impl Daemon {
    async fn start(engine: Engine, config_path: PathBuf, events: mpsc::Sender<Event>) -> anyhow::Result<Self> {
        let clock = Arc::new(Steady::start(engine.look(|view| view.latest_recorded()).await?));
        let now = clock.now();
        if clock.ahead() > NOTEWORTHY {
            tracing::warn!(
                "the system's clock says {}, but {now} is on record already; time goes on from there, half as fast, until the clock has caught up",
                crate::clock::now()
            );
        }
        engine.resume(now).await?;
        engine.remember_configuration(now, "read at the start").await?;
        let due = engine.due_times(now).await?;
        let manager = Manager::start().context("cannot start the service manager's thread")?;
        let bell = Bell::hang(engine.plan.settings.socket.as_deref());
        engine.listens_at(bell.path().map(PathBuf::from)).await?;
        Ok(Self {
            engine,
            clock,
            manager,
            config_path,
            events,
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
            due,
            in_flight: HashSet::new(),
            failing: HashSet::new(),
            bell,
            wake: now,
            next_look: now,
            foreign_commits: 0,
            looking: None,
            unwatched: Unwatched::Counted,
            reloading: Reloading::default(),
            next_examination: after(now, care::FIRST_EXAMINATION),
            is_sweeping: false,
            refusals: Refusals::default(),
            alarm: Alarm::new(now),
            delivery: Some(now),
            pulse: Pulse::new(now),
        })
    }

    fn clock(&self) -> Clock {
        Clock::System(Arc::clone(&self.clock))
    }

    /// After a leap of the system's clock: time in which nothing was watched counts as downtime, not towards a `hold`.
    /// Nothing is judged before the store knows.
    fn follow_the_clock(&mut self) {
        let Some(leap) = self.clock.take_leap() else { return };
        if leap < SignedDuration::ZERO {
            let back = leap.abs();
            tracing::warn!(
                "the system's clock was set back by {back:#}; time goes on half as fast until it has caught up"
            );
            return;
        }
        tracing::warn!("the system's clock leapt {leap:#} ahead; the time between counts as not watched");
        self.unwatched = Unwatched::Unknown;
        self.next_look = self.clock.now();
    }

    /// Starts the polls and the deliveries whose time has come, and lets time pass where it decides.
    fn start_what_is_due(&mut self) {
        self.follow_the_clock();
        let now = self.clock.now();
        self.tell_of_the_store(now);
        if self.next_look <= now && self.looking.is_none() {
            self.start_look(now);
        }
        if !self.store_answers(now) {
            return;
        }
        let due: Vec<Name> = self
            .due
            .iter()
            .filter(|(name, at)| **at <= now && !self.in_flight.contains(*name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in due {
            self.start_poll(name);
        }
        if self.wake <= now && !self.is_sweeping {
            self.start_sweep(now);
        }
        if self.delivery.is_some_and(|at| at <= now) {
            self.start_delivery();
        }
        if self.next_examination <= now {
            self.start_examination(now);
        }
    }

    fn start_poll(&mut self, name: Name) {
        self.in_flight.insert(name.clone());
        let (engine, events, cancel) = (self.engine.clone(), self.events.clone(), self.cancel.clone());
        let clock = self.clock();
        self.tasks.spawn(async move {
            let polled = tokio::select! {
                () = cancel.cancelled() => return,
                polled = engine.poll(&name, &clock) => polled,
            };
            let _ = events.send(Event::Polled(name, polled)).await;
        });
    }

    fn start_delivery(&mut self) {
        self.delivery = None;
        let Some(mut outbox) = self.engine.outbox() else { return };
        let (events, cancel, clock) = (self.events.clone(), self.cancel.clone(), self.clock());
        self.tasks.spawn(async move {
            let delivered = outbox.deliver(&clock, Round::Due, &cancel).await;
            let _ = events.send(Event::Delivered(delivered)).await;
        });
    }

    fn start_sweep(&mut self, now: Timestamp) {
        self.is_sweeping = true;
        // Whatever wants to be judged earlier says so meanwhile.
        self.wake = after(now, LONGEST_SWEEPLESS);
        let (engine, events, clock) = (self.engine.clone(), self.events.clone(), self.clock());
        self.tasks.spawn(async move {
            let swept = engine.sweep(clock.now()).await;
            let _ = events.send(Event::Swept(swept)).await;
        });
    }

    /// Everything is judged and the outbox looked at in this turn of the loop.
    fn wake_up(&mut self, now: Timestamp) {
        self.wake = now;
        // A round under way claims what was queued meanwhile.
        self.delivery = self.delivery.map(|_| now);
    }

    async fn swept(&mut self, swept: anyhow::Result<Totals>, now: Timestamp) {
        self.is_sweeping = false;
        match swept {
            Ok(totals) => {
                self.wake = earliest(Some(self.wake), totals.effects.wake).unwrap_or(self.wake);
                if totals.effects.notifications > 0 {
                    self.delivery = self.delivery.map(|at| at.min(now));
                }
                self.stored(&Work::Time, now).await;
            }
            Err(error) => {
                self.wake = after(now, STORE_RETRY);
                self.refused(Work::Time, &error, now);
            }
        }
    }

    /// Handles an event; tells whether it is the last.
    async fn handle(&mut self, event: Event) -> bool {
        let now = self.clock.now();
        match event {
            Event::Stop => return true,
            Event::Moment => {}
            Event::Nudged => self.wake_up(now),
            Event::Reload => self.start_reload(now),
            Event::Reloaded(fresh) => self.reloaded(fresh, now).await,
            Event::Polled(name, polled) => self.polled(name, polled, now).await,
            Event::Swept(swept) => self.swept(swept, now).await,
            Event::Looked(looked) => self.looked(looked, now).await,
            Event::Examined(found) => self.examined(found, now),
            Event::Warned(left) => self.alarm.back(left, !self.refusals.is_open(), now),
            Event::Delivered(Ok((_, next))) => {
                self.delivery = Some(next.unwrap_or(after(now, LONGEST_SLEEP)).min(after(now, LONGEST_SLEEP)));
                self.stored(&Work::Outbox, now).await;
            }
            Event::Delivered(Err(error)) => {
                self.delivery = Some(after(now, STORE_RETRY));
                self.refused(Work::Outbox, &error, now);
            }
        }
        false
    }

    async fn polled(&mut self, name: Name, polled: anyhow::Result<(Totals, Option<Timestamp>)>, now: Timestamp) {
        self.in_flight.remove(&name);
        let next = match polled {
            Ok((totals, next)) => {
                if totals.failed > 0 {
                    self.failing.insert(name.clone())
                } else {
                    self.failing.remove(&name)
                };
                self.wake = earliest(Some(self.wake), totals.effects.wake).unwrap_or(self.wake);
                if totals.effects.notifications > 0 {
                    // A round under way claims them as well; else one starts now.
                    self.delivery = self.delivery.map(|_| now);
                }
                self.stored(&Work::Poll(name.clone()), now).await;
                next
            }
            Err(error) => {
                self.refused(Work::Poll(name.clone()), &error, now);
                Some(after(now, STORE_RETRY))
            }
        };
        let Some(next) = next else {
            tracing::warn!(feed.id = %name, "{name} is gone for good: it is not asked again");
            self.due.remove(&name);
            return;
        };
        if let Some(due) = self.due.get_mut(&name) {
            // `every = "0s"` is for repeated runs; the daemon breathes between two polls.
            *due = self.clock.wait_over(now, next.max(after(now, SignedDuration::from_secs(1))));
        }
    }

    /// How long nothing has to be done.
    fn sleep(&self) -> Duration {
        let now = self.clock.now();
        let polls = self.due.iter().filter(|(name, _)| !self.in_flight.contains(*name)).map(|(_, at)| *at);
        let wake = Some(self.wake).filter(|_| !self.is_sweeping);
        let decides = polls.chain(wake).chain(self.delivery).filter(|_| self.store_answers(now));
        let look = self.next_try_of_the_store(now);
        let next = decides.chain(look).min().unwrap_or(now);
        let wait = next.duration_since(now).clamp(SignedDuration::ZERO, LONGEST_SLEEP);
        let wait = Duration::try_from(wait).unwrap_or_default();
        service::watchdog().map_or(wait, |limit| wait.min(limit))
    }

    fn picture(&self) -> String {
        let watches = self.engine.plan.watches.len();
        format!(
            "{watches} watches, {} feeds, {} failing, {} messages waiting",
            self.due.len(),
            self.failing.len(),
            self.pulse.waiting.count
        )
    }

    async fn stop(self) {
        self.manager.stopping();
        tracing::info!("stopping: polls under way are given up, what is recorded stays");
        self.cancel.cancel();
        self.tasks.close();
        if tokio::time::timeout(LAST_CALL, self.tasks.wait()).await.is_err() {
            tracing::warn!("some polls did not end in time and are left behind");
        }
        let now = self.clock.now();
        let _ = self.engine.check_in(now, false).await;
        let _ = self.engine.listens_at(None).await;
    }
}
