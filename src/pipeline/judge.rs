//! Conditions → verdict → `step` → transitions, alerts, messages.

use std::collections::HashMap;

use jiff::Timestamp;

use super::measures::{self, Measured};
use super::readings::feeds_of;
use super::{AsOf, Effects, accounts, earliest, notices};
use crate::config::plan::{Plan, Watch};
use crate::model::condition::{Condition, Verdict};
use crate::model::notification::Kind;
use crate::model::scenario::{self, Change as Step, Judged, Phase, Scenario, State};
use crate::model::time::{Period, PeriodLength};
use crate::store::{Change, ConditionMemory, NewTransition, Result, ScenarioMemory, View};

/// The answer to one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// True, false or unknown, after hysteresis, its own hold and `expect`.
    pub verdict: Verdict,
    /// What it was judged from.
    pub measured: Measured,
    /// What the condition has to remember from now on.
    pub memory: ConditionMemory,
    /// Its value in words when it was last mailed.
    pub told: Option<String>,
    /// When time alone may change it.
    pub wake: Option<Timestamp>,
}

/// One evaluation of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// From where it was asked.
    pub as_of: AsOf,
    /// What all conditions together say.
    pub verdict: Verdict,
    /// The conditions' answers in the order of the configuration.
    pub answers: Vec<Answer>,
    /// Where the scenario stands; before it is stepped, where it stood.
    pub state: State,
}

impl Judgement {
    fn met(&self) -> u32 {
        self.answers.iter().map(|answer| u32::from(answer.verdict == Verdict::True)).sum()
    }

    fn release(&self) -> Option<i64> {
        self.answers.iter().filter_map(|answer| answer.measured.release).max()
    }

    /// When time alone may change it.
    pub fn wake(&self, watch: &Watch, scenario: &Scenario) -> Option<Timestamp> {
        let midnight = Period::containing(PeriodLength::Day, self.as_of.at, &watch.zone).span(&watch.zone).to;
        let moments = self.answers.iter().map(|answer| answer.wake);
        let step = self.state.next_moment(scenario.hold, scenario.clear_after);
        moments.chain([step]).filter(|at| at.is_some_and(|at| at > self.as_of.at)).fold(Some(midnight), earliest)
    }
}

/// Judges a scenario without changing anything.
///
/// # Errors
/// What the store refuses.
pub fn judge(view: &View<'_>, watch: &Watch, scenario: &Scenario, as_of: AsOf) -> Result<Judgement> {
    let memories = view.conditions(&scenario.name)?;
    let state = view.state_as_of(&scenario.name, as_of.known)?.unwrap_or_else(|| State::new(as_of.at));
    judge_with(view, watch, scenario, as_of, (state, &memories))
}

fn judge_with(
    view: &View<'_>,
    watch: &Watch,
    scenario: &Scenario,
    as_of: AsOf,
    (state, memories): (State, &HashMap<String, ConditionMemory>),
) -> Result<Judgement> {
    let mut answers = Vec::new();
    for condition in &scenario.conditions {
        let memory = memories.get(&condition_key(condition)).cloned().unwrap_or_default();
        answers.push(answer(condition, measures::measure(view, watch, condition, as_of)?, memory, as_of.at));
    }
    let verdicts: Vec<Verdict> = answers.iter().map(|answer| answer.verdict).collect();
    Ok(Judgement { as_of, verdict: scenario.needs.judge(&verdicts), answers, state })
}

fn answer(condition: &Condition, measured: Measured, memory: ConditionMemory, now: Timestamp) -> Answer {
    let raw = measured.range.map_or(Verdict::Unknown, |(low, high)| condition.limits.judge(low, high, memory.latched));
    let latched = match raw {
        Verdict::Unknown => memory.latched,
        raw => raw == Verdict::True,
    };
    let clock = memory.clock.after_answer(raw, measured.release, now);
    let held = match raw {
        Verdict::True if !condition.hold.is_none() => Verdict::from(clock.satisfies(condition.hold, now)),
        raw => raw,
    };
    let verdict = if condition.expect { held } else { !held };
    let hold_ends = clock.satisfied_at(condition.hold).filter(|_| raw == Verdict::True && !condition.hold.is_none());
    let wake = earliest(measured.wake, hold_ends);
    Answer { verdict, measured, told: memory.told.clone(), memory: ConditionMemory { latched, clock, ..memory }, wake }
}

/// What names a condition for as long as its meaning stays the same.
pub fn condition_key(condition: &Condition) -> String {
    format!("{} {} {}", condition.indicator.local(), condition.measure.word(), condition.bound)
}

/// Judges a scenario, steps its state, and stores and queues what follows.
///
/// # Errors
/// What the store refuses.
pub fn evaluate(
    change: &Change<'_>,
    plan: &Plan,
    watch: &Watch,
    scenario: &Scenario,
    now: Timestamp,
) -> Result<Effects> {
    if !was_looked_at(change, watch, scenario)? {
        return Ok(Effects::default());
    }
    let memory = change.scenario(&scenario.name)?;
    let before = memory.map_or_else(|| State::new(now), |memory| memory.state);
    let memories = change.conditions(&scenario.name)?;
    let mut judgement = judge_with(change, watch, scenario, AsOf::now(now), (before, &memories))?;
    let judged = Judged { verdict: judgement.verdict, met: judgement.met(), release: judgement.release() };
    let (state, steps) = scenario::step(scenario, before, judged, now);
    judgement.state = state;
    let mut stepped = Stepped { change, plan, watch, scenario, judgement, before, effects: Effects::default() };
    let mut last_told = memory.and_then(|memory| memory.last_told);
    for step in steps {
        if stepped.store(step)? {
            last_told = Some(now);
        }
    }
    if stepped.remind(last_told)? {
        last_told = Some(now);
    }
    stepped.finish(last_told)
}

/// Whether each feed behind the scenario has been asked at least once: before, unknown would only mean *not yet*.
fn was_looked_at(view: &View<'_>, watch: &Watch, scenario: &Scenario) -> Result<bool> {
    for condition in &scenario.conditions {
        let Some(indicator) = watch.indicator(&condition.indicator) else { continue };
        for feed in feeds_of(indicator) {
            if view.feed_state(&feed)?.is_none_or(|state| state.last_poll.is_none()) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// A scenario that was stepped, on its way into the store.
struct Stepped<'a> {
    change: &'a Change<'a>,
    plan: &'a Plan,
    watch: &'a Watch,
    scenario: &'a Scenario,
    judgement: Judgement,
    before: State,
    effects: Effects,
}

impl Stepped<'_> {
    /// Stores one change with its frozen account and queues its message; tells whether there is one.
    fn store(&mut self, step: Step) -> Result<bool> {
        let now = self.judgement.as_of.at;
        let (from, to) = match step {
            Step::Phase { from, to } => (from, to),
            Step::Escalated => (self.before.phase, self.judgement.state.phase),
            // Sight comes and goes beside the phase: what it shows is a step, and an alert, of its own.
            Step::WentBlind | Step::SeesAgain => (self.before.phase, self.before.phase),
        };
        if to == Phase::Active && !from.is_alerting() {
            self.judgement.state.alert = Some(self.change.open_alert(&self.scenario.name, self.scenario.path, now)?);
        }
        let alert = self.judgement.state.alert;
        let mut reason = accounts::reason(self.scenario, &self.judgement);
        let kind = self.kind(step)?;
        if kind == Some(Kind::Undone) {
            reason = format!("what it rested on was revised: {reason}");
        }
        let account = accounts::freeze(self.change, self.watch, self.scenario, &self.judgement, &reason)?;
        let blind = self.judgement.state.blind.is_some();
        let number = self.change.add_transition(NewTransition { alert, from, to, blind, account: &account })?;
        self.effects.transitions += 1;
        if let (Some(Kind::Resolved | Kind::Undone), Some(alert)) = (kind, alert) {
            let resolution = if kind == Some(Kind::Undone) { "undone by revision" } else { "cleared" };
            self.change.resolve_alert(alert, now, resolution)?;
            self.judgement.state.alert = None;
        }
        let Some(kind) = kind else { return Ok(false) };
        self.effects.notifications +=
            notices::about_scenario(self.change, self.plan, self.scenario, (kind, alert, number), account)?;
        for answer in &mut self.judgement.answers {
            answer.memory.told = Some(answer.measured.shown.clone());
        }
        Ok(true)
    }

    /// Which message a change calls for.
    fn kind(&self, step: Step) -> Result<Option<Kind>> {
        Ok(match step {
            Step::Escalated => Some(Kind::Escalated),
            Step::WentBlind => Some(Kind::Blind),
            Step::SeesAgain => Some(Kind::SeesAgain),
            Step::Phase { from, to: Phase::Active } if !from.is_alerting() => Some(Kind::Triggered),
            Step::Phase { from, to: Phase::Inactive } if from.is_alerting() => {
                Some(if self.was_undone()? { Kind::Undone } else { Kind::Resolved })
            }
            Step::Phase { .. } => None,
        })
    }

    /// Whether, by what is known today, the scenario would not have triggered when it did.
    fn was_undone(&self) -> Result<bool> {
        let Some(alert) = self.before.alert else { return Ok(false) };
        let Some(opened) = self.change.alert(alert)?.map(|alert| alert.opened) else { return Ok(false) };
        if !self.was_revised(alert, opened)? {
            return Ok(false);
        }
        let as_of = AsOf { at: opened, known: self.judgement.as_of.known };
        let fresh = HashMap::new();
        let then = judge_with(self.change, self.watch, self.scenario, as_of, (self.before, &fresh))?;
        Ok(then.verdict == Verdict::False)
    }

    /// Whether a value that the alert rested on when it opened has a newer vintage since.
    fn was_revised(&self, alert: i64, opened: Timestamp) -> Result<bool> {
        let transitions = self.change.transitions_of(alert)?;
        let Some(first) = transitions.first() else { return Ok(false) };
        for id in first.account.conditions.iter().flat_map(|condition| &condition.vintages) {
            let Some(rested_on) = self.change.observation(*id)? else { continue };
            let newest = self.change.newest_vintage(&rested_on.indicator, &rested_on.key)?;
            if newest.is_some_and(|newest| newest.id != *id && newest.recorded_at > opened) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn remind(&mut self, last_told: Option<Timestamp>) -> Result<bool> {
        let now = self.judgement.as_of.at;
        let (Some(repeat), Some(alert), Some(told)) = (self.scenario.repeat, self.judgement.state.alert, last_told)
        else {
            return Ok(false);
        };
        let due = crate::model::time::after(told, repeat);
        let is_open = self.judgement.state.phase == Phase::Active
            && self.change.alert(alert)?.is_some_and(|alert| alert.acknowledged.is_none());
        if !is_open {
            return Ok(false);
        }
        if now < due {
            self.effects.wake = earliest(self.effects.wake, Some(due));
            return Ok(false);
        }
        let reason = accounts::reason(self.scenario, &self.judgement);
        let account = accounts::freeze(self.change, self.watch, self.scenario, &self.judgement, &reason)?;
        let number = now.as_millisecond();
        self.effects.notifications += notices::about_scenario(
            self.change,
            self.plan,
            self.scenario,
            (Kind::Reminder, Some(alert), number),
            account,
        )?;
        self.effects.wake = earliest(self.effects.wake, Some(crate::model::time::after(now, repeat)));
        Ok(true)
    }

    fn finish(mut self, last_told: Option<Timestamp>) -> Result<Effects> {
        let memory = ScenarioMemory { state: self.judgement.state, last_told };
        self.change.set_scenario(&self.scenario.name, &memory)?;
        for (condition, answer) in self.scenario.conditions.iter().zip(&self.judgement.answers) {
            self.change.set_condition(&self.scenario.name, &condition_key(condition), &answer.memory)?;
        }
        self.effects.wake = earliest(self.effects.wake, self.judgement.wake(self.watch, self.scenario));
        Ok(self.effects)
    }
}
