//! Runs that end: `--once`, and `--replay` over recorded feeds in simulated time.

use std::collections::HashMap;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Clock;
use super::engine::Engine;
use super::report::Totals;
use crate::fetch::recorded_times;
use crate::model::name::Name;
use crate::model::time::after;
use crate::pipeline::deliveries::BURST;
use crate::pipeline::earliest;
use crate::store::Round;

/// Simulated time does not step more finely than this, whatever a feed's `every` asks for.
const SHORTEST_STEP: SignedDuration = SignedDuration::from_secs(30);

/// Polls every due feed once, judges, delivers what is due.
///
/// # Errors
/// What the store refuses.
pub async fn once(engine: &Engine, clock: &Clock) -> anyhow::Result<Totals> {
    let now = clock.now();
    engine.resume(now).await?;
    let mut totals = Totals::default();
    let mut polls = JoinSet::new();
    for name in in_order(engine, &engine.due_times(now).await?, now) {
        let is_recorded = engine.plan.feed(&name).is_some_and(|(_, feed)| feed.target.path.is_some());
        if is_recorded {
            // One after another in the order of the configuration: a recorded past repeats itself exactly.
            totals.add(engine.poll(&name, clock).await?.0);
        } else {
            let (engine, clock) = (engine.clone(), clock.clone());
            polls.spawn(async move { engine.poll(&name, &clock).await });
        }
    }
    while let Some(polled) = polls.join_next().await {
        totals.add(polled.context("a poll ended by a defect of watchfloor")??.0);
    }
    totals.add(engine.sweep(clock.now()).await?);
    deliver(engine, clock, Round::Last, &mut totals).await?;
    Ok(totals)
}

/// The feeds that are due, in the order of the configuration.
fn in_order(engine: &Engine, due: &HashMap<Name, Timestamp>, now: Timestamp) -> Vec<Name> {
    let is_due = |name: &Name| due.get(name).is_some_and(|at| *at <= now);
    engine.plan.feeds().map(|(_, feed)| feed.name.clone()).filter(is_due).collect()
}

/// Delivers; gives when a burst that is held back ends.
async fn deliver(
    engine: &Engine,
    clock: &Clock,
    round: Round,
    totals: &mut Totals,
) -> anyhow::Result<Option<Timestamp>> {
    let Some(mut outbox) = engine.outbox() else { return Ok(None) };
    let started = std::time::Instant::now();
    let (taken, next) = outbox.deliver(clock, round, &CancellationToken::new()).await?;
    totals.sent += taken;
    totals.spent.send += started.elapsed();
    Ok(next.filter(|at| *at <= after(clock.now(), BURST)))
}

/// Sends every message that is due; gives how many were taken.
///
/// # Errors
/// What the store refuses.
pub async fn send_due(engine: &Engine, clock: &Clock) -> anyhow::Result<u32> {
    let Some(mut outbox) = engine.outbox() else { return Ok(0) };
    Ok(outbox.deliver(clock, Round::Last, &CancellationToken::new()).await?.0)
}

/// A stretch of simulated time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub to: Timestamp,
}

impl Replay {
    /// From the first recorded document (or where an earlier replay on this store ended) to the last one.
    ///
    /// # Errors
    /// A sentence, when there is nothing to replay or it was replayed before.
    pub fn over(
        engine: &Engine,
        recorded: Option<Timestamp>,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<Option<Self>, String> {
        let mut times = Vec::new();
        for (_, feed) in engine.plan.feeds() {
            let Some(path) = &feed.target.path else {
                return Err(format!("the feed {} is not recorded: a replay needs `url = \"file:folder/\"`", feed.name));
            };
            times.extend(recorded_times(path).map_err(|error| format!("cannot list {}: {error}", path.display()))?);
        }
        let (first, last) = match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => return Err("there is no recorded document (names are like 20251213T060000Z.xml)".to_owned()),
        };
        if let (Some(from), Some(recorded)) = (from, recorded)
            && from < recorded
        {
            return Err(format!(
                "--from {from} is earlier than what is recorded ({recorded}); history is never rewritten: give the replay a store of its own"
            ));
        }
        let begin =
            from.unwrap_or(first).max(recorded.map_or(Timestamp::MIN, |at| after(at, SignedDuration::from_millis(1))));
        let end = to.unwrap_or(last);
        Ok((begin <= end).then_some(Self { from: begin, to: end }))
    }
}

/// What becomes of the messages that a replay decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    /// They are delivered.
    Delivered,
    /// They stay in the outbox.
    Kept,
}

/// Steps simulated time through recorded feeds: every poll, every moment at which time alone decides. `tell` hears of
/// every moment that is reached.
///
/// # Errors
/// What the store refuses.
pub async fn replay(
    engine: &Engine,
    span: Replay,
    post: Post,
    mut tell: impl FnMut(Timestamp),
) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    let mut now = span.from;
    engine.resume(now).await?;
    let mut due = engine.due_times(now).await?;
    let mut wake = Some(now);
    while now <= span.to {
        tell(now);
        let clock = Clock::At(now);
        for name in in_order(engine, &due, now) {
            let (polled, next) = engine.poll(&name, &clock).await?;
            match next {
                Some(next) => due.insert(name, next.max(after(now, SHORTEST_STEP))),
                None => due.remove(&name),
            };
            wake = earliest(wake, polled.effects.wake);
            totals.add(polled);
        }
        if wake.is_none_or(|at| at <= now) {
            let swept = engine.sweep(now).await?;
            wake = swept.effects.wake;
            totals.add(swept);
        }
        let burst = match post {
            Post::Delivered => deliver(engine, &clock, Round::Due, &mut totals).await?,
            Post::Kept => None,
        };
        let next = earliest(earliest(wake, burst), due.values().copied().min()).unwrap_or(Timestamp::MAX);
        now = next.max(after(now, SHORTEST_STEP));
    }
    if post == Post::Delivered {
        deliver(engine, &Clock::At(span.to), Round::Last, &mut totals).await?;
    }
    engine.check_in(span.to, false).await?;
    Ok(totals)
}
