//! Verdict → `step` → transitions, alerts, messages: what follows from a judgement, in one transaction.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::judge::{self, Judgement, condition_key};
use super::readings::feeds_of;
use super::{AsOf, Effects, accounts, earliest, likelihood, notices};
use crate::config::plan::{Plan, Watch};
use crate::model::condition::{Hold, Verdict};
use crate::model::notification::Kind;
use crate::model::scenario::{self, Change as Step, Path, Phase, Scenario, State};
use crate::model::time::{after, before, duration_words};
use crate::store::{Change, ConditionMemory, NewTransition, Result, ScenarioMemory, View};

/// Activations within this time before one count as its flapping.
pub const FLAP_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

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
    let mut judgement = judge::judge_with(change, watch, scenario, AsOf::now(now), (before, &memories))?;
    let (state, steps) = scenario::step(scenario, before, judgement.judged(), now);
    judgement.state = state;
    judgement.likelihood = likelihood::likelihood(change, watch, scenario, &judgement, plan.settings.lexicon)?;
    likelihood::keep(change, watch, scenario, &judgement)?;
    let rule_change = rule_change(change, scenario, now)?;
    let mut stepped =
        Stepped { change, plan, watch, scenario, judgement, before, rule_change, effects: Effects::default() };
    let mut last_told = memory.and_then(|memory| memory.last_told);
    let rule_changed = stepped.rule_change.is_some().then_some(Step::RuleChanged);
    for step in rule_changed.into_iter().chain(steps) {
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

/// Keeps the rule where it is new; what changed where it replaces another, as a clause.
fn rule_change(change: &Change<'_>, scenario: &Scenario, now: Timestamp) -> Result<Option<String>> {
    let rule = scenario.rule();
    let before = change.rule(&scenario.name)?;
    if before.as_ref() == Some(&rule) {
        return Ok(None);
    }
    change.add_rule(&scenario.name, &rule, now)?;
    Ok(before.map(|before| format!("its rule was changed from “{before}” to “{rule}”")))
}

/// A scenario that was stepped, on its way into the store.
struct Stepped<'a> {
    change: &'a Change<'a>,
    plan: &'a Plan,
    watch: &'a Watch,
    scenario: &'a Scenario,
    judgement: Judgement,
    before: State,
    rule_change: Option<String>,
    effects: Effects,
}

impl Stepped<'_> {
    /// Stores one change with its frozen account and queues its message; tells whether there is one.
    fn store(&mut self, step: Step) -> Result<bool> {
        let now = self.judgement.as_of.at;
        let (from, to) = match step {
            Step::Phase { from, to } => (from, to),
            // The rule changes, and sight comes back, before anything follows from it: what that is has a row of its own.
            Step::RuleChanged | Step::SeesAgain => (self.before.phase, self.before.phase),
            Step::Escalated | Step::WentBlind => (self.judgement.state.phase, self.judgement.state.phase),
        };
        let kind = self.kind(step)?;
        let reason = self.reason(step, kind)?;
        if to == Phase::Active && !from.is_alerting() {
            self.judgement.state.alert = Some(self.change.open_alert(&self.scenario.name, self.scenario.path, now)?);
        }
        let alert = self.judgement.state.alert;
        let account = accounts::freeze(self.change, self.watch, self.scenario, &self.judgement, &reason)?;
        let blind = self.judgement.state.blind.is_some();
        let new = NewTransition { alert, from, to, blind, change: step, account: &account };
        let number = self.change.add_transition(new)?;
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
            Step::Phase { .. } | Step::RuleChanged => None,
        })
    }

    /// Why a change came about, as a sentence.
    fn reason(&self, step: Step, kind: Option<Kind>) -> Result<String> {
        let mut reason = accounts::reason(self.scenario, &self.judgement);
        match kind {
            Some(Kind::Undone) => reason = format!("what it rested on was revised: {reason}"),
            Some(Kind::Triggered) => {
                for clause in [self.turn()?, self.flapping()?].into_iter().flatten() {
                    reason = format!("{reason}; {clause}");
                }
            }
            Some(Kind::Escalated) => {
                let (most, now) = (self.before.met, self.judgement.state.met);
                reason = format!("{now} conditions hold, before at most {most}; {reason}");
            }
            _ => {}
        }
        match &self.rule_change {
            Some(changed) if step == Step::RuleChanged => Ok(format!("{changed}; its state and its clocks are kept")),
            Some(changed) => Ok(format!("{changed}; {reason}")),
            None => Ok(reason),
        }
    }

    /// A risk that triggers while the expected path is under way turns the whole watch.
    fn turn(&self) -> Result<Option<String>> {
        if self.scenario.path != Path::Risk {
            return Ok(None);
        }
        for other in self.watch.scenarios.iter().filter(|other| other.path == Path::Baseline) {
            if self.change.scenario(&other.name)?.is_some_and(|memory| memory.state.phase.is_alerting()) {
                return Ok(Some(format!("the watch turns to a risk path while “{}” is active as well", other.title)));
            }
        }
        Ok(None)
    }

    fn flapping(&self) -> Result<Option<String>> {
        let since = before(self.judgement.as_of.at, FLAP_WINDOW);
        let earlier = self.change.activations(&self.scenario.name, since)?;
        let times = if earlier == 1 { "once".to_owned() } else { format!("{earlier} times") };
        Ok((earlier > 0).then(|| format!("it has triggered {times} in the {} before", duration_words(FLAP_WINDOW))))
    }

    /// Whether, by what is known today, the scenario surely would not have triggered when it did.
    fn was_undone(&self) -> Result<bool> {
        let Some(alert) = self.before.alert.filter(|_| self.rule_change.is_none()) else { return Ok(false) };
        let Some(opened) = self.change.alert(alert)?.map(|alert| alert.opened) else { return Ok(false) };
        if !self.was_learned_later(opened)? {
            return Ok(false);
        }
        let transitions = self.change.transitions_of(alert)?;
        let Some(first) = transitions.first() else { return Ok(false) };
        // As it stood then: holds had elapsed, and what held was latched.
        let mut scenario = self.scenario.clone();
        let mut memories = HashMap::new();
        for (condition, account) in scenario.conditions.iter_mut().zip(&first.account.conditions) {
            let latched = (account.verdict == Verdict::True) == condition.expect;
            memories.insert(condition_key(condition), ConditionMemory { latched, ..ConditionMemory::default() });
            condition.hold = Hold::NONE;
        }
        let as_of = AsOf { at: opened, known: self.judgement.as_of.known };
        let then = judge::judge_with(self.change, self.watch, &scenario, as_of, (self.before, &memories))?;
        Ok(then.verdict == Verdict::False)
    }

    /// Whether anything of before the alert, corrected or late, was learned after it had opened.
    fn was_learned_later(&self, opened: Timestamp) -> Result<bool> {
        for condition in &self.scenario.conditions {
            if self.change.was_learned_later(&condition.indicator, opened)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reminds of an active alert that nobody has acknowledged, or whose acknowledgement no longer holds.
    fn remind(&mut self, last_told: Option<Timestamp>) -> Result<bool> {
        let now = self.judgement.as_of.at;
        let (Some(repeat), Some(alert), Some(told)) = (self.scenario.repeat, self.judgement.state.alert, last_told)
        else {
            return Ok(false);
        };
        if self.judgement.state.phase != Phase::Active {
            return Ok(false);
        }
        let acknowledged = self.change.acknowledgement(alert)?;
        if let Some(act) = acknowledged.as_ref().filter(|act| act.is_in_force(now)) {
            self.effects.wake = earliest(self.effects.wake, act.until);
            return Ok(false);
        }
        let due = after(told, repeat);
        if now < due {
            self.effects.wake = earliest(self.effects.wake, Some(due));
            return Ok(false);
        }
        let nobody = match acknowledged {
            Some(act) => format!("the acknowledgement of {} has run out", act.author),
            None => format!(
                "nobody has acknowledged it since the last message {} ago",
                duration_words(now.duration_since(told))
            ),
        };
        let reason = format!("still active, and {nobody}; {}", accounts::reason(self.scenario, &self.judgement));
        let account = accounts::freeze(self.change, self.watch, self.scenario, &self.judgement, &reason)?;
        let number = now.as_millisecond();
        self.effects.notifications += notices::about_scenario(
            self.change,
            self.plan,
            self.scenario,
            (Kind::Reminder, Some(alert), number),
            account,
        )?;
        self.effects.wake = earliest(self.effects.wake, Some(after(now, repeat)));
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
