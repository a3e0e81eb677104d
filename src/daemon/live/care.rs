//! The daemon's care for its own store: signs of life, the heartbeat, and what follows when the store refuses.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Daemon, Event, Unwatched};
use crate::daemon::alarm;
use crate::daemon::look::Look;
use crate::daemon::refusals::Work;
use crate::model::notification::StoreNotice;
use crate::model::time::{after, before};

/// The store is looked at so often, and told that this run is alive.
const LOOK: SignedDuration = SignedDuration::from_secs(30);
/// A store that refuses is tried so often.
const TRY: SignedDuration = SignedDuration::from_secs(5);
/// No poll is begun while the store does not answer for so long: it could not be stored.
const SLOW: SignedDuration = SignedDuration::from_secs(5);
/// A store that answers neither yes nor no for so long hangs, and the watchdog is no longer fed.
const HUNG: SignedDuration = SignedDuration::from_mins(15);
/// The loop waits no longer for the store in one turn, twice at most: the watchdog has to be fed meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// All of the store is read so long after the start, which itself reads it only in part, and then so often.
pub(super) const FIRST_EXAMINATION: SignedDuration = SignedDuration::from_mins(5);
const EXAMINATION: SignedDuration = SignedDuration::from_hours(24);

impl Daemon {
    /// Reads all of the store beside everything else: what the quick check at the start does not see.
    pub(super) fn start_examination(&mut self, now: Timestamp) {
        self.next_examination = after(now, EXAMINATION);
        let (engine, events, cancel) = (self.engine.clone(), self.events.clone(), self.cancel.clone());
        self.tasks.spawn(async move {
            let found = tokio::select! {
                () = cancel.cancelled() => return,
                found = engine.examine(now) => found,
            };
            let _ = events.send(Event::Examined(found)).await;
        });
    }

    pub(super) fn examined(&mut self, found: anyhow::Result<Option<(String, bool)>>, now: Timestamp) {
        match found {
            Ok(None) => {}
            Ok(Some((damage, is_news))) => {
                let path = self.engine.plan.settings.store.display();
                tracing::error!(
                    "{path}: the database is damaged ({damage}); it is still used, but what is read from it may be wrong. \
                     Restore your last copy, or save what can be read as docs/operations.md shows"
                );
                if is_news {
                    self.delivery = self.delivery.map(|_| now);
                }
            }
            Err(error) => {
                tracing::warn!("the store could not be read as a whole: {error:#}; it is tried again in an hour");
                self.next_examination = after(now, SignedDuration::from_hours(1));
            }
        }
    }

    /// Says that this run is alive, and notices what commands wrote while no nudge came.
    pub(super) fn start_look(&mut self, now: Timestamp) {
        self.looking = Some(now);
        let is_back = self.refusals.is_down() || self.unwatched == Unwatched::Unknown;
        if is_back {
            self.unwatched = Unwatched::BeingTold;
        }
        let (engine, events) = (self.engine.clone(), self.events.clone());
        self.tasks.spawn(async move {
            let looked = engine.check_in(now, is_back).await;
            let _ = events.send(Event::Looked(looked)).await;
        });
    }

    /// Whether the store takes what is decided: it has not refused, it answers, and knows of all time that was not watched.
    pub(super) fn store_answers(&self, now: Timestamp) -> bool {
        !self.refusals.is_down()
            && self.unwatched == Unwatched::Counted
            && self.looking.is_none_or(|since| since > before(now, SLOW))
    }

    /// When something is to be done for the store. While it refuses or is being asked, the loop turns often.
    pub(super) fn next_try_of_the_store(&self, now: Timestamp) -> Option<Timestamp> {
        let look = Some(self.next_look).filter(|_| self.looking.is_none());
        let turn = (self.looking.is_some() || self.refusals.is_open()).then(|| after(now, TRY));
        look.into_iter().chain(turn).min()
    }

    /// Whether a cycle of the loop is a sign of health: not while the store hangs.
    pub(super) fn is_healthy(&self) -> bool {
        let now = self.clock.now();
        self.looking.is_none_or(|since| since > before(now, HUNG))
    }

    pub(super) async fn looked(&mut self, looked: anyhow::Result<Look>, now: Timestamp) {
        self.looking = None;
        let was_told = self.unwatched == Unwatched::BeingTold;
        let look = match looked {
            Ok(look) => look,
            Err(error) => {
                if was_told {
                    self.unwatched = Unwatched::Unknown;
                }
                self.refused(Work::SignOfLife, &error, now);
                self.next_look = after(now, TRY);
                return;
            }
        };
        // A leap while an ordinary look was under way is told by the next.
        let is_known = was_told || self.unwatched == Unwatched::Counted;
        let pause = if self.refusals.is_open() { TRY } else { LOOK };
        self.next_look = if is_known { after(now, pause) } else { now };
        if was_told {
            self.unwatched = Unwatched::Counted;
        }
        if self.refusals.is_down() || was_told || look.foreign_commits != self.foreign_commits {
            self.foreign_commits = look.foreign_commits;
            self.wake_up(now);
        }
        self.stored(&Work::SignOfLife, now).await;
        if !self.refusals.is_open() {
            self.beat(now).await;
        }
    }

    /// Tells someone elsewhere that all is well, so that a dead daemon is noticed there.
    async fn beat(&mut self, now: Timestamp) {
        let taken = tokio::time::timeout(PATIENCE, self.pulse.take(&self.engine, now)).await;
        if let Err(error) = taken.unwrap_or_else(|_| Err(anyhow::anyhow!("the store does not answer"))) {
            tracing::error!("whether all is well could not be found out: {error:#}; there is no heartbeat");
            return;
        }
        let target = self.engine.plan.settings.email.as_ref().and_then(|email| email.heartbeat.clone());
        let Some(target) = target.filter(|_| self.pulse.is_due(now)) else { return };
        let (engine, cancel) = (self.engine.clone(), self.cancel.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                _ = engine.touch(&target, now) => {}
            }
        });
    }

    /// Remembers a refusal; the smallest write there is then tells whether the store refuses everything.
    pub(super) fn refused(&mut self, work: Work, error: &anyhow::Error, now: Timestamp) {
        self.refusals.refused(work, &format!("{error:#}"), now);
        self.next_look = self.next_look.min(now);
    }

    /// Remembers that something was stored, and tells of the end of an outage.
    pub(super) async fn stored(&mut self, work: &Work, now: Timestamp) {
        if let Some(over) = self.refusals.stored(work, now) {
            self.tell_the_end(over, now).await;
        }
    }

    /// Tells recipients that an outage is over, where they were told that it began.
    pub(super) async fn tell_the_end(&mut self, (notice, was_told): (StoreNotice, bool), now: Timestamp) {
        self.alarm.end();
        if !was_told {
            return;
        }
        // What takes longer is done all the same, a little later.
        let told = tokio::time::timeout(PATIENCE, self.engine.store_recovered(self.named(notice), now)).await;
        match told.unwrap_or(Ok(())) {
            Ok(()) => self.delivery = self.delivery.map(|_| now),
            // It refuses again, and the next outage will be told.
            Err(error) => self.refused(Work::SignOfLife, &error, now),
        }
    }

    /// Sends what is to be told of the store, past the store.
    pub(super) fn tell_of_the_store(&mut self, now: Timestamp) {
        if let Some(notice) = self.refusals.news(now) {
            self.alarm.raise(self.engine.store_broken(&self.named(notice), now), now);
        }
        let Some(messages) = self.alarm.due(now) else { return };
        let (engine, events, cancel) = (self.engine.clone(), self.events.clone(), self.cancel.clone());
        self.tasks.spawn(async move {
            let left = tokio::select! {
                () = cancel.cancelled() => return,
                left = alarm::send(&engine.plan, messages, &engine.reporter) => left,
            };
            let _ = events.send(Event::Warned(left)).await;
        });
    }

    fn named(&self, notice: StoreNotice) -> StoreNotice {
        let settings = &self.engine.plan.settings;
        StoreNotice { path: settings.store.display().to_string(), zone: settings.zone_name.clone(), ..notice }
    }
}
