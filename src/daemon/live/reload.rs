//! A new configuration: read and made ready beside the loop, taken over whole in one turn of it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::{Daemon, Event};
use crate::config::{self, Plan, SystemEnvironment};
use crate::daemon::engine::Engine;
use crate::model::name::Name;

/// A configuration waits so long before it asks a store that refuses once more.
const RETRY: Duration = Duration::from_secs(5);

/// Whether the configuration is being read again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reloading {
    #[default]
    No,
    UnderWay,
    /// It was changed meanwhile, and is read once more.
    Outdated,
}

/// A configuration that can take over.
pub(super) struct Fresh {
    engine: Engine,
    due: HashMap<Name, Timestamp>,
    changes: String,
}

impl Daemon {
    /// Reads the configuration again. Until it can be followed, store and all, what ran goes on as it was.
    pub(super) fn start_reload(&mut self, now: Timestamp) {
        if self.reloading != Reloading::No {
            self.reloading = Reloading::Outdated;
            return;
        }
        self.reloading = Reloading::UnderWay;
        let (engine, path) = (self.engine.clone(), self.config_path.clone());
        let (events, cancel) = (self.events.clone(), self.cancel.clone());
        self.tasks.spawn(async move {
            let fresh = tokio::select! {
                () = cancel.cancelled() => return,
                fresh = read(&engine, path, now) => fresh,
            };
            let _ = events.send(Event::Reloaded(fresh.map(Box::new))).await;
        });
    }

    /// Takes a new configuration over, where there is one.
    pub(super) async fn reloaded(&mut self, fresh: Option<Box<Fresh>>, now: Timestamp) {
        let is_outdated = std::mem::take(&mut self.reloading) == Reloading::Outdated;
        if let Some(fresh) = fresh {
            self.follow(*fresh, now).await;
        }
        if is_outdated {
            self.start_reload(now);
        }
    }

    async fn follow(&mut self, Fresh { engine, due, changes }: Fresh, now: Timestamp) {
        let before = std::mem::replace(&mut self.engine, engine);
        let is_same = |name: &Name| address(&before.plan, name) == address(&self.engine.plan, name);
        self.due = due_from_now_on(due, &self.due, is_same);
        self.failing.retain(|name| self.due.contains_key(name));
        let due = &self.due;
        if let Some(over) = self.refusals.forget(|name| !due.contains_key(name), now) {
            self.tell_the_end(over, now).await;
        }
        self.wake = now;
        tracing::info!("the new configuration is in force: {changes}; {}", self.picture());
    }
}

fn address<'p>(plan: &'p Plan, name: &Name) -> Option<&'p str> {
    plan.feed(name).map(|(_, feed)| feed.target.shown.as_str())
}

/// When each feed is due: what was polled while the store was asked stays as it was planned then, but for a feed that is new
/// or has a new address.
fn due_from_now_on(
    asked: HashMap<Name, Timestamp>,
    planned: &HashMap<Name, Timestamp>,
    is_same: impl Fn(&Name) -> bool,
) -> HashMap<Name, Timestamp> {
    let due = |(name, at)| match planned.get(&name) {
        Some(planned) if is_same(&name) => Some((name, *planned)),
        // Gone for good.
        None if is_same(&name) => None,
        _ => Some((name, at)),
    };
    asked.into_iter().filter_map(due).collect()
}

/// Reads the configuration; `None`, and a line in the log, where it cannot be used.
async fn read(engine: &Engine, path: PathBuf, now: Timestamp) -> Option<Fresh> {
    let loaded = tokio::task::spawn_blocking(move || config::load(&path, &SystemEnvironment)).await.ok()?;
    let plan = match loaded {
        Ok(loaded) => loaded.plan,
        Err(problems) => {
            tracing::error!(
                "the new configuration has errors; the previous one stays in force\n{}",
                problems.print(false)
            );
            return None;
        }
    };
    warn_of_another_store(&engine.plan, &plan);
    let changes = config::difference(&engine.plan, &plan);
    let changes = if changes.is_empty() { "nothing changed".to_owned() } else { changes.join(", ") };
    let engine = match engine.with_plan(plan) {
        Ok(engine) => engine,
        Err(error) => {
            tracing::error!("the new configuration cannot be used: {error:#}; the previous one stays in force");
            return None;
        }
    };
    let due = due_times(&engine, now).await;
    if let Err(error) = engine.remember_configuration(now, &changes).await {
        tracing::error!("the store refused: {error:#}");
    }
    Some(Fresh { engine, due, changes })
}

fn warn_of_another_store(before: &Plan, plan: &Plan) {
    if plan.settings.store != before.settings.store {
        tracing::warn!("`[store] path` has changed: it counts from the next start; until then the old store is used");
    }
}

/// What the store says is due, for as long as it refuses asked again.
async fn due_times(engine: &Engine, now: Timestamp) -> HashMap<Name, Timestamp> {
    let mut is_said = false;
    loop {
        match engine.due_times(now).await {
            Ok(due) => return due,
            Err(error) if !is_said => {
                tracing::error!("the store refused: {error:#}; the new configuration waits for it");
                is_said = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(RETRY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_that_ends_during_a_reload_keeps_its_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let name = |feed| Name::new("w", feed);
        let asked = ["polled", "gone", "new", "moved"].map(|feed| (name(feed), at(5)));
        let planned = HashMap::from([(name("polled"), at(600)), (name("removed"), at(7)), (name("moved"), at(900))]);
        let due = due_from_now_on(HashMap::from(asked), &planned, |feed| !["new", "moved"].contains(&feed.local()));
        assert_eq!(due, HashMap::from([(name("polled"), at(600)), (name("new"), at(5)), (name("moved"), at(5))]));
    }
}
