//! Whether all is well: the heartbeat's one condition, and what the log says when it stops.
//!
//! All is well while silence means that nothing happens: time could be let
//! pass, every scenario can be judged, mail goes out, and the last whole check of the store found no damage. A failing feed alone
//! is no reason: it is mailed by itself, and where it matters a scenario goes
//! blind.

use jiff::{SignedDuration, Timestamp};

use super::engine::Engine;
use crate::model::text::one_line;
use crate::model::time::{after, before};
use crate::pipeline::deliveries::LATE_AFTER;
use crate::store::Waiting;

/// The heartbeat is not sent more often than this.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// How the daemon is, as of its last cycle.
pub struct Pulse {
    /// What waits to be sent.
    pub waiting: Waiting,
    /// Why there is no heartbeat, as a sentence; `None` while all is well.
    trouble: Option<String>,
    /// Whether mail was stuck at the last cycle: said once, not every minute.
    was_stuck: bool,
    next: Timestamp,
}

impl Pulse {
    /// Before the first cycle.
    pub fn new(now: Timestamp) -> Self {
        Self { waiting: Waiting::default(), trouble: None, was_stuck: false, next: now }
    }

    /// Looks at how things are, and says what has changed.
    ///
    /// # Errors
    /// What the store refuses: then nothing is known, and that is no good sign either.
    pub async fn take(&mut self, engine: &Engine, now: Timestamp) -> anyhow::Result<()> {
        let unknown = Some("it is not known how things are".to_owned());
        let before_it = std::mem::replace(&mut self.trouble, unknown);
        self.waiting = engine.waiting().await?;
        let (blind, damage) = (engine.blind().await?, engine.look(|view| view.damage()).await?);
        let is_stuck = self.waiting.since.is_some_and(|since| since <= before(now, LATE_AFTER));
        self.tell_stuck(is_stuck);
        self.trouble = if is_stuck {
            Some("mail does not go out".to_owned())
        } else if damage.is_some() {
            Some("a part of the store is damaged".to_owned())
        } else if blind.is_empty() {
            None
        } else {
            let names: Vec<_> = blind.iter().map(ToString::to_string).collect();
            Some(format!("{} cannot be judged", one_line(&names.join(", "), 300)))
        };
        let has_heartbeat = engine.plan.settings.email.as_ref().is_some_and(|email| email.heartbeat.is_some());
        if has_heartbeat && before_it != self.trouble {
            match &self.trouble {
                Some(why) => tracing::warn!("the heartbeat stops: {why}"),
                None => tracing::info!("the heartbeat goes on: all is well again"),
            }
        }
        Ok(())
    }

    /// Whether a beat is due; counts it as sent.
    pub fn is_due(&mut self, now: Timestamp) -> bool {
        let is_due = self.trouble.is_none() && self.next <= now;
        if is_due {
            self.next = after(now, PAUSE);
        }
        is_due
    }

    fn tell_stuck(&mut self, is_stuck: bool) {
        let Waiting { count, failed, why, .. } = &self.waiting;
        if is_stuck && !self.was_stuck {
            let why = one_line(why.as_deref().unwrap_or_default(), 300);
            tracing::error!(
                mail.waiting = count,
                mail.failed = failed,
                "mail is stuck: {failed} of {count} waiting messages could not be sent for more than 15 minutes: {why}; \
                 they stay in the outbox and are tried for 5 days"
            );
        }
        if self.was_stuck && !is_stuck {
            tracing::info!(mail.waiting = count, "mail goes out again; {count} messages wait");
        }
        self.was_stuck = is_stuck;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, SystemEnvironment};
    use crate::model::name::Name;
    use crate::model::notification::{Content, Kind};
    use crate::model::scenario::State;
    use crate::pipeline::deliveries;
    use crate::store::{Change, NewNotification, Round, ScenarioMemory, Store};

    const SETTINGS: &str = "include = ['w.toml']\n[email]\nfrom = 'w@example.org'\nto = ['a@example.org']\n\
        heartbeat = 'https://example.org/ping'\n";
    const WATCH: &str = "[watch]\ntitle = 'W'\n[feeds.f]\nurl = 'https://example.org/f'\n\
        [indicators.i]\nkind = 'report'\n[[indicators.i.from]]\nfeed = 'f'\nmatch = { any = ['x'] }\n\
        [scenarios.s]\npath = 'risk'\n[[scenarios.s.when]]\nindicator = 'i'\nmeasure = 'reports'\nwindow = '7d'\nat_least = 1\n";

    /// An engine over a store in a folder, and a second way into the store.
    fn house() -> (tempfile::TempDir, Engine, Store) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("watchfloor.toml"), SETTINGS).unwrap();
        std::fs::write(folder.path().join("w.toml"), WATCH).unwrap();
        let loaded = config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment);
        let plan = loaded.map_err(|problems| problems.print(false)).unwrap().plan;
        let path = plan.settings.store.clone();
        let (engine, _) = Engine::start(plan, Store::open(&path).unwrap(), Arc::new(drop)).unwrap();
        (folder, engine, Store::join(&path).unwrap())
    }

    fn minutes(count: i64) -> Timestamp {
        Timestamp::from_second(count * 60).unwrap()
    }

    #[tokio::test]
    async fn no_heartbeat_while_a_scenario_is_blind() {
        let (_folder, engine, mut store) = house();
        let mut pulse = Pulse::new(minutes(0));
        pulse.take(&engine, minutes(0)).await.unwrap();
        assert!(pulse.is_due(minutes(0)) && !pulse.is_due(minutes(0)), "once a minute");
        for (blind, beats) in [(Some(minutes(1)), false), (None, true)] {
            let state = State { blind, ..State::new(minutes(1)) };
            let memory = ScenarioMemory { state, last_told: None };
            store.write(|change| change.set_scenario(&Name::new("w", "s"), &memory)).unwrap();
            pulse.take(&engine, minutes(2)).await.unwrap();
            assert_eq!(pulse.is_due(minutes(2)), beats, "{blind:?}");
        }
    }

    #[tokio::test]
    async fn no_heartbeat_while_the_store_is_known_to_be_damaged() {
        let (_folder, engine, mut store) = house();
        let mut pulse = Pulse::new(minutes(0));
        for (damage, beats) in [(Some("row 2 missing from index"), false), (None, true)] {
            store.write(|change| change.set_damage(damage)).unwrap();
            pulse.take(&engine, minutes(1)).await.unwrap();
            assert_eq!(pulse.is_due(minutes(1)), beats, "{damage:?}");
        }
    }

    #[tokio::test]
    async fn no_heartbeat_while_mail_is_stuck() {
        let (_folder, engine, mut store) = house();
        let new = NewNotification {
            kind: Kind::Test,
            recipient: "a@example.org",
            message_id: "1@example.org",
            alert: None,
            watch: None,
            thread: None,
            about: None,
            not_before: minutes(0),
            held: None,
            content: &Content::Test,
        };
        store.write(|change| change.queue(new, minutes(0))).unwrap();
        let mut pulse = Pulse::new(minutes(0));
        pulse.take(&engine, minutes(20)).await.unwrap();
        assert!(pulse.is_due(minutes(20)), "nothing has failed yet");
        let span = (minutes(0), minutes(1));
        let failed = |change: &Change<'_>| {
            let claimed = deliveries::claim(change, span, Round::Due, 1)?;
            change.release(&claimed.iter().map(|one| one.id).collect::<Vec<_>>())?;
            change.postpone_all("no connection", minutes(30))
        };
        store.write(failed).unwrap();
        for (now, beats) in [(14, true), (16, false)] {
            let mut pulse = Pulse::new(minutes(0));
            pulse.take(&engine, minutes(now)).await.unwrap();
            assert_eq!(pulse.is_due(minutes(now)), beats, "after {now} minutes");
        }
        store.write(|change| change.mark_sent(1, minutes(31))).unwrap();
        pulse.take(&engine, minutes(31)).await.unwrap();
        assert!(pulse.is_due(minutes(31)), "mail goes out again");
    }
}
